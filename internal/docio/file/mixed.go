package file

import (
	"bytes"
	"errors"
	"strings"

	"github.com/gongkai/gongkai/internal/docio"
	"github.com/gongkai/gongkai/internal/docio/html"
	"github.com/gongkai/gongkai/internal/docio/text"
	"github.com/gongkai/gongkai/internal/fault"
)

// readText reads a text, in which tables may be written as HTML: recognition programs do so in Markdown, since Markdown
// has no merged cells.
func readText(data []byte, kind docio.Kind, lim docio.Limits) (*docio.Document, error) {
	if !bytes.Contains(data, []byte("<table")) && !bytes.Contains(data, []byte("<TABLE")) {
		return text.Read(data, kind, lim)
	}
	s, err := text.Decode(data)
	if err != nil {
		return nil, err
	}
	doc := &docio.Document{Kind: kind}
	line := 1
	for s != "" {
		before, table, after := cutTable(s)
		if strings.TrimSpace(before) != "" {
			d, err := text.Read([]byte(before), kind, lim)
			if err != nil {
				return nil, err
			}
			add(doc, d, line-1, 0)
		}
		line += strings.Count(before, "\n")
		if table != "" {
			d, err := html.Read([]byte(table), lim)
			if err == nil {
				add(doc, d, 0, line)
			} else if errors.Is(err, fault.TooLarge) {
				return nil, err
			}
			// A table without any text is passed over.
		}
		line += strings.Count(table, "\n")
		s = after
	}
	if len(doc.Blocks) == 0 {
		return nil, docio.ErrEmpty()
	}
	return doc, nil
}

// add takes over the blocks of a part. Lines of the part are moved by offset; blocks of a table get the line it begins at.
func add(doc, part *docio.Document, offset, line int) {
	for _, b := range part.Blocks {
		if b.Pos.Line > 0 {
			b.Pos.Line += offset
		} else if line > 0 {
			b.Pos.Line = line
		}
		doc.Blocks = append(doc.Blocks, b)
	}
	doc.Notices = append(doc.Notices, part.Notices...)
}

// cutTable cuts a text around its first table, inner tables included. An unclosed table reaches to the end.
// It looks at each character once: the text may be hostile.
func cutTable(s string) (before, table, after string) {
	from, depth := -1, 0
	for at := 0; ; {
		n := strings.IndexByte(s[at:], '<')
		if n < 0 {
			break
		}
		at += n
		switch {
		case hasTag(s[at:], "<table"):
			if from < 0 {
				from = at
			}
			depth++
		case from >= 0 && hasTag(s[at:], "</table"):
			depth--
			if depth > 0 {
				break
			}
			end := strings.IndexByte(s[at:], '>')
			if end < 0 {
				return s[:from], s[from:], ""
			}
			at += end + 1
			return s[:from], s[from:at], s[at:]
		}
		at++
	}
	if from < 0 {
		return s, "", ""
	}
	return s[:from], s[from:], ""
}

// hasTag reports whether s begins with a tag, in upper or lower case.
func hasTag(s, tag string) bool { return len(s) >= len(tag) && strings.EqualFold(s[:len(tag)], tag) }
