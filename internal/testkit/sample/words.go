package sample

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"github.com/gongkai/gongkai/internal/report"
)

// Invented places and bodies; the word 虚构, 样例 or 示例 stands in every name.
var (
	places = []string{"虚构市", "样例市示例区", "虚构市样例县", "示例市虚构新区", "样例县", "虚构市示例镇"}
	bodies = []string{"人民政府", "人民政府办公室", "统计局", "自然资源和规划局", "市场监督管理局", "教育局", "卫生健康委员会", "档案局"}
)

func agencyName(rng *rand.Rand) string {
	return places[rng.IntN(len(places))] + bodies[rng.IntN(len(bodies))]
}

func title(r *report.Report) string {
	return fmt.Sprintf("%s%d年政府信息公开工作年度报告", r.Agency, r.Year)
}

// figures are the numbers that the text repeats.
type figures struct {
	tables                                                  bool
	received, carriedIn, handled, carriedOut                int64
	granted, partial, denied, unavailable, rejected, others int64
	review, suits                                           int64
	documents                                               int64
}

func figuresOf(r *report.Report) figures {
	t := func(key string) int64 { return r.Table3.Get(key, report.ColTotal).N }
	f := figures{tables: true, received: t("new_received"), carriedIn: t("carried_in"), handled: t("total"),
		carriedOut: t("carried_out"), granted: t("granted"), partial: t("partial")}
	for i, row := range r.Table3.Spec.Rows {
		n := r.Table3.At(i, report.ColTotal).N
		switch group, _, _ := strings.Cut(row.Key, "."); group {
		case "denied":
			f.denied += n
		case "unavailable":
			f.unavailable += n
		case "rejected":
			f.rejected += n
		case "other":
			f.others += n
		}
	}
	f.review = r.Table4.Get("review", report.ColResultTotal).N
	f.suits = r.Table4.Get("litigation_direct", report.ColResultTotal).N + r.Table4.Get("litigation_after_review", report.ColResultTotal).N
	f.documents = r.Table2.Get("normative_documents", 0).N
	return f
}

func pick(rng *rand.Rand, from ...string) string { return from[rng.IntN(len(from))] }

// compose writes the preamble and the six sections.
func compose(rng *rand.Rand, r *report.Report, f figures) {
	us := pick(rng, "本机关", "我单位")
	r.Preamble = fmt.Sprintf("根据《中华人民共和国政府信息公开条例》的规定，编制本报告。报告中所列数据的统计期限自%d年1月1日起至%d年12月31日止。"+
		"如有疑问，请与%s联系（电话：0379-00000000）。", r.Year, r.Year, r.Agency)
	texts := [6]string{0: overview(rng, r, f, us)}
	texts[4] = strings.Join([]string{
		pick(rng, "对照上级要求，工作中还有一些不足。", "一年来工作有进步，也看到了短处。"),
		"一是" + pick(rng, "政策解读的形式不够多样", "栏目更新有时不够及时", "答复文书的说理还可以更细") + "；二是" +
			pick(rng, "基层人员的业务能力需要提高", "部门之间的会商机制有待完善", "公开目录的调整不够主动") + "。",
		"下一步，" + us + pick(rng, "将每季度组织一次业务培训，逐项改进。", "将完善审核流程，把公开要求落实到每个环节。"),
	}, "\n")
	texts[5] = fmt.Sprintf("%d年，%s未收取政府信息公开信息处理费。%s", r.Year, us,
		pick(rng, "无其他需要报告的事项。", "没有其他需要报告的事项。"))
	for i, t := range report.SectionTitles {
		r.Sections = append(r.Sections, report.Section{No: i + 1, Title: t, Text: texts[i]})
	}
}

func overview(rng *rand.Rand, r *report.Report, f figures, us string) string {
	var p []string
	p = append(p, fmt.Sprintf("%d年，%s%s。", r.Year, us, pick(rng, "认真落实条例要求，稳步做好政府信息公开工作", "坚持以公开促服务，各项工作平稳推进")))
	p = append(p, fmt.Sprintf("（一）主动公开。通过门户网站公开各类信息%d条。", 20+rng.IntN(900)))
	if f.tables {
		p[len(p)-1] += documentsSentence(r, f)
		p = append(p, applicationsSentence(rng, f))
	} else {
		p = append(p, "（二）依申请公开。按规定办理了收到的申请。")
	}
	p = append(p,
		"（三）政府信息管理。"+pick(rng, "规范公文公开属性的确定和审核。", "落实先审查、后公开的制度。"),
		"（四）政府信息公开平台建设。"+pick(rng, "优化网站专栏，方便群众查找。", "做好政务新媒体的日常维护。"))
	last := "（五）监督保障。" + pick(rng, "开展业务培训2次。", "接受社会评议，未发生责任追究的情形。")
	if f.tables {
		last += lawSentence(f)
	}
	return strings.Join(append(p, last), "\n")
}

func documentsSentence(r *report.Report, f figures) string {
	if r.Format == report.Format2021 {
		return fmt.Sprintf("全年制发行政规范性文件%d件。", f.documents)
	}
	return fmt.Sprintf("全年新制作规范性文件%d件。", f.documents)
}

func applicationsSentence(rng *rand.Rand, f figures) string {
	if f.received+f.carriedIn == 0 {
		return "（二）依申请公开。全年未收到政府信息公开申请，上年也没有结转的申请。"
	}
	s := fmt.Sprintf("（二）依申请公开。全年新收政府信息公开申请%d件，上年结转%d件；办结%d件，结转下年度继续办理%d件。",
		f.received, f.carriedIn, f.handled, f.carriedOut)
	if rng.IntN(2) == 0 {
		s += fmt.Sprintf("办结的申请中，予以公开%d件，部分公开%d件，不予公开%d件，无法提供%d件，不予处理%d件，其他处理%d件。",
			f.granted, f.partial, f.denied, f.unavailable, f.rejected, f.others)
	}
	return s
}

func lawSentence(f figures) string {
	if f.review+f.suits == 0 {
		return "全年没有因政府信息公开引起的行政复议和行政诉讼。"
	}
	return fmt.Sprintf("因政府信息公开引起的行政复议%d件，行政诉讼%d件。", f.review, f.suits)
}
