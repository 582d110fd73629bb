// Package docio is the model between files and the form: what every reader yields and what every writer prints.
// It knows no form. The readers and writers of the single file kinds are its sub-packages.
package docio

import "strings"

// Kind is a kind of file.
type Kind string

// The kinds that can be read. PlainText is any text without markup: pasted pages, extracted PDF text.
const (
	PlainText Kind = "txt"
	Markdown  Kind = "md"
	HTML      Kind = "html"
	DOCX      Kind = "docx"
	XLSX      Kind = "xlsx"
	PDF       Kind = "pdf"
	CSV       Kind = "csv"
	JSON      Kind = "json"
)

// Pos says where something stood in its file. Zero fields are not known.
type Pos struct {
	Page  int    // from 1; PDF pages, and sheets of a workbook
	Line  int    // from 1; lines of text files
	Sheet string // name of the sheet in a workbook
}

// Document is a file turned into blocks, in reading order.
type Document struct {
	Kind   Kind
	Title  string // <title> of a page or the title property; "" when none
	Blocks []Block
	// Notices are facts about the file that the reader of the result must know, in Chinese, e.g.
	// “文件里有修订痕迹，已按接受修订后的内容读取”.
	Notices []string
}

// Block is either one paragraph (or one line of a plain text) or one grid; Grid is nil for text.
type Block struct {
	Text string
	// Heading is 1 to 6 for a heading as the file marks it, 0 otherwise.
	Heading int
	// Verbatim is true when Text is a raw line whose inner spacing, tabs and bars may carry columns, as in plain text.
	// It is false for a paragraph of running text.
	Verbatim bool
	Grid     *Grid
	Pos      Pos
}

// Grid is a table with its row and column spans resolved: every cell knows where it starts and how far it reaches.
type Grid struct {
	Rows, Cols int
	Cells      []GridCell // in order of row, then column; one entry per cell, also for empty ones
	matrix     []int32
}

// GridCell is one cell of a grid. Row and Col are from 0; the spans are at least 1.
type GridCell struct {
	Row, Col         int
	RowSpan, ColSpan int
	Text             string // paragraphs and line breaks inside the cell as \n; outer space removed
	Pos              Pos
}

// Paragraph returns a block of running text.
func Paragraph(text string) Block { return Block{Text: text} }

// Line returns a block of one verbatim line.
func Line(text string, no int) Block { return Block{Text: text, Verbatim: true, Pos: Pos{Line: no}} }

// Table returns a block that is a grid.
func Table(g *Grid) Block { return Block{Grid: g} }

// At returns the cell that covers row r, column c, or nil. Covered positions of a span return the cell that spans them.
func (g *Grid) At(r, c int) *GridCell {
	if r < 0 || c < 0 || r >= g.Rows || c >= g.Cols {
		return nil
	}
	if g.matrix == nil {
		g.fill()
	}
	i := g.matrix[r*g.Cols+c]
	if i == 0 {
		return nil
	}
	return &g.Cells[i-1]
}

func (g *Grid) fill() {
	g.matrix = make([]int32, g.Rows*g.Cols)
	for i := range g.Cells {
		c := &g.Cells[i]
		for r := c.Row; r < min(c.Row+c.RowSpan, g.Rows); r++ {
			for k := c.Col; k < min(c.Col+c.ColSpan, g.Cols); k++ {
				if g.matrix[r*g.Cols+k] == 0 {
					g.matrix[r*g.Cols+k] = int32(i + 1)
				}
			}
		}
	}
}

// Builder lays cells out row by row the way HTML and OOXML tables do: a cell goes to the first free column.
type Builder struct {
	cells   []GridCell
	row     int
	col     int
	width   int
	pending []int // per column: rows still covered by a span from above
	max     int   // the most cells that may be laid out, 0 for no limit
	over    bool
}

// NewBuilder returns a builder that stops at maxCells positions (rows × columns).
func NewBuilder(maxCells int) *Builder { return &Builder{row: -1, max: maxCells} }

// Row begins the next row.
func (b *Builder) Row() {
	for i := range b.pending {
		if b.pending[i] > 0 {
			b.pending[i]--
		}
	}
	b.row++
	b.col = 0
}

// Skip moves over n free columns of this row (gridBefore of OOXML).
func (b *Builder) Skip(n int) {
	b.seek()
	b.col += n
}

func (b *Builder) seek() {
	for b.col < len(b.pending) && b.pending[b.col] > 0 {
		b.col++
	}
}

// Cell adds a cell to the row. Spans below 1 count as 1.
func (b *Builder) Cell(text string, rowSpan, colSpan int, pos Pos) {
	if b.row < 0 {
		b.Row()
	}
	b.seek()
	rowSpan, colSpan = max(rowSpan, 1), max(colSpan, 1)
	if b.max > 0 && (b.row+1)*max(b.width, b.col+colSpan) > b.max {
		b.over = true
		return
	}
	b.cells = append(b.cells, GridCell{Row: b.row, Col: b.col, RowSpan: rowSpan, ColSpan: colSpan, Text: strings.TrimSpace(text), Pos: pos})
	for len(b.pending) < b.col+colSpan {
		b.pending = append(b.pending, 0)
	}
	for i := b.col; i < b.col+colSpan; i++ {
		b.pending[i] = rowSpan
	}
	b.col += colSpan
	b.width = max(b.width, b.col)
}

// Over reports whether cells were dropped because of the limit.
func (b *Builder) Over() bool { return b.over }

// Grid returns what was laid out, or nil when there was no cell. Row spans that reach past the last row are cut.
func (b *Builder) Grid() *Grid {
	if len(b.cells) == 0 {
		return nil
	}
	rows := b.row + 1
	for i := range b.cells {
		b.cells[i].RowSpan = min(b.cells[i].RowSpan, rows-b.cells[i].Row)
	}
	return &Grid{Rows: rows, Cols: b.width, Cells: b.cells}
}
