package office_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gongkai/gongkai/internal/account"
	"github.com/gongkai/gongkai/internal/agency"
	"github.com/gongkai/gongkai/internal/audit"
	"github.com/gongkai/gongkai/internal/calendar"
	"github.com/gongkai/gongkai/internal/fault"
	"github.com/gongkai/gongkai/internal/office"
)

// memory keeps agencies and people in maps. What it has to do alike with the real store is held by the store's own tests.
type memory struct {
	now         time.Time
	ids         int
	versions    map[agency.ID][]agency.Version
	serials     map[agency.ID]int
	sections    map[agency.SectionID]agency.Section
	successions []agency.Succession
	places      map[agency.ID]office.Place
	imports     map[string][]byte
	people      map[account.PersonID]account.Person
	positions   map[string]account.Position
	deputies    map[string]account.Deputy
	roles       map[account.RoleKey]office.Role
	ended       []account.PersonID // whose sessions were ended
	told        []office.Telling
	notes       []audit.Note
	dirty       bool
}

func newMemory() *memory {
	return &memory{now: time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC), versions: map[agency.ID][]agency.Version{}, serials: map[agency.ID]int{},
		sections: map[agency.SectionID]agency.Section{}, places: map[agency.ID]office.Place{}, imports: map[string][]byte{},
		people: map[account.PersonID]account.Person{}, positions: map[string]account.Position{}, deputies: map[string]account.Deputy{},
		roles: map[account.RoleKey]office.Role{}}
}

func (m *memory) copy() *memory {
	c := *m
	c.versions, c.serials, c.sections = maps.Clone(m.versions), maps.Clone(m.serials), maps.Clone(m.sections)
	c.places, c.imports, c.people = maps.Clone(m.places), maps.Clone(m.imports), maps.Clone(m.people)
	c.positions, c.deputies, c.roles = maps.Clone(m.positions), maps.Clone(m.deputies), maps.Clone(m.roles)
	c.successions, c.notes, c.ended = slices.Clone(m.successions), slices.Clone(m.notes), slices.Clone(m.ended)
	c.told = slices.Clone(m.told)
	return &c
}

func (m *memory) View(_ context.Context, f func(office.Tx) error) error { return f(memoryTx{m.copy()}) }

var errUnrecorded = errors.New("a change without an entry")

func (m *memory) Update(_ context.Context, f func(office.Tx) error) error {
	c := m.copy()
	c.dirty = false
	if err := f(memoryTx{c}); err != nil {
		return err
	}
	if c.dirty && len(c.notes) == len(m.notes) {
		return errUnrecorded
	}
	*m = *c
	return nil
}

type memoryTx struct{ *memory }

var errMissing = fault.New(fault.NotFound, "store.not_found", "没有")
var errOld = fault.New(fault.Conflict, "store.stale", "别人刚改过")

func (m memoryTx) Now() time.Time { return m.now }
func (m memoryTx) NewID() (string, error) {
	m.ids++
	return fmt.Sprintf("id%05d", m.ids), nil
}
func (m memoryTx) Lock(context.Context) error { return nil }
func (m memoryTx) Note(_ context.Context, by account.Actor, n audit.Note) error {
	if by.IsNobody() {
		return errors.New("a change by nobody")
	}
	m.notes = append(m.notes, n)
	return nil
}
func (m memoryTx) Tell(_ context.Context, t office.Telling) error {
	m.told = append(m.told, t)
	return nil
}
func (m memoryTx) Seal(_, value string) (string, error) {
	return "sealed:" + fmt.Sprint(len(value)), nil
}

