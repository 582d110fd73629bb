package checks

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gongkai/gongkai/internal/report"
)

// told is what a test looks at in a finding.
type told struct {
	Rule, Path       string
	Expected, Actual any
}

func tell(res Result, rules ...string) []told {
	var out []told
	for _, rule := range rules {
		for _, f := range of(res, rule) {
			out = append(out, told{f.Rule, f.Path, f.Expected, f.Actual})
		}
	}
	return out
}

func TestSumsOnPublishedFigures(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		want []told
	}{
		{"004", nil},
		{"011", nil},
		{"001", []told{{"K5", "table4.review", int64(11), int64(0)}, {"K5", "table4.litigation_after_review", int64(5), int64(0)}}},
		{"013", []told{{"K3", "table3.natural_person", int64(26), int64(20)}, {"K3", "table3.total", int64(27), int64(21)}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			res := Run(&Input{Report: figures(t, tt.name)})
			if d := cmp.Diff(tt.want, tell(res, "K1", "K2", "K3", "K5")); d != "" {
				t.Errorf("findings (-want +got):\n%s", d)
			}
		})
	}
}

// The figures that real reports state in their text, put into the table.
func TestSumsOnStatedFigures(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name                      string
		fresh, in, out            int64
		granted, partial, refused int64
		want                      []told
	}{
		{"硚口区 2025: 78+3 against 75+3", 78, 3, 3, 75, 0, 0, []told{{"K1", "table3.natural_person", int64(81), int64(78)}, {"K1", "table3.total", int64(81), int64(78)}}},
		{"东宝区 2024: 30+1 = 24+7", 30, 1, 7, 24, 0, 0, nil},
		{"抚宁区 2025: 20 = 19+1", 20, 0, 1, 19, 0, 0, nil},
		{"兴安盟行署办 2025: 24 = 4+19+1", 23, 1, 1, 4, 19, 0, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := zeros(report.Format2021)
			for _, col := range []string{"natural_person", "total"} {
				set(t, r, "table3.new_received."+col, tt.fresh)
				set(t, r, "table3.carried_in."+col, tt.in)
				set(t, r, "table3.carried_out."+col, tt.out)
				set(t, r, "table3.granted."+col, tt.granted)
				set(t, r, "table3.partial."+col, tt.partial)
				set(t, r, "table3.denied.third_party."+col, tt.refused)
				set(t, r, "table3.total."+col, tt.granted+tt.partial+tt.refused)
			}
			if d := cmp.Diff(tt.want, tell(Run(&Input{Report: r}), "K1", "K2", "K3", "K5")); d != "" {
				t.Errorf("findings (-want +got):\n%s", d)
			}
		})
	}
}

// 洋河新区 2025: opposite errors cancel in 总计, and only the columns show them.
func TestOppositeErrorsCancel(t *testing.T) {
	t.Parallel()
	r := zeros(report.Format2021)
	for path, n := range map[string]int64{
		"new_received.natural_person": 60, "new_received.other": 1, "new_received.business": 1, "new_received.total": 62,
		"granted.natural_person": 61, "granted.business": 1, "granted.total": 62,
		"total.natural_person": 61, "total.business": 1, "total.total": 62,
	} {
		set(t, r, "table3."+path, n)
	}
	want := []told{{"K1", "table3.natural_person", int64(60), int64(61)}, {"K1", "table3.other", int64(1), int64(0)}}
	if d := cmp.Diff(want, tell(Run(&Input{Report: r}), "K1", "K2", "K3")); d != "" {
		t.Errorf("findings (-want +got):\n%s", d)
	}
}

func TestSumsOverGaps(t *testing.T) {
	t.Parallel()
	r := figures(t, "001")
	for _, col := range []string{"business", "research", "public_welfare", "legal_service"} {
		for _, row := range r.Table3.Spec.Rows {
			*cellAt(t, r, "table3."+row.Key+"."+col) = report.Cell{Kind: report.Blank}
		}
	}
	res := Run(&Input{Report: r})
	if got, want := unknownOf(res, "K1"), 4; got != want {
		t.Errorf("K1 not assessable: got %d, want %d", got, want)
	}
	if got, want := unknownOf(res, "K2"), len(r.Table3.Spec.Rows); got != want {
		t.Errorf("K2 not assessable: got %d, want %d", got, want)
	}
	if got := tell(res, "K1", "K2", "K3"); len(got) != 0 {
		t.Errorf("blank cells gave findings: %v", got)
	}
	set(t, r, "table3.partial.natural_person", 5)
	want := []told{{"K2", "table3.partial", int64(5), int64(4)}, {"K3", "table3.natural_person", int64(22), int64(21)}}
	if d := cmp.Diff(want, tell(Run(&Input{Report: r}), "K1", "K2", "K3")); d != "" {
		t.Errorf("filled cells exceed the total (-want +got):\n%s", d)
	}
}

