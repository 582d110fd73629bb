package narrative

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// text is a section as it is read: without spaces, full-width forms folded, and for every rune its place in the section.
type text struct {
	src     string
	rs      []rune
	off     []int   // byte offset of each rune, and of the end
	gap     []uint8 // what was left out before each rune: 1 a space, 2 a line break
	row     int     // where the line being read began
	counted int     // where the last word of a row or a result ended: 部分公开67 needs no unit
}

const (
	gapSpace uint8 = 1
	gapLine  uint8 = 2
)

func (t *text) spaced(i int) bool { return t.gap[i] == gapSpace }

var folds = foldTable("，,；;：:（(）)％%．.！!？?－-—-–-～-~-﹪%〖(〗)【(】)", "請请開开處处議议復复訴诉訟讼維维糾纠結结轉转報报總总計计條条項项規规"+
	"廢废現现補补額额費费萬万億亿長长減减與与幾几無无發发個个關关機机該该業业會会務务區区縣县鎮镇鄉乡辦办數数據据屬属類类餘余約约達达許许罰罚強强決决過过"+
	"執执檔档節节較较連连續续範范書书見见內内屆届應应於于後后兩两")

// planeZero maps the runes of the basic plane; 0 stands for nothing. A map would cost half of the time of reading.
type planeZero [1 << 16]uint16

func foldTable(lists ...string) *planeZero {
	m := &planeZero{}
	for _, l := range lists {
		rs := []rune(l)
		for i := 0; i+1 < len(rs); i += 2 {
			m[uint16(rs[i])] = uint16(rs[i+1])
		}
	}
	return m
}

func fold(r rune) rune {
	if r < 0x80 {
		return r
	}
	if r >= '０' && r <= '９' {
		return r - '０' + '0'
	}
	if r < 1<<16 && folds[r] != 0 {
		return rune(folds[r])
	}
	return r
}

// dropped reports whether r carries nothing for reading a figure.
func dropped(r rune) bool {
	switch r {
	case ' ', '\t', '\r', '\u3000', '\u00a0', '\u200b', '\ufeff', '\u2002', '\u2003':
		return true
	}
	return false
}

func quote(r rune) bool {
	return r == '“' || r == '”' || r == '"' || r == '‘' || r == '’' || r == '「' || r == '」'
}

// newText folds src. A line break inside a sentence is left out, one that ends a paragraph stays as \n. What stands in
// 《》 and 〔〕 is a name or a number of a document and is left out.
func newText(src string) *text {
	n := len(src)/2 + 2
	t := &text{src: src, rs: make([]rune, 0, n), off: make([]int, 0, n), gap: make([]uint8, 0, n)}
	gap, until := uint8(0), -1
	for i, r := range src {
		if i < until {
			continue
		}
		switch {
		case r == '\n':
			if t.ends(src[i+1:]) {
				t.add('\n', i, gap)
				gap = 0
			} else {
				gap = gapLine
			}
			t.row = len(t.rs)
		case dropped(r):
			gap = max(gap, gapSpace)
		case quote(r):
		case r == '《' || r == '〔':
			if end := closing(src[i:], r); end > 0 {
				until = i + end
			}
			t.add('《', i, gap)
			gap = 0
		default:
			t.add(fold(r), i, gap)
			gap = 0
		}
	}
	t.off = append(t.off, len(src))
	return t
}

func (t *text) add(r rune, at int, gap uint8) {
	t.rs, t.off, t.gap = append(t.rs, r), append(t.off, at), append(t.gap, gap)
}

// closing returns where the bracket that opens s has closed, 0 when it does not within reach.
func closing(s string, open rune) int {
	shut := "》"
	if open == '〔' {
		shut = "〕"
	}
	if i := strings.Index(s[:min(len(s), 240)], shut); i > 0 {
		return i + len(shut)
	}
	return 0
}

