package app_test

import (
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// page is a parsed page with a few selectors: tag, .class, #id, [attr] and [attr=value], joined as in td.blame.
type page struct {
	t    *testing.T
	root *html.Node
}

func parse(t *testing.T, body string) page {
	t.Helper()
	root, err := html.Parse(strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	return page{t, root}
}

// all returns the elements that match.
func (p page) all(selector string) []*html.Node {
	var out []*html.Node
	tests := compile(selector)
	for n := range p.root.Descendants() {
		if n.Type == html.ElementNode && matches(n, tests) {
			out = append(out, n)
		}
	}
	return out
}

// one returns the only element that matches.
func (p page) one(selector string) *html.Node {
	p.t.Helper()
	found := p.all(selector)
	if len(found) != 1 {
		p.t.Fatalf("%d elements match %q, want 1", len(found), selector)
	}
	return found[0]
}

// text returns the words of the only element that matches, with single spaces.
func (p page) text(selector string) string {
	p.t.Helper()
	return words(p.one(selector))
}

func words(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data + " ")
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

func attr(n *html.Node, name string) (string, bool) {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val, true
		}
	}
	return "", false
}

type test struct {
	kind        byte
	name, value string
}

func compile(s string) []test {
	var out []test
	for s != "" {
		kind := s[0]
		if kind == '[' {
			end := strings.IndexByte(s, ']')
			name, value, ok := strings.Cut(s[1:end], "=")
			if ok {
				kind = '='
			}
			out = append(out, test{kind, name, value})
			s = s[end+1:]
			continue
		}
		if kind == '.' || kind == '#' {
			s = s[1:]
		} else {
			kind = 't'
		}
		end := strings.IndexAny(s, ".#[")
		if end < 0 {
			end = len(s)
		}
		out = append(out, test{kind: kind, name: s[:end]})
		s = s[end:]
	}
	return out
}

func matches(n *html.Node, tests []test) bool {
	for _, t := range tests {
		switch t.kind {
		case 't':
			if n.Data != t.name {
				return false
			}
		case '.':
			class, _ := attr(n, "class")
			if !contains(strings.Fields(class), t.name) {
				return false
			}
		case '#':
			if id, _ := attr(n, "id"); id != t.name {
				return false
			}
		case '[':
			if _, ok := attr(n, t.name); !ok {
				return false
			}
		case '=':
			if v, ok := attr(n, t.name); !ok || v != t.value {
				return false
			}
		}
	}
	return true
}

func contains(all []string, s string) bool {
	for _, x := range all {
		if x == s {
			return true
		}
	}
	return false
}
