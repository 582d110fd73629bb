package form

import (
	"slices"
	"strings"
	"unicode"

	"github.com/gongkai/gongkai/internal/docio"
)

// stream is the whole document as one sequence of characters, for documents whose tables are text. Grids are written as lines
// of cells with bars between them.
type stream struct {
	orig []rune // as printed
	rs   []rune // folded; same length
	skip []bool // page numbers, rules of Markdown tables, pinyin rubbish: neither words nor values
	// hanPos are the positions of the Chinese characters that count; hanText is the same characters as a string of
	// three-byte runes, so that byte offset / 3 is the index into hanPos.
	hanPos  []int
	hanText string
	// starts are the first positions of the document's blocks.
	starts []int
}

func newStream(doc *docio.Document) *stream {
	s := &stream{}
	for i := range doc.Blocks {
		b := &doc.Blocks[i]
		s.starts = append(s.starts, len(s.orig))
		if b.Grid == nil {
			s.orig = append(s.orig, []rune(b.Text)...)
			s.orig = append(s.orig, '\n')
			continue
		}
		s.addGrid(b.Grid)
	}
	s.rs = make([]rune, len(s.orig))
	s.skip = make([]bool, len(s.orig))
	for i, r := range s.orig {
		s.rs[i] = fold(r)
		if i > 0 && s.rs[i] == '讯' && s.rs[i-1] == '资' {
			s.rs[i-1], s.rs[i] = '信', '息'
		}
	}
	s.markLines()
	s.markPinyin()
	s.index()
	return s
}

// addGrid writes a grid as rows between bars: | a | b |.
func (s *stream) addGrid(g *docio.Grid) {
	row := -1
	for i := range g.Cells {
		c := &g.Cells[i]
		if c.Row != row {
			if row >= 0 {
				s.orig = append(s.orig, '\n')
			}
			s.orig = append(s.orig, '|')
		}
		row = c.Row
		if c.Text == "" {
			s.orig = append(s.orig, ' ') // a cell, not a filling bar
		}
		for _, r := range c.Text {
			if r == '\n' {
				r = ' '
			}
			s.orig = append(s.orig, r)
		}
		s.orig = append(s.orig, '|')
	}
	s.orig = append(s.orig, '\n')
}

func (s *stream) index() {
	var b strings.Builder
	for i, r := range s.rs {
		if !s.skip[i] && r < 0x10000 && isHan(r) {
			s.hanPos = append(s.hanPos, i)
			b.WriteRune(r)
		}
	}
	s.hanText = b.String()
}

// markLines marks page numbers and the rules of Markdown tables.
func (s *stream) markLines() {
	start := 0
	for i := 0; i <= len(s.rs); i++ {
		if i < len(s.rs) && s.rs[i] != '\n' {
			continue
		}
		if isPageNumber(s.rs[start:i]) || isRule(s.rs[start:i]) {
			for j := start; j < i; j++ {
				s.skip[j] = true
			}
		}
		start = i + 1
	}
}

// isPageNumber recognises "- 3 -", "—3—", "第 3 页", "P. 9" as a whole line.
func isPageNumber(line []rune) bool {
	if len(line) > 400 {
		return false
	}
	t := strings.ReplaceAll(strings.TrimSpace(string(line)), " ", "")
	if len(t) < 2 || len(t) > 24 {
		return false
	}
	if rest, ok := strings.CutPrefix(t, "P."); ok {
		return allDigits(rest)
	}
	if rest, ok := strings.CutPrefix(t, "第"); ok {
		rest, ok = strings.CutSuffix(rest, "页")
		return ok && allDigits(rest)
	}
	if strings.ContainsAny(t[:1], "-—–") || strings.HasPrefix(t, "—") || strings.HasPrefix(t, "–") {
		in := strings.Trim(t, "-—–")
		return allDigits(in) && (strings.HasSuffix(t, "-") || strings.HasSuffix(t, "—") || strings.HasSuffix(t, "–"))
	}
	return false
}

func allDigits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

// isRule recognises |---|:--:| lines.
func isRule(line []rune) bool {
	dashes := 0
	for _, r := range line {
		switch r {
		case '-':
			dashes++
		case '|', ':', ' ', '\t', '\r':
		default:
			return false
		}
	}
	return dashes >= 3
}

func (s *stream) markPinyin() {
	for i, r := range s.rs {
		if r != '(' {
			continue
		}
		if end := pinyinEnd(s.rs, i); end > 0 {
			for j := i; j <= end; j++ {
				s.skip[j] = true
			}
		}
	}
}

// hit is one place where a label may stand: [from, to) in characters of hanText.
type hit struct {
	label    int
	from, to int
	weight   float64
}

// find returns all exact places of a key between two character indexes.
func (s *stream) find(key string, lo, hi int) []int {
	var out []int
	at := lo * 3
	for at < hi*3 {
		i := strings.Index(s.hanText[at:hi*3], key)
		if i < 0 {
			return out
		}
		if (at+i)%3 != 0 {
			at += i + 1
			continue
		}
		out = append(out, (at+i)/3)
		at += i + 3
	}
	return out
}

