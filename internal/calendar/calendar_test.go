package calendar_test

import (
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/gongkai/gongkai/internal/calendar"
)

func date(t testing.TB, s string) calendar.Date {
	t.Helper()
	d, err := calendar.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func anyDate(rt *rapid.T, label string) calendar.Date {
	return calendar.NewDate(2019, 1, 1).AddDays(rapid.IntRange(0, 8*365).Draw(rt, label))
}

func TestDatesAgreeWithTheClock(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		u := time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, rapid.IntRange(0, 3_600_000).Draw(rt, "days"))
		d, err := calendar.ParseDate(u.Format(time.DateOnly))
		if err != nil || d.IsZero() || d.String() != u.Format(time.DateOnly) || d.Weekday() != u.Weekday() || d.Year() != u.Year() || d.Month() != u.Month() || d.Day() != u.Day() {
			rt.Fatalf("%s: %s %s %v", u, d, d.Weekday(), err)
		}
		n := rapid.IntRange(-400, 400).Draw(rt, "n")
		if d.AddDays(n).DaysSince(d) != n {
			rt.Fatalf("%s + %d = %s", d, n, d.AddDays(n))
		}
	})
	late := time.Date(2025, 12, 31, 16, 0, 0, 0, time.UTC)
	if got := calendar.On(late); got.String() != "2026-01-01" || got.Chinese() != "2026年1月1日" || got.ChineseWeekday() != "周四" {
		t.Errorf("midnight in China: %s %s %s", got, got.Chinese(), got.ChineseWeekday())
	}
}

func TestATimeOfDayIsInChina(t *testing.T) {
	for _, c := range []struct {
		day          string
		hour, minute int
		want         string
	}{
		{"2026-11-25", 0, 0, "2026-11-24T16:00:00Z"},
		{"2026-03-01", 8, 30, "2026-03-01T00:30:00Z"},
		{"2025-12-31", 24, 0, "2025-12-31T16:00:00Z"},
		{"2026-01-01", 0, 23*60 + 59, "2026-01-01T15:59:00Z"},
	} {
		got := date(t, c.day).At(c.hour, c.minute)
		if s := got.UTC().Format(time.RFC3339); s != c.want {
			t.Errorf("%s at %d:%d is %s, want %s", c.day, c.hour, c.minute, s, c.want)
		}
		if _, offset := got.Zone(); offset != 8*3600 {
			t.Errorf("%s is %d seconds from UTC", got, offset)
		}
	}
}

func TestDatesThatAreNone(t *testing.T) {
	for _, s := range []string{"", "2026-1-1", "2026-02-30", "0000-01-01", "20260101", "2026-01-01T00:00:00Z"} {
		if d, err := calendar.ParseDate(s); err == nil {
			t.Errorf("%q read as %s", s, d)
		}
	}
}

func TestMonthsEndOnTheLastDayAtMost(t *testing.T) {
	for _, tt := range []struct {
		from string
		n    int
		want string
	}{
		{"2025-08-31", 6, "2026-02-28"}, {"2023-08-31", 6, "2024-02-29"}, {"2025-01-31", 1, "2025-02-28"},
		{"2025-04-03", 6, "2025-10-03"}, {"2025-12-15", 1, "2026-01-15"}, {"2024-02-29", 12, "2025-02-28"}, {"2025-03-31", -1, "2025-02-28"},
	} {
		if got := date(t, tt.from).AddMonths(tt.n).String(); got != tt.want {
			t.Errorf("%s + %d months = %s, want %s", tt.from, tt.n, got, tt.want)
		}
	}
}

