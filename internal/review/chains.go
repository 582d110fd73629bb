package review

import (
	"context"
	"fmt"
	"slices"

	"github.com/gongkai/gongkai/internal/account"
	"github.com/gongkai/gongkai/internal/agency"
	"github.com/gongkai/gongkai/internal/audit"
	"github.com/gongkai/gongkai/internal/fault"
)

// PlanView is the chain of an agency as somebody sees it.
type PlanView struct {
	Plan
	Office  string // name of the agency
	Manages bool   // may change it
	// Candidates are, by kind of step, those who hold its permission in their own right; for who manages only.
	Candidates map[StepKind][]Candidate
	Names      map[account.PersonID]string // of the persons it names
}

// Candidate is somebody who can be named at the steps of a plan.
type Candidate struct {
	Person account.PersonID
	Name   string
}

// PlanOf returns the chain of an agency, the default one when it has configured none. It is for who may see its items, and
// for who provides there. Errors: fault.NotFound.
func (s *Service) PlanOf(ctx context.Context, by account.Actor, a agency.ID) (v PlanView, err error) {
	err = s.store.View(ctx, func(tx Tx) error {
		at, err := tx.Place(ctx, a)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(append(SeePerms(), account.Provide), func(p account.Perm) bool { return by.Can(p, at) }) {
			return ErrNotFound
		}
		if v.Plan, err = planOf(ctx, tx, a); err != nil {
			return err
		}
		offices, err := tx.Agencies(ctx, []agency.ID{a})
		if err != nil {
			return err
		}
		v.Office, v.Manages = offices[a], by.Can(account.ManageReview, at)
		var named []account.PersonID
		for _, st := range v.Steps() {
			named = append(named, st.Persons...)
		}
		if v.Names, err = tx.Names(ctx, named); err != nil || !v.Manages {
			return err
		}
		v.Candidates, err = candidates(ctx, tx, a)
		return err
	})
	return v, err
}

func candidates(ctx context.Context, tx Tx, a agency.ID) (map[StepKind][]Candidate, error) {
	out := map[StepKind][]Candidate{}
	for _, k := range StepKindNames() {
		all, err := tx.Holders(ctx, k.Value.Perm(), a)
		if err != nil {
			return nil, err
		}
		var ids []account.PersonID
		for _, h := range all {
			if h.For == "" {
				ids = append(ids, h.Person)
			}
		}
		names, err := tx.Names(ctx, ids)
		if err != nil {
			return nil, err
		}
		for _, id := range ids {
			out[k.Value] = append(out[k.Value], Candidate{id, names[id]})
		}
	}
	return out, nil
}

// SavePlan keeps the chain of an agency as its next version; items that have begun keep theirs. p.Version is the version
// that was looked at. It is for who manages sign-off there.
//
// Errors: fault.NotFound; those of Plan.Check; fault.Usage "review.plan.persons" when a named person does not hold the
// permission; fault.Conflict when somebody else wrote a version in the meantime.
func (s *Service) SavePlan(ctx context.Context, by account.Actor, p Plan) (Plan, error) {
	p = p.clone()
	err := s.store.Update(ctx, func(tx Tx) error {
		at, err := tx.Place(ctx, p.Agency)
		if err != nil {
			return err
		}
		if by.IsNobody() || !by.Can(account.ManageReview, at) {
			return ErrNotFound
		}
		if err := p.Check(); err != nil {
			return err
		}
		if err := named(ctx, tx, p); err != nil {
			return err
		}
		old, err := planOf(ctx, tx, p.Agency)
		if err != nil {
			return err
		}
		if old.Version != p.Version {
			return fault.New(fault.Conflict, "review.plan.stale", fmt.Sprintf("别人刚把审查方案改成了第 %d 版，没有覆盖；请看最新的再改", old.Version))
		}
		p.Version++
		if err := tx.SavePlan(ctx, p); err != nil {
			return err
		}
		changes, err := audit.Diff(old.recorded(), p.recorded(), tx.Seal)
		if err != nil {
			return fmt.Errorf("review: %w", err)
		}
		return tx.Note(ctx, by, audit.Note{Action: "review.plan", Subject: audit.Subject{Kind: "review.plan", ID: string(p.Agency)}, Agency: p.Agency,
			For: by.For(account.ManageReview, at), Changes: changes})
	})
	return p, err
}

// named asks that everybody a plan names holds the permission in his own right.
func named(ctx context.Context, tx Tx, p Plan) error {
	for _, st := range p.Steps() {
		if len(st.Persons) == 0 {
			continue
		}
		all, err := tx.Holders(ctx, st.Kind.Perm(), p.Agency)
		if err != nil {
			return err
		}
		for _, person := range st.Persons {
			if !slices.Contains(all, Holder{Person: person}) {
				return wrong("persons", "“%s”指定的人里有人没有“%s”权限，请先在人员里给他这个岗位", st.Label(), agency.NameOf(account.PermNames(), st.Kind.Perm()))
			}
		}
	}
	return nil
}

type recordedPlan struct {
	Version   int    `audit:"version"`
	Chain     string `audit:"chain"`
	Apart     Apart  `audit:"apart"`
	Elsewhere string `audit:"secrecy_elsewhere"`
}

func (p Plan) recorded() recordedPlan {
	return recordedPlan{p.Version, p.Text(), p.Apart, p.SecrecyElsewhere}
}
