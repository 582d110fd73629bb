package layout

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/gongkai/gongkai/internal/docio"
)

// grid builds a grid from lines of cells parted by bars; a text that ends in ">" spans one column more for each of them.
func grid(lines ...string) *docio.Grid {
	b := docio.NewBuilder(0)
	for _, line := range lines {
		b.Row()
		for cell := range strings.SplitSeq(line, "|") {
			text := strings.TrimRight(cell, ">")
			b.Cell(text, 1, 1+len(cell)-len(text), docio.Pos{})
		}
	}
	return b.Grid()
}

// show writes blocks: texts, and grids as lines of the kind that grid takes.
func show(blocks []docio.Block) []string {
	var out []string
	for _, b := range blocks {
		if b.Grid == nil {
			out = append(out, b.Text)
			continue
		}
		out = append(out, "grid")
		row := -1
		for _, c := range b.Grid.Cells {
			text := c.Text + strings.Repeat(">", c.ColSpan-1)
			if c.Row == row {
				out[len(out)-1] += "|" + text
			} else {
				out = append(out, text)
			}
			row = c.Row
		}
	}
	return out
}

const prose = "本年度认真贯彻落实条例，主动公开信息，办理申请，公开平台建设稳步推进，监督保障有力，群众满意度不断提高。"

func TestSplit(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		in   *docio.Grid
		want []string
	}{
		"data stays whole":       {grid("第二十条第（一）项>", "规章|8", "一、本年新收|3"), []string{"grid", "第二十条第（一）项>", "规章|8", "一、本年新收|3"}},
		"headings and prose":     {grid("年报>", "一、总体情况>", prose+">", "规章|8", "五、问题>", "六、其他>"), []string{"年报", "一、总体情况", prose, "grid", "规章|8", "五、问题", "六、其他"}},
		"prose beside a label":   {grid("总体情况|"+prose, "规章|8"), []string{"总体情况", prose, "grid", "规章|8"}},
		"prose among many cells": {grid(prose+"|1|2", "规章|8|9"), []string{"grid", prose + "|1|2", "规章|8|9"}},
		"a wide row is no title": {grid("第二十条第（一）项>", "规章|8", prose+">"), []string{"grid", "第二十条第（一）项>", "规章|8", prose}},
		"blank rows between":     {grid(prose+">", ">", "规章|8"), []string{prose, "grid", ">", "规章|8"}},
		"spans are narrowed":     {grid("一、甲>>", "规章>|8", "五、问题>>"), []string{"一、甲", "grid", "规章|8", "五、问题"}},
	} {
		got := show(Split(c.in, func(i int) []docio.Block { return []docio.Block{docio.Paragraph(c.in.Cells[i].Text)} }))
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestCutKeepsRowSpansTogether(t *testing.T) {
	t.Parallel()
	b := docio.NewBuilder(0)
	b.Row()
	b.Cell("甲", 2, 1, docio.Pos{})
	b.Cell("乙", 1, 1, docio.Pos{})
	b.Row()
	b.Cell("丙", 1, 1, docio.Pos{})
	b.Row()
	b.Cell("一\n二", 1, 2, docio.Pos{Page: 3})
	got := Cut(b.Grid(), []bool{true, false, true}, nil)
	if diff := cmp.Diff([]string{"grid", "甲|乙", "丙", "一", "二"}, show(got)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got[1].Pos.Page != 3 || got[0].Grid.At(1, 0).Text != "甲" {
		t.Errorf("got %+v", got)
	}
}

func TestTrimAndSqueeze(t *testing.T) {
	t.Parallel()
	g := grid("年报>>>>", "规章|8|||", "许可>|")
	Trim(g)
	if diff := cmp.Diff(grid("年报>", "规章|8", "许可>"), g, cmpopts.IgnoreUnexported(docio.Grid{})); diff != "" {
		t.Errorf("trim (-want +got):\n%s", diff)
	}
	g = grid("甲>>>", "1>|2>")
	Squeeze(g)
	if diff := cmp.Diff(grid("甲>", "1|2"), g, cmpopts.IgnoreUnexported(docio.Grid{})); diff != "" {
		t.Errorf("squeeze (-want +got):\n%s", diff)
	}
}

func TestJudge(t *testing.T) {
	t.Parallel()
	text := []docio.Block{docio.Paragraph("甲")}
	table := []docio.Block{docio.Table(grid("1|2", "3|4"))}
	for name, c := range map[string]struct {
		cells [][]docio.Block
		want  bool
	}{
		"nothing":                       {nil, true},
		"a box":                         {[][]docio.Block{nil, text, nil}, true},
		"data":                          {[][]docio.Block{text, text}, false},
		"tables outweigh":               {[][]docio.Block{text, table}, true},
		"a small table in a large one":  {[][]docio.Block{text, text, text, text, table}, false},
		"nothing but blanks and tables": {[][]docio.Block{nil, table, nil}, true},
	} {
		var j Judge
		for _, cell := range c.cells {
			j.Cell(cell)
		}
		if j.Arranges() != c.want {
			t.Errorf("%s: got %t", name, !c.want)
		}
	}
}

func TestWords(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]bool{"一、甲": true, "十二、乙": true, "（一）甲": false, "甲、乙": false, "、": false, "1、甲": false, "一甲": false} {
		if Numbered(s) != want {
			t.Errorf("numbered %q: got %t", s, !want)
		}
	}
	for s, want := range map[string]bool{prose: true, "短句。": false, strings.Repeat("长", 240): true, strings.Repeat("标签，", 40): false} {
		if Running(s) != want {
			t.Errorf("running %.30q: got %t", s, !want)
		}
	}
	in := []docio.Block{docio.Paragraph("甲"), docio.Table(grid("1|2", "3|4")), docio.Paragraph("乙")}
	if got := Text(in); got != "甲\n1\t2\n3\t4\n乙" {
		t.Errorf("text: %q", got)
	}
}
