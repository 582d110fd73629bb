package checks

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"github.com/gongkai/gongkai/internal/report"
	"github.com/gongkai/gongkai/internal/testkit/sample"
)

// sound returns a report in which every relation holds. scale is the size of its largest numbers; about zero percent of
// its cells are 0.
func sound(rng *rand.Rand, format report.FormatID, scale int64, zero int) *report.Report {
	r := zeros(format)
	n := func(limit int64) int64 {
		if limit <= 0 || rng.IntN(100) < zero {
			return 0
		}
		// small numbers are more common than large ones
		return rng.Int64N(1 + rng.Int64N(limit+1))
	}
	roles, _ := rolesOf(r.Table3.Spec)
	at := func(row, col int) *report.Cell { return r.Table3.At(row, col) }
	for col := range report.ColTotal {
		limit := scale
		if col > 0 {
			limit = scale / int64(10*col)
		}
		var total int64
		for _, row := range roles.results {
			v := n(limit)
			*at(row, col) = report.Num(v)
			total += v
		}
		out := n(limit)
		in := min(n(limit), total+out)
		*at(roles.total, col), *at(roles.carriedOut, col) = report.Num(total), report.Num(out)
		*at(roles.carriedIn, col), *at(roles.fresh, col) = report.Num(in), report.Num(total+out-in)
	}
	totals(r.Table3)
	for row := range r.Table4.Spec.Rows {
		for col := range report.ColResultTotal {
			*r.Table4.At(row, col) = report.Num(n(scale / 10))
		}
	}
	totals(r.Table4)
	return r
}

// totals writes the sum of each row into its last cell.
func totals(t *report.Table) {
	for row := range t.Spec.Rows {
		last := len(t.Spec.Rows[row].Fields) - 1
		var sum int64
		for col := range last {
			sum += t.At(row, col).N
		}
		*t.At(row, last) = report.Num(sum)
	}
}

// tally counts what became of changed digits.
type tally struct{ tried, found, right, wrong int }

func (a *tally) add(b tally) {
	a.tried += b.tried
	a.found += b.found
	a.right += b.right
	a.wrong += b.wrong
}

func (a tally) String() string {
	share := func(n int) float64 { return 100 * float64(n) / float64(max(a.tried, 1)) }
	return fmt.Sprintf("%7d digits changed: found %6.2f %%, named right %6.2f %%, named another %5.2f %%, only listed %5.2f %%",
		a.tried, share(a.found), share(a.right), share(a.wrong), share(a.tried-a.right-a.wrong))
}

// changeDigits changes every digit of every number of tables 3 and 4, one at a time, to every other digit.
func changeDigits(t *testing.T, r *report.Report) (t3, t4 tally) {
	t.Helper()
	return changeTable(t, r, r.Table3), changeTable(t, r, r.Table4)
}

func changeTable(t *testing.T, r *report.Report, table *report.Table) (sum tally) {
	t.Helper()
	table.Each(func(_, _ int, path string, c *report.Cell) {
		was := *c
		if !was.IsNumber() {
			return
		}
		text := strconv.FormatInt(was.N, 10)
		for i := range text {
			for d := '0'; d <= '9'; d++ {
				if byte(d) == text[i] {
					continue
				}
				n, err := strconv.ParseInt(text[:i]+string(d)+text[i+1:], 10, 64)
				if err != nil {
					t.Fatal(err)
				}
				*c = report.Num(n)
				sum.add(judge(Run(&Input{Report: r}), path, was.N))
			}
		}
		*c = was
	})
	return sum
}

// judge compares the findings with the one cell that is wrong.
func judge(res Result, path string, truth int64) tally {
	out := tally{tried: 1}
	named := ""
	for _, f := range res.Findings {
		if f.Severity == Error && strings.HasPrefix(f.Rule, "K") {
			out.found = 1
			if f.Blame != "" {
				named = f.Blame
				if f.Blame == path && *f.BlameExpected == truth {
					out.right = 1
				}
			}
		}
	}
	if named != "" && out.right == 0 {
		out.wrong = 1
	}
	return out
}

