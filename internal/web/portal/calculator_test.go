package portal_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/gongkai/gongkai/internal/calendar"
	"github.com/gongkai/gongkai/internal/deadline"
	"github.com/gongkai/gongkai/internal/web/portal"
	"github.com/gongkai/gongkai/internal/web/ui"
)

func site(t testing.TB) *ui.Site {
	t.Helper()
	static, err := ui.NewStatic()
	if err != nil {
		t.Fatal(err)
	}
	return &ui.Site{Name: "示例区", Static: static, Log: slog.New(slog.NewTextHandler(io.Discard, nil))}
}

func builtin(context.Context) (calendar.Table, error) { return calendar.Builtin(), nil }

// get asks a handler and returns the status and the page without blanks between tags.
func get(t testing.TB, h http.Handler, path string, q url.Values) (int, string) {
	t.Helper()
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, httptest.NewRequestWithContext(t.Context(), http.MethodGet, path+"?"+q.Encode(), nil))
	return rec.Code, rec.Body.String()
}

func period(t testing.TB, pairs ...string) (int, string) {
	t.Helper()
	s := site(t)
	return get(t, s.Handle(portal.Calculator(s, builtin)), "/deadline", values(pairs...))
}

func values(pairs ...string) url.Values {
	q := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		q.Add(pairs[i], pairs[i+1])
	}
	return q
}

func holds(t *testing.T, page string, parts ...string) {
	t.Helper()
	for _, p := range parts {
		if !strings.Contains(page, p) {
			t.Errorf("no %q in\n%s", p, page)
		}
	}
}

func TestTheEmptyFormAsksForOneDay(t *testing.T) {
	status, page := period(t)
	if status != http.StatusOK || strings.Contains(page, "class=\"plate") || strings.Contains(page, "err-sum") {
		t.Errorf("%d\n%s", status, page)
	}
	holds(t, page, `action="/deadline"`, `method="get"`, `<option value="reply" selected>`, `name="received"`)
	for _, r := range deadline.Rules() {
		holds(t, page, `<option value="`+string(r.Kind)+`"`)
	}
}

func TestTheLastDayStandsFirst(t *testing.T) {
	status, page := period(t, "kind", "reply", "received", "2026-09-07", "extend", "", "consult_from", "", "consult_to", "")
	if status != http.StatusOK {
		t.Errorf("status %d", status)
	}
	holds(t, page, `<time datetime="2026-10-10"><strong>2026年10月10日</strong> 周六（调休上班日）</time>`, `《政府信息公开条例》第三十三条第二款（国务院令第711号）`,
		`class="is-start"`, `class="is-last"`, "最后一天", "中秋节", `<i>第</i>20<i>天</i>`, `value="2026-09-07"`)
	if strings.Index(page, `class="plate`) > strings.Index(page, "<form class=\"card\"") {
		t.Error("the form stands before the answer")
	}
	if strings.Contains(page, "暂定") {
		t.Error("a certain day is called provisional")
	}
}

func TestWhatMovesAReplyIsShown(t *testing.T) {
	status, page := period(t, "kind", "reply", "received", "2025-04-14", "extend", "2", "corrected", "2025-04-15", "fee_paid", "2025-04-16",
		"consult_from", "", "consult_to", "", "consult_from", "2025-04-18", "consult_to", "2025-05-08")
	if status != http.StatusOK {
		t.Errorf("status %d", status)
	}
	holds(t, page, `datetime="2025-06-06"`, "12 个工作日不算", "延长 2 个工作日", "收到补正后的申请，期限从头计算", "缴费，期限从头计算", `class="is-ex"`, "<details class=\"m-b\" open>", "第三十三条第三款")
	_, page = period(t, "kind", "reply", "received", "2026-12-15")
	holds(t, page, "plate is-soon", "暂定", "还没有 2027 年的放假安排")
	_, page = period(t, "kind", "reply", "received", "2026-10-03", "shift", "1")
	holds(t, page, `datetime="2026-11-04"`, "按下一个工作日收到算。")
	_, page = period(t, "kind", "reply", "received", "2020-01-15", "as_of", "2020-01-26")
	holds(t, page, `datetime="2020-02-17"`)
	_, page = period(t, "kind", "reconsideration", "received", "2025-12-19")
	holds(t, page, `datetime="2026-02-24"`, "顺延到之后第一个工作日", "《行政复议法》第二十条第一款")
}

