package html

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"golang.org/x/text/encoding/unicode"

	"github.com/gongkai/gongkai/internal/docio"
	"github.com/gongkai/gongkai/internal/fault"
	"github.com/gongkai/gongkai/internal/testkit/readtest"
)

type readCase struct{ name, page, want, notice string }

var readCases = []readCase{
	{"runs join without spaces", "<p><span>一</span><span>、本年<font>新</font></span>收</p>", "P 一、本年新收\n", ""},
	{"white space collapses", "<p>  a \n  b\t c </p>", "P a b c\n", ""},
	{"a line break between Chinese characters is none", "<p>政府信息\n      公开，\n   年报 2024\n 年</p>", "P 政府信息公开，年报 2024 年\n", ""},
	{"breaks", "<p>甲<br>乙<br/> 丙<BR></p>", `P 甲\n乙\n丙` + "\n", ""},
	{"entities and what takes no place", "<p>&nbsp;&nbsp;A&amp;B&lt;&#8203;&#x3002;\u200b1\ufeff2&nbsp;3&shy;4&ldquo;</p>", "P A&B<。12 34“\n", ""},
	{"headings", "<h1>甲<span>乙</span></h1><h3>丙</h3>丁<h2>戊<p>己</p></h2>庚", "H1 甲乙\nH3 丙\nP 丁\nH2 戊\nH2 己\nP 庚\n", ""},
	{"title, scripts, styles, comments", "<title> 某局 \n 年报 </title><style>p{}</style><script>a<b</script><template><p>x</p></template><noscript>y</noscript><!-- z --><p>甲<!--[if gte mso 9]><xml>q</xml><![endif]-->乙<![if !supportLists]>丙<![endif]></p>",
		"P 甲乙丙\n", ""},
	{"names in capitals", "<HTML><BODY><P>甲<TABLE><TR><TD ROWSPAN=2>1<TD>2<TR><TD>3</TABLE></BODY>", "P 甲\nT 2x2\n0,0(2x1) 1 | 0,1 2\n1,1 3\n", ""},
	{"lists", "<ol><li>甲<li>乙</ol><ol start=3 style='list-style-type: cjk-ideographic'><li>丙</li></ol><ul><li>丁</ul><ol style='list-style:none'><li>戊</ol>", "P 1.甲\nP 2.乙\nP 三、丙\nP 丁\nP 戊\n", ""},
	{"preformatted lines", "<pre>规章    0   1\n许可    2\n</pre>", "V 规章    0   1\nV 许可    2\n", ""},
	{"ruby", "<p><ruby>汉<rt>hàn</rt></ruby><ruby>字<rp>(<rt>zì<rp>)</ruby>完</p>", "P 汉字完\n", ""},
	{"publication date", `<meta name="PubDate" content="2024-1-17 10:00"><meta name=ArticleTitle content="年报"><p>甲</p>`, "P 发布日期：2024-01-17\nP 甲\n", ""},

	{"spans", "<table><tr><td rowspan=2 colspan=2>甲<td>乙</tr><tr><td>丙</tr><tr><td>1<td>2<td>3</table>", "T 3x3\n0,0(2x2) 甲 | 0,2 乙\n1,2 丙\n2,0 1 | 2,1 2 | 2,2 3\n", ""},
	{"blank cells", "<table><tr><td>甲<td><td>&nbsp;</td><td><p><o:p> </o:p></p></td><td>\u3000</td><td>0</table>", "T 1x6\n0,0 甲 | 0,1  | 0,2  | 0,3  | 0,4  | 0,5 0\n", ""},
	{"paragraphs and breaks in cells", "<table><tr><td><p>商业</p><p>企业</p></td><td>1<br>3</td></table>", "T 1x2\n" + `0,0 商业\n企业 | 0,1 1\n3` + "\n", ""},
	{"groups, caption, no rows", "<table><caption>表一</caption><colgroup><col></colgroup><thead><th>a<th>b</thead><tbody><tr><td>1<td>2</tbody><tfoot><tr><td>3<td>4</table>", "P 表一\nT 3x2\n0,0 a | 0,1 b\n1,0 1 | 1,1 2\n2,0 3 | 2,1 4\n", ""},
	{"a row span ends with its group", "<table><thead><tr><td rowspan=9>a<td>b</thead><tbody><tr><td>1<td>2</table>", "T 2x2\n0,0 a | 0,1 b\n1,0 1 | 1,1 2\n", ""},
	{"row span 0 and too large", "<table><tr><td rowspan=0>a<td rowspan=70000>b<td>c<tr><td>d</table>", "T 2x3\n0,0(2x1) a | 0,1(2x1) b | 0,2 c\n1,2 d\n", ""},
	{"column span too large", "<table><tr><td colspan=10000>a<tr><td>1<td colspan='2'>2</table>", "T 2x2\n0,0(1x2) a\n1,0 1 | 1,1 2\n", ""},
	{"spans that are no numbers", "<table><tr><td colspan=x rowspan=-3>a<td colspan='2px'>b<tr><td>1<td>2<td>3</table>", "T 2x3\n0,0 a | 0,1(1x2) b\n1,0 1 | 1,1 2 | 1,2 3\n", ""},
	{"the first of two attributes counts", "<table><tr><td colspan=2 colspan=1>a<tr><td>1<td>2</table>", "T 2x2\n0,0(1x2) a\n1,0 1 | 1,1 2\n", ""},
	{"nothing is closed", "<table><tr><td>1<td>2<tr><td>3<td>4", "T 2x2\n0,0 1 | 0,1 2\n1,0 3 | 1,1 4\n", "网页在表格中间结束"},
	{"end tags without a start", "</td></tr></table><p>甲</p></p></table>乙", "P 甲\nP 乙\n", ""},
	{"text between the cells goes before the table", "<p>甲</p><table>漏<tr>出<td>1<td>2</tr></table>", "P 甲\nP 漏\nP 出\nT 1x2\n0,0 1 | 0,1 2\n", ""},
	{"a table in no cell ends the table", "<table><tr><td>1<td>2</tr><table><tr><td>3<td>4</table>", "T 1x2\n0,0 1 | 0,1 2\nT 1x2\n0,0 3 | 0,1 4\n", ""},
	{"a layout table yields its content", "<table><tr><td>导航</td><td><h2>年报</h2><p>甲</p><table><tr><td>1<td>2<td>3</table><p>乙</p></td></tr><tr><td></td></tr></table>", "P 导航\nH2 年报\nP 甲\nT 1x3\n0,0 1 | 0,1 2 | 0,2 3\nP 乙\n", ""},
	{"layout in layout", "<table><tr><td><table><tr><td><table><tr><td>1<td>2</table></table>甲</table>", "T 1x2\n0,0 1 | 0,1 2\nP 甲\n", ""},
	{"a box is no table", "<table><tr><td><p>甲</p><p>乙</p></table>", "P 甲\nP 乙\n", ""},
	{"a box inside a cell", "<table><tr><td>a<td><table><tr><td>7</table><td>c<tr><td>1<td>2<td>3</table>", "T 2x3\n0,0 a | 0,1 7 | 0,2 c\n1,0 1 | 1,1 2 | 1,2 3\n", ""},
	{"a small table inside a data table", "<table><tr><td>a<td><table><tr><td>7<td>8</table><td>c<tr><td>1<td>2<td>3</table>", "T 2x3\n0,0 a | 0,1 7\t8 | 0,2 c\n1,0 1 | 1,1 2 | 1,2 3\n", ""},
	{"prose in a row of data", "<table><tr><td colspan=2>一、总体情况<tr><td colspan=2><p>" + prose + "</p><p>另一段。</p><tr><td>规章<td>8</table>", "P 一、总体情况\nP " + prose + "\nP 另一段。\nT 1x2\n0,0 规章 | 0,1 8\n", ""},

	{"hidden", "<p>甲<span hidden>密</span><b style='color:red; DISPLAY : none !important'>密</b><i style='visibility:hidden'></i>乙</p>", "P 甲乙\n", "网页里有 2 处隐藏的文字"},
	{"hidden blocks nest", "<div style='display:none'><div>密</div><p>密</div><p>甲</p>", "P 甲\n", "网页里有 1 处隐藏的文字"},
	{"a hidden paragraph without end", "<p hidden>密<p>甲", "P 甲\n", "网页里有 1 处隐藏的文字"},
	{"hidden cells and rows", "<table><tr><td>1<td hidden>密<td>2<tr style='display:none'><td>密<table><tr><td>密</table><tr><td>3<td>4</table>", "T 2x2\n0,0 1 | 0,1 2\n1,0 3 | 1,1 4\n", "网页里有 2 处隐藏的文字"},
	{"hidden without text is no news", "<div style='display:none'> &nbsp; </div><p>甲</p>", "P 甲\n", ""},
	{"shown after all", "<p style='display:block;border:none'>甲</p>", "P 甲\n", ""},
	{"all hidden", "<body style='visibility:hidden'><div style='display:none'><p>甲</p></div>", "P 甲\n", "网页的正文是隐藏的"},
	{"struck out", "<p>共<s>12</s><del>11</del>13件</p>", "P 共13件\n", "网页里有 2 处带删除线"},
	{"selections and drawings", "<select><option>甲</select><svg><title>t</title><text>x</text></svg><svg/><p>乙</p>", "P 乙\n", ""},
	{"attributes with brackets and no quotes", `<p title="a>b" data-x='<td>' class=x>甲</p><p a=>乙</p><p / x>丙</p>`, "P 甲\nP 乙\nP 丙\n", ""},
	{"what is no tag", "<p>1 < 2 <3 &lt; a<", "P 1 < 2 <3 < a<\n", ""},
	{"comments of all kinds", "<p>甲<!-->乙<!--->丙<!-- a -- b --!>丁<!bogus>戊<?x ?>己</ bogus>庚<!---->辛</p>", "P 甲乙丙丁戊己庚辛\n", ""},
	{"rare characters", "<p>𠮷䶮&#134071;</p>", "P 𠮷䶮𠮷\n", ""},
}

