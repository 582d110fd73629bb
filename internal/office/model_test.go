package office_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/gongkai/gongkai/internal/account"
	"github.com/gongkai/gongkai/internal/agency"
	"github.com/gongkai/gongkai/internal/calendar"
	"github.com/gongkai/gongkai/internal/fault"
	"github.com/gongkai/gongkai/internal/office"
)

// right is one thing that somebody may do at one agency, and below it.
type right struct {
	perm    account.Perm
	at      agency.ID
	subtree bool
}

// rights works out, from the rows alone, what everybody may do on a day, by the tree of that day.
func (m *memory) rights(rt *rapid.T, on calendar.Date) map[account.PersonID]map[right]bool {
	var all []agency.Version
	for _, list := range m.versions {
		all = append(all, list...)
	}
	tree, err := agency.NewTree(on, all, nil)
	if err != nil {
		rt.Fatalf("on %s the tree is none: %v", on, err)
	}
	roles := map[account.RoleKey][]account.Perm{}
	for _, r := range account.BuiltRoles() {
		roles[r.Key] = r.Perms
	}
	for k, r := range m.roles {
		roles[k] = r.Perms
	}
	own := func(id account.PersonID) map[right]bool {
		out := map[right]bool{}
		for _, p := range m.positions {
			if p.Person != id || !p.On(on) || tree.Path(p.Agency) == "" {
				continue
			}
			for _, perm := range roles[p.Role] {
				out[right{perm, p.Agency, false}] = true
				if !p.Subtree {
					continue
				}
				for _, a := range tree.Below(p.Agency) {
					out[right{perm, a.Agency, true}], out[right{perm, a.Agency, false}] = true, true
				}
			}
		}
		return out
	}
	out := map[account.PersonID]map[right]bool{}
	for id, p := range m.people {
		out[id] = map[right]bool{}
		if !p.Closed.IsZero() {
			continue
		}
		maps.Copy(out[id], own(id))
		for _, d := range m.deputies {
			if d.By == id && d.On(on) && m.people[d.Of].Closed.IsZero() {
				maps.Copy(out[id], own(d.Of))
			}
		}
	}
	return out
}

// model plays people of an office who try everything.
type model struct {
	*site
	rt *rapid.T
}

func pick[K ~string, V any](rt *rapid.T, label string, all map[K]V) K {
	return rapid.SampledFrom(slices.Sorted(maps.Keys(all))).Draw(rt, label)
}

func (m *model) agency() agency.ID     { return pick(m.rt, "agency", m.versions) }
func (m *model) who() account.PersonID { return pick(m.rt, "person", m.people) }
func (m *model) when() calendar.Date {
	return m.today().AddDays(rapid.SampledFrom([]int{0, 0, 0, 1, 20}).Draw(m.rt, "in days"))
}

func (m *model) roleKey() account.RoleKey {
	keys := slices.Sorted(maps.Keys(m.roles))
	for _, r := range account.BuiltRoles() {
		keys = append(keys, r.Key)
	}
	return rapid.SampledFrom(keys).Draw(m.rt, "role")
}

func (m *model) perms() []account.Perm {
	var all []account.Perm
	for _, n := range account.PermNames() {
		all = append(all, n.Value)
	}
	return rapid.SliceOfNDistinct(rapid.SampledFrom(all), 1, 4, rapid.ID[account.Perm]).Draw(m.rt, "perms")
}

func (m *model) position(who account.PersonID) account.Position {
	p := account.Position{Person: who, Agency: m.agency(), Role: m.roleKey(), Subtree: rapid.Bool().Draw(m.rt, "subtree"), From: m.when()}
	if rapid.IntRange(0, 2).Draw(m.rt, "ends") == 0 {
		p.To = p.From.AddDays(10)
	}
	return p
}

func (m *model) one() (account.Position, bool) {
	if len(m.positions) == 0 {
		return account.Position{}, false
	}
	return m.positions[pick(m.rt, "position", m.positions)], true
}

