package checks

import (
	"github.com/gongkai/gongkai/internal/legal"
	"github.com/gongkai/gongkai/internal/report"
)

// k9 looks after the one amount of money: it is in 万元, and yuan typed there are ten thousand times too many.
//
// Formula: 收费金额 has at most as many decimals as the office's profile allows (6 decimals of 万元 are one fen), is not
// more than ten times last year's (amounts under one 万元 jump by themselves), and not more than a province could collect.
// Legal: 国办公开办函〔2021〕30号, header 本年收费金额（单位：万元）, from 2021-09-26; the limits are derived.
func k9() Rule {
	return Rule{
		ID: "K9", Title: "收费金额的单位与小数位数", Severity: Warning, Formats: []report.FormatID{report.Format2021},
		Sources: []legal.Ref{{Instrument: legal.Format2021}},
		Formula: "行政事业性收费金额以万元为单位，小数位数不超过规定；超过上年十倍时核对是否误按元填写",
		Check:   checkFees,
	}
}

const (
	feesPath = "table2.fees_wan_yuan"
	// hugeFees is a hundred billion yuan in fen: more than a province collects in a year.
	hugeFees = 10_000_000 * report.FenPerWan
	// yuanForWan is how many times too large an amount is that was typed in yuan.
	yuanForWan = 10_000
)

func checkFees(in *Input) Outcome {
	var out Outcome
	c := in.Report.Table2.Get("fees_wan_yuan", 0)
	if c == nil || !c.IsNumber() {
		out.unknown(feesPath, "表二“行政事业性收费”没有金额，无法检查单位和小数位数")
		return out
	}
	set := in.settings()
	if c.Decimals > set.FeeDecimals {
		out.find(Finding{Path: feesPath, Cells: []string{feesPath}, Expected: int64(set.FeeDecimals), Actual: int64(c.Decimals),
			Message: "表二“行政事业性收费”填 " + c.Text(report.WanYuan) + " 万元，有 " + number(int64(c.Decimals)) + " 位小数，超过规定的 " +
				number(int64(set.FeeDecimals)) + " 位，请按规定的位数填写"})
	} else {
		out.Passed++
	}
	feeSize(in, c, set.FeeJump, &out)
	return out
}

func feeSize(in *Input, c *report.Cell, jump int64, out *Outcome) {
	prev, why := in.previous()
	var before *report.Cell
	if prev != nil {
		before = prev.Table2.Get("fees_wan_yuan", 0)
		why = "上一年报告没有“行政事业性收费”金额，无法比较"
	}
	switch {
	case before != nil && before.IsNumber() && before.N > 0 && c.N >= report.FenPerWan && jump > 0 && c.N/jump > before.N:
		msg := "表二“行政事业性收费”填 " + c.Text(report.WanYuan) + " 万元，是" + year(prev.Year) + "（" + before.Text(report.WanYuan) +
			" 万元）的 " + number(c.N/before.N) + " 倍。请核对是否把“元”当作“万元”填写"
		if c.N/before.N >= yuanForWan/10 {
			msg += "；如按元填写，应为 " + report.WanString(c.N/yuanForWan, 0) + " 万元"
		}
		out.find(Finding{Path: feesPath, Cells: []string{feesPath}, Message: msg, Expected: before.Text(report.WanYuan), Actual: c.Text(report.WanYuan)})
	case c.N >= hugeFees:
		out.find(Finding{Path: feesPath, Cells: []string{feesPath}, Actual: c.Text(report.WanYuan),
			Message: "表二“行政事业性收费”填 " + c.Text(report.WanYuan) + " 万元，超过一千亿元，请核对是否把“元”当作“万元”填写；如按元填写，应为 " +
				report.WanString(c.N/yuanForWan, 0) + " 万元"})
	case before == nil || !before.IsNumber():
		out.unknown(feesPath, "无法与上年收费金额比较："+why)
	default:
		out.Passed++
	}
}
