package people

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/gongkai/gongkai/internal/account"
	"github.com/gongkai/gongkai/internal/agency"
	"github.com/gongkai/gongkai/internal/calendar"
	"github.com/gongkai/gongkai/internal/office"
	"github.com/gongkai/gongkai/internal/web/ui"
)

func kindName(k agency.Kind) string {
	if k == "" {
		return ""
	}
	return agency.NameOf(agency.KindNames(), k)
}

func levelName(l agency.Level) string {
	if l == "" {
		return ""
	}
	return agency.NameOf(agency.LevelNames(), l)
}

// day is the query that keeps the day of the tree, "" for today.
func (v treeView) day() string {
	if v.on == v.today {
		return ""
	}
	return "?" + url.Values{"on": {v.on.String()}}.Encode()
}

func (v treeView) line() string {
	s := v.on.Chinese() + "的机构"
	if v.on == v.today {
		s = "今天的机构"
	}
	if v.under != "" {
		s += "，" + v.under + "下面"
	}
	return fmt.Sprintf("%s，您能看到 %d 家", s, v.total)
}

func (v treeView) chips() []ui.Chip {
	var out []ui.Chip
	if q := v.form.Value("q"); q != "" {
		out = append(out, ui.Chip{Text: "名称含“" + q + "”", Remove: ui.With(v.URL, "q", "")})
	}
	if v.on != v.today {
		out = append(out, ui.Chip{Text: v.on.Chinese(), Remove: ui.With(v.URL, "on", "")})
	}
	if v.under != "" {
		out = append(out, ui.Chip{Text: v.under + "下面", Remove: ui.With(v.URL, "under", "")})
	}
	return out
}

func (v agencyView) crumbs() []ui.Link {
	out := []ui.Link{{Text: v.Label()}}
	for _, up := range v.Above {
		l := ui.Link{Text: up.Label()}
		if up.Kind != "" {
			l.Href = link(up)
		}
		out = append([]ui.Link{l}, out...)
	}
	return append([]ui.Link{{Href: "/desk/agencies", Text: "机构"}}, out...)
}

func (v agencyView) line() string {
	s := kindName(v.Kind) + "，" + levelName(v.Level)
	if !v.on.IsZero() {
		s += "，" + v.on.Chinese() + "的情况"
	}
	return s
}

func orNone(s, none string) string {
	if s == "" {
		return none
	}
	return s
}

func (v agencyView) defs() []ui.Def {
	authority := "没有找到"
	if v.Authority != nil {
		authority = v.Authority.Name
	}
	return []ui.Def{{Term: "全称", Text: v.Name}, {Term: "简称", Text: orNone(v.Short, "—")}, {Term: "统一社会信用代码", Text: orNone(v.Code, "—")},
		{Term: "政府信息公开工作主管部门", Text: authority}, {Term: "行政复议机关", Body: remedy(v.Remedy)},
		{Term: "一审法院", Text: orNone(v.Remedy.Court, "没有登记；管辖由各地确定，请在“变更”里填写")}, {Term: "分组", Text: orNone(v.Group, "—")}}
}

// events are the versions and the successions of an agency, newest first.
func (v agencyView) events() []ui.Event {
	var out []ui.Event
	for _, s := range v.Successors {
		out = append(out, ui.Event{Title: "职责由“" + s.Name + "”承接", When: s.On.Chinese(), Stamp: s.On.String(), Who: s.Note})
	}
	for i, p := range v.history {
		e := ui.Event{Title: p.Name, When: p.From.Chinese() + "起", Stamp: p.From.String(), State: "ok"}
		if p.From.After(v.today) {
			e.State = "todo"
		}
		if !p.To.IsZero() {
			e.When += "，至" + p.To.Chinese()
		}
		if i+1 < len(v.history) {
			e.Who = difference(v.history[i+1], p)
		} else {
			e.Who = "登记"
		}
		out = append(out, e)
	}
	for _, s := range v.Predecessors {
		out = append(out, ui.Event{Title: "承接“" + s.Name + "”的职责", When: s.On.Chinese(), Stamp: s.On.String(), Who: s.Note})
	}
	return out
}

