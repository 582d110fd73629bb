package form

import (
	"testing"

	"github.com/gongkai/gongkai/internal/docio"
)

func TestAgencyOutsideTheTitle(t *testing.T) {
	tests := []struct {
		name, text, agency, title string
		doubted                   bool
	}{
		{"path of the page", "虚构县云上镇\n政府信息公开\n当前位置:首页 > 政府信息公开年报\n虚构县云上镇人民政府2019年政府信息公开工作年度报告\n", "虚构县云上镇人民政府", "虚构县云上镇人民政府2019年政府信息公开工作年度报告", false},
		{"menu without year", "政府信息公开年报\n虚构区2024年度政府信息公开工作年度报告\n", "虚构区", "虚构区2024年度政府信息公开工作年度报告", false},
		{"title twice", "2022年政府信息公开工作年度报告\n虚构镇人民政府\n2022年政府信息公开工作年度报告\n", "虚构镇人民政府", "虚构镇人民政府2022年政府信息公开工作年度报告", false},
		{"line below the title", "2022年政府信息公开工作年度报告\n虚构县水利局\n", "虚构县水利局", "2022年政府信息公开工作年度报告", true},
		{"title inside a sentence", "根据条例要求,编制虚构市体育局2023年政府信息公开工作年度报告,统计期限为全年。\n", "虚构市体育局", "", true},
		{"acting agency", "2023年,虚构街道办事处认真贯彻落实条例,主动公开信息9条。\n", "虚构街道办事处", "", true},
		{"our office", "2023年,我局认真贯彻落实条例,各部门高度重视。\n", "", "", true},
	}
	for _, tt := range tests {
		doc := &docio.Document{Kind: docio.PlainText, Blocks: []docio.Block{{Text: tt.text + "一、总体情况\n较好。\n二、主动公开政府信息情况\n无。\n"}}}
		r, err := Recognise(doc)
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		doubted := false
		for _, d := range r.Doubts {
			doubted = doubted || d.Path == "agency"
		}
		if r.Agency != tt.agency || r.Title != tt.title || doubted != tt.doubted {
			t.Errorf("%s: agency %q, title %q, doubted %v", tt.name, r.Agency, r.Title, doubted)
		}
	}
}
