package narrative

import (
	"slices"
	"strings"
)

// agency is what is known of the body that reports.
type agency struct {
	name  []rune // folded and without 人民政府; empty when it is not known
	level string // 省, 市, 区 ... when it is a government; "" for a single office
}

var shortener = strings.NewReplacer("人民政府", "政府", "办公厅", "办", "办公室", "办", "管理委员会", "管委会", "委员会", "委", "街道办事处", "街道", "街道办", "街道")

func newAgency(name string) *agency {
	name = shortener.Replace(strings.Join(strings.Fields(name), ""))
	gov := strings.TrimSuffix(name, "政府")
	a := &agency{}
	for _, r := range strings.ReplaceAll(name, "政府", "") {
		a.name = append(a.name, fold(r))
	}
	switch {
	case strings.HasSuffix(gov, "街道"):
		a.level = "街道"
	case strings.HasSuffix(gov, "管委会"):
		a.level = "区"
	default:
		for _, l := range []string{"省", "市", "区", "县", "旗", "州", "盟", "镇", "乡"} {
			if strings.HasSuffix(gov, l) {
				a.level = l
			}
		}
	}
	return a
}

// bodyEnds are the runes that names of bodies end with.
const bodyEnds = "县区市镇乡局委办厅院所府道处队司校站会室"

// notBodies end like a body and are none.
var notBodies = []string{"承办", "交办", "转办", "督办", "主办", "协办", "领办", "社会", "机会", "社区", "小区", "场所", "城市", "城区", "处处", "批办", "分办",
	"发展大会", "会议", "渠道", "难处", "益处", "用处", "之处", "全市", "全区", "全县"}

const nameStops = ",;:()。、\n《年月日中由向对和与及给到了将的件%"

// body looks whether the name of a body stands right before i and adds it as a token.
func (t *text) body(toks []token, i int, a *agency) []token {
	p := i
	for strings.ContainsRune("共总计累已", orSpace(t.at(p-1))) {
		p--
	}
	n := len(toks)
	if n > 0 && toks[n-1].end == p && (toks[n-1].word == wThis || toks[n-1].word == wYear) {
		n--
		p = toks[n].beg // 区政府办公室全年收到
	}
	if n > 0 && toks[n-1].end >= p {
		return toks
	}
	if !strings.ContainsRune(bodyEnds, orSpace(t.at(p-1))) {
		return toks
	}
	q := p
	for q > 0 && p-q < 16 && !strings.ContainsRune(nameStops, t.rs[q-1]) && !isDigit(t.rs[q-1]) {
		q--
	}
	if p-q < 2 {
		return toks
	}
	name := string(t.rs[q:p])
	for _, w := range notBodies {
		if strings.HasSuffix(name, w) {
			return toks
		}
	}
	if key := a.relation(name); key != "" {
		toks = slices.Insert(toks, n, token{word: wNamed, key: key, beg: q, end: p})
	}
	return toks
}

// relation says what a named body is to the agency: "own", "part" (the government of the place alone), "other", or "soft"
// when the agency is not known.
func (a *agency) relation(name string) string {
	if len(a.name) == 0 {
		return "soft"
	}
	short := []rune(strings.ReplaceAll(shortener.Replace(name), "政府", ""))
	if len(short) == 0 {
		return "part" // 政府 without a name
	}
	if short[len(short)-1] != a.name[len(a.name)-1] || !within(short, a.name) {
		return "other"
	}
	if a.level != "" && strings.Contains(name, "政府") {
		return "part"
	}
	return "own"
}

// within reports whether the runes of short stand in long in the same order, as in 市科委 and 上海市科学技术委.
func within(short, long []rune) bool {
	for _, r := range short {
		i := slices.Index(long, r)
		if i < 0 {
			return false
		}
		long = long[i+1:]
	}
	return true
}

// whole says what 全市, 全区 ... is to the agency.
func (a *agency) whole(level string) Scope {
	if a.level != "" && a.level == level {
		return Own
	}
	return Region
}
