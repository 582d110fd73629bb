package printed

import (
	"fmt"
	"strings"

	"github.com/gongkai/gongkai/internal/docio"
)

// Diff compares what was read back with the page that was written and describes the first difference, or returns "".
// Compared are the texts in order and the grids cell by cell, with their spans; white space and line breaks, which the
// layouts set in labels, do not count.
func Diff(doc *docio.Document, p *docio.Page) string {
	want := p.Elements
	i := 0
	for _, b := range doc.Blocks {
		if b.Grid == nil && squeeze(b.Text) == "" {
			continue
		}
		for i < len(want) && want[i].Table == nil && squeeze(want[i].Text) == "" {
			i++
		}
		if i == len(want) {
			return fmt.Sprintf("more was read than written: %q", b.Text)
		}
		d := diffBlock(&b, &want[i])
		if d != "" {
			return fmt.Sprintf("element %d: %s", i, d)
		}
		i++
	}
	for i < len(want) && want[i].Table == nil && squeeze(want[i].Text) == "" {
		i++
	}
	if i < len(want) {
		return fmt.Sprintf("element %d was not read: %q", i, want[i].Text)
	}
	return ""
}

func diffBlock(b *docio.Block, e *docio.Element) string {
	switch {
	case (b.Grid == nil) != (e.Table == nil):
		return fmt.Sprintf("read text %q, grid %t; wrote %q, table %t", b.Text, b.Grid != nil, e.Text, e.Table != nil)
	case b.Grid == nil:
		if squeeze(b.Text) != squeeze(e.Text) {
			return fmt.Sprintf("read %q, wrote %q", b.Text, e.Text)
		}
		return ""
	}
	return diffGrid(b.Grid, e.Table)
}

func diffGrid(g *docio.Grid, t *docio.PageTable) string {
	places, cols := t.Places()
	if g.Rows != len(t.Rows) || g.Cols != cols {
		return fmt.Sprintf("read a grid of %d × %d, wrote %d × %d", g.Rows, g.Cols, len(t.Rows), cols)
	}
	for _, p := range places {
		c := g.At(p.Row, p.Col)
		switch {
		case c == nil:
			return fmt.Sprintf("no cell at row %d column %d", p.Row, p.Col)
		case c.Row != p.Row || c.Col != p.Col || c.RowSpan != p.RowSpan || c.ColSpan != p.ColSpan:
			return fmt.Sprintf("cell %q at %d,%d spans %d × %d, wrote %q at %d,%d spanning %d × %d",
				c.Text, c.Row, c.Col, c.RowSpan, c.ColSpan, p.Text, p.Row, p.Col, p.RowSpan, p.ColSpan)
		case squeeze(c.Text) != squeeze(p.Text):
			return fmt.Sprintf("cell at %d,%d: read %q, wrote %q", p.Row, p.Col, c.Text, p.Text)
		}
	}
	return ""
}

func squeeze(s string) string { return strings.Join(strings.Fields(s), "") }
