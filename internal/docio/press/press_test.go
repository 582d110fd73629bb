package press

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/gongkai/gongkai/internal/docio"
	"github.com/gongkai/gongkai/internal/docio/font"
	"github.com/gongkai/gongkai/internal/fault"
	"github.com/gongkai/gongkai/internal/testkit/printed"
)

func fonts(t testing.TB) *font.Set {
	s, err := font.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func laidOut(t testing.TB, p *docio.Page) *layout {
	l := newLayout(p, fonts(t))
	l.run()
	if len(l.missing) > 0 {
		t.Fatalf("characters are missing: %v", l.missing)
	}
	return l
}

func TestPrintReport(t *testing.T) {
	var b bytes.Buffer
	err := Print(&b, printed.Report(), fonts(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"/Lang (zh-CN)", "/MarkInfo <</Marked true>>", "/StructTreeRoot", "/S /H1", "/S /THead", "/Scope /Column /ColSpan 7", "/Scope /Row /RowSpan 22",
		"/Title " + text(printed.Report().Title), "/CIDToGIDMap /Identity", "/DisplayDocTitle true",
	} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("%s is missing", want)
		}
	}
	if strings.Contains(b.String(), "CreationDate") {
		t.Error("the file carries a time")
	}
	var again bytes.Buffer
	err = Print(&again, printed.Report(), fonts(t))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(b.Bytes(), again.Bytes()) {
		t.Error("two runs differ")
	}
}

// TestOffsets checks that the cross-reference table points at the objects: readers repair a file where it does not, or
// refuse it.
func TestOffsets(t *testing.T) {
	var b bytes.Buffer
	err := Print(&b, printed.Report(), fonts(t))
	if err != nil {
		t.Fatal(err)
	}
	file := b.String()
	start, err := strconv.Atoi(regexp.MustCompile(`startxref\n(\d+)`).FindStringSubmatch(file)[1])
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(file[start:], "\n")
	size, err := strconv.Atoi(strings.TrimPrefix(lines[1], "0 "))
	if err != nil {
		t.Fatal(err)
	}
	for id := 1; id < size; id++ {
		entry := lines[2+id]
		if len(entry) != 19 { // with its line end, 20 bytes
			t.Fatalf("entry %d is %q", id, entry)
		}
		at, err := strconv.Atoi(entry[:10])
		if err != nil {
			t.Fatal(err)
		}
		if want := fmt.Sprintf("%d 0 obj\n", id); !strings.HasPrefix(file[at:], want) {
			t.Fatalf("object %d: found %q", id, file[at:at+12])
		}
	}
}

func TestMissingCharactersAreNamed(t *testing.T) {
	p := &docio.Page{Elements: []docio.Element{
		{Text: "负责人：王\U00031350同志"},
		{Table: &docio.PageTable{Name: "表二", Rows: []docio.PageRow{{Cells: []docio.PageCell{{Text: "甲"}, {Text: "\U000E0041"}}}}}},
	}}
	var b bytes.Buffer
	err := Print(&b, p, fonts(t))
	if !errors.Is(err, fault.Incapable) || fault.CodeOf(err) != "font.missing_glyph" {
		t.Fatalf("got %v", err)
	}
	for _, want := range []string{"U+31350", "第1段文字“负责人：王", "U+E0041", "“表二”第1行第2列"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q does not say %q", err, want)
		}
	}
	if b.Len() > 0 {
		t.Errorf("%d bytes were written all the same", b.Len())
	}
}

func TestRareCharactersCopyOut(t *testing.T) {
	l := laidOut(t, &docio.Page{Elements: []docio.Element{{Text: "𠮷䶮人⼈葛\U000E0100"}}})
	var maps strings.Builder
	for _, u := range l.types.fonts {
		maps.Write(toUnicode(u.texts))
	}
	for name, want := range map[string]string{
		"beyond the basic plane": "<D842DFB7>", "extension A": "<4DAE>",
		"a character": "<4EBA>", "the radical with the same shape": "<2F08>", "a character with its variant": "<845BDB40DD00>",
	} {
		if !strings.Contains(maps.String(), want) {
			t.Errorf("%s: %s is not in the map", name, want)
		}
	}
}

func TestLinesKeepTheRules(t *testing.T) {
	c := newTypecase(fonts(t))
	chars := []rune("政府信息公开，。（）《》“”、12.3%aB/ -")
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringOfN(rapid.RuneFrom(chars), 0, 120, -1).Draw(t, "text")
		width := float64(rapid.IntRange(8, 28).Draw(t, "width")) * 1000
		glyphs, _ := c.shape(font.Fang, s)
		got := ""
		lines := breakLines(glyphs, width, 2000)
		for i, ln := range lines {
			for _, g := range ln.glyphs {
				got += string(g.r)
			}
			if w := measure(trimmed(ln.glyphs)) + ln.indent; w > width+1 && len(ln.glyphs) > 1 {
				t.Fatalf("line %d is %.0f wide, more than %.0f", i, w, width)
			}
		}
		if got != s {
			t.Fatalf("lines hold %q, text is %q", got, s)
		}
	})
}

