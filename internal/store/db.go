// Package store keeps the system's data in a database: SQLite, embedded, or PostgreSQL for larger sites. Every query has one
// text, written for what the two have in common; what differs stands in dialect.go. Each domain package says what it needs
// of a transaction; a file of this package gives it.
package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/gongkai/gongkai/internal/crypt"
	"github.com/gongkai/gongkai/internal/fault"
)

// Options say which database, and how it keeps what is protected.
type Options struct {
	// URL is postgres://… for PostgreSQL; empty for SQLite in the folder Dir.
	URL string
	// Dir is the data folder; it is made if need be.
	Dir string
	// Now is the clock that stamps what is written; nil for the system's.
	Now func() time.Time
	// Master opens the keys of protected fields, which are kept in the database; nil where nothing protected is touched.
	Master *crypt.Master
	// FieldAlg encrypts protected fields; empty for crypt.AES256GCM.
	FieldAlg crypt.Alg
	// HashAlg chains the record of changes; empty for "sha256". Each entry names its own.
	HashAlg string
	// Hasty does not wait for the disk on SQLite: for a database that is thrown away when the program ends too early.
	Hasty bool
	// Conns is how many connections PostgreSQL may use for writing, and as many again for reading; 0 for 12.
	Conns int
}

// DB is the database. On SQLite one handle writes, over one connection; several read beside it.
type DB struct {
	w, r *sql.DB
	o    Options
	ring *crypt.Ring
	gate *gate // keeps the data from being replaced while they are open
	dialect
}

// readers is how many connections read at the same time on SQLite.
const readers = 4

// Open opens the database and brings it to this version, under a lock, so that several programs may start at once. While it
// is open nobody can put another one in its place.
func Open(ctx context.Context, o Options) (*DB, error) { return open(ctx, o, share) }

func open(ctx context.Context, o Options, hold func(context.Context, Options) (*gate, error)) (*DB, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.HashAlg == "" {
		o.HashAlg = "sha256"
	}
	if o.FieldAlg == "" {
		o.FieldAlg = crypt.AES256GCM
	}
	if o.Conns <= 0 {
		o.Conns = 12
	}
	db := &DB{o: o, dialect: dialectOf(o.URL)}
	if o.Dir != "" {
		if err := os.MkdirAll(o.Dir, 0o700); err != nil {
			return nil, fmt.Errorf("store: %w", err)
		}
	}
	var err error
	if db.gate, err = hold(ctx, o); err == nil {
		err = db.open(ctx, o)
	}
	if err == nil && o.Master != nil {
		err = db.unlock(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

// Kind names the database: "sqlite" or "postgres".
func (db *DB) Kind() string { return db.name }

// Close closes the database.
func (db *DB) Close() error {
	var err error
	if db.r != nil && db.r != db.w {
		err = db.r.Close()
	}
	if db.w != nil {
		err = errors.Join(err, db.w.Close())
	}
	return errors.Join(err, db.gate.close())
}

// View runs f in a transaction that reads: everything that it sees is of one moment.
func (db *DB) View(ctx context.Context, f func(*Tx) error) error {
	return db.run(ctx, db.r, &sql.TxOptions{ReadOnly: true, Isolation: db.viewLevel}, f)
}

// Update runs f in a transaction that writes. All that it writes carries one time. Changes without an entry in the record
// are refused. When the database asks for it, f is run again from the start.
func (db *DB) Update(ctx context.Context, f func(*Tx) error) error {
	for try := 1; ; try++ {
		err := db.run(ctx, db.w, nil, f)
		if err == nil || try == maxTries || !db.again(err) {
			return err
		}
	}
}

// maxTries is how often a transaction is tried that the database gave up because of others.
const maxTries = 8

func (db *DB) run(ctx context.Context, h *sql.DB, opts *sql.TxOptions, f func(*Tx) error) (err error) {
	defer func() { err = explain(err) }()
	q, err := h.BeginTx(ctx, opts)
	if err != nil {
		return fmt.Errorf("store: begin: %w", err)
	}
	defer func() {
		if p := recover(); p != nil {
			_ = q.Rollback() // the panic says more
			panic(p)
		}
	}()
	tx := &Tx{q: q, db: db, now: db.o.Now().UTC().Truncate(time.Millisecond)}
	err = f(tx)
	if err == nil {
		err = tx.seal(ctx)
	}
	if err != nil {
		if rb := q.Rollback(); rb != nil && !errors.Is(rb, sql.ErrTxDone) {
			return errors.Join(err, fmt.Errorf("store: rollback: %w", rb))
		}
		return err
	}
	if err := q.Commit(); err != nil {
		return fmt.Errorf("store: commit: %w", err)
	}
	return nil
}

// For gives a domain package the store it asks for: wrap turns a transaction into what the package needs of one.
func For[T any](db *DB, wrap func(*Tx) T) As[T] { return As[T]{db, wrap} }

// As is the store of one domain package.
type As[T any] struct {
	db   *DB
	wrap func(*Tx) T
}

// View runs f in a transaction that reads.
func (s As[T]) View(ctx context.Context, f func(T) error) error {
	return s.db.View(ctx, func(tx *Tx) error { return f(s.wrap(tx)) })
}

// Update runs f in a transaction that writes.
func (s As[T]) Update(ctx context.Context, f func(T) error) error {
	return s.db.Update(ctx, func(tx *Tx) error { return f(s.wrap(tx)) })
}

var errGone = fault.New(fault.NotFound, "store.not_found", "没有这条记录，可能已被删除；请从列表重新打开")

// ErrStale says that somebody else changed a record in the meantime.
var ErrStale = fault.New(fault.Conflict, "store.stale", "别人刚改过这条记录，没有覆盖；请看最新的内容再改")
