package app

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/gongkai/gongkai/internal/access"
	"github.com/gongkai/gongkai/internal/account"
	"github.com/gongkai/gongkai/internal/agency"
	"github.com/gongkai/gongkai/internal/audit"
	"github.com/gongkai/gongkai/internal/calendar"
	"github.com/gongkai/gongkai/internal/filing"
	"github.com/gongkai/gongkai/internal/office"
	"github.com/gongkai/gongkai/internal/report"
	"github.com/gongkai/gongkai/internal/store"
	"github.com/gongkai/gongkai/internal/web/door"
	"github.com/gongkai/gongkai/internal/web/ui"
)

// keepers are those who keep the calendar.
func (s *System) keepers(ctx context.Context) ([]account.PersonID, error) {
	return s.holding(ctx, func(_ account.Position, perms []account.Perm) bool {
		return slices.Contains(perms, account.ManageSetting)
	})
}

// members are those who work in a section.
func (s *System) members(ctx context.Context, a agency.ID, section agency.SectionID) ([]account.PersonID, error) {
	return s.holding(ctx, func(p account.Position, _ []account.Perm) bool {
		return p.Agency == a && (section == "" || p.Section == section)
	})
}

// holding lists the people with a position today of which want says yes.
func (s *System) holding(ctx context.Context, want func(account.Position, []account.Perm) bool) (out []account.PersonID, err error) {
	err = store.Office(s.DB).View(ctx, func(tx office.Tx) error {
		today := calendar.On(tx.Now())
		running, err := tx.Running(ctx, today)
		if err != nil {
			return err
		}
		site, err := tx.Roles(ctx)
		if err != nil {
			return err
		}
		perms := map[account.RoleKey][]account.Perm{}
		for _, r := range account.BuiltRoles() {
			perms[r.Key] = r.Perms
		}
		for _, r := range site {
			perms[r.Key] = r.Perms
		}
		for _, p := range running {
			if p.On(today) && want(p, perms[p.Role]) && !slices.Contains(out, p.Person) {
				out = append(out, p.Person)
			}
		}
		return nil
	})
	return out, err
}

// viewer names who is signed in: the position at the agency that they work for, and how many notices wait.
func (s *System) viewer(ctx context.Context, by account.Actor) (ui.Viewer, error) {
	v := ui.Viewer{Name: by.Name}
	n, err := s.Notice.Unread(ctx, personOf(by))
	if err != nil {
		return v, err
	}
	v.Notices = n
	post, err := s.DB.PostOf(ctx, by.Person, by.Agency)
	if err != nil {
		return v, err
	}
	v.Agency, v.Position = post.Agency, post.Title
	if v.Position == "" {
		v.Position = roleName(post.Role)
	}
	return v, nil
}

func roleName(key account.RoleKey) string {
	for _, r := range account.BuiltRoles() {
		if r.Key == key {
			return r.Name
		}
	}
	return ""
}

// roster is the agencies of the tree of a year that hand in a report for it; 0 is this year.
func (s *System) roster(ctx context.Context, year int) ([]filing.Agency, error) {
	if year == 0 {
		year = calendar.On(s.now()).Year()
	}
	list, err := s.Office.Expected(ctx, account.System("filing"), "", year)
	out := make([]filing.Agency, 0, len(list))
	for _, e := range list {
		name := e.Name
		if len(e.Names) > 0 {
			name = e.Names[0] // of that year
		}
		out = append(out, filing.Agency{Name: name, Group: e.Group})
	}
	return out, err
}

// history says what the agencies of a list were in a year: under which name, and which ones stood where one of them has taken
// over since.
func (s *System) history(ctx context.Context, list []filing.Agency, year int) (filing.History, error) {
	day := calendar.NewDate(year, time.December, 31)
	if today := calendar.On(s.now()); day.After(today) {
		day = today
	}
	var reg office.Registry
	err := store.Office(s.DB).View(ctx, func(tx office.Tx) (err error) {
		reg, err = tx.Registry(ctx)
		return err
	})
	if err != nil {
		return nil, err
	}
	out := filing.History{}
	for _, a := range list {
		if then := thenOf(reg, a.Name, day); then != nil {
			out[a.Name] = then
		}
	}
	return out, nil
}

// thenOf is what an agency was on a day, nil where it stood for itself or nothing is known.
func thenOf(reg office.Registry, name string, day calendar.Date) []filing.Then {
	key := report.AgencyKey(name)
	var id agency.ID
	var last calendar.Date
	for _, v := range reg.Versions {
		if report.AgencyKey(v.Name) == key && !v.From.Before(last) {
			id, last = v.Agency, v.From
		}
	}
	on := func(id agency.ID) (string, bool) {
		i := slices.IndexFunc(reg.Versions, func(v agency.Version) bool { return v.Agency == id && v.On(day) })
		if i < 0 {
			return "", false
		}
		return reg.Versions[i].Name, true
	}
	var out []filing.Then
	was, there := on(id)
	if there {
		out = append(out, filing.Then{Name: was, Same: true})
	}
	for _, x := range reg.Successions {
		if before, ok := on(x.From); ok && x.Into == id && x.On.After(day) {
			out = append(out, filing.Then{Name: before})
		}
	}
	if len(out) == 1 && there && report.AgencyKey(was) == key {
		return nil
	}
	return out
}

// setup lets the first run make the office.
type setup struct{ s *System }

func (f setup) Fresh(ctx context.Context) (bool, error) {
	started, err := f.s.Office.Started(ctx)
	return !started, err
}

func (f setup) SetUp(ctx context.Context, in door.FirstRun) error {
	person := account.Person{Name: in.Name, Account: in.Account}
	if err := person.Check(); err != nil {
		return err
	}
	hash, err := f.s.Access.NewHash(ctx, in.Password, person)
	if err != nil {
		return err
	}
	first := office.First{Agency: agency.Version{Name: in.Office, Kind: agency.Kind(in.Kind), Level: agency.Level(in.Level)},
		Sections: in.Sections, Person: person, Hash: hash, Role: account.RegionAdmin, Title: in.Title}
	if in.Government != "" {
		first.Government = &agency.Version{Name: in.Government, Kind: agency.Government, Level: agency.Level(in.Level)}
	}
	if _, err = f.s.Office.SetUp(ctx, account.System("setup"), first); err != nil {
		return err
	}
	return f.s.ownPassword(ctx, account.System("setup"), in.Account)
}

// ownPassword says that the password of an account was chosen by whoever uses it, so that it need not be changed.
func (s *System) ownPassword(ctx context.Context, by account.Actor, name string) error {
	return store.Access(s.DB).Update(ctx, func(tx access.Tx) error {
		p, ok, err := tx.PersonByAccount(ctx, name)
		if err != nil || !ok {
			return errors.Join(err, fmt.Errorf("app: no account %s", name))
		}
		p.MustChange = false
		if err := tx.SaveProofs(ctx, p); err != nil {
			return err
		}
		return tx.Note(ctx, by, audit.Note{Action: "person.password", Subject: audit.Subject{Kind: "person", ID: string(p.ID)}})
	})
}
