package pdf

import (
	"strings"
	"testing"

	"github.com/gongkai/gongkai/internal/docio"
)

func TestLetter(t *testing.T) {
	tests := map[rune]rune{
		'⼈': '人', '⺠': '民', '⻓': '长', '⾏': '行', '⼀': '一', // radicals that fonts share with letters
		'人': '人', '１': '１', '（': '（', '①': '①', '㈠': '㈠', // all else stays, also what NFKC would change
		0: '\ufffd', 2: '-',
	}
	for in, want := range tests {
		if got := letter(in); got != want {
			t.Errorf("%q (%U) became %q, want %q", in, in, got, want)
		}
	}
}

func TestNumericAndEnumerator(t *testing.T) {
	tests := []struct {
		text       string
		numeric    bool
		enumerator string
	}{
		{"0", true, ""}, {"7730.28", true, ""}, {"-15", true, ""}, {"+1036", true, ""}, {"14,069", true, ""}, {"１２", true, ""},
		{"22（其中修订16件）", true, ""}, {"152790元", true, ""},
		{"1.属于国家秘密", false, "1."}, {"2、重复申请", false, "2、"}, {"（三）不予公开", false, "（三）"}, {"(三)不予公开", false, "(三)"},
		{"三、本年度办理结果", false, "三、"}, {"十一、附则", false, "十一、"},
		{"", false, ""}, {"-", false, ""}, {"/", false, ""}, {"规章", false, ""}, {"三公经费", false, ""}, {"（本列数据", false, ""},
	}
	for _, tt := range tests {
		if got := numeric(tt.text); got != tt.numeric {
			t.Errorf("numeric(%q) = %v", tt.text, got)
		}
		if got := enumerator(tt.text); got != tt.enumerator {
			t.Errorf("enumerator(%q) = %q, want %q", tt.text, got, tt.enumerator)
		}
	}
}

func TestPageNumber(t *testing.T) {
	for _, s := range []string{"- 3 -", "-3-", "—3—", "— 12 —", "第3页", "第 3 页 共 5 页", "3/5", "3 / 5"} {
		if !pageNumber.MatchString(s) {
			t.Errorf("%q is a page number", s)
		}
	}
	for _, s := range []string{"3", "-15", "550", "第二十条第（五）项", "2023", "3.其他", "—"} {
		if pageNumber.MatchString(s) {
			t.Errorf("%q is no page number by itself", s)
		}
	}
}

// Printed by a browser: date, title, address and page number run along every page, and the border of the first column
// stands alone on a page in between.
func TestRunningHeaders(t *testing.T) {
	doc := readFile(t, "browser_running_headers.pdf")
	text := render(doc)
	for _, s := range []string{"11/25/26", "127.0.0.1", "1/5", "5/5"} {
		if strings.Contains(text, s) {
			t.Errorf("%q was kept", s)
		}
	}
	var form *docio.Grid
	for _, g := range grids(doc) {
		if g.Cols == 10 {
			form = g
		}
	}
	if form == nil || form.Rows != 28 {
		t.Fatalf("table of applications: %+v, want one of 28 rows", form)
	}
	checkSpans(t, form)
	for r := 3; r < 28; r++ {
		var got []string
		for c := 3; c < 10; c++ {
			got = append(got, form.At(r, c).Text)
		}
		n := "0"
		if r == 3 || r == 5 || r == 26 {
			n = "26"
		}
		if want := n + ",,,,,," + n; strings.Join(got, ",") != want {
			t.Errorf("row %d: %q, want %s", r, got, want)
		}
	}
	if last := doc.Blocks[len(doc.Blocks)-1]; last.Text != "沭阳县发展和改革局" || last.Pos.Page != 5 {
		t.Errorf("last block: %+v", last)
	}
}

func TestRowsAreOnlyJoinedWhenCut(t *testing.T) {
	part := func(full bool, texts ...string) *table {
		p := &table{box: box{x1: float64(100 * len(texts))}, rows: 1, from: 1, to: 1, xs: []float64{0}}
		for i, s := range texts {
			p.xs = append(p.xs, float64(100*(i+1)))
			p.cells = append(p.cells, tableCell{col: i, rows: 1, cols: 1, text: s, full: full})
		}
		return p
	}
	tests := []struct {
		name  string
		a, b  *table
		rows  int
		label string
	}{
		{"label goes on, numbers above", part(true, "5.要求行政机关确认或重", "1", "1"), part(true, "新出具已获取信息", "", ""), 1, "5.要求行政机关确认或重新出具已获取信息"},
		{"label goes on, numbers below", part(true, "5.要求行政机关确认或重", "", ""), part(true, "新出具已获取信息", "1", "1"), 1, "5.要求行政机关确认或重新出具已获取信息"},
		{"numbers alone below", part(false, "行政许可", ""), part(false, "", "550"), 1, "行政许可"},
		{"both with numbers", part(true, "行政处罚", "1"), part(true, "等", "2"), 2, "行政处罚"},
		{"next item is blank", part(true, "1.属于国家秘密信息的", "1"), part(true, "2.其他", ""), 2, "1.属于国家秘密信息的"},
		{"label ended before the edge", part(false, "本机关决定", "1"), part(false, "其他决定", ""), 2, "本机关决定"},
		{"both blank", part(true, "行政处罚与行政强制", ""), part(true, "等", ""), 2, "行政处罚与行政强制"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if !joinTables(tt.a, tt.b) {
				t.Fatal("not joined")
			}
			if tt.a.rows != tt.rows || tt.a.cells[0].text != tt.label {
				t.Errorf("%d rows, label %q; want %d, %q", tt.a.rows, tt.a.cells[0].text, tt.rows, tt.label)
			}
		})
	}
}

func TestTablesOfDifferentWidthAreNotJoined(t *testing.T) {
	a := &table{box: box{x1: 400}, rows: 1, xs: []float64{0, 400}, cells: []tableCell{{rows: 1, cols: 1}}}
	b := &table{box: box{x1: 300}, rows: 1, xs: []float64{0, 300}, cells: []tableCell{{rows: 1, cols: 1}}}
	if joinTables(a, b) {
		t.Error("joined")
	}
}

// A browser takes the letters, the digits and the quotes of one line from different fonts, whose boxes differ.
func TestFontsMixedOnALine(t *testing.T) {
	doc := readFile(t, "mixed_fonts.pdf")
	if got, want := doc.Blocks[0].Text, "（一）全年Internet申请“三安全”1,136件。"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	g := doc.Blocks[1].Grid
	if g == nil || g.Rows != 2 || g.At(0, 0).Text != "3.危及“三安全一稳定”" || g.At(1, 0).Text != "（二）部分公开（只计这一情形）" {
		t.Errorf("table: %+v", g)
	}
}
