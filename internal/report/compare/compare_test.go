package compare

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/gongkai/gongkai/internal/report"
	"github.com/gongkai/gongkai/internal/testkit/sample"
)

func find(t *testing.T, c Comparison, path string) Cell {
	t.Helper()
	for _, tab := range c.Tables {
		for _, cell := range tab.Cells {
			if cell.Path == path {
				return cell
			}
		}
	}
	t.Fatalf("no cell %s", path)
	return Cell{}
}

func pairOf(t *testing.T, a, b report.FormatID, opts ...sample.Options) (*report.Report, *report.Report) {
	t.Helper()
	oa, ob := sample.Options{Scale: sample.Medium, Year: 2022, Agency: "虚构市统计局"}, sample.Options{Scale: sample.Medium, Year: 2023, Agency: "虚构市统计局"}
	if len(opts) > 0 {
		ob.Merged = opts[0].Merged
	}
	return sample.New(1, a, oa), sample.New(2, b, ob)
}

func TestCellStates(t *testing.T) {
	slash, blank, zero := report.Cell{Kind: report.Slash}, report.Cell{Kind: report.Blank}, report.Num(0)
	tests := []struct {
		name string
		a, b report.Cell
		want State
		diff string
	}{
		{"same number", report.Num(5), report.Num(5), Same, "0"},
		{"more", report.Num(5), report.Num(12), Changed, "+7"},
		{"less", report.Num(12), report.Num(5), Changed, "-7"},
		{"zero is not blank", zero, blank, Changed, ""},
		{"blank is not zero", blank, zero, Changed, ""},
		{"blank is not a stroke", blank, slash, Changed, ""},
		{"blank stays blank", blank, blank, Same, ""},
		{"absent is not blank", report.Cell{}, blank, Changed, ""},
		{"other words", report.Cell{Kind: report.Words, Raw: "无"}, report.Cell{Kind: report.Words, Raw: "不适用"}, Changed, ""},
		{"the remark changed", report.Cell{Kind: report.Number, N: 22, Note: "（其中修订16件）"}, report.Num(22), Changed, "0"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a, b := pairOf(t, report.Format2021, report.Format2021)
			*a.Table3.Get("granted", 0), *b.Table3.Get("granted", 0) = tt.a, tt.b
			got := find(t, Reports(a, b), "table3.granted.natural_person")
			if got.State != tt.want || got.Difference.String() != tt.diff {
				t.Errorf("got %s %q, want %s %q", got.State, got.Difference, tt.want, tt.diff)
			}
		})
	}
}

func TestMoneyIsExact(t *testing.T) {
	a, b := pairOf(t, report.Format2021, report.Format2021)
	*a.Table2.Get("fees_wan_yuan", 0) = report.Cell{Kind: report.Number, N: 24252_311082, Decimals: 6}
	*b.Table2.Get("fees_wan_yuan", 0) = report.Cell{Kind: report.Number, N: 5949_088667, Decimals: 6}
	c := find(t, Reports(a, b), "table2.fees_wan_yuan")
	if got := c.Difference.String(); got != "-18303.222415万元" {
		t.Error(got)
	}
	raw, err := json.Marshal(c.Difference)
	if err != nil || string(raw) != `"-18303.222415"` {
		t.Errorf("%s %v", raw, err)
	}
}

func TestAmounts(t *testing.T) {
	for _, tt := range []struct {
		a, b string
		want State
		diff string
	}{
		{"251000元", "25.1万元", Same, "0元"},
		{"251000元", "251000.50元", Changed, "+0.50元"},
		{"8040", "8040", Same, ""},
		{"8040", "9000", Changed, ""},
		{"8040", "8040元", Changed, ""},
	} {
		a, b := pairOf(t, report.Format2019, report.Format2019)
		*a.Table2.Get("procurement", 1), *b.Table2.Get("procurement", 1) = report.ParseAmount(tt.a), report.ParseAmount(tt.b)
		got := find(t, Reports(a, b), "table2.procurement.amount")
		if got.State != tt.want || got.Difference.String() != tt.diff {
			t.Errorf("%s and %s: %s %q, want %s %q", tt.a, tt.b, got.State, got.Difference, tt.want, tt.diff)
		}
	}
}

