package html

import "bytes"

// hides tells from a style attribute whether the element is not shown.
func hides(style []byte) bool {
	if len(style) < len("display:none") || bytes.IndexByte(style, ':') < 0 {
		return false
	}
	for decl := range bytes.SplitSeq(style, []byte(";")) {
		key, val, ok := bytes.Cut(decl, []byte(":"))
		key = bytes.TrimSpace(key)
		if !ok || len(key) < 7 { // most declarations of most pages end here
			continue
		}
		val, _, _ = bytes.Cut(val, []byte("!"))
		val = bytes.TrimSpace(val)
		switch {
		case bytes.EqualFold(key, []byte("display")) && bytes.EqualFold(val, []byte("none")),
			bytes.EqualFold(key, []byte("visibility")) && bytes.EqualFold(val, []byte("hidden")),
			bytes.EqualFold(key, []byte("mso-hide")) && bytes.EqualFold(val, []byte("all")):
			return true
		}
	}
	return false
}

// skip leaves an element out until its end. Elements whose end tag may be missing (p, li, cells, rows) also end where a
// browser would end them.
type skip struct {
	name   string
	class  class
	depth  int  // of elements of the same name, 0 when nothing is being skipped
	tables int  // open tables inside of what is skipped
	seen   *int // counter to raise once there was text
}

func (s *skip) on() bool { return s.depth > 0 }

func (s *skip) begin(name []byte, c class, hidden, struckOut *int) {
	*s = skip{name: string(name), class: c, depth: 1, seen: hidden}
	switch c {
	case dropped:
		s.seen = nil
	case struck:
		s.seen = struckOut
	case tableTag:
		s.tables = 1
	}
}

func (s *skip) sawText(t []byte) {
	if s.seen == nil || len(bytes.TrimSpace(bytes.ReplaceAll(t, []byte("\u00a0"), nil))) == 0 {
		return
	}
	*s.seen++
	s.seen = nil
}

// start says whether the tag belongs to what is skipped.
func (s *skip) start(name []byte, c class) bool {
	if s.ends(name, c, false) {
		s.depth = 0
		return false
	}
	if c == tableTag {
		s.tables++
	}
	if string(name) == s.name && !s.part() {
		s.depth++
	}
	return true
}

// part is true for cells, rows and row groups: inner tables have their own, whose end tags may be missing.
func (s *skip) part() bool { return s.class == cellTag || s.class == rowTag || s.class == rowGroup }

// end says whether the end tag belongs to what is skipped.
func (s *skip) end(name []byte, c class) bool {
	if string(name) != s.name && s.ends(name, c, true) {
		s.depth = 0
		return false
	}
	if c == tableTag && s.tables > 0 {
		s.tables--
	}
	if string(name) == s.name && (!s.part() || s.tables == 0) {
		s.depth--
	}
	return true
}

// ends is true for a tag that ends the skipped element although it is not its end tag.
func (s *skip) ends(name []byte, c class, endTag bool) bool { //nolint:gocyclo // the table of implied end tags of the HTML standard
	if s.tables > 0 {
		return false
	}
	switch {
	case s.name == "p":
		return c != inline && c != lineBreak && c != dropped && c != struck && (endTag || c != meta && c != title)
	case s.name == "rt", s.name == "rp":
		return string(name) == "ruby" || string(name) == "rt" || string(name) == "rp" || c != inline
	case s.class == item:
		return endTag && c == listTag || !endTag && c == item
	case s.class == cellTag:
		return c == cellTag && !endTag || c == rowTag || c == rowGroup || c == tableTag && endTag
	case s.class == rowTag:
		return c == rowTag && !endTag || c == rowGroup || c == tableTag && endTag
	case s.class == rowGroup:
		return c == rowGroup && !endTag || c == tableTag && endTag
	case s.class == struck, s.class == inline:
		// An unclosed <s> or <span> must not swallow the page.
		return c == cellTag || c == rowTag || c == tableTag && endTag || string(name) == "body"
	}
	return false
}
