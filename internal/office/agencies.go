package office

import (
	"context"
	"slices"
	"strings"

	"github.com/gongkai/gongkai/internal/account"
	"github.com/gongkai/gongkai/internal/agency"
	"github.com/gongkai/gongkai/internal/audit"
	"github.com/gongkai/gongkai/internal/calendar"
	"github.com/gongkai/gongkai/internal/fault"
)

// When says from which day a change holds, and on which state of the agency it was decided.
type When struct {
	From   calendar.Date
	Serial int    // of the agency as it was shown; 0 for whatever it is
	Reason string // goes into the record; must be written to change the past
	// Past asks for a change of days gone by, which changes the tree that past years' reports are held against. It takes a
	// reason, and the right to manage the tree from its root down.
	Past bool
}

// edit collects changes of the tree, which are judged and kept together.
type edit struct {
	*work
	next    *registry // as it will be
	first   calendar.Date
	touched []agency.ID
	notes   []func() error
}

func (w *work) edit() *edit { return &edit{work: w, next: w.reg.clone()} }

// touch says that an agency is changed from a day on.
func (e *edit) touch(id agency.ID, from calendar.Date) {
	if !slices.Contains(e.touched, id) {
		e.touched = append(e.touched, id)
	}
	if e.first.IsZero() || from.Before(e.first) {
		e.first = from
	}
}

// stands returns the nearest agency at or above id that is kept already: rights at what is new are those above it.
func (e *edit) stands(id agency.ID) agency.ID {
	for range agency.MaxDepth {
		if id == "" || len(e.reg.versions[id]) > 0 || len(e.next.versions[id]) == 0 {
			break
		}
		id = e.next.versions[id][0].Superior
	}
	return id
}

// manages reports whether the actor may change the tree at an agency, or may build below it.
func (e *edit) manages(id agency.ID) bool {
	if id == "" {
		return e.by.IsSystem()
	}
	at := e.stands(id)
	return at != "" && e.can(account.ManageAgency, at) || e.by.IsSystem()
}

// past refuses to change days gone by to who has not asked for it, or may not.
func (e *edit) past(at agency.ID, when When) error {
	if when.From.IsZero() {
		return fault.New(fault.Usage, "agency.from", "请填写从哪一天起生效")
	}
	if !when.From.Before(e.today) || e.by.IsSystem() {
		return nil
	}
	if !when.Past {
		return fault.New(fault.Usage, "agency.past", "生效日期在今天以前，会改动以往年度的机构名单；确需更正的，请选“更正以往”并写明理由")
	}
	if _, err := checkReason("agency.reason", when.Reason); err != nil {
		return err
	}
	root, _, _ := strings.Cut(strings.TrimPrefix(string(e.reg.place(e.stands(at)).Path), "/"), "/")
	if root == "" || !e.can(account.ManageAgency, agency.ID(root)) {
		return fault.New(fault.Usage, "agency.past_right", "只有维护整棵机构树的管理员能更正以往；请主管部门来办")
	}
	return nil
}

// fresh refuses what was decided on an older state.
func (e *edit) fresh(id agency.ID, serial int) error {
	if serial != 0 && serial != e.reg.serials[id] {
		return errStale
	}
	return nil
}

// create adds an agency with its sections.
func (e *edit) create(ctx context.Context, v agency.Version, sections []string, when When) error {
	if !e.manages(v.Superior) {
		if v.Superior == "" {
			return fault.New(fault.Usage, "agency.superior", "请选择上级机关")
		}
		return errNoAgency
	}
	v.From, v.To = when.From, calendar.Date{}
	if err := e.past(v.Superior, when); err != nil {
		return err
	}
	if err := v.Check(); err != nil {
		return err
	}
	e.next.set(v.Agency, []agency.Version{v})
	e.touch(v.Agency, v.From)
	e.notes = append(e.notes, func() error {
		return e.note(ctx, audit.Note{Action: "agency.create", Subject: subject(v.Agency), Agency: v.Agency, Cause: when.Reason,
			Changes: []audit.Change{change("from", "", v.From.String())}}, account.ManageAgency, nil, v)
	})
	for _, name := range sections {
		if err := e.addSection(ctx, v.Agency, name, v.From); err != nil {
			return err
		}
	}
	return nil
}

// amend changes an agency from a day on. action names what was asked for in the record.
func (e *edit) amend(ctx context.Context, id agency.ID, action string, when When, to func(*agency.Version)) error {
	if len(e.reg.versions[id]) == 0 || !e.manages(id) {
		return errNoAgency
	}
	if err := e.fresh(id, when.Serial); err != nil {
		return err
	}
	if err := e.past(id, when); err != nil {
		return err
	}
	before, after, err := e.next.amend(id, when.From, to)
	if err != nil {
		return err
	}
	if before.Superior != after.Superior && !e.manages(after.Superior) {
		return fault.New(fault.Usage, "agency.superior", "没有要移去的上级机关，或您不能在那里增设机构；请重新选择")
	}
	e.touch(id, when.From)
	e.notes = append(e.notes, func() error {
		return e.note(ctx, audit.Note{Action: action, Subject: subject(id), Agency: id, Cause: when.Reason,
			Changes: []audit.Change{change("from", "", when.From.String())}}, account.ManageAgency, before, after)
	})
	return nil
}

