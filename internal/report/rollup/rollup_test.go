package rollup

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/gongkai/gongkai/internal/docio"
	"github.com/gongkai/gongkai/internal/fault"
	"github.com/gongkai/gongkai/internal/report"
	"github.com/gongkai/gongkai/internal/testkit/sample"
)

func of(opts Options, items ...Item) *Rollup {
	c := New(opts)
	for _, it := range items {
		c.Add(it)
	}
	return c.Rollup()
}

func one(agency string, seed uint64, o sample.Options) Item {
	o.Agency, o.Year = agency, 2024
	r := sample.New(seed, report.Format2021, o)
	r.File = agency + ".txt"
	return Item{Report: r}
}

// encoded is everything that a roll-up says.
func encoded(t interface{ Fatal(...any) }, r *Rollup) string {
	b, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

var formats = []report.FormatID{report.Format2021, report.Format2019}

func drawItems(t *rapid.T) []Item {
	var items []Item
	for i := range rapid.IntRange(1, 8).Draw(t, "reports") {
		r := sample.GenLoose(rapid.SampledFrom(formats).Draw(t, "format")).Draw(t, "report")
		r.Year = rapid.SampledFrom([]int{2023, 2024, 2024, 2024, 0}).Draw(t, "year")
		r.Agency = fmt.Sprintf("虚构市第%d局", rapid.IntRange(1, 6).Draw(t, "agency"))
		r.File = fmt.Sprintf("%d.txt", i)
		if rapid.IntRange(0, 3).Draw(t, "doubt") == 0 {
			r.Doubt("table3.granted", "数字粘连", "")
		}
		items = append(items, Item{Report: r, Errors: rapid.IntRange(0, 2).Draw(t, "errors")})
	}
	return items
}

func TestOrderDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		items := drawItems(t)
		opts := Options{Year: rapid.SampledFrom([]int{0, 2024}).Draw(t, "year"), Expected: []string{"虚构市第1局", "虚构市第９局"}}
		want := encoded(t, of(opts, items...))
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "shuffle"), 1))
		rng.Shuffle(len(items), func(i, j int) { items[i], items[j] = items[j], items[i] })
		if got := encoded(t, of(opts, items...)); got != want {
			t.Fatalf("another order, another result:\n%s\n%s", want, got)
		}
	})
}

// Every sum is the sum of what the counted reports gave, and every counted report gives each of its cells or is a gap.
func TestSumOfParts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		items := drawItems(t)
		for i := range items {
			items[i].Report.Agency = fmt.Sprintf("虚构市第%d处", i) // no duplicates here
		}
		r := of(Options{Year: 2024}, items...)
		want, givers := map[string]int64{}, map[string]int{}
		for _, it := range items {
			rep := it.Report
			if rep.Year != 2024 {
				continue
			}
			for _, tab := range rep.Tables() {
				tab.Each(func(i, j int, path string, c *report.Cell) {
					u := tab.Spec.Rows[i].Fields[j].Unit
					if !c.IsNumber() || u == report.Amount {
						return
					}
					want[string(rep.Format)+path] += c.N
					givers[string(rep.Format)+path]++
				})
			}
		}
		for _, tab := range r.tables() {
			for i := range tab.Sums {
				s := &tab.Sums[i]
				if s.Unit == report.Amount || strings.HasPrefix(s.Path, "table3.other") {
					continue
				}
				n, given := want["2021"+s.Path]+want["2019"+s.Path], givers["2021"+s.Path]+givers["2019"+s.Path]
				if tab == r.Table2 {
					n, given = want["2021"+s.Path], givers["2021"+s.Path]
				} else if tab == r.Table2Of2019 {
					n, given = want["2019"+s.Path], givers["2019"+s.Path]
				}
				total, ok := s.Total()
				if s.Given != given || ok != (given > 0) || total != n {
					t.Fatalf("%s: %d from %d, want %d from %d", s.Path, total, s.Given, n, given)
				}
				if s.Given+s.NotGiven() != tab.Reports {
					t.Fatalf("%s: %d gave, %d did not, of %d", s.Path, s.Given, s.NotGiven(), tab.Reports)
				}
			}
		}
	})
}

