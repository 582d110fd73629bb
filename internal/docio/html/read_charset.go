package html

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"

	"github.com/gongkai/gongkai/internal/docio/text"
)

// sniffed is how much of the head of a page is searched for the name of its charset. Browsers stop at 1024; pages with
// long comments before it exist.
const sniffed = 8 << 10

// toUTF8 decodes a page: by its byte order mark; as UTF-8 when it is valid UTF-8, whatever it claims, since a Chinese
// text in a GB encoding is never valid UTF-8 by chance; by its claim; else as GB18030. GB 2312 and GBK are read as
// GB18030, which contains them.
func toUTF8(data []byte) ([]byte, error) {
	if bytes.HasPrefix(data, []byte{0xEF, 0xBB, 0xBF}) {
		return bytes.ToValidUTF8(data[3:], []byte("\uFFFD")), nil
	}
	if len(data) > 1 && (data[0] == 0xFF && data[1] == 0xFE || data[0] == 0xFE && data[1] == 0xFF) {
		s, err := text.Decode(data)
		return []byte(s), err
	}
	valid := utf8.Valid(data)
	if valid && chineseUTF8(data) {
		return data, nil
	}
	claim := charset(data[:min(len(data), sniffed)])
	if valid && !strings.HasPrefix(claim, "gb") {
		return data, nil
	}
	var dec *encoding.Decoder
	switch {
	case strings.HasPrefix(claim, "big5"):
		dec = traditionalchinese.Big5.NewDecoder()
	case strings.HasPrefix(claim, "utf-8") && mostlyUTF8(data):
		return bytes.ToValidUTF8(data, []byte("\uFFFD")), nil
	default:
		dec = simplifiedchinese.GB18030.NewDecoder()
	}
	out, err := dec.Bytes(data)
	if err != nil {
		s, textErr := text.Decode(data)
		return []byte(s), textErr
	}
	return out, nil
}

// chineseUTF8 is true when valid UTF-8 holds enough three-byte characters that it cannot be GB by accident.
func chineseUTF8(data []byte) bool {
	n := 0
	for _, c := range data {
		if c >= 0xE3 && c <= 0xE9 {
			n++
			if n == 8 {
				return true
			}
		}
	}
	return false
}

// mostlyUTF8 is true when only a few bytes are wrong, as in a page that was cut inside a character.
func mostlyUTF8(data []byte) bool {
	bad := 0
	for len(data) > 0 {
		c, n := utf8.DecodeRune(data)
		if c == utf8.RuneError && n == 1 {
			bad++
		}
		data = data[n:]
	}
	return bad <= 6
}

// charset returns the name that <meta charset>, http-equiv or an XML declaration gives, in lower case, or "".
func charset(head []byte) string {
	low := bytes.ToLower(head)
	for _, key := range []string{"charset", "encoding"} {
		rest := low
		for {
			i := bytes.Index(rest, []byte(key))
			if i < 0 {
				break
			}
			rest = bytes.TrimLeft(rest[i+len(key):], " \t\r\n")
			if len(rest) == 0 || rest[0] != '=' {
				continue
			}
			v := bytes.TrimLeft(rest[1:], " \t\r\n\"'")
			n := bytes.IndexAny(v, " \t\r\n\"'/>;?")
			if n > 0 {
				return strings.ReplaceAll(string(v[:n]), "_", "-")
			}
		}
	}
	return ""
}
