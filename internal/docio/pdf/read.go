package pdf

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"unicode/utf16"

	"github.com/gongkai/gongkai/internal/docio"
	"github.com/gongkai/gongkai/internal/fault"
)

// Read reads a PDF with an engine that is started once per process on first use. See Engine.Read.
func Read(ctx context.Context, data []byte, lim docio.Limits) (*docio.Document, error) {
	return defaultEngine().Read(ctx, data, lim)
}

// Read reads a PDF: paragraphs and tables in reading order, a table over several pages as one grid, page numbers and
// running headers left out. Lines whose columns are uncertain come as verbatim blocks.
//
// Errors: file.empty, file.wrong_kind, file.truncated, file.encrypted, file.too_large, pdf.scanned, and pdf.timeout when
// ctx ends or the time limit is reached.
func (e *Engine) Read(ctx context.Context, data []byte, lim docio.Limits) (*docio.Document, error) {
	lim = lim.WithDefaults()
	if len(bytes.TrimSpace(data)) == 0 {
		return nil, docio.ErrEmpty()
	}
	if int64(len(data)) > lim.Bytes {
		return nil, docio.ErrTooLarge(fmt.Sprintf("大小 %d 字节，上限 %d 字节", len(data), lim.Bytes))
	}
	if !bytes.Contains(data[:min(len(data), 1024)], []byte("%PDF-")) {
		return nil, docio.ErrWrongKind("别种文件（开头没有 PDF 标记）")
	}
	raw, err := e.load(ctx, data, lim)
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return nil, fault.Wrap(fault.Cancelled, "pdf.timeout", "读取 PDF 超过时限或被取消；请换一份较小的文件，或请管理员调高限制", err)
	}
	if err != nil {
		return nil, err
	}
	return compose(raw, lim)
}

// rawDocument is what the engine yields of a file.
type rawDocument struct {
	title  string
	sheets []*sheet
}

// load gets the characters and rulings of all pages. When ctx ends, the instance is ended, not only the waiting. The time
// limit is for the file: it does not run while the engine starts or all instances are busy.
func (e *Engine) load(ctx context.Context, data []byte, lim docio.Limits) (*rawDocument, error) {
	in, err := e.acquire(ctx)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, lim.Time)
	defer cancel()
	stop := context.AfterFunc(ctx, in.memory.poison)
	raw, err := in.load(ctx, data, lim)
	healthy := stop() && in.err == nil
	switch {
	case ctx.Err() != nil:
		err = ctx.Err()
	case in.err != nil:
		// A file that makes the engine fail is a damaged one.
		err = docio.ErrTruncated(docio.PDF, in.err)
	}
	if failed := e.release(in, healthy); failed != nil && err == nil {
		err = fmt.Errorf("pdf: end instance: %w", failed)
	}
	return raw, err
}

func (in *instance) load(ctx context.Context, data []byte, lim docio.Limits) (*rawDocument, error) {
	in.documents++
	p := in.call("malloc", uint64(len(data)))
	if p == 0 || !in.memory.write(uint32(p), data) {
		return nil, errors.Join(docio.ErrTooLarge("内存不足"), in.err)
	}
	defer in.call("free", p)
	doc := in.call("FPDF_LoadMemDocument", p, uint64(len(data)), 0)
	if doc == 0 {
		return nil, in.openError()
	}
	defer in.call("FPDF_CloseDocument", doc)
	pages := int(int32(in.call("FPDF_GetPageCount", doc)))
	if pages <= 0 {
		return nil, docio.ErrTruncated(docio.PDF, errors.New("pdf: no pages"))
	}
	if pages > lim.Pages {
		return nil, docio.ErrTooLarge(fmt.Sprintf("共 %d 页，上限 %d 页", pages, lim.Pages))
	}
	raw := &rawDocument{title: in.title(doc)}
	text := 0
	for no := 1; no <= pages; no++ {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		s := in.extract(doc, no)
		if in.err != nil {
			return nil, in.err
		}
		if text += 3 * len(s.glyphs); text > lim.Text {
			return nil, docio.ErrTooLarge(fmt.Sprintf("文字超过 %d 字节", lim.Text))
		}
		raw.sheets = append(raw.sheets, s)
	}
	return raw, nil
}

