package door

import (
	"encoding/json"
	"errors"
	"net/http"

	"github.com/gongkai/gongkai/internal/account"
	"github.com/gongkai/gongkai/internal/fault"
	"github.com/gongkai/gongkai/internal/signin"
	"github.com/gongkai/gongkai/internal/signin/sso"
	"github.com/gongkai/gongkai/internal/web/ui"
)

func (d *Door) showSignIn(w http.ResponseWriter, r *http.Request) error {
	if err := d.inside(r); err != nil {
		return err
	}
	fresh, err := d.Setup.Fresh(r.Context())
	if err != nil {
		return err
	}
	if fresh {
		return d.elsewhere(w, r, "/setup")
	}
	f := ui.NewForm("to", target(r.URL.Query().Get("to")))
	return d.Site.Render(w, r, http.StatusOK, signInPage(d.signInView(r, f)))
}

// signInView is what the page for signing in shows.
type signInView struct {
	ui.Page
	form      *ui.Form
	passwords bool
	sso       string
	sample    []SampleAccount
}

func (d *Door) signInView(r *http.Request, f *ui.Form) signInView {
	v := signInView{Page: d.Site.NewPage(r, "登录", ""), form: f, passwords: d.Access.Policy().Passwords, sample: d.Sample}
	if d.SSO != nil {
		v.sso = d.SSO.Name()
	}
	return v
}

func (d *Door) signIn(w http.ResponseWriter, r *http.Request) error {
	if err := d.inside(r); err != nil {
		return err
	}
	f, err := ui.ReadForm(w, r)
	if err != nil {
		return err
	}
	name := f.Text("account", "账号", ui.Required(), ui.MaxLen(64))
	password := f.Password("password", "密码", ui.Required(), ui.MaxLen(256))
	to := target(f.Value("to"))
	f.Set("to", to)
	if !f.OK() {
		return d.Site.Invalid(w, r, signInPage(d.signInView(r, f)))
	}
	from, err := d.from(r)
	if err == nil {
		err = d.slow(r)
	}
	if err != nil {
		return err
	}
	secret, se, err := d.Access.SignIn(r.Context(), name, password, from)
	if err := f.Fail("", err, fault.SignIn, fault.TooMany); err != nil {
		return err
	}
	if !f.OK() {
		return d.Site.Invalid(w, r, signInPage(d.signInView(r, f)))
	}
	if err := d.leave(r); err != nil {
		return err
	}
	d.give(w, r, secret, se)
	return d.elsewhere(w, r, onWay(se.Stage, to))
}

// leave ends the session that this browser had before, so that none is left behind that nobody can see.
func (d *Door) leave(r *http.Request) error {
	secret := ui.CookieValue(r, cookie)
	if secret == "" {
		return nil
	}
	se, by, err := d.Access.Resume(r.Context(), secret)
	if err == nil {
		err = d.Access.SignOut(r.Context(), by, se)
	}
	if errors.Is(err, fault.SignIn) || errors.Is(err, fault.NotFound) {
		return nil
	}
	return err
}

func (d *Door) showCode(w http.ResponseWriter, r *http.Request) error {
	f := ui.NewForm("to", target(r.URL.Query().Get("to")))
	return d.Site.Render(w, r, http.StatusOK, codePage(d.Site.NewPage(r, "动态口令", ""), f))
}

func (d *Door) code(w http.ResponseWriter, r *http.Request) error {
	f, err := ui.ReadForm(w, r)
	if err != nil {
		return err
	}
	code := f.Text("code", "动态口令", ui.Required(), ui.MaxLen(40))
	to := target(f.Value("to"))
	if f.OK() {
		from, err := d.from(r)
		if err == nil {
			err = d.slow(r)
		}
		if err != nil {
			return err
		}
		secret, se, err := d.Access.Code(r.Context(), sessionOf(r.Context()), code, from)
		if err := f.Fail("code", err, fault.SignIn, fault.TooMany); err != nil {
			return err
		}
		if f.OK() {
			d.give(w, r, secret, se)
			return d.elsewhere(w, r, onWay(se.Stage, to))
		}
	}
	f.Set("code", "")
	return d.Site.Invalid(w, r, codePage(d.Site.NewPage(r, "动态口令", ""), f))
}

func (d *Door) signOut(w http.ResponseWriter, r *http.Request) error {
	if err := d.inside(r); err != nil {
		return err
	}
	if err := d.leave(r); err != nil {
		return err
	}
	http.SetCookie(w, ui.Cookie(r, cookie, "", -1))
	ui.Done(w, r, "/sign-in", "已退出登录")
	return nil
}

// ssoFor is how long an errand to the identity provider may take, in seconds.
const ssoFor = 600

func (d *Door) startSSO(w http.ResponseWriter, r *http.Request) error {
	if d.SSO == nil {
		return ui.ErrNotFound
	}
	if err := d.inside(r); err != nil {
		return err
	}
	address, flow, err := d.SSO.Start(r.Context(), d.Now())
	if err != nil {
		return err
	}
	kept, err := json.Marshal(errand{flow, target(r.URL.Query().Get("to"))})
	if err != nil {
		return err
	}
	sealed, err := d.Sealer.Seal(ssoState, string(kept))
	if err != nil {
		return err
	}
	http.SetCookie(w, ui.Cookie(r, ssoState, sealed, ssoFor))
	http.Redirect(w, r, address, http.StatusSeeOther)
	return nil
}

