package xlsx

import (
	"github.com/gongkai/gongkai/internal/docio"
	"github.com/gongkai/gongkai/internal/docio/layout"
)

// far is how many columns an empty bordered cell may stand to the right of the last text and still belong to the table.
const far = 32

// layOut turns the rows of a sheet into blocks: hidden rows and columns go, empty rows part the blocks.
func (r *reader) layOut(sh *rawSheet, pos docio.Pos) error {
	r.dropHidden(sh)
	m := newMerged(sh)
	bordered := false
	for i := range sh.rows {
		for k := range sh.rows[i].cells {
			bordered = bordered || sh.rows[i].cells[k].border
		}
	}
	for lo := 0; lo < len(sh.rows); {
		if sh.blank(lo) && !m.covers(sh.rows[lo].at) {
			lo++
			continue
		}
		hi := lo + 1
		for hi < len(sh.rows) && sh.goesOn(hi, m) {
			hi++
		}
		last := hi
		for last > lo+1 && sh.empty(last-1) && !m.covers(sh.rows[last-1].at) {
			last--
		}
		if last < hi && len(sh.rows[last].cells) > 1 && len(sh.rows[last].cells) >= len(sh.rows[last-1].cells) {
			last++ // the first empty row that is bordered as wide as the one above is a row of the table left blank
		}
		err := r.block(sh, lo, last, m, bordered, pos)
		if err != nil {
			return err
		}
		lo = hi
	}
	return nil
}

// dropHidden takes out hidden rows and columns. What the first cell of a merged range holds is kept if the range shows.
func (r *reader) dropHidden(sh *rawSheet) {
	counted := map[int]bool{}
	rows := make([]row, 0, len(sh.rows))
	for _, rw := range sh.rows {
		kept := rw.cells[:0]
		text := false
		for _, c := range rw.cells {
			text = text || c.text != ""
			if !sh.colHidden(c.col) {
				kept = append(kept, c)
			} else if c.text != "" && !rw.hidden && !counted[c.col] {
				counted[c.col] = true
				r.seen.cols++
			}
		}
		if rw.hidden {
			sh.hiddenRows[rw.at] = 0
			if text {
				r.seen.rows++
			}
			continue
		}
		rw.cells = kept
		rows = append(rows, rw)
	}
	for i := len(sh.rows) - 1; i >= 0; i-- { // from below, so that the next row's answer is known
		at := sh.rows[i].at
		if _, hidden := sh.hiddenRows[at]; !hidden {
			continue
		}
		next, hidden := sh.hiddenRows[at+1]
		if !hidden {
			next = at + 1
		}
		sh.hiddenRows[at] = next
	}
	sh.rows = rows
}

// empty is true for a row without text; blank for one that has no bordered cells either.
func (sh *rawSheet) empty(i int) bool {
	for _, c := range sh.rows[i].cells {
		if c.text != "" {
			return false
		}
	}
	return true
}

func (sh *rawSheet) blank(i int) bool { return len(sh.rows[i].cells) == 0 }

// goesOn is true when row i belongs to the same block as the row before it.
func (sh *rawSheet) goesOn(i int, m *merged) bool {
	for at := sh.rows[i-1].at + 1; at < sh.rows[i].at; {
		next := max(m.below(at), m.hidden[at])
		if next == 0 {
			return false
		}
		at = next
	}
	return !sh.blank(i) || m.covers(sh.rows[i].at)
}

