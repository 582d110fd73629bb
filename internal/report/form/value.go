package form

import (
	"strconv"
	"strings"

	"github.com/gongkai/gongkai/internal/report"
)

// parseValue reads the text of one cell of a field with unit u. why is not empty when what was taken is not certain; it then
// says in Chinese what was seen.
func parseValue(text string, u report.Unit) (c report.Cell, why string) {
	if n := len(text); n > 0 && n < 10 && u == report.Count && allDigits(text) { // nearly all cells there are
		v, _ := strconv.ParseInt(text, 10, 64) // nine digits always fit
		return report.Cell{Kind: report.Number, N: v, Raw: text}, ""
	}
	raw := strings.TrimSpace(strings.Map(dropInvisible, text))
	s := strings.TrimSpace(foldString(raw))
	switch {
	case s == "":
		return report.Cell{Kind: report.Blank}, ""
	case s == foldString(report.MarkAbsent):
		return report.Cell{Kind: report.Absent}, ""
	case s == foldString(report.MarkUnreadable):
		return report.Cell{Kind: report.Unreadable, Raw: raw}, "原文无法辨认"
	case s == "/" || s == "\\" || s == "//":
		return report.Cell{Kind: report.Slash, Raw: raw}, ""
	case strings.Trim(s, "-—–―─_") == "":
		return report.Cell{Kind: report.Dash, Raw: raw}, ""
	}
	if rest, ok := strings.CutPrefix(s, "? "); ok { // a no-break space lost in a wrong encoding
		s = strings.TrimSpace(rest)
	}
	num, rest, why := leadingNumber(s)
	if num == "" {
		if strings.ContainsAny(s, "0123456789") {
			return report.Cell{Kind: report.Unreadable, Raw: raw}, "单元格内容为“" + oneLine(raw) + "”，不能确定是哪个数"
		}
		return report.Cell{Kind: report.Words, Raw: oneLine(raw)}, ""
	}
	note := strings.TrimSpace(rest)
	if u == report.Amount {
		return amount(num, note, raw, why)
	}
	c, bad := number(num, u)
	if bad != "" {
		return report.Cell{Kind: report.Unreadable, Raw: raw}, bad
	}
	c.Raw = num
	if note == "" {
		return c, why
	}
	return withNote(c, note, raw, u, why)
}

// withNote decides what stands behind the number of a cell.
func withNote(c report.Cell, note, raw string, u report.Unit, why string) (report.Cell, string) {
	if u == report.WanYuan {
		switch {
		case strings.HasPrefix(note, "万元"):
			note = strings.TrimSpace(strings.TrimPrefix(note, "万元"))
		case strings.HasPrefix(note, "元"):
			// The header says 万元 and the cell says 元: the cell's own unit counts, and is doubted.
			n, ok := report.ParseYuan(c.Raw)
			if !ok {
				return report.Cell{Kind: report.Unreadable, Raw: raw}, "单元格写的是“" + oneLine(raw) + "”，与表头单位“万元”不一致"
			}
			c.N, c.Decimals = n, 0
			return c, "单元格自带单位“元”，表头单位为“万元”，已按元折算"
		}
	}
	switch {
	case note == "", note == "件", note == "项", note == "个", note == "宗":
		return c, why
	case note[0] == '(' || strings.ContainsRune("[,;*", rune(note[0])):
		c.Note = originalNote(raw)
		return c, why
	case isHan([]rune(note)[0]):
		c.Note = originalNote(raw)
		return c, "单元格内容为“" + oneLine(raw) + "”，取了其中开头的数"
	}
	return report.Cell{Kind: report.Unreadable, Raw: raw}, "单元格内容为“" + oneLine(raw) + "”，不能确定是哪个数"
}

func amount(num, note, raw, why string) (report.Cell, string) {
	unit, rest := "", note
	for _, x := range []string{"万元", "亿元", "元"} {
		if r, ok := strings.CutPrefix(note, x); ok {
			unit, rest = x, strings.TrimSpace(r)
			break
		}
	}
	c := report.ParseAmount(num + unit)
	if c.Kind != report.Number {
		return report.Cell{Kind: report.Unreadable, Raw: raw}, "金额“" + oneLine(raw) + "”不是可以确定的数"
	}
	if rest != "" {
		c.Note = rest
	}
	return c, why
}

