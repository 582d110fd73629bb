package signin

import (
	"errors"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/gongkai/gongkai/internal/fault"
)

func ranges(t testing.TB, text string) Ranges {
	t.Helper()
	r, err := ParseRanges(text)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestRangesAreReadAsPeopleTypeThem(t *testing.T) {
	tests := []struct{ text, want string }{
		{"", ""},
		{" \n，、", ""},
		{"10.1.2.3", "10.1.2.3"},
		{"10.0.0.0/8，192.168.1.0/24、2001:db8::/32；fe80::1", "10.0.0.0/8\n192.168.1.0/24\n2001:db8::/32\nfe80::1"},
		{"10.0.0.0/8, 10.0.0.0/8\r\n172.16.0.0/12", "10.0.0.0/8\n172.16.0.0/12"},
		{"::ffff:10.1.2.3 ::ffff:10.2.0.0/112", "10.1.2.3\n10.2.0.0/16"},
		{"0.0.0.0/0;::/0", "0.0.0.0/0\n::/0"},
		{"10.1.2.3/32", "10.1.2.3"},
	}
	for _, tt := range tests {
		if diff := cmp.Diff(tt.want, ranges(t, tt.text).String()); diff != "" {
			t.Errorf("%q: -want +got:\n%s", tt.text, diff)
		}
	}
}

func TestRangesThatAreUnclearAreNamed(t *testing.T) {
	tests := []struct{ text, want string }{
		{"10.0.0.0/8, 10.1.2", "“10.1.2”看不懂"},
		{"10.1.2.3/24", "一段请写 10.1.2.0/24，一个请写 10.1.2.3"},
		{"10.1.2.0/33", "“10.1.2.0/33”看不懂"},
		{"10.1.2.1-10.1.2.9", "“10.1.2.1-10.1.2.9”看不懂"},
		{"fe80::1%eth0", "“fe80::1%eth0”看不懂"},
		{"::ffff:0:0/90", "说不清是一段还是一个"},
		{"内网", "“内网”看不懂"},
		{strings.Repeat("x", 500), "x…”看不懂"},
		{strings.Repeat("10.1.2.3 ", 1001), "最多 1000 条，您填了 1001 条"},
	}
	for _, tt := range tests {
		_, err := ParseRanges(tt.text)
		if !errors.Is(err, fault.Usage) {
			t.Errorf("%.40q: %v, want usage", tt.text, err)
			continue
		}
		if !strings.Contains(fault.Message(err), tt.want) {
			t.Errorf("%.40q says %q, want %q in it", tt.text, fault.Message(err), tt.want)
		}
	}
}

func TestRangesContain(t *testing.T) {
	r := ranges(t, "10.0.0.0/8，192.168.1.7，2001:db8::/32")
	for addr, want := range map[string]bool{
		"10.255.0.1": true, "11.0.0.1": false, "192.168.1.7": true, "192.168.1.8": false, "2001:db8:1::1": true, "2001:db9::1": false,
		"::ffff:10.0.0.1": true, "2001:db8::1%eth0": true,
	} {
		if got := r.Contains(netip.MustParseAddr(addr)); got != want {
			t.Errorf("Contains(%s) = %v, want %v", addr, got, want)
		}
	}
	if r.Contains(netip.Addr{}) || (Ranges{}).Contains(netip.MustParseAddr("10.0.0.1")) || !(Ranges{}).Empty() || r.Empty() {
		t.Error("no address lies in some range, or some address in none")
	}
}

func TestClientIsTheRightmostThatNoTrustedProxyIs(t *testing.T) {
	trusted := ranges(t, "127.0.0.1, 10.0.0.0/24, fd00::/8")
	tests := []struct {
		name, peer string
		forwarded  []string
		want       string // "" is an error
	}{
		{"no proxy", "203.0.113.5:4711", nil, "203.0.113.5"},
		{"no proxy, forged", "203.0.113.5:4711", []string{"10.0.0.9"}, "203.0.113.5"},
		{"one proxy", "10.0.0.1:80", []string{"203.0.113.5"}, "203.0.113.5"},
		{"one proxy, forged before it", "10.0.0.1:80", []string{"127.0.0.1, 10.0.0.7, 203.0.113.5"}, "203.0.113.5"},
		{"rubbish where nobody looks", "10.0.0.1:80", []string{"<script>, 203.0.113.5"}, "203.0.113.5"},
		{"two proxies", "10.0.0.1:80", []string{"198.51.100.1, 203.0.113.5, 10.0.0.2"}, "203.0.113.5"},
		{"in two lines", "10.0.0.1:80", []string{"198.51.100.1, 203.0.113.5", "10.0.0.2"}, "203.0.113.5"},
		{"all trusted", "10.0.0.1:80", []string{"10.0.0.3, 10.0.0.2"}, "10.0.0.3"},
		{"trusted without the header", "127.0.0.1:80", nil, "127.0.0.1"},
		{"trusted with an empty header", "127.0.0.1:80", []string{""}, "127.0.0.1"},
		{"with a port", "10.0.0.1:80", []string{"203.0.113.5:1234"}, "203.0.113.5"},
		{"IPv6", "[fd00::1]:80", []string{"2001:db8::5"}, "2001:db8::5"},
		{"IPv6 in brackets", "[fd00::1]:80", []string{"[2001:db8::5]"}, "2001:db8::5"},
		{"IPv6 with a port", "[fd00::1]:80", []string{"[2001:db8::5]:99"}, "2001:db8::5"},
		{"IPv4 as IPv6", "[::ffff:10.0.0.1]:80", []string{"::ffff:203.0.113.5"}, "203.0.113.5"},
		{"rubbish from the proxy", "10.0.0.1:80", []string{"203.0.113.5, unknown"}, ""},
		{"a hole in the list", "10.0.0.1:80", []string{"203.0.113.5,, 10.0.0.2"}, ""},
		{"a list without end", "10.0.0.1:80", []string{strings.Repeat("10.0.0.2,", 100) + "10.0.0.2"}, ""},
		{"a socket", "@", nil, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := &http.Request{RemoteAddr: tt.peer, Header: http.Header{}}
			for _, f := range tt.forwarded {
				r.Header.Add("X-Forwarded-For", f)
			}
			got, err := ClientAddr(r, trusted)
			if tt.want == "" {
				if fault.CodeOf(err) != "signin.forwarded" {
					t.Errorf("%v, %v; want signin.forwarded", got, err)
				}
				return
			}
			if err != nil || got.String() != tt.want {
				t.Errorf("%v, %v; want %s", got, err, tt.want)
			}
		})
	}
}

