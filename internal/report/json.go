package report

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/gongkai/gongkai/internal/fault"
)

// Schema is the name of the JSON form of a report. It changes only with a version.
const Schema = "gongkai.report/v1"

// MarshalJSON writes the report as gongkai.report/v1, with a stable order of fields. A cell that is not a plain number is
// null and stands in "kinds"; remarks and printed decimals that a plain number cannot carry stand in "notes".
func (r *Report) MarshalJSON() ([]byte, error) {
	w := &jsonWriter{}
	w.open('{')
	w.field("schema", Schema)
	w.field("file", r.File)
	w.field("agency", r.Agency)
	if r.Year == 0 {
		w.raw("year", "null")
	} else {
		w.raw("year", strconv.Itoa(r.Year))
	}
	w.field("format", string(r.Format))
	w.key("sections")
	w.open('[')
	for _, s := range r.Sections {
		w.sep()
		w.open('{')
		w.raw("no", strconv.Itoa(s.No))
		w.field("title", s.Title)
		w.field("text", s.Text)
		w.close('}')
	}
	w.close(']')
	w.table2(r.Table2)
	w.table3(r.Table3)
	w.table4(r.Table4)
	w.key("doubts")
	w.open('[')
	for _, d := range r.Doubts {
		w.sep()
		w.open('{')
		w.field("path", d.Path)
		w.field("why", d.Why)
		w.raw("read", readValue(d.Read))
		w.close('}')
	}
	w.close(']')
	r.writeKinds(w)
	if r.Title != "" {
		w.field("title", r.Title)
	}
	if r.Preamble != "" {
		w.field("preamble", r.Preamble)
	}
	if r.Published != "" {
		w.field("published", r.Published)
	}
	if len(r.LabelNotes) > 0 {
		w.key("label_notes")
		w.open('[')
		for _, n := range r.LabelNotes {
			w.sep()
			w.open('{')
			w.field("path", n.Path)
			w.field("printed", n.Printed)
			w.field("fixed", n.Fixed)
			w.close('}')
		}
		w.close(']')
	}
	if len(r.Notices) > 0 {
		w.key("notices")
		w.open('[')
		for _, n := range r.Notices {
			w.sep()
			w.str(n)
		}
		w.close(']')
	}
	w.close('}')
	return w.Bytes(), w.err
}

// readValue writes what a doubt was read as: null, an integer, or a string.
func readValue(s string) string {
	if s == "" {
		return "null"
	}
	if n, err := strconv.ParseInt(s, 10, 64); err == nil && strconv.FormatInt(n, 10) == s {
		return s
	}
	b, err := json.Marshal(s)
	if err != nil {
		return "null"
	}
	return string(b)
}

func (r *Report) writeKinds(w *jsonWriter) {
	var kinds, raws, notes [][2]string
	for _, t := range r.Tables() {
		t.Each(func(i, j int, path string, c *Cell) {
			if c.Kind != Number {
				kinds = append(kinds, [2]string{path, c.Kind.String()})
				if c.Raw != "" && (c.Kind == Words || c.Kind == Unreadable) {
					raws = append(raws, [2]string{path, c.Raw})
				}
				return
			}
			if c.Note != "" {
				notes = append(notes, [2]string{path, c.Note})
			}
		})
	}
	for _, m := range []struct {
		name string
		kv   [][2]string
	}{{"kinds", kinds}, {"raw", raws}, {"remarks", notes}} {
		if len(m.kv) == 0 {
			continue
		}
		w.key(m.name)
		w.open('{')
		for _, kv := range m.kv {
			w.field(kv[0], kv[1])
		}
		w.close('}')
	}
}

// value writes a cell as JSON: a number, a decimal string for money, or null.
func value(c *Cell, u Unit) string {
	if c.Kind != Number {
		return "null"
	}
	switch u {
	case WanYuan:
		return strconv.Quote(WanString(c.N, c.Decimals))
	case Amount:
		b, err := json.Marshal(c.Raw)
		if err != nil {
			return "null"
		}
		return string(b)
	default:
		return strconv.FormatInt(c.N, 10)
	}
}

