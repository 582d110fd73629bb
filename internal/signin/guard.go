package signin

import (
	"fmt"
	"net/netip"
	"slices"
	"time"

	"github.com/gongkai/gongkai/internal/fault"
)

// Attempt is one sign-in that was tried and checked: the password or the one-time code was looked at. What the Guard
// refused is not an attempt, or a lock would never end.
type Attempt struct {
	Account string       // as typed, in lower case, whether or not there is such an account
	From    netip.Prefix // see Prefix
	At      time.Time
	OK      bool // it succeeded
}

// Try is what somebody is about to try.
type Try struct {
	Account string
	From    netip.Prefix
	// Known says that this account signed in from this prefix not long ago (30 days are a good choice). The limit over all
	// addresses does not hold then: somebody who fails from elsewhere on purpose cannot keep the owner out.
	Known bool
}

// Policy is how many failures are borne. All figures are settings of the site.
type Policy struct {
	// So many failures of one account from one prefix within the window lock that account for that prefix, and for no
	// other, for PairLock from the last of them. A success in between starts the count again. Default 5 in 15 min, 15 min.
	PairFailures int
	PairWindow   time.Duration
	PairLock     time.Duration
	// So many failures from one prefix, whatever the account, within the window make everybody from there wait until there
	// are fewer. Default 20 in 10 min. An office whose staff reach the system through one address needs more.
	PrefixFailures int
	PrefixWindow   time.Duration
	// From so many failures of one account from anywhere within the window on, each further one doubles the wait after the
	// last, from AccountWait up to AccountWaitMax. It never locks. Default 50 in 1 h, 2 s to 1 min.
	AccountFailures int
	AccountWindow   time.Duration
	AccountWait     time.Duration
	AccountWaitMax  time.Duration
}

// DefaultPolicy returns the defaults that are stated at the fields. Graded protection (等级保护) asks that failures be
// limited and leaves the figures to the site.
func DefaultPolicy() Policy {
	return Policy{
		PairFailures: 5, PairWindow: 15 * time.Minute, PairLock: 15 * time.Minute,
		PrefixFailures: 20, PrefixWindow: 10 * time.Minute,
		AccountFailures: 50, AccountWindow: time.Hour, AccountWait: 2 * time.Second, AccountWaitMax: time.Minute,
	}
}

// Check returns fault.Usage where a figure makes no sense: a count below 1, a time that is not positive.
func (p Policy) Check() error {
	if min(p.PairFailures, p.PrefixFailures, p.AccountFailures) < 1 {
		return fault.New(fault.Usage, "signin.policy_count", "登录失败的次数限制至少是 1 次。请改系统设置")
	}
	if min(p.PairWindow, p.PairLock, p.PrefixWindow, p.AccountWindow, p.AccountWait) <= 0 || p.AccountWaitMax < p.AccountWait {
		return fault.New(fault.Usage, "signin.policy_time", "登录限制的时长应大于 0，最长等待不能短于最短等待。请改系统设置")
	}
	return nil
}

// Horizon is how far back attempts count: those before now minus Horizon need not be handed to Decide.
func (p Policy) Horizon() time.Duration {
	return max(p.PairWindow+p.PairLock, p.PrefixWindow, p.AccountWindow)
}

// Verdict is what Decide decides.
type Verdict string

// The verdicts.
const (
	Allow  Verdict = "allow"
	Wait   Verdict = "wait"   // too many failures around this account or address
	Locked Verdict = "locked" // too many failures of this account from this address
)

// Decision says whether a sign-in may be tried now.
type Decision struct {
	Verdict Verdict
	Until   time.Time // when it may be tried again; zero with Allow
}

