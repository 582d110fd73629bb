package deadline_test

import (
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/gongkai/gongkai/internal/calendar"
	"github.com/gongkai/gongkai/internal/deadline"
	"github.com/gongkai/gongkai/internal/fault"
)

func date(t testing.TB, s string) calendar.Date {
	t.Helper()
	if s == "" {
		return calendar.Date{}
	}
	d, err := calendar.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func spans(t testing.TB, list ...string) []calendar.Span {
	t.Helper()
	var out []calendar.Span
	for _, s := range list {
		from, to, _ := strings.Cut(s, "..")
		out = append(out, calendar.Span{From: date(t, from), To: date(t, to)})
	}
	return out
}

// TestWorkedExamples are the worked examples of the law of periods: one decided by a court (T00), the others computed by hand
// from the holiday notices.
func TestWorkedExamples(t *testing.T) {
	type in struct {
		kind                deadline.Kind
		received, corrected string
		consults            []string
		extend              int
		paid, asOf          string
		shift               bool
	}
	tests := []struct {
		id          string
		in          in
		due         string
		excluded    int
		provisional bool
	}{
		{"T00 a court named the day", in{received: "2022-09-30"}, "2022-11-02", 0, false},
		{"T01 two make-up Saturdays", in{received: "2026-01-28"}, "2026-03-03", 0, false},
		{"T02 received on a make-up Saturday", in{received: "2026-02-14"}, "2026-03-20", 0, false},
		{"T03 confirmed by both", in{received: "2026-10-08"}, "2026-11-04", 0, false},
		{"T03b received on a holiday", in{received: "2026-10-03"}, "2026-11-03", 0, false},
		{"T03b moved to the next working day", in{received: "2026-10-03", shift: true}, "2026-11-04", 0, false},
		{"T04 notice", in{kind: deadline.CorrectionNotice, received: "2025-09-22"}, "2025-09-30", 0, false},
		{"T04 original", in{received: "2025-09-22"}, "2025-10-24", 0, false},
		{"T04 corrected", in{received: "2025-09-22", corrected: "2025-10-15"}, "2025-11-12", 0, false},
		{"T05 third party", in{kind: deadline.ThirdParty, received: "2025-04-22"}, "2025-05-15", 0, false},
		{"T05 before", in{received: "2025-04-14"}, "2025-05-14", 0, false},
		{"T05 answered", in{received: "2025-04-14", consults: []string{"2025-04-18..2025-05-08"}}, "2025-05-30", 12, false},
		{"T06 silent", in{received: "2025-04-14", consults: []string{"2025-04-18..2025-05-15"}}, "2025-06-09", 17, false},
		{"T07 before", in{received: "2024-09-10"}, "2024-10-14", 0, false},
		{"T07 twenty more", in{received: "2024-09-10", extend: 20}, "2024-11-11", 0, false},
		{"T07 ten more", in{received: "2024-09-10", extend: 10}, "2024-10-28", 0, false},
		{"T08 before", in{received: "2023-03-06"}, "2023-04-03", 0, false},
		{"T08 to be paid", in{kind: deadline.FeePayment, received: "2023-03-20"}, "2023-04-18", 0, false},
		{"T08 paid", in{received: "2023-03-06", paid: "2023-04-10"}, "2023-05-09", 0, false},
		{"T09 before the notice", in{received: "2020-01-15", asOf: "2020-01-26"}, "2020-02-17", 0, false},
		{"T09 after the notice", in{received: "2020-01-15", asOf: "2020-01-27"}, "2020-02-19", 0, false},
		{"T09 as known today", in{received: "2020-01-15"}, "2020-02-19", 0, false},
		{"T10 over the year", in{received: "2024-12-20"}, "2025-01-20", 0, false},
		{"T11 into a long holiday", in{kind: deadline.Reconsideration, received: "2025-12-19"}, "2026-02-24", 0, false},
		{"T11b on a Sunday", in{kind: deadline.Reconsideration, received: "2025-12-10"}, "2026-02-09", 0, false},
		{"T12 on a worked Saturday", in{kind: deadline.Suit, received: "2025-08-31"}, "2026-02-28", 0, false},
		{"T12b into National Day", in{kind: deadline.Suit, received: "2025-04-03"}, "2025-10-09", 0, false},
		{"T13 publication", in{kind: deadline.Publication, received: "2025-09-19"}, "2025-10-23", 0, false},
		{"T14", in{received: "2022-01-21"}, "2022-02-23", 0, false},
		{"T15 joint organ", in{kind: deadline.JointOrgan, received: "2021-09-13"}, "2021-10-09", 0, false},
		{"T16 simple", in{kind: deadline.RespondentSimple, received: "2026-04-30"}, "2026-05-11", 0, false},
		{"T16 ordinary", in{kind: deadline.RespondentOrdinary, received: "2026-04-30"}, "2026-05-18", 0, false},
		{"T17 suit after reconsideration", in{kind: deadline.SuitAfter, received: "2026-09-20"}, "2026-10-08", 0, false},
		{"T17 defendant, the same fifteen days", in{kind: deadline.Defendant, received: "2026-09-20"}, "2026-10-08", 0, false},
		{"T19 Labour Day 2019", in{received: "2019-04-30"}, "2019-05-30", 0, false},
		{"T19 the first day of the law", in{received: "2019-05-15"}, "2019-06-13", 0, false},
		{"T20 beyond the table", in{received: "2026-12-15"}, "2027-01-12", 0, true},
	}
	for _, tt := range tests {
		t.Run(tt.id, func(t *testing.T) {
			table := calendar.Builtin()
			if tt.in.asOf != "" {
				table = table.AsOf(date(t, tt.in.asOf))
			}
			in := deadline.Input{Kind: tt.in.kind, Received: date(t, tt.in.received), Corrected: date(t, tt.in.corrected),
				Consults: spans(t, tt.in.consults...), Extend: tt.in.extend, FeePaid: date(t, tt.in.paid), ShiftRestDay: tt.in.shift}
			if in.Kind == "" {
				in.Kind = deadline.Reply
			}
			r, err := deadline.Compute(table, in)
			if err != nil {
				t.Fatal(err)
			}
			if r.Due.String() != tt.due || r.Excluded() != tt.excluded || r.Provisional != tt.provisional {
				t.Errorf("due %s, %d left out, provisional %v; want %s, %d, %v", r.Due, r.Excluded(), r.Provisional, tt.due, tt.excluded, tt.provisional)
			}
			if r.Provisional != strings.Contains(strings.Join(r.Notes, ""), "暂定") {
				t.Errorf("provisional %v, notes %q", r.Provisional, r.Notes)
			}
		})
	}
}

// TestTheYear2027 adds the day that T20 supposes.
func TestTheYear2027(t *testing.T) {
	table, err := calendar.Builtin().With(calendar.Notice{Number: "示例", Known: date(t, "2026-11-30"), Years: []int{2027},
		Days: []calendar.Named{{Date: date(t, "2027-01-01"), Kind: calendar.DayOff, Name: "元旦"}}})
	if err != nil {
		t.Fatal(err)
	}
	r, err := deadline.Compute(table, deadline.Input{Kind: deadline.Reply, Received: date(t, "2026-12-15")})
	if err != nil || r.Due.String() != "2027-01-13" || r.Provisional || len(r.Notes) != 0 {
		t.Errorf("%v: %s, provisional %v, %q", err, r.Due, r.Provisional, r.Notes)
	}
}

func TestJSON(t *testing.T) {
	r, err := deadline.Compute(calendar.Builtin(), deadline.Input{Kind: deadline.Reply, Received: date(t, "2022-09-30")})
	if err != nil {
		t.Fatal(err)
	}
	b, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	const begin = `{"kind":"reply","received":"2022-09-30","due":"2022-11-02","provisional":false,"counted":20,"legal":["条例 第三十三条第二款"],"days":[{"date":"2022-10-01","class":"holiday","name":"国庆节","n":0},`
	const inside, end = `{"date":"2022-10-08","class":"makeup","n":1},`, `{"date":"2022-11-02","class":"workday","n":20}]}`
	if s := string(b); !strings.HasPrefix(s, begin) || !strings.Contains(s, inside) || !strings.HasSuffix(s, end) {
		t.Errorf("%s", s)
	}
	r, err = deadline.Compute(calendar.Builtin(), deadline.Input{Kind: deadline.Reply, Received: date(t, "2025-04-14"), Extend: 1, Corrected: date(t, "2025-04-15"),
		FeePaid: date(t, "2025-04-16"), Consults: spans(t, "2025-04-18..2025-04-22")})
	if err != nil {
		t.Fatal(err)
	}
	b, err = json.Marshal(r)
	const law = `"legal":["条例 第三十三条第二款","条例 第三十条","条例 第三十三条第三款","信息处理费管理办法"],"days":[{"date":"2025-04-17","class":"workday","n":1},{"date":"2025-04-18","class":"workday","n":2},{"date":"2025-04-19","class":"weekend","n":0},{"date":"2025-04-20","class":"weekend","n":0},{"date":"2025-04-21","class":"excluded","n":0}`
	if err != nil || !strings.Contains(string(b), law) {
		t.Errorf("%v %s", err, b)
	}
}

func TestInputThatCannotBe(t *testing.T) {
	ok := deadline.Input{Kind: deadline.Reply, Received: date(t, "2025-04-14")}
	for _, tt := range []struct {
		what, field, message string
		spoil                func(*deadline.Input)
	}{
		{"extension", "extend", "延长 21 个工作日不行：最长 20", func(in *deadline.Input) { in.Extend = 21 }},
		{"negative extension", "extend", "不能是负数", func(in *deadline.Input) { in.Extend = -1 }},
		{"reversed", "consult", "写反了", func(in *deadline.Input) { in.Consults = spans(t, "2025-05-08..2025-04-18") }},
		{"half a span", "consult", "同时写", func(in *deadline.Input) { in.Consults = spans(t, "2025-05-08..") }},
		{"consulted too early", "consult", "早于收到申请", func(in *deadline.Input) { in.Consults = spans(t, "2025-04-13..2025-04-18") }},
		{"corrected too early", "corrected", "早于收到申请", func(in *deadline.Input) { in.Corrected = date(t, "2025-04-13") }},
		{"paid too early", "fee-paid", "早于收到申请", func(in *deadline.Input) { in.FeePaid = date(t, "2025-04-13") }},
		{"no date", "received", "没有填起算日（收到申请之日）", func(in *deadline.Input) { in.Received = calendar.Date{} }},
		{"year", "received", "请核对年份", func(in *deadline.Input) { in.Received = date(t, "0205-04-14") }},
		{"kind", "kind", "没有“answer”这种期限", func(in *deadline.Input) { in.Kind = "answer" }},
		{"extension of another kind", "extend", "不因补正、征求意见、延期", func(in *deadline.Input) { in.Kind, in.Extend = deadline.Suit, 1 }},
	} {
		in := ok
		tt.spoil(&in)
		problems := in.Check()
		_, err := deadline.Compute(calendar.Builtin(), in)
		if len(problems) != 1 || problems[0].Field != tt.field || !errors.Is(err, fault.Usage) || !strings.Contains(err.Error(), tt.message) {
			t.Errorf("%s: %v %+v, want %q", tt.what, err, problems, tt.message)
		}
	}
	in := deadline.Input{Kind: deadline.Suit, Received: date(t, "2025-04-14"), Corrected: date(t, "2025-04-15"), FeePaid: date(t, "2025-04-15"), Extend: 2}
	var fields []string
	for _, p := range in.Check() {
		fields = append(fields, p.Field)
	}
	if diff := cmp.Diff([]string{"corrected", "extend", "fee-paid"}, fields); diff != "" {
		t.Errorf("fields (-want +got)\n%s", diff)
	}
	if r, err := deadline.Compute(calendar.Builtin(), deadline.Input{Kind: deadline.Reply, Received: date(t, "2025-04-14"), Consults: spans(t, "2025-06-01..2025-06-10")}); err != nil || len(r.Notes) != 1 {
		t.Errorf("consulted when the period is over: %v %q", err, r.Notes)
	}
}

func TestRulesAreComplete(t *testing.T) {
	seen := map[deadline.Kind]bool{}
	for _, r := range deadline.Rules() {
		if seen[r.Kind] || r.Name == "" || r.From == "" || r.N <= 0 || len(r.Legal) == 0 || r.Period() == "" {
			t.Errorf("%+v", r)
		}
		seen[r.Kind] = true
	}
	if len(seen) != 12 {
		t.Errorf("%d kinds, want 12", len(seen))
	}
}

// TestTheGuideNamesEveryKind: the table of the guide says what the rules say.
func TestTheGuideNamesEveryKind(t *testing.T) {
	guide, err := os.ReadFile("../../docs/guide/deadline.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range deadline.Rules() {
		line := ""
		for l := range strings.Lines(string(guide)) {
			if strings.HasPrefix(l, "| `"+string(r.Kind)+"` |") {
				line = l
			}
		}
		if !strings.Contains(line, r.Period()) || !strings.Contains(line, r.Legal[0].Brief()) {
			t.Errorf("%s: the guide says %q, want %s and %s", r.Kind, line, r.Period(), r.Legal[0].Brief())
		}
	}
}

// input draws a reply with whatever moves it.
func input(rt *rapid.T) deadline.Input {
	in := deadline.Input{Kind: deadline.Reply, Received: calendar.NewDate(2019, 1, 1).AddDays(rapid.IntRange(0, 7*365).Draw(rt, "received")),
		Extend: rapid.IntRange(0, 20).Draw(rt, "extend")}
	if rapid.Bool().Draw(rt, "corrected") {
		in.Corrected = in.Received.AddDays(rapid.IntRange(0, 30).Draw(rt, "correction"))
	}
	for range rapid.IntRange(0, 3).Draw(rt, "consults") {
		from := in.Received.AddDays(rapid.IntRange(0, 40).Draw(rt, "from"))
		in.Consults = append(in.Consults, calendar.Span{From: from, To: from.AddDays(rapid.IntRange(0, 30).Draw(rt, "long"))})
	}
	return in
}

func compute(rt *rapid.T, in deadline.Input) deadline.Result {
	r, err := deadline.Compute(calendar.Builtin(), in)
	if err != nil {
		rt.Fatal(err)
	}
	return r
}

func TestRepliesKeepTheirLaws(t *testing.T) {
	table := calendar.Builtin()
	rapid.Check(t, func(rt *rapid.T) {
		in := input(rt)
		r := compute(rt, in)
		counted := 0
		for _, d := range r.Days {
			if d.N > 0 {
				counted++
			}
		}
		if r.Counted != 20+in.Extend || counted != r.Counted || !table.Works(r.Due) {
			rt.Fatalf("counted %d, proof %d, due %s", r.Counted, counted, r.Due)
		}
		later := in
		later.Received = in.Received.AddDays(1)
		later.Consults, later.Corrected = nil, calendar.Date{}
		plain := later
		plain.Received = in.Received
		if compute(rt, later).Due.Before(compute(rt, plain).Due) {
			rt.Fatalf("received a day later than %s, due earlier", in.Received)
		}
		if r.Due.Before(compute(rt, plain).Due) {
			rt.Fatalf("correction and consultations bring %s forward", plain.Received)
		}
		short := in
		short.Extend = 0
		if got := table.WorkingDaysBetween(compute(rt, short).Due, r.Due); len(in.Consults) == 0 && got != in.Extend {
			rt.Fatalf("an extension of %d working days moves the day by %d", in.Extend, got)
		}
	})
}

// TestConsultationsAreJoined: spans given in any order, twice, or cut in two at a day, give the same day.
func TestConsultationsAreJoined(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		in := input(rt)
		want := compute(rt, in).Due
		other := in
		other.Consults = nil
		for _, s := range in.Consults {
			cut := s.From.AddDays(rapid.IntRange(0, s.To.DaysSince(s.From)).Draw(rt, "cut"))
			other.Consults = append([]calendar.Span{{From: cut, To: s.To}, {From: s.From, To: cut}, s}, other.Consults...)
		}
		if got := compute(rt, other).Due; got != want {
			rt.Fatalf("%v gives %s, %v gives %s", in.Consults, want, other.Consults, got)
		}
	})
}

func BenchmarkCompute(b *testing.B) {
	table := calendar.Builtin()
	in := deadline.Input{Kind: deadline.Reply, Received: date(b, "2025-04-14"), Consults: spans(b, "2025-04-18..2025-05-15"), Extend: 20}
	for b.Loop() {
		if _, err := deadline.Compute(table, in); err != nil {
			b.Fatal(err)
		}
	}
}