func TestOnlyTotalsFilled(t *testing.T) {
	t.Parallel()
	r := figures(t, "004")
	for i := range r.Table3.Cells {
		if i%report.Columns3 != report.ColTotal {
			r.Table3.Cells[i] = report.Cell{Kind: report.Slash}
		}
	}
	set(t, r, "table3.carried_out.total", 100)
	want := []told{{"K1", "table3.total", int64(3607), int64(3586)}}
	if d := cmp.Diff(want, tell(Run(&Input{Report: r}), "K1", "K2", "K3")); d != "" {
		t.Errorf("findings (-want +got):\n%s", d)
	}
}

func TestDoubtIsNoEvidence(t *testing.T) {
	t.Parallel()
	r := figures(t, "004")
	r.Doubt("table3.new_received", "数字连在一起", "")
	res := Run(&Input{Report: r})
	if got, want := unknownOf(res, "K1"), 7; got != want {
		t.Errorf("K1 with row 一 in doubt: %d not assessable, want %d", got, want)
	}
	if got, want := unknownOf(res, "K2"), 1; got != want {
		t.Errorf("K2 with row 一 in doubt: %d not assessable, want %d", got, want)
	}
	set(t, r, "table3.new_received.natural_person", 3401)
	res = Run(&Input{Report: r})
	for _, rule := range []string{"K1", "K2"} {
		got := of(res, rule)
		if len(got) != 1 || !strings.Contains(got[0].Message, "存疑") {
			t.Errorf("%s: a broken relation over a doubt must name it: %+v", rule, got)
		}
	}
}

func TestTablesThatAreNotThere(t *testing.T) {
	t.Parallel()
	res := Run(&Input{Report: &report.Report{Format: report.Format2021}})
	for _, rule := range []string{"K1", "K2", "K3", "K4", "K5"} {
		if unknownOf(res, rule) != 1 || len(of(res, rule)) != 0 {
			t.Errorf("%s: want exactly one not assessable and no finding", rule)
		}
	}
	if res := Run(&Input{Report: &report.Report{Format: report.FormatOlder}}); len(of(res, "K1")) != 0 || unknownOf(res, "K1") != 1 {
		t.Error("an older format must be not assessable")
	}
	if res := Run(nil); !res.OK() {
		t.Error("no report, no error")
	}
}

func TestCarryOver(t *testing.T) {
	t.Parallel()
	prev := figures(t, "004")
	r := figures(t, "004")
	r.Year = 2024
	for col := range report.Columns3 {
		*r.Table3.Get("carried_in", col) = *prev.Table3.Get("carried_out", col)
	}
	in := &Input{Report: r, Previous: prev}
	if got := tell(Run(in), "K4"); len(got) != 0 {
		t.Errorf("sound carry-over: %v", got)
	}
	set(t, r, "table3.carried_in.natural_person", 117)
	want := []told{{"K4", "table3.carried_in.natural_person", int64(118), int64(117)}}
	if d := cmp.Diff(want, tell(Run(in), "K4")); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	prev.Agency = "另一个局"
	if res := Run(in); unknownOf(res, "K4") != 1 || len(of(res, "K4")) != 0 {
		t.Error("another agency's report must not be compared")
	}
	in.SameAgency = true
	if got := of(Run(in), "K4"); len(got) != 1 {
		t.Errorf("the caller vouches for the agency: %v", got)
	}
	in.SameAgency, prev.Agency, prev.Year = false, r.Agency, 2022
	if res := Run(in); unknownOf(res, "K4") != 1 {
		t.Error("a report of two years ago must not be compared")
	}
}

func TestSameAgency(t *testing.T) {
	t.Parallel()
	tests := []struct {
		a, b string
		want bool
	}{
		{"洪泽区人民政府", "淮安市洪泽区人民政府", true},
		{"宿迁市", "宿迁市人民政府", true},
		{"宿迁市教育局", "宿迁市财政局", false},
		{"教育局", "宿迁市教育局", false},
		{"示例市 教育局", "示例市教育局", true},
	}
	for _, tt := range tests {
		if got := sameAgency(tt.a, tt.b); got != tt.want {
			t.Errorf("sameAgency(%q, %q) = %v, want %v", tt.a, tt.b, got, tt.want)
		}
	}
}
