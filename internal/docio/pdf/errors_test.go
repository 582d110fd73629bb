package pdf

import (
	"bytes"
	"compress/zlib"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gongkai/gongkai/internal/docio"
	"github.com/gongkai/gongkai/internal/fault"
	"github.com/gongkai/gongkai/internal/testkit/readtest"
)

func load(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestErrors(t *testing.T) {
	small := load(t, "small.pdf")
	tests := []struct {
		name string
		data []byte
		lim  docio.Limits
		code string
	}{
		{"nothing", nil, docio.Limits{}, "file.empty"},
		{"white space", []byte(" \n\t"), docio.Limits{}, "file.empty"},
		{"another kind", []byte("PK\x03\x04 not a pdf"), docio.Limits{}, "file.wrong_kind"},
		{"marker only", []byte("%PDF-1.7\n"), docio.Limits{}, "file.truncated"},
		{"cut", small[:len(small)/3], docio.Limits{}, "file.truncated"},
		{"password", load(t, "encrypted.pdf"), docio.Limits{}, "file.encrypted"},
		{"pictures", load(t, "scanned.pdf"), docio.Limits{}, "pdf.scanned"},
		{"no page content", document("<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>", nil), docio.Limits{}, "file.empty"},
		{"too many bytes", small, docio.Limits{Bytes: 100}, "file.too_large"},
		{"too many pages", load(t, "mixed.pdf"), docio.Limits{Pages: 3}, "file.too_large"},
		{"too much text", small, docio.Limits{Text: 10}, "file.too_large"},
		{"too many cells", small, docio.Limits{Cells: 3}, "file.too_large"},
		{"no time", small, docio.Limits{Time: time.Nanosecond}, "pdf.timeout"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			doc, err := Read(context.Background(), tt.data, tt.lim)
			if got := fault.CodeOf(err); err == nil || got != tt.code {
				t.Errorf("got %v (%v), want %s", err, doc, tt.code)
			}
		})
	}
}

func TestReadable(t *testing.T) {
	tests := []struct {
		file    string
		notices []string
		tables  int
	}{
		{"small.pdf", nil, 1},
		{"owner_password.pdf", nil, 1},
		{"turned.pdf", nil, 1},
		{"mixed.pdf", []string{"第 2、4 页只有图片没有文字，未读取；请核对原件"}, 2},
	}
	for _, tt := range tests {
		t.Run(tt.file, func(t *testing.T) {
			doc := readFile(t, tt.file)
			if diff := cmp.Diff(tt.notices, doc.Notices); diff != "" {
				t.Errorf("notices (-want +got):\n%s", diff)
			}
			if doc.Blocks[0].Text != "行政许可与行政处罚统计" || doc.Blocks[0].Pos.Page != 1 {
				t.Errorf("first block: %+v", doc.Blocks[0])
			}
			got := grids(doc)
			if len(got) != tt.tables {
				t.Fatalf("%d tables, want %d", len(got), tt.tables)
			}
			for _, g := range got {
				if diff := cmp.Diff([]string{"行政处罚", "4119"}, row(g, 2)); diff != "" {
					t.Errorf("last row (-want +got):\n%s", diff)
				}
			}
		})
	}
}

