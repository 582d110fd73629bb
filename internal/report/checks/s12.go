package checks

import (
	"github.com/gongkai/gongkai/internal/legal"
	"github.com/gongkai/gongkai/internal/report"
)

// s12 measures how much of the text is last year's, sentence by sentence. Sentences under eight characters and citations
// of laws at the head of a report are the same every year and do not count; a sentence that differs in a number is new.
//
// Formula: sentences that stand word for word in last year's report / all sentences >= the share that the settings name
// (60 % when they name none).
// Legal: 条例 第五十条 (what the report has to tell of is the year's work), from 2019-05-15; the share is derived.
func s12() Rule {
	return Rule{
		ID: "S12", Title: "正文没有照抄上一年", Severity: Warning,
		Sources: []legal.Ref{{Instrument: legal.Regulation, Article: "第五十条"}},
		Formula: "与上一年报告逐字相同的句子占比低于设定值（默认60%）",
		Check:   checkCopied,
	}
}

const (
	shortSentence = 8 // characters under which a sentence does not count
	fewSentences  = 5 // sentences under which a share says nothing
)

func checkCopied(in *Input) Outcome {
	var out Outcome
	prev, why := in.previous()
	if prev == nil {
		out.unknown("text", why)
		return out
	}
	before := map[string]bool{}
	eachSentence(prev, func(s string) { before[s] = true })
	same, all := 0, 0
	var examples []string
	eachSentence(in.Report, func(s string) {
		all++
		if before[s] {
			same++
			if len(examples) < 3 && runes(s) >= 2*shortSentence {
				examples = append(examples, cut(s, 24))
			}
		}
	})
	if all < fewSentences || len(before) == 0 {
		out.unknown("text", "两份报告中有一份正文太少，无法比较是否照抄")
		return out
	}
	percent, limit := 100*same/all, in.settings().CopiedPercent
	if percent < limit {
		out.Passed++
		return out
	}
	msg := "正文 " + number(int64(all)) + " 句中有 " + number(int64(same)) + " 句（" + number(int64(percent)) + "%）与" + year(prev.Year) + "报告逐字相同"
	for i, e := range examples {
		if i == 0 {
			msg += "，例如"
		} else {
			msg += "、"
		}
		msg += "“" + e + "”"
	}
	out.find(Finding{Path: "text", Expected: "<" + number(int64(limit)) + "%", Actual: number(int64(percent)) + "%",
		Message: msg + "。请按本年度的实际工作重写"})
	return out
}

func eachSentence(r *report.Report, f func(string)) {
	for _, s := range r.Sections {
		sentences(s.Text, func(sentence string) bool {
			body, _ := unnumber(sentence)
			if body = squeeze(body); runes(body) >= shortSentence {
				f(body)
			}
			return true
		})
	}
}
