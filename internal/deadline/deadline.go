package deadline

import (
	"fmt"
	"slices"

	"github.com/gongkai/gongkai/internal/calendar"
	"github.com/gongkai/gongkai/internal/fault"
	"github.com/gongkai/gongkai/internal/legal"
)

// MaxExtension is the most working days by which a reply may be extended.
//
// Legal: 条例 第三十三条第二款.
const MaxExtension = 20

// Input is what a period depends on. All but Kind and Received belongs to Reply alone.
type Input struct {
	Kind     Kind
	Received calendar.Date // the statutory day the period runs from; itself not counted
	// Corrected is the day on which the corrected application was received: the count starts afresh.   Legal: 条例 第三十条.
	Corrected calendar.Date
	// Consults are the times in which third parties or other agencies were asked: From the day the letter was sent, To the day
	// the opinion came (or was due); the working days in between, To included, are not counted. They may overlap.
	// Legal: 条例 第三十三条第三款; the two end days are a choice, see docs/legal/interpretations.md.
	Consults []calendar.Span
	Extend   int // working days, 0 to MaxExtension
	// FeePaid is the day on which the fee was paid: the count starts afresh.   Legal: 信息处理费管理办法 (not confirmed).
	FeePaid calendar.Date
	// ShiftRestDay takes an application that came in on a day off as received on the next working day. No national rule
	// says so, one court accepted it; off by default.
	ShiftRestDay bool
}

// Problem is one thing wrong with an Input, and the field that it is about.
type Problem struct {
	Field string // received, corrected, consult, extend, fee-paid, kind
	Index int    // which consultation
	Err   error  // fault.Usage
}

// Result is a period with its last day and its proof.
type Result struct {
	Rule     Rule
	Received calendar.Date // as in the Input
	calendar.Count
	Legal []legal.Ref // the period first, then what moved it
	Notes []string    // what a reader should know beside the date, in Chinese
}

// Check returns everything wrong with the input, in the order of its fields.
func (in Input) Check() []Problem {
	var out []Problem
	add := func(field string, index int, code, format string, args ...any) {
		out = append(out, Problem{field, index, fault.New(fault.Usage, "deadline."+code, fmt.Sprintf(format, args...))})
	}
	rule, err := RuleOf(in.Kind)
	if err != nil {
		out = append(out, Problem{Field: "kind", Err: err})
	}
	if in.Received.IsZero() {
		add("received", 0, "received", "没有填起算日（%s），请写成 2026-01-31 这样的年-月-日", orStart(rule.From))
	} else if y := in.Received.Year(); y < 2000 || y > 2199 {
		add("received", 0, "received", "起算日是 %s，应在 2000 年到 2199 年之间，请核对年份", in.Received)
	}
	if err == nil && in.Kind != Reply {
		return append(out, in.onlyReply(rule)...)
	}
	if !in.Corrected.IsZero() && in.Corrected.Before(in.Received) {
		add("corrected", 0, "corrected", "收到补正的日期 %s 早于收到申请的日期 %s，请核对", in.Corrected, in.Received)
	}
	for i, s := range in.Consults {
		switch {
		case s.From.IsZero() || s.To.IsZero():
			add("consult", i, "consult", "征求意见要同时写发出日和收到意见日，如 2026-01-05..2026-01-20")
		case s.To.Before(s.From):
			add("consult", i, "consult", "征求意见的起止写反了：%s 晚于 %s，请把发出日写在前面", s.From, s.To)
		case s.From.Before(in.Received):
			add("consult", i, "consult", "征求意见 %s 发出，早于收到申请的日期 %s，请核对", s.From, in.Received)
		}
	}
	if in.Extend < 0 || in.Extend > MaxExtension {
		add("extend", 0, "extend", "延长 %d 个工作日不行：最长 %d 个工作日，不能是负数（条例 第三十三条第二款）", in.Extend, MaxExtension)
	}
	if !in.FeePaid.IsZero() && in.FeePaid.Before(in.Received) {
		add("fee-paid", 0, "fee_paid", "缴费日期 %s 早于收到申请的日期 %s，请核对", in.FeePaid, in.Received)
	}
	return out
}