// Every changed digit has to be found, and the cell named right in at least 95 of 100.
func TestBlame(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(1, 2))
	kinds := []struct {
		name   string
		format report.FormatID
		scale  int64
		zero   int
		many   int
	}{
		{"a county, 2021", report.Format2021, 60, 60, 3},
		{"a department, 2021", report.Format2021, 9, 75, 3},
		{"a city, 2021", report.Format2021, 3000, 40, 2},
		{"a county, 2019", report.Format2019, 60, 60, 3},
		{"a quiet office, 2021", report.Format2021, 3, 95, 3},
	}
	var all3, all4 tally
	for _, kind := range kinds {
		var t3, t4 tally
		for range kind.many {
			a, b := changeDigits(t, sound(rng, kind.format, kind.scale, kind.zero))
			t3.add(a)
			t4.add(b)
		}
		t.Logf("%-22s table 3 %v", kind.name, t3)
		t.Logf("%-22s table 4 %v", "", t4)
		all3.add(t3)
		all4.add(t4)
	}
	for _, name := range []string{"004", "011"} {
		t3, t4 := changeDigits(t, figures(t, name))
		t.Logf("%-22s table 3 %v", "published "+name, t3)
		t.Logf("%-22s table 4 %v", "", t4)
		all3.add(t3)
		all4.add(t4)
	}
	for _, name := range []string{"004", "011"} {
		r := figures(t, name)
		for _, table := range []*report.Table{r.Table3, r.Table4} {
			for i := range table.Cells {
				if table.Cells[i].N == 0 {
					table.Cells[i] = report.Cell{Kind: report.Blank}
				}
			}
		}
		t3, t4 := changeDigits(t, r)
		t.Logf("%-22s table 3 %v", name+" with zeros blank", t3)
		t.Logf("%-22s table 4 %v", "", t4)
	}
	a, b := changeDigits(t, zeros(report.Format2021))
	t.Logf("%-22s table 3 %v", "all zero", a)
	t.Logf("%-22s table 4 %v", "", b)
	all3.add(a)
	all4.add(b)
	both := all3
	both.add(all4)
	t.Logf("%-22s table 3 %v", "together", all3)
	t.Logf("%-22s table 4 %v", "", all4)
	t.Logf("%-22s both    %v", "", both)
	if both.found != both.tried {
		t.Errorf("%d of %d changed digits were not found", both.tried-both.found, both.tried)
	}
	if both.right*100 < both.tried*95 {
		t.Errorf("the right cell was named in %d of %d", both.right, both.tried)
	}
	if all3.right != all3.tried {
		t.Errorf("table 3: %d of %d cells not named right", all3.tried-all3.right, all3.tried)
	}
}

// With its text, the total that the text states tells a wrong total from a wrong part.
func TestBlameWithText(t *testing.T) {
	t.Parallel()
	for _, kind := range []struct {
		name  string
		scale sample.Scale
	}{{"small", sample.Small}, {"medium", sample.Medium}, {"large", sample.Large}} {
		var sum tally
		for seed := range uint64(3) {
			r := sample.New(seed, report.Format2021, sample.Options{Scale: kind.scale})
			sum.add(changeTable(t, r, r.Table4))
		}
		t.Logf("with text, %-11s table 4 %v", kind.name, sum)
		if sum.found != sum.tried || sum.right*100 < sum.tried*75 {
			t.Errorf("%s: of %d found %d, named right %d", kind.name, sum.tried, sum.found, sum.right)
		}
	}
}

// Where only one relation fails, the text decides between the total and its parts.
func TestTextDecidesTable4(t *testing.T) {
	t.Parallel()
	r := complete(t)
	text := "（二）依申请公开情况。全年因政府信息公开工作被申请行政复议440件。"
	r.Section(1).Text = text
	set(t, r, "table4.review.total", 450)
	got := of(Run(&Input{Report: r}), "K5")
	if len(got) != 1 || got[0].Blame != "table4.review.total" || *got[0].BlameExpected != 440 {
		t.Errorf("a wrong total: %+v", got)
	}
	set(t, r, "table4.review.total", 440)
	set(t, r, "table4.review.pending", 36)
	got = of(Run(&Input{Report: r}), "K5")
	if len(got) != 1 || got[0].Blame == "table4.review.total" {
		t.Errorf("a wrong part: %+v", got)
	}
}

// Two wrong cells of table 3 are named both, as long as they do not stand in for each other.
func TestBlameTwoCells(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(3, 4))
	const many = 400
	both, wrong := 0, 0
	for range many {
		r := sound(rng, report.Format2021, 60, 60)
		truth := map[string]int64{}
		for len(truth) < 2 {
			i := rng.IntN(len(r.Table3.Cells))
			path := r.Table3.Spec.Path(i/report.Columns3, i%report.Columns3)
			if _, ok := truth[path]; ok {
				continue
			}
			truth[path] = r.Table3.Cells[i].N
			r.Table3.Cells[i] = report.Num(r.Table3.Cells[i].N + 1 + rng.Int64N(8))
		}
		named := map[string]bool{}
		for _, f := range Run(&Input{Report: r}).Findings {
			if f.Blame == "" {
				continue
			}
			if n, ok := truth[f.Blame]; ok && n == *f.BlameExpected {
				named[f.Blame] = true
			} else {
				wrong++
			}
		}
		if len(named) == 2 {
			both++
		}
	}
	t.Logf("two wrong cells: both named in %d of %d reports, %d findings named another cell", both, many, wrong)
	if both*100 < many*85 {
		t.Errorf("both cells named in %d of %d only", both, many)
	}
}
