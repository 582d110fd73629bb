package pdf

import (
	"regexp"
	"slices"
)

var (
	itemNumber = regexp.MustCompile(`^[0-9０-９]{1,2}[.．、]`)
	firstItem  = regexp.MustCompile(`^[1１][.．、]`)
)

// build lays the table out: columns for the labels, outermost first, then those of the values.
func (p *plain) build() *table {
	levels := p.levels()
	last := p.lines[len(p.lines)-1]
	t := &table{box: last.box, from: p.lines[0].page, to: last.page, rows: 0}
	t.xs = make([]float64, levels+len(p.cols)+1)
	for i := range t.xs {
		t.xs[i] = float64(i)
	}
	p.buildHead(t, levels)
	offset := t.rows
	for i, row := range p.rows {
		p.buildRow(t, i, row, levels, offset)
	}
	t.rows += len(p.rows)
	slices.SortStableFunc(t.cells, func(a, b tableCell) int {
		if a.row != b.row {
			return a.row - b.row
		}
		return a.col - b.col
	})
	return t
}

// levels is how many columns the labels need.
func (p *plain) levels() int {
	if p.rows[0].label == nil {
		return 0
	}
	outer, inner := 0, 0
	for _, g := range p.groups {
		if g.level == 0 {
			outer = 1
		} else {
			inner = 1
		}
	}
	return 1 + outer + inner
}

func (p *plain) buildRow(t *table, i int, row dataRow, levels, offset int) {
	at := 0
	for level := range 2 {
		k := slices.IndexFunc(p.groups, func(g group) bool { return g.level == level && g.from <= i && i <= g.to })
		if k < 0 {
			continue
		}
		if g := p.groups[k]; g.from == i {
			t.cells = append(t.cells, tableCell{row: offset + i, col: at, rows: g.to - g.from + 1, cols: 1, text: g.text, page: row.page})
		}
		at++
	}
	if levels > 0 {
		t.cells = append(t.cells, tableCell{row: offset + i, col: at, rows: 1, cols: levels - at, text: row.label.text, page: row.page})
	}
	for c, v := range row.values {
		t.cells = append(t.cells, tableCell{row: offset + i, col: levels + c, rows: 1, cols: 1, text: v, page: row.page})
	}
}

// buildHead puts the headers above their columns: the lowest of each column in the last row, side by side, and those
// that stand over several columns above them, each over the column of its middle.
func (p *plain) buildHead(t *table, levels int) {
	stacks := make([][]block, levels+len(p.cols))
	for _, b := range p.headBlocks() {
		k := p.columnOf(b.box, levels)
		stacks[k] = append(stacks[k], b)
	}
	depth := 0
	for _, s := range stacks {
		slices.SortStableFunc(s, func(a, b block) int { return compare(a.y0, b.y0) })
		depth = max(depth, len(s))
	}
	for k, s := range stacks {
		for r := range depth {
			text := ""
			if i := r - (depth - len(s)); i >= 0 {
				text = s[i].text
			}
			t.cells = append(t.cells, tableCell{row: r, col: k, rows: 1, cols: 1, text: text, page: p.lines[0].page})
		}
	}
	t.rows = depth
}

// headBlocks joins the wrapped lines of headers. What is wider than its column stands over several and is no part of the
// header of one.
func (p *plain) headBlocks() []block {
	none := make([]int, len(p.lines))
	var label, leaf, spanning []chunk
	for _, h := range p.separate(p.heads) {
		k := p.columnOf(h.box, 1) - 1
		switch {
		case k < 0:
			label = append(label, h)
		case h.w() > p.edge(k+1)-p.edge(k):
			spanning = append(spanning, h)
		default:
			leaf = append(leaf, h)
		}
	}
	out := p.labelBlocks(spanning, none, 0)
	out = append(out, p.labelBlocks(label, none, 0)...)
	return append(out, p.labelBlocks(leaf, none, 0)...)
}

// separate splits headers of narrow columns that nearly touch each other, where every piece then stands over one column.
func (p *plain) separate(heads []chunk) []chunk {
	const touching = 0.2
	var out []chunk
	for _, h := range heads {
		l := &p.lines[h.line]
		shift := h.y0 - l.glyphs[0].y0
		var pieces []chunk
		for _, c := range l.chunks(touching) {
			if c.x0 >= h.x0-0.1 && c.x1 <= h.x1+0.1 {
				c.line, c.y0, c.y1 = h.line, c.y0+shift, c.y1+shift
				pieces = append(pieces, c)
			}
		}
		if len(pieces) < 2 || slices.ContainsFunc(pieces, func(c chunk) bool { return !p.inColumn(c.box) }) {
			pieces = []chunk{h}
		}
		out = append(out, pieces...)
	}
	return out
}

func (p *plain) inColumn(b box) bool {
	k := p.columnOf(b, 1) - 1
	return k >= 0 && b.x0 >= p.edge(k)-2 && b.x1 <= p.edge(k+1)+2
}

// edge is where column k of the values begins: half way from the one before.
func (p *plain) edge(k int) float64 {
	n := len(p.cols)
	middle := func(i int) float64 { return (p.cols[i].x0 + p.cols[i].x1) / 2 }
	switch {
	case k == 0:
		return middle(0) - (middle(1)-middle(0))/2
	case k == n:
		return middle(n-1) + (middle(n-1)-middle(n-2))/2
	}
	return (middle(k-1) + middle(k)) / 2
}

// columnOf is the column that a header stands over.
func (p *plain) columnOf(b box, levels int) int {
	if levels > 0 && b.cx() < p.start {
		return 0
	}
	best := 0
	for i, c := range p.cols {
		if abs((c.x0+c.x1)/2-b.cx()) < abs((p.cols[best].x0+p.cols[best].x1)/2-b.cx()) {
			best = i
		}
	}
	return levels + best
}
