package office

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/gongkai/gongkai/internal/account"
	"github.com/gongkai/gongkai/internal/agency"
	"github.com/gongkai/gongkai/internal/audit"
	"github.com/gongkai/gongkai/internal/fault"
)

// roles lists all roles: those that come with the program, then those of the site.
func (w *work) roles(ctx context.Context) ([]Role, error) {
	var out []Role
	for _, r := range account.BuiltRoles() {
		out = append(out, Role{Role: r})
	}
	site, err := w.tx.Roles(ctx)
	return append(out, site...), err
}

func (w *work) role(ctx context.Context, key account.RoleKey) (Role, error) {
	all, err := w.roles(ctx)
	if err != nil {
		return Role{}, err
	}
	i := slices.IndexFunc(all, func(r Role) bool { return r.Key == key })
	if i < 0 {
		return Role{}, errNoRole
	}
	return all[i], nil
}

// Roles lists all roles: those that come with the program, then those of the site.
func (s *Service) Roles(ctx context.Context, by account.Actor) (list []Role, err error) {
	if !by.CanAnywhere(account.SeeAgency) && !by.CanAnywhere(account.ManagePerson) && !by.CanAnywhere(account.ManageRole) {
		return nil, errNoRole
	}
	err = s.view(ctx, by, func(w *work) error {
		list, err = w.roles(ctx)
		return err
	})
	return list, err
}

// checkRole judges a role as it shall be.
func (w *work) checkRole(ctx context.Context, r *account.Role) error {
	r.Name = strings.TrimSpace(r.Name)
	if r.Name == "" || utf8.RuneCountInString(r.Name) > 40 {
		return fault.New(fault.Usage, "role.name", "请填写角色名称，最多 40 个字")
	}
	var perms []account.Perm // in the order in which they are shown, each once
	for _, n := range account.PermNames() {
		if slices.Contains(r.Perms, n.Value) {
			perms = append(perms, n.Value)
		}
	}
	for _, p := range r.Perms {
		if !slices.Contains(perms, p) {
			return fault.New(fault.Usage, "role.perms", fmt.Sprintf("没有“%s”这项权限，请从列出的里面选", p))
		}
	}
	if len(perms) == 0 {
		return fault.New(fault.Usage, "role.perms", "请至少选一项权限")
	}
	r.Perms = perms
	all, err := w.roles(ctx)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(all, func(o Role) bool { return o.Name == r.Name && o.Key != r.Key }) {
		return fault.New(fault.Conflict, "role.taken", fmt.Sprintf("已经有“%s”这个角色了，请换个名称", r.Name))
	}
	return nil
}

// CreateRole makes a role of the site. In no use, it gives nobody anything. Errors: fault.NotFound for who may not;
// fault.Usage; fault.Conflict for a name that is taken.
func (s *Service) CreateRole(ctx context.Context, by account.Actor, r account.Role) (key account.RoleKey, err error) {
	err = s.update(ctx, by, func(w *work) error {
		if !by.CanAnywhere(account.ManageRole) {
			return errNoRole
		}
		id, err := w.tx.NewID()
		if err != nil {
			return err
		}
		r.Key, r.Built = account.RoleKey("site."+id), false
		if err := w.checkRole(ctx, &r); err != nil {
			return err
		}
		key = r.Key
		if err := w.tx.SaveRole(ctx, Role{Role: r}); err != nil {
			return err
		}
		return w.note(ctx, audit.Note{Action: "role.create", Subject: audit.Subject{Kind: "role", ID: string(key)}}, account.ManageRole, nil, r)
	})
	return key, err
}

// siteRole reads a role that may be changed.
func (w *work) siteRole(ctx context.Context, key account.RoleKey, serial int) (Role, error) {
	if !w.by.CanAnywhere(account.ManageRole) {
		return Role{}, errNoRole
	}
	r, err := w.role(ctx, key)
	if err != nil {
		return r, err
	}
	if r.Built {
		return r, fault.New(fault.Usage, "role.built", "内置角色不能改，请另建一个角色")
	}
	if serial != 0 && serial != r.Serial {
		return r, errStale
	}
	return r, nil
}