func TestAcrossFormats(t *testing.T) {
	a, b := pairOf(t, report.Format2019, report.Format2021)
	for c, n := range []int64{2, 3, 4} {
		*b.Table3.Get([]string{"other.correction_overdue", "other.fee_overdue", "other.other"}[c], 0) = report.Num(n)
	}
	*a.Table3.Get("other", 0) = report.Num(7)
	got := Reports(a, b)
	if got.Tables[0].State != Incomparable || len(got.Tables[0].Cells) != 0 || got.Tables[0].Why == "" {
		t.Errorf("table 2 of two formats: %+v", got.Tables[0])
	}
	c := find(t, got, "table3.other.natural_person")
	if c.B.N != 9 || c.Difference.N != 2 || c.Why == "" {
		t.Errorf("other against its sub-rows: %+v", c)
	}
	if s := find(t, got, "table3.other.fee_overdue.natural_person"); s.State != OnlyB || s.A.Kind != report.Absent {
		t.Errorf("sub-row: %+v", s)
	}
	if n := len(got.Tables[1].Cells); n != 26*7 {
		t.Errorf("%d cells in table 3", n)
	}
	back := Reports(b, a)
	if c := find(t, back, "table3.other.natural_person"); c.A.N != 9 || c.Difference.N != -2 {
		t.Errorf("the other way round: %+v", c)
	}
	*b.Table3.Get("other.fee_overdue", 0) = report.Cell{Kind: report.Blank}
	if c := find(t, Reports(a, b), "table3.other.natural_person"); c.State != Incomparable || c.Difference.Known {
		t.Errorf("a blank sub-row must leave the sum open: %+v", c)
	}
	if len(got.Notes) == 0 || !strings.Contains(got.Notes[0], "格式不同") {
		t.Errorf("notes %v", got.Notes)
	}
}

func TestMissingTable(t *testing.T) {
	a, b := pairOf(t, report.Format2021, report.Format2021)
	b.Table4 = nil
	got := Reports(a, b).Tables[2]
	if got.State != OnlyA || len(got.Cells) != 15 || got.Cells[0].State != OnlyA || got.Cells[0].B.Kind != report.Absent {
		t.Errorf("%+v", got)
	}
	if len(Reports(&report.Report{}, &report.Report{}).Tables) != 0 {
		t.Error("tables out of nothing")
	}
}

func TestDoubtIsShown(t *testing.T) {
	a, b := pairOf(t, report.Format2021, report.Format2021)
	b.Doubt("table3.granted", "数字粘连", "")
	c := Reports(a, b)
	if x := find(t, c, "table3.granted.total"); x.A.Doubted || !x.B.Doubted {
		t.Errorf("%+v", x)
	}
	if !strings.Contains(c.Text(), "存疑") {
		t.Error("the text does not say so")
	}
}

func TestChangedSentence(t *testing.T) {
	a := &report.Report{Sections: []report.Section{{No: 1, Title: "总体情况", Text: "全年公开信息12条。工作平稳。\n下一步继续努力。"}}}
	b := &report.Report{Sections: []report.Section{{No: 1, Title: "总体情况", Text: "全年公开信息135条。工作平稳。\n新增一项任务。"}}}
	s := Reports(a, b).Sections[0]
	want := []Change{
		{Op: Replace, Runs: []Run{{Equal, "全年公开信息"}, {Delete, "12"}, {Insert, "135"}, {Equal, "条。"}}},
		{Op: Equal, Runs: []Run{{Equal, "工作平稳。\n"}}},
		{Op: Delete, Runs: []Run{{Delete, "下一步继续努力。"}}},
		{Op: Insert, Runs: []Run{{Insert, "新增一项任务。"}}},
	}
	if diff := cmp.Diff(want, s.Changes); diff != "" {
		t.Error(diff)
	}
	if s.SentencesB != 3 || s.Identical != 1 || s.Share != 0.333 {
		t.Errorf("%d of %d, %v", s.Identical, s.SentencesB, s.Share)
	}
	text := Reports(a, b).Text()
	for _, piece := range []string{"改　全年公开信息【删：12】【增：135】条。", "删　下一步继续努力。", "增　新增一项任务。", "3句中有1句"} {
		if !strings.Contains(text, piece) {
			t.Errorf("%q is not in\n%s", piece, text)
		}
	}
}

