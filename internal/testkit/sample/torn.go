package sample

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// pdfPlain writes what pdftotext gives without options: one cell per line, single numbers before their label, the rows of
// a group as blocks of columns before a block of labels.
func (p *printer) pdfPlain() string {
	g := &pages{full: 70, mark: func(n int) string { return fmt.Sprintf("-%d-", n) }}
	for _, q := range p.arranged() {
		g.lines(nonEmpty(q.heading)...)
		for _, l := range q.lines {
			g.lines(wrap(l, 28)...)
		}
		if q.table == nil {
			continue
		}
		p.allAmbiguous(*q.table)
		switch q.table.id {
		case "table2":
			plain2(g, *q.table)
		case "table3":
			plain3(g, *q.table)
		case "table4":
			g.lines("行政复议", "", "行政诉讼", "未经复议直接起诉", "", "复议后起诉", "", "结果", "维持", "", "结果", "纠正", "", "其他", "结果", "",
				"尚未", "总 计 结果 结果 其他", "审结", "维持 纠正 结果", "", "尚未", "结果 结果 其他 尚未", "总 计", "审结", "维持 纠正 结果 审结", "")
			row := q.table.rows[3]
			for i, c := range row {
				if i == len(row)-1 {
					g.lines("总计", "")
				}
				if c.text != "" {
					g.lines(c.text, "")
				}
			}
		}
	}
	return g.text()
}

func (p *printer) allAmbiguous(s sheet) {
	for _, row := range s.rows {
		p.truth.mark(Ambiguous, paths(row)...)
		p.losePlace(row)
	}
}

func plain2(g *pages, s sheet) {
	pending := ""
	for i, row := range s.rows {
		labels, values := split(row)
		switch {
		case len(values) == 1 && i > 0 && len(s.rows[i-1]) == 2 && pending != "":
			// The number stands before its label when the header is right above it.
			g.lines(pending)
			g.lines(nonEmpty(values[0].text)...)
			g.lines("", labels[0].text, "")
			pending = ""
		case values == nil && len(row) == 2:
			g.lines(row[0].text, "")
			pending = row[1].text
		default:
			if pending != "" {
				g.lines(pending, "")
				pending = ""
			}
			for _, c := range row {
				if c.text != "" {
					g.lines(c.text, "")
				}
			}
		}
	}
}

func plain3(g *pages, s sheet) {
	g.lines("申请人情况", "", "（本列数据的勾稽关系为：第一项加第二项之和， 等", "于第三项加第四项之和）", "", "法人或其他组织", "自然人", "",
		"社会 法律", "商业 科研", "公益 服务 其他", "企业 机构", "组织 机构", "", "总计", "")
	rows := s.rows[3:]
	single(g, rows[0], false)
	for _, row := range rows[1:4] {
		single(g, row, true)
	}
	block(g, rows[4:14], "三 、 本 年 度 办 理 结果", rows[0][0].text)
	g.breakPage()
	block(g, rows[14:], "", "")
}

func single(g *pages, row []cell, withLabel bool) {
	labels, values := split(row)
	if withLabel {
		g.lines(wrap(labels[len(labels)-1].text, 23)...)
		g.lines("")
	}
	for _, c := range values {
		if c.text != "" {
			g.lines(c.text, "")
		}
	}
}

// block prints the values of some rows column by column, then their labels.
func block(g *pages, rows [][]cell, upright, before string) {
	for c := range 7 {
		for _, row := range rows {
			if _, v := split(row); v[c].text != "" {
				g.lines(v[c].text)
			}
		}
		g.lines("")
	}
	if upright != "" {
		g.lines(upright, "", before, "")
	}
	for _, row := range rows {
		labels, _ := split(row)
		for _, l := range labels {
			g.lines(wrap(l.text, 23)...)
		}
	}
	g.lines("")
}

