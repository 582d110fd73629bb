package people

import (
	"context"
	"net/http"

	"github.com/gongkai/gongkai/internal/account"
	"github.com/gongkai/gongkai/internal/agency"
	"github.com/gongkai/gongkai/internal/fault"
	"github.com/gongkai/gongkai/internal/office"
	"github.com/gongkai/gongkai/internal/web/ui"
)

// credentialer is a use case that gives somebody a new first password.
type credentialer func(ctx context.Context, by account.Actor, id account.PersonID, serial int, hash string) error

func (p *People) addPosition(r *http.Request, by account.Actor) (task, error) {
	m, err := p.Service.Person(r.Context(), by, account.PersonID(r.PathValue("id")))
	if err != nil {
		return task{}, err
	}
	at := agency.ID(r.URL.Query().Get("agency"))
	if at == "" {
		at = by.Agency
	}
	today, err := p.Service.Today(r.Context())
	if err != nil {
		return task{}, err
	}
	form := ui.NewForm("agency", string(at), "from", today.String())
	return p.positionTask(r, by, m, "增加岗位", at, form, func(to account.Position, n int) error {
		_, err := p.Service.AddPosition(r.Context(), by, to, n)
		return err
	})
}

func (p *People) amendPosition(r *http.Request, by account.Actor) (task, error) {
	m, err := p.Service.Person(r.Context(), by, account.PersonID(r.PathValue("id")))
	if err != nil {
		return task{}, err
	}
	h, err := post(m, r.PathValue("position"))
	if err != nil {
		return task{}, err
	}
	form := ui.NewForm("agency", string(h.Agency), "section", string(h.Section), "title", h.Title, "role", string(h.Role), "from", h.From.String(), "to", h.To.String())
	if h.Subtree {
		form.Set("subtree", "1")
	}
	return p.positionTask(r, by, m, "变更岗位", h.Agency, form, func(to account.Position, n int) error {
		to.ID = h.ID
		return p.Service.AmendPosition(r.Context(), by, to, n)
	})
}

func (p *People) positionTask(r *http.Request, by account.Actor, m office.Member, title string, at agency.ID, form *ui.Form,
	run func(to account.Position, serial int) error) (task, error) {
	inputs, err := p.positionInputs(r, by, p.sectionOptions(r, by, at))
	if err != nil {
		return task{}, err
	}
	form.Set("serial", itoa(m.Serial))
	t := task{title: title, nav: "people", crumbs: []ui.Link{{Href: "/desk/people", Text: "人员"}, {Href: pageOf(m.ID), Text: m.Name}},
		inputs: append(inputs, serial()), form: form, button: ui.Actions{Text: "保存", Back: ui.Link{Href: pageOf(m.ID), Text: "返回"}}}
	t.run = func(f *ui.Form) (outcome, error) {
		to := readPosition(f, inputs)
		to.Person = m.ID
		n := readSerial(f)
		if !f.OK() {
			return outcome{}, nil
		}
		return outcome{to: pageOf(m.ID), said: "已保存"}, run(to, n)
	}
	return t, nil
}

func (p *People) endPosition(r *http.Request, by account.Actor) (task, error) {
	m, err := p.Service.Person(r.Context(), by, account.PersonID(r.PathValue("id")))
	if err != nil {
		return task{}, err
	}
	h, err := post(m, r.PathValue("position"))
	if err != nil {
		return task{}, err
	}
	today, err := p.Service.Today(r.Context())
	if err != nil {
		return task{}, err
	}
	why := optional("reason", "原因")
	why.Width = "f"
	t := task{title: "结束岗位", nav: "people", crumbs: []ui.Link{{Href: "/desk/people", Text: "人员"}, {Href: pageOf(m.ID), Text: m.Name}},
		effects: []string{"“" + h.At + "”的“" + h.As + "”过了最后一天就不再有。"}, inputs: []input{date("to", "最后一天", "要马上收回的，填昨天。"), why},
		form: ui.NewForm("to", today.String()), button: ui.Actions{Text: "结束岗位", Danger: true, Back: ui.Link{Href: pageOf(m.ID), Text: "返回"}}}
	t.run = func(f *ui.Form) (outcome, error) {
		last, why := f.Date("to", "最后一天", ui.Required()), f.Text("reason", "原因")
		if !f.OK() {
			return outcome{}, nil
		}
		return outcome{to: pageOf(m.ID), said: "已登记岗位结束"}, p.Service.EndPosition(r.Context(), by, m.ID, h.ID, last, why)
	}
	return t, nil
}

func (p *People) setDeputy(r *http.Request, by account.Actor) (task, error) {
	t, m, today, err := p.about(r, by, "安排代理", true)
	if err != nil {
		return t, err
	}
	people, err := p.Service.People(r.Context(), by, office.Query{Limit: 1000})
	if err != nil {
		return t, err
	}
	var others []ui.Option
	for _, o := range people {
		if o.ID != m.ID {
			others = append(others, ui.Option{Value: string(o.ID), Text: o.Name + "（" + o.Account + "）"})
		}
	}
	t.effects = []string{"代理期间，代理人能做" + m.Name + "能做的事，每件事都记着是代谁办的。"}
	t.inputs = []input{choose("by", "代理人", others), date("from", "从", ""), date("to", "到", "最后一天，一次最长 366 天。"),
		{"text", ui.Field{Name: "reason", Label: "原因", Hint: "例如外出培训、休假。", Width: "f"}}}
	t.form = ui.NewForm("from", today.String())
	t.run = func(f *ui.Form) (outcome, error) {
		d := account.Deputy{Of: m.ID, By: account.PersonID(f.Choice("by", "代理人", others, ui.Required())), From: f.Date("from", "从", ui.Required()),
			To: f.Date("to", "到", ui.Required()), Reason: f.Text("reason", "原因", ui.Required(), ui.MaxLen(200))}
		if !f.OK() {
			return outcome{}, nil
		}
		_, err := p.Service.SetDeputy(r.Context(), by, d)
		return outcome{to: pageOf(m.ID), said: "已安排代理"}, err
	}
	return t, nil
}

func (p *People) endDeputy(r *http.Request, by account.Actor) (task, error) {
	m, err := p.Service.Person(r.Context(), by, account.PersonID(r.PathValue("id")))
	if err != nil {
		return task{}, err
	}
	for _, d := range m.Deputies {
		if d.ID != r.PathValue("deputy") {
			continue
		}
		t := task{title: "结束代理", nav: "people", crumbs: []ui.Link{{Href: "/desk/people", Text: "人员"}, {Href: pageOf(m.ID), Text: m.Name}},
			effects: []string{d.ByName + "从现在起不再代理" + d.OfName + "。"}, form: ui.NewForm(),
			button: ui.Actions{Text: "结束代理", Danger: true, Back: ui.Link{Href: pageOf(m.ID), Text: "返回"}}}
		t.run = func(*ui.Form) (outcome, error) {
			return outcome{to: pageOf(m.ID), said: "代理已结束"}, p.Service.EndDeputy(r.Context(), by, d.Of, d.ID)
		}
		return t, nil
	}
	return task{}, fault.New(fault.NotFound, "deputy.not_found", "没有这条代理；请从人员页面重新打开")
}
