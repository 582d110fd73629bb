// Package rollup adds up the annual reports of many agencies for one year, cell by cell, and says who is missing, broken,
// twice there, or in another year or format. Nothing that was not given counts as zero.
package rollup

import (
	"github.com/gongkai/gongkai/internal/report"
)

// Options say what is added up.
type Options struct {
	// Name is who the sum is for, e.g. 虚构市; "" when not known.
	Name string
	// Year is the year reported on. 0 takes the year that most agencies reported on, the later one of two.
	Year int
	// Expected lists the agencies that have to report. Without it nobody can be missing.
	Expected []string
	// ExcludeBroken leaves reports with errors out of the sums. They are listed either way.
	ExcludeBroken bool
}

// Item is one file: a report with what its check found, or a file that could not be read.
type Item struct {
	Report *report.Report // nil when the file could not be read
	File   string         // the name to list; Report.File when ""
	Errors int            // how many errors the check found
	Err    error          // why it could not be read
}

// Rollup is the result. Its slices are sorted and never nil; the order in which reports were added makes no difference.
type Rollup struct {
	Name    string
	Year    int // 0 when there was no report with a year
	Counted int // reports in the sums
	// Table2 holds the sums of the 2021 format, Table2Of2019 those of the reports in the 2019 format; the two do not mix.
	// Both are nil when no counted report has such a table.
	Table2, Table2Of2019 *Table
	// Table3 has the 25 rows of the 2021 format and, as its last row, "other": （六）其他处理 in all, over the reports that
	// split it and those that do not.
	Table3 *Table
	Table4 *Table
	// Reports lists what was counted.
	Reports []Entry
	// Broken lists counted or excluded reports whose check found errors.
	Broken []Entry
	// Incomplete lists counted reports with cells that hold no number or are in doubt.
	Incomplete []Entry
	Unreadable []Failure
	Duplicates []Duplicate
	// OtherYears lists reports of another year, or of none that could be told; none of them is counted.
	OtherYears []Entry
	// OtherFormats lists reports that are not in the 2021 format: those of the 2019 format are counted as far as the forms
	// agree, older ones are not.
	OtherFormats []Entry
	// Missing lists expected agencies without a report; Unexpected lists counted agencies that nobody expected.
	Missing, Unexpected []string
	// Matched lists agencies that were recognised under another writing of their name.
	Matched []Match
	// Notes say in Chinese how to read the sums.
	Notes []string
}

// Entry is a report in a list.
type Entry struct {
	Agency   string          `json:"agency"`
	Year     int             `json:"year"` // 0 when not known
	Format   report.FormatID `json:"format"`
	File     string          `json:"file"`
	Errors   int             `json:"errors"`
	NotGiven int             `json:"not_given"` // cells without a number
	Doubted  int             `json:"doubted"`   // cells in doubt
	Counted  bool            `json:"counted"`
	Why      string          `json:"why"` // in Chinese: why it is in this list
}

// Failure is a file that could not be read.
type Failure struct {
	File string `json:"file"`
	Code string `json:"code"`
	Why  string `json:"why"`
}

// Duplicate is an agency with more than one report for the year. One is counted.
type Duplicate struct {
	Agency  string   `json:"agency"`
	Year    int      `json:"year"`
	Counted string   `json:"counted"` // the file that counts
	Others  []string `json:"others"`
	Same    bool     `json:"same"` // all have the same figures
	Why     string   `json:"why"`
}

// Match is an expected agency found under another writing of its name.
type Match struct {
	Expected string `json:"expected"`
	Found    string `json:"found"`
}

// Add adds up the items of a sequence.
func Add(opts Options, items func(yield func(Item) bool)) *Rollup {
	c := New(opts)
	for it := range items {
		c.Add(it)
	}
	return c.Rollup()
}
