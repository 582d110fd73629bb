package main

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/gongkai/gongkai/internal/report"
)

// usual are the kinds in which offices hand in, by turns.
var usual = []string{"docx", "html", "xlsx", "docx", "html-spans", "md-pipes", "docx", "html-nbsp", "txt-tabs"}

// versions says what an office hands in for a year: nothing, its report, a spoilt one, or two.
func (o *office) versions(r *report.Report) []version {
	kind := usual[(o.no+r.Year*2)%len(usual)]
	short := strings.TrimPrefix(o.name, "虚构市牡丹区")
	switch fmt.Sprint(short, r.Year) {
	case "竹林乡人民政府2025", "竹林乡人民政府2022", "河湾镇人民政府2023", "审计局2022":
		return nil
	case "自然资源局2025":
		return one("docx", spoil(r, "table3.new_received.natural_person", 10))
	case "住房和城乡建设局2025":
		return one("html", spoil(r, "table3.total.business", -1))
	case "云栖街道办事处2025":
		return one("docx", lostTotal(r))
	case "财政局2025":
		return one("docx", o.copied(r))
	case "民政局2025":
		return one("html-nbsp", inText(r, fmt.Sprintf("%d年，", r.Year), fmt.Sprintf("%d年，", r.Year-1)))
	case "市场监督管理局2025":
		n := r.Table3.Get("new_received", report.ColTotal).N
		return one("html", inText(r, fmt.Sprintf("公开申请%d件", n), fmt.Sprintf("公开申请%d件", n-3)))
	case "市场监督管理局2024":
		return one("xlsx", late(r))
	case "卫生健康局2023":
		return one("docx", shifted(r))
	case "教育局2024":
		return []version{{rep: spoil(r, "table3.granted.total", 3), kind: "docx"}, {rep: r, kind: "docx", note: "（更正）"}}
	case "河湾镇人民政府2025":
		return one("scan", r)
	case "青砚街道办事处2025":
		return one("txt-glued", r)
	case "人民政府办公室2024":
		return one("pdf", r)
	}
	return one(kind, r)
}

func one(kind string, r *report.Report) []version { return []version{{rep: r, kind: kind}} }

// clone copies a report through its JSON form.
func clone(r *report.Report) *report.Report {
	data, err := json.Marshal(r)
	out := &report.Report{}
	if err == nil {
		err = json.Unmarshal(data, out)
	}
	if err != nil {
		panic(err) // a report that was just made is written and read: nothing but a fault in this program
	}
	return out
}

// spoil writes a number wrong.
func spoil(r *report.Report, path string, by int64) *report.Report {
	r = clone(r)
	c, _ := r.Cell(path)
	*c = report.Num(max(c.N+by, 0))
	return r
}

// lostTotal writes 0 for the total of the reviews, as offices do that fill in the parts only.
func lostTotal(r *report.Report) *report.Report {
	r = clone(r)
	*r.Table4.Get("review", report.ColUpheld) = report.Num(2)
	*r.Table4.Get("review", report.ColResultTotal) = report.Num(0)
	return inText(r, disputesAt(r), "因政府信息公开引起的行政复议2件，行政诉讼0件。")
}

func disputesAt(r *report.Report) string {
	text := r.Sections[0].Text
	for _, start := range []string{"因政府信息公开引起", "全年没有因政府信息公开"} {
		if i := strings.LastIndex(text, start); i >= 0 {
			return text[i:]
		}
	}
	return text
}

// inText changes words of section one.
func inText(r *report.Report, from, to string) *report.Report {
	r = clone(r)
	r.Sections[0].Text = strings.Replace(r.Sections[0].Text, from, to, 1)
	return r
}

// copied takes over last year's words with the year changed.
func (o *office) copied(r *report.Report) *report.Report {
	r = clone(r)
	before := &office{no: o.no, name: o.name}
	y := r.Year - 1
	old := *r
	old.Year = y
	text := strings.ReplaceAll(before.overview(&old), fmt.Sprint(y), fmt.Sprint(r.Year))
	r.Sections[0].Text = text
	r.Sections[4].Text = before.problems(y)
	r.Sections[5].Text = strings.ReplaceAll(before.closing(y), fmt.Sprint(y), fmt.Sprint(r.Year))
	return r
}

// late publishes after the end of January.
func late(r *report.Report) *report.Report {
	r = clone(r)
	_, rest, _ := strings.Cut(r.Preamble, "\n")
	r.Published = fmt.Sprintf("%d-02-21", r.Year+1)
	r.Preamble = fmt.Sprintf("发布日期：%d年2月21日\n", r.Year+1) + rest
	return r
}

// shifted counts one application as new that last year had carried over.
func shifted(r *report.Report) *report.Report {
	r = clone(r)
	add := func(row string, n int64) {
		for _, col := range []int{report.ColNaturalPerson, report.ColTotal} {
			r.Table3.Get(row, col).N += n
		}
	}
	add("carried_in", 2)
	add("new_received", -2)
	t := func(key string) int64 { return r.Table3.Get(key, report.ColTotal).N }
	return inText(r, fmt.Sprintf("公开申请%d件，上年结转%d件", t("new_received")+2, t("carried_in")-2),
		fmt.Sprintf("公开申请%d件，上年结转%d件", t("new_received"), t("carried_in")))
}
