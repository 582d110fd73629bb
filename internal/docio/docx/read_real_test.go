package docx

import (
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gongkai/gongkai/internal/docio"
	"github.com/gongkai/gongkai/internal/testkit/readtest"
)

// TestReadWritten reads a document that LibreOffice wrote: tracked changes, a hidden run, a list in Chinese numbers, a
// text frame and a table with merged cells.
func TestReadWritten(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("testdata/changes.docx")
	if err != nil {
		t.Fatal(err)
	}
	doc, err := Read(data, docio.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	want := `H1 一、总体情况
P 全年收到申请13件。
P 一段又一段。
P 框里的字
P 带框的段落在此。
H1 二、主动公开政府信息情况
T 3x3
0,0(1x3) 第二十条第（一）项
1,0(2x1) 信息\n内容 | 1,1 制发 | 1,2 废止
2,1 3 | 2,2 
`
	if diff := cmp.Diff(want, readtest.Lines(doc)); diff != "" {
		t.Errorf("blocks (-want +got):\n%s", diff)
	}
	if doc.Title != "虚构局2024年政府信息公开工作年度报告" || len(doc.Notices) != 2 {
		t.Errorf("title %q, notices %q", doc.Title, doc.Notices)
	}
}

// FuzzRead holds that no bytes make the reader fail in any way but with an error, and that what it reads is whole.
// The body of the seeds is fuzzed as well as the packed file, as packing hides the mark-up from the fuzzer.
func FuzzRead(f *testing.F) {
	for _, c := range readCases {
		f.Add(pack(f, c.body, nil), c.body)
	}
	data, err := os.ReadFile("testdata/changes.docx")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data, "")
	lim := docio.Limits{Unpacked: 1 << 20, Cells: 5000, Text: 1 << 18}
	f.Fuzz(func(t *testing.T, data []byte, body string) {
		for _, d := range [][]byte{data, pack(t, body, map[string]string{"word/styles.xml": styles1, "word/numbering.xml": numbering1})} {
			doc, err := Read(d, lim)
			if err != nil {
				continue
			}
			readtest.Whole(t, doc, lim)
		}
	})
}

// BenchmarkRead reads a document with the statutory tables, as LibreOffice writes it.
func BenchmarkRead(b *testing.B) {
	data, err := os.ReadFile("../file/testdata/hangzhou.docx")
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		_, err := Read(data, docio.Limits{})
		if err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N), "µs/report")
}
