package store

import (
	"archive/zip"
	"context"
	"database/sql"
	"errors"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/pressly/goose/v3"

	"github.com/gongkai/gongkai/internal/blob"
	"github.com/gongkai/gongkai/internal/fault"
	"github.com/gongkai/gongkai/internal/filing"
	"github.com/gongkai/gongkai/internal/report"
	"github.com/gongkai/gongkai/internal/report/checks"
	"github.com/gongkai/gongkai/internal/testkit/pgtest"
	"github.com/gongkai/gongkai/internal/work"
)

// unpacked puts the data folder of the previous release into a fresh folder.
func unpacked(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	z, err := zip.OpenReader(filepath.Join("testdata", "schema-0002.zip"))
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	for _, f := range z.File {
		to := filepath.Join(dir, filepath.FromSlash(f.Name))
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(r)
		if err = errors.Join(err, os.MkdirAll(filepath.Dir(to), 0o700), os.WriteFile(to, data, 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// row is the values of a row by column.
type row map[string]any

// everything is all rows by table.
func everything(t *testing.T, db *DB) (Moment, map[string][]row) {
	t.Helper()
	var m Moment
	out := map[string][]row{}
	err := db.Dump(t.Context(), func(at Moment) error { m = at; return nil }, func(table int, values []any) error {
		r := row{}
		for i, c := range m.Tables[table].Columns {
			r[c.Name] = values[i]
		}
		out[m.Tables[table].Name] = append(out[m.Tables[table].Name], r)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return m, out
}

// earlier is a site that the previous release has left: the rows are read without anything being changed.
func earlier(t *testing.T, kind string) (o Options, rows map[string][]row, files string) {
	t.Helper()
	dir := unpacked(t)
	old, err := OpenToCopy(t.Context(), Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	defer old.Close()
	m, rows := everything(t, old)
	if m.Version != 2 || m.Head.Seq != 0 {
		t.Fatalf("the test data are of version %d, head %d", m.Version, m.Head.Seq)
	}
	late := noon.AddDate(1, 0, 0) // after every lease
	o = Options{Dir: dir, Now: func() time.Time { return late }, Master: &testMaster, Conns: 6}
	if kind == "postgres" {
		o.Dir, o.URL = "", pgtest.URL(t)
		oldPostgres(t, o.URL, old)
	}
	return o, rows, filepath.Join(dir, "blobs")
}

// oldPostgres makes a PostgreSQL database of that version with the same rows.
func oldPostgres(t *testing.T, url string, from *DB) {
	t.Helper()
	w, err := sql.Open("pgx", url)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	sub, err := fs.Sub(migrations, "migrations/postgres")
	if err != nil {
		t.Fatal(err)
	}
	p, err := goose.NewProvider(goose.DialectPostgres, w, sub)
	if err == nil {
		_, err = p.UpTo(t.Context(), 2)
	}
	if err != nil {
		t.Fatal(err)
	}
	to := &DB{w: w, r: w, o: Options{Now: time.Now}, dialect: dialectOf(url)}
	err = to.run(t.Context(), w, nil, func(tx *Tx) error {
		tables, err := tx.tables(t.Context())
		if err != nil {
			return err
		}
		// Those that others refer to come first.
		order := []string{"agencies", "batches", "files", "jobs", "reports", "batch_items"}
		for _, name := range order {
			err := tx.fill(t.Context(), tables, 10, func(add func(int, []any) error) error {
				return from.Dump(t.Context(), func(m Moment) error {
					if d := different(m.Tables, tables); d != "" {
						return errors.New(d)
					}
					return nil
				}, func(table int, values []any) error {
					if tables[table].Name != name {
						return nil
					}
					return add(table, values)
				})
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func opened(t *testing.T, o Options) *DB {
	t.Helper()
	db, err := Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

// TestDataOfThePreviousReleaseAreAllThere asks for every value of every row.
func TestDataOfThePreviousReleaseAreAllThere(t *testing.T) {
	for _, kind := range []string{"sqlite", "postgres"} {
		t.Run(kind, func(t *testing.T) {
			o, before, _ := earlier(t, kind)
			db := opened(t, o)
			_, after := everything(t, db)
			if len(before["reports"]) != 20 || len(before["jobs"]) != 10 || len(before["agencies"]) != 14 {
				t.Fatalf("the test data have %d reports, %d jobs, %d agencies", len(before["reports"]), len(before["jobs"]), len(before["agencies"]))
			}
			names := map[string]string{"agencies": "expected_agencies"}
			for table, want := range before {
				if table == "jobs" {
					want = jobsNow(want)
				}
				name := table
				if names[table] != "" {
					name = names[table]
				}
				got := after[name]
				if len(got) != len(want) {
					t.Errorf("%s: %d rows, were %d", table, len(got), len(want))
					continue
				}
				for i := range want {
					for column, v := range want[i] {
						if d := cmp.Diff(v, got[i][column]); d != "" {
							t.Errorf("%s, row %d, %s (-was +is):\n%s", table, i, column, d)
						}
					}
				}
			}
		})
	}
}

// jobsNow is what the jobs of the previous release are called now.
func jobsNow(old []row) []row {
	var out []row
	for _, r := range old {
		r = maps.Clone(r)
		r["args"], r["job_key"], r["kind"] = r["report_id"], "report."+r["job_key"].(string), "report."+r["kind"].(string)
		delete(r, "report_id")
		r["state"], r["leased"] = "due", int64(0)
		out = append(out, r)
	}
	return out
}

// witness reads every file as a report, and remembers which.
type witness struct{ read map[string]bool }

func (w witness) Read(_ context.Context, name string, _ []byte) (*report.Report, error) {
	w.read[name] = true
	return &report.Report{Agency: name, Year: 2025}, nil
}

func (witness) Check(context.Context, *report.Report, *report.Report, string) (checks.Result, error) {
	return checks.Result{Passed: 1}, nil
}

func TestQueuedJobsOfThePreviousReleaseAreDone(t *testing.T) {
	for _, kind := range []string{"sqlite", "postgres"} {
		t.Run(kind, func(t *testing.T) {
			o, before, files := earlier(t, kind)
			db := opened(t, o)
			home, err := blob.OpenFolder(files)
			if err != nil {
				t.Fatal(err)
			}
			w := witness{map[string]bool{}}
			service := filing.NewService(Filing(db), folder{home}, 1<<20, "v2", nil)
			runner := work.NewRunner(Work(db), service.Kinds(w))
			did := true
			for range 100 {
				if !did {
					break
				}
				did, err = runner.Work(t.Context(), time.Minute, o.Now)
				if err != nil {
					t.Fatal(err)
				}
			}
			waiting := 0
			for _, j := range before["jobs"] {
				if j["kind"] == "read" {
					waiting++
				}
			}
			if len(w.read) != waiting+1 || waiting != 8 { // and the one that was to be read again
				t.Errorf("%d files were read, %d were waiting", len(w.read), waiting)
			}
			_, after := everything(t, db)
			for _, r := range after["reports"] {
				if r["status"] == string(filing.Pending) {
					t.Errorf("report %s is still waiting", r["id"])
				}
			}
			for _, j := range after["jobs"] {
				t.Errorf("a job is left: %v", j)
			}
		})
	}
}

func TestRecordOfThePreviousReleaseBegins(t *testing.T) {
	for _, kind := range []string{"sqlite", "postgres"} {
		t.Run(kind, func(t *testing.T) {
			o, _, _ := earlier(t, kind)
			db := opened(t, o)
			p := place{DB: db, o: o}
			act(t, p, tester, "expected.replace", "甲局")
			broken, head, err := db.VerifyAudit(t.Context())
			if err != nil || broken != nil || head.Seq != 3 { // two keys, and the change
				t.Errorf("head %d, broken at %+v, %v", head.Seq, broken, err)
			}
		})
	}
}

// TestOpeningAgainChangesNothing also opens a database while it is open.
func TestOpeningAgainChangesNothing(t *testing.T) {
	for _, kind := range []string{"sqlite", "postgres"} {
		t.Run(kind, func(t *testing.T) {
			o, _, _ := earlier(t, kind)
			first := opened(t, o)
			m1, one := everything(t, first)
			m2, two := everything(t, opened(t, o))
			if m1.Version != m2.Version || m1.Version < 3 {
				t.Errorf("version %d, then %d", m1.Version, m2.Version)
			}
			if d := cmp.Diff(one, two); d != "" {
				t.Errorf("(-first +second):\n%s", d)
			}
		})
	}
}

// TestProgramsThatUpgradeAtOnceAllSucceed opens the data of the previous release from several programs at the same moment.
func TestProgramsThatUpgradeAtOnceAllSucceed(t *testing.T) {
	for _, kind := range []string{"sqlite", "postgres"} {
		t.Run(kind, func(t *testing.T) {
			o, before, _ := earlier(t, kind)
			const programs = 4
			dbs, errs := make([]*DB, programs), make([]error, programs)
			var all sync.WaitGroup
			start := make(chan struct{})
			for i := range programs {
				all.Go(func() {
					<-start
					dbs[i], errs[i] = Open(t.Context(), o)
				})
			}
			close(start)
			all.Wait()
			for i, err := range errs {
				if err != nil {
					t.Errorf("program %d: %v", i, err)
				}
			}
			for i, db := range dbs {
				if db == nil {
					continue
				}
				_, rows := everything(t, db)
				if len(rows["reports"]) != len(before["reports"]) || len(rows["data_keys"]) != 2 {
					t.Errorf("program %d sees %d reports and %d keys", i, len(rows["reports"]), len(rows["data_keys"]))
				}
				if err := db.Close(); err != nil {
					t.Error(err)
				}
			}
		})
	}
}

// TestNewerDataAreLeftAlone opens data that a later version has brought further.
func TestNewerDataAreLeftAlone(t *testing.T) {
	onBoth(t, func(t *testing.T, p place) {
		if _, err := p.w.ExecContext(t.Context(), `INSERT INTO `+versionTable+` (version_id, is_applied) VALUES (999, `+
			map[string]string{"sqlite": "1", "postgres": "true"}[p.name]+`)`); err != nil {
			t.Fatal(err)
		}
		db, err := Open(t.Context(), p.o)
		if err == nil {
			db.Close()
		}
		if fault.CodeOf(err) != "store.newer" {
			t.Errorf("error %v, want store.newer", err)
		}
	})
}
