package checks

import (
	"github.com/gongkai/gongkai/internal/legal"
	"github.com/gongkai/gongkai/internal/report"
)

// k7 follows the documents in force from one year to the next. Clean-ups and documents that lapse by themselves break it,
// so that it only warns.
//
// Formula: for 规章 and 行政规范性文件, 现行有效 of this year = 现行有效 of last year + 本年制发 - 本年废止.
// Legal: derived from table 2 of 国办公开办函〔2021〕30号, from 2021-09-26; the 2019 format counts other things.
func k7() Rule {
	return Rule{
		ID: "K7", Title: "现行有效件数与上年衔接", Severity: Warning, Formats: []report.FormatID{report.Format2021},
		Sources: []legal.Ref{{Instrument: legal.Format2021}},
		Formula: "本年现行有效件数＝上年现行有效件数＋本年制发件数－本年废止件数（自然失效、清理会使两边不等）",
		Check:   checkInForce,
	}
}

func checkInForce(in *Input) Outcome {
	var out Outcome
	for _, row := range []string{"regulations", "normative_documents"} {
		inForce(in, row, &out)
	}
	return out
}

// Fields of the documents of table 2.
const (
	fieldIssued = iota
	fieldRepealed
	fieldInForce
)

func inForce(in *Input, row string, out *Outcome) {
	path := "table2." + row + ".in_force"
	prev, why := in.previous()
	if prev == nil {
		out.unknown(path, why)
		return
	}
	if prev.Format != in.Report.Format {
		out.unknown(path, "上一年的报告用的是另一种格式，没有“现行有效件数”，无法核对衔接")
		return
	}
	now := in.Report.Table2
	cells := []*report.Cell{prev.Table2.Get(row, fieldInForce), now.Get(row, fieldIssued), now.Get(row, fieldRepealed), now.Get(row, fieldInForce)}
	for _, c := range cells {
		if c == nil || !c.IsNumber() {
			out.unknown(path, "表二的制发、废止或现行有效件数有的没有数字，无法核对与上年的衔接")
			return
		}
	}
	want := add(add(cells[0].N, cells[1].N), -cells[2].N)
	if want == cells[3].N {
		out.Passed++
		return
	}
	label := now.Spec.Rows[now.Spec.RowIndex(row)].Label
	msg := "表二“" + label + "”：上年现行有效 " + number(cells[0].N) + " + 本年制发 " + number(cells[1].N) + " - 本年废止 " + number(cells[2].N) +
		" = " + number(want) + "，但本年现行有效填 " + number(cells[3].N) + "，相差 " + number(abs(want-cells[3].N)) +
		"。如有自然失效或集中清理，属于正常，请在备注中说明；否则请核对"
	out.find(Finding{Path: path, Message: msg, Expected: want, Actual: cells[3].N,
		Cells: []string{"table2." + row + ".issued", "table2." + row + ".repealed", path}})
}
