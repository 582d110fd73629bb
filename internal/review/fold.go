package review

import (
	"slices"
	"time"
)

// standing is what the events of an item come to. Nothing else decides whether it is signed: State and Open of the item are
// kept beside it so that lists can be made.
type standing struct {
	state    State
	digest   string
	approved map[StepKey]Event // approvals that hold
}

// replay goes over the events from the first.
func replay(p Plan, k Kind, events []Event) standing {
	s := standing{state: Draft, approved: map[StepKey]Event{}}
	for _, e := range events {
		s.apply(p, k, e)
	}
	return s
}

func (s *standing) apply(p Plan, k Kind, e Event) {
	switch e.Act {
	case Opened:
		s.digest = e.Digest
	case Submitted:
		s.state = InReview
		clear(s.approved)
	case Replaced:
		s.state, s.digest = Draft, e.Digest
		clear(s.approved)
	case Approved:
		if !s.isDue(p, k, e.Step) {
			return // no transition writes such an event; an item with one is never signed by it
		}
		s.approved[e.Step] = e
		if len(s.missing(p, k)) == 0 {
			s.state = Signed
		}
	case SentBack:
		if s.state != InReview {
			return
		}
		if e.To == 0 {
			s.state = Returned
			clear(s.approved)
			return
		}
		for _, st := range p.Steps() {
			if st.Stage >= e.To {
				delete(s.approved, st.Key)
			}
		}
	case Withdrew:
		s.state = Withdrawn
	case Voided:
		s.state = Void
	}
}

// missing are the steps that no approval holds for.
func (s *standing) missing(p Plan, k Kind) []Placed {
	return slices.DeleteFunc(p.For(k), func(st Placed) bool {
		_, ok := s.approved[st.Key]
		return ok
	})
}

// due are the steps that may be decided now: what is missing of the first stage that is not complete.
func (s *standing) due(p Plan, k Kind) []Placed {
	if s.state != InReview {
		return nil
	}
	missing := s.missing(p, k)
	if len(missing) == 0 {
		return nil
	}
	return slices.DeleteFunc(missing, func(st Placed) bool { return st.Stage != missing[0].Stage })
}

func (s *standing) isDue(p Plan, k Kind, key StepKey) bool {
	return slices.ContainsFunc(s.due(p, k), func(st Placed) bool { return st.Key == key })
}

// Round is the events from one submission to what ended it.
type Round struct {
	N      int
	Digest string // of the content that was reviewed
	By     Event  // the submission
	Events []Event
	// End is the act that ended the round: Approved for signing, SentBack to the provider, Replaced, Withdrew, Voided; ""
	// while it goes on. A round that was signed ends with the signature, whatever came later.
	End Act
	At  time.Time // when it ended
}

// Rounds lists the rounds of the item, oldest first.
func (i Item) Rounds() []Round {
	var out []Round
	s := standing{state: Draft, approved: map[StepKey]Event{}}
	for _, e := range i.Events {
		going := s.state == InReview
		s.apply(i.Plan, i.Kind, e)
		if e.Act == Submitted {
			out = append(out, Round{N: len(out) + 1, Digest: e.Digest, By: e})
			continue
		}
		if !going || len(out) == 0 {
			continue
		}
		r := &out[len(out)-1]
		r.Events = append(r.Events, e)
		if s.state != InReview {
			r.End, r.At = e.Act, e.At
		}
	}
	return out
}

// Progress is how a step of the chain stands.
type Progress string

// How steps stand.
const (
	Done    Progress = "done"
	Now     Progress = "now"
	Later   Progress = "later"
	LeftOut Progress = "left_out" // the plan leaves it out for this kind of item
)

// Link is one step of the chain as it stands.
type Link struct {
	Placed
	Progress Progress
	By       Event // the approval, when Done
	Open     Open  // when Now
}

// Chain is the chain of the item as it stands, in order.
func (i Item) Chain() []Link {
	s := replay(i.Plan, i.Kind, i.Events)
	var out []Link
	for _, st := range i.Plan.Steps() {
		l := Link{Placed: st, Progress: Later}
		e, done := s.approved[st.Key]
		switch {
		case st.Skips(i.Kind):
			l.Progress = LeftOut
		case done:
			l.Progress, l.By = Done, e
		case s.isDue(i.Plan, i.Kind, st.Key):
			l.Progress = Now
			l.Open, _ = i.openStep(st.Key)
		}
		out = append(out, l)
	}
	return out
}

func (i Item) openStep(key StepKey) (Open, bool) {
	n := slices.IndexFunc(i.Open, func(o Open) bool { return o.Step == key })
	if n < 0 {
		return Open{}, false
	}
	return i.Open[n], true
}
