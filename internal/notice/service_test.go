package notice_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/gongkai/gongkai/internal/calendar"
	"github.com/gongkai/gongkai/internal/fault"
	"github.com/gongkai/gongkai/internal/notice"
	"github.com/gongkai/gongkai/internal/work"
)

// memory keeps in memory what a database keeps, for the tests of the rules of the service alone.
type memory struct {
	now      time.Time
	notices  []notice.Notice
	prefs    map[notice.Person]notice.Preference
	contacts map[notice.Person]notice.Contact
	waiting  []notice.Delivery
	ended    []string // channel, notice, outcome
	jobs     []work.Ask
	broken   error // of EnqueueDelivery
}

func newMemory(at string) *memory {
	return &memory{now: china(at), prefs: map[notice.Person]notice.Preference{}, contacts: map[notice.Person]notice.Contact{
		"p1": {Mail: "p1@example.cn", Phone: "13800000001"}, "p2": {Mail: "p2@example.cn"}}}
}

func (m *memory) View(_ context.Context, f func(notice.Tx) error) error { return f(m) }

func (m *memory) Update(_ context.Context, f func(notice.Tx) error) error {
	before := *m
	before.notices, before.waiting = slices.Clone(m.notices), slices.Clone(m.waiting)
	err := f(m)
	if err != nil {
		*m = before
	}
	return err
}

func (m *memory) Now() time.Time { return m.now }

func (m *memory) SaveNotice(_ context.Context, n notice.Notice) (notice.ID, bool, error) {
	for _, o := range m.notices {
		if o.To == n.To && o.Key == n.Key {
			return o.ID, false, nil
		}
	}
	n.ID = notice.ID(fmt.Sprintf("n%04d", len(m.notices)+1))
	m.notices = append(m.notices, n)
	return n.ID, true, nil
}

func (m *memory) Notice(_ context.Context, id notice.ID) (notice.Notice, error) {
	for _, n := range m.notices {
		if n.ID == id {
			return n, nil
		}
	}
	return notice.Notice{}, fault.New(fault.NotFound, "store.not_found", "没有找到")
}

func (m *memory) Notices(_ context.Context, p notice.Person, q notice.Query) ([]notice.Notice, error) {
	var out []notice.Notice
	for _, n := range slices.Backward(m.notices) {
		if n.To == p && (!q.Unread || n.ReadAt.IsZero()) && (q.Before == "" || n.ID < q.Before) && len(out) < q.Limit {
			out = append(out, n)
		}
	}
	return out, nil
}

func (m *memory) Unread(_ context.Context, p notice.Person) (int, error) {
	list, err := m.Notices(context.Background(), p, notice.Query{Unread: true, Limit: 1 << 30})
	return len(list), err
}

func (m *memory) MarkRead(_ context.Context, p notice.Person, ids []notice.ID, at time.Time) (n int, err error) {
	for i := range m.notices {
		o := &m.notices[i]
		if o.To == p && o.ReadAt.IsZero() && (len(ids) == 0 || slices.Contains(ids, o.ID)) {
			o.ReadAt = at
			n++
		}
	}
	return n, nil
}

func (m *memory) Preference(_ context.Context, p notice.Person) (notice.Preference, error) {
	return m.prefs[p], nil
}

func (m *memory) SavePreference(_ context.Context, p notice.Preference) error {
	m.prefs[p.Person] = p
	return nil
}

func (m *memory) Contact(_ context.Context, p notice.Person) (notice.Contact, error) {
	return m.contacts[p], nil
}

func (m *memory) EnqueueDelivery(_ context.Context, d notice.Delivery) error {
	m.waiting = append(m.waiting, d)
	return m.broken
}

func (m *memory) Waiting(_ context.Context, id notice.ID, c notice.Channel) (out []notice.Delivery, err error) {
	for _, d := range m.waiting {
		if d.Notice == id && d.Channel == c {
			out = append(out, d)
		}
	}
	return out, nil
}

func (m *memory) WaitingDigest(_ context.Context, p notice.Person, until time.Time) (out []notice.Delivery, err error) {
	for _, d := range m.waiting {
		if d.To == p && d.Digest && !d.Due.After(until) {
			out = append(out, d)
		}
	}
	return out, nil
}

func (m *memory) EndDelivery(_ context.Context, d notice.Delivery, o notice.Outcome, _ string) error {
	m.waiting = slices.DeleteFunc(m.waiting, func(w notice.Delivery) bool { return w.Notice == d.Notice && w.Channel == d.Channel })
	m.ended = append(m.ended, fmt.Sprintf("%s %s %s", d.Channel, d.Notice, o))
	return nil
}

