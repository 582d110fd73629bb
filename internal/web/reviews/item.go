package reviews

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"

	"github.com/a-h/templ"

	"github.com/gongkai/gongkai/internal/account"
	"github.com/gongkai/gongkai/internal/fault"
	"github.com/gongkai/gongkai/internal/review"
	"github.com/gongkai/gongkai/internal/web/ui"
)

// itemView is what the page of one item shows.
type itemView struct {
	ui.Page
	review.View
	content templ.Component // nil for a link
	form    *ui.Form        // of what was sent last
	sent    string          // which form: "decide", "submit", "withdraw", "void"; "" for none
	words   words
}

// formOf gives the form that was sent back its values and errors, and every other one a fresh start.
func (v itemView) formOf(which string, step review.StepKey) *ui.Form {
	if v.sent == which && (step == "" || v.form.Value("step") == string(step)) {
		return v.form
	}
	return ui.NewForm("step", string(step), "digest", v.Digest)
}

func (p *Reviews) view(r *http.Request, sent string, f *ui.Form) (itemView, error) {
	by := account.ActorOf(r.Context())
	i, err := p.Service.Item(r.Context(), by, review.ID(r.PathValue("id")))
	if err != nil {
		return itemView{}, err
	}
	v := itemView{Page: p.Site.NewPage(r, i.Title, "reviews"), View: i, form: f, sent: sent, words: p.words()}
	if p.Content != nil {
		v.content, err = p.Content(r.Context(), by, i.Item)
	}
	return v, err
}

func (p *Reviews) item(w http.ResponseWriter, r *http.Request) error {
	v, err := p.view(r, "", nil)
	if err != nil {
		return err
	}
	return p.Site.Render(w, r, http.StatusOK, itemPage(v))
}

func (p *Reviews) print(w http.ResponseWriter, r *http.Request) error {
	v, err := p.view(r, "", nil)
	if err != nil {
		return err
	}
	v.Page.Title = "审查记录：" + v.Item.Title
	return p.Site.Render(w, r, http.StatusOK, printPage(v))
}

// act reads a form, does what it asks for, and leaves; or shows the page of the item again with what is wrong.
func (p *Reviews) act(w http.ResponseWriter, r *http.Request, sent string, do func(context.Context, account.Actor, review.ID, *ui.Form) (said string, err error)) error {
	f, err := ui.ReadForm(w, r)
	if err != nil {
		return err
	}
	id := review.ID(r.PathValue("id"))
	said, err := do(r.Context(), account.ActorOf(r.Context()), id, f)
	if err != nil {
		if err := f.Fail(fieldOf(err), err); err != nil {
			return err
		}
	}
	if f.OK() {
		to := "/desk/reviews/" + string(id)
		if sent == "decide" {
			to = "/desk/reviews"
		}
		ui.Done(w, r, to, said)
		return nil
	}
	v, err := p.view(r, sent, f)
	if err != nil {
		return err
	}
	return p.Site.Invalid(w, r, itemPage(v))
}

// fieldOf is the field that an error is about.
func fieldOf(err error) string {
	switch fault.CodeOf(err) {
	case "review.reason", "review.text":
		return "text"
	case "review.return_to":
		return "to"
	}
	return ""
}

// maxText is how long opinions and reasons may be; the domain holds the same limit.
const maxText = 1000

func (p *Reviews) decide(w http.ResponseWriter, r *http.Request) error {
	return p.act(w, r, "decide", func(ctx context.Context, by account.Actor, id review.ID, f *ui.Form) (string, error) {
		d := review.Decide{Step: review.StepKey(f.Value("step")), Digest: f.Value("digest"), Text: f.Lines("text", "意见", ui.MaxLen(maxText))}
		if !f.OK() {
			return "", nil
		}
		if f.Value("verdict") == "approve" {
			i, err := p.Service.Approve(ctx, by, id, d)
			if err == nil && i.State == review.Signed {
				return "已签发《" + i.Title + "》", nil
			}
			return "已同意《" + i.Title + "》", err
		}
		to, err := strconv.Atoi(f.Value("to"))
		if err != nil || f.Value("verdict") != "return" {
			return "", fault.New(fault.Usage, "review.return_to", "请选择同意还是退回；退回时选择退给谁")
		}
		d.To = to
		i, err := p.Service.Return(ctx, by, id, d)
		if err != nil {
			return "", err
		}
		return "已把《" + i.Title + "》退回" + i.StageLabel(to), nil
	})
}

