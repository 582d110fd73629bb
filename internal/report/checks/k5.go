package checks

import "github.com/gongkai/gongkai/internal/legal"

// k5 is the meaning of the column 总计 of table 4.
//
// Formula: for 行政复议, 未经复议直接起诉 and 复议后起诉 each, 结果维持 + 结果纠正 + 其他结果 + 尚未审结 = 总计.
// Legal: derived from the column 总计 of 国办公开办函〔2021〕30号, from 2021-09-26, and of 国办公开办函〔2019〕60号.
func k5() Rule {
	place := func(s *sum) string { return "表四“" + s.grid.t.Spec.Rows[s.line].Label + "”" }
	words := &sumWords{
		rule:  "K5",
		path:  func(s *sum) string { return rowPath(s.grid, s.line) },
		place: place,
		say: func(s *sum) string {
			return place(s) + "：" + terms(s.grid, s.left, rowLabel(s), " + ") + " = " + number(s.l) + "，但总计填 " + number(s.r) +
				between(s) + "。总计应当等于结果维持、结果纠正、其他结果、尚未审结四项之和，请核对这五个数字"
		},
	}
	return Rule{
		ID: "K5", Title: "复议诉讼总计等于四项之和", Severity: Error, Formats: withTables,
		Sources: []legal.Ref{{Instrument: legal.Format2021}, {Instrument: legal.Format2019}},
		Formula: "表四每一组：结果维持＋结果纠正＋其他结果＋尚未审结＝总计",
		Check:   func(in *Input) Outcome { return words.check(in, "table4", noTable4) },
	}
}
