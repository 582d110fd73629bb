package reviews

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/gongkai/gongkai/internal/account"
	"github.com/gongkai/gongkai/internal/agency"
	"github.com/gongkai/gongkai/internal/fault"
	"github.com/gongkai/gongkai/internal/review"
	"github.com/gongkai/gongkai/internal/web/ui"
)

// maxRows is how many steps the form has room for.
const maxRows = review.MaxSteps

// planView is what the page of a chain shows.
type planView struct {
	ui.Page
	review.PlanView
	form   *ui.Form
	people []ui.Option
}

func (p *Reviews) planView(r *http.Request) (planView, error) {
	by := account.ActorOf(r.Context())
	at := agency.ID(r.URL.Query().Get("agency"))
	if at == "" {
		at = by.Agency
	}
	v, err := p.Service.PlanOf(r.Context(), by, at)
	return planView{Page: p.Site.NewPage(r, "审查方案", "reviews"), PlanView: v, people: people(v)}, err
}

// people are all who may be named at some step, with what they may do.
func people(v review.PlanView) []ui.Option {
	var out []ui.Option
	for _, k := range review.StepKindNames() {
		for _, c := range v.Candidates[k.Value] {
			i := slices.IndexFunc(out, func(o ui.Option) bool { return o.Value == string(c.Person) })
			if i < 0 {
				out = append(out, ui.Option{Value: string(c.Person), Text: c.Name, Note: k.Name})
				continue
			}
			out[i].Note += "、" + k.Name
		}
	}
	return out
}

func (p *Reviews) plan(w http.ResponseWriter, r *http.Request) error {
	v, err := p.planView(r)
	if err != nil {
		return err
	}
	v.form = planForm(v.Plan)
	return p.Site.Render(w, r, http.StatusOK, planPage(v))
}

// field names a field of the nth step.
func field(name string, n int) string { return fmt.Sprintf("%s-%d", name, n) }

// planForm shows a plan in the fields.
func planForm(p review.Plan) *ui.Form {
	pairs := []string{"version", fmt.Sprint(p.Version), "apart", string(p.Apart), "elsewhere", p.SecrecyElsewhere}
	for i, st := range p.Steps() {
		n := i + 1
		pairs = append(pairs, field("kind", n), string(st.Kind), field("name", n), st.Name, field("stage", n), fmt.Sprint(st.Stage), field("days", n), fmt.Sprint(st.Days))
		for _, person := range st.Persons {
			pairs = append(pairs, field("persons", n), string(person))
		}
		for _, k := range st.SkipFor {
			pairs = append(pairs, field("skip", n), string(k))
		}
	}
	return ui.NewForm(pairs...)
}

func (p *Reviews) savePlan(w http.ResponseWriter, r *http.Request) error {
	f, err := ui.ReadForm(w, r)
	if err != nil {
		return err
	}
	v, err := p.planView(r)
	if err != nil {
		return err
	}
	if !v.Manages {
		return review.ErrNotFound
	}
	v.form = f
	next := readPlan(f, v)
	if f.OK() {
		saved, err := p.Service.SavePlan(r.Context(), account.ActorOf(r.Context()), next)
		if err := f.Fail("", err); err != nil {
			return err
		}
		if f.OK() {
			ui.Done(w, r, v.address(), fmt.Sprintf("已保存为第 %d 版；已经送审的事项仍按原来的方案办", saved.Version))
			return nil
		}
	}
	return p.Site.Invalid(w, r, planPage(v))
}

func (v planView) address() string {
	return "/desk/reviews/plan?" + url.Values{"agency": {string(v.Agency)}}.Encode()
}

// readPlan makes a plan of the fields: steps with the same number of stage run side by side, rows without a kind are no step.
func readPlan(f *ui.Form, v planView) review.Plan {
	p := review.Plan{Agency: v.Agency, Apart: review.Apart(f.Choice("apart", "换人要求", options(review.ApartNames()), ui.Required())),
		SecrecyElsewhere: f.Text("elsewhere", "保密审查在哪里做")}
	p.Version, _ = f.Int("version", "版本", ui.Required())
	stages := map[int]review.Stage{}
	for n := 1; n <= maxRows; n++ {
		kind := f.Choice(field("kind", n), "类型", options(review.StepKindNames()))
		if kind == "" {
			continue
		}
		what := fmt.Sprintf("第 %d 行的", n)
		stage, ok := f.Int(field("stage", n), what+"顺序", ui.Required(), ui.Between(1, 9))
		days, _ := f.Int(field("days", n), what+"办理时间", ui.Required(), ui.Between(0, 60))
		if !ok {
			continue
		}
		st := review.Step{Kind: review.StepKind(kind), Name: f.Text(field("name", n), what+"名称", ui.MaxLen(20)), Days: days}
		for _, person := range f.Many(field("persons", n), what+"指定的人", v.people) {
			st.Persons = append(st.Persons, account.PersonID(person))
		}
		for _, k := range f.Many(field("skip", n), what+"不经这一环节的事项", options(review.KindNames())) {
			st.SkipFor = append(st.SkipFor, review.Kind(k))
		}
		stages[stage] = append(stages[stage], st)
	}
	for n := 1; n <= 9; n++ { // numbers that were left out close up
		if len(stages[n]) > 0 {
			p.Stages = append(p.Stages, stages[n])
		}
	}
	if err := p.Check(); err != nil && f.OK() {
		f.Add(fieldOfPlan(err), fault.Message(err))
	}
	return p
}

func fieldOfPlan(err error) string {
	switch fault.CodeOf(err) {
	case "review.plan.secrecy":
		return "elsewhere"
	case "review.plan.apart":
		return "apart"
	}
	return ""
}

// rows is how many rows the form has: those that are filled in, and two more.
func (v planView) rows() int {
	last := 0
	for n := 1; n <= maxRows; n++ {
		if v.form.Value(field("kind", n)) != "" {
			last = n
		}
	}
	return min(last+2, maxRows)
}

// drawn is the chain in the form in which the page shows it.
func (v planView) drawn() []ui.Step {
	out := []ui.Step{{State: "todo", Role: "提供", Note: "谁提供", Person: "有“提供”权限的人"}}
	for _, st := range v.Steps() {
		s := ui.Step{State: "todo", Role: st.Label(), Note: "谁审核", Person: named(st, v.Names)}
		if st.Kind == review.Sign {
			s.Note = "谁负责"
		}
		var notes []string
		if st.Days > 0 {
			notes = append(notes, fmt.Sprintf("%d 个工作日", st.Days))
		}
		if len(v.Stages[st.Stage-1]) > 1 {
			notes = append(notes, "同一阶段并行")
		}
		for _, k := range st.SkipFor {
			notes = append(notes, kindName(k)+"不经")
		}
		s.When = strings.Join(notes, "，")
		out = append(out, s)
	}
	return out
}

func (v planView) versionText() string {
	if v.Version == 0 {
		return "现在用的是默认方案，还没有改过。"
	}
	return fmt.Sprintf("现在是第 %d 版。改过以后，已经送审的事项仍按原来的办。", v.Version)
}
