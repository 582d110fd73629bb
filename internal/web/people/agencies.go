package people

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/gongkai/gongkai/internal/account"
	"github.com/gongkai/gongkai/internal/agency"
	"github.com/gongkai/gongkai/internal/calendar"
	"github.com/gongkai/gongkai/internal/fault"
	"github.com/gongkai/gongkai/internal/office"
	"github.com/gongkai/gongkai/internal/web/ui"
)

// allAtOnce is how many agencies a page shows in full; of a larger tree it shows what is directly below one.
const allAtOnce = 300

// branch is an agency on the page of the tree.
type branch struct {
	office.Node
	below  int // agencies below it
	folded bool
}

// treeView is what the page of the tree shows.
type treeView struct {
	ui.Page
	form   *ui.Form
	on     calendar.Date
	today  calendar.Date
	under  string // name of the agency whose branches are shown
	list   []branch
	total  int
	manage bool
	xlsx   bool
}

func (p *People) tree(w http.ResponseWriter, r *http.Request) error {
	by := account.ActorOf(r.Context())
	f := ui.QueryForm(r)
	v := treeView{Page: p.Site.NewPage(r, "机构", "agencies"), form: f, manage: by.CanAnywhere(account.ManageAgency), xlsx: p.Sheets != nil}
	on, q := f.Date("on", "日期"), f.Text("q", "机关名称")
	if !f.OK() {
		on = calendar.Date{}
	}
	tree, err := p.Service.Tree(r.Context(), by, on)
	if err != nil {
		return err
	}
	if v.today, err = p.Service.Today(r.Context()); err != nil {
		return err
	}
	v.on, v.total = tree.On, len(tree.Nodes)
	v.list, v.under = branches(tree.Nodes, q, agency.ID(f.Value("under")))
	if !f.OK() {
		return p.Site.Invalid(w, r, treePage(v))
	}
	return p.Site.Render(w, r, http.StatusOK, treePage(v))
}

// branches picks what one page shows: what is found; or the whole tree; or, of a large one, an agency with those directly
// below it.
func branches(nodes []office.Node, q string, under agency.ID) (list []branch, name string) {
	base := -1
	inside := under == ""
	large := len(nodes) > allAtOnce && q == ""
	for i, n := range nodes {
		if n.Agency.Agency == under {
			inside, base, name = true, n.Depth, n.Name
		} else if under != "" && inside && n.Depth <= base {
			break
		}
		if !inside {
			continue
		}
		if q != "" && !strings.Contains(n.Name, q) && !strings.Contains(n.Short, q) && n.Code != q {
			continue
		}
		b := branch{Node: n}
		for _, c := range nodes[i+1:] {
			if c.Depth <= n.Depth {
				break
			}
			b.below++
		}
		if large {
			if n.Depth > max(base, 0)+1 {
				continue
			}
			b.folded = b.below > 0 && n.Depth == max(base, 0)+1
		}
		list = append(list, b)
	}
	return list, name
}

// agencyView is what the page of one agency shows.
type agencyView struct {
	ui.Page
	office.Detail
	on      calendar.Date
	today   calendar.Date
	history []office.Past
	people  []office.Member
}

func (p *People) agency(w http.ResponseWriter, r *http.Request) error {
	by, id := account.ActorOf(r.Context()), agency.ID(r.PathValue("id"))
	f := ui.QueryForm(r)
	on := f.Date("on", "日期")
	d, err := p.Service.Agency(r.Context(), by, id, on)
	if err != nil {
		return err
	}
	v := agencyView{Page: p.Site.NewPage(r, d.Name, "agencies"), Detail: d, on: on}
	if v.history, err = p.Service.History(r.Context(), by, id); err != nil {
		return err
	}
	if v.people, err = p.Service.People(r.Context(), by, office.Query{Agency: id}); err != nil {
		return err
	}
	if v.today, err = p.Service.Today(r.Context()); err != nil {
		return err
	}
	return p.Site.Render(w, r, http.StatusOK, agencyPage(v))
}

func home(d office.Detail) string { return "/desk/agencies" + join(string(d.Agency.Agency)) }

func crumbsOf(d office.Detail) []ui.Link {
	return []ui.Link{{Href: "/desk/agencies", Text: "机构"}, {Href: home(d), Text: d.Label()}}
}

