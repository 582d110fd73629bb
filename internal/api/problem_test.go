package api

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gongkai/gongkai/internal/fault"
	"github.com/gongkai/gongkai/internal/filing"
)

var numbered = regexp.MustCompile(`^[0-9a-f]+$`)

// TestEveryKindOfErrorIsAProblem: a status, a stable code, words for people, a number; never a cause.
func TestEveryKindOfErrorIsAProblem(t *testing.T) {
	var err error
	s := newSite(t, func(o *Options) {
		o.Reports = stage{Reports: o.Reports, report: func() (filing.Record, error) { return filing.Record{}, err }}
	})
	li := s.token(s.person("li.shi", s.jia), all()...)
	cause := errors.New("SELECT secret FROM /var/lib")
	tests := []struct {
		kind   fault.Kind
		status int
	}{
		{fault.Usage, 422}, {fault.Unreadable, 422}, {fault.NotReport, 422}, {fault.TooLarge, 413}, {fault.NotFound, 404}, {fault.Conflict, 409},
		{fault.Incapable, 501}, {fault.Cancelled, 503}, {fault.Full, 507}, {fault.SignIn, 401}, {fault.TooMany, 429}, {"", 500}, {"unheard of", 500},
	}
	for _, tt := range tests {
		t.Run(string(tt.kind), func(t *testing.T) {
			err = fmt.Errorf("api test: %w", cause)
			want := Problem{Type: "urn:gongkai:a.code", Status: tt.status, Detail: "哪里不对，怎么办"}
			if tt.kind != "" {
				err = fmt.Errorf("api test: %w", fault.Wrap(tt.kind, "a.code", want.Detail, cause))
			}
			switch tt.status {
			case 500:
				want.Type, want.Detail = "urn:gongkai:internal", "系统出错了，这件事没有办成；请稍后再试，还不行时请把请求编号（instance）告诉管理员"
			case 404:
				want.Type, want.Detail = "urn:gongkai:api.not_found", errNothing.Message
			}
			r := s.get("/reports/x", li)
			got := r.problem(t)
			if !chinese(got.Title) || !numbered.MatchString(got.Instance) || got.Instance != r.header.Get("X-Request-Id") || r.status != got.Status {
				t.Errorf("%d %+v, X-Request-Id %q", r.status, got, r.header.Get("X-Request-Id"))
			}
			want.Title, want.Instance = got.Title, got.Instance
			if diff := cmp.Diff(want, got, butInstance); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			if strings.Contains(string(r.body), "secret") {
				t.Errorf("the cause is told: %s", r.body)
			}
			if logged := strings.Contains(s.log.String(), "ref="+got.Instance+" err="); logged != (tt.status == 500) {
				t.Errorf("the cause is in the log: %v", logged)
			}
		})
	}
}

func TestAPanicIsAnInternalError(t *testing.T) {
	s := newSite(t, func(o *Options) {
		o.Reports = stage{Reports: o.Reports, report: func() (filing.Record, error) { panic("secret") }}
	})
	r := s.get("/reports/x", s.token(s.person("li.shi", s.jia), all()...))
	if p := r.problem(t); r.status != http.StatusInternalServerError || p.Type != "urn:gongkai:internal" || strings.Contains(string(r.body), "secret") {
		t.Errorf("%d %s", r.status, r.body)
	}
	if !strings.Contains(s.log.String(), "panic: secret") {
		t.Error("the panic is not in the log")
	}
}