func TestBreaks(t *testing.T) {
	c := newTypecase(fonts(t))
	for _, tt := range []struct {
		name, text string
		width      float64 // in characters
		want       string
	}{
		{"no stop at the beginning", "政府信息，公开", 4, "政府信|息，公开"},
		{"no opening bracket at the end", "政府信（息）公开", 4, "政府信|（息）公|开"},
		{"numbers stay whole", "公开12345件", 4, "公开|12345件"},
		{"a space stays at the end", "ab cdefg", 3, "ab |cdefg"},
		{"addresses break after a slash", "www.a.cn/zwgk/index", 6, "www.a.cn/|zwgk/index"},
		{"a long address fills its line", "见www.example.gov.cn/index", 6, "见www.exa|mple.gov.c|n/index"},
		{"a word longer than a line is cut", "1234567890", 3, "12345|67890"},
		{"line breaks are kept", "一\n二", 9, "一|二"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			glyphs, _ := c.shape(font.Fang, tt.text)
			var got []string
			for _, ln := range breakLines(glyphs, tt.width*1000, 0) {
				s := ""
				for _, g := range ln.glyphs {
					s += string(g.r)
				}
				got = append(got, s)
			}
			if g := strings.Join(got, "|"); g != tt.want {
				t.Errorf("got %s, want %s", g, tt.want)
			}
		})
	}
}

func TestTitlesBreakByTheirSense(t *testing.T) {
	c := newTypecase(fonts(t))
	for title, want := range map[string]string{
		"牡丹示范县数据局2025年政府信息公开工作年度报告": "牡丹示范县数据局|2025年政府信息公开工作年度报告",
		"2024年牡丹示范县数据局政府信息公开工作年度报告": "2024年牡丹示范县数据局|政府信息公开工作年度报告",
		"2025年工作年度报告": "2025年工作年度报告",
	} {
		glyphs, _ := c.shape(font.Title, title)
		var got []string
		for _, ln := range titleLines(glyphs, 20000) {
			s := ""
			for _, g := range ln.glyphs {
				s += string(g.r)
			}
			got = append(got, s)
		}
		if g := strings.Join(got, "|"); g != want {
			t.Errorf("got %s, want %s", g, want)
		}
	}
}

// long returns a table of many groups of three rows each.
func long(groups int) *docio.PageTable {
	t := &docio.PageTable{Name: "长表", Widths: []float64{1, 3}, HeaderRows: 1, Rows: []docio.PageRow{
		{Cells: []docio.PageCell{{Text: "表头", Header: true}, {Text: "值", Header: true}}},
	}}
	for g := 1; g <= groups; g++ {
		for i := range 3 {
			row := docio.PageRow{Group: g}
			if i == 0 {
				row.Cells = append(row.Cells, docio.PageCell{Text: "组" + strconv.Itoa(g), RowSpan: 3})
			}
			row.Cells = append(row.Cells, docio.PageCell{Text: strconv.Itoa(g*10 + i)})
			t.Rows = append(t.Rows, row)
		}
	}
	return t
}

func TestGroupsAreNotTorn(t *testing.T) {
	for lead := range 22 {
		p := &docio.Page{}
		for range lead {
			p.Elements = append(p.Elements, docio.Element{Text: "一段"})
		}
		p.Elements = append(p.Elements, docio.Element{Table: long(30)})
		l := laidOut(t, p)
		pageOf := map[string]int{}
		var walk func(e *elem)
		cells := 0
		walk = func(e *elem) {
			if e.tag == "TD" || e.tag == "TH" {
				cells++
				if len(e.marks) != 1 {
					t.Fatalf("lead %d: a cell is drawn %d times", lead, len(e.marks))
				}
				row := e.parent
				key := fmt.Sprintf("%p", row)
				if at, ok := pageOf[key]; ok && at != e.marks[0].sheet {
					t.Fatalf("lead %d: a row stands on two pages", lead)
				}
				pageOf[key] = e.marks[0].sheet
			}
			for _, k := range e.kids {
				walk(k)
			}
		}
		walk(l.root)
		if cells != 2+30*4 {
			t.Fatalf("lead %d: %d cells", lead, cells)
		}
		body := l.root.kids[lead].kids[1]
		for r := 0; r < len(body.kids); r += 3 {
			a, b := body.kids[r].kids[0].marks[0].sheet, body.kids[r+2].kids[0].marks[0].sheet
			if a != b {
				t.Errorf("lead %d: group %d is torn over pages %d and %d", lead, r/3+1, a+1, b+1)
			}
		}
		for i, s := range l.sheets[:len(l.sheets)-1] {
			if i > body.kids[0].kids[0].marks[0].sheet && bytes.Count(s.buf.Bytes(), []byte("/Artifact BMC")) < 2 {
				t.Errorf("lead %d: page %d repeats no header", lead, i+1)
			}
		}
	}
}

