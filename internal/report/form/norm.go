// Package form finds the statutory form in a document and composes a document from it. It knows the words of the form and
// no file kind: what it reads are the blocks and grids of package docio.
//
// The form is found by the words of its labels, in their order, with room for misprints; never by section numbers and never
// by the year. What is read with certainty is a number; what was won with the help of a relation is a number with a
// doubt; what stays open is no number and a doubt that says what was seen.
package form

import (
	"strings"
	"unicode"
)

// fold maps a rune to the form in which labels are compared: half width, simplified. Runes that are not mapped stay.
func fold(r rune) rune {
	switch {
	case r < 0x80:
		return r
	case r >= '！' && r <= '～':
		return r - 0xFEE0
	case r == '　' || r == '\u00a0' || (r >= '\u2000' && r <= '\u200a') || r == '\u202f':
		return ' '
	case r == '【' || r == '〔' || r == '﹙':
		return '('
	case r == '】' || r == '〕' || r == '﹚':
		return ')'
	}
	if r >= firstHan && r <= lastHan {
		return simplified[r-firstHan]
	}
	return r
}

// The range of characters in which labels are written.
const (
	firstHan = 0x4E00
	lastHan  = 0x9FFF
)

// simplified maps every character of the range to the one in which labels are compared: the traditional characters that occur
// in labels, titles and headings of the form to their simplified ones, the others to themselves.
var simplified = pairs("規规範范檔档書书總总體体況况條条開开關关動动務务處处係系項项數数據据製制發发廢废現现許许強强業业費费單单萬万" +
	"對对報报採采購购計计" + "請请結结轉转終终個个內内過过執执爲为為为與与於于無无國国機机構构團团會会組组織织" +
	"類类訟讼訴诉訪访舉举複复覆复議议維维糾纠審审後后經经專专業业當当斷断確确認认獲获繳缴確确補补證证問问題题進进幾几鎮镇鄉乡縣县" +
	"區区門门訊讯網网頁页點点標标準准實实應应與与學学術术資资檢检衛卫農农財财導导黨党東东廣广濟济協协領领辦办見见給给產产調调節节屬属護护沒没繼继續续這这還还寫写約约時时間间義义傳传廳厅員员評评權权監监圖图聯联絡络電电話话負负責责歷历該该將将來来訂订變变戶户優优環环險险積积極极職职內内危危贈赠復复穩稳納纳罰罚設设徵征獎奖決决預预講讲論论識识勵励裁裁錄录鑑鉴徑径擇择據据") // pairs of traditional, simplified

func pairs(s string) (m [lastHan - firstHan + 1]rune) {
	for i := range m {
		m[i] = rune(firstHan + i)
	}
	rs := []rune(s)
	for i := 0; i+1 < len(rs); i += 2 {
		m[rs[i]-firstHan] = rs[i+1]
	}
	return m
}

// foldString folds a whole string.
func foldString(s string) string { return strings.Map(fold, s) }

// isHan reports whether r is a character of a label.
func isHan(r rune) bool { return unicode.Is(unicode.Han, r) }

// han returns only the Chinese characters of s, folded. It is the key in which labels are compared: spaces, punctuation,
// brackets and digits do not count.
func han(s string) string {
	var b strings.Builder
	for _, r := range s {
		if r >= 0x2E80 {
			if f := fold(r); isHan(f) {
				b.WriteRune(f)
			}
		}
	}
	if strings.Contains(b.String(), "资讯") { // the word used in Taiwan
		return strings.ReplaceAll(b.String(), "资讯", "信息")
	}
	return b.String()
}

// stripRubbish removes what mirrors and converters put into labels: pinyin in brackets behind a character, as in 根據(jù).
func stripRubbish(s string) string {
	if !strings.ContainsAny(s, "(（") {
		return s
	}
	rs := []rune(s)
	var b strings.Builder
	b.Grow(len(s))
	for i := 0; i < len(rs); i++ {
		if rs[i] == '(' || rs[i] == '（' {
			if end := pinyinEnd(rs, i); end > 0 {
				i = end
				continue
			}
		}
		b.WriteRune(rs[i])
	}
	return b.String()
}

// pinyinEnd returns the index of the closing bracket when rs[i:] starts with one syllable in brackets right behind a
// Chinese character, else 0.
func pinyinEnd(rs []rune, i int) int {
	if i == 0 || !isHan(rs[i-1]) {
		return 0
	}
	for j := i + 1; j < len(rs) && j < i+9; j++ {
		switch {
		case rs[j] == ')' || rs[j] == '）':
			if j > i+1 {
				return j
			}
			return 0
		case unicode.IsLetter(rs[j]) && !isHan(rs[j]) && unicode.IsLower(rs[j]):
		default:
			return 0
		}
	}
	return 0
}

// distance is the edit distance of two short rune slices, cut off at limit+1.
func distance(a, b []rune, limit int) int {
	if d := len(a) - len(b); d > limit || -d > limit {
		return limit + 1
	}
	var space [2][48]int // labels are short: no need to allocate
	prev, cur := space[0][:], space[1][:]
	if len(b) >= len(prev) {
		prev, cur = make([]int, len(b)+1), make([]int, len(b)+1)
	}
	prev, cur = prev[:len(b)+1], cur[:len(b)+1]
	for j := range prev {
		prev[j] = j
	}
	for i := 1; i <= len(a); i++ {
		cur[0] = i
		best := cur[0]
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			cur[j] = min(prev[j-1]+cost, prev[j]+1, cur[j-1]+1)
			best = min(best, cur[j])
		}
		if best > limit {
			return limit + 1
		}
		prev, cur = cur, prev
	}
	return prev[len(b)]
}
