package ui

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/a-h/templ"

	"github.com/gongkai/gongkai/internal/fault"
)

// galleryWords is long text without a place to break, as hostile as a name can be, and one with.
var galleryWords = struct{ Solid, Long string }{
	Solid: strings.Repeat("a", 120),
	Long:  strings.Repeat("老旧小区物业服务质量提升工作领导小组办公室", 4),
}

// gallery is what the pages of all components are made of.
type gallery struct{ Page Page }

// GalleryViews are the views of Gallery, for the tests.
func GalleryViews() []string {
	return []string{"desk", "reports", "portal", "plain", "print", "error", "lost", "form", "wrong", "long", "confirm", "refused"}
}

// Gallery shows every component in every state, for those who write pages and for the tests. ?view= is one of
// GalleryViews. It is no page of a running system.
func Gallery(s *Site) Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		view := r.URL.Query().Get("view")
		switch view {
		case "portal", "plain", "reports", "lost":
		default:
			ctx := WithViewer(r.Context(), Viewer{Name: "张示例", Position: "政府信息公开工作人员", Agency: "示例区数据局", Notices: 3})
			r = r.WithContext(WithMenu(ctx, galleryMenu()))
		}
		p := s.NewPage(r, "组件一览", "home")
		if p.Viewer.In() {
			p.Search = &Search{Action: "/desk", Label: "搜索编号、申请人、文件", Placeholder: "搜索编号、申请人、文件"}
		}
		if r.URL.Query().Has("said") {
			p.Flash = "已保存，名单上有 12 家机关。"
		}
		return s.Render(w, r, http.StatusOK, gallery{Page: p}.view(view))
	}
}

func (g gallery) view(name string) templ.Component {
	switch name {
	case "portal":
		return galleryPortal(g)
	case "plain":
		return galleryPlain(g)
	case "print":
		return galleryPrint(g)
	case "error", "lost":
		p := g.Page
		p.Title, p.URL = titleOf(http.StatusNotFound), &url.URL{Path: "/desk/agencies"}
		return ErrorPage(p, fault.Message(ErrNotFound), "0badcafe")
	case "form":
		return galleryForm(g, NewForm("version", "7"))
	case "wrong":
		return galleryForm(g, galleryWrong())
	case "long":
		return galleryForm(g, galleryLong())
	case "confirm":
		return galleryConfirm(g, NewForm())
	case "refused":
		f := NewForm()
		f.Lines("reason", "停用的原因", Required())
		return galleryConfirm(g, f)
	default:
		return galleryDesk(g)
	}
}

func galleryMenu() []MenuGroup {
	return []MenuGroup{
		{Items: []MenuItem{
			{Key: "home", Href: "/desk", Icon: "home", Text: "我的工作台"},
			{Key: "apply", Href: "/desk/applications", Icon: "hand", Text: "依申请公开", Count: 6},
			{Key: "content", Href: "/desk/publications", Icon: "file", Text: "主动公开", Count: 128},
		}},
		{Title: "监督", Items: []MenuItem{{Key: "rollup", Href: "/desk/rollup", Icon: "board", Text: "全区汇总"}}},
		{Title: "其他", Items: []MenuItem{
			{Key: "people", Href: "/desk/people", Icon: "people", Text: "机构与人员"},
			{Key: "audit", Href: "/desk/audit", Icon: "shield", Text: "审计记录"},
		}},
	}
}

var galleryOptions = []Option{
	{Value: "dept", Text: "部门", Note: "政府工作部门和直属机构"},
	{Value: "town", Text: "乡镇、街道"},
	{Value: "unit", Text: "公共企事业单位", Note: "教育、卫生健康、供水、供电、供气、供热、环境保护、公共交通等"},
}

// galleryWrong is the form after each of its fields was filled in wrongly.
func galleryWrong() *Form {
	f := NewForm("name", "", "id", "41030319000101000", "note", strings.Repeat("字", 210), "since", "明年春天", "count", "十二",
		"kind", "", "login", "zhangshili", "version", "7")
	f.Text("name", "机关名称", Required())
	f.Text("id", "统一社会信用代码", Matches(func(label, v string) string {
		if len(v) == 18 {
			return ""
		}
		return label + "是 18 位，您填了 " + itoa(len(v)) + " 位；请对照证书核对"
	}))
	f.Lines("note", "说明", MaxLen(200))
	f.Date("since", "启用日期", Required())
	f.Int("count", "人数", Between(1, 99))
	f.Choice("kind", "机关类别", galleryOptions, Required())
	f.Choice("area", "所在区县", galleryOptions, Required())
	f.Many("kinds", "职责", galleryOptions, Required())
	f.Check("agree", "内容真实、来源合法", Required())
	f.Password("password", "新密码", Required())
	f.Add("file", "没有收到文件；请重新选择")
	f.Add("", "名单在您填写时被别人改过；请核对后再保存一次")
	return f
}

