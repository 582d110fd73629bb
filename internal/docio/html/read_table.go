package html

import (
	"github.com/gongkai/gongkai/internal/docio"
	"github.com/gongkai/gongkai/internal/docio/layout"
)

// table is an open table. The content of all its cells is one list of blocks, in order; a cell is a range of it.
type table struct {
	blocks   []docio.Block
	cells    []cell
	rows     int
	groups   []int // row numbers where a new row group begins
	inRow    bool
	inCell   bool
	before   paragraph // what was being read when the table began
	rowInGrp bool
	inGroup  string // the tag of the row group that is open, "" for none
	head     bool   // the open cell is a <th>
}

// paragraph is the state around a table that a cell must not inherit.
type paragraph struct {
	heading, pre, lists int
}

type cell struct {
	row, rowSpan, colSpan int // rowSpan 0: to the end of its row group
	lo, hi                int // in blocks
}

func (r *reader) startTable() error {
	if r.pre > 0 {
		r.flushPre()
	}
	r.flush()
	n := len(r.tables)
	// A table that begins inside another one but in no cell ends the other one, as in browsers.
	if n > 0 && !r.tables[n-1].inCell {
		err := r.endTable()
		if err != nil {
			return err
		}
	}
	if len(r.tables) >= maxDepth {
		return docio.ErrTooLarge("表格嵌套超过 100 层")
	}
	t := r.spare
	r.spare = nil
	if t == nil {
		t = &table{}
	}
	t.before = paragraph{r.heading, r.pre, len(r.lists)}
	r.heading, r.pre = 0, 0
	r.tables = append(r.tables, t)
	return nil
}

// startPart handles <tr>, <td>, <th> and the row groups. Outside of a table browsers ignore these tags.
func (r *reader) startPart(c class, a attrs) error {
	if len(r.tables) == 0 {
		r.flush()
		return nil
	}
	t := r.tables[len(r.tables)-1]
	r.endCell()
	switch c {
	case rowGroup:
		t.group()
		t.inGroup = string(r.t.name)
	case caption:
		t.group()
		t.inGroup = ""
	case rowTag:
		t.row()
	default:
		if !t.inRow {
			t.row()
		}
		r.cells++
		if r.cells > r.lim.Cells {
			return docio.ErrTooLarge("表格单元格过多")
		}
		t.cells = append(t.cells, cell{row: t.rows - 1, rowSpan: a.rowSpan, colSpan: a.colSpan, lo: len(t.blocks)})
		t.inCell, t.head = true, string(r.t.name) == "th"
	}
	return nil
}

func (t *table) group() {
	if t.rowInGrp {
		t.groups = append(t.groups, t.rows)
	}
	t.rowInGrp, t.inRow = false, false
}

func (t *table) row() {
	t.rows++
	t.inRow, t.rowInGrp = true, true
	if t.inGroup == "" {
		t.inGroup = "tbody"
	}
}

// endPart handles the end tags of cells, rows and row groups. One whose element is not open does nothing, as in browsers.
func (r *reader) endPart(c class) {
	if len(r.tables) == 0 {
		r.flush()
		return
	}
	t := r.tables[len(r.tables)-1]
	switch {
	case c == cellTag && t.inCell && t.head == (string(r.t.name) == "th"):
		r.endCell()
	case c == rowTag && t.inRow:
		r.endCell()
		t.inRow = false
	case c == rowGroup && t.inGroup == string(r.t.name):
		r.endCell()
		t.group()
		t.inGroup = ""
	}
}

// endCell ends the open cell of the innermost table, if any.
func (r *reader) endCell() {
	if r.pre > 0 {
		r.flushPre()
	}
	r.flush()
	r.pre, r.heading = 0, 0
	if len(r.tables) == 0 {
		return
	}
	t := r.tables[len(r.tables)-1]
	if t.inCell {
		t.inCell = false
		t.cells[len(t.cells)-1].hi = len(t.blocks)
		r.lists = r.lists[:min(len(r.lists), t.before.lists)]
	}
}

// endTable closes the innermost table: a grid where it was one, its content where it only laid the page out.
func (r *reader) endTable() error {
	r.endCell()
	n := len(r.tables) - 1
	t := r.tables[n]
	r.tables = r.tables[:n]
	r.heading, r.pre = t.before.heading, t.before.pre
	to := r.flow()
	var j layout.Judge
	for i := range t.cells {
		j.Cell(t.content(i))
	}
	if j.Arranges() {
		*to = append(*to, t.blocks...)
		return nil
	}
	g, err := t.grid(r.lim.Cells)
	if err != nil {
		return err
	}
	*to = append(*to, layout.Split(g, t.content)...)
	// All that is kept was copied, so the next table may use the memory.
	*t = table{blocks: t.blocks[:0], cells: t.cells[:0], groups: t.groups[:0]}
	r.spare = t
	return nil
}

func (t *table) content(i int) []docio.Block { return t.blocks[t.cells[i].lo:t.cells[i].hi] }

// grid lays the cells out by the rules of HTML: a cell goes to the first column that no span from above covers; spans
// do not leave their row group. Columns in which no cell begins do not exist.
func (t *table) grid(maxCells int) (*docio.Grid, error) {
	g := &docio.Grid{Rows: t.rows, Cells: make([]docio.GridCell, len(t.cells))}
	var until []int // per column: first row that is free again
	row, col, end, work := -1, 0, t.rows, 0
	groups := t.groups
	for i, c := range t.cells {
		if c.row != row {
			for len(groups) > 0 && groups[0] <= c.row {
				groups = groups[1:]
			}
			row, col, end = c.row, 0, t.rows
			if len(groups) > 0 {
				end = groups[0]
			}
		}
		for col < len(until) && until[col] > row {
			col++
			work++
		}
		span := c.rowSpan
		if span == 0 || row+span > end {
			span = end - row
		}
		work += c.colSpan
		if work > 8*maxCells {
			return nil, docio.ErrTooLarge("表格单元格过多")
		}
		for k := col; k < col+c.colSpan; k++ {
			if k == len(until) {
				until = append(until, 0)
			}
			until[k] = max(until[k], row+span)
		}
		g.Cells[i] = docio.GridCell{Row: row, Col: col, RowSpan: span, ColSpan: c.colSpan, Text: layout.Text(t.content(i))}
		col += c.colSpan
	}
	g.Cols = len(until)
	layout.Squeeze(g)
	if g.Rows*g.Cols > maxCells {
		return nil, docio.ErrTooLarge("表格单元格过多")
	}
	return g, nil
}
