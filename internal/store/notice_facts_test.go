package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gongkai/gongkai/internal/access"
	"github.com/gongkai/gongkai/internal/account"
	"github.com/gongkai/gongkai/internal/agency"
	"github.com/gongkai/gongkai/internal/calendar"
	"github.com/gongkai/gongkai/internal/notice"
	"github.com/gongkai/gongkai/internal/work"
)

// told are the notices of somebody, oldest first.
func (b board) told(id account.PersonID) []string {
	b.t.Helper()
	return b.rows(`SELECT kind, text FROM notices WHERE person_id = ? ORDER BY id`, id)
}

func TestWhatIsDoneToPeopleIsToldWithIt(t *testing.T) {
	onBoard(t, func(t *testing.T, b board) {
		who := b.hire("worker", b.home, account.Handler, false)
		day := b.today()
		_, err := b.AddPosition(t.Context(), b.boss(), account.Position{Person: who, Agency: b.home, Title: "股长", Role: account.Reviewer, From: day}, 0)
		b.ok(err)
		_, err = b.SetDeputy(t.Context(), b.boss(), account.Deputy{Of: b.admin, By: who, From: day, To: day.AddDays(1), Reason: "外出培训"})
		b.ok(err)
		b.ok(b.ResetPassword(t.Context(), b.boss(), who, 0, "another"))
		if err := b.ResetPassword(t.Context(), b.boss(), who, 1, "stale"); err == nil {
			t.Error("an older state is overwritten")
		}
		want := []string{
			"account.position_changed 您的岗位由张示例变动：新增：示例县人民政府办公室 股长。如有不对，请告诉管理员。",
			"account.deputy_named 您从 2026年1月20日 周二 到 2026年1月21日 周三 代理张示例的工作，张示例的待办会出现在您的工作台上。",
			"account.password_reset 您的密码由张示例重置，下次登录要设新密码。不是您要求的话，请马上告诉管理员。",
		}
		if d := cmp.Diff(want, b.told(who)); d != "" {
			t.Errorf("(-want +got):\n%s", d)
		}
		if got := b.told(b.admin); len(got) != 0 {
			t.Errorf("who did it is told %v", got)
		}
	})
}

func TestAJobThatIsGivenUpIsToldWithIt(t *testing.T) {
	onBoard(t, func(t *testing.T, b board) {
		var told []string
		w := Workers(b.DB, func(_ context.Context, _ *Tx, j work.Job) error {
			told = append(told, fmt.Sprint(j.Kind, " ", j.Key, " ", j.State, " ", j.Error, " ", j.Ref))
			return nil
		})
		fail := func(key string, meanwhile bool) {
			t.Helper()
			b.ok(w.Update(t.Context(), func(tx work.Tx) error {
				if err := tx.Enqueue(t.Context(), work.Ask{Kind: "x.do", Key: key}); err != nil {
					return err
				}
				j, ok, err := tx.Claim(t.Context(), []work.Kind{"x.do"}, b.clock.Add(time.Minute))
				if err != nil || !ok {
					return errors.Join(err, errors.New("nothing to do"))
				}
				if meanwhile {
					err = tx.Enqueue(t.Context(), work.Ask{Kind: "x.do", Key: key})
				}
				return errors.Join(err, tx.Fail(t.Context(), j, "文件打不开", "0a1b"))
			}))
		}
		fail("one", false)
		fail("two", true) // asked for again while it was done: it is not given up
		if d := cmp.Diff([]string{"x.do one failed 文件打不开 0a1b"}, told); d != "" {
			t.Errorf("(-want +got):\n%s", d)
		}
		broken := errors.New("no room")
		w = Workers(b.DB, func(context.Context, *Tx, work.Job) error { return broken })
		err := w.Update(t.Context(), func(tx work.Tx) error {
			j, _, err := tx.Claim(t.Context(), []work.Kind{"x.do"}, b.clock.Add(time.Minute))
			return errors.Join(err, tx.Fail(t.Context(), j, "again", ""))
		})
		if !errors.Is(err, broken) {
			t.Errorf("error %v", err)
		}
		if got := b.rows(`SELECT job_key, state FROM jobs WHERE kind = 'x.do' ORDER BY job_key`); !slices.Equal(got, []string{"x.do:one failed", "x.do:two due"}) {
			t.Errorf("jobs %v: what cannot be told is not kept as failed", got)
		}
	})
}