// TestBuiltinDays holds the table against the counts of working days and the make-up days of each year.
func TestBuiltinDays(t *testing.T) {
	table := calendar.Builtin()
	want := map[int]struct {
		days   int
		makeup string
	}{
		2019: {250, "02-02 02-03 04-28 05-05 09-29 10-12"},
		2020: {249, "01-19 04-26 05-09 06-28 09-27 10-10"},
		2021: {250, "02-07 02-20 04-25 05-08 09-18 09-26 10-09"},
		2022: {249, "01-29 01-30 04-02 04-24 05-07 10-08 10-09"},
		2023: {249, "01-28 01-29 04-23 05-06 06-25 10-07 10-08"},
		2024: {251, "02-04 02-18 04-07 04-28 05-11 09-14 09-29 10-12"},
		2025: {248, "01-26 02-08 04-27 09-28 10-11"},
		2026: {248, "01-04 02-14 02-28 05-09 09-20 10-10"},
	}
	for year, w := range want {
		var makeup []string
		for d := calendar.NewDate(year, 1, 1); d.Year() == year; d = d.AddDays(1) {
			if c, _ := table.Class(d); c == calendar.Makeup {
				makeup = append(makeup, d.String()[5:])
			}
		}
		got := table.WorkingDaysBetween(calendar.NewDate(year-1, 12, 31), calendar.NewDate(year, 12, 31))
		if got != w.days || strings.Join(makeup, " ") != w.makeup || !table.Covered(year) {
			t.Errorf("%d: %d working days, made up on %v; want %d, %s", year, got, makeup, w.days, w.makeup)
		}
	}
	if diff := cmp.Diff([]int{2019, 2020, 2021, 2022, 2023, 2024, 2025, 2026}, table.Years()); diff != "" {
		t.Errorf("covered years (-want +got)\n%s", diff)
	}
	if c, name := table.Class(date(t, "2018-12-29")); c != calendar.Makeup || name != "元旦" || table.Covered(2018) {
		t.Errorf("2018-12-29 is %s %s, 2018 covered: %v", c, name, table.Covered(2018))
	}
}

// TestEveryDayBelongsToANotice: with all notices known, each row of the data is what it says, with its name.
func TestEveryDayBelongsToANotice(t *testing.T) {
	file, err := os.Open("data/holidays.csv")
	if err != nil {
		t.Fatal(err)
	}
	days, err := calendar.ParseCSV(file)
	if err := errors.Join(err, file.Close()); err != nil {
		t.Fatal(err)
	}
	if len(days) != 285 {
		t.Errorf("%d rows, want 285", len(days))
	}
	table := calendar.Builtin()
	for _, d := range days {
		want := map[calendar.Kind]calendar.Class{calendar.DayOff: calendar.Holiday, calendar.DayWork: calendar.Makeup}[d.Kind]
		if class, name := table.Class(d.Date); class != want || name != d.Name {
			t.Errorf("%s is %s %s, want %s %s", d.Date, class, name, want, d.Name)
		}
	}
}

// TestWhatWasKnownBefore holds the two notices that changed a year already arranged.
func TestWhatWasKnownBefore(t *testing.T) {
	table := calendar.Builtin()
	describe := func(before, after, from, to string) []string {
		var out []string
		for _, c := range calendar.Diff(table.AsOf(date(t, before)), table.AsOf(date(t, after)), date(t, from), date(t, to)) {
			out = append(out, c.String())
		}
		return out
	}
	got := describe("2019-03-21", "2019-03-22", "2019-01-01", "2019-12-31")
	want := []string{"2019-04-28（周日）周末 → 调休上班劳动节", "2019-05-02（周四）工作日 → 放假劳动节", "2019-05-03（周五）工作日 → 放假劳动节",
		"2019-05-04（周六）周末 → 放假劳动节", "2019-05-05（周日）周末 → 调休上班劳动节"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Labour Day 2019 (-want +got)\n%s", diff)
	}
	got = describe("2020-01-26", "2020-01-27", "2020-01-01", "2020-12-31")
	want = []string{"2020-01-31（周五）工作日 → 放假春节", "2020-02-01（周六）调休上班春节 → 放假春节", "2020-02-02（周日）周末 → 放假春节"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Spring Festival 2020 (-want +got)\n%s", diff)
	}
	if table.AsOf(date(t, "2025-11-03")).Covered(2026) || !table.AsOf(date(t, "2025-11-04")).Covered(2026) {
		t.Error("2026 is not known from 2025-11-04 on")
	}
}

