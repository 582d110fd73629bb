package docx

import (
	"strconv"
	"strings"

	"github.com/gongkai/gongkai/internal/docio"
)

func document(p *docio.Page) string {
	b := &strings.Builder{}
	b.WriteString(xmlHead + `<w:document` + wordNS + `><w:body>`)
	table := false
	for i := range p.Elements {
		e := &p.Elements[i]
		if e.Table == nil {
			b.WriteString(`<w:p><w:pPr><w:pStyle w:val="` + styleOf(e.Style) + `"/></w:pPr>`)
			text := e.Text
			if e.Style == docio.DocTitle {
				text = titleLines(text)
			}
			run(b, text, "")
			b.WriteString(`</w:p>`)
			table = false
			continue
		}
		if table {
			spacer(b)
		}
		writeTable(b, e.Table)
		table = true
	}
	if table {
		spacer(b)
	}
	b.WriteString(`<w:sectPr><w:footerReference w:type="default" r:id="rId4"/><w:footerReference w:type="even" r:id="rId5"/>`)
	b.WriteString(`<w:pgSz` + attr("w", pageWidth) + attr("h", pageHeight) + `/><w:pgMar` + attr("top", marginTop) + attr("right", marginRight) +
		attr("bottom", marginBottom) + attr("left", marginLeft) + ` w:header="851"` + attr("footer", footerFoot) + ` w:gutter="0"/></w:sectPr>`)
	b.WriteString(`</w:body></w:document>`)
	return b.String()
}

// titleWidth is how many full-width characters of the title's size a line holds.
const titleWidth = 20

// titleLines breaks a title that needs two lines by its sense, where both halves then fit.
func titleLines(title string) string {
	rs := []rune(title)
	if lineWidth(rs) <= 2*titleWidth || strings.Contains(title, "\n") {
		return title
	}
	for _, at := range docio.TitleBreaks(rs) {
		if lineWidth(rs[:at]) <= 2*titleWidth && lineWidth(rs[at:]) <= 2*titleWidth {
			return string(rs[:at]) + "\n" + string(rs[at:])
		}
	}
	return title
}

// lineWidth is the width of a line in halves of a full-width character.
func lineWidth(rs []rune) int {
	n := len(rs)
	for _, r := range rs {
		if r >= 0x2E80 {
			n++
		}
	}
	return n
}

func styleOf(s docio.Style) string {
	switch s {
	case docio.DocTitle:
		return "Title"
	case docio.Heading1:
		return "Heading1"
	case docio.Heading2:
		return "Heading2"
	case docio.Note:
		return "Note"
	case docio.BodyTextRaw:
		return "Normal"
	default:
		return "BodyText"
	}
}

// spacer is the paragraph that must stand between two tables, which would be one table otherwise, and after the last.
func spacer(b *strings.Builder) {
	b.WriteString(`<w:p><w:pPr><w:pStyle w:val="Normal"/><w:spacing w:line="240" w:lineRule="exact"/></w:pPr></w:p>`)
}

// run writes text as one run, with its line breaks and tabs.
func run(b *strings.Builder, text, rpr string) {
	if text == "" {
		return
	}
	b.WriteString(`<w:r>`)
	if rpr != "" {
		b.WriteString(`<w:rPr>` + rpr + `</w:rPr>`)
	}
	for i, line := range strings.Split(text, "\n") {
		if i > 0 {
			b.WriteString(`<w:br/>`)
		}
		for k, part := range strings.Split(line, "\t") {
			if k > 0 {
				b.WriteString(`<w:tab/>`)
			}
			if part != "" {
				b.WriteString(`<w:t xml:space="preserve">` + escape(part) + `</w:t>`)
			}
		}
	}
	b.WriteString(`</w:r>`)
}

func attr(name string, v int) string { return ` w:` + name + `="` + strconv.Itoa(v) + `"` }

func size(halfPoints int) string {
	return `<w:sz` + attr("val", halfPoints) + `/><w:szCs` + attr("val", halfPoints) + `/>`
}