// whenInputs ask from which day a change holds and why.
func whenInputs() []input {
	return []input{date("from", "生效日期", "从这一天起按新的算；以前的保留原样。"),
		{"text", ui.Field{Name: "reason", Label: "依据或理由", Hint: "例如机构改革方案的文号；会记入操作记录。", Optional: true, Width: "f"}},
		{"check", ui.Field{Name: "past", Label: "更正以往", Hint: "生效日期在今天以前才要选，会改动以往年度的机构名单，须写理由。", Optional: true}},
		{"hidden", ui.Field{Name: "serial"}}}
}

func readWhen(f *ui.Form) office.When {
	w := office.When{From: f.Date("from", "生效日期", ui.Required()), Reason: f.Text("reason", "理由"), Past: f.Check("past", "更正以往")}
	w.Serial, _ = f.Int("serial", "版本")
	return w
}

// versionInputs ask for what an agency is.
func (p *People) versionInputs(r *http.Request, by account.Actor) ([]input, error) {
	superiors, err := p.agencyOptions(r, by, account.ManageAgency, "")
	if err != nil {
		return nil, err
	}
	authorities, err := p.agencyOptions(r, by, account.SeeAgency, "按上级的主管部门")
	if err != nil {
		return nil, err
	}
	authority := choose("authority", "主管部门", authorities)
	authority.Hint, authority.Optional = "政府信息公开工作主管部门，与上级的不同时才选。", true
	group := optional("group", "分组")
	group.Hint = "机关多时，名单按它分段。"
	remedy := optional("remedy", "行政复议机关")
	remedy.Hint = "留空的，按行政复议法第二十四条至第二十七条推出。"
	court := optional("court", "一审法院")
	court.Hint = "管辖由各地确定；留空的，用上级机关写的。"
	order := optional("position", "排序")
	order.Width, order.InputMode = "1", "numeric"
	code := optional("code", "统一社会信用代码")
	code.Width = "2"
	return []input{named("机关全称"), optional("short", "简称"), choose("kind", "类型", options(agency.KindNames())),
		choose("level", "层级", options(agency.LevelNames())), choose("superior", "上级", superiors), code, authority, remedy, court, group, order}, nil
}

func readVersion(f *ui.Form, inputs []input) agency.Version {
	from := func(name string) []ui.Option {
		for _, i := range inputs {
			if i.Name == name {
				return i.Options
			}
		}
		return nil
	}
	v := agency.Version{Name: f.Text("name", "机关全称", ui.Required(), ui.MaxLen(80)), Short: f.Text("short", "简称", ui.MaxLen(30)),
		Kind:      agency.Kind(f.Choice("kind", "类型", from("kind"), ui.Required())),
		Level:     agency.Level(f.Choice("level", "层级", from("level"), ui.Required())),
		Superior:  agency.ID(f.Choice("superior", "上级", from("superior"))),
		Code:      strings.ToUpper(f.Text("code", "统一社会信用代码")),
		Authority: agency.ID(f.Choice("authority", "主管部门", from("authority"))), Reconsideration: f.Text("remedy", "行政复议机关", ui.MaxLen(80)),
		Court: f.Text("court", "一审法院", ui.MaxLen(80)), Group: f.Text("group", "分组", ui.MaxLen(40))}
	v.Position, _ = f.Int("position", "排序", ui.Between(0, 1_000_000))
	return v
}

func (p *People) newAgency(r *http.Request, by account.Actor) (task, error) {
	inputs, err := p.versionInputs(r, by)
	if err != nil {
		return task{}, err
	}
	sections := input{"area", ui.Field{Name: "sections", Label: "股室", Hint: "一行一个。", Optional: true}}
	inputs = append(append(inputs, sections), whenInputs()...)
	today, err := p.Service.Today(r.Context())
	t := task{title: "增设机关", nav: "agencies", crumbs: []ui.Link{{Href: "/desk/agencies", Text: "机构"}}, inputs: inputs,
		button: ui.Actions{Text: "增设", Back: ui.Link{Href: "/desk/agencies", Text: "不增设了"}},
		form:   ui.NewForm("superior", r.URL.Query().Get("superior"), "from", today.String())}
	t.run = func(f *ui.Form) (outcome, error) {
		v, when := readVersion(f, inputs), readWhen(f)
		sections := strings.Split(f.Lines("sections", "股室"), "\n")
		var names []string
		for _, s := range sections {
			if s = strings.TrimSpace(s); s != "" {
				names = append(names, s)
			}
		}
		if v.Superior == "" {
			f.Add("superior", "请选择上级")
		}
		if !f.OK() {
			return outcome{}, nil
		}
		id, err := p.Service.Create(r.Context(), by, v, names, when)
		return outcome{to: "/desk/agencies" + join(string(id)), said: "已增设“" + v.Name + "”"}, err
	}
	return t, err
}

