package form

import (
	"fmt"
	"sort"
	"strconv"
	"strings"

	"github.com/gongkai/gongkai/internal/report"
)

// region2 is the stretch of the stream in which table 2 stands, in characters of hanText, or ok = false.
func (x *reader) region2() (lo, hi int, ok bool) {
	s := x.st
	hi = len(s.hanPos)
	if sp := x.spans[1]; sp.to > 0 {
		hi = s.hanIndex(sp.from)
	}
	if at := s.find("第二十条第一项", 0, hi); len(at) > 0 {
		return at[len(at)-1], hi, true
	}
	if at := s.find("信息内容", 0, hi); len(at) > 0 {
		return at[0], hi, true
	}
	return 0, 0, false
}

// hanIndex is how many characters of hanText stand before a rune position.
func (s *stream) hanIndex(pos int) int { return sort.SearchInts(s.hanPos, pos) }

// streamTable2 reads table 2 from running text, or returns nil when there is none.
func (x *reader) streamTable2() *report.Table {
	s := x.st
	lo, hi, ok := x.region2()
	if !ok {
		return nil
	}
	for _, w := range []string{"收到和处理政府信息公开申请", "收到的处理政府信息公开申请", "本列数据的勾稽", "申请人情况"} {
		if at := s.find(w, lo, hi); len(at) > 0 {
			hi = at[0]
		}
	}
	spec := x.format.Table2
	labels := x.labels2()
	picks := bestEach(s.hits(labels, lo, hi), len(labels))
	if len(picks) < 2 {
		return nil
	}
	t := report.NewTable(spec)
	seen := map[string]bool{}
	end := 0
	for i, h := range picks {
		k := spec.RowIndex(labels[h.label].row)
		to := s.endOfTable2(h.to, hi)
		if i+1 < len(picks) {
			to = s.hanPos[picks[i+1].from]
		}
		seg := s.segmentAt(s.hanPos[h.from], to)
		seg.tokens = s.firstGroup(seg, s.hanPos[h.to-1]+1)
		seen[labels[h.label].row] = true
		x.streamRow2(t, k, seg, s.hanPos[h.from], s.hanPos[h.to-1]+1)
		for _, tok := range seg.tokens {
			end = max(end, s.withRemark(tok.end, report.Amount))
		}
	}
	x.missingRows(t, seen)
	x.spans[0] = span{from: s.backOverSigns(s.hanPos[lo]), to: max(end, s.hanPos[picks[len(picks)-1].to-1]+1)}
	return t
}

// bestEach picks for each label the place that weighs most, in the order of the text: the rows of table 2 have names of their
// own, so that their order is no evidence.
func bestEach(hits []hit, labels int) []hit {
	best := make([]int, labels)
	for i := range best {
		best[i] = -1
	}
	for i, h := range hits {
		if b := best[h.label]; b < 0 || h.weight > hits[b].weight {
			best[h.label] = i
		}
	}
	var out []hit
	for i, h := range hits {
		if best[h.label] == i {
			out = append(out, h)
		}
	}
	return out
}

// labels2 are the labels of table 2 in this format, with the row keys of this format.
func (x *reader) labels2() []label {
	var out []label
	for _, l := range labels2 {
		if l.row == "fees" && x.format.ID == report.Format2021 {
			l.row = "fees_wan_yuan"
		}
		if x.format.Table2.RowIndex(l.row) >= 0 {
			out = append(out, l)
		}
	}
	return out
}

// endOfTable2 is where the last row of table 2 ends: before the next heading.
func (s *stream) endOfTable2(after, hi int) int {
	if hi < len(s.hanPos) {
		return s.itemStart(s.hanPos[hi], "三、")
	}
	return min(len(s.rs), s.hanPos[after-1]+200)
}

// firstGroup returns the values that stand together behind the label, before other words begin: what follows belongs to a row
// or a note that the form does not have.
func (s *stream) firstGroup(seg segment, labelEnd int) []token {
	if len(seg.tokens) > 0 && s.wordsIn(labelEnd, seg.tokens[0].pos) > 8 {
		return nil
	}
	for i := 1; i < len(seg.tokens); i++ {
		if s.wordsIn(s.withRemark(seg.tokens[i-1].end, report.Count), seg.tokens[i].pos) >= 4 {
			return seg.tokens[:i]
		}
	}
	return seg.tokens
}

