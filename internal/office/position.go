package office

import (
	"context"
	"slices"
	"strings"

	"github.com/gongkai/gongkai/internal/account"
	"github.com/gongkai/gongkai/internal/agency"
	"github.com/gongkai/gongkai/internal/audit"
	"github.com/gongkai/gongkai/internal/calendar"
	"github.com/gongkai/gongkai/internal/fault"
)

var errSelf = fault.New(fault.Usage, "position.self", "不能给自己增加或改动岗位，请另一位管理员来办")

// savePosition keeps a position and writes it down. was is nil for a new one.
func (w *work) savePosition(ctx context.Context, action, cause string, was *account.Position, p account.Position) error {
	if err := w.tx.SavePosition(ctx, p); err != nil {
		return err
	}
	var old any
	if was != nil {
		old = *was
	}
	return w.note(ctx, audit.Note{Action: action, Subject: about(p.Person), Agency: p.Agency, Cause: cause}, account.ManagePerson, old, p)
}

// addPosition gives a position that the actor may give.
func (w *work) addPosition(ctx context.Context, p account.Position) (string, error) {
	if err := w.position(ctx, &p); err != nil {
		return "", err
	}
	id, err := w.tx.NewID()
	if err != nil {
		return "", err
	}
	p.ID = id
	return id, w.savePosition(ctx, "position.add", "", nil, p)
}

// position judges a position that is given: the agency and the section are there on its first day, and the actor holds
// what it allows.
func (w *work) position(ctx context.Context, p *account.Position) error {
	p.Title = strings.TrimSpace(p.Title)
	if err := p.Check(); err != nil {
		return err
	}
	if _, ok := w.reg.at(p.Agency, p.From); !ok {
		return fault.New(fault.Usage, "position.from", "任职开始那天还没有（或已没有）这家机关，请改日期")
	}
	if p.Section != "" && !slices.ContainsFunc(w.reg.sections[p.Agency], func(s agency.Section) bool {
		return s.ID == p.Section && !p.From.Before(s.From) && (s.To.IsZero() || !p.From.After(s.To))
	}) {
		return fault.New(fault.Usage, "position.section", "这家机关那天没有这个股室，请重新选择")
	}
	role, err := w.role(ctx, p.Role)
	if err != nil {
		return err
	}
	return w.give(role.Perms, p.Agency, p.Subtree)
}

// AddPosition gives somebody a position. serial is the person's, 0 for whatever it is. Errors: fault.NotFound; fault.Usage for
// oneself and for what the actor does not hold; fault.Conflict for a closed account or an older state.
func (s *Service) AddPosition(ctx context.Context, by account.Actor, p account.Position, serial int) (id string, err error) {
	err = s.update(ctx, by, func(w *work) error {
		who, err := w.serving(ctx, p.Person, serial)
		if err != nil {
			return err
		}
		if by.Person == p.Person {
			return errSelf
		}
		if !w.can(account.ManagePerson, p.Agency) {
			return errNoAgency
		}
		if id, err = w.addPosition(ctx, p); err != nil {
			return err
		}
		if err := w.tx.SavePerson(ctx, who); err != nil {
			return err
		}
		p.ID = id
		return w.tellPosition(ctx, "新增", p)
	})
	return id, err
}

// serving reads somebody with an open account whom the actor may see.
func (w *work) serving(ctx context.Context, id account.PersonID, serial int) (account.Person, error) {
	p, _, err := w.person(ctx, id)
	if err != nil {
		return p, err
	}
	if serial != 0 && serial != p.Serial {
		return p, errStale
	}
	if !p.Closed.IsZero() {
		return p, fault.New(fault.Conflict, "person.closed", "这个账号已经停用了，请先重新启用")
	}
	return p, nil
}

// ownPosition finds one position of somebody, where the actor manages persons or is that person.
func (w *work) ownPosition(ctx context.Context, person account.PersonID, id string) (account.Position, error) {
	_, positions, err := w.person(ctx, person)
	if err != nil {
		return account.Position{}, err
	}
	i := slices.IndexFunc(positions, func(p account.Position) bool { return p.ID == id })
	if i < 0 || w.by.Person != person && !w.can(account.ManagePerson, positions[i].Agency) {
		return account.Position{}, errNoPosition
	}
	return positions[i], nil
}

// AmendPosition makes a position another: another agency, section, title, role, reach or time. It is giving as AddPosition
// is. Errors: as there.
func (s *Service) AmendPosition(ctx context.Context, by account.Actor, p account.Position, serial int) error {
	return s.update(ctx, by, func(w *work) error {
		who, err := w.serving(ctx, p.Person, serial)
		if err != nil {
			return err
		}
		was, err := w.ownPosition(ctx, p.Person, p.ID)
		if err != nil {
			return err
		}
		if by.Person == p.Person {
			return errSelf
		}
		if !w.can(account.ManagePerson, p.Agency) {
			return errNoAgency
		}
		if err := w.position(ctx, &p); err != nil {
			return err
		}
		keep, err := w.keepers(ctx)
		if err != nil {
			return err
		}
		if err := w.savePosition(ctx, "position.amend", "", &was, p); err != nil {
			return err
		}
		if err := w.tx.SavePerson(ctx, who); err != nil {
			return err
		}
		if err := w.tellPosition(ctx, "改为", p); err != nil {
			return err
		}
		return keep.check(ctx)
	})
}