const prose = "本年度认真贯彻落实条例，主动公开信息，办理申请，公开平台建设稳步推进，监督保障有力，群众满意度不断提高。"

func TestRead(t *testing.T) {
	t.Parallel()
	for _, c := range readCases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			doc, err := Read([]byte(c.page), docio.Limits{})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, readtest.Lines(doc)); diff != "" {
				t.Errorf("blocks (-want +got):\n%s", diff)
			}
			if got := strings.Join(doc.Notices, "|"); !strings.HasPrefix(got, c.notice) || c.notice == "" && got != "" {
				t.Errorf("notices: got %q, want %q", got, c.notice)
			}
		})
	}
}

func TestReadTitle(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ page, want string }{
		{"<title> 某局 \n 年报&amp; </title><p>x", "某局 年报&"},
		{"<meta name=ArticleTitle content='年报&amp;'><p>x", "年报&"},
		{"<meta name=ArticleTitle content='年报'><title>页</title><p>x", "页"},
		{"<svg><title>图</title></svg><p>x", ""},
	} {
		doc, err := Read([]byte(c.page), docio.Limits{})
		if err != nil || doc.Title != c.want {
			t.Errorf("%s: got %q, %v, want %q", c.page, doc.Title, err, c.want)
		}
	}
}

func TestReadCharsets(t *testing.T) {
	t.Parallel()
	const text = "<p>政府信息公开工作年度报告，规范性文件</p>"
	want := "P 政府信息公开工作年度报告，规范性文件\n"
	enc := func(head string, f func(string) (string, error)) string {
		s, err := f(head + text)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	gb := simplifiedchinese.GB18030.NewEncoder().String
	for name, page := range map[string]string{
		"utf-8":                      text,
		"utf-8 with mark":            "\ufeff" + text,
		"utf-8 that claims gb":       "<meta charset=gb2312>" + text,
		"gb, unnamed":                enc("", gb),
		"gb2312":                     enc("<meta charset='gb2312'>", gb),
		"gbk by http-equiv":          enc(`<meta http-equiv="Content-Type" content="text/html; charset=GBK">`, gb),
		"gb that claims utf-8":       enc("<meta charset=utf-8>", gb),
		"utf-16 little":              enc("", unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String),
		"utf-16 big":                 enc("", unicode.UTF16(unicode.BigEndian, unicode.UseBOM).NewEncoder().String),
		"gb18030, a long way inside": enc("<!--"+strings.Repeat("x", 3000)+"--><meta charset = \"gb18030\">", gb),
	} {
		doc, err := Read([]byte(page), docio.Limits{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := readtest.Lines(doc); got != want {
			t.Errorf("%s: got %q", name, got)
		}
	}
	big5 := enc("<meta charset=big5>", func(string) (string, error) {
		return traditionalchinese.Big5.NewEncoder().String("<meta charset=big5><p>政府資訊公開年報</p>")
	})
	doc, err := Read([]byte(big5), docio.Limits{})
	if err != nil || readtest.Lines(doc) != "P 政府資訊公開年報\n" {
		t.Errorf("big5: %v, %v", doc, err)
	}
	cut := text[:len(text)-len("件</p>")+1] // inside a character
	doc, err = Read([]byte("<meta charset=utf-8>"+cut), docio.Limits{})
	if err != nil || !strings.HasPrefix(readtest.Lines(doc), "P 政府信息公开工作年度报告，规范性文") {
		t.Errorf("cut: %v, %v", doc, err)
	}
}

func TestReadFaults(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, page string
		lim        docio.Limits
		kind       fault.Kind
		code       string
	}{
		{"empty", " \n", docio.Limits{}, fault.Unreadable, "file.empty"},
		{"no text", "<html><script>load()</script><body><div id=app></div></body></html>", docio.Limits{}, fault.Unreadable, "html.no_text"},
		{"too large", "<p>甲乙丙</p>", docio.Limits{Bytes: 5}, fault.TooLarge, "file.too_large"},
		{"too much text", "<p>甲乙丙</p>", docio.Limits{Text: 5}, fault.TooLarge, "file.too_large"},
		{"too many cells", "<table>" + strings.Repeat("<tr><td>1<td>2", 100), docio.Limits{Cells: 50}, fault.TooLarge, "file.too_large"},
		{"too many paragraphs", strings.Repeat("<p>x", 100), docio.Limits{Cells: 50}, fault.TooLarge, "file.too_large"},
		{"spans that pile up", "<table>" + strings.Repeat("<tr><td rowspan=65000 colspan=3>1", 3000), docio.Limits{}, fault.TooLarge, "file.too_large"},
		{"ragged rows", "<table>" + strings.Repeat("<tr>", 3000) + strings.Repeat("<td>1", 3000), docio.Limits{}, fault.TooLarge, "file.too_large"},
		{"wide spans", "<table>" + strings.Repeat("<tr><td>1"+strings.Repeat("<td colspan=1000>1", 100), 100), docio.Limits{}, fault.TooLarge, "file.too_large"},
		{"tables in tables", strings.Repeat("<table><tr><td>", 5000), docio.Limits{}, fault.TooLarge, "file.too_large"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			doc, err := Read([]byte(c.page), c.lim)
			if fault.CodeOf(err) != c.code || !errors.Is(err, c.kind) {
				t.Errorf("got %v, %v (%s), want %s", doc, err, fault.CodeOf(err), c.code)
			}
		})
	}
}
