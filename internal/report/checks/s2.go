package checks

import (
	"strings"
	"unicode"

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
		if s.Title == want || letters(s.Title) == letters(want) {
			out.Passed++
			continue
		}
		out.find(Finding{Path: sectionPath(s.No), Expected: want, Actual: s.Title,
			Message: "第" + report.Numerals[s.No-1] + "部分的标题写成“" + cut(s.Title, 40) + "”，格式规定为“" + want + "”，请改正"})
	}
	return out
}

// letters keeps what a title says: no spaces, no punctuation, no numeral before it, no readings in brackets (動(dòng)), and
// mainland forms of the characters, which mirror sites replace.
func letters(s string) string {
	s, _ = unnumber(squeeze(s))
	return strings.Map(func(r rune) rune {
		if !unicode.Is(unicode.Han, r) && !unicode.IsDigit(r) {
			return -1
		}
		return r
	}, simplified(s))
}

var mainland = strings.NewReplacer("總", "总", "體", "体", "況", "况", "動", "动", "開", "开", "處", "处", "請", "请", "複", "复", "復", "复", "議", "议", "訴", "诉", "訟", "讼", "問", "问", "題", "题", "進", "进", "報", "报", "項", "项", "資", "资",
	"訊", "讯", "規", "规", "範", "范", "檔", "档", "許", "许", "罰", "罚", "強", "强", "業", "业", "費", "费", "購", "购", "採", "采", "數", "数", "現", "现", "發", "发", "廢", "废", "決", "决", "類", "类", "檢", "检",
	"舉", "举", "無", "无", "當", "当", "確", "确", "認", "认", "獲", "获", "屬", "属", "於", "于", "國", "国", "機", "机", "構", "构", "會", "会", "組", "组", "織", "织", "務", "务", "結", "结", "轉", "转", "繼", "继",
	"續", "续", "辦", "办", "維", "维", "糾", "纠", "審", "审", "經", "经", "後", "后", "計", "计", "監", "监", "臺", "台", "設", "设", "護", "护", "權", "权", "執", "执", "關", "关", "為", "为", "與", "与")

// simplified writes the characters of the form in their mainland shapes. Texts without them come back as they are.
func simplified(s string) string { return mainland.Replace(s) }