type jsonWriter struct {
	bytes.Buffer
	first []bool
	err   error
}

func (w *jsonWriter) open(b byte)  { w.WriteByte(b); w.first = append(w.first, true) }
func (w *jsonWriter) close(b byte) { w.WriteByte(b); w.first = w.first[:len(w.first)-1] }

func (w *jsonWriter) sep() {
	if !w.first[len(w.first)-1] {
		w.WriteByte(',')
	}
	w.first[len(w.first)-1] = false
}

func (w *jsonWriter) str(s string) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(s)
	if err != nil && w.err == nil {
		w.err = err
	}
	w.Write(bytes.TrimRight(b.Bytes(), "\n"))
}

func (w *jsonWriter) key(k string)          { w.sep(); w.str(k); w.WriteByte(':') }
func (w *jsonWriter) field(k, v string)     { w.key(k); w.str(v) }
func (w *jsonWriter) raw(k, literal string) { w.key(k); w.WriteString(literal) }

func (w *jsonWriter) table2(t *Table) {
	w.key("table2")
	if t == nil {
		w.WriteString("null")
		return
	}
	w.open('{')
	for i, row := range t.Spec.Rows {
		w.key(row.Key)
		if len(row.Fields) == 1 {
			w.WriteString(value(t.At(i, 0), row.Fields[0].Unit))
			continue
		}
		w.open('{')
		for j, f := range row.Fields {
			w.raw(f.Key, value(t.At(i, j), f.Unit))
		}
		w.close('}')
	}
	w.close('}')
}

func (w *jsonWriter) values(t *Table, i int) {
	w.open('[')
	for j, f := range t.Spec.Rows[i].Fields {
		w.sep()
		w.WriteString(value(t.At(i, j), f.Unit))
	}
	w.close(']')
}

func (w *jsonWriter) table3(t *Table) {
	w.key("table3")
	if t == nil {
		w.WriteString("null")
		return
	}
	w.open('{')
	w.key("columns")
	w.open('[')
	for _, f := range applicantFields {
		w.sep()
		w.str(f.Key)
	}
	w.close(']')
	w.key("rows")
	w.open('[')
	for i, row := range t.Spec.Rows {
		w.sep()
		w.open('{')
		w.field("key", row.Key)
		w.key("values")
		w.values(t, i)
		w.close('}')
	}
	w.close(']')
	w.close('}')
}

func (w *jsonWriter) table4(t *Table) {
	w.key("table4")
	if t == nil {
		w.WriteString("null")
		return
	}
	w.open('{')
	for i, row := range t.Spec.Rows {
		w.key(row.Key)
		w.values(t, i)
	}
	w.close('}')
}

type jsonReport struct {
	Schema     string                     `json:"schema"`
	File       string                     `json:"file"`
	Agency     string                     `json:"agency"`
	Year       *int                       `json:"year"`
	Format     FormatID                   `json:"format"`
	Sections   []jsonSection              `json:"sections"`
	Table2     map[string]json.RawMessage `json:"table2"`
	Table3     *jsonTable3                `json:"table3"`
	Table4     map[string]json.RawMessage `json:"table4"`
	Doubts     []jsonDoubt                `json:"doubts"`
	Kinds      map[string]string          `json:"kinds"`
	Raw        map[string]string          `json:"raw"`
	Remarks    map[string]string          `json:"remarks"`
	Title      string                     `json:"title"`
	Preamble   string                     `json:"preamble"`
	Published  string                     `json:"published"`
	LabelNotes []jsonLabel                `json:"label_notes"`
	Notices    []string                   `json:"notices"`
}

type jsonSection struct {
	No    int    `json:"no"`
	Title string `json:"title"`
	Text  string `json:"text"`
}

