// Package clock keeps the calendar as legal data that an office maintains, and every open deadline as a clock that is
// counted again whenever the calendar changes. A clock keeps the events that move a period; its last day is derived from
// them and is never the only thing that is kept.
//
// Legal: 条例 第三十条、第三十三条 and the notices of the State Council Office on holidays: which days count is only known once
// they are published, and was changed afterwards twice (2019, 2020).
package clock

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/gongkai/gongkai/internal/account"
	"github.com/gongkai/gongkai/internal/agency"
	"github.com/gongkai/gongkai/internal/calendar"
	"github.com/gongkai/gongkai/internal/deadline"
	"github.com/gongkai/gongkai/internal/fault"
)

// ID names a clock. Ids are ordered in time.
type ID string

// Subject is what a clock runs for: an application, a letter to a third party, information to be published. One subject
// has at most one open clock of a kind.
type Subject struct{ Kind, ID string }

// Owner is who has to keep a period: a person, a section of the agency, or both.
type Owner struct {
	Person  account.PersonID
	Section agency.SectionID
}

// Clock is one period that runs, or ran.
type Clock struct {
	ID      ID
	Agency  agency.ID
	Subject Subject
	Title   string // names the matter in lists, notices and calendars, without personal data
	Owner   Owner
	// Input is everything that the period depends on: what has happened so far. Input.Kind says which period it is.
	Input deadline.Input
	// Due and Provisional are derived from Input with the calendar of serial Counted.
	Due         calendar.Date
	Provisional bool
	Counted     int64
	// Frozen is the last day as a document that was issued states it, Document names that document. Whatever moves the
	// clock later, what was said stays said.
	Frozen   calendar.Date
	Document string
	Opened   time.Time
	Changed  time.Time // when it was saved last, by a person or a recount
	Closed   time.Time // zero while it runs
	Outcome  string    // how it ended
	Serial   int       // counts the changes, for saving only what nobody else has changed
}

// Running reports whether the period has not been closed.
func (c Clock) Running() bool { return c.Closed.IsZero() }

// Ours reports whether it is the office that has to act within periods of a kind. Of the others, such as the time a third
// party or an applicant has, the office only has to know when they end: nobody is reminded of them, and none is late.
func Ours(k deadline.Kind) bool {
	switch k {
	case deadline.Reply, deadline.CorrectionNotice, deadline.Publication, deadline.RespondentSimple, deadline.RespondentOrdinary, deadline.Defendant:
		return true
	case deadline.ThirdParty, deadline.JointOrgan, deadline.FeePayment, deadline.Reconsideration, deadline.Suit, deadline.SuitAfter:
	}
	return false
}

// Late reports whether the office has let the period pass.
func (c Clock) Late(today calendar.Date) bool {
	return c.Running() && Ours(c.Input.Kind) && c.Due.Before(today)
}

// Step is what has to be done by the last day, in Chinese.
func (c Clock) Step() string {
	r, err := deadline.RuleOf(c.Input.Kind)
	if err != nil {
		return string(c.Input.Kind)
	}
	return r.Name
}

// Opening is what a clock is opened with.
type Opening struct {
	Agency  agency.ID
	Subject Subject
	Title   string
	Owner   Owner
	Input   deadline.Input
}

// longestTitle and longestText bound what people write, in characters.
const (
	longestTitle = 80
	longestText  = 200
)

func (o Opening) check() error {
	switch {
	case o.Agency == "" || o.Subject.Kind == "" || o.Subject.ID == "":
		return fault.New(fault.Usage, "clock.subject", "期限要写明是哪个机关、哪一件事的")
	case o.Owner == Owner{}:
		return fault.New(fault.Usage, "clock.owner", "期限要有经办人或者经办股室")
	}
	if err := checkText("clock.title", "期限的名称", o.Title, longestTitle); err != nil {
		return err
	}
	return checkInput(o.Input)
}

