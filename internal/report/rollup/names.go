package rollup

import (
	"fmt"
	"sort"

	"github.com/gongkai/gongkai/internal/report"
)

// match finds the expected agencies among all reports of the year: first by the folded name, then by the stem, and by that
// only when one expected and one found name have it.
func (r *Rollup) match(expected []string) {
	if len(expected) == 0 {
		return
	}
	found := map[string]string{} // folded name -> as written
	for _, list := range [][]Entry{r.Reports, r.Broken, r.OtherFormats} {
		for _, e := range list {
			if p := report.AgencyKey(e.Agency); p != "" {
				found[p] = e.Agency
			}
		}
	}
	open := map[string]string{} // folded name -> as expected, "" when found
	for _, name := range expected {
		p := report.AgencyKey(name)
		if _, twice := open[p]; twice || p == "" {
			continue
		}
		open[p] = name
		if as, ok := found[p]; ok {
			open[p] = ""
			if as != name {
				r.Matched = append(r.Matched, Match{Expected: name, Found: as})
			}
		}
	}
	for p := range open {
		delete(found, p)
	}
	r.matchStems(open, found)
	sort.Strings(r.Missing)
	sort.Strings(r.Unexpected)
	sort.Slice(r.Matched, func(i, j int) bool { return r.Matched[i].Expected < r.Matched[j].Expected })
}

func (r *Rollup) matchStems(open, found map[string]string) {
	wanted, have := map[string][]string{}, map[string][]string{}
	for _, name := range open {
		if name != "" {
			wanted[report.AgencyStem(name)] = append(wanted[report.AgencyStem(name)], name)
		}
	}
	for _, name := range found {
		have[report.AgencyStem(name)] = append(have[report.AgencyStem(name)], name)
	}
	for s, names := range wanted {
		if len(names) == 1 && len(have[s]) == 1 {
			r.Matched = append(r.Matched, Match{Expected: names[0], Found: have[s][0]})
			delete(have, s)
			continue
		}
		r.Missing = append(r.Missing, names...)
	}
	for _, names := range have {
		r.Unexpected = append(r.Unexpected, names...)
	}
}

// notes says how the sums are to be read.
func (r *Rollup) notes(o Options) {
	add := func(format string, args ...any) { r.Notes = append(r.Notes, fmt.Sprintf(format, args...)) }
	if r.Counted == 0 {
		add("没有可以汇总的报告")
		return
	}
	if o.Year == 0 {
		add("没有指定年份，按报告最多的%d年汇总", r.Year)
	}
	add("各格是填了数的单位之和；空白、“/”、没有或无法辨认的格不算作0，没有填数的单位数另列")
	for _, t := range r.tables() {
		if t.Lacking > 0 {
			add("%s：%d份报告没有这张表", tabName(t), t.Lacking)
		}
	}
	if t := r.Table3; t != nil {
		split, all := 0, 0
		for i := range t.Sums {
			switch s := &t.Sums[i]; s.Path {
			case "table3.other.other.total":
				split = s.Given + s.NotGiven()
			case "table3.other.total":
				all = s.Given + s.NotGiven()
			}
		}
		if split < all {
			add("表三“（六）其他处理”：%d份报告只有合计、没有分项，分项之和小于合计，以合计行为准", all-split)
		}
	}
	if r.Table2Of2019 != nil && r.Table2 != nil {
		add("有%d份报告采用2019年格式，其表二统计口径不同，单独汇总，不与2021年格式相加", r.Table2Of2019.Reports)
	}
	if len(r.Broken) > 0 && !o.ExcludeBroken {
		add("有%d份报告检查出错误，其数字按原样计入", len(r.Broken))
	}
	if o.Expected == nil {
		add("没有给出应报单位名单，不能判断谁没有报")
	}
	for _, t := range r.tables() {
		for i := range t.Sums {
			if s := &t.Sums[i]; s.Given > 0 && !s.total.IsInt64() {
				add("%s的和大得不合常理，没有列出，请核对各份报告", s.Name)
			}
		}
	}
}

func (r *Rollup) tables() []*Table {
	var out []*Table
	for _, t := range []*Table{r.Table2, r.Table2Of2019, r.Table3, r.Table4} {
		if t != nil {
			out = append(out, t)
		}
	}
	return out
}

func tabName(t *Table) string {
	return map[string]string{"table2": "表二", "table3": "表三", "table4": "表四"}[t.ID]
}
