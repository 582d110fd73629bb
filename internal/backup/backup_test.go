package backup

import (
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gongkai/gongkai/internal/audit"
	"github.com/gongkai/gongkai/internal/blob"
	"github.com/gongkai/gongkai/internal/crypt"
	"github.com/gongkai/gongkai/internal/fault"
	"github.com/gongkai/gongkai/internal/store"
)

var kinds = []string{"sqlite", "postgres"}

// TestRestoredSiteIsTheSame goes from each database into each, and from the last back into the first.
func TestRestoredSiteIsTheSame(t *testing.T) {
	for _, from := range kinds {
		for _, to := range kinds {
			t.Run(from+" to "+to, func(t *testing.T) {
				a, b := at(t, from), at(t, to)
				a.fill(t, 20)
				want := a.content(t)
				file := a.backup(t)
				res, err := b.restore(file, false)
				if err != nil {
					t.Fatal(err)
				}
				if res.Replaced || res.Kept != "" || res.Keys != 2 || !res.Opened || res.Manifest.Rows() == 0 {
					t.Errorf("result %+v", res)
				}
				same(t, want, b.content(t))
				if err := b.works(t); err != nil {
					t.Errorf("a change after the restore: %v", err)
				}
				back := at(t, from)
				if _, err := back.restore(b.backup(t), false); err != nil {
					t.Fatal(err)
				}
				same(t, b.content(t), back.content(t))
			})
		}
	}
}

// works changes something, and tries what the record has to refuse.
func (s site) works(t testing.TB) (err error) {
	t.Helper()
	s.with(t, func(db *store.DB, files *blob.Folder) {
		err = keep(t.Context(), db, files, "后来的", "后来的内容")
	})
	return err
}

func TestTheSameDataMakeTheSameMembersFromEitherDatabase(t *testing.T) {
	a, b := at(t, "sqlite"), at(t, "postgres")
	a.fill(t, 5)
	first := a.backup(t)
	if _, err := b.restore(first, false); err != nil {
		t.Fatal(err)
	}
	one, two := sumsOf(t, first), sumsOf(t, b.backup(t))
	delete(one, manifestName) // it names the database
	delete(two, manifestName)
	if d := cmp.Diff(one, two); d != "" {
		t.Errorf("(-sqlite +postgres):\n%s", d)
	}
}