// outOfOrder writes what a PDF-to-Markdown program made of 008: rows with a long label torn from it, labels in heaps.
func (p *printer) outOfOrder() string {
	out := []string{"正文"}
	for i, q := range p.arranged() {
		if q.heading != "" {
			out = append(out, wrap(q.heading, 28)...)
		}
		for _, l := range q.lines {
			out = append(out, wrap(l, 28)...)
		}
		if q.table == nil {
			out = append(out, nonEmpty(strings.Repeat(" ", min(i, 1)))...)
			continue
		}
		switch q.table.id {
		case "table2":
			out = append(out, torn2(*q.table)...)
		case "table3":
			out = append(out, p.torn3(*q.table)...)
		case "table4":
			row := q.table.rows[3]
			out = append(out, "行政复议行政诉讼", "未经复议直接起诉复议后起诉", "结果结果其他尚未", "总计", "总计总计", "维持纠正结果审结维持纠正结果审结",
				"| 维持 | 纠正 | 结果 | 审结 | 结果 | 结果 | 其他 | 尚未 | 结果 | 结果 | 其他 | 尚未 |", separator(12),
				bar(texts(row)), separator(15), "")
		}
	}
	return strings.Join(out, "\n") + "\n"
}

func bar(cells []string) string { return "| " + strings.Join(cells, " | ") + " |" }

func separator(n int) string { return "|" + strings.Repeat("---|", n) }

// torn2 prints the rows with a single value as running text first and the others as a table under a heading made up.
func torn2(s sheet) []string {
	var lines, table []string
	wideRow := false
	for _, row := range s.rows {
		labels, values := split(row)
		switch {
		case len(values) > 1:
			table = append(table, bar(texts(row)))
			wideRow = true
		case len(values) == 1:
			lines = append(lines, strings.TrimSpace(labels[0].text+" "+values[0].text))
		case len(row) > 2:
			if !wideRow || len(table) == 0 {
				table = append(table, bar(texts(row)), separator(len(row)))
			} else {
				table = append(table, "", bar(texts(row)), separator(len(row)))
			}
			wideRow = false
		case len(row) == 2:
			lines = append(lines, row[0].text+row[1].text)
		default:
			lines = append(lines, row[0].text)
		}
	}
	return append(append(lines, "## 表二：主动公开政府信息情况"), append(table, "")...)
}

func (p *printer) torn3(s sheet) []string {
	out := []string{"申请人情况", "（本列数据的勾稽关系为：第一项加第二项法人或其他组织", "之和，等于第三项加第四项之和）", "自然人总计", "商业企科研机社会公法律服", "其他", "本年",
		"## 表三：收到和处理政府信息公开申请情况", "| 业 | 构 | 益组织 | 务机构 |  |  |  |  |  |", separator(9)}
	rows := s.rows[3:]
	for _, row := range rows[:2] {
		out = append(out, bar(append(texts(row), "")))
	}
	first := texts(rows[2])
	first[0] = "三、"
	out = append(out, bar(first))
	const narrow = 11
	for i := 3; i < len(rows); i += 3 {
		chunk := rows[i:min(i+3, len(rows))]
		var heap, tables []string
		for _, row := range chunk {
			labels, values := split(row)
			name := labels[len(labels)-1].text
			long := utf8.RuneCountInString(name) > narrow
			if len(labels) > 1 && strings.HasPrefix(labels[len(labels)-2].text, "（") {
				heap = append(heap, string([]rune(labels[len(labels)-2].text)[:4]), string([]rune(labels[len(labels)-2].text)[4:]))
			}
			if long {
				heap = append(heap, wrap(name, narrow)...)
				p.truth.mark(Ambiguous, paths(row)...)
				tables = append(tables, bar(texts(values)), separator(7))
				continue
			}
			tables = append(tables, bar(append([]string{name}, texts(values)...)), separator(8))
		}
		if i == 3 {
			// The first row torn off stands before its own label.
			out = append(append(out, tables[:2]...), append(append([]string{""}, heap...), tables[2:]...)...)
			continue
		}
		out = append(append(append(out, ""), heap...), tables...)
	}
	return append(out, "")
}
