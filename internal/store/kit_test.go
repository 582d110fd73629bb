package store

import (
	"context"
	"testing"
	"time"

	"github.com/gongkai/gongkai/internal/account"
	"github.com/gongkai/gongkai/internal/crypt"
	"github.com/gongkai/gongkai/internal/filing"
	"github.com/gongkai/gongkai/internal/testkit/pgtest"
	"github.com/gongkai/gongkai/internal/work"
)

var noon = time.Date(2026, 1, 20, 4, 0, 0, 0, time.UTC)

// testMaster opens the keys of all test databases.
var testMaster = crypt.NewMaster()

// tester is who acts in tests that are not about who acts.
var tester = account.System("test")

// place is a database of a test with its clock.
type place struct {
	*DB
	clock *time.Time
	o     Options
}

// on opens a fresh database of a kind: "sqlite" or "postgres".
func on(t *testing.T, kind string) place {
	t.Helper()
	clock := noon
	o := Options{Now: func() time.Time { return clock }, Master: &testMaster}
	if kind == "postgres" {
		o.URL = pgtest.Template(t, "store", func(url string) error {
			db, err := Open(context.Background(), Options{URL: url})
			if err != nil {
				return err
			}
			return db.Close()
		})
		o.Conns = 6
	} else {
		o.Dir = t.TempDir()
	}
	db, err := Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return place{db, &clock, o}
}

// onBoth is the conformance suite: every test that goes through it passes on SQLite and on PostgreSQL.
func onBoth(t *testing.T, f func(t *testing.T, p place)) {
	t.Helper()
	for _, kind := range []string{"sqlite", "postgres"} {
		t.Run(kind, func(t *testing.T) { f(t, on(t, kind)) })
	}
}

// update writes without an entry of the record being asked for: tests of single methods are no use cases.
func update(t *testing.T, p place, f func(context.Context, filing.Tx) error) {
	t.Helper()
	if err := p.write(t, f); err != nil {
		t.Fatal(err)
	}
}

func (p place) write(t *testing.T, f func(context.Context, filing.Tx) error) error {
	t.Helper()
	return p.Update(t.Context(), func(tx *Tx) error {
		err := f(t.Context(), filingTx{tx})
		tx.dirty = false
		return err
	})
}

func (p place) queue(t *testing.T, f func(context.Context, work.Tx) error) {
	t.Helper()
	if err := Work(p.DB).Update(t.Context(), func(tx work.Tx) error { return f(t.Context(), tx) }); err != nil {
		t.Fatal(err)
	}
}
