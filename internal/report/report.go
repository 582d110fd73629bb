package report

import "strings"

// Report is one annual report.
type Report struct {
	File   string // the name of the file it was read from; "" when composed
	Title  string // as printed
	Agency string // full name of the agency; "" when it could not be told
	Year   int    // the year reported on; 0 when it could not be told
	Format FormatID
	// Published is the civil date (yyyy-mm-dd) on which the file says that it was published; "" when it does not say.
	Published string
	// Preamble is the text between the title and section 一, paragraphs separated by \n.
	Preamble string
	// Sections are in order of the form, at most one per number. A section that the file does not have is not listed.
	Sections []Section
	// A nil table is one that the file does not have.
	Table2, Table3, Table4 *Table
	// Doubts lists every cell and every other value that is not certain.
	Doubts []Doubt
	// LabelNotes lists fixed words of the form that the file prints otherwise.
	LabelNotes []LabelNote
	// Notices says what a reader of this result should know about the file: tracked changes, text left out.
	Notices []string
}

// Section is one of the six sections. Text holds paragraphs separated by \n, without the tables.
type Section struct {
	No    int // 1 to 6
	Title string
	Text  string
}

// Doubt is a value that is not certain. Read is what was taken ("" when nothing was), Why says in Chinese what was seen.
type Doubt struct {
	Path string
	Why  string
	Read string
}

// LabelNote is a fixed text of the form that the file prints with other words. Path is that of the row or column, or
// "section1" to "section6" for a section title.
type LabelNote struct {
	Path    string
	Printed string
	Fixed   string
}

// Table is one of the three tables, its cells in the order of its spec.
type Table struct {
	Spec  *TableSpec
	Cells []Cell
}

// NewTable returns a table of absent cells.
func NewTable(s *TableSpec) *Table { return &Table{Spec: s, Cells: make([]Cell, s.size)} }

// At returns the cell of row and field by index.
func (t *Table) At(row, field int) *Cell { return &t.Cells[t.Spec.offset[row]+field] }

// Get returns the cell of the row with this key, or nil when the table is nil or has no such row.
func (t *Table) Get(row string, field int) *Cell {
	if t == nil {
		return nil
	}
	i := t.Spec.RowIndex(row)
	if i < 0 || field >= len(t.Spec.Rows[i].Fields) {
		return nil
	}
	return t.At(i, field)
}

// Each calls f for every cell in order.
func (t *Table) Each(f func(row, field int, path string, c *Cell)) {
	if t == nil {
		return
	}
	for i := range t.Spec.Rows {
		for j := range t.Spec.Rows[i].Fields {
			f(i, j, t.Spec.Path(i, j), t.At(i, j))
		}
	}
}

// Tables returns the tables that are there, in order.
func (r *Report) Tables() []*Table {
	var out []*Table
	for _, t := range []*Table{r.Table2, r.Table3, r.Table4} {
		if t != nil {
			out = append(out, t)
		}
	}
	return out
}

// Cell returns the cell at path, with its unit, or nil.
func (r *Report) Cell(path string) (*Cell, Unit) {
	for _, t := range r.Tables() {
		if !strings.HasPrefix(path, t.Spec.ID+".") {
			continue
		}
		for i := range t.Spec.Rows {
			for j := range t.Spec.Rows[i].Fields {
				if t.Spec.Path(i, j) == path {
					return t.At(i, j), t.Spec.Rows[i].Fields[j].Unit
				}
			}
		}
	}
	return nil, Count
}

// Doubt records a doubt.
func (r *Report) Doubt(path, why, read string) {
	r.Doubts = append(r.Doubts, Doubt{Path: path, Why: why, Read: read})
}

// Doubted reports whether there is a doubt about path or about a whole of which it is a part. To ask about many cells, use
// DoubtSet.
func (r *Report) Doubted(path string) bool {
	for _, d := range r.Doubts {
		if d.Path == path || strings.HasPrefix(path, d.Path+".") {
			return true
		}
	}
	return false
}

// DoubtSet is the paths that are in doubt.
type DoubtSet map[string]bool

// DoubtSet returns the paths that are in doubt; nil when there are none.
func (r *Report) DoubtSet() DoubtSet {
	if len(r.Doubts) == 0 {
		return nil
	}
	set := make(DoubtSet, len(r.Doubts))
	for i := range r.Doubts {
		set[r.Doubts[i].Path] = true
	}
	return set
}

// Has is Report.Doubted: whether path, or a whole of which it is a part, is in the set.
func (d DoubtSet) Has(path string) bool {
	for len(d) > 0 {
		if d[path] {
			return true
		}
		i := strings.LastIndexByte(path, '.')
		if i < 0 {
			return false
		}
		path = path[:i]
	}
	return false
}

// Section returns section no, or nil.
func (r *Report) Section(no int) *Section {
	for i := range r.Sections {
		if r.Sections[i].No == no {
			return &r.Sections[i]
		}
	}
	return nil
}