// TestWhatIsWrongIsSaidFieldByField: in Chinese, made from the description, with all fields at once.
func TestWhatIsWrongIsSaidFieldByField(t *testing.T) {
	s := newSite(t)
	li := s.token(s.person("li.shi", s.jia), all()...)
	tests := []struct {
		path string
		want []Field
	}{
		{"/reports?limit=0", []Field{{"query.limit", "参数 limit 不对：应是 1 到 200 的整数"}}},
		{"/reports?limit=abc&year=1", []Field{{"query.limit", "参数 limit 不对：应是 1 到 200 的整数"}, {"query.year", "参数 year 不对：应是 2008 到 2199 的整数"}}},
		{"/reports?limits=5", []Field{{"query.limits", "没有 limits 这个参数；请对照接口说明，核对拼写"}}},
		{"/reports?cursor=abc", []Field{{"query.cursor", "参数 cursor 不对：请原样使用上一页答复里的 next，筛选条件也不要变；或者去掉 cursor 从头开始"}}},
		{"/agencies?on=2026-02-30", []Field{{"query.on", "参数 on 不对：应是 2026-01-31 这样的年-月-日"}}},
		{"/audit?from=yesterday", []Field{{"query.from", "参数 from 不对：应是 2026-01-31T08:00:00+08:00 这样的时刻"}}},
		{"/calendar/1999", []Field{{"path.year", "参数 year 不对：应是 2000 到 2199 的整数"}}},
		{"/calendar/abc", []Field{{"path.year", "参数 year 不对：应是 2000 到 2199 的整数"}}},
		{"/deadline", []Field{{"query.received", "参数 received 不对：应是 2026-01-31 这样的年-月-日"}}},
		{"/deadline?received=2026-01-05&shift-rest-day=maybe", []Field{{"query.shift-rest-day", "参数 shift-rest-day 不对：应是 true 或 false"}}},
		{"/deadline?received=2026-01-05&consult=" + strings.Repeat("a", 41), []Field{{"query.consult[0]", "参数 consult 不对：应是文字，最多 40 个字，可以写多次，最多 20 次"}}},
		{"/deadline?received=2026-01-05&consult=2026-01-05--2026-01-06", []Field{{"query.consult", "参数 consult 要写成 发出日..收到意见日，如 2025-04-18..2025-05-08，不能是“2026-01-05--2026-01-06”"}}},
		{"/deadline?received=2026-01-05&corrected=2026-01-04&fee-paid=2026-01-03", []Field{
			{"query.corrected", "收到补正的日期 2026-01-04 早于收到申请的日期 2026-01-05，请核对"}, {"query.fee-paid", "缴费日期 2026-01-03 早于收到申请的日期 2026-01-05，请核对"}}},
		{"/deadline?kind=suit&received=2026-01-05&extend=2", []Field{{"query.extend", "“直接提起行政诉讼”的期限不因补正、征求意见、延期、缴费变动，请去掉 extend，或者改选“答复申请”"}}},
		{"/fee", []Field{{"query.items", "收费按件或者按量，只能选一种：写 items=件数 或者 pages=页数"}}},
		{"/fee?items=1&pages=0", []Field{{"query.items", "收费按件或者按量，只能选一种：写 items=件数 或者 pages=页数"}}},
		{"/fee?pages=-1", []Field{{"query.pages", "参数 pages 不对：应是 0 到 100000 的整数"}}},
	}
	for _, tt := range tests {
		r := s.get(tt.path, li)
		p := r.problem(t)
		if diff := cmp.Diff(tt.want, p.Errors); r.status != http.StatusUnprocessableEntity || p.Type != "urn:gongkai:api.invalid" || diff != "" {
			t.Errorf("%s: %d %s (-want +got)\n%s", tt.path, r.status, p.Type, diff)
		}
		if p.Detail == "" || p.Title != "填写有误" || strings.ContainsAny(p.Detail, "\n") {
			t.Errorf("%s: %+v", tt.path, p)
		}
	}
	r := s.get("/deadline?received=2026-01-05&kind=answer", "")
	if p := r.problem(t); len(p.Errors) != 1 || !strings.HasPrefix(p.Errors[0].Message, "参数 kind 不对：应是这些之一：reply correction-notice") {
		t.Errorf("%s", r.body)
	}
	for _, name := range []string{"", "a%2Fb", "a%5Cb", "..", "%20", "a%0Ab", strings.Repeat("a", 201), "%ff"} {
		if r := s.post(li, name, "x"); r.status != http.StatusUnprocessableEntity || len(r.problem(t).Errors) != 1 || r.problem(t).Errors[0].Field != "query.name" {
			t.Errorf("name %q: %d %s", name, r.status, r.body)
		}
	}
}

