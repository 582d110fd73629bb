package review

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/gongkai/gongkai/internal/account"
	"github.com/gongkai/gongkai/internal/agency"
	"github.com/gongkai/gongkai/internal/calendar"
	"github.com/gongkai/gongkai/internal/fault"
)

// WorkingDays counts n working days from the day after a day and returns the last.
type WorkingDays func(from calendar.Date, n int) (calendar.Date, error)

// Call is who acts, where the agency of the item stands in the tree today, and when.
type Call struct {
	By   account.Actor
	At   agency.Path
	Now  time.Time
	Days WorkingDays
}

// New is an item to be opened.
type New struct {
	ID      ID
	Agency  agency.ID
	Kind    Kind
	Subject Subject
	Title   string // without personal data
	Link    string
	Digest  string
	Section string // of the provider, as it is called
}

// Decide is a decision at a step.
type Decide struct {
	Step   StepKey
	Digest string // of the content that was looked at
	Text   string // the opinion, may be empty; of a return the reason
	To     int    // of a return: the stage it goes back to, 0 for the provider
}

var digestForm = regexp.MustCompile(`^[a-z0-9]{3,10}:[0-9a-f]{64}$`)

// maxText bounds opinions and reasons, in characters.
const maxText = 1000

// Begin opens an item over one subject, with the plan that it keeps. The actor becomes its provider. It still has to be submitted.
// Errors: fault.NotFound for who may not provide there; fault.Usage for fields, code "review.title", "review.subject",
// "review.digest", and those of Plan.Check.
func Begin(c Call, n New, p Plan) (Item, error) {
	i := Item{ID: n.ID, Agency: n.Agency, Kind: n.Kind, Subject: n.Subject, Title: strings.TrimSpace(n.Title), Link: n.Link, Plan: p.clone()}
	switch {
	case c.By.IsSystem() || c.By.IsNobody():
		return Item{}, errNobody
	case !c.By.Can(account.Provide, c.At):
		return Item{}, ErrNotFound
	case i.Title == "" || utf8.RuneCountInString(i.Title) > 120:
		return Item{}, fault.New(fault.Usage, "review.title", "请填写事项名称，最多 120 个字，不写个人信息")
	case n.Kind == "" || n.Subject.Kind == "" || n.Subject.ID == "" || n.Agency == "":
		return Item{}, fault.New(fault.Usage, "review.subject", "没有说明审查哪一件：一件事项只审一件内容（一事一审）")
	case !digestForm.MatchString(n.Digest):
		return Item{}, errDigest
	}
	if err := p.Check(); err != nil {
		return Item{}, err
	}
	e := Event{Act: Opened, Digest: n.Digest, Section: n.Section, For: c.By.For(account.Provide, c.At)}
	return i.then(c, e)
}

var errDigest = fault.New(fault.Usage, "review.digest", "没有收到内容的指纹，请从内容的页面重新送审")

// Submit sends the content to review: a round begins at the first stage. note is what the provider says to the reviewers, such as
// how a return was dealt with. Errors: fault.NotFound for who is no provider; fault.Conflict "review.state".
func (i Item) Submit(c Call, note string) (Item, error) {
	behalf, err := i.provider(c)
	if err != nil {
		return Item{}, err
	}
	if i.State != Draft && i.State != Returned {
		return Item{}, i.closed("不用再送审")
	}
	note, err = text(note, false, "说明")
	if err != nil {
		return Item{}, err
	}
	return i.then(c, Event{Act: Submitted, For: behalf, Digest: i.Digest, Text: note})
}

// Replace says that the content was changed to another digest: what was approved or signed holds no more, and the item has
// to be submitted again. Errors: fault.NotFound for who is no provider; fault.Usage "review.same_content", "review.digest".
func (i Item) Replace(c Call, digest, why string) (Item, error) {
	behalf, err := i.provider(c)
	if err != nil {
		return Item{}, err
	}
	switch {
	case i.State.Final():
		return Item{}, i.closed("内容不能再改")
	case !digestForm.MatchString(digest):
		return Item{}, errDigest
	case digest == i.Digest:
		return Item{}, fault.New(fault.Usage, "review.same_content", "内容没有变，不用重新送审")
	}
	why, err = text(why, i.State == Signed, "修改的原因")
	if err != nil {
		return Item{}, err
	}
	e := Event{Act: Replaced, For: behalf, Digest: digest, Text: why}
	if was := i.Provided(); was.Person == c.By.Person {
		e.Section = was.Section // who gives the content has not moved
	}
	return i.then(c, e)
}

