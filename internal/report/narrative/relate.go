package narrative

import (
	"cmp"
	"math/big"

	"github.com/gongkai/gongkai/internal/report"
)

// ratio is num/den with exact arithmetic; a percentage p agrees when it is the rounded or the cut value.
type ratio struct{ num, den int64 }

// prints reports whether 100*num/den printed with the decimals of p can be p.
func (q ratio) prints(p number, hundred int64) bool {
	if q.den <= 0 {
		return false
	}
	// scaled = hundred*10^dec*num, compared with p.n*den without rounding.
	scaled := new(big.Int).Mul(big.NewInt(q.num), big.NewInt(hundred))
	for i := uint8(0); i < p.dec; i++ {
		scaled.Mul(scaled, big.NewInt(10))
	}
	d := new(big.Int).Sub(scaled, new(big.Int).Mul(big.NewInt(p.n), big.NewInt(q.den)))
	den := big.NewInt(q.den)
	if p.near != exact {
		den.Mul(den, big.NewInt(max(p.ulp, p.n/10, 1)))
		return d.CmpAbs(den) <= 0
	}
	if twice := new(big.Int).Lsh(d, 1); twice.CmpAbs(den) <= 0 {
		return true
	}
	// Cut, not rounded: toward zero.
	return d.Sign() == scaled.Sign() && d.CmpAbs(den) < 0
}

// percent prints the ratio with dec decimals, for messages.
func (q ratio) percent(dec uint8) string {
	return new(big.Rat).SetFrac(new(big.Int).Mul(big.NewInt(q.num), big.NewInt(100)), big.NewInt(q.den)).FloatString(int(min(dec, 6))) + "%"
}

// share compares a percentage: the parts are the count it follows and what the tables say for it, the wholes are all totals
// that make sense.
func (b *bench) share(v *Verdict) {
	var parts, wholes []int64
	var used []reading
	why := ""
	if v.from > 0 {
		if n, ok := b.claims[v.from-1].Int(); ok {
			parts = append(parts, n)
		}
	}
	for _, x := range b.now.readings(v.Metric, v.Applicants) {
		if n, w := b.now.value(x); w == "" {
			parts, used = append(parts, n), append(used, x)
		} else {
			why = w
		}
	}
	for _, x := range b.now.wholes(v.Metric) {
		if n, w := b.now.value(x); w == "" {
			wholes, used = append(wholes, n), append(used, x)
		} else {
			why = w
		}
	}
	known := len(wholes)
	wholes = append(wholes, b.stated(v)...)
	for _, w := range wholes {
		for _, p := range parts {
			if (ratio{p, w}).prints(v.num, 100) {
				v.Status, v.Expected, v.Paths = Agrees, v.Value+"%", paths(used)
				v.Message = v.says() + "，" + itoa(p) + " 件占 " + itoa(w) + " 件，一致"
				return
			}
		}
	}
	if known == 0 || len(parts) == 0 || why != "" || wholes[0] == 0 {
		v.Status, v.Message = NotAssessable, v.says()+"，表中没有可用的总数，无法比较"
		return
	}
	q := ratio{parts[0], wholes[0]}
	v.Status, v.Expected, v.Paths = Conflicts, q.percent(v.num.dec), paths(used)
	v.Message = v.says() + "，" + itoa(q.num) + " 件占总数 " + itoa(q.den) + " 件应为 " + v.Expected + "；请核对占比或总数"
}

// stated are the totals that the text itself names in the same section: any may be the whole.
func (b *bench) stated(v *Verdict) []int64 {
	var out []int64
	for i := range b.claims {
		c := &b.claims[i]
		if c.Section != v.Section || c.Kind != Count || c.Applicants != "" || c.Start == v.Start {
			continue
		}
		if n, ok := c.Int(); ok && n > 0 && c.Start < v.Start && c.Start != b.startOf(v.from) {
			switch c.Metric {
			case "received_or_carried", "received_incl_carried", "new_received", "handled_total", "processed", "denied", "unavailable",
				"rejected", "other", "review.total", "litigation.total":
				out = append(out, n)
			}
		}
	}
	return out
}

func (b *bench) startOf(from int) int {
	if from == 0 {
		return -1
	}
	return b.claims[from-1].Start
}

// growth compares a change with last year's tables, or with last year's figure where the text states it.
func (b *bench) growth(v *Verdict) {
	now := b.now.readings(v.Metric, v.Applicants)
	pairs, why := b.yearPairs(v, now)
	pairs = b.statedPairs(v, pairs)
	for _, q := range pairs {
		if v.changed(q) {
			v.Status, v.Expected, v.Paths = Agrees, v.Value+v.Unit, paths(now)
			v.Message = v.says() + "，上一年 " + itoa(q.den) + " 件、本年 " + itoa(q.num) + " 件，一致"
			return
		}
	}
	if len(pairs) == 0 || why != "" && v.base == "" || v.Kind == Growth && pairs[0].den == 0 {
		if why == "" {
			why = "上一年的数为 0 或缺少"
		}
		v.Status, v.Message = NotAssessable, v.says()+"，"+why+"，无法比较"
		return
	}
	q := pairs[0]
	v.Status, v.Paths = Conflicts, paths(now)
	d := ratio{q.num - q.den, q.den}
	v.Expected = itoa(d.num)
	if v.Kind == Growth {
		v.Expected = d.percent(max(v.num.dec, 1))
	}
	v.Message = v.says() + "，上一年 " + itoa(q.den) + " 件、本年 " + itoa(q.num) + " 件，应为 " + v.Expected + "；请核对"
}

