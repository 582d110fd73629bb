package door

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gongkai/gongkai/internal/access"
	"github.com/gongkai/gongkai/internal/fault"
	"github.com/gongkai/gongkai/internal/signin"
)

func TestOnePlaceAfterSigningIn(t *testing.T) {
	for raw, want := range map[string]string{
		"/desk":                                 "/desk",
		"/desk/reports?q=甲&year=2023":           "/desk/reports?q=甲&year=2023",
		"/desk/audit/head.txt":                  "/desk/audit/head.txt",
		"":                                      home,
		"/":                                     home,
		"/sign-out":                             home,
		"/deskevil":                             home,
		"/desk/":                                home,
		"//evil.example/desk":                   home,
		"//evil.example":                        home,
		"https://evil.example/desk":             home,
		"https:/desk":                           home,
		"https:desk":                            home,
		"javascript:alert(1)//desk":             home,
		"desk/reports":                          home,
		"/desk/../..//evil.example":             home,
		"/desk/%2e%2e/%2e%2e//evil.example":     home,
		"/desk/..%2fx":                          home,
		"/desk//evil.example":                   home,
		`/\evil.example/desk`:                   home,
		`/desk/\..\..\evil.example`:             home,
		"/desk/%5cevil.example":                 home,
		"/desk/%5c%5cevil.example":              home,
		"/\tdesk":                               home,
		"/desk/a\r\nSet-Cookie: x=1":            home,
		"/desk/%00":                             "/desk/%00", // a page that does not exist
		"/desk/x#//evil.example":                home,
		"//user@evil.example/desk":              home,
		"/desk@evil.example":                    home,
		"/desk/" + strings.Repeat("a", 2000):    home,
		" /desk/reports":                        home,
		"/desk/reports?next=https://evil.exam/": "/desk/reports?next=https://evil.exam/",
	} {
		if got := target(raw); got != want {
			t.Errorf("%q leads to %q, want %q", raw, got, want)
		}
	}
}

// FuzzTarget: whatever was asked for, a browser that follows where it leads stays on this site and on the desk.
func FuzzTarget(f *testing.F) {
	for _, seed := range []string{"/desk/reports?q=a", "//evil.example", `/desk/\x`, "/desk/%2e%2e//x", "/desk;/../x", "/desk?%0d%0a"} {
		f.Add(seed)
	}
	base := &url.URL{Scheme: "https", Host: "gk.example.cn", Path: "/sign-in"}
	f.Fuzz(func(t *testing.T, raw string) {
		got := target(raw)
		u, err := base.Parse(got)
		if err != nil || u.Host != base.Host || u.Scheme != base.Scheme || u.User != nil {
			t.Fatalf("%q leads to %q: %v", raw, got, u)
		}
		if u.Path != home && !strings.HasPrefix(u.Path, home+"/") || path.Clean(u.Path) != u.Path || strings.ContainsAny(got, "\\\r\n\t") {
			t.Fatalf("%q leads to %q", raw, got)
		}
		if again := target(got); again != got {
			t.Fatalf("%q leads to %q, and that to %q", raw, got, again)
		}
		if w := withTarget("/sign-in", got); w != "/sign-in" {
			q, err := url.Parse(w)
			if err != nil || q.Query().Get("to") != got {
				t.Fatalf("%q is carried as %q", got, w)
			}
		}
	})
}

func TestDeviceInAFewWords(t *testing.T) {
	got := map[string]string{}
	for _, agent := range []string{
		"", "curl/8.0", "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36 Edg/126.0",
		"Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0",
		"Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Version/17.5 Safari/604.1", strings.Repeat("Chrome/ <script>", 1000),
	} {
		got[agent[:min(len(agent), 40)]] = device(agent)
	}
	want := map[string]string{"": "未知设备", "curl/8.0": "未知设备", "Mozilla/5.0 (Windows NT 10.0; Win64; x64": "Edge，Windows",
		"Mozilla/5.0 (X11; Linux x86_64; rv:127.0": "Firefox，Linux", "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 ": "Safari，iPhone",
		"Chrome/ <script>Chrome/ <script>Chrome/ ": "Chrome"}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

func TestPaceIsThatOfANeighbourhood(t *testing.T) {
	now := time.Date(2026, 1, 20, 4, 0, 0, 0, time.UTC)
	d := New(Options{Now: func() time.Time { return now }, Pace: signin.NewLimiter(1, 3, 100)})
	from := func(address string) error {
		r := httptest.NewRequest(http.MethodPost, "/sign-in", nil)
		r.RemoteAddr = address
		r.Header.Set("X-Forwarded-For", "203.0.113.77") // nobody is believed here
		return d.slow(r)
	}
	for i := range 3 {
		if err := from("192.0.2.1:1000"); err != nil {
			t.Errorf("try %d: %v", i, err)
		}
	}
	err := from("192.0.2.200:9")
	var later interface{ RetryAfter() time.Duration }
	if !errors.Is(err, fault.TooMany) || fault.CodeOf(err) != "signin.pace" || !errors.As(err, &later) || later.RetryAfter() <= 0 || later.RetryAfter() > time.Second {
		t.Errorf("a neighbour: %v", err)
	}
	if err := from("198.51.100.1:1"); err != nil {
		t.Errorf("from elsewhere: %v", err)
	}
	now = now.Add(time.Second)
	if err := from("192.0.2.1:1000"); err != nil {
		t.Errorf("a second later: %v", err)
	}
}

func TestEveryStageHasItsPage(t *testing.T) {
	for stage, want := range map[access.Stage]string{access.Open: "/desk/x?y=1", access.NeedsCode: "/sign-in/code?to=%2Fdesk%2Fx%3Fy%3D1",
		access.NeedsPassword: "/sign-in/password?to=%2Fdesk%2Fx%3Fy%3D1", access.NeedsFactor: "/sign-in/factor?to=%2Fdesk%2Fx%3Fy%3D1"} {
		if got := onWay(stage, "/desk/x?y=1"); got != want {
			t.Errorf("%s: %s, want %s", stage, got, want)
		}
	}
}