// EndPosition ends a position; last is its last day. One that has not begun never will. Somebody may end their own.
// Errors: fault.NotFound; fault.Usage for a day after its end; fault.Conflict for the last who manages persons.
func (s *Service) EndPosition(ctx context.Context, by account.Actor, person account.PersonID, id string, last calendar.Date, reason string) error {
	return s.update(ctx, by, func(w *work) error {
		was, err := w.ownPosition(ctx, person, id)
		if err != nil {
			return err
		}
		if last.IsZero() || !was.To.IsZero() && last.After(was.To) {
			return fault.New(fault.Usage, "position.to", "请填写最后一天，不晚于原来的结束日期")
		}
		keep, err := w.keepers(ctx)
		if err != nil {
			return err
		}
		p := was
		p.To = before(last.AddDays(1), p.From)
		if err := w.savePosition(ctx, "position.end", strings.TrimSpace(reason), &was, p); err != nil {
			return err
		}
		who, err := w.tx.Person(ctx, person)
		if err != nil {
			return err
		}
		if err := w.tx.SavePerson(ctx, who); err != nil {
			return err
		}
		if err := w.tellPosition(ctx, "结束", p); err != nil {
			return err
		}
		return keep.check(ctx)
	})
}

// holdsAllOf refuses whoever does not hold all that somebody holds between two days, themselves and for those they stand in
// for. No date for the second is for ever.
func (w *work) holdsAllOf(ctx context.Context, id account.PersonID, from, to calendar.Date) error {
	people := []account.PersonID{id}
	deputies, err := w.tx.Deputies(ctx, people)
	if err != nil {
		return err
	}
	for _, d := range deputies {
		if d.By == id && !d.To.Before(from) {
			people = append(people, d.Of)
		}
	}
	return w.holdsPositions(ctx, people, from, to)
}

func (w *work) holdsPositions(ctx context.Context, people []account.PersonID, from, to calendar.Date) error {
	positions, err := w.tx.Positions(ctx, people)
	if err != nil {
		return err
	}
	for _, p := range positions {
		over := !p.To.IsZero() && (p.To.Before(from) || p.To.Before(p.From)) || !to.IsZero() && p.From.After(to)
		if over {
			continue
		}
		role, err := w.role(ctx, p.Role)
		if err != nil {
			return err
		}
		if err := w.give(role.Perms, p.Agency, p.Subtree); err != nil {
			return err
		}
	}
	return nil
}

func (w *work) saveDeputy(ctx context.Context, action string, was *account.Deputy, d account.Deputy, at agency.ID) error {
	if err := w.tx.SaveDeputy(ctx, d); err != nil {
		return err
	}
	var old any
	if was != nil {
		old = *was
	}
	return w.note(ctx, audit.Note{Action: action, Subject: about(d.Of), Agency: at, Cause: d.Reason}, account.ManagePerson, old, d)
}

// SetDeputy lets somebody stand in for another. One's own leave one arranges oneself; that of others is arranged by who
// manages them and holds all that they hold, and never to one's own benefit. Errors: fault.NotFound; fault.Usage;
// fault.Conflict for a closed account.
func (s *Service) SetDeputy(ctx context.Context, by account.Actor, d account.Deputy) (id string, err error) {
	err = s.update(ctx, by, func(w *work) error {
		d.Reason = strings.TrimSpace(d.Reason)
		if err := d.Check(); err != nil {
			return err
		}
		if d.To.Before(w.today) {
			return fault.New(fault.Usage, "deputy.dates", "代理已经过期，请改日期")
		}
		if _, err := w.serving(ctx, d.Of, 0); err != nil {
			return err
		}
		if _, err := w.serving(ctx, d.By, 0); err != nil {
			return err
		}
		_, positions, err := w.person(ctx, d.Of)
		if err != nil {
			return err
		}
		until := w.today // of what one will hold later nobody but oneself has to answer
		if by.Person != d.Of {
			until = d.To
			if !w.managesAll(positions) {
				return errNoPerson
			}
			if by.Person == d.By {
				return fault.New(fault.Usage, "deputy.self", "不能指定自己代理别人，请本人或另一位管理员来办")
			}
		}
		if err := w.holdsPositions(ctx, []account.PersonID{d.Of}, w.today, until); err != nil {
			return err
		}
		if d.ID, err = w.tx.NewID(); err != nil {
			return err
		}
		id = d.ID
		if err := w.saveDeputy(ctx, "deputy.set", nil, d, w.home(positions)); err != nil {
			return err
		}
		return w.tellDeputy(ctx, d, w.home(positions))
	})
	return id, err
}

// EndDeputy ends a deputy from today on: by either of the two, or by who manages the one on leave. Errors: fault.NotFound;
// fault.Conflict when it has ended.
func (s *Service) EndDeputy(ctx context.Context, by account.Actor, of account.PersonID, id string) error {
	return s.update(ctx, by, func(w *work) error {
		_, positions, err := w.person(ctx, of)
		if err != nil {
			return err
		}
		all, err := w.tx.Deputies(ctx, []account.PersonID{of})
		if err != nil {
			return err
		}
		i := slices.IndexFunc(all, func(d account.Deputy) bool { return d.ID == id && d.Of == of })
		if i < 0 || by.Person != of && by.Person != all[i].By && !w.managesAll(positions) {
			return errNoDeputy
		}
		d := all[i]
		if d.To.Before(w.today) {
			return fault.New(fault.Conflict, "deputy.ended", "这条代理已经结束了")
		}
		was := d
		d.To = before(w.today, d.From)
		return w.saveDeputy(ctx, "deputy.end", &was, d, w.home(positions))
	})
}
