package form

import (
	"strings"

	"github.com/gongkai/gongkai/internal/report"
)

// item is a row of values met in the text, with the label that stands on the same line, or -1.
type item struct {
	label int
	cells [report.Columns3]report.Cell
}

// orderTable3 reads a table whose labels and values are separated, as some converters leave it: rows of bare numbers away from
// their labels, or columns one below the other. The rows keep their order; those that carry their label fix the places of
// the others. It succeeds only when the rows met are exactly the rows of the form and their sums hold; every value is doubted.
func (x *reader) orderTable3(t *report.Table) bool {
	s := x.st
	sp := x.spans[1]
	end := s.endOfRegion3(sp)
	labels := labelsFor(t.Spec.RowIndex("other") >= 0)
	items := s.lineItems(sp.from, end, labels)
	if len(items) != len(t.Spec.Rows) {
		items = s.blockItems(sp.from, end)
	}
	if len(items) != len(t.Spec.Rows) || !inOrder(items) || !sumsHold(items) {
		return false
	}
	x.spans[1].to = end
	why := "文件中行名与数字分离，按行的次序对应，并经勾稽关系核对"
	if allLabelled(items) {
		why = "" // every row stands on one line with its own label: nothing had to be inferred
	}
	for k := range items {
		for j, c := range items[k].cells {
			x.set(t, k, j, c, why)
		}
	}
	return true
}

// allLabelled reports whether each row carries the label of its own place.
func allLabelled(items []item) bool {
	for i, it := range items {
		if it.label != i {
			return false
		}
	}
	return true
}

// endOfRegion3 is where the stretch in which rows of table 3 may stand ends: at the heading or header of table 4.
func (s *stream) endOfRegion3(sp span) int {
	n := s.hanIndex(sp.from)
	for _, w := range []string{"政府信息公开行政复议", "行政复议行政诉讼", "未经复议直接起诉", "行政复议"} {
		if at := s.find(w, n, len(s.hanPos)); len(at) > 0 {
			return s.itemStart(s.hanPos[at[0]], "四、")
		}
	}
	return sp.to
}

// lines calls f with the rune range of each line.
func (s *stream) lines(from, to int, f func(a, b int)) {
	a := from
	for i := from; i <= to; i++ {
		if i == to || s.rs[i] == '\n' {
			f(a, i)
			a = i + 1
		}
	}
}

// lineItems takes every line that holds the seven values of a row.
func (s *stream) lineItems(from, to int, labels []label) []item {
	var out []item
	var printed []string
	s.lines(from, to, func(a, b int) {
		words := han(s.plain(a, b))
		g := s.segmentAt(s.firstWord(a, b), b)
		it := item{label: -1}
		switch {
		case len(g.tokens) == report.Columns3:
			for j := range g.tokens {
				it.cells[j], _ = tokenCell(&g.tokens[j], report.Count)
			}
		case s.rowOfBars(a, b, &it, words != ""):
		default:
			return
		}
		out = append(out, it)
		printed = append(printed, words)
	})
	a := align(printed, labels)
	for i := range out {
		out[i].label = a.label[i]
	}
	return out
}

// rowOfBars reads a line of exactly seven cells between bars, some of them empty, behind its label if it has one.
func (s *stream) rowOfBars(a, b int, it *item, labelled bool) bool {
	line := strings.TrimSpace(s.plain(a, b))
	if !strings.HasPrefix(line, "|") || !strings.HasSuffix(line, "|") || len(line) < 2 {
		return false
	}
	cells := strings.Split(line[1:len(line)-1], "|")
	if labelled {
		for len(cells) > 0 && han(cells[0]) != "" {
			cells = cells[1:]
		}
	}
	for len(cells) > report.Columns3 && strings.TrimSpace(cells[len(cells)-1]) == "" {
		cells = cells[:len(cells)-1]
	}
	if len(cells) != report.Columns3 {
		return false
	}
	for j, text := range cells {
		c, why := parseValue(text, report.Count)
		if why != "" || c.Kind == report.Words || c.Kind == report.Unreadable {
			return false
		}
		it.cells[j] = c
	}
	return true
}

// firstWord is the first character of a label in a line, or the start of a line without words.
func (s *stream) firstWord(a, b int) int {
	for i := a; i < b; i++ {
		if isHan(s.rs[i]) && !s.skip[i] {
			return i
		}
	}
	return a
}

