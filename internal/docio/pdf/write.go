package pdf

import (
	"io"

	"github.com/gongkai/gongkai/internal/docio"
	"github.com/gongkai/gongkai/internal/docio/font"
	"github.com/gongkai/gongkai/internal/docio/press"
)

// Write prints p as PDF on A4 in the layout of GB/T 9704, with the fonts of this machine and, for what they lack, the
// embedded ones. Its text can be copied out in reading order, and its structure is tagged.
// Errors: font.missing_glyph, naming the characters that no font has and where they stand; those of w.
func Write(w io.Writer, p *docio.Page) error {
	fonts, err := font.Default()
	if err != nil {
		return err
	}
	return press.Print(w, p, fonts)
}