func (p *Reviews) submit(w http.ResponseWriter, r *http.Request) error {
	return p.act(w, r, "submit", func(ctx context.Context, by account.Actor, id review.ID, f *ui.Form) (string, error) {
		note := f.Lines("text", "说明", ui.MaxLen(maxText))
		if !f.OK() {
			return "", nil
		}
		if err := p.seen(ctx, by, id, f); err != nil {
			return "", err
		}
		_, err := p.Service.Submit(ctx, by, id, note)
		return "已送审", err
	})
}

// seen refuses to submit content that is not the one that the provider had before him.
func (p *Reviews) seen(ctx context.Context, by account.Actor, id review.ID, f *ui.Form) error {
	i, err := p.Service.Item(ctx, by, id)
	if err == nil && i.Digest != f.Value("digest") {
		err = fault.New(fault.Conflict, "review.stale", "内容刚改过，这次没有送审；请看过现在的内容再送")
	}
	return err
}

func (p *Reviews) withdraw(w http.ResponseWriter, r *http.Request) error {
	return p.end(w, r, "withdraw", p.Service.Withdraw, "已撤回")
}

func (p *Reviews) void(w http.ResponseWriter, r *http.Request) error {
	return p.end(w, r, "void", p.Service.Void, "已作废")
}

func (p *Reviews) end(w http.ResponseWriter, r *http.Request, sent string, do func(context.Context, account.Actor, review.ID, string) (review.Item, error), said string) error {
	return p.act(w, r, sent, func(ctx context.Context, by account.Actor, id review.ID, f *ui.Form) (string, error) {
		why := f.Lines("text", "原因", ui.Required(), ui.MaxLen(maxText))
		if !f.OK() {
			return "", nil
		}
		_, err := do(ctx, by, id, why)
		return said, err
	})
}

// chosen is the step that the page has the form of: one page has one form to decide.
func (v itemView) chosen() review.Open {
	want := v.URL.Query().Get("step")
	if v.sent == "decide" {
		want = v.form.Value("step")
	}
	for _, o := range v.Mine {
		if string(o.Step) == want {
			return o
		}
	}
	return v.Mine[0]
}

func (v itemView) tabs() []ui.Tab {
	var out []ui.Tab
	for _, o := range v.Mine {
		out = append(out, ui.Tab{Href: "/desk/reviews/" + string(v.ID) + "?step=" + string(o.Step), Text: label(v.Item, o.Step), Current: o == v.chosen()})
	}
	return out
}

// canSubmit, canWithdraw and canVoid are the forms that the page has.
func (v itemView) canSubmit() bool {
	return v.Provides && (v.State == review.Draft || v.State == review.Returned)
}

func (v itemView) canWithdraw() bool {
	return v.Provides && !v.State.Final() && v.State != review.Signed
}

func (v itemView) canVoid() bool { return v.Manages && !v.State.Final() }

// unplaced are the errors of a form that the page has no more: the item went on meanwhile.
func (v itemView) unplaced() []string {
	there := map[string]bool{"submit": v.canSubmit(), "withdraw": v.canWithdraw(), "void": v.canVoid(), "": true}
	if v.sent == "decide" {
		there[v.sent] = slices.ContainsFunc(v.Mine, func(o review.Open) bool { return string(o.Step) == v.form.Value("step") })
	}
	if there[v.sent] {
		return nil
	}
	var out []string
	for _, e := range v.form.Errors() {
		out = append(out, e.Message)
	}
	return out
}

// broken says why a signed item does not clear, nil when it does or is not signed.
func (v itemView) broken() error {
	if err := v.Cleared(v.Digest); v.State == review.Signed && errors.Is(err, fault.Conflict) {
		return err
	}
	return nil
}
