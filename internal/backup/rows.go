package backup

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"unicode/utf8"

	"github.com/gongkai/gongkai/internal/store"
)

// A row is a JSON array of a line: strings, whole numbers, null, in the order of the table's columns. A string that is not
// UTF-8 (SQLite keeps such) is an object with its bytes: {"hex":"ff"}.
type raw struct {
	Hex *string `json:"hex"`
}

// appendRow writes a row.
func appendRow(to *bytes.Buffer, values []any) error {
	enc := json.NewEncoder(to)
	enc.SetEscapeHTML(false)
	to.WriteByte('[')
	for i, v := range values {
		if i > 0 {
			to.WriteByte(',')
		}
		switch v := v.(type) {
		case nil:
			to.WriteString("null")
			continue
		case int64:
			to.WriteString(strconv.FormatInt(v, 10))
			continue
		case string:
			var as any = v
			if !utf8.ValidString(v) {
				h := hex.EncodeToString([]byte(v))
				as = raw{&h}
			}
			if err := enc.Encode(as); err != nil {
				return fmt.Errorf("backup: row: %w", err)
			}
			to.Truncate(to.Len() - 1) // the line end of the encoder
		default:
			return fmt.Errorf("backup: row: a value of type %T", v)
		}
	}
	to.WriteString("]\n")
	return nil
}

var errRow = errors.New("no row of this table")

// parseRow reads a line into values. The line must be as appendRow writes it: one array with a value for each column, of its
// type, without spaces.
func parseRow(line []byte, columns []store.Column, values []any) (err error) {
	rest, ok := bytes.CutPrefix(line, []byte("["))
	if !ok {
		return errRow
	}
	for i, c := range columns {
		if i > 0 {
			if rest, ok = bytes.CutPrefix(rest, []byte(",")); !ok {
				return fmt.Errorf("%w: %d values of %d", errRow, i, len(columns))
			}
		}
		if values[i], rest, err = parseValue(rest, c.Type); err != nil {
			return fmt.Errorf("%w: column %s: %w", errRow, c.Name, err)
		}
	}
	if string(rest) != "]" {
		return fmt.Errorf("%w: something behind %d values", errRow, len(columns))
	}
	return nil
}

var errValue = errors.New("not a value of its type")

// parseValue reads one value and returns what follows it.
func parseValue(from []byte, typ string) (v any, rest []byte, err error) {
	if rest, ok := bytes.CutPrefix(from, []byte("null")); ok {
		return nil, rest, nil
	}
	if typ == "integer" {
		n, rest, err := parseInteger(from)
		return n, rest, err
	}
	if inner, ok := bytes.CutPrefix(from, []byte(`{"hex":"`)); ok {
		digits, rest, ok := bytes.Cut(inner, []byte(`"}`))
		if !ok {
			return nil, nil, errValue
		}
		b, err := hex.DecodeString(string(digits))
		return string(b), rest, err
	}
	s, rest, err := parseText(from)
	return s, rest, err
}

// parseText reads a JSON string.
func parseText(from []byte) (s string, rest []byte, err error) {
	if len(from) == 0 || from[0] != '"' {
		return "", nil, errValue
	}
	escaped, end := false, 1
	for end < len(from) && from[end] != '"' {
		if from[end] == '\\' {
			escaped = true
			end++
		} else if from[end] < ' ' {
			return "", nil, errValue
		}
		end++
	}
	if end >= len(from) || !utf8.Valid(from[:end]) {
		return "", nil, errValue
	}
	if escaped {
		err = json.Unmarshal(from[:end+1], &s)
	} else {
		s = string(from[1:end])
	}
	return s, from[end+1:], err
}

// parseInteger reads a whole number as it is written: without a plus or leading zeros.
func parseInteger(from []byte) (n int64, rest []byte, err error) {
	end := bytes.IndexAny(from, ",]")
	if end < 0 {
		return 0, nil, errValue
	}
	n, err = strconv.ParseInt(string(from[:end]), 10, 64)
	var as [20]byte
	if err == nil && !bytes.Equal(strconv.AppendInt(as[:0], n, 10), from[:end]) {
		err = errValue
	}
	return n, from[end:], err
}
