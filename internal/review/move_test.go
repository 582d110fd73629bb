package review

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gongkai/gongkai/internal/account"
	"github.com/gongkai/gongkai/internal/agency"
	"github.com/gongkai/gongkai/internal/calendar"
	"github.com/gongkai/gongkai/internal/fault"
)

func TestAnItemIsSignedByItsWholeChain(t *testing.T) {
	i := begin(t, writer, Publication)
	if i.State != Draft || len(i.Open) != 0 {
		t.Fatalf("a new item is %s with %d steps open", i.State, len(i.Open))
	}
	i = must(t)(i.Submit(call(writer), "请审"))
	want := []Open{{Step: "1.1", Since: monday, Due: calendar.NewDate(2026, 3, 4)}}
	if diff := cmp.Diff(want, i.Open, cmp.Comparer(func(a, b calendar.Date) bool { return a == b })); diff != "" {
		t.Error(diff)
	}
	i = through(t, i, first, "1.1")
	if len(i.Open) != 2 || i.Open[0].Step != "2.1" || i.Open[1].Step != "2.2" {
		t.Fatalf("after the first review these are open: %v", i.Open)
	}
	i = through(t, i, secrecy, "2.2") // side by side: in any order
	i = through(t, i, second, "2.1")
	if err := i.Cleared(digest("one")); fault.CodeOf(err) != "review.not_signed" {
		t.Errorf("before signing: %v", err)
	}
	i = through(t, i, leader, "3.1")
	if i.State != Signed || len(i.Open) != 0 {
		t.Fatalf("in the end it is %s, open %v", i.State, i.Open)
	}
	if err := i.Cleared(digest("one")); err != nil {
		t.Error(err)
	}
	sig, err := i.Signature()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]account.PersonID{"first", "second", "secrecy", "leader"}, sig.Signers()); diff != "" {
		t.Error(diff)
	}
	if sig.Round != 1 || sig.Provided.Person != "writer" || sig.Digest != digest("one") || !sig.At.Equal(monday) {
		t.Errorf("signature %+v", sig)
	}
	for _, l := range i.Chain() {
		if want := map[bool]Progress{true: LeftOut, false: Done}[l.Kind == Legal]; l.Progress != want {
			t.Errorf("%s is %s, want %s", l.Label(), l.Progress, want)
		}
	}
}