// yearPairs are this year's and last year's value of every reading, and why there are none or not all.
func (b *bench) yearPairs(v *Verdict, now []reading) (pairs []ratio, why string) {
	p := b.before
	switch {
	case p == nil:
		return nil, "没有上一年的报告"
	case p.Year != 0 && b.now.r.Year != 0 && p.Year != b.now.r.Year-1:
		return nil, "提供的不是上一年的报告"
	case len(now) == 0:
		return nil, "法定表格没有对应的栏目"
	}
	then := sheet{p}.readings(v.Metric, v.Applicants)
	for i, x := range now[:min(len(now), len(then))] {
		n, w1 := b.now.value(x)
		o, w2 := sheet{p}.value(then[i])
		if w1 != "" || w2 != "" {
			why = w1 + w2
			continue
		}
		pairs = append(pairs, ratio{n, o})
	}
	return pairs, why
}

// statedPairs adds what the text itself says of both years.
func (b *bench) statedPairs(v *Verdict, pairs []ratio) []ratio {
	if v.base == "" || v.from == 0 {
		return pairs
	}
	old, err := parseInt(v.base)
	n, ok := b.claims[v.from-1].Int()
	if err != nil || !ok {
		return pairs
	}
	return append([]ratio{{n, old}}, pairs...)
}

// changed reports whether going from q.den to q.num is the change that is claimed.
func (v *Verdict) changed(q ratio) bool {
	d := q.num - q.den
	if v.Kind == Change {
		x := v.num
		if x.n < 0 {
			x.n, d = -x.n, -d
		}
		return x.holds(d)
	}
	if v.Unit == "倍" {
		return ratio{d, q.den}.prints(v.num, 1)
	}
	return ratio{d, q.den}.prints(v.num, 100)
}

// balances checks what the text states against itself, section by section.
func (b *bench) balances() []Verdict {
	var out []Verdict
	for no := 0; no <= len(report.SectionTitles); no++ {
		first := b.first(no)
		if v, ok := flow(first); ok {
			out = append(out, v)
		}
		if v, ok := outcomes(first); ok {
			out = append(out, v)
		}
	}
	return out
}

// first maps each metric to the first exact count of the office's own year in a section.
func (b *bench) first(no int) map[string]*Claim {
	m := map[string]*Claim{}
	for i := range b.claims {
		c := &b.claims[i]
		if c.Section == no && c.Kind == Count && c.Scope == Own && c.Applicants == "" && !c.Approx && m[c.Metric] == nil &&
			(c.soft == certain || c.soft == weakRequest) {
			m[c.Metric] = c
		}
	}
	return m
}

// flow checks new + carried in = handled + carried out.
func flow(m map[string]*Claim) (Verdict, bool) {
	handled, out, in := m["handled_total"], m["carried_out"], m["carried_in"]
	rec := cmp.Or(m["new_received"], m["received_incl_carried"], m["received_or_carried"])
	if handled == nil || out == nil || rec == nil || in == nil && rec.Metric == "new_received" {
		return Verdict{}, false
	}
	right := handled.num.n + out.num.n
	left := rec.num.n
	names := "收到 " + itoa(rec.num.n)
	ok := rec.Metric != "new_received" && left == right
	if in != nil && rec.Metric != "received_incl_carried" {
		left += in.num.n
		names = "新收 " + itoa(rec.num.n) + " 加上年结转 " + itoa(in.num.n) + "，共 " + itoa(left)
		ok = ok || left == right
	}
	if in == nil && rec.Metric == "received_or_carried" && left < right {
		return Verdict{}, false // what was carried in, and is not stated, may explain it
	}
	if o := m["other"]; o != nil {
		ok = ok || left == right+o.num.n
	}
	return flowVerdict(handled, names, ok, left, right, out.num.n), true
}

func flowVerdict(handled *Claim, names string, ok bool, left, right, out int64) Verdict {
	v := balance(handled, "balance", ok)
	v.Expected = itoa(left)
	v.Message = "原文" + names + " 件；办结 " + itoa(handled.num.n) + " 加结转下年 " + itoa(out) + "，共 " + itoa(right) + " 件，"
	if ok {
		v.Message += "前后一致"
	} else {
		v.Message += "前后不符，相差 " + itoa(max(left-right, right-left)) + " 件；请核对这几个数"
	}
	return v
}

// outcomes checks that the six results that the text states add to what it says was handled.
func outcomes(m map[string]*Claim) (Verdict, bool) {
	handled := m["handled_total"]
	if handled == nil {
		return Verdict{}, false
	}
	var sum int64
	if g := m["granted_or_partial"]; g != nil {
		sum = g.num.n
	} else if m["granted"] != nil && m["partial"] != nil {
		sum = m["granted"].num.n + m["partial"].num.n
	} else {
		return Verdict{}, false
	}
	for _, k := range []string{"denied", "unavailable", "rejected", "other"} {
		if m[k] == nil {
			return Verdict{}, false
		}
		sum += m[k].num.n
	}
	ok := sum == handled.num.n || sum-m["other"].num.n == handled.num.n
	v := balance(handled, "outcomes", ok)
	v.Expected = itoa(sum)
	v.Message = "原文写办结 " + itoa(handled.num.n) + " 件，各类办理结果相加为 " + itoa(sum) + " 件"
	if ok {
		v.Message += "，前后一致"
	} else {
		v.Message += "，前后不符；请核对各类结果与总数"
	}
	return v, true
}

func balance(c *Claim, metric string, ok bool) Verdict {
	v := Verdict{Claim: *c, Status: Conflicts}
	v.Metric, v.Kind = metric, Balance
	if ok {
		v.Status = Agrees
	}
	return v
}
