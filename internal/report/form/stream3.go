package form

import (
	"fmt"
	"strings"

	"github.com/gongkai/gongkai/internal/report"
)

// row3 is one row of table 3 met in the stream.
type row3 struct {
	key string
	seg segment
	hit hit
}

// streamTable3 reads table 3 from running text, or returns nil when there is none.
func (x *reader) streamTable3() *report.Table {
	s := x.st
	labels, picks := s.bestChain3()
	rows := s.rows3(labels, picks)
	if !s.isTable3(rows) {
		return nil
	}
	complete := 0
	keys := make([]string, 0, len(rows))
	for _, r := range rows {
		keys = append(keys, r.key)
		if len(r.seg.tokens) == report.Columns3 {
			complete++
		}
	}
	t := report.NewTable(x.spec3(keys))
	x.spans[1] = s.span3(rows)
	early := s.numbersFirst(rows[0].seg.from)
	if (early || complete*5 < len(rows)*4) && x.orderTable3(t) {
		return t
	}
	x.labelTable3(t, rows, early)
	return t
}

// bestChain3 finds the labels of table 3, with (六) as three rows or as one.
func (s *stream) bestChain3() ([]label, []hit) {
	n := len(s.hanPos)
	three, one := labelsFor(false), labelsFor(true)
	p3, w3 := s.chain(s.hits(three, 0, n))
	p1, w1 := s.chain(s.hits(one, 0, n))
	if w1 > w3 {
		return one, p1
	}
	return three, p3
}

func (s *stream) rows3(labels []label, picks []hit) []row3 {
	out := make([]row3, 0, len(picks))
	for i, h := range picks {
		from := s.hanPos[h.from]
		to := s.endOfTable3(h.to)
		if i+1 < len(picks) {
			next := picks[i+1]
			to = s.itemStart(s.hanPos[next.from], itemOf(labels[next.label].row))
		}
		out = append(out, row3{key: labels[h.label].row, seg: s.segmentAt(from, max(from, to)), hit: h})
	}
	return out
}

func itemOf(row string) string {
	for _, spec := range []*report.TableSpec{report.V2021.Table3, report.V2021.Table3Merged} {
		if k := spec.RowIndex(row); k >= 0 {
			return spec.Rows[k].Item
		}
	}
	return ""
}

// endOfTable3 is where the last row of table 3 ends: before the next heading, and not more than a few lines away.
func (s *stream) endOfTable3(after int) int {
	limit := len(s.rs)
	if after < len(s.hanPos) {
		from := s.hanPos[after-1] + 1
		limit = min(limit, from+400)
	}
	for i := after; i < len(s.hanPos) && s.hanPos[i] < limit; i++ {
		rest := s.hanText[i*3:]
		for _, w := range []string{"政府信息公开", "行政复议", "因政府信息", "行政诉讼", "存在的主要问题", "存在的问题", "表四"} {
			if strings.HasPrefix(rest, w) {
				return s.itemStart(s.hanPos[i], "四、")
			}
		}
	}
	return limit
}

// isTable3 tells a table from sentences that use its words.
func (s *stream) isTable3(rows []row3) bool {
	if len(rows) == 0 {
		return false
	}
	numbered, full, long := 0, 0, 0
	for _, r := range rows {
		if r.key == "total" || r.key == "other" || r.key == "other.other" {
			continue // 总计 and 其他 stand in any table
		}
		long++
		if strings.Contains(r.key, ".") {
			numbered++
		}
		if len(r.seg.tokens) == report.Columns3 && s.clean(r.seg.tokens) || len(r.seg.fields) >= report.Columns3 {
			full++
		}
	}
	if long == 0 {
		return false
	}
	return numbered >= 3 || full >= 1 || s.head3(s.hanPos[rows[0].hit.from]) >= 0
}

