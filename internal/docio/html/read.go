// Package html reads and writes web pages. The reader walks over the tags once and builds no tree: a report page
// is mostly mark-up, and of the mark-up only blocks, tables and what is hidden matter.
package html

import (
	"bytes"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/gongkai/gongkai/internal/docio"
	"github.com/gongkai/gongkai/internal/fault"
)

// maxDepth is how deep tables may nest before a page is refused; real pages stay below ten.
const maxDepth = 100

// Read turns a page into paragraphs and grids, in the order of the source. Text of character runs is joined without
// spaces; a line break inside a paragraph or a cell is "\n"; a cell of white space only is "". Scripts, styles,
// templates and comments are dropped; hidden and struck-out text is dropped with a notice.
// A table that only lays the page out, that is, one that holds whole tables or running text, yields its content.
// Errors: file.empty, file.too_large, html.no_text, text.binary.
func Read(data []byte, lim docio.Limits) (*docio.Document, error) {
	lim = lim.WithDefaults()
	if int64(len(data)) > lim.Bytes {
		return nil, docio.ErrTooLarge("网页大小")
	}
	if len(bytes.TrimSpace(data)) == 0 {
		return nil, docio.ErrEmpty()
	}
	utf, err := toUTF8(data)
	if err != nil {
		return nil, err
	}
	r := newReader(utf, lim)
	err = r.run()
	if err != nil {
		return nil, err
	}
	doc, err := r.finish()
	if err == nil || r.hidden == 0 {
		return doc, err
	}
	// All the text is hidden: a page that its script would show. Read it as if it were shown, and say so.
	r = newReader(utf, lim)
	r.showAll = true
	err = r.run()
	if err != nil {
		return nil, err
	}
	r.notice("网页的正文是隐藏的（要由脚本显示），已按显示出来的内容读取")
	return r.finish()
}

type reader struct {
	t         tokens
	lim       docio.Limits
	doc       *docio.Document
	blocks    []docio.Block // of the page outside of tables
	head      []docio.Block // what the meta tags say, put first
	tables    []*table      // the open ones, innermost last
	spare     *table        // memory of one that was closed
	p         []byte        // the paragraph being read
	space     byte          // white space seen after p: 0, ' ' or '\n' when it held a line break
	heading   int
	pre       int // depth of <pre>
	inTitle   bool
	metaTitle string // title from a meta tag, used when there is no <title>
	lists     []list // open lists, innermost last
	skip      skip
	showAll   bool // read what is hidden as well
	hidden    int
	struck    int
	bytes     int // of text, in all
	cells     int // of all tables together
	paras     int // paragraphs; as many as cells are allowed
}

func newReader(data []byte, lim docio.Limits) *reader {
	return &reader{t: tokens{data: data}, lim: lim, doc: &docio.Document{Kind: docio.HTML}}
}

func (r *reader) run() error {
	for r.t.next() {
		var err error
		switch r.t.kind {
		case textToken:
			err = r.text(r.t.content())
		case startToken:
			err = r.start(r.t.name)
		case endToken:
			err = r.end(r.t.name)
		}
		if err != nil {
			return err
		}
		if r.paras > r.lim.Cells {
			return docio.ErrTooLarge("段落过多")
		}
	}
	return nil
}

func (r *reader) finish() (*docio.Document, error) {
	if len(r.tables) > 0 {
		r.notice("网页在表格中间结束，内容可能不完整")
	}
	for len(r.tables) > 0 {
		err := r.endTable()
		if err != nil {
			return nil, err
		}
	}
	r.flush()
	if r.doc.Title == "" {
		r.doc.Title = r.metaTitle
	}
	if len(r.blocks) == 0 {
		return nil, fault.New(fault.Unreadable, "html.no_text",
			"网页里没有文字（内容可能要由脚本载入）；请在浏览器中打开后，把正文另存或复制出来再试")
	}
	r.doc.Blocks = append(r.head, r.blocks...)
	if r.hidden > 0 {
		r.notice("网页里有 " + strconv.Itoa(r.hidden) + " 处隐藏的文字，没有读取")
	}
	if r.struck > 0 {
		r.notice("网页里有 " + strconv.Itoa(r.struck) + " 处带删除线的文字，没有读取")
	}
	return r.doc, nil
}

func (r *reader) notice(s string) { r.doc.Notices = append(r.doc.Notices, s) }

