package sample

import (
	"strings"

	"github.com/gongkai/gongkai/internal/report"
)

// cell is one cell of a printed table; path is set for cells that hold a value.
type cell struct {
	text   string
	path   string
	cs, rs int
}

// sheet is a printed table: rows of cells with spans, as in the source of a page.
type sheet struct {
	id   string
	cols int
	rows [][]cell
}

func span(text string, cs, rs int) cell { return cell{text: text, cs: cs, rs: rs} }

func label(text string) cell { return span(text, 1, 1) }

// printer holds what is being printed: the report, how its values are written, and the truth so far.
type printer struct {
	r     *report.Report
	truth Truth
	flaws []Flaw
}

func (p *printer) has(f Flaw) bool {
	for _, g := range p.flaws {
		if f == g {
			return true
		}
	}
	return false
}

func (p *printer) value(t *report.Table, i, j, cs int) cell {
	c := t.At(i, j)
	text := c.Text(t.Spec.Rows[i].Fields[j].Unit)
	if c.Kind == report.Absent {
		text = ""
	}
	if p.has(Thousands) && c.IsNumber() {
		text = thousands(text)
	}
	if p.has(WideDigits) && c.IsNumber() {
		text = wide(text)
	}
	return cell{text: text, path: t.Spec.Path(i, j), cs: cs, rs: 1}
}

// sheet2 lays out table 2: four columns, one block per item of Art. 20.
func (p *printer) sheet2() sheet {
	t := p.r.Table2
	s := sheet{id: "table2", cols: 4}
	group := ""
	for i, row := range t.Spec.Rows {
		if row.Group != group {
			group = row.Group
			s.rows = append(s.rows, []cell{span(group, 4, 1)})
			head := []cell{label("信息内容")}
			for k, f := range row.Fields {
				head = append(head, span(f.Label, spread(len(row.Fields), k), 1))
			}
			s.rows = append(s.rows, head)
		}
		line := []cell{label(row.Label)}
		for k := range row.Fields {
			line = append(line, p.value(t, i, k, spread(len(row.Fields), k)))
		}
		s.rows = append(s.rows, line)
	}
	return s
}

// spread is how many of the three value columns the k-th of n cells takes.
func spread(n, k int) int {
	if k < n-1 {
		return 1
	}
	return 4 - n
}

const (
	relationNote = "（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）"
	resultsLabel = report.GroupResults
)

func head3() [][]cell {
	return [][]cell{
		{span(relationNote, 3, 3), span("申请人情况", 7, 1)},
		{span("自然人", 1, 2), span("法人或其他组织", 5, 1), span("总计", 1, 2)},
		{label("商业企业"), label("科研机构"), label("社会公益组织"), label("法律服务机构"), label("其他")},
	}
}

// sheet3 lays out table 3: ten columns, three of labels and seven of values.
func (p *printer) sheet3() sheet {
	t := p.r.Table3
	s := sheet{id: "table3", cols: 10, rows: head3()}
	group, results := "", false
	for i, row := range t.Spec.Rows {
		var line []cell
		outer := row.Key == "new_received" || row.Key == "carried_in" || row.Key == "carried_out"
		if !outer && !results {
			results = true
			line = append(line, span(resultsLabel, 1, t.Spec.RowIndex("total")-i+1))
		}
		switch {
		case outer:
			line = append(line, span(row.Item+row.Label, 3, 1))
		case row.Group == "":
			line = append(line, span(row.Item+row.Label, 2, 1))
		default:
			if row.Group != group {
				line = append(line, span(row.Group, 1, groupSize(t.Spec, row.Group)))
			}
			line = append(line, label(row.Item+row.Label))
		}
		group = row.Group
		for c := range row.Fields {
			line = append(line, p.value(t, i, c, 1))
		}
		s.rows = append(s.rows, line)
	}
	return s
}

func groupSize(s *report.TableSpec, group string) int {
	n := 0
	for _, r := range s.Rows {
		if r.Group == group {
			n++
		}
	}
	return n
}

// sheet4 lays out table 4: fifteen columns and one row of values.
func (p *printer) sheet4() sheet {
	t := p.r.Table4
	s := sheet{id: "table4", cols: 15}
	s.rows = append(s.rows, []cell{span("行政复议", 5, 1), span("行政诉讼", 10, 1)})
	var second, third, values []cell
	for _, f := range t.Spec.Rows[0].Fields {
		second = append(second, span(f.Label, 1, 2))
	}
	second = append(second, span("未经复议直接起诉", 5, 1), span("复议后起诉", 5, 1))
	for i, row := range t.Spec.Rows {
		for c, f := range row.Fields {
			if i > 0 {
				third = append(third, label(f.Label))
			}
			values = append(values, p.value(t, i, c, 1))
		}
	}
	s.rows = append(s.rows, second, third, values)
	return s
}

// paths returns the paths of the values in a row.
func paths(row []cell) []string {
	var out []string
	for _, c := range row {
		if c.path != "" {
			out = append(out, c.path)
		}
	}
	return out
}

// split parts a row into its leading label cells and its value cells.
func split(row []cell) (labels, values []cell) {
	for i, c := range row {
		if c.path != "" {
			return row[:i], row[i:]
		}
	}
	return row, nil
}

func blanks(row []cell) int {
	n := 0
	for _, c := range row {
		if c.path != "" && c.text == "" {
			n++
		}
	}
	return n
}

// part is a piece of a document: text, or a table.
type part struct {
	heading string
	lines   []string
	table   *sheet
}

// parts returns the document in order: title, preamble, six sections with their tables.
func (p *printer) parts() []part {
	out := []part{{heading: p.r.Title}}
	if p.r.Preamble != "" {
		out = append(out, part{lines: strings.Split(p.r.Preamble, "\n")})
	}
	for _, s := range p.r.Sections {
		q := part{heading: report.Numerals[s.No-1] + "、" + s.Title}
		if s.Text != "" {
			q.lines = strings.Split(s.Text, "\n")
		}
		q.table = p.sheetFor(s.No)
		out = append(out, q)
	}
	return out
}

func (p *printer) sheetFor(no int) *sheet {
	var s sheet
	switch {
	case no == 2 && p.r.Table2 != nil:
		s = p.sheet2()
	case no == 3 && p.r.Table3 != nil:
		s = p.sheet3()
	case no == 4 && p.r.Table4 != nil:
		s = p.sheet4()
	default:
		return nil
	}
	return &s
}
