package press

import (
	"fmt"
	"math"

	"github.com/gongkai/gongkai/internal/docio"
	"github.com/gongkai/gongkai/internal/docio/font"
)

const (
	cellSize     = 10.5
	cellSizeMin  = 5.0  // of numbers, which must not be broken
	cellSizeText = 8.0  // of other text
	cellLeading  = 1.28 // of the size
	cellPad      = 2.0  // left and right of a cell
	ruleWidth    = 0.5
	onePage      = textHeight - 28 // below its heading
	tableAfter   = 8.0
)

// set is a table set in type, not yet on a page.
type set struct {
	cells  []cell
	edges  []float64 // of the columns, from the left of the text
	tops   []float64 // of the rows, from the top of the table, and the foot of the last
	head   int       // rows repeated on every page
	units  [][2]int  // rows that stay together, from and to
	name   string
	drawn  []bool // which cells have had their text
	header []bool // rows of header cells only
}

type cell struct {
	docio.Place
	lines []line
	size  float64
}

func (c *cell) height() float64 { return float64(len(c.lines)) * c.size * cellLeading }

// setTable sets the text of all cells and finds the heights of the rows. no counts the tables, for messages.
func (l *layout) setTable(t *docio.PageTable, no int) *set {
	if s, ok := l.sets[t]; ok {
		return s
	}
	places, cols := t.Places()
	s := &set{name: t.Name, head: min(t.HeaderRows, len(t.Rows)), drawn: make([]bool, len(places)), header: make([]bool, len(t.Rows))}
	l.sets[t] = s
	const scale = 1000
	for _, e := range t.Edges(cols, int(math.Round(textWidth*scale))) {
		s.edges = append(s.edges, float64(e)/scale)
	}
	where := fmt.Sprintf("第%d张表", no)
	if t.Name != "" {
		where = "“" + t.Name + "”"
	}
	for r := range s.header {
		s.header[r] = true
	}
	for i := range places {
		p := &places[i]
		s.header[p.Row] = s.header[p.Row] && p.Header
		s.cells = append(s.cells, l.setCell(p, s.edges[p.Col+p.ColSpan]-s.edges[p.Col]-2*cellPad, where))
	}
	for _, st := range [...]spacing{{17, 2.2}, {15.5, 1.4}, {14.2, 0.6}, {17, 2.2}} {
		s.measure(len(t.Rows), st)
		if s.height(0, s.rows()) <= onePage {
			break
		}
	}
	s.units = units(t, s.head)
	return s
}

// setCell breaks the text of a cell. A number that is too long for its column is set smaller, so that it stays one.
func (l *layout) setCell(p *docio.Place, width float64, where string) cell {
	c := cell{Place: *p, size: cellSize}
	if p.Text == "" {
		return c
	}
	glyphs, missing := l.types.shape(font.Song, p.Text)
	for _, r := range missing {
		l.missing = append(l.missing, font.Missing{Char: r, Where: fmt.Sprintf("%s第%d行第%d列", where, p.Row+1, p.Col+1)})
	}
	if !p.Vertical {
		c.size = size(glyphs, width)
		c.lines = breakLines(glyphs, width/c.size*1000, 0)
		return c
	}
	var parts []string
	parts, c.size = docio.Stack(p.Text, width, cellSize)
	for _, part := range parts {
		n := min(len([]rune(part)), len(glyphs))
		c.lines = append(c.lines, line{glyphs: glyphs[:n], width: measure(glyphs[:n])})
		glyphs = glyphs[n:]
	}
	return c
}

// size returns the size at which the longest part of a text that may not be broken goes on a line of the width, in
// points. Text other than words and numbers is rather broken than set in small print.
func size(glyphs []glyph, width float64) float64 {
	best := cellSize
	for i := 0; i < len(glyphs); {
		w, only := glyphs[i].adv, word(glyphs[i].r)
		for i++; i < len(glyphs) && glyphs[i].r != '\n' && !mayBreak(glyphs[i-1].r, glyphs[i].r); i++ {
			if glyphs[i].r != ' ' {
				w += glyphs[i].adv
				only = only && word(glyphs[i].r)
			}
		}
		if fit := width / w * 1000; w > 0 && fit < best && (only || fit >= cellSizeText) {
			best = max(fit, cellSizeMin)
		}
	}
	return best
}

// spacing is how generously rows are set: the least height of one, and the space above and below the text of a cell. A
// table that nearly fits on one page is set closer until it does; one that does not fit at all is set as usual.
type spacing struct{ row, pad float64 }

// measure finds the heights of the rows: first what cells of one row need, then what taller cells lack.
func (s *set) measure(rows int, st spacing) {
	h := make([]float64, rows)
	for r := range h {
		h[r] = st.row
	}
	for i := range s.cells {
		if c := &s.cells[i]; c.RowSpan == 1 {
			h[c.Row] = max(h[c.Row], c.height()+2*st.pad)
		}
	}
	for i := range s.cells {
		c := &s.cells[i]
		lack := c.height() + 2*st.pad
		for r := c.Row; r < c.Row+c.RowSpan; r++ {
			lack -= h[r]
		}
		for r := c.Row; lack > 0 && r < c.Row+c.RowSpan; r++ {
			h[r] += lack / float64(c.RowSpan)
		}
	}
	s.tops = make([]float64, rows+1)
	for r := range h {
		s.tops[r+1] = s.tops[r] + h[r]
	}
}

