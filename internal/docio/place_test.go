package docio_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/gongkai/gongkai/internal/docio"
	"github.com/gongkai/gongkai/internal/testkit/printed"
)

func TestPlacesTileTheTable(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		table := printed.Table().Draw(t, "table")
		// Lose some cells, as a damaged table has.
		for r := range table.Rows {
			if n := len(table.Rows[r].Cells); n > 0 && rapid.Bool().Draw(t, "short") {
				table.Rows[r].Cells = table.Rows[r].Cells[:n-1]
			}
		}
		places, cols := table.Places()
		seen := make([]int, len(table.Rows)*cols)
		last := -1
		for _, p := range places {
			if at := p.Row*cols + p.Col; at <= last {
				t.Fatalf("cell at %d,%d is out of order", p.Row, p.Col)
			} else {
				last = at
			}
			for r := p.Row; r < p.Row+p.RowSpan; r++ {
				for c := p.Col; c < p.Col+p.ColSpan; c++ {
					seen[r*cols+c]++
				}
			}
		}
		for i, n := range seen {
			if n != 1 {
				t.Fatalf("position %d,%d is covered %d times", i/cols, i%cols, n)
			}
		}
	})
}

func TestPlacesOfDamagedTables(t *testing.T) {
	cell := func(text string, rows, cols int) docio.PageCell {
		return docio.PageCell{Text: text, RowSpan: rows, ColSpan: cols}
	}
	for _, tt := range []struct {
		name string
		rows []docio.PageRow
		want []string
	}{
		{"a span past the last row is cut", []docio.PageRow{{Cells: []docio.PageCell{cell("a", 9, 1), cell("b", 1, 1)}}}, []string{"a 0,0 1×1", "b 0,1 1×1"}},
		{"a short row is filled", []docio.PageRow{{Cells: []docio.PageCell{cell("a", 1, 2)}}, {}}, []string{"a 0,0 1×2", " 1,0 1×1", " 1,1 1×1"}},
		{"a wide cell stops before one from above", []docio.PageRow{
			{Cells: []docio.PageCell{cell("a", 1, 1), cell("b", 2, 1)}}, {Cells: []docio.PageCell{cell("c", 1, 2)}},
		}, []string{"a 0,0 1×1", "b 0,1 2×1", "c 1,0 1×1"}},
		{"no rows", nil, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			places, _ := (&docio.PageTable{Rows: tt.rows}).Places()
			var got []string
			for _, p := range places {
				got = append(got, p.Text+" "+digits(p.Row, ",", p.Col)+" "+digits(p.RowSpan, "×", p.ColSpan))
			}
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Error(d)
			}
		})
	}
}

func digits(a int, sep string, b int) string { return string(rune('0'+a)) + sep + string(rune('0'+b)) }

func TestEdges(t *testing.T) {
	for _, tt := range []struct {
		name   string
		widths []float64
		cols   int
		want   []int
	}{
		{"by share", []float64{1, 2, 1}, 3, []int{0, 25, 75, 100}},
		{"missing widths are the mean", []float64{3}, 2, []int{0, 50, 100}},
		{"senseless widths are the mean", []float64{-1, 0, 5, 5}, 4, []int{0, 25, 50, 75, 100}},
		{"none", nil, 2, []int{0, 50, 100}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := (&docio.PageTable{Widths: tt.widths}).Edges(tt.cols, 100)
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestStacked(t *testing.T) {
	for text, want := range map[string][]string{
		"三、本年度办理结果": {"三、", "本年", "度办", "理结", "果"},
		"（三）不予公开":   {"（三）", "不予", "公开"},
		"其他":        {"其他"},
		"":          nil,
	} {
		got := docio.Stacked(text, 2)
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s: %s", text, d)
		}
		if strings.Join(got, "") != text {
			t.Errorf("%q joins to %q", text, strings.Join(got, ""))
		}
	}
}

func TestStack(t *testing.T) {
	for _, tt := range []struct {
		width float64
		lines int
		size  float64
	}{{30, 5, 10.5}, {20, 5, 10}, {16, 5, 8}, {12, 9, 10.5}, {6, 9, 6}} {
		lines, size := docio.Stack("三、本年度办理结果", tt.width, 10.5)
		if len(lines) != tt.lines || size != tt.size {
			t.Errorf("width %g: %d lines of size %g, want %d of %g", tt.width, len(lines), size, tt.lines, tt.size)
		}
	}
}

func TestLongestWord(t *testing.T) {
	for text, want := range map[string]int{"": 0, "规章": 0, "1234567": 7, "22（其中修订16件）": 2, "1 234": 3, "〔缺〕": 6, "〔无法辨认〕": 0, "函〔2021〕30号": 4} {
		if got := docio.LongestWord(text); got != want {
			t.Errorf("%q: got %d, want %d", text, got, want)
		}
	}
}
