package press

import (
	"strings"

	"github.com/gongkai/gongkai/internal/docio"
)

// line is one line of text. width and indent are in thousandths of the size; width leaves out spaces at the end.
type line struct {
	glyphs []glyph
	width  float64
	indent float64
	hard   bool // ends where the text has a line break, or with the text
}

// gaps is how many distances between glyphs a line can be spread at.
func (ln *line) gaps() int { return max(len(trimmed(ln.glyphs))-1, 1) }

const (
	notFirst = "。，、；：？！）》〉」』】〕〗”’…—～·％℃,.;:?!)]}%‰°々ー" // may not begin a line
	notLast  = "（《〈「『【〔〖“‘([{￥$№"                      // may not end one
)

// mayBreak reports whether a line may end after a and the next one begin with b.
func mayBreak(a, b rune) bool {
	switch {
	case b == ' ' || b == '\n':
		return false // a space stays at the end of its line
	case a == ' ':
		return true
	case strings.ContainsRune(notFirst, b) || strings.ContainsRune(notLast, a):
		return false
	case word(a) && word(b):
		// Inside an address a line may end after a slash.
		return a == '/' && b != '/'
	}
	return true
}

// word reports whether r is part of a word or number that is kept together.
func word(r rune) bool { return r > ' ' && r < 0x2E80 && r != '—' && r != '…' }

// breakLines breaks text into lines of at most the given width; the first line begins at indent. A word that is
// longer than a line is cut.
func breakLines(glyphs []glyph, width, indent float64) []line {
	var lines []line
	start := 0
	for start < len(glyphs) {
		end, next, hard := lineEnd(glyphs, start, width-indent)
		ln := line{glyphs: glyphs[start:end], indent: indent, hard: hard}
		ln.width = measure(trimmed(ln.glyphs))
		lines = append(lines, ln)
		start = next
		indent = 0
	}
	if len(lines) == 0 {
		lines = append(lines, line{indent: indent, hard: true})
	}
	return lines
}

// lineEnd returns where the line that begins at start ends and where the next one begins.
func lineEnd(glyphs []glyph, start int, width float64) (end, next int, hard bool) {
	w, last := 0.0, start
	for i := start; i < len(glyphs); i++ {
		g := &glyphs[i]
		if g.r == '\n' {
			return i, i + 1, true
		}
		if i > start && mayBreak(glyphs[i-1].r, g.r) {
			last = i
		}
		w += g.adv
		if w <= width+0.5 || g.r == ' ' {
			continue
		}
		if last > start && !(longWord(glyphs, last) && measure(trimmed(glyphs[start:last])) < 0.85*width) {
			return last, last, false
		}
		end = max(i, start+1)
		return end, end, false
	}
	return len(glyphs), len(glyphs), true
}

// longWord reports whether a word of more than maxWord characters begins at i or goes on there: an address. Moved to the next
// line as a whole it would leave half a line empty, so it is cut.
func longWord(glyphs []glyph, i int) bool {
	const maxWord = 16
	n := 0
	for i > 0 && word(glyphs[i-1].r) {
		i--
	}
	for i < len(glyphs) && word(glyphs[i].r) {
		i++
		n++
	}
	return n > maxWord
}

func trimmed(glyphs []glyph) []glyph {
	for len(glyphs) > 0 && glyphs[len(glyphs)-1].r == ' ' {
		glyphs = glyphs[:len(glyphs)-1]
	}
	return glyphs
}

// titleLines breaks a title. One that needs two lines is broken before the year, where its sense allows, as GB/T 9704
// wants it.
func titleLines(glyphs []glyph, width float64) []line {
	lines := breakLines(glyphs, width, 0)
	if len(lines) != 2 || lines[0].hard {
		return lines
	}
	words := make([]rune, len(glyphs))
	for i := range glyphs {
		words[i] = glyphs[i].r
	}
	for _, at := range docio.TitleBreaks(words) {
		if measure(glyphs[:at]) <= width && measure(glyphs[at:]) <= width {
			return []line{
				{glyphs: glyphs[:at], width: measure(glyphs[:at])},
				{glyphs: glyphs[at:], width: measure(glyphs[at:]), hard: true},
			}
		}
	}
	return lines
}
