package checks

import (
	"github.com/gongkai/gongkai/internal/legal"
)

// k2 is the meaning of the last column of table 3.
//
// Formula: per row of table 3, 自然人 + 商业企业 + 科研机构 + 社会公益组织 + 法律服务机构 + 其他 = 总计.
// Legal: derived from the column 总计 of 国办公开办函〔2021〕30号, from 2021-09-26, and of 国办公开办函〔2019〕60号.
func k2() Rule {
	place := func(s *sum) string { return "表三“" + rowName(&s.grid.t.Spec.Rows[s.line]) + "”行" }
	words := &sumWords{
		rule:  "K2",
		path:  func(s *sum) string { return rowPath(s.grid, s.line) },
		place: place,
		say: func(s *sum) string {
			parts := terms(s.grid, s.left, rowLabel(s), "、")
			if parts == "" {
				parts = "各格均为 0"
			}
			return place(s) + "：各类申请人相加为 " + number(s.l) + "（" + parts + "），但总计填 " + number(s.r) + between(s) +
				"。每行的总计应当等于自然人与五类法人或其他组织之和，请核对本行"
		},
	}
	return Rule{
		ID: "K2", Title: "每行总计等于各类申请人之和", Severity: Error, Formats: withTables,
		Sources: []legal.Ref{{Instrument: legal.Format2021}, {Instrument: legal.Format2019}},
		Formula: "表三每一行：自然人＋商业企业＋科研机构＋社会公益组织＋法律服务机构＋其他＝总计",
		Check:   func(in *Input) Outcome { return words.check(in, "table3", noTable3) },
	}
}
