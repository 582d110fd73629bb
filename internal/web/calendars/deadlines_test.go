package calendars_test

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/gongkai/gongkai/internal/account"
	"github.com/gongkai/gongkai/internal/calendar"
	"github.com/gongkai/gongkai/internal/clock"
)

// everywhere lets a person reach every agency: the scope itself is tested where it is rendered, in store.
func (d desk) everywhere(p account.PersonID) {
	a := account.System("test")
	a.Person, a.Name = p, d.actors[p].Name
	d.actors[p] = a
}

func TestWhatIsDueFirstStandsAtTheTop(t *testing.T) {
	d := open(t, "2026-09-28")
	d.everywhere("p1")
	d.application(t, 1, "p1", "2026-09-07")
	d.application(t, 2, "p1", "2026-08-03")
	d.application(t, 3, "p2", "2026-09-08")
	status, page := d.get(t, "p1", "/desk/deadlines")
	if status != http.StatusOK {
		t.Fatalf("%d\n%s", status, page)
	}
	holds(t, page, "有 1 件逾期", "2026年10月10日 周六（调休上班）", "还剩 5 个工作日", "逾期 20 个工作日")
	lacks(t, page, "〔2020〕3号")
	if strings.Index(page, "〔2020〕2号") > strings.Index(page, "〔2020〕1号") {
		t.Error("what is late does not stand first")
	}
	_, page = d.get(t, "p1", "/desk/deadlines?show=all")
	holds(t, page, "〔2020〕3号")
	_, page = d.get(t, "k1", "/desk/deadlines?show=all")
	holds(t, page, "没有在办的期限")
	if status, _ := d.get(t, "p1", "/desk/deadlines?after=x"); status != http.StatusBadRequest {
		t.Errorf("a broken cursor: %d", status)
	}
}

func TestListsArePaged(t *testing.T) {
	d := open(t, "2026-09-28")
	d.everywhere("p1")
	for n := range 120 {
		d.application(t, n+1000, "p1", "2026-09-07")
	}
	seen, path := map[string]bool{}, "/desk/deadlines"
	next := regexp.MustCompile(`href="([^"]+)" rel="next"`)
	for pages := 1; ; pages++ {
		_, page := d.get(t, "p1", path)
		for _, title := range regexp.MustCompile(`〔2020〕\d+号`).FindAllString(page, -1) {
			seen[title] = true
		}
		m := next.FindStringSubmatch(page)
		if m == nil {
			if pages != 3 {
				t.Errorf("%d pages, want 3", pages)
			}
			break
		}
		path = strings.ReplaceAll(m[1], "&amp;", "&")
	}
	if len(seen) != 120 {
		t.Errorf("%d of 120 seen", len(seen))
	}
}

func TestADeadlineIsProvedDayByDay(t *testing.T) {
	d := open(t, "2025-05-10")
	d.everywhere("p1")
	c := d.application(t, 1, "p1", "2025-04-14")
	ctx, by := t.Context(), account.System("test")
	if _, err := d.Freeze(ctx, by, c.ID, "受理告知书"); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Amend(ctx, by, c.ID, "征求第三方意见", clock.Consulted{From: date("2025-04-18"), To: date("2025-05-08")}); err != nil {
		t.Fatal(err)
	}
	status, page := d.get(t, "p1", "/desk/deadlines/"+string(c.ID))
	if status != http.StatusOK {
		t.Fatalf("%d\n%s", status, page)
	}
	holds(t, page, `datetime="2025-05-30"`, "扣除", "第 20 天", "最后一天", "起算", "今天", "劳动节", "条例 第三十三条第二款；条例 第三十三条第三款", "《受理告知书》写明最后一天是 2025年5月14日")
	if status, _ := d.get(t, "k1", "/desk/deadlines/"+string(c.ID)); status != http.StatusNotFound {
		t.Errorf("without the right: %d", status)
	}
	if _, err := d.Close(ctx, by, c.ID, "已答复"); err != nil {
		t.Fatal(err)
	}
	_, page = d.get(t, "p1", "/desk/deadlines/"+string(c.ID))
	holds(t, page, "is-done", "已答复")
}

func TestAProvisionalDeadlineSaysSo(t *testing.T) {
	d := open(t, "2026-12-20")
	d.everywhere("p1")
	c := d.application(t, 1, "p1", "2026-12-15")
	for _, path := range []string{"/desk/deadlines", "/desk/deadlines/" + string(c.ID)} {
		_, page := d.get(t, "p1", path)
		holds(t, page, "暂定")
	}
}

