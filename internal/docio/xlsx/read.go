// Package xlsx reads and writes workbooks (Office Open XML). The reader scans the parts itself: it needs the values, the
// merges and what is hidden, and has to stay within limits on hostile files.
package xlsx

import (
	"strconv"
	"strings"

	"github.com/gongkai/gongkai/internal/docio"
	"github.com/gongkai/gongkai/internal/docio/opc"
	"github.com/gongkai/gongkai/internal/fault"
)

// Read turns a workbook into paragraphs and grids: the visible sheets in order, each cut at its empty rows; a row with a
// single text outside of the tables is a paragraph. Values come as their cells show them, formulas by their stored
// result. Hidden sheets, rows and columns are left out with a notice. Positions name the sheet; Page is its number.
// Errors: file.empty, file.encrypted, file.wrong_kind, file.truncated, file.too_large, file.zip_bomb, xlsx.no_text.
func Read(data []byte, lim docio.Limits) (*docio.Document, error) {
	lim = lim.WithDefaults()
	pkg, err := opc.Open(data, docio.XLSX, lim)
	if err != nil {
		return nil, err
	}
	r := &reader{pkg: pkg, lim: lim, doc: &docio.Document{Kind: docio.XLSX}}
	err = r.open()
	if err != nil {
		return nil, err
	}
	for i, sh := range r.sheets {
		if sh.hidden {
			continue
		}
		err = r.sheet(sh, i+1)
		if err != nil {
			return nil, err
		}
	}
	r.notices()
	if len(r.doc.Blocks) == 0 {
		return nil, fault.New(fault.Unreadable, "xlsx.no_text", "Excel 文件的可见工作表里没有内容；请检查内容是否在隐藏的工作表里")
	}
	return r.doc, nil
}

type reader struct {
	pkg    *opc.Package
	lim    docio.Limits
	doc    *docio.Document
	sheets []sheetRef
	shared []string
	styles cellStyles
	bytes  int // of text, in all
	cells  int // see spend
	seen   seen
}

type sheetRef struct {
	name, part string
	hidden     bool
}

// seen counts what the notices tell of.
type seen struct {
	sheets                   []string
	rows, cols, zeros, stale int
	struck                   int
}

// open reads the parts that all sheets share.
func (r *reader) open() error {
	root, err := r.pkg.Rels("")
	if err != nil {
		return err
	}
	book := r.pkg.Find(root, "officeDocument", "xl/workbook.xml")
	if strings.HasSuffix(book, ".bin") || r.pkg.Has("xl/workbook.bin") {
		return docio.ErrWrongKind("二进制工作簿（.xlsb），请用 Excel 另存为 .xlsx 再试")
	}
	if !r.pkg.Has(book) {
		return docio.ErrWrongKind("没有工作簿的压缩包，不是 Excel 文件")
	}
	rels, err := r.pkg.Rels(book)
	if err != nil {
		return err
	}
	err = r.workbook(book, rels)
	if err != nil {
		return err
	}
	r.styles.codes = builtin()
	err = r.readStyles(r.pkg.Find(rels, "styles", "xl/styles.xml"))
	if err != nil {
		return err
	}
	err = r.strings(r.pkg.Find(rels, "sharedStrings", "xl/sharedStrings.xml"))
	if err != nil {
		return err
	}
	return r.title(r.pkg.Find(root, "core-properties", "docProps/core.xml"))
}

func (r *reader) workbook(name string, rels map[string]opc.Rel) error {
	s, err := r.scan(name)
	if err != nil {
		return err
	}
	for s.Next() {
		if s.Kind != opc.Start {
			continue
		}
		switch opc.Local(s.Name) {
		case "workbookPr":
			v := s.Attr("date1904")
			r.styles.date1904 = v == "1" || v == "true"
		case "sheet":
			ref := sheetRef{name: s.Attr("name"), hidden: s.Attr("state") == "hidden" || s.Attr("state") == "veryHidden"}
			rel := rels[s.Attr("id")]
			ref.part = rel.Target
			if rel.Type != "worksheet" || ref.part == "" {
				continue // a sheet that is a chart or a dialogue
			}
			if ref.hidden {
				r.seen.sheets = append(r.seen.sheets, ref.name)
			}
			r.sheets = append(r.sheets, ref)
		}
	}
	return r.done(s)
}