// ends reports whether the line break after what was read so far ends a paragraph. In text taken from a PDF a line may
// break anywhere, also inside a figure.
func (t *text) ends(rest string) bool {
	n := len(t.rs)
	if n == 0 {
		return true
	}
	switch t.rs[n-1] {
	case '。', '!', '?', '\n':
		return true
	}
	if t.heading(t.rs[t.row:]) {
		return true
	}
	rest = strings.TrimLeft(rest, " \t\r\n\u3000\u00a0")
	if rest == "" || strings.HasPrefix(rest, "（") || strings.HasPrefix(rest, "(") {
		r := []rune(rest[:min(len(rest), 24)])
		return len(r) < 3 || (slices.Contains(r[:min(len(r), 5)], '）') || slices.Contains(r[:min(len(r), 5)], ')')) && !isDigit(fold(r[1]))
	}
	r := []rune(rest[:min(len(rest), 12)])
	return len(r) > 1 && numeral(r[0])+power(r[0]) >= 0 && r[1] == '、'
}

// heading reports whether a line is one: short, numbered, without a stop.
func (t *text) heading(line []rune) bool {
	if len(line) < 3 || len(line) > 24 || slices.Contains(line, ',') || slices.Contains(line, ';') {
		return false
	}
	numbered := func(r rune) bool { return numeral(r)+power(r) >= 0 || isDigit(r) }
	return line[0] == '(' && numbered(line[1]) || numbered(line[0]) && (line[1] == '、' || line[1] == '.')
}

// token is a word, a figure or a mark in the text.
type token struct {
	word     word
	key      string
	beg, end int // runes
	x        number
	unit     string
	broken   bool // the figure was put together over a line break or a space
}

type entry struct {
	rs   []rune
	word word
	key  string
}

// lexicon is the word list by first rune; heads holds the index of the group.
type lexiconIndex struct {
	heads  planeZero
	groups [][]entry
}

var lexicon = buildLexicon()

// buildLexicon orders the word list by first rune, longest first.
func buildLexicon() *lexiconIndex {
	m := map[rune][]entry{}
	for _, l := range lists {
		for _, s := range strings.Fields(l.texts) {
			rs := make([]rune, 0, len(s))
			for _, r := range s {
				if !quote(r) {
					rs = append(rs, fold(r))
				}
			}
			m[rs[0]] = append(m[rs[0]], entry{rs, l.word, l.key})
		}
	}
	x := &lexiconIndex{groups: make([][]entry, 1, len(m)+1)}
	for r, es := range m {
		slices.SortStableFunc(es, func(a, b entry) int { return len(b.rs) - len(a.rs) })
		x.heads[uint16(r)] = uint16(len(x.groups))
		x.groups = append(x.groups, es)
	}
	return x
}

func (t *text) match(i int) *entry {
	r := t.rs[i]
	if r >= 1<<16 || lexicon.heads[r] == 0 {
		return nil
	}
	group := lexicon.groups[lexicon.heads[r]]
	for k := range group {
		if t.has(i, group[k].rs) {
			return &group[k]
		}
	}
	return nil
}

const marks = ",;:()!?\n。、"

// mark returns r as a string when it is punctuation, else "".
func mark(r rune) string {
	switch r {
	case ',', ';', ':', '(', ')', '!', '?', '\n', '。', '、':
		i := strings.IndexRune(marks, r)
		return marks[i : i+utf8.RuneLen(r)]
	}
	return ""
}

// tokens reads the whole text. own tells an agency from other bodies.
func (t *text) tokens(a *agency) []token {
	toks := make([]token, 0, len(t.rs)/3+8)
	for i := 0; i < len(t.rs); {
		r := t.rs[i]
		if m := mark(r); m != "" {
			toks = append(toks, token{word: wPoint, key: m, beg: i, end: i + 1})
			i++
			continue
		}
		if e := t.match(i); e != nil {
			if named(e.word) {
				toks = t.body(toks, i, a)
			}
			toks = append(toks, token{word: e.word, key: e.key, beg: i, end: i + len(e.rs)})
			i += len(e.rs)
			if e.word == wRow || e.word == wResult || e.word == wCourt {
				t.counted = i
			}
			continue
		}
		if tok, end, ok := t.figure(i); end > i {
			if ok {
				if tok.word == wNumber {
					toks = t.body(toks, i, a)
				}
				toks = append(toks, tok)
			}
			i = end
			continue
		}
		i++
	}
	return toks
}

// named reports whether a body's name right before a word of this class is its subject.
func named(w word) bool {
	switch w {
	case wNew, wReceived, wHandled, wProcessed, wCarry, wRequest, wRequestWeak:
		return true
	}
	return false
}
