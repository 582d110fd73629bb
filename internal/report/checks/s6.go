package checks

import (
	"github.com/gongkai/gongkai/internal/legal"
	"github.com/gongkai/gongkai/internal/report"
)

// s6 asks for the three tables. A table that is a picture or was lost is absent; it is never taken as zeros.
//
// Formula: tables 2, 3 and 4 are in the report.
// Legal: 国办公开办函〔2021〕30号, from 2021-09-26; 国办公开办函〔2019〕60号; 条例 第五十条.
func s6() Rule {
	return Rule{
		ID: "S6", Title: "三张法定表格齐全", Severity: Error, Formats: withTables,
		Sources: []legal.Ref{{Instrument: legal.Format2021}, {Instrument: legal.Format2019}, {Instrument: legal.Regulation, Article: "第五十条"}},
		Formula: "第二、三、四部分各有一张格式规定的表格",
		Check:   checkTables,
	}
}

func checkTables(in *Input) Outcome {
	var out Outcome
	r := in.Report
	for _, t := range []struct {
		table *report.Table
		path  string
		no    int
	}{{r.Table2, "table2", 2}, {r.Table3, "table3", 3}, {r.Table4, "table4", 4}} {
		if t.table != nil {
			out.Passed++
			continue
		}
		out.find(Finding{Path: t.path, Message: sectionName(t.no) + "没有读到表格。如果表格是图片或附件，请改为文字表格；如果没有填写，请按格式补填"})
	}
	return out
}
