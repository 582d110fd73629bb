package sample

import (
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/gongkai/gongkai/internal/report"
)

var tag = regexp.MustCompile(`<[^>]*>`)

var formats = []report.FormatID{report.Format2021, report.Format2019}

// sound returns what is wrong with the relations of a report whose cells are all numbers.
func sound(r *report.Report) []string {
	var bad []string
	t := r.Table3
	for c := range report.Columns3 {
		n := func(key string) int64 { return t.Get(key, c).N }
		if n("new_received")+n("carried_in") != n("total")+n("carried_out") {
			bad = append(bad, "K1")
		}
		var sum int64
		for i := t.Spec.RowIndex("granted"); i < t.Spec.RowIndex("total"); i++ {
			sum += t.At(i, c).N
		}
		if sum != n("total") {
			bad = append(bad, "K3")
		}
	}
	rows := func(t *report.Table, total int, rule string) {
		for i := range t.Spec.Rows {
			var sum int64
			for c := range total {
				sum += t.At(i, c).N
			}
			if sum != t.At(i, total).N {
				bad = append(bad, rule)
			}
		}
	}
	rows(t, report.ColTotal, "K2")
	rows(r.Table4, report.ColResultTotal, "K5")
	return bad
}

func TestGeneratedReportsAreSound(t *testing.T) {
	for _, f := range formats {
		rapid.Check(t, func(t *rapid.T) {
			r := Gen(f).Draw(t, "report")
			if bad := sound(r); bad != nil {
				t.Fatalf("%v in %s", bad, r.Title)
			}
			if len(r.Sections) != 6 || r.Agency == "" || r.Year == 0 {
				t.Fatalf("incomplete report %q", r.Title)
			}
			for _, tab := range r.Tables() {
				tab.Each(func(i, j int, path string, c *report.Cell) {
					if !c.IsNumber() || c.N < 0 && tab.Spec.Rows[i].Fields[j].Unit != report.Change {
						t.Fatalf("%s is %+v", path, *c)
					}
				})
			}
		})
	}
}

func TestSameSeedSameReport(t *testing.T) {
	for _, f := range formats {
		opts := Options{Blank: 0.3, Slash: 0.2, Remarks: 0.5}
		a, b := New(7, f, opts), New(7, f, opts)
		if diff := cmp.Diff(a, b, cmpopts.IgnoreUnexported(report.TableSpec{})); diff != "" {
			t.Error(diff)
		}
		c := New(8, f, opts)
		if cmp.Equal(a.Table3.Cells, c.Table3.Cells) && a.Title == c.Title {
			t.Error("another seed gave the same report")
		}
	}
}

func TestOptionsShow(t *testing.T) {
	seen := map[report.CellKind]bool{}
	remarks := 0
	for seed := range uint64(60) {
		r := New(seed, report.Format2021, Options{Blank: 0.4, Slash: 0.4, Dash: 0.4, Words: 0.4, Remarks: 1, Scale: Medium, Merged: true})
		if r.Table3.Spec != report.V2021.Table3Merged {
			t.Fatal("not merged")
		}
		for _, tab := range r.Tables() {
			for _, c := range tab.Cells {
				seen[c.Kind] = true
				if c.Note != "" {
					remarks++
				}
			}
		}
	}
	for _, k := range []report.CellKind{report.Number, report.Blank, report.Slash, report.Dash, report.Words} {
		if !seen[k] {
			t.Errorf("no cell of kind %s", k)
		}
	}
	if remarks == 0 {
		t.Error("no remark")
	}
}

// Every value that a rendering calls sure stands in its text.
func TestSureValuesStandInTheText(t *testing.T) {
	for _, l := range Layouts() {
		for _, f := range formats {
			for seed := range uint64(6) {
				r := New(seed, f, Options{Scale: Medium, Blank: float64(seed%3) / 3})
				text, truth := Render(r, l)
				plain := tag.ReplaceAllString(text, "")
				if len(truth) == 0 {
					t.Fatalf("%s: no truth", l)
				}
				for path, fact := range truth {
					c, unit := r.Cell(path)
					if fact.Status == Sure && c.IsNumber() && c.N > 9 && !strings.Contains(plain, c.Text(unit)) {
						t.Errorf("%s: %s = %s is not in the text", l, path, c.Text(unit))
					}
				}
			}
		}
	}
}

