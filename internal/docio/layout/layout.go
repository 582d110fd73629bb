// Package layout tells tables of data from tables that only arrange a page, and parts the running text that sits in
// table rows from the data around it. Readers of all kinds with tables share it. It knows no form.
package layout

import (
	"strings"
	"unicode/utf8"

	"github.com/gongkai/gongkai/internal/docio"
)

// Running text, as against a label: so many characters, or a shorter one that ends a sentence inside. The longest
// labels of the statutory form with their notes have 80 characters and no full stop.
const (
	longText = 240
	sentence = 40
)

// Judge collects the cells of a table and then says what the table is.
type Judge struct{ cells, filled, nested int }

// Cell adds the content of a cell.
func (j *Judge) Cell(content []docio.Block) {
	j.cells++
	if len(content) > 0 {
		j.filled++
	}
	for _, b := range content {
		if b.Grid != nil {
			j.nested += len(b.Grid.Cells)
		}
	}
}

// Arranges is true when the table is no table of data: one cell with content at most, or tables inside of it that
// outweigh its own cells.
func (j *Judge) Arranges() bool { return j.filled <= 1 || j.nested > 0 && j.nested >= j.filled }

// Text is the content of a cell as one text. A small table inside becomes lines, its cells parted by tabs.
func Text(content []docio.Block) string {
	switch {
	case len(content) == 0:
		return ""
	case len(content) == 1 && content[0].Grid == nil:
		return content[0].Text
	}
	var sb strings.Builder
	for i, b := range content {
		if i > 0 {
			sb.WriteByte('\n')
		}
		if b.Grid == nil {
			sb.WriteString(b.Text)
			continue
		}
		for k, in := range b.Grid.Cells {
			if k > 0 && in.Row != b.Grid.Cells[k-1].Row {
				sb.WriteByte('\n')
			} else if k > 0 {
				sb.WriteByte('\t')
			}
			sb.WriteString(in.Text)
		}
	}
	return strings.TrimSpace(sb.String())
}

// Running reports whether a text is prose rather than a label or a value.
func Running(s string) bool {
	if len(s) < sentence { // bytes: cheap for nearly all cells
		return false
	}
	n := utf8.RuneCountInString(s)
	return n >= longText || n >= sentence && strings.Contains(s, "。")
}

// Numbered reports whether a text begins like a heading of the first order, “一、”.
func Numbered(s string) bool {
	const numerals = "一二三四五六七八九十"
	i := strings.Index(s, "、")
	if i <= 0 || i > 9 {
		return false
	}
	return strings.Trim(s[:i], numerals) == ""
}

// Split returns a grid as blocks. Rows that hold prose, and headings over the full width, become paragraphs; the rows
// between stay grids. Most grids come back whole. content gives the blocks of the i-th cell.
func Split(g *docio.Grid, content func(i int) []docio.Block) []docio.Block {
	rows := make([]struct{ filled, only, prose int }, g.Rows)
	any := false
	for i := range g.Cells {
		c := &g.Cells[i]
		if c.Text == "" {
			continue
		}
		r := &rows[c.Row]
		r.filled++
		r.only = i
		if Running(c.Text) {
			r.prose++
			any = true
		}
		any = any || c.ColSpan == g.Cols && Numbered(c.Text)
	}
	if !any {
		return []docio.Block{docio.Table(g)}
	}
	text := make([]bool, g.Rows)
	for i := g.Rows - 1; i >= 0; i-- {
		r := rows[i]
		if r.filled == 0 {
			continue
		}
		only := &g.Cells[r.only]
		wide := r.filled == 1 && only.ColSpan == g.Cols
		text[i] = r.prose > 0 && r.filled <= 2 || wide && (Numbered(only.Text) || i+1 < g.Rows && text[i+1])
	}
	return Cut(g, text, content)
}

