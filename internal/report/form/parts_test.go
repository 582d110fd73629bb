package form_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/gongkai/gongkai/internal/docio"
	"github.com/gongkai/gongkai/internal/docio/text"
	"github.com/gongkai/gongkai/internal/report"
	"github.com/gongkai/gongkai/internal/report/form"
)

// manyTables is a report whose form was broken into one small table per row or group, the labels repeated as captions.
func manyTables() string {
	var b strings.Builder
	b.WriteString("# 虚构县人民政府2024年政府信息公开工作年度报告\n\n## 一、总体情况\n\n全县公开信息若干条。\n\n## 二、主动公开政府信息情况\n\n")
	b.WriteString("### 第二十条第（一）项\n| 信息内容 | 本年制发件数 | 本年废止件数 | 现行有效件数 |\n|---|---|---|---|\n| 规章 | 0 | 0 | 0 |\n| 行政规范性文件 | 5 | 2 | 30 |\n\n")
	for _, g := range [][2]string{{"五", "行政许可"}, {"六", "行政处罚"}, {"六", "行政强制"}} {
		fmt.Fprintf(&b, "### 第二十条第（%s）项\n| 信息内容 | 本年处理决定数量 |\n|---|---|\n| %s | 11 |\n\n", g[0], g[1])
	}
	b.WriteString("### 第二十条第（八）项\n| 信息内容 | 本年收费金额（单位：万元） |\n|---|---|\n| 行政事业性收费 | 12.5 |\n\n## 三、收到和处理政府信息公开申请情况\n\n")
	b.WriteString("(本列数据的勾稽关系为:第一项加第二项之和,等于第三项加第四项之和)\n\n### 申请人情况 (自然人)\n| (数据项目) | 数量 |\n|---|---|\n| - | - |\n\n")
	for _, r := range report.V2021.Table3.Rows {
		v := 0
		if r.Key == "new_received" || r.Key == "granted" || r.Key == "total" {
			v = 4
		}
		fmt.Fprintf(&b, "### %s%s\n| 类别 | 数据1 | 数据2 | 数据3 | 数据4 | 数据5 | 数据6 | 总计 |\n|---|---|---|---|---|---|---|---|\n| %s%s | %d | 0 | 0 | 0 | 0 | 0 | %d |\n\n",
			r.Item, r.Label, r.Item, r.Label, v, v)
	}
	b.WriteString("## 四、政府信息公开行政复议、行政诉讼情况\n\n")
	for i, c := range []string{"行政复议", "行政诉讼（未经复议直接起诉）", "行政诉讼（复议后起诉）"} {
		fmt.Fprintf(&b, "### %s\n| 结果维持 | 结果纠正 | 其他结果 | 尚未审结 | 总计 |\n|---|---|---|---|---|\n| %d | 1 | 0 | 0 | %d |\n\n", c, i+2, i+3)
	}
	b.WriteString("## 五、存在的主要问题及改进情况\n\n人手不足。\n\n## 六、其他需要报告的事项\n\n无。\n")
	return b.String()
}

func TestFormInManyTables(t *testing.T) {
	doc, err := text.Read([]byte(manyTables()), docio.Markdown, docio.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	r, err := form.Recognise(doc)
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Doubts) > 0 {
		t.Errorf("%d doubts, the first: %+v", len(r.Doubts), r.Doubts[0])
	}
	if r.Table4 == nil {
		t.Fatal("no table 4")
	}
	for i, want := range []int64{2, 1, 0, 0, 3, 3, 1, 0, 0, 4, 4, 1, 0, 0, 5} {
		if c := r.Table4.Cells[i]; c.Kind != report.Number || c.N != want {
			t.Errorf("table 4, cell %d: %+v, want %d", i, c, want)
		}
	}
	for _, s := range r.Sections {
		if s.No >= 2 && s.No <= 4 && s.Text != "" {
			t.Errorf("section %d holds %q", s.No, s.Text)
		}
	}
	if len(r.Sections) != 6 {
		t.Errorf("%d sections", len(r.Sections))
	}
}
