package html

import (
	"bufio"
	"io"
	"strconv"
	"strings"

	nethtml "golang.org/x/net/html"

	"github.com/gongkai/gongkai/internal/docio"
)

// style is the sheet of a written page. It names the official fonts first and prints on A4 with the margins of
// GB/T 9704; rows are not torn, and header rows repeat on every page.
const style = `:root{color-scheme:light}
body{margin:0 auto;max-width:46rem;padding:2rem 1.2rem;color:#111;background:#fff;font:1.125rem/1.75 "仿宋_GB2312","仿宋",FangSong,STFangsong,"Noto Serif CJK SC","Source Han Serif SC",serif}
h1,h2,h3{font-weight:normal;margin:1.2em 0 .4em;line-height:1.5}
h1{font-family:"方正小标宋简体","宋体",SimSun,STSong,"Noto Serif CJK SC",serif;font-size:1.6rem;text-align:center;margin-top:0}
h2{font-family:"黑体",SimHei,STHeiti,"Noto Sans CJK SC",sans-serif;font-size:1.2rem}
h3{font-family:"楷体_GB2312","楷体",KaiTi,STKaiti,serif;font-size:1.15rem}
p{margin:.3em 0;text-indent:2em;overflow-wrap:anywhere}
p.plain{text-indent:0}
p.note{text-indent:0;font-size:.9rem}
.table{overflow-x:auto;margin:.8em 0 1.2em}
table{width:100%;border-collapse:collapse;font:.875rem/1.45 "宋体",SimSun,STSong,"Noto Serif CJK SC",serif;font-variant-numeric:tabular-nums}
th,td{border:1px solid #333;padding:.3em .4em;text-align:center;vertical-align:middle;font-weight:normal}
.l{text-align:left}
.r{text-align:right}
th.v{word-break:keep-all;padding:.3em .1em}
@page{size:A4;margin:37mm 26mm 35mm 28mm}
@media print{body{max-width:none;padding:0;font-size:16pt;line-height:28pt}h1{font-size:22pt}h2,h3{font-size:16pt;break-after:avoid}.table{overflow:visible}table{font-size:10.5pt;line-height:1.3}th,td{padding:.15em .2em}p{margin:0}thead{display:table-header-group}tr{break-inside:avoid}tr.keep{break-after:avoid}}
`

// Write prints p as one HTML5 document that needs no other file. A blank cell is an empty element; header rows are the
// head of their table; a table's name is its accessible label, so that it adds no words to the text.
// Errors: those of w.
func Write(w io.Writer, p *docio.Page) error {
	b := &page{w: bufio.NewWriter(w)}
	b.raw("<!DOCTYPE html>\n<html lang=\"zh-CN\">\n<head>\n<meta charset=\"utf-8\">\n")
	b.raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>")
	b.text(p.Title)
	b.raw("</title>\n")
	if p.Author != "" {
		b.raw(`<meta name="author" content="`)
		b.text(p.Author)
		b.raw("\">\n")
	}
	b.raw("<style>\n" + style + "</style>\n</head>\n<body>\n<main>\n")
	for i := range p.Elements {
		b.element(&p.Elements[i])
	}
	b.raw("</main>\n</body>\n</html>\n")
	if b.err != nil {
		return b.err
	}
	return b.w.Flush()
}

// page keeps the first error, after which nothing more is written.
type page struct {
	w   *bufio.Writer
	err error
}

func (b *page) raw(s string) {
	if b.err == nil {
		_, b.err = b.w.WriteString(s)
	}
}

// text writes s with its mark-up characters escaped. Line breaks stay what they are in the model.
func (b *page) text(s string) { b.raw(nethtml.EscapeString(s)) }

// lines writes s with <br> for its line breaks.
func (b *page) lines(s string) { b.raw(strings.ReplaceAll(nethtml.EscapeString(s), "\n", "<br>")) }

