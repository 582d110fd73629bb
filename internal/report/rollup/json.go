package rollup

import (
	"encoding/json"
	"strconv"

	"github.com/gongkai/gongkai/internal/report"
)

// Schema is the name of the JSON form of a roll-up. It changes only with a version.
const Schema = "gongkai.rollup/v1"

// Report returns the sums as a report in the 2021 format: a cell that nobody gave is absent, and every cell that some did
// not give, or gave in doubt, carries a doubt that says how many.
func (r *Rollup) Report() *report.Report {
	out := &report.Report{Agency: r.Name, Year: r.Year, Format: report.Format2021, Title: r.title()}
	out.Table2 = r.Table2.fill(out)
	out.Table3 = r.Table3.fill(out)
	out.Table4 = r.Table4.fill(out)
	out.Notices = append(out.Notices, r.Notes...)
	return out
}

func (r *Rollup) title() string {
	year := ""
	if r.Year != 0 {
		year = strconv.Itoa(r.Year) + "年"
	}
	return r.Name + year + "政府信息公开工作年度报告汇总"
}

// fill makes a table of a report; the row of all 其他处理 has no place in it.
func (t *Table) fill(into *report.Report) *report.Table {
	if t == nil || t.Reports == 0 {
		return nil
	}
	out := report.NewTable(t.Spec)
	k := 0
	out.Each(func(_, _ int, path string, c *report.Cell) {
		s := &t.Sums[k]
		k++
		*c = s.Cell()
		if why := s.gaps(); why != "" {
			read := ""
			if c.IsNumber() {
				read = c.Text(s.Unit)
			}
			into.Doubt(path, why, read)
		}
	})
	return out
}

// gaps says in Chinese how many gave no number or one in doubt; "" when all is well.
func (s *Sum) gaps() string {
	why := ""
	if n := s.NotGiven(); n > 0 {
		why = strconv.Itoa(n) + "个单位没有填数"
	}
	if s.Given == 0 && why == "" {
		return "没有单位填报这一格"
	}
	if s.Given > 0 && !s.total.IsInt64() {
		why += "和大得不合常理"
	}
	if s.Doubted > 0 {
		if why != "" {
			why += "，"
		}
		why += strconv.Itoa(s.Doubted) + "个单位的数存疑"
	}
	return why
}

type jsonSum struct {
	Path       string          `json:"path"`
	Sum        json.RawMessage `json:"sum"`
	Given      int             `json:"given"`
	NotGiven   int             `json:"not_given"`
	Doubted    int             `json:"doubted"`
	Blank      int             `json:"blank"`
	Stroke     int             `json:"stroke"`
	Words      int             `json:"text"`
	Unreadable int             `json:"unreadable"`
	Absent     int             `json:"absent"`
	NoUnit     int             `json:"no_unit"`
}

type jsonTable struct {
	ID      string    `json:"id"`
	Format  string    `json:"format"`
	Reports int       `json:"reports"`
	Lacking int       `json:"lacking"`
	Cells   []jsonSum `json:"cells"`
}

