package app_test

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"github.com/gongkai/gongkai/internal/app"
	"github.com/gongkai/gongkai/internal/cli"
)

// again is another browser at the same site.
func (s *server) again() *server {
	s.t.Helper()
	return &server{t: s.t, url: s.url, http: newBrowser(s.t), log: s.log}
}

// leads asks for a page and wants to be led to another.
func (s *server) leads(method, path, to string) {
	s.t.Helper()
	res, _ := s.do(s.request(method, path, nil))
	if got := res.Header.Get("Location"); res.StatusCode != http.StatusSeeOther || got != to {
		s.t.Errorf("%s %s: status %d to %q, want %q", method, path, res.StatusCode, got, to)
	}
}

// sends sends a form and wants to be led on; it returns the answer.
func (s *server) sends(path string, v url.Values, to string) *http.Response {
	s.t.Helper()
	res, body := s.form(path, v)
	if got := res.Header.Get("Location"); res.StatusCode != http.StatusSeeOther || got != to {
		s.t.Fatalf("POST %s: status %d to %q, want %q\n%s", path, res.StatusCode, got, to, body)
	}
	return res
}

// refused sends a form and wants it back with a message.
func (s *server) refused(path string, v url.Values, status int, message string) page {
	s.t.Helper()
	res, body := s.form(path, v)
	if res.StatusCode != status || !strings.Contains(body, message) {
		s.t.Errorf("POST %s: status %d, want %d with %q\n%s", path, res.StatusCode, status, message, body)
	}
	return parse(s.t, body)
}

func value(p page, name string) string {
	v, _ := attr(p.one("input[name="+name+"]"), "value")
	return v
}

var firstPage = url.Values{"code": {setupCode}, "office": {"示例区社区治理办公室"}, "kind": {"department"}, "level": {"county"}, "sections": {"综合股"},
	"name": {"张示例"}, "account": {"admin"}, "password": {adminPassword}, "again": {adminPassword}}

// with is a form with some fields filled in otherwise.
func with(v url.Values, pairs ...string) url.Values {
	out := url.Values{}
	for k, all := range v {
		out[k] = all
	}
	for i := 0; i < len(pairs); i += 2 {
		out.Set(pairs[i], pairs[i+1])
	}
	return out
}

func TestFirstRunIsForWhoeverHasTheCodeAndOnlyOnce(t *testing.T) {
	s := run(t)
	s.get("/", http.StatusOK)
	s.leads(http.MethodGet, "/desk", "/setup")
	s.leads(http.MethodGet, "/sign-in", "/setup")
	for _, path := range []string{"/setup", "/setup?code=", "/setup?code=guess", "/setup?code=" + setupCode + "x"} {
		if p := parse(t, s.get(path, http.StatusNotFound)); len(p.all("form[action=/setup]")) > 0 {
			t.Errorf("%s shows the form", path)
		}
	}
	s.refused("/setup", with(firstPage, "code", "guess"), http.StatusNotFound, "屏幕上显示的网址")
	p := parse(t, s.get("/setup?code="+setupCode, http.StatusOK))
	if value(p, "code") != setupCode {
		t.Error("the form does not carry the code")
	}
	for field, v := range map[string]url.Values{
		"password": with(firstPage, "password", "12345678901", "again", "12345678901"),
		"again":    with(firstPage, "again", "another one 2026"),
		"account":  with(firstPage, "account", "张示例"),
		"office":   with(firstPage, "office", ""),
		"kind":     with(firstPage, "kind", "ministry"),
	} {
		p := s.refused("/setup", v, http.StatusUnprocessableEntity, "f-"+field+"-")
		if field != "office" && value(p, "office") != "示例区社区治理办公室" {
			t.Errorf("%s is wrong, and the name of the office is lost", field)
		}
		for _, name := range []string{"password", "again"} {
			if value(p, name) != "" {
				t.Errorf("%s is wrong, and the page shows a password again", field)
			}
		}
	}
	// Two at the same moment: one of them sets the site up.
	browsers := []*server{s, s.again(), s.again()}
	status := make([]int, len(browsers))
	var wg sync.WaitGroup
	for i, b := range browsers {
		wg.Go(func() {
			res, _ := b.form("/setup", with(firstPage, "account", fmt.Sprint("admin", i)))
			status[i] = res.StatusCode
		})
	}
	wg.Wait()
	winner := slices.Index(status, http.StatusSeeOther)
	for i, got := range status {
		if i != winner && got != http.StatusUnprocessableEntity && got != http.StatusNotFound || winner < 0 {
			t.Fatalf("three who set up at once find %v", status)
		}
	}
	browsers[winner].get("/desk", http.StatusOK)
	for _, b := range browsers {
		b.get("/setup?code="+setupCode, http.StatusNotFound)
		b.refused("/setup", firstPage, http.StatusNotFound, "")
	}
}

