package review

import (
	"context"
	"slices"

	"github.com/gongkai/gongkai/internal/account"
	"github.com/gongkai/gongkai/internal/agency"
	"github.com/gongkai/gongkai/internal/fault"
)

// Row is an item in a list, with the steps of it that wait for the one who looks.
type Row struct {
	Item
	Mine   []Open
	Office string // name of the agency
}

// maxWaiting bounds how many items are looked at to find those that wait for somebody.
const maxWaiting = 500

// Waiting lists the items that wait for a decision of the actor, what is due first at the top.
func (s *Service) Waiting(ctx context.Context, by account.Actor) (out []Row, err error) {
	scopes := map[account.Perm]account.Scope{}
	for _, k := range StepKindNames() {
		if sc := by.Scope(k.Value.Perm()); !sc.Empty() && !by.IsSystem() {
			scopes[k.Value.Perm()] = sc
		}
	}
	if len(scopes) == 0 {
		return nil, nil
	}
	err = s.store.View(ctx, func(tx Tx) error {
		all, err := tx.ItemsWaiting(ctx, scopes, maxWaiting)
		if err != nil {
			return err
		}
		rows, err := rows(ctx, tx, by, all)
		out = slices.DeleteFunc(rows, func(r Row) bool { return len(r.Mine) == 0 })
		return err
	})
	slices.SortStableFunc(out, func(a, b Row) int {
		if x, y := a.Mine[0].Due, b.Mine[0].Due; x != y {
			return byDue(Open{Due: x}, Open{Due: y})
		}
		return a.Mine[0].Since.Compare(b.Mine[0].Since)
	})
	return out, err
}

func rows(ctx context.Context, tx Tx, by account.Actor, all []Item) ([]Row, error) {
	var ids []agency.ID
	for _, i := range all {
		if !slices.Contains(ids, i.Agency) {
			ids = append(ids, i.Agency)
		}
	}
	names, err := tx.Agencies(ctx, ids)
	if err != nil {
		return nil, err
	}
	places := map[agency.ID]agency.Path{}
	for _, id := range ids {
		if places[id], err = tx.Place(ctx, id); err != nil {
			return nil, err
		}
	}
	var out []Row
	for _, i := range all {
		if at := places[i.Agency]; i.Sees(by, at) {
			out = append(out, Row{i, i.Waiting(by, at), names[i.Agency]})
		}
	}
	return out, nil
}

// Mine lists the items that the actor provided, or that somebody provided for whom the actor stands in, the newest first.
func (s *Service) Mine(ctx context.Context, by account.Actor, q Query) (out []Row, err error) {
	q.Scope, q.Persons = account.Scope{}, nil
	for _, g := range by.Grants {
		if g.Perm == account.Provide {
			q.Persons = append(q.Persons, g.For)
		}
	}
	for n, p := range q.Persons {
		if p == "" {
			q.Persons[n] = by.Person
		}
	}
	return s.list(ctx, by, q)
}

// All lists the items that the actor may see, the newest first. Filters of q but Scope and Persons hold.
func (s *Service) All(ctx context.Context, by account.Actor, q Query) ([]Row, error) {
	q.Scope, q.Persons = account.Scope{}, nil
	for _, p := range SeePerms() {
		sc := by.Scope(p)
		q.Scope.All = q.Scope.All || sc.All
		for _, r := range sc.Roots {
			if !slices.Contains(q.Scope.Roots, r) {
				q.Scope.Roots = append(q.Scope.Roots, r)
			}
		}
	}
	if by.CanAnywhere(account.Provide) && by.Person != "" {
		q.Persons = []account.PersonID{by.Person}
	}
	return s.list(ctx, by, q)
}

func (s *Service) list(ctx context.Context, by account.Actor, q Query) (out []Row, err error) {
	if q.Scope.Empty() && len(q.Persons) == 0 {
		return nil, nil
	}
	q.Limit = min(max(q.Limit, 1), 200)
	err = s.store.View(ctx, func(tx Tx) error {
		all, err := tx.Items(ctx, q)
		if err != nil {
			return err
		}
		out, err = rows(ctx, tx, by, all)
		return err
	})
	return out, err
}

// View is an item as somebody sees it.
type View struct {
	Row
	Provides bool // may submit, change the content and withdraw it
	Manages  bool // may void it
	// Why says of each open step that the actor may not decide why not; "" where he does not hold the permission.
	Why   map[StepKey]string
	Names map[account.PersonID]string // of all persons in it
}

// Item returns an item for who may see it. Errors: fault.NotFound.
func (s *Service) Item(ctx context.Context, by account.Actor, id ID) (v View, err error) {
	err = s.store.View(ctx, func(tx Tx) error {
		i, err := tx.Item(ctx, id)
		if err != nil {
			return hide(err)
		}
		at, err := tx.Place(ctx, i.Agency)
		if err != nil {
			return err
		}
		if !i.Sees(by, at) {
			return ErrNotFound
		}
		names, err := tx.Agencies(ctx, []agency.ID{i.Agency})
		if err != nil {
			return err
		}
		v = View{Row: Row{i, i.Waiting(by, at), names[i.Agency]}, Provides: i.Provides(by, at), Manages: by.Can(account.ManageReview, at) && !by.IsSystem(), Why: map[StepKey]string{}}
		for _, o := range i.Open {
			if err := i.May(by, at, o.Step); err != nil && fault.CodeOf(err) != ErrNotFound.Code {
				v.Why[o.Step] = fault.Message(err)
			}
		}
		v.Names, err = tx.Names(ctx, i.persons())
		return err
	})
	return v, err
}

// persons are all who are named in the item.
func (i Item) persons() []account.PersonID {
	var out []account.PersonID
	add := func(all ...account.PersonID) {
		for _, p := range all {
			if !slices.Contains(out, p) {
				out = append(out, p)
			}
		}
	}
	for _, e := range i.Events {
		add(e.persons()...)
	}
	for _, st := range i.Plan.Steps() {
		add(st.Persons...)
	}
	return out
}
