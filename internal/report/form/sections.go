package form

import (
	"slices"
	"sort"
	"strings"

	"github.com/gongkai/gongkai/internal/docio"
	"github.com/gongkai/gongkai/internal/report"
)

// headingWords are the words by which the headings of the six sections are known, the longest first.
var headingWords = [6][]string{
	{"总体情况"},
	{"主动公开政府信息情况", "主动公开政府信息的情况", "主动公开政府信息"},
	{"收到和处理政府信息公开申请情况", "收到的处理政府信息公开申请情况", "收到和处理政府信息公开申请", "收到处理政府信息公开申请", "政府信息依申请公开工作情况"},
	{"因政府信息公开工作被申请行政复议提起行政诉讼情况", "因政府信息公开申请行政复议提起行政诉讼的情况", "因政府信息公开申请行政复议提起行政诉讼情况",
		"政府信息公开行政复议行政诉讼情况", "政府信息公开行政复议和行政诉讼情况", "政府信息公开行政复议及行政诉讼情况", "政府信息公开行政法复议行政诉讼情况",
		"政府信息公开行政复议诉讼情况", "政府信息公开行政复议与行政诉讼情况", "申请行政复议提起行政诉讼", "行政复议行政诉讼情况", "行政复议和行政诉讼情况", "行政复议及行政诉讼情况"},
	{"政府信息公开工作存在的主要问题及改进情况", "存在的主要问题及改进情况", "存在的主要问题及整改措施", "存在主要问题及改进情况", "存在的主要问题和改进情况",
		"存在的主要问题和改进措施", "存在的主要问题及改进措施", "存在主要问题和改进措施", "主要问题和改进措施", "存在问题及改进情况", "存在的问题及改进情况",
		"主要问题及改进情况", "存在的主要问题", "存在的问题", "存在主要问题", "存在问题"},
	{"其他需要报告的事项", "其他需要报告事项", "需要报告的其他事项", "其他需要报告", "其它需要报告的事项", "其它需要报告事项", "其他需要汇报事项", "其它需要汇报事项",
		"其他需报告的事项", "其他报告事项", "其他报告的事项", "其他需要说明的事项"},
}

// heading is one place where a section may begin.
type heading struct {
	no         int // 1 to 6
	start, end int // rune positions of the heading with its number
	title      string
}

// headings finds every place that looks like the heading of a section.
func (s *stream) headings(marked func(pos int) bool) [6][]heading {
	var out [6][]heading
	for no := range headingWords {
		for _, w := range headingWords[no] {
			for _, at := range s.find(w, 0, len(s.hanPos)) {
				if h, ok := s.headingAt(no+1, at, at+len(w)/3, marked); ok {
					out[no] = insert(out[no], h)
				}
			}
		}
	}
	return out
}

// insert puts a heading into its place among those found before, unless it overlaps one of them.
func insert(hs []heading, h heading) []heading {
	i, _ := slices.BinarySearchFunc(hs, h.start, func(o heading, start int) int { return o.start - start })
	if i > 0 && h.start < hs[i-1].end || i < len(hs) && hs[i].start < h.end {
		return hs
	}
	return slices.Insert(hs, i, h)
}

// headingAt decides whether the words between two character indexes are a heading: they stand behind a number at the start of
// a line, or are a line of their own, or, in text without lines, stand directly behind “五、”.
func (s *stream) headingAt(no, from, to int, marked func(pos int) bool) (heading, bool) {
	p, q := s.hanPos[from], s.hanPos[to-1]+1
	if ls, le, ok := s.shortLine(p, q); ok {
		lead := strings.Trim(strings.TrimSpace(string(s.rs[ls:p])), "*_ ")
		numbered := isSectionNumber(lead)
		lineLen := len([]rune(strings.TrimSpace(string(s.rs[ls:le]))))
		if lineLen <= 45 && !strings.ContainsAny(string(s.rs[q:le]), "，。；,;") && (numbered || (lead == "" || isSmallLead(lead)) && (lineLen <= (to-from)+8 || marked(ls))) {
			title := strings.TrimSpace(string(s.orig[p:le]))
			if isSmallLead(lead) {
				title = strings.TrimSpace(string(s.orig[ls:le]))
			}
			return heading{no: no, start: ls, end: le, title: strings.Trim(title, "* ")}, true
		}
	}
	if s.gluedNumber(p) {
		return heading{no: no, start: s.itemStart(p, "一、"), end: q, title: string(s.orig[p:q])}, true
	}
	return heading{}, false
}

