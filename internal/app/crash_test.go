package app_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gongkai/gongkai/internal/account"
	"github.com/gongkai/gongkai/internal/app"
	"github.com/gongkai/gongkai/internal/audit"
	"github.com/gongkai/gongkai/internal/backup"
	"github.com/gongkai/gongkai/internal/blob"
	"github.com/gongkai/gongkai/internal/config"
	"github.com/gongkai/gongkai/internal/store"
	"github.com/gongkai/gongkai/internal/testkit/pgtest"
	"github.com/gongkai/gongkai/internal/work"
)

// Children of these tests are told in the environment what to work on.
const (
	crashData  = "GONGKAI_CRASH_DATA"
	crashDB    = "GONGKAI_CRASH_DB"
	crashRound = "GONGKAI_CRASH_ROUND"
	crashFile  = "GONGKAI_CRASH_FILE"
	// crashRounds says how often processes are killed; scripts/crash.sh sets it.
	crashRounds = "GONGKAI_CRASH_ROUNDS"
)

const crashJob work.Kind = "crash.work"

// crashChild is what the test program does when it is started to be killed; it returns the exit status.
func crashChild(what string) int {
	ctx := context.Background()
	c := config.Config{Data: os.Getenv(crashData), DB: os.Getenv(crashDB), Hash: "sha256", Cipher: "aes-256-gcm"}
	var err error
	switch what {
	case "crash-writer":
		err = crashWriter(ctx, c)
	case "crash-backup":
		_, err = app.Backup(ctx, c, os.Getenv(crashFile), nil)
	case "crash-restore":
		_, err = app.Restore(ctx, c, os.Getenv(crashFile), true, nil)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

// crashSite is a site's data as the writer and the test open them.
type crashSite struct {
	db    *store.DB
	files *blob.Folder
}

func openCrashSite(ctx context.Context, c config.Config) (s crashSite, err error) {
	o, err := app.StoreOptions(c)
	if err != nil {
		return s, err
	}
	if s.db, err = store.Open(ctx, o); err != nil {
		return s, err
	}
	s.files, err = blob.OpenFolder(filepath.Join(c.Data, "blobs"))
	return s, err
}

// crashWriter writes from several goroutines until it is killed, and says on standard output what was confirmed to it.
func crashWriter(ctx context.Context, c config.Config) error {
	s, err := openCrashSite(ctx, c)
	if err != nil {
		return err
	}
	if err := store.Work(s.db).Update(ctx, func(tx work.Tx) error { return tx.Reclaim(ctx) }); err != nil {
		return err
	}
	runner := work.NewRunner(store.Work(s.db), map[work.Kind]work.Entry{crashJob: {Do: s.did}})
	failed := make(chan error, 1)
	fail := func(err error) {
		select {
		case failed <- err:
		default:
		}
	}
	for w := range 4 {
		go func() {
			for i := range 100_000 {
				if err := s.keep(ctx, w, fmt.Sprintf("%s.%d.%d", os.Getenv(crashRound), w, i)); err != nil {
					fail(err)
					return
				}
			}
		}()
	}
	go func() {
		for range 100_000 {
			if _, err := runner.Work(ctx, time.Second, time.Now); err != nil {
				fail(err)
				return
			}
		}
	}()
	return <-failed
}

var said sync.Mutex

// say tells the test what is confirmed: a line in one write.
func say(what, key, digest string) error {
	said.Lock()
	defer said.Unlock()
	_, err := fmt.Printf("%s %s %s\n", what, key, digest)
	return err
}

// keep puts a file in and, in one transaction, everything that belongs to it: two settings that have to agree, a job, and
// the entry of the record.
func (s crashSite) keep(ctx context.Context, writer int, key string) error {
	text := strings.Repeat(key+"\n", 1+rand.IntN(2000))
	info, err := s.files.Put(ctx, strings.NewReader(text), 1<<20)
	if err != nil {
		return err
	}
	err = s.db.Update(ctx, func(tx *store.Tx) error {
		for _, name := range []string{"kept " + key, "left " + strconv.Itoa(writer), "right " + strconv.Itoa(writer)} {
			value := key
			if name == "kept "+key {
				value = info.Digest
			}
			_, serial, _, err := tx.Setting(ctx, name)
			if err != nil {
				return err
			}
			if err := tx.SaveSetting(ctx, name, value, serial); err != nil {
				return err
			}
		}
		if err := tx.Enqueue(ctx, work.Ask{Kind: crashJob, Key: key, Args: info.Digest}); err != nil {
			return err
		}
		return tx.Note(ctx, account.System("test"), audit.Note{Action: "crash.keep", Subject: audit.Subject{Kind: "crash", ID: key}})
	})
	if err != nil {
		return err
	}
	return say("kept", key, info.Digest)
}

// did is the job: it needs the file, and leaves a setting.
func (s crashSite) did(ctx context.Context, j work.Job, _ time.Time) error {
	if err := s.files.Verify(ctx, j.Args); err != nil {
		return err
	}
	err := s.db.Update(ctx, func(tx *store.Tx) error {
		_, serial, _, err := tx.Setting(ctx, "done "+j.Key)
		if err != nil {
			return err
		}
		if err := tx.SaveSetting(ctx, "done "+j.Key, j.Args, serial); err != nil {
			return err
		}
		return tx.Note(ctx, account.System("test"), audit.Note{Action: "crash.done", Subject: audit.Subject{Kind: "crash", ID: j.Key}})
	})
	if err != nil {
		return err
	}
	return say("done", j.Key, j.Args)
}

// killed runs this program as a child and kills it: after it has said so many lines, or after so long, whichever comes first.
// It returns the whole lines that were said. A child that ends by itself is no error where it may.
func killed(t *testing.T, what string, env []string, lines int, after time.Duration, mayEnd bool) (out []string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], what)
	cmd.Env = append(os.Environ(), env...)
	var errs bytes.Buffer
	cmd.Stderr = &errs
	pipe, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	kill := func() { _ = cmd.Process.Kill() } // it may have ended by itself
	timer := time.AfterFunc(after, kill)
	in := bufio.NewReader(pipe)
	for {
		line, err := in.ReadString('\n')
		if errors.Is(err, io.EOF) {
			break // the last one may be half a line: nothing was confirmed by it
		}
		if err != nil {
			t.Fatal(err)
		}
		if out = append(out, strings.TrimSpace(line)); len(out) == lines {
			kill()
		}
	}
	ended := cmd.Wait()
	timer.Stop()
	if cmd.ProcessState.Exited() && (ended != nil || !mayEnd) {
		t.Fatalf("%s ended by itself: %v\n%s", what, ended, errs.String())
	}
	return out
}

