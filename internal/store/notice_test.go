package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gongkai/gongkai/internal/account"
	"github.com/gongkai/gongkai/internal/calendar"
	"github.com/gongkai/gongkai/internal/fault"
	"github.com/gongkai/gongkai/internal/notice"
	"github.com/gongkai/gongkai/internal/office"
	"github.com/gongkai/gongkai/internal/work"
)

// board is an office whose people are told of things, with all ways out of the house.
type board struct {
	*officeSite
	notes *notice.Service
}

func onBoard(t *testing.T, f func(t *testing.T, b board)) {
	t.Helper()
	onOffice(t, func(t *testing.T, s *officeSite) {
		notes := notice.NewService(Notices(s.DB), notice.Outlets{Mail: true, Webhook: true}, calendar.Builtin().Works, nil)
		s.Service = office.NewService(OfficeTelling(s.DB, TellOffice(notes)))
		f(t, board{s, notes})
	})
}

func (b board) me() notice.Person { return notice.Person(b.admin) }

// at sets the clock, in China.
func (b board) at(s string) {
	b.t.Helper()
	at, err := time.ParseInLocation("2006-01-02 15:04", s, calendar.Zone)
	b.ok(err)
	*b.clock = at.UTC()
}

func (b board) tell(to notice.Person, key string) bool {
	b.t.Helper()
	told, err := b.notes.Tell(b.t.Context(), to, notice.ReviewSigned{Matter: key, By: "王示例"}, notice.About{Agency: string(b.home), Link: "/desk/reviews", Key: key})
	b.ok(err)
	return told
}

// in does something in a transaction as telling needs it.
func (b board) in(f func(context.Context, notice.Tx) error) {
	b.t.Helper()
	b.ok(Notices(b.DB).Update(b.t.Context(), func(tx notice.Tx) error { return f(b.t.Context(), tx) }))
}

// rows writes the rows of a query of two columns.
func (b board) rows(query string, args ...any) (out []string) {
	b.t.Helper()
	b.ok(b.DB.View(b.t.Context(), func(tx *Tx) (err error) {
		out, err = list(b.t.Context(), tx, func(scan func(...any) error) (string, error) {
			var x, y string
			err := scan(&x, &y)
			return x + " " + y, err
		}, query, args...)
		return err
	}))
	return out
}

func TestTellingAtTheSameMomentIsTellingOnce(t *testing.T) {
	onBoard(t, func(t *testing.T, b board) {
		b.ok(b.notes.Choose(t.Context(), b.me(), notice.Preference{Channels: map[notice.Kind][]notice.Channel{notice.KindReviewSigned: {notice.Mail}}}))
		var mu sync.Mutex
		var wg sync.WaitGroup
		told := map[string]int{}
		for i := range 24 {
			key := fmt.Sprint("fact ", i%3)
			wg.Go(func() {
				yes, err := b.notes.Tell(t.Context(), b.me(), notice.ReviewSigned{Matter: key}, notice.About{Link: "/desk", Key: key})
				mu.Lock()
				defer mu.Unlock()
				if err != nil {
					t.Error(err)
				}
				if yes {
					told[key]++
				}
			})
		}
		wg.Wait()
		if d := cmp.Diff(map[string]int{"fact 0": 1, "fact 1": 1, "fact 2": 1}, told); d != "" {
			t.Errorf("who were told (-want +got):\n%s", d)
		}
		if b.tell("another", "fact 0") != true {
			t.Error("another person is told of the same fact")
		}
		if got := b.rows(`SELECT channel, COUNT(*) FROM deliveries GROUP BY channel`); !slices.Equal(got, []string{"mail 3"}) {
			t.Errorf("deliveries %v", got)
		}
		if got := b.rows(`SELECT kind, COUNT(*) FROM jobs WHERE kind LIKE 'notice.%' GROUP BY kind`); !slices.Equal(got, []string{"notice.mail 3"}) {
			t.Errorf("jobs %v", got)
		}
	})
}

