package report

import (
	"bytes"
	"encoding/json"
	"strconv"
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
