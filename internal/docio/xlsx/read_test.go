package xlsx

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gongkai/gongkai/internal/docio"
	"github.com/gongkai/gongkai/internal/fault"
	"github.com/gongkai/gongkai/internal/testkit/readtest"
)

const (
	mainNS = `xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"`
	relNS  = `http://schemas.openxmlformats.org/officeDocument/2006/relationships/`
	// styles: 0 plain, 1 bordered, 2 #,##0, 3 0.00, 4 percent, 5 zero as dash, 6 date, 7 own
	stylesXML = `<styleSheet ` + mainNS + `><numFmts><numFmt numFmtId="170" formatCode="0.00&quot;万元&quot;"/></numFmts>` +
		`<borders><border><left/><right/></border><border><left style="thin"/></border></borders>` +
		`<cellStyleXfs><xf numFmtId="9"/></cellStyleXfs><cellXfs><xf/><xf borderId="1"/><xf numFmtId="3" borderId="1"/><xf numFmtId="2" borderId="1"/>` +
		`<xf numFmtId="9"/><xf numFmtId="41"/><xf numFmtId="31"/><xf numFmtId="170"/></cellXfs></styleSheet>`
	sharedXML = `<sst ` + mainNS + `><si><t>规章</t></si><si><r><t>行政</t></r><r><rPr><strike/></rPr><t>旧</t></r><r><t>许可</t></r><rPh><t>xk</t></rPh></si><si><t xml:space="preserve"> 信息_x000D_
内容 </t></si></sst>`
)

// book packs sheets given as the inner XML of <worksheet>, the first visible, those with a "-" in front hidden.
func book(t testing.TB, sheets ...string) []byte {
	t.Helper()
	parts := map[string]string{"xl/styles.xml": stylesXML}
	if strings.Contains(sheets[0], `t="s"`) {
		parts["xl/sharedStrings.xml"] = sharedXML
	}
	list, rels := "", ""
	for i, s := range sheets {
		state := ""
		if rest, hidden := strings.CutPrefix(s, "-"); hidden {
			s, state = rest, ` state="hidden"`
		}
		list += fmt.Sprintf(`<sheet name="表%d" sheetId="%d"%s r:id="rId%d"/>`, i+1, i+1, state, i+1)
		rels += fmt.Sprintf(`<Relationship Id="rId%d" Type="%sworksheet" Target="worksheets/sheet%d.xml"/>`, i+1, relNS, i+1)
		parts[fmt.Sprintf("xl/worksheets/sheet%d.xml", i+1)] = `<worksheet ` + mainNS + `>` + s + `</worksheet>`
	}
	parts["xl/workbook.xml"] = `<workbook ` + mainNS + `><sheets>` + list + `</sheets></workbook>`
	parts["xl/_rels/workbook.xml.rels"] = `<Relationships>` + rels + `</Relationships>`
	return readtest.Zip(t, parts)
}

// s is a cell with a text of its own, n one with a number.
func s(ref, text string) string {
	return `<c r="` + ref + `" t="inlineStr"><is><t>` + text + `</t></is></c>`
}
func n(ref string, style int, v string) string {
	return fmt.Sprintf(`<c r="%s" s="%d"><v>%s</v></c>`, ref, style, v)
}

// b is a cell with a text and a border.
func b(ref, text string) string {
	return `<c r="` + ref + `" s="1" t="str"><v>` + text + `</v></c>`
}

func rows(r ...string) string {
	var sb strings.Builder
	for i, cells := range r {
		if cells != "" {
			fmt.Fprintf(&sb, `<row r="%d">%s</row>`, i+1, cells)
		}
	}
	return "<sheetData>" + sb.String() + "</sheetData>"
}

func merges(refs ...string) string {
	out := ""
	for _, r := range refs {
		out += `<mergeCell ref="` + r + `"/>`
	}
	return "<mergeCells>" + out + "</mergeCells>"
}

type readCase struct {
	name   string
	sheets []string
	want   string
	notice string
}

