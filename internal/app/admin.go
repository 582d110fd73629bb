package app

import (
	"context"
	"slices"

	"github.com/gongkai/gongkai/internal/access"
	"github.com/gongkai/gongkai/internal/account"
	"github.com/gongkai/gongkai/internal/calendar"
	"github.com/gongkai/gongkai/internal/crypt"
	"github.com/gongkai/gongkai/internal/fault"
	"github.com/gongkai/gongkai/internal/office"
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

// Import says how a list of agencies is taken.
type Import struct {
	From   calendar.Date // no date for today
	Reason string
	Apply  bool // else only shown
}

// ImportAgencies shows what a list would change, and with Apply changes it. The file is read in a process of its own.
func (s *System) ImportAgencies(ctx context.Context, name string, data []byte, how Import) (office.Plan, error) {
	rows, err := sheets{s.o}.Read(ctx, name, data)
	if err != nil {
		return office.Plan{}, err
	}
	list, problems := office.ParseRows(rows)
	if len(problems) > 0 {
		return office.Plan{Problems: problems}, nil
	}
	plan, err := s.Office.Preview(ctx, atTerminal(), list, how.From, how.Reason)
	if err != nil || !how.Apply || len(plan.Problems) > 0 {
		return plan, err
	}
	return s.Office.Apply(ctx, atTerminal(), plan.Digest)
}

// ExportAgencies writes the tree of a day as a list; no date is today.
func (s *System) ExportAgencies(ctx context.Context, on calendar.Date) ([][]string, error) {
	return s.Office.Export(ctx, atTerminal(), on)
}

// ProposeNotice says how many deadlines a holiday notice would move, and with do enters it for another person to approve.
func (s *System) ProposeNotice(ctx context.Context, n calendar.Notice, do bool) (moved int, err error) {
	for _, d := range n.Days {
		if y := d.Date.Year(); !slices.Contains(n.Years, y) {
			n.Years = append(n.Years, y)
		}
	}
	e, err := s.Clock.Preview(ctx, atTerminal(), n)
	if err != nil || !do {
		return e.Gained + e.Lost, err
	}
	_, err = s.Clock.Propose(ctx, atTerminal(), n)
	return e.Gained + e.Lost, err
}
