package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
)

// list runs a query and scans every row. It is the only place that walks rows.
func list[T any](ctx context.Context, b based, scan func(func(...any) error) (T, error), query string, args ...any) (out []T, err error) {
	err = each(ctx, b, scan, func(v T) error {
		out = append(out, v)
		return nil
	}, query, args...)
	return out, err
}

// each runs a query and gives every row, one at a time. An error of give ends it.
func each[T any](ctx context.Context, b based, scan func(func(...any) error) (T, error), give func(T) error, query string, args ...any) (err error) {
	tx := b.base()
	rows, err := tx.q.QueryContext(ctx, tx.db.text(query), args...)
	if err != nil {
		return fmt.Errorf("store: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		v, err := scan(rows.Scan)
		if err != nil {
			return fmt.Errorf("store: scan: %w", err)
		}
		if err := give(v); err != nil {
			return err
		}
	}
	return rows.Err()
}

// one runs a query and scans its first row; ok is false when there is none.
func one[T any](ctx context.Context, b based, scan func(func(...any) error) (T, error), query string, args ...any) (v T, ok bool, err error) {
	all, err := list(ctx, b, scan, query, args...)
	if err != nil || len(all) == 0 {
		return v, false, err
	}
	return all[0], true, nil
}

// exec runs a statement that changes what the record has to tell of, and returns how many rows it changed.
func (tx *Tx) exec(ctx context.Context, query string, args ...any) (int64, error) {
	tx.dirty = true
	return tx.quiet(ctx, query, args...)
}

// quiet runs a statement that is no change of anybody's work: the queue, when a session was last seen, what can be derived.
func (tx *Tx) quiet(ctx context.Context, query string, args ...any) (int64, error) {
	res, err := tx.q.ExecContext(ctx, tx.db.text(query), args...)
	if err != nil {
		return 0, fmt.Errorf("store: %w", err)
	}
	return res.RowsAffected()
}

// must runs a statement that changes exactly one row.
func (tx *Tx) must(ctx context.Context, query string, args ...any) error {
	n, err := tx.exec(ctx, query, args...)
	if err == nil && n == 0 {
		return errGone
	}
	return err
}

// fresh runs a statement that changes one row if nobody else has changed it in the meantime.
func (tx *Tx) fresh(ctx context.Context, query string, args ...any) error {
	n, err := tx.exec(ctx, query, args...)
	if err == nil && n == 0 {
		return ErrStale
	}
	return err
}

// NewID returns an id that is ordered in time and never given twice.
func (tx *Tx) NewID() (string, error) { return newID() }

func newID() (string, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return "", fmt.Errorf("store: id: %w", err)
	}
	return id.String(), nil
}

func instant(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

// millis keeps an instant; the zero one is 0.
func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

func scanString(scan func(...any) error) (s string, err error) {
	err = scan(&s)
	return s, err
}

func scanInt(scan func(...any) error) (n int64, err error) {
	err = scan(&n)
	return n, err
}

// flag keeps a truth value as a number, which both databases read the same.
func flag(b bool) int {
	if b {
		return 1
	}
	return 0
}
