package pdf

import (
	"bytes"
	"context"
	"testing"

	"github.com/gongkai/gongkai/internal/docio"
	"github.com/gongkai/gongkai/internal/docio/font"
	"github.com/gongkai/gongkai/internal/docio/press"
	"github.com/gongkai/gongkai/internal/testkit/printed"
)

// TestWriteReadsBack prints with the embedded fonts, which are the same on every machine, and reads the characters back
// by their positions.
func TestWriteReadsBack(t *testing.T) {
	fonts, err := font.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	err = press.Print(&b, printed.Report(), fonts)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := Read(context.Background(), b.Bytes(), docio.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	if doc.Title != printed.Report().Title {
		t.Errorf("title %q", doc.Title)
	}
	if d := printed.Diff(doc, printed.Report()); d != "" {
		t.Error(d)
	}
}

func TestWriteUsesTheFontsAtHand(t *testing.T) {
	var b bytes.Buffer
	err := Write(&b, printed.Report())
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.HasPrefix(b.Bytes(), []byte("%PDF-1.7\n")) || !bytes.HasSuffix(b.Bytes(), []byte("%%EOF\n")) {
		t.Error("this is no whole PDF")
	}
}
