// Package narrative finds the counts that the text of an annual report states (本年新收 36 件, 占 33.9%, 同比增长 70.3%), says
// of what year, body and matter each one speaks, and compares it with the statutory tables.
//
// It is built to raise no false alarm: a figure of another year, of another office or of another matter is told apart, and
// where the tables cannot decide, it says so. A conflict is something for a clerk to look at, never proof of an error.
//
// # Metrics
//
// A metric that is the key of a row of table 3 or of a row of decisions in table 2 means that row: "new_received",
// "denied.third_party", "licences". The others are:
//
//	received_or_carried    收到 N 件: new, or new and carried in; either agrees
//	received_incl_carried  收到 N 件（含上年结转）: new and carried in
//	processed              办理 N 件: handled, new, or new and carried in
//	handled_total          办结, 答复 N 件: (七)总计, or it without (六)其他处理, which ends a case without an answer
//	carried                结转 N 件 without a year: carried in or out
//	granted_or_partial     予以公开及部分公开
//	denied, unavailable, rejected, other   the whole group
//	review.C, litigation.C, litigation_direct.C, litigation_after_review.C
//	                       a column of table 4: upheld, corrected, other, pending, total; closed is total less pending;
//	                       litigation is both kinds together
//	normative.V, regulations.V             规范性文件, 规章: issued, repealed, in_force, or published where the text does
//	                       not say which
//	licences, penalties, enforcements, fees, info_fee
//	A+B                    several counted together: review.total+litigation.total
//	balance, outcomes      relations inside the text (Kind Balance)
//
// A percentage agrees when any sensible whole gives it, rounded or cut at the printed decimals. A figure with 余, 约, 万 agrees
// when the exact one may be so called.
//
// Legal: 国办公开办函〔2021〕30号; 国办公开办函〔2019〕60号.
package narrative

import (
	"strconv"

	"github.com/gongkai/gongkai/internal/report"
)

// Kind says what sort of figure a claim is.
type Kind string

// The kinds of claim.
const (
	Count   Kind = "count"   // so many pieces
	Share   Kind = "share"   // a percentage of a whole: 占 33.9%
	Growth  Kind = "growth"  // a change against last year, as a percentage or a multiple: 同比增长 70.3%
	Change  Kind = "change"  // a change against last year, in pieces: 比上年减少 5 件, 与上年持平
	Amount  Kind = "amount"  // money
	Balance Kind = "balance" // a relation between figures that the text itself states
)

// Scope says of whom and of when a claim speaks.
type Scope string

// The scopes.
const (
	Own        Scope = "own"        // the office and the year of the report
	Region     Scope = "region"     // a whole that may be wider than the report: 全市 in the report of one office
	Part       Scope = "part"       // a part that may be narrower than the report: 本级, 区政府, 其中涉及征地的
	OtherYear  Scope = "other_year" // another year
	OtherBody  Scope = "other_body" // another body: 沭阳县 in the report of the city above it
	Plan       Scope = "plan"       // what is planned
	Cumulative Scope = "cumulative" // several years together
)

// Claim is one figure that the text states. The metric keys that name cells are those of the tables ("new_received",
// "denied.third_party", "other.other", "licences"); the package comment lists the others.
type Claim struct {
	Section  int    // 1 to 6; 0 is the text before section 一
	Sentence string // as printed, without line breaks
	// Start and End are the byte offsets of the number (or of the words that say none: 未收到) in the text of the section.
	Start, End int
	Metric     string
	// Applicants is the column of table 3 the claim is limited to, by its key ("natural_person", "business"), or
	// "legal_persons" for 法人或其他组织 together; "" means all applicants.
	Applicants string
	// Value is exact: a plain integer, or a plain decimal number with the printed decimals. A fall is negative.
	Value  string
	Unit   string // as printed: 件, 条, %, 元, 万元, 倍; "" when nothing is printed
	Approx bool   // 余, 多, 约, 近, 以上, or rounded to 万
	Scope  Scope
	Kind   Kind

	num  number // Value with its precision
	soft reason // why a mismatch cannot be held against the text; "" when it can
	from int    // for Share, Growth and Change: 1 + the index of the claim that they follow, 0 when they stand alone
	wide bool   // the figure may be any of the totals: 36件申请已办结
	at   int    // the byte where the sentence starts
	base string // for Growth: last year's figure as the text states it, "" when it does not
}

// Int returns the value when it is a whole number.
func (c *Claim) Int() (n int64, ok bool) {
	n, err := strconv.ParseInt(c.Value, 10, 64)
	return n, err == nil
}

// Status is the result for one claim.
type Status string

// The results.
const (
	Agrees        Status = "agrees"
	Conflicts     Status = "conflicts"
	OutOfScope    Status = "out_of_scope"   // the claim speaks of something else than the tables
	NotAssessable Status = "not_assessable" // the tables, or the words, do not decide
)

// Verdict is what the tables say about one claim.
type Verdict struct {
	Claim
	Status   Status
	Expected string   // what the tables say, "" when they say nothing; several acceptable readings are joined with 或
	Paths    []string // the cells used, in order of the form
	Message  string   // for a clerk, in Chinese: what the text says, what the tables say, what to do
}

// Extract returns the claims of all sections in reading order. It never changes r; a nil report has none.
func Extract(r *report.Report) []Claim {
	if r == nil {
		return nil
	}
	return extract(r)
}

// Judge extracts the claims of r and compares each with the tables of r, and what is said against last year with previous,
// which may be nil. At the end stand the relations between figures of the text itself (Kind Balance). Neither report is
// changed.
func Judge(r, previous *report.Report) []Verdict {
	if r == nil {
		return nil
	}
	return judge(r, previous)
}
