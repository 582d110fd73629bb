package checks

import (
	"strings"
	"unicode/utf8"

	"github.com/gongkai/gongkai/internal/report"
)

// squeeze removes every space, so that lines broken anywhere compare equal.
func squeeze(s string) string {
	return strings.Map(func(r rune) rune {
		switch r {
		case ' ', '\t', '\n', '\r', '\u3000', '\u00a0', '\u200b', '\ufeff':
			return -1
		}
		return r
	}, s)
}

// runes is the number of characters in s.
func runes(s string) int { return utf8.RuneCountInString(s) }

// cut returns at most n characters of s, with … when there are more.
func cut(s string, n int) string {
	i := 0
	for at := range s {
		if i == n {
			return s[:at] + "…"
		}
		i++
	}
	return s
}

// sentences calls f with every sentence of s, without its end mark and outer spaces, until f returns false. A line break
// ends a sentence only between paragraphs; text of the model has one paragraph per line.
func sentences(s string, f func(sentence string) bool) {
	for len(s) > 0 {
		end, size := sentenceEnd(s)
		part := strings.TrimSpace(s[:end])
		if part != "" && !f(part) {
			return
		}
		s = s[end+size:]
	}
}

// sentenceEnd returns where the first of 。；！？ or a line break begins and how many bytes it has. It looks at bytes: every
// text of a report passes here several times.
func sentenceEnd(s string) (at, size int) {
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '\n':
			return i, 1
		case 0xE3, 0xEF:
			switch {
			case strings.HasPrefix(s[i:], "。"), strings.HasPrefix(s[i:], "；"), strings.HasPrefix(s[i:], "！"), strings.HasPrefix(s[i:], "？"):
				return i, len("。")
			}
		}
	}
	return len(s), 0
}

// sectionPath is the path of a section.
func sectionPath(no int) string { return "section" + number(int64(no)) }

// sectionName is how a clerk names a section: 第五部分“存在的主要问题及改进情况”.
func sectionName(no int) string {
	if no < 1 || no > len(report.SectionTitles) {
		return "正文"
	}
	return "“" + report.Numerals[no-1] + "、" + report.SectionTitles[no-1] + "”"
}

// unnumber removes the number that a paragraph or sentence begins with, and reports whether there was one: （一） (1) 1. 一、
// 一是.
func unnumber(s string) (rest string, numbered bool) {
	s = strings.TrimLeft(s, " \t\u3000-*#")
	digits := func(s string) string {
		return strings.TrimLeft(s, "0123456789０１２３４５６７８９一二三四五六七八九十")
	}
	for _, open := range []string{"（", "("} {
		if inner, ok := strings.CutPrefix(s, open); ok {
			after := digits(inner)
			for _, end := range []string{"）", ")"} {
				if rest, ok := strings.CutPrefix(after, end); ok && after != inner {
					return strings.TrimSpace(rest), true
				}
			}
			return s, false
		}
	}
	after := digits(s)
	if after == s {
		return s, false
	}
	for _, end := range []string{"、", ".", "．", "是", ",", "，"} {
		if rest, ok := strings.CutPrefix(after, end); ok {
			return strings.TrimSpace(rest), true
		}
	}
	return s, false
}