// approx returns the places where key stands with at most limit edits, as [from, to) and the number of edits.
func (s *stream) approx(key []rune, lo, hi, limit int) (out [][3]int) {
	n := len(key)
	text := []rune(s.hanText[lo*3 : hi*3])
	prev, cur := make([]int, n+1), make([]int, n+1)
	from, fromCur := make([]int, n+1), make([]int, n+1)
	for i := range prev {
		prev[i] = i
	}
	for j := range text {
		cur[0], fromCur[0] = 0, j+1
		for i := 1; i <= n; i++ {
			cost := 1
			if key[i-1] == text[j] {
				cost = 0
			}
			cur[i], fromCur[i] = prev[i-1]+cost, from[i-1]
			if prev[i]+1 < cur[i] {
				cur[i], fromCur[i] = prev[i]+1, from[i]
			}
			if cur[i-1]+1 < cur[i] {
				cur[i], fromCur[i] = cur[i-1]+1, fromCur[i-1]
			}
		}
		if cur[n] <= limit {
			h := [3]int{lo + fromCur[n], lo + j + 1, cur[n]}
			if k := len(out); k > 0 && out[k-1][1] >= h[0] && out[k-1][1] <= h[1] {
				if h[2] < out[k-1][2] {
					out[k-1] = h
				}
			} else {
				out = append(out, h)
			}
		}
		prev, cur = cur, prev
		from, fromCur = fromCur, from
		from[0] = j + 1
	}
	return out
}

// wholeStart moves the start of a part of a label back over the characters that the whole label has before it.
func (s *stream) wholeStart(whole, part string, at int) int {
	i := strings.Index(whole, part)
	if i <= 0 || at*3 < i || s.hanText[at*3-i:at*3] != whole[:i] {
		return at
	}
	return at - i/3
}

// standsAlone reports whether a short label is a label there: no word goes on behind it.
func (s *stream) standsAlone(to int) bool {
	for i := s.hanPos[to-1] + 1; i < len(s.rs); i++ {
		if s.rs[i] == ' ' || s.skip[i] {
			continue
		}
		return !isHan(s.rs[i]) || s.rs[i] == '无'
	}
	return true
}

// weigh lowers the weight of a place that is a sentence (予以公开184件) and raises that of a place that values follow.
func (s *stream) weigh(to int, w float64) float64 {
	i := s.hanPos[to-1] + 1
	for i < len(s.rs) && (s.skip[i] || strings.ContainsRune(" |\t\n\r", s.rs[i])) {
		i++
	}
	digits := 0
	for i < len(s.rs) && (s.rs[i] >= '0' && s.rs[i] <= '9' || s.rs[i] == ',') {
		i++
		digits++
	}
	for i < len(s.rs) && s.rs[i] == ' ' {
		i++
	}
	if digits > 0 && i < len(s.rs) && strings.ContainsRune("件条项个宗余%", s.rs[i]) {
		return w * 0.1
	}
	if digits > 0 {
		return w + 2
	}
	return w
}

// chain picks the places, one per label at most and in the order of the form, that together weigh most.
func (s *stream) chain(hits []hit) (picked []hit, total float64) {
	best := make([]float64, len(hits))
	prev := make([]int, len(hits))
	top := -1
	for i, h := range hits {
		best[i], prev[i] = h.weight, -1
		for k := i - 1; k >= 0; k-- {
			if hits[k].label >= h.label || hits[k].to > h.from {
				continue
			}
			gap := float64(h.from - hits[k].to)
			v := best[k] + h.weight - min(gap*0.03, 8)
			if v > best[i] {
				best[i], prev[i] = v, k
			}
		}
		if top < 0 || best[i] > best[top] {
			top = i
		}
	}
	if top < 0 {
		return nil, 0
	}
	for i := top; i >= 0; i = prev[i] {
		picked = append(picked, hits[i])
	}
	slices.Reverse(picked)
	return picked, best[top]
}

// itemStart returns where the row's own number (“2.”, “（一）”, “三、”) before the label at rune position p begins, so that it is
// not taken for a value of the row before. item is the number as the form prints it.
func (s *stream) itemStart(p int, item string) int {
	i := p
	back := func() {
		for i > 0 && (s.rs[i-1] == ' ' || s.rs[i-1] == '"' || s.rs[i-1] == '\u201c') {
			i--
		}
	}
	back()
	if item != "" && item[0] >= '1' && item[0] <= '9' {
		j := i
		punct := false
		for j > 0 && strings.ContainsRune(".、,:．。 ", s.rs[j-1]) {
			punct = punct || s.rs[j-1] != ' '
			j--
		}
		if j > 0 && s.rs[j-1] == rune(item[0]) && (punct || j-1 == 0 || !unicode.IsDigit(s.rs[j-2])) {
			return j - 1
		}
		return i
	}
	j := i
	for j > 0 && j > p-6 && strings.ContainsRune("()、. 一二三四五六七", s.rs[j-1]) {
		j--
	}
	return j
}
