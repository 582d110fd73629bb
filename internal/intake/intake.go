// Package intake turns the bytes of a file into an annual report, and a report into the bytes of a file: the one way that
// the command line, the pages and the worker share.
package intake

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/gongkai/gongkai/internal/docio"
	"github.com/gongkai/gongkai/internal/docio/docx"
	"github.com/gongkai/gongkai/internal/docio/file"
	"github.com/gongkai/gongkai/internal/docio/html"
	"github.com/gongkai/gongkai/internal/docio/pdf"
	"github.com/gongkai/gongkai/internal/docio/text"
	"github.com/gongkai/gongkai/internal/docio/xlsx"
	"github.com/gongkai/gongkai/internal/fault"
	"github.com/gongkai/gongkai/internal/report"
	"github.com/gongkai/gongkai/internal/report/form"
)

// Read reads an annual report from a file of any kind. name is the file's name; it helps to tell the kind and is kept in the
// report.
// Errors: those of package docio/file; report.not_found when the file is no annual report; report.json… for JSON.
func Read(ctx context.Context, name string, data []byte, lim docio.Limits) (*report.Report, error) {
	lim = lim.WithDefaults()
	if int64(len(data)) > lim.Bytes {
		return nil, docio.ErrTooLarge(fmt.Sprintf("文件超过 %d 字节", lim.Bytes))
	}
	kind, err := file.Sniff(name, data)
	if err != nil {
		return nil, err
	}
	if kind == docio.JSON {
		rep := &report.Report{}
		err = json.Unmarshal(data, rep)
		if err != nil {
			return nil, jsonError(err)
		}
		rep.File = name
		return rep, nil
	}
	doc, err := file.ReadAs(ctx, kind, data, lim)
	if err != nil {
		return nil, err
	}
	rep, err := form.Recognise(doc)
	if err != nil {
		return nil, err
	}
	rep.File = name
	return rep, nil
}

// jsonError gives a syntax error, which the JSON package finds before the report sees the text, the form of the others.
func jsonError(err error) error {
	if fault.CodeOf(err) != "internal" {
		return err
	}
	return report.SyntaxFault(err)
}

// ReadFile reads the report in a file on disk. A file larger than the limit is refused before it is read.
func ReadFile(ctx context.Context, path string, lim docio.Limits) (*report.Report, error) {
	lim = lim.WithDefaults()
	// A named pipe without a writer would hold up os.Open for ever: opened this way it reads as an empty file, and one that
	// gives nothing for too long is given up.
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, fault.Wrap(fault.Unreadable, "file.open", "打不开文件："+reason(err)+"；请检查路径和权限", err)
	}
	defer f.Close() // opened for reading only
	st, err := f.Stat()
	if err != nil {
		return nil, fault.Wrap(fault.Unreadable, "file.open", "打不开文件："+reason(err), err)
	}
	if st.IsDir() {
		return nil, fault.New(fault.Usage, "file.is_folder", "这是文件夹，不是文件")
	}
	if st.Mode()&os.ModeNamedPipe != 0 {
		if err := f.SetReadDeadline(time.Now().Add(lim.Time)); err != nil {
			return nil, fault.Wrap(fault.Unreadable, "file.read", "这是管道，不能读取；请先存成文件", err)
		}
	}
	data, err := io.ReadAll(io.LimitReader(f, lim.Bytes+1))
	if err != nil {
		return nil, fault.Wrap(fault.Unreadable, "file.read", "文件读到一半出错："+reason(err), err)
	}
	rep, err := Read(ctx, filepath.Base(path), data, lim)
	if rep != nil {
		rep.File = filepath.Base(path)
	}
	return rep, err
}

// reason is the cause of a failed operation on a file, without its path.
func reason(err error) string {
	switch {
	case os.IsNotExist(err):
		return "文件不存在"
	case os.IsPermission(err):
		return "没有读取权限"
	case errors.Is(err, os.ErrDeadlineExceeded):
		return "等待内容超时"
	case errors.Is(err, syscall.ELOOP):
		return "链接指回了自己"
	}
	return err.Error()
}

// Kinds are the kinds of file that a report can be written as, in the order in which they are offered.
func Kinds() []docio.Kind {
	return []docio.Kind{docio.DOCX, docio.XLSX, docio.PDF, docio.HTML, docio.Markdown, docio.JSON, docio.CSV}
}

// KindOf returns the kind that a file name asks for by its extension.
// Errors: write.kind for an extension that is none of Kinds.
func KindOf(name string) (docio.Kind, error) {
	ext := strings.ToLower(strings.TrimPrefix(filepath.Ext(name), "."))
	if ext == "htm" {
		ext = "html"
	}
	for _, k := range Kinds() {
		if ext == string(k) {
			return k, nil
		}
	}
	return "", fault.New(fault.Usage, "write.kind", fmt.Sprintf("不能生成“%s”文件；可生成 .docx .xlsx .pdf .html .md .json .csv", filepath.Base(name)))
}

// Write writes the report in the statutory layout.
// Errors: write.kind; font.missing_glyph when no font at hand has a character (PDF).
func Write(w io.Writer, kind docio.Kind, rep *report.Report) error {
	if kind == docio.JSON {
		b, err := rep.MarshalJSON()
		if err != nil {
			return fmt.Errorf("intake: %w", err)
		}
		_, err = w.Write(append(b, '\n'))
		return err
	}
	return WritePage(w, kind, form.Page(rep))
}

// WritePage writes a composed page.
func WritePage(w io.Writer, kind docio.Kind, p *docio.Page) error {
	switch kind {
	case docio.DOCX:
		return docx.Write(w, p)
	case docio.XLSX:
		return xlsx.Write(w, p)
	case docio.PDF:
		return pdf.Write(w, p)
	case docio.HTML:
		return html.Write(w, p)
	case docio.Markdown:
		return text.WriteMarkdown(w, p)
	case docio.CSV:
		return text.WriteCSV(w, p)
	default:
		return fault.New(fault.Usage, "write.kind", "不能生成 "+string(kind)+" 文件")
	}
}
