package form

import (
	"strings"
	"testing"

	"github.com/gongkai/gongkai/internal/docio"
)

// A text may come without line breaks, or with very many headings: the work may not grow with the square of either. When it
// does, these take minutes.
func TestSectionsOfHugeTexts(t *testing.T) {
	const title = "虚构市甲局2023年政府信息公开工作年度报告"
	const n = 50_000
	var many []docio.Block
	for i := range n {
		many = append(many, docio.Line("一、总体情况", 2*i+2), docio.Line("二、主动公开政府信息情况", 2*i+3))
	}
	for name, test := range map[string]struct {
		blocks   []docio.Block
		sections int
	}{
		"one line":      {[]docio.Block{docio.Line("一、总体情况", 2), docio.Line(strings.Repeat("总体情况主动公开政府信息情况", n), 3)}, 1},
		"many headings": {many, 2},
		"one paragraph": {append([]docio.Block{docio.Line("一、总体情况", 2)}, repeated("本机关收到的申请都已按期答复，没有遗留问题，", 2*n)...), 1},
	} {
		t.Run(name, func(t *testing.T) {
			doc := &docio.Document{Kind: docio.PlainText, Blocks: append([]docio.Block{docio.Line(title, 1)}, test.blocks...)}
			r, err := Recognise(doc)
			if err != nil {
				t.Fatal(err)
			}
			if len(r.Sections) != test.sections {
				t.Errorf("%d sections, want %d", len(r.Sections), test.sections)
			}
		})
	}
}

func repeated(line string, n int) []docio.Block {
	out := make([]docio.Block, n)
	for i := range out {
		out[i] = docio.Line(line, i+3)
	}
	return out
}
