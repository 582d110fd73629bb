package pdf

import (
	"context"
	"os"
	"testing"

	"github.com/gongkai/gongkai/internal/docio"
)

// BenchmarkRead reads a report of five pages with a warm engine.
func BenchmarkRead(b *testing.B) {
	data, err := os.ReadFile("testdata/hongze_2023.pdf")
	if err != nil {
		b.Fatal(err)
	}
	if _, err := Read(context.Background(), data, docio.Limits{}); err != nil {
		b.Fatal(err)
	}
	b.ResetTimer()
	for b.Loop() {
		if _, err := Read(context.Background(), data, docio.Limits{}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Milliseconds())/float64(b.N), "ms/report")
}
