package docio

// Page is a document to be written: what the writers of all kinds print. It is the page model of a statutory layout:
// headings, paragraphs and tables with merged cells, in order.
type Page struct {
	Title string // the document title, also the file's title property
	// Author is the issuing agency, for the file's properties; never a person.
	Author   string
	Elements []Element
}

// Element is one part of a page; exactly one of Heading/Text (Style tells) or Table is used.
type Element struct {
	Style Style
	Text  string
	Table *PageTable
}

// Style of a text element.
type Style uint8

// The styles. Sizes and fonts follow GB/T 9704: title 小标宋 2 号, headings 黑体 3 号, second headings 楷体 3 号, body 仿宋 3 号.
const (
	BodyText    Style = iota // a paragraph, first line indented by two characters
	DocTitle                 // the title, centred
	Heading1                 // 一、……
	Heading2                 // （一）……
	Note                     // small print: source, explanation
	TableBlock               // Table is set
	BodyTextRaw              // a paragraph without indentation
)

// PageTable is a table with merged cells.
type PageTable struct {
	// Name is what the table is, for accessibility and as the sheet name in a workbook, e.g. 表二 主动公开政府信息情况.
	Name string
	// Widths are relative column widths; its length is the number of columns.
	Widths []float64
	Rows   []PageRow
	// HeaderRows is how many rows from the top are repeated after a page break.
	HeaderRows int
}

// PageRow is one row.
type PageRow struct {
	Cells []PageCell
	// Group numbers rows that should stay on one page together; 0 for none. Rows of one group are neighbours.
	Group int
}

// PageCell is one cell. Spans below 1 count as 1. Cells covered by a span from above are not listed.
type PageCell struct {
	Text             string
	RowSpan, ColSpan int
	Align            Align
	Header           bool // a header or label cell: th in HTML, bold where the layout says so
	Vertical         bool // the label is to be set as a column of single characters if it is narrow
}

// Align of the text in a cell.
type Align uint8

// The alignments.
const (
	AlignCenter Align = iota
	AlignLeft
	AlignRight
)
