package store

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/gongkai/gongkai/internal/account"
	"github.com/gongkai/gongkai/internal/audit"
	"github.com/gongkai/gongkai/internal/crypt"
	"github.com/gongkai/gongkai/internal/disk"
	"github.com/gongkai/gongkai/internal/fault"
)

// Place is where a database is to be put back, held alone: no other program has it open until Close.
type Place struct {
	o    Options
	gate *gate
	dir  string // where a database is built beside
	own  bool   // dir was made for this and is removed
}

// ClaimPlace takes the place that o names for putting a database back there. Nothing is changed yet.
// Errors: fault.Conflict while other programs have the database open.
func ClaimPlace(ctx context.Context, o Options) (p *Place, err error) {
	p = &Place{o: o, dir: o.Dir}
	if o.Dir == "" {
		if p.dir, err = os.MkdirTemp("", "gongkai-restore-"); err != nil {
			return nil, fmt.Errorf("store: %w", err)
		}
		p.own = true
	} else if err := os.MkdirAll(o.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	if p.gate, err = alone(ctx, o); err != nil {
		return nil, errors.Join(err, p.Close())
	}
	return p, nil
}

// Close gives the place free and removes what was built beside.
func (p *Place) Close() error {
	var err error
	if p.own {
		err = os.RemoveAll(p.dir)
	} else if p.gate != nil { // only who is alone may clear what was left behind
		var left []string
		left, err = filepath.Glob(filepath.Join(p.dir, beside+"*"))
		for _, l := range left {
			err = errors.Join(err, os.RemoveAll(l))
		}
	}
	return errors.Join(err, p.gate.close())
}

// beside begins the names of folders in which a database is built.
const beside = "restoring-"

// Holds reports whether there is anything in the place, and the head of its record. A database that cannot be read is
// something, too.
func (p *Place) Holds(ctx context.Context) (rows bool, head audit.Head, err error) {
	db := &DB{o: p.o, dialect: dialectOf(p.o.URL)}
	path := filepath.Join(p.o.Dir, "gongkai.db")
	if db.name == "sqlite" && !there(path) {
		return false, head, nil
	}
	err = db.openToRead(ctx, p.o, path)
	if err == nil {
		err = db.View(ctx, func(tx *Tx) error {
			m, err := tx.moment(ctx)
			if err != nil {
				return err
			}
			head = m.Head
			rows, err = tx.anyRow(ctx, m.Tables)
			return err
		})
	}
	err = errors.Join(err, db.Close())
	if err != nil && db.name == "sqlite" && ctx.Err() == nil {
		return true, head, nil
	}
	return rows, head, err
}

// anyRow reports whether a table has a row, but for what a fresh database has by itself.
func (tx *Tx) anyRow(ctx context.Context, tables []Table) (bool, error) {
	for _, t := range tables {
		if t.Name == "audit_head" {
			continue
		}
		n, _, err := one(ctx, tx, scanInt, `SELECT COUNT(*) FROM (SELECT 1 FROM `+quoted(t.Name)+` LIMIT 1) AS x`)
		if err != nil || n > 0 {
			return n > 0, err
		}
	}
	return false, nil
}

// Staged is a database that was built beside and verified, and has not taken its place.
type Staged struct {
	p      *Place
	db     *DB
	closed bool
}

// Stage builds a SQLite database beside, at the version of m, lets fill add the rows, and brings it to this version. It then
// holds all that a database has to: types, keys, references between tables, and the record up to m.Head.
// Errors: fault.Incapable for a version that this program does not know, fault.Unreadable for content that does not hold.
func (p *Place) Stage(ctx context.Context, m Moment, fill func(add func(table int, values []any) error) error) (s *Staged, err error) {
	dir, err := os.MkdirTemp(p.dir, beside+"*")
	if err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	if err := build(ctx, filepath.Join(dir, "gongkai.db"), m, fill); err != nil {
		return nil, err
	}
	o := p.o
	o.URL, o.Dir, o.Master = "", dir, nil
	db, err := Open(ctx, o)
	if err != nil {
		return nil, fmt.Errorf("store: what was built beside: %w", err)
	}
	s = &Staged{p: p, db: db}
	broken, head, err := db.VerifyAudit(ctx)
	switch {
	case err != nil:
	case broken != nil:
		err = fault.New(fault.Unreadable, "restore.chain", fmt.Sprintf("备份里的操作记录链在第 %d 条断开：%s；没有恢复，请换一份备份", broken.Seq, broken.Why))
	case head.Seq != m.Head.Seq || !bytes.Equal(head.Hash, m.Head.Hash):
		err = fault.New(fault.Unreadable, "restore.head", fmt.Sprintf("备份里的操作记录链头（第 %d 条）与清单记着的（第 %d 条）不符；没有恢复，请换一份备份", head.Seq, m.Head.Seq))
	}
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// Close closes the database, once; the place removes it.
func (s *Staged) Close() error {
	if s.closed {
		return nil
	}
	s.closed = true
	return s.db.Close()
}

// KeysOpen reports whether there are keys of protected fields, and whether master opens them. Errors: those of crypt.Open.
func (s *Staged) KeysOpen(ctx context.Context, master *crypt.Master) (keys int, err error) {
	err = s.db.View(ctx, func(tx *Tx) error {
		all, err := tx.wrappedKeys(ctx)
		keys = len(all)
		if err == nil && keys > 0 && master != nil {
			_, err = crypt.Open(*master, all)
		}
		return err
	})
	return keys, err
}

// Note writes an entry of the record into the database before it takes its place.
func (s *Staged) Note(ctx context.Context, by account.Actor, n audit.Note) error {
	return s.db.Update(ctx, func(tx *Tx) error { return tx.Note(ctx, by, n) })
}

// Take puts the database in its place, in one step. On SQLite what was there is kept, under the name that is returned; on
// PostgreSQL it is replaced in one transaction. With an error what was there stays. s is closed.
func (s *Staged) Take(ctx context.Context) (kept string, err error) {
	if dialectOf(s.p.o.URL).name == "sqlite" {
		return s.swap(ctx)
	}
	o := s.p.o
	o.Master = nil
	to, err := open(ctx, o, held)
	if err == nil {
		err = to.replaceWith(ctx, s.db)
		err = errors.Join(err, to.Close())
	}
	return "", errors.Join(err, s.Close())
}

// swap moves the database to its place. At every moment there is a whole one under its name.
func (s *Staged) swap(ctx context.Context) (kept string, err error) {
	from, to := filepath.Join(s.db.o.Dir, "gongkai.db"), filepath.Join(s.p.o.Dir, "gongkai.db")
	if err := s.Close(); err != nil { // the last one who closes writes everything into the file
		return "", err
	}
	if there(from + "-wal") {
		return "", errors.New("store: the new database was not written out: its log is left")
	}
	if err := flushFile(from); err != nil {
		return "", err
	}
	if kept, err = s.p.putAside(ctx, to); err != nil {
		return "", err
	}
	if err := os.Rename(from, to); err != nil {
		return "", fmt.Errorf("store: %w", err)
	}
	return kept, disk.SyncDir(s.p.o.Dir)
}

func flushFile(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return fmt.Errorf("store: %w", err)
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("store: %w", err)
	}
	return nil
}

// putAside gives the database that is there another name beside the one it has, and moves away a log that belongs to it: the
// next one must not be taken for its own.
func (p *Place) putAside(ctx context.Context, path string) (kept string, err error) {
	if !there(path) {
		return "", nil
	}
	writeOut(ctx, path)
	now := p.o.Now
	if now == nil {
		now = time.Now
	}
	name := path + ".before-restore-" + now().UTC().Format("20060102T150405Z")
	kept = name
	for n := 2; there(kept); n++ {
		kept = fmt.Sprintf("%s-%d", name, n)
	}
	if err := os.Link(path, kept); err != nil { // a file system without links: for an instant there is none under the name
		if err := os.Rename(path, kept); err != nil {
			return "", fmt.Errorf("store: %w", err)
		}
	}
	for _, log := range []string{"-wal", "-shm"} {
		if err := os.Rename(path+log, kept+log); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return "", fmt.Errorf("store: %w", err)
		}
	}
	return kept, disk.SyncDir(p.o.Dir)
}

