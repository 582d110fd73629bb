// Package notice says who is told what, by which way, and when: a notice always stands on the person's desk at once; a mail or
// a message waits for the end of the quiet hours, or for the morning; nobody is told the same thing twice.
package notice

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/gongkai/gongkai/internal/calendar"
)

// Person names who is told: the id of the person.
type Person string

// ID names a notice. Ids are ordered in time.
type ID string

// Notice is one thing that one person is told.
type Notice struct {
	ID     ID
	To     Person
	Agency string // whose business it is, "" for the whole site
	Kind   Kind
	Title  string // one line
	Text   string // for the desk only: it may name the matter
	Link   string // path of this site, without a query
	At     time.Time
	Key    string    // the same person and key are told once
	ReadAt time.Time // zero while it is unread
}

// About is what a notice is about, beside its words.
type About struct {
	Agency string
	Link   string // path of this site
	Key    string // names the fact: the same person and key are told once
}

// longestText is how much of a text the desk shows, in characters; a reason that somebody wrote may be longer.
const longestText = 600

// New writes a notice of what d says. Errors are mistakes of the program, none that a person can mend.
func New(to Person, d Data, about About, at time.Time) (Notice, error) {
	s, ok := SortOf(d.kind())
	switch {
	case to == "" || about.Key == "" || at.IsZero():
		return Notice{}, errors.New("notice: nobody to tell, no key, or no time")
	case !ok:
		return Notice{}, fmt.Errorf("notice: no kind %q", d.kind())
	}
	err := checkLink(about.Link)
	if err != nil {
		return Notice{}, err
	}
	text, err := write(d)
	if err != nil {
		return Notice{}, fmt.Errorf("notice: %s: %w", d.kind(), err)
	}
	return Notice{To: to, Agency: about.Agency, Kind: s.Kind, Title: s.Title, Text: cut(text, longestText), Link: about.Link, At: at, Key: about.Key}, nil
}

// checkLink lets a notice point into this site only. A query is refused, because it could carry what somebody searched for
// into a mail.
func checkLink(link string) error {
	u, err := url.Parse(link)
	if err != nil || u.Scheme != "" || u.Host != "" || !strings.HasPrefix(link, "/") ||
		strings.HasPrefix(link, "//") || strings.ContainsAny(link, "\\?\"<> ") {
		return fmt.Errorf("notice: %q is no path of this site", link)
	}
	return nil
}

// cut shortens a text to n characters.
func cut(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	return string([]rune(s)[:n-1]) + "…"
}

// Channel is a way to a person.
type Channel string

// The channels.
const (
	Desk    Channel = "desk"    // the list on the person's desk
	Mail    Channel = "mail"    // electronic mail
	Webhook Channel = "webhook" // the gateway that the site has set, which sends it on to the person's phone
)

// Contact is how a person can be reached now; "" where they cannot.
type Contact struct {
	Mail  string
	Phone string
}

// Delivery is one notice on one channel.
type Delivery struct {
	Notice  ID
	To      Person
	Channel Channel
	Due     time.Time // UTC; not before
	Digest  bool      // goes with all others of its morning in one mail
}

// digestAt is when the morning mail goes.
const digestAt = Clock(8*60 + 30)

// Plan says by which ways a person is told, and when. The desk is always among them, at once. Mail and webhook are what the
// person chose for the kind, where there is an address, and never due within the quiet hours. A mail that is not urgent
// waits for the morning where the person wants one mail a day. working tells the working days, on which morning mails go.
func Plan(n Notice, p Preference, c Contact, now time.Time, working func(calendar.Date) bool) []Delivery {
	out := []Delivery{{Notice: n.ID, To: n.To, Channel: Desk, Due: now.UTC()}}
	s, ok := SortOf(n.Kind)
	if !ok {
		return out
	}
	if c.Mail != "" && p.Wants(s, Mail) {
		d := Delivery{Notice: n.ID, To: n.To, Channel: Mail, Due: p.Quiet.Until(now), Digest: p.Digest == Morning && !s.Urgent}
		if d.Digest {
			d.Due = p.Quiet.morning(now, working)
		}
		out = append(out, d)
	}
	if c.Phone != "" && p.Wants(s, Webhook) {
		out = append(out, Delivery{Notice: n.ID, To: n.To, Channel: Webhook, Due: p.Quiet.Until(now)})
	}
	return out
}
