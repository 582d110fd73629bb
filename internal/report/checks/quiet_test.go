package checks

import (
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"

	"github.com/gongkai/gongkai/internal/report"
	"github.com/gongkai/gongkai/internal/testkit/sample"
)

// A sound report has no error, whatever its numbers.
func TestSoundReportsHaveNoError(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		format := rapid.SampledFrom([]report.FormatID{report.Format2021, report.Format2019}).Draw(t, "format")
		r := sample.Gen(format).Draw(t, "report")
		res := Run(&Input{Report: r})
		for _, f := range res.Findings {
			if f.Severity == Error {
				t.Fatalf("%s %s: %s", f.Rule, f.Path, f.Message)
			}
		}
	})
}

// Blanks make rules not assessable; they never make an error.
func TestGapsMakeNoError(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		format := rapid.SampledFrom([]report.FormatID{report.Format2021, report.Format2019}).Draw(t, "format")
		r := sample.GenLoose(format).Draw(t, "report")
		res := Run(&Input{Report: r})
		for _, f := range res.Findings {
			if f.Severity == Error {
				t.Fatalf("%s %s: %s", f.Rule, f.Path, f.Message)
			}
		}
	})
}

// Sound reports raise no suspicion of rows or columns that slipped, and few warnings of any kind; the count per rule is
// printed.
func TestFewWarningsOnSoundReports(t *testing.T) {
	t.Parallel()
	per := map[string]int{}
	example := map[string]string{}
	const many = 600
	for seed := range uint64(many) {
		format := report.Format2021
		if seed%3 == 0 {
			format = report.Format2019
		}
		r := sample.New(seed, format, sample.Options{Year: 2019 + int(seed%3)*2})
		prev := sample.New(seed+10_000, format, sample.Options{Year: r.Year - 1, Agency: r.Agency})
		for i := range report.Columns3 {
			*prev.Table3.Get("carried_out", i) = *r.Table3.Get("carried_in", i)
		}
		for _, f := range Run(&Input{Report: r, Previous: prev}).Findings {
			per[f.Rule+" "+string(f.Severity)]++
			example[f.Rule+" "+string(f.Severity)] = f.Message
		}
	}
	for rule, n := range per {
		t.Logf("%-12s %3d of %d, e.g. %s", rule, n, many, example[rule])
	}
	for _, rule := range []string{"S14 warning", "S15 warning", "S9 warning", "S10 warning", "S13 warning"} {
		if per[rule] > 0 {
			t.Errorf("%s: %d false alarms, e.g. %s", rule, per[rule], example[rule])
		}
	}
}

// ordinary returns a sound report whose results spread as they commonly do, with the unevenness of real offices.
func ordinary(rng *rand.Rand, results int, tilt []float64) *report.Report {
	r := zeros(report.Format2021)
	roles, _ := rolesOf(r.Table3.Spec)
	weights := make([]float64, len(roles.results))
	sum := 0.0
	for i, row := range roles.results {
		weights[i] = usual[r.Table3.Spec.Rows[row].Key] * tilt[i]
		sum += weights[i]
	}
	column := func() int {
		switch n := rng.IntN(100); {
		case n < 90:
			return report.ColNaturalPerson
		case n < 96:
			return report.ColBusiness
		case n < 98:
			return report.ColLegalService
		default:
			return report.ColOther
		}
	}
	for range results {
		at := rng.Float64() * sum
		i := 0
		for ; i < len(weights)-1 && at >= weights[i]; i++ {
			at -= weights[i]
		}
		col := column()
		r.Table3.At(roles.results[i], col).N++
		r.Table3.At(roles.total, col).N++
		r.Table3.At(roles.fresh, col).N++
	}
	totals(r.Table3)
	return r
}

// tilt is how one office differs from the common spread: each row between a third and three times.
func tilt(rng *rand.Rand) []float64 {
	out := make([]float64, 21)
	for i := range out {
		out[i] = []float64{1. / 3, 0.5, 1, 1, 2, 3}[rng.IntN(6)]
	}
	return out
}

