package clock

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/gongkai/gongkai/internal/account"
	"github.com/gongkai/gongkai/internal/agency"
	"github.com/gongkai/gongkai/internal/audit"
	"github.com/gongkai/gongkai/internal/calendar"
	"github.com/gongkai/gongkai/internal/deadline"
	"github.com/gongkai/gongkai/internal/fault"
	"github.com/gongkai/gongkai/internal/work"
)

// RecountID names a recount.
type RecountID string

// Recount is one going over of all running clocks, kept as a report.
type Recount struct {
	ID     RecountID
	Causes []Cause // why; more than one where notices came in force before it had ended
	Asked  time.Time
	By     string    // who brought it about
	Done   time.Time // zero while it goes on
	Sums
}

// Cause is one change of the calendar.
type Cause struct {
	Notice ProposalID        `json:"notice,omitempty"` // "" where it was not a notice of the site
	Text   string            `json:"text"`
	Years  []int             `json:"years,omitempty"` // settled for the first time
	Days   []calendar.Change `json:"days,omitempty"`  // that became something else
}

// Sums are how many clocks a recount went over, and what became of them.
type Sums struct {
	Seen    int
	Gained  int // the last day is later
	Lost    int // the last day is earlier
	Settled int // the last day is the same, and provisional no more, or has become so
	Failed  int // could not be counted; the last day stands as it was
}

// Move is what a recount did to one clock.
type Move struct {
	Clock       ID
	Agency      agency.ID
	Title       string
	Kind        deadline.Kind
	Owner       Owner
	Was, Is     calendar.Date
	WasOpen     bool // it was provisional
	IsOpen      bool // it is provisional
	Problem     string
	FrozenSaid  calendar.Date // the last day that a document states; no date where none does
	DaysBetween int           // working days that were gained, less than 0 when lost
}

// Moved reports whether there is anything to tell of.
func (m Move) Moved() bool { return m.Was != m.Is || m.WasOpen != m.IsOpen || m.Problem != "" }

func (s *Sums) add(m Move) {
	s.Seen++
	switch {
	case m.Problem != "":
		s.Failed++
	case m.Is.After(m.Was):
		s.Gained++
	case m.Is.Before(m.Was):
		s.Lost++
	case m.WasOpen != m.IsOpen:
		s.Settled++
	}
}

// Changed is how many clocks have another last day.
func (s Sums) Changed() int { return s.Gained + s.Lost }

// recount counts a clock again and returns what moved, and the clock as it is then.
func (c Clock) recount(t calendar.Table, serial int64) (Move, Clock) {
	m := Move{Clock: c.ID, Agency: c.Agency, Title: c.Title, Kind: c.Input.Kind, Owner: c.Owner, Was: c.Due, Is: c.Due, WasOpen: c.Provisional,
		IsOpen: c.Provisional, FrozenSaid: c.Frozen}
	next := c
	if err := next.count(t, serial); err != nil {
		m.Problem = fault.Message(err)
		next.Counted = serial
		return m, next
	}
	m.Is, m.IsOpen = next.Due, next.Provisional
	m.DaysBetween = t.WorkingDaysBetween(m.Was, m.Is) - t.WorkingDaysBetween(m.Is, m.Was)
	return m, next
}

// The jobs of this package.
const (
	JobRecount work.Kind = "calendar.recount" // Args is the recount
	JobRemind  work.Kind = "clock.remind"     // Args is the clock
	JobDay     work.Kind = "clock.day"        // once a day; Args is the day
)

// batch is how many clocks one transaction goes over.
const batch = 500

// Kinds is how the work of this package is done.
func (s *Service) Kinds() map[work.Kind]work.Entry {
	return map[work.Kind]work.Entry{
		JobRecount: {Do: func(ctx context.Context, j work.Job, _ time.Time) error { return s.recount(ctx, RecountID(j.Args)) }},
		JobRemind:  {Do: func(ctx context.Context, j work.Job, _ time.Time) error { return s.remind(ctx, ID(j.Args)) }},
		JobDay:     {Do: func(ctx context.Context, j work.Job, _ time.Time) error { return s.day(ctx, j.Args) }},
	}
}

// program is who acts in recounts: the change of the calendar was somebody's, the counting is nobody's.
func program() account.Actor { return account.System("calendar") }

