package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"
	"sync"

	"github.com/jackc/pgx/v5/pgconn"
	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
	_ "modernc.org/sqlite" // the driver "sqlite"

	"github.com/gongkai/gongkai/internal/fault"
)

//go:embed migrations/sqlite/*.sql migrations/postgres/*.sql
var migrations embed.FS

// dialect is everything in which the two databases differ.
type dialect struct {
	name      string
	numbered  bool   // $1, $2 … instead of ?
	forUpdate string // locks the rows that a query has read
	skip      string // the same, leaving out rows that others have locked
	viewLevel sql.IsolationLevel
}

func dialectOf(u string) dialect {
	if strings.HasPrefix(u, "postgres://") || strings.HasPrefix(u, "postgresql://") {
		return dialect{name: "postgres", numbered: true, forUpdate: " FOR UPDATE", skip: " FOR UPDATE SKIP LOCKED",
			viewLevel: sql.LevelRepeatableRead}
	}
	// SQLite has one writer at a time, and a reader sees one moment: nothing to add.
	return dialect{name: "sqlite"}
}

// texts remembers the texts of queries with numbered places.
var texts sync.Map

// text writes a query for this database: ? becomes $1, $2 …, and the words {for update} and {skip locked} what they are here.
// No query of ours holds a question mark in a literal.
func (d dialect) text(query string) string {
	if !d.numbered {
		return strings.NewReplacer(" {for update}", d.forUpdate, " {skip locked}", d.skip).Replace(query)
	}
	if s, ok := texts.Load(query); ok {
		return s.(string)
	}
	var b strings.Builder
	n := 0
	for _, r := range strings.NewReplacer(" {for update}", d.forUpdate, " {skip locked}", d.skip).Replace(query) {
		if r == '?' {
			n++
			b.WriteString("$" + strconv.Itoa(n))
			continue
		}
		b.WriteRune(r)
	}
	texts.Store(query, b.String())
	return b.String()
}

// again reports whether the database gave a transaction up because of others, so that it is to be tried once more.
func (d dialect) again(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && (pg.Code == "40001" || pg.Code == "40P01")
}

func (db *DB) open(ctx context.Context, o Options) error {
	if db.name == "postgres" {
		return db.openPostgres(ctx, o)
	}
	return db.openSQLite(ctx, o)
}

func (db *DB) openPostgres(ctx context.Context, o Options) (err error) {
	if db.w, err = sql.Open("pgx", o.URL); err != nil {
		return fmt.Errorf("store: open: %w", err)
	}
	db.w.SetMaxOpenConns(o.Conns)
	db.w.SetMaxIdleConns(o.Conns)
	// Reading has connections of its own: a use case that reads the calendar while it writes must not wait for a connection
	// that another one holds which does the same.
	if db.r, err = sql.Open("pgx", o.URL); err != nil {
		return fmt.Errorf("store: open: %w", err)
	}
	db.r.SetMaxOpenConns(o.Conns)
	db.r.SetMaxIdleConns(o.Conns)
	locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 600)) // asks every second, for ten minutes
	if err != nil {
		return fmt.Errorf("store: %w", err)
	}
	return migrate(ctx, goose.DialectPostgres, db.w, "migrations/postgres", goose.WithSessionLocker(locker))
}

func (db *DB) openSQLite(ctx context.Context, o Options) (err error) {
	path := filepath.Join(o.Dir, "gongkai.db")
	if db.w, err = sql.Open("sqlite", sqliteDSN(path, false)); err != nil {
		return fmt.Errorf("store: open: %w", err)
	}
	db.w.SetMaxOpenConns(1)
	if o.Hasty {
		if _, err := db.w.ExecContext(ctx, "PRAGMA synchronous = OFF"); err != nil {
			return fmt.Errorf("store: %w", err)
		}
	}
	if err := tooOld(ctx, db.w); err != nil {
		return err
	}
	if err := migrateAlone(ctx, db.w, o.Dir); err != nil {
		return err
	}
	if db.r, err = sql.Open("sqlite", sqliteDSN(path, true)); err != nil {
		return fmt.Errorf("store: open: %w", err)
	}
	db.r.SetMaxOpenConns(readers)
	db.r.SetMaxIdleConns(readers)
	return nil
}

// migrateAlone migrates while holding a lock of its own: a second small database that is written to. Programs that start at
// the same moment wait for each other.
func migrateAlone(ctx context.Context, w *sql.DB, dir string) (err error) {
	gate, err := sql.Open("sqlite", sqliteDSN(filepath.Join(dir, "migrate.lock"), false))
	if err != nil {
		return fmt.Errorf("store: lock: %w", err)
	}
	defer func() { err = errors.Join(err, gate.Close()) }()
	gate.SetMaxOpenConns(1)
	held, err := gate.BeginTx(ctx, nil) // begins by taking the lock
	if err != nil {
		return fmt.Errorf("store: lock: %w", err)
	}
	defer func() { err = errors.Join(err, held.Rollback()) }()
	return migrate(ctx, goose.DialectSQLite3, w, "migrations/sqlite")
}

func migrate(ctx context.Context, d goose.Dialect, w *sql.DB, dir string, opts ...goose.ProviderOption) error {
	sub, err := fs.Sub(migrations, dir)
	if err != nil {
		return fmt.Errorf("store: %w", err)
	}
	p, err := goose.NewProvider(d, w, sub, opts...)
	if err != nil {
		return fmt.Errorf("store: migrations: %w", err)
	}
	if _, err = p.Up(ctx); err != nil {
		return fmt.Errorf("store: migrate: %w", err)
	}
	current, known, err := p.GetVersions(ctx)
	if err != nil {
		return fmt.Errorf("store: migrate: %w", err)
	}
	if current > known {
		return newer(current, known)
	}
	return nil
}

// newer refuses a database that a newer version of the program has brought further: this one would not keep what it does not
// know.
func newer(current, known int64) error {
	return fault.New(fault.Incapable, "store.newer",
		fmt.Sprintf("数据来自更新的版本（数据结构第 %d 版，本程序只认识到第 %d 版），没有动；请用那个版本或更新的 gongkai", current, known))
}

// sqliteDSN names the database with the settings of its connections. Writers take their lock at the beginning, so that two
// of them wait for each other instead of failing half-way; what was committed is on disk.
func sqliteDSN(path string, readOnly bool) string {
	q := url.Values{}
	q.Add("_pragma", "busy_timeout(20000)")
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

func tooOld(ctx context.Context, w *sql.DB) error {
	var version string
	if err := w.QueryRowContext(ctx, "SELECT sqlite_version()").Scan(&version); err != nil {
		return fmt.Errorf("store: %w", err)
	}
	if !atLeast(version, minSQLite) {
		return fmt.Errorf("store: SQLite %s is older than %v, which has a fix for lost commits in WAL mode", version, minSQLite)
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
