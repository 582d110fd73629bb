package browsertest

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"github.com/gongkai/gongkai/internal/app"
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
	os.Exit(m.Run())
}

// setupCode lets the tests set a fresh site up.
const setupCode = "code-of-the-tests"

// serve runs the whole system and returns its address.
func serve(t *testing.T, change ...func(*app.Options)) string {
	t.Helper()
	o := app.DefaultOptions()
	o.Config.Data, o.Serve.Listen, o.Serve.Workers, o.SetupCode = t.TempDir(), "127.0.0.1:0", 2, setupCode
	o.Log = slog.New(slog.DiscardHandler)
	for _, f := range change {
		f(&o)
	}
	address := make(chan net.Addr, 1)
	o.Started = func(a net.Addr) { address <- a }
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() {
		done <- app.Serve(ctx, o)
	}()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("serve ended with %v", err)
		}
	})
	select {
	case a := <-address:
		return "http://" + a.String()
	case err := <-done:
		done <- err
		t.Fatalf("serve: %v", err)
		return ""
	}
}

// tab is one page of a browser, with everything that the browser complained about.
type tab struct {
	t    *testing.T
	ctx  context.Context
	base string

	mu         sync.Mutex
	complaints []string
}

// browser opens a tab. Complaints, among them every breach of the content security policy, fail the test at its end.
func browser(t *testing.T, base string) *tab {
	t.Helper()
	path := find(t)
	opts := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true), chromedp.UserDataDir(t.TempDir()))
	alloc, stopAlloc := chromedp.NewExecAllocator(context.Background(), opts...)
	tb := &tab{t: t, base: base}
	ctx, stop := chromedp.NewContext(alloc, chromedp.WithListener(tb.listen))
	ctx, cancel := context.WithTimeout(ctx, 10*time.Minute)
	tb.ctx = ctx
	t.Cleanup(func() {
		cancel()
		stop()
		stopAlloc()
		tb.mu.Lock()
		defer tb.mu.Unlock()
		for _, c := range tb.complaints {
			t.Errorf("the browser complains: %s", c)
		}
	})
	if _, err := chromedp.Call(ctx, log.Enable, cdp.Empty{}); err != nil {
		t.Fatalf("start the browser: %v", err)
	}
	return tb
}

// find returns the browser. Without one the test fails: a page that nobody has looked at is not tested.
func find(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Fatal("the browser tests need Chromium; `make setup` installs it")
	return ""
}

func (b *tab) listen(ev any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch e := ev.(type) {
	case *log.EventEntryAdded:
		if e.Entry.Level == log.EntryLevelError || e.Entry.Source == log.EntrySourceSecurity {
			b.complaints = append(b.complaints, string(e.Entry.Source)+": "+e.Entry.Text+" "+e.Entry.URL)
		}
	case *runtime.EventExceptionThrown:
		b.complaints = append(b.complaints, "script: "+e.ExceptionDetails.Text)
	}
}

func (b *tab) do(steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	if err := chromedp.Do(b.ctx, steps...); err != nil {
		b.t.Fatal(err)
	}
}

func (b *tab) open(path string) {
	b.t.Helper()
	b.do(chromedp.Navigate(b.base + path))
}

// noScript switches the scripts of pages off; what the test itself asks of the page still works.
func (b *tab) noScript() {
	b.t.Helper()
	if _, err := chromedp.Call(b.ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}); err != nil {
		b.t.Fatal(err)
	}
}

func (b *tab) width(w int64) {
	b.t.Helper()
	b.do(chromedp.EmulateViewport(w, 900))
}

func eval[T any](b *tab, expression string) T {
	b.t.Helper()
	v, err := chromedp.Run(b.ctx, chromedp.Evaluate[T](expression))
	if err != nil {
		b.t.Fatalf("%s: %v", expression, err)
	}
	return v
}

// until waits until an expression is true of the page, over as many page loads as it takes.
func (b *tab) until(expression string) {
	b.t.Helper()
	// An address is new before there is anything on its page.
	ready := "document.readyState === 'complete' && (" + expression + ")"
	for range 2400 {
		v, err := chromedp.Run(b.ctx, chromedp.Evaluate[bool](ready))
		if err == nil && v {
			return
		}
		if b.ctx.Err() != nil {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	b.t.Fatalf("never true: %s\non %s:\n%s", expression, eval[string](b, "location.href"), eval[string](b, "document.body.innerText"))
}

// shot keeps a picture of the whole page in a folder that git ignores.
func (b *tab) shot(name string) {
	b.t.Helper()
	b.keep(name, chromedp.FullScreenshot(100))
}

// view keeps a picture of what is in sight.
func (b *tab) view(name string) {
	b.t.Helper()
	b.keep(name, chromedp.CaptureScreenshot())
}

func (b *tab) keep(name string, take chromedp.Action[[]byte]) {
	b.t.Helper()
	png, err := chromedp.Run(b.ctx, take)
	if err == nil {
		err = errors.Join(os.MkdirAll("screenshots", 0o755), os.WriteFile(filepath.Join("screenshots", name+".png"), png, 0o644))
	}
	if err != nil {
		b.t.Fatal(err)
	}
}

// fits fails the test when the page as a whole can be scrolled sideways.
func (b *tab) fits(name string) {
	b.t.Helper()
	wide := eval[string](b, `(() => {
		const w = document.documentElement.clientWidth;
		if (document.documentElement.scrollWidth <= w) return '';
		const far = [...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > w + 1 && !e.closest('.scroll-x,.tbl-w,.roll-w,.wnav'));
		return document.documentElement.scrollWidth + ' > ' + w + ': ' + far.slice(0, 5).map(e => e.tagName + '.' + e.className).join(' ');
	})()`)
	if wide != "" {
		b.t.Errorf("%s scrolls sideways: %s", name, wide)
	}
}

// reports are the published reports that the tests hand in.
func reports(t *testing.T, names ...string) []string {
	t.Helper()
	var out []string
	for _, n := range names {
		path, err := filepath.Abs(filepath.Join("..", "..", "..", "testdata", "reports", n))
		if err == nil {
			_, err = os.Stat(path)
		}
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, path)
	}
	return out
}

const fileInput = "input[type=file]"

// fill types into a field of a form.
func (b *tab) fill(pairs ...string) {
	b.t.Helper()
	for i := 0; i < len(pairs); i += 2 {
		b.do(chromedp.SetValue("#f-"+pairs[i], pairs[i+1]))
	}
}

// press presses the button of the form on the page and waits until the page is another.
func (b *tab) press(path string) {
	b.t.Helper()
	b.do(chromedp.Click("main form button[type=submit]"))
	b.until("location.pathname === '" + path + "'")
}

const password = "correct horse 2026"

// setUp brings a fresh site to life in the browser: the first page, filled in as a person would.
func (b *tab) setUp() {
	b.t.Helper()
	b.open("/setup?code=" + setupCode)
	b.fill("office", "示例区社区治理和服务创新办公室", "government", "示例区人民政府", "sections", "综合股\n服务股", "name", "张示例", "title", "主任",
		"account", "admin", "password", password, "again", password)
	b.press("/desk")
}

// signIn signs somebody in.
func (b *tab) signIn(account, password string) {
	b.t.Helper()
	b.open("/sign-in")
	b.fill("account", account, "password", password)
	b.press("/desk")
}
