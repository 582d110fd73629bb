package access

import (
	"context"
	"strings"

	"github.com/gongkai/gongkai/internal/account"
	"github.com/gongkai/gongkai/internal/audit"
	"github.com/gongkai/gongkai/internal/fault"
	"github.com/gongkai/gongkai/internal/signin"
)

// errWrong says the same whatever was wrong: whether there is such an account is nobody's business.
var errWrong = fault.New(fault.SignIn, "signin.wrong", "账号或密码不对；请检查大小写后再试，忘记密码请找本机关管理员")

// SignIn opens a session with an account and a password. The secret goes into a cookie.
// Errors: fault.SignIn for what is wrong, fault.TooMany with how long to wait, fault.NotFound when the site has no passwords.
func (s *Service) SignIn(ctx context.Context, name, password string, from Place) (secret string, out Session, err error) {
	if !s.policy.Passwords {
		return "", Session{}, fault.New(fault.NotFound, "signin.no_passwords", "本站不用密码登录，请用统一身份认证登录")
	}
	name = strings.ToLower(strings.TrimSpace(name))
	p, found, err := s.admit(ctx, name, from)
	if err != nil {
		return "", Session{}, err
	}
	hash := p.Password
	if !found || !p.Closed.IsZero() {
		hash = ""
	}
	right, err := s.hasher.Verify(ctx, password, hash)
	if err != nil {
		return "", Session{}, err
	}
	if !right {
		return "", Session{}, s.refuse(ctx, name, p, from)
	}
	fresh := ""
	if s.hasher.NeedsRehash(p.Password) {
		if fresh, err = s.hasher.Hash(ctx, password); err != nil {
			return "", Session{}, err
		}
	}
	stage := s.after(p, false)
	err = s.store.Update(ctx, func(tx Tx) error {
		// While a code is still to come the attempt has not succeeded: a thief who has the password must not clear the count.
		if stage != NeedsCode {
			if err := tx.AddAttempt(ctx, s.attempt(tx, name, from, true)); err != nil {
				return err
			}
		}
		if fresh != "" {
			again, err := tx.Person(ctx, p.ID)
			if err != nil {
				return err
			}
			if again.Password == p.Password {
				again.Password = fresh
				if err := tx.SaveProofs(ctx, again); err != nil {
					return err
				}
			}
		}
		secret, out, err = s.open(ctx, tx, p, stage, "password", from)
		return err
	})
	return secret, out, err
}

// admit asks the guard, and looks the account up.
func (s *Service) admit(ctx context.Context, name string, from Place) (p account.Person, found bool, err error) {
	err = s.store.View(ctx, func(tx Tx) error {
		now := tx.Now()
		prefix := signin.Prefix(from.Address)
		attempts, err := tx.Attempts(ctx, name, prefix, now.Add(-s.policy.Guard.Horizon()))
		if err != nil {
			return err
		}
		known, err := tx.KnownFrom(ctx, name, prefix, now.Add(-knownFor))
		if err != nil {
			return err
		}
		if err := s.policy.Guard.Decide(attempts, signin.Try{Account: name, From: prefix, Known: known}, now).Err(now); err != nil {
			return err
		}
		p, found, err = tx.PersonByAccount(ctx, name)
		return err
	})
	return p, found, err
}

func (s *Service) attempt(tx Tx, name string, from Place, ok bool) signin.Attempt {
	return signin.Attempt{Account: name, From: signin.Prefix(from.Address), At: tx.Now(), OK: ok}
}