func TestDecisionsThatAreRefused(t *testing.T) {
	item := submitted(t, Publication)
	ofFirst := through(t, item, first, "1.1")
	byLeader := through(t, item, leader, "1.1", second, "2.1", secrecy, "2.2")
	ownWork := must(t)(begin(t, first, Publication).Submit(call(first), ""))
	named := item.clone()
	named.Plan.Stages[0][0].Persons = []account.PersonID{"leader"}
	tests := []struct {
		name string
		item Item
		by   account.Actor
		d    Decide
		code string
		kind fault.Kind
	}{
		{"without the permission", item, secrecy, Decide{Step: "1.1"}, "review.not_found", fault.NotFound},
		{"with the permission elsewhere", item, stranger, Decide{Step: "1.1"}, "review.not_found", fault.NotFound},
		{"nobody", item, account.Actor{}, Decide{Step: "1.1"}, "review.person", fault.Usage},
		{"the program", item, account.System("job"), Decide{Step: "1.1"}, "review.person", fault.Usage},
		{"a step that does not exist", item, first, Decide{Step: "9.9"}, "review.not_found", fault.NotFound},
		{"a step that is not open yet", item, leader, Decide{Step: "3.1"}, "review.not_due", fault.Conflict},
		{"a step that is decided", ofFirst, first, Decide{Step: "1.1"}, "review.not_due", fault.Conflict},
		{"of an item that was not submitted", begin(t, writer, Publication), first, Decide{Step: "1.1"}, "review.state", fault.Conflict},
		{"of a signed item", signed(t), leader, Decide{Step: "3.1"}, "review.state", fault.Conflict},
		{"over another content", item, first, Decide{Step: "1.1", Digest: digest("two")}, "review.stale", fault.Conflict},
		{"by the provider", ownWork, first, Decide{Step: "1.1"}, "review.own", fault.Conflict},
		{"by the provider for a reviewer", item, person("writer", may(account.Provide), behalf(account.FirstReview, "first")), Decide{Step: "1.1"}, "review.own", fault.Conflict},
		{"by a deputy of the provider", ownWork, person("deputy", behalf(account.FirstReview, "first")), Decide{Step: "1.1"}, "review.own", fault.Conflict},
		{"signing by who reviewed first", byLeader, leader, Decide{Step: "3.1"}, "review.same_person", fault.Conflict},
		{"signing for who reviewed first", byLeader, person("deputy", behalf(account.SignOff, "leader")), Decide{Step: "3.1"}, "review.same_person", fault.Conflict},
		{"by somebody who is not named", named, first, Decide{Step: "1.1"}, "review.not_named", fault.Conflict},
		{"an opinion too long", item, first, Decide{Step: "1.1", Text: strings.Repeat("字", 1001)}, "review.text", fault.Usage},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if tt.d.Digest == "" {
				tt.d.Digest = tt.item.Digest
			}
			_, err := tt.item.Approve(call(tt.by), tt.d)
			refused(t, err, tt.code, tt.kind)
			if tt.d.Text == "" {
				tt.d.Text = "要改"
			}
			_, err = tt.item.Return(call(tt.by), tt.d)
			refused(t, err, tt.code, tt.kind)
		})
	}
}

func TestDeputiesDecideOnBehalfOfTheOther(t *testing.T) {
	item := submitted(t, Publication)
	named := item.clone()
	named.Plan.Stages[0][0].Persons = []account.PersonID{"first"}
	tests := []struct {
		name string
		item Item
		by   account.Actor
		want account.PersonID
	}{
		{"in one's own right", item, first, ""},
		{"own right goes before", item, person("x", behalf(account.FirstReview, "first"), may(account.FirstReview)), ""},
		{"for somebody", item, person("x", behalf(account.FirstReview, "first")), "first"},
		{"for who is named, though there is an own right", named, person("x", may(account.FirstReview), behalf(account.FirstReview, "first")), "first"},
		{"not for the provider where another right is at hand", item, person("x", behalf(account.FirstReview, "writer"), behalf(account.FirstReview, "leader")), "leader"},
	}
	for _, tt := range tests {
		i, err := tt.item.Approve(call(tt.by), Decide{Step: "1.1", Digest: tt.item.Digest})
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		if e := i.Events[len(i.Events)-1]; e.For != tt.want || e.Person != tt.by.Person {
			t.Errorf("%s: by %q for %q, want for %q", tt.name, e.Person, e.For, tt.want)
		}
	}
}

func TestReturns(t *testing.T) {
	item := through(t, submitted(t, Publication), first, "1.1", second, "2.1", secrecy, "2.2")
	back := func(to int, why string) (Item, error) {
		return item.Return(call(leader), Decide{Step: "3.1", Digest: item.Digest, To: to, Text: why})
	}
	_, err := back(0, "  ")
	refused(t, err, "review.reason", fault.Usage)
	_, err = back(3, "要改")
	refused(t, err, "review.return_to", fault.Usage)
	_, err = back(-1, "要改")
	refused(t, err, "review.return_to", fault.Usage)
	if diff := cmp.Diff([]int{0, 1, 2}, item.Backs("3.1")); diff != "" {
		t.Error(diff)
	}

	t.Run("to the provider ends the round", func(t *testing.T) {
		i := must(t)(back(0, "金额要核对"))
		if i.State != Returned || len(i.Open) != 0 {
			t.Fatalf("%s, open %v", i.State, i.Open)
		}
		i = must(t)(i.Submit(call(writer), "已核对"))
		if r := i.Rounds(); len(r) != 2 || r[0].End != SentBack || r[1].End != "" || r[1].By.Text != "已核对" {
			t.Errorf("rounds %+v", r)
		}
		if len(i.Open) != 1 || i.Open[0].Step != "1.1" {
			t.Errorf("the chain starts again at %v", i.Open)
		}
	})
	t.Run("to a stage undoes what came from there on", func(t *testing.T) {
		i := must(t)(back(2, "保密再看"))
		if i.State != InReview || len(i.Rounds()) != 1 || len(i.Open) != 2 || i.Open[0].Step != "2.1" {
			t.Fatalf("%s, rounds %d, open %v", i.State, len(i.Rounds()), i.Open)
		}
		i = through(t, i, second, "2.1", secrecy, "2.2", leader, "3.1")
		if err := i.Cleared(i.Digest); err != nil {
			t.Error(err)
		}
	})
}

