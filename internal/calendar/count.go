package calendar

import (
	"fmt"

	"github.com/gongkai/gongkai/internal/fault"
)

// Span is a time that is not counted: the days d with From < d ≤ To. From is the day on which a letter is sent, To the day
// on which its answer comes. Spans may overlap; a day is left out once.
type Span struct{ From, To Date }

// Holds reports whether d lies in the span.
func (s Span) Holds(d Date) bool { return d.After(s.From) && !d.After(s.To) }

// Day is one line of a proof.
type Day struct {
	Date  Date
	Class Class
	Name  string // the holiday, for Holiday and Makeup
	N     int    // which day of the period this is, from 1; 0 for a day that is not counted
}

// Count is a period with its proof (逐日计算): every day after Start up to and including Due.
type Count struct {
	Start   Date // the day the period runs from; itself not counted
	Due     Date // the last day
	Counted int  // how many days were counted; as many lines of Days have N > 0
	// Provisional is set when the result rests on a day of a year whose arrangement is not known: there only
	// weekends were left out.
	Provisional bool
	Days        []Day
}

// longest is the most days that a count walks over: eleven years.
const longest = 4000

// WorkingDays counts n working days from the day after start, without those in the spans. The last day is a working day.
// n is at least 1.
//
// Errors: fault.Usage, code "calendar.too_long", when the end lies more than eleven years away.
// Legal: 条例 as read with 民事诉讼法 第八十五条: the day the period runs from is not counted.
func (t Table) WorkingDays(start Date, n int, spans ...Span) (Count, error) {
	c := Count{Start: start}
	for d := start.AddDays(1); c.Counted < n; d = d.AddDays(1) {
		if len(c.Days) == longest {
			return Count{}, errTooLong()
		}
		day := t.day(d)
		if day.Class.Works() {
			if held(spans, d) {
				day.Class = Excluded
			} else {
				c.Counted++
				day.N = c.Counted
			}
		}
		c.Provisional = c.Provisional || !t.Covered(d.Year())
		c.Due = d
		c.Days = append(c.Days, day)
	}
	return c, nil
}

// NaturalDays counts n days of any class from the day after start. When the last is a day off, the period ends on the
// first working day after it; a Saturday or Sunday that is worked is no day off.
//
// Errors: as WorkingDays.   Legal: 民事诉讼法 第八十五条; 最高法行诉解释 第四十八条.
func (t Table) NaturalDays(start Date, n int) (Count, error) { return t.until(start, start.AddDays(n)) }

// Months counts n months: to the same day of the month, or its last, and on as NaturalDays does. Each day up to there is
// numbered.
//
// Errors and Legal: as NaturalDays.
func (t Table) Months(start Date, n int) (Count, error) { return t.until(start, start.AddMonths(n)) }

func (t Table) until(start, end Date) (Count, error) {
	if end.DaysSince(start) > longest {
		return Count{}, errTooLong()
	}
	c := Count{Start: start, Due: end, Counted: end.DaysSince(start)}
	for n := range c.Counted {
		day := t.day(start.AddDays(n + 1))
		day.N = n + 1
		c.Days = append(c.Days, day)
	}
	c.Provisional = !t.Covered(end.Year())
	for !t.Works(c.Due) {
		if len(c.Days) >= longest {
			return Count{}, errTooLong()
		}
		c.Due = c.Due.AddDays(1)
		c.Days = append(c.Days, t.day(c.Due))
		c.Provisional = c.Provisional || !t.Covered(c.Due.Year())
	}
	return c, nil
}

func (t Table) day(d Date) Day {
	class, name := t.Class(d)
	return Day{Date: d, Class: class, Name: name}
}

// WorkingDaysBetween returns how many working days d there are with from < d ≤ to; 0 when to is not after from.
func (t Table) WorkingDaysBetween(from, to Date) int {
	n := 0
	for d := from.AddDays(1); !d.After(to); d = d.AddDays(1) {
		if t.Works(d) {
			n++
		}
	}
	return n
}

// NextWorking returns the first working day that is not before d, within a year; else d itself.
func (t Table) NextWorking(d Date) Date { return t.nearest(d, 1) }

// LastWorking returns the last working day that is not after d, within a year; else d itself. Dates that no rule moves,
// such as 31 January, are best kept by then.
func (t Table) LastWorking(d Date) Date { return t.nearest(d, -1) }

func (t Table) nearest(d Date, step int) Date {
	for i := range 366 {
		if e := d.AddDays(i * step); t.Works(e) {
			return e
		}
	}
	return d
}

func held(spans []Span, d Date) bool {
	for _, s := range spans {
		if s.Holds(d) {
			return true
		}
	}
	return false
}

func errTooLong() error {
	return fault.New(fault.Usage, "calendar.too_long", fmt.Sprintf("期限的最后一天在 %d 天以后，请核对日期有没有写错", longest))
}