// refuse counts a failure. That somebody failed at an account that exists stands in the record too.
func (s *Service) refuse(ctx context.Context, name string, p account.Person, from Place) error {
	err := s.store.Update(ctx, func(tx Tx) error {
		if err := tx.AddAttempt(ctx, s.attempt(tx, name, from, false)); err != nil {
			return err
		}
		if p.ID == "" {
			return nil
		}
		return tx.Note(ctx, account.System("sign-in"), audit.Note{Action: "session.refuse", Subject: subject(p.ID)})
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

// Code gives the one-time code, or a recovery code, that a session lacks. The session gets another secret.
// Errors: fault.SignIn; fault.TooMany.
func (s *Service) Code(ctx context.Context, se Session, code string, from Place) (secret string, out Session, err error) {
	var p account.Person
	err = s.store.View(ctx, func(tx Tx) error {
		p, err = tx.Person(ctx, se.Person)
		return err
	})
	if err != nil {
		return "", Session{}, err
	}
	if _, _, err := s.admit(ctx, p.Account, from); err != nil {
		return "", Session{}, err
	}
	err = s.store.Update(ctx, func(tx Tx) error {
		p, err = tx.Person(ctx, se.Person)
		if err != nil {
			return err
		}
		if err := s.spend(ctx, tx, &p, code); err != nil {
			return err
		}
		if err := tx.AddAttempt(ctx, s.attempt(tx, p.Account, from, true)); err != nil {
			return err
		}
		out = se
		out.Stage = s.after(p, true)
		secret, out.Digest = signin.NewSession()
		if err := tx.SaveStage(ctx, se.ID, out.Stage, out.Digest); err != nil {
			return err
		}
		return tx.Note(ctx, self(p, "session "+se.ID), audit.Note{Action: "session.code", Subject: subject(p.ID)})
	})
	if fault.CodeOf(err) == "internal" || err == nil {
		return secret, out, err
	}
	if told := s.refuse(ctx, p.Account, p, from); fault.CodeOf(told) == "internal" {
		return "", Session{}, told
	}
	return "", Session{}, err
}

// spend takes a one-time code or a recovery code; each is good once.
func (s *Service) spend(ctx context.Context, tx Tx, p *account.Person, code string) error {
	step, err := signin.CheckCode(p.TOTP, code, tx.Now(), p.TOTPStep)
	if err == nil {
		p.TOTPStep = step
		return tx.SaveProofs(ctx, *p)
	}
	if fault.CodeOf(err) != "signin.code_form" {
		return err
	}
	digests, err2 := tx.RecoveryCodes(ctx, p.ID)
	if err2 != nil {
		return err2
	}
	rest, ok := signin.UseRecoveryCode(code, digests)
	if !ok {
		return fault.New(fault.SignIn, "signin.code_wrong", "动态口令或恢复码不对；动态口令是 6 位数字，30 秒换一次，请看手机上最新的一个")
	}
	if err := tx.SaveRecoveryCodes(ctx, p.ID, rest); err != nil {
		return err
	}
	return tx.Note(ctx, self(*p, "sign-in"), audit.Note{Action: "person.recovery_used", Subject: subject(p.ID)})
}

// Resume finds the session of a cookie and who acts in it. A session that does not hold any more is fault.SignIn.
func (s *Service) Resume(ctx context.Context, secret string) (out Session, by account.Actor, err error) {
	gone := fault.New(fault.SignIn, "signin.none", "还没有登录，或登录已经结束；请重新登录")
	stale := false
	err = s.store.View(ctx, func(tx Tx) error {
		se, ok, err := tx.Session(ctx, signin.Digest(secret))
		now := tx.Now()
		if err != nil {
			return err
		}
		if !ok || !se.Ended.IsZero() || !now.Before(se.Ends) || now.Sub(se.Seen) > s.policy.Idle {
			return gone
		}
		out, stale = se, now.Sub(se.Seen) > seenEvery
		by, err = tx.Actor(ctx, se.Person, "session "+se.ID)
		if fault.CodeOf(err) != "internal" && err != nil {
			return gone // the account was closed
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
			if se.Ended.IsZero() && now.Before(se.Ends) && now.Sub(se.Seen) <= s.policy.Idle {
				out = append(out, se)
			}
		}
		return err
	})
	return out, err
}

// Arrive opens a session for an identity that a provider has proved. accounts names the account that the identity may be
// linked to at its first visit, "" for none. Errors: fault.SignIn when nobody here stands behind it.
func (s *Service) Arrive(ctx context.Context, issuer, sub, name string, from Place) (secret string, out Session, err error) {
	err = s.store.Update(ctx, func(tx Tx) error {
		id, linked, err := tx.Linked(ctx, issuer, sub)
		if err != nil {
			return err
		}
		var p account.Person
		if linked {
			p, err = tx.Person(ctx, id)
		} else {
			p, linked, err = tx.PersonByAccount(ctx, strings.ToLower(name))
			if err == nil && linked {
				err = tx.Link(ctx, issuer, sub, p.ID)
			}
		}
		if err != nil {
			return err
		}
		if !linked || !p.Closed.IsZero() {
			return fault.New(fault.SignIn, "signin.nobody", "统一身份认证通过了，但本系统没有对应的账号；请找本机关管理员开通")
		}
		secret, out, err = s.open(ctx, tx, p, Open, "oidc", from)
		return err
	})
	return secret, out, err
}
