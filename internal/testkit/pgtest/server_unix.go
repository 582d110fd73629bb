//go:build linux || darwin || freebsd

package pgtest

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

// attempts bounds how often another port is tried: a free one may be taken before the server listens on it.
const attempts = 3

// supervise is the parent of the server. Its standard input is a pipe of which only the test process holds the other end, so
// that reading ends when that process does: by exit, panic or kill. Descriptor 3 is the locked file that says the folder is
// in use, 4 is open as long as the server lives. Nothing in the folder is worth an orderly shutdown.
const supervise = `dir=$1; shift
"$@" 3>&- </dev/null >>"$dir/server.log" 2>&1 &
exec 4>&-
read -r _
kill -QUIT $!
wait $!
cd / && rm -rf "$dir"`

// settings differ from what a server has by itself.
var settings = []string{"listen_addresses=127.0.0.1", "max_connections=200", "log_line_prefix=%d: ", "timezone=UTC"}

// hasty settings forget the last commits when the machine fails.
var hasty = []string{"fsync=off", "synchronous_commit=off", "full_page_writes=off", "autovacuum=off",
	"max_wal_size=128MB"}

// start makes a cluster in a folder of its own and starts a server on it.
func start(durable bool) (*server, error) {
	bin, err := programs()
	if err != nil {
		return nil, err
	}
	as, err := account()
	if err != nil {
		return nil, err
	}
	for _, parent := range []string{os.TempDir(), memory} {
		err = sweep(parent, as)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("pgtest: removing what dead tests left: %w", err)
		}
	}
	for range attempts {
		var s *server
		s, err = launch(bin, as, durable)
		if err == nil {
			return s, nil
		}
		if !strings.Contains(err.Error(), "Address already in use") {
			break
		}
	}
	return nil, err
}

// programs returns the folder of the server's programs.
func programs() (string, error) { return search("/usr/lib/postgresql/*/bin/initdb") }

// search returns the folder of initdb on the search path, or that in the pattern with the highest version, as Debian has them.
func search(pattern string) (string, error) {
	found, err := exec.LookPath("initdb")
	if err == nil {
		return filepath.Dir(found), nil
	}
	all, err := filepath.Glob(pattern)
	if err != nil {
		return "", err
	}
	best, version := "", -1
	for _, p := range all {
		bin := filepath.Dir(p)
		n, err := strconv.Atoi(filepath.Base(filepath.Dir(bin)))
		if err == nil && n > version {
			best, version = bin, n
		}
	}
	if best == "" {
		return "", errors.New("pgtest: no PostgreSQL server is installed (initdb is neither on the search path nor under /usr/lib/postgresql): " + advice)
	}
	return best, nil
}

// account returns whom the server runs as: nil for whoever runs the tests, and somebody else for root, whom PostgreSQL refuses.
func account() (*syscall.Credential, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err := strconv.ParseUint(u.Uid, 10, 32)
		if err != nil {
			return nil, fmt.Errorf("pgtest: the user %s: %w", name, err)
		}
		gid, err := strconv.ParseUint(u.Gid, 10, 32)
		if err != nil {
			return nil, fmt.Errorf("pgtest: the user %s: %w", name, err)
		}
		return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
	}
	return nil, errors.New("pgtest: PostgreSQL does not run as root, and there is neither a user postgres nor nobody: " + advice)
}

// launch makes the cluster and starts the server once.
func launch(bin string, as *syscall.Credential, durable bool) (*server, error) {
	dir, lock, err := folder(parentOf(durable))
	if err != nil {
		return nil, fmt.Errorf("pgtest: %w", err)
	}
	defer lock.Close() // the supervisor has it, too
	port, err := freePort()
	if err != nil {
		return nil, errors.Join(fmt.Errorf("pgtest: %w", err), os.RemoveAll(dir))
	}
	s := newServer(dir, port, rand.Text())
	err = s.initialise(bin, as)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("pgtest: initdb: %w", err), os.RemoveAll(dir))
	}
	ended, err := s.run(bin, as, lock, durable)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("pgtest: %w", err), os.RemoveAll(dir))
	}
	err = s.ready()
	if err == nil {
		err = s.admin("CREATE ROLE " + owner + " LOGIN PASSWORD '" + s.password + "'")
	}
	if err != nil {
		s.leash.Close()
		<-ended
		return nil, err
	}
	return s, nil
}

// freePort returns a port of 127.0.0.1 that nobody listens on now.
func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	port := l.Addr().(*net.TCPAddr).Port
	return port, l.Close()
}

// initialise makes the cluster.
func (s *server) initialise(bin string, as *syscall.Credential) error {
	secret := filepath.Join(s.dir, "password")
	err := os.WriteFile(secret, []byte(s.password+"\n"), 0o600)
	if err != nil {
		return err
	}
	if as != nil {
		for _, p := range []string{s.dir, secret} {
			err = os.Chown(p, int(as.Uid), int(as.Gid))
			if err != nil {
				return err
			}
		}
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, filepath.Join(bin, "initdb"), "--pgdata="+filepath.Join(s.dir, "data"), "--username=postgres",
		"--pwfile="+secret, "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8", "--lc-messages=C", "--no-sync", "--no-instructions")
	s.house(cmd, as)
	out, err := cmd.CombinedOutput()
	if err != nil {
		return fmt.Errorf("%w\n%s", err, bytes.TrimSpace(out))
	}
	return nil
}

// house makes a command one of the server's: its user, its folder, no environment but the search path, and a process group that
// the interrupt key of the terminal does not reach.
func (s *server) house(cmd *exec.Cmd, as *syscall.Credential) {
	cmd.Dir = s.dir
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "LC_ALL=C"}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Credential: as}
}

// run starts the server below its supervisor. The channel is closed when the supervisor has ended, and all is removed.
func (s *server) run(bin string, as *syscall.Credential, lock *os.File, durable bool) (<-chan struct{}, error) {
	args := []string{"-c", supervise, "pgtest", s.dir, filepath.Join(bin, "postgres"), "-D", filepath.Join(s.dir, "data"),
		"-k", s.dir, "-p", strconv.Itoa(s.port)}
	use := settings
	if !durable {
		use = append(use[:len(use):len(use)], hasty...)
	}
	for _, set := range use {
		args = append(args, "-c", set)
	}
	hold, leash, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer hold.Close()
	alive, life, err := os.Pipe()
	if err != nil {
		return nil, errors.Join(err, leash.Close())
	}
	defer life.Close()
	cmd := exec.Command("/bin/sh", args...)
	s.house(cmd, as)
	cmd.Stdin = hold
	cmd.ExtraFiles = []*os.File{lock, life}
	err = cmd.Start()
	if err != nil {
		return nil, errors.Join(err, leash.Close(), alive.Close())
	}
	s.leash = leash
	gone, ended := make(chan struct{}), make(chan struct{})
	s.gone = gone
	go func() {
		defer alive.Close()
		defer close(gone)
		_, _ = alive.Read(make([]byte, 1)) // nothing is ever written: it returns when the server is gone
	}()
	go func() {
		defer close(ended)
		_ = cmd.Wait() // how a supervisor ended says nothing that the server's log does not say
	}()
	return ended, nil
}

// ready waits until the server takes connections, or is gone.
func (s *server) ready() error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	for {
		conn, err := pgx.Connect(ctx, s.url("postgres", "postgres"))
		if err == nil {
			return conn.Close(ctx)
		}
		select {
		case <-s.gone:
			return s.failed(errors.New("the server did not start"))
		case <-ctx.Done():
			return s.failed(fmt.Errorf("the server takes no connections: %w", err))
		case <-again.C:
		}
	}
}
