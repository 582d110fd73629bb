// Package ical writes calendars of days in the form of RFC 5545, for the calendar programs of people: deadlines as events of a
// whole day, with a reminder before.
package ical

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/gongkai/gongkai/internal/calendar"
)

// Calendar is what one person subscribes to.
type Calendar struct {
	Name   string
	Events []Event
}

// Event is one day on which something is due. Whoever has the address of the calendar can read it, and so can the maker of
// the calendar program: it should say no more than a number and what to do.
type Event struct {
	UID     string        // the same as long as it is the same matter, "id@host"; no two events share one
	Day     calendar.Date // a civil date in China
	Summary string        // one line
	Text    string        // may have lines
	Link    string        // http or https, "" for none
	Remind  calendar.Date // at 09:00 in China; no date for no reminder
	Changed time.Time     // when it was last changed
}

// product names the program that wrote the calendar, as PRODID.
const product = "-//gongkai//deadlines//ZH"

// remindAt is the hour in China at which people are reminded.
const remindAt = 9

// Write writes a calendar. METHOD is absent: it is a calendar to subscribe to and no invitation. An event does not make the
// person busy. Errors: those of w, and of an event without a UID, day or time, with a UID of another or a link that is none;
// then nothing was written.
func Write(w io.Writer, c Calendar) error {
	err := c.check()
	if err != nil {
		return err
	}
	out := &writer{w: bufio.NewWriter(w)}
	out.line("BEGIN", "VCALENDAR")
	out.line("VERSION", "2.0")
	out.line("PRODID", product)
	out.line("CALSCALE", "GREGORIAN")
	out.text("X-WR-CALNAME", c.Name)
	for _, e := range c.Events {
		e.write(out)
	}
	out.line("END", "VCALENDAR")
	if out.err == nil {
		out.err = out.w.Flush()
	}
	return out.err
}

func (c Calendar) check() error {
	seen := map[string]bool{}
	for i, e := range c.Events {
		u, err := url.Parse(e.Link)
		uid := clean(e.UID)
		switch {
		case uid == "" || seen[uid]:
			return fmt.Errorf("ical: event %d has no UID, or that of another", i)
		case e.Day.IsZero() || e.Changed.IsZero():
			return fmt.Errorf("ical: event %d has no day, or no time of its last change", i)
		case e.Link != "" && (err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http"):
			return fmt.Errorf("ical: event %d has a link that is none", i)
		case !writable(e.Day) || !e.Remind.IsZero() && !writable(e.Remind):
			return errors.New("ical: a year beyond four digits")
		}
		seen[uid] = true
	}
	return nil
}

func writable(d calendar.Date) bool { return d.Year() >= 1 && d.Year() <= 9999 }

const (
	dateForm    = "20060102"
	instantForm = "20060102T150405Z"
)

func instant(d calendar.Date, hour int) time.Time {
	return d.At(hour, 0)
}

func (e Event) write(out *writer) {
	out.line("BEGIN", "VEVENT")
	out.text("UID", e.UID)
	out.line("DTSTAMP", e.Changed.UTC().Format(instantForm))
	out.line("LAST-MODIFIED", e.Changed.UTC().Format(instantForm))
	out.line("DTSTART;VALUE=DATE", instant(e.Day, 12).Format(dateForm))
	out.text("SUMMARY", e.Summary)
	if e.Text != "" {
		out.text("DESCRIPTION", e.Text)
	}
	if e.Link != "" {
		out.line("URL", uri(e.Link))
	}
	out.line("TRANSP", "TRANSPARENT")
	if !e.Remind.IsZero() {
		out.line("BEGIN", "VALARM")
		out.line("ACTION", "DISPLAY")
		out.text("DESCRIPTION", e.Summary)
		out.line("TRIGGER;VALUE=DATE-TIME", instant(e.Remind, remindAt).UTC().Format(instantForm))
		out.line("END", "VALARM")
	}
	out.line("END", "VEVENT")
}

// uri writes a link in ASCII, as a URI has to be.
func uri(link string) string {
	u, err := url.Parse(link)
	if err != nil {
		return ""
	}
	var b strings.Builder
	for _, c := range []byte(u.String()) {
		if c <= ' ' || c >= utf8.RuneSelf || c == 0x7f {
			fmt.Fprintf(&b, "%%%02X", c)
			continue
		}
		b.WriteByte(c)
	}
	return b.String()
}

// clean makes every way of ending a line a newline and leaves out the other control characters, which no calendar may
// hold. Bytes that are no UTF-8 become the replacement character.
func clean(s string) string {
	s = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u0085", "\n", "\u2028", "\n", "\u2029", "\n").Replace(strings.ToValidUTF8(s, "\uFFFD"))
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			return -1
		}
		return r
	}, s)
}

// writer writes content lines and keeps the first error.
type writer struct {
	w   *bufio.Writer
	err error
}

// text writes a line whose value is text.
func (o *writer) text(name, value string) {
	o.line(name, strings.NewReplacer(`\`, `\\`, ";", `\;`, ",", `\,`, "\n", `\n`).Replace(clean(value)))
}

// maxOctets is how long a line may be, without its end; RFC 5545 section 3.1.
const maxOctets = 75

// line writes one content line, folded: what does not fit goes on in the next line behind a space, and no character is cut.
func (o *writer) line(name, value string) {
	rest, room := name+":"+value, maxOctets
	for len(rest) > room {
		n := room
		for !utf8.RuneStart(rest[n]) {
			n--
		}
		o.raw(rest[:n] + "\r\n ")
		rest, room = rest[n:], maxOctets-1
	}
	o.raw(rest + "\r\n")
}

func (o *writer) raw(s string) {
	if o.err == nil {
		_, o.err = o.w.WriteString(s)
	}
}
