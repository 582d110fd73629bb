package account

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/gongkai/gongkai/internal/agency"
	"github.com/gongkai/gongkai/internal/calendar"
	"github.com/gongkai/gongkai/internal/fault"
)

// PersonID names a person. Ids are ordered in time and never given twice.
type PersonID string

// Person is somebody who works with the system. A person is never deleted: an account is closed.
type Person struct {
	ID      PersonID
	Name    string `audit:"name"`
	Account string `audit:"account"` // what is typed when signing in; lower case
	// Phone and Email are protected: kept encrypted, shown masked.
	Phone    string    `audit:"phone,sealed"`
	Email    string    `audit:"email,sealed"`
	Closed   time.Time `audit:"closed"` // when the account was closed; zero while it is open
	Created  time.Time
	Password string // argon2id in PHC form; "" while the person has no password
	// MustChange asks for a new password at the next sign-in.
	MustChange bool   `audit:"must_change"`
	TOTP       string // secret, protected; "" without a second factor
	TOTPStep   int64  // last time step that was used; a code is good once
	Serial     int    // counts the changes
}

// Position is what a person is at an agency. Someone can act for two agencies.
type Position struct {
	ID      string
	Person  PersonID
	Agency  agency.ID        `audit:"agency"`
	Section agency.SectionID `audit:"section"`
	Title   string           `audit:"title"`   // as on the door: 副主任
	Role    RoleKey          `audit:"role"`    //
	Subtree bool             `audit:"subtree"` // the role reaches the agencies below too
	From    calendar.Date    `audit:"from"`
	To      calendar.Date    `audit:"to"` // last day; no date while it is held
}

// On reports whether the position is held on a day.
func (p Position) On(d calendar.Date) bool {
	return !d.Before(p.From) && (p.To.IsZero() || !d.After(p.To))
}

// Deputy stands in for somebody on leave: from one day to another they hold what that person holds.
type Deputy struct {
	ID     string
	Of     PersonID      `audit:"of"`
	By     PersonID      `audit:"by"`
	From   calendar.Date `audit:"from"`
	To     calendar.Date `audit:"to"` // last day
	Reason string        `audit:"reason"`
}

// On reports whether the deputy stands in on a day.
func (d Deputy) On(day calendar.Date) bool { return !day.Before(d.From) && !day.After(d.To) }

// RoleKey names a role.
type RoleKey string

// Role is a set of permissions with a name.
type Role struct {
	Key   RoleKey
	Name  string `audit:"name"`
	Perms []Perm `audit:"perms"`
	Built bool   // comes with the program
}

// The roles that come with the program. Source: the bodies and duties of the Regulation (Art. 3, 4) and of the office whose
// report this system began with: 领导小组 signs, the working body runs, sections provide and review first, legal and
// secrecy offices review, an auditor only reads.
const (
	RegionAdmin RoleKey = "region_admin"
	OfficeAdmin RoleKey = "office_admin"
	Officer     RoleKey = "officer"
	Handler     RoleKey = "handler"
	Reviewer    RoleKey = "reviewer"
	Secrecy     RoleKey = "secrecy"
	Legal       RoleKey = "legal"
	Leader      RoleKey = "leader"
	Auditor     RoleKey = "auditor"
)

// BuiltRoles are the roles that come with the program.
func BuiltRoles() []Role {
	all := make([]Perm, 0, 20)
	for _, n := range PermNames() {
		all = append(all, n.Value)
	}
	return []Role{
		{RegionAdmin, "主管部门管理员", all, true},
		// Who runs an office names its reviewers and its leader, and nobody can give what they do not hold.
		{OfficeAdmin, "机关管理员", []Perm{SeeAgency, ManageAgency, ManagePerson, SeeAudit, SeeJob, SeeReport, ReceiveReport, Provide,
			FirstReview, SecondReview, SecrecyReview, LegalReview, SignOff, ManageReview}, true},
		{Officer, "公开工作机构经办人", []Perm{SeeAgency, SeeReport, ReceiveReport, Provide, SecondReview}, true},
		{Handler, "股室经办人", []Perm{SeeAgency, SeeReport, Provide}, true},
		{Reviewer, "股室负责人（初审）", []Perm{SeeAgency, SeeReport, Provide, FirstReview}, true},
		{Secrecy, "保密审查员", []Perm{SeeAgency, SecrecyReview}, true},
		{Legal, "法制审核员", []Perm{SeeAgency, LegalReview}, true},
		{Leader, "分管领导（签发）", []Perm{SeeAgency, SeeReport, FirstReview, SecondReview, SignOff}, true},
		{Auditor, "监督人员（只看）", []Perm{SeeAgency, SeeReport, SeeAudit, SeeJob}, true},
	}
}

