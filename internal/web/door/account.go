package door

import (
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/gongkai/gongkai/internal/access"
	"github.com/gongkai/gongkai/internal/account"
	"github.com/gongkai/gongkai/internal/agency"
	"github.com/gongkai/gongkai/internal/calendar"
	"github.com/gongkai/gongkai/internal/fault"
	"github.com/gongkai/gongkai/internal/web/ui"
)

func options[T ~string](all []agency.Named[T]) []ui.Option {
	out := make([]ui.Option, len(all))
	for i, n := range all {
		out[i] = ui.Option{Value: string(n.Value), Text: n.Name}
	}
	return out
}

func kinds() []ui.Option  { return options(agency.KindNames()) }
func levels() []ui.Option { return options(agency.LevelNames()) }

// sections reads one section a line; names given twice are one.
func sections(text string) []string {
	var out []string
	seen := map[string]bool{}
	for line := range strings.Lines(text) {
		name := strings.TrimSpace(line)
		if name != "" && !seen[name] {
			seen[name] = true
			out = append(out, name)
		}
	}
	return out
}

// accountView is what the page of one's own account shows.
type accountView struct {
	ui.Page
	me       account.Person
	sessions []access.Session
	current  string
	factor   string // of the policy
	tokens   bool
	form     *ui.Form // that turns one-time codes off
}

func (d *Door) accountView(r *http.Request, f *ui.Form) (accountView, error) {
	by := actor(r)
	me, err := d.Access.Me(r.Context(), by)
	if err != nil {
		return accountView{}, err
	}
	list, err := d.Access.Sessions(r.Context(), by)
	return accountView{Page: d.Site.NewPage(r, "我的账号", "account"), me: me, sessions: list, current: sessionOf(r.Context()).ID,
		factor: d.Access.Policy().Factor, tokens: by.CanAnywhere(account.ManageToken), form: f}, err
}

func (d *Door) account(w http.ResponseWriter, r *http.Request) error {
	v, err := d.accountView(r, ui.NewForm())
	if err != nil {
		return err
	}
	return d.Site.Render(w, r, http.StatusOK, accountPage(v))
}

func (d *Door) endSession(w http.ResponseWriter, r *http.Request) error {
	err := d.Access.End(r.Context(), actor(r), r.PathValue("id"))
	if err != nil {
		return err
	}
	ui.Done(w, r, "/desk/account", "已退出那一处登录")
	return nil
}

// passwordView is what the page for a new password shows.
type passwordView struct {
	ui.Page
	form  *ui.Form
	first bool // somebody else gave the present password
	hint  string
}

func (d *Door) passwordView(r *http.Request, f *ui.Form) passwordView {
	first := sessionOf(r.Context()).Stage == access.NeedsPassword
	title := "修改密码"
	if first {
		title = "换掉初始密码"
	}
	return passwordView{d.Site.NewPage(r, title, "account"), f, first, d.Access.Policy().Rules.Hint()}
}

func (d *Door) showPassword(w http.ResponseWriter, r *http.Request) error {
	f := ui.NewForm("to", target(r.URL.Query().Get("to")))
	return d.Site.Render(w, r, http.StatusOK, passwordPage(d.passwordView(r, f)))
}

func (d *Door) password(w http.ResponseWriter, r *http.Request) error {
	f, err := ui.ReadForm(w, r)
	if err != nil {
		return err
	}
	old := f.Password("old", "现在的密码", ui.Required(), ui.MaxLen(256))
	fresh := f.Password("password", "新密码", ui.Required())
	if again := f.Password("again", "再输一遍新密码", ui.Required()); f.OK() && again != fresh {
		f.Add("again", "两次输入的新密码不一样，请重新输入")
	}
	was := sessionOf(r.Context())
	if f.OK() {
		from, err := d.from(r)
		if err == nil {
			err = d.slow(r)
		}
		if err != nil {
			return err
		}
		secret, se, err := d.Access.ChangePassword(r.Context(), actor(r), was, old, fresh, from)
		field := "password"
		if fault.CodeOf(err) == "signin.old_wrong" {
			field = "old"
		}
		if err := f.Fail(field, err, fault.SignIn, fault.TooMany); err != nil {
			return err
		}
		if f.OK() {
			d.give(w, r, secret, se)
			to := "/desk/account"
			if was.Stage != access.Open {
				to = onWay(se.Stage, target(f.Value("to")))
			}
			ui.Done(w, r, to, "密码已修改，别处的登录都已退出")
			return nil
		}
	}
	return d.Site.Invalid(w, r, passwordPage(d.passwordView(r, f)))
}

// factorView is what the page for setting up one-time codes shows.
type factorView struct {
	ui.Page
	form  *ui.Form
	setup access.Setup
	must  bool // the site asks for it
}

func (d *Door) factorView(r *http.Request, f *ui.Form) (factorView, error) {
	s, err := d.Access.OfferFactor(r.Context(), actor(r), f.Value("secret"))
	f.Set("secret", s.Secret)
	return factorView{d.Site.NewPage(r, "设置动态口令", "account"), f, s, sessionOf(r.Context()).Stage == access.NeedsFactor}, err
}

