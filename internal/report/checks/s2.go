package checks

import (
	"strings"

	"github.com/gongkai/gongkai/internal/legal"
	"github.com/gongkai/gongkai/internal/report"
)

// s2 compares the titles of the sections with the fixed ones.
//
// Formula: the title of each section is that of the form, apart from spaces and punctuation.
// Legal: 国办公开办函〔2021〕30号, from 2021-09-26.
func s2() Rule {
	return Rule{
		ID: "S2", Title: "部分标题与格式一致", Severity: Warning, Formats: []report.FormatID{report.Format2021},
		Sources: []legal.Ref{{Instrument: legal.Format2021}},
		Formula: "六个部分的标题用格式规定的文字",
		Check:   checkTitles,
	}
}

func checkTitles(in *Input) Outcome {
	var out Outcome
	for _, s := range in.Report.Sections {
		if s.No < 1 || s.No > len(report.SectionTitles) || strings.TrimSpace(s.Title) == "" {
			continue
		}
		want := report.SectionTitles[s.No-1]
		if letters(s.Title) == letters(want) {
			out.Passed++
			continue
		}
		out.find(Finding{Path: sectionPath(s.No), Expected: want, Actual: s.Title,
			Message: "第" + report.Numerals[s.No-1] + "部分的标题写成“" + cut(s.Title, 40) + "”，格式规定为“" + want + "”，请改正"})
	}
	return out
}

// letters keeps what a title says: no spaces, no punctuation, no numeral before it.
func letters(s string) string {
	s, _ = unnumber(squeeze(s))
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune("，、,。：:；;（）()“”\"·.", r) {
			return -1
		}
		return r
	}, s)
}
