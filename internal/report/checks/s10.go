package checks

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/gongkai/gongkai/internal/legal"
)

// s10 finds what a template left to be filled in and nobody filled in: XX, ××, □□, （此处填写…）.
//
// Formula: no placeholder stands in the title and the text.
// Legal: 条例 第五十条, from 2019-05-15; the marks are derived.
func s10() Rule {
	return Rule{
		ID: "S10", Title: "没有未填写的占位文字", Severity: Warning,
		Sources: []legal.Ref{{Instrument: legal.Regulation, Article: "第五十条"}},
		Formula: "标题和正文没有“XX”“××”“此处填写”一类的占位文字",
		Check:   checkPlaceholders,
	}
}

func checkPlaceholders(in *Input) Outcome {
	var out Outcome
	r := in.Report
	texts := []struct{ path, text string }{{"title", r.Title}, {"preamble", r.Preamble}}
	for _, s := range r.Sections {
		texts = append(texts, struct{ path, text string }{sectionPath(s.No), s.Text})
	}
	for _, t := range texts {
		n, example := placeholders(t.text)
		if n > 0 {
			out.find(Finding{Path: t.path, Actual: example, Message: placeName(t.path) + "有 " + number(int64(n)) + " 处没有填写的占位文字，例如“" +
				example + "”，请补上实际内容"})
		}
	}
	if len(out.Findings) == 0 {
		out.Passed++
	}
	return out
}

func placeName(path string) string {
	switch path {
	case "title":
		return "标题"
	case "preamble":
		return "引言"
	}
	no, err := strconv.Atoi(strings.TrimPrefix(path, "section"))
	if err != nil {
		return "正文"
	}
	return sectionName(no)
}

// placeholders counts the marks in a text and gives the first with what stands around it.
func placeholders(s string) (n int, example string) {
	note := func(at int) {
		n++
		if example == "" {
			example = around(s, at)
		}
	}
	for _, w := range []string{"此处填写", "请填写", "请在此", "待填写", "待补充"} {
		for from := 0; ; {
			at := strings.Index(s[from:], w)
			if at < 0 {
				break
			}
			note(from + at)
			from += at + len(w)
		}
	}
	if marked(s) {
		runs(s, note)
	}
	return n, example
}

// runs calls note for every run of two or more marks between Chinese words; in an address or a name such marks are letters.
func runs(s string, note func(at int)) {
	length, start := 0, 0
	mark, before, last := rune(0), ' ', ' '
	for i, r := range s + "\n" {
		if length > 0 && r == mark {
			length++
			continue
		}
		chinese := unicode.Is(unicode.Han, before) || unicode.Is(unicode.Han, r) || before == ' '
		if length >= 2 && chinese && !latin(before) && !latin(r) {
			note(start)
		}
		length = 0
		if isMark(r) {
			length, start, mark, before = 1, i, r, last
		}
		last = r
	}
}

// marked reports whether a mark stands twice in a row anywhere; most texts have none and need no closer look.
func marked(s string) bool {
	for _, w := range []string{"XX", "xx", "ＸＸ", "ｘｘ", "××", "✕✕", "□□", "○○", "〇〇", "__", "＿＿"} {
		if strings.Contains(s, w) {
			return true
		}
	}
	return false
}

func isMark(r rune) bool { return strings.ContainsRune("XxＸｘ×✕□○〇_＿", r) && r != 0 }

func latin(r rune) bool {
	return r < utf8.RuneSelf && (r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '/' || r == '.' || r == '@')
}

// around gives up to six characters before and ten after a place in a text.
func around(s string, at int) string {
	from := at
	for range 6 {
		if from == 0 {
			break
		}
		_, size := utf8.DecodeLastRuneInString(s[:from])
		from -= size
	}
	return squeeze(strings.TrimSuffix(cut(s[from:], 16), "…"))
}
