// Package records is the pages that show what was done and what is being done: the record of changes and background work.
package records

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/gongkai/gongkai/internal/account"
	"github.com/gongkai/gongkai/internal/audit"
	"github.com/gongkai/gongkai/internal/calendar"
	"github.com/gongkai/gongkai/internal/fault"
	"github.com/gongkai/gongkai/internal/upkeep"
	"github.com/gongkai/gongkai/internal/web/door"
	"github.com/gongkai/gongkai/internal/web/ui"
	"github.com/gongkai/gongkai/internal/work"
)

// Record is what the pages need of the record of changes.
type Record interface {
	Search(ctx context.Context, by account.Actor, q audit.Query) ([]audit.Entry, error)
	Entry(ctx context.Context, by account.Actor, seq int64) (audit.Entry, []audit.Change, error)
	Reveal(ctx context.Context, by account.Actor, seq int64, field, reason string) (before, after string, err error)
	Head(ctx context.Context) (audit.Head, error)
	Verify(ctx context.Context, anchors ...audit.Head) (*audit.Break, audit.Head, error)
}

// Jobs is what the pages need of background work.
type Jobs interface {
	Jobs(ctx context.Context, by account.Actor) ([]work.Job, []work.Count, error)
	About(ctx context.Context, by account.Actor, list []work.Job) (map[work.ID]upkeep.Matter, error)
	Retry(ctx context.Context, by account.Actor, id work.ID) error
	Drop(ctx context.Context, by account.Actor, id work.ID) error
}

// Records serves the pages.
type Records struct {
	site   *ui.Site
	record Record
	jobs   Jobs
	now    func() time.Time
}

// New returns the pages.
func New(site *ui.Site, r Record, j Jobs, now func() time.Time) *Records {
	return &Records{site, r, j, now}
}

// Routes are the pages with what each needs.
func (p *Records) Routes() map[string]door.Route {
	see, jobs, manage := door.With(account.SeeAudit), door.With(account.SeeJob), door.With(account.ManageJob)
	return map[string]door.Route{
		"GET /desk/audit":               {Need: see, Handler: p.search},
		"GET /desk/audit/{seq}":         {Need: see, Handler: p.entry},
		"POST /desk/audit/{seq}/reveal": {Need: door.With(account.Unmask), Handler: p.reveal},
		"POST /desk/audit/verify":       {Need: see, Handler: p.verify},
		"GET /desk/audit/head":          {Need: see, Handler: p.head},
		"GET /desk/audit/head.txt":      {Need: see, Handler: p.headFile},
		"GET /desk/jobs":                {Need: jobs, Handler: p.list},
		"POST /desk/jobs/{id}/retry":    {Need: manage, Handler: p.retry},
		"POST /desk/jobs/{id}/drop":     {Need: manage, Handler: p.drop},
	}
}

// pageSize is how many entries one page shows.
const pageSize = 50

// searchView is what the page of the record shows.
type searchView struct {
	ui.Page
	form    *ui.Form
	list    []audit.Entry
	pager   ui.Pager
	chips   []ui.Chip
	message string // of the proof, when one was asked for
	holds   bool
}

func (p *Records) search(w http.ResponseWriter, r *http.Request) error {
	v, err := p.searchView(r)
	if err != nil {
		return err
	}
	if !v.form.OK() {
		return p.site.Invalid(w, r, searchPage(v))
	}
	return p.site.Render(w, r, http.StatusOK, searchPage(v))
}

func (p *Records) searchView(r *http.Request) (searchView, error) {
	f := ui.QueryForm(r)
	v := searchView{Page: p.site.NewPage(r, "操作记录", "audit"), form: f}
	q := audit.Query{Limit: pageSize + 1, Action: f.Choice("kind", "种类", kindOptions()), Actor: account.PersonID(f.Text("actor", "操作人")),
		Subject: audit.Subject{Kind: f.Text("subject", "对象"), ID: f.Text("id", "对象编号")}}
	from, to := f.Date("from", "从"), f.Date("to", "到")
	q.From, q.To = midnight(from), midnight(to)
	if !to.IsZero() {
		q.To = midnight(to.AddDays(1))
	}
	if before := r.URL.Query().Get("after"); before != "" {
		n, err := strconv.ParseInt(before, 10, 64)
		if err != nil {
			return v, ui.ErrNotFound
		}
		q.Before = n
	}
	if !f.OK() {
		return v, nil
	}
	list, err := p.record.Search(r.Context(), account.ActorOf(r.Context()), q)
	if err != nil {
		return v, err
	}
	after := ""
	if len(list) > pageSize {
		list = list[:pageSize]
		after = strconv.FormatInt(list[pageSize-1].Seq, 10)
	}
	v.list, v.pager, v.chips = list, ui.NewPager(r.URL, "", after), chips(r.URL, f)
	return v, nil
}

func midnight(d calendar.Date) time.Time {
	if d.IsZero() {
		return time.Time{}
	}
	return d.At(0, 0)
}

func chips(u *url.URL, f *ui.Form) []ui.Chip {
	var out []ui.Chip
	for _, c := range []struct{ name, label string }{{"kind", "种类"}, {"actor", "操作人"}, {"subject", "对象"}, {"id", "对象编号"}, {"from", "从"}, {"to", "到"}} {
		if text := f.Value(c.name); text != "" {
			if c.name == "kind" {
				text = kindName(text)
			}
			out = append(out, ui.Chip{Text: c.label + "：" + text, Remove: ui.With(u, c.name, "")})
		}
	}
	return out
}

