package pdf

import (
	"slices"
	"strings"
)

// chunk is a piece of a line that stands by itself, with white space on both sides.
type chunk struct {
	box
	text  string
	line  int // index of its line in the region
	value bool
}

// chunks splits a line at its gaps; wide is the least gap, in widths of a letter.
func (l *line) chunks(wide float64) []chunk {
	em := max(l.size(), 1)
	var out []chunk
	start := 0
	for i := 1; i <= len(l.glyphs); i++ {
		if i < len(l.glyphs) && l.glyphs[i].x0-l.glyphs[i-1].x1 <= wide*em {
			continue
		}
		part := l.glyphs[start:i]
		b := part[0].box
		for _, g := range part[1:] {
			b = b.union(g.box)
		}
		text := textOf(part)
		out = append(out, chunk{box: b, text: text, value: isValue(text)})
		start = i
	}
	return out
}

// isValue reports whether a text can be the value of a cell: a number or a mark for none.
func isValue(text string) bool {
	switch text {
	case "/", "-", "—", "——", "－", "–", "／":
		return true
	}
	return numeric(text)
}

// Gaps, in widths of a letter.
const (
	columnGap = 1.5  // between the columns of a table, for telling that there is one
	insideGap = 0.55 // between columns once it is known that there is a table
)

// tabular reports whether a line shows columns.
func (l *line) tabular() bool { return len(l.glyphs) > 1 && len(l.chunks(columnGap)) > 1 }

// region is a run of lines that seems to be a table without borders. The lines of later pages are moved below those of
// the first.
type region struct {
	lines []line
	cells []chunk // of all lines, in order
}

func newRegion(lines []*line) *region {
	r := &region{}
	lines = dropHeaders(lines)
	shift := 0.0
	for i, l := range lines {
		if i > 0 && l.page != lines[i-1].page {
			before := r.lines[len(r.lines)-1]
			shift = before.y1 + 3*before.h() - l.y0
		}
		moved := *l
		moved.y0, moved.y1 = l.y0+shift, l.y1+shift
		r.lines = append(r.lines, moved)
		for _, c := range moved.chunks(insideGap) {
			c.line, c.y0, c.y1 = i, c.y0+shift, c.y1+shift
			r.cells = append(r.cells, c)
		}
	}
	return r
}

// dropHeaders removes the headers of a table that are printed again at the top of its later pages.
func dropHeaders(lines []*line) []*line {
	var header []string
	for _, l := range lines {
		if l.page != lines[0].page || slices.ContainsFunc(l.chunks(insideGap), func(c chunk) bool { return c.value }) {
			break
		}
		header = append(header, l.text())
	}
	out := make([]*line, 0, len(lines))
	rest := header
	for i, l := range lines {
		if i > 0 && l.page != lines[i-1].page {
			rest = header
		}
		if l.page != lines[0].page && len(rest) > 0 {
			if k := slices.Index(rest, l.text()); k >= 0 {
				rest = rest[k+1:]
				continue
			}
			rest = nil
		}
		out = append(out, l)
	}
	return out
}

// values counts the values of each line.
func (r *region) values() []int {
	n := make([]int, len(r.lines))
	for _, c := range r.cells {
		if c.value {
			n[c.line]++
		}
	}
	return n
}

// layout sets a line with as many spaces as keep its columns in their places: a Chinese letter takes two.
func layout(l *line, left, em float64) string {
	var b strings.Builder
	at := 0
	for _, c := range l.chunks(insideGap) {
		want := int((c.x0 - left) / max(em/2, 1))
		if b.Len() > 0 {
			want = max(want, at+2)
		}
		if want = min(want, 400); want > at {
			b.WriteString(strings.Repeat(" ", want-at))
			at = want
		}
		b.WriteString(c.text)
		for _, r := range c.text {
			at++
			if isWide(r) {
				at++
			}
		}
	}
	return b.String()
}

// heading reports whether a line can only be the heading of a section and no row of a table.
func heading(l *line) bool {
	text := l.text()
	if !chapter.MatchString(text) || l.tabular() {
		return false
	}
	for _, w := range [...]string{"情况", "事项", "问题", "报告"} {
		if strings.Contains(text, w) {
			return true
		}
	}
	return false
}

// longestLabel is how many lines without columns there may be between two with columns.
const longestLabel = 12

// findRegions yields the parts of a run of lines: which stretches, from and to index, seem to be tables.
func findRegions(lines []*line, width float64) [][2]int {
	var out [][2]int
	done := 0
	for i := 0; i < len(lines); i++ {
		if !lines[i].tabular() {
			continue
		}
		from, to := stretch(lines, i, done, width)
		if worth(lines[from:to]) {
			out = append(out, [2]int{from, to})
			done = to
		}
		i = to - 1
	}
	return out
}

// stretch finds how far the table around line i reaches, not before line done.
func stretch(lines []*line, i, done int, width float64) (from, to int) {
	from, to = i, i+1
	for k := i + 1; k < min(len(lines), to+longestLabel) && fits(lines[i], lines[k], width); k++ {
		if lines[k].tabular() {
			to = k + 1
		}
	}
	for from > done && i-from < 4 && fits(lines[i], lines[from-1], width) && near(lines[from-1], lines[from]) {
		from--
	}
	for to < len(lines) && to-i > 1 && fits(lines[i], lines[to], width) && near(lines[to-1], lines[to]) && goesOn(lines[to]) {
		to++
	}
	return from, to
}

// fits reports whether a line can belong to the table that another belongs to.
func fits(in, l *line, width float64) bool {
	if heading(l) || max(in.tall(), l.tall()) > 1.4*min(in.tall(), l.tall()) {
		return false
	}
	return l.tabular() || l.w() < 0.62*width || l.crowded()
}

// crowded reports whether a line is the header of many narrow columns, whose gaps are small.
func (l *line) crowded() bool {
	cells := l.chunks(insideGap)
	for _, c := range cells {
		if strings.ContainsAny(c.text, "，。；、,;") {
			return false
		}
	}
	return len(cells) >= 4
}

// goesOn reports whether a line below the last with columns is the rest of its label, or a last row that is blank.
func goesOn(l *line) bool {
	text := l.text()
	return !begins(text) || chapter.MatchString(text)
}

func near(a, b *line) bool {
	return a.page == b.page && b.y0-a.y1 < 1.2*max(a.h(), b.h())
}

// worth reports whether lines are worth being taken for a table: three lines with columns, or one with many values.
func worth(lines []*line) bool {
	n := 0
	for _, l := range lines {
		if !l.tabular() {
			continue
		}
		n++
		values := 0
		for _, c := range l.chunks(insideGap) {
			if c.value {
				values++
			}
		}
		if n >= 3 || values >= 4 {
			return true
		}
	}
	return false
}
