// Package people is the pages of agencies, people and roles: the tree of any day, lists of it read and written, accounts
// with their positions and deputies, and what each role allows.
package people

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"slices"

	"github.com/gongkai/gongkai/internal/account"
	"github.com/gongkai/gongkai/internal/agency"
	"github.com/gongkai/gongkai/internal/calendar"
	"github.com/gongkai/gongkai/internal/fault"
	"github.com/gongkai/gongkai/internal/office"
	"github.com/gongkai/gongkai/internal/web/door"
	"github.com/gongkai/gongkai/internal/web/ui"
)

// Sheets reads lists out of files and writes them.
type Sheets interface {
	// Read reads the first sheet of a file by its name: CSV in UTF-8 or GB 18030, XLSX. Errors: fault.Usage, fault.Unreadable,
	// fault.TooLarge.
	Read(ctx context.Context, name string, data []byte) ([][]string, error)
	// Write writes a list as XLSX.
	Write(w io.Writer, title string, rows [][]string) error
}

// Options are what the pages need.
type Options struct {
	Site    *ui.Site
	Service *office.Service
	// Sheets is nil where lists are CSV in UTF-8 only.
	Sheets Sheets
	// Password makes a first password, with its hash.
	Password func(ctx context.Context) (password, hash string, err error)
}

// People serves the pages.
type People struct{ Options }

// New returns the pages.
func New(o Options) *People { return &People{o} }

// Routes are the pages with what each needs.
func (p *People) Routes() map[string]door.Route {
	see, tree := door.With(account.SeeAgency), door.With(account.ManageAgency)
	persons, roles := door.With(account.ManagePerson), door.With(account.ManageRole)
	all := map[string]door.Route{
		"GET /desk/agencies":              {Need: see, Handler: p.tree},
		"GET /desk/agencies/{id}":         {Need: see, Handler: p.agency},
		"GET /desk/agencies/export.csv":   {Need: see, Handler: p.exportCSV},
		"GET /desk/agencies/export.xlsx":  {Need: see, Handler: p.exportXLSX},
		"GET /desk/agencies/import":       {Need: tree, Handler: p.showImport},
		"POST /desk/agencies/import":      {Need: tree, Handler: p.preview},
		"POST /desk/agencies/import/done": {Need: tree, Handler: p.apply},
		"GET /desk/people":                {Need: see, Handler: p.list},
		"GET /desk/people/{id}":           {Need: see, Handler: p.person},
		"GET /desk/roles":                 {Need: see, Handler: p.roles},
	}
	for path, t := range map[string]struct {
		need  door.Need
		build builder
	}{
		"/desk/agencies/new":                           {tree, p.newAgency},
		"/desk/agencies/{id}/amend":                    {tree, p.amendAgency},
		"/desk/agencies/{id}/close":                    {tree, p.closeAgency},
		"/desk/agencies/{id}/section":                  {tree, p.addSection},
		"/desk/agencies/{id}/section/{section}/rename": {tree, p.renameSection},
		"/desk/agencies/{id}/section/{section}/end":    {tree, p.endSection},
		"/desk/people/new":                             {persons, p.newPerson},
		"/desk/people/{id}/amend":                      {persons, p.amendPerson},
		"/desk/people/{id}/close":                      {persons, p.closePerson},
		"/desk/people/{id}/reopen":                     {persons, p.reopen},
		"/desk/people/{id}/password":                   {persons, p.password},
		"/desk/people/{id}/reveal":                     {door.With(account.Unmask), p.reveal},
		"/desk/people/{id}/position":                   {persons, p.addPosition},
		"/desk/people/{id}/position/{position}/amend":  {persons, p.amendPosition},
		"/desk/people/{id}/position/{position}/end":    {see, p.endPosition},
		"/desk/people/{id}/deputy":                     {see, p.setDeputy},
		"/desk/people/{id}/deputy/{deputy}/end":        {see, p.endDeputy},
		"/desk/roles/new":                              {roles, p.newRole},
		"/desk/roles/{key}/amend":                      {roles, p.amendRole},
		"/desk/roles/{key}/delete":                     {roles, p.deleteRole},
	} {
		all["GET "+path] = door.Route{Need: t.need, Handler: p.ask(t.build)}
		all["POST "+path] = door.Route{Need: t.need, Handler: p.do(t.build)}
	}
	return all
}

// input is one field of a task.
type input struct {
	kind string // "text", "area", "date", "select", "check", "checks", "hidden"
	ui.Field
}

// task is one thing that is done with a form of its own: what is asked, what it will do, and the doing.
type task struct {
	title   string
	nav     string
	crumbs  []ui.Link
	intro   string
	effects []string // what will happen
	inputs  []input
	button  ui.Actions
	form    *ui.Form // what the fields show at first
	// run reads the fields and, when they are right, does it.
	run func(f *ui.Form) (outcome, error)
}