// shortLine returns the line around the characters p to q; ok is false when it is far too long for a heading, which may be
// known before its ends are: a whole text may stand on one line.
func (s *stream) shortLine(p, q int) (start, end int, ok bool) {
	const far = 400 // characters on either side; headings are centred with spaces at times
	start, end = p, q
	for start > 0 && s.rs[start-1] != '\n' {
		if start--; p-start > far {
			return 0, 0, false
		}
	}
	for end < len(s.rs) && s.rs[end] != '\n' {
		if end++; end-q > far {
			return 0, 0, false
		}
	}
	return start, end, true
}

// isSmallLead allows for the words that stand before the fixed ones in a changed heading: 因, 政府信息公开工作, 2019年….
func isSmallLead(lead string) bool {
	n := len([]rune(lead))
	return n > 0 && n <= 22 && !strings.ContainsAny(lead, "，。；：,;:(（") && isHan([]rune(lead)[n-1])
}

// isSectionNumber recognises “五、” “五.” “(五)” “第五部分” in front of a heading.
func isSectionNumber(lead string) bool {
	t := strings.Trim(lead, "#*、.．,，()第部分章: ")
	if t == "" || len([]rune(lead)) > 8 {
		return false
	}
	rs := []rune(t)
	return strings.ContainsRune("一二三四五六七八九十", rs[0]) && len(rs) <= 2
}

// gluedNumber reports whether “五、” stands directly before position p.
func (s *stream) gluedNumber(p int) bool {
	i := p - 1
	for i >= 0 && s.rs[i] == ' ' {
		i--
	}
	if i < 1 || s.rs[i] != '、' {
		return false
	}
	return strings.ContainsRune("一二三四五六", s.rs[i-1]) && (i < 2 || s.rs[i-2] != '第')
}

// sections finds the six sections and the text before the first one. Headings that stand near the tables win over others with
// the same words; a number that restarts does not matter.
func (x *reader) sections() {
	s := x.st
	all := s.headings(x.markedHeading)
	pos := x.tableStarts()
	end := len(s.rs)
	picked := [6]*heading{}
	pick3 := lastBefore(all[2], pos[1], end)
	picked[2] = pick3
	picked[1] = lastBefore(all[1], pos[0], startOf(pick3, end))
	picked[0] = lastBefore(all[0], startOf(picked[1], end), startOf(picked[1], end))
	after := endOf(picked[2], endOf(picked[1], 0))
	picked[3] = firstAfter(all[3], after)
	if pos[2] > 0 {
		if h := lastBefore(all[3], pos[2], end); h != nil && h.start >= after {
			picked[3] = h
		}
	}
	after = max(endOf(picked[3], after), x.tableEnd4())
	picked[4] = firstAfter(all[4], after)
	picked[5] = firstAfter(all[5], endOf(picked[4], after))
	if picked[4] == nil && picked[5] == nil { // no tables and no heading four: take what is there
		picked[4], picked[5] = lastBefore(all[4], 0, end), lastBefore(all[5], 0, end)
	}
	x.cutSections(picked)
}

func startOf(h *heading, or int) int {
	if h == nil {
		return or
	}
	return h.start
}

func endOf(h *heading, or int) int {
	if h == nil {
		return or
	}
	return h.end
}

// lastBefore returns the last heading before pos, or before or when pos is 0.
func lastBefore(hs []heading, pos, or int) *heading {
	if pos <= 0 {
		pos = or
	}
	var out *heading
	for i := range hs {
		if hs[i].start < pos {
			out = &hs[i]
		}
	}
	return out
}

func firstAfter(hs []heading, pos int) *heading {
	for i := range hs {
		if hs[i].start >= pos {
			return &hs[i]
		}
	}
	return nil
}

// markedHeading reports whether the block at a rune position is a heading in the file.
func (x *reader) markedHeading(pos int) bool { return x.doc.Blocks[x.blockAt(pos)].Heading > 0 }

func (x *reader) blockAt(pos int) int {
	n := sort.SearchInts(x.st.starts, pos+1)
	return max(0, n-1)
}

