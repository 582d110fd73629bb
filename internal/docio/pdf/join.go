package pdf

import "slices"

// sameWidth is how much, in points, the two parts of one table may differ in width.
const sameWidth = 5.0

// joinTables puts b, the first thing on a page, behind a, the last thing on the page before, when both are parts of one
// table. It reports whether it did.
func joinTables(a, b *table) bool {
	if abs(a.w()-b.w()) > sameWidth || abs(a.x0-b.x0) > 60 {
		return false
	}
	shift := a.x0 - b.x0
	xs := slices.Clone(b.xs)
	for i := range xs {
		xs[i] += shift
	}
	all := unite(a.xs, xs)
	remap(a.cells, indexes(a.xs, all))
	remap(b.cells, indexes(xs, all))
	a.xs = all
	b.dropRows(repeated(a, b))
	if b.rows > 0 {
		a.append(b)
	}
	a.box, a.to = b.box, b.to
	return true
}

// unite merges two ascending lists of borders.
func unite(a, b []float64) []float64 {
	out := slices.Clone(a)
	for _, v := range b {
		if abs(out[nearest(out, v)]-v) > sameWidth {
			out = append(out, v)
		}
	}
	slices.Sort(out)
	return out
}

func indexes(xs, all []float64) []int {
	out := make([]int, len(xs))
	for i, x := range xs {
		out[i] = nearest(all, x)
	}
	return out
}

func remap(cells []tableCell, index []int) {
	for i := range cells {
		c := &cells[i]
		end := index[c.col+c.cols]
		c.col = index[c.col]
		c.cols = max(end-c.col, 1)
	}
}

// repeated counts the rows at the top of b that repeat the top of a: the header printed again on the next page.
func repeated(a, b *table) int {
	n := 0
	for n < min(a.rows, b.rows) && sameHeader(a.startingAt(n), b.startingAt(n)) {
		n++
	}
	// A row whose cells reach below the repeated part is no header row.
	for n > 0 && !closed(b, n) {
		n--
	}
	return n
}

func sameHeader(a, b []*tableCell) bool {
	if len(a) != len(b) || len(a) == 0 {
		return false
	}
	words := false
	for i := range a {
		if a[i].text != b[i].text || a[i].col != b[i].col || a[i].cols != b[i].cols || numeric(a[i].text) {
			return false
		}
		words = words || a[i].text != ""
	}
	return words
}

func closed(t *table, rows int) bool {
	for i := range t.cells {
		if c := &t.cells[i]; c.row < rows && c.row+c.rows > rows {
			return false
		}
	}
	return true
}

func (t *table) dropRows(n int) {
	if n == 0 {
		return
	}
	t.cells = slices.DeleteFunc(t.cells, func(c tableCell) bool { return c.row < n })
	for i := range t.cells {
		t.cells[i].row -= n
	}
	t.rows -= n
}

// append puts the rows of b below those of t. A row that the page break cut becomes one again, and so do the cells that
// reach over the break.
func (t *table) append(b *table) {
	cut := rowCut(t, b)
	offset := t.rows
	if cut {
		offset--
	}
	above := t.endingAt(t.rows - 1)
	gone := make([]bool, len(b.cells))
	for i := range b.cells {
		d := &b.cells[i]
		if d.row != 0 {
			continue
		}
		c := match(above, d)
		if c == nil || !cut && !spans(c, d, b) {
			continue
		}
		c.full, c.stacked = d.full, c.stacked || d.stacked
		c.text = join(c.text, d.text)
		c.rows = offset + d.rows - c.row
		gone[i] = true
	}
	for i, d := range b.cells {
		if !gone[i] {
			d.row += offset
			t.cells = append(t.cells, d)
		}
	}
	t.rows = offset + b.rows
	slices.SortStableFunc(t.cells, func(x, y tableCell) int {
		if x.row != y.row {
			return x.row - y.row
		}
		return x.col - y.col
	})
}

func match(above []*tableCell, d *tableCell) *tableCell {
	for _, c := range above {
		if c.col == d.col && c.cols == d.cols {
			return c
		}
	}
	return nil
}

// rowCut reports whether the first row of b is the rest of the last row of a. Two rows with numbers are never one, nor
// two without.
func rowCut(a, b *table) bool {
	above, below := a.endingAt(a.rows-1), b.startingAt(0)
	if len(above) != len(below) {
		return false
	}
	var numbersAbove, numbersBelow bool
	var label, rest *tableCell
	for _, d := range below {
		c := match(above, d)
		if c == nil {
			return false
		}
		numbersAbove = numbersAbove || numeric(c.text)
		numbersBelow = numbersBelow || numeric(d.text)
		if d.rows == 1 && !numeric(c.text) && !numeric(d.text) && (c.text != "" || d.text != "") {
			label, rest = c, d
		}
	}
	if numbersAbove == numbersBelow || label == nil || label.text == "" {
		return false
	}
	if rest.text == "" {
		return numbersBelow
	}
	return label.full && !begins(rest.text)
}

// spans reports whether d, at the top of a page, is the rest of c, at the bottom of the page before: a cell over several
// rows that the page break cut.
func spans(c, d *tableCell, b *table) bool {
	if numeric(c.text) || numeric(d.text) {
		return false
	}
	if c.rows == 1 && d.rows == 1 && !groupCell(b, d) {
		return false
	}
	switch {
	case c.text == "" || d.text == "":
		return true
	case begins(d.text):
		return false
	}
	return c.stacked && (d.stacked || len([]rune(d.text)) == 1) || c.full
}

// groupCell reports whether a row of b has a label to the right of d.
func groupCell(b *table, d *tableCell) bool {
	for _, c := range b.startingAt(0) {
		if c.col > d.col && c.text != "" && !numeric(c.text) {
			return true
		}
	}
	return false
}
