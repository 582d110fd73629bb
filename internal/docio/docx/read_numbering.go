package docx

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/gongkai/gongkai/internal/docio"
	"github.com/gongkai/gongkai/internal/docio/opc"
)

// maxLabel is the longest pattern of a label, in bytes. It comes before every paragraph of a list, so a huge one would
// multiply.
const maxLabel = 200

// levels is how many levels a list has.
const levels = 9

// numbering holds the lists of a document and counts their paragraphs.
type numbering struct {
	abstract map[string]*abstractList
	lists    map[string]*numList
}

// abstractList is a list definition; all lists that share it also share its counters, as in Word.
type abstractList struct {
	levels [levels]level
	count  [levels]int
	used   [levels]bool
}

type level struct {
	start  int
	format string
	text   string
	legal  bool // show numbers of higher levels in digits
}

type numList struct {
	abstract string
	start    [levels]int // overrides; -1 for none
	level    [levels]*level
	begun    [levels]bool
}

func readNumbering(pkg *opc.Package, name string) (*numbering, error) {
	part, err := pkg.Part(name)
	if err != nil || part == nil {
		return nil, err
	}
	n := &numbering{abstract: map[string]*abstractList{}, lists: map[string]*numList{}}
	s := opc.NewScanner(part)
	var abs *abstractList
	var list *numList
	var lvl *level
	over := 0
	for s.Next() {
		if s.Kind != opc.Start {
			continue
		}
		switch name := opc.Local(s.Name); name {
		case "abstractNum":
			abs, list, lvl = &abstractList{}, nil, nil
			n.abstract[s.Attr("abstractNumId")] = abs
		case "num":
			abs, lvl = nil, nil
			list = &numList{}
			for i := range list.start {
				list.start[i] = -1
			}
			n.lists[s.Attr("numId")] = list
		case "abstractNumId":
			if list != nil {
				list.abstract = s.Attr("val")
			}
		case "lvlOverride":
			over = clampLevel(s.Int("ilvl", 0))
		case "startOverride":
			if list != nil {
				list.start[over] = s.Int("val", 1)
			}
		case "lvl":
			lvl = newLevel(abs, list, clampLevel(s.Int("ilvl", 0)))
		default:
			if lvl != nil {
				lvl.property(name, s)
			}
		}
	}
	if s.Err() != nil {
		return nil, docio.ErrTruncated(docio.DOCX, s.Err())
	}
	return n, nil
}

func newLevel(abs *abstractList, list *numList, i int) *level {
	l := &level{start: 0, format: "decimal"}
	switch {
	case abs != nil:
		abs.levels[i] = *l
		return &abs.levels[i]
	case list != nil:
		list.level[i] = l
	}
	return l
}

func (l *level) property(name string, s *opc.Scanner) {
	switch name {
	case "start":
		l.start = s.Int("val", 1)
	case "numFmt":
		l.format = s.Attr("val")
	case "lvlText":
		l.text = s.Attr("val")
		if len(l.text) > maxLabel {
			l.text = ""
		}
	case "isLgl":
		l.legal = on(s.Attr("val"))
	}
}

func clampLevel(i int) int { return min(max(i, 0), levels-1) }

// next counts a paragraph and returns the label that Word shows before it, "" when it has none.
func (n *numbering) next(ref numRef) string {
	if n == nil || ref.id == "" || ref.id == "0" {
		return ""
	}
	list := n.lists[ref.id]
	if list == nil {
		return ""
	}
	abs := n.abstract[list.abstract]
	if abs == nil {
		return ""
	}
	at := clampLevel(ref.level)
	n.count(list, abs, at)
	def := list.at(abs, at)
	if def.format == "bullet" || def.format == "none" && !strings.Contains(def.text, "%") {
		return ""
	}
	label := def.text
	for i := at; i >= 0; i-- {
		mark := "%" + strconv.Itoa(i+1)
		if !strings.Contains(label, mark) {
			continue
		}
		format := list.at(abs, i).format
		if def.legal {
			format = "decimal"
		}
		label = strings.ReplaceAll(label, mark, count(format, abs.count[i]))
	}
	if c, _ := utf8.DecodeLastRuneInString(label); c < utf8.RuneSelf && (unicode.IsDigit(c) || unicode.IsLetter(c)) {
		label += " "
	}
	return label
}

func (l *numList) at(abs *abstractList, i int) *level {
	if l.level[i] != nil {
		return l.level[i]
	}
	return &abs.levels[i]
}

// count raises the counter of a level and starts those below it anew.
func (n *numbering) count(list *numList, abs *abstractList, at int) {
	for i := range at {
		if !abs.used[i] {
			abs.used[i], abs.count[i] = true, list.at(abs, i).start
		}
	}
	switch {
	case !list.begun[at] && list.start[at] >= 0:
		abs.count[at] = list.start[at]
	case !abs.used[at]:
		abs.count[at] = list.at(abs, at).start
	default:
		abs.count[at]++
	}
	list.begun[at], abs.used[at] = true, true
	for i := at + 1; i < levels; i++ {
		abs.used[i] = false
	}
}
