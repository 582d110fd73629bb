package review

import (
	"slices"
	"time"

	"github.com/gongkai/gongkai/internal/account"
	"github.com/gongkai/gongkai/internal/agency"
	"github.com/gongkai/gongkai/internal/calendar"
)

// ID names an item. Ids are ordered in time.
type ID string

// State is how far an item has come.
type State string

// The states.
const (
	Draft     State = "draft"     // being prepared, or its content was changed and it has not been submitted again
	InReview  State = "in_review" // steps are open
	Returned  State = "returned"  // went back to the provider
	Signed    State = "signed"    // signed off over the content it has
	Withdrawn State = "withdrawn" // taken back by the provider; final
	Void      State = "void"      // taken out by the working body; final
)

// StateNames are what people call the states.
func StateNames() []agency.Named[State] {
	return []agency.Named[State]{{Value: Draft, Name: "待送审"}, {Value: InReview, Name: "审查中"}, {Value: Returned, Name: "已退回"},
		{Value: Signed, Name: "已签发"}, {Value: Withdrawn, Name: "已撤回"}, {Value: Void, Name: "已作废"}}
}

// Final reports whether nothing can happen any more.
func (s State) Final() bool { return s == Withdrawn || s == Void }

// Subject is the one thing that an item is about.
type Subject struct {
	Kind string // such as "publication"
	ID   string
}

// Item is one thing to be signed off with everything that happened to it: one item, one record (一事一审). Methods that
// change it return another.
type Item struct {
	ID      ID
	Agency  agency.ID // whose responsibility it is
	Kind    Kind
	Subject Subject
	// Title is shown in lists, notices and mails: it names the matter without personal data.
	Title string
	// Link leads to the content.
	Link string
	// Digest is of the content as it is; see DigestOf.
	Digest string
	State  State
	Plan   Plan
	// Events are what happened, oldest first. They are only ever added to.
	Events []Event
	// Open are the steps that wait for a decision, those of one stage.
	Open   []Open
	Serial int // counts the changes, for saving only what nobody else has changed
}

// Open is a step that waits for a decision.
type Open struct {
	Step  StepKey
	Since time.Time
	Due   calendar.Date // last day; no date where the plan sets none
}

// Act is what an event is.
type Act string

// The acts.
const (
	Opened    Act = "open"
	Submitted Act = "submit"
	Approved  Act = "approve"
	SentBack  Act = "return"
	Replaced  Act = "replace" // the content was changed: what was approved holds no more
	Withdrew  Act = "withdraw"
	Voided    Act = "void"
)

// ActNames are what people call the acts.
func ActNames() []agency.Named[Act] {
	return []agency.Named[Act]{{Value: Opened, Name: "提供"}, {Value: Submitted, Name: "送审"}, {Value: Approved, Name: "同意"},
		{Value: SentBack, Name: "退回"}, {Value: Replaced, Name: "修改内容"}, {Value: Withdrew, Name: "撤回"}, {Value: Voided, Name: "作废"}}
}

// Event is one thing that happened to an item. It is never changed.
type Event struct {
	Act     Act
	At      time.Time
	Person  account.PersonID
	For     account.PersonID // on whose behalf, "" in one's own right
	Name    string           // of the person at the time
	Section string           // of the person at the time, for providers; may be empty
	Digest  string           // of the content that the person had before them
	Step    StepKey          // of approvals and returns
	To      int              // of returns: the stage that it goes back to, 0 for the provider
	Text    string           // opinion, reason, or what the provider says to the reviewers; may be empty
	Due     calendar.Date    // when the step was due
}

// provides reports whether who does this answers for the content.
func (e Event) provides() bool { return e.Act == Opened || e.Act == Submitted || e.Act == Replaced }

// persons are those who stand behind an event.
func (e Event) persons() []account.PersonID {
	if e.For == "" {
		return []account.PersonID{e.Person}
	}
	return []account.PersonID{e.Person, e.For}
}

func (i Item) clone() Item {
	i.Plan = i.Plan.clone()
	i.Events = slices.Clone(i.Events)
	i.Open = slices.Clone(i.Open)
	return i
}

// Providers are all who gave or submitted content of the item at any time, deputies and those they stood in for alike.
// None of them ever reviews it.
func (i Item) Providers() []account.PersonID {
	var out []account.PersonID
	for _, e := range i.Events {
		if !e.provides() {
			continue
		}
		for _, p := range e.persons() {
			if !slices.Contains(out, p) {
				out = append(out, p)
			}
		}
	}
	return out
}

// Provided is the event by which the present content came in.
func (i Item) Provided() Event {
	for _, e := range slices.Backward(i.Events) {
		if e.Act == Opened || e.Act == Replaced {
			return e
		}
	}
	return Event{}
}

// Began is when the item was opened.
func (i Item) Began() time.Time {
	if len(i.Events) == 0 {
		return time.Time{}
	}
	return i.Events[0].At
}

// Changed is when something happened last.
func (i Item) Changed() time.Time {
	if len(i.Events) == 0 {
		return time.Time{}
	}
	return i.Events[len(i.Events)-1].At
}

// Due is the first last day of the open steps; no date when none has one.
func (i Item) Due() calendar.Date {
	if len(i.Open) == 0 {
		return calendar.Date{}
	}
	return slices.MinFunc(i.Open, byDue).Due
}

// Overdue are the open steps whose last day has passed, the longest first.
func (i Item) Overdue(today calendar.Date) []Open {
	var out []Open
	for _, o := range i.Open {
		if !o.Due.IsZero() && o.Due.Before(today) {
			out = append(out, o)
		}
	}
	slices.SortFunc(out, byDue)
	return out
}