// units returns the rows below the head in parts that stay on one page: the groups, and rows of no group one by one.
func units(t *docio.PageTable, head int) [][2]int {
	var out [][2]int
	for r := head; r < len(t.Rows); r++ {
		n := len(out)
		if g := t.Rows[r].Group; n > 0 && g != 0 && t.Rows[r-1].Group == g {
			out[n-1][1] = r + 1
			continue
		}
		out = append(out, [2]int{r, r + 1})
	}
	return out
}

func (s *set) height(from, to int) float64 { return s.tops[to] - s.tops[from] }

// rows is the number of rows.
func (s *set) rows() int { return len(s.tops) - 1 }

// lead returns how much of the table must fit behind its heading: all of it where it fits on a page and this page has
// no more than seven tenths of it left, otherwise the head and the first unit.
func (s *set) lead(room float64) float64 {
	total := s.height(0, s.rows())
	if total <= onePage && room < 0.7*textHeight {
		return total
	}
	if len(s.units) == 0 {
		return total
	}
	return min(s.height(0, s.units[0][1]), textHeight)
}

// table puts a table on this page and those after it.
func (l *layout) table(s *set) {
	if s.rows() == 0 || len(s.edges) < 2 {
		return
	}
	if l.y > 0 && l.y+s.lead(textHeight-l.y) > textHeight+0.01 {
		l.newSheet()
	}
	tree := l.tableTree(s)
	from := 0
	for from < s.rows() {
		repeat := 0
		if from > 0 && s.height(0, s.head) < textHeight/3 {
			repeat = s.head
		}
		room := textHeight - l.y - s.height(0, repeat)
		to := s.reach(from, room+0.01, l.y == 0)
		if to == from {
			l.newSheet()
			continue
		}
		l.part(s, tree, repeat, from, to)
		from = to
	}
	l.y += tableAfter
}

// reach returns the row after the last one that fits into room, counting whole units; on an empty page at least one row
// is taken, and a unit that is taller than a page is torn.
func (s *set) reach(from int, room float64, empty bool) int {
	to := from
	if from < s.head {
		if s.height(from, s.head) > room && !empty {
			return from
		}
		to = s.head
	}
	for _, u := range s.units {
		if u[1] <= to {
			continue
		}
		if s.height(from, u[1]) <= room {
			to = u[1]
			continue
		}
		tall := s.height(u[0], u[1]) > textHeight-s.height(0, s.head)
		if tall || empty && to <= max(from, s.head) {
			for r := max(to, u[0]); r < u[1] && s.height(from, r+1) <= room; r++ {
				to = r + 1
			}
		}
		break
	}
	if to <= s.head && from < s.head && to < s.rows() && !empty {
		return from // a head alone is no beginning
	}
	if to == from && empty {
		return from + 1
	}
	return to
}

// part draws the rows from..to with repeated header rows before them.
func (l *layout) part(s *set, tree []*elem, repeat, from, to int) {
	top := marginTop + l.y
	sh := l.sheet()
	if repeat > 0 {
		sh.artifact("")
		s.borders(sh, top, 0, repeat)
		for i := range s.cells {
			if c := &s.cells[i]; c.Row < repeat {
				s.text(sh, c, top+s.tops[c.Row], s.height(c.Row, min(c.Row+c.RowSpan, repeat)))
			}
		}
		sh.end()
		top += s.height(0, repeat)
	}
	sh.artifact("")
	s.borders(sh, top, from, to)
	sh.end()
	for i := range s.cells {
		c := &s.cells[i]
		a, b := max(c.Row, from), min(c.Row+c.RowSpan, to)
		if a >= b || s.drawn[i] || len(c.lines) == 0 {
			continue
		}
		h := s.height(a, b)
		if h < c.height() && b < c.Row+c.RowSpan {
			continue // there is more room for it on the next page
		}
		s.drawn[i] = true
		sh.begin(tree[i], len(l.sheets)-1)
		s.text(sh, c, top+s.tops[a]-s.tops[from], h)
		sh.end()
	}
	l.y = top + s.height(from, to) - marginTop
}

// borders draws the lines of the rows from..to, each once: of every cell those above and to the left of it, and of the
// part its foot and its right side.
func (s *set) borders(sh *sheet, top float64, from, to int) {
	sh.num(ruleWidth)
	sh.buf.WriteString("w\n")
	y := func(r int) float64 { return top + s.tops[r] - s.tops[from] }
	for i := range s.cells {
		c := &s.cells[i]
		a, b := max(c.Row, from), min(c.Row+c.RowSpan, to)
		if a >= b {
			continue
		}
		x0, x1 := marginLeft+s.edges[c.Col], marginLeft+s.edges[c.Col+c.ColSpan]
		sh.rule(x0, y(a), x1, y(a))
		sh.rule(x0, y(a), x0, y(b))
	}
	left, right := marginLeft+s.edges[0], marginLeft+s.edges[len(s.edges)-1]
	sh.rule(left, y(to), right, y(to))
	sh.rule(right, y(from), right, y(to))
}

// text draws the lines of a cell in the middle of the height h below y.
func (s *set) text(sh *sheet, c *cell, y, h float64) {
	leading := c.size * cellLeading
	y += (h - c.height()) / 2
	x0, x1 := marginLeft+s.edges[c.Col]+cellPad, marginLeft+s.edges[c.Col+c.ColSpan]-cellPad
	for _, ln := range c.lines {
		x := x0
		room := x1 - x0 - ln.width/1000*c.size
		switch c.Align {
		case docio.AlignCenter:
			x += room / 2
		case docio.AlignRight:
			x += room
		}
		sh.text(x, y+(leading+c.size)/2-0.12*c.size, c.size, 0, ln.glyphs)
		y += leading
	}
}
