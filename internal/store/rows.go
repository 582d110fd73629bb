package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/gongkai/gongkai/internal/fault"
	"github.com/gongkai/gongkai/internal/filing"
)

// Tx is one transaction with its frozen time.
type Tx struct {
	q   *sql.Tx
	now time.Time
}

var _ filing.Tx = (*Tx)(nil)

// list runs a query and scans every row. It is the only place that walks rows.
func list[T any](ctx context.Context, tx *Tx, scan func(func(...any) error) (T, error), query string, args ...any) (out []T, err error) {
	rows, err := tx.q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		v, err := scan(rows.Scan)
		if err != nil {
			return nil, fmt.Errorf("store: scan: %w", err)
		}
		out = append(out, v)
	}
	return out, rows.Err()
}

// one runs a query and scans its first row; ok is false when there is none.
func one[T any](ctx context.Context, tx *Tx, scan func(func(...any) error) (T, error), query string, args ...any) (v T, ok bool, err error) {
	all, err := list(ctx, tx, scan, query, args...)
	if err != nil || len(all) == 0 {
		return v, false, err
	}
	return all[0], true, nil
}

// exec runs a statement and returns how many rows it changed.
func (tx *Tx) exec(ctx context.Context, query string, args ...any) (int64, error) {
	res, err := tx.q.ExecContext(ctx, query, args...)
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

var errGone = fault.New(fault.NotFound, "store.not_found", "没有这条记录，可能已被删除；请从列表重新打开")

func newID() (string, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return "", fmt.Errorf("store: id: %w", err)
	}
	return id.String(), nil
}

func instant(ms int64) time.Time { return time.UnixMilli(ms).UTC() }

func scanString(scan func(...any) error) (s string, err error) {
	err = scan(&s)
	return s, err
}