func TestNewContentStartsTheChainAgain(t *testing.T) {
	i := through(t, submitted(t, Publication), first, "1.1")
	_, err := i.Replace(call(writer), digest("one"), "")
	refused(t, err, "review.same_content", fault.Usage)
	_, err = i.Replace(call(writer), "md5:abc", "")
	refused(t, err, "review.digest", fault.Usage)
	_, err = i.Replace(call(second), digest("two"), "")
	refused(t, err, "review.not_found", fault.NotFound)

	i = must(t)(i.Replace(call(writer), digest("two"), "改了错字"))
	if i.State != Draft || len(i.Open) != 0 || i.Rounds()[0].End != Replaced {
		t.Fatalf("%s, open %v, rounds %+v", i.State, i.Open, i.Rounds())
	}
	_, err = i.Approve(call(second), Decide{Step: "2.1", Digest: digest("one")})
	refused(t, err, "review.state", fault.Conflict)
	i = must(t)(i.Submit(call(writer), ""))
	if i.Open[0].Step != "1.1" {
		t.Errorf("the chain starts again at %v", i.Open)
	}
}

func TestASignatureFitsItsContentOnly(t *testing.T) {
	i := signed(t)
	refused(t, i.Cleared(digest("two")), "review.changed", fault.Conflict)
	_, err := i.Withdraw(call(writer), "不发了")
	refused(t, err, "review.state", fault.Conflict)
	_, err = i.Replace(call(writer), digest("two"), "")
	refused(t, err, "review.reason", fault.Usage)

	changed := must(t)(i.Replace(call(writer), digest("two"), "更正"))
	refused(t, changed.Cleared(digest("one")), "review.not_signed", fault.Conflict)
	refused(t, changed.Cleared(digest("two")), "review.not_signed", fault.Conflict)
	if r := changed.Rounds(); len(r) != 1 || r[0].End != Approved {
		t.Errorf("the round that was signed reads %+v", r)
	}
	void := must(t)(i.Void(call(manager), "发现涉及个人信息"))
	refused(t, void.Cleared(digest("one")), "review.not_signed", fault.Conflict)
}

