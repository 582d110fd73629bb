package intake_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/gongkai/gongkai/internal/docio"
	"github.com/gongkai/gongkai/internal/intake"
	"github.com/gongkai/gongkai/internal/report"
)

const reports = "../../testdata/reports/"

// expected is a hand-checked report beside the published file.
type expected struct {
	Year   int            `json:"year"`
	Files  []string       `json:"files"`
	Table2 map[string]any `json:"table2"`
	Table3 struct {
		Rows [][]any `json:"rows"`
	} `json:"table3"`
	Table4 []any `json:"table4"`
}

// rows2 are the names of the rows of table 2 in the expected files, in the order of the form.
var rows2 = map[report.FormatID][]string{
	report.Format2021: {"规章", "行政规范性文件", "行政许可", "行政处罚", "行政强制", "行政事业性收费_万元"},
	report.Format2019: {"规章", "规范性文件", "行政许可", "其他对外管理服务事项", "行政处罚", "行政强制", "行政事业性收费", "政府集中采购"},
}

type score struct{ right, open, doubted, wrong int }

func (s *score) add(o score) {
	s.right += o.right
	s.open += o.open
	s.doubted += o.doubted
	s.wrong += o.wrong
}

// TestAccuracy reads every published report that has a hand-checked file beside it and prints how the cells compare. No number
// may be wrong without a doubt, and 99 of 100 must be right.
func TestAccuracy(t *testing.T) {
	files, err := filepath.Glob(reports + "*.expected.json")
	if err != nil || len(files) < 10 {
		t.Fatalf("expected files: %d, %v", len(files), err)
	}
	var all score
	fmt.Printf("%-42s %6s %6s %6s %6s\n", "file", "right", "open", "doubt", "WRONG")
	for _, f := range files {
		raw, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		var want expected
		err = json.Unmarshal(raw, &want)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(f, "001.") {
			want.Files = append(want.Files, "001_huaian_hongze_2023.pdf")
		}
		for _, name := range want.Files {
			rep, err := intake.ReadFile(t.Context(), reports+name, docio.Limits{})
			if err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			if rep.Year != want.Year {
				t.Errorf("%s: year %d, want %d", name, rep.Year, want.Year)
			}
			s := want.judge(t, name, rep)
			all.add(s)
			fmt.Printf("%-42s %6d %6d %6d %6d\n", name, s.right, s.open, s.doubted, s.wrong)
		}
	}
	total := all.right + all.open + all.doubted + all.wrong
	fmt.Printf("%-42s %6d %6d %6d %6d   %.2f%% right\n", "all", all.right, all.open, all.doubted, all.wrong, 100*float64(all.right)/float64(total))
	if all.wrong > 0 {
		t.Errorf("%d numbers are wrong without a doubt", all.wrong)
	}
	if all.right*100 < total*99 {
		t.Errorf("%d of %d cells right", all.right, total)
	}
}

func (e *expected) judge(t *testing.T, name string, rep *report.Report) (s score) {
	judge := func(tab *report.Table, i, j int, want any) {
		if tab == nil || i >= len(tab.Spec.Rows) || j >= len(tab.Spec.Rows[i].Fields) {
			t.Errorf("%s: no cell for row %d, field %d", name, i, j)
			s.wrong++
			return
		}
		path, c := tab.Spec.Path(i, j), tab.At(i, j)
		got := "null"
		if c.IsNumber() {
			got = c.Text(tab.Spec.Rows[i].Fields[j].Unit)
		}
		switch w := plain(want); {
		case got == w:
			s.right++
		case rep.Doubted(path) && got == "null":
			s.open++
		case rep.Doubted(path):
			s.doubted++
		default:
			s.wrong++
			t.Errorf("%s: %s is %s, want %s, and not doubted", name, path, got, w)
		}
	}
	for i, row := range e.Table3.Rows {
		for j, v := range row {
			judge(rep.Table3, i, j, v)
		}
	}
	for i, v := range e.Table4 {
		judge(rep.Table4, i/report.Columns4, i%report.Columns4, v)
	}
	for i, row := range rows2[rep.Format] {
		switch v := e.Table2[row].(type) {
		case []any:
			for j, w := range v {
				judge(rep.Table2, i, j, w)
			}
		case float64:
			judge(rep.Table2, i, 0, v)
		}
	}
	return s
}

// plain writes an expected value as a cell prints it.
func plain(v any) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	default:
		return fmt.Sprint(v)
	}
}

