package pdf

import (
	"slices"
	"sort"
)

const (
	// touch is how far apart, in points, lines may be and still meet.
	touch = 3.0
	// jag is how far apart borders of one column may be in different rows of a table that was set by hand.
	jag = 6.0
	// maxRulings bounds the lines of one direction on a page; more is a drawing and no table.
	maxRulings = 3000
	// maxStrokes bounds the pieces that they are drawn with.
	maxStrokes = 100_000
)

// lattice is a bordered table on one page: the lines of its grid and which of its fields are one cell.
type lattice struct {
	box
	xs, ys []float64 // borders of columns and rows, ascending
	hs, vs []ruling
	cells  []latticeCell
	owner  [][]int // row, column -> index in cells
}

type latticeCell struct {
	row, col, rows, cols int
	glyphs               []glyph
}

// lattices rebuilds the bordered tables of a page from its rulings, the smallest first.
func (s *sheet) lattices() []*lattice {
	if max(len(s.hs), len(s.vs)) >= maxStrokes {
		return nil
	}
	hs, vs := mergeRulings(s.hs), mergeRulings(s.vs)
	if len(hs) > maxRulings || len(vs) > maxRulings {
		return nil
	}
	var out []*lattice
	for _, g := range adopt(connected(hs, vs)) {
		if l := newLattice(g.hs, g.vs); l != nil {
			out = append(out, l)
		}
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].w()*out[i].h() < out[j].w()*out[j].h() })
	return out
}

// mergeRulings joins the pieces of one line: those that lie on each other and meet or nearly meet.
func mergeRulings(in []ruling) []ruling {
	all := slices.Clone(in)
	slices.SortFunc(all, func(a, b ruling) int { return compare(a.at, b.at) })
	var out []ruling
	for i := 0; i < len(all); {
		k := i + 1
		for k < len(all) && all[k].at-all[k-1].at < 1.2 && all[k].at-all[i].at < thin {
			k++
		}
		out = append(out, joinOnLine(all[i:k])...)
		i = k
	}
	return out
}

func joinOnLine(line []ruling) []ruling {
	at := 0.0
	for _, r := range line {
		at += r.at / float64(len(line))
	}
	slices.SortFunc(line, func(a, b ruling) int { return compare(a.from, b.from) })
	var out []ruling
	for _, r := range line {
		if n := len(out); n > 0 && r.from <= out[n-1].to+touch {
			out[n-1].to = max(out[n-1].to, r.to)
			continue
		}
		out = append(out, ruling{at, r.from, r.to})
	}
	return out
}

