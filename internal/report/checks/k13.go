package checks

import (
	"github.com/gongkai/gongkai/internal/legal"
	"github.com/gongkai/gongkai/internal/report"
)

// k13 holds the rows that follow a notice against the number of notices that were sent.
//
// Formula: 补正后仍不明确 + 逾期不补正 are no more than the 补正通知 of the year, 逾期未缴费 no more than the 收费通知. Each
// application ends in one row, so that the two rows that follow a 补正通知 are taken together.
// Legal: 条例 第三十条, from 2019-05-15; 国办函〔2020〕109号, from 2021-01-01.
func k13() Rule {
	return Rule{
		ID: "K13", Title: "补正、缴费未果的件数不超过通知数", Severity: Warning, Formats: []report.FormatID{report.Format2021},
		Sources: []legal.Ref{{Instrument: legal.Regulation, Article: "第三十条"}, {Instrument: legal.FeeRules}},
		Formula: "补正后仍不明确＋逾期不补正≤补正通知数；逾期未缴费≤收费通知数",
		Check:   checkNotices,
	}
}

func checkNotices(in *Input) Outcome {
	var out Outcome
	atMost(in, &out, in.CorrectionNotices, "补正通知", "unavailable.still_unclear", "other.correction_overdue")
	atMost(in, &out, in.FeeNotices, "收费通知", "other.fee_overdue")
	return out
}

func atMost(in *Input, out *Outcome, limit *int64, notice string, rows ...string) {
	path := "table3." + rows[len(rows)-1]
	if limit == nil {
		out.unknown(path, "没有台账中的"+notice+"数，无法核对")
		return
	}
	var n int64
	var cells []string
	names := ""
	for i, row := range rows {
		c := in.Report.Table3.Get(row, report.ColTotal)
		if c == nil || !c.IsNumber() {
			out.unknown(path, "表三没有与"+notice+"对应的行，或该行总计没有数字，无法核对")
			return
		}
		n = add(n, c.N)
		cells = append(cells, "table3."+row+".total")
		if i > 0 {
			names += " + "
		}
		names += rowName(&in.Report.Table3.Spec.Rows[in.Report.Table3.Spec.RowIndex(row)]) + " " + number(c.N)
	}
	if n <= *limit {
		out.Passed++
		return
	}
	out.find(Finding{Path: path, Expected: *limit, Actual: n, Cells: cells, Message: "表三" + names + " = " + number(n) + "，多于台账中的" +
		notice + " " + number(*limit) + " 份。没有发过" + notice + "的申请不能计入这些行，请核对"})
}
