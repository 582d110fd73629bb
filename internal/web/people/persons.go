package people

import (
	"fmt"
	"net/http"

	"github.com/gongkai/gongkai/internal/account"
	"github.com/gongkai/gongkai/internal/agency"
	"github.com/gongkai/gongkai/internal/calendar"
	"github.com/gongkai/gongkai/internal/fault"
	"github.com/gongkai/gongkai/internal/office"
	"github.com/gongkai/gongkai/internal/web/ui"
)

// pageSize is how many persons one page of the list shows.
const pageSize = 50

// listView is what the page of persons shows.
type listView struct {
	ui.Page
	form     *ui.Form
	agencies []ui.Option
	list     []office.Member
	today    calendar.Date
	pager    ui.Pager
	manage   bool
}

func (p *People) list(w http.ResponseWriter, r *http.Request) error {
	by := account.ActorOf(r.Context())
	f := ui.QueryForm(r)
	v := listView{Page: p.Site.NewPage(r, "人员", "people"), form: f, manage: by.CanAnywhere(account.ManagePerson)}
	var err error
	if v.agencies, err = p.agencyOptions(r, by, account.SeeAgency, "全部机关"); err != nil {
		return err
	}
	if v.today, err = p.Service.Today(r.Context()); err != nil {
		return err
	}
	q := office.Query{Text: f.Text("q", "姓名或账号"), Agency: agency.ID(f.Choice("agency", "机关", v.agencies)), Closed: f.Check("closed", "含停用"), Limit: pageSize + 1}
	cursor, _, err := ui.ReadCursor(r, 1)
	if err != nil {
		return err
	}
	if len(cursor) == 1 {
		q.After = cursor[0]
	}
	if !f.OK() {
		return p.Site.Invalid(w, r, listPage(v))
	}
	if v.list, err = p.Service.People(r.Context(), by, q); err != nil {
		return err
	}
	if len(v.list) > pageSize {
		v.list = v.list[:pageSize]
		v.pager = ui.NewPager(r.URL, "", ui.Cursor(v.list[pageSize-1].Account))
	}
	return p.Site.Render(w, r, http.StatusOK, listPage(v))
}

// personView is what the page of one person shows.
type personView struct {
	ui.Page
	office.Member
	today calendar.Date
	self  bool
}

func (p *People) person(w http.ResponseWriter, r *http.Request) error {
	by := account.ActorOf(r.Context())
	m, err := p.Service.Person(r.Context(), by, account.PersonID(r.PathValue("id")))
	if err != nil {
		return err
	}
	v := personView{Page: p.Site.NewPage(r, m.Name, "people"), Member: m, self: by.Person == m.ID}
	if v.today, err = p.Service.Today(r.Context()); err != nil {
		return err
	}
	return p.Site.Render(w, r, http.StatusOK, personPage(v))
}

func pageOf(id account.PersonID) string { return "/desk/people" + join(string(id)) }

// about begins a task about a person. The task is there for who may change the person, and with own for the person too.
func (p *People) about(r *http.Request, by account.Actor, title string, own bool) (task, office.Member, calendar.Date, error) {
	m, err := p.Service.Person(r.Context(), by, account.PersonID(r.PathValue("id")))
	if err == nil && !m.Manage && (!own || by.Person != m.ID) {
		err = ui.ErrNotFound
	}
	if err != nil {
		return task{}, m, calendar.Date{}, err
	}
	today, err := p.Service.Today(r.Context())
	t := task{title: title, nav: "people", crumbs: []ui.Link{{Href: "/desk/people", Text: "人员"}, {Href: pageOf(m.ID), Text: m.Name}},
		form:   ui.NewForm("serial", fmt.Sprint(m.Serial)),
		button: ui.Actions{Text: title, Back: ui.Link{Href: pageOf(m.ID), Text: "返回"}}}
	return t, m, today, err
}

func serial() input { return input{"hidden", ui.Field{Name: "serial"}} }

func readSerial(f *ui.Form) int {
	n, _ := f.Int("serial", "版本")
	return n
}

// positionInputs ask for a position: where, as what, with which role, from when to when.
func (p *People) positionInputs(r *http.Request, by account.Actor, sections []ui.Option) ([]input, error) {
	at, err := p.agencyOptions(r, by, account.ManagePerson, "")
	if err != nil {
		return nil, err
	}
	roles, err := p.roleOptions(r, by)
	if err != nil {
		return nil, err
	}
	role := choose("role", "角色", roles)
	role.Hint = "决定能做什么；您自己没有的权限，不能给别人。各角色能做什么，见“角色”。"
	to := date("to", "任职到", "最后一天；不定期限的留空。")
	to.Optional = true
	out := []input{choose("agency", "机关", at)}
	if len(sections) > 0 {
		section := choose("section", "股室", append([]ui.Option{{Text: "不分股室"}}, sections...))
		section.Optional = true
		out = append(out, section)
	}
	return append(out, optional("title", "职务"), role,
		input{"check", ui.Field{Name: "subtree", Label: "角色也管到下级机关", Optional: true}}, date("from", "任职从", ""), to), nil
}

