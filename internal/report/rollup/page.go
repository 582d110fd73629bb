package rollup

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/gongkai/gongkai/internal/docio"
	"github.com/gongkai/gongkai/internal/report"
)

// Page lays the roll-up out for the writers: how to read it, the tables of the form with the sums, the cells that not all
// gave, and the lists of who is missing, broken, twice there, unreadable, or in another year or format, with the reasons.
func Page(r *Rollup) *docio.Page {
	p := &docio.Page{Title: r.title(), Author: r.Name}
	add := func(e docio.Element) { p.Elements = append(p.Elements, e) }
	add(docio.Element{Style: docio.DocTitle, Text: p.Title})
	add(docio.Element{Style: docio.BodyText, Text: r.summary()})
	for _, n := range r.Notes {
		add(docio.Element{Style: docio.Note, Text: n + "。"})
	}
	no := 0
	section := func(heading string, t *docio.PageTable) {
		if t == nil {
			return
		}
		no++
		add(docio.Element{Style: docio.Heading1, Text: numeral(no) + "、" + heading})
		add(docio.Element{Style: docio.TableBlock, Table: t})
	}
	section("主动公开政府信息情况", table2(r.Table2, "表二 主动公开政府信息情况"))
	section("主动公开政府信息情况（2019年格式）", table2(r.Table2Of2019, "表二 主动公开政府信息情况（2019年格式）"))
	section("收到和处理政府信息公开申请情况", table3(r.Table3))
	section("政府信息公开行政复议、行政诉讼情况", table4(r.Table4))
	section("没有填全或者存疑的格", r.gapTable())
	for _, l := range r.lists() {
		section(l.heading, l.table)
	}
	return p
}

// numeral writes 1 to 19 as 一 to 十九.
func numeral(n int) string {
	if n <= 10 {
		return report.Numerals[n-1]
	}
	return "十" + report.Numerals[n-11]
}

func (r *Rollup) summary() string {
	parts := []string{fmt.Sprintf("共汇总%d个单位的报告", r.Counted)}
	for _, c := range []struct {
		n    int
		what string
	}{
		{len(r.Missing), "%d个单位没有报告"}, {len(r.Broken), "%d份检查出错误"}, {len(r.Unreadable), "%d份无法读取"},
		{len(r.Duplicates), "%d个单位重复"}, {len(r.OtherYears), "%d份不是本年度"}, {len(r.OtherFormats), "%d份不是2021年格式"},
		{len(r.Incomplete), "%d份没有填全或者存疑"},
	} {
		if c.n > 0 {
			parts = append(parts, fmt.Sprintf(c.what, c.n))
		}
	}
	return strings.Join(parts, "，") + "。"
}

func head(text string, rows, cols int) docio.PageCell {
	return docio.PageCell{Text: text, RowSpan: rows, ColSpan: cols, Header: true}
}

func left(text string, cols int) docio.PageCell {
	return docio.PageCell{Text: text, RowSpan: 1, ColSpan: cols, Header: true, Align: docio.AlignLeft}
}

func number(s *Sum, cols int) docio.PageCell {
	c := s.Cell()
	return docio.PageCell{Text: c.Text(s.Unit), ColSpan: cols, RowSpan: 1}
}

func table2(t *Table, name string) *docio.PageTable {
	if t == nil || t.Reports == 0 {
		return nil
	}
	out := &docio.PageTable{Name: name, Widths: []float64{2.2, 1.4, 1.4, 1.4}}
	group, k, block := "", 0, 0
	for _, row := range t.Spec.Rows {
		spread := func(j int) int {
			if j == len(row.Fields)-1 {
				return 4 - len(row.Fields)
			}
			return 1
		}
		if row.Group != group {
			group = row.Group
			block++
			cells := []docio.PageCell{head("信息内容", 1, 1)}
			for j, f := range row.Fields {
				cells = append(cells, head(f.Label, 1, spread(j)))
			}
			out.Rows = append(out.Rows, docio.PageRow{Cells: []docio.PageCell{head(group, 1, 4)}, Group: block}, docio.PageRow{Cells: cells, Group: block})
		}
		cells := []docio.PageCell{left(row.Label, 1)}
		for j := range row.Fields {
			cells = append(cells, number(&t.Sums[k], spread(j)))
			k++
		}
		out.Rows = append(out.Rows, docio.PageRow{Cells: cells, Group: block})
	}
	return out
}

const relation = "（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）"

