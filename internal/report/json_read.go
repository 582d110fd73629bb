package report

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/gongkai/gongkai/internal/fault"
)

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
		if r.Year < 0 || r.Year > 9999 {
			return jsonFault("year", strconv.Itoa(r.Year))
		}
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
	return fault.New(fault.Unreadable, "report.json_value", fmt.Sprintf("JSON 中 %s 的值“%s”不合表样", short(path), short(got)))
}

// short is the beginning of what a file says, for a message.
func short(s string) string {
	const most = 60
	n := 0
	for at := range s {
		if n++; n > most {
			return s[:at] + "…"
		}
	}
	return s
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
		if err != nil || n > MaxNumber || n < -MaxNumber {
			return jsonFault(path, s)
		}
		*c = Num(n)
	}
	c.Note = j.Remarks[path]
	return nil
}
