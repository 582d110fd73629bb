package checks

import (
	"strings"

	"github.com/gongkai/gongkai/internal/legal"
	"github.com/gongkai/gongkai/internal/report"
)

// s3 looks for the five headings of section 一. A free text is accepted, so that it only warns.
//
// Formula: section 一 treats 主动公开, 依申请公开, 政府信息管理, 政府信息公开平台建设 and 监督保障 under headings of their own.
// Legal: 国办公开办函〔2021〕30号 (F30), filling notes to section 一, from 2021-09-26.
func s3() Rule {
	return Rule{
		ID: "S3", Title: "总体情况的五个方面", Severity: Warning, Formats: []report.FormatID{report.Format2021},
		Sources: []legal.Ref{{Instrument: legal.Format2021}},
		Formula: "“一、总体情况”分主动公开、依申请公开、政府信息管理、政府信息公开平台建设、监督保障五个方面",
		Check:   checkHeadings,
	}
}

// headingWords are what a heading on each of the five subjects may say.
var headingWords = [len(report.FiveHeadings)][]string{
	{"主动公开", "主动发布"},
	{"依申请公开", "依申请", "申请公开", "公开申请", "申请办理"},
	{"信息管理", "信息资源管理", "信息规范管理", "管理政府信息"},
	{"平台", "网站建设", "载体建设", "渠道建设"},
	{"监督", "保障"},
}

// headingRoom is within how many characters after the number the word of a heading has to stand.
const headingRoom = 24

func checkHeadings(in *Input) Outcome {
	var out Outcome
	s := in.Report.Section(1)
	if s == nil || strings.TrimSpace(s.Text) == "" {
		out.unknown("section1", "没有读到“一、总体情况”的文字，无法检查五个方面")
		return out
	}
	var has [len(report.FiveHeadings)]bool
	for _, paragraph := range strings.Split(s.Text, "\n") {
		first := true
		sentences(paragraph, func(sentence string) bool {
			markHeadings(sentence, first, &has)
			first = false
			return true
		})
	}
	var missing []string
	for i, ok := range has {
		if !ok {
			missing = append(missing, report.FiveHeadings[i])
		}
	}
	if len(missing) == 0 {
		out.Passed++
		return out
	}
	out.find(Finding{Path: "section1", Message: "“一、总体情况”没有分列“" + strings.Join(missing, "”“") + "”" +
		"。格式要求总体情况主要写主动公开、依申请公开、政府信息管理、政府信息公开平台建设、监督保障五个方面，请补上小标题和内容"})
	return out
}

// markHeadings notes which of the five subjects the sentence is a heading of: it begins with a number, or is the first of
// its paragraph and begins with the word itself.
func markHeadings(sentence string, first bool, has *[len(report.FiveHeadings)]bool) {
	rest, numbered := unnumber(sentence)
	rest = squeeze(rest)
	if strings.Contains(rest, "開") || strings.Contains(rest, "監") || strings.Contains(rest, "臺") {
		rest = simplified(rest)
	}
	room := headingRoom
	if !numbered {
		if !first {
			return
		}
		room = 10
	}
	if i := strings.IndexAny(rest, "，,：:"); i >= 0 {
		rest = rest[:i]
	}
	rest = strings.TrimSuffix(cut(rest, room), "…")
	for i, words := range headingWords {
		for _, w := range words {
			if strings.Contains(rest, w) {
				has[i] = true
			}
		}
	}
}
