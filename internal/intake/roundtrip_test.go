package intake_test

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/gongkai/gongkai/internal/docio"
	"github.com/gongkai/gongkai/internal/intake"
	"github.com/gongkai/gongkai/internal/report"
	"github.com/gongkai/gongkai/internal/testkit/sample"
)

// essence is what must survive writing and reading: every cell with its kind, the head, the sections.
type essence struct {
	Title, Agency, Preamble string
	Year                    int
	Format                  report.FormatID
	Cells                   []string
	Sections                []report.Section
}

func essenceOf(r *report.Report) essence {
	e := essence{Title: r.Title, Agency: r.Agency, Preamble: r.Preamble, Year: r.Year, Format: r.Format, Sections: r.Sections}
	for _, t := range r.Tables() {
		t.Each(func(i, j int, path string, c *report.Cell) {
			e.Cells = append(e.Cells, fmt.Sprintf("%s %s %q", path, c.Kind, c.Text(t.Spec.Rows[i].Fields[j].Unit)))
		})
	}
	return e
}

// TestWrittenFilesReadBack is the promise of convert: what is written in any format reads back as the same report.
func TestWrittenFilesReadBack(t *testing.T) {
	for _, kind := range intake.Kinds() {
		t.Run(string(kind), func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				format := rapid.SampledFrom([]report.FormatID{report.Format2021, report.Format2019}).Draw(t, "format")
				gen := sample.Gen(format)
				if rapid.Bool().Draw(t, "loose") {
					gen = sample.GenLoose(format)
				}
				want := gen.Draw(t, "report")
				var b bytes.Buffer
				err := intake.Write(&b, kind, want)
				if err != nil {
					t.Fatal(err)
				}
				got, err := intake.Read(t.Context(), "r."+string(kind), b.Bytes(), docio.Limits{})
				if err != nil {
					t.Fatal(err)
				}
				if d := cmp.Diff(essenceOf(want), essenceOf(got)); d != "" {
					t.Fatalf("%s (-written +read):\n%s", kind, d)
				}
				if len(got.Doubts) > 0 {
					t.Fatalf("doubts: %v", got.Doubts)
				}
			})
		})
	}
}