func (m *memory) Enqueue(_ context.Context, a work.Ask) error {
	if !slices.ContainsFunc(m.jobs, func(b work.Ask) bool { return a.Kind == b.Kind && a.Key == b.Key }) {
		m.jobs = append(m.jobs, a)
	}
	return nil
}

// take takes the next job that is due.
func (m *memory) take() (work.Job, bool) {
	for i, a := range m.jobs {
		if !a.At.After(m.now) {
			m.jobs = slices.Delete(m.jobs, i, i+1)
			return work.Job{Kind: a.Kind, Key: a.Key, Args: a.Args, Agency: a.Agency}, true
		}
	}
	return work.Job{}, false
}

func service(m *memory) *notice.Service {
	return notice.NewService(m, notice.Outlets{Mail: true, Webhook: true}, working, nil)
}

func tell(t testing.TB, s *notice.Service, to notice.Person, d notice.Data, key string) bool {
	t.Helper()
	told, err := s.Tell(t.Context(), to, d, notice.About{Agency: "a1", Link: "/desk/x", Key: key})
	if err != nil {
		t.Fatal(err)
	}
	return told
}

func TestTellingIsKeptWithItsJobs(t *testing.T) {
	m := newMemory("2026-10-09 09:00")
	woken := 0
	s := notice.NewService(m, notice.Outlets{Mail: true}, working, func() { woken++ })
	if !tell(t, s, "p1", notice.DeadlineSoon{Matter: "甲"}, "k") || tell(t, s, "p1", notice.DeadlineSoon{Matter: "乙"}, "k") {
		t.Error("the same key is told once")
	}
	want := []work.Ask{{Kind: notice.JobMail, Key: "n0001 2026-10-09T01:00:00Z", Args: "n0001", Agency: "a1", At: china("2026-10-09 09:00").UTC()}}
	if d := cmp.Diff(want, m.jobs); d != "" {
		t.Errorf("jobs (-want +got):\n%s", d)
	}
	if woken != 1 || len(m.notices) != 1 {
		t.Errorf("woken %d times for %d notices", woken, len(m.notices))
	}
	m.broken = errors.New("disk")
	if told, err := s.Tell(t.Context(), "p1", notice.AuditBroken{}, notice.About{Link: "/", Key: "k2"}); err == nil || told || len(m.notices) != 1 || woken != 1 {
		t.Errorf("told %v, error %v, %d notices: without its delivery nothing is kept", told, err, len(m.notices))
	}
}

func TestWithoutOutletsThereIsTheDesk(t *testing.T) {
	m := newMemory("2026-10-09 09:00")
	s := notice.NewService(m, notice.Outlets{}, working, nil)
	if !tell(t, s, "p1", notice.Locked{Until: m.now}, "k") || len(m.notices) != 1 || len(m.waiting)+len(m.jobs) != 0 {
		t.Errorf("%d notices, %d deliveries, %d jobs", len(m.notices), len(m.waiting), len(m.jobs))
	}
}

func TestTheMorningIsOneMail(t *testing.T) {
	m := newMemory("2026-10-09 09:00")
	s := service(m)
	if err := s.Choose(t.Context(), "p1", notice.Preference{Person: "p2", Digest: notice.Morning}); err != nil {
		t.Fatal(err)
	}
	if m.prefs["p2"].Digest != "" || m.prefs["p1"].Digest != notice.Morning {
		t.Fatalf("a person chooses for themselves: %+v", m.prefs)
	}
	for _, key := range []string{"a", "b", "c"} {
		tell(t, s, "p1", notice.DeadlineSoon{Matter: key}, key)
	}
	if len(m.jobs) != 1 {
		t.Fatalf("jobs %+v", m.jobs)
	}
	if n, err := s.Open(t.Context(), "p1", "n0002"); err != nil || n.Key != "b" {
		t.Fatalf("%+v, %v", n, err)
	}
	if _, ok := m.take(); ok {
		t.Fatal("the morning mail goes in the evening")
	}
	m.now = china("2026-10-10 08:30") // a Saturday that is worked
	j, ok := m.take()
	p, err := s.Collect(t.Context(), j)
	if err != nil || !ok || len(p.Notices) != 2 || p.To != "p1@example.cn" || p.Key != "notice.digest p1 2026-10-10" {
		t.Fatalf("parcel %+v, error %v", p, err)
	}
	if err := s.Done(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]string{"mail n0002 dropped", "mail n0001 sent", "mail n0003 sent"}, m.ended); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	if p, err = s.Collect(t.Context(), j); err != nil || !p.Empty() {
		t.Errorf("the same job again: %+v, %v", p, err)
	}
}

