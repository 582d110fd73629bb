package app

import (
	"context"
	"net/http"

	"github.com/gongkai/gongkai/internal/account"
	"github.com/gongkai/gongkai/internal/calendar"
	"github.com/gongkai/gongkai/internal/review"
	"github.com/gongkai/gongkai/internal/web/calendars"
	"github.com/gongkai/gongkai/internal/web/desk"
	"github.com/gongkai/gongkai/internal/web/door"
	"github.com/gongkai/gongkai/internal/web/notices"
	"github.com/gongkai/gongkai/internal/web/people"
	"github.com/gongkai/gongkai/internal/web/portal"
	"github.com/gongkai/gongkai/internal/web/records"
	"github.com/gongkai/gongkai/internal/web/reviews"
	"github.com/gongkai/gongkai/internal/web/ui"
	"github.com/gongkai/gongkai/internal/web/workbench"
)

// routes is every page there is, with what each needs. The visibility matrix of the tests walks through it: a route that is
// added here has to be added there.
func routes(o Options, h *handler, s *System) map[string]door.Route {
	all := map[string]door.Route{
		"GET /{$}":               {Need: door.Public(), Handler: portal.Home(h.site)},
		"GET /reports":           {Need: door.Public(), Handler: portal.Reports(h.site)},
		"GET /reports/{rest...}": {Need: door.Public(), Handler: toDesk},
		"GET /deadline":          {Need: door.Public(), Handler: portal.Calculator(h.site, s.Clock.Table)},
		"GET /fee":               {Need: door.Public(), Handler: portal.Fee(h.site)},
		"/":                      {Need: door.Public(), Handler: func(http.ResponseWriter, *http.Request) error { return ui.ErrNotFound }},
	}
	add := func(some map[string]door.Route) {
		for pattern, r := range some {
			all[pattern] = r
		}
	}
	add(h.door.Routes())
	add(workbench.New(h.site, s.waiting).Routes())
	add(desk.New(h.site, s.Filing, writers{}, s.now).Routes())
	add(records.New(h.site, s.Record, s.Upkeep, s.now).Routes())
	add(notices.New(h.site, s.Notice, s.outlets.can()).Routes())
	add(calendars.New(calendars.Options{Site: h.site, Clock: s.Clock, Perm: account.SeeAgency, BaseURL: h.baseURL, Now: s.now,
		Actor: func(ctx context.Context, id account.PersonID) (account.Actor, error) {
			return s.Office.Actor(ctx, id, "feed")
		}}).Routes())
	add(people.New(people.Options{Site: h.site, Service: s.Office, Sheets: sheets{o}, Password: s.Access.FirstHash}).Routes())
	add(reviews.New(reviews.Options{Site: h.site, Service: s.Review, Between: s.between, Now: s.now}).Routes())
	return all
}

// toDesk leads old addresses of the pages of annual reports to where they are now.
func toDesk(w http.ResponseWriter, r *http.Request) error {
	to := "/desk" + ui.LocalPath(r.URL.RequestURI(), "/reports")
	http.Redirect(w, r, to, http.StatusMovedPermanently) //nolint:gosec // a path of this site
	return nil
}

// entries are the fixed entries of the platform, those that have pages with their addresses.
func entries() []ui.Entry {
	all := ui.DefaultEntries()
	for i := range all {
		if all[i].Key == "annual" {
			all[i].Href = "/reports"
		}
	}
	return all
}

// between counts the working days d with from < d ≤ to; -1 when the calendar cannot tell.
func (s *System) between(from, to calendar.Date) int {
	t, err := s.Clock.Table(context.Background())
	if err != nil {
		return -1
	}
	return t.WorkingDaysBetween(from, to)
}

func anyPerm(by account.Actor, perms ...account.Perm) bool {
	for _, p := range perms {
		if by.CanAnywhere(p) {
			return true
		}
	}
	return false
}

// menu is what somebody finds on the desk: what they may open, and how much waits there.
func (s *System) menu(ctx context.Context, by account.Actor) []ui.MenuGroup {
	var out []ui.MenuGroup
	for _, g := range menuGroups() {
		group := ui.MenuGroup{Title: g.title}
		for _, i := range g.items {
			if len(i.perms) == 0 || anyPerm(by, i.perms...) {
				group.Items = append(group.Items, i.MenuItem)
			}
		}
		if len(group.Items) > 0 {
			out = append(out, group)
		}
	}
	return out
}

type menuGroup struct {
	title string
	items []menuItem
}

type menuItem struct {
	ui.MenuItem
	perms []account.Perm
}

func menuGroups() []menuGroup {
	entry := func(key, href, icon, text string, perms ...account.Perm) menuItem {
		return menuItem{ui.MenuItem{Key: key, Href: href, Icon: icon, Text: text}, perms}
	}
	return []menuGroup{
		{"", []menuItem{
			entry("home", "/desk", "home", "工作台"),
			entry("reviews", "/desk/reviews", "pen", "审查", append(review.SeePerms(), account.Provide)...),
			entry("deadlines", "/desk/deadlines", "clock", "我的期限"),
			entry("notices", "/desk/notices", "bell", "通知"),
		}},
		{"年度报告", []menuItem{
			entry("board", "/desk/reports", "board", "年报情况", account.SeeReport),
			entry("rollup", "/desk/reports/rollup", "sum", "逐格汇总", account.SeeReport),
			entry("compare", "/desk/reports/compare", "compare", "两份对照", account.SeeReport),
			entry("expected", "/desk/reports/agencies", "list", "应报机关名单", account.SeeReport),
		}},
		{"机构和人员", []menuItem{
			entry("agencies", "/desk/agencies", "tree", "机构", account.SeeAgency),
			entry("people", "/desk/people", "people", "人员", account.SeeAgency),
			entry("roles", "/desk/roles", "lock", "角色", account.SeeAgency),
		}},
		{"系统", []menuItem{
			entry("calendar", "/desk/calendar", "calendar", "工作日历"),
			entry("audit", "/desk/audit", "shield", "操作记录", account.SeeAudit),
			entry("jobs", "/desk/jobs", "gear", "后台任务", account.SeeJob),
		}},
	}
}
