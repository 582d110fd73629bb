package checks

import "github.com/gongkai/gongkai/internal/legal"

// k3 is the meaning of the row （七）总计: every closed application stands in exactly one result row.
//
// Formula: per column of table 3, the sum of （一） to （六） = （七）总计. The rows are those of the report's own table: 21
// in the 2021 format, 19 where （六）其他处理 is a single row.
// Legal: derived from the row （七）总计 of 国办公开办函〔2021〕30号, from 2021-09-26, and of 国办公开办函〔2019〕60号.
func k3() Rule {
	words := &sumWords{
		rule:  "K3",
		path:  func(s *sum) string { return columnPath(s.grid, s.line) },
		place: columnPlace,
		say: func(s *sum) string {
			parts := terms(s.grid, s.left, columnLabel(s), "、")
			if parts == "" {
				parts = "各行均为 0"
			}
			return columnPlace(s) + "：（一）至（六）各行相加为 " + number(s.l) + "（" + parts + "），但（七）总计填 " + number(s.r) +
				between(s) + "。（七）总计应当等于（一）至（六）各行之和，请核对本列"
		},
	}
	return Rule{
		ID: "K3", Title: "办理结果总计等于各行之和", Severity: Error, Formats: withTables,
		Sources: []legal.Ref{{Instrument: legal.Format2021}, {Instrument: legal.Format2019}},
		Formula: "表三每一列：（一）予以公开至（六）其他处理各行之和＝（七）总计",
		Check:   func(in *Input) Outcome { return words.check(in, "table3", noTable3) },
	}
}