func TestASecondAttemptWaitsForTheQuietHoursToo(t *testing.T) {
	m := newMemory("2026-10-09 21:59")
	m.prefs["p1"] = notice.Preference{Quiet: notice.Quiet{From: clock("22:00"), To: clock("07:00")}}
	s := service(m)
	tell(t, s, "p1", notice.DeadlineSoon{}, "k")
	j, _ := m.take()
	m.now = china("2026-10-09 22:01")
	if p, err := s.Collect(t.Context(), j); err != nil || !p.Empty() {
		t.Fatalf("%+v, %v", p, err)
	}
	if _, ok := m.take(); ok {
		t.Error("due in the quiet hours")
	}
	m.now = china("2026-10-10 07:00")
	j, ok := m.take()
	if p, err := s.Collect(t.Context(), j); err != nil || !ok || len(p.Notices) != 1 || p.Key != "notice.mail n0001" {
		t.Errorf("in the morning: %+v, %v", p, err)
	}
}

func TestWhatCannotBeDeliveredIsSaidOnTheDesk(t *testing.T) {
	m := newMemory("2026-10-09 09:00")
	m.prefs["p1"] = notice.Preference{Channels: map[notice.Kind][]notice.Channel{notice.KindMailFailed: {notice.Mail}, notice.KindDeadlineSoon: {notice.Webhook}}}
	s := service(m)
	tell(t, s, "p1", notice.DeadlineLate{}, "a")
	tell(t, s, "p1", notice.Locked{Until: m.now}, "b")
	tell(t, s, "p1", notice.DeadlineSoon{}, "c")
	for range 3 {
		j, _ := m.take()
		if err := s.GiveUp(t.Context(), j, "对方拒收"); err != nil {
			t.Fatal(err)
		}
	}
	if d := cmp.Diff([]string{"mail n0001 failed", "mail n0002 failed", "webhook n0003 failed"}, m.ended); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	var texts []string
	for _, n := range m.notices[3:] {
		texts = append(texts, n.Text)
	}
	if d := cmp.Diff([]string{"发给您的邮件送不到：对方拒收。请核对邮箱，工作台上的通知不受影响。", "发给您的短信送不到：对方拒收。请核对电话，工作台上的通知不受影响。"}, texts); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	if len(m.waiting)+len(m.jobs) != 0 {
		t.Errorf("a failure causes deliveries: %+v %+v", m.waiting, m.jobs)
	}
}

func TestWhatWasPutDownCanBeTriedAgain(t *testing.T) {
	m := newMemory("2026-10-09 09:00")
	s := service(m)
	tell(t, s, "p1", notice.DeadlineLate{}, "a")
	j, _ := m.take()
	for range 2 {
		if err := s.PutDown(t.Context(), j, "连不上邮件服务器"); err != nil {
			t.Fatal(err)
		}
	}
	if len(m.notices) != 2 || m.notices[1].Kind != notice.KindMailFailed || len(m.ended) != 0 {
		t.Errorf("%d notices, ended %v: want one more, said once, and nothing ended", len(m.notices), m.ended)
	}
	if p, err := s.Collect(t.Context(), j); err != nil || len(p.Notices) != 1 {
		t.Errorf("tried again: %+v, %v", p, err)
	}
}

