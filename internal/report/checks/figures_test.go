package checks

import (
	"strconv"
	"strings"
	"testing"

	"github.com/gongkai/gongkai/internal/report"
)

// published are the figures of four published reports, one row of table 3 per line, table 4 last.
var published = map[string]string{
	"001": `21 0 0 0 0 0 21
0 0 0 0 0 0 0
0 0 0 0 0 0 0
4 0 0 0 0 0 4
1 0 0 0 0 0 1
0 0 0 0 0 0 0
0 0 0 0 0 0 0
0 0 0 0 0 0 0
0 0 0 0 0 0 0
1 0 0 0 0 0 1
1 0 0 0 0 0 1
0 0 0 0 0 0 0
10 0 0 0 0 0 10
3 0 0 0 0 0 3
0 0 0 0 0 0 0
1 0 0 0 0 0 1
0 0 0 0 0 0 0
0 0 0 0 0 0 0
0 0 0 0 0 0 0
0 0 0 0 0 0 0
0 0 0 0 0 0 0
21 0 0 0 0 0 21
0 0 0 0 0 0 0
10 1 0 0 0 0 0 0 0 0 5 0 0 0 0`,
	"004": `3402 99 0 4 5 1 3511
91 3 0 0 2 0 96
1175 12 0 3 1 0 1191
319 7 0 0 2 0 328
0 0 0 0 0 0 0
27 0 0 0 0 0 27
6 0 0 0 0 0 6
38 0 0 0 0 0 38
20 0 0 0 0 0 20
9 0 0 0 0 0 9
21 0 0 0 0 0 21
20 1 0 0 0 0 21
968 74 0 1 3 1 1047
26 2 0 0 0 0 28
3 0 0 0 0 0 3
305 0 0 0 0 0 305
39 0 0 0 0 0 39
0 0 0 0 0 0 0
58 0 0 0 0 0 58
4 0 0 0 0 0 4
40 0 0 0 0 0 40
10 0 0 0 0 0 10
287 3 0 0 1 0 291
3375 99 0 4 7 1 3486
118 3 0 0 0 0 121
309 17 88 26 440 1 1 16 6 24 13 0 67 9 89`,
	"011": `13612 252 0 45 128 32 14069
535 6 0 1 18 0 560
5345 129 0 41 19 14 5548
2120 39 0 1 6 2 2168
13 0 0 0 0 0 13
30 0 0 0 0 0 30
11 0 0 0 0 0 11
49 2 0 0 0 0 51
103 1 0 0 0 0 104
84 1 0 0 0 0 85
282 4 0 0 0 0 286
147 0 0 0 1 2 150
3075 50 0 0 89 8 3222
177 3 0 0 0 0 180
19 0 0 0 0 0 19
199 1 0 0 3 0 203
147 1 0 0 0 0 148
0 0 0 0 0 0 0
100 1 0 0 0 0 101
5 0 0 0 0 0 5
315 3 0 0 0 0 318
202 0 0 1 0 0 203
941 17 0 1 3 3 965
13364 252 0 44 121 29 13810
783 6 0 2 25 3 819
376 97 196 121 790 16 1 12 27 56 74 1 30 51 156`,
	"013": `20 0 0 0 0 1 21
0 0 0 0 0 0 0
6 0 0 0 0 1 7
6 0 0 0 0 0 6
0 0 0 0 0 0 0
0 0 0 0 0 0 0
0 0 0 0 0 0 0
0 0 0 0 0 0 0
0 0 0 0 0 0 0
0 0 0 0 0 0 0
0 0 0 0 0 0 0
0 0 0 0 0 0 0
4 0 0 0 0 0 4
0 0 0 0 0 0 0
3 0 0 0 0 0 3
0 0 0 0 0 0 0
3 0 0 0 0 0 3
0 0 0 0 0 0 0
0 0 0 0 0 0 0
0 0 0 0 0 0 0
4 0 0 0 0 0 4
20 0 0 0 0 1 21
0 0 0 0 0 0 0
0 0 0 0 0 0 0 0 0 0 0 0 0 0 0`,
}

// figures returns the published report of this name: tables 3 and 4 only.
func figures(t testing.TB, name string) *report.Report {
	t.Helper()
	format := map[string]report.FormatID{"013": report.Format2019}[name]
	if format == "" {
		format = report.Format2021
	}
	return read(t, format, published[name])
}

// read builds a report from lines of figures. A dot is a blank cell. Tables 3 with 23 rows are in the merged form.
func read(t testing.TB, format report.FormatID, text string) *report.Report {
	t.Helper()
	lines := strings.Split(strings.TrimSpace(text), "\n")
	f := report.FormatByID(format)
	spec := f.Table3
	if len(lines)-1 != len(spec.Rows) {
		spec = f.Table3Merged
	}
	r := &report.Report{File: "a.html", Agency: "示例市人民政府", Year: 2023, Format: format}
	r.Table3, r.Table4 = report.NewTable(spec), report.NewTable(f.Table4)
	if len(lines)-1 != len(spec.Rows) {
		t.Fatalf("%d lines of figures for %d rows", len(lines)-1, len(spec.Rows))
	}
	fill(t, r.Table3, strings.Fields(strings.Join(lines[:len(lines)-1], " ")))
	fill(t, r.Table4, strings.Fields(lines[len(lines)-1]))
	return r
}

func fill(t testing.TB, table *report.Table, words []string) {
	t.Helper()
	if len(words) != len(table.Cells) {
		t.Fatalf("%s: %d figures for %d cells", table.Spec.ID, len(words), len(table.Cells))
	}
	for i, w := range words {
		if w == "." {
			table.Cells[i] = report.Cell{Kind: report.Blank}
			continue
		}
		n, err := strconv.ParseInt(w, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		table.Cells[i] = report.Num(n)
	}
}

// zeros returns a report with all three tables filled with zeros.
func zeros(format report.FormatID) *report.Report {
	f := report.FormatByID(format)
	r := &report.Report{File: "a.html", Agency: "示例市人民政府", Year: 2023, Format: format}
	r.Table2, r.Table3, r.Table4 = report.NewTable(f.Table2), report.NewTable(f.Table3), report.NewTable(f.Table4)
	for _, table := range r.Tables() {
		for i := range table.Cells {
			table.Cells[i] = report.Num(0)
		}
	}
	return r
}

// set puts n into the cell at path.
func set(t testing.TB, r *report.Report, path string, n int64) {
	t.Helper()
	*cellAt(t, r, path) = report.Num(n)
}

func cellAt(t testing.TB, r *report.Report, path string) *report.Cell {
	t.Helper()
	c, _ := r.Cell(path)
	if c == nil {
		t.Fatalf("no cell %s", path)
	}
	return c
}

// of returns the findings of one rule.
func of(res Result, rule string) []Finding {
	var out []Finding
	for _, f := range res.Findings {
		if f.Rule == rule {
			out = append(out, f)
		}
	}
	return out
}

func unknownOf(res Result, rule string) int {
	n := 0
	for _, u := range res.NotAssessable {
		if u.Rule == rule {
			n++
		}
	}
	return n
}
