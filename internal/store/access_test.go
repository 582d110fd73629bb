package store

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/pquerna/otp/totp"

	"github.com/gongkai/gongkai/internal/access"
	"github.com/gongkai/gongkai/internal/account"
	"github.com/gongkai/gongkai/internal/agency"
	"github.com/gongkai/gongkai/internal/fault"
	"github.com/gongkai/gongkai/internal/office"
	"github.com/gongkai/gongkai/internal/signin"
)

const (
	goodPassword = "一句自己记得住的话 7"
	nextPassword = "另一句自己记得住的话 8"
)

// doorSite is an office with the way into it. zhang administers, li and wang work there; all have goodPassword.
type doorSite struct {
	*officeSite
	way      *access.Service
	hasher   *signin.Hasher
	li, wang account.PersonID
}

func atDoor(t *testing.T, f func(t *testing.T, s *doorSite), change ...func(*access.Policy)) {
	t.Helper()
	onBoth(t, func(t *testing.T, p place) {
		hasher, err := signin.NewHasher(signin.Cost{MemoryKiB: 8 * 1024, Passes: 1, Lanes: 1}, 2)
		if err != nil {
			t.Fatal(err)
		}
		policy := access.Policy{Passwords: true, Factor: "optional", Idle: 2 * time.Hour, Longest: 12 * time.Hour,
			Guard: signin.DefaultPolicy(), Rules: signin.DefaultRules(), Site: "示例站点"}
		for _, c := range change {
			c(&policy)
		}
		s := &doorSite{officeSite: startOffice(t, p), way: access.NewService(Access(p.DB), hasher, policy), hasher: hasher}
		s.li, s.wang = s.hire("lisi", s.home, account.Officer, false), s.hire("wangwu", s.home, account.Handler, false)
		for _, id := range []account.PersonID{s.admin, s.li, s.wang} {
			s.proofs(id, func(p *account.Person) { p.Password, p.MustChange = s.hash(goodPassword), false })
		}
		f(t, s)
	})
}

func (s *doorSite) hash(password string) string {
	s.t.Helper()
	h, err := s.hasher.Hash(s.t.Context(), password)
	s.ok(err)
	return h
}

// proofs changes the proofs of a person without anybody being asked.
func (s *doorSite) proofs(id account.PersonID, change func(*account.Person)) {
	s.t.Helper()
	s.ok(s.DB.Update(s.t.Context(), func(tx *Tx) error {
		a := accessTx{officeTx{tx}}
		p, err := a.Person(s.t.Context(), id)
		if err != nil {
			return err
		}
		change(&p)
		err = a.SaveProofs(s.t.Context(), p)
		tx.dirty = false
		return err
	}))
}

func from(address string) access.Place {
	return access.Place{Address: netip.MustParseAddr(address), Device: "Firefox，Linux"}
}

var here = from("192.0.2.7")

func (s *doorSite) signIn(name string) (string, access.Session) {
	s.t.Helper()
	secret, se, err := s.way.SignIn(s.t.Context(), name, goodPassword, here)
	s.ok(err)
	return secret, se
}

// enter signs somebody in and says who acts.
func (s *doorSite) enter(name string) (string, access.Session, account.Actor) {
	s.t.Helper()
	secret, _ := s.signIn(name)
	se, by, err := s.way.Resume(s.t.Context(), secret)
	s.ok(err)
	return secret, se, by
}

// gone says that a secret opens nothing.
func (s *doorSite) gone(secret, why string) {
	s.t.Helper()
	if _, by, err := s.way.Resume(s.t.Context(), secret); fault.CodeOf(err) != "signin.none" || !by.IsNobody() {
		s.t.Errorf("%s: the session goes on: %+v, %v", why, by, err)
	}
}

func (s *doorSite) pass(d time.Duration) { *s.clock = s.clock.Add(d) }

// code is the one-time code of the moment.
func (s *doorSite) code(secret string) string {
	s.t.Helper()
	c, err := totp.GenerateCode(secret, *s.clock)
	s.ok(err)
	return c
}

// factor sets one-time codes up for somebody, who is signed in for it, and lets the code of that moment pass.
func (s *doorSite) factor(name string) (secret string, recovery []string) {
	s.t.Helper()
	_, se, by := s.enter(name)
	setup, err := s.way.OfferFactor(s.t.Context(), by, "")
	s.ok(err)
	made, err := s.way.SetFactor(s.t.Context(), by, se, setup.Secret, s.code(setup.Secret))
	s.ok(err)
	s.pass(time.Minute)
	return setup.Secret, made.Codes
}

// told are the actions recorded since an entry.
func (s *doorSite) told(since int64) string {
	s.t.Helper()
	var out []string
	for _, e := range s.entries(since) {
		out = append(out, e.Action)
	}
	return strings.Join(out, " ")
}

