package checks

import (
	"strings"

	"github.com/gongkai/gongkai/internal/legal"
	"github.com/gongkai/gongkai/internal/report"
)

// s11 misses the sentence on information handling fees in section 六. It is practice rather than a confirmed duty, so that
// it only informs; where the table of applications shows that somebody was asked to pay, it warns.
//
// Formula: section 六 says how much was collected as 信息处理费, 0 included.
// Legal: 国办函〔2020〕109号, from 2021-01-01.
func s11() Rule {
	return Rule{
		ID: "S11", Title: "第六部分写明信息处理费", Severity: Info, Formats: []report.FormatID{report.Format2021},
		Sources: []legal.Ref{{Instrument: legal.FeeRules}},
		Formula: "第六部分写明全年收取信息处理费的情况，没有收取的写明 0 元",
		Check:   checkFeeWords,
	}
}

func checkFeeWords(in *Input) Outcome {
	var out Outcome
	s := in.Report.Section(6)
	if s == nil {
		out.unknown("section6", "没有读到"+sectionName(6)+"，无法检查是否写明信息处理费")
		return out
	}
	text := squeeze(s.Text)
	for _, w := range []string{"处理费", "收费", "收取", "费用"} {
		if strings.Contains(text, w) {
			out.Passed++
			return out
		}
	}
	f := Finding{Path: "section6", Message: sectionName(6) + "没有写信息处理费的收取情况，建议写明“全年收取政府信息公开信息处理费×元”，没有收取的写 0 元"}
	if c := in.Report.Table3.Get("other.fee_overdue", report.ColTotal); c != nil && c.IsNumber() && c.N > 0 {
		f.Severity, f.Cells = Warning, []string{"table3.other.fee_overdue.total"}
		f.Message += "。表三有 " + number(c.N) + " 件因逾期未缴费不再处理，说明发过收费通知，应当写明"
	}
	out.find(f)
	return out
}
