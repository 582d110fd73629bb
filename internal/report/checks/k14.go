package checks

import (
	"strings"
	"unicode/utf8"

	"github.com/gongkai/gongkai/internal/legal"
)

// k14 holds the day of publishing against the days of the Regulation.
//
// Formula: departments publish the report of a year by 31 January of the next, governments by 31 March. Which of the two an
// agency is, is told by its name; where the name leaves it open, the later day is used, the message says so, and a late
// report is a warning. The article names bodies of counties and above; for townships a late report is a warning too.
// Legal: 条例 第四十九条, from 2019-05-15.
func k14() Rule {
	return Rule{
		ID: "K14", Title: "年度报告按期公布", Severity: Error,
		Sources: []legal.Ref{{Instrument: legal.Regulation, Article: "第四十九条"}},
		Formula: "县级以上人民政府部门于次年1月31日前、县级以上地方人民政府于次年3月31日前公布上一年度报告",
		Check:   checkPublished,
	}
}

// body is what kind of body an agency is for the days of article 49.
type body uint8

const (
	uncertain body = iota
	department
	government
	township
)

func checkPublished(in *Input) Outcome {
	var out Outcome
	r := in.Report
	date, ok := civil(r.Published)
	switch {
	case r.Year == 0:
		out.unknown("published", "认不出报告年度，无法判断是否按期公布")
		return out
	case !ok:
		msg := "文件中没有公布日期，无法判断是否按期公布；公布时请注明日期"
		if due, _ := dueDay(bodyOf(r.Agency), r.Year+1); in.Today > due {
			msg += "。" + due + " 的期限已过，如尚未公布请尽快公布"
		}
		out.unknown("published", msg)
		return out
	}
	if today, ok := civil(in.Today); ok && date > today {
		out.find(Finding{Path: "published", Severity: Warning, Expected: "<=" + today, Actual: date,
			Message: "公布日期为 " + date + "，晚于检查当天 " + today + "，请核对"})
		return out
	}
	if first := number(int64(r.Year+1)) + "-01-01"; date < first {
		out.find(Finding{Path: "published", Severity: Warning, Expected: first, Actual: date,
			Message: "公布日期为 " + date + "，但" + year(r.Year) + "度的统计到12月31日才结束，请核对公布日期和报告年度"})
		return out
	}
	kind := bodyOf(r.Agency)
	due, words := dueDay(kind, r.Year+1)
	if date <= due {
		out.Passed++
		return out
	}
	f := Finding{Path: "published", Expected: due, Actual: date, Message: "公布日期为 " + date + "，晚于 " + due + "。" + words}
	if kind != department && kind != government {
		f.Severity = Warning
	}
	out.find(f)
	return out
}

func dueDay(kind body, y int) (due, words string) {
	const note = "如果这是重新发布或网站迁移的日期，请以首次公布的日期为准"
	switch kind {
	case department:
		return number(int64(y)) + "-01-31", "条例第四十九条要求县级以上人民政府部门每年1月31日前公布上一年度报告；" + note
	case government:
		return number(int64(y)) + "-03-31", "条例第四十九条要求县级以上地方人民政府每年3月31日前公布上一年度报告；" + note
	case township:
		return number(int64(y)) + "-01-31", "条例第四十九条规定的是县级以上机关，没有直接规定乡镇、街道的期限，这里按1月31日提示；" + note
	default:
		return number(int64(y)) + "-03-31", "从机关名称不能确定是政府还是部门，这里按较晚的3月31日判断；部门应当在1月31日前公布；" + note
	}
}

// bodyOf tells from the name what kind of body an agency is.
func bodyOf(name string) body {
	name = strings.TrimSpace(name)
	ends := func(words ...string) bool {
		for _, w := range words {
			if strings.HasSuffix(name, w) {
				return true
			}
		}
		return false
	}
	switch {
	case name == "":
		return uncertain
	case ends("乡", "镇", "乡人民政府", "镇人民政府", "乡政府", "镇政府", "街道", "街道办事处", "街道办", "苏木", "苏木人民政府"):
		return township
	case ends("人民政府", "市政府", "县政府", "区政府", "省政府", "省", "市", "县", "自治区", "自治州", "自治旗", "盟行政公署", "行政公署"):
		return government
	case ends("区", "旗", "州") && utf8.RuneCountInString(name) <= 8 && !ends("开发区", "实验区", "园区", "新区", "示范区", "高新区", "保税区", "度假区"):
		return government
	case ends("管委会", "管理委员会"):
		return uncertain
	case ends("局", "厅", "委", "委员会", "部", "署", "办公室", "办公厅", "中心", "队", "支队", "总队", "处", "院", "所", "站", "馆", "社"):
		return department
	}
	return uncertain
}

// civil checks that s is a date yyyy-mm-dd.
func civil(s string) (string, bool) {
	if len(s) != len("2006-01-02") || s[4] != '-' || s[7] != '-' {
		return "", false
	}
	for i, c := range s {
		if i != 4 && i != 7 && (c < '0' || c > '9') {
			return "", false
		}
	}
	return s, true
}
