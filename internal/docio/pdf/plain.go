package pdf

import (
	"slices"
	"sort"
)

// maxPieces is the most pieces of text that a table without borders is made of. Time grows with its square.
const maxPieces = 5000

// plainTable rebuilds a table without borders. It returns nil when it is not certain where everything belongs: the lines
// are then yielded as they stand.
func (r *region) plainTable() *table {
	if len(r.cells) > maxPieces {
		return nil
	}
	values := r.values()
	first := slices.IndexFunc(values, func(n int) bool { return n > 0 })
	if first < 0 {
		return nil
	}
	cols := r.valueColumns(first)
	if len(cols) < 2 {
		return nil
	}
	p := &plain{region: r, cols: cols, counts: values, start: r.labelEnd(first, cols) + 1}
	if !p.fill() || !p.name() || !p.order() {
		return nil
	}
	return p.build()
}

// plain is a table without borders while it is being rebuilt.
type plain struct {
	*region
	cols   []column
	counts []int   // values of each line
	start  float64 // where the labels end
	rows   []dataRow
	blocks []block
	heads  []chunk // above the rows
	groups []group
}

// group is a label over several rows.
type group struct {
	text     string
	from, to int // rows
	level    int // 0 outermost
}

// fill makes a row of every line with values and puts each value into its column.
func (p *plain) fill() bool {
	for i, l := range p.lines {
		if p.counts[i] == 0 {
			continue
		}
		row := dataRow{y: l.cy(), page: l.page, values: make([]string, len(p.cols))}
		for _, c := range p.cells {
			if c.line != i || !p.isValue(c) {
				continue
			}
			k := slices.IndexFunc(p.cols, func(k column) bool { return k.overlaps(c.box) })
			if k < 0 || row.values[k] != "" {
				return false
			}
			row.values[k] = c.text
		}
		p.rows = append(p.rows, row)
	}
	return len(p.rows) > 0
}

// name finds the label of every row. Rows without any label are only allowed when no row has one.
func (p *plain) name() bool {
	p.blocks = p.labels()
	named := 0
	for i := range p.rows {
		k := p.blockAt(p.rows[i].y)
		if k < 0 {
			continue
		}
		if p.blocks[k].row >= 0 {
			return false // one label beside two rows
		}
		p.blocks[k].row = i
		named++
	}
	for k := range p.blocks {
		if b := &p.blocks[k]; b.row >= 0 {
			p.rows[b.row].label = b
		}
	}
	return named == len(p.rows) || named == 0
}

// labels joins what stands left of the values.
func (p *plain) labels() []block {
	var pieces []chunk
	left := p.cells[0].x0
	for _, c := range p.cells {
		left = min(left, c.x0)
		if !p.isValue(c) && c.x1 < p.start {
			pieces = append(pieces, c)
		}
	}
	return p.labelBlocks(pieces, p.counts, left+(p.start-left)/2)
}

// blockAt returns the label at height y, the rightmost when there are several, -1 when there is none.
func (p *plain) blockAt(y float64) int {
	best := -1
	for k := range p.blocks {
		b := &p.blocks[k]
		if y >= b.y0 && y <= b.y1 && (best < 0 || p.blocks[best].x1 <= b.x1) {
			best = k
		}
	}
	return best
}

// order tells the rest apart: headers above the first row, labels of groups, and rows that are all blank. Anything else
// makes the table uncertain.
func (p *plain) order() bool {
	top := p.rows[0].y
	if l := p.rows[0].label; l != nil {
		top = l.y0 - 0.2*p.lines[0].h()
	}
	for _, c := range p.cells {
		inLabel := c.x1 < p.start
		switch {
		case c.cy() < top && !p.isValue(c):
			p.heads = append(p.heads, c)
		case !inLabel && !p.isValue(c):
			return false // text among the values
		}
	}
	var rest []*block
	for k := range p.blocks {
		if b := &p.blocks[k]; b.row < 0 && b.cy() > top {
			rest = append(rest, b)
		}
	}
	return p.placeGroups(p.addBlankRows(rest))
}

