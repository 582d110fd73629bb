package compare

import (
	"encoding/json"
	"strconv"
	"strings"

	"github.com/gongkai/gongkai/internal/report"
)

// Table is one table in both reports.
type Table struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	State State  `json:"state"`
	// Why says in Chinese why the tables cannot be compared, or which report lacks the table; "" otherwise.
	Why   string `json:"why"`
	Cells []Cell `json:"cells"`
}

// Cell is one cell in both reports. Zero, blank, "/" and unreadable are different values.
type Cell struct {
	Path  string      `json:"path"`
	Name  string      `json:"name"` // its place in words
	Row   string      `json:"row"`  // the row with its group
	Field string      `json:"field"`
	Unit  report.Unit `json:"-"`
	A     Value       `json:"a"`
	B     Value       `json:"b"`
	State State       `json:"state"`
	// Difference is B minus A where both are numbers of one unit.
	Difference Difference `json:"difference"`
	// Why says in Chinese what is special about this line; "" mostly.
	Why string `json:"why,omitempty"`
}

// Value is a cell of one report as it is compared.
type Value struct {
	report.Cell
	Unit    report.Unit
	Doubted bool
}

// MarshalJSON writes {"kind","value","text","doubted"}; value is an integer, a decimal string for money, or null.
func (v Value) MarshalJSON() ([]byte, error) {
	out := struct {
		Kind    string `json:"kind"`
		Value   any    `json:"value"`
		Text    string `json:"text"`
		Doubted bool   `json:"doubted"`
	}{Kind: v.Kind.String(), Text: v.Cell.Text(v.Unit), Doubted: v.Doubted}
	if v.IsNumber() {
		switch v.Unit {
		case report.WanYuan:
			out.Value = report.WanString(v.N, v.Decimals)
		case report.Amount:
			out.Value = v.Raw
		default:
			out.Value = v.N
		}
	}
	return json.Marshal(out)
}

// Difference is a number with its unit; it is not there when Known is false.
type Difference struct {
	Known bool
	N     int64 // pieces, or fen for money
	Unit  report.Unit
}

// MarshalJSON writes an integer, a decimal string in 万元 or 元 for money, or null.
func (d Difference) MarshalJSON() ([]byte, error) {
	switch {
	case !d.Known:
		return []byte("null"), nil
	case d.Unit == report.WanYuan:
		return json.Marshal(report.WanString(d.N, 0))
	case d.Unit == report.Amount:
		return json.Marshal(yuan(d.N))
	default:
		return []byte(strconv.FormatInt(d.N, 10)), nil
	}
}

// String returns the difference with its sign and, for money, its unit; "" when there is none.
func (d Difference) String() string {
	if !d.Known {
		return ""
	}
	sign := ""
	if d.N > 0 {
		sign = "+"
	}
	switch d.Unit {
	case report.WanYuan:
		return sign + report.WanString(d.N, 0) + "万元"
	case report.Amount:
		return sign + yuan(d.N)
	default:
		return sign + strconv.FormatInt(d.N, 10)
	}
}

func yuan(fen int64) string {
	sign := ""
	if fen < 0 {
		sign, fen = "-", -fen
	}
	s := strconv.FormatInt(fen/100, 10)
	if c := fen % 100; c != 0 {
		s += "." + strconv.FormatInt(c+100, 10)[1:]
	}
	return sign + s + "元"
}

var tableNames = [3]string{"表二 主动公开政府信息情况", "表三 收到和处理政府信息公开申请情况", "表四 政府信息公开行政复议、行政诉讼情况"}

func tables(a, b *report.Report) []Table {
	out := []Table{}
	pairs := [3][2]*report.Table{{a.Table2, b.Table2}, {a.Table3, b.Table3}, {a.Table4, b.Table4}}
	for i, p := range pairs {
		if p[0] == nil && p[1] == nil {
			continue
		}
		t := Table{ID: "table" + strconv.Itoa(i+2), Name: tableNames[i], Cells: []Cell{}}
		x := &pair{ra: a, rb: b, a: p[0], b: p[1], t: &t}
		x.compare()
		out = append(out, t)
	}
	return out
}

// pair is one table of both reports at work.
type pair struct {
	ra, rb *report.Report
	a, b   *report.Table
	t      *Table
}

func (x *pair) compare() {
	switch {
	case x.b == nil:
		x.t.State, x.t.Why = OnlyA, "后一份报告没有这张表"
		x.only(x.a, nil)
	case x.a == nil:
		x.t.State, x.t.Why = OnlyB, "前一份报告没有这张表"
		x.only(nil, x.b)
	case x.t.ID == "table2" && x.a.Spec != x.b.Spec:
		x.t.State = Incomparable
		x.t.Why = "两种格式的表二统计口径不同（2019年格式统计新制作、新公开和项目数量，2021年格式统计制发、废止、有效和处理决定数量），不作比较"
	default:
		x.rows()
		x.t.State = Same
		for _, c := range x.t.Cells {
			if c.State != Same {
				x.t.State = Changed
			}
		}
	}
}

func (x *pair) only(a, b *report.Table) {
	t, state := a, OnlyA
	if a == nil {
		t, state = b, OnlyB
	}
	for i := range t.Spec.Rows {
		x.onlyRow(t, i, state)
	}
}