type jsonTable3 struct {
	Columns []string `json:"columns"`
	Rows    []struct {
		Key    string            `json:"key"`
		Values []json.RawMessage `json:"values"`
	} `json:"rows"`
}

type jsonDoubt struct {
	Path string          `json:"path"`
	Why  string          `json:"why"`
	Read json.RawMessage `json:"read"`
}

type jsonLabel struct {
	Path    string `json:"path"`
	Printed string `json:"printed"`
	Fixed   string `json:"fixed"`
}

// UnmarshalJSON reads gongkai.report/v1.
// Errors: report.json with the place, when the text is no such report or a value is not what the form holds there.
func (r *Report) UnmarshalJSON(data []byte) error {
	var j jsonReport
	var head struct{ Schema any }
	err := json.Unmarshal(data, &head)
	if err == nil && head.Schema != Schema {
		return fault.New(fault.NotReport, "report.json_schema", "这份 JSON 不是年度报告：schema 应为 "+Schema)
	}
	if err == nil {
		err = json.Unmarshal(data, &j)
	}
	if err != nil {
		return SyntaxFault(err)
	}
	*r = Report{File: j.File, Agency: j.Agency, Format: j.Format, Title: j.Title, Preamble: j.Preamble,
		Published: j.Published, Notices: j.Notices}
	if j.Year != nil {
		r.Year = *j.Year
	}
	for _, s := range j.Sections {
		if s.No < 1 || s.No > 6 {
			return jsonFault("sections.no", strconv.Itoa(s.No))
		}
		r.Sections = append(r.Sections, Section(s))
	}
	for _, d := range j.Doubts {
		r.Doubt(d.Path, d.Why, unquote(d.Read))
	}
	for _, n := range j.LabelNotes {
		r.LabelNotes = append(r.LabelNotes, LabelNote(n))
	}
	return r.tablesFrom(&j)
}

// SyntaxFault turns an error of encoding/json into one that says where the text is wrong.
func SyntaxFault(err error) error {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	where := "内容"
	switch {
	case errors.As(err, &syntax):
		where = fmt.Sprintf("第 %d 个字节附近", syntax.Offset)
	case errors.As(err, &kind):
		where = fmt.Sprintf("%s（第 %d 个字节附近）", kind.Field, kind.Offset)
	}
	return fault.Wrap(fault.Unreadable, "report.json", "JSON 格式有误："+where+"不合要求；请用 gongkai report convert 重新生成", err)
}

func jsonFault(path, got string) error {
	return fault.New(fault.Unreadable, "report.json_value", fmt.Sprintf("JSON 中 %s 的值“%s”不合表样", path, got))
}

func unquote(raw json.RawMessage) string {
	var s string
	if json.Unmarshal(raw, &s) == nil {
		return s
	}
	if t := string(raw); t != "null" {
		return t
	}
	return ""
}

func (r *Report) tablesFrom(j *jsonReport) error {
	f := FormatByID(j.Format)
	if f == nil {
		if j.Table2 != nil || j.Table3 != nil || j.Table4 != nil {
			return jsonFault("format", string(j.Format))
		}
		return nil
	}
	if j.Table2 != nil {
		r.Table2 = NewTable(f.Table2)
		for i, row := range f.Table2.Rows {
			err := j.row2(r.Table2, i, row)
			if err != nil {
				return err
			}
		}
	}
	if j.Table3 != nil {
		spec := f.Table3
		for _, row := range j.Table3.Rows {
			if row.Key == "other" && f.Table3Merged != nil {
				spec = f.Table3Merged
			}
		}
		r.Table3 = NewTable(spec)
		for _, row := range j.Table3.Rows {
			err := j.rowOf(r.Table3, row.Key, row.Values)
			if err != nil {
				return err
			}
		}
	}
	if j.Table4 != nil {
		r.Table4 = NewTable(f.Table4)
		for key, raw := range j.Table4 {
			var vals []json.RawMessage
			err := json.Unmarshal(raw, &vals)
			if err != nil {
				return jsonFault("table4."+key, string(raw))
			}
			err = j.rowOf(r.Table4, key, vals)
			if err != nil {
				return err
			}
		}
	}
	return nil
}

