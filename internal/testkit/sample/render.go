package sample

import (
	"hash/fnv"
	"math/rand/v2"
	"strings"

	"github.com/gongkai/gongkai/internal/report"
)

// Layout is a way in which published reports come as text. The numbers in the comments are the real reports imitated.
type Layout string

// The layouts.
const (
	Tabs          Layout = "tabs"           // 000: tabs, doubled in result rows, 3.其他 flush left
	Pipes         Layout = "pipes"          // 026 029 039 044: short header rows, filled up with pipes at the end; blanks dropped
	LeadingPipes  Layout = "leading-pipes"  // 042: the same with a leading pipe; blanks kept
	MiniTables    Layout = "mini-tables"    // 006: one small Markdown table per row with invented headers
	CellPerLine   Layout = "cell-per-line"  // 023: one cell per line with a trailing pipe, a blank is a line with only a pipe
	CellPadded    Layout = "cell-padded"    // 048: the same, the filling pipes on the line of the last cell
	PipeOnLine    Layout = "pipe-on-line"   // 030: the pipe on a line of its own
	EmptyFirst    Layout = "empty-first"    // 040: every row starts with a lone pipe
	Paragraphs    Layout = "paragraphs"     // 027 035 037: one cell per line, blank lines between, header cells cut in two; blanks dropped
	BlanksDropped Layout = "blanks-dropped" // 024 025: one cell per line, nothing for a blank
	Spaces        Layout = "spaces"         // 045: rows with spaces between the cells; blanks dropped
	PDFRaw        Layout = "pdf-raw"        // 001.raw: content order; a wrapped label and then a bare row of numbers
	PDFLayout     Layout = "pdf-layout"     // 001.layout: columns by spaces, wrapped labels, page breaks
	PDFSide       Layout = "pdf-side"       // 004.layout: group labels standing at the side, header repeated after the break
	PDFPlain      Layout = "pdf-plain"      // 001.plain: one cell per line, blocks of columns, numbers before their labels
	OutOfOrder    Layout = "out-of-order"   // 008: PDF to Markdown, rows torn from their labels
	Glued         Layout = "glued"          // 014 016: no separators at all
	GluedSpaced   Layout = "glued-spaced"   // 012 013: the same with spaces left here and there
	FlipBook      Layout = "flip-book"      // 031: only the last page: row 四 and table 4
	HeadingsOnly  Layout = "headings-only"  // 047: the tables were pictures
	HTMLSpans     Layout = "html-spans"     // 007: spans per run of characters, blanks as <o:p> </o:p>, a table of metadata first
	HTMLNbsp      Layout = "html-nbsp"      // 010: blanks as &nbsp;
	HTMLFlat      Layout = "html-flat"      // 011: empty cells where the header had row spans
	HTMLBreaks    Layout = "html-breaks"    // <br> inside numbers and labels
	HTMLNested    Layout = "html-nested"    // tables inside a layout table
	HTMLPages     Layout = "html-pages"     // one table per printed page, header repeated
)

// Layouts lists all layouts of text and HTML.
func Layouts() []Layout {
	return []Layout{Tabs, Pipes, LeadingPipes, MiniTables, CellPerLine, CellPadded, PipeOnLine, EmptyFirst, Paragraphs,
		BlanksDropped, Spaces, PDFRaw, PDFLayout, PDFSide, PDFPlain, OutOfOrder, Glued, GluedSpaced, FlipBook, HeadingsOnly,
		HTMLSpans, HTMLNbsp, HTMLFlat, HTMLBreaks, HTMLNested, HTMLPages}
}

// IsHTML reports whether the layout is a web page.
func (l Layout) IsHTML() bool { return strings.HasPrefix(string(l), "html-") }

// Flaw is a fault of writing that can be laid over any layout.
type Flaw string