// shift moves all result rows of table 3 down by one; the last one comes first.
func shift(r *report.Report) {
	roles, _ := rolesOf(r.Table3.Spec)
	n := len(roles.results)
	for col := range report.Columns3 {
		last := *r.Table3.At(roles.results[n-1], col)
		for i := n - 1; i > 0; i-- {
			*r.Table3.At(roles.results[i], col) = *r.Table3.At(roles.results[i-1], col)
		}
		*r.Table3.At(roles.results[0], col) = last
	}
}

// swap exchanges two columns of table 3.
func swap(r *report.Report, a, b int) {
	for row := range r.Table3.Spec.Rows {
		x, y := r.Table3.At(row, a), r.Table3.At(row, b)
		*x, *y = *y, *x
	}
}

// Shifted rows and swapped columns keep every sum. How many are found, and how many ordinary reports are suspected, is
// printed.
func TestShiftedRowsAndSwappedColumns(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(5, 6))
	const many = 300
	var alarms, alarmsAlone, shifted, shiftedAlone, swapped int
	for range many {
		office := tilt(rng)
		r, prev := ordinary(rng, 20+rng.IntN(300), office), ordinary(rng, 20+rng.IntN(300), office)
		prev.Year = r.Year - 1
		suspected := func(in *Input, rule string) int { return len(of(Run(in), rule)) }
		alarms += suspected(&Input{Report: r, Previous: prev}, "S14") + suspected(&Input{Report: r, Previous: prev}, "S15")
		alarmsAlone += suspected(&Input{Report: r}, "S14") + suspected(&Input{Report: r}, "S15")
		shift(r)
		if e := tell(Run(&Input{Report: r}), "K1", "K2", "K3"); len(e) != 0 {
			t.Fatalf("a shift must keep the sums: %v", e)
		}
		shifted += suspected(&Input{Report: r, Previous: prev}, "S14")
		shiftedAlone += suspected(&Input{Report: r}, "S14")
		s := ordinary(rng, 20+rng.IntN(300), office)
		swap(s, report.ColNaturalPerson, 1+rng.IntN(5))
		swapped += suspected(&Input{Report: s, Previous: prev}, "S15")
	}
	t.Logf("ordinary reports suspected: %d with last year, %d without, of %d", alarms, alarmsAlone, many)
	t.Logf("shifted rows found: %d with last year, %d without, of %d", shifted, shiftedAlone, many)
	t.Logf("swapped columns found with last year: %d of %d", swapped, many)
	if alarms+alarmsAlone > 0 {
		t.Errorf("%d false alarms", alarms+alarmsAlone)
	}
	if shifted*100 < many*80 || swapped*100 < many*90 {
		t.Error("too few shifted rows or swapped columns found")
	}
}

// Whatever stands in the cells, the sections and the dates, a check comes to an end with counts that add up.
func TestAnyReportIsChecked(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		r := anyReport(t)
		in := &Input{Report: r, SameAgency: true, Settings: &Settings{}}
		if rapid.Bool().Draw(t, "previous") {
			in.Previous = anyReport(t)
		}
		res := Run(in)
		s := res.Summary()
		if got := s.Errors + s.Warnings + res.Count(Info); got != len(res.Findings) {
			t.Fatalf("%d findings, %d counted", len(res.Findings), got)
		}
		for _, f := range res.Findings {
			if f.Rule == "" || f.Path == "" || f.Message == "" {
				t.Fatalf("a finding must say where and what: %+v", f)
			}
			if c, _ := r.Cell(f.Blame); f.Blame != "" && (c == nil || f.BlameExpected == nil) {
				t.Fatalf("blamed a cell that is not there: %+v", f)
			}
		}
	})
}

