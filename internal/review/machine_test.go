package review

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/gongkai/gongkai/internal/account"
	"github.com/gongkai/gongkai/internal/calendar"
)

var sameDate = cmp.Comparer(func(a, b calendar.Date) bool { return a == b })

// cast are people with all sorts of rights, and some who stand in for others.
func cast() []account.Actor {
	return []account.Actor{
		writer, first, second, secrecy, lawyer, leader, manager, stranger,
		person("both", may(account.Provide), may(account.FirstReview), may(account.SecondReview), may(account.SecrecyReview), may(account.LegalReview), may(account.SignOff)),
		person("stand-in", behalf(account.Provide, "writer"), behalf(account.FirstReview, "both"), behalf(account.SignOff, "leader"), behalf(account.LegalReview, "lawyer")),
		person("writer", may(account.Provide), behalf(account.FirstReview, "first"), behalf(account.SignOff, "leader")),
		person("deputy", may(account.SecondReview), behalf(account.SecondReview, "both"), behalf(account.SecrecyReview, "both"), behalf(account.SignOff, "both")),
		account.System("job"), {},
	}
}

// TestWhateverHappens tries sequences of acts by everybody: an item is signed only by its whole chain, over the content it
// has, by persons with the permission who did not provide it; and its history is only ever added to.
func TestWhateverHappens(t *testing.T) {
	signedRuns := 0
	rapid.Check(t, func(t *rapid.T) {
		p, k := soundPlan(t), rapid.SampledFrom([]Kind{Publication, Reply}).Draw(t, "kind")
		now := monday
		i, err := Begin(Call{By: writer, At: house, Now: now, Days: weekdays}, New{ID: "r", Agency: office, Kind: k, Subject: Subject{"publication", "p1"}, Title: "公示", Digest: digest("0")}, p)
		if err != nil {
			t.Fatal(err)
		}
		for n := range rapid.IntRange(1, 40).Draw(t, "acts") {
			now = now.Add(time.Duration(rapid.IntRange(1, 2000).Draw(t, "minutes")) * time.Minute)
			by := someone(t, i)
			c := Call{By: by, At: house, Now: now, Days: weekdays}
			kept := i.clone()
			next, err := act(t, i, c, n)
			if diff := cmp.Diff(kept, i, sameDate); diff != "" {
				t.Fatalf("an act changed the item it was asked of: %s", diff)
			}
			if err != nil {
				continue
			}
			if len(next.Events) != len(i.Events)+1 || !cmp.Equal(next.Events[:len(i.Events)], i.Events, sameDate) {
				t.Fatalf("history was changed: %v, then %v", i.Events, next.Events)
			}
			e := next.Events[len(i.Events)]
			if e.Act == Approved || e.Act == SentBack {
				st, _ := p.Step(e.Step)
				if !slices.ContainsFunc(by.Grants, func(g account.Grant) bool { return g.Perm == st.Kind.Perm() && g.Path == house && g.For == e.For }) {
					t.Fatalf("%s decided at %s without the right", e.Person, st.Label())
				}
			}
			i = next
			sound(t, i)
		}
		if i.State == Signed {
			signedRuns++
		}
	})
	if signedRuns == 0 {
		t.Error("no run came to a signature: the acts are badly drawn")
	}
}

// someone draws who acts: mostly one of those whose turn it is.
func someone(t *rapid.T, i Item) account.Actor {
	able := slices.DeleteFunc(cast(), func(by account.Actor) bool {
		if i.State == InReview {
			return len(i.Waiting(by, house)) == 0
		}
		return !i.Provides(by, house)
	})
	if len(able) == 0 || rapid.IntRange(0, 4).Draw(t, "anybody") == 0 {
		able = cast()
	}
	return able[rapid.IntRange(0, len(able)-1).Draw(t, "by")]
}

// act does something, mostly what could succeed.
func act(t *rapid.T, i Item, c Call, n int) (Item, error) {
	steps := i.Plan.Steps()
	d := Decide{Step: rapid.SampledFrom(steps).Draw(t, "step").Key, Digest: i.Digest, Text: "意见"}
	if w := i.Waiting(c.By, house); len(w) > 0 && rapid.IntRange(0, 9).Draw(t, "sensible") > 0 {
		d.Step = w[0].Step
	}
	switch rapid.IntRange(0, 24).Draw(t, "what") {
	case 0:
		return i.Replace(c, digest(string(rune('a'+n))), "改")
	case 1:
		return i.Withdraw(c, "撤")
	case 2:
		return i.Void(c, "废")
	case 3, 4:
		d.To = rapid.IntRange(-1, 4).Draw(t, "to")
		return i.Return(c, d)
	case 5:
		d.Digest = digest("another")
		next, err := i.Approve(c, d)
		if err == nil {
			t.Fatal("another content was approved")
		}
		return next, err
	}
	if i.State == Draft || i.State == Returned {
		return i.Submit(c, "")
	}
	waits := slices.ContainsFunc(i.Waiting(c.By, house), func(o Open) bool { return o.Step == d.Step })
	next, err := i.Approve(c, d)
	if (err == nil) != waits {
		t.Fatalf("%s waits for %s: %v, and approving gave %v", d.Step, c.By.Person, waits, err)
	}
	return next, err
}

// sound judges an item by its events, in another way than the code does.
func sound(t *rapid.T, i Item) {
	if (len(i.Open) > 0) != (i.State == InReview) {
		t.Fatalf("%s with %d steps open", i.State, len(i.Open))
	}
	for _, o := range i.Open {
		if o.Step[0] != i.Open[0].Step[0] {
			t.Fatalf("steps of two stages are open: %v", i.Open)
		}
	}
	err := i.Cleared(i.Digest)
	if (err == nil) != (i.State == Signed) {
		t.Fatalf("%s, and clearing gives %v", i.State, err)
	}
	if i.Cleared(digest("never seen")) == nil {
		t.Fatal("other content was cleared")
	}
	if i.State != Signed {
		return
	}
	providers := map[account.PersonID]bool{}
	begun := 0
	for n, e := range i.Events {
		if e.Act == Opened || e.Act == Submitted || e.Act == Replaced {
			providers[e.Person] = true
			if e.For != "" {
				providers[e.For] = true
			}
		}
		if e.Act == Submitted {
			begun = n
		}
	}
	for _, st := range i.Plan.For(i.Kind) {
		approved := false
		for _, e := range i.Events[begun:] {
			if e.Act == SentBack && e.To <= st.Stage {
				approved = false
			}
			if e.Act == Approved && e.Step == st.Key {
				approved = true
				if e.Digest != i.Digest || providers[e.Person] || providers[e.For] {
					t.Fatalf("signed with the approval %+v, providers %v", e, providers)
				}
			}
		}
		if !approved {
			t.Fatalf("signed without %s: %+v", st.Label(), i.Events)
		}
	}
}