func readPosition(f *ui.Form, inputs []input) account.Position {
	from := func(name string) []ui.Option {
		for _, i := range inputs {
			if i.Name == name {
				return i.Options
			}
		}
		return nil
	}
	return account.Position{Agency: agency.ID(f.Choice("agency", "机关", from("agency"), ui.Required())),
		Section: agency.SectionID(f.Choice("section", "股室", from("section"))), Title: f.Text("title", "职务", ui.MaxLen(40)),
		Role: account.RoleKey(f.Choice("role", "角色", from("role"), ui.Required())), Subtree: f.Check("subtree", "管到下级"),
		From: f.Date("from", "任职从", ui.Required()), To: f.Date("to", "任职到")}
}

// sectionOptions are the sections of an agency today.
func (p *People) sectionOptions(r *http.Request, by account.Actor, at agency.ID) []ui.Option {
	d, err := p.Service.Agency(r.Context(), by, at, calendar.Date{})
	if err != nil {
		return nil // the use case judges the agency
	}
	var out []ui.Option
	for _, s := range d.Sections {
		out = append(out, ui.Option{Value: string(s.ID), Text: s.Name})
	}
	return out
}

func contactInputs() []input {
	return []input{{"text", ui.Field{Name: "phone", Label: "电话", Optional: true, Type: "tel", Width: "2"}},
		{"text", ui.Field{Name: "email", Label: "电子邮箱", Optional: true, Type: "email"}}}
}

func accountInput() input {
	return input{"text", ui.Field{Name: "account", Label: "账号", Hint: "登录时输入的名字：3 到 32 个小写字母、数字、点、横线。", Width: "2"}}
}

func (p *People) newPerson(r *http.Request, by account.Actor) (task, error) {
	at := agency.ID(r.URL.Query().Get("agency"))
	if at == "" {
		at = by.Agency
	}
	posts, err := p.positionInputs(r, by, p.sectionOptions(r, by, at))
	if err != nil {
		return task{}, err
	}
	today, err := p.Service.Today(r.Context())
	inputs := append(append([]input{named("姓名"), accountInput()}, contactInputs()...), posts...)
	t := task{title: "增加人员", nav: "people", crumbs: []ui.Link{{Href: "/desk/people", Text: "人员"}}, inputs: inputs,
		button: ui.Actions{Text: "开通账号", Back: ui.Link{Href: "/desk/people", Text: "不加了"}}, form: ui.NewForm("agency", string(at), "from", today.String())}
	t.run = func(f *ui.Form) (outcome, error) {
		n := office.NewPerson{Person: account.Person{Name: f.Text("name", "姓名", ui.Required(), ui.MaxLen(40)), Account: f.Text("account", "账号", ui.Required()),
			Phone: f.Text("phone", "电话"), Email: f.Text("email", "电子邮箱")}, Position: readPosition(f, inputs)}
		if !f.OK() {
			return outcome{}, nil
		}
		password, hash, err := p.Password(r.Context())
		if err != nil {
			return outcome{}, err
		}
		n.Hash = hash
		id, err := p.Service.OpenAccount(r.Context(), by, n)
		return handOver("账号已开通", n.Person.Account, password, id), err
	}
	return t, err
}

// handOver shows a first password once.
func handOver(title, name, password string, id account.PersonID) outcome {
	return outcome{secret: &secret{title: title, label: "初始密码", value: password, next: ui.Link{Href: pageOf(id), Text: "记下了"},
		text: fmt.Sprintf("请把账号“%s”和下面的初始密码当面交给本人。密码只显示这一次，本人第一次登录时要改掉。", name)}}
}

func (p *People) amendPerson(r *http.Request, by account.Actor) (task, error) {
	t, m, _, err := p.about(r, by, "修改资料", false)
	if err != nil {
		return t, err
	}
	contact := contactInputs()
	contact[0].Hint, contact[1].Hint = "现在是 "+shownAs(m.Phone)+"。留空不改；写“无”删去。", "现在是 "+shownAs(m.Email)+"。留空不改；写“无”删去。"
	t.inputs = append(append([]input{named("姓名"), accountInput()}, contact...), serial())
	t.form.Set("name", m.Name)
	t.form.Set("account", m.Account)
	t.run = func(f *ui.Form) (outcome, error) {
		to := account.Person{ID: m.ID, Name: f.Text("name", "姓名", ui.Required()), Account: f.Text("account", "账号", ui.Required()), Serial: readSerial(f)}
		phone, email := contactOf(f, "phone", "电话"), contactOf(f, "email", "电子邮箱")
		if !f.OK() {
			return outcome{}, nil
		}
		return outcome{to: pageOf(m.ID), said: "已保存"}, p.Service.AmendPerson(r.Context(), by, to, phone, email)
	}
	return t, nil
}

