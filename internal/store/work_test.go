package store

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gongkai/gongkai/internal/fault"
	"github.com/gongkai/gongkai/internal/work"
)

var errOutside = fault.New(fault.Incapable, "test.outside", "外面的服务没有回答")

// ran is what became of one job that fails every time: when it was tried, and what was left.
type ran struct {
	at   []time.Duration // since the first attempt
	last work.Job
	left bool
	logs []string
}

// runOut works one job until nothing is due within a week, moving the clock to when it is due.
func runOut(t *testing.T, p place, e work.Entry) (r ran) {
	t.Helper()
	p.queue(t, func(ctx context.Context, tx work.Tx) error {
		return tx.Enqueue(ctx, work.Ask{Kind: "test.kind", Key: "k", Args: "a"})
	})
	began := *p.clock
	do := e.Do
	e.Do = func(ctx context.Context, j work.Job, now time.Time) error {
		r.at = append(r.at, now.Sub(began))
		return do(ctx, j, now)
	}
	runner := work.NewRunner(Work(p.DB), map[work.Kind]work.Entry{"test.kind": e})
	for range 100 {
		did, err := runner.Work(t.Context(), time.Minute, p.o.Now)
		if err != nil {
			r.logs = append(r.logs, err.Error())
		}
		if did {
			continue
		}
		var all []work.Job
		p.queue(t, func(ctx context.Context, tx work.Tx) (err error) {
			all, err = tx.Jobs(ctx, 10)
			return err
		})
		if len(all) == 0 {
			return r
		}
		r.last, r.left = all[0], true
		if all[0].State == work.Failed {
			return r
		}
		*p.clock = all[0].DueAt
	}
	t.Fatal("the job never ends")
	return r
}

func TestFailingWorkIsTriedAfterLongerPausesThenKept(t *testing.T) {
	onBoth(t, func(t *testing.T, p place) {
		fails := func(context.Context, work.Job, time.Time) error { return errOutside }
		r := runOut(t, p, work.Entry{Do: fails, Attempts: 4, Pause: time.Minute})
		if d := cmp.Diff([]time.Duration{0, time.Minute, 3 * time.Minute, 7 * time.Minute}, r.at); d != "" {
			t.Errorf("tried after (-want +got):\n%s", d)
		}
		if r.last.State != work.Failed || r.last.Attempts != 4 || r.last.Error != "外面的服务没有回答" || r.last.Ref == "" {
			t.Errorf("kept as %+v", r.last)
		}
		if len(r.logs) != 4 || !strings.Contains(r.logs[3], r.last.Ref) {
			t.Errorf("the log has no line with number %s: %v", r.last.Ref, r.logs)
		}
	})
}

func TestInsidesOfAnErrorAreNotKeptWithTheJob(t *testing.T) {
	onBoth(t, func(t *testing.T, p place) {
		r := runOut(t, p, work.Entry{Do: func(context.Context, work.Job, time.Time) error { return errors.New("dial tcp secret") }, Attempts: 1})
		if strings.Contains(r.last.Error, "secret") || r.last.Error == "" || !strings.Contains(r.logs[0], "secret") {
			t.Errorf("kept %q, logged %v", r.last.Error, r.logs)
		}
	})
}

func TestWhatTryingAgainCannotMendStopsAtOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, p place) {
		r := runOut(t, p, work.Entry{Do: func(context.Context, work.Job, time.Time) error { return work.Stop(errOutside) }})
		if len(r.at) != 1 || r.last.State != work.Failed || r.last.Error != "外面的服务没有回答" {
			t.Errorf("tried %d times, kept %+v", len(r.at), r.last)
		}
	})
}

func TestGivingUpMayForgetAJobAndIsTriedAgainWhenItFails(t *testing.T) {
	onBoth(t, func(t *testing.T, p place) {
		told := 0
		r := runOut(t, p, work.Entry{Do: func(context.Context, work.Job, time.Time) error { return errOutside }, Attempts: 1, Pause: time.Second,
			GiveUp: func(_ context.Context, _ work.Job, cause error) (bool, error) {
				told++
				if !errors.Is(cause, errOutside) {
					t.Errorf("told of %v", cause)
				}
				if told == 1 {
					return false, errors.New("nobody to tell")
				}
				return true, nil
			}})
		if told != 2 || len(r.at) != 2 || r.last.State == work.Failed {
			t.Errorf("told %d times, tried %d times, last %+v", told, len(r.at), r.last)
		}
	})
}

func TestWorkThatWasStoppedIsDueAtOnceForTheNext(t *testing.T) {
	onBoth(t, func(t *testing.T, p place) {
		p.queue(t, func(ctx context.Context, tx work.Tx) error {
			return tx.Enqueue(ctx, work.Ask{Kind: "test.kind", Key: "k"})
		})
		ctx, stop := context.WithCancel(t.Context())
		first := work.NewRunner(Work(p.DB), map[work.Kind]work.Entry{"test.kind": {Do: func(context.Context, work.Job, time.Time) error {
			stop()
			return ctx.Err()
		}}})
		if did, err := first.Work(ctx, time.Hour, p.o.Now); !did || err != nil {
			t.Fatalf("did %v, %v", did, err)
		}
		done := false
		next := work.NewRunner(Work(p.DB), map[work.Kind]work.Entry{"test.kind": {Do: func(context.Context, work.Job, time.Time) error {
			done = true
			return nil
		}}})
		if did, err := next.Work(t.Context(), time.Hour, p.o.Now); !did || err != nil || !done {
			t.Errorf("did %v, done %v, %v", did, done, err)
		}
	})
}
