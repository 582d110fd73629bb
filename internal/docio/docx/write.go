package docx

import (
	"archive/zip"
	"io"
	"time"

	"github.com/gongkai/gongkai/internal/docio"
)

// Lengths in twentieths of a point. The page is A4 with the margins of GB/T 9704: 37 mm above, 35 below, 28 left, 26 right.
const (
	pageWidth    = 11906
	pageHeight   = 16838
	marginTop    = 2098
	marginBottom = 1984
	marginLeft   = 1587
	marginRight  = 1474
	footerFoot   = 1304 // the page number stands 7 mm below the text
	textWidth    = pageWidth - marginLeft - marginRight
)

// Write prints p as an OOXML text document in the layout of GB/T 9704: title 小标宋 22 pt, headings 黑体 and 楷体 16 pt,
// text 仿宋 16 pt on lines of 28 pt, tables 宋体 10.5 pt with merged cells, repeated header rows and rows that are not
// torn, page numbers at the outer side. The same page always gives the same bytes.
// Errors: those of w.
func Write(w io.Writer, p *docio.Page) error {
	z := zip.NewWriter(w)
	parts := []struct {
		name string
		body string
	}{
		{"[Content_Types].xml", contentTypes},
		{"_rels/.rels", packageRels},
		{"docProps/core.xml", coreProperties(p)},
		{"docProps/app.xml", appProperties},
		{"word/document.xml", document(p)},
		{"word/_rels/document.xml.rels", documentRels},
		{"word/styles.xml", styles},
		{"word/settings.xml", settings},
		{"word/fontTable.xml", fontTable},
		{"word/footer1.xml", footer("right")},
		{"word/footer2.xml", footer("left")},
	}
	// Zip has no time before 1980; a fixed one keeps the output the same on every run.
	stamp := time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)
	for _, part := range parts {
		f, err := z.CreateHeader(&zip.FileHeader{Name: part.name, Method: zip.Deflate, Modified: stamp})
		if err != nil {
			return err
		}
		_, err = io.WriteString(f, part.body)
		if err != nil {
			return err
		}
	}
	return z.Close()
}
