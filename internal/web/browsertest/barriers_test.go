package browsertest

import (
	"fmt"
	"regexp"
	"testing"

	"github.com/chromedp/chromedp"
)

// links gives the pages of this site that the page leads to: HTML only, without what downloads.
const links = `Promise.all([...new Set([...document.querySelectorAll('a[href]')].map(a => new URL(a.href)).filter(u => u.origin === location.origin)
	.map(u => { u.searchParams.delete('size'); return u.pathname + u.search; }))].map(p => fetch(p, {method: 'HEAD'})
	.then(r => r.ok && (r.headers.get('Content-Type') || '').startsWith('text/html') && !r.headers.has('Content-Disposition') ? p : '').catch(() => ''))).then(l => l.filter(p => p !== ''))`

// id is a part of an address that names one thing of many.
var id = regexp.MustCompile(`/[0-9a-zA-Z_-]*[0-9][0-9a-zA-Z_-]*`)

// query is what follows the path; pages that differ in it only are looked at once for each set of names in it.
var query = regexp.MustCompile(`=[^&]*`)

// crawl returns one page of every kind that links lead to from the pages in from.
func crawl(b *tab, from ...string) []string {
	b.t.Helper()
	const most = 120
	seen := map[string]bool{}
	var out []string
	for len(from) > 0 && len(out) < most {
		page := from[0]
		from = from[1:]
		kind := query.ReplaceAllString(id.ReplaceAllString(page, "/:id"), "")
		if seen[kind] {
			continue
		}
		seen[kind] = true
		out = append(out, page)
		b.open(page)
		more, err := chromedp.Run(b.ctx, chromedp.Evaluate[[]string](links, chromedp.EvalAwaitPromise))
		if err != nil {
			b.t.Fatalf("links of %s: %v", page, err)
		}
		from = append(from, more...)
	}
	if len(from) > 0 && len(out) == most {
		b.t.Logf("stopped after %d kinds of pages", most)
	}
	return out
}

// TestPagesHaveNoBarriers hands in reports, one of them with faults, and looks for barriers in a page of every kind there
// is then, for somebody who may do everything and for everybody.
func TestPagesHaveNoBarriers(t *testing.T) {
	b := browser(t, serve(t))
	b.width(1440)
	b.open("/")
	b.accessible("home of a fresh site")
	b.open("/setup?code=" + setupCode)
	b.accessible("setting up")
	b.open("/sign-in")
	b.accessible("signing in")
	b.setUp()
	b.open("/desk/reports")
	b.accessible("empty board")
	b.do(chromedp.SetUploadFiles(fileInput, reports(t, "001_huaian_hongze_2023.layout.txt", "012_pingtan_2019.txt", "013_pingtan_2020.txt")))
	b.until("location.pathname.includes('/batches/') && document.querySelector('#batch').dataset.pending === '0'")
	first := eval[string](b, "document.querySelector('#batch a.t').getAttribute('href')")
	pages := crawl(b, "/", "/desk", eval[string](b, "location.pathname"), first+"?finding=1")
	if len(pages) < 12 {
		t.Errorf("only %d kinds of pages were found: %v", len(pages), pages)
	}
	t.Logf("%d kinds of pages: %v", len(pages), pages)
	for _, at := range []struct {
		width int64
		size  string
	}{{1440, "m"}, {390, "xl"}} {
		b.width(at.width)
		b.open("/?size=" + at.size)
		for _, page := range append(pages, "/nowhere") {
			b.open(page)
			name := fmt.Sprintf("%s at %d in %s", page, at.width, at.size)
			b.fits(name)
			b.accessible(name)
		}
	}
	b.complaintsAbout("status of 4") // pages that ask for more, and one that is not there
}