func (s *doorSite) attempts(name string) (failed, succeeded int) {
	s.t.Helper()
	s.ok(s.DB.View(s.t.Context(), func(tx *Tx) error {
		all, err := accessTx{officeTx{tx}}.Attempts(s.t.Context(), name, netip.Prefix{}, s.clock.Add(-time.Hour))
		for _, a := range all {
			if a.OK {
				succeeded++
			} else {
				failed++
			}
		}
		return err
	}))
	return failed, succeeded
}

func wantCode(t *testing.T, what string, err error, code string) {
	t.Helper()
	if (err == nil) != (code == "") || err != nil && fault.CodeOf(err) != code {
		t.Errorf("%s: %v (%s), want %q", what, err, fault.CodeOf(err), code)
	}
}

func TestSigningInSaysNothingOfWhichAccountsThereAre(t *testing.T) {
	atDoor(t, func(t *testing.T, s *doorSite) {
		ctx := t.Context()
		li, err := s.Person(ctx, s.boss(), s.li)
		s.ok(err)
		s.ok(s.CloseAccount(ctx, s.boss(), s.li, li.Person.Serial, "已办离职手续"))
		since := s.head()
		var told []string
		for i, name := range []string{"zhang", "nobody", "lisi"} {
			password := "wrong"
			if name == "lisi" {
				password = goodPassword // of an account that is closed
			}
			secret, _, err := s.way.SignIn(ctx, name, password, from(fmt.Sprintf("198.51.%d.1", i)))
			if secret != "" || !errors.Is(err, fault.SignIn) {
				t.Errorf("%s: %v", name, err)
			}
			told = append(told, fault.CodeOf(err)+err.Error())
			if failed, ok := s.attempts(name); failed != 1 || ok != 0 {
				t.Errorf("%s: %d failures and %d successes were counted", name, failed, ok)
			}
		}
		if told[0] != told[1] || told[0] != told[2] {
			t.Errorf("the answers differ: %q", told)
		}
		if got := s.told(since); got != "session.refuse session.refuse session.refuse" {
			t.Errorf("recorded: %s", got)
		}
		since = s.head()
		secret, se, err := s.way.SignIn(ctx, " Zhang ", goodPassword, here)
		s.ok(err)
		got, by, err := s.way.Resume(ctx, secret)
		s.ok(err)
		if d := cmp.Diff(se, got); d != "" || se.Stage != access.Open || se.Method != "password" || by.Person != s.admin || !by.CanAnywhere(account.ManagePerson) {
			t.Errorf("%+v, by %+v\n%s", se, by, d)
		}
		if e := s.entries(since); len(e) != 1 || e[0].Action != "session.open" || e[0].Cause != "password" || e[0].Actor != s.admin {
			t.Errorf("recorded: %+v", e)
		}
	})
}

func TestTooManyFailuresLockThePairAndTheLockEnds(t *testing.T) {
	atDoor(t, func(t *testing.T, s *doorSite) {
		ctx, guard := t.Context(), s.way.Policy().Guard
		words := map[string]string{}
		for _, name := range []string{"zhang", "nobody"} {
			at := from(map[string]string{"zhang": "192.0.2.7", "nobody": "198.51.100.7"}[name])
			for range guard.PairFailures {
				_, _, err := s.way.SignIn(ctx, name, "wrong", at)
				wantCode(t, name, err, "signin.wrong")
			}
			_, _, err := s.way.SignIn(ctx, name, goodPassword, at)
			wantCode(t, name+" with the right password", err, "signin.locked")
			words[name] = err.Error()
		}
		if words["zhang"] != words["nobody"] {
			t.Errorf("a lock tells which accounts there are: %q", words)
		}
		_, _, err := s.way.SignIn(ctx, "zhang", goodPassword, from("203.0.113.9"))
		wantCode(t, "from elsewhere", err, "")
		s.pass(guard.PairLock - time.Second)
		_, _, err = s.way.SignIn(ctx, "zhang", goodPassword, here)
		wantCode(t, "a second before the end", err, "signin.locked")
		s.pass(time.Second)
		_, _, err = s.way.SignIn(ctx, "zhang", goodPassword, here)
		wantCode(t, "at the end", err, "")
	})
}