// Cut returns a grid as blocks: the rows marked as text as paragraphs, the others as grids of their own. Rows that a
// row span ties to others are never cut out. content gives the blocks of the i-th cell; nil means its text.
func Cut(g *docio.Grid, text []bool, content func(i int) []docio.Block) []docio.Block {
	for i := range g.Cells {
		c := &g.Cells[i]
		if c.RowSpan > 1 {
			for r := c.Row; r < min(c.Row+c.RowSpan, len(text)); r++ {
				text[r] = false
			}
		}
	}
	var out []docio.Block
	for lo, at := 0, 0; lo < g.Rows; {
		hi := lo + 1
		for hi < g.Rows && text[hi] == text[lo] {
			hi++
		}
		end := at
		for end < len(g.Cells) && g.Cells[end].Row < hi {
			end++
		}
		if text[lo] {
			out = append(out, paragraphs(g.Cells, at, end, content)...)
		} else if part := rows(g, lo, hi, g.Cells[at:end]); part != nil {
			out = append(out, docio.Table(part))
		}
		lo, at = hi, end
	}
	return out
}

func paragraphs(cells []docio.GridCell, at, end int, content func(i int) []docio.Block) []docio.Block {
	var out []docio.Block
	for i := at; i < end; i++ {
		switch {
		case cells[i].Text == "":
		case content != nil:
			out = append(out, content(i)...)
		default:
			for line := range strings.SplitSeq(cells[i].Text, "\n") {
				line = strings.TrimSpace(line)
				if line != "" {
					out = append(out, docio.Block{Text: line, Pos: cells[i].Pos})
				}
			}
		}
	}
	return out
}

// rows is the part of a grid from row lo to hi, or nil when nothing is written there.
func rows(g *docio.Grid, lo, hi int, cells []docio.GridCell) *docio.Grid {
	if lo == 0 && hi == g.Rows {
		return g
	}
	part := &docio.Grid{Rows: hi - lo, Cols: g.Cols, Cells: cells}
	filled := false
	for i := range cells {
		cells[i].Row -= lo
		filled = filled || cells[i].Text != ""
	}
	if !filled {
		return nil
	}
	Squeeze(part)
	return part
}

// Squeeze takes out the columns in which no cell begins: they come from column spans wider than the table.
// It is called before the grid is looked into with At.
func Squeeze(g *docio.Grid) {
	begins := make([]bool, g.Cols)
	for i := range g.Cells {
		begins[g.Cells[i].Col] = true
	}
	to := make([]int, g.Cols+1)
	n := 0
	for i, b := range begins {
		to[i] = n
		if b {
			n++
		}
	}
	to[g.Cols] = n
	if n == g.Cols {
		return
	}
	for i := range g.Cells {
		c := &g.Cells[i]
		end := to[min(c.Col+c.ColSpan, g.Cols)]
		c.Col = to[c.Col]
		c.ColSpan = max(end-c.Col, 1)
	}
	g.Cols = n
}

// Trim takes away the columns at the right in which nothing is written, and clips what spans into them: the title of a
// sheet may reach over more columns than the table has. It is called before the grid is looked into with At.
func Trim(g *docio.Grid) {
	filled := make([]int, g.Rows)
	for i := range g.Cells {
		if g.Cells[i].Text != "" {
			filled[g.Cells[i].Row]++
		}
	}
	cols := 0
	for i := range g.Cells {
		c := &g.Cells[i]
		switch {
		case c.Text == "":
		case filled[c.Row] == 1: // alone in its row: how far it reaches says nothing about the table
			cols = max(cols, c.Col+1)
		default:
			cols = max(cols, c.Col+c.ColSpan)
		}
	}
	if cols == g.Cols || cols == 0 {
		return
	}
	kept := g.Cells[:0]
	for _, c := range g.Cells {
		if c.Col < cols {
			c.ColSpan = min(c.ColSpan, cols-c.Col)
			kept = append(kept, c)
		}
	}
	g.Cells, g.Cols = kept, cols
}
