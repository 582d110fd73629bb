package store

import (
	"context"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/gongkai/gongkai/internal/account"
	"github.com/gongkai/gongkai/internal/audit"
	"github.com/gongkai/gongkai/internal/crypt"
)

// lockHead reads the head of the chain and holds it until the transaction ends. It is taken last, so that writers wait for
// each other for the time of an insert only.
func (tx *Tx) lockHead(ctx context.Context) (audit.Head, error) {
	h, ok, err := one(ctx, tx, scanHead, `SELECT seq, hash, at FROM audit_head WHERE id = 1 {for update}`)
	if err == nil && !ok {
		err = fmt.Errorf("store: the head of the record is missing")
	}
	return h, err
}

func scanHead(scan func(...any) error) (h audit.Head, err error) {
	var at int64
	err = scan(&h.Seq, (*hexed)(&h.Hash), &at)
	h.At = instant(at)
	return h, err
}

// hexed reads a hash that is kept as hexadecimal text.
type hexed []byte

// Scan reads the text; what is no hexadecimal text was changed by somebody, and is kept as it stands so that the chain breaks.
func (h *hexed) Scan(v any) error {
	s, ok := v.(string)
	if !ok {
		return fmt.Errorf("store: a hash is %T, not text", v)
	}
	b, err := hex.DecodeString(s)
	if err != nil || hex.EncodeToString(b) != s {
		b = []byte(s)
	}
	*h = b
	return nil
}

func (tx *Tx) insertEntry(ctx context.Context, e audit.Entry) error {
	_, err := tx.quiet(ctx, `INSERT INTO audit_entries (seq, at, actor, actor_name, via, behalf, action, subject_kind, subject_id,
		agency_id, cause, changes, alg, prev, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		e.Seq, e.At.UnixMilli(), e.Actor, e.Name, e.Via, e.For, e.Action, e.Subject.Kind, e.Subject.ID, e.Agency, e.Cause,
		e.Changes, e.Alg, hex.EncodeToString(e.Prev), hex.EncodeToString(e.Hash))
	return err
}

const entryColumns = `seq, at, actor, actor_name, via, behalf, action, subject_kind, subject_id, agency_id, cause, changes,
	alg, prev, hash`

func scanEntry(scan func(...any) error) (e audit.Entry, err error) {
	var at int64
	err = scan(&e.Seq, &at, &e.Actor, &e.Name, &e.Via, &e.For, &e.Action, &e.Subject.Kind, &e.Subject.ID, &e.Agency, &e.Cause,
		&e.Changes, &e.Alg, (*hexed)(&e.Prev), (*hexed)(&e.Hash))
	e.At = instant(at)
	return e, err
}

// VerifyAudit goes along the whole chain and returns where it breaks, nil when it holds, and its head. anchors are heads
// that were exported earlier.
func (db *DB) VerifyAudit(ctx context.Context, anchors ...audit.Head) (broken *audit.Break, head audit.Head, err error) {
	err = db.View(ctx, func(tx *Tx) error {
		broken, head, err = tx.verifyAudit(ctx, anchors...)
		return err
	})
	return broken, head, err
}

func (tx *Tx) verifyAudit(ctx context.Context, anchors ...audit.Head) (*audit.Break, audit.Head, error) {
	v := audit.NewVerifier(crypt.NewHash, anchors...)
	err := each(ctx, tx, scanEntry, func(e audit.Entry) error {
		v.Next(e)
		return nil
	}, `SELECT `+entryColumns+` FROM audit_entries ORDER BY seq`)
	if err != nil {
		return nil, audit.Head{}, err
	}
	kept, ok, err := one(ctx, tx, scanHead, `SELECT seq, hash, at FROM audit_head WHERE id = 1`)
	if err != nil {
		return nil, kept, err
	}
	if !ok {
		return &audit.Break{Seq: v.Head().Seq, Why: "链头的记录不见了"}, kept, nil
	}
	return v.Done(kept), kept, nil
}

// Records gives looking into the record its store.
func Records(db *DB) As[audit.Tx] { return For(db, func(tx *Tx) audit.Tx { return recordTx{tx} }) }

type recordTx struct{ *Tx }

var _ audit.Tx = recordTx{}

// AuditHead is the last link of the record.
func (tx recordTx) AuditHead(ctx context.Context) (audit.Head, error) {
	h, _, err := one(ctx, tx, scanHead, `SELECT seq, hash, at FROM audit_head WHERE id = 1`)
	return h, err
}

// AuditEntry returns one entry within a scope.
func (tx recordTx) AuditEntry(ctx context.Context, s account.Scope, seq int64) (audit.Entry, bool, error) {
	cond, args := entryScope(s)
	return one(ctx, tx, scanEntry, `SELECT `+entryColumns+` FROM audit_entries e WHERE seq = ? AND `+cond, append([]any{seq}, args...)...)
}

// entryScope renders a scope as a condition over entries. What belongs to the whole site is for who holds a whole tree.
func entryScope(s account.Scope) (string, []any) {
	cond, args := scopeSQL(s, "(SELECT a.path FROM agencies a WHERE a.id = e.agency_id)")
	for _, r := range s.Roots {
		if r.Subtree && strings.Count(string(r.Path), "/") == 2 {
			return "(" + cond + " OR e.agency_id = '')", args
		}
	}
	return cond, args
}

// SearchAudit lists entries, newest first.
func (tx recordTx) SearchAudit(ctx context.Context, q audit.Query) ([]audit.Entry, error) {
	cond, args := entryScope(q.Scope)
	where := []string{cond}
	add := func(on bool, cond string, v any) {
		if on {
			where, args = append(where, cond), append(args, v)
		}
	}
	add(q.Actor != "", "actor = ?", q.Actor)
	add(q.Subject.Kind != "", "subject_kind = ?", q.Subject.Kind)
	add(q.Subject.ID != "", "subject_id = ?", q.Subject.ID)
	kind := strings.HasSuffix(q.Action, ".")
	// A kind is a span of actions: from "agency." up to what follows the dot.
	add(kind, "action >= ?", q.Action)
	add(kind, "action < ?", strings.TrimSuffix(q.Action, ".")+"/")
	add(q.Action != "" && !kind, "action = ?", q.Action)
	add(q.Agency != "", "agency_id = ?", q.Agency)
	add(!q.From.IsZero(), "at >= ?", millis(q.From))
	add(!q.To.IsZero(), "at < ?", millis(q.To))
	add(q.Before > 0, "seq < ?", q.Before)
	return list(ctx, tx, scanEntry, `SELECT `+entryColumns+` FROM audit_entries e WHERE `+strings.Join(where, " AND ")+
		` ORDER BY seq DESC LIMIT ?`, append(args, min(max(q.Limit, 1), 1000))...)
}

// scopeSQL renders a scope as a condition over the path of an agency. Paths hold no character that LIKE reads otherwise:
// they are ids and slashes.
func scopeSQL(s account.Scope, path string) (string, []any) {
	if s.All {
		return "1 = 1", nil
	}
	parts, args := []string{}, []any{}
	for _, r := range s.Roots {
		if r.Path == "" {
			continue
		}
		if r.Subtree {
			parts, args = append(parts, path+" LIKE ?"), append(args, string(r.Path)+"%")
		} else {
			parts, args = append(parts, path+" = ?"), append(args, string(r.Path))
		}
	}
	if len(parts) == 0 {
		return "1 = 0", nil
	}
	return "(" + strings.Join(parts, " OR ") + ")", args
}