func TestSigningInLeadsToWhatWasAskedForAndOutEndsIt(t *testing.T) {
	first := start(t)
	s := first.again()
	asked := "/desk/audit?action=session.&size=9"
	to := "/sign-in?to=" + url.QueryEscape(asked)
	s.leads(http.MethodGet, asked, to)
	s.leads(http.MethodHead, asked, to)
	p := parse(t, s.get(to, http.StatusOK))
	if value(p, "to") != asked {
		t.Errorf("the form carries %q", value(p, "to"))
	}
	credentials := url.Values{"account": {"admin"}, "password": {adminPassword}, "to": {asked}}
	p = s.refused("/sign-in", with(credentials, "password", "wrong"), http.StatusUnprocessableEntity, "账号或密码不对")
	if value(p, "to") != asked || value(p, "account") != "admin" || value(p, "password") != "" {
		t.Error("after a mistake the form has lost where it leads or who it was, or shows the password")
	}
	nobody := s.refused("/sign-in", with(credentials, "account", "nobody", "password", "wrong"), http.StatusUnprocessableEntity, "账号或密码不对")
	if got, want := nobody.text("main"), p.text("main"); got != want {
		t.Errorf("an account that does not exist is told from one that does:\n%s\n%s", got, want)
	}
	for _, evil := range []string{"//evil.example", "https://evil.example/desk", `/\evil.example`, "/desk/../..//evil.example", "/desk/%2e%2e/"} {
		s.again().sends("/sign-in", with(credentials, "to", evil), "/desk")
	}
	res := s.sends("/sign-in", credentials, asked)
	secret := ""
	for _, c := range res.Cookies() {
		if c.Name == "session" {
			secret = c.Value
			if !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" || c.MaxAge <= 0 || c.Secure {
				t.Errorf("the cookie of a session: %+v", c)
			}
		}
	}
	s.get(asked, http.StatusOK)
	for _, method := range []string{http.MethodOptions, http.MethodPut, "TRACE"} {
		if res, body := s.again().do(s.request(method, "/desk/audit", nil)); res.StatusCode < 400 || strings.Contains(body, "admin") {
			t.Errorf("%s: status %d", method, res.StatusCode)
		}
	}
	s.signIn("admin", adminPassword) // the same browser again: the session of before is left
	thief := s.again()
	stolen := s.request(http.MethodGet, "/desk/account", nil)
	stolen.AddCookie(&http.Cookie{Name: "session", Value: secret})
	if res, _ := thief.do(stolen); res.StatusCode != http.StatusSeeOther {
		t.Errorf("a session that the browser has left still lives: status %d", res.StatusCode)
	}
	s.sends("/sign-out", nil, "/sign-in")
	if got := s.get("/sign-in", http.StatusOK); !strings.Contains(got, "已退出登录") {
		t.Error("nothing says that one is out")
	}
	if got := s.get("/sign-in", http.StatusOK); strings.Contains(got, "已退出登录") {
		t.Error("it is said twice")
	}
	s.leads(http.MethodGet, "/desk", "/sign-in")
	if log := s.log.String(); strings.Contains(log, adminPassword) || strings.Contains(log, secret) || strings.Contains(log, setupCode) {
		t.Error("the log holds a password, a code or the secret of a session")
	}
}