// Withdraw takes the item back for good. Errors: fault.NotFound for who is no provider; fault.Conflict "review.state" for
// what is signed or ended; fault.Usage "review.reason".
func (i Item) Withdraw(c Call, why string) (Item, error) {
	behalf, err := i.provider(c)
	if err != nil {
		return Item{}, err
	}
	if i.State.Final() || i.State == Signed {
		return Item{}, i.closed("不能撤回")
	}
	why, err = text(why, true, "撤回的原因")
	if err != nil {
		return Item{}, err
	}
	return i.then(c, Event{Act: Withdrew, For: behalf, Digest: i.Digest, Text: why})
}

// Void takes an item out, signed or not; a signature then clears nothing any more. It is for who manages sign-off at the
// agency. Errors: fault.NotFound; fault.Conflict "review.state"; fault.Usage "review.reason".
func (i Item) Void(c Call, why string) (Item, error) {
	switch {
	case c.By.IsSystem() || c.By.IsNobody():
		return Item{}, errNobody
	case !c.By.Can(account.ManageReview, c.At):
		return Item{}, ErrNotFound
	case i.State.Final():
		return Item{}, i.closed("不用作废")
	}
	why, err := text(why, true, "作废的原因")
	if err != nil {
		return Item{}, err
	}
	return i.then(c, Event{Act: Voided, For: c.By.For(account.ManageReview, c.At), Digest: i.Digest, Text: why})
}

// Approve approves at a step. The last approval of a stage opens the next; that of the signing step signs the item.
//
// Errors: fault.NotFound for who does not hold the permission; fault.Conflict with the code "review.state" (no review goes on),
// "review.not_due" (the step is not open), "review.stale" (another content was looked at), "review.own" (the reviewer or
// the person stood in for is a provider, or the other way round), "review.same_person", "review.not_named"; fault.Usage
// "review.text".
func (i Item) Approve(c Call, d Decide) (Item, error) {
	e, err := i.decide(c, d, Approved)
	if err != nil {
		return Item{}, err
	}
	if e.Text, err = text(d.Text, false, "意见"); err != nil {
		return Item{}, err
	}
	return i.then(c, e)
}

// Return sends the item back from a step: to the provider, which ends the round, or to an earlier stage, from which on the
// approvals hold no more. A reason is asked for.
//
// Errors: as Approve; fault.Usage "review.reason", "review.return_to".
func (i Item) Return(c Call, d Decide) (Item, error) {
	e, err := i.decide(c, d, SentBack)
	if err != nil {
		return Item{}, err
	}
	if !slices.Contains(i.Backs(d.Step), d.To) {
		return Item{}, fault.New(fault.Usage, "review.return_to", "请选择退回给谁：提供人，或前面的环节")
	}
	if e.Text, err = text(d.Text, true, "退回的原因"); err != nil {
		return Item{}, err
	}
	e.To = d.To
	return i.then(c, e)
}

func (i Item) decide(c Call, d Decide, act Act) (Event, error) {
	behalf, err := i.ready(c.By, c.At, d.Step)
	if err != nil {
		return Event{}, err
	}
	if d.Digest != i.Digest {
		return Event{}, fault.New(fault.Conflict, "review.stale", "您看的时候内容又改过了，这次没有记下；请看过现在的内容再决定")
	}
	open, _ := i.openStep(d.Step)
	return Event{Act: act, For: behalf, Digest: i.Digest, Step: d.Step, Due: open.Due}, nil
}

func (i Item) provider(c Call) (account.PersonID, error) {
	if c.By.IsSystem() || c.By.IsNobody() {
		return "", errNobody
	}
	behalf, ok := i.asProvider(c.By, c.At)
	if !ok {
		return "", ErrNotFound
	}
	return behalf, nil
}

// then returns the item after an event, with the steps that are open then.
func (i Item) then(c Call, e Event) (Item, error) {
	e.At, e.Person, e.Name = c.Now, c.By.Person, c.By.Name
	next := i.clone()
	next.Events = append(next.Events, e)
	s := replay(next.Plan, next.Kind, next.Events)
	next.State, next.Digest, next.Open = s.state, s.digest, nil
	for _, st := range s.due(next.Plan, next.Kind) {
		o, open := i.openStep(st.Key)
		if !open || e.Act != Approved { // what opens anew has its time afresh
			o = Open{Step: st.Key, Since: c.Now}
			if st.Days > 0 {
				due, err := c.Days(calendar.On(c.Now), st.Days)
				if err != nil {
					return Item{}, fmt.Errorf("review: due: %w", err)
				}
				o.Due = due
			}
		}
		next.Open = append(next.Open, o)
	}
	return next, nil
}

// text trims what a person wrote.
func text(s string, needed bool, what string) (string, error) {
	s = strings.TrimSpace(s)
	if needed && s == "" {
		return "", fault.New(fault.Usage, "review.reason", "请写明"+what)
	}
	if utf8.RuneCountInString(s) > maxText {
		return "", fault.New(fault.Usage, "review.text", fmt.Sprintf("%s最多 %d 个字，现在有 %d 个", what, maxText, utf8.RuneCountInString(s)))
	}
	return s, nil
}
