package ui

import (
	"bytes"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/gongkai/gongkai/internal/fault"
)

func testSite(t *testing.T) *Site {
	t.Helper()
	static, err := NewStatic()
	if err != nil {
		t.Fatal(err)
	}
	return &Site{Name: "示例区", Static: static, Log: slog.New(slog.DiscardHandler)}
}

// page is a handler that shows a page, and what it was told.
func page(s *Site) Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		return s.Render(w, r, http.StatusOK, galleryPlain(gallery{Page: s.NewPage(r, "一页", "")}))
	}
}

func TestWhatWasDoneIsSaidOnce(t *testing.T) {
	s := testSite(t)
	mux := http.NewServeMux()
	mux.Handle("GET /", s.Handle(page(s)))
	mux.Handle("POST /save", s.Handle(func(w http.ResponseWriter, r *http.Request) error {
		Done(w, r, r.URL.Query().Get("to"), "已保存“示例区数据局”，<b>3</b> 人")
		return nil
	}))
	h := s.Secure(mux)
	send := func(method, target string, cookies ...*http.Cookie) *http.Response {
		r := httptest.NewRequest(method, target, nil)
		for _, c := range cookies {
			r.AddCookie(c)
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w.Result()
	}
	body := func(res *http.Response) string {
		var b bytes.Buffer
		_, err := b.ReadFrom(res.Body)
		if err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	res := send(http.MethodPost, "/save?to=/list")
	if res.StatusCode != http.StatusSeeOther || res.Header.Get("Location") != "/list" || len(res.Cookies()) != 1 {
		t.Fatalf("%d to %q with %v", res.StatusCode, res.Header.Get("Location"), res.Cookies())
	}
	c := res.Cookies()[0]
	if !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Secure || c.Name != "flash" {
		t.Errorf("cookie %v", c)
	}
	const want = "已保存“示例区数据局”，&lt;b&gt;3&lt;/b&gt; 人"
	head := send(http.MethodHead, "/list", c)
	if len(head.Cookies()) != 0 {
		t.Error("asking for the head of a page has used up what is to be said")
	}
	res = send(http.MethodGet, "/list", c)
	if n := strings.Count(body(res), want); n != 1 {
		t.Errorf("said %d times, want once", n)
	}
	if len(res.Cookies()) != 1 || res.Cookies()[0].MaxAge != -1 {
		t.Errorf("not forgotten: %v", res.Cookies())
	}
	if got := send(http.MethodPost, "/save?to=https://example.com").Header.Get("Location"); got != "/" {
		t.Errorf("leads away to %q", got)
	}
	for _, v := range []string{"???", "AA", strings.Repeat("YWFh", 200), "G1s"} {
		if strings.Contains(body(send(http.MethodGet, "/list", &http.Cookie{Name: "flash", Value: v})), "class=\"notice notice-green flash\"") {
			t.Errorf("%.20q is said", v)
		}
	}
}

func TestLongFlashesAreCut(t *testing.T) {
	w := httptest.NewRecorder()
	Done(w, httptest.NewRequest(http.MethodPost, "/", nil), "/", strings.Repeat("长", 500))
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.AddCookie(w.Result().Cookies()[0])
	if got, want := flash(r), strings.Repeat("长", 199)+"…"; got != want {
		t.Errorf("says %d characters", len([]rune(got)))
	}
}

func TestCookiesAreBoundToTheHostByTLS(t *testing.T) {
	for name, tt := range map[string]struct {
		tls, trust bool
		proto      string
		secure     bool
	}{
		"no TLS":             {},
		"TLS here":           {tls: true, secure: true},
		"TLS at the proxy":   {trust: true, proto: "https", secure: true},
		"a proxy not known":  {proto: "https"},
		"no TLS at a proxy":  {trust: true, proto: "http"},
		"a list of protocol": {trust: true, proto: "https, http"},
	} {
		s := testSite(t)
		s.TrustProxy = func(*http.Request) bool { return tt.trust }
		var got *http.Cookie
		var value string
		h := s.Secure(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			got, value = Cookie(r, "session", "abc", 60), CookieValue(r, "session")
		}))
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.AddCookie(&http.Cookie{Name: "session", Value: "plain"})
		r.AddCookie(&http.Cookie{Name: "__Host-session", Value: "bound"})
		if tt.tls {
			r.TLS = &tls.ConnectionState{}
		}
		r.Header.Set("X-Forwarded-Proto", tt.proto)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		want := &http.Cookie{Name: "session", Value: "abc", Path: "/", MaxAge: 60, HttpOnly: true, SameSite: http.SameSiteLaxMode}
		wantValue := "plain"
		if tt.secure {
			want.Name, want.Secure, wantValue = "__Host-session", true, "bound"
		}
		if d := cmp.Diff(want, got); d != "" || value != wantValue {
			t.Errorf("%s: read %q\n%s", name, value, d)
		}
		if has := w.Header().Get("Strict-Transport-Security") != ""; has != tt.secure {
			t.Errorf("%s: HSTS %v", name, has)
		}
	}
}

