package sample

import (
	"math/rand/v2"
	"strings"
	"unicode/utf8"
)

// short are labels as some offices shorten them (004 005).
var short = map[string]string{
	"1.申请人无正当理由逾期不补正、行政机关不再处理其政府信息公开申请":     "1.逾期不补正",
	"2.申请人逾期未按收费通知要求缴纳费用、行政机关不再处理其政府信息公开申请": "2.逾期不缴费",
	"（二）部分公开（区分处理的，只计这一情形，不计其他情形）":          "（二）部分公开",
}

const valueColumn = 46

func centres3(s sheet) []int {
	out := make([]int, 7)
	at := valueColumn
	for c := range out {
		widest := 1
		for _, row := range s.rows {
			if _, v := split(row); len(v) == 7 {
				widest = max(widest, utf8.RuneCountInString(v[c].text))
			}
		}
		out[c] = at + widest/2
		at += max(widest+3, 5)
	}
	return out
}

func layoutHead3(centres []int) []string {
	top := []string{columns("", []int{centres[2] + 4}, []string{"申请人情况"}), "",
		columns("", []int{centres[2] + 2}, []string{"法人或其他组织"}),
		"（本列数据的勾稽关系为：第一项加第二项之和， 等", "于第三项加第四项之和）"}
	c := centres
	return append(top, columns("", []int{c[0], c[3], c[4], c[6]}, []string{"自然人", "社会", "法律", "总计"}),
		columns("", []int{c[1], c[2]}, []string{"商业", "科研"}),
		columns("", []int{c[3], c[4], c[5]}, []string{"公益", "服务", "其他"}),
		columns("", []int{c[1], c[2]}, []string{"企业", "机构"}),
		columns("", []int{c[3], c[4]}, []string{"组织", "机构"}), "")
}

// line3 is one printed line of table 3 with the group that it belongs to.
type line3 struct {
	text   string
	group  string
	result bool
}

func (p *printer) layout3(rng *rand.Rand, g *pages, s sheet, side bool) {
	centres := centres3(s)
	head := layoutHead3(centres)
	g.lines(head...)
	lines := p.rows3(rng, s, centres, side)
	cut := len(lines) / 2
	for cut < len(lines) && lines[cut].group == "" {
		cut++ // break inside a group, where it hurts
	}
	overlay(lines[:cut], side, true)
	overlay(lines[cut:], side, false)
	for i, l := range lines {
		if i == cut {
			g.breakPage()
			if side {
				for _, h := range head {
					g.line(h)
				}
			}
		}
		g.line(l.text)
	}
	g.lines("", "")
}

func (p *printer) rows3(rng *rand.Rand, s sheet, centres []int, side bool) []line3 {
	var out []line3
	group := ""
	for _, row := range s.rows[3:] {
		labels, values := split(row)
		name := labels[len(labels)-1].text
		switch {
		case labels[0].cs == 3:
			group = ""
			out = append(out, line3{text: columns(name, centres, texts(values))})
			continue
		case labels[len(labels)-1].cs == 2:
			group = ""
		case len(labels) > 1 && strings.HasPrefix(labels[len(labels)-2].text, "（"):
			group = labels[len(labels)-2].text
		}
		if side && short[name] != "" {
			name = short[name]
		}
		for _, l := range rowLines(rng, name, group != "", centres, texts(values), side) {
			out = append(out, line3{text: l, group: group, result: true})
		}
		if side {
			out = append(out, line3{group: group, result: true})
		}
	}
	return out
}

// rowLines prints one row; a wrapped label has its numbers on the first line, the last, between, or below.
func rowLines(rng *rand.Rand, name string, inner bool, centres []int, values []string, side bool) []string {
	indent, width := strings.Repeat(" ", 18), 23
	if inner {
		indent, width = strings.Repeat(" ", 28), 13
	}
	if side {
		indent, width = "     ", 23
		if inner {
			indent, width = strings.Repeat(" ", 14), 13
		}
	}
	w := wrap(name, width)
	for i := range w {
		w[i] = indent + w[i]
	}
	if len(w) == 1 {
		return []string{columns(w[0], centres, values)}
	}
	bare := columns("", centres, values)
	switch rng.IntN(4) {
	case 0:
		w[0] = columns(w[0], centres, values)
	case 1:
		w[len(w)-1] = columns(w[len(w)-1], centres, values)
	case 2:
		at := (len(w) + 1) / 2
		w = append(w[:at:at], append([]string{bare}, w[at:]...)...)
	default:
		w = append(w, bare)
	}
	return w
}

// overlay writes the group labels and the upright 三、本年度办理结果 over the left margin of the lines of one page.
func overlay(lines []line3, side, first bool) {
	if !first && !side {
		overlayGroups(lines, side)
		return
	}
	if side && first {
		upright := []rune(resultsLabel)
		k := 0
		for i := range lines {
			if lines[i].result && k < len(upright) {
				lines[i].text = put(lines[i].text, 0, string(upright[k]))
				k++
			}
		}
	}
	if !side {
		for i := range lines {
			if lines[i].group != "" {
				lines[i].text += "\n 三 、本 年 度办 理 结 果\n\n"
				break
			}
		}
	}
	overlayGroups(lines, side)
}

func overlayGroups(lines []line3, side bool) {
	for i := 0; i < len(lines); {
		j := i
		for j < len(lines) && lines[j].group == lines[i].group {
			j++
		}
		if group := lines[i].group; group != "" {
			mid := (i + j) / 2
			if side {
				for k, piece := range []string{string([]rune(group)[:3]), string([]rune(group)[3:5]), string([]rune(group)[5:])} {
					if at := mid - 1 + k; at >= i && at < j {
						lines[at].text = put(lines[at].text, 5, piece)
					}
				}
			} else {
				lines[mid].text = strings.Repeat(" ", 18) + group + "\n" + lines[mid].text
			}
		}
		i = j
	}
}

// put writes s over the spaces at column at.
func put(line string, at int, s string) string {
	r := []rune(line)
	for len(r) < at+len([]rune(s)) {
		r = append(r, ' ')
	}
	for k, c := range []rune(s) {
		r[at+k] = c
	}
	return string(r)
}
