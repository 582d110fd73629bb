package printed

import (
	"pgregory.net/rapid"

	"github.com/gongkai/gongkai/internal/docio"
)

// texts are what random cells and paragraphs are made of: numbers, marks that files give a meaning to, rare characters.
var texts = []string{
	"", "0", "-2", "316.4410", "007", "1e5", "=1+1", "'=x", "@a", "-", "/", "22（其中修订16件）", "a|b", `a\|b`, "a\nb", "𠮷", "䶮祥",
	"<b>&amp;", "a<br>b", `\\<br>`, "&lt;", "“引号”", `"引"号,逗`, "一、总体情况", "123456789012345", "1234567890123456", "TRUE", "2025-01-01", "无", "*星*号_下_",
}

// Table draws a table with merged cells.
func Table() *rapid.Generator[*docio.PageTable] {
	return rapid.Custom(func(t *rapid.T) *docio.PageTable {
		cols, rows := rapid.IntRange(2, 8).Draw(t, "cols"), rapid.IntRange(2, 8).Draw(t, "rows")
		out := &docio.PageTable{Name: "表", HeaderRows: rapid.IntRange(0, 1).Draw(t, "head")}
		for range cols {
			out.Widths = append(out.Widths, float64(rapid.IntRange(2, 6).Draw(t, "width")))
		}
		taken := make([][]bool, rows)
		for r := range taken {
			taken[r] = make([]bool, cols)
		}
		for r := range rows {
			row := docio.PageRow{Group: rapid.IntRange(0, 2).Draw(t, "group")}
			for c := 0; c < cols; c++ {
				if taken[r][c] {
					continue
				}
				cell := docio.PageCell{
					Text:  rapid.SampledFrom(texts).Draw(t, "text"),
					Align: docio.Align(rapid.IntRange(0, 2).Draw(t, "align")), Header: rapid.Bool().Draw(t, "header"),
					RowSpan: 1, ColSpan: 1,
				}
				if r == 0 {
					cell.Text = "列" + cell.Text // a table without any text is no table to some readers
				}
				// The first row and the first column have no spans, so that every grid has all its rows and columns.
				if r > out.HeaderRows && c > 0 {
					cell.RowSpan = rapid.IntRange(1, min(3, rows-r)).Draw(t, "rowSpan")
				}
				if r > 0 && c > 0 {
					for cell.ColSpan < 3 && c+cell.ColSpan < cols && !taken[r][c+cell.ColSpan] && rapid.Bool().Draw(t, "wider") {
						cell.ColSpan++
					}
				}
				for i := r; i < r+cell.RowSpan; i++ {
					for k := c; k < c+cell.ColSpan; k++ {
						taken[i][k] = true
					}
				}
				row.Cells = append(row.Cells, cell)
			}
			out.Rows = append(out.Rows, row)
		}
		return out
	})
}

// Page draws a page of texts and tables.
func Page() *rapid.Generator[*docio.Page] {
	return rapid.Custom(func(t *rapid.T) *docio.Page {
		p := &docio.Page{Title: "牡丹示范县2025年报告", Author: "牡丹示范县"}
		for range rapid.IntRange(1, 4).Draw(t, "parts") {
			p.Elements = append(p.Elements,
				docio.Element{Style: docio.Heading1, Text: "一、" + rapid.SampledFrom(texts).Draw(t, "heading")},
				docio.Element{Style: docio.BodyText, Text: "正文" + rapid.SampledFrom(texts).Draw(t, "paragraph")},
				docio.Element{Style: docio.TableBlock, Table: Table().Draw(t, "table")})
		}
		return p
	})
}
