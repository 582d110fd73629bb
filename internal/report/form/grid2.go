package form

import (
	"fmt"
	"strings"

	"github.com/gongkai/gongkai/internal/docio"
	"github.com/gongkai/gongkai/internal/report"
)

// gridTable2 reads table 2 from the grids, or returns nil.
func (x *reader) gridTable2(rows []gridRow) *report.Table {
	f := x.format
	t := report.NewTable(f.Table2)
	var heads *gridRow
	found := 0
	next := 0
	for i := range rows {
		w := &rows[i]
		if heads != nil && heads.g != w.g {
			heads = nil
		}
		cells := w.filled()
		if len(cells) == 0 {
			continue
		}
		words := han(stripRubbish(cells[0].Text))
		if strings.HasPrefix(words, "信息内容") {
			heads = &gridRow{g: w.g, r: w.r, cells: cells}
			continue
		}
		k := x.row2(words, next)
		if k < 0 || len(cells) < 2 {
			continue
		}
		next = k + 1
		found++
		x.cover(0, w.block)
		x.gridRow2(t, k, &gridRow{g: w.g, r: w.r, cells: cells}, heads)
	}
	if found < 2 {
		return nil
	}
	for k := range f.Table2.Rows {
		if t.At(k, 0).Kind == report.Absent && !x.rep.Doubted(f.Table2.Path(k, 0)) {
			x.rep.Doubt("table2."+f.Table2.Rows[k].Key, "表二没有找到“"+f.Table2.Rows[k].Label+"”这一行", "")
		}
	}
	return t
}

// filled returns the row without the empty cells before its first word.
func (w *gridRow) filled() []*docio.GridCell {
	for i, c := range w.cells {
		if strings.TrimSpace(c.Text) != "" {
			return w.cells[i:]
		}
	}
	return nil
}

// row2 returns the index in table 2 of the row with this label, not before from, or -1.
func (x *reader) row2(printed string, from int) int {
	for _, l := range labels2 {
		if l.similarity(printed) < 0.75 || l.row == "regulations" && len(printed) > len("规章")*3+len("设区的市自治州人民政府应提供相关数据") {
			continue
		}
		key := l.row
		if key == "fees" && x.format.ID == report.Format2021 {
			key = "fees_wan_yuan"
		}
		if k := x.format.Table2.RowIndex(key); k >= from {
			return k
		}
	}
	return -1
}

func (x *reader) gridRow2(t *report.Table, k int, w *gridRow, heads *gridRow) {
	fields := t.Spec.Rows[k].Fields
	vals := w.cells[1:]
	cells := vals
	if len(vals) != len(fields) {
		cells = underHeads(w, heads, len(fields))
		if cells == nil {
			cells = trimBlank(vals, len(fields))
		}
	}
	if cells == nil {
		for j := range fields {
			*t.At(k, j) = report.Cell{Kind: report.Unreadable}
		}
		x.rep.Doubt("table2."+t.Spec.Rows[k].Key, fmt.Sprintf("这一行有 %d 个数据格，与表样的 %d 格对不上：%s", len(vals), len(fields), cellTexts(vals)), "")
		return
	}
	for j, c := range cells {
		if c == nil {
			continue
		}
		cell, why := parseValue(c.Text, fields[j].Unit)
		x.set(t, k, j, cell, why)
	}
}

// underHeads takes the cells that stand under the header cells of the row above.
func underHeads(w, heads *gridRow, n int) []*docio.GridCell {
	if heads == nil || len(heads.cells) < 2 {
		return nil
	}
	cols := heads.cells[1:]
	for len(cols) > n && strings.TrimSpace(cols[len(cols)-1].Text) == "" {
		cols = cols[:len(cols)-1]
	}
	if len(cols) != n {
		return nil
	}
	out := make([]*docio.GridCell, n)
	for j, h := range cols {
		c := w.g.At(w.r, h.Col)
		if c == nil || c.Row != w.r || c == w.cells[0] {
			return nil
		}
		out[j] = c
	}
	return out
}

// trimBlank drops empty cells at the right end until n are left.
func trimBlank(vals []*docio.GridCell, n int) []*docio.GridCell {
	for len(vals) > n && strings.TrimSpace(vals[len(vals)-1].Text) == "" {
		vals = vals[:len(vals)-1]
	}
	if len(vals) != n {
		return nil
	}
	return vals
}