// TestNoMoreAreLookedAtThanTheGuardBears: guesses that are made at the same moment must not all be let in before the first
// of them is counted.
func TestNoMoreAreLookedAtThanTheGuardBears(t *testing.T) {
	atDoor(t, func(t *testing.T, s *doorSite) {
		var mu sync.Mutex
		got := map[string]int{}
		var wg sync.WaitGroup
		for i := range 24 {
			wg.Go(func() {
				_, _, err := s.way.SignIn(t.Context(), "zhang", fmt.Sprint("guess ", i), here)
				mu.Lock()
				defer mu.Unlock()
				got[fault.CodeOf(err)]++
			})
		}
		wg.Wait()
		most := s.way.Policy().Guard.PairFailures
		if d := cmp.Diff(map[string]int{"signin.wrong": most, "signin.locked": 24 - most}, got); d != "" {
			t.Errorf("(-want +got):\n%s", d)
		}
	})
}

func TestWhatCannotBeAnAccountIsNotKept(t *testing.T) {
	atDoor(t, func(t *testing.T, s *doorSite) {
		_, _, err := s.way.SignIn(t.Context(), goodPassword, "x", here)
		wantCode(t, "a password in the wrong field", err, "signin.wrong")
		if failed, _ := s.attempts("?"); failed != 1 {
			t.Error("it was not counted")
		}
		s.keepsNothingOf(t, goodPassword)
	})
}

// keepsNothingOf scans every field of every table.
func (s *doorSite) keepsNothingOf(t *testing.T, secrets ...string) {
	t.Helper()
	var m Moment
	fields := 0
	err := s.Dump(t.Context(), func(at Moment) error { m = at; return nil }, func(table int, values []any) error {
		for i, v := range values {
			fields++
			text := fmt.Sprint(v)
			if b, ok := v.([]byte); ok {
				text = string(b)
			}
			for _, secret := range secrets {
				if strings.Contains(text, secret) || strings.Contains(text, strings.ReplaceAll(secret, "-", "")) {
					t.Errorf("%s.%s holds %q", m.Tables[table].Name, m.Tables[table].Columns[i].Name, secret)
				}
			}
		}
		return nil
	})
	if err != nil || fields < 100 {
		t.Fatalf("%d fields, %v", fields, err)
	}
}

func TestPasswordAloneDoesNotClearTheCount(t *testing.T) {
	atDoor(t, func(t *testing.T, s *doorSite) {
		ctx := t.Context()
		secret, _ := s.factor("zhang")
		s.pass(time.Hour)
		for range s.way.Policy().Guard.PairFailures - 1 {
			_, _, err := s.way.SignIn(ctx, "zhang", "wrong", here)
			wantCode(t, "wrong", err, "signin.wrong")
		}
		cookie, se := s.signIn("zhang")
		if se.Stage != access.NeedsCode {
			t.Fatalf("stage %s", se.Stage)
		}
		_, by, err := s.way.Resume(ctx, cookie)
		s.ok(err)
		if len(by.Grants) != 0 {
			t.Error("a session that lacks its code holds something")
		}
		_, _, err = s.way.Code(ctx, se, "000000", here)
		wantCode(t, "a wrong code", err, "signin.code_wrong")
		_, _, err = s.way.Code(ctx, se, s.code(secret), here)
		wantCode(t, "the right code, too late", err, "signin.locked")
		_, _, err = s.way.SignIn(ctx, "zhang", goodPassword, here)
		wantCode(t, "the right password, too late", err, "signin.locked")
	})
}

func TestOneTimeCodeIsGoodOnce(t *testing.T) {
	atDoor(t, func(t *testing.T, s *doorSite) {
		ctx := t.Context()
		key, recovery := s.factor("zhang")
		before, se := s.signIn("zhang")
		since := s.head()
		after, open, err := s.way.Code(ctx, se, s.code(key), here)
		s.ok(err)
		if got := s.told(since); got != "session.code" || open.Stage != access.Open {
			t.Errorf("stage %s, recorded %s", open.Stage, got)
		}
		s.gone(before, "the secret of before the code")
		if _, by, err := s.way.Resume(ctx, after); err != nil || !by.CanAnywhere(account.ManagePerson) {
			t.Errorf("after the code: %+v, %v", by, err)
		}
		_, _, err = s.way.Code(ctx, se, s.code(key), here)
		wantCode(t, "a session that has its code", err, "signin.code_used")
		_, _, err = s.way.Code(ctx, open, s.code(key), here)
		wantCode(t, "an open session", err, "signin.none")
		_, second := s.signIn("zhang")
		since = s.head()
		_, _, err = s.way.Code(ctx, second, s.code(key), here)
		wantCode(t, "the same code again", err, "signin.code_used")
		if got := s.told(since); got != "session.refuse" {
			t.Errorf("recorded %s", got)
		}
		since = s.head()
		_, _, err = s.way.Code(ctx, second, strings.ToUpper(recovery[3]), here)
		wantCode(t, "a recovery code", err, "")
		if got := s.told(since); got != "person.recovery_used session.code" {
			t.Errorf("recorded %s", got)
		}
		_, third := s.signIn("zhang")
		_, _, err = s.way.Code(ctx, third, recovery[3], here)
		wantCode(t, "the same recovery code again", err, "signin.code_wrong")
		s.pass(11 * time.Minute)
		_, _, err = s.way.Code(ctx, third, s.code(key), here)
		wantCode(t, "after the guard's count", err, "")
	})
}

