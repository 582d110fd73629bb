package api

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gongkai/gongkai/internal/account"
	"github.com/gongkai/gongkai/internal/fault"
	"github.com/gongkai/gongkai/internal/filing"
)

// stage lets a test come between the API and the use cases of reports.
type stage struct {
	Reports
	receive func(next func() (filing.Item, error)) (filing.Item, error)
	report  func() (filing.Record, error)
}

func (s stage) Receive(ctx context.Context, by account.Actor, id filing.BatchID, name string, r io.Reader) (filing.Item, error) {
	next := func() (filing.Item, error) { return s.Reports.Receive(ctx, by, id, name, r) }
	if s.receive == nil {
		return next()
	}
	return s.receive(next)
}

func (s stage) Report(ctx context.Context, id filing.ReportID) (filing.Record, error) {
	if s.report == nil {
		return s.Reports.Report(ctx, id)
	}
	return s.report()
}

func (s *site) post(token, name, body string, headers ...string) reply {
	s.tb.Helper()
	return s.ask(http.MethodPost, Prefix+"/reports?name="+name, token, strings.NewReader(body), headers...)
}

func (s *site) batches() int {
	s.tb.Helper()
	n := 0
	for _, e := range must[[]entryBody](s.tb)(s.record("batch.open")) {
		if e.Action == "batch.open" {
			n++
		}
	}
	return n
}

func (s *site) record(action string) ([]entryBody, error) {
	a := newAPI(s.o)
	ctx := account.WithActor(carry(mustRequest(s.tb, "/api/v1/audit?action="+action)).Context(), tester)
	out, err := a.listAudit(ctx, &auditIn{PageIn: PageIn{Limit: 200}, Action: action})
	if err != nil {
		return nil, err
	}
	return out.Body.Items, nil
}

func mustRequest(tb testing.TB, path string) *http.Request {
	tb.Helper()
	return must[*http.Request](tb)(http.NewRequestWithContext(tb.Context(), http.MethodGet, path, nil))
}

func TestTheSameKeyIsDoneOnce(t *testing.T) {
	s := newSite(t)
	li, wang := s.token(s.person("li.shi", s.jia), all()...), s.token(s.person("wang", s.yi), all()...)
	first := s.post(li, "a.txt", "示例县甲局 2025", keyHeader, "k-1")
	if first.status != http.StatusAccepted || !strings.HasPrefix(first.header.Get("Location"), Prefix+"/reports/") || first.header.Get("Idempotent-Replayed") != "" {
		t.Fatalf("%d %v %s", first.status, first.header, first.body)
	}
	again := s.post(li, "a.txt", "示例县甲局 2025", keyHeader, "k-1")
	if again.status != first.status || !bytes.Equal(again.body, first.body) || again.header.Get("Location") != first.header.Get("Location") ||
		again.header.Get("Content-Type") != first.header.Get("Content-Type") || again.header.Get("Idempotent-Replayed") != "true" {
		t.Errorf("again: %d %v %s", again.status, again.header, again.body)
	}
	if n := s.batches(); n != 1 {
		t.Errorf("%d batches were opened, want 1", n)
	}
	for what, r := range map[string]reply{"another file": s.post(li, "a.txt", "示例县甲局 2024", keyHeader, "k-1"),
		"another name": s.post(li, "b.txt", "示例县甲局 2025", keyHeader, "k-1")} {
		if p := r.problem(t); r.status != http.StatusConflict || p.Type != "urn:gongkai:api.key_reused" {
			t.Errorf("%s under the same key: %d %+v", what, r.status, p)
		}
	}
	for what, r := range map[string]reply{"somebody else": s.post(wang, "a.txt", "示例县甲局 2025", keyHeader, "k-1"),
		"another key": s.post(li, "a.txt", "示例县甲局 2025", keyHeader, "k-2"), "no key": s.post(li, "a.txt", "示例县甲局 2025")} {
		var b createdBody
		r.into(t, &b)
		if r.status != http.StatusAccepted || !b.Repeated || r.header.Get("Idempotent-Replayed") != "" {
			t.Errorf("%s: %d %+v, want it done anew", what, r.status, b)
		}
	}
	s.pass(24 * time.Hour)
	late := s.post(li, "a.txt", "示例县甲局 2025", keyHeader, "k-1")
	if late.status != http.StatusAccepted || late.header.Get("Idempotent-Replayed") != "" {
		t.Errorf("a day later: %d %v", late.status, late.header)
	}
}

func TestAKeyIsBusyWhileItsRequestRuns(t *testing.T) {
	entered, leave := make(chan struct{}), make(chan struct{})
	s := newSite(t, func(o *Options) {
		o.Reports = stage{Reports: o.Reports, receive: func(next func() (filing.Item, error)) (filing.Item, error) {
			entered <- struct{}{}
			<-leave
			return next()
		}}
	})
	li := s.token(s.person("li.shi", s.jia), all()...)
	done := make(chan reply)
	go func() { done <- s.post(li, "a.txt", "示例县甲局 2025", keyHeader, "k") }()
	<-entered
	busy := s.post(li, "a.txt", "示例县甲局 2025", keyHeader, "k")
	if p := busy.problem(t); busy.status != http.StatusConflict || p.Type != "urn:gongkai:api.key_running" {
		t.Errorf("meanwhile: %d %+v", busy.status, p)
	}
	close(leave)
	first := <-done
	if again := s.post(li, "a.txt", "示例县甲局 2025", keyHeader, "k"); first.status != http.StatusAccepted || !bytes.Equal(again.body, first.body) {
		t.Errorf("first %d %s, afterwards %d %s", first.status, first.body, again.status, again.body)
	}
}

