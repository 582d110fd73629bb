package form

import (
	"strings"
	"testing"

	"github.com/gongkai/gongkai/internal/docio"
)

// A misprinted label is found in a report inside a very long page too, near the labels that are printed right, and is not
// looked for in the rest of the page.
func TestLabelsInLongText(t *testing.T) {
	noise := strings.Repeat("关于某项工作的其他消息若干。\n", 6000)
	form := "一、本年新收政府信息公开申请数量 1\n（一）予以公开 1\n2.其他法律行政止公开 0\n3.危及“三安全一稳定” 0\n四、结转下年度继续办理 0\n"
	s := newStream(&docio.Document{Blocks: []docio.Block{{Text: noise + form + noise}}})
	labels := labelsFor(false)
	found := map[string]int{}
	for _, h := range s.hits(labels, 0, len(s.hanPos)) {
		found[labels[h.label].row]++
	}
	for _, row := range []string{"new_received", "granted", "denied.prohibited_by_law", "carried_out"} {
		if found[row] == 0 {
			t.Errorf("%s not found", row)
		}
	}
	if lo, hi := nearHits(nil, 0, len(s.hanPos)); lo != hi {
		t.Errorf("without labels %d characters are searched", hi-lo)
	}
}
