package xlsx

import (
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gongkai/gongkai/internal/docio"
	"github.com/gongkai/gongkai/internal/testkit/readtest"
)

// TestReadWritten reads a workbook that LibreOffice wrote: text and a bordered table on one sheet, merges, formats, a
// formula, a hidden row, column and sheet.
func TestReadWritten(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("testdata/sheet.xlsx")
	if err != nil {
		t.Fatal(err)
	}
	doc, err := Read(data, docio.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	want := `P 虚构局2024年政府信息公开工作年度报告
P 一、总体情况
P 全年平稳。
P 二、主动公开政府信息情况
T 5x3
0,0(1x3) 第二十条第（一）项
1,0(2x1) 信息\n内容 | 1,1 制发 | 1,2 废止
2,1 14,069 | 2,2 14070
3,0 收费 | 3,1 0.13 | 3,2 33.9%
4,0 许可 | 4,1 0 | 4,2 
P 2025年1月17日
`
	if diff := cmp.Diff(want, readtest.Lines(doc)); diff != "" {
		t.Errorf("blocks (-want +got):\n%s", diff)
	}
	wantNotices := []string{"有隐藏的工作表（草稿），没有读取", "有 1 个有内容的隐藏行，没有读取", "有 1 个有内容的隐藏列，没有读取"}
	if diff := cmp.Diff(wantNotices, doc.Notices); diff != "" {
		t.Errorf("notices (-want +got):\n%s", diff)
	}
}

// FuzzRead holds that no bytes make the reader fail in any way but with an error, and that what it reads is whole.
// The mark-up of a sheet and a format are fuzzed as well, as packing hides them from the fuzzer.
func FuzzRead(f *testing.F) {
	for _, c := range readCases {
		f.Add(book(f, c.sheets...), c.sheets[0], "#,##0.00")
	}
	data, err := os.ReadFile("testdata/sheet.xlsx")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data, "", `_ * #,##0.00_ ;_ * "-"??_ ;_ @_ `)
	lim := docio.Limits{Unpacked: 1 << 20, Cells: 5000, Text: 1 << 18}
	f.Fuzz(func(t *testing.T, data []byte, sheet, code string) {
		parseFormat(code).showNumber(1234.5)
		for _, d := range [][]byte{data, book(t, sheet)} {
			doc, err := Read(d, lim)
			if err != nil {
				continue
			}
			readtest.Whole(t, doc, lim)
		}
	})
}

// BenchmarkRead reads a workbook with the statutory tables, as LibreOffice writes it.
func BenchmarkRead(b *testing.B) {
	data, err := os.ReadFile("../file/testdata/hangzhou.xlsx")
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
