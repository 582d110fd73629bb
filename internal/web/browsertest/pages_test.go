package browsertest

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

func TestHandInWithScript(t *testing.T) {
	b := browser(t, serve(t))
	b.setUp()
	b.width(1440)
	b.open("/desk/reports")
	b.shot("board-empty-1440")
	if !eval[bool](b, "document.querySelector('[data-submit]').offsetParent === null") {
		t.Error("the button is shown although choosing files is enough")
	}
	bad := filepath.Join(t.TempDir(), "photo.png")
	if err := os.WriteFile(bad, []byte("\x89PNG\r\n\x1a\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	files := append(reports(t, "001_huaian_hongze_2023.layout.txt", "007_shuyang_fagaiju_2023.html", "013_pingtan_2020.txt",
		"012_pingtan_2019.txt", "000_xigong_2021.txt"), bad)
	b.do(chromedp.SetUploadFiles(fileInput, files))
	b.until("location.pathname.startsWith('/desk/reports/batches/')")
	b.until("document.querySelector('#batch').dataset.pending === '0'")
	if n := eval[int](b, "document.querySelectorAll('#batch tbody tr').length"); n != len(files) {
		t.Errorf("%d files in the batch, want %d", n, len(files))
	}
	if n := eval[int](b, "document.querySelectorAll('#batch a.t').length"); n != len(files)-1 {
		t.Errorf("%d files were read, want %d", n, len(files)-1)
	}
	b.shot("batch-1440")
	look(t, b)
}

// look walks through the pages at both widths and in all sizes of type.
func look(t *testing.T, b *tab) {
	t.Helper()
	report := eval[string](b, "[...document.querySelectorAll('#batch tr')].find(r => r.innerText.includes('hongze')).querySelector('a.t').getAttribute('href')")
	b.open(report + "?finding=1")
	if n := eval[int](b, "document.querySelectorAll('td.blame').length"); n != 1 {
		t.Errorf("%d cells to blame for finding 1, want 1", n)
	}
	pages := map[string]string{"home": "/", "board": "/desk/reports", "report": report, "finding": report + "?finding=1",
		"agencies": "/desk/reports/agencies", "choose": "/desk/reports/compare", "missing": "/nowhere"}
	b.open("/desk/reports?q=平潭")
	later := eval[string](b, "document.querySelector('td.st a').getAttribute('href')")
	b.open(later)
	pages["compare"] = eval[string](b, "[...document.querySelectorAll('a.chip')].find(a => a.href.includes('compare')).getAttribute('href')")
	for _, width := range []int64{1440, 390} {
		b.width(width)
		for name, path := range pages {
			b.open(path)
			b.fits(fmt.Sprintf("%s at %d", name, width))
			b.shot(fmt.Sprintf("%s-%d", name, width))
		}
	}
	for name, path := range pages {
		b.open(path)
		eval[any](b, "document.querySelector('a.sz-xl').click()")
		b.fits(name + " at 390 in the largest type")
		if got := eval[string](b, "document.documentElement.dataset.size || ''"); got != "xl" {
			t.Errorf("%s: size %q after choosing the largest", name, got)
		}
		b.shot(name + "-390-xl")
	}
	b.complaintsAbout("404")
}

// complaintsAbout drops the complaints that a page which is not there has earned.
func (b *tab) complaintsAbout(what string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	var rest []string
	for _, c := range b.complaints {
		if !strings.Contains(c, what) {
			rest = append(rest, c)
		}
	}
	b.complaints = rest
}

func TestHandInWithoutScript(t *testing.T) {
	b := browser(t, serve(t))
	b.noScript()
	b.setUp()
	b.width(390)
	b.open("/desk/reports")
	b.fits("empty board")
	b.do(chromedp.SetUploadFiles(fileInput, reports(t, "001_huaian_hongze_2023.layout.txt", "000_xigong_2021.txt")),
		chromedp.Click("[data-submit] button"))
	b.until("location.pathname.startsWith('/desk/reports/batches/')")
	b.until("document.querySelector('#batch').dataset.pending === '0'")
	b.fits("batch")
	b.do(chromedp.Click("#batch a.t"))
	b.until("document.querySelectorAll('td.blame').length === 2")
	b.do(chromedp.Click(".eq-bad .go a[href*='finding=']"))
	b.until("document.querySelectorAll('td.sel').length === 5")
	b.until("(r => r.top >= 60 && r.bottom <= innerHeight && r.left >= 0 && r.right <= innerWidth)(document.querySelector('td.blame').getBoundingClientRect())")
	b.view("no-script-blame-390")
	b.fits("report with a finding chosen")
	b.shot("no-script-finding-390")
	b.do(chromedp.Click("a.sz-l"))
	b.until("document.documentElement.dataset.size === 'l'")
	if !eval[bool](b, "location.search.includes('finding=1') && !location.search.includes('size')") {
		t.Errorf("after choosing a size the page is %s", eval[string](b, "location.href"))
	}
	b.open("/desk/reports/agencies")
	b.do(chromedp.SetValue("#list", "示例镇人民政府"), chromedp.Click("main button[type=submit]"))
	b.until("location.search === '?saved=1'")
	b.open("/desk/reports")
	if !eval[bool](b, "document.body.innerText.includes('示例镇人民政府') && document.body.innerText.includes('没有报')") {
		t.Error("the board does not say that the agency is missing")
	}
}

// drop lets go of files over the drop zone, as a mouse would; names and their texts, or a size for an empty big one.
const drop = `(files => {
	const d = new DataTransfer();
	for (const [name, text] of files) d.items.add(new File([typeof text === 'number' ? new Uint8Array(text) : text], name));
	document.querySelector('.drop').dispatchEvent(new DragEvent('drop', {dataTransfer: d, bubbles: true, cancelable: true}));
})`

func TestDropFiles(t *testing.T) {
	b := browser(t, serve(t))
	b.setUp()
	b.width(1440)
	b.open("/desk/reports")
	eval[any](b, drop+`([['太大.pdf', 65 << 20], ['也太大.docx', 66 << 20]])`)
	b.until("[...document.querySelectorAll('.up-list li')].filter(l => l.innerText.includes('太大，没有上传')).length === 2")
	if got := eval[string](b, "location.pathname"); got != "/desk/reports" {
		t.Errorf("nothing was taken, yet the page is %s", got)
	}
	b.shot("drop-refused-1440")
	eval[any](b, drop+`([['一封信.txt', '这不是年报'], ['空.txt', '']])`)
	b.until("location.pathname.startsWith('/desk/reports/batches/')")
	b.until("document.querySelector('#batch').dataset.pending === '0'")
	if got := eval[string](b, "document.querySelector('#batch').innerText"); !strings.Contains(got, "一封信.txt") || !strings.Contains(got, "文件是空的") {
		t.Errorf("batch: %s", got)
	}
}
