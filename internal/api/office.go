package api

import (
	"context"

	"github.com/gongkai/gongkai/internal/account"
	"github.com/gongkai/gongkai/internal/agency"
	"github.com/gongkai/gongkai/internal/calendar"
	"github.com/gongkai/gongkai/internal/office"
)

// Offices gives agencies and people from the use cases of package office.
type Offices struct{ Service *office.Service }

var (
	_ Agencies = Offices{}
	_ People   = Offices{}
)

// Tree is the tree of a day, cut down to what by may see and the names above it.
func (o Offices) Tree(ctx context.Context, by account.Actor, on calendar.Date) (Tree, error) {
	v, err := o.Service.Tree(ctx, by, on)
	t := Tree{On: v.On, Nodes: make([]Node, 0, len(v.Nodes))}
	for _, n := range v.Nodes {
		t.Nodes = append(t.Nodes, Node{n.Agency, n.NameOnly})
	}
	return t, err
}

// Agency is one agency on a day. Errors: fault.NotFound.
func (o Offices) Agency(ctx context.Context, by account.Actor, id agency.ID, on calendar.Date) (Detail, error) {
	if on.IsZero() {
		today, err := o.Service.Today(ctx)
		if err != nil {
			return Detail{}, err
		}
		on = today
	}
	d, err := o.Service.Agency(ctx, by, id, on)
	return Detail{Agency: d.Agency, On: on, Sections: d.Sections, Authority: d.Authority, Remedy: d.Remedy}, err
}

// People lists persons with a position that by may see, by account. Phones and addresses are left behind here, masked as
// they are.
func (o Offices) People(ctx context.Context, by account.Actor, at agency.ID, after string, limit int) ([]Person, error) {
	members, err := o.Service.People(ctx, by, office.Query{Agency: at, Closed: true, After: after, Limit: limit})
	out := make([]Person, 0, len(members))
	for _, m := range members {
		p := Person{ID: m.ID, Name: m.Name, Account: m.Account, Closed: !m.Person.Closed.IsZero()}
		for _, h := range m.Positions {
			p.Positions = append(p.Positions, h.Position)
		}
		out = append(out, p)
	}
	return out, err
}
