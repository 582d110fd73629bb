package desk

import (
	"strings"

	"github.com/gongkai/gongkai/internal/report"
)

// sheetCell is one cell of a table on the page.
type sheetCell struct {
	ID    string // the anchor
	Text  string
	Class string
	Href  string // the finding that the cell belongs to; "" for none
	Label string // the cell in words, for those who cannot see its place
	Mark  string // "?" for a doubt
	Small string // what stands small beside the number: how many of how many gave it
}

// leadCell is one label before the cells of a row, or in the head of a table.
type leadCell struct {
	Text       string
	Small      string
	Rows, Cols int
	Class      string
	Scope      string
}

// lines are the text as its narrow column should break it.
func (l leadCell) lines() []string {
	if l.Class == "g" {
		return groupLines(l.Text)
	}
	return []string{l.Text}
}

// sheetRow is one row: labels, then cells.
type sheetRow struct {
	Lead  []leadCell
	Cells []sheetCell
	Sum   bool
	Head  bool
}

// cellAnchor is the anchor of a cell on the page.
func cellAnchor(path string) string { return "c-" + path }

// rows3 lays table 3 out as the form does: three columns of labels, then the seven columns of applicants.
func rows3(t *report.Table, m *marks) []sheetRow {
	spec := t.Spec
	results := 0
	for _, r := range spec.Rows {
		if !topLevel(r) {
			results++
		}
	}
	var out []sheetRow
	first, group := true, ""
	for i, r := range spec.Rows {
		row := sheetRow{Cells: m.cells(t, i), Sum: r.Key == "total"}
		switch {
		case topLevel(r):
			row.Lead = []leadCell{{Text: r.Item + r.Label, Rows: 1, Cols: 3, Scope: "row"}}
			out = append(out, row)
			continue
		case first:
			row.Lead = append(row.Lead, leadCell{Text: report.GroupResults, Rows: results, Cols: 1, Class: "g", Scope: "rowgroup"})
			first = false
		}
		if r.Group == "" {
			label, small, _ := strings.Cut(r.Label, "（")
			if small != "" {
				small = "（" + small
			}
			row.Lead = append(row.Lead, leadCell{Text: r.Item + label, Small: small, Rows: 1, Cols: 2, Scope: "row"})
		} else {
			if r.Group != group {
				row.Lead = append(row.Lead, leadCell{Text: r.Group, Rows: groupSize(spec, r.Group), Cols: 1, Class: "g", Scope: "rowgroup"})
			}
			row.Lead = append(row.Lead, leadCell{Text: r.Item + r.Label, Rows: 1, Cols: 1, Scope: "row"})
		}
		group = r.Group
		out = append(out, row)
	}
	return out
}

// topLevel reports whether a row of table 3 stands outside 三、本年度办理结果.
func topLevel(r report.Row) bool { return strings.HasSuffix(r.Item, "、") }

func groupSize(spec *report.TableSpec, group string) int {
	n := 0
	for _, r := range spec.Rows {
		if r.Group == group {
			n++
		}
	}
	return n
}

// rows2 lays table 2 out as the form does: per item of Art. 20 a title, a head, and its rows.
func rows2(t *report.Table, m *marks) []sheetRow {
	const width = 3
	var out []sheetRow
	group := ""
	for i, r := range t.Spec.Rows {
		if r.Group != group {
			group = r.Group
			out = append(out, sheetRow{Head: true, Lead: []leadCell{{Text: r.Group, Rows: 1, Cols: width + 1, Scope: "colgroup"}}})
			head := sheetRow{Head: true, Lead: []leadCell{{Text: "信息内容", Rows: 1, Cols: 1, Scope: "col"}}}
			for k, f := range r.Fields {
				head.Lead = append(head.Lead, leadCell{Text: f.Label, Rows: 1, Cols: fieldSpan(k, len(r.Fields), width), Scope: "col"})
			}
			out = append(out, head)
		}
		out = append(out, sheetRow{Lead: []leadCell{{Text: r.Label, Rows: 1, Cols: 1, Scope: "row"}}, Cells: m.cells(t, i)})
	}
	return out
}

// fieldSpan spreads n fields over width columns; the last takes what is left.
func fieldSpan(k, n, width int) int {
	if k == n-1 {
		return width - k
	}
	return 1
}

// cells4 is the single row of table 4: three groups of five.
func cells4(t *report.Table, m *marks) []sheetCell {
	var out []sheetCell
	for i := range t.Spec.Rows {
		out = append(out, m.cells(t, i)...)
	}
	return out
}
