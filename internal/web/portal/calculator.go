package portal

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/gongkai/gongkai/internal/calendar"
	"github.com/gongkai/gongkai/internal/deadline"
	"github.com/gongkai/gongkai/internal/fault"
	"github.com/gongkai/gongkai/internal/legal"
	"github.com/gongkai/gongkai/internal/web/ui"
)

// Spans of consultation on the page: so many rows at least, and so many that are read.
const (
	spanRows = 3
	maxSpans = 20
)

// Calculator returns the page that computes a statutory period: the last day, the law, the proof day by day. It is asked
// with GET, so that a result has an address. table gives the table of working days.
func Calculator(site *ui.Site, table func(context.Context) (calendar.Table, error)) ui.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		t, err := table(r.Context())
		if err != nil {
			return err
		}
		v := newPeriodView(r.URL.Query())
		if v.asked {
			if err := v.compute(t); err != nil {
				return err
			}
		}
		return site.Render(w, r, v.status(), calculator(site.NewPage(r, "期限计算", ""), v))
	}
}

// formErrors is what is wrong with a form: fields in their order, each with one message.
type formErrors struct{ list []formError }

type formError struct{ Field, Message string }

func (e *formErrors) add(field string, err error) {
	if e.of(field) == "" {
		e.list = append(e.list, formError{field, fault.Message(err)})
	}
}

func (e *formErrors) of(field string) string {
	for _, x := range e.list {
		if x.Field == field {
			return x.Message
		}
	}
	return ""
}

func (e *formErrors) status() int {
	if len(e.list) > 0 {
		return http.StatusUnprocessableEntity
	}
	return http.StatusOK
}

// periodView is what the page of periods shows: what was filled in, what is wrong with it, what came out.
type periodView struct {
	formErrors
	asked                                               bool
	kind, received, corrected, feePaid, extend, asOfDay string
	shift                                               bool
	spans                                               []spanText
	in                                                  deadline.Input
	result                                              *deadline.Result
}

type spanText struct{ From, To string }

func newPeriodView(q url.Values) *periodView {
	text := func(name string) string { return strings.TrimSpace(q.Get(name)) }
	v := &periodView{asked: q.Has("kind") || q.Has("received"), kind: cmp.Or(text("kind"), string(deadline.Reply)), received: text("received"),
		corrected: text("corrected"), feePaid: text("fee_paid"), extend: text("extend"), asOfDay: text("as_of"), shift: q.Get("shift") != ""}
	from, to := q["consult_from"], q["consult_to"]
	for i := range min(max(len(from), len(to), spanRows), maxSpans) {
		v.spans = append(v.spans, spanText{at(from, i), at(to, i)})
	}
	return v
}

func at(list []string, i int) string {
	if i < len(list) {
		return strings.TrimSpace(list[i])
	}
	return ""
}

// compute reads the form and computes. What a person can mend stands beside its field; other errors are returned.
func (v *periodView) compute(t calendar.Table) error {
	rows := v.read()
	asOf := v.date("as_of", v.asOfDay)
	for _, p := range v.in.Check() {
		v.add(fieldOf(p, rows), p.Err)
	}
	if len(v.list) > 0 {
		return nil
	}
	if !asOf.IsZero() {
		t = t.AsOf(asOf)
	}
	res, err := deadline.Compute(t, v.in)
	switch {
	case err == nil:
		v.result = &res
	case fault.CodeOf(err) == "calendar.too_long":
		v.add("received", err)
	default:
		return err
	}
	return nil
}

// read fills the input from the form and returns the row of the page that each consultation stands in.
func (v *periodView) read() (rows []int) {
	v.in = deadline.Input{Kind: deadline.Kind(v.kind), ShiftRestDay: v.shift}
	v.in.Received = v.date("received", v.received)
	v.in.Corrected = v.date("corrected", v.corrected)
	for i, s := range v.spans {
		if s.From == "" && s.To == "" {
			continue
		}
		field := spanField(i)
		v.in.Consults = append(v.in.Consults, calendar.Span{From: v.date(field, s.From), To: v.date(field, s.To)})
		rows = append(rows, i)
	}
	if v.extend != "" {
		n, err := strconv.Atoi(v.extend)
		if err != nil {
			v.add("extend", fault.Wrap(fault.Usage, "portal.extend", fmt.Sprintf("“%s”不是整数，请写延长的工作日数，如 10", v.extend), err))
		}
		v.in.Extend = n
	}
	v.in.FeePaid = v.date("fee_paid", v.feePaid)
	return rows
}

func (v *periodView) date(field, text string) calendar.Date {
	if text == "" {
		return calendar.Date{}
	}
	d, err := calendar.ParseDate(text)
	if err != nil {
		v.add(field, err)
	}
	return d
}

func spanField(i int) string { return "consult_" + strconv.Itoa(i+1) }

// fieldOf returns the field of the page that a problem is about.
func fieldOf(p deadline.Problem, rows []int) string {
	switch p.Field {
	case "consult":
		if p.Index < len(rows) {
			return spanField(rows[p.Index])
		}
		return spanField(0)
	case "fee-paid":
		return "fee_paid"
	case "shift-rest-day":
		return "shift"
	}
	return p.Field
}

