package form

import (
	"fmt"
	"strings"

	"github.com/gongkai/gongkai/internal/report"
)

// streamTable4 reads table 4 from running text: the fifteen values behind its header. It returns nil when there is no such
// table.
func (x *reader) streamTable4() *report.Table {
	s := x.st
	from, to, inHeader := x.region4()
	if from < 0 {
		return nil
	}
	toks := s.tokens(from, to)
	t := report.NewTable(x.format.Table4)
	n := t.Spec.Size()
	if len(toks) == 0 {
		return x.emptyTable4(t, from, to, inHeader)
	}
	x.spans[2] = span{from: x.header4(from), to: toks[len(toks)-1].end}
	switch {
	case len(toks) == n:
		why := ""
		if s.wordsBetween(toks[0].end, toks[n-1].pos) {
			why = "数字与表头文字交错，按次序对应"
		}
		for i := range toks {
			c, w := tokenCell(&toks[i], report.Count)
			if w == "" {
				w = why
			}
			x.set(t, i/report.Columns4, i%report.Columns4, c, w)
		}
	case len(toks) < n && x.fieldsTable4(t, from, to, toks):
	case len(toks) < n && gluedDigits(toks) >= n && runTogether(toks):
		x.gluedTable4(t, toks)
	default:
		seen := "只见到"
		if len(toks) > n {
			seen = "见到"
		}
		x.openTable4(t, fmt.Sprintf("表四应有 15 个数，%s %d 个（%s），不能确定各属哪一格", seen, len(toks), tokenTexts(toks)))
	}
	return t
}

// fieldsTable4 reads a row in which bars or tabs keep the empty cells.
func (x *reader) fieldsTable4(t *report.Table, from, to int, toks []token) bool {
	s := x.st
	a, b := s.lineStart(toks[0].pos), toks[len(toks)-1].end
	for b < len(s.rs) && s.rs[b] != '\n' {
		b++
	}
	line := strings.TrimRight(string(s.rs[a:b]), " \r")
	var fields []report.Cell
	switch {
	case !strings.Contains(line, "\n") && strings.HasPrefix(line, "|"):
		fields = parseAll(strings.Split(strings.TrimSuffix(line[1:], "|"), "|"))
	case !strings.Contains(line, "\n") && strings.Contains(line, "\t"):
		fields = parseAll(strings.Split(line, "\t"))
	default:
		last := from
		for p := from; p < toks[0].pos; p++ {
			if isHan(s.rs[p]) && !s.skip[p] {
				last = p
			}
		}
		fields = s.segmentAt(last, max(b, min(to, len(s.rs)))).fields
	}
	n := t.Spec.Size()
	for strings.HasPrefix(line, "|") && len(fields) > n && fields[len(fields)-1].Kind == report.Blank {
		fields = fields[:len(fields)-1]
	}
	if len(fields) != n || fields[n-1].Kind == report.Blank && !x.keeps && !innerBlank(fields) {
		return false
	}
	for i, c := range fields {
		x.set(t, i/report.Columns4, i%report.Columns4, c, "")
	}
	return true
}

func (x *reader) openTable4(t *report.Table, why string) {
	for k := range t.Spec.Rows {
		x.rowUnreadable(t, k, why)
	}
}

func (x *reader) emptyTable4(t *report.Table, from, to int, inHeader bool) *report.Table {
	if !inHeader {
		return nil
	}
	x.spans[2] = span{from: x.header4(from), to: to}
	for k := range t.Spec.Rows {
		for j := range t.Spec.Rows[k].Fields {
			x.set(t, k, j, report.Cell{Kind: report.Blank}, "有表头，没有数字；单元格是空的，或转换时丢失了")
		}
	}
	return t
}

// runTogether reports whether the values lost their borders: all in one piece, or pieces such as 00.
func runTogether(toks []token) bool {
	for i := range toks {
		if t := toks[i].text; len(t) > 1 && t[0] == '0' {
			return true
		}
	}
	return len(toks) == 1
}

func gluedDigits(toks []token) int {
	n := 0
	for i := range toks {
		n += toks[i].digits()
	}
	return n
}

func (x *reader) gluedTable4(t *report.Table, toks []token) {
	ways, exact, ok := splits15(texts(toks), 50)
	seen := seen(toks)
	switch {
	case !ok || len(ways) > 1:
		x.openTable4(t, "表四各格数字连在一起（“"+seen+"”），有多种拆法使各组合计成立，不能唯一确定")
	case len(ways) == 0:
		x.openTable4(t, "表四各格数字连在一起（“"+seen+"”），没有一种拆法使各组合计成立")
	default:
		why := "表四各格数字连在一起（“" + seen + "”），按各组合计拆开"
		if exact && groupsAddUp(ways[0]) {
			why = ""
		}
		for i, v := range ways[0] {
			x.set(t, i/report.Columns4, i%report.Columns4, report.Num(v), why)
		}
	}
}

