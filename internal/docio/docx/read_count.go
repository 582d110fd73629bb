package docx

import (
	"strconv"
	"strings"
)

// count writes n in one of the number formats of Word. Formats that are not known come out in digits.
func count(format string, n int) string {
	switch format {
	case "none":
		return ""
	case "chineseCounting", "chineseCountingThousand", "japaneseCounting", "taiwaneseCounting", "taiwaneseCountingThousand",
		"ideographDigital", "taiwaneseDigital", "japaneseDigitalTenThousand":
		return chinese(n, "〇一二三四五六七八九", "十百千")
	case "chineseLegalSimplified", "ideographLegalTraditional", "japaneseLegal":
		return chinese(n, "零壹贰叁肆伍陆柒捌玖", "拾佰仟")
	case "ideographTraditional":
		return nth("甲乙丙丁戊己庚辛壬癸", n)
	case "ideographZodiac":
		return nth("子丑寅卯辰巳午未申酉戌亥", n)
	case "decimalEnclosedCircle", "decimalEnclosedCircleChinese", "ideographEnclosedCircle":
		return nth("①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳", n)
	case "decimalEnclosedParen":
		return "(" + strconv.Itoa(n) + ")"
	case "decimalEnclosedFullstop":
		return strconv.Itoa(n) + "."
	case "decimalZero":
		if n < 10 {
			return "0" + strconv.Itoa(n)
		}
	case "decimalFullWidth", "decimalFullWidth2":
		return strings.Map(func(c rune) rune { return c - '0' + '０' }, strconv.Itoa(max(n, 0)))
	case "upperLetter":
		return letters(n, 'A')
	case "lowerLetter":
		return letters(n, 'a')
	case "upperRoman":
		return roman(n)
	case "lowerRoman":
		return strings.ToLower(roman(n))
	}
	return strconv.Itoa(n)
}

// chinese writes 1 to 9999 in Chinese counting: 十一, 二十, 一百〇三.
func chinese(n int, digits, units string) string {
	if n < 0 || n > 9999 {
		return strconv.Itoa(n)
	}
	d, u := []rune(digits), []rune(units)
	if n < 10 {
		return string(d[n])
	}
	var out []rune
	zero := false
	for i, power := 2, 1000; i >= -1; i, power = i-1, power/10 {
		x := n / power % 10
		switch {
		case x == 0:
			zero = len(out) > 0
			continue
		case zero:
			out = append(out, d[0])
			zero = false
		}
		// 十一, not 一十一, at the head of a number.
		if x != 1 || i != 0 || len(out) > 0 {
			out = append(out, d[x])
		}
		if i >= 0 {
			out = append(out, u[i])
		}
	}
	return string(out)
}

func nth(of string, n int) string {
	c := []rune(of)
	if n < 1 || n > len(c) {
		return strconv.Itoa(n)
	}
	return string(c[n-1])
}

// letters counts a, b … z, aa, bb …, as Word does.
func letters(n int, a rune) string {
	if n < 1 || n > 26*10 {
		return strconv.Itoa(n)
	}
	return strings.Repeat(string(a+rune((n-1)%26)), (n-1)/26+1)
}

func roman(n int) string {
	if n < 1 || n > 3999 {
		return strconv.Itoa(n)
	}
	values := []int{1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1}
	signs := []string{"M", "CM", "D", "CD", "C", "XC", "L", "XL", "X", "IX", "V", "IV", "I"}
	var sb strings.Builder
	for i, v := range values {
		for n >= v {
			sb.WriteString(signs[i])
			n -= v
		}
	}
	return sb.String()
}
