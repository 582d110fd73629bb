package docx

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gongkai/gongkai/internal/docio"
	"github.com/gongkai/gongkai/internal/fault"
	"github.com/gongkai/gongkai/internal/testkit/readtest"
)

const ns = `xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" ` +
	`xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" xmlns:v="urn:schemas-microsoft-com:vml" ` +
	`xmlns:o="urn:schemas-microsoft-com:office:office" xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"`

// pack writes a document by hand: the body, and other parts by name.
func pack(t testing.TB, body string, parts map[string]string) []byte {
	t.Helper()
	all := map[string]string{
		"[Content_Types].xml": `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>`,
		"word/document.xml":   `<?xml version="1.0"?><w:document ` + ns + `><w:body>` + body + `</w:body></w:document>`,
	}
	for name, content := range parts {
		all[name] = content
	}
	return readtest.Zip(t, all)
}

func p(text string) string  { return `<w:p><w:r><w:t>` + text + `</w:t></w:r></w:p>` }
func tc(text string) string { return `<w:tc><w:tcPr/>` + p(text) + `</w:tc>` }

const styles1 = `<w:styles ` + ns + `>
<w:docDefaults><w:rPrDefault><w:rPr/></w:rPrDefault></w:docDefaults>
<w:style w:type="paragraph" w:default="1" w:styleId="a"><w:name w:val="Normal"/></w:style>
<w:style w:type="paragraph" w:styleId="1"><w:name w:val="heading 1"/><w:basedOn w:val="a"/><w:pPr><w:outlineLvl w:val="0"/></w:pPr></w:style>
<w:style w:type="paragraph" w:styleId="2"><w:name w:val="标题 2"/><w:basedOn w:val="a"/></w:style>
<w:style w:type="paragraph" w:styleId="own"><w:name w:val="章"/><w:basedOn w:val="1"/><w:pPr><w:numPr><w:numId w:val="7"/></w:numPr></w:pPr></w:style>
<w:style w:type="character" w:styleId="ghost"><w:name w:val="ghost"/><w:rPr><w:vanish/></w:rPr></w:style>
</w:styles>`

const numbering1 = `<w:numbering ` + ns + `>
<w:abstractNum w:abstractNumId="3"><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="chineseCounting"/><w:suff w:val="nothing"/><w:lvlText w:val="%1、"/></w:lvl>
<w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="chineseCounting"/><w:lvlText w:val="（%2）"/></w:lvl>
<w:lvl w:ilvl="2"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:isLgl/><w:lvlText w:val="%1.%3"/></w:lvl></w:abstractNum>
<w:abstractNum w:abstractNumId="4"><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="bullet"/><w:lvlText w:val="&#xF0B7;"/></w:lvl></w:abstractNum>
<w:num w:numId="7"><w:abstractNumId w:val="3"/></w:num>
<w:num w:numId="8"><w:abstractNumId w:val="4"/></w:num>
<w:num w:numId="9"><w:abstractNumId w:val="3"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="5"/></w:lvlOverride></w:num>
</w:numbering>`

func numbered(num, level int, text string) string {
	return fmt.Sprintf(`<w:p><w:pPr><w:numPr><w:ilvl w:val="%d"/><w:numId w:val="%d"/></w:numPr></w:pPr><w:r><w:t>%s</w:t></w:r></w:p>`, level, num, text)
}

func styled(style, text string) string {
	return `<w:p><w:pPr><w:pStyle w:val="` + style + `"/></w:pPr><w:r><w:t>` + text + `</w:t></w:r></w:p>`
}

func TestRead(t *testing.T) {
	t.Parallel()
	for _, c := range readCases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			data := pack(t, c.body, map[string]string{"word/styles.xml": styles1, "word/numbering.xml": numbering1})
			doc, err := Read(data, docio.Limits{})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(strings.TrimLeft(c.want, "\n"), readtest.Lines(doc)); diff != "" {
				t.Errorf("blocks (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(c.notice, strings.Join(doc.Notices, "|")); !c.match(doc.Notices) {
				t.Errorf("notices (-want +got):\n%s", diff)
			}
		})
	}
}

type readCase struct{ name, body, want, notice string }

