// Package work is what is done in the background: reading files, reminders, conversion, indexing, export. A job is asked for
// in the transaction of the fact that causes it, under a key, so that asking twice is one job; it is leased, tried again,
// and kept on a page when it fails. Jobs are worked in the server or on other machines.
package work

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/gongkai/gongkai/internal/fault"
)

// Kind is a kind of job.
type Kind string

// ID names a job.
type ID string

// State says how far a job has come. A job that is done is gone.
type State string

// The states.
const (
	Due    State = "due"    // waits for its time, or is being done under a lease
	Failed State = "failed" // given up; a person may try it again
)

// Job is work that was asked for.
type Job struct {
	ID       ID
	Kind     Kind
	Key      string // the same kind and key are one job
	Args     string // what to do it with, as the kind understands it; never personal data
	Agency   string // whose it is, "" for the whole site
	State    State
	Attempts int       // this one included
	Version  int       // how often it has been asked for
	DueAt    time.Time // for one that is being done: when its lease runs out
	Asked    time.Time
	Error    string // of the last attempt, for people; "" when there was none
	Ref      string // stands in the log beside the cause of the last failure
}

// Ask is a job to be done.
type Ask struct {
	Kind   Kind
	Key    string
	Args   string
	Agency string
	At     time.Time // not before; zero for at once
	Low    bool      // after all others that are due
}

// Tx is what the queue needs of one transaction.
type Tx interface {
	// Enqueue asks for a job. Asking again counts its version up, so that one that is being done is done once more.
	Enqueue(ctx context.Context, a Ask) error
	// Claim takes the next job of these kinds that is due and leases it; ok is false when there is none.
	Claim(ctx context.Context, kinds []Kind, until time.Time) (j Job, ok bool, err error)
	// Reclaim makes every job due that is leased, whoever holds it.
	Reclaim(ctx context.Context) error
	// Finish removes a job, unless it was asked for again while it was done: then it is due again.
	Finish(ctx context.Context, j Job) error
	// Release gives a job back, due again at the given time, with what went wrong.
	Release(ctx context.Context, j Job, due time.Time, message, ref string) error
	// Fail keeps a job as failed.
	Fail(ctx context.Context, j Job, message, ref string) error
	// Jobs lists jobs, failed ones first, then by when they are due.
	Jobs(ctx context.Context, limit int) ([]Job, error)
	// Counts is how many jobs there are by kind and state.
	Counts(ctx context.Context) ([]Count, error)
	// Retry makes a failed job due again. Errors: fault.NotFound.
	Retry(ctx context.Context, id ID) error
	// Drop removes a failed job. Errors: fault.NotFound.
	Drop(ctx context.Context, id ID) error
}

// Count is how many jobs of a kind there are in a state, and since when the oldest is due.
type Count struct {
	Kind   Kind
	State  State
	N      int
	Oldest time.Time
}

// Store runs functions in a transaction.
type Store interface {
	View(ctx context.Context, f func(Tx) error) error
	Update(ctx context.Context, f func(Tx) error) error
}

// Handler does one job. It may be called more than once for the same job and has to bear that. Errors: a Stop ends the
// trying at once; others are tried again.
type Handler func(ctx context.Context, j Job, now time.Time) error

// Last is told when a job is given up, before it is kept as failed; it returns whether the job is to be forgotten instead.
type Last func(ctx context.Context, j Job, cause error) (forget bool, err error)

// Entry is how jobs of a kind are done.
type Entry struct {
	Do       Handler
	GiveUp   Last // may be nil
	Attempts int  // how often it is tried; 0 for DefaultAttempts
	// Pause is how long the first failure is followed by a pause; each further one is followed by twice as long, up to an
	// hour. 0 for DefaultPause.
	Pause time.Duration
}

// DefaultPause is for work that needs something outside, which takes its time to come back.
const DefaultPause = 10 * time.Second

// DefaultAttempts is how often a job is tried: over about two hours.
const DefaultAttempts = 8

// Stop marks an error that trying again will not mend.
func Stop(err error) error { return &stop{err} }

type stop struct{ error }

func (s *stop) Unwrap() error { return s.error }

// Runner does jobs, one at a time.
type Runner struct {
	store Store
	kinds map[Kind]Entry
	names []Kind
}

// NewRunner returns a runner for these kinds.
func NewRunner(s Store, kinds map[Kind]Entry) *Runner {
	r := &Runner{store: s, kinds: kinds}
	for k := range kinds {
		r.names = append(r.names, k)
	}
	return r
}

// Work takes one job and does it; did is false when none was due. lease is how long it may take before another runner may
// take it. An error is for the log: what went wrong with the job is kept with the job.
func (r *Runner) Work(ctx context.Context, lease time.Duration, now func() time.Time) (did bool, err error) {
	var j Job
	err = r.store.Update(ctx, func(tx Tx) error {
		j, did, err = tx.Claim(ctx, r.names, now().Add(lease))
		return err
	})
	if err != nil || !did {
		return did, err
	}
	e := r.kinds[j.Kind]
	err = e.Do(ctx, j, now())
	if ctx.Err() != nil {
		return true, r.release(j, now(), "", "")
	}
	if err == nil {
		return true, r.store.Update(ctx, func(tx Tx) error { return tx.Finish(ctx, j) })
	}
	return true, r.failed(ctx, j, e, err, now())
}

// failed puts a job off, or gives it up.
func (r *Runner) failed(ctx context.Context, j Job, e Entry, cause error, now time.Time) error {
	most := e.Attempts
	if most == 0 {
		most = DefaultAttempts
	}
	told := fmt.Errorf("job %s %s, attempt %d: %w", j.Kind, j.Key, j.Attempts, cause)
	ref := fmt.Sprintf("%08x", rand.Uint32()) //nolint:gosec // a number to find the line of the log by, no secret
	told = fmt.Errorf("%w (ref %s)", told, ref)
	var final *stop
	if !errors.As(cause, &final) && j.Attempts < most {
		return errors.Join(told, r.release(j, now.Add(e.wait(j.Attempts)), fault.Message(cause), ref))
	}
	if e.GiveUp != nil {
		forget, err := e.GiveUp(ctx, j, cause)
		if err != nil {
			return errors.Join(told, err, r.release(j, now.Add(e.wait(j.Attempts)), fault.Message(cause), ref))
		}
		if forget {
			return errors.Join(told, r.store.Update(ctx, func(tx Tx) error { return tx.Finish(ctx, j) }))
		}
	}
	return errors.Join(told, r.store.Update(ctx, func(tx Tx) error { return tx.Fail(ctx, j, fault.Message(cause), ref) }))
}

// wait is how long the nth attempt is followed by a pause.
func (e Entry) wait(n int) time.Duration {
	pause := e.Pause
	if pause == 0 {
		pause = DefaultPause
	}
	return min(pause<<min(n-1, 12), time.Hour)
}

// release gives a job back even when the runner is being stopped.
func (r *Runner) release(j Job, due time.Time, message, ref string) error {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	return r.store.Update(ctx, func(tx Tx) error { return tx.Release(ctx, j, due, message, ref) })
}
