package access

import (
	"context"
	"regexp"

	"github.com/gongkai/gongkai/internal/account"
	"github.com/gongkai/gongkai/internal/audit"
	"github.com/gongkai/gongkai/internal/fault"
	"github.com/gongkai/gongkai/internal/signin"
)

// ChangePassword changes one's own password, ends all other sessions and gives this one another secret. What was given by
// somebody else counts as changed.
// Errors: fault.SignIn for a wrong old password, fault.Usage for a new one that may not be used; fault.TooMany.
func (s *Service) ChangePassword(ctx context.Context, by account.Actor, se Session, old, fresh string, from Place) (secret string, out Session, err error) {
	t, err := s.admitPerson(ctx, by.Person, from)
	if err != nil {
		return "", se, err
	}
	p := t.person
	right, err := s.hasher.Verify(ctx, old, p.Password)
	if err != nil {
		return "", se, err
	}
	if !right {
		return "", se, s.told(ctx, t, fault.New(fault.SignIn, "signin.old_wrong", "现在的密码不对，没有修改"))
	}
	if err := s.store.Update(ctx, func(tx Tx) error { return tx.SettleAttempt(ctx, t.id, false) }); err != nil {
		return "", se, err
	}
	if old == fresh {
		return "", se, fault.New(fault.Usage, "signin.password", "新密码和现在的一样，请换一个")
	}
	hash, err := s.NewHash(ctx, fresh, p)
	if err != nil {
		return "", se, err
	}
	err = s.store.Update(ctx, func(tx Tx) error {
		now, err := tx.Person(ctx, p.ID)
		if err != nil {
			return err
		}
		if now.Password != p.Password {
			return errNone // somebody else has reset it meanwhile, and has ended this session
		}
		now.Password, now.MustChange = hash, false
		if err := tx.SaveProofs(ctx, now); err != nil {
			return err
		}
		if _, err := tx.EndSessions(ctx, p.ID, se.ID); err != nil {
			return err
		}
		to := se.Stage
		if to == NeedsPassword {
			to = s.after(now, true)
		}
		if secret, out, err = step(ctx, tx, se, to); err != nil {
			return err
		}
		return tx.Note(ctx, by, audit.Note{Action: "person.password", Subject: subject(p.ID)})
	})
	return secret, out, err
}

// NewHash judges a new password by the rules of the site and returns its hash. Errors: fault.Usage.
func (s *Service) NewHash(ctx context.Context, password string, p account.Person) (string, error) {
	if err := s.policy.Rules.Judge(password, signin.About{Account: p.Account, Name: p.Name, Site: []string{s.policy.Site}}); err != nil {
		return "", err
	}
	return s.hasher.Hash(ctx, password)
}

// FirstHash makes a password to be handed to somebody, and its hash.
func (s *Service) FirstHash(ctx context.Context) (password, hash string, err error) {
	password = signin.FirstPassword()
	hash, err = s.hasher.Hash(ctx, password)
	return password, hash, err
}

func (s *Service) own(ctx context.Context, by account.Actor) (p account.Person, err error) {
	err = s.store.View(ctx, func(tx Tx) error {
		p, err = tx.Person(ctx, by.Person)
		return err
	})
	return p, err
}

// Me is one's own account.
func (s *Service) Me(ctx context.Context, by account.Actor) (account.Person, error) {
	return s.own(ctx, by)
}

// Setup is what somebody needs to set up one-time codes.
type Setup struct {
	Secret string
	URL    string
	QR     signin.QRCode
}

// OfferFactor makes a secret to be shown once; it counts when SetFactor gets a code made with it. secret is one that was
// offered before and is shown again; "" for a new one.
func (s *Service) OfferFactor(ctx context.Context, by account.Actor, secret string) (Setup, error) {
	p, err := s.own(ctx, by)
	if err != nil {
		return Setup{}, err
	}
	if !offered.MatchString(secret) {
		secret = signin.NewSecret()
	}
	url := signin.KeyURL(s.policy.Site, p.Account, secret)
	qr, err := signin.QR(url)
	return Setup{secret, url, qr}, err
}

