package form

import (
	"fmt"

	"github.com/gongkai/gongkai/internal/report"
)

// gluedStyle reports whether the file lost the borders between cells: rows of seven zeros in one piece, or values such as 00.
func gluedStyle(rows []row3) bool {
	whole, zeros := 0, 0
	for _, r := range rows {
		for i := range r.seg.tokens {
			if t := r.seg.tokens[i].text; len(t) > 1 && t[0] == '0' && allDigits(t) {
				zeros++
			}
		}
		if len(r.seg.tokens) == 1 && r.seg.tokens[0].digits() >= report.Columns3 && allDigits(r.seg.tokens[0].text) {
			whole++
		}
	}
	return whole >= 3 || zeros >= 2 || whole > 0 && whole == len(rows)
}

// gluedRow reads a row whose cells run together. It returns the ways left when its own sum does not decide.
func (x *reader) gluedRow(t *report.Table, k int, toks []token, known map[int][]int64) *open {
	ways, exact := rowSplits(texts(toks))
	glued := "各格数字连在一起（“" + seen(toks) + "”），"
	switch len(ways) {
	case 0:
		x.rowUnreadable(t, k, glued+"没有一种拆法使各类申请人之和等于总计")
	case 1:
		why := ""
		switch {
		case !exact:
			why = glued + "按“各类申请人之和等于总计”拆开"
		case !addsUp(ways[0]):
			why = glued + "按一位一格拆开，但各列之和与总计不符"
		}
		x.setRow(t, k, ways[0], why)
		known[k] = ways[0]
	default:
		return &open{row: k, ways: ways}
	}
	return nil
}

// addsUp reports whether the first six values of a row add up to the last.
func addsUp(row []int64) bool {
	sum := int64(0)
	for _, v := range row[:report.ColTotal] {
		sum += v
	}
	return sum == row[report.ColTotal]
}

func (x *reader) settleOpen(t *report.Table, known map[int][]int64, opens []open) {
	if len(opens) == 0 {
		return
	}
	chosen := settle(t.Spec, known, opens)
	for i, o := range opens {
		if chosen != nil {
			x.setRow(t, o.row, chosen[i], "各格数字连在一起，按行内合计和“（一）至（六）之和等于（七）”等勾稽关系拆开")
			continue
		}
		x.rowUnreadable(t, o.row, fmt.Sprintf("各格数字连在一起，有 %d 种拆法都使行内合计成立，勾稽关系也不能唯一确定", len(o.ways)))
	}
}
