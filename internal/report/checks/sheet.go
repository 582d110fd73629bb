package checks

import (
	"github.com/gongkai/gongkai/internal/report"
	"github.com/gongkai/gongkai/internal/report/narrative"
)

// sheet holds the sums of tables 3 and 4 with both sides worked out, for the rules K1, K2, K3 and K5 and for the search
// for the cell to blame.
type sheet struct {
	t3, t4   *grid // nil when the report has no such table
	sums     []sum
	verdicts []narrative.Verdict // what the text says, once it was asked for
	judged   bool
}

// grid is a table with rows of equal width and the cells that are not certain.
type grid struct {
	t       *report.Table
	width   int
	doubted []bool // nil when nothing is in doubt
	index   map[string]int
}

func newGrid(t *report.Table, doubts report.DoubtSet) *grid {
	if t == nil || t.Spec == nil || len(t.Spec.Rows) == 0 {
		return nil
	}
	g := &grid{t: t, width: len(t.Spec.Rows[0].Fields)}
	if len(doubts) == 0 {
		return g
	}
	g.doubted = make([]bool, len(t.Spec.Rows)*g.width)
	for i := range g.doubted {
		g.doubted[i] = doubts.Has(g.path(i))
	}
	return g
}

// pairName is the place of two cells of one row.
func (g *grid) pairName(a, b int) string {
	row := &g.t.Spec.Rows[a/g.width]
	return tableName(g.t.Spec.ID) + "“" + rowName(row) + "”行“" + row.Fields[a%g.width].Label + "”“" + row.Fields[b%g.width].Label + "”两列"
}

func (g *grid) at(i int) *report.Cell { return g.t.At(i/g.width, i%g.width) }
func (g *grid) path(i int) string     { return g.t.Spec.Path(i/g.width, i%g.width) }

// name is the place of a cell in words, short and with the numeral of its group: 表三“（三）8.属于行政查询事项”行“自然人”列.
func (g *grid) name(i int) string {
	row := &g.t.Spec.Rows[i/g.width]
	return tableName(g.t.Spec.ID) + "“" + rowName(row) + "”行“" + row.Fields[i%g.width].Label + "”列"
}

// find returns the index of the cell at path, -1 when it is in another table. The index of all paths is built when the first
// one is asked for: a sound report never asks.
func (g *grid) find(path string) int {
	if g.index == nil {
		g.index = make(map[string]int, len(g.t.Cells))
		for i := range g.t.Cells {
			g.index[g.path(i)] = i
		}
	}
	if i, ok := g.index[path]; ok {
		return i
	}
	return -1
}

func (g *grid) unsure(i int) bool { return g.doubted != nil && g.doubted[i] }

// state is what can be said of a sum.
type state uint8

const (
	unknown  state = iota // a cell that it needs holds no number
	holds                 // both sides are equal
	circular              // both sides are equal, but a number in it was read with the help of a relation
	broken                // the sides differ
	over                  // cells are missing, and those that are there already exceed the other side
)

func (s state) failed() bool { return s == broken || s == over }

// sum is one relation: the cells of left add up to the same as those of right.
type sum struct {
	rule        string
	line        int // the row or column that it runs along
	grid        *grid
	left, right []int // cell indexes in grid
	l, r        int64 // the sides, over the cells that hold numbers
	gap         int   // the first cell that holds no number, -1 when all do
	hole        bool  // a cell is missing or unreadable, rather than blank
	state       state
	doubt       int // the first cell in doubt, -1 when none
}

func (s *sum) work() {
	s.gap, s.doubt = -1, -1
	missingLeft := s.side(s.left, &s.l)
	missingRight := s.side(s.right, &s.r)
	switch {
	case missingLeft && !missingRight && s.l > s.r, missingRight && !missingLeft && s.r > s.l:
		s.state = over
	case missingLeft || missingRight:
		s.state = unknown
	case s.l != s.r:
		s.state = broken
	case s.doubt >= 0:
		s.state = circular
	default:
		s.state = holds
	}
}

// side adds one side up and reports whether a cell is missing.
func (s *sum) side(cells []int, total *int64) (missing bool) {
	*total = 0
	for _, i := range cells {
		c := s.grid.at(i)
		if s.doubt < 0 && s.grid.unsure(i) {
			s.doubt = i
		}
		if !c.IsNumber() {
			missing = true
			s.hole = s.hole || c.Kind != report.Blank && c.Kind != report.Slash && c.Kind != report.Dash
			if s.gap < 0 {
				s.gap = i
			}
			continue
		}
		*total = add(*total, c.N)
	}
	return missing
}

// add adds without wrapping around: absurd numbers stay absurd.
func add(a, b int64) int64 {
	const limit = int64(1) << 60
	return max(-limit, min(limit, a)) + max(-limit, min(limit, b))
}

// rows3 are the rows of table 3 by their part in the relations.
type rows3 struct {
	fresh, carriedIn, total, carriedOut int
	results                             []int
}

func rolesOf(spec *report.TableSpec) (rows3, bool) {
	r := rows3{fresh: spec.RowIndex("new_received"), carriedIn: spec.RowIndex("carried_in"),
		total: spec.RowIndex("total"), carriedOut: spec.RowIndex("carried_out")}
	if min(r.fresh, r.carriedIn, r.total, r.carriedOut) < 0 {
		return r, false
	}
	for i := range spec.Rows {
		if i != r.fresh && i != r.carriedIn && i != r.total && i != r.carriedOut {
			r.results = append(r.results, i)
		}
	}
	return r, true
}

func newSheet(r *report.Report) *sheet {
	doubts := r.DoubtSet()
	sh := &sheet{t3: newGrid(r.Table3, doubts), t4: newGrid(r.Table4, doubts), sums: make([]sum, 0, 48)}
	if sh.t3 != nil {
		sh.addTable3()
	}
	if sh.t4 != nil {
		for row := range sh.t4.t.Spec.Rows {
			sh.addRow("K5", sh.t4, row)
		}
	}
	for i := range sh.sums {
		sh.sums[i].work()
	}
	return sh
}

func (sh *sheet) addTable3() {
	g := sh.t3
	roles, ok := rolesOf(g.t.Spec)
	if !ok {
		return
	}
	w := g.width
	for col := range w {
		sh.sums = append(sh.sums, sum{rule: "K1", line: col, grid: g,
			left:  []int{roles.fresh*w + col, roles.carriedIn*w + col},
			right: []int{roles.total*w + col, roles.carriedOut*w + col}})
	}
	for row := range g.t.Spec.Rows {
		sh.addRow("K2", g, row)
	}
	for col := range w {
		left := make([]int, len(roles.results))
		for i, row := range roles.results {
			left[i] = row*w + col
		}
		sh.sums = append(sh.sums, sum{rule: "K3", line: col, grid: g, left: left, right: []int{roles.total*w + col}})
	}
}

// addRow adds the relation that the last cell of a row is the sum of the others.
func (sh *sheet) addRow(rule string, g *grid, row int) {
	cells := make([]int, g.width)
	for i := range cells {
		cells[i] = row*g.width + i
	}
	last := g.width - 1
	sh.sums = append(sh.sums, sum{rule: rule, line: row, grid: g, left: cells[:last], right: cells[last:]})
}
