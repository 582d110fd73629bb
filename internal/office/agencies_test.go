package office_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gongkai/gongkai/internal/account"
	"github.com/gongkai/gongkai/internal/agency"
	"github.com/gongkai/gongkai/internal/office"
)

// span is a version as tests write it.
type span struct{ From, To, Name, Superior string }

func (s *site) spans(id agency.ID) []span {
	s.t.Helper()
	list, err := s.History(s.t.Context(), s.boss(), id)
	ok(s.t, err)
	var out []span
	for _, v := range list {
		out = append(out, span{v.From.String(), v.To.String(), v.Name, v.SuperiorName})
	}
	return out
}

func TestAmendmentEndsTheRunningVersionTheDayBefore(t *testing.T) {
	s := newSite(t)
	id := s.build("示例县广电局", s.root, "2020-01-01")
	ok(t, s.Rename(t.Context(), s.boss(), id, "示例县文旅局", "", office.When{From: day("2026-05-01")}))
	want := []span{{"2026-05-01", "", "示例县文旅局", "示例县人民政府"}, {"2020-01-01", "2026-04-30", "示例县广电局", "示例县人民政府"}}
	if d := cmp.Diff(want, s.spans(id)); d != "" {
		t.Error(d)
	}
	// The same day again replaces; a change before it is carried into it, but for what it says itself.
	ok(t, s.Rename(t.Context(), s.boss(), id, "示例县文化和旅游局", "", office.When{From: day("2026-05-01")}))
	ok(t, s.Move(t.Context(), s.boss(), id, s.home, office.When{From: s.today()}))
	want = []span{{"2026-05-01", "", "示例县文化和旅游局", "示例县人民政府办公室"}, {"2026-03-02", "2026-04-30", "示例县广电局", "示例县人民政府办公室"},
		{"2020-01-01", "2026-03-01", "示例县广电局", "示例县人民政府"}}
	if d := cmp.Diff(want, s.spans(id)); d != "" {
		t.Error(d)
	}
}

func TestPastIsChangedOnlyWhenAskedFor(t *testing.T) {
	s := newSite(t)
	id := s.build("示例县档案局", s.root, "2020-01-01")
	local := s.hire("local", id, account.OfficeAdmin, true)
	past := day("2024-01-01")
	code(t, s.Rename(t.Context(), s.boss(), id, "示例县档案馆", "", office.When{From: past}), "agency.past")
	code(t, s.Rename(t.Context(), s.boss(), id, "示例县档案馆", "", office.When{From: past, Past: true, Reason: "短"}), "agency.reason")
	code(t, s.Rename(t.Context(), s.actor(local), id, "示例县档案馆", "", office.When{From: past, Past: true, Reason: "登记时写错了名称"}), "agency.past_right")
	ok(t, s.Rename(t.Context(), s.boss(), id, "示例县档案馆", "", office.When{From: past, Past: true, Reason: "登记时写错了名称"}))
	last := s.notes[len(s.notes)-1]
	if last.Action != "agency.rename" || last.Cause != "登记时写错了名称" || last.Agency != id {
		t.Errorf("recorded %+v", last)
	}
}

func TestMissingAndForbiddenLookAlike(t *testing.T) {
	s := newSite(t)
	a, b := s.build("示例县甲局", s.root, "2020-01-01"), s.build("示例县乙局", s.root, "2020-01-01")
	local := s.actor(s.hire("local", a, account.OfficeAdmin, true))
	when := office.When{From: s.today()}
	for name, f := range map[string]func(agency.ID) error{
		"amend":   func(id agency.ID) error { return s.Rename(t.Context(), local, id, "示例县丙局", "", when) },
		"move":    func(id agency.ID) error { return s.Move(t.Context(), local, id, a, when) },
		"close":   func(id agency.ID) error { return s.Close(t.Context(), local, id, nil, when) },
		"section": func(id agency.ID) error { return s.AddSection(t.Context(), local, id, "甲股", when) },
		"history": func(id agency.ID) error { _, err := s.History(t.Context(), local, id); return err },
		"look":    func(id agency.ID) error { _, err := s.Agency(t.Context(), local, id, s.today()); return err },
		"create": func(id agency.ID) error {
			_, err := s.Create(t.Context(), local, agency.Version{Name: "示例县丁局", Kind: agency.Department, Level: agency.County, Superior: id}, nil, when)
			return err
		},
	} {
		forbidden, missing := f(b), f("no such")
		if forbidden == nil || missing == nil || forbidden.Error() != missing.Error() {
			t.Errorf("%s: forbidden %v, missing %v", name, forbidden, missing)
		}
		code(t, forbidden, "agency.not_found")
	}
}

