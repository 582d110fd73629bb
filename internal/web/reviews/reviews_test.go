package reviews

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/gongkai/gongkai/internal/account"
	"github.com/gongkai/gongkai/internal/agency"
	"github.com/gongkai/gongkai/internal/audit"
	"github.com/gongkai/gongkai/internal/calendar"
	"github.com/gongkai/gongkai/internal/crypt"
	"github.com/gongkai/gongkai/internal/office"
	"github.com/gongkai/gongkai/internal/review"
	"github.com/gongkai/gongkai/internal/store"
	"github.com/gongkai/gongkai/internal/web/ui"
)

const housing = agency.ID("h1")

var morning = time.Date(2026, 1, 20, 1, 0, 0, 0, time.UTC)

// desk is the pages over a real database, with somebody behind each account.
type desk struct {
	t       *testing.T
	handler http.Handler
	service *review.Service
	people  *office.Service
	clock   *time.Time
}

func open(t *testing.T) desk {
	t.Helper()
	clock := morning
	now := func() time.Time { return clock }
	master := crypt.NewMaster()
	db, err := store.Open(t.Context(), store.Options{Dir: t.TempDir(), Now: now, Master: &master})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := store.Office(db).Update(t.Context(), func(tx office.Tx) error { return settle(t.Context(), tx) }); err != nil {
		t.Fatal(err)
	}
	days := func(from calendar.Date, n int) (calendar.Date, error) {
		c, err := calendar.Table{}.WorkingDays(from, n)
		return c.Due, err
	}
	quiet := func(context.Context, *store.Tx, review.Telling) error { return nil }
	static, err := ui.NewStatic()
	if err != nil {
		t.Fatal(err)
	}
	site := &ui.Site{Name: "示例区住建局", Static: static, Log: slog.New(slog.NewTextHandler(io.Discard, nil))}
	d := desk{t: t, service: review.NewService(store.Reviews(db, quiet), days, nil), people: office.NewService(store.Office(db)), clock: &clock}
	mux := http.NewServeMux()
	pages := New(Options{Site: site, Service: d.service, Between: calendar.Table{}.WorkingDaysBetween, Now: now})
	for pattern, r := range pages.Routes() {
		mux.Handle(pattern, site.Handle(r.Handler))
	}
	d.handler = mux
	return d
}

// settle makes an office with its people.
func settle(ctx context.Context, tx office.Tx) error {
	from := calendar.On(morning)
	err := errors.Join(tx.SaveAgency(ctx, housing, []agency.Version{{Agency: housing, Name: "示例区住建局", Kind: agency.Department, Level: agency.County, From: from}}, 0),
		tx.SavePlaces(ctx, map[agency.ID]office.Place{housing: {Path: "/h1/", Live: true}}))
	for id, role := range map[account.PersonID]account.RoleKey{"writer": account.Handler, "first": account.Reviewer, "second": account.Officer,
		"secrecy": account.Secrecy, "leader": account.Leader, "admin": account.OfficeAdmin, "auditor": account.Auditor, "lawyer": account.Legal, "other": account.Handler} {
		err = errors.Join(err, tx.SavePerson(ctx, account.Person{ID: id, Name: "张" + string(id), Account: string(id) + "1"}),
			tx.SavePosition(ctx, account.Position{ID: "p-" + string(id), Person: id, Agency: housing, Role: role, From: from}))
	}
	return errors.Join(err, tx.Note(ctx, account.System("test"), audit.Note{Action: "agency.create", Subject: audit.Subject{Kind: "agency", ID: string(housing)}}))
}

func (d desk) actor(who account.PersonID) account.Actor {
	d.t.Helper()
	a, err := d.people.Actor(d.t.Context(), who, "test")
	if err != nil {
		d.t.Fatal(err)
	}
	return a
}

