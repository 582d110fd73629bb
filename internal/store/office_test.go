package store

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/gongkai/gongkai/internal/account"
	"github.com/gongkai/gongkai/internal/agency"
	"github.com/gongkai/gongkai/internal/audit"
	"github.com/gongkai/gongkai/internal/calendar"
	"github.com/gongkai/gongkai/internal/fault"
	"github.com/gongkai/gongkai/internal/office"
)

// officeSite is a database with its first agencies and its first administrator.
type officeSite struct {
	place
	*office.Service
	t          *testing.T
	admin      account.PersonID
	root, home agency.ID
}

func onOffice(t *testing.T, f func(t *testing.T, s *officeSite)) {
	t.Helper()
	onBoth(t, func(t *testing.T, p place) { f(t, startOffice(t, p)) })
}

func startOffice(t *testing.T, p place) *officeSite {
	t.Helper()
	s := &officeSite{place: p, Service: office.NewService(Office(p.DB)), t: t}
	var err error
	s.admin, err = s.SetUp(t.Context(), tester, office.First{
		Government: &agency.Version{Name: "示例县人民政府", Kind: agency.Government, Level: agency.County},
		Agency:     agency.Version{Name: "示例县人民政府办公室", Kind: agency.Department, Level: agency.County},
		Sections:   []string{"政务公开股"}, Hash: "hash", Role: account.RegionAdmin,
		Person: account.Person{Name: "张示例", Account: "zhang", Phone: "0379-63000000", Email: "zhang@example.cn"}})
	s.ok(err)
	v, err := s.Tree(t.Context(), s.boss(), calendar.Date{})
	s.ok(err)
	s.root, s.home = v.Nodes[0].Agency.Agency, v.Nodes[1].Agency.Agency
	return s
}

