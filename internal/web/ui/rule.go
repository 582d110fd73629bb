package ui

import (
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/gongkai/gongkai/internal/calendar"
)

// Rule is something that a value of a form has to be. The zero Rule asks for nothing. A rule acts on the kinds of fields
// that it is about; all but Required leave an empty field alone.
type Rule struct {
	required bool
	longest  int
	text     func(label, v string) string
	number   func(label string, n int) string
	date     func(label string, d calendar.Date) string
}

// Option is one of the things to choose from.
type Option struct {
	Value, Text string
	Note        string // a line below the text; may be empty
}

// Required asks for a value.
func Required() Rule { return Rule{required: true} }

// MaxLen allows text of at most n characters.
func MaxLen(n int) Rule { return Rule{longest: n} }

// MinLen asks for text of at least n characters.
func MinLen(n int) Rule {
	return Matches(func(label, v string) string {
		have := utf8.RuneCountInString(v)
		if have >= n {
			return ""
		}
		return label + "至少要 " + strconv.Itoa(n) + " 个字，现在有 " + strconv.Itoa(have) + " 个"
	})
}

// Between asks for a number from lo to hi, both included.
func Between(lo, hi int) Rule {
	return Rule{number: func(label string, n int) string {
		if n >= lo && n <= hi {
			return ""
		}
		return label + "要在 " + strconv.Itoa(lo) + " 和 " + strconv.Itoa(hi) + " 之间"
	}}
}

// NotBefore asks for a date on or after first.
func NotBefore(first calendar.Date) Rule {
	return Rule{date: func(label string, d calendar.Date) string {
		if !d.Before(first) {
			return ""
		}
		return label + "不能早于 " + first.Chinese()
	}}
}

// NotAfter asks for a date on or before last.
func NotAfter(last calendar.Date) Rule {
	return Rule{date: func(label string, d calendar.Date) string {
		if !d.After(last) {
			return ""
		}
		return label + "不能晚于 " + last.Chinese()
	}}
}

// Matches asks for text that check says nothing about. check returns a message that says what to do, or "".
func Matches(check func(label, value string) string) Rule { return Rule{text: check} }

func required(rules []Rule) bool {
	for _, r := range rules {
		if r.required {
			return true
		}
	}
	return false
}

func offered(options []Option, v string) bool {
	for _, o := range options {
		if o.Value == v {
			return true
		}
	}
	return false
}

// halfWidth writes the digits and signs of a Chinese keyboard as ASCII.
func halfWidth(s string) string {
	return strings.Map(func(c rune) rune {
		if c >= '！' && c <= '～' {
			return c - '！' + '!'
		}
		return c
	}, s)
}

// parseDate reads 2026-09-14, 2026/9/14, 2026.9.14 and 2026年9月14日.
func parseDate(s string) (calendar.Date, bool) {
	s = strings.TrimSuffix(strings.NewReplacer("年", "-", "月", "-", "/", "-", ".", "-", " ", "").Replace(s), "日")
	parts := strings.Split(s, "-")
	if len(parts) != 3 || len(parts[0]) != 4 {
		return calendar.Date{}, false
	}
	var n [3]int
	for i, p := range parts {
		v, err := strconv.Atoi(p)
		if err != nil || v < 1 || len(p) > 4 {
			return calendar.Date{}, false
		}
		n[i] = v
	}
	d := calendar.NewDate(n[0], time.Month(n[1]), n[2])
	if d.Year() != n[0] || int(d.Month()) != n[1] || d.Day() != n[2] {
		return calendar.Date{}, false
	}
	return d, true
}