var readCases = []readCase{
	{"values of all kinds", []string{rows(`<c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c><c r="C1" t="s"><v>2</v></c>` +
		`<c r="D1" t="b"><v>1</v></c><c r="E1" t="e"><v>#DIV/0!</v></c><c r="F1" t="str"><f>A1</f><v>结果</v></c><c r="G1"><f>1+1</f><v>2</v></c><c r="H1" t="s"><v>99</v></c><c r="I1"><v>5</v></c>`)},
		`T 1x9` + "\n" + `0,0 规章 | 0,1 行政许可 | 0,2 信息\n内容 | 0,3 TRUE | 0,4 #DIV/0! | 0,5 结果 | 0,6 2 | 0,7  | 0,8 5` + "\n", "有 1 处带删除线"},
	{"numbers as shown", []string{rows(n("A1", 0, "14069") + n("B1", 2, "14069") + n("C1", 3, "0.125") + n("D1", 4, "0.339") + n("E1", 7, "1.005") + n("F1", 6, "45674") + n("G1", 0, "0.30000000000000004") + n("H1", 0, "1E3"))},
		"T 1x8\n0,0 14069 | 0,1 14,069 | 0,2 0.13 | 0,3 34% | 0,4 1.01万元 | 0,5 2025年1月17日 | 0,6 0.3 | 0,7 1000\n", ""},
	{"a zero shown as a dash is a zero", []string{rows(n("A1", 5, "0") + n("B1", 5, "7"))}, "T 1x2\n0,0 0 | 0,1 7\n", "有 1 个单元格的值是 0"},
	{"blank is not zero", []string{rows(b("A1", "规章")+`<c r="B1" s="1"/>`+n("C1", 1, "0"), b("A2", "许可")+n("B2", 1, "1")+`<c r="C2" s="1"/>`)},
		"T 2x3\n0,0 规章 | 0,1  | 0,2 0\n1,0 许可 | 1,1 1 | 1,2 \n", ""},
	{"positions that are not written", []string{`<sheetData><row><c t="str"><v>甲</v></c><c t="str"><v>乙</v></c></row><row><c><v>1</v></c><c><v>2</v></c></row></sheetData>`},
		"T 2x2\n0,0 甲 | 0,1 乙\n1,0 1 | 1,1 2\n", ""},
	{"merges", []string{rows(b("A1", "甲")+b("C1", "乙"), b("C2", "丙"), b("A3", "1")+b("B3", "2")+b("C3", "3")) + merges("A1:B2")},
		"T 3x3\n0,0(2x2) 甲 | 0,2 乙\n1,2 丙\n2,0 1 | 2,1 2 | 2,2 3\n", ""},
	{"merges that overlap", []string{rows(b("A1", "甲")+b("B1", "乙")+b("C1", "x"), b("A2", "1")+b("B2", "2")+b("C2", "3")) + merges("B1:C1", "A1:B1", "A2:A2", "C2:A1", "junk")},
		"T 2x3\n0,0(1x2) 甲 | 0,2 x\n1,0 1 | 1,1 2 | 1,2 3\n", ""},
	{"empty rows part the tables", []string{rows(b("A1", "1")+b("B1", "2"), "", b("A3", "3")+b("B3", "4"))}, "T 1x2\n0,0 1 | 0,1 2\nT 1x2\n0,0 3 | 0,1 4\n", ""},
	{"a merge over an empty row does not", []string{rows(b("A1", "甲")+b("B1", "2"), "", b("B3", "4")) + merges("A1:A3")},
		"T 2x2\n0,0(2x1) 甲 | 0,1 2\n1,1 4\n", ""},
	{"of bordered empty rows at the end one stays", []string{rows(b("A1", "1")+b("B1", "2"), `<c r="A2" s="1"/><c r="B2" s="1"/>`, `<c r="A3" s="1"/>`)}, "T 2x2\n0,0 1 | 0,1 2\n1,0  | 1,1 \n", ""},
	{"text around bordered tables", []string{rows(s("A1", "某局年报"), s("A2", "一、总体情况"), s("A3", "平稳。"), s("A4", "二、情况"), b("A5", "第二十条第（一）项")+`<c r="B5" s="1"/>`, b("A6", "规章")+b("B6", "8"), s("A7", "三、情况"), b("A8", "一、本年新收")+`<c r="B8" s="1"/>`, b("A9", "二、结转")+b("B9", "0")) + merges("A5:B5")},
		"P 某局年报\nP 一、总体情况\nP 平稳。\nP 二、情况\nT 2x2\n0,0(1x2) 第二十条第（一）项\n1,0 规章 | 1,1 8\nP 三、情况\nT 2x2\n0,0 一、本年新收 | 0,1 \n1,0 二、结转 | 1,1 0\n", ""},
	{"text around tables without borders", []string{rows(s("A1", "某局年报"), s("A2", "一、总体情况"), s("A3", "平稳"), s("A4", "二、情况"), s("A5", "第二十条第（一）项"), s("A6", "规章")+n("B6", 0, "8"), s("A7", "三、情况"), s("A8", "新收")+n("B8", 0, "1")) + merges("A5:B5")},
		"P 某局年报\nP 一、总体情况\nP 平稳\nP 二、情况\nT 2x2\n0,0(1x2) 第二十条第（一）项\n1,0 规章 | 1,1 8\nP 三、情况\nT 1x2\n0,0 新收 | 0,1 1\n", ""},
	{"a title wider than its table", []string{rows(s("A1", "某局年报"), s("A2", "规章")+n("B2", 0, "8")) + merges("A1:D1")}, "P 某局年报\nT 1x2\n0,0 规章 | 0,1 8\n", ""},
	{"lines in a text cell", []string{rows(s("A1", "一、总体情况&#10;平稳。"))}, "P 一、总体情况\nP 平稳。\n", ""},
	{"hidden rows, columns and sheets", []string{`<cols><col min="2" max="2" hidden="1"/></cols><sheetData><row r="1">` + b("A1", "甲") + b("B1", "密") + b("C1", "乙") + `</row><row r="2" hidden="1">` + b("A2", "密") + `</row><row r="3">` + b("A3", "1") + b("C3", "2") + `</row></sheetData>`, "-" + rows(s("A1", "密"))},
		"T 2x2\n0,0 甲 | 0,1 乙\n1,0 1 | 1,1 2\n", "有隐藏的工作表（表2），没有读取|有 1 个有内容的隐藏行，没有读取|有 1 个有内容的隐藏列，没有读取"},
	{"a merge over hidden rows and columns shrinks", []string{`<cols><col min="1" max="1" hidden="1"/></cols><sheetData><row r="1" hidden="1"/><row r="2">` + b("A2", "密") + b("B2", "甲") + b("C2", "x") + b("D2", "乙") + `</row><row r="3">` + b("D3", "丙") + `</row></sheetData>` + merges("A1:C3")},
		"T 2x2\n0,0(2x1) 甲 | 0,1 乙\n1,1 丙\n", "有 1 个有内容的隐藏列"},
	{"formulas without a result", []string{rows(b("A1", "规章")+`<c r="B1" s="1"><f>1+1</f></c>`, b("A2", "a")+b("B2", "b"))}, "T 2x2\n0,0 规章 | 0,1 \n1,0 a | 1,1 b\n", "有 1 个单元格是公式"},
	{"sheets in order", []string{rows(s("A1", "甲")), rows(s("A1", "乙"))}, "P 甲\nP 乙\n", ""},
	{"blank texts", []string{rows(b("A1", " \u00a0\u200b ") + b("B1", "x") + b("C1", "y"))}, "T 1x2\n0,0 x | 0,1 y\n", ""},
	{"rare characters", []string{rows(b("A1", "𠮷䶮") + b("B1", "㑇"))}, "T 1x2\n0,0 𠮷䶮 | 0,1 㑇\n", ""},
}

