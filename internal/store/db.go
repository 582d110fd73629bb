// Package store keeps the system's data in an embedded database and its files in a folder. Every query has one text,
// written for what SQLite and PostgreSQL have in common; what differs stands in dialect.go.
package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"github.com/pressly/goose/v3"
	_ "modernc.org/sqlite" // the driver "sqlite"

	"github.com/gongkai/gongkai/internal/filing"
)

//go:embed migrations/sqlite/*.sql
var migrations embed.FS

// DB is the database. One handle writes, over one connection; several read beside it.
type DB struct {
	w, r *sql.DB
	now  func() time.Time
	path string // of the database file
}

// readers is how many connections read at the same time.
const readers = 4

// Open opens the database in the folder dir, which is made if need be, and brings it to this version. now is the clock
// that stamps what is written.
func Open(ctx context.Context, dir string, now func() time.Time) (*DB, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	path := filepath.Join(dir, "gongkai.db")
	w, err := sql.Open("sqlite", dsn(path, false))
	if err != nil {
		return nil, fmt.Errorf("store: open: %w", err)
	}
	w.SetMaxOpenConns(1)
	db := &DB{w: w, now: now, path: path}
	if err := db.prepare(ctx); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	db.r, err = sql.Open("sqlite", dsn(path, true))
	if err != nil {
		return nil, errors.Join(fmt.Errorf("store: open: %w", err), db.Close())
	}
	db.r.SetMaxOpenConns(readers)
	return db, nil
}

// dsn names the database with the settings of its connections. Writers take their lock at the beginning, so that two of
// them wait for each other instead of failing half-way; what was committed is on disk.
func dsn(path string, readOnly bool) string {
	q := url.Values{}
	q.Add("_pragma", "busy_timeout(10000)")
	q.Add("_pragma", "journal_mode(WAL)")
	q.Add("_pragma", "foreign_keys(1)")
	if readOnly {
		q.Add("_pragma", "query_only(1)")
	} else {
		q.Add("_pragma", "synchronous(FULL)")
		q.Set("_txlock", "immediate")
	}
	u := url.URL{Scheme: "file", Opaque: (&url.URL{Path: filepath.ToSlash(path)}).EscapedPath(), RawQuery: q.Encode()}
	return u.String()
}

func (db *DB) prepare(ctx context.Context) error {
	var version string
	if err := db.w.QueryRowContext(ctx, "SELECT sqlite_version()").Scan(&version); err != nil {
		return fmt.Errorf("store: %w", err)
	}
	if !atLeast(version, minSQLite) {
		return fmt.Errorf("store: SQLite %s is older than %v, which has a fix for lost commits in WAL mode", version, minSQLite)
	}
	sub, err := fs.Sub(migrations, "migrations/sqlite")
	if err != nil {
		return fmt.Errorf("store: %w", err)
	}
	p, err := goose.NewProvider(goose.DialectSQLite3, db.w, sub)
	if err != nil {
		return fmt.Errorf("store: migrations: %w", err)
	}
	if _, err = p.Up(ctx); err != nil {
		return fmt.Errorf("store: migrate: %w", err)
	}
	return nil
}

// minSQLite is the oldest SQLite that is used: below it a checkpoint in WAL mode could lose a commit.
var minSQLite = [3]int{3, 51, 3}

func atLeast(version string, least [3]int) bool {
	var v [3]int
	if n, err := fmt.Sscanf(version, "%d.%d.%d", &v[0], &v[1], &v[2]); err != nil || n != 3 {
		return false
	}
	for i := range v {
		if v[i] != least[i] {
			return v[i] > least[i]
		}
	}
	return true
}

// Close closes the database.
func (db *DB) Close() error {
	err := db.w.Close()
	if db.r != nil {
		err = errors.Join(db.r.Close(), err)
	}
	return err
}

// View runs f in a transaction that reads.
func (db *DB) View(ctx context.Context, f func(filing.Tx) error) error {
	return db.run(ctx, db.r, &sql.TxOptions{ReadOnly: true}, f)
}

// Update runs f in a transaction that writes. All that it writes carries one time.
func (db *DB) Update(ctx context.Context, f func(filing.Tx) error) error {
	return db.run(ctx, db.w, nil, f)
}

func (db *DB) run(ctx context.Context, h *sql.DB, opts *sql.TxOptions, f func(filing.Tx) error) (err error) {
	defer func() { err = explain(err) }()
	tx, err := h.BeginTx(ctx, opts)
	if err != nil {
		return fmt.Errorf("store: begin: %w", err)
	}
	if err := f(&Tx{q: tx, now: db.now()}); err != nil {
		if rb := tx.Rollback(); rb != nil && !errors.Is(rb, sql.ErrTxDone) {
			return errors.Join(err, fmt.Errorf("store: rollback: %w", rb))
		}
		return err
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("store: commit: %w", err)
	}
	return nil
}
