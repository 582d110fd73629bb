package xlsx

import (
	"io"
	"strings"

	"github.com/xuri/excelize/v2"

	"github.com/gongkai/gongkai/internal/docio"
)

const (
	sheetName = "报告"
	textWidth = 442.0 // points: 156 mm, what GB/T 9704 leaves of A4
	textDepth = 636.0 // points: 225 mm less a little for rounding by the printing program
	maxHeight = 400.0 // points; a row of a sheet may not be higher than 409
	// fineColumns is how many columns a sheet with several tables has at least: a multiple of 15, 12, 10, 8, 5 and 4.
	fineColumns = 120
	rowText     = 1350.0 // Chinese characters that fit into a row of the greatest height in the smallest letters
)

// Write prints p as a workbook of one sheet named 报告 that prints on A4 in the statutory layout: text and tables stand
// below each other in their order, cells are merged as the form has them, and a table that fits on one page is not torn.
// A plain numeral of at most 15 digits is a number and keeps the decimals it was given with; everything else is text,
// and nothing is ever a formula. A paragraph is set smaller where it would be higher than a row may be, and goes on in the next row when it is longer still.
// Errors: those of w and of the format.
func Write(w io.Writer, p *docio.Page) error {
	f := excelize.NewFile()
	s := &sheet{f: f, styles: map[look]int{}}
	err := s.write(p)
	if err == nil {
		err = f.Write(w)
	}
	closing := f.Close()
	if err != nil {
		return err
	}
	return closing
}

// sheet is the sheet being written.
type sheet struct {
	f      *excelize.File
	cols   []float64 // borders of the columns, in points from the left
	row    int       // rows written
	filled float64   // points filled of the current printed page
	styles map[look]int
}