// flow is where finished paragraphs go: the innermost open cell, or the page.
func (r *reader) flow() *[]docio.Block {
	for i := len(r.tables) - 1; i >= 0; i-- {
		if r.tables[i].inCell {
			return &r.tables[i].blocks
		}
	}
	return &r.blocks
}

// flush ends the paragraph being read.
func (r *reader) flush() {
	r.space = 0
	if len(r.p) == 0 {
		return
	}
	s := strings.TrimSpace(string(r.p))
	r.p = r.p[:0]
	if s == "" {
		return
	}
	to := r.flow()
	*to = append(*to, docio.Block{Text: s, Heading: r.heading})
	r.paras++
}

// flushPre ends a run of preformatted text: one verbatim block per line, as its spaces may carry columns.
func (r *reader) flushPre() {
	to := r.flow()
	for line := range bytes.SplitSeq(r.p, []byte("\n")) {
		s := strings.TrimRight(string(line), " \t\r")
		if strings.TrimSpace(s) != "" {
			*to = append(*to, docio.Block{Text: s, Verbatim: true})
			r.paras++
		}
	}
	r.p, r.space = r.p[:0], 0
}

// text adds characters to the paragraph, with white space collapsed the way browsers do.
func (r *reader) text(t []byte) error { //nolint:gocyclo // one pass over the bytes of a text, for speed
	if r.skip.on() {
		r.skip.sawText(t)
		return nil
	}
	if r.inTitle {
		if r.doc.Title == "" {
			r.doc.Title = strings.Join(strings.Fields(string(t)), " ")
		}
		return nil
	}
	if n := len(r.tables); n > 0 && !r.tables[n-1].inCell && len(bytes.TrimSpace(t)) == 0 {
		return nil
	}
	r.bytes += len(t)
	if r.bytes > r.lim.Text {
		return docio.ErrTooLarge("文字过多")
	}
	if r.pre > 0 {
		r.p = append(r.p, bytes.ReplaceAll(t, []byte("\u00a0"), []byte(" "))...)
		return nil
	}
	for i := 0; i < len(t); {
		c := t[i]
		switch {
		case c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f':
			if c == '\n' || c == '\r' {
				r.space = '\n'
			} else if r.space == 0 {
				r.space = ' '
			}
			i++
			continue
		case c < ' ' || c == 0x7f:
			i++
			continue
		}
		n, invisible := runeAt(t[i:])
		if invisible {
			i += n
			continue
		}
		r.spend(t[i:])
		j := i + plain(t[i:])
		if j == i {
			j = i + n
		}
		r.p = appendText(r.p, t[i:j])
		i = j
	}
	return nil
}

// plain is the length of the run at the head of t that needs no care.
func plain(t []byte) int {
	for i, c := range t {
		if c <= ' ' || c == 0x7f || c == 0xC2 || c == 0xE2 || c == 0xEF {
			return i
		}
	}
	return len(t)
}

// appendText adds t, with a no-break space turned into a plain one.
func appendText(p, t []byte) []byte {
	if len(t) == 2 && t[0] == 0xC2 && t[1] == 0xA0 {
		return append(p, ' ')
	}
	return append(p, t...)
}

// spend writes the white space that was seen, if it shows: not at the start of a line, and not where a line break of
// the source stands between two Chinese characters.
func (r *reader) spend(next []byte) {
	s := r.space
	r.space = 0
	if s == 0 || len(r.p) == 0 || r.p[len(r.p)-1] == '\n' {
		return
	}
	if s == '\n' && wideEnd(r.p) && wideStart(next) {
		return
	}
	r.p = append(r.p, ' ')
}

func wideStart(t []byte) bool {
	c, _ := utf8.DecodeRune(t)
	return wide(c)
}

func wideEnd(t []byte) bool {
	c, _ := utf8.DecodeLastRune(t)
	return wide(c)
}

// wide is true for Chinese characters and their punctuation.
func wide(c rune) bool {
	return c >= 0x2E80 && c < 0xE000 || c >= 0xF900 && c < 0xFB00 || c >= 0xFF00 && c < 0xFFF0 || c >= 0x20000 ||
		c >= 0x2018 && c <= 0x201D
}

// runeAt returns the size of the first character of t, and whether it takes no place on the page.
func runeAt(t []byte) (size int, invisible bool) {
	if t[0] < utf8.RuneSelf {
		return 1, false
	}
	c, n := utf8.DecodeRune(t)
	switch c {
	case 0x00AD, 0x200B, 0x200C, 0x200D, 0x200E, 0x200F, 0x2060, 0xFEFF:
		return n, true
	}
	return n, false
}