// TestTwoWithTheSameCodeAreOne lets two sessions give the same code at the same moment.
func TestTwoWithTheSameCodeAreOne(t *testing.T) {
	atDoor(t, func(t *testing.T, s *doorSite) {
		key, recovery := s.factor("zhang")
		for round, code := range []string{"", recovery[0], recovery[1], ""} {
			s.pass(time.Hour)
			if code == "" {
				code = s.code(key)
			}
			_, one := s.signIn("zhang")
			_, two := s.signIn("zhang")
			errs := make([]error, 4)
			var wg sync.WaitGroup
			for i := range errs {
				wg.Go(func() { _, _, errs[i] = s.way.Code(t.Context(), []access.Session{one, two}[i%2], code, here) })
			}
			wg.Wait()
			in := 0
			for _, err := range errs {
				switch {
				case err == nil:
					in++
				case !errors.Is(err, fault.SignIn):
					t.Errorf("round %d: %v", round, err)
				}
			}
			if in != 1 {
				t.Errorf("round %d: %d came in with one code: %v", round, in, errs)
			}
		}
	})
}

func TestSessionsEnd(t *testing.T) {
	atDoor(t, func(t *testing.T, s *doorSite) {
		ctx := t.Context()
		secret, _ := s.signIn("lisi")
		s.pass(2 * time.Hour)
		if _, _, err := s.way.Resume(ctx, secret); err != nil {
			t.Errorf("just not idle: %v", err)
		}
		s.pass(2*time.Hour + time.Millisecond)
		s.gone(secret, "idle")

		secret, _ = s.signIn("lisi")
		for range 11 {
			s.pass(time.Hour)
			if _, _, err := s.way.Resume(ctx, secret); err != nil {
				t.Fatalf("in use: %v", err)
			}
		}
		s.pass(time.Hour)
		s.gone(secret, "after the longest time")

		key, _ := s.factor("wangwu")
		secret, se := s.signIn("wangwu")
		s.pass(10*time.Minute + time.Millisecond)
		s.gone(secret, "without its code")
		_, _, err := s.way.Code(ctx, access.Session{ID: se.ID, Person: se.Person, Stage: access.Open}, s.code(key), here)
		wantCode(t, "a made up stage", err, "signin.none")

		secret, _ = s.signIn("lisi")
		m, err := s.Person(ctx, s.boss(), s.li)
		s.ok(err)
		s.ok(s.EndPosition(ctx, s.boss(), s.li, m.Positions[0].ID, s.today().AddDays(-1), "已调往别处"))
		if _, by, err := s.way.Resume(ctx, secret); err != nil || len(by.Grants) != 0 {
			t.Errorf("after the position ended: %+v, %v", by, err)
		}
		m, err = s.Person(ctx, s.boss(), s.li)
		s.ok(err)
		s.ok(s.CloseAccount(ctx, s.boss(), s.li, m.Person.Serial, "已办离职手续"))
		s.gone(secret, "of a closed account")
	})
}

func TestSessionsAreListedAndEndedByTheirOwnersOnly(t *testing.T) {
	atDoor(t, func(t *testing.T, s *doorSite) {
		ctx := t.Context()
		first, _ := s.signIn("lisi")
		s.pass(time.Minute)
		second, se, by := s.enter("lisi")
		list, err := s.way.Sessions(ctx, by)
		s.ok(err)
		if len(list) != 2 || list[0].ID != se.ID || list[0].Device != here.Device || list[0].Address != "192.0.2.7" {
			t.Fatalf("%+v", list)
		}
		_, _, wang := s.enter("wangwu")
		wantCode(t, "of somebody else", s.way.End(ctx, wang, se.ID), "session.gone")
		since := s.head()
		s.ok(s.way.End(ctx, by, list[1].ID))
		wantCode(t, "twice", s.way.End(ctx, by, list[1].ID), "session.gone")
		if e := s.entries(since); len(e) != 1 || e[0].Action != "session.end" || e[0].Cause != list[1].ID {
			t.Errorf("recorded %+v", e)
		}
		s.gone(first, "ended")
		s.ok(s.way.SignOut(ctx, by, se))
		s.gone(second, "signed out")
	})
}

