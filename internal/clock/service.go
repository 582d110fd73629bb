package clock

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/gongkai/gongkai/internal/account"
	"github.com/gongkai/gongkai/internal/agency"
	"github.com/gongkai/gongkai/internal/audit"
	"github.com/gongkai/gongkai/internal/calendar"
	"github.com/gongkai/gongkai/internal/deadline"
	"github.com/gongkai/gongkai/internal/fault"
	"github.com/gongkai/gongkai/internal/work"
)

// Tx is what the use cases need of one transaction. Its methods return fault.NotFound for what does not exist.
type Tx interface {
	// Now is the time that everything in this transaction carries.
	Now() time.Time
	// NewID returns an id that is ordered in time and never given twice.
	NewID() (string, error)

	// CalendarSerial counts the changes of the calendar. With hold it cannot change until the transaction ends, so that
	// nothing is counted with a calendar that was replaced meanwhile; a transaction that reads may not hold.
	CalendarSerial(ctx context.Context, hold bool) (int64, error)
	// BumpCalendar counts one change, and holds the serial for this transaction alone.
	BumpCalendar(ctx context.Context) (int64, error)
	// CalendarBase is the digest of the notices built into the program that counted last; "" when none has.
	CalendarBase(ctx context.Context) (string, error)
	// SaveCalendarBase keeps it.
	SaveCalendarBase(ctx context.Context, digest string) error
	// Proposals lists the notices of the site in a state, "" for all, the newest first.
	Proposals(ctx context.Context, s State) ([]Proposal, error)
	// Proposal returns one.
	Proposal(ctx context.Context, id ProposalID) (Proposal, error)
	// SaveProposal keeps a new notice (Serial 0), or the state of one that nobody else has changed. Errors: fault.Conflict.
	SaveProposal(ctx context.Context, p Proposal) error

	// Clock returns a clock.
	Clock(ctx context.Context, id ID) (Clock, error)
	// ClocksOf lists the clocks of a subject, oldest first.
	ClocksOf(ctx context.Context, s Subject) ([]Clock, error)
	// SaveClock keeps a new clock (Serial 0), or one that nobody else has changed. Errors: fault.Conflict.
	SaveClock(ctx context.Context, c Clock) error
	// OpenClocks lists running clocks by id, after one.
	OpenClocks(ctx context.Context, after ID, limit int) ([]Clock, error)
	// StaleClocks lists running clocks that were counted with a calendar before this serial.
	StaleClocks(ctx context.Context, serial int64, limit int) ([]Clock, error)
	// LateClocks lists running clocks of these kinds that were due before a day, by id, after one.
	LateClocks(ctx context.Context, kinds []deadline.Kind, before calendar.Date, after ID, limit int) ([]Clock, error)
	// Recounted keeps the derived fields of a clock that moved; nothing else of it changes.
	Recounted(ctx context.Context, c Clock) error
	// Unmoved keeps that clocks were counted with the calendar of a serial and came out as they were.
	Unmoved(ctx context.Context, ids []ID, serial int64) error
	// Clocks lists running clocks by when they are due; the one that a query names though it has ended.
	Clocks(ctx context.Context, q Query) ([]Clock, error)
	// CountLate is how many of the clocks that a query reaches were due before a day.
	CountLate(ctx context.Context, q Query, kinds []deadline.Kind, before calendar.Date) (int, error)

	// RunningRecount returns the recount that has not ended, and holds it.
	RunningRecount(ctx context.Context) (r Recount, ok bool, err error)
	// Recount returns a recount.
	Recount(ctx context.Context, id RecountID) (Recount, error)
	// Recounts lists the newest.
	Recounts(ctx context.Context, limit int) ([]Recount, error)
	// SaveRecount keeps a recount. It is no change of anybody's work.
	SaveRecount(ctx context.Context, r Recount) error
	// SaveMove keeps what a recount did to a clock. A second time in one recount, where it stood at first stays.
	SaveMove(ctx context.Context, id RecountID, m Move) error
	// Moves lists what a recount did, by where the clocks stand now; owners narrows it to theirs, none for all.
	Moves(ctx context.Context, id RecountID, owners []account.PersonID, limit int) ([]Move, error)
	// EachMove gives every move of a recount.
	EachMove(ctx context.Context, id RecountID, give func(Move) error) error

	// Marks returns the setting of the reminders; "" where it was never set.
	Marks(ctx context.Context) (string, error)
	// SaveMarks keeps it.
	SaveMarks(ctx context.Context, s string) error
	// FeedKey returns since when a person has a feed; ok is false when there is none.
	FeedKey(ctx context.Context, p account.PersonID) (since time.Time, ok bool, err error)
	// FeedOwner finds whose feed has a key with this digest. Errors: fault.NotFound.
	FeedOwner(ctx context.Context, digest string) (account.PersonID, error)
	// SaveFeedKey keeps the digest of the key of a person's feed in place of an earlier one; "" for none.
	SaveFeedKey(ctx context.Context, p account.PersonID, digest string) error

	// Tell leaves a notice for a person. The same person and key is told once.
	Tell(ctx context.Context, t Telling) error
	// Enqueue asks for a job. Asking twice before it is done is one job.
	Enqueue(ctx context.Context, a work.Ask) error
	// Seal encrypts what is protected, for the record of changes.
	Seal(field, value string) (string, error)
	// Note writes an entry of the record of changes.
	Note(ctx context.Context, by account.Actor, n audit.Note) error
}

