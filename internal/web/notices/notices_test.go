package notices

import (
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gongkai/gongkai/internal/account"
	"github.com/gongkai/gongkai/internal/calendar"
	"github.com/gongkai/gongkai/internal/crypt"
	"github.com/gongkai/gongkai/internal/notice"
	"github.com/gongkai/gongkai/internal/store"
	"github.com/gongkai/gongkai/internal/web/ui"
)

var morning = time.Date(2026, 1, 20, 1, 0, 0, 0, time.UTC)

// desk is the pages over a real database.
type desk struct {
	t       *testing.T
	handler http.Handler
	service *notice.Service
	db      *store.DB
}

func open(t *testing.T, o notice.Outlets) desk {
	t.Helper()
	master := crypt.NewMaster()
	db, err := store.Open(t.Context(), store.Options{Dir: t.TempDir(), Now: func() time.Time { return morning }, Master: &master})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	static, err := ui.NewStatic()
	if err != nil {
		t.Fatal(err)
	}
	site := &ui.Site{Name: "示例区住建局", Static: static, Log: slog.New(slog.NewTextHandler(io.Discard, nil))}
	d := desk{t: t, db: db, service: notice.NewService(store.Notices(db), o, calendar.Builtin().Works, nil)}
	mux := http.NewServeMux()
	for pattern, r := range New(site, d.service, o).Routes() {
		mux.Handle(pattern, site.Handle(r.Handler))
	}
	d.handler = mux
	return d
}

func (d desk) ok(err error) {
	d.t.Helper()
	if err != nil {
		d.t.Fatal(err)
	}
}

func (d desk) tell(to notice.Person, n int) {
	d.t.Helper()
	for i := range n {
		_, err := d.service.Tell(d.t.Context(), to, notice.ReviewSigned{Matter: fmt.Sprintf("公告<%d>", i), By: "王示例"},
			notice.About{Link: fmt.Sprintf("/desk/reviews/%d", i), Key: fmt.Sprint(i)})
		d.ok(err)
	}
}

