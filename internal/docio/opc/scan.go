package opc

import (
	"bytes"
	"errors"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// Kind of what the scanner stands at.
type Kind uint8

// The kinds. An empty element <a/> is a Start followed by an End.
const (
	Start Kind = iota + 1
	End
	Text
)

// maxNesting bounds the depth of elements; a document with nested tables stays below a few hundred.
const maxNesting = 5000

// ErrXML says that a part is not well-formed.
var ErrXML = errors.New("opc: malformed XML")

// Scanner walks over the elements and texts of an XML part without copying. It knows what office files need: no document
// type definitions, so no entities but the five of XML and numeric ones, and thus nothing that could expand.
// It is several times faster than encoding/xml, which would take most of the time of reading a document.
type Scanner struct {
	Kind Kind
	Name []byte // of a Start or End, with prefix

	data  []byte
	pos   int
	attrs []byte // raw
	text  []byte // raw
	cdata bool
	empty bool // the element just started has no content
	open  [][]byte
	err   error
}

// NewScanner returns a scanner at the start of data, which has to be UTF-8.
func NewScanner(data []byte) *Scanner { return &Scanner{data: data} }

// Err returns what stopped the scanner, or nil at the proper end.
func (s *Scanner) Err() error { return s.err }

// Depth is the number of open elements; at a Start it includes the element itself, at an End no longer.
func (s *Scanner) Depth() int { return len(s.open) }

// Next moves to the next element boundary or text. It returns false at the end or at an error.
func (s *Scanner) Next() bool {
	if s.empty {
		s.empty = false
		s.Kind = End
		s.open = s.open[:len(s.open)-1]
		return true
	}
	for s.err == nil && s.pos < len(s.data) {
		if s.data[s.pos] != '<' {
			n := bytes.IndexByte(s.data[s.pos:], '<')
			if n < 0 {
				n = len(s.data) - s.pos
			}
			s.text, s.cdata = s.data[s.pos:s.pos+n], false
			s.pos += n
			if len(s.open) == 0 {
				continue
			}
			s.Kind = Text
			return true
		}
		if s.mark() {
			return true
		}
	}
	if s.err == nil && len(s.open) > 0 {
		s.err = ErrXML
	}
	return false
}

// mark reads from a "<". It returns false for what is passed over: comments, instructions, declarations.
func (s *Scanner) mark() bool {
	rest := s.data[s.pos:]
	if len(rest) < 2 {
		s.err = ErrXML
		return false
	}
	switch rest[1] {
	case '?':
		s.pass(rest, "?>")
		return false
	case '!':
		if bytes.HasPrefix(rest, []byte("<![CDATA[")) {
			n := bytes.Index(rest, []byte("]]>"))
			if n < 0 {
				s.err = ErrXML
				return false
			}
			s.Kind, s.text, s.cdata = Text, rest[9:n], true
			s.pos += n + 3
			return len(s.open) > 0
		}
		if bytes.HasPrefix(rest, []byte("<!--")) {
			s.pass(rest, "-->")
		} else {
			s.err = ErrXML // a document type: office files have none
		}
		return false
	}
	n := tagEnd(rest)
	if n < 0 {
		s.err = ErrXML
		return false
	}
	s.pos += n + 1
	if rest[1] == '/' {
		return s.endTag(bytes.TrimRight(rest[2:n], " \t\r\n"))
	}
	return s.startTag(rest[1:n])
}

func (s *Scanner) pass(rest []byte, until string) {
	n := bytes.Index(rest, []byte(until))
	if n < 0 {
		s.err = ErrXML
		return
	}
	s.pos += n + len(until)
}

// tagEnd finds the ">" of a tag, which may also stand inside of an attribute.
func tagEnd(rest []byte) int {
	n := bytes.IndexByte(rest, '>')
	if n < 0 {
		return -1
	}
	if bytes.IndexByte(rest[:n], '\'') < 0 && bytes.Count(rest[:n], []byte{'"'})%2 == 0 {
		return n
	}
	var quote byte
	for i, c := range rest {
		switch {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '>':
			return i
		}
	}
	return -1
}

func (s *Scanner) startTag(tag []byte) bool {
	if n := len(tag); n > 0 && tag[n-1] == '/' {
		s.empty = true
		tag = tag[:n-1]
	}
	n := 0
	for n < len(tag) && tag[n] > ' ' {
		n++
	}
	if n == 0 || len(s.open) >= maxNesting {
		s.err = ErrXML
		s.empty = false
		return false
	}
	s.Kind, s.Name, s.attrs = Start, tag[:n], tag[n:]
	s.open = append(s.open, s.Name)
	return true
}

func (s *Scanner) endTag(name []byte) bool {
	n := len(s.open) - 1
	if n < 0 || !bytes.Equal(s.open[n], name) {
		s.err = ErrXML
		return false
	}
	s.open = s.open[:n]
	s.Kind, s.Name = End, name
	return true
}

// Skip moves to the End of the element that was just started.
func (s *Scanner) Skip() {
	depth := len(s.open) - 1
	for len(s.open) > depth && s.Next() {
	}
}

// Attr returns the value of an attribute of the Start at hand, "" when there is none. The prefix is not compared.
func (s *Scanner) Attr(local string) string {
	v, _ := s.Lookup(local)
	return v
}

// Lookup is Attr that also says whether the attribute is there.
func (s *Scanner) Lookup(local string) (string, bool) {
	v, ok := s.Raw(local)
	if !ok {
		return "", false
	}
	if bytes.IndexByte(v, '&') < 0 {
		return string(v), true
	}
	return string(unescape(nil, v)), true
}

// Raw is Lookup without a copy: the value as it stands in the part, references and all.
func (s *Scanner) Raw(local string) ([]byte, bool) {
	rest := s.attrs
	for {
		eq := bytes.IndexByte(rest, '=')
		if eq < 0 {
			return nil, false
		}
		name := trim(rest[:eq])
		rest = trim(rest[eq+1:])
		if len(rest) == 0 {
			return nil, false
		}
		n := bytes.IndexByte(rest[1:], rest[0])
		if n < 0 {
			return nil, false
		}
		if i := bytes.IndexByte(name, ':'); string(name[i+1:]) == local && !bytes.HasPrefix(name, []byte("xmlns")) {
			return rest[1 : 1+n], true
		}
		rest = rest[n+2:]
	}
}

// trim is bytes.TrimSpace for the one space, or none, that there nearly always is.
func trim(b []byte) []byte {
	for len(b) > 0 && b[0] <= ' ' {
		b = b[1:]
	}
	for len(b) > 0 && b[len(b)-1] <= ' ' {
		b = b[:len(b)-1]
	}
	return b
}

// Int is Attr as a number, or def.
func (s *Scanner) Int(local string, def int) int {
	v, ok := s.Lookup(local)
	if !ok {
		return def
	}
	n, err := strconv.Atoi(strings.TrimSpace(v))
	if err != nil {
		return def
	}
	return n
}

// AppendText adds the text at hand to dst, with character references resolved.
func (s *Scanner) AppendText(dst []byte) []byte {
	if s.cdata {
		return append(dst, s.text...)
	}
	return unescape(dst, s.text)
}

// Prefix returns the prefix that the element at hand declares for one of the namespaces; "" for the default one.
// It is asked at the root: producers may call the namespaces what they like.
func (s *Scanner) Prefix(namespaces ...string) (string, bool) {
	for _, ns := range namespaces {
		i := bytes.Index(s.attrs, []byte(ns))
		if i < 2 || i+len(ns) >= len(s.attrs) || s.attrs[i-1] != s.attrs[i+len(ns)] {
			continue
		}
		name := bytes.TrimRight(s.attrs[:i-1], " \t\r\n=")
		name = name[bytes.LastIndexAny(name, " \t\r\n")+1:]
		if p, ok := bytes.CutPrefix(name, []byte("xmlns:")); ok {
			return string(p), true
		}
		if string(name) == "xmlns" {
			return "", true
		}
	}
	return "", false
}

// Local returns a name without its prefix.
func Local(name []byte) string { return string(name[bytes.IndexByte(name, ':')+1:]) }

func unescape(dst, src []byte) []byte {
	for {
		i := bytes.IndexByte(src, '&')
		if i < 0 {
			return append(dst, src...)
		}
		dst = append(dst, src[:i]...)
		src = src[i:]
		n := bytes.IndexByte(src[:min(len(src), 12)], ';')
		if n < 0 {
			dst = append(dst, '&')
			src = src[1:]
			continue
		}
		c, ok := reference(src[1:n])
		if !ok {
			dst = append(dst, src[:n+1]...)
		} else {
			dst = utf8.AppendRune(dst, c)
		}
		src = src[n+1:]
	}
}

func reference(name []byte) (rune, bool) {
	switch string(name) {
	case "amp":
		return '&', true
	case "lt":
		return '<', true
	case "gt":
		return '>', true
	case "quot":
		return '"', true
	case "apos":
		return '\'', true
	}
	if len(name) < 2 || name[0] != '#' {
		return 0, false
	}
	digits, base := string(name[1:]), 10
	if digits[0] == 'x' || digits[0] == 'X' {
		digits, base = digits[1:], 16
	}
	n, err := strconv.ParseUint(digits, base, 32)
	return rune(n), err == nil && n <= utf8.MaxRune
}

// toUTF8 turns a part into UTF-8. XML in office files is UTF-8, seldom UTF-16.
func toUTF8(b []byte) []byte {
	if bytes.HasPrefix(b, []byte{0xEF, 0xBB, 0xBF}) {
		b = b[3:]
	}
	if len(b) > 1 && (b[0] == 0xFF && b[1] == 0xFE || b[0] == 0xFE && b[1] == 0xFF) {
		u := make([]uint16, 0, len(b)/2)
		for i := 2; i+1 < len(b); i += 2 {
			if b[0] == 0xFF {
				u = append(u, uint16(b[i])|uint16(b[i+1])<<8)
			} else {
				u = append(u, uint16(b[i])<<8|uint16(b[i+1]))
			}
		}
		return []byte(string(utf16.Decode(u)))
	}
	if !utf8.Valid(b) {
		return bytes.ToValidUTF8(b, []byte("\uFFFD"))
	}
	return b
}
