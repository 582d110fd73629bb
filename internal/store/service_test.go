package store

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gongkai/gongkai/internal/fault"
	"github.com/gongkai/gongkai/internal/filing"
	"github.com/gongkai/gongkai/internal/report"
	"github.com/gongkai/gongkai/internal/report/checks"
)

// clerk reads "agency year" and lets a test do something before it checks.
type clerk struct {
	beforeCheck func(rep, previous *report.Report)
}

func (clerk) Read(_ context.Context, _ string, data []byte) (*report.Report, error) {
	agency, year, ok := strings.Cut(string(data), " ")
	switch {
	case agency == "无名":
		return &report.Report{Doubts: []report.Doubt{{Path: "agency", Why: "没有"}, {Path: "table3", Why: "没有"}}}, nil
	case agency == "坏":
		return nil, errors.New("a cause that is nobody's business")
	case !ok:
		return nil, fault.New(fault.NotReport, "report.not_found", "这不是年报")
	}
	y := 0
	for _, r := range year {
		y = y*10 + int(r-'0')
	}
	return &report.Report{Agency: agency, Year: y}, nil
}

func (c clerk) Check(_ context.Context, rep, previous *report.Report, _ string) (checks.Result, error) {
	if c.beforeCheck != nil {
		c.beforeCheck(rep, previous)
	}
	return checks.Result{Passed: 1}, nil
}

// office is a service over a real database and a real folder.
func office(t *testing.T) (*filing.Service, *DB, *time.Time) {
	t.Helper()
	clock := noon
	dir := t.TempDir()
	db, err := Open(t.Context(), dir, func() time.Time { return clock })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	blobs, err := OpenBlobs(filepath.Join(dir, "blobs"))
	if err != nil {
		t.Fatal(err)
	}
	return filing.NewService(db, blobs, 100, "v1", nil), db, &clock
}