func TestRead(t *testing.T) {
	t.Parallel()
	for _, c := range readCases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			doc, err := Read(book(t, c.sheets...), docio.Limits{})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, readtest.Lines(doc)); diff != "" {
				t.Errorf("blocks (-want +got):\n%s", diff)
			}
			if got := strings.Join(doc.Notices, "|"); !strings.HasPrefix(got, c.notice) || c.notice == "" && got != "" {
				t.Errorf("notices: got %q, want %q", got, c.notice)
			}
		})
	}
}

func TestReadPositions(t *testing.T) {
	t.Parallel()
	doc, err := Read(book(t, rows(s("A1", "甲")), rows(b("A1", "1")+b("B1", "2"))), docio.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	want := docio.Pos{Page: 2, Sheet: "表2"}
	if len(doc.Blocks) != 2 || doc.Blocks[0].Pos.Page != 1 || doc.Blocks[1].Pos != want || doc.Blocks[1].Grid.Cells[1].Pos != want {
		t.Errorf("got %+v", doc.Blocks)
	}
}

func TestReadFaults(t *testing.T) {
	t.Parallel()
	good := book(t, rows(b("A1", "甲")+b("B1", strings.Repeat("乙", 3000))))
	ole := func(stream string) []byte {
		d := append([]byte{0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1}, make([]byte, 504)...)
		for _, c := range stream {
			d = append(d, byte(c), 0)
		}
		return d
	}
	sparse := "" // pairs of cells far apart: each block is a wide grid
	for i := range 100 {
		sparse += fmt.Sprintf(`<row r="%d"><c r="A%d"><v>1</v></c><c r="XFD%d"><v>1</v></c></row>`, 2*i+1, 2*i+1, 2*i+1)
	}
	for _, c := range []struct {
		name string
		data []byte
		lim  docio.Limits
		kind fault.Kind
		code string
	}{
		{"empty", nil, docio.Limits{}, fault.Unreadable, "file.empty"},
		{"encrypted", ole("EncryptedPackage"), docio.Limits{}, fault.Unreadable, "file.encrypted"},
		{"old xls", ole("Workbook"), docio.Limits{}, fault.Unreadable, "file.wrong_kind"},
		{"binary workbook", readtest.Zip(t, map[string]string{"xl/workbook.bin": "x"}), docio.Limits{}, fault.Unreadable, "file.wrong_kind"},
		{"a document", readtest.Zip(t, map[string]string{"word/document.xml": "<x/>"}), docio.Limits{}, fault.Unreadable, "file.wrong_kind"},
		{"cut", good[:len(good)-30], docio.Limits{}, fault.Unreadable, "file.truncated"},
		{"cut XML", book(t, `<sheetData><row r="1"><c`), docio.Limits{}, fault.Unreadable, "file.truncated"},
		{"row out of the sheet", book(t, `<sheetData><row r="99999999"/></sheetData>`), docio.Limits{}, fault.Unreadable, "file.truncated"},
		{"nothing", book(t, rows("")), docio.Limits{}, fault.Unreadable, "xlsx.no_text"},
		{"all hidden", book(t, "-"+rows(s("A1", "密"))), docio.Limits{}, fault.Unreadable, "xlsx.no_text"},
		{"file too large", good, docio.Limits{Bytes: 100}, fault.TooLarge, "file.too_large"},
		{"unpacks too large", good, docio.Limits{Unpacked: 500}, fault.TooLarge, "file.too_large"},
		{"too much text", good, docio.Limits{Text: 100}, fault.TooLarge, "file.too_large"},
		{"too many cells", book(t, rows(strings.Repeat("<c><v>1</v></c>", 300))), docio.Limits{Cells: 50}, fault.TooLarge, "file.too_large"},
		{"one block too wide", book(t, rows(n("A1", 0, "1"), n("A2", 0, "1"), n("XFD3", 0, "1")+n("A3", 0, "1"))), docio.Limits{Cells: 20_000}, fault.TooLarge, "file.too_large"},
		{"many wide blocks", book(t, "<sheetData>"+sparse+"</sheetData>"), docio.Limits{}, fault.TooLarge, "file.too_large"},
		{"bomb", book(t, rows(s("A1", strings.Repeat("0", 5<<20)))), docio.Limits{}, fault.TooLarge, "file.zip_bomb"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			doc, err := Read(c.data, c.lim)
			if doc != nil || fault.CodeOf(err) != c.code || !errors.Is(err, c.kind) {
				t.Errorf("got %v, %v (%s), want %s", doc, err, fault.CodeOf(err), c.code)
			}
		})
	}
}
