package browsertest

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/gongkai/gongkai/internal/app"
)

// signOut leaves by the button in the menu at one's name, which opens without script too.
func (b *tab) signOut() {
	b.t.Helper()
	const button = "form[action='/sign-out'] button"
	b.do(chromedp.Click("details:has(" + button + ") > summary"))
	b.until("document.querySelector(\"" + button + "\").checkVisibility({contentVisibilityAuto: true})")
	b.do(chromedp.Click(button))
	b.until("location.pathname === '/sign-in'")
}

// says fails the test when the page does not say something.
func (b *tab) says(text string) {
	b.t.Helper()
	if got := eval[string](b, "document.body.innerText"); !strings.Contains(got, text) {
		b.t.Errorf("%s does not say %q:\n%s", eval[string](b, "location.pathname"), text, got)
	}
}

// TestOfficeBeginsAndTakesSomebodyIn is the first day: from an empty data folder to a colleague at work.
func TestOfficeBeginsAndTakesSomebodyIn(t *testing.T) {
	for name, look := range map[string]struct {
		width  int64
		script bool
	}{"wide": {1440, true}, "narrow": {390, true}, "narrow without script": {390, false}} {
		t.Run(name, func(t *testing.T) {
			b := browser(t, serve(t))
			b.width(look.width)
			if !look.script {
				b.noScript()
			}
			b.firstDay(strings.ReplaceAll(name, " ", "-"))
			b.complaintsAbout("422") // a form that is shown again is an error to the browser
		})
	}
}

func (b *tab) firstDay(name string) {
	b.t.Helper()
	b.open("/desk")
	b.until("location.pathname === '/setup'") // nobody is let in, and nothing is set up, without the code
	b.says("启动程序时屏幕上显示的网址")
	b.complaintsAbout("404")
	b.setUp()
	b.says("设置好了")
	b.fits("the desk on the first day")
	b.signOut()
	b.says("已退出登录")
	b.fits("signing in")
	b.fill("account", "admin", "password", "a wrong one")
	b.do(chromedp.Click("main form button[type=submit]"))
	b.until("document.querySelector('.err-sum, [role=alert]') !== null")
	b.says("账号或密码不对")
	b.fits("signing in, after a mistake")
	b.signIn("admin", password)

	b.open("/desk/people/new")
	b.fits("a new person")
	b.fill("name", "李示例", "account", "lisi", "title", "科员", "role", "officer")
	b.do(chromedp.Click("main form button[type=submit]"))
	b.until("document.querySelector('main code') !== null")
	b.fits("a first password")
	b.shot("first-password-" + name)
	first := eval[string](b, "document.querySelector('main code').innerText")
	b.open("/desk/people")
	b.says("李示例")
	b.fits("people")
	b.signOut()

	b.fill("account", "lisi", "password", first)
	b.press("/sign-in/password")
	b.fits("changing the first password")
	b.shot("change-password-" + name)
	b.open("/desk/reports")
	b.until("location.pathname === '/sign-in/password'") // nothing else is let through
	own := "a phrase of my own 7"
	b.fill("old", first, "password", own, "again", own)
	b.press("/desk/reports") // where they wanted to go
	b.fits("at work")
	b.open("/desk")
	b.says("李示例")
	b.shot("colleague-" + name)
	b.signOut()
	b.signIn("lisi", own)
}

// samplePassword is that of every account of a sample site, which its page for signing in shows.
const samplePassword = "mudan-shili-2026"

// walk visits every page there is, and one of every kind that the pages lead to.
type walk struct {
	*tab
	mux     *http.ServeMux
	visited map[string]string   // by pattern
	more    map[string][]string // others of the same pattern, which may lead to what the first does not
	ahead   []string
}

// others is how many more pages of one pattern are asked where they lead.
const others = 3

func newWalk(b *tab) *walk {
	w := &walk{tab: b, mux: http.NewServeMux(), visited: map[string]string{}, more: map[string][]string{}}
	for _, pattern := range app.Patterns() {
		w.mux.Handle(pattern, http.NotFoundHandler())
		if path, get := strings.CutPrefix(pattern, "GET "); get && !strings.Contains(path, "{") {
			w.ahead = append(w.ahead, path)
		}
	}
	return w
}

// pattern is the page that an address leads to, "" for none of ours.
func (w *walk) pattern(path string) string {
	u, err := url.Parse(path)
	if err != nil || !strings.HasPrefix(path, "/") {
		return ""
	}
	_, pattern := w.mux.Handler(&http.Request{Method: http.MethodGet, URL: u, Host: "localhost"})
	if pattern == "/" || strings.HasPrefix(u.Path, "/static/") {
		return ""
	}
	return pattern
}