func (b *page) element(e *docio.Element) {
	if e.Table != nil {
		b.table(e.Table)
		return
	}
	begin, end := "<p>", "</p>\n"
	switch e.Style {
	case docio.DocTitle:
		begin, end = "<h1>", "</h1>\n"
	case docio.Heading1:
		begin, end = "<h2>", "</h2>\n"
	case docio.Heading2:
		begin, end = "<h3>", "</h3>\n"
	case docio.Note:
		begin = `<p class="note">`
	case docio.BodyTextRaw:
		begin = `<p class="plain">`
	}
	b.raw(begin)
	b.lines(e.Text)
	b.raw(end)
}

func (b *page) table(t *docio.PageTable) {
	places, cols := t.Places()
	b.raw(`<div class="table"><table`)
	if t.Name != "" {
		b.raw(` aria-label="`)
		b.text(t.Name)
		b.raw(`"`)
	}
	b.raw(">\n")
	b.columns(t.Widths, cols)
	head := min(t.HeaderRows, len(t.Rows))
	if head > 0 {
		b.raw("<thead>\n")
	} else {
		b.raw("<tbody>\n")
	}
	i := 0
	for r := range t.Rows {
		if r == head && head > 0 {
			b.raw("</thead>\n<tbody>\n")
		}
		n := i
		for n < len(places) && places[n].Row == r {
			n++
		}
		b.row(t, r, places[i:n], cols)
		i = n
	}
	if head == len(t.Rows) && head > 0 {
		b.raw("</thead>\n")
	} else {
		b.raw("</tbody>\n")
	}
	b.raw("</table></div>\n")
}

func (b *page) columns(widths []float64, cols int) {
	sum := 0.0
	for _, w := range widths {
		sum += w
	}
	if len(widths) != cols || sum <= 0 {
		return
	}
	b.raw("<colgroup>")
	for _, w := range widths {
		b.raw(`<col style="width:` + strconv.FormatFloat(w/sum*100, 'f', 2, 64) + `%">`)
	}
	b.raw("</colgroup>\n")
}

func (b *page) row(t *docio.PageTable, r int, cells []docio.Place, cols int) {
	allHeads := true
	for i := range cells {
		allHeads = allHeads && cells[i].Header
	}
	b.raw("<tr")
	if g := t.Rows[r].Group; g != 0 && r+1 < len(t.Rows) && t.Rows[r+1].Group == g {
		b.raw(` class="keep"`)
	}
	b.raw(">")
	for i := range cells {
		b.cell(&cells[i], r < t.HeaderRows || allHeads, cols)
	}
	b.raw("</tr>\n")
}

func (b *page) cell(c *docio.Place, columnHead bool, cols int) {
	tag := "td"
	if c.Header {
		tag = "th"
	}
	b.raw("<" + tag)
	if c.Header {
		b.raw(` scope="` + scope(c, columnHead, cols) + `"`)
	}
	if c.RowSpan > 1 {
		b.raw(` rowspan="` + strconv.Itoa(c.RowSpan) + `"`)
	}
	if c.ColSpan > 1 {
		b.raw(` colspan="` + strconv.Itoa(c.ColSpan) + `"`)
	}
	switch {
	case c.Vertical:
		b.raw(` class="v"`)
	case c.Align == docio.AlignLeft:
		b.raw(` class="l"`)
	case c.Align == docio.AlignRight:
		b.raw(` class="r"`)
	}
	b.raw(">")
	if c.Vertical {
		// Where the lines of a narrow label may end; unlike a line break it is no part of the text.
		for i, part := range docio.Stacked(c.Text, 2) {
			if i > 0 {
				b.raw("<wbr>")
			}
			b.text(part)
		}
	} else {
		b.lines(c.Text)
	}
	b.raw("</" + tag + ">")
}

// scope says which cells a header cell is for: those below it in head rows, those beside it elsewhere.
func scope(c *docio.Place, columnHead bool, cols int) string {
	switch {
	case columnHead && c.ColSpan > 1 && cols > 1:
		return "colgroup"
	case columnHead:
		return "col"
	case c.RowSpan > 1:
		return "rowgroup"
	default:
		return "row"
	}
}