func TestAnAddressThatIsGoneDropsTheMail(t *testing.T) {
	m := newMemory("2026-10-09 09:00")
	s := service(m)
	tell(t, s, "p2", notice.DeadlineLate{}, "a")
	m.contacts["p2"] = notice.Contact{}
	j, _ := m.take()
	if p, err := s.Collect(t.Context(), j); err != nil || !p.Empty() {
		t.Errorf("%+v, %v", p, err)
	}
	if d := cmp.Diff([]string{"mail n0001 dropped"}, m.ended); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

func TestNobodyReadsWhatOthersAreTold(t *testing.T) {
	m := newMemory("2026-10-09 09:00")
	s := service(m)
	tell(t, s, "p1", notice.DeadlineLate{}, "a")
	if n, err := s.Open(t.Context(), "p2", "n0001"); !errors.Is(err, fault.NotFound) || n.ID != "" {
		t.Errorf("opened %+v, %v", n, err)
	}
	if n, err := s.Read(t.Context(), "p2", "n0001"); n != 0 || err != nil {
		t.Errorf("%d marked, %v", n, err)
	}
	if page, err := s.List(t.Context(), "p2", notice.Query{}); len(page.Notices) != 0 || page.Unread != 0 || err != nil {
		t.Errorf("%+v, %v", page, err)
	}
	if n, err := s.Unread(t.Context(), "p1"); n != 1 || err != nil {
		t.Errorf("%d unread, %v", n, err)
	}
	if n, err := s.Read(t.Context(), "p1"); n != 1 || err != nil {
		t.Errorf("%d marked, %v", n, err)
	}
}

func TestListsHavePages(t *testing.T) {
	m := newMemory("2026-10-09 09:00")
	s := service(m)
	for i := range 120 {
		tell(t, s, "p1", notice.ReviewSigned{}, fmt.Sprint(i))
	}
	var sizes []int
	var ids []notice.ID
	q := notice.Query{}
	for range 5 {
		page, err := s.List(t.Context(), "p1", q)
		if err != nil || page.Unread != 120 {
			t.Fatalf("%d unread, %v", page.Unread, err)
		}
		sizes = append(sizes, len(page.Notices))
		for _, n := range page.Notices {
			ids = append(ids, n.ID)
		}
		if !page.More {
			break
		}
		q.Before = page.Next
	}
	if !slices.Equal(sizes, []int{50, 50, 20}) || len(slices.Compact(ids)) != 120 || ids[0] != "n0120" {
		t.Errorf("pages of %v, %d notices", sizes, len(ids))
	}
}

// TestNobodyIsToldTwice tells at random, moves the clock, sends, reads; then every fact reached every person once at most by
// each way, and whatever was not sent is ended or waits with a job that is to come.
func TestNobodyIsToldTwice(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		m := newMemory("2026-10-08 09:00")
		s := service(m)
		for _, p := range []notice.Person{"p1", "p2", "p3"} {
			m.prefs[p] = anyPreference(rt)
		}
		facts := map[string]bool{}
		sent := map[string]int{}
		for range rapid.IntRange(1, 30).Draw(rt, "steps") {
			switch rapid.SampledFrom([]string{"tell", "tell", "wait", "send", "read"}).Draw(rt, "step") {
			case "tell":
				to := notice.Person(rapid.SampledFrom([]string{"p1", "p2", "p3"}).Draw(rt, "to"))
				key := rapid.SampledFrom([]string{"a", "b", "c", "d"}).Draw(rt, "key")
				told := tell(t, s, to, rapid.SampledFrom(examples()).Draw(rt, "data"), key)
				if told == facts[string(to)+key] {
					rt.Errorf("%s told of %s: %v, known before: %v", to, key, told, facts[string(to)+key])
				}
				facts[string(to)+key] = true
			case "wait":
				m.now = m.now.Add(time.Duration(rapid.IntRange(1, 3000).Draw(rt, "minutes")) * time.Minute)
			case "read":
				if _, err := s.Read(t.Context(), "p1"); err != nil {
					rt.Fatal(err)
				}
			case "send":
				sendAll(t, rt, m, s, sent)
			}
		}
		m.now = m.now.Add(40 * 24 * time.Hour)
		for range 3 { // quiet hours may put off what is due at this moment
			sendAll(t, rt, m, s, sent)
			m.now = m.now.Add(17 * time.Hour)
		}
		for what, n := range sent {
			if n > 1 {
				rt.Errorf("%s was sent %d times", what, n)
			}
		}
		for _, w := range m.waiting {
			if !slices.ContainsFunc(m.jobs, func(a work.Ask) bool { return a.Args == string(w.Notice) || a.Args == string(w.To) }) {
				rt.Errorf("%+v waits and no job will send it", w)
			}
		}
		if len(m.notices) != len(facts) {
			rt.Errorf("%d notices of %d facts", len(m.notices), len(facts))
		}
	})
}

func sendAll(t *testing.T, rt *rapid.T, m *memory, s *notice.Service, sent map[string]int) {
	for range 200 {
		j, ok := m.take()
		if !ok {
			return
		}
		p, err := s.Collect(t.Context(), j)
		if err != nil {
			rt.Fatal(err)
		}
		for _, n := range p.Notices {
			sent[string(p.Channel)+" "+string(n.ID)]++
			if quiet(m.prefs[n.To], m.now) || !n.ReadAt.IsZero() {
				rt.Errorf("%s sent at %s", n.ID, m.now.In(calendar.Zone))
			}
		}
		if err := s.Done(t.Context(), p); err != nil {
			rt.Fatal(err)
		}
	}
	rt.Error("jobs without end")
}
