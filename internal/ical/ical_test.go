package ical_test

import (
	"bytes"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/gongkai/gongkai/internal/calendar"
	"github.com/gongkai/gongkai/internal/ical"
)

var changed = time.Date(2026, 9, 20, 9, 30, 0, 0, calendar.Zone)

// tester is a test, or a property that is tried.
type tester interface {
	Helper()
	Fatal(args ...any)
	Fatalf(format string, args ...any)
}

// sameDay compares dates, whose fields are their own.
var sameDay = cmp.Comparer(func(a, b calendar.Date) bool { return a == b })

func write(t tester, c ical.Calendar) string {
	t.Helper()
	var b bytes.Buffer
	if err := ical.Write(&b, c); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestACalendarAsItIsWritten(t *testing.T) {
	got := write(t, ical.Calendar{Name: "我的期限", Events: []ical.Event{
		{UID: "c1.reply@gk.example.cn", Day: calendar.NewDate(2026, 10, 10), Summary: "答复：示公开〔2026〕12号", Text: "还有 1 个工作日；\n最晚今天, 请办理",
			Link: "https://gk.example.cn/desk/cases/1", Remind: calendar.NewDate(2026, 10, 9), Changed: changed},
		{UID: "c2.pay@gk.example.cn", Day: calendar.NewDate(2026, 12, 31), Summary: strings.Repeat("期", 30), Changed: changed},
	}})
	want := strings.Join([]string{
		"BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//gongkai//deadlines//ZH", "CALSCALE:GREGORIAN", "X-WR-CALNAME:我的期限",
		"BEGIN:VEVENT", "UID:c1.reply@gk.example.cn", "DTSTAMP:20260920T013000Z", "LAST-MODIFIED:20260920T013000Z", "DTSTART;VALUE=DATE:20261010",
		"SUMMARY:答复：示公开〔2026〕12号", `DESCRIPTION:还有 1 个工作日；\n最晚今天\, 请办理`,
		"URL:https://gk.example.cn/desk/cases/1", "TRANSP:TRANSPARENT",
		"BEGIN:VALARM", "ACTION:DISPLAY", "DESCRIPTION:答复：示公开〔2026〕12号", "TRIGGER;VALUE=DATE-TIME:20261009T010000Z", "END:VALARM", "END:VEVENT",
		"BEGIN:VEVENT", "UID:c2.pay@gk.example.cn", "DTSTAMP:20260920T013000Z", "LAST-MODIFIED:20260920T013000Z", "DTSTART;VALUE=DATE:20261231",
		"SUMMARY:" + strings.Repeat("期", 22), " " + strings.Repeat("期", 8), "TRANSP:TRANSPARENT", "END:VEVENT", "END:VCALENDAR", ""}, "\r\n")
	if d := cmp.Diff(strings.Split(want, "\r\n"), strings.Split(got, "\r\n")); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

func TestEventsThatAreNone(t *testing.T) {
	good := ical.Event{UID: "a@x", Day: calendar.NewDate(2026, 1, 5), Changed: changed}
	for name, change := range map[string]func(*ical.Event){
		"no UID":          func(e *ical.Event) { e.UID = "" },
		"controls as UID": func(e *ical.Event) { e.UID = "\x00\x07" },
		"that of another": func(e *ical.Event) { e.UID = "first@x" },
		"no day":          func(e *ical.Event) { e.Day = calendar.Date{} },
		"no time":         func(e *ical.Event) { e.Changed = time.Time{} },
		"script":          func(e *ical.Event) { e.Link = "javascript:alert(1)" },
		"path":            func(e *ical.Event) { e.Link = "/desk" },
		"newline":         func(e *ical.Event) { e.Link = "https://x/\r\nX-A:b" },
		"far year":        func(e *ical.Event) { e.Day = calendar.NewDate(10000, 1, 1) },
	} {
		e := good
		change(&e)
		var b bytes.Buffer
		err := ical.Write(&b, ical.Calendar{Events: []ical.Event{{UID: "first@x", Day: good.Day, Changed: changed}, e}})
		if err == nil || b.Len() != 0 {
			t.Errorf("%s: error %v, %d bytes written", name, err, b.Len())
		}
	}
}

type fullDisk struct{ room int }

var errFull = errors.New("no room")

func (f *fullDisk) Write(p []byte) (int, error) {
	if f.room -= len(p); f.room < 0 {
		return 0, errFull
	}
	return len(p), nil
}

func TestErrorsOfTheWriterAreTold(t *testing.T) {
	var many []ical.Event
	for i := range 200 {
		many = append(many, ical.Event{UID: fmt.Sprint(i), Day: calendar.NewDate(2026, 1, 5), Changed: changed})
	}
	for _, room := range []int{0, 5000} {
		if err := ical.Write(&fullDisk{room}, ical.Calendar{Events: many}); !errors.Is(err, errFull) {
			t.Errorf("room for %d bytes: error %v", room, err)
		}
	}
}

// property is a content line as the parser below sees it.
type property struct{ name, value string }

// parse reads a calendar without the package under test: lines end with CRLF, are no longer than 75 octets, are UTF-8 each
// for itself, and go on behind a space. Components become paths: VCALENDAR/VEVENT/SUMMARY.
func parse(t tester, data string) []property {
	t.Helper()
	if !strings.HasSuffix(data, "\r\n") {
		t.Fatalf("does not end with CRLF: %q", data)
	}
	var lines []string
	for _, l := range strings.Split(strings.TrimSuffix(data, "\r\n"), "\r\n") {
		if len(l) > 75 || !utf8.ValidString(l) || strings.ContainsAny(l, "\r\n") || l == "" {
			t.Fatalf("a line of %d octets: %q", len(l), l)
		}
		for _, c := range []byte(l) {
			if c < ' ' && c != '\t' || c == 0x7f {
				t.Fatalf("control character %#x in %q", c, l)
			}
		}
		if l[0] == ' ' {
			lines[len(lines)-1] += l[1:]
			continue
		}
		lines = append(lines, l)
	}
	var out []property
	var path []string
	for _, l := range lines {
		name, value, ok := strings.Cut(l, ":")
		switch {
		case !ok:
			t.Fatalf("no line of a calendar: %q", l)
		case name == "BEGIN":
			path = append(path, value)
			out = append(out, property{strings.Join(path, "/"), "begins"})
		case name == "END":
			if len(path) == 0 || path[len(path)-1] != value {
				t.Fatalf("%q ends inside %v", value, path)
			}
			path = path[:len(path)-1]
		default:
			out = append(out, property{strings.Join(path, "/") + "/" + name, value})
		}
	}
	if len(path) != 0 {
		t.Fatalf("%v never ends", path)
	}
	return out
}

// plain takes the escapes out of a text.
func plain(t tester, s string) string {
	t.Helper()
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == ';' || s[i] == ',':
			t.Fatalf("%q has to be escaped in %q", s[i], s)
		case s[i] != '\\':
			b.WriteByte(s[i])
			continue
		case i+1 == len(s):
			t.Fatalf("an escape of nothing in %q", s)
		}
		i++
		switch s[i] {
		case 'n':
			b.WriteByte('\n')
		case '\\', ';', ',':
			b.WriteByte(s[i])
		default:
			t.Fatalf("an escape that is none in %q", s)
		}
	}
	return b.String()
}

