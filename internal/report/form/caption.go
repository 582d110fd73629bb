package form

import (
	"strings"

	"github.com/gongkai/gongkai/internal/docio"
)

// captionWords are the words, characters only, of a paragraph that is a heading inside the tables and no text of a section:
// files that break the form into many small tables print its group labels and headers between them.
var captionWords = []string{
	"申请人情况", "申请人情况自然人", "申请人情况法人或其他组织", "申请人情况总计", "自然人", "法人或其他组织", "本年度办理结果", "办理结果",
	"予以公开", "部分公开", "不予公开", "无法提供", "不予处理", "其他处理", "其他", "总计", "结转下年度继续办理",
	"部分公开区分处理的只计这一情形不计其他情形", "本年新收政府信息公开申请数量", "上年结转政府信息公开申请数量",
	"行政复议", "行政诉讼", "未经复议直接起诉", "复议后起诉", "行政诉讼未经复议直接起诉", "行政诉讼复议后起诉", "行政复议行政诉讼",
}

// looseHeaders are what the cells of a header that stands in a table of its own hold.
var looseHeaders = []string{
	"商业企业", "科研机构", "社会公益组织", "社会公益", "法律服务机构", "数据项目", "数量", "类别", "项目", "信息内容",
	"结果维持", "结果纠正", "其他结果", "尚未审结", "本年制发件数", "本年废止件数", "现行有效件数", "本年处理决定数量",
}

// isTableCaption recognises what stands between the tables of the form and belongs to them: 表三：收到和处理…, 第二十条第（一）项,
// the remark on the relations, and the labels of groups.
func isTableCaption(s string) bool {
	t := strings.TrimSpace(s)
	if strings.HasPrefix(t, "表一") || strings.HasPrefix(t, "表二") || strings.HasPrefix(t, "表三") || strings.HasPrefix(t, "表四") {
		return true
	}
	if len(t) > 200 {
		return false
	}
	words := han(t)
	if strings.HasPrefix(words, "第二十条第") && strings.HasSuffix(words, "项") && len(words) <= 24 {
		return true
	}
	if strings.HasPrefix(words, "本列数据的") && strings.HasSuffix(words, "第四项之和") {
		return true
	}
	return isCaptionWord(words)
}

// isCaptionWord compares with and without the number in front.
func isCaptionWord(words string) bool {
	for _, w := range captionWords {
		if words == w || len(words) == len(w)+3 && strings.HasSuffix(words, w) && strings.Contains("一二三四五六七", words[:3]) {
			return true
		}
	}
	return false
}

// amongTables reports whether a block stands between the grids of the form, or so near before the first of them that its
// header may stand there.
func (x *reader) amongTables(b int) bool {
	first, last := -1, -1
	for c := range x.covered {
		if first < 0 || c < first {
			first = c
		}
		last = max(last, c)
	}
	return first >= 0 && b >= first-8 && b <= last
}

// isFurniture reports whether a block belongs to the tables though no value was taken from it.
func (x *reader) isFurniture(b int) bool {
	blk := &x.doc.Blocks[b]
	if blk.Grid != nil {
		return x.inSpan(b) || x.amongTables(b) && isHeaderGrid(blk.Grid)
	}
	return (blk.Heading > 0 || x.amongTables(b)) && isTableCaption(blk.Text)
}

// inSpan reports whether a block begins inside a table that was read as text.
func (x *reader) inSpan(b int) bool {
	for _, sp := range x.spans {
		if at := x.st.starts[b]; sp.from <= at && at < sp.to {
			return true
		}
	}
	return false
}

// isHeaderGrid recognises a grid that holds nothing but words of the form's headers and empty marks.
func isHeaderGrid(g *docio.Grid) bool {
	words := 0
	for i := range g.Cells {
		t := strings.TrimSpace(g.Cells[i].Text)
		w := han(t)
		switch {
		case w == "" && !strings.ContainsAny(foldString(t), "0123456789"):
		case isCaptionWord(w) || isHeaderWord(w):
			words++
		default:
			return false
		}
	}
	return words > 0
}

func isHeaderWord(words string) bool {
	for _, w := range looseHeaders {
		if words == w {
			return true
		}
	}
	return false
}
