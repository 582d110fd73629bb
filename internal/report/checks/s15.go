package checks

import (
	"math"
	"strings"

	"github.com/gongkai/gongkai/internal/legal"
	"github.com/gongkai/gongkai/internal/report"
)

// s15 looks for two applicant columns that were exchanged: every sum still holds. It asks last year's report (what was
// carried forward, how the applicants were spread), the text, and the shape: hardly any office has more applications from
// research bodies or welfare organisations than from natural persons.
//
// Formula: 二、上年结转 and the spread over the applicants fit last year, and the text, better after two columns change places.
// Legal: 条例 第五十条第二项 (申请的处理情况), from 2019-05-15; the comparison is derived.
func s15() Rule {
	return Rule{
		ID: "S15", Title: "申请人各列没有错位", Severity: Warning, Formats: withTables,
		Sources: []legal.Ref{{Instrument: legal.Regulation, Article: "第五十条"}},
		Formula: "申请人各列与上年的结转、上年的分布和正文相符；两列对调后明显更相符的，提示核对",
		Check:   checkSwap,
	}
}

const (
	swapEnough = 15  // applications in each year from which a spread says something
	swapFar    = 0.6 // share of the applications that stands in another column than last year
	swapNear   = 0.2 // share after the columns change places
	oddMany    = 10  // applications from which an odd column is looked at
)

func checkSwap(in *Input) Outcome {
	var out Outcome
	t := in.Report.Table3
	if t == nil {
		out.unknown("table3.new_received", noTable3)
		return out
	}
	for _, look := range []func(*Input, *report.Table) (a, b int, reason string){swappedCarry, swappedSpread, swappedText, oddColumn} {
		a, b, reason := look(in, t)
		if reason == "" {
			continue
		}
		fields := t.Spec.Rows[0].Fields
		out.find(Finding{Path: "table3." + fields[a].Key, Cells: []string{t.Spec.Path(0, a), t.Spec.Path(0, b)},
			Message: "表三“" + fields[a].Label + "”列与“" + fields[b].Label + "”列的数字疑似对调。理由：" + reason +
				"。合计查不出这种错误，请核对申请人类别"})
		return out
	}
	out.Passed++
	return out
}

// numbers returns the applicant cells of a row, and false when one holds no number.
func numbers(t *report.Table, row string) (n [report.ColTotal]int64, ok bool) {
	for col := range n {
		c := t.Get(row, col)
		if c == nil || !c.IsNumber() || c.N < 0 || c.N > glued {
			return n, false
		}
		n[col] = c.N
	}
	return n, true
}

// swappedCarry finds two columns whose carried-in numbers are each other's of last year.
func swappedCarry(in *Input, t *report.Table) (a, b int, reason string) {
	prev, _ := in.previous()
	if prev == nil {
		return 0, 0, ""
	}
	now, ok := numbers(t, "carried_in")
	before, okBefore := numbers(prev.Table3, "carried_out")
	if !ok || !okBefore {
		return 0, 0, ""
	}
	var wrong []int
	for col := range now {
		if now[col] != before[col] {
			wrong = append(wrong, col)
		}
	}
	if len(wrong) != 2 || now[wrong[0]] != before[wrong[1]] || now[wrong[1]] != before[wrong[0]] {
		return 0, 0, ""
	}
	a, b = wrong[0], wrong[1]
	return a, b, "上年报告结转下年度的两列为 " + number(before[a]) + " 和 " + number(before[b]) + "，本年上年结转恰好相反，为 " +
		number(now[a]) + " 和 " + number(now[b])
}

// swappedSpread finds two columns whose shares of the new applications are each other's of last year.
func swappedSpread(in *Input, t *report.Table) (a, b int, reason string) {
	prev, _ := in.previous()
	if prev == nil {
		return 0, 0, ""
	}
	now, ok := numbers(t, "new_received")
	before, okBefore := numbers(prev.Table3, "new_received")
	if !ok || !okBefore {
		return 0, 0, ""
	}
	var sumNow, sumBefore int64
	for col := range now {
		sumNow += now[col]
		sumBefore += before[col]
	}
	if sumNow < swapEnough || sumBefore < swapEnough {
		return 0, 0, ""
	}
	share := func(n, of int64) float64 { return float64(n) / float64(of) }
	for a := range now {
		for b := a + 1; b < len(now); b++ {
			na, nb, pa, pb := share(now[a], sumNow), share(now[b], sumNow), share(before[a], sumBefore), share(before[b], sumBefore)
			stay, swap := math.Abs(na-pa)+math.Abs(nb-pb), math.Abs(na-pb)+math.Abs(nb-pa)
			if stay/2 >= swapFar && swap/2 <= swapNear {
				return a, b, "上年新收两列为 " + number(before[a]) + " 和 " + number(before[b]) + "，本年为 " + number(now[a]) + " 和 " + number(now[b]) + "，对调后才与上年相近"
			}
		}
	}
	return 0, 0, ""
}

// swappedText finds a count of the text about one kind of applicant that stands in another column of the same row.
func swappedText(in *Input, t *report.Table) (a, b int, reason string) {
	for _, s := range statements(in) {
		if len(s.paths) != 1 || s.value == 0 || !strings.HasPrefix(s.paths[0], "table3.") || strings.HasSuffix(s.paths[0], ".total") {
			continue // only counts about one kind of applicant
		}
		row, col := locate(t, s.paths[0])
		if row < 0 || !t.At(row, col).IsNumber() || t.At(row, col).N == s.value {
			continue
		}
		if other := columnWith(t, row, s.value); other >= 0 {
			fields := t.Spec.Rows[row].Fields
			return col, other, "正文写“" + fields[col].Label + "”" + number(s.value) + " 件，而表中这个数字在“" + fields[other].Label + "”列"
		}
	}
	return 0, 0, ""
}

// columnWith returns the applicant column of a row that holds the number, -1 when there is none.
func columnWith(t *report.Table, row int, n int64) int {
	for col := range report.ColTotal {
		if c := t.At(row, col); c.IsNumber() && c.N == n {
			return col
		}
	}
	return -1
}

func locate(t *report.Table, path string) (row, col int) {
	for i := range t.Spec.Rows {
		for j := range t.Spec.Rows[i].Fields {
			if t.Spec.Path(i, j) == path {
				return i, j
			}
		}
	}
	return -1, -1
}

// oddColumn finds a column that is hardly ever the largest.
func oddColumn(_ *Input, t *report.Table) (a, b int, reason string) {
	n, ok := numbers(t, "new_received")
	if !ok {
		return 0, 0, ""
	}
	for _, col := range []int{report.ColResearch, report.ColPublicWelfare} {
		if n[col] >= oddMany && n[col] > 5*(n[report.ColNaturalPerson]+n[report.ColBusiness]) {
			return report.ColNaturalPerson, col, "新收申请中" + t.Spec.Rows[0].Fields[col].Label + " " + number(n[col]) + " 件，自然人只有 " +
				number(n[report.ColNaturalPerson]) + " 件，一般报告以自然人为主"
		}
	}
	return 0, 0, ""
}
