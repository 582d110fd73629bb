package clock

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/gongkai/gongkai/internal/account"
	"github.com/gongkai/gongkai/internal/calendar"
	"github.com/gongkai/gongkai/internal/deadline"
	"github.com/gongkai/gongkai/internal/fault"
)

var dates = cmpopts.EquateComparable(calendar.Date{})

func date(t testing.TB, s string) calendar.Date {
	t.Helper()
	d, err := calendar.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// anyInput draws the events of a period of any kind.
func anyInput(rt *rapid.T) deadline.Input {
	day := func(from calendar.Date, name string) calendar.Date {
		return from.AddDays(rapid.IntRange(0, 60).Draw(rt, name))
	}
	in := deadline.Input{Kind: rapid.SampledFrom(deadline.Rules()).Draw(rt, "rule").Kind,
		Received: calendar.NewDate(2019, 6, 1).AddDays(rapid.IntRange(0, 2900).Draw(rt, "received"))}
	if in.Kind != deadline.Reply {
		return in
	}
	if rapid.Bool().Draw(rt, "is corrected") {
		in.Corrected = day(in.Received, "corrected")
	}
	for range rapid.IntRange(0, 3).Draw(rt, "consults") {
		from := day(in.Received, "from")
		in.Consults = append(in.Consults, calendar.Span{From: from, To: day(from, "to")})
	}
	in.Extend = rapid.IntRange(0, deadline.MaxExtension).Draw(rt, "extend")
	if rapid.Bool().Draw(rt, "is paid") {
		in.FeePaid = day(in.Received, "paid")
	}
	in.ShiftRestDay = rapid.Bool().Draw(rt, "shift")
	return in
}

func TestInputsAreReadAsTheyWereWritten(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		in := anyInput(rt)
		text, err := EncodeInput(in)
		if err != nil {
			rt.Fatal(err)
		}
		got, err := DecodeInput(text)
		if diff := cmp.Diff(in, got, dates); err != nil || diff != "" {
			rt.Fatalf("%s: %v (-want +got)\n%s", text, err, diff)
		}
	})
	for _, s := range []string{"", "{}{}", `{"kind":"reply","received":"2026-01-05","suspended":"2026-01-06"}`, `{"received":"2026-02-30"}`} {
		if in, err := DecodeInput(s); err == nil {
			t.Errorf("%s was read as %+v", s, in)
		}
	}
}

// TestCountingAgain holds what is true of every recount: with the calendar unchanged nothing moves, and with any other
// calendar the result is that of counting afresh.
func TestCountingAgain(t *testing.T) {
	full := calendar.Builtin()
	rapid.Check(t, func(rt *rapid.T) {
		tables := []calendar.Table{full, full.AsOf(calendar.NewDate(2019, 1, 1).AddDays(rapid.IntRange(0, 2600).Draw(rt, "as of")))}
		if rapid.Bool().Draw(rt, "turn") {
			slices.Reverse(tables)
		}
		c := Clock{ID: "c", Input: anyInput(rt)}
		if err := c.count(tables[0], 1); err != nil {
			rt.Fatal(err)
		}
		if m, next := c.recount(tables[0], 1); m.Moved() || m.DaysBetween != 0 || next.Due != c.Due {
			rt.Fatalf("the same calendar moved it: %+v", m)
		}
		m, next := c.recount(tables[1], 2)
		want, err := deadline.Compute(tables[1], c.Input)
		if err != nil || next.Due != want.Due || next.Provisional != want.Provisional || next.Counted != 2 || m.Is != want.Due || m.Was != c.Due {
			rt.Fatalf("counted again %s, afresh %s, %v", next.Due, want.Due, err)
		}
		if (m.Was != m.Is || m.WasOpen != m.IsOpen) != m.Moved() {
			rt.Fatalf("%+v says moved %v", m, m.Moved())
		}
		again, _ := next.recount(tables[1], 2)
		if again.Moved() {
			rt.Fatalf("counting again twice moved it: %+v", again)
		}
		var s Sums
		s.add(m)
		if s.Seen != 1 || s.Gained+s.Lost+s.Settled+s.Failed > 1 || (s.Changed() == 1) != (m.Was != m.Is) {
			rt.Fatalf("%+v of %+v", s, m)
		}
	})
}

func TestAClockThatCannotBeCountedStaysWhereItWas(t *testing.T) {
	c := Clock{Due: date(t, "2026-02-03"), Input: deadline.Input{Kind: "gone", Received: date(t, "2026-01-05")}}
	m, next := c.recount(calendar.Builtin(), 7)
	if m.Problem == "" || !m.Moved() || next.Due != c.Due || next.Counted != 7 {
		t.Errorf("%+v %+v", m, next)
	}
}

