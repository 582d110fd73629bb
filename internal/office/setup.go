package office

import (
	"context"
	"slices"

	"github.com/gongkai/gongkai/internal/account"
	"github.com/gongkai/gongkai/internal/agency"
	"github.com/gongkai/gongkai/internal/audit"
	"github.com/gongkai/gongkai/internal/calendar"
	"github.com/gongkai/gongkai/internal/fault"
)

func today(tx Tx) calendar.Date { return calendar.On(tx.Now()) }

// First is what a system begins with.
type First struct {
	Government *agency.Version // above the agency, nil where there is none to be kept
	Agency     agency.Version
	Sections   []string
	From       calendar.Date // since when they are there; no date is the first of January of this year
	Person     account.Person
	Hash       string          // of the first password
	Role       account.RoleKey // RegionAdmin or OfficeAdmin
	Title      string
}

// Started reports whether there is somebody who works with the system.
func (s *Service) Started(ctx context.Context) (started bool, err error) {
	err = s.store.View(ctx, func(tx Tx) error {
		started, err = tx.AnyPerson(ctx)
		return err
	})
	return started, err
}

// SetUp makes the first agency, the government above it, its sections, and the first administrator, whose role reaches from
// the root of the tree down. It is done once, by the program itself, while there is nobody.
// Errors: fault.Conflict when there is somebody; fault.Usage, as Create and OpenAccount.
func (s *Service) SetUp(ctx context.Context, by account.Actor, f First) (id account.PersonID, err error) {
	if !by.IsSystem() {
		return "", errNoAgency
	}
	err = s.update(ctx, by, func(w *work) error {
		started, err := w.tx.AnyPerson(ctx)
		if err != nil {
			return err
		}
		if started || len(w.reg.versions) > 0 {
			return fault.New(fault.Conflict, "office.started", "系统已经初始化过了，请用已有的管理员账号登录")
		}
		if f.Role != account.RegionAdmin && f.Role != account.OfficeAdmin {
			return fault.New(fault.Usage, "position.role", "第一位管理员只能是主管部门管理员或机关管理员")
		}
		if f.From.IsZero() {
			f.From = calendar.NewDate(w.today.Year(), 1, 1)
		}
		root, at, err := w.plant(ctx, f)
		if err != nil {
			return err
		}
		// At home in the office, in charge from the government down.
		id, err = w.openAccount(ctx, NewPerson{Person: f.Person, Hash: f.Hash,
			Position: account.Position{Agency: at, Role: f.Role, Title: f.Title, Subtree: true, From: w.today}})
		if err != nil || root == at {
			return err
		}
		_, err = w.addPosition(ctx, account.Position{Person: id, Agency: root, Role: f.Role, Title: f.Title, Subtree: true, From: w.today})
		return err
	})
	return id, err
}

// plant makes the first agencies and returns the root and the office.
func (w *work) plant(ctx context.Context, f First) (root, at agency.ID, err error) {
	e := w.edit()
	when := When{From: f.From, Reason: "初始化"}
	if f.Government != nil {
		fresh, err := w.tx.NewID()
		if err != nil {
			return "", "", err
		}
		root = agency.ID(fresh)
		gov := *f.Government
		gov.Agency, gov.Superior = root, ""
		if err := e.create(ctx, gov, nil, when); err != nil {
			return "", "", err
		}
	}
	fresh, err := w.tx.NewID()
	if err != nil {
		return "", "", err
	}
	at = agency.ID(fresh)
	office := f.Agency
	office.Agency, office.Superior = at, root
	if err := e.create(ctx, office, f.Sections, when); err != nil {
		return "", "", err
	}
	if root == "" {
		root = at
	}
	err = e.commit(ctx)
	if err == nil {
		err = w.tx.Note(ctx, w.by, audit.Note{Action: "office.setup", Subject: subject(root), Agency: root})
	}
	return root, at, err
}

// members fills in what hangs on persons: positions at agencies that the actor sees, deputies, names.
func (w *work) members(ctx context.Context, people []account.Person) ([]Member, error) {
	ids := make([]account.PersonID, len(people))
	for i, p := range people {
		ids[i] = p.ID
	}
	positions, err := w.tx.Positions(ctx, ids)
	if err != nil {
		return nil, err
	}
	held, err := w.held(ctx, positions, people...)
	if err != nil {
		return nil, err
	}
	deputies, err := w.tx.Deputies(ctx, ids)
	if err != nil {
		return nil, err
	}
	names, err := w.names(ctx, people, deputies)
	if err != nil {
		return nil, err
	}
	out := make([]Member, len(people))
	for i, p := range people {
		own := slices.DeleteFunc(slices.Clone(positions), func(x account.Position) bool { return x.Person != p.ID })
		m := Member{Person: p, Manage: w.managesAll(own), Reveal: w.reveals(own)}
		for _, h := range held {
			if h.Person == p.ID && (w.by.Person == p.ID || w.sees(h.Agency) || w.can(account.ManagePerson, h.Agency)) {
				m.Positions = append(m.Positions, h)
			}
		}
		for _, d := range deputies {
			if d.Of == p.ID || d.By == p.ID {
				m.Deputies = append(m.Deputies, Substitute{d, names[d.Of], names[d.By]})
			}
		}
		out[i] = m
	}
	return out, nil
}

func (w *work) names(ctx context.Context, people []account.Person, deputies []account.Deputy) (map[account.PersonID]string, error) {
	names := map[account.PersonID]string{}
	for _, p := range people {
		names[p.ID] = p.Name
	}
	for _, d := range deputies {
		for _, id := range []account.PersonID{d.Of, d.By} {
			if _, ok := names[id]; ok {
				continue
			}
			p, err := w.tx.Person(ctx, id)
			if err != nil {
				return nil, err
			}
			names[id] = p.Name
		}
	}
	return names, nil
}

// held writes names beside positions. Persons that are known already are not read again.
func (w *work) held(ctx context.Context, positions []account.Position, known ...account.Person) ([]Held, error) {
	roles, err := w.roles(ctx)
	if err != nil {
		return nil, err
	}
	people := map[account.PersonID]account.Person{}
	for _, p := range known {
		people[p.ID] = p
	}
	out := make([]Held, len(positions))
	for i, p := range positions {
		who, ok := people[p.Person]
		if !ok {
			if who, err = w.tx.Person(ctx, p.Person); err != nil {
				return nil, err
			}
			people[p.Person] = who
		}
		h := Held{Position: p, Name: who.Name, Account: who.Account, At: w.reg.name(p.Agency), As: string(p.Role)}
		for _, s := range w.reg.sections[p.Agency] {
			if s.ID == p.Section {
				h.In = s.Name
			}
		}
		for _, r := range roles {
			if r.Key == p.Role {
				h.As = r.Name
			}
		}
		out[i] = h
	}
	return out, nil
}
