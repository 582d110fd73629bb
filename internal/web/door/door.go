// Package door is the way into the desk: the gate that every route stands behind, signing in and out, the first run of a
// site, and one's own account.
package door

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"path"
	"strings"
	"time"

	"github.com/gongkai/gongkai/internal/access"
	"github.com/gongkai/gongkai/internal/account"
	"github.com/gongkai/gongkai/internal/fault"
	"github.com/gongkai/gongkai/internal/signin"
	"github.com/gongkai/gongkai/internal/signin/sso"
	"github.com/gongkai/gongkai/internal/web/ui"
)

// Setup is what the first run needs.
type Setup interface {
	// Fresh reports whether nobody has an account yet.
	Fresh(ctx context.Context) (bool, error)
	// SetUp makes the first office and its first administrator. password is as it was typed.
	SetUp(ctx context.Context, in FirstRun) error
}

// Sealer keeps what a browser holds for us out of its reach.
type Sealer interface {
	Seal(purpose, text string) (string, error)
	Open(purpose, sealed string) (string, error)
}

// Options are the settings of the door and what it needs of others.
type Options struct {
	Access  *access.Service
	Setup   Setup
	Site    *ui.Site
	Staff   signin.Ranges // addresses that may come to the desk; empty for all
	Proxies signin.Ranges // reverse proxies that are believed
	SSO     *sso.Client   // nil without an identity provider
	Sealer  Sealer        // nil without an identity provider
	// Code has to be known to whoever sets the site up; it is printed where the program runs.
	Code string
	// Viewer names who is signed in, and Menu is what they find on the desk.
	Viewer func(ctx context.Context, by account.Actor) (ui.Viewer, error)
	Menu   func(ctx context.Context, by account.Actor) []ui.MenuGroup
	// Sample are accounts of a sample site that anybody may use, shown on the page for signing in.
	Sample []SampleAccount
	Now    func() time.Time
	// Pace bounds how often a neighbourhood of addresses may try to come in, whatever is tried; nil for one try a second, 60
	// at once.
	Pace *signin.Limiter
}

// SampleAccount is an account of a sample site.
type SampleAccount struct{ Account, Password, Who string }

// Door is the gate and its pages.
type Door struct{ Options }

// New returns the door.
func New(o Options) *Door {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Pace == nil {
		o.Pace = signin.NewLimiter(1, 60, 10_000)
	}
	return &Door{o}
}

// Need is what a route asks of whoever comes.
type Need struct {
	open   bool
	anyone bool
	perms  []account.Perm
}

// Public lets everybody in.
func Public() Need { return Need{open: true} }

// SignedIn lets in whoever is signed in.
func SignedIn() Need { return Need{anyone: true} }

// With lets in who holds one of these permissions at some agency; what exactly they may see the use cases decide.
func With(perms ...account.Perm) Need { return Need{perms: perms} }

// Public reports whether the route is for everybody.
func (n Need) Public() bool { return n.open }

// Perms are the permissions of which one is asked for; none when being signed in is enough.
func (n Need) Perms() []account.Perm { return n.perms }

const (
	cookie   = "session"
	ssoState = "sso"
)

// Wrap puts a handler behind the gate. Whoever may not come in finds what they would find if there was nothing: not signed
// in, the page for signing in; signed in without the right, the page for what does not exist.
func (d *Door) Wrap(need Need, h ui.Handler) ui.Handler {
	if need.open {
		return h
	}
	return func(w http.ResponseWriter, r *http.Request) error {
		r, se, err := d.enter(w, r)
		if err != nil || r == nil {
			return err
		}
		if se.Stage != access.Open {
			return d.elsewhere(w, r, onWay(se.Stage, here(r)))
		}
		by := account.ActorOf(r.Context())
		if !need.anyone && !anyOf(by, need.perms) {
			return ui.ErrNotFound
		}
		return h(w, r)
	}
}

func anyOf(by account.Actor, perms []account.Perm) bool {
	for _, p := range perms {
		if by.CanAnywhere(p) {
			return true
		}
	}
	return false
}

type sessionKey struct{}

// sessionOf is the session of a request behind the gate.
func sessionOf(ctx context.Context) access.Session {
	se, _ := ctx.Value(sessionKey{}).(access.Session)
	return se
}