func shownAs(masked string) string {
	if masked == "" {
		return "空的"
	}
	return masked
}

// contactOf reads a field that a blank leaves as it is.
func contactOf(f *ui.Form, name, label string) *string {
	v := f.Text(name, label)
	switch v {
	case "":
		return nil
	case "无":
		v = ""
	}
	return &v
}

func (p *People) closePerson(r *http.Request, by account.Actor) (task, error) {
	t, m, _, err := p.about(r, by, "停用账号", false)
	if err != nil {
		return t, err
	}
	t.effects = []string{"马上不能登录，正在用的会话结束。", "岗位和代理从今天起结束。", "姓名和办过的事留在记录里，账号不会删除。"}
	t.inputs, t.button.Danger = []input{reason("停用原因"), serial()}, true
	t.run = func(f *ui.Form) (outcome, error) {
		why := f.Text("reason", "停用原因", ui.Required())
		if !f.OK() {
			return outcome{}, nil
		}
		return outcome{to: pageOf(m.ID), said: "账号已停用"}, p.Service.CloseAccount(r.Context(), by, m.ID, readSerial(f), why)
	}
	return t, nil
}

func (p *People) reopen(r *http.Request, by account.Actor) (task, error) {
	return p.credential(r, by, "重新启用", "账号已启用", []string{"账号可以登录，用新的初始密码。", "原来的岗位不会恢复，要重新任职。"}, p.Service.Reopen)
}

func (p *People) password(r *http.Request, by account.Actor) (task, error) {
	return p.credential(r, by, "重置密码", "密码已重置", []string{"原来的密码和两步验证作废，正在用的会话结束。", "得到一个新的初始密码，只显示一次。"}, p.Service.ResetPassword)
}

func (p *People) credential(r *http.Request, by account.Actor, title, done string, effects []string, run credentialer) (task, error) {
	t, m, _, err := p.about(r, by, title, false)
	if err != nil {
		return t, err
	}
	t.effects, t.inputs = effects, []input{serial()}
	t.run = func(f *ui.Form) (outcome, error) {
		n := readSerial(f)
		password, hash, err := p.Password(r.Context())
		if err != nil {
			return outcome{}, err
		}
		return handOver(done, m.Account, password, m.ID), run(r.Context(), by, m.ID, n, hash)
	}
	return t, nil
}

func (p *People) reveal(r *http.Request, by account.Actor) (task, error) {
	m, err := p.Service.Person(r.Context(), by, account.PersonID(r.PathValue("id")))
	if err == nil && !m.Reveal {
		err = ui.ErrNotFound
	}
	if err != nil {
		return task{}, err
	}
	fields := []ui.Option{{Value: "phone", Text: "电话"}, {Value: "email", Text: "电子邮箱"}}
	t := task{title: "查看联系方式全文", nav: "people", crumbs: []ui.Link{{Href: "/desk/people", Text: "人员"}, {Href: pageOf(m.ID), Text: m.Name}},
		inputs: []input{choose("field", "查看哪一项", fields), reason("理由")}, form: ui.NewForm("field", r.URL.Query().Get("field")),
		effects: []string{"谁、什么时候、为什么看，会记入操作记录。"}, button: ui.Actions{Text: "查看", Back: ui.Link{Href: pageOf(m.ID), Text: "返回"}}}
	t.run = func(f *ui.Form) (outcome, error) {
		field, why := f.Choice("field", "查看哪一项", fields, ui.Required()), f.Text("reason", "理由", ui.Required())
		if !f.OK() {
			return outcome{}, nil
		}
		value, err := p.Service.Reveal(r.Context(), by, m.ID, field, why)
		label := fields[0].Text
		if field == fields[1].Value {
			label = fields[1].Text
		}
		return outcome{secret: &secret{title: m.Name + "的" + label, label: label, value: shownAs(value), next: ui.Link{Href: pageOf(m.ID), Text: "看完了"},
			text: "这次查看已记入操作记录。"}}, err
	}
	return t, nil
}

// post finds a position of a person.
func post(m office.Member, id string) (office.Held, error) {
	for _, h := range m.Positions {
		if h.ID == id {
			return h, nil
		}
	}
	return office.Held{}, fault.New(fault.NotFound, "position.not_found", "没有这个岗位；请从人员页面重新打开")
}
