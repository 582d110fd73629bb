// Package access lets people in: signing in with a password, a one-time code or an identity provider, sessions that can be
// seen and ended, the first password that has to be changed, and tokens for programs. The proofs are those of package
// signin; what a person may do is worked out by package account each time anew, so that a closed account or an ended
// position counts at once.
package access

import (
	"context"
	"net/netip"
	"time"

	"github.com/gongkai/gongkai/internal/account"
	"github.com/gongkai/gongkai/internal/audit"
	"github.com/gongkai/gongkai/internal/signin"
)

// Stage says what a session still lacks.
type Stage string

// The stages. Only an open session may do anything; the others lead to one page each.
const (
	NeedsCode     Stage = "code"     // the one-time code
	NeedsPassword Stage = "password" // a new password, because the present one was given by somebody else
	NeedsFactor   Stage = "factor"   // a second factor has to be set up: the site asks for one
	Open          Stage = "open"
)

// Session is somebody's stay. Its secret is in a cookie; only the digest is kept.
type Session struct {
	ID      string // names it in lists and in the record
	Digest  string
	Person  account.PersonID
	Stage   Stage
	Method  string // "password" or "oidc"
	Started time.Time
	Seen    time.Time
	Ends    time.Time // however busy
	Address string    // from where it was opened
	Device  string    // browser and system, in a few words
	Ended   time.Time // zero while it goes on
}

// Token lets a program act for a person, with some of what the person may do.
type Token struct {
	ID      string
	Digest  string
	Person  account.PersonID
	Name    string         `audit:"name"`
	Scopes  []account.Perm `audit:"scopes"`
	Created time.Time
	Expires time.Time `audit:"expires"`
	Used    time.Time // to the hour
	Revoked time.Time `audit:"revoked"`
}

// Tx is what the use cases need of one transaction.
type Tx interface {
	Now() time.Time
	NewID() (string, error)
	Note(ctx context.Context, by account.Actor, n audit.Note) error
	// Lock waits for every other transaction that holds it, and keeps others waiting until the end.
	Lock(ctx context.Context) error

	// PersonByAccount finds a person; ok is false when there is none.
	PersonByAccount(ctx context.Context, name string) (p account.Person, ok bool, err error)
	// Person returns a person. Errors: fault.NotFound.
	Person(ctx context.Context, id account.PersonID) (account.Person, error)
	// SaveProofs keeps the password, whether it has to be changed, the secret of one-time codes and its last step, if nobody
	// has changed the person meanwhile. Errors: fault.Conflict.
	SaveProofs(ctx context.Context, p account.Person) error
	// TakeStep takes the time step of a one-time code; false when it or a later one was taken before.
	TakeStep(ctx context.Context, p account.PersonID, step int64) (bool, error)

	// Attempts are the attempts since an instant of an account, or from a prefix.
	Attempts(ctx context.Context, name string, from netip.Prefix, since time.Time) ([]signin.Attempt, error)
	// AddAttempt counts an attempt and names it.
	AddAttempt(ctx context.Context, a signin.Attempt) (id string, err error)
	// SettleAttempt says what became of an attempt that was counted as a failure: it succeeded, or it is not to be counted.
	SettleAttempt(ctx context.Context, id string, succeeded bool) error
	// KnownFrom reports whether an account signed in from a prefix since an instant.
	KnownFrom(ctx context.Context, name string, from netip.Prefix, since time.Time) (bool, error)

	AddSession(ctx context.Context, s Session) error
	Session(ctx context.Context, digest string) (s Session, ok bool, err error)
	Sessions(ctx context.Context, p account.PersonID) ([]Session, error)
	// StepSession takes a session to a stage and gives it another digest; false when it has ended or gone on meanwhile.
	StepSession(ctx context.Context, was Session, to Stage, digest string) (bool, error)
	SeenSession(ctx context.Context, id string) error
	EndSession(ctx context.Context, p account.PersonID, id string) (bool, error)
	EndSessions(ctx context.Context, p account.PersonID, but string) (int, error)

	RecoveryCodes(ctx context.Context, p account.PersonID) ([]string, error)
	SaveRecoveryCodes(ctx context.Context, p account.PersonID, digests []string) error
	// TakeRecoveryCode takes a code by its digest; false when it is not there any more.
	TakeRecoveryCode(ctx context.Context, p account.PersonID, digest string) (bool, error)

	// Linked finds who stands behind an identity of a provider.
	Linked(ctx context.Context, issuer, subject string) (p account.PersonID, ok bool, err error)
	// HasLink reports whether a person has an identity of a provider.
	HasLink(ctx context.Context, issuer string, p account.PersonID) (bool, error)
	Link(ctx context.Context, issuer, subject string, p account.PersonID) error

	AddToken(ctx context.Context, t Token) error
	TokenByDigest(ctx context.Context, digest string) (t Token, ok bool, err error)
	Tokens(ctx context.Context, p account.PersonID) ([]Token, error)
	UsedToken(ctx context.Context, id string) error
	RevokeToken(ctx context.Context, p account.PersonID, id string) (bool, error)

	// Tell leaves a notice for a person in this transaction; the same person and key is told once.
	Tell(ctx context.Context, t Telling) error

	// Actor works out who a person is today and what they hold. Errors: fault.NotFound, for a closed account too.
	Actor(ctx context.Context, id account.PersonID, via string) (account.Actor, error)
}

// Store runs functions in a transaction.
type Store interface {
	View(ctx context.Context, f func(Tx) error) error
	Update(ctx context.Context, f func(Tx) error) error
}

// Policy is what a site asks of signing in. All of it is settings.
type Policy struct {
	Passwords bool          // signing in with a password is allowed
	Factor    string        // "off", "optional", "required"
	Idle      time.Duration // a session ends when it was not used for so long
	Longest   time.Duration // and after so long in any case
	Guard     signin.Policy
	Rules     signin.Rules
	Site      string // name shown by apps for one-time codes
}

// knownFor is how long a place counts as one that an account is used from.
const knownFor = 30 * 24 * time.Hour

// codeFor is how long a session may lack its one-time code: a phone is at hand, or it is not.
const codeFor = 10 * time.Minute

// seenEvery is how often it is written down that a session is used.
const seenEvery = time.Minute

// Service is the use cases of this package.
type Service struct {
	store  Store
	hasher *signin.Hasher
	policy Policy
}

// NewService returns a service.
func NewService(s Store, h *signin.Hasher, p Policy) *Service {
	return &Service{store: s, hasher: h, policy: p}
}

// Policy is what the site asks of signing in.
func (s *Service) Policy() Policy { return s.policy }

// Place is from where and with what somebody comes.
type Place struct {
	Address netip.Addr
	Device  string
}

func subject(p account.PersonID) audit.Subject { return audit.Subject{Kind: "person", ID: string(p)} }

func self(p account.Person, via string) account.Actor {
	return account.Actor{Person: p.ID, Name: p.Name, Via: via}
}
