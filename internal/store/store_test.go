package store

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gongkai/gongkai/internal/fault"
	"github.com/gongkai/gongkai/internal/filing"
	"github.com/gongkai/gongkai/internal/report"
	"github.com/gongkai/gongkai/internal/report/checks"
)

var noon = time.Date(2026, 1, 20, 4, 0, 0, 0, time.UTC)

func open(t *testing.T) *DB {
	t.Helper()
	db, err := Open(t.Context(), t.TempDir(), func() time.Time { return noon })
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

func update(t *testing.T, db *DB, f func(context.Context, filing.Tx) error) {
	t.Helper()
	if err := db.Update(t.Context(), func(tx filing.Tx) error { return f(t.Context(), tx) }); err != nil {
		t.Fatal(err)
	}
}

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
	db := open(t)
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
	err := db.View(t.Context(), func(tx filing.Tx) (err error) {
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
}

func TestWhatIsNotThere(t *testing.T) {
	db := open(t)
	for name, f := range map[string]func(context.Context, filing.Tx) error{
		"report":     func(ctx context.Context, tx filing.Tx) error { _, err := tx.Report(ctx, "x"); return err },
		"batch":      func(ctx context.Context, tx filing.Tx) error { _, err := tx.Batch(ctx, "x"); return err },
		"item":       func(ctx context.Context, tx filing.Tx) error { return tx.AddItem(ctx, "x", filing.Item{}, "") },
		"read":       func(ctx context.Context, tx filing.Tx) error { return tx.SaveRead(ctx, "x", sample(), "v1") },
		"unreadable": func(ctx context.Context, tx filing.Tx) error { return tx.SaveUnreadable(ctx, "x", "c", "m", "v1") },
	} {
		err := db.Update(t.Context(), func(tx filing.Tx) error { return f(t.Context(), tx) })
		if !errors.Is(err, fault.NotFound) {
			t.Errorf("%s: error %v, want fault.NotFound", name, err)
		}
	}
}

func TestErrorRollsBack(t *testing.T) {
	db := open(t)
	boom := errors.New("boom")
	err := db.Update(t.Context(), func(tx filing.Tx) error {
		if err := tx.ReplaceAgencies(t.Context(), []filing.Agency{{Name: "甲局"}}); err != nil {
			return err
		}
		return boom
	})
	if !errors.Is(err, boom) {
		t.Fatalf("error %v, want boom", err)
	}
	var got []filing.Agency
	if err := db.View(t.Context(), func(tx filing.Tx) (err error) { got, err = tx.Agencies(t.Context()); return err }); err != nil {
		t.Fatal(err)
	}
	if len(got) != 0 {
		t.Errorf("agencies after rollback: %v", got)
	}
}

func TestViewCannotWrite(t *testing.T) {
	db := open(t)
	err := db.View(t.Context(), func(tx filing.Tx) error { _, err := tx.CreateBatch(t.Context()); return err })
	if err == nil {
		t.Error("a reading transaction wrote")
	}
}

func TestJobs(t *testing.T) {
	db := open(t)
	ctx := t.Context()
	claim := func() (j filing.Job, ok bool) {
		update(t, db, func(ctx context.Context, tx filing.Tx) (err error) {
			j, ok, err = tx.Claim(ctx, noon.Add(time.Minute))
			return err
		})
		return j, ok
	}
	update(t, db, func(ctx context.Context, tx filing.Tx) error { return tx.Enqueue(ctx, filing.JobAgain, "r0") })
	update(t, db, func(ctx context.Context, tx filing.Tx) error {
		return errors.Join(tx.Enqueue(ctx, filing.JobRead, "r1"), tx.Enqueue(ctx, filing.JobRead, "r1"))
	})
	j, ok := claim()
	if !ok || j.ReportID != "r1" || j.Attempts != 1 || j.Version != 2 {
		t.Fatalf("claimed %+v, %v", j, ok)
	}
	if last, ok := claim(); !ok || last.Kind != filing.JobAgain {
		t.Errorf("after all other work: claimed %+v, %v, want the reading again", last, ok)
	}
	if _, ok := claim(); ok {
		t.Error("a leased job was claimed again")
	}
	update(t, db, func(_ context.Context, tx filing.Tx) error { return tx.Enqueue(ctx, filing.JobRead, "r1") })
	update(t, db, func(_ context.Context, tx filing.Tx) error { return tx.Finish(ctx, j) })
	again, ok := claim()
	if !ok || again.Version != 3 || again.Attempts != 1 {
		t.Fatalf("asked for while it ran: claimed %+v, %v, want version 3 once more", again, ok)
	}
	update(t, db, func(_ context.Context, tx filing.Tx) error { return tx.Finish(ctx, again) })
	if _, ok := claim(); ok {
		t.Error("a finished job was claimed")
	}
}

func TestWritersWaitForEachOther(t *testing.T) {
	db := open(t)
	var wg sync.WaitGroup
	errs := make([]error, 40)
	for i := range errs {
		wg.Go(func() {
			errs[i] = db.Update(t.Context(), func(tx filing.Tx) error { _, err := tx.CreateBatch(t.Context()); return err })
		})
	}
	wg.Wait()
	if err := errors.Join(errs...); err != nil {
		t.Error(err)
	}
}

func TestReopenKeepsWhatWasWritten(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "带 空格%20?#的目录")
	clock := func() time.Time { return noon }
	want := []filing.Agency{{Name: "乙局", Group: "部门"}, {Name: "甲局"}}
	for i := range 2 {
		db, err := Open(t.Context(), dir, clock)
		if err != nil {
			t.Fatal(err)
		}
		if i == 0 {
			update(t, db, func(ctx context.Context, tx filing.Tx) error { return tx.ReplaceAgencies(ctx, want) })
		} else {
			var got []filing.Agency
			update(t, db, func(ctx context.Context, tx filing.Tx) (err error) { got, err = tx.Agencies(ctx); return err })
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

func TestBlobs(t *testing.T) {
	dir := t.TempDir()
	b, err := OpenBlobs(dir)
	if err != nil {
		t.Fatal(err)
	}
	digest, size, err := b.Put(strings.NewReader("abc"), 3)
	if err != nil || size != 3 || digest != "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" {
		t.Fatalf("Put = %q, %d, %v", digest, size, err)
	}
	if again, _, err := b.Put(strings.NewReader("abc"), 3); err != nil || again != digest {
		t.Errorf("second Put = %q, %v", again, err)
	}
	f, err := b.Open(digest)
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(f)
	if err := errors.Join(err, f.Close()); err != nil || !bytes.Equal(got, []byte("abc")) {
		t.Errorf("Open gives %q, %v", got, err)
	}
	if _, _, err := b.Put(strings.NewReader("abcd"), 3); !errors.Is(err, fault.TooLarge) {
		t.Errorf("too large: %v", err)
	}
	for _, bad := range []string{"", "../../etc/passwd", strings.Repeat("0", 64), digest[:10]} {
		if _, err := b.Open(bad); !errors.Is(err, fault.NotFound) {
			t.Errorf("Open(%q): %v, want fault.NotFound", bad, err)
		}
	}
	left, err := os.ReadDir(filepath.Join(dir, "tmp"))
	if err != nil || len(left) != 0 {
		t.Errorf("left in tmp: %v, %v", left, err)
	}
}
