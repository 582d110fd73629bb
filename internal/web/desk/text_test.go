package desk

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/gongkai/gongkai/internal/report"
	"github.com/gongkai/gongkai/internal/report/checks"
	"github.com/gongkai/gongkai/internal/report/narrative"
)

// verdict is a judged number of section 1 at a place in the text.
func verdict(text, number string, status narrative.Status, paths ...string) narrative.Verdict {
	at := strings.Index(text, number)
	return narrative.Verdict{Claim: narrative.Claim{Section: 1, Start: at, End: at + len(number)}, Status: status, Paths: paths, Message: "应为 23"}
}

func TestNumbersOfTheTextLeadToTheirCells(t *testing.T) {
	text := "　收到申请 22 件，办结 24 件。\n另有 7 件。"
	m := &marks{names: map[string]string{"table3.total.total": "表三总计"}}
	all := []narrative.Verdict{
		verdict(text, "24", narrative.Agrees, "table3.total.total"),
		verdict(text, "22", narrative.Conflicts, "table3.new_received.total"),
		verdict(text, "7", narrative.OutOfScope),
		verdict(text, "4 件", narrative.Agrees), // over the one before
	}
	want := [][]textPiece{
		{{Text: "收到申请 "}, {Text: "22", Class: "bound bound-bad", Href: "#c-table3.new_received.total", Title: "应为 23"},
			{Text: " 件，办结 "}, {Text: "24", Class: "bound", Href: "#c-table3.total.total", Title: "与表三总计相符"}, {Text: " 件。"}},
		{{Text: "另有 7 件。"}},
	}
	if d := cmp.Diff(want, markText(text, all, 1, m)); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	if got := markText(text, all, 2, m); len(got[0]) != 1 {
		t.Errorf("claims of section 1 were marked in section 2: %v", got)
	}
}

func TestMarkedTextIsTheText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOf(rapid.SampledFrom([]rune("数1 　\n件，9"))).Draw(t, "text")
		var all []narrative.Verdict
		for range rapid.IntRange(0, 5).Draw(t, "claims") {
			v := narrative.Verdict{Status: narrative.Agrees}
			v.Section, v.Start, v.End = 1, rapid.IntRange(-2, 40).Draw(t, "start"), rapid.IntRange(-2, 40).Draw(t, "end")
			all = append(all, v)
		}
		var got strings.Builder
		for _, p := range markText(text, all, 1, &marks{}) {
			for _, piece := range p {
				got.WriteString(piece.Text)
			}
		}
		bare := strings.NewReplacer("\n", "", " ", "", "　", "").Replace
		if bare(got.String()) != bare(text) {
			t.Fatalf("text %q became %q", text, got.String())
		}
	})
}

// tables is a report with every cell of table 3 and 4 at 0.
func tables() *report.Report {
	r := &report.Report{Format: report.Format2021, Table3: report.NewTable(report.V2021.Table3), Table4: report.NewTable(report.V2021.Table4)}
	for _, t := range r.Tables() {
		for i := range t.Cells {
			t.Cells[i] = report.Num(0)
		}
	}
	return r
}

func TestMarks(t *testing.T) {
	const total, upheld, direct = "table4.review.total", "table4.review.upheld", "table4.litigation_direct.total"
	r := tables()
	r.Doubt(direct, "两个数连在一起", "0")
	res := &checks.Result{Findings: []checks.Finding{
		{Rule: "K5", Severity: checks.Error, Path: "table4.review", Cells: []string{upheld, total}, Blame: total},
		{Rule: "K12", Severity: checks.Warning, Path: "table4.litigation_direct", Cells: []string{direct}},
		{Rule: "K8", Severity: checks.Info, Path: "section1", Cells: []string{upheld}},
	}}
	class := func(m *marks, path string) string {
		for i := range r.Table4.Spec.Rows {
			for _, c := range m.cells(r.Table4, i) {
				if c.ID == cellAnchor(path) {
					return c.Class + " " + c.Href
				}
			}
		}
		t.Fatalf("no cell %s", path)
		return ""
	}
	for name, test := range map[string]struct {
		selected int
		want     map[string]string
	}{
		"overview": {-1, map[string]string{total: "tot blame ?finding=1#f-1", upheld: " ?finding=1#f-1", direct: "tot warn doubt ?finding=2#f-2"}},
		"chosen":   {0, map[string]string{total: "tot sel blame ?finding=1#f-1", upheld: "sel ?finding=1#f-1", direct: "tot doubt ?finding=2#f-2"}},
	} {
		m := newMarks(r, res, test.selected)
		for path, want := range test.want {
			if got := class(m, path); got != want {
				t.Errorf("%s: %s is %q, want %q", name, path, got, want)
			}
		}
	}
}

func TestTable3IsLaidOutAsTheFormIs(t *testing.T) {
	for name, spec := range map[string]*report.TableSpec{"2021": report.V2021.Table3, "merged": report.V2021.Table3Merged, "2019": report.V2019.Table3} {
		rows := rows3(report.NewTable(spec), newMarks(&report.Report{}, nil, -1))
		// Every row covers three columns of labels, whatever reaches down from above, and seven cells.
		reach := [3]int{}
		for i, r := range rows {
			used := 0
			for c := range reach {
				if reach[c] > 0 {
					reach[c]--
					used++
				}
			}
			col := 0
			for _, l := range r.Lead {
				for col < 3 && reach[col] > 0 && l.Rows > 0 && used > col {
					col++
				}
				for k := range l.Cols {
					reach[min(col+k, 2)] = max(reach[min(col+k, 2)], l.Rows-1)
				}
				used += l.Cols
				col += l.Cols
			}
			if used != 3 || len(r.Cells) != 7 {
				t.Errorf("%s, row %d: %d columns of labels, %d cells", name, i, used, len(r.Cells))
			}
		}
		if len(rows) != len(spec.Rows) {
			t.Errorf("%s: %d rows, want %d", name, len(rows), len(spec.Rows))
		}
	}
}

func TestSizeAndDifferenceInWords(t *testing.T) {
	for n, want := range map[int64]string{5: "5 字节", 2048: "2 KB", 3 << 20: "3.0 MB"} {
		if got := sizeName(n); got != want {
			t.Errorf("sizeName(%d) = %q, want %q", n, got, want)
		}
	}
	for n, want := range map[int64]string{5: "+5", -2: "−2", 0: "持平"} {
		if got := difference(n); got != want {
			t.Errorf("difference(%d) = %q, want %q", n, got, want)
		}
	}
}