// TestARecordThatDoesNotHoldClearsNothing changes what a database could be made to say.
func TestARecordThatDoesNotHoldClearsNothing(t *testing.T) {
	tests := []struct {
		name string
		harm func(*Item)
		code string
	}{
		{"only the state says signed", func(i *Item) { i.Events = i.Events[:3] }, "review.not_signed"},
		{"an approval was left out", func(i *Item) { i.Events = append(i.Events[:3:3], i.Events[4:]...) }, "review.not_signed"},
		{"no submission", func(i *Item) { i.Events = append(i.Events[:1:1], i.Events[2:]...) }, "review.not_signed"},
		{"no event at all", func(i *Item) { i.Events = nil }, "review.not_signed"},
		{"an approval of other content", func(i *Item) { i.Events[3].Digest = digest("two") }, "review.broken"},
		{"an approval by the provider", func(i *Item) { i.Events[3].Person = "writer" }, "review.broken"},
		{"an approval for the provider", func(i *Item) { i.Events[3].For = "writer" }, "review.broken"},
		{"an approval by nobody", func(i *Item) { i.Events[3].Person = "" }, "review.broken"},
		{"first review and signature of one person", func(i *Item) { i.Events[2].Person = "leader" }, "review.broken"},
		{"the content of the item", func(i *Item) { i.Digest = digest("two") }, "review.broken"},
		{"a plan without secrecy review", func(i *Item) { i.Plan.Stages[1] = i.Plan.Stages[1][:1] }, "review.broken"},
		{"another state", func(i *Item) { i.State = Draft }, "review.not_signed"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			i := signed(t)
			tt.harm(&i)
			refused(t, i.Cleared(digest("one")), tt.code, fault.Conflict)
		})
	}
}

func TestWithdrawAndVoidAreForGood(t *testing.T) {
	i := submitted(t, Publication)
	_, err := i.Withdraw(call(writer), "")
	refused(t, err, "review.reason", fault.Usage)
	_, err = i.Withdraw(call(first), "不用了")
	refused(t, err, "review.not_found", fault.NotFound)
	_, err = i.Void(call(leader), "不用了")
	refused(t, err, "review.not_found", fault.NotFound)
	_, err = i.Void(call(account.System("job")), "不用了")
	refused(t, err, "review.person", fault.Usage)
	for _, end := range []Item{must(t)(i.Withdraw(call(writer), "不用了")), must(t)(i.Void(call(manager), "重复"))} {
		_, err := end.Submit(call(writer), "")
		refused(t, err, "review.state", fault.Conflict)
		_, err = end.Replace(call(writer), digest("two"), "")
		refused(t, err, "review.state", fault.Conflict)
		_, err = end.Withdraw(call(writer), "再来")
		refused(t, err, "review.state", fault.Conflict)
		_, err = end.Void(call(manager), "再来")
		refused(t, err, "review.state", fault.Conflict)
		if len(end.Open) != 0 {
			t.Errorf("%s with open steps %v", end.State, end.Open)
		}
	}
}

func TestWhoSeesAnItem(t *testing.T) {
	i := submitted(t, Publication)
	tests := []struct {
		name            string
		by              account.Actor
		sees, provides  bool
		waiting, before string // step that waits, after and before the first review
	}{
		{"the provider", writer, true, true, "", ""},
		{"who stands in for the provider", person("x", behalf(account.Provide, "writer")), true, true, "", ""},
		{"another provider", person("other", may(account.Provide)), false, false, "", ""},
		{"who reviews first", first, true, false, "", "1.1"},
		{"secrecy", secrecy, true, false, "2.2", ""},
		{"an auditor", person("auditor", may(account.SeeAudit)), true, false, "", ""},
		{"a reviewer of another agency", stranger, false, false, "", ""},
		{"a reviewer of the whole district", account.Actor{Person: "d", Grants: []account.Grant{{Perm: account.FirstReview, Path: "/district/", Subtree: true}}}, true, false, "", "1.1"},
		{"nobody", account.Actor{}, false, false, "", ""},
		{"the program", account.System("job"), true, false, "", ""},
	}
	later := through(t, i, first, "1.1")
	step := func(o []Open) string {
		if len(o) == 0 {
			return ""
		}
		return string(o[0].Step)
	}
	for _, tt := range tests {
		if got := i.Sees(tt.by, house); got != tt.sees {
			t.Errorf("%s: sees %v, want %v", tt.name, got, tt.sees)
		}
		if got := i.Provides(tt.by, house); got != tt.provides {
			t.Errorf("%s: provides %v, want %v", tt.name, got, tt.provides)
		}
		if got := step(i.Waiting(tt.by, house)); got != tt.before {
			t.Errorf("%s: %q waits at first, want %q", tt.name, got, tt.before)
		}
		if got := step(later.Waiting(tt.by, house)); got != tt.waiting {
			t.Errorf("%s: %q waits later, want %q", tt.name, got, tt.waiting)
		}
	}
}

