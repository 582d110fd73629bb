package clock

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gongkai/gongkai/internal/account"
	"github.com/gongkai/gongkai/internal/agency"
	"github.com/gongkai/gongkai/internal/audit"
	"github.com/gongkai/gongkai/internal/calendar"
	"github.com/gongkai/gongkai/internal/deadline"
	"github.com/gongkai/gongkai/internal/fault"
	"github.com/gongkai/gongkai/internal/work"
)

// TellKind is what somebody is told of; the values are those of package notice.
type TellKind string

// What people are told of.
const (
	TellSoon    TellKind = "deadline.soon"
	TellLate    TellKind = "deadline.late"
	TellChanged TellKind = "calendar.changed"
	TellMissing TellKind = "calendar.missing"
)

// Telling is one thing that one person is told. Which fields it has goes by its kind.
type Telling struct {
	To     account.PersonID
	Kind   TellKind
	Agency agency.ID
	Link   string // path of this site
	Key    string // the same person and key are told once

	Matter, Step string        // soon, late: of the clock that is due first
	Due          calendar.Date // soon, late
	Days         int           // soon: working days that are left, 0 on the last day; late: working days since
	Matters      int           // late: how many clocks are late; changed: how many have another last day
	Notice       string        // changed: what changed the calendar
	Year         int           // missing
}

// dayMarks are how many working days before the last one owners are reminded, where nothing is set. A choice of this program: no
// rule sets them.
func dayMarks() []int { return []int{5, 2, 0} }

// Limits of the setting.
const (
	maxMark  = 60
	maxMarks = 10
)

// ParseMarks reads working days before the last one, such as 5 2 0, the most first. Errors: fault.Usage "clock.marks".
func ParseMarks(s string) ([]int, error) {
	var out []int
	for _, f := range strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(" ,，、", r) }) {
		n, err := strconv.Atoi(f)
		if err != nil || n < 0 || n > maxMark {
			return nil, fault.New(fault.Usage, "clock.marks", fmt.Sprintf("“%s”不是 0 到 %d 的整数，请写成 5、2、0 这样的工作日数", f, maxMark))
		}
		if !slices.Contains(out, n) {
			out = append(out, n)
		}
	}
	if len(out) == 0 || len(out) > maxMarks {
		return nil, fault.New(fault.Usage, "clock.marks", fmt.Sprintf("请写 1 到 %d 个提醒时间，如 5、2、0", maxMarks))
	}
	slices.SortFunc(out, func(a, b int) int { return b - a })
	return out, nil
}

// Marks returns how many working days before the last one owners are reminded, the most first.
func (s *Service) Marks(ctx context.Context) (out []int, err error) {
	err = s.store.View(ctx, func(tx Tx) error {
		out, err = marks(ctx, tx)
		return err
	})
	return out, err
}

func marks(ctx context.Context, tx Tx) ([]int, error) {
	text, err := tx.Marks(ctx)
	if err != nil {
		return nil, err
	}
	if text == "" {
		return dayMarks(), nil
	}
	return ParseMarks(text)
}

// SaveMarks sets when owners are reminded. It holds for clocks that are opened, changed or reminded of from now on, and is
// for who manages settings.
func (s *Service) SaveMarks(ctx context.Context, by account.Actor, list []int) error {
	if err := manages(by); err != nil {
		return err
	}
	parts := make([]string, len(list))
	for i, n := range list {
		parts[i] = strconv.Itoa(n)
	}
	text := strings.Join(parts, " ")
	if _, err := ParseMarks(text); err != nil {
		return err
	}
	return s.store.Update(ctx, func(tx Tx) error {
		was, err := tx.Marks(ctx)
		if err != nil {
			return err
		}
		if err := tx.SaveMarks(ctx, text); err != nil {
			return err
		}
		return tx.Note(ctx, by, audit.Note{Action: "clock.marks", Subject: audit.Subject{Kind: "setting", ID: "clock.marks"},
			Changes: []audit.Change{{Field: "marks", Before: &was, After: &text}}})
	})
}

// markDay is the day on which so many working days are left, up to and including due.
func markDay(t calendar.Table, due calendar.Date, mark int) calendar.Date {
	d := t.LastWorking(due)
	for range mark {
		d = t.LastWorking(d.AddDays(-1))
	}
	return d
}

// morning is when reminders of a day are given: before the morning mail goes.
func morning(d calendar.Date) time.Time {
	return d.At(8, 0).UTC()
}

// reached returns the last mark that has been reached on a day, and the next one with its day; either may be missing.
func reached(t calendar.Table, due, today calendar.Date, marks []int) (now int, isNow bool, next calendar.Date, isNext bool) {
	for _, m := range marks { // the most days first
		on := markDay(t, due, m)
		if on.After(today) {
			return now, isNow, on, true
		}
		now, isNow = m, true
	}
	return now, isNow, calendar.Date{}, false
}

// schedule asks for the next reminder of a clock: at once where a mark has been reached. The day and the last day are part
// of the key, so that asking again is one job, and a job can ask for the next while it is done.
func (s *Service) schedule(ctx context.Context, tx Tx, c Clock, t calendar.Table) error {
	today := calendar.On(tx.Now())
	if !c.Running() || !Ours(c.Input.Kind) || c.Due.Before(today) {
		return nil
	}
	list, err := marks(ctx, tx)
	if err != nil {
		return err
	}
	_, isNow, next, isNext := reached(t, c.Due, today, list)
	if isNow {
		if err := tx.Enqueue(ctx, ask(c, today)); err != nil {
			return err
		}
	}
	if isNext {
		return tx.Enqueue(ctx, ask(c, next))
	}
	return nil
}

