package calendars

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/gongkai/gongkai/internal/account"
	"github.com/gongkai/gongkai/internal/calendar"
	"github.com/gongkai/gongkai/internal/clock"
	"github.com/gongkai/gongkai/internal/fault"
	"github.com/gongkai/gongkai/internal/web/ui"
)

// shownRecounts is how many recounts the page of the calendar lists.
const shownRecounts = 10

// calendarView is what the page of the calendar shows.
type calendarView struct {
	ui.Page
	table    calendar.Table
	year     int // of the grid
	keeps    bool
	missing  int // year that should be there, 0 for none
	rows     []noticeRow
	waiting  []clock.Proposal
	recounts []clock.Recount
	marks    *ui.Form
}

// noticeRow is a notice in the list: one that came with the program, or one of the site.
type noticeRow struct {
	calendar.Notice
	id clock.ProposalID // "" for one that came with the program
	by string
}

func (c *Calendars) calendar(w http.ResponseWriter, r *http.Request) error {
	marks, err := c.Clock.Marks(r.Context())
	if err != nil {
		return err
	}
	f := ui.NewForm("marks", joined(marks, "、"))
	v, err := c.calendarView(r, f)
	if err != nil {
		return err
	}
	return c.Site.Render(w, r, http.StatusOK, calendarPage(v))
}

func (c *Calendars) calendarView(r *http.Request, f *ui.Form) (calendarView, error) {
	ctx, by := r.Context(), account.ActorOf(r.Context())
	v := calendarView{Page: c.Site.NewPage(r, "工作日历", "calendar"), keeps: keeps(by), marks: f}
	var err error
	if v.table, err = c.Clock.Table(ctx); err != nil {
		return v, err
	}
	all, err := c.Clock.Notices(ctx, by)
	if err != nil {
		return v, err
	}
	if v.recounts, err = c.Clock.Recounts(ctx, shownRecounts); err != nil {
		return v, err
	}
	v.missing = clock.Missing(v.table, c.today())
	v.year = c.today().Year()
	if y, err := strconv.Atoi(r.URL.Query().Get("year")); err == nil && v.table.Covered(y) {
		v.year = y
	}
	v.rows = noticeRows(v.table, all)
	v.waiting = slices.DeleteFunc(slices.Clone(all), func(p clock.Proposal) bool { return p.State != clock.Proposed })
	return v, nil
}

// noticeRows are the notices in force, the newest first, with who entered and who checked them.
func noticeRows(t calendar.Table, site []clock.Proposal) []noticeRow {
	var out []noticeRow
	for _, n := range slices.Backward(t.Notices()) {
		row := noticeRow{Notice: n, by: "随程序提供"}
		for _, p := range site {
			if p.State == clock.InForce && p.Notice.Number == n.Number {
				row.id, row.by = p.ID, p.Proposed.Name+"录入，"+p.Reviewed.Name+"审核"
			}
		}
		out = append(out, row)
	}
	return out
}

// workingDays is how many working days a year has.
func workingDays(t calendar.Table, year int) int {
	return t.WorkingDaysBetween(calendar.NewDate(year-1, 12, 31), calendar.NewDate(year, 12, 31))
}

// source names the notices that a year goes by.
func source(rows []noticeRow, year int) string {
	var out []string
	for _, n := range slices.Backward(rows) {
		if slices.Contains(n.Years, year) || len(n.Years) == 0 && n.Days[0].Date.Year() == year {
			out = append(out, n.Number)
		}
	}
	return strings.Join(out, "、")
}

func (c *Calendars) saveMarks(w http.ResponseWriter, r *http.Request) error {
	f, err := ui.ReadForm(w, r)
	if err != nil {
		return err
	}
	list, err := clock.ParseMarks(f.Text("marks", "提醒时间", ui.Required()))
	if f.OK() {
		if err == nil {
			err = c.Clock.SaveMarks(r.Context(), account.ActorOf(r.Context()), list)
		}
		if err := f.Fail("marks", err); err != nil {
			return err
		}
	}
	if !f.OK() {
		v, err := c.calendarView(r, f)
		if err != nil {
			return err
		}
		return c.Site.Invalid(w, r, calendarPage(v))
	}
	ui.Done(w, r, "/desk/calendar", "提醒时间已保存，从下一次提醒起生效")
	return nil
}