func (s *officeSite) ok(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

func (s *officeSite) boss() account.Actor { return s.actor(s.admin) }

func (s *officeSite) actor(id account.PersonID) account.Actor {
	s.t.Helper()
	a, err := s.Actor(s.t.Context(), id, "session 1")
	s.ok(err)
	return a
}

func (s *officeSite) today() calendar.Date { return calendar.On(*s.clock) }

func (s *officeSite) build(name string, superior agency.ID) agency.ID {
	s.t.Helper()
	id, err := s.Create(s.t.Context(), s.boss(), agency.Version{Name: name, Short: "短", Kind: agency.Department, Level: agency.County, Superior: superior,
		Court: "示例县人民法院", Group: "政府部门", Position: 3, Reconsideration: "示例县人民政府"}, nil, office.When{From: s.today()})
	s.ok(err)
	return id
}

func (s *officeSite) hire(name string, at agency.ID, role account.RoleKey, subtree bool) account.PersonID {
	s.t.Helper()
	id, err := s.OpenAccount(s.t.Context(), s.boss(), office.NewPerson{Person: account.Person{Name: "李示例", Account: name}, Hash: "hash",
		Position: account.Position{Agency: at, Role: role, Subtree: subtree, From: s.today()}})
	s.ok(err)
	return id
}

// entries lists what has been recorded since an entry.
func (s *officeSite) entries(since int64) []audit.Entry {
	s.t.Helper()
	var out []audit.Entry
	s.ok(s.DB.View(s.t.Context(), func(tx *Tx) (err error) {
		out, err = list(s.t.Context(), tx, scanEntry, `SELECT `+entryColumns+` FROM audit_entries WHERE seq > ? ORDER BY seq`, since)
		return err
	}))
	return out
}

func (s *officeSite) head() int64 {
	s.t.Helper()
	h, err := headOf(s.t, s.place)
	s.ok(err)
	return h.Seq
}

// TestEveryChangeOfTheOfficeIsRecorded goes through every method that changes something, and asks for its entries.
func TestEveryChangeOfTheOfficeIsRecorded(t *testing.T) {
	onOffice(t, func(t *testing.T, s *officeSite) {
		ctx, today := t.Context(), s.today()
		var a, b agency.ID
		var li, wang account.PersonID
		var key account.RoleKey
		var digest, position, deputy string
		phone := "0379-63000009"
		when := office.When{From: today}
		section := func() agency.SectionID {
			d, err := s.Agency(ctx, s.boss(), a, today)
			s.ok(err)
			return d.Sections[0].ID
		}
		steps := []struct {
			name string
			do   func() error
			want string
		}{
			{"create", func() error {
				a, b = s.build("示例县甲局", s.root), s.build("示例县乙局", s.root)
				return nil
			}, "agency.create agency.create"},
			{"amend", func() error {
				return s.Amend(ctx, s.boss(), agency.Version{Agency: a, Name: "示例县甲局", Kind: agency.Department, Level: agency.County, Superior: s.root}, when)
			}, "agency.amend"},
			{"rename", func() error { return s.Rename(ctx, s.boss(), a, "示例县丙局", "丙局", when) }, "agency.rename"},
			{"move", func() error { return s.Move(ctx, s.boss(), a, s.home, when) }, "agency.move"},
			{"section", func() error { return s.AddSection(ctx, s.boss(), a, "甲股", when) }, "section.add"},
			{"section name", func() error { return s.RenameSection(ctx, s.boss(), a, section(), "乙股", when) }, "section.rename"},
			{"section end", func() error { return s.EndSection(ctx, s.boss(), a, section(), office.When{From: today.AddDays(9)}) }, "section.end"},
			{"preview", func() error {
				rows, problems := office.ParseRows([][]string{{"机关全称", "简称"}, {"示例县丙局", "丙"}})
				p, err := s.Preview(ctx, s.boss(), rows, today, "")
				if len(problems)+len(p.Problems) > 0 {
					t.Error(problems, p.Problems)
				}
				digest = p.Digest
				return err
			}, ""},
			{"apply", func() error { _, err := s.Apply(ctx, s.boss(), digest); return err }, "agency.amend agency.import"},
			{"open", func() error {
				li, wang = s.hire("lisi", a, account.Handler, false), s.hire("wangwu", a, account.Handler, false)
				return nil
			}, "person.create position.add person.create position.add"},
			{"person", func() error {
				return s.AmendPerson(ctx, s.boss(), account.Person{ID: li, Name: "李四示例", Account: "lisi"}, &phone, nil)
			}, "person.amend"},
			{"reveal", func() error {
				got, err := s.Reveal(ctx, s.boss(), li, "phone", "核对联系方式")
				if got != phone {
					t.Errorf("revealed %q", got)
				}
				return err
			}, "person.unmask"},
			{"password", func() error { return s.ResetPassword(ctx, s.boss(), li, 0, "new") }, "person.password"},
			{"position", func() (err error) {
				position, err = s.AddPosition(ctx, s.boss(), account.Position{Person: li, Agency: b, Role: account.Officer, From: today}, 0)
				return err
			}, "position.add"},
			{"position amend", func() error {
				return s.AmendPosition(ctx, s.boss(), account.Position{ID: position, Person: li, Agency: b, Role: account.Leader, Title: "局长", From: today}, 0)
			}, "position.amend"},
			{"position end", func() error { return s.EndPosition(ctx, s.boss(), li, position, today, "轮岗") }, "position.end"},
			{"deputy", func() (err error) {
				deputy, err = s.SetDeputy(ctx, s.boss(), account.Deputy{Of: li, By: wang, From: today, To: today.AddDays(3), Reason: "外出"})
				return err
			}, "deputy.set"},
			{"deputy end", func() error { return s.EndDeputy(ctx, s.boss(), li, deputy) }, "deputy.end"},
			{"role", func() (err error) {
				key, err = s.CreateRole(ctx, s.boss(), account.Role{Name: "档案员", Perms: []account.Perm{account.SeeReport}})
				return err
			}, "role.create"},
			{"role amend", func() error {
				return s.AmendRole(ctx, s.boss(), office.Role{Role: account.Role{Key: key, Name: "档案", Perms: []account.Perm{account.SeeReport, account.SeeAgency}}})
			}, "role.amend"},
			{"role delete", func() error { return s.DeleteRole(ctx, s.boss(), key, 0) }, "role.delete"},
			{"close account", func() error { return s.CloseAccount(ctx, s.boss(), li, 0, "调离本单位") }, "person.close position.end position.end"},
			{"reopen", func() error { return s.Reopen(ctx, s.boss(), li, 0, "new") }, "person.reopen"},
			{"close", func() error { return s.Close(ctx, s.boss(), a, []agency.ID{b}, office.When{From: today.AddDays(1)}) },
				"agency.close section.end position.end"},
		}
		for _, step := range steps {
			since := s.head()
			if err := step.do(); err != nil {
				t.Fatalf("%s: %v", step.name, err)
			}
			var got []string
			for _, e := range s.entries(since) {
				got = append(got, e.Action)
				if e.Actor != s.admin || e.Name != "张示例" || e.Via != "session 1" {
					t.Errorf("%s: recorded as done by %+v", step.name, e)
				}
				if strings.Contains(e.Changes, "6300000") {
					t.Errorf("%s: protected values in the clear: %s", step.name, e.Changes)
				}
			}
			if strings.Join(got, " ") != step.want {
				t.Errorf("%s: recorded %q, want %q", step.name, got, step.want)
			}
		}
		if b := verify(t, s.place); b != nil {
			t.Errorf("%+v", b)
		}
	})
}

func TestAgencyComesBackAsItWasKept(t *testing.T) {
	onOffice(t, func(t *testing.T, s *officeSite) {
		a := s.build("示例县甲局", s.root)
		s.ok(s.Rename(t.Context(), s.boss(), a, "示例县乙局", "", office.When{From: s.today().AddDays(10)}))
		got, err := s.History(t.Context(), s.boss(), a)
		s.ok(err)
		first := agency.Version{Agency: a, From: s.today(), To: s.today().AddDays(9), Name: "示例县甲局", Short: "短", Kind: agency.Department,
			Level: agency.County, Superior: s.root, Court: "示例县人民法院", Group: "政府部门", Position: 3, Reconsideration: "示例县人民政府"}
		second := first
		second.From, second.To, second.Name, second.Short = first.To.AddDays(1), calendar.Date{}, "示例县乙局", ""
		want := []office.Past{{Version: second, SuperiorName: "示例县人民政府"}, {Version: first, SuperiorName: "示例县人民政府"}}
		if d := cmp.Diff(want, got, cmp.AllowUnexported(calendar.Date{})); d != "" {
			t.Error(d)
		}
	})
}

func TestSaveOnAnOlderStateIsRefused(t *testing.T) {
	onOffice(t, func(t *testing.T, s *officeSite) {
		a := s.build("示例县甲局", s.root)
		key, err := s.CreateRole(t.Context(), s.boss(), account.Role{Name: "档案员", Perms: []account.Perm{account.SeeReport}})
		s.ok(err)
		for name, f := range map[string]func(office.Tx) error{
			"agency": func(tx office.Tx) error { return tx.SaveAgency(t.Context(), a, nil, 7) },
			"person": func(tx office.Tx) error {
				return tx.SavePerson(t.Context(), account.Person{ID: s.admin, Name: "张示例", Account: "zhang", Serial: 99})
			},
			"role": func(tx office.Tx) error {
				return tx.SaveRole(t.Context(), office.Role{Role: account.Role{Key: key, Name: "x"}, Serial: 9})
			},
			"role that is new": func(tx office.Tx) error {
				return tx.SaveRole(t.Context(), office.Role{Role: account.Role{Key: key, Name: "x"}})
			},
			"role that is deleted": func(tx office.Tx) error {
				return tx.DeleteRole(t.Context(), office.Role{Role: account.Role{Key: key}, Serial: 9})
			},
		} {
			err := Office(s.DB).Update(t.Context(), f)
			if fault.CodeOf(err) != "store.stale" {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

func TestContactIsKeptSealedAndShownMasked(t *testing.T) {
	onOffice(t, func(t *testing.T, s *officeSite) {
		m, err := s.Person(t.Context(), s.boss(), s.admin)
		s.ok(err)
		if m.Phone == "" || strings.Contains(m.Phone, "63000000") || strings.HasPrefix(m.Email, "zhang@") || m.Password != "" {
			t.Errorf("shown as %+v", m.Person)
		}
		s.ok(s.DB.View(t.Context(), func(tx *Tx) error {
			p, err := tx.person(t.Context(), s.admin)
			if !strings.HasPrefix(p.Phone, "g1.") || !strings.HasPrefix(p.Email, "g1.") {
				t.Errorf("kept as %q, %q", p.Phone, p.Email)
			}
			return err
		}))
	})
}

// TestTwoCannotCloseEachOther lets the only two who manage persons close each other's accounts at the same moment.
func TestTwoCannotCloseEachOther(t *testing.T) {
	onOffice(t, func(t *testing.T, s *officeSite) {
		other := s.hire("other", s.root, account.RegionAdmin, true)
		actors := []account.Actor{s.boss(), s.actor(other)}
		targets := []account.PersonID{other, s.admin}
		errs := make([]error, 2)
		var wg sync.WaitGroup
		for i := range actors {
			wg.Go(func() { errs[i] = s.CloseAccount(t.Context(), actors[i], targets[i], 0, "不再使用账号") })
		}
		wg.Wait()
		if (errs[0] == nil) == (errs[1] == nil) {
			t.Errorf("closed: %v, %v", errs[0], errs[1])
		}
		left := 0
		for _, id := range targets {
			if s.actor(id).CanAnywhere(account.ManagePerson) {
				left++
			}
		}
		if left != 1 {
			t.Errorf("%d are left who manage persons", left)
		}
	})
}

func TestPeopleAreFoundWithinTheScope(t *testing.T) {
	onOffice(t, func(t *testing.T, s *officeSite) {
		a, b := s.build("示例县甲局", s.root), s.build("示例县乙局", s.root)
		local, closed := s.hire("local", a, account.OfficeAdmin, true), s.hire("left_", a, account.Handler, false)
		s.hire("far", b, account.Handler, false)
		s.ok(s.CloseAccount(t.Context(), s.boss(), closed, 0, "调离本单位"))
		names := func(by account.Actor, q office.Query) string {
			all, err := s.People(t.Context(), by, q)
			s.ok(err)
			var out []string
			for _, m := range all {
				out = append(out, m.Account)
			}
			return strings.Join(out, " ")
		}
		for _, tt := range []struct {
			by   account.Actor
			q    office.Query
			want string
		}{
			{s.boss(), office.Query{}, "far local zhang"},
			{s.boss(), office.Query{Closed: true}, "far left_ local zhang"},
			{s.boss(), office.Query{Text: "loc"}, "local"},
			{s.boss(), office.Query{Text: "张"}, "zhang"},
			{s.boss(), office.Query{Text: "%"}, ""},
			{s.boss(), office.Query{Text: "_", Closed: true}, "left_"},
			{s.boss(), office.Query{Agency: b}, "far"},
			{s.boss(), office.Query{After: "far", Limit: 1}, "local"},
			{s.actor(local), office.Query{}, "local"},
			{s.actor(local), office.Query{Agency: b}, ""},
			{account.System("test"), office.Query{Agency: a}, "local"},
			{account.Actor{}, office.Query{}, ""},
		} {
			if got := names(tt.by, tt.q); got != tt.want {
				t.Errorf("%s %+v: %q, want %q", tt.by.Name, tt.q, got, tt.want)
			}
		}
	})
}

func TestPlacesFollowTheDay(t *testing.T) {
	onOffice(t, func(t *testing.T, s *officeSite) {
		a, b := s.build("示例县甲局", s.root), s.build("示例县乙局", s.root)
		li := s.hire("lisi", a, account.OfficeAdmin, true)
		s.ok(s.Move(t.Context(), s.boss(), b, a, office.When{From: s.today().AddDays(1)}))
		at := func() agency.Path {
			var path agency.Path
			s.ok(Office(s.DB).View(t.Context(), func(tx office.Tx) error {
				all, err := tx.Places(t.Context(), []agency.ID{b, "no such"})
				path = all[b].Path
				return err
			}))
			return path
		}
		if s.actor(li).Can(account.ManageAgency, at()) {
			t.Error("moved a day early")
		}
		*s.clock = s.clock.AddDate(0, 0, 1)
		s.ok(s.RefreshPlaces(t.Context()))
		if !s.actor(li).Can(account.ManageAgency, at()) {
			t.Errorf("at %s on the day of the move", at())
		}
	})
}

// TestScopeInSQLIsTheScope asks the databases and the predicate the same questions.
func TestScopeInSQLIsTheScope(t *testing.T) {
	onBoth(t, func(t *testing.T, p place) {
		ids := rapid.StringMatching(`[0-9a-f]{1,3}`)
		path := rapid.Custom(func(rt *rapid.T) agency.Path {
			return agency.Path("/" + strings.Join(rapid.SliceOfN(ids, 1, 3).Draw(rt, "ids"), "/") + "/")
		})
		rapid.Check(t, func(rt *rapid.T) {
			paths := rapid.SliceOfN(path, 1, 6).Draw(rt, "paths")
			s := account.Scope{All: rapid.IntRange(0, 9).Draw(rt, "all") == 0}
			for range rapid.IntRange(0, 3).Draw(rt, "roots") {
				root := rapid.SampledFrom(paths).Draw(rt, "root")
				if rapid.Bool().Draw(rt, "higher") {
					root = root[:strings.Index(string(root[1:]), "/")+2]
				}
				if rapid.IntRange(0, 5).Draw(rt, "gone") == 0 {
					root = ""
				}
				s.Roots = append(s.Roots, account.Root{Path: root, Subtree: rapid.Bool().Draw(rt, "subtree")})
			}
			err := p.View(t.Context(), func(tx *Tx) error {
				for _, x := range paths {
					cond, args := scopeSQL(s, "x.path")
					n, _, err := one(t.Context(), tx, scanInt, `SELECT COUNT(*) FROM (SELECT CAST(? AS TEXT) AS path) x WHERE `+cond, append([]any{string(x)}, args...)...)
					if err != nil {
						return err
					}
					if (n == 1) != s.Contains(x) {
						return fmt.Errorf("%+v and %s: SQL says %d, the predicate %v", s, x, n, s.Contains(x))
					}
				}
				return nil
			})
			if err != nil {
				rt.Fatal(err)
			}
		})
	})
}

func TestKeptImportIsForgottenAfterADay(t *testing.T) {
	onOffice(t, func(t *testing.T, s *officeSite) {
		rows, _ := office.ParseRows([][]string{{"机关全称", "简称"}, {"示例县人民政府", "县政府"}})
		p, err := s.Preview(t.Context(), s.boss(), rows, s.today(), "")
		s.ok(err)
		*s.clock = s.clock.AddDate(0, 0, 2)
		s.ok(Office(s.DB).Update(t.Context(), func(tx office.Tx) error { return tx.KeepImport(context.Background(), "another", []byte("{}")) }))
		if _, err := s.Apply(t.Context(), s.boss(), p.Digest); fault.CodeOf(err) != "office.import_gone" {
			t.Errorf("%v", err)
		}
		if i := slices.IndexFunc(s.entries(0), func(e audit.Entry) bool { return e.Action == "agency.import" }); i >= 0 {
			t.Error("imported all the same")
		}
	})
}