func (s *sheet) write(p *docio.Page) error {
	err := s.setUp(p)
	if err != nil {
		return err
	}
	for i := range p.Elements {
		e := &p.Elements[i]
		if e.Table == nil {
			err = s.text(e, follower(p, i))
		} else {
			err = s.table(e.Table, i > 0 && follower(p, i-1) != nil)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// follower returns the table that the heading at i introduces, or nil.
func follower(p *docio.Page, i int) *docio.PageTable {
	s := p.Elements[i].Style
	if i+1 < len(p.Elements) && (s == docio.Heading1 || s == docio.Heading2) {
		return p.Elements[i+1].Table
	}
	return nil
}

// setUp names the sheet and sets page, properties and columns.
func (s *sheet) setUp(p *docio.Page) error {
	f := s.f
	s.cols = columns(p)
	portrait, a4, fit, yes := "portrait", 9, 0, true
	one := 1
	mm := func(v float64) *float64 { v /= 25.4; return &v }
	steps := []func() error{
		func() error { return f.SetSheetName("Sheet1", sheetName) },
		// Column widths are counted in digits of the default font: this one has the same digits everywhere.
		func() error { return f.SetDefaultFont("Times New Roman") },
		func() error {
			return f.SetDocProps(&excelize.DocProperties{Title: p.Title, Creator: p.Author, LastModifiedBy: p.Author, Language: "zh-CN"})
		},
		func() error {
			return f.SetSheetProps(sheetName, &excelize.SheetPropsOptions{FitToPage: &yes})
		},
		func() error {
			return f.SetPageLayout(sheetName, &excelize.PageLayoutOptions{Size: &a4, Orientation: &portrait, FitToWidth: &one, FitToHeight: &fit})
		},
		func() error {
			return f.SetPageMargins(sheetName, &excelize.PageLayoutMarginsOptions{Top: mm(37), Bottom: mm(34), Left: mm(28), Right: mm(25), Footer: mm(22), Horizontally: &yes})
		},
		func() error {
			return f.SetHeaderFooter(sheetName, &excelize.HeaderFooterOptions{OddFooter: `&C&"宋体"&14— &P —`})
		},
	}
	for _, step := range steps {
		err := step()
		if err != nil {
			return err
		}
	}
	for c := 0; c+1 < len(s.cols); c++ {
		name, err := excelize.ColumnNumberToName(c + 1)
		if err != nil {
			return err
		}
		// The file counts in digits of 7 pixels, margins included; there are 96 pixels in 72 points.
		chars := (s.cols[c+1] - s.cols[c]) * 96 / 72 / 7
		err = f.SetColWidth(sheetName, name, name, chars)
		if err != nil {
			return err
		}
	}
	return nil
}

// columns returns the borders of the sheet's columns, in points. A page with one table takes that table's columns; one
// with several takes columns of equal width, fine enough for the borders of all of them: columns made from the borders
// themselves would be slivers, whose widths no two programs show alike.
func columns(p *docio.Page) []float64 {
	var only *docio.PageTable
	tables, most := 0, 1
	for i := range p.Elements {
		if t := p.Elements[i].Table; t != nil {
			tables++
			only = t
			most = max(most, t.Cols())
		}
	}
	if tables == 1 && only.Cols() > 0 {
		return edges(only)
	}
	n := max(fineColumns, 2*most)
	borders := make([]float64, n+1)
	for i := range borders {
		borders[i] = textWidth * float64(i) / float64(n)
	}
	return borders
}

// edges returns the column borders of t in points.
func edges(t *docio.PageTable) []float64 {
	const scale = 100
	cols := t.Cols()
	out := make([]float64, 0, cols+1)
	for _, e := range t.Edges(cols, textWidth*scale) {
		out = append(out, float64(e)/scale)
	}
	return out
}

// text writes a paragraph over the whole width, in one row: a row is what is read as a paragraph. next is the table that
// it introduces, or nil.
func (s *sheet) text(e *docio.Element, next *docio.PageTable) error {
	for _, part := range pieces(e.Text) {
		l, height := fitted(e.Style, part)
		need := height
		if next != nil {
			need = min(need+total(s.heights(next))+2*gap, textDepth)
		}
		err := s.breakFor(need)
		if err != nil {
			return err
		}
		err = s.f.SetRowHeight(sheetName, s.row+1, height)
		if err != nil {
			return err
		}
		err = s.put(s.row, 0, s.row, len(s.cols)-2, part, l)
		if err != nil {
			return err
		}
		s.row++
		s.filled += height
	}
	return nil
}

// fitted returns the look and the height of a paragraph. One that is too long for a row is set smaller.
func fitted(style docio.Style, text string) (look, float64) {
	l := look{style: style}
	for {
		size := l.size()
		lines := 0
		for line := range strings.SplitSeq(text, "\n") {
			lines += max(1, ceil((width(line)+l.indent())*size/(textWidth-6)))
		}
		height := float64(lines)*size*l.leading() + 4
		if style == docio.DocTitle {
			height += size
		}
		if height <= maxHeight || l.small == smallest {
			return l, min(height, maxHeight)
		}
		l.small++
	}
}

// breakFor begins a new printed page when what follows needs more room than this one has and a new one has enough.
func (s *sheet) breakFor(need float64) error {
	// Programs differ a little in heights: a page that is full to a hair may or may not have run over.
	full := s.filled > 0.97*textDepth && s.filled < 1.03*textDepth
	for s.filled > textDepth {
		s.filled -= textDepth
	}
	if !full && (s.filled == 0 || s.filled+need <= textDepth || need > textDepth) {
		return nil
	}
	s.filled = 0
	name, err := excelize.CoordinatesToCellName(1, s.row+1)
	if err != nil {
		return err
	}
	return s.f.InsertPageBreak(sheetName, name)
}

// pieces cuts text into parts that fit into a row each, after a sentence where there is one.
func pieces(text string) []string {
	var out []string
	for {
		used, cut, end := 0.0, 0, len(text)
		for i, r := range text {
			if used >= rowText {
				end = i
				break
			}
			used += width(string(r))
			if r == '\n' {
				used += 48 // the rest of the line, at most
			}
			if r == '。' || r == '\n' {
				cut = i + len(string(r))
			}
		}
		if end == len(text) {
			return append(out, text)
		}
		if cut == 0 {
			cut = end
		}
		out = append(out, text[:cut])
		text = text[cut:]
	}
}