// more reports whether any field that belongs to replies alone is filled in or wrong.
func (v *periodView) more() bool {
	filled := v.corrected != "" || v.feePaid != "" || v.asOfDay != "" || v.shift || (v.extend != "" && v.extend != "0")
	for _, s := range v.spans {
		filled = filled || s != spanText{}
	}
	for _, e := range v.list {
		filled = filled || (e.Field != "received" && e.Field != "kind")
	}
	return filled
}

// dueText is the last day, e.g. 2026年10月10日.
func (v *periodView) dueText() string { return v.result.Due.Chinese() }

// dueWeekday is its day of the week, with what is unusual about it.
func (v *periodView) dueWeekday() string {
	s := v.result.Due.ChineseWeekday()
	if last := v.result.Days[len(v.result.Days)-1]; last.Class == calendar.Makeup {
		s += "（调休上班日）"
	}
	return s
}

func (v *periodView) length() string { return strconv.Itoa(v.result.Rule.N + v.in.Extend) }

// story says in sentences how the day came about.
func (v *periodView) story() []string {
	r := v.result
	out := []string{fmt.Sprintf("从%s起 %s。%s %s 当天不算，从第二天开始数。", r.Rule.From, r.Rule.Period(), r.Start.Chinese(), r.Start.ChineseWeekday())}
	if v.in.ShiftRestDay && r.Start != v.in.Received && v.in.Corrected.IsZero() && v.in.FeePaid.IsZero() {
		out = append(out, fmt.Sprintf("%s 是休息日，按下一个工作日收到算。", v.in.Received.Chinese()))
	}
	if !v.in.Corrected.IsZero() {
		out = append(out, v.in.Corrected.Chinese()+" 收到补正后的申请，期限从头计算。")
	}
	if !v.in.FeePaid.IsZero() {
		out = append(out, v.in.FeePaid.Chinese()+" 缴费，期限从头计算。")
	}
	if n := r.Excluded(); n > 0 {
		out = append(out, fmt.Sprintf("征求意见期间的 %d 个工作日不算：发出当天照算，收到意见当天不算。", n))
	}
	if v.in.Extend > 0 {
		out = append(out, fmt.Sprintf("延长 %d 个工作日，接着往后数。", v.in.Extend))
	}
	if r.Rule.Unit != deadline.WorkingDays {
		out = append(out, "最后一天遇到休息日的，顺延到之后第一个工作日；调休上班的周末不是休息日。")
	}
	if r.Rule.After != "" {
		out = append(out, r.Rule.After+"。")
	}
	return out
}

// lawText is a citation in full, e.g. 《政府信息公开条例》第三十三条第二款.
func lawText(r legal.Ref) string {
	s := "《" + r.Instrument.Title + "》" + r.Article
	if strings.Contains(r.Instrument.Title, "《") {
		s = r.Instrument.Title + " " + r.Article
	}
	if r.Instrument.Number != "" {
		s += "（" + r.Instrument.Number + "）"
	}
	return s
}

// proofCell is one day in the calendar of a proof.
type proofCell struct {
	class  string // of design.css
	date   string // 9, or 10月1 where a month begins
	month  bool   // date is to be followed by 日
	mark   string // 休, 班 or nothing
	word   string // what stands below, when the day is not numbered
	number int
	last   bool
}

// weeks lays the proof out in weeks from Monday to Sunday.
func (v *periodView) weeks() [][7]proofCell {
	r := v.result
	first := r.Start.AddDays(-mondayFirst(r.Start))
	var out [][7]proofCell
	for monday := first; !monday.After(r.Due); monday = monday.AddDays(7) {
		var week [7]proofCell
		for i := range week {
			week[i] = v.cell(monday.AddDays(i))
		}
		out = append(out, week)
	}
	return out
}

func mondayFirst(d calendar.Date) int { return (int(d.Weekday()) + 6) % 7 }

func (v *periodView) cell(d calendar.Date) proofCell {
	r := v.result
	c := proofCell{date: strconv.Itoa(d.Day())}
	if d == r.Start || d.Day() == 1 {
		c.date, c.month = fmt.Sprintf("%d月%d", d.Month(), d.Day()), true
	}
	i := d.DaysSince(r.Start) - 1
	switch {
	case i == -1:
		c.class, c.word = "is-start", "起算"
		return c
	case i < 0 || i >= len(r.Days):
		c.class = "off-range"
		return c
	}
	day := r.Days[i]
	c.number = day.N
	switch day.Class {
	case calendar.Weekend:
		c.class, c.word = "is-we", "—"
	case calendar.Holiday:
		c.class, c.mark, c.word = "is-hol", "休", day.Name
	case calendar.Excluded:
		c.class, c.word = "is-ex", "扣除"
	case calendar.Makeup:
		c.mark = "班"
	}
	if d == r.Due {
		c.class, c.last = "is-last", true
	}
	return c
}

func (v *periodView) caption() string {
	return fmt.Sprintf("从 %s 起逐日计算，到 %s 为最后一天", v.result.Start.Chinese(), v.result.Due.Chinese())
}

// has reports whether some day of the proof is of a class, for the key below it.
func (v *periodView) has(c calendar.Class) bool {
	for _, d := range v.result.Days {
		if d.Class == c {
			return true
		}
	}
	return false
}

func (v *periodView) holidayKey() string {
	if v.counts() {
		return " 放假"
	}
	return " 放假，不算"
}

// counts reports whether days off are counted too.
func (v *periodView) counts() bool { return v.result.Rule.Unit != deadline.WorkingDays }