// match is true when there is one notice that begins as wanted, or none when none is wanted.
func (c readCase) match(got []string) bool {
	if c.notice == "" {
		return len(got) == 0
	}
	return len(got) == 1 && strings.HasPrefix(got[0], c.notice)
}

var readCases = []readCase{
	{"runs join without spaces", `<w:p><w:r><w:t>一、本年新</w:t></w:r><w:r><w:rPr><w:b/></w:rPr><w:t>收</w:t></w:r><w:r><w:t xml:space="preserve"> 26 </w:t></w:r><w:r><w:t>件&amp;&#x3002;</w:t></w:r></w:p>`,
		"P 一、本年新收 26 件&。\n", ""},
	{"breaks, tabs, symbols, hyphens", `<w:p><w:r><w:t>甲</w:t><w:br/><w:t>乙</w:t><w:tab/><w:t>丙</w:t><w:cr/><w:t>2021</w:t><w:noBreakHyphen/><w:t>2022</w:t><w:sym w:font="Wingdings" w:char="F0FE"/><w:softHyphen/></w:r></w:p>`,
		`P 甲\n乙` + "\t" + `丙\n2021-2022☑` + "\n", ""},
	{"empty and blank paragraphs are dropped", p("甲") + `<w:p/>` + p(" \u00a0\u3000\u200b") + p("乙"), "P 甲\nP 乙\n", ""},
	{"columns by tabs stay a raw line", `<w:p><w:r><w:t>规章</w:t><w:tab/><w:t>0</w:t><w:tab/><w:t>1</w:t></w:r></w:p>`, "V 规章\t0\t1\n", ""},
	{"headings by style, name, outline", styled("1", "甲") + styled("2", "乙") + `<w:p><w:pPr><w:outlineLvl w:val="2"/></w:pPr><w:r><w:t>丙</w:t></w:r></w:p>` +
		`<w:p><w:pPr><w:pStyle w:val="1"/><w:outlineLvl w:val="9"/></w:pPr><w:r><w:t>丁</w:t></w:r></w:p>`,
		"H1 甲\nH2 乙\nH3 丙\nP 丁\n", ""},
	{"automatic numbers", numbered(7, 0, "总体情况") + numbered(7, 1, "主动公开") + numbered(7, 1, "依申请公开") + numbered(7, 2, "数量") + styled("own", "主动公开政府信息情况") + numbered(7, 1, "又一") + numbered(8, 0, "点"),
		"P 一、总体情况\nP （一）主动公开\nP （二）依申请公开\nP 1.1 数量\nH1 二、主动公开政府信息情况\nP （一）又一\nP 点\n", ""},
	{"a list that starts elsewhere", numbered(9, 0, "存在问题") + numbered(9, 0, "其他"), "P 五、存在问题\nP 六、其他\n", ""},
	{"spans", `<w:tbl><w:tblPr/><w:tblGrid/>` +
		`<w:tr><w:tc><w:tcPr><w:gridSpan w:val="2"/><w:vMerge w:val="restart"/></w:tcPr>` + p("甲") + `</w:tc>` + tc("乙") + `</w:tr>` +
		`<w:tr><w:tc><w:tcPr><w:gridSpan w:val="2"/><w:vMerge/></w:tcPr><w:p/></w:tc>` + tc("丙") + `</w:tr>` +
		`<w:tr><w:trPr><w:gridBefore w:val="1"/></w:trPr>` + tc("1") + tc("") + `</w:tr></w:tbl>`,
		"T 3x3\n0,0(2x2) 甲 | 0,2 乙\n1,2 丙\n2,1 1 | 2,2 \n", ""},
	{"old horizontal merge", `<w:tbl><w:tr><w:tc><w:tcPr><w:hMerge w:val="restart"/></w:tcPr>` + p("甲") + `</w:tc><w:tc><w:tcPr><w:hMerge/></w:tcPr><w:p/></w:tc>` + tc("乙") + `</w:tr><w:tr>` + tc("1") + tc("2") + tc("3") + `</w:tr></w:tbl>`,
		"T 2x3\n0,0(1x2) 甲 | 0,2 乙\n1,0 1 | 1,1 2 | 1,2 3\n", ""},
	{"a merge that continues nothing", `<w:tbl><w:tr><w:tc><w:tcPr><w:vMerge/></w:tcPr>` + p("甲") + `</w:tc>` + tc("乙") + `</w:tr><w:tr><w:tc><w:tcPr><w:vMerge w:val="continue"/></w:tcPr><w:p/></w:tc>` + tc("丙") + `</w:tr></w:tbl>`,
		"T 2x2\n0,0(2x1) 甲 | 0,1 乙\n1,1 丙\n", ""},
	{"paragraphs and breaks in a cell", `<w:tbl><w:tr><w:tc>` + p("三") + p("本") + `</w:tc><w:tc><w:p><w:r><w:t>1</w:t><w:br/><w:t>3</w:t></w:r></w:p></w:tc></w:tr></w:tbl>`,
		`T 1x2` + "\n" + `0,0 三\n本 | 0,1 1\n3` + "\n", ""},
	{"borders that miss each other", `<w:tbl><w:tblGrid><w:gridCol w:w="1000"/><w:gridCol w:w="40"/><w:gridCol w:w="960"/><w:gridCol w:w="1000"/><w:gridCol w:w="30"/></w:tblGrid>` +
		`<w:tr>` + tc("自然人") + `<w:tc><w:tcPr><w:gridSpan w:val="2"/></w:tcPr>` + p("企业") + `</w:tc>` + tc("总计") + `</w:tr>` +
		`<w:tr><w:tc><w:tcPr><w:gridSpan w:val="2"/></w:tcPr>` + p("1") + `</w:tc>` + tc("2") + `<w:tc><w:tcPr><w:gridSpan w:val="2"/></w:tcPr>` + p("3") + `</w:tc></w:tr></w:tbl>`,
		"T 2x3\n0,0 自然人 | 0,1 企业 | 0,2 总计\n1,0 1 | 1,1 2 | 1,2 3\n", ""},
	{"widths that say nothing", `<w:tbl><w:tblGrid><w:gridCol w:w="0"/><w:gridCol/></w:tblGrid><w:tr>` + tc("1") + tc("2") + `</w:tr></w:tbl>`, "T 1x2\n0,0 1 | 0,1 2\n", ""},
	{"tables in a row", `<w:tbl><w:tr>` + tc("1") + tc("2") + `</w:tr></w:tbl><w:tbl><w:tr>` + tc("3") + tc("4") + `</w:tr></w:tbl>` + p("完"),
		"T 1x2\n0,0 1 | 0,1 2\nT 1x2\n0,0 3 | 0,1 4\nP 完\n", ""},
	{"a table inside a layout table", `<w:tbl><w:tr><w:tc>` + p("二、情况") + `<w:tbl><w:tr>` + tc("规章") + tc("8") + `</w:tr><w:tr>` + tc("许可") + tc("9") + `</w:tr></w:tbl><w:p/></w:tc></w:tr></w:tbl>`,
		"P 二、情况\nT 2x2\n0,0 规章 | 0,1 8\n1,0 许可 | 1,1 9\n", ""},
	{"a small table inside a data table", `<w:tbl><w:tr>` + tc("a") + tc("b") + tc("c") + `</w:tr><w:tr>` + tc("d") + tc("e") + `<w:tc><w:tbl><w:tr>` + tc("1") + tc("2") + `</w:tr></w:tbl><w:p/></w:tc></w:tr></w:tbl>`,
		"T 2x3\n0,0 a | 0,1 b | 0,2 c\n1,0 d | 1,1 e | 1,2 1\t2\n", ""},
	{"prose in table rows becomes paragraphs", `<w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan w:val="2"/></w:tcPr>` + p("一、总体情况") + `</w:tc></w:tr>` +
		`<w:tr><w:tc><w:tcPr><w:gridSpan w:val="2"/></w:tcPr>` + p("本年度认真贯彻落实条例，主动公开信息，办理申请，公开平台建设稳步推进，监督保障有力，群众满意度不断提高。") + `</w:tc></w:tr>` +
		`<w:tr>` + tc("规章") + tc("8") + `</w:tr></w:tbl>`,
		"P 一、总体情况\nP 本年度认真贯彻落实条例，主动公开信息，办理申请，公开平台建设稳步推进，监督保障有力，群众满意度不断提高。\nT 1x2\n0,0 规章 | 0,1 8\n", ""},
	{"text box, once", `<w:p><w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><w:txbxContent>` + p("框内") + `</w:txbxContent></w:drawing></mc:Choice>` +
		`<mc:Fallback><w:pict><v:textbox><w:txbxContent>` + p("框内") + `</w:txbxContent></v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r><w:r><w:t>框外</w:t></w:r></w:p>`,
		"P 框内\nP 框外\n", ""},
	{"table in a text box in a paragraph", `<w:p><w:r><w:t>前</w:t></w:r><w:r><w:pict><w:txbxContent><w:tbl><w:tr>` + tc("1") + tc("2") + `</w:tr></w:tbl><w:p/></w:txbxContent></w:pict></w:r><w:r><w:t>后</w:t></w:r></w:p>`,
		"T 1x2\n0,0 1 | 0,1 2\nP 前后\n", ""},
	{"changes are accepted", `<w:p><w:r><w:t>共</w:t></w:r><w:del><w:r><w:delText>12</w:delText></w:r></w:del><w:ins><w:r><w:t>13</w:t></w:r></w:ins><w:moveFrom><w:r><w:t>旧</w:t></w:r></w:moveFrom><w:moveTo><w:r><w:t>件</w:t></w:r></w:moveTo></w:p>`,
		"P 共13件\n", "文件里有修订痕迹"},
	{"a deleted paragraph mark joins", `<w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr><w:r><w:t>前</w:t></w:r></w:p>` + p("后") + p("完"), "P 前后\nP 完\n", "文件里有修订痕迹"},
	{"a deleted last mark in a cell", `<w:tbl><w:tr><w:tc><w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr><w:r><w:t>1</w:t></w:r></w:p></w:tc>` + tc("2") + `</w:tr></w:tbl>`,
		"T 1x2\n0,0 1 | 0,1 2\n", "文件里有修订痕迹"},
	{"a deleted row goes", `<w:tbl><w:tr>` + tc("1") + tc("2") + `</w:tr><w:tr><w:trPr><w:del/></w:trPr>` + tc("3") + tc("4") + `</w:tr><w:tr><w:trPr><w:ins/></w:trPr>` + tc("5") + tc("6") + `</w:tr></w:tbl>`,
		"T 2x2\n0,0 1 | 0,1 2\n1,0 5 | 1,1 6\n", "文件里有修订痕迹"},
	{"old properties do not count", `<w:p><w:r><w:rPr><w:rPrChange><w:rPr><w:vanish/></w:rPr></w:rPrChange></w:rPr><w:t>看得见</w:t></w:r></w:p>`, "P 看得见\n", ""},
	{"hidden text", `<w:p><w:r><w:t>甲</w:t></w:r><w:r><w:rPr><w:vanish/></w:rPr><w:t>密</w:t></w:r><w:r><w:rPr><w:vanish w:val="0"/></w:rPr><w:t>乙</w:t></w:r><w:r><w:rPr><w:rStyle w:val="ghost"/></w:rPr><w:t>隐</w:t></w:r></w:p>`,
		"P 甲乙\n", "文件里有 2 处隐藏文字"},
	{"struck-out text", `<w:p><w:r><w:rPr><w:strike/></w:rPr><w:t>12</w:t></w:r><w:r><w:t>13</w:t></w:r></w:p>`, "P 13\n", "文件里有 1 处带删除线"},
	{"hidden row", `<w:tbl><w:tr>` + tc("1") + tc("2") + `</w:tr><w:tr><w:trPr><w:hidden/></w:trPr>` + tc("3") + tc("4") + `</w:tr></w:tbl>`, "T 1x2\n0,0 1 | 0,1 2\n", "文件的表格里有 1 个隐藏行"},
	{"comments", `<w:p><w:commentRangeStart w:id="0"/><w:r><w:t>甲</w:t></w:r><w:r><w:commentReference w:id="0"/></w:r></w:p>`, "P 甲\n", "文件里有批注"},
	{"field results, not instructions", `<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> DATE \@ "yyyy" </w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>2024</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r><w:r><w:t>年</w:t></w:r></w:p>`, "P 2024年\n", ""},
	{"no table of contents", `<w:sdt><w:sdtPr><w:docPartObj><w:docPartGallery w:val="Table of Contents"/></w:docPartObj></w:sdtPr><w:sdtContent>` + p("一、总体情况 1") + `</w:sdtContent></w:sdt>` +
		`<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>TOC \o "1-3"</w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>一、总体情况 1</w:t></w:r></w:p><w:p><w:r><w:t>二、情况 2</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>` + p("一、总体情况"),
		"P 一、总体情况\n", ""},
	{"content controls", `<w:sdt><w:sdtPr><w:alias w:val="x"/></w:sdtPr><w:sdtContent>` + p("值") + `</w:sdtContent></w:sdt><w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent>` + p("单击此处输入文字") + `</w:sdtContent></w:sdt>`, "P 值\n", ""},
	{"ruby and formulas", `<w:p><w:r><w:ruby><w:rt><w:r><w:t>hàn</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>汉</w:t></w:r></w:rubyBase></w:ruby></w:r><m:oMath><m:r><m:t>12</m:t></m:r></m:oMath></w:p>`, "P 汉12\n", ""},
	{"embedded object", `<w:p><w:r><w:object><o:OLEObject ProgID="Excel.Sheet.12"/></w:object></w:r><w:r><w:t>甲</w:t></w:r></w:p>`, "P 甲\n", "文件里有 1 个嵌入对象"},
	{"pictures instead of tables", `<w:p><w:r><w:pict><v:shape><v:imagedata/></v:shape></w:pict></w:r><w:r><w:t>甲</w:t></w:r></w:p>`, "P 甲\n", "文件里没有表格，但有 1 张图片"},
	{"rare characters", p("𠮷䶮㑇"), "P 𠮷䶮㑇\n", ""},
}