// offered is the form of the secrets that are offered: 160 bits in base32.
var offered = regexp.MustCompile(`^[A-Z2-7]{32}$`)

// Factor is what somebody gets who has set up one-time codes.
type Factor struct {
	Codes   []string // recovery codes, to be shown once
	Secret  string   // of the session from now on
	Session Session
}

// SetFactor sets up one-time codes. The session gets another secret. Errors: fault.SignIn for a wrong code, fault.Usage for a
// secret that was not offered, fault.Conflict where codes are set up already, fault.NotFound where the site has none.
func (s *Service) SetFactor(ctx context.Context, by account.Actor, se Session, secret, code string) (f Factor, err error) {
	switch {
	case s.policy.Factor == "off":
		return f, fault.New(fault.NotFound, "signin.no_factor", "本站没有启用动态口令")
	case !offered.MatchString(secret):
		return f, fault.New(fault.Usage, "signin.secret", "密钥和页面上给出的不一样；请重新打开这一页设置")
	}
	err = s.store.Update(ctx, func(tx Tx) error {
		p, err := tx.Person(ctx, by.Person)
		if err != nil {
			return err
		}
		if p.TOTP != "" {
			return fault.New(fault.Conflict, "signin.has_factor", "已经设置了动态口令；要换手机请先停用")
		}
		at, err := signin.CheckCode(secret, code, tx.Now(), 0)
		if err != nil {
			return err
		}
		p.TOTP, p.TOTPStep = secret, at
		if err := tx.SaveProofs(ctx, p); err != nil {
			return err
		}
		var digests []string
		f.Codes, digests = signin.NewRecoveryCodes()
		if err := tx.SaveRecoveryCodes(ctx, p.ID, digests); err != nil {
			return err
		}
		to := se.Stage
		if to == NeedsFactor {
			to = Open
		}
		if f.Secret, f.Session, err = step(ctx, tx, se, to); err != nil {
			return err
		}
		return tx.Note(ctx, by, audit.Note{Action: "person.factor_on", Subject: subject(p.ID)})
	})
	if err != nil {
		return Factor{}, err
	}
	return f, nil
}

// DropFactor turns one's one-time codes off; a code proves that it is the owner who does. Wrong ones count like those of
// signing in: whoever has come by a session must not be able to try them all. Errors: fault.SignIn, fault.TooMany,
// fault.Conflict.
func (s *Service) DropFactor(ctx context.Context, by account.Actor, code string, from Place) error {
	if s.policy.Factor == "required" {
		return fault.New(fault.Conflict, "signin.factor_required", "本站要求使用动态口令，不能停用；换手机请找管理员重置")
	}
	t, err := s.admitPerson(ctx, by.Person, from)
	if err != nil {
		return err
	}
	err = s.store.Update(ctx, func(tx Tx) error {
		p, err := tx.Person(ctx, by.Person)
		if err != nil {
			return err
		}
		if p.TOTP == "" {
			return fault.New(fault.Conflict, "signin.no_factor", "没有启用动态口令，不用停用")
		}
		if err := spend(ctx, tx, p, code); err != nil {
			return err
		}
		if err := tx.SettleAttempt(ctx, t.id, false); err != nil {
			return err
		}
		if p, err = tx.Person(ctx, p.ID); err != nil {
			return err
		}
		p.TOTP, p.TOTPStep = "", 0
		if err := tx.SaveProofs(ctx, p); err != nil {
			return err
		}
		if err := tx.SaveRecoveryCodes(ctx, p.ID, nil); err != nil {
			return err
		}
		return tx.Note(ctx, by, audit.Note{Action: "person.factor_off", Subject: subject(p.ID)})
	})
	return s.told(ctx, t, err)
}