// scan opens a part; one that is not there is empty.
func (r *reader) scan(name string) (*opc.Scanner, error) {
	part, err := r.pkg.Part(name)
	return opc.NewScanner(part), err
}

func (r *reader) done(s *opc.Scanner) error {
	if s.Err() != nil {
		return docio.ErrTruncated(docio.XLSX, s.Err())
	}
	return nil
}

func (r *reader) title(name string) error {
	s, err := r.scan(name)
	if err != nil {
		return err
	}
	for s.Next() {
		if s.Kind == opc.Start && opc.Local(s.Name) == "title" && s.Next() && s.Kind == opc.Text {
			r.doc.Title = strings.TrimSpace(string(s.AppendText(nil)))
		}
	}
	return nil // properties that cannot be read are no reason to refuse the workbook
}

// strings reads the texts that cells refer to by number.
func (r *reader) strings(name string) error {
	s, err := r.scan(name)
	if err != nil {
		return err
	}
	for s.Next() {
		if s.Kind != opc.Start || opc.Local(s.Name) != "si" {
			continue
		}
		if len(r.shared) >= 4*r.lim.Cells {
			return docio.ErrTooLarge("单元格文字过多")
		}
		text, err := r.rich(s)
		if err != nil {
			return err
		}
		r.shared = append(r.shared, text)
	}
	return r.done(s)
}

// rich reads a text that may consist of runs: the content of <si> or <is>. Phonetic hints are no text; struck-out runs
// are left out.
func (r *reader) rich(s *opc.Scanner) (string, error) {
	var buf []byte
	struck := false
	for depth := s.Depth(); s.Next() && s.Depth() >= depth; {
		switch {
		case s.Kind == opc.Text:
			continue
		case s.Kind == opc.End:
			if opc.Local(s.Name) == "r" {
				struck = false
			}
			continue
		}
		switch opc.Local(s.Name) {
		case "rPh":
			s.Skip()
		case "strike":
			v := s.Attr("val")
			struck = v != "0" && v != "false"
		case "t":
			at := len(buf)
			for inner := s.Depth(); s.Next() && s.Depth() >= inner; {
				buf = s.AppendText(buf)
			}
			if struck && strings.TrimSpace(string(buf[at:])) != "" {
				buf = buf[:at]
				r.seen.struck++
			}
		}
	}
	r.bytes += len(buf)
	if r.bytes > r.lim.Text {
		return "", docio.ErrTooLarge("文字过多")
	}
	return clean(string(buf)), nil
}

var invisible = strings.NewReplacer("\u00a0", " ", "\u00ad", "", "\u200b", "", "\u200c", "", "\u200d", "", "\u200e", "",
	"\u200f", "", "\u2060", "", "\ufeff", "", "_x000D_", "", "\r\n", "\n", "\r", "\n", "\x00", "")

// clean takes out the characters that take no place, and outer space.
func clean(s string) string { return strings.TrimSpace(invisible.Replace(s)) }

func (r *reader) notices() {
	say := func(when bool, text string) {
		if when {
			r.doc.Notices = append(r.doc.Notices, text)
		}
	}
	n := &r.seen
	say(len(n.sheets) > 0, "有隐藏的工作表（"+strings.Join(n.sheets, "、")+"），没有读取")
	say(n.rows > 0, "有 "+strconv.Itoa(n.rows)+" 个有内容的隐藏行，没有读取")
	say(n.cols > 0, "有 "+strconv.Itoa(n.cols)+" 个有内容的隐藏列，没有读取")
	say(n.struck > 0, "有 "+strconv.Itoa(n.struck)+" 处带删除线的文字，没有读取")
	say(n.zeros > 0, "有 "+strconv.Itoa(n.zeros)+" 个单元格的值是 0，但按格式显示为空白或横线，已按 0 读取")
	say(n.stale > 0, "有 "+strconv.Itoa(n.stale)+" 个单元格是公式，但文件里没有保存计算结果，已按空白读取；请用 Excel 打开、保存后再试")
}
