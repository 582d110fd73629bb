package ui

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"github.com/gongkai/gongkai/internal/fault"
)

// Column is a column of a Table.
type Column struct {
	Key     string // names the order by it in the address; "" for a column that nothing is sorted by
	Text    string
	Numeric bool // numbers: to the right
	Hidden  bool // the heading is for screen readers only, as over buttons
}

// TableSpec is the frame of a table: its caption, its columns, and by which of them it is sorted.
type TableSpec struct {
	Caption string // what the table holds, for screen readers; also names its box, which scrolls in narrow windows
	Shown   bool   // the caption is shown to everybody
	Columns []Column
	URL     *url.URL // the page, for the links that sort; nil when nothing is sorted
	Sort    Sort
}

// Sort is the order of a list, as in ?sort=due or ?sort=-due.
type Sort struct {
	Key  string
	Desc bool
}

// ReadSort reads the order from the address. What is not among keys becomes usual.
func ReadSort(r *http.Request, usual Sort, keys ...string) Sort {
	key, desc := strings.CutPrefix(r.URL.Query().Get("sort"), "-")
	if !slices.Contains(keys, key) {
		return usual
	}
	return Sort{Key: key, Desc: desc}
}

// String is the order as it stands in the address.
func (s Sort) String() string {
	if s.Desc {
		return "-" + s.Key
	}
	return s.Key
}

// sortURL is the address of the page by this column; by a column that it is sorted by, the other way round.
func (t TableSpec) sortURL(c Column) templ.SafeURL {
	s := Sort{Key: c.Key}
	if t.Sort.Key == c.Key {
		s.Desc = !t.Sort.Desc
	}
	return templ.SafeURL(With(t.URL, "sort", s.String()))
}

// aria is how the column is sorted: "ascending", "descending" or "".
func (t TableSpec) aria(c Column) string {
	switch {
	case c.Key == "" || t.Sort.Key != c.Key:
		return ""
	case t.Sort.Desc:
		return "descending"
	default:
		return "ascending"
	}
}

func (t TableSpec) sorts(c Column) bool { return c.Key != "" && t.URL != nil }

// paging are the parameters that say where in a list one is; they go when the list becomes another one.
var paging = []string{"after", "before"}

// With returns the address u with key set to value, or without key when value is "", at the beginning of the list.
func With(u *url.URL, key, value string) string {
	q := u.Query()
	for _, k := range paging {
		q.Del(k)
	}
	if value == "" {
		q.Del(key)
	} else {
		q.Set(key, value)
	}
	return address(u, q)
}

// Without returns the address u without this value of key, and with its other ones, at the beginning of the list.
func Without(u *url.URL, key, value string) string {
	q := u.Query()
	for _, k := range paging {
		q.Del(k)
	}
	rest := slices.DeleteFunc(slices.Clone(q[key]), func(v string) bool { return v == value })
	q[key] = rest
	return address(u, q)
}

func address(u *url.URL, q url.Values) string {
	if s := q.Encode(); s != "" {
		return u.EscapedPath() + "?" + s
	}
	return u.EscapedPath()
}

// Pager leads to the pages before and after this one. An address that is "" has no page.
type Pager struct {
	Prev, Next string
	Count      string // what is known of the number, such as “共 80 件”; may be empty
}

// NewPager returns the pager of a list by cursors: before and after are those of the first and the last row that is shown,
// "" where there is nothing beyond.
func NewPager(u *url.URL, before, after string) Pager {
	var p Pager
	if before != "" {
		p.Prev = With(u, "before", before)
	}
	if after != "" {
		p.Next = With(u, "after", after)
	}
	return p
}

const maxCursor = 512 // bytes

// Cursor packs the place of a row in the order of a list: the values that it is sorted by. It is opaque, not secret.
func Cursor(parts ...string) string {
	data, err := json.Marshal(parts)
	if err != nil {
		return "" // a list of strings is never refused
	}
	return base64.RawURLEncoding.EncodeToString(data)
}

// ReadCursor reads where the list goes on: the parts of ?after= or ?before=, and whether it goes backwards. No parts
// mean the beginning. n is the number of parts that Cursor was given. Errors: fault.Usage for what is no cursor.
func ReadCursor(r *http.Request, n int) (parts []string, back bool, err error) {
	q := r.URL.Query()
	raw := q.Get("after")
	if raw == "" {
		raw, back = q.Get("before"), true
	}
	if raw == "" {
		return nil, false, nil
	}
	broken := fault.New(fault.Usage, "web.cursor", "翻页的地址不完整；请从列表第一页重新翻")
	if len(raw) > maxCursor {
		return nil, false, broken
	}
	data, err := base64.RawURLEncoding.DecodeString(raw)
	if err != nil {
		return nil, false, broken
	}
	if json.Unmarshal(data, &parts) != nil || len(parts) != n {
		return nil, false, broken
	}
	return parts, back, nil
}

// Chip is a condition that a list is narrowed by. Remove is the address without it.
type Chip struct{ Text, Remove string }

// FilterSpec describes the bar that narrows a list: a form that is asked for with GET, its fields as children.
type FilterSpec struct {
	Action string
	Label  string // what is narrowed, such as “筛选机关”
	Chips  []Chip
	Clear  string // the address without any condition
}

// Tab leads to one of several views of the same thing.
type Tab struct {
	Href, Text string
	Current    bool
	Count      int // shown when Counted
	Counted    bool
}

func (t Tab) count() string { return strconv.Itoa(t.Count) }

func (t Tab) class() string {
	if t.Current {
		return "chip chip-p chip-on"
	}
	return "chip chip-p"
}
