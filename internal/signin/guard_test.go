package signin

import (
	"errors"
	"net/netip"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/gongkai/gongkai/internal/fault"
)

var (
	noon   = time.Date(2026, 11, 25, 4, 0, 0, 0, time.UTC)
	office = netip.MustParsePrefix("10.1.2.0/24")
	street = netip.MustParsePrefix("203.0.113.0/24")
)

// fails are failures of one account from one prefix, so many seconds before noon.
func fails(account string, from netip.Prefix, seconds ...int) []Attempt {
	var out []Attempt
	for _, s := range seconds {
		out = append(out, Attempt{Account: account, From: from, At: noon.Add(-time.Duration(s) * time.Second)})
	}
	return out
}

// spread are n failures of an account, one second apart up to noon, each from another prefix.
func spread(account string, n int) []Attempt {
	var out []Attempt
	for i := range n {
		out = append(out, Attempt{Account: account, From: Prefix(netip.AddrFrom4([4]byte{100, 64, byte(i), 1})), At: noon.Add(-time.Duration(n-1-i) * time.Second)})
	}
	return out
}

func join(lists ...[]Attempt) []Attempt {
	var out []Attempt
	for _, l := range lists {
		out = append(out, l...)
	}
	return out
}

func many(n int, f func(int) Attempt) []Attempt {
	var out []Attempt
	for i := range n {
		out = append(out, f(i))
	}
	return out
}

