package review

import (
	"testing"
	"time"

	"github.com/gongkai/gongkai/internal/account"
	"github.com/gongkai/gongkai/internal/agency"
	"github.com/gongkai/gongkai/internal/calendar"
	"github.com/gongkai/gongkai/internal/fault"
)

const (
	office agency.ID   = "office"
	house  agency.Path = "/district/office/"
)

var monday = time.Date(2026, 3, 2, 1, 30, 0, 0, time.UTC) // 09:30 in China

func person(id account.PersonID, grants ...account.Grant) account.Actor {
	return account.Actor{Person: id, Name: "张" + string(id), Via: "test", Grants: grants}
}

func may(p account.Perm) account.Grant {
	return account.Grant{Perm: p, Agency: office, Path: house}
}

// behalf is a grant that a deputy has from somebody.
func behalf(p account.Perm, of account.PersonID) account.Grant {
	g := may(p)
	g.For = of
	return g
}

// weekdays counts Monday to Friday.
func weekdays(from calendar.Date, n int) (calendar.Date, error) {
	c, err := calendar.Table{}.WorkingDays(from, n)
	return c.Due, err
}

func call(by account.Actor) Call { return Call{By: by, At: house, Now: monday, Days: weekdays} }

var (
	writer   = person("writer", may(account.Provide))
	first    = person("first", may(account.FirstReview), may(account.Provide))
	second   = person("second", may(account.SecondReview), may(account.Provide))
	secrecy  = person("secrecy", may(account.SecrecyReview))
	lawyer   = person("lawyer", may(account.LegalReview))
	leader   = person("leader", may(account.FirstReview), may(account.SecondReview), may(account.SignOff))
	manager  = person("manager", may(account.ManageReview))
	stranger = account.Actor{Person: "stranger", Grants: []account.Grant{{Perm: account.FirstReview, Agency: "other", Path: "/district/other/", Subtree: true}}}
)

func digest(content string) string {
	return DigestOf(Subject{"publication", "p1"}, Part{"text", []byte(content)})
}

func begin(t *testing.T, by account.Actor, k Kind) Item {
	t.Helper()
	i, err := Begin(call(by), New{ID: "r1", Agency: office, Kind: k, Subject: Subject{"publication", "p1"}, Title: "老旧小区补助公示", Digest: digest("one")}, DefaultPlan(office))
	if err != nil {
		t.Fatal(err)
	}
	return i
}

func submitted(t *testing.T, k Kind) Item {
	t.Helper()
	return must(t)(begin(t, writer, k).Submit(call(writer), ""))
}

func must(t *testing.T) func(Item, error) Item {
	return func(i Item, err error) Item {
		t.Helper()
		if err != nil {
			t.Fatalf("%s: %v", fault.CodeOf(err), err)
		}
		return i
	}
}

// through approves at steps one after the other.
func through(t *testing.T, i Item, steps ...any) Item {
	t.Helper()
	for n := 0; n < len(steps); n += 2 {
		by, key := steps[n].(account.Actor), StepKey(steps[n+1].(string))
		i = must(t)(i.Approve(call(by), Decide{Step: key, Digest: i.Digest, Text: "同意"}))
	}
	return i
}

func signed(t *testing.T) Item {
	t.Helper()
	return through(t, submitted(t, Publication), first, "1.1", second, "2.1", secrecy, "2.2", leader, "3.1")
}

func refused(t *testing.T, err error, code string, kind fault.Kind) {
	t.Helper()
	if got := fault.CodeOf(err); err == nil || got != code {
		t.Errorf("got %v (%s), want %s", err, got, code)
	} else if e := err.(interface{ Unwrap() []error }).Unwrap(); e[len(e)-1] != error(kind) { //nolint:errorlint // the kind itself is asked for
		t.Errorf("%s is of kind %v, want %v", code, e, kind)
	}
}