func compare(a, b float64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

type component struct{ hs, vs []ruling }

// connected groups lines that meet, by union-find.
func connected(hs, vs []ruling) []component {
	parent := make([]int, len(hs)+len(vs))
	for i := range parent {
		parent[i] = i
	}
	for i, h := range hs {
		for j, v := range vs {
			if v.at >= h.from-touch && v.at <= h.to+touch && h.at >= v.from-touch && h.at <= v.to+touch {
				parent[find(parent, i)] = find(parent, len(hs)+j)
			}
		}
	}
	groups := map[int]*component{}
	var order []int
	at := func(i int) *component {
		root := find(parent, i)
		if groups[root] == nil {
			groups[root] = &component{}
			order = append(order, root)
		}
		return groups[root]
	}
	for i, h := range hs {
		c := at(i)
		c.hs = append(c.hs, h)
	}
	for j, v := range vs {
		c := at(len(hs) + j)
		c.vs = append(c.vs, v)
	}
	out := make([]component, 0, len(order))
	for _, root := range order {
		out = append(out, *groups[root])
	}
	return out
}

// adopt gives a table the lines beside it that meet none of its rows: where a cell over many rows goes on from page to
// page, its border stands alone on those in between.
func adopt(groups []component) []component {
	var tables, lone []component
	for _, g := range groups {
		if len(g.hs) == 0 {
			lone = append(lone, g)
		} else if len(g.vs) > 0 {
			tables = append(tables, g)
		}
	}
	for _, g := range lone {
		for _, v := range g.vs {
			for i := range tables {
				if tables[i].beside(v) {
					tables[i].vs = append(tables[i].vs, v)
					break
				}
			}
		}
	}
	return tables
}

// beside reports whether a line stands left or right of a table, not far away, for most of its height.
func (c *component) beside(v ruling) bool {
	const far = 120.0 // points, a wide column of labels
	from, to := c.vs[0].from, c.vs[0].to
	left, right := c.hs[0].from, c.hs[0].to
	for _, o := range c.vs {
		from, to = min(from, o.from), max(to, o.to)
	}
	for _, o := range c.hs {
		left, right = min(left, o.from), max(right, o.to)
	}
	if v.at < left-far || v.at > right+far || v.at > left-touch && v.at < right+touch {
		return false
	}
	return min(to, v.to)-max(from, v.from) > 0.8*(to-from)
}

func find(parent []int, i int) int {
	for parent[i] != i {
		parent[i] = parent[parent[i]]
		i = parent[i]
	}
	return i
}

// newLattice returns the table that the lines make, nil when they make none of at least two cells.
func newLattice(hs, vs []ruling) *lattice {
	if len(hs) < 2 || len(vs) < 1 {
		return nil
	}
	l := &lattice{hs: hs, vs: vs}
	l.xs = withEnds(borders(vs), hs)
	l.ys = withEnds(borders(hs), vs)
	nr, nc := len(l.ys)-1, len(l.xs)-1
	if nr < 1 || nc < 1 || nr*nc < 2 || nr*nc > maxRulings*10 {
		return nil
	}
	l.box = box{l.xs[0], l.ys[0], l.xs[nc], l.ys[nr]}
	l.divide(nr, nc)
	if len(l.cells) < 2 {
		return nil
	}
	return l
}

// borders returns the positions of lines, those of one border taken together. Lines that stand side by side over the
// same stretch are two borders, even when they are near.
func borders(lines []ruling) []float64 {
	sorted := slices.Clone(lines)
	slices.SortFunc(sorted, func(a, b ruling) int { return compare(a.at, b.at) })
	var out []float64
	for i := 0; i < len(sorted); {
		k := i + 1
		for k < len(sorted) && sameBorder(sorted[i:k], sorted[k]) {
			k++
		}
		sum, length := 0.0, 0.0
		for _, r := range sorted[i:k] {
			sum += r.at * (r.to - r.from)
			length += r.to - r.from
		}
		out = append(out, sum/length)
		i = k
	}
	return out
}

func sameBorder(group []ruling, r ruling) bool {
	if r.at-group[0].at > jag {
		return false
	}
	for _, g := range group {
		if r.at-g.at > touch && min(r.to, g.to)-max(r.from, g.from) > touch {
			return false
		}
	}
	return true
}

// withEnds adds the ends of the crossing lines where a table has no outer border.
func withEnds(at []float64, crossing []ruling) []float64 {
	if len(at) == 0 {
		return at
	}
	lo, hi := at[0], at[len(at)-1]
	first, last := lo, hi
	for _, r := range crossing {
		first, last = min(first, r.from), max(last, r.to)
	}
	if lo-first > 2*jag {
		at = append([]float64{first}, at...)
	}
	if last-hi > 2*jag {
		at = append(at, last)
	}
	return at
}

// divide finds the cells: fields without a line between them are one cell.
func (l *lattice) divide(nr, nc int) {
	right := l.crossed(l.vs, l.xs, l.ys) // [border][row]
	below := l.crossed(l.hs, l.ys, l.xs) // [border][column]
	l.owner = make([][]int, nr)
	for r := range l.owner {
		l.owner[r] = make([]int, nc)
		for c := range l.owner[r] {
			l.owner[r][c] = -1
		}
	}
	for r := range nr {
		for c := range nc {
			if l.owner[r][c] < 0 {
				l.grow(r, c, right, below)
			}
		}
	}
}

// grow makes the largest rectangle of joined fields that begins at r, c.
func (l *lattice) grow(r, c int, right, below [][]bool) {
	nr, nc := len(l.ys)-1, len(l.xs)-1
	cols, rows := 1, 1
	for c+cols < nc && !right[c+cols][r] && l.owner[r][c+cols] < 0 {
		cols++
	}
	open := func(row int) bool { // the row can be added below
		for k := c; k < c+cols; k++ {
			if below[row][k] || l.owner[row][k] >= 0 || k > c && right[k][row] {
				return false
			}
		}
		return true
	}
	for r+rows < nr && open(r+rows) {
		rows++
	}
	id := len(l.cells)
	l.cells = append(l.cells, latticeCell{row: r, col: c, rows: rows, cols: cols})
	for i := r; i < r+rows; i++ {
		for k := c; k < c+cols; k++ {
			l.owner[i][k] = id
		}
	}
}

// crossed tells for each border and each field along it whether a line is drawn there.
func (l *lattice) crossed(lines []ruling, at, along []float64) [][]bool {
	out := make([][]bool, len(at))
	for b := range at {
		out[b] = make([]bool, len(along)-1)
	}
	for _, r := range lines {
		b := nearest(at, r.at)
		for f := range len(along) - 1 {
			if mid := (along[f] + along[f+1]) / 2; r.from <= mid && mid <= r.to {
				out[b][f] = true
			}
		}
	}
	return out
}

func nearest(at []float64, v float64) int {
	best := 0
	for i, a := range at {
		if abs(a-v) < abs(at[best]-v) {
			best = i
		}
	}
	return best
}

func abs(v float64) float64 {
	if v < 0 {
		return -v
	}
	return v
}

// put gives a character to the cell under its centre.
func (l *lattice) put(g glyph) {
	c := sort.SearchFloat64s(l.xs, g.cx()) - 1
	r := sort.SearchFloat64s(l.ys, g.cy()) - 1
	r, c = min(max(r, 0), len(l.ys)-2), min(max(c, 0), len(l.xs)-2)
	cell := &l.cells[l.owner[r][c]]
	cell.glyphs = append(cell.glyphs, g)
}
