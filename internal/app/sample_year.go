package app

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/gongkai/gongkai/internal/account"
	"github.com/gongkai/gongkai/internal/agency"
	"github.com/gongkai/gongkai/internal/calendar"
	"github.com/gongkai/gongkai/internal/clock"
	"github.com/gongkai/gongkai/internal/review"
	"github.com/gongkai/gongkai/internal/store"
	"github.com/gongkai/gongkai/internal/work"
)

// yearLong is how many working days the sample year has.
const yearLong = 246

// year is the working days before the day on which a sample site is made. The nth of them is n working days ago.
type year struct {
	today calendar.Date
	days  []calendar.Date // the last one first
	table calendar.Table
}

func newYear(now time.Time) year {
	y := year{today: calendar.On(now), table: calendar.Builtin()}
	for d := y.today.AddDays(-1); len(y.days) < yearLong; d = d.AddDays(-1) {
		if y.table.Works(d) {
			y.days = append(y.days, d)
		}
	}
	return y
}

// ago is the day n working days before today; n is 1 to yearLong.
func (y year) ago(n int) calendar.Date { return y.days[n-1] }

// since is how many working days ago the first working day from a day on was: 1 to yearLong, the nearest where it lies outside.
func (y year) since(d calendar.Date) int {
	for n := 1; n <= yearLong; n++ {
		if y.ago(n).Before(d) {
			return max(n-1, 1)
		}
	}
	return yearLong
}

// at is a time of the nth working day ago.
func (y year) at(n, hour, minute int) time.Time {
	return y.ago(n).At(hour, minute)
}

func (y year) morning(n int) time.Time { return y.at(n, 8, 0) }

// simulated is a clock that is set. Between settings it goes on by a second whenever it is looked at.
type simulated struct {
	mu sync.Mutex
	t  time.Time
}

func (c *simulated) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(time.Second)
	return c.t
}

// set puts the clock forward, never back.
func (c *simulated) set(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if t.After(c.t) {
		c.t = t
	}
}

// filler lives through the sample year.
type filler struct {
	*System
	watch    *simulated
	year     year
	agencies map[string]agency.ID // by name
	people   map[string]account.PersonID
	items    map[string]review.Item
	clocks   map[string]clock.Clock
	plan     []event
}

// event is something that happens in the sample year.
type event struct {
	ago          int // working days
	hour, minute int
	what         string
	do           func(context.Context) error
}

// on plans something for the nth working day ago.
func (f *filler) on(ago, hour, minute int, what string, do func(context.Context) error) {
	f.plan = append(f.plan, event{ago, hour, minute, what, do})
}

// fill plans the year, and lives through it day by day: every morning the jobs of deadlines that are due are done, then
// people come to work.
func (f *filler) fill(ctx context.Context) error {
	f.agencies, f.people = map[string]agency.ID{}, map[string]account.PersonID{}
	f.items, f.clocks = map[string]review.Item{}, map[string]clock.Clock{}
	f.planOffice()
	if err := f.planReports(); err != nil {
		return err
	}
	f.planItems()
	f.planDeadlines()
	f.planReading()
	slices.SortStableFunc(f.plan, func(a, b event) int {
		return cmp.Or(cmp.Compare(b.ago, a.ago), cmp.Compare(a.hour*60+a.minute, b.hour*60+b.minute))
	})
	if err := f.Clock.Start(ctx); err != nil {
		return err
	}
	rest := f.plan
	for n := yearLong; n >= 1; n-- {
		f.watch.set(f.year.morning(n))
		if err := f.mornings(ctx, n); err != nil {
			return err
		}
		for len(rest) > 0 && rest[0].ago == n {
			e := rest[0]
			rest = rest[1:]
			f.watch.set(f.year.at(n, e.hour, e.minute))
			if err := e.do(ctx); err != nil {
				return fmt.Errorf("%s, %d working days ago: %w", e.what, n, err)
			}
		}
	}
	return nil
}

// lately is for how many days the daily look for what is late is done. Before them nothing is late.
const lately = 6

// mornings does what is due by the jobs of deadlines.
func (f *filler) mornings(ctx context.Context, ago int) error {
	all := f.Clock.Kinds()
	if ago > lately {
		delete(all, clock.JobDay)
	}
	r := work.NewRunner(store.Work(f.DB), all)
	for {
		did, err := r.Work(ctx, time.Minute, f.watch.now)
		if err != nil || !did {
			return err
		}
	}
}

// as is an account as it acts now.
func (f *filler) as(ctx context.Context, name string) (account.Actor, error) {
	id, ok := f.people[name]
	if !ok {
		return account.Actor{}, fmt.Errorf("app: no account %s", name)
	}
	return f.Office.Actor(ctx, id, "demo")
}

// planReading lets people read what they were told, up to a few days ago; the last they have not seen yet.
func (f *filler) planReading() {
	for _, a := range sampleAccounts() {
		for _, n := range []int{200, 150, 100, 50, 12, 4} {
			f.on(n, 17, 30, "reading", func(ctx context.Context) error {
				by, err := f.as(ctx, a.account)
				if err != nil {
					return err
				}
				_, err = f.Notice.Read(ctx, personOf(by))
				return err
			})
		}
	}
}
