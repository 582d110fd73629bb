package press

import (
	"strconv"

	"github.com/gongkai/gongkai/internal/docio/font"
)

// typecase holds the fonts a document uses, and of each font the glyphs.
type typecase struct {
	set   *font.Set
	fonts []*used
	byRef map[*font.Face]*used
	cache map[choice]*glyph
}

// space is the least width of a space: half a character, as the official fonts have it. Narrower ones are lost on programs
// that read words by the distance of letters.
const space = 500

// choice is a character in a style.
type choice struct {
	style font.Style
	r     rune
}

// used is a font in the document. A slot is a glyph together with the text it stands for: two characters that share a
// glyph get a slot each, so that each is copied out as itself.
type used struct {
	face   *font.Face
	name   string
	slots  map[string]uint16
	glyphs []uint16  // by slot
	texts  []string  // by slot
	widths []float64 // by slot, in thousandths of the size
}

// glyph is one glyph of a text. adv is its width in thousandths of the size.
type glyph struct {
	font *used
	slot uint16
	adv  float64
	r    rune
	bold bool // drawn with an outline, where a heavy font is wanted and none is at hand
}

func newTypecase(set *font.Set) *typecase {
	return &typecase{set: set, byRef: map[*font.Face]*used{}, cache: map[choice]*glyph{}}
}

// shape turns text into glyphs and returns the characters that no font has. A line break is a glyph without font.
func (c *typecase) shape(style font.Style, text string) (glyphs []glyph, missing []rune) {
	glyphs = make([]glyph, 0, len(text)/3+1)
	for _, r := range text {
		switch {
		case r == '\n':
			glyphs = append(glyphs, glyph{r: r})
			continue
		case font.Ignorable(r):
			c.attach(glyphs, r)
			continue
		}
		g := c.glyph(style, r)
		if g == nil {
			missing = append(missing, r)
			continue
		}
		glyphs = append(glyphs, *g)
	}
	return glyphs, missing
}

// attach gives the last glyph a slot whose text includes r, which has no shape of its own.
func (c *typecase) attach(glyphs []glyph, r rune) {
	if len(glyphs) == 0 {
		return
	}
	g := &glyphs[len(glyphs)-1]
	if g.font == nil {
		return
	}
	g.slot = g.font.slot(g.font.glyphs[g.slot], g.font.texts[g.slot]+string(r), g.adv)
}

// glyph returns the glyph for r, or nil when no font has one.
func (c *typecase) glyph(style font.Style, r rune) *glyph {
	key := choice{style, r}
	if g, ok := c.cache[key]; ok {
		return g
	}
	look := r
	if r < ' ' || r == '\u00a0' || r >= 0x2000 && r <= 0x200A || r == 0x202F {
		look = ' '
	}
	face, id, ok := c.set.Pick(style, look)
	if !ok {
		c.cache[key] = nil
		return nil
	}
	u := c.use(face)
	adv := face.Advance(id)
	if look == ' ' {
		adv = max(adv, space)
	}
	g := &glyph{font: u, slot: u.slot(id, string(r), adv), adv: adv, r: r, bold: style == font.Hei && face.Embedded()}
	c.cache[key] = g
	return g
}

func (c *typecase) use(f *font.Face) *used {
	if u, ok := c.byRef[f]; ok {
		return u
	}
	u := &used{face: f, name: "F" + strconv.Itoa(len(c.fonts)+1), slots: map[string]uint16{}, glyphs: []uint16{0}, texts: []string{""}, widths: []float64{1000}}
	c.fonts = append(c.fonts, u)
	c.byRef[f] = u
	return u
}

func (u *used) slot(id uint16, text string, width float64) uint16 {
	if s, ok := u.slots[text]; ok {
		return s
	}
	s := uint16(len(u.glyphs))
	u.slots[text] = s
	u.glyphs = append(u.glyphs, id)
	u.texts = append(u.texts, text)
	u.widths = append(u.widths, width)
	return s
}

// measure returns the width of glyphs in thousandths of the size.
func measure(glyphs []glyph) float64 {
	w := 0.0
	for i := range glyphs {
		w += glyphs[i].adv
	}
	return w
}
