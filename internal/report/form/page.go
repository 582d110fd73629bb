package form

import (
	"strings"
	"unicode/utf8"

	"github.com/gongkai/gongkai/internal/docio"
	"github.com/gongkai/gongkai/internal/report"
)

// Page composes the report in the statutory layout: title, the text before section 一, the six sections with their headings as
// printed, and the three tables with their merged headers. Sections that the report does not have are not invented; a table
// always gets its section's heading.
//
// Legal: 国办公开办函〔2021〕30号, 国办公开办函〔2019〕60号 (layout of the tables).
func Page(r *report.Report) *docio.Page {
	p := &docio.Page{Title: r.Title, Author: r.Agency}
	if p.Title == "" {
		p.Title = strings.TrimSpace(r.Agency + yearWords(r.Year) + "政府信息公开工作年度报告")
	}
	add := func(st docio.Style, text string) {
		p.Elements = append(p.Elements, docio.Element{Style: st, Text: text})
	}
	add(docio.DocTitle, p.Title)
	addText(p, r.Preamble)
	tables := [6]*report.Table{1: r.Table2, 2: r.Table3, 3: r.Table4}
	for no := 1; no <= 6; no++ {
		s := r.Section(no)
		t := tables[no-1]
		if s == nil && t == nil {
			continue
		}
		title := report.SectionTitles[no-1]
		if s != nil && s.Title != "" {
			title = s.Title
		}
		add(docio.Heading1, report.Numerals[no-1]+"、"+title)
		if s != nil {
			addText(p, s.Text)
		}
		if t != nil {
			p.Elements = append(p.Elements, docio.Element{Style: docio.TableBlock, Table: pageTable(t)})
		}
	}
	return p
}

func yearWords(y int) string {
	if y == 0 {
		return ""
	}
	digits := [4]byte{byte('0' + y/1000%10), byte('0' + y/100%10), byte('0' + y/10%10), byte('0' + y%10)}
	return string(digits[:]) + "年"
}

func addText(p *docio.Page, text string) {
	if text == "" {
		return
	}
	for line := range strings.SplitSeq(text, "\n") {
		st := docio.BodyText
		if rs := []rune(line); len(rs) > 2 && rs[0] == '（' && strings.ContainsRune("一二三四五六七八九十", rs[1]) &&
			utf8.RuneCountInString(line) <= 24 && !strings.HasSuffix(line, "。") {
			st = docio.Heading2
		}
		p.Elements = append(p.Elements, docio.Element{Style: st, Text: line})
	}
}

func pageTable(t *report.Table) *docio.PageTable {
	switch t.Spec.ID {
	case "table2":
		return pageTable2(t)
	case "table3":
		return pageTable3(t)
	default:
		return pageTable4(t)
	}
}

func head(text string, rowSpan, colSpan int) docio.PageCell {
	return docio.PageCell{Text: text, RowSpan: rowSpan, ColSpan: colSpan, Header: true}
}

func side(text string, colSpan int) docio.PageCell {
	return docio.PageCell{Text: text, RowSpan: 1, ColSpan: colSpan, Header: true, Align: docio.AlignLeft}
}

// valueCells appends the cells of a row; the last one is widened so that the row fills the table.
func valueCells(row []docio.PageCell, t *report.Table, k, width int) []docio.PageCell {
	fields := t.Spec.Rows[k].Fields
	for j, f := range fields {
		c := docio.PageCell{Text: t.At(k, j).Text(f.Unit)}
		if j == len(fields)-1 {
			c.ColSpan = width - (len(fields) - 1)
		}
		row = append(row, c)
	}
	return row
}

