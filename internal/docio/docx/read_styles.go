package docx

import (
	"strconv"
	"strings"

	"github.com/gongkai/gongkai/internal/docio"
	"github.com/gongkai/gongkai/internal/docio/opc"
)

// paraStyle is what of a style matters to the text.
type paraStyle struct {
	name, base string
	outline    int // -1 for none
	num        numRef
	hidden     bool
	resolved   bool
}

type styleSet map[string]*paraStyle

// numRef says which list a paragraph belongs to.
type numRef struct {
	set   bool
	id    string
	level int
}

func readStyles(pkg *opc.Package, name string) (styleSet, error) {
	part, err := pkg.Part(name)
	if err != nil || part == nil {
		return nil, err
	}
	all := styleSet{}
	s := opc.NewScanner(part)
	var st *paraStyle
	for s.Next() {
		if s.Kind != opc.Start {
			continue
		}
		switch opc.Local(s.Name) {
		case "latentStyles", "docDefaults", "tblPr", "tblStylePr":
			s.Skip()
		case "style":
			st = &paraStyle{outline: -1}
			id := s.Attr("styleId")
			if s.Attr("type") == "paragraph" && (s.Attr("default") == "1" || s.Attr("default") == "true") {
				all[""] = st
			}
			all[id] = st
		default:
			if st != nil {
				st.property(s)
			}
		}
	}
	if s.Err() != nil {
		return nil, docio.ErrTruncated(docio.DOCX, s.Err())
	}
	return all, nil
}

func (st *paraStyle) property(s *opc.Scanner) {
	switch opc.Local(s.Name) {
	case "name":
		st.name = s.Attr("val")
	case "basedOn":
		st.base = s.Attr("val")
	case "outlineLvl":
		st.outline = s.Int("val", -1)
	case "numPr":
		st.num.set = true
	case "numId":
		st.num.id = s.Attr("val")
	case "ilvl":
		st.num.level = s.Int("val", 0)
	case "vanish":
		st.hidden = on(s.Attr("val"))
	}
}

// resolve returns a style with what it inherits. An unknown style is a plain one.
func (a styleSet) resolve(id string) *paraStyle {
	st := a[id]
	if st == nil {
		return &paraStyle{outline: -1}
	}
	chain := make([]*paraStyle, 0, 4)
	for ; st != nil && !st.resolved && len(chain) < 30; st = a[st.base] {
		if len(chain) > 0 && st.base == "" {
			chain = append(chain, st)
			break
		}
		chain = append(chain, st)
	}
	for i := len(chain) - 1; i >= 0; i-- {
		c := chain[i]
		if c.outline < 0 {
			c.outline = headingName(c.name)
		}
		if b := a[c.base]; b != nil && c.base != "" && b != c {
			c.inherit(b)
		}
		c.resolved = true
	}
	return a[id]
}

func (st *paraStyle) inherit(b *paraStyle) {
	if st.outline < 0 {
		st.outline = b.outline
	}
	if !st.num.set {
		st.num = b.num
	} else if st.num.id == "" {
		st.num.id = b.num.id
	}
	st.hidden = st.hidden || b.hidden
}

// headingName reads a level from 0 out of the names “heading 1” and “标题 1”, and returns -1 for other names.
func headingName(name string) int {
	low := strings.ToLower(name)
	for _, p := range []string{"heading", "标题"} {
		rest, ok := strings.CutPrefix(low, p)
		if !ok {
			continue
		}
		n, err := strconv.Atoi(strings.TrimSpace(rest))
		if err == nil && n >= 1 && n <= 9 {
			return n - 1
		}
	}
	return -1
}