// errand is what is remembered while somebody is at the identity provider.
type errand struct {
	Flow sso.Flow
	To   string
}

func (d *Door) backSSO(w http.ResponseWriter, r *http.Request) error {
	if d.SSO == nil {
		return ui.ErrNotFound
	}
	if err := d.inside(r); err != nil {
		return err
	}
	lost := fault.New(fault.SignIn, "signin.sso_state", "这次登录不是从本站开始的，或隔得太久；请回到登录页重新开始")
	if err := d.slow(r); err != nil {
		return err
	}
	sealed := ui.CookieValue(r, ssoState)
	http.SetCookie(w, ui.Cookie(r, ssoState, "", -1))
	kept, err := d.Sealer.Open(ssoState, sealed)
	var e errand
	if err != nil || json.Unmarshal([]byte(kept), &e) != nil {
		return d.refusedSSO(w, r, home, lost)
	}
	who, err := d.SSO.Finish(r.Context(), e.Flow, sso.ReplyOf(r.URL.Query()), d.Now())
	if err != nil {
		return d.refusedSSO(w, r, e.To, err)
	}
	from, err := d.from(r)
	if err != nil {
		return err
	}
	secret, se, err := d.Access.Arrive(r.Context(), who.Issuer, who.Subject, who.Account, from)
	if err != nil {
		return d.refusedSSO(w, r, e.To, err)
	}
	if err := d.leave(r); err != nil {
		return err
	}
	d.give(w, r, secret, se)
	return d.elsewhere(w, r, target(e.To))
}

// refusedSSO shows the page for signing in with what went wrong.
func (d *Door) refusedSSO(w http.ResponseWriter, r *http.Request, to string, err error) error {
	f := ui.NewForm("to", target(to))
	if err := f.Fail("", err, fault.SignIn, fault.Incapable); err != nil {
		return err
	}
	return d.Site.Render(w, r, http.StatusUnauthorized, signInPage(d.signInView(r, f)))
}

// FirstRun is what the first run asks.
type FirstRun struct {
	Office, Kind, Level, Government string
	Sections                        []string
	Name, Account, Password, Title  string
}

func (d *Door) setupOpen(r *http.Request, code string) error {
	if err := d.inside(r); err != nil {
		return err
	}
	fresh, err := d.Setup.Fresh(r.Context())
	if err != nil {
		return err
	}
	if !fresh {
		return ui.ErrNotFound
	}
	if err := d.slow(r); err != nil {
		return err
	}
	if d.Code != "" && !signin.Matches(code, signin.Digest(d.Code)) {
		return fault.New(fault.NotFound, "setup.code", "本站还没有设置好。请由管理员打开启动程序时屏幕上显示的网址来设置")
	}
	return nil
}

func (d *Door) showSetup(w http.ResponseWriter, r *http.Request) error {
	code := r.URL.Query().Get("code")
	if err := d.setupOpen(r, code); err != nil {
		return err
	}
	f := ui.NewForm("code", code, "kind", "department", "level", "county", "account", "admin")
	return d.Site.Render(w, r, http.StatusOK, setupPage(d.Site.NewPage(r, "首次设置", ""), f, d.Access.Policy().Rules.Hint()))
}

func (d *Door) setup(w http.ResponseWriter, r *http.Request) error {
	f, err := ui.ReadForm(w, r)
	if err != nil {
		return err
	}
	if err := d.setupOpen(r, f.Value("code")); err != nil {
		return err
	}
	in := FirstRun{
		Office:     f.Text("office", "机关全称", ui.Required(), ui.MaxLen(80)),
		Kind:       f.Choice("kind", "机关类型", kinds(), ui.Required()),
		Level:      f.Choice("level", "层级", levels(), ui.Required()),
		Government: f.Text("government", "所属人民政府", ui.MaxLen(80)),
		Sections:   sections(f.Lines("sections", "股室", ui.MaxLen(600))),
		Name:       f.Text("name", "您的姓名", ui.Required(), ui.MaxLen(40)),
		Title:      f.Text("title", "职务", ui.MaxLen(40)),
		Account:    f.Text("account", "账号", ui.Required(), ui.MaxLen(32)),
	}
	in.Password = f.Password("password", "密码", ui.Required())
	if again := f.Password("again", "再输一遍密码", ui.Required()); f.OK() && again != in.Password {
		f.Add("again", "两次输入的密码不一样，请重新输入")
	}
	if f.OK() {
		err := d.Setup.SetUp(r.Context(), in)
		field := map[string]string{"signin.password": "password", "person.account": "account", "agency.name": "office"}[fault.CodeOf(err)]
		if err := f.Fail(field, err); err != nil {
			return err
		}
	}
	if !f.OK() {
		return d.Site.Invalid(w, r, setupPage(d.Site.NewPage(r, "首次设置", ""), f, d.Access.Policy().Rules.Hint()))
	}
	if !d.Access.Policy().Passwords {
		ui.Done(w, r, "/sign-in", "设置好了，请登录")
		return nil
	}
	from, err := d.from(r)
	if err != nil {
		return err
	}
	secret, se, err := d.Access.SignIn(r.Context(), in.Account, in.Password, from)
	if err != nil {
		return err
	}
	d.give(w, r, secret, se)
	ui.Done(w, r, "/desk", "设置好了，可以开始使用")
	return nil
}

// actor is who acts in a request behind the gate.
func actor(r *http.Request) account.Actor { return account.ActorOf(r.Context()) }
