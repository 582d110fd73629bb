package form

import (
	"strings"
	"unicode/utf8"
)

// agencyFromText looks for the agency where the title does not name it: in the words by which the report speaks of itself and
// of its author. What it finds is doubted.
func (x *reader) agencyFromText(limit int) {
	text := compact(string(x.st.orig[:limit]))
	for _, find := range []func(string) (agency, seen string){authorNamed, ownTitle, x.lineBelowTitle, actor} {
		if a, seen := find(text); a != "" {
			x.rep.Agency = a
			x.rep.Doubt("agency", "标题里没有机关名称，取自正文“"+seen+"”", a)
			return
		}
	}
	x.rep.Doubt("agency", "没有找到机关名称", "")
}

// authorNamed reads 本报告由⟨agency⟩编制 and the like.
func authorNamed(text string) (agency, seen string) {
	for _, m := range [][2]string{{"本报告由", "编制"}, {"本报告由", "根据"}, {"现公布", "20"}, {"发布机构|", "|"}, {"发布机构：", "\n"}} {
		i := strings.Index(text, m[0])
		if i < 0 {
			continue
		}
		rest := text[i+len(m[0]):]
		j := strings.Index(rest, m[1])
		if j <= 0 || j > 120 {
			continue
		}
		if a := tidyAgency(rest[:j]); plausibleAgency(a) && !speaksOfItself(a) {
			return a, m[0] + a
		}
	}
	return "", ""
}

// ownTitle reads the title inside a sentence: 编制《⟨agency⟩2022年度政府信息公开工作年度报告》.
func ownTitle(text string) (agency, seen string) {
	folded := foldString(text)
	for _, end := range titleEnds {
		for at := 0; ; {
			i := strings.Index(folded[at:], end)
			if i < 0 {
				break
			}
			at += i
			head := []rune(folded[:at])
			at += len(end)
			head = head[max(0, len(head)-40):]
			year, from, to := findYear(string(head))
			if year == 0 || to != len(head) {
				continue
			}
			if a := lastName(head[:from]); isAgency(a) {
				return a, a + string(head[from:]) + end
			}
		}
	}
	return "", ""
}

// lastName cuts what stands before a name off: signs, and the verbs of publishing.
func lastName(rs []rune) string {
	i := len(rs)
	for i > 0 && isHan(rs[i-1]) {
		i--
	}
	s := string(rs[i:])
	for _, w := range []string{"编制完成", "编制了", "编制", "公布", "发布", "形成", "编写"} {
		if j := strings.LastIndex(s, w); j >= 0 {
			s = s[j+len(w):]
		}
	}
	return s
}

// lineBelowTitle takes a line of its own right below the title.
func (x *reader) lineBelowTitle(string) (agency, seen string) {
	if x.titleEnd == 0 {
		return "", ""
	}
	n := 0
	x.st.lines(x.titleEnd, min(len(x.st.rs), x.titleEnd+200), func(a, b int) {
		t := compact(string(x.st.orig[a:b]))
		if t == "" || n >= 2 || agency != "" {
			return
		}
		n++
		if isAgency(t) {
			agency, seen = t, t
		}
	})
	return agency, seen
}

// actor reads the first sentence in which an agency acts: 2023年，⟨agency⟩认真贯彻….
func actor(text string) (agency, seen string) {
	folded := foldString(text)
	for _, verb := range []string{"认真贯彻", "深入贯彻", "全面贯彻", "严格按照", "严格落实", "认真落实", "认真学习", "认真执行", "坚持以", "始终坚持", "高度重视"} {
		for at := 0; ; {
			i := strings.Index(folded[at:], verb)
			if i < 0 {
				break
			}
			at += i
			head := []rune(folded[:at])
			at += len(verb)
			j := len(head)
			for j > 0 && isHan(head[j-1]) && len(head)-j <= 26 {
				j--
			}
			a := strings.TrimPrefix(string(head[j:]), "年")
			for _, w := range []string{"年度", "年以来", "年来", "年", "度", "以来", "来"} {
				a = strings.TrimPrefix(a, w)
			}
			if isAgency(a) {
				return a, a + verb
			}
		}
	}
	return "", ""
}

// agencyEnds are the words with which the names of agencies end.
var agencyEnds = []string{"人民政府", "政府", "局", "委员会", "管委会", "委", "办公室", "办事处", "街道", "厅", "中心", "镇", "乡", "苏木", "总队", "支队", "大队",
	"分局", "管理处", "市", "县", "区", "部门"}

// isAgency reports whether words are the name of one agency, and not 我局, 各部门 or a whole clause.
func isAgency(s string) bool {
	n := utf8.RuneCountInString(s)
	if n < 3 || n > 26 || !plausibleAgency(s) || speaksOfItself(s) {
		return false
	}
	for _, e := range agencyEnds {
		if strings.HasSuffix(foldString(s), e) {
			return true
		}
	}
	return false
}

// speaksOfItself recognises words that name no agency: 我局, 本单位, 全市各级行政机关, 在区委区政府.
func speaksOfItself(s string) bool {
	f := foldString(s)
	for _, w := range []string{"我", "本", "全", "各", "在", "该", "由", "为", "对", "将", "并", "经", "按", "根据", "区委", "市委", "县委", "党委", "党中央", "国务院"} {
		if strings.HasPrefix(f, w) {
			return true
		}
	}
	return containsAny(f, "我局", "我镇", "我乡", "我区", "我市", "我县", "我办", "我委", "我单位", "各部门", "各级", "的", "领导", "工作", "年度")
}
