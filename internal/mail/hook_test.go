package mail_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gongkai/gongkai/internal/fault"
	"github.com/gongkai/gongkai/internal/mail"
)

const secret = "not a secret, a test"

var call = mail.Call{ID: "n1", Kind: "deadline.late", To: "13800000000", Text: "【示例县】已逾期：请马上登录工作台办理。"}

func hook(t *testing.T, url string, pool *x509.CertPool) *mail.Hook {
	t.Helper()
	h, err := mail.NewHook(mail.HookSettings{URL: url, Secret: secret, Plain: true, Roots: pool})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func TestAGatewayCanTellWhoCalls(t *testing.T) {
	var got []string
	gateway := httptest.NewTLSServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		mac := hmac.New(sha256.New, []byte(secret))
		fmt.Fprintf(mac, "%s.%s", r.Header.Get("X-Gongkai-Timestamp"), body)
		signed := r.Header.Get("X-Gongkai-Signature") == "v1="+hex.EncodeToString(mac.Sum(nil))
		var fields map[string]string
		if err := json.Unmarshal(body, &fields); err != nil {
			t.Error(err)
		}
		got = append(got, fmt.Sprint(r.Method, " ", r.URL.Path, " ", r.Header.Get("Content-Type"), " ", r.Header.Get("X-Gongkai-Timestamp"), " ", signed), fmt.Sprint(fields))
	}))
	defer gateway.Close()
	pool := x509.NewCertPool()
	pool.AddCert(gateway.Certificate())
	if err := hook(t, gateway.URL+"/sms", pool).Post(t.Context(), call, time.Unix(1790000000, 0)); err != nil {
		t.Fatal(err)
	}
	want := []string{"POST /sms application/json; charset=utf-8 1790000000 true",
		"map[id:n1 kind:deadline.late text:【示例县】已逾期：请马上登录工作台办理。 to:13800000000]"}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	checkHook(t, hook(t, gateway.URL, nil).Post(t.Context(), call, time.Unix(1, 0)), mail.Wrong, "hook.settings")
}

func checkHook(t *testing.T, err error, class mail.Class, code string) {
	t.Helper()
	if fault.CodeOf(err) != code || mail.ClassOf(err) != class {
		t.Errorf("error %v of code %s and class %s, want %s and %s", err, fault.CodeOf(err), mail.ClassOf(err), code, class)
	}
	for _, secretly := range []string{"13800000000", "127.0.0.1", "token", secret} {
		if strings.Contains(chain(err), secretly) {
			t.Errorf("the error holds %s: %s", secretly, chain(err))
		}
	}
}

func TestWhatTheGatewayAnswers(t *testing.T) {
	for status, test := range map[int]struct {
		class mail.Class
		code  string
	}{
		400: {mail.Permanent, "hook.refused"}, 422: {mail.Permanent, "hook.refused"}, 401: {mail.Wrong, "hook.settings"}, 403: {mail.Wrong, "hook.settings"},
		404: {mail.Wrong, "hook.settings"}, 408: {mail.Temporary, "hook.temporary"}, 429: {mail.Temporary, "hook.temporary"},
		500: {mail.Temporary, "hook.temporary"}, 503: {mail.Temporary, "hook.temporary"}, 301: {mail.Wrong, "hook.settings"}, 307: {mail.Wrong, "hook.settings"},
	} {
		asked := map[string]int{}
		gateway := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			asked[r.URL.Path]++
			w.Header().Set("Location", "/elsewhere")
			w.WriteHeader(status)
			fmt.Fprint(w, strings.Repeat("no 13800000000 ", 10000))
		}))
		checkHook(t, hook(t, gateway.URL+"/sms?token=token", nil).Post(t.Context(), call, time.Unix(1, 0)), test.class, test.code)
		gateway.Close()
		if d := cmp.Diff(map[string]int{"/sms": 1}, asked); d != "" {
			t.Errorf("%d: (-want +got):\n%s", status, d)
		}
	}
	for _, status := range []int{200, 201, 202, 204} {
		gateway := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }))
		if err := hook(t, gateway.URL, nil).Post(t.Context(), call, time.Unix(1, 0)); err != nil {
			t.Errorf("%d: %v", status, err)
		}
		gateway.Close()
	}
}

func TestAGatewayThatDoesNotAnswer(t *testing.T) {
	port := script(t, nil, hang)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	checkHook(t, hook(t, fmt.Sprintf("http://127.0.0.1:%d/?token=token", port), nil).Post(ctx, call, time.Unix(1, 0)), mail.Temporary, "hook.temporary")

	ctx, cancel = context.WithCancel(t.Context())
	defer cancel()
	port = script(t, []string{""}, func(c net.Conn) { cancel(); hang(c) })
	checkHook(t, hook(t, fmt.Sprintf("http://127.0.0.1:%d/", port), nil).Post(ctx, call, time.Unix(1, 0)), mail.Temporary, "hook.cancelled")

	l, port := listen(t)
	l.Close()
	checkHook(t, hook(t, fmt.Sprintf("http://127.0.0.1:%d/", port), nil).Post(t.Context(), call, time.Unix(1, 0)), mail.Temporary, "hook.temporary")
}

func TestNoGatewayStandsWhereCredentialsAre(t *testing.T) {
	for _, host := range []string{"169.254.169.254", "[fe80::1]", "[::ffff:169.254.169.254]", "0.0.0.0", "[::]", "224.0.0.1", "255.255.255.255"} {
		checkHook(t, hook(t, "http://"+host+"/latest/", nil).Post(t.Context(), call, time.Unix(1, 0)), mail.Wrong, "hook.settings")
	}
}

func TestCallsAreChecked(t *testing.T) {
	h := hook(t, "http://127.0.0.1:1/", nil)
	for name, change := range map[string]func(*mail.Call){
		"no id":      func(c *mail.Call) { c.ID = "" },
		"no kind":    func(c *mail.Call) { c.Kind = "" },
		"no text":    func(c *mail.Call) { c.Text = "" },
		"encoding":   func(c *mail.Call) { c.Text = "\xff" },
		"no number":  func(c *mail.Call) { c.To = "" },
		"two":        func(c *mail.Call) { c.To = "13800000000,13900000000" },
		"newline":    func(c *mail.Call) { c.To = "13800000000\n" },
		"no numbers": func(c *mail.Call) { c.To = "张示例" },
	} {
		c := call
		change(&c)
		if err := h.Post(t.Context(), c, time.Unix(1, 0)); fault.CodeOf(err) != "hook.message" || mail.ClassOf(err) != mail.Permanent {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestHookSettingsAreChecked(t *testing.T) {
	good := mail.HookSettings{URL: "https://gateway.example.cn/sms", Secret: secret}
	if _, err := mail.NewHook(good); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*mail.HookSettings){
		"plain":     func(s *mail.HookSettings) { s.URL = "http://gateway.example.cn/" },
		"no URL":    func(s *mail.HookSettings) { s.URL = "" },
		"file":      func(s *mail.HookSettings) { s.URL = "file:///etc/passwd" },
		"password":  func(s *mail.HookSettings) { s.URL = "https://a:b@gateway.example.cn/" },
		"fragment":  func(s *mail.HookSettings) { s.URL = "https://gateway.example.cn/#a" },
		"no secret": func(s *mail.HookSettings) { s.Secret = "short" },
		"time":      func(s *mail.HookSettings) { s.Timeout = -1 },
	} {
		set := good
		change(&set)
		if _, err := mail.NewHook(set); fault.CodeOf(err) != "hook.settings" {
			t.Errorf("%s: error %v", name, err)
		}
	}
}