// originalNote returns the remark as printed: all that stands behind the leading number.
func originalNote(raw string) string {
	i := strings.IndexFunc(raw, func(r rune) bool { return !strings.ContainsRune("0123456789.,+- \n\t", fold(r)) })
	if i < 0 {
		return ""
	}
	return oneLine(raw[i:])
}

func number(num string, u report.Unit) (report.Cell, string) {
	if u == report.WanYuan {
		fen, dec, ok := report.ParseWan(num)
		if !ok {
			return report.Cell{}, "金额“" + num + "”不足一分或超出范围，不能准确表示"
		}
		return report.Cell{Kind: report.Number, N: fen, Decimals: dec}, ""
	}
	if w, f, ok := strings.Cut(num, "."); ok {
		return report.Cell{}, "件数“" + w + "." + f + "”不是整数"
	}
	n, err := strconv.ParseInt(num, 10, 64)
	if err != nil || n > report.MaxNumber || n < -report.MaxNumber {
		return report.Cell{}, "数“" + num + "”超出范围"
	}
	return report.Cell{Kind: report.Number, N: n}, ""
}

// leadingNumber cuts a number with sign, thousands separators, decimals and digits wrapped over lines off the front of a
// folded text. why is set when digits were separated by a space that is no thousands separator.
func leadingNumber(s string) (num, rest, why string) {
	var b strings.Builder
	i, negative := sign(s)
	if negative {
		b.WriteByte('-')
	}
	start := i
	dot := false
	for i < len(s) {
		switch {
		case s[i] >= '0' && s[i] <= '9':
			b.WriteByte(s[i])
			i++
		case !dot && i > start && pointAt(s, i):
			dot = true
			b.WriteByte('.')
			i++
		case s[i] == ',' && !dot && i > start && groupOfThree(s[i+1:]):
			i++
		case i > start && isSpace(s[i]):
			j := len(s) - len(strings.TrimLeft(s[i:], "\n \r"))
			if j >= len(s) || !isDigit(s[j]) {
				return finish(b.String(), s[i:], why)
			}
			if !strings.Contains(s[i:j], "\n") && !groupOfThree(s[j:]) {
				why = "数字中间有空格（“" + oneLine(s) + "”），按一个数读取"
			}
			i = j
		default:
			return finish(b.String(), s[i:], why)
		}
	}
	return finish(b.String(), "", why)
}

// sign returns where the digits begin behind a sign and the space after it.
func sign(s string) (digits int, negative bool) {
	for _, p := range []string{"-", "−", "—", "–", "+"} {
		if rest, ok := strings.CutPrefix(s, p); ok {
			return len(s) - len(strings.TrimLeft(rest, " ")), p != "+"
		}
	}
	return 0, false
}

// pointAt reports whether a decimal point with a digit behind it stands at i.
func pointAt(s string, i int) bool { return s[i] == '.' && i+1 < len(s) && isDigit(s[i+1]) }

func isSpace(b byte) bool { return b == '\n' || b == ' ' || b == '\r' }

func finish(num, rest, why string) (string, string, string) {
	if strings.Trim(num, "-") == "" {
		return "", rest, ""
	}
	return num, rest, why
}

// groupOfThree reports whether s starts with exactly three digits.
func groupOfThree(s string) bool {
	n := 0
	for n < len(s) && isDigit(s[n]) {
		n++
	}
	return n == 3
}

func isDigit(b byte) bool { return b >= '0' && b <= '9' }

func dropInvisible(r rune) rune {
	switch r {
	case '\u200b', '\u200c', '\u200d', '\ufeff', '\u00ad', '\u2060':
		return -1
	}
	return r
}

func oneLine(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	rs := []rune(s)
	if len(rs) > 60 {
		return string(rs[:60]) + "…"
	}
	return s
}
