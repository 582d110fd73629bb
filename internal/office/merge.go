package office

import (
	"context"
	"slices"
	"strconv"

	"github.com/gongkai/gongkai/internal/account"
	"github.com/gongkai/gongkai/internal/agency"
)

// when is how a row is put in.
func (m *importing) when(r *matched) When {
	w := When{From: r.day, Reason: m.list.Reason, Past: m.list.Reason != ""}
	if w.Reason == "" {
		w.Reason = "导入名单"
	}
	return w
}

// create puts in the agencies that are new, superiors first.
func (m *importing) create(ctx context.Context) error {
	superiors := map[agency.ID]agency.ID{}
	waiting := map[agency.ID]bool{}
	for i := range m.rows {
		r := &m.rows[i]
		if r.old.Agency != "" {
			continue
		}
		var up agency.ID
		switch {
		case r.Kind == "":
			m.bad(r.Line, colKind, "新增的机关要填类型")
		case r.Level == "":
			m.bad(r.Line, colLevel, "新增的机关要填层级")
		default:
			if r.Superior != "" && r.Superior != none {
				found, ok := m.resolve(r.Line, colSuperior, r.Superior)
				if !ok {
					continue
				}
				up = found
			}
			superiors[r.id], waiting[r.id] = up, true
		}
	}
	for moved := true; moved; {
		moved = false
		for i := range m.rows {
			r := &m.rows[i]
			if !waiting[r.id] || waiting[superiors[r.id]] {
				continue
			}
			delete(waiting, r.id)
			moved = true
			if err := m.told(r.Line, m.add(ctx, r, superiors[r.id])); err != nil {
				return err
			}
		}
	}
	for i := range m.rows {
		if r := &m.rows[i]; waiting[r.id] {
			m.bad(r.Line, colSuperior, "上级绕成了一圈，请改正")
		}
	}
	return nil
}

func (m *importing) add(ctx context.Context, r *matched, superior agency.ID) error {
	v, err := m.target(r)
	if err != nil {
		return err
	}
	v.Agency, v.Superior = r.id, superior
	if err := m.edit.create(ctx, v, r.Sections, m.when(r)); err != nil {
		return err
	}
	m.plan.Items = append(m.plan.Items, Item{Line: r.Line, Name: r.Name, From: r.day, New: true, SectionsNew: r.Sections,
		Fields: m.fields(agency.Version{}, v)})
	return nil
}

// target is what a row makes of an agency, but for its superior.
func (m *importing) target(r *matched) (agency.Version, error) {
	v := r.old
	v.Name = r.Name
	if r.Kind != "" {
		v.Kind = agency.Kind(r.Kind)
	}
	if r.Level != "" {
		v.Level = agency.Level(r.Level)
	}
	set := func(to *string, from *string) {
		if from != nil {
			*to = *from
		}
	}
	set(&v.Short, r.Short)
	set(&v.Code, r.Code)
	set(&v.Reconsideration, r.Reconsideration)
	set(&v.Court, r.Court)
	set(&v.Group, r.Group)
	if r.Position != nil {
		v.Position = *r.Position
	}
	if r.Authority != nil && !m.stays(r, r.old.Authority, *r.Authority) {
		v.Authority = ""
		if *r.Authority != "" {
			v.Authority, _ = m.resolve(r.Line, colAuthority, *r.Authority) // what is not found is a problem of the row
		}
	}
	v.From = r.day
	return v, v.Check()
}

// stays reports whether a row names the agency that is there already: one above may be known by name only.
func (m *importing) stays(r *matched, now agency.ID, text string) bool {
	v, ok := m.reg.at(now, r.day)
	return ok && text != "" && (nameKey(text) == nameKey(v.Name) || nameKey(text) == v.Code)
}