// managed reads an agency that the actor may change.
func (p *People) managed(r *http.Request, by account.Actor) (office.Detail, calendar.Date, error) {
	d, err := p.Service.Agency(r.Context(), by, agency.ID(r.PathValue("id")), calendar.Date{})
	if err == nil && !d.Manage {
		err = ui.ErrNotFound
	}
	if err != nil {
		return d, calendar.Date{}, err
	}
	today, err := p.Service.Today(r.Context())
	return d, today, err
}

func (p *People) amendAgency(r *http.Request, by account.Actor) (task, error) {
	d, today, err := p.managed(r, by)
	if err != nil {
		return task{}, err
	}
	inputs, err := p.versionInputs(r, by)
	if err != nil {
		return task{}, err
	}
	for i := range inputs {
		// What stands above may be known by name only: it can stay as it is.
		switch inputs[i].Name {
		case "superior":
			keep(&inputs[i], string(d.Superior), d.Above)
		case "authority":
			if d.Authority != nil {
				keep(&inputs[i], string(d.Version.Authority), []agency.Agency{*d.Authority})
			}
		}
	}
	inputs = append(inputs, whenInputs()...)
	v := d.Version
	t := task{title: "变更机关", nav: "agencies", crumbs: crumbsOf(d), inputs: inputs, intro: "改名、改隶、改类型都在这里办。",
		button: ui.Actions{Text: "保存变更", Back: ui.Link{Href: home(d), Text: "不改了"}},
		form: ui.NewForm("name", v.Name, "short", v.Short, "kind", string(v.Kind), "level", string(v.Level), "superior", string(v.Superior),
			"code", v.Code, "authority", string(v.Authority), "remedy", v.Reconsideration, "court", v.Court, "group", v.Group,
			"position", fmt.Sprint(v.Position), "from", today.String(), "serial", fmt.Sprint(d.Serial))}
	t.run = func(f *ui.Form) (outcome, error) {
		to, when := readVersion(f, inputs), readWhen(f)
		to.Agency = d.Agency.Agency
		if !f.OK() {
			return outcome{}, nil
		}
		return outcome{to: home(d), said: "已保存，" + when.From.Chinese() + "起生效"}, p.Service.Amend(r.Context(), by, to, when)
	}
	return t, nil
}

// keep offers what is chosen now beside what may be chosen.
func keep(i *input, now string, known []agency.Agency) {
	for _, o := range i.Options {
		if o.Value == now {
			return
		}
	}
	for _, a := range known {
		if string(a.Agency) == now {
			i.Options = append([]ui.Option{{Value: now, Text: a.Name}}, i.Options...)
		}
	}
	if now == "" {
		i.Options = append([]ui.Option{{Text: "没有上级"}}, i.Options...)
	}
}