func (in *instance) openError() error {
	code := uint32(in.call("FPDF_GetLastError"))
	switch code {
	case errPassword, errSecurity:
		return docio.ErrEncrypted(docio.PDF)
	}
	return docio.ErrTruncated(docio.PDF, fmt.Errorf("pdf: engine error %d", code))
}

// title reads the title property of the document.
func (in *instance) title(doc uint64) string {
	const room = 2048
	p := in.call("malloc", room+8)
	if p == 0 {
		return ""
	}
	defer in.call("free", p)
	if !in.memory.write(uint32(p+room), []byte("Title\x00")) {
		return ""
	}
	n := in.call("FPDF_GetMetaText", doc, p+room, p, room)
	if n <= 2 || n > room {
		return ""
	}
	raw := make([]byte, n-2)
	in.memory.read(uint32(p), raw)
	units := make([]uint16, len(raw)/2)
	for i := range units {
		units[i] = uint16(raw[2*i]) | uint16(raw[2*i+1])<<8
	}
	return strings.TrimSpace(string(utf16.Decode(units)))
}

// compose turns pages into a document.
func compose(raw *rawDocument, lim docio.Limits) (*docio.Document, error) {
	doc := &docio.Document{Kind: docio.PDF, Title: raw.title}
	if err := checkPages(raw.sheets, doc); err != nil {
		return nil, err
	}
	pages := make([][]item, len(raw.sheets))
	for i, s := range raw.sheets {
		pages[i] = s.items()
	}
	stripEdges(raw.sheets, pages)
	f := newFlow(pages)
	items := joinPages(pages, lim.Cells)
	var run []*line
	for _, it := range items {
		if it.line != nil {
			run = append(run, it.line)
			continue
		}
		if t := it.table; t.rows*len(t.xs) > lim.Cells {
			return nil, docio.ErrTooLarge(fmt.Sprintf("一张表有 %d 行 %d 列，上限 %d 格", t.rows, len(t.xs)-1, lim.Cells))
		}
		f.run(run)
		run = nil
		f.table(it.table)
	}
	f.run(run)
	f.end()
	doc.Blocks = f.blocks
	return doc, nil
}

// joinPages puts all pages behind each other and joins the tables that go on over a page break, until one has more than so
// many cells: it will be refused, and each further page would take longer than the one before.
func joinPages(pages [][]item, cells int) []item {
	var out []item
	for _, items := range pages {
		if n := len(out); n > 0 && len(items) > 0 && out[n-1].table != nil && items[0].table != nil &&
			out[n-1].table.to+1 == items[0].table.from && out[n-1].table.rows*len(out[n-1].table.xs) <= cells &&
			joinTables(out[n-1].table, items[0].table) {
			items = items[1:]
		}
		out = append(out, items...)
	}
	return out
}

// checkPages looks for pages without text.
func checkPages(sheets []*sheet, doc *docio.Document) error {
	var pictures, broken []string
	text := 0
	for _, s := range sheets {
		text += len(s.glyphs)
		switch {
		case s.broken:
			broken = append(broken, fmt.Sprint(s.no))
		case len(s.glyphs) == 0 && s.images > 0:
			pictures = append(pictures, fmt.Sprint(s.no))
		}
	}
	switch {
	case text == 0 && len(pictures) > 0:
		return docio.ErrScanned(len(pictures))
	case text == 0 && len(broken) > 0:
		return docio.ErrTruncated(docio.PDF, errors.New("pdf: no page could be read"))
	case text == 0:
		return docio.ErrEmpty()
	}
	if len(pictures) > 0 {
		doc.Notices = append(doc.Notices, "第 "+strings.Join(pictures, "、")+" 页只有图片没有文字，未读取；请核对原件")
	}
	if len(broken) > 0 {
		doc.Notices = append(doc.Notices, "第 "+strings.Join(broken, "、")+" 页已损坏，未读取；请核对原件")
	}
	return nil
}
