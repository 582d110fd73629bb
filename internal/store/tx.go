package store

import (
	"context"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/gongkai/gongkai/internal/account"
	"github.com/gongkai/gongkai/internal/audit"
	"github.com/gongkai/gongkai/internal/crypt"
)

// Tx is one transaction with its frozen time. Domain packages see it through a type that embeds it and adds their methods.
type Tx struct {
	q     *sql.Tx
	db    *DB
	now   time.Time
	dirty bool // something was changed that has to stand in the record
	notes []pending
}

type pending struct {
	by account.Actor
	n  audit.Note
}

// base lets functions of this package take a Tx or what embeds it.
func (tx *Tx) base() *Tx { return tx }

type based interface{ base() *Tx }

// Now is the time that everything written in this transaction carries: UTC, whole milliseconds.
func (tx *Tx) Now() time.Time { return tx.now }

// Note writes an entry of the record. It is chained and kept when the transaction commits, with everything else or not at all. An
// entry that names no agency is of the one that the actor works for.
func (tx *Tx) Note(_ context.Context, by account.Actor, n audit.Note) error {
	if by.IsNobody() {
		return errors.New("store: a change by nobody")
	}
	if n.Action == "" || n.Subject.Kind == "" {
		return errors.New("store: an entry of the record needs an action and a subject")
	}
	if n.Agency == "" {
		n.Agency = by.Agency
	}
	tx.notes = append(tx.notes, pending{by, n})
	return nil
}

// Seal encrypts a protected value for the record of changes.
func (tx *Tx) Seal(field, value string) (string, error) {
	return tx.sealField("audit", field, "", value)
}

// OpenRecorded opens a value that Seal has closed.
func (tx *Tx) OpenRecorded(field, value string) (string, error) {
	return tx.openField("audit", field, "", value)
}

var errNoRing = errors.New("store: protected fields need a master key")

// sealField encrypts a field of a row; a blank one stays blank.
func (tx *Tx) sealField(table, column, id, value string) (string, error) {
	if value == "" {
		return "", nil
	}
	if tx.db.ring == nil {
		return "", errNoRing
	}
	s, err := tx.db.ring.Seal(crypt.Place{Table: table, Column: column, Row: id}, value)
	if err != nil {
		return "", fmt.Errorf("store: %s.%s: %w", table, column, err)
	}
	return s, nil
}

// openField opens what sealField has closed.
func (tx *Tx) openField(table, column, id, value string) (string, error) {
	if value == "" {
		return "", nil
	}
	if tx.db.ring == nil {
		return "", errNoRing
	}
	s, err := tx.db.ring.Open(crypt.Place{Table: table, Column: column, Row: id}, value)
	if err != nil {
		return "", fmt.Errorf("store: %s.%s of %s: %w", table, column, id, err)
	}
	return s, nil
}

// errUnrecorded is a fault of the program: a use case that changes something and does not say so.
var errUnrecorded = errors.New("store: a change without an entry in the record")

// seal ends a transaction: changes without an entry are refused, entries are chained.
func (tx *Tx) seal(ctx context.Context) error {
	if len(tx.notes) == 0 {
		if tx.dirty {
			return errUnrecorded
		}
		return nil
	}
	head, err := tx.lockHead(ctx)
	if err != nil {
		return err
	}
	for _, p := range tx.notes {
		e, err := tx.entry(head, p)
		if err != nil {
			return err
		}
		if err := tx.insertEntry(ctx, e); err != nil {
			return err
		}
		head = audit.Head{Seq: e.Seq, Hash: e.Hash, At: e.At}
	}
	_, err = tx.quiet(ctx, `UPDATE audit_head SET seq = ?, hash = ?, at = ? WHERE id = 1`, head.Seq, hex.EncodeToString(head.Hash),
		head.At.UnixMilli())
	return err
}

func (tx *Tx) entry(head audit.Head, p pending) (audit.Entry, error) {
	changes := p.n.Changes
	if changes == nil {
		changes = []audit.Change{}
	}
	body, err := json.Marshal(changes)
	if err != nil {
		return audit.Entry{}, fmt.Errorf("store: entry: %w", err)
	}
	e := audit.Entry{Seq: head.Seq + 1, At: tx.now, Actor: p.by.Person, Name: p.by.Name, Via: p.by.Via, For: p.n.For,
		Action: p.n.Action, Subject: p.n.Subject, Agency: p.n.Agency, Cause: p.n.Cause, Changes: string(body),
		Alg: tx.db.o.HashAlg, Prev: head.Hash}
	fresh, err := crypt.NewHash(e.Alg)
	if err != nil {
		return audit.Entry{}, fmt.Errorf("store: entry: %w", err)
	}
	e.Hash = e.Sum(fresh())
	return e, nil
}
