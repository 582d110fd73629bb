package checks

import (
	"strings"

	"github.com/gongkai/gongkai/internal/legal"
	"github.com/gongkai/gongkai/internal/report"
)

// k6 asks for a number in every cell: counts are whole and not negative, and where there is nothing a 0 stands.
//
// Formula: every cell of the three tables is a non-negative integer (本年增/减 of the 2019 format may be negative, money may
// have decimals); a blank or "/" is a warning, once per row or, where many rows have them, once per table.
// Legal: derived from the form of 国办公开办函〔2021〕30号, from 2021-09-26, and of 国办公开办函〔2019〕60号.
func k6() Rule {
	return Rule{
		ID: "K6", Title: "件数为非负整数，没有的填 0", Severity: Error, Formats: withTables,
		Sources: []legal.Ref{{Instrument: legal.Format2021}, {Instrument: legal.Format2019}},
		Formula: "三张表每一格都应填数字；件数为不小于 0 的整数；没有发生的填 0，不留空、不填“/”",
		Check:   checkCells,
	}
}

// glued is the number from which a count is more likely two numbers run together than a count.
const glued = 100_000_000

func checkCells(in *Input) Outcome {
	var out Outcome
	tables := in.Report.Tables()
	if len(tables) == 0 {
		out.unknown("table2", "报告中没有找到三张法定表格，无法检查")
	}
	for _, t := range tables {
		before := len(out.Findings) + len(out.NotAssessable)
		gaps := make([][]int, len(t.Spec.Rows))
		for row := range t.Spec.Rows {
			for field := range t.Spec.Rows[row].Fields {
				if !checkCell(t, row, field, &out) {
					gaps[row] = append(gaps[row], field)
				}
			}
		}
		reportGaps(t, gaps, &out)
		if len(out.Findings)+len(out.NotAssessable) == before {
			out.Passed++
		}
	}
	return out
}

// checkCell judges one cell and reports whether it needs no more words; false means that a number is missing.
func checkCell(t *report.Table, row, field int, out *Outcome) bool {
	c, unit := t.At(row, field), t.Spec.Rows[row].Fields[field].Unit
	if c.IsNumber() && (c.N >= 0 || unit == report.Change) && (c.N < glued || unit != report.Count) {
		return true
	}
	path, name := t.Spec.Path(row, field), t.Spec.CellName(row, field)
	switch {
	case c.IsNumber() && c.N < 0:
		out.find(Finding{Path: path, Actual: c.Text(unit), Cells: []string{path},
			Message: name + "填 " + c.Text(unit) + "，不能小于 0，请改正"})
	case c.IsNumber():
		out.find(Finding{Path: path, Severity: Warning, Actual: c.N, Cells: []string{path},
			Message: name + "填 " + number(c.N) + "，大得异常，可能是相邻几格的数字连在了一起，请核对"})
	case looksDecimal(c.Raw) && unit == report.Count:
		out.find(Finding{Path: path, Actual: c.Raw, Cells: []string{path}, Message: name + "填“" + c.Raw + "”，件数应当是整数，请改正"})
	case c.Kind == report.Unreadable:
		out.unknown(path, name+"无法辨认，不能判断，请查看原文")
	default:
		return false
	}
	return true
}

// looksDecimal reports whether a cell prints a small number with decimals. A long one is rather two numbers run together,
// which nobody can judge.
func looksDecimal(raw string) bool {
	whole, frac, dot := strings.Cut(strings.TrimSpace(raw), ".")
	digits := func(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }
	return dot && digits(whole) && digits(frac) && len(whole) <= 5 && len(frac) <= 2
}

// fewRows is up to how many rows with gaps are named one by one.
const fewRows = 3

// reportGaps warns of cells without a number: row by row when they are few, else once for the table.
func reportGaps(t *report.Table, gaps [][]int, out *Outcome) {
	rows, cells := 0, 0
	var paths []string
	kinds := map[string]bool{}
	for row, fields := range gaps {
		if len(fields) > 0 {
			rows++
		}
		for _, field := range fields {
			cells++
			paths = append(paths, t.Spec.Path(row, field))
			kinds[kindWords(t.At(row, field))] = true
		}
	}
	if rows == 0 {
		return
	}
	if rows > fewRows {
		out.find(Finding{Path: t.Spec.ID, Severity: Warning, Cells: paths, Message: tableName(t.Spec.ID) + "有 " + number(int64(rows)) + " 行共 " +
			number(int64(cells)) + " 格没有数字（" + joinKinds(kinds) + "）。没有发生的应当填 0，请逐格补填；补填前这些格参与的等式无法核算"})
		return
	}
	for row, fields := range gaps {
		if len(fields) == 0 {
			continue
		}
		var own []string
		seen := map[string]bool{}
		for _, field := range fields {
			own = append(own, t.Spec.Path(row, field))
			seen[kindWords(t.At(row, field))] = true
		}
		name := t.Spec.CellName(row, fields[0])
		if len(fields) > 1 {
			name = tableName(t.Spec.ID) + "“" + t.Spec.Rows[row].Item + t.Spec.Rows[row].Label + "”行有 " + number(int64(len(fields))) + " 格"
		}
		out.find(Finding{Path: t.Spec.ID + "." + t.Spec.Rows[row].Key, Severity: Warning, Cells: own,
			Message: name + "没有数字（" + joinKinds(seen) + "）。没有发生的应当填 0，请补填"})
	}
}

func joinKinds(kinds map[string]bool) string {
	var out []string
	for _, k := range []string{"空白", "填的是“/”", "填的是“-”", "在文件中没有"} {
		if kinds[k] {
			out = append(out, k)
			delete(kinds, k)
		}
	}
	if len(kinds) > 0 {
		out = append(out, "填的是文字")
	}
	return strings.Join(out, "、")
}

func tableName(id string) string {
	switch id {
	case "table2":
		return "表二"
	case "table3":
		return "表三"
	default:
		return "表四"
	}
}