// The sum of sound, complete reports is sound.
func TestSumOfSoundReportsIsSound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := New(Options{Year: 2024})
		for i := range rapid.IntRange(1, 5).Draw(t, "n") {
			r := sample.Gen(rapid.SampledFrom(formats).Draw(t, "format")).Draw(t, "report")
			r.Year, r.Agency = 2024, fmt.Sprintf("虚构市第%d处", i)
			c.Add(Item{Report: r})
		}
		r := c.Rollup()
		sum := func(row string, col int) int64 {
			n, _ := r.Table3.Sum("table3." + row + "." + report.V2021.Table3.Rows[0].Fields[col].Key).Total()
			return n
		}
		for col := range report.Columns3 {
			if sum("new_received", col)+sum("carried_in", col) != sum("total", col)+sum("carried_out", col) {
				t.Fatalf("K1 in column %d", col)
			}
			var results int64
			for _, row := range report.V2021.Table3Merged.Rows[2:] {
				if row.Key == "total" {
					break
				}
				results += sum(row.Key, col)
			}
			if results != sum("total", col) {
				t.Fatalf("K3 in column %d: %d and %d", col, results, sum("total", col))
			}
		}
	})
}

func TestBlankIsNeverZero(t *testing.T) {
	a, b := one("虚构市甲局", 1, sample.Options{Scale: sample.Medium}), one("虚构市乙局", 2, sample.Options{Scale: sample.Medium})
	for _, it := range []Item{a, b} {
		*it.Report.Table3.Get("granted", 1) = report.Cell{Kind: report.Blank}
	}
	*a.Report.Table3.Get("partial", 1) = report.Cell{Kind: report.Slash}
	*b.Report.Table3.Get("partial", 1) = report.Num(3)
	*a.Report.Table2.Get("licences", 0) = report.Cell{Kind: report.Unreadable, Raw: "1?"}
	b.Report.Table4 = nil
	r := of(Options{Year: 2024}, a, b)
	s := r.Table3.Sum("table3.granted.business")
	if _, ok := s.Total(); ok || s.Blank != 2 || s.Cell().IsNumber() {
		t.Errorf("a cell nobody gave has a sum: %+v", s)
	}
	s = r.Table3.Sum("table3.partial.business")
	if n, ok := s.Total(); !ok || n != 3 || s.Given != 1 || s.Stroke != 1 {
		t.Errorf("%+v", s)
	}
	if s := r.Table2.Sum("table2.licences"); s.Unreadable != 1 || s.Given != 1 {
		t.Errorf("%+v", s)
	}
	if r.Table4.Reports != 1 || r.Table4.Lacking != 1 || r.Table4.Sums[0].Given != 1 {
		t.Errorf("table 4: %d have it, %d do not", r.Table4.Reports, r.Table4.Lacking)
	}
	text := encoded(t, r)
	for _, piece := range []string{`{"path":"table3.granted.business","why":"2个单位没有填数","read":null}`, `"path":"table3.granted.business","sum":null,"given":0,"not_given":2`} {
		if !strings.Contains(text, piece) {
			t.Errorf("%s is not in the JSON", piece)
		}
	}
}

func TestSubRowWithAGapLeavesTheCommonRowOpen(t *testing.T) {
	a := one("虚构市甲局", 1, sample.Options{Scale: sample.Small})
	*a.Report.Table3.Get("other.fee_overdue", 0) = report.Cell{Kind: report.Blank}
	s := of(Options{Year: 2024}, a).Table3.Sum("table3.other.natural_person")
	if s.Given != 0 || s.Blank != 1 {
		t.Errorf("%+v", s)
	}
}