func galleryLong() *Form {
	f := NewForm("name", galleryWords.Solid, "id", galleryWords.Long, "note", galleryWords.Long+"\n"+galleryWords.Solid, "since", "2026-09-14",
		"count", "99", "kind", "unit", "area", "unit", "kinds", "dept", "kinds", "unit", "agree", "1")
	f.Add("name", galleryWords.Solid)
	f.Add("note", galleryWords.Long)
	return f
}

// galleryProof is five weeks of a count with a holiday, a working weekend and days that do not count.
func galleryProof(small bool) ProofData {
	p := ProofData{Caption: "从 2026年9月7日 收到之日起逐日计算", Small: small, Key: []ProofKey{{"hol", "法定节假日，不算"}, {"work", "调休上班的周末，要算"},
		{"ex", "征求意见，扣除"}, {"", "— 普通周末，不算"}}}
	n := 0
	for w := range 5 {
		var week [7]ProofDay
		for i := range week {
			d := 7 + 7*w + i
			day := ProofDay{Day: itoa((d-1)%30 + 1)}
			switch {
			case d == 7:
				day.Class, day.Text = "start", "收到"
			case d == 20:
				day.Mark = "班"
			case i > 4:
				day.Class, day.Text = "we", "—"
			case d >= 25 && d <= 27:
				day.Class, day.Text, day.Mark = "hol", "中秋节", "休"
			case d >= 28 && d <= 30:
				day.Class, day.Text = "ex", "扣除"
			}
			if day.Text == "" {
				n++
				day.N = n
			}
			switch {
			case d == 14:
				day.Class, day.Note = "today", "今天"
			case n == 20 && day.Class == "":
				day.Class, day.Note = "last", "最后一天"
			case n >= 20:
				day = ProofDay{Class: "off", Day: day.Day}
			}
			week[i] = day
		}
		p.Weeks = append(p.Weeks, week)
	}
	return p
}

func galleryPlate(state, kind, left string) PlateData {
	return PlateData{State: state, Kind: kind, Left: left, Unit: "个工作日", Label: "最晚在这一天答复", Date: "2026年10月10日",
		Note: "周六（调休上班日）", Stamp: "2026-10-10"}
}

func (g gallery) table() TableSpec {
	return TableSpec{Caption: "示例区各机关", URL: g.Page.URL, Sort: Sort{Key: "due", Desc: true}, Columns: []Column{
		{Key: "name", Text: "机关"}, {Text: "类别"}, {Key: "count", Text: "件数", Numeric: true}, {Key: "due", Text: "最晚"}, {Text: "操作", Hidden: true}}}
}

func (g gallery) events() []Event {
	return []Event{
		{State: "ok", Title: "收到申请，双方确认", When: "9月7日 周一 9:15", Stamp: "2026-09-07T09:15:00+08:00", Who: "办公室 张示例　期限从第二天开始算"},
		{State: "v", Title: "书面征求第三方意见", When: "9月8日", Stamp: "2026-09-08", Who: "某某物业服务有限公司"},
		{Title: "交来材料", When: "今天", Who: galleryWords.Long},
		{State: "now", Title: "正在查找和审查", Who: galleryWords.Solid},
		{State: "todo", Title: "审核、签发"},
	}
}

func (g gallery) chain() []Step {
	return []Step{
		{State: "done", Role: "提供", Note: "谁提供", Person: "物业管理股 王示例", When: "9月11日 10:20"},
		{State: "done", Role: "初审", Note: "谁审核", Person: galleryWords.Long, When: "9月11日 15:42 同意送审"},
		{State: "now", Role: "审核与保密审查", Note: "谁审核", Person: "张示例（我）", When: "今天"},
		{State: "todo", Role: "签发", Note: "谁负责", Person: "分管领导 赵示例", When: "等待审核"},
		{State: "todo", Role: "发布"},
	}
}