func TestRenderingIsDeterministic(t *testing.T) {
	for _, l := range Layouts() {
		r := New(3, report.Format2021, Options{Scale: Medium, Blank: 0.2})
		a, ta := Render(r, l, Flaws()...)
		b, tb := Render(r, l, Flaws()...)
		if a != b || !cmp.Equal(ta, tb) {
			t.Errorf("%s: two renderings differ", l)
		}
	}
}

// A reading that repeats the report is right everywhere, and one that is silent is never wrong.
func TestJudge(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := GenLoose(rapid.SampledFrom(formats).Draw(t, "format")).Draw(t, "report")
		_, truth := Render(r, rapid.SampledFrom(Layouts()).Draw(t, "layout"))
		v := truth.Judge(r)
		if v.Right != len(truth) || v.Wrong != nil || v.Missed != nil {
			t.Fatalf("%d of %d right, wrong %v, missed %v", v.Right, len(truth), v.Wrong, v.Missed)
		}
		v = truth.Judge(&report.Report{})
		if v.Right != 0 || v.Wrong != nil {
			t.Fatalf("an empty reading: %+v", v)
		}
	})
	r := New(1, report.Format2021, Options{Scale: OneDigit})
	_, truth := Render(r, Glued)
	other := *r
	tab := *r.Table3
	tab.Cells = append([]report.Cell{}, r.Table3.Cells...)
	other.Table3 = &tab
	*tab.At(0, 0) = report.Num(4711)
	if v := truth.Judge(&other); len(v.Wrong) != 1 || !strings.Contains(v.Wrong[0], "table3.new_received.natural_person") {
		t.Errorf("a wrong number was not found: %+v", v)
	}
	other.Doubt("table3.new_received", "glued", "")
	if v := truth.Judge(&other); v.Wrong != nil || len(v.Missed) != 1 {
		t.Errorf("a doubted wrong number where the text is sure: %+v", v)
	}
}

func TestSplits(t *testing.T) {
	r := New(1, report.Format2021, Options{})
	p := &printer{r: r, truth: truthOf(r)}
	row := p.sheet3().rows[3]
	_, values := split(row)
	for text, want := range map[string]int{
		"0000000": 1, "1000001": 1, "640020470": 2, "10 000010": 2, "10 00001": 1, "12 0 0 0 0 0 12": 1, "000000": 0, "-100000": 0, "00000012": 1,
	} {
		if got := min(p.splits(text, values), 2); got != want {
			t.Errorf("splits(%q) = %d, want %d", text, got, want)
		}
	}
}

// Glued one-digit reports stay readable cell by cell, larger ones do not.
func TestGluedTruth(t *testing.T) {
	for seed := range uint64(30) {
		_, truth := Render(New(seed, report.Format2021, Options{Scale: OneDigit}), Glued)
		for path, f := range truth {
			if strings.HasPrefix(path, "table3.") && f.Status != Sure {
				t.Errorf("seed %d: %s is %d", seed, path, f.Status)
			}
		}
	}
	_, truth := Render(New(1, report.Format2021, Options{Scale: Large}), Glued)
	if _, ambiguous, _ := truth.Counts(); ambiguous == 0 {
		t.Error("large figures glued should be ambiguous")
	}
}

func TestSectionlessFormat(t *testing.T) {
	r := Report(rand.New(rand.NewPCG(1, 1)), report.FormatOlder, Options{})
	if len(r.Tables()) != 0 || len(r.Sections) != 6 {
		t.Errorf("older format: %d tables, %d sections", len(r.Tables()), len(r.Sections))
	}
}
