package html

import (
	"bytes"
	"strconv"
	"strings"
	"unicode"

	nethtml "golang.org/x/net/html"

	"github.com/gongkai/gongkai/internal/docio"
)

// class is what a tag means to the reader.
type class uint8

const (
	inline  class = iota
	block         // begins and ends a paragraph
	heading       // h1 to h6
	lineBreak
	tableTag
	rowGroup
	rowTag
	cellTag
	caption // and the column tags, which end rows as well
	dropped // its content is not text of the page
	struck
	pre
	listTag
	item
	meta
	title
)

func classOf(name []byte) class {
	switch string(name) {
	case "span", "font", "a", "b", "strong", "i", "em", "u", "o:p":
		return inline // the most frequent, answered first
	case "td", "th":
		return cellTag
	case "tr":
		return rowTag
	case "p", "div", "section", "article", "dl", "dt", "dd", "blockquote", "center", "form", "fieldset", "legend",
		"header", "footer", "main", "nav", "aside", "address", "hr", "figure", "figcaption", "body", "html", "details",
		"summary", "hgroup", "menu", "dir", "search":
		return block
	case "h1", "h2", "h3", "h4", "h5", "h6":
		return heading
	case "br":
		return lineBreak
	case "table":
		return tableTag
	case "tbody", "thead", "tfoot":
		return rowGroup
	case "caption", "colgroup", "col":
		return caption
	case "script", "style", "template", "noscript", "iframe", "object", "svg", "math", "select", "textarea", "xml",
		"noembed", "noframes", "rt", "rp", "audio", "video", "canvas":
		return dropped
	case "del", "s", "strike":
		return struck
	case "pre", "listing", "xmp", "plaintext":
		return pre
	case "ol", "ul":
		return listTag
	case "li":
		return item
	case "meta":
		return meta
	case "title":
		return title
	}
	return inline
}

func void(name []byte) bool {
	switch string(name) {
	case "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr":
		return true
	}
	return false
}

// hideable is false for the page itself: sites hide it until their script has run.
func hideable(name []byte) bool { return string(name) != "body" && string(name) != "html" }

// attrs are the attributes that matter.
type attrs struct {
	rowSpan, colSpan int
	hides            bool
	start            int    // of an ordered list
	style            string // list-style only
	name, content    string // of meta
}

func (r *reader) attrs(c class) attrs {
	a := attrs{rowSpan: -1, colSpan: -1, start: 1}
	for i := range r.t.attrs {
		at := &r.t.attrs[i]
		switch lowerKey(at.key) {
		case "rowspan":
			if a.rowSpan < 0 { // the first of two counts
				a.rowSpan = number(at.val, 0, 65534, 1)
			}
		case "colspan":
			if a.colSpan < 0 {
				a.colSpan = number(at.val, 1, 1000, 1)
			}
		case "hidden":
			a.hides = true
		case "style":
			a.hides = a.hides || hides(at.val)
			if c == listTag {
				a.style = string(at.val)
			}
		case "type":
			if c == listTag {
				a.style += ";type:" + string(at.val)
			}
		case "start":
			a.start = number(at.val, -1_000_000, 1_000_000, 1)
		case "name", "property":
			if c == meta {
				a.name = strings.ToLower(string(at.val))
			}
		case "content":
			if c == meta {
				a.content = nethtml.UnescapeString(string(at.val))
			}
		}
	}
	a.rowSpan, a.colSpan = abs(a.rowSpan), abs(a.colSpan)
	return a
}

func abs(n int) int { return max(n, -n) }

// lowerKey is the name of an attribute in lower case, "" for names longer than those that matter.
func lowerKey(key []byte) string {
	if len(key) > 8 {
		return ""
	}
	var buf [8]byte
	n := copy(buf[:], key)
	for i, c := range buf[:n] {
		if c >= 'A' && c <= 'Z' {
			buf[i] = c | 0x20
		}
	}
	switch string(buf[:n]) { // the cases return constants, so that nothing is allocated
	case "rowspan":
		return "rowspan"
	case "colspan":
		return "colspan"
	case "style":
		return "style"
	case "hidden":
		return "hidden"
	case "type":
		return "type"
	case "start":
		return "start"
	case "name":
		return "name"
	case "property":
		return "property"
	case "content":
		return "content"
	}
	return ""
}

// number reads a leading integer the way browsers do, and clamps it.
func number(val []byte, lo, hi, otherwise int) int {
	val = bytes.TrimSpace(val)
	n, digits, sign := 0, 0, 1
	for i, c := range val {
		if i == 0 && (c == '-' || c == '+') {
			if c == '-' {
				sign = -1
			}
			continue
		}
		if c < '0' || c > '9' {
			break
		}
		digits++
		n = min(n*10+int(c-'0'), 10_000_000)
	}
	n *= sign
	if digits == 0 || n < lo {
		return otherwise
	}
	return min(n, hi)
}