func TestNoticesAreKeptAndNamed(t *testing.T) {
	table := calendar.Builtin()
	seen := map[string]bool{}
	for _, n := range table.Notices() {
		if len(n.Digest()) != 64 || seen[n.Digest()] {
			t.Errorf("%s: digest %q", n.Number, n.Digest())
		}
		seen[n.Digest()] = true
		n.Days[0].Name = "改了"
	}
	if len(seen) != 10 {
		t.Errorf("%d notices, want 10", len(seen))
	}
	if table.Notices()[0].Days[0].Name == "改了" {
		t.Error("a table was changed from outside")
	}
	n := table.Notices()[0]
	before := n.Digest()
	n.Days[0], n.Days[1], n.Source = n.Days[1], n.Days[0], "elsewhere"
	if n.Digest() != before {
		t.Error("the digest depends on the order of days or on where the notice was read")
	}
	n.Days[0].Kind = calendar.DayWork
	if n.Digest() == before {
		t.Error("the digest does not depend on the days")
	}
}

func TestANoticeIsChecked(t *testing.T) {
	ok := calendar.Notice{Number: "国办发明电〔2026〕99号", Known: date(t, "2026-11-20"), Issued: date(t, "2026-11-19"), Years: []int{2027},
		Days: []calendar.Named{{date(t, "2027-01-01"), calendar.DayOff, "元旦"}, {date(t, "2026-12-27"), calendar.DayWork, "元旦"}}}
	table, err := calendar.Builtin().With(ok)
	if err != nil || !table.Covered(2027) || table.Works(date(t, "2027-01-01")) || !table.Works(date(t, "2026-12-27")) {
		t.Fatalf("a good notice: %v", err)
	}
	if _, err := table.With(ok); err == nil {
		t.Error("one notice twice is taken")
	}
	for what, spoil := range map[string]func(*calendar.Notice){
		"no number": func(n *calendar.Notice) { n.Number = " " }, "no date": func(n *calendar.Notice) { n.Known = calendar.Date{} },
		"no days": func(n *calendar.Notice) { n.Days = nil }, "another year": func(n *calendar.Notice) { n.Years = []int{2028} },
		"twice": func(n *calendar.Notice) { n.Days = append(n.Days, n.Days[0]) }, "kind": func(n *calendar.Notice) { n.Days[0].Kind = "weekend" },
	} {
		bad := calendar.Builtin().Notices()[9]
		bad.Number = "国办发明电〔2026〕98号"
		spoil(&bad)
		if _, err := calendar.Builtin().With(bad); err == nil {
			t.Errorf("%s: taken", what)
		}
	}
}

func TestWithoutATableResultsAreProvisional(t *testing.T) {
	var none calendar.Table
	c, err := none.WorkingDays(date(t, "2026-12-15"), 20)
	if err != nil || !c.Provisional || c.Due.String() != "2027-01-12" {
		t.Errorf("%v %+v", err, c.Due)
	}
	n, err := calendar.Builtin().NaturalDays(date(t, "2018-12-20"), 60)
	if err != nil || n.Provisional {
		t.Errorf("a period of natural days is as certain as its last day: %v %v", err, n.Provisional)
	}
	n, err = calendar.Builtin().NaturalDays(date(t, "2026-11-20"), 60)
	if err != nil || !n.Provisional {
		t.Errorf("a period that ends in 2027 is certain: %v", err)
	}
}