// head3 returns the position of the header of table 3 nearest before p, or -1.
func (s *stream) head3(p int) int {
	n := s.hanIndex(p)
	lo := max(0, n-120)
	best := -1
	for _, w := range []string{"本列数据的勾稽关系", "本列数据", "申请人情况", "法人或其他组织"} {
		at := s.find(w, lo, n)
		if len(at) > 0 && (best < 0 || at[0] < best) {
			best = at[0]
		}
	}
	if best < 0 {
		return -1
	}
	return s.hanPos[best]
}

func (s *stream) span3(rows []row3) span {
	from := s.itemStart(rows[0].seg.from, itemOf(rows[0].key))
	if h := s.head3(rows[0].seg.from); h >= 0 {
		from = h
	}
	from = s.backOverSigns(from)
	last := rows[len(rows)-1].seg
	to := last.to
	if n := len(last.tokens); n > 0 {
		to = last.tokens[min(n, report.Columns3)-1].end
		for _, tok := range last.tokens { // a cell too many on the same line is no text
			if s.lineStart(tok.pos) == s.lineStart(last.tokens[0].pos) {
				to = max(to, tok.end)
			}
		}
	}
	return span{from: from, to: to}
}

// backOverSigns moves back over bars, brackets and spaces on the same line.
func (s *stream) backOverSigns(p int) int {
	for p > 0 && strings.ContainsRune(" |(\t\"“", s.rs[p-1]) {
		p--
	}
	return p
}

// numbersFirst reports whether a row of numbers stands between the header and the first label: the sign of a file in which
// numbers come before their labels, so that every row would be read one too low.
func (s *stream) numbersFirst(first int) bool {
	head := s.head3(first)
	if head < 0 {
		return false
	}
	return len(s.tokens(head, s.itemStart(first, "一、"))) >= report.Columns3
}

// labelTable3 reads each row from the stretch behind its label.
func (x *reader) labelTable3(t *report.Table, rows []row3, suspicious bool) {
	s := x.st
	seen := map[string]bool{}
	var opens []open
	known := map[int][]int64{}
	glued := gluedStyle(rows)
	x.leads = leadsOf(t.Spec, rows)
	for _, r := range rows {
		x.keeps = x.keeps || innerBlank(r.seg.fields) && (r.seg.bars || itemStyle(itemOf(r.key)) == 'a')
	}
	torn := s.tornRows(rows)
	for _, r := range rows {
		k := t.Spec.RowIndex(r.key)
		if k < 0 {
			continue
		}
		seen[r.key] = true
		x.noteStreamLabel(t.Spec, k, r)
		switch n := len(r.seg.tokens); {
		case torn[r.key]:
			x.rowUnreadable(t, k, "行名与数字不在同一行，别的行都在同一行，不能确定这些数字属于哪一行："+tokenTexts(r.seg.tokens))
		case n > report.Columns3 && sameValue(r.seg.tokens) && !glued && s.oneLine(r.seg.tokens):
			// One cell too many, but every cell says the same: whichever is the extra one, the row reads the same.
			known[k] = x.sevenTokens(t, k, r.seg.tokens[:report.Columns3])
			x.rep.Notices = append(x.rep.Notices, fmt.Sprintf("表三“%s%s”行有 %d 个数，比表样多，各数都是 %s，不影响读数", t.Spec.Rows[k].Item, t.Spec.Rows[k].Label, n, r.seg.tokens[0].text))
		case suspicious:
			x.rowUnreadable(t, k, "数字排在行名之前，不能确定属于哪一行："+tokenTexts(r.seg.tokens))
		case n == report.Columns3 && s.clean(r.seg.tokens):
			known[k] = x.sevenTokens(t, k, r.seg.tokens)
		case glued && n > 0 && n < report.Columns3:
			if o := x.gluedRow(t, k, r.seg.tokens, known); o != nil {
				opens = append(opens, *o)
			}
		default:
			x.partialRow3(t, k, r.seg)
		}
	}
	x.settleOpen(t, known, opens)
	x.missingRows(t, seen)
}

