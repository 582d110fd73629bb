package form

import "testing"

func TestFooterOfThePage(t *testing.T) {
	tests := []struct{ text, want string }{
		{"无。\n主办：虚构县人民政府办公室\n网站标识码1234567890", "无。"},
		{"没有其他事项。\n上一篇：没有了", "没有其他事项。"},
		{"本年度没有收费。\n使用帮助 | 联系我们 | 关于我们\n版权所有", "本年度没有收费。"},
		{"我局主办单位职责未变。\n无。", "我局主办单位职责未变。\n无。"},
		{"扫一扫在手机打开当前页", ""},
	}
	for _, tt := range tests {
		if got := withoutFooter(tt.text); got != tt.want {
			t.Errorf("%q: %q, want %q", tt.text, got, tt.want)
		}
	}
}
