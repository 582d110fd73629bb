package sample

import (
	"math/rand/v2"
	"strings"
	"unicode/utf8"
)

// tabs imitates the founding report: fields padded to the width of the table, two tabs before the values of result rows,
// the last sub-row and the rows after it flush left.
func (p *printer) tabs(s sheet) []string {
	switch s.id {
	case "table2":
		return p.tabs2(s)
	case "table3":
		return p.tabs3(s)
	}
	var out []string
	for i, row := range s.rows {
		f := texts(row)
		switch i {
		case 0:
			f = spanned(row, "")
		case 1:
			f = append(texts(row[:6]), append(make([]string, 4), append(texts(row[6:]), make([]string, 4)...)...)...)
		case 2:
			f = append(make([]string, 5), f...)
		}
		out = append(out, strings.Join(f, "\t"))
	}
	return out
}

func texts(row []cell) []string {
	var out []string
	for _, c := range row {
		out = append(out, c.text)
	}
	return out
}

// spanned returns the texts of a row with filler in the columns that spans cover.
func spanned(row []cell, filler string) []string {
	var out []string
	for _, c := range row {
		out = append(out, c.text)
		for range c.cs - 1 {
			out = append(out, filler)
		}
	}
	return out
}

func (p *printer) tabs2(s sheet) []string {
	var out []string
	for _, row := range s.rows {
		out = append(out, strings.Join(spanned(row, ""), "\t"))
	}
	return out
}

// loose writes （一） as the founding report does: half-width brackets with a space after.
var loose = strings.NewReplacer("（", "(", "）", ") ", "，", ", ")

func (p *printer) tabs3(s sheet) []string {
	out := []string{
		strings.Trim(loose.Replace(relationNote), " ") + "\t申请人情况\t\t\t\t\t\t总计",
		"\t自然人\t法人或其他组织\t\t\t\t\t",
		"\t\t商业企业\t科研机构\t社会公益组织\t法律服务机构\t其他\t",
	}
	for _, row := range s.rows[3:] {
		labels, values := split(row)
		first, last := labels[0].text, labels[len(labels)-1].text
		v := strings.Join(texts(values), "\t")
		if blanks(row) > 0 && !strings.HasPrefix(first, "一") && !strings.HasPrefix(first, "二") {
			p.truth.mark(Ambiguous, paths(row)...)
		}
		name := strings.TrimSpace(loose.Replace(last))
		switch {
		case strings.HasPrefix(first, "一") || strings.HasPrefix(first, "二"):
			out = append(out, first+"\t"+v)
		case first == resultsLabel:
			out = append(out, "", first+"\t"+name+"\t\t"+v+"\t")
		case last == "3.其他":
			out = append(out, last+"\t\t"+v+"\t\t")
		case strings.HasPrefix(first, "四") || strings.HasPrefix(last, "（七）"):
			if strings.Trim(v, "0\t") == "" && blanks(row) == 0 {
				v += "\t0" // the founding report has an eighth zero here
			}
			out = append(out, name+"\t\t"+v+"\t")
		case len(labels) == 2:
			out = append(out, "\t"+loose.Replace(first)+"\t"+last+"\t\t"+v)
		case strings.HasPrefix(last, "（"):
			out = append(out, "\t"+name+"\t\t"+v+"\t")
		default:
			out = append(out, "\t\t"+last+"\t\t"+v)
		}
	}
	return out
}

// pipes writes short rows filled up with pipes at their end. Without a leading pipe blanks vanish, as in 029 and 032, and
// with them the place of the numbers that stay.
func (p *printer) pipes(s sheet, leading bool) []string {
	var out []string
	for _, row := range s.rows {
		cells := texts(row)
		if !leading && blanks(row) > 0 {
			p.truth.mark(Lost, paths(row)...)
			cells = nil
			for _, c := range row {
				if c.path == "" || c.text != "" {
					cells = append(cells, c.text)
				}
			}
		}
		line := strings.Join(cells, " | ") + " |"
		fill := s.cols - len(cells)
		if leading {
			line = "| " + line + " "
		} else if fill > 0 {
			line += " "
		}
		out = append(out, line+strings.Repeat("|", max(fill, 0)))
	}
	return out
}

