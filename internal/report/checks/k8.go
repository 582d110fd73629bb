package checks

import (
	"slices"

	"github.com/gongkai/gongkai/internal/legal"
	"github.com/gongkai/gongkai/internal/report/narrative"
)

// k8 holds the counts that the text states against the tables. Which year, body and matter a sentence speaks of is told by
// package narrative; what is out of scope raises nothing. A conflict may come from another way of counting, so that it is a
// warning.
//
// Formula: 新收, 结转, 办结, the results, 复议, 诉讼, documents and their shares in the text = the cells of the tables.
// Legal: derived from 条例 第五十条 and 国办公开办函〔2021〕30号, from 2021-09-26.
func k8() Rule {
	return Rule{
		ID: "K8", Title: "正文数字与表格一致", Severity: Warning, Formats: withTables,
		Sources: []legal.Ref{{Instrument: legal.Regulation, Article: "第五十条"}, {Instrument: legal.Format2021}},
		Formula: "正文中本机关本年度的件数、占比、增减与三张表的数字一致",
		Check:   checkNarrative,
	}
}

// verdicts returns what the text says against the tables; Run works it out once for all rules.
func (in *Input) verdicts() []narrative.Verdict {
	if in.sheet == nil {
		prev, _ := in.previous()
		return narrative.Judge(in.Report, prev)
	}
	if !in.sheet.judged {
		prev, _ := in.previous()
		in.sheet.verdicts, in.sheet.judged = narrative.Judge(in.Report, prev), true
	}
	return in.sheet.verdicts
}

func checkNarrative(in *Input) Outcome {
	var out Outcome
	for _, v := range in.verdicts() {
		path := claimPath(&v)
		switch v.Status {
		case narrative.Agrees:
			out.Passed++
		case narrative.NotAssessable:
			if len(v.Paths) > 0 { // otherwise the form has no place for the figure, and there is nothing to judge
				out.unknown(path, v.Message)
			}
		case narrative.Conflicts:
			f := Finding{Path: path, Message: v.Message, Actual: v.Value + v.Unit, Cells: slices.Clone(v.Paths)}
			if n, ok := v.Int(); ok && v.Kind == narrative.Count {
				f.Actual = n
			}
			if v.Expected != "" {
				f.Expected = exact(v.Expected)
			}
			out.find(f)
		}
	}
	return out
}

// claimPath is the place of a claim: its section.
func claimPath(v *narrative.Verdict) string {
	if v.Section < 1 {
		return "preamble"
	}
	return sectionPath(v.Section)
}

// statement is a plain count of the text with the cells whose sum it speaks of.
type statement struct {
	paths []string
	value int64
}

// statements are the exact counts of the office's own year, for weighing what could be wrong in a table.
func statements(in *Input) []statement {
	var out []statement
	for _, v := range in.verdicts() {
		if v.Kind != narrative.Count || v.Scope != narrative.Own || v.Approx || len(v.Paths) == 0 {
			continue
		}
		if v.Status != narrative.Agrees && v.Status != narrative.Conflicts {
			continue
		}
		if n, ok := v.Int(); ok {
			out = append(out, statement{v.Paths, n})
		}
	}
	return out
}
