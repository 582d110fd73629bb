package opc

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gongkai/gongkai/internal/docio"
	"github.com/gongkai/gongkai/internal/fault"
)

func zipped(t testing.TB, parts ...[2]string) []byte {
	t.Helper()
	var buf bytes.Buffer
	z := zip.NewWriter(&buf)
	for _, p := range parts {
		h := &zip.FileHeader{Name: p[0]}
		if len(p[1]) > 1000 {
			h.Method = zip.Deflate
		}
		w, err := z.CreateHeader(h)
		if err != nil {
			t.Fatal(err)
		}
		_, err = io.WriteString(w, p[1])
		if err != nil {
			t.Fatal(err)
		}
	}
	err := z.Close()
	if err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

func TestPart(t *testing.T) {
	t.Parallel()
	p, err := Open(zipped(t, [2]string{`Word\Document.XML`, "\ufeff<a/>"}, [2]string{"word/utf16.xml", "\xFF\xFE<\x00a\x00/\x00>\x00"},
		[2]string{"bad.xml", "<a>\xff</a>"}), docio.DOCX, docio.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"word/document.xml": "<a/>", "/WORD/utf16.xml": "<a/>", "bad.xml": "<a>\uFFFD</a>"} {
		got, err := p.Part(name)
		if err != nil || string(got) != want {
			t.Errorf("%s: got %q, %v, want %q", name, got, err, want)
		}
	}
	got, err := p.Part("absent.xml")
	if got != nil || err != nil || p.Has("absent.xml") || !p.Has("bad.xml") {
		t.Errorf("absent part: %q, %v", got, err)
	}
}

func TestRels(t *testing.T) {
	t.Parallel()
	p, err := Open(zipped(t, [2]string{"xl/_rels/workbook.xml.rels", `<Relationships><Relationship Id="a" Type="http://x/worksheet" Target="worksheets/s.xml"/>` +
		`<Relationship Id="b" Type="http://x/styles" Target="/xl/../xl/st.xml"/><Relationship Id="c" Type="http://x/link" TargetMode="External" Target="http://y"/>` +
		`<Relationship Id="d" Type="http://x/up" Target="../../../../etc/passwd"/></Relationships>`}, [2]string{"xl/st.xml", "<a/>"}), docio.XLSX, docio.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	got, err := p.Rels("xl/workbook.xml")
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]Rel{"a": {"worksheet", "xl/worksheets/s.xml"}, "b": {"styles", "xl/st.xml"}, "c": {"link", ""}, "d": {"up", "etc/passwd"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := p.Find(got, "styles", "x"); got != "xl/st.xml" {
		t.Errorf("styles: %s", got)
	}
	if got := p.Find(got, "worksheet", "fallback"); got != "fallback" {
		t.Errorf("a target that does not exist: %s", got)
	}
}

func TestLimits(t *testing.T) {
	t.Parallel()
	code := func(data []byte, lim docio.Limits, names ...string) string {
		p, err := Open(data, docio.DOCX, lim)
		for _, n := range names {
			if err == nil {
				_, err = p.Part(n)
			}
		}
		return fault.CodeOf(err)
	}
	zeros := strings.Repeat("0", 5<<20)
	bomb := zipped(t, [2]string{"a", zeros})
	two := zipped(t, [2]string{"a", "12345"}, [2]string{"b", "12345"})
	many := make([][2]string, MaxEntries+1)
	for i := range many {
		many[i][0] = "n" + strings.Repeat("x", i%7)
	}
	crowd := zipped(t, many...)
	broken := bytes.Clone(two)
	broken[bytes.Index(broken, []byte("PK\x01\x02"))+16] ^= 1 // the checksum no longer fits
	for name, got := range map[string][2]string{
		"bomb":                 {code(bomb, docio.Limits{}, "a"), "file.zip_bomb"},
		"ratio is a setting":   {code(bomb, docio.Limits{Ratio: 5000}, "a"), "internal"},
		"all parts together":   {code(two, docio.Limits{Unpacked: 8}, "a", "b"), "file.too_large"},
		"one part":             {code(two, docio.Limits{Unpacked: 8}, "a"), "internal"},
		"entries":              {code(crowd, docio.Limits{}), "file.too_large"},
		"size":                 {code(two, docio.Limits{Bytes: 10}), "file.too_large"},
		"empty":                {code(nil, docio.Limits{}), "file.empty"},
		"no zip":               {code([]byte("text"), docio.Limits{}), "file.wrong_kind"},
		"no directory":         {code([]byte("PK\x03\x04"), docio.Limits{}), "file.truncated"},
		"checksum":             {code(broken, docio.Limits{}, "a"), "file.truncated"},
		"no fault at all":      {code(two, docio.Limits{}, "a", "b"), "internal"},
		"a part with password": {code(flagged(two), docio.Limits{}, "a"), "file.encrypted"},
	} {
		if got[0] != got[1] {
			t.Errorf("%s: got %s, want %s", name, got[0], got[1])
		}
	}
}

// flagged marks the first entry as encrypted, in the directory.
func flagged(data []byte) []byte {
	data = bytes.Clone(data)
	data[bytes.Index(data, []byte("PK\x01\x02"))+8] |= 1
	return data
}

// events lists what a scanner meets.
func events(doc string) ([]string, error) {
	s := NewScanner([]byte(doc))
	var out []string
	for s.Next() {
		switch s.Kind {
		case Start:
			out = append(out, "<"+string(s.Name))
		case End:
			out = append(out, ">"+string(s.Name))
		case Text:
			out = addText(out, string(s.AppendText(nil)))
		}
	}
	return out, s.Err()
}

func addText(out []string, s string) []string {
	if n := len(out); n > 0 && strings.HasPrefix(out[n-1], "=") {
		out[n-1] += s
		return out
	}
	return append(out, "="+s)
}

func TestScanner(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ doc, want string }{
		{`<?xml version="1.0"?><!-- c --><w:a x="1>2" y='"'><b/>t&amp;&#x4E00;&lt;&unknown;<![CDATA[<&]]></w:a>`, `<w:a <b >b =t&一<&unknown;<& >w:a`},
		{"<a>1&2 & ;</a>\n", "<a =1&2 & ; >a"},
		{"", ""},
	} {
		got, err := events(c.doc)
		if err != nil || strings.Join(got, " ") != c.want {
			t.Errorf("%s: got %q, %v", c.doc, got, err)
		}
	}
	for _, doc := range []string{"<a>", "<a></b>", "</a>", "<a", "<a x='>", "<a><", "<!DOCTYPE x><a/>", "<!-- ", "<?x", "<a><![CDATA[x</a>", "< a/>", strings.Repeat("<a>", 6000)} {
		_, err := events(doc)
		if !errors.Is(err, ErrXML) {
			t.Errorf("%.40s: got %v", doc, err)
		}
	}
}

func TestScannerAttributes(t *testing.T) {
	t.Parallel()
	s := NewScanner([]byte(`<w:a xmlns:w="urn:w" xmlns='urn:d' w:val = "a&amp;b" n=" 12 " bad="x" other:val="z"><c/>` + `<skip><c/>t</skip><d/></w:a>`))
	s.Next()
	if got, ok := s.Prefix("urn:none", "urn:w"); got != "w" || !ok {
		t.Errorf("prefix %q, %t", got, ok)
	}
	if got, ok := s.Prefix("urn:d"); got != "" || !ok {
		t.Errorf("default prefix %q, %t", got, ok)
	}
	if _, ok := s.Prefix("urn"); ok {
		t.Error("part of a namespace is none")
	}
	if s.Attr("val") != "a&b" || s.Int("n", 7) != 12 || s.Int("bad", 7) != 7 || s.Int("absent", 7) != 7 || s.Attr("w") != "" {
		t.Errorf("attributes: %q, %d, %q", s.Attr("val"), s.Int("n", 7), s.Attr("w"))
	}
	for s.Next() && Local(s.Name) != "skip" {
	}
	s.Skip()
	if s.Kind != End || s.Depth() != 1 || !s.Next() || string(s.Name) != "d" || s.Depth() != 2 {
		t.Errorf("after a skip: %d %s at depth %d", s.Kind, s.Name, s.Depth())
	}
}

// FuzzScanner holds the scanner against encoding/xml: what that accepts is read the same way.
func FuzzScanner(f *testing.F) {
	for _, doc := range []string{`<a b="c">d<e/></a>`, `<w:p xmlns:w="x"><w:t xml:space="preserve"> 1 </w:t></w:p>`, "<a>&amp;&#65;</a>", "<a><![CDATA[x]]></a>", "<a b='>'/>", "<a>", "<?x?><a/>"} {
		f.Add(doc)
	}
	f.Fuzz(func(t *testing.T, doc string) {
		got, err := events(doc)
		d := xml.NewDecoder(strings.NewReader(doc))
		var want []string
		depth := 0
		for {
			tok, refErr := d.RawToken()
			if errors.Is(refErr, io.EOF) && depth == 0 {
				break
			}
			if refErr != nil {
				return // not well-formed: nothing is promised but an end
			}
			switch tok := tok.(type) {
			case xml.StartElement:
				want = append(want, "<"+full(tok.Name))
				depth++
			case xml.EndElement:
				want = append(want, ">"+full(tok.Name))
				depth--
			case xml.CharData:
				if depth > 0 && len(tok) > 0 {
					want = addText(want, string(tok))
				}
			case xml.Directive:
				return
			}
		}
		if err != nil {
			return // we are stricter, about names that do not match and about depth
		}
		if strings.Contains(doc, "\r") {
			return // which encoding/xml turns into \n, and the readers do themselves
		}
		if diff := cmp.Diff(strip(want), strip(got)); diff != "" {
			t.Errorf("%q (-xml +ours):\n%s", doc, diff)
		}
	})
}

func full(n xml.Name) string {
	if n.Space != "" {
		return n.Space + ":" + n.Local
	}
	return n.Local
}

// strip takes out empty texts.
func strip(ev []string) []string {
	var out []string
	for _, e := range ev {
		if e != "=" {
			out = append(out, e)
		}
	}
	return out
}
