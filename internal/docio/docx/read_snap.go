package docx

import "github.com/gongkai/gongkai/internal/docio"

// near is how close two column borders may stand and still be one, in twentieths of a point: 2 mm. Borders that were
// dragged by hand miss each other by less, and no column of a report is that narrow.
const near = 113

// gridColumns reads the widths of the columns of a table.
func (r *reader) gridColumns() {
	t, s := r.table(), r.s
	for depth := s.Depth(); s.Next() && s.Depth() >= depth; {
		if t == nil || s.Kind != startKind {
			continue
		}
		switch string(r.local()) {
		case "gridCol":
			if len(t.widths) < 1000 {
				t.widths = append(t.widths, min(max(s.Int("w", 0), 0), 1_000_000))
			}
		case "tblGridChange":
			s.Skip()
		}
	}
}

// snap makes one border of those that stand close to each other. Where rows were adjusted by hand a table has more
// columns than the eye sees, and a number would stand in another column than its heading. Nothing is changed when a cell
// would lose its whole width.
func snap(g *docio.Grid, widths []int) {
	if len(widths) < g.Cols {
		return
	}
	to := make([]int, g.Cols+1)
	x, first, n := 0, 0, 0
	for i := 1; i <= g.Cols; i++ {
		x += widths[i-1]
		if x-first > near {
			n++
			first = x
		}
		to[i] = n
	}
	if n == g.Cols {
		return
	}
	for i := range g.Cells {
		c := &g.Cells[i]
		if to[c.Col+c.ColSpan] == to[c.Col] {
			return
		}
	}
	for i := range g.Cells {
		c := &g.Cells[i]
		c.ColSpan = to[c.Col+c.ColSpan] - to[c.Col]
		c.Col = to[c.Col]
	}
	g.Cols = n
}
