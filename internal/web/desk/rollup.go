package desk

import (
	"bytes"
	"net/http"
	"strconv"

	"github.com/gongkai/gongkai/internal/docio"
	"github.com/gongkai/gongkai/internal/fault"
	"github.com/gongkai/gongkai/internal/filing"
	"github.com/gongkai/gongkai/internal/report"
	"github.com/gongkai/gongkai/internal/report/rollup"
)

// rollupView is the sums of a year as their page shows them.
type rollupView struct {
	*rollup.Rollup
	Years    []int                      // the years that there are reports of, newest first
	IDs      map[string]filing.ReportID // file name -> the report read from it, "" when several files have the name
	Expected int
	Tables   *report.Report
	Marks    *marks
	Rows3    []sheetRow
	Cells4   []sheetCell
}

// sums adds up a year. Every version of a report is given, so that what stands twice is listed; one of them counts.
func (d *Desk) sums(r *http.Request, year int) (rollupView, error) {
	v := rollupView{IDs: map[string]filing.ReportID{}}
	expected, err := d.filings.Expected(r.Context(), year)
	if err != nil {
		return v, err
	}
	opts := rollup.Options{Year: year}
	for _, a := range expected {
		opts.Expected = append(opts.Expected, a.Name)
	}
	collect := rollup.New(opts)
	err = d.filings.EachOfYear(r.Context(), year, func(rec filing.Record) error {
		it := rollup.Item{Report: rec.Report, File: rec.FileName, Errors: rec.Errors}
		if rec.Report == nil {
			it.Err = fault.New(fault.Unreadable, rec.ErrorCode, rec.ErrorMessage)
		}
		if _, twice := v.IDs[rec.FileName]; twice {
			rec.ID = ""
		}
		v.IDs[rec.FileName] = rec.ID
		collect.Add(it)
		return nil
	})
	if err != nil {
		return v, err
	}
	v.Expected = len(expected)
	v.Rollup = collect.Rollup()
	return v, nil
}

// yearOf reads the year that is to be added up; without one it is the newest that there are reports of.
func (d *Desk) yearOf(r *http.Request) (year int, years []int, err error) {
	years, err = d.filings.Years(r.Context())
	if err != nil {
		return 0, nil, err
	}
	s := r.URL.Query().Get("year")
	if s == "" && len(years) > 0 {
		return years[0], years, nil
	}
	year, err = strconv.Atoi(s)
	if err != nil || year < 1900 || year > 2200 {
		return 0, nil, fault.New(fault.Usage, "rollup.year", "要汇总哪一年没有写对；请从年报情况页打开汇总")
	}
	return year, years, nil
}

func (d *Desk) rollup(w http.ResponseWriter, r *http.Request) error {
	year, years, err := d.yearOf(r)
	if err != nil {
		return err
	}
	v, err := d.sums(r, year)
	if err != nil {
		return err
	}
	v.Years = years
	v.lay()
	return d.site.Render(w, r, http.StatusOK, rollupPage(d.site.NewPage(r, itoa(year)+"年汇总", "rollup"), v))
}

// rollupFile serves the sums as a file.
func (d *Desk) rollupFile(kind docio.Kind) func(http.ResponseWriter, *http.Request) error {
	return func(w http.ResponseWriter, r *http.Request) error {
		year, _, err := d.yearOf(r)
		if err != nil {
			return err
		}
		v, err := d.sums(r, year)
		if err != nil {
			return err
		}
		if v.Counted == 0 {
			return fault.New(fault.NotFound, "rollup.none", itoa(year)+" 年还没有读成的年报，没有可以汇总的数")
		}
		var b bytes.Buffer
		if err := d.writers.Rollup(&b, kind, v.Rollup); err != nil {
			return err
		}
		attach(w, itoa(year)+"年政府信息公开年报汇总."+string(kind), mediaTypes[string(kind)])
		return send(w, &b)
	}
}

