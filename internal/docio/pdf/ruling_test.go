package pdf

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gongkai/gongkai/internal/docio"
)

// The ways in which programs draw the borders of a table of two rows and two columns, 100 × 30 points each cell.
func TestWaysOfDrawingBorders(t *testing.T) {
	cells := func(format string) string {
		var b strings.Builder
		for _, y := range []int{600, 630} {
			for _, x := range []int{100, 200} {
				fmt.Fprintf(&b, format, x, y)
			}
		}
		return b.String()
	}
	lines := func(horizontal, vertical string) string {
		var b strings.Builder
		for _, y := range []int{600, 630, 660} {
			fmt.Fprintf(&b, horizontal, y)
		}
		for _, x := range []int{100, 200, 300} {
			fmt.Fprintf(&b, vertical, x)
		}
		return b.String()
	}
	pieces := func() string {
		var b strings.Builder
		for _, y := range []int{600, 630, 660} {
			for x := 100; x < 300; x += 20 {
				fmt.Fprintf(&b, "%d %d m %d %d l S\n", x, y, x+19, y)
			}
		}
		for _, x := range []int{100, 200, 300} {
			for y := 600; y < 660; y += 20 {
				fmt.Fprintf(&b, "%d %d 0.5 19 re f\n", x, y)
			}
		}
		return b.String()
	}
	bordered := map[string]string{
		"a rectangle for each cell":   cells("%d %d 100 30 re S\n"),
		"lines":                       lines("100 %d m 300 %[1]d l S\n", "%d 600 m %[1]d 660 l S\n"),
		"thin filled rectangles":      lines("100 %d 200 0.5 re f\n", "%d 600 0.5 60 re f\n"),
		"one path of thin rectangles": lines("100 %d 200 0.7 re\n", "%d 600 0.7 60 re\n") + "f\n",
		"one path of lines":           lines("100 %d m 300 %[1]d l\n", "%d 600 m %[1]d 660 l\n") + "S\n",
		"pieces with gaps":            pieces(),
		"scaled":                      "q 0.1 0 0 0.1 0 0 cm 5 w\n" + lines("1000 %d0 m 3000 %[1]d0 l S\n", "%d0 6000 m %[1]d0 6600 l S\n") + "Q\n",
		"open at the sides":           "100 600 m 300 600 l S 100 630 m 300 630 l S 100 660 m 300 660 l S 200 600 m 200 660 l S\n",
	}
	for name, drawing := range bordered {
		t.Run(name, func(t *testing.T) {
			want := [][]string{{"11", "22"}, {"33", "44"}}
			if diff := cmp.Diff(want, readDrawing(t, drawing)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
	plain := map[string]string{
		"white lines":       "1 G " + bordered["lines"],
		"a frame":           "90 590 220 80 re S\n",
		"filled background": "0.8 g 100 600 200 60 re f 0 g\n",
		"paths not painted": strings.ReplaceAll(bordered["lines"], "S\n", "n\n"),
	}
	for name, drawing := range plain {
		t.Run(name, func(t *testing.T) {
			if got := readDrawing(t, drawing); got != nil {
				t.Errorf("a grid was made of it: %v", got)
			}
		})
	}
}

// readDrawing puts 11 to 44 into the cells, over the drawing, and returns the rows of the only grid.
func readDrawing(t *testing.T, drawing string) [][]string {
	t.Helper()
	text := "0 g BT /F 12 Tf 1 0 0 1 140 640 Tm (11) Tj 1 0 0 1 240 640 Tm (22) Tj 1 0 0 1 140 610 Tm (33) Tj 1 0 0 1 240 610 Tm (44) Tj ET\n"
	doc, err := Read(context.Background(), document(pageWithContent, []byte(drawing+text)), docio.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	var out [][]string
	for _, g := range grids(doc) {
		for r := range g.Rows {
			out = append(out, row(g, r))
		}
	}
	return out
}
