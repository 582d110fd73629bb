package xlsx

import (
	"math"
	"strconv"
	"strings"
	"unicode/utf8"
)

// format is a parsed number format.
type format struct {
	general  bool
	date     bool
	layout   string    // of a date, as package time wants it
	sections []section // positive, negative, zero
}

// section is one of the parts of a format that semicolons divide.
type section struct {
	prefix, suffix string
	digits         bool // there is a place for digits
	intMin         int  // digits before the point at least
	decMin, decMax int
	thousands      bool
	scale          int // times 1000 that the number is divided by
	percent        bool
	general        bool
}

// parseFormat reads a format code. What is not needed for reports (fractions, powers of ten, conditions) shows as the
// general format does.
func parseFormat(code string) *format {
	low := strings.ToLower(code)
	if code == "" || low == "general" || code == "@" {
		return &format{general: true}
	}
	if lay := dateLayout(code); lay != "" {
		return &format{date: true, layout: lay}
	}
	f := &format{}
	for _, part := range split(code) {
		sec, ok := parseSection(part)
		if !ok {
			return &format{general: true}
		}
		f.sections = append(f.sections, sec)
	}
	return f
}

// split cuts a code at the semicolons that stand outside of quotes.
func split(code string) []string {
	var parts []string
	quoted, from := false, 0
	for i := 0; i < len(code); i++ {
		switch {
		case code[i] == '"':
			quoted = !quoted
		case code[i] == '\\' && !quoted:
			i++
		case code[i] == ';' && !quoted:
			parts = append(parts, code[from:i])
			from = i + 1
		}
	}
	return append(parts, code[from:])
}

func parseSection(code string) (sec section, ok bool) {
	var lit strings.Builder
	point := false
	pendingComma := 0
	for i := 0; i < len(code); {
		c, n := utf8.DecodeRuneInString(code[i:])
		switch c {
		case '"':
			end := strings.IndexByte(code[i+1:], '"')
			if end < 0 {
				return sec, false
			}
			lit.WriteString(code[i+1 : i+1+end])
			i += end + 2
			continue
		case '\\', '_', '*':
			_, m := utf8.DecodeRuneInString(code[i+n:])
			if c == '\\' {
				lit.WriteString(code[i+n : i+n+m])
			}
			i += n + m
			continue
		case '[':
			end := strings.IndexByte(code[i:], ']')
			if end < 0 {
				return sec, false
			}
			in := code[i+1 : i+end]
			if strings.HasPrefix(in, "$") {
				sign, _, _ := strings.Cut(in[1:], "-")
				lit.WriteString(sign)
			} else if strings.ContainsAny(in, "<>=") {
				return sec, false
			}
			i += end + 1
			continue
		case '0', '#', '?':
			if !sec.digits {
				sec.digits = true
				sec.prefix = lit.String()
				lit.Reset()
			}
			if pendingComma > 0 {
				sec.thousands, pendingComma = true, 0
			}
			switch {
			case point && c == '0':
				sec.decMax++
				sec.decMin = sec.decMax
			case point:
				sec.decMax++
			case c == '0':
				sec.intMin = min(sec.intMin+1, 30)
			}
		case '.':
			if sec.digits && !point {
				point = true
			} else {
				lit.WriteByte('.')
			}
		case ',':
			if sec.digits {
				pendingComma++
			} else {
				lit.WriteByte(',')
			}
		case '%':
			sec.percent = true
			lit.WriteByte('%')
		case '/', 'E', 'e':
			return sec, false
		case 'G', 'g':
			if len(code) >= i+7 && strings.EqualFold(code[i:i+7], "general") {
				sec.general = true
				sec.prefix = lit.String()
				lit.Reset()
				i += 7
				continue
			}
			lit.WriteRune(c)
		case '@':
			return sec, true
		default:
			lit.WriteRune(c)
		}
		i += n
	}
	sec.scale = pendingComma
	if sec.digits || sec.general {
		sec.suffix = lit.String()
	} else {
		sec.prefix = lit.String()
	}
	return sec, true
}

func (f *format) showNumber(n float64) string {
	if f.general || len(f.sections) == 0 {
		return general(n)
	}
	sec, sign := f.sections[0], ""
	switch {
	case n < 0 && len(f.sections) > 1:
		sec, n = f.sections[1], -n
	case n < 0:
		sign, n = "-", -n
	case n == 0 && len(f.sections) > 2:
		sec = f.sections[2]
	}
	out := sec.show(n)
	if strings.Trim(out, "0.,%") == "" {
		sign = "" // minus zero shows as zero
	}
	return strings.TrimSpace(sign + out)
}

