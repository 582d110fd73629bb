package office

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/gongkai/gongkai/internal/account"
	"github.com/gongkai/gongkai/internal/agency"
	"github.com/gongkai/gongkai/internal/calendar"
	"github.com/gongkai/gongkai/internal/fault"
)

// registry is all agencies through all times, in memory, while a use case works on them. Changes are made here first,
// judged on every day that they touch, and only then kept.
type registry struct {
	today    calendar.Date
	versions map[agency.ID][]agency.Version // in the order of days
	sections map[agency.ID][]agency.Section
	serials  map[agency.ID]int
	follows  []agency.Succession
	trees    map[calendar.Date]*agency.Tree
}

func newRegistry(today calendar.Date, all Registry) *registry {
	r := &registry{today: today, versions: map[agency.ID][]agency.Version{}, sections: map[agency.ID][]agency.Section{},
		serials: map[agency.ID]int{}, follows: all.Successions, trees: map[calendar.Date]*agency.Tree{}}
	maps.Copy(r.serials, all.Serials)
	for _, v := range all.Versions {
		r.versions[v.Agency] = append(r.versions[v.Agency], v)
	}
	for _, list := range r.versions {
		slices.SortFunc(list, func(a, b agency.Version) int { return a.From.DaysSince(b.From) })
	}
	for _, s := range all.Sections {
		r.sections[s.Agency] = append(r.sections[s.Agency], s)
	}
	return r
}

// clone returns a registry that can be changed without this one changing.
func (r *registry) clone() *registry {
	c := *r
	c.versions, c.sections, c.serials = maps.Clone(r.versions), maps.Clone(r.sections), maps.Clone(r.serials)
	c.trees = map[calendar.Date]*agency.Tree{}
	return &c
}

// set replaces the versions of an agency.
func (r *registry) set(id agency.ID, list []agency.Version) {
	r.versions[id] = list
	clear(r.trees)
}

// ids lists all agencies of all times, oldest first.
func (r *registry) ids() []agency.ID { return slices.Sorted(maps.Keys(r.versions)) }

func (r *registry) all() []agency.Version {
	var out []agency.Version
	for _, id := range r.ids() {
		out = append(out, r.versions[id]...)
	}
	return out
}

func (r *registry) allSections() []agency.Section {
	var out []agency.Section
	for _, id := range slices.Sorted(maps.Keys(r.sections)) {
		out = append(out, r.sections[id]...)
	}
	return out
}

// tree is the tree of a day.
func (r *registry) tree(on calendar.Date) (*agency.Tree, error) {
	if t := r.trees[on]; t != nil {
		return t, nil
	}
	t, err := agency.NewTree(on, r.all(), r.allSections())
	if err == nil {
		r.trees[on] = t
	}
	return t, err
}

// at is the version of an agency that holds on a day.
func (r *registry) at(id agency.ID, on calendar.Date) (agency.Version, bool) {
	for _, v := range r.versions[id] {
		if v.On(on) {
			return v, true
		}
	}
	return agency.Version{}, false
}

// day is the day on which an agency is looked at: today while it lives, its last when it has ended, its first when it is
// to come. No date for an agency that is not known.
func (r *registry) day(id agency.ID) calendar.Date {
	list := r.versions[id]
	if len(list) == 0 {
		return calendar.Date{}
	}
	last := list[len(list)-1]
	if !last.To.IsZero() && last.To.Before(r.today) {
		return last.To
	}
	if list[0].From.After(r.today) {
		return list[0].From
	}
	return r.today
}

// place is where an agency stands.
func (r *registry) place(id agency.ID) Place {
	day := r.day(id)
	if day.IsZero() {
		return Place{}
	}
	return Place{Path: r.path(id, day), Live: day == r.today}
}

// path goes up from an agency to its root on a day; "" where it leads nowhere: nobody but the program itself reaches that.
func (r *registry) path(id agency.ID, on calendar.Date) agency.Path {
	path := agency.Path("/")
	for range agency.MaxDepth {
		v, ok := r.at(id, on)
		if !ok {
			return ""
		}
		path = "/" + agency.Path(id) + path
		if v.Superior == "" {
			return path
		}
		id = v.Superior
	}
	return ""
}

// name is what an agency is called today, or was last, or will be.
func (r *registry) name(id agency.ID) string {
	v, ok := r.at(id, r.day(id))
	if !ok {
		return string(id)
	}
	return v.Name
}

// nameOn is what an agency was called on a day.
func (r *registry) nameOn(id agency.ID, on calendar.Date) string {
	if v, ok := r.at(id, on); ok {
		return v.Name
	}
	return r.name(id)
}

// places are those of all agencies, but for those that stand where they stood before; before may be nil.
func (r *registry) places(before *registry) map[agency.ID]Place {
	out := map[agency.ID]Place{}
	for id := range r.versions {
		if at := r.place(id); before == nil || before.place(id) != at {
			out[id] = at
		}
	}
	return out
}