func TestReadOtherPrefix(t *testing.T) {
	t.Parallel()
	body := `<document xmlns="http://purl.oclc.org/ooxml/wordprocessingml/main"><body><p><r><t>甲</t></r></p><tbl><tr><tc><p><r><t>1</t></r></p></tc><tc><p><r><t>2</t></r></p></tc></tr></tbl></body></document>`
	rels := `<Relationships xmlns="x"><Relationship Id="rId1" Type="http://purl.oclc.org/ooxml/officeDocument/relationships/officeDocument" Target="word/document2.xml"/></Relationships>`
	doc, err := Read(readtest.Zip(t, map[string]string{"word/document2.xml": body, "_rels/.rels": rels}), docio.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := readtest.Lines(doc), "P 甲\nT 1x2\n0,0 1 | 0,1 2\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestReadTitle(t *testing.T) {
	t.Parallel()
	core := `<cp:coreProperties xmlns:cp="c" xmlns:dc="d"><dc:title>某局2024年报告</dc:title></cp:coreProperties>`
	doc, err := Read(pack(t, p("甲"), map[string]string{"docProps/core.xml": core}), docio.Limits{})
	if err != nil || doc.Title != "某局2024年报告" {
		t.Errorf("title %q, error %v", doc.Title, err)
	}
}

func TestReadFaults(t *testing.T) {
	t.Parallel()
	good := pack(t, strings.Repeat(p("甲乙丙丁"), 300), nil)
	ole := func(stream string) []byte {
		b := append([]byte{0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1}, make([]byte, 504)...)
		for _, c := range stream {
			b = append(b, byte(c), 0)
		}
		return b
	}
	bomb := pack(t, p(strings.Repeat("0", 5<<20)), nil)
	for _, c := range []struct {
		name string
		data []byte
		lim  docio.Limits
		kind fault.Kind
		code string
	}{
		{"empty", nil, docio.Limits{}, fault.Unreadable, "file.empty"},
		{"encrypted", ole("EncryptedPackage"), docio.Limits{}, fault.Unreadable, "file.encrypted"},
		{"old doc", ole("WordDocument"), docio.Limits{}, fault.Unreadable, "file.wrong_kind"},
		{"no zip", []byte("hello, world"), docio.Limits{}, fault.Unreadable, "file.wrong_kind"},
		{"a workbook", readtest.Zip(t, map[string]string{"xl/workbook.xml": "<x/>"}), docio.Limits{}, fault.Unreadable, "file.wrong_kind"},
		{"cut", good[:len(good)-100], docio.Limits{}, fault.Unreadable, "file.truncated"},
		{"cut early", good[:200], docio.Limits{}, fault.Unreadable, "file.truncated"},
		{"cut XML", readtest.Zip(t, map[string]string{"word/document.xml": "<w:document " + ns + "><w:body><w:p>"}), docio.Limits{}, fault.Unreadable, "file.truncated"},
		{"document type", readtest.Zip(t, map[string]string{"word/document.xml": `<!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>`}), docio.Limits{}, fault.Unreadable, "file.truncated"},
		{"no text", pack(t, "<w:p/>", nil), docio.Limits{}, fault.Unreadable, "docx.no_text"},
		{"file too large", good, docio.Limits{Bytes: 100}, fault.TooLarge, "file.too_large"},
		{"unpacks too large", good, docio.Limits{Unpacked: 1000}, fault.TooLarge, "file.too_large"},
		{"too much text", good, docio.Limits{Text: 100}, fault.TooLarge, "file.too_large"},
		{"too many cells", pack(t, "<w:tbl>"+strings.Repeat("<w:tr>"+tc("1")+tc("2")+"</w:tr>", 60)+"</w:tbl>", nil), docio.Limits{Cells: 100}, fault.TooLarge, "file.too_large"},
		{"too wide", pack(t, "<w:tbl><w:tr>"+tc("1")+strings.Repeat(`<w:tc><w:tcPr><w:gridSpan w:val="1000"/></w:tcPr><w:p/></w:tc>`, 60)+"</w:tr></w:tbl>", nil), docio.Limits{Cells: 10_000}, fault.TooLarge, "file.too_large"},
		{"too many paragraphs", pack(t, strings.Repeat(p("x"), 60), nil), docio.Limits{Cells: 50}, fault.TooLarge, "file.too_large"},
		{"wide spans", pack(t, "<w:tbl>"+strings.Repeat(`<w:tr><w:tc><w:tcPr><w:gridSpan w:val="99999999"/></w:tcPr>`+p("1")+"</w:tc></w:tr>", 300)+"</w:tbl>", nil), docio.Limits{}, fault.TooLarge, "file.too_large"},
		{"nested without end", pack(t, strings.Repeat("<w:tbl><w:tr><w:tc>", 200)+strings.Repeat("</w:tc></w:tr></w:tbl>", 200), nil), docio.Limits{}, fault.TooLarge, "file.too_large"},
		{"bomb", bomb, docio.Limits{}, fault.TooLarge, "file.zip_bomb"},
		{"entry larger than it says", lying(t), docio.Limits{}, fault.Unreadable, "file.truncated"},
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

// lying returns a package whose directory says that the body is smaller than what it unpacks to.
func lying(t *testing.T) []byte {
	data := pack(t, p(strings.Repeat("0", 5000)), nil)
	at := bytes.LastIndex(data, []byte("PK\x01\x02"))
	for at >= 0 && !bytes.HasPrefix(data[at+46:], []byte("word/document.xml")) {
		at = bytes.LastIndex(data[:at], []byte("PK\x01\x02"))
	}
	if at < 0 {
		t.Fatal("no entry")
	}
	data[at+24], data[at+25] = 100, 0
	return data
}

func TestCount(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		format string
		n      int
		want   string
	}{
		{"decimal", 12, "12"}, {"chineseCounting", 1, "一"}, {"chineseCounting", 10, "十"}, {"chineseCounting", 11, "十一"},
		{"chineseCountingThousand", 20, "二十"}, {"chineseCountingThousand", 21, "二十一"}, {"chineseCountingThousand", 103, "一百〇三"},
		{"chineseCountingThousand", 110, "一百一十"}, {"chineseCountingThousand", 1005, "一千〇五"}, {"japaneseCounting", 6, "六"},
		{"chineseLegalSimplified", 3, "叁"}, {"ideographTraditional", 2, "乙"}, {"decimalEnclosedCircle", 3, "③"}, {"decimalZero", 3, "03"},
		{"decimalFullWidth", 12, "１２"}, {"upperLetter", 2, "B"}, {"lowerLetter", 27, "aa"}, {"upperRoman", 4, "IV"}, {"lowerRoman", 9, "ix"},
		{"decimalEnclosedCircle", 21, "21"}, {"hebrew1", 3, "3"}, {"none", 3, ""}, {"chineseCounting", 12345, "12345"},
	} {
		if got := count(c.format, c.n); got != c.want {
			t.Errorf("%s %d: got %q, want %q", c.format, c.n, got, c.want)
		}
	}
}
