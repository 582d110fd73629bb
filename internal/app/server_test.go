package app_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"mime/multipart"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gongkai/gongkai/internal/app"
	"github.com/gongkai/gongkai/internal/docio"
)

// TestMain lets this test program be the process that reads files, as the real program is.
func TestMain(m *testing.M) {
	if len(os.Args) == 2 && os.Args[1] == "intake-worker" {
		if err := app.RunWorker(context.Background(), os.Stdin, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	if len(os.Args) == 2 && os.Args[1] == "dying-worker" {
		os.Exit(3)
	}
	if len(os.Args) == 2 && strings.HasPrefix(os.Args[1], "crash-") {
		os.Exit(crashChild(os.Args[1]))
	}
	os.Exit(m.Run())
}

// server is the whole system on a free port with a data folder of its own.
type server struct {
	t    *testing.T
	url  string
	http *http.Client
	log  *bytes.Buffer
}

// start runs a site, sets it up when it is fresh, and signs its administrator in.
func start(t *testing.T, change ...func(*app.Options)) *server {
	t.Helper()
	s := run(t, change...)
	if res, _ := s.do(s.request(http.MethodGet, "/setup?code="+setupCode, nil)); res.StatusCode == http.StatusOK {
		s.setUp()
	} else {
		s.signIn("admin", adminPassword)
	}
	return s
}

const (
	setupCode     = "code-of-the-tests"
	adminPassword = "correct horse 2026"
)

// setUp fills in the first page, as the person who brings a site to life does. It leaves that person signed in.
func (s *server) setUp() {
	s.t.Helper()
	res, body := s.form("/setup", url.Values{"code": {setupCode}, "office": {"示例区社区治理办公室"}, "kind": {"department"}, "level": {"county"},
		"government": {"示例区人民政府"}, "sections": {"综合股\n服务股"}, "name": {"张示例"}, "title": {"主任"}, "account": {"admin"},
		"password": {adminPassword}, "again": {adminPassword}})
	if res.StatusCode != http.StatusSeeOther || res.Header.Get("Location") != "/desk" {
		s.t.Fatalf("set up: status %d\n%s", res.StatusCode, body)
	}
}

func (s *server) signIn(account, password string) {
	s.t.Helper()
	res, body := s.form("/sign-in", url.Values{"account": {account}, "password": {password}, "to": {"/desk"}})
	if res.StatusCode != http.StatusSeeOther {
		s.t.Fatalf("sign in as %s: status %d\n%s", account, res.StatusCode, body)
	}
}

// in keeps the data in a folder that the test has chosen.
func in(dir string) func(*app.Options) {
	return func(o *app.Options) { o.Config.Data = dir }
}

// sample fills the site with samples.
func sample(o *app.Options) { o.Serve.Demo = true }

// run runs a site as it is.
func run(t *testing.T, change ...func(*app.Options)) *server {
	t.Helper()
	s := &server{t: t, log: &bytes.Buffer{}}
	o := app.DefaultOptions()
	o.Config.Data = t.TempDir()
	o.SetupCode, o.Serve.Listen, o.Serve.Workers = setupCode, "127.0.0.1:0", 2
	for _, f := range change {
		f(&o)
	}
	o.Log = slog.New(slog.NewTextHandler(s.log, nil))
	address := make(chan net.Addr, 1)
	o.Started = func(a net.Addr) { address <- a }
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- app.Serve(ctx, o) }()
	select {
	case a := <-address:
		s.url = "http://" + a.String()
	case err := <-done:
		cancel()
		t.Fatalf("serve: %v", err)
	}
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("serve ended with %v", err)
		}
	})
	s.http = newBrowser(t)
	return s
}

// newBrowser keeps cookies and follows nothing by itself.
func newBrowser(t *testing.T) *http.Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// do sends a request and returns the answer with its body.
func (s *server) do(req *http.Request) (*http.Response, string) {
	s.t.Helper()
	res, err := s.http.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	body, err := io.ReadAll(res.Body)
	if err = errors.Join(err, res.Body.Close()); err != nil {
		s.t.Fatal(err)
	}
	return res, string(body)
}

func (s *server) request(method, path string, body io.Reader) *http.Request {
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.t.Context(), method, s.url+path, body)
	if err != nil {
		s.t.Fatal(err)
	}
	return req
}

func (s *server) get(path string, status int) string {
	s.t.Helper()
	res, body := s.do(s.request(http.MethodGet, path, nil))
	if res.StatusCode != status {
		s.t.Fatalf("GET %s: status %d, want %d\n%s", path, res.StatusCode, status, body)
	}
	return body
}

func (s *server) page(path string) page {
	s.t.Helper()
	return parse(s.t, s.get(path, http.StatusOK))
}

type part struct {
	name string
	data []byte
}

// post sends files as the form does.
func (s *server) post(path string, files ...part) (*http.Response, string) {
	s.t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for _, f := range files {
		p, err := w.CreateFormFile("files", f.name)
		if err == nil {
			_, err = p.Write(f.data)
		}
		if err != nil {
			s.t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		s.t.Fatal(err)
	}
	req := s.request(http.MethodPost, path, &b)
	req.Header.Set("Content-Type", w.FormDataContentType())
	return s.do(req)
}

// upload hands files in and waits until they are read; it returns the address of the batch.
func (s *server) upload(files ...part) string {
	s.t.Helper()
	res, body := s.post("/desk/reports", files...)
	to := res.Header.Get("Location")
	if res.StatusCode != http.StatusSeeOther || !strings.HasPrefix(to, "/desk/reports/batches/") {
		s.t.Fatalf("upload: status %d, location %q\n%s", res.StatusCode, to, body)
	}
	for range 2400 {
		var state struct{ Total, Pending int }
		if err := json.Unmarshal([]byte(s.get(to+"/progress", http.StatusOK)), &state); err != nil {
			s.t.Fatal(err)
		}
		if state.Pending == 0 {
			if state.Total != len(files) {
				s.t.Fatalf("batch of %d files, want %d", state.Total, len(files))
			}
			return to
		}
		time.Sleep(50 * time.Millisecond)
	}
	s.t.Fatal("files were not read within two minutes")
	return ""
}

// real returns a published report.
func real(t *testing.T, name string) part {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "..", "testdata", "reports", name))
	if err != nil {
		t.Fatal(err)
	}
	return part{name, data}
}

// links returns the addresses of reports on a page, in order.
func links(p page, selector string) []string {
	var out []string
	for _, n := range p.all(selector) {
		if href, ok := attr(n, "href"); ok {
			out = append(out, href)
		}
	}
	return out
}

var small = docio.Limits{Bytes: 1 << 20}