// lay lays the sums out in the tables of the form; a cell that not all gave says how many did.
func (v *rollupView) lay() {
	v.Tables = v.Report()
	v.Marks = newMarks(v.Tables, nil, -1)
	v.Marks.doubt = map[string]string{}
	v.Marks.part = map[string]string{}
	for _, t := range []*rollup.Table{v.Table2, v.Table3, v.Table4} {
		v.note(t)
	}
	if v.Tables.Table3 != nil {
		v.Rows3 = append(rows3(v.Tables.Table3, v.Marks), v.others()...)
	}
	if v.Tables.Table4 != nil {
		v.Cells4 = cells4(v.Tables.Table4, v.Marks)
	}
}

func (v *rollupView) note(t *rollup.Table) {
	if t == nil {
		return
	}
	for i := range t.Sums {
		s := &t.Sums[i]
		all := s.Given + s.NotGiven()
		label := s.Name + "，" + itoa(s.Given) + " 家填了数"
		if s.NotGiven() > 0 {
			label += "，" + itoa(s.NotGiven()) + " 家没有填"
			v.Marks.part[s.Path] = itoa(s.Given) + "/" + itoa(all) + "家"
		}
		if s.Doubted > 0 {
			label += "，其中 " + itoa(s.Doubted) + " 家存疑"
			v.Marks.doubt[s.Path] = itoa(s.Doubted) + " 家的读数存疑"
		}
		v.Marks.names[s.Path] = label
	}
}

// others is the row of all 其他处理, which says more than the sum of its parts when some reports give no parts.
func (v *rollupView) others() []sheetRow {
	n := v.Table3.Spec.Size()
	if len(v.Table3.Sums) < n+report.Columns3 {
		return nil
	}
	row := sheetRow{Lead: []leadCell{{Text: "其中（六）其他处理合计", Small: "（含只报合计、没有分项的）", Rows: 1, Cols: 3, Scope: "row"}}}
	split, all := 0, 0
	for k := range report.Columns3 {
		s := &v.Table3.Sums[n+k]
		c := s.Cell()
		row.Cells = append(row.Cells, v.Marks.cell(s.Path, &c, report.Field{Unit: s.Unit}))
		all += s.Given
	}
	if last := v.Table3.Sum("table3.other.other.total"); last != nil {
		split = (last.Given) * report.Columns3
	}
	if split >= all {
		return nil
	}
	return []sheetRow{row}
}

// file is the address of the report that was read from a file, "" when it cannot be told.
func (v rollupView) file(name string) string {
	if id := v.IDs[name]; id != "" {
		return reportURL(id)
	}
	return ""
}

// ready reports whether the sums are of everybody and of sound reports. A file that could not be read takes nothing from
// sums that lack nobody.
func (v rollupView) ready() bool {
	return len(v.Missing) == 0 && len(v.Broken) == 0 && len(v.Incomplete) == 0 && v.Expected > 0
}

// says is what the head of the page says of the sums.
func (v rollupView) says() string {
	if v.ready() {
		return "应报的 " + itoa(v.Expected) + " 家都已计入，没有错误，汇总数可以使用"
	}
	if v.Expected == 0 {
		return "已汇总 " + itoa(v.Counted) + " 家；没有应报机关名单，说不出还缺谁"
	}
	return "应报 " + itoa(v.Expected) + " 家，已汇总 " + itoa(v.Counted) + " 家，汇总数还不能作准"
}

// then lists what stands in the way, in the order of the lists beside the tables.
func (v rollupView) then() string {
	out := ""
	for _, c := range []struct {
		n          int
		what, unit string
	}{
		{len(v.Missing), "没有报", " 家"}, {len(v.Broken), "有错（数字按原样计入）", " 份"}, {len(v.Unreadable), "没有读成", " 份"},
		{len(v.Duplicates), "交了不止一份", " 家"}, {len(v.Incomplete), "没有填全或存疑", " 份"}, {len(v.OtherFormats), "不是 2021 年格式", " 份"},
		{len(v.OtherYears), "认不出年度", " 份"},
	} {
		if c.n == 0 {
			continue
		}
		if out != "" {
			out += "；"
		}
		out += c.what + " " + itoa(c.n) + c.unit
	}
	if out == "" {
		return "下载的汇总表列有每一格由几家填报。"
	}
	return out + "。名单列在表格旁边。"
}
