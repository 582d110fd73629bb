package app

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"log/slog"
	"mime"
	"net"
	"net/http"
	"net/http/httptest"
	netmail "net/mail"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
	"github.com/google/go-cmp/cmp"

	"github.com/gongkai/gongkai/internal/account"
	"github.com/gongkai/gongkai/internal/agency"
	"github.com/gongkai/gongkai/internal/calendar"
	"github.com/gongkai/gongkai/internal/notice"
	"github.com/gongkai/gongkai/internal/office"
	"github.com/gongkai/gongkai/internal/review"
	"github.com/gongkai/gongkai/internal/store"
	"github.com/gongkai/gongkai/internal/web/door"
	"github.com/gongkai/gongkai/internal/web/ui"
	"github.com/gongkai/gongkai/internal/work"
)

// letter is a mail as it came over the line, and as it reads.
type letter struct{ raw, id, to, subject, text string }

// postOffice is an SMTP server on this machine. It answers each mail with the next of answers; nil, and none, is yes.
type postOffice struct {
	mu      sync.Mutex
	answers []error
	taken   []letter
	tried   []letter // those that were refused at the end too
}

func (o *postOffice) NewSession(*smtp.Conn) (smtp.Session, error) { return &postSession{o: o}, nil }

type postSession struct {
	o  *postOffice
	to string
}

func (s *postSession) Reset()                               {}
func (s *postSession) Logout() error                        { return nil }
func (s *postSession) Mail(string, *smtp.MailOptions) error { return nil }
func (s *postSession) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.to = to
	return nil
}

func (s *postSession) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	l, err := parseLetter(string(raw))
	if err != nil {
		return err
	}
	l.to = s.to
	s.o.mu.Lock()
	defer s.o.mu.Unlock()
	s.o.tried = append(s.o.tried, l)
	if len(s.o.answers) > 0 {
		err, s.o.answers = s.o.answers[0], s.o.answers[1:]
	}
	if err == nil {
		s.o.taken = append(s.o.taken, l)
	}
	return err
}

