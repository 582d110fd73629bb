package signin

import (
	"fmt"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"unicode"

	"github.com/gongkai/gongkai/internal/fault"
)

// Ranges are addresses and networks, of IPv4 and IPv6: those from which staff may reach their pages, or the proxies that
// are trusted. The zero Ranges hold no address; whether that means nobody or everybody is for the caller to say.
// Legal: 互联网政务应用安全管理规定 第十九条.
type Ranges struct{ prefixes []netip.Prefix }

// maxRanges bounds a list, so that looking an address up stays cheap.
const maxRanges = 1000

// ParseRanges reads what an administrator typed: addresses (10.1.2.3) and networks (10.1.2.0/24, 2001:db8::/32), with
// commas, semicolons, spaces or new lines between them, Chinese ones too. IPv4 written as IPv6 counts as IPv4.
// Errors: fault.Usage "signin.range" naming the entry and what to write. A network with bits beyond its length
// (10.1.2.3/24) is refused, for it may mean the one or the other.
func ParseRanges(text string) (Ranges, error) {
	var r Ranges
	entries := strings.FieldsFunc(text, func(c rune) bool { return unicode.IsSpace(c) || strings.ContainsRune(",;，；、", c) })
	if len(entries) > maxRanges {
		return Ranges{}, fault.New(fault.Usage, "signin.range", fmt.Sprintf("地址范围最多 %d 条，您填了 %d 条。请把相邻的地址合成一段", maxRanges, len(entries)))
	}
	for _, entry := range entries {
		p, err := parseRange(entry)
		if err != nil {
			return Ranges{}, err
		}
		if !slices.Contains(r.prefixes, p) {
			r.prefixes = append(r.prefixes, p)
		}
	}
	return r, nil
}

func parseRange(entry string) (netip.Prefix, error) {
	shown := entry
	if runes := []rune(shown); len(runes) > 60 {
		shown = string(runes[:60]) + "…"
	}
	bad := func(why string) (netip.Prefix, error) {
		return netip.Prefix{}, fault.New(fault.Usage, "signin.range", fmt.Sprintf("地址范围“%s”%s", shown, why))
	}
	if !strings.Contains(entry, "/") {
		addr, err := netip.ParseAddr(entry)
		if err != nil || addr.Zone() != "" {
			return bad("看不懂。单个地址写成 10.1.2.3，一段写成 10.1.2.0/24")
		}
		addr = addr.Unmap()
		return netip.PrefixFrom(addr, addr.BitLen()), nil
	}
	p, err := netip.ParsePrefix(entry)
	if err != nil {
		return bad("看不懂。一段地址写成 10.1.2.0/24 或 2001:db8::/32，斜线后是前面固定的位数")
	}
	if p != p.Masked() {
		return bad(fmt.Sprintf("说不清是一段还是一个：一段请写 %s，一个请写 %s", p.Masked(), p.Addr()))
	}
	if p.Addr().Is4In6() { // masked and still in ::ffff:0:0/96, so that 96 bits at least are fixed
		p = netip.PrefixFrom(p.Addr().Unmap(), p.Bits()-96)
	}
	return p, nil
}

// Contains reports whether an address lies in one of the ranges. IPv4 written as IPv6 counts as IPv4; zones are ignored.
func (r Ranges) Contains(addr netip.Addr) bool {
	addr = addr.Unmap().WithZone("")
	return slices.ContainsFunc(r.prefixes, func(p netip.Prefix) bool { return p.Contains(addr) })
}

// Empty reports whether no range is given.
func (r Ranges) Empty() bool { return len(r.prefixes) == 0 }

// String returns the ranges as ParseRanges reads them, one a line, single addresses without a length.
func (r Ranges) String() string {
	lines := make([]string, len(r.prefixes))
	for i, p := range r.prefixes {
		lines[i] = p.String()
		if p.IsSingleIP() {
			lines[i] = p.Addr().String()
		}
	}
	return strings.Join(lines, "\n")
}

// maxHops bounds how many entries of X-Forwarded-For are looked at.
const maxHops = 32

// ClientAddr returns the address from which a request was made. X-Forwarded-For is believed only as far as trusted proxies
// wrote it: from the right, the first address that is not one of them is the client. What stands left of it anybody may
// have written, and is not looked at. Where all are trusted, the left-most is; without the header, the peer is.
// Errors: fault.Usage "signin.forwarded" where the peer is not an address, and where a trusted proxy hands on something
// else than addresses: rather no address than one that the client chose.
func ClientAddr(r *http.Request, trusted Ranges) (netip.Addr, error) {
	peer, ok := hostAddr(r.RemoteAddr)
	if !ok {
		return netip.Addr{}, fault.New(fault.Usage, "signin.forwarded", "看不出请求来自哪个网络地址。请管理员检查服务的监听设置")
	}
	if !trusted.Contains(peer) {
		return peer, nil
	}
	client, hops := peer, 0
	lines := r.Header.Values("X-Forwarded-For")
	for i := len(lines) - 1; i >= 0; i-- {
		for rest := lines[i]; rest != ""; hops++ {
			cut := strings.LastIndexByte(rest, ',')
			addr, ok := hostAddr(strings.TrimSpace(rest[cut+1:]))
			if !ok || hops == maxHops {
				return netip.Addr{}, fault.New(fault.Usage, "signin.forwarded",
					"代理服务器转来的来源地址（X-Forwarded-For）看不懂。请管理员检查代理服务器和“可信代理”的设置")
			}
			if !trusted.Contains(addr) {
				return addr, nil
			}
			client, rest = addr, rest[:max(cut, 0)]
		}
	}
	return client, nil
}

// hostAddr reads an address with or without a port: 1.2.3.4, 1.2.3.4:80, 2001:db8::1, [2001:db8::1], [2001:db8::1]:80.
func hostAddr(s string) (netip.Addr, bool) {
	if inner, ok := strings.CutPrefix(s, "["); ok {
		if only, ok := strings.CutSuffix(inner, "]"); ok {
			s = only
		}
	}
	addr, err := netip.ParseAddr(s)
	if err != nil {
		withPort, err := netip.ParseAddrPort(s)
		if err != nil {
			return netip.Addr{}, false
		}
		addr = withPort.Addr()
	}
	return addr.Unmap().WithZone(""), true
}
