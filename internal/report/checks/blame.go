package checks

import (
	"slices"
	"strings"

	"github.com/gongkai/gongkai/internal/report"
)

// change is one cell set to another number.
type change struct {
	cell int
	to   int64
}

// explanation is a set of changes after which the failing sums of one knot hold and no other is broken.
type explanation struct {
	changes []change
	weight  float64
}

// knot is a set of failing sums that hang together, with everything that could explain them.
type knot struct {
	sums         []int // indexes in sheet.sums
	explanations []explanation
	paired       bool // no set of single cells explains it; pairs do, and are named only when there is one
}

// Limits of the search; beyond them no cell is named.
const (
	maxCells   = 3      // wrong cells in one knot
	maxKnots   = 12     // failing sums that are looked at together
	maxListed  = 5      // candidates that a message lists
	outweighs  = 1.0001 // how many times likelier than the next a cell has to be to be named: any more than rounding
	worthWords = 0.1    // share of the weight from which a further candidate is mentioned
)

// blame names, on every finding of K1, K2, K3 and K5, the one cell that is most likely wrong: the cell whose change to one
// number satisfies all failing relations that it stands in and breaks none. In table 3 every cell stands in a row and in a
// column, so a single wrong cell is where the failing relations meet. A cell of table 4 stands in one relation only; there,
// and wherever several explanations remain, they are weighed (see weigh): the likeliest is named, the others are listed beside
// it, and where the first two weigh the same none is named. Pairs of cells are named only when there is a single one.
//
// Where cells are blank, the search takes them as 0 and the message says so: that names a cell, but it never makes a finding.
func blame(in *Input, findings []Finding) {
	sh := in.prepared()
	failing, gaps := false, false
	for i := range sh.sums {
		failing = failing || sh.sums[i].state.failed()
		gaps = gaps || sh.sums[i].gap >= 0
	}
	if !failing {
		return
	}
	note := ""
	if gaps {
		sh, note = newSheet(zeroed(in.Report)), "（空白格按 0 计算）"
	}
	failing3, failing4 := sh.failing()
	ev := newEvidence(in, sh)
	for _, k := range newSearch(sh, sh.t3).knots(failing3) {
		settle(sh, ev, k, findings, note)
	}
	se := newSearch(sh, sh.t4)
	for _, i := range failing4 {
		k := knot{sums: []int{i}}
		for _, u := range se.singles([]int{i}) {
			k.explanations = append(k.explanations, explanation{changes: u.changes})
		}
		settle(sh, ev, k, findings, note)
	}
}

// failing lists the sums of tables 3 and 4 that fail.
func (sh *sheet) failing() (in3, in4 []int) {
	for i := range sh.sums {
		switch s := &sh.sums[i]; {
		case !s.state.failed():
		case s.grid == sh.t3:
			in3 = append(in3, i)
		default:
			in4 = append(in4, i)
		}
	}
	return in3, in4
}

// zeroed returns a copy of the report whose blank cells of tables 3 and 4 hold 0.
func zeroed(r *report.Report) *report.Report {
	out := *r
	for _, t := range []**report.Table{&out.Table3, &out.Table4} {
		if *t == nil {
			continue
		}
		cp := report.Table{Spec: (*t).Spec, Cells: slices.Clone((*t).Cells)}
		for i := range cp.Cells {
			switch cp.Cells[i].Kind {
			case report.Blank, report.Slash, report.Dash:
				cp.Cells[i] = report.Num(0)
			}
		}
		*t = &cp
	}
	return &out
}

// settle weighs the explanations of a knot and writes the outcome into the findings of its sums.
func settle(sh *sheet, ev *evidence, k knot, findings []Finding, note string) {
	if len(k.explanations) == 0 {
		return
	}
	total := 0.0
	g := sh.sums[k.sums[0]].grid
	for i := range k.explanations {
		k.explanations[i].weight = 1
		if len(k.explanations) > 1 {
			k.explanations[i].weight = ev.weigh(g, k.explanations[i].changes)
		}
		total += k.explanations[i].weight
	}
	slices.SortStableFunc(k.explanations, func(a, b explanation) int {
		switch {
		case a.weight > b.weight:
			return -1
		case a.weight < b.weight:
			return 1
		}
		return a.changes[0].cell - b.changes[0].cell
	})
	named := len(k.explanations) == 1 || !k.paired && k.explanations[0].weight >= outweighs*k.explanations[1].weight
	for _, i := range k.sums {
		s := &sh.sums[i]
		for f := range findings {
			if findings[f].Rule == s.rule && findings[f].Path == pathOf(s) {
				advise(&findings[f], s, k.explanations, named, total)
				findings[f].Message += note
			}
		}
	}
}

func pathOf(s *sum) string {
	if s.rule == "K1" || s.rule == "K3" {
		return columnPath(s.grid, s.line)
	}
	return rowPath(s.grid, s.line)
}

// advise writes what is most likely wrong into one finding.
func advise(f *Finding, s *sum, all []explanation, named bool, total float64) {
	var b strings.Builder
	rest := all
	if named {
		first := all[0]
		for _, c := range first.changes {
			if f.Blame == "" && s.holdsCell(c.cell) {
				f.Blame, f.BlameExpected = s.grid.path(c.cell), value(c.to)
			}
		}
		b.WriteString("。最可能填错的是" + changesWords(s.grid, first.changes, false))
		rest = nil
		for _, e := range all[1:] {
			if e.weight >= worthWords*total {
				rest = append(rest, e)
			}
		}
	}
	if len(rest) > 0 {
		b.WriteString("。也可能是")
		if !named {
			b.Reset()
			b.WriteString("。不能断定是哪一格，可能是")
		}
		for i, e := range rest[:min(len(rest), maxListed)] {
			if i > 0 {
				b.WriteString("；或")
			}
			b.WriteString(changesWords(s.grid, e.changes, true))
		}
		if len(rest) > maxListed {
			b.WriteString("等")
		}
	}
	f.Message += b.String()
}

// changesWords names the cells with what should stand in them; listed puts the number in brackets.
func changesWords(g *grid, changes []change, listed bool) string {
	if len(changes) == 2 && changes[0].cell/g.width == changes[1].cell/g.width {
		return g.pairName(changes[0].cell, changes[1].cell) + inWords("分别应为 "+number(changes[0].to)+" 和 "+number(changes[1].to), listed)
	}
	var b strings.Builder
	for i, c := range changes {
		if i > 0 {
			b.WriteString("，同时")
		}
		b.WriteString(g.name(c.cell) + inWords("应为 "+number(c.to), listed))
	}
	return b.String()
}

func inWords(should string, listed bool) string {
	if listed {
		return "（" + should + "）"
	}
	return "，" + should
}

func (s *sum) holdsCell(cell int) bool {
	return slices.Contains(s.left, cell) || slices.Contains(s.right, cell)
}
