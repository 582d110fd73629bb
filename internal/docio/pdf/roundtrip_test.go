package pdf

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/gongkai/gongkai/internal/docio"
	"github.com/gongkai/gongkai/internal/docio/font"
	"github.com/gongkai/gongkai/internal/docio/press"
	"github.com/gongkai/gongkai/internal/testkit/printed"
)

// Any page that is printed reads back: every cell of every table with its spans, every paragraph. A line break inside a
// paragraph is the one thing that print does not tell from the end of a paragraph.
func TestPrintedPagesReadBack(t *testing.T) {
	fonts, err := font.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		p := printed.Page().Draw(t, "page")
		for i := range p.Elements {
			p.Elements[i].Text = strings.ReplaceAll(p.Elements[i].Text, "\n", "")
		}
		var b bytes.Buffer
		if err := press.Print(&b, p, fonts); err != nil {
			t.Fatal(err)
		}
		doc, err := Read(context.Background(), b.Bytes(), docio.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		if diff := printed.Diff(doc, p); diff != "" {
			t.Fatal(diff)
		}
	})
}
