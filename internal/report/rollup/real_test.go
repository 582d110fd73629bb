package rollup

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gongkai/gongkai/internal/report"
)

// expected loads the cells of a real report as a person read them.
func expected(t *testing.T, no string) *report.Report {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "..", "..", "testdata", "reports", no+".expected.json"))
	if err != nil {
		t.Fatal(err)
	}
	var e struct {
		Year   int
		Agency string
		Format string
		Table2 map[string]json.RawMessage
		Table3 struct{ Rows [][]*int64 }
		Table4 []*int64
	}
	dec := json.NewDecoder(strings.NewReader(string(data)))
	err = dec.Decode(&e)
	if err != nil {
		t.Fatal(err)
	}
	r := &report.Report{File: no, Agency: e.Agency, Year: e.Year, Format: report.FormatID(e.Format[:4])}
	f := report.FormatByID(r.Format)
	r.Table2 = expected2(t, f, e.Table2)
	spec := f.Table3
	if len(e.Table3.Rows) == 23 && f.Table3Merged != nil {
		spec = f.Table3Merged
	}
	r.Table3, r.Table4 = report.NewTable(spec), report.NewTable(f.Table4)
	for i, row := range e.Table3.Rows {
		for j, n := range row {
			*r.Table3.At(i, j) = cellOf(n)
		}
	}
	for i, n := range e.Table4 {
		r.Table4.Cells[i] = cellOf(n)
	}
	return r
}

func cellOf(n *int64) report.Cell {
	if n == nil {
		return report.Cell{Kind: report.Blank}
	}
	return report.Num(*n)
}

func expected2(t *testing.T, f *report.Format, rows map[string]json.RawMessage) *report.Table {
	t.Helper()
	out := report.NewTable(f.Table2)
	for i, row := range f.Table2.Rows {
		raw, ok := rows[row.Label]
		if !ok {
			raw = rows[row.Label+"_万元"]
		}
		for j, v := range strings.Split(strings.Trim(strings.ReplaceAll(string(raw), "\n", ""), "[]"), ",") {
			v = strings.Trim(strings.TrimSpace(v), `"`)
			c := out.At(i, j)
			switch row.Fields[j].Unit {
			case report.WanYuan:
				n, d, ok := report.ParseWan(v)
				if !ok {
					t.Fatalf("%s: %q", row.Label, v)
				}
				*c = report.Cell{Kind: report.Number, N: n, Decimals: d}
			case report.Amount:
				*c = report.ParseAmount(v)
			default:
				var n *int64
				err := json.Unmarshal([]byte(v), &n)
				if err != nil {
					t.Fatal(err)
				}
				*c = cellOf(n)
			}
		}
	}
	return out
}

// The four real reports of 2023, added up by hand from their published figures.
func TestRealReports(t *testing.T) {
	c := New(Options{Name: "四地", Year: 2023, Expected: []string{"淮安市洪泽区", "宿迁市人民政府", "沭阳县发展和改革局", "平潭综合实验区管委会", "虚构市统计局"}})
	for _, no := range []string{"001", "004", "007", "016", "011", "012"} {
		r := expected(t, no)
		errors := 0
		if no == "001" {
			errors = 2 // table 4 as published
		}
		c.Add(Item{Report: r, Errors: errors})
	}
	r := c.Rollup()
	if r.Counted != 4 || len(r.OtherYears) != 2 {
		t.Fatalf("%d counted, %d of other years", r.Counted, len(r.OtherYears))
	}
	for path, want := range map[string][2]int64{
		"table3.new_received.natural_person": {3529, 4}, "table3.new_received.business": {100, 3}, "table3.new_received.total": {3639, 4},
		"table3.carried_in.total": {96, 4}, "table3.granted.natural_person": {1223, 4}, "table3.total.total": {3614, 4},
		"table3.total.legal_service": {7, 3}, "table3.other.natural_person": {339, 4}, "table3.other.legal_service": {1, 3},
		"table3.other.total": {343, 4}, "table4.review.total": {443, 4}, "table4.litigation_direct.total": {29, 4},
		"table4.litigation_after_review.upheld": {19, 4}, "table2.licences": {1_811_774, 4}, "table2.normative_documents.in_force": {1090, 4},
		"table2.fees_wan_yuan": {72_916_613_567, 4},
	} {
		s := find(r, path)
		if s == nil {
			t.Fatalf("no sum %s", path)
		}
		if n, ok := s.Total(); !ok || n != want[0] || s.Given != int(want[1]) {
			t.Errorf("%s: %d given by %d, want %v", path, n, s.Given, want)
		}
	}
	// 洪泽 has no sub-rows: they count for the other three only, without a gap.
	s := find(r, "table3.other.other.natural_person")
	if n, _ := s.Total(); s.Given != 3 || s.NotGiven() != 0 || n >= 339 {
		t.Errorf("sub-row: %d given by %d, gaps %d", n, s.Given, s.NotGiven())
	}
	if got := strings.Join(r.Missing, ","); got != "虚构市统计局" || len(r.Unexpected) != 0 || len(r.Matched) != 2 {
		t.Errorf("missing %q, unexpected %v, matched %v", got, r.Unexpected, r.Matched)
	}
	if len(r.Broken) != 1 || r.Broken[0].Agency != "淮安市洪泽区人民政府" {
		t.Errorf("broken %+v", r.Broken)
	}
	if text := strings.Join(r.Notes, "\n"); !strings.Contains(text, "1份报告只有合计") {
		t.Errorf("the notes do not say that the sub-rows are partial:\n%s", text)
	}
}

// The real reports of 2019 and 2020 in their format: table 2 apart, purchases in fen, negative changes.
func TestRealFormat2019(t *testing.T) {
	a, b := expected(t, "012"), expected(t, "013")
	a.Year, a.Agency = 2020, "平潭综合实验区甲"
	r := Add(Options{Year: 2020}, func(yield func(Item) bool) { _ = yield(Item{Report: a}) && yield(Item{Report: b}) })
	for path, want := range map[string]int64{
		"table2.penalties.change": -18, "table2.fees.change": -15, "table2.fees.previous": 70, "table2.regulations.total": 7,
		"table2.procurement.projects": 1752, "table2.procurement.amount": 7_919_732_842,
	} {
		if n, ok := r.Table2Of2019.Sum(path).Total(); !ok || n != want {
			t.Errorf("%s: %d, want %d", path, n, want)
		}
	}
	if r.Table2 != nil || len(r.OtherFormats) != 2 || r.Counted != 2 {
		t.Errorf("table 2 of 2021 %v, %d of other formats, %d counted", r.Table2, len(r.OtherFormats), r.Counted)
	}
}

func find(r *Rollup, path string) *Sum {
	for _, t := range []*Table{r.Table2, r.Table3, r.Table4} {
		if s := t.Sum(path); s != nil {
			return s
		}
	}
	return nil
}
