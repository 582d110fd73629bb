// Package printed makes pages to be written, for the tests of the writers: an invented report in the statutory layout.
package printed

import (
	"strconv"

	"github.com/gongkai/gongkai/internal/docio"
)

// Report returns a page with a title, two levels of headings, paragraphs with rare characters, and the three statutory
// tables of an invented agency. One cell is blank, one holds a remark, one a negative number.
func Report() *docio.Page {
	p := &docio.Page{Title: "牡丹示范县数据局2025年政府信息公开工作年度报告", Author: "牡丹示范县数据局"}
	text := func(s docio.Style, t string) { p.Elements = append(p.Elements, docio.Element{Style: s, Text: t}) }
	table := func(t *docio.PageTable) {
		p.Elements = append(p.Elements, docio.Element{Style: docio.TableBlock, Table: t})
	}
	text(docio.DocTitle, p.Title)
	text(docio.BodyText, "根据《中华人民共和国政府信息公开条例》（国务院令第711号）和《国务院办公厅政府信息与政务公开办公室关于印发〈中华人民共和国政府信息公开工作年度报告格式〉的通知》（国办公开办函〔2021〕30号）的要求，现公布牡丹示范县数据局2025年政府信息公开工作年度报告。本报告所列数据的统计期限自2025年1月1日起至2025年12月31日止。")
	text(docio.Heading1, "一、总体情况")
	text(docio.Heading2, "（一）主动公开")
	text(docio.BodyText, "全年通过政府网站（https://www.example.gov.cn/zwgk/2025/index.html）公开政府信息1,286条，解读政策文件12件，办理咨询由𠮷祥同志、䶮某负责，答复率100%。“一网通办”平台API调用3.5万次；较上年增长12.6%。")
	text(docio.Heading2, "（二）依申请公开")
	text(docio.BodyText, "全年新收政府信息公开申请23件，上年结转2件，办结24件，结转下年度1件。")
	text(docio.Heading1, "二、主动公开政府信息情况")
	table(Table2())
	text(docio.Heading1, "三、收到和处理政府信息公开申请情况")
	table(Table3())
	text(docio.Heading1, "四、政府信息公开行政复议、行政诉讼情况")
	table(Table4())
	text(docio.Heading1, "五、存在的主要问题及改进情况")
	text(docio.BodyText, "存在的主要问题：一是政策解读形式较为单一；二是基层工作力量不足。改进情况：增加图解、视频等形式，组织业务培训4次、参训人员120余人次。")
	text(docio.Heading1, "六、其他需要报告的事项")
	text(docio.BodyText, "本年度未收取政府信息公开信息处理费。")
	text(docio.Note, "电子版可从县政府网站下载；联系电话：0379-00000000。")
	return p
}

func head(t string, rows, cols int) docio.PageCell {
	return docio.PageCell{Text: t, RowSpan: rows, ColSpan: cols, Header: true}
}

func label(t string, cols int) docio.PageCell {
	return docio.PageCell{Text: t, ColSpan: cols, Header: true, Align: docio.AlignLeft}
}

func num(t string, cols int) docio.PageCell { return docio.PageCell{Text: t, ColSpan: cols} }

// Table2 returns table 2 of the 2021 format, 11 rows of 4 columns.
func Table2() *docio.PageTable {
	t := &docio.PageTable{Name: "表二 主动公开政府信息情况", Widths: []float64{28, 24, 24, 24}}
	group := 0
	row := func(cells ...docio.PageCell) { t.Rows = append(t.Rows, docio.PageRow{Group: group, Cells: cells}) }
	group++
	row(head("第二十条第（一）项", 1, 4))
	row(head("信息内容", 1, 1), head("本年制发件数", 1, 1), head("本年废止件数", 1, 1), head("现行有效件数", 1, 1))
	row(head("规章", 1, 1), num("0", 1), num("", 1), num("0", 1))
	row(head("行政规范性文件", 1, 1), num("22（其中修订16件）", 1), num("3", 1), num("41", 1))
	group++
	row(head("第二十条第（五）项", 1, 4))
	row(head("信息内容", 1, 1), head("本年处理决定数量", 1, 3))
	row(head("行政许可", 1, 1), num("11398", 3))
	group++
	row(head("第二十条第（六）项", 1, 4))
	row(head("信息内容", 1, 1), head("本年处理决定数量", 1, 3))
	row(head("行政处罚", 1, 1), num("693", 3))
	row(head("行政强制", 1, 1), num("-2", 3))
	group++
	row(head("第二十条第（八）项", 1, 4))
	row(head("信息内容", 1, 1), head("本年收费金额（单位：万元）", 1, 3))
	row(head("行政事业性收费", 1, 1), num("316.4410", 3))
	return t
}