// document returns a file of one page; page is its dictionary, content its content stream as object 4.
func document(page string, content []byte) []byte {
	var packed bytes.Buffer
	w := zlib.NewWriter(&packed)
	_, _ = w.Write(content) // a bytes.Buffer takes everything
	_ = w.Close()
	objects := []string{
		"<</Type/Catalog/Pages 2 0 R>>",
		"<</Type/Pages/Kids[3 0 R]/Count 1>>",
		page,
		fmt.Sprintf("<</Filter/FlateDecode/Length %d>>stream\n%s\nendstream", packed.Len(), packed.String()),
		"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
	}
	var out bytes.Buffer
	out.WriteString("%PDF-1.4\n")
	var at []int
	for i, o := range objects {
		at = append(at, out.Len())
		fmt.Fprintf(&out, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	start := out.Len()
	fmt.Fprintf(&out, "xref\n0 %d\n0000000000 65535 f \n", len(objects)+1)
	for _, a := range at {
		fmt.Fprintf(&out, "%010d 00000 n \n", a)
	}
	fmt.Fprintf(&out, "trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n", len(objects)+1, start)
	return out.Bytes()
}

const pageWithContent = "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F 5 0 R>>>>/Contents 4 0 R>>"

// A page that keeps the engine busy for seconds is ended with its instance, and the next file is read by a new one.
func TestCancelEndsARunningCall(t *testing.T) {
	e := NewEngine(DefaultCacheDir())
	defer func() {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	}()
	if _, err := e.Read(context.Background(), load(t, "small.pdf"), docio.Limits{}); err != nil {
		t.Fatal(err)
	}
	heavy := document(pageWithContent, []byte(strings.Repeat("1 2 m 3 4 l S\n", 6_000_000)))
	_, err := e.Read(context.Background(), heavy, docio.Limits{Time: 200 * time.Millisecond})
	if !errors.Is(err, fault.Cancelled) || fault.CodeOf(err) != "pdf.timeout" {
		t.Errorf("got %v, want the time limit", err)
	}
	if len(e.idle) != 0 {
		t.Error("the instance was kept")
	}
	if _, err := e.Read(context.Background(), load(t, "small.pdf"), docio.Limits{}); err != nil {
		t.Errorf("after it: %v", err)
	}
}

func TestInstancesAreMadeAnew(t *testing.T) {
	e := NewEngine(DefaultCacheDir())
	data := load(t, "small.pdf")
	for range documentsPerInstance + 1 {
		if _, err := e.Read(context.Background(), data, docio.Limits{}); err != nil {
			t.Fatal(err)
		}
	}
	if len(e.idle) != 1 || e.idle[0].documents != 1 {
		t.Errorf("%d idle instances, the first has read %d files; want a new one", len(e.idle), e.idle[0].documents)
	}
	if err := e.Close(); err != nil {
		t.Error(err)
	}
	if _, err := e.Read(context.Background(), data, docio.Limits{}); !errors.Is(err, errClosed) {
		t.Errorf("closed engine: %v", err)
	}
}

// Without a usable directory the compiled engine is kept in memory.
func TestCacheDirectory(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for dir, want := range map[string]bool{"": false, filepath.Join(file, "below"): false, t.TempDir(): true} {
		cache, onDisk := openCache(dir)
		if onDisk != want {
			t.Errorf("%q: on disk %v, want %v", dir, onDisk, want)
		}
		if err := cache.Close(context.Background()); err != nil {
			t.Error(err)
		}
	}
}

func TestManyAtOnce(t *testing.T) {
	files := []string{"small.pdf", "chromium_bordered.pdf", "encrypted.pdf", "plain_middle.pdf", "scanned.pdf", "hongze_2023.pdf"}
	read := func(name string) string {
		doc, err := Read(context.Background(), load(t, name), docio.Limits{})
		return render(doc) + fmt.Sprint(err)
	}
	want := make([]string, len(files))
	for i, name := range files {
		want[i] = read(name)
	}
	var wg sync.WaitGroup
	for i := range 4 * len(files) {
		wg.Go(func() {
			k := i % len(files)
			if diff := cmp.Diff(want[k], read(files[k])); diff != "" {
				t.Errorf("%s: another result than alone (-alone +together):\n%s", files[k], diff)
			}
		})
	}
	wg.Wait()
}

// render writes a document out for comparing.
func render(doc *docio.Document) string {
	if doc == nil {
		return ""
	}
	var b strings.Builder
	for _, block := range doc.Blocks {
		fmt.Fprintf(&b, "%d %v %s\n", block.Pos.Page, block.Verbatim, block.Text)
		if block.Grid != nil {
			fmt.Fprintf(&b, "%+v\n", block.Grid.Cells)
		}
	}
	return b.String() + strings.Join(doc.Notices, "\n")
}

func FuzzRead(f *testing.F) {
	for _, name := range []string{"small.pdf", "encrypted.pdf", "owner_password.pdf", "scanned.pdf", "mixed.pdf", "turned.pdf"} {
		f.Add(load(f, name))
	}
	f.Add(document(pageWithContent, []byte("BT /F 12 Tf 70 700 Td (12 34) Tj ET 0 0 100 100 re S")))
	f.Add([]byte("%PDF-1.7\ntrailer<</Root 1 0 R>>"))
	lim := docio.Limits{Time: 5 * time.Second, Pages: 20}
	f.Fuzz(func(t *testing.T, data []byte) {
		doc, err := Read(context.Background(), data, lim)
		if (doc == nil) == (err == nil) {
			t.Fatalf("document %v with error %v", doc, err)
		}
		if err != nil && fault.CodeOf(err) == "internal" {
			t.Fatalf("an error for nobody: %v", err)
		}
		if doc != nil {
			for _, g := range grids(doc) {
				readtest.Grid(t, g)
			}
		}
	})
}
