package store

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gongkai/gongkai/internal/fault"
	"github.com/gongkai/gongkai/internal/filing"
)

func dumpError(t *testing.T, db *DB) error {
	t.Helper()
	return db.Dump(t.Context(), func(Moment) error { return nil }, func(int, []any) error { return nil })
}

// TestWhatCannotBeCopiedFaithfullyIsNotCopied puts things into a database that no migration of this house puts there.
func TestWhatCannotBeCopiedFaithfullyIsNotCopied(t *testing.T) {
	for kind, statements := range map[string][]string{
		"sqlite": {`CREATE TABLE odd (a REAL)`, `CREATE TABLE odd (a TEXT, b TEXT AS (a || 'x'))`, `CREATE VIRTUAL TABLE odd USING fts5(a)`,
			`INSERT INTO settings (name, value) VALUES ('odd', x'ff')`, `INSERT INTO settings (name, value, serial) VALUES ('odd', '', 1.5)`},
		"postgres": {`CREATE TABLE odd (a BOOLEAN)`, `CREATE TABLE odd (a TEXT, b TEXT GENERATED ALWAYS AS (a || 'x') STORED)`,
			`CREATE TABLE odd (a BIGINT GENERATED ALWAYS AS IDENTITY)`, `CREATE TABLE odd (a BIGINT) PARTITION BY RANGE (a)`},
	} {
		for _, s := range statements {
			t.Run(kind+" "+s, func(t *testing.T) {
				p := on(t, kind)
				if err := dumpError(t, p.DB); err != nil {
					t.Fatalf("before: %v", err)
				}
				if _, err := p.w.ExecContext(t.Context(), s); err != nil {
					t.Fatal(err)
				}
				if err := dumpError(t, p.DB); err == nil {
					t.Error("copied")
				}
			})
		}
	}
}

// TestBothDatabasesHaveTheSameTables keeps the two sets of migrations together.
func TestBothDatabasesHaveTheSameTables(t *testing.T) {
	m1, _ := everything(t, on(t, "sqlite").DB)
	m2, _ := everything(t, on(t, "postgres").DB)
	if d := different(m1.Tables, m2.Tables); d != "" || m1.Version != m2.Version {
		t.Errorf("versions %d and %d: %s", m1.Version, m2.Version, d)
	}
	for i, t1 := range m1.Tables {
		if d := cmp.Diff(t1.key, m2.Tables[i].key); d != "" || len(t1.key) == 0 {
			t.Errorf("key of %s: %s", t1.Name, d)
		}
	}
}

// emptyPlace is a place of a kind that nobody has open.
func emptyPlace(t *testing.T, kind string) Options {
	t.Helper()
	p := on(t, kind)
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	o := p.o
	o.Dir = t.TempDir()
	return o
}