// judge looks at all that was changed, on every day that it touches.
func (e *edit) judge(ctx context.Context) (*keepers, error) {
	if err := e.next.check(e.first); err != nil {
		return nil, err
	}
	keep, err := e.keepers(ctx)
	if err != nil {
		return nil, err
	}
	return keep, e.gains(keep)
}

// commit judges all that was changed, and keeps it.
func (e *edit) commit(ctx context.Context) error {
	if len(e.touched) == 0 {
		return nil
	}
	keep, err := e.judge(ctx)
	if err != nil {
		return err
	}
	for _, id := range e.touched {
		if err := e.tx.SaveAgency(ctx, id, e.next.versions[id], e.reg.serials[id]); err != nil {
			return err
		}
		e.next.serials[id]++
		known := map[agency.SectionID]agency.Section{}
		for _, s := range e.reg.sections[id] {
			known[s.ID] = s
		}
		for _, s := range e.next.sections[id] {
			if known[s.ID] == s {
				continue
			}
			if err := e.tx.SaveSection(ctx, s); err != nil {
				return err
			}
		}
	}
	moved := e.next.places(e.reg)
	e.reg = e.next
	for _, write := range e.notes {
		if err := write(); err != nil {
			return err
		}
	}
	if err := e.tx.SavePlaces(ctx, moved); err != nil {
		return err
	}
	return keep.check(ctx)
}

// gains refuses moves that would let anybody reach, through a position above the new place, what the mover does not hold
// at what is moved.
func (e *edit) gains(keep *keepers) error {
	if e.by.IsSystem() {
		return nil
	}
	from := e.first
	if from.Before(e.today) {
		from = e.today
	}
	for _, day := range e.next.days(from) {
		was, err := e.reg.tree(day)
		if err != nil {
			return err
		}
		is, err := e.next.tree(day)
		if err != nil {
			return err
		}
		for _, id := range e.touched {
			if err := e.gainsOn(day, id, was, is, keep); err != nil {
				return err
			}
		}
	}
	return nil
}

func (e *edit) gainsOn(day calendar.Date, id agency.ID, before, after *agency.Tree, keep *keepers) error {
	was, is := before.Path(id), after.Path(id)
	if was == "" || is == "" || was == is {
		return nil
	}
	for _, p := range keep.positions {
		over := !p.To.IsZero() && p.To.Before(day)
		if over || !p.Subtree || p.Agency == id || !is.Within(after.Path(p.Agency)) || was.Within(before.Path(p.Agency)) {
			continue
		}
		if err := e.give(keep.perms(p.Role), id, true); err != nil {
			return err
		}
	}
	return nil
}

func subject(id agency.ID) audit.Subject { return audit.Subject{Kind: "agency", ID: string(id)} }

// Create adds an agency below v.Superior from when.From on, with its sections by name. v.Agency, From and To are not looked
// at. Errors: fault.NotFound without a superior where the actor may build; fault.Usage; fault.Conflict for a name or code that
// is taken.
func (s *Service) Create(ctx context.Context, by account.Actor, v agency.Version, sections []string, when When) (id agency.ID, err error) {
	err = s.update(ctx, by, func(w *work) error {
		fresh, err := w.tx.NewID()
		if err != nil {
			return err
		}
		id = agency.ID(fresh)
		v.Agency = id
		e := w.edit()
		if err := e.create(ctx, v, sections, when); err != nil {
			return err
		}
		return e.commit(ctx)
	})
	return id, err
}

// Amend makes an agency what v says, from when.From on: the version that runs on that day ends the day before; one that
// began on that day is replaced. v.Agency names the agency, From and To are not looked at.
// Errors: fault.NotFound; fault.Usage; fault.Conflict for an older state, a name or a code that is taken.
func (s *Service) Amend(ctx context.Context, by account.Actor, v agency.Version, when When) error {
	return s.change(ctx, by, v.Agency, "agency.amend", when, func(old *agency.Version) {
		v.From, v.To = old.From, old.To
		*old = v
	})
}

// Rename gives an agency another name from a day on. Errors: as Amend.
func (s *Service) Rename(ctx context.Context, by account.Actor, id agency.ID, name, short string, when When) error {
	return s.change(ctx, by, id, "agency.rename", when, func(v *agency.Version) { v.Name, v.Short = strings.TrimSpace(name), strings.TrimSpace(short) })
}

// Move puts an agency, with all below it, under another superior from a day on. Nobody gains by it what the mover does not
// hold. Errors: as Amend.
func (s *Service) Move(ctx context.Context, by account.Actor, id, superior agency.ID, when When) error {
	return s.change(ctx, by, id, "agency.move", when, func(v *agency.Version) { v.Superior = superior })
}

func (s *Service) change(ctx context.Context, by account.Actor, id agency.ID, action string, when When, to func(*agency.Version)) error {
	return s.update(ctx, by, func(w *work) error {
		e := w.edit()
		if err := e.amend(ctx, id, action, when, to); err != nil {
			return err
		}
		return e.commit(ctx)
	})
}
