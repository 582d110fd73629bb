package rollup

import (
	"strings"
	"testing"

	"github.com/gongkai/gongkai/internal/report"
	"github.com/gongkai/gongkai/internal/testkit/sample"
)

func TestNames(t *testing.T) {
	tests := []struct {
		name                string
		expected, have      []string
		missing, unexpected string
		matched             int
	}{
		{"as it is", []string{"虚构市甲局"}, []string{"虚构市甲局"}, "", "", 0},
		{"full width", []string{"虚构市第1局（本级）"}, []string{"虚构市第１局(本级)"}, "", "", 1},
		{"the government's office", []string{"样例县"}, []string{"样例县人民政府办公室"}, "", "", 1},
		{"two that could be meant", []string{"样例县", "样例县人民政府办公室"}, []string{"样例县人民政府"}, "样例县,样例县人民政府办公室", "样例县人民政府", 0},
		{"two that came", []string{"样例县"}, []string{"样例县人民政府", "样例县人民政府办公室"}, "样例县", "样例县人民政府,样例县人民政府办公室", 0},
		{"an exact one takes its own", []string{"样例县人民政府", "样例县人民政府办公室"}, []string{"样例县人民政府办公室", "样例县人民政府"}, "", "", 0},
		{"another body is another", []string{"样例县统计局"}, []string{"样例县教育局"}, "样例县统计局", "样例县教育局", 0},
		{"listed twice", []string{"虚构市甲局", "虚构市甲局", "虚构市乙局", "虚构市乙局"}, []string{"虚构市甲局"}, "虚构市乙局", "", 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var items []Item
			for i, name := range tt.have {
				items = append(items, one(name, uint64(i), sample.Options{}))
			}
			r := of(Options{Year: 2024, Expected: tt.expected}, items...)
			if got := strings.Join(r.Missing, ","); got != tt.missing {
				t.Errorf("missing %q", got)
			}
			if got := strings.Join(r.Unexpected, ","); got != tt.unexpected {
				t.Errorf("unexpected %q", got)
			}
			if len(r.Matched) != tt.matched {
				t.Errorf("matched %v", r.Matched)
			}
		})
	}
}

func FuzzNames(f *testing.F) {
	f.Add("样例县人民政府", "样例县")
	f.Add("人民政府", "")
	f.Add("虚构市第１局（本级）", "虚构市第1局(本级)")
	f.Fuzz(func(t *testing.T, a, b string) {
		if p := report.AgencyKey(a); report.AgencyKey(p) != p {
			t.Fatalf("folding %q twice gives another name", a)
		}
		r := &Rollup{Reports: []Entry{{Agency: b}}}
		r.match([]string{a})
		// Whoever is expected is found under its own or another writing, or missing; never both, never neither.
		found := report.AgencyKey(a) == report.AgencyKey(b) || len(r.Matched) > 0
		if report.AgencyKey(a) != "" && found == (len(r.Missing) > 0) {
			t.Fatalf("%q expected and %q there: missing %v, matched %v", a, b, r.Missing, r.Matched)
		}
	})
}