// events reads events back, and fails on whatever it does not expect.
func events(t tester, data string) ical.Calendar {
	t.Helper()
	var c ical.Calendar
	var e *ical.Event
	instant := func(s string) time.Time {
		at, err := time.Parse("20060102T150405Z", s)
		if err != nil {
			t.Fatal(err)
		}
		return at
	}
	for _, p := range parse(t, data) {
		switch strings.TrimPrefix(p.name, "VCALENDAR") {
		case "", "/VERSION", "/PRODID", "/CALSCALE", "/VEVENT/LAST-MODIFIED", "/VEVENT/TRANSP", "/VEVENT/VALARM", "/VEVENT/VALARM/ACTION":
		case "/X-WR-CALNAME":
			c.Name = plain(t, p.value)
		case "/VEVENT":
			c.Events = append(c.Events, ical.Event{})
			e = &c.Events[len(c.Events)-1]
		case "/VEVENT/UID":
			e.UID = plain(t, p.value)
		case "/VEVENT/DTSTAMP":
			e.Changed = instant(p.value)
		case "/VEVENT/DTSTART;VALUE=DATE":
			at, err := time.Parse("20060102", p.value)
			if err != nil {
				t.Fatal(err)
			}
			e.Day = calendar.NewDate(at.Year(), at.Month(), at.Day())
		case "/VEVENT/SUMMARY":
			e.Summary = plain(t, p.value)
		case "/VEVENT/DESCRIPTION":
			e.Text = plain(t, p.value)
		case "/VEVENT/URL":
			e.Link = p.value
		case "/VEVENT/VALARM/DESCRIPTION":
			if got := plain(t, p.value); got != e.Summary {
				t.Fatalf("reminded of %q, not of %q", got, e.Summary)
			}
		case "/VEVENT/VALARM/TRIGGER;VALUE=DATE-TIME":
			at := instant(p.value)
			if at.Hour() != 1 {
				t.Fatalf("reminded at %s, want 09:00 in China", at)
			}
			e.Remind = calendar.On(at)
		default:
			t.Fatalf("unexpected %s", p.name)
		}
	}
	return c
}

