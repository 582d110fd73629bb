package signin

import (
	"container/list"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Limiter bounds how often each key (an address prefix, an account, a token) may ask, with a bucket of tokens for each. It
// lives in one process and forgets at a restart; what has to hold across machines is Policy's. It remembers at most so many
// keys: beyond that, the one not seen for longest is forgotten, and begins anew if it comes back. It is safe for
// concurrent use.
type Limiter struct {
	perSecond rate.Limit
	burst     int
	keys      int

	mu     sync.Mutex
	byKey  map[string]*list.Element
	recent *list.List // of *bucket, last seen first
}

type bucket struct {
	key   string
	limit *rate.Limiter
}

// NewLimiter returns a Limiter that lets each key ask burst times at once and perSecond times a second for long, and
// remembers at most keys of them (some 300 bytes each). Figures below 1 for burst and keys count as 1.
func NewLimiter(perSecond float64, burst, keys int) *Limiter {
	return &Limiter{perSecond: rate.Limit(perSecond), burst: max(1, burst), keys: max(1, keys), byKey: map[string]*list.Element{}, recent: list.New()}
}

// Allow takes a token for key at an instant, and returns 0; when there is none it takes nothing and returns how long to
// wait for the next.
func (l *Limiter) Allow(key string, now time.Time) (wait time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	at, ok := l.byKey[key]
	if ok {
		l.recent.MoveToFront(at)
	} else {
		if l.recent.Len() >= l.keys {
			oldest, _ := l.recent.Remove(l.recent.Back()).(*bucket)
			delete(l.byKey, oldest.key)
		}
		at = l.recent.PushFront(&bucket{key: key, limit: rate.NewLimiter(l.perSecond, l.burst)})
		l.byKey[key] = at
	}
	b, _ := at.Value.(*bucket)
	r := b.limit.ReserveN(now, 1)
	wait = r.DelayFrom(now)
	if wait > 0 {
		r.CancelAt(now)
	}
	return wait
}