// ask sends a request as somebody; a form makes it a POST.
func (d desk) ask(who account.PersonID, path string, form url.Values) (int, string, http.Header) {
	d.t.Helper()
	r := httptest.NewRequestWithContext(account.WithActor(d.t.Context(), d.actor(who)), http.MethodGet, path, nil)
	if form != nil {
		r = httptest.NewRequestWithContext(r.Context(), http.MethodPost, path, strings.NewReader(form.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	w := httptest.NewRecorder()
	d.handler.ServeHTTP(w, r)
	return w.Code, w.Body.String(), w.Header()
}

// page is what somebody sees; anything but 200 fails the test.
func (d desk) page(who account.PersonID, path string) string {
	d.t.Helper()
	code, body, _ := d.ask(who, path, nil)
	if code != http.StatusOK {
		d.t.Fatalf("%s for %s: %d\n%s", path, who, code, body)
	}
	if m := regexp.MustCompile(` style=|<script>|onclick=`).FindString(body); m != "" {
		d.t.Errorf("%s has %q, which the policy of the site forbids", path, m)
	}
	return body
}

func (d desk) item(submit bool) review.Item {
	d.t.Helper()
	s := review.Subject{Kind: "publication", ID: "p1"}
	i, err := d.service.Open(d.t.Context(), d.actor("writer"), review.New{Agency: housing, Kind: review.Publication, Subject: s, Title: "补助公示<script>", Link: "/desk/content", Section: "物业股", Digest: review.DigestOf(s)})
	if err == nil && submit {
		i, err = d.service.Submit(d.t.Context(), d.actor("writer"), i.ID, "")
	}
	if err != nil {
		d.t.Fatal(err)
	}
	return i
}

func path(i review.Item, rest string) string { return "/desk/reviews/" + string(i.ID) + rest }

func decision(i review.Item, step, verdict string, more ...string) url.Values {
	v := url.Values{"step": {step}, "digest": {i.Digest}, "verdict": {verdict}}
	for n := 0; n < len(more); n += 2 {
		v.Set(more[n], more[n+1])
	}
	return v
}

func (d desk) has(body string, want ...string) {
	d.t.Helper()
	for _, w := range want {
		if !strings.Contains(body, w) {
			d.t.Errorf("the page does not say %q:\n%s", w, body)
		}
	}
}

func (d desk) hasNot(body string, bad ...string) {
	d.t.Helper()
	for _, b := range bad {
		if strings.Contains(body, b) {
			d.t.Errorf("the page says %q:\n%s", b, body)
		}
	}
}

func TestAnItemGoesThroughItsChainOnThePages(t *testing.T) {
	d := open(t)
	i := d.item(false)
	d.has(d.page("writer", path(i, "")), "待送审", "给审查人的说明", "打开送审内容", "补助公示&lt;script&gt;")
	if code, _, h := d.ask("writer", path(i, "/submit"), url.Values{"digest": {i.Digest}, "text": {"请审"}}); code != http.StatusSeeOther || h.Get("Location") != path(i, "") {
		t.Fatalf("submitting: %d to %s", code, h.Get("Location"))
	}
	body := d.page("first", "/desk/reviews")
	d.has(body, "补助公示&lt;script&gt;", "还剩 2 个工作日", "2026年1月22日", "物业股 张writer")
	d.has(d.page("second", "/desk/reviews"), "没有等您办的事项")
	d.has(d.page("second", "/desk/reviews?view=all&state=in_review"), "补助公示")
	d.has(d.page("writer", "/desk/reviews?view=mine"), "补助公示")

	d.has(d.page("first", path(i, "")), "谁提供", "谁审核", "谁负责", `value="approve"`, `value="return"`, "最晚在这一天办完")
	d.hasNot(d.page("auditor", path(i, "")), `value="approve"`, "撤回的原因", "作废的原因")
	d.has(d.page("writer", path(i, "")), "撤回的原因")
	d.has(d.page("admin", path(i, "")), "作废的原因")
	for _, s := range [][2]string{{"first", "1.1"}, {"secrecy", "2.2"}, {"second", "2.1"}, {"leader", "3.1"}} {
		code, body, h := d.ask(account.PersonID(s[0]), path(i, "/decide"), decision(i, s[1], "approve", "text", "可以公开"))
		if code != http.StatusSeeOther || h.Get("Location") != "/desk/reviews" {
			t.Fatalf("%s: %d %s", s[0], code, body)
		}
	}
	d.has(d.page("writer", path(i, "")), "已签发", "张secrecy　保密审查：同意", "第 1 轮")
	d.has(d.page("auditor", path(i, "/print")), "审查记录", "一事一审", "条例 第十七条", i.Digest, "签发人张leader", "可以公开", "默认方案：初审")
}

func TestWhatIsWrongIsSaidBesideTheForm(t *testing.T) {
	d := open(t)
	i := d.item(true)
	tests := []struct {
		name string
		who  account.PersonID
		to   string
		form url.Values
		code int
		says string
	}{
		{"a return without a reason", "first", "/decide", decision(i, "1.1", "return", "to", "0"), 422, "请写明退回的原因"},
		{"a return to nobody", "first", "/decide", decision(i, "1.1", "return", "text", "要改"), 422, "退回时选择退给谁"},
		{"a return forward", "first", "/decide", decision(i, "1.1", "return", "text", "要改", "to", "2"), 422, "请选择退回给谁"},
		{"no verdict", "first", "/decide", decision(i, "1.1", "", "to", "0"), 422, "请选择同意还是退回"},
		{"another content", "first", "/decide", url.Values{"step": {"1.1"}, "digest": {"old"}, "verdict": {"approve"}}, 422, "您看的时候内容又改过了"},
		{"a step that is not open", "leader", "/decide", decision(i, "3.1", "approve"), 422, "现在不能办"},
		{"a step of others", "secrecy", "/decide", decision(i, "1.1", "approve"), 404, "没有这件审查事项"},
		{"somebody else's item", "other", "/withdraw", url.Values{"text": {"不用了"}}, 404, "没有这件审查事项"},
		{"no reason to withdraw", "writer", "/withdraw", url.Values{}, 422, "请填写原因"},
		{"no reason to void", "admin", "/void", url.Values{}, 422, "请填写原因"},
		{"submitted twice", "writer", "/submit", url.Values{"digest": {i.Digest}}, 422, "不用再送审"},
		{"submitting another content", "writer", "/submit", url.Values{"digest": {"old"}}, 422, "内容刚改过"},
	}
	for _, tt := range tests {
		code, body, _ := d.ask(tt.who, path(i, tt.to), tt.form)
		if code != tt.code || !strings.Contains(body, tt.says) {
			t.Errorf("%s: %d, want %d with %q:\n%s", tt.name, code, tt.code, tt.says, body)
		}
	}
	for _, p := range []string{path(i, ""), path(i, "/print"), "/desk/reviews/nothing"} {
		if code, _, _ := d.ask("other", p, nil); code != http.StatusNotFound {
			t.Errorf("%s is there for who may not see it: %d", p, code)
		}
	}
	code, _, _ := d.ask("first", path(i, "/decide"), decision(i, "1.1", "return", "to", "0", "text", "金额要核对"))
	if code != http.StatusSeeOther {
		t.Fatalf("returning: %d", code)
	}
	d.has(d.page("writer", path(i, "")), "已退回", "金额要核对", "初审：退回提供人")
}

func TestLateIsRed(t *testing.T) {
	d := open(t)
	i := d.item(true)
	*d.clock = morning.Add(72 * time.Hour) // Friday; due on Thursday
	d.has(d.page("first", "/desk/reviews"), "逾期 1 个工作日", "tag-red")
	d.has(d.page("first", path(i, "")), "is-late", "已超过")
}

func TestTheChainOfAnAgencyIsConfigured(t *testing.T) {
	d := open(t)
	body := d.page("admin", "/desk/reviews/plan")
	d.has(body, "默认方案", "同一阶段并行", "保存新的一版", "张secrecy")
	d.hasNot(d.page("auditor", "/desk/reviews/plan"), "保存新的一版")

	form := planForm(review.DefaultPlan(housing))
	values := url.Values{}
	for _, name := range []string{"version", "apart", "elsewhere"} {
		values.Set(name, form.Value(name))
	}
	row := func(n int, kind, stage, days string) {
		values.Set(field("kind", n), kind)
		values.Set(field("stage", n), stage)
		values.Set(field("days", n), days)
	}
	row(1, "first", "1", "3")
	row(2, "second", "4", "2") // numbers that were left out close up
	row(3, "sign", "8", "1")
	code, body, _ := d.ask("admin", "/desk/reviews/plan?agency=h1", values)
	if code != 422 || !strings.Contains(body, "必须保密审查") || !strings.Contains(body, `value="3"`) {
		t.Errorf("a chain without secrecy review: %d\n%s", code, body)
	}
	row(4, "secrecy", "4", "2")
	values[field("persons", 4)] = []string{"secrecy"}
	values.Set(field("name", 4), "保密办审查")
	code, body, h := d.ask("admin", "/desk/reviews/plan?agency=h1", values)
	if code != http.StatusSeeOther || h.Get("Location") != "/desk/reviews/plan?agency=h1" {
		t.Fatalf("saving: %d %s", code, body)
	}
	d.has(d.page("admin", "/desk/reviews/plan?agency=h1"), "现在是第 1 版", "保密办审查", "3 个工作日")
	if code, body, _ := d.ask("admin", "/desk/reviews/plan?agency=h1", values); code != 422 || !strings.Contains(body, "别人刚把审查方案改成了第 1 版") {
		t.Errorf("saving over a newer version: %d\n%s", code, body)
	}
	if code, _, _ := d.ask("leader", "/desk/reviews/plan?agency=h1", values); code != http.StatusNotFound {
		t.Errorf("saving without the permission: %d", code)
	}
	if code, _, _ := d.ask("admin", "/desk/reviews/plan?agency=elsewhere", nil); code != http.StatusNotFound {
		t.Errorf("the chain of another agency: %d", code)
	}
	values.Set("version", "1")
	values.Set(field("stage", 1), "first")
	if code, body, _ := d.ask("admin", "/desk/reviews/plan?agency=h1", values); code != 422 || !strings.Contains(body, "第 1 行的顺序要填整数") {
		t.Errorf("words for a number: %d\n%s", code, body)
	}
}
