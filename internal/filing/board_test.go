package filing

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gongkai/gongkai/internal/fault"
)

func sum(id, agency string, year int, status Status, doubts int) Summary {
	return Summary{ID: ReportID(id), FileName: id + ".txt", Agency: agency, Year: year, Status: status, Doubts: doubts}
}

// kept is what was handed in, newest first.
var kept = []Summary{
	sum("9", "", 0, Pending, 0),
	sum("8", "", 0, Unreadable, 0),
	sum("7", "", 2025, Sound, 3),
	sum("6", "丙街道办事处", 2025, Sound, 4),
	sum("5", "甲 局", 2025, Broken, 0),
	sum("4", "甲局", 2025, Sound, 0),
	sum("3", "甲局", 2024, Sound, 0),
	sum("2", "示例县人民政府", 2025, Sound, 0),
	sum("1", "丁局", 2024, Sound, 0),
}

var expected = []Agency{{Name: "甲局", Group: "部门"}, {Name: "乙局", Group: "部门"}, {Name: "示例县"}}

// shape writes the rows of a board in words.
func shape(b Board) []string {
	var out []string
	for _, r := range b.Rows {
		line := r.Agency
		for _, c := range r.Cells {
			line += " " + string(c.Status)
			if c.Report != nil {
				line += "=" + string(c.Report.ID) + strings.Repeat("+", c.Version-1)
			}
		}
		out = append(out, line)
	}
	return out
}

func TestBoard(t *testing.T) {
	b := NewBoard(kept, expected, nil, BoardFilter{})
	want := []string{
		"甲局 broken=5+ ok=3",
		"乙局 missing missing",
		"示例县 ok=2 missing",
		"丁局  ok=1",
		"丙街道办事处 doubtful=6 ",
	}
	if d := cmp.Diff(want, shape(b)); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	if got := b.Rows[2].Also; !slices.Equal(got, []string{"示例县人民政府"}) {
		t.Errorf("other writings %v", got)
	}
	counts := BoardCounts{Expected: 3, In: 3, Sound: 1, Doubtful: 1, Broken: 1, Missing: 1, Unreadable: 1, Pending: 1}
	if d := cmp.Diff(counts, b.Counts); d != "" {
		t.Errorf("counts (-want +got):\n%s", d)
	}
	if len(b.Stray) != 3 || b.Kept != 9 || !slices.Equal(b.Years, []int{2025, 2024}) {
		t.Errorf("stray %d, kept %d, years %v", len(b.Stray), b.Kept, b.Years)
	}
}