func TestDoubtedCellsAreCounted(t *testing.T) {
	a := one("虚构市甲局", 1, sample.Options{Scale: sample.Small})
	a.Report.Doubt("table3.granted.total", "数字粘连", "12")
	a.Report.Doubt("table4", "数字粘连", "")
	r := of(Options{Year: 2024}, a, one("虚构市乙局", 2, sample.Options{}))
	if s := r.Table3.Sum("table3.granted.total"); s.Doubted != 1 || s.Given != 2 {
		t.Errorf("%+v", s)
	}
	if s := r.Table4.Sum("table4.review.total"); s.Doubted != 1 {
		t.Errorf("a doubt about the whole table: %+v", s)
	}
	if len(r.Incomplete) != 1 || r.Incomplete[0].Doubted != 16 {
		t.Errorf("%+v", r.Incomplete)
	}
}

func TestDuplicates(t *testing.T) {
	a := one("虚构市甲局", 1, sample.Options{Scale: sample.Medium})
	same := Item{Report: a.Report, File: "again.txt"}
	fixed := one("虚构市 甲局", 2, sample.Options{Scale: sample.Medium})
	fixed.File = "fixed.txt"
	a.Errors, same.Errors = 1, 1
	r := of(Options{Year: 2024}, a, same, fixed)
	if r.Counted != 1 || len(r.Duplicates) != 1 {
		t.Fatalf("%d counted, duplicates %+v", r.Counted, r.Duplicates)
	}
	d := r.Duplicates[0]
	if d.Counted != "fixed.txt" || d.Same || cmp.Diff([]string{"again.txt", "虚构市甲局.txt"}, d.Others) != "" {
		t.Errorf("%+v", d)
	}
	if n, _ := r.Table3.Sum("table3.new_received.total").Total(); n != fixed.Report.Table3.Get("new_received", report.ColTotal).N {
		t.Errorf("the sum is %d", n)
	}
	if d := of(Options{Year: 2024}, a, same).Duplicates[0]; !d.Same {
		t.Errorf("%+v", d)
	}
}

func TestLists(t *testing.T) {
	older := Item{Report: &report.Report{Agency: "虚构市丙局", Year: 2024, Format: report.FormatOlder, File: "c.txt"}}
	last := one("虚构市丁局", 4, sample.Options{})
	last.Report.Year = 2023
	noName := one("", 5, sample.Options{Scale: sample.Small})
	noName.Report.Agency = ""
	bad := one("虚构市戊局", 6, sample.Options{})
	bad.Errors = 3
	r := of(Options{Year: 2024, ExcludeBroken: true}, older, last, noName, bad,
		Item{File: "x.pdf", Err: docio.ErrEncrypted(docio.PDF)}, Item{File: "y.pdf", Err: errors.New("boom")})
	if r.Counted != 1 || len(r.OtherFormats) != 1 || len(r.OtherYears) != 1 || len(r.Broken) != 1 || r.Broken[0].Counted {
		t.Errorf("counted %d, formats %d, years %d, broken %+v", r.Counted, len(r.OtherFormats), len(r.OtherYears), r.Broken)
	}
	want := []Failure{{"x.pdf", "file.encrypted", fault.Message(docio.ErrEncrypted(docio.PDF))}, {"y.pdf", "internal", fault.Message(errors.New("boom"))}}
	if diff := cmp.Diff(want, r.Unreadable); diff != "" {
		t.Error(diff)
	}
}

func TestAmountWithoutUnitIsNoMoney(t *testing.T) {
	var items []Item
	for i, s := range []string{"8040", "152790元", "25.1万元", "0"} {
		r := sample.New(1, report.Format2019, sample.Options{Year: 2020, Agency: fmt.Sprintf("虚构市第%d局", i)})
		*r.Table2.Get("procurement", 1) = report.ParseAmount(s)
		items = append(items, Item{Report: r})
	}
	s := of(Options{}, items...).Table2Of2019.Sum("table2.procurement.amount")
	if n, _ := s.Total(); n != 40_379_000 || s.NoUnit != 1 || s.Given != 3 {
		t.Errorf("%d fen, %+v", n, s)
	}
	if c := s.Cell(); c.Raw != "40.379万元" {
		t.Errorf("%q", c.Raw)
	}
}

