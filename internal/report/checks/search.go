package checks

import "slices"

// search looks for changes that explain failing sums.
type search struct {
	sh   *sheet
	g    *grid
	sums [][]int // the assessable sums that each cell stands in
}

// unit is an elementary explanation: one cell, or two cells of one row or column, and the failing sums that it mends.
type unit struct {
	changes []change
	mends   []int
}

func newSearch(sh *sheet, g *grid) *search {
	if g == nil {
		return &search{sh: sh}
	}
	se := &search{sh: sh, g: g, sums: make([][]int, len(g.t.Spec.Rows)*g.width)}
	for i := range sh.sums {
		s := &sh.sums[i]
		if s.grid != g || s.state == unknown {
			continue
		}
		for _, side := range [][]int{s.left, s.right} {
			for _, c := range side {
				se.sums[c] = append(se.sums[c], i)
			}
		}
	}
	return se
}

// sign is how a cell counts in the sum: +1 on the left, -1 on the right, 0 when it is not in it.
func (s *sum) sign(cell int) int64 {
	switch {
	case slices.Contains(s.right, cell):
		return -1
	case slices.Contains(s.left, cell):
		return 1
	}
	return 0
}

// suspects are the numbers that stand in one of the failing sums, in order.
func (se *search) suspects(failing []int) []int {
	var out []int
	for c, sums := range se.sums {
		if se.g.at(c).IsNumber() && slices.ContainsFunc(sums, func(i int) bool { return slices.Contains(failing, i) }) {
			out = append(out, c)
		}
	}
	return out
}

// singles returns every cell that mends all the sums that it stands in with one number.
func (se *search) singles(failing []int) []unit {
	var out []unit
	for _, c := range se.suspects(failing) {
		if to, ok := se.mend(c); ok {
			out = append(out, unit{changes: []change{{c, to}}, mends: se.sums[c]})
		}
	}
	return out
}

// mend returns the number that satisfies every sum that the cell stands in.
func (se *search) mend(c int) (to int64, ok bool) {
	var delta int64
	for _, i := range se.sums[c] {
		s := &se.sh.sums[i]
		if s.state != broken {
			if s.state == over {
				continue // the gap leaves the difference open
			}
			return 0, false
		}
		d := (s.r - s.l) * s.sign(c)
		if delta != 0 && d != delta {
			return 0, false
		}
		delta = d
	}
	to = add(se.g.at(c).N, delta)
	return to, delta != 0 && to >= 0
}

// knots splits the failing sums into groups that hang together and explains each with as few wrong cells as possible.
func (se *search) knots(failing []int) []knot {
	if len(failing) == 0 || len(failing) > maxKnots {
		return nil
	}
	var out []knot
	var left []int
	singles := se.singles(failing)
	for _, group := range groups(failing, singles) {
		if covers := cover(group, singles); len(covers) > 0 {
			out = append(out, knot{sums: group, explanations: covers})
		} else {
			left = append(left, group...)
		}
	}
	if len(left) == 0 {
		return out
	}
	rest := knot{sums: left, paired: true}
	for _, u := range se.pairs(left) {
		if len(u.mends) == len(left) {
			rest.explanations = append(rest.explanations, explanation{changes: u.changes})
		}
	}
	return append(out, rest)
}

// groups joins failing sums that one unit would mend together.
func groups(failing []int, units []unit) [][]int {
	var out [][]int
	seen := map[int]bool{}
	for _, first := range failing {
		if seen[first] {
			continue
		}
		seen[first] = true
		group := []int{first}
		for at := 0; at < len(group); at++ {
			for _, u := range units {
				if !slices.Contains(u.mends, group[at]) {
					continue
				}
				for _, m := range u.mends {
					if !seen[m] {
						seen[m] = true
						group = append(group, m)
					}
				}
			}
		}
		slices.Sort(group)
		out = append(out, group)
	}
	return out
}

// cover returns every way to mend each sum of the group exactly once with the fewest cells.
func cover(group []int, units []unit) []explanation {
	for size := 1; size <= maxCells; size++ {
		var out []explanation
		covering(group, units, size, nil, &out)
		if len(out) > 0 {
			return out
		}
	}
	return nil
}

func covering(open []int, units []unit, size int, chosen []change, out *[]explanation) {
	if len(open) == 0 {
		if size == 0 {
			*out = append(*out, explanation{changes: slices.Clone(chosen)})
		}
		return
	}
	if size == 0 {
		return
	}
	for _, u := range units {
		if !slices.Contains(u.mends, open[0]) || slices.ContainsFunc(u.mends, func(m int) bool { return !slices.Contains(open, m) }) {
			continue
		}
		rest := slices.DeleteFunc(slices.Clone(open), func(i int) bool { return slices.Contains(u.mends, i) })
		covering(rest, units, size-1, append(chosen, u.changes...), out)
	}
}

// pairs returns pairs of cells in one row or one column that together mend failing sums and break none: a number that
// slipped into the neighbouring column, or one that is wrong in its column and in the total of its row alike.
func (se *search) pairs(failing []int) []unit {
	var out []unit
	suspects := se.suspects(failing)
	for i, a := range suspects {
		for _, b := range suspects[i+1:] {
			if a/se.g.width != b/se.g.width && a%se.g.width != b%se.g.width {
				continue
			}
			if u, ok := se.pair(a, b); ok {
				out = append(out, u)
			}
		}
	}
	return out
}

func (se *search) pair(a, b int) (unit, bool) {
	da, okA := se.alone(a, b)
	db, okB := se.alone(b, a)
	if !okA || !okB {
		return unit{}, false
	}
	u := unit{}
	for _, i := range append(slices.Clone(se.sums[a]), se.sums[b]...) {
		s := &se.sh.sums[i]
		if s.state == over || slices.Contains(u.mends, i) {
			continue
		}
		if s.l-s.r+s.sign(a)*da+s.sign(b)*db != 0 {
			return unit{}, false
		}
		if s.state == broken {
			u.mends = append(u.mends, i)
		}
	}
	toA, toB := add(se.g.at(a).N, da), add(se.g.at(b).N, db)
	u.changes = []change{{a, toA}, {b, toB}}
	return u, toA >= 0 && toB >= 0
}

// alone returns the change of cell a that mends the sums that a stands in without b.
func (se *search) alone(a, b int) (delta int64, ok bool) {
	for _, i := range se.sums[a] {
		s := &se.sh.sums[i]
		if s.state == over || s.sign(b) != 0 {
			continue
		}
		d := (s.r - s.l) * s.sign(a)
		if d == 0 || (delta != 0 && d != delta) {
			return 0, false
		}
		delta = d
	}
	return delta, delta != 0
}