func TestChangedPasswordEndsTheOthers(t *testing.T) {
	atDoor(t, func(t *testing.T, s *doorSite) {
		ctx := t.Context()
		other, _ := s.signIn("lisi")
		secret, se, by := s.enter("lisi")
		_, _, err := s.way.ChangePassword(ctx, by, se, "wrong", nextPassword, here)
		wantCode(t, "wrong old password", err, "signin.old_wrong")
		_, _, err = s.way.ChangePassword(ctx, by, se, goodPassword, goodPassword, here)
		wantCode(t, "the same", err, "signin.password")
		_, _, err = s.way.ChangePassword(ctx, by, se, goodPassword, "lisi示例站点", here)
		wantCode(t, "one that rests on the account", err, "signin.password")
		since := s.head()
		fresh, _, err := s.way.ChangePassword(ctx, by, se, goodPassword, nextPassword, here)
		s.ok(err)
		if got := s.told(since); got != "person.password" {
			t.Errorf("recorded %s", got)
		}
		s.gone(other, "elsewhere")
		s.gone(secret, "with the secret of before")
		now, _, err := s.way.Resume(ctx, fresh)
		s.ok(err)
		_, _, err = s.way.SignIn(ctx, "lisi", goodPassword, here)
		wantCode(t, "with the old password", err, "signin.wrong")
		_, _, err = s.way.SignIn(ctx, "lisi", nextPassword, here)
		wantCode(t, "with the new password", err, "")

		// Guesses at the old password count like those of signing in.
		s.pass(time.Second)
		for range s.way.Policy().Guard.PairFailures {
			_, _, err = s.way.ChangePassword(ctx, by, now, "guess", goodPassword, here)
		}
		wantCode(t, "the last guess", err, "signin.old_wrong")
		_, _, err = s.way.ChangePassword(ctx, by, now, nextPassword, goodPassword, here)
		wantCode(t, "after too many", err, "signin.locked")
	})
}

func TestFirstPasswordLetsNothingElseThrough(t *testing.T) {
	atDoor(t, func(t *testing.T, s *doorSite) {
		ctx := t.Context()
		m, err := s.Person(ctx, s.boss(), s.li)
		s.ok(err)
		given, hash, err := s.way.FirstHash(ctx)
		s.ok(err)
		s.ok(s.ResetPassword(ctx, s.boss(), s.li, m.Person.Serial, hash))
		secret, se, err := s.way.SignIn(ctx, "lisi", given, here)
		s.ok(err)
		_, by, err := s.way.Resume(ctx, secret)
		s.ok(err)
		if se.Stage != access.NeedsPassword || len(by.Grants) != 0 {
			t.Errorf("stage %s, %d grants", se.Stage, len(by.Grants))
		}
		fresh, se, err := s.way.ChangePassword(ctx, by, se, given, nextPassword, here)
		s.ok(err)
		s.gone(secret, "the secret of before")
		_, by, err = s.way.Resume(ctx, fresh)
		s.ok(err)
		if se.Stage != access.NeedsFactor || len(by.Grants) != 0 {
			t.Errorf("where the site asks for a second factor: stage %s, %d grants", se.Stage, len(by.Grants))
		}
		setup, err := s.way.OfferFactor(ctx, by, "")
		s.ok(err)
		if again, err := s.way.OfferFactor(ctx, by, setup.Secret); err != nil || again.Secret != setup.Secret {
			t.Errorf("offered again: %+v, %v", again, err)
		}
		for code, secret := range map[string]string{"signin.secret": "AAAA", "signin.code_wrong": setup.Secret} {
			_, err = s.way.SetFactor(ctx, by, se, secret, "000000")
			wantCode(t, "set up", err, code)
		}
		since := s.head()
		made, err := s.way.SetFactor(ctx, by, se, setup.Secret, s.code(setup.Secret))
		s.ok(err)
		s.gone(fresh, "the secret of before")
		if got := s.told(since); got != "person.factor_on" || len(made.Codes) != signin.RecoveryCodes || made.Session.Stage != access.Open {
			t.Errorf("recorded %s, %+v", got, made)
		}
		_, by, err = s.way.Resume(ctx, made.Secret)
		s.ok(err)
		if !by.CanAnywhere(account.SeeReport) {
			t.Error("an open session holds nothing")
		}
		wantCode(t, "dropped", s.way.DropFactor(ctx, by, made.Codes[0], here), "signin.factor_required")
	}, func(p *access.Policy) { p.Factor = "required" })
}

