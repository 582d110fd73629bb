package app

import (
	"context"

	"github.com/gongkai/gongkai/internal/access"
	"github.com/gongkai/gongkai/internal/account"
	"github.com/gongkai/gongkai/internal/crypt"
	"github.com/gongkai/gongkai/internal/fault"
	"github.com/gongkai/gongkai/internal/store"
)

// atTerminal is who administers at the machine itself.
func atTerminal() account.Actor { return account.System("cli") }

// ResetPassword gives an account another first password, with do; without it only says whose account it is.
// Errors: fault.NotFound.
func (s *System) ResetPassword(ctx context.Context, name string, do bool) (who, password string, err error) {
	var p account.Person
	err = store.Access(s.DB).View(ctx, func(tx access.Tx) error {
		var ok bool
		p, ok, err = tx.PersonByAccount(ctx, name)
		if err == nil && !ok {
			err = fault.New(fault.NotFound, "person.not_found", "没有账号“"+name+"”")
		}
		return err
	})
	if err != nil || !do {
		return p.Name, "", err
	}
	password, hash, err := s.Access.FirstHash(ctx)
	if err != nil {
		return p.Name, "", err
	}
	return p.Name, password, s.Office.ResetPassword(ctx, atTerminal(), p.ID, p.Serial, hash)
}

// RotateKey makes a new key for protected fields and seals them all with it; it returns how many there were.
func (s *System) RotateKey(ctx context.Context) (int, error) {
	if err := s.DB.RotateKey(ctx, atTerminal()); err != nil {
		return 0, err
	}
	return s.DB.Reseal(ctx, atTerminal())
}

// Rewrap seals all keys with the master key of another file, which is made when there is none.
func (s *System) Rewrap(ctx context.Context, file string) error {
	to, _, err := crypt.EnsureKeyFile(file)
	if err != nil {
		return err
	}
	return s.DB.Rewrap(ctx, atTerminal(), to)
}
