// Package file tells what kind a file is and reads it, whatever it is, within limits.
package file

import (
	"archive/zip"
	"bytes"
	"errors"
	"path"
	"strings"

	"github.com/gongkai/gongkai/internal/docio"
	"github.com/gongkai/gongkai/internal/docio/opc"
	"github.com/gongkai/gongkai/internal/docio/text"
)

// head is how much of a text is looked at to tell its kind.
const head = 64 << 10

// magic are the first bytes of kinds that cannot be read, with what to call them.
var magic = []struct{ prefix, name string }{
	{"\x89PNG", "图片（PNG）" + picture}, {"\xFF\xD8\xFF", "图片（JPEG）" + picture}, {"GIF8", "图片（GIF）" + picture},
	{"II*\x00", "图片（TIFF）" + picture}, {"MM\x00*", "图片（TIFF）" + picture},
	{"Rar!\x1a\x07", "压缩包（rar）" + unpack}, {"7z\xBC\xAF\x27\x1C", "压缩包（7z）" + unpack}, {"\x1F\x8B", "压缩包（gzip）" + unpack},
	{"BZh", "压缩包（bzip2）" + unpack}, {"\xFD7zXZ\x00", "压缩包（xz）" + unpack},
	{"\x7FELF", "程序文件"}, {"{\\rtf", "RTF 文件，请用 Word 或 WPS 另存为 .docx 再试"},
	{"SQLite format 3\x00", "数据库文件"}, {"ID3", "音频文件"}, {"\x00\x00\x01\x00", "图标文件"},
}

const (
	picture = "，没有可读的文字；请用原始电子文件"
	unpack  = "，请解压后再试"
)

// Sniff tells the kind of a file by its content, and by its name where the content leaves it open. name may be empty.
// Errors: file.empty; file.wrong_kind, which says what the file is; file.encrypted; file.too_large.
func Sniff(name string, data []byte) (docio.Kind, error) {
	ext := strings.ToLower(path.Ext(name))
	if len(bytes.TrimSpace(data[:min(len(data), head)])) == 0 && len(bytes.TrimSpace(data)) == 0 {
		return "", docio.ErrEmpty()
	}
	switch {
	case bytes.Contains(data[:min(len(data), 1024)], []byte("%PDF-")):
		return docio.PDF, nil
	case opc.IsOLE(data):
		kind := docio.DOCX
		if strings.HasPrefix(ext, ".xls") || ext == ".et" {
			kind = docio.XLSX
		}
		return "", opc.OLEError(data, kind)
	case bytes.HasPrefix(data, []byte("PK\x03\x04")), bytes.HasPrefix(data, []byte("PK\x05\x06")):
		return zipKind(data)
	}
	for _, m := range magic {
		if bytes.HasPrefix(data, []byte(m.prefix)) {
			return "", docio.ErrWrongKind(m.name)
		}
	}
	if seen := container(data); seen != "" {
		return "", docio.ErrWrongKind(seen)
	}
	return textKind(ext, data)
}

// container names the kinds whose marks stand further inside.
func container(data []byte) string {
	at := func(i int, s string) bool { return len(data) >= i+len(s) && string(data[i:i+len(s)]) == s }
	switch {
	case at(0, "RIFF") && at(8, "WEBP"):
		return "图片（WebP）" + picture
	case at(4, "ftypheic"), at(4, "ftypmif1"):
		return "图片（HEIC）" + picture
	case at(4, "ftyp"):
		return "视频文件"
	case at(257, "ustar"):
		return "压缩包（tar）" + unpack
	case at(0, "BM") && at(6, "\x00\x00\x00\x00"):
		return "图片（BMP）" + picture
	case at(0, "MZ") && bytes.IndexByte(data[:min(len(data), 512)], 0) >= 0:
		return "程序文件"
	}
	return ""
}

