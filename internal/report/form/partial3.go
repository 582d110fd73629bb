package form

import (
	"fmt"
	"strings"

	"github.com/gongkai/gongkai/internal/report"
)

// partialRow3 reads a row with more or fewer than seven values.
func (x *reader) partialRow3(t *report.Table, k int, seg segment) {
	filled := 0
	for _, f := range seg.fields {
		if f.Kind != report.Blank {
			filled++
		}
	}
	n := len(seg.tokens)
	switch {
	case n == 0 && len(seg.fields) >= report.Columns3-1:
		for j := range report.Columns3 {
			*t.At(k, j) = report.Cell{Kind: report.Blank}
		}
	case n == 0:
		for j := range report.Columns3 {
			x.set(t, k, j, report.Cell{Kind: report.Blank}, "有行名，没有数字；单元格是空的，或转换时丢失了")
		}
	case filled == n && len(seg.fields) >= report.Columns3 && n < report.Columns3:
		x.fieldsRow3(t, k, seg)
	case n < report.Columns3 && x.layoutRow3(t, k, seg):
	default:
		x.rowUnreadable(t, k, fmt.Sprintf("这一行只见到 %d 个数（%s），与表样的 7 格对不上，位置已丢失", n, tokenTexts(seg.tokens)))
	}
}

// fieldsRow3 reads a row whose bars or tabs keep the empty cells. The seven cells behind the label are the row; what stands
// behind them must be empty.
func (x *reader) fieldsRow3(t *report.Table, k int, seg segment) {
	like, sure := x.leads[itemStyle(t.Spec.Rows[k].Item)]
	fields := seg.fields[min(like.lead, len(seg.fields)):]
	ok := len(fields) >= report.Columns3 && (seg.bars || sure && len(seg.fields) == like.fields)
	for _, c := range fields[min(report.Columns3, len(fields)):] {
		ok = ok && c.Kind == report.Blank
	}
	// Filling bars at the end of a line look like empty cells: without proof that empty cells were kept they are no cells.
	ok = ok && (!seg.oneRow || x.keeps || fields[report.ColTotal].Kind != report.Blank)
	if !ok {
		x.rowUnreadable(t, k, fmt.Sprintf("这一行只见到 %d 个数（%s），空格与数字的位置不能对应到列", len(seg.tokens), tokenTexts(seg.tokens)))
		return
	}
	row := fields[:report.Columns3]
	why := ""
	if !plausible3(row) {
		why = "这一行有空格，按分隔符的位置对应，但各列之和与总计不符"
	}
	for j, c := range row {
		x.set(t, k, j, c, why)
	}
}

// plausible3 refuses a row whose filled cells contradict its total: a sign that the cells stand one place off.
func plausible3(row []report.Cell) bool {
	sum, filled := int64(0), 0
	for _, c := range row[:report.ColTotal] {
		if c.Kind == report.Number {
			sum += c.N
			filled++
		}
	}
	total := row[report.ColTotal]
	return total.Kind != report.Number || filled == 0 || sum == total.N
}

// itemStyle groups the rows whose labels stand in the same column: 一、 （一） 1.
func itemStyle(item string) byte {
	switch {
	case item == "":
		return 0
	case item[0] >= '1' && item[0] <= '9':
		return '1'
	case strings.HasPrefix(item, "（"):
		return '('
	}
	return 'a'
}

// rowShape is how a row with all seven values is laid out: the empty cells before the first value, and all cells behind the
// label.
type rowShape struct{ lead, fields int }

// leadsOf says per style of label how the rows that have all seven values are laid out. Styles whose rows disagree are left
// out.
func leadsOf(spec *report.TableSpec, rows []row3) map[byte]rowShape {
	leads := map[byte]rowShape{}
	bad := map[byte]bool{}
	for _, r := range rows {
		k := spec.RowIndex(r.key)
		if k < 0 || len(r.seg.tokens) != report.Columns3 || len(r.seg.fields) < report.Columns3 {
			continue
		}
		n := rowShape{fields: len(r.seg.fields)}
		for n.lead < len(r.seg.fields) && r.seg.fields[n.lead].Kind == report.Blank {
			n.lead++
		}
		style := itemStyle(spec.Rows[k].Item)
		if old, ok := leads[style]; ok && old != n {
			bad[style] = true
		}
		leads[style] = n
	}
	for s := range bad {
		delete(leads, s)
	}
	exactRows(spec, rows, leads, bad)
	return leads
}

// exactRows adds the styles without a row that has all seven values whose rows all have exactly seven cells behind the label:
// there is only one way to place them.
func exactRows(spec *report.TableSpec, rows []row3, leads map[byte]rowShape, bad map[byte]bool) {
	seven := map[byte]bool{}
	for _, r := range rows {
		k := spec.RowIndex(r.key)
		if k < 0 || r.seg.fields == nil {
			continue
		}
		style := itemStyle(spec.Rows[k].Item)
		if old, ok := seven[style]; !ok || old {
			seven[style] = len(r.seg.fields) == report.Columns3
		}
	}
	for style, ok := range seven {
		if _, known := leads[style]; ok && !known && !bad[style] {
			leads[style] = rowShape{fields: report.Columns3}
		}
	}
}
