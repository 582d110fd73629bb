// Package account is the people who work with the system and what each may do: positions, roles made of grants, deputies,
// and the one predicate that decides who sees what.
package account

import (
	"slices"

	"github.com/gongkai/gongkai/internal/agency"
)

// Perm is one thing that a person may be allowed to do.
type Perm string

// The permissions. Names are stable: they are kept in databases and tokens.
const (
	SeeAgency     Perm = "agency.see"     // see the agencies, their sections and the people's names
	ManageAgency  Perm = "agency.manage"  // change the tree
	ManagePerson  Perm = "person.manage"  // accounts, positions, deputies
	ManageRole    Perm = "role.manage"    // what a role allows
	Unmask        Perm = "person.unmask"  // see protected fields in full, with a reason
	SeeAudit      Perm = "audit.see"      // search the record of changes
	ManageSetting Perm = "setting.manage" // calendar, sign-in, mail and the like
	SeeJob        Perm = "job.see"        // background work
	ManageJob     Perm = "job.manage"     // try again, put down
	ManageToken   Perm = "token.manage"   // make and revoke them
	SeeReport     Perm = "report.see"     // annual reports that were handed in, board, comparison, sums
	ReceiveReport Perm = "report.receive" // hand in reports, fill in what they do not say, the list of agencies expected
	Provide       Perm = "review.provide" // 提供: hand content in for review
	FirstReview   Perm = "review.first"   // 初审
	SecondReview  Perm = "review.second"  // 复审
	SecrecyReview Perm = "review.secrecy" // 保密审查
	LegalReview   Perm = "review.legal"   // 法制审核
	SignOff       Perm = "review.sign"    // 签发
	ManageReview  Perm = "review.manage"  // which steps an agency's chain has
)

// PermNames are the permissions in the order in which they are shown, with what people call them.
func PermNames() []agency.Named[Perm] {
	return []agency.Named[Perm]{
		{Value: SeeAgency, Name: "查看机构和人员"}, {Value: ManageAgency, Name: "维护机构"}, {Value: ManagePerson, Name: "维护人员和岗位"},
		{Value: ManageRole, Name: "维护角色"}, {Value: Unmask, Name: "查看受保护的信息（须写明理由）"}, {Value: SeeAudit, Name: "查看操作记录"},
		{Value: ManageSetting, Name: "系统设置"}, {Value: SeeJob, Name: "查看后台任务"}, {Value: ManageJob, Name: "处理后台任务"},
		{Value: ManageToken, Name: "管理接口令牌"}, {Value: SeeReport, Name: "查看年报"}, {Value: ReceiveReport, Name: "收年报"},
		{Value: Provide, Name: "提供（拟稿、送审）"}, {Value: FirstReview, Name: "初审"}, {Value: SecondReview, Name: "复审"},
		{Value: SecrecyReview, Name: "保密审查"}, {Value: LegalReview, Name: "法制审核"}, {Value: SignOff, Name: "签发"},
		{Value: ManageReview, Name: "设置审查环节"}}
}

// Grant is a permission at an agency, and below it where Subtree is set.
type Grant struct {
	Perm    Perm
	Agency  agency.ID
	Path    agency.Path // of the agency today
	Subtree bool
	For     PersonID // the person on whose behalf a deputy acts, "" for one's own
}

// covers reports whether the grant reaches an agency.
func (g Grant) covers(p agency.Path) bool {
	if g.Path == "" {
		return false // the agency does not exist any more
	}
	return p == g.Path || g.Subtree && p.Within(g.Path)
}

// Actor is somebody who acts: a person signed in, a token, or the program itself. The zero Actor is nobody and may do nothing.
type Actor struct {
	Person PersonID
	Name   string
	Agency agency.ID // of the position that the person works in at the moment
	Via    string    // how: "session …", "token …", "cli", "job"
	Grants []Grant
	system bool
}

// System is the program itself, doing what somebody asked for earlier or what a rule asks for. name says which part.
func System(name string) Actor { return Actor{Name: name, Via: name, system: true} }

// IsSystem reports whether the program itself acts.
func (a Actor) IsSystem() bool { return a.system }

// IsNobody reports whether there is no actor.
func (a Actor) IsNobody() bool { return !a.system && a.Person == "" }

// Can is the predicate: whether the actor may do p at the agency with this path.
func (a Actor) Can(p Perm, at agency.Path) bool { return a.Scope(p).Contains(at) }

// CanAnywhere reports whether there is any agency at which the actor may do p.
func (a Actor) CanAnywhere(p Perm) bool { return !a.Scope(p).Empty() }

// For returns on whose behalf the actor does p at an agency: "" for the actor's own right.
func (a Actor) For(p Perm, at agency.Path) PersonID {
	var behalf PersonID
	for _, g := range a.Grants {
		if g.Perm == p && g.covers(at) {
			if g.For == "" {
				return ""
			}
			behalf = g.For
		}
	}
	return behalf
}

// Scope is the set of agencies at which an actor may do one thing. Queries, lists, exports and feeds are cut down by it;
// store renders it in SQL, and a test holds the two to the same answer.
type Scope struct {
	All   bool
	Roots []Root
}

// Root is one agency of a scope, with what is below it where Subtree is set.
type Root struct {
	Path    agency.Path
	Subtree bool
}

// Scope returns where the actor may do p.
func (a Actor) Scope(p Perm) Scope {
	if a.system {
		return Scope{All: true}
	}
	var s Scope
	for _, g := range a.Grants {
		if g.Perm == p && g.Path != "" {
			s.Roots = append(s.Roots, Root{g.Path, g.Subtree})
		}
	}
	return s
}

// Empty reports whether the scope reaches no agency.
func (s Scope) Empty() bool { return !s.All && len(s.Roots) == 0 }

// Contains reports whether an agency is in the scope.
func (s Scope) Contains(p agency.Path) bool {
	if s.All {
		return true
	}
	return p != "" && slices.ContainsFunc(s.Roots, func(r Root) bool { return p == r.Path || r.Subtree && p.Within(r.Path) })
}

// holds reports whether the actor has a permission with the same reach or more.
func (a Actor) holds(p Perm, at agency.Path, subtree bool) bool {
	if a.system {
		return true
	}
	return slices.ContainsFunc(a.Grants, func(g Grant) bool {
		return g.Perm == p && g.covers(at) && (g.Subtree || !subtree)
	})
}

// CanGive reports whether the actor may give a role at an agency: nobody can give what they do not hold. It names the first
// permission that is missing.
func (a Actor) CanGive(perms []Perm, at agency.Path, subtree bool) (missing Perm, ok bool) {
	for _, p := range perms {
		if !a.holds(p, at, subtree) {
			return p, false
		}
	}
	return "", true
}
