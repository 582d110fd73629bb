package form

import (
	"sort"
	"strings"

	"github.com/gongkai/gongkai/internal/docio"
)

// wrapped returns the display width at which the lines of the file were wrapped, or 0 when its lines are paragraphs.
func (x *reader) wrapped() int {
	if x.wrapAt != 0 {
		return max(0, x.wrapAt)
	}
	x.wrapAt = -1
	if x.doc.Kind != docio.PlainText && x.doc.Kind != docio.Markdown {
		return 0
	}
	var widths []int
	for i := range x.doc.Blocks {
		if n := lineWidth(x.doc.Blocks[i].Text); n >= 30 {
			widths = append(widths, n)
		}
	}
	if len(widths) < 8 {
		return 0
	}
	sort.Ints(widths)
	w := widths[len(widths)*8/10]
	near := 0
	for _, n := range widths {
		if n >= w-8 && n <= w+8 {
			near++
		}
	}
	if w <= 130 && near*2 >= len(widths) {
		x.wrapAt = w
		return w
	}
	return 0
}

func lineWidth(s string) int {
	n := 0
	for _, r := range strings.TrimSpace(s) {
		n += width(r)
	}
	return n
}

// joinLines drops empty lines and outer space and joins the lines of paragraphs that were wrapped at a width.
func joinLines(lines []string, wrap int) string {
	var out strings.Builder // pieces are added, not joined: a whole text may be one paragraph
	full, last := false, byte(0)
	for _, l := range lines {
		t := strings.TrimFunc(l, func(r rune) bool { return fold(r) == ' ' || r == '\t' || r == '\r' || r == '\v' })
		if t == "" || strings.Trim(t, "|# \t") == "" {
			continue
		}
		switch {
		case out.Len() == 0:
		case wrap <= 0 || !full || startsParagraph(l, t):
			out.WriteByte('\n')
		case latin(last, t[0]):
			out.WriteByte(' ')
		}
		out.WriteString(t)
		last = t[len(t)-1]
		w := lineWidth(t)
		full = w >= wrap*82/100 || !endsSentence(t) && w >= wrap*7/10 || goesOn(t)
	}
	return out.String()
}

// latin reports whether two halves of a wrapped line need a space between them: two Latin words do.
func latin(last, first byte) bool { return isLetter(last) && isLetter(first) }

func isLetter(b byte) bool { return b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' }

// goesOn recognises a line that breaks off in the middle of a sentence.
func goesOn(t string) bool {
	for _, s := range []string{"，", "、", "（", "《", "“", ","} {
		if strings.HasSuffix(t, s) {
			return true
		}
	}
	return false
}

func endsSentence(t string) bool {
	for _, s := range []string{"。", "！", "？", "：", "；", "”", ".", ":", ";"} {
		if strings.HasSuffix(t, s) {
			return true
		}
	}
	return false
}

// startsParagraph recognises an indented line and a numbered heading.
func startsParagraph(line, trimmed string) bool {
	indent := 0
	for _, r := range line {
		if fold(r) != ' ' && r != '\t' {
			break
		}
		indent += width(r)
	}
	if indent >= 2 && indent <= 8 {
		return true
	}
	rs := []rune(foldString(trimmed))
	if len(rs) < 3 {
		return false
	}
	if rs[0] == '(' && strings.ContainsRune("一二三四五六七八九十", rs[1]) && (rs[2] == ')' || len(rs) > 3 && rs[3] == ')') {
		return true
	}
	return strings.ContainsRune("一二三四五六七八九", rs[0]) && rs[1] == '、'
}