// newView is what the page for entering a notice shows; effect is nil until a preview was asked for.
type newView struct {
	ui.Page
	form   *ui.Form
	notice calendar.Notice
	effect *clock.Effect
	today  calendar.Date
}

func (c *Calendars) newView(r *http.Request, f *ui.Form) newView {
	return newView{Page: c.Site.NewPage(r, "录入放假通知", "calendar"), form: f, today: c.today()}
}

func (c *Calendars) showNew(w http.ResponseWriter, r *http.Request) error {
	f := ui.NewForm("years", itoa(c.today().Year()+1))
	return c.Site.Render(w, r, http.StatusOK, newPage(c.newView(r, f)))
}

// enter shows what a notice would change, or hands it in for review.
func (c *Calendars) enter(w http.ResponseWriter, r *http.Request) error {
	f, err := readUpload(w, r, "days")
	if err != nil {
		return err
	}
	v := c.newView(r, f)
	v.notice = readNotice(f)
	by := account.ActorOf(r.Context())
	if f.OK() && f.Value("do") == "submit" {
		p, err := c.Clock.Propose(r.Context(), by, v.notice)
		if err == nil {
			ui.Done(w, r, noticeURL(p.ID), "已提交，请另一位管理员核对原文后审核")
			return nil
		}
		if err := f.Fail("", err); err != nil {
			return err
		}
	}
	if f.OK() {
		e, err := c.Clock.Preview(r.Context(), by, v.notice)
		if err := f.Fail("", err); err != nil {
			return err
		}
		v.effect = &e
	}
	if !f.OK() {
		v.effect = nil
		return c.Site.Invalid(w, r, newPage(v))
	}
	return c.Site.Render(w, r, http.StatusOK, newPage(v))
}

// readNotice reads a notice from the form. What is wrong stands beside its field.
func readNotice(f *ui.Form) calendar.Notice {
	n := calendar.Notice{Number: f.Text("number", "文号", ui.Required(), ui.MaxLen(40)), Title: f.Text("title", "标题", ui.Required()),
		Issued: f.Date("issued", "成文日期", ui.Required()), Known: f.Date("known", "公布日期", ui.Required()), Source: f.Text("source", "来源")}
	years, err := clock.DecodeYears(f.Text("years", "年份", ui.MaxLen(40)))
	if err != nil {
		f.Add("years", fault.Message(err))
	}
	n.Years = years
	text := f.Lines("days", "放假和上班的日子", ui.Required(), ui.MaxLen(maxDays))
	if text == "" {
		return n
	}
	days, err := calendar.ParseCSV(strings.NewReader(text))
	if err != nil {
		f.Add("days", fault.Message(err))
	}
	n.Days = days
	return n
}

// Limits of what is entered: a notice has some thirty days.
const (
	maxUpload = 1 << 20 // bytes
	maxDays   = 20_000  // characters
)

// readUpload reads a form that may bring the text of a field as a file, named like the field with "-file" behind it. The
// file goes before what was typed.
func readUpload(w http.ResponseWriter, r *http.Request, field string) (*ui.Form, error) {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/form-data" {
		return ui.ReadForm(w, r)
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxUpload)
	err = r.ParseMultipartForm(maxUpload) //nolint:gosec // the body is bounded by the line above
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return nil, fault.Wrap(fault.TooLarge, "web.form_too_large", "文件太大，放假安排的 CSV 一般只有几 KB；请核对选的文件", err)
	case err != nil:
		return nil, fault.Wrap(fault.Usage, "web.form_broken", "表单没有收完整；请回到上一页再提交一次", err)
	}
	f := ui.NewForm()
	for name, values := range r.MultipartForm.Value {
		f.Set(name, values[0])
	}
	for _, part := range r.MultipartForm.File[field+"-file"] {
		file, err := part.Open()
		if err != nil {
			return nil, fmt.Errorf("calendars: upload: %w", err)
		}
		data, err := io.ReadAll(file)
		if err := errors.Join(err, file.Close()); err != nil {
			return nil, fmt.Errorf("calendars: upload: %w", err)
		}
		if len(data) > 0 {
			f.Set(field, strings.TrimPrefix(string(data), "\ufeff"))
		}
	}
	return f, nil
}

