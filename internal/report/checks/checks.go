// Package checks says what is wrong with an annual report: one rule per file, each with its title, its legal source, the
// formats that it holds for, its severity and its formula in words. The list is Rules; nothing registers itself.
//
// A rule never guesses. Where a cell that it needs is blank, "/" or unreadable, the rule is not assessable: neither passed
// nor failed. A number that was read only with the help of a relation is no evidence for that relation.
//
// Legal: 政府信息公开条例 第四十九条、第五十条; 国办公开办函〔2021〕30号; 国办公开办函〔2019〕60号.
package checks

import (
	"slices"
	"strings"

	"github.com/gongkai/gongkai/internal/legal"
	"github.com/gongkai/gongkai/internal/report"
)

// Severity says what a finding means for publishing: an error has to be put right, a warning has to be looked at, an
// information needs nothing.
type Severity string

// The severities.
const (
	Error   Severity = "error"
	Warning Severity = "warning"
	Info    Severity = "info"
)

func (s Severity) rank() int {
	switch s {
	case Error:
		return 0
	case Warning:
		return 1
	default:
		return 2
	}
}

// Rule is one check.
type Rule struct {
	ID       string               // "K1" to "K14" for the relations of the form, "S1" and on for its structure
	Title    string               // what is checked, in Chinese
	Sources  []legal.Ref          // what the rule rests on; empty where it is derived from the form itself
	Formats  []report.FormatID    // the formats that it holds for; empty means all, older ones too
	Severity Severity             // the severity of its findings, unless a finding says otherwise
	Formula  string               // the rule in words, in Chinese
	Check    func(*Input) Outcome // looks at one report; never changes it
}

// holdsFor reports whether the rule is meant for format f. A report whose format is unknown is looked at by every rule.
func (r *Rule) holdsFor(f report.FormatID) bool {
	return len(r.Formats) == 0 || f == "" || slices.Contains(r.Formats, f)
}

// Finding is one thing that is wrong. It marshals to the line that `report check --json` prints.
type Finding struct {
	File     string   `json:"file"`
	Rule     string   `json:"rule"`
	Severity Severity `json:"severity"`
	// Path is the cell, row, column or section concerned, e.g. table3.natural_person for a column in K1.
	Path    string `json:"path"`
	Message string `json:"message"`
	// Expected and Actual are the two sides of the relation: int64, string or nil.
	Expected any `json:"expected"`
	Actual   any `json:"actual"`
	// Cells are the paths of all cells that take part, in order of the form.
	Cells []string `json:"cells,omitempty"`
	// Blame is the one cell that is most likely wrong, BlameExpected what should stand there; "" and nil when no single
	// cell stands out.
	Blame         string `json:"blame,omitempty"`
	BlameExpected *int64 `json:"blame_expected,omitempty"`
}

// NotAssessable says that a rule could not be judged at one place, and why.
type NotAssessable struct {
	Rule    string `json:"rule"`
	Path    string `json:"path"`
	Message string `json:"message"`
}

// Outcome is what one rule says about one report. Passed counts the relations that hold.
type Outcome struct {
	Findings      []Finding
	NotAssessable []NotAssessable
	Passed        int
}

func (o *Outcome) find(f Finding) { o.Findings = append(o.Findings, f) }
func (o *Outcome) unknown(path, message string) {
	o.NotAssessable = append(o.NotAssessable, NotAssessable{Path: path, Message: message})
}

// Result is what all rules say about one report: findings with errors first, then in order of the form.
type Result struct {
	File          string
	Findings      []Finding
	NotAssessable []NotAssessable
	Passed        int
}

// Count returns the number of findings of severity s.
func (r *Result) Count(s Severity) int {
	n := 0
	for i := range r.Findings {
		if r.Findings[i].Severity == s {
			n++
		}
	}
	return n
}

// OK reports whether there is no error. Warnings do not count.
func (r *Result) OK() bool { return r.Count(Error) == 0 }

// Summary is the closing line of `report check --json` for one file.
type Summary struct {
	File          string `json:"file"`
	OK            bool   `json:"ok"`
	Errors        int    `json:"errors"`
	Warnings      int    `json:"warnings"`
	NotAssessable int    `json:"not_assessable"`
}

// Summary returns the closing line.
func (r *Result) Summary() Summary {
	return Summary{File: r.File, OK: r.OK(), Errors: r.Count(Error), Warnings: r.Count(Warning), NotAssessable: len(r.NotAssessable)}
}

// Run applies every rule to the report. in is not changed; it may be shared between goroutines. A nil report gives an
// empty result.
func Run(in *Input) Result {
	if in == nil || in.Report == nil {
		return Result{}
	}
	prepared := *in
	prepared.sheet = newSheet(in.Report)
	res := Result{File: in.Report.File}
	rules := Rules()
	for i := range rules {
		apply(&rules[i], &prepared, &res)
	}
	blame(&prepared, res.Findings)
	order := make(map[string]int, len(rules))
	for i := range rules {
		order[rules[i].ID] = i
	}
	slices.SortStableFunc(res.Findings, func(a, b Finding) int {
		if d := a.Severity.rank() - b.Severity.rank(); d != 0 {
			return d
		}
		if d := place(a.Path) - place(b.Path); d != 0 {
			return d
		}
		return order[a.Rule] - order[b.Rule]
	})
	return res
}

func apply(rule *Rule, in *Input, res *Result) {
	if !rule.holdsFor(in.Report.Format) {
		if in.Report.Format == report.FormatOlder {
			res.NotAssessable = append(res.NotAssessable, NotAssessable{Rule: rule.ID, Path: "format",
				Message: "这份报告用的是2019年以前的格式，没有现行的法定表格，本规则不适用"})
		}
		return
	}
	out := rule.Check(in)
	for _, f := range out.Findings {
		f.File, f.Rule = in.Report.File, rule.ID
		if f.Severity == "" {
			f.Severity = rule.Severity
		}
		res.Findings = append(res.Findings, f)
	}
	for _, n := range out.NotAssessable {
		n.Rule = rule.ID
		res.NotAssessable = append(res.NotAssessable, n)
	}
	res.Passed += out.Passed
}

// place orders paths as a reader meets them in the form: title, section 一, the tables, sections 五 and 六, the rest.
func place(path string) int {
	head, _, _ := strings.Cut(path, ".")
	i := slices.Index([]string{"title", "agency", "year", "format", "preamble", "section1", "section2", "table2", "section3",
		"table3", "section4", "table4", "section5", "section6", "text", "published"}, head)
	if i < 0 {
		return 100
	}
	return i
}
