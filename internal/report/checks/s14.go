package checks

import (
	"math"
	"strings"

	"github.com/gongkai/gongkai/internal/legal"
	"github.com/gongkai/gongkai/internal/report"
)

// s14 looks for result rows that slipped by one line: every sum still holds, but the numbers stand beside the wrong words.
// It compares how the results are spread over the rows with last year's report, or where there is none with the spread that
// is common in published reports, and with the counts that the text states. It warns only when the numbers fit badly where
// they stand and well after a block of rows is moved by one.
//
// Formula: distance between the spread of the results and the expected one, before and after moving a block of rows by one.
// Legal: 条例 第五十条第二项 (申请的处理情况), from 2019-05-15; the comparison is derived.
func s14() Rule {
	return Rule{
		ID: "S14", Title: "办理结果没有错行", Severity: Warning, Formats: withTables,
		Sources: []legal.Ref{{Instrument: legal.Regulation, Article: "第五十条"}},
		Formula: "办理结果各行的分布与上年、与正文、与一般情况相符；整块上移或下移一行后明显更相符的，提示核对",
		Check:   checkShift,
	}
}

// usual is how 1000 results spread over the rows of table 3, from the reports of two cities of different size.
var usual = map[string]float64{
	"granted": 372, "partial": 126, "denied.state_secret": 0.5, "denied.prohibited_by_law": 5, "denied.security_stability": 1.3,
	"denied.third_party": 7, "denied.internal_affairs": 7, "denied.process_information": 4, "denied.enforcement_file": 13,
	"denied.administrative_query": 8, "unavailable.not_held": 267, "unavailable.needs_creation": 10, "unavailable.still_unclear": 1,
	"rejected.petition_complaint": 51, "rejected.repeated": 11, "rejected.publication": 0.3, "rejected.mass_requests": 12,
	"rejected.reconfirmation": 1, "other.correction_overdue": 17, "other.fee_overdue": 9, "other.other": 77, "other": 103,
}

// move is a block of result rows that moved by one line; up says that moving it up puts it right.
type move struct {
	first, last int // positions among the result rows
	up          bool
}

// Limits of the comparison. Distances are shares of the results that would have to move: 0 is equal, 1 has nothing in common.
const (
	shiftEnough      = 30   // results from which a spread says something without last year
	shiftEnoughPrev  = 15   // and with it
	shiftFar         = 0.7  // a spread that does not fit the usual one
	shiftFarPrev     = 0.5  // nor last year's
	shiftNear        = 0.4  // one that does
	shiftNearPrev    = 0.3  // with last year's
	shiftMinimum     = 3    // rows that a block has at least
	usualWeight      = 10.0 // results that the usual spread counts for beside last year's
	shiftStatements  = 2    // statements of the text that have to come right
	shiftBigQuantity = 5    // or one about at least so many pieces
)

func checkShift(in *Input) Outcome {
	var out Outcome
	t := in.Report.Table3
	rows, counts, total, ok := resultCounts(t)
	if !ok {
		out.unknown("table3.granted", "表三的办理结果有的没有数字，无法判断是否错行")
		return out
	}
	if m, said, ok := statedShift(in, t, rows, counts); ok {
		out.find(shiftFinding(t, rows, m, "正文写的"+said+"，移动后与表格一致"))
		return out
	}
	enough, far, near, against := int64(shiftEnough), shiftFar, shiftNear, "一般报告"
	want, prevTotal := expectedSpread(in, t, rows)
	if prevTotal >= shiftEnoughPrev {
		enough, far, near, against = shiftEnoughPrev, shiftFarPrev, shiftNearPrev, "上年报告"
	}
	if total < enough {
		return out
	}
	m, before, after := bestMove(counts, total, want)
	if before < far || after > min(near, before/2) {
		out.Passed++
		return out
	}
	out.find(shiftFinding(t, rows, m, "移动后各行的分布与"+against+"的差异由 "+percent(before)+" 降为 "+percent(after)))
	return out
}

func percent(x float64) string { return number(int64(math.Round(100*x))) + "%" }

// resultCounts returns the result rows and the numbers of their last column.
func resultCounts(t *report.Table) (rows []int, counts []int64, total int64, ok bool) {
	if t == nil {
		return nil, nil, 0, false
	}
	roles, ok := rolesOf(t.Spec)
	if !ok {
		return nil, nil, 0, false
	}
	counts = make([]int64, len(roles.results))
	for i, row := range roles.results {
		c := t.At(row, report.ColTotal)
		if !c.IsNumber() || c.N < 0 || c.N > glued {
			return nil, nil, 0, false
		}
		counts[i] = c.N
		total += c.N
	}
	return roles.results, counts, total, true
}

// expectedSpread is the usual spread, or last year's with a little of the usual one, as shares.
func expectedSpread(in *Input, t *report.Table, rows []int) (want []float64, prevTotal int64) {
	want = make([]float64, len(rows))
	sum := 0.0
	for i, row := range rows {
		want[i] = usual[t.Spec.Rows[row].Key]
		sum += want[i]
	}
	scale := 1 / sum
	if prev, _ := in.previous(); prev != nil {
		if prevRows, counts, total, ok := resultCounts(prev.Table3); ok && len(prevRows) == len(rows) && total >= shiftEnoughPrev {
			for i := range want {
				want[i] = want[i]*scale*usualWeight + float64(counts[i])
			}
			scale, prevTotal = 1/(usualWeight+float64(total)), total
		}
	}
	for i := range want {
		want[i] *= scale
	}
	return want, prevTotal
}

