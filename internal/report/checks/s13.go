package checks

import (
	"regexp"
	"strings"

	"github.com/gongkai/gongkai/internal/legal"
)

// s13 notices a text that was taken over from another body: the name of who drew the report up, or of whom to ask, has
// nothing in common with the name in the title.
//
// Formula: the body named in 由…编制, …编制了 and 请与…联系 is that of the title, or its office.
// Legal: 条例 第四十九条, from 2019-05-15; the comparison is derived.
func s13() Rule {
	return Rule{
		ID: "S13", Title: "正文中的机关与标题一致", Severity: Warning,
		Sources: []legal.Ref{{Instrument: legal.Regulation, Article: "第四十九条"}},
		Formula: "正文中编制机关、联系机关的名称与标题中的机关一致",
		Check:   checkAgencyNames,
	}
}

const bodyName = `([\p{Han}]{2,24}?(?:人民政府|管理局|分局|局|厅|委员会|管委会|办事处|办公室))`

var bodyNames = []*regexp.Regexp{
	regexp.MustCompile(`(?:本报告|报告|年报)由` + bodyName + `(?:根据|按照|依据|编制|负责)`),
	regexp.MustCompile(`(?:请|可)(?:直接)?(?:与|向|同)` + bodyName + `(?:联系|咨询|反映)`),
}

func checkAgencyNames(in *Input) Outcome {
	var out Outcome
	r := in.Report
	if r.Agency == "" {
		out.unknown("agency", "认不出标题中的机关名称，无法与正文核对")
		return out
	}
	texts := []struct{ path, text string }{{"preamble", r.Preamble}}
	for _, s := range r.Sections {
		if s.No == 1 || s.No == 6 {
			texts = append(texts, struct{ path, text string }{sectionPath(s.No), s.Text})
		}
	}
	for _, t := range texts {
		if !strings.Contains(t.text, "编") && !strings.Contains(t.text, "联") && !strings.Contains(t.text, "咨") {
			continue
		}
		text := squeeze(t.text)
		for _, re := range bodyNames {
			for _, m := range re.FindAllStringSubmatch(text, -1) {
				if related(r.Agency, m[1]) {
					out.Passed++
					continue
				}
				out.find(Finding{Path: t.path, Expected: r.Agency, Actual: m[1],
					Message: "正文写的是“" + m[1] + "”，标题中的机关是“" + r.Agency + "”，请核对是否沿用了其他单位的文字"})
			}
		}
	}
	return out
}

// related reports whether two names may belong to one body. It says no only when they share no telling character: words
// for kinds of bodies, for places and for office work tell nothing.
func related(agency, named string) bool {
	agency, named = squeeze(agency), squeeze(named)
	if strings.Contains(agency, named) || strings.Contains(named, agency) {
		return true
	}
	a, b := telling(agency), telling(named)
	if a == "" || b == "" || strings.Contains(agency, b) || strings.Contains(named, a) {
		return true
	}
	return strings.ContainsFunc(a, func(r rune) bool { return strings.ContainsRune(b, r) })
}

var generic = strings.NewReplacer("人民政府", "", "政府信息公开", "", "信息公开", "", "政务公开", "", "政府", "", "办公室", "", "办公厅", "", "办事处", "",
	"委员会", "", "管委会", "", "管理局", "", "分局", "", "工作", "", "领导小组", "", "街道", "", "管理", "")

// telling leaves the characters of a name that tell one body from another, e.g. 教育 of 宿迁市教育局.
func telling(name string) string {
	own := generic.Replace(name)
	if i := strings.LastIndexAny(own, "省市县区旗州镇乡"); i >= 0 {
		_, rest := own[:i], own[i+len("市"):]
		if strings.Trim(rest, "局厅委办部处科室的") != "" {
			own = rest
		}
	}
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune("省市县区旗州镇乡局厅委办部处科室和与的本我", r) {
			return -1
		}
		return r
	}, own)
}