// cellLines writes one cell per line.
func (p *printer) cellLines(s sheet, layout Layout) []string {
	var out []string
	for _, row := range s.rows {
		if labels, _ := split(row); layout == EmptyFirst && len(labels) == 0 && blanks(row) > 0 {
			// Nothing tells the empty first column from a blank where the row has no label.
			p.truth.mark(Ambiguous, paths(row)...)
		}
		fill := strings.Repeat("|", s.cols-len(row))
		if layout == EmptyFirst {
			out = append(out, "|")
		}
		for i, c := range row {
			text := strings.TrimLeft(c.text+" |", " ")
			switch {
			case layout == PipeOnLine:
				if c.text != "" {
					out = append(out, c.text)
				}
				text = "|"
			case layout == CellPadded && i == len(row)-1 && fill != "":
				text += " " + fill
			}
			out = append(out, text)
		}
		if fill != "" && layout != CellPadded {
			out = append(out, fill)
		}
	}
	return out
}

// dropped writes one cell per line and nothing for a blank.
func (p *printer) dropped(s sheet) []string {
	var out []string
	for _, row := range s.rows {
		p.losePlace(row)
		for _, c := range row {
			if c.text != "" {
				out = append(out, c.text)
			}
		}
	}
	return out
}

// losePlace marks a row whose blanks leave no trace. A row with one value only keeps its place.
func (p *printer) losePlace(row []cell) {
	if blanks(row) == 0 {
		return
	}
	if _, values := split(row); len(values) == 1 {
		p.truth.mark(Ambiguous, paths(row)...)
		return
	}
	p.truth.mark(Lost, paths(row)...)
}

// paragraphs is dropped with blank lines between, header cells cut in two, and stray spaces around digits.
func (p *printer) paragraphs(rng *rand.Rand, s sheet) []string {
	cuts := map[string]string{"商业企业": "商业\n\n企业", "科研机构": "科研\n\n机构", "本年新制作数量": "本年新\n\n制作数量", "本年新公开数量": "本年新\n公开数量"}
	spaces := []string{"", "", " ", "  "}
	var out []string
	for _, row := range s.rows {
		p.losePlace(row)
		for _, c := range row {
			switch {
			case c.text == "":
			case c.path != "":
				out = append(out, spaces[rng.IntN(4)]+c.text+spaces[rng.IntN(3)])
			default:
				if cut, ok := cuts[c.text]; ok {
					out = append(out, cut)
					continue
				}
				out = append(out, c.text)
			}
		}
	}
	return out
}

// spaces writes rows with single spaces between the cells.
func (p *printer) spaces(s sheet) []string {
	var out []string
	for _, row := range s.rows {
		p.losePlace(row)
		var cells []string
		for _, c := range row {
			if c.text != "" {
				cells = append(cells, c.text)
			}
		}
		out = append(out, strings.Join(cells, " "))
	}
	return out
}

// miniTables writes one Markdown table per row of table 3 with invented headers; the last four stand under a false one.
func (p *printer) miniTables(s sheet) []string {
	if s.id != "table3" {
		var out []string
		for i, row := range s.rows {
			out = append(out, "| "+strings.Join(spanned(row, ""), " | ")+" |")
			if i == 0 {
				out = append(out, "|"+strings.Repeat("---|", s.cols))
			}
		}
		return out
	}
	const head = "| 项目 | 自然人 | 商业企业 | 科研机构 | 社会公益组织 | 法律服务机构 | 其他 | 总计 |"
	const falseHead = "| 项目 | 本年新收件数 | 上年结转件数 | 予以公开 | 部分公开 | 不予公开 | 其他处理 | 总计 |"
	var out []string
	rows := s.rows[3:]
	for i, row := range rows {
		labels, values := split(row)
		name := labels[len(labels)-1].text
		h := head
		if i >= len(rows)-4 {
			h = falseHead
		}
		if len(labels) > 1 && strings.HasPrefix(labels[len(labels)-2].text, "（") {
			out = append(out, labels[len(labels)-2].text)
		}
		out = append(out, h, "|"+strings.Repeat("---|", 8), "| "+name+" | "+strings.Join(texts(values), " | ")+" |", "")
	}
	return out
}

// wrap cuts text into lines of at most n characters.
func wrap(text string, n int) []string {
	var out []string
	for utf8.RuneCountInString(text) > n {
		r := []rune(text)
		out = append(out, string(r[:n]))
		text = string(r[n:])
	}
	return append(out, text)
}