// FuzzRanges: what is read is written and read the same, and nothing panics.
func FuzzRanges(f *testing.F) {
	f.Add("10.0.0.0/8，192.168.1.7", "10.0.0.1")
	f.Add("::ffff:10.0.0.0/104;fe80::/10", "::ffff:10.0.0.1")
	f.Add("1.2.3.4/5/6,%", "")
	f.Fuzz(func(t *testing.T, text, addr string) {
		r, err := ParseRanges(text)
		if err != nil {
			if !errors.Is(err, fault.Usage) {
				t.Fatalf("%q: %v is no fault", text, err)
			}
			return
		}
		again, err := ParseRanges(r.String())
		if err != nil || again.String() != r.String() {
			t.Fatalf("%q reads as %q and again as %q (%v)", text, r, again, err)
		}
		a, err := netip.ParseAddr(addr)
		if err == nil && r.Contains(a) != again.Contains(a) {
			t.Fatalf("%q and %q differ on %s", r, again, a)
		}
	})
}

// FuzzClientAddr: whatever a client sends in front of what a trusted proxy appends, it stays who it is.
func FuzzClientAddr(f *testing.F) {
	f.Add("10.0.0.1, 10.0.0.2")
	f.Add("[::1]:,,")
	trusted, client := ranges(f, "10.0.0.0/24"), netip.MustParseAddr("203.0.113.5")
	f.Fuzz(func(t *testing.T, forged string) {
		r := &http.Request{RemoteAddr: "10.0.0.1:80", Header: http.Header{"X-Forwarded-For": {forged + ", " + client.String()}}}
		got, err := ClientAddr(r, trusted)
		if err != nil || got != client {
			t.Fatalf("behind a proxy: %v, %v; want %v", got, err, client)
		}
		r = &http.Request{RemoteAddr: "203.0.113.5:80", Header: http.Header{"X-Forwarded-For": {forged}}}
		got, err = ClientAddr(r, trusted)
		if err != nil || got != client {
			t.Fatalf("without a proxy: %v, %v; want %v", got, err, client)
		}
	})
}

func TestLimiterLetsABurstThroughAndThenOneAtATime(t *testing.T) {
	l := NewLimiter(0.5, 3, 10)
	tests := []struct {
		after time.Duration // since noon
		key   string
		want  time.Duration
	}{
		{0, "a", 0}, {0, "a", 0}, {0, "a", 0},
		{0, "a", 2 * time.Second}, {0, "a", 2 * time.Second}, // refusals cost nothing
		{0, "b", 0},
		{time.Second, "a", time.Second}, {2 * time.Second, "a", 0}, {2 * time.Second, "a", 2 * time.Second},
		{time.Hour, "a", 0}, {time.Hour, "a", 0}, {time.Hour, "a", 0}, {time.Hour, "a", 2 * time.Second},
	}
	for i, tt := range tests {
		if got := l.Allow(tt.key, noon.Add(tt.after)); got != tt.want {
			t.Errorf("step %d: Allow(%s) after %v = %v, want %v", i, tt.key, tt.after, got, tt.want)
		}
	}
}

func TestLimiterForgetsTheOneNotSeenForLongest(t *testing.T) {
	l := NewLimiter(1, 1, 2)
	for i, tt := range []struct {
		key  string
		want time.Duration
	}{
		{"a", 0}, {"b", 0}, {"a", time.Second}, {"c", 0} /* b goes */, {"a", time.Second}, {"b", 0} /* c goes */, {"a", time.Second}, {"c", 0},
	} {
		if got := l.Allow(tt.key, noon); got != tt.want {
			t.Errorf("step %d: Allow(%s) = %v, want %v", i, tt.key, got, tt.want)
		}
	}
}

func TestLimiterNeverKeepsMoreThanItsKeys(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := NewLimiter(1, 2, rapid.IntRange(-1, 20).Draw(t, "keys"))
		for i, k := range rapid.SliceOf(rapid.IntRange(0, 60)).Draw(t, "asked") {
			l.Allow(strconv.Itoa(k), noon.Add(time.Duration(i)*time.Second))
			if len(l.byKey) > l.keys || len(l.byKey) != l.recent.Len() {
				t.Fatalf("%d keys, %d in the list, at most %d", len(l.byKey), l.recent.Len(), l.keys)
			}
		}
	})
}
