// Package press sets a page in type and prints it as PDF: fonts embedded as subsets, text that can be copied out in
// reading order, a tagged structure, tables that break between groups of rows.
package press

import (
	"bufio"
	"fmt"
	"io"

	"github.com/gongkai/gongkai/internal/docio"
	"github.com/gongkai/gongkai/internal/docio/font"
)

// Lengths in points. The page is A4 with the margins of GB/T 9704: 37 mm above, 35 below, 28 left, 26 right.
const (
	mm          = 72 / 25.4
	pageWidth   = 210 * mm
	pageHeight  = 297 * mm
	marginTop   = 37 * mm
	marginLeft  = 28 * mm
	textWidth   = 156 * mm
	textHeight  = 225 * mm
	footerDepth = 7 * mm // from the text to the top of the page number
)

// manner is how a text element is set.
type manner struct {
	font    font.Style
	size    float64
	leading float64 // distance of lines
	indent  float64 // of the first line, in units of size
	center  bool
	keep    bool // stays with what follows
	after   float64
	tag     string // in the structure of the document
}

func mannerOf(s docio.Style) manner {
	switch s {
	case docio.DocTitle:
		return manner{font: font.Title, size: 22, leading: 35, center: true, keep: true, after: 14, tag: "H1"}
	case docio.Heading1:
		return manner{font: font.Hei, size: 16, leading: 28, indent: 2, keep: true, tag: "H2"}
	case docio.Heading2:
		return manner{font: font.Kai, size: 16, leading: 28, indent: 2, keep: true, tag: "H3"}
	case docio.Note:
		return manner{font: font.Fang, size: 12, leading: 20, tag: "P"}
	case docio.BodyTextRaw:
		return manner{font: font.Fang, size: 16, leading: 28, tag: "P"}
	default:
		return manner{font: font.Fang, size: 16, leading: 28, indent: 2, tag: "P"}
	}
}

// Print writes p as PDF with these fonts. Nothing is written before all characters have been found in a font. The
// same page and the same fonts always give the same bytes.
// Errors: font.missing_glyph with the characters and where they stand; those of w.
func Print(w io.Writer, p *docio.Page, fonts *font.Set) error {
	l := newLayout(p, fonts)
	l.run()
	if len(l.missing) > 0 {
		return font.ErrMissing(l.missing)
	}
	b := bufio.NewWriter(w)
	err := l.file(b)
	if err != nil {
		return err
	}
	return b.Flush()
}

// layout sets elements one after the other and begins pages as they fill.
type layout struct {
	types   *typecase
	page    *docio.Page
	sheets  []*sheet
	y       float64 // filled of the current page, from the top of the text
	root    *elem
	missing []font.Missing
	marks   []bookmark
	sets    map[*docio.PageTable]*set
}

// bookmark is an entry of the outline: a heading and where it stands.
type bookmark struct {
	text  string
	level int
	sheet int
	y     float64
}

func newLayout(p *docio.Page, fonts *font.Set) *layout {
	return &layout{types: newTypecase(fonts), page: p, sets: map[*docio.PageTable]*set{}, root: &elem{tag: "Document"}}
}

func (l *layout) run() {
	l.newSheet()
	tables := 0
	for i := range l.page.Elements {
		e := &l.page.Elements[i]
		if e.Table != nil {
			tables++
			l.table(l.setTable(e.Table, tables))
			continue
		}
		l.text(i, tables)
	}
	for n, s := range l.sheets {
		l.pageNumber(s, n+1)
	}
}

func (l *layout) newSheet() {
	l.sheets = append(l.sheets, &sheet{})
	l.y = 0
}

func (l *layout) sheet() *sheet { return l.sheets[len(l.sheets)-1] }

