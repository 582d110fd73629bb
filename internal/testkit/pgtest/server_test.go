//go:build linux || darwin || freebsd

package pgtest

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
)

// ending names how a child process of these tests ends, in its environment.
const ending = "GONGKAI_PGTEST_ENDING"

func TestMain(m *testing.M) {
	how := os.Getenv(ending)
	if how == "" {
		os.Exit(m.Run())
	}
	s, err := running(nil)
	if err != nil {
		fmt.Println(err)
		os.Exit(3)
	}
	fmt.Printf("%s\n%s\n", s.dir, s.url("postgres", "postgres"))
	_, err = io.Copy(io.Discard, os.Stdin) // until the test has looked
	if err != nil || how == "panic" {
		panic("as the test wants it")
	}
	os.Exit(0)
}

// TestServerEndsWithItsProcess runs these tests' own program as a child that starts a server and ends in some way.
func TestServerEndsWithItsProcess(t *testing.T) {
	for _, how := range []string{"exit", "panic", "kill"} {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			cmd := exec.CommandContext(t.Context(), os.Args[0])
			cmd.Env = append(os.Environ(), ending+"="+how)
			in, err := cmd.StdinPipe()
			if err != nil {
				t.Fatal(err)
			}
			out, err := cmd.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			err = cmd.Start()
			if err != nil {
				t.Fatal(err)
			}
			lines := bufio.NewScanner(out)
			var said []string
			for len(said) < 2 && lines.Scan() {
				said = append(said, lines.Text())
			}
			if len(said) < 2 {
				t.Fatalf("the child said %q and ended: %v", said, cmd.Wait())
			}
			dir, url := said[0], said[1]
			run(t, open(t, url), "SELECT 1")
			lock, err := os.Open(filepath.Join(dir, lockName))
			if err != nil {
				t.Fatal(err)
			}
			defer lock.Close()
			if how == "kill" {
				err = cmd.Process.Kill()
				if err != nil {
					t.Fatal(err)
				}
			}
			in.Close()
			_ = cmd.Wait() // a panic and a kill are errors
			err = syscall.Flock(int(lock.Fd()), syscall.LOCK_EX)
			if err != nil { // returns when the supervisor has ended
				t.Fatal(err)
			}
			_, err = os.Stat(dir)
			if !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("the folder of the ended process is there: %v", err)
			}
			conn, err := pgx.Connect(t.Context(), url)
			if err == nil {
				_ = conn.Close(t.Context())
				t.Error("the server of the ended process is there")
			}
		})
	}
}

func TestFoldersOfTheDeadAreRemoved(t *testing.T) {
	parent := t.TempDir()
	alive, held, err := folder(parent)
	if err != nil {
		t.Fatal(err)
	}
	defer held.Close()
	left, lock, err := folder(parent)
	if err != nil {
		t.Fatal(err)
	}
	lock.Close()
	made := func(name string, age time.Duration) string {
		dir := filepath.Join(parent, name)
		err := os.Mkdir(dir, 0o700)
		if err != nil {
			t.Fatal(err)
		}
		then := time.Now().Add(-age)
		err = os.Chtimes(dir, then, then)
		if err != nil {
			t.Fatal(err)
		}
		return dir
	}
	begun, given, other := made(prefix+"begun", 0), made(prefix+"given-up", 2*unfinished), made("other", 2*unfinished)

	err = sweep(parent, nil)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]bool{alive: true, left: false, begun: true, given: false, other: true}
	got := map[string]bool{}
	for dir := range want {
		_, err := os.Stat(dir)
		got[dir] = err == nil
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("folders that are left (-want +got):\n%s", diff)
	}
}

func TestServerThatDoesNotStartShowsItsLog(t *testing.T) {
	bin, err := programs()
	if err != nil {
		t.Fatal(err)
	}
	as, err := account()
	if err != nil {
		t.Fatal(err)
	}
	dir, lock, err := folder(os.TempDir()) // which the user of the server gets at
	if err != nil {
		t.Fatal(err)
	}
	defer lock.Close()
	if as != nil {
		err = os.Chown(dir, int(as.Uid), int(as.Gid))
		if err != nil {
			t.Fatal(err)
		}
	}
	s := newServer(dir, 1, "none") // without a cluster
	ended, err := s.run(bin, as, lock, false)
	if err != nil {
		t.Fatal(err)
	}
	err = s.ready()
	s.leash.Close()
	<-ended
	if err == nil || !strings.Contains(err.Error(), "could not access directory") {
		t.Errorf("the error says %v, want the server's own words", err)
	}
}

func TestWithoutPostgreSQLTheMessageSaysWhatToDo(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	got, err := search("/nowhere/*/bin/initdb")
	if err == nil || !strings.Contains(err.Error(), "make setup") {
		t.Errorf("found %q, error %v, want advice", got, err)
	}
}

func TestHighestVersionIsUsed(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	root := t.TempDir()
	for _, version := range []string{"9", "15", "17", "old"} {
		bin := filepath.Join(root, version, "bin")
		err := os.MkdirAll(bin, 0o755)
		if err != nil {
			t.Fatal(err)
		}
		err = os.WriteFile(filepath.Join(bin, "initdb"), nil, 0o600)
		if err != nil {
			t.Fatal(err)
		}
	}
	got, err := search(filepath.Join(root, "*", "bin", "initdb"))
	if want := filepath.Join(root, "17", "bin"); err != nil || got != want {
		t.Errorf("found %q, %v; want %q", got, err, want)
	}
}

func BenchmarkStart(b *testing.B) {
	for b.Loop() {
		s, err := start(false)
		if err != nil {
			b.Fatal(err)
		}
		s.leash.Close()
		<-s.gone
	}
	b.ReportMetric(float64(b.Elapsed().Milliseconds())/float64(b.N), "ms/start")
}
