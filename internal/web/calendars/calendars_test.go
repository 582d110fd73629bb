package calendars_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/gongkai/gongkai/internal/account"
	"github.com/gongkai/gongkai/internal/calendar"
	"github.com/gongkai/gongkai/internal/clock"
	"github.com/gongkai/gongkai/internal/deadline"
	"github.com/gongkai/gongkai/internal/store"
	"github.com/gongkai/gongkai/internal/web/calendars"
	"github.com/gongkai/gongkai/internal/web/ui"
	"github.com/gongkai/gongkai/internal/work"
)

// desk is the pages over a real database, on a day.
type desk struct {
	*clock.Service
	db     *store.DB
	mux    *http.ServeMux
	now    *time.Time
	actors map[account.PersonID]account.Actor
}

func date(s string) calendar.Date {
	d, err := calendar.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

func noon(s string) time.Time {
	return date(s).At(12, 0)
}

func open(t *testing.T, today string) desk {
	t.Helper()
	now := noon(today)
	db, err := store.Open(t.Context(), store.Options{Dir: t.TempDir(), Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	silent := func(context.Context, *store.Tx, clock.Telling) error { return nil }
	d := desk{Service: clock.NewService(store.Clock(db, silent), clock.Options{Base: calendar.Builtin().AsOf(date(today))}), db: db, mux: http.NewServeMux(), now: &now,
		actors: map[account.PersonID]account.Actor{}}
	for _, p := range []account.PersonID{"k1", "k2", "p1", "p2"} {
		a := account.Actor{Person: p, Name: "王示例" + string(p), Via: "session x"}
		perm := account.Provide
		if p[0] == 'k' {
			perm = account.ManageSetting
		}
		a.Grants = []account.Grant{{Perm: perm, Agency: "a1", Path: "a1/", Subtree: true}}
		d.actors[p] = a
	}
	static, err := ui.NewStatic()
	if err != nil {
		t.Fatal(err)
	}
	site := &ui.Site{Name: "示例区", Static: static, Log: slog.New(slog.NewTextHandler(io.Discard, nil))}
	pages := calendars.New(calendars.Options{Site: site, Clock: d.Service, Perm: account.Provide, Now: func() time.Time { return now }, BaseURL: "https://example.test",
		Actor: func(_ context.Context, p account.PersonID) (account.Actor, error) {
			a, ok := d.actors[p]
			if !ok {
				return a, clock.ErrNotFound
			}
			return a, nil
		}})
	for pattern, r := range pages.Routes() {
		d.mux.Handle(pattern, site.Handle(r.Handler))
	}
	return d
}

// ask sends a request of a person, "" for nobody.
func (d desk) ask(t *testing.T, by account.PersonID, r *http.Request) *http.Response {
	t.Helper()
	rec := httptest.NewRecorder()
	d.mux.ServeHTTP(rec, r.WithContext(account.WithActor(t.Context(), d.actors[by])))
	return rec.Result()
}

func body(t *testing.T, res *http.Response) string {
	t.Helper()
	b, err := io.ReadAll(res.Body)
	if err := errors.Join(err, res.Body.Close()); err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func (d desk) get(t *testing.T, by account.PersonID, path string) (int, string) {
	t.Helper()
	res := d.ask(t, by, httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil))
	return res.StatusCode, body(t, res)
}

func (d desk) post(t *testing.T, by account.PersonID, path string, pairs ...string) (int, string, string) {
	t.Helper()
	v := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		v.Add(pairs[i], pairs[i+1])
	}
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, path, strings.NewReader(v.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	res := d.ask(t, by, r)
	return res.StatusCode, body(t, res), res.Header.Get("Location")
}

func (d desk) work(t *testing.T) {
	t.Helper()
	r := work.NewRunner(store.Work(d.db), d.Kinds())
	for range 100 {
		did, err := r.Work(t.Context(), time.Minute, func() time.Time { return *d.now })
		if err != nil {
			t.Fatal(err)
		}
		if !did {
			return
		}
	}
}

// application opens a deadline for a reply, in an agency that the people of the tests reach.
func (d desk) application(t *testing.T, n int, owner account.PersonID, received string) clock.Clock {
	t.Helper()
	c, err := d.Open(t.Context(), account.System("test"), clock.Opening{Agency: "a1", Subject: clock.Subject{Kind: "application", ID: fmt.Sprint(n)},
		Title: fmt.Sprintf("示例依申请〔2020〕%d号", n), Owner: clock.Owner{Person: owner}, Input: deadline.Input{Kind: deadline.Reply, Received: date(received)}})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func holds(t *testing.T, page string, parts ...string) {
	t.Helper()
	for _, p := range parts {
		if !strings.Contains(page, p) {
			t.Errorf("no %q in\n%s", p, page)
		}
	}
}

func lacks(t *testing.T, page string, parts ...string) {
	t.Helper()
	for _, p := range parts {
		if strings.Contains(page, p) {
			t.Errorf("%q in\n%s", p, page)
		}
	}
}

const springFestival = "date,type,name\n2020-01-31,放假,春节\n2020-02-01,放假,春节\n2020-02-02,放假,春节\n"

// filled is the form of the notice of 2020, as somebody types it.
func filled(do string) []string {
	return []string{"number", "国办发明电〔2020〕1号", "title", "国务院办公厅关于延长2020年春节假期的通知", "issued", "2020-01-26", "known", "2020-01-27",
		"years", "", "source", "https://www.gov.cn/", "days", springFestival, "do", do}
}

func TestTheCalendarIsShownDayByDay(t *testing.T) {
	d := open(t, "2026-11-05")
	status, page := d.get(t, "p1", "/desk/calendar")
	if status != http.StatusOK {
		t.Fatalf("%d\n%s", status, page)
	}
	holds(t, page, "2026年逐日", "2027 年的放假安排还没有录入", "国办发明电〔2025〕7号", "随程序提供", ">248<", "还没有重新计算过")
	lacks(t, page, "/desk/calendar/new", "什么时候提醒")
	_, page = d.get(t, "k1", "/desk/calendar?year=2020")
	holds(t, page, "2020年逐日", "/desk/calendar/new", `value="5、2、0"`)
	if _, page := d.get(t, "p1", "/desk/calendar?year=1999"); !strings.Contains(page, "2026年逐日") {
		t.Error("a year that is not there is shown")
	}
}

// TestANoticeIsEnteredLookedAtAndPutInForce goes the whole way: a preview, handing in, review by another person, the recount
// and its report.
func TestANoticeIsEnteredLookedAtAndPutInForce(t *testing.T) {
	d := open(t, "2020-01-27")
	old := clock.NewService(store.Clock(d.db, func(context.Context, *store.Tx, clock.Telling) error { return nil }), clock.Options{Base: calendar.Builtin().AsOf(date("2020-01-26"))})
	*d.Service = *old
	c := d.application(t, 1, "p1", "2020-01-15")
	status, page, _ := d.post(t, "k1", "/desk/calendar/new", filled("preview")...)
	if status != http.StatusOK {
		t.Fatalf("%d\n%s", status, page)
	}
	holds(t, page, "2020年2月1日", "调休上班", "在办的期限 1 个：最后一天推后的 1 个", "推后 2 个工作日", `value="submit"`, "2020-01-31,放假,春节")
	status, page, to := d.post(t, "k1", "/desk/calendar/new", filled("submit")...)
	if status != http.StatusSeeOther || !strings.HasPrefix(to, "/desk/calendar/notices/") {
		t.Fatalf("%d %s\n%s", status, to, page)
	}
	if status, _ := d.get(t, "p1", to); status != http.StatusNotFound {
		t.Errorf("what waits is shown to everybody: %d", status)
	}
	_, page = d.get(t, "k1", to)
	holds(t, page, "这是您录入的", "待审核")
	lacks(t, page, to+"/approve")
	_, page = d.get(t, "k2", to)
	m := regexp.MustCompile(`name="digest" value="([0-9a-f]{64})"`).FindStringSubmatch(page)
	if m == nil {
		t.Fatalf("no digest in\n%s", page)
	}
	if status, page, _ := d.post(t, "k2", to+"/approve", "digest", m[1]); status != http.StatusUnprocessableEntity || !strings.Contains(page, "请先勾选") {
		t.Errorf("without comparing: %d", status)
	}
	if status, page, _ := d.post(t, "k1", to+"/approve", "digest", m[1], "compared", "1"); status != http.StatusUnprocessableEntity || !strings.Contains(page, "不能是同一个人") {
		t.Errorf("by the same person: %d", status)
	}
	if status, page, _ := d.post(t, "k2", to+"/approve", "digest", m[1], "compared", "1", "comment", "与原文一致"); status != http.StatusSeeOther {
		t.Fatalf("%d\n%s", status, page)
	}
	d.work(t)
	_, page = d.get(t, "k2", "/desk/calendar")
	holds(t, page, "王示例k1录入，王示例k2审核", m[1][:12])
	report := regexp.MustCompile(`/desk/calendar/recounts/[0-9a-f-]+`).FindString(page)
	for by, want := range map[account.PersonID]string{"k2": "示例依申请〔2020〕1号", "p1": "示例依申请〔2020〕1号", "p2": "没有影响您经办的期限"} {
		status, page := d.get(t, by, report)
		if status != http.StatusOK {
			t.Fatalf("%s: %d\n%s", by, status, page)
		}
		holds(t, page, want, "2020年1月31日", "推后的 1 个")
		if by == "p2" {
			lacks(t, page, c.Title)
		}
	}
}

func TestWhatIsEnteredWronglyStandsBesideItsField(t *testing.T) {
	d := open(t, "2020-01-27")
	for what, tt := range map[string]struct{ field, value, want string }{
		"no number": {"number", "", "请填写文号"}, "no head": {"days", "2020-01-31,放假,春节", "第一行应为表头"}, "day": {"days", "date,type,name\n2020-02-30,放假,春节", "第 2 行"},
		"year": {"years", "20", "不是年份"}, "known later": {"known", "2020-01-28", "还没有到"}, "there already": {"number", "国办发明电〔2019〕16号", "已经有了"},
		"script": {"days", "<script>alert(1)</script>", "&lt;script&gt;"},
	} {
		pairs := filled("submit")
		for i := 0; i < len(pairs); i += 2 {
			if pairs[i] == tt.field {
				pairs[i+1] = tt.value
			}
		}
		status, page, _ := d.post(t, "k1", "/desk/calendar/new", pairs...)
		if status != http.StatusUnprocessableEntity || !strings.Contains(page, tt.want) || strings.Contains(page, "<script>alert") {
			t.Errorf("%s: %d, want %q in\n%s", what, status, tt.want, page)
		}
	}
}

func TestAFileTakesThePlaceOfWhatWasTyped(t *testing.T) {
	d := open(t, "2026-11-05")
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	for i, pairs := 0, []string{"number", "国办发明电〔2026〕9号", "title", "国务院办公厅关于2027年部分节假日安排的通知", "issued", "2026-11-04", "known", "2026-11-05",
		"years", "2027", "days", "typed", "do", "preview"}; i < len(pairs); i += 2 {
		if err := m.WriteField(pairs[i], pairs[i+1]); err != nil {
			t.Fatal(err)
		}
	}
	f, err := m.CreateFormFile("days-file", "2027.csv")
	if err != nil {
		t.Fatal(err)
	}
	_, err = f.Write([]byte("\ufeffdate,type,name\r\n2027-01-01,holiday,元旦\r\n"))
	if err := errors.Join(err, m.Close()); err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/desk/calendar/new", &b)
	r.Header.Set("Content-Type", m.FormDataContentType())
	res := d.ask(t, "k1", r)
	page := body(t, res)
	if res.StatusCode != http.StatusOK {
		t.Fatalf("%d\n%s", res.StatusCode, page)
	}
	holds(t, page, "2027年的安排从此确定", "2027年1月1日", "没有在办的期限")
	lacks(t, page, ">typed<")
}

func TestANoticeIsPutAside(t *testing.T) {
	d := open(t, "2020-01-26")
	*d.now = noon("2020-01-27")
	_, _, to := d.post(t, "k1", "/desk/calendar/new", filled("submit")...)
	if status, page, _ := d.post(t, "k1", to+"/reject", "reason", ""); status != http.StatusUnprocessableEntity || !strings.Contains(page, "请填写原因") {
		t.Errorf("without a reason: %d", status)
	}
	if status, _, back := d.post(t, "k1", to+"/reject", "reason", "录错了文号"); status != http.StatusSeeOther || back != "/desk/calendar" {
		t.Errorf("%d %s", status, back)
	}
	_, page := d.get(t, "k2", to)
	holds(t, page, "未采用", "录错了文号")
	lacks(t, page, to+"/approve")
}

func TestMarksAreSetOnThePage(t *testing.T) {
	d := open(t, "2026-03-02")
	if status, page, _ := d.post(t, "k1", "/desk/calendar/marks", "marks", "x"); status != http.StatusUnprocessableEntity || !strings.Contains(page, "“x”不是") {
		t.Errorf("%d", status)
	}
	if status, _, to := d.post(t, "k1", "/desk/calendar/marks", "marks", "10、1"); status != http.StatusSeeOther || to != "/desk/calendar" {
		t.Errorf("%d %s", status, to)
	}
	_, page := d.get(t, "k1", "/desk/calendar")
	holds(t, page, `value="10、1"`)
}