func TestANoticeIsKeptAsItWasWritten(t *testing.T) {
	onBoard(t, func(t *testing.T, b board) {
		want := notice.Notice{To: "p1", Agency: string(b.home), Kind: notice.KindReviewSigned, Title: "已签发", Text: "《甲“乙”》", Link: "/desk/reviews/1", At: noon, Key: "k"}
		b.in(func(ctx context.Context, tx notice.Tx) error {
			id, told, err := tx.SaveNotice(ctx, want)
			want.ID = id
			if err != nil || !told || id == "" {
				t.Errorf("kept %q, %v, %v", id, told, err)
			}
			got, err := tx.Notice(ctx, id)
			if d := cmp.Diff(want, got); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
			if _, none := tx.Notice(ctx, "nobody"); !errors.Is(none, fault.NotFound) {
				t.Errorf("a notice that is not there: %v", none)
			}
			again, told, failed := tx.SaveNotice(ctx, notice.Notice{To: "p1", Key: "k", At: noon})
			if told || failed != nil {
				t.Errorf("the same key again: %q, %v, %v", again, told, failed)
			}
			return err
		})
	})
}

func TestReadingIsForOnesOwnNotices(t *testing.T) {
	onBoard(t, func(t *testing.T, b board) {
		for _, k := range []string{"a", "b", "c"} {
			b.tell("p1", k)
		}
		b.tell("p2", "a")
		unread := func(want1, want2 int) {
			t.Helper()
			one, err1 := b.notes.Unread(t.Context(), "p1")
			two, err2 := b.notes.Unread(t.Context(), "p2")
			if one != want1 || two != want2 || err1 != nil || err2 != nil {
				t.Errorf("unread %d and %d, want %d and %d (%v, %v)", one, two, want1, want2, err1, err2)
			}
		}
		unread(3, 1)
		page, err := b.notes.List(t.Context(), "p1", notice.Query{})
		b.ok(err)
		n, err := b.notes.Read(t.Context(), "p2", page.Notices[0].ID, page.Notices[1].ID)
		b.ok(err)
		if n != 0 {
			t.Errorf("%d of another's marked", n)
		}
		unread(3, 1)
		*b.clock = noon.Add(time.Hour)
		if n, err = b.notes.Read(t.Context(), "p1", page.Notices[0].ID, page.Notices[0].ID, "none"); n != 1 || err != nil {
			t.Errorf("%d marked, %v", n, err)
		}
		unread(2, 1)
		*b.clock = noon.Add(2 * time.Hour)
		if n, err = b.notes.Read(t.Context(), "p1"); n != 2 || err != nil {
			t.Errorf("%d marked, %v", n, err)
		}
		unread(0, 1)
		page, err = b.notes.List(t.Context(), "p1", notice.Query{})
		b.ok(err)
		if got := page.Notices[0].ReadAt; !got.Equal(noon.Add(time.Hour)) {
			t.Errorf("the first reading is at %s", got)
		}
		if page, err = b.notes.List(t.Context(), "p1", notice.Query{Unread: true}); err != nil || len(page.Notices) != 0 {
			t.Errorf("%d unread, %v", len(page.Notices), err)
		}
	})
}

func TestPagesOfNoticesDoNotMoveWhenNewOnesCome(t *testing.T) {
	onBoard(t, func(t *testing.T, b board) {
		for i := range 120 {
			b.tell("p1", fmt.Sprintf("%03d", i))
		}
		var got []string
		q := notice.Query{}
		for turn := range 4 {
			page, err := b.notes.List(t.Context(), "p1", q)
			b.ok(err)
			for _, n := range page.Notices {
				got = append(got, n.Key)
			}
			b.tell("p1", fmt.Sprint("late ", turn))
			b.tell("p2", fmt.Sprint("late ", turn))
			if !page.More {
				break
			}
			q.Before = page.Next
		}
		var want []string
		for i := range 120 {
			want = append(want, fmt.Sprintf("%03d", 119-i))
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("(-want +got):\n%s", d)
		}
	})
}