func TestFactorIsDroppedWithACodeAndWrongOnesCount(t *testing.T) {
	atDoor(t, func(t *testing.T, s *doorSite) {
		ctx := t.Context()
		key, _ := s.factor("lisi")
		_, se := s.signIn("lisi")
		secret, se, err := s.way.Code(ctx, se, s.code(key), here)
		s.ok(err)
		_, by, err := s.way.Resume(ctx, secret)
		s.ok(err)
		_, err = s.way.SetFactor(ctx, by, se, key, s.code(key))
		wantCode(t, "set up twice", err, "signin.has_factor")
		s.pass(time.Minute)
		for range s.way.Policy().Guard.PairFailures {
			wantCode(t, "a guess", s.way.DropFactor(ctx, by, "111111", here), "signin.code_wrong")
		}
		wantCode(t, "after too many", s.way.DropFactor(ctx, by, s.code(key), here), "signin.locked")
		s.pass(time.Hour)
		since := s.head()
		s.ok(s.way.DropFactor(ctx, by, s.code(key), here))
		if got := s.told(since); got != "person.factor_off" {
			t.Errorf("recorded %s", got)
		}
		wantCode(t, "twice", s.way.DropFactor(ctx, by, s.code(key), here), "signin.no_factor")
		if _, se := s.signIn("lisi"); se.Stage != access.Open {
			t.Errorf("stage %s", se.Stage)
		}
	})
}

func TestSiteWithoutPasswordsOrFactors(t *testing.T) {
	atDoor(t, func(t *testing.T, s *doorSite) {
		_, _, err := s.way.SignIn(t.Context(), "zhang", goodPassword, here)
		wantCode(t, "sign in", err, "signin.no_passwords")
		secret, se, err := s.way.Arrive(t.Context(), "https://id.example.cn", "sub", "zhang", here)
		s.ok(err)
		_, by, err := s.way.Resume(t.Context(), secret)
		s.ok(err)
		_, err = s.way.SetFactor(t.Context(), by, se, signin.NewSecret(), "000000")
		wantCode(t, "set up", err, "signin.no_factor")
	}, func(p *access.Policy) { p.Passwords, p.Factor = false, "off" })
}

func TestTokensDoNoMoreThanTheirScopesAndTheirMaker(t *testing.T) {
	atDoor(t, func(t *testing.T, s *doorSite) {
		ctx := t.Context()
		_, _, by := s.enter("zhang")
		_, _, li := s.enter("lisi")
		later := s.clock.AddDate(0, 3, 0)
		for _, bad := range []struct {
			code, name string
			by         account.Actor
			scopes     []account.Perm
			expires    time.Time
		}{
			{"token.none", "平台", li, []account.Perm{account.SeeReport}, later},
			{"token.name", " ", by, []account.Perm{account.SeeReport}, later},
			{"token.scopes", "平台", by, nil, later},
			{"token.scopes", "平台", by, []account.Perm{"report.invented"}, later},
			{"token.expires", "平台", by, []account.Perm{account.SeeReport}, *s.clock},
			{"token.expires", "平台", by, []account.Perm{account.SeeReport}, s.clock.AddDate(1, 0, 2)},
		} {
			_, err := s.way.NewToken(ctx, bad.by, bad.name, bad.scopes, bad.expires)
			wantCode(t, "new token", err, bad.code)
		}
		since := s.head()
		token, err := s.way.NewToken(ctx, by, "平台", []account.Perm{account.SeeReport}, later)
		s.ok(err)
		acts, err := s.way.ByToken(ctx, token)
		s.ok(err)
		if len(acts.Grants) == 0 || slices.ContainsFunc(acts.Grants, func(g account.Grant) bool { return g.Perm != account.SeeReport }) {
			t.Errorf("a token for reports holds %v", acts.Grants)
		}
		list, err := s.way.Tokens(ctx, by)
		s.ok(err)
		if len(list) != 1 || list[0].Used.IsZero() || acts.Via != "token "+list[0].ID {
			t.Errorf("%+v, via %s", list, acts.Via)
		}
		_, err = s.way.ByToken(ctx, token[:len(token)-1]+"a")
		wantCode(t, "a slip of the pen", err, map[bool]string{true: "", false: "signin.token_typo"}[strings.HasSuffix(token, "a")])
		other, _ := signin.NewToken("gk")
		_, err = s.way.ByToken(ctx, other)
		wantCode(t, "a token of nobody", err, "token.gone")
		wantCode(t, "revoked by somebody else", s.way.RevokeToken(ctx, li, list[0].ID), "token.gone")
		s.ok(s.way.RevokeToken(ctx, by, list[0].ID))
		_, err = s.way.ByToken(ctx, token)
		wantCode(t, "revoked", err, "token.gone")
		if got := s.told(since); got != "token.create token.revoke" {
			t.Errorf("recorded %s", got)
		}
		s.tokensEnd(t, later)
	})
}