func anyReport(t *rapid.T) *report.Report {
	format := rapid.SampledFrom([]report.FormatID{report.Format2021, report.Format2019, report.FormatOlder, ""}).Draw(t, "format")
	texts := rapid.SampledFrom([]string{"", "无", "2024年，我局××。XX", "统计期限自2020年1月1日起至2021年12月31日止。请与甲市乙局联系", "（（（一）", "\xff\xfe 20"})
	r := &report.Report{Format: format, Year: rapid.SampledFrom([]int{0, 2020, 2024, -1}).Draw(t, "year"), Agency: texts.Draw(t, "agency"),
		Title: texts.Draw(t, "title"), Published: rapid.SampledFrom([]string{"", "2025-01-01", "2025-1-1", "2099-12-31"}).Draw(t, "published"),
		Preamble: texts.Draw(t, "preamble")}
	for range rapid.IntRange(0, 7).Draw(t, "sections") {
		r.Sections = append(r.Sections, report.Section{No: rapid.IntRange(-1, 9).Draw(t, "no"), Title: texts.Draw(t, "heading"), Text: texts.Draw(t, "text")})
	}
	f := report.FormatByID(rapid.SampledFrom([]report.FormatID{report.Format2021, report.Format2019}).Draw(t, "tables"))
	r.Table2, r.Table3, r.Table4 = anyTable(t, f.Table2), anyTable(t, f.Table3), anyTable(t, f.Table4)
	r.LabelNotes = []report.LabelNote{{Path: "table3.granted", Printed: texts.Draw(t, "printed"), Fixed: "予以公开"}}
	if rapid.Bool().Draw(t, "doubt") {
		r.Doubt(rapid.SampledFrom([]string{"table3", "table3.total", "table4.review.total", "year"}).Draw(t, "doubted"), "存疑", "")
	}
	return r
}

func anyTable(t *rapid.T, spec *report.TableSpec) *report.Table {
	if rapid.IntRange(0, 5).Draw(t, "absent") == 0 {
		return nil
	}
	table := report.NewTable(spec)
	small := rapid.Int64Range(0, 3)
	wild := rapid.SampledFrom([]int64{-1 << 63, 1<<63 - 1, -5, 1_000_000_000, 12})
	for i := range table.Cells {
		switch rapid.IntRange(0, 30).Draw(t, "cell") {
		case 0:
			table.Cells[i] = report.Cell{Kind: report.CellKind(rapid.IntRange(0, 6).Draw(t, "kind")), Raw: "3.5"}
		case 1:
			table.Cells[i] = report.Num(wild.Draw(t, "wild"))
		default:
			table.Cells[i] = report.Num(small.Draw(t, "n"))
		}
	}
	return table
}

// What the text states finds a slip that the sums cannot see.
func TestTextShowsShiftAndSwap(t *testing.T) {
	t.Parallel()
	r := complete(t)
	r.Section(1).Text = "（二）依申请公开情况。2024年，我局新收政府信息公开申请3511件，其中自然人申请3402件。予以公开1191件，部分公开328件。"
	if res := Run(&Input{Report: r}); len(of(res, "S14"))+len(of(res, "S15"))+len(of(res, "K8")) != 0 {
		t.Errorf("the text agrees: %+v", res.Findings)
	}
	shift(r)
	got := of(Run(&Input{Report: r}), "S14")
	if len(got) != 1 || got[0].Severity != Warning || len(got[0].Cells) == 0 {
		t.Errorf("shifted rows: %+v", got)
	}
	r = complete(t)
	r.Section(1).Text = "（二）依申请公开情况。2024年，我局新收政府信息公开申请3511件，其中自然人申请3402件。"
	swap(r, report.ColNaturalPerson, report.ColResearch)
	got = of(Run(&Input{Report: r}), "S15")
	if len(got) != 1 || got[0].Path != "table3.natural_person" {
		t.Errorf("swapped columns: %+v", got)
	}
}
