package html

import (
	"bytes"

	nethtml "golang.org/x/net/html"
)

// tokenKind of what the tokens stand at.
type tokenKind uint8

const (
	textToken tokenKind = iota + 1
	startToken
	endToken
)

// tokens splits a page into tags and text by the rules of HTML, without copying. The tokenizer of x/net follows the same
// rules, but keeps and copies all attributes, which on the pages that word processors write takes most of the time; a
// test holds the two against each other.
type tokens struct {
	kind  tokenKind
	name  []byte // of a tag, in lower case
	close bool   // a start tag that ends in "/>"
	attrs []attr

	data  []byte
	pos   int
	text  []byte
	raw   bool   // text is not to be unescaped
	until string // the raw text element that is open, "" for none
	lower []byte // holds a name that was not in lower case
}

// attr is an attribute as it is written.
type attr struct{ key, val []byte }

// maxAttrs is how many attributes of a tag are looked at.
const maxAttrs = 100

// next moves to the next token, and returns false at the end. Comments and declarations are passed over.
func (t *tokens) next() bool {
	if t.until != "" {
		if t.rawText() {
			return true
		}
	}
	from := t.pos
	for t.pos < len(t.data) {
		n := bytes.IndexByte(t.data[t.pos:], '<')
		if n < 0 || t.pos+n+1 >= len(t.data) {
			t.pos = len(t.data)
			break
		}
		t.pos += n
		c := t.data[t.pos+1]
		opens := letter(c) || c == '!' || c == '?' || c == '/' && t.pos+2 < len(t.data)
		if !opens {
			t.pos++
			continue
		}
		if t.pos > from {
			t.kind, t.text, t.raw = textToken, t.data[from:t.pos], false
			return true
		}
		if t.markup(c) {
			return true
		}
		from = t.pos
	}
	if from < len(t.data) {
		t.kind, t.text, t.raw = textToken, t.data[from:], false
		t.pos = len(t.data)
		return true
	}
	return false
}

func letter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

// markup reads what begins with "<" at pos. It returns false for what is passed over.
func (t *tokens) markup(c byte) bool {
	rest := t.data[t.pos:]
	switch {
	case letter(c):
		t.pos++
		return t.tag(startToken)
	case c == '/' && letter(rest[2]):
		t.pos += 2
		return t.tag(endToken)
	case bytes.HasPrefix(rest, []byte("<!--")):
		t.comment(rest)
	default: // declarations, instructions, "</ ": to the next ">"
		n := bytes.IndexByte(rest, '>')
		if n < 0 {
			n = len(rest) - 1
		}
		t.pos += n + 1
	}
	return false
}

func (t *tokens) comment(rest []byte) {
	switch {
	case bytes.HasPrefix(rest, []byte("<!-->")):
		t.pos += 5
		return
	case bytes.HasPrefix(rest, []byte("<!--->")):
		t.pos += 6
		return
	}
	for i := 4; ; {
		n := bytes.Index(rest[i:], []byte("--"))
		if n < 0 {
			t.pos = len(t.data)
			return
		}
		i += n + 2
		switch {
		case bytes.HasPrefix(rest[i:], []byte(">")):
			t.pos += i + 1
			return
		case bytes.HasPrefix(rest[i:], []byte("!>")):
			t.pos += i + 2
			return
		}
		i--
	}
}

// tag reads a tag from its name on. A tag that the page ends in is none.
func (t *tokens) tag(kind tokenKind) bool {
	d, i := t.data, t.pos
	upper := false
	for i < len(d) && !nameEnd(d[i]) {
		upper = upper || d[i] >= 'A' && d[i] <= 'Z'
		i++
	}
	t.name = d[t.pos:i]
	if upper {
		t.lower = append(t.lower[:0], t.name...)
		for k, c := range t.lower {
			if c >= 'A' && c <= 'Z' {
				t.lower[k] = c | 0x20
			}
		}
		t.name = t.lower
	}
	t.kind, t.close, t.attrs = kind, false, t.attrs[:0]
	for i < len(d) {
		switch c := d[i]; {
		case c == '>':
			t.pos = i + 1
			if kind == startToken {
				t.until = rawElement(t.name)
			}
			return true
		case c == '/' || c <= ' ' && space(c):
			t.close = c == '/'
			i++
		default:
			t.close = false
			i = t.attribute(i)
		}
	}
	t.pos = len(d)
	return false
}

func space(c byte) bool { return c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f' }

func nameEnd(c byte) bool { return c == '>' || c == '/' || space(c) }

// attribute reads an attribute at i and returns where it ends.
func (t *tokens) attribute(i int) int {
	d := t.data
	from := i
	i++ // a "=" here belongs to the name
	for i < len(d) && d[i] != '=' && !nameEnd(d[i]) {
		i++
	}
	a := attr{key: d[from:i]}
	k := i
	for k < len(d) && space(d[k]) {
		k++
	}
	if k < len(d) && d[k] == '=' {
		i = k + 1
		for i < len(d) && space(d[i]) {
			i++
		}
		if i >= len(d) {
			return i
		}
		if q := d[i]; q == '"' || q == '\'' {
			n := bytes.IndexByte(d[i+1:], q)
			if n < 0 {
				return len(d)
			}
			a.val = d[i+1 : i+1+n]
			i += n + 2
		} else {
			from = i
			for i < len(d) && d[i] != '>' && !space(d[i]) {
				i++
			}
			a.val = d[from:i]
		}
	}
	if len(t.attrs) < maxAttrs {
		t.attrs = append(t.attrs, a)
	}
	return i
}

// rawElement returns the name of an element whose content is not mark-up, "" for the others.
func rawElement(name []byte) string {
	if len(name) < 5 {
		if string(name) == "xmp" {
			return "xmp"
		}
		return ""
	}
	switch string(name) {
	case "script", "style", "title", "textarea", "iframe", "noscript", "noembed", "noframes", "plaintext":
		return string(name)
	}
	return ""
}

// rawText reads to the end tag of the open raw text element. It returns false when there is no text before it.
func (t *tokens) rawText() bool {
	name := t.until
	t.until = ""
	rest := t.data[t.pos:]
	end := len(rest)
	for i := 0; name != "plaintext"; {
		n := bytes.Index(rest[i:], []byte("</"))
		if n < 0 {
			break
		}
		i += n
		after := rest[i+2:]
		if len(after) > len(name) && bytes.EqualFold(after[:len(name)], []byte(name)) && nameEnd(after[len(name)]) {
			end = i
			break
		}
		i += 2
	}
	t.pos += end
	t.kind, t.text, t.raw = textToken, rest[:end], name != "title" && name != "textarea"
	return end > 0
}

// content is the text at hand with its entities resolved.
func (t *tokens) content() []byte {
	if t.raw || bytes.IndexByte(t.text, '&') < 0 {
		return t.text
	}
	return []byte(nethtml.UnescapeString(string(t.text)))
}
