package app_test

import (
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gongkai/gongkai/internal/app"
	"github.com/gongkai/gongkai/internal/fault"
)

func (s *server) form(path string, v url.Values) (*http.Response, string) {
	s.t.Helper()
	req := s.request(http.MethodPost, path, strings.NewReader(v.Encode()))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return s.do(req)
}

// waitFor waits until something that is being worked on has come about.
func waitFor(t *testing.T, ready func() bool) {
	t.Helper()
	for range 2400 {
		if ready() {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatal("did not come about within two minutes")
}

func TestEveryAnswerIsGuarded(t *testing.T) {
	s := start(t)
	for _, path := range []string{"/", "/desk/reports", "/desk/reports/agencies", "/desk/reports/compare", "/nowhere", "/desk/reports/nobody", "/healthz", "/readyz"} {
		res, body := s.do(s.request(http.MethodGet, path, nil))
		policy := res.Header.Get("Content-Security-Policy")
		if !strings.HasPrefix(policy, "default-src 'none'") || strings.Contains(policy, "unsafe") {
			t.Errorf("%s: policy %q", path, policy)
		}
		if res.Header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: content may be sniffed", path)
		}
		p := parse(t, body)
		for _, n := range append(p.all("[style]"), p.all("style")...) {
			t.Errorf("%s: inline style on <%s>", path, n.Data)
		}
		for _, n := range p.all("script") {
			if src, ok := attr(n, "src"); !ok || !strings.HasPrefix(src, "/static/") {
				t.Errorf("%s: script from %q", path, src)
			}
		}
	}
}

func TestFormsOfOtherSitesAreRefused(t *testing.T) {
	s := start(t)
	for _, path := range []string{"/desk/reports", "/desk/reports/batches", "/desk/reports/agencies"} {
		req := s.request(http.MethodPost, path, strings.NewReader("list=x"))
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("Sec-Fetch-Site", "cross-site")
		if res, _ := s.do(req); res.StatusCode != http.StatusForbidden {
			t.Errorf("%s: status %d, want 403", path, res.StatusCode)
		}
	}
	if got := s.page("/desk/reports/agencies").text("textarea"); got != "" {
		t.Errorf("a form of another site changed the list: %q", got)
	}
}

func TestErrorsAreToldInWordsAndWithoutInsides(t *testing.T) {
	s := start(t)
	for path, status := range map[string]int{"/nowhere": 404, "/desk/reports/x": 404, "/desk/reports/batches/x": 404, "/desk/reports/x/original": 404,
		"/desk/reports/compare?a=x&b=y": 404, "/desk/reports/rollup.xlsx": 400, "/desk/reports/rollup.xlsx?year=2023": 404} {
		p := parse(t, s.get(path, status))
		message := p.text("[role=alert]")
		if message == "" || strings.ContainsAny(message, "{}%") || strings.Contains(message, "store") {
			t.Errorf("%s: message %q", path, message)
		}
	}
	if res, body := s.post("/desk/reports"); res.StatusCode != http.StatusBadRequest || !strings.Contains(body, "没有选择文件") {
		t.Errorf("nothing chosen: status %d", res.StatusCode)
	}
	if res, _ := s.form("/desk/reports", url.Values{"files": {"x"}}); res.StatusCode != http.StatusBadRequest {
		t.Errorf("no multipart: status %d", res.StatusCode)
	}
	if res, _ := s.post("/desk/reports?batch=nobody", part{"a.txt", []byte("a")}); res.StatusCode != http.StatusNotFound {
		t.Errorf("unknown batch: status %d", res.StatusCode)
	}
}

func TestCutUploadIsTold(t *testing.T) {
	s := start(t)
	body := "--b\r\nContent-Disposition: form-data; name=\"files\"; filename=\"a.txt\"\r\n\r\nhalf"
	req := s.request(http.MethodPost, "/desk/reports", strings.NewReader(body))
	req.Header.Set("Content-Type", "multipart/form-data; boundary=b")
	res, text := s.do(req)
	if res.StatusCode != http.StatusBadRequest || !strings.Contains(text, "上传中断") {
		t.Errorf("status %d: %s", res.StatusCode, text)
	}
}

func TestSizeOfType(t *testing.T) {
	s := start(t)
	res, _ := s.do(s.request(http.MethodGet, "/desk/reports?q=a&size=xl", nil))
	if got := res.Header.Get("Location"); res.StatusCode != http.StatusSeeOther || got != "/desk/reports?q=a" {
		t.Fatalf("status %d to %q", res.StatusCode, got)
	}
	p := s.page("/desk/reports?q=a")
	if got, _ := attr(p.one("html"), "data-size"); got != "xl" {
		t.Errorf("data-size %q, want xl", got)
	}
	if got, _ := attr(p.one("a.sz-m"), "href"); got != "?q=a&size=m" {
		t.Errorf("the way back leads to %q", got)
	}
	res, _ = s.do(s.request(http.MethodGet, "//evil.example/?size=l", nil))
	if got := res.Header.Get("Location"); strings.HasPrefix(got, "//") || strings.HasPrefix(got, "http") {
		t.Errorf("size leads away to %q", got)
	}
}

func TestStaticFiles(t *testing.T) {
	s := start(t)
	sheet, _ := attr(s.page("/").one("link[rel=stylesheet]"), "href")
	req := s.request(http.MethodGet, sheet, nil)
	req.Header.Set("Accept-Encoding", "gzip")
	res, err := s.http.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	z, err := gzip.NewReader(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	css, err := io.ReadAll(z)
	if err = errors.Join(err, res.Body.Close()); err != nil || len(css) < 60_000 {
		t.Fatalf("%d bytes of style, %v", len(css), err)
	}
	if got := res.Header.Get("Cache-Control"); !strings.Contains(got, "immutable") {
		t.Errorf("Cache-Control %q", got)
	}
	req = s.request(http.MethodGet, sheet, nil)
	req.Header.Set("If-None-Match", res.Header.Get("ETag"))
	if res, _ := s.do(req); res.StatusCode != http.StatusNotModified {
		t.Errorf("known version: status %d", res.StatusCode)
	}
	for _, bad := range []string{"/static/old/design.css", "/static/", sheet + "x"} {
		s.get(bad, http.StatusNotFound)
	}
}

func TestDataSurvivesARestart(t *testing.T) {
	data := t.TempDir()
	var to string
	t.Run("first", func(t *testing.T) {
		s := start(t, in(data))
		to = links(s.page(s.upload(real(t, "000_xigong_2021.txt"))), "a.t")[0]
	})
	s := start(t, in(data))
	if got := s.page(to).text("h1"); !strings.Contains(got, "2021") {
		t.Errorf("after the restart: %q", got)
	}
}

func TestFileThatKillsItsReaderIsGivenUp(t *testing.T) {
	s := start(t, func(o *app.Options) { o.Command = []string{os.Args[0], "dying-worker"} })
	p := s.page(s.upload(real(t, "000_xigong_2021.txt")))
	if got := p.text("#batch"); !strings.Contains(got, "试了三次") {
		t.Errorf("batch: %q", got)
	}
	s.get("/readyz", http.StatusOK)
}

func TestServeSaysWhatIsInItsWay(t *testing.T) {
	ln, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct{ data, listen string }{
		"port taken":   {t.TempDir(), ln.Addr().String()},
		"not a folder": {file, "127.0.0.1:0"},
	} {
		o := app.DefaultOptions()
		o.Config.Data, o.Serve.Listen = test.data, test.listen
		if err := app.Serve(context.Background(), o); !errors.Is(err, fault.Usage) {
			t.Errorf("%s: error %v, want fault.Usage", name, err)
		}
	}
	if err := ln.Close(); err != nil {
		t.Error(err)
	}
}

func TestManyFilesAtOnce(t *testing.T) {
	s := start(t)
	base := real(t, "011_hangzhou_2025.html").data
	var files []part
	for i := range 60 {
		files = append(files, part{fmt.Sprintf("%02d.html", i), append(base[:len(base):len(base)], fmt.Sprintf("<!-- %d -->", i)...)})
	}
	p := s.page(s.upload(files...))
	if n := len(links(p, "a.t")); n != 60 {
		t.Errorf("%d of 60 were read", n)
	}
}
