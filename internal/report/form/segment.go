package form

import (
	"strings"

	"github.com/gongkai/gongkai/internal/report"
)

// token is one value met in a stretch of text.
type token struct {
	text string
	cell report.Cell
	why  string
	pos  int // rune position in the stream
	end  int
}

// digits is how many digits the token has, 0 for a slash or a dash.
func (t *token) digits() int {
	n := 0
	for i := 0; i < len(t.text); i++ {
		if isDigit(t.text[i]) {
			n++
		}
	}
	return n
}

// segment is the stretch of text that belongs to one row: the values found in it and, where bars or tabs give them, the cells
// with the empty ones.
type segment struct {
	from, to int
	tokens   []token
	// fields are the cells between bars or tabs, blank ones included, without the label; nil when nothing delimits.
	fields []report.Cell
	texts  []string // what stands in the fields
	bars   bool
	oneRow bool // all cells stand on one line
}

// segmentAt reads the stretch between two rune positions.
func (s *stream) segmentAt(from, to int) segment {
	g := segment{from: from, to: to}
	g.tokens = s.tokens(from, to)
	bar, tab := false, false
	for i := from; i < to; i++ {
		if s.skip[i] {
			continue
		}
		bar = bar || s.rs[i] == '|'
		tab = tab || s.rs[i] == '\t'
	}
	if bar || tab {
		sep := '|'
		if !bar {
			sep = '\t'
		}
		g.bars = bar
		g.texts = s.fieldsBetween(from, to, sep)
		g.fields = parseAll(g.texts)
		g.oneRow = len(g.tokens) > 0 && s.oneLine(g.tokens)
	}
	return g
}

// tokens lists the values between two positions: numbers with sign, separators and decimals, slashes and dashes that stand
// alone. Digits inside brackets are remarks and no values.
func (s *stream) tokens(from, to int) []token {
	var out []token
	i := from
	for i < to {
		r := s.rs[i]
		switch {
		case s.skip[i]:
			i++
		case r == '(' || r == '[':
			i = s.closing(i, to)
		case s.numberAt(i, to):
			t, next := s.number(i, to)
			i = next
			if len(t.text) == 4 && i < len(s.rs) && s.rs[i] == '年' {
				continue // the year of a note that follows the table
			}
			out = append(out, t)
		case r == '无' && s.alone(i, from, to):
			out = append(out, token{text: "无", cell: report.Cell{Kind: report.Words, Raw: "无"}, pos: i, end: i + 1})
			i++
		case strings.ContainsRune("/-—–", r) && s.alone(i, from, to):
			c, _ := parseValue(string(r), report.Count)
			j := i + 1
			for j < to && s.rs[j] == r {
				j++
			}
			out = append(out, token{text: string(r), cell: c, pos: i, end: j})
			i = j
		default:
			i++
		}
	}
	return out
}

// numberAt reports whether a number, with its sign if it has one, begins at i.
func (s *stream) numberAt(i, to int) bool {
	r := s.rs[i]
	return isDigitRune(r) || (r == '-' || r == '+') && i+1 < to && isDigitRune(s.rs[i+1])
}

func isDigitRune(r rune) bool { return r >= '0' && r <= '9' }

// closing returns the position behind the bracket that closes the one at i, or i+1 when it does not close nearby.
func (s *stream) closing(i, to int) int {
	for j := i + 1; j < to && j < i+200; j++ {
		if s.skip[j] {
			continue
		}
		if s.rs[j] == ')' || s.rs[j] == ']' {
			return j + 1
		}
		if s.rs[j] == '\n' && j > i+1 {
			break
		}
	}
	return i + 1
}

// alone reports whether a sign stands as a cell of its own.
func (s *stream) alone(i, from, to int) bool {
	left, right := i-1, i+1
	for right < to && s.rs[right] == s.rs[i] {
		right++
	}
	okL := left < from || strings.ContainsRune(" \t\n|\r", s.rs[left])
	okR := right >= to || strings.ContainsRune(" \t\n|\r", s.rs[right])
	return okL && okR
}

func (s *stream) number(i, to int) (token, int) {
	start := i
	if !isDigitRune(s.rs[i]) {
		i++
	}
	dot := false
	for i < to && !s.skip[i] {
		r := s.rs[i]
		if isDigitRune(r) {
			i++
			continue
		}
		if r == '.' && !dot && i+1 < to && isDigitRune(s.rs[i+1]) {
			dot = true
			i++
			continue
		}
		if r == ',' && !dot && s.threeAt(i+1, to) {
			i++
			continue
		}
		break
	}
	text := string(s.rs[start:i])
	text = strings.ReplaceAll(strings.TrimPrefix(text, "+"), ",", "")
	return token{text: text, pos: start, end: i}, i
}

func (s *stream) threeAt(i, to int) bool {
	n := 0
	for i < to && isDigitRune(s.rs[i]) {
		n++
		i++
	}
	return n == 3
}

// fieldsBetween splits a stretch at bars or tabs. Pieces that hold words are parts of labels and are left out; what stands
// before the first of the remaining pieces is the label.
func (s *stream) fieldsBetween(from, to int, sep rune) []string {
	var out []string
	start := from
	first := true
	flush := func(end int, last bool) {
		text := strings.TrimSpace(s.plain(start, end))
		// Two bars with nothing between fill up a merged cell; so does the empty piece before them.
		filling := !first && (start == end || text == "" && end+1 < to && s.rs[end+1] == sep)
		start = end + 1
		if filling && sep == '|' {
			return
		}
		head := first
		first = false
		if text, ok := fieldText(text, head, last); ok {
			out = append(out, text)
		}
	}
	for i := from; i < to; i++ {
		if s.rs[i] == sep && !s.skip[i] {
			flush(i, false)
		}
		if s.rs[i] == '\n' && sep == '\t' && len(out) > 0 {
			flush(i, false)
			return out
		}
	}
	flush(to, true)
	return out
}

// fieldText decides whether a piece between bars is a cell, and what it holds. The first piece is the label's unless it holds a
// value; the last one is a cell only when it holds something.
func fieldText(text string, first, last bool) (string, bool) {
	words := strings.ContainsFunc(text, isHan) && text != "无" && !isDigit(text[0])
	switch {
	case first && (words || text == "" || text == "\""):
		return "", false
	case words:
		text = lineWithoutWords(text)
		return text, text != ""
	}
	return text, !last || text != ""
}

// parseAll reads the cells of a row of counts.
func parseAll(texts []string) []report.Cell {
	out := make([]report.Cell, len(texts))
	for i, s := range texts {
		out[i], _ = parseValue(s, report.Count)
	}
	return out
}

// innerBlank reports whether an empty cell stands before a filled one: proof that empty cells were kept.
func innerBlank(fields []report.Cell) bool {
	blank := false
	for _, c := range fields {
		if c.Kind == report.Blank {
			blank = true
		} else if blank {
			return true
		}
	}
	return false
}

// plain returns the stretch without what is skipped.
func (s *stream) plain(from, to int) string {
	var b strings.Builder
	for i := from; i < to && i < len(s.rs); i++ {
		if !s.skip[i] {
			b.WriteRune(s.rs[i])
		}
	}
	return b.String()
}

// lineWithoutWords returns the one line of a piece that holds no words, when there is one with a value.
func lineWithoutWords(text string) string {
	for line := range strings.SplitSeq(text, "\n") {
		line = strings.TrimSpace(line)
		if line != "" && !strings.ContainsFunc(line, isHan) && strings.ContainsAny(line, "0123456789/-") {
			return line
		}
	}
	return ""
}