// tokensEnd tries tokens whose time is over, or whose maker is gone.
func (s *doorSite) tokensEnd(t *testing.T, later time.Time) {
	t.Helper()
	ctx := t.Context()
	chief := s.hire("zhao", s.root, account.RegionAdmin, true)
	by := s.actor(chief)
	m, err := s.Person(ctx, s.boss(), chief)
	s.ok(err)
	spare, err := s.way.NewToken(ctx, by, "另一个平台", []account.Perm{account.SeeReport}, later)
	s.ok(err)
	s.ok(s.ResetPassword(ctx, s.boss(), chief, m.Person.Serial, s.hash(nextPassword)))
	_, err = s.way.ByToken(ctx, spare)
	wantCode(t, "after the password was reset", err, "token.gone")
	token, err := s.way.NewToken(ctx, by, "平台", []account.Perm{account.SeeReport}, later)
	s.ok(err)
	s.ok(s.EndPosition(ctx, s.boss(), chief, m.Positions[0].ID, s.today().AddDays(-1), "已调往别处"))
	if acts, err := s.way.ByToken(ctx, token); err != nil || len(acts.Grants) != 0 {
		t.Errorf("of somebody without a position: %+v, %v", acts, err)
	}
	m, err = s.Person(ctx, s.boss(), chief)
	s.ok(err)
	s.ok(s.CloseAccount(ctx, s.boss(), chief, m.Person.Serial, "已办离职手续"))
	_, err = s.way.ByToken(ctx, token)
	wantCode(t, "of a closed account", err, "token.gone")
	last, err := s.way.NewToken(ctx, s.boss(), "平台", []account.Perm{account.SeeReport}, later)
	s.ok(err)
	*s.clock = later.Add(-time.Second)
	_, err = s.way.ByToken(ctx, last)
	wantCode(t, "in its last second", err, "")
	*s.clock = later
	_, err = s.way.ByToken(ctx, last)
	wantCode(t, "expired", err, "token.gone")
}

const issuer = "https://id.example.cn"

func TestArrivingFromAProvider(t *testing.T) {
	atDoor(t, func(t *testing.T, s *doorSite) {
		ctx := t.Context()
		arrive := func(sub, name string) (access.Session, error) {
			_, se, err := s.way.Arrive(ctx, issuer, sub, name, here)
			return se, err
		}
		for _, name := range []string{"", "nobody", "ZHANG", "zhang@example.cn"} {
			_, err := arrive("sub-0", name)
			wantCode(t, "unknown "+name, err, "signin.nobody")
		}
		since := s.head()
		se, err := arrive("sub-zhang", "zhang")
		s.ok(err)
		if se.Person != s.admin || se.Stage != access.Open || se.Method != "oidc" {
			t.Errorf("%+v", se)
		}
		if e := s.entries(since); s.told(since) != "person.link session.open" || e[0].Cause != issuer || e[1].Cause != "oidc" {
			t.Errorf("recorded %s", s.told(since))
		}
		// The provider gives the person another name, one of a colleague: the identity stays who it was.
		since = s.head()
		se, err = arrive("sub-zhang", "lisi")
		s.ok(err)
		if se.Person != s.admin || s.told(since) != "session.open" {
			t.Errorf("renamed: %s came in, recorded %s", se.Person, s.told(since))
		}
		// Somebody else gets the name at the provider: the account is not theirs.
		_, err = arrive("sub-thief", "zhang")
		wantCode(t, "another identity by the same name", err, "signin.linked")
		se, err = arrive("sub-li", "lisi")
		s.ok(err)
		if se.Person != s.li {
			t.Errorf("%s came in", se.Person)
		}
		m, err := s.Person(ctx, s.boss(), s.li)
		s.ok(err)
		s.ok(s.ResetPassword(ctx, s.boss(), s.li, m.Person.Serial, s.hash(nextPassword)))
		_, err = arrive("sub-li-2", "lisi")
		wantCode(t, "another identity after the account was reset", err, "")
		m, err = s.Person(ctx, s.boss(), s.li)
		s.ok(err)
		s.ok(s.CloseAccount(ctx, s.boss(), s.li, m.Person.Serial, "已办离职手续"))
		_, err = arrive("sub-li-2", "lisi")
		wantCode(t, "linked to a closed account", err, "signin.nobody")
		m, err = s.Person(ctx, s.boss(), s.wang)
		s.ok(err)
		s.ok(s.CloseAccount(ctx, s.boss(), s.wang, m.Person.Serial, "已办离职手续"))
		_, err = arrive("sub-wang", "wangwu")
		wantCode(t, "named like a closed account", err, "signin.nobody")
	})
}