// enter finds out who comes. A nil request means that the answer has been given.
func (d *Door) enter(w http.ResponseWriter, r *http.Request) (*http.Request, access.Session, error) {
	if err := d.inside(r); err != nil {
		return nil, access.Session{}, err
	}
	w.Header().Set("Cache-Control", "no-store") // what is behind the gate is nobody else's, files too
	secret := ui.CookieValue(r, cookie)
	se, by, err := access.Session{}, account.Actor{}, error(fault.New(fault.SignIn, "signin.none", "还没有登录，或登录已经结束；请重新登录"))
	if secret != "" {
		se, by, err = d.Access.Resume(r.Context(), secret)
	}
	if errors.Is(err, fault.SignIn) && (r.Method == http.MethodGet || r.Method == http.MethodHead) && !ui.WantsJSON(r) {
		return nil, se, d.toSignIn(w, r)
	}
	if err != nil {
		return nil, se, err
	}
	ui.SetActor(r.Context(), string(by.Person))
	ctx := account.WithActor(context.WithValue(r.Context(), sessionKey{}, se), by)
	v, err := d.Viewer(ctx, by)
	if err != nil {
		return nil, se, err
	}
	ctx = ui.WithMenu(ui.WithViewer(ctx, v), d.Menu(ctx, by))
	return r.WithContext(ctx), se, nil
}

// inside refuses addresses from which the desk is not to be seen at all. Legal: 互联网政务应用安全管理规定 第十九条.
func (d *Door) inside(r *http.Request) error {
	if d.Staff.Empty() {
		return nil
	}
	addr, err := signin.ClientAddr(r, d.Proxies)
	if err != nil || !d.Staff.Contains(addr) {
		return ui.ErrNotFound
	}
	return nil
}

// toSignIn leads to the page for signing in, or to the first run while there is nobody who could.
func (d *Door) toSignIn(w http.ResponseWriter, r *http.Request) error {
	fresh, err := d.Setup.Fresh(r.Context())
	if err != nil {
		return err
	}
	if fresh {
		return d.elsewhere(w, r, "/setup")
	}
	return d.elsewhere(w, r, withTarget("/sign-in", here(r)))
}

// here is the page that was asked for, to come back to.
func here(r *http.Request) string {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		return home
	}
	return target(r.URL.RequestURI())
}

// withTarget adds where to go afterwards to a page on the way in.
func withTarget(path, to string) string {
	if to == home {
		return path
	}
	return path + "?to=" + url.QueryEscape(to)
}

// onWay is the next page for a session: the one for what it lacks, or else the one that was asked for.
func onWay(s access.Stage, to string) string {
	if s == access.Open {
		return to
	}
	return withTarget(stagePath(s), to)
}

func (d *Door) elsewhere(w http.ResponseWriter, r *http.Request, to string) error {
	w.Header().Set("Cache-Control", "no-store")
	http.Redirect(w, r, to, http.StatusSeeOther)
	return nil
}

func stagePath(s access.Stage) string {
	switch s {
	case access.NeedsCode:
		return "/sign-in/code"
	case access.NeedsPassword:
		return "/sign-in/password"
	case access.NeedsFactor:
		return "/sign-in/factor"
	case access.Open:
	}
	return home
}

// home is the first page of the desk.
const home = "/desk"

// longestTarget bounds an address to come back to, in bytes.
const longestTarget = 2000

// target is where to go after signing in: a page of the desk that was asked for, never another place. What a browser could
// read in another way than this program does is not gone to.
func target(raw string) string {
	u, err := url.Parse(raw)
	if err != nil || u.Host != "" || u.Scheme != "" || u.User != nil || u.Fragment != "" || strings.ContainsRune(raw, '\\') {
		return home
	}
	if u.Path != home && !strings.HasPrefix(u.Path, home+"/") || path.Clean(u.Path) != u.Path || strings.ContainsRune(u.Path, '\\') {
		return home
	}
	if to := u.RequestURI(); len(to) <= longestTarget {
		return to
	}
	return home
}

// slow bounds how often somebody may try to come in. Errors: fault.TooMany.
func (d *Door) slow(r *http.Request) error {
	addr, err := signin.ClientAddr(r, d.Proxies)
	if err != nil {
		return err
	}
	wait := d.Pace.Allow(signin.Prefix(addr).String(), d.Now())
	if wait <= 0 {
		return nil
	}
	seconds := int((wait + time.Second - 1) / time.Second)
	return tooFast{fault.New(fault.TooMany, "signin.pace", fmt.Sprintf("从您这里来的登录太密了。请 %d 秒后再试", seconds)), wait}
}

// tooFast says too when to try again.
type tooFast struct {
	told *fault.Error
	wait time.Duration
}

// Error is the message for people.
func (t tooFast) Error() string { return t.told.Error() }

// Unwrap lets errors.As find the error for people.
func (t tooFast) Unwrap() error { return t.told }

// RetryAfter is how long to wait.
func (t tooFast) RetryAfter() time.Duration { return t.wait }

