package browsertest

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/gongkai/gongkai/internal/web/ui"
)

// galleryServer serves the page of all components as the program serves its pages.
func galleryServer(t *testing.T) string {
	t.Helper()
	static, err := ui.NewStatic()
	if err != nil {
		t.Fatal(err)
	}
	site := &ui.Site{Name: "示例市示例区人民政府", Demo: true, Static: static, Log: slog.New(slog.DiscardHandler)}
	site.Entries = ui.DefaultEntries()
	site.Entries[2].Href = "/gallery?view=portal"
	mux := http.NewServeMux()
	mux.Handle("GET /static/", static)
	mux.Handle("GET /gallery", site.Handle(ui.Gallery(site)))
	mux.Handle("POST /gallery", site.Handle(func(w http.ResponseWriter, r *http.Request) error {
		ui.Done(w, r, "/gallery", "已停用“示例区数据局”")
		return nil
	}))
	srv := httptest.NewServer(site.Secure(mux))
	t.Cleanup(srv.Close)
	return srv.URL
}

func TestComponentsFitAndAreAccessible(t *testing.T) {
	b := browser(t, galleryServer(t))
	for _, view := range ui.GalleryViews() {
		for _, at := range []struct {
			width int64
			size  string
		}{{1440, "m"}, {390, "m"}, {1440, "xl"}, {390, "xl"}} {
			b.width(at.width)
			b.open("/gallery?view=" + view + "&said=1&size=" + at.size)
			name := fmt.Sprintf("gallery-%s-%d-%s", view, at.width, at.size)
			b.fits(name)
			b.accessible(name)
			b.shot(name)
		}
	}
}

func TestFormOfTheKit(t *testing.T) {
	b := browser(t, galleryServer(t))
	b.width(1440)
	b.open("/gallery?view=wrong")
	if got := eval[string](b, "document.activeElement.className"); got != "err-sum" {
		t.Errorf("focus is on %q, want the summary of errors", got)
	}
	lost := eval[string](b, `[...document.querySelectorAll('.err-sum a')].filter(a => !document.querySelector(a.getAttribute('href'))).map(a => a.href).join(' ')`)
	if lost != "" {
		t.Errorf("the summary leads nowhere: %s", lost)
	}
	unsaid := eval[string](b, `[...document.querySelectorAll('[aria-describedby]')].filter(e => e.getAttribute('aria-describedby').split(' ').some(i => !document.getElementById(i))).map(e => e.id).join(' ')`)
	if unsaid != "" {
		t.Errorf("described by what is not there: %s", unsaid)
	}
	if got := eval[string](b, "document.querySelector('#f-since').value"); got != "明年春天" {
		t.Errorf("the date that was typed became %q", got)
	}
	if got := eval[string](b, "document.querySelector('#f-password').value"); got != "" {
		t.Errorf("the password came back: %q", got)
	}
}

func TestDoneIsSaidOnce(t *testing.T) {
	b := browser(t, galleryServer(t))
	b.noScript()
	b.width(390)
	b.open("/gallery?view=confirm")
	eval[any](b, "document.querySelector('main form').submit()")
	b.until("location.search === '' && document.querySelector('.flash')?.innerText.includes('已停用')")
	if got := eval[string](b, "document.cookie"); got != "" {
		t.Errorf("scripts see the cookie %q", got)
	}
	b.open("/gallery?view=desk")
	if eval[bool](b, "document.querySelector('.flash') !== null") {
		t.Error("it is said twice")
	}
	eval[any](b, "document.querySelector('.wme > summary').click()")
	b.until("document.querySelector('.wme-b button').offsetParent !== null")
	b.fits("the open menu at 390")
	b.view("gallery-menu-390")
	b.open("/gallery?view=desk&size=xl")
	eval[any](b, "document.querySelector('.wme > summary').click()")
	b.until("(r => r.width > 0 && r.left >= 0 && r.right <= innerWidth)(document.querySelector('.wme-b').getBoundingClientRect())")
	b.fits("the open menu at 390 in the largest type")
	b.view("gallery-menu-390-xl")
}
