package notice

import (
	"fmt"
	"slices"
	"time"

	"github.com/gongkai/gongkai/internal/calendar"
	"github.com/gongkai/gongkai/internal/fault"
)

// Digest says whether mails are gathered.
type Digest string

// The digests.
const (
	Single  Digest = "none"    // each notice is a mail; the zero Digest is the same
	Morning Digest = "morning" // one mail at 08:30 on working days
)

// Preference is how a person wants to be told. The zero one follows the defaults of the kinds, without quiet hours.
type Preference struct {
	Person   Person             `json:"-"`
	Channels map[Kind][]Channel `json:"channels,omitempty"` // of kinds that the person chose for; the desk need not be named
	Quiet    Quiet              `json:"quiet"`
	Digest   Digest             `json:"digest,omitempty"`
}

// Wants reports whether the person is told about notices of a sort by a channel. The desk cannot be turned off, nor can a mail
// about the safety of the account: whoever has broken in would begin with that. A phone number goes to the gateway only
// by choice.
//
// Legal: 个人信息保护法 第六条 (no more than the purpose needs).
func (p Preference) Wants(s Sort, c Channel) bool {
	if s.DeskOnly {
		return c == Desk
	}
	if c == Desk || s.Fixed && slices.Contains(s.Channels, c) {
		return true
	}
	chosen, ok := p.Channels[s.Kind]
	if !ok {
		chosen = s.Channels
	}
	return slices.Contains(chosen, c)
}

// Check returns what is wrong with a choice, as a fault.Usage whose code names the field.
func (p Preference) Check() error {
	for k, list := range p.Channels {
		s, ok := SortOf(k)
		if !ok {
			return fault.New(fault.Usage, "notice.kind", fmt.Sprintf("没有“%s”这一类通知，请刷新页面后重新选择", k))
		}
		for i, c := range list {
			if c != Desk && c != Mail && c != Webhook || slices.Contains(list[:i], c) {
				return fault.New(fault.Usage, "notice.channel", fmt.Sprintf("“%s”的通知方式选得不对，请在工作台、邮件、短信里选", s.Title))
			}
		}
	}
	if !p.Quiet.From.valid() || !p.Quiet.To.valid() {
		return fault.New(fault.Usage, "notice.quiet", "免打扰时间写成 22:00 这样的时:分，从 00:00 到 23:59")
	}
	if p.Digest != "" && p.Digest != Single && p.Digest != Morning {
		return fault.New(fault.Usage, "notice.digest", "邮件请选“一事一封”或“每个工作日早上一封”")
	}
	return nil
}

// Clock is a time of day in China, in minutes from midnight.
type Clock int

const dayMinutes = 24 * 60

// ParseClock reads hh:mm. Errors: fault.Usage, code "notice.quiet".
func ParseClock(s string) (Clock, error) {
	t, err := time.Parse("15:04", s)
	if err != nil || len(s) != len("15:04") {
		return 0, fault.New(fault.Usage, "notice.quiet", fmt.Sprintf("“%s”不是时间，请写成 22:00 这样的时:分", s))
	}
	return Clock(t.Hour()*60 + t.Minute()), nil
}

func (c Clock) valid() bool { return c >= 0 && c < dayMinutes }

// String writes hh:mm.
func (c Clock) String() string { return fmt.Sprintf("%02d:%02d", int(c)/60, int(c)%60) }

// MarshalText writes what String writes.
func (c Clock) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// UnmarshalText reads what ParseClock reads.
func (c *Clock) UnmarshalText(b []byte) error {
	v, err := ParseClock(string(b))
	if err != nil {
		return err
	}
	*c = v
	return nil
}

// on returns the instant of this time on a day.
func (c Clock) on(d calendar.Date) time.Time {
	return d.At(0, int(c)).UTC()
}

// clockAt returns the time of day at an instant.
func clockAt(t time.Time) Clock {
	t = t.In(calendar.Zone)
	return Clock(t.Hour()*60 + t.Minute())
}

// Quiet are the hours of a day in which nothing is sent: From ≤ t < To, over midnight where To is the earlier. With From and To
// the same there are none.
type Quiet struct {
	From Clock `json:"from"`
	To   Clock `json:"to"`
}

// Holds reports whether an instant lies in the quiet hours.
func (q Quiet) Holds(t time.Time) bool {
	c := clockAt(t)
	if q.From <= q.To {
		return c >= q.From && c < q.To
	}
	return c >= q.From || c < q.To
}

// Until returns the first instant from t on that is not quiet, UTC.
func (q Quiet) Until(t time.Time) time.Time {
	if !q.Holds(t) {
		return t.UTC()
	}
	day := calendar.On(t)
	if clockAt(t) >= q.To {
		day = day.AddDays(1)
	}
	return q.To.on(day)
}

// longestBreak bounds the search for a working day: no break is as long.
const longestBreak = 60

// morning returns when the next morning mail goes after t: on a working day at 08:30, or when the quiet hours of that day end;
// where they last from the morning to midnight, when those of the night end. In a calendar without working days it is the
// next day: a mail is rather sent on a day off than lost.
func (q Quiet) morning(t time.Time, working func(calendar.Date) bool) time.Time {
	today := calendar.On(t)
	for i := range longestBreak {
		day := today.AddDays(i)
		if at := q.digestOn(day); working(day) && at.After(t) {
			return at
		}
	}
	return q.digestOn(today.AddDays(1))
}

// digestOn returns when the morning mail of a day goes; it is that day, because quiet hours are shorter than a day.
func (q Quiet) digestOn(day calendar.Date) time.Time {
	at := q.Until(digestAt.on(day))
	if calendar.On(at) != day {
		at = q.Until(Clock(0).on(day))
	}
	return at
}