// addBlankRows makes rows of the labels that can only name a row although no value stands beside them: numbered items,
// labels in brackets without items, and chapters below or above the bracketed rows. It returns the other labels.
func (p *plain) addBlankRows(rest []*block) []*block {
	rest = p.addRows(rest, func(b *block) bool { return itemNumber.MatchString(b.text) })
	runs := p.runs()
	rest = p.addRows(rest, func(b *block) bool {
		return section.MatchString(b.text) && !slices.ContainsFunc(runs, func(g group) bool { return p.within(b, g.from, g.to) })
	})
	from, to := p.bracketed()
	return p.addRows(rest, func(b *block) bool {
		return chapter.MatchString(b.text) && (to < from || !p.within(b, from, to))
	})
}

// within reports whether a label stands beside the rows from and to, or between them.
func (p *plain) within(b *block, from, to int) bool {
	return b.cy() >= p.top(from) && b.cy() <= p.bottom(to)
}

func (p *plain) addRows(rest []*block, isRow func(*block) bool) []*block {
	var left []*block
	var add []*block
	for _, b := range rest {
		if isRow(b) {
			add = append(add, b)
		} else {
			left = append(left, b)
		}
	}
	for _, b := range add {
		page := p.lines[b.lines[0]].page
		p.rows = append(p.rows, dataRow{y: b.cy(), page: page, label: b, values: make([]string, len(p.cols))})
	}
	slices.SortStableFunc(p.rows, func(a, b dataRow) int { return compare(a.y, b.y) })
	return left
}

// placeGroups finds the rows of each label that names no row of its own. The numbers of the labels tell: a run of 1. 2. 3.
// belongs to one label in brackets, a run of labels in brackets to one before it.
func (p *plain) placeGroups(rest []*block) bool {
	sort.SliceStable(rest, func(i, j int) bool { return rest[i].y0 < rest[j].y0 })
	runs := p.runs()
	var outer []*block
	for _, b := range rest {
		k := slices.IndexFunc(runs, func(g group) bool {
			return g.text == "" && p.within(b, g.from, g.to)
		})
		if k < 0 || !section.MatchString(b.text) {
			outer = append(outer, b)
			continue
		}
		runs[k].text = b.text
	}
	for _, g := range runs {
		if g.text == "" {
			return false
		}
	}
	p.groups = runs
	if len(outer) == 0 {
		return true
	}
	from, to := p.bracketed()
	b, ok := joinOuter(outer)
	if !ok || to < from || !p.within(b, from, to) {
		return false
	}
	p.groups = append(p.groups, group{text: b.text, from: from, to: to, level: 0})
	return true
}

// joinOuter puts the pieces of one label over many rows together, which a page break or the lines of its rows parted.
func joinOuter(pieces []*block) (*block, bool) {
	whole := *pieces[0]
	for _, b := range pieces[1:] {
		if !over(whole.box, b.box) || begins(b.text) {
			return nil, false
		}
		whole.box, whole.text = whole.union(b.box), join(whole.text, b.text)
	}
	return &whole, true
}

func (p *plain) top(row int) float64 {
	if l := p.rows[row].label; l != nil {
		return min(l.y0, p.rows[row].y)
	}
	return p.rows[row].y
}

func (p *plain) bottom(row int) float64 {
	if l := p.rows[row].label; l != nil {
		return max(l.y1, p.rows[row].y)
	}
	return p.rows[row].y
}

// runs returns the runs of rows whose labels are numbered 1. 2. 3.
func (p *plain) runs() []group {
	var out []group
	before := -2
	for i, row := range p.rows {
		if row.label == nil || !itemNumber.MatchString(row.label.text) {
			continue
		}
		if n := len(out); n > 0 && before == i-1 && !firstItem.MatchString(row.label.text) {
			out[n-1].to = i
		} else {
			out = append(out, group{from: i, to: i, level: 1})
		}
		before = i
	}
	return out
}

// bracketed returns the first and the last row that is numbered (一) or below such a number.
func (p *plain) bracketed() (from, to int) {
	from, to = len(p.rows), -1
	for i, row := range p.rows {
		if row.label != nil && (section.MatchString(row.label.text) || itemNumber.MatchString(row.label.text)) {
			from, to = min(from, i), i
		}
	}
	return from, to
}
