package checks

import (
	"regexp"
	"strings"

	"github.com/gongkai/gongkai/internal/legal"
)

// s13 notices a text that was taken over from another body: the name of who drew the report up, or of whom to ask, has
// nothing in common with the name in the title.
//
// Formula: the body named in 本报告由…编制 and 请与…联系 is that of the title, or its office.
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

// bodyNames are the sentences that name a body, each with the words that it cannot do without; the pattern is tried only on
// what stands around them.
var bodyNames = []struct {
	words         []string
	before, after int // bytes around the words
	pattern       *regexp.Regexp
}{
	{[]string{"报告由", "年报由"}, 12, 120, regexp.MustCompile(`(?:本报告|报告|年报)由` + bodyName + `(?:根据|按照|依据|编制|负责)`)},
	{[]string{"联系", "咨询"}, 120, 12, regexp.MustCompile(`(?:请|可)(?:直接)?(?:与|向|同)` + bodyName + `(?:联系|咨询)`)},
}

// namedBodies returns the bodies that a text says drew the report up or may be asked.
func namedBodies(text string) []string {
	var out []string
	for i := range bodyNames {
		n := &bodyNames[i]
		for _, w := range n.words {
			for from := 0; ; {
				at := strings.Index(text[from:], w)
				if at < 0 {
					break
				}
				at += from
				from = at + len(w)
				window := strings.ToValidUTF8(text[max(0, at-n.before):min(len(text), at+n.after)], "")
				if m := n.pattern.FindStringSubmatch(squeeze(window)); m != nil {
					out = append(out, m[1])
				}
			}
		}
	}
	return out
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
		for _, name := range namedBodies(t.text) {
			if related(r.Agency, name) {
				out.Passed++
				continue
			}
			out.find(Finding{Path: t.path, Expected: r.Agency, Actual: name,
				Message: "正文写的是“" + name + "”，标题中的机关是“" + r.Agency + "”，请核对是否沿用了其他单位的文字"})
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