// AmendRole changes what a role of the site is called and allows. Where somebody has it, the actor has to manage roles, and
// to hold what is added. Errors: fault.NotFound; fault.Usage; fault.Conflict for an older state, a name that is taken, or
// when nobody could manage persons any more.
func (s *Service) AmendRole(ctx context.Context, by account.Actor, r Role) error {
	return s.update(ctx, by, func(w *work) error {
		was, err := w.siteRole(ctx, r.Key, r.Serial)
		if err != nil {
			return err
		}
		is := was
		is.Name, is.Perms = r.Name, r.Perms
		if err := w.checkRole(ctx, &is.Role); err != nil {
			return err
		}
		keep, err := w.keepers(ctx)
		if err != nil {
			return err
		}
		added := slices.DeleteFunc(slices.Clone(is.Perms), func(p account.Perm) bool { return slices.Contains(was.Perms, p) })
		for _, p := range keep.positions {
			if p.Role != r.Key {
				continue
			}
			if !w.can(account.ManageRole, p.Agency) {
				return fault.New(fault.Usage, "role.elsewhere", "这个角色在您管理范围以外也有人担任，请主管部门来改，或另建一个角色")
			}
			if err := w.give(added, p.Agency, p.Subtree); err != nil {
				return err
			}
		}
		if err := w.tx.SaveRole(ctx, is); err != nil {
			return err
		}
		if err := w.note(ctx, audit.Note{Action: "role.amend", Subject: audit.Subject{Kind: "role", ID: string(r.Key)}}, account.ManageRole, was.Role, is.Role); err != nil {
			return err
		}
		return keep.check(ctx)
	})
}

// DeleteRole removes a role of the site that nobody has or had. Errors: fault.NotFound; fault.Usage; fault.Conflict.
func (s *Service) DeleteRole(ctx context.Context, by account.Actor, key account.RoleKey, serial int) error {
	return s.update(ctx, by, func(w *work) error {
		r, err := w.siteRole(ctx, key, serial)
		if err != nil {
			return err
		}
		used, err := w.tx.RoleUsed(ctx, key)
		if err != nil {
			return err
		}
		if used {
			return fault.New(fault.Conflict, "role.used", "有人担任或担任过这个角色，不能删除")
		}
		if err := w.tx.DeleteRole(ctx, r); err != nil {
			return err
		}
		return w.note(ctx, audit.Note{Action: "role.delete", Subject: audit.Subject{Kind: "role", ID: string(key)}}, account.ManageRole, r.Role, nil)
	})
}

// Actor builds who acts out of what is kept: the positions of a person today, and those of everybody they stand in for.
// A closed account holds nothing. via says how they act. It reads no more than it needs, for every request asks.
// Errors: fault.NotFound.
func (s *Service) Actor(ctx context.Context, id account.PersonID, via string) (a account.Actor, err error) {
	err = s.store.View(ctx, func(tx Tx) error {
		a, err = ActorFor(ctx, tx, id, via)
		return err
	})
	return a, err
}

// ActorFor is what Service.Actor does, inside a transaction of the caller.
func ActorFor(ctx context.Context, tx Tx, id account.PersonID, via string) (account.Actor, error) {
	p, err := tx.Person(ctx, id)
	if errors.Is(err, fault.NotFound) {
		return account.Actor{}, errNoPerson
	}
	if err != nil {
		return account.Actor{}, err
	}
	w := &work{tx: tx, today: today(tx)}
	var h account.Holdings
	if h.Deputies, err = tx.Deputies(ctx, []account.PersonID{id}); err != nil {
		return account.Actor{}, err
	}
	people := []account.PersonID{id}
	for _, d := range h.Deputies {
		if d.By != id || !d.On(w.today) || slices.Contains(people, d.Of) {
			continue
		}
		of, err := tx.Person(ctx, d.Of)
		if err != nil {
			return account.Actor{}, err
		}
		if !of.Closed.IsZero() {
			h.ClosedPersons = append(h.ClosedPersons, of.ID)
			continue
		}
		people = append(people, d.Of)
	}
	if h.Positions, err = tx.Positions(ctx, people); err != nil {
		return account.Actor{}, err
	}
	roles, err := w.roles(ctx)
	if err != nil {
		return account.Actor{}, err
	}
	for _, r := range roles {
		h.Roles = append(h.Roles, r.Role)
	}
	a := account.Actor{Person: p.ID, Name: p.Name, Via: via}
	var ids []agency.ID
	for _, pos := range h.Positions {
		if !pos.On(w.today) {
			continue
		}
		if pos.Person == id && a.Agency == "" {
			a.Agency = pos.Agency
		}
		ids = append(ids, pos.Agency)
	}
	places, err := tx.Places(ctx, ids)
	if err != nil {
		return account.Actor{}, err
	}
	a.Grants = account.GrantsOn(w.today, p, h, func(id agency.ID) agency.Path {
		if at := places[id]; at.Live {
			return at.Path
		}
		return ""
	})
	return a, nil
}
