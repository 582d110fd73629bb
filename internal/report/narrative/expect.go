package narrative

import (
	"strconv"
	"strings"

	"github.com/gongkai/gongkai/internal/report"
)

// term is one cell of a reading, taken away when minus.
type term struct {
	table      *report.Table
	row, field int
	minus      bool
}

// reading is one thing that a figure can mean in the tables, as a sum of cells.
type reading struct {
	name  string
	terms []term
}

// sheet reads the tables of one report.
type sheet struct{ r *report.Report }

// value is the sum of a reading. why is not "" when a cell that it needs is blank, missing or doubtful.
func (s sheet) value(x reading) (v int64, why string) {
	v, why, _ = s.read(x)
	return v, why
}

// read is value, and whether there is a number all the same: a doubtful one can be borne out by the text, never refute it.
func (s sheet) read(x reading) (v int64, why string, known bool) {
	if len(x.terms) == 0 {
		return 0, "表中没有对应的单元格", false
	}
	for _, t := range x.terms {
		c := t.table.At(t.row, t.field)
		path := t.table.Spec.Path(t.row, t.field)
		if !c.IsNumber() {
			return 0, t.table.Spec.CellName(t.row, t.field) + "没有可用的数字", false
		}
		if len(s.r.Doubts) > 0 && s.r.Doubted(path) {
			why = t.table.Spec.CellName(t.row, t.field) + "的读数不确定"
		}
		if t.minus {
			v -= c.N
		} else {
			v += c.N
		}
	}
	return v, why, true
}

func paths(list []reading) []string {
	var out []string
	seen := map[string]bool{}
	for _, x := range list {
		for _, t := range x.terms {
			if p := t.table.Spec.Path(t.row, t.field); !seen[p] {
				seen[p] = true
				out = append(out, p)
			}
		}
	}
	return out
}

// columns are the columns of table 3 that a key stands for.
func columns(key string) []int {
	switch key {
	case "":
		return []int{report.ColTotal}
	case "legal_persons":
		return []int{report.ColBusiness, report.ColResearch, report.ColPublicWelfare, report.ColLegalService, report.ColOther}
	}
	for i, f := range report.V2021.Table3.Rows[0].Fields {
		if f.Key == key {
			return []int{i}
		}
	}
	return nil
}

var columnNames = map[string]string{"natural_person": "自然人", "legal_persons": "法人或其他组织", "business": "商业企业", "research": "科研机构",
	"public_welfare": "社会公益组织", "legal_service": "法律服务机构", "other": "其他", "total": "总计"}

// row3 is the reading of one row or group of table 3; it is empty when the table has none.
func (s sheet) row3(key, column string) reading {
	t := s.r.Table3
	if t == nil {
		return reading{}
	}
	x := reading{}
	if i := t.Spec.RowIndex(key); i >= 0 {
		row := t.Spec.Rows[i]
		label, _, _ := strings.Cut(row.Label, "（")
		x.name = "表三“" + row.Item + label + "”"
		x.add(t, i, columns(column))
	} else if i := firstOf(t.Spec, key+"."); i >= 0 {
		x.name = "表三“" + t.Spec.Rows[i].Group + "”各行"
		for ; i < len(t.Spec.Rows) && strings.HasPrefix(t.Spec.Rows[i].Key, key+"."); i++ {
			x.add(t, i, columns(column))
		}
	}
	if column != "" && x.name != "" {
		x.name += "“" + columnNames[column] + "”列"
	}
	return x
}

func firstOf(spec *report.TableSpec, prefix string) int {
	for i := range spec.Rows {
		if strings.HasPrefix(spec.Rows[i].Key, prefix) {
			return i
		}
	}
	return -1
}

func (x *reading) add(t *report.Table, row int, cols []int) {
	for _, c := range cols {
		x.terms = append(x.terms, term{table: t, row: row, field: c})
	}
}

// plus joins two readings; it is empty when one of them is.
func (x reading) plus(y reading, minus bool) reading {
	if len(x.terms) == 0 || len(y.terms) == 0 {
		return reading{}
	}
	other := y.name
	for _, table := range []string{"表三", "表四"} {
		if strings.HasPrefix(x.name, table) {
			other = strings.TrimPrefix(other, table)
		}
	}
	sum := reading{name: x.name + "与" + other, terms: append([]term(nil), x.terms...)}
	if minus {
		sum.name = x.name + "减去" + other
	}
	for _, t := range y.terms {
		t.minus = t.minus != minus
		sum.terms = append(sum.terms, t)
	}
	return sum
}

var courtColumns = map[string]int{"upheld": report.ColUpheld, "corrected": report.ColCorrected, "other": report.ColOtherResult,
	"pending": report.ColPending, "total": report.ColResultTotal}