// acts are everything that a person can try, by name.
func (m *model) acts() map[string]func(by account.Actor) error {
	ctx := m.t.Context()
	return map[string]func(account.Actor) error{
		"create": func(by account.Actor) error {
			_, err := m.Create(ctx, by, agency.Version{Name: fmt.Sprintf("示例县%d局", len(m.versions)), Kind: agency.Department, Level: agency.County,
				Superior: m.agency()}, nil, office.When{From: m.when()})
			return err
		},
		"move": func(by account.Actor) error {
			return m.Move(ctx, by, m.agency(), m.agency(), office.When{From: m.when()})
		},
		"close": func(by account.Actor) error {
			return m.Close(ctx, by, m.agency(), nil, office.When{From: m.when().AddDays(1)})
		},
		"open": func(by account.Actor) error {
			if len(m.people) > 12 {
				return nil
			}
			_, err := m.OpenAccount(ctx, by, office.NewPerson{Person: account.Person{Name: "某示例", Account: fmt.Sprintf("p%03d", len(m.people))},
				Hash: "h", Position: m.position("")})
			return err
		},
		"add position": func(by account.Actor) error { _, err := m.AddPosition(ctx, by, m.position(m.who()), 0); return err },
		"amend position": func(by account.Actor) error {
			was, ok := m.one()
			if !ok {
				return nil
			}
			is := m.position(was.Person)
			is.ID = was.ID
			return m.AmendPosition(ctx, by, is, 0)
		},
		"end position": func(by account.Actor) error {
			p, ok := m.one()
			if !ok {
				return nil
			}
			return m.EndPosition(ctx, by, p.Person, p.ID, m.when(), "")
		},
		"deputy": func(by account.Actor) error {
			from := m.when()
			of := m.who()
			if rapid.Bool().Draw(m.rt, "own") {
				of = by.Person
			}
			_, err := m.SetDeputy(ctx, by, account.Deputy{Of: of, By: m.who(), From: from, To: from.AddDays(15), Reason: "外出"})
			return err
		},
		"close account": func(by account.Actor) error { return m.CloseAccount(ctx, by, m.who(), 0, "调离本单位") },
		"reopen": func(by account.Actor) error {
			closed := maps.Clone(m.people)
			maps.DeleteFunc(closed, func(_ account.PersonID, p account.Person) bool { return p.Closed.IsZero() })
			if len(closed) == 0 {
				return nil
			}
			return m.Reopen(ctx, by, pick(m.rt, "closed", closed), 0, "h")
		},
		"create role": func(by account.Actor) error {
			if len(m.roles) > 5 {
				return nil
			}
			_, err := m.CreateRole(ctx, by, account.Role{Name: fmt.Sprint("角色", m.ids), Perms: m.perms()})
			return err
		},
		"amend role": func(by account.Actor) error {
			key := m.roleKey()
			return m.AmendRole(ctx, by, office.Role{Role: account.Role{Key: key, Name: fmt.Sprint("角色", m.ids), Perms: m.perms()}})
		},
	}
}

// TestNothingGivesMoreThanTheGiverHolds lets people of an office try everything in any order. After each act, nobody has a
// right, now or on a day to come, that the one who acted did not have; the tree is a tree on each of these days; closed
// accounts hold nothing; somebody manages persons; places are kept right; what the service says of an actor is what the rows say.
func TestNothingGivesMoreThanTheGiverHolds(t *testing.T) {
	done := map[string]int{}
	rapid.Check(t, func(rt *rapid.T) {
		s := newSite(t)
		m := &model{site: s, rt: rt}
		a := s.build("示例县甲局", s.root, "2020-01-01")
		b := s.build("示例县乙局", s.root, "2020-01-01")
		s.build("示例县稽查队", a, "2020-01-01")
		ok(t, func() error {
			_, err := s.CreateRole(t.Context(), s.boss(), account.Role{Name: "管理员", Perms: []account.Perm{account.SeeAgency, account.ManageAgency,
				account.ManagePerson, account.ManageRole, account.FirstReview}})
			return err
		}())
		var strong account.RoleKey
		for k := range s.roles {
			strong = k
		}
		s.hire("alpha", a, account.OfficeAdmin, true)
		s.hire("beta", b, account.RegionAdmin, true)
		s.hire("gamma", a, strong, true)
		s.hire("delta", s.root, strong, false)
		ok(t, s.CloseAccount(t.Context(), s.boss(), s.hire("gone", a, account.Handler, false), 0, "调离本单位"))
		names := slices.Sorted(maps.Keys(m.acts()))
		for range rapid.IntRange(1, 25).Draw(rt, "acts") {
			if rapid.IntRange(0, 5).Draw(rt, "time") == 0 {
				s.now = s.now.AddDate(0, 0, rapid.IntRange(1, 25).Draw(rt, "days"))
				ok(t, s.RefreshPlaces(t.Context()))
			}
			m.step(rapid.SampledFrom(names).Draw(rt, "act"), done)
		}
	})
	for name := range (&model{site: &site{memory: newMemory(), t: t}}).acts() {
		if done[name] == 0 {
			t.Errorf("%q never came about", name)
		}
	}
}

