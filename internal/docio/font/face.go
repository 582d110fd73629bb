package font

import (
	"encoding/binary"
	"fmt"
	"slices"

	sfnt "github.com/tdewolff/font"
)

// Face is one font, ready to measure and to embed. It is safe for use by many goroutines.
type Face struct {
	// Name is the font's PostScript name, or its file name where it has none.
	Name string
	// Ascent and Descent are in thousandths of the size; Descent is negative.
	Ascent, Descent int
	// Box is the smallest rectangle around all glyphs, in thousandths: left, bottom, right, top.
	Box      [4]int
	embedded bool
	font     *sfnt.SFNT
	units    int
}

// Parse reads a TrueType font, or font number index of a collection. Fonts with PostScript outlines (CFF) are refused,
// as are fonts whose licence bits forbid embedding.
func Parse(data []byte, index int, name string) (face *Face, err error) {
	// The library may panic on a damaged file; to the caller that is one font less.
	defer func() {
		if r := recover(); r != nil {
			face, err = nil, fmt.Errorf("font %s: damaged: %v", name, r)
		}
	}()
	f, err := sfnt.ParseSFNT(data, index)
	if err != nil {
		return nil, fmt.Errorf("font %s: %w", name, err)
	}
	switch {
	case !f.IsTrueType || f.Glyf == nil || f.Loca == nil:
		return nil, fmt.Errorf("font %s: no TrueType outlines", name)
	case f.Head.UnitsPerEm == 0:
		return nil, fmt.Errorf("font %s: no units", name)
	case restricted(f.Tables["OS/2"]):
		return nil, fmt.Errorf("font %s: its licence forbids embedding", name)
	}
	units := int(f.Head.UnitsPerEm)
	face = &Face{Name: postScriptName(f, name), font: f, units: units}
	face.Ascent = int(f.Hhea.Ascender) * 1000 / units
	face.Descent = int(f.Hhea.Descender) * 1000 / units
	for i, v := range []int16{f.Head.XMin, f.Head.YMin, f.Head.XMax, f.Head.YMax} {
		face.Box[i] = int(v) * 1000 / units
	}
	return face, nil
}

// restricted reads the embedding bits of an OS/2 table: 2 alone means that the font may not be embedded.
func restricted(os2 []byte) bool {
	return len(os2) >= 10 && binary.BigEndian.Uint16(os2[8:])&0xF == 2
}

// postScriptName returns the name that a document calls the font by: ASCII letters, digits and hyphens.
func postScriptName(f *sfnt.SFNT, name string) string {
	if f.Name != nil {
		for _, n := range f.Name.Get(sfnt.NamePostScript) {
			if s := plain(n.String()); s != "" {
				return s
			}
		}
	}
	if s := plain(name); s != "" {
		return s
	}
	return "Font"
}

func plain(s string) string {
	out := make([]byte, 0, len(s))
	for i := range len(s) {
		c := s[i]
		if c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z' || c == '-' {
			out = append(out, c)
		}
	}
	return string(out)
}

// Glyph returns the number of the glyph for r, 0 when the font has none.
func (f *Face) Glyph(r rune) uint16 { return f.font.GlyphIndex(r) }

// Advance returns the width of a glyph in thousandths of the size.
func (f *Face) Advance(glyph uint16) float64 {
	return float64(f.font.GlyphAdvance(glyph)) * 1000 / float64(f.units)
}

// Embedded reports whether the face is one of those in the program, which stand in for the official fonts.
func (f *Face) Embedded() bool { return f.embedded }

// Subset returns a TrueType font with these glyphs, in this order; parts of composite glyphs follow them. Glyph 0 must
// come first. The same glyphs always give the same bytes.
func (f *Face) Subset(glyphs []uint16) (data []byte, err error) {
	defer func() {
		if r := recover(); r != nil { // as in Parse: glyphs are only looked into here
			data, err = nil, fmt.Errorf("font %s: subset: damaged: %v", f.Name, r)
		}
	}()
	// The library writes into these tables of its receiver; a copy keeps the shared font as it is.
	c, maxp, head, hhea := *f.font, *f.font.Maxp, *f.font.Head, *f.font.Hhea
	c.Maxp, c.Head, c.Hhea = &maxp, &head, &hhea
	sub, err := c.Subset(slices.Clone(glyphs), sfnt.SubsetOptions{Tables: sfnt.KeepPDFTables})
	if err != nil {
		return nil, fmt.Errorf("font %s: subset: %w", f.Name, err)
	}
	return assemble(sub.Tables), nil
}

// assemble puts tables together as a TrueType file. The library's own function writes the time of day into it.
func assemble(tables map[string][]byte) []byte {
	tags := make([]string, 0, len(tables))
	for t := range tables {
		tags = append(tags, t)
	}
	slices.Sort(tags)
	be := binary.BigEndian
	power, log := 1, 0
	for power*2 <= len(tags) {
		power, log = power*2, log+1
	}
	out := be.AppendUint32(nil, 0x00010000)
	for _, v := range []int{len(tags), power * 16, log, (len(tags) - power) * 16} {
		out = be.AppendUint16(out, uint16(v))
	}
	at := len(out) + 16*len(tags)
	var body []byte
	headAt := -1
	for _, t := range tags {
		table := slices.Clone(tables[t])
		if t == "head" && len(table) >= 36 {
			headAt = at + len(body)
			clear(table[8:12])
		}
		n := len(table)
		for len(table)%4 != 0 {
			table = append(table, 0)
		}
		out = append(out, t...)
		out = be.AppendUint32(out, checksum(table))
		out = be.AppendUint32(out, uint32(at+len(body)))
		out = be.AppendUint32(out, uint32(n))
		body = append(body, table...)
	}
	out = append(out, body...)
	if headAt >= 0 {
		be.PutUint32(out[headAt+8:], 0xB1B0AFBA-checksum(out))
	}
	return out
}

func checksum(b []byte) uint32 {
	var sum uint32
	for i := 0; i+4 <= len(b); i += 4 {
		sum += binary.BigEndian.Uint32(b[i:])
	}
	return sum
}