// The flaws.
const (
	HalfWidth    Flaw = "half-width"    // brackets, commas and colons folded to half width
	WideDigits   Flaw = "wide-digits"   // the digits of the cells in full width
	Thousands    Flaw = "thousands"     // 14,069
	Traditional  Flaw = "traditional"   // traditional characters
	Pinyin       Flaw = "pinyin"        // 029 048: traditional characters, some followed by their pinyin in brackets
	TaiwanWords  Flaw = "taiwan-words"  // 032: 規範性檔案, 採購
	Misprints    Flaw = "misprints"     // misprinted labels and headers, one chance each
	LabelSpaces  Flaw = "label-spaces"  // spaces inside labels
	LostNbsp     Flaw = "lost-nbsp"     // 048: "? 0"
	NoHeadings   Flaw = "no-headings"   // 053: section headings lost
	OtherNumbers Flaw = "other-numbers" // 008: a narrative with its own 一 to 六 before the tables start again at 一
)

// Flaws lists all flaws.
func Flaws() []Flaw {
	return []Flaw{HalfWidth, WideDigits, Thousands, Traditional, Pinyin, TaiwanWords, Misprints, LabelSpaces, LostNbsp,
		NoHeadings, OtherNumbers}
}

// Render writes a report down in a layout, with flaws, and returns the text and the truth about every cell of it. The same
// report, layout and flaws give the same text.
func Render(r *report.Report, layout Layout, flaws ...Flaw) (string, Truth) {
	p := &printer{r: r, truth: truthOf(r), flaws: flaws}
	rng := seeded(r, layout)
	if layout == Glued || layout == GluedSpaced {
		p.dropFlaw(Thousands)
	}
	text := p.draw(rng, layout)
	return p.spoil(rng, text, layout), p.truth
}

func seeded(r *report.Report, layout Layout) *rand.Rand {
	h := fnv.New64a()
	h.Write([]byte(string(layout) + r.Title))
	for _, t := range r.Tables() {
		for _, c := range t.Cells {
			h.Write([]byte{byte(c.N), byte(c.N >> 8), byte(c.Kind)})
		}
	}
	return rand.New(rand.NewPCG(h.Sum64(), 1))
}

func (p *printer) dropFlaw(f Flaw) {
	var keep []Flaw
	for _, g := range p.flaws {
		if g != f {
			keep = append(keep, g)
		}
	}
	p.flaws = keep
}

func (p *printer) draw(rng *rand.Rand, layout Layout) string {
	switch layout {
	case Tabs:
		return p.lines("\n\n", p.tabs)
	case Pipes:
		return p.lines("\n", func(s sheet) []string { return p.pipes(s, false) })
	case LeadingPipes:
		return p.lines("\n", func(s sheet) []string { return p.pipes(s, true) })
	case MiniTables:
		return p.lines("\n", p.miniTables)
	case CellPerLine, CellPadded, PipeOnLine, EmptyFirst:
		return p.lines("\n", func(s sheet) []string { return p.cellLines(s, layout) })
	case Paragraphs:
		return p.lines("\n\n", func(s sheet) []string { return p.paragraphs(rng, s) })
	case BlanksDropped:
		return p.lines("\n", p.dropped)
	case Spaces:
		return p.lines("\n", p.spaces)
	case PDFRaw:
		return p.pdfRaw()
	case PDFLayout, PDFSide:
		return p.pdfLayout(rng, layout == PDFSide)
	case PDFPlain:
		return p.pdfPlain()
	case OutOfOrder:
		return p.outOfOrder()
	case Glued, GluedSpaced:
		return p.glued(rng, layout == GluedSpaced)
	case FlipBook:
		return p.flipBook()
	case HeadingsOnly:
		return p.headingsOnly()
	default:
		return p.html(layout)
	}
}

// lines prints the document with the given separator between blocks, its tables by draw.
func (p *printer) lines(sep string, draw func(sheet) []string) string {
	var out []string
	for _, q := range p.arranged() {
		if q.heading != "" {
			out = append(out, q.heading)
		}
		out = append(out, q.lines...)
		if q.table == nil {
			continue
		}
		rows := draw(*q.table)
		if sep == "\n\n" && len(rows) > 0 && strings.Contains(rows[0], "\t") {
			// The rows of a table are lines even where paragraphs stand apart.
			out = append(out, strings.Join(rows, "\n"))
			continue
		}
		out = append(out, rows...)
	}
	return strings.Join(out, sep) + "\n"
}