func (sec *section) show(n float64) string {
	switch {
	case sec.general:
		return sec.prefix + general(n) + sec.suffix
	case !sec.digits:
		return sec.prefix
	}
	if sec.percent {
		n *= 100
	}
	n /= math.Pow(1000, float64(sec.scale))
	whole, dec := round(n, sec.decMax)
	for len(dec) > sec.decMin && strings.HasSuffix(dec, "0") {
		dec = dec[:len(dec)-1]
	}
	for len(whole) < sec.intMin {
		whole = "0" + whole
	}
	if whole == "0" && sec.intMin == 0 {
		whole = ""
		if dec == "" && n == 0 {
			return ""
		}
	}
	if sec.thousands {
		for i := len(whole) - 3; i > 0; i -= 3 {
			whole = whole[:i] + "," + whole[i:]
		}
	}
	if dec != "" {
		whole += "." + dec
	}
	return sec.prefix + whole + sec.suffix
}

// round writes n, not negative, with dec decimals. Halves go up in the decimal value that Excel keeps (15 digits):
// 1.005 becomes 1.01 although its binary form lies below.
func round(n float64, dec int) (whole, frac string) {
	dec = min(dec, 30)
	e := strconv.FormatFloat(n, 'e', 14, 64) // d.dddddddddddddde±xx
	mant, exp, _ := strings.Cut(e, "e")
	x, err := strconv.Atoi(exp)
	if err != nil {
		return strconv.FormatFloat(n, 'f', 0, 64), ""
	}
	digits := strings.Replace(mant, ".", "", 1)
	point := x + 1 // digits before the point
	if point < 0 {
		digits = strings.Repeat("0", min(-point, 60)) + digits
		point = 0
	}
	for len(digits) < point+dec+1 {
		digits += "0"
	}
	keep := []byte("0" + digits[:point+dec])
	if digits[point+dec] >= '5' {
		i := len(keep) - 1
		for keep[i] == '9' {
			keep[i] = '0'
			i--
		}
		keep[i]++
	}
	whole = strings.TrimLeft(string(keep[:1+point]), "0")
	if whole == "" {
		whole = "0"
	}
	return whole, string(keep[1+point:])
}

// dateLayout returns the layout for package time when the code shows a date or a time, else "".
func dateLayout(code string) string {
	var y, mo, d, h, s, chinese bool
	quoted := false
	first, _, _ := strings.Cut(code, ";")
	for i := 0; i < len(first); i++ {
		c := first[i] | 0x20
		switch {
		case first[i] == '"':
			quoted = !quoted
		case quoted:
		case first[i] == '\\' || first[i] == '_' || first[i] == '*':
			i++
		case first[i] == '[':
			end := strings.IndexByte(first[i:], ']')
			if end < 0 {
				return ""
			}
			in := strings.ToLower(first[i+1 : i+end])
			h = h || in == "h" || in == "hh" || in == "m" || in == "mm" || in == "s" || in == "ss"
			i += end
		case c == 'y' || c == 'e' && strings.Contains(first, "年"):
			y = true
		case c == 'm':
			mo = true
		case c == 'd':
			d = true
		case c == 'h':
			h = true
		case c == 's':
			s = true
		case first[i] == '0' || first[i] == '#' || first[i] == '?':
			if !s {
				return ""
			}
		}
	}
	chinese = strings.Contains(first, "年") || strings.Contains(first, "月")
	mo = mo && (y || d || !h && !s)
	return layoutOf(y, mo, d, h || s, chinese)
}

func layoutOf(y, mo, d, clock, chinese bool) string {
	var lay string
	switch {
	case y && mo && d && chinese:
		lay = "2006年1月2日"
	case y && mo && chinese:
		lay = "2006年1月"
	case mo && d && chinese:
		lay = "1月2日"
	case y && mo && d:
		lay = "2006-01-02"
	case y && mo:
		lay = "2006-01"
	case mo && d:
		lay = "1-2"
	case y && chinese:
		lay = "2006年"
	case y:
		lay = "2006"
	case mo:
		lay = "1"
	case d:
		lay = "2"
	}
	if clock {
		lay = strings.TrimSpace(lay + " 15:04")
	}
	return lay
}