// TestReportsWithoutExpectedFile reads the excerpts: what they hold is told in their names and in the README beside them.
func TestReportsWithoutExpectedFile(t *testing.T) {
	tests := []struct {
		file   string
		year   int
		agency string
		format report.FormatID
		cells  map[string]string
	}{
		{"019_pingtan_2018.txt", 2018, "平潭综合实验区", report.FormatOlder, nil},
		{"023_ylq_tongjiju_2023.txt", 2023, "区统计局", report.Format2021, map[string]string{
			"table2.regulations.issued": "/", "table3.new_received.total": "0", "table3.new_received.business": ""}},
		{"026_yanta_tongjiju_2019.txt", 2019, "", report.Format2019, map[string]string{"table2.licences.previous": "0", "table3.granted.total": "0"}},
		{"027_huichang_zhongcun_2020.txt", 2020, "中村乡", report.Format2019, map[string]string{
			"table2.normative_documents.total": "5", "table2.procurement.projects": "1", "table2.procurement.amount": "8040"}},
		{"029_zhashui_fenghuang_2021.txt", 2021, "", report.Format2021, map[string]string{"table2.enforcements": "0"}},
		{"031_beijing_shenjiju_flipbook_2020.txt", 2020, "", report.Format2021, map[string]string{
			"table3.carried_out.total": "0", "table4.review.upheld": "0", "table4.litigation_after_review.total": "0"}},
		{"032_wuhan_shengtai_2020.txt", 2020, "", report.Format2019, map[string]string{
			"table2.normative_documents.total": "19", "table2.other_services.previous": "117", "table2.enforcements.decisions": "-"}},
		{"035_cangzhou_qixiang_2021.txt", 2021, "河北省沧州市气象局", report.Format2021, map[string]string{"table3.denied.security_stability.total": "0"}},
		{"036_xixian_dizhang_2023.txt", 2023, "西咸新区底张街道办事处", report.Format2019, map[string]string{"table2.licences.decisions": "0"}},
		{"037_gongzhuling_danganju_2021.txt", 2021, "公主岭市档案局", report.Format2019, map[string]string{"table2.procurement.projects": "0"}},
		{"039_tianjin_hongqiao_zhengwu_2022.txt", 2022, "", report.Format2021, map[string]string{
			"table2.licences": "1517", "table3.new_received.other": "3", "table3.granted.total": "4"}},
		{"041_yanliang_xinfang_2021.txt", 2021, "阎良区信访局", report.Format2021, map[string]string{"table2.enforcements": "", "table2.penalties": "0"}},
		{"042_wanzhou_guizi_2020.txt", 2020, "重庆市万州区规划和自然资源局", report.Format2019, map[string]string{
			"table2.licences.change": "-2", "table2.other_services.decisions": "14397"}},
		{"043_kangle_shangwan_2019.txt", 2019, "上湾乡人民政府", report.Format2019, map[string]string{"table2.procurement.amount": "152790元"}},
		{"044_unknown_zhen_2019.txt", 2019, "", report.Format2019, map[string]string{"table2.normative_documents.made": "15", "table3.partial.total": "0"}},
		{"047_hunnan_guozi_2022.txt", 2022, "区政府国资局", report.Format2021, nil},
		{"048_panjin_mirror_2021.txt", 2021, "", report.Format2021, map[string]string{"table2.regulations.repealed": "0", "table2.fees_wan_yuan": "0"}},
		{"050_huaian_ziran_narrative_2021.txt", 2021, "", report.Format2021, nil},
		{"052_suqian_2025.fragment.txt", 2025, "宿迁市", report.Format2021, map[string]string{
			"table2.regulations.in_force": "15", "table3.new_received.total": "3830", "table4.litigation_after_review.total": "38"}},
		{"053_shanghai_dapuqiao_2025.fragment.txt", 2025, "上海市黄浦区人民政府打浦桥街道", report.Format2021, map[string]string{
			"table3.new_received.natural_person": "19", "table4.review.total": "4", "table4.litigation_after_review.total": "2"}},
	}
	for _, tt := range tests {
		t.Run(tt.file, func(t *testing.T) {
			rep, err := intake.ReadFile(t.Context(), reports+tt.file, docio.Limits{})
			if err != nil {
				t.Fatal(err)
			}
			if rep.Year != tt.year || rep.Agency != tt.agency || rep.Format != tt.format {
				t.Errorf("year %d, agency %q, format %s; want %d, %q, %s", rep.Year, rep.Agency, rep.Format, tt.year, tt.agency, tt.format)
			}
			if tt.cells == nil && len(rep.Tables()) > 0 {
				t.Errorf("found %d tables in a file that has none", len(rep.Tables()))
			}
			for path, want := range tt.cells {
				c, u := rep.Cell(path)
				if c == nil || c.Text(u) != want {
					t.Errorf("%s is %v, want %q", path, c, want)
				}
			}
		})
	}
}

// TestMissingTablesAreNoZeros: a file whose tables are pictures says so for each of them.
func TestMissingTablesAreNoZeros(t *testing.T) {
	rep, err := intake.ReadFile(t.Context(), reports+"047_hunnan_guozi_2022.txt", docio.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"table2", "table3", "table4"} {
		if !rep.Doubted(path) {
			t.Errorf("no doubt about %s", path)
		}
	}
}
