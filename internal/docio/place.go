package docio

import "slices"

// Place is a cell of a PageTable with the position it takes. Row and Col are from 0; the spans are at least 1 and end
// inside the table.
type Place struct {
	PageCell
	Row, Col int
}

// Cols returns the number of columns: that of Widths, or what the rows need when they need more.
func (t *PageTable) Cols() int {
	_, cols := t.Places()
	return cols
}

// Places lays the cells out row by row, a cell going to the first free column, and returns one entry per cell in order
// of row, then column, with the number of columns. Positions that no cell covers come as blank cells of their own, so
// that the entries tile the table exactly: a writer can then never shift a value. Spans that would reach past the last
// row or onto another cell are cut.
func (t *PageTable) Places() ([]Place, int) {
	l := layout{rows: len(t.Rows), cols: len(t.Widths)}
	for r := range t.Rows {
		col := 0
		for _, c := range t.Rows[r].Cells {
			col = l.put(r, col, c)
		}
	}
	return l.tile(), l.cols
}

// layout is the table while its cells are put in place; used[row] holds, per column, the cell that covers it, from 1.
type layout struct {
	rows, cols int
	cells      []Place
	used       []map[int]int
}

// put places c in row r at the first free column from col on, and returns the column after it.
func (l *layout) put(r, col int, c PageCell) int {
	for len(l.used) < l.rows {
		l.used = append(l.used, map[int]int{})
	}
	for l.used[r][col] != 0 {
		col++
	}
	c.ColSpan, c.RowSpan = max(c.ColSpan, 1), min(max(c.RowSpan, 1), l.rows-r)
	width := 1
	for width < c.ColSpan && l.used[r][col+width] == 0 {
		width++
	}
	c.ColSpan = width
	l.cells = append(l.cells, Place{PageCell: c, Row: r, Col: col})
	for i := r; i < r+c.RowSpan; i++ {
		for k := col; k < col+width; k++ {
			l.used[i][k] = len(l.cells)
		}
	}
	l.cols = max(l.cols, col+width)
	return col + width
}

// tile returns the cells with blank ones where there is none.
func (l *layout) tile() []Place {
	out := make([]Place, 0, len(l.cells))
	for r := range l.used {
		for c := 0; c < l.cols; c++ {
			switch n := l.used[r][c]; {
			case n == 0:
				out = append(out, Place{PageCell: PageCell{RowSpan: 1, ColSpan: 1}, Row: r, Col: c})
			case l.cells[n-1].Row == r && l.cells[n-1].Col == c:
				out = append(out, l.cells[n-1])
			}
		}
	}
	return out
}

// Stacked breaks the label of a vertical cell into short lines of n characters, the way the form sets
// 三、本年度办理结果 and （三）不予公开: with two or more characters a line, its number has the first line to itself.
// Joined, the lines are the text again.
func Stacked(text string, n int) []string {
	n = max(n, 1)
	var lines []string
	rest := []rune(text)
	for i, r := range rest {
		if n > 1 && i < 4 && (r == '）' || r == '、') {
			lines = append(lines, string(rest[:i+1]))
			rest = rest[i+1:]
			break
		}
	}
	for len(rest) > 0 {
		k := min(n, len(rest))
		lines = append(lines, string(rest[:k]))
		rest = rest[k:]
	}
	return lines
}

// Stack sets the label of a vertical cell into the given width: two characters a line, in letters of the given size or,
// down to 8 points, smaller; where not even that goes, one character a line. All lengths are in points.
func Stack(text string, width, size float64) (lines []string, fitted float64) {
	const smallest = 8
	if width >= 2*smallest {
		return Stacked(text, 2), min(size, width/2)
	}
	return Stacked(text, 1), min(size, max(width, 1))
}

// Edges returns the positions of the cols+1 column borders over the given width, by Widths; missing or senseless
// widths count as the mean of the others.
func (t *PageTable) Edges(cols, width int) []int {
	sum, known := 0.0, 0
	for _, w := range t.Widths {
		if w > 0 {
			sum += w
			known++
		}
	}
	mean := 1.0
	if known > 0 {
		mean = sum / float64(known)
	}
	sum += mean * float64(cols-known)
	edges, at := make([]int, cols+1), 0.0
	for c := range cols {
		w := mean
		if c < len(t.Widths) && t.Widths[c] > 0 {
			w = t.Widths[c]
		}
		at += w
		edges[c+1] = int(at/sum*float64(width) + 0.5)
	}
	return edges
}

// LongestWord returns the length, in half-width characters, of the longest part of s that a line break may not tear: a
// run of half-width letters, digits and marks, or a short note in 〔〕.
func LongestWord(s string) int {
	const note = 4 // characters; a longer note is rather broken
	longest, n := 0, 0
	rest := []rune(s)
	for i, r := range rest {
		switch {
		case r > ' ' && r < 0x7F:
			n++
		case r == '〔' && slices.Contains(rest[i:min(i+note, len(rest))], '〕'):
			longest = max(longest, 2*(slices.Index(rest[i:], '〕')+1))
			n = 0
		default:
			n = 0
		}
		longest = max(longest, n)
	}
	return longest
}

// titleMarks are what the second line of a title may begin with, the preferred one first; # is a digit.
var titleMarks = [...][]rune{[]rune("####年"), []rune("政府信息公开"), []rune("工作年度报告")}

// TitleBreaks returns where a title of two lines may be broken by its sense, the preferred place first, as GB/T 9704 wants
// titles broken.
func TitleBreaks(title []rune) []int {
	var out []int
	for _, mark := range titleMarks {
		if at := indexOf(title, mark); at > 0 {
			out = append(out, at)
		}
	}
	return out
}

func indexOf(s, mark []rune) int {
next:
	for i := 0; i+len(mark) <= len(s); i++ {
		for k, m := range mark {
			if r := s[i+k]; r != m && (m != '#' || r < '0' || r > '9') {
				continue next
			}
		}
		return i
	}
	return -1
}