func TestADeliveryEndsOnce(t *testing.T) {
	onBoard(t, func(t *testing.T, b board) {
		b.tell("p1", "a")
		page, err := b.notes.List(t.Context(), "p1", notice.Query{})
		b.ok(err)
		id := page.Notices[0].ID
		d := notice.Delivery{Notice: id, To: "p1", Channel: notice.Mail, Due: noon, Digest: true}
		b.in(func(ctx context.Context, tx notice.Tx) error {
			late := d
			late.Due, late.Digest = noon.Add(time.Hour), false
			err := errors.Join(tx.EnqueueDelivery(ctx, d), tx.EnqueueDelivery(ctx, late))
			got, failed := tx.Waiting(ctx, id, notice.Mail)
			if diff := cmp.Diff([]notice.Delivery{d}, got); diff != "" {
				t.Errorf("twice asked for (-want +got):\n%s", diff)
			}
			other, failed2 := tx.Waiting(ctx, id, notice.Webhook)
			if len(other) != 0 {
				t.Errorf("by another way: %v", other)
			}
			return errors.Join(err, failed, failed2, tx.EndDelivery(ctx, d, notice.Sent, ""))
		})
		*b.clock = noon.Add(time.Hour)
		b.in(func(ctx context.Context, tx notice.Tx) error {
			err := errors.Join(tx.EndDelivery(ctx, d, notice.Failed, "对方拒收"), tx.EnqueueDelivery(ctx, d))
			left, failed := tx.Waiting(ctx, id, notice.Mail)
			digest, failed2 := tx.WaitingDigest(ctx, "p1", noon.Add(time.Hour))
			if len(left)+len(digest) != 0 {
				t.Errorf("after its end there wait %v, %v", left, digest)
			}
			return errors.Join(err, failed, failed2)
		})
		if got, want := b.rows(`SELECT outcome, ended_at FROM deliveries`), []string{fmt.Sprint("sent ", noon.UnixMilli())}; !slices.Equal(got, want) {
			t.Errorf("kept %v, want %v", got, want)
		}
	})
}

func TestTheMorningMailHasWhatIsDue(t *testing.T) {
	onBoard(t, func(t *testing.T, b board) {
		b.in(func(ctx context.Context, tx notice.Tx) error {
			var ids []notice.ID
			for i, to := range []notice.Person{"p1", "p1", "p1", "p1", "p2"} {
				id, _, err := tx.SaveNotice(ctx, notice.Notice{To: to, Key: fmt.Sprint(i), At: noon, Kind: notice.KindReviewSigned})
				if err != nil {
					return err
				}
				ids = append(ids, id)
			}
			after := func(d time.Duration, n int, digest bool, to notice.Person) error {
				return tx.EnqueueDelivery(ctx, notice.Delivery{Notice: ids[n], To: to, Channel: notice.Mail, Due: noon.Add(d), Digest: digest})
			}
			err := errors.Join(after(2*time.Hour, 0, true, "p1"), after(time.Hour, 1, true, "p1"), after(3*time.Hour, 2, true, "p1"),
				after(0, 3, false, "p1"), after(0, 4, true, "p2"))
			due, failed := tx.WaitingDigest(ctx, "p1", noon.Add(2*time.Hour))
			var got []notice.ID
			for _, d := range due {
				got = append(got, d.Notice)
			}
			if d := cmp.Diff([]notice.ID{ids[1], ids[0]}, got); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
			return errors.Join(err, failed)
		})
	})
}

func TestWhoHasNoAccountCannotBeReached(t *testing.T) {
	onBoard(t, func(t *testing.T, b board) {
		contact := func(id account.PersonID) (c notice.Contact) {
			t.Helper()
			b.in(func(ctx context.Context, tx notice.Tx) (err error) {
				c, err = tx.Contact(ctx, notice.Person(id))
				return err
			})
			return c
		}
		if d := cmp.Diff(notice.Contact{Mail: "zhang@example.cn", Phone: "0379-63000000"}, contact(b.admin)); d != "" {
			t.Errorf("(-want +got):\n%s", d)
		}
		who := b.hire("worker", b.home, account.Handler, false)
		if got := contact(who); got != (notice.Contact{}) {
			t.Errorf("without an address: %+v", got)
		}
		b.ok(b.AmendPerson(t.Context(), b.boss(), account.Person{ID: who, Name: "李示例", Account: "worker"}, new("0379-1"), new("li@example.cn")))
		if got := contact(who); got.Mail != "li@example.cn" {
			t.Errorf("with an address: %+v", got)
		}
		b.ok(b.CloseAccount(t.Context(), b.boss(), who, 0, "已经调离本单位"))
		if got := contact(who); got != (notice.Contact{}) {
			t.Errorf("of a closed account: %+v", got)
		}
		if got := contact("nobody"); got != (notice.Contact{}) {
			t.Errorf("of nobody: %+v", got)
		}
		for _, row := range b.rows(`SELECT id, email FROM persons`) {
			if strings.Contains(row, "example.cn") {
				t.Errorf("an address is kept in the clear: %s", row)
			}
		}
	})
}