// GrantsOn works out what a person holds on a day: the permissions of each position held then, and those of everybody
// they stand in for. A closed account holds nothing. paths gives the place of agencies in the tree of that day.
func GrantsOn(day calendar.Date, p Person, all Holdings, paths func(agency.ID) agency.Path) []Grant {
	if !p.Closed.IsZero() {
		return nil
	}
	out := own(day, p.ID, "", all, paths)
	for _, d := range all.Deputies {
		if d.By == p.ID && d.On(day) && !slices.Contains(all.ClosedPersons, d.Of) {
			out = append(out, own(day, d.Of, d.Of, all, paths)...)
		}
	}
	return out
}

// Holdings is what grants are worked out from: the positions of a person and of those they stand in for.
type Holdings struct {
	Positions     []Position
	Deputies      []Deputy
	Roles         []Role
	ClosedPersons []PersonID
}

func own(day calendar.Date, of, behalf PersonID, all Holdings, paths func(agency.ID) agency.Path) []Grant {
	var out []Grant
	for _, pos := range all.Positions {
		if pos.Person != of || !pos.On(day) {
			continue
		}
		i := slices.IndexFunc(all.Roles, func(r Role) bool { return r.Key == pos.Role })
		path := paths(pos.Agency)
		if i < 0 || path == "" {
			continue
		}
		for _, perm := range all.Roles[i].Perms {
			out = append(out, Grant{Perm: perm, Agency: pos.Agency, Path: path, Subtree: pos.Subtree, For: behalf})
		}
	}
	return out
}

var accountForm = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{2,31}$`)

// Check returns what is wrong with a person's fields, as a fault.Usage whose code names the field.
func (p Person) Check() error {
	switch {
	case strings.TrimSpace(p.Name) == "" || utf8.RuneCountInString(p.Name) > 40:
		return fault.New(fault.Usage, "person.name", "请填写姓名，最多 40 个字")
	case !accountForm.MatchString(p.Account):
		return fault.New(fault.Usage, "person.account", "账号用 3 到 32 个小写字母、数字、点、横线，以字母或数字开头")
	case p.Phone != "" && !phoneForm.MatchString(p.Phone):
		return fault.New(fault.Usage, "person.phone", "电话只写数字，可以带区号和横线，例如 0379-63000000")
	case p.Email != "" && (!strings.Contains(p.Email, "@") || strings.ContainsAny(p.Email, " \t\r\n<>,;") || len(p.Email) > 120):
		return fault.New(fault.Usage, "person.email", "电子邮箱写成 name@example.cn 的样子")
	}
	return nil
}

var phoneForm = regexp.MustCompile(`^\+?[0-9][0-9-]{4,19}$`)

// Check returns what is wrong with a position.
func (p Position) Check() error {
	switch {
	case p.Agency == "":
		return fault.New(fault.Usage, "position.agency", "请选择机关")
	case p.Role == "":
		return fault.New(fault.Usage, "position.role", "请选择角色")
	case utf8.RuneCountInString(p.Title) > 40:
		return fault.New(fault.Usage, "position.title", "职务最多 40 个字")
	case p.From.IsZero():
		return fault.New(fault.Usage, "position.from", "请填写从哪一天起任职")
	case !p.To.IsZero() && p.To.Before(p.From):
		return fault.New(fault.Usage, "position.to", "任职结束日期早于开始日期，请改正")
	}
	return nil
}

// longestLeave is how long a deputy may stand in at a time; a longer absence is a position of its own.
const longestLeave = 366

// Check returns what is wrong with a deputy.
func (d Deputy) Check() error {
	switch {
	case d.By == "" || d.By == d.Of:
		return fault.New(fault.Usage, "deputy.by", "请选择代理人，不能是本人")
	case d.From.IsZero() || d.To.IsZero() || d.To.Before(d.From):
		return fault.New(fault.Usage, "deputy.dates", "请填写代理从哪天到哪天，结束不早于开始")
	case d.To.DaysSince(d.From) > longestLeave:
		return fault.New(fault.Usage, "deputy.dates", fmt.Sprintf("一次代理最长 %d 天", longestLeave))
	case strings.TrimSpace(d.Reason) == "" || utf8.RuneCountInString(d.Reason) > 200:
		return fault.New(fault.Usage, "deputy.reason", "请写明代理原因，最多 200 个字")
	}
	return nil
}
