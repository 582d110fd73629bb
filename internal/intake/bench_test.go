package intake_test

import (
	"bytes"
	"os"
	"testing"
	"time"

	"github.com/gongkai/gongkai/internal/docio"
	"github.com/gongkai/gongkai/internal/intake"
	"github.com/gongkai/gongkai/internal/report"
	"github.com/gongkai/gongkai/internal/report/checks"
	"github.com/gongkai/gongkai/internal/testkit/sample"
)

// BenchmarkReadAndCheck prints what one report costs from its bytes to its findings, per kind of file, in one process that
// is warm.
func BenchmarkReadAndCheck(b *testing.B) {
	rep := sample.New(3, report.Format2021, sample.Options{Scale: sample.Large})
	for _, kind := range intake.Kinds() {
		var file bytes.Buffer
		err := intake.Write(&file, kind, rep)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(string(kind), func(b *testing.B) {
			start := time.Now()
			for b.Loop() {
				got, err := intake.Read(b.Context(), "r."+string(kind), file.Bytes(), docio.Limits{})
				if err != nil {
					b.Fatal(err)
				}
				checks.Run(&checks.Input{Report: got})
			}
			b.ReportMetric(float64(time.Since(start).Microseconds())/float64(b.N)/1000, "ms/report")
			b.ReportMetric(float64(file.Len()), "file-bytes")
		})
	}
}

// BenchmarkWrite prints what writing one report costs, per kind of file.
func BenchmarkWrite(b *testing.B) {
	rep := sample.New(3, report.Format2021, sample.Options{Scale: sample.Large})
	for _, kind := range intake.Kinds() {
		b.Run(string(kind), func(b *testing.B) {
			start := time.Now()
			for b.Loop() {
				var file bytes.Buffer
				err := intake.Write(&file, kind, rep)
				if err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(time.Since(start).Microseconds())/float64(b.N)/1000, "ms/report")
		})
	}
}

// BenchmarkPublishedPage prints what one published page costs, read and checked: the page that the only other open checker is
// measured on, which takes 10 to 12 ms to read it on a machine of this class (its importer warm, without the checks).
func BenchmarkPublishedPage(b *testing.B) {
	for _, name := range []string{"011_hangzhou_2025.html", "007_shuyang_fagaiju_2023.html"} {
		data, err := os.ReadFile(reports + name)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(name, func(b *testing.B) {
			start := time.Now()
			for b.Loop() {
				got, err := intake.Read(b.Context(), name, data, docio.Limits{})
				if err != nil {
					b.Fatal(err)
				}
				checks.Run(&checks.Input{Report: got})
			}
			b.ReportMetric(float64(time.Since(start).Microseconds())/float64(b.N)/1000, "ms/report")
			b.ReportMetric(float64(len(data)), "file-bytes")
		})
	}
}
