package rollup

import (
	"math/big"
	"strings"

	"github.com/gongkai/gongkai/internal/report"
)

// Sum is one cell added up.
type Sum struct {
	Path  string
	Name  string // its place in words
	Unit  report.Unit
	Given int // reports that gave a number
	// The reports that did not, by what stood there instead. NoUnit counts amounts printed without a unit.
	Blank, Stroke, Words, Unreadable, Absent, NoUnit int
	Doubted                                          int // of all: how many cells are in doubt
	total                                            big.Int
}

// NotGiven is how many counted reports with this table gave no number here.
func (s *Sum) NotGiven() int {
	return s.Blank + s.Stroke + s.Words + s.Unreadable + s.Absent + s.NoUnit
}

// Total returns the sum of what was given, in pieces or fen. ok is false when nothing was given, or when the sum is larger
// than any report could mean it to be (more than 63 bits).
func (s *Sum) Total() (n int64, ok bool) {
	if s.Given == 0 || !s.total.IsInt64() {
		return 0, false
	}
	return s.total.Int64(), true
}

// Cell returns the sum as a cell: a number, or absent when nothing was given.
func (s *Sum) Cell() report.Cell {
	n, ok := s.Total()
	switch {
	case !ok && s.Given > 0:
		return report.Cell{Kind: report.Unreadable, Raw: s.total.String()}
	case !ok:
		return report.Cell{}
	case s.Unit == report.Amount:
		return report.ParseAmount(report.WanString(n, 0) + "万元")
	case s.Unit == report.WanYuan:
		return report.Cell{Kind: report.Number, N: n, Raw: report.WanString(n, 0)}
	default:
		return report.Num(n)
	}
}

// Table is one table of sums.
type Table struct {
	ID      string
	Spec    *report.TableSpec
	Reports int // counted reports that have this table
	Lacking int // counted reports of the fitting format that do not
	// Sums has one entry per cell of Spec, in order. For table 3 seven more follow: the row "other" in all.
	Sums []Sum
}

// otherRow is the key of the row that all reports have in common for （六）其他处理.
const otherRow = "other"

func newTable(id string, spec *report.TableSpec) *Table {
	t := &Table{ID: id, Spec: spec}
	for i, row := range spec.Rows {
		for j, f := range row.Fields {
			t.Sums = append(t.Sums, Sum{Path: spec.Path(i, j), Name: spec.CellName(i, j), Unit: f.Unit})
		}
	}
	if id == "table3" {
		single := report.V2021.Table3Merged
		i := single.RowIndex(otherRow)
		for j := range single.Rows[i].Fields {
			t.Sums = append(t.Sums, Sum{Path: single.Path(i, j), Name: single.CellName(i, j) + "合计"})
		}
	}
	return t
}

// Sum returns the sum at a path, or nil.
func (t *Table) Sum(path string) *Sum {
	if t == nil {
		return nil
	}
	for i := range t.Sums {
		if t.Sums[i].Path == path {
			return &t.Sums[i]
		}
	}
	return nil
}

// mark is what a cell adds to its sum.
type mark struct {
	kind    kind
	n       int64
	doubted bool
}

// kind is what stood in a cell, as it is counted. none adds nothing: the report's form has no such cell.
type kind uint8

const (
	none kind = iota
	given
	blank
	stroke
	words
	unreadable
	absent
	noUnit
)

func markOf(c *report.Cell, u report.Unit, doubted bool) mark {
	m := mark{doubted: doubted}
	switch c.Kind {
	case report.Number:
		m.kind, m.n = given, c.N
		if u == report.Amount && c.Raw != "0" && !strings.HasSuffix(c.Raw, "元") {
			m.kind, m.n = noUnit, 0
		}
	case report.Blank:
		m.kind = blank
	case report.Slash, report.Dash:
		m.kind = stroke
	case report.Words:
		m.kind = words
	case report.Unreadable:
		m.kind = unreadable
	default:
		m.kind = absent
	}
	return m
}

// add adds a mark to the sum.
func (s *Sum) add(m mark) {
	if m.doubted {
		s.Doubted++
	}
	switch m.kind {
	case none:
	case given:
		s.Given++
		s.total.Add(&s.total, big.NewInt(m.n))
	case blank:
		s.Blank++
	case stroke:
		s.Stroke++
	case words:
		s.Words++
	case unreadable:
		s.Unreadable++
	case noUnit:
		s.NoUnit++
	default:
		s.Absent++
	}
}
