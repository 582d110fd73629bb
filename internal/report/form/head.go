package form

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// head finds the title, the agency, the year and the date of publication.
func (x *reader) head() {
	s := x.st
	limit := len(s.rs)
	for _, p := range x.tableStarts() {
		if p > 0 {
			limit = min(limit, p)
		}
	}
	x.findTitle(min(limit, 6000))
	x.rep.Published = s.published()
	x.rep.Year, x.rep.Agency = yearAndAgency(x.rep.Title)
	if x.rep.Agency == "" {
		x.agencyFromText(min(limit, 6000))
	}
	if x.rep.Year == 0 {
		x.yearFromText()
	}
}

// findTitle looks for the line, or two or three lines, that hold the report's title. One that names the agency and the year
// wins over one that names the year only, and this over the bare words, which menus and paths of a page hold too.
func (x *reader) findTitle(limit int) {
	s := x.st
	var ls []span
	s.lines(0, limit, func(a, b int) {
		if strings.TrimSpace(string(s.rs[a:b])) != "" && len(ls) < 80 {
			ls = append(ls, span{a, b})
		}
	})
	line := func(n int) string { return compact(string(s.orig[ls[n].from:ls[n].to])) }
	best := 0
	for k := 1; k <= 3 && best < 3; k++ {
		for n := 0; n+k <= len(ls) && best < 3; n++ {
			text := ""
			for i := n; i < n+k; i++ {
				text += line(i)
			}
			t, ok := titleOf(text)
			if !ok || k > 1 && strings.HasPrefix(t, text[len(line(n)):]) {
				continue // without the first line it is the same title
			}
			printed, above := t, ""
			if n > 0 {
				above = line(n - 1)
			}
			t, grade := gradeTitle(t, above)
			if grade <= best {
				continue
			}
			best = grade
			x.rep.Title, x.titleEnd = t, ls[n+k-1].to
			if utf8.RuneCountInString(text) > utf8.RuneCountInString(printed)+60 {
				x.titleEnd = x.endOfTitleIn(ls[n].from, ls[n+k-1].to, printed)
			}
		}
	}
	if t, ok := titleOf(compact(x.doc.Title)); ok && best < 2 {
		if year, agency := yearAndAgency(t); best == 0 || year > 0 && agency != "" {
			x.rep.Title = t
		}
	}
}

// gradeTitle says how much a title tells: 3 for agency and year, 2 for the year, 1 for the bare words. The name of the agency
// may stand on a line of its own above ⟨year⟩年政府信息公开…; it is then put before the title.
func gradeTitle(t, above string) (title string, grade int) {
	year, agency := yearAndAgency(t)
	if agency == "" && plausibleAgency(above) {
		t = above + t
		_, agency = yearAndAgency(t)
	}
	switch {
	case year > 0 && agency != "":
		return t, 3
	case year > 0:
		return t, 2
	}
	return t, 1
}

// endOfTitleIn finds where the title ends in a line that goes on.
func (x *reader) endOfTitleIn(a, b int, title string) int {
	want := []rune(title)
	k := 0
	for i := a; i < b; i++ {
		r := x.st.orig[i]
		if k < len(want) && r == want[k] {
			k++
			if k == len(want) {
				return i + 1
			}
		} else if fold(r) != ' ' {
			k = 0
		}
	}
	return a
}

func compact(s string) string {
	return strings.Map(func(r rune) rune {
		if fold(r) == ' ' || r == '\t' || r == '\r' || r == '\n' {
			return -1
		}
		return r
	}, s)
}

var titleEnds = []string{"政府信息公开工作年度报告", "政府信息公开年度工作报告", "政府信息公开年度报告", "政府信息公开工作报告", "政府信息公开工作年报", "政府信息公开年报",
	"政府政务公开年报", "政府信息公开情况年度报告", "政务公开工作年度报告", "政府信息公开工作情况报告", "政府信息公开工作年度报告书", "信息公开工作年度报告", "信息公开年度报告"}