// above is the right that covers another at an agency that does not exist yet: that at the nearest one above it that does,
// and below.
func (m *model) above(r right, on calendar.Date) right {
	for range agency.MaxDepth {
		for _, v := range m.versions[r.at] {
			if v.On(m.today()) {
				return r
			}
		}
		for _, v := range m.versions[r.at] {
			if v.On(on) {
				r.at, r.subtree = v.Superior, true
				break
			}
		}
	}
	return r
}

// step lets somebody do something, and looks at who may do what before and after.
func (m *model) step(name string, done map[string]int) {
	rt := m.rt
	who := m.admin
	if rapid.IntRange(0, 2).Draw(rt, "the first administrator") > 0 {
		who = m.who()
	}
	by, err := m.Actor(m.t.Context(), who, "session 1")
	if err != nil {
		rt.Fatal(err)
	}
	days := []calendar.Date{m.today(), m.today().AddDays(1), m.today().AddDays(2), m.today().AddDays(12), m.today().AddDays(20), m.today().AddDays(40)}
	var before []map[account.PersonID]map[right]bool
	for _, d := range days {
		before = append(before, m.rights(rt, d))
	}
	known := maps.Clone(m.versions)
	for r := range before[0][by.Person] {
		if !r.subtree && !by.Can(r.perm, m.places[r.at].Path) {
			rt.Fatalf("the rows give %s %v, the actor has %v", by.Person, r, by.Grants)
		}
	}
	entries := len(m.notes)
	if err := m.acts()[name](by); err != nil {
		if fault.CodeOf(err) == "internal" {
			rt.Fatalf("%s: %v", name, err)
		}
		return
	}
	if len(m.notes) > entries {
		done[name]++
	}
	for i, d := range days {
		after := m.rights(rt, d)
		for who, rights := range after {
			for r := range rights {
				_, old := known[r.at]
				if old && !before[i][who][r] && !before[0][by.Person][m.above(r, d)] && !before[i][by.Person][r] {
					rt.Fatalf("%s by %s gave %s %v on %s", name, by.Person, who, r, d)
				}
			}
			if p := m.people[who]; !p.Closed.IsZero() && len(rights) > 0 {
				rt.Fatalf("closed %s holds %v", who, rights)
			}
		}
	}
	kept := maps.Clone(m.places)
	ok(m.t, m.RefreshPlaces(m.t.Context()))
	if !maps.Equal(kept, m.places) {
		rt.Fatalf("after %s places are %v, want %v", name, kept, m.places)
	}
	if !m.somebodyManages(rt) {
		rt.Fatalf("after %s nobody manages persons at the root", name)
	}
}

func (m *model) somebodyManages(rt *rapid.T) bool {
	for _, on := range []calendar.Date{m.today(), m.today().AddDays(400)} {
		found := false
		for _, rights := range m.rights(rt, on) {
			found = found || rights[right{account.ManagePerson, m.root, true}]
		}
		if !found {
			return false
		}
	}
	return true
}