func sumsOf(t *testing.T, path string) map[string]string {
	t.Helper()
	a, err := Open(t.Context(), path, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	return a.sums
}

func TestDataThatAreThereAreReplacedOnlyWhenAsked(t *testing.T) {
	for _, kind := range kinds {
		t.Run(kind, func(t *testing.T) {
			a, b := at(t, "sqlite"), at(t, kind)
			a.fill(t, 3)
			b.fill(t, 7)
			file, before := a.backup(t), b.content(t)
			if _, err := b.restore(file, false); fault.CodeOf(err) != "restore.not_empty" {
				t.Errorf("error %v, want restore.not_empty", err)
			}
			same(t, before, b.content(t))
			var head audit.Head
			b.with(t, func(db *store.DB, _ *blob.Folder) { _, head, _ = db.VerifyAudit(t.Context()) })
			res, err := b.restore(file, true)
			if err != nil {
				t.Fatal(err)
			}
			after := b.content(t)
			want := a.content(t)
			for _, table := range []string{"reports", "files", "batch_items", "expected_agencies", "jobs", "settings", "data_keys"} {
				if d := cmp.Diff(want.Tables[table], after.Tables[table]); d != "" {
					t.Errorf("%s (-want +got):\n%s", table, d)
				}
			}
			// The record is that of the backup with one entry more, which names the head that was there.
			got, entries := after.Tables["audit_entries"], want.Tables["audit_entries"]
			if len(got) != len(entries)+1 || cmp.Diff(entries, got[:len(entries)]) != "" {
				t.Fatalf("%d entries, want those of the backup (%d) and one more", len(got), len(entries))
			}
			if last := got[len(got)-1]; !strings.Contains(last, "site.restore") || !strings.Contains(last, hexOf(head.Hash)) {
				t.Errorf("last entry %s", last)
			}
			if (res.Kept != "") != (kind == "sqlite") || !res.Replaced {
				t.Errorf("result %+v", res)
			}
			if kind == "sqlite" { // what was there opens, and is whole
				old := site{o: b.o, files: b.files}
				old.o.Dir = t.TempDir()
				if err := os.Rename(res.Kept, filepath.Join(old.o.Dir, "gongkai.db")); err != nil {
					t.Fatal(err)
				}
				if d := cmp.Diff(before.Tables, old.content(t).Tables); d != "" {
					t.Errorf("what was kept (-want +got):\n%s", d)
				}
			}
		})
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// TestBackupIsOfOneMoment backs up while others write. Each of their changes sets two rows and adds a file: in the backup
// there are both or none, and the file is there.
func TestBackupIsOfOneMoment(t *testing.T) {
	for _, kind := range kinds {
		t.Run(kind, func(t *testing.T) {
			s := at(t, kind)
			s.fill(t, 10)
			s.with(t, func(db *store.DB, files *blob.Folder) {
				ctx, stop := context.WithCancel(t.Context())
				var writers sync.WaitGroup
				wrote := make(chan struct{}, 1000)
				for w := range 3 {
					writers.Go(func() {
						for i := 0; ctx.Err() == nil && i < 200; i++ {
							if err := keep(context.Background(), db, files, "x", fmt.Sprint(w, " ", i)); err != nil {
								t.Error(err)
								return
							}
							select {
							case wrote <- struct{}{}:
							default:
							}
						}
					})
				}
				for range 3 {
					<-wrote
					b := at(t, "sqlite")
					if _, err := b.restore(s.backup(t), false); err != nil {
						t.Error(err)
						break
					}
					c := b.content(t)
					kept := slices.DeleteFunc(slices.Clone(c.Tables["settings"]), func(row string) bool { return !strings.HasPrefix(row, `["file `) })
					jobs, settings := len(c.Tables["jobs"]), len(kept)
					if jobs != settings || jobs < 10 {
						t.Errorf("%d jobs and %d settings, want as many", jobs, settings)
					}
					for _, row := range kept {
						if !slices.ContainsFunc(mapKeys(c.Files), func(d string) bool { return strings.Contains(row, d) }) {
							t.Errorf("the file of %.200s is not in the backup", row)
						}
					}
				}
				stop()
				writers.Wait()
			})
		})
	}
}

func mapKeys(m map[string]int64) (out []string) {
	for k := range m {
		out = append(out, k)
	}
	return out
}

func TestNothingIsPutBackUnderARunningProgram(t *testing.T) {
	for _, kind := range kinds {
		t.Run(kind, func(t *testing.T) {
			a, b := at(t, "sqlite"), at(t, kind)
			a.fill(t, 1)
			file := a.backup(t)
			b.with(t, func(db *store.DB, files *blob.Folder) {
				if _, err := b.restore(file, true); !errors.Is(err, fault.Conflict) || fault.CodeOf(err) != "store.in_use" {
					t.Errorf("error %v, want store.in_use", err)
				}
				if err := keep(t.Context(), db, files, "a", "b"); err != nil {
					t.Error(err)
				}
			})
			if _, err := b.restore(file, true); err != nil {
				t.Errorf("after it was stopped: %v", err)
			}
		})
	}
}

func TestAnotherMasterKeyIsRefused(t *testing.T) {
	a, b := at(t, "sqlite"), at(t, "sqlite")
	a.fill(t, 1)
	file, other := a.backup(t), crypt.NewMaster()
	to := Target{Store: b.o, Master: &other, Files: func(context.Context) (blob.Store, error) { return blob.OpenFolder(b.files) }}
	if _, err := Restore(t.Context(), file, to, nil); fault.CodeOf(err) != "crypt.wrong_master" {
		t.Errorf("error %v, want crypt.wrong_master", err)
	}
	if left := must(filepath.Glob(filepath.Join(b.o.Dir, "gongkai.db*"))); len(left) != 0 {
		t.Errorf("left %v", left)
	}
	to.Master = nil // the key comes later
	res, err := Restore(t.Context(), file, to, nil)
	if err != nil || res.Keys != 2 || res.Opened {
		t.Errorf("result %+v, %v", res, err)
	}
}

func TestDamagedFileOfTheStoreIsToldAndNotPutBack(t *testing.T) {
	a, b := at(t, "sqlite"), at(t, "sqlite")
	a.fill(t, 3)
	var digest string
	a.with(t, func(_ *store.DB, files *blob.Folder) {
		digest = must(files.Put(t.Context(), strings.NewReader("原文"), 100)).Digest
	})
	if err := os.WriteFile(filepath.Join(a.files, digest[:2], digest[2:]), []byte("坏了"), 0o600); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "b.zip")
	m, err := a.backupTo(file)
	if err != nil || !slices.Equal(m.Files.Damaged, []string{digest}) {
		t.Fatalf("damaged %v, %v", m.Files.Damaged, err)
	}
	res, err := b.restore(file, false)
	if err != nil || !slices.Equal(res.Manifest.Files.Damaged, []string{digest}) {
		t.Fatalf("%+v, %v", res, err)
	}
	if _, ok := b.content(t).Files[digest]; ok {
		t.Error("a damaged file was put back under its name")
	}
}

func TestDamagedFileInTheStoreIsMendedByRestoring(t *testing.T) {
	a := at(t, "sqlite")
	a.fill(t, 3)
	want := a.content(t)
	file := a.backup(t)
	digest := slices.Min(mapKeys(want.Files))
	if err := os.WriteFile(filepath.Join(a.files, digest[:2], digest[2:]), []byte("坏了"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := a.restore(file, true); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(want.Files, a.content(t).Files); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

func TestDamagedDatabaseIsReplacedAndKept(t *testing.T) {
	a, b := at(t, "sqlite"), at(t, "sqlite")
	a.fill(t, 3)
	file := a.backup(t)
	for name, text := range map[string]string{"gongkai.db": strings.Repeat("坏", 5000), "gongkai.db-wal": "坏"} {
		if err := os.WriteFile(filepath.Join(b.o.Dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := b.restore(file, false); fault.CodeOf(err) != "restore.not_empty" {
		t.Fatalf("error %v, want restore.not_empty", err)
	}
	res, err := b.restore(file, true)
	if err != nil {
		t.Fatal(err)
	}
	if got := string(must(os.ReadFile(res.Kept))); got != strings.Repeat("坏", 5000) {
		t.Errorf("kept %.20q", got)
	}
	if d := cmp.Diff(a.content(t).Tables["reports"], b.content(t).Tables["reports"]); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

func TestBackupWritesOverBackupsOnly(t *testing.T) {
	a := at(t, "sqlite")
	a.fill(t, 1)
	path := filepath.Join(a.o.Dir, "gongkai.db")
	if _, err := a.backupTo(path); fault.CodeOf(err) != "backup.exists" {
		t.Errorf("over the database: %v", err)
	}
	file := a.backup(t)
	if _, err := a.backupTo(file); err != nil {
		t.Errorf("over an older backup: %v", err)
	}
	if left := must(filepath.Glob(filepath.Join(filepath.Dir(file), ".*"))); len(left) != 0 {
		t.Errorf("left %v", left)
	}
	empty := at(t, "sqlite")
	if _, err := empty.backupTo(filepath.Join(t.TempDir(), "x.zip")); !errors.Is(err, fault.NotFound) {
		t.Errorf("a folder without a database: %v", err)
	}
	if left := must(os.ReadDir(empty.o.Dir)); len(left) > 1 { // the lock
		t.Errorf("left %v", left)
	}
}

// TestBackupOfThePreviousReleaseIsBroughtToThisOne backs up data that no program of this version has opened.
func TestBackupOfThePreviousReleaseIsBroughtToThisOne(t *testing.T) {
	old := site{files: filepath.Join(t.TempDir(), "blobs")}
	old.o.Dir = t.TempDir()
	z := must(zip.OpenReader("../store/testdata/schema-0002.zip"))
	defer z.Close()
	data := must(io.ReadAll(must(z.Open("gongkai.db"))))
	if err := os.WriteFile(filepath.Join(old.o.Dir, "gongkai.db"), data, 0o600); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "old.zip")
	m, err := old.backupTo(file)
	if err != nil || m.Schema != 2 {
		t.Fatalf("version %d, %v", m.Schema, err)
	}
	for _, kind := range kinds {
		to := at(t, kind)
		if _, err := to.restore(file, false); err != nil {
			t.Fatalf("%s: %v", kind, err)
		}
		c := to.content(t)
		if len(c.Tables["reports"]) != 20 || len(c.Tables["expected_agencies"]) != 14 || len(c.Tables["jobs"]) != 10 {
			t.Errorf("%s: %d reports, %d agencies, %d jobs", kind, len(c.Tables["reports"]), len(c.Tables["expected_agencies"]), len(c.Tables["jobs"]))
		}
	}
}
