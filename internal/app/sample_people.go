package app

import (
	"context"
	"fmt"

	"github.com/gongkai/gongkai/internal/account"
	"github.com/gongkai/gongkai/internal/agency"
	"github.com/gongkai/gongkai/internal/calendar"
	"github.com/gongkai/gongkai/internal/office"
)

// samplePassword is that of every account of a sample site; the page for signing in shows it.
const samplePassword = "mudan-shili-2026" //nolint:gosec // of accounts that only sample sites have

// sampleAccount is an account of the sample site.
type sampleAccount struct {
	account, name string
	who           string // on the page for signing in; "" for those that are not shown there
	agency        string // name of the agency
	section       string // "" for none
	title         string
	role          account.RoleKey
	subtree       bool
	closed        bool // during the year
}

// siteRole stands for the role that the site has made itself.
const siteRole account.RoleKey = "site"

func siteRolePerms() []account.Perm {
	return []account.Perm{account.SeeAgency, account.SeeReport, account.SeeAudit}
}

// sampleAccounts are invented people of an invented district: one for every role on the page for signing in, and their
// colleagues.
func sampleAccounts() []sampleAccount {
	a := func(name, person, agency, section, title string, role account.RoleKey, who string) sampleAccount {
		return sampleAccount{account: name, name: person, who: who, agency: agency, section: section, title: title, role: role}
	}
	all := []sampleAccount{
		a("admin", "钱示例", gov, "", "区政务公开办主任", account.RegionAdmin, "区政务公开办主任，管全区"),
		a("jingban", "张示例", community, "综合股", "政府信息公开专干", account.Officer, "社区办公开专干，日常经办"),
		a("gubu", "李样本", community, "综合股", "科员", account.Handler, "社区办综合股科员，提供材料"),
		a("guzhang", "王虚构", community, "综合股", "股长", account.Reviewer, "社区办综合股股长，初审"),
		a("baomi", "赵假设", community, "", "保密员", account.Secrecy, "社区办保密员，保密审查"),
		a("fazhi", "孙模拟", community, "", "法制员", account.Legal, "社区办法制员，兼青砚街道法律顾问"),
		a("lingdao", "周范例", community, "", "副主任", account.Leader, "社区办分管副主任，签发，正在休假"),
		a("daili", "何替代", community, "服务创新股", "股长", account.Reviewer, "社区办服务创新股股长，正代理周范例签发"),
		a("guanli", "吴例子", community, "", "办公室主任", account.OfficeAdmin, "社区办管理员，管本机关人员"),
		a("jiedao", "郑演示", street, "党政综合办公室", "政府信息公开专干", account.Officer, "青砚街道公开专干"),
		a("jiandu", "冯试用", govOffice, "", "监督员", account.Auditor, "区政府办监督员，只看"),
		a("fuwu", "吕试写", community, "服务创新股", "科员", account.Handler, ""),
		a("jianshe", "施草拟", community, "社区建设股", "科员", account.Handler, ""),
		a("jiechu", "卫代称", street, "党政综合办公室", "党政办主任", account.Reviewer, ""),
		a("jieling", "蒋范文", street, "", "街道办事处主任", account.Leader, ""),
		a("minzheng", "金样例", civil, "办公室", "政府信息公开专干", account.Officer, ""),
		a("chayue", "孔备查", gov, "", "年报核查员", siteRole, ""),
		a("jiuren", "曹旧例", community, "社区建设股", "科员", account.Handler, ""),
	}
	all[0].subtree, all[len(all)-1].closed = true, true
	return all
}

// staff makes the role of the site, opens the accounts, and lets them be used with the password that the page for signing in
// shows.
func (f *filler) staff(ctx context.Context) error {
	by, err := f.as(ctx, "admin")
	if err != nil {
		return err
	}
	own, err := f.Office.CreateRole(ctx, by, account.Role{Name: "年报核查员", Perms: siteRolePerms()})
	if err != nil {
		return err
	}
	hash, err := f.sampleHash(ctx)
	if err != nil {
		return err
	}
	sections, err := f.sections(ctx, by)
	if err != nil {
		return err
	}
	for i, a := range sampleAccounts() {
		if i == 0 {
			continue // set the site up
		}
		p := account.Position{Agency: f.agencies[a.agency], Title: a.title, Role: a.role, Subtree: a.subtree, From: f.year.ago(yearLong - 1)}
		if a.role == siteRole {
			p.Role = own
		}
		if a.section != "" {
			p.Section = sections[a.agency+a.section]
		}
		f.people[a.account], err = f.Office.OpenAccount(ctx, by, office.NewPerson{Hash: hash, Position: p,
			Person: account.Person{Name: a.name, Account: a.account, Phone: fmt.Sprintf("0000-630000%02d", i), Email: a.account + "@mudan.example"}})
		if err != nil {
			return fmt.Errorf("%s: %w", a.account, err)
		}
		if err := f.ownPassword(ctx, account.System("demo"), a.account); err != nil {
			return err
		}
	}
	_, err = f.Office.AddPosition(ctx, by, account.Position{Person: f.people["fazhi"], Agency: f.agencies[street], Title: "法律顾问", Role: account.Legal,
		From: f.year.ago(yearLong - 1)}, 0)
	return err
}

// sections finds the sections by the name of the agency with that of the section behind it.
func (f *filler) sections(ctx context.Context, by account.Actor) (map[string]agency.SectionID, error) {
	tree, err := f.Office.Tree(ctx, by, calendar.On(f.watch.now()))
	if err != nil {
		return nil, err
	}
	out := map[string]agency.SectionID{}
	for _, n := range tree.Nodes {
		for _, s := range n.Sections {
			out[n.Name+s.Name] = s.ID
		}
	}
	return out, nil
}
