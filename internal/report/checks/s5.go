package checks

import (
	"github.com/gongkai/gongkai/internal/legal"
	"github.com/gongkai/gongkai/internal/report"
)

// s5 asks for the three rows of （六）其他处理 that the 2021 format brought.
//
// Formula: in the 2021 format （六）其他处理 is split into 逾期不补正, 逾期未缴费 and 其他.
// Legal: 国办公开办函〔2021〕30号, from 2021-09-26.
func s5() Rule {
	return Rule{
		ID: "S5", Title: "（六）其他处理分三行", Severity: Warning, Formats: []report.FormatID{report.Format2021},
		Sources: []legal.Ref{{Instrument: legal.Format2021}},
		Formula: "表三（六）其他处理分列逾期不补正、逾期未缴费、其他三行",
		Check:   checkOtherRows,
	}
}

func checkOtherRows(in *Input) Outcome {
	var out Outcome
	t := in.Report.Table3
	switch {
	case t == nil:
		out.unknown("table3.other", noTable3)
	case t.Spec.RowIndex("other") >= 0:
		out.find(Finding{Path: "table3.other", Message: "表三“（六）其他处理”只有一行。2021年格式要求分列“1.申请人无正当理由逾期不补正”" +
			"“2.申请人逾期未按收费通知要求缴纳费用”“3.其他”三行，请分开填写"})
	default:
		out.Passed++
	}
	return out
}