// zipKind looks at the names of the entries.
func zipKind(data []byte) (docio.Kind, error) {
	if bytes.Count(data, []byte("PK\x01\x02")) > opc.MaxEntries {
		return "", docio.ErrTooLarge("压缩包里的文件过多")
	}
	names := map[string]bool{}
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		// The directory stands at the end, so a truncated file has none: tell the kind by the names inside.
		for _, part := range []string{"word/", "xl/", "ppt/", "OFD.xml"} {
			names[part] = bytes.Contains(data, []byte(part))
		}
	} else {
		for _, f := range z.File {
			name := strings.ReplaceAll(f.Name, `\`, "/")
			dir, _, inner := strings.Cut(name, "/")
			if inner {
				names[strings.ToLower(dir)+"/"] = true
			}
			names[name] = true
		}
	}
	switch {
	case names["word/"]:
		return docio.DOCX, nil
	case names["xl/"]:
		return docio.XLSX, nil
	case names["OFD.xml"]:
		return "", docio.ErrWrongKind("OFD 版式文件，请用阅读软件转为 PDF，或用原始的 Word 文件")
	case names["ppt/"]:
		return "", docio.ErrWrongKind("演示文稿（.pptx）")
	case names["content.xml"] && names["mimetype"]:
		return "", docio.ErrWrongKind("OpenDocument 文件（.odt、.ods），请另存为 .docx 或 .xlsx 再试")
	case err != nil:
		return "", docio.ErrTruncated("zip", err)
	}
	return "", docio.ErrWrongKind("压缩包（zip）" + unpack)
}

// textKind tells apart what is written in characters.
// lower folds the ASCII letters only: marks of files are ASCII, and the rest of a text is left alone.
func lower(b []byte) []byte {
	out := make([]byte, len(b))
	for i, c := range b {
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		out[i] = c
	}
	return out
}

func textKind(ext string, data []byte) (docio.Kind, error) {
	part := data[:min(len(data), head)]
	if len(part) > 1 && (part[0] == 0xFF && part[1] == 0xFE || part[0] == 0xFE && part[1] == 0xFF) {
		s, err := text.Decode(part)
		if err != nil {
			return "", err
		}
		part = []byte(s)
	} else if bytes.IndexByte(part, 0) >= 0 {
		return "", docio.ErrWrongKind("无法识别的二进制文件")
	}
	part = bytes.TrimLeft(bytes.TrimPrefix(part, []byte("\xEF\xBB\xBF")), " \t\r\n\u3000")
	low := lower(part)
	switch {
	case bytes.HasPrefix(part, []byte("{")) && (ext == ".json" || jsonObject(part)), ext == ".json" && bytes.HasPrefix(part, []byte("[")):
		return docio.JSON, nil
	case bytes.Contains(low[:min(len(low), 1024)], []byte("<?mso-application")):
		return "", docio.ErrWrongKind("Office 2003 的 XML 文件，请另存为 .docx 或 .xlsx 再试")
	case bytes.HasPrefix(low, []byte("mime-version:")):
		return "", docio.ErrWrongKind("网页归档（.mht），请在浏览器中另存为网页再试")
	case page(ext, low):
		return docio.HTML, nil
	case ext == ".csv":
		return docio.CSV, nil
	case ext == ".md" || ext == ".markdown" || markdown(part):
		return docio.Markdown, nil
	}
	return docio.PlainText, nil
}

// jsonObject is true when a text that begins with a brace goes on with a quoted name.
func jsonObject(part []byte) bool {
	rest := bytes.TrimLeft(part[1:], " \t\r\n")
	return bytes.HasPrefix(rest, []byte{'"'}) || bytes.HasPrefix(rest, []byte{'}'})
}

// page is true for HTML: a whole page, or a piece of one. Markdown and text may hold tags as well; they are pages only
// when they begin like one, or, without a name that says so, when tags make up the text.
func page(ext string, low []byte) bool {
	if bytes.HasPrefix(low, []byte("<")) {
		top := low[:min(len(low), 4096)]
		for _, tag := range []string{"<!doctype html", "<html", "<head", "<body"} {
			if bytes.Contains(top, []byte(tag)) {
				return true
			}
		}
	}
	switch ext {
	case ".htm", ".html", ".xhtml", ".shtml":
		return bytes.IndexByte(low, '<') >= 0
	case ".md", ".markdown", ".csv":
		return false
	}
	if bytes.Contains(low, []byte("<html")) && bytes.Contains(low, []byte("<body")) {
		return true
	}
	n := 0
	for _, tag := range []string{"<p>", "<p ", "<div", "<span", "<td", "<tr", "<br", "<h1", "<h2", "<li"} {
		n += bytes.Count(low, []byte(tag))
	}
	return bytes.HasPrefix(low, []byte("<")) && n >= 3
}

// markdown is true for a text with headings marked by # or with a table that has a line of dashes.
func markdown(part []byte) bool {
	for line := range bytes.SplitSeq(part, []byte("\n")) {
		line = bytes.TrimSpace(line)
		if rest := bytes.TrimLeft(line, "#"); len(rest) < len(line) && len(line)-len(rest) <= 6 && bytes.HasPrefix(rest, []byte(" ")) {
			return true
		}
		if bytes.HasPrefix(line, []byte("|")) && bytes.Contains(line, []byte("--")) && len(bytes.Trim(line, "|-: ")) == 0 {
			return true
		}
	}
	return false
}
