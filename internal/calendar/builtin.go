package calendar

import (
	_ "embed" // the days of the notices
	"slices"
	"strings"
)

// holidays is every day that the notices for 2019 to 2026 name, as they stand after the changes of 2019 and 2020.
//
//go:embed data/holidays.csv
var holidays string

// published is a notice without its days: those are the rows of holidays from first to last.
type published struct {
	number, title, source string
	issued, known         string
	year                  int      // 0 for a notice that changes another
	first, last           string   // its rows
	instead               []string // days as this notice first had them, where a later one changed them; no kind: not named
}

// notices returns the notices of the State Council Office for 2019 to 2026. Two changed a year that was already
// arranged: Labour Day 2019, and the Spring Festival of 2020.
func notices() []published {
	plan := func(year string) string {
		return "国务院办公厅关于" + year + "年部分节假日安排的通知"
	}
	const gov = "https://www.gov.cn/zhengce/content/"
	return []published{
		{number: "国办发明电〔2018〕15号", title: plan("2019"), source: gov + "2018-12/06/content_5346276.htm", issued: "2018-12-01", known: "2018-12-06",
			year: 2019, first: "2018-12-29", last: "2019-10-12",
			instead: []string{"2019-04-28", "2019-05-02", "2019-05-03", "2019-05-04", "2019-05-05"}},
		{number: "国办发明电〔2019〕3号", title: "国务院办公厅关于调整2019年劳动节假期安排的通知", source: gov + "2019-03/22/content_5375877.htm",
			issued: "2019-03-22", known: "2019-03-22", first: "2019-04-28", last: "2019-05-05"},
		{number: "国办发明电〔2019〕16号", title: plan("2020"), source: gov + "2019-11/21/content_5454164.htm", issued: "2019-11-21", known: "2019-11-21",
			year: 2020, first: "2020-01-01", last: "2020-10-10",
			instead: []string{"2020-01-31", "2020-02-01,workday,春节", "2020-02-02"}},
		{number: "国办发明电〔2020〕1号", title: "国务院办公厅关于延长2020年春节假期的通知", source: gov + "2020-01/27/content_5472352.htm",
			issued: "2020-01-26", known: "2020-01-27", first: "2020-01-31", last: "2020-02-02"},
		{number: "国办发明电〔2020〕27号", title: plan("2021"), source: gov + "2020-11/25/content_5564127.htm", issued: "2020-11-25", known: "2020-11-25",
			year: 2021, first: "2021-01-01", last: "2021-10-09"},
		{number: "国办发明电〔2021〕11号", title: plan("2022"), source: gov + "2021-10/25/content_5644835.htm", issued: "2021-10-25", known: "2021-10-25",
			year: 2022, first: "2022-01-01", last: "2022-10-09"},
		{number: "国办发明电〔2022〕16号", title: plan("2023"), source: gov + "2022-12/08/content_5730844.htm", issued: "2022-12-08", known: "2022-12-08",
			year: 2023, first: "2022-12-31", last: "2023-10-08"},
		{number: "国办发明电〔2023〕7号", title: plan("2024"), source: gov + "202310/content_6911528.htm", issued: "2023-10-25", known: "2023-10-25",
			year: 2024, first: "2024-01-01", last: "2024-10-12"},
		{number: "国办发明电〔2024〕12号", title: plan("2025"), source: gov + "202411/content_6986383.htm", issued: "2024-11-12", known: "2024-11-12",
			year: 2025, first: "2025-01-01", last: "2025-10-11"},
		{number: "国办发明电〔2025〕7号", title: plan("2026"), source: gov + "202511/content_7047091.htm", issued: "2025-11-04", known: "2025-11-04",
			year: 2026, first: "2026-01-01", last: "2026-10-10"},
	}
}

// Builtin returns the table of the notices known when this version was made: 2019 to 2026, with the changes of 2019 and
// 2020 as notices of their own, so that AsOf gives what was known before them. 2027 is not in it. The table is read
// afresh by each call; keep it.
func Builtin() Table {
	days, err := ParseCSV(strings.NewReader(holidays))
	if err != nil {
		panic("calendar: the days built in: " + err.Error()) // only a program built wrongly
	}
	var all []Notice
	for _, p := range notices() {
		all = append(all, p.notice(days))
	}
	t, err := NewTable(all...)
	if err != nil {
		panic("calendar: the notices built in: " + err.Error()) // see above
	}
	return t
}

func (p published) notice(days []Named) Notice {
	first, last := must(p.first), must(p.last)
	n := Notice{Number: p.number, Title: p.title, Source: p.source, Issued: must(p.issued), Known: must(p.known)}
	if p.year != 0 {
		n.Years = []int{p.year}
	}
	for _, d := range days {
		changed := slices.ContainsFunc(p.instead, func(s string) bool { return strings.HasPrefix(s, d.Date.String()) })
		if !changed && !d.Date.Before(first) && !d.Date.After(last) {
			n.Days = append(n.Days, d)
		}
	}
	for _, s := range p.instead {
		date, rest, named := strings.Cut(s, ",")
		if named {
			kind, name, _ := strings.Cut(rest, ",")
			n.Days = append(n.Days, Named{must(date), Kind(kind), name})
		}
	}
	n.Days = n.sorted()
	return n
}

func must(s string) Date {
	d, err := ParseDate(s)
	if err != nil {
		panic("calendar: a date built in: " + err.Error()) // see Builtin
	}
	return d
}
