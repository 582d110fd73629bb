package form

import (
	"strings"

	"github.com/gongkai/gongkai/internal/report"
)

// partLabels are the words that stand above the three parts of table 4, in the order of the form.
var partLabels = [3]string{"行政复议", "未经复议直接起诉", "复议后起诉"}

// gridParts4 reads table 4 from three small grids of five columns, each with its own header, under captions that name them in
// the order of the form. It returns nil when the file does not have exactly these.
func (x *reader) gridParts4(rows []gridRow) *report.Table {
	var parts []*gridRow
	from := -1
	for i := 0; i+1 < len(rows); i++ {
		if !isHeader5(&rows[i]) || rows[i+1].block != rows[i].block || len(rows[i+1].cells) != report.Columns4 {
			continue
		}
		n := len(parts)
		if n == len(partLabels) || !strings.HasSuffix(x.wordsAbove(from, rows[i].block), partLabels[n]) {
			return nil
		}
		from = rows[i].block
		parts = append(parts, &rows[i+1])
	}
	if len(parts) != len(partLabels) {
		return nil
	}
	t := report.NewTable(x.format.Table4)
	for n, w := range parts {
		for j, c := range w.cells {
			v, why := parseValue(c.Text, report.Count)
			x.set(t, n, j, v, why)
		}
		x.cover(2, w.block)
	}
	return t
}

// isHeader5 recognises the row 结果维持, 结果纠正, 其他结果, 尚未审结, 总计.
func isHeader5(w *gridRow) bool {
	if len(w.cells) != report.Columns4 {
		return false
	}
	for j, word := range [report.Columns4]string{"结果维持", "结果纠正", "其他结果", "尚未审结", "总计"} {
		if han(w.cells[j].Text) != word {
			return false
		}
	}
	return true
}

// wordsAbove are the characters of the text between two blocks.
func (x *reader) wordsAbove(after, before int) string {
	var words string
	for b := max(after+1, before-3); b < before; b++ {
		if x.doc.Blocks[b].Grid == nil {
			words += han(x.doc.Blocks[b].Text)
		}
	}
	return words
}
