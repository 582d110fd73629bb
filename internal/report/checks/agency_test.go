package checks

import "testing"

func TestBodyOf(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		want body
	}{
		{"宿迁市", government}, {"示例市人民政府", government}, {"示例县人民政府", government}, {"示例区", government}, {"示例省", government},
		{"示例市教育局", department}, {"示例省教育厅", department}, {"上海市科学技术委员会", department}, {"示例市人民政府办公室", department},
		{"示例县某某镇人民政府", township}, {"示例县某某乡", township}, {"示例区某某街道办事处", township},
		{"示例综合实验区管委会", uncertain}, {"示例综合实验区", uncertain}, {"示例经济技术开发区", uncertain}, {"", uncertain}, {"某某公司", uncertain},
	}
	for _, tt := range tests {
		if got := bodyOf(tt.name); got != tt.want {
			t.Errorf("bodyOf(%q) = %d, want %d", tt.name, got, tt.want)
		}
	}
}

func TestRelated(t *testing.T) {
	t.Parallel()
	tests := []struct {
		agency, named string
		want          bool
	}{
		{"淮安市洪泽区人民政府", "洪泽区人民政府办公室", true},
		{"淮安市洪泽区人民政府", "区政府信息公开工作办公室", true},
		{"淮安市洪泽区人民政府", "金湖县人民政府办公室", false},
		{"示例市教育局", "示例市财政局", false},
		{"示例市教育局", "示例市政务公开办公室", true},
		{"示例市卫生健康委员会", "示例市卫健委办公室", true},
		{"上海市科学技术委员会", "市科委办公室", true},
	}
	for _, tt := range tests {
		if got := related(tt.agency, tt.named); got != tt.want {
			t.Errorf("related(%q, %q) = %v, want %v", tt.agency, tt.named, got, tt.want)
		}
	}
}
