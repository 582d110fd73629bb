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
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/gongkai/gongkai/internal/account"
	"github.com/gongkai/gongkai/internal/agency"
	"github.com/gongkai/gongkai/internal/calendar"
	"github.com/gongkai/gongkai/internal/clock"
	"github.com/gongkai/gongkai/internal/deadline"
	"github.com/gongkai/gongkai/internal/fault"
	"github.com/gongkai/gongkai/internal/notice"
	"github.com/gongkai/gongkai/internal/work"
)

func day(s string) calendar.Date { return must(calendar.ParseDate(s)) }

// at is noon in China on a day.
func at(s string) time.Time {
	d := day(s)
	return time.Date(d.Year(), d.Month(), d.Day(), 12, 0, 0, 0, calendar.Zone)
}

// bureau is an office that keeps deadlines: two who keep the calendar, the real notices, jobs by hand.
type bureau struct {
	*clock.Service
	place
	notices *notice.Service
	base    calendar.Table
}

func keeper(p account.PersonID) account.Actor {
	return account.Actor{Person: p, Name: "王示例" + string(p), Via: "session x", Grants: []account.Grant{{Perm: account.ManageSetting, Agency: "root", Path: "root/", Subtree: true}}}
}

var (
	proposer = keeper("k1")
	reviewer = keeper("k2")
)

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

// TestSpringFestivalOf2020 is case T09: the holiday was made longer after deadlines had been told to people.
func TestSpringFestivalOf2020(t *testing.T) {
	inBureau(t, "2020-01-26", func(t *testing.T, b bureau) {
		moved := b.open(t, "1", clock.Owner{Person: "p1"}, reply("2020-01-15"))
		frozen := b.open(t, "2", clock.Owner{Person: "p1"}, reply("2020-01-16"))
		past := b.open(t, "3", clock.Owner{Person: "p2"}, reply("2019-12-20"))
		section := b.open(t, "4", clock.Owner{Section: "s1"}, deadline.Input{Kind: deadline.Publication, Received: day("2020-01-15")})
		closed := b.open(t, "5", clock.Owner{Person: "p3"}, reply("2020-01-15"))
		if _, err := b.Close(t.Context(), tester, closed.ID, "撤回申请"); err != nil {
			t.Fatal(err)
		}
		if moved.Due != day("2020-02-17") {
			t.Fatalf("before the notice: %s, want 2020-02-17", moved.Due)
		}
		frozen, err := b.Freeze(t.Context(), tester, frozen.ID, "受理告知书")
		if err != nil {
			t.Fatal(err)
		}
		*b.clock = at("2020-01-27")
		b.enact(t, numbered(t, "国办发明电〔2020〕1号"))
		b.work(t)

		got := b.clocksNow(t)
		want := map[clock.ID]string{moved.ID: "2020-02-19", frozen.ID: "2020-02-20", past.ID: past.Due.String(), section.ID: "2020-02-19", closed.ID: "2020-02-17"}
		for id, due := range want {
			if got[id].Due.String() != due {
				t.Errorf("%s: %s, want %s", got[id].Title, got[id].Due, due)
			}
		}
		if f := got[frozen.ID]; f.Frozen != day("2020-02-18") || f.Document != "受理告知书" {
			t.Errorf("what a document states has changed: %s", f.Frozen)
		}
		r := b.lastRecount(t)
		if diff := cmp.Diff(clock.Sums{Seen: 4, Gained: 3}, r.Sums); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
		var days []string
		for _, c := range r.Causes[0].Days {
			days = append(days, c.String())
		}
		wantDays := []string{"2020-01-31（周五）工作日 → 放假春节", "2020-02-01（周六）调休上班春节 → 放假春节", "2020-02-02（周日）周末 → 放假春节"}
		if diff := cmp.Diff(wantDays, days); diff != "" {
			t.Errorf("days (-want +got)\n%s", diff)
		}
		if got := b.told(t, "p1"); !slices.Equal(changed(got), []string{"calendar.changed 国办发明电〔2020〕1号改变了工作日，您经办的 2 个期限已重新计算，请核对。"}) {
			t.Errorf("p1 was told %q", got)
		}
		if got := changed(b.told(t, "p2")); got != nil {
			t.Errorf("p2, whose deadline has not moved, was told %q", got)
		}
		if got := changed(b.told(t, "of s1")); len(got) != 1 {
			t.Errorf("the section was told %q", got)
		}
		_, mine, err := b.Recount(t.Context(), account.Actor{Person: "p1"}, r.ID)
		if err != nil || len(mine) != 2 || mine[0].Was != day("2020-02-17") || mine[0].Is != day("2020-02-19") || mine[0].DaysBetween != 2 || mine[1].FrozenSaid != day("2020-02-18") {
			t.Errorf("moves of p1: %+v, %v", mine, err)
		}
		if _, none, err := b.Recount(t.Context(), account.Actor{Person: "p9"}, r.ID); err != nil || len(none) != 0 {
			t.Errorf("moves of somebody else: %+v, %v", none, err)
		}
		wantActions := []string{"calendar.propose", "calendar.change", "calendar.approve", "calendar.recount"}
		if diff := cmp.Diff(wantActions, b.actions(t, "calendar.")); diff != "" {
			t.Errorf("the record (-want +got)\n%s", diff)
		}
		if got := b.actions(t, "clock.recount"); len(got) != 3 {
			t.Errorf("%d clocks moved in the record, want 3", len(got))
		}
		if broken := verify(t, b.place); broken != nil {
			t.Errorf("%+v", broken)
		}
	})
}

