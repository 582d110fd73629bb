package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/gongkai/gongkai/internal/fault"
)

// gate is a lock on the whole of a site's data. Everybody who opens the database shares it; who replaces the data has it
// alone. It ends with the process, however that ends. On SQLite it is the lock of a second, empty database, which works the
// same on every system; on PostgreSQL an advisory lock of a session.
type gate struct {
	db   *sql.DB
	conn *sql.Conn
}

// gateKey is the number of the advisory lock: "gongkai" in bytes.
const gateKey int64 = 0x676f6e676b6169

// share lets others share the gate. It waits while somebody replaces the data. Errors: fault.Conflict when that takes longer
// than a while.
func share(ctx context.Context, o Options) (*gate, error) {
	if dialectOf(o.URL).name == "postgres" {
		return openGate(ctx, "pgx", o.URL, fmt.Sprintf("SELECT pg_advisory_lock_shared(%d)", gateKey))
	}
	// A transaction that has read keeps others from writing until it ends.
	g, err := openGate(ctx, "sqlite", gateDSN(o.Dir, 20000), "BEGIN", "SELECT COUNT(*) FROM sqlite_master")
	if busy(err) {
		return nil, fault.Wrap(fault.Conflict, "store.restoring", "正在从备份恢复这个数据文件夹，还没有结束；请等恢复完成后再启动", err)
	}
	return g, err
}

// alone takes the gate for one program only. Of PostgreSQL it waits for a moment: the server may not have noticed yet that a
// program was killed. Errors: fault.Conflict while others have the database open.
func alone(ctx context.Context, o Options) (*gate, error) {
	if dialectOf(o.URL).name == "postgres" {
		g, err := openGate(ctx, "pgx", o.URL, "SET lock_timeout = '2s'", fmt.Sprintf("SELECT pg_advisory_lock(%d)", gateKey))
		var pg *pgconn.PgError
		if errors.As(err, &pg) && pg.Code == "55P03" { // lock_not_available
			return nil, inUse(err)
		}
		return g, err
	}
	g, err := openGate(ctx, "sqlite", gateDSN(o.Dir, 0), "BEGIN EXCLUSIVE")
	if busy(err) {
		return nil, inUse(err)
	}
	return g, err
}

// held is for who is alone already.
func held(context.Context, Options) (*gate, error) { return nil, nil }

func inUse(cause error) error {
	return fault.Wrap(fault.Conflict, "store.in_use", "有程序正在使用这个数据库，没有动；请先停下 gongkai serve 和其他 gongkai 命令，再试一次", cause)
}

// gateDSN names the gate of a data folder. It must not be in WAL mode, in which readers keep nobody out.
func gateDSN(dir string, wait int) string {
	q := url.Values{}
	q.Add("_pragma", fmt.Sprintf("busy_timeout(%d)", wait))
	u := url.URL{Scheme: "file", Opaque: (&url.URL{Path: filepath.ToSlash(filepath.Join(dir, "open.lock"))}).EscapedPath(), RawQuery: q.Encode()}
	return u.String()
}

func openGate(ctx context.Context, driver, dsn string, statements ...string) (*gate, error) {
	db, err := sql.Open(driver, dsn)
	if err != nil {
		return nil, fmt.Errorf("store: gate: %w", err)
	}
	g := &gate{db: db}
	if g.conn, err = db.Conn(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("store: gate: %w", err), g.close())
	}
	for _, s := range statements {
		if _, err := g.conn.ExecContext(ctx, s); err != nil {
			return nil, errors.Join(fmt.Errorf("store: gate: %w", err), g.close())
		}
	}
	return g, nil
}

// close opens the gate: with its connection the lock is gone. Closing twice is no error.
func (g *gate) close() error {
	if g == nil {
		return nil
	}
	var err error
	if g.conn != nil {
		err = g.conn.Close()
	}
	if errors.Is(err, sql.ErrConnDone) {
		err = nil
	}
	return errors.Join(err, g.db.Close())
}

func busy(err error) bool {
	var e *sqlite.Error
	return errors.As(err, &e) && e.Code()&0xff == sqlite3.SQLITE_BUSY
}
