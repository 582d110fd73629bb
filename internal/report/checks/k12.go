package checks

import (
	"strings"

	"github.com/gongkai/gongkai/internal/legal"
	"github.com/gongkai/gongkai/internal/report"
)

// k12 recalls that since 2024 who is refused information must go to reconsideration before going to court.
//
// Formula: from the report of 2024 on, 未经复议直接起诉 holds no case against a refusal; it warns when that group is not 0
// while refusals under articles 14 to 16 exist. Suits about other decisions stand there rightly.
// Legal: 行政复议法 第二十三条第一款第四项, from 2024-01-01.
func k12() Rule {
	return Rule{
		ID: "K12", Title: "不予公开案件应当先复议后起诉", Severity: Warning, Formats: withTables,
		Sources: []legal.Ref{{Instrument: legal.Reconsider, Article: "第二十三条第一款第四项"}},
		Formula: "2024年起，“未经复议直接起诉”中不应有因不予公开（条例第十四、十五、十六条）起诉的案件",
		Check:   checkDirectSuits,
	}
}

// reconsiderFirst is the first year whose reports fall under the rule.
const reconsiderFirst = 2024

func checkDirectSuits(in *Input) Outcome {
	var out Outcome
	const path = "table4.litigation_direct"
	r := in.Report
	if r.Year == 0 {
		out.unknown(path, "认不出报告年度，不能判断是否适用复议前置")
		return out
	}
	if r.Year < reconsiderFirst {
		return out
	}
	suits := r.Table4.Get("litigation_direct", report.ColResultTotal)
	if suits == nil || !suits.IsNumber() || r.Table3 == nil {
		out.unknown(path, "表三不在，或表四“未经复议直接起诉”的总计没有数字，不能判断")
		return out
	}
	refused, gap := refusals(r.Table3)
	switch {
	case suits.N > 0 && refused > 0:
		out.find(Finding{Path: path, Actual: suits.N, Cells: []string{path + ".total"},
			Message: "表四“未经复议直接起诉”有 " + number(suits.N) + " 件，同时表三有 " + number(refused) +
				" 件依据条例第十四、十五、十六条不予公开。2024年1月1日起，对不予公开不服的应当先申请行政复议，请核对这些诉讼是否针对不予公开；针对其他答复的不受影响"})
	case suits.N > 0 && gap:
		out.unknown(path, "表三“（三）不予公开”有的行没有数字，不能判断")
	default:
		out.Passed++
	}
	return out
}

// refusals adds up the rows that rest on articles 14 to 16, and reports whether one of them holds no number.
func refusals(t *report.Table) (n int64, gap bool) {
	for i := range t.Spec.Rows {
		basis := t.Spec.Rows[i].Basis
		if !strings.HasPrefix(basis, "第十四条") && !strings.HasPrefix(basis, "第十五条") && !strings.HasPrefix(basis, "第十六条") {
			continue
		}
		if c := t.At(i, report.ColTotal); c.IsNumber() {
			n = add(n, c.N)
		} else {
			gap = true
		}
	}
	return n, gap
}
