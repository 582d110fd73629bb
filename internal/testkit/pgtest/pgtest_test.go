package pgtest

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
)

// open connects for as long as the test lasts.
func open(t testing.TB, url string) *pgx.Conn {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	return conn
}

func run(t testing.TB, conn *pgx.Conn, statement string) {
	t.Helper()
	_, err := conn.Exec(t.Context(), statement)
	if err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

func ask[T any](t testing.TB, conn *pgx.Conn, query string, args ...any) T {
	t.Helper()
	var v T
	err := conn.QueryRow(t.Context(), query, args...).Scan(&v)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return v
}

func TestFreshDatabasesAreIndependentAndEmpty(t *testing.T) {
	one, two := open(t, URL(t)), open(t, URL(t))
	run(t, one, "CREATE TABLE note (word TEXT)")
	for _, conn := range []*pgx.Conn{two, open(t, URL(t))} {
		if n := ask[int](t, conn, "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace"); n != 0 {
			t.Errorf("a fresh database has %d tables and indexes", n)
		}
	}
	run(t, two, "CREATE TABLE note (word TEXT, place TEXT)")
}

func TestDatabasesAreAsInProduction(t *testing.T) {
	conn := open(t, URL(t))
	got := map[string]string{}
	for _, name := range []string{"server_encoding", "lc_collate", "lc_ctype", "is_superuser", "max_connections", "listen_addresses", "fsync"} {
		got[name] = ask[string](t, conn, "SELECT current_setting($1)", name)
	}
	want := map[string]string{"server_encoding": "UTF8", "lc_collate": "C.UTF-8", "lc_ctype": "C.UTF-8", "is_superuser": "off",
		"max_connections": "200", "listen_addresses": "127.0.0.1", "fsync": "off"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("settings (-want +got):\n%s", diff)
	}
	if got := ask[string](t, open(t, URL(t, Durable)), "SELECT current_setting('fsync')"); got != "on" {
		t.Errorf("fsync of the durable server is %s", got)
	}
}

func TestNobodyComesInWithoutThePassword(t *testing.T) {
	url := URL(t)
	secret := servers[0].server.password
	if strings.Count(url, secret) != 1 {
		t.Fatal("the URL holds no password")
	}
	conn, err := pgx.Connect(t.Context(), strings.Replace(url, secret, "guess", 1))
	if err == nil {
		_ = conn.Close(t.Context())
		t.Error("the server took a wrong password")
	}
}

// schema is a migration for the tests of templates.
func schema(url string) error {
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return err
	}
	_, err = conn.Exec(ctx, "CREATE TABLE note (id BIGINT PRIMARY KEY, word TEXT); INSERT INTO note VALUES (1, '公开')")
	return errors.Join(err, conn.Close(ctx))
}

func TestFiftyClonesAtOnceHaveOneMigration(t *testing.T) {
	var migrations atomic.Int64
	var urls sync.Map
	name := rand.Text() // another one at every run
	t.Run("clones", func(t *testing.T) {
		for i := range 50 {
			t.Run(fmt.Sprint(i), func(t *testing.T) {
				t.Parallel()
				url := Template(t, name, func(url string) error { migrations.Add(1); return schema(url) })
				if _, twice := urls.LoadOrStore(url, true); twice {
					t.Error("two tests got one database")
				}
				conn := open(t, url)
				run(t, conn, fmt.Sprintf("INSERT INTO note VALUES (2, 'clone %d')", i))
				if got, want := ask[string](t, conn, "SELECT string_agg(word, ',' ORDER BY id) FROM note"), fmt.Sprintf("公开,clone %d", i); got != want {
					t.Errorf("the clone holds %q, want %q", got, want)
				}
			})
		}
	})
	if n := migrations.Load(); n != 1 {
		t.Errorf("migrated %d times, want once", n)
	}
	left := ask[int](t, open(t, servers[0].server.url("postgres", "postgres")), "SELECT count(*) FROM pg_database WHERE datname LIKE 'test%'")
	if left != 0 {
		t.Errorf("%d databases of ended tests are left", left)
	}
}

func TestDatabaseIsDroppedThoughConnectionsAreOpen(t *testing.T) {
	var conn *pgx.Conn
	t.Run("careless", func(t *testing.T) {
		var err error
		conn, err = pgx.Connect(t.Context(), URL(t))
		if err != nil {
			t.Fatal(err)
		}
	})
	if err := conn.Ping(t.Context()); err == nil {
		t.Error("the connection outlived its database")
	}
	_ = conn.Close(t.Context())
}

func TestMigrationThatFailsSaysWhatTheServerSaid(t *testing.T) {
	s, err := running(nil)
	if err != nil {
		t.Fatal(err)
	}
	calls, name := 0, rand.Text()
	for range 2 {
		_, err = s.template(name, func(url string) error {
			calls++
			conn := open(t, url)
			_, err := conn.Exec(t.Context(), "CREATE TABEL note ()")
			return err
		})
		if err == nil || strings.Count(err.Error(), "TABEL") < 2 { // in pgx's words and in the server's
			t.Errorf("the error says %v, want the statement from the log", err)
		}
	}
	if calls != 1 {
		t.Errorf("migrated %d times, want once", calls)
	}
}

func BenchmarkClone(b *testing.B) {
	Template(b, "benchmark", schema)
	s := servers[0].server
	original, err := s.template("benchmark", schema)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		database := fmt.Sprintf("bench_%d", s.count.Add(1))
		err := errors.Join(s.admin("CREATE DATABASE "+database+" OWNER "+owner+" TEMPLATE "+original), s.admin("DROP DATABASE "+database))
		if err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Milliseconds())/float64(b.N), "ms/clone")
}