func TestLocalPathsStayHere(t *testing.T) {
	for raw, want := range map[string]string{"/desk": "/desk", "/desk?a=1#b": "/desk?a=1#b", "": "/x", "desk": "/x", "//evil.example": "/x",
		"/\\evil.example": "/x", "https://evil.example": "/x", "/a\nb": "/x", "/\t/evil.example": "/x", "javascript:alert(1)": "/x"} {
		if got := LocalPath(raw, "/x"); got != want {
			t.Errorf("%q leads to %q, want %q", raw, got, want)
		}
	}
}

func TestNothingFromOtherSitesIsDone(t *testing.T) {
	s := testSite(t)
	mux := http.NewServeMux()
	done := 0
	mux.Handle("/", s.Handle(func(http.ResponseWriter, *http.Request) error { done++; return nil }))
	h := s.Secure(mux)
	for _, method := range []string{http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, "MERGE"} {
		for _, path := range []string{"/", "/desk/agencies", "/sign-out", "/api/v1/x", "/nowhere?size=xl"} {
			for header, value := range map[string]string{"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"} {
				r := httptest.NewRequest(method, path, nil)
				r.Header.Set(header, value)
				w := httptest.NewRecorder()
				h.ServeHTTP(w, r)
				if w.Code != http.StatusForbidden || w.Header().Get("Content-Security-Policy") != policy {
					t.Errorf("%s %s with %s: %d", method, path, header, w.Code)
				}
			}
		}
	}
	if done != 0 {
		t.Errorf("%d requests were carried out", done)
	}
	r := httptest.NewRequest(http.MethodPost, "/desk", nil)
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	if w.Code != http.StatusOK || done != 1 || w.Header().Get("Referrer-Policy") != "same-origin" {
		t.Errorf("a form of this site: %d, carried out %d times", w.Code, done)
	}
}

type wait struct{ error }

func (w wait) Unwrap() error { return w.error }

func (wait) RetryAfter() time.Duration { return 1500 * time.Millisecond }

func TestErrorsHaveTheirStatusAndShell(t *testing.T) {
	s := testSite(t)
	for name, tt := range map[string]struct {
		err    error
		path   string
		in     bool
		status int
		retry  string
		work   bool
	}{
		"nobody is signed in":         {err: fault.SignIn, path: "/desk", status: http.StatusUnauthorized},
		"too often, known how long":   {err: wait{fault.TooMany}, path: "/sign-in", status: http.StatusTooManyRequests, retry: "2"},
		"too often, wrapped":          {err: fmt.Errorf("x: %w", fault.Wrap(fault.TooMany, "x.many", "请稍后", wait{errors.New("limit")})), status: http.StatusTooManyRequests, retry: "2"},
		"too often":                   {err: fault.TooMany, path: "/sign-in", status: http.StatusTooManyRequests},
		"not there, at the desk":      {err: ErrNotFound, path: "/desk/x", in: true, status: http.StatusNotFound, work: true},
		"not there, for everybody":    {err: ErrNotFound, path: "/x", in: true, status: http.StatusNotFound},
		"not there, nobody signed in": {err: ErrNotFound, path: "/desk/x", status: http.StatusNotFound},
		"a path like the desk's":      {err: ErrNotFound, path: "/desktop", in: true, status: http.StatusNotFound},
		"broken":                      {err: errors.New("secret cause"), path: "/x", status: http.StatusInternalServerError},
	} {
		r := httptest.NewRequest(http.MethodGet, or(tt.path, "/"), nil)
		if tt.in {
			r = r.WithContext(WithViewer(r.Context(), Viewer{Name: "张示例"}))
		}
		w := httptest.NewRecorder()
		s.Handle(func(http.ResponseWriter, *http.Request) error { return tt.err }).ServeHTTP(w, r)
		if w.Code != tt.status || w.Header().Get("Retry-After") != tt.retry || strings.Contains(w.Body.String(), `class="work"`) != tt.work ||
			strings.Contains(w.Body.String(), "secret") {
			t.Errorf("%s: %d, Retry-After %q:\n%.200s", name, w.Code, w.Header().Get("Retry-After"), w.Body.String())
		}
	}
}