// difference says in words what one version changed of the one before.
func difference(was, is office.Past) string {
	var out []string
	add := func(changed bool, text string) {
		if changed {
			out = append(out, text)
		}
	}
	add(was.Name != is.Name, "原名“"+was.Name+"”")
	add(was.Superior != is.Superior, "原属“"+orNone(was.SuperiorName, "无")+"”")
	add(was.Kind != is.Kind, "原为"+kindName(was.Kind))
	add(was.Level != is.Level, "原为"+levelName(was.Level))
	add(was.Code != is.Code, "换了代码")
	add(was.Authority != is.Authority, "主管部门原为“"+orNone(was.AuthorityName, "按上级")+"”")
	add(was.Reconsideration != is.Reconsideration, "改了复议机关")
	add(was.Court != is.Court, "改了法院")
	return orNone(strings.Join(out, "；"), "其他变更")
}

func headers() string { return strings.Join(office.Headers(), "、") }

func lineText(n int) string {
	if n == 0 {
		return "—"
	}
	return itoa(n)
}

func (v importView) planText() string {
	if len(v.plan.Items) == 0 {
		return fmt.Sprintf("没有要改的，%d 行都和现在一样", v.plan.Same)
	}
	return fmt.Sprintf("会改 %d 家，另有 %d 家不变", len(v.plan.Items), v.plan.Same)
}

func itemKind(it office.Item) string {
	switch {
	case it.New:
		return "（新增）"
	case it.Renamed && it.Moved:
		return "（改名、移动）"
	case it.Renamed:
		return "（改名）"
	case it.Moved:
		return "（移动）"
	}
	return "（变更）"
}

func changes(it office.Item) []ui.Change {
	var out []ui.Change
	for _, f := range it.Fields {
		out = append(out, ui.Change{Field: f.Label, Before: f.Before, After: f.After})
	}
	if len(it.SectionsNew)+len(it.SectionsEnded) > 0 {
		out = append(out, ui.Change{Field: "股室", Before: strings.Join(it.SectionsEnded, "、"), After: strings.Join(it.SectionsNew, "、")})
	}
	return out
}

func (v listView) chips() []ui.Chip {
	var out []ui.Chip
	if q := v.form.Value("q"); q != "" {
		out = append(out, ui.Chip{Text: "含“" + q + "”", Remove: ui.With(v.URL, "q", "")})
	}
	if id := v.form.Value("agency"); id != "" {
		for _, o := range v.agencies {
			if o.Value == id {
				out = append(out, ui.Chip{Text: strings.TrimLeft(o.Text, "　"), Remove: ui.With(v.URL, "agency", "")})
			}
		}
	}
	if v.form.Value("closed") != "" {
		out = append(out, ui.Chip{Text: "含停用", Remove: ui.With(v.URL, "closed", "")})
	}
	return out
}

// current are the positions that somebody holds on a day.
func current(m office.Member, on calendar.Date) []office.Held {
	return slices.DeleteFunc(slices.Clone(m.Positions), func(h office.Held) bool { return !h.On(on) })
}

func postText(h office.Held) string {
	s := h.As
	if h.Title != "" {
		s = h.Title + "，" + s
	}
	if h.Subtree {
		s += "，含下级"
	}
	return s
}

func until(p account.Position) string {
	switch {
	case p.To.IsZero():
		return "—"
	case p.To.Before(p.From):
		return "未到任"
	}
	return p.To.String()
}

func (v personView) defs() []ui.Def {
	contact := func(term, value, field string) ui.Def {
		d := ui.Def{Term: term, Text: orNone(value, "—")}
		if v.Reveal && value != "" {
			d.Action = ui.Link{Href: pageOf(v.ID) + "/reveal?field=" + field, Text: "看全文"}
		}
		return d
	}
	return []ui.Def{{Term: "姓名", Text: v.Name}, {Term: "账号", Text: v.Account}, contact("电话", v.Phone, "phone"), contact("电子邮箱", v.Email, "email"),
		{Term: "状态", Body: state(v.Member)}, {Term: "开通", Text: ui.Beijing(v.Created)}}
}

func (v rolesView) columns() []ui.Column {
	out := []ui.Column{{Text: "能做什么"}}
	for _, r := range v.roles {
		out = append(out, ui.Column{Text: r.Name})
	}
	return out
}

func (v rolesView) own() []office.Role {
	return slices.DeleteFunc(slices.Clone(v.roles), func(r office.Role) bool { return r.Built })
}
