package filing

import (
	"context"
	"slices"
	"sort"
	"strings"

	"github.com/gongkai/gongkai/internal/report"
)

// BoardFilter narrows the board. Zero fields do not.
type BoardFilter struct {
	Year   int    // only this year's column
	Status Status // only agencies that have a cell of this status
	Query  string // words of the agency's name or of a file's name
	Group  string
	Page   int // from 1
}

// BoardPageSize is how many agencies one page of the board shows.
const BoardPageSize = 100

// BoardCell is one agency in one year.
type BoardCell struct {
	Year    int
	Status  Status   // Missing when Report is nil and the agency is expected; "" when it is not
	Report  *Summary // the newest version
	Version int      // how many versions there are
}

// BoardRow is one agency.
type BoardRow struct {
	Agency   string
	Group    string
	Expected bool // it is on the list of expected agencies
	// Also are other writings of the name, under which reports were found: the list has 某县, the report 某县人民政府.
	Also  []string
	Cells []BoardCell
}

// BoardCounts are the numbers of one year, or of all years together.
type BoardCounts struct {
	Expected, In, Sound, Doubtful, Broken, Missing, Unreadable, Pending, Errors, Warnings int
}

// Board is who is in, who is broken, who is missing.
type Board struct {
	Years  []int // the columns, newest first
	All    []int // all years that there are reports of, newest first
	Rows   []BoardRow
	Groups []string
	Kept   int // all reports that are kept, whatever the filter
	Total  int // rows before paging
	Page   int
	Pages  int
	Counts BoardCounts // of the filter's year, or of the newest year when the filter names none
	Year   int         // the year that Counts are of; 0 when there is none
	// Stray are reports whose agency or year could not be told, and files that could not be read, newest first.
	Stray []Summary
}

// maxYears is how many years the board shows side by side.
const maxYears = 6

// Board returns the board.
func (s *Service) Board(ctx context.Context, f BoardFilter) (Board, error) {
	var all []Summary
	err := s.store.View(ctx, func(tx Tx) (err error) {
		all, err = tx.Summaries(ctx)
		return err
	})
	if err != nil {
		return Board{}, err
	}
	year := f.Year
	if known := years(all); year == 0 && len(known) > 0 {
		year = known[0]
	}
	expected, err := s.listed(ctx, year)
	if err != nil {
		return Board{}, err
	}
	past := map[int]History{}
	for _, y := range append(years(all), f.Year) {
		if past[y], err = s.then(ctx, expected, y); err != nil {
			return Board{}, err
		}
	}
	return NewBoard(all, expected, past, f), nil
}

// NewBoard lays out the board from all reports, newest first, and the expected agencies; past says what these were in the
// years of the columns, and may be nil.
func NewBoard(all []Summary, expected []Agency, past map[int]History, f BoardFilter) Board {
	b := Board{Page: max(f.Page, 1), Kept: len(all)}
	b.All = years(all)
	b.Years = b.All[:min(len(b.All), maxYears)]
	if f.Year != 0 {
		b.Years = []int{f.Year}
	}
	b.Year = f.Year
	if b.Year == 0 && len(b.Years) > 0 {
		b.Year = b.Years[0]
	}
	rows := newRows(all, expected, past, b.Years)
	for _, s := range all {
		if s.Status == Unreadable || s.Status == Pending || s.Agency == "" || s.Year == 0 {
			if f.Query == "" || strings.Contains(s.FileName+s.Agency, f.Query) {
				b.Stray = append(b.Stray, s)
			}
		}
	}
	b.Groups = groups(expected)
	b.Counts = count(rows, b.Year, b.Stray)
	rows = slices.DeleteFunc(rows, func(r BoardRow) bool { return !f.keeps(r) })
	b.Total = len(rows)
	b.Pages = max((len(rows)+BoardPageSize-1)/BoardPageSize, 1)
	b.Page = min(b.Page, b.Pages)
	b.Rows = rows[(b.Page-1)*BoardPageSize : min(b.Page*BoardPageSize, len(rows))]
	if f.Status != "" && f.Status != Unreadable && f.Status != Pending {
		b.Stray = nil
	}
	return b
}

func years(all []Summary) []int {
	seen := map[int]bool{}
	var out []int
	for _, s := range all {
		if s.Year != 0 && !seen[s.Year] && s.Status != Unreadable {
			seen[s.Year] = true
			out = append(out, s.Year)
		}
	}
	sort.Sort(sort.Reverse(sort.IntSlice(out)))
	return out
}

