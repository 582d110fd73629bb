package compare

import (
	"strings"
	"testing"

	"github.com/gongkai/gongkai/internal/report"
	"github.com/gongkai/gongkai/internal/testkit/sample"
)

// Whatever the two texts are, both can be put together again from the changes, and equal texts have no change.
func FuzzTextDiff(f *testing.F) {
	f.Add("全年公开信息12条。工作平稳。", "全年公开信息15条。工作平稳。")
	f.Add("", "甲。")
	f.Add("甲。乙。丙。丁。", "丁。丙。乙。甲。")
	f.Add("\xff\xfe。a", "\xff。a\n")
	f.Add(strings.Repeat("甲乙。", 40), strings.Repeat("乙甲；", 40))
	f.Fuzz(func(t *testing.T, a, b string) {
		var s Section
		s.fill(a, b)
		if x, y := rebuilt(s.Changes); x != a || y != b {
			t.Fatalf("%q and %q became %q and %q", a, b, x, y)
		}
		if s.Identical > s.SentencesB || s.Identical > s.SentencesA {
			t.Fatalf("%d identical of %d and %d", s.Identical, s.SentencesA, s.SentencesB)
		}
		for _, c := range s.Changes {
			if a == b && c.Op != Equal {
				t.Fatalf("%q differs from itself: %+v", a, c)
			}
			for _, r := range c.Runs {
				if r.Text == "" {
					t.Fatalf("an empty run in %+v", c)
				}
			}
		}
	})
}

// The steps are as few as they can be: as many as a table of the longest common subsequence says.
func TestDiffIsShortest(t *testing.T) {
	for _, tt := range [][2]string{{"abcabba", "cbabac"}, {"", "x"}, {"aaa", "a"}, {"abc", "abc"}, {"axbxc", "abc"}, {"kitten", "sitting"}, {"xaxcxabc", "abcy"}} {
		a, b := strings.Split(tt[0], ""), strings.Split(tt[1], "")
		steps, ok := diff(a, b, 100)
		same := 0
		for _, e := range steps {
			if e.op == Equal {
				if a[e.i] != b[e.j] {
					t.Errorf("%v: step %+v is not equal", tt, e)
				}
				same++
			}
		}
		if want := lcs(a, b); !ok || same != want {
			t.Errorf("%v: %d kept, want %d", tt, same, want)
		}
	}
}

func lcs(a, b []string) int {
	row := make([]int, len(b)+1)
	for i := range a {
		before := 0
		for j := range b {
			old := row[j+1]
			if a[i] == b[j] {
				row[j+1] = before + 1
			} else {
				row[j+1] = max(row[j+1], row[j])
			}
			before = old
		}
	}
	return row[len(b)]
}

func TestHostileTextIsBounded(t *testing.T) {
	a := &report.Report{Preamble: numbered("甲", 6000)}
	b := &report.Report{Preamble: numbered("乙", 6000)}
	s := Reports(a, b).Sections[0]
	if !s.Coarse {
		t.Error("not coarse")
	}
	if x, y := rebuilt(s.Changes); x != a.Preamble || y != b.Preamble {
		t.Error("text lost")
	}
}

// Ten thousand long sentences that are all nearly alike would take hours without a bound on the whole.
func TestManyLikeSentencesAreBounded(t *testing.T) {
	var x, y strings.Builder
	for i := range 4000 {
		x.WriteString(strings.Repeat("甲乙丙丁", 100) + string(rune('一'+i)) + "子。")
		y.WriteString(strings.Repeat("甲丙乙丁", 100) + string(rune('一'+i)) + "丑。")
	}
	var s Section
	s.fill(x.String(), y.String())
	if a, b := rebuilt(s.Changes); a != x.String() || b != y.String() || !s.Coarse {
		t.Errorf("text lost, or not coarse (%t)", s.Coarse)
	}
}

func numbered(s string, n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.Repeat(s, 1+i%7) + string(rune('一'+i)) + "。")
	}
	return b.String()
}

func BenchmarkReports(b *testing.B) {
	x := sample.New(1, report.Format2021, sample.Options{Scale: sample.Large})
	y := sample.New(2, report.Format2021, sample.Options{Scale: sample.Large})
	n := 0
	for b.Loop() {
		c := Reports(x, y)
		n += len(c.Tables)
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N), "µs/pair")
	if n == 0 {
		b.Fatal("nothing compared")
	}
}
