package office_test

import (
	"slices"
	"testing"

	"github.com/gongkai/gongkai/internal/account"
	"github.com/gongkai/gongkai/internal/agency"
	"github.com/gongkai/gongkai/internal/fault"
	"github.com/gongkai/gongkai/internal/office"
)

func TestSystemIsSetUpOnce(t *testing.T) {
	s := newSite(t)
	boss := s.boss()
	if !boss.Can(account.ManageSetting, s.places[s.home].Path) || boss.Agency == "" {
		t.Errorf("the first administrator holds %+v", boss)
	}
	d, err := s.Agency(t.Context(), boss, s.home, s.today())
	ok(t, err)
	if len(d.Sections) != 2 || d.Remedy.Organ != "示例县人民政府" || d.Remedy.Court != "示例市中级人民法院" {
		t.Errorf("%+v", d)
	}
	_, err = s.SetUp(t.Context(), program, office.First{})
	code(t, err, "office.started")
	_, err = s.SetUp(t.Context(), boss, office.First{})
	if err == nil {
		t.Error("a person set the system up")
	}
}

func TestNobodyGivesWhatTheyDoNotHold(t *testing.T) {
	s := newSite(t)
	a := s.build("示例县甲局", s.root, "2020-01-01")
	below := s.build("示例县稽查队", a, "2020-01-01")
	local := s.hire("local", a, account.OfficeAdmin, false)
	li := s.hire("lisi", a, account.Handler, false)
	strong := s.hire("strong", a, account.RegionAdmin, false)
	by := s.actor(local)
	give := func(role account.RoleKey, at agency.ID, subtree bool) error {
		_, err := s.AddPosition(t.Context(), by, account.Position{Person: li, Agency: at, Role: role, Subtree: subtree, From: s.today()}, 0)
		return err
	}
	code(t, give(account.RegionAdmin, a, false), "role.beyond")
	code(t, give(account.Handler, a, true), "role.beyond")
	code(t, give(account.Handler, below, false), "agency.not_found")
	code(t, give(account.Handler, s.home, false), "agency.not_found")
	ok(t, give(account.Handler, a, false))
	_, err := s.OpenAccount(t.Context(), by, office.NewPerson{Person: account.Person{Name: "王示例", Account: "wang"}, Hash: "h",
		Position: account.Position{Agency: a, Role: account.RegionAdmin, From: s.today()}})
	code(t, err, "role.beyond")
	p := s.positionsOf(li)[0]
	p.Role = account.RegionAdmin
	code(t, s.AmendPosition(t.Context(), by, p, 0), "role.beyond")
	p.Role, p.Subtree = account.Handler, true
	code(t, s.AmendPosition(t.Context(), by, p, 0), "role.beyond")
	// Whoever resets a password could sign in with it.
	code(t, s.ResetPassword(t.Context(), by, strong, 0, "new"), "role.beyond")
	ok(t, s.ResetPassword(t.Context(), by, li, 0, "new"))
	// A deputy holds what the principal holds.
	leave := account.Deputy{Of: strong, By: li, From: s.today(), To: s.today().AddDays(5), Reason: "外出培训"}
	_, err = s.SetDeputy(t.Context(), by, leave)
	code(t, err, "role.beyond")
	_, err = s.SetDeputy(t.Context(), s.actor(strong), leave)
	ok(t, err)
	code(t, s.ResetPassword(t.Context(), by, li, 0, "new"), "role.beyond")
	if got := s.actor(li); !got.Can(account.ManageRole, s.places[a].Path) || got.For(account.ManageRole, s.places[a].Path) != strong {
		t.Errorf("the deputy holds %+v", got.Grants)
	}
}

func (s *site) positionsOf(id account.PersonID) []account.Position {
	s.t.Helper()
	m, err := s.Service.Person(s.t.Context(), s.boss(), id)
	ok(s.t, err)
	var out []account.Position
	for _, h := range m.Positions {
		out = append(out, h.Position)
	}
	return out
}

func TestNobodyLiftsTheirOwnRights(t *testing.T) {
	s := newSite(t)
	other := s.hire("other", s.root, account.RegionAdmin, true)
	boss := s.boss()
	_, err := s.AddPosition(t.Context(), boss, account.Position{Person: s.admin, Agency: s.home, Role: account.Leader, From: s.today()}, 0)
	code(t, err, "position.self")
	code(t, s.AmendPosition(t.Context(), boss, s.positionsOf(s.admin)[0], 0), "position.self")
	code(t, s.CloseAccount(t.Context(), boss, s.admin, 0, "不再使用"), "person.self")
	code(t, s.ResetPassword(t.Context(), boss, s.admin, 0, "x"), "person.self")
	_, err = s.SetDeputy(t.Context(), boss, account.Deputy{Of: other, By: s.admin, From: s.today(), To: s.today(), Reason: "外出"})
	code(t, err, "deputy.self")
}

