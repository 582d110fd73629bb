package store

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/gongkai/gongkai/internal/account"
	"github.com/gongkai/gongkai/internal/agency"
	"github.com/gongkai/gongkai/internal/calendar"
	"github.com/gongkai/gongkai/internal/clock"
	"github.com/gongkai/gongkai/internal/deadline"
	"github.com/gongkai/gongkai/internal/fault"
	"github.com/gongkai/gongkai/internal/work"
)

// TestANoticeThatChangesNoDayMovesNothing: everything is counted again, comes out as it was, and nobody hears of it.
func TestANoticeThatChangesNoDayMovesNothing(t *testing.T) {
	inBureau(t, "2026-09-20", func(t *testing.T, b bureau) {
		err := b.Update(t.Context(), func(tx *Tx) error {
			in := bureau{b.In(ClockTx(tx, TellDeadlines(b.notices))), b.place, b.notices, b.base}
			for i := range 700 { // more than one batch
				in.open(t, fmt.Sprint(i), clock.Owner{Person: "p1"}, reply(day("2026-08-24").AddDays(i%28).String()))
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		before := b.clocksNow(t)
		b.enact(t, calendar.Notice{Number: "国办发明电〔2026〕8号", Title: "关于国庆节的通知", Issued: day("2026-09-18"), Known: day("2026-09-18"),
			Days: []calendar.Named{{Date: day("2026-10-01"), Kind: calendar.DayOff, Name: "国庆节"}}})
		b.work(t)
		after := b.clocksNow(t)
		for id, c := range before {
			c.Counted++
			if diff := cmp.Diff(c, after[id], cmpopts.EquateComparable(calendar.Date{})); diff != "" {
				t.Fatalf("(-want +got)\n%s", diff)
			}
		}
		if r := b.lastRecount(t); r.Sums != (clock.Sums{Seen: 700}) || r.Done.IsZero() {
			t.Errorf("%+v", r)
		}
		if got := changed(b.told(t, "p1")); got != nil {
			t.Errorf("told %q", got)
		}
		if got := b.actions(t, "clock.recount"); got != nil {
			t.Errorf("the record says %q", got)
		}
	})
}

// TestClocksOpenedDuringAChangeAreNotLeftOut opens clocks while a notice comes in force: each is counted with the old
// calendar and moved, or with the new one.
func TestClocksOpenedDuringAChangeAreNotLeftOut(t *testing.T) {
	inBureau(t, "2026-12-20", func(t *testing.T, b bureau) {
		p, err := b.Propose(t.Context(), proposer, year2027(t))
		if err != nil {
			t.Fatal(err)
		}
		var wg sync.WaitGroup
		errs := make([]error, 5)
		for w := range 4 {
			wg.Go(func() {
				for i := range 10 {
					_, err := b.Open(t.Context(), tester, clock.Opening{Agency: "a1", Subject: clock.Subject{Kind: "application", ID: fmt.Sprint(w, " ", i)},
						Title: "示例申请", Owner: clock.Owner{Person: "p1"}, Input: reply("2026-12-15")})
					errs[w] = errors.Join(errs[w], err)
				}
			})
		}
		wg.Go(func() { _, errs[4] = b.Approve(t.Context(), reviewer, p.ID, p.Digest, "") })
		wg.Wait()
		if err := errors.Join(errs...); err != nil {
			t.Fatal(err)
		}
		b.work(t)
		all := b.clocksNow(t)
		if len(all) != 40 {
			t.Errorf("%d clocks, want 40", len(all))
		}
		for _, c := range all {
			if c.Due != day("2027-01-13") || c.Provisional {
				t.Errorf("%s: due %s, provisional %v", c.Subject.ID, c.Due, c.Provisional)
			}
		}
	})
}

// TestTheCalendarWaitsForWhoCountsWithIt: on PostgreSQL writers work at the same time. A notice comes in force only when every
// clock that was counted without it is there for the recount to find. On SQLite there is one writer.
func TestTheCalendarWaitsForWhoCountsWithIt(t *testing.T) {
	p := on(t, "postgres")
	*p.clock = at("2026-12-20")
	b := newBureau(p, calendar.Builtin())
	notice, err := b.Propose(t.Context(), proposer, year2027(t))
	if err != nil {
		t.Fatal(err)
	}
	approved := make(chan error, 1)
	var id clock.ID
	err = b.Update(t.Context(), func(tx *Tx) error {
		in := bureau{b.In(ClockTx(tx, TellDeadlines(b.notices))), b.place, b.notices, b.base}
		id = in.open(t, "1", clock.Owner{Person: "p1"}, reply("2026-12-15")).ID
		go func() {
			_, err := b.Approve(t.Context(), reviewer, notice.ID, notice.Digest, "")
			approved <- err
		}()
		for range 20_000 {
			var waiting int
			err := b.r.QueryRowContext(t.Context(), `SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`).Scan(&waiting)
			if err != nil || waiting > 0 {
				return err
			}
			if len(approved) > 0 {
				break
			}
			time.Sleep(time.Millisecond)
		}
		t.Error("the notice came in force while a clock was being counted without it")
		return nil
	})
	if err := errors.Join(err, <-approved); err != nil {
		t.Fatal(err)
	}
	b.work(t)
	if c := b.clocksNow(t)[id]; c.Due != day("2027-01-13") || c.Provisional {
		t.Errorf("left out of the recount: %+v", c)
	}
}

func TestAClockIsMovedByEventsAndEnds(t *testing.T) {
	inBureau(t, "2025-05-10", func(t *testing.T, b bureau) {
		ctx := t.Context()
		c := b.open(t, "1", clock.Owner{Person: "p1"}, reply("2025-04-14"))
		c, err := b.Amend(ctx, tester, c.ID, "条例 第三十三条第三款", clock.Consulted{From: day("2025-04-18"), To: day("2025-05-08")})
		if err != nil || c.Due != day("2025-05-30") {
			t.Fatalf("due %s, %v; want 2025-05-30", c.Due, err)
		}
		if _, err := b.Amend(ctx, tester, c.ID, "", clock.Extended{Days: 21}); !errors.Is(err, fault.Usage) {
			t.Errorf("extended by 21 days: %v", err)
		}
		if _, err := b.Amend(ctx, tester, c.ID, ""); fault.CodeOf(err) != "clock.nothing" {
			t.Errorf("nothing happened: %v", err)
		}
		if _, err := b.Open(ctx, tester, clock.Opening{Agency: "a1", Subject: c.Subject, Title: "又一次", Owner: c.Owner, Input: c.Input}); fault.CodeOf(err) != "clock.exists" {
			t.Errorf("opened twice: %v", err)
		}
		if _, err := b.Assign(ctx, tester, c.ID, clock.Owner{Section: "s2"}); err != nil {
			t.Error(err)
		}
		if _, err := b.Freeze(ctx, tester, c.ID, "延期告知书"); err != nil {
			t.Error(err)
		}
		if _, err := b.Freeze(ctx, tester, c.ID, "另一份"); fault.CodeOf(err) != "clock.frozen" {
			t.Errorf("stated twice: %v", err)
		}
		if _, err := b.Close(ctx, tester, c.ID, "已答复"); err != nil {
			t.Error(err)
		}
		if _, err := b.Amend(ctx, tester, c.ID, "", clock.Extended{Days: 1}); fault.CodeOf(err) != "clock.closed" {
			t.Errorf("changed after its end: %v", err)
		}
		if _, err := b.Amend(ctx, tester, "none", "", clock.Extended{Days: 1}); !errors.Is(err, fault.NotFound) {
			t.Errorf("one that is not there: %v", err)
		}
		got := b.clocksNow(t)[c.ID]
		want := clock.Clock{ID: c.ID, Agency: "a1", Subject: c.Subject, Title: "示例申请1", Owner: clock.Owner{Section: "s2"}, Due: day("2025-05-30"), Counted: 1,
			Frozen: day("2025-05-30"), Document: "延期告知书", Opened: b.clock.UTC(), Changed: b.clock.UTC(), Closed: b.clock.UTC(), Outcome: "已答复", Serial: 5,
			Input: deadline.Input{Kind: deadline.Reply, Received: day("2025-04-14"), Consults: []calendar.Span{{From: day("2025-04-18"), To: day("2025-05-08")}}}}
		if diff := cmp.Diff(want, got, cmpopts.EquateComparable(calendar.Date{})); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
		if diff := cmp.Diff([]string{"clock.open", "clock.amend", "clock.assign", "clock.freeze", "clock.close"}, b.actions(t, "clock.")); diff != "" {
			t.Errorf("the record (-want +got)\n%s", diff)
		}
		b.noteHolds(t, "clock.amend", "due", "2025-05-14", "2025-05-30")
		if all, err := b.Clocks(ctx, c.Subject); err != nil || len(all) != 1 {
			t.Errorf("%v, %v", all, err)
		}
		if _, err := b.Open(ctx, tester, clock.Opening{Agency: "a1", Subject: c.Subject, Title: "重新答复", Owner: c.Owner, Input: c.Input}); err != nil {
			t.Errorf("a new one after its end: %v", err)
		}
	})
}

// TestListsShowWhatIsInScope pages through lists and holds the scope in SQL to that of the domain.
func TestListsShowWhatIsInScope(t *testing.T) {
	inBureau(t, "2026-03-10", func(t *testing.T, b bureau) {
		ctx := t.Context()
		places := map[agency.ID]agency.Path{"a": "a/", "b": "a/b/", "c": "a/c/", "d": "d/"}
		for id, path := range places {
			if _, err := b.w.ExecContext(ctx, b.text(`INSERT INTO agencies (id, path, live) VALUES (?, ?, 1)`), string(id), string(path)); err != nil {
				t.Fatal(err)
			}
		}
		owners := []account.PersonID{"p1", "p2", "p3"}
		var all []clock.Clock
		for i := range 24 {
			id := []agency.ID{"a", "b", "c", "d"}[i%4]
			c, err := b.Open(ctx, tester, clock.Opening{Agency: id, Subject: clock.Subject{Kind: "application", ID: fmt.Sprint(i)}, Title: "示例申请",
				Owner: clock.Owner{Person: owners[i%3]}, Input: reply(day("2026-01-05").AddDays(i * 5 % 40).String())})
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, c)
		}
		slices.SortFunc(all, func(x, y clock.Clock) int {
			if x.Due != y.Due {
				return x.Due.DaysSince(y.Due)
			}
			return strings.Compare(string(x.ID), string(y.ID))
		})
		grant := func(path agency.Path, subtree bool, of account.PersonID) account.Grant {
			return account.Grant{Perm: account.Provide, Path: path, Subtree: subtree, For: of}
		}
		for what, by := range map[string]account.Actor{
			"nothing": {Person: "p1"}, "one agency": {Person: "p1", Grants: []account.Grant{grant("a/", false, "")}},
			"subtree":    {Person: "p1", Grants: []account.Grant{grant("a/", true, "")}},
			"two places": {Person: "p1", Grants: []account.Grant{grant("a/b/", false, ""), grant("d/", true, "")}},
			"deputy":     {Person: "p1", Grants: []account.Grant{grant("a/", true, "p2")}},
			"program":    tester,
		} {
			for _, mine := range []bool{false, true} {
				var want []clock.ID
				late := 0
				for _, c := range all {
					own := c.Owner.Person == by.Person || c.Owner.Person == "p2" && what == "deputy"
					if by.Can(account.Provide, places[c.Agency]) && (!mine || own) {
						want = append(want, c.ID)
						if c.Due.Before(day("2026-03-10")) {
							late++
						}
					}
				}
				var got []clock.ID
				f := clock.Filter{Mine: mine, Limit: 5}
				for {
					page, err := b.DueFor(ctx, by, account.Provide, f)
					if err != nil {
						t.Fatal(err)
					}
					for _, r := range page.Rows {
						got = append(got, r.ID)
						if r.Passed() != (r.Over > 0) || r.Left > 0 && r.Over > 0 {
							t.Errorf("%s: passed %v, %d left, %d over", r.Due, r.Passed(), r.Left, r.Over)
						}
					}
					if len(want) > 0 && page.Late != late {
						t.Errorf("%s: %d late, want %d", what, page.Late, late)
					}
					if page.Next == (clock.Cursor{}) {
						break
					}
					f.After = page.Next
				}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("%s, mine %v (-want +got)\n%s", what, mine, diff)
				}
			}
		}
		by := account.Actor{Person: "p1", Grants: []account.Grant{grant("a/b/", false, "")}}
		for _, c := range all {
			d, err := b.Detail(ctx, by, account.Provide, c.ID)
			if seen := c.Agency == "b"; seen && (err != nil || d.Result.Due != c.Due) || !seen && !errors.Is(err, fault.NotFound) {
				t.Errorf("of agency %s: %v", c.Agency, err)
			}
		}
	})
}

func TestAFeedOpensByItsKeyAlone(t *testing.T) {
	inBureau(t, "2026-03-10", func(t *testing.T, b bureau) {
		ctx, by := t.Context(), account.Actor{Person: "p1", Name: "张示例", Via: "session x"}
		if _, ok, err := b.FeedSince(ctx, by); ok || err != nil {
			t.Fatalf("there is a feed: %v", err)
		}
		first, err := b.RenewFeed(ctx, by)
		if err != nil || len(first) != 52 {
			t.Fatalf("%q, %v", first, err)
		}
		second, err := b.RenewFeed(ctx, by)
		if err != nil || first == second {
			t.Fatal("the same key again", err)
		}
		if p, err := b.FeedOwner(ctx, second); p != "p1" || err != nil {
			t.Errorf("%s, %v", p, err)
		}
		for _, key := range []string{"", first, second[1:], strings.ToLower(second)} {
			if p, err := b.FeedOwner(ctx, key); !errors.Is(err, fault.NotFound) {
				t.Errorf("%q opens the feed of %q: %v", key, p, err)
			}
		}
		err = b.View(ctx, func(tx *Tx) error {
			kept, _, err := one(ctx, tx, scanString, `SELECT digest FROM clock_feeds`)
			if strings.Contains(kept, second) || len(kept) != 64 {
				t.Errorf("kept is %q", kept)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := b.CloseFeed(ctx, by); err != nil {
			t.Fatal(err)
		}
		if _, err := b.FeedOwner(ctx, second); !errors.Is(err, fault.NotFound) {
			t.Errorf("after it was closed: %v", err)
		}
		if _, err := b.RenewFeed(ctx, tester); !errors.Is(err, fault.NotFound) {
			t.Errorf("the program has a feed: %v", err)
		}
		if diff := cmp.Diff([]string{"clock.feed", "clock.feed", "clock.feed_close"}, b.actions(t, "clock.")); diff != "" {
			t.Errorf("the record (-want +got)\n%s", diff)
		}
	})
}

// BenchmarkRecount counts 10,000 clocks again after a notice that moves about a fifth of them.
func BenchmarkRecount(b *testing.B) {
	const clocks = 10_000
	ctx := b.Context()
	for b.Loop() {
		b.StopTimer()
		now := at("2020-01-26")
		db, err := Open(ctx, Options{Dir: b.TempDir(), Now: func() time.Time { return now }})
		if err != nil {
			b.Fatal(err)
		}
		s := newBureau(place{DB: db, clock: &now, o: Options{Now: func() time.Time { return now }}}, calendar.Builtin().AsOf(day("2020-01-26")))
		tell := TellDeadlines(s.notices)
		err = db.Update(ctx, func(tx *Tx) error {
			in := s.In(ClockTx(tx, tell))
			for i := range clocks {
				_, err := in.Open(ctx, tester, clock.Opening{Agency: "a1", Subject: clock.Subject{Kind: "application", ID: fmt.Sprint(i)}, Title: "示例申请",
					Owner: clock.Owner{Person: account.PersonID(fmt.Sprint("p", i%50))}, Input: reply(day("2019-10-01").AddDays(i % 120).String())})
				if err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
		now = at("2020-01-27")
		n := calendar.Builtin().Notices()[3]
		p, err := s.Propose(ctx, proposer, n)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := s.Approve(ctx, reviewer, p.ID, p.Digest, ""); err != nil {
			b.Fatal(err)
		}
		all, err := s.Recounts(ctx, 1)
		if err != nil {
			b.Fatal(err)
		}
		do := s.Kinds()[clock.JobRecount].Do
		b.StartTimer()
		if err := do(ctx, work.Job{Args: string(all[0].ID)}, now); err != nil {
			b.Fatal(err)
		}
		b.StopTimer()
		if all, err = s.Recounts(ctx, 1); err != nil || all[0].Seen != clocks {
			b.Fatal(all, err)
		}
		b.ReportMetric(float64(all[0].Changed()), "moved")
		if err := db.Close(); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
	}
}