func (m memoryTx) Registry(context.Context) (office.Registry, error) {
	r := office.Registry{Serials: maps.Clone(m.serials), Successions: m.successions}
	for _, id := range slices.Sorted(maps.Keys(m.versions)) {
		r.Versions = append(r.Versions, m.versions[id]...)
	}
	for _, id := range slices.Sorted(maps.Keys(m.sections)) {
		r.Sections = append(r.Sections, m.sections[id])
	}
	return r, nil
}
func (m memoryTx) SaveAgency(_ context.Context, id agency.ID, versions []agency.Version, serial int) error {
	if m.serials[id] != serial {
		return errOld
	}
	m.versions[id], m.serials[id], m.dirty = slices.Clone(versions), serial+1, true
	return nil
}
func (m memoryTx) SaveSection(_ context.Context, s agency.Section) error {
	m.sections[s.ID], m.dirty = s, true
	return nil
}
func (m memoryTx) AddSuccession(_ context.Context, s agency.Succession) error {
	m.successions, m.dirty = append(m.successions, s), true
	return nil
}
func (m memoryTx) Places(_ context.Context, ids []agency.ID) (map[agency.ID]office.Place, error) {
	out := map[agency.ID]office.Place{}
	for _, id := range ids {
		if p, ok := m.places[id]; ok {
			out[id] = p
		}
	}
	return out, nil
}
func (m memoryTx) SavePlaces(_ context.Context, all map[agency.ID]office.Place) error {
	maps.Copy(m.places, all)
	return nil
}
func (m memoryTx) KeepImport(_ context.Context, digest string, body []byte) error {
	m.imports[digest] = body
	return nil
}
func (m memoryTx) KeptImport(_ context.Context, digest string) ([]byte, error) {
	b, ok := m.imports[digest]
	if !ok {
		return nil, errMissing
	}
	return b, nil
}

func (m memoryTx) AnyPerson(context.Context) (bool, error) { return len(m.people) > 0, nil }
func (m memoryTx) Person(_ context.Context, id account.PersonID) (account.Person, error) {
	p, ok := m.people[id]
	if !ok {
		return p, errMissing
	}
	if p.Phone != "" {
		p.Phone = "***"
	}
	if p.Email != "" {
		p.Email = "***"
	}
	p.Password = ""
	return p, nil
}
func (m memoryTx) PersonOf(_ context.Context, name string) (account.PersonID, bool, error) {
	for id, p := range m.people {
		if p.Account == name {
			return id, true, nil
		}
	}
	return "", false, nil
}
func (m memoryTx) People(ctx context.Context, scope account.Scope, q office.Query) (out []account.Person, err error) {
	for id := range m.people {
		p, err := m.Person(ctx, id)
		if err != nil {
			return nil, err
		}
		in := scope.All
		at := q.Agency == ""
		for _, pos := range m.positions {
			if pos.Person == id {
				in = in || scope.Contains(m.places[pos.Agency].Path)
				at = at || pos.Agency == q.Agency
			}
		}
		if in && at && (q.Closed || p.Closed.IsZero()) && p.Account > q.After && (strings.Contains(p.Name, q.Text) || strings.Contains(p.Account, q.Text)) {
			out = append(out, p)
		}
	}
	slices.SortFunc(out, func(a, b account.Person) int { return cmp.Compare(a.Account, b.Account) })
	return out[:min(len(out), q.Limit)], nil
}
func (m memoryTx) SavePerson(_ context.Context, p account.Person) error {
	old := m.people[p.ID]
	if old.Serial != p.Serial {
		return errOld
	}
	p.Phone, p.Email, p.Password = old.Phone, old.Email, old.Password
	p.Serial++
	m.people[p.ID], m.dirty = p, true
	return nil
}
func (m memoryTx) SaveContact(_ context.Context, id account.PersonID, phone, email string) error {
	p := m.people[id]
	p.Phone, p.Email = phone, email
	m.people[id], m.dirty = p, true
	return nil
}
func (m memoryTx) OpenField(_ context.Context, id account.PersonID, field string) (string, error) {
	if field == "phone" {
		return m.people[id].Phone, nil
	}
	return m.people[id].Email, nil
}
func (m memoryTx) SetPassword(_ context.Context, id account.PersonID, hash string) error {
	p := m.people[id]
	p.Password, p.MustChange = hash, true
	m.people[id], m.dirty = p, true
	return nil
}
func (m memoryTx) EndSessions(_ context.Context, id account.PersonID) error {
	m.ended = append(m.ended, id)
	return nil
}
func (m memoryTx) Positions(_ context.Context, of []account.PersonID) (out []account.Position, err error) {
	for _, id := range slices.Sorted(maps.Keys(m.positions)) {
		if slices.Contains(of, m.positions[id].Person) {
			out = append(out, m.positions[id])
		}
	}
	return out, nil
}
func (m memoryTx) Running(_ context.Context, day calendar.Date) (out []account.Position, err error) {
	for _, id := range slices.Sorted(maps.Keys(m.positions)) {
		if p := m.positions[id]; p.To.IsZero() || !p.To.Before(day) {
			out = append(out, p)
		}
	}
	return out, nil
}
func (m memoryTx) SavePosition(_ context.Context, p account.Position) error {
	m.positions[p.ID], m.dirty = p, true
	return nil
}
func (m memoryTx) Deputies(_ context.Context, of []account.PersonID) (out []account.Deputy, err error) {
	for _, id := range slices.Sorted(maps.Keys(m.deputies)) {
		if d := m.deputies[id]; slices.Contains(of, d.Of) || slices.Contains(of, d.By) {
			out = append(out, d)
		}
	}
	return out, nil
}
func (m memoryTx) SaveDeputy(_ context.Context, d account.Deputy) error {
	m.deputies[d.ID], m.dirty = d, true
	return nil
}
func (m memoryTx) Roles(context.Context) (out []office.Role, err error) {
	for _, k := range slices.Sorted(maps.Keys(m.roles)) {
		out = append(out, m.roles[k])
	}
	return out, nil
}
func (m memoryTx) SaveRole(_ context.Context, r office.Role) error {
	if m.roles[r.Key].Serial != r.Serial {
		return errOld
	}
	r.Serial++
	m.roles[r.Key], m.dirty = r, true
	return nil
}
func (m memoryTx) DeleteRole(_ context.Context, r office.Role) error {
	delete(m.roles, r.Key)
	m.dirty = true
	return nil
}
func (m memoryTx) RoleUsed(_ context.Context, key account.RoleKey) (bool, error) {
	for _, p := range m.positions {
		if p.Role == key {
			return true, nil
		}
	}
	return false, nil
}

