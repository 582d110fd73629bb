package file

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/gongkai/gongkai/internal/docio"
	"github.com/gongkai/gongkai/internal/fault"
)

// TestReadAgrees reads the same published pages as HTML and as LibreOffice wrote them to DOCX and XLSX: all kinds give
// the same tables.
func TestReadAgrees(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		page, copy string
		tables     int
	}{
		{"011_hangzhou_2025.html", "hangzhou", 3},
		{"007_shuyang_fagaiju_2023.html", "shuyang", 3}, // after the one with the index data
	} {
		page, err := readFile(t, "../../../testdata/reports/"+c.page)
		if err != nil {
			t.Fatal(err)
		}
		want := lastGrids(page, c.tables)
		if len(want) != c.tables || want[1].Rows != 28 || want[1].Cols != 10 || want[2].Cols != 15 {
			t.Fatalf("%s: %d tables", c.page, len(want))
		}
		for _, kind := range []string{".docx", ".xlsx"} {
			doc, err := readFile(t, "testdata/"+c.copy+kind)
			if err != nil {
				t.Fatal(err)
			}
			opts := []cmp.Option{cmpopts.IgnoreFields(docio.GridCell{}, "Pos"), cmpopts.IgnoreUnexported(docio.Grid{})}
			if diff := cmp.Diff(want, lastGrids(doc, c.tables), opts...); diff != "" {
				t.Errorf("%s%s (-html +got):\n%s", c.copy, kind, diff)
			}
		}
	}
}

func readFile(t *testing.T, name string) (*docio.Document, error) {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	return Read(t.Context(), name, data, docio.Limits{})
}

func lastGrids(doc *docio.Document, n int) []*docio.Grid {
	var grids []*docio.Grid
	for _, b := range doc.Blocks {
		if b.Grid != nil {
			grids = append(grids, b.Grid)
		}
	}
	return grids[max(len(grids)-n, 0):]
}

func TestReadKinds(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, content string
		kind          docio.Kind
		first         string
	}{
		{"a.txt", "甲\n乙", docio.PlainText, "甲"},
		{"a.md", "## 甲", docio.Markdown, "甲"},
		{"a.csv", "甲,乙", docio.CSV, ""},
		{"a.json", `{"a":1}`, docio.JSON, `{"a":1}`},
		{"a.html", "<p>甲", docio.HTML, "甲"},
	} {
		doc, err := Read(t.Context(), c.name, []byte(c.content), docio.Limits{})
		if err != nil || doc.Kind != c.kind || doc.Blocks[0].Text != c.first {
			t.Errorf("%s: got %+v, %v", c.name, doc, err)
		}
	}
}

// TestReadMixed reads Markdown with a table in HTML, as recognition programs write it.
func TestReadMixed(t *testing.T) {
	t.Parallel()
	text := "# 年报\n二、情况\n<table><tr><td colspan=2>甲</td></tr>\n<tr><td>1</td><td><table><tr><td>2</td></tr></table></td></tr></table>\n三、情况\n<TABLE></TABLE>\n完"
	doc, err := Read(t.Context(), "a.md", []byte(text), docio.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	type line struct {
		text string
		at   int
		grid bool
	}
	var got []line
	for _, b := range doc.Blocks {
		if b.Grid != nil || strings.TrimSpace(b.Text) != "" {
			got = append(got, line{b.Text, b.Pos.Line, b.Grid != nil})
		}
	}
	want := []line{{"年报", 1, false}, {"二、情况", 2, false}, {"", 3, true}, {"三、情况", 5, false}, {"完", 7, false}}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(line{})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestReadFaults(t *testing.T) {
	t.Parallel()
	_, err := Read(t.Context(), "a.txt", []byte("甲乙丙"), docio.Limits{Bytes: 3})
	if fault.CodeOf(err) != "file.too_large" {
		t.Errorf("too large: %v", err)
	}
	_, err = Read(t.Context(), "a.md", []byte("甲<table><tr><td>"+strings.Repeat("乙", 100)), docio.Limits{Text: 20})
	if fault.CodeOf(err) != "file.too_large" {
		t.Errorf("too large in a table: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = Read(ctx, "a.txt", []byte("甲"), docio.Limits{})
	if fault.CodeOf(err) != "file.cancelled" || !errors.Is(err, fault.Cancelled) {
		t.Errorf("cancelled: %v", err)
	}
}

func TestGuard(t *testing.T) {
	t.Parallel()
	lim := docio.Limits{Time: time.Hour}
	_, err := guard(t.Context(), docio.PDF, lim, func(context.Context) (*docio.Document, error) { panic("index out of range") })
	if fault.CodeOf(err) != "file.truncated" || !errors.Is(err, fault.Unreadable) {
		t.Errorf("a panic: %v", err)
	}
	lim.Time = time.Millisecond
	_, err = guard(t.Context(), docio.PDF, lim, func(ctx context.Context) (*docio.Document, error) {
		<-ctx.Done()
		return nil, ctx.Err()
	})
	if fault.CodeOf(err) != "file.timeout" || !errors.Is(err, fault.TooLarge) {
		t.Errorf("a reader that stops in time: %v", err)
	}
	release := make(chan struct{})
	defer close(release)
	_, err = guard(t.Context(), docio.PDF, lim, func(context.Context) (*docio.Document, error) {
		<-release
		return nil, errors.New("never seen")
	})
	if fault.CodeOf(err) != "file.timeout" {
		t.Errorf("a reader that does not stop: %v", err)
	}
}

// FuzzRead holds that any bytes under any name end in a document or in a fault, never in anything else.
func FuzzRead(f *testing.F) {
	for _, s := range []string{"甲\n乙", "# 题\n<table><tr><td>1</table>", "<html><p>甲", `{"a":1}`, "a,b\n\"", zipped(f, "word/document.xml"), ole("WordDocument"), "%!PS"} {
		f.Add("a.md", []byte(s))
	}
	lim := docio.Limits{Unpacked: 1 << 20, Cells: 5000, Text: 1 << 18, Time: 20 * time.Second}
	f.Fuzz(func(t *testing.T, name string, data []byte) {
		kind, err := Sniff(name, data)
		if (kind == "") == (err == nil) {
			t.Fatalf("kind %q, error %v", kind, err)
		}
		if kind == docio.PDF { // fuzzed where it is read; starting its engine would slow this down
			return
		}
		doc, err := Read(t.Context(), name, data, lim)
		if (doc == nil) == (err == nil) || err != nil && !isFault(err) || fault.CodeOf(err) == "file.timeout" {
			t.Fatalf("document %v, error %v", doc, err)
		}
	})
}