func TestStaleFormIsRefused(t *testing.T) {
	s := newSite(t)
	id := s.build("示例县甲局", s.root, "2020-01-01")
	d, err := s.Agency(t.Context(), s.boss(), id, s.today())
	ok(t, err)
	ok(t, s.Rename(t.Context(), s.boss(), id, "示例县乙局", "", office.When{From: s.today(), Serial: d.Serial}))
	code(t, s.Rename(t.Context(), s.boss(), id, "示例县丙局", "", office.When{From: s.today(), Serial: d.Serial}), "office.stale")
}

func TestTreeIsCutDownToWhatOneMaySee(t *testing.T) {
	s := newSite(t)
	a := s.build("示例县甲局", s.root, "2020-01-01")
	s.build("示例县乙局", s.root, "2020-01-01")
	below := s.build("示例县甲局稽查队", a, "2020-01-01")
	v, err := s.Tree(t.Context(), s.actor(s.hire("local", a, account.OfficeAdmin, true)), s.today())
	ok(t, err)
	type row struct {
		ID       agency.ID
		Depth    int
		NameOnly bool
	}
	var got []row
	for _, n := range v.Nodes {
		got = append(got, row{n.Agency.Agency, n.Depth, n.NameOnly})
		if n.NameOnly && (n.Kind != "" || n.Court != "") {
			t.Errorf("more than the name: %+v", n)
		}
	}
	if d := cmp.Diff([]row{{s.root, 0, true}, {a, 1, false}, {below, 2, false}}, got); d != "" {
		t.Error(d)
	}
}

func TestYearKnowsItsTree(t *testing.T) {
	s := newSite(t)
	a, b := s.build("示例县甲局", s.root, "2020-01-01"), s.build("示例县乙局", s.root, "2020-01-01")
	past := office.When{Past: true, Reason: "机构改革方案〔2025〕1号"}
	past.From = day("2025-07-01")
	ok(t, s.Close(t.Context(), s.boss(), b, []agency.ID{a}, past))
	ok(t, s.Rename(t.Context(), s.boss(), a, "示例县甲乙局", "", past))
	year := func(y int) map[string][]string {
		list, err := s.Expected(t.Context(), s.boss(), "", y)
		ok(t, err)
		out := map[string][]string{}
		for _, x := range list {
			out[x.Name] = append(slices.Clone(x.Names), x.Before...)
		}
		return out
	}
	gov, home := []string{"示例县人民政府"}, []string{"示例县人民政府办公室"}
	want24 := map[string][]string{gov[0]: gov, home[0]: home, "示例县甲局": {"示例县甲局", "示例县甲乙局"}, "示例县乙局": {"示例县乙局"}}
	want25 := map[string][]string{gov[0]: gov, home[0]: home, "示例县甲乙局": {"示例县甲乙局", "示例县甲局", "示例县乙局"}}
	if d := cmp.Diff(want24, year(2024)); d != "" {
		t.Error("2024", d)
	}
	if d := cmp.Diff(want25, year(2025)); d != "" {
		t.Error("2025", d)
	}
	if d := cmp.Diff(want25, year(2026)); d != "" {
		t.Error("2026", d)
	}
	v, err := s.TreeOfYear(t.Context(), s.boss(), 2024)
	ok(t, err)
	if v.On != day("2024-12-31") || len(v.Nodes) != 4 {
		t.Errorf("%v with %d", v.On, len(v.Nodes))
	}
}