func TestOverdue(t *testing.T) {
	i := submitted(t, Publication)
	due := calendar.NewDate(2026, 3, 4)
	if i.Due() != due {
		t.Errorf("due %s, want %s", i.Due(), due)
	}
	if got := i.Overdue(due); len(got) != 0 {
		t.Errorf("on its last day: %v", got)
	}
	if got := i.Overdue(due.AddDays(1)); len(got) != 1 || got[0].Step != "1.1" {
		t.Errorf("a day later: %v", got)
	}
}

func TestAnItemIsAboutOneThing(t *testing.T) {
	whole := New{ID: "r1", Agency: office, Kind: Publication, Subject: Subject{"publication", "p1"}, Title: "公示", Digest: digest("one")}
	tests := []struct {
		name string
		harm func(*New)
		by   account.Actor
		code string
		kind fault.Kind
	}{
		{"no title", func(n *New) { n.Title = " " }, writer, "review.title", fault.Usage},
		{"a title too long", func(n *New) { n.Title = strings.Repeat("公", 121) }, writer, "review.title", fault.Usage},
		{"no subject", func(n *New) { n.Subject.ID = "" }, writer, "review.subject", fault.Usage},
		{"no kind", func(n *New) { n.Kind = "" }, writer, "review.subject", fault.Usage},
		{"no agency", func(n *New) { n.Agency = "" }, writer, "review.subject", fault.Usage},
		{"no digest", func(n *New) { n.Digest = "" }, writer, "review.digest", fault.Usage},
		{"without the permission", func(*New) {}, secrecy, "review.not_found", fault.NotFound},
		{"the program", func(*New) {}, account.System("job"), "review.person", fault.Usage},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			n := whole
			tt.harm(&n)
			_, err := Begin(call(tt.by), n, DefaultPlan(office))
			refused(t, err, tt.code, tt.kind)
		})
	}
	_, err := Begin(call(writer), whole, Plan{})
	refused(t, err, "review.plan.stages", fault.Usage)
}

func TestDigestsOfDifferentThingsDiffer(t *testing.T) {
	s := Subject{"publication", "p1"}
	seen := map[string]string{}
	for name, d := range map[string]string{
		"plain":           DigestOf(s, Part{"text", []byte("ab")}),
		"other subject":   DigestOf(Subject{"publication", "p2"}, Part{"text", []byte("ab")}),
		"other kind":      DigestOf(Subject{"reply", "p1"}, Part{"text", []byte("ab")}),
		"moved border":    DigestOf(s, Part{"texta", []byte("b")}),
		"two parts":       DigestOf(s, Part{"text", []byte("a")}, Part{"text", []byte("b")}),
		"no part":         DigestOf(s),
		"an empty part":   DigestOf(s, Part{}),
		"subject in part": DigestOf(Subject{"publication", ""}, Part{"p1text", []byte("ab")}),
	} {
		if other, ok := seen[d]; ok {
			t.Errorf("%s and %s have one digest", name, other)
		}
		seen[d] = name
		if !digestForm.MatchString(d) {
			t.Errorf("%s: %q has not the form of a digest", name, d)
		}
	}
}

func TestNamesAreThereForAllValues(t *testing.T) {
	if got := agency.NameOf(StateNames(), Signed); got != "已签发" {
		t.Errorf("got %q", got)
	}
	for _, k := range StepKindNames() {
		if k.Value.Perm() == "" || agency.NameOf(account.PermNames(), k.Value.Perm()) != k.Name {
			t.Errorf("%s asks for %q, which people call otherwise", k.Name, k.Value.Perm())
		}
	}
}
