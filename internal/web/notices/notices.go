// Package notices is the pages of what somebody is told, and of how they want to be told.
package notices

import (
	"context"
	"net/http"
	"slices"
	"strconv"

	"github.com/gongkai/gongkai/internal/account"
	"github.com/gongkai/gongkai/internal/notice"
	"github.com/gongkai/gongkai/internal/web/door"
	"github.com/gongkai/gongkai/internal/web/ui"
)

// Service is what the pages need of the use cases.
type Service interface {
	List(ctx context.Context, who notice.Person, q notice.Query) (notice.Page, error)
	Read(ctx context.Context, who notice.Person, ids ...notice.ID) (int, error)
	Open(ctx context.Context, who notice.Person, id notice.ID) (notice.Notice, error)
	Preference(ctx context.Context, who notice.Person) (notice.Preference, error)
	Choose(ctx context.Context, who notice.Person, p notice.Preference) error
}

// Notices serves the pages.
type Notices struct {
	site    *ui.Site
	service Service
	outlets notice.Outlets
}

// New returns the pages. outlets says what the site can send by.
func New(site *ui.Site, s Service, o notice.Outlets) *Notices { return &Notices{site, s, o} }

// Routes are the pages with what each needs: everybody has notices of their own.
func (n *Notices) Routes() map[string]door.Route {
	own := door.SignedIn()
	return map[string]door.Route{
		"GET /desk/notices":            {Need: own, Handler: n.list},
		"POST /desk/notices/read":      {Need: own, Handler: n.readAll},
		"POST /desk/notices/{id}/open": {Need: own, Handler: n.open},
		"GET /desk/notices/choose":     {Need: own, Handler: n.showChoice},
		"POST /desk/notices/choose":    {Need: own, Handler: n.choose},
	}
}

func who(r *http.Request) notice.Person { return notice.Person(account.ActorOf(r.Context()).Person) }

// listView is what the list shows.
type listView struct {
	ui.Page
	list   notice.Page
	unread bool
	pager  ui.Pager
}

func (n *Notices) list(w http.ResponseWriter, r *http.Request) error {
	unread := r.URL.Query().Get("show") != "all"
	page, err := n.service.List(r.Context(), who(r), notice.Query{Unread: unread, Before: notice.ID(r.URL.Query().Get("after"))})
	if err != nil {
		return err
	}
	v := listView{Page: n.site.NewPage(r, "通知", "notices"), list: page, unread: unread}
	next := ""
	if page.More {
		next = string(page.Next)
	}
	v.pager = ui.NewPager(r.URL, "", next)
	return n.site.Render(w, r, http.StatusOK, listPage(v))
}

func (n *Notices) readAll(w http.ResponseWriter, r *http.Request) error {
	count, err := n.service.Read(r.Context(), who(r))
	if err != nil {
		return err
	}
	ui.Done(w, r, "/desk/notices", strconv.Itoa(count)+" 条通知已标为看过")
	return nil
}

// open leads to what a notice is about.
func (n *Notices) open(w http.ResponseWriter, r *http.Request) error {
	one, err := n.service.Open(r.Context(), who(r), notice.ID(r.PathValue("id")))
	if err != nil {
		return err
	}
	w.Header().Set("Cache-Control", "no-store")
	http.Redirect(w, r, ui.LocalPath(one.Link, "/desk/notices"), http.StatusSeeOther)
	return nil
}

// choiceView is what the page of the choice shows.
type choiceView struct {
	ui.Page
	form    *ui.Form
	outlets notice.Outlets
}

var digests = []ui.Option{{Value: "none", Text: "一事一封"}, {Value: "morning", Text: "每个工作日早上 8:30 汇总一封（紧急的仍然马上发）"}}

func (n *Notices) showChoice(w http.ResponseWriter, r *http.Request) error {
	p, err := n.service.Preference(r.Context(), who(r))
	if err != nil {
		return err
	}
	f := ui.NewForm("digest", "none")
	if p.Digest == notice.Morning {
		f.Set("digest", "morning")
	}
	if p.Quiet.From != p.Quiet.To {
		f.Set("from", p.Quiet.From.String())
		f.Set("to", p.Quiet.To.String())
	}
	for _, s := range notice.Sorts() {
		for _, c := range []notice.Channel{notice.Mail, notice.Webhook} {
			if p.Wants(s, c) {
				f.Set(field(s.Kind, c), "1")
			}
		}
	}
	return n.site.Render(w, r, http.StatusOK, choicePage(choiceView{n.site.NewPage(r, "通知设置", "notices"), f, n.outlets}))
}

// field names the box of a kind and a channel.
func field(k notice.Kind, c notice.Channel) string { return string(k) + ":" + string(c) }

func (n *Notices) choose(w http.ResponseWriter, r *http.Request) error {
	f, err := ui.ReadForm(w, r)
	if err != nil {
		return err
	}
	was, err := n.service.Preference(r.Context(), who(r))
	if err != nil {
		return err
	}
	p := notice.Preference{Channels: map[notice.Kind][]notice.Channel{}, Digest: notice.Digest(f.Choice("digest", "邮件", digests, ui.Required()))}
	for _, s := range notice.Sorts() {
		list := []notice.Channel{}
		for _, c := range []notice.Channel{notice.Mail, notice.Webhook} {
			on := f.Check(field(s.Kind, c), s.Title)
			if c == notice.Webhook && !n.outlets.Webhook {
				on = slices.Contains(was.Channels[s.Kind], c) // there is no box for it: it stays as it was
			}
			if on {
				list = append(list, c)
			}
		}
		p.Channels[s.Kind] = list
	}
	p.Quiet.From = clock(f, "from", "免打扰开始")
	p.Quiet.To = clock(f, "to", "免打扰结束")
	if f.OK() {
		if err := f.Fail("", n.service.Choose(r.Context(), who(r), p)); err != nil {
			return err
		}
	}
	if !f.OK() {
		return n.site.Invalid(w, r, choicePage(choiceView{n.site.NewPage(r, "通知设置", "notices"), f, n.outlets}))
	}
	ui.Done(w, r, "/desk/notices/choose", "通知设置已保存")
	return nil
}

// clock reads a time of day; nothing is midnight, and two midnights are no quiet hours.
func clock(f *ui.Form, name, label string) notice.Clock {
	text := f.Text(name, label, ui.MaxLen(5))
	if text == "" {
		return 0
	}
	c, err := notice.ParseClock(text)
	if err != nil {
		f.Add(name, label+"写成 22:00 这样的时:分")
	}
	return c
}