func TestRequestsAreLoggedWithoutWhatIsPersonal(t *testing.T) {
	var out bytes.Buffer
	s := testSite(t)
	s.Log = slog.New(slog.NewJSONHandler(&out, nil))
	mux := http.NewServeMux()
	mux.Handle("GET /desk/people/{id}", s.Handle(func(w http.ResponseWriter, r *http.Request) error {
		SetActor(r.Context(), "acc-7")
		if r.URL.Query().Has("break") {
			return errors.New("broken")
		}
		_, err := w.Write([]byte("0123456789"))
		return err
	}))
	// Somebody in between makes a new request of it, as the middleware of signing in does.
	between := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mux.ServeHTTP(w, r.WithContext(WithViewer(r.Context(), Viewer{Name: "张示例"})))
	})
	h := RequestLog(s.Log)(s.Secure(between))
	for _, target := range []string{"/desk/people/zhangshili?q=13800000000", "/desk/people/zhangshili?break=1&q=13800000000", "/zhangshili"} {
		r := httptest.NewRequest(http.MethodGet, target, nil)
		r.RemoteAddr = "192.0.2.77:1234"
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
	}
	for _, secret := range []string{"zhangshili", "13800000000", "192.0.2.77", "张示例"} {
		if strings.Contains(out.String(), secret) {
			t.Errorf("the log holds %q:\n%s", secret, out.String())
		}
	}
	var lines []map[string]any
	for line := range strings.Lines(out.String()) {
		var m map[string]any
		err := json.Unmarshal([]byte(line), &m)
		if err != nil {
			t.Fatal(err)
		}
		if m["msg"] == "request" {
			lines = append(lines, m)
		} else if m["ref"] == "" {
			t.Errorf("an error without a number: %s", line)
		}
	}
	if len(lines) != 3 {
		t.Fatalf("%d lines, want 3:\n%s", len(lines), out.String())
	}
	for i, want := range []struct {
		status       float64
		route, actor any
	}{{200, "GET /desk/people/{id}", "acc-7"}, {500, "GET /desk/people/{id}", "acc-7"}, {404, "-", nil}} {
		l := lines[i]
		if l["status"] != want.status || l["route"] != want.route || l["actor"] != want.actor || len(l["ref"].(string)) != 8 {
			t.Errorf("line %d: %v, want %v", i, l, want)
		}
	}
	if lines[0]["bytes"] != 10.0 {
		t.Errorf("%v bytes, want 10", lines[0]["bytes"])
	}
}

func TestPagersAndFiltersGoToTheBeginning(t *testing.T) {
	u, err := url.Parse("/desk/people?kind=a&kind=b&after=xyz&sort=-due")
	if err != nil {
		t.Fatal(err)
	}
	spec := TableSpec{URL: u, Sort: Sort{Key: "due", Desc: true}}
	got := []string{With(u, "sort", "name"), With(u, "sort", ""), Without(u, "kind", "a"), NewPager(u, "p", "n").Prev, NewPager(u, "p", "n").Next,
		NewPager(u, "", "").Next, string(spec.sortURL(Column{Key: "due"})), string(spec.sortURL(Column{Key: "name"})), spec.aria(Column{Key: "due"}), spec.aria(Column{})}
	want := []string{"/desk/people?kind=a&kind=b&sort=name", "/desk/people?kind=a&kind=b", "/desk/people?kind=b&sort=-due",
		"/desk/people?before=p&kind=a&kind=b&sort=-due", "/desk/people?after=n&kind=a&kind=b&sort=-due", "",
		"/desk/people?kind=a&kind=b&sort=due", "/desk/people?kind=a&kind=b&sort=name", "descending", ""}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("leads elsewhere:\n%s", d)
	}
	r := httptest.NewRequest(http.MethodGet, "/?sort=-due", nil)
	if got := ReadSort(r, Sort{Key: "name"}, "name", "due"); got != (Sort{Key: "due", Desc: true}) {
		t.Errorf("sorted by %v", got)
	}
	if got := ReadSort(r, Sort{Key: "name"}, "name"); got != (Sort{Key: "name"}) {
		t.Errorf("sorted by %v, which is not offered", got)
	}
}

func TestCursorsComeBackAsTheyWent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		parts := rapid.SliceOfN(rapid.StringN(0, 20, 60), 1, 3).Draw(t, "parts")
		key := rapid.SampledFrom([]string{"after", "before"}).Draw(t, "key")
		r := httptest.NewRequest(http.MethodGet, "/?"+url.Values{key: {Cursor(parts...)}}.Encode(), nil)
		got, back, err := ReadCursor(r, len(parts))
		if err != nil || back != (key == "before") || !cmp.Equal(got, parts) {
			t.Fatalf("got %q, %v, %v; want %q", got, back, err, parts)
		}
	})
	for _, raw := range []string{"!", "AAAA", Cursor("one"), strings.Repeat("A", 600)} {
		_, _, err := ReadCursor(httptest.NewRequest(http.MethodGet, "/?after="+raw, nil), 2)
		if !errors.Is(err, fault.Usage) {
			t.Errorf("%.20q: %v, want a usage error", raw, err)
		}
	}
	parts, back, err := ReadCursor(httptest.NewRequest(http.MethodGet, "/", nil), 2)
	if parts != nil || back || err != nil {
		t.Errorf("the beginning: %v, %v, %v", parts, back, err)
	}
}

func FuzzCursor(f *testing.F) {
	f.Add(Cursor("a", "b"))
	f.Add("!")
	f.Fuzz(func(t *testing.T, raw string) {
		r := &http.Request{URL: &url.URL{RawQuery: url.Values{"after": {raw}}.Encode()}}
		parts, _, err := ReadCursor(r, 2)
		if err == nil && raw != "" && len(parts) != 2 {
			t.Errorf("%q gave %d parts", raw, len(parts))
		}
	})
}