func (x *pair) onlyRow(t *report.Table, i int, state State) {
	for j := range t.Spec.Rows[i].Fields {
		c := x.cell(t.Spec, i, j)
		if state == OnlyA {
			c.A = x.value(x.ra, t, i, j)
		} else {
			c.B = x.value(x.rb, t, i, j)
		}
		c.State = state
		x.t.Cells = append(x.t.Cells, c)
	}
}

func (x *pair) cell(s *report.TableSpec, i, j int) Cell {
	row, u := s.Rows[i], s.Rows[i].Fields[j].Unit
	name := row.Item + row.Label
	if s.ID != "table2" && row.Group != "" {
		name = row.Group + name
	}
	return Cell{Path: s.Path(i, j), Name: s.CellName(i, j), Row: name, Field: row.Fields[j].Label, Unit: u, A: Value{Unit: u}, B: Value{Unit: u}}
}

func (x *pair) value(r *report.Report, t *report.Table, i, j int) Value {
	return Value{Cell: *t.At(i, j), Unit: t.Spec.Rows[i].Fields[j].Unit, Doubted: r.Doubted(t.Spec.Path(i, j))}
}

// rows walks both specs at once: rows of the same key are compared, 其他处理 as one row is compared with the sum of its
// sub-rows, anything else stands in one report only.
func (x *pair) rows() {
	for i, row := range x.a.Spec.Rows {
		k := x.b.Spec.RowIndex(row.Key)
		switch {
		case k >= 0:
			for j := range row.Fields {
				c := x.cell(x.a.Spec, i, j)
				c.A, c.B = x.value(x.ra, x.a, i, j), x.value(x.rb, x.b, k, j)
				x.t.Cells = append(x.t.Cells, judged(c))
			}
		case row.Key == "other":
			x.merged(x.a, i, false)
		case strings.HasPrefix(row.Key, "other.") && x.b.Spec.RowIndex("other") >= 0:
			if row.Key == "other.correction_overdue" {
				x.merged(x.b, x.b.Spec.RowIndex("other"), true)
			}
			x.onlyRow(x.a, i, OnlyA)
		default:
			x.onlyRow(x.a, i, OnlyA)
		}
	}
}

// merged compares the single row 其他处理 of one table with the sum of the sub-rows of the other.
func (x *pair) merged(single *report.Table, i int, singleIsB bool) {
	parts, of := x.b, x.rb
	if singleIsB {
		parts, of = x.a, x.ra
	}
	for j := range single.Spec.Rows[i].Fields {
		c := x.cell(single.Spec, i, j)
		sum, why := sumOther(of, parts, j)
		c.A, c.B = x.value(x.ra, single, i, j), sum
		if singleIsB {
			c.A, c.B = sum, x.value(x.rb, single, i, j)
		}
		c = judged(c)
		c.Why = "一份报告把“（六）其他处理”合为一行，另一份分三行，按三行之和比较"
		if why != "" {
			c.State, c.Difference, c.Why = Incomparable, Difference{}, why
		}
		x.t.Cells = append(x.t.Cells, c)
	}
	if singleIsB {
		return
	}
	for k, row := range parts.Spec.Rows {
		if strings.HasPrefix(row.Key, "other.") {
			x.onlyRow(parts, k, OnlyB)
		}
	}
}

// sumOther adds the sub-rows of 其他处理. A sub-row that holds no number leaves the sum open.
func sumOther(r *report.Report, t *report.Table, column int) (Value, string) {
	v := Value{Cell: report.Num(0)}
	n := int64(0)
	for i, row := range t.Spec.Rows {
		if !strings.HasPrefix(row.Key, "other.") {
			continue
		}
		c := t.At(i, column)
		if !c.IsNumber() {
			return Value{}, "“（六）其他处理”的三行中有没有填数的格，不能求和，不作比较"
		}
		n += c.N
		v.Doubted = v.Doubted || r.Doubted(t.Spec.Path(i, column))
	}
	v.Cell = report.Num(n)
	return v, ""
}

// judged fills in state and difference.
func judged(c Cell) Cell {
	switch {
	case c.A.Kind != c.B.Kind:
		c.State = Changed
	case !c.A.IsNumber():
		c.State = Same
		if (c.A.Kind == report.Words || c.A.Kind == report.Unreadable) && c.A.Raw != c.B.Raw {
			c.State = Changed
		}
	default:
		c.State, c.Difference = numbers(c)
	}
	return c
}

func numbers(c Cell) (State, Difference) {
	d := Difference{Known: true, N: c.B.N - c.A.N, Unit: c.Unit}
	if c.Unit == report.Amount {
		unitA, unitB := strings.HasSuffix(c.A.Raw, "元"), strings.HasSuffix(c.B.Raw, "元")
		if !unitA || !unitB {
			// Without a unit nothing is known of the value but how it was printed.
			if c.A.Raw == c.B.Raw {
				return Same, Difference{}
			}
			return Changed, Difference{}
		}
	}
	if d.N == 0 && c.A.Note == c.B.Note {
		return Same, d
	}
	return Changed, d
}