// confirmed is what a site has confirmed so far: digests by key.
type confirmed struct{ kept, done map[string]string }

// tally counts over all sites of a test.
type tally struct{ confirmed, found, lost int }

// hold asks a site for everything that was confirmed.
func (c confirmed) hold(t *testing.T, cfg config.Config) (sum tally) {
	t.Helper()
	s, err := openCrashSite(t.Context(), cfg)
	if err != nil {
		t.Fatalf("the site does not open: %v", err)
	}
	defer s.db.Close()
	broken, head, err := s.db.VerifyAudit(t.Context())
	if err != nil || broken != nil {
		t.Fatalf("the record is broken at %+v, %v", broken, err)
	}
	settings, jobs, entries := map[string]string{}, map[string]bool{}, map[string]bool{}
	contents(t, s.db, func(table string, row map[string]any) {
		switch table {
		case "settings":
			settings[row["name"].(string)] = row["value"].(string)
		case "jobs":
			jobs[row["job_key"].(string)] = true
		case "audit_entries":
			entries[row["action"].(string)+" "+row["subject_id"].(string)] = true
		}
	})
	for w := range 4 {
		if l, r := settings["left "+strconv.Itoa(w)], settings["right "+strconv.Itoa(w)]; l != r {
			t.Errorf("half a change: %q and %q", l, r)
		}
	}
	check := func(what, key string, ok bool) {
		sum.confirmed++
		if ok {
			sum.found++
			return
		}
		sum.lost++
		t.Errorf("lost: %s %s", what, key)
	}
	for key, digest := range c.kept {
		_, done := settings["done "+key]
		check("change", key, settings["kept "+key] == digest)
		check("entry of the record", key, entries["crash.keep "+key])
		check("job", key, done || jobs[string(crashJob)+":"+key])
		check("file", key, s.files.Verify(t.Context(), digest) == nil)
	}
	for key, digest := range c.done {
		check("work", key, settings["done "+key] == digest && entries["crash.done "+key])
	}
	if int64(len(entries)) > head.Seq {
		t.Errorf("%d entries, head %d", len(entries), head.Seq)
	}
	err = s.files.Each(t.Context(), func(i blob.Info) error { return s.files.Verify(t.Context(), i.Digest) })
	if err != nil {
		t.Errorf("a file that is not whole: %v", err)
	}
	return sum
}