// blockItems takes values that stand one per line in blocks between blank lines: seven blocks of n lines are n rows, column by
// column.
func (s *stream) blockItems(from, to int) []item {
	var blocks [][]report.Cell
	var cur []report.Cell
	bad := false
	flush := func() {
		if len(cur) > 0 {
			blocks = append(blocks, cur)
			cur = nil
		}
	}
	s.lines(from, to, func(a, b int) {
		toks := s.tokens(a, b)
		switch {
		case len(toks) == 0, isItemLine(s.plain(a, b)):
			flush()
		case len(toks) == 1 && han(s.plain(a, b)) == "":
			c, _ := tokenCell(&toks[0], report.Count)
			cur = append(cur, c)
		default:
			bad = true
		}
	})
	flush()
	if bad || len(blocks)%report.Columns3 != 0 {
		return nil
	}
	var out []item
	for i := 0; i < len(blocks); i += report.Columns3 {
		n := len(blocks[i])
		for r := range n {
			it := item{label: -1}
			for j := range report.Columns3 {
				if len(blocks[i+j]) != n {
					return nil
				}
				it.cells[j] = blocks[i+j][r]
			}
			out = append(out, it)
		}
	}
	return out
}

// isItemLine recognises a label with its number and no value: “3.要求提供公开出版物”.
func isItemLine(line string) bool {
	t := strings.TrimSpace(line)
	return len(t) > 2 && isDigit(t[0]) && !isDigit(t[1]) && han(t) != "" && !strings.ContainsAny(t[1:], "0123456789")
}

// inOrder reports whether the rows that carry a label stand where the form has that label.
func inOrder(items []item) bool {
	for i, it := range items {
		if it.label >= 0 && it.label != i {
			return false
		}
	}
	return true
}

// sumsHold reports whether the rows add up to their totals in all but a tenth of the rows that can be judged. Where empty
// cells leave none to be judged, the labels that stand on the rows have to prove the order.
func sumsHold(items []item) bool {
	judged, bad, labelled := 0, 0, 0
	for _, it := range items {
		if it.label >= 0 {
			labelled++
		}
		total := it.cells[report.ColTotal]
		sum, filled := int64(0), 0
		for _, c := range it.cells[:report.ColTotal] {
			if c.Kind == report.Number {
				sum += c.N
				filled++
			}
		}
		if total.Kind != report.Number || filled == 0 {
			continue
		}
		judged++
		if sum != total.N {
			bad++
		}
	}
	return bad*10 <= judged && (judged > 0 || labelled >= 8)
}

// layoutRow3 reads a row with empty cells from text whose columns are kept by spaces: every value stands under a value of the
// nearest row that has all seven. It returns false when that is not certain.
func (x *reader) layoutRow3(t *report.Table, k int, seg segment) bool {
	s := x.st
	if len(seg.fields) > 0 || len(seg.tokens) == 0 {
		return false
	}
	line := s.lineStart(seg.tokens[0].pos)
	for _, tok := range seg.tokens {
		if s.lineStart(tok.pos) != line {
			return false
		}
	}
	cols := s.nearestColumns(seg.tokens[0].pos, x.spans[1])
	if cols == nil {
		return false
	}
	var row [report.Columns3]report.Cell
	for j := range row {
		row[j] = report.Cell{Kind: report.Blank}
	}
	last := -1
	for i := range seg.tokens {
		tok := &seg.tokens[i]
		at := s.center(tok)
		best := -1
		for j, c := range cols {
			if d := abs(at - c); d <= 3 && (best < 0 || d < abs(at-cols[best])) {
				best = j
			}
		}
		if best < 0 || best <= last {
			return false
		}
		last = best
		row[best], _ = tokenCell(tok, report.Count) //nolint:gosec // best is an index of cols, which has as many
	}
	for j, c := range row {
		x.set(t, k, j, c, "这一行有空格，按数字所在的列位置对应")
	}
	return true
}

func abs(n int) int { return max(n, -n) }

func (s *stream) lineStart(p int) int {
	for p > 0 && s.rs[p-1] != '\n' {
		p--
	}
	return p
}

// center is twice the display column of the middle of a token, wide characters counting two.
func (s *stream) center(tok *token) int {
	col := 0
	for i := s.lineStart(tok.pos); i < tok.pos; i++ {
		col += width(s.orig[i])
	}
	return 2*col + (tok.end - tok.pos)
}

func width(r rune) int {
	if r >= 0x1100 && (r <= 0x115F || r >= 0x2E80 && r <= 0xFFDC) || r >= 0x20000 {
		return 2
	}
	return 1
}

// nearestColumns returns the centres of the seven values of the line with all seven that is nearest to p.
func (s *stream) nearestColumns(p int, sp span) []int {
	var best []int
	dist := 0
	s.lines(sp.from, sp.to, func(a, b int) {
		toks := s.tokens(a, b)
		if len(toks) != report.Columns3 || strings.ContainsRune(string(s.rs[a:b]), '|') {
			return
		}
		d := abs(a - p)
		if best != nil && d >= dist {
			return
		}
		dist = d
		best = best[:0]
		for i := range toks {
			best = append(best, s.center(&toks[i]))
		}
	})
	if len(best) != report.Columns3 {
		return nil
	}
	for j := 1; j < len(best); j++ {
		if best[j]-best[j-1] < 4 {
			return nil
		}
	}
	return best
}