// titleOf cuts the title out of a compact line. A line that goes on behind the title counts when it begins with it.
func titleOf(line string) (string, bool) {
	folded := foldString(line)
	for _, e := range titleEnds {
		i := strings.Index(folded, e)
		if i < 0 {
			continue
		}
		head := []rune(folded[:i])
		n := len(head)
		if n > 60 {
			continue
		}
		t := string([]rune(line)[:n+utf8.RuneCountInString(e)])
		for _, p := range []string{"标题:", "标题：", "名称:", "名称：", "正文"} {
			t = strings.TrimPrefix(t, p)
		}
		if i := strings.LastIndexByte(t, '|'); i >= 0 { // the cell of a table of data about the page
			t = t[i+1:]
		}
		t = strings.TrimLeft(t, "#*《 ")
		if f := foldString(t); strings.ContainsAny(f, "，。；,;") || containsAny(f, "根据", "关于做好", "现将", "编制", "现公布", "当前位置", "首页>") {
			continue
		}
		// Behind the title of a running sentence words go on; a title stands at the end of its line, or the line is one long line.
		rest := strings.TrimLeft(string([]rune(line)[n+utf8.RuneCountInString(e):]), "》 ")
		if rest != "" && utf8.RuneCountInString(rest) <= 30 && !strings.HasPrefix(rest, "-") && !strings.HasPrefix(rest, "_") && !strings.HasPrefix(rest, "|") && !strings.HasPrefix(rest, "(") && !strings.HasPrefix(rest, "（") {
			continue
		}
		return t, true
	}
	return "", false
}

func containsAny(s string, words ...string) bool {
	for _, w := range words {
		if strings.Contains(s, w) {
			return true
		}
	}
	return false
}

func plausibleAgency(s string) bool {
	n := utf8.RuneCountInString(s)
	if n < 3 || n > 60 || strings.ContainsAny(s, "，。；：:,;|>＞") {
		return false
	}
	return isHan(fold([]rune(s)[0])) || s[0] == '2'
}

// yearAndAgency takes a title apart: ⟨agency⟩⟨year⟩年(度)政府信息公开…, or ⟨year⟩年⟨agency⟩政府信息公开….
func yearAndAgency(title string) (year int, agency string) {
	folded := foldString(title)
	rs := []rune(title)
	year, from, to := findYear(folded)
	cut := len(rs)
	for _, w := range []string{"政府信息公开", "政务公开", "信息公开", "政府政务公开"} {
		if i := strings.Index(folded, w); i >= 0 {
			cut = min(cut, utf8.RuneCountInString(folded[:i]))
		}
	}
	if year == 0 {
		return 0, tidyAgency(string(rs[:cut]))
	}
	if from > 0 && from <= cut {
		if a := tidyAgency(string(rs[:from])); a != "" {
			return year, a
		}
	}
	if to < cut {
		return year, tidyAgency(string(rs[to:cut]))
	}
	return year, ""
}

func tidyAgency(s string) string {
	s = strings.Trim(s, "《》 -—_|（）()“”\"")
	s = strings.TrimPrefix(s, "关于")
	s = strings.TrimSuffix(strings.TrimSuffix(s, "关于"), "的")
	if utf8.RuneCountInString(s) < 2 {
		return ""
	}
	return s
}

// findYear finds the first year such as 2021年 or 二〇二一年 in a folded text. from and to are rune positions, to behind 年(度).
func findYear(s string) (year, from, to int) {
	rs := []rune(s)
	for i := 0; i+4 <= len(rs); i++ {
		y := 0
		for k := range 4 {
			d := yearDigit(rs[i+k])
			if d < 0 {
				y = -1
				break
			}
			y = y*10 + d
		}
		if y < 1990 || y > 2100 || i+4 < len(rs) && yearDigit(rs[i+4]) >= 0 || i > 0 && isDigitRune(rs[i-1]) {
			continue
		}
		j := i + 4
		for j < len(rs) && rs[j] == ' ' {
			j++
		}
		if j >= len(rs) || rs[j] != '年' {
			continue
		}
		j++
		if j < len(rs) && rs[j] == '度' {
			j++
		}
		return y, i, j
	}
	return 0, 0, 0
}