func groupsAddUp(v []int64) bool {
	for i := 0; i+report.Columns4 <= len(v); i += report.Columns4 {
		if v[i]+v[i+1]+v[i+2]+v[i+3] != v[i+4] {
			return false
		}
	}
	return true
}

// region4 returns the stretch in which the values of table 4 stand: from the header's last sure word to the next heading.
// inHeader is false when only the section's heading was found.
func (x *reader) region4() (from, to int, inHeader bool) {
	s := x.st
	lo := 0
	if sp := x.spans[1]; sp.to > 0 {
		lo = s.hanIndex(sp.to)
	}
	n := len(s.hanPos)
	at := -1
	for _, w := range []string{"未经复议直接起诉", "复议后起诉", "行政复议行政诉讼"} {
		p := s.find(w, lo, n)
		if w == "行政复议行政诉讼" {
			p = s.onlyHeader(p, len(w)/3)
		}
		if len(p) > 0 {
			at, inHeader = p[len(p)-1]+len(w)/3, true
			if w == "未经复议直接起诉" && strings.HasPrefix(s.hanText[at*3:], "复议后起诉") {
				at += 5
			}
			break
		}
	}
	if at < 0 {
		for _, w := range []string{"政府信息公开行政复议行政诉讼情况", "申请行政复议提起行政诉讼的情况", "行政复议行政诉讼情况"} {
			if p := s.find(w, lo, n); len(p) > 0 {
				at = p[len(p)-1] + len(w)/3
			}
		}
	}
	if at <= 0 {
		return -1, 0, false
	}
	from = s.hanPos[at-1] + 1
	return from, s.endOfTable4(at, from, inHeader), inHeader
}

// onlyHeader keeps the places at which 行政复议 行政诉讼 is the header of the table and not part of a sentence or a heading.
func (s *stream) onlyHeader(at []int, size int) []int {
	var out []int
	for _, a := range at {
		after := s.hanPos[a+size-1] + 1
		if s.standsAlone(a+size) && !strings.HasSuffix(s.hanText[:a*3], "公开") && after < len(s.rs) && !strings.ContainsRune("，。、,", s.rs[after]) {
			out = append(out, a)
		}
	}
	return out
}

// endOfTable4 is the next heading, or the first sentence behind the values.
func (s *stream) endOfTable4(at, from int, inHeader bool) int {
	limit := min(len(s.rs), from+600)
	for i := at; i < len(s.hanPos) && s.hanPos[i] < limit; i++ {
		rest := s.hanText[i*3:]
		for _, w := range []string{"存在的主要问题", "存在的问题", "存在问题", "主要问题", "存在主要问题", "政府信息公开工作存在", "五存在", "因政府信息公开工作被"} {
			if strings.HasPrefix(rest, w) {
				return s.itemStart(s.hanPos[i], "五、")
			}
		}
	}
	if inHeader {
		return s.endOfValues(from, limit)
	}
	return s.oneRowOf15(from, limit)
}

// endOfValues cuts the stretch where a sentence begins after values were met.
func (s *stream) endOfValues(from, limit int) int {
	toks := s.tokens(from, limit)
	for i := 1; i < len(toks); i++ {
		words := 0
		for p := toks[i-1].end; p < toks[i].pos; p++ {
			if isHan(s.rs[p]) {
				words++
			}
		}
		if words > 8 {
			return toks[i-1].end
		}
	}
	if len(toks) > 0 {
		return toks[len(toks)-1].end
	}
	return limit
}

// oneRowOf15 finds, where the header is lost, the one line that holds fifteen values; without one the stretch is empty.
func (s *stream) oneRowOf15(from, limit int) int {
	end := from
	s.lines(from, limit, func(a, b int) {
		if end == from && len(s.tokens(a, b)) == 15 && len(s.tokens(from, a)) == 0 {
			end = b
		}
	})
	return end
}

func (s *stream) wordsBetween(from, to int) bool {
	for p := from; p < to; p++ {
		if isHan(s.rs[p]) && !s.skip[p] {
			return true
		}
	}
	return false
}

// header4 is where the header of table 4 begins, given a position inside it.
func (x *reader) header4(in int) int {
	s := x.st
	h := s.hanIndex(in)
	lo := max(0, h-60)
	for _, w := range []string{"行政复议行政诉讼", "行政复议"} {
		at := s.find(w, lo, h)
		for _, a := range at {
			if !strings.HasPrefix(s.hanText[a*3:], "行政复议行政诉讼情况") {
				return s.hanPos[a]
			}
		}
	}
	return in
}