// onlyReader hides how long a body is.
type onlyReader struct{ io.Reader }

func TestBodiesHaveLimits(t *testing.T) {
	s := newSite(t)
	li := s.token(s.person("li.shi", s.jia), all()...)
	big := bytes.Repeat([]byte("x"), maxFile+1)
	post := func(body io.Reader, headers ...string) reply {
		return s.ask(http.MethodPost, Prefix+"/reports?name=a.txt", li, body, headers...)
	}
	for what, r := range map[string]reply{
		"known to be too large": s.announce(li, maxFile+1),
		"found to be too large": post(onlyReader{bytes.NewReader(big)}),
		"the same under a key":  post(onlyReader{bytes.NewReader(big)}, keyHeader, "k"),
	} {
		if p := r.problem(t); r.status != http.StatusRequestEntityTooLarge || p.Type != "urn:gongkai:file.too_large" || !chinese(p.Detail) {
			t.Errorf("%s: %d %s", what, r.status, r.body)
		}
	}
	if r := post(bytes.NewReader(big[:maxFile])); r.status != http.StatusAccepted {
		t.Errorf("as large as may be: %d %s", r.status, r.body)
	}
	for _, kind := range []string{"multipart/form-data; boundary=x", "application/x-www-form-urlencoded", "Multipart/Form-Data"} {
		if r := post(strings.NewReader("x"), "Content-Type", kind); r.status != http.StatusUnsupportedMediaType || r.problem(t).Type != "urn:gongkai:api.media_type" {
			t.Errorf("%s: %d %s", kind, r.status, r.body)
		}
	}
	if r := post(nil); r.status != http.StatusUnprocessableEntity || r.problem(t).Type != "urn:gongkai:file.empty" {
		t.Errorf("nothing: %d %s", r.status, r.body)
	}
}

// announce says that a body is so long, and does not send it: the answer comes before.
func (s *site) announce(token string, length int) reply {
	s.tb.Helper()
	host := strings.TrimPrefix(s.url, "http://")
	conn := must[net.Conn](s.tb)((&net.Dialer{}).DialContext(s.tb.Context(), "tcp", host))
	defer func() {
		if err := conn.Close(); err != nil {
			s.tb.Error(err)
		}
	}()
	_, err := fmt.Fprintf(conn, "POST %s/reports?name=a.txt HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s\r\nContent-Length: %d\r\nConnection: close\r\n\r\n",
		Prefix, host, token, length)
	if err != nil {
		s.tb.Fatal(err)
	}
	res := must[*http.Response](s.tb)(http.ReadResponse(bufio.NewReader(conn), nil))
	body := must[[]byte](s.tb)(io.ReadAll(res.Body))
	if err := res.Body.Close(); err != nil {
		s.tb.Fatal(err)
	}
	return reply{res.StatusCode, res.Header, body}
}

// TestOnlyJSONIsAnswered: whoever cannot take it is told, and everybody else gets it.
func TestOnlyJSONIsAnswered(t *testing.T) {
	s := newSite(t)
	for accept, ok := range map[string]bool{"": true, "*/*": true, "application/json": true, "application/*;q=0.5": true, "text/html, application/json;q=0.9": true,
		"application/problem+json": true, "APPLICATION/JSON": true, "text/html": false, "application/json;q=0": false, "application/xml, text/*": false, "nonsense": false} {
		r := s.ask(http.MethodGet, Prefix+"/fee?items=1", "", nil, "Accept", accept)
		switch {
		case ok && (r.status != http.StatusOK || r.header.Get("Content-Type") != "application/json" || !json.Valid(r.body)):
			t.Errorf("Accept %q: %d %q %s", accept, r.status, r.header.Get("Content-Type"), r.body)
		case !ok && (r.status != http.StatusNotAcceptable || r.problem(t).Type != "urn:gongkai:api.not_acceptable"):
			t.Errorf("Accept %q: %d %s", accept, r.status, r.body)
		}
	}
}

