package narrative

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/gongkai/gongkai/internal/report"
)

// bench is what judging one report needs.
type bench struct {
	now    sheet
	before *report.Report
	claims []Claim
}

func judge(r, previous *report.Report) []Verdict {
	b := &bench{now: sheet{r}, before: previous, claims: extract(r)}
	out := make([]Verdict, 0, len(b.claims)+2)
	for i := range b.claims {
		out = append(out, b.verdict(&b.claims[i]))
	}
	return append(out, b.balances()...)
}

var scopeWords = map[Scope]string{Region: "更大范围（如全市、全系统）", Part: "其中一部分或某个层级", OtherYear: "其他年度", OtherBody: "其他机关",
	Plan: "计划或以后的年度", Cumulative: "多年累计"}

func (b *bench) verdict(c *Claim) Verdict {
	v := Verdict{Claim: *c}
	switch c.Scope {
	case OtherYear, OtherBody, Plan, Cumulative:
		v.Status = OutOfScope
		v.Message = c.says() + "，说的是" + scopeWords[c.Scope] + "的数，不与本表比较"
		return v
	}
	switch c.Kind {
	case Share:
		b.share(&v)
	case Growth, Change:
		b.growth(&v)
	case Amount:
		b.amount(&v)
	default:
		b.count(&v)
	}
	if v.Status == Conflicts {
		b.soften(&v)
	}
	return v
}

// soften takes back a conflict where the words leave it open what the figure speaks of.
func (b *bench) soften(v *Verdict) {
	switch {
	case v.Scope == Region || v.Scope == Part:
		v.Status = OutOfScope
		v.Message = v.says() + "，与" + v.Expected + "不同，但说的可能是" + scopeWords[v.Scope] + "；请看清范围，必要时在文字中写明"
	case v.soft != certain:
		v.Status = NotAssessable
		v.Message = v.says() + "，与表中的" + v.Expected + "不同，但" + string(v.soft) + "，不作判断；请人工核对"
	}
}

// says is how a message begins: the sentence and the figure.
func (c *Claim) says() string {
	s := []rune(c.Sentence)
	if len(s) > 60 {
		s = window(c, s)
	}
	figure := c.Value + c.Unit
	if c.Unit != "" && c.Unit != "%" {
		figure = c.Value + " " + c.Unit
	}
	if c.Value == "0" && c.Unit == "" {
		figure = "没有（0）"
	}
	if c.Approx {
		figure = "约" + figure
	}
	switch c.Kind {
	case Growth, Change:
		if strings.HasPrefix(c.Value, "-") {
			figure = "减少" + figure[1:]
		} else {
			figure = "增加" + figure
		}
	}
	return "原文“" + string(s) + "”写 " + figure
}

// window cuts a long sentence down to what stands around the figure.
func window(c *Claim, s []rune) []rune {
	k := min(len(s)-1, max(0, c.Start-c.at)/3)
	if i := strings.LastIndex(c.Sentence[:min(len(c.Sentence), max(0, c.Start-c.at)+2*len(c.Value))], strings.TrimPrefix(c.Value, "-")); i >= 0 {
		k = utf8.RuneCountInString(c.Sentence[:i])
	}
	lo, hi := max(0, k-36), min(len(s), k+20)
	out := slices.Clone(s[lo:hi])
	if lo > 0 {
		out = append([]rune{'…'}, out...)
	}
	if hi < len(s) {
		out = append(out, '…')
	}
	return out
}

// count compares a count with every reading.
func (b *bench) count(v *Verdict) {
	list := b.now.readings(v.Metric, v.Applicants)
	if v.wide {
		list = append(list, b.now.readings("processed", v.Applicants)...)
	}
	if b.against(v, list, func(n int64) bool { return v.num.holds(n) }) {
		return
	}
	if v.Status == Conflicts && v.num.near == exact && !v.Approx {
		if first, why := b.now.value(list[0]); why == "" {
			d := v.num.n - first
			v.Message += "，相差 " + itoa(max(d, -d)) + " 件"
		}
	}
	if v.Status == Conflicts {
		v.Message += "；请核对"
		b.newOnly(v)
	}
}

// newOnly takes back a conflict over 办结 when the figure is what was handled of this year's new applications alone.
func (b *bench) newOnly(v *Verdict) {
	if v.Metric != "handled_total" {
		return
	}
	x := b.now.row3("total", v.Applicants).plus(b.now.row3("carried_in", v.Applicants), true)
	if n, why := b.now.value(x); why == "" && v.num.holds(n) {
		v.Status, v.Paths = NotAssessable, paths([]reading{x})
		v.Message = v.says() + "，" + x.name + "为 " + itoa(n) + " 件，可能只算了本年新收的申请；请核对并写明范围"
	}
}

// against compares with each reading in turn; it reports whether one of them agrees. Otherwise the verdict is a conflict, or
// not assessable when a reading cannot be told.
func (b *bench) against(v *Verdict, list []reading, fits func(int64) bool) bool {
	var said []string
	unknown := ""
	if len(list) == 0 {
		unknown = "法定表格没有对应的栏目"
	} else if name := b.now.lacks(v.Metric); name != "" {
		unknown = "报告中没有" + name
	}
	seen := map[int64]bool{}
	for _, x := range list {
		n, why, known := b.now.read(x)
		if known && fits(n) {
			v.Status, v.Expected, v.Paths = Agrees, b.print(v, n), paths([]reading{x})
			v.Message = v.says() + "，与" + x.name + together(x) + "一致"
			return true
		}
		if why != "" {
			if unknown == "" {
				unknown = why
			}
			continue
		}
		if !seen[n] {
			seen[n] = true
			said = append(said, x.name+together(x)+" "+b.print(v, n)+unitOf(v))
			if v.Expected != "" {
				v.Expected += " 或 "
			}
			v.Expected += b.print(v, n)
		}
	}
	if unknown != "" {
		v.Status, v.Paths, v.Expected = NotAssessable, paths(list), ""
		v.Message = v.says() + "，" + unknown + "，无法比较"
		return false
	}
	v.Status, v.Paths = Conflicts, paths(list)
	v.Message = v.says() + "，" + strings.Join(said, "，")
	return false
}

func (b *bench) print(v *Verdict, n int64) string {
	if v.Kind == Amount {
		return report.WanString(n, 0) + "万元"
	}
	return itoa(n)
}

func unitOf(v *Verdict) string {
	if v.Kind == Count {
		return " 件"
	}
	return ""
}

func together(x reading) string {
	if len(x.terms) > 1 {
		return "合计"
	}
	return ""
}

// amount compares money, in fen.
func (b *bench) amount(v *Verdict) {
	places := 2
	switch v.Unit {
	case "万元":
		places = 6
	case "亿元":
		places = 10
	}
	x, ok := v.num.times(places)
	if !ok || x.dec > 0 {
		v.Status, v.Message = NotAssessable, v.says()+"，金额精度超过分，无法比较；请核对"
		return
	}
	// A figure in 万元 is rounded where it is printed with fewer decimals than the table.
	step, _ := number{n: 1, dec: v.num.dec}.times(places)
	fits := func(fen int64) bool {
		d := fen - x.n
		if v.Approx {
			return max(d, -d) <= max(step.n, x.n/10)
		}
		return max(d, -d) < max(step.n, 1) && (v.Unit != "元" || d == 0)
	}
	if v.num.n == 0 {
		fits = func(fen int64) bool { return fen == 0 }
	}
	if !b.against(v, b.now.readings(v.Metric, ""), fits) && v.Status == Conflicts {
		v.Message += "；请核对金额和单位（元、万元）"
	}
}