// Store runs functions in a transaction: View reads, Update reads and writes. A returned error rolls back.
type Store interface {
	View(ctx context.Context, f func(Tx) error) error
	Update(ctx context.Context, f func(Tx) error) error
}

// Options are what the wiring decides.
type Options struct {
	// Base is the calendar that the program brings along: calendar.Builtin(). Notices of the site come on top.
	Base calendar.Table
	// Keepers names who keeps the calendar, to be told that a year is missing; nil for nobody.
	Keepers func(context.Context) ([]account.PersonID, error)
	// Members names who is told for a section where a clock has no person; nil for nobody.
	Members func(context.Context, agency.ID, agency.SectionID) ([]account.PersonID, error)
	// Wake is called after work has been asked for; may be nil.
	Wake func()
}

// Service is the use cases of this package.
type Service struct {
	store Store
	o     Options
	kept  *kept
}

// NewService returns a service.
func NewService(s Store, o Options) *Service {
	if o.Wake == nil {
		o.Wake = func() {}
	}
	return &Service{store: s, o: o, kept: &kept{}}
}

// In returns the service inside a transaction that another use case has begun, so that a case and its clock change together.
func (s *Service) In(tx Tx) *Service { return &Service{store: within{tx}, o: s.o, kept: s.kept} }

type within struct{ tx Tx }

func (w within) View(_ context.Context, f func(Tx) error) error   { return f(w.tx) }
func (w within) Update(_ context.Context, f func(Tx) error) error { return f(w.tx) }

// ErrNotFound is the answer to who may not know of a thing, and for what does not exist.
var ErrNotFound = fault.New(fault.NotFound, "clock.not_found", "没有这一页，或您没有查看它的权限")

// errClosed says that a clock that has ended is not changed any more.
var errClosed = fault.New(fault.Conflict, "clock.closed", "这个期限已经结束，不能再改；需要重新计时的，请另开一个")

// Open starts a clock. Whether the actor may is for the use case to decide whose clock it is.
//
// Errors: fault.Usage for what was filled in wrongly; fault.Conflict "clock.exists" where the subject has a running clock of
// the kind.
func (s *Service) Open(ctx context.Context, by account.Actor, o Opening) (c Clock, err error) {
	if err := o.check(); err != nil {
		return Clock{}, err
	}
	err = s.store.Update(ctx, func(tx Tx) error {
		c = Clock{Agency: o.Agency, Subject: o.Subject, Title: o.Title, Owner: o.Owner, Input: o.Input, Opened: tx.Now(), Changed: tx.Now()}
		id, err := tx.NewID()
		if err != nil {
			return err
		}
		c.ID = ID(id)
		all, err := tx.ClocksOf(ctx, o.Subject)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(all, func(b Clock) bool { return b.Running() && b.Input.Kind == o.Input.Kind }) {
			return fault.New(fault.Conflict, "clock.exists", "这件事已经有一个同样的期限在走，没有重复计时")
		}
		return s.keep(ctx, tx, by, change{action: "clock.open", after: &c})
	})
	if err == nil {
		s.o.Wake()
	}
	return c, err
}

// Amend writes down what has happened and counts again. cause says why, in words of people or as the article.
//
// Errors: fault.NotFound; fault.Usage for what cannot be; fault.Conflict "clock.closed".
func (s *Service) Amend(ctx context.Context, by account.Actor, id ID, cause string, events ...Event) (Clock, error) {
	return s.change(ctx, by, id, change{action: "clock.amend", cause: cause}, func(c *Clock) error {
		if len(events) == 0 {
			return fault.New(fault.Usage, "clock.nothing", "没有写发生了什么，期限没有变")
		}
		for _, e := range events {
			e.apply(&c.Input)
		}
		return checkInput(c.Input)
	})
}

