package pdf

import (
	"strings"

	"github.com/gongkai/gongkai/internal/docio"
)

// table is a table over one or more pages.
type table struct {
	box                // on its last page
	xs       []float64 // borders of its columns
	rows     int
	cells    []tableCell // in order of row, then column
	from, to int         // pages
}

type tableCell struct {
	row, col, rows, cols int
	text                 string
	page                 int
	// full is true when the last line of the cell reaches its end, so that a text may go on after a page break.
	full bool
	// stacked is true when the cell holds single characters below each other.
	stacked bool
}

// table turns the lattice, with its characters in it, into a table.
func (l *lattice) table(page int) *table {
	t := &table{box: l.box, xs: l.xs, rows: len(l.ys) - 1, from: page, to: page}
	for i := range l.cells {
		c := &l.cells[i]
		width := l.xs[c.col+c.cols] - l.xs[c.col]
		tc := tableCell{row: c.row, col: c.col, rows: c.rows, cols: c.cols, page: page, text: cellText(c.glyphs, width)}
		if lines := linesOf(c.glyphs, page); len(lines) > 0 {
			last := &lines[len(lines)-1]
			tc.full = last.w()+2*last.size() > width
			tc.stacked = len(lines) > 1 && len(c.glyphs) <= len(lines)+1
		}
		t.cells = append(t.cells, tc)
	}
	return t
}

// grid yields the table without columns and rows that hold no cell of their own.
func (t *table) grid() *docio.Grid {
	cols, nc := used(len(t.xs)-1, t.cells, func(c *tableCell) (int, int) { return c.col, c.cols })
	rows, nr := used(t.rows, t.cells, func(c *tableCell) (int, int) { return c.row, c.rows })
	g := &docio.Grid{Rows: nr, Cols: nc, Cells: make([]docio.GridCell, 0, len(t.cells))}
	for _, c := range t.cells {
		g.Cells = append(g.Cells, docio.GridCell{
			Row: rows[c.row], RowSpan: rows[c.row+c.rows] - rows[c.row],
			Col: cols[c.col], ColSpan: cols[c.col+c.cols] - cols[c.col],
			Text: strings.TrimSpace(c.text), Pos: docio.Pos{Page: c.page},
		})
	}
	return g
}

// used numbers the borders between n fields anew, leaving out those where no cell begins.
func used(n int, cells []tableCell, span func(*tableCell) (at, length int)) (index []int, count int) {
	begins := make([]bool, n+1)
	for i := range cells {
		at, _ := span(&cells[i])
		begins[at] = true
	}
	index = make([]int, n+1)
	for i := range n {
		if begins[i] && i > 0 {
			count++
		}
		index[i] = count
	}
	index[n] = count + 1
	return index, count + 1
}

// startingAt returns the cells that begin in row r; endingAt those whose last row it is.
func (t *table) startingAt(r int) []*tableCell {
	var out []*tableCell
	for i := range t.cells {
		if t.cells[i].row == r {
			out = append(out, &t.cells[i])
		}
	}
	return out
}

func (t *table) endingAt(r int) []*tableCell {
	var out []*tableCell
	for i := range t.cells {
		if t.cells[i].row+t.cells[i].rows-1 == r {
			out = append(out, &t.cells[i])
		}
	}
	return out
}

// numeric reports whether a cell holds a number, perhaps with a sign before it or a remark behind it.
func numeric(text string) bool {
	r := []rune(text)
	if len(r) > 1 && (r[0] == '-' || r[0] == '+' || r[0] == '－' || r[0] == '＋') {
		r = r[1:]
	}
	if len(r) == 0 || !isDigit(r[0]) {
		return false
	}
	return enumerator(text) == ""
}

// enumerator returns the number that a label begins with: 一、 （三） 1. and the like.
func enumerator(text string) string {
	const digits = "0123456789０１２３４５６７８９一二三四五六七八九十"
	rest := strings.TrimLeft(text, "（(")
	opened := len(rest) < len(text)
	body := strings.TrimLeft(rest, digits)
	if len(body) == len(rest) || body == "" {
		return ""
	}
	r := firstRune(body)
	if opened && (r == '）' || r == ')') || !opened && (r == '、' || r == '．') {
		return text[:len(text)-len(body)+len(string(r))]
	}
	if r != '.' || opened {
		return ""
	}
	if after := body[1:]; after == "" || isDigit(firstRune(after)) {
		return "" // 7730.28
	}
	return text[:len(text)-len(body)+1]
}

// begins reports whether a label can only be the beginning of one.
func begins(text string) bool {
	if enumerator(text) != "" {
		return true
	}
	for _, w := range [...]string{
		"规章", "行政规范性文件", "规范性文件", "行政许可", "其他对外管理", "行政处罚", "行政强制", "行政事业性收费", "政府集中采购",
		"信息内容", "第二十条", "总计", "合计", "自然人", "法人", "申请人情况", "本列数据",
	} {
		if strings.HasPrefix(text, w) {
			return true
		}
	}
	return false
}
