package store

import (
	"context"
	"net/netip"
	"strings"
	"time"

	"github.com/gongkai/gongkai/internal/access"
	"github.com/gongkai/gongkai/internal/account"
	"github.com/gongkai/gongkai/internal/agency"
	"github.com/gongkai/gongkai/internal/audit"
	"github.com/gongkai/gongkai/internal/calendar"
	"github.com/gongkai/gongkai/internal/office"
	"github.com/gongkai/gongkai/internal/signin"
)

// Access gives signing in its store.
func Access(db *DB) As[access.Tx] {
	return For(db, func(tx *Tx) access.Tx { return accessTx{officeTx{tx}} })
}

type accessTx struct{ officeTx }

var _ access.Tx = accessTx{}

// Note writes an entry. Who is about to come in acts for no agency yet: what happens to their account is of the agency that
// they work for, so that its administrator finds it.
func (tx accessTx) Note(ctx context.Context, by account.Actor, n audit.Note) error {
	if n.Agency == "" && by.Agency == "" && n.Subject.Kind == "person" {
		today := calendar.On(tx.now).String()
		id, _, err := one(ctx, tx, scanString, `SELECT agency_id FROM positions WHERE person_id = ? AND valid_from <= ?
			AND (valid_to = '' OR valid_to >= ?) ORDER BY id LIMIT 1`, n.Subject.ID, today, today)
		if err != nil {
			return err
		}
		n.Agency = agency.ID(id)
	}
	return tx.Tx.Note(ctx, by, n)
}

// Tell tells nobody; AccessTelling gives a store that does.
func (accessTx) Tell(context.Context, access.Telling) error { return nil }

// keepAttempts is how long attempts are kept: they serve the guard only.
const keepAttempts = 31 * 24 * time.Hour

// Attempts are the attempts since an instant of an account, or from a prefix.
func (tx accessTx) Attempts(ctx context.Context, name string, from netip.Prefix, since time.Time) ([]signin.Attempt, error) {
	return list(ctx, tx, func(scan func(...any) error) (a signin.Attempt, err error) {
		var prefix string
		var at, ok int64
		if err := scan(&a.Account, &prefix, &at, &ok); err != nil {
			return a, err
		}
		a.At, a.OK = instant(at), ok != 0
		if prefix != "" {
			a.From, err = netip.ParsePrefix(prefix)
		}
		return a, err
	}, `SELECT account, prefix, at, ok FROM sign_in_attempts WHERE (account = ? OR prefix = ?) AND at >= ? ORDER BY at, id`,
		name, prefixText(from), millis(since))
}

// prefixText writes a prefix; the one of an unknown address is blank.
func prefixText(p netip.Prefix) string {
	if !p.IsValid() {
		return ""
	}
	return p.String()
}

// AddAttempt counts an attempt, and forgets those that nobody asks for any more.
func (tx accessTx) AddAttempt(ctx context.Context, a signin.Attempt) (string, error) {
	id, err := newID()
	if err != nil {
		return "", err
	}
	if _, err := tx.quiet(ctx, `DELETE FROM sign_in_attempts WHERE at < ?`, tx.now.Add(-keepAttempts).UnixMilli()); err != nil {
		return "", err
	}
	_, err = tx.quiet(ctx, `INSERT INTO sign_in_attempts (id, account, prefix, at, ok) VALUES (?, ?, ?, ?, ?)`,
		id, a.Account, prefixText(a.From), millis(a.At), flag(a.OK))
	return id, err
}

// SettleAttempt says that an attempt succeeded, or takes it out of the count.
func (tx accessTx) SettleAttempt(ctx context.Context, id string, succeeded bool) error {
	query := `DELETE FROM sign_in_attempts WHERE id = ?`
	if succeeded {
		query = `UPDATE sign_in_attempts SET ok = 1 WHERE id = ?`
	}
	_, err := tx.quiet(ctx, query, id)
	return err
}

// KnownFrom reports whether an account signed in from a prefix since an instant.
func (tx accessTx) KnownFrom(ctx context.Context, name string, from netip.Prefix, since time.Time) (bool, error) {
	_, ok, err := one(ctx, tx, scanInt, `SELECT 1 FROM sign_in_attempts WHERE account = ? AND prefix = ? AND ok = 1 AND at >= ? LIMIT 1`,
		name, prefixText(from), millis(since))
	return ok, err
}

const sessionColumns = `id, digest, person_id, stage, method, started_at, seen_at, ends_at, ended_at, address, device`

func scanSession(scan func(...any) error) (s access.Session, err error) {
	var started, seen, ends, ended int64
	err = scan(&s.ID, &s.Digest, &s.Person, &s.Stage, &s.Method, &started, &seen, &ends, &ended, &s.Address, &s.Device)
	s.Started, s.Seen, s.Ends, s.Ended = instant(started), instant(seen), instant(ends), instant(ended)
	return s, err
}

