package checks

import (
	"strconv"
	"strings"

	"github.com/gongkai/gongkai/internal/report"
)

func year(y int) string     { return strconv.Itoa(y) + "年" }
func number(n int64) string { return strconv.FormatInt(n, 10) }
func abs(n int64) int64     { return max(n, -n) }
func value(n int64) *int64  { return &n }

// rowName is the short name of a row of table 3 with the numeral of its group, e.g. （三）1.属于国家秘密.
func rowName(r *report.Row) string {
	label, _, _ := strings.Cut(r.Label, "（")
	for _, tail := range []string{"、", "政府信息公开申请数量", "继续办理"} {
		label, _, _ = strings.Cut(label, tail)
	}
	group := ""
	if strings.HasPrefix(r.Group, "（") {
		if i := strings.Index(r.Group, "）"); i >= 0 {
			group = r.Group[:i+len("）")]
		}
	}
	return group + r.Item + label
}

// columnPath is the path of a whole column, e.g. table3.natural_person.
func columnPath(g *grid, col int) string {
	return g.t.Spec.ID + "." + g.t.Spec.Rows[0].Fields[col].Key
}

// rowPath is the path of a whole row, e.g. table3.new_received.
func rowPath(g *grid, row int) string { return g.t.Spec.ID + "." + g.t.Spec.Rows[row].Key }

// kindWords says what stands in a cell that holds no number.
func kindWords(c *report.Cell) string {
	switch c.Kind {
	case report.Blank:
		return "空白"
	case report.Slash:
		return "填的是“/”"
	case report.Dash:
		return "填的是“-”"
	case report.Words:
		return "填的是文字“" + c.Raw + "”"
	case report.Unreadable:
		return "无法辨认"
	default:
		return "在文件中没有"
	}
}

// maxTerms is how many addends a message writes out.
const maxTerms = 8

// terms writes the addends, leaving out zeros when there are many: 自然人 26、其他 1.
func terms(g *grid, cells []int, label func(i int) string, sep string) string {
	var b strings.Builder
	n := 0
	for _, i := range cells {
		c := g.at(i)
		if c.IsNumber() && c.N == 0 && len(cells) > 5 {
			continue
		}
		if n++; n > maxTerms {
			continue
		}
		if b.Len() > 0 {
			b.WriteString(sep)
		}
		b.WriteString(label(i))
		b.WriteByte(' ')
		if c.IsNumber() {
			b.WriteString(number(c.N))
		} else {
			b.WriteString("〔" + kindWords(c) + "〕")
		}
	}
	if n > maxTerms {
		b.WriteString("等共 " + number(int64(n)) + " 个不为 0 的数")
	}
	return b.String()
}

// exact is a whole number as such, so that it marshals as a number, and any other text as it is.
func exact(s string) any {
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		return n
	}
	return s
}