// MarshalJSON writes gongkai.rollup/v1: the fields of gongkai.report/v1 with the sums in place of the figures, then how
// many gave each cell, and the lists.
func (r *Rollup) MarshalJSON() ([]byte, error) {
	inner, err := r.Report().MarshalJSON()
	if err != nil {
		return nil, err
	}
	var shape struct {
		Table2 json.RawMessage `json:"table2"`
		Table3 json.RawMessage `json:"table3"`
		Table4 json.RawMessage `json:"table4"`
		Doubts json.RawMessage `json:"doubts"`
	}
	err = json.Unmarshal(inner, &shape)
	if err != nil {
		return nil, err
	}
	out := struct {
		Schema       string          `json:"schema"`
		Agency       string          `json:"agency"`
		Year         *int            `json:"year"`
		Format       report.FormatID `json:"format"`
		Counted      int             `json:"counted"`
		Table2       json.RawMessage `json:"table2"`
		Table3       json.RawMessage `json:"table3"`
		Table3Other  json.RawMessage `json:"table3_other"`
		Table4       json.RawMessage `json:"table4"`
		Table2Of2019 json.RawMessage `json:"table2_2019"`
		Doubts       json.RawMessage `json:"doubts"`
		Tables       []jsonTable     `json:"tables"`
		Reports      []Entry         `json:"reports"`
		Missing      []string        `json:"missing"`
		Unexpected   []string        `json:"unexpected"`
		Matched      []Match         `json:"matched"`
		Broken       []Entry         `json:"broken"`
		Incomplete   []Entry         `json:"incomplete"`
		Unreadable   []Failure       `json:"unreadable"`
		Duplicates   []Duplicate     `json:"duplicates"`
		OtherYears   []Entry         `json:"other_years"`
		OtherFormats []Entry         `json:"other_formats"`
		Notes        []string        `json:"notes"`
	}{
		Schema: Schema, Agency: r.Name, Format: report.Format2021, Counted: r.Counted,
		Table2: shape.Table2, Table3: shape.Table3, Table4: shape.Table4, Doubts: shape.Doubts, Tables: []jsonTable{},
		Reports: r.Reports, Missing: r.Missing, Unexpected: r.Unexpected, Matched: r.Matched, Broken: r.Broken,
		Incomplete: r.Incomplete, Unreadable: r.Unreadable, Duplicates: r.Duplicates, OtherYears: r.OtherYears,
		OtherFormats: r.OtherFormats, Notes: r.Notes,
	}
	if r.Year != 0 {
		out.Year = &r.Year
	}
	out.Table3Other = r.otherJSON()
	out.Table2Of2019, err = r.of2019JSON()
	if err != nil {
		return nil, err
	}
	for _, t := range r.tables() {
		out.Tables = append(out.Tables, t.json())
	}
	return json.Marshal(out)
}

// of2019JSON writes the sums of the 2019 table 2 as the table of a report in that format.
func (r *Rollup) of2019JSON() (json.RawMessage, error) {
	rep := &report.Report{Format: report.Format2019}
	rep.Table2 = r.Table2Of2019.fill(rep)
	b, err := rep.MarshalJSON()
	if err != nil {
		return nil, err
	}
	var shape struct {
		Table2 json.RawMessage `json:"table2"`
	}
	err = json.Unmarshal(b, &shape)
	return shape.Table2, err
}

// otherJSON writes the row of all 其他处理 as seven values.
func (r *Rollup) otherJSON() json.RawMessage {
	if r.Table3 == nil {
		return json.RawMessage("null")
	}
	out := []byte{'['}
	for i, s := range r.other() {
		if i > 0 {
			out = append(out, ',')
		}
		out = append(out, s.value()...)
	}
	return append(out, ']')
}

// other returns the sums of the row of all 其他处理.
func (r *Rollup) other() []*Sum {
	var out []*Sum
	for i := len(r.Table3.Sums) - report.Columns3; i < len(r.Table3.Sums); i++ {
		out = append(out, &r.Table3.Sums[i])
	}
	return out
}

// value writes the sum as JSON: an integer, a decimal string in 万元 for money, or null.
func (s *Sum) value() json.RawMessage {
	c := s.Cell()
	switch {
	case !c.IsNumber():
		return json.RawMessage("null")
	case s.Unit == report.WanYuan || s.Unit == report.Amount:
		return json.RawMessage(strconv.Quote(c.Text(s.Unit)))
	default:
		return json.RawMessage(strconv.FormatInt(c.N, 10))
	}
}

func (t *Table) json() jsonTable {
	out := jsonTable{ID: t.ID, Format: string(report.Format2021), Reports: t.Reports, Lacking: t.Lacking, Cells: []jsonSum{}}
	if t.Spec == report.V2019.Table2 {
		out.Format = string(report.Format2019)
	}
	for i := range t.Sums {
		s := &t.Sums[i]
		out.Cells = append(out.Cells, jsonSum{Path: s.Path, Sum: s.value(), Given: s.Given, NotGiven: s.NotGiven(), Doubted: s.Doubted,
			Blank: s.Blank, Stroke: s.Stroke, Words: s.Words, Unreadable: s.Unreadable, Absent: s.Absent, NoUnit: s.NoUnit})
	}
	return out
}
