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

// sectionParser reads one section of a format code.
type sectionParser struct {
	section
	code   string
	at     int
	lit    strings.Builder // literal text since the digits, or since the start
	point  bool
	commas int // since the last digit
	failed bool
}

func parseSection(code string) (sec section, ok bool) {
	p := &sectionParser{code: code}
	for p.at < len(code) && !p.failed {
		c, n := utf8.DecodeRuneInString(code[p.at:])
		p.at += n
		switch c {
		case '"':
			p.quoted()
		case '\\', '_', '*':
			p.escaped(c)
		case '[':
			p.bracket()
		case '0', '#', '?':
			p.digit(c)
		case '.', ',', '%':
			p.sign(c)
		case '/', 'E', 'e':
			p.failed = true
		case 'G', 'g':
			p.word(c)
		case '@':
			p.at = len(code)
		default:
			p.lit.WriteRune(c)
		}
	}
	p.scale = p.commas
	if p.digits || p.general {
		p.suffix = p.lit.String()
	} else {
		p.prefix = p.lit.String()
	}
	return p.section, !p.failed
}

// until returns the text up to the next end mark, and passes over it.
func (p *sectionParser) until(end byte) string {
	n := strings.IndexByte(p.code[p.at:], end)
	if n < 0 {
		p.failed = true
		return ""
	}
	s := p.code[p.at : p.at+n]
	p.at += n + 1
	return s
}

func (p *sectionParser) quoted() { p.lit.WriteString(p.until('"')) }

// escaped handles the character after a backslash, which is literal, and those that stand for a width or a fill.
func (p *sectionParser) escaped(mark rune) {
	_, n := utf8.DecodeRuneInString(p.code[p.at:])
	if mark == '\\' {
		p.lit.WriteString(p.code[p.at : p.at+n])
	}
	p.at += n
}

// bracket handles colours, which do not matter, currencies, which are text, and conditions, which are not followed.
func (p *sectionParser) bracket() {
	in := p.until(']')
	if strings.HasPrefix(in, "$") {
		sign, _, _ := strings.Cut(in[1:], "-")
		p.lit.WriteString(sign)
		return
	}
	p.failed = p.failed || strings.ContainsAny(in, "<>=")
}

func (p *sectionParser) digit(c rune) {
	if !p.digits {
		p.digits = true
		p.prefix = p.lit.String()
		p.lit.Reset()
	}
	if p.commas > 0 {
		p.thousands, p.commas = true, 0
	}
	switch {
	case p.point:
		p.decMax++
		if c == '0' {
			p.decMin = p.decMax
		}
	case c == '0':
		p.intMin = min(p.intMin+1, 30)
	}
}

func (p *sectionParser) sign(c rune) {
	switch {
	case c == '.' && p.digits && !p.point:
		p.point = true
	case c == ',' && p.digits:
		p.commas++
	default:
		p.percent = p.percent || c == '%'
		p.lit.WriteRune(c)
	}
}

// word handles the word General in the middle of a format.
func (p *sectionParser) word(c rune) {
	const rest = "eneral"
	if len(p.code) < p.at+len(rest) || !strings.EqualFold(p.code[p.at:p.at+len(rest)], rest) {
		p.lit.WriteRune(c)
		return
	}
	p.general = true
	p.prefix = p.lit.String()
	p.lit.Reset()
	p.at += len(rest)
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