func TestOverflowIsNotANumber(t *testing.T) {
	a, b := one("虚构市甲局", 1, sample.Options{}), one("虚构市乙局", 1, sample.Options{})
	*a.Report.Table2.Get("licences", 0), *b.Report.Table2.Get("licences", 0) = report.Num(math.MaxInt64), report.Num(1)
	r := of(Options{Year: 2024}, a, b)
	if s := r.Table2.Sum("table2.licences"); s.Cell().IsNumber() {
		t.Errorf("%+v", s.Cell())
	}
	if !strings.Contains(strings.Join(r.Notes, ""), "大得不合常理") {
		t.Errorf("notes %v", r.Notes)
	}
}

// The table part of the JSON is that of a report, and reads back as one.
func TestJSONIsReportShaped(t *testing.T) {
	r := of(Options{Name: "虚构市", Year: 2024}, one("虚构市甲局", 1, sample.Options{Scale: sample.Large}), one("虚构市乙局", 2, sample.Options{Blank: 0.5}))
	var shape map[string]json.RawMessage
	err := json.Unmarshal([]byte(encoded(t, r)), &shape)
	if err != nil {
		t.Fatal(err)
	}
	shape["schema"], shape["file"], shape["sections"] = json.RawMessage(`"gongkai.report/v1"`), json.RawMessage(`"sum.json"`), json.RawMessage(`[]`)
	whole, err := json.Marshal(shape)
	if err != nil {
		t.Fatal(err)
	}
	var back report.Report
	err = json.Unmarshal(whole, &back)
	if err != nil {
		t.Fatal(err)
	}
	want := r.Report()
	for i, tab := range back.Tables() {
		for k := range tab.Cells {
			if got, c := tab.Cells[k], want.Tables()[i].Cells[k]; got.N != c.N || got.IsNumber() != c.IsNumber() {
				t.Errorf("%s cell %d: %+v, want %+v", tab.Spec.ID, k, got, c)
			}
		}
	}
	if back.Year != 2024 || back.Agency != "虚构市" {
		t.Errorf("%q %d", back.Agency, back.Year)
	}
}

// What is kept per agency stays small, whatever the reports hold: their text is not kept.
func TestMemoryStaysSmall(t *testing.T) {
	const agencies = 400
	c := New(Options{Year: 2024})
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	for i := range 3 * agencies {
		it := one(fmt.Sprintf("虚构市第%d局", i%agencies), uint64(i%agencies), sample.Options{Scale: sample.Medium})
		it.Report.Sections[0].Text = strings.Repeat("甲", 20_000)
		c.Add(it)
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	if used := (int64(after.HeapAlloc) - int64(before.HeapAlloc)) / agencies; used > 4096 {
		t.Errorf("%d bytes are kept per agency", used)
	}
	if r := c.Rollup(); r.Counted != agencies || len(r.Duplicates) != agencies {
		t.Errorf("%d counted, %d duplicates", r.Counted, len(r.Duplicates))
	}
}

func TestPackKeepsMarks(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var want []mark
		rec := &record{}
		for range rapid.IntRange(0, 40).Draw(t, "n") {
			m := mark{kind: kind(rapid.IntRange(0, int(noUnit)).Draw(t, "kind")), doubted: rapid.Bool().Draw(t, "doubted")}
			if m.kind == given {
				m.n = rapid.Int64().Draw(t, "number")
				if rapid.Bool().Draw(t, "small") {
					m.n %= 10
				}
			}
			want = append(want, m)
			rec.pack(m)
		}
		var got []mark
		rec.unpack(func(m mark) { got = append(got, m) })
		if diff := cmp.Diff(want, got, cmp.AllowUnexported(mark{})); diff != "" {
			t.Fatal(diff)
		}
	})
}

func BenchmarkAdd(b *testing.B) {
	items := make([]Item, 100)
	for i := range items {
		items[i] = one(fmt.Sprintf("虚构市第%d局", i), uint64(i), sample.Options{Scale: sample.Large})
	}
	for b.Loop() {
		if r := of(Options{Year: 2024}, items...); r.Counted != len(items) {
			b.Fatal(r.Counted)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/float64(len(items)), "µs/report")
}