// seen is a text as it may be read back: one kind of newline, no other control characters, nothing that is no UTF-8. It goes
// over the text character by character, where the package replaces strings.
func seen(s string) string {
	var out []rune
	runes := []rune(strings.ToValidUTF8(s, "\uFFFD"))
	for i, r := range runes {
		switch {
		case r == '\n' && i > 0 && runes[i-1] == '\r':
		case r == '\r', r == '\n', r == 0x85, r == 0x2028, r == 0x2029:
			out = append(out, '\n')
		case r == '\t', r >= 0x20 && r < 0x7f, r > 0x9f:
			out = append(out, r)
		}
	}
	return string(out)
}

func expect(c ical.Calendar) ical.Calendar {
	out := ical.Calendar{Name: seen(c.Name)}
	for _, e := range c.Events {
		e.UID, e.Summary, e.Text = seen(e.UID), seen(e.Summary), seen(e.Text)
		e.Changed = e.Changed.UTC().Truncate(time.Second)
		out.Events = append(out.Events, e)
	}
	return out
}

func TestACalendarIsReadBackAsItWas(t *testing.T) {
	text := rapid.OneOf(rapid.String(), rapid.StringOf(rapid.SampledFrom([]rune("期限;,\\\n\r\t\x00\x7f\u0085\u2028:\"n 𠮷aé"))),
		rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) string { return string(b) }))
	day := rapid.Map(rapid.IntRange(0, 20000), func(n int) calendar.Date { return calendar.NewDate(2000, 1, 1).AddDays(n) })
	rapid.Check(t, func(rt *rapid.T) {
		c := ical.Calendar{Name: text.Draw(rt, "name")}
		for i := range rapid.IntRange(0, 5).Draw(rt, "events") {
			e := ical.Event{UID: fmt.Sprintf("%d@%s", i, text.Draw(rt, "uid")), Day: day.Draw(rt, "day"), Summary: text.Draw(rt, "summary"), Text: text.Draw(rt, "text"),
				Changed: time.Unix(rapid.Int64Range(1, 4e9).Draw(rt, "changed"), 5e8)}
			if rapid.Bool().Draw(rt, "remind") {
				e.Remind = day.Draw(rt, "reminder")
			}
			if rapid.Bool().Draw(rt, "link") {
				e.Link = "https://gk.example.cn/desk/" + url.PathEscape(text.Draw(rt, "link"))
			}
			c.Events = append(c.Events, e)
		}
		if d := cmp.Diff(expect(c), events(rt, write(rt, c)), sameDay); d != "" {
			rt.Errorf("(-want +got):\n%s", d)
		}
	})
}

// FuzzTexts: whatever a summary, a text, a name or an id holds, it stays in its line.
func FuzzTexts(f *testing.F) {
	f.Add("a\r\nEND:VEVENT\r\nBEGIN:VEVENT", "\x00\x1b[31m", "名;称,\\", "id")
	f.Add(strings.Repeat("期", 200), strings.Repeat("𠮷", 99)+"\n ", "\t", "\u2028X-A:b")
	f.Fuzz(func(t *testing.T, summary, text, name, uid string) {
		c := ical.Calendar{Name: name, Events: []ical.Event{{UID: "x" + uid, Day: calendar.NewDate(2026, 10, 10), Remind: calendar.NewDate(2026, 10, 9),
			Summary: summary, Text: text, Changed: changed}}}
		want := expect(c)
		got := events(t, write(t, c))
		if d := cmp.Diff(want, got, sameDay); d != "" {
			t.Errorf("(-want +got):\n%s", d)
		}
	})
}

// FuzzLinks: a link is refused, or is one line of ASCII that leads to the same place.
func FuzzLinks(f *testing.F) {
	f.Add("https://gk.example.cn/办件/1?a=b;c,d#e")
	f.Add("https://x/\r\nX-A:b")
	f.Fuzz(func(t *testing.T, link string) {
		var b bytes.Buffer
		err := ical.Write(&b, ical.Calendar{Events: []ical.Event{{UID: "x", Day: calendar.NewDate(2026, 10, 10), Link: link, Changed: changed}}})
		if err != nil {
			return
		}
		got := events(t, b.String()).Events[0].Link
		was, err := url.Parse(link)
		is, err2 := url.Parse(got)
		if strings.ContainsFunc(got, func(r rune) bool { return r <= ' ' || r > '~' }) && link != "" {
			t.Errorf("%q is written as %q", link, got)
		}
		if err != nil || err2 != nil || was.Path != is.Path || was.Scheme != is.Scheme {
			t.Errorf("%q leads elsewhere: %q (%v, %v)", link, got, err, err2)
		}
	})
}
