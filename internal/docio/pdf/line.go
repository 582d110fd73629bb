package pdf

import (
	"slices"
	"strings"
)

// line is one line of print, its characters from left to right.
type line struct {
	box
	glyphs []glyph
	page   int
}

// size is the font size of the line, in points: the width of its widest Chinese letter, because some fonts tell the width
// of the ink only, or the height of other letters where it has none.
func (l *line) size() float64 {
	size := 0.0
	for _, g := range l.glyphs {
		if isWide(g.r) && !isQuote(g.r) {
			size = max(size, g.w())
		}
	}
	if size > 0 {
		return size
	}
	return l.tall()
}

// tall is the height of most characters of the line.
func (l *line) tall() float64 { return medianHeight(l.glyphs) }

// sameLine is how far apart the base lines of one line may be, in heights of a letter.
const sameLine = 0.2

// linesOf puts characters into lines, from top to bottom.
func linesOf(glyphs []glyph, page int) []line {
	sorted := slices.Clone(glyphs)
	slices.SortStableFunc(sorted, func(a, b glyph) int { return compare(a.base, b.base) })
	var out []line
	near := sameLine * medianHeight(sorted)
	for _, g := range sorted {
		// Half a line of difference is too much: in a table the numbers of a row stand beside the middle of a label of
		// two lines.
		if n := len(out); n > 0 && g.base-out[n-1].glyphs[0].base < near {
			out[n-1].add(g)
			continue
		}
		out = append(out, line{box: g.box, glyphs: []glyph{g}, page: page})
	}
	for i := range out {
		slices.SortStableFunc(out[i].glyphs, func(a, b glyph) int { return compare(a.x0, b.x0) })
		out[i].glyphs = dropDoubles(out[i].glyphs)
	}
	return out
}

func medianHeight(glyphs []glyph) float64 {
	hs := make([]float64, len(glyphs))
	for i, g := range glyphs {
		hs[i] = g.h()
	}
	return median(hs, 0)
}

func (l *line) add(g glyph) {
	l.glyphs = append(l.glyphs, g)
	// The band of a line is that of its first character, widened only sideways: a tall bracket must not pull in the
	// next line.
	l.x0, l.x1 = min(l.x0, g.x0), max(l.x1, g.x1)
}

// dropDoubles removes characters that were printed twice for a bolder look.
func dropDoubles(in []glyph) []glyph {
	out := in[:0]
	for _, g := range in {
		if n := len(out); n > 0 && out[n-1].r == g.r && g.x0-out[n-1].x0 < 0.25*max(g.w(), 1) {
			continue
		}
		out = append(out, g)
	}
	return out
}

// text returns the line without spaces next to Chinese letters.
func (l *line) text() string { return textOf(l.glyphs) }

func textOf(glyphs []glyph) string {
	var b strings.Builder
	for i, g := range glyphs {
		if i > 0 && spaced(glyphs[i-1], g) {
			b.WriteByte(' ')
		}
		b.WriteRune(g.r)
	}
	return b.String()
}

// spaced reports whether there is a space between two neighbours on a line.
func spaced(a, b glyph) bool {
	return !isWide(a.r) && !isWide(b.r) && b.x0-a.x1 > 0.28*min(a.h(), b.h())
}

// join puts the next line of the same paragraph behind text.
func join(text, next string) string {
	if text == "" || next == "" {
		return text + next
	}
	a, b := lastRune(text), firstRune(next)
	if isWide(a) || isWide(b) || a == '-' {
		return text + next
	}
	return text + " " + next
}

func lastRune(s string) rune {
	r := []rune(s)
	return r[len(r)-1]
}

func firstRune(s string) rune {
	for _, r := range s {
		return r
	}
	return 0
}