// AddSession keeps a new session.
func (tx accessTx) AddSession(ctx context.Context, s access.Session) error {
	_, err := tx.exec(ctx, `INSERT INTO sessions (`+sessionColumns+`) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		s.ID, s.Digest, s.Person, s.Stage, s.Method, millis(s.Started), millis(s.Seen), millis(s.Ends), millis(s.Ended), s.Address, s.Device)
	return err
}

// Session finds a session by the digest of its secret.
func (tx accessTx) Session(ctx context.Context, digest string) (access.Session, bool, error) {
	return one(ctx, tx, scanSession, `SELECT `+sessionColumns+` FROM sessions WHERE digest = ?`, digest)
}

// Sessions lists the sessions of a person, the newest first; those of the last year at most.
func (tx accessTx) Sessions(ctx context.Context, p account.PersonID) ([]access.Session, error) {
	return list(ctx, tx, scanSession, `SELECT `+sessionColumns+` FROM sessions WHERE person_id = ? ORDER BY id DESC LIMIT 200`, p)
}

// StepSession keeps how far a session has come, and its secret, which changes with each step. Two that step at once are one.
func (tx accessTx) StepSession(ctx context.Context, was access.Session, to access.Stage, digest string) (bool, error) {
	n, err := tx.exec(ctx, `UPDATE sessions SET stage = ?, digest = ?, seen_at = ? WHERE id = ? AND stage = ? AND digest = ? AND ended_at = 0`,
		to, digest, tx.now.UnixMilli(), was.ID, was.Stage, was.Digest)
	return n > 0, err
}

// SeenSession keeps that a session is used.
func (tx accessTx) SeenSession(ctx context.Context, id string) error {
	_, err := tx.quiet(ctx, `UPDATE sessions SET seen_at = ? WHERE id = ? AND ended_at = 0`, tx.now.UnixMilli(), id)
	return err
}

// EndSession ends a session of a person; false when there is none that goes on.
func (tx accessTx) EndSession(ctx context.Context, p account.PersonID, id string) (bool, error) {
	n, err := tx.exec(ctx, `UPDATE sessions SET ended_at = ? WHERE id = ? AND person_id = ? AND ended_at = 0`, tx.now.UnixMilli(), id, p)
	return n > 0, err
}

// RecoveryCodes are the digests of the codes that are left.
func (tx accessTx) RecoveryCodes(ctx context.Context, p account.PersonID) ([]string, error) {
	return list(ctx, tx, scanString, `SELECT digest FROM recovery_codes WHERE person_id = ? ORDER BY digest`, p)
}

// SaveRecoveryCodes replaces the digests of a person's codes.
func (tx accessTx) SaveRecoveryCodes(ctx context.Context, p account.PersonID, digests []string) error {
	if _, err := tx.exec(ctx, `DELETE FROM recovery_codes WHERE person_id = ?`, p); err != nil {
		return err
	}
	for _, d := range digests {
		if _, err := tx.exec(ctx, `INSERT INTO recovery_codes (person_id, digest) VALUES (?, ?)`, p, d); err != nil {
			return err
		}
	}
	return nil
}

// TakeRecoveryCode takes a code, which is good once.
func (tx accessTx) TakeRecoveryCode(ctx context.Context, p account.PersonID, digest string) (bool, error) {
	n, err := tx.exec(ctx, `DELETE FROM recovery_codes WHERE person_id = ? AND digest = ?`, p, digest)
	return n > 0, err
}

// TakeStep takes the time step of a one-time code, which is good once. The serial goes on with it, so that who has read the
// person before does not put the step back.
func (tx accessTx) TakeStep(ctx context.Context, p account.PersonID, step int64) (bool, error) {
	n, err := tx.exec(ctx, `UPDATE persons SET totp_step = ?, serial = serial + 1 WHERE id = ? AND totp <> '' AND totp_step < ?`, step, p, step)
	return n > 0, err
}

// HasLink reports whether a person has an identity of a provider.
func (tx accessTx) HasLink(ctx context.Context, issuer string, p account.PersonID) (bool, error) {
	_, ok, err := one(ctx, tx, scanInt, `SELECT 1 FROM identities WHERE issuer = ? AND person_id = ? LIMIT 1`, issuer, p)
	return ok, err
}

// Linked finds who stands behind an identity of a provider.
func (tx accessTx) Linked(ctx context.Context, issuer, subject string) (account.PersonID, bool, error) {
	id, ok, err := one(ctx, tx, scanString, `SELECT person_id FROM identities WHERE issuer = ? AND subject = ?`, issuer, subject)
	return account.PersonID(id), ok, err
}

// Link keeps who stands behind an identity.
func (tx accessTx) Link(ctx context.Context, issuer, subject string, p account.PersonID) error {
	_, err := tx.exec(ctx, `INSERT INTO identities (issuer, subject, person_id) VALUES (?, ?, ?)`, issuer, subject, p)
	return err
}

const tokenColumns = `id, digest, person_id, name, scopes, created_at, expires_at, used_at, revoked_at` //nolint:gosec // names of columns

func scanToken(scan func(...any) error) (t access.Token, err error) {
	var created, expires, used, revoked int64
	var scopes string
	err = scan(&t.ID, &t.Digest, &t.Person, &t.Name, &scopes, &created, &expires, &used, &revoked)
	for s := range strings.FieldsSeq(scopes) {
		t.Scopes = append(t.Scopes, account.Perm(s))
	}
	t.Created, t.Expires, t.Used, t.Revoked = instant(created), instant(expires), instant(used), instant(revoked)
	return t, err
}

// AddToken keeps a new token.
func (tx accessTx) AddToken(ctx context.Context, t access.Token) error {
	scopes := make([]string, len(t.Scopes))
	for i, s := range t.Scopes {
		scopes[i] = string(s)
	}
	_, err := tx.exec(ctx, `INSERT INTO tokens (`+tokenColumns+`) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		t.ID, t.Digest, t.Person, t.Name, strings.Join(scopes, " "), millis(t.Created), millis(t.Expires), millis(t.Used), millis(t.Revoked))
	return err
}

