package docx

import (
	"github.com/gongkai/gongkai/internal/docio"
	"github.com/gongkai/gongkai/internal/docio/layout"
	"github.com/gongkai/gongkai/internal/docio/opc"
)

const (
	startKind = opc.Start
	endKind   = opc.End
)

// table is an open table. The content of its cells is one list of blocks; a cell is a range of it.
type table struct {
	blocks []docio.Block
	cells  []cell
	rows   int
	col    int
	width  int
	row    rowState
	inCell bool
	above  []int // per column: 1 + index of the cell whose vertical merge may go on below
	widths []int // of the columns, in twentieths of a point
	paras  int   // open paragraphs when the table began
}

type rowState struct {
	open, dropped, counted bool
	firstCell, firstBlock  int
}

type cell struct {
	docio.GridCell
	lo, hi    int
	continues bool // it is covered by the cell above
	dropped   bool
	joins     bool // it is part of the cell on its left
}

// flow is where finished paragraphs go: the innermost open cell, or the body.
func (r *reader) flow() *[]docio.Block {
	for i := len(r.tables) - 1; i >= 0; i-- {
		if r.tables[i].inCell {
			return &r.tables[i].blocks
		}
	}
	return &r.blocks
}

func (r *reader) startTable() error {
	if len(r.tables) >= maxDepth {
		return docio.ErrTooLarge("表格嵌套超过 100 层")
	}
	r.numberLast()
	r.tables = append(r.tables, &table{paras: len(r.paras)})
	r.paras = append(r.paras, nil)
	return nil
}

func (r *reader) table() *table {
	if n := len(r.tables); n > 0 {
		return r.tables[n-1]
	}
	return nil
}

// startRow begins a row; one that was left open in a damaged file ends.
func (r *reader) startRow() {
	r.endRow()
	if t := r.table(); t != nil {
		t.rows++
		t.col = 0
		t.row = rowState{open: true, firstCell: len(t.cells), firstBlock: len(t.blocks)}
	}
}

// rowProps reads the properties of a row: free columns at its start, and whether it was deleted or hidden.
func (r *reader) rowProps() {
	t, s := r.table(), r.s
	for depth := s.Depth(); s.Next() && s.Depth() >= depth; {
		if t == nil || s.Kind != startKind {
			continue
		}
		switch string(r.local()) {
		case "gridBefore":
			// Never to the left of a cell that stands: the properties can come late in a damaged row.
			t.col = max(t.col, min(s.Int("val", 0), 1000))
		case "del":
			t.row.dropped, r.seen.changes = true, true
		case "ins":
			r.seen.changes = true
		case "hidden":
			t.row.dropped = on(s.Attr("val"))
			t.row.counted = t.row.dropped
		case "trPrChange":
			s.Skip()
		}
	}
}

func (r *reader) startCell() error {
	t := r.table()
	if t == nil {
		return nil
	}
	r.cells++
	// A few cells can span very many columns, and each row costs as much as the table is wide.
	if r.cells > r.lim.Cells || t.rows*t.width > r.lim.Cells {
		return docio.ErrTooLarge("表格单元格过多")
	}
	if !t.row.open { // a cell outside of any row: the file is damaged
		r.startRow()
	}
	c := cell{lo: len(t.blocks), hi: len(t.blocks)}
	c.Row, c.Col, c.RowSpan, c.ColSpan = t.rows-1, t.col, 1, 1
	t.cells = append(t.cells, c)
	t.inCell = true
	return nil
}

// cellProps reads the spans of a cell.
func (r *reader) cellProps() {
	t, s := r.table(), r.s
	if t == nil || !t.inCell {
		s.Skip()
		return
	}
	c := &t.cells[len(t.cells)-1]
	for depth := s.Depth(); s.Next() && s.Depth() >= depth; {
		if s.Kind != startKind {
			continue
		}
		switch string(r.local()) {
		case "gridSpan":
			c.ColSpan = min(max(s.Int("val", 1), 1), 1000)
		case "vMerge":
			c.continues = s.Attr("val") != "restart"
			if !c.continues {
				c.RowSpan = -1 // a vertical merge begins here
			}
		case "hMerge":
			c.joins = s.Attr("val") != "restart" && len(t.cells) > t.row.firstCell+1
		case "cellDel":
			c.dropped, r.seen.changes = true, true
		case "cellIns":
			r.seen.changes = true
		case "tcPrChange":
			s.Skip()
		}
	}
}

// endCell puts the cell in its place.
func (r *reader) endCell() {
	r.numberLast()
	t := r.table()
	if t == nil || !t.inCell {
		return
	}
	t.inCell = false
	n := len(t.cells) - 1
	c := &t.cells[n]
	if c.dropped {
		t.blocks = t.blocks[:c.lo]
		t.cells = t.cells[:n]
		return
	}
	c.hi = len(t.blocks)
	t.col += c.ColSpan
	if c.joins {
		t.cells[n-1].ColSpan += c.ColSpan
		t.blocks = t.blocks[:c.lo]
		t.cells = t.cells[:n]
	}
	t.width = max(t.width, t.col)
	for len(t.above) < t.width {
		t.above = append(t.above, 0)
	}
}

// endRow joins the cells of the row with those above that they continue.
func (r *reader) endRow() {
	t := r.table()
	if t == nil || !t.row.open {
		return
	}
	t.row.open, t.inCell = false, false
	if t.row.dropped {
		if t.row.counted {
			r.seen.rows++
		}
		t.rows--
		t.cells = t.cells[:t.row.firstCell]
		t.blocks = t.blocks[:t.row.firstBlock]
		return
	}
	kept := t.cells[:t.row.firstCell]
	next := make([]int, len(t.above))
	for _, c := range t.cells[t.row.firstCell:] {
		if c.Col >= len(t.above) {
			continue
		}
		top := t.above[c.Col] - 1
		// A narrower cell goes on with nothing: its neighbour on the right stands under the merged cell too.
		if c.continues && top >= 0 && t.cells[top].Col == c.Col && c.ColSpan >= t.cells[top].ColSpan {
			t.cells[top].RowSpan = c.Row - t.cells[top].Row + 1
			next[c.Col] = top + 1
			continue
		}
		if c.continues || c.RowSpan < 0 {
			next[c.Col] = len(kept) + 1
		}
		c.RowSpan = 1
		kept = append(kept, c)
	}
	t.cells, t.above = kept, next
}

func (r *reader) endTable() error {
	r.endRow()
	n := len(r.tables) - 1
	if n < 0 {
		return nil
	}
	t := r.tables[n]
	r.tables = r.tables[:n]
	r.paras = r.paras[:min(len(r.paras), t.paras)]
	to := r.flow()
	if len(t.cells) == 0 {
		return nil
	}
	var j layout.Judge
	for i := range t.cells {
		j.Cell(t.content(i))
	}
	if j.Arranges() {
		for i := range t.cells {
			*to = append(*to, t.content(i)...)
		}
		return nil
	}
	if t.rows*t.width > r.lim.Cells {
		return docio.ErrTooLarge("表格单元格过多")
	}
	g := &docio.Grid{Rows: t.rows, Cols: t.width, Cells: make([]docio.GridCell, len(t.cells))}
	for i := range t.cells {
		g.Cells[i] = t.cells[i].GridCell
		g.Cells[i].Text = layout.Text(t.content(i))
	}
	snap(g, t.widths)
	layout.Squeeze(g)
	*to = append(*to, layout.Split(g, t.content)...)
	return nil
}

func (t *table) content(i int) []docio.Block { return t.blocks[t.cells[i].lo:t.cells[i].hi] }