// TestLabourDayOf2019 is case T19: days were made free, and others worked, in a year that was arranged.
func TestLabourDayOf2019(t *testing.T) {
	inBureau(t, "2019-03-21", func(t *testing.T, b bureau) {
		gains := b.open(t, "1", clock.Owner{Person: "p1"}, reply("2019-04-30"))
		loses := b.open(t, "2", clock.Owner{Person: "p2"}, reply("2019-03-29"))
		*b.clock = at("2019-03-22")
		n := numbered(t, "国办发明电〔2019〕3号")
		seen, err := b.Preview(t.Context(), proposer, n)
		if err != nil {
			t.Fatal(err)
		}
		b.enact(t, n)
		b.work(t)
		now := b.clocksNow(t)
		if got := now[gains.ID].Due.String(); gains.Due != day("2019-05-29") || got != "2019-05-30" {
			t.Errorf("gains: %s, then %s; want 2019-05-29, 2019-05-30", gains.Due, got)
		}
		if got := now[loses.ID].Due.String(); loses.Due != day("2019-04-29") || got != "2019-04-28" {
			t.Errorf("loses: %s, then %s; want 2019-04-29, 2019-04-28", loses.Due, got)
		}
		want := clock.Sums{Seen: 2, Gained: 1, Lost: 1}
		if r := b.lastRecount(t); r.Sums != want || seen.Sums != want || len(r.Causes[0].Days) != 5 {
			t.Errorf("recount %+v, preview %+v, days %v", r.Sums, seen.Sums, r.Causes[0].Days)
		}
	})
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

func TestAProvisionalDeadlineIsSettledByTheNoticeOfItsYear(t *testing.T) {
	inBureau(t, "2026-12-20", func(t *testing.T, b bureau) {
		moved := b.open(t, "1", clock.Owner{Person: "p1"}, reply("2026-12-15"))
		settled := b.open(t, "2", clock.Owner{Person: "p2"}, deadline.Input{Kind: deadline.Suit, Received: day("2026-09-07")})
		if !moved.Provisional || moved.Due != day("2027-01-12") || !settled.Provisional {
			t.Fatalf("%+v %+v", moved, settled)
		}
		b.enact(t, year2027(t))
		b.work(t)
		now := b.clocksNow(t)
		if c := now[moved.ID]; c.Provisional || c.Due != day("2027-01-13") {
			t.Errorf("%+v", c)
		}
		if c := now[settled.ID]; c.Provisional || c.Due != settled.Due {
			t.Errorf("%+v", c)
		}
		r := b.lastRecount(t)
		if r.Sums != (clock.Sums{Seen: 2, Gained: 1, Settled: 1}) || !slices.Equal(r.Causes[0].Years, []int{2027}) {
			t.Errorf("%+v", r)
		}
		if got := changed(b.told(t, "p2")); got != nil {
			t.Errorf("whose day stands was told %q", got)
		}
	})
}

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

// TestTwoPersonsKeepTheCalendar holds the rule that whoever enters a notice does not put it in force.
func TestTwoPersonsKeepTheCalendar(t *testing.T) {
	inBureau(t, "2026-12-20", func(t *testing.T, b bureau) {
		ctx, n := t.Context(), year2027(t)
		for what, by := range map[string]account.Actor{"nobody": {}, "somebody": {Person: "p1", Grants: []account.Grant{{Perm: account.Provide, Path: "root/"}}}} {
			if _, err := b.Propose(ctx, by, n); !errors.Is(err, fault.NotFound) {
				t.Errorf("%s entered a notice: %v", what, err)
			}
			if _, err := b.Preview(ctx, by, n); !errors.Is(err, fault.NotFound) {
				t.Errorf("%s looked ahead: %v", what, err)
			}
		}
		p, err := b.Propose(ctx, proposer, n)
		if err != nil {
			t.Fatal(err)
		}
		if table, err := b.Table(ctx); err != nil || table.Covered(2027) {
			t.Fatalf("in force before anybody has looked: %v", err)
		}
		deputy := account.Actor{Person: "d1", Name: "李示例", Grants: []account.Grant{{Perm: account.ManageSetting, Path: "root/", For: "k1"}}}
		for what, tt := range map[string]struct {
			by     account.Actor
			digest string
			code   string
		}{
			"the same person": {proposer, p.Digest, "clock.same_person"}, "the program": {tester, p.Digest, "clock.same_person"},
			"who stands in": {deputy, p.Digest, "clock.same_person"}, "another text": {reviewer, strings.Repeat("0", 64), "clock.digest"},
			"no right": {account.Actor{Person: "p1"}, p.Digest, "clock.not_found"},
		} {
			if _, err := b.Approve(ctx, tt.by, p.ID, tt.digest, ""); fault.CodeOf(err) != tt.code {
				t.Errorf("%s: %v, want %s", what, err, tt.code)
			}
		}
		if _, err := b.Propose(ctx, reviewer, n); !errors.Is(err, fault.Conflict) {
			t.Errorf("entered twice: %v", err)
		}
		if _, err := b.Propose(ctx, proposer, b.base.Notices()[0]); !errors.Is(err, fault.Usage) && !errors.Is(err, fault.Conflict) {
			t.Errorf("one that is built in: %v", err)
		}
		if _, err := b.Reject(ctx, reviewer, p.ID, " "); fault.CodeOf(err) != "clock.reason" {
			t.Errorf("without a reason: %v", err)
		}
		if _, err := b.Reject(ctx, reviewer, p.ID, "元旦少录了一天"); err != nil {
			t.Fatal(err)
		}
		if _, err := b.Approve(ctx, reviewer, p.ID, p.Digest, ""); fault.CodeOf(err) != "clock.reviewed" {
			t.Errorf("after it was put aside: %v", err)
		}
		again := b.enact(t, n) // the number is free again
		shown, _, err := b.Notice(ctx, account.Actor{Person: "p1"}, again.ID)
		want := clock.Proposal{ID: again.ID, Notice: n, Digest: n.Digest(), State: clock.InForce, Proposed: clock.Act{Person: "k1", Name: "王示例k1", At: b.clock.UTC()},
			Reviewed: clock.Act{Person: "k2", Name: "王示例k2", At: b.clock.UTC()}, Comment: "与原文一致", Serial: 2}
		if diff := cmp.Diff(want, shown, cmpopts.EquateComparable(calendar.Date{})); err != nil || diff != "" {
			t.Errorf("%v (-want +got)\n%s", err, diff)
		}
		if _, _, err := b.Notice(ctx, account.Actor{Person: "p1"}, p.ID); !errors.Is(err, fault.NotFound) {
			t.Errorf("what was put aside is shown to all: %v", err)
		}
		if table, err := b.Table(ctx); err != nil || !table.Covered(2027) {
			t.Errorf("not in force: %v", err)
		}
	})
}

func TestANoticeThatWasEditedStopsTheCounting(t *testing.T) {
	inBureau(t, "2026-12-20", func(t *testing.T, b bureau) {
		b.enact(t, year2027(t))
		if _, err := b.w.ExecContext(t.Context(), `UPDATE calendar_notices SET days = '2027-01-02,holiday,元旦
'`); err != nil {
			t.Fatal(err)
		}
		if _, err := newBureau(b.place, b.base).Table(t.Context()); err == nil || !strings.Contains(err.Error(), "digest") {
			t.Errorf("counted with an edited notice: %v", err)
		}
	})
}

// TestAnotherMachineSeesTheNotice: the calendar is kept in memory and read again when it has changed elsewhere.
func TestAnotherMachineSeesTheNotice(t *testing.T) {
	inBureau(t, "2026-12-20", func(t *testing.T, b bureau) {
		other := newBureau(b.place, b.base)
		for _, s := range []bureau{b, other} {
			if table, err := s.Table(t.Context()); err != nil || table.Covered(2027) {
				t.Fatal("2027 is known before it was entered", err)
			}
		}
		b.enact(t, year2027(t))
		if table, err := other.Table(t.Context()); err != nil || !table.Covered(2027) {
			t.Errorf("the other machine counts with the old calendar: %v", err)
		}
	})
}

// TestANewProgramCountsAgain: a version that brings along another calendar counts everything again, once.
func TestANewProgramCountsAgain(t *testing.T) {
	inBureau(t, "2020-01-26", func(t *testing.T, b bureau) {
		ctx := t.Context()
		start := func(s bureau) {
			t.Helper()
			if err := s.Start(ctx); err != nil {
				t.Fatal(err)
			}
			s.work(t)
		}
		start(b)
		c := b.open(t, "1", clock.Owner{Person: "p1"}, reply("2020-01-15"))
		newer := newBureau(b.place, calendar.Builtin())
		start(newer)
		start(newer)
		if got := newer.clocksNow(t)[c.ID].Due; got != day("2020-02-19") {
			t.Errorf("due %s, want 2020-02-19", got)
		}
		all, err := newer.Recounts(ctx, 10)
		if err != nil || len(all) != 2 || all[0].Sums != (clock.Sums{Seen: 1, Gained: 1}) || all[0].Done.IsZero() {
			t.Errorf("recounts %+v, %v", all, err)
		}
	})
}

// TestANoticeThatTheProgramHasTooIsTakenOnce: what two persons entered stands when a later version brings it along.
func TestANoticeThatTheProgramHasTooIsTakenOnce(t *testing.T) {
	inBureau(t, "2020-01-27", func(t *testing.T, p bureau) {
		b := newBureau(p.place, calendar.Builtin().AsOf(day("2020-01-26")))
		b.enact(t, numbered(t, "国办发明电〔2020〕1号"))
		table, err := newBureau(b.place, calendar.Builtin()).Table(t.Context())
		if err != nil || len(table.Notices()) != 10 {
			t.Errorf("%d notices, %v", len(table.Notices()), err)
		}
	})
}

// TestTwoNoticesAtOnce: a second notice before the recount of the first has ended is taken into it, and nobody is told twice.
func TestTwoNoticesAtOnce(t *testing.T) {
	inBureau(t, "2026-12-20", func(t *testing.T, b bureau) {
		c := b.open(t, "1", clock.Owner{Person: "p1"}, reply("2026-12-15"))
		b.enact(t, year2027(t))
		b.enact(t, calendar.Notice{Number: "国办发明电〔2026〕10号", Title: "关于延长元旦假期的通知", Issued: day("2026-12-20"), Known: day("2026-12-20"),
			Days: []calendar.Named{{Date: day("2027-01-04"), Kind: calendar.DayOff, Name: "元旦"}}})
		b.work(t)
		r := b.lastRecount(t)
		if len(r.Causes) != 2 || r.Sums != (clock.Sums{Seen: 1, Gained: 1}) || r.Title() != "国办发明电〔2026〕9号、国办发明电〔2026〕10号" {
			t.Errorf("%+v", r)
		}
		if got := b.clocksNow(t)[c.ID].Due; got != day("2027-01-14") {
			t.Errorf("due %s, want 2027-01-14", got)
		}
		if got := changed(b.told(t, "p1")); len(got) != 1 {
			t.Errorf("told %q", got)
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

// TestNobodyIsRemindedTwice goes day by day from the opening to after the last day.
func TestNobodyIsRemindedTwice(t *testing.T) {
	inBureau(t, "2026-09-07", func(t *testing.T, b bureau) {
		if err := b.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		c := b.open(t, "1", clock.Owner{Person: "p1"}, reply("2026-09-07"))
		b.open(t, "2", clock.Owner{Person: "p9"}, deadline.Input{Kind: deadline.ThirdParty, Received: day("2026-09-07")})
		done := b.open(t, "3", clock.Owner{Person: "p8"}, reply("2026-09-07"))
		if _, err := b.Close(t.Context(), tester, done.ID, "已答复"); err != nil {
			t.Fatal(err)
		}
		for d := day("2026-09-07"); !d.After(day("2026-10-14")); d = d.AddDays(1) {
			*b.clock = at(d.String())
			b.work(t)
			b.work(t)
		}
		if c.Due != day("2026-10-10") {
			t.Fatalf("due %s", c.Due)
		}
		const soon, late = "deadline.soon 《示例申请1》的答复申请最晚 2026年10月10日 周六，", "deadline.late 《示例申请1》的答复申请应在 2026年10月10日 周六 前办完，"
		want := []string{soon + "还有 5 个工作日。", soon + "还有 2 个工作日。", soon + "今天是最后一天。",
			late + "已超过 1 个工作日。请马上办理，并写明原因。", late + "已超过 2 个工作日。请马上办理，并写明原因。", late + "已超过 3 个工作日。请马上办理，并写明原因。"}
		if diff := cmp.Diff(want, b.told(t, "p1")); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
		for _, p := range []account.PersonID{"p8", "p9"} {
			if got := b.told(t, p); got != nil {
				t.Errorf("%s was told %q", p, got)
			}
		}
	})
}

func TestWhatIsLateIsToldOnceADay(t *testing.T) {
	inBureau(t, "2026-03-10", func(t *testing.T, b bureau) {
		for i := range 3 {
			b.open(t, fmt.Sprint(i), clock.Owner{Person: "p1"}, reply(fmt.Sprintf("2026-01-%02d", 5+i)))
		}
		if err := b.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		b.work(t)
		if err := b.Start(t.Context()); err != nil { // the program was started again
			t.Fatal(err)
		}
		b.work(t)
		want := []string{"deadline.late 《示例申请0》的答复申请（共 3 件逾期，这件最早）应在 2026年2月2日 周一 前办完，已超过 22 个工作日。请马上办理，并写明原因。"}
		if diff := cmp.Diff(want, b.told(t, "p1")); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
	})
}

func TestAMissingYearIsToldOnceAMonth(t *testing.T) {
	inBureau(t, "2026-10-30", func(t *testing.T, b bureau) {
		if err := b.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		for d := day("2026-10-30"); !d.After(day("2026-12-03")); d = d.AddDays(1) {
			*b.clock = at(d.String())
			b.work(t)
		}
		for _, p := range []account.PersonID{"k1", "k2"} {
			got := b.told(t, p)
			if len(got) != 2 || !strings.HasPrefix(got[0], "calendar.missing 2027 年") {
				t.Errorf("%s was told %q, want it in November and in December", p, got)
			}
		}
	})
}

func TestMarksAreASetting(t *testing.T) {
	inBureau(t, "2026-03-02", func(t *testing.T, b bureau) {
		if got, err := b.Marks(t.Context()); err != nil || !slices.Equal(got, []int{5, 2, 0}) {
			t.Errorf("%v, %v", got, err)
		}
		if err := b.SaveMarks(t.Context(), account.Actor{Person: "p1"}, []int{1}); !errors.Is(err, fault.NotFound) {
			t.Errorf("set by anybody: %v", err)
		}
		if err := b.SaveMarks(t.Context(), proposer, []int{1, 10}); err != nil {
			t.Fatal(err)
		}
		if got, err := b.Marks(t.Context()); err != nil || !slices.Equal(got, []int{10, 1}) {
			t.Errorf("%v, %v", got, err)
		}
		if got := b.actions(t, "clock.marks"); len(got) != 1 {
			t.Errorf("the record says %v", got)
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
