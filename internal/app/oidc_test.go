package app_test

import (
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/oauth2-proxy/mockoidc"

	"github.com/gongkai/gongkai/internal/app"
)

// provider is an identity service on loopback.
func provider(t *testing.T) *mockoidc.MockOIDC {
	t.Helper()
	m, err := mockoidc.NewServer(nil)
	if err != nil {
		t.Fatal(err)
	}
	ln, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := m.Start(ln, nil); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := m.Shutdown(); err != nil {
			t.Error(err)
		}
	})
	return m
}

// freeAddress is one that nobody listens on; the site has to know its own before it begins.
func freeAddress(t *testing.T) string {
	t.Helper()
	ln, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	return ln.Addr().String()
}

// errand goes to the provider as a browser does, and returns where it sends the browser back to.
func (s *server) errand(from string) string {
	s.t.Helper()
	res, body := s.do(s.request(http.MethodGet, from, nil))
	to := res.Header.Get("Location")
	if res.StatusCode != http.StatusSeeOther || !strings.Contains(to, "code_challenge=") {
		s.t.Fatalf("%s: status %d to %q\n%s", from, res.StatusCode, to, body)
	}
	req, err := http.NewRequestWithContext(s.t.Context(), http.MethodGet, to, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	res, body = s.do(req)
	back, err := url.Parse(res.Header.Get("Location"))
	if err != nil || back.Path != "/sign-in/sso/back" {
		s.t.Fatalf("the provider leads to %v, %v\n%s", back, err, body)
	}
	return back.RequestURI()
}

func TestSigningInAtTheProvider(t *testing.T) {
	m := provider(t)
	s := start(t, func(o *app.Options) {
		o.Serve.OIDCIssuer, o.Serve.OIDCClient, o.Serve.OIDCSecret = m.Issuer(), m.ClientID, m.ClientSecret
		o.Serve.OIDCName, o.Serve.BaseURL = "示例市统一身份认证", "http://"+freeAddress(t)
	})
	user := func(subject, name string) { m.QueueUser(&mockoidc.MockUser{Subject: subject, PreferredUsername: name}) }
	b := s.again()
	page := b.page("/sign-in?to=" + url.QueryEscape("/desk/audit?action=session."))
	var button string
	for _, l := range links(page, "a.btn") {
		button = l
	}
	if !strings.Contains(page.text("main"), "用示例市统一身份认证登录") {
		t.Fatal("no button leads to the provider")
	}
	user("sub-admin", "Admin")
	back := b.errand(button)
	b.leads(http.MethodGet, back, "/desk/audit?action=session.")
	if got := b.page("/desk/audit?action=person.").text("main"); !strings.Contains(got, "绑定") {
		t.Errorf("the record does not say that the identity was linked: %s", got)
	}
	// What came back is good once, for the browser that went.
	for name, at := range map[string]*server{"again": b, "in another browser": s.again()} {
		if res, body := at.do(b.request(http.MethodGet, back, nil)); res.StatusCode != http.StatusUnauthorized || !strings.Contains(body, "重新") {
			t.Errorf("%s: status %d", name, res.StatusCode)
		}
	}
	for _, tt := range []struct{ subject, name, message string }{
		{"sub-thief", "admin", "另一个人的身份"},
		{"sub-nobody", "nobody", "没有对应的账号"},
		{"sub-kelvin", "\u212aevin", "没有对应的账号"},
		{"sub-blank", "", "请告诉系统管理员"},
	} {
		user(tt.subject, tt.name)
		c := s.again()
		res, body := c.do(c.request(http.MethodGet, c.errand("/sign-in/sso"), nil))
		if res.StatusCode != http.StatusUnauthorized || !strings.Contains(body, tt.message) {
			t.Errorf("%s: status %d, want %q, got %s", tt.subject, res.StatusCode, tt.message, parse(t, body).text("main"))
		}
		c.leads(http.MethodGet, "/desk", "/sign-in")
	}
	c := s.again()
	res, _ := c.do(c.request(http.MethodGet, "/sign-in/sso/back?error=access_denied&state=x", nil))
	if res.StatusCode != http.StatusUnauthorized {
		t.Errorf("an errand that was not begun: status %d", res.StatusCode)
	}
	if log := s.log.String(); strings.Contains(log, m.ClientSecret) || strings.Contains(log, "code=") {
		t.Error("the log holds the secret of the client, or a code")
	}
}

func TestSiteWithoutPasswords(t *testing.T) {
	m := provider(t)
	s := run(t, func(o *app.Options) {
		o.Serve.PasswordSign = false
		o.Serve.OIDCIssuer, o.Serve.OIDCClient, o.Serve.OIDCSecret, o.Serve.BaseURL = m.Issuer(), m.ClientID, m.ClientSecret, "http://"+freeAddress(t)
	})
	s.sends("/setup", firstPage, "/sign-in")
	page := s.page("/sign-in")
	if len(page.all("input")) > 0 {
		t.Error("the page asks for a password")
	}
	s.refused("/sign-in", url.Values{"account": {"admin"}, "password": {adminPassword}}, http.StatusNotFound, "统一身份认证")
	m.QueueUser(&mockoidc.MockUser{Subject: "sub-admin", PreferredUsername: "admin"})
	s.leads(http.MethodGet, s.errand("/sign-in/sso"), "/desk")
	s.get("/desk", http.StatusOK)
}

func TestSiteWithoutAProvider(t *testing.T) {
	s := start(t)
	s.get("/sign-in/sso", http.StatusNotFound)
	s.get("/sign-in/sso/back?code=x&state=y", http.StatusNotFound)
}
