package text

import (
	"bufio"
	"encoding/csv"
	"io"
	"strings"

	"github.com/gongkai/gongkai/internal/docio"
)

// WriteMarkdown prints p as CommonMark with pipe tables, in UTF-8. A span is written as its text followed by blank
// cells, so that every row has all its columns and a value never loses its place; a blank cell stays blank. A line
// break inside a cell is <br>, inside a paragraph a hard break. Characters that Markdown would take for mark-up are
// escaped with a backslash; UnescapeMarkdown takes that away again.
// Errors: those of w.
func WriteMarkdown(w io.Writer, p *docio.Page) error {
	b := bufio.NewWriter(w)
	for i := range p.Elements {
		e := &p.Elements[i]
		s := markdownText(e)
		if s == "" {
			continue
		}
		if i > 0 {
			s = "\n" + s
		}
		_, err := b.WriteString(s)
		if err != nil {
			return err
		}
	}
	return b.Flush()
}

// markdownText returns one element with its line end, "" for one without content.
func markdownText(e *docio.Element) string {
	if e.Table != nil {
		return markdownTable(e.Table)
	}
	text := strings.TrimSpace(e.Text)
	if text == "" {
		return ""
	}
	mark := map[docio.Style]string{docio.DocTitle: "# ", docio.Heading1: "## ", docio.Heading2: "### "}[e.Style]
	if mark != "" {
		return mark + escapeInline(strings.Join(strings.Fields(text), " ")) + "\n"
	}
	lines := strings.Split(text, "\n")
	for i, l := range lines {
		lines[i] = escapeStart(escapeInline(strings.TrimSpace(l)))
	}
	return strings.Join(lines, "  \n") + "\n"
}

func markdownTable(t *docio.PageTable) string {
	var b strings.Builder
	for r, row := range expand(t) {
		for _, c := range row {
			b.WriteString("| ")
			if c != "" {
				b.WriteString(strings.ReplaceAll(strings.ReplaceAll(escapeInline(c), "|", `\|`), "\n", "<br>"))
				b.WriteByte(' ')
			}
		}
		b.WriteString("|\n")
		if r == 0 {
			b.WriteString(strings.Repeat("| --- ", len(row)) + "|\n")
		}
	}
	return b.String()
}

// expand returns the table as rows of equal length; a span has its text in its first position.
func expand(t *docio.PageTable) [][]string {
	places, cols := t.Places()
	rows := make([][]string, len(t.Rows))
	for r := range rows {
		rows[r] = make([]string, cols)
	}
	for _, c := range places {
		rows[c.Row][c.Col] = c.Text
	}
	return rows
}

// escapeInline puts a backslash before what CommonMark would read as mark-up inside a line. It leaves alone what is
// plain text to CommonMark, such as an underscore inside a word, so that addresses stay readable.
func escapeInline(s string) string {
	if !strings.ContainsAny(s, "\\`*_[<&~") {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		var next, last byte = ' ', ' '
		if i+1 < len(s) {
			next = s[i+1]
		}
		if i > 0 {
			last = s[i-1]
		}
		if marks(s[i], last, next) {
			b.WriteByte('\\')
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

func marks(c, last, next byte) bool {
	switch c {
	case '`', '*', '[', '~':
		return true
	case '\\':
		return punct(next) || next == ' '
	case '_':
		return !alnum(last) || !alnum(next)
	case '<':
		return alnum(next) || next == '/' || next == '!' || next == '?'
	case '&':
		return alnum(next) || next == '#'
	}
	return false
}

// escapeStart guards a line that would begin a heading, a list, a quotation, a rule or a table.
func escapeStart(s string) string {
	if s == "" {
		return s
	}
	if strings.IndexByte("#>+-=|", s[0]) >= 0 {
		return `\` + s
	}
	digits := 0
	for digits < len(s) && s[digits] >= '0' && s[digits] <= '9' {
		digits++
	}
	if digits > 0 && digits < len(s) && (s[digits] == '.' || s[digits] == ')') && (digits+1 == len(s) || s[digits+1] == ' ') {
		return s[:digits] + `\` + s[digits:]
	}
	return s
}

// UnescapeMarkdown takes away the backslashes before punctuation that CommonMark defines as escapes.
func UnescapeMarkdown(s string) string {
	if !strings.Contains(s, `\`) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) && punct(s[i+1]) {
			i++
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

func alnum(c byte) bool { return c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z' }

func punct(c byte) bool { return c > ' ' && c < 0x7F && !alnum(c) }

// WriteCSV prints p as CSV after RFC 4180, in UTF-8 with a byte order mark, because spreadsheets take it for the local
// code page otherwise. A paragraph is a record of one field, a table row a record with all the table's columns, spans
// being followed by empty fields; a record of one empty field stands between two tables that follow each other.
//
// Text that a spreadsheet would run as a formula is written with an apostrophe before it, and so is text that begins with
// apostrophes before such text, so that reading can take exactly one away again.
// Errors: those of w.
func WriteCSV(w io.Writer, p *docio.Page) error {
	_, err := io.WriteString(w, "\uFEFF")
	if err != nil {
		return err
	}
	c := csv.NewWriter(w)
	c.UseCRLF = true
	table := false
	for i := range p.Elements {
		e := &p.Elements[i]
		records := [][]string{{e.Text}}
		if e.Table != nil {
			records = expand(e.Table)
			if table {
				// The encoder writes a record of one empty field as an empty line, which readers pass over.
				c.Flush()
				_, err = io.WriteString(w, "\"\"\r\n")
				if err != nil {
					return err
				}
			}
		} else if strings.TrimSpace(e.Text) == "" {
			continue
		}
		table = e.Table != nil
		for _, rec := range records {
			err = c.Write(guarded(rec, table))
			if err != nil {
				return err
			}
		}
	}
	c.Flush()
	return c.Error()
}

// guarded returns the record with its fields guarded. A table of one column gets an empty second one, because a
// record of one field is a paragraph.
func guarded(rec []string, table bool) []string {
	out := make([]string, len(rec), len(rec)+1)
	for i, f := range rec {
		out[i] = guard(f)
	}
	if table && len(rec) == 1 {
		out = append(out, "")
	}
	return out
}

func guard(s string) string {
	if formula(strings.TrimLeft(s, "'")) {
		return "'" + s
	}
	return s
}

// formula reports whether a spreadsheet would take a field for a formula, which could call programs: one that begins with
// =, +, @, a tab or a carriage return, or with a minus. Strokes alone, and negative numbers, are what they are.
func formula(s string) bool {
	if s == "" {
		return false
	}
	if s[0] == '-' {
		return strings.Trim(s[1:], "0123456789.,%-") != ""
	}
	return strings.IndexByte("=+@\t\r", s[0]) >= 0
}
