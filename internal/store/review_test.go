package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gongkai/gongkai/internal/account"
	"github.com/gongkai/gongkai/internal/agency"
	"github.com/gongkai/gongkai/internal/calendar"
	"github.com/gongkai/gongkai/internal/fault"
	"github.com/gongkai/gongkai/internal/office"
	"github.com/gongkai/gongkai/internal/review"
)

// panel is a district with a housing office, its people, and sign-off over them.
type panel struct {
	place
	*review.Service
	told *[]review.Telling
}

const (
	district = agency.ID("d1")
	housing  = agency.ID("h1")
)

func newPanel(t *testing.T, p place) panel {
	t.Helper()
	today := calendar.On(noon)
	err := p.Update(t.Context(), func(tx *Tx) error {
		o := officeTx{tx}
		defer func() { tx.dirty = false }()
		err := errors.Join(
			o.SaveAgency(t.Context(), district, []agency.Version{{Agency: district, Name: "示例区政府", Kind: agency.Government, Level: agency.County, From: today.AddDays(-9)}}, 0),
			o.SaveAgency(t.Context(), housing, []agency.Version{{Agency: housing, Name: "示例区旧名", Kind: agency.Department, Level: agency.County, Superior: district, From: today.AddDays(-9), To: today.AddDays(-1)},
				{Agency: housing, Name: "示例区住建局", Kind: agency.Department, Level: agency.County, Superior: district, From: today}}, 0),
			o.SavePlaces(t.Context(), map[agency.ID]office.Place{district: {Path: "/d1/", Live: true}, housing: {Path: "/d1/h1/", Live: true}}))
		for _, who := range []struct {
			id      account.PersonID
			at      agency.ID
			role    account.RoleKey
			subtree bool
		}{
			{"writer", housing, account.Handler, false}, {"first", housing, account.Reviewer, false}, {"second", housing, account.Officer, false},
			{"secrecy", housing, account.Secrecy, false}, {"lawyer", housing, account.Legal, false}, {"leader", housing, account.Leader, false},
			{"admin", district, account.RegionAdmin, true}, {"chief", district, account.Leader, false}, {"gone", housing, account.Leader, false},
		} {
			err = errors.Join(err, o.SavePerson(t.Context(), account.Person{ID: who.id, Name: "张" + string(who.id), Account: string(who.id) + "1"}),
				o.SavePosition(t.Context(), account.Position{ID: "p-" + string(who.id), Person: who.id, Agency: who.at, Role: who.role, Subtree: who.subtree, From: today}))
		}
		return errors.Join(err,
			o.SavePerson(t.Context(), account.Person{ID: "gone", Name: "张gone", Account: "gone1", Serial: 1, Closed: noon}),
			o.SaveDeputy(t.Context(), account.Deputy{ID: "1", Of: "leader", By: "chief", From: today, To: today, Reason: "休假"}),
			o.SaveDeputy(t.Context(), account.Deputy{ID: "2", Of: "gone", By: "chief", From: today, To: today, Reason: "休假"}),
			o.SaveDeputy(t.Context(), account.Deputy{ID: "3", Of: "secrecy", By: "lawyer", From: today.AddDays(1), To: today.AddDays(2), Reason: "休假"}),
			o.SaveDeputy(t.Context(), account.Deputy{ID: "4", Of: "second", By: "gone", From: today, To: today, Reason: "休假"}))
	})
	if err != nil {
		t.Fatal(err)
	}
	var told []review.Telling
	var mu sync.Mutex
	keep := func(_ context.Context, _ *Tx, n review.Telling) error {
		mu.Lock()
		defer mu.Unlock()
		told = append(told, n)
		return nil
	}
	days := func(from calendar.Date, n int) (calendar.Date, error) {
		c, err := calendar.Table{}.WorkingDays(from, n)
		return c.Due, err
	}
	return panel{p, review.NewService(Reviews(p.DB, keep), days, nil), &told}
}

