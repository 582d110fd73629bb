package main

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"github.com/gongkai/gongkai/internal/report"
)

// office is an agency while its reports are made, year after year.
type office struct {
	no      int
	name    string
	rng     *rand.Rand
	pending []int    // columns of the applications that the last year left open
	inForce [2]int64 // rules and normative documents in force at the end of last year
	last    *report.Report
}

func newOffice(no int, name string) *office {
	o := &office{no: no, name: name, rng: rand.New(rand.NewPCG(uint64(no)+1, 20260131))} //nolint:gosec // invented figures, the same at every run
	o.inForce[1] = int64(4 + no%5)
	return o
}

// busy is how many applications an office gets in a year, roughly: departments of land and housing get most.
func (o *office) busy() int {
	for word, n := range map[string]int{"自然资源": 68, "住房": 57, "人民政府办公室": 36, "市场监督": 29, "教育": 17, "民政": 13, "财政": 9,
		"卫生": 11, "审计": 3, "街道": 8, "镇": 12, "乡": 5} {
		if strings.Contains(o.name, word) {
			return n
		}
	}
	return 6
}

// weights give how often an application ends in a row of table 3.
var weights = []struct {
	key string
	n   int
}{
	{"granted", 46}, {"partial", 9}, {"denied.third_party", 3}, {"denied.internal_affairs", 2}, {"denied.process_information", 3},
	{"denied.enforcement_file", 3}, {"denied.administrative_query", 2}, {"unavailable.not_held", 17}, {"unavailable.needs_creation", 4},
	{"unavailable.still_unclear", 1}, {"rejected.petition_complaint", 4}, {"rejected.repeated", 2}, {"rejected.reconfirmation", 1},
	{"other.correction_overdue", 2}, {"other.other", 1},
}

func (o *office) outcome() string {
	sum := 0
	for _, w := range weights {
		sum += w.n
	}
	k := o.rng.IntN(sum)
	for _, w := range weights {
		if k -= w.n; k < 0 {
			return w.key
		}
	}
	return "granted"
}

func (o *office) column() int {
	switch k := o.rng.IntN(100); {
	case k < 78:
		return report.ColNaturalPerson
	case k < 90:
		return report.ColBusiness
	case k < 96:
		return report.ColLegalService
	case k < 98:
		return report.ColPublicWelfare
	default:
		return report.ColOther
	}
}

// report makes the sound report of a year; years are asked for in order.
func (o *office) report(year int) *report.Report {
	f := report.FormatByID(report.Format2021)
	r := &report.Report{Format: report.Format2021, Agency: o.name, Year: year,
		Title:  fmt.Sprintf("%s%d年政府信息公开工作年度报告", o.name, year),
		Table2: zeros(f.Table2), Table3: zeros(f.Table3), Table4: zeros(f.Table4)}
	o.publishing(r)
	o.applications(r)
	o.disputes(r)
	o.write(r)
	o.last = r
	return r
}

func zeros(s *report.TableSpec) *report.Table {
	t := report.NewTable(s)
	t.Each(func(_, _ int, _ string, c *report.Cell) { *c = report.Num(0) })
	return t
}

func count(t *report.Table, row string, col int) { t.Get(row, col).N++ }

// applications plays the year: what was left over is handled first, the last few stay open.
func (o *office) applications(r *report.Report) {
	t := r.Table3
	open := o.pending
	for _, c := range open {
		count(t, "carried_in", c)
	}
	for range o.busy()*4/5 + o.rng.IntN(o.busy()*2/5+2) {
		c := o.column()
		count(t, "new_received", c)
		open = append(open, c)
	}
	left := 0
	if len(open) > 6 {
		left = o.rng.IntN(min(len(open)/6, 4) + 1)
	}
	for _, c := range open[:len(open)-left] {
		count(t, o.outcome(), c)
		count(t, "total", c)
	}
	o.pending = append([]int(nil), open[len(open)-left:]...)
	for _, c := range o.pending {
		count(t, "carried_out", c)
	}
	for i := range t.Spec.Rows {
		for c := range report.ColTotal {
			t.At(i, report.ColTotal).N += t.At(i, c).N
		}
	}
}

// disputes fills table 4: one application in twenty ends before a reviewing body, few before a court.
func (o *office) disputes(r *report.Report) {
	for range int(r.Table3.Get("total", report.ColTotal).N)/20 + o.rng.IntN(2)*o.busy()/14 {
		row := "review"
		if o.rng.IntN(4) == 0 {
			row = "litigation_after_review"
		}
		col := []int{report.ColUpheld, report.ColUpheld, report.ColUpheld, report.ColCorrected, report.ColOtherResult, report.ColPending}[o.rng.IntN(6)]
		count(r.Table4, row, col)
		count(r.Table4, row, report.ColResultTotal)
	}
}

// publishing fills table 2; what is in force follows from the year before.
func (o *office) publishing(r *report.Report) {
	set := func(row string, n ...int64) {
		for i, v := range n {
			r.Table2.Get(row, i).N = v
		}
	}
	made, gone := int64(o.rng.IntN(4)), int64(o.rng.IntN(2))
	gone = min(gone, o.inForce[1])
	o.inForce[1] += made - gone
	set("normative_documents", made, gone, o.inForce[1])
	if strings.Contains(o.name, "局") || strings.Contains(o.name, "镇") {
		set("licences", int64(o.busy()*9+o.rng.IntN(o.busy()*4)))
		set("penalties", int64(o.busy()*2+o.rng.IntN(o.busy()+3)))
		set("enforcements", int64(o.rng.IntN(6)))
	}
	if strings.Contains(o.name, "自然资源") || strings.Contains(o.name, "住房") {
		c := report.Cell{Kind: report.Number, N: int64(100+o.rng.IntN(900))*report.FenPerWan + int64(o.rng.IntN(100))*report.FenPerWan/100, Decimals: 2}
		c.Raw = report.WanString(c.N, c.Decimals)
		*r.Table2.Get("fees_wan_yuan", 0) = c
	}
}
