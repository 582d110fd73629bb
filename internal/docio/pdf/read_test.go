package pdf

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/gongkai/gongkai/internal/docio"
)

func readFile(t *testing.T, name string) *docio.Document {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	doc, err := Read(context.Background(), data, docio.Limits{})
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return doc
}

func grids(doc *docio.Document) []*docio.Grid {
	var out []*docio.Grid
	for _, b := range doc.Blocks {
		if b.Grid != nil {
			out = append(out, b.Grid)
		}
	}
	return out
}

// row returns the texts of the cells that begin in row r.
func row(g *docio.Grid, r int) []string {
	var out []string
	for _, c := range g.Cells {
		if c.Row == r {
			out = append(out, c.Text)
		}
	}
	return out
}

func TestPublishedReportOverFivePages(t *testing.T) {
	doc := readFile(t, "hongze_2023.pdf")
	got := grids(doc)
	if len(got) != 3 {
		t.Fatalf("%d grids, want 3", len(got))
	}
	if g := got[1]; g.Rows != 26 || g.Cols != 10 {
		t.Errorf("table 3 is %d × %d, want 26 × 10", g.Rows, g.Cols)
	}
}
