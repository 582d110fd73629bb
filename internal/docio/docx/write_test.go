package docx

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/gongkai/gongkai/internal/docio"
	"github.com/gongkai/gongkai/internal/testkit/printed"
)

func written(t interface{ Fatal(...any) }, p *docio.Page) []byte {
	var b bytes.Buffer
	err := Write(&b, p)
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// parts unpacks a file.
func parts(t *testing.T, file []byte) map[string]string {
	z, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		out[f.Name] = string(b)
	}
	return out
}

// order is the sequence of child elements that the schema of ISO/IEC 29500-1 demands, of the elements written here.
var order = map[string][]string{
	"document":    {"body"},
	"tbl":         {"tblPr", "tblGrid", "tr"},
	"tblPr":       {"tblStyle", "tblpPr", "tblOverlap", "bidiVisual", "tblStyleRowBandSize", "tblStyleColBandSize", "tblW", "jc", "tblCellSpacing", "tblInd", "tblBorders", "shd", "tblLayout", "tblCellMar", "tblLook", "tblCaption", "tblDescription"},
	"tblBorders":  {"top", "left", "bottom", "right", "insideH", "insideV"},
	"tblCellMar":  {"top", "left", "bottom", "right"},
	"tr":          {"tblPrEx", "trPr", "tc"},
	"tc":          {"tcPr", "p"},
	"tcPr":        {"cnfStyle", "tcW", "gridSpan", "hMerge", "vMerge", "tcBorders", "shd", "noWrap", "tcMar", "textDirection", "tcFitText", "vAlign", "hideMark"},
	"p":           {"pPr", "r"},
	"pPr":         {"pStyle", "keepNext", "keepLines", "pageBreakBefore", "framePr", "widowControl", "numPr", "suppressLineNumbers", "pBdr", "shd", "tabs", "suppressAutoHyphens", "kinsoku", "wordWrap", "overflowPunct", "topLinePunct", "autoSpaceDE", "autoSpaceDN", "bidi", "adjustRightInd", "snapToGrid", "spacing", "ind", "contextualSpacing", "mirrorIndents", "suppressOverlap", "jc", "textDirection", "textAlignment", "textboxTightWrap", "outlineLvl", "divId", "cnfStyle", "rPr", "sectPr"},
	"rPr":         {"rStyle", "rFonts", "b", "bCs", "i", "iCs", "caps", "strike", "color", "spacing", "w", "kern", "position", "sz", "szCs", "highlight", "u", "lang"},
	"sectPr":      {"headerReference", "footerReference", "footnotePr", "type", "pgSz", "pgMar", "pgNumType", "cols", "docGrid"},
	"styles":      {"docDefaults", "latentStyles", "style"},
	"docDefaults": {"rPrDefault", "pPrDefault"},
	"style":       {"name", "aliases", "basedOn", "next", "link", "uiPriority", "qFormat", "pPr", "rPr", "tblPr"},
	"font":        {"altName", "panose1", "charset", "family", "notTrueType", "pitch", "sig"},
	"settings":    {"writeProtection", "view", "zoom", "mirrorMargins", "evenAndOddHeaders", "characterSpacingControl", "compat", "themeFontLang"},
	"compat":      {"spaceForUL", "balanceSingleByteDoubleByteWidth", "useFELayout", "compatSetting"},
}

// TestElementOrder holds the written parts to the schema's order: Word calls a file damaged that breaks it.
func TestElementOrder(t *testing.T) {
	for name, part := range parts(t, written(t, printed.Report())) {
		d := xml.NewDecoder(strings.NewReader(part))
		type open struct {
			name string
			at   int
		}
		var stack []open
		for {
			tok, err := d.Token()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			switch tok := tok.(type) {
			case xml.StartElement:
				if n := len(stack); n > 0 {
					parent := &stack[n-1]
					if want, ok := order[parent.name]; ok {
						at := slices.Index(want, tok.Name.Local)
						if at < 0 {
							t.Fatalf("%s: %s in %s is not in the list", name, tok.Name.Local, parent.name)
						}
						if at < parent.at {
							t.Fatalf("%s: %s comes too late in %s", name, tok.Name.Local, parent.name)
						}
						parent.at = at
					}
				}
				stack = append(stack, open{name: tok.Name.Local})
			case xml.EndElement:
				stack = stack[:len(stack)-1]
			}
		}
	}
}

