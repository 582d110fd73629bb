package narrative

import "strings"

// units, longest first. A figure with another unit (人, 场, 期, 家) is none that the tables could hold.
var units = [...]string{"个百分点", "件次", "万元", "亿元", "件", "宗", "起", "条", "份", "例", "次", "项", "个", "元", "%", "倍"}

var unitRunes = func() (out [len(units)][]rune) {
	for i, u := range units {
		out[i] = []rune(u)
	}
	return out
}()

func (t *text) at(i int) rune {
	if i < 0 || i >= len(t.rs) {
		return 0
	}
	return t.rs[i]
}

func (t *text) has(i int, rs []rune) bool {
	if i+len(rs) > len(t.rs) {
		return false
	}
	for k, r := range rs {
		if t.rs[i+k] != r {
			return false
		}
	}
	return true
}

// figure reads a figure or a year at i. end > i says that something was read; ok is false when it is a figure of no
// interest: a date, a number of a law, a list number.
func (t *text) figure(i int) (tok token, end int, ok bool) {
	r := t.rs[i]
	switch {
	case isDigit(r):
		x, end, broken, ok := t.digits(i)
		if !ok {
			return tok, end, false
		}
		return t.measured(i, end, x, broken, true)
	case r == '百' && t.at(i+1) == '分' && t.at(i+2) == '之':
		return t.percentWords(i)
	case numeral(r) >= 0 || power(r) > 0:
		n, end, ok := t.chinese(i)
		if !ok {
			return tok, i, false
		}
		if t.at(end) == '年' && end-i == 4 && n >= 1990 && n < 2100 {
			return token{word: wYear, beg: i, end: end + 1, x: number{n: n}}, end + 1, true
		}
		return t.measured(i, end, number{n: n, ulp: 1}, false, false)
	}
	return tok, i, false
}

// percentWords reads 百分之三十二点四.
func (t *text) percentWords(i int) (tok token, end int, ok bool) {
	n, end, ok := t.chinese(i + 3)
	if !ok {
		return tok, i + 3, false
	}
	x := number{n: n, ulp: 1}
	if t.at(end) == '点' {
		for k := end + 1; numeral(t.at(k)) >= 0 && x.dec < 6; k++ {
			x.n = x.n*10 + numeral(t.at(k))
			x.dec++
			end = k + 1
		}
	}
	return token{word: wNumber, beg: i, end: end, x: x, unit: "%"}, end, true
}

// measured reads what follows a figure: 万, 余, the unit, 以上.
func (t *text) measured(i, end int, x number, broken, arabic bool) (token, int, bool) {
	tok := token{word: wNumber, beg: i, end: end, x: x, broken: broken}
	if arabic && end-i == 4 {
		if y, e, ok := t.year(i, end, x); ok {
			return y, e, true
		}
	}
	if strings.ContainsRune("第每这同逐任.", orSpace(t.at(i-1))) {
		return tok, end, false
	}
	if t.at(end) == '月' && x.n > 1 && x.n < 12 {
		return token{word: wPeriod, beg: i, end: end + 1}, end + 1, true
	}
	unit, after, over, fits := t.scaledUnit(end, &tok.x)
	switch {
	case !fits:
		return tok, after, false
	case unit == "":
		return tok, max(end, i+1), arabic && x.dec == 0 && t.bare(i, end)
	case !arabic && idiom(t, i, end, after):
		return tok, after, false
	}
	tok.end, tok.unit = t.numberEnd(end, after, unit), unit
	t.nearness(&tok, i, after, over)
	return tok, after, true
}

// bare reports whether a figure without a unit counts all the same: 申请数量为36。部分公开20，
func (t *text) bare(i, end int) bool {
	stop := end == len(t.rs) || mark(t.at(end)) != ""
	return stop && i > 0 && (t.counted == i || strings.ContainsRune("量数为是计达", t.at(i-1)))
}