func there(path string) bool {
	_, err := os.Lstat(path)
	return !errors.Is(err, fs.ErrNotExist)
}

// writeOut lets SQLite write a log that a killed program left into its database. Of a damaged one both are kept as they are.
func writeOut(ctx context.Context, path string) {
	w, err := sql.Open("sqlite", sqliteDSN(path, false))
	if err != nil {
		return
	}
	w.SetMaxOpenConns(1)
	_, _ = w.ExecContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)") // a damaged database stays as it is
	_ = w.Close()                                                // the same
}

// reference is a rule that PostgreSQL holds between two tables.
type reference struct{ table, name, rule string }

// replaceWith puts the content of a SQLite database of the same version in place of everything, in one transaction.
func (db *DB) replaceWith(ctx context.Context, from *DB) error {
	return db.run(ctx, db.w, nil, func(tx *Tx) error {
		tables, err := tx.tables(ctx)
		if err != nil {
			return err
		}
		refs, err := list(ctx, tx, func(scan func(...any) error) (r reference, err error) {
			err = scan(&r.table, &r.name, &r.rule)
			return r, err
		}, `SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
			WHERE contype = 'f' AND connamespace = current_schema()::regnamespace ORDER BY 1, 2`)
		if err != nil {
			return err
		}
		before, after := around(tables, refs)
		for _, s := range before {
			if _, err := tx.quiet(ctx, s); err != nil {
				return err
			}
		}
		var want audit.Head
		err = tx.fill(ctx, tables, 1000, func(add func(int, []any) error) error {
			return from.Dump(ctx, func(m Moment) error {
				want = m.Head
				if d := different(m.Tables, tables); d != "" {
					return fmt.Errorf("store: the two databases differ: %s", d)
				}
				return nil
			}, add)
		})
		if err != nil {
			return err
		}
		for _, s := range after {
			if _, err := tx.quiet(ctx, s); err != nil {
				return err
			}
		}
		broken, head, err := tx.verifyAudit(ctx)
		if err == nil && (broken != nil || head.Seq != want.Seq || !bytes.Equal(head.Hash, want.Hash)) {
			err = fmt.Errorf("store: the record does not hold after copying: %+v, head %d %s", broken, head.Seq, hex.EncodeToString(head.Hash))
		}
		return err
	})
}

// around returns what takes the rules of PostgreSQL away and empties all tables, and what puts the rules back, which also
// holds every row to them.
func around(tables []Table, refs []reference) (before, after []string) {
	var names []string
	for _, r := range refs {
		before = append(before, `ALTER TABLE `+r.table+` DROP CONSTRAINT `+quoted(r.name))
		after = append(after, `ALTER TABLE `+r.table+` ADD CONSTRAINT `+quoted(r.name)+` `+r.rule)
	}
	for _, t := range tables {
		names = append(names, quoted(t.Name))
		before = append(before, `ALTER TABLE `+quoted(t.Name)+` DISABLE TRIGGER USER`)
		after = append(after, `ALTER TABLE `+quoted(t.Name)+` ENABLE TRIGGER USER`)
	}
	return append(before, `TRUNCATE `+strings.Join(names, ", ")), after
}
