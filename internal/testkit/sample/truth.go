package sample

import (
	"fmt"
	"sort"
	"strings"

	"github.com/gongkai/gongkai/internal/report"
)

// Status says whether the value of a cell is still in a rendering.
type Status uint8

// The states, from best to worst.
const (
	Sure      Status = iota // it is there and can be read in one way only
	Ambiguous               // it is there, but more than one reading is possible or a relation is needed
	Lost                    // it is not there any more, or its place is not
)

// Fact is what is true of one cell of a rendering.
type Fact struct {
	Cell   report.Cell // the value that the report really has
	Unit   report.Unit
	Status Status
}

// Truth holds the fact of every cell, by path.
type Truth map[string]Fact

// Verdict counts how a reading compares with the truth.
type Verdict struct {
	Right   int // the same kind and, for numbers, the same number
	Doubted int // of those right: how many carry a doubt
	Open    int // no number, or a number that is wrong but doubted, where the truth does not demand more
	// Wrong lists wrong values without a doubt: the worst outcome.
	Wrong []string
	// Missed lists cells that could be read with certainty and were not, and open cells that nobody was told of.
	Missed []string
}

// Judge compares a reading with the truth. Cells of tables that the reading does not have count as absent.
func (t Truth) Judge(got *report.Report) Verdict {
	var v Verdict
	paths := make([]string, 0, len(t))
	for p := range t {
		paths = append(paths, p)
	}
	sort.Strings(paths)
	for _, p := range paths {
		cell := report.Cell{}
		if c, _ := got.Cell(p); c != nil {
			cell = *c
		}
		v.add(p, t[p], cell, got.Doubted(p))
	}
	return v
}

func (v *Verdict) add(path string, f Fact, got report.Cell, doubted bool) {
	say := func() string {
		return fmt.Sprintf("%s: want %s, got %s (doubted %t)", path, show(f.Cell), show(got), doubted)
	}
	switch {
	case f.same(got):
		v.Right++
		if doubted {
			v.Doubted++
		}
	case got.IsNumber() && !doubted:
		v.Wrong = append(v.Wrong, say())
	case f.Status == Sure:
		v.Missed = append(v.Missed, say())
	case f.Status == Ambiguous && f.Cell.IsNumber() && !doubted:
		v.Missed = append(v.Missed, say())
	default:
		v.Open++
	}
}

// folded takes away what printing may change: width of brackets, thousands separators, inner space.
var folded = strings.NewReplacer("（", "(", "）", ")", ",", "", "，", "", " ", "")

func (f Fact) same(got report.Cell) bool {
	want := f.Cell
	switch {
	case want.Kind != got.Kind:
		return false
	case !want.IsNumber():
		return true
	case digitsOf(want.Note) != digitsOf(got.Note):
		return false
	case f.Unit == report.Amount:
		// A bare amount has no value in fen; only what was printed tells two of them apart.
		return want.N == got.N && folded.Replace(want.Raw) == folded.Replace(got.Raw)
	default:
		return want.N == got.N
	}
}

// digitsOf keeps the digits of a remark: its words may have been printed in other characters.
func digitsOf(note string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '0' && r <= '9':
			return r
		case r >= '０' && r <= '９':
			return r - '０' + '0'
		}
		return -1
	}, note)
}

func show(c report.Cell) string {
	if c.IsNumber() {
		return fmt.Sprintf("%d%s", c.N, c.Note)
	}
	return c.Kind.String()
}

// Counts returns how many cells are in each state.
func (t Truth) Counts() (sure, ambiguous, lost int) {
	for _, f := range t {
		switch f.Status {
		case Sure:
			sure++
		case Ambiguous:
			ambiguous++
		case Lost:
			lost++
		}
	}
	return sure, ambiguous, lost
}

func truthOf(r *report.Report) Truth {
	t := Truth{}
	for _, tab := range r.Tables() {
		tab.Each(func(i, j int, path string, c *report.Cell) {
			t[path] = Fact{Cell: *c, Unit: tab.Spec.Rows[i].Fields[j].Unit}
		})
	}
	return t
}

// mark lowers the state of cells.
func (t Truth) mark(s Status, paths ...string) {
	for _, p := range paths {
		if f, ok := t[p]; ok && f.Status < s {
			f.Status = s
			t[p] = f
		}
	}
}
