package sample

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"unicode/utf8"
)

// pages collects lines and breaks them into printed pages.
type pages struct {
	out   []string
	page  int
	used  int
	feed  bool
	mark  func(page int) string // the page number line; nil for none
	first bool                  // the page number comes first on its page, as in pdftotext -raw
	full  int
}

func (g *pages) line(s string) {
	if g.feed {
		s, g.feed = "\f"+s, false
	}
	g.out = append(g.out, s)
	g.used++
}

// breakPage ends the page.
func (g *pages) breakPage() {
	g.page++
	if g.first {
		g.feed = true
		g.line(g.mark(g.page + 1))
	} else {
		g.out = append(g.out, "", g.mark(g.page))
		g.feed = true
	}
	g.used = 0
}

func (g *pages) lines(ls ...string) {
	for _, l := range ls {
		if g.used >= g.full {
			g.breakPage()
		}
		g.line(l)
	}
}

func (g *pages) text() string { return strings.Join(g.out, "\n") + "\n\f" }

// pdfRaw writes the order of the content stream: header words in pieces, the upright label one character per line, and a
// label that was wrapped followed by a bare row of numbers.
func (p *printer) pdfRaw() string {
	g := &pages{first: true, full: 38, mark: func(n int) string { return fmt.Sprintf("- %d -", n) }}
	g.line("- 1 -")
	for _, q := range p.arranged() {
		g.lines(nonEmpty(q.heading)...)
		for _, l := range q.lines {
			g.lines(wrap(l, 28)...)
		}
		if q.table != nil {
			p.rawTable(g, *q.table)
		}
	}
	return g.text()
}

func nonEmpty(s string) []string {
	if s == "" {
		return nil
	}
	return []string{s}
}

var rawHead3 = []string{"（本列数据的勾稽关系为：第一项加第二项之和， 等", "于第三项加第四项之和）", "申请人情况", "自然人", "法人或其他组织", "总计",
	"商业", "企业", "科研", "机构", "社会", "公益", "组织", "法律", "服务", "机构", "其他"}

func (p *printer) rawTable(g *pages, s sheet) {
	rows := s.rows
	switch s.id {
	case "table3":
		g.lines(rawHead3...)
		rows = rows[3:]
	case "table4":
		pieces := []string{"结果", "维持", "结果", "纠正", "其他", "结果", "尚未", "审结", "总 计"}
		g.lines("行政复议 行政诉讼")
		g.lines(pieces...)
		g.lines("未经复议直接起诉 复议后起诉")
		g.lines(append(pieces, pieces...)...)
		rows = rows[3:]
	}
	for _, row := range rows {
		p.losePlace(row)
		labels, values := split(row)
		for _, c := range labels[:max(len(labels)-1, 0)] {
			if c.text == resultsLabel {
				g.lines(strings.Split("三|、|本|年|度|办|理|结|果", "|")...)
				continue
			}
			if values != nil {
				g.lines(c.text)
			}
		}
		numbers := strings.Join(strings.Fields(strings.Join(texts(values), " ")), " ")
		switch {
		case len(labels) == 0:
			g.lines(numbers)
		case values == nil:
			g.lines(strings.Join(texts(labels), " "))
		case utf8.RuneCountInString(labels[len(labels)-1].text) > 16 && s.id == "table3" && len(labels[0].text) < 60:
			g.lines(wrap(labels[len(labels)-1].text, 14)...)
			g.lines(numbers)
		default:
			g.lines(strings.TrimSpace(labels[len(labels)-1].text + " " + numbers))
		}
	}
}

// columns places texts at the centres given, each at least one space after the one before.
func columns(start string, centres []int, values []string) string {
	line := []rune(start)
	for i, v := range values {
		r := []rune(v)
		if len(r) == 0 {
			continue
		}
		at := max(centres[i]-len(r)/2, len(line)+1)
		for len(line) < at {
			line = append(line, ' ')
		}
		line = append(line, r...)
	}
	return string(line)
}

// pdfLayout writes what pdftotext -layout gives: columns by spaces, labels wrapped over lines, page breaks inside table 3.
func (p *printer) pdfLayout(rng *rand.Rand, side bool) string {
	g := &pages{full: 44, mark: func(n int) string { return strings.Repeat(" ", 41+n%2*20) + fmt.Sprintf("-%d-", n) }}
	for i, q := range p.arranged() {
		indent := "     "
		if i == 0 {
			indent = "                "
		}
		g.lines(nonEmpty(strings.TrimRight(indent+q.heading, " "))...)
		for _, l := range q.lines {
			for k, w := range wrap(l, 28) {
				if k == 0 {
					w = "   " + w
				}
				g.lines(w)
			}
		}
		if q.table == nil {
			continue
		}
		p.blanksByPlace(*q.table)
		switch q.table.id {
		case "table2":
			layout2(g, *q.table)
		case "table3":
			p.layout3(rng, g, *q.table, side)
		case "table4":
			layout4(g, *q.table)
		}
	}
	return g.text()
}

// blanksByPlace marks rows with blanks: only the place on the line tells which column a number is in.
func (p *printer) blanksByPlace(s sheet) {
	for _, row := range s.rows {
		if blanks(row) > 0 {
			p.truth.mark(Ambiguous, paths(row)...)
		}
	}
}

func layout2(g *pages, s sheet) {
	for _, row := range s.rows {
		labels, values := split(row)
		switch {
		case values == nil && len(row) == 1:
			g.lines("              "+row[0].text, "")
		case values == nil:
			centres := []int{24, 37, 50}
			if len(row) == 2 {
				centres = []int{34}
			}
			g.lines("", columns("       "+row[0].text, centres, texts(row[1:])), "")
		default:
			centres := []int{19, 31, 43}
			if len(values) == 1 {
				centres = []int{32}
			}
			g.lines(columns(labels[0].text, centres, texts(values)), "")
		}
	}
}

func layout4(g *pages, s sheet) {
	g.lines("          行政复议                              行政诉讼", "",
		"                              未经复议直接起诉                  复议后起诉", "",
		"结果   结果     其他   尚未", "                    总 计 结果 结果 其他       尚未     结果 结果 其他 尚未",
		"维持   纠正     结果   审结                                               总计",
		"                                          总 计", "                        维持 纠正 结果       审结     维持 纠正 结果 审结", "")
	row := s.rows[len(s.rows)-1]
	centres := make([]int, len(row))
	at := 1
	for i, c := range row {
		centres[i] = at
		at += max(4, utf8.RuneCountInString(c.text)+2)
	}
	g.lines("", columns("", centres, texts(row)), "")
}
