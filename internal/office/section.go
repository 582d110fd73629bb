package office

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/gongkai/gongkai/internal/account"
	"github.com/gongkai/gongkai/internal/agency"
	"github.com/gongkai/gongkai/internal/audit"
	"github.com/gongkai/gongkai/internal/calendar"
	"github.com/gongkai/gongkai/internal/fault"
)

// AddSection gives an agency a section from a day on. Errors: fault.NotFound; fault.Usage; fault.Conflict for a name that
// is taken or an older state.
func (s *Service) AddSection(ctx context.Context, by account.Actor, id agency.ID, name string, when When) error {
	return s.sections(ctx, by, id, when, func(e *edit) error { return e.addSection(ctx, id, name, when.From) })
}

// RenameSection gives a section another name. Errors: as AddSection.
func (s *Service) RenameSection(ctx context.Context, by account.Actor, id agency.ID, section agency.SectionID, name string, when When) error {
	return s.sections(ctx, by, id, when, func(e *edit) error {
		return e.setSection(ctx, id, section, "section.rename", func(s *agency.Section) { s.Name = strings.TrimSpace(name) })
	})
}

// EndSection ends a section: when.From is the first day on which it is no more. Errors: as AddSection.
func (s *Service) EndSection(ctx context.Context, by account.Actor, id agency.ID, section agency.SectionID, when When) error {
	return s.sections(ctx, by, id, when, func(e *edit) error { return e.endSection(ctx, id, section, when.From) })
}

func (s *Service) sections(ctx context.Context, by account.Actor, id agency.ID, when When, f func(*edit) error) error {
	return s.update(ctx, by, func(w *work) error {
		e := w.edit()
		if len(e.reg.versions[id]) == 0 || !e.manages(id) {
			return errNoAgency
		}
		if err := e.fresh(id, when.Serial); err != nil {
			return err
		}
		if when.From.IsZero() {
			return fault.New(fault.Usage, "agency.from", "请填写从哪一天起生效")
		}
		if err := f(e); err != nil {
			return err
		}
		return e.commit(ctx)
	})
}

// maxSection bounds the name of a section, in characters.
const maxSection = 40

func (e *edit) checkSection(id agency.ID, self agency.SectionID, name string) error {
	if name == "" || utf8.RuneCountInString(name) > maxSection {
		return fault.New(fault.Usage, "section.name", fmt.Sprintf("请填写股室名称，最多 %d 个字", maxSection))
	}
	for _, s := range e.next.sections[id] {
		if s.ID != self && s.To.IsZero() && nameKey(s.Name) == nameKey(name) {
			return fault.New(fault.Conflict, "section.taken", fmt.Sprintf("已经有“%s”了", s.Name))
		}
	}
	return nil
}

func (e *edit) addSection(ctx context.Context, id agency.ID, name string, from calendar.Date) error {
	name = strings.TrimSpace(name)
	if err := e.checkSection(id, "", name); err != nil {
		return err
	}
	fresh, err := e.tx.NewID()
	if err != nil {
		return err
	}
	s := agency.Section{ID: agency.SectionID(fresh), Agency: id, Name: name, From: from}
	e.next.sections[id] = append(slices.Clone(e.next.sections[id]), s)
	e.next.set(id, e.next.versions[id])
	e.touch(id, from)
	e.notes = append(e.notes, func() error {
		return e.note(ctx, audit.Note{Action: "section.add", Subject: audit.Subject{Kind: "section", ID: fresh}, Agency: id,
			Changes: []audit.Change{change("from", "", from.String())}}, account.ManageAgency, nil, s)
	})
	return nil
}

func (e *edit) endSection(ctx context.Context, id agency.ID, section agency.SectionID, from calendar.Date) error {
	return e.setSection(ctx, id, section, "section.end", func(s *agency.Section) { s.To = before(from, s.From) })
}

func (e *edit) setSection(ctx context.Context, id agency.ID, section agency.SectionID, action string, to func(*agency.Section)) error {
	list := slices.Clone(e.next.sections[id])
	i := slices.IndexFunc(list, func(s agency.Section) bool { return s.ID == section })
	if i < 0 {
		return fault.New(fault.NotFound, "section.not_found", "没有这个股室；请从机关页面重新打开")
	}
	was := list[i]
	to(&list[i])
	is := list[i]
	if err := e.checkSection(id, section, is.Name); err != nil {
		return err
	}
	e.next.sections[id] = list
	e.next.set(id, e.next.versions[id])
	e.touch(id, e.today)
	e.notes = append(e.notes, func() error {
		var ends []audit.Change
		if was.To != is.To {
			ends = []audit.Change{change("to", was.To.String(), is.To.String())}
		}
		return e.note(ctx, audit.Note{Action: action, Subject: audit.Subject{Kind: "section", ID: string(section)}, Agency: id, Changes: ends},
			account.ManageAgency, was, is)
	})
	return nil
}

// before is the last day of something that is no more from a day on. What never began ends the day before it would have.
func before(from, began calendar.Date) calendar.Date {
	if from.Before(began) {
		return began.AddDays(-1)
	}
	return from.AddDays(-1)
}