// TestCounts holds what is true of every count.
func TestCounts(t *testing.T) {
	table := calendar.Builtin()
	rapid.Check(t, func(rt *rapid.T) {
		start, n := anyDate(rt, "start"), rapid.IntRange(1, 60).Draw(rt, "n")
		var spans []calendar.Span
		for range rapid.IntRange(0, 3).Draw(rt, "spans") {
			from := start.AddDays(rapid.IntRange(0, 40).Draw(rt, "from"))
			spans = append(spans, calendar.Span{From: from, To: from.AddDays(rapid.IntRange(0, 30).Draw(rt, "long"))})
		}
		w, err := table.WorkingDays(start, n, spans...)
		if err != nil {
			rt.Fatal(err)
		}
		checkCount(rt, table, w)
		if w.Counted != n || !table.Works(w.Due) || w.Days[len(w.Days)-1].N != n {
			rt.Fatalf("%d working days from %s end on %s with %d", n, start, w.Due, w.Counted)
		}
		excluded := 0
		for _, d := range w.Days {
			if d.Class == calendar.Excluded {
				excluded++
			}
		}
		if got := table.WorkingDaysBetween(start, w.Due); got != n+excluded {
			rt.Fatalf("%d working days to %s, want %d counted and %d left out", got, w.Due, n, excluded)
		}
		for _, f := range []func(calendar.Date, int) (calendar.Count, error){table.NaturalDays, table.Months} {
			c, err := f(start, n)
			if err != nil {
				rt.Fatal(err)
			}
			checkCount(rt, table, c)
			if !table.Works(c.Due) || table.WorkingDaysBetween(start.AddDays(c.Counted), c.Due) > 1 {
				rt.Fatalf("from %s: ends on %s", start, c.Due)
			}
		}
	})
}

// checkCount holds what is true of every proof: day after day from the day after the start to the last, numbered in order.
func checkCount(rt *rapid.T, table calendar.Table, c calendar.Count) {
	next := 1
	for i, d := range c.Days {
		if d.Date != c.Start.AddDays(i+1) {
			rt.Fatalf("line %d is %s", i, d.Date)
		}
		if d.N != 0 && d.N != next {
			rt.Fatalf("%s is number %d, want %d", d.Date, d.N, next)
		}
		if d.N != 0 {
			next++
		}
		if class, _ := table.Class(d.Date); class != d.Class && (d.Class != calendar.Excluded || !class.Works()) {
			rt.Fatalf("%s is %s, proved as %s", d.Date, class, d.Class)
		}
	}
	if next-1 != c.Counted || c.Days[len(c.Days)-1].Date != c.Due {
		rt.Fatalf("counted %d, proof has %d and ends on %s, due %s", c.Counted, next-1, c.Days[len(c.Days)-1].Date, c.Due)
	}
}

func TestNearestWorkingDay(t *testing.T) {
	table := calendar.Builtin()
	for _, tt := range []struct{ day, last, next string }{
		{"2020-01-31", "2020-01-23", "2020-02-03"}, {"2021-01-31", "2021-01-29", "2021-02-01"}, {"2026-01-31", "2026-01-30", "2026-02-02"},
		{"2027-01-31", "2027-01-29", "2027-02-01"}, {"2026-02-28", "2026-02-28", "2026-02-28"},
	} {
		if last, next := table.LastWorking(date(t, tt.day)).String(), table.NextWorking(date(t, tt.day)).String(); last != tt.last || next != tt.next {
			t.Errorf("%s: %s, %s; want %s, %s", tt.day, last, next, tt.last, tt.next)
		}
	}
}

func TestCountsThatNeverEnd(t *testing.T) {
	table := calendar.Builtin()
	if _, err := table.WorkingDays(date(t, "2026-01-05"), 20, calendar.Span{From: date(t, "2026-01-05"), To: date(t, "9999-12-31")}); err == nil {
		t.Error("a span of eight thousand years is walked")
	}
	if _, err := table.Months(date(t, "2026-01-05"), 12000); err == nil {
		t.Error("a thousand years are walked")
	}
}

func BenchmarkWorkingDays(b *testing.B) {
	table := calendar.Builtin()
	start := date(b, "2026-01-28")
	for b.Loop() {
		if _, err := table.WorkingDays(start, 20); err != nil {
			b.Fatal(err)
		}
	}
}
