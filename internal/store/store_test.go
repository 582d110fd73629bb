package store

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gongkai/gongkai/internal/fault"
	"github.com/gongkai/gongkai/internal/filing"
	"github.com/gongkai/gongkai/internal/report"
	"github.com/gongkai/gongkai/internal/report/checks"
	"github.com/gongkai/gongkai/internal/work"
)

func sample() *report.Report {
	r := &report.Report{File: "a.html", Title: "示例局2025年政府信息公开工作年度报告", Agency: "示例 局", Year: 2025, Format: report.Format2021}
	r.Table4 = report.NewTable(report.V2021.Table4)
	for i := range r.Table4.Cells {
		r.Table4.Cells[i] = report.Num(int64(i))
	}
	r.Doubt("table3", "文件里没有表三", "")
	return r
}

func TestReportIsKeptAndFound(t *testing.T) {
	onBoth(t, func(t *testing.T, db place) {
		var id filing.ReportID
		blame := int64(21)
		res := checks.Result{File: "a.html", Passed: 3, Findings: []checks.Finding{
			{Rule: "K5", Severity: checks.Error, Path: "table4.review", Message: "不等", Blame: "table4.review.total", BlameExpected: &blame},
			{Rule: "S1", Severity: checks.Warning, Path: "section1", Message: "缺小标题"}}}
		update(t, db, func(ctx context.Context, tx filing.Tx) (err error) {
			if id, err = tx.CreateReport(ctx, filing.File{Digest: strings.Repeat("ab", 32), Name: "a.html", Size: 7}); err != nil {
				return err
			}
			if err := tx.SaveRead(ctx, id, sample(), "v1"); err != nil {
				return err
			}
			return tx.SaveChecked(ctx, id, res, "")
		})
		var got filing.Record
		var versions []filing.Summary
		err := Filing(db.DB).View(t.Context(), func(tx filing.Tx) (err error) {
			if got, err = tx.Report(t.Context(), id); err != nil {
				return err
			}
			versions, err = tx.Versions(t.Context(), "示例局", 2025)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		want := filing.Summary{ID: id, FileName: "a.html", Agency: "示例 局", Year: 2025, Status: filing.Broken, Errors: 1,
			Warnings: 1, Doubts: 1, ReceivedAt: noon}
		if d := cmp.Diff(want, got.Summary); d != "" {
			t.Errorf("summary (-want +got):\n%s", d)
		}
		if d := cmp.Diff([]filing.Summary{want}, versions); d != "" {
			t.Errorf("versions under a name without the space (-want +got):\n%s", d)
		}
		if d := cmp.Diff(res, *got.Result); d != "" {
			t.Errorf("result (-want +got):\n%s", d)
		}
		if c, _ := got.Report.Cell("table4.review.total"); c == nil || c.N != 4 {
			t.Errorf("table4.review.total = %v, want 4", c)
		}
	})
}

func TestWhatIsNotThere(t *testing.T) {
	onBoth(t, func(t *testing.T, db place) {
		for name, f := range map[string]func(context.Context, filing.Tx) error{
			"report":     func(ctx context.Context, tx filing.Tx) error { _, err := tx.Report(ctx, "x"); return err },
			"batch":      func(ctx context.Context, tx filing.Tx) error { _, err := tx.Batch(ctx, "x"); return err },
			"item":       func(ctx context.Context, tx filing.Tx) error { return tx.AddItem(ctx, "x", filing.Item{}, "") },
			"read":       func(ctx context.Context, tx filing.Tx) error { return tx.SaveRead(ctx, "x", sample(), "v1") },
			"unreadable": func(ctx context.Context, tx filing.Tx) error { return tx.SaveUnreadable(ctx, "x", "c", "m", "v1") },
		} {
			err := db.write(t, f)
			if !errors.Is(err, fault.NotFound) {
				t.Errorf("%s: error %v, want fault.NotFound", name, err)
			}
		}
	})
}

func TestErrorRollsBack(t *testing.T) {
	onBoth(t, func(t *testing.T, db place) {
		boom := errors.New("boom")
		err := Filing(db.DB).Update(t.Context(), func(tx filing.Tx) error {
			if err := tx.ReplaceAgencies(t.Context(), []filing.Agency{{Name: "甲局"}}); err != nil {
				return err
			}
			return boom
		})
		if !errors.Is(err, boom) {
			t.Fatalf("error %v, want boom", err)
		}
		var got []filing.Agency
		if err := Filing(db.DB).View(t.Context(), func(tx filing.Tx) (err error) { got, err = tx.Agencies(t.Context()); return err }); err != nil {
			t.Fatal(err)
		}
		if len(got) != 0 {
			t.Errorf("agencies after rollback: %v", got)
		}
	})
}

func TestViewCannotWrite(t *testing.T) {
	onBoth(t, func(t *testing.T, db place) {
		err := Filing(db.DB).View(t.Context(), func(tx filing.Tx) error { _, err := tx.CreateBatch(t.Context()); return err })
		if err == nil {
			t.Error("a reading transaction wrote")
		}
	})
}

func TestJobs(t *testing.T) {
	onBoth(t, func(t *testing.T, db place) {
		kinds := []work.Kind{filing.JobRead, filing.JobAgain}
		claim := func() (j work.Job, ok bool) {
			db.queue(t, func(ctx context.Context, tx work.Tx) (err error) {
				j, ok, err = tx.Claim(ctx, kinds, noon.Add(time.Minute))
				return err
			})
			return j, ok
		}
		r1 := work.Ask{Kind: filing.JobRead, Key: "r1", Args: "x"}
		db.queue(t, func(ctx context.Context, tx work.Tx) error {
			return tx.Enqueue(ctx, work.Ask{Kind: filing.JobAgain, Key: "r0", Low: true})
		})
		db.queue(t, func(ctx context.Context, tx work.Tx) error {
			return errors.Join(tx.Enqueue(ctx, r1), tx.Enqueue(ctx, r1))
		})
		db.queue(t, func(ctx context.Context, tx work.Tx) error {
			return tx.Enqueue(ctx, work.Ask{Kind: "other", Key: "r2"})
		})
		db.queue(t, func(ctx context.Context, tx work.Tx) error {
			return tx.Enqueue(ctx, work.Ask{Kind: filing.JobRead, Key: "later", At: noon.Add(time.Hour)})
		})
		j, ok := claim()
		if !ok || j.Key != "r1" || j.Args != "x" || j.Attempts != 1 || j.Version != 2 {
			t.Fatalf("claimed %+v, %v", j, ok)
		}
		if last, ok := claim(); !ok || last.Kind != filing.JobAgain {
			t.Errorf("after all other work: claimed %+v, %v, want the reading again", last, ok)
		}
		if j, ok := claim(); ok {
			t.Errorf("claimed %+v: a leased job, one of another kind, or one that is not due yet", j)
		}
		db.queue(t, func(ctx context.Context, tx work.Tx) error { return tx.Enqueue(ctx, r1) })
		if j, ok := claim(); ok {
			t.Errorf("claimed %+v: asking again broke the lease", j)
		}
		db.queue(t, func(ctx context.Context, tx work.Tx) error { return tx.Finish(ctx, j) })
		again, ok := claim()
		if !ok || again.Version != 3 || again.Attempts != 1 {
			t.Fatalf("asked for while it ran: claimed %+v, %v, want version 3 once more", again, ok)
		}
		db.queue(t, func(ctx context.Context, tx work.Tx) error { return tx.Fail(ctx, again, "打不开", "ab") })
		if j, ok := claim(); ok {
			t.Errorf("claimed %+v, which had failed", j)
		}
		db.queue(t, func(ctx context.Context, tx work.Tx) error {
			all, err := tx.Jobs(ctx, 10)
			if err == nil && (len(all) != 4 || all[0].State != work.Failed || all[0].Error != "打不开" || all[0].Ref != "ab") {
				t.Errorf("%d jobs, first %+v", len(all), all[0])
			}
			return err
		})
		db.queue(t, func(ctx context.Context, tx work.Tx) error {
			if err := tx.Retry(ctx, "none"); !errors.Is(err, fault.NotFound) {
				t.Errorf("retrying what is not there: %v", err)
			}
			err := tx.Retry(ctx, again.ID)
			tx.(workTx).dirty = false
			return err
		})
		third, ok := claim()
		if !ok || third.ID != again.ID || third.Attempts != 1 {
			t.Fatalf("after the retry: claimed %+v, %v", third, ok)
		}
		db.queue(t, func(ctx context.Context, tx work.Tx) error { return tx.Finish(ctx, third) })
		if j, ok := claim(); ok {
			t.Errorf("claimed %+v after all was finished", j)
		}
	})
}

func TestEveryJobIsClaimedOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, db place) {
		const jobs, workers = 60, 4
		db.queue(t, func(ctx context.Context, tx work.Tx) error {
			for i := range jobs {
				if err := tx.Enqueue(ctx, work.Ask{Kind: "count", Key: strconv.Itoa(i)}); err != nil {
					return err
				}
			}
			return nil
		})
		var mu sync.Mutex
		seen := map[string]int{}
		kinds := map[work.Kind]work.Entry{"count": {Do: func(_ context.Context, j work.Job, _ time.Time) error {
			mu.Lock()
			defer mu.Unlock()
			seen[j.Key]++
			return nil
		}}}
		var wg sync.WaitGroup
		for range workers {
			wg.Go(func() {
				r := work.NewRunner(Work(db.DB), kinds)
				for {
					did, err := r.Work(t.Context(), time.Hour, db.o.Now)
					if err != nil {
						t.Error(err)
					}
					if !did {
						return
					}
				}
			})
		}
		wg.Wait()
		if len(seen) != jobs {
			t.Errorf("%d of %d jobs were done", len(seen), jobs)
		}
		for key, n := range seen {
			if n != 1 {
				t.Errorf("job %s was done %d times", key, n)
			}
		}
	})
}