func TestEventsAddUpToTheInput(t *testing.T) {
	in := deadline.Input{Kind: deadline.Reply, Received: date(t, "2025-04-14")}
	other := deadline.Input{Kind: deadline.Suit, Received: date(t, "2025-04-15"), Extend: 3}
	for _, e := range []Event{
		Consulted{date(t, "2025-04-28"), date(t, "2025-04-30")},
		Consulted{date(t, "2025-04-18"), date(t, "2025-05-15")}, // while nobody has answered: to when the answer is due
		Consulted{date(t, "2025-04-18"), date(t, "2025-05-08")}, // the answer
		Corrected{date(t, "2025-04-16")}, Extended{10}, FeePaid{date(t, "2025-04-17")},
	} {
		e.apply(&in)
	}
	want := deadline.Input{Kind: deadline.Reply, Received: date(t, "2025-04-14"), Corrected: date(t, "2025-04-16"), Extend: 10, FeePaid: date(t, "2025-04-17"),
		Consults: []calendar.Span{{From: date(t, "2025-04-18"), To: date(t, "2025-05-08")}, {From: date(t, "2025-04-28"), To: date(t, "2025-04-30")}}}
	if diff := cmp.Diff(want, in, dates); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	Restated{other}.apply(&in)
	other.Kind = deadline.Reply
	if diff := cmp.Diff(other, in, dates); diff != "" {
		t.Errorf("restated (-want +got)\n%s", diff)
	}
}

func TestRemindersFallOnWorkingDays(t *testing.T) {
	table := calendar.Builtin()
	due := date(t, "2026-10-10") // a Saturday that is worked, after the holidays of October
	for mark, want := range map[int]string{0: "2026-10-10", 1: "2026-10-09", 2: "2026-10-08", 3: "2026-09-30", 5: "2026-09-28", 6: "2026-09-24"} {
		got := markDay(table, due, mark)
		if got.String() != want || table.WorkingDaysBetween(got, due) != mark {
			t.Errorf("%d working days before: %s, want %s", mark, got, want)
		}
	}
	for _, tt := range []struct {
		today, next string
		now         int
		isNow       bool
	}{
		{"2026-09-24", "2026-09-28", 0, false}, {"2026-09-28", "2026-10-08", 5, true}, {"2026-10-03", "2026-10-08", 5, true},
		{"2026-10-08", "2026-10-10", 2, true}, {"2026-10-10", "", 0, true},
	} {
		now, isNow, next, isNext := reached(table, due, date(t, tt.today), dayMarks())
		if now != tt.now || isNow != tt.isNow || next.String() != tt.next || isNext != (tt.next != "") {
			t.Errorf("%s: %d %v %s %v, want %+v", tt.today, now, isNow, next, isNext, tt)
		}
	}
	if got := morning(due); !got.Equal(time.Date(2026, 10, 10, 0, 0, 0, 0, time.UTC)) {
		t.Errorf("reminded at %s", got)
	}
}

func TestMarksAreRead(t *testing.T) {
	got, err := ParseMarks(" 0、2，5,2 10")
	if diff := cmp.Diff([]int{10, 5, 2, 0}, got); err != nil || diff != "" {
		t.Errorf("%v (-want +got)\n%s", err, diff)
	}
	for _, s := range []string{"", "-1", "61", "x", "0 1 2 3 4 5 6 7 8 9 10"} {
		if got, err := ParseMarks(s); fault.CodeOf(err) != "clock.marks" {
			t.Errorf("%q: %v, %v", s, got, err)
		}
	}
}

func TestAYearIsMissedFromNovember(t *testing.T) {
	table := calendar.Builtin()
	for day, want := range map[string]int{"2026-10-31": 0, "2026-11-01": 2027, "2026-12-31": 2027, "2027-01-01": 2027, "2025-11-01": 0, "2027-11-01": 2027} {
		if got := Missing(table, date(t, day)); got != want {
			t.Errorf("%s: %d, want %d", day, got, want)
		}
	}
}

func TestNoticesAreReadAsTheyWereWritten(t *testing.T) {
	for _, n := range calendar.Builtin().Notices() {
		days, err := DecodeDays(EncodeDays(n))
		if err != nil {
			t.Fatal(err)
		}
		years, err := DecodeYears(EncodeYears(n.Years))
		if err != nil {
			t.Fatal(err)
		}
		back := n
		back.Days, back.Years = days, years
		if p := (Proposal{Notice: back, Digest: n.Digest()}); p.intact() != nil {
			t.Errorf("%s is another notice after it was kept", n.Number)
		}
	}
	for _, s := range []string{"27", "2027年", "2027,2028"} {
		if got, err := DecodeYears(s); fault.CodeOf(err) != "clock.years" {
			t.Errorf("%q: %v, %v", s, got, err)
		}
	}
}

