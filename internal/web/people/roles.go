package people

import (
	"net/http"
	"strconv"

	"github.com/gongkai/gongkai/internal/account"
	"github.com/gongkai/gongkai/internal/fault"
	"github.com/gongkai/gongkai/internal/office"
	"github.com/gongkai/gongkai/internal/web/ui"
)

func itoa(n int) string { return strconv.Itoa(n) }

// rolesView is what the matrix of roles shows.
type rolesView struct {
	ui.Page
	roles  []office.Role
	manage bool
}

func (p *People) roles(w http.ResponseWriter, r *http.Request) error {
	by := account.ActorOf(r.Context())
	v := rolesView{Page: p.Site.NewPage(r, "角色", "roles"), manage: by.CanAnywhere(account.ManageRole)}
	var err error
	if v.roles, err = p.Service.Roles(r.Context(), by); err != nil {
		return err
	}
	return p.Site.Render(w, r, http.StatusOK, rolesPage(v))
}

func (p *People) roleOptions(r *http.Request, by account.Actor) ([]ui.Option, error) {
	all, err := p.Service.Roles(r.Context(), by)
	var out []ui.Option
	for _, role := range all {
		out = append(out, ui.Option{Value: string(role.Key), Text: role.Name})
	}
	return out, err
}

func (p *People) newRole(r *http.Request, by account.Actor) (task, error) {
	t := roleTask("新建角色", ui.NewForm())
	t.run = func(f *ui.Form) (outcome, error) {
		role := readRole(f)
		if !f.OK() {
			return outcome{}, nil
		}
		_, err := p.Service.CreateRole(r.Context(), by, role)
		return outcome{to: "/desk/roles", said: "已新建“" + role.Name + "”"}, err
	}
	return t, nil
}

func roleTask(title string, form *ui.Form) task {
	perms := input{"checks", ui.Field{Name: "perms", Label: "能做什么", Options: options(account.PermNames())}}
	return task{title: title, nav: "roles", crumbs: []ui.Link{{Href: "/desk/roles", Text: "角色"}}, inputs: []input{named("角色名称"), perms, serial()},
		form: form, button: ui.Actions{Text: "保存", Back: ui.Link{Href: "/desk/roles", Text: "返回"}}}
}

func readRole(f *ui.Form) account.Role {
	role := account.Role{Name: f.Text("name", "角色名称", ui.Required(), ui.MaxLen(40))}
	for _, p := range f.Many("perms", "权限", options(account.PermNames()), ui.Required()) {
		role.Perms = append(role.Perms, account.Perm(p))
	}
	return role
}

// siteRole finds a role of the site.
func (p *People) siteRole(r *http.Request, by account.Actor) (office.Role, error) {
	all, err := p.Service.Roles(r.Context(), by)
	if err != nil {
		return office.Role{}, err
	}
	for _, role := range all {
		if string(role.Key) == r.PathValue("key") && !role.Built {
			return role, nil
		}
	}
	return office.Role{}, fault.New(fault.NotFound, "role.not_found", "没有这个角色；请从角色列表重新打开")
}

func (p *People) amendRole(r *http.Request, by account.Actor) (task, error) {
	role, err := p.siteRole(r, by)
	if err != nil {
		return task{}, err
	}
	pairs := []string{"name", role.Name, "serial", itoa(role.Serial)}
	for _, perm := range role.Perms {
		pairs = append(pairs, "perms", string(perm))
	}
	t := roleTask("修改角色", ui.NewForm(pairs...))
	t.effects = []string{"担任这个角色的人，能做的事马上跟着变。"}
	t.run = func(f *ui.Form) (outcome, error) {
		to := readRole(f)
		to.Key = role.Key
		n := readSerial(f)
		if !f.OK() {
			return outcome{}, nil
		}
		return outcome{to: "/desk/roles", said: "已保存"}, p.Service.AmendRole(r.Context(), by, office.Role{Role: to, Serial: n})
	}
	return t, nil
}

func (p *People) deleteRole(r *http.Request, by account.Actor) (task, error) {
	role, err := p.siteRole(r, by)
	if err != nil {
		return task{}, err
	}
	t := task{title: "删除角色“" + role.Name + "”", nav: "roles", crumbs: []ui.Link{{Href: "/desk/roles", Text: "角色"}}, inputs: []input{serial()},
		form: ui.NewForm("serial", itoa(role.Serial)), effects: []string{"没有人担任、也没有人担任过的角色才能删除。"},
		button: ui.Actions{Text: "删除", Danger: true, Back: ui.Link{Href: "/desk/roles", Text: "不删"}}}
	t.run = func(f *ui.Form) (outcome, error) {
		return outcome{to: "/desk/roles", said: "已删除"}, p.Service.DeleteRole(r.Context(), by, role.Key, readSerial(f))
	}
	return t, nil
}