func TestAChoiceIsKept(t *testing.T) {
	onBoard(t, func(t *testing.T, b board) {
		if got, err := b.notes.Preference(t.Context(), "p1"); err != nil || !cmp.Equal(notice.Preference{Person: "p1"}, got) {
			t.Errorf("at first %+v, %v", got, err)
		}
		for _, want := range []notice.Preference{
			{Person: "p1", Channels: map[notice.Kind][]notice.Channel{notice.KindReviewSigned: {}, notice.KindDeadlineSoon: {notice.Mail, notice.Webhook}},
				Quiet: notice.Quiet{From: 22 * 60, To: 7*60 + 30}, Digest: notice.Morning},
			{Person: "p1", Digest: notice.Single},
		} {
			b.ok(b.notes.Choose(t.Context(), "p1", want))
			got, err := b.notes.Preference(t.Context(), "p1")
			if d := cmp.Diff(want, got); d != "" || err != nil {
				t.Errorf("%v (-want +got):\n%s", err, d)
			}
		}
		if got, err := b.notes.Preference(t.Context(), "p2"); err != nil || got.Digest != "" {
			t.Errorf("another's %+v, %v", got, err)
		}
	})
}

// collect does the sending of all jobs that are due, and says what was in each parcel.
func (b board) collect() (out []string) {
	b.t.Helper()
	for range 50 {
		var j work.Job
		var ok bool
		b.ok(Work(b.DB).Update(b.t.Context(), func(tx work.Tx) (err error) {
			j, ok, err = tx.Claim(b.t.Context(), []work.Kind{notice.JobMail, notice.JobDigest, notice.JobWebhook}, b.clock.Add(time.Minute))
			return err
		}))
		if !ok {
			return out
		}
		p, err := b.notes.Collect(b.t.Context(), j)
		b.ok(err)
		if !p.Empty() {
			out = append(out, fmt.Sprintf("%s to %s: %d", j.Kind, p.To, len(p.Notices)))
		}
		b.ok(b.notes.Done(b.t.Context(), p))
		b.ok(Work(b.DB).Update(b.t.Context(), func(tx work.Tx) error { return tx.Finish(b.t.Context(), j) }))
	}
	b.t.Error("jobs without end")
	return out
}

// TestMailsWaitForTheNightAndTheHolidays goes over the National Day of 2026, with the calendar as it was published.
func TestMailsWaitForTheNightAndTheHolidays(t *testing.T) {
	onBoard(t, func(t *testing.T, b board) {
		night := notice.Quiet{From: 22 * 60, To: 7 * 60}
		b.ok(b.notes.Choose(t.Context(), b.me(), notice.Preference{Quiet: night, Digest: notice.Morning,
			Channels: map[notice.Kind][]notice.Channel{notice.KindReviewSigned: {notice.Mail}, notice.KindDeadlineLate: {notice.Mail, notice.Webhook}}}))
		step := func(at string, want ...string) {
			t.Helper()
			b.at(at)
			if d := cmp.Diff(want, b.collect()); d != "" {
				t.Errorf("at %s (-want +got):\n%s", at, d)
			}
		}
		b.at("2026-09-30 20:00")
		b.tell(b.me(), "a")
		b.at("2026-10-02 10:00")
		b.tell(b.me(), "b")
		step("2026-10-07 23:00")
		_, err := b.notes.Tell(t.Context(), b.me(), notice.DeadlineLate{Matter: "甲"}, notice.About{Link: "/desk", Key: "late"})
		b.ok(err)
		step("2026-10-08 06:59")
		step("2026-10-08 07:00", "notice.mail to zhang@example.cn: 1", "notice.webhook to 0379-63000000: 1")
		step("2026-10-08 08:29")
		step("2026-10-08 08:30", "notice.digest to zhang@example.cn: 2")
		b.tell(b.me(), "c")
		step("2026-10-08 23:00")
		step("2026-10-09 08:30", "notice.digest to zhang@example.cn: 1")
		b.tell(b.me(), "d")
		step("2026-10-10 08:30", "notice.digest to zhang@example.cn: 1") // a Saturday that is worked
		b.tell(b.me(), "e")
		step("2026-10-11 23:59")
		step("2026-10-12 08:30", "notice.digest to zhang@example.cn: 1")
		if got := b.rows(`SELECT outcome, COUNT(*) FROM deliveries GROUP BY outcome`); !slices.Equal(got, []string{"sent 7"}) {
			t.Errorf("deliveries %v", got)
		}
	})
}
