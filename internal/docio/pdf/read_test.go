package pdf

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gongkai/gongkai/internal/docio"
)

func readFile(t *testing.T, name string) *docio.Document {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	doc, err := Read(context.Background(), data, docio.Limits{})
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return doc
}

func grids(doc *docio.Document) []*docio.Grid {
	var out []*docio.Grid
	for _, b := range doc.Blocks {
		if b.Grid != nil {
			out = append(out, b.Grid)
		}
	}
	return out
}

// row returns the texts of the cells that begin in row r.
func row(g *docio.Grid, r int) []string {
	var out []string
	for _, c := range g.Cells {
		if c.Row == r {
			out = append(out, c.Text)
		}
	}
	return out
}

// form is the table of applications of the fictional report in the generated files.
var form = struct {
	labels []string // of the 25 rows
	groups map[int]string
}{
	labels: []string{
		"一、本年新收政府信息公开申请数量", "二、上年结转政府信息公开申请数量",
		"（一）予以公开", "（二）部分公开（区分处理的，只计这一情形，不计其他情形）",
		"1.属于国家秘密", "2.其他法律行政法规禁止公开", "3.危及“三安全一稳定”", "4.保护第三方合法权益",
		"5.属于三类内部事务信息", "6.属于四类过程性信息", "7.属于行政执法案卷", "8.属于行政查询事项",
		"1.本机关不掌握相关政府信息", "2.没有现成信息需要另行制作", "3.补正后申请内容仍不明确",
		"1.信访举报投诉类申请", "2.重复申请", "3.要求提供公开出版物", "4.无正当理由大量反复申请",
		"5.要求行政机关确认或重新出具已获取信息",
		"1.申请人无正当理由逾期不补正、行政机关不再处理其政府信息公开申请",
		"2.申请人逾期未按收费通知要求缴纳费用、行政机关不再处理其政府信息公开申请", "3.其他",
		"（七）总计", "四、结转下年度继续办理",
	},
	groups: map[int]string{4: "（三）不予公开", 12: "（四）无法提供", 15: "（五）不予处理", 20: "（六）其他处理"},
}

// formValue is what the generated files hold in row r, column c of that table.
func formValue(r, c int, blank ...int) string {
	if slices.Contains(blank, c) {
		return ""
	}
	m := 1300
	if (r+c)%3 != 0 {
		m = 9
	}
	return strconv.Itoa((r*37 + c*11) % m)
}

// checkForm compares the last 25 rows of a grid with the form: every label and all 25 × 7 values.
func checkForm(t *testing.T, g *docio.Grid, empty []int, blank ...int) {
	t.Helper()
	if g.Rows != 28 || g.Cols != 10 {
		t.Fatalf("table is %d × %d, want 28 × 10", g.Rows, g.Cols)
	}
	for r, label := range form.labels {
		want := []string{}
		if r == 2 {
			want = append(want, "三、本年度办理结果")
		}
		if group, ok := form.groups[r]; ok {
			want = append(want, group)
		}
		want = append(want, label)
		for c := range 7 {
			if slices.Contains(empty, r) {
				want = append(want, "")
				continue
			}
			want = append(want, formValue(r, c, blank...))
		}
		if diff := cmp.Diff(want, row(g, r+3)); diff != "" {
			t.Errorf("row %d (-want +got):\n%s", r+1, diff)
		}
	}
	checkSpans(t, g)
}

// checkSpans checks that the label of the results reaches over its 22 rows and each group over its own.
func checkSpans(t *testing.T, g *docio.Grid) {
	t.Helper()
	if c := g.At(26, 0); c == nil || c.Row != 5 || c.RowSpan != 22 {
		t.Errorf("label of results: %+v, want rows 5 to 26", c)
	}
	for first, rows := range map[int]int{4: 8, 12: 3, 15: 5, 20: 3} {
		if c := g.At(first+3+rows-1, 1); c == nil || c.Row != first+3 || c.RowSpan != rows {
			t.Errorf("group of row %d: %+v, want %d rows", first, c, rows)
		}
	}
}

func TestBorderedTables(t *testing.T) {
	tests := []struct {
		file  string
		blank []int
	}{
		{"chromium_bordered.pdf", nil},
		{"chromium_header_repeated.pdf", nil},
		{"chromium_blank_columns.pdf", []int{2, 3}},
		{"office_rows_cut.pdf", nil},
	}
	for _, tt := range tests {
		t.Run(tt.file, func(t *testing.T) {
			got := grids(readFile(t, tt.file))
			if len(got) != 3 {
				t.Fatalf("%d grids, want 3", len(got))
			}
			want := []string{"行政事业性收费", "7730.2856"}
			if diff := cmp.Diff(want, row(got[0], 13)); diff != "" {
				t.Errorf("table 2, last row (-want +got):\n%s", diff)
			}
			checkForm(t, got[1], nil, tt.blank...)
			checkCases(t, got[2], 3)
		})
	}
}

