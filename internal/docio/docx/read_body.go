package docx

import (
	"bytes"
	"strings"

	"github.com/gongkai/gongkai/internal/docio"
)

// start handles the beginning of an element. Elements that are not named here are passed through: their content counts.
func (r *reader) start(name []byte) error {
	switch string(name) {
	case "r":
		r.run0 = runState{in: true}
	case "t", "m:t":
		return r.text()
	case "p":
		return r.startPara()
	case "pPr":
		r.paraProps()
	case "rPr":
		r.runProps()
	case "tbl":
		return r.startTable()
	case "tr":
		r.startRow()
	case "tc":
		return r.startCell()
	case "tcPr":
		r.cellProps()
	case "trPr":
		r.rowProps()
	case "tab", "ptab":
		if p := r.para(); p != nil && r.shown() {
			p.text = append(p.text, '\t')
			p.tabs++
		}
	case "br", "cr":
		r.char("\n")
	case "noBreakHyphen":
		r.char("-")
	case "sym":
		r.char(symbol(r.s.Attr("font"), r.s.Attr("char")))
	default:
		return r.startOther(name)
	}
	return nil
}

// startOther handles the rarer elements.
func (r *reader) startOther(name []byte) error { //nolint:gocyclo // one case per element of the format
	switch string(name) {
	case "del", "moveFrom":
		r.seen.changes = true
		r.s.Skip()
	case "ins", "moveTo":
		r.seen.changes = true
	case "txbxContent":
		// The text of the box is a flow of its own; it comes before the paragraph that it is anchored in.
		if len(r.paras) > maxDepth {
			return docio.ErrTooLarge("文本框嵌套过深")
		}
		r.paras = append(r.paras, nil)
	case "mc:AlternateContent":
		r.chosen = append(r.chosen, false)
	case "mc:Choice", "mc:Fallback":
		n := len(r.chosen)
		if n > 0 && r.chosen[n-1] {
			r.s.Skip()
		} else if n > 0 {
			r.chosen[n-1] = true
		}
	case "fldChar":
		return r.fieldChar(r.s.Attr("fldCharType"))
	case "instrText":
		r.instruction()
	case "fldSimple":
		if f := (field{instruction: []byte(r.s.Attr("instr"))}); f.contents() {
			r.s.Skip()
		}
	case "tblGrid":
		r.gridColumns()
	case "sdtPr":
		r.control()
	case "commentReference", "commentRangeStart":
		r.seen.comments = true
	case "altChunk", "subDoc":
		r.seen.external++
	case "o:OLEObject":
		r.seen.embedded++
	case "pic:pic", "v:imagedata":
		r.seen.pictures++
	case "sectPr", "tblPr", "tblPrEx", "sdtEndPr", "delText", "delInstrText", "rt", "docPr", "wp:docPr", "smartTagPr",
		"customXmlPr", "a:graphicData":
		if string(name) != "a:graphicData" {
			r.s.Skip()
		}
	}
	return nil
}

func (r *reader) end(name []byte) error {
	switch string(name) {
	case "r":
		r.run0.in = false
	case "p":
		r.endPara()
	case "tc":
		r.endCell()
	case "tr":
		r.endRow()
	case "tbl":
		return r.endTable()
	case "txbxContent":
		r.numberLast()
		if n := len(r.paras); n > 0 {
			r.paras = r.paras[:n-1]
		}
		if p := r.para(); p != nil {
			r.run0 = p.savedRun
		}
	case "mc:AlternateContent":
		r.chosen = r.chosen[:max(len(r.chosen)-1, 0)]
	}
	return nil
}

// para is the innermost open paragraph, nil outside of one.
func (r *reader) para() *para {
	if n := len(r.paras); n > 0 {
		return r.paras[n-1]
	}
	return nil
}

// shown reports whether text that comes now is to be read; what is not is counted.
func (r *reader) shown() bool {
	for i := range r.fields {
		if !r.fields[i].result || r.fields[i].toc {
			return false
		}
	}
	return !r.run0.hidden && !r.run0.struck
}

func (r *reader) char(c string) {
	if p := r.para(); p != nil && r.shown() {
		p.text = append(p.text, c...)
	}
}

// text reads the content of a <w:t>.
func (r *reader) text() error {
	depth := r.s.Depth()
	p := r.para()
	for r.s.Next() && r.s.Depth() >= depth {
		if p == nil {
			continue
		}
		at := len(p.text)
		p.text = appendClean(p.text, r.s.AppendText(nil))
		r.bytes += len(p.text) - at
		if r.bytes > r.lim.Text {
			return docio.ErrTooLarge("文字过多")
		}
		blank := len(bytes.TrimSpace(p.text[at:])) == 0
		if !r.shown() {
			p.text = p.text[:at]
			switch {
			case blank:
			case r.run0.hidden:
				r.seen.hidden++
			case r.run0.struck:
				r.seen.struck++
			}
		}
	}
	return nil
}

// appendClean adds text without the characters that take no place on the page; a no-break space becomes a plain one.
func appendClean(dst, src []byte) []byte {
	for len(src) > 0 {
		i := bytes.IndexAny(src, "\u00a0\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\r\n\x00")
		if i < 0 {
			return append(dst, src...)
		}
		dst = append(dst, src[:i]...)
		src = src[i:]
		switch {
		case src[0] < ' ':
			if src[0] != 0 {
				dst = append(dst, ' ')
			}
			src = src[1:]
		case src[0] == 0xC2:
			if src[1] == 0xA0 {
				dst = append(dst, ' ')
			}
			src = src[2:]
		default:
			src = src[3:]
		}
	}
	return dst
}

func (r *reader) startPara() error {
	n := len(r.paras)
	if n == 0 {
		r.paras = append(r.paras, nil)
		n = 1
	}
	p := r.paras[n-1]
	if p == nil || !p.deleted {
		p = &para{outline: -1}
	} else {
		// The mark of the paragraph before was deleted: this one continues it, with the properties of this one.
		p.deleted, p.joined = false, true
		p.style, p.outline, p.num = "", -1, numRef{}
	}
	r.paras[n-1] = p
	r.run0 = runState{}
	return nil
}

func (r *reader) endPara() {
	p := r.para()
	if p == nil || p.deleted {
		return
	}
	r.finish(p)
	r.paras[len(r.paras)-1] = nil
}

// numberLast ends a paragraph whose deleted mark had no paragraph after it.
func (r *reader) numberLast() {
	if p := r.para(); p != nil && p.deleted {
		p.deleted = false
		r.endPara()
	}
}

// finish turns a paragraph into a block of the innermost cell or of the body.
func (r *reader) finish(p *para) {
	text := strings.TrimSpace(string(p.text))
	st := r.styles.resolve(p.style)
	num := p.num
	if !num.set {
		num = st.num
	}
	label := r.nums.next(num)
	if text == "" {
		return
	}
	level := p.outline
	if level < 0 {
		level = st.outline
	}
	b := docio.Block{Text: label + text, Verbatim: strings.Count(text, "\t") >= 2}
	if level >= 0 && level < 6 {
		b.Heading = level + 1
	}
	to := r.flow()
	*to = append(*to, b)
	r.ended++
}