// Table3 returns table 3 of the 2021 format, 28 rows of 10 columns.
func Table3() *docio.PageTable {
	t := &docio.PageTable{Name: "表三 收到和处理政府信息公开申请情况", HeaderRows: 3, Widths: []float64{6, 8, 36, 7, 7, 7, 7.5, 7.5, 6.5, 7.5}}
	row := func(group int, cells ...docio.PageCell) {
		t.Rows = append(t.Rows, docio.PageRow{Group: group, Cells: cells})
	}
	seed := 0
	data := func(group int, cells ...docio.PageCell) {
		sum := 0
		for range 6 {
			seed++
			n := seed * seed % 17
			sum += n
			cells = append(cells, num(strconv.Itoa(n), 1))
		}
		row(group, append(cells, num(strconv.Itoa(sum), 1))...)
	}
	row(0, head("（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）", 3, 3), head("申请人情况", 1, 7))
	row(0, head("自然人", 2, 1), head("法人或其他组织", 1, 5), head("总计", 2, 1))
	row(0, head("商业企业", 1, 1), head("科研机构", 1, 1), head("社会公益组织", 1, 1), head("法律服务机构", 1, 1), head("其他", 1, 1))
	data(0, label("一、本年新收政府信息公开申请数量", 3))
	data(0, label("二、上年结转政府信息公开申请数量", 3))
	results := head("三、本年度办理结果", 22, 1)
	results.Vertical = true
	data(0, results, label("（一）予以公开", 2))
	data(0, label("（二）部分公开（区分处理的，只计这一情形，不计其他情形）", 2))
	groups := []struct {
		name string
		rows []string
	}{
		{"（三）不予公开", []string{"1.属于国家秘密", "2.其他法律行政法规禁止公开", "3.危及“三安全一稳定”", "4.保护第三方合法权益", "5.属于三类内部事务信息", "6.属于四类过程性信息", "7.属于行政执法案卷", "8.属于行政查询事项"}},
		{"（四）无法提供", []string{"1.本机关不掌握相关政府信息", "2.没有现成信息需要另行制作", "3.补正后申请内容仍不明确"}},
		{"（五）不予处理", []string{"1.信访举报投诉类申请", "2.重复申请", "3.要求提供公开出版物", "4.无正当理由大量反复申请", "5.要求行政机关确认或重新出具已获取信息"}},
		{"（六）其他处理", []string{"1.申请人无正当理由逾期不补正、行政机关不再处理其政府信息公开申请", "2.申请人逾期未按收费通知要求缴纳费用、行政机关不再处理其政府信息公开申请", "3.其他"}},
	}
	for g, grp := range groups {
		for i, name := range grp.rows {
			if i > 0 {
				data(g+1, label(name, 1))
				continue
			}
			c := head(grp.name, len(grp.rows), 1)
			c.Vertical = true
			data(g+1, c, label(name, 1))
		}
	}
	data(0, label("（七）总计", 2))
	data(0, label("四、结转下年度继续办理", 3))
	return t
}

// Table4 returns table 4, 4 rows of 15 columns.
func Table4() *docio.PageTable {
	t := &docio.PageTable{Name: "表四 行政复议、行政诉讼情况", HeaderRows: 3}
	for range 15 {
		t.Widths = append(t.Widths, 1)
	}
	results := []string{"结果维持", "结果纠正", "其他结果", "尚未审结", "总计"}
	var second, third, data []docio.PageCell
	for _, r := range results {
		second = append(second, head(r, 2, 1))
	}
	second = append(second, head("未经复议直接起诉", 1, 5), head("复议后起诉", 1, 5))
	for range 2 {
		for _, r := range results {
			third = append(third, head(r, 1, 1))
		}
	}
	for i := range 15 {
		data = append(data, num(strconv.Itoa(i*i%11), 1))
	}
	t.Rows = []docio.PageRow{
		{Group: 1, Cells: []docio.PageCell{head("行政复议", 1, 5), head("行政诉讼", 1, 10)}},
		{Group: 1, Cells: second}, {Group: 1, Cells: third}, {Group: 1, Cells: data},
	}
	return t
}
