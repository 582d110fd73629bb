package office

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gongkai/gongkai/internal/account"
	"github.com/gongkai/gongkai/internal/agency"
	"github.com/gongkai/gongkai/internal/audit"
	"github.com/gongkai/gongkai/internal/calendar"
	"github.com/gongkai/gongkai/internal/fault"
)

// Member is a person as others see them: phone and e-mail masked, positions of the agencies that one may see.
type Member struct {
	account.Person
	Positions []Held       // oldest first
	Deputies  []Substitute // for and of the person, oldest first
	Manage    bool         // the actor may change the person
	Reveal    bool         // the actor may see what is masked, with a reason
}

// Substitute is a deputy with the names of both.
type Substitute struct {
	account.Deputy
	OfName, ByName string
}

// NewPerson is what an account is opened with.
type NewPerson struct {
	Person   account.Person // name, account, phone, e-mail
	Hash     string         // of the first password, which has to be changed at once
	Position account.Position
}

// homes are the agencies that decide who may manage a person: those of positions that run or are to come, else those of the
// last position.
func (w *work) homes(positions []account.Position) []agency.ID {
	var now, last []agency.ID
	for _, p := range positions {
		last = []agency.ID{p.Agency}
		if p.To.IsZero() || !p.To.Before(w.today) {
			now = append(now, p.Agency)
		}
	}
	if len(now) > 0 {
		return now
	}
	return last
}

// managesAll reports whether the actor manages persons at each of somebody's agencies.
func (w *work) managesAll(positions []account.Position) bool {
	homes := w.homes(positions)
	return len(homes) > 0 && !slices.ContainsFunc(homes, func(id agency.ID) bool { return !w.can(account.ManagePerson, id) })
}

// person reads somebody with their positions. What the actor may not see does not exist.
func (w *work) person(ctx context.Context, id account.PersonID) (account.Person, []account.Position, error) {
	p, err := w.tx.Person(ctx, id)
	if errors.Is(err, fault.NotFound) {
		return p, nil, errNoPerson
	}
	if err != nil {
		return p, nil, err
	}
	positions, err := w.tx.Positions(ctx, []account.PersonID{id})
	if err != nil {
		return p, nil, err
	}
	known := w.by.IsSystem() || w.by.Person == id || slices.ContainsFunc(positions, func(p account.Position) bool {
		return w.can(account.SeeAgency, p.Agency) || w.can(account.ManagePerson, p.Agency)
	})
	if !known {
		return p, nil, errNoPerson
	}
	return p, positions, nil
}

// managed reads somebody whom the actor manages: at all their agencies.
func (w *work) managed(ctx context.Context, id account.PersonID, serial int) (account.Person, []account.Position, error) {
	p, positions, err := w.person(ctx, id)
	if err != nil {
		return p, nil, err
	}
	if !w.managesAll(positions) {
		return p, nil, errNoPerson
	}
	if serial != 0 && serial != p.Serial {
		return p, nil, errStale
	}
	return p, positions, nil
}

func about(id account.PersonID) audit.Subject { return audit.Subject{Kind: "person", ID: string(id)} }

func (w *work) home(positions []account.Position) agency.ID {
	if homes := w.homes(positions); len(homes) > 0 {
		return homes[0]
	}
	return ""
}

// OpenAccount takes somebody in, with a first position. Errors: fault.NotFound for an agency where the actor manages nobody;
// fault.Usage, also for a role that the actor does not hold; fault.Conflict for an account name that is taken.
func (s *Service) OpenAccount(ctx context.Context, by account.Actor, n NewPerson) (id account.PersonID, err error) {
	err = s.update(ctx, by, func(w *work) error {
		if !w.can(account.ManagePerson, n.Position.Agency) {
			return errNoAgency
		}
		id, err = w.openAccount(ctx, n)
		return err
	})
	return id, err
}

func (w *work) openAccount(ctx context.Context, n NewPerson) (account.PersonID, error) {
	p := n.Person
	p.Name, p.Account = strings.TrimSpace(p.Name), strings.TrimSpace(p.Account)
	p.Phone, p.Email = strings.TrimSpace(p.Phone), strings.TrimSpace(p.Email)
	p.Created, p.Closed, p.Serial, p.MustChange = w.tx.Now(), time.Time{}, 0, true
	if err := p.Check(); err != nil {
		return "", err
	}
	if n.Hash == "" {
		return "", fault.New(fault.Usage, "person.password", "请先生成初始密码")
	}
	if err := w.free(ctx, p.Account, ""); err != nil {
		return "", err
	}
	fresh, err := w.tx.NewID()
	if err != nil {
		return "", err
	}
	p.ID = account.PersonID(fresh)
	if err := w.tx.SavePerson(ctx, p); err != nil {
		return "", err
	}
	if err := w.tx.SaveContact(ctx, p.ID, p.Phone, p.Email); err != nil {
		return "", err
	}
	if err := w.tx.SetPassword(ctx, p.ID, n.Hash); err != nil {
		return "", err
	}
	if err := w.note(ctx, audit.Note{Action: "person.create", Subject: about(p.ID), Agency: n.Position.Agency}, account.ManagePerson, nil, p); err != nil {
		return "", err
	}
	n.Position.Person = p.ID
	_, err = w.addPosition(ctx, n.Position)
	return p.ID, err
}