// putBack restores the content of a database into a place.
func putBack(t *testing.T, from *DB, o Options) (kept string, err error) {
	t.Helper()
	place, err := ClaimPlace(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	defer place.Close()
	m, _ := everything(t, from)
	s, err := place.Stage(t.Context(), m, func(add func(int, []any) error) error {
		return from.Dump(t.Context(), func(Moment) error { return nil }, add)
	})
	if err != nil {
		return "", err
	}
	return s.Take(t.Context())
}

func TestTextThatPostgreSQLCannotHoldIsNamed(t *testing.T) {
	for name, text := range map[string]string{"zero byte": "a\x00b", "no UTF-8": "a\xffb"} {
		t.Run(name, func(t *testing.T) {
			p := on(t, "sqlite")
			act(t, p, tester, "expected.replace", "甲局")
			if _, err := p.w.ExecContext(t.Context(), `INSERT INTO settings (name, value) VALUES ('odd', ?)`, text); err != nil {
				t.Fatal(err)
			}
			o := emptyPlace(t, "postgres")
			_, err := putBack(t, p.DB, o)
			if fault.CodeOf(err) != "restore.text" || !strings.Contains(err.Error(), "settings") {
				t.Errorf("error %v, want restore.text", err)
			}
			_, rows := everything(t, opened(t, o))
			if len(oddRows(rows)) != 0 || len(rows["expected_agencies"]) != 0 {
				t.Errorf("something was put there: %v", rows)
			}
			back := emptyPlace(t, "sqlite")
			if _, err := putBack(t, p.DB, back); err != nil {
				t.Fatal(err)
			}
			if _, rows := everything(t, opened(t, back)); len(oddRows(rows)) != 1 || oddRows(rows)[0]["value"] != text {
				t.Errorf("came back as %q", oddRows(rows))
			}
		})
	}
}

func oddRows(rows map[string][]row) (out []row) {
	for _, r := range rows["settings"] {
		if r["name"] == "odd" {
			out = append(out, r)
		}
	}
	return out
}

// TestProgramThatStartsDuringARestoreWaits opens a database whose place is claimed.
func TestProgramThatStartsDuringARestoreWaits(t *testing.T) {
	onBoth(t, func(t *testing.T, p place) {
		if _, err := ClaimPlace(t.Context(), p.o); fault.CodeOf(err) != "store.in_use" {
			t.Fatalf("claimed under a running program: %v", err)
		}
		o := emptyPlace(t, p.name)
		claimed, err := ClaimPlace(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := ClaimPlace(t.Context(), o); fault.CodeOf(err) != "store.in_use" {
			t.Errorf("claimed twice: %v", err)
		}
		if sharedAtOnce(t, o) {
			t.Error("shared while somebody has it alone")
		}
		ended := make(chan error, 1)
		go func() {
			db, err := Open(context.Background(), o)
			if err == nil {
				err = db.Close()
			}
			ended <- err
		}()
		if err := claimed.Close(); err != nil {
			t.Fatal(err)
		}
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}

// sharedAtOnce reports whether the gate is open to one more, without waiting.
func sharedAtOnce(t *testing.T, o Options) (ok bool) {
	t.Helper()
	if o.URL == "" {
		g, err := openGate(t.Context(), "sqlite", gateDSN(o.Dir, 0), "BEGIN", "SELECT COUNT(*) FROM sqlite_master")
		if err == nil {
			err = g.close()
		} else if busy(err) {
			return false
		}
		if err != nil {
			t.Fatal(err)
		}
		return true
	}
	g, err := openGate(t.Context(), "pgx", o.URL)
	if err == nil {
		err = errors.Join(g.conn.QueryRowContext(t.Context(), "SELECT pg_try_advisory_lock_shared($1)", gateKey).Scan(&ok), g.close())
	}
	if err != nil {
		t.Fatal(err)
	}
	return ok
}

// TestLogOfAKilledProgramIsKeptWithItsDatabase restores over a database whose last changes stand in its log only, as they do
// after a program was killed.
func TestLogOfAKilledProgramIsKeptWithItsDatabase(t *testing.T) {
	p, fresh := on(t, "sqlite"), on(t, "sqlite")
	act(t, p, tester, "expected.replace", "甲局")
	killed := Options{Dir: t.TempDir(), Now: p.o.Now, Master: &testMaster}
	for _, name := range []string{"gongkai.db", "gongkai.db-wal"} {
		data, err := os.ReadFile(filepath.Join(p.o.Dir, name))
		if err != nil || len(data) == 0 {
			t.Fatalf("%s: %d bytes, %v", name, len(data), err)
		}
		if err := os.WriteFile(filepath.Join(killed.Dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	kept, err := putBack(t, fresh.DB, killed)
	if err != nil {
		t.Fatal(err)
	}
	agencies := func(db *DB) (all []filing.Agency) {
		err := Filing(db).View(t.Context(), func(tx filing.Tx) (err error) { all, err = tx.Agencies(t.Context()); return err })
		if err != nil {
			t.Fatal(err)
		}
		return all
	}
	if got := agencies(opened(t, killed)); len(got) != 0 {
		t.Errorf("the restored database has %v", got)
	}
	old := Options{Dir: t.TempDir(), Now: p.o.Now, Master: &testMaster}
	if err := os.Rename(kept, filepath.Join(old.Dir, "gongkai.db")); err != nil {
		t.Fatal(err)
	}
	if got := agencies(opened(t, old)); len(got) != 1 {
		t.Errorf("what was kept has %v, want the change of the log", got)
	}
}
