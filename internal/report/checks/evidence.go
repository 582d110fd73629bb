package checks

import (
	"strconv"
)

// evidence is what else is known about a number when several cells could explain one failing sum.
type evidence struct {
	said    []statement      // what the text says
	carried map[string]int64 // what last year's report carried forward, by path of this year's cell
	idle    bool             // no application at all in table 3
	omitted int              // groups of table 4 whose total is 0 under parts that are not
	filled  bool             // a group of table 4 has a total that is right and not 0
}

func newEvidence(in *Input, sh *sheet) *evidence {
	ev := &evidence{said: statements(in), carried: map[string]int64{}, idle: idle(sh.t3)}
	if prev, _ := in.previous(); prev != nil && sh.t3 != nil {
		for col := range sh.t3.width {
			if c := prev.Table3.Get("carried_out", col); c != nil && c.IsNumber() {
				ev.carried["table3.carried_in."+sh.t3.t.Spec.Rows[0].Fields[col].Key] = c.N
			}
		}
	}
	for i := range sh.sums {
		s := &sh.sums[i]
		if s.rule == "K5" && s.l > 0 && s.r == 0 {
			ev.omitted++
		}
		if s.rule == "K5" && s.state == holds && s.r > 0 {
			ev.filled = true
		}
	}
	return ev
}

// idle reports whether table 3 is there and holds no number but 0.
func idle(g *grid) bool {
	if g == nil {
		return false
	}
	for i := range g.t.Cells {
		if c := &g.t.Cells[i]; c.IsNumber() && c.N != 0 {
			return false
		}
	}
	return true
}

// Weights of the evidence. They are ratios of likelihoods, set by judgement and checked by TestBlame: a statement of the
// text or of last year's report that agrees with the change speaks 20 to 1 for it; a total left at 0 is far more common in
// published reports (洪泽区 2023 has two) than a number where nothing happened, unless the whole report is empty.
const (
	agrees        = 20.0
	misread       = 5.0
	omittedTotal  = 1.0
	omittedRarely = 0.3
	omittedAgain  = 2000.0
	omittedIdle   = 0.05
	noSlip        = 1e-4
	zeroShare     = 0.5  // of the parts in a report with applications
	zeroShareIdle = 0.98 // of the parts in one without
	harmonic      = 7.0  // sum of 1/(n+1) over the numbers that occur, so that the shares add up to one
)

// weigh says how likely it is that the cells hold what is printed, given that the changed numbers are the true ones: how
// easily the true number turns into the printed one (one digit replaced, dropped, added, or two exchanged), how common the
// true number is compared with the printed one, and what the text and last year's report say.
func (ev *evidence) weigh(g *grid, changes []change) float64 {
	w := 1.0
	for _, c := range changes {
		printed := g.at(c.cell).N
		slip := slipWeight(c.to, printed)
		if c.cell%g.width == g.width-1 && g.t.Spec.ID == "table4" && printed == 0 && c.to > 0 {
			slip += ev.omission()
		}
		w *= slip
		if c.cell%g.width != g.width-1 {
			w *= ev.common(c.to) / ev.common(printed)
		}
		path := g.path(c.cell)
		w *= speaks(ev.carried, path, c.to, printed)
		if g.unsure(c.cell) {
			w *= misread
		}
	}
	for i := range ev.said {
		w *= ev.said[i].speaks(g, changes)
	}
	return w
}

// speaks weighs what the text says about a sum of cells: for the changes when it holds after them, against them when it
// held before.
func (s *statement) speaks(g *grid, changes []change) float64 {
	var before, delta int64
	for _, path := range s.paths {
		i := g.find(path)
		if i < 0 || !g.at(i).IsNumber() {
			return 1
		}
		before = add(before, g.at(i).N)
		for _, ch := range changes {
			if ch.cell == i {
				delta = add(delta, ch.to-g.at(i).N)
			}
		}
	}
	switch {
	case delta == 0:
		return 1
	case before+delta == s.value:
		return agrees
	case before == s.value:
		return 1 / agrees
	}
	return 1
}

func (ev *evidence) omission() float64 {
	switch {
	case ev.omitted > 1:
		return omittedAgain
	case ev.idle:
		return omittedIdle
	case ev.filled:
		return omittedRarely
	default:
		return omittedTotal
	}
}

// common is how often a part of a total has this number: zero is by far the most frequent, larger numbers get rarer.
func (ev *evidence) common(n int64) float64 {
	zero := zeroShare
	if ev.idle {
		zero = zeroShareIdle
	}
	if n == 0 {
		return zero
	}
	return (1 - zero) / harmonic / float64(n+1)
}

func speaks(said map[string]int64, path string, to, printed int64) float64 {
	n, ok := said[path]
	switch {
	case !ok:
		return 1
	case n == to:
		return agrees
	case n == printed:
		return 1 / agrees
	}
	return 1
}

// slipWeight is how likely a typist turns the true number into the printed one.
func slipWeight(truth, printed int64) float64 {
	t, p := strconv.FormatInt(truth, 10), strconv.FormatInt(printed, 10)
	n := float64(len(t))
	switch {
	case len(t) == len(p):
		return sameLength(t, p, n)
	case len(t) == len(p)+1 && drops(t, p):
		return 0.2 / n
	case len(t)+1 == len(p) && drops(p, t):
		return 0.02 / n
	}
	return noSlip
}

func sameLength(t, p string, n float64) float64 {
	var at []int
	for i := range len(t) {
		if t[i] != p[i] {
			at = append(at, i)
		}
	}
	switch {
	case len(at) == 1:
		return 1 / (9 * n)
	case len(at) == 2 && at[1] == at[0]+1 && t[at[0]] == p[at[1]] && t[at[1]] == p[at[0]]:
		return 0.02 / n
	}
	return noSlip
}

// drops reports whether short is long without one digit.
func drops(long, short string) bool {
	for i := range len(long) {
		if long[:i]+long[i+1:] == short {
			return true
		}
	}
	return false
}
