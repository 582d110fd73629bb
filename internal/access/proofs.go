package access

import (
	"context"

	"github.com/gongkai/gongkai/internal/account"
	"github.com/gongkai/gongkai/internal/audit"
	"github.com/gongkai/gongkai/internal/fault"
	"github.com/gongkai/gongkai/internal/signin"
)

// ChangePassword changes one's own password and ends all other sessions. What was given by somebody else counts as changed.
// Errors: fault.SignIn for a wrong old password, fault.Usage for a new one that may not be used; fault.TooMany.
func (s *Service) ChangePassword(ctx context.Context, by account.Actor, se Session, old, fresh string, from Place) (out Session, err error) {
	p, err := s.own(ctx, by)
	if err != nil {
		return se, err
	}
	if _, _, err := s.admit(ctx, p.Account, from); err != nil {
		return se, err
	}
	right, err := s.hasher.Verify(ctx, old, p.Password)
	if err != nil {
		return se, err
	}
	if !right {
		if err := s.refuse(ctx, p.Account, p, from); fault.CodeOf(err) != "signin.wrong" {
			return se, err
		}
		return se, fault.New(fault.SignIn, "signin.old_wrong", "现在的密码不对，没有修改")
	}
	if old == fresh {
		return se, fault.New(fault.Usage, "signin.password", "新密码和现在的一样，请换一个")
	}
	hash, err := s.NewHash(ctx, fresh, p)
	if err != nil {
		return se, err
	}
	err = s.store.Update(ctx, func(tx Tx) error {
		again, err := tx.Person(ctx, p.ID)
		if err != nil {
			return err
		}
		again.Password, again.MustChange = hash, false
		if err := tx.SaveProofs(ctx, again); err != nil {
			return err
		}
		if _, err := tx.EndSessions(ctx, p.ID, se.ID); err != nil {
			return err
		}
		out = se
		if se.Stage == NeedsPassword {
			out.Stage = s.after(again, true)
			if err := tx.SaveStage(ctx, se.ID, out.Stage, se.Digest); err != nil {
				return err
			}
		}
		return tx.Note(ctx, by, audit.Note{Action: "person.password", Subject: subject(p.ID)})
	})
	return out, err
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

// OfferFactor makes a secret to be shown once; it counts when SetFactor gets a code made with it.
func (s *Service) OfferFactor(ctx context.Context, by account.Actor, secret string) (Setup, error) {
	p, err := s.own(ctx, by)
	if err != nil {
		return Setup{}, err
	}
	if secret == "" {
		secret = signin.NewSecret()
	}
	url := signin.KeyURL(s.policy.Site, p.Account, secret)
	qr, err := signin.QR(url)
	return Setup{secret, url, qr}, err
}

// SetFactor sets up one-time codes and returns the recovery codes, to be shown once. Errors: fault.SignIn for a wrong code.
func (s *Service) SetFactor(ctx context.Context, by account.Actor, se Session, secret, code string) (codes []string, out Session, err error) {
	if s.policy.Factor == "off" {
		return nil, se, fault.New(fault.NotFound, "signin.no_factor", "本站没有启用动态口令")
	}
	err = s.store.Update(ctx, func(tx Tx) error {
		p, err := tx.Person(ctx, by.Person)
		if err != nil {
			return err
		}
		if p.TOTP != "" {
			return fault.New(fault.Conflict, "signin.has_factor", "已经设置了动态口令；要换手机请先停用")
		}
		step, err := signin.CheckCode(secret, code, tx.Now(), 0)
		if err != nil {
			return err
		}
		p.TOTP, p.TOTPStep = secret, step
		if err := tx.SaveProofs(ctx, p); err != nil {
			return err
		}
		var digests []string
		codes, digests = signin.NewRecoveryCodes()
		if err := tx.SaveRecoveryCodes(ctx, p.ID, digests); err != nil {
			return err
		}
		out = se
		if se.Stage == NeedsFactor {
			out.Stage = Open
			if err := tx.SaveStage(ctx, se.ID, Open, se.Digest); err != nil {
				return err
			}
		}
		return tx.Note(ctx, by, audit.Note{Action: "person.factor_on", Subject: subject(p.ID)})
	})
	return codes, out, err
}

// DropFactor turns one's one-time codes off; a code proves that it is the owner who does. Errors: fault.SignIn.
func (s *Service) DropFactor(ctx context.Context, by account.Actor, code string) error {
	if s.policy.Factor == "required" {
		return fault.New(fault.Conflict, "signin.factor_required", "本站要求使用动态口令，不能停用；换手机请找管理员重置")
	}
	return s.store.Update(ctx, func(tx Tx) error {
		p, err := tx.Person(ctx, by.Person)
		if err != nil {
			return err
		}
		if p.TOTP == "" {
			return fault.New(fault.Conflict, "signin.no_factor", "没有启用动态口令，不用停用")
		}
		if err := s.spend(ctx, tx, &p, code); err != nil {
			return err
		}
		return s.clearFactor(ctx, tx, by, p.ID)
	})
}

func (s *Service) clearFactor(ctx context.Context, tx Tx, by account.Actor, id account.PersonID) error {
	p, err := tx.Person(ctx, id)
	if err != nil {
		return err
	}
	p.TOTP, p.TOTPStep = "", 0
	if err := tx.SaveProofs(ctx, p); err != nil {
		return err
	}
	if err := tx.SaveRecoveryCodes(ctx, id, nil); err != nil {
		return err
	}
	return tx.Note(ctx, by, audit.Note{Action: "person.factor_off", Subject: subject(id)})
}
