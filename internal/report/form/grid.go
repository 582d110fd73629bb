package form

import (
	"fmt"
	"strings"

	"github.com/gongkai/gongkai/internal/docio"
	"github.com/gongkai/gongkai/internal/report"
)

// gridRow is one row of a grid of the document, with the cells that start in it.
type gridRow struct {
	block int
	g     *docio.Grid
	r     int
	cells []*docio.GridCell
	head  *header // the columns of table 3 as the nearest header above gives them
	label *docio.GridCell
	text  string // the label's characters
}

// header is where the seven columns of table 3 stand in a grid.
type header struct {
	cols [report.Columns3]int
}

var headerWords = [report.Columns3][]string{
	{"自然人"}, {"商业企业", "商业"}, {"科研机构", "科研企业", "科研"}, {"社会公益组织", "社会公益", "公益组织"}, {"法律服务机构", "法律服务"}, {"其他"}, {"总计", "合计"},
}

// findHeader looks for the header of table 3 in the first rows of a grid.
func findHeader(g *docio.Grid, rows map[int][]*docio.GridCell) *header {
	var h header
	for i := range h.cols {
		h.cols[i] = -1
	}
	for r := 0; r < min(g.Rows, 10); r++ {
		for _, c := range rows[r] {
			word := han(c.Text)
			if word == "" || len(word) > 24 {
				continue
			}
			h.place(word, c)
		}
		if h.complete() {
			return &h
		}
	}
	return nil
}

func (h *header) place(word string, c *docio.GridCell) {
	for k, words := range headerWords {
		if h.cols[k] >= 0 {
			continue
		}
		for _, w := range words {
			if word != w {
				continue
			}
			// 其他 stands right of 法律服务机构; 总计 is the last column.
			if k == report.ColOther && (h.cols[report.ColLegalService] < 0 || c.Col <= h.cols[report.ColLegalService]) {
				return
			}
			h.cols[k] = c.Col
			return
		}
	}
}

func (h *header) complete() bool {
	for k, c := range h.cols {
		if c < 0 || k > 0 && c <= h.cols[k-1] {
			return false
		}
	}
	return true
}

// rowsOf lists the rows of all grids in reading order. A header found in one grid holds for the next grids of the same width
// that have none of their own (a table continued on the next page).
func rowsOf(doc *docio.Document) []gridRow {
	var out []gridRow
	var last *header
	var lastCols int
	for b := range doc.Blocks {
		g := doc.Blocks[b].Grid
		if g == nil {
			continue
		}
		byRow := make(map[int][]*docio.GridCell, g.Rows)
		for i := range g.Cells {
			c := &g.Cells[i]
			byRow[c.Row] = append(byRow[c.Row], c)
		}
		h := findHeader(g, byRow)
		if h != nil {
			last, lastCols = h, g.Cols
		} else if last != nil && lastCols == g.Cols {
			h = last
		}
		for r := 0; r < g.Rows; r++ {
			row := gridRow{block: b, g: g, r: r, cells: byRow[r], head: h}
			row.findLabel()
			out = append(out, row)
		}
	}
	return out
}

// findLabel takes the cell left of the data columns as the label; without a header, the last cell with words in it.
func (w *gridRow) findLabel() {
	limit := w.g.Cols
	if w.head != nil {
		limit = w.head.cols[0]
	}
	for i := len(w.cells) - 1; i >= 0; i-- {
		c := w.cells[i]
		if c.Col >= limit {
			continue
		}
		t := han(stripRubbish(c.Text))
		if t == "" || w.head == nil && len(t) < 6 {
			continue
		}
		w.label, w.text = c, t
		return
	}
}

// values returns the cells to the right of the label that start in this row, in order.
func (w *gridRow) values() []*docio.GridCell {
	if w.label == nil {
		return nil
	}
	for i, c := range w.cells {
		if c == w.label {
			return w.cells[i+1:]
		}
	}
	return nil
}

// gridTable3 reads table 3 from the grids. It returns nil when the grids hold no such table.
func (x *reader) gridTable3(rows []gridRow) *report.Table {
	var cand []int
	var printed []string
	for _, b := range blocksWithLabels(rows) {
		for i := range rows {
			if rows[i].block == b && rows[i].text != "" {
				cand = append(cand, i)
				printed = append(printed, rows[i].text)
			}
		}
	}
	if len(cand) == 0 {
		return nil
	}
	labels, a := bestAlignment(printed)
	var keys []string
	for _, l := range a.label {
		if l >= 0 {
			keys = append(keys, labels[l].row)
		}
	}
	if len(keys) < 3 {
		return nil
	}
	spec := x.spec3(keys)
	t := report.NewTable(spec)
	seen := map[string]bool{}
	for n, i := range cand {
		if a.label[n] < 0 {
			continue
		}
		l := labels[a.label[n]]
		k := spec.RowIndex(l.row)
		if k < 0 {
			continue
		}
		seen[l.row] = true
		x.cover(1, rows[i].block)
		x.gridRow3(t, k, &rows[i])
		x.noteLabel(spec, k, rows[i].text, rows[i].label.Text)
	}
	x.missingRows(t, seen)
	return t
}

