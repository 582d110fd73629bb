// Package workbench is the first page of the desk: what waits for the one who is signed in, the most urgent first.
package workbench

import (
	"context"
	"net/http"
	"strconv"

	"github.com/gongkai/gongkai/internal/account"
	"github.com/gongkai/gongkai/internal/web/door"
	"github.com/gongkai/gongkai/internal/web/ui"
)

// Item is one thing that waits.
type Item struct {
	Title string
	Note  string // who, what step, until when
	Href  string
	State string // "", "soon" or "late"
}

// Pile is one kind of things that wait.
type Pile struct {
	Title string
	Href  string // to all of them
	Count int
	Empty string // what to say when there is nothing
	Items []Item // the first few
}

// Source finds what waits for somebody.
type Source func(ctx context.Context, by account.Actor) ([]Pile, error)

// Workbench serves the page.
type Workbench struct {
	site *ui.Site
	from Source
}

// New returns the page.
func New(site *ui.Site, from Source) *Workbench { return &Workbench{site, from} }

// Routes is the page with what it needs.
func (b *Workbench) Routes() map[string]door.Route {
	return map[string]door.Route{"GET /desk": {Need: door.SignedIn(), Handler: b.show}}
}

func (b *Workbench) show(w http.ResponseWriter, r *http.Request) error {
	piles, err := b.from(r.Context(), account.ActorOf(r.Context()))
	if err != nil {
		return err
	}
	return b.site.Render(w, r, http.StatusOK, benchPage(b.site.NewPage(r, "工作台", "home"), piles))
}

func line(piles []Pile) string {
	n := 0
	for _, p := range piles {
		n += p.Count
	}
	if n == 0 {
		return "现在没有等着您办的事。"
	}
	return "有 " + strconv.Itoa(n) + " 件事等着您办，最急的在最前面。"
}

func stateTag(state string) (ui.Color, string, string) {
	if state == "late" {
		return "red", "warn", "已逾期"
	}
	return "amber", "clock", "快到期"
}
