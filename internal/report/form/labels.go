package form

import (
	"strings"

	"github.com/gongkai/gongkai/internal/report"
)

// label is the key by which a row of the form is found: alternatives in order of preference, characters only.
type label struct {
	row  string   // key of the row in package report
	keys []string // the fixed words, and what is met instead of them
	// short labels (其他, 总计) mean nothing by themselves: they count only where values follow.
	short bool
}

var labels3 = []label{
	{row: "new_received", keys: []string{"本年新收政府信息公开申请数量", "本年新收政府信息公开申请", "本年新收件数", "本年新收"}},
	{row: "carried_in", keys: []string{"上年结转政府信息公开申请数量", "上年结转政府信息公开申请", "上年结转件数", "上年结转"}},
	{row: "granted", keys: []string{"予以公开"}},
	{row: "partial", keys: []string{"部分公开区分处理的只计这一情形不计其他情形", "部分公开区分处理的", "部分公开"}},
	{row: "denied.state_secret", keys: []string{"属于国家秘密", "国家秘密"}},
	{row: "denied.prohibited_by_law", keys: []string{"其他法律行政法规禁止公开", "法律行政法规禁止公开", "法律行政法规禁止"}},
	{row: "denied.security_stability", keys: []string{"危及三安全一稳定", "三安全一稳定"}},
	{row: "denied.third_party", keys: []string{"保护第三方合法权益", "第三方合法权益"}},
	{row: "denied.internal_affairs", keys: []string{"属于三类内部事务信息", "三类内部事务信息", "内部事务信息", "三类内部事务"}},
	{row: "denied.process_information", keys: []string{"属于四类过程性信息", "四类过程性信息", "过程性信息"}},
	{row: "denied.enforcement_file", keys: []string{"属于行政执法案卷", "行政执法案卷"}},
	{row: "denied.administrative_query", keys: []string{"属于行政查询事项", "行政查询事项"}},
	{row: "unavailable.not_held", keys: []string{"本机关不掌握相关政府信息", "不掌握相关政府信息", "本机关不掌握"}},
	{row: "unavailable.needs_creation", keys: []string{"没有现成信息需要另行制作", "没有现成信息", "需要另行制作"}},
	{row: "unavailable.still_unclear", keys: []string{"补正后申请内容仍不明确", "申请内容仍不明确"}},
	{row: "rejected.petition_complaint", keys: []string{"信访举报投诉类申请", "信访举报投诉类", "信访举报投诉"}},
	{row: "rejected.repeated", keys: []string{"重复申请"}},
	{row: "rejected.publication", keys: []string{"要求提供公开出版物", "公开出版物"}},
	{row: "rejected.mass_requests", keys: []string{"无正当理由大量反复申请", "大量反复申请"}},
	{row: "rejected.reconfirmation", keys: []string{"要求行政机关确认或重新出具已获取信息", "要求行政机关确认或重新出具", "行政机关确认或重新出具", "确认或重新出具"}},
	{row: "other.correction_overdue", keys: []string{"申请人无正当理由逾期不补正行政机关不再处理其政府信息公开申请", "申请人无正当理由逾期不补正", "逾期不补正"}},
	{row: "other.fee_overdue", keys: []string{"申请人逾期未按收费通知要求缴纳费用行政机关不再处理其政府信息公开申请", "逾期未按收费通知要求缴纳费用", "未按收费通知", "逾期不缴费"}},
	{row: "other.other", keys: []string{"其他"}, short: true},
	{row: "total", keys: []string{"总计"}, short: true},
	{row: "carried_out", keys: []string{"结转下年度继续办理", "结转下年度", "转下年度继续办理", "结转下年"}},
}

// otherMerged replaces the three rows of (六) where the form prints it as one row.
var otherMerged = label{row: "other", keys: []string{"六其他处理", "六其他", "其他处理", "其他"}, short: true}

var labels2 = []label{
	{row: "regulations", keys: []string{"规章"}, short: true},
	{row: "normative_documents", keys: []string{"行政规范性文件", "规范性文件", "规范性档案"}},
	{row: "licences", keys: []string{"行政许可"}},
	{row: "other_services", keys: []string{"其他对外管理服务事项", "对外管理服务事项"}},
	{row: "penalties", keys: []string{"行政处罚"}},
	{row: "enforcements", keys: []string{"行政强制"}},
	{row: "fees", keys: []string{"行政事业性收费"}},
	{row: "procurement", keys: []string{"政府集中采购"}},
}

