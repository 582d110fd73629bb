// Package agency is the tree of agencies, from a village office to the nation, as it was on any day: who there is, whom
// they answer to, who is in charge of their disclosure work, and where their decisions are challenged.
package agency

import (
	"time"

	"github.com/gongkai/gongkai/internal/calendar"
)

// ID names an agency through all its names and places in the tree. Ids are ordered in time.
type ID string

// SectionID names a section (股室) of an agency.
type SectionID string

// Kind is what an organ is. Legal: 条例 第二条, 第十条, 第五十四条, 第五十五条.
type Kind string

// The kinds of organ.
const (
	Government Kind = "government" // a people's government, from township to State Council
	Department Kind = "department" // a working department of a government
	Street     Kind = "street"     // a street office: organ sent out by a government (派出机关)
	Dispatched Kind = "dispatched" // a body sent out by a department, acting in its own name (派出机构)
	Vertical   Kind = "vertical"   // under vertical leadership: customs, finance supervision, foreign exchange, tax, state security
	Authorised Kind = "authorised" // an organisation authorised by law to manage public affairs (Art. 54)
	Village    Kind = "village"    // a village or residents' committee; hands in no report
	Utility    Kind = "utility"    // school, hospital, water, power …: sector rules, no report (Art. 55)
)

// Level is the level of government that an organ belongs to.
type Level string

// The levels, highest first.
const (
	Nation     Level = "nation"
	Province   Level = "province"
	Prefecture Level = "prefecture"
	County     Level = "county"
	Township   Level = "township"
	VillageLvl Level = "village"
)

// KindNames and LevelNames are what people call kinds and levels, in the order in which they are offered.
func KindNames() []Named[Kind] {
	return []Named[Kind]{{Government, "人民政府"}, {Department, "政府部门"}, {Street, "街道办事处（派出机关）"}, {Dispatched, "派出机构"},
		{Vertical, "垂直管理部门"}, {Authorised, "法律、法规授权的组织"}, {Village, "村（居）委会"}, {Utility, "公共企事业单位"}}
}

// LevelNames are what people call the levels.
func LevelNames() []Named[Level] {
	return []Named[Level]{{Nation, "国家级"}, {Province, "省级"}, {Prefecture, "设区的市级"}, {County, "县级"}, {Township, "乡级"}, {VillageLvl, "村级"}}
}

// Named pairs a value with what people call it.
type Named[T ~string] struct {
	Value T
	Name  string
}

// NameOf finds the name of a value, or the value itself.
func NameOf[T ~string](all []Named[T], v T) string {
	for _, n := range all {
		if n.Value == v {
			return n.Name
		}
	}
	return string(v)
}

// ValueOf finds the value that people call so, or that is written so.
func ValueOf[T ~string](all []Named[T], name string) (T, bool) {
	for _, n := range all {
		if n.Name == name || string(n.Value) == name {
			return n.Value, true
		}
	}
	return "", false
}

// Reports tells whether an organ of this kind hands in an annual report. Legal: 条例 第四十九条; utilities follow the rules
// of their sector (第五十五条).
func (k Kind) Reports() bool { return k != Utility && k != Village }

// Version is what an agency was from one day on. Texts are as people write them.
type Version struct {
	Agency ID
	From   calendar.Date // first day
	To     calendar.Date // last day; no date while it holds
	Name   string        `audit:"name"`
	Short  string        `audit:"short"` // for lists, may be empty
	Code   string        `audit:"code"`  // 统一社会信用代码, may be empty
	Kind   Kind          `audit:"kind"`
	Level  Level         `audit:"level"`
	// Superior is the agency that this one stands under in the tree, "" at the root.
	Superior ID `audit:"superior"`
	// Authority is the competent authority (主管部门) when it is another than the one that Tree.Authority finds.
	Authority ID `audit:"authority"`
	// Reconsideration and Court are written when they differ from what the law gives (ReconsiderationOrgan), or are set locally.
	Reconsideration string `audit:"reconsideration"`
	Court           string `audit:"court"`
	Group           string `audit:"group"`    // heading in lists of many agencies
	Position        int    `audit:"position"` // order among its neighbours
}

// On reports whether the version holds on a day.
func (v Version) On(d calendar.Date) bool {
	return !d.Before(v.From) && (v.To.IsZero() || !d.After(v.To))
}

// Agency is an agency with what it is on the day that was asked about.
type Agency struct {
	Version
	Path Path // of the tree of that day
	// Serial counts the changes of the agency, for saving only what nobody else has changed.
	Serial int
}

// Label is the short name where there is one.
func (a Agency) Label() string {
	if a.Short != "" {
		return a.Short
	}
	return a.Name
}

// Section is a section of an agency.
type Section struct {
	ID     SectionID
	Agency ID
	Name   string `audit:"name"`
	From   calendar.Date
	To     calendar.Date // last day; no date while it exists
}

// Succession tells who carries on the work of an agency that ended: merged, split, renamed into a new body.
type Succession struct {
	From, Into ID
	On         calendar.Date // first day of the successor's duty
	Note       string
	At         time.Time // when it was written down
}

// Path is the place of an agency in the tree: /root/…/id/. A path below another begins with it.
type Path string

// Within reports whether p is root or below it.
func (p Path) Within(root Path) bool {
	return root != "" && len(p) >= len(root) && p[:len(root)] == root
}
