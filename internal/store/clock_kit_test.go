package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gongkai/gongkai/internal/account"
	"github.com/gongkai/gongkai/internal/agency"
	"github.com/gongkai/gongkai/internal/calendar"
	"github.com/gongkai/gongkai/internal/clock"
	"github.com/gongkai/gongkai/internal/deadline"
	"github.com/gongkai/gongkai/internal/notice"
	"github.com/gongkai/gongkai/internal/work"
)

// bureau is an office that keeps deadlines: two who keep the calendar, the real notices, jobs by hand.
type bureau struct {
	*clock.Service
	place
	notices *notice.Service
	base    calendar.Table
}

var (
	proposer = keeper("k1")
	reviewer = keeper("k2")
)

func day(s string) calendar.Date { return must(calendar.ParseDate(s)) }

// at is noon in China on a day.
func at(s string) time.Time {
	d := day(s)
	return d.At(12, 0)
}

func keeper(p account.PersonID) account.Actor {
	return account.Actor{Person: p, Name: "王示例" + string(p), Via: "session x", Grants: []account.Grant{{Perm: account.ManageSetting, Agency: "root", Path: "root/", Subtree: true}}}
}

// inBureau runs a test on both databases, on a day, with what was known of the calendar on that day.
func inBureau(t *testing.T, today string, f func(t *testing.T, b bureau)) {
	t.Helper()
	onBoth(t, func(t *testing.T, p place) {
		*p.clock = at(today)
		f(t, newBureau(p, calendar.Builtin().AsOf(day(today))))
	})
}

func newBureau(p place, base calendar.Table) bureau {
	n := notice.NewService(Notices(p.DB), notice.Outlets{}, func(calendar.Date) bool { return true }, nil)
	s := clock.NewService(Clock(p.DB, TellDeadlines(n)), clock.Options{Base: base,
		Keepers: func(context.Context) ([]account.PersonID, error) { return []account.PersonID{"k1", "k2"}, nil },
		Members: func(_ context.Context, _ agency.ID, s agency.SectionID) ([]account.PersonID, error) {
			return []account.PersonID{account.PersonID("of " + s)}, nil
		}})
	return bureau{s, p, n, base}
}

func (b bureau) open(t *testing.T, subject string, owner clock.Owner, in deadline.Input) clock.Clock {
	t.Helper()
	c, err := b.Open(t.Context(), tester, clock.Opening{Agency: "a1", Subject: clock.Subject{Kind: "application", ID: subject}, Title: "示例申请" + subject,
		Owner: owner, Input: in})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func reply(received string) deadline.Input {
	return deadline.Input{Kind: deadline.Reply, Received: day(received)}
}

// work does all work that is due.
func (b bureau) work(t *testing.T) {
	t.Helper()
	r := work.NewRunner(Work(b.DB), b.Kinds())
	for n := range 1000 {
		did, err := r.Work(t.Context(), time.Minute, b.o.Now)
		if err != nil {
			t.Fatal(err)
		}
		if !did {
			return
		}
		if n == 999 {
			t.Fatal("the work does not end")
		}
	}
}

// told is what a person was told, oldest first.
func (b bureau) told(t *testing.T, p account.PersonID) (out []string) {
	t.Helper()
	page, err := b.notices.List(t.Context(), notice.Person(p), notice.Query{})
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range page.Notices {
		out = append(out, string(n.Kind)+" "+n.Text)
	}
	slices.Reverse(out)
	return out
}

// actions are what the record says was done, oldest first.
func (b bureau) actions(t *testing.T, prefix string) (out []string) {
	t.Helper()
	err := b.View(t.Context(), func(tx *Tx) error {
		return each(t.Context(), tx, scanString, func(s string) error {
			if strings.HasPrefix(s, prefix) {
				out = append(out, s)
			}
			return nil
		}, `SELECT action FROM audit_entries ORDER BY seq`)
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// enact enters a notice and has it reviewed by somebody else.
func (b bureau) enact(t *testing.T, n calendar.Notice) clock.Proposal {
	t.Helper()
	p, err := b.Propose(t.Context(), proposer, n)
	if err != nil {
		t.Fatal(err)
	}
	p, err = b.Approve(t.Context(), reviewer, p.ID, n.Digest(), "与原文一致")
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// numbered is one of the notices that come with the program.
func numbered(t *testing.T, number string) calendar.Notice {
	t.Helper()
	all := calendar.Builtin().Notices()
	i := slices.IndexFunc(all, func(n calendar.Notice) bool { return n.Number == number })
	if i < 0 {
		t.Fatalf("no notice %s", number)
	}
	return all[i]
}

func changed(told []string) []string {
	var out []string
	for _, s := range told {
		if strings.HasPrefix(s, "calendar.changed ") {
			out = append(out, s)
		}
	}
	return out
}

func (b bureau) clocksNow(t *testing.T) map[clock.ID]clock.Clock {
	t.Helper()
	out := map[clock.ID]clock.Clock{}
	err := b.View(t.Context(), func(tx *Tx) error {
		return each(t.Context(), tx, scanClock, func(c clock.Clock) error { out[c.ID] = c; return nil }, `SELECT `+clockColumns+` FROM clocks c`)
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func (b bureau) lastRecount(t *testing.T) clock.Recount {
	t.Helper()
	all, err := b.Recounts(t.Context(), 1)
	if err != nil || len(all) != 1 {
		t.Fatalf("%v, %v", all, err)
	}
	return all[0]
}

func year2027(t *testing.T) calendar.Notice {
	t.Helper()
	return calendar.Notice{Number: "国办发明电〔2026〕9号", Title: "国务院办公厅关于2027年部分节假日安排的通知", Issued: day("2026-11-04"), Known: day("2026-11-05"),
		Years: []int{2027}, Source: "https://www.gov.cn/", Days: []calendar.Named{{Date: day("2027-01-01"), Kind: calendar.DayOff, Name: "元旦"}}}
}

// noteHolds asks for a field before and after in the last entry of an action.
func (b bureau) noteHolds(t *testing.T, action, field, before, after string) {
	t.Helper()
	err := b.View(t.Context(), func(tx *Tx) error {
		e, ok, err := one(t.Context(), tx, scanEntry, `SELECT `+entryColumns+` FROM audit_entries WHERE action = ? ORDER BY seq DESC`, action)
		if err != nil || !ok {
			return errors.Join(err, errors.New("no entry of "+action))
		}
		changes, err := e.Fields()
		if err != nil {
			return err
		}
		for _, c := range changes {
			if c.Field == field && c.Before != nil && *c.Before == before && c.After != nil && *c.After == after {
				return nil
			}
		}
		return fmt.Errorf("%s does not say %s: %s → %s: %s", action, field, before, after, e.Changes)
	})
	if err != nil {
		t.Error(err)
	}
}
