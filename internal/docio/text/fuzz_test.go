package text

import (
	"testing"

	"github.com/gongkai/gongkai/internal/docio"
)

// FuzzRead: any bytes, as any of the three kinds, are refused or read; the grids that come out are whole.
func FuzzRead(f *testing.F) {
	f.Add([]byte("规章\t0\t0\t0\n# 一、总体情况\n"))
	f.Add([]byte("| a | b |\n|---|---|\n| 1 |  |\n"))
	f.Add([]byte("a,\"b\n\",'=1\n一段文字\n"))
	f.Add([]byte{0xB9, 0xE6, 0xD5, 0xC2, '\t', '0'}) // 规章 in GB18030
	f.Add([]byte{0xFF, 0xFE, 0x00, 0x4E})
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, kind := range []docio.Kind{docio.PlainText, docio.Markdown, docio.CSV} {
			doc, err := Read(data, kind, docio.Limits{Cells: 5000})
			if err != nil {
				continue
			}
			for _, b := range doc.Blocks {
				if b.Grid == nil {
					continue
				}
				for _, c := range b.Grid.Cells {
					if b.Grid.At(c.Row, c.Col) == nil || c.RowSpan < 1 || c.ColSpan < 1 {
						t.Fatalf("cell %+v is not in its grid of %d×%d", c, b.Grid.Rows, b.Grid.Cols)
					}
				}
			}
		}
	})
}
