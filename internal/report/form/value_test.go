package form

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gongkai/gongkai/internal/report"
)

func TestParseValue(t *testing.T) {
	num := func(n int64, note string) report.Cell { return report.Cell{Kind: report.Number, N: n, Note: note} }
	tests := []struct {
		text    string
		unit    report.Unit
		want    report.Cell
		doubted bool
	}{
		{"0", report.Count, num(0, ""), false},
		{" 14,069 ", report.Count, num(14069, ""), false},
		{"14，069", report.Count, num(14069, ""), false},
		{"１４０６９", report.Count, num(14069, ""), false},
		{"13\n612", report.Count, num(13612, ""), false},
		{"14 069", report.Count, num(14069, ""), false},
		{"1 2", report.Count, num(12, ""), true},
		{"? 0", report.Count, num(0, ""), false},
		{"22（其中修订16件）", report.Count, num(22, "（其中修订16件）"), false},
		{"55(含自然失效29件)", report.Count, num(55, "(含自然失效29件)"), false},
		{"7件", report.Count, num(7, ""), false},
		{"-2", report.Change, num(-2, ""), false},
		{"—18", report.Change, num(-18, ""), false},
		{"+461", report.Change, num(461, ""), false},
		{"", report.Count, report.Cell{Kind: report.Blank}, false},
		{"\u00a0", report.Count, report.Cell{Kind: report.Blank}, false},
		{"　", report.Count, report.Cell{Kind: report.Blank}, false},
		{"/", report.Count, report.Cell{Kind: report.Slash}, false},
		{"／", report.Count, report.Cell{Kind: report.Slash}, false},
		{"-", report.Count, report.Cell{Kind: report.Dash}, false},
		{"——", report.Count, report.Cell{Kind: report.Dash}, false},
		{"无", report.Count, report.Cell{Kind: report.Words}, false},
		{report.MarkAbsent, report.Count, report.Cell{Kind: report.Absent}, false},
		{"约20", report.Count, report.Cell{Kind: report.Unreadable}, true},
		{"3.5", report.Count, report.Cell{Kind: report.Unreadable}, true},
		{"3/4", report.Count, report.Cell{Kind: report.Unreadable}, true},
		{"99999999999999999999", report.Count, report.Cell{Kind: report.Unreadable}, true},
		{"7730.28", report.WanYuan, report.Cell{Kind: report.Number, N: 7_730_280_000, Decimals: 2}, false},
		{"24252.311082", report.WanYuan, report.Cell{Kind: report.Number, N: 24_252_311_082, Decimals: 6}, false},
		{"24252.3110825", report.WanYuan, report.Cell{Kind: report.Unreadable}, true},
		{"0.2950万元", report.WanYuan, report.Cell{Kind: report.Number, N: 295_000, Decimals: 4}, false},
		{"2950元", report.WanYuan, report.Cell{Kind: report.Number, N: 295_000}, true},
		{"251000元", report.Amount, report.Cell{Kind: report.Number, N: 25_100_000}, false},
		{"5394432.52元", report.Amount, report.Cell{Kind: report.Number, N: 539_443_252}, false},
		{"8040", report.Amount, report.Cell{Kind: report.Number}, false},
	}
	for _, tt := range tests {
		got, why := parseValue(tt.text, tt.unit)
		got.Raw = ""
		if d := cmp.Diff(tt.want, got); d != "" || (why != "") != tt.doubted {
			t.Errorf("%q: doubt %q\n%s", tt.text, why, d)
		}
	}
}

func TestSplits(t *testing.T) {
	tests := []struct {
		tokens []string
		ways   [][]int64
		exact  bool
	}{
		// Real rows of a page that lost the borders between its cells.
		{[]string{"640020470"}, [][]int64{{64, 0, 0, 2, 0, 4, 70}}, false},
		{[]string{"230", "000023"}, [][]int64{{23, 0, 0, 0, 0, 0, 23}}, false},
		{[]string{"0000000"}, [][]int64{{0, 0, 0, 0, 0, 0, 0}}, true},
		{[]string{"500000", "5"}, [][]int64{{5, 0, 0, 0, 0, 0, 5}}, true},
		// 22+3 = 25 and 2+20+3 = 25: the row alone does not decide.
		{[]string{"22000", "0325"}, [][]int64{{2, 20, 0, 0, 0, 3, 25}, {22, 0, 0, 0, 0, 3, 25}}, false},
		{[]string{"123"}, nil, false},
	}
	for _, tt := range tests {
		ways, exact := rowSplits(tt.tokens)
		if d := cmp.Diff(tt.ways, ways); d != "" || exact != tt.exact {
			t.Errorf("%v: exact %t\n%s", tt.tokens, exact, d)
		}
	}
}

func TestSplitsOfTable4(t *testing.T) {
	ways, exact, ok := splits15([]string{"10203120001200000"}, 50)
	want := [][]int64{{1, 0, 2, 0, 3, 12, 0, 0, 0, 12, 0, 0, 0, 0, 0}}
	if d := cmp.Diff(want, ways); d != "" || exact || !ok {
		t.Errorf("exact %t, ok %t\n%s", exact, ok, d)
	}
}

func TestTitles(t *testing.T) {
	tests := []struct {
		line, title, agency string
		year                int
	}{
		{"西工区社区治理和服务创新办公室2021年政府信息公开工作年度报告", "西工区社区治理和服务创新办公室2021年政府信息公开工作年度报告", "西工区社区治理和服务创新办公室", 2021},
		{"|名称|虚构区云栖街道办事处2023年政府信息公开工作年度报告|", "虚构区云栖街道办事处2023年政府信息公开工作年度报告", "虚构区云栖街道办事处", 2023},
		{"标题:虚构区2019年度政府信息公开工作年度报告", "虚构区2019年度政府信息公开工作年度报告", "虚构区", 2019},
		{"2024年虚构市科委政府信息公开工作年度报告", "2024年虚构市科委政府信息公开工作年度报告", "虚构市科委", 2024},
		{"虚构乡人民政府二〇二二年政府信息公开工作年度报告", "虚构乡人民政府二〇二二年政府信息公开工作年度报告", "虚构乡人民政府", 2022},
		{"虚构县发改局2023年政府信息公开年度报告-虚构县发改局", "虚构县发改局2023年政府信息公开年度报告", "虚构县发改局", 2023},
		{"根据条例要求，现公布2021年政府信息公开工作年度报告。", "", "", 0},
		{"虚构区人民政府办公室关于做好2021年政府信息公开工作年度报告编制工作的通知", "", "", 0},
	}
	for _, tt := range tests {
		title, ok := titleOf(tt.line)
		if title != tt.title || ok != (tt.title != "") {
			t.Errorf("%q: title %q", tt.line, title)
		}
		if !ok {
			continue
		}
		if year, agency := yearAndAgency(title); year != tt.year || agency != tt.agency {
			t.Errorf("%q: %d, %q", tt.line, year, agency)
		}
	}
}

func TestDates(t *testing.T) {
	tests := []struct{ text, want string }{
		{"发布时间: 2020-01-20 15:22", "2020-01-20"}, {"公开日期|2024-01-17|", "2024-01-17"}, {"发布日期：2022年1月7日", "2022-01-07"},
		{"时间：2022/02/08", "2022-02-08"}, {"发布日期：", ""}, {"成文日期：2022-01-07", "2022-01-07"}, {"发布日期：2022-13-07", ""},
	}
	for _, tt := range tests {
		s := &stream{rs: []rune(foldString(tt.text))}
		if got := s.published(); got != tt.want {
			t.Errorf("%q: %q, want %q", tt.text, got, tt.want)
		}
	}
}
