package narrative

import (
	"math"
	"strconv"
	"strings"
)

// number is a figure as printed: n / 10^dec.
type number struct {
	n   int64
	dec uint8
	// ulp is how much one step of the last digit that carries meaning is worth, in whole units; 1 for an exact count.
	ulp  int64
	near nearness
}

// nearness says how a figure that is not exact is meant.
type nearness uint8

const (
	exact   nearness = iota
	rounded          // 1.4万
	atLeast          // 30余
	around           // 约30
)

// holds reports whether a count that the tables state is what the figure can mean.
func (x number) holds(v int64) bool {
	if x.dec > 0 {
		return false
	}
	d := v - x.n
	switch x.near {
	case atLeast:
		return d >= 0 && d < max(x.ulp, 2)
	case rounded:
		return d > -x.ulp && d < x.ulp
	case around:
		return max(d, -d) <= max(x.ulp, x.n/10)
	default:
		return d == 0
	}
}

func (x number) String() string {
	if x.dec == 0 {
		return strconv.FormatInt(x.n, 10)
	}
	s, sign := strconv.FormatInt(x.n, 10), ""
	if strings.HasPrefix(s, "-") {
		s, sign = s[1:], "-"
	}
	if pad := int(x.dec) + 1 - len(s); pad > 0 {
		s = strings.Repeat("0", pad) + s
	}
	cut := len(s) - int(x.dec)
	return sign + s[:cut] + "." + s[cut:]
}

// times returns x * 10^k for small k, false when it does not fit.
func (x number) times(k int) (number, bool) {
	for ; k > 0; k-- {
		if x.dec > 0 {
			x.dec--
			continue
		}
		if x.n > math.MaxInt64/10 {
			return x, false
		}
		x.n *= 10
	}
	return x, true
}

// lastDigit is the worth of the last digit of n that is not zero.
func lastDigit(n int64) int64 {
	u := int64(1)
	for n != 0 && n%10 == 0 && u < 1_000_000_000 {
		n, u = n/10, u*10
	}
	return u
}

// digits reads the Arabic figure at i: thousands in groups, decimals. wrapped says that a line break or a space stood in it.
func (t *text) digits(i int) (x number, end int, wrapped, ok bool) {
	n, end := int64(0), i
	for t.digit(end) && (end == i || !t.spaced(end)) {
		if end-i > 14 {
			return x, end, false, false
		}
		wrapped = wrapped || end > i && t.gap[end] != 0
		n = n*10 + int64(t.rs[end]-'0')
		end++
	}
	if end-i <= 3 {
		n, end, wrapped = t.groups(n, end, wrapped)
	}
	x = number{n: n, ulp: 1}
	if t.at(end) != '.' || !t.digit(end+1) {
		return x, end, wrapped, true
	}
	end++
	for t.digit(end) && !t.spaced(end) {
		if x.dec >= 8 || x.n >= math.MaxInt64/100 {
			return x, end, false, false
		}
		x.n = x.n*10 + int64(t.rs[end]-'0')
		x.dec++
		end++
	}
	return x, end, wrapped, true
}

func (t *text) digit(i int) bool { return i < len(t.rs) && isDigit(t.rs[i]) }

// groups reads on over groups of three figures set off by commas, or by spaces (which is not certain).
func (t *text) groups(n int64, end int, wrapped bool) (int64, int, bool) {
	for k := 0; k < 4; k++ {
		from := end
		if from < len(t.rs) && t.rs[from] == ',' {
			from++
		} else if from >= len(t.rs) || !t.spaced(from) {
			break
		}
		if !t.three(from) {
			break
		}
		if from == end {
			wrapped = true
		}
		n = n*1000 + int64(t.rs[from]-'0')*100 + int64(t.rs[from+1]-'0')*10 + int64(t.rs[from+2]-'0')
		end = from + 3
	}
	return n, end, wrapped
}

func (t *text) three(i int) bool {
	return i+3 <= len(t.rs) && isDigit(t.rs[i]) && isDigit(t.rs[i+1]) && isDigit(t.rs[i+2]) &&
		!t.spaced(i+1) && !t.spaced(i+2) && (i+3 == len(t.rs) || !isDigit(t.rs[i+3]) || t.spaced(i+3))
}

func isDigit(r rune) bool { return r >= '0' && r <= '9' }

// numeral is the value of a Chinese numeral, -1 when it is none. Powers of ten are told by power.
func numeral(r rune) int64 {
	switch r {
	case '〇', '零', '○':
		return 0
	case '一':
		return 1
	case '二', '两':
		return 2
	case '三':
		return 3
	case '四':
		return 4
	case '五':
		return 5
	case '六':
		return 6
	case '七':
		return 7
	case '八':
		return 8
	case '九':
		return 9
	}
	return -1
}

func power(r rune) int64 {
	switch r {
	case '十':
		return 10
	case '百':
		return 100
	case '千':
		return 1000
	case '万':
		return 10000
	}
	return 0
}

// chinese reads the Chinese numeral at i, in words (二十一) or figure by figure (二〇二三).
func (t *text) chinese(i int) (n int64, end int, ok bool) {
	var total, section, digit, plain int64
	count, powers := 0, 0
	for end = i; end < len(t.rs) && end-i < 12; end++ {
		r := t.rs[end]
		if d := numeral(r); d >= 0 {
			digit, plain = d, plain*10+d
			count++
			continue
		}
		p := power(r)
		if p == 0 {
			break
		}
		powers++
		if p == 10000 {
			total, section, digit = (total+section+digit)*p, 0, 0
			continue
		}
		if digit == 0 {
			digit = 1
		}
		section, digit = section+digit*p, 0
	}
	if count+powers == 0 {
		return 0, i, false
	}
	if powers == 0 && count > 1 {
		return plain, end, true
	}
	return total + section + digit, end, true
}
