package sample

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"github.com/gongkai/gongkai/internal/report"
)

// glued writes the whole report on one line without separators, as in 012 to 018; spaced leaves a space here and there.
func (p *printer) glued(rng *rand.Rand, spaced bool) string {
	var b strings.Builder
	fmt.Fprintf(&b, "标题: %s\n发布时间: %d-01-20 15:22\n文号: \n栏目: 政府信息公开年报\n%s 正文 %s\n",
		p.r.Title, p.r.Year+1, strings.Repeat("=", 20), strings.Repeat("=", 20))
	for i, q := range p.arranged() {
		b.WriteString(q.heading)
		if i == 0 {
			b.WriteString(" ")
		}
		b.WriteString(strings.Join(q.lines, ""))
		if q.table == nil {
			continue
		}
		for _, row := range q.table.rows {
			labels, values := split(row)
			if q.table.id == "table3" && labelled(labels, "（四）无法提供") {
				b.WriteString(resultsLabel) // the table was split over two pages there
			}
			b.WriteString(strings.Join(texts(labels), ""))
			b.WriteString(p.run(rng, values, spaced))
		}
	}
	return b.String() + "\n"
}

func labelled(labels []cell, text string) bool {
	for _, c := range labels {
		if c.text == text {
			return true
		}
	}
	return false
}

// run glues the values of a row and marks what can still be told apart.
func (p *printer) run(rng *rand.Rand, values []cell, spaced bool) string {
	if len(values) == 0 {
		return ""
	}
	var b strings.Builder
	plain := true
	for _, v := range values {
		if spaced && len(values) > 1 && rng.IntN(3) == 0 {
			b.WriteString(" ")
		}
		b.WriteString(v.text)
		f := p.truth[v.path]
		plain = plain && f.Cell.IsNumber() && f.Cell.Note == "" && f.Unit != report.Amount
	}
	s := b.String()
	switch {
	case blanks(values) > 0 && len(values) > 1:
		p.truth.mark(Lost, paths(values)...)
	case blanks(values) > 0:
		p.truth.mark(Ambiguous, paths(values)...)
	case len(values) == 1:
	case !plain || p.splits(s, values) != 1:
		p.truth.mark(Ambiguous, paths(values)...)
	}
	return s
}

// splits counts the ways to part s into as many numbers as there are values: no leading zeros, spaces are borders, a
// minus sign only where a change may stand. It stops counting at 2.
func (p *printer) splits(s string, values []cell) int {
	s = strings.TrimSpace(s)
	if len(values) == 0 {
		if s == "" {
			return 1
		}
		return 0
	}
	n, rest := 0, s
	if strings.HasPrefix(s, "-") {
		if p.truth[values[0].path].Unit != report.Change {
			return 0
		}
		rest = s[1:]
	}
	for k := 1; k <= len(rest) && rest[k-1] >= '0' && rest[k-1] <= '9' && n < 2; k++ {
		n += p.splits(rest[k:], values[1:])
		if rest[0] == '0' {
			break
		}
	}
	return n
}

// flipBook keeps the last printed page: row 四, table 4 and what follows, its header characters mixed up.
func (p *printer) flipBook() string {
	for path := range p.truth {
		if !strings.HasPrefix(path, "table4.") && !strings.HasPrefix(path, "table3.carried_out.") {
			p.truth.mark(Lost, path)
		}
	}
	out := []string{fmt.Sprintf("Page 9 - %d年报_%s", p.r.Year, p.r.Agency), "P. 9"}
	parts := p.arranged()
	for i, q := range parts {
		if q.table != nil && q.table.id == "table3" {
			row := q.table.rows[len(q.table.rows)-1]
			p.losePlace(row)
			out = append(out, strings.Join(texts(row), " "))
			parts = parts[i+1:]
			break
		}
	}
	for _, q := range parts {
		out = append(out, q.heading)
		for _, l := range q.lines {
			out = append(out, wrap(l, 28)...)
		}
		if q.table == nil {
			continue
		}
		out = append(out, "行政复议 行政诉讼", "未经复议直接起诉 复议后起诉", "结 结 其 尚", "结 结 其 尚 结 结 其 尚", "果 果 他 未",
			"总计 果 果 他 未 总 果 果 他 未 总", "维 纠 结 审", "维 纠 结 审 计 维 纠 结 审 计", "持 正 果 结", "持 正 果 结 持 正 果 结")
		row := q.table.rows[len(q.table.rows)-1]
		p.losePlace(row)
		out = append(out, strings.Join(strings.Fields(strings.Join(texts(row), " ")), " "))
	}
	return strings.Join(out, "\n") + "\n"
}

// headingsOnly leaves the tables out, as where they were pictures.
func (p *printer) headingsOnly() string {
	for path := range p.truth {
		p.truth.mark(Lost, path)
	}
	var out []string
	for _, q := range p.arranged() {
		if q.heading != "" {
			out = append(out, q.heading)
		}
		out = append(out, q.lines...)
	}
	return strings.Join(out, "\n") + "\n更多内容欢迎扫描下方二维码关注！\n"
}
