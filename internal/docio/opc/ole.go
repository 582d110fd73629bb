package opc

import (
	"bytes"
	"unicode/utf16"

	"github.com/gongkai/gongkai/internal/docio"
)

var oleMagic = []byte{0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1}

// IsOLE reports whether data is a compound file of old office programs, which encrypted new files use as well.
func IsOLE(data []byte) bool { return bytes.HasPrefix(data, oleMagic) }

// OLEError says what a compound file is: an encrypted docx or xlsx, or a file of an old program.
func OLEError(data []byte, kind docio.Kind) error {
	has := func(stream string) bool { return bytes.Contains(data, utf16LE(stream)) }
	switch {
	case has("EncryptedPackage"), has("EncryptionInfo"), has("\x06DataSpaces"):
		return docio.ErrEncrypted(kind)
	case has("WordDocument"):
		return docio.ErrWrongKind("旧版 Word 或 WPS 文字文件（.doc、.wps），请用 Word 或 WPS 另存为 .docx 再试")
	case has("Workbook"), has("Book"):
		return docio.ErrWrongKind("旧版 Excel 或 WPS 表格文件（.xls、.et），请用 Excel 或 WPS 另存为 .xlsx 再试")
	case has("PowerPoint Document"):
		return docio.ErrWrongKind("旧版演示文稿（.ppt、.dps）")
	case has("__properties_version1.0"):
		return docio.ErrWrongKind("Outlook 邮件（.msg），请先把附件另存出来")
	}
	return docio.ErrWrongKind("旧版办公软件的文件，请另存为 .docx 或 .xlsx 再试")
}

func utf16LE(s string) []byte {
	var b []byte
	for _, u := range utf16.Encode([]rune(s)) {
		b = append(b, byte(u), byte(u>>8))
	}
	return b
}
