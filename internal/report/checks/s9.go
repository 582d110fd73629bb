package checks

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/gongkai/gongkai/internal/legal"
	"github.com/gongkai/gongkai/internal/report"
)

// s9 looks for another year where this year belongs: in the title, in the sentence that names the period, at the head of a
// sentence that tells of the year's work. Comparisons, plans, document numbers and titles of documents name other years
// rightly and are left alone.
//
// Formula: the year of the title = the year of the period = the year that the text tells of.
// Legal: 条例 第四十九条、第五十条 (上一年度), from 2019-05-15.
func s9() Rule {
	return Rule{
		ID: "S9", Title: "年度前后一致", Severity: Warning,
		Sources: []legal.Ref{{Instrument: legal.Regulation, Article: "第四十九条"}},
		Formula: "标题年度＝统计期限的年度＝正文叙述的年度",
		Check:   checkYears,
	}
}

var (
	titleYear = regexp.MustCompile(`(20\d\d)\s*年`)
	period    = regexp.MustCompile(`(20\d\d)\s*年\s*1\s*月\s*1\s*日[^。；]{0,12}?(?:至|到|—|－|-|~|～)\s*(?:(20\d\d)\s*年)?\s*12\s*月\s*31\s*日`)
	headYear  = regexp.MustCompile(`^(?:在|截至|截止)?(20\d\d)年度?(?:[，,]|我|全|本|共)`)
	ownReport = regexp.MustCompile(`(20\d\d)年度?(?:政府信息公开|政务公开)(?:工作)?(?:年度)?(?:报告|年报)`)
	planYear  = regexp.MustCompile(`(?:下一步|今后|下一年度?|下阶段)[，,]?[^。，,]{0,8}?(20\d\d)\s*年`)
)

// headRoom is within how many bytes of a sentence its leading year begins.
const headRoom = 12

func checkYears(in *Input) Outcome {
	var out Outcome
	r := in.Report
	if r.Year == 0 {
		out.unknown("year", "认不出报告年度，无法核对正文中的年度，请在标题中写明年度")
		return out
	}
	before := len(out.Findings)
	title := titleYear.FindStringSubmatch(r.Title)
	if title != nil && title[1] != strconv.Itoa(r.Year) {
		out.find(Finding{Path: "title", Expected: int64(r.Year), Actual: title[1],
			Message: "标题写的是" + title[1] + "年，但报告年度为" + year(r.Year) + "，请核对"})
	}
	sure := title != nil && title[1] == strconv.Itoa(r.Year)
	if m := ownReport.FindStringSubmatch(squeeze(r.Preamble)); m != nil && m[1] != strconv.Itoa(r.Year) {
		out.find(Finding{Path: "preamble", Expected: int64(r.Year), Actual: m[1],
			Message: "引言写的是“" + m[0] + "”，但报告年度为" + year(r.Year) + "，请核对标题、引言和统计期限中的年度"})
	}
	checkPeriod(r, "preamble", r.Preamble, sure, &out)
	for _, s := range r.Sections {
		checkPeriod(r, sectionPath(s.No), s.Text, sure, &out)
		checkTold(r, s, &out)
	}
	if len(out.Findings) == before {
		out.Passed++
	}
	return out
}

// checkPeriod looks at 统计期限自 X 年 1 月 1 日起至 Y 年 12 月 31 日止. Another year there contradicts the title; that is an
// error where the title itself names the year.
func checkPeriod(r *report.Report, path, text string, sure bool, out *Outcome) {
	if !strings.Contains(text, "月") {
		return
	}
	for _, at := range period.FindAllStringSubmatchIndex(text, -1) {
		around := text[max(0, at[0]-60):at[1]]
		if !strings.Contains(around, "期") && !strings.Contains(around, "数据") && !strings.Contains(around, "统计") {
			continue
		}
		from := text[at[2]:at[3]]
		to := from
		if at[4] >= 0 {
			to = text[at[4]:at[5]]
		}
		want := strconv.Itoa(r.Year)
		if from == want && to == want {
			continue
		}
		f := Finding{Path: path, Expected: want, Actual: from + "-" + to, Message: "统计期限写的是“" + squeeze(text[at[0]:at[1]]) + "”，但这是" +
			year(r.Year) + "度报告，应为" + want + "年1月1日至" + want + "年12月31日，请改正"}
		if sure {
			f.Severity = Error
		}
		out.find(f)
	}
}

// rightly are words that make another year right in a sentence.
var rightly = []string{"相比", "比较", "同比", "较", "比上", "比去", "以来", "起", "上年", "去年", "上一年", "计划", "规划", "印发", "出台", "《",
	"〔", "实施", "成立", "结转", "至20", "到20", "—20", "-20"}

// checkTold looks for sentences that tell of another year's work.
func checkTold(r *report.Report, s report.Section, out *Outcome) {
	var told []string
	wrong := ""
	sentences(s.Text, func(sentence string) bool {
		body, _ := unnumber(sentence)
		if at := strings.Index(body, "20"); at < 0 || at > headRoom && s.No != 5 {
			return true
		}
		if m := headYear.FindStringSubmatch(body); m != nil && strangeYear(r.Year, s.No, m[1], body) {
			told, wrong = append(told, body), m[1]
		}
		if m := planYear.FindStringSubmatch(body); m != nil && s.No == 5 && m[1] <= strconv.Itoa(r.Year) && !strings.Contains(body, "存在") {
			told, wrong = append(told, body), m[1]
		}
		return true
	})
	if len(told) == 0 {
		return
	}
	out.find(Finding{Path: sectionPath(s.No), Expected: int64(r.Year), Actual: wrong, Message: sectionName(s.No) + "有 " + number(int64(len(told))) +
		" 句写的年度可能不对，例如“" + cut(told[0], 30) + "”。这是" + year(r.Year) + "度报告，请核对是否沿用了旧文字"})
}

func strangeYear(own, section int, said, sentence string) bool {
	n, err := strconv.Atoi(said)
	if err != nil || n == own || n > own {
		return false // next year's plans are told rightly
	}
	if section == 5 && n == own-1 {
		return false // last year's problems and how they were put right
	}
	for _, w := range rightly {
		if strings.Contains(sentence, w) {
			return false
		}
	}
	return true
}
