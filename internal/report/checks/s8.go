package checks

import (
	"github.com/gongkai/gongkai/internal/legal"
	"github.com/gongkai/gongkai/internal/report"
)

// s8 warns of a report on 2021 or later in the format of 2019.
//
// Formula: reports on 2021 and later follow the 2021 format.
// Legal: 国办公开办函〔2021〕30号, from 2021-09-26.
func s8() Rule {
	return Rule{
		ID: "S8", Title: "使用现行格式", Severity: Warning,
		Sources: []legal.Ref{{Instrument: legal.Format2021}},
		Formula: "2021年度起的报告使用2021年格式",
		Check:   checkFormat,
	}
}

// newFormatFrom is the first year whose reports follow the 2021 format.
const newFormatFrom = 2021

func checkFormat(in *Input) Outcome {
	var out Outcome
	r := in.Report
	switch {
	case r.Year == 0 || r.Format == "":
		out.unknown("format", "认不出报告年度或格式，无法判断是否使用现行格式")
	case r.Year >= newFormatFrom && r.Format != report.Format2021:
		out.find(Finding{Path: "format", Expected: string(report.Format2021), Actual: string(r.Format),
			Message: year(r.Year) + "度报告使用的是旧格式，应当使用国办公开办函〔2021〕30号规定的格式（表二栏目不同，表三第（六）项分三行），请改用现行格式"})
	default:
		out.Passed++
	}
	return out
}
