package agency

import (
	"fmt"
	"sort"
	"strings"

	"github.com/gongkai/gongkai/internal/calendar"
	"github.com/gongkai/gongkai/internal/fault"
)

// MaxDepth bounds the tree: nation, province, prefecture, county, township, village, and bodies sent out by each.
const MaxDepth = 16

// Tree is the agencies of one day. It does not change.
type Tree struct {
	on       calendar.Date
	byID     map[ID]*Agency
	children map[ID][]*Agency
	roots    []*Agency
	sections map[ID][]Section
}

// NewTree builds the tree of a day out of all versions and sections. Versions of other days are left out.
// Errors: fault.Usage for an agency that is its own superior (over others), two versions on one day, or a superior that
// does not exist on that day; the message names the agency.
func NewTree(on calendar.Date, versions []Version, sections []Section) (*Tree, error) {
	t := &Tree{on: on, byID: map[ID]*Agency{}, children: map[ID][]*Agency{}, sections: map[ID][]Section{}}
	for _, v := range versions {
		if !v.On(on) {
			continue
		}
		if other := t.byID[v.Agency]; other != nil {
			return nil, broken("“%s”在%s有两条同时有效的记录，请先结束其中一条", v.Name, on.Chinese())
		}
		t.byID[v.Agency] = &Agency{Version: v}
	}
	for _, a := range t.byID {
		if a.Superior == "" {
			t.roots = append(t.roots, a)
			continue
		}
		if t.byID[a.Superior] == nil {
			return nil, broken("“%s”的上级在%s已经不存在，请先给它指定新的上级", a.Name, on.Chinese())
		}
		t.children[a.Superior] = append(t.children[a.Superior], a)
	}
	order(t.roots)
	placed := 0
	for _, a := range t.roots {
		placed += t.place(a, "/", 1)
	}
	if placed != len(t.byID) {
		for _, a := range t.byID {
			if a.Path == "" {
				return nil, broken("“%s”在它自己的上级链条里，或层级超过 %d 层，请改正上级", a.Name, MaxDepth)
			}
		}
	}
	for _, s := range sections {
		if !on.Before(s.From) && (s.To.IsZero() || !on.After(s.To)) {
			t.sections[s.Agency] = append(t.sections[s.Agency], s)
		}
	}
	return t, nil
}

func broken(format string, args ...any) error {
	return fault.New(fault.Usage, "agency.tree", fmt.Sprintf(format, args...))
}

func order(list []*Agency) {
	sort.SliceStable(list, func(i, j int) bool {
		if list[i].Position != list[j].Position {
			return list[i].Position < list[j].Position
		}
		return list[i].Agency < list[j].Agency
	})
}

// place writes the paths below a and returns how many agencies it has placed.
func (t *Tree) place(a *Agency, above Path, depth int) int {
	if depth > MaxDepth {
		return 0
	}
	a.Path = above + Path(a.Agency) + "/"
	n := 1
	order(t.children[a.Agency])
	for _, c := range t.children[a.Agency] {
		n += t.place(c, a.Path, depth+1)
	}
	return n
}

// On is the day of the tree.
func (t *Tree) On() calendar.Date { return t.on }

// Len is how many agencies there are.
func (t *Tree) Len() int { return len(t.byID) }

// Get returns an agency of that day.
func (t *Tree) Get(id ID) (Agency, bool) {
	a := t.byID[id]
	if a == nil {
		return Agency{}, false
	}
	return *a, true
}

// Roots are the agencies that stand under no other.
func (t *Tree) Roots() []Agency { return values(t.roots) }

// Children are the agencies directly under one, in their order.
func (t *Tree) Children(id ID) []Agency { return values(t.children[id]) }

func values(list []*Agency) []Agency {
	out := make([]Agency, len(list))
	for i, a := range list {
		out[i] = *a
	}
	return out
}

// Sections are the sections of an agency on that day.
func (t *Tree) Sections(id ID) []Section { return t.sections[id] }

// Below lists an agency and all below it, parents before children. An empty id lists the whole tree.
func (t *Tree) Below(id ID) []Agency {
	var out []Agency
	var walk func(a *Agency)
	walk = func(a *Agency) {
		out = append(out, *a)
		for _, c := range t.children[a.Agency] {
			walk(c)
		}
	}
	if id == "" {
		for _, a := range t.roots {
			walk(a)
		}
	} else if a := t.byID[id]; a != nil {
		walk(a)
	}
	return out
}

// Ancestors lists the agencies above one, the nearest first.
func (t *Tree) Ancestors(id ID) []Agency {
	var out []Agency
	for a := t.byID[id]; a != nil && a.Superior != ""; {
		a = t.byID[a.Superior]
		if a != nil {
			out = append(out, *a)
		}
	}
	return out
}

// Reporting lists the agencies at or below id that hand in an annual report. Legal: 条例 第四十九条, 第五十五条.
func (t *Tree) Reporting(id ID) []Agency {
	var out []Agency
	for _, a := range t.Below(id) {
		if a.Kind.Reports() {
			out = append(out, a)
		}
	}
	return out
}

// government finds the people's government that an agency belongs to: the nearest one above it.
func (t *Tree) government(a Agency) (Agency, bool) {
	for _, up := range t.Ancestors(a.Agency) {
		if up.Kind == Government {
			return up, true
		}
	}
	return Agency{}, false
}

// Authority finds the competent authority of an agency: the one that is written, else that of its superior, else none.
// Legal: 条例 第三条.
func (t *Tree) Authority(id ID) (Agency, bool) {
	a := t.byID[id]
	for a != nil {
		if a.Authority != "" {
			return t.Get(a.Authority)
		}
		a = t.byID[a.Superior]
	}
	return Agency{}, false
}

// Path of an agency on that day, "" when it does not exist then.
func (t *Tree) Path(id ID) Path {
	if a := t.byID[id]; a != nil {
		return a.Path
	}
	return ""
}

// FullName writes the names from the root down, for places where a name alone would not tell.
func (t *Tree) FullName(id ID) string {
	a, ok := t.Get(id)
	if !ok {
		return ""
	}
	names := []string{a.Name}
	for _, up := range t.Ancestors(id) {
		names = append([]string{up.Name}, names...)
	}
	return strings.Join(names, "／")
}