func parseLetter(raw string) (letter, error) {
	m, err := netmail.ReadMessage(strings.NewReader(raw))
	if err != nil {
		return letter{}, err
	}
	text, err := io.ReadAll(base64.NewDecoder(base64.StdEncoding, m.Body))
	if err != nil {
		return letter{}, err
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
	return letter{raw: raw, id: m.Header.Get("Message-Id"), subject: subject, text: string(text)}, err
}

// openPost starts a server and returns its address.
func openPost(t *testing.T) (*postOffice, string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	o := &postOffice{}
	srv := smtp.NewServer(o)
	srv.Domain, srv.ErrorLog = "mx.example.cn", log.New(io.Discard, "", 0)
	done := make(chan error, 1)
	go func() { done <- srv.Serve(l) }()
	t.Cleanup(func() {
		if err := srv.Close(); err != nil {
			t.Error(err)
		}
		<-done
	})
	return o, l.Addr().String()
}

// house is a site with its people, whose clock stands until it is set.
type house struct {
	*System
	t      *testing.T
	post   *postOffice
	clock  time.Time
	pages  http.Handler
	people map[string]account.PersonID
	home   agency.ID
	items  int
}

func newHouse(t *testing.T, change ...func(*Options)) *house {
	t.Helper()
	h := &house{t: t, people: map[string]account.PersonID{}}
	var addr string
	h.post, addr = openPost(t)
	h.at("2026-10-09 09:00")
	o := DefaultOptions()
	o.Config.Data, o.Log = t.TempDir(), slog.New(slog.DiscardHandler)
	o.Serve.SMTPHost, o.Serve.SMTPTLS, o.Serve.SMTPFrom = addr, "none", "noreply@gk.example.cn"
	o.Serve.BaseURL, o.Serve.Site = "https://gk.example.cn/", "示例区政府信息公开"
	for _, f := range change {
		f(&o)
	}
	o, err := o.withDefaults()
	h.ok(err)
	so, err := StoreOptions(o.Config)
	h.ok(err)
	so.Now = func() time.Time { return h.clock }
	db, err := store.Open(t.Context(), so)
	h.ok(err)
	h.System, err = newSystem(t.Context(), o, db)
	h.ok(err)
	t.Cleanup(func() {
		if err := h.Close(); err != nil {
			t.Error(err)
		}
	})
	static, err := ui.NewStatic()
	h.ok(err)
	site := &ui.Site{Name: o.siteName(), Static: static, Log: o.Log}
	mux := http.NewServeMux()
	for pattern, r := range routes(o, &handler{site: site, door: door.New(door.Options{})}, h.System) {
		mux.Handle(pattern, site.Handle(r.Handler))
	}
	h.pages = mux
	h.settle()
	return h
}

func (h *house) ok(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

// at sets the clock, in China.
func (h *house) at(s string) {
	h.t.Helper()
	at, err := time.ParseInLocation("2006-01-02 15:04", s, calendar.Zone)
	h.ok(err)
	h.clock = at.UTC()
}

// settle opens an office. Of those in it the reviewer and the administrator have an address.
func (h *house) settle() {
	h.t.Helper()
	person := func(name, mail string) account.Person {
		return account.Person{Name: "张" + name, Account: name, Email: mail, Phone: "13800000000"}
	}
	id, err := h.Office.SetUp(h.t.Context(), account.System("test"), office.First{Agency: agency.Version{Name: "示例区社区办", Kind: agency.Department, Level: agency.County},
		Person: person("admin", "admin@example.cn"), Hash: "hash", Role: account.RegionAdmin})
	h.ok(err)
	h.people["admin"] = id
	boss := h.actor("admin")
	h.home = boss.Agency
	for name, role := range map[string]account.RoleKey{"writer": account.Handler, "reviewer": account.Reviewer, "auditor": account.Auditor} {
		mail := ""
		if name == "reviewer" {
			mail = "reviewer@example.cn"
		}
		h.people[name], err = h.Office.OpenAccount(h.t.Context(), boss, office.NewPerson{Person: person(name, mail), Hash: "hash",
			Position: account.Position{Agency: h.home, Role: role, From: calendar.On(h.clock)}})
		h.ok(err)
	}
	h.choose("admin", url.Values{"digest": {"none"}}) // no mail but that which is always sent
}

func (h *house) actor(name string) account.Actor {
	h.t.Helper()
	a, err := h.Office.Actor(h.t.Context(), h.people[name], "test")
	h.ok(err)
	return a
}

// ask asks for a page as somebody; a form makes it a POST.
func (h *house) ask(name, path string, form url.Values) (status int, to, body string) {
	h.t.Helper()
	ctx := account.WithActor(h.t.Context(), h.actor(name))
	r := httptest.NewRequestWithContext(ctx, http.MethodGet, path, nil)
	if form != nil {
		r = httptest.NewRequestWithContext(ctx, http.MethodPost, path, strings.NewReader(form.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	w := httptest.NewRecorder()
	h.pages.ServeHTTP(w, r)
	return w.Code, w.Header().Get("Location"), w.Body.String()
}

// choose fills in the page on which people say how they want to be told.
func (h *house) choose(name string, form url.Values) {
	h.t.Helper()
	if status, to, body := h.ask(name, "/desk/notices/choose", form); status != http.StatusSeeOther || to != "/desk/notices/choose" {
		h.t.Fatalf("choose: status %d to %q\n%s", status, to, body)
	}
}

// submit hands an item in for review, through the pages; it returns the path of the item.
func (h *house) submit(title string) string {
	h.t.Helper()
	h.items++
	by := h.actor("writer")
	sum := sha256.Sum256([]byte(title))
	i, err := h.Review.Open(h.t.Context(), by, review.New{Agency: h.home, Kind: review.Reply, Subject: review.Subject{Kind: "reply", ID: fmt.Sprint(h.items)},
		Title: title, Link: "/desk/reviews", Digest: "sha256:" + hex.EncodeToString(sum[:])})
	h.ok(err)
	path := "/desk/reviews/" + string(i.ID)
	if status, to, body := h.ask("writer", path+"/submit", url.Values{"digest": {i.Digest}, "text": {"请审查"}}); status != http.StatusSeeOther || to != path {
		h.t.Fatalf("submit: status %d to %q\n%s", status, to, body)
	}
	return path
}

// work does all jobs that carry notices and are due, and returns what went wrong.
func (h *house) work() (errs []error) {
	h.t.Helper()
	r := work.NewRunner(store.Workers(h.DB, h.tellFailed), h.noticeKinds())
	for range 200 {
		did, err := r.Work(h.t.Context(), time.Minute, func() time.Time { return h.clock })
		if err != nil {
			errs = append(errs, err)
		}
		if !did {
			return errs
		}
	}
	h.t.Fatal("jobs without end")
	return nil
}

// sent takes what the server has got: to whom, and what about.
func (h *house) sent() []string {
	h.t.Helper()
	h.post.mu.Lock()
	defer h.post.mu.Unlock()
	var out []string
	for _, l := range h.post.taken {
		out = append(out, l.to+" "+l.subject)
	}
	h.post.taken = nil
	return out
}

// told lists what stands on somebody's desk, newest first.
func (h *house) told(name string) (out []string) {
	h.t.Helper()
	page, err := h.Notice.List(h.t.Context(), notice.Person(h.people[name]), notice.Query{})
	h.ok(err)
	for _, n := range page.Notices {
		out = append(out, string(n.Kind)+" "+n.Text)
	}
	return out
}

// failed are the jobs that were given up.
func (h *house) failed() (out []work.Job) {
	h.t.Helper()
	list, _, err := h.Upkeep.Jobs(h.t.Context(), h.actor("admin"))
	h.ok(err)
	return slices.DeleteFunc(list, func(j work.Job) bool { return j.State != work.Failed })
}

const waitingSubject = "reviewer@example.cn 【示例区政府信息公开】待您审核"

func TestTheReviewerGetsOneMailWithoutTheMatter(t *testing.T) {
	h := newHouse(t)
	path := h.submit("给周某某的答复书")
	if errs := h.work(); len(errs) > 0 {
		t.Fatal(errs)
	}
	if len(h.post.taken) != 1 {
		t.Fatalf("%d mails, want one", len(h.post.taken))
	}
	l := h.post.taken[0]
	for _, secretly := range []string{"周某某", "答复书", "张writer", "张reviewer", "13800000000", "请审查"} {
		if strings.Contains(l.raw+l.subject+l.text, secretly) {
			t.Errorf("the mail says %q: %s", secretly, l.text)
		}
	}
	if !strings.Contains(l.text, "https://gk.example.cn"+path) || !strings.Contains(l.text, "请登录工作台办理") || !strings.Contains(l.raw, "Auto-Submitted: auto-generated") {
		t.Errorf("mail %s\n%s", l.raw, l.text)
	}
	if d := cmp.Diff([]string{waitingSubject}, h.sent()); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	h.clock = h.clock.Add(48 * time.Hour)
	if errs := h.work(); len(errs) > 0 || len(h.sent()) > 0 {
		t.Errorf("told again, %v", errs)
	}
	want := []string{"review.waiting 《给周某某的答复书》由张writer送审，等您初审。"}
	got := h.told("reviewer")
	if len(got) != 1 || !strings.HasPrefix(got[0], strings.TrimSuffix(want[0], "。")) {
		t.Errorf("on the desk %v", got)
	}
	if got := h.told("writer"); len(got) != 0 {
		t.Errorf("who handed it in is told %v", got)
	}
}

func TestWhatWasSeenOnTheDeskIsNotMailed(t *testing.T) {
	h := newHouse(t)
	h.choose("reviewer", url.Values{"digest": {"none"}, "from": {"22:00"}, "to": {"07:00"}, "review.waiting:mail": {"1"}})
	h.at("2026-10-09 23:00")
	h.submit("甲")
	h.submit("乙")
	if errs := h.work(); len(errs) > 0 || len(h.sent()) > 0 {
		t.Errorf("in the quiet hours, %v", errs)
	}
	page, err := h.Notice.List(t.Context(), notice.Person(h.people["reviewer"]), notice.Query{})
	h.ok(err)
	status, to, _ := h.ask("reviewer", "/desk/notices/"+string(page.Notices[0].ID)+"/open", url.Values{})
	if status != http.StatusSeeOther || to != page.Notices[0].Link {
		t.Errorf("opening leads to %q, status %d", to, status)
	}
	h.at("2026-10-10 06:59")
	if errs := h.work(); len(errs) > 0 || len(h.sent()) > 0 {
		t.Errorf("before the quiet hours end, %v", errs)
	}
	h.at("2026-10-10 07:00")
	if errs := h.work(); len(errs) > 0 {
		t.Error(errs)
	}
	if d := cmp.Diff([]string{waitingSubject}, h.sent()); d != "" {
		t.Errorf("of two, one was seen (-want +got):\n%s", d)
	}
}

func TestAMorningIsOneMail(t *testing.T) {
	h := newHouse(t)
	h.at("2026-10-09 18:00")
	h.choose("reviewer", url.Values{"digest": {"morning"}, "review.waiting:mail": {"1"}})
	for _, title := range []string{"给周某某的答复", "给吴某某的答复", "给郑某某的答复"} {
		h.submit(title)
	}
	for _, at := range []string{"2026-10-09 18:00", "2026-10-10 08:29"} {
		h.at(at)
		if errs := h.work(); len(errs) > 0 || len(h.sent()) > 0 {
			t.Errorf("sent at %s, %v", at, errs)
		}
	}
	h.at("2026-10-10 08:30") // a Saturday that is worked
	if errs := h.work(); len(errs) > 0 {
		t.Error(errs)
	}
	if len(h.post.taken) != 1 {
		t.Fatalf("%d mails", len(h.post.taken))
	}
	l := h.post.taken[0]
	if l.subject != "【示例区政府信息公开】3 件事等您处理" || !strings.Contains(l.text, "· 待您审核：3 件") || strings.Contains(l.text, "某某") {
		t.Errorf("%s\n%s", l.subject, l.text)
	}
	h.sent()
	h.submit("给王某某的答复")
	h.at("2026-10-11 08:30") // a Sunday
	if errs := h.work(); len(errs) > 0 || len(h.sent()) > 0 {
		t.Errorf("sent on a Sunday, %v", errs)
	}
	h.at("2026-10-12 08:30")
	if errs := h.work(); len(errs) > 0 {
		t.Error(errs)
	}
	if d := cmp.Diff([]string{waitingSubject}, h.sent()); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

func later() error {
	return &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 3, 0}, Message: "later"}
}

func never() error {
	return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "no such user"}
}

func TestAServerThatIsBusyGetsTheSameMailAgain(t *testing.T) {
	h := newHouse(t)
	h.post.answers = []error{later(), later()}
	h.submit("甲")
	for _, wait := range []time.Duration{0, 10 * time.Second, 20 * time.Second} {
		h.clock = h.clock.Add(wait)
		h.work()
	}
	if d := cmp.Diff([]string{waitingSubject}, h.sent()); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	if n := len(h.post.tried); n != 3 || h.post.tried[0].id == "" || h.post.tried[0].id != h.post.tried[1].id || h.post.tried[1].id != h.post.tried[2].id {
		t.Errorf("%d attempts, the first %q, the last %q", n, h.post.tried[0].id, h.post.tried[n-1].id)
	}
	if got := h.failed(); len(got) > 0 || len(h.told("reviewer")) != 1 {
		t.Errorf("failed %v, told %v", got, h.told("reviewer"))
	}
}

func TestAnAddressThatIsRefusedIsSaidOnTheDesk(t *testing.T) {
	h := newHouse(t)
	h.post.answers = []error{never(), never()}
	h.submit("甲")
	h.submit("乙")
	if errs := h.work(); len(errs) != 2 || strings.Contains(fmt.Sprint(errs), "example.cn") {
		t.Errorf("errors for the log: %v", errs)
	}
	h.clock = h.clock.Add(24 * time.Hour)
	h.work()
	if n := len(h.post.tried); n != 2 || len(h.sent()) > 0 {
		t.Errorf("%d attempts, want one for each mail", n)
	}
	got := h.told("reviewer")
	if len(got) != 3 || got[0] != "mail.failed 发给您的邮件送不到：邮件服务器拒收（550 5.1.1），请核对邮箱。请核对邮箱，工作台上的通知不受影响。" {
		t.Errorf("on the desk %v", got)
	}
	if len(h.failed()) > 0 || len(h.told("admin")) != 2 {
		t.Errorf("failed %v, the administrator is told %v: an address is the business of whose it is", h.failed(), h.told("admin"))
	}
}

// TestAServerThatIsDownIsToldOnce: mails about mails that fail would never end.
func TestAServerThatIsDownIsToldOnce(t *testing.T) {
	h := newHouse(t)
	for _, s := range notice.Sorts() { // the administrator wants mails too
		h.choose("admin", url.Values{"digest": {"none"}, string(s.Kind) + ":mail": {"1"}, "job.failed:mail": {"1"}})
	}
	for range 400 {
		h.post.answers = append(h.post.answers, later())
	}
	h.submit("甲")
	h.submit("乙")
	for range 40 {
		h.work()
		h.clock = h.clock.Add(15 * time.Minute)
	}
	told := strings.Join(h.told("admin"), "\n")
	if n := strings.Count(told, "job.failed"); n != 1 {
		t.Errorf("the administrator is told %d times:\n%s", n, told)
	}
	if !strings.Contains(told, "“发邮件”多次没有做成：邮件服务器暂时不收（451 4.3.0），稍后再试（日志编号 ") {
		t.Errorf("told:\n%s", told)
	}
	if got := h.told("reviewer"); len(got) != 3 || !strings.HasPrefix(got[0], "mail.failed") {
		t.Errorf("the reviewer is told %v", got)
	}
	// The server is back: what was given up can be tried again by hand, and is what it was.
	h.post.answers = nil
	failed := h.failed()
	for _, j := range failed {
		if status, _, body := h.ask("admin", "/desk/jobs/"+string(j.ID)+"/retry", url.Values{}); status != http.StatusSeeOther {
			t.Errorf("retry: status %d\n%s", status, body)
		}
	}
	h.work()
	got := h.sent()
	slices.Sort(got)
	want := []string{"admin@example.cn 【示例区政府信息公开】后台任务失败", waitingSubject, waitingSubject}
	if d := cmp.Diff(want, got); d != "" || len(h.failed()) > 0 {
		t.Errorf("after %d retries, %d left (-want +got):\n%s", len(failed), len(h.failed()), d)
	}
}

func TestMessagesGoToTheGatewaySignedAndNowhereElse(t *testing.T) {
	const key = "not a secret, a test of sixteen"
	var mu sync.Mutex
	var got []string
	answer := http.StatusNoContent
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("followed to another address") }))
	defer elsewhere.Close()
	gateway := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		body, err := io.ReadAll(r.Body)
		var call map[string]string
		if err = errors.Join(err, json.Unmarshal(body, &call)); err != nil {
			t.Error(err)
		}
		mac := hmac.New(sha256.New, []byte(key))
		fmt.Fprintf(mac, "%s.%s", r.Header.Get("X-Gongkai-Timestamp"), body)
		if r.Header.Get("X-Gongkai-Signature") != "v1="+hex.EncodeToString(mac.Sum(nil)) {
			t.Errorf("signature %q", r.Header.Get("X-Gongkai-Signature"))
		}
		got = append(got, call["kind"]+" "+call["to"]+" "+call["text"])
		w.Header().Set("Location", elsewhere.URL)
		w.WriteHeader(answer)
	}))
	defer gateway.Close()
	h := newHouse(t, func(o *Options) {
		o.Serve.Webhook, o.Serve.WebhookKey, o.Serve.WebhookPlain = gateway.URL+"/sms", key, true
	})
	h.submit("甲") // by default no number leaves the house
	h.work()
	if len(got) > 0 {
		t.Errorf("sent without having been chosen: %v", got)
	}
	h.choose("reviewer", url.Values{"digest": {"none"}, "review.waiting:webhook": {"1"}})
	h.submit("给周某某的答复")
	if errs := h.work(); len(errs) > 0 {
		t.Error(errs)
	}
	want := []string{"review.waiting 13800000000 【示例区政府信息公开】待您审核：有一件材料等您审核，请登录工作台办理。"}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	answer = http.StatusTemporaryRedirect
	h.submit("乙")
	for range 12 {
		h.work()
		h.clock = h.clock.Add(time.Hour)
	}
	if failed := h.failed(); len(failed) != 1 || !strings.Contains(failed[0].Error, "请管理员检查地址和密钥") {
		t.Errorf("a gateway that leads elsewhere: %+v", failed)
	}
	if told := h.told("reviewer"); !strings.HasPrefix(told[0], "mail.failed 发给您的短信送不到") {
		t.Errorf("told %v", told)
	}
	if told := h.told("admin"); !strings.HasPrefix(told[0], "job.failed “发短信”多次没有做成") {
		t.Errorf("the administrator is told %v", told)
	}
	if n := len(got); n != 1+work.DefaultAttempts {
		t.Errorf("%d calls", n)
	}
}

func TestSettingsOfMailAreCheckedAtTheStart(t *testing.T) {
	for name, change := range map[string]func(*Options){
		"a port that is none": func(o *Options) { o.Serve.SMTPHost = "mail.example.cn:x" },
		"no sender":           func(o *Options) { o.Serve.SMTPHost = "mail.example.cn" },
		"a gateway in clear": func(o *Options) {
			o.Serve.Webhook, o.Serve.WebhookKey = "http://gateway.example.cn/", "0123456789abcdef"
		},
	} {
		o := DefaultOptions()
		o.Config.Data = t.TempDir()
		change(&o)
		s, err := Open(context.Background(), o)
		if err == nil {
			t.Errorf("%s: no error, %v", name, s.Close())
		}
	}
}
