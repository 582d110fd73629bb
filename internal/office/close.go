package office

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/gongkai/gongkai/internal/account"
	"github.com/gongkai/gongkai/internal/agency"
	"github.com/gongkai/gongkai/internal/audit"
	"github.com/gongkai/gongkai/internal/calendar"
	"github.com/gongkai/gongkai/internal/fault"
)

// Closing is what the end of an agency brings with it.
type Closing struct {
	Agency    agency.Agency
	Children  []agency.Agency // to be moved or closed first
	Positions []Held          // will end
	Serial    int
}

// Held is a position with who holds it.
type Held struct {
	account.Position
	Name    string // of the person
	Account string
	At      string // the agency's name
	In      string // the section's name
	As      string // the role's name
}

// Closing says what would end with an agency that is no more from a day on. Errors: fault.NotFound.
func (s *Service) Closing(ctx context.Context, by account.Actor, id agency.ID, from calendar.Date) (c Closing, err error) {
	err = s.view(ctx, by, func(w *work) error {
		if !w.can(account.ManageAgency, id) {
			return errNoAgency
		}
		t, err := w.reg.tree(from)
		if err != nil {
			return err
		}
		a, ok := t.Get(id)
		if !ok {
			return errNoAgency
		}
		c = Closing{Agency: a, Children: t.Children(id), Serial: w.reg.serials[id]}
		running, err := w.tx.Running(ctx, from)
		if err != nil {
			return err
		}
		at := slices.DeleteFunc(running, func(p account.Position) bool { return p.Agency != id })
		c.Positions, err = w.held(ctx, at)
		return err
	})
	return c, err
}

// Close ends an agency: when.From is the first day on which it is no more. into are those who carry on its work: one for a
// merger or a new body, several for a split, none where the duty ends. What was planned for later falls away; positions and
// sections end with it. Errors: fault.NotFound; fault.Usage for agencies that still stand under it or name it as their
// authority; fault.Conflict for an older state, or when nobody could manage persons any more.
func (s *Service) Close(ctx context.Context, by account.Actor, id agency.ID, into []agency.ID, when When) error {
	return s.update(ctx, by, func(w *work) error {
		e := w.edit()
		if err := e.close(ctx, id, into, when); err != nil {
			return err
		}
		return e.commit(ctx)
	})
}

func (e *edit) close(ctx context.Context, id agency.ID, into []agency.ID, when When) error {
	if len(e.reg.versions[id]) == 0 || !e.manages(id) {
		return errNoAgency
	}
	if err := e.fresh(id, when.Serial); err != nil {
		return err
	}
	if err := e.past(id, when); err != nil {
		return err
	}
	last := when.From.AddDays(-1)
	v, ok := e.reg.at(id, last)
	if !ok {
		return fault.New(fault.Usage, "agency.from", fmt.Sprintf("“%s”在%s不存在，请改撤销日期", e.reg.name(id), last.Chinese()))
	}
	names, err := e.successors(id, into, when.From)
	if err != nil {
		return err
	}
	tree, err := e.reg.tree(when.From)
	if err != nil {
		return err
	}
	if under := tree.Children(id); len(under) > 0 {
		return fault.New(fault.Usage, "agency.children", fmt.Sprintf("“%s”下面还有 %d 家机关（%s 等），请先移到别处或撤销", v.Name, len(under), under[0].Name))
	}
	kept := slices.DeleteFunc(slices.Clone(e.reg.versions[id]), func(v agency.Version) bool { return v.From.After(last) })
	kept[len(kept)-1].To = last
	e.next.set(id, kept)
	e.touch(id, when.From)
	e.notes = append(e.notes, func() error {
		return e.note(ctx, audit.Note{Action: "agency.close", Subject: subject(id), Agency: id, Cause: when.Reason,
			Changes: []audit.Change{change("to", v.To.String(), last.String()), change("successors", "", strings.Join(names, "、"))}},
			account.ManageAgency, nil, nil)
	})
	for _, s := range e.reg.sections[id] {
		if !s.To.IsZero() && s.To.Before(when.From) {
			continue
		}
		if err := e.endSection(ctx, id, s.ID, when.From); err != nil {
			return err
		}
	}
	e.notes = append(e.notes, func() error {
		for _, next := range into {
			if err := e.tx.AddSuccession(ctx, agency.Succession{From: id, Into: next, On: when.From, Note: when.Reason, At: e.tx.Now()}); err != nil {
				return err
			}
		}
		return e.endPositions(ctx, id, when.From)
	})
	return nil
}

