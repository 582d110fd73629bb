package clock

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/gongkai/gongkai/internal/account"
	"github.com/gongkai/gongkai/internal/audit"
	"github.com/gongkai/gongkai/internal/calendar"
	"github.com/gongkai/gongkai/internal/fault"
)

// manages refuses whoever may not keep the calendar; to them it is not there.
func manages(by account.Actor) error {
	if by.IsSystem() || by.CanAnywhere(account.ManageSetting) {
		return nil
	}
	return ErrNotFound
}

// Propose enters a notice, which is in force once another person has compared it with the original. It is for who manages
// settings. A notice that is in the calendar is never changed: what changes a year that is arranged is a notice of its own.
//
// Errors: fault.NotFound for who may not; fault.Usage for what is wrong with the notice; fault.Conflict "calendar.notice_twice"
// for a number that is there already.
func (s *Service) Propose(ctx context.Context, by account.Actor, n calendar.Notice) (p Proposal, err error) {
	if err := manages(by); err != nil {
		return Proposal{}, err
	}
	err = s.store.Update(ctx, func(tx Tx) error {
		if _, err := s.addable(ctx, tx, n); err != nil {
			return err
		}
		id, err := tx.NewID()
		if err != nil {
			return err
		}
		p = Proposal{ID: ProposalID(id), Notice: n, Digest: n.Digest(), State: Proposed, Proposed: act(by, tx.Now())}
		return saveProposal(ctx, tx, by, "calendar.propose", nil, &p)
	})
	return p, err
}

// addable checks a notice against the calendar and returns the calendar with it.
func (s *Service) addable(ctx context.Context, tx Tx, n calendar.Notice) (calendar.Table, error) {
	if err := checkNotice(n, calendar.On(tx.Now())); err != nil {
		return calendar.Table{}, err
	}
	waiting, err := tx.Proposals(ctx, Proposed)
	if err != nil {
		return calendar.Table{}, err
	}
	if slices.ContainsFunc(waiting, func(p Proposal) bool { return p.Notice.Number == n.Number }) {
		return calendar.Table{}, fault.New(fault.Conflict, "calendar.notice_twice", "放假通知"+n.Number+"已经有人录入，正等审核；请到日历页审核")
	}
	t, _, err := s.table(ctx, tx, false)
	if err != nil {
		return calendar.Table{}, err
	}
	return t.With(n)
}

// Approve puts a notice in force and has every running clock counted again. digest is of the notice that the reviewer has
// compared with the original: what was looked at and what takes effect are the same.
//
// The calendar belongs to the whole site and to no agency, so the chains of package review, which agencies configure, do
// not apply: here it is always two persons. Neither may stand in for the other.
//
// Errors: fault.NotFound for who may not; fault.Conflict "clock.same_person", "clock.digest", "clock.reviewed".
func (s *Service) Approve(ctx context.Context, by account.Actor, id ProposalID, digest, comment string) (p Proposal, err error) {
	p, err = s.review(ctx, by, id, comment, func(tx Tx, p *Proposal) error {
		if by.IsSystem() || meet(behind(by), p.Proposed.persons()) {
			return fault.New(fault.Conflict, "clock.same_person", "录入和审核不能是同一个人（也不能由录入人的代理人审核）；请另一位管理员审核")
		}
		if err := p.intact(); err != nil {
			return err
		}
		if digest != p.Digest {
			return fault.New(fault.Conflict, "clock.digest", "您看到的内容和要生效的内容不一样，没有生效；请刷新后重新核对")
		}
		p.State = InForce
		return s.enforce(ctx, tx, by, *p)
	})
	if err == nil {
		s.o.Wake()
	}
	return p, err
}

// Reject puts a notice aside, with a reason. Who entered it may do so too.
//
// Errors: fault.NotFound for who may not; fault.Usage "clock.reason"; fault.Conflict "clock.reviewed".
func (s *Service) Reject(ctx context.Context, by account.Actor, id ProposalID, reason string) (Proposal, error) {
	return s.review(ctx, by, id, reason, func(_ Tx, p *Proposal) error {
		if strings.TrimSpace(reason) == "" {
			return fault.New(fault.Usage, "clock.reason", "请写明为什么不采用")
		}
		p.State = Rejected
		return nil
	})
}

func (s *Service) review(ctx context.Context, by account.Actor, id ProposalID, comment string, f func(Tx, *Proposal) error) (p Proposal, err error) {
	if err := manages(by); err != nil {
		return Proposal{}, err
	}
	if utf8.RuneCountInString(comment) > longestText {
		return Proposal{}, fault.New(fault.Usage, "clock.reason", fmt.Sprintf("意见最多 %d 个字", longestText))
	}
	err = s.store.Update(ctx, func(tx Tx) error {
		before, err := tx.Proposal(ctx, id)
		if err != nil {
			return err
		}
		if before.State != Proposed {
			return fault.New(fault.Conflict, "clock.reviewed", "这份通知已经审核过了，没有改动")
		}
		p = before
		p.Reviewed, p.Comment = act(by, tx.Now()), comment
		if err := f(tx, &p); err != nil {
			return err
		}
		action := "calendar.approve"
		if p.State == Rejected {
			action = "calendar.reject"
		}
		return saveProposal(ctx, tx, by, action, &before, &p)
	})
	return p, err
}