func TestANoticeOfTheSiteIsChecked(t *testing.T) {
	good := func() calendar.Notice {
		return calendar.Notice{Number: "国办发明电〔2026〕9号", Title: "国务院办公厅关于2027年部分节假日安排的通知", Issued: date(t, "2026-11-05"), Known: date(t, "2026-11-06"),
			Years: []int{2027}, Days: []calendar.Named{{Date: date(t, "2027-01-01"), Kind: calendar.DayOff, Name: "元旦"}}}
	}
	today := date(t, "2026-11-06")
	if err := checkNotice(good(), today); err != nil {
		t.Fatal(err)
	}
	for what, spoil := range map[string]func(*calendar.Notice){
		"no title": func(n *calendar.Notice) { n.Title = "" }, "two lines": func(n *calendar.Notice) { n.Number = "国办\n1号" },
		"not issued": func(n *calendar.Notice) { n.Issued = calendar.Date{} }, "known before issued": func(n *calendar.Notice) { n.Known = date(t, "2026-11-04") },
		"not yet known": func(n *calendar.Notice) { n.Known = date(t, "2026-11-07") }, "far year": func(n *calendar.Notice) { n.Years = []int{2072} },
		"far day": func(n *calendar.Notice) { n.Days[0].Date = date(t, "2072-01-01"); n.Years = nil }, "no days": func(n *calendar.Notice) { n.Days = nil },
		"long source": func(n *calendar.Notice) { n.Source = strings.Repeat("源", 201) },
	} {
		n := good()
		spoil(&n)
		if err := checkNotice(n, today); !errors.Is(err, fault.Usage) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func TestWhoStandsBehindAnActor(t *testing.T) {
	grant := func(p account.Perm, of account.PersonID) account.Grant {
		return account.Grant{Perm: p, Path: "a/", For: of}
	}
	for what, tt := range map[string]struct {
		grants []account.Grant
		want   []account.PersonID
	}{
		"own right":       {[]account.Grant{grant(account.ManageSetting, "")}, []account.PersonID{"p"}},
		"deputy":          {[]account.Grant{grant(account.ManageSetting, "q")}, []account.PersonID{"p", "q"}},
		"both":            {[]account.Grant{grant(account.ManageSetting, "q"), grant(account.ManageSetting, "")}, []account.PersonID{"p"}},
		"of another kind": {[]account.Grant{grant(account.Provide, "q")}, []account.PersonID{"p"}},
	} {
		if got := behind(account.Actor{Person: "p", Grants: tt.grants}); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %v, want %v", what, got, tt.want)
		}
	}
}

func TestPeriodsOfOthersAreNotOurs(t *testing.T) {
	today := date(t, "2026-03-10")
	for _, r := range deadline.Rules() {
		c := Clock{Input: deadline.Input{Kind: r.Kind}, Due: date(t, "2026-03-09"), Opened: time.Now()}
		others := slices.Contains([]deadline.Kind{deadline.ThirdParty, deadline.JointOrgan, deadline.FeePayment, deadline.Reconsideration, deadline.Suit,
			deadline.SuitAfter}, r.Kind)
		if Ours(r.Kind) == others || c.Late(today) == others {
			t.Errorf("%s: ours %v, late %v", r.Kind, Ours(r.Kind), c.Late(today))
		}
	}
}

// FuzzWhatPeopleType: whatever is typed as marks or years, or stands in a row, is read and writes itself again, or is refused.
func FuzzWhatPeopleType(f *testing.F) {
	f.Add("5、2、0")
	f.Add("2027 2028")
	f.Add(`{"kind":"reply","received":"2026-01-05","consults":[["2026-01-06","2026-01-08"]]}`)
	f.Fuzz(func(t *testing.T, s string) {
		if marks, err := ParseMarks(s); err == nil && (len(marks) > maxMarks || !slices.IsSortedFunc(marks, func(a, b int) int { return b - a }) || marks[len(marks)-1] < 0 || marks[0] > maxMark) {
			t.Errorf("%q: %v", s, marks)
		}
		if years, err := DecodeYears(s); err == nil {
			back, err := DecodeYears(EncodeYears(years))
			if err != nil || !slices.Equal(back, years) {
				t.Errorf("%q: %v, then %v, %v", s, years, back, err)
			}
		}
		in, err := DecodeInput(s)
		if err != nil {
			return
		}
		text, err := EncodeInput(in)
		if err != nil {
			t.Fatal(err)
		}
		back, err := DecodeInput(text)
		if diff := cmp.Diff(in, back, dates, cmpopts.EquateEmpty()); err != nil || diff != "" {
			t.Errorf("%s: %v (-want +got)\n%s", text, err, diff)
		}
	})
}
