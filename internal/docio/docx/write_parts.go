package docx

import (
	"encoding/xml"
	"strings"

	"github.com/gongkai/gongkai/internal/docio"
)

const (
	xmlHead = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"
	wordNS  = ` xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"`
	ooxml   = "application/vnd.openxmlformats-officedocument.wordprocessingml."
	relType = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
)

const contentTypes = xmlHead + `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">` +
	`<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
	`<Default Extension="xml" ContentType="application/xml"/>` +
	`<Override PartName="/word/document.xml" ContentType="` + ooxml + `document.main+xml"/>` +
	`<Override PartName="/word/styles.xml" ContentType="` + ooxml + `styles+xml"/>` +
	`<Override PartName="/word/settings.xml" ContentType="` + ooxml + `settings+xml"/>` +
	`<Override PartName="/word/fontTable.xml" ContentType="` + ooxml + `fontTable+xml"/>` +
	`<Override PartName="/word/footer1.xml" ContentType="` + ooxml + `footer+xml"/>` +
	`<Override PartName="/word/footer2.xml" ContentType="` + ooxml + `footer+xml"/>` +
	`<Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/>` +
	`<Override PartName="/docProps/app.xml" ContentType="application/vnd.openxmlformats-officedocument.extended-properties+xml"/>` +
	`</Types>`

const packageRels = xmlHead + `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` +
	`<Relationship Id="rId1" Type="` + relType + `officeDocument" Target="word/document.xml"/>` +
	`<Relationship Id="rId2" Type="http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties" Target="docProps/core.xml"/>` +
	`<Relationship Id="rId3" Type="` + relType + `extended-properties" Target="docProps/app.xml"/>` +
	`</Relationships>`

const documentRels = xmlHead + `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` +
	`<Relationship Id="rId1" Type="` + relType + `styles" Target="styles.xml"/>` +
	`<Relationship Id="rId2" Type="` + relType + `settings" Target="settings.xml"/>` +
	`<Relationship Id="rId3" Type="` + relType + `fontTable" Target="fontTable.xml"/>` +
	`<Relationship Id="rId4" Type="` + relType + `footer" Target="footer1.xml"/>` +
	`<Relationship Id="rId5" Type="` + relType + `footer" Target="footer2.xml"/>` +
	`</Relationships>`

const appProperties = xmlHead + `<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"><Application>gongkai</Application></Properties>`

// settings turn on different footers for odd and even pages, and compatibility with current versions of Word, without
// which it opens the file in a restricted mode.
const settings = xmlHead + `<w:settings` + wordNS + `><w:zoom w:percent="100"/><w:evenAndOddHeaders/>` +
	`<w:characterSpacingControl w:val="compressPunctuation"/>` +
	`<w:compat><w:spaceForUL/><w:balanceSingleByteDoubleByteWidth/><w:useFELayout/>` +
	`<w:compatSetting w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat>` +
	`<w:themeFontLang w:val="en-US" w:eastAsia="zh-CN"/></w:settings>`

// fontTable names for each official font the one to take where it is not installed.
const fontTable = xmlHead + `<w:fonts` + wordNS + `>` +
	`<w:font w:name="方正小标宋简体"><w:altName w:val="宋体"/><w:charset w:val="86"/><w:family w:val="roman"/></w:font>` +
	`<w:font w:name="仿宋_GB2312"><w:altName w:val="仿宋"/><w:charset w:val="86"/><w:family w:val="modern"/></w:font>` +
	`<w:font w:name="楷体_GB2312"><w:altName w:val="楷体"/><w:charset w:val="86"/><w:family w:val="modern"/></w:font>` +
	`<w:font w:name="黑体"><w:altName w:val="SimHei"/><w:charset w:val="86"/><w:family w:val="modern"/></w:font>` +
	`<w:font w:name="宋体"><w:altName w:val="SimSun"/><w:charset w:val="86"/><w:family w:val="auto"/></w:font>` +
	`<w:font w:name="Times New Roman"><w:charset w:val="00"/><w:family w:val="roman"/></w:font>` +
	`</w:fonts>`

