package review

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gongkai/gongkai/internal/account"
	"github.com/gongkai/gongkai/internal/agency"
	"github.com/gongkai/gongkai/internal/fault"
)

// ErrNotFound is the answer to who may not know of an item, and for what does not exist.
var ErrNotFound = fault.New(fault.NotFound, "review.not_found", "没有这件审查事项，或您没有办理它的权限")

// errNobody is the answer to the program itself and to nobody: signing off is done by persons.
var errNobody = fault.New(fault.Usage, "review.person", "提供、审查和签发都要由人来做，程序不能代办")

// principals are those in whose right an actor holds a permission at an agency: "" for the actor's own right first, then
// the persons that the actor stands in for.
func principals(by account.Actor, p account.Perm, at agency.Path) []account.PersonID {
	var out []account.PersonID
	for _, g := range by.Grants {
		alone := account.Actor{Person: by.Person, Grants: []account.Grant{g}}
		if alone.Can(p, at) && !slices.Contains(out, g.For) {
			out = append(out, g.For)
		}
	}
	if i := slices.Index(out, ""); i > 0 {
		out = append([]account.PersonID{""}, slices.Delete(out, i, i+1)...)
	}
	return out
}

// asProvider finds in whose right the actor acts for the providers of the item: as one of them, or standing in for one.
func (i Item) asProvider(by account.Actor, at agency.Path) (account.PersonID, bool) {
	all := i.Providers()
	for _, p := range principals(by, account.Provide, at) {
		if p == "" && slices.Contains(all, by.Person) || p != "" && slices.Contains(all, p) {
			return p, true
		}
	}
	return "", false
}

// SeePerms are the permissions that let somebody see all items of an agency. Who only provides sees what is his own.
func SeePerms() []account.Perm {
	return []account.Perm{account.FirstReview, account.SecondReview, account.SecrecyReview, account.LegalReview, account.SignOff,
		account.ManageReview, account.SeeAudit}
}

// Sees reports whether an actor may know of the item. at is the place of its agency in the tree today.
func (i Item) Sees(by account.Actor, at agency.Path) bool {
	if by.IsSystem() || slices.ContainsFunc(SeePerms(), func(p account.Perm) bool { return by.Can(p, at) }) {
		return true
	}
	_, ok := i.asProvider(by, at)
	return ok
}

// Provides reports whether an actor may submit, change and withdraw the item: a provider, or who stands in for one.
func (i Item) Provides(by account.Actor, at agency.Path) bool {
	_, ok := i.asProvider(by, at)
	return ok && !by.IsSystem()
}

// Waiting lists the open steps that an actor may decide now.
func (i Item) Waiting(by account.Actor, at agency.Path) []Open {
	var out []Open
	for _, o := range i.Open {
		if st, ok := i.Plan.Step(o.Step); ok {
			if _, err := i.decider(by, at, st); err == nil {
				out = append(out, o)
			}
		}
	}
	slices.SortFunc(out, byDue)
	return out
}

// May says why an actor may not decide at a step, nil when he may.
func (i Item) May(by account.Actor, at agency.Path, key StepKey) error {
	_, err := i.ready(by, at, key)
	return err
}

// ready finds in whose right an actor decides at a step, if the step is open to him now.
func (i Item) ready(by account.Actor, at agency.Path, key StepKey) (account.PersonID, error) {
	st, ok := i.Plan.Step(key)
	switch {
	case by.IsSystem() || by.IsNobody():
		return "", errNobody
	case !ok || len(principals(by, st.Kind.Perm(), at)) == 0:
		return "", ErrNotFound
	case i.State != InReview:
		return "", i.closed("不能再审查")
	}
	if _, open := i.openStep(key); !open {
		return "", fault.New(fault.Conflict, "review.not_due", fmt.Sprintf("“%s”现在不能办：前面的环节还没有办完，或这一步已经办过；请看最新的进度", st.Label()))
	}
	return i.decider(by, at, st)
}

// decider finds in whose right an actor decides at a step: with the permission, named if anybody is named, no provider of
// the content, and apart from who decided before as the plan asks.
func (i Item) decider(by account.Actor, at agency.Path, st Placed) (account.PersonID, error) {
	var first error
	for _, p := range principals(by, st.Kind.Perm(), at) {
		err := i.barred(behind(by.Person, p), p, st)
		if err == nil {
			return p, nil
		}
		if first == nil {
			first = err
		}
	}
	if first == nil {
		first = ErrNotFound
	}
	return "", first
}

func behind(person, principal account.PersonID) []account.PersonID {
	return Event{Person: person, For: principal}.persons()
}

// barred says why these persons may not decide at a step in the right of a principal.
func (i Item) barred(who []account.PersonID, principal account.PersonID, st Placed) error {
	right := principal
	if right == "" {
		right = who[0]
	}
	switch {
	case len(st.Persons) > 0 && !slices.Contains(st.Persons, right):
		return fault.New(fault.Conflict, "review.not_named", fmt.Sprintf("“%s”指定了别人办理；需要换人时，请管理员修改审查方案", st.Label()))
	case meet(who, i.Providers()):
		return fault.New(fault.Conflict, "review.own", fmt.Sprintf("“%s”不能由您办：您是这件事项的提供人，或正代理提供人；提供的人不审查自己提供的内容", st.Label()))
	}
	s := replay(i.Plan, i.Kind, i.Events)
	for key, e := range s.approved {
		other, _ := i.Plan.Step(key)
		if key != st.Key && i.Plan.apart(other.Kind, st.Kind) && meet(who, e.persons()) {
			return fault.New(fault.Conflict, "review.same_person", fmt.Sprintf("您已经办过这一轮的“%s”，“%s”要由别人办", other.Label(), st.Label()))
		}
	}
	return nil
}

// apart reports whether two different steps have to be decided by different persons.
func (p Plan) apart(a, b StepKind) bool {
	switch p.Apart {
	case ApartNone:
		return false
	case ApartEach:
		return true
	case ApartEnds:
	}
	return a == First && b == Sign || a == Sign && b == First
}

func meet(a, b []account.PersonID) bool {
	return slices.ContainsFunc(a, func(p account.PersonID) bool { return slices.Contains(b, p) })
}

// closed refuses what the state of the item does not allow.
func (i Item) closed(what string) error {
	return fault.New(fault.Conflict, "review.state", fmt.Sprintf("这件事项%s，%s", agency.NameOf(StateNames(), i.State), what))
}

// Backs are the places that a return from a step may go to: the provider (0) first, then the earlier stages.
func (i Item) Backs(key StepKey) []int {
	st, ok := i.Plan.Step(key)
	if !ok {
		return nil
	}
	out := []int{0}
	for _, earlier := range i.Plan.For(i.Kind) {
		if earlier.Stage < st.Stage && !slices.Contains(out, earlier.Stage) {
			out = append(out, earlier.Stage)
		}
	}
	return out
}

// StageLabel is what people call a stage: the names of its steps; the provider for 0.
func (i Item) StageLabel(stage int) string {
	if stage == 0 {
		return "提供人"
	}
	var names []string
	for _, st := range i.Plan.For(i.Kind) {
		if st.Stage == stage {
			names = append(names, st.Label())
		}
	}
	return strings.Join(names, "、")
}
