package checks

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestSentences(t *testing.T) {
	t.Parallel()
	var got []string
	sentences("（一）甲。 乙；丙！\n\n丁？戊\n", func(s string) bool {
		got = append(got, s)
		return len(got) < 5
	})
	if d := cmp.Diff([]string{"（一）甲", "乙", "丙", "丁", "戊"}, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

func TestUnnumber(t *testing.T) {
	t.Parallel()
	tests := []struct {
		in, rest string
		numbered bool
	}{
		{"（一）主动公开", "主动公开", true},
		{"(三) 主动公开信息", "主动公开信息", true},
		{"- (1) 认识不足", "认识不足", true},
		{"一是加强培训", "加强培训", true},
		{"2.其他", "其他", true},
		{"十二、其他", "其他", true},
		{"2021年，我办", "2021年，我办", false},
		{"（区分处理的）", "（区分处理的）", false},
		{"一段话", "一段话", false},
		{"", "", false},
	}
	for _, tt := range tests {
		if rest, ok := unnumber(tt.in); rest != tt.rest || ok != tt.numbered {
			t.Errorf("unnumber(%q) = %q, %v, want %q, %v", tt.in, rest, ok, tt.rest, tt.numbered)
		}
	}
}