// alter changes an agency to what its row says.
func (m *importing) alter(ctx context.Context, r *matched) error {
	v, err := m.target(r)
	if err != nil {
		return err
	}
	if r.Superior != "" && r.Superior != none && !m.stays(r, r.old.Superior, r.Superior) {
		up, ok := m.resolve(r.Line, colSuperior, r.Superior)
		if !ok {
			return nil
		}
		v.Superior = up
	}
	v.From = r.old.From
	it := Item{Line: r.Line, Agency: r.id, Name: r.old.Name, From: r.day, Renamed: v.Name != r.old.Name, Moved: v.Superior != r.old.Superior,
		Fields: m.fields(r.old, v)}
	var ended []agency.Section
	if r.HasSections {
		it.SectionsNew, ended = m.sectionsOf(r)
		for _, s := range ended {
			it.SectionsEnded = append(it.SectionsEnded, s.Name)
		}
	}
	if v == r.old && len(it.SectionsNew) == 0 && len(ended) == 0 {
		m.plan.Same++
		return nil
	}
	if !m.manages(r.id) {
		return errNoAgency
	}
	if v != r.old {
		if err := m.amend(ctx, r.id, "agency.amend", m.when(r), func(old *agency.Version) {
			v.From, v.To = old.From, old.To
			*old = v
		}); err != nil {
			return err
		}
	}
	for _, s := range ended {
		if err := m.endSection(ctx, r.id, s.ID, r.day); err != nil {
			return err
		}
	}
	for _, name := range it.SectionsNew {
		if err := m.addSection(ctx, r.id, name, r.day); err != nil {
			return err
		}
	}
	m.plan.Items = append(m.plan.Items, it)
	return nil
}

// sectionsOf compares the sections of a row with those that are there.
func (m *importing) sectionsOf(r *matched) (added []string, ended []agency.Section) {
	there := map[string]bool{}
	for _, s := range m.reg.sections[r.id] {
		if !s.To.IsZero() || s.From.After(r.day) {
			continue
		}
		there[nameKey(s.Name)] = true
		if !slices.ContainsFunc(r.Sections, func(n string) bool { return nameKey(n) == nameKey(s.Name) }) {
			ended = append(ended, s)
		}
	}
	for _, n := range r.Sections {
		if !there[nameKey(n)] {
			added = append(added, n)
		}
	}
	return added, ended
}

// fields writes the difference of two versions as people read it.
func (m *importing) fields(was, is agency.Version) []Field {
	name := func(id agency.ID) string {
		if id == "" {
			return ""
		}
		for _, r := range m.rows {
			if r.id == id {
				return r.Name
			}
		}
		return m.reg.nameOn(id, m.list.From)
	}
	write := func(v agency.Version) []string {
		cells := make([]string, columns)
		cells[colName], cells[colShort], cells[colCode] = v.Name, v.Short, v.Code
		cells[colKind], cells[colLevel] = agency.NameOf(agency.KindNames(), v.Kind), agency.NameOf(agency.LevelNames(), v.Level)
		cells[colSuperior], cells[colAuthority] = name(v.Superior), name(v.Authority)
		cells[colRemedy], cells[colCourt], cells[colGroup] = v.Reconsideration, v.Court, v.Group
		if v.Position != 0 {
			cells[colOrder] = strconv.Itoa(v.Position)
		}
		return cells
	}
	before, after := write(was), write(is)
	var out []Field
	for i, label := range Headers() {
		if before[i] != after[i] {
			out = append(out, Field{label, before[i], after[i]})
		}
	}
	return out
}

// missing lists the agencies that the actor manages and the list does not name.
func (m *importing) missing() {
	named := map[agency.ID]bool{}
	for _, r := range m.rows {
		named[r.id] = true
	}
	t, err := m.reg.tree(m.list.From)
	if err != nil {
		return // the tree is judged elsewhere
	}
	for _, a := range t.Below("") {
		if !named[a.Agency] && m.can(account.ManageAgency, a.Agency) {
			m.plan.Missing = append(m.plan.Missing, a)
		}
	}
}
