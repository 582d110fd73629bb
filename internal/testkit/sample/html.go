package sample

import (
	"fmt"
	"html"
	"strings"
	"unicode/utf8"
)

// html writes a web page in one of the ways found.
func (p *printer) html(layout Layout) string {
	var b strings.Builder
	fmt.Fprintf(&b, "<!DOCTYPE html><html><head><meta charset=\"utf-8\"><title>%s</title></head>\n<body>\n", html.EscapeString(p.r.Title))
	if layout == HTMLSpans {
		fmt.Fprintf(&b, "<table class=\"table_content\"><tbody><tr><td class=\"c1\">名称</td><td colspan=\"3\">\n %s\n</td></tr>"+
			"<tr><td>索引号</td><td>000000000/%d-00002</td><td>分类</td><td>\n信息公开年报\n&nbsp;&nbsp;其他\n</td></tr>"+
			"<tr><td>发布机构</td><td>%s</td><td>公开日期</td><td>%d-01-17</td></tr></tbody></table>\n",
			html.EscapeString(p.r.Title), p.r.Year+1, html.EscapeString(p.r.Agency), p.r.Year+1)
	}
	if layout == HTMLNested {
		b.WriteString("<table class=\"layout\"><tr><td colspan=\"2\">首页 &gt; 政府信息公开</td></tr><tr><td>机构设置<br>政策文件<br>年度报告</td><td>\n")
	}
	for i, q := range p.arranged() {
		if q.heading != "" {
			tag := "p"
			if i == 0 {
				tag = "h1"
			}
			b.WriteString(para(tag, q.heading, layout))
		}
		for _, l := range q.lines {
			b.WriteString(para("p", l, layout))
		}
		if q.table == nil {
			continue
		}
		for _, s := range pagesOf(*q.table, layout) {
			p.htmlTable(&b, s, layout)
		}
	}
	if layout == HTMLNested {
		b.WriteString("</td></tr></table>\n")
	}
	b.WriteString("</body></html>\n")
	return b.String()
}

func para(tag, text string, layout Layout) string {
	return fmt.Sprintf("<%s>%s</%s>\n", tag, runs(text, layout), tag)
}

// runs writes text the way an office program saved it: a span per run of characters, and an empty run at the end.
func runs(text string, layout Layout) string {
	if layout != HTMLSpans {
		return html.EscapeString(text)
	}
	if text == "" {
		return `<span style="font-family: 微软雅黑;"><o:p> </o:p></span>`
	}
	var b strings.Builder
	for i, piece := range wrap(text, 1+utf8.RuneCountInString(text)/3) {
		if i%2 == 1 {
			fmt.Fprintf(&b, `<span style="font-family: 微软雅黑;"><font face="方正仿宋_GBK">%s</font></span>`, html.EscapeString(piece))
			continue
		}
		fmt.Fprintf(&b, `<span style="font-family: 微软雅黑;">%s</span>`, html.EscapeString(piece))
	}
	return b.String() + `<span style="font-family: 微软雅黑;"><o:p></o:p></span>`
}

func (p *printer) htmlTable(b *strings.Builder, s sheet, layout Layout) {
	b.WriteString("<table border=\"1\" cellspacing=\"0\">\n<tbody>\n")
	for _, row := range flattened(s, layout) {
		b.WriteString("<tr>")
		for _, c := range row {
			b.WriteString("<td")
			if c.cs > 1 {
				fmt.Fprintf(b, " colspan=\"%d\"", c.cs)
			}
			if c.rs > 1 {
				fmt.Fprintf(b, " rowspan=\"%d\"", c.rs)
			}
			b.WriteString(">" + p.content(c, layout) + "</td>")
		}
		b.WriteString("</tr>\n")
	}
	b.WriteString("</tbody>\n</table>\n")
}

func (p *printer) content(c cell, layout Layout) string {
	switch layout {
	case HTMLSpans:
		return "\n<p align=\"\">" + runs(c.text, layout) + "</p>\n"
	case HTMLNbsp:
		if c.text == "" {
			return "&nbsp;"
		}
		return "<p>" + html.EscapeString(c.text) + "&nbsp;</p>"
	case HTMLBreaks:
		if n := utf8.RuneCountInString(c.text); n > 1 && (c.path == "" || strings.Trim(c.text, "0123456789") == "") {
			if c.path != "" {
				p.truth.mark(Ambiguous, c.path)
			}
			w := wrap(c.text, (n+1)/2)
			return html.EscapeString(w[0]) + "<br/>" + html.EscapeString(w[1])
		}
	}
	return html.EscapeString(c.text)
}

// flattened puts empty cells where a row span of the header reached, as in 011.
func flattened(s sheet, layout Layout) [][]cell {
	if layout != HTMLFlat {
		return s.rows
	}
	rows := append([][]cell{}, s.rows...)
	switch s.id {
	case "table3":
		rows[1] = []cell{label("自然人"), span("法人或其他组织", 5, 1), label("总计")}
		rows[2] = append(append([]cell{label("")}, rows[2]...), label(""))
	case "table4":
		second := append([]cell{}, rows[1]...)
		for i := range second {
			second[i].rs = 1
		}
		rows[1] = second
		rows[2] = append([]cell{label(""), label(""), label(""), label(""), label("")}, rows[2]...)
	}
	return rows
}

// pagesOf parts table 3 into one table per printed page, the header and the open labels repeated.
func pagesOf(s sheet, layout Layout) []sheet {
	if layout != HTMLPages || s.id != "table3" {
		return []sheet{s}
	}
	const cut = 9 // after the third sub-row of （三）
	first, second := sheet{id: s.id, cols: s.cols}, sheet{id: s.id, cols: s.cols, rows: head3()}
	for i, row := range s.rows {
		row = append([]cell{}, row...)
		if i >= cut {
			second.rows = append(second.rows, row)
			continue
		}
		for k := range row {
			if over := i + row[k].rs - cut; over > 0 {
				row[k].rs -= over
			}
		}
		first.rows = append(first.rows, row)
	}
	var open []cell
	for i, row := range s.rows[:cut] {
		for _, c := range row {
			if over := i + c.rs - cut; over > 0 && c.path == "" {
				open = append(open, span(c.text, c.cs, over))
			}
		}
	}
	second.rows[3] = append(open, second.rows[3]...)
	return []sheet{first, second}
}