// enforce counts the change of the calendar and asks for the recount.
func (s *Service) enforce(ctx context.Context, tx Tx, by account.Actor, p Proposal) error {
	serial, err := tx.BumpCalendar(ctx) // from here on nobody counts with the old one
	if err != nil {
		return err
	}
	old, err := s.build(ctx, tx)
	if err != nil {
		return err
	}
	now, err := old.With(p.Notice)
	if err != nil {
		return err
	}
	return s.askRecount(ctx, tx, by, Cause{Notice: p.ID, Text: p.Notice.Number, Years: newYears(old, now), Days: changed(old, now, p.Notice)}, serial)
}

func newYears(old, now calendar.Table) []int {
	return slices.DeleteFunc(now.Years(), old.Covered)
}

// changed lists the days of a notice that it makes something else of.
func changed(old, now calendar.Table, n calendar.Notice) []calendar.Change {
	var out []calendar.Change
	for _, d := range n.Days {
		out = append(out, calendar.Diff(old, now, d.Date, d.Date)...)
	}
	slices.SortFunc(out, func(a, b calendar.Change) int { return a.Date.DaysSince(b.Date) })
	return out
}

func saveProposal(ctx context.Context, tx Tx, by account.Actor, action string, before, after *Proposal) error {
	if err := tx.SaveProposal(ctx, *after); err != nil {
		return err
	}
	after.Serial++
	var old any
	if before != nil {
		old = before.recorded()
	}
	changes, err := audit.Diff(old, after.recorded(), tx.Seal)
	if err != nil {
		return fmt.Errorf("clock: %w", err)
	}
	n := audit.Note{Action: action, Subject: audit.Subject{Kind: "calendar.notice", ID: string(after.ID)}, Changes: changes}
	if who := behind(by); len(who) > 1 {
		n.For = who[1]
	}
	return tx.Note(ctx, by, n)
}

func meet(a, b []account.PersonID) bool {
	return slices.ContainsFunc(a, func(p account.PersonID) bool { return slices.Contains(b, p) })
}

// Notices lists the notices of the site, the newest first: for everybody those in force, for who manages settings all.
func (s *Service) Notices(ctx context.Context, by account.Actor) (out []Proposal, err error) {
	state := State("")
	if manages(by) != nil {
		state = InForce
	}
	err = s.store.View(ctx, func(tx Tx) error {
		out, err = tx.Proposals(ctx, state)
		return err
	})
	return out, err
}

// Notice returns a notice of the site with what it would do now. Errors: fault.NotFound; a notice that is not in force is
// for who manages settings.
func (s *Service) Notice(ctx context.Context, by account.Actor, id ProposalID) (p Proposal, e Effect, err error) {
	err = s.store.View(ctx, func(tx Tx) error {
		if p, err = tx.Proposal(ctx, id); err != nil {
			return err
		}
		if p.State != InForce && manages(by) != nil {
			return ErrNotFound
		}
		if p.State != Proposed {
			return nil
		}
		old, _, err := s.table(ctx, tx, false)
		if err != nil {
			return err
		}
		now, err := old.With(p.Notice)
		if err != nil {
			return err
		}
		e, err = effect(ctx, tx, old, now, p.Notice)
		return err
	})
	return p, e, err
}

// Preview says what a notice would change, before it is entered. It is for who manages settings. Errors: those of Propose.
func (s *Service) Preview(ctx context.Context, by account.Actor, n calendar.Notice) (e Effect, err error) {
	if err := manages(by); err != nil {
		return Effect{}, err
	}
	err = s.store.View(ctx, func(tx Tx) error {
		now, err := s.addable(ctx, tx, n)
		if err != nil {
			return err
		}
		old, _, err := s.table(ctx, tx, false)
		if err != nil {
			return err
		}
		e, err = effect(ctx, tx, old, now, n)
		return err
	})
	return e, err
}

// maxShown bounds how many moves a page shows; the sums are of all.
const maxShown = 200

// Effect is what a notice changes: days, and the running clocks.
type Effect struct {
	Years []int // that it settles for the first time
	Days  []calendar.Change
	Sums
	Moves []Move // the first ones
}

func effect(ctx context.Context, tx Tx, old, now calendar.Table, n calendar.Notice) (Effect, error) {
	e := Effect{Years: newYears(old, now), Days: changed(old, now, n)}
	for after, more := ID(""), true; more; {
		all, err := tx.OpenClocks(ctx, after, batch)
		if err != nil {
			return Effect{}, err
		}
		for _, c := range all {
			// What a clock was is counted afresh too: it may wait for an earlier recount.
			was := c
			if err := was.count(old, 0); err != nil {
				was = c
			}
			m, _ := was.recount(now, 0)
			e.add(m)
			if m.Moved() && len(e.Moves) < maxShown {
				e.Moves = append(e.Moves, m)
			}
			after = c.ID
		}
		more = len(all) == batch
	}
	return e, nil
}