// wordsIn counts the characters of words between two positions, those in brackets left out.
func (s *stream) wordsIn(from, to int) int {
	n := 0
	for p := from; p < to; p++ {
		if s.rs[p] == '(' {
			p = s.closing(p, to) - 1
			continue
		}
		if isHan(s.rs[p]) && !s.skip[p] {
			n++
		}
	}
	return n
}

func (x *reader) streamRow2(t *report.Table, k int, seg segment, labelAt, labelEnd int) {
	s := x.st
	fields := t.Spec.Rows[k].Fields
	toks := seg.tokens
	before := s.tokensBefore(labelAt, len(fields))
	switch {
	case before != nil:
		x.tokensRow2(t, k, before, "数字排在行名之前，按所在项目对应")
	case len(toks) == len(fields):
		x.tokensRow2(t, k, toks, "")
	case len(toks) == 0 && len(seg.fields) > 0:
		for j := range fields {
			*t.At(k, j) = report.Cell{Kind: report.Blank}
		}
	case len(toks) == 0:
		for j := range fields {
			x.set(t, k, j, report.Cell{Kind: report.Blank}, "有行名，没有数字；单元格是空的，或转换时丢失了")
		}
	case len(toks) < len(fields) && (seg.bars && len(seg.fields) >= len(fields) || len(seg.fields) == len(fields)):
		for j, f := range fields {
			c, _ := parseValue(seg.texts[j], f.Unit)
			x.set(t, k, j, c, "这一行有空格，按分隔符的位置对应")
		}
	case s.digitPerCell(toks, len(fields), labelEnd):
		x.digitsRow2(t, k, toks[0].text)
	default:
		x.gluedRow2(t, k, toks)
	}
}

// digitPerCell reports whether one piece of as many digits as there are cells stands right behind the label, with words going on
// right behind it.
func (s *stream) digitPerCell(toks []token, n, labelEnd int) bool {
	return len(toks) == 1 && n > 1 && len(toks[0].text) == n && allDigits(toks[0].text) &&
		s.runsOn(toks[0].end) && strings.TrimSpace(s.plain(labelEnd, toks[0].pos)) == ""
}

// digitsRow2 gives each cell one digit. Zeros cannot be parts of a longer number; other digits could, where empty cells were
// lost, and are doubted.
func (x *reader) digitsRow2(t *report.Table, k int, digits string) {
	why := ""
	if strings.Trim(digits, "0") != "" {
		why = "各格数字连在一起（“" + digits + "”），按一位一格拆开"
	}
	for j, f := range t.Spec.Rows[k].Fields {
		c, _ := parseValue(digits[j:j+1], f.Unit)
		x.set(t, k, j, c, why)
	}
}

// tokensRow2 stores values one for one.
func (x *reader) tokensRow2(t *report.Table, k int, toks []token, doubt string) {
	s := x.st
	fields := t.Spec.Rows[k].Fields
	for j := range toks {
		u := fields[j].Unit
		tok := toks[j]
		c, why := tokenCell(&tok, u)
		if tok.cell.Kind == report.Absent {
			c, why = parseValue(string(s.orig[tok.pos:s.withRemark(tok.end, u)]), u)
		}
		if why == "" {
			why = doubt
		}
		x.set(t, k, j, c, why)
	}
}

// withRemark extends a number by the unit or the bracketed remark that stands right behind it.
func (s *stream) withRemark(end int, u report.Unit) int {
	i := end
	if u == report.Amount || u == report.WanYuan {
		for i < len(s.rs) && strings.ContainsRune("万亿元", s.rs[i]) {
			i++
		}
	}
	if i < len(s.rs) && s.rs[i] == '(' {
		j := s.closing(i, len(s.rs))
		if j > i+1 && strings.ContainsFunc(string(s.rs[i:j]), isHan) {
			return j
		}
	}
	return i
}

