package api

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/gongkai/gongkai/internal/calendar"
	"github.com/gongkai/gongkai/internal/deadline"
	"github.com/gongkai/gongkai/internal/fault"
	"github.com/gongkai/gongkai/internal/fee"
)

// public registers what needs no token.
func (a *api) public() {
	add(a, entry{method: http.MethodGet, path: "/deadline", id: "getDeadline", tag: "public", summary: "计算期限",
		about: "算出一项法定期限的最后一天，附依据和逐日计算。除 kind、received、as-of 外的参数只用于答复申请（kind=reply）。结果与命令行 gongkai deadline --json 相同。",
		done:  "最后一天、依据、逐日计算"}, a.deadline)
	add(a, entry{method: http.MethodGet, path: "/fee", id: "getFee", tag: "public", summary: "计算信息处理费",
		about: "按件（items）或按量（pages）计算，只能选一种。结果与命令行 gongkai fee --json 相同。", done: "金额和分段计算"}, a.fee)
	add(a, entry{method: http.MethodGet, path: "/calendar/{year}", id: "getCalendar", tag: "public", summary: "一年的放假安排",
		about: "国务院办公厅放假通知里的放假日和调休上班日。没有列出的日子，周一到周五上班、周六周日休息；covered 为 false 时，这一年的安排还不知道。", done: "放假日、调休上班日"}, a.calendar)
}

// KnownOn says with which holiday notices days are counted.
type KnownOn struct {
	AsOf calendarDate `query:"as-of" format:"date" doc:"按哪一天已经公布的放假安排计算；不写按现在知道的全部"`
}

// calendarDate is a civil date of a query; its form is checked by the description.
type calendarDate string

func (d calendarDate) date(field string) (calendar.Date, error) {
	if d == "" {
		return calendar.Date{}, nil
	}
	v, err := calendar.ParseDate(string(d))
	if err != nil {
		return v, wrong(field, fault.Message(err))
	}
	return v, nil
}

func (a *api) table(ctx context.Context, q KnownOn) (calendar.Table, error) {
	t, err := a.Calendar(ctx)
	if err != nil {
		return t, err
	}
	day, err := q.AsOf.date("query.as-of")
	if err == nil && !day.IsZero() {
		t = t.AsOf(day)
	}
	return t, err
}

type deadlineIn struct {
	KnownOn
	Kind      string       `query:"kind" default:"reply" enum:"reply,correction-notice,third-party,joint-organ,fee-payment,publication,reconsideration,suit,suit-after-reconsideration,respondent-simple,respondent-ordinary,defendant" doc:"哪一种期限"`
	Received  calendarDate `query:"received" format:"date" required:"true" doc:"收到之日，或者期限起算之日；当天不算"`
	Corrected calendarDate `query:"corrected" format:"date" doc:"收到补正后申请之日，期限重新计算（条例 第三十条）"`
	Consult   []string     `query:"consult,explode" maxItems:"20" maxLength:"40" doc:"征求意见的起止：发出日..收到意见日，如 2025-04-18..2025-05-08；可以写多次" nullable:"false"`
	Extend    int          `query:"extend" minimum:"0" maximum:"20" default:"0" doc:"延长几个工作日（条例 第三十三条第二款）"`
	FeePaid   calendarDate `query:"fee-paid" format:"date" doc:"缴费之日，期限重新计算"`
	Shift     bool         `query:"shift-rest-day" default:"false" doc:"休息日收到的，按下一个工作日收到算"`
}

type dayBody struct {
	Date  string `json:"date" format:"date" doc:"日期"`
	Class string `json:"class" enum:"workday,weekend,holiday,makeup,excluded" doc:"工作日、周末、放假、调休上班、扣除"`
	Name  string `json:"name,omitempty" doc:"节日名称，只有放假的日子有"`
	N     int    `json:"n" doc:"期限的第几天；0 为不算"`
}

type deadlineBody struct {
	Kind        string    `json:"kind" doc:"哪一种期限"`
	Received    string    `json:"received" format:"date" doc:"起算之日"`
	Due         string    `json:"due" format:"date" doc:"最后一天"`
	Provisional bool      `json:"provisional" doc:"暂定：用到了还没有放假安排的年份，只扣除了周末"`
	Counted     int       `json:"counted" doc:"算了几天"`
	Legal       []string  `json:"legal" nullable:"false" doc:"依据"`
	Days        []dayBody `json:"days" nullable:"false" doc:"逐日计算：起算之日的次日到最后一天"`
}

type deadlineOut struct{ Body deadlineBody }

func (a *api) deadline(ctx context.Context, in *deadlineIn) (*deadlineOut, error) {
	t, err := a.table(ctx, in.KnownOn)
	if err != nil {
		return nil, err
	}
	q, err := in.input()
	if err != nil {
		return nil, err
	}
	if problems := q.Check(); len(problems) > 0 {
		bad := &errInvalid{}
		for _, p := range problems {
			bad.fields = append(bad.fields, Field{"query." + p.Field, fault.Message(p.Err)})
		}
		return nil, bad
	}
	res, err := deadline.Compute(t, q)
	if err != nil {
		return nil, err
	}
	b := deadlineBody{Kind: string(res.Rule.Kind), Received: res.Received.String(), Due: res.Due.String(), Provisional: res.Provisional,
		Counted: res.Counted, Legal: []string{}, Days: make([]dayBody, 0, len(res.Days))}
	for _, l := range res.Legal {
		b.Legal = append(b.Legal, l.Brief())
	}
	for _, d := range res.Days {
		day := dayBody{Date: d.Date.String(), Class: string(d.Class), N: d.N}
		if d.Class == calendar.Holiday {
			day.Name = d.Name
		}
		b.Days = append(b.Days, day)
	}
	return &deadlineOut{b}, nil
}

