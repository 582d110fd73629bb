// Package filing keeps published annual reports: what was handed in, what was read from it, what the checks said, and who
// of the expected agencies is still missing. It holds rules and use cases; the database and the reader of files are
// interfaces that it needs and others provide.
package filing

import (
	"time"

	"github.com/gongkai/gongkai/internal/report"
	"github.com/gongkai/gongkai/internal/report/checks"
)

// ReportID names a kept report. Ids are ordered in time.
type ReportID string

// BatchID names one handing-in of files.
type BatchID string

// Status says how far a report has come.
type Status string

// The statuses of a kept report. Missing is never stored: it is what the board says of an agency without a report.
const (
	Pending    Status = "pending"    // not read yet
	Sound      Status = "ok"         // read, no finding of severity error
	Broken     Status = "broken"     // read, at least one finding of severity error
	Unreadable Status = "unreadable" // the file could not be read as a report
	Missing    Status = "missing"    // expected, nothing there
	// Doubtful is never stored either: no error was found, but some of what was read is in doubt, so that nobody may say
	// that the numbers are right.
	Doubtful Status = "doubtful"
)

// Summary is what lists show of a report.
type Summary struct {
	ID       ReportID
	FileName string // as first handed in
	Agency   string // "" when it could not be told
	Year     int    // 0 when it could not be told
	Status   Status
	// Counts of findings by severity, of rules that could not be judged, and of doubts about what was read.
	Errors, Warnings, NotAssessable, Doubts int
	// ErrorCode and ErrorMessage say why the file is Unreadable; the message is for people.
	ErrorCode, ErrorMessage string
	ReceivedAt              time.Time
}

// State is the status as people are told it: Doubtful where Sound would say too much.
func (s *Summary) State() Status {
	if s.Status == Sound && s.Doubts > 0 {
		return Doubtful
	}
	return s.Status
}

// Record is a kept report with everything known of it.
type Record struct {
	Summary
	Digest     string // SHA-256 of the file, lower-case hexadecimal
	Size       int64  // bytes of the file
	PreviousID ReportID
	Report     *report.Report // nil while Pending and when Unreadable
	Result     *checks.Result // nil while Pending and when Unreadable
}

// File is a file whose bytes are stored.
type File struct {
	Digest string
	Name   string
	Size   int64
}

// Item is one file of a batch, in the order of handing in.
type Item struct {
	Name     string
	Size     int64
	Report   *Summary // nil when the file was refused
	Repeated bool     // the same bytes had been handed in before
	// ErrorCode and ErrorMessage say why the file was refused.
	ErrorCode, ErrorMessage string
}

// Batch is one handing-in of files.
type Batch struct {
	ID        BatchID
	CreatedAt time.Time
	Items     []Item
}

// Pending is how many files of the batch have not been read yet.
func (b Batch) Pending() int {
	n := 0
	for _, it := range b.Items {
		if it.Report != nil && it.Report.Status == Pending {
			n++
		}
	}
	return n
}

// Agency is an agency from which a report is expected.
type Agency struct {
	Name  string
	Group string // "" when the list has no groups
}

// StatusOf returns the status of a report with this many findings of severity error.
func StatusOf(errors int) Status {
	if errors > 0 {
		return Broken
	}
	return Sound
}
