package press

import (
	"bytes"
	"compress/zlib"
	"crypto/sha256"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf16"
)

// file is a PDF being written. Object numbers are given in advance, so objects can point at later ones.
type file struct {
	w       io.Writer
	n       int64
	offsets map[int]int64
	sum     io.Writer
	err     error
}

func (f *file) write(b []byte) {
	if f.err != nil {
		return
	}
	n, err := f.w.Write(b)
	f.n += int64(n)
	f.err = err
	if f.err == nil {
		_, f.err = f.sum.Write(b)
	}
}

func (f *file) printf(format string, a ...any) { f.write(fmt.Appendf(nil, format, a...)) }

func (f *file) object(id int, body string) {
	f.offsets[id] = f.n
	f.printf("%d 0 obj\n%s\nendobj\n", id, body)
}

// stream writes a compressed stream with further entries of its dictionary.
func (f *file) stream(id int, entries string, data []byte) {
	var b bytes.Buffer
	z := zlib.NewWriter(&b)
	_, err := z.Write(data)
	if err == nil {
		err = z.Close()
	}
	if err != nil {
		f.err = err
		return
	}
	f.offsets[id] = f.n
	f.printf("%d 0 obj\n<<%s /Filter /FlateDecode /Length %d>>\nstream\n", id, entries, b.Len())
	f.write(b.Bytes())
	f.printf("\nendstream\nendobj\n")
}

// Numbers of the objects that every file has; pages, fonts, bookmarks and the structure follow.
const (
	objCatalog = 1 + iota
	objPages
	objInfo
	objMetadata
	objTree
	objParents
	objOutlines
	objFirst
)

// file writes the whole document.
func (l *layout) file(w io.Writer) error {
	sum := sha256.New()
	f := &file{w: w, offsets: map[int]int64{}, sum: sum}
	pages := objFirst
	fonts := pages + 2*len(l.sheets)
	marks := fonts + objectsPerFont*len(l.types.fonts)
	elems := number(l.root, marks+len(l.marks))
	f.printf("%%PDF-1.7\n%%\xE2\xE3\xCF\xD3\n")
	outlines := ""
	if len(l.marks) > 0 {
		outlines = fmt.Sprintf(" /Outlines %d 0 R", objOutlines)
	}
	f.object(objCatalog, fmt.Sprintf("<</Type /Catalog /Pages %d 0 R /Lang (zh-CN) /MarkInfo <</Marked true>> /StructTreeRoot %d 0 R /Metadata %d 0 R /ViewerPreferences <</DisplayDocTitle true>>%s>>",
		objPages, objTree, objMetadata, outlines))
	f.object(objInfo, "<</Title "+text(l.page.Title)+" /Author "+text(l.page.Author)+" /Producer (gongkai)>>")
	f.metadata(l.page.Title, l.page.Author)
	l.pages(f, pages, fonts)
	for i, u := range l.types.fonts {
		err := f.font(fonts+objectsPerFont*i, u, i)
		if err != nil {
			return err
		}
	}
	l.outline(f, marks, pages)
	l.tree(f, elems, pages)
	return f.finish(elems[len(elems)-1].obj+1, sum.Sum(nil))
}

func (l *layout) pages(f *file, pages, fonts int) {
	var kids, resources strings.Builder
	for i, u := range l.types.fonts {
		fmt.Fprintf(&resources, "/%s %d 0 R ", u.name, fonts+objectsPerFont*i)
	}
	for i, s := range l.sheets {
		id := pages + 2*i
		fmt.Fprintf(&kids, "%d 0 R ", id)
		f.object(id, fmt.Sprintf("<</Type /Page /Parent %d 0 R /Contents %d 0 R /StructParents %d /Tabs /S>>", objPages, id+1, i))
		f.stream(id+1, "", s.buf.Bytes())
	}
	f.object(objPages, fmt.Sprintf("<</Type /Pages /Count %d /Kids [%s] /MediaBox [0 0 %.3f %.3f] /Resources <</Font <<%s>>>>>>",
		len(l.sheets), kids.String(), pageWidth, pageHeight, resources.String()))
}