func TestWritersWaitForEachOther(t *testing.T) {
	onBoth(t, func(t *testing.T, db place) {
		var wg sync.WaitGroup
		errs := make([]error, 40)
		for i := range errs {
			wg.Go(func() {
				errs[i] = db.write(t, func(ctx context.Context, tx filing.Tx) error { _, err := tx.CreateBatch(ctx); return err })
			})
		}
		wg.Wait()
		if err := errors.Join(errs...); err != nil {
			t.Error(err)
		}
	})
}

// TestReadingInsideAWriteNeverWaitsForOthersThatDo fills every connection with transactions that write and read beside.
func TestReadingInsideAWriteNeverWaitsForOthersThatDo(t *testing.T) {
	onBoth(t, func(t *testing.T, db place) {
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second) // a deadlock ends the test instead of hanging it
		defer cancel()
		var wg sync.WaitGroup
		errs := make([]error, 4*db.o.Conns+8)
		for i := range errs {
			wg.Go(func() {
				errs[i] = db.Update(ctx, func(*Tx) error {
					return db.View(ctx, func(tx *Tx) error {
						_, err := (filingTx{tx}).Agencies(ctx)
						return err
					})
				})
			})
		}
		wg.Wait()
		if err := errors.Join(errs...); err != nil {
			t.Error(err)
		}
	})
}

func TestReopenKeepsWhatWasWritten(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "带 空格%20?#的目录")
	want := []filing.Agency{{Name: "乙局", Group: "部门"}, {Name: "甲局"}}
	for i := range 2 {
		db, err := Open(t.Context(), Options{Dir: dir})
		if err != nil {
			t.Fatal(err)
		}
		p := place{DB: db}
		if i == 0 {
			update(t, p, func(ctx context.Context, tx filing.Tx) error { return tx.ReplaceAgencies(ctx, want) })
		} else {
			var got []filing.Agency
			update(t, p, func(ctx context.Context, tx filing.Tx) (err error) { got, err = tx.Agencies(ctx); return err })
			if d := cmp.Diff(want, got); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "gongkai.db")); err != nil {
		t.Error(err)
	}
}

func TestAtLeast(t *testing.T) {
	for v, want := range map[string]bool{"3.51.3": true, "3.54.1": true, "4.0.0": true, "3.51.2": false, "3.9.9": false, "x": false, "": false} {
		if got := atLeast(v, minSQLite); got != want {
			t.Errorf("atLeast(%q) = %v, want %v", v, got, want)
		}
	}
}
