package file

import (
	"archive/zip"
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/gongkai/gongkai/internal/docio"
	"github.com/gongkai/gongkai/internal/fault"
)

func zipped(t testing.TB, names ...string) string {
	t.Helper()
	var buf bytes.Buffer
	z := zip.NewWriter(&buf)
	for _, name := range names {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		_, err = w.Write([]byte("content"))
		if err != nil {
			t.Fatal(err)
		}
	}
	err := z.Close()
	if err != nil {
		t.Fatal(err)
	}
	return buf.String()
}

func ole(stream string) string {
	var sb strings.Builder
	sb.WriteString("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1" + strings.Repeat("\x00", 504))
	for _, c := range stream {
		sb.WriteString(string(c) + "\x00")
	}
	return sb.String()
}

func TestSniff(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, content string
		want          docio.Kind
	}{
		{"a.pdf", "%PDF-1.7\n", docio.PDF},
		{"a.txt", "\xEF\xBB\xBF\n%PDF-1.4", docio.PDF},
		{"a.zip", zipped(t, "[Content_Types].xml", "word/document.xml"), docio.DOCX},
		{"", zipped(t, "[Content_Types].xml", `xl\workbook.xml`), docio.XLSX},
		{"embedded.docx", zipped(t, "word/document.xml", "word/embeddings/b.xlsx"), docio.DOCX},
		{"cut.docx", zipped(t, "[Content_Types].xml", "word/document.xml")[:120], docio.DOCX},
		{"a.json", `  {"schema":"gongkai.report/v1"}`, docio.JSON},
		{"", "\xEF\xBB\xBF{\n \"schema\": 1}", docio.JSON},
		{"a.json", "[1]", docio.JSON},
		{"a.txt", "{见附件}", docio.PlainText},
		{"a.html", "<p>甲", docio.HTML},
		{"a.txt", "<!DOCTYPE html><html>", docio.HTML},
		{"a.doc", "<html xmlns:o='urn'><body>Word 另存的网页", docio.HTML},
		{"a.pdf", "\n<html>404", docio.HTML},
		{"", "<?xml version='1.0'?><html xmlns='x'>", docio.HTML},
		{"", "<div><p>甲</p><p>乙</p></div>", docio.HTML},
		{"utf16.html", "\xFF\xFE<\x00h\x00t\x00m\x00l\x00>\x00", docio.HTML},
		{"a.csv", "规章,0,1\n", docio.CSV},
		{"a.md", "甲\n乙", docio.Markdown},
		{"a.md", "# 题\n<table><tr><td>1</td></tr></table>", docio.Markdown},
		{"a.md.txt", "## 一、总体情况\n", docio.Markdown},
		{"", "a | b\n|---|---:|\n", docio.Markdown},
		{"a.txt", "|规章|0|\n", docio.PlainText},
		{"a.txt", "一、总体情况\n# 不是标题吗\n", docio.Markdown},
		{"a.txt", "#话题 甲\n1 < 2\n", docio.PlainText},
		{"gbk.txt", "\xd5\xfe\xb8\xae", docio.PlainText},
		{"", "BM 公司", docio.PlainText},
		{"", "MZ 县", docio.PlainText},
	} {
		got, err := Sniff(c.name, []byte(c.content))
		if err != nil || got != c.want {
			t.Errorf("%q %q: got %s, %v, want %s", c.name, c.content[:min(len(c.content), 40)], got, err, c.want)
		}
	}
}

func TestSniffRefuses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, content, code, says string }{
		{"a.docx", "", "file.empty", ""},
		{"a.txt", " \r\n\t", "file.empty", ""},
		{"a.docx", ole("EncryptedPackage"), "file.encrypted", "docx"},
		{"a.xlsx", ole("EncryptedPackage"), "file.encrypted", "xlsx"},
		{"a.doc", ole("WordDocument"), "file.wrong_kind", "另存为 .docx"},
		{"a.wps", ole("WordDocument"), "file.wrong_kind", "WPS"},
		{"a.xls", ole("Workbook"), "file.wrong_kind", "另存为 .xlsx"},
		{"a.ppt", ole("PowerPoint Document"), "file.wrong_kind", "演示文稿"},
		{"a.msg", ole("__properties_version1.0"), "file.wrong_kind", "邮件"},
		{"a.dat", ole(""), "file.wrong_kind", "旧版"},
		{"a.zip", zipped(t, "a.docx"), "file.wrong_kind", "解压"},
		{"a.ofd", zipped(t, "OFD.xml", "Doc_0/Document.xml"), "file.wrong_kind", "OFD"},
		{"a.odt", zipped(t, "mimetype", "content.xml"), "file.wrong_kind", "OpenDocument"},
		{"a.pptx", zipped(t, "ppt/presentation.xml"), "file.wrong_kind", "演示文稿"},
		{"a.zip", zipped(t, "x")[:40], "file.truncated", ""},
		{"a.docx", "\x89PNG\r\n\x1a\n", "file.wrong_kind", "图片"},
		{"a.pdf", "\xFF\xD8\xFF\xE0", "file.wrong_kind", "JPEG"},
		{"a.bmp", "BM\x36\x00\x00\x00\x00\x00\x00\x00", "file.wrong_kind", "BMP"},
		{"a.webp", "RIFF\x00\x00\x00\x00WEBP", "file.wrong_kind", "WebP"},
		{"a.rar", "Rar!\x1a\x07\x00", "file.wrong_kind", "rar"},
		{"a.7z", "7z\xBC\xAF\x27\x1C", "file.wrong_kind", "7z"},
		{"a.gz", "\x1F\x8B\x08", "file.wrong_kind", "gzip"},
		{"a.exe", "MZ\x90\x00", "file.wrong_kind", "程序"},
		{"a.so", "\x7FELF", "file.wrong_kind", "程序"},
		{"a.mp4", "\x00\x00\x00\x18ftypisom", "file.wrong_kind", "视频"},
		{"a.rtf", "{\\rtf1", "file.wrong_kind", "RTF"},
		{"a.doc", "MIME-Version: 1.0\n", "file.wrong_kind", "mht"},
		{"a.xml", "<?xml version='1.0'?><?mso-application progid='Word.Document'?>", "file.wrong_kind", "2003"},
		{"a.bin", "\x01\x00\x02\x00", "file.wrong_kind", "二进制"},
	} {
		kind, err := Sniff(c.name, []byte(c.content))
		if kind != "" || fault.CodeOf(err) != c.code || !errors.Is(err, fault.Unreadable) || !strings.Contains(fault.Message(err), c.says) {
			t.Errorf("%s: got %q, %v (%s), want %s with %q", c.name, kind, err, fault.CodeOf(err), c.code, c.says)
		}
	}
}
