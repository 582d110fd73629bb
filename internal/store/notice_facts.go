package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/gongkai/gongkai/internal/access"
	"github.com/gongkai/gongkai/internal/agency"
	"github.com/gongkai/gongkai/internal/notice"
	"github.com/gongkai/gongkai/internal/office"
	"github.com/gongkai/gongkai/internal/work"
)

// OfficeTelling gives the use cases of agencies and people their store. tell leaves a notice for a person in the transaction;
// the same person and key is told once.
func OfficeTelling(db *DB, tell func(context.Context, *Tx, office.Telling) error) As[office.Tx] {
	return For(db, func(tx *Tx) office.Tx { return tellingOfficeTx{officeTx{tx}, tell} })
}

type tellingOfficeTx struct {
	officeTx
	tell func(context.Context, *Tx, office.Telling) error
}

// Tell leaves a notice for a person.
func (tx tellingOfficeTx) Tell(ctx context.Context, t office.Telling) error {
	return tx.tell(ctx, tx.Tx, t)
}

// TellOffice tells people of their accounts, positions and deputies by notices.
func TellOffice(n *notice.Service) func(context.Context, *Tx, office.Telling) error {
	return func(ctx context.Context, tx *Tx, t office.Telling) error {
		var d notice.Data
		switch t.Kind {
		case office.TellPassword:
			d = notice.PasswordReset{By: t.By}
		case office.TellPosition:
			d = notice.PositionChanged{What: t.What, By: t.By}
		case office.TellDeputy:
			d = notice.DeputyNamed{Of: t.Of, From: t.From, To: t.Up}
		default:
			return fmt.Errorf("store: no notice of kind %q", t.Kind)
		}
		_, err := n.TellIn(ctx, noticeTx{tx}, notice.Person(t.To), d, notice.About{Agency: string(t.Agency), Link: accountPath, Key: t.Key})
		return err
	}
}

// AccessTelling gives letting people in its store. tell leaves a notice for a person in the transaction; the same person and
// key is told once.
func AccessTelling(db *DB, tell func(context.Context, *Tx, access.Telling) error) As[access.Tx] {
	return For(db, func(tx *Tx) access.Tx { return tellingAccessTx{accessTx{officeTx{tx}}, tell} })
}

type tellingAccessTx struct {
	accessTx
	tell func(context.Context, *Tx, access.Telling) error
}

// Tell leaves a notice for a person.
func (tx tellingAccessTx) Tell(ctx context.Context, t access.Telling) error {
	return tx.tell(ctx, tx.Tx, t)
}

// TellAccess tells people of the ways into their accounts by notices.
func TellAccess(n *notice.Service) func(context.Context, *Tx, access.Telling) error {
	return func(ctx context.Context, tx *Tx, t access.Telling) error {
		var d notice.Data
		switch t.Kind {
		case access.TellNew:
			d = notice.SigninNew{At: t.At, Device: t.Device, From: t.From}
		case access.TellLocked:
			d = notice.Locked{Tries: t.Tries, Until: t.Until}
		default:
			return fmt.Errorf("store: no notice of kind %q", t.Kind)
		}
		_, err := n.TellIn(ctx, noticeTx{tx}, notice.Person(t.To), d, notice.About{Link: accountPath, Key: t.Key})
		return err
	}
}

// accountPath is the page of one's own account.
const accountPath = "/desk/account"

// Workers gives those who do jobs their store. failed is told of every job that is given up, in the transaction that keeps it
// as failed.
func Workers(db *DB, failed func(context.Context, *Tx, work.Job) error) As[work.Tx] {
	return For(db, func(tx *Tx) work.Tx { return tellingWorkTx{workTx{tx}, failed} })
}

type tellingWorkTx struct {
	workTx
	failed func(context.Context, *Tx, work.Job) error
}

// Fail keeps a job as failed and tells of it, unless it was asked for again meanwhile.
func (tx tellingWorkTx) Fail(ctx context.Context, j work.Job, message, ref string) error {
	if err := tx.workTx.Fail(ctx, j, message, ref); err != nil {
		return err
	}
	j, ok, err := one(ctx, tx, scanJob, `SELECT `+jobColumns+` FROM jobs WHERE id = ?`, j.ID)
	if err != nil || !ok || j.State != work.Failed {
		return err
	}
	return tx.failed(ctx, tx.Tx, j)
}

// Roots are the agencies at the top of the trees of today.
func (tx *Tx) Roots(ctx context.Context) ([]agency.ID, error) {
	ids, err := list(ctx, tx, scanString, `SELECT id FROM agencies WHERE live = 1 AND path = '/' || id || '/' ORDER BY id`)
	out := make([]agency.ID, len(ids))
	for i, id := range ids {
		out[i] = agency.ID(id)
	}
	return out, err
}

// AuditProof is how going along the chain of the record ended last.
type AuditProof struct {
	At     time.Time `json:"at"`
	Broken int64     `json:"broken"` // the first entry that does not hold; 0 when all do
}

const auditProofSetting = "audit.proof"

// SaveAuditProof keeps it. It is found out, not decided, and no change that the record tells of.
func (tx *Tx) SaveAuditProof(ctx context.Context, p AuditProof) error {
	text, err := json.Marshal(p)
	if err != nil {
		return fmt.Errorf("store: proof of the record: %w", err)
	}
	_, err = tx.quiet(ctx, `INSERT INTO settings (name, value) VALUES (?, ?)
		ON CONFLICT (name) DO UPDATE SET value = excluded.value, serial = settings.serial + 1`, auditProofSetting, string(text))
	return err
}

var errNoProof = errors.New("store: nobody has gone along the record yet")

// AuditProof returns what SaveAuditProof kept last; an error where nothing was.
func (tx *Tx) AuditProof(ctx context.Context) (p AuditProof, err error) {
	text, ok, err := one(ctx, tx, scanString, `SELECT value FROM settings WHERE name = ?`, auditProofSetting)
	if err != nil {
		return p, err
	}
	if !ok {
		return p, errNoProof
	}
	if err := json.Unmarshal([]byte(text), &p); err != nil {
		return p, fmt.Errorf("store: proof of the record: %w", err)
	}
	return p, nil
}
