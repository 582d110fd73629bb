package access

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/gongkai/gongkai/internal/account"
	"github.com/gongkai/gongkai/internal/audit"
	"github.com/gongkai/gongkai/internal/fault"
	"github.com/gongkai/gongkai/internal/signin"
)

// errWrong says the same whatever was wrong: whether there is such an account is nobody's business.
var errWrong = fault.New(fault.SignIn, "signin.wrong", "账号或密码不对；请检查大小写后再试，忘记密码请找本机关管理员")

// errNone says that there is no session, or none any more.
var errNone = fault.New(fault.SignIn, "signin.none", "还没有登录，或登录已经结束；请重新登录")

// SignIn opens a session with an account and a password. The secret goes into a cookie.
// Errors: fault.SignIn for what is wrong, fault.TooMany with how long to wait, fault.NotFound when the site has no passwords.
func (s *Service) SignIn(ctx context.Context, name, password string, from Place) (secret string, out Session, err error) {
	if !s.policy.Passwords {
		return "", Session{}, fault.New(fault.NotFound, "signin.no_passwords", "本站不用密码登录，请用统一身份认证登录")
	}
	t, err := s.admit(ctx, from, func(tx Tx) (string, account.Person, error) {
		name := countedAs(strings.ToLower(strings.TrimSpace(name)))
		p, _, err := tx.PersonByAccount(ctx, name)
		return name, p, err
	})
	if err != nil {
		return "", Session{}, err
	}
	p := t.person
	hash := p.Password
	if !p.Closed.IsZero() {
		hash = ""
	}
	right, err := s.hasher.Verify(ctx, password, hash)
	if err != nil {
		return "", Session{}, err
	}
	if !right {
		return "", Session{}, s.refuse(ctx, t)
	}
	fresh := ""
	if s.hasher.NeedsRehash(hash) {
		if fresh, err = s.hasher.Hash(ctx, password); err != nil {
			return "", Session{}, err
		}
	}
	err = s.store.Update(ctx, func(tx Tx) error {
		now, err := tx.Person(ctx, p.ID)
		if err != nil {
			return err
		}
		if now.Password != hash || !now.Closed.IsZero() {
			return errWrong // given another password, or closed, while this one was being checked
		}
		if fresh != "" {
			now.Password = fresh
			if err := tx.SaveProofs(ctx, now); err != nil {
				return err
			}
		}
		stage := s.after(now, false)
		// While a code is still to come the attempt has not succeeded: a thief who has the password must not clear the count.
		if err := tx.SettleAttempt(ctx, t.id, stage != NeedsCode); err != nil {
			return err
		}
		if secret, out, err = s.open(ctx, tx, now, stage, "password", from); err != nil {
			return err
		}
		return tellNew(ctx, tx, out)
	})
	return secret, out, err
}

// countedAs is the name under which attempts are counted. What cannot be an account is not kept: by mistake, people type
// their passwords there.
func countedAs(name string) string {
	if (account.Person{Name: "-", Account: name}).Check() != nil {
		return "?"
	}
	return name
}

// try is an attempt that the guard has let pass.
type try struct {
	id     string
	by     signin.Try
	person account.Person // the zero one where there is no such account
}

// admit asks the guard, and counts the attempt as a failure until it is known to have succeeded: of any number made at the
// same moment, no more are looked at than the guard bears. who finds the account and whose it is.
func (s *Service) admit(ctx context.Context, from Place, who func(Tx) (string, account.Person, error)) (t try, err error) {
	err = s.store.Update(ctx, func(tx Tx) error {
		if err := tx.Lock(ctx); err != nil {
			return err
		}
		name, p, err := who(tx)
		if err != nil {
			return err
		}
		now, prefix := tx.Now(), signin.Prefix(from.Address)
		attempts, err := tx.Attempts(ctx, name, prefix, now.Add(-s.policy.Guard.Horizon()))
		if err != nil {
			return err
		}
		known, err := tx.KnownFrom(ctx, name, prefix, now.Add(-knownFor))
		if err != nil {
			return err
		}
		t.by, t.person = signin.Try{Account: name, From: prefix, Known: known}, p
		if err := s.policy.Guard.Decide(attempts, t.by, now).Err(now); err != nil {
			return err
		}
		t.id, err = tx.AddAttempt(ctx, signin.Attempt{Account: name, From: prefix, At: now})
		return err
	})
	return t, err
}

// admitPerson is admit for somebody who is known already.
func (s *Service) admitPerson(ctx context.Context, id account.PersonID, from Place) (try, error) {
	return s.admit(ctx, from, func(tx Tx) (string, account.Person, error) {
		p, err := tx.Person(ctx, id)
		return p.Account, p, err
	})
}

