package checks

import (
	"github.com/gongkai/gongkai/internal/legal"
	"github.com/gongkai/gongkai/internal/report"
)

// k4 is the carry-over from one year to the next. It holds for one agency only, and only with last year's report.
//
// Formula: per column of table 3, 二、上年结转 of this year = 四、结转下年度 of last year.
// Legal: derived from rows 二 and 四 of 国办公开办函〔2021〕30号, from 2021-09-26, and of 国办公开办函〔2019〕60号.
func k4() Rule {
	return Rule{
		ID: "K4", Title: "上年结转等于去年的结转下年度", Severity: Error, Formats: withTables,
		Sources: []legal.Ref{{Instrument: legal.Format2021}, {Instrument: legal.Format2019}},
		Formula: "表三每一列：本年“二、上年结转”＝上一年报告“四、结转下年度继续办理”（同一机关）",
		Check:   checkCarryOver,
	}
}

func checkCarryOver(in *Input) Outcome {
	var out Outcome
	prev, why := in.previous()
	if prev == nil {
		out.unknown("table3.carried_in", why)
		return out
	}
	if in.Report.Table3 == nil || prev.Table3 == nil {
		out.unknown("table3.carried_in", "两份报告中有一份没有表三，无法核对结转")
		return out
	}
	row := in.Report.Table3.Spec.RowIndex("carried_in")
	if row < 0 {
		out.unknown("table3.carried_in", "表三没有“二、上年结转”行，无法核对结转")
		return out
	}
	for col := range report.Columns3 {
		carryOver(in.Report, prev, row, col, &out)
	}
	return out
}

func carryOver(r, prev *report.Report, row, col int, out *Outcome) {
	now, before := r.Table3.Get("carried_in", col), prev.Table3.Get("carried_out", col)
	path := r.Table3.Spec.Path(row, col)
	name := r.Table3.Spec.Rows[row].Fields[col].Label
	if now == nil || before == nil {
		out.unknown(path, "“"+name+"”列缺少结转数字，无法核对")
		return
	}
	switch {
	case !now.IsNumber():
		out.unknown(path, "表三“二、上年结转”行“"+name+"”列"+kindWords(now)+"，无法核对结转")
	case !before.IsNumber():
		out.unknown(path, "去年报告“四、结转下年度”行“"+name+"”列"+kindWords(before)+"，无法核对结转")
	case now.N == before.N:
		out.Passed++
	default:
		msg := "表三“二、上年结转”行“" + name + "”列填 " + number(now.N) + "，但" + year(prev.Year) + "报告“四、结转下年度”同一列为 " +
			number(before.N) + "，相差 " + number(abs(now.N-before.N)) + "。同一机关两者应当相等；如有机构合并或申请人重新归类，请在报告中说明"
		if r.Doubted(path) || prev.Doubted("table3.carried_out."+r.Table3.Spec.Rows[row].Fields[col].Key) {
			msg += "。注意：这个数字读取存疑，请先与原文核对"
		}
		out.find(Finding{Path: path, Message: msg, Expected: before.N, Actual: now.N, Cells: []string{path}})
	}
}