func receive(t *testing.T, s *filing.Service, text string) filing.ReportID {
	t.Helper()
	id, err := s.OpenBatch(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	it, err := s.Receive(t.Context(), id, "a.txt", strings.NewReader(text))
	if err != nil || it.Report == nil {
		t.Fatalf("receive %q: %+v, %v", text, it, err)
	}
	return it.Report.ID
}

// work does all work that is due.
func work(t *testing.T, s *filing.Service, e filing.Engine, clock *time.Time) (errs []error) {
	t.Helper()
	for {
		did, err := s.Work(t.Context(), e, time.Minute, func() time.Time { return *clock })
		if err != nil {
			errs = append(errs, err)
		}
		if !did {
			return errs
		}
	}
}

func previousOf(t *testing.T, s *filing.Service, id filing.ReportID) filing.ReportID {
	t.Helper()
	rec, err := s.Report(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return rec.PreviousID
}

func TestYearsReadAtTheSameTimeFindEachOther(t *testing.T) {
	for _, first := range []int{2024, 2025} {
		s, _, clock := office(t)
		now := func() time.Time { return *clock }
		ids := map[int]filing.ReportID{2024: receive(t, s, "甲局 2024"), 2025: receive(t, s, "甲局 2025")}
		// Both have looked for the other before either is kept; then they are kept in the order under test.
		var looked, kept sync.WaitGroup
		looked.Add(2)
		kept.Add(1)
		hold := clerk{beforeCheck: func(rep, _ *report.Report) {
			looked.Done()
			looked.Wait()
			if rep.Year != first {
				kept.Wait()
			}
		}}
		errs := make([]error, 2)
		var wg sync.WaitGroup
		for i := range errs {
			wg.Go(func() { _, errs[i] = s.Work(t.Context(), hold, time.Minute, now) })
		}
		for {
			rec, err := s.Report(t.Context(), ids[first])
			if err != nil {
				t.Fatal(err)
			}
			if rec.Status != filing.Pending {
				break
			}
			time.Sleep(time.Millisecond)
		}
		kept.Done()
		wg.Wait()
		if err := errors.Join(errs...); err != nil {
			t.Fatal(err)
		}
		if errs := work(t, s, clerk{}, clock); errs != nil {
			t.Fatal(errs)
		}
		if got := previousOf(t, s, ids[2025]); got != ids[2024] {
			t.Errorf("%d kept first: previous of 2025 is %q, want %q", first, got, ids[2024])
		}
	}
}

func TestNewerVersionOfThePreviousYearIsTaken(t *testing.T) {
	s, _, clock := office(t)
	receive(t, s, "甲局 2024")
	later := receive(t, s, "甲局 2025")
	work(t, s, clerk{}, clock)
	again := receive(t, s, "甲局 02024") // other bytes, the same agency and year
	work(t, s, clerk{}, clock)
	if got := previousOf(t, s, later); got != again {
		t.Errorf("previous %q, want the newer version %q", got, again)
	}
}

func TestFileThatFailsIsTriedThreeTimesThenGivenUp(t *testing.T) {
	s, _, clock := office(t)
	id := receive(t, s, "坏 2024")
	tries := 0
	for range 10 {
		tries += len(work(t, s, clerk{}, clock))
		*clock = clock.Add(time.Minute)
	}
	rec, err := s.Report(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	if tries != 3 || rec.Status != filing.Unreadable || rec.ErrorCode != "intake.failed" || strings.Contains(rec.ErrorMessage, "business") {
		t.Errorf("%d tries, status %s, %s: %s", tries, rec.Status, rec.ErrorCode, rec.ErrorMessage)
	}
}

func TestFileAtFaultIsToldAtOnce(t *testing.T) {
	s, _, clock := office(t)
	id := receive(t, s, "一封信")
	if errs := work(t, s, clerk{}, clock); errs != nil {
		t.Error(errs)
	}
	rec, err := s.Report(t.Context(), id)
	if err != nil || rec.Status != filing.Unreadable || rec.ErrorCode != "report.not_found" || rec.ErrorMessage != "这不是年报" {
		t.Errorf("%+v, %v", rec.Summary, err)
	}
}

func TestStoppedWorkIsGivenBack(t *testing.T) {
	s, _, clock := office(t)
	id := receive(t, s, "甲局 2024")
	ctx, cancel := context.WithCancel(t.Context())
	stop := clerk{beforeCheck: func(*report.Report, *report.Report) { cancel() }}
	if did, err := s.Work(ctx, stop, time.Minute, func() time.Time { return *clock }); !did || err != nil {
		t.Fatalf("did %v, %v", did, err)
	}
	if rec, err := s.Report(t.Context(), id); err != nil || rec.Status != filing.Pending {
		t.Errorf("after the stop: %s, %v", rec.Status, err)
	}
	if errs := work(t, s, clerk{}, clock); errs != nil {
		t.Fatal(errs)
	}
	if rec, err := s.Report(t.Context(), id); err != nil || rec.Status != filing.Sound {
		t.Errorf("after the next start: %s, %v", rec.Status, err)
	}
}

func TestLeaseThatRunsOutIsTakenOver(t *testing.T) {
	s, db, clock := office(t)
	id := receive(t, s, "甲局 2024")
	update(t, db, func(ctx context.Context, tx filing.Tx) error {
		_, ok, err := tx.Claim(ctx, clock.Add(time.Minute)) // a worker that will never be heard of again
		if !ok {
			t.Error("nothing to claim")
		}
		return err
	})
	work(t, s, clerk{}, clock)
	if rec, err := s.Report(t.Context(), id); err != nil || rec.Status != filing.Pending {
		t.Errorf("during the lease: %s, %v", rec.Status, err)
	}
	*clock = clock.Add(2 * time.Minute)
	work(t, s, clerk{}, clock)
	if rec, err := s.Report(t.Context(), id); err != nil || rec.Status != filing.Sound {
		t.Errorf("after the lease: %s, %v", rec.Status, err)
	}
}

func TestWorkOfARunThatWasCutOffIsDueAtTheNextStart(t *testing.T) {
	s, db, clock := office(t)
	id := receive(t, s, "甲局 2024")
	update(t, db, func(ctx context.Context, tx filing.Tx) error {
		_, ok, err := tx.Claim(ctx, clock.Add(time.Hour)) // then the power goes
		if !ok {
			t.Error("nothing to claim")
		}
		return err
	})
	if n, err := s.Refresh(t.Context()); n != 0 || err != nil {
		t.Fatalf("refreshed %d, %v", n, err)
	}
	work(t, s, clerk{}, clock)
	if rec, err := s.Report(t.Context(), id); err != nil || rec.Status != filing.Sound {
		t.Errorf("after the start: %s, %v", rec.Status, err)
	}
}

func TestYearsThatThereAreReportsOf(t *testing.T) {
	s, _, clock := office(t)
	for _, text := range []string{"甲局 2023", "甲局 2025", "乙局 2025", "无名", "读不出"} {
		receive(t, s, text)
	}
	for _, step := range []struct {
		when string
		want []int
	}{{"before reading", []int{}}, {"after reading", []int{2025, 2023}}} {
		got, err := s.Years(t.Context())
		if err != nil || !slices.Equal(got, step.want) {
			t.Errorf("%s: years %v, %v, want %v", step.when, got, err, step.want)
		}
		work(t, s, clerk{}, clock)
	}
}

func TestWhatTheFileDoesNotSayIsFilledInByAPerson(t *testing.T) {
	s, _, clock := office(t)
	before := receive(t, s, "甲局 2024")
	id := receive(t, s, "无名")
	work(t, s, clerk{}, clock)
	for name, test := range map[string]struct {
		agency string
		year   int
		kind   fault.Kind
	}{
		"no agency": {"  ", 2025, fault.Usage}, "too long": {strings.Repeat("长", 91), 2025, fault.Usage},
		"no year": {"甲局", 0, fault.Usage}, "before the law": {"甲局", 1999, fault.Usage},
	} {
		if err := s.Identify(t.Context(), id, test.agency, test.year); !errors.Is(err, test.kind) {
			t.Errorf("%s: error %v, want %s", name, err, test.kind)
		}
	}
	if err := s.Identify(t.Context(), id, " 甲　局 ", 2025); err != nil {
		t.Fatal(err)
	}
	work(t, s, clerk{}, clock)
	rec, err := s.Report(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	if rec.Agency != "甲局" || rec.Year != 2025 || rec.PreviousID != before || len(rec.Report.Notices) != 1 || len(rec.Report.Doubts) != 1 {
		t.Errorf("%+v, notices %v, doubts %v", rec.Summary, rec.Report.Notices, rec.Report.Doubts)
	}
	if err := s.Identify(t.Context(), id, "乙局", 2020); !errors.Is(err, fault.Conflict) {
		t.Errorf("second time: %v", err)
	}
	if err := s.Identify(t.Context(), "nobody", "乙局", 2020); !errors.Is(err, fault.NotFound) {
		t.Errorf("unknown: %v", err)
	}
}

func TestReportsOfAnotherVersionAreReadAgain(t *testing.T) {
	s, db, clock := office(t)
	named := receive(t, s, "甲局 2024")
	nameless := receive(t, s, "无名")
	letter := receive(t, s, "一封信")
	work(t, s, clerk{}, clock)
	if err := s.Identify(t.Context(), nameless, "乙局", 2025); err != nil {
		t.Fatal(err)
	}
	work(t, s, clerk{}, clock)
	if n, err := s.Refresh(t.Context()); n != 0 || err != nil {
		t.Errorf("the same version: %d to read again, %v", n, err)
	}
	blobs, err := OpenBlobs(filepath.Join(filepath.Dir(db.path), "blobs"))
	if err != nil {
		t.Fatal(err)
	}
	newer := filing.NewService(db, blobs, 100, "v2", nil)
	if n, err := newer.Refresh(t.Context()); n != 3 || err != nil {
		t.Errorf("another version: %d to read again, %v", n, err)
	}
	if rec, err := newer.Report(t.Context(), named); err != nil || rec.Status != filing.Sound {
		t.Errorf("while it waits: %s, %v", rec.Status, err)
	}
	if errs := work(t, newer, clerk{}, clock); errs != nil {
		t.Fatal(errs)
	}
	if n, err := newer.Refresh(t.Context()); n != 0 || err != nil {
		t.Errorf("after reading again: %d, %v", n, err)
	}
	rec, err := newer.Report(t.Context(), nameless)
	if err != nil || rec.Agency != "乙局" || rec.Year != 2025 || len(rec.Report.Notices) != 1 {
		t.Errorf("what a person filled in: %+v, %v", rec.Summary, err)
	}
	if rec, err := newer.Report(t.Context(), letter); err != nil || rec.Status != filing.Unreadable {
		t.Errorf("the letter: %s, %v", rec.Status, err)
	}
}

func TestWhatIsFilledInDuringAReadingIsNotLost(t *testing.T) {
	s, db, clock := office(t)
	id := receive(t, s, "无名")
	work(t, s, clerk{}, clock)
	blobs, err := OpenBlobs(filepath.Join(filepath.Dir(db.path), "blobs"))
	if err != nil {
		t.Fatal(err)
	}
	newer := filing.NewService(db, blobs, 100, "v2", nil)
	if n, err := newer.Refresh(t.Context()); n != 1 || err != nil {
		t.Fatalf("refreshed %d, %v", n, err)
	}
	during := clerk{beforeCheck: func(_, _ *report.Report) {
		if err := newer.Identify(t.Context(), id, "甲局", 2025); err != nil {
			t.Error(err)
		}
	}}
	now := func() time.Time { return *clock }
	if did, err := newer.Work(t.Context(), during, time.Minute, now); !did || err == nil || !strings.Contains(err.Error(), string(id)) {
		t.Errorf("did %v, error %v; want one that names the report", did, err)
	}
	*clock = clock.Add(time.Minute)
	work(t, newer, clerk{}, clock)
	rec, err := newer.Report(t.Context(), id)
	if err != nil || rec.Agency != "甲局" || rec.Year != 2025 || rec.Status != filing.Sound {
		t.Errorf("%+v, %v", rec.Summary, err)
	}
}