// noticeView is what the page of a notice of the site shows.
type noticeView struct {
	ui.Page
	clock.Proposal
	effect clock.Effect
	keeps  bool
	mine   bool // the one who looks has entered it
	form   *ui.Form
	table  calendar.Table
}

func noticeURL(id clock.ProposalID) string { return "/desk/calendar/notices/" + string(id) }

func (c *Calendars) notice(w http.ResponseWriter, r *http.Request) error {
	v, err := c.noticeView(r, ui.NewForm())
	if err != nil {
		return err
	}
	return c.Site.Render(w, r, http.StatusOK, noticePage(v))
}

func (c *Calendars) noticeView(r *http.Request, f *ui.Form) (v noticeView, err error) {
	by := account.ActorOf(r.Context())
	v = noticeView{keeps: keeps(by), form: f}
	v.Proposal, v.effect, err = c.Clock.Notice(r.Context(), by, clock.ProposalID(r.PathValue("id")))
	if err != nil {
		return v, err
	}
	if v.table, err = c.Clock.Table(r.Context()); err != nil {
		return v, err
	}
	v.mine = by.Person != "" && by.Person == v.Proposed.Person
	f.Set("digest", v.Digest)
	v.Page = c.Site.NewPage(r, v.Notice.Number, "calendar")
	return v, nil
}

func (c *Calendars) approve(w http.ResponseWriter, r *http.Request) error {
	return c.review(w, r, "comment", func(f *ui.Form) (string, error) {
		digest := f.Text("digest", "校验值", ui.Required())
		comment := f.Text("comment", "意见")
		f.Check("compared", "我已经逐日核对过原文", ui.Required())
		if !f.OK() {
			return "", nil
		}
		_, err := c.Clock.Approve(r.Context(), account.ActorOf(r.Context()), clock.ProposalID(r.PathValue("id")), digest, comment)
		return "已生效，正在重新计算所有在办的期限", err
	})
}

func (c *Calendars) reject(w http.ResponseWriter, r *http.Request) error {
	return c.review(w, r, "reason", func(f *ui.Form) (string, error) {
		reason := f.Text("reason", "原因", ui.Required())
		if !f.OK() {
			return "", nil
		}
		_, err := c.Clock.Reject(r.Context(), account.ActorOf(r.Context()), clock.ProposalID(r.PathValue("id")), reason)
		return "没有采用，日历没有变", err
	})
}

func (c *Calendars) review(w http.ResponseWriter, r *http.Request, field string, do func(*ui.Form) (string, error)) error {
	f, err := ui.ReadForm(w, r)
	if err != nil {
		return err
	}
	said, err := do(f)
	if err := f.Fail(field, err); err != nil {
		return err
	}
	if !f.OK() {
		v, err := c.noticeView(r, f)
		if err != nil {
			return err
		}
		return c.Site.Invalid(w, r, noticePage(v))
	}
	ui.Done(w, r, "/desk/calendar", said)
	return nil
}

// recountView is what the report of a recount shows.
type recountView struct {
	ui.Page
	re    clock.Recount
	moves []clock.Move
	keeps bool
}

func (c *Calendars) recount(w http.ResponseWriter, r *http.Request) error {
	by := account.ActorOf(r.Context())
	re, moves, err := c.Clock.Recount(r.Context(), by, clock.RecountID(r.PathValue("id")))
	if err != nil {
		return err
	}
	p := c.Site.NewPage(r, "期限重新计算的结果", "calendar")
	if re.Done.IsZero() {
		p.Refresh = 5
	}
	return c.Site.Render(w, r, http.StatusOK, recountPage(recountView{p, re, moves, keeps(by)}))
}

func joined(list []int, between string) string {
	parts := make([]string, len(list))
	for i, n := range list {
		parts[i] = itoa(n)
	}
	return strings.Join(parts, between)
}

func orDash(s string) string { return cmp.Or(s, "—") }