func (x *reader) noteStreamLabel(spec *report.TableSpec, k int, r row3) {
	s := x.st
	printed := s.hanText[r.hit.from*3 : r.hit.to*3]
	fixed := fixedWords(spec, r.key)
	if printed == fixed {
		return
	}
	// The place found may be a part of the label only, and characters of the labels at the side may stand in between: the
	// label is as it should be when its characters follow each other in what stands around.
	lo, hi := max(0, r.hit.from-4), min(len(s.hanPos), r.hit.from+len(fixed)/3+8)
	if subsequence(fixed, s.hanText[lo*3:hi*3]) {
		return
	}
	from, to := s.hanPos[r.hit.from], s.hanPos[r.hit.to-1]+1
	text := strings.Map(func(c rune) rune {
		if isHan(fold(c)) {
			return c
		}
		return -1
	}, string(s.orig[from:to]))
	if foldString(text) == fixed {
		return
	}
	x.rep.LabelNotes = append(x.rep.LabelNotes, report.LabelNote{Path: spec.ID + "." + r.key, Printed: text, Fixed: spec.Rows[k].Item + spec.Rows[k].Label})
}

// tornRows finds, in a table written with bars whose labels stand on the line of their values, the rows whose values stand on a
// line of their own: such a line may belong to another row.
func (s *stream) tornRows(rows []row3) map[string]bool {
	same := 0
	off := map[string]bool{}
	for _, r := range rows {
		if len(r.seg.tokens) == 0 {
			continue
		}
		line := s.lineStart(r.seg.tokens[0].pos)
		labelEnd := s.hanPos[r.hit.to-1]
		switch {
		case line <= labelEnd:
			same++
		case s.rs[line] == '|' && s.clean(r.seg.tokens):
			off[r.key] = true
		}
	}
	if same < 3 {
		return nil
	}
	return off
}

// clean reports whether nothing but space and bars stands between the values of a row.
func (s *stream) clean(toks []token) bool {
	for i := 1; i < len(toks); i++ {
		for p := toks[i-1].end; p < toks[i].pos; p++ {
			if r := s.rs[p]; !s.skip[p] && !strings.ContainsRune(" |\t\n\r?", r) {
				return false
			}
		}
	}
	return true
}

// sevenTokens stores a row that has exactly its seven values and returns the numbers.
func (x *reader) sevenTokens(t *report.Table, k int, toks []token) []int64 {
	vals := make([]int64, 0, len(toks))
	for j := range toks {
		c, why := tokenCell(&toks[j], report.Count)
		x.set(t, k, j, c, why)
		vals = append(vals, c.N)
	}
	return vals
}

// subsequence reports whether the characters of a stand in b in their order.
func subsequence(a, b string) bool {
	rest := []rune(a)
	for _, r := range b {
		if len(rest) > 0 && r == rest[0] {
			rest = rest[1:]
		}
	}
	return len(rest) == 0
}

// sameValue reports whether the values of a row are all the same number.
func sameValue(toks []token) bool {
	if len(toks) > report.Columns3+2 {
		return false
	}
	for i := range toks {
		if toks[i].text != toks[0].text || !allDigits(toks[i].text) {
			return false
		}
	}
	return true
}

func (s *stream) oneLine(toks []token) bool {
	return s.lineStart(toks[0].pos) == s.lineStart(toks[len(toks)-1].pos)
}

// tokenCell is the cell of one value.
func tokenCell(tok *token, u report.Unit) (report.Cell, string) {
	if tok.cell.Kind != report.Absent {
		return tok.cell, tok.why
	}
	return parseValue(tok.text, u)
}

func texts(toks []token) []string {
	out := make([]string, len(toks))
	for i := range toks {
		out[i] = toks[i].text
	}
	return out
}

func tokenTexts(toks []token) string {
	if len(toks) == 0 {
		return "没有数字"
	}
	all := texts(toks)
	if len(all) > 14 {
		all = append(all[:14:14], "…")
	}
	return strings.Join(all, "、")
}