// file reports whether an address gives a file or ends the visit.
func file(path string) bool {
	return strings.ContainsAny(path[strings.LastIndex(path, "/"):], ".") || strings.HasPrefix(path, "/sign-in/sso") || strings.HasSuffix(path, "/original")
}

// next gives the next page to go to, and whether it is the first of its pattern.
func (w *walk) next() (path, pattern string, first, ok bool) {
	for len(w.ahead) > 0 {
		path, w.ahead = w.ahead[0], w.ahead[1:]
		pattern = w.pattern(path)
		if pattern == "" || file(strings.Split(path, "?")[0]) || strings.HasPrefix(pattern, "GET /reports/{rest") {
			continue
		}
		switch {
		case w.visited[pattern] == "":
			w.visited[pattern] = path
			return path, pattern, true, true
		case strings.HasSuffix(pattern, "{id}") && path != w.visited[pattern] && len(w.more[pattern]) < others && !slices.Contains(w.more[pattern], path):
			w.more[pattern] = append(w.more[pattern], path)
			return path, pattern, false, true
		}
	}
	return "", "", false, false
}

// follow puts down where the page leads.
func (w *walk) follow() {
	w.t.Helper()
	for _, link := range eval[[]string](w.tab, "[...document.querySelectorAll('a[href]')].filter(a => a.origin === location.origin).map(a => a.pathname + a.search)") {
		if w.pattern(link) != "" {
			w.ahead = append(w.ahead, link)
		}
	}
}

// stillAccessible looks for barriers once more in a page in which accessible has looked already.
func (b *tab) stillAccessible(name string) {
	b.t.Helper()
	found, err := chromedp.Run(b.ctx, chromedp.Evaluate[string](axeRun, chromedp.EvalAwaitPromise))
	if err != nil || found != "[]" {
		b.t.Errorf("%s: %s %v", name, found, err)
	}
}

func (w *walk) missed() []string {
	var out []string
	for _, pattern := range app.Patterns() {
		path, get := strings.CutPrefix(pattern, "GET ")
		if get && w.visited[pattern] == "" && !file(path) && !strings.HasPrefix(path, "/reports/{rest") {
			out = append(out, pattern)
		}
	}
	return out
}

// unreached are pages that an administrator who lacks nothing is led away from, those of things that the samples need not
// have, and what is no page.
var unreached = []string{"GET /setup", "GET /sign-in/code", "GET /sign-in/factor", "GET /sign-in/password", "GET /desk/calendar/notices/{id}",
	"GET /desk/calendar/recounts/{id}", "GET /desk/deadlines/{id}", "GET /desk/people/{id}/reopen", "GET /desk/people/{id}/deputy/{deputy}/end",
	"GET /desk/reports/batches/{id}", "GET /desk/reports/batches/{id}/progress", "GET /desk/reports/{id}/{file}"}

// TestEveryPageIsAccessible goes over every page of a sample site as its administrator.
func TestEveryPageIsAccessible(t *testing.T) {
	b := browser(t, serve(t, func(o *app.Options) { o.Serve.Demo = true }))
	b.width(1440)
	b.signIn("admin", samplePassword)
	for range 600 { // the samples are being read
		b.open("/desk/reports?year=2025")
		if eval[int](b, "document.querySelectorAll(\"main a[href^='/desk/reports/0']\").length") >= 10 {
			break
		}
	}
	w := newWalk(b)
	for path, pattern, first, ok := w.next(); ok; path, pattern, first, ok = w.next() {
		b.open(path)
		at := eval[string](b, "location.pathname")
		if got := w.pattern(at); got != pattern {
			w.ahead = append(w.ahead, at) // led on: what is there is a page of its own
			continue
		}
		w.follow()
		if !first {
			continue
		}
		b.fits(pattern + " at 1440")
		b.accessible(pattern + " at 1440")
		b.width(390)
		eval[any](b, "void (document.documentElement.dataset.size = 'xl')")
		b.fits(pattern + " at 390 in the largest type")
		b.stillAccessible(pattern + " at 390 in the largest type")
		b.width(1440)
	}
	for _, pattern := range w.missed() {
		if !slices.Contains(unreached, pattern) {
			t.Errorf("nothing leads to %s", pattern)
		}
	}
	if n := len(w.visited); n < 40 {
		t.Errorf("only %d pages: %v", n, fmt.Sprint(w.visited))
	}
	b.complaintsAbout("404")
}
