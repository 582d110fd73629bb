package narrative

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/gongkai/gongkai/internal/report"
)

// lines returns the lines of a fixture file, split at " | ", without comments.
func lines(t testing.TB, name string) [][]string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	var out [][]string
	for _, l := range strings.Split(string(b), "\n") {
		if strings.TrimSpace(l) == "" || strings.HasPrefix(l, "#") {
			continue
		}
		parts := strings.Split(l, "|")
		for i := range parts {
			parts[i] = strings.TrimSpace(parts[i])
		}
		out = append(out, parts)
	}
	return out
}

// filled returns a report whose tables hold 0 except for cells.
func filled(t testing.TB, year int, agency, format, cells string) *report.Report {
	t.Helper()
	r := &report.Report{Year: year, Agency: agency}
	f := report.FormatByID(report.FormatID(format))
	if f == nil {
		return r
	}
	r.Format = f.ID
	r.Table2, r.Table3, r.Table4 = report.NewTable(f.Table2), report.NewTable(f.Table3), report.NewTable(f.Table4)
	for _, tab := range r.Tables() {
		tab.Each(func(_, _ int, _ string, c *report.Cell) { *c = report.Num(0) })
	}
	for _, kv := range strings.Fields(cells) {
		k, v, _ := strings.Cut(kv, "=")
		setCell(t, r, k, v)
	}
	return r
}

func setCell(t testing.TB, r *report.Report, key, v string) {
	t.Helper()
	for _, p := range []string{"table3." + key + ".total", "table3." + key, "table4." + key, "table2." + key, "table2." + key + ".decisions"} {
		c, u := r.Cell(p)
		if c == nil {
			continue
		}
		switch {
		case v == "?":
			*c = report.Cell{Kind: report.Blank}
		case v == "!":
			*c = report.Cell{Kind: report.Unreadable}
		case u == report.WanYuan:
			fen, dec, ok := report.ParseWan(v)
			if !ok {
				t.Fatalf("%s: %q", key, v)
			}
			*c = report.Cell{Kind: report.Number, N: fen, Decimals: dec}
		default:
			n, err := strconv.ParseInt(v, 10, 64)
			if err != nil {
				t.Fatal(err)
			}
			*c = report.Num(n)
		}
		return
	}
	t.Fatalf("no cell %s", key)
}

type bookEntry struct {
	year                  int
	agency, format, cells string
}

func book(t testing.TB) map[string]bookEntry {
	m := map[string]bookEntry{}
	for _, l := range lines(t, "tables.txt") {
		y, err := strconv.Atoi(l[1])
		if err != nil {
			t.Fatal(err)
		}
		e := bookEntry{year: y, agency: l[2], format: l[3]}
		if len(l) > 4 {
			e.cells = l[4]
		}
		m[l[0]] = e
	}
	return m
}

// key names a claim as the fixtures do.
func key(v *Verdict) string {
	k := v.Metric
	if v.Applicants != "" {
		k += "@" + v.Applicants
	}
	if v.Kind != Count && (v.Kind != Amount || v.Metric == "info_fee") {
		k += ":" + string(v.Kind)
	}
	return k
}

var letters = map[Status]string{Agrees: "A", Conflicts: "C", OutOfScope: "O", NotAssessable: "N"}

// misses compares the verdicts with the expectation of one line.
func misses(vs []Verdict, want string) []string {
	got := make([]string, len(vs))
	used := make([]bool, len(vs))
	for i := range vs {
		got[i] = key(&vs[i]) + "=" + letters[vs[i].Status]
	}
	var out []string
	for _, w := range strings.Fields(want) {
		if w == "-" {
			continue
		}
		k := slices.IndexFunc(got, func(g string) bool {
			return g == w || strings.HasSuffix(w, "=Q") && (g == w[:len(w)-1]+"O" || g == w[:len(w)-1]+"N")
		})
		for k >= 0 && used[k] {
			n := slices.Index(got[k+1:], w)
			if n < 0 {
				k = -1
				break
			}
			k += 1 + n
		}
		if k < 0 {
			out = append(out, "want "+w)
			continue
		}
		used[k] = true
	}
	for i, g := range got {
		if !used[i] && strings.HasSuffix(g, "=C") {
			out = append(out, "false alarm "+g)
		}
	}
	if len(out) > 0 {
		out = append(out, "got "+strings.Join(got, " "))
	}
	return out
}

func runSentences(t *testing.T, file string) (right, total int) {
	tables := book(t)
	for _, l := range lines(t, file) {
		if len(l) != 4 {
			t.Fatalf("%s: %d parts in %q", file, len(l), l)
		}
		e, ok := tables[l[0]]
		if !ok {
			t.Fatalf("no table %s", l[0])
		}
		r := filled(t, e.year, e.agency, e.format, e.cells)
		r.Sections = []report.Section{{No: 1, Text: strings.ReplaceAll(l[2], `\n`, "\n")}}
		var prev *report.Report
		if l[1] != "-" {
			prev = filled(t, e.year-1, e.agency, e.format, l[1])
		}
		total++
		m := misses(Judge(r, prev), l[3])
		if len(m) == 0 {
			right++
			continue
		}
		t.Logf("%s [%s]\n\t%s", l[2], l[0], strings.Join(m, "\n\t"))
	}
	return right, total
}

// The sets were written before the code saw them. heldout.txt was not looked at until the end: 60 of 63 right (95.2 %) then.
// harder.txt, third.txt and fourth.txt, written later to find faults, began at 51 of 65 (78.5 %), 36 of 40 (90.0 %) and 33 of
// 38 (86.8 %); most of the faults that they showed are mended. fifth.txt is made of sentences that were misread, at first 2 of 8 right.
func TestSentences(t *testing.T) {
	for _, file := range []string{"sentences.txt", "harder.txt", "third.txt", "fourth.txt", "fifth.txt", "heldout.txt"} {
		t.Run(file, func(t *testing.T) {
			right, total := runSentences(t, file)
			t.Logf("%d of %d sentences judged right (%.1f %%)", right, total, 100*float64(right)/float64(total))
			if right*100 < total*95 {
				t.Errorf("less than 95 %% judged right")
			}
		})
	}
}

func Example() {
	f := report.V2021
	r := &report.Report{Year: 2023, Table3: report.NewTable(f.Table3)}
	*r.Table3.Get("granted", report.ColTotal) = report.Num(272)
	*r.Table3.Get("partial", report.ColTotal) = report.Num(3)
	r.Sections = []report.Section{{No: 1, Text: "予以公开及部分公开258件。"}}
	for _, v := range Judge(r, nil) {
		fmt.Println(v.Status, v.Message)
	}
	// Output: conflicts 原文“予以公开及部分公开258件。”写 258 件，表三“（一）予以公开”与“（二）部分公开”合计 275 件，相差 17 件；请核对
}