// TokenByDigest finds a token by the digest of its secret.
func (tx accessTx) TokenByDigest(ctx context.Context, digest string) (access.Token, bool, error) {
	return one(ctx, tx, scanToken, `SELECT `+tokenColumns+` FROM tokens WHERE digest = ?`, digest)
}

// Tokens lists the tokens of a person, the newest first.
func (tx accessTx) Tokens(ctx context.Context, p account.PersonID) ([]access.Token, error) {
	return list(ctx, tx, scanToken, `SELECT `+tokenColumns+` FROM tokens WHERE person_id = ? ORDER BY id DESC`, p)
}

// UsedToken keeps that a token is used.
func (tx accessTx) UsedToken(ctx context.Context, id string) error {
	_, err := tx.quiet(ctx, `UPDATE tokens SET used_at = ? WHERE id = ?`, tx.now.UnixMilli(), id)
	return err
}

// RevokeToken ends a token of a person; false when there is none that holds.
func (tx accessTx) RevokeToken(ctx context.Context, p account.PersonID, id string) (bool, error) {
	n, err := tx.exec(ctx, `UPDATE tokens SET revoked_at = ? WHERE id = ? AND person_id = ? AND revoked_at = 0`, tx.now.UnixMilli(), id, p)
	return n > 0, err
}

// PersonByAccount finds a person with the proofs.
func (tx accessTx) PersonByAccount(ctx context.Context, name string) (account.Person, bool, error) {
	id, ok, err := tx.PersonOf(ctx, name)
	if err != nil || !ok {
		return account.Person{}, false, err
	}
	p, err := tx.Person(ctx, id)
	return p, err == nil, err
}

// Person returns a person with the proofs; phone and e-mail are masked.
func (tx accessTx) Person(ctx context.Context, id account.PersonID) (account.Person, error) {
	p, err := tx.person(ctx, id)
	if err != nil {
		return p, err
	}
	secret, err := tx.openField("persons", "totp", string(id), p.TOTP)
	if err != nil {
		return p, err
	}
	out, err := tx.masked(p)
	out.Password, out.TOTP, out.TOTPStep = p.Password, secret, p.TOTPStep
	return out, err
}

// SaveProofs keeps the proofs of a person, if nobody has changed the person meanwhile.
func (tx accessTx) SaveProofs(ctx context.Context, p account.Person) error {
	secret, err := tx.sealField("persons", "totp", string(p.ID), p.TOTP)
	if err != nil {
		return err
	}
	return tx.fresh(ctx, `UPDATE persons SET password = ?, must_change = ?, totp = ?, totp_step = ?, serial = serial + 1 WHERE id = ? AND serial = ?`,
		p.Password, flag(p.MustChange), secret, p.TOTPStep, p.ID, p.Serial)
}

// EndSessions ends a person's sessions but one, and returns how many there were.
func (tx accessTx) EndSessions(ctx context.Context, p account.PersonID, but string) (int, error) {
	n, err := tx.exec(ctx, `UPDATE sessions SET ended_at = ? WHERE person_id = ? AND id <> ? AND ended_at = 0`, tx.now.UnixMilli(), p, but)
	return int(n), err
}

// Actor works out who a person is today and what they hold. A closed account is nobody.
func (tx accessTx) Actor(ctx context.Context, id account.PersonID, via string) (account.Actor, error) {
	p, err := tx.person(ctx, id)
	if err == nil && !p.Closed.IsZero() {
		err = errGone
	}
	if err != nil {
		return account.Actor{}, err
	}
	return office.ActorFor(ctx, tx.officeTx, id, via)
}