// tableStarts returns where the three tables begin in the stream, 0 where there is none.
func (x *reader) tableStarts() [3]int {
	var out [3]int
	for i, sp := range x.spans {
		out[i] = sp.from
	}
	tables := [3]*report.Table{x.rep.Table2, x.rep.Table3, x.rep.Table4}
	for i := range out {
		if out[i] == 0 && tables[i] != nil && x.gridOf[i] > 0 {
			out[i] = x.st.starts[x.gridOf[i]-1]
		}
	}
	return out
}

func (x *reader) tableEnd4() int {
	if sp := x.spans[2]; sp.to > 0 {
		return sp.to
	}
	if b := x.gridOf[2]; b > 0 {
		if b < len(x.st.starts) {
			return x.st.starts[b]
		}
		return len(x.st.rs)
	}
	return 0
}

func (x *reader) cutSections(picked [6]*heading) {
	end := len(x.st.rs)
	next := end
	var texts [6]string
	for i := 5; i >= 0; i-- {
		if picked[i] == nil || picked[i].start >= next {
			picked[i] = nil
			continue
		}
		texts[i] = x.text(picked[i].end, next)
		if next == end {
			texts[i] = withoutFooter(texts[i])
		}
		next = picked[i].start
	}
	for i, h := range picked {
		if h != nil {
			x.rep.Sections = append(x.rep.Sections, report.Section{No: i + 1, Title: strings.Join(strings.Fields(h.title), ""), Text: texts[i]})
		}
	}
	if x.titleEnd < next {
		if next < end || len(x.rep.Sections) == 0 {
			x.rep.Preamble = x.text(x.titleEnd, next)
		}
	}
}

// text returns the paragraphs between two rune positions, without the tables.
func (x *reader) text(from, to int) string {
	var lines []string
	for b := x.blockAt(from); b < len(x.st.starts) && x.st.starts[b] < to; b++ {
		if x.covered[b] {
			continue
		}
		a := max(from, x.st.starts[b])
		e := to
		if b+1 < len(x.st.starts) {
			e = min(e, x.st.starts[b+1])
		}
		blk := &x.doc.Blocks[b]
		if x.isFurniture(b) {
			continue
		}
		if blk.Grid != nil {
			if len(x.outside(a, e)) > 0 {
				lines = append(lines, gridText(blk.Grid)...)
			}
			continue
		}
		for _, p := range x.outside(a, e) {
			lines = append(lines, strings.Split(x.visible(p.from, p.to), "\n")...)
		}
	}
	return joinLines(lines, x.wrapped())
}

func gridText(g *docio.Grid) []string {
	var out []string
	row, line := 0, []string{}
	for i := range g.Cells {
		c := &g.Cells[i]
		if c.Row != row {
			out = append(out, strings.Join(line, " "))
			row, line = c.Row, line[:0]
		}
		if t := oneLine(c.Text); t != "" {
			line = append(line, t)
		}
	}
	return append(out, strings.Join(line, " "))
}

// outside returns the parts of a stretch that are not in a table.
func (x *reader) outside(from, to int) []span {
	parts := []span{{from, to}}
	for _, t := range x.spans {
		if t.to == 0 {
			continue
		}
		var next []span
		for _, p := range parts {
			if t.to <= p.from || t.from >= p.to {
				next = append(next, p)
				continue
			}
			if t.from > p.from {
				next = append(next, span{p.from, t.from})
			}
			if t.to < p.to {
				next = append(next, span{t.to, p.to})
			}
		}
		parts = next
	}
	return parts
}

// visible returns the stretch as printed, without page numbers and rules.
func (x *reader) visible(from, to int) string {
	var b strings.Builder
	s := x.st
	for i := from; i < to; i++ {
		if s.skip[i] && !s.pinyin(i) {
			continue
		}
		b.WriteRune(s.orig[i])
	}
	return b.String()
}

// pinyin reports whether a skipped position is part of a bracket of pinyin, which stays in running text.
func (s *stream) pinyin(i int) bool {
	for j := i; j >= 0 && j > i-9; j-- {
		if s.rs[j] == '(' {
			return true
		}
		if s.rs[j] == '\n' {
			return false
		}
	}
	return false
}
