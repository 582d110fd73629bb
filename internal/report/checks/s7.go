package checks

import (
	"strings"

	"github.com/gongkai/gongkai/internal/legal"
)

// s7 asks for words in sections 五 and 六. Where there is nothing to report in 六, that is what it says.
//
// Formula: section 五 has at least ten characters and is not 无; section 六 is not empty.
// Legal: 条例 第五十条第五项、第六项; 国办公开办函〔2021〕30号, from 2021-09-26.
func s7() Rule {
	return Rule{
		ID: "S7", Title: "第五、六部分有内容", Severity: Warning, Formats: withTables,
		Sources: []legal.Ref{{Instrument: legal.Regulation, Article: "第五十条"}, {Instrument: legal.Format2021}},
		Formula: "第五部分写明问题和改进情况；第六部分没有事项的也要写明“无”",
		Check:   checkEmptySections,
	}
}

// shortText is up to how many characters a section 五 says nothing.
const shortText = 10

func checkEmptySections(in *Input) Outcome {
	var out Outcome
	if s := in.Report.Section(5); s != nil {
		text := strings.Trim(squeeze(s.Text), "。.；;")
		switch {
		case text == "":
			out.find(Finding{Path: "section5", Message: sectionName(5) + "没有内容，请写明存在的主要问题和改进情况"})
		case runes(text) < shortText:
			out.find(Finding{Path: "section5", Actual: text, Message: sectionName(5) + "只写了“" + text + "”，请写明存在的主要问题和改进情况"})
		default:
			out.Passed++
		}
	}
	if s := in.Report.Section(6); s != nil {
		if squeeze(s.Text) == "" {
			out.find(Finding{Path: "section6", Message: sectionName(6) + "没有内容；没有需要报告的事项也请写明“无其他需要报告的事项”"})
		} else {
			out.Passed++
		}
	}
	return out
}