func (r *reader) start(name []byte) error { //nolint:gocyclo // one case per element of the language
	c := classOf(name)
	if r.t.close && (string(name) == "svg" || string(name) == "math") {
		return nil
	}
	if r.skip.on() && r.skip.start(name, c) {
		return nil
	}
	a := attrs{rowSpan: 1, colSpan: 1, start: 1}
	if len(r.t.attrs) > 0 {
		a = r.attrs(c)
	}
	if (a.hides && !r.showAll && hideable(name) || c == dropped || c == struck) && !void(name) {
		r.hide(name, c)
		return nil
	}
	switch c {
	case inline, dropped, struck:
	case lineBreak:
		r.space = 0
		r.p = append(r.p, '\n')
	case block:
		r.flush()
	case caption: // ends the row that is open, as in browsers
		return r.startPart(caption, a)
	case heading:
		r.flush()
		r.heading = int(name[1] - '0')
	case tableTag:
		return r.startTable()
	case rowGroup, rowTag, cellTag:
		return r.startPart(c, a)
	case pre:
		r.flush()
		r.pre++
	case listTag:
		r.flush()
		if len(r.lists) < maxLists {
			r.lists = append(r.lists, newList(name, a))
		}
	case item:
		r.flush()
		r.bullet()
	case meta:
		r.meta(a)
	case title:
		r.inTitle = true
	}
	return nil
}

func (r *reader) hide(name []byte, c class) {
	if c == cellTag || c == rowTag || c == rowGroup {
		r.endCell()
	}
	r.skip.begin(name, c, &r.hidden, &r.struck)
}

func (r *reader) end(name []byte) error {
	c := classOf(name)
	if r.skip.on() && r.skip.end(name, c) {
		return nil
	}
	switch c {
	case inline, dropped, struck, meta:
	case lineBreak: // </br> is a line break to browsers
		r.p = append(r.p, '\n')
	case block, caption, item:
		r.flush()
	case heading:
		r.flush()
		r.heading = 0
	case tableTag:
		if len(r.tables) > 0 {
			return r.endTable()
		}
	case rowGroup, rowTag, cellTag:
		r.endPart(c)
	case pre:
		if r.pre > 0 {
			r.flushPre()
			r.pre--
		}
	case listTag:
		r.flush()
		r.lists = r.lists[:max(len(r.lists)-1, 0)]
	case title:
		r.inTitle = false
	}
	return nil
}

// meta keeps the publication date as the first paragraph, and the article's title for want of a better one.
func (r *reader) meta(a attrs) {
	switch a.name {
	case "pubdate", "publishdate", "article:published_time":
		d := date(a.content)
		if d != "" && len(r.head) == 0 {
			r.head = append(r.head, docio.Paragraph("发布日期："+d))
		}
	case "articletitle", "og:title":
		if r.metaTitle == "" {
			r.metaTitle = strings.TrimSpace(a.content)
		}
	}
}

// date returns the yyyy-mm-dd at the head of s, or "".
func date(s string) string {
	f := strings.FieldsFunc(strings.TrimSpace(s), func(c rune) bool { return !unicode.IsDigit(c) })
	if len(f) < 3 || len(f[0]) != 4 || len(f[1]) > 2 || len(f[2]) > 2 {
		return ""
	}
	two := func(d string) string {
		if len(d) == 1 {
			return "0" + d
		}
		return d
	}
	return f[0] + "-" + two(f[1]) + "-" + two(f[2])
}

// maxLists is how deep lists are followed; browsers show nothing useful beyond.
const maxLists = 200

// list is an open <ol> or <ul>.
type list struct {
	numbered, chinese bool
	next              int
}

func newList(name []byte, a attrs) list {
	s := strings.ToLower(a.style)
	l := list{numbered: string(name) == "ol" && !strings.Contains(s, "none"), next: a.start}
	l.chinese = strings.Contains(s, "cjk") || strings.Contains(s, "chinese") || strings.Contains(s, "han")
	return l
}

// bullet writes the number that a browser would show before an item: “一、总体情况” may have its number from the list.
func (r *reader) bullet() {
	n := len(r.lists)
	if n == 0 || !r.lists[n-1].numbered {
		return
	}
	l := &r.lists[n-1]
	if l.chinese {
		r.p = append(append(r.p, chinese(l.next)...), "、"...)
	} else {
		r.p = append(strconv.AppendInt(r.p, int64(l.next), 10), '.')
	}
	l.next++
}

// chinese is n in Chinese counting for 1 to 99, else in digits.
func chinese(n int) string {
	const digits = "〇一二三四五六七八九"
	d := []rune(digits)
	switch {
	case n < 1 || n > 99:
		return strconv.Itoa(n)
	case n < 10:
		return string(d[n])
	}
	s := "十"
	if n >= 20 {
		s = string(d[n/10]) + s
	}
	if n%10 > 0 {
		s += string(d[n%10])
	}
	return s
}