func TestClosingEndsWhatHangsOnIt(t *testing.T) {
	s := newSite(t)
	a := s.build("示例县甲局", s.root, "2020-01-01")
	under := s.build("示例县甲局稽查队", a, "2020-01-01")
	to1, to2 := s.build("示例县乙局", s.root, "2020-01-01"), s.build("示例县丙局", s.root, "2020-01-01")
	ok(t, s.AddSection(t.Context(), s.boss(), a, "执法股", office.When{From: s.today()}))
	li := s.hire("lisi", a, account.Handler, false)
	when := office.When{From: day("2026-04-01"), Reason: "机构改革"}
	c, err := s.Closing(t.Context(), s.boss(), a, when.From)
	ok(t, err)
	if len(c.Children) != 1 || len(c.Positions) != 1 || c.Positions[0].Name != "李示例" || c.Positions[0].As != "股室经办人" {
		t.Errorf("%+v", c)
	}
	code(t, s.Close(t.Context(), s.boss(), a, []agency.ID{to1, to2}, when), "agency.children")
	ok(t, s.Move(t.Context(), s.boss(), under, to1, office.When{From: s.today()}))
	code(t, s.Close(t.Context(), s.boss(), a, []agency.ID{a}, when), "agency.successor")
	ok(t, s.Close(t.Context(), s.boss(), a, []agency.ID{to1, to2}, when))
	d, err := s.Agency(t.Context(), s.boss(), a, s.today())
	ok(t, err)
	if len(d.Successors) != 2 || d.To != day("2026-03-31") {
		t.Errorf("%+v", d)
	}
	if got := s.actor(li); !got.CanAnywhere(account.Provide) {
		t.Error("the position ended early")
	}
	s.now = s.now.AddDate(0, 1, 0)
	ok(t, s.RefreshPlaces(t.Context()))
	if got := s.actor(li); len(got.Grants) != 0 {
		t.Errorf("still holds %v", got.Grants)
	}
	if !s.boss().Can(account.ManageAgency, s.places[a].Path) || s.places[a].Live {
		t.Errorf("place %+v", s.places[a])
	}
}

func TestMoveGivesNobodyWhatTheMoverDoesNotHold(t *testing.T) {
	s := newSite(t)
	a, b := s.build("示例县甲局", s.root, "2020-01-01"), s.build("示例县乙局", s.root, "2020-01-01")
	x := s.build("示例县稽查队", a, "2020-01-01")
	mover := s.hire("mover", a, account.OfficeAdmin, true)
	_, err := s.AddPosition(t.Context(), s.boss(), account.Position{Person: mover, Agency: b, Role: account.OfficeAdmin, Subtree: true, From: s.today()}, 0)
	ok(t, err)
	when := office.When{From: s.today()}
	ok(t, s.Move(t.Context(), s.actor(mover), x, b, when))
	ok(t, s.Move(t.Context(), s.actor(mover), x, a, when))
	s.hire("strong", b, account.RegionAdmin, true) // holds more below 乙局 than the mover does
	code(t, s.Move(t.Context(), s.actor(mover), x, b, when), "role.beyond")
	ok(t, s.Move(t.Context(), s.boss(), x, b, when))
}

func TestTreeStaysATree(t *testing.T) {
	s := newSite(t)
	a := s.build("示例县甲局", s.root, "2020-01-01")
	x := s.build("示例县稽查队", a, "2020-01-01")
	code(t, s.Move(t.Context(), s.boss(), a, x, office.When{From: s.today()}), "agency.tree")
	code(t, s.Move(t.Context(), s.boss(), a, x, office.When{From: day("2027-01-01")}), "agency.tree")
	later := s.build("示例县新局", s.root, "2027-01-01")
	code(t, s.Move(t.Context(), s.boss(), x, later, office.When{From: day("2026-12-01")}), "agency.tree")
	ok(t, s.Move(t.Context(), s.boss(), x, later, office.When{From: day("2027-01-01")}))
	_, err := s.Create(t.Context(), s.boss(), agency.Version{Name: "示例县 甲局", Kind: agency.Department, Level: agency.County, Superior: s.root}, nil,
		office.When{From: s.today()})
	code(t, err, "agency.name_taken")
}
