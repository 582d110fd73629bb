package checks

import (
	"github.com/gongkai/gongkai/internal/legal"
	"github.com/gongkai/gongkai/internal/report"
)

// s1 asks for the six sections of the form, in their order.
//
// Formula: sections 一 to 六 are there, each once, in this order.
// Legal: 国办公开办函〔2021〕30号, from 2021-09-26; 条例 第五十条.
func s1() Rule {
	return Rule{
		ID: "S1", Title: "六个部分齐全、顺序正确", Severity: Warning, Formats: withTables,
		Sources: []legal.Ref{{Instrument: legal.Format2021}, {Instrument: legal.Regulation, Article: "第五十条"}},
		Formula: "报告依次有一至六部分，每部分一个标题",
		Check:   checkSections,
	}
}

func checkSections(in *Input) Outcome {
	var out Outcome
	r := in.Report
	if len(r.Sections) == 0 {
		out.find(Finding{Path: "text", Message: "没有认出任何一个部分的标题，请按格式写明“一、总体情况”至“六、其他需要报告的事项”六个标题"})
		return out
	}
	for no := 1; no <= len(report.SectionTitles); no++ {
		if r.Section(no) == nil {
			out.find(Finding{Path: sectionPath(no), Message: "没有找到" + sectionName(no) + "的标题，请补上这个部分"})
		} else {
			out.Passed++
		}
	}
	for i := 1; i < len(r.Sections); i++ {
		if a, b := r.Sections[i-1].No, r.Sections[i].No; a >= b && b >= 1 && b <= len(report.SectionTitles) {
			out.find(Finding{Path: sectionPath(b), Message: sectionName(b) + "排在第" + report.Numerals[min(max(a, 1), 6)-1] + "部分之后，请按一至六的顺序排列"})
		}
	}
	return out
}
