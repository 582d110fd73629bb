package jobs

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

// Worker does one job when one is due.
type Worker interface {
	Work(ctx context.Context, lease time.Duration, now func() time.Time) (did bool, err error)
}

// Pool is a number of workers.
type Pool struct {
	size  int
	poll  time.Duration
	lease time.Duration
	child func() *Child
	log   *slog.Logger
	wake  chan struct{}
}

// NewPool returns a pool of size workers, each with a child of its own. lease is longer than any job may take; poll is
// how often the store is asked when nobody calls Wake, for work that another process asked for.
func NewPool(size int, lease, poll time.Duration, child func() *Child, log *slog.Logger) *Pool {
	return &Pool{size: size, lease: lease, poll: poll, child: child, log: log, wake: make(chan struct{}, size)}
}

// Wake lets idle workers look for work at once.
func (p *Pool) Wake() {
	for range p.size {
		select {
		case p.wake <- struct{}{}:
		default:
			return
		}
	}
}

// Run works until ctx ends, then returns when every worker has put down its job and its child has ended.
// worker makes one for each of them, with the child that reads its uploads.
func (p *Pool) Run(ctx context.Context, worker func(*Child) Worker) {
	var wg sync.WaitGroup
	for range p.size {
		wg.Go(func() { p.loop(ctx, worker) })
	}
	wg.Wait()
}

func (p *Pool) loop(ctx context.Context, worker func(*Child) Worker) {
	child := p.child()
	defer child.Close()
	w := worker(child)
	tick := time.NewTicker(p.poll)
	defer tick.Stop()
	failed := 0 // jobs in a row whose machinery failed
	for ctx.Err() == nil {
		did, err := w.Work(ctx, p.lease, time.Now)
		switch {
		case err != nil && ctx.Err() == nil:
			p.log.Error("job", "err", err)
			failed++
			rest(ctx, failed)
		case did:
			failed = 0
		default:
			failed = 0
			select {
			case <-ctx.Done():
			case <-p.wake:
			case <-tick.C:
			}
		}
	}
}

// rest waits after the nth failure in a row, longer every time up to ten seconds: a full disk makes the next job fail at
// once, and the one after it, and each of them is written to the log.
func rest(ctx context.Context, n int) {
	timer := time.NewTimer(min(5*time.Millisecond<<min(n, 12), 10*time.Second))
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}