// Decide decides over a try at an instant. attempts are the recent ones (see Horizon) of the account and of the prefix, in
// any order; others do no harm. The account's existence plays no part, so that a lock does not tell which accounts there are.
// Attempts dated after now, from a machine whose clock is ahead, count as made now.
func (p Policy) Decide(attempts []Attempt, try Try, now time.Time) Decision {
	var pair, prefix, account []time.Time
	for _, a := range inOrder(attempts, now) {
		ofAccount, fromPrefix := a.Account == try.Account, a.From == try.From
		switch {
		case a.OK && ofAccount && fromPrefix:
			pair = nil
		case a.OK:
		default:
			if ofAccount && fromPrefix {
				pair = append(pair, a.At)
			}
			if fromPrefix && within(a.At, p.PrefixWindow, now) {
				prefix = append(prefix, a.At)
			}
			if ofAccount && within(a.At, p.AccountWindow, now) {
				account = append(account, a.At)
			}
		}
	}
	if until := p.pairLock(pair); until.After(now) {
		return Decision{Verdict: Locked, Until: until}
	}
	var until time.Time
	if n := len(prefix); n >= p.PrefixFailures {
		until = prefix[n-p.PrefixFailures].Add(p.PrefixWindow) // then one fewer than the limit are left
	}
	if n := len(account); n >= p.AccountFailures && !try.Known {
		until = latest(until, account[n-1].Add(p.growing(n-p.AccountFailures)))
	}
	if until.After(now) {
		return Decision{Verdict: Wait, Until: until}
	}
	return Decision{Verdict: Allow}
}

// pairLock returns when the last lock of a pair ends, or zero. times are its failures since the last success, oldest first.
func (p Policy) pairLock(times []time.Time) time.Time {
	for last := len(times) - 1; last >= p.PairFailures-1; last-- {
		if within(times[last-p.PairFailures+1], p.PairWindow, times[last]) {
			return times[last].Add(p.PairLock)
		}
	}
	return time.Time{}
}

// growing is the wait after so many failures beyond the limit.
func (p Policy) growing(beyond int) time.Duration {
	wait := p.AccountWait
	for ; beyond > 0 && wait < p.AccountWaitMax; beyond-- {
		wait *= 2
	}
	return min(wait, p.AccountWaitMax)
}

// Err returns nil for Allow, and otherwise fault.TooMany with how long to wait. It says the same whether or not the account
// exists, and nothing of what others did.
func (d Decision) Err(now time.Time) error {
	switch d.Verdict {
	case Locked:
		return fault.New(fault.TooMany, "signin.locked", "账号或密码输错的次数太多，暂时不能登录。请"+span(d.Until.Sub(now))+
			"再试；忘了密码，请找本单位的系统管理员重设")
	case Wait:
		return fault.New(fault.TooMany, "signin.wait", "登录失败的次数太多。请"+span(d.Until.Sub(now))+"再试")
	}
	return nil
}

// span says a wait, rounded up.
func span(d time.Duration) string {
	if d <= time.Minute {
		return fmt.Sprintf(" %d 秒后", max(1, (d+time.Second-1)/time.Second))
	}
	return fmt.Sprintf(" %d 分钟后", (d+time.Minute-1)/time.Minute)
}

// Prefix is the neighbourhood of an address in which attempts are counted together: /24 of IPv4, /64 of IPv6, which is what
// one household or office holds. An address that is not valid has the zero prefix, which is counted like any other.
func Prefix(addr netip.Addr) netip.Prefix {
	addr = addr.Unmap().WithZone("")
	bits := 64
	if addr.Is4() {
		bits = 24
	}
	prefix, err := addr.Prefix(bits)
	if err != nil {
		return netip.Prefix{}
	}
	return prefix
}

// inOrder returns the attempts oldest first, none after now. At the same instant failures come before a success.
func inOrder(attempts []Attempt, now time.Time) []Attempt {
	sorted := slices.Clone(attempts)
	for i := range sorted {
		if sorted[i].At.After(now) {
			sorted[i].At = now
		}
	}
	slices.SortStableFunc(sorted, func(a, b Attempt) int {
		switch {
		case !a.At.Equal(b.At):
			return a.At.Compare(b.At)
		case a.OK == b.OK:
			return 0
		case a.OK:
			return 1
		}
		return -1
	})
	return sorted
}

// within reports whether at lies less than the window before now.
func within(at time.Time, window time.Duration, now time.Time) bool { return now.Sub(at) < window }

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