// amend changes an agency from a day on: the version that runs on that day ends the day before, or is replaced when it began
// on that day. What was planned for later keeps what it says, and takes over what it did not mean to change.
func (r *registry) amend(id agency.ID, from calendar.Date, to func(*agency.Version)) (before, after agency.Version, err error) {
	var out []agency.Version
	found := false
	for _, v := range r.versions[id] {
		switch {
		case v.On(from):
			found, before = true, v
			if v.From != from {
				old := v
				old.To = from.AddDays(-1)
				out = append(out, old)
			}
			v.From = from
			to(&v)
			after = v
		case found:
			carry(&v, before, after)
		}
		out = append(out, v)
	}
	if !found {
		return before, after, fault.New(fault.Usage, "agency.from", fmt.Sprintf("%s那天没有“%s”，请改生效日期", from.Chinese(), r.name(id)))
	}
	if err := after.Check(); err != nil {
		return before, after, err
	}
	r.set(id, out)
	return before, after, nil
}

// carry changes in a later version what it had taken over unchanged.
func carry(later *agency.Version, was, is agency.Version) {
	texts := func(v *agency.Version) []*string {
		return []*string{&v.Name, &v.Short, &v.Code, (*string)(&v.Kind), (*string)(&v.Level), (*string)(&v.Superior),
			(*string)(&v.Authority), &v.Reconsideration, &v.Court, &v.Group}
	}
	l, w, i := texts(later), texts(&was), texts(&is)
	for n := range l {
		if *l[n] == *w[n] {
			*l[n] = *i[n]
		}
	}
	if later.Position == was.Position {
		later.Position = is.Position
	}
}

// check judges every day from one on: the tree is a tree, whoever is named exists, no code and no name beside another is
// given twice. Errors: fault.Usage, fault.Conflict.
func (r *registry) check(from calendar.Date) error {
	for _, d := range r.days(from) {
		if err := r.checkDay(d); err != nil {
			return err
		}
	}
	return nil
}

// days are those from one on on which the tree is another than the day before, and that one itself.
func (r *registry) days(from calendar.Date) []calendar.Date {
	days := map[calendar.Date]bool{from: true}
	for _, list := range r.versions {
		for _, v := range list {
			if v.From.After(from) {
				days[v.From] = true
			}
			if !v.To.IsZero() && !v.To.Before(from) {
				days[v.To.AddDays(1)] = true
			}
		}
	}
	return slices.SortedFunc(maps.Keys(days), func(a, b calendar.Date) int { return a.DaysSince(b) })
}

func (r *registry) checkDay(d calendar.Date) error {
	t, err := r.tree(d)
	if err != nil {
		return err
	}
	type spot struct {
		superior agency.ID
		name     string
	}
	codes, names := map[string]string{}, map[spot]bool{}
	for _, a := range t.Below("") {
		if a.Authority != "" {
			if _, ok := t.Get(a.Authority); !ok {
				return fault.New(fault.Usage, "agency.authority", fmt.Sprintf("“%s”的主管部门“%s”在%s不存在，请先另行指定", a.Name, r.name(a.Authority), d.Chinese()))
			}
		}
		if other, taken := codes[a.Code]; taken && a.Code != "" {
			return fault.New(fault.Conflict, "agency.code_taken", fmt.Sprintf("“%s”和“%s”在%s用着同一个统一社会信用代码，请核对", other, a.Name, d.Chinese()))
		}
		codes[a.Code] = a.Name
		at := spot{a.Superior, nameKey(a.Name)}
		if names[at] {
			return fault.New(fault.Conflict, "agency.name_taken", fmt.Sprintf("同一个上级下面已经有“%s”（%s），请核对是不是同一家", a.Name, d.Chinese()))
		}
		names[at] = true
	}
	return nil
}

// nameKey is the form of a name under which agencies are found: without spaces, in half width.
func nameKey(name string) string {
	return strings.Map(func(c rune) rune {
		switch {
		case c == ' ' || c == '\u3000' || c == '\u00a0' || c == '\t' || c == '\n' || c == '\r' || c == '\u200b' || c == '\ufeff':
			return -1
		case c >= '！' && c <= '～':
			return c - '！' + '!'
		}
		return c
	}, name)
}

// RefreshPlaces brings the kept places to the tree of today. It is called when the program starts and when a day begins: a
// change that was planned for that day moves agencies without anybody doing anything.
func (s *Service) RefreshPlaces(ctx context.Context) error {
	return s.store.Update(ctx, func(tx Tx) error {
		if err := tx.Lock(ctx); err != nil {
			return err
		}
		return open(ctx, tx, account.System("places"), func(w *work) error { return tx.SavePlaces(ctx, w.reg.places(nil)) })
	})
}