// outcome is where a task ends: at an address with a word said there, or with a page that is shown once.
type outcome struct {
	to, said string
	secret   *secret
}

// secret is something that is shown once, in the answer to the form itself.
type secret struct {
	title, text, label, value string
	next                      ui.Link
}

type builder func(r *http.Request, by account.Actor) (task, error)

type taskView struct {
	ui.Page
	task
}

// ask shows the form of a task.
func (p *People) ask(build builder) ui.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		t, err := build(r, account.ActorOf(r.Context()))
		if err != nil {
			return err
		}
		if t.form == nil {
			t.form = ui.NewForm()
		}
		return p.Site.Render(w, r, http.StatusOK, taskPage(taskView{p.Site.NewPage(r, t.title, t.nav), t}))
	}
}

// do does a task, or shows its form again with what has to be put right.
func (p *People) do(build builder) ui.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		f, err := ui.ReadForm(w, r)
		if err != nil {
			return err
		}
		t, err := build(r, account.ActorOf(r.Context()))
		if err != nil {
			return err
		}
		t.form = f
		out, err := t.run(f)
		if err := f.Fail(t.fieldOf(err), err); err != nil {
			return err
		}
		page := p.Site.NewPage(r, t.title, t.nav)
		switch {
		case !f.OK():
			return p.Site.Invalid(w, r, taskPage(taskView{page, t}))
		case out.secret != nil:
			return p.Site.Render(w, r, http.StatusOK, secretPage(page, t.crumbs, *out.secret))
		}
		ui.Done(w, r, out.to, out.said)
		return nil
	}
}

// fieldOf is the field that an error is about, "" for the whole form.
func (t task) fieldOf(err error) string {
	name, ok := map[string]string{
		"agency.name": "name", "agency.name_taken": "name", "agency.short": "short", "agency.kind": "kind", "agency.level": "level",
		"agency.superior": "superior", "agency.tree": "superior", "agency.code": "code", "agency.code_taken": "code",
		"agency.authority": "authority", "agency.from": "from", "agency.past": "past", "agency.reason": "reason", "agency.to": "from",
		"agency.successor": "into", "section.name": "name", "section.taken": "name",
		"person.name": "name", "person.account": "account", "person.account_taken": "account", "person.phone": "phone",
		"person.email": "email", "person.reason": "reason", "person.field": "field",
		"position.agency": "agency", "position.section": "section", "position.title": "title", "position.role": "role",
		"position.from": "from", "position.to": "to", "role.beyond": "role",
		"deputy.by": "by", "deputy.dates": "from", "deputy.reason": "reason",
		"role.name": "name", "role.taken": "name", "role.perms": "perms",
	}[fault.CodeOf(err)]
	if !ok || !slices.ContainsFunc(t.inputs, func(i input) bool { return i.Name == name }) {
		return ""
	}
	return name
}

func options[T ~string](all []agency.Named[T]) []ui.Option {
	out := make([]ui.Option, len(all))
	for i, n := range all {
		out[i] = ui.Option{Value: string(n.Value), Text: n.Name}
	}
	return out
}

// agencyOptions are the agencies of today that somebody may choose from, each below its superior.
func (p *People) agencyOptions(r *http.Request, by account.Actor, perm account.Perm, none string) ([]ui.Option, error) {
	v, err := p.Service.Tree(r.Context(), by, calendar.Date{})
	if err != nil {
		return nil, err
	}
	var out []ui.Option
	if none != "" {
		out = append(out, ui.Option{Text: none})
	}
	for _, n := range v.Nodes {
		if !n.NameOnly && by.Can(perm, n.Path) {
			out = append(out, ui.Option{Value: string(n.Agency.Agency), Text: indent(n.Depth) + n.Name})
		}
	}
	return out, nil
}

// indent shows how deep in the tree a name stands.
func indent(depth int) string {
	out := ""
	for range min(depth, agency.MaxDepth) {
		out += "　"
	}
	return out
}

func join(parts ...string) string {
	out := ""
	for _, part := range parts {
		out += "/" + url.PathEscape(part)
	}
	return out
}

func named(label string) input { return input{"text", ui.Field{Name: "name", Label: label}} }

func optional(name, label string) input {
	return input{"text", ui.Field{Name: name, Label: label, Optional: true}}
}

func date(name, label, hint string) input {
	return input{"date", ui.Field{Name: name, Label: label, Hint: hint}}
}

func choose(name, label string, from []ui.Option) input {
	return input{"select", ui.Field{Name: name, Label: label, Options: from}}
}

func reason(label string) input {
	return input{"text", ui.Field{Name: "reason", Label: label, Hint: "会记入操作记录，5 到 200 个字。", Width: "f"}}
}
