package docx

import (
	"strings"

	"github.com/gongkai/gongkai/internal/docio"
)

const (
	cellSize   = 21 // half points: 10.5 pt
	cellMin    = 13 // the smallest a long number is set in
	cellMargin = 28 // left and right of a cell
)

func writeTable(b *strings.Builder, t *docio.PageTable) {
	places, cols := t.Places()
	if cols == 0 {
		return
	}
	edges := t.Edges(cols, textWidth)
	b.WriteString(`<w:tbl><w:tblPr><w:tblW` + attr("w", textWidth) + ` w:type="dxa"/><w:jc w:val="center"/><w:tblBorders>`)
	for _, side := range []string{"top", "left", "bottom", "right", "insideH", "insideV"} {
		b.WriteString(`<w:` + side + ` w:val="single" w:sz="4" w:space="0" w:color="auto"/>`)
	}
	b.WriteString(`</w:tblBorders><w:tblLayout w:type="fixed"/><w:tblCellMar><w:left` + attr("w", cellMargin) + ` w:type="dxa"/><w:right` +
		attr("w", cellMargin) + ` w:type="dxa"/></w:tblCellMar>`)
	if t.Name != "" {
		b.WriteString(`<w:tblCaption w:val="` + escape(t.Name) + `"/>`)
	}
	b.WriteString(`</w:tblPr><w:tblGrid>`)
	for c := range cols {
		b.WriteString(`<w:gridCol` + attr("w", edges[c+1]-edges[c]) + `/>`)
	}
	b.WriteString(`</w:tblGrid>`)
	above := make([]*docio.Place, cols) // the cell of an earlier row that reaches into this one
	next := 0
	for r := range t.Rows {
		for next < len(places) && places[next].Row == r {
			above[places[next].Col] = &places[next]
			next++
		}
		writeRow(b, t, r, above, edges)
	}
	b.WriteString(`</w:tbl>`)
}

// writeRow writes row r; cells[c] is the cell that starts at column c in this or an earlier row.
func writeRow(b *strings.Builder, t *docio.PageTable, r int, cells []*docio.Place, edges []int) {
	b.WriteString(`<w:tr><w:trPr><w:cantSplit/><w:trHeight w:val="320" w:hRule="atLeast"/>`)
	if r < t.HeaderRows {
		b.WriteString(`<w:tblHeader/>`)
	}
	b.WriteString(`</w:trPr>`)
	g := t.Rows[r].Group
	keep := r < t.HeaderRows || g != 0 && r+1 < len(t.Rows) && t.Rows[r+1].Group == g
	for c := 0; c < len(cells); {
		p := cells[c]
		if p == nil || p.Row+p.RowSpan <= r {
			// Places tile the table, so this is never reached with a sound one.
			p = &docio.Place{PageCell: docio.PageCell{RowSpan: 1, ColSpan: 1}, Row: r, Col: c}
		}
		writeCell(b, p, r, edges[c+p.ColSpan]-edges[c], keep)
		c += p.ColSpan
	}
	b.WriteString(`</w:tr>`)
}

func writeCell(b *strings.Builder, c *docio.Place, r, width int, keep bool) {
	b.WriteString(`<w:tc><w:tcPr><w:tcW` + attr("w", width) + ` w:type="dxa"/>`)
	if c.ColSpan > 1 {
		b.WriteString(`<w:gridSpan` + attr("val", c.ColSpan) + `/>`)
	}
	if c.RowSpan > 1 {
		if r == c.Row {
			b.WriteString(`<w:vMerge w:val="restart"/>`)
		} else {
			b.WriteString(`<w:vMerge/>`)
		}
	}
	b.WriteString(`<w:vAlign w:val="center"/></w:tcPr><w:p><w:pPr><w:pStyle w:val="TableCell"/>`)
	if keep {
		b.WriteString(`<w:keepNext/>`)
	}
	switch c.Align {
	case docio.AlignLeft:
		b.WriteString(`<w:ind w:left="40" w:right="20"/><w:jc w:val="left"/>`)
	case docio.AlignRight:
		b.WriteString(`<w:ind w:right="40"/><w:jc w:val="right"/>`)
	}
	b.WriteString(`</w:pPr>`)
	if r == c.Row {
		text, rpr, n := c.Text, "", 0
		if c.Vertical {
			// There are 20 units in a point, and two half points.
			lines, points := docio.Stack(text, float64(width-2*cellMargin)/20, float64(cellSize)/2)
			text, n = strings.Join(lines, "\n"), int(2*points)
		} else {
			n = fit(text, width-2*cellMargin)
		}
		if n != cellSize {
			rpr = size(n)
		}
		run(b, text, rpr)
	}
	b.WriteString(`</w:p></w:tc>`)
}

// fit returns the size, in half points, at which the longest number or word of text goes on one line of the width: a
// number broken over two lines would be read as two. A digit is half as wide as its size.
func fit(text string, width int) int {
	n := docio.LongestWord(text)
	if n == 0 {
		return cellSize
	}
	// n × size/2 half points × 10 twips per half point ≤ width
	return min(cellSize, max(cellMin, width/(5*n)))
}