// Hide keeps the desk and the way in from addresses from which they are not to be seen, whatever is asked for there and how:
// to those there is nothing, and no method tells otherwise. Legal: 互联网政务应用安全管理规定 第十九条.
func (d *Door) Hide(next http.Handler) http.Handler {
	if d.Staff.Empty() {
		return next
	}
	nothing := d.Site.Handle(func(http.ResponseWriter, *http.Request) error { return ui.ErrNotFound })
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		first, _, _ := strings.Cut(strings.TrimLeft(r.URL.Path, "/"), "/")
		switch first {
		case "desk", "sign-in", "sign-out", "setup":
			if d.inside(r) != nil {
				nothing.ServeHTTP(w, r)
				return
			}
		}
		next.ServeHTTP(w, r)
	})
}

// from is from where and with what somebody comes.
func (d *Door) from(r *http.Request) (access.Place, error) {
	addr, err := signin.ClientAddr(r, d.Proxies)
	return access.Place{Address: addr, Device: device(r.UserAgent())}, err
}

// device names browser and system in a few words; what a browser says of itself is not to be relied on.
func device(agent string) string {
	find := func(pairs ...string) string {
		for i := 0; i+1 < len(pairs); i += 2 {
			if strings.Contains(agent, pairs[i]) {
				return pairs[i+1]
			}
		}
		return ""
	}
	browser := find("Edg/", "Edge", "Firefox/", "Firefox", "MicroMessenger", "微信", "Chrome/", "Chrome", "Safari/", "Safari")
	system := find("Windows", "Windows", "Android", "安卓", "iPhone", "iPhone", "iPad", "iPad", "Mac OS", "macOS", "Linux", "Linux")
	switch {
	case browser == "" && system == "":
		return "未知设备"
	case browser == "" || system == "":
		return browser + system
	}
	return browser + "，" + system
}

// give hands the secret of a session to the browser.
func (d *Door) give(w http.ResponseWriter, r *http.Request, secret string, se access.Session) {
	http.SetCookie(w, ui.Cookie(r, cookie, secret, int(se.Ends.Sub(d.Now()).Seconds())))
}

// Routes are the pages of the door, with what each needs.
func (d *Door) Routes() map[string]Route {
	return map[string]Route{
		"GET /sign-in":                          {Public(), d.showSignIn},
		"POST /sign-in":                         {Public(), d.signIn},
		"GET /sign-in/code":                     {Public(), d.staged(access.NeedsCode, d.showCode)},
		"POST /sign-in/code":                    {Public(), d.staged(access.NeedsCode, d.code)},
		"GET /sign-in/password":                 {Public(), d.staged(access.NeedsPassword, d.showPassword)},
		"POST /sign-in/password":                {Public(), d.staged(access.NeedsPassword, d.password)},
		"GET /sign-in/factor":                   {Public(), d.staged(access.NeedsFactor, d.showFactor)},
		"POST /sign-in/factor":                  {Public(), d.staged(access.NeedsFactor, d.factor)},
		"GET /sign-in/sso":                      {Public(), d.startSSO},
		"GET /sign-in/sso/back":                 {Public(), d.backSSO},
		"POST /sign-out":                        {Public(), d.signOut},
		"GET /setup":                            {Public(), d.showSetup},
		"POST /setup":                           {Public(), d.setup},
		"GET /desk/account":                     {SignedIn(), d.account},
		"GET /desk/account/password":            {SignedIn(), d.showPassword},
		"POST /desk/account/password":           {SignedIn(), d.password},
		"GET /desk/account/factor":              {SignedIn(), d.showFactor},
		"POST /desk/account/factor":             {SignedIn(), d.factor},
		"POST /desk/account/factor/off":         {SignedIn(), d.factorOff},
		"POST /desk/account/sessions/{id}/end":  {SignedIn(), d.endSession},
		"GET /desk/account/tokens":              {With(account.ManageToken), d.tokens},
		"POST /desk/account/tokens":             {With(account.ManageToken), d.newToken},
		"POST /desk/account/tokens/{id}/revoke": {With(account.ManageToken), d.revokeToken},
	}
}

// Route is a handler with what it needs.
type Route struct {
	Need    Need
	Handler ui.Handler
}

// staged lets in a session that lacks just this.
func (d *Door) staged(want access.Stage, h ui.Handler) ui.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		r, se, err := d.enter(w, r)
		if err != nil || r == nil {
			return err
		}
		if se.Stage != want {
			return d.elsewhere(w, r, onWay(se.Stage, target(r.URL.Query().Get("to"))))
		}
		return h(w, r)
	}
}