// TestEveryTextIsDrawn checks on random pages that each text that is not blank is drawn, and each cell only once.
func TestEveryTextIsDrawn(t *testing.T) {
	set := fonts(t)
	rapid.Check(t, func(t *rapid.T) {
		p := printed.Page().Draw(t, "page")
		l := newLayout(p, set)
		l.run()
		if len(l.missing) > 0 {
			t.Fatalf("characters are missing: %v", l.missing)
		}
		for i, e := range p.Elements {
			el := l.root.kids[i]
			if e.Table == nil {
				if len(el.marks) == 0 {
					t.Fatalf("element %d is not drawn", i)
				}
				continue
			}
			var cells []*elem
			var walk func(e *elem)
			walk = func(e *elem) {
				if e.tag == "TD" || e.tag == "TH" {
					cells = append(cells, e)
				}
				for _, k := range e.kids {
					walk(k)
				}
			}
			walk(el)
			places, _ := e.Table.Places()
			if len(cells) != len(places) {
				t.Fatalf("%d cells for %d places", len(cells), len(places))
			}
			for k, c := range cells {
				want := 1
				if places[k].Text == "" {
					want = 0
				}
				if len(c.marks) != want {
					t.Fatalf("%q is drawn %d times", places[k].Text, len(c.marks))
				}
			}
		}
	})
}

func TestTallThingsEnd(t *testing.T) {
	cell := func(s string, rows int) docio.PageRow {
		return docio.PageRow{Group: 1, Cells: []docio.PageCell{{Text: s, RowSpan: rows}, {Text: "1"}}}
	}
	huge := strings.Repeat("很长的说明文字。", 800)
	for name, table := range map[string]*docio.PageTable{
		"a row taller than a page":    {Widths: []float64{1, 1}, Rows: []docio.PageRow{cell(huge, 1)}},
		"a head taller than a page":   {Widths: []float64{1, 1}, HeaderRows: 1, Rows: []docio.PageRow{cell(huge, 1), cell("a", 1)}},
		"a head alone":                {Widths: []float64{1, 1}, HeaderRows: 5, Rows: []docio.PageRow{cell("a", 1)}},
		"a group taller than a page":  {Widths: []float64{1, 1}, Rows: manyRows(80)},
		"no rows":                     {Widths: []float64{1, 1}},
		"nothing at all":              {},
		"a span over more than pages": {Widths: []float64{1, 1}, Rows: append([]docio.PageRow{cell("高", 81)}, manyRows(80)...)},
	} {
		t.Run(name, func(t *testing.T) {
			l := laidOut(t, &docio.Page{Elements: []docio.Element{{Style: docio.Heading1, Text: "标题"}, {Table: table}, {Text: "后文"}}})
			if n := len(l.sheets); n > 12 {
				t.Errorf("takes %d pages", n)
			}
			last := l.root.kids[len(l.root.kids)-1]
			if len(last.marks) != 1 {
				t.Errorf("what follows is drawn %d times", len(last.marks))
			}
		})
	}
}

func manyRows(n int) []docio.PageRow {
	var out []docio.PageRow
	for range n {
		out = append(out, docio.PageRow{Group: 1, Cells: []docio.PageCell{{Text: "1"}}})
	}
	return out
}

func TestLongNumbersStayOnOneLine(t *testing.T) {
	l := laidOut(t, printed.Report())
	for text, small := range map[string]bool{"1": false, "12345678901234": true} {
		c := l.setCell(&docio.Place{PageCell: docio.PageCell{Text: text}}, 40, "")
		if len(c.lines) != 1 || (c.size < cellSize) != small {
			t.Errorf("%s: %d lines of size %.1f", text, len(c.lines), c.size)
		}
	}
}

var errFull = errors.New("disk is full")

type full struct{ room int }

func (f *full) Write(b []byte) (int, error) {
	if len(b) > f.room {
		return 0, errFull
	}
	f.room -= len(b)
	return len(b), nil
}

func TestPrintReportsErrors(t *testing.T) {
	for _, room := range []int{0, 8000, 80000} {
		err := Print(&full{room}, printed.Report(), fonts(t))
		if !errors.Is(err, errFull) {
			t.Errorf("room for %d bytes: got %v", room, err)
		}
	}
}

func BenchmarkPrint(b *testing.B) {
	set, p := fonts(b), printed.Report()
	for b.Loop() {
		err := Print(io.Discard, p, set)
		if err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/1000/float64(b.N), "ms/report")
}