func (e *edit) successors(id agency.ID, into []agency.ID, on calendar.Date) (names []string, err error) {
	for i, next := range into {
		v, ok := e.reg.at(next, on)
		if !ok || next == id || slices.Contains(into[:i], next) || !e.sees(next) {
			return nil, fault.New(fault.Usage, "agency.successor", "承接机关在那天不存在、选重了，或就是它自己；请重新选择")
		}
		names = append(names, v.Name)
	}
	return names, nil
}

// endPositions ends all positions at an agency that is no more from a day on.
func (e *edit) endPositions(ctx context.Context, id agency.ID, from calendar.Date) error {
	running, err := e.tx.Running(ctx, from)
	if err != nil {
		return err
	}
	for _, p := range running {
		if p.Agency != id {
			continue
		}
		was := p
		p.To = before(from, p.From)
		if err := e.savePosition(ctx, "position.end", "机关撤销", &was, p); err != nil {
			return err
		}
		if err := e.tellPosition(ctx, "机关撤销，结束", p); err != nil {
			return err
		}
	}
	return nil
}

// keepers remembers who could manage persons before a change, for somebody to be left who can.
type keepers struct {
	w         *work
	positions []account.Position // not ended before today
	roles     map[account.RoleKey][]account.Perm
	roots     map[agency.ID]bool // the agencies at whose root somebody managed persons, without an end
}

func (w *work) keepers(ctx context.Context) (*keepers, error) {
	k := &keepers{w: w, roots: map[agency.ID]bool{}}
	if err := k.read(ctx); err != nil {
		return nil, err
	}
	t, err := w.reg.tree(w.today)
	if err != nil {
		return nil, err
	}
	for _, root := range t.Roots() {
		if k.managed(root.Path) {
			k.roots[root.Agency] = true
		}
	}
	return k, nil
}

func (k *keepers) read(ctx context.Context) (err error) {
	if k.positions, err = k.w.tx.Running(ctx, k.w.today); err != nil {
		return err
	}
	roles, err := k.w.roles(ctx)
	if err != nil {
		return err
	}
	k.roles = map[account.RoleKey][]account.Perm{}
	for _, r := range roles {
		k.roles[r.Key] = r.Perms
	}
	return nil
}

func (k *keepers) perms(r account.RoleKey) []account.Perm { return k.roles[r] }

// managed reports whether somebody manages persons at a place and below it, today and with no end set.
func (k *keepers) managed(at agency.Path) bool {
	return slices.ContainsFunc(k.positions, func(p account.Position) bool {
		return p.Subtree && p.To.IsZero() && p.On(k.w.today) && slices.Contains(k.roles[p.Role], account.ManagePerson) &&
			at.Within(k.w.reg.place(p.Agency).Path)
	})
}

// check refuses a change after which a root that somebody managed has nobody left. It is called when the change is kept.
func (k *keepers) check(ctx context.Context) error {
	if err := k.read(ctx); err != nil {
		return err
	}
	for root := range k.roots {
		if !k.managed(k.w.reg.place(root).Path) {
			return fault.New(fault.Conflict, "office.last_manager", fmt.Sprintf("这样一来就没有人能维护“%s”的人员了；请先让另一位担任管理员", k.w.reg.name(root)))
		}
	}
	return nil
}