func TestRootsAndTheProofOfTheRecord(t *testing.T) {
	onBoard(t, func(t *testing.T, b board) {
		b.build("示例县住建局", b.root)
		b.ok(b.DB.View(t.Context(), func(tx *Tx) error {
			roots, err := tx.Roots(t.Context())
			if d := cmp.Diff([]agency.ID{b.root}, roots); d != "" {
				t.Errorf("roots (-want +got):\n%s", d)
			}
			if _, none := tx.AuditProof(t.Context()); !errors.Is(none, errNoProof) {
				t.Errorf("before anybody looked: %v", none)
			}
			return err
		}))
		for _, want := range []AuditProof{{At: noon}, {At: noon, Broken: 3}} {
			b.ok(b.DB.Update(t.Context(), func(tx *Tx) error { return tx.SaveAuditProof(t.Context(), want) }))
			b.ok(b.DB.View(t.Context(), func(tx *Tx) error {
				got, err := tx.AuditProof(t.Context())
				if d := cmp.Diff(want, got); d != "" {
					t.Errorf("(-want +got):\n%s", d)
				}
				return err
			}))
		}
	})
}

// doorBoard is a site whose people are told of the ways into their accounts.
func doorBoard(t *testing.T, f func(t *testing.T, s *doorSite, b board)) {
	t.Helper()
	atDoor(t, func(t *testing.T, s *doorSite) {
		notes := notice.NewService(Notices(s.DB), notice.Outlets{Mail: true}, calendar.Builtin().Works, nil)
		s.way = access.NewService(AccessTelling(s.DB, TellAccess(notes)), s.hasher, s.way.Policy())
		f(t, s, board{s.officeSite, notes})
	})
}

func TestASignInFromElsewhereIsTold(t *testing.T) {
	doorBoard(t, func(t *testing.T, s *doorSite, b board) {
		in := func(p access.Place) {
			t.Helper()
			if _, _, err := s.way.SignIn(t.Context(), "lisi", goodPassword, p); err != nil {
				t.Fatal(err)
			}
		}
		other := here
		other.Device = "Chrome，Windows"
		in(here) // the first time of all
		in(here)
		in(from("192.0.2.200")) // the same office
		if got := b.told(s.li); len(got) != 0 {
			t.Errorf("told of what they know: %v", got)
		}
		in(other)
		in(other)
		in(from("198.51.100.1"))
		in(from("2001:db8:1:2:3::1"))
		s.pass(31 * 24 * time.Hour)
		in(here)
		const at, after = "您的账号于 2026年1月20日 12:00 在新设备上登录", "。不是您本人的话，请马上退出其他设备、改密码，并告诉管理员。"
		want := []string{
			"account.signin_new " + at + "（Chrome，Windows），来自 192.0.2.*" + after,
			"account.signin_new " + at + "（Firefox，Linux），来自 198.51.100.*" + after,
			"account.signin_new " + at + "（Firefox，Linux），来自 2001:db8:1:2::/64" + after,
			"account.signin_new 您的账号于 2026年2月20日 12:00 在新设备上登录（Firefox，Linux），来自 192.0.2.*" + after,
		}
		if d := cmp.Diff(want, b.told(s.li)); d != "" {
			t.Errorf("(-want +got):\n%s", d)
		}
	})
}

func TestASignInIsToldWhenItIsThrough(t *testing.T) {
	doorBoard(t, func(t *testing.T, s *doorSite, b board) {
		secret, _ := s.factor("lisi")
		far := from("198.51.100.1")
		_, se, err := s.way.SignIn(t.Context(), "lisi", goodPassword, far)
		b.ok(err)
		if got := b.told(s.li); len(got) != 0 {
			t.Errorf("told before the code: %v", got)
		}
		_, _, err = s.way.Code(t.Context(), se, s.code(secret), far)
		b.ok(err)
		if got := b.told(s.li); len(got) != 1 {
			t.Errorf("told %v", got)
		}
	})
}

func TestALockIsToldOnceADay(t *testing.T) {
	doorBoard(t, func(t *testing.T, s *doorSite, b board) {
		fail := func(name, address string, n int) {
			t.Helper()
			for range n {
				if _, _, err := s.way.SignIn(t.Context(), name, "not the password", from(address)); err == nil {
					t.Fatal("a wrong password opens")
				}
			}
		}
		fail("lisi", "192.0.2.7", 4)
		if got := b.told(s.li); len(got) != 0 {
			t.Errorf("told of four failures: %v", got)
		}
		fail("lisi", "192.0.2.7", 3) // the fifth locks, the others are not looked at
		fail("lisi", "198.51.100.1", 6)
		fail("nobody", "203.0.113.1", 6)
		want := []string{"account.locked 您的账号连续 5 次输错密码，锁定到 2026年1月20日 12:15。不是您本人的话，请告诉管理员。"}
		if d := cmp.Diff(want, b.told(s.li)); d != "" {
			t.Errorf("(-want +got):\n%s", d)
		}
		s.pass(24 * time.Hour)
		fail("lisi", "192.0.2.7", 5)
		if got := b.told(s.li); len(got) != 2 {
			t.Errorf("on the next day told %d times", len(got))
		}
	})
}
