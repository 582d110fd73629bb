package form

import (
	"strings"

	"github.com/gongkai/gongkai/internal/docio"
	"github.com/gongkai/gongkai/internal/report"
)

// gridTable4 reads table 4 from the grids, or returns nil.
func (x *reader) gridTable4(rows []gridRow) *report.Table {
	start := -1
	for i := range rows {
		for _, c := range rows[i].cells {
			if h := han(stripRubbish(c.Text)); strings.Contains(h, "未经复议直接起诉") || strings.Contains(h, "复议后起诉") {
				start = i
			}
		}
		if start >= 0 && i > start && rows[i].block == rows[start].block {
			if t := x.gridRow4(&rows[i]); t != nil {
				x.cover(2, rows[i].block)
				return t
			}
		}
	}
	return nil
}

// gridRow4 reads the one row of numbers, or returns nil when the row is something else.
func (x *reader) gridRow4(w *gridRow) *report.Table {
	t := report.NewTable(x.format.Table4)
	n := t.Spec.Size()
	cells := w.cells
	if len(cells) > n {
		cells = exactlyN(cells, n)
	}
	if len(cells) != n {
		return nil
	}
	parsed := make([]report.Cell, n)
	whys := make([]string, n)
	numbers := 0
	for i, c := range cells {
		parsed[i], whys[i] = parseValue(c.Text, report.Count)
		switch parsed[i].Kind {
		case report.Words:
			if len(han(c.Text)) > 3 {
				return nil // still the header
			}
		case report.Blank:
		default:
			numbers++
		}
	}
	if numbers == 0 && w.r+1 < w.g.Rows {
		return nil // an empty header row
	}
	for i := range parsed {
		x.set(t, i/report.Columns4, i%report.Columns4, parsed[i], whys[i])
	}
	return t
}

func exactlyN(cells []*docio.GridCell, n int) []*docio.GridCell {
	var out []*docio.GridCell
	for _, c := range cells {
		if strings.TrimSpace(c.Text) != "" {
			out = append(out, c)
		}
	}
	if len(out) != n {
		return nil
	}
	return out
}
