package calendar

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"github.com/gongkai/gongkai/internal/fault"
)

// Kind is what a notice says of a day.
type Kind string

// The kinds, as they stand in the CSV of a notice.
const (
	DayOff  Kind = "holiday" // a day off: a holiday, or a day joined to one
	DayWork Kind = "workday" // a day that is worked: a Saturday or Sunday by 调休, or an ordinary day given back
)

// Named is one day that a notice names.
type Named struct {
	Date Date   `json:"date"`
	Kind Kind   `json:"kind"`
	Name string `json:"name"` // the holiday it belongs to, in Chinese, e.g. 春节
}

// Notice is one notice of the State Council Office on holidays (国务院办公厅关于部分节假日安排的通知), or one that changes
// an earlier notice. It is never edited: what it said stays known, and a later notice overrides the days that it names.
type Notice struct {
	Number string  // document number, e.g. 国办发明电〔2025〕7号; unique in a table
	Title  string  // in Chinese
	Issued Date    // the date under the notice
	Known  Date    // the day on which it was published: from then on deadlines are computed with it
	Years  []int   // years whose days are settled by it; empty for a notice that only changes days
	Days   []Named // the days it names, in any order
	Source string  // where it was read, an address or the name of a file
}

// Canonical returns the text of which Digest is taken: one line for each field and each day, the days in order. Source is
// left out, since the same notice may be read in several places.
func (n Notice) Canonical() string {
	var b strings.Builder
	fmt.Fprintf(&b, "number %s\ntitle %s\nissued %s\nknown %s\n", n.Number, n.Title, n.Issued, n.Known)
	for _, y := range slices.Sorted(slices.Values(n.Years)) {
		fmt.Fprintf(&b, "year %d\n", y)
	}
	for _, d := range n.sorted() {
		fmt.Fprintf(&b, "%s,%s,%s\n", d.Date, d.Kind, d.Name)
	}
	return b.String()
}

// Digest returns the SHA-256 of Canonical, in hexadecimal.
func (n Notice) Digest() string {
	sum := sha256.Sum256([]byte(n.Canonical()))
	return hex.EncodeToString(sum[:])
}

func (n Notice) sorted() []Named {
	return slices.SortedFunc(slices.Values(n.Days), func(a, b Named) int { return cmp.Compare(a.Date.n, b.Date.n) })
}

func (n Notice) clone() Notice {
	n.Years = slices.Clone(n.Years)
	n.Days = slices.Clone(n.Days)
	return n
}

// Check returns what is wrong with the notice, or nil.
//
// Errors: fault.Usage, code "calendar.notice".
func (n Notice) Check() error {
	bad := func(format string, args ...any) error {
		return fault.New(fault.Usage, "calendar.notice", "放假通知"+n.Number+"："+fmt.Sprintf(format, args...))
	}
	switch {
	case strings.TrimSpace(n.Number) == "":
		return bad("没有文号，请填写")
	case n.Known.IsZero():
		return bad("没有公布日期，请填写")
	case len(n.Days) == 0:
		return bad("没有列出任何一天，请把放假和调休上班的日子列全")
	}
	days := n.sorted()
	for i, d := range days {
		switch {
		case d.Date.IsZero():
			return bad("有一天没有日期，请补上")
		case d.Kind != DayOff && d.Kind != DayWork:
			return bad("%s 的类型是“%s”，只能是 holiday（放假）或 workday（上班）", d.Date, d.Kind)
		case i > 0 && days[i-1].Date == d.Date:
			return bad("%s 列了两次，请只留一次", d.Date)
		}
	}
	for _, y := range n.Years {
		if !slices.ContainsFunc(days, func(d Named) bool { return d.Date.Year() == y && d.Kind == DayOff }) {
			return bad("说是 %d 年的安排，却没有列出这一年的放假日，请核对年份", y)
		}
	}
	return nil
}