// contents gives every row of a database.
func contents(t *testing.T, db *store.DB, give func(table string, row map[string]any)) {
	t.Helper()
	var m store.Moment
	err := db.Dump(t.Context(), func(at store.Moment) error { m = at; return nil }, func(table int, values []any) error {
		row := map[string]any{}
		for i, c := range m.Tables[table].Columns {
			row[c.Name] = values[i]
		}
		give(m.Tables[table].Name, row)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// rounds is how often a process is killed.
func rounds(t *testing.T, usual int) int {
	t.Helper()
	text := os.Getenv(crashRounds)
	if text == "" {
		return usual
	}
	n, err := strconv.Atoi(text)
	if err != nil || n <= 0 {
		t.Fatalf("%s=%q", crashRounds, text)
	}
	return n
}

func crashConfig(t *testing.T, kind string) config.Config {
	t.Helper()
	c := config.Config{Data: t.TempDir(), Hash: "sha256", Cipher: "aes-256-gcm"}
	if kind == "postgres" {
		c.DB = pgtest.URL(t)
	}
	return c
}

func childEnv(c config.Config, more ...string) []string {
	return append([]string{crashData + "=" + c.Data, crashDB + "=" + c.DB}, more...)
}

// perSite is how many times one site is killed before a fresh one is begun.
const perSite = 15

// TestNothingConfirmedIsLostWhenTheProgramIsKilled kills a program that writes, again and again, and asks each time for all
// that was confirmed before.
func TestNothingConfirmedIsLostWhenTheProgramIsKilled(t *testing.T) {
	for _, kind := range []string{"sqlite", "postgres"} {
		t.Run(kind, func(t *testing.T) {
			n, kills := rounds(t, perSite), 0
			var sum tally
			for kills < n {
				c := crashConfig(t, kind)
				all := confirmed{map[string]string{}, map[string]string{}}
				var last tally
				for range min(perSite, n-kills) {
					kills++
					after := time.Minute
					if rand.IntN(5) == 0 { // while it starts
						after = time.Duration(rand.IntN(200)) * time.Millisecond
					}
					lines := killed(t, "crash-writer", childEnv(c, crashRound+"="+strconv.Itoa(kills)), 1+rand.IntN(150), after, false)
					for _, line := range lines {
						f := strings.Fields(line)
						if len(f) != 3 {
							t.Fatalf("the child said %q", line)
						}
						map[string]map[string]string{"kept": all.kept, "done": all.done}[f[0]][f[1]] = f[2]
					}
					last = all.hold(t, c)
					if t.Failed() {
						t.Fatalf("after %d kills", kills)
					}
				}
				sum.confirmed, sum.found, sum.lost = sum.confirmed+last.confirmed, sum.found+last.found, sum.lost+last.lost
			}
			if sum.confirmed == 0 {
				t.Error("nothing was ever confirmed")
			}
			t.Logf("%s: killed %d times; confirmed=%d found=%d lost=%d", kind, kills, sum.confirmed, sum.found, sum.lost)
		})
	}
}

// state is a site's rows as text, but for what a restore adds to the record.
func state(t *testing.T, c config.Config) (rows []string, restored bool) {
	t.Helper()
	s, err := openCrashSite(t.Context(), c)
	if err != nil {
		t.Fatalf("the site does not open: %v", err)
	}
	defer s.db.Close()
	if broken, _, err := s.db.VerifyAudit(t.Context()); err != nil || broken != nil {
		t.Fatalf("the record is broken at %+v, %v", broken, err)
	}
	contents(t, s.db, func(table string, row map[string]any) {
		switch {
		case table == "audit_entries" && row["action"] == "site.restore":
			restored = true
		case table == "settings" || table == "jobs" || table == "audit_entries":
			rows = append(rows, fmt.Sprint(table, row))
		}
	})
	return rows, restored
}

// TestKilledRestoreLeavesTheOldOrTheNew kills restores over a site that has data, at any moment of the time that they take.
func TestKilledRestoreLeavesTheOldOrTheNew(t *testing.T) {
	for _, kind := range []string{"sqlite", "postgres"} {
		t.Run(kind, func(t *testing.T) {
			from := crashConfig(t, "sqlite")
			file := filepath.Join(t.TempDir(), "site.zip")
			fillCrashSite(t, from, "new", 200)
			if _, err := app.Backup(t.Context(), from, file, nil); err != nil {
				t.Fatal(err)
			}
			fresh, _ := state(t, from)
			key, err := os.ReadFile(filepath.Join(from.Data, "master.key"))
			if err != nil {
				t.Fatal(err)
			}
			took, olds, news := 300*time.Millisecond, 0, 0
			n := rounds(t, 8)
			for i := range n {
				c := crashConfig(t, kind)
				if err := os.WriteFile(filepath.Join(c.Data, "master.key"), key, 0o600); err != nil {
					t.Fatal(err)
				}
				fillCrashSite(t, c, "old", 20)
				old, _ := state(t, c)
				begun := time.Now()
				after := time.Duration(rand.Int64N(int64(took) + 1))
				if i == 0 {
					after = time.Minute // the first one is let through, to learn how long it takes
				}
				killed(t, "crash-restore", childEnv(c, crashFile+"="+file), 0, after, true)
				if i == 0 {
					took = time.Since(begun)
				}
				rows, restored := state(t, c)
				want := old
				if restored {
					news++
					want = fresh
				} else {
					olds++
				}
				if !slices.Equal(rows, want) {
					t.Fatalf("round %d, killed after %v, restored %v: %d rows, want %d", i, after, restored, len(rows), len(want))
				}
				// It can be done again, and then is.
				if _, err := app.Restore(t.Context(), c, file, true, nil); err != nil {
					t.Fatalf("again: %v", err)
				}
				if left, err := filepath.Glob(filepath.Join(c.Data, "restoring-*")); err != nil || len(left) != 0 {
					t.Errorf("left %v, %v", left, err)
				}
			}
			t.Logf("%s: %d restores killed within %v: %d old, %d new", kind, n, took.Round(time.Millisecond), olds, news)
		})
	}
}

// fillCrashSite confirms some changes.
func fillCrashSite(t *testing.T, c config.Config, name string, n int) {
	t.Helper()
	s, err := openCrashSite(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	defer s.db.Close()
	for i := range n {
		err := s.db.Update(t.Context(), func(tx *store.Tx) error {
			if err := tx.SaveSetting(t.Context(), fmt.Sprint(name, i), strings.Repeat(name, 500), 0); err != nil {
				return err
			}
			return tx.Note(t.Context(), account.System("test"), audit.Note{Action: "crash.fill", Subject: audit.Subject{Kind: "crash", ID: fmt.Sprint(name, i)}})
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// TestKilledBackupLeavesTheOneBefore kills backups over an earlier one: under the name is always a whole backup.
func TestKilledBackupLeavesTheOneBefore(t *testing.T) {
	c := crashConfig(t, "sqlite")
	fillCrashSite(t, c, "row", 200)
	file := filepath.Join(t.TempDir(), "site.zip")
	if _, err := app.Backup(t.Context(), c, file, nil); err != nil {
		t.Fatal(err)
	}
	for range rounds(t, 8) {
		killed(t, "crash-backup", childEnv(c, crashFile+"="+file), 0, time.Duration(rand.IntN(200))*time.Millisecond, true)
		a, err := backup.Open(t.Context(), file, nil)
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(a.Verify(t.Context(), nil), a.Close()); err != nil {
			t.Fatal(err)
		}
	}
}
