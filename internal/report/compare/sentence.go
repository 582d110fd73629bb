package compare

import (
	"strings"
	"unicode/utf8"
)

// sentences cuts text into sentences without losing a character: each piece ends with its closing mark, the marks that
// close a quotation or a bracket after it, or its line break.
func sentences(text string) []string {
	var out []string
	start := 0
	for i := 0; i < len(text); {
		r, n := utf8.DecodeRuneInString(text[i:])
		i += n
		if r != '\n' && !strings.ContainsRune("。！？；!?;", r) {
			continue
		}
		for r != '\n' && i < len(text) {
			next, k := utf8.DecodeRuneInString(text[i:])
			if !strings.ContainsRune("”’）)》」』", next) {
				break
			}
			i += k
		}
		out = append(out, text[start:i])
		start = i
	}
	if start < len(text) {
		out = append(out, text[start:])
	}
	return out
}

// words cuts a sentence into what a changed sentence is compared by: single characters, and numbers as a whole, so that
// 12 and 15 differ as numbers and not by a digit.
func words(s string) []string {
	var out []string
	for i := 0; i < len(s); {
		j := i
		for j < len(s) && numeric(s[j]) {
			j++
		}
		if j == i {
			_, n := utf8.DecodeRuneInString(s[i:])
			j = i + n
		}
		out = append(out, s[i:j])
		i = j
	}
	return out
}

func numeric(b byte) bool {
	return b >= '0' && b <= '9' || b == '.' || b == ',' || b == '%'
}