// headWords are labels and headers of the other tables and of the head of table 3: they need no comparing.
var headWords = map[string]bool{"规章": true, "行政规范性文件": true, "规范性文件": true, "行政许可": true, "其他对外管理服务事项": true,
	"行政处罚": true, "行政强制": true, "行政事业性收费": true, "政府集中采购": true, "信息内容": true, "第二十条第一项": true, "第二十条第五项": true,
	"第二十条第六项": true, "第二十条第八项": true, "第二十条第九项": true, "行政复议": true, "行政诉讼": true, "结果维持": true, "结果纠正": true,
	"其他结果": true, "尚未审结": true, "总计": true, "未经复议直接起诉": true, "复议后起诉": true, "自然人": true, "法人或其他组织": true, "申请人情况": true,
	"商业企业": true, "科研机构": true, "社会公益组织": true, "法律服务机构": true, "其他": true}

// blocksWithLabels returns the blocks whose grids hold a row of table 3, in order.
func blocksWithLabels(rows []gridRow) []int {
	var out []int
	for i := range rows {
		if len(out) > 0 && out[len(out)-1] == rows[i].block {
			continue
		}
		if rows[i].text == "" {
			continue
		}
		if _, ok := exactRow(rows[i].text); ok {
			out = append(out, rows[i].block)
			continue
		}
		if headWords[rows[i].text] {
			continue
		}
		for j := range labels3 {
			if !labels3[j].short && labels3[j].similarity(rows[i].text) >= 0.75 {
				out = append(out, rows[i].block)
				break
			}
		}
	}
	return out
}

// bestAlignment tries (六) as three rows and as one row and takes what explains more.
func bestAlignment(printed []string) ([]label, aligned) {
	three := labelsFor(false)
	a3 := align(printed, three)
	if sum(a3.score) == float64(len(three)) {
		return three, a3
	}
	one := labelsFor(true)
	a1 := align(printed, one)
	if sum(a1.score) > sum(a3.score) {
		return one, a1
	}
	return three, a3
}

func sum(v []float64) float64 {
	s := 0.0
	for _, x := range v {
		s += x
	}
	return s
}

func (x *reader) gridRow3(t *report.Table, k int, w *gridRow) {
	vals := w.values()
	cells := vals
	if len(vals) != report.Columns3 {
		cells = w.byHeader()
		if cells == nil {
			cells = exactlySeven(vals)
		}
	}
	if cells == nil {
		x.rowUnreadable(t, k, fmt.Sprintf("这一行有 %d 个数据格，与表样的 7 格对不上：%s", len(vals), cellTexts(vals)))
		return
	}
	var prev *docio.GridCell
	for j, c := range cells {
		if c == nil {
			continue
		}
		cell, why := parseValue(c.Text, report.Count)
		if c == prev && cell.Kind != report.Blank {
			*t.At(k, j) = report.Cell{Kind: report.Unreadable, Raw: c.Text}
			x.rep.Doubt(t.Spec.Path(k, j), "一个单元格横跨几列，不能确定“"+oneLine(c.Text)+"”属于哪一列", "")
			continue
		}
		x.set(t, k, j, cell, why)
		prev = c
	}
}

// byHeader takes the cells that stand under the header's columns. It returns nil when there is no header, or when the label
// reaches under the columns.
func (w *gridRow) byHeader() []*docio.GridCell {
	if w.head == nil || w.label == nil || w.label.Col+w.label.ColSpan > w.head.cols[0] {
		return nil
	}
	out := make([]*docio.GridCell, report.Columns3)
	for k, col := range w.head.cols {
		c := w.g.At(w.r, col)
		if c != nil && c.Row == w.r {
			out[k] = c
		}
	}
	return out
}

// exactlySeven returns the seven cells that hold something when the others are empty and stand at the ends.
func exactlySeven(vals []*docio.GridCell) []*docio.GridCell {
	lo, hi := 0, len(vals)
	for lo < hi && strings.TrimSpace(vals[lo].Text) == "" {
		lo++
	}
	for hi > lo && strings.TrimSpace(vals[hi-1].Text) == "" {
		hi--
	}
	if hi-lo != report.Columns3 {
		return nil
	}
	return vals[lo:hi]
}

func cellTexts(cells []*docio.GridCell) string {
	var parts []string
	for _, c := range cells {
		s := oneLine(c.Text)
		if s == "" {
			s = "空"
		}
		parts = append(parts, s)
	}
	return strings.Join(parts, "、")
}
