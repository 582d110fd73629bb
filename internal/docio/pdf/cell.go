package pdf

import "strings"

// cellText is what stands in a cell of the given width: its lines joined, because a cell breaks lines where its column
// ends and not where a sentence does.
func cellText(glyphs []glyph, width float64) string {
	if len(glyphs) == 0 {
		return ""
	}
	if vertical(glyphs) {
		var b strings.Builder
		for _, g := range glyphs {
			b.WriteRune(g.r)
		}
		return b.String()
	}
	lines := linesOf(glyphs, 0)
	text := lines[0].text()
	for i := 1; i < len(lines); i++ {
		next := lines[i].text()
		if isDigit(lastRune(text)) && isDigit(firstRune(next)) && lines[i-1].w()+lines[i-1].size() < width {
			// Two numbers below each other, and not one that had no room.
			text += "\n" + next
			continue
		}
		if isDigit(lastRune(text)) && isDigit(firstRune(next)) {
			text += next
			continue
		}
		text = join(text, next)
	}
	return text
}

// vertical reports whether characters were set in columns, each below the one before it, over more than one column.
func vertical(glyphs []glyph) bool {
	if len(glyphs) < 4 {
		return false
	}
	down, columns := 0, 1
	for i := 1; i < len(glyphs); i++ {
		a, b := glyphs[i-1], glyphs[i]
		switch {
		case abs(a.cx()-b.cx()) < 0.3*max(b.w(), 1) && b.cy() > a.cy():
			down++
		case b.cy() < a.cy() && b.cx() < a.cx():
			columns++
		default:
			return false
		}
	}
	return columns > 1 && down > columns
}
