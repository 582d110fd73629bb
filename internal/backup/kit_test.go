package backup

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gongkai/gongkai/internal/account"
	"github.com/gongkai/gongkai/internal/audit"
	"github.com/gongkai/gongkai/internal/blob"
	"github.com/gongkai/gongkai/internal/crypt"
	"github.com/gongkai/gongkai/internal/filing"
	"github.com/gongkai/gongkai/internal/store"
	"github.com/gongkai/gongkai/internal/testkit/pgtest"
	"github.com/gongkai/gongkai/internal/work"
)

var noon = time.Date(2026, 1, 20, 4, 0, 0, 0, time.UTC)

var (
	master = crypt.NewMaster()
	tester = account.System("test")
)

// site is a place for data: empty until it is opened.
type site struct {
	o     store.Options
	files string
}

// at returns an empty place of a kind, "sqlite" or "postgres".
func at(t testing.TB, kind string) site {
	t.Helper()
	s := site{files: filepath.Join(t.TempDir(), "blobs")}
	s.o = store.Options{Dir: t.TempDir(), Now: func() time.Time { return noon }, Master: &master, Conns: 4}
	if kind == "postgres" {
		s.o.URL = pgtest.URL(t)
	}
	return s
}

// with opens the database and the files, lets f use them, and closes them.
func (s site) with(t testing.TB, f func(*store.DB, *blob.Folder)) {
	t.Helper()
	db, err := store.Open(context.Background(), s.o)
	if err != nil {
		t.Fatal(err)
	}
	files, err := blob.OpenFolder(s.files)
	if err != nil {
		t.Fatal(err)
	}
	f(db, files)
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}

// keep puts a file in, as somebody who hands in a report does.
func keep(ctx context.Context, db *store.DB, files blob.Store, name, text string) error {
	info, err := files.Put(ctx, strings.NewReader(text), 1<<20)
	if err != nil {
		return err
	}
	return db.Update(ctx, func(tx *store.Tx) error {
		id, err := tx.NewID()
		if err != nil {
			return err
		}
		if err := tx.Enqueue(ctx, work.Ask{Kind: "report.read", Key: id, Args: id}); err != nil {
			return err
		}
		if err := tx.SaveSetting(ctx, "file "+id, info.Digest+" "+name, 0); err != nil {
			return err
		}
		return tx.Note(ctx, tester, audit.Note{Action: "file.keep", Subject: audit.Subject{Kind: "file", ID: info.Digest}, Cause: name})
	})
}

// odd is text in which a copy could go wrong.
var odd = []string{"", "甲局", "𠮷野家\u2028\n\t\"\\<&>", "{\"hex\":\"ff\"}", "[1]", "null", "0", strings.Repeat("长", 3000)}

// fill gives a site something of everything.
func (s site) fill(t testing.TB, n int) {
	t.Helper()
	s.with(t, func(db *store.DB, files *blob.Folder) {
		ctx := context.Background()
		err := store.Filing(db).Update(ctx, func(tx filing.Tx) error {
			list := []filing.Agency{}
			for i, text := range odd {
				list = append(list, filing.Agency{Name: fmt.Sprint("第", i, "局"), Group: text})
			}
			if err := tx.ReplaceAgencies(ctx, list); err != nil {
				return err
			}
			batch, err := tx.CreateBatch(ctx)
			if err != nil {
				return err
			}
			for i := range n {
				name := fmt.Sprint("第", i, "份.txt")
				info, err := files.Put(ctx, strings.NewReader(fmt.Sprint("内容", i)), 1<<20)
				if err != nil {
					return err
				}
				id, err := tx.CreateReport(ctx, filing.File{Digest: info.Digest, Name: name, Size: info.Size})
				if err != nil {
					return err
				}
				if err := tx.AddItem(ctx, batch, filing.Item{Name: name, Size: info.Size}, id); err != nil {
					return err
				}
			}
			return tx.Note(ctx, tester, audit.Note{Action: "batch.open", Subject: audit.Subject{Kind: "batch", ID: string(batch)}})
		})
		if err != nil {
			t.Fatal(err)
		}
		for i := range n {
			if err := keep(ctx, db, files, odd[i%len(odd)], fmt.Sprint("附件", i)); err != nil {
				t.Fatal(err)
			}
		}
	})
}

func (s site) backup(t testing.TB) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "site.zip")
	if _, err := s.backupTo(path); err != nil {
		t.Fatal(err)
	}
	return path
}

func (s site) backupTo(path string) (m Manifest, err error) {
	ctx := context.Background()
	db, err := store.OpenToCopy(ctx, s.o)
	if err != nil {
		return m, err
	}
	defer db.Close()
	files, err := blob.OpenFolder(s.files)
	if err != nil {
		return m, err
	}
	return Write(ctx, path, Source{DB: db, Files: files, Program: "test", Now: noon}, nil)
}

func (s site) restore(path string, replace bool) (Result, error) {
	return Restore(context.Background(), path, Target{Store: s.o, Master: &master, Replace: replace,
		Files: func(context.Context) (blob.Store, error) { return blob.OpenFolder(s.files) }}, nil)
}

// content is everything that a site holds: rows by table, files by digest.
type content struct {
	Tables map[string][]string
	Files  map[string]int64
}

func (s site) content(t testing.TB) content {
	t.Helper()
	c := content{map[string][]string{}, map[string]int64{}}
	s.with(t, func(db *store.DB, files *blob.Folder) {
		var m store.Moment
		err := db.Dump(context.Background(), func(at store.Moment) error { m = at; return nil }, func(table int, values []any) error {
			name := m.Tables[table].Name
			c.Tables[name] = append(c.Tables[name], fmt.Sprintf("%q", values))
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		err = files.Each(context.Background(), func(i blob.Info) error {
			c.Files[i.Digest] = i.Size
			return files.Verify(context.Background(), i.Digest)
		})
		if err != nil {
			t.Fatal(err)
		}
		if broken, _, err := db.VerifyAudit(context.Background()); err != nil || broken != nil {
			t.Errorf("the record: %+v, %v", broken, err)
		}
	})
	return c
}

func same(t testing.TB, want, got content) {
	t.Helper()
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got):\n%.4000s", d)
	}
}