func TestRunningText(t *testing.T) {
	var got []string
	for _, b := range readFile(t, "office_rows_cut.pdf").Blocks {
		if b.Grid == nil {
			got = append(got, b.Text)
		}
	}
	want := []string{
		"云梦泽市人民政府2023年政府信息公开工作年度报告",
		"根据《中华人民共和国政府信息公开条例》（以下简称《条例》）第五十条的规定，现公布云梦泽市人民政府2023年政府信息公开工作年度报告。" +
			"本报告所列数据的统计期限自2023年1月1日起至12月31日止。联系电话：0379-00000000，电子邮箱：ym@example.org。经办人：𠮷䶮。",
		"一、总体情况",
		"2023年，云梦泽市人民政府认真贯彻落实《条例》，主动公开政府信息1,136条，办理Internet申请21件，均在法定期限内答复，" +
			"未发生因政府信息公开引起的纠纷，公开质量稳步提升。",
		"（一）主动公开。发布规章与规范性文件若干。",
		"二、主动公开政府信息情况",
		"三、收到和处理政府信息公开申请情况",
		"四、政府信息公开行政复议、行政诉讼情况",
		"五、存在的主要问题及改进情况",
		"公开内容的深度和广度还有待提升，下一步将梳理重点领域，完善工作机制。",
		"六、其他需要报告的事项",
		"全年收取政府信息公开信息处理费0元。",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestPublishedReportOverFivePages(t *testing.T) {
	doc := readFile(t, "hongze_2023.pdf")
	got := grids(doc)
	if len(got) != 3 {
		t.Fatalf("%d grids, want 3", len(got))
	}
	var numbers [][]string
	for _, g := range got {
		for r := range g.Rows {
			var line []string
			for _, text := range row(g, r) {
				if numeric(text) {
					line = append(line, text)
				}
			}
			if len(line) > 0 {
				numbers = append(numbers, line)
			}
		}
	}
	want := [][]string{{"0", "0", "0"}, {"0", "5", "5"}, {"550"}, {"4119"}, {"195"}, {"7730.28"}}
	for _, n := range []int{21, 0, 0, 4, 1, 0, 0, 0, 0, 1, 1, 0, 10, 3, 0, 1, 0, 0, 0, 0, 0, 21, 0} {
		s := strconv.Itoa(n)
		want = append(want, []string{s, "0", "0", "0", "0", "0", s})
	}
	want = append(want, []string{"10", "1", "0", "0", "0", "0", "0", "0", "0", "0", "5", "0", "0", "0", "0"})
	if diff := cmp.Diff(want, numbers); diff != "" {
		t.Errorf("numbers (-want +got):\n%s", diff)
	}
	if c := got[1].At(24, 0); c == nil || c.Text != "三、本年度办理结果" || c.RowSpan != 20 {
		t.Errorf("label set vertically: %+v", c)
	}
	if n := len(doc.Blocks); n != 20 {
		t.Errorf("%d blocks, want 20", n)
	}
}

// Tables whose columns are only white space apart: labels beside the middle, the first or the last line of which the
// numbers stand, blank columns and blank rows, headers printed again, rules between rows only.
func TestTablesWithoutBorders(t *testing.T) {
	tests := []struct {
		file  string
		blank []int // columns
		empty []int // rows
	}{
		{"plain_middle.pdf", nil, nil},
		{"plain_blank_columns.pdf", []int{2, 3, 4}, nil},
		{"plain_header_repeated.pdf", nil, nil},
		{"plain_rules_between_rows.pdf", nil, nil},
		{"plain_stacked_label.pdf", []int{0, 1}, nil},
		{"plain_blank_rows.pdf", nil, []int{3, 4, 6, 17, 24}},
	}
	for _, tt := range tests {
		t.Run(tt.file, func(t *testing.T) {
			got := grids(readFile(t, tt.file))
			if len(got) != 2 {
				t.Fatalf("%d grids, want those of tables 3 and 4", len(got))
			}
			checkForm(t, got[0], tt.empty, tt.blank...)
			head := []string{
				"（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）", "", "",
				"自然人", "商业企业", "科研机构", "社会公益组织", "法律服务机构", "其他", "总计",
			}
			if diff := cmp.Diff(head, row(got[0], 2)); diff != "" {
				t.Errorf("header (-want +got):\n%s", diff)
			}
			checkCases(t, got[1], 2)
		})
	}
}

// What is not certain comes as it stands, with every value of its row in order.
func TestUncertainTableIsNoGrid(t *testing.T) {
	doc := readFile(t, "office_plain_rows_cut.pdf")
	var lines []string
	for _, b := range doc.Blocks {
		if b.Grid != nil && b.Grid.Cols != 15 {
			t.Errorf("a grid of %d columns was made up", b.Grid.Cols)
		}
		if b.Verbatim {
			lines = append(lines, b.Text)
		}
	}
	text := strings.Join(lines, "\n")
	for r := range form.labels {
		var want []string
		for c := range 7 {
			want = append(want, formValue(r, c))
		}
		pattern := `(?m)(^|\s)` + strings.Join(want, `\s+`) + `$`
		if !regexp.MustCompile(pattern).MatchString(text) {
			t.Errorf("row %d: %v is on no line", r+1, want)
		}
	}
}

func TestTableOfFewColumnsKeepsItsPlaces(t *testing.T) {
	var got []string
	for _, b := range readFile(t, "plain_middle.pdf").Blocks {
		if b.Verbatim {
			got = append(got, strings.Join(strings.Fields(b.Text), " "))
		}
	}
	want := []string{
		"第二十条第（一）项", "信息内容 本年制发件数 本年废止件数 现行有效件数", "规章 1 0 12", "行政规范性文件 7 3 85",
		"第二十条第（五）项", "信息内容 本年处理决定数量", "行政许可 13550",
		"第二十条第（六）项", "信息内容 本年处理决定数量", "行政处罚 4119", "行政强制 195",
		"第二十条第（八）项", "信息内容 本年收费金额（单位：万元）", "行政事业性收费 7730.2856",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func checkCases(t *testing.T, g *docio.Grid, r int) {
	t.Helper()
	want := []string{"0", "7", "1", "8", "2", "9", "3", "10", "4", "11", "5", "12", "6", "0", "7"}
	if diff := cmp.Diff(want, row(g, r)); diff != "" {
		t.Errorf("table 4 (-want +got):\n%s", diff)
	}
}