func (w *work) free(ctx context.Context, name string, self account.PersonID) error {
	other, taken, err := w.tx.PersonOf(ctx, name)
	if err != nil {
		return err
	}
	if taken && other != self {
		return fault.New(fault.Conflict, "person.account_taken", fmt.Sprintf("账号“%s”已经有人用了，请换一个", name))
	}
	return nil
}

// AmendPerson changes name, account, phone and e-mail. A nil contact stays as it is.
// Errors: fault.NotFound; fault.Usage; fault.Conflict for a name that is taken or an older state.
func (s *Service) AmendPerson(ctx context.Context, by account.Actor, to account.Person, phone, email *string) error {
	return s.update(ctx, by, func(w *work) error {
		p, positions, err := w.managed(ctx, to.ID, to.Serial)
		if err != nil {
			return err
		}
		was := p
		if was.Phone, err = w.tx.OpenField(ctx, p.ID, "phone"); err != nil {
			return err
		}
		if was.Email, err = w.tx.OpenField(ctx, p.ID, "email"); err != nil {
			return err
		}
		is := was
		is.Name, is.Account = strings.TrimSpace(to.Name), strings.TrimSpace(to.Account)
		if phone != nil {
			is.Phone = strings.TrimSpace(*phone)
		}
		if email != nil {
			is.Email = strings.TrimSpace(*email)
		}
		if err := is.Check(); err != nil {
			return err
		}
		if err := w.free(ctx, is.Account, is.ID); err != nil {
			return err
		}
		if err := w.tx.SavePerson(ctx, is); err != nil {
			return err
		}
		if err := w.tx.SaveContact(ctx, is.ID, is.Phone, is.Email); err != nil {
			return err
		}
		return w.note(ctx, audit.Note{Action: "person.amend", Subject: about(is.ID), Agency: w.home(positions)}, account.ManagePerson, was, is)
	})
}

// CloseAccount closes an account from now on: positions and deputies end, sessions end. The person stays in the record.
// Errors: fault.NotFound; fault.Usage for oneself; fault.Conflict for an older state, or the last who manages persons.
func (s *Service) CloseAccount(ctx context.Context, by account.Actor, id account.PersonID, serial int, reason string) error {
	return s.update(ctx, by, func(w *work) error {
		if by.Person == id {
			return fault.New(fault.Usage, "person.self", "不能停用自己的账号，请另一位管理员来办")
		}
		reason, err := checkReason("person.reason", reason)
		if err != nil {
			return err
		}
		p, positions, err := w.managed(ctx, id, serial)
		if err != nil {
			return err
		}
		if !p.Closed.IsZero() {
			return fault.New(fault.Conflict, "person.closed", "这个账号已经停用了")
		}
		keep, err := w.keepers(ctx)
		if err != nil {
			return err
		}
		was := p
		p.Closed = w.tx.Now()
		if err := w.tx.SavePerson(ctx, p); err != nil {
			return err
		}
		if err := w.note(ctx, audit.Note{Action: "person.close", Subject: about(id), Agency: w.home(positions), Cause: reason}, account.ManagePerson, was, p); err != nil {
			return err
		}
		if err := w.endAll(ctx, id, positions); err != nil {
			return err
		}
		if err := w.tx.EndSessions(ctx, id); err != nil {
			return err
		}
		return keep.check(ctx)
	})
}

func (w *work) endAll(ctx context.Context, id account.PersonID, positions []account.Position) error {
	for _, pos := range positions {
		if !pos.To.IsZero() && pos.To.Before(w.today) {
			continue
		}
		was := pos
		pos.To = before(w.today, pos.From)
		if err := w.savePosition(ctx, "position.end", "账号停用", &was, pos); err != nil {
			return err
		}
	}
	deputies, err := w.tx.Deputies(ctx, []account.PersonID{id})
	if err != nil {
		return err
	}
	for _, d := range deputies {
		if d.To.Before(w.today) {
			continue
		}
		was := d
		d.To = before(w.today, d.From)
		if err := w.saveDeputy(ctx, "deputy.end", &was, d, w.home(positions)); err != nil {
			return err
		}
	}
	return nil
}

