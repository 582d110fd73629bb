// Package readtest is what the tests of the readers have in common: packages made by hand, documents written as lines, and
// what holds of every document that was read.
package readtest

import (
	"archive/zip"
	"bytes"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/gongkai/gongkai/internal/docio"
)

// Zip packs parts by name.
func Zip(t testing.TB, parts map[string]string) []byte {
	t.Helper()
	var buf bytes.Buffer
	z := zip.NewWriter(&buf)
	for name, content := range parts {
		h := &zip.FileHeader{Name: name} // stored, which is faster for the fuzzer
		if len(content) > 4<<10 {
			h.Method = zip.Deflate
		}
		w, err := z.CreateHeader(h)
		if err != nil {
			t.Fatal(err)
		}
		_, err = w.Write([]byte(content))
		if err != nil {
			t.Fatal(err)
		}
	}
	err := z.Close()
	if err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

// Lines writes a document as lines: "P text", "H1 text", "V text" for a verbatim line, "T 2x3" and its rows for a grid.
func Lines(doc *docio.Document) string {
	var sb strings.Builder
	for _, b := range doc.Blocks {
		switch {
		case b.Grid != nil:
			grid(&sb, b.Grid)
		case b.Heading > 0:
			fmt.Fprintf(&sb, "H%d %s\n", b.Heading, strings.ReplaceAll(b.Text, "\n", `\n`))
		case b.Verbatim:
			fmt.Fprintf(&sb, "V %s\n", b.Text)
		default:
			fmt.Fprintf(&sb, "P %s\n", strings.ReplaceAll(b.Text, "\n", `\n`))
		}
	}
	return sb.String()
}

func grid(sb *strings.Builder, g *docio.Grid) {
	fmt.Fprintf(sb, "T %dx%d\n", g.Rows, g.Cols)
	row := 0
	for i, c := range g.Cells {
		switch {
		case i > 0 && c.Row == row:
			sb.WriteString(" | ")
		case i > 0:
			sb.WriteString("\n")
		}
		row = c.Row
		fmt.Fprintf(sb, "%d,%d", c.Row, c.Col)
		if c.RowSpan > 1 || c.ColSpan > 1 {
			fmt.Fprintf(sb, "(%dx%d)", c.RowSpan, c.ColSpan)
		}
		fmt.Fprintf(sb, " %s", strings.ReplaceAll(c.Text, "\n", `\n`))
	}
	sb.WriteString("\n")
}

// Whole checks what holds of every document: no paragraph is empty or broken text, and its grids keep to the limit.
func Whole(t testing.TB, doc *docio.Document, lim docio.Limits) {
	t.Helper()
	for _, b := range doc.Blocks {
		if b.Grid == nil {
			if strings.TrimSpace(b.Text) == "" || !utf8.ValidString(b.Text) {
				t.Fatalf("paragraph %q", b.Text)
			}
			continue
		}
		if g := b.Grid; g.Rows*g.Cols > lim.Cells || len(g.Cells) == 0 {
			t.Fatalf("grid of %d by %d with %d cells", g.Rows, g.Cols, len(g.Cells))
		}
		Grid(t, b.Grid)
	}
}

// Grid checks that every cell lies within its grid and that no two overlap.
func Grid(t testing.TB, g *docio.Grid) {
	t.Helper()
	covered := make(map[[2]int]bool)
	for _, c := range g.Cells {
		if c.Row < 0 || c.Col < 0 || c.RowSpan < 1 || c.ColSpan < 1 || c.Row+c.RowSpan > g.Rows || c.Col+c.ColSpan > g.Cols {
			t.Fatalf("cell %+v of a grid of %d by %d", c, g.Rows, g.Cols)
		}
		for r := c.Row; r < c.Row+c.RowSpan; r++ {
			for k := c.Col; k < c.Col+c.ColSpan; k++ {
				if covered[[2]int{r, k}] {
					t.Fatalf("two cells at %d, %d", r, k)
				}
				covered[[2]int{r, k}] = true
			}
		}
	}
}
