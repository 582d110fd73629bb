package xlsx

import (
	"math"
	"strings"

	"github.com/xuri/excelize/v2"

	"github.com/gongkai/gongkai/internal/docio"
)

const (
	cellSize  = 10.5 // points
	cellMin   = 6.5
	cellSides = 5.0 // left and right of a cell, together
	leading   = 1.27
	minHeight = 15.0
	gap       = 4.0
)

// table writes t between two low empty rows: they are what tells a row of the table that holds one text, such as
// 第二十条第（一）项, from a paragraph. introduced says that its heading stands before it and has seen to the page.
func (s *sheet) table(t *docio.PageTable, introduced bool) error {
	heights := s.heights(t)
	if !introduced {
		err := s.breakFor(total(heights) + 2*gap)
		if err != nil {
			return err
		}
	}
	err := s.gap()
	if err != nil {
		return err
	}
	places, _ := t.Places()
	at, borders := s.positions(t), edges(t)
	for i := range places {
		c := &places[i]
		text, points := set(c, borders[c.Col+c.ColSpan]-borders[c.Col])
		l := look{style: docio.TableBlock, align: c.Align, points: points}
		err := s.put(s.row+c.Row, at[c.Col], s.row+c.Row+c.RowSpan-1, at[c.Col+c.ColSpan]-1, text, l)
		if err != nil {
			return err
		}
	}
	for r, h := range heights {
		err := s.f.SetRowHeight(sheetName, s.row+r+1, h)
		if err != nil {
			return err
		}
	}
	s.row += len(t.Rows)
	s.filled += total(heights)
	return s.gap()
}

// gap leaves an empty row.
func (s *sheet) gap() error {
	s.row++
	s.filled += gap
	return s.f.SetRowHeight(sheetName, s.row, gap)
}

// set returns the text of a cell with the line breaks of a vertical label, and the size of its letters: a number or a note
// too long for the width is set smaller, so that it is neither broken nor shown as ###.
func set(c *docio.Place, room float64) (text string, points float64) {
	room -= cellSides
	if c.Vertical {
		lines, points := docio.Stack(c.Text, room, cellSize)
		return strings.Join(lines, "\n"), half(points)
	}
	n := docio.LongestWord(c.Text)
	if n == 0 {
		return c.Text, cellSize
	}
	return c.Text, half(max(cellMin, min(cellSize, room*2/float64(n))))
}

// half rounds down to half points.
func half(points float64) float64 { return math.Floor(points*2) / 2 }

// positions returns, for each column border of t, the index of the sheet column that begins there: the nearest one that
// leaves every column of t at least one column of the sheet.
func (s *sheet) positions(t *docio.PageTable) []int {
	e := edges(t)
	last := len(s.cols) - 1
	out := make([]int, len(e))
	for i, x := range e {
		at := int(math.Round(x / textWidth * float64(last)))
		if i > 0 {
			at = max(at, out[i-1]+1)
		}
		out[i] = min(at, last-(len(e)-1-i))
	}
	if last == len(e)-1 {
		for i := range out {
			out[i] = i
		}
	}
	return out
}

// heights returns the heights of the rows of t in points. Programs do not fit rows to merged cells by themselves.
func (s *sheet) heights(t *docio.PageTable) []float64 {
	h := make([]float64, len(t.Rows))
	for i := range h {
		h[i] = minHeight
	}
	places, _ := t.Places()
	e := edges(t)
	need := func(c *docio.Place) float64 {
		room := e[c.Col+c.ColSpan] - e[c.Col]
		text, points := set(c, room)
		lines := 0
		for line := range strings.SplitSeq(text, "\n") {
			lines += max(1, ceil(width(line)*points/max(room-cellSides, points)))
		}
		return float64(lines)*points*leading + 2.5
	}
	for i := range places {
		if c := &places[i]; c.RowSpan == 1 {
			h[c.Row] = min(max(h[c.Row], need(c)), maxHeight)
		}
	}
	for i := range places {
		c := &places[i]
		lack := need(c) - total(h[c.Row:c.Row+c.RowSpan])
		if c.RowSpan == 1 || lack <= 0 {
			continue
		}
		for r := c.Row; r < c.Row+c.RowSpan; r++ {
			h[r] = min(h[r]+lack/float64(c.RowSpan), maxHeight)
		}
	}
	return h
}

// put writes text into the merged range, rows and columns from 0, with its look.
func (s *sheet) put(r0, c0, r1, c1 int, text string, l look) error {
	first, err := excelize.CoordinatesToCellName(c0+1, r0+1)
	if err != nil {
		return err
	}
	last, err := excelize.CoordinatesToCellName(c1+1, r1+1)
	if err != nil {
		return err
	}
	digits, isNumber := numeral(text)
	number := isNumber && l.style == docio.TableBlock
	if number {
		l.decimals = digits
	}
	id, err := s.style(l)
	if err != nil {
		return err
	}
	if first != last {
		err = s.f.MergeCell(sheetName, first, last)
		if err != nil {
			return err
		}
	}
	err = s.f.SetCellStyle(sheetName, first, last, id)
	if err != nil || text == "" {
		return err
	}
	if number {
		// The digits as they are: a conversion to a binary fraction and back could change them.
		return s.f.SetCellDefault(sheetName, first, text)
	}
	return s.f.SetCellStr(sheetName, first, text)
}

// numeral reports whether s is a plain decimal numeral that a spreadsheet number holds exactly, and how many decimals
// it has (wholeDigits for a long one without): at most 15 digits, no leading zero, no sign but minus, no minus before nought.
func numeral(s string) (decimals int, ok bool) {
	whole, frac, dot := strings.Cut(strings.TrimPrefix(s, "-"), ".")
	if whole == "" || len(whole)+len(frac) > 15 || dot && frac == "" || len(whole) > 1 && whole[0] == '0' {
		return 0, false
	}
	for _, r := range whole + frac {
		if r < '0' || r > '9' {
			return 0, false
		}
	}
	if s[0] == '-' && strings.Trim(whole+frac, "0") == "" {
		return 0, false
	}
	if !dot && len(whole) > 11 {
		return wholeDigits, true
	}
	return len(frac), true
}

// width is the width of s in units of its size: 1 for a Chinese character, half of it for others.
func width(s string) float64 {
	w := 0.0
	for _, r := range s {
		if r < 0x2000 {
			w += 0.5
		} else {
			w++
		}
	}
	return w
}

func total(h []float64) float64 {
	sum := 0.0
	for _, v := range h {
		sum += v
	}
	return sum
}

func ceil(x float64) int { return int(math.Ceil(x)) }
