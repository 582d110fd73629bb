package rollup

import (
	"sort"
	"strconv"

	"github.com/gongkai/gongkai/internal/fault"
	"github.com/gongkai/gongkai/internal/report"
)

// Collector takes reports one by one. It keeps one small record per agency and year, never a report. It is not for use by
// several goroutines at once.
type Collector struct {
	opts     Options
	records  map[key]*record
	failures []Failure
	unnamed  int
}

// key tells whose report it is. A report without the name of its agency stands for itself, by its file and number.
type key struct {
	agency string
	year   int
}

// New returns an empty collector.
func New(opts Options) *Collector { return &Collector{opts: opts, records: map[key]*record{}} }

// Add takes one file. The report may be changed or dropped afterwards.
func (c *Collector) Add(it Item) {
	if it.Report == nil {
		f := Failure{File: it.File, Code: "internal", Why: "没有读到内容"}
		if it.Err != nil {
			f.Code, f.Why = fault.CodeOf(it.Err), fault.Message(it.Err)
		}
		c.failures = append(c.failures, f)
		return
	}
	rec := recordOf(it)
	k := key{report.AgencyKey(rec.entry.Agency), rec.entry.Year}
	if k.agency == "" {
		c.unnamed++
		k.agency = "\x00" + rec.entry.File + "\x00" + strconv.Itoa(c.unnamed)
	}
	old := c.records[k]
	if old == nil {
		c.records[k] = rec
		return
	}
	win, lose := old, rec
	if rec.better(old) {
		win, lose = rec, old
	}
	win.others = append(append(win.others, lose.others...), other{lose.entry.File, lose.digest})
	c.records[k] = win
}

// Rollup returns what was added up so far; more may be added afterwards.
func (c *Collector) Rollup() *Rollup {
	r := &Rollup{Name: c.opts.Name, Year: c.year(), Reports: []Entry{}, Broken: []Entry{}, Incomplete: []Entry{},
		Unreadable: append([]Failure{}, c.failures...), Duplicates: []Duplicate{}, OtherYears: []Entry{}, OtherFormats: []Entry{},
		Missing: []string{}, Unexpected: []string{}, Matched: []Match{}, Notes: []string{}}
	sort.Slice(r.Unreadable, func(i, j int) bool {
		a, b := r.Unreadable[i], r.Unreadable[j]
		return a.File < b.File || a.File == b.File && a.Why < b.Why
	})
	for _, rec := range c.sorted() {
		r.place(rec, c.opts)
	}
	r.match(c.opts.Expected)
	r.notes(c.opts)
	return r
}

func (c *Collector) sorted() []*record {
	out := make([]*record, 0, len(c.records))
	for _, rec := range c.records {
		out = append(out, rec)
	}
	sort.Slice(out, func(i, j int) bool {
		a, b := &out[i].entry, &out[j].entry
		switch {
		case a.Agency != b.Agency:
			return a.Agency < b.Agency
		case a.Year != b.Year:
			return a.Year < b.Year
		case a.File != b.File:
			return a.File < b.File
		default:
			return out[i].digest < out[j].digest
		}
	})
	return out
}

// year is the year asked for, or the one with most agencies.
func (c *Collector) year() int {
	if c.opts.Year != 0 {
		return c.opts.Year
	}
	count := map[int]int{}
	best := 0
	for _, rec := range c.records {
		if y := rec.entry.Year; y != 0 {
			count[y]++
		}
	}
	for y, n := range count {
		if best == 0 || n > count[best] || n == count[best] && y > best {
			best = y
		}
	}
	return best
}

// place puts one record into the lists and sums where it belongs.
func (r *Rollup) place(rec *record, opts Options) {
	e := rec.entry
	if e.Year != r.Year {
		e.Why = "报告年份是" + strconv.Itoa(e.Year) + "年，不计入"
		if e.Year == 0 {
			e.Why = "看不出是哪一年的报告，不计入"
		}
		r.OtherYears = append(r.OtherYears, e)
		return
	}
	r.duplicate(rec)
	e.Counted = report.FormatByID(e.Format) != nil && (e.Errors == 0 || !opts.ExcludeBroken)
	if e.Format != report.Format2021 {
		f := e
		f.Why = "不是规定格式，没有可以相加的表格，不计入"
		if e.Format == report.Format2019 {
			f.Why = "采用2019年格式：表二单独汇总，表三“（六）其他处理”只有合计"
		}
		r.OtherFormats = append(r.OtherFormats, f)
	}
	if e.Errors > 0 {
		b := e
		b.Why = "检查出" + strconv.Itoa(e.Errors) + "处错误，数字按原样计入，请核实后重新汇总"
		if !e.Counted {
			b.Why = "检查出" + strconv.Itoa(e.Errors) + "处错误，没有计入"
		}
		r.Broken = append(r.Broken, b)
	}
	if !e.Counted {
		return
	}
	r.Counted++
	r.Reports = append(r.Reports, e)
	if why := incomplete(rec); why != "" {
		f := e
		f.Why = why
		r.Incomplete = append(r.Incomplete, f)
	}
	r.count(rec)
}

func incomplete(rec *record) string {
	why := ""
	add := func(s string) {
		if why != "" {
			why += "；"
		}
		why += s
	}
	for tab, lacks := range rec.lacks {
		if lacks {
			add("没有" + tabNames[tab])
		}
	}
	if rec.entry.NotGiven > 0 {
		add(strconv.Itoa(rec.entry.NotGiven) + "格没有填数")
	}
	if rec.entry.Doubted > 0 {
		add(strconv.Itoa(rec.entry.Doubted) + "格读取存疑")
	}
	return why
}

var tabNames = [tabs]string{"表二", "表二", "表三", "表四"}

func (r *Rollup) duplicate(rec *record) {
	if len(rec.others) == 0 {
		return
	}
	d := Duplicate{Agency: rec.entry.Agency, Year: rec.entry.Year, Counted: rec.entry.File, Others: []string{}, Same: true}
	for _, o := range rec.others {
		d.Others = append(d.Others, o.file)
		d.Same = d.Same && o.digest == rec.digest
	}
	sort.Strings(d.Others)
	d.Why = "数字完全相同，只计一次"
	if !d.Same {
		d.Why = "数字不同，只计入错误最少、发布最晚的一份，请确认哪一份是正式发布的"
	}
	r.Duplicates = append(r.Duplicates, d)
}

// count adds the cells of a record to the sums.
func (r *Rollup) count(rec *record) {
	var targets []*Table
	for tab := range tabs {
		switch {
		case rec.has[tab]:
			t := r.table(tab)
			t.Reports++
			targets = append(targets, t)
		case rec.lacks[tab]:
			r.table(tab).Lacking++
		}
	}
	i := 0
	rec.unpack(func(m mark) {
		if i == len(targets[0].Sums) {
			targets, i = targets[1:], 0
		}
		targets[0].Sums[i].add(m)
		i++
	})
}

// table returns the table of sums, made when it is first needed.
func (r *Rollup) table(tab int) *Table {
	make1 := func(t **Table, id string, spec *report.TableSpec) *Table {
		if *t == nil {
			*t = newTable(id, spec)
		}
		return *t
	}
	switch tab {
	case tab2:
		return make1(&r.Table2, "table2", report.V2021.Table2)
	case tab2Of2019:
		return make1(&r.Table2Of2019, "table2", report.V2019.Table2)
	case tab3:
		return make1(&r.Table3, "table3", report.V2021.Table3)
	default:
		return make1(&r.Table4, "table4", report.V2021.Table4)
	}
}
