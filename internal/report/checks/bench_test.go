package checks

import (
	"testing"

	"github.com/gongkai/gongkai/internal/report"
	"github.com/gongkai/gongkai/internal/testkit/sample"
)

// The target is well under 200 µs for a report with its text.
func BenchmarkRun(b *testing.B) {
	broken := sample.New(1, report.Format2021, sample.Options{})
	set(b, broken, "table3.granted.natural_person", 9999)
	for _, bm := range []struct {
		name string
		in   *Input
	}{
		{"sound", &Input{Report: sample.New(1, report.Format2021, sample.Options{})}},
		{"broken", &Input{Report: broken}},
		{"previous", &Input{Report: sample.New(1, report.Format2021, sample.Options{}), Previous: sample.New(2, report.Format2021, sample.Options{}), SameAgency: true}},
		{"figures only", &Input{Report: figures(b, "004")}},
	} {
		b.Run(bm.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Run(bm.in)
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N), "µs/report")
		})
	}
}