// TestTheFeedIsOpenedByItsKey goes through the life of a feed: made, read, read again unchanged, renewed, closed, and the
// account closed.
func TestTheFeedIsOpenedByItsKey(t *testing.T) {
	d := open(t, "2026-09-28")
	d.everywhere("p1")
	c := d.application(t, 1, "p1", "2026-09-07")
	d.application(t, 2, "p2", "2026-09-07")
	made := func() string {
		t.Helper()
		res := d.ask(t, "p2", httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/desk/deadlines/feed", nil))
		lacks(t, body(t, res), "deadlines.ics?k=")
		a := d.actors["p1"]
		d.actors["p1"] = account.Actor{Person: "p1", Name: "张示例", Via: "session x"} // signed in, not the program
		status, page, _ := d.post(t, "p1", "/desk/deadlines/feed")
		d.actors["p1"] = a
		m := regexp.MustCompile(`https://example\.test(/desk/deadlines\.ics\?k=[A-Z2-7]{52})<`).FindStringSubmatch(page)
		if status != http.StatusOK || m == nil {
			t.Fatalf("%d, no address in\n%s", status, page)
		}
		return m[1]
	}
	first := made()
	read := func(path, etag string) *http.Response {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil)
		if etag != "" {
			r.Header.Set("If-None-Match", etag)
		}
		return d.ask(t, "", r)
	}
	res := read(first, "")
	text, etag := body(t, res), res.Header.Get("ETag")
	if res.StatusCode != http.StatusOK || etag == "" || res.Header.Get("Content-Type") != "text/calendar; charset=utf-8" {
		t.Fatalf("%d %v\n%s", res.StatusCode, res.Header, text)
	}
	holds(t, text, "DTSTART;VALUE=DATE:20261010", "UID:"+string(c.ID)+"@gongkai", "〔2020〕1号", "TRIGGER;VALUE=DATE-TIME:20261009T010000Z")
	lacks(t, text, "〔2020〕2号")
	if again := read(first, etag); again.StatusCode != http.StatusNotModified || body(t, again) != "" {
		t.Errorf("unchanged: %d", again.StatusCode)
	}
	if _, err := d.Amend(t.Context(), account.System("test"), c.ID, "延期", clock.Extended{Days: 5}); err != nil {
		t.Fatal(err)
	}
	changed := read(first, etag)
	if changed.StatusCode != http.StatusOK || !strings.Contains(body(t, changed), "20261016") {
		t.Errorf("after it moved: %d", changed.StatusCode)
	}
	second := made()
	for what, path := range map[string]string{"the old key": first, "no key": "/desk/deadlines.ics", "a wrong key": second[:len(second)-1]} {
		res := read(path, "")
		if res.StatusCode != http.StatusNotFound || strings.Contains(body(t, res), "VCALENDAR") {
			t.Errorf("%s: %d", what, res.StatusCode)
		}
	}
	a := d.actors["p1"]
	delete(d.actors, "p1")
	if res := read(second, ""); res.StatusCode != http.StatusNotFound {
		t.Errorf("of a closed account: %d", res.StatusCode)
	}
	d.actors["p1"] = account.Actor{Person: "p1", Name: a.Name, Via: "session x"}
	if text := body(t, read(second, "")); strings.Contains(text, "VEVENT") {
		t.Errorf("of somebody who has lost the right:\n%s", text)
	}
	if status, _, _ := d.post(t, "p1", "/desk/deadlines/feed/close"); status != http.StatusSeeOther {
		t.Errorf("closing: %d", status)
	}
	if res := read(second, ""); res.StatusCode != http.StatusNotFound {
		t.Errorf("after it was closed: %d", res.StatusCode)
	}
}

func TestTheGridHasEveryDayOfTheYearOnce(t *testing.T) {
	d := open(t, "2026-03-02")
	_, page := d.get(t, "p1", "/desk/calendar?year=2026")
	grid := page[strings.Index(page, `id="grid"`):strings.Index(page, `id="notices"`)]
	table := calendar.Builtin()
	want := map[string]int{}
	for day := date("2026-01-01"); day.Year() == 2026; day = day.AddDays(1) {
		class, _ := table.Class(day)
		want[map[calendar.Class]string{calendar.Holiday: "is-hol", calendar.Makeup: "is-start", calendar.Weekend: "is-we", calendar.Workday: ""}[class]]++
	}
	for class, n := range want {
		if got := strings.Count(grid, `<td class="`+class+`">`); got != n {
			t.Errorf("%q: %d days, want %d", class, got, n)
		}
	}
}
