package ui

import (
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/a-h/templ"
)

// Site is what is the same on all pages.
type Site struct {
	Name   string // who runs the site
	Demo   bool   // the data are samples
	Static *Static
	Log    *slog.Logger
	// TrustProxy tells whether a request came from a proxy whose X-Forwarded-Proto is believed; nil for none.
	TrustProxy func(*http.Request) bool
	// Entries are the fixed entries of the platform; nil for DefaultEntries.
	Entries []Entry
	Paths   Paths
}

// Entry is one of the fixed entries that a platform of government information has on every page. Which they are is a
// setting: sites differ in names.
type Entry struct {
	Key  string // what a page names as its Nav to be marked as current
	Text string
	Href string // "" while the pages do not exist; the entry is then shown without a link
	Icon string
}

// DefaultEntries returns the five fixed entries by their usual names, none of them with pages yet.
func DefaultEntries() []Entry {
	return []Entry{
		{Key: "guide", Text: "政府信息公开指南", Icon: "book"},
		{Key: "rules", Text: "政府信息公开制度", Icon: "template"},
		{Key: "content", Text: "法定主动公开内容", Icon: "list"},
		{Key: "annual", Text: "政府信息公开年报", Icon: "annual"},
		{Key: "apply", Text: "依申请公开", Icon: "hand"},
	}
}

// Paths are the addresses that the shells lead to; "" for the usual one.
type Paths struct {
	Home    string // of the desk: /desk
	SignIn  string // /sign-in
	SignOut string // takes a POST: /sign-out
	Account string // /desk/account
	Notices string // /desk/notices
	Reports string // the pages of annual reports: /desk/reports
}

func or(s, usual string) string {
	if s == "" {
		return usual
	}
	return s
}

func (p Paths) home() string    { return or(p.Home, "/desk") }
func (p Paths) signIn() string  { return or(p.SignIn, "/sign-in") }
func (p Paths) signOut() string { return or(p.SignOut, "/sign-out") }
func (p Paths) account() string { return or(p.Account, "/desk/account") }
func (p Paths) notices() string { return or(p.Notices, "/desk/notices") }
func (p Paths) reports() string { return or(p.Reports, "/desk/reports") }

// Page is what a shell needs to know of one page.
type Page struct {
	Title string
	Size  string // "", "l" or "xl"
	URL   *url.URL
	Nav   string // the entry of the navigation that is current
	// Refresh asks browsers without script to load the page again after so many seconds; 0 for never.
	Refresh int
	Site    *Site
	Viewer  Viewer      // who is looking; the zero Viewer when nobody is signed in
	Menu    []MenuGroup // navigation of the desk; nil for that of the pages of annual reports
	Search  *Search     // the box in the head of the desk; nil for none
	Flash   string      // what the last form has done, to be said once
}

// Search is the box in the head of the desk. Its field is named q.
type Search struct{ Action, Label, Placeholder string }

// NewPage returns what the shells need for this request.
func (s *Site) NewPage(r *http.Request, title, nav string) Page {
	p := Page{Title: title, URL: r.URL, Nav: nav, Site: s, Viewer: ViewerOf(r.Context()), Menu: menuOf(r.Context()), Flash: flash(r)}
	if c, err := r.Cookie("size"); err == nil && (c.Value == "l" || c.Value == "xl") {
		p.Size = c.Value
	}
	return p
}

// SizeURL is the address of this page in another size of type.
func (p Page) SizeURL(size string) templ.SafeURL {
	q := p.URL.Query()
	q.Set("size", size)
	return templ.SafeURL("?" + q.Encode())
}

func (p Page) refresh() string { return strconv.Itoa(p.Refresh) }

// reportsMenu is the navigation of the pages of annual reports, which have none of their own.
func reportsMenu(at string) []MenuGroup {
	return []MenuGroup{{Items: []MenuItem{
		{Key: "board", Href: at, Icon: "board", Text: "年报情况"},
		{Key: "upload", Href: at + "#upload", Icon: "upload", Text: "交年报"},
		{Key: "rollup", Href: at + "/rollup", Icon: "sum", Text: "逐格汇总"},
		{Key: "compare", Href: at + "/compare", Icon: "compare", Text: "两份对照"},
		{Key: "agencies", Href: at + "/agencies", Icon: "list", Text: "应报机关名单"},
	}}}
}

func (p Page) menu() []MenuGroup {
	if p.Menu == nil {
		return reportsMenu(p.Site.Paths.reports())
	}
	return p.Menu
}

func (p Page) search() *Search {
	if p.Search == nil && p.Menu == nil {
		return &Search{Action: "/desk/reports", Label: "搜索机关或文件名", Placeholder: "搜索机关、文件名"}
	}
	return p.Search
}

// brand is the name of the desk and where it leads.
func (p Page) brand() Link {
	if p.Menu == nil {
		return Link{Href: "/desk/reports", Text: "政府信息公开年报"}
	}
	return Link{Href: p.Site.Paths.home(), Text: "政府信息公开工作台"}
}

func (p Page) entries() []Entry {
	if p.Site.Entries == nil {
		return DefaultEntries()
	}
	return p.Site.Entries
}

// desk reports whether this page belongs to the desk of somebody who is signed in.
func (p Page) desk() bool {
	path := p.URL.Path
	return p.Viewer.In() && (path == "/desk" || strings.HasPrefix(path, "/desk/"))
}

// first is where an error page leads back to.
func (p Page) first() Link {
	for _, g := range p.menu() {
		for _, i := range g.Items {
			return Link{Href: i.Href, Text: "回到" + i.Text}
		}
	}
	return Link{Href: "/", Text: "首页"}
}

func itoa(n int) string { return strconv.Itoa(n) }
