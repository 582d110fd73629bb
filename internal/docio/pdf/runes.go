package pdf

import (
	"unicode"
	"unicode/utf16"

	"golang.org/x/text/unicode/norm"
)

// isSpace reports whether a character is white space or a mark without ink. Spaces are found again from the gaps.
func isSpace(r rune) bool {
	switch r {
	case 0x00a0, 0x3000, 0x200b, 0xfeff, 0x00ad:
		return true
	}
	return r < 0x20 && r != 2 && r != 0 || unicode.IsSpace(r)
}

// radicals are the letters of U+2E80–2EFF that stand for a whole character where a font shares the glyph with the
// radical. NFKC maps only two of the block.
var radicals = map[rune]rune{
	'⺁': '厂', '⺄': '乙', '⺅': '亻', '⺆': '冂', '⺇': '几', '⺈': '刀', '⺉': '刂', '⺊': '卜', '⺋': '㔾', '⺍': '小',
	'⺎': '兀', '⺏': '尣', '⺐': '尢', '⺒': '巳', '⺓': '幺', '⺔': '彑', '⺕': '彐', '⺖': '忄', '⺘': '扌', '⺙': '攵',
	'⺛': '旡', '⺝': '月', '⺞': '歺', '⺟': '母', '⺠': '民', '⺡': '氵', '⺢': '氺', '⺣': '灬', '⺤': '爫', '⺥': '爫',
	'⺦': '丬', '⺨': '犭', '⺩': '王', '⺪': '疋', '⺫': '罒', '⺬': '示', '⺭': '礻', '⺮': '竹', '⺯': '糹', '⺰': '纟',
	'⺲': '罒', '⺴': '罓', '⺵': '罓', '⺶': '羊', '⺷': '羊', '⺸': '羊', '⺹': '耂', '⺺': '肀', '⺻': '聿', '⺼': '月',
	'⺽': '臼', '⺾': '艹', '⺿': '艹', '⻀': '艹', '⻁': '虎', '⻂': '衤', '⻃': '西', '⻄': '西', '⻅': '见', '⻆': '角',
	'⻇': '角', '⻈': '讠', '⻉': '贝', '⻊': '足', '⻋': '车', '⻌': '辶', '⻍': '辶', '⻎': '辶', '⻏': '邑', '⻐': '钅',
	'⻑': '長', '⻒': '镸', '⻓': '长', '⻔': '门', '⻕': '阜', '⻖': '阝', '⻗': '雨', '⻘': '青', '⻙': '韦', '⻚': '页',
	'⻛': '风', '⻜': '飞', '⻝': '食', '⻟': '飠', '⻠': '饣', '⻡': '首', '⻢': '马', '⻣': '骨', '⻤': '鬼', '⻥': '鱼',
	'⻦': '鸟', '⻧': '卤', '⻨': '麦', '⻩': '黄', '⻪': '黾', '⻫': '斉', '⻬': '齐', '⻭': '歯', '⻮': '齿', '⻯': '竜',
	'⻰': '龙', '⻱': '龜', '⻲': '亀', '⻳': '龟',
}

// letter maps a radical to the character that it stands for and leaves all else alone.
func letter(r rune) rune {
	switch {
	case r >= 0x2f00 && r <= 0x2fdf, r == 0x2e9f, r == 0x2ef3:
		for _, n := range norm.NFKC.String(string(r)) {
			return n
		}
	case r >= 0x2e80 && r <= 0x2eff:
		if n, ok := radicals[r]; ok {
			return n
		}
	case r == 2 || r == 0xfffe: // a hyphen at the end of a line
		return '-'
	case r == 0:
		return unicode.ReplacementChar
	}
	return r
}

// addGlyph appends a character; the halves of a surrogate pair become one.
func (s *sheet) addGlyph(g glyph) {
	g.r = letter(g.r)
	if n := len(s.glyphs); n > 0 && utf16.IsSurrogate(g.r) {
		if pair := utf16.DecodeRune(s.glyphs[n-1].r, g.r); pair != unicode.ReplacementChar {
			s.glyphs[n-1].r = pair
			return
		}
	}
	s.glyphs = append(s.glyphs, g)
}

// isWide reports whether a character is set without spaces around it: Chinese letters and full-width marks.
func isWide(r rune) bool {
	return r >= 0x2e80 && r <= 0x9fff || r >= 0xf900 && r <= 0xfaff || r >= 0xfe30 && r <= 0xfe4f ||
		r >= 0xff00 && r <= 0xffef || r >= 0x20000 && r <= 0x3ffff || isQuote(r)
}

// isQuote reports whether a mark is full width in Chinese print though its code point is shared with Latin print.
func isQuote(r rune) bool {
	switch r {
	case '“', '”', '‘', '’', '—', '…', '·', '①', '②', '③', '④', '⑤', '⑥', '⑦', '⑧', '⑨':
		return true
	}
	return false
}

func isDigit(r rune) bool { return r >= '0' && r <= '9' || r >= '０' && r <= '９' }
