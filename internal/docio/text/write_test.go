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

func TestPipeTablesReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		table := printed.Table().Draw(t, "table")
		lines := strings.Split("前文\n"+markdownTable(table)+"后文", "\n")
		g, n := pipeTable(lines, 1, 2, 0)
		if n != len(table.Rows)+1 {
			t.Fatalf("took %d lines of a table of %d rows", n, len(table.Rows))
		}
		for r, row := range expand(table) {
			for c, want := range row {
				if got := g.At(r, c); got == nil || got.Text != want || got.RowSpan != 1 || got.ColSpan != 1 {
					t.Fatalf("cell %d,%d: got %v, want %q", r, c, got, want)
				}
			}
		}
	})
}

func TestPipeTableIsCertainOrNone(t *testing.T) {
	for name, tt := range map[string]struct {
		text string
		took int
	}{
		"sound":               {"| a | b |\n|---|:-:|\n| 1 | |\n后文", 3},
		"a short row":         {"| a | b |\n|---|---|\n| 1 |", 0},
		"a long row":          {"| a | b |\n|---|---|\n| 1 | 2 | 3 |", 0},
		"no delimiter":        {"| a | b |\n| 1 | 2 |", 0},
		"a rule":              {"文字\n---\n", 0},
		"the last line":       {"| a | b |", 0},
		"an escaped bar":      {"| a\\|b |\n|---|\n| 1 |", 3},
		"no bar at line ends": {"| a | b\n|---|---|\n| 1 | 2", 3},
	} {
		t.Run(name, func(t *testing.T) {
			g, n := pipeTable(strings.Split(tt.text, "\n"), 0, 1, 0)
			if g == nil {
				n = 0
			}
			if n != tt.took {
				t.Errorf("took %d lines, want %d", n, tt.took)
			}
		})
	}
}

func TestRowsThatAreNoTableAreLookedAtOnce(t *testing.T) {
	const rows = 200_000 // each a head and a delimiter at once: looking at every one again would take minutes
	text := strings.Repeat("|---|---|\n", rows) + "|x|\n| a | b |\n|---|---|\n| 1 | 2 |\n"
	doc, err := Read([]byte(text), docio.Markdown, docio.Limits{Cells: 3 * rows})
	if err != nil {
		t.Fatal(err)
	}
	last := doc.Blocks[len(doc.Blocks)-2] // the empty line after the text is a block of its own
	if len(doc.Blocks) != rows+3 || last.Grid == nil || last.Grid.Rows != 2 {
		t.Errorf("%d blocks, the last but one %+v; want %d lines and a table", len(doc.Blocks), last, rows+1)
	}
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

func TestCSVGuardsFormulas(t *testing.T) {
	for text, want := range map[string]string{
		"=1+1": "'=1+1", "@SUM(A1)": "'@SUM(A1)", "-2+3+cmd|' /C calc'!A0": "'-2+3+cmd|' /C calc'!A0", "\r=1": "'\r=1",
		"''=1": "'''=1", "-12": "-12", "-1,250.5": "-1,250.5", "-": "-", "--": "--", "'": "'", "": "", "甲": "甲",
	} {
		if got := guard(text); got != want || unguard(got) != text {
			t.Errorf("guard(%q) = %q, read back as %q; want %q", text, got, unguard(got), want)
		}
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
				if got != "" && strings.ContainsRune("=+@\t\r", rune(got[0])) {
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
