package pdf

// box is in points (1/72 inch) from the upper left corner of the page, which is turned so that its text is upright.
type box struct{ x0, y0, x1, y1 float64 }

func (b box) w() float64  { return b.x1 - b.x0 }
func (b box) h() float64  { return b.y1 - b.y0 }
func (b box) cx() float64 { return (b.x0 + b.x1) / 2 }
func (b box) cy() float64 { return (b.y0 + b.y1) / 2 }

func (b box) union(o box) box {
	return box{min(b.x0, o.x0), min(b.y0, o.y0), max(b.x1, o.x1), max(b.y1, o.y1)}
}

func (b box) contains(x, y float64) bool { return x >= b.x0 && x <= b.x1 && y >= b.y0 && y <= b.y1 }

// glyph is one character with its box. Its height is that of the font, not of the ink.
type glyph struct {
	box
	r    rune
	base float64 // y of the line it stands on, the same for all fonts of a line
}

// ruling is a horizontal or vertical line: at is its y (horizontal) or x (vertical), from and to are along it.
type ruling struct{ at, from, to float64 }

// sheet is one page as the engine yields it.
type sheet struct {
	no     int // from 1
	w, h   float64
	glyphs []glyph // in the order of the content stream
	hs, vs []ruling
	images int
	broken bool // the engine could not load the page
}