// TestWhatFailedMayBeTriedAgain: a failure of ours is not kept, a mistake of theirs is.
func TestWhatFailedMayBeTriedAgain(t *testing.T) {
	for what, fail := range map[string]func() (filing.Item, error){
		"an internal error": func() (filing.Item, error) { return filing.Item{}, errors.New("the disk is on fire") },
		"a full disk":       func() (filing.Item, error) { return filing.Item{}, fault.New(fault.Full, "store.full", "磁盘满了") },
		"a panic":           func() (filing.Item, error) { panic("nobody expects") },
	} {
		t.Run(what, func(t *testing.T) {
			broken := true
			s := newSite(t, func(o *Options) {
				o.Reports = stage{Reports: o.Reports, receive: func(next func() (filing.Item, error)) (filing.Item, error) {
					if broken {
						return fail()
					}
					return next()
				}}
			})
			li := s.token(s.person("li.shi", s.jia), all()...)
			if r := s.post(li, "a.txt", "示例县甲局 2025", keyHeader, "k"); r.status < 500 || r.problem(t).Status != r.status {
				t.Errorf("%d %s", r.status, r.body)
			}
			broken = false
			if r := s.post(li, "a.txt", "示例县甲局 2025", keyHeader, "k"); r.status != http.StatusAccepted || r.header.Get("Idempotent-Replayed") != "" {
				t.Errorf("tried again: %d %s", r.status, r.body)
			}
		})
	}
	s := newSite(t)
	li := s.token(s.person("li.shi", s.jia), all()...)
	for _, replayed := range []string{"", "true"} {
		r := s.post(li, "a.txt", "", keyHeader, "k")
		if p := r.problem(t); p.Type != "urn:gongkai:file.empty" || r.header.Get("Idempotent-Replayed") != replayed {
			t.Errorf("an empty file: %+v, replayed %q, want %q", p, r.header.Get("Idempotent-Replayed"), replayed)
		}
	}
}

func TestKeysHaveAForm(t *testing.T) {
	s := newSite(t)
	li := s.token(s.person("li.shi", s.jia), all()...)
	for what, headers := range map[string][]string{"blank": {keyHeader, ""}, "long": {keyHeader, strings.Repeat("k", 256)}, "spaces": {keyHeader, "a b"},
		"Chinese": {keyHeader, "键"}, "two": {keyHeader, "a", keyHeader, "b"}} {
		r := s.post(li, "a.txt", "示例县甲局 2025", headers...)
		want := []Field{{"header.Idempotency-Key", "请求头 Idempotency-Key 不对：应是一个 1 到 255 个字符的键，只用字母、数字和符号，如 UUID"}}
		if diff := cmp.Diff(want, r.problem(t).Errors); r.status != http.StatusUnprocessableEntity || diff != "" {
			t.Errorf("%s: %d (-want +got)\n%s", what, r.status, diff)
		}
	}
	if r := s.post(li, "a.txt", "示例县甲局 2025", keyHeader, strings.Repeat("k", 255)); r.status != http.StatusAccepted {
		t.Errorf("the longest key: %d %s", r.status, r.body)
	}
	if r := s.ask(http.MethodGet, Prefix+"/reports", li, nil, keyHeader, "a b"); r.status != http.StatusOK {
		t.Errorf("a key where nothing is changed is not looked at: %d %s", r.status, r.body)
	}
}

// TestLargeBodiesComeWholeAndLeaveNothing sends one that does not fit into memory, twice under one key.
func TestLargeBodiesComeWholeAndLeaveNothing(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	s := newSite(t)
	li := s.token(s.person("li.shi", s.jia), all()...)
	body := strings.Repeat("0123456789abcdef", 2<<16) // 2 MiB
	other := body[:len(body)-1] + "x"
	if r := s.post(li, "a.txt", body, keyHeader, "k"); r.status != http.StatusAccepted {
		t.Fatalf("%d %s", r.status, r.body)
	}
	if r := s.post(li, "a.txt", body, keyHeader, "k"); r.header.Get("Idempotent-Replayed") != "true" {
		t.Errorf("again: %d %s", r.status, r.body)
	}
	if r := s.post(li, "a.txt", other, keyHeader, "k"); r.status != http.StatusConflict {
		t.Errorf("another last byte: %d %s", r.status, r.body)
	}
	if r := s.post(li, "a.txt", body); !strings.Contains(string(r.body), `"repeated":true`) {
		t.Errorf("the file that was kept is another: %s", r.body)
	}
	left, err := os.ReadDir(os.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range left {
		t.Errorf("%s was left behind", f.Name())
	}
}