func (in *deadlineIn) input() (q deadline.Input, err error) {
	q = deadline.Input{Kind: deadline.Kind(in.Kind), Extend: in.Extend, ShiftRestDay: in.Shift}
	for _, f := range []struct {
		field string
		from  calendarDate
		to    *calendar.Date
	}{{"query.received", in.Received, &q.Received}, {"query.corrected", in.Corrected, &q.Corrected}, {"query.fee-paid", in.FeePaid, &q.FeePaid}} {
		if *f.to, err = f.from.date(f.field); err != nil {
			return q, err
		}
	}
	for _, s := range in.Consult {
		from, to, ok := strings.Cut(s, "..")
		if !ok {
			return q, wrong("query.consult", fmt.Sprintf("参数 consult 要写成 发出日..收到意见日，如 2025-04-18..2025-05-08，不能是“%s”", s))
		}
		var span calendar.Span
		if span.From, err = calendarDate(from).date("query.consult"); err != nil {
			return q, err
		}
		if span.To, err = calendarDate(to).date("query.consult"); err != nil {
			return q, err
		}
		q.Consults = append(q.Consults, span)
	}
	return q, nil
}

type feeIn struct {
	Items int `query:"items" minimum:"0" maximum:"100000" doc:"按件：同一申请人一个自然月内的件数"`
	Pages int `query:"pages" minimum:"0" maximum:"100000" doc:"按量：一件申请的页数（A4 以下，单面）"`
}

type bandBody struct {
	From   int `json:"from" doc:"从第几件（页）起"`
	To     int `json:"to" doc:"到第几件（页）；0 为没有上限"`
	Units  int `json:"units" doc:"这一段有几件（页）"`
	Price  int `json:"price" doc:"每件（页）几元"`
	Amount int `json:"amount" doc:"这一段几元"`
}

type feeBody struct {
	Basis string     `json:"basis" enum:"items,pages" doc:"按件、按量"`
	Units int        `json:"units" doc:"共几件（页）"`
	Yuan  int        `json:"yuan" doc:"共几元"`
	Bands []bandBody `json:"bands" nullable:"false" doc:"分段计算"`
	Legal []string   `json:"legal" nullable:"false" doc:"依据"`
}

type feeOut struct{ Body feeBody }

func (a *api) fee(ctx context.Context, in *feeIn) (*feeOut, error) {
	q := requestOf(ctx).URL.Query()
	if q.Has("items") == q.Has("pages") {
		return nil, &errInvalid{[]Field{{"query.items", "收费按件或者按量，只能选一种：写 items=件数 或者 pages=页数"}}}
	}
	basis, n := fee.Items, in.Items
	if q.Has("pages") {
		basis, n = fee.Pages, in.Pages
	}
	f, err := fee.Compute(basis, n)
	if err != nil {
		return nil, err
	}
	b := feeBody{Basis: string(f.Basis), Units: f.Units, Yuan: f.Yuan, Bands: make([]bandBody, 0, len(f.Bands)), Legal: []string{f.Legal.Brief()}}
	for _, band := range f.Bands {
		b.Bands = append(b.Bands, bandBody(band))
	}
	return &feeOut{b}, nil
}

type calendarIn struct {
	KnownOn
	Year int `path:"year" minimum:"2000" maximum:"2199" doc:"年份"`
}

type specialDay struct {
	Date  string `json:"date" format:"date" doc:"日期"`
	Class string `json:"class" enum:"holiday,makeup,workday" doc:"放假、调休上班；workday 是通知专门列出的平常工作日"`
	Name  string `json:"name" doc:"节日名称"`
}

type noticeBody struct {
	Number string `json:"number" doc:"文号"`
	Title  string `json:"title" doc:"标题"`
	Known  string `json:"known" format:"date" doc:"公布日期"`
}

type calendarBody struct {
	Year     int          `json:"year" doc:"年份"`
	Covered  bool         `json:"covered" doc:"这一年的安排已经知道"`
	Workdays int          `json:"workdays" doc:"全年工作日数"`
	Days     []specialDay `json:"days" nullable:"false" doc:"放假日和调休上班日"`
	Notices  []noticeBody `json:"notices" nullable:"false" doc:"依据的放假通知，先公布的在前"`
}

type calendarOut struct{ Body calendarBody }

func (a *api) calendar(ctx context.Context, in *calendarIn) (*calendarOut, error) {
	t, err := a.table(ctx, in.KnownOn)
	if err != nil {
		return nil, err
	}
	b := calendarBody{Year: in.Year, Covered: t.Covered(in.Year), Days: []specialDay{}, Notices: []noticeBody{}}
	for d := calendar.NewDate(in.Year, 1, 1); d.Year() == in.Year; d = d.AddDays(1) {
		class, name := t.Class(d)
		if class.Works() {
			b.Workdays++
		}
		if name != "" {
			b.Days = append(b.Days, specialDay{d.String(), string(class), name})
		}
	}
	for _, n := range t.Notices() {
		if names(n, in.Year) {
			b.Notices = append(b.Notices, noticeBody{n.Number, n.Title, n.Known.String()})
		}
	}
	return &calendarOut{b}, nil
}

// names reports whether a notice says something of a year.
func names(n calendar.Notice, year int) bool {
	for _, d := range n.Days {
		if d.Date.Year() == year {
			return true
		}
	}
	return false
}