// text sets the text element i.
func (l *layout) text(i, tables int) {
	e := &l.page.Elements[i]
	m := mannerOf(e.Style)
	lines := l.lines(e, m, fmt.Sprintf("第%d段文字", i+1))
	need := m.leading
	if m.keep {
		need = float64(len(lines))*m.leading + m.after + l.lead(i+1, tables)
	}
	if l.y > 0 && l.y+min(need, textHeight) > textHeight+0.01 {
		l.newSheet()
	}
	el := l.root.add(m.tag)
	if level := int(e.Style) - int(docio.DocTitle); level >= 0 && level < 3 && e.Text != "" {
		l.marks = append(l.marks, bookmark{text: e.Text, level: level, sheet: len(l.sheets) - 1, y: l.y})
	}
	for len(lines) > 0 {
		n := l.fitting(len(lines), m.leading)
		if n == 0 {
			l.newSheet()
			continue
		}
		s := l.sheet()
		s.begin(el, len(l.sheets)-1)
		for k, ln := range lines[:n] {
			l.line(s, ln, m, len(lines) == len(lines[:n]) && k == n-1)
		}
		s.end()
		lines = lines[n:]
	}
	l.y += m.after
}

// fitting returns how many of n lines go on this page, with no single line left behind or carried over where that can
// be helped.
func (l *layout) fitting(n int, leading float64) int {
	fit := int((textHeight - l.y + 0.01) / leading)
	switch {
	case fit >= n:
		return n
	case fit == 1 && n > 1 && l.y > 0:
		return 0
	case n-fit == 1 && fit > 2:
		return fit - 1
	}
	if fit <= 0 && l.y == 0 {
		return 1
	}
	return max(fit, 0)
}

// lead returns the room that must be left after a heading for what follows it: two lines, or the beginning of a table.
func (l *layout) lead(i, tables int) float64 {
	if i >= len(l.page.Elements) {
		return 0
	}
	e := &l.page.Elements[i]
	if e.Table == nil {
		m := mannerOf(e.Style)
		if m.keep {
			return m.leading + l.lead(i+1, tables)
		}
		return m.leading * 2
	}
	t := l.setTable(e.Table, tables+1)
	return t.lead(textHeight - l.y)
}

// lines breaks the text of an element.
func (l *layout) lines(e *docio.Element, m manner, where string) []line {
	glyphs, missing := l.types.shape(m.font, e.Text)
	for _, r := range missing {
		l.missing = append(l.missing, font.Missing{Char: r, Where: where + "“" + excerpt(e.Text, r) + "”"})
	}
	width := textWidth / m.size * 1000
	if e.Style == docio.DocTitle {
		return titleLines(glyphs, width)
	}
	return breakLines(glyphs, width, m.indent*1000)
}

// line draws one line at the current height. last lines are not spread to the full width.
func (l *layout) line(s *sheet, ln line, m manner, last bool) {
	x, spread := marginLeft+ln.indent/1000*m.size, 0.0
	room := textWidth - (ln.indent+ln.width)/1000*m.size
	switch {
	case m.center:
		x += room / 2
	case !last && !ln.hard && len(ln.glyphs) > 1 && room > 0:
		spread = min(room/float64(ln.gaps()), m.size*0.6)
	}
	// The square of the letters stands in the middle of the line; its base is 0.12 above its foot.
	base := marginTop + l.y + (m.leading+m.size)/2 - 0.12*m.size
	s.text(x, base, m.size, spread, ln.glyphs)
	l.y += m.leading
}

// pageNumber sets — 1 — as GB/T 9704 wants it: one character in from the right on odd pages, from the left on even ones.
func (l *layout) pageNumber(s *sheet, n int) {
	const size = 14
	glyphs, missing := l.types.shape(font.Song, fmt.Sprintf("— %d —", n))
	for _, r := range missing {
		l.missing = append(l.missing, font.Missing{Char: r, Where: "页码"})
	}
	x := marginLeft + float64(size)
	if n%2 == 1 {
		x = marginLeft + textWidth - size - measure(glyphs)/1000*size
	}
	s.artifact("/Type /Pagination")
	s.text(x, marginTop+textHeight+footerDepth+0.88*size, size, 0, glyphs)
	s.end()
}

// excerpt returns a few characters around r, for a message.
func excerpt(text string, r rune) string {
	rs := []rune(text)
	for i, c := range rs {
		if c == r {
			return string(rs[max(0, i-6):min(len(rs), i+7)])
		}
	}
	return string(rs[:min(len(rs), 12)])
}
