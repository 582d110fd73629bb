package docx

import (
	"strconv"
	"strings"

	"github.com/gongkai/gongkai/internal/docio"
)

// field is an open complex field; its instruction is not text, its result is.
type field struct {
	instruction []byte
	result      bool
	toc         bool // its result is a table of contents
}

// maxFields is how deep fields may nest.
const maxFields = 50

func (f *field) contents() bool {
	i := strings.Fields(string(f.instruction))
	return len(i) > 0 && strings.EqualFold(i[0], "TOC")
}

func (r *reader) fieldChar(typ string) error {
	n := len(r.fields)
	switch {
	case typ == "begin" && n >= maxFields:
		return docio.ErrTooLarge("域嵌套过深")
	case typ == "begin":
		r.fields = append(r.fields, field{})
	case typ == "separate" && n > 0:
		r.fields[n-1].result, r.fields[n-1].toc = true, r.fields[n-1].contents()
	case typ == "end" && n > 0:
		r.fields = r.fields[:n-1]
	}
	return nil
}

func (r *reader) instruction() {
	s := r.s
	for depth := s.Depth(); s.Next() && s.Depth() >= depth; {
		if n := len(r.fields); n > 0 {
			r.fields[n-1].instruction = s.AppendText(r.fields[n-1].instruction)
		}
	}
}

// control reads the properties of a content control. One that shows its prompt, and the one that holds the table of
// contents, have no text of the document.
func (r *reader) control() {
	s := r.s
	drop := false
	for depth := s.Depth(); s.Next() && s.Depth() >= depth; {
		if s.Kind != startKind {
			continue
		}
		switch string(r.local()) {
		case "showingPlcHdr":
			drop = on(s.Attr("val"))
		case "docPartGallery":
			drop = drop || s.Attr("val") == "Table of Contents"
		}
	}
	if !drop {
		return
	}
	for s.Next() {
		if s.Kind == startKind {
			s.Skip()
		} else if s.Kind == endKind {
			return
		}
	}
}

// symbol is the character of a symbol font, as far as its meaning is common; a filled square else.
func symbol(font, char string) string {
	n, err := strconv.ParseUint(char, 16, 32)
	if err != nil {
		return ""
	}
	c := rune(n)
	if c >= 0xF000 && c <= 0xF0FF {
		c -= 0xF000
	}
	if strings.HasPrefix(strings.ToLower(font), "wingdings") {
		switch c {
		case 0xFC, 0x50:
			return "✓"
		case 0xFE, 0x52, 0x53:
			return "☑"
		case 0xA8, 0x6F, 0x71, 0x72, 0xA3, 0x30:
			return "□"
		}
		return "■"
	}
	if c < ' ' {
		return ""
	}
	return string(c)
}