// styles are the paragraph styles of the page model, and that of table cells.
var styles = xmlHead + `<w:styles` + wordNS + `><w:docDefaults><w:rPrDefault><w:rPr>` + fonts("仿宋_GB2312") +
	`<w:kern w:val="2"/><w:sz w:val="32"/><w:szCs w:val="32"/><w:lang w:val="en-US" w:eastAsia="zh-CN" w:bidi="ar-SA"/></w:rPr></w:rPrDefault><w:pPrDefault/></w:docDefaults>` +
	style("Normal", "Normal", `<w:widowControl/><w:spacing w:line="560" w:lineRule="exact"/><w:jc w:val="both"/>`, "", 32) +
	style("Title", "Title", `<w:keepNext/><w:spacing w:after="280" w:line="700" w:lineRule="exact"/><w:jc w:val="center"/><w:outlineLvl w:val="0"/>`, "方正小标宋简体", 44) +
	style("Heading1", "heading 1", `<w:keepNext/><w:ind w:firstLineChars="200" w:firstLine="640"/><w:outlineLvl w:val="0"/>`, "黑体", 32) +
	style("Heading2", "heading 2", `<w:keepNext/><w:ind w:firstLineChars="200" w:firstLine="640"/><w:outlineLvl w:val="1"/>`, "楷体_GB2312", 32) +
	style("BodyText", "Body Text", `<w:ind w:firstLineChars="200" w:firstLine="640"/>`, "", 32) +
	style("Note", "Note", `<w:spacing w:line="400" w:lineRule="exact"/>`, "", 24) +
	style("TableCell", "Table Cell", `<w:widowControl w:val="0"/><w:snapToGrid w:val="0"/><w:spacing w:line="270" w:lineRule="exact"/><w:jc w:val="center"/>`, "宋体", 21) +
	style("Footer", "footer", `<w:spacing w:line="240" w:lineRule="auto"/>`, "宋体", 28) +
	`</w:styles>`

func style(id, name, ppr, font string, halfPoints int) string {
	based, custom := `<w:basedOn w:val="Normal"/>`, ""
	switch id {
	case "Normal":
		based, custom = "", ` w:default="1"`
	case "Note", "TableCell":
		custom = ` w:customStyle="1"`
	}
	rpr := ""
	if font != "" {
		rpr = fonts(font)
	}
	return `<w:style w:type="paragraph"` + custom + ` w:styleId="` + id + `"><w:name w:val="` + name + `"/>` + based +
		`<w:qFormat/><w:pPr>` + ppr + `</w:pPr><w:rPr>` + rpr + size(halfPoints) + `</w:rPr></w:style>`
}

func fonts(eastAsia string) string {
	return `<w:rFonts w:ascii="Times New Roman" w:eastAsia="` + eastAsia + `" w:hAnsi="Times New Roman" w:cs="Times New Roman"/>`
}

func coreProperties(p *docio.Page) string {
	s := xmlHead + `<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"` +
		` xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>` + escape(p.Title) + `</dc:title>`
	if p.Author != "" {
		s += `<dc:creator>` + escape(p.Author) + `</dc:creator>`
	}
	return s + `<dc:language>zh-CN</dc:language></cp:coreProperties>`
}

// footer is the page number of GB/T 9704, — 1 —, one character in from the given side.
func footer(side string) string {
	field := func(kind string) string { return `<w:r><w:fldChar w:fldCharType="` + kind + `"/></w:r>` }
	return xmlHead + `<w:ftr` + wordNS + `><w:p><w:pPr><w:pStyle w:val="Footer"/><w:ind w:leftChars="100" w:left="280" w:rightChars="100" w:right="280"/><w:jc w:val="` + side + `"/></w:pPr>` +
		`<w:r><w:t xml:space="preserve">— </w:t></w:r>` + field("begin") +
		`<w:r><w:instrText xml:space="preserve"> PAGE </w:instrText></w:r>` + field("separate") +
		`<w:r><w:t>1</w:t></w:r>` + field("end") + `<w:r><w:t xml:space="preserve"> —</w:t></w:r></w:p></w:ftr>`
}

// escape makes s safe inside an element; characters that XML cannot hold become U+FFFD.
func escape(s string) string {
	var b strings.Builder
	// EscapeText fails only when its writer does, and a Builder never does.
	_ = xml.EscapeText(&b, []byte(s))
	return b.String()
}