func (d *Door) showFactor(w http.ResponseWriter, r *http.Request) error {
	v, err := d.factorView(r, ui.NewForm("to", target(r.URL.Query().Get("to"))))
	if err != nil {
		return err
	}
	return d.Site.Render(w, r, http.StatusOK, factorPage(v))
}

func (d *Door) factor(w http.ResponseWriter, r *http.Request) error {
	f, err := ui.ReadForm(w, r)
	if err != nil {
		return err
	}
	secret := f.Text("secret", "密钥", ui.Required(), ui.MaxLen(64))
	code := f.Text("code", "动态口令", ui.Required(), ui.MaxLen(20))
	if f.OK() {
		made, err := d.Access.SetFactor(r.Context(), actor(r), sessionOf(r.Context()), secret, code)
		if err := f.Fail("code", err, fault.SignIn); err != nil {
			return err
		}
		if f.OK() {
			d.give(w, r, made.Secret, made.Session)
			to := target(f.Value("to"))
			return d.Site.Render(w, r, http.StatusOK, recoveryPage(d.Site.NewPage(r, "保存恢复码", "account"), made.Codes, to))
		}
	}
	f.Set("code", "")
	v, err := d.factorView(r, f)
	if err != nil {
		return err
	}
	return d.Site.Invalid(w, r, factorPage(v))
}

func (d *Door) factorOff(w http.ResponseWriter, r *http.Request) error {
	f, err := ui.ReadForm(w, r)
	if err != nil {
		return err
	}
	code := f.Text("code", "动态口令或恢复码", ui.Required(), ui.MaxLen(40))
	if f.OK() {
		from, err := d.from(r)
		if err == nil {
			err = d.slow(r)
		}
		if err != nil {
			return err
		}
		err = d.Access.DropFactor(r.Context(), actor(r), code, from)
		if errors.Is(err, fault.Conflict) {
			return err // the page has no such form then
		}
		if err := f.Fail("code", err, fault.SignIn, fault.TooMany); err != nil {
			return err
		}
	}
	if !f.OK() {
		f.Set("code", "")
		v, err := d.accountView(r, f)
		if err != nil {
			return err
		}
		return d.Site.Invalid(w, r, accountPage(v))
	}
	ui.Done(w, r, "/desk/account", "动态口令已停用")
	return nil
}

// tokensView is what the page of tokens shows.
type tokensView struct {
	ui.Page
	form   *ui.Form
	list   []access.Token
	scopes []ui.Option
	fresh  string // shown once
	now    time.Time
}

func (d *Door) tokensView(r *http.Request, f *ui.Form) (tokensView, error) {
	by := actor(r)
	list, err := d.Access.Tokens(r.Context(), by)
	v := tokensView{Page: d.Site.NewPage(r, "接口令牌", "account"), form: f, list: list, now: d.Now()}
	for _, n := range account.PermNames() {
		if by.CanAnywhere(n.Value) {
			v.scopes = append(v.scopes, ui.Option{Value: string(n.Value), Text: n.Name})
		}
	}
	return v, err
}

func (d *Door) tokens(w http.ResponseWriter, r *http.Request) error {
	v, err := d.tokensView(r, ui.NewForm("expires", calendar.On(d.Now()).AddDays(90).String()))
	if err != nil {
		return err
	}
	return d.Site.Render(w, r, http.StatusOK, tokensPage(v))
}

func (d *Door) newToken(w http.ResponseWriter, r *http.Request) error {
	f, err := ui.ReadForm(w, r)
	if err != nil {
		return err
	}
	v, err := d.tokensView(r, f)
	if err != nil {
		return err
	}
	name := f.Text("name", "用途", ui.Required(), ui.MaxLen(60))
	chosen := f.Many("scopes", "权限", v.scopes, ui.Required())
	expires := f.Date("expires", "有效期至", ui.Required())
	if f.OK() {
		scopes := make([]account.Perm, len(chosen))
		for i, c := range chosen {
			scopes[i] = account.Perm(c)
		}
		end := expires.AddDays(1).At(0, 0)
		token, err := d.Access.NewToken(r.Context(), actor(r), name, scopes, end)
		if err := f.Fail("", err); err != nil {
			return err
		}
		if f.OK() {
			if v, err = d.tokensView(r, ui.NewForm("expires", expires.String())); err != nil {
				return err
			}
			v.fresh = token
			return d.Site.Render(w, r, http.StatusOK, tokensPage(v))
		}
	}
	return d.Site.Invalid(w, r, tokensPage(v))
}

func (d *Door) revokeToken(w http.ResponseWriter, r *http.Request) error {
	if err := d.Access.RevokeToken(r.Context(), actor(r), r.PathValue("id")); err != nil {
		return err
	}
	ui.Done(w, r, "/desk/account/tokens", "令牌已撤销，用它的程序从现在起不能再进来")
	return nil
}