func TestOtherSitesCannotSignAnybodyIn(t *testing.T) {
	s := start(t).again()
	for name, value := range map[string]string{"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"} {
		for _, path := range []string{"/sign-in", "/sign-out", "/setup", "/sign-in/code", "/desk/account/password"} {
			req := s.request(http.MethodPost, path, strings.NewReader(url.Values{"account": {"admin"}, "password": {adminPassword}}.Encode()))
			req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			req.Header.Set(name, value)
			if res, _ := s.do(req); res.StatusCode != http.StatusForbidden || len(res.Cookies()) > 0 {
				t.Errorf("%s %s: status %d, cookies %v", name, path, res.StatusCode, res.Cookies())
			}
		}
	}
}

// TestNothingOfTheDeskIsKeptByCaches walks over the pages of the desk that need no name.
func TestNothingOfTheDeskIsKeptByCaches(t *testing.T) {
	s := start(t)
	n := 0
	for _, pattern := range app.Patterns() {
		path, get := strings.CutPrefix(pattern, "GET ")
		if !get || strings.Contains(path, "{") || !strings.HasPrefix(path, "/desk") && !strings.HasPrefix(path, "/sign-in") {
			continue
		}
		n++
		for _, who := range []*server{s, s.again()} {
			res, _ := who.do(s.request(http.MethodGet, path, nil))
			if got := res.Header.Get("Cache-Control"); !strings.Contains(got, "no-store") {
				t.Errorf("%s: status %d, Cache-Control %q", path, res.StatusCode, got)
			}
		}
	}
	if n < 20 {
		t.Errorf("only %d pages", n)
	}
}

func TestSessionByTLSThroughAProxy(t *testing.T) {
	s := start(t, func(o *app.Options) { o.Serve.TrustProxy = "127.0.0.1" }).again()
	req := s.request(http.MethodPost, "/sign-in", strings.NewReader(url.Values{"account": {"admin"}, "password": {adminPassword}}.Encode()))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("X-Forwarded-Proto", "https")
	res, _ := s.do(req)
	names := map[string]*http.Cookie{}
	for _, c := range res.Cookies() {
		names[c.Name] = c
	}
	if c := names["__Host-session"]; c == nil || !c.Secure || !c.HttpOnly || c.Path != "/" || c.Domain != "" || names["session"] != nil {
		t.Errorf("cookies %v", res.Cookies())
	}
	if res.Header.Get("Strict-Transport-Security") == "" {
		t.Error("browsers are not told to come by TLS")
	}
}

// hire opens an account by the pages and returns its first password.
func (s *server) hire(account, name, role string) string {
	s.t.Helper()
	p := s.page("/desk/people/new")
	form := url.Values{"name": {name}, "account": {account}, "role": {role}, "title": {"科员"}}
	for _, field := range []string{"from"} {
		form.Set(field, value(p, field))
	}
	for _, o := range p.all("option[selected]") {
		if v, _ := attr(o, "value"); v != "" && !form.Has("agency") {
			form.Set("agency", v)
		}
	}
	res, body := s.form("/desk/people/new", form)
	if res.StatusCode != http.StatusOK {
		s.t.Fatalf("new person: status %d\n%s", res.StatusCode, body)
	}
	return parse(s.t, body).text("code")
}

