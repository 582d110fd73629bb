// Package docx reads and writes Word documents (Office Open XML). The reader streams over the main part once; what it
// does not know it passes over.
package docx

import (
	"strconv"
	"strings"

	"github.com/gongkai/gongkai/internal/docio"
	"github.com/gongkai/gongkai/internal/docio/opc"
	"github.com/gongkai/gongkai/internal/fault"
)

// maxDepth is how deep tables and text boxes may nest.
const maxDepth = 100

// The namespaces of the main mark-up: the one that programs write, and the one of the strict standard.
const (
	transitional = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
	strict       = "http://purl.oclc.org/ooxml/wordprocessingml/main"
)

// Read turns a document into paragraphs and grids, in the order of the body. Automatic numbers are part of the text;
// headings carry their level. Tracked changes are read as accepted; hidden and struck-out text, deleted rows, comments,
// headers, footers and tables of contents are left out. Notices tell of what was left out.
// Errors: file.empty, file.encrypted, file.wrong_kind, file.truncated, file.too_large, file.zip_bomb, docx.no_text.
func Read(data []byte, lim docio.Limits) (*docio.Document, error) {
	lim = lim.WithDefaults()
	pkg, err := opc.Open(data, docio.DOCX, lim)
	if err != nil {
		return nil, err
	}
	root, err := pkg.Rels("")
	if err != nil {
		return nil, err
	}
	main := pkg.Find(root, "officeDocument", "word/document.xml")
	if !pkg.Has(main) {
		return nil, docio.ErrWrongKind("没有正文的压缩包，不是 Word 文件")
	}
	rels, err := pkg.Rels(main)
	if err != nil {
		return nil, err
	}
	styles, err := readStyles(pkg, pkg.Find(rels, "styles", "word/styles.xml"))
	if err != nil {
		return nil, err
	}
	nums, err := readNumbering(pkg, pkg.Find(rels, "numbering", "word/numbering.xml"))
	if err != nil {
		return nil, err
	}
	title, err := readTitle(pkg, pkg.Find(root, "core-properties", "docProps/core.xml"))
	if err != nil {
		return nil, err
	}
	body, err := pkg.Part(main)
	if err != nil {
		return nil, err
	}
	r := &reader{s: opc.NewScanner(body), lim: lim, styles: styles, nums: nums}
	err = r.run()
	if err != nil {
		return nil, err
	}
	return r.document(title)
}

// readTitle returns the title property.
func readTitle(pkg *opc.Package, name string) (string, error) {
	part, err := pkg.Part(name)
	if err != nil {
		return "", err
	}
	s := opc.NewScanner(part)
	for s.Next() {
		if s.Kind == opc.Start && opc.Local(s.Name) == "title" && s.Next() && s.Kind == opc.Text {
			return strings.TrimSpace(string(s.AppendText(nil))), nil
		}
	}
	return "", nil // properties that cannot be read are no reason to refuse the document
}

type reader struct {
	s      *opc.Scanner
	lim    docio.Limits
	prefix string // of the main namespace, with colon
	styles styleSet
	nums   *numbering

	blocks []docio.Block
	tables []*table
	paras  []*para // open paragraphs: a text box has its own inside the one that it is anchored in
	run0   runState
	fields []field
	chosen []bool // per open AlternateContent: whether a Choice was taken

	bytes, cells int
	ended        int // paragraphs with text; as many as cells are allowed
	seen         seen
}

// seen counts what the notices tell of.
type seen struct {
	changes, comments            bool
	hidden, struck, rows         int
	embedded, pictures, external int
}

// para is an open paragraph.
type para struct {
	text     []byte
	style    string
	outline  int // -1 when the paragraph itself says nothing
	num      numRef
	deleted  bool // its mark was deleted: it goes on in the next paragraph
	tabs     int
	joined   bool // text of a paragraph before it, whose mark was deleted, is in it
	savedRun runState
}

type runState struct {
	in             bool
	hidden, struck bool
}

func (r *reader) run() error {
	s := r.s
	for s.Next() {
		var err error
		switch s.Kind {
		case opc.Start:
			if s.Depth() == 1 {
				r.setPrefix()
			}
			err = r.start(r.local())
		case opc.End:
			err = r.end(r.local())
		}
		if err != nil {
			return err
		}
		if r.ended > r.lim.Cells {
			return docio.ErrTooLarge("段落过多")
		}
	}
	if s.Err() != nil {
		return docio.ErrTruncated(docio.DOCX, s.Err())
	}
	return nil
}

func (r *reader) setPrefix() {
	p, ok := r.s.Prefix(transitional, strict)
	switch {
	case !ok:
		r.prefix = "w:"
	case p != "":
		r.prefix = p + ":"
	}
}

// local is the name of the element at hand without the prefix of the main namespace; other elements keep theirs.
func (r *reader) local() []byte {
	n := r.s.Name
	if k := len(r.prefix); len(n) > k && string(n[:k]) == r.prefix {
		return n[k:]
	}
	return n
}

func (r *reader) document(title string) (*docio.Document, error) {
	r.numberLast()
	if len(r.blocks) == 0 {
		msg := "Word 文件里没有文字"
		if r.seen.pictures > 0 {
			msg += "，只有图片"
		}
		return nil, fault.New(fault.Unreadable, "docx.no_text", msg+"；请用含文字的原始文件再试")
	}
	doc := &docio.Document{Kind: docio.DOCX, Title: title, Blocks: r.blocks}
	r.notices(doc)
	return doc, nil
}

func (r *reader) notices(doc *docio.Document) {
	say := func(when bool, text string) {
		if when {
			doc.Notices = append(doc.Notices, text)
		}
	}
	n := &r.seen
	say(n.changes, "文件里有修订痕迹，已按接受修订后的内容读取；正式发布前请在 Word 中接受或拒绝全部修订")
	say(n.comments, "文件里有批注，没有读取；正式发布前请删除批注")
	say(n.hidden > 0, "文件里有 "+strconv.Itoa(n.hidden)+" 处隐藏文字，没有读取")
	say(n.struck > 0, "文件里有 "+strconv.Itoa(n.struck)+" 处带删除线的文字，没有读取")
	say(n.rows > 0, "文件的表格里有 "+strconv.Itoa(n.rows)+" 个隐藏行，没有读取")
	say(n.embedded > 0, "文件里有 "+strconv.Itoa(n.embedded)+" 个嵌入对象（如 Excel 表），没有读取；请把其中的表格改为 Word 表格")
	say(n.external > 0, "文件里插入了另外的文档，没有读取；请把它的内容粘贴进来")
	grids := false
	for _, b := range r.blocks {
		grids = grids || b.Grid != nil
	}
	say(n.pictures > 0 && !grids, "文件里没有表格，但有 "+strconv.Itoa(n.pictures)+" 张图片；图片里的文字读不到")
}