// bestMove returns the move of a block that brings the counts nearest to the expected spread, and the distances before and
// after it. Sums along the rows make each of the moves cost the same.
func bestMove(counts []int64, total int64, want []float64) (best move, before, after float64) {
	n := len(counts)
	share := make([]float64, n)
	for i, c := range counts {
		share[i] = float64(c) / float64(total)
	}
	stay, up, down := make([]float64, n+1), make([]float64, n+1), make([]float64, n+1)
	for i := range n {
		stay[i+1] = stay[i] + math.Abs(share[i]-want[i])
		up[i+1], down[i+1] = up[i], down[i]
		if i+1 < n {
			up[i+1] += math.Abs(share[i+1] - want[i])
		}
		if i > 0 {
			down[i+1] += math.Abs(share[i-1] - want[i])
		}
	}
	before = stay[n] / 2
	after = before
	for a := range n {
		for b := a + shiftMinimum - 1; b < n; b++ {
			rest := stay[n] - (stay[b+1] - stay[a])
			moveUp := rest + up[b] - up[a] + math.Abs(share[a]-want[b])
			moveDown := rest + down[b+1] - down[a+1] + math.Abs(share[b]-want[a])
			if moveUp/2 < after-1e-9 {
				best, after = move{a, b, true}, moveUp/2
			}
			if moveDown/2 < after-1e-9 {
				best, after = move{a, b, false}, moveDown/2
			}
		}
	}
	return best, before, after
}

// moved returns the counts after the move.
func (m move) moved(counts []int64) []int64 {
	out := append([]int64(nil), counts...)
	if m.up {
		copy(out[m.first:m.last], counts[m.first+1:m.last+1])
		out[m.last] = counts[m.first]
	} else {
		copy(out[m.first+1:m.last+1], counts[m.first:m.last])
		out[m.first] = counts[m.last]
	}
	return out
}

// statedShift looks for a move after which the counts of the text fit that did not fit before, and none is lost.
func statedShift(in *Input, t *report.Table, rows []int, counts []int64) (best move, said string, ok bool) {
	claims := rowClaims(in, t, rows)
	wrong := 0
	for i := range claims {
		if claims[i].sum(counts) != claims[i].value {
			wrong++
		}
	}
	if wrong == 0 {
		return best, "", false
	}
	for a := range counts {
		for b := a + 1; b < len(counts); b++ {
			for _, m := range []move{{a, b, true}, {a, b, false}} {
				if said, ok := m.convinces(claims, counts); ok {
					return m, said, true
				}
			}
		}
	}
	return best, "", false
}

// convinces reports whether every count of the text fits after the move, and enough of them only then.
func (m move) convinces(claims []rowClaim, counts []int64) (said string, ok bool) {
	after := m.moved(counts)
	gained, big := 0, false
	var words []string
	for i := range claims {
		c := &claims[i]
		if c.sum(after) != c.value {
			return "", false
		}
		if c.sum(counts) != c.value {
			gained++
			big = big || c.value >= shiftBigQuantity && c.nextTo(counts)
			words = append(words, number(c.value)+"件")
		}
	}
	return strings.Join(words, "、"), gained >= shiftStatements || big
}

// rowClaim is a statement of the text about result rows, by their positions.
type rowClaim struct {
	at    []int
	value int64
}

func (c *rowClaim) sum(counts []int64) int64 {
	var n int64
	for _, i := range c.at {
		n += counts[i]
	}
	return n
}

// nextTo reports whether the claim is about one row and its number stands in the row above or below.
func (c *rowClaim) nextTo(counts []int64) bool {
	if len(c.at) != 1 {
		return false
	}
	i := c.at[0]
	return i > 0 && counts[i-1] == c.value || i+1 < len(counts) && counts[i+1] == c.value
}

func rowClaims(in *Input, t *report.Table, rows []int) []rowClaim {
	said := statements(in)
	if len(said) == 0 {
		return nil
	}
	position := make(map[string]int, len(rows))
	for i, row := range rows {
		position[t.Spec.Path(row, report.ColTotal)] = i
	}
	var out []rowClaim
	for _, s := range said {
		c := rowClaim{value: s.value}
		for _, path := range s.paths {
			if i, ok := position[path]; ok {
				c.at = append(c.at, i)
			}
		}
		if len(c.at) == len(s.paths) && len(c.at) < len(rows) {
			out = append(out, c)
		}
	}
	return out
}

func shiftFinding(t *report.Table, rows []int, m move, reason string) Finding {
	direction := "上移"
	if !m.up {
		direction = "下移"
	}
	first, last := rows[m.first], rows[m.last]
	f := Finding{Path: rowPathOf(t, first), Message: "表三办理结果疑似错行：从“" + rowName(&t.Spec.Rows[first]) + "”到“" +
		rowName(&t.Spec.Rows[last]) + "”的数字可能应当整体" + direction + "一行。理由：" + reason + "。合计查不出这种错误，请对照台账逐行核对"}
	for i := m.first; i <= m.last; i++ {
		f.Cells = append(f.Cells, t.Spec.Path(rows[i], report.ColTotal))
	}
	return f
}

func rowPathOf(t *report.Table, row int) string { return t.Spec.ID + "." + t.Spec.Rows[row].Key }
