package press

import (
	"fmt"
	"math"
	"strings"
)

// objectsPerFont is how many objects a font takes: the font, its descendant, descriptor, program and text map.
const objectsPerFont = 5

// font writes a font as a subset of its glyphs, addressed by slot, with the text that each slot stands for.
func (f *file) font(id int, u *used, no int) error {
	program, err := u.face.Subset(u.glyphs)
	if err != nil {
		return err
	}
	name := tag(no) + "+" + u.face.Name
	f.object(id, fmt.Sprintf("<</Type /Font /Subtype /Type0 /BaseFont /%s /Encoding /Identity-H /DescendantFonts [%d 0 R] /ToUnicode %d 0 R>>", name, id+1, id+4))
	var widths strings.Builder
	for _, w := range u.widths {
		fmt.Fprintf(&widths, "%d ", int(math.Round(w)))
	}
	f.object(id+1, fmt.Sprintf("<</Type /Font /Subtype /CIDFontType2 /BaseFont /%s /CIDSystemInfo <</Registry (Adobe) /Ordering (Identity) /Supplement 0>> /FontDescriptor %d 0 R /DW 1000 /W [0 [%s]] /CIDToGIDMap /Identity>>",
		name, id+2, widths.String()))
	b := u.face.Box
	f.object(id+2, fmt.Sprintf("<</Type /FontDescriptor /FontName /%s /Flags 4 /FontBBox [%d %d %d %d] /ItalicAngle 0 /Ascent %d /Descent %d /CapHeight 700 /StemV 80 /FontFile2 %d 0 R>>",
		name, b[0], b[1], b[2], b[3], u.face.Ascent, u.face.Descent, id+3))
	f.stream(id+3, fmt.Sprintf("/Length1 %d", len(program)), program)
	f.stream(id+4, "", toUnicode(u.texts))
	return f.err
}

// tag returns the six letters that mark a subset.
func tag(no int) string {
	b := []byte("AAAAAA")
	for i := 5; i >= 0 && no > 0; i-- {
		b[i] += byte(no % 26)
		no /= 26
	}
	return string(b)
}

// toUnicode maps slots to text, in blocks of at most 100 as the format demands.
func toUnicode(texts []string) []byte {
	var b strings.Builder
	b.WriteString("/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n" +
		"/CIDSystemInfo <</Registry (Adobe) /Ordering (UCS) /Supplement 0>> def\n/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n" +
		"1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n")
	for from := 1; from < len(texts); from += 100 {
		to := min(from+100, len(texts))
		fmt.Fprintf(&b, "%d beginbfchar\n", to-from)
		for s := from; s < to; s++ {
			fmt.Fprintf(&b, "<%04X> <%s>\n", s, utf16Hex(texts[s]))
		}
		b.WriteString("endbfchar\n")
	}
	b.WriteString("endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n")
	return []byte(b.String())
}
