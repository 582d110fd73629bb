package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gongkai/gongkai/internal/access"
	"github.com/gongkai/gongkai/internal/account"
	"github.com/gongkai/gongkai/internal/audit"
	"github.com/gongkai/gongkai/internal/calendar"
	"github.com/gongkai/gongkai/internal/clock"
	"github.com/gongkai/gongkai/internal/fault"
	"github.com/gongkai/gongkai/internal/review"
	"github.com/gongkai/gongkai/internal/store"
	"github.com/gongkai/gongkai/internal/testkit/pgtest"
	"github.com/gongkai/gongkai/internal/work"
)

// sampleOptions are those of a sample site in a folder, made at a time.
func sampleOptions(t *testing.T, dir string, now time.Time) Options {
	t.Helper()
	o := DefaultOptions()
	o.Config.Data, o.Serve.Demo = dir, true
	o.Log = slog.New(slog.DiscardHandler)
	o.Now = func() time.Time { return now }
	o, err := o.withDefaults()
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// filled fills a folder and opens it.
func filled(t *testing.T, o Options) *System {
	t.Helper()
	if err := fillSample(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	s, err := open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// starts are days on which sample sites are made: a working day, one in the middle of the holidays just after midnight, a
// Saturday that is worked, one of a year of which no holidays are known.
func starts() map[string]time.Time {
	return map[string]time.Time{
		"working day": time.Date(2026, 11, 25, 10, 30, 0, 0, calendar.Zone),
		"holidays":    time.Date(2026, 10, 3, 0, 10, 0, 0, calendar.Zone),
		"new year":    time.Date(2026, 1, 4, 23, 50, 0, 0, calendar.Zone),
		"no calendar": time.Date(2028, 6, 8, 9, 0, 0, 0, calendar.Zone),
	}
}

func TestSampleIsAYearThatHolds(t *testing.T) {
	for name, now := range starts() {
		t.Run(name, func(t *testing.T) {
			o := sampleOptions(t, t.TempDir(), now)
			s := filled(t, o)
			s.liesInTheYear(t, now)
			s.hasEveryState(t)
			s.hasDeadlines(t)
			if err := s.start(t.Context(), now); err != nil {
				t.Fatal(err)
			}
			s.worksWithoutFailure(t, now)
			for _, a := range sampleAccounts() {
				s.deskHasSomething(t, a)
			}
		})
	}
}

// liesInTheYear holds the record against the days that it tells of.
func (s *System) liesInTheYear(t *testing.T, now time.Time) {
	t.Helper()
	broken, head, err := s.Record.Verify(t.Context())
	if err != nil || broken != nil {
		t.Fatalf("the record breaks at %+v, %v", broken, err)
	}
	list, err := s.Record.Search(t.Context(), account.System("test"), audit.Query{Limit: 1000})
	if err != nil {
		t.Fatal(err)
	}
	if int64(len(list)) != head.Seq || head.Seq < 250 {
		t.Fatalf("%d of %d entries", len(list), head.Seq)
	}
	days := map[calendar.Date]bool{}
	for i, e := range list {
		days[calendar.On(e.At)] = true
		if !e.At.Before(now) || i > 0 && e.At.After(list[i-1].At) {
			t.Errorf("entry %d is of %s, behind the present or the entry after it", e.Seq, e.At)
		}
	}
	oldest := list[len(list)-1].At
	if age := now.Sub(oldest); age < 340*24*time.Hour || age > 400*24*time.Hour {
		t.Errorf("the first entry is of %s", oldest)
	}
	if len(days) < 60 {
		t.Errorf("something happened on %d days only", len(days))
	}
}

// hasEveryState counts the items.
func (s *System) hasEveryState(t *testing.T) {
	t.Helper()
	rows, err := s.Review.All(t.Context(), account.System("test"), review.Query{Limit: 200})
	if err != nil {
		t.Fatal(err)
	}
	got, stages, late, deputy, again := map[review.State]int{}, map[string]int{}, 0, 0, 0
	for _, r := range rows {
		got[r.State]++
		late += len(r.Overdue(calendar.On(s.now())))
		if len(r.Rounds()) > 1 {
			again++
		}
		for _, o := range r.Open {
			st, _ := r.Plan.Step(o.Step)
			stages[st.Label()]++
		}
		if r.Provided().Section == "" {
			t.Errorf("%s was provided by no section", r.Title)
		}
		for _, e := range r.Events {
			if e.For != "" {
				deputy++
			}
		}
		if r.State == review.Signed {
			if _, err := r.Signature(); err != nil {
				t.Errorf("%s: %v", r.Title, err)
			}
		}
	}
	if diff := cmp.Diff(map[review.State]int{review.Signed: 8, review.InReview: 8, review.Returned: 2, review.Draft: 1, review.Withdrawn: 1, review.Void: 1}, got); diff != "" {
		t.Error(diff)
	}
	for _, st := range []string{"初审", "复审", "保密审查", "法制审核", "签发", "党政办初审", "主任签发"} {
		if stages[st] == 0 {
			t.Errorf("nothing waits for %s", st)
		}
	}
	if late == 0 || deputy == 0 || again < 4 {
		t.Errorf("%d steps late, %d decisions by a deputy, %d items submitted again", late, deputy, again)
	}
}

// hasDeadlines counts the periods that run.
func (s *System) hasDeadlines(t *testing.T) {
	t.Helper()
	page, err := s.Clock.DueFor(t.Context(), account.System("test"), account.SeeAgency, clock.Filter{Limit: 200})
	if err != nil {
		t.Fatal(err)
	}
	soon := 0
	for _, r := range page.Rows {
		if !r.Passed() && r.Left <= soonDays {
			soon++
		}
	}
	if len(page.Rows) != 9 || page.Late != 1 || soon < 3 {
		t.Errorf("%d periods run, %d late, %d end soon", len(page.Rows), page.Late, soon)
	}
}

// worksWithoutFailure does all jobs that are due but the reading of reports.
func (s *System) worksWithoutFailure(t *testing.T, now time.Time) {
	t.Helper()
	all := s.kinds(nil)
	for k := range s.Filing.Kinds(nil) {
		delete(all, k)
	}
	r := work.NewRunner(store.Work(s.DB), all)
	for range 200 {
		did, err := r.Work(t.Context(), time.Minute, func() time.Time { return now })
		if err != nil {
			t.Fatal(err)
		}
		if !did {
			return
		}
	}
	t.Error("the work has no end")
}

// actorOf is who has an account.
func (s *System) actorOf(ctx context.Context, name string) (by account.Actor, err error) {
	err = store.Access(s.DB).View(ctx, func(tx access.Tx) error {
		p, ok, err := tx.PersonByAccount(ctx, name)
		if err != nil || !ok {
			return errors.Join(err, fmt.Errorf("app: no account %s", name))
		}
		by, err = tx.Actor(ctx, p.ID, "demo")
		return err
	})
	return by, err
}

// deskHasSomething looks at what somebody finds on the workbench.
func (s *System) deskHasSomething(t *testing.T, a sampleAccount) {
	t.Helper()
	by, err := s.actorOf(t.Context(), a.account)
	if a.closed {
		if !errors.Is(err, fault.NotFound) {
			t.Errorf("%s is closed and acts as %+v, %v", a.account, by, err)
		}
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	piles, err := s.waiting(t.Context(), by)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, p := range piles {
		n += len(p.Items)
		if len(p.Items) > shown || len(p.Items) > p.Count {
			t.Errorf("%s: %s shows %d of %d", a.account, p.Title, len(p.Items), p.Count)
		}
	}
	if n == 0 {
		t.Errorf("%s (%s) finds nothing on the workbench", a.account, a.title)
	}
	if told, err := s.Notice.Unread(t.Context(), personOf(by)); err != nil || a.role == account.Handler && told == 0 {
		t.Errorf("%s: %d notices that were not read, %v", a.account, told, err)
	}
}

// TestSampleIsMadeOnceOrAnew: a start that was broken off leaves nothing that is in the way, and what is filled stays.
func TestSampleIsMadeOnceOrAnew(t *testing.T) {
	dir := t.TempDir()
	o := sampleOptions(t, dir, starts()["working day"])
	left := filepath.Join(dir, scratch+"left")
	for _, err := range []error{markSample(o, demoFilling), os.MkdirAll(left, 0o700), os.WriteFile(filepath.Join(left, "gongkai.db"), []byte("half"), 0o600)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	head := func() (h audit.Head) {
		t.Helper()
		if err := fillSample(t.Context(), o); err != nil {
			t.Fatal(err)
		}
		s, err := open(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		if h, err = s.Record.Head(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		return h
	}
	first := head()
	if first.Seq == 0 {
		t.Fatal("nothing was made")
	}
	if again := head(); !cmp.Equal(first, again) {
		t.Errorf("made a second time: %+v, was %+v", again, first)
	}
	if err := markSample(o, demoFilling); err != nil { // killed between putting them there and saying so
		t.Fatal(err)
	}
	if again := head(); !cmp.Equal(first, again) {
		t.Errorf("made again: %+v, was %+v", again, first)
	}
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if strings.HasPrefix(f.Name(), scratch) || strings.Contains(f.Name(), "before-restore") {
			t.Errorf("%s was left behind", f.Name())
		}
	}
	if mark, err := sampleMark(o); err != nil || mark != demoFilled {
		t.Errorf("mark %q, %v", mark, err)
	}
}

// TestSampleOnPostgres: made beside in SQLite, it takes its place there.
func TestSampleOnPostgres(t *testing.T) {
	o := sampleOptions(t, t.TempDir(), starts()["working day"])
	o.Config.DB = pgtest.URL(t)
	s := filled(t, o)
	if s.DB.Kind() != "postgres" {
		t.Fatal(s.DB.Kind())
	}
	s.liesInTheYear(t, o.now())
	s.hasEveryState(t)
	s.hasDeadlines(t)
	head, err := s.Record.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := fillSample(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	if again, err := s.Record.Head(t.Context()); err != nil || !cmp.Equal(head, again) {
		t.Errorf("made again: %+v, was %+v, %v", again, head, err)
	}
}

// TestSampleFillsASiteThatNobodyUses: one that was started and never set up is as good as a new one.
func TestSampleFillsASiteThatNobodyUses(t *testing.T) {
	o := sampleOptions(t, t.TempDir(), starts()["working day"])
	s, err := open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	err = s.begin(t.Context(), o)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	if started, err := filled(t, o).Office.Started(t.Context()); err != nil || !started {
		t.Errorf("filled %v, %v", started, err)
	}
}

// TestEverybodyOfTheSampleFindsTheirDesk: all that are shown on the page for signing in, and their colleagues.
func TestEverybodyOfTheSampleFindsTheirDesk(t *testing.T) {
	s := sampleSite(t)
	_, _, door := s.as(t, "").do("GET", "/sign-in", nil)
	for _, a := range sampleAccounts() {
		if a.who != "" && !strings.Contains(door, a.who) {
			t.Errorf("%s does not stand on the page for signing in", a.account)
		}
		if a.closed {
			continue
		}
		if status, _, body := s.as(t, a.account).do("GET", "/desk", nil); status != 200 || !strings.Contains(body, `class="todo"`) {
			t.Errorf("%s finds status %d and an empty workbench", a.account, status)
		}
	}
}

func TestCreditCodesOfTheSampleAreRight(t *testing.T) {
	list, err := sampleTree()
	if err != nil {
		t.Fatal(err)
	}
	for i, v := range list {
		v.Code = creditCode(100 + i)
		if err := v.Check(); err != nil || len(v.Code) != 18 {
			t.Errorf("%s: %s: %v", v.Name, v.Code, err)
		}
	}
}