func yearDigit(r rune) int {
	if isDigitRune(r) {
		return int(r - '0')
	}
	for i, d := range []rune("〇一二三四五六七八九") {
		if r == d {
			return i
		}
	}
	if r == '零' || r == 'Ｏ' || r == '○' || r == 'O' {
		return 0
	}
	return -1
}

// yearFromText takes the year by which the text calls the report, then that of the period sentence, else the year named most
// often.
func (x *reader) yearFromText() {
	text := compact(foldString(string(x.st.orig[:min(len(x.st.orig), 20000)])))
	for _, e := range titleEnds {
		i := strings.Index(text, e)
		if i < 0 {
			continue
		}
		head := []rune(text[:i])
		head = head[max(0, len(head)-8):]
		if y, _, to := findYear(string(head)); y > 0 && to == len(head) {
			x.rep.Year = y
			x.rep.Doubt("year", "标题里没有年份，取自正文“"+string(head)+e+"”", strconv.Itoa(y))
			return
		}
	}
	for _, w := range []string{"统计期限自", "统计期限为", "期限自", "数据统计期限"} {
		if i := strings.Index(text, w); i >= 0 {
			rest := []rune(text[i:])
			if y, _, _ := findYear(string(rest[:min(len(rest), 30)])); y > 0 {
				x.rep.Year = y
				x.rep.Doubt("year", "标题里没有年份，取自统计期限", strconv.Itoa(y))
				return
			}
		}
	}
	counts := map[int]int{}
	best := 0
	for rest := text; ; {
		y, _, to := findYear(rest)
		if y == 0 {
			break
		}
		counts[y]++
		if best == 0 || counts[y] > counts[best] || counts[y] == counts[best] && y > best {
			best = y
		}
		rest = string([]rune(rest)[to:])
	}
	if best == 0 {
		x.rep.Doubt("year", "没有找到报告年份", "")
		return
	}
	x.rep.Year = best
	x.rep.Doubt("year", fmt.Sprintf("标题里没有年份，正文提到最多的是%d年", best), strconv.Itoa(best))
}

// published finds the date of publication that the page itself states.
func (s *stream) published() string {
	text := string(s.rs)
	for _, w := range []string{"发布时间", "发布日期", "公开日期", "发稿时间", "信息时间", "公开时间", "时间:", "日期:"} {
		for at := 0; ; {
			i := strings.Index(text[at:], w)
			if i < 0 {
				break
			}
			at += i + len(w)
			rest := strings.TrimLeft(text[at:], " :|\t\n\r")
			if d := dateAt(rest); d != "" && len(text[at:])-len(rest) < 40 {
				return d
			}
		}
	}
	return ""
}

// dateAt reads a date at the start of s as yyyy-mm-dd, or returns "".
func dateAt(s string) string {
	var parts [3]int
	i := 0
	for k := range parts {
		n := 0
		for i < len(s) && isDigit(s[i]) && n < 4 {
			parts[k] = parts[k]*10 + int(s[i]-'0')
			i++
			n++
		}
		if n == 0 {
			return ""
		}
		if k == 2 {
			break
		}
		rest := s[i:]
		trimmed := strings.TrimLeft(rest, " ")
		for _, sep := range []string{"-", "/", ".", "年", "月"} {
			if r, ok := strings.CutPrefix(trimmed, sep); ok {
				r = strings.TrimLeft(r, " ")
				i += len(rest) - len(r)
				break
			}
		}
		if i >= len(s) || len(s[i:]) == len(rest) {
			return ""
		}
	}
	y, m, d := parts[0], parts[1], parts[2]
	if y < 2008 || y > 2100 || m < 1 || m > 12 || d < 1 || d > 31 {
		return ""
	}
	return fmt.Sprintf("%04d-%02d-%02d", y, m, d)
}
