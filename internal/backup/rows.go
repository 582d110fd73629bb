package backup

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
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

// parseRow reads a line into values. The line must be what appendRow writes but for spaces and the order of nothing: one array
// with a value for each column, of its type.
func parseRow(line []byte, columns []store.Column, values []any) error {
	dec := json.NewDecoder(bytes.NewReader(line))
	dec.UseNumber()
	if t, err := dec.Token(); err != nil || t != json.Delim('[') {
		return errors.Join(errRow, err)
	}
	for i, c := range columns {
		if !dec.More() {
			return fmt.Errorf("%w: %d values of %d", errRow, i, len(columns))
		}
		var one json.RawMessage
		if err := dec.Decode(&one); err != nil {
			return errors.Join(errRow, err)
		}
		v, err := parseValue(one, c.Type)
		if err != nil {
			return fmt.Errorf("%w: column %s: %w", errRow, c.Name, err)
		}
		values[i] = v
	}
	if t, err := dec.Token(); err != nil || t != json.Delim(']') {
		return fmt.Errorf("%w: more than %d values", errRow, len(columns))
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return fmt.Errorf("%w: something behind it", errRow)
	}
	return nil
}

func parseValue(one json.RawMessage, typ string) (any, error) {
	switch {
	case bytes.Equal(one, []byte("null")):
		return nil, nil
	case one[0] == '"' && typ == "text":
		if !utf8.Valid(one) {
			return nil, errors.New("no UTF-8")
		}
		var s string
		err := json.Unmarshal(one, &s)
		return s, err
	case one[0] == '{' && typ == "text":
		var r raw
		dec := json.NewDecoder(bytes.NewReader(one))
		dec.DisallowUnknownFields()
		if err := dec.Decode(&r); err != nil || r.Hex == nil {
			return nil, errors.Join(errors.New("no bytes"), err)
		}
		b, err := hex.DecodeString(*r.Hex)
		return string(b), err
	case typ == "integer":
		return strconv.ParseInt(string(one), 10, 64)
	}
	return nil, fmt.Errorf("no %s", typ)
}
