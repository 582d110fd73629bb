package access

import (
	"context"
	"fmt"
	"net/netip"
	"strings"
	"time"

	"github.com/gongkai/gongkai/internal/account"
	"github.com/gongkai/gongkai/internal/calendar"
	"github.com/gongkai/gongkai/internal/signin"
)

// TellKind is what somebody is told of the ways into their account. The words are those of the notices.
type TellKind string

// The kinds.
const (
	TellNew    TellKind = "account.signin_new" // somebody signed in from where they had not before
	TellLocked TellKind = "account.locked"     // too many failures
)

// Telling is what one person is told, in the transaction of the fact.
type Telling struct {
	Kind   TellKind
	To     account.PersonID
	At     time.Time // of the sign-in
	Device string
	From   string    // the neighbourhood of the address
	Tries  int       // failures
	Until  time.Time // of the lock
	Key    string    // names the fact: the same person and key are told once
}

// tellNew tells somebody of a session that is through with its proofs, unless they came with this device from this
// neighbourhood not long ago, or never came before.
func tellNew(ctx context.Context, tx Tx, se Session) error {
	if se.Stage == NeedsCode {
		return nil
	}
	all, err := tx.Sessions(ctx, se.Person)
	if err != nil {
		return err
	}
	came := false
	for _, was := range all {
		if was.ID == se.ID || was.Stage == NeedsCode {
			continue
		}
		came = true
		if was.Device == se.Device && neighbours(was.Address) == neighbours(se.Address) && tx.Now().Sub(was.Started) < knownFor {
			return nil
		}
	}
	if !came {
		return nil
	}
	return tx.Tell(ctx, Telling{Kind: TellNew, To: se.Person, At: se.Started, Device: se.Device, From: neighbours(se.Address), Key: string(TellNew) + " " + se.ID})
}

// tellLocked tells somebody that a failure was one too many, once a day: whoever means to annoy them has to fail on purpose,
// from many places.
func (s *Service) tellLocked(ctx context.Context, tx Tx, t try) error {
	if t.person.ID == "" || !t.person.Closed.IsZero() {
		return nil
	}
	now := tx.Now()
	attempts, err := tx.Attempts(ctx, t.by.Account, t.by.From, now.Add(-s.policy.Guard.Horizon()))
	if err != nil {
		return err
	}
	d := s.policy.Guard.Decide(attempts, t.by, now)
	if d.Verdict != signin.Locked {
		return nil
	}
	return tx.Tell(ctx, Telling{Kind: TellLocked, To: t.person.ID, Tries: s.policy.Guard.PairFailures, Until: d.Until,
		Key: fmt.Sprintf("%s %s", TellLocked, calendar.On(now))})
}

// neighbours writes the neighbourhood of an address; "" for what is none.
func neighbours(address string) string {
	at, err := netip.ParseAddr(address)
	if err != nil {
		return ""
	}
	p := signin.Prefix(at)
	if p.Addr().Is4() {
		return strings.TrimSuffix(p.Addr().String(), "0") + "*"
	}
	return p.String()
}
