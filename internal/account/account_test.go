package account

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/gongkai/gongkai/internal/agency"
	"github.com/gongkai/gongkai/internal/calendar"
	"github.com/gongkai/gongkai/internal/fault"
)

var day = calendar.NewDate(2026, 3, 2)

func paths(id agency.ID) agency.Path {
	switch id {
	case "district":
		return "/district/"
	case "housing":
		return "/district/housing/"
	case "street":
		return "/district/street/"
	}
	return "" // does not exist on that day
}

func holds(p PersonID, a agency.ID, r RoleKey) Position {
	return Position{Person: p, Agency: a, Role: r, From: day.AddDays(-100)}
}

// said writes grants in short, for comparing.
func said(all []Grant) string {
	out := make([]string, len(all))
	for i, g := range all {
		out[i] = fmt.Sprintf("%s@%s", g.Perm, g.Agency)
		if g.Subtree {
			out[i] += "+"
		}
		if g.For != "" {
			out[i] += " for " + string(g.For)
		}
	}
	return strings.Join(out, ", ")
}

func TestGrantsOfADay(t *testing.T) {
	ended := holds("wang", "housing", "reads")
	ended.To = day.AddDays(-1)
	lastDay := holds("wang", "housing", "reads")
	lastDay.To = day
	coming := holds("wang", "housing", "reads")
	coming.From = day.AddDays(1)
	wide := holds("wang", "district", "reads")
	wide.Subtree = true
	stand := Deputy{Of: "li", By: "wang", From: day, To: day}
	before := Deputy{Of: "li", By: "wang", From: day.AddDays(-9), To: day.AddDays(-1)}
	tests := []struct {
		name   string
		person Person
		all    Holdings
		want   string
	}{
		{"nothing", Person{ID: "wang"}, Holdings{}, ""},
		{"a position", Person{ID: "wang"}, Holdings{Positions: []Position{holds("wang", "housing", "reads")}}, "agency.see@housing, report.see@housing"},
		{"two positions", Person{ID: "wang"}, Holdings{Positions: []Position{holds("wang", "housing", "signs"), holds("wang", "street", "signs")}}, "review.sign@housing, review.sign@street"},
		{"with what is below", Person{ID: "wang"}, Holdings{Positions: []Position{wide}}, "agency.see@district+, report.see@district+"},
		{"ended", Person{ID: "wang"}, Holdings{Positions: []Position{ended}}, ""},
		{"on its last day", Person{ID: "wang"}, Holdings{Positions: []Position{lastDay}}, "agency.see@housing, report.see@housing"},
		{"not yet", Person{ID: "wang"}, Holdings{Positions: []Position{coming}}, ""},
		{"of somebody else", Person{ID: "wang"}, Holdings{Positions: []Position{holds("li", "housing", "reads")}}, ""},
		{"of an agency that is gone", Person{ID: "wang"}, Holdings{Positions: []Position{holds("wang", "gone", "reads")}}, ""},
		{"of a role that is gone", Person{ID: "wang"}, Holdings{Positions: []Position{holds("wang", "housing", "gone")}}, ""},
		{"of a closed account", Person{ID: "wang", Closed: time.Unix(1, 0)}, Holdings{Positions: []Position{holds("wang", "housing", "reads")}, Deputies: []Deputy{stand}}, ""},
		{"standing in", Person{ID: "wang"}, Holdings{Positions: []Position{holds("li", "housing", "signs")}, Deputies: []Deputy{stand}}, "review.sign@housing for li"},
		{"stood in before", Person{ID: "wang"}, Holdings{Positions: []Position{holds("li", "housing", "signs")}, Deputies: []Deputy{before}}, ""},
		{"standing in for a closed account", Person{ID: "wang"}, Holdings{Positions: []Position{holds("li", "housing", "signs")}, Deputies: []Deputy{stand}, ClosedPersons: []PersonID{"li"}}, ""},
		{"the other way round", Person{ID: "li"}, Holdings{Positions: []Position{holds("wang", "housing", "signs")}, Deputies: []Deputy{stand}}, ""},
		{"a deputy of a deputy holds nothing", Person{ID: "zhao"}, Holdings{Positions: []Position{holds("li", "housing", "signs")},
			Deputies: []Deputy{stand, {Of: "wang", By: "zhao", From: day, To: day}}}, ""},
	}
	for _, tt := range tests {
		tt.all.Roles = []Role{{Key: "reads", Perms: []Perm{SeeAgency, SeeReport}}, {Key: "signs", Perms: []Perm{SignOff}}}
		if got := said(GrantsOn(day, tt.person, tt.all, paths)); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestThePredicate(t *testing.T) {
	by := Actor{Person: "wang", Grants: []Grant{
		{Perm: SeeAgency, Path: "/district/", Subtree: true},
		{Perm: SignOff, Path: "/district/"},
		{Perm: SeeAudit, Path: "", Subtree: true}, // of an agency that does not exist any more
	}}
	tests := []struct {
		name string
		by   Actor
		perm Perm
		at   agency.Path
		want bool
	}{
		{"there", by, SeeAgency, "/district/", true},
		{"below", by, SeeAgency, "/district/housing/", true},
		{"above", by, SeeAgency, "/", false},
		{"beside, with a name that begins alike", by, SeeAgency, "/district2/", false},
		{"nowhere", by, SeeAgency, "", false},
		{"there only", by, SignOff, "/district/", true},
		{"there only, asked below", by, SignOff, "/district/housing/", false},
		{"another permission", by, Unmask, "/district/", false},
		{"by an agency that is gone", by, SeeAudit, "/district/", false},
		{"by an agency that is gone, nowhere", by, SeeAudit, "", false},
		{"nobody", Actor{}, SeeAgency, "/district/", false},
		{"the program", System("job"), SignOff, "/district/", true},
	}
	for _, tt := range tests {
		if got := tt.by.Can(tt.perm, tt.at); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
	if by.CanAnywhere(SeeAudit) || !by.CanAnywhere(SignOff) || (Actor{}).CanAnywhere(SignOff) || !System("job").CanAnywhere(SignOff) {
		t.Error("what somebody can anywhere is wrong")
	}
	if !(Actor{}).IsNobody() || by.IsNobody() || System("job").IsNobody() || !System("job").IsSystem() || by.IsSystem() {
		t.Error("who is nobody is wrong")
	}
}

func TestOnWhoseBehalf(t *testing.T) {
	own, other := Grant{Perm: SignOff, Path: "/a/"}, Grant{Perm: SignOff, Path: "/b/", For: "li"}
	by := Actor{Person: "wang", Grants: []Grant{{Perm: SignOff, Path: "/a/", For: "li"}, own, other}}
	got := []PersonID{by.For(SignOff, "/a/"), by.For(SignOff, "/b/"), by.For(SignOff, "/c/"), by.For(SeeAgency, "/b/")}
	if diff := cmp.Diff([]PersonID{"", "li", "", ""}, got); diff != "" {
		t.Error(diff)
	}
}

func TestNobodyGivesWhatHeDoesNotHold(t *testing.T) {
	by := Actor{Person: "wang", Grants: []Grant{{Perm: SeeAgency, Path: "/d/", Subtree: true}, {Perm: SignOff, Path: "/d/"}}}
	tests := []struct {
		perms   []Perm
		at      agency.Path
		subtree bool
		missing Perm
	}{
		{[]Perm{SeeAgency, SignOff}, "/d/", false, ""},
		{[]Perm{SeeAgency, SignOff}, "/d/", true, SignOff},
		{[]Perm{SeeAgency}, "/d/x/", true, ""},
		{[]Perm{SignOff}, "/d/x/", false, SignOff},
		{[]Perm{SeeAgency, Unmask}, "/d/", false, Unmask},
		{[]Perm{SeeAgency}, "/e/", false, SeeAgency},
	}
	for _, tt := range tests {
		if missing, ok := by.CanGive(tt.perms, tt.at, tt.subtree); missing != tt.missing || ok != (tt.missing == "") {
			t.Errorf("%v at %s (%v): %q missing, want %q", tt.perms, tt.at, tt.subtree, missing, tt.missing)
		}
	}
	if _, ok := System("cli").CanGive([]Perm{SignOff}, "/d/", true); !ok {
		t.Error("the program sets up the first administrator")
	}
}

// TestScopesAnswerLikeThePredicate: what lists are cut down by is what single things are judged by, and whoever was given a
// role by somebody can do nothing that the giver cannot.
func TestScopesAnswerLikeThePredicate(t *testing.T) {
	places := []agency.Path{"/a/", "/a/b/", "/a/b/c/", "/a/bb/", "/d/", ""}
	perms := []Perm{SeeAgency, SignOff, Unmask}
	rapid.Check(t, func(t *rapid.T) {
		draw := func() (g Grant) {
			return Grant{Perm: rapid.SampledFrom(perms).Draw(t, "perm"), Path: rapid.SampledFrom(places).Draw(t, "path"), Subtree: rapid.Bool().Draw(t, "subtree"),
				For: rapid.SampledFrom([]PersonID{"", "li"}).Draw(t, "for")}
		}
		by := Actor{Person: "wang", Grants: rapid.SliceOfN(rapid.Custom(func(*rapid.T) Grant { return draw() }), 0, 5).Draw(t, "grants")}
		for _, p := range perms {
			for _, at := range places {
				want := slices.ContainsFunc(by.Grants, func(g Grant) bool {
					return g.Perm == p && g.Path != "" && at != "" && (at == g.Path || g.Subtree && strings.HasPrefix(string(at), string(g.Path)))
				})
				if by.Can(p, at) != want || by.Scope(p).Contains(at) != want {
					t.Fatalf("%s at %q: can %v, scope %v, want %v", p, at, by.Can(p, at), by.Scope(p).Contains(at), want)
				}
			}
		}
		given := draw()
		given.For = ""
		if _, ok := by.CanGive([]Perm{given.Perm}, given.Path, given.Subtree); !ok {
			return
		}
		to := Actor{Person: "zhao", Grants: []Grant{given}}
		for _, at := range places {
			if to.Can(given.Perm, at) && !by.Can(given.Perm, at) {
				t.Fatalf("%+v was given by somebody who cannot do it at %q", given, at)
			}
		}
	})
}

func TestRolesThatComeWithTheProgram(t *testing.T) {
	known := map[Perm]bool{}
	for _, n := range PermNames() {
		if known[n.Value] || n.Name == "" {
			t.Errorf("permission %q is listed twice or has no name", n.Value)
		}
		known[n.Value] = true
	}
	keys := map[RoleKey]bool{}
	for _, r := range BuiltRoles() {
		if keys[r.Key] || !r.Built || r.Name == "" {
			t.Errorf("role %q: twice, not built or without a name", r.Key)
		}
		keys[r.Key] = true
		for i, p := range r.Perms {
			if !known[p] || slices.Contains(r.Perms[:i], p) {
				t.Errorf("role %s: permission %q is unknown or there twice", r.Key, p)
			}
		}
		if signs := slices.Contains(r.Perms, SignOff); signs && r.Key != Leader && r.Key != RegionAdmin && r.Key != OfficeAdmin {
			t.Errorf("role %s may sign", r.Key)
		}
		if r.Key == Auditor && slices.ContainsFunc(r.Perms, func(p Perm) bool { return !strings.HasSuffix(string(p), ".see") }) {
			t.Errorf("an auditor may do more than look: %v", r.Perms)
		}
	}
	if len(BuiltRoles()[0].Perms) != len(PermNames()) {
		t.Error("the first administrator does not hold every permission, and could not give them")
	}
}

func TestFieldsOfAPerson(t *testing.T) {
	tests := []struct {
		name string
		harm func(*Person)
		code string
	}{
		{"whole", func(*Person) {}, ""},
		{"no name", func(p *Person) { p.Name = "\t" }, "person.name"},
		{"a name too long", func(p *Person) { p.Name = strings.Repeat("张", 41) }, "person.name"},
		{"a short account", func(p *Person) { p.Account = "zs" }, "person.account"},
		{"the longest account", func(p *Person) { p.Account = strings.Repeat("z", 32) }, ""},
		{"an account too long", func(p *Person) { p.Account = strings.Repeat("z", 33) }, "person.account"},
		{"capitals", func(p *Person) { p.Account = "Zhang" }, "person.account"},
		{"a line break at the end", func(p *Person) { p.Account = "zhang\n" }, "person.account"},
		{"a Chinese account", func(p *Person) { p.Account = "张示例" }, "person.account"},
		{"a point in front", func(p *Person) { p.Account = ".zhang" }, "person.account"},
		{"words for a phone", func(p *Person) { p.Phone = "办公室" }, "person.phone"},
		{"a phone with its area", func(p *Person) { p.Phone = "0379-63000000" }, ""},
		{"no mail address", func(p *Person) { p.Email = "zhang" }, "person.email"},
		{"two mail addresses", func(p *Person) { p.Email = "a@example.cn,b@example.cn" }, "person.email"},
		{"a header in the address", func(p *Person) { p.Email = "a@example.cn\r\nBcc: b" }, "person.email"},
	}
	for _, tt := range tests {
		p := Person{Name: "张示例", Account: "zhang.sl", Email: "zhang@example.cn"}
		tt.harm(&p)
		expect(t, tt.name, p.Check(), tt.code)
	}
}

func expect(t *testing.T, name string, err error, code string) {
	t.Helper()
	if (err == nil) != (code == "") || err != nil && fault.CodeOf(err) != code {
		t.Errorf("%s: %v (%s), want %q", name, err, fault.CodeOf(err), code)
	}
}

func TestFieldsOfPositionsAndDeputies(t *testing.T) {
	whole := Position{Person: "wang", Agency: "housing", Role: Handler, From: day}
	for code, harm := range map[string]func(*Position){
		"": func(*Position) {}, "position.agency": func(p *Position) { p.Agency = "" }, "position.role": func(p *Position) { p.Role = "" },
		"position.title": func(p *Position) { p.Title = strings.Repeat("长", 41) }, "position.from": func(p *Position) { p.From = calendar.Date{} },
		"position.to": func(p *Position) { p.To = day.AddDays(-1) },
	} {
		p := whole
		harm(&p)
		expect(t, "position "+code, p.Check(), code)
	}
	tests := []struct {
		name string
		harm func(*Deputy)
		code string
	}{
		{"whole", func(*Deputy) {}, ""},
		{"one day", func(d *Deputy) { d.To = d.From }, ""},
		{"nobody", func(d *Deputy) { d.By = "" }, "deputy.by"},
		{"oneself", func(d *Deputy) { d.By = d.Of }, "deputy.by"},
		{"no last day", func(d *Deputy) { d.To = calendar.Date{} }, "deputy.dates"},
		{"no first day", func(d *Deputy) { d.From = calendar.Date{} }, "deputy.dates"},
		{"ends before it begins", func(d *Deputy) { d.To = d.From.AddDays(-1) }, "deputy.dates"},
		{"a year", func(d *Deputy) { d.To = d.From.AddDays(366) }, ""},
		{"longer", func(d *Deputy) { d.To = d.From.AddDays(367) }, "deputy.dates"},
		{"no reason", func(d *Deputy) { d.Reason = " " }, "deputy.reason"},
	}
	for _, tt := range tests {
		d := Deputy{Of: "li", By: "wang", From: day, To: day.AddDays(5), Reason: "休假"}
		tt.harm(&d)
		expect(t, "deputy: "+tt.name, d.Check(), tt.code)
	}
}
