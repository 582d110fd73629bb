package form

import "strings"

// furniture are the words with which lines begin that belong to the page that carries a report and not to the report.
var furniture = []string{
	"主办单位", "主办：", "主办:", "承办单位", "承办：", "承办:", "版权所有", "网站标识码", "技术支持", "扫一扫", "分享到", "打印本页", "关闭窗口", "打印关闭",
	"【打印", "【关闭", "[打印", "[关闭", "上一篇", "下一篇", "上一条", "下一条", "附件下载", "相关链接", "使用帮助", "网站地图", "网站声明", "返回顶部", "您是第", "浏览次数",
}

// withoutFooter cuts the foot of the page off the text of the last section: everything from the first line of furniture on.
func withoutFooter(text string) string {
	lines := strings.Split(text, "\n")
	for i, l := range lines {
		if isFurnitureLine(l) {
			return strings.TrimRight(strings.Join(lines[:i], "\n"), "\n")
		}
	}
	return text
}

func isFurnitureLine(line string) bool {
	t := compact(line)
	if len(t) > 400 {
		return false
	}
	for _, w := range furniture {
		if strings.HasPrefix(t, w) {
			return true
		}
	}
	return containsAny(t, "ICP备", "公网安备", "公安备案号")
}
