// Package reviews is the pages of sign-off: what waits for me, one item with its chain, its record for paper, and the chain
// of an agency.
package reviews

import (
	"context"
	"net/http"
	"time"

	"github.com/a-h/templ"

	"github.com/gongkai/gongkai/internal/account"
	"github.com/gongkai/gongkai/internal/agency"
	"github.com/gongkai/gongkai/internal/calendar"
	"github.com/gongkai/gongkai/internal/review"
	"github.com/gongkai/gongkai/internal/web/door"
	"github.com/gongkai/gongkai/internal/web/ui"
)

// Options are what the pages need.
type Options struct {
	Site    *ui.Site
	Service *review.Service
	// Between counts the working days d with from < d ≤ to.
	Between func(from, to calendar.Date) int
	// Content shows what is to be reviewed, on the page of its item; nil, or a nil component, for a link to it.
	Content func(ctx context.Context, by account.Actor, i review.Item) (templ.Component, error)
	Now     func() time.Time
}

// Reviews serves the pages.
type Reviews struct{ Options }

// New returns the pages.
func New(o Options) *Reviews { return &Reviews{o} }

// Routes are the pages with what each needs.
func (p *Reviews) Routes() map[string]door.Route {
	see := door.With(append(review.SeePerms(), account.Provide)...)
	provide, manage := door.With(account.Provide), door.With(account.ManageReview)
	decide := door.With(account.FirstReview, account.SecondReview, account.SecrecyReview, account.LegalReview, account.SignOff)
	return map[string]door.Route{
		"GET /desk/reviews":                {Need: see, Handler: p.list},
		"GET /desk/reviews/{id}":           {Need: see, Handler: p.item},
		"GET /desk/reviews/{id}/print":     {Need: see, Handler: p.print},
		"POST /desk/reviews/{id}/decide":   {Need: decide, Handler: p.decide},
		"POST /desk/reviews/{id}/submit":   {Need: provide, Handler: p.submit},
		"POST /desk/reviews/{id}/withdraw": {Need: provide, Handler: p.withdraw},
		"POST /desk/reviews/{id}/void":     {Need: manage, Handler: p.void},
		"GET /desk/reviews/plan":           {Need: see, Handler: p.plan},
		"POST /desk/reviews/plan":          {Need: manage, Handler: p.savePlan},
	}
}

// pageSize is how many items one page of a list shows.
const pageSize = 50

// The lists.
const (
	viewWaiting = "waiting"
	viewMine    = "mine"
	viewAll     = "all"
)

// listView is what a page of items shows.
type listView struct {
	ui.Page
	view    string
	form    *ui.Form
	rows    []review.Row
	waiting int
	pager   ui.Pager
	words   words
}

func (p *Reviews) list(w http.ResponseWriter, r *http.Request) error {
	by := account.ActorOf(r.Context())
	f := ui.QueryForm(r)
	v := listView{Page: p.Site.NewPage(r, "审查签发", "reviews"), form: f, view: f.Value("view"), words: p.words()}
	waiting, err := p.Service.Waiting(r.Context(), by)
	if err != nil {
		return err
	}
	v.waiting = len(waiting)
	q := review.Query{Limit: pageSize + 1}
	if state := f.Choice("state", "状态", options(review.StateNames())); state != "" {
		q.States = []review.State{review.State(state)}
	}
	cursor, _, err := ui.ReadCursor(r, 1)
	if err != nil {
		return err
	}
	if len(cursor) == 1 {
		q.Before = review.ID(cursor[0])
	}
	switch v.view {
	case viewMine:
		v.rows, err = p.Service.Mine(r.Context(), by, q)
	case viewAll:
		v.rows, err = p.Service.All(r.Context(), by, q)
	default:
		v.view, v.rows = viewWaiting, waiting
	}
	if err != nil {
		return err
	}
	if v.view != viewWaiting && len(v.rows) > pageSize {
		v.rows = v.rows[:pageSize]
		v.pager = ui.NewPager(r.URL, "", ui.Cursor(string(v.rows[pageSize-1].ID)))
	}
	if !f.OK() {
		return p.Site.Invalid(w, r, listPage(v))
	}
	return p.Site.Render(w, r, http.StatusOK, listPage(v))
}

func options[T ~string](all []agency.Named[T]) []ui.Option {
	out := make([]ui.Option, len(all))
	for i, n := range all {
		out[i] = ui.Option{Value: string(n.Value), Text: n.Name}
	}
	return out
}