// askRecount asks for all running clocks to be counted again. One that has not ended takes the cause in.
func (s *Service) askRecount(ctx context.Context, tx Tx, by account.Actor, why Cause, serial int64) error {
	r, running, err := tx.RunningRecount(ctx)
	if err != nil {
		return err
	}
	if !running {
		id, err := tx.NewID()
		if err != nil {
			return err
		}
		r = Recount{ID: RecountID(id), Asked: tx.Now(), By: by.Name}
	}
	r.Causes = append(r.Causes, why)
	if err := tx.SaveRecount(ctx, r); err != nil {
		return err
	}
	text := strconv.FormatInt(serial, 10)
	err = tx.Note(ctx, by, audit.Note{Action: "calendar.change", Subject: audit.Subject{Kind: "calendar.recount", ID: string(r.ID)}, Cause: why.Text,
		Changes: []audit.Change{{Field: "serial", After: &text}}})
	if err != nil {
		return err
	}
	return tx.Enqueue(ctx, work.Ask{Kind: JobRecount, Key: string(r.ID), Args: string(r.ID)})
}

// recount goes over all clocks that were counted with an earlier calendar, a batch at a time. It may stop anywhere and be
// done again: what has been counted is not counted twice.
func (s *Service) recount(ctx context.Context, id RecountID) error {
	for {
		var ended bool
		err := s.store.Update(ctx, func(tx Tx) (err error) {
			ended, err = s.recountBatch(ctx, tx, id)
			return err
		})
		if err != nil || ended {
			return err
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
}

func (s *Service) recountBatch(ctx context.Context, tx Tx, id RecountID) (ended bool, err error) {
	table, serial, err := s.table(ctx, tx, true)
	if err != nil {
		return false, err
	}
	r, err := tx.Recount(ctx, id)
	if err != nil || !r.Done.IsZero() {
		return true, err
	}
	stale, err := tx.StaleClocks(ctx, serial, batch)
	if err != nil {
		return false, err
	}
	if len(stale) == 0 {
		return true, s.endRecount(ctx, tx, r)
	}
	var same []ID
	for _, c := range stale {
		m, next := c.recount(table, serial)
		next.Changed = tx.Now()
		if !m.Moved() {
			same = append(same, c.ID)
			continue
		}
		if err := s.move(ctx, tx, r, m, c, next); err != nil {
			return false, err
		}
		if err := s.schedule(ctx, tx, next, table); err != nil {
			return false, err
		}
	}
	if err := tx.Unmoved(ctx, same, serial); err != nil {
		return false, err
	}
	r.Seen += len(stale)
	return false, tx.SaveRecount(ctx, r)
}

// move keeps where a clock stands now, with its entry of the record.
func (s *Service) move(ctx context.Context, tx Tx, r Recount, m Move, before, after Clock) error {
	if err := tx.Recounted(ctx, after); err != nil {
		return err
	}
	if err := tx.SaveMove(ctx, r.ID, m); err != nil {
		return err
	}
	changes, err := audit.Diff(before.recorded(), after.recorded(), tx.Seal)
	if err != nil {
		return fmt.Errorf("clock: %w", err)
	}
	if m.Problem != "" {
		changes = append(changes, audit.Change{Field: "problem", After: &m.Problem})
	}
	return tx.Note(ctx, program(), audit.Note{Action: "clock.recount", Subject: audit.Subject{Kind: "clock", ID: string(after.ID)}, Agency: after.Agency,
		Cause: r.Title(), Changes: changes})
}

// Title says what brought a recount about, in Chinese.
func (r Recount) Title() string {
	out := ""
	for i, c := range r.Causes {
		if i > 0 {
			out += "、"
		}
		out += c.Text
	}
	return out
}

// endRecount sums up, and tells every owner once how many of their clocks have another last day.
func (s *Service) endRecount(ctx context.Context, tx Tx, r Recount) error {
	seen := r.Seen
	r.Sums = Sums{}
	type group struct {
		agency agency.ID
		owner  Owner
	}
	moved := map[group]int{}
	err := tx.EachMove(ctx, r.ID, func(m Move) error {
		r.add(m)
		if m.Was != m.Is {
			moved[group{m.Agency, m.Owner}]++
		}
		return nil
	})
	if err != nil {
		return err
	}
	r.Seen, r.Done = seen, tx.Now()
	if err := tx.SaveRecount(ctx, r); err != nil {
		return err
	}
	told := map[account.PersonID]int{}
	for g, n := range moved {
		who, err := s.whom(ctx, g.agency, g.owner)
		if err != nil {
			return err
		}
		for _, p := range who {
			told[p] += n
		}
	}
	for p, n := range told {
		err := tx.Tell(ctx, Telling{To: p, Kind: TellChanged, Notice: r.Title(), Matters: n, Link: "/desk/calendar/recounts/" + string(r.ID),
			Key: "calendar.recount " + string(r.ID)})
		if err != nil {
			return err
		}
	}
	var changes []audit.Change
	for field, n := range map[string]int{"seen": r.Seen, "gained": r.Gained, "lost": r.Lost, "settled": r.Settled, "failed": r.Failed} {
		text := strconv.Itoa(n)
		changes = append(changes, audit.Change{Field: field, After: &text})
	}
	slices.SortFunc(changes, func(a, b audit.Change) int {
		if a.Field < b.Field {
			return -1
		}
		return 1
	})
	return tx.Note(ctx, program(), audit.Note{Action: "calendar.recount", Subject: audit.Subject{Kind: "calendar.recount", ID: string(r.ID)},
		Cause: r.Title(), Changes: changes})
}

// whom are the persons to be told of a clock.
func (s *Service) whom(ctx context.Context, a agency.ID, o Owner) ([]account.PersonID, error) {
	if o.Person != "" {
		return []account.PersonID{o.Person}, nil
	}
	if s.o.Members == nil {
		return nil, nil
	}
	return s.o.Members(ctx, a, o.Section)
}

// Start is called when the program starts. Where it brings along other notices than the one that counted last, all clocks
// are counted again; and the daily work is asked for.
func (s *Service) Start(ctx context.Context) error {
	err := s.store.Update(ctx, func(tx Tx) error {
		if err := s.rebase(ctx, tx); err != nil {
			return err
		}
		return askDay(ctx, tx, calendar.On(tx.Now()))
	})
	if err == nil {
		s.o.Wake()
	}
	return err
}

func (s *Service) rebase(ctx context.Context, tx Tx) error {
	mine := s.baseDigest()
	base, err := tx.CalendarBase(ctx)
	if err != nil || base == mine {
		return err
	}
	serial, err := tx.BumpCalendar(ctx)
	if err != nil {
		return err
	}
	if err := tx.SaveCalendarBase(ctx, mine); err != nil {
		return err
	}
	return s.askRecount(ctx, tx, program(), Cause{Text: "程序自带的放假安排"}, serial)
}

// sweep asks for a recount where clocks are left that were counted with an earlier calendar and no recount goes on.
func (s *Service) sweep(ctx context.Context, tx Tx) error {
	_, serial, err := s.table(ctx, tx, true)
	if err != nil {
		return err
	}
	stale, err := tx.StaleClocks(ctx, serial, 1)
	if err != nil || len(stale) == 0 {
		return err
	}
	_, running, err := tx.RunningRecount(ctx)
	if err != nil || running {
		return err
	}
	return s.askRecount(ctx, tx, program(), Cause{Text: "核对没有重算的期限"}, serial)
}

// Recounts lists the newest recounts. It is for everybody who works here: the calendar is.
func (s *Service) Recounts(ctx context.Context, limit int) (out []Recount, err error) {
	err = s.store.View(ctx, func(tx Tx) error {
		out, err = tx.Recounts(ctx, limit)
		return err
	})
	return out, err
}

// Recount returns a recount and what it did: all of it for who manages settings, else what it did to clocks of the actor
// and of those the actor stands in for.
//
// Errors: fault.NotFound.
func (s *Service) Recount(ctx context.Context, by account.Actor, id RecountID) (r Recount, moves []Move, err error) {
	if by.IsNobody() {
		return Recount{}, nil, ErrNotFound
	}
	var owners []account.PersonID
	if manages(by) != nil {
		owners = principals(by, "")
	}
	err = s.store.View(ctx, func(tx Tx) error {
		if r, err = tx.Recount(ctx, id); err != nil {
			if errors.Is(err, fault.NotFound) {
				return ErrNotFound
			}
			return err
		}
		moves, err = tx.Moves(ctx, id, owners, maxShown)
		return err
	})
	return r, moves, err
}