// Assign gives a clock to somebody else. Errors: those of Amend.
func (s *Service) Assign(ctx context.Context, by account.Actor, id ID, to Owner) (Clock, error) {
	return s.change(ctx, by, id, change{action: "clock.assign"}, func(c *Clock) error {
		if to == (Owner{}) {
			return fault.New(fault.Usage, "clock.owner", "期限要有经办人或者经办股室")
		}
		c.Owner = to
		return nil
	})
}

// Freeze keeps the last day as it is now, because a document that is being issued states it. It is done once: what was
// said in a document does not change.
//
// Errors: those of Amend; fault.Conflict "clock.frozen" where another day was stated before.
func (s *Service) Freeze(ctx context.Context, by account.Actor, id ID, document string) (Clock, error) {
	return s.change(ctx, by, id, change{action: "clock.freeze"}, func(c *Clock) error {
		if err := checkText("clock.document", "文书的名称", document, longestText); err != nil {
			return err
		}
		if !c.Frozen.IsZero() {
			return fault.New(fault.Conflict, "clock.frozen", fmt.Sprintf("《%s》已经写明最后一天是 %s，不能再改", c.Document, c.Frozen))
		}
		c.Frozen, c.Document = c.Due, document
		return nil
	})
}

// Close ends a clock. outcome says how: 已答复, 撤回 and the like.
//
// Errors: those of Amend.
func (s *Service) Close(ctx context.Context, by account.Actor, id ID, outcome string) (Clock, error) {
	return s.change(ctx, by, id, change{action: "clock.close", closes: true}, func(c *Clock) error {
		c.Outcome = outcome
		return checkText("clock.outcome", "怎么结束的", outcome, longestText)
	})
}

// Clocks lists the clocks of a subject, for the use case whose subject it is.
func (s *Service) Clocks(ctx context.Context, of Subject) (out []Clock, err error) {
	err = s.store.View(ctx, func(tx Tx) error {
		out, err = tx.ClocksOf(ctx, of)
		return err
	})
	return out, err
}

// change is what a use case does to one clock.
type change struct {
	action, cause string
	closes        bool
	before        *Clock // nil for a new one
	after         *Clock
}

func (s *Service) change(ctx context.Context, by account.Actor, id ID, ch change, f func(*Clock) error) (c Clock, err error) {
	err = s.store.Update(ctx, func(tx Tx) error {
		before, err := tx.Clock(ctx, id)
		if err != nil {
			return err
		}
		if !before.Running() {
			return errClosed
		}
		c = before
		c.Changed = tx.Now()
		if err := f(&c); err != nil {
			return err
		}
		if ch.closes {
			c.Closed = tx.Now()
		}
		ch.before, ch.after = &before, &c
		return s.keep(ctx, tx, by, ch)
	})
	if err == nil {
		s.o.Wake()
	}
	return c, err
}

// keep counts a clock, saves it with its entry of the record, and asks for its next reminder.
func (s *Service) keep(ctx context.Context, tx Tx, by account.Actor, ch change) error {
	table, serial, err := s.table(ctx, tx, true)
	if err != nil {
		return err
	}
	c := ch.after
	if err := c.count(table, serial); err != nil {
		return err
	}
	if err := tx.SaveClock(ctx, *c); err != nil {
		return err
	}
	c.Serial++
	var old any
	if ch.before != nil {
		old = ch.before.recorded()
	}
	changes, err := audit.Diff(old, c.recorded(), tx.Seal)
	if err != nil {
		return fmt.Errorf("clock: %w", err)
	}
	n := audit.Note{Action: ch.action, Subject: audit.Subject{Kind: "clock", ID: string(c.ID)}, Agency: c.Agency, Cause: ch.cause, Changes: changes}
	if err := tx.Note(ctx, by, n); err != nil {
		return err
	}
	return s.schedule(ctx, tx, *c, table)
}

// count derives the last day from the events.
func (c *Clock) count(t calendar.Table, serial int64) error {
	r, err := deadline.Compute(t, c.Input)
	if err != nil {
		return err
	}
	c.Due, c.Provisional, c.Counted = r.Due, r.Provisional, serial
	return nil
}
