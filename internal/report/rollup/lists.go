package rollup

import (
	"strings"

	"github.com/gongkai/gongkai/internal/docio"
	"github.com/gongkai/gongkai/internal/report"
)

// list is one list of the page under its heading.
type list struct {
	heading string
	table   *docio.PageTable
}

// grid makes a plain table; nil without rows.
func grid(name string, widths []float64, heads []string, rows [][]string) *docio.PageTable {
	if len(rows) == 0 {
		return nil
	}
	t := &docio.PageTable{Name: name, Widths: widths, HeaderRows: 1}
	var first []docio.PageCell
	for _, h := range heads {
		first = append(first, head(h, 1, 1))
	}
	t.Rows = append(t.Rows, docio.PageRow{Cells: first})
	for _, row := range rows {
		var cells []docio.PageCell
		for _, text := range row {
			align := docio.AlignLeft
			if text != "" && strings.Trim(text, "0123456789.-") == "" {
				align = docio.AlignCenter
			}
			cells = append(cells, docio.PageCell{Text: text, RowSpan: 1, ColSpan: 1, Align: align})
		}
		t.Rows = append(t.Rows, docio.PageRow{Cells: cells})
	}
	return t
}

// gapTable lists the cells that not every counted report gave, or gave in doubt.
func (r *Rollup) gapTable() *docio.PageTable {
	var rows [][]string
	for _, t := range r.tables() {
		for i := range t.Sums {
			s := &t.Sums[i]
			if s.NotGiven() == 0 && s.Doubted == 0 {
				continue
			}
			name := s.Name
			if t.Spec == report.V2019.Table2 {
				name += "（2019年格式）"
			}
			c := s.Cell()
			rows = append(rows, []string{name, c.Text(s.Unit), count(s.Given), count(s.NotGiven()), s.what(), count(s.Doubted)})
		}
	}
	return grid("没有填全或者存疑的格", []float64{4, 1.2, 1, 1, 2.4, 1}, []string{"格", "已填数之和", "填数的单位", "没有填数的单位", "其中", "存疑的单位"}, rows)
}

// what says what stood in the cells without a number.
func (s *Sum) what() string {
	var parts []string
	for _, k := range []struct {
		n    int
		name string
	}{{s.Blank, "空白"}, {s.Stroke, "“/”或“-”"}, {s.Words, "文字"}, {s.Unreadable, "无法辨认"}, {s.Absent, "没有这一格"}, {s.NoUnit, "金额没有单位"}} {
		if k.n > 0 {
			parts = append(parts, k.name+count(k.n))
		}
	}
	return strings.Join(parts, "，")
}

func entries(name string, list []Entry) *docio.PageTable {
	var rows [][]string
	for _, e := range list {
		agency := e.Agency
		if agency == "" {
			agency = "（看不出是哪个机关）"
		}
		rows = append(rows, []string{agency, e.File, e.Why})
	}
	return grid(name, []float64{3, 3, 4}, []string{"机关", "文件", "情况"}, rows)
}

func names(name, why string, list []string) *docio.PageTable {
	var rows [][]string
	for _, n := range list {
		rows = append(rows, []string{n, why})
	}
	return grid(name, []float64{4, 6}, []string{"机关", "情况"}, rows)
}

func (r *Rollup) lists() []list {
	var failures, duplicates, matches, counted [][]string
	for _, f := range r.Unreadable {
		failures = append(failures, []string{f.File, f.Why})
	}
	for _, d := range r.Duplicates {
		duplicates = append(duplicates, []string{d.Agency, d.Counted, strings.Join(d.Others, "、"), d.Why})
	}
	for _, m := range r.Matched {
		matches = append(matches, []string{m.Expected, m.Found})
	}
	for _, e := range r.Reports {
		counted = append(counted, []string{e.Agency, e.File, count(e.Errors)})
	}
	return []list{
		{"没有报告的单位", names("没有报告的单位", "在应报名单中，没有收到本年度报告", r.Missing)},
		{"检查出错误的报告", entries("检查出错误的报告", r.Broken)},
		{"无法读取的文件", grid("无法读取的文件", []float64{4, 6}, []string{"文件", "原因"}, failures)},
		{"重复的报告", grid("重复的报告", []float64{3, 3, 3, 4}, []string{"机关", "计入的文件", "没有计入的文件", "情况"}, duplicates)},
		{"不是本年度的报告", entries("不是本年度的报告", r.OtherYears)},
		{"不是2021年格式的报告", entries("不是2021年格式的报告", r.OtherFormats)},
		{"没有填全或者存疑的报告", entries("没有填全或者存疑的报告", r.Incomplete)},
		{"不在应报名单中的单位", names("不在应报名单中的单位", "报告已计入，请核对名单", r.Unexpected)},
		{"名称写法不同的单位", grid("名称写法不同的单位", []float64{5, 5}, []string{"名单中的名称", "报告中的名称"}, matches)},
		{"计入汇总的报告", grid("计入汇总的报告", []float64{4, 4, 1}, []string{"机关", "文件", "错误数"}, counted)},
	}
}