func TestLastManagerStays(t *testing.T) {
	s := newSite(t)
	var top account.Position
	for _, p := range s.positionsOf(s.admin) {
		if p.Subtree {
			top = p
		}
	}
	end := func() error {
		return s.EndPosition(t.Context(), s.boss(), s.admin, top.ID, s.today().AddDays(30), "调离")
	}
	code(t, end(), "office.last_manager")
	// Somebody whose own time is limited does not do, and neither does somebody further down.
	second := s.hire("second", s.home, account.RegionAdmin, true)
	_, err := s.AddPosition(t.Context(), s.boss(), account.Position{Person: second, Agency: s.root, Role: account.RegionAdmin, Subtree: true,
		From: s.today(), To: s.today().AddDays(60)}, 0)
	ok(t, err)
	code(t, end(), "office.last_manager")
	third := s.hire("third", s.root, account.RegionAdmin, true)
	ok(t, end())
	code(t, s.CloseAccount(t.Context(), s.boss(), third, 0, "调离本单位"), "office.last_manager")
	s.now = s.now.AddDate(0, 2, 0)
	// A role of the site that somebody manages with cannot lose it either.
	key, err := s.CreateRole(t.Context(), s.actor(third), account.Role{Name: "总管", Perms: []account.Perm{account.ManagePerson, account.ManageRole, account.SeeAgency}})
	ok(t, err)
	fourth, err := s.OpenAccount(t.Context(), s.actor(third), office.NewPerson{Person: account.Person{Name: "赵示例", Account: "zhao"}, Hash: "h",
		Position: account.Position{Agency: s.root, Role: key, Subtree: true, From: s.today()}})
	ok(t, err)
	ok(t, s.EndPosition(t.Context(), s.actor(third), third, s.positionsBy(third, third)[0].ID, s.today().AddDays(-1), "调离"))
	code(t, s.AmendRole(t.Context(), s.actor(fourth), office.Role{Role: account.Role{Key: key, Name: "总管", Perms: []account.Perm{account.SeeAgency, account.ManageRole}}}),
		"office.last_manager")
}

func (s *site) positionsBy(by, of account.PersonID) []office.Held {
	s.t.Helper()
	m, err := s.Service.Person(s.t.Context(), s.actor(by), of)
	ok(s.t, err)
	return m.Positions
}

func TestClosedAccountHoldsNothing(t *testing.T) {
	s := newSite(t)
	a := s.build("示例县甲局", s.root, "2020-01-01")
	li, wang := s.hire("lisi", a, account.Leader, false), s.hire("wang", a, account.Handler, false)
	_, err := s.SetDeputy(t.Context(), s.actor(li), account.Deputy{Of: li, By: wang, From: s.today(), To: s.today().AddDays(9), Reason: "外出培训"})
	ok(t, err)
	ok(t, s.CloseAccount(t.Context(), s.boss(), li, 0, "调离本单位"))
	if got := s.actor(li); len(got.Grants) != 0 {
		t.Errorf("holds %v", got.Grants)
	}
	if s.actor(wang).CanAnywhere(account.SignOff) {
		t.Error("the deputy of a closed account holds what it held")
	}
	if !slices.Contains(s.ended, li) {
		t.Error("sessions go on")
	}
	_, err = s.AddPosition(t.Context(), s.boss(), account.Position{Person: li, Agency: a, Role: account.Handler, From: s.today()}, 0)
	code(t, err, "person.closed")
	list, err := s.People(t.Context(), s.boss(), office.Query{})
	ok(t, err)
	if slices.ContainsFunc(list, func(m office.Member) bool { return m.ID == li }) {
		t.Error("listed among the open")
	}
	ok(t, s.Reopen(t.Context(), s.boss(), li, 0, "new"))
	if got := s.actor(li); len(got.Grants) != 0 {
		t.Errorf("opened again it holds %v", got.Grants)
	}
	code(t, s.Reopen(t.Context(), s.boss(), li, 0, "new"), "person.open")
}

