package checks

import "github.com/gongkai/gongkai/internal/legal"

// k1 is the relation printed in the form itself: 本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和.
//
// Formula: per column of table 3, 一、本年新收 + 二、上年结转 = （七）总计 + 四、结转下年度.
// Legal: 国办公开办函〔2021〕30号, from 2021-09-26; the same words in 国办公开办函〔2019〕60号.
func k1() Rule {
	words := &sumWords{
		rule:  "K1",
		path:  func(s *sum) string { return columnPath(s.grid, s.line) },
		place: columnPlace,
		say: func(s *sum) string {
			return columnPlace(s) + "：" + terms(s.grid, s.left, columnLabel(s), " + ") + " = " + number(s.l) + "，但" +
				terms(s.grid, s.right, columnLabel(s), " + ") + " = " + number(s.r) + between(s) +
				"。本列应当“第一项加第二项之和，等于第三项加第四项之和”，请核对这四个数字"
		},
	}
	return Rule{
		ID: "K1", Title: "新收加结转等于办结加结转下年", Severity: Error, Formats: withTables,
		Sources: []legal.Ref{{Instrument: legal.Format2021}, {Instrument: legal.Format2019}},
		Formula: "表三每一列：一、本年新收＋二、上年结转＝三、本年度办理结果（七）总计＋四、结转下年度继续办理",
		Check:   func(in *Input) Outcome { return words.check(in, "table3", noTable3) },
	}
}
