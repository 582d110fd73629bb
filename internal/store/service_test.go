package store

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gongkai/gongkai/internal/blob"
	"github.com/gongkai/gongkai/internal/fault"
	"github.com/gongkai/gongkai/internal/filing"
	"github.com/gongkai/gongkai/internal/report"
	"github.com/gongkai/gongkai/internal/report/checks"
	"github.com/gongkai/gongkai/internal/work"
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

// desk is a service over a real database and a real folder.
type desk struct {
	*filing.Service
	place
	blobs filing.Blobs
}

// folder keeps the files of a test.
type folder struct{ blob.Store }

func (f folder) Put(ctx context.Context, r io.Reader, limit int64) (string, int64, error) {
	i, err := f.Store.Put(ctx, r, limit)
	return i.Digest, i.Size, err
}

func newOffice(t *testing.T, p place) desk {
	t.Helper()
	home, err := blob.OpenFolder(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	blobs := folder{home}
	return desk{filing.NewService(Filing(p.DB), blobs, 100, "v1", nil), p, blobs}
}

// other is the same office under another version of the program.
func (o desk) other(reader string) desk {
	o.Service = filing.NewService(Filing(o.DB), o.blobs, 100, reader, nil)
	return o
}

// inOffice runs a test of use cases on both databases.
func inOffice(t *testing.T, f func(t *testing.T, s desk)) {
	t.Helper()
	onBoth(t, func(t *testing.T, p place) { f(t, newOffice(t, p)) })
}

func receive(t *testing.T, s desk, text string) filing.ReportID {
	t.Helper()
	id, err := s.OpenBatch(t.Context(), tester)
	if err != nil {
		t.Fatal(err)
	}
	it, err := s.Receive(t.Context(), tester, id, "a.txt", strings.NewReader(text))
	if err != nil || it.Report == nil {
		t.Fatalf("receive %q: %+v, %v", text, it, err)
	}
	return it.Report.ID
}

func (o desk) runner(e filing.Engine) *work.Runner {
	return work.NewRunner(Work(o.DB), o.Kinds(e))
}

// work does all work that is due.
func (o desk) work(t *testing.T, e filing.Engine) (errs []error) {
	t.Helper()
	r := o.runner(e)
	for {
		did, err := r.Work(t.Context(), time.Minute, o.o.Now)
		if err != nil {
			errs = append(errs, err)
		}
		if !did {
			return errs
		}
	}
}

func previousOf(t *testing.T, s desk, id filing.ReportID) filing.ReportID {
	t.Helper()
	rec, err := s.Report(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return rec.PreviousID
}

func TestYearsReadAtTheSameTimeFindEachOther(t *testing.T) {
	inOffice(t, func(t *testing.T, s desk) {
		for _, first := range []int{2024, 2025} {
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
				wg.Go(func() { _, errs[i] = s.runner(hold).Work(t.Context(), time.Minute, s.o.Now) })
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
			if errs := s.work(t, clerk{}); errs != nil {
				t.Fatal(errs)
			}
			if got := previousOf(t, s, ids[2025]); got != ids[2024] {
				t.Errorf("%d kept first: previous of 2025 is %q, want %q", first, got, ids[2024])
			}
		}
	})
}

func TestNewerVersionOfThePreviousYearIsTaken(t *testing.T) {
	inOffice(t, func(t *testing.T, s desk) {
		receive(t, s, "甲局 2024")
		later := receive(t, s, "甲局 2025")
		s.work(t, clerk{})
		again := receive(t, s, "甲局 02024") // other bytes, the same agency and year
		s.work(t, clerk{})
		if got := previousOf(t, s, later); got != again {
			t.Errorf("previous %q, want the newer version %q", got, again)
		}
	})
}

func TestFileThatFailsIsTriedThreeTimesThenGivenUp(t *testing.T) {
	inOffice(t, func(t *testing.T, s desk) {
		id := receive(t, s, "坏 2024")
		tries := 0
		for range 10 {
			tries += len(s.work(t, clerk{}))
			*s.clock = s.clock.Add(time.Minute)
		}
		rec, err := s.Report(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		if tries != 3 || rec.Status != filing.Unreadable || rec.ErrorCode != "intake.failed" || strings.Contains(rec.ErrorMessage, "business") {
			t.Errorf("%d tries, status %s, %s: %s", tries, rec.Status, rec.ErrorCode, rec.ErrorMessage)
		}
	})
}

func TestFileAtFaultIsToldAtOnce(t *testing.T) {
	inOffice(t, func(t *testing.T, s desk) {
		id := receive(t, s, "一封信")
		if errs := s.work(t, clerk{}); errs != nil {
			t.Error(errs)
		}
		rec, err := s.Report(t.Context(), id)
		if err != nil || rec.Status != filing.Unreadable || rec.ErrorCode != "report.not_found" || rec.ErrorMessage != "这不是年报" {
			t.Errorf("%+v, %v", rec.Summary, err)
		}
	})
}

func TestStoppedWorkIsGivenBack(t *testing.T) {
	inOffice(t, func(t *testing.T, s desk) {
		id := receive(t, s, "甲局 2024")
		ctx, cancel := context.WithCancel(t.Context())
		stop := clerk{beforeCheck: func(*report.Report, *report.Report) { cancel() }}
		if did, err := s.runner(stop).Work(ctx, time.Minute, s.o.Now); !did || err != nil {
			t.Fatalf("did %v, %v", did, err)
		}
		if rec, err := s.Report(t.Context(), id); err != nil || rec.Status != filing.Pending {
			t.Errorf("after the stop: %s, %v", rec.Status, err)
		}
		if errs := s.work(t, clerk{}); errs != nil {
			t.Fatal(errs)
		}
		if rec, err := s.Report(t.Context(), id); err != nil || rec.Status != filing.Sound {
			t.Errorf("after the next start: %s, %v", rec.Status, err)
		}
	})
}

func TestLeaseThatRunsOutIsTakenOver(t *testing.T) {
	inOffice(t, func(t *testing.T, s desk) {
		id := receive(t, s, "甲局 2024")
		s.queue(t, func(ctx context.Context, tx work.Tx) error {
			_, ok, err := tx.Claim(ctx, []work.Kind{filing.JobRead}, s.clock.Add(time.Minute)) // a worker that will never be heard of again
			if !ok {
				t.Error("nothing to claim")
			}
			return err
		})
		s.work(t, clerk{})
		if rec, err := s.Report(t.Context(), id); err != nil || rec.Status != filing.Pending {
			t.Errorf("during the lease: %s, %v", rec.Status, err)
		}
		*s.clock = s.clock.Add(2 * time.Minute)
		s.work(t, clerk{})
		if rec, err := s.Report(t.Context(), id); err != nil || rec.Status != filing.Sound {
			t.Errorf("after the lease: %s, %v", rec.Status, err)
		}
	})
}

func TestWorkOfARunThatWasCutOffIsDueAtTheNextStart(t *testing.T) {
	inOffice(t, func(t *testing.T, s desk) {
		id := receive(t, s, "甲局 2024")
		s.queue(t, func(ctx context.Context, tx work.Tx) error {
			_, ok, err := tx.Claim(ctx, []work.Kind{filing.JobRead}, s.clock.Add(time.Hour)) // then the power goes
			if !ok {
				t.Error("nothing to claim")
			}
			return err
		})
		s.queue(t, func(ctx context.Context, tx work.Tx) error { return tx.Reclaim(ctx) })
		s.work(t, clerk{})
		if rec, err := s.Report(t.Context(), id); err != nil || rec.Status != filing.Sound {
			t.Errorf("after the start: %s, %v", rec.Status, err)
		}
	})
}

func TestYearsThatThereAreReportsOf(t *testing.T) {
	inOffice(t, func(t *testing.T, s desk) {
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
			s.work(t, clerk{})
		}
	})
}

func TestWhatTheFileDoesNotSayIsFilledInByAPerson(t *testing.T) {
	inOffice(t, func(t *testing.T, s desk) {
		before := receive(t, s, "甲局 2024")
		id := receive(t, s, "无名")
		s.work(t, clerk{})
		for name, test := range map[string]struct {
			agency string
			year   int
			kind   fault.Kind
		}{
			"no agency": {"  ", 2025, fault.Usage}, "too long": {strings.Repeat("长", 91), 2025, fault.Usage},
			"no year": {"甲局", 0, fault.Usage}, "before the law": {"甲局", 1999, fault.Usage},
		} {
			if err := s.Identify(t.Context(), tester, id, test.agency, test.year); !errors.Is(err, test.kind) {
				t.Errorf("%s: error %v, want %s", name, err, test.kind)
			}
		}
		if err := s.Identify(t.Context(), tester, id, " 甲　局 ", 2025); err != nil {
			t.Fatal(err)
		}
		s.work(t, clerk{})
		rec, err := s.Report(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		if rec.Agency != "甲局" || rec.Year != 2025 || rec.PreviousID != before || len(rec.Report.Notices) != 1 || len(rec.Report.Doubts) != 1 {
			t.Errorf("%+v, notices %v, doubts %v", rec.Summary, rec.Report.Notices, rec.Report.Doubts)
		}
		if err := s.Identify(t.Context(), tester, id, "乙局", 2020); !errors.Is(err, fault.Conflict) {
			t.Errorf("second time: %v", err)
		}
		if err := s.Identify(t.Context(), tester, "nobody", "乙局", 2020); !errors.Is(err, fault.NotFound) {
			t.Errorf("unknown: %v", err)
		}
	})
}

func TestReportsOfAnotherVersionAreReadAgain(t *testing.T) {
	inOffice(t, func(t *testing.T, s desk) {
		named := receive(t, s, "甲局 2024")
		nameless := receive(t, s, "无名")
		letter := receive(t, s, "一封信")
		s.work(t, clerk{})
		if err := s.Identify(t.Context(), tester, nameless, "乙局", 2025); err != nil {
			t.Fatal(err)
		}
		s.work(t, clerk{})
		if n, err := s.Refresh(t.Context()); n != 0 || err != nil {
			t.Errorf("the same version: %d to read again, %v", n, err)
		}
		newer := s.other("v2")
		if n, err := newer.Refresh(t.Context()); n != 3 || err != nil {
			t.Errorf("another version: %d to read again, %v", n, err)
		}
		if rec, err := newer.Report(t.Context(), named); err != nil || rec.Status != filing.Sound {
			t.Errorf("while it waits: %s, %v", rec.Status, err)
		}
		if errs := newer.work(t, clerk{}); errs != nil {
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
	})
}

func TestWhatIsFilledInDuringAReadingIsNotLost(t *testing.T) {
	inOffice(t, func(t *testing.T, s desk) {
		id := receive(t, s, "无名")
		s.work(t, clerk{})
		newer := s.other("v2")
		if n, err := newer.Refresh(t.Context()); n != 1 || err != nil {
			t.Fatalf("refreshed %d, %v", n, err)
		}
		during := clerk{beforeCheck: func(_, _ *report.Report) {
			if err := newer.Identify(t.Context(), tester, id, "甲局", 2025); err != nil {
				t.Error(err)
			}
		}}
		if did, err := newer.runner(during).Work(t.Context(), time.Minute, s.o.Now); !did || err == nil || !strings.Contains(err.Error(), string(id)) {
			t.Errorf("did %v, error %v; want one that names the report", did, err)
		}
		*s.clock = s.clock.Add(time.Minute)
		newer.work(t, clerk{})
		rec, err := newer.Report(t.Context(), id)
		if err != nil || rec.Agency != "甲局" || rec.Year != 2025 || rec.Status != filing.Sound {
			t.Errorf("%+v, %v", rec.Summary, err)
		}
	})
}