// block lays out the rows lo to hi of a sheet, without the columns that are empty on both sides.
func (r *reader) block(sh *rawSheet, lo, hi int, m *merged, bordered bool, pos docio.Pos) error {
	rows := sh.rows[lo:hi]
	cols := sh.columns(rows, m)
	if len(cols) == 0 {
		return nil
	}
	if len(rows)*len(cols) > r.lim.Cells {
		return docio.ErrTooLarge("工作表“" + pos.Sheet + "”单元格过多")
	}
	err := r.spend(len(rows) * len(cols))
	if err != nil {
		return err
	}
	g := &docio.Grid{Rows: len(rows), Cols: len(cols)}
	g.Cells = make([]docio.GridCell, 0, len(rows)*len(cols))
	taken := make([]bool, len(rows)*len(cols))
	text := make([]bool, len(rows))
	for i, rw := range rows {
		filled, k := 0, 0
		var only docio.GridCell
		border := false
		for j, col := range cols {
			for k < len(rw.cells) && rw.cells[k].col < col {
				k++
			}
			if taken[i*len(cols)+j] {
				continue
			}
			c := docio.GridCell{Row: i, Col: j, RowSpan: 1, ColSpan: 1, Pos: pos}
			if k < len(rw.cells) && rw.cells[k].col == col {
				c.Text = rw.cells[k].text
			}
			if mr, ok := m.at(rw.at, col); ok {
				m.mark(&c, mr, rows, cols, taken)
			}
			g.Cells = append(g.Cells, c)
			if c.Text != "" {
				filled++
				only = c
				border = k < len(rw.cells) && rw.cells[k].col == col && rw.cells[k].border
			}
		}
		if filled == 1 && only.RowSpan == 1 {
			text[i] = isText(only, len(rw.cells), len(cols), border, bordered)
		}
	}
	r.emit(g, text, pos)
	return nil
}

// isText tells whether the single text of a row stands outside of the tables. Borders tell it where the sheet has any;
// where it has none, only prose and numbered headings that have the row to themselves are certain.
func isText(c docio.GridCell, cells, width int, border, bordered bool) bool {
	alone := cells == 1 || c.ColSpan == width
	switch {
	case layout.Running(c.Text):
		return true
	case bordered:
		return !border || layout.Numbered(c.Text) && c.ColSpan == width && width > 1
	}
	return alone && layout.Numbered(c.Text)
}

// emit adds a block, its text rows as paragraphs. Rows between text rows that hold one text each are text as well, and so
// is a single text at the top above one: titles are.
func (r *reader) emit(g *docio.Grid, text []bool, pos docio.Pos) { //nolint:gocyclo // one walk over a block of rows
	filled := make([]int, g.Rows)
	edge := make([]int, g.Rows)
	tied := make([]bool, g.Rows) // by a row span
	for i := range g.Cells {
		c := &g.Cells[i]
		if c.Text != "" {
			filled[c.Row]++
			edge[c.Row] = max(edge[c.Row], c.Col+c.ColSpan)
		}
		for k := c.Row; c.RowSpan > 1 && k < c.Row+c.RowSpan; k++ {
			tied[k] = true
		}
	}
	wide := 0
	for i, n := range filled {
		if n > 1 {
			wide = max(wide, edge[i])
		}
	}
	for i, n := range filled {
		// A text merged over more columns than the table has is a title.
		text[i] = text[i] || n == 1 && !tied[i] && wide > 0 && edge[i] > wide
	}
	for lo := 0; lo < g.Rows; {
		hi, single := lo, true
		for hi < g.Rows && !text[hi] {
			single = single && filled[hi] <= 1 && !tied[hi]
			hi++
		}
		for i := lo; single && i < hi; i++ {
			text[i] = true
		}
		lo = hi + 1
	}
	layout.Squeeze(g)
	for _, b := range layout.Cut(g, text, nil) {
		b.Pos = pos
		if b.Grid != nil {
			layout.Trim(b.Grid)
		}
		r.doc.Blocks = append(r.doc.Blocks, b)
	}
}

// columns lists the visible columns of a block from the first to the last with text, and the bordered ones beside them.
func (sh *rawSheet) columns(rows []row, m *merged) []int {
	lo, hi, edge := maxCol, -1, -1
	for i := range rows {
		for _, c := range rows[i].cells {
			if c.text == "" {
				edge = max(edge, c.col)
				continue
			}
			lo, hi = min(lo, c.col), max(hi, c.col)
			if mr, ok := m.at(rows[i].at, c.col); ok {
				hi = max(hi, min(mr.c1, c.col+far))
			}
		}
	}
	if hi < 0 {
		return nil
	}
	if edge > hi && edge <= hi+far {
		hi = edge
	}
	var cols []int
	for c := lo; c <= hi; c++ {
		if !sh.colHidden(c) {
			cols = append(cols, c)
		}
	}
	return cols
}
