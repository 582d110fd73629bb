package pdf

import "slices"

// column is a column of values of a table without borders.
type column struct{ x0, x1 float64 }

func (c column) overlaps(b box) bool { return min(c.x1, b.x1)-max(c.x0, b.x0) > 0 }

// valueColumns finds the columns of values: values that stand above each other, also partly, are one column. Headers over
// no value at all make a column that is blank.
func (r *region) valueColumns(first int) []column {
	var cols []column
	for _, c := range r.cells {
		if r.isValue(c) {
			cols = addColumn(cols, c.box)
		}
	}
	if len(cols) == 0 {
		return nil
	}
	end := r.labelEnd(first, cols)
	step := spacing(cols)
	for i := len(r.cells) - 1; i >= 0; i-- {
		c := r.cells[i]
		if c.line < first && c.x0 >= end && apart(cols, c.box, step) {
			cols = addColumn(cols, c.box)
		}
	}
	slices.SortFunc(cols, func(a, b column) int { return compare(a.x0, b.x0) })
	return cols
}

func (c column) middle() float64 { return (c.x0 + c.x1) / 2 }

// spacing is the usual distance of neighbouring columns: the middle one of those that are not much wider than the
// narrowest.
func spacing(cols []column) float64 {
	sorted := slices.Clone(cols)
	slices.SortFunc(sorted, func(a, b column) int { return compare(a.x0, b.x0) })
	var steps []float64
	for i := 1; i < len(sorted); i++ {
		steps = append(steps, sorted[i].middle()-sorted[i-1].middle())
	}
	if len(steps) == 0 {
		return 0
	}
	least := slices.Min(steps)
	return median(slices.DeleteFunc(steps, func(v float64) bool { return v > 1.5*least }), least)
}

// apart reports whether a header is too far from every column to be that of its values, which may stand left or right of
// its middle.
func apart(cols []column, b box, step float64) bool {
	return !slices.ContainsFunc(cols, func(k column) bool { return k.overlaps(b) || abs(k.middle()-b.cx()) < 0.7*step })
}

// isValue reports whether a piece is a value of a row, and not a number inside a label.
func (r *region) isValue(c chunk) bool {
	return c.value && !slices.ContainsFunc(r.cells, func(o chunk) bool { return o.line == c.line && !o.value && o.x0 > c.x0 })
}

func addColumn(cols []column, b box) []column {
	merged := column{b.x0, b.x1}
	out := cols[:0]
	for _, c := range cols {
		if c.overlaps(b) {
			merged = column{min(merged.x0, c.x0), max(merged.x1, c.x1)}
			continue
		}
		out = append(out, c)
	}
	return append(out, merged)
}

// labelEnd is where the labels left of the values end, 0 when there are none.
func (r *region) labelEnd(first int, cols []column) float64 {
	start := cols[0].x0
	for _, c := range cols {
		start = min(start, c.x0)
	}
	end := 0.0
	for _, c := range r.cells {
		if c.line >= first && c.x1 < start && !r.isValue(c) {
			end = max(end, c.x1)
		}
	}
	return end
}

// block is a label that may be wrapped over several lines.
type block struct {
	box
	text  string
	lines []int // lines of the region
	row   int   // the row that it names, -1 for none
}

// labelBlocks joins the lines of wrapped labels: pieces below each other at the distance of wrapped lines, unless the
// lower one can only be the beginning of a label or both have values beside them.
func (r *region) labelBlocks(pieces []chunk, values []int, half float64) []block {
	pitch := wrapPitch(pieces)
	var out []block
	for _, p := range pieces {
		best := -1
		for i := range out {
			b := &out[i]
			below := p.cy() - (b.y1 - p.h()/2)
			if below <= 0 || below > 1.25*pitch || begins(p.text) || !over(b.box, p.box) {
				continue
			}
			if p.x1 > half && values[p.line] > 0 && r.anchored(b, values) {
				continue
			}
			if best < 0 || out[best].y1 < b.y1 {
				best = i
			}
		}
		if best < 0 {
			out = append(out, block{box: p.box, text: p.text, lines: []int{p.line}, row: -1})
			continue
		}
		b := &out[best]
		b.box, b.text = b.union(p.box), join(b.text, p.text)
		b.lines = append(b.lines, p.line)
	}
	return out
}

func (r *region) anchored(b *block, values []int) bool {
	return slices.ContainsFunc(b.lines, func(l int) bool { return values[l] > 0 })
}

// over reports whether two boxes stand above each other for at least half the width of the narrower.
func over(a, b box) bool {
	return min(a.x1, b.x1)-max(a.x0, b.x0) > 0.5*min(a.w(), b.w())
}

// wrapPitch is the distance of the lines of a wrapped label: the smallest between pieces below each other of which the
// lower is no beginning.
func wrapPitch(pieces []chunk) float64 {
	best := 0.0
	for i, p := range pieces {
		if begins(p.text) {
			continue
		}
		for _, o := range pieces[:i] {
			if d := p.cy() - o.cy(); d > 0.5*p.h() && over(o.box, p.box) && (best == 0 || d < best) {
				best = d
			}
		}
	}
	return min(best, 3*r0(pieces))
}

func r0(pieces []chunk) float64 {
	if len(pieces) == 0 {
		return 0
	}
	return pieces[0].h()
}

// dataRow is a row of the table: the line of its values, or of its label when it has none.
type dataRow struct {
	y      float64
	page   int
	label  *block
	values []string // by column
}
