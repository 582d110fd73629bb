// Package text reads and writes plain text, Markdown and CSV.
package text

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"

	"github.com/gongkai/gongkai/internal/docio"
	"github.com/gongkai/gongkai/internal/fault"
)

// Read turns a text file into one verbatim block per line (plain text, Markdown) or into paragraphs and grids (CSV).
// Encodings: UTF-8, UTF-16 with a byte order mark, and the GB family, which is always read as GB18030.
// Errors: file.empty, file.too_large, text.binary, csv.malformed.
func Read(data []byte, kind docio.Kind, lim docio.Limits) (*docio.Document, error) {
	lim = lim.WithDefaults()
	s, err := Decode(data)
	if err != nil {
		return nil, err
	}
	if strings.TrimSpace(s) == "" {
		return nil, docio.ErrEmpty()
	}
	if len(s) > lim.Text {
		return nil, docio.ErrTooLarge("文字过多")
	}
	doc := &docio.Document{Kind: kind}
	if kind == docio.CSV {
		return doc, readCSV(doc, s, lim)
	}
	lines := strings.Split(s, "\n")
	plain := 0 // up to here no table begins
	for i := 0; i < len(lines); i++ {
		if kind == docio.Markdown && i >= plain {
			g, n := pipeTable(lines, i, i+1, lim.Cells)
			if g != nil {
				doc.Blocks = append(doc.Blocks, docio.Block{Grid: g, Pos: docio.Pos{Line: i + 1}})
				i += n - 1
				continue
			}
			plain = i + n
		}
		doc.Blocks = append(doc.Blocks, textLine(lines[i], i+1, kind))
	}
	return doc, nil
}

// textLine is one line of a text: verbatim, because its inner spacing may carry columns.
func textLine(line string, no int, kind docio.Kind) docio.Block {
	line = strings.TrimRight(line, "\r")
	// A form feed is where a page ended in text extracted from a PDF.
	line = strings.ReplaceAll(line, "\f", "")
	if kind == docio.Markdown {
		line = UnescapeMarkdown(line)
	}
	b := docio.Line(line, no)
	if level, text, ok := atxHeading(line); ok {
		b.Text, b.Heading = text, level
	}
	return b
}

// atxHeading recognises "## text". The marks are not part of the text.
func atxHeading(line string) (level int, text string, ok bool) {
	rest := strings.TrimLeft(line, "#")
	level = len(line) - len(rest)
	if level < 1 || level > 6 || !strings.HasPrefix(rest, " ") {
		return 0, "", false
	}
	return level, strings.TrimSpace(rest), true
}

func readCSV(doc *docio.Document, s string, lim docio.Limits) error {
	r := csv.NewReader(strings.NewReader(s))
	r.FieldsPerRecord = -1
	r.LazyQuotes = true
	var b *docio.Builder
	flush := func() error {
		if b == nil {
			return nil
		}
		if b.Over() {
			return docio.ErrTooLarge("表格单元格过多")
		}
		if g := b.Grid(); g != nil {
			doc.Blocks = append(doc.Blocks, docio.Table(g))
		}
		b = nil
		return nil
	}
	for {
		rec, err := r.Read()
		if errors.Is(err, io.EOF) {
			return flush()
		}
		if err != nil {
			return fault.Wrap(fault.Unreadable, "csv.malformed", "CSV 格式有误："+err.Error(), err)
		}
		line, _ := r.FieldPos(0)
		if len(rec) == 1 {
			err = flush()
			if err != nil {
				return err
			}
			p := docio.Paragraph(unguard(rec[0]))
			p.Pos.Line = line
			doc.Blocks = append(doc.Blocks, p)
			continue
		}
		if b == nil {
			b = docio.NewBuilder(lim.Cells)
		}
		b.Row()
		for _, f := range rec {
			b.Cell(unguard(f), 1, 1, docio.Pos{Line: line})
		}
	}
}

// unguard takes away the apostrophe that the writer puts before text that a spreadsheet would run as a formula.
func unguard(s string) string {
	rest := strings.TrimLeft(s, "'")
	if rest != s && formula(rest) {
		return s[1:]
	}
	return s
}

// Decode returns the bytes of a text as UTF-8. Bytes that are not valid UTF-8 are read as GB18030.
// Errors: text.binary when the content is no text in any of the encodings.
func Decode(data []byte) (string, error) {
	switch {
	case bytes.HasPrefix(data, []byte{0xEF, 0xBB, 0xBF}):
		data = data[3:]
	case bytes.HasPrefix(data, []byte{0xFF, 0xFE}), bytes.HasPrefix(data, []byte{0xFE, 0xFF}):
		return utf16Text(data), nil
	}
	if bytes.IndexByte(data, 0) >= 0 {
		return "", errBinary()
	}
	if utf8.Valid(data) {
		return string(data), nil
	}
	out, err := simplifiedchinese.GB18030.NewDecoder().Bytes(data)
	if err != nil {
		return "", errBinary()
	}
	bad := bytes.Count(out, []byte("\uFFFD"))
	if bad*20 > utf8.RuneCount(out) {
		return "", errBinary()
	}
	return string(out), nil
}

func errBinary() error {
	return fault.New(fault.Unreadable, "text.binary", "文件内容不是文字（编码不是 UTF-8 或 GB18030），无法读取")
}

func utf16Text(data []byte) string {
	big := data[0] == 0xFE
	data = data[2:]
	u := make([]uint16, 0, len(data)/2)
	for i := 0; i+1 < len(data); i += 2 {
		if big {
			u = append(u, uint16(data[i])<<8|uint16(data[i+1]))
		} else {
			u = append(u, uint16(data[i+1])<<8|uint16(data[i]))
		}
	}
	return string(utf16.Decode(u))
}