// site is a system with its first agencies and its first administrator.
type site struct {
	*memory
	*office.Service
	t     testing.TB
	admin account.PersonID
	root  agency.ID
	home  agency.ID
}

var program = account.System("test")

func newSite(t testing.TB) *site {
	t.Helper()
	m := newMemory()
	s := &site{memory: m, Service: office.NewService(m), t: t}
	var err error
	s.admin, err = s.SetUp(t.Context(), program, office.First{
		Government: &agency.Version{Name: "示例县人民政府", Kind: agency.Government, Level: agency.County, Court: "示例市中级人民法院"},
		Agency:     agency.Version{Name: "示例县人民政府办公室", Short: "县政府办", Kind: agency.Department, Level: agency.County},
		Sections:   []string{"政务公开股", "秘书股"}, From: day("2020-01-01"),
		Person: account.Person{Name: "张示例", Account: "zhang", Phone: "0379-63000000"}, Hash: "hash", Role: account.RegionAdmin, Title: "主任"})
	if err != nil {
		t.Fatal(err)
	}
	for id, list := range m.versions {
		if list[0].Superior == "" {
			s.root = id
		} else {
			s.home = id
		}
	}
	return s
}

func day(s string) calendar.Date {
	d, err := calendar.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

func (s *site) today() calendar.Date { return calendar.On(s.now) }

func (s *site) actor(id account.PersonID) account.Actor {
	s.t.Helper()
	a, err := s.Actor(s.t.Context(), id, "session 1")
	if err != nil {
		s.t.Fatal(err)
	}
	return a
}

func (s *site) boss() account.Actor { return s.actor(s.admin) }

// build adds an agency.
func (s *site) build(name string, superior agency.ID, from string) agency.ID {
	s.t.Helper()
	id, err := s.Create(s.t.Context(), s.boss(), agency.Version{Name: name, Kind: agency.Department, Level: agency.County, Superior: superior}, nil,
		office.When{From: day(from), Past: true, Reason: "补录以往机构"})
	if err != nil {
		s.t.Fatal(err)
	}
	return id
}

// hire opens an account with a position.
func (s *site) hire(name string, at agency.ID, role account.RoleKey, subtree bool) account.PersonID {
	s.t.Helper()
	id, err := s.OpenAccount(s.t.Context(), s.boss(), office.NewPerson{Person: account.Person{Name: "李示例", Account: name}, Hash: "hash",
		Position: account.Position{Agency: at, Role: role, Subtree: subtree, From: s.today()}})
	if err != nil {
		s.t.Fatal(err)
	}
	return id
}

func code(t testing.TB, err error, want string) {
	t.Helper()
	if got := fault.CodeOf(err); err == nil || got != want {
		t.Errorf("error %v (%s), want %s", err, got, want)
	}
}

func ok(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func dateText(d calendar.Date) string { return d.String() }