func TestMistakesStandBesideTheirFields(t *testing.T) {
	tests := []struct {
		what  string
		pairs []string
		count string
		parts []string
	}{
		{"no day", []string{"kind", "reply", "received", ""}, "有 1 处", []string{`href="#received"`, `id="received-e"`, "没有填起算日"}},
		{"no date", []string{"received", "2026-02-30"}, "有 1 处", []string{"“2026-02-30”不是日期", `value="2026-02-30"`}},
		{"kind", []string{"kind", "x\"><script>", "received", "2026-02-03"}, "有 1 处", []string{`href="#kind"`, "&lt;script&gt;"}},
		{"several", []string{"kind", "reply", "received", "2026-09-07", "extend", "21", "corrected", "2026-09-01", "consult_from", "", "consult_to", "",
			"consult_from", "2026-09-20", "consult_to", "2026-09-10"}, "有 3 处", []string{`href="#consult_2"`, `href="#extend"`, `href="#corrected"`, "写反了", `id="consult_2-e"`, "<details class=\"m-b\" open>"}},
		{"number", []string{"received", "2026-09-07", "extend", "ten"}, "有 1 处", []string{"“ten”不是整数"}},
		{"half a span", []string{"received", "2026-09-07", "consult_from", "2026-09-08", "consult_to", ""}, "有 1 处", []string{`href="#consult_1"`, "同时写"}},
		{"a span without end", []string{"received", "2026-09-07", "consult_from", "2026-09-08", "consult_to", "9999-12-31"}, "有 1 处", []string{`href="#received"`, "天以后"}},
		{"of another kind", []string{"kind", "suit", "received", "2026-09-07", "extend", "3"}, "有 1 处", []string{`href="#extend"`, "不因补正"}},
	}
	for _, tt := range tests {
		t.Run(tt.what, func(t *testing.T) {
			status, page := period(t, tt.pairs...)
			if status != http.StatusUnprocessableEntity || strings.Contains(page, `class="plate`) || strings.Contains(page, "<script>") {
				t.Errorf("status %d", status)
			}
			holds(t, page, append(tt.parts, tt.count, `role="alert"`)...)
		})
	}
}

// TestEveryKindHasItsPage walks over all kinds and a year of days: the page shows the day that the domain computes.
func TestEveryKindHasItsPage(t *testing.T) {
	s := site(t)
	h := s.Handle(portal.Calculator(s, builtin))
	for _, rule := range deadline.Rules() {
		for i := range 12 {
			in := deadline.Input{Kind: rule.Kind, Received: calendar.NewDate(2025, 1, 3).AddDays(31 * i)}
			want, err := deadline.Compute(calendar.Builtin(), in)
			if err != nil {
				t.Fatal(err)
			}
			status, page := get(t, h, "/deadline", values("kind", string(rule.Kind), "received", in.Received.String()))
			if status != http.StatusOK || !strings.Contains(page, `datetime="`+want.Due.String()+`"`) || strings.Count(page, `class="is-last"`) != 1 {
				t.Errorf("%s from %s: status %d, want %s", rule.Kind, in.Received, status, want.Due)
			}
		}
	}
}

func TestATableThatCannotBeReadIsAnError(t *testing.T) {
	s := site(t)
	broken := func(context.Context) (calendar.Table, error) { return calendar.Table{}, errors.New("no table") }
	status, page := get(t, s.Handle(portal.Calculator(s, broken)), "/deadline", nil)
	if status != http.StatusInternalServerError || strings.Contains(page, "no table") {
		t.Errorf("%d\n%s", status, page)
	}
}

func TestTheFeePage(t *testing.T) {
	s := site(t)
	h := s.Handle(portal.Fee(s))
	status, page := get(t, h, "/fee", nil)
	if status != http.StatusOK || strings.Contains(page, "err-sum") {
		t.Errorf("the empty form: %d", status)
	}
	holds(t, page, `value="items" checked`)
	status, page = get(t, h, "/fee", values("basis", "items", "n", "41"))
	if status != http.StatusOK {
		t.Errorf("41 items: %d", status)
	}
	holds(t, page, "信息处理费 4300 元", "第 41 至 50 件", "300 元", "国办函〔2020〕109号")
	_, page = get(t, h, "/fee", values("basis", "pages", "n", "30"))
	holds(t, page, "在免费范围内，不收费")
	for _, tt := range []struct{ basis, n, field, message string }{
		{"items", "", "#n", "没有填件数"}, {"items", "-1", "#n", "应在 0 到"}, {"items", "3001", "#n", "最多算 3000 件"}, {"", "3", "#basis", "请选一种"}, {"pages", "1e3", "#n", "“1e3”不是整数"},
	} {
		status, page := get(t, h, "/fee", values("basis", tt.basis, "n", tt.n))
		if status != http.StatusUnprocessableEntity {
			t.Errorf("%s %q: %d", tt.basis, tt.n, status)
		}
		holds(t, page, `href="`+tt.field+`"`, tt.message)
	}
}

func BenchmarkCalculator(b *testing.B) {
	s := site(b)
	table := calendar.Builtin()
	h := s.Handle(portal.Calculator(s, func(context.Context) (calendar.Table, error) { return table, nil }))
	q := values("kind", "reply", "received", "2026-09-07")
	for b.Loop() {
		get(b, h, "/deadline", q)
	}
}