// onlyReply returns a problem for each field that belongs to replies alone.
func (in Input) onlyReply(rule Rule) []Problem {
	var out []Problem
	for field, given := range map[string]bool{"corrected": !in.Corrected.IsZero(), "consult": len(in.Consults) > 0, "extend": in.Extend != 0,
		"fee-paid": !in.FeePaid.IsZero(), "shift-rest-day": in.ShiftRestDay} {
		if given {
			out = append(out, Problem{Field: field, Err: fault.New(fault.Usage, "deadline.only_reply",
				fmt.Sprintf("“%s”的期限不因补正、征求意见、延期、缴费变动，请去掉 %s，或者改选“答复申请”", rule.Name, field))})
		}
	}
	slices.SortFunc(out, func(a, b Problem) int { return fieldOrder(a.Field) - fieldOrder(b.Field) })
	return out
}

func fieldOrder(f string) int {
	return slices.Index([]string{"received", "corrected", "consult", "extend", "fee-paid", "shift-rest-day"}, f)
}

func orStart(from string) string {
	if from == "" {
		return "期限从哪天算"
	}
	return from
}

// Compute returns the last day of a period. t is the table of working days as it is known on the day that matters; for what
// was known earlier use t.AsOf.
//
// Errors: the first of Check; fault.Usage, code "calendar.too_long".
// Legal: the rule of the kind; 条例 第三十条, 第三十三条 for what moves a reply.
func Compute(t calendar.Table, in Input) (Result, error) {
	if p := in.Check(); len(p) > 0 {
		return Result{}, p[0].Err
	}
	rule, err := RuleOf(in.Kind)
	if err != nil {
		return Result{}, err
	}
	r := Result{Rule: rule, Received: in.Received, Legal: slices.Clone(rule.Legal)}
	switch rule.Unit {
	case Days:
		r.Count, err = t.NaturalDays(in.Received, rule.N)
	case Months:
		r.Count, err = t.Months(in.Received, rule.N)
	default:
		r.Count, err = t.WorkingDays(in.start(t), rule.N+in.Extend, in.Consults...)
	}
	if err != nil {
		return Result{}, err
	}
	r.cite(in)
	r.note(t, in)
	return r, nil
}

// start is the day the count runs from: the last of receipt, correction and payment.
func (in Input) start(t calendar.Table) calendar.Date {
	shift := func(d calendar.Date) calendar.Date {
		if in.ShiftRestDay && !d.IsZero() {
			return t.NextWorking(d)
		}
		return d
	}
	start := shift(in.Received)
	for _, d := range []calendar.Date{shift(in.Corrected), in.FeePaid} {
		if d.After(start) {
			start = d
		}
	}
	return start
}

// cite adds the law of what moved a reply.
func (r *Result) cite(in Input) {
	add := func(given bool, ref legal.Ref) {
		if given {
			r.Legal = append(r.Legal, ref)
		}
	}
	add(!in.Corrected.IsZero(), legal.Ref{Instrument: legal.Regulation, Article: "第三十条"})
	add(len(in.Consults) > 0, legal.Ref{Instrument: legal.Regulation, Article: "第三十三条第三款"})
	add(!in.FeePaid.IsZero(), legal.Ref{Instrument: legal.FeeRules})
}

// note says what a reader should know beside the date.
func (r *Result) note(t calendar.Table, in Input) {
	if r.Provisional {
		r.Notes = append(r.Notes, provisionalNote(t, r.Count))
	} else if next := r.Due.Year() + 1; r.Due.AddDays(3).Year() == next && !t.Covered(next) {
		r.Notes = append(r.Notes, fmt.Sprintf("%d 年的放假安排还没有载入，它可能改动 %d 年最后几天；公布后请再算一次", next, r.Due.Year()))
	}
	if law := r.Rule.Legal[0].Instrument; law.Effective > in.Received.String() {
		r.Notes = append(r.Notes, fmt.Sprintf("起算日早于《%s》现行文本的施行日 %s，当时的期限可能不同，请核对", law.Title, law.Effective))
	}
	for _, s := range in.Consults {
		if s.To.After(r.Start) && !s.From.Before(r.Due) {
			r.Notes = append(r.Notes, fmt.Sprintf("征求意见（%s 至 %s）开始时期限已满，没有扣除", s.From, s.To))
		}
	}
}

func provisionalNote(t calendar.Table, c calendar.Count) string {
	year := c.Due.Year()
	for _, d := range c.Days {
		if !t.Covered(d.Date.Year()) {
			year = d.Date.Year()
		}
	}
	return fmt.Sprintf("这是暂定的日期：还没有 %d 年的放假安排，只扣除了周末；放假通知公布后请再算一次", year)
}

// Excluded returns how many working days were left out for consultations.
func (r Result) Excluded() int {
	n := 0
	for _, d := range r.Days {
		if d.Class == calendar.Excluded {
			n++
		}
	}
	return n
}