func TestMethodsAndPaths(t *testing.T) {
	s := newSite(t)
	li := s.token(s.person("li.shi", s.jia), all()...)
	for _, path := range []string{"/", "", "/nothing", "/reports/", "//reports", "/../v1/reports", "/reports/a/b", "/fee/", "/openapi.yaml", "/docs", "/schemas/Problem", "/openapi-3.0.json"} {
		for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodOptions} {
			r := s.ask(method, Prefix+path, li, nil)
			if p := r.problem(t); r.status != http.StatusNotFound || p.Type != "urn:gongkai:api.not_found" || r.header.Get("Allow") != "" {
				t.Errorf("%s %q: %d %s", method, path, r.status, r.body)
			}
		}
	}
	for path, allow := range map[string]string{"/reports": "GET, HEAD, POST, OPTIONS", "/fee": "GET, HEAD, OPTIONS", "/reports/x": "GET, HEAD, OPTIONS"} {
		for _, method := range []string{http.MethodDelete, http.MethodPut, "BREW"} {
			r := s.ask(method, Prefix+path, li, nil)
			if p := r.problem(t); r.status != http.StatusMethodNotAllowed || p.Type != "urn:gongkai:api.method" || r.header.Get("Allow") != allow {
				t.Errorf("%s %s: %d %s, Allow %q", method, path, r.status, r.body, r.header.Get("Allow"))
			}
		}
		r := s.ask(http.MethodOptions, Prefix+path, "", nil, "Origin", "https://other.example", "Access-Control-Request-Method", "GET")
		if r.status != http.StatusNoContent || r.header.Get("Allow") != allow || len(r.body) != 0 || r.header.Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("OPTIONS %s: %d %v", path, r.status, r.header)
		}
	}
	for path, status := range map[string]int{"/fee?items=1": 200, "/fee": 422, "/reports": 200, "/reports/none": 404, "/openapi.json": 200} {
		r := s.ask(http.MethodHead, Prefix+path, li, nil)
		if r.status != status || len(r.body) != 0 || r.header.Get("Content-Type") == "" {
			t.Errorf("HEAD %s: %d, %d bytes, %v; want %d", path, r.status, len(r.body), r.header, status)
		}
	}
	if r := s.ask(http.MethodHead, Prefix+"/reports", "", nil); r.status != http.StatusUnauthorized {
		t.Errorf("HEAD without a token: %d", r.status)
	}
	for _, path := range []string{"/fee?items=1", "/reports", "/nothing"} {
		if r := s.get(path, li); r.header.Get("Cache-Control") != "no-store" || len(r.header.Values("Set-Cookie")) != 0 {
			t.Errorf("%s: %v", path, r.header)
		}
	}
}

// TestPartsThatASiteHasNot: nothing breaks where a part is missing.
func TestPartsThatASiteHasNot(t *testing.T) {
	s := newSite(t, func(o *Options) {
		*o = Options{Tokens: o.Tokens, Anonymous: o.Anonymous, Each: o.Each, Now: o.Now}
	})
	li := s.token(s.person("li.shi", s.jia), all()...)
	for _, o := range Operations() {
		if r := answerOf(s, o, li); !o.Public && (r.status != http.StatusNotImplemented || r.problem(t).Type != "urn:gongkai:api.unavailable") {
			t.Errorf("%s %s: %d %s", o.Method, o.Path, r.status, r.body)
		}
	}
}
