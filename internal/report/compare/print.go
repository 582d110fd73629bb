package compare

import (
	"fmt"
	"strings"

	"github.com/gongkai/gongkai/internal/report"
)

// Text writes the comparison in Chinese for a terminal: what differs, and nothing of what is the same. Deleted text stands
// in 【删：…】, inserted text in 【增：…】.
func (c Comparison) Text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "前：%s\n后：%s\n", c.A.line(), c.B.line())
	for _, n := range c.Notes {
		fmt.Fprintf(&b, "注意：%s\n", n)
	}
	b.WriteString("\n一、基本信息\n")
	c.printHeads(&b)
	b.WriteString("\n二、表格\n")
	for _, t := range c.Tables {
		t.print(&b)
	}
	if len(c.Tables) == 0 {
		b.WriteString("  两份报告都没有统计表\n")
	}
	b.WriteString("\n三、文字\n")
	for _, s := range c.Sections {
		s.print(&b)
	}
	if len(c.Sections) == 0 {
		b.WriteString("  两份报告都没有文字部分\n")
	}
	fmt.Fprintf(&b, "\n后一份报告与前一份逐字相同的句子占 %s\n", percent(c.Share))
	return b.String()
}

func (s Side) line() string {
	year := "年份不详"
	if s.Year != 0 {
		year = fmt.Sprintf("%d年", s.Year)
	}
	agency := s.Agency
	if agency == "" {
		agency = "机关不详"
	}
	out := fmt.Sprintf("%s %s（%s）", agency, year, formatName(s.Format))
	if s.File != "" {
		out += " " + s.File
	}
	return out
}

func (c Comparison) printHeads(b *strings.Builder) {
	n := 0
	for _, h := range c.Heads {
		if h.State == Same {
			continue
		}
		n++
		a, z := h.A, h.B
		if h.Key == "format" {
			a, z = formatName(report.FormatID(h.A)), formatName(report.FormatID(h.B))
		}
		fmt.Fprintf(b, "  %s：%s → %s\n", h.Label, orNone(a), orNone(z))
	}
	if n == 0 {
		b.WriteString("  相同\n")
	}
}

func orNone(s string) string {
	if s == "" {
		return "（没有）"
	}
	return s
}

func (t Table) print(b *strings.Builder) {
	fmt.Fprintf(b, "  %s\n", t.Name)
	if t.Why != "" {
		fmt.Fprintf(b, "    %s\n", t.Why)
	}
	if t.State == OnlyA || t.State == OnlyB {
		return
	}
	same := 0
	for i := 0; i < len(t.Cells); {
		row := t.Cells[i:]
		for k, c := range row {
			if c.Row != row[0].Row {
				row = row[:k]
				break
			}
		}
		i += len(row)
		same += printRow(b, row)
	}
	if t.State != Incomparable {
		fmt.Fprintf(b, "    相同 %d 格，不同 %d 格\n", same, len(t.Cells)-same)
	}
}

// printRow writes what differs in one row on one line and returns how many of its cells are the same.
func printRow(b *strings.Builder, row []Cell) (same int) {
	var parts, whys []string
	for _, c := range row {
		if c.State == Same {
			same++
			continue
		}
		parts = append(parts, c.change())
		if c.Why != "" && (len(whys) == 0 || whys[len(whys)-1] != c.Why) {
			whys = append(whys, c.Why)
		}
	}
	if len(parts) == 0 {
		return same
	}
	head := ""
	switch row[0].State {
	case OnlyA:
		head = "只有前一份有，"
	case OnlyB:
		head = "只有后一份有，"
	}
	fmt.Fprintf(b, "    %s：%s%s\n", row[0].Row, head, strings.Join(parts, "；"))
	for _, w := range whys {
		fmt.Fprintf(b, "      （%s）\n", w)
	}
	return same
}

func (c Cell) change() string {
	switch c.State {
	case OnlyA:
		return c.Field + " " + c.A.words()
	case OnlyB:
		return c.Field + " " + c.B.words()
	}
	out := c.Field + " " + c.A.words() + " → " + c.B.words()
	if d := c.Difference.String(); d != "" {
		out += "（" + d + "）"
	}
	return out
}

// words names a value so that zero, blank and unreadable cannot be taken for one another.
func (v Value) words() string {
	s := ""
	switch v.Kind {
	case report.Number, report.Words:
		s = v.Cell.Text(v.Unit)
	case report.Blank:
		s = "空白"
	case report.Slash:
		s = "斜杠“/”"
	case report.Dash:
		s = "短横“-”"
	case report.Unreadable:
		s = "无法辨认"
	default:
		s = "没有这一格"
	}
	if v.Doubted {
		s += "（存疑）"
	}
	return s
}

func (s Section) print(b *strings.Builder) {
	name := "引言"
	if s.No > 0 {
		title := s.TitleB
		if title == "" {
			title = s.TitleA
		}
		name = report.Numerals[s.No-1] + "、" + title
	}
	switch s.State {
	case OnlyA:
		fmt.Fprintf(b, "  %s：只有前一份有\n", name)
		return
	case OnlyB:
		fmt.Fprintf(b, "  %s：只有后一份有\n", name)
		return
	case Same:
		fmt.Fprintf(b, "  %s：相同\n", name)
		return
	}
	fmt.Fprintf(b, "  %s：%d句中有%d句与前一份逐字相同（%s）\n", name, s.SentencesB, s.Identical, percent(s.Share))
	if s.TitleA != s.TitleB {
		fmt.Fprintf(b, "    标题：%s → %s\n", orNone(s.TitleA), orNone(s.TitleB))
	}
	for _, c := range s.Changes {
		c.print(b)
	}
}

func (c Change) print(b *strings.Builder) {
	mark := map[Op]string{Delete: "删", Insert: "增", Replace: "改"}[c.Op]
	if mark == "" {
		return
	}
	var line strings.Builder
	for _, r := range c.Runs {
		switch {
		case c.Op == Replace && r.Op == Delete:
			line.WriteString("【删：" + r.Text + "】")
		case c.Op == Replace && r.Op == Insert:
			line.WriteString("【增：" + r.Text + "】")
		default:
			line.WriteString(r.Text)
		}
	}
	if text := strings.TrimSpace(strings.ReplaceAll(line.String(), "\n", "↵")); strings.Trim(text, "↵ ") != "" {
		fmt.Fprintf(b, "    %s　%s\n", mark, strings.Trim(text, "↵"))
	}
}

// percent writes a share, which has three decimals, with one.
func percent(f float64) string { return fmt.Sprintf("%.1f%%", f*100) }