// court is the reading of a metric of table 4, e.g. "review.total"; "litigation" adds both kinds.
func (s sheet) court(head, col string) reading {
	t := s.r.Table4
	if t == nil {
		return reading{}
	}
	if head == "litigation" {
		return s.court("litigation_direct", col).plus(s.court("litigation_after_review", col), false)
	}
	if col == "closed" {
		return s.court(head, "total").plus(s.court(head, "pending"), true)
	}
	i := t.Spec.RowIndex(head)
	c, ok := courtColumns[col]
	if i < 0 || !ok {
		return reading{}
	}
	x := reading{name: t.Spec.CellName(i, c)}
	x.add(t, i, []int{c})
	return x
}

// field2 is the reading of one cell of table 2, found by the keys that the formats use for it.
func (s sheet) field2(row string, keys ...string) reading {
	t := s.r.Table2
	if t == nil {
		return reading{}
	}
	i := t.Spec.RowIndex(row)
	if i < 0 {
		return reading{}
	}
	for _, key := range keys {
		for j, f := range t.Spec.Rows[i].Fields {
			if f.Key == key {
				x := reading{name: t.Spec.CellName(i, j)}
				x.add(t, i, []int{j})
				return x
			}
		}
	}
	return reading{}
}

// readings lists what a metric can mean, the most likely first. The choices:
//   - 收到 may or may not include what was carried in;
//   - 答复 and 办结 are (七)总计, or it without (六)其他处理, which closes an application without an answer;
//   - 办理 is what was handled, received, or both with what was carried in.
func (s sheet) readings(metric, column string) []reading {
	if strings.Contains(metric, "+") {
		return s.sums(metric, column)
	}
	switch metric {
	case "received_or_carried", "received_incl_carried", "processed":
		first := s.row3("new_received", column)
		both := first.plus(s.row3("carried_in", column), false)
		switch metric {
		case "received_incl_carried":
			return []reading{both}
		case "processed":
			return []reading{s.row3("total", column), first, both}
		}
		return []reading{first, both}
	case "handled_total":
		total := s.row3("total", column)
		return []reading{total, total.plus(s.row3("other", column), true)}
	case "other": // where the text counts 逾期不补正 by itself, its 其他处理 is what is left: 3.其他
		return []reading{s.row3("other", column), s.row3("other.other", column)}
	case "granted_or_partial":
		return []reading{s.row3("granted", column).plus(s.row3("partial", column), false)}
	case "carried":
		return []reading{s.row3("carried_in", column), s.row3("carried_out", column)}
	case "fees":
		return []reading{s.field2("fees_wan_yuan", "")}
	case "info_fee":
		return nil
	case "licences", "penalties", "enforcements":
		return []reading{s.field2(metric, "", "decisions")}
	}
	head, tail, _ := strings.Cut(metric, ".")
	switch head {
	case "review", "litigation", "litigation_direct", "litigation_after_review":
		return []reading{s.court(head, tail)}
	case "normative":
		return s.documents("normative_documents", tail)
	case "regulations":
		return s.documents("regulations", tail)
	}
	return []reading{s.row3(metric, column)}
}

func (s sheet) documents(row, verb string) []reading {
	switch verb {
	case "issued":
		return []reading{s.field2(row, "issued", "made")}
	case "repealed":
		return []reading{s.field2(row, "repealed")}
	case "in_force":
		return []reading{s.field2(row, "in_force", "total")}
	}
	return []reading{s.field2(row, "published", "issued"), s.field2(row, "issued", "made"), s.field2(row, "in_force", "total")}
}

// sums reads a metric that is several together.
func (s sheet) sums(metric, column string) []reading {
	var sum reading
	for i, part := range strings.Split(metric, "+") {
		list := s.readings(part, column)
		if len(list) == 0 {
			return nil
		}
		if i == 0 {
			sum = list[0]
		} else {
			sum = sum.plus(list[0], false)
		}
	}
	return []reading{sum}
}

// total is what the metric's figures are shares of: the readings of every sensible whole.
func (s sheet) wholes(metric string) []reading {
	head, _, group := strings.Cut(metric, ".")
	switch head {
	case "review", "litigation", "litigation_direct", "litigation_after_review":
		return []reading{s.court(head, "total"), s.court("litigation", "total")}
	}
	first := s.row3("new_received", "")
	list := []reading{s.row3("total", ""), first, first.plus(s.row3("carried_in", ""), false)}
	if group {
		list = append(list, s.row3(head, ""))
	}
	return list
}

// lacks names the table that a metric would be compared with when the report does not have it.
func (s sheet) lacks(metric string) string {
	head, _, _ := strings.Cut(metric, ".")
	switch head {
	case "review", "litigation", "litigation_direct", "litigation_after_review":
		if s.r.Table4 == nil {
			return "表四"
		}
	case "normative", "regulations", "licences", "penalties", "enforcements", "fees":
		if s.r.Table2 == nil {
			return "表二"
		}
	default:
		if s.r.Table3 == nil {
			return "表三"
		}
	}
	return ""
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

func parseInt(s string) (int64, error) { return strconv.ParseInt(s, 10, 64) }