func ask(c Clock, on calendar.Date) work.Ask {
	return work.Ask{Kind: JobRemind, Key: string(c.ID) + " " + on.String() + " " + c.Due.String(), Args: string(c.ID), Agency: string(c.Agency), At: morning(on)}
}

// remind reminds the owner of a clock where a mark has been reached. A job of a clock that moved meanwhile finds nothing to
// say: the one that was asked for when it moved will.
func (s *Service) remind(ctx context.Context, id ID) error {
	return s.store.Update(ctx, func(tx Tx) error {
		t, _, err := s.table(ctx, tx, true)
		if err != nil {
			return err
		}
		c, err := tx.Clock(ctx, id)
		if err != nil {
			return err
		}
		today := calendar.On(tx.Now())
		if !c.Running() || !Ours(c.Input.Kind) || c.Due.Before(today) {
			return nil
		}
		list, err := marks(ctx, tx)
		if err != nil {
			return err
		}
		mark, isNow, next, isNext := reached(t, c.Due, today, list)
		if isNow {
			if err := s.tellSoon(ctx, tx, c, mark, t.WorkingDaysBetween(today, c.Due)); err != nil {
				return err
			}
		}
		if isNext {
			return tx.Enqueue(ctx, ask(c, next))
		}
		return nil
	})
}

func (s *Service) tellSoon(ctx context.Context, tx Tx, c Clock, mark, left int) error {
	who, err := s.whom(ctx, c.Agency, c.Owner)
	if err != nil {
		return err
	}
	for _, p := range who {
		err := tx.Tell(ctx, Telling{To: p, Kind: TellSoon, Agency: c.Agency, Link: link(c.ID), Matter: c.Title, Step: c.Step(), Due: c.Due, Days: left,
			Key: fmt.Sprintf("clock %s %s %d", c.ID, c.Due, mark)})
		if err != nil {
			return err
		}
	}
	return nil
}

func link(id ID) string { return "/desk/deadlines/" + string(id) }

func askDay(ctx context.Context, tx Tx, d calendar.Date) error {
	return tx.Enqueue(ctx, work.Ask{Kind: JobDay, Key: d.String(), Args: d.String(), At: morning(d)})
}

// day does what is done once a day: it asks for tomorrow's work, looks for clocks that were left out of a recount, says
// that a year is missing, and on working days tells owners what is late, in one notice each.
func (s *Service) day(ctx context.Context, arg string) error {
	of, err := calendar.ParseDate(arg)
	if err != nil {
		return work.Stop(err)
	}
	var t calendar.Table
	var today calendar.Date
	err = s.store.Update(ctx, func(tx Tx) error {
		today = calendar.On(tx.Now())
		next := today.AddDays(1)
		if of.After(today) { // the clock of this machine is behind; a job must not ask for itself
			next = of.AddDays(1)
		}
		if err := askDay(ctx, tx, next); err != nil {
			return err
		}
		if err := s.sweep(ctx, tx); err != nil {
			return err
		}
		t, _, err = s.table(ctx, tx, true)
		return err
	})
	if err != nil {
		return err
	}
	s.o.Wake()
	if err := s.tellMissing(ctx, t, today); err != nil || !t.Works(today) {
		return err
	}
	return s.tellLate(ctx, t, today)
}

// tellMissing tells who keeps the calendar, once a month, that a year is missing.
func (s *Service) tellMissing(ctx context.Context, t calendar.Table, today calendar.Date) error {
	year := Missing(t, today)
	if year == 0 || s.o.Keepers == nil {
		return nil
	}
	who, err := s.o.Keepers(ctx)
	if err != nil {
		return err
	}
	return s.store.Update(ctx, func(tx Tx) error {
		for _, p := range who {
			key := fmt.Sprintf("calendar.missing %d %s", year, today.String()[:7])
			if err := tx.Tell(ctx, Telling{To: p, Kind: TellMissing, Link: "/desk/calendar", Key: key, Year: year}); err != nil {
				return err
			}
		}
		return nil
	})
}

// tellLate tells every owner what is late, in one notice a day that names what is late the longest.
func (s *Service) tellLate(ctx context.Context, t calendar.Table, today calendar.Date) error {
	kinds := oursKinds()
	late := map[account.PersonID]*Telling{}
	err := s.store.View(ctx, func(tx Tx) error {
		clear(late)
		for after, more := ID(""), true; more; {
			all, err := tx.LateClocks(ctx, kinds, today, after, batch)
			if err != nil {
				return err
			}
			for _, c := range all {
				after = c.ID
				who, err := s.whom(ctx, c.Agency, c.Owner)
				if err != nil {
					return err
				}
				for _, p := range who {
					note(late, p, c, t, today)
				}
			}
			more = len(all) == batch
		}
		return nil
	})
	if err != nil || len(late) == 0 {
		return err
	}
	return s.store.Update(ctx, func(tx Tx) error {
		for _, n := range late {
			if err := tx.Tell(ctx, *n); err != nil {
				return err
			}
		}
		return nil
	})
}

func note(late map[account.PersonID]*Telling, p account.PersonID, c Clock, t calendar.Table, today calendar.Date) {
	n := late[p]
	if n == nil {
		n = &Telling{To: p, Kind: TellLate, Link: "/desk/deadlines", Key: "deadline.late " + today.String()}
		late[p] = n
	}
	n.Matters++
	if n.Due.IsZero() || c.Due.Before(n.Due) {
		n.Agency, n.Matter, n.Step, n.Due = c.Agency, c.Title, c.Step(), c.Due
		n.Days = t.WorkingDaysBetween(c.Due, today)
	}
}

func oursKinds() []deadline.Kind {
	var out []deadline.Kind
	for _, r := range deadline.Rules() {
		if Ours(r.Kind) {
			out = append(out, r.Kind)
		}
	}
	return out
}