// whole maps the full words of every row of table 3 to the row's key: the labels of a form that nobody changed are found
// without comparing.
var whole = func() map[string]string {
	m := map[string]string{}
	for _, l := range append(labelsFor(false), otherMerged) {
		m[l.keys[0]] = l.row
	}
	return m
}()

// exactRow returns the row whose fixed words a printed label consists of, with or without its own number.
func exactRow(printed string) (row string, ok bool) {
	row, ok = whole[printed]
	if !ok && len(printed) > 3 && strings.Contains("一二三四五六七", printed[:3]) {
		row, ok = whole[printed[3:]]
	}
	return row, ok
}

// similarity of a printed label (characters only) to one of the keys, 0 to 1. A key that is contained whole scores by how
// much of the printed label it explains, but never below 0.8.
func (l *label) similarity(printed string) float64 {
	if printed == "" {
		return 0
	}
	n := len(printed) / 3 // characters: all of them are three bytes long
	best := 0.0
	for i, k := range l.keys {
		size := len(k) / 3
		if printed == k {
			return 1
		}
		if strings.Contains(printed, k) && (!l.short || n <= size+2) {
			best = max(best, 0.8+0.2*float64(size)/float64(n))
			continue
		}
		limit := max(1, size*3/10)
		if l.short || i > 1 || n > size+limit || size > n+limit {
			continue
		}
		d := distance([]rune(printed), []rune(k), limit)
		if d <= limit {
			best = max(best, 1-float64(d)/float64(size))
		}
	}
	return best
}

// aligned is the outcome of matching printed rows with the rows of the form: for each printed row the index of its label, or
// -1, and how well the words agree.
type aligned struct {
	label []int
	score []float64
}

// align matches printed labels with the form's labels in order, so that the sum of similarities is greatest. Rows and labels
// may stay unmatched.
func align(printed []string, labels []label) aligned {
	n, m := len(printed), len(labels)
	sim := make([]float64, n*m)
	index := make(map[string]int, m)
	for j := range labels {
		index[labels[j].row] = j
	}
	for i, p := range printed {
		if row, ok := exactRow(p); ok {
			if j, ok := index[row]; ok {
				sim[i*m+j] = 1
				continue
			}
		}
		for j := range labels {
			if s := labels[j].similarity(p); s >= 0.6 {
				sim[i*m+j] = s
			}
		}
	}
	best := make([]float64, (n+1)*(m+1))
	for i := n - 1; i >= 0; i-- {
		for j := m - 1; j >= 0; j-- {
			v := max(best[(i+1)*(m+1)+j], best[i*(m+1)+j+1])
			if s := sim[i*m+j]; s > 0 {
				v = max(v, s+best[(i+1)*(m+1)+j+1])
			}
			best[i*(m+1)+j] = v
		}
	}
	out := aligned{label: make([]int, n), score: make([]float64, n)}
	i, j := 0, 0
	for i < n {
		out.label[i] = -1
		if j >= m {
			i++
			continue
		}
		here := best[i*(m+1)+j]
		s := sim[i*m+j]
		switch {
		case s > 0 && here == s+best[(i+1)*(m+1)+j+1]:
			out.label[i], out.score[i] = j, s
			i++
			j++
		case here == best[(i+1)*(m+1)+j]:
			i++
		default:
			j++
		}
	}
	return out
}

// labelsFor returns the labels of table 3 with (六) as three rows or as one.
func labelsFor(merged bool) []label {
	if !merged {
		return labels3
	}
	out := make([]label, 0, len(labels3)-2)
	for _, l := range labels3 {
		switch l.row {
		case "other.correction_overdue", "other.fee_overdue":
		case "other.other":
			out = append(out, otherMerged)
		default:
			out = append(out, l)
		}
	}
	return out
}

// fixedWords returns the words of the form for a row, characters only, for telling a changed label from the fixed one.
func fixedWords(spec *report.TableSpec, row string) string {
	i := spec.RowIndex(row)
	if i < 0 {
		return ""
	}
	return han(spec.Rows[i].Label)
}
