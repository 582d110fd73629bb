package text

import (
	"bytes"
	"encoding/csv"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/gongkai/gongkai/internal/docio"
	"github.com/gongkai/gongkai/internal/testkit/printed"
)

func TestWriteMarkdown(t *testing.T) {
	p := &docio.Page{Elements: []docio.Element{
		{Style: docio.DocTitle, Text: "标题"},
		{Style: docio.Heading1, Text: "一、总体情况"},
		{Style: docio.Heading2, Text: "（一）主动公开"},
		{Text: "第一段"},
		{Text: "1. 不是列表\n# 不是标题\n- 也不是\n-2"},
		{Text: "*星* a_b _c_ <b> 1<2 [x] `y` ~ &lt; AT&T"},
		{Text: "  "},
		{Table: &docio.PageTable{Widths: []float64{1, 1, 1}, Rows: []docio.PageRow{
			{Cells: []docio.PageCell{{Text: "甲|乙", ColSpan: 2}, {Text: "丙"}}},
			{Cells: []docio.PageCell{{Text: "上\n下", RowSpan: 2}, {Text: ""}, {Text: "-2"}}},
			{Cells: []docio.PageCell{{Text: "1"}}},
		}}},
	}}
	var b bytes.Buffer
	err := WriteMarkdown(&b, p)
	if err != nil {
		t.Fatal(err)
	}
	want := `# 标题

## 一、总体情况

### （一）主动公开

第一段

1\. 不是列表  
\# 不是标题  
\- 也不是  
\-2

\*星\* a_b \_c\_ \<b> 1\<2 \[x] \` + "`y\\`" + ` \~ \&lt; AT\&T

| 甲\|乙 | | 丙 |
| --- | --- | --- |
| 上<br>下 | | -2 |
| | 1 | |
`
	if d := cmp.Diff(want, b.String()); d != "" {
		t.Error(d)
	}
}

func TestMarkdownTablesKeepTheirColumns(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		table := printed.Table().Draw(t, "table")
		want := expand(table)
		lines := strings.Split(strings.TrimSuffix(markdownTable(table), "\n"), "\n")
		if len(lines) != len(want)+1 {
			t.Fatalf("%d lines for %d rows", len(lines), len(want))
		}
		lines = append(lines[:1], lines[2:]...)
		for r, l := range lines {
			if d := cmp.Diff(want[r], pipeCells(l)); d != "" {
				t.Fatalf("row %d: %s", r, d)
			}
		}
	})
}

// pipeCells splits a row the way CommonMark readers do: at bars without a backslash.
func pipeCells(l string) []string {
	var out []string
	cell := ""
	for i := 1; i < len(l); i++ {
		switch {
		case l[i] == '\\':
			cell += l[i : i+2]
			i++
		case l[i] == '|':
			out = append(out, UnescapeMarkdown(strings.ReplaceAll(strings.TrimSpace(cell), "<br>", "\n")))
			cell = ""
		default:
			cell += l[i : i+1]
		}
	}
	return out
}

func TestEscapesComeOffAgain(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringOf(rapid.RuneFrom([]rune("\\`*_[]<>&~#|-+=.1 a中#()"))).Draw(t, "text")
		if got := UnescapeMarkdown(escapeStart(escapeInline(s))); got != s {
			t.Fatalf("%q became %q", s, got)
		}
	})
}

func TestWriteCSV(t *testing.T) {
	p := &docio.Page{Elements: []docio.Element{
		{Text: "标题"}, {Text: "=cmd()"},
		{Table: &docio.PageTable{Widths: []float64{1, 1}, Rows: []docio.PageRow{
			{Cells: []docio.PageCell{{Text: "甲,乙", ColSpan: 2}}},
			{Cells: []docio.PageCell{{Text: "-2"}, {Text: "+3"}}},
			{Cells: []docio.PageCell{{Text: ""}, {Text: "'@x"}}},
		}}},
		{Table: &docio.PageTable{Widths: []float64{1}, Rows: []docio.PageRow{{Cells: []docio.PageCell{{Text: "独"}}}}}},
	}}
	var b bytes.Buffer
	err := WriteCSV(&b, p)
	if err != nil {
		t.Fatal(err)
	}
	want := "\uFEFF标题\r\n'=cmd()\r\n\"甲,乙\",\r\n-2,'+3\r\n,''@x\r\n\"\"\r\n独,\r\n"
	if d := cmp.Diff(want, b.String()); d != "" {
		t.Error(d)
	}
}

func TestCSVKeepsEveryField(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := &docio.Page{Elements: []docio.Element{{Table: printed.Table().Draw(t, "table")}}}
		var b bytes.Buffer
		err := WriteCSV(&b, p)
		if err != nil {
			t.Fatal(err)
		}
		records, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(b.String(), "\uFEFF"))).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		want := expand(p.Elements[0].Table)
		for r := range want {
			for c := range want[r] {
				got := records[r][c]
				if got != "" && strings.ContainsRune("=+@\t", rune(got[0])) {
					t.Fatalf("%q would run", got)
				}
				if strings.HasPrefix(got, "'") && got != want[r][c] {
					got = got[1:]
				}
				if got != want[r][c] {
					t.Fatalf("field %d,%d: got %q, want %q", r, c, got, want[r][c])
				}
			}
		}
	})
}

var errFull = errors.New("disk is full")

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errFull }

func TestWriteReportsErrors(t *testing.T) {
	if err := WriteMarkdown(full{}, printed.Report()); !errors.Is(err, errFull) {
		t.Errorf("Markdown: got %v", err)
	}
	if err := WriteCSV(full{}, printed.Report()); !errors.Is(err, errFull) {
		t.Errorf("CSV: got %v", err)
	}
}