func TestRevealingIsRecordedWithoutTheValue(t *testing.T) {
	s := newSite(t)
	phone, email := "0379-63000001", "li@example.cn"
	li := s.hire("lisi", s.home, account.Handler, false)
	m, err := s.Service.Person(t.Context(), s.boss(), li)
	ok(t, err)
	m.Name = "李四示例"
	ok(t, s.AmendPerson(t.Context(), s.boss(), m.Person, &phone, &email))
	code(t, s.AmendPerson(t.Context(), s.boss(), m.Person, nil, nil), "office.stale")
	if m, err = s.Service.Person(t.Context(), s.boss(), li); err != nil || m.Phone == phone || m.Phone == "" || !m.Reveal {
		t.Errorf("%+v, %v", m.Person, err)
	}
	_, err = s.Reveal(t.Context(), s.boss(), li, "phone", "查")
	code(t, err, "person.reason")
	_, err = s.Reveal(t.Context(), s.boss(), li, "totp", "核对联系方式")
	code(t, err, "person.field")
	_, err = s.Reveal(t.Context(), s.actor(li), s.admin, "phone", "核对联系方式")
	code(t, err, "person.not_found")
	got, err := s.Reveal(t.Context(), s.boss(), li, "phone", "核对联系方式")
	if err != nil || got != phone {
		t.Errorf("%q, %v", got, err)
	}
	last := s.notes[len(s.notes)-1]
	if last.Action != "person.unmask" || last.Cause != "核对联系方式" || len(last.Changes) != 1 || last.Changes[0].Field != "phone" || last.Changes[0].After != nil {
		t.Errorf("recorded %+v", last)
	}
}

func TestPeopleOutsideTheScopeAreNotThere(t *testing.T) {
	s := newSite(t)
	a, b := s.build("示例县甲局", s.root, "2020-01-01"), s.build("示例县乙局", s.root, "2020-01-01")
	local, far := s.hire("local", a, account.OfficeAdmin, true), s.hire("afar", b, account.Handler, false)
	by := s.actor(local)
	list, err := s.People(t.Context(), by, office.Query{})
	ok(t, err)
	if len(list) != 1 || list[0].ID != local {
		t.Errorf("listed %v", list)
	}
	_, forbidden := s.Service.Person(t.Context(), by, far)
	_, missing := s.Service.Person(t.Context(), by, "nobody")
	if forbidden == nil || missing == nil || forbidden.Error() != missing.Error() {
		t.Errorf("forbidden %v, missing %v", forbidden, missing)
	}
	for name, err := range map[string]error{
		"close":    s.CloseAccount(t.Context(), by, far, 0, "调离本单位"),
		"amend":    s.AmendPerson(t.Context(), by, account.Person{ID: far, Name: "某", Account: "some"}, nil, nil),
		"password": s.ResetPassword(t.Context(), by, far, 0, "x"),
		"reopen":   s.Reopen(t.Context(), by, far, 0, "x"),
	} {
		if fault.CodeOf(err) != "person.not_found" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestRoleOfTheSite(t *testing.T) {
	s := newSite(t)
	boss := s.boss()
	key, err := s.CreateRole(t.Context(), boss, account.Role{Name: "档案员", Perms: []account.Perm{account.SeeReport, account.SeeAgency, account.SeeReport}})
	ok(t, err)
	_, err = s.CreateRole(t.Context(), boss, account.Role{Name: "档案员", Perms: []account.Perm{account.SeeReport}})
	code(t, err, "role.taken")
	_, err = s.CreateRole(t.Context(), boss, account.Role{Name: "别的", Perms: []account.Perm{"all"}})
	code(t, err, "role.perms")
	code(t, s.AmendRole(t.Context(), boss, office.Role{Role: account.Role{Key: account.Leader, Name: "领导", Perms: []account.Perm{account.SeeReport}}}), "role.built")
	a := s.build("示例县甲局", s.root, "2020-01-01")
	li := s.hire("lisi", a, key, false)
	code(t, s.DeleteRole(t.Context(), boss, key, 0), "role.used")
	// One who manages roles at one agency only cannot change what somebody elsewhere has.
	keeper, err := s.CreateRole(t.Context(), boss, account.Role{Name: "角色管理员", Perms: []account.Perm{account.SeeAgency, account.SeeReport, account.ManageRole}})
	ok(t, err)
	amend := office.Role{Role: account.Role{Key: key, Name: "档案员", Perms: []account.Perm{account.SeeReport, account.SignOff}}}
	code(t, s.AmendRole(t.Context(), s.actor(s.hire("elsewhere", s.home, keeper, false)), amend), "role.elsewhere")
	code(t, s.AmendRole(t.Context(), s.actor(s.hire("here", a, keeper, false)), amend), "role.beyond")
	code(t, s.AmendRole(t.Context(), s.actor(li), amend), "role.not_found")
	ok(t, s.AmendRole(t.Context(), boss, amend))
	if !s.actor(li).CanAnywhere(account.SignOff) {
		t.Error("the role allows no more than before")
	}
	unused, err := s.CreateRole(t.Context(), boss, account.Role{Name: "临时", Perms: []account.Perm{account.SeeReport}})
	ok(t, err)
	ok(t, s.DeleteRole(t.Context(), boss, unused, 0))
}
