package html

import (
	"bytes"
	"os"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	nethtml "golang.org/x/net/html"

	"github.com/gongkai/gongkai/internal/docio"
	"github.com/gongkai/gongkai/internal/testkit/readtest"
)

// FuzzRead holds that any page is read within its limits, into whole paragraphs and grids.
func FuzzRead(f *testing.F) {
	for _, c := range readCases {
		f.Add([]byte(c.page))
	}
	f.Add([]byte("<meta charset=gbk><p>\xd5\xfe\xb8\xae\xd0\xc5\xcf\xa2"))
	lim := docio.Limits{Cells: 5000, Text: 1 << 18}
	f.Fuzz(func(t *testing.T, page []byte) {
		doc, err := Read(page, lim)
		if err != nil {
			return
		}
		readtest.Whole(t, doc, lim)
	})
}

// FuzzTokens holds the splitting of tags and text against the tokenizer of x/net.
func FuzzTokens(f *testing.F) {
	for _, c := range readCases {
		f.Add(c.page)
	}
	for _, s := range []string{"<a", "<a b", "<a b='", "</a x=y>", "<a/ b=c/>", "<a =b>", "<a b = \"c\" b=d>", "<title>x</titlex></title >y", "<script></SCRIPT>z",
		"<!", "<!-", "<!--", "<!----!>", "</", "</1>x", "<?", "<plaintext></plaintext>", "<a\fb>", "<textarea>&lt;</textarea>"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, page string) {
		// Differences that are known: x/net turns \r and NUL, and knows the states of scripts that comment themselves out.
		if strings.ContainsAny(page, "\r\x00") || strings.Contains(page, "<!--") && strings.Contains(strings.ToLower(page), "<script") || !utf8.ValidString(page) {
			return
		}
		if diff := cmp.Diff(reference(page), ours(page)); diff != "" {
			t.Errorf("tokens of %q (-x/net +ours):\n%s", page, diff)
		}
	})
}

func ours(page string) []string {
	var out []string
	t := tokens{data: []byte(page)}
	for t.next() {
		switch t.kind {
		case textToken:
			out = addText(out, string(t.content()))
		case startToken:
			s := "<" + string(t.name)
			seen := map[string]bool{}
			for _, a := range t.attrs {
				key := strings.ToLower(string(a.key))
				if !seen[key] && isASCII(a.key) {
					s += "|" + key + "=" + nethtml.UnescapeString(string(a.val))
				}
				seen[key] = true
			}
			out = append(out, s)
		case endToken:
			out = append(out, "</"+string(t.name))
		}
	}
	return out
}

func isASCII(b []byte) bool {
	return bytes.IndexFunc(b, func(r rune) bool { return r >= utf8.RuneSelf }) < 0
}

func reference(page string) []string {
	var out []string
	z := nethtml.NewTokenizer(strings.NewReader(page))
	for {
		switch z.Next() {
		case nethtml.ErrorToken:
			return out
		case nethtml.TextToken:
			out = addText(out, string(z.Text()))
		case nethtml.StartTagToken, nethtml.SelfClosingTagToken:
			name, more := z.TagName()
			s := "<" + string(name)
			for more {
				var key, val []byte
				key, val, more = z.TagAttr()
				if isASCII(key) {
					s += "|" + string(key) + "=" + strings.ReplaceAll(string(val), "\r", "\n")
				}
			}
			out = append(out, s)
		case nethtml.EndTagToken:
			name, _ := z.TagName()
			out = append(out, "</"+string(name))
		}
	}
}

// addText joins texts that follow each other: where they are cut says nothing.
func addText(out []string, s string) []string {
	if n := len(out); n > 0 && strings.HasPrefix(out[n-1], "text ") {
		out[n-1] += s
		return out
	}
	return append(out, "text "+s)
}

// BenchmarkRead reads two published pages: a plain one, and one from a word processor with a style on every run.
func BenchmarkRead(b *testing.B) {
	for _, name := range []string{"011_hangzhou_2025", "007_shuyang_fagaiju_2023"} {
		data, err := os.ReadFile("../../../testdata/reports/" + name + ".html")
		if err != nil {
			b.Fatal(err)
		}
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(data)))
			for b.Loop() {
				_, err := Read(data, docio.Limits{})
				if err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N), "µs/report")
		})
	}
}