func (p *People) closeAgency(r *http.Request, by account.Actor) (task, error) {
	d, today, err := p.managed(r, by)
	if err != nil {
		return task{}, err
	}
	c, err := p.Service.Closing(r.Context(), by, d.Agency.Agency, today)
	if err != nil {
		return task{}, err
	}
	heirs, err := p.agencyOptions(r, by, account.SeeAgency, "")
	if err != nil {
		return task{}, err
	}
	none := append([]ui.Option{{Text: "没有"}}, heirs...)
	into, second := choose("into", "承接机关", none), choose("into2", "另一家承接机关", none)
	into.Hint, into.Optional = "合并的选合并后的机关；职责不再保留的选“没有”。", true
	second.Hint, second.Optional = "拆分为两家时才选。", true
	last := date("from", "撤销日期", "从这一天起不再存在；前一天是最后一天。")
	t := task{title: "撤销机关", nav: "agencies", crumbs: crumbsOf(d), effects: endings(c), inputs: append([]input{into, second, last}, whenInputs()[1:]...),
		button: ui.Actions{Text: "撤销“" + d.Label() + "”", Danger: true, Back: ui.Link{Href: home(d), Text: "不撤销"}},
		form:   ui.NewForm("from", today.AddDays(1).String(), "serial", fmt.Sprint(d.Serial))}
	t.run = func(f *ui.Form) (outcome, error) {
		var to []agency.ID
		for _, id := range []string{f.Choice("into", "承接机关", none), f.Choice("into2", "另一家承接机关", none)} {
			if id != "" {
				to = append(to, agency.ID(id))
			}
		}
		when := readWhen(f)
		if !f.OK() {
			return outcome{}, nil
		}
		return outcome{to: home(d), said: "已登记撤销"}, p.Service.Close(r.Context(), by, d.Agency.Agency, to, when)
	}
	return t, nil
}

// endings is what the end of an agency brings with it, in words.
func endings(c office.Closing) []string {
	out := []string{"它的历史保留，以往年度的名单不变。"}
	for _, a := range c.Children {
		out = append(out, "下级“"+a.Name+"”还在，要先移到别处或撤销。")
	}
	for _, h := range c.Positions {
		out = append(out, h.Name+"（"+h.Account+"）在这里的“"+h.As+"”岗位同时结束。")
	}
	return out
}

func (p *People) addSection(r *http.Request, by account.Actor) (task, error) {
	return p.sectionTask(r, by, "增设股室", []input{named("股室名称"), date("from", "设立日期", "")}, func(d office.Detail, name string, w office.When) error {
		return p.Service.AddSection(r.Context(), by, d.Agency.Agency, name, w)
	})
}

func (p *People) renameSection(r *http.Request, by account.Actor) (task, error) {
	return p.sectionTask(r, by, "股室改名", []input{named("股室名称")}, func(d office.Detail, name string, w office.When) error {
		return p.Service.RenameSection(r.Context(), by, d.Agency.Agency, agency.SectionID(r.PathValue("section")), name, w)
	})
}

func (p *People) endSection(r *http.Request, by account.Actor) (task, error) {
	return p.sectionTask(r, by, "撤销股室", []input{date("from", "撤销日期", "从这一天起不再存在。")}, func(d office.Detail, _ string, w office.When) error {
		return p.Service.EndSection(r.Context(), by, d.Agency.Agency, agency.SectionID(r.PathValue("section")), w)
	})
}

func (p *People) sectionTask(r *http.Request, by account.Actor, title string, inputs []input, run func(d office.Detail, name string, w office.When) error) (task, error) {
	d, today, err := p.managed(r, by)
	if err != nil {
		return task{}, err
	}
	form := ui.NewForm("from", today.String(), "serial", fmt.Sprint(d.Serial))
	if id := r.PathValue("section"); id != "" {
		found := false
		for _, s := range d.Sections {
			if string(s.ID) == id {
				found = true
				title += "：" + s.Name
				form.Set("name", s.Name)
			}
		}
		if !found {
			return task{}, fault.New(fault.NotFound, "section.not_found", "没有这个股室；请从机关页面重新打开")
		}
	}
	t := task{title: title, nav: "agencies", crumbs: crumbsOf(d), inputs: append(inputs, input{"hidden", ui.Field{Name: "serial"}}), form: form,
		button: ui.Actions{Text: "保存", Back: ui.Link{Href: home(d), Text: "返回"}}}
	t.run = func(f *ui.Form) (outcome, error) {
		when := office.When{From: f.Date("from", "日期")}
		if when.From.IsZero() {
			when.From = today
		}
		when.Serial, _ = f.Int("serial", "版本")
		name := ""
		if inputs[0].Name == "name" {
			name = f.Text("name", "股室名称", ui.Required(), ui.MaxLen(40))
		}
		if !f.OK() {
			return outcome{}, nil
		}
		return outcome{to: home(d), said: "已保存"}, run(d, name, when)
	}
	return t, nil
}
