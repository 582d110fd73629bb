package press

import (
	"bytes"
	"math"
	"strconv"
)

// sheet is a printed page: its content stream, and which element of the structure each marked part belongs to.
type sheet struct {
	buf   bytes.Buffer
	marks []*elem // by marked-content number
}

// elem is an element of the document's structure.
type elem struct {
	tag    string
	attrs  string
	alt    string
	kids   []*elem
	marks  []mark
	parent *elem
	obj    int
}

// mark is a marked part of a page.
type mark struct{ sheet, id int }

func (e *elem) add(tag string) *elem {
	k := &elem{tag: tag, parent: e}
	e.kids = append(e.kids, k)
	return k
}

// begin starts a part of the content that belongs to el.
func (s *sheet) begin(el *elem, no int) {
	id := len(s.marks)
	s.marks = append(s.marks, el)
	el.marks = append(el.marks, mark{no, id})
	s.buf.WriteString("/" + el.tag + " <</MCID " + strconv.Itoa(id) + ">> BDC\n")
}

// artifact starts a part that is no content: a border, a page number.
func (s *sheet) artifact(props string) {
	if props == "" {
		s.buf.WriteString("/Artifact BMC\n")
		return
	}
	s.buf.WriteString("/Artifact <<" + props + ">> BDC\n")
}

// end closes what begin or artifact started.
func (s *sheet) end() { s.buf.WriteString("EMC\n") }

// num writes a number with at most three decimals and a space.
func (s *sheet) num(v float64) {
	v = math.Round(v*1000) / 1000
	s.buf.Write(strconv.AppendFloat(s.buf.AvailableBuffer(), v, 'f', -1, 64))
	s.buf.WriteByte(' ')
}

// text draws glyphs from x on the given base line, both from the upper left corner of the page, spread by so many points
// after every glyph.
func (s *sheet) text(x, base, size, spread float64, glyphs []glyph) {
	if len(glyphs) == 0 {
		return
	}
	s.buf.WriteString("BT\n")
	if spread != 0 {
		s.num(spread)
		s.buf.WriteString("Tc\n")
	}
	s.num(x)
	s.num(pageHeight - base)
	s.buf.WriteString("Td\n")
	bold := false
	for i := 0; i < len(glyphs); {
		first := &glyphs[i]
		s.buf.WriteString("/" + first.font.name + " ")
		s.num(size)
		s.buf.WriteString("Tf\n")
		if first.bold != bold {
			bold = first.bold
			s.weight(bold, size)
		}
		s.buf.WriteByte('<')
		for i < len(glyphs) && glyphs[i].font == first.font && glyphs[i].bold == first.bold {
			s.hex(glyphs[i].slot)
			i++
		}
		s.buf.WriteString("> Tj\n")
	}
	if bold {
		s.weight(false, size)
	}
	if spread != 0 {
		s.buf.WriteString("0 Tc\n")
	}
	s.buf.WriteString("ET\n")
}

// weight turns on or off that letters are drawn with an outline.
func (s *sheet) weight(bold bool, size float64) {
	if !bold {
		s.buf.WriteString("0 Tr\n")
		return
	}
	s.buf.WriteString("2 Tr ")
	s.num(size / 36)
	s.buf.WriteString("w\n")
}

func (s *sheet) hex(v uint16) {
	const digits = "0123456789ABCDEF"
	s.buf.Write([]byte{digits[v>>12], digits[v>>8&15], digits[v>>4&15], digits[v&15]})
}

// rule draws a line between two points, from the upper left corner of the page.
func (s *sheet) rule(x0, y0, x1, y1 float64) {
	s.num(x0)
	s.num(pageHeight - y0)
	s.buf.WriteString("m ")
	s.num(x1)
	s.num(pageHeight - y1)
	s.buf.WriteString("l S\n")
}