func TestWriteReport(t *testing.T) {
	files := parts(t, written(t, printed.Report()))
	for _, tt := range []struct {
		part, what string
		n          int
	}{
		{"word/document.xml", `<w:pgSz w:w="11906" w:h="16838"/>`, 1},
		{"word/document.xml", `<w:pgMar w:top="2098" w:right="1474" w:bottom="1984" w:left="1587"`, 1},
		{"word/document.xml", `<w:tbl>`, 3},
		{"word/document.xml", `<w:tr>`, 14 + 28 + 4},
		{"word/document.xml", `<w:cantSplit/>`, 14 + 28 + 4},
		{"word/document.xml", `<w:tblHeader/>`, 6},
		{"word/document.xml", `<w:vMerge w:val="restart"/>`, 3 + 5 + 5},
		{"word/document.xml", `<w:gridSpan w:val="7"/>`, 1},
		{"word/document.xml", "𠮷", 1},
		{"word/styles.xml", `w:eastAsia="方正小标宋简体"`, 1},
		{"word/styles.xml", `w:eastAsia="zh-CN"`, 1},
		{"word/styles.xml", `w:line="560" w:lineRule="exact"`, 1},
		{"word/fontTable.xml", `<w:font w:name="仿宋_GB2312"><w:altName w:val="仿宋"/>`, 1},
		{"word/footer1.xml", ` PAGE `, 1},
		{"docProps/core.xml", `<dc:creator>牡丹示范县数据局</dc:creator>`, 1},
	} {
		if got := strings.Count(files[tt.part], tt.what); got != tt.n {
			t.Errorf("%s: %s: got %d times, want %d", tt.part, tt.what, got, tt.n)
		}
	}
}

// TestWidthsAddUp checks that every row of every table has all its columns: Word draws a row with fewer ones awry.
func TestWidthsAddUp(t *testing.T) {
	var doc struct {
		Tables []struct {
			Grid []struct {
				W int `xml:"w,attr"`
			} `xml:"tblGrid>gridCol"`
			Rows []struct {
				Cells []struct {
					W struct {
						V int `xml:"w,attr"`
					} `xml:"tcPr>tcW"`
				} `xml:"tc"`
			} `xml:"tr"`
		} `xml:"body>tbl"`
	}
	err := xml.Unmarshal([]byte(parts(t, written(t, printed.Report()))["word/document.xml"]), &doc)
	if err != nil {
		t.Fatal(err)
	}
	if len(doc.Tables) != 3 {
		t.Fatalf("got %d tables", len(doc.Tables))
	}
	for i, tbl := range doc.Tables {
		sum := 0
		for _, c := range tbl.Grid {
			sum += c.W
		}
		if sum != textWidth {
			t.Errorf("table %d: columns are %d wide together, want %d", i, sum, textWidth)
		}
		for r, row := range tbl.Rows {
			sum := 0
			for _, c := range row.Cells {
				sum += c.W.V
			}
			if sum != textWidth {
				t.Errorf("table %d row %d: cells are %d wide together, want %d", i, r, sum, textWidth)
			}
		}
	}
}

func TestLongNumbersAreSetSmaller(t *testing.T) {
	for _, tt := range []struct {
		text        string
		width, want int
	}{
		{"0", 600, 21}, {"属于国家秘密", 300, 21}, {"11398889", 600, 15}, {"1234567890123456789", 600, 13},
	} {
		if got := fit(tt.text, tt.width); got != tt.want {
			t.Errorf("%s in %d: got %d, want %d", tt.text, tt.width, got, tt.want)
		}
	}
}

func TestWriteIsTheSameEveryTime(t *testing.T) {
	if !bytes.Equal(written(t, printed.Report()), written(t, printed.Report())) {
		t.Error("two runs differ")
	}
}

func TestWriteReadsBack(t *testing.T) {
	doc, err := Read(written(t, printed.Report()), docio.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	if d := printed.Diff(doc, printed.Report()); d != "" {
		t.Error(d)
	}
	rapid.Check(t, func(t *rapid.T) {
		p := printed.Page().Draw(t, "page")
		doc, err := Read(written(t, p), docio.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		if d := printed.Diff(doc, p); d != "" {
			t.Fatal(d)
		}
	})
}

var errFull = errors.New("disk is full")

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errFull }

func TestWriteReportsErrors(t *testing.T) {
	if err := Write(full{}, printed.Report()); !errors.Is(err, errFull) {
		t.Errorf("got %v", err)
	}
}

func BenchmarkWrite(b *testing.B) {
	p := printed.Report()
	for b.Loop() {
		err := Write(io.Discard, p)
		if err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/1000/float64(b.N), "ms/report")
}