func (b panel) actor(t *testing.T, id account.PersonID) account.Actor {
	t.Helper()
	a, err := office.NewService(Office(b.DB)).Actor(t.Context(), id, "test")
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func (b panel) open(t *testing.T, id string) review.Item {
	t.Helper()
	s := review.Subject{Kind: "publication", ID: id}
	i, err := b.Open(t.Context(), b.actor(t, "writer"), review.New{Agency: housing, Kind: review.Publication, Subject: s, Title: "公示" + id, Link: "/desk/x", Section: "物业股",
		Digest: review.DigestOf(s, review.Part{Name: "text", Bytes: []byte("one")})})
	if err != nil {
		t.Fatal(err)
	}
	i, err = b.Submit(t.Context(), b.actor(t, "writer"), i.ID, "请审")
	if err != nil {
		t.Fatal(err)
	}
	return i
}

func (b panel) approve(t *testing.T, i review.Item, who account.PersonID, step review.StepKey) review.Item {
	t.Helper()
	i, err := b.Approve(t.Context(), b.actor(t, who), i.ID, review.Decide{Step: step, Digest: i.Digest, Text: "身份证号已遮盖"})
	if err != nil {
		t.Fatal(err)
	}
	return i
}

func (b panel) tellings(kind string) string {
	var out []string
	for _, n := range *b.told {
		if n.Kind == kind {
			out = append(out, string(n.To)+" "+n.Step)
		}
	}
	slices.Sort(out)
	return strings.Join(out, ", ")
}

var sameDay = cmp.Comparer(func(a, b calendar.Date) bool { return a == b })

func TestSignOffIsKept(t *testing.T) {
	onBoth(t, func(t *testing.T, p place) {
		b := newPanel(t, p)
		i := b.open(t, "1")
		if got, want := b.tellings(review.TellWaiting), "admin 初审, chief 初审, first 初审, leader 初审"; got != want {
			t.Errorf("told at first: %s, want %s", got, want)
		}
		i = b.approve(t, i, "first", "1.1")
		i = b.approve(t, i, "second", "2.1")
		i = b.approve(t, i, "secrecy", "2.2")
		refused := i.Cleared(i.Digest)
		i = b.approve(t, i, "chief", "3.1")
		if refused == nil || i.State != review.Signed || i.Cleared(i.Digest) != nil {
			t.Fatalf("before signing %v, after %s, %v", refused, i.State, i.Cleared(i.Digest))
		}
		if e := i.Events[len(i.Events)-1]; e.For != "leader" {
			t.Errorf("the deputy signed for %q", e.For)
		}
		if got := b.tellings(review.TellSigned); got != "writer 签发" {
			t.Errorf("told of the signature: %s", got)
		}

		v, err := b.Item(t.Context(), b.actor(t, "writer"), i.ID)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(i, v.Row.Item, sameDay); diff != "" {
			t.Errorf("what was kept differs: %s", diff)
		}
		if v.Office != "示例区住建局" || v.Names["leader"] != "张leader" || !v.Provides {
			t.Errorf("office %q, names %v, provides %v", v.Office, v.Names, v.Provides)
		}
		sig, err := b.Cleared(t.Context(), i.Subject, i.Digest)
		if err != nil || sig.Round != 1 || len(sig.Steps) != 4 {
			t.Errorf("signature %+v, %v", sig, err)
		}
		if _, err := b.Cleared(t.Context(), i.Subject, "sha256:"+strings.Repeat("0", 64)); fault.CodeOf(err) != "review.changed" {
			t.Errorf("other content: %v", err)
		}
		if _, err := b.Cleared(t.Context(), review.Subject{Kind: "publication", ID: "never"}, i.Digest); fault.CodeOf(err) != "review.not_signed" {
			t.Errorf("another subject: %v", err)
		}
		entries := actions(t, p, string(i.ID))
		if want := "review.open review.submit review.approve review.approve review.approve review.approve"; entries != want {
			t.Errorf("the record says %s, want %s", entries, want)
		}
		if broken, _, err := p.VerifyAudit(t.Context()); broken != nil || err != nil {
			t.Errorf("the record: %v, %v", broken, err)
		}
	})
}

// actions are those in the record about an item, oldest first. No opinion stands there in the clear.
func actions(t *testing.T, p place, id string) string {
	t.Helper()
	var out []string
	err := p.View(t.Context(), func(tx *Tx) error {
		all, err := list(t.Context(), tx, scanEntry, `SELECT `+entryColumns+` FROM audit_entries WHERE subject_id = ? ORDER BY seq`, id)
		for _, e := range all {
			out = append(out, e.Action)
			if strings.Contains(e.Changes, "身份证号") {
				t.Errorf("an opinion stands in the record in the clear: %s", e.Changes)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(out, " ")
}

func TestWhatHappenedIsNeverChangedInTheDatabase(t *testing.T) {
	onBoth(t, func(t *testing.T, p place) {
		b := newPanel(t, p)
		i := b.approve(t, b.open(t, "1"), "first", "1.1")
		for _, q := range []string{`UPDATE review_events SET person = 'x'`, `UPDATE review_events SET digest = 'x'`, `UPDATE review_events SET at = 0`, `DELETE FROM review_events`} {
			err := p.Update(t.Context(), func(tx *Tx) error {
				_, err := tx.quiet(t.Context(), q)
				return err
			})
			if err == nil {
				t.Errorf("%s was let through", q)
			}
		}
		err := p.View(t.Context(), func(tx *Tx) error {
			clear, _, err := one(t.Context(), tx, scanInt, `SELECT COUNT(*) FROM review_events WHERE body LIKE '%身份证%'`)
			if clear != 0 {
				t.Error("an opinion is kept in the clear")
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
		if err := p.RotateKey(t.Context(), tester); err != nil {
			t.Fatal(err)
		}
		if n, err := p.Reseal(t.Context(), tester); err != nil || n < 2 {
			t.Errorf("sealed again: %d, %v", n, err)
		}
		v, err := b.Item(t.Context(), b.actor(t, "first"), i.ID)
		if err != nil || v.Events[2].Text != "身份证号已遮盖" {
			t.Errorf("after a new key: %+v, %v", v.Events, err)
		}
	})
}

func TestOneThingHasOneItem(t *testing.T) {
	onBoth(t, func(t *testing.T, p place) {
		b := newPanel(t, p)
		i := b.open(t, "1")
		again := review.New{Agency: housing, Kind: review.Publication, Subject: i.Subject, Title: "再来", Digest: i.Digest}
		if _, err := b.Open(t.Context(), b.actor(t, "writer"), again); fault.CodeOf(err) != "review.exists" {
			t.Errorf("a second item: %v", err)
		}
		if _, err := b.Withdraw(t.Context(), b.actor(t, "writer"), i.ID, "不发了"); err != nil {
			t.Fatal(err)
		}
		if got, want := b.tellings(review.TellWithdrawn), "admin , chief , first , leader "; got != want {
			t.Errorf("told of the withdrawal: %q, want %q", got, want)
		}
		if _, err := b.Open(t.Context(), b.actor(t, "writer"), again); err != nil {
			t.Errorf("after the first was withdrawn: %v", err)
		}
		// The database itself keeps a second one out, whatever two programs do at the same moment.
		err := p.Update(t.Context(), func(tx *Tx) error {
			twin := i
			twin.ID, twin.Serial, twin.State = "twin", 0, review.Draft
			return ReviewTx(tx, nil).SaveItem(t.Context(), twin)
		})
		if !errors.Is(err, fault.Conflict) {
			t.Errorf("a twin: %v", err)
		}
	})
}

func TestSideBySideReviewersDoNotStandInEachOthersWay(t *testing.T) {
	onBoth(t, func(t *testing.T, p place) {
		b := newPanel(t, p)
		i := b.approve(t, b.open(t, "1"), "first", "1.1")
		var wg sync.WaitGroup
		errs := make([]error, 2)
		for n, who := range []account.Actor{b.actor(t, "second"), b.actor(t, "secrecy")} {
			wg.Go(func() {
				_, errs[n] = b.Approve(t.Context(), who, i.ID, review.Decide{Step: review.StepKey(fmt.Sprintf("2.%d", n+1)), Digest: i.Digest})
			})
		}
		wg.Wait()
		v, err := b.Item(t.Context(), b.actor(t, "leader"), i.ID)
		if err := errors.Join(append(errs, err)...); err != nil {
			t.Fatal(err)
		}
		if len(v.Mine) != 1 || v.Mine[0].Step != "3.1" {
			t.Errorf("waiting for the leader: %v", v.Mine)
		}
		err = p.Update(t.Context(), func(tx *Tx) error { return ReviewTx(tx, nil).SaveItem(t.Context(), i) })
		if !errors.Is(err, fault.Conflict) {
			t.Errorf("saving what is out of date: %v", err)
		}
	})
}

func TestListsShowWhatOneMaySee(t *testing.T) {
	onBoth(t, func(t *testing.T, p place) {
		b := newPanel(t, p)
		one, two := b.open(t, "1"), b.open(t, "2")
		*p.clock = noon.Add(72 * time.Hour)
		three := b.open(t, "3")
		b.approve(t, two, "first", "1.1")
		names := func(rows []review.Row, err error) string {
			if err != nil {
				t.Error(err)
			}
			var out []string
			for _, r := range rows {
				out = append(out, r.Subject.ID)
			}
			return strings.Join(out, " ")
		}
		q := review.Query{Limit: 10}
		tests := []struct {
			who                account.PersonID
			waiting, mine, all string
		}{
			{"first", "1 3", "", "3 2 1"},
			{"second", "2", "", "3 2 1"},
			{"secrecy", "2", "", "3 2 1"},
			{"lawyer", "", "", "3 2 1"},
			{"writer", "", "3 2 1", "3 2 1"},
			{"admin", "2 1 3", "", "3 2 1"}, // of 2 the later steps, which are due later; all of them have the same due day but the third
			{"gone", "", "", ""},
		}
		for _, tt := range tests {
			by := b.actor(t, tt.who)
			if got := names(b.Waiting(t.Context(), by)); len(got) != len(tt.waiting) || (tt.who != "admin" && got != tt.waiting) {
				t.Errorf("%s: waiting %q, want %q", tt.who, got, tt.waiting)
			}
			if got := names(b.Mine(t.Context(), by, q)); got != tt.mine {
				t.Errorf("%s: mine %q, want %q", tt.who, got, tt.mine)
			}
			if got := names(b.All(t.Context(), by, q)); got != tt.all {
				t.Errorf("%s: all %q, want %q", tt.who, got, tt.all)
			}
		}
		by := b.actor(t, "first")
		if got := names(b.All(t.Context(), by, review.Query{Before: three.ID, Limit: 1})); got != "2" {
			t.Errorf("the next page: %q", got)
		}
		if got := names(b.All(t.Context(), by, review.Query{States: []review.State{review.Signed}, Limit: 9})); got != "" {
			t.Errorf("signed: %q", got)
		}
		chief := b.actor(t, "chief") // of the district alone; stood in for the leader three days ago
		if _, err := b.Item(t.Context(), chief, one.ID); fault.CodeOf(err) != "review.not_found" {
			t.Errorf("the chief sees it: %v", err)
		}
		if _, err := b.Item(t.Context(), by, "nothing"); fault.CodeOf(err) != "review.not_found" {
			t.Errorf("what does not exist: %v", err)
		}
		if _, err := b.Approve(t.Context(), by, "nothing", review.Decide{}); fault.CodeOf(err) != "review.not_found" {
			t.Errorf("deciding on what does not exist: %v", err)
		}
	})
}

// TestHoldersAreThoseWhoCan holds the two ways of asking to one answer: who can do this, and what can he do.
func TestHoldersAreThoseWhoCan(t *testing.T) {
	onBoth(t, func(t *testing.T, p place) {
		b := newPanel(t, p)
		for _, day := range []int{0, 1, 2, 5} {
			*p.clock = noon.Add(time.Duration(day) * 24 * time.Hour)
			for _, perm := range account.PermNames() {
				for at, path := range map[agency.ID]agency.Path{district: "/d1/", housing: "/d1/h1/"} {
					want := map[review.Holder]bool{}
					for _, id := range []account.PersonID{"writer", "first", "second", "secrecy", "lawyer", "leader", "admin", "chief", "gone"} {
						for _, g := range b.actor(t, id).Grants {
							if (account.Actor{Person: id, Grants: []account.Grant{g}}).Can(perm.Value, path) {
								want[review.Holder{Person: id, For: g.For}] = true
							}
						}
					}
					got := map[review.Holder]bool{}
					err := p.View(t.Context(), func(tx *Tx) error {
						all, err := ReviewTx(tx, nil).Holders(t.Context(), perm.Value, at)
						for _, h := range all {
							got[h] = true
						}
						return err
					})
					if err != nil {
						t.Fatal(err)
					}
					if diff := cmp.Diff(want, got); diff != "" {
						t.Errorf("day %d, %s at %s: %s", day, perm.Value, at, diff)
					}
				}
			}
		}
	})
}

func TestPlansHaveVersions(t *testing.T) {
	onBoth(t, func(t *testing.T, p place) {
		b := newPanel(t, p)
		i := b.open(t, "1")
		admin := b.actor(t, "admin")
		v, err := b.PlanOf(t.Context(), admin, housing)
		if err != nil || v.Version != 0 || !v.Manages || v.Office != "示例区住建局" || len(v.Candidates[review.Secrecy]) != 2 {
			t.Fatalf("plan %+v, %v", v, err)
		}
		next := v.Plan
		next.Stages = []review.Stage{{{Kind: review.Secrecy, Persons: []account.PersonID{"secrecy"}, Days: 1}}, {{Kind: review.Sign}}}
		saved, err := b.SavePlan(t.Context(), admin, next)
		if err != nil || saved.Version != 1 {
			t.Fatalf("saved %+v, %v", saved, err)
		}
		if _, err := b.SavePlan(t.Context(), admin, next); fault.CodeOf(err) != "review.plan.stale" {
			t.Errorf("an older version over a newer one: %v", err)
		}
		bad := saved
		bad.Stages = []review.Stage{{{Kind: review.Secrecy, Persons: []account.PersonID{"writer"}}}, {{Kind: review.Sign}}}
		if _, err := b.SavePlan(t.Context(), admin, bad); fault.CodeOf(err) != "review.plan.persons" {
			t.Errorf("somebody without the permission: %v", err)
		}
		if _, err := b.SavePlan(t.Context(), b.actor(t, "leader"), saved); fault.CodeOf(err) != "review.not_found" {
			t.Errorf("by who does not manage: %v", err)
		}
		if i = b.approve(t, i, "first", "1.1"); i.Plan.Version != 0 {
			t.Errorf("an item took over version %d", i.Plan.Version)
		}
		other := b.open(t, "2")
		if other.Plan.Version != 1 || other.Open[0].Step != "1.1" || other.Plan.Stages[0][0].Kind != review.Secrecy {
			t.Errorf("a new item has %+v", other.Plan)
		}
	})
}

func TestAChainThatCannotEndIsNotBegun(t *testing.T) {
	onBoth(t, func(t *testing.T, p place) {
		b := newPanel(t, p)
		// Only the administrator of the district could review for legality; he has left.
		err := p.Update(t.Context(), func(tx *Tx) error {
			defer func() { tx.dirty = false }()
			return errors.Join(officeTx{tx}.SavePerson(t.Context(), account.Person{ID: "lawyer", Name: "张lawyer", Account: "lawyer1", Serial: 1, Closed: noon}),
				officeTx{tx}.SavePerson(t.Context(), account.Person{ID: "admin", Name: "张admin", Account: "admin1", Serial: 1, Closed: noon}))
		})
		if err != nil {
			t.Fatal(err)
		}
		s := review.Subject{Kind: "reply", ID: "1"}
		i, err := b.Open(t.Context(), b.actor(t, "writer"), review.New{Agency: housing, Kind: review.Reply, Subject: s, Title: "答复", Digest: review.DigestOf(s)})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := b.Submit(t.Context(), b.actor(t, "writer"), i.ID, ""); fault.CodeOf(err) != "review.nobody" || !strings.Contains(fault.Message(err), "法制审核") {
			t.Errorf("got %v", err)
		}
	})
}