func pageTable2(t *report.Table) *docio.PageTable {
	p := &docio.PageTable{Name: "表二　主动公开政府信息情况", Widths: []float64{3, 2, 2, 2}}
	group, item := 0, ""
	for k, row := range t.Spec.Rows {
		if row.Group != item {
			item = row.Group
			group++
			p.Rows = append(p.Rows, docio.PageRow{Group: group, Cells: []docio.PageCell{head(item, 1, 4)}})
			cells := []docio.PageCell{head("信息内容", 1, 1)}
			for j, f := range row.Fields {
				c := head(f.Label, 1, 1)
				if j == len(row.Fields)-1 {
					c.ColSpan = 4 - len(row.Fields)
				}
				cells = append(cells, c)
			}
			p.Rows = append(p.Rows, docio.PageRow{Group: group, Cells: cells})
		}
		c := side(row.Label, 1)
		c.Align = docio.AlignCenter
		p.Rows = append(p.Rows, docio.PageRow{Group: group, Cells: valueCells([]docio.PageCell{c}, t, k, 3)})
	}
	return p
}

// Relation3 is the note that the form prints in the corner of table 3.
const Relation3 = "（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）"

func pageTable3(t *report.Table) *docio.PageTable {
	p := &docio.PageTable{Name: "表三　收到和处理政府信息公开申请情况",
		Widths: []float64{6, 8, 36, 7, 7, 7, 7.5, 7.5, 6.5, 7.5}, HeaderRows: 3}
	applicants := t.Spec.Rows[0].Fields
	p.Rows = append(p.Rows,
		docio.PageRow{Cells: []docio.PageCell{head(Relation3, 3, 3), head("申请人情况", 1, 7)}},
		docio.PageRow{Cells: []docio.PageCell{head("自然人", 2, 1), head("法人或其他组织", 1, 5), head("总计", 2, 1)}})
	var kinds []docio.PageCell
	for _, f := range applicants[report.ColBusiness:report.ColTotal] {
		kinds = append(kinds, head(f.Label, 1, 1))
	}
	p.Rows = append(p.Rows, docio.PageRow{Cells: kinds})
	first, last := t.Spec.RowIndex("granted"), t.Spec.RowIndex("total")
	group, name := 0, ""
	for k, row := range t.Spec.Rows {
		var cells []docio.PageCell
		text := row.Item + row.Label
		if k < first || k > last {
			p.Rows = append(p.Rows, docio.PageRow{Cells: valueCells([]docio.PageCell{side(text, 3)}, t, k, 7)})
			continue
		}
		if k == first {
			c := head(report.GroupResults, last-first+1, 1)
			c.Vertical = true
			cells = append(cells, c)
		}
		if row.Group == "" {
			name = ""
			cells = append(cells, side(text, 2))
			p.Rows = append(p.Rows, docio.PageRow{Cells: valueCells(cells, t, k, 7)})
			continue
		}
		if row.Group != name {
			name = row.Group
			group++
			c := head(name, sizeOfGroup(t.Spec, k), 1)
			c.Vertical = true
			cells = append(cells, c)
		}
		cells = append(cells, side(text, 1))
		p.Rows = append(p.Rows, docio.PageRow{Group: group, Cells: valueCells(cells, t, k, 7)})
	}
	return p
}

func sizeOfGroup(s *report.TableSpec, k int) int {
	n := 0
	for k+n < len(s.Rows) && s.Rows[k+n].Group == s.Rows[k].Group {
		n++
	}
	return n
}

func pageTable4(t *report.Table) *docio.PageTable {
	p := &docio.PageTable{Name: "表四　政府信息公开行政复议、行政诉讼情况", HeaderRows: 3}
	for range t.Spec.Size() {
		p.Widths = append(p.Widths, 1)
	}
	p.Rows = append(p.Rows, docio.PageRow{Group: 1, Cells: []docio.PageCell{head("行政复议", 1, 5), head("行政诉讼", 1, 10)}})
	var second, third, values []docio.PageCell
	for k, row := range t.Spec.Rows {
		if k > 0 {
			second = append(second, head(row.Label, 1, 5))
		}
		for j, f := range row.Fields {
			if k == 0 {
				second = append(second, head(f.Label, 2, 1))
			} else {
				third = append(third, head(f.Label, 1, 1))
			}
			values = append(values, docio.PageCell{Text: t.At(k, j).Text(f.Unit)})
		}
	}
	p.Rows = append(p.Rows, docio.PageRow{Group: 1, Cells: second}, docio.PageRow{Group: 1, Cells: third}, docio.PageRow{Group: 1, Cells: values})
	return p
}