// scaledUnit reads the unit of the figure that ends at end, with 余 and 万 before it; 万 is taken into x. fits is false when x
// would not fit. unit is "" when there is none.
func (t *text) scaledUnit(end int, x *number) (unit string, after int, over, fits bool) {
	if unit, after = t.unit(end); unit != "" {
		return unit, after, false, true
	}
	k := end
	skip := func() {
		if r := t.at(k); r == '余' || r == '多' {
			over, k = true, k+1
		}
	}
	skip()
	scale := 0
	switch t.at(k) {
	case '万':
		scale = 4
	case '亿':
		scale = 8
	}
	unit, after = t.unit(k)
	if scale == 0 || unit == "万元" || unit == "亿元" {
		return unit, after, over, true
	}
	k++
	skip()
	y, ok := scaled(*x, scale)
	if !ok {
		return "", k, over, false
	}
	*x = y
	unit, after = t.unit(k)
	return unit, after, over, true
}

func orSpace(r rune) rune {
	if r == 0 {
		return ' '
	}
	return r
}

// numberEnd is where the figure itself ends: before its unit.
func (t *text) numberEnd(end, after int, unit string) int {
	return max(end, after-len([]rune(unit)))
}

func scaled(x number, scale int) (number, bool) {
	ulp, ok := number{n: 1, dec: x.dec}.times(scale)
	if !ok || ulp.dec > 0 {
		return x, false
	}
	y, ok := x.times(scale)
	y.ulp = ulp.n
	if ulp.n > 1 {
		y.near = rounded
		if x.dec == 0 {
			y.ulp = lastDigit(y.n)
		}
	}
	return y, ok
}

// nearness sets how exact the figure is meant, from the words around it.
func (t *text) nearness(tok *token, i, after int, over bool) {
	x := &tok.x
	next, before := string(t.rs[after:min(after+2, len(t.rs))]), string(t.rs[max(0, i-2):i])
	switch {
	case over, strings.HasPrefix(next, "余"), strings.HasPrefix(next, "多"), next == "以上",
		strings.HasSuffix(before, "超"), strings.HasSuffix(before, "逾"), before == "超过":
		x.near = atLeast
	case next == "左右", strings.HasSuffix(before, "约"), strings.HasSuffix(before, "近"):
		x.near = around
	default:
		return
	}
	if x.dec == 0 {
		x.ulp = lastDigit(x.n)
	}
}

func (t *text) unit(i int) (string, int) {
	for k, rs := range unitRunes {
		if !t.has(i, rs) {
			continue
		}
		after := i + len(rs)
		if units[k] == "个" && strings.ContainsRune("工月方单部县区小重环层百市省镇乡街直", orSpace(t.at(after))) ||
			units[k] == "次" && t.at(after) == '性' || units[k] == "起" && t.at(i-1) == '日' {
			return "", i
		}
		return units[k], after
	}
	return "", i
}

// idiom tells 一起推进, 一次性 and 零件 from counts.
func idiom(t *text, i, end, after int) bool {
	if end-i != 1 {
		return false
	}
	switch t.rs[i] {
	case '一':
		return t.at(end) == '起' && mark(t.at(after)) == "" && t.at(after) != 0 && t.at(after) != '行'
	case '零':
		return mark(t.at(after)) == "" && t.at(after) != 0
	}
	return false
}

// year reads 2023年, 2023年度, 2021-2023年, and says no when the four figures are no year.
func (t *text) year(i, end int, x number) (token, int, bool) {
	if x.dec > 0 || x.n < 1990 || x.n >= 2100 {
		return token{}, end, false
	}
	if t.rangeTo(end) {
		return token{word: wSince, beg: i, end: end + 6}, end + 6, true
	}
	if t.at(end) != '年' {
		return token{}, end, false
	}
	k := end + 1
	if strings.ContainsRune("度底末初", orSpace(t.at(k))) {
		k++
	}
	if t.rangeTo(k) {
		return token{word: wSince, beg: i, end: k + 6}, k + 6, true
	}
	return token{word: wYear, beg: i, end: k, x: x}, k, true
}

// rangeTo reports whether -2023年 or 至2023年 stands at k.
func (t *text) rangeTo(k int) bool {
	return k+5 < len(t.rs) && strings.ContainsRune("-至到", t.rs[k]) && t.rs[k+5] == '年' && isDigit(t.rs[k+1]) && isDigit(t.rs[k+4])
}