func TestFirstPasswordHasToBeChanged(t *testing.T) {
	admin := start(t)
	given := admin.hire("lisi", "李示例", "officer")
	s := admin.again()
	credentials := url.Values{"account": {"lisi"}, "password": {given}, "to": {"/desk/reports?q=a"}}
	next := "/sign-in/password?to=" + url.QueryEscape("/desk/reports?q=a")
	s.sends("/sign-in", credentials, next)
	for _, path := range []string{"/desk", "/desk/account", "/desk/people", "/sign-in/code", "/sign-in/factor"} {
		res, _ := s.do(s.request(http.MethodGet, path, nil))
		if to := res.Header.Get("Location"); res.StatusCode != http.StatusSeeOther || !strings.HasPrefix(to, "/sign-in/password") {
			t.Errorf("%s: status %d to %q", path, res.StatusCode, to)
		}
	}
	s.sends("/desk/reports/batches", nil, "/sign-in/password")
	p := s.page(next)
	change := url.Values{"old": {given}, "password": {"a phrase of my own 7"}, "again": {"a phrase of my own 7"}, "to": {value(p, "to")}}
	s.refused("/sign-in/password", with(change, "old", "wrong"), http.StatusUnprocessableEntity, "现在的密码不对")
	s.refused("/sign-in/password", with(change, "again", "x"), http.StatusUnprocessableEntity, "两次输入的新密码不一样")
	s.refused("/sign-in/password", with(change, "password", given, "again", given), http.StatusUnprocessableEntity, "和现在的一样")
	s.sends("/sign-in/password", change, "/desk/reports?q=a")
	s.get("/desk/reports?q=a", http.StatusOK)
	s.leads(http.MethodGet, "/sign-in/password", "/desk")
	other := admin.again()
	other.refused("/sign-in", credentials, http.StatusUnprocessableEntity, "账号或密码不对")
	other.signIn("lisi", "a phrase of my own 7")

	// An administrator's reset ends both, and the way begins again.
	person := links(admin.page("/desk/people?q=lisi"), "a")
	i := slices.IndexFunc(person, func(l string) bool { return strings.HasPrefix(l, "/desk/people/0") })
	reset := person[i] + "/password"
	res, body := admin.form(reset, url.Values{"serial": {value(admin.page(reset), "serial")}})
	if res.StatusCode != http.StatusOK {
		t.Fatalf("reset: status %d", res.StatusCode)
	}
	s.leads(http.MethodGet, "/desk", "/sign-in")
	other.sends("/sign-in", with(credentials, "password", parse(t, body).text("code"), "to", ""), "/sign-in/password")
}