func (j *jsonReport) row2(t *Table, i int, row Row) error {
	raw, ok := j.Table2[row.Key]
	if !ok {
		return nil
	}
	if len(row.Fields) == 1 {
		return j.cell(t, i, 0, raw)
	}
	var vals map[string]json.RawMessage
	err := json.Unmarshal(raw, &vals)
	if err != nil {
		return jsonFault("table2."+row.Key, string(raw))
	}
	for k, f := range row.Fields {
		if v, ok := vals[f.Key]; ok {
			err = j.cell(t, i, k, v)
			if err != nil {
				return err
			}
		}
	}
	return nil
}

func (j *jsonReport) rowOf(t *Table, key string, vals []json.RawMessage) error {
	i := t.Spec.RowIndex(key)
	if i < 0 {
		return jsonFault(t.Spec.ID, key)
	}
	if len(vals) != len(t.Spec.Rows[i].Fields) {
		return jsonFault(t.Spec.ID+"."+key, strconv.Itoa(len(vals))+" 个数")
	}
	for k, v := range vals {
		err := j.cell(t, i, k, v)
		if err != nil {
			return err
		}
	}
	return nil
}

func (j *jsonReport) cell(t *Table, i, k int, raw json.RawMessage) error {
	path := t.Spec.Path(i, k)
	c := t.At(i, k)
	s := strings.TrimSpace(string(raw))
	if s == "null" {
		// Without a kind nothing is known of the cell: absent.
		kind, ok := KindOf(j.Kinds[path])
		if !ok && j.Kinds[path] != "" || kind == Number {
			return jsonFault("kinds."+path, j.Kinds[path])
		}
		*c = Cell{Kind: kind, Raw: j.Raw[path]}
		return nil
	}
	text := unquote(raw)
	switch t.Spec.Rows[i].Fields[k].Unit {
	case WanYuan:
		fen, dec, ok := ParseWan(text)
		if !ok {
			return jsonFault(path, s)
		}
		*c = Cell{Kind: Number, N: fen, Decimals: dec, Raw: text}
	case Amount:
		*c = ParseAmount(text)
		if c.Kind != Number {
			return jsonFault(path, s)
		}
	case Count, Change:
		n, err := strconv.ParseInt(s, 10, 64)
		if err != nil {
			return jsonFault(path, s)
		}
		*c = Num(n)
	}
	c.Note = j.Remarks[path]
	return nil
}

// ParseAmount reads a purchase amount such as 251000元, 73802895.90元, 12.5万元 or 8040. The text is kept as printed; N is
// in fen where the text names a unit and is 0 where it does not. It is no number when the text is something else.
func ParseAmount(s string) Cell {
	raw := strings.TrimSpace(s)
	num, unit := raw, ""
	for _, u := range []string{"万元", "亿元", "元"} {
		if rest, ok := strings.CutSuffix(raw, u); ok {
			num, unit = strings.TrimSpace(rest), u
			break
		}
	}
	num = strings.NewReplacer(",", "", "，", "").Replace(num)
	c := Cell{Kind: Number, Raw: strings.ReplaceAll(raw, " ", "")}
	var ok bool
	switch unit {
	case "万元":
		c.N, _, ok = ParseWan(num)
	case "亿元":
		c.N, _, ok = parseDecimal(num, 10)
	case "元":
		c.N, ok = ParseYuan(num)
	default:
		_, _, ok = parseDecimal(num, 6)
	}
	if !ok {
		return Cell{Kind: Words, Raw: raw}
	}
	return c
}