// refuse records a failure. It does so for accounts that do not exist too, without the name that was typed: what is done
// takes as long, and many of them are worth knowing of.
func (s *Service) refuse(ctx context.Context, t try) error {
	about := audit.Subject{Kind: "account"}
	if t.person.ID != "" {
		about = subject(t.person.ID)
	}
	err := s.store.Update(ctx, func(tx Tx) error {
		if err := s.tellLocked(ctx, tx, t); err != nil {
			return err
		}
		return tx.Note(ctx, account.System("sign-in"), audit.Note{Action: "session.refuse", Subject: about})
	})
	if err != nil {
		return err
	}
	return errWrong
}

// after is the stage that follows once the password (or, with coded, the code too) was right.
func (s *Service) after(p account.Person, coded bool) Stage {
	switch {
	case p.TOTP != "" && s.policy.Factor != "off" && !coded:
		return NeedsCode
	case p.MustChange:
		return NeedsPassword
	case p.TOTP == "" && s.policy.Factor == "required":
		return NeedsFactor
	default:
		return Open
	}
}

func (s *Service) open(ctx context.Context, tx Tx, p account.Person, st Stage, method string, from Place) (string, Session, error) {
	id, err := tx.NewID()
	if err != nil {
		return "", Session{}, err
	}
	secret, digest := signin.NewSession()
	now := tx.Now()
	out := Session{ID: id, Digest: digest, Person: p.ID, Stage: st, Method: method, Started: now, Seen: now,
		Ends: now.Add(s.policy.Longest), Address: from.Address.String(), Device: from.Device}
	if err := tx.AddSession(ctx, out); err != nil {
		return "", Session{}, err
	}
	return secret, out, tx.Note(ctx, self(p, "session "+id), audit.Note{Action: "session.open", Subject: subject(p.ID), Cause: method})
}

// step takes a session to another stage. Each step gives it another secret, so that one that was seen, or slipped in, before
// is worth nothing. Errors: fault.SignIn where it has ended or gone on meanwhile.
func step(ctx context.Context, tx Tx, se Session, to Stage) (secret string, out Session, err error) {
	out = se
	out.Stage = to
	secret, out.Digest = signin.NewSession()
	ok, err := tx.StepSession(ctx, se, to, out.Digest)
	if err == nil && !ok {
		err = errNone
	}
	return secret, out, err
}

// Code gives the one-time code, or a recovery code, that a session lacks. The session gets another secret.
// Errors: fault.SignIn; fault.TooMany.
func (s *Service) Code(ctx context.Context, se Session, code string, from Place) (secret string, out Session, err error) {
	if se.Stage != NeedsCode {
		return "", Session{}, errNone
	}
	t, err := s.admitPerson(ctx, se.Person, from)
	if err != nil {
		return "", Session{}, err
	}
	err = s.store.Update(ctx, func(tx Tx) error {
		p, err := tx.Person(ctx, se.Person)
		if err != nil {
			return err
		}
		if err := spend(ctx, tx, p, code); err != nil {
			return err
		}
		if err := tx.SettleAttempt(ctx, t.id, true); err != nil {
			return err
		}
		if secret, out, err = step(ctx, tx, se, s.after(p, true)); err != nil {
			return err
		}
		if err := tellNew(ctx, tx, out); err != nil {
			return err
		}
		return tx.Note(ctx, self(p, "session "+se.ID), audit.Note{Action: "session.code", Subject: subject(p.ID)})
	})
	if err != nil {
		return "", Session{}, s.told(ctx, t, err)
	}
	return secret, out, nil
}

// told records a failure where what was given was wrong, and returns it.
func (s *Service) told(ctx context.Context, t try, err error) error {
	if !errors.Is(err, fault.SignIn) {
		return err
	}
	if failed := s.refuse(ctx, t); !errors.Is(failed, errWrong) {
		return failed
	}
	return err
}

var errCode = fault.New(fault.SignIn, "signin.code_wrong", "动态口令或恢复码不对；动态口令是 6 位数字，30 秒换一次，请看手机上最新的一个")

// spend takes a one-time code or a recovery code; each is good once, also when two give it at the same moment.
func spend(ctx context.Context, tx Tx, p account.Person, code string) error {
	if p.TOTP == "" {
		return errCode
	}
	at, err := signin.CheckCode(p.TOTP, code, tx.Now(), p.TOTPStep)
	if err == nil {
		ok, err := tx.TakeStep(ctx, p.ID, at)
		if err == nil && !ok {
			err = errCode
		}
		return err
	}
	if fault.CodeOf(err) != "signin.code_form" {
		return err
	}
	digests, err := tx.RecoveryCodes(ctx, p.ID)
	if err != nil {
		return err
	}
	rest, ok := signin.UseRecoveryCode(code, digests)
	for _, d := range digests {
		if ok && !slices.Contains(rest, d) {
			if ok, err = tx.TakeRecoveryCode(ctx, p.ID, d); err != nil {
				return err
			}
		}
	}
	if !ok {
		return errCode
	}
	return tx.Note(ctx, self(p, "sign-in"), audit.Note{Action: "person.recovery_used", Subject: subject(p.ID)})
}