// A report compared with itself has no difference; the text of both sides can be put together again from the changes.
func TestProperties(t *testing.T) {
	formats := []report.FormatID{report.Format2021, report.Format2019}
	rapid.Check(t, func(t *rapid.T) {
		a := sample.GenLoose(rapid.SampledFrom(formats).Draw(t, "fa")).Draw(t, "a")
		b := sample.GenLoose(rapid.SampledFrom(formats).Draw(t, "fb")).Draw(t, "b")
		if c := Reports(a, a); c.Changes() != 0 || c.Share != 1 {
			t.Fatalf("%d changes to itself, share %v", c.Changes(), c.Share)
		}
		c := Reports(a, b)
		for _, s := range c.Sections {
			wantA, wantB := textOf(a, s.No), textOf(b, s.No)
			if gotA, gotB := rebuilt(s.Changes); gotA != wantA || gotB != wantB {
				t.Fatalf("section %d: %q %q", s.No, gotA, gotB)
			}
		}
		back := Reports(b, a)
		mirror(t, c, back)
		if _, err := json.Marshal(c); err != nil {
			t.Fatal(err)
		}
	})
}

func mirror(t *rapid.T, c, back Comparison) {
	cells := map[string]Cell{}
	for _, tab := range back.Tables {
		for _, x := range tab.Cells {
			cells[x.Path] = x
		}
	}
	for _, tab := range c.Tables {
		for _, x := range tab.Cells {
			y, ok := cells[x.Path]
			if !ok || x.Difference.Known != y.Difference.Known || x.Difference.N != -y.Difference.N || x.A.Kind != y.B.Kind {
				t.Fatalf("%s: %+v and back %+v", x.Path, x, y)
			}
		}
	}
}

func textOf(r *report.Report, no int) string {
	if no == 0 {
		return r.Preamble
	}
	if s := r.Section(no); s != nil {
		return s.Text
	}
	return ""
}

func rebuilt(changes []Change) (a, b string) {
	var x, y strings.Builder
	for _, c := range changes {
		for _, r := range c.Runs {
			if r.Op != Insert {
				x.WriteString(r.Text)
			}
			if r.Op != Delete {
				y.WriteString(r.Text)
			}
		}
	}
	return x.String(), y.String()
}

func TestStableJSON(t *testing.T) {
	a, b := pairOf(t, report.Format2021, report.Format2021)
	first, err := json.Marshal(Reports(a, b))
	if err != nil {
		t.Fatal(err)
	}
	second, err := json.Marshal(Reports(a, b))
	if err != nil || string(first) != string(second) {
		t.Errorf("two encodings differ (%v)", err)
	}
	for _, key := range []string{`"schema":"gongkai.compare/v1"`, `"heads":[`, `"difference":`, `"kind":"number"`, `"changes":[`} {
		if !strings.Contains(string(first), key) {
			t.Errorf("%s is missing", key)
		}
	}
	if strings.Contains(string(first), ":null,\"sections\"") {
		t.Error("a list is null")
	}
}

func TestSentencesKeepEverything(t *testing.T) {
	for text, want := range map[string][]string{
		"":      nil,
		"甲。乙！丙": {"甲。", "乙！", "丙"},
		"他说：“好。”然后走了。\n下一段": {"他说：“好。”", "然后走了。", "\n", "下一段"},
		"一是甲；二是乙。":          {"一是甲；", "二是乙。"},
	} {
		if diff := cmp.Diff(want, sentences(text)); diff != "" {
			t.Errorf("%q: %s", text, diff)
		}
	}
}