func newRows(all []Summary, expected []Agency, past map[int]History, years []int) []BoardRow {
	t := table{years: years, index: map[string]int{}, stems: map[string]int{}}
	for _, a := range expected {
		t.add(a.Name, a.Group, true)
	}
	for k, y := range years {
		t.recall(k, expected, past[y], all)
	}
	t.listed = len(t.rows)
	t.join(all)
	for i := range all {
		t.put(&all[i])
	}
	rest := t.rows[t.listed:]
	sort.SliceStable(rest, func(i, j int) bool { return rest[i].Agency < rest[j].Agency })
	return slices.DeleteFunc(t.rows, func(r BoardRow) bool { // was not there in any of these years
		return len(years) > 0 && !slices.ContainsFunc(r.Cells, func(c BoardCell) bool { return c.Status != "" })
	})
}

// table is a board while it is being laid out.
type table struct {
	years  []int
	rows   []BoardRow
	listed int            // rows of expected agencies
	index  map[string]int // report.AgencyKey -> row
	stems  map[string]int // report.AgencyStem of expected agencies -> row, -1 when two have it
}

func (t *table) add(name, group string, expected bool) int {
	key := report.AgencyKey(name)
	if i, ok := t.index[key]; ok {
		return i
	}
	i := len(t.rows)
	t.index[key] = i
	r := BoardRow{Agency: name, Group: group, Expected: expected, Cells: make([]BoardCell, len(t.years))}
	for k, y := range t.years {
		r.Cells[k].Year = y
		if expected {
			r.Cells[k].Status = Missing
		}
	}
	t.rows = append(t.rows, r)
	if expected {
		if _, twice := t.stems[report.AgencyStem(name)]; twice {
			i = -1
		}
		t.stems[report.AgencyStem(name)] = i
	}
	return t.index[key]
}

// join lets a name that is not on the list stand for the one expected agency that has its stem, when no other name that
// was found has it too. The roll-up matches by the same rule.
func (t *table) join(all []Summary) {
	found := map[string][]string{} // stem -> keys
	written := map[string]string{}
	for i := range all {
		key := report.AgencyKey(all[i].Agency)
		if stem := report.AgencyStem(key); key != "" && !slices.Contains(found[stem], key) {
			found[stem] = append(found[stem], key)
			written[key] = all[i].Agency
		}
	}
	for stem, keys := range found {
		row, ok := t.stems[stem]
		if _, listed := t.index[keys[0]]; ok && row >= 0 && len(keys) == 1 && !listed {
			t.index[keys[0]] = row
			t.rows[row].Also = append(t.rows[row].Also, written[keys[0]])
		}
	}
}

func (t *table) put(s *Summary) {
	k := slices.Index(t.years, s.Year)
	if s.Agency == "" || k < 0 || s.Status == Unreadable || s.Status == Pending {
		return
	}
	c := &t.rows[t.add(s.Agency, "", false)].Cells[k]
	if c.Report == nil {
		c.Report, c.Status = s, s.State()
	}
	c.Version++
}

func groups(expected []Agency) []string {
	var out []string
	for _, a := range expected {
		if a.Group != "" && !slices.Contains(out, a.Group) {
			out = append(out, a.Group)
		}
	}
	return out
}

func count(rows []BoardRow, year int, stray []Summary) BoardCounts {
	var c BoardCounts
	for _, r := range rows {
		there := year == 0 || slices.ContainsFunc(r.Cells, func(c BoardCell) bool { return c.Year == year && c.Status != "" })
		if r.Expected && there {
			c.Expected++
		}
		for _, cell := range r.Cells {
			if cell.Year == year {
				c.add(cell)
			}
		}
	}
	for _, s := range stray {
		switch s.Status {
		case Unreadable:
			c.Unreadable++
		case Pending:
			c.Pending++
		}
	}
	return c
}

func (c *BoardCounts) add(cell BoardCell) {
	switch cell.Status {
	case Missing:
		c.Missing++
	case Sound:
		c.Sound++
	case Doubtful:
		c.Doubtful++
	case Broken:
		c.Broken++
	}
	if cell.Report != nil {
		c.In++
		c.Errors += cell.Report.Errors
		c.Warnings += cell.Report.Warnings
	}
}

func (f BoardFilter) keeps(r BoardRow) bool {
	if f.Group != "" && r.Group != f.Group {
		return false
	}
	if f.Query != "" && !r.named(report.AgencyKey(f.Query)) && !r.hasFile(f.Query) {
		return false
	}
	if f.Status == "" {
		return true
	}
	return slices.ContainsFunc(r.Cells, func(c BoardCell) bool { return c.Status == f.Status })
}

func (r BoardRow) named(key string) bool {
	return slices.ContainsFunc(slices.Concat(r.Also, []string{r.Agency}), func(n string) bool { return strings.Contains(report.AgencyKey(n), key) })
}

func (r BoardRow) hasFile(q string) bool {
	return slices.ContainsFunc(r.Cells, func(c BoardCell) bool { return c.Report != nil && strings.Contains(c.Report.FileName, q) })
}