// tree writes the structure: every element, and for every page which element each of its marks belongs to.
func (l *layout) tree(f *file, elems []*elem, pages int) {
	for _, e := range elems {
		parent := objTree
		if e.parent != nil {
			parent = e.parent.obj
		}
		var kids strings.Builder
		for _, m := range e.marks {
			fmt.Fprintf(&kids, "<</Type /MCR /Pg %d 0 R /MCID %d>> ", pages+2*m.sheet, m.id)
		}
		for _, k := range e.kids {
			fmt.Fprintf(&kids, "%d 0 R ", k.obj)
		}
		extra := ""
		if e.attrs != "" {
			extra += " /A <<" + e.attrs + ">>"
		}
		if e.alt != "" {
			extra += " /T " + text(e.alt)
		}
		f.object(e.obj, fmt.Sprintf("<</Type /StructElem /S /%s /P %d 0 R /K [%s]%s>>", e.tag, parent, kids.String(), extra))
	}
	var nums strings.Builder
	for i, s := range l.sheets {
		fmt.Fprintf(&nums, "%d [", i)
		for _, e := range s.marks {
			fmt.Fprintf(&nums, "%d 0 R ", e.obj)
		}
		nums.WriteString("] ")
	}
	f.object(objParents, "<</Nums ["+nums.String()+"]>>")
	f.object(objTree, fmt.Sprintf("<</Type /StructTreeRoot /K %d 0 R /ParentTree %d 0 R /ParentTreeNextKey %d>>", l.root.obj, objParents, len(l.sheets)))
}

// outline writes the headings as bookmarks, all on one level: a report has a dozen of them.
func (l *layout) outline(f *file, first, pages int) {
	if len(l.marks) == 0 {
		f.object(objOutlines, "<</Type /Outlines /Count 0>>")
		return
	}
	for i, m := range l.marks {
		links := ""
		if i > 0 {
			links += fmt.Sprintf(" /Prev %d 0 R", first+i-1)
		}
		if i+1 < len(l.marks) {
			links += fmt.Sprintf(" /Next %d 0 R", first+i+1)
		}
		f.object(first+i, fmt.Sprintf("<</Title %s /Parent %d 0 R%s /Dest [%d 0 R /XYZ 0 %.2f 0]>>",
			text(strings.ReplaceAll(m.text, "\n", "")), objOutlines, links, pages+2*m.sheet, pageHeight-marginTop-m.y))
	}
	f.object(objOutlines, fmt.Sprintf("<</Type /Outlines /First %d 0 R /Last %d 0 R /Count %d>>", first, first+len(l.marks)-1, len(l.marks)))
}

// metadata writes title and author for programs that read XMP.
func (f *file) metadata(title, author string) {
	esc := strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace
	body := `<?xpacket begin="` + "\uFEFF" + `" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">` +
		`<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:format>application/pdf</dc:format>` +
		`<dc:title><rdf:Alt><rdf:li xml:lang="x-default">` + esc(title) + `</rdf:li></rdf:Alt></dc:title>` +
		`<dc:creator><rdf:Seq><rdf:li>` + esc(author) + `</rdf:li></rdf:Seq></dc:creator>` +
		`<dc:language><rdf:Bag><rdf:li>zh-CN</rdf:li></rdf:Bag></dc:language></rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>`
	f.offsets[objMetadata] = f.n
	f.printf("%d 0 obj\n<</Type /Metadata /Subtype /XML /Length %d>>\nstream\n%s\nendstream\nendobj\n", objMetadata, len(body), body)
}

// finish writes the cross-reference table and the trailer. The file's identity is made of its content.
func (f *file) finish(size int, id []byte) error {
	start := f.n
	f.printf("xref\n0 %d\n0000000000 65535 f \n", size)
	for i := 1; i < size; i++ {
		f.printf("%010d 00000 n \n", f.offsets[i])
	}
	f.printf("trailer\n<</Size %d /Root %d 0 R /Info %d 0 R /ID [<%X><%X>]>>\nstartxref\n%d\n%%%%EOF\n", size, objCatalog, objInfo, id[:16], id[:16], start)
	return f.err
}

// text returns a string object in UTF-16.
func text(s string) string {
	var b strings.Builder
	b.WriteString("<FEFF")
	b.WriteString(utf16Hex(s))
	b.WriteByte('>')
	return b.String()
}

// utf16Hex returns s as hexadecimal UTF-16, characters beyond the basic plane as surrogate pairs.
func utf16Hex(s string) string {
	var b strings.Builder
	for _, u := range utf16.Encode([]rune(s)) {
		h := strconv.FormatUint(uint64(u), 16)
		b.WriteString(strings.ToUpper("0000"[len(h):] + h))
	}
	return b.String()
}
