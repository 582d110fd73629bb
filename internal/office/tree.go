package office

import (
	"context"
	"slices"

	"github.com/gongkai/gongkai/internal/account"
	"github.com/gongkai/gongkai/internal/agency"
	"github.com/gongkai/gongkai/internal/calendar"
)

// Node is an agency in the tree of a day.
type Node struct {
	agency.Agency
	Depth int // 0 at a root
	// NameOnly marks an agency above what the actor may see: only id, name, path and depth are there.
	NameOnly bool
	Sections []agency.Section
}

// View is the tree of a day, cut down to what the actor may see.
type View struct {
	On    calendar.Date
	Nodes []Node // superiors before those below them
}

// Detail is one agency on a day, with all that hangs on it.
type Detail struct {
	Node
	Remedy       agency.Remedy
	Authority    *agency.Agency  // the competent authority, nil where none is found
	Above        []agency.Agency // the nearest first; of those that the actor may not see only id, name and path are there
	Below        []agency.Agency // directly below
	Predecessors []Link
	Successors   []Link
	Manage       bool // the actor may change it
}

// Link is a succession with the name of the other agency.
type Link struct {
	agency.Succession
	Name string
}

// sees reports whether the actor may see an agency, as it stands today.
func (w *work) sees(id agency.ID) bool {
	return w.can(account.SeeAgency, id) || w.can(account.ManageAgency, id)
}

func nameOnly(a agency.Agency) agency.Agency {
	return agency.Agency{Version: agency.Version{Agency: a.Agency, Name: a.Name}, Path: a.Path}
}

// Today is the civil date of now.
func (s *Service) Today(ctx context.Context) (d calendar.Date, err error) {
	err = s.store.View(ctx, func(tx Tx) error {
		d = calendar.On(tx.Now())
		return nil
	})
	return d, err
}

// Tree is the tree of a day, cut down to what the actor may see and the names above it. What one may see is decided by
// where an agency stands today. No date is today.
func (s *Service) Tree(ctx context.Context, by account.Actor, on calendar.Date) (v View, err error) {
	err = s.view(ctx, by, func(w *work) error {
		if on.IsZero() {
			on = w.today
		}
		v.On = on
		t, err := w.reg.tree(on)
		if err != nil {
			return err
		}
		shown, above := map[agency.ID]bool{}, map[agency.ID]bool{}
		for _, a := range t.Below("") {
			if !w.sees(a.Agency) {
				continue
			}
			shown[a.Agency] = true
			for _, up := range t.Ancestors(a.Agency) {
				above[up.Agency] = true
			}
		}
		for _, a := range t.Below("") {
			n := Node{Agency: a, Depth: len(t.Ancestors(a.Agency))}
			switch {
			case shown[a.Agency]:
				n.Serial, n.Sections = w.reg.serials[a.Agency], t.Sections(a.Agency)
			case above[a.Agency]:
				n.Agency, n.NameOnly = nameOnly(a), true
			default:
				continue
			}
			v.Nodes = append(v.Nodes, n)
		}
		return nil
	})
	return v, err
}

// TreeOfYear is the tree that a year's reports are held against: that of 31 December, or of today while the year runs.
// Legal: 条例 第四十九条.
func (s *Service) TreeOfYear(ctx context.Context, by account.Actor, year int) (View, error) {
	today, err := s.Today(ctx)
	if err != nil {
		return View{}, err
	}
	return s.Tree(ctx, by, dayOfYear(today, year))
}

func dayOfYear(today calendar.Date, year int) calendar.Date {
	if end := calendar.NewDate(year, 12, 31); end.Before(today) {
		return end
	}
	return today
}

// Agency is one agency on a day; no date is today, or the day nearest to today on which it was there.
// Errors: fault.NotFound.
func (s *Service) Agency(ctx context.Context, by account.Actor, id agency.ID, on calendar.Date) (d Detail, err error) {
	err = s.view(ctx, by, func(w *work) error {
		if !w.sees(id) {
			return errNoAgency
		}
		if on.IsZero() {
			on = w.reg.day(id)
		}
		t, err := w.reg.tree(on)
		if err != nil {
			return err
		}
		a, ok := t.Get(id)
		if !ok {
			return errNoAgency
		}
		a.Serial = w.reg.serials[id]
		d = Detail{Node: Node{Agency: a, Sections: t.Sections(id)}, Remedy: t.Remedy(id), Above: t.Ancestors(id),
			Manage: w.can(account.ManageAgency, id)}
		d.Depth = len(d.Above)
		for i, up := range d.Above {
			if !w.sees(up.Agency) {
				d.Above[i] = nameOnly(up)
			}
		}
		for _, c := range t.Children(id) {
			if w.sees(c.Agency) {
				d.Below = append(d.Below, c)
			}
		}
		if up, ok := t.Authority(id); ok {
			if !w.sees(up.Agency) {
				up = nameOnly(up)
			}
			d.Authority = &up
		}
		d.Predecessors, d.Successors = w.links(id)
		return nil
	})
	return d, err
}

func (w *work) links(id agency.ID) (before, after []Link) {
	for _, s := range w.reg.follows {
		switch id {
		case s.Into:
			before = append(before, Link{s, w.reg.name(s.From)})
		case s.From:
			after = append(after, Link{s, w.reg.name(s.Into)})
		}
	}
	return before, after
}

// Past is a version of an agency with the names of those it refers to.
type Past struct {
	agency.Version
	SuperiorName  string
	AuthorityName string
}

// History lists the versions of an agency, newest first. Errors: fault.NotFound.
func (s *Service) History(ctx context.Context, by account.Actor, id agency.ID) (list []Past, err error) {
	err = s.view(ctx, by, func(w *work) error {
		if !w.sees(id) {
			return errNoAgency
		}
		for _, v := range slices.Backward(w.reg.versions[id]) {
			p := Past{Version: v}
			if v.Superior != "" {
				p.SuperiorName = w.reg.nameOn(v.Superior, v.From)
			}
			if v.Authority != "" {
				p.AuthorityName = w.reg.nameOn(v.Authority, v.From)
			}
			list = append(list, p)
		}
		return nil
	})
	return list, err
}

// Expectation is an agency that hands in a report for a year.
type Expectation struct {
	agency.Agency
	// Names are all that it may sign with: the one of that year first, then the others that it had or has, newest first.
	Names []string
	// Before are the names of agencies whose work it had taken over by then; their reports are not its own.
	Before []string
}

// Expected lists the agencies at or below one (all for "") that hand in a report for a year, in the order of the tree of
// that year, cut down to those whose reports the actor may see. Legal: 条例 第四十九条, 第五十五条.
func (s *Service) Expected(ctx context.Context, by account.Actor, below agency.ID, year int) (list []Expectation, err error) {
	err = s.view(ctx, by, func(w *work) error {
		on := dayOfYear(w.today, year)
		t, err := w.reg.tree(on)
		if err != nil {
			return err
		}
		for _, a := range t.Reporting(below) {
			if !w.can(account.SeeReport, a.Agency) {
				continue
			}
			x := Expectation{Agency: a, Names: []string{a.Name}}
			for _, v := range slices.Backward(w.reg.versions[a.Agency]) {
				if !slices.Contains(x.Names, v.Name) {
					x.Names = append(x.Names, v.Name)
				}
			}
			for _, f := range w.reg.follows {
				if f.Into == a.Agency && !f.On.After(on) {
					x.Before = append(x.Before, w.reg.name(f.From))
				}
			}
			list = append(list, x)
		}
		return nil
	})
	return list, err
}