// tokensBefore returns the n values that stand alone between the header words and the label at p, or nil.
func (s *stream) tokensBefore(p, n int) []token {
	i := p
	for i > 0 && p-i < 80 && !isHan(s.rs[i-1]) {
		i--
	}
	toks := s.tokens(i, p)
	if len(toks) != n {
		return nil
	}
	h := s.hanIndex(i)
	before := s.hanText[max(0, h-4)*3 : h*3]
	if strings.HasSuffix(before, "数量") || strings.HasSuffix(before, "件数") || strings.HasSuffix(before, "万元") {
		return toks
	}
	return nil
}

// runsOn reports whether words go on directly behind a number: the sign of cells that run together.
func (s *stream) runsOn(end int) bool { return end < len(s.rs) && isHan(s.rs[end]) }

func seen(toks []token) string { return strings.Join(texts(toks), " ") }

// gluedRow2 reads what it can of a row whose cells run together. Table 2 has no relation that decides, so that most such rows
// stay open.
func (x *reader) gluedRow2(t *report.Table, k int, toks []token) {
	fields := t.Spec.Rows[k].Fields
	seen := seen(toks)
	if len(toks) > len(fields) {
		x.rowUnreadable(t, k, fmt.Sprintf("这一行见到 %d 个数（%s），与表样的 %d 格对不上", len(toks), tokenTexts(toks), len(fields)))
		return
	}
	ways, ok := splits(texts(toks), len(fields), 200)
	if ok && len(ways) == 1 {
		for j, v := range ways[0] {
			c, _ := parseValue(strconv.FormatInt(v, 10), fields[j].Unit)
			x.set(t, k, j, c, "各格数字连在一起（“"+seen+"”），只有一种拆法")
		}
		return
	}
	if w := usual(fields, ways); ok && w != nil {
		for j, v := range w {
			c, _ := parseValue(strconv.FormatInt(v, 10), fields[j].Unit)
			x.set(t, k, j, c, fmt.Sprintf("各格数字连在一起（“%s”），有 %d 种拆法，取其中合乎一般填法的一种（增减为 0，或新制作与新公开相同），请对照原文", seen, len(ways)))
		}
		return
	}
	why := "各格数字连在一起（“" + seen + "”），有多种拆法，没有关系可以确定"
	if ok && len(ways) == 0 {
		why = fmt.Sprintf("这一行只见到 %d 个数（%s），与表样的 %d 格对不上，位置已丢失", len(toks), tokenTexts(toks), len(fields))
	}
	if len(toks) == 2 && len(fields) == 3 && fields[1].Unit == report.Change && strings.HasPrefix(toks[1].text, "-") {
		x.signedRow2(t, k, toks, seen, why)
		return
	}
	for j := range fields {
		x.set(t, k, j, report.Cell{Kind: report.Unreadable, Raw: seen}, why)
	}
}

// usual returns, of several ways to cut a glued row of the 2019 format, the one way that agrees with how the row is filled in
// as a rule: 本年增/减 is 0, or as many papers were made as were published and the total is of their size. It returns nil
// when no way or more than one does, and for other rows.
func usual(fields []report.Field, ways [][]int64) []int64 {
	var found []int64
	for _, w := range ways {
		switch {
		case fields[0].Key == "previous" && w[1] == 0:
		case fields[0].Key == "made" && w[0] == w[1] && w[2] >= w[1] && w[2] <= 1000*max(w[1], 1):
		default:
			continue
		}
		if found != nil {
			return nil
		}
		found = w
	}
	return found
}

// signedRow2 reads a glued row with a minus sign: the sign is a border, and what stands before it is the field before 本年增/减.
func (x *reader) signedRow2(t *report.Table, k int, toks []token, seen, why string) {
	c, _ := parseValue(toks[0].text, report.Count)
	x.set(t, k, 0, c, "各格数字连在一起（“"+seen+"”），负号之前的数是上一年项目数量")
	ways, _ := splits([]string{toks[1].text[1:]}, 2, 20)
	for j := 1; j < 3; j++ {
		if len(ways) != 1 {
			x.set(t, k, j, report.Cell{Kind: report.Unreadable, Raw: seen}, why)
			continue
		}
		v := ways[0][j-1]
		if j == 1 {
			v = -v
		}
		x.set(t, k, j, report.Num(v), "各格数字连在一起（“"+seen+"”），只有一种拆法")
	}
}
