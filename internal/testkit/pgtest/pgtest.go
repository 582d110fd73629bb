// Package pgtest gives tests databases on a real PostgreSQL server. The first call in a test process starts a server of its
// own, on 127.0.0.1 and in a folder of its own; it ends with the process, however that ends. Nothing of the machine is used
// but the programs: no cluster, no service, no setting.
//
// What a test gets is a URL for a role that owns the database and is no superuser, as it is where the product runs.
package pgtest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// Option chooses the server that a database is on.
type Option int

// Durable asks for a server that waits for the disk at every commit, with autovacuum, as one outside of tests does. It is
// what a measurement of writing wants; without it both are off, and tests are faster.
const Durable Option = 1

const (
	owner    = "gongkai"        // owns the databases, is no superuser
	patience = 2 * time.Minute  // for everything that is asked of the server; only a broken one needs it
	admins   = 4                // connections that create and drop databases
	logTail  = 20               // lines of the server's log in a message
	advice   = "run make setup" // installs PostgreSQL
)

// URL returns the URL of a fresh, empty database, which is dropped when the test ends, with its connections. It fails the test
// where no PostgreSQL is installed or the server does not start.
func URL(t testing.TB, with ...Option) string {
	t.Helper()
	s, err := running(with)
	if err != nil {
		t.Fatal(err)
	}
	return s.lend(t, "template0")
}

// Template returns the URL of a database that is a copy of the one which migrate made. The original is made once per process
// and name, by the first caller: one name, one migrate. What migrate opens it has to close. A migrate that fails, fails
// every test that asks for its name.
func Template(t testing.TB, name string, migrate func(url string) error, with ...Option) string {
	t.Helper()
	s, err := running(with)
	if err != nil {
		t.Fatal(err)
	}
	original, err := s.template(name, migrate)
	if err != nil {
		t.Fatalf("the template %s: %v", name, err)
	}
	return s.lend(t, original)
}

// servers are those of this process: the fast one and the durable one.
var servers [2]struct {
	once   sync.Once
	server *server
	err    error
}

// running returns the server for the options, started by whoever comes first.
func running(with []Option) (*server, error) {
	var kind Option
	for _, o := range with {
		kind |= o & Durable
	}
	at := &servers[kind]
	at.once.Do(func() {
		at.err = errors.New("pgtest: an earlier start was cut off") // should start not return
		at.server, at.err = start(kind == Durable)
	})
	return at.server, at.err
}

// server is a running PostgreSQL server.
type server struct {
	dir      string // everything that belongs to it: data, log, socket
	port     int
	password string   // of both roles
	leash    *os.File // the server lives while this is open; kept here so that it is not collected
	// gone is closed when the server has ended.
	gone <-chan struct{}

	// free holds the connections of the superuser; nil stands for one that is not open yet.
	free  chan *pgx.Conn
	count atomic.Int64 // databases made so far, which numbers them

	mu        sync.Mutex
	templates map[string]*template
}

// template is a migrated database that others are copied from.
type template struct {
	once     sync.Once
	database string
	err      error
}

func newServer(dir string, port int, password string) *server {
	s := &server{dir: dir, port: port, password: password, free: make(chan *pgx.Conn, admins), templates: map[string]*template{}}
	for range admins {
		s.free <- nil
	}
	return s
}

func (s *server) url(role, database string) string {
	return fmt.Sprintf("postgres://%s:%s@127.0.0.1:%d/%s?sslmode=disable", role, s.password, s.port, database)
}

// lend copies the database original for one test.
func (s *server) lend(t testing.TB, original string) string {
	t.Helper()
	database := fmt.Sprintf("test_%d", s.count.Add(1))
	err := s.admin("CREATE DATABASE " + database + " OWNER " + owner + " TEMPLATE " + original)
	if err != nil {
		t.Fatalf("a database for the test: %v", err)
	}
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("what the server said of this test's database:\n%s", s.said(database))
		}
		err := s.admin("DROP DATABASE " + database + " WITH (FORCE)")
		if err != nil {
			t.Errorf("dropping the test's database: %v", err)
		}
	})
	return s.url(owner, database)
}

// template returns the database that migrate made, now or before.
func (s *server) template(name string, migrate func(url string) error) (string, error) {
	s.mu.Lock()
	at, ok := s.templates[name]
	if !ok {
		at = &template{database: fmt.Sprintf("template_%d", s.count.Add(1))}
		s.templates[name] = at
	}
	s.mu.Unlock()
	at.once.Do(func() {
		at.err = errors.New("migrate did not return") // should it end the test
		at.err = s.prepare(at.database, migrate)
	})
	return at.database, at.err
}

func (s *server) prepare(database string, migrate func(url string) error) error {
	err := s.admin("CREATE DATABASE " + database + " OWNER " + owner + " TEMPLATE template0")
	if err != nil {
		return err
	}
	err = migrate(s.url(owner, database))
	if err != nil {
		return fmt.Errorf("migrate: %w\n%s", err, s.said(database))
	}
	return s.admin("ALTER DATABASE " + database + " WITH ALLOW_CONNECTIONS false")
}

// admin runs one statement as the superuser.
func (s *server) admin(statement string) error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	conn := <-s.free
	defer func() { s.free <- conn }()
	if conn == nil || conn.IsClosed() {
		fresh, err := pgx.Connect(ctx, s.url("postgres", "postgres"))
		if err != nil {
			conn = nil
			return s.failed(err)
		}
		conn = fresh
	}
	_, err := conn.Exec(ctx, statement, pgx.QueryExecModeSimpleProtocol)
	if err != nil {
		return s.failed(err)
	}
	return nil
}

// failed adds the end of the server's log to an error.
func (s *server) failed(err error) error {
	return fmt.Errorf("pgtest: %w\nthe server's log ends with:\n%s", err, s.said(""))
}

// said returns the last lines of the server's log, of one database or of all.
func (s *server) said(database string) string {
	data, err := os.ReadFile(filepath.Join(s.dir, "server.log"))
	if err != nil {
		return err.Error()
	}
	var lines []string
	for line := range strings.Lines(string(data)) {
		if database == "" || strings.HasPrefix(line, database+": ") {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines[max(0, len(lines)-logTail):], "")
}