func TestGuardDecides(t *testing.T) {
	zhang := Try{Account: "zhang", From: office}
	success := []Attempt{{Account: "zhang", From: office, At: noon.Add(-30 * time.Second), OK: true}}
	crowd := many(20, func(i int) Attempt {
		return Attempt{Account: string(rune('a' + i)), From: office, At: noon.Add(-time.Duration(i*10) * time.Second)}
	})
	late := many(20, func(i int) Attempt { // the oldest is about to be forgotten
		return Attempt{Account: string(rune('a' + i)), From: office, At: noon.Add(-590*time.Second + time.Duration(i)*time.Second)}
	})
	tests := []struct {
		name     string
		attempts []Attempt
		try      Try
		verdict  Verdict
		after    time.Duration // until, counted from noon
	}{
		{"nothing happened", nil, zhang, Allow, 0},
		{"four failures", fails("zhang", office, 40, 30, 20, 10), zhang, Allow, 0},
		{"five failures lock", fails("zhang", office, 50, 40, 30, 20, 10), zhang, Locked, 15*time.Minute - 10*time.Second},
		{"in any order", fails("zhang", office, 10, 50, 30, 20, 40), zhang, Locked, 15*time.Minute - 10*time.Second},
		{"not from elsewhere", fails("zhang", street, 50, 40, 30, 20, 10), zhang, Allow, 0},
		{"nor another account", fails("li", office, 50, 40, 30, 20, 10), zhang, Allow, 0},
		{"the lock ends at its time", fails("zhang", office, 940, 930, 920, 910, 900), zhang, Allow, 0},
		{"and not a second before", fails("zhang", office, 939, 929, 919, 909, 899), zhang, Locked, time.Second},
		{"five over a longer time than the window", fails("zhang", office, 1000, 400, 300, 200, 100), zhang, Allow, 0},
		{"the window ended after the lock began", fails("zhang", office, 1600, 1500, 1000, 900, 800), zhang, Locked, 100 * time.Second},
		{"a later failure does not hide the lock", fails("zhang", office, 1600, 1500, 1000, 900, 800, 1), zhang, Locked, 100 * time.Second},
		{"a success begins the count again", join(fails("zhang", office, 70, 60, 50, 40), success, fails("zhang", office, 10)), zhang, Allow, 0},
		{"twenty from one prefix", crowd, zhang, Wait, 10*time.Minute - 190*time.Second},
		{"nineteen from one prefix", crowd[1:], zhang, Allow, 0},
		{"elsewhere goes on", crowd, Try{Account: "zhang", From: street}, Allow, 0},
		{"successes from the prefix do not count", many(30, func(i int) Attempt {
			return Attempt{Account: "a", From: office, At: noon.Add(-time.Duration(i) * time.Second), OK: true}
		}), zhang, Allow, 0},
		{"49 from anywhere", spread("zhang", 49), zhang, Allow, 0},
		{"50 from anywhere", spread("zhang", 50), zhang, Wait, 2 * time.Second},
		{"52 from anywhere", spread("zhang", 52), zhang, Wait, 8 * time.Second},
		{"250 from anywhere: never more than the most", spread("zhang", 250), zhang, Wait, time.Minute},
		{"the longer of two waits: of the prefix", join(spread("zhang", 52), crowd), zhang, Wait, 10*time.Minute - 190*time.Second},
		{"the longer of two waits: of the account", join(spread("zhang", 250), late), zhang, Wait, time.Minute},
		{"the owner from where he always signs in", spread("zhang", 250), Try{Account: "zhang", From: office, Known: true}, Allow, 0},
		{"known or not, five of one pair lock", fails("zhang", office, 5, 4, 3, 2, 1), Try{Account: "zhang", From: office, Known: true}, Locked, 15*time.Minute - time.Second},
		{"a clock ahead counts as now", fails("zhang", office, -500, -400, -300, -200, -100), zhang, Locked, 15 * time.Minute},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			want := Decision{Verdict: tt.verdict}
			if tt.verdict != Allow {
				want.Until = noon.Add(tt.after)
			}
			if diff := cmp.Diff(want, DefaultPolicy().Decide(tt.attempts, tt.try, noon)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestRefusalsSayHowLongAndNothingElse(t *testing.T) {
	tests := []struct {
		d    Decision
		code string
		want string
	}{
		{Decision{Verdict: Locked, Until: noon.Add(14*time.Minute + time.Second)}, "signin.locked",
			"账号或密码输错的次数太多，暂时不能登录。请 15 分钟后再试；忘了密码，请找本单位的系统管理员重设"},
		{Decision{Verdict: Wait, Until: noon.Add(1500 * time.Millisecond)}, "signin.wait", "登录失败的次数太多。请 2 秒后再试"},
	}
	for _, tt := range tests {
		err := tt.d.Err(noon)
		if !errors.Is(err, fault.TooMany) || fault.CodeOf(err) != tt.code || fault.Message(err) != tt.want {
			t.Errorf("%+v: %s %q, want %s %q", tt.d, fault.CodeOf(err), fault.Message(err), tt.code, tt.want)
		}
	}
	if err := (Decision{Verdict: Allow}).Err(noon); err != nil {
		t.Errorf("allowed: %v", err)
	}
}

// TestGuardProperties: whatever happened, waiting until the named time is enough, what is older than the horizon plays no
// part, and neither does the order.
func TestGuardProperties(t *testing.T) {
	p := DefaultPolicy()
	accounts, places := []string{"zhang", "li"}, []netip.Prefix{office, street}
	attempt := rapid.Custom(func(t *rapid.T) Attempt {
		return Attempt{
			Account: rapid.SampledFrom(accounts).Draw(t, "account"), From: rapid.SampledFrom(places).Draw(t, "from"),
			At: noon.Add(-time.Duration(rapid.IntRange(-60, 7200).Draw(t, "ago")) * time.Second), OK: rapid.IntRange(0, 9).Draw(t, "ok") == 0,
		}
	})
	rapid.Check(t, func(t *rapid.T) {
		attempts := rapid.SliceOfN(attempt, 0, 120).Draw(t, "attempts")
		try := Try{Account: "zhang", From: office, Known: rapid.Bool().Draw(t, "known")}
		got := p.Decide(attempts, try, noon)
		if (got.Verdict == Allow) != got.Until.IsZero() || got.Until.After(noon.Add(p.Horizon())) {
			t.Fatalf("%+v is no decision", got)
		}
		var recent []Attempt
		for _, a := range attempts {
			if !a.At.Before(noon.Add(-p.Horizon())) {
				recent = append(recent, a)
			}
		}
		if again := p.Decide(recent, try, noon); again != got {
			t.Fatalf("with the recent ones only %+v, with all %+v", again, got)
		}
		if again := p.Decide(rapid.Permutation(attempts).Draw(t, "order"), try, noon); again != got {
			t.Fatalf("in another order %+v, before %+v", again, got)
		}
		for range 3 { // a lock may uncover a wait
			if got.Verdict == Allow {
				return
			}
			got = p.Decide(attempts, try, got.Until)
		}
		if got.Verdict != Allow {
			t.Fatalf("after three waits still %+v", got)
		}
	})
}

func TestPrefixes(t *testing.T) {
	tests := []struct{ addr, want string }{
		{"203.0.113.77", "203.0.113.0/24"}, {"::ffff:203.0.113.77", "203.0.113.0/24"},
		{"2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"}, {"fe80::1%eth0", "fe80::/64"},
	}
	for _, tt := range tests {
		if got := Prefix(netip.MustParseAddr(tt.addr)).String(); got != tt.want {
			t.Errorf("Prefix(%s) = %s, want %s", tt.addr, got, tt.want)
		}
	}
	if got := Prefix(netip.Addr{}); got.IsValid() {
		t.Errorf("Prefix of no address = %s", got)
	}
}

func TestPoliciesThatMakeNoSense(t *testing.T) {
	if err := DefaultPolicy().Check(); err != nil {
		t.Errorf("the default: %v", err)
	}
	for name, change := range map[string]func(*Policy){
		"zero failures": func(p *Policy) { p.PairFailures = 0 }, "no window": func(p *Policy) { p.PrefixWindow = 0 },
		"negative lock": func(p *Policy) { p.PairLock = -1 }, "most below least": func(p *Policy) { p.AccountWaitMax = 1 },
	} {
		p := DefaultPolicy()
		change(&p)
		if err := p.Check(); !errors.Is(err, fault.Usage) {
			t.Errorf("%s: %v, want usage", name, err)
		}
	}
}