// TestTwoCannotClaimOneAccount lets two identities come at the same moment by the name of one account.
func TestTwoCannotClaimOneAccount(t *testing.T) {
	atDoor(t, func(t *testing.T, s *doorSite) {
		errs := make([]error, 6)
		var wg sync.WaitGroup
		for i := range errs {
			wg.Go(func() { _, _, errs[i] = s.way.Arrive(t.Context(), issuer, fmt.Sprint("sub-", i), "zhang", here) })
		}
		wg.Wait()
		in := 0
		for _, err := range errs {
			if err == nil {
				in++
			} else {
				wantCode(t, "the others", err, "signin.linked")
			}
		}
		if in != 1 {
			t.Errorf("%d identities became one person: %v", in, errs)
		}
	})
}

func TestTwoCannotSetUpOneSite(t *testing.T) {
	onBoth(t, func(t *testing.T, p place) {
		o := office.NewService(Office(p.DB))
		errs := make([]error, 4)
		var wg sync.WaitGroup
		for i := range errs {
			wg.Go(func() {
				_, errs[i] = o.SetUp(t.Context(), tester, office.First{Agency: demoAgency(i), Hash: "hash", Role: account.RegionAdmin,
					Person: account.Person{Name: "张示例", Account: fmt.Sprint("admin", i)}})
			})
		}
		wg.Wait()
		in := 0
		for _, err := range errs {
			if err == nil {
				in++
			} else {
				wantCode(t, "the others", err, "office.started")
			}
		}
		if in != 1 {
			t.Errorf("%d set the site up: %v", in, errs)
		}
	})
}

// TestNothingSecretIsKept goes through everything with what only its owner may know, and looks for it in all tables, the
// record among them.
func TestNothingSecretIsKept(t *testing.T) {
	atDoor(t, func(t *testing.T, s *doorSite) {
		ctx := t.Context()
		key, recovery := s.factor("zhang")
		first, se := s.signIn("zhang")
		code := s.code(key)
		second, se, err := s.way.Code(ctx, se, code, here)
		s.ok(err)
		_, by, err := s.way.Resume(ctx, second)
		s.ok(err)
		third, _, err := s.way.ChangePassword(ctx, by, se, goodPassword, nextPassword, here)
		s.ok(err)
		token, err := s.way.NewToken(ctx, by, "平台", []account.Perm{account.SeeReport}, s.clock.AddDate(0, 1, 0))
		s.ok(err)
		given, hash, err := s.way.FirstHash(ctx)
		s.ok(err)
		m, err := s.Person(ctx, s.boss(), s.li)
		s.ok(err)
		s.ok(s.ResetPassword(ctx, s.boss(), s.li, m.Person.Serial, hash))
		_, _, err = s.way.SignIn(ctx, "lisi", "a guess of somebody", here)
		wantCode(t, "a guess", err, "signin.wrong")
		fourth, _, err := s.way.Arrive(ctx, issuer, "sub", "wangwu", here)
		s.ok(err)
		s.keepsNothingOf(t, append([]string{goodPassword, nextPassword, given, "a guess of somebody", key, first, second, third, fourth, token,
			strings.TrimPrefix(token, "gk_")}, recovery...)...)
		for _, e := range s.entries(0) {
			if strings.Contains(e.Changes, "argon2id") || strings.Contains(e.Changes, code) || strings.Contains(e.Cause, code) {
				t.Errorf("the record holds %s: %s", e.Action, e.Changes)
			}
		}
	})
}

// TestStaleProofsDoNotPutTheStepBack: what was read before a code was taken cannot make that code good again.
func TestStaleProofsDoNotPutTheStepBack(t *testing.T) {
	atDoor(t, func(t *testing.T, s *doorSite) {
		s.factor("zhang")
		var stale account.Person
		ctx := t.Context()
		in := func(f func(context.Context, accessTx) error) error {
			return s.DB.Update(ctx, func(tx *Tx) error {
				err := f(ctx, accessTx{officeTx{tx}})
				tx.dirty = false
				return err
			})
		}
		s.ok(in(func(ctx context.Context, tx accessTx) (err error) { stale, err = tx.Person(ctx, s.admin); return err }))
		took := func(step int64) (ok bool) {
			s.ok(in(func(ctx context.Context, tx accessTx) (err error) {
				ok, err = tx.TakeStep(ctx, s.admin, step)
				return err
			}))
			return ok
		}
		if !took(stale.TOTPStep+5) || took(stale.TOTPStep+5) || took(stale.TOTPStep+4) {
			t.Error("a step is taken once, and none before it after it")
		}
		err := in(func(ctx context.Context, tx accessTx) error { return tx.SaveProofs(ctx, stale) })
		if !errors.Is(err, fault.Conflict) {
			t.Errorf("stale proofs were kept: %v", err)
		}
	})
}

func demoAgency(i int) agency.Version {
	return agency.Version{Name: fmt.Sprintf("示例县%d局", i), Kind: agency.Department, Level: agency.County}
}
