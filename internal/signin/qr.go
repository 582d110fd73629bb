package signin

import (
	"fmt"
	"image/color"
	"strings"

	"github.com/boombuler/barcode/qr"
)

// quiet is the white margin around a QR code, in modules, that readers need (ISO/IEC 18004).
const quiet = 4

// QRCode is a QR code as a drawing: the path of an SVG whose viewBox is "0 0 Size Size". The page draws it in black on
// white, whatever the colours around it are. As a path it needs no image, no file and no script.
type QRCode struct {
	Size int    // width and height in modules, with the white margin
	Path string // d of a path element: one rectangle for each run of black modules in a row
}

// QR draws a text as a QR code that bears 15 % of damage. Errors: an internal one where the text is too long for any.
func QR(text string) (QRCode, error) {
	code, err := qr.Encode(text, qr.M, qr.Auto)
	if err != nil {
		return QRCode{}, fmt.Errorf("signin: QR code: %w", err)
	}
	side := code.Bounds().Dx()
	black := func(x, y int) bool { return x < side && code.At(x, y) == color.Black }
	var path strings.Builder
	for y := range side {
		for x := 0; x < side; x++ {
			run := 0
			for black(x+run, y) {
				run++
			}
			if run > 0 {
				fmt.Fprintf(&path, "M%d %dh%dv1h-%dz", x+quiet, y+quiet, run, run)
				x += run
			}
		}
	}
	return QRCode{Size: side + 2*quiet, Path: path.String()}, nil
}