func TestBoardFilter(t *testing.T) {
	for name, test := range map[string]struct {
		filter BoardFilter
		want   []string
	}{
		"year":         {BoardFilter{Year: 2024}, []string{"甲局 ok=3", "乙局 missing", "示例县 missing", "丁局 ok=1"}},
		"missing":      {BoardFilter{Year: 2024, Status: Missing}, []string{"乙局 missing", "示例县 missing"}},
		"doubtful":     {BoardFilter{Status: Doubtful}, []string{"丙街道办事处 doubtful=6 "}},
		"name":         {BoardFilter{Query: "街 道"}, []string{"丙街道办事处 doubtful=6 "}},
		"other name":   {BoardFilter{Query: "县人民政府"}, []string{"示例县 ok=2 missing"}},
		"file":         {BoardFilter{Query: "6.txt"}, []string{"丙街道办事处 doubtful=6 "}},
		"group":        {BoardFilter{Group: "部门"}, []string{"甲局 broken=5+ ok=3", "乙局 missing missing"}},
		"none":         {BoardFilter{Query: "没有"}, nil},
		"page too far": {BoardFilter{Year: 2024, Status: Sound, Page: 99}, []string{"甲局 ok=3", "丁局 ok=1"}},
	} {
		t.Run(name, func(t *testing.T) {
			if d := cmp.Diff(test.want, shape(NewBoard(kept, expected, nil, test.filter))); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
}

func TestOtherYearsStayWithinReach(t *testing.T) {
	if got := NewBoard(kept, nil, nil, BoardFilter{Year: 2024}).All; !slices.Equal(got, []int{2025, 2024}) {
		t.Errorf("years to choose from: %v", got)
	}
}

func TestBoardPages(t *testing.T) {
	var list []Agency
	for i := range 250 {
		list = append(list, Agency{Name: strings.Repeat("某", i+1)})
	}
	b := NewBoard(nil, list, nil, BoardFilter{Page: 3, Year: 2025})
	if b.Pages != 3 || b.Page != 3 || len(b.Rows) != 50 || b.Total != 250 || b.Counts.Missing != 250 {
		t.Errorf("pages %d, page %d, rows %d, total %d, missing %d", b.Pages, b.Page, len(b.Rows), b.Total, b.Counts.Missing)
	}
}

func TestTwoExpectedOfOneStemStayApart(t *testing.T) {
	all := []Summary{sum("1", "示例县人民政府", 2025, Sound, 0)}
	list := []Agency{{Name: "示例县"}, {Name: "示例县人民政府办公室"}}
	want := []string{"示例县 missing", "示例县人民政府办公室 missing", "示例县人民政府 ok=1"}
	if d := cmp.Diff(want, shape(NewBoard(all, list, nil, BoardFilter{}))); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

func TestParseAgencies(t *testing.T) {
	got, err := ParseAgencies("甲局，部门\n\n 乙局,街道 \n丙局\t学校\n丁局　　医院\n甲 局\n（戊）局\n(戊)局\n")
	if err != nil {
		t.Fatal(err)
	}
	want := []Agency{{"甲局", "部门"}, {"乙局", "街道"}, {"丙局", "学校"}, {"丁局", "医院"}, {"甲 局", ""}, {"（戊）局", ""}}
	want = slices.Delete(want, 4, 5) // 甲 局 is 甲局 again
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	for _, bad := range []string{"，部门", strings.Repeat("长", 200), strings.Repeat("a\nb\nc\n", 1) + "，"} {
		if _, err := ParseAgencies(bad); fault.CodeOf(err) != "agency.name" {
			t.Errorf("%.20q: error %v", bad, err)
		}
	}
}

// TestBoardKnowsWhatAgenciesWere: an agency stands in one row under all its names, one that did not exist is not missing, and
// those that were merged into it are expected in their own years.
func TestBoardKnowsWhatAgenciesWere(t *testing.T) {
	list := []Agency{{Name: "数据局", Group: "部门"}, {Name: "文体局", Group: "部门"}}
	merged := []Then{{Name: "文化局"}, {Name: "体育局"}}
	past := map[int]History{2024: {"文体局": merged}, 2023: {"数据局": {{"审批局", true}}, "文体局": merged}}
	all := []Summary{
		sum("6", "数据局", 2025, Sound, 0), sum("5", "文体局", 2025, Sound, 0), sum("4", "文化局", 2024, Sound, 0),
		sum("3", "审批局", 2023, Sound, 0), sum("2", "文化局", 2023, Broken, 0), sum("1", "体育局", 2023, Sound, 0),
	}
	tests := []struct {
		year     int
		want     []string
		expected int
		missing  int
	}{
		{0, []string{"数据局 ok=6 missing ok=3", "文体局 ok=5  ", "文化局  ok=4 broken=2", "体育局  missing ok=1"}, 2, 0},
		{2025, []string{"数据局 ok=6", "文体局 ok=5"}, 2, 0},
		{2024, []string{"数据局 missing", "文化局 ok=4", "体育局 missing"}, 3, 2},
		{2023, []string{"数据局 ok=3", "文化局 broken=2", "体育局 ok=1"}, 3, 0},
	}
	for _, tt := range tests {
		b := NewBoard(all, list, past, BoardFilter{Year: tt.year})
		if d := cmp.Diff(tt.want, shape(b)); d != "" {
			t.Errorf("%d (-want +got):\n%s", tt.year, d)
		}
		if b.Counts.Expected != tt.expected || b.Counts.Missing != tt.missing {
			t.Errorf("%d: %d expected, %d missing", tt.year, b.Counts.Expected, b.Counts.Missing)
		}
		for _, r := range b.Rows {
			if !r.Expected {
				t.Errorf("%d: %s is on no list", tt.year, r.Agency)
			}
		}
	}
	want := []Agency{{"审批局", "部门"}, {"文化局", "部门"}, {"体育局", "部门"}}
	if d := cmp.Diff(want, past[2023].of(list)); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff(list, History(nil).of(list)); d != "" {
		t.Error(d)
	}
}
