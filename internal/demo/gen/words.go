package main

import (
	"fmt"
	"strings"

	"github.com/gongkai/gongkai/internal/report"
)

// pick takes a wording that changes with office and year, so that no two years read alike.
func (o *office) pick(year, salt int, from ...string) string {
	return from[(o.no*3+year*2+salt)%len(from)]
}

// write writes the text. Every number in it is one of the tables.
func (o *office) write(r *report.Report) {
	y := r.Year
	day := 12 + (o.no*7+y)%18
	r.Published = fmt.Sprintf("%d-01-%02d", y+1, day)
	r.Preamble = fmt.Sprintf("发布日期：%d年1月%d日\n根据《中华人民共和国政府信息公开条例》和《国务院办公厅政府信息与政务公开办公室关于印发"+
		"〈中华人民共和国政府信息公开工作年度报告格式〉的通知》编制本报告。本报告所列数据的统计期限从%d年1月1日起至%d年12月31日止。"+
		"如对本报告有疑问，请与%s联系（地址：虚构市牡丹区示例路%d号，电话：0379-00000000）。", y+1, day, y, y, o.name, 10+o.no)
	texts := [6]string{0: o.overview(r), 4: o.problems(y), 5: o.closing(y)}
	for i, title := range report.SectionTitles {
		r.Sections = append(r.Sections, report.Section{No: i + 1, Title: title, Text: texts[i]})
	}
}

func (o *office) overview(r *report.Report) string {
	y := r.Year
	t := func(keys ...string) (n int64) {
		for i, row := range r.Table3.Spec.Rows {
			for _, k := range keys {
				if row.Key == k || strings.HasPrefix(row.Key, k+".") {
					n += r.Table3.At(i, report.ColTotal).N
				}
			}
		}
		return n
	}
	lines := []string{
		fmt.Sprintf("%d年，%s%s。", y, o.pick(y, 0, "本单位", "本机关"), o.pick(y, 1, "坚持以公开为常态、不公开为例外，围绕群众关心的事项做好政府信息公开工作",
			"深入贯彻条例要求，把公开贯穿到决策、执行、管理、服务和结果全过程", "围绕全区中心工作，持续提升政府信息公开的质量和实效", "聚焦企业和群众办事需要，扎实推进政府信息公开")),
		"（一）主动公开。" + o.pick(y, 2, "及时更新领导信息、机构职能和办事指南，对规范性文件同步开展解读。", "围绕规划计划、财政资金、民生实事等重点领域公开信息，做到应公开尽公开。",
			"对公开目录逐项对照检查，补齐缺项，更新过期内容。") + fmt.Sprintf("全年制发行政规范性文件%d件，现行有效%d件。",
			r.Table2.Get("normative_documents", 0).N, r.Table2.Get("normative_documents", 2).N),
		fmt.Sprintf("（二）依申请公开。全年新收政府信息公开申请%d件，上年结转%d件；办结%d件，结转下年度继续办理%d件。办结的申请中，予以公开%d件，部分公开%d件，不予公开%d件，无法提供%d件，不予处理%d件，其他处理%d件。",
			t("new_received"), t("carried_in"), t("total"), t("carried_out"), t("granted"), t("partial"), t("denied"), t("unavailable"), t("rejected"), t("other")),
		"（三）政府信息管理。" + o.pick(y, 3, "落实公文公开属性源头认定，拟稿时即明确公开方式。", "开展规范性文件清理，及时标注有效性。", "严格执行先审查、后公开，发布前逐件核对。"),
		"（四）政府信息公开平台建设。" + o.pick(y, 4, "优化专栏检索，增加大字版和语音播报。", "在便民服务大厅设置公开查阅点，配备专人引导。", "规范政务新媒体管理，关停更新不及时的账号。"),
		"（五）监督保障。" + o.pick(y, 5, "把公开工作纳入年度考核，组织业务培训。", "聘请社会监督员开展评议，逐条整改反馈意见。", "建立答复文书会商制度，由法制人员逐件把关。") + disputes(r),
	}
	return strings.Join(lines, "\n")
}

func disputes(r *report.Report) string {
	t := func(key string) int64 { return r.Table4.Get(key, report.ColResultTotal).N }
	review, suits := t("review"), t("litigation_direct")+t("litigation_after_review")
	if review+suits == 0 {
		return "全年没有因政府信息公开引起的行政复议和行政诉讼。"
	}
	return fmt.Sprintf("因政府信息公开引起的行政复议%d件，行政诉讼%d件。", review, suits)
}

func (o *office) problems(y int) string {
	return o.pick(y, 6, "对照群众期待，还有差距：一是政策解读形式较为单一，图文和视频解读偏少；二是个别答复说理不够充分。",
		"存在的主要问题：一是部分栏目更新不够及时；二是基层窗口人员业务还不够熟练。",
		"工作中还有不足：一是公开内容与群众需求对接不够；二是跨部门会商的时限意识有待加强。",
		"不足之处：一是存量文件的有效性标注尚未全部完成；二是线下查阅点使用率不高。") + "\n" +
		o.pick(y, 7, "下一步，将丰富解读形式，重要文件做到一图读懂；统一答复文书样式，逐件说明依据和理由。",
			"改进措施：建立栏目更新提醒制度，每月通报；对窗口人员集中培训并跟班学习。",
			"下一步，将定期征集群众想看的信息，调整公开重点；对会商事项明确时限、专人跟踪。")
}

func (o *office) closing(y int) string {
	return o.pick(y, 8, fmt.Sprintf("%d年，本机关未收取政府信息公开信息处理费。", y), "本年度未发出收费通知，未收取信息处理费。",
		"按照信息处理费管理办法，本年度收取信息处理费0元。") + o.pick(y, 9, "无其他需要报告的事项。", "没有其他需要报告的事项。")
}