func checkInput(in deadline.Input) error {
	if p := in.Check(); len(p) > 0 {
		return p[0].Err
	}
	return nil
}

// checkText asks for one line of text.
func checkText(code, what, s string, longest int) error {
	switch {
	case strings.TrimSpace(s) == "":
		return fault.New(fault.Usage, code, "请填写"+what)
	case utf8.RuneCountInString(s) > longest:
		return fault.New(fault.Usage, code, fmt.Sprintf("%s最多 %d 个字", what, longest))
	case !utf8.ValidString(s) || strings.ContainsFunc(s, unicode.IsControl):
		return fault.New(fault.Usage, code, what+"里有换行或不能显示的字符，请删去")
	}
	return nil
}

// Event is one thing that moves a period: one of the types below.
type Event interface{ apply(in *deadline.Input) }

type (
	// Corrected says: the corrected application came in on a day. Legal: 条例 第三十条.
	Corrected struct{ On calendar.Date }
	// Consulted says: somebody was asked on From, and their opinion came on To, or was due then. The same From again replaces
	// an earlier To. Legal: 条例 第三十三条第三款.
	Consulted struct{ From, To calendar.Date }
	// Extended says: the reply is extended by so many working days in all. Legal: 条例 第三十三条第二款.
	Extended struct{ Days int }
	// FeePaid says: the fee was paid on a day.
	FeePaid struct{ On calendar.Date }
	// Restated puts right what was entered wrongly: everything but the kind of period.
	Restated struct{ Input deadline.Input }
)

func (e Corrected) apply(in *deadline.Input) { in.Corrected = e.On }
func (e Extended) apply(in *deadline.Input)  { in.Extend = e.Days }
func (e FeePaid) apply(in *deadline.Input)   { in.FeePaid = e.On }

func (e Consulted) apply(in *deadline.Input) {
	spans := slices.DeleteFunc(slices.Clone(in.Consults), func(s calendar.Span) bool { return s.From == e.From })
	spans = append(spans, calendar.Span(e))
	slices.SortFunc(spans, func(a, b calendar.Span) int { return a.From.DaysSince(b.From) })
	in.Consults = spans
}

func (e Restated) apply(in *deadline.Input) {
	kind := in.Kind
	*in = e.Input
	in.Kind = kind
	in.Consults = slices.Clone(e.Input.Consults)
}

// recorded is what the record of changes says of a clock.
type recorded struct {
	Title       string           `audit:"title"`
	Person      account.PersonID `audit:"owner"`
	Section     agency.SectionID `audit:"section"`
	Kind        deadline.Kind    `audit:"kind"`
	Received    calendar.Date    `audit:"received"`
	Corrected   calendar.Date    `audit:"corrected"`
	Consults    []string         `audit:"consults"`
	Extend      int              `audit:"extend"`
	FeePaid     calendar.Date    `audit:"fee_paid"`
	Shift       bool             `audit:"shift_rest_day"`
	Due         calendar.Date    `audit:"due"`
	Provisional bool             `audit:"provisional"`
	Frozen      calendar.Date    `audit:"frozen"`
	Document    string           `audit:"document"`
	Closed      time.Time        `audit:"closed"`
	Outcome     string           `audit:"outcome"`
}

func (c Clock) recorded() recorded {
	r := recorded{Title: c.Title, Person: c.Owner.Person, Section: c.Owner.Section, Kind: c.Input.Kind, Received: c.Input.Received,
		Corrected: c.Input.Corrected, Extend: c.Input.Extend, FeePaid: c.Input.FeePaid, Shift: c.Input.ShiftRestDay, Due: c.Due,
		Provisional: c.Provisional, Frozen: c.Frozen, Document: c.Document, Closed: c.Closed, Outcome: c.Outcome}
	for _, s := range c.Input.Consults {
		r.Consults = append(r.Consults, s.From.String()+".."+s.To.String())
	}
	return r
}
