package checks

import (
	"github.com/gongkai/gongkai/internal/legal"
)

// s4 reports fixed words of the form that were changed. The reader notes them; this rule says so.
//
// Formula: the labels of rows and columns are those of the form.
// Legal: 国办公开办函〔2021〕30号, from 2021-09-26; 国办公开办函〔2019〕60号.
func s4() Rule {
	return Rule{
		ID: "S4", Title: "表格固定文字未改动", Severity: Warning, Formats: withTables,
		Sources: []legal.Ref{{Instrument: legal.Format2021}, {Instrument: legal.Format2019}},
		Formula: "表头和各行名称用格式规定的文字",
		Check:   checkLabels,
	}
}

func checkLabels(in *Input) Outcome {
	var out Outcome
	for _, n := range in.Report.LabelNotes {
		if letters(n.Printed) == letters(n.Fixed) {
			continue
		}
		out.find(Finding{Path: n.Path, Expected: n.Fixed, Actual: n.Printed,
			Message: "表格固定文字“" + n.Fixed + "”写成了“" + cut(n.Printed, 60) + "”，请按格式改正"})
	}
	if len(out.Findings) == 0 && len(in.Report.Tables()) > 0 {
		out.Passed++
	}
	return out
}