func table3(t *Table) *docio.PageTable {
	if t == nil || t.Reports == 0 {
		return nil
	}
	out := &docio.PageTable{Name: "表三 收到和处理政府信息公开申请情况", Widths: widths3(t), HeaderRows: 3}
	out.Rows = head3(t.Spec)
	results := t.Spec.RowIndex("total") - t.Spec.RowIndex("granted") + 2 // and the row of all 其他处理
	group, k := "", 0
	for _, row := range t.Spec.Rows {
		var cells []docio.PageCell
		if row.Key == "granted" {
			c := head(report.GroupResults, results, 1)
			c.Vertical = true
			cells = append(cells, c)
		}
		cells = append(cells, labels3(t.Spec, row, row.Group != group)...)
		group = row.Group
		for range row.Fields {
			cells = append(cells, number(&t.Sums[k], 1))
			k++
		}
		out.Rows = append(out.Rows, docio.PageRow{Cells: cells, Group: groupNumber(row.Group)})
		if row.Key == "other.other" {
			all := []docio.PageCell{left("合计（含没有分项的报告）", 1)}
			for j := range row.Fields {
				all = append(all, number(&t.Sums[t.Spec.Size()+j], 1))
			}
			out.Rows = append(out.Rows, docio.PageRow{Cells: all, Group: groupNumber(row.Group)})
		}
	}
	return out
}

// room is the width that a number needs in a cell, in points of the usual print.
func room(text string) float64 {
	const narrow, digit, padding = 28, 6.8, 8
	return max(narrow, digit*float64(len(text))+padding)
}

// widths3 gives the columns of numbers the room that their largest number needs, and the rest of the page to the labels.
func widths3(t *Table) []float64 {
	const page, upright, group, least = 442, 26, 47, 90
	out := []float64{upright, group, 0}
	rest := float64(page - upright - group)
	for j := range report.Columns3 {
		w := 33.0
		for i := j; i < len(t.Sums); i += report.Columns3 {
			c := t.Sums[i].Cell()
			if c.IsNumber() {
				w = max(w, room(c.Text(t.Sums[i].Unit)))
			}
		}
		out = append(out, w)
		rest -= w
	}
	out[2] = max(rest, least)
	return out
}

func head3(s *report.TableSpec) []docio.PageRow {
	var third []docio.PageCell
	for _, f := range s.Rows[0].Fields[report.ColBusiness:report.ColTotal] {
		third = append(third, head(f.Label, 1, 1))
	}
	return []docio.PageRow{
		{Cells: []docio.PageCell{head(relation, 3, 3), head("申请人情况", 1, 7)}},
		{Cells: []docio.PageCell{head("自然人", 2, 1), head("法人或其他组织", 1, 5), head("总计", 2, 1)}},
		{Cells: third},
	}
}

// labels3 are the label cells of a row, without the upright label of all results.
func labels3(s *report.TableSpec, row report.Row, first bool) []docio.PageCell {
	text := row.Item + row.Label
	switch {
	case row.Key == "new_received" || row.Key == "carried_in" || row.Key == "carried_out":
		return []docio.PageCell{left(text, 3)}
	case row.Group == "":
		return []docio.PageCell{left(text, 2)}
	case first:
		return []docio.PageCell{head(row.Group, groupRows(s, row.Group), 1), left(text, 1)}
	default:
		return []docio.PageCell{left(text, 1)}
	}
}

func groupRows(s *report.TableSpec, group string) int {
	n := 0
	for _, r := range s.Rows {
		if r.Group == group {
			n++
		}
	}
	if group == report.GroupOther {
		n++
	}
	return n
}

func groupNumber(group string) int {
	for i, g := range []string{report.GroupDenied, report.GroupUnavailable, report.GroupRejected, report.GroupOther} {
		if g == group {
			return i + 1
		}
	}
	return 0
}

func table4(t *Table) *docio.PageTable {
	if t == nil || t.Reports == 0 {
		return nil
	}
	out := &docio.PageTable{Name: "表四 政府信息公开行政复议、行政诉讼情况", Widths: make([]float64, 15), HeaderRows: 3}
	var second, third, values []docio.PageCell
	for i := range out.Widths {
		out.Widths[i] = room(number(&t.Sums[i], 1).Text)
		f := t.Spec.Rows[0].Fields[i%report.Columns4]
		if i < report.Columns4 {
			second = append(second, head(f.Label, 2, 1))
		} else {
			third = append(third, head(f.Label, 1, 1))
		}
		values = append(values, number(&t.Sums[i], 1))
	}
	second = append(second, head(t.Spec.Rows[1].Label, 1, 5), head(t.Spec.Rows[2].Label, 1, 5))
	out.Rows = []docio.PageRow{
		{Cells: []docio.PageCell{head("行政复议", 1, 5), head("行政诉讼", 1, 10)}, Group: 1},
		{Cells: second, Group: 1}, {Cells: third, Group: 1}, {Cells: values, Group: 1},
	}
	return out
}

func count(n int) string { return strconv.Itoa(n) }