// entryView is what the page of one entry shows.
type entryView struct {
	ui.Page
	entry   audit.Entry
	changes []audit.Change
	form    *ui.Form
	unmask  bool
	opened  map[string][2]string
}

func (p *Records) entryView(r *http.Request, f *ui.Form) (entryView, error) {
	seq, err := strconv.ParseInt(r.PathValue("seq"), 10, 64)
	if err != nil {
		return entryView{}, ui.ErrNotFound
	}
	by := account.ActorOf(r.Context())
	e, changes, err := p.record.Entry(r.Context(), by, seq)
	if err != nil {
		return entryView{}, err
	}
	title := "第 " + strconv.FormatInt(seq, 10) + " 条操作记录"
	return entryView{p.site.NewPage(r, title, "audit"), e, changes, f, by.CanAnywhere(account.Unmask), map[string][2]string{}}, nil
}

func (p *Records) entry(w http.ResponseWriter, r *http.Request) error {
	v, err := p.entryView(r, ui.NewForm())
	if err != nil {
		return err
	}
	return p.site.Render(w, r, http.StatusOK, entryPage(v))
}

// reveal shows protected values once, on the answer to the form that gave the reason.
func (p *Records) reveal(w http.ResponseWriter, r *http.Request) error {
	f, err := ui.ReadForm(w, r)
	if err != nil {
		return err
	}
	v, err := p.entryView(r, f)
	if err != nil {
		return err
	}
	field := f.Text("field", "项目", ui.Required())
	reason := f.Text("reason", "理由", ui.Required())
	if f.OK() {
		before, after, err := p.record.Reveal(r.Context(), account.ActorOf(r.Context()), v.entry.Seq, field, reason)
		if err := f.Fail("reason", err); err != nil {
			return err
		}
		v.opened[field] = [2]string{before, after}
	}
	if !f.OK() {
		return p.site.Invalid(w, r, entryPage(v))
	}
	return p.site.Render(w, r, http.StatusOK, entryPage(v))
}

// verify goes along the whole chain. Heads that were exported earlier may be pasted beside it.
func (p *Records) verify(w http.ResponseWriter, r *http.Request) error {
	f, err := ui.ReadForm(w, r)
	if err != nil {
		return err
	}
	var anchors []audit.Head
	if text := f.Lines("heads", "以前导出的链头"); text != "" {
		anchors, err = audit.ParseHeads(strings.NewReader(text))
		if err := f.Fail("heads", err); err != nil {
			return err
		}
	}
	v := searchView{Page: p.site.NewPage(r, "操作记录", "audit"), form: f}
	if !f.OK() {
		return p.site.Invalid(w, r, searchPage(v))
	}
	broken, head, err := p.record.Verify(r.Context(), anchors...)
	if err != nil {
		return err
	}
	v.holds = broken == nil
	v.message = proofText(broken, head, len(anchors))
	return p.site.Render(w, r, http.StatusOK, searchPage(v))
}

func (p *Records) head(w http.ResponseWriter, r *http.Request) error {
	h, err := p.record.Head(r.Context())
	if err != nil {
		return err
	}
	return p.site.Render(w, r, http.StatusOK, headPage(p.site.NewPage(r, "操作记录链头", "audit"), h))
}

func (p *Records) headFile(w http.ResponseWriter, r *http.Request) error {
	h, err := p.record.Head(r.Context())
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="audit-head-`+strconv.FormatInt(h.Seq, 10)+`.txt"`)
	_, err = w.Write([]byte(h.Text() + "\n"))
	return err
}

// jobsView is what the page of background work shows.
type jobsView struct {
	ui.Page
	list   []work.Job
	about  map[work.ID]upkeep.Matter
	counts []work.Count
	manage bool
	now    time.Time
}

func (p *Records) list(w http.ResponseWriter, r *http.Request) error {
	by := account.ActorOf(r.Context())
	list, counts, err := p.jobs.Jobs(r.Context(), by)
	if err != nil {
		return err
	}
	about, err := p.jobs.About(r.Context(), by, list)
	if err != nil {
		return err
	}
	v := jobsView{p.site.NewPage(r, "后台任务", "jobs"), list, about, counts, by.CanAnywhere(account.ManageJob), p.now()}
	return p.site.Render(w, r, http.StatusOK, jobsPage(v))
}

func (p *Records) retry(w http.ResponseWriter, r *http.Request) error {
	return p.act(w, r, p.jobs.Retry, "已安排重做")
}

func (p *Records) drop(w http.ResponseWriter, r *http.Request) error {
	return p.act(w, r, p.jobs.Drop, "已放弃这项任务")
}

func (p *Records) act(w http.ResponseWriter, r *http.Request, do func(context.Context, account.Actor, work.ID) error, said string) error {
	if err := do(r.Context(), account.ActorOf(r.Context()), work.ID(r.PathValue("id"))); err != nil {
		if fault.CodeOf(err) == "store.not_found" {
			said = "这项任务已经办完，或有人处理过了"
		} else {
			return err
		}
	}
	ui.Done(w, r, "/desk/jobs", said)
	return nil
}
