// Package calendar counts days as the law counts them: civil dates in China, working days by the holiday notices of the
// State Council, and the proof of every count, day by day.
package calendar

import (
	"fmt"
	"time"

	"github.com/gongkai/gongkai/internal/fault"
)

// Zone is the time of the law's days: Asia/Shanghai, which has had no summer time since 1991.
var Zone = time.FixedZone("CST", 8*3600)

// Date is a civil date without a time of day. The zero value is no date. Dates compare with ==, Before and After.
type Date struct{ n int32 } // days since 0001-01-01, plus one

const (
	daySeconds = 86400
	epoch      = 719162 // days from 0001-01-01 to 1970-01-01
)

// NewDate returns the date; months and days outside their range run over, as in time.Date.
func NewDate(year int, month time.Month, dayOfMonth int) Date {
	return of(time.Date(year, month, dayOfMonth, 0, 0, 0, 0, time.UTC))
}

func of(utc time.Time) Date {
	s := utc.Unix()
	d := s / daySeconds
	if s%daySeconds < 0 {
		d--
	}
	return Date{int32(d) + epoch + 1}
}

// On returns the date in China at an instant.
func On(t time.Time) Date {
	y, m, d := t.In(Zone).Date()
	return NewDate(y, m, d)
}

// ParseDate reads yyyy-mm-dd. Errors: fault.Usage, code "calendar.date".
func ParseDate(s string) (Date, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil || t.Year() < 1 {
		return Date{}, fault.New(fault.Usage, "calendar.date", fmt.Sprintf("“%s”不是日期，请写成 2026-01-31 这样的年-月-日", s))
	}
	return of(t), nil
}

func (d Date) time() time.Time { return time.Unix((int64(d.n)-epoch-1)*daySeconds, 0).UTC() }

// IsZero reports whether d is no date.
func (d Date) IsZero() bool { return d.n == 0 }

// Year returns the year.
func (d Date) Year() int { return d.time().Year() }

// Month returns the month.
func (d Date) Month() time.Month { return d.time().Month() }

// Day returns the day of the month.
func (d Date) Day() int { return d.time().Day() }

// Weekday returns the day of the week.
func (d Date) Weekday() time.Weekday { return d.time().Weekday() }

// At returns the instant in China at a time of day; hours and minutes outside their range run over, as in time.Date.
func (d Date) At(hour, minute int) time.Time {
	y, m, dom := d.time().Date()
	return time.Date(y, m, dom, hour, minute, 0, 0, Zone)
}

// AddDays returns the date n days later, or earlier when n is negative.
func (d Date) AddDays(n int) Date { return Date{d.n + int32(n)} }

// AddMonths returns the same day of the month n months later; where that month has no such day, its last day:
// six months after 31 August end on 28 or 29 February.
//
// Legal: 民事诉讼法 第八十五条 (periods in months); the last day of the month is the common reading.
func (d Date) AddMonths(n int) Date {
	y, m, dom := d.time().Date()
	last := NewDate(y, m+time.Month(n)+1, 0)
	return NewDate(last.Year(), last.Month(), min(dom, last.Day()))
}

// DaysSince returns how many days lie between e and d.
func (d Date) DaysSince(e Date) int { return int(d.n - e.n) }

// Before reports whether d is earlier than e.
func (d Date) Before(e Date) bool { return d.n < e.n }

// After reports whether d is later than e.
func (d Date) After(e Date) bool { return d.n > e.n }

// String writes yyyy-mm-dd, and nothing for no date.
func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	return d.time().Format(time.DateOnly)
}

// Chinese writes 2026年1月31日, and nothing for no date.
func (d Date) Chinese() string {
	if d.IsZero() {
		return ""
	}
	return d.time().Format("2006年1月2日")
}

// ChineseWeekday writes 周一 to 周日, and nothing for no date.
func (d Date) ChineseWeekday() string {
	if d.IsZero() {
		return ""
	}
	return "周" + string([]rune("日一二三四五六")[d.Weekday()])
}

// MarshalText writes what String writes.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads what ParseDate reads; nothing is no date.
func (d *Date) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*d = Date{}
		return nil
	}
	v, err := ParseDate(string(b))
	if err != nil {
		return err
	}
	*d = v
	return nil
}
