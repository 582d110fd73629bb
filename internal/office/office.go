// Package office is what is done with agencies and people: the tree is kept through time, people get positions, roles say
// what a position allows, deputies stand in. Nobody gives what they do not hold, and whoever may not do something is told
// what they would be told if the thing did not exist.
package office

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/gongkai/gongkai/internal/account"
	"github.com/gongkai/gongkai/internal/agency"
	"github.com/gongkai/gongkai/internal/audit"
	"github.com/gongkai/gongkai/internal/calendar"
	"github.com/gongkai/gongkai/internal/fault"
)

// Tx is what the use cases need of one transaction. What does not exist is fault.NotFound; what was changed by somebody
// else since its serial was read is fault.Conflict.
type Tx interface {
	AgencyTx
	PersonTx
	// Now is the time of everything written in this transaction.
	Now() time.Time
	// NewID returns an id that is ordered in time and never given twice.
	NewID() (string, error)
	// Lock waits for every other change of agencies, people and rights, and keeps others waiting until the end.
	Lock(ctx context.Context) error
	// Note writes an entry of the record of changes.
	Note(ctx context.Context, by account.Actor, n audit.Note) error
	// Seal encrypts a protected value for the record of changes.
	Seal(field, value string) (string, error)
	// Tell leaves a notice for a person in this transaction; the same person and key is told once.
	Tell(ctx context.Context, t Telling) error
}

// AgencyTx is the part of Tx that is about agencies.
type AgencyTx interface {
	// Registry returns everything kept of agencies.
	Registry(ctx context.Context) (Registry, error)
	// SaveAgency replaces the versions of an agency and counts its serial on. serial is 0 for a new agency.
	SaveAgency(ctx context.Context, id agency.ID, versions []agency.Version, serial int) error
	// SaveSection keeps a section, new or known.
	SaveSection(ctx context.Context, s agency.Section) error
	// AddSuccession writes down who carries on the work of an agency.
	AddSuccession(ctx context.Context, s agency.Succession) error
	// Places returns where agencies stand, of those that are known.
	Places(ctx context.Context, ids []agency.ID) (map[agency.ID]Place, error)
	// SavePlaces keeps where some agencies stand. It is derived, and no change that the record tells of.
	SavePlaces(ctx context.Context, all map[agency.ID]Place) error
	// KeepImport keeps an import that waits for its confirmation, and forgets those from before a day ago.
	KeepImport(ctx context.Context, digest string, body []byte) error
	// KeptImport returns an import that waits.
	KeptImport(ctx context.Context, digest string) ([]byte, error)
}

// PersonTx is the part of Tx that is about people and what they may do. Phone and Email of persons that it returns are
// masked, Password and TOTP blank.
type PersonTx interface {
	// AnyPerson reports whether there is any person.
	AnyPerson(ctx context.Context) (bool, error)
	// Person returns a person.
	Person(ctx context.Context, id account.PersonID) (account.Person, error)
	// PersonOf returns who has an account name.
	PersonOf(ctx context.Context, account string) (account.PersonID, bool, error)
	// People lists persons with a position in the scope, by account.
	People(ctx context.Context, scope account.Scope, q Query) ([]account.Person, error)
	// SavePerson keeps name, account, closing and MustChange, and counts the serial on. Serial is 0 for somebody new.
	SavePerson(ctx context.Context, p account.Person) error
	// SaveContact keeps phone and e-mail, sealed. Blank is none.
	SaveContact(ctx context.Context, id account.PersonID, phone, email string) error
	// OpenField opens a protected field: "phone" or "email".
	OpenField(ctx context.Context, id account.PersonID, field string) (string, error)
	// SetPassword keeps the hash of a password, to be changed at the next sign-in.
	SetPassword(ctx context.Context, id account.PersonID, hash string) error
	// EndSessions signs a person out everywhere.
	EndSessions(ctx context.Context, id account.PersonID) error

	// Positions lists all positions, of whatever time, of some persons, oldest first.
	Positions(ctx context.Context, of []account.PersonID) ([]account.Position, error)
	// Running lists the positions of everybody that have not ended before a day.
	Running(ctx context.Context, day calendar.Date) ([]account.Position, error)
	// SavePosition keeps a position, new or known.
	SavePosition(ctx context.Context, p account.Position) error
	// Deputies lists all deputies, of whatever time, for and of some persons, oldest first.
	Deputies(ctx context.Context, of []account.PersonID) ([]account.Deputy, error)
	// SaveDeputy keeps a deputy, new or known.
	SaveDeputy(ctx context.Context, d account.Deputy) error

	// Roles lists the roles that the site made, by name.
	Roles(ctx context.Context) ([]Role, error)
	// SaveRole keeps a role. Serial is 0 for a new one.
	SaveRole(ctx context.Context, r Role) error
	// DeleteRole removes a role.
	DeleteRole(ctx context.Context, r Role) error
	// RoleUsed reports whether there is or was a position with a role.
	RoleUsed(ctx context.Context, key account.RoleKey) (bool, error)
}