func code(t *testing.T, secret string, at time.Time) string {
	t.Helper()
	c, err := totp.GenerateCode(secret, at)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// factor sets one-time codes up on a page and returns the secret and the recovery codes. It uses the code of now, so
// that the one of half a minute later is left.
func (s *server) factor(path string) (secret string, recovery []string) {
	s.t.Helper()
	p := s.page(path)
	secret = value(p, "secret")
	s.refused(path, url.Values{"secret": {secret}, "code": {"000000"}}, http.StatusUnprocessableEntity, "验证码不对")
	res, body := s.form(path, url.Values{"secret": {secret}, "code": {code(s.t, secret, time.Now())}})
	if res.StatusCode != http.StatusOK {
		s.t.Fatalf("POST %s: status %d\n%s", path, res.StatusCode, body)
	}
	for _, n := range parse(s.t, body).all("code") {
		recovery = append(recovery, words(n))
	}
	return secret, recovery
}

func TestOneTimeCodesOnThePages(t *testing.T) {
	s := start(t)
	secret, recovery := s.factor("/desk/account/factor")
	if len(recovery) != 10 {
		t.Fatalf("%d recovery codes", len(recovery))
	}
	s.get("/desk/account", http.StatusOK)
	credentials := url.Values{"account": {"admin"}, "password": {adminPassword}, "to": {"/desk/notices"}}
	next := "/sign-in/code?to=" + url.QueryEscape("/desk/notices")
	one, two := s.again(), s.again()
	one.sends("/sign-in", credentials, next)
	one.leads(http.MethodGet, "/desk/notices", next)
	p := one.refused("/sign-in/code", url.Values{"code": {"000000"}, "to": {"/desk/notices"}}, http.StatusUnprocessableEntity, "验证码不对")
	if value(p, "to") != "/desk/notices" || value(p, "code") != "" {
		t.Error("after a mistake the form has lost where it leads, or shows the code")
	}
	now := code(t, secret, time.Now().Add(30*time.Second))
	one.sends("/sign-in/code", url.Values{"code": {now}, "to": {"/desk/notices"}}, "/desk/notices")
	one.get("/desk/notices", http.StatusOK)
	two.sends("/sign-in", credentials, next)
	two.refused("/sign-in/code", url.Values{"code": {now}}, http.StatusUnprocessableEntity, "已经用过")
	two.sends("/sign-in/code", url.Values{"code": {recovery[0]}, "to": {"//evil.example"}}, "/desk")
	one.refused("/desk/account/factor/off", url.Values{"code": {"123"}}, http.StatusUnprocessableEntity, "不对")
	one.refused("/desk/account/factor/off", url.Values{"code": {recovery[0]}}, http.StatusUnprocessableEntity, "不对")
	one.sends("/desk/account/factor/off", url.Values{"code": {recovery[1]}}, "/desk/account")
	s.again().sends("/sign-in", credentials, "/desk/notices")
	if log := s.log.String(); strings.Contains(log, secret) || strings.Contains(log, recovery[0]) || strings.Contains(log, now) {
		t.Error("the log holds the secret of one-time codes, or a code")
	}
}

func TestSiteThatAsksForOneTimeCodes(t *testing.T) {
	s := run(t, func(o *app.Options) { o.Serve.SecondFactor = "required" })
	s.sends("/setup", firstPage, "/desk")
	s.leads(http.MethodGet, "/desk", "/sign-in/factor")
	s.factor("/sign-in/factor")
	page := s.page("/desk/account")
	if len(page.all("form[action=/desk/account/factor/off]")) > 0 {
		t.Error("the page offers to turn off what the site asks for")
	}
	s.refused("/desk/account/factor/off", url.Values{"code": {"000000"}}, http.StatusConflict, "不能停用")
}

func TestSiteWithoutOneTimeCodes(t *testing.T) {
	s := start(t, func(o *app.Options) { o.Serve.SecondFactor = "off" })
	if page := s.page("/desk/account"); !strings.Contains(page.text("main"), "本站不使用") || len(page.all("a[href=/desk/account/factor]")) > 0 {
		t.Error("the page offers what the site does not have")
	}
	s.refused("/desk/account/factor", url.Values{"secret": {strings.Repeat("A", 32)}, "code": {"000000"}}, http.StatusNotFound, "没有启用")
}

func TestDeskIsHiddenOutsideTheStaffsAddresses(t *testing.T) {
	s := run(t, func(o *app.Options) { o.Serve.StaffFrom, o.Serve.TrustProxy = "10.0.0.0/8", "127.0.0.1" })
	ask := func(method, path, from string) (int, string) {
		req := s.request(method, path, strings.NewReader(""))
		if from != "" {
			req.Header.Set("X-Forwarded-For", from)
		}
		res, body := s.do(req)
		return res.StatusCode, body
	}
	status, nothing := ask(http.MethodGet, "/no-such-page", "203.0.113.9")
	if status != http.StatusNotFound {
		t.Fatal("what is nothing is something")
	}
	bare := parse(t, nothing).text("main")
	outside := []string{"", "203.0.113.9", "10.1.2.3, 203.0.113.9", "10.1.2.3,203.0.113.9,127.0.0.1", "nonsense", "203.0.113.9:1, ::ffff:11.0.0.1"}
	for _, pattern := range app.Patterns() {
		method, path, _ := strings.Cut(pattern, " ")
		first, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
		if !slices.Contains([]string{"desk", "sign-in", "sign-out", "setup"}, first) {
			continue
		}
		for _, m := range []string{method, http.MethodHead, http.MethodOptions} {
			if status, body := ask(m, path, outside[1]); status != http.StatusNotFound || m == http.MethodGet && parse(t, body).text("main") != bare {
				t.Errorf("%s %s from outside: status %d", m, path, status)
			}
		}
	}
	for _, from := range outside {
		for _, path := range []string{"/desk", "/sign-in", "/setup?code=" + setupCode, "//desk", "/%64esk"} {
			if status, _ := ask(http.MethodGet, path, from); status != http.StatusNotFound && status != http.StatusMovedPermanently && status != http.StatusTemporaryRedirect {
				t.Errorf("%s from %q: status %d", path, from, status)
			}
		}
		if status, _ := ask(http.MethodGet, "/", from); status != http.StatusOK {
			t.Errorf("the portal from %q: status %d", from, status)
		}
	}
	for _, from := range []string{"10.1.2.3", "203.0.113.9, 10.1.2.3", "10.1.2.3:5000", "::ffff:10.1.2.3"} {
		if status, _ := ask(http.MethodGet, "/setup?code="+setupCode, from); status != http.StatusOK {
			t.Errorf("the way in from %q: status %d", from, status)
		}
	}
}

func TestMetricsAreForTheirAddressesOnly(t *testing.T) {
	s := run(t)
	if body := s.get("/metrics", http.StatusOK); !strings.Contains(body, "gongkai_") {
		t.Errorf("metrics: %.200s", body)
	}
	s = run(t, func(o *app.Options) { o.Serve.MetricsFrom, o.Serve.TrustProxy = "10.9.0.0/16", "127.0.0.1" })
	s.get("/metrics", http.StatusNotFound)
	for from, want := range map[string]int{"10.9.1.1": 200, "10.8.1.1": 404, "10.9.1.1, 203.0.113.4": 404} {
		req := s.request(http.MethodGet, "/metrics", nil)
		req.Header.Set("X-Forwarded-For", from)
		if res, _ := s.do(req); res.StatusCode != want {
			t.Errorf("from %s: status %d, want %d", from, res.StatusCode, want)
		}
	}
}

func TestHammeringIsSlowedDown(t *testing.T) {
	s := start(t).again()
	var wait string
	for range 400 {
		res, _ := s.form("/sign-in", url.Values{"account": {"somebody"}, "password": {"guess"}})
		if res.StatusCode == http.StatusTooManyRequests {
			wait = res.Header.Get("Retry-After")
			break
		}
	}
	if wait == "" {
		t.Error("400 guesses were taken as fast as they came")
	}
	s.get("/", http.StatusOK)
	s.get("/sign-in", http.StatusOK)
}

// TestSettingsFileIsHeardUnlessTheCommandLineSaysOtherwise starts the program as an administrator does and follows the address
// that it prints.
func TestSettingsFileIsHeardUnlessTheCommandLineSaysOtherwise(t *testing.T) {
	file := filepath.Join(t.TempDir(), "gongkai.conf")
	text := "# 示例\ndata = " + t.TempDir() + "\nlisten = 127.0.0.1:0\nsite = 设置文件里的名称\nsecond-factor = required\nworkers = 1\nlog-level = error\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("GONGKAI_CONFIG", file)
	ctx, cancel := context.WithCancel(context.Background())
	read, write := io.Pipe()
	done := make(chan int, 1)
	go func() {
		done <- cli.Run(ctx, []string{"serve", "--second-factor", "off"}, strings.NewReader(""), write, io.Discard, time.Now())
		_ = write.Close() // the reader sees the end
	}()
	lines := bufio.NewScanner(read)
	if !lines.Scan() {
		t.Fatal("the program printed nothing")
	}
	first, err := url.Parse(regexp.MustCompile(`http://\S+`).FindString(lines.Text()))
	if err != nil || first.Path != "/setup" {
		t.Fatalf("printed %q, %v", lines.Text(), err)
	}
	rest := make(chan error, 1)
	go func() { _, err := io.Copy(io.Discard, read); rest <- err }()
	s := &server{t: t, url: "http://" + first.Host, http: newBrowser(t), log: &bytes.Buffer{}}
	if got := s.get(first.RequestURI(), http.StatusOK); !strings.Contains(got, "设置文件里的名称") {
		t.Error("the name of the site is not that of the file")
	}
	s.sends("/setup", with(firstPage, "code", first.Query().Get("code")), "/desk")
	s.get("/desk", http.StatusOK) // without a second factor, as the command line says
	cancel()
	if status := <-done; status != 0 {
		t.Errorf("status %d", status)
	}
	if err := <-rest; err != nil {
		t.Error(err)
	}
}