// ask sends a request as somebody; a form makes it a POST.
func (d desk) ask(who, path string, form url.Values) (int, string, http.Header) {
	d.t.Helper()
	ctx := account.WithActor(d.t.Context(), account.Actor{Person: account.PersonID(who), Name: "张示例"})
	r := httptest.NewRequestWithContext(ctx, http.MethodGet, path, nil)
	if form != nil {
		r = httptest.NewRequestWithContext(ctx, http.MethodPost, path, strings.NewReader(form.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	w := httptest.NewRecorder()
	d.handler.ServeHTTP(w, r)
	return w.Code, w.Body.String(), w.Header()
}

func (d desk) page(who, path string, form url.Values, status int) string {
	d.t.Helper()
	code, body, _ := d.ask(who, path, form)
	if code != status {
		d.t.Fatalf("%s for %s: status %d, want %d\n%s", path, who, code, status, body)
	}
	return body
}

var opens = regexp.MustCompile(`action="(/desk/notices/[^"/]+/open)"`)

// rows are the addresses by which the notices of a page are opened.
func rows(body string) (out []string) {
	for _, m := range opens.FindAllStringSubmatch(body, -1) {
		out = append(out, m[1])
	}
	return out
}

func TestNoticesAreListedReadAndOpened(t *testing.T) {
	d := open(t, notice.Outlets{})
	if body := d.page("p1", "/desk/notices", nil, 200); !strings.Contains(body, "没有没看过的通知") {
		t.Errorf("an empty list does not say so:\n%s", body)
	}
	if body := d.page("p1", "/desk/notices?show=all", nil, 200); !strings.Contains(body, "还没有通知") || strings.Contains(body, "看全部通知") {
		t.Errorf("where there never was one:\n%s", body)
	}
	d.tell("p1", 3)
	d.tell("p2", 1)
	body := d.page("p1", "/desk/notices", nil, 200)
	all := rows(body)
	if len(all) != 3 || strings.Index(body, "公告&lt;2&gt;") > strings.Index(body, "公告&lt;0&gt;") {
		t.Errorf("%d rows, newest first:\n%s", len(all), body)
	}
	code, _, header := d.ask("p1", all[0], url.Values{})
	if code != http.StatusSeeOther || header.Get("Location") != "/desk/reviews/2" || header.Get("Cache-Control") != "no-store" {
		t.Errorf("opening: status %d to %q", code, header.Get("Location"))
	}
	if got := rows(d.page("p1", "/desk/notices", nil, 200)); !slices.Equal(got, all[1:]) {
		t.Errorf("after it was opened %v", got)
	}
	if got := rows(d.page("p1", "/desk/notices?show=all", nil, 200)); !slices.Equal(got, all) {
		t.Errorf("all are %v", got)
	}
	if code, _, header = d.ask("p1", "/desk/notices/read", url.Values{}); code != http.StatusSeeOther || header.Get("Location") != "/desk/notices" {
		t.Errorf("reading all: status %d to %q", code, header.Get("Location"))
	}
	if n := len(rows(d.page("p1", "/desk/notices", nil, 200))); n != 0 {
		t.Errorf("%d left", n)
	}
	if n := len(rows(d.page("p2", "/desk/notices", nil, 200))); n != 1 {
		t.Errorf("another has %d left, want what they had", n)
	}
}

func TestAnothersNoticeIsNotThere(t *testing.T) {
	d := open(t, notice.Outlets{})
	d.tell("p1", 1)
	link := rows(d.page("p1", "/desk/notices", nil, 200))[0]
	number := regexp.MustCompile(`[0-9a-f]{8}`)
	theirs := number.ReplaceAllString(d.page("p2", link, url.Values{}, 404), "")
	nothing := number.ReplaceAllString(d.page("p2", "/desk/notices/none/open", url.Values{}, 404), "")
	if strings.Contains(theirs, "公告") || len(theirs) == 0 || len(nothing) == 0 {
		t.Errorf("another's notice:\n%s", theirs)
	}
	if n := len(rows(d.page("p1", "/desk/notices", nil, 200))); n != 1 {
		t.Error("it was marked as read by another")
	}
}

// TestOpeningLeadsNowhereElse: whatever has come to stand in the database.
func TestOpeningLeadsNowhereElse(t *testing.T) {
	d := open(t, notice.Outlets{})
	for i, link := range []string{"//evil.example/", "https://evil.example/", "/\\evil.example", "javascript:alert(1)", "", "/desk\r\nX: y"} {
		d.ok(store.Notices(d.db).Update(t.Context(), func(tx notice.Tx) error {
			_, _, err := tx.SaveNotice(t.Context(), notice.Notice{To: "p1", Kind: notice.KindReviewSigned, Title: "已签发", Text: "甲", Link: link, At: morning, Key: fmt.Sprint(i)})
			return err
		}))
		all := rows(d.page("p1", "/desk/notices", nil, 200))
		if code, _, header := d.ask("p1", all[0], url.Values{}); code != http.StatusSeeOther || header.Get("Location") != "/desk/notices" {
			t.Errorf("%q leads to %q, status %d", link, header.Get("Location"), code)
		}
	}
}

func TestPagesOfNotices(t *testing.T) {
	d := open(t, notice.Outlets{})
	d.tell("p1", 120)
	var got []string
	path := "/desk/notices?show=all"
	for range 4 {
		body := d.page("p1", path, nil, 200)
		got = append(got, rows(body)...)
		m := regexp.MustCompile(`href="([^"]*)"[^>]*>下一页`).FindStringSubmatch(body)
		if m == nil {
			break
		}
		path = strings.ReplaceAll(m[1], "&amp;", "&")
	}
	if seen := slices.Compact(slices.Sorted(slices.Values(got))); len(got) != 120 || len(seen) != 120 {
		t.Errorf("%d rows, %d of them different", len(got), len(seen))
	}
}

var boxes = regexp.MustCompile(`<input type="(checkbox|hidden)" name="([a-z_.]+:[a-z]+)" value="1"( checked)?`)

// choice is the form as the page offers it: what is ticked is on.
func choice(body string) url.Values {
	v := url.Values{}
	for _, m := range boxes.FindAllStringSubmatch(body, -1) {
		if m[1] == "hidden" || m[3] != "" {
			v.Set(m[2], "1")
		}
	}
	return v
}

func TestAChoiceIsShownAsItWasMade(t *testing.T) {
	d := open(t, notice.Outlets{Mail: true, Webhook: true})
	body := d.page("p1", "/desk/notices/choose", nil, 200)
	first := choice(body)
	want := url.Values{}
	for _, s := range notice.Sorts() {
		if slices.Contains(s.Channels, notice.Mail) {
			want.Set(field(s.Kind, notice.Mail), "1")
		}
		if !s.DeskOnly && !strings.Contains(body, s.Title) {
			t.Errorf("%s cannot be chosen", s.Kind)
		}
	}
	if diff := cmp.Diff(want, first); diff != "" {
		t.Errorf("the defaults (-want +got):\n%s", diff)
	}
	for _, form := range []url.Values{
		{"digest": {"morning"}, "from": {"22:00"}, "to": {"07:30"}, "review.waiting:webhook": {"1"}, "review.signed:mail": {"1"}},
		{"digest": {"none"}},
	} {
		code, body, header := d.ask("p1", "/desk/notices/choose", form)
		if code != http.StatusSeeOther || header.Get("Location") != "/desk/notices/choose" {
			t.Fatalf("%v: status %d\n%s", form, code, body)
		}
		body = d.page("p1", "/desk/notices/choose", nil, 200)
		want := url.Values{}
		for k := range form {
			if strings.Contains(k, ":") {
				want.Set(k, "1")
			}
		}
		for _, s := range notice.Sorts() {
			if s.Fixed {
				want.Set(field(s.Kind, notice.Mail), "1") // whatever was sent
			}
		}
		if diff := cmp.Diff(want, choice(body)); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		for _, name := range []string{"from", "to"} {
			if v := form.Get(name); strings.Contains(body, `value="`+v+`"`) != (v != "") && v != "" {
				t.Errorf("%s is not %q", name, v)
			}
		}
	}
	if other := choice(d.page("p2", "/desk/notices/choose", nil, 200)); !maps.EqualFunc(first, other, slices.Equal) {
		t.Errorf("another's choice is %v", other)
	}
}

// TestTheSafetyOfAnAccountCannotBeTurnedOff: whoever has broken in would begin with that.
func TestTheSafetyOfAnAccountCannotBeTurnedOff(t *testing.T) {
	d := open(t, notice.Outlets{Mail: true})
	body := d.page("p1", "/desk/notices/choose", nil, 200)
	for _, k := range []notice.Kind{notice.KindSigninNew, notice.KindLocked, notice.KindPasswordReset, notice.KindAuditBroken} {
		if strings.Contains(body, `type="checkbox" name="`+field(k, notice.Mail)+`"`) {
			t.Errorf("%s has a box", k)
		}
	}
	d.ask("p1", "/desk/notices/choose", url.Values{"digest": {"none"}})
	p, err := d.service.Preference(t.Context(), "p1")
	d.ok(err)
	for _, s := range notice.Sorts() {
		if got := p.Wants(s, notice.Mail); got != s.Fixed {
			t.Errorf("%s by mail: %v", s.Kind, got)
		}
	}
}

func TestAWrongChoiceKeepsEveryBox(t *testing.T) {
	d := open(t, notice.Outlets{Mail: true, Webhook: true})
	sent := url.Values{"digest": {"morning"}, "from": {"25:00"}, "to": {"07:30"}, "review.waiting:webhook": {"1"}, "review.signed:mail": {"1"}, "job.failed:mail": {"1"}}
	body := d.page("p1", "/desk/notices/choose", sent, 422)
	got := choice(body)
	for k := range sent {
		if strings.Contains(k, ":") && !got.Has(k) {
			t.Errorf("%s is not ticked any more", k)
		}
	}
	if got.Has("deadline.soon:mail") || !strings.Contains(body, "免打扰开始写成 22:00 这样的时:分") || !strings.Contains(body, `value="25:00"`) {
		t.Errorf("the form:\n%s", body)
	}
	p, err := d.service.Preference(t.Context(), "p1")
	d.ok(err)
	if p.Digest != "" || p.Channels != nil {
		t.Errorf("kept %+v", p)
	}
	d.page("p1", "/desk/notices/choose", url.Values{"digest": {"hourly"}}, 422)
	d.page("p1", "/desk/notices/choose", url.Values{}, 422)
}

// TestWithoutAGatewayChoicesOfMessagesStay: the boxes are not on the page, and what was chosen is not lost with them.
func TestWithoutAGatewayChoicesOfMessagesStay(t *testing.T) {
	d := open(t, notice.Outlets{})
	d.ok(d.service.Choose(t.Context(), "p1", notice.Preference{Channels: map[notice.Kind][]notice.Channel{notice.KindReviewWaiting: {notice.Webhook}}}))
	body := d.page("p1", "/desk/notices/choose", nil, 200)
	if strings.Contains(body, ":webhook") || !strings.Contains(body, "本站没有设置发邮件的服务器") {
		t.Errorf("without any way out:\n%s", body)
	}
	d.ask("p1", "/desk/notices/choose", url.Values{"digest": {"none"}})
	p, err := d.service.Preference(t.Context(), "p1")
	d.ok(err)
	if got := p.Channels[notice.KindReviewWaiting]; !slices.Equal(got, []notice.Channel{notice.Webhook}) {
		t.Errorf("kept %v", got)
	}
}
