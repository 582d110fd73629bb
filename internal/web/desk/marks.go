package desk

import (
	"strconv"
	"strings"

	"github.com/gongkai/gongkai/internal/report"
	"github.com/gongkai/gongkai/internal/report/checks"
)

// marks says how the cells of a report are to be shown: which finding frames them, which one is to blame, what is in doubt.
type marks struct {
	class   map[string]string
	finding map[string]int // the finding that a cell leads to
	doubt   map[string]string
	names   map[string]string
	part    map[string]string // of sums: how many of how many gave the cell, where not all did; may be nil
}

// newMarks works out the marks. selected is the index of a finding whose cells are all framed, or -1: then only the
// cells to blame stand out, because a single wrong number makes many sums fail and framing them all hides it.
func newMarks(rep *report.Report, res *checks.Result, selected int) *marks {
	m := &marks{class: map[string]string{}, finding: map[string]int{}, doubt: map[string]string{}, names: map[string]string{}}
	for _, t := range rep.Tables() {
		t.Each(func(row, field int, path string, _ *report.Cell) { m.names[path] = t.Spec.CellName(row, field) })
	}
	for _, d := range rep.Doubts {
		if _, cell := m.names[d.Path]; cell {
			m.doubt[d.Path] = d.Why
		}
	}
	if res == nil {
		return m
	}
	for i := range res.Findings {
		m.link(i, &res.Findings[i])
	}
	if selected >= 0 && selected < len(res.Findings) {
		m.only(selected, &res.Findings[selected])
		return m
	}
	for i := len(res.Findings) - 1; i >= 0; i-- {
		m.overview(&res.Findings[i])
	}
	return m
}

// link lets each cell of a finding lead to it; of several the one that blames the cell, else the first.
func (m *marks) link(i int, f *checks.Finding) {
	if f.Severity == checks.Info {
		return
	}
	for _, path := range m.cellsOf(f) {
		if _, ok := m.finding[path]; !ok {
			m.finding[path] = i
		}
	}
	if _, cell := m.names[f.Blame]; cell {
		m.finding[f.Blame] = i
	}
}

func (m *marks) only(i int, f *checks.Finding) {
	for _, path := range m.cellsOf(f) {
		m.class[path] = "sel"
		m.finding[path] = i
	}
	if f.Blame != "" {
		m.class[f.Blame] = "sel blame"
	}
}

func (m *marks) overview(f *checks.Finding) {
	switch {
	case f.Severity == checks.Info:
	case f.Blame != "":
		m.class[f.Blame] = "blame"
	case f.Severity == checks.Error:
		for _, path := range m.cellsOf(f) {
			m.raise(path, "bad")
		}
	default:
		m.raise(f.Path, "warn")
		if cells := m.cellsOf(f); len(cells) <= few {
			for _, path := range cells {
				m.raise(path, "warn")
			}
		}
	}
}

// few is how many cells a warning may have to be framed without being asked for; of more, none would stand out.
const few = 3

// raise marks a cell unless it is already marked as the one to blame.
func (m *marks) raise(path, class string) {
	if _, cell := m.names[path]; cell && m.class[path] != "blame" && (class == "bad" || m.class[path] == "") {
		m.class[path] = class
	}
}

// cellsOf is the cells that take part in a finding.
func (m *marks) cellsOf(f *checks.Finding) []string {
	if len(f.Cells) > 0 {
		return f.Cells
	}
	if _, cell := m.names[f.Path]; cell {
		return []string{f.Path}
	}
	return nil
}

// cells are the cells of one row as the page shows them.
func (m *marks) cells(t *report.Table, row int) []sheetCell {
	fields := t.Spec.Rows[row].Fields
	out := make([]sheetCell, len(fields))
	for k, f := range fields {
		path := t.Spec.Path(row, k)
		c := t.At(row, k)
		out[k] = m.cell(path, c, f)
	}
	return out
}

func (m *marks) cell(path string, c *report.Cell, f report.Field) sheetCell {
	v := sheetCell{ID: cellAnchor(path), Text: c.Text(f.Unit), Label: m.names[path], Small: m.part[path]}
	var class []string
	if f.Key == "total" {
		class = append(class, "tot")
	}
	switch c.Kind {
	case report.Blank:
		v.Text, class = "空白", append(class, "none")
	case report.Absent:
		v.Text, class = "缺", append(class, "none")
	case report.Unreadable:
		v.Text, class = "认不出", append(class, "none")
	}
	if mark := m.class[path]; mark != "" {
		class = append(class, mark)
	}
	if why, ok := m.doubt[path]; ok {
		class = append(class, "doubt")
		v.Mark = "?"
		v.Label += "，存疑：" + why
	}
	if i, ok := m.finding[path]; ok {
		v.Href = findingURL(i)
	} else if v.Mark != "" {
		v.Href = "#doubts"
	}
	v.Class = strings.Join(class, " ")
	return v
}

// findingURL shows the cells of one finding.
func findingURL(i int) string { return "?finding=" + strconv.Itoa(i+1) + "#" + findingAnchor(i) }

func findingAnchor(i int) string { return "f-" + strconv.Itoa(i+1) }