// Resume finds the session of a cookie and who acts in it. A session that does not hold any more is fault.SignIn.
func (s *Service) Resume(ctx context.Context, secret string) (out Session, by account.Actor, err error) {
	stale := false
	err = s.store.View(ctx, func(tx Tx) error {
		se, ok, err := tx.Session(ctx, signin.Digest(secret))
		now := tx.Now()
		if err != nil {
			return err
		}
		if !ok || !s.holds(se, now) {
			return errNone
		}
		out, stale = se, now.Sub(se.Seen) > seenEvery
		by, err = tx.Actor(ctx, se.Person, "session "+se.ID)
		if errors.Is(err, fault.NotFound) {
			return errNone // the account was closed
		}
		return err
	})
	if err != nil {
		return Session{}, account.Actor{}, err
	}
	if out.Stage != Open {
		by.Grants = nil
	}
	if stale {
		err = s.store.Update(ctx, func(tx Tx) error { return tx.SeenSession(ctx, out.ID) })
	}
	return out, by, err
}

// holds reports whether a session goes on at an instant.
func (s *Service) holds(se Session, now time.Time) bool {
	return se.Ended.IsZero() && now.Before(se.Ends) && now.Sub(se.Seen) <= s.policy.Idle &&
		(se.Stage != NeedsCode || now.Sub(se.Started) <= codeFor)
}

// SignOut ends a session.
func (s *Service) SignOut(ctx context.Context, by account.Actor, se Session) error {
	return s.End(ctx, by, se.ID)
}

// End ends one of one's own sessions. Errors: fault.NotFound.
func (s *Service) End(ctx context.Context, by account.Actor, id string) error {
	return s.store.Update(ctx, func(tx Tx) error {
		ok, err := tx.EndSession(ctx, by.Person, id)
		if err != nil {
			return err
		}
		if !ok {
			return fault.New(fault.NotFound, "session.gone", "这次登录已经结束了")
		}
		return tx.Note(ctx, by, audit.Note{Action: "session.end", Subject: subject(by.Person), Cause: id})
	})
}

// Sessions lists one's own sessions that go on, the newest first.
func (s *Service) Sessions(ctx context.Context, by account.Actor) (out []Session, err error) {
	err = s.store.View(ctx, func(tx Tx) error {
		all, err := tx.Sessions(ctx, by.Person)
		now := tx.Now()
		for _, se := range all {
			if s.holds(se, now) {
				out = append(out, se)
			}
		}
		return err
	})
	return out, err
}

// Arrive opens a session for an identity that a provider has proved. name is the account that the identity may be linked to
// at its first visit, "" for none; from then on the identity is that person, whatever name the provider gives it, and no
// other identity of the provider becomes that person, whatever name it comes by, until an administrator has reset the
// account. The proof of the provider stands for both password and one-time code.
// Errors: fault.SignIn when nobody here stands behind it.
func (s *Service) Arrive(ctx context.Context, issuer, sub, name string, from Place) (secret string, out Session, err error) {
	err = s.store.Update(ctx, func(tx Tx) error {
		if err := tx.Lock(ctx); err != nil {
			return err
		}
		p, err := s.behind(ctx, tx, issuer, sub, name)
		if err != nil {
			return err
		}
		if secret, out, err = s.open(ctx, tx, p, Open, "oidc", from); err != nil {
			return err
		}
		return tellNew(ctx, tx, out)
	})
	return secret, out, err
}

// behind finds who stands behind an identity, and links it at its first visit.
func (s *Service) behind(ctx context.Context, tx Tx, issuer, sub, name string) (account.Person, error) {
	nobody := fault.New(fault.SignIn, "signin.nobody", "统一身份认证通过了，但本系统没有对应的账号；请找本机关管理员开通")
	id, linked, err := tx.Linked(ctx, issuer, sub)
	if err != nil {
		return account.Person{}, err
	}
	if linked {
		p, err := tx.Person(ctx, id)
		if err == nil && !p.Closed.IsZero() {
			err = nobody
		}
		return p, err
	}
	p, found, err := tx.PersonByAccount(ctx, name)
	if err != nil {
		return p, err
	}
	if !found || !p.Closed.IsZero() {
		return p, nobody
	}
	other, err := tx.HasLink(ctx, issuer, p.ID)
	if err != nil {
		return p, err
	}
	if other {
		return p, fault.New(fault.SignIn, "signin.linked", "统一身份认证通过了，但这个账号名在本系统已经对应另一个人的身份，没有登录；换过身份的，请找本机关管理员重置密码后再登录")
	}
	if err := tx.Link(ctx, issuer, sub, p.ID); err != nil {
		return p, err
	}
	return p, tx.Note(ctx, self(p, "sign-in"), audit.Note{Action: "person.link", Subject: subject(p.ID), Cause: issuer})
}
