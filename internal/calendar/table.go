package calendar

import (
	"fmt"
	"slices"
	"time"

	"github.com/gongkai/gongkai/internal/fault"
)

// Class is what a day is for counting.
type Class string

// The classes of days. Excluded is given by a count and never by a table: a working day inside a span that is not counted.
const (
	Workday  Class = "workday"  // Monday to Friday, worked
	Weekend  Class = "weekend"  // Saturday or Sunday, free
	Holiday  Class = "holiday"  // free by notice
	Makeup   Class = "makeup"   // Saturday or Sunday, worked by notice (调休上班)
	Excluded Class = "excluded" // a working day that is not counted (扣除)
)

// Works reports whether a day of this class is a working day (工作日).
func (c Class) Works() bool { return c == Workday || c == Makeup }

// String returns the class in Chinese.
func (c Class) String() string {
	switch c {
	case Workday:
		return "工作日"
	case Weekend:
		return "周末"
	case Holiday:
		return "放假"
	case Makeup:
		return "调休上班"
	case Excluded:
		return "扣除"
	}
	return string(c)
}

type mark struct {
	kind Kind
	name string
}

// Table is what is known of working days: an ordered set of notices. A Table does not change; With and AsOf return others.
// The zero Table knows no notice: every year is uncovered, and only weekends are free.
type Table struct {
	notices []Notice // by Known, then Issued, then Number
	days    map[Date]mark
	years   map[int]bool
}

// NewTable returns the table of these notices. A notice that became known later overrides the days it names.
//
// Errors: those of Notice.Check; fault.Conflict, code "calendar.notice_twice", when two notices have one number.
func NewTable(notices ...Notice) (Table, error) {
	for i, n := range notices {
		if err := n.Check(); err != nil {
			return Table{}, err
		}
		if slices.ContainsFunc(notices[:i], func(m Notice) bool { return m.Number == n.Number }) {
			return Table{}, fault.New(fault.Conflict, "calendar.notice_twice", "放假通知"+n.Number+"已经有了；内容不同时，请核对文号")
		}
	}
	return build(notices), nil
}

// build makes the table of notices that were checked.
func build(notices []Notice) Table {
	t := Table{days: map[Date]mark{}, years: map[int]bool{}}
	for _, n := range notices {
		t.notices = append(t.notices, n.clone())
	}
	slices.SortStableFunc(t.notices, func(a, b Notice) int {
		switch {
		case a.Known != b.Known:
			return int(a.Known.n - b.Known.n)
		case a.Issued != b.Issued:
			return int(a.Issued.n - b.Issued.n)
		case a.Number < b.Number:
			return -1
		}
		return 1
	})
	for _, n := range t.notices {
		for _, y := range n.Years {
			t.years[y] = true
		}
		for _, d := range n.Days {
			t.days[d.Date] = mark{d.Kind, d.Name}
		}
	}
	return t
}

// With returns the table with one more notice.
//
// Errors: those of NewTable.
func (t Table) With(n Notice) (Table, error) { return NewTable(append(t.Notices(), n)...) }

// AsOf returns the table as it was known on a day: without the notices published later.
func (t Table) AsOf(day Date) Table {
	var known []Notice
	for _, n := range t.notices {
		if !n.Known.After(day) {
			known = append(known, n)
		}
	}
	return build(known)
}

// Notices returns the notices in the order in which they became known.
func (t Table) Notices() []Notice {
	out := make([]Notice, 0, len(t.notices))
	for _, n := range t.notices {
		out = append(out, n.clone())
	}
	return out
}

// Covered reports whether the arrangement of a year is known. In a year that is not covered only the weekends are certain.
func (t Table) Covered(year int) bool { return t.years[year] }

// Years returns the covered years in order.
func (t Table) Years() []int {
	var out []int
	for y := range t.years {
		out = append(out, y)
	}
	slices.Sort(out)
	return out
}

// Class returns what a day is, and the name of the holiday that a notice gives it, if any.
func (t Table) Class(d Date) (Class, string) {
	rest := d.Weekday() == time.Saturday || d.Weekday() == time.Sunday
	m, named := t.days[d]
	switch {
	case named && m.kind == DayOff:
		return Holiday, m.name
	case named && rest:
		return Makeup, m.name
	case rest:
		return Weekend, ""
	}
	return Workday, ""
}

// Works reports whether a day is a working day.
func (t Table) Works(d Date) bool {
	c, _ := t.Class(d)
	return c.Works()
}

// Change is one day that two tables class differently.
type Change struct {
	Date              Date
	Was, Is           Class
	WasName, IsName   string
	WasKnown, IsKnown bool // whether the year of the day is covered in the table
}

// Diff lists the days from from to to, both included, whose class differs between two tables.
func Diff(old, now Table, from, to Date) []Change {
	var out []Change
	for d := from; !d.After(to); d = d.AddDays(1) {
		was, wasName := old.Class(d)
		is, isName := now.Class(d)
		if was != is {
			out = append(out, Change{d, was, is, wasName, isName, old.Covered(d.Year()), now.Covered(d.Year())})
		}
	}
	return out
}

// String says what changed, in Chinese.
func (c Change) String() string {
	return fmt.Sprintf("%s（%s）%s%s → %s%s", c.Date, c.Date.ChineseWeekday(), c.Was, c.WasName, c.Is, c.IsName)
}
