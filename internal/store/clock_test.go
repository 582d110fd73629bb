package store

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/gongkai/gongkai/internal/account"
	"github.com/gongkai/gongkai/internal/calendar"
	"github.com/gongkai/gongkai/internal/clock"
	"github.com/gongkai/gongkai/internal/deadline"
	"github.com/gongkai/gongkai/internal/fault"
)

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