// Reopen opens a closed account again, with a new first password. It holds nothing until it is given a position.
// Errors: fault.NotFound; fault.Usage for oneself; fault.Conflict when it is open, or for an older state.
func (s *Service) Reopen(ctx context.Context, by account.Actor, id account.PersonID, serial int, hash string) error {
	return s.credential(ctx, by, id, serial, hash, "person.reopen", func(w *work, p *account.Person) error {
		if p.Closed.IsZero() {
			return fault.New(fault.Conflict, "person.open", "这个账号没有停用")
		}
		p.Closed = time.Time{}
		return nil
	})
}

// ResetPassword gives somebody a new first password and ends their sessions. Whoever resets a password could sign in with
// it, so they have to hold all that the person holds. Errors: fault.NotFound; fault.Usage; fault.Conflict.
func (s *Service) ResetPassword(ctx context.Context, by account.Actor, id account.PersonID, serial int, hash string) error {
	return s.credential(ctx, by, id, serial, hash, "person.password", func(w *work, p *account.Person) error {
		if !p.Closed.IsZero() {
			return fault.New(fault.Conflict, "person.closed", "这个账号已经停用了，请先重新启用")
		}
		return nil
	})
}

func (s *Service) credential(ctx context.Context, by account.Actor, id account.PersonID, serial int, hash, action string,
	to func(*work, *account.Person) error) error {
	return s.update(ctx, by, func(w *work) error {
		if by.Person == id {
			return fault.New(fault.Usage, "person.self", "自己的密码请在“修改密码”里改")
		}
		if hash == "" {
			return fault.New(fault.Usage, "person.password", "请先生成初始密码")
		}
		p, positions, err := w.managed(ctx, id, serial)
		if err != nil {
			return err
		}
		was := p
		if err := to(w, &p); err != nil {
			return err
		}
		if err := w.holdsAllOf(ctx, id, w.today, calendar.Date{}); err != nil {
			return err
		}
		p.MustChange = true
		if err := w.tx.SavePerson(ctx, p); err != nil {
			return err
		}
		if err := w.tx.SetPassword(ctx, id, hash); err != nil {
			return err
		}
		if err := w.tx.EndSessions(ctx, id); err != nil {
			return err
		}
		home := w.home(positions)
		if err := w.tell(ctx, Telling{Kind: TellPassword, To: id, Agency: home, Key: string(id) + " " + strconv.Itoa(was.Serial)}); err != nil {
			return err
		}
		return w.note(ctx, audit.Note{Action: action, Subject: about(id), Agency: home}, account.ManagePerson, was, p)
	})
}

// Reveal shows a protected field of a person in full: "phone" or "email". That it was shown, to whom and why, goes into the
// record; the value does not. Errors: fault.NotFound; fault.Usage for a field or a reason that is none.
// Legal: 个人信息保护法 第六条, 第五十一条.
func (s *Service) Reveal(ctx context.Context, by account.Actor, id account.PersonID, field, reason string) (value string, err error) {
	err = s.update(ctx, by, func(w *work) error {
		if field != "phone" && field != "email" {
			return fault.New(fault.Usage, "person.field", "只有电话和电子邮箱可以查看全文")
		}
		_, positions, err := w.person(ctx, id)
		if err != nil {
			return err
		}
		if !w.reveals(positions) {
			return errNoPerson
		}
		reason, err := checkReason("person.reason", reason)
		if err != nil {
			return err
		}
		if value, err = w.tx.OpenField(ctx, id, field); err != nil {
			return err
		}
		return w.note(ctx, audit.Note{Action: "person.unmask", Subject: about(id), Agency: w.home(positions), Cause: reason,
			Changes: []audit.Change{{Field: field}}}, account.Unmask, nil, nil)
	})
	return value, err
}

func (w *work) reveals(positions []account.Position) bool {
	return slices.ContainsFunc(w.homes(positions), func(id agency.ID) bool { return w.can(account.Unmask, id) })
}

// People lists persons within the scope of the actor, by account. Errors: those of the store.
func (s *Service) People(ctx context.Context, by account.Actor, q Query) (list []Member, err error) {
	err = s.view(ctx, by, func(w *work) error {
		if q.Limit <= 0 {
			q.Limit = 200
		}
		scope := by.Scope(account.SeeAgency)
		scope.Roots = append(scope.Roots, by.Scope(account.ManagePerson).Roots...)
		people, err := w.tx.People(ctx, scope, q)
		if err != nil {
			return err
		}
		list, err = w.members(ctx, people)
		return err
	})
	return list, err
}

// Person is one person. Errors: fault.NotFound.
func (s *Service) Person(ctx context.Context, by account.Actor, id account.PersonID) (m Member, err error) {
	err = s.view(ctx, by, func(w *work) error {
		p, _, err := w.person(ctx, id)
		if err != nil {
			return err
		}
		all, err := w.members(ctx, []account.Person{p})
		if err == nil {
			m = all[0]
		}
		return err
	})
	return m, err
}