// Registry is everything kept of agencies, through all times.
type Registry struct {
	Versions    []agency.Version
	Sections    []agency.Section
	Successions []agency.Succession
	Serials     map[agency.ID]int
}

// Place is where an agency stands: in the tree of today while it lives; where it stood last when it has ended; where it will
// begin when it has not begun.
type Place struct {
	Path agency.Path
	Live bool // it exists today
}

// Role is a role with the count of its changes, which is 0 for those that come with the program.
type Role struct {
	account.Role
	Serial int
}

// Query narrows a list of persons. Zero fields do not.
type Query struct {
	Text   string    // part of the name or of the account
	Agency agency.ID // who has or had a position there
	Closed bool      // closed accounts too
	After  string    // accounts behind this one, for the next page
	Limit  int       // 0 for 200
}

// Store runs functions in a transaction: View reads, Update reads and writes. A returned error rolls back.
type Store interface {
	View(ctx context.Context, f func(Tx) error) error
	Update(ctx context.Context, f func(Tx) error) error
}

// Service is the use cases of this package.
type Service struct{ store Store }

// NewService returns a service.
func NewService(s Store) *Service { return &Service{store: s} }

// Errors that are the same for what is missing and for what one may not touch.
var (
	errNoAgency   = fault.New(fault.NotFound, "agency.not_found", "没有这家机关，可能已被撤并；请从机构列表重新打开")
	errNoPerson   = fault.New(fault.NotFound, "person.not_found", "没有这个人；请从人员列表重新打开")
	errNoRole     = fault.New(fault.NotFound, "role.not_found", "没有这个角色；请从角色列表重新打开")
	errNoPosition = fault.New(fault.NotFound, "position.not_found", "没有这个岗位；请从人员页面重新打开")
	errNoDeputy   = fault.New(fault.NotFound, "deputy.not_found", "没有这条代理；请从人员页面重新打开")
	errStale      = fault.New(fault.Conflict, "office.stale", "别人刚改过，请看最新的再改")
)

// work is one use case under way: its transaction, who acts, and what has been read so far.
type work struct {
	tx    Tx
	by    account.Actor
	today calendar.Date
	reg   *registry
}

// update runs a use case that changes something. No other change of agencies, people and rights runs beside it.
func (s *Service) update(ctx context.Context, by account.Actor, f func(*work) error) error {
	return s.store.Update(ctx, func(tx Tx) error {
		if err := tx.Lock(ctx); err != nil {
			return err
		}
		return open(ctx, tx, by, f)
	})
}

// view runs a use case that reads.
func (s *Service) view(ctx context.Context, by account.Actor, f func(*work) error) error {
	return s.store.View(ctx, func(tx Tx) error { return open(ctx, tx, by, f) })
}

func open(ctx context.Context, tx Tx, by account.Actor, f func(*work) error) error {
	w := &work{tx: tx, by: by, today: calendar.On(tx.Now())}
	all, err := tx.Registry(ctx)
	if err != nil {
		return err
	}
	w.reg = newRegistry(w.today, all)
	return f(w)
}

// note writes what changed between two values of one struct type; either may be nil.
func (w *work) note(ctx context.Context, n audit.Note, perm account.Perm, before, after any) error {
	changes, err := audit.Diff(before, after, w.tx.Seal)
	if err != nil {
		return err
	}
	n.Changes = append(changes, n.Changes...)
	if n.Agency != "" && n.For == "" {
		n.For = w.by.For(perm, w.reg.place(n.Agency).Path)
	}
	return w.tx.Note(ctx, w.by, n)
}

// can reports whether the actor may do p at an agency.
func (w *work) can(p account.Perm, at agency.ID) bool {
	path := w.reg.place(at).Path
	return path != "" && w.by.Can(p, path)
}

// give refuses what the actor does not hold. reach tells how far it would go.
func (w *work) give(perms []account.Perm, at agency.ID, subtree bool) error {
	path := w.reg.place(at).Path
	if path == "" {
		return errNoAgency
	}
	missing, ok := w.by.CanGive(perms, path, subtree)
	if ok {
		return nil
	}
	reach := "在" + w.reg.name(at)
	if subtree {
		reach += "及其下级"
	}
	return fault.New(fault.Usage, "role.beyond", fmt.Sprintf("您%s没有“%s”的权限，不能把它给别人；请有这项权限的管理员来办",
		reach, agency.NameOf(account.PermNames(), missing)))
}

// Bounds of a reason.
const (
	minReason = 5
	maxReason = 200
)

func checkReason(code, reason string) (string, error) {
	reason = strings.TrimSpace(reason)
	if n := utf8.RuneCountInString(reason); n < minReason || n > maxReason {
		return "", fault.New(fault.Usage, code, fmt.Sprintf("请写明理由，%d 到 %d 个字", minReason, maxReason))
	}
	return reason, nil
}

func change(field, before, after string) audit.Change {
	c := audit.Change{Field: field}
	if before != "" {
		c.Before = &before
	}
	if after != "" {
		c.After = &after
	}
	return c
}
