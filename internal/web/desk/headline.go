package desk

import (
	"strings"

	"github.com/gongkai/gongkai/internal/report/checks"
)

// headline is what the head of a report's page says first: how it stands, what to do first, and what comes then.
type headline struct {
	Tone  string // "red", "amber", "violet" or "green": the class of the box
	Icon  string
	Says  string
	First string // what to put right first, "" when nothing stands out
	Then  string // what else there is, and what to do afterwards
	URL   string // the main button, "" for the export
	Go    string // its words
}

// link numbers the way through the findings and notes which of them blame one cell.
func (v *reportView) link() {
	blamed := map[string]int{}
	for i := range v.Findings {
		f := &v.Findings[i]
		if i > 0 {
			f.Prev = stepURL(&v.Findings[i-1])
		}
		if i+1 < len(v.Findings) {
			f.Next = stepURL(&v.Findings[i+1])
		}
		if cell := v.Result.Findings[i].Blame; cell != "" && f.Blame != "" {
			f.SameAs = blamed[cell]
			if f.SameAs == 0 {
				blamed[cell] = f.No
			}
		}
	}
}

// stepURL selects a finding: its cells when it has some, else its text, else its place in the list.
func stepURL(f *findingView) string {
	switch {
	case f.URL != "":
		return f.URL
	case f.Text != "":
		return "?finding=" + itoa(f.No) + "#" + f.Text
	default:
		return "?finding=" + itoa(f.No) + "#" + f.Anchor
	}
}

// headline sums the page up.
func (v reportView) headline() headline {
	errors, warnings, doubts := v.Result.Count(checks.Error), v.Result.Count(checks.Warning), len(v.Report.Doubts)
	var out headline
	switch {
	case errors > 0:
		out = headline{Tone: "red", Icon: "bad", Says: "这份报告有 " + itoa(errors) + " 处错误", Then: also(warnings, doubts) + "在原文件里改好后再交一份，两个版本都会保留。"}
		v.lead(&out, checks.Error)
	case doubts > 0:
		out = headline{Tone: "violet", Icon: "ask", Says: "没有发现错误，但有 " + itoa(doubts) + " 处读数存疑，数字还不能作准",
			Then: also(warnings, 0) + "对照原文件看一眼就能放心。", URL: "#doubts", Go: "看存疑的数"}
	case warnings > 0:
		out = headline{Tone: "amber", Icon: "warn", Says: "数字没有发现错误，有 " + itoa(warnings) + " 处提醒要看一下", Then: "提醒不一定是错，核对后可以照原样公布。"}
		v.lead(&out, checks.Warning)
	default:
		out = headline{Tone: "green", Icon: "ok", Says: "没有发现错误，能核对的 " + itoa(v.Result.Passed) + " 处都相符", Then: "可以按法定格式重新生成，直接用于公布。"}
	}
	return out
}

// lead fills in the first thing to do about findings of this severity.
func (v reportView) lead(out *headline, severity checks.Severity) {
	var first *findingView
	cells := map[string]bool{}
	all := true
	for i := range v.Findings {
		f := &v.Findings[i]
		if f.Severity != severity {
			continue
		}
		if f.Blame == "" {
			all = false
		} else {
			cells[v.Result.Findings[i].Blame] = true
		}
		if first == nil || (first.Blame == "" && f.Blame != "") {
			first = f
		}
	}
	if first == nil {
		return
	}
	out.URL, out.Go = stepURL(first), "看第 "+itoa(first.No)+" 处"
	if first.Blame == "" {
		return
	}
	out.First = "先改这一格：" + strings.TrimRight(strings.TrimPrefix(first.Blame, blameWords), "。")
	if all && len(cells) == 1 && v.Result.Count(severity) > 1 {
		out.Says += "，都指向同一格"
	}
	out.Go = "去看这一格"
}

// also lists what there is besides.
func also(warnings, doubts int) string {
	var parts []string
	if warnings > 0 {
		parts = append(parts, itoa(warnings)+" 处提醒")
	}
	if doubts > 0 {
		parts = append(parts, itoa(doubts)+" 处读数存疑")
	}
	if len(parts) == 0 {
		return ""
	}
	return "另有 " + strings.Join(parts, "、") + "。"
}

// chosen is the finding that is shown, nil for none.
func (v reportView) chosen() *findingView {
	if v.Selected < 0 || v.Selected >= len(v.Findings) {
		return nil
	}
	return &v.Findings[v.Selected]
}

// groupLines breaks the label of a group of rows where its narrow column should break it: （三）, then two characters a line.
func groupLines(label string) []string {
	head, rest, ok := strings.Cut(label, "）")
	if !ok {
		return []string{label}
	}
	out := []string{head + "）"}
	for r := []rune(rest); len(r) > 0; {
		n := min(2, len(r))
		out, r = append(out, string(r[:n])), r[n:]
	}
	return out
}
