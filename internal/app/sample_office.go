package app

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/gongkai/gongkai/internal/account"
	"github.com/gongkai/gongkai/internal/agency"
	"github.com/gongkai/gongkai/internal/calendar"
	"github.com/gongkai/gongkai/internal/demo"
	"github.com/gongkai/gongkai/internal/filing"
	"github.com/gongkai/gongkai/internal/office"
	"github.com/gongkai/gongkai/internal/review"
)

// Agencies of the sample district by the names that the year uses.
const (
	cityGov   = "虚构市人民政府"
	gov       = "虚构市牡丹区人民政府"
	govOffice = "虚构市牡丹区人民政府办公室"
	community = "虚构市牡丹区社区治理和服务创新办公室"
	civil     = "虚构市牡丹区民政局"
	street    = "虚构市牡丹区青砚街道办事处"
	shiqiao   = "虚构市牡丹区石桥镇人民政府"
	zhulin    = "虚构市牡丹区竹林乡人民政府"
)

// sampleSince is since when the agencies of the sample district are there.
func sampleSince() calendar.Date { return calendar.NewDate(2019, 1, 1) }

// sampleVersion is an agency of the district with its sections.
type sampleVersion struct {
	agency.Version
	above     string // "" for the government of the district
	authority string // competent authority, "" for that of the one above
	sections  []string
}

// sampleExpected lists the agencies that have to report in the order in which people know them: departments, the founding one
// behind that of the government, then streets and towns.
func sampleExpected() ([]filing.Agency, error) {
	list, err := filing.ParseAgencies(demo.Agencies)
	if err != nil {
		return nil, err
	}
	rank := func(a filing.Agency) int {
		switch {
		case a.Name == govOffice:
			return 0
		case a.Name == community:
			return 1
		}
		return 2 + slices.Index([]string{"部门", "街道", "乡镇"}, a.Group)
	}
	slices.SortStableFunc(list, func(a, b filing.Agency) int { return rank(a) - rank(b) })
	return list, nil
}

// sampleTree is the district below its government as it was on the first day, and what has come to it since.
func sampleTree() ([]sampleVersion, error) {
	list, err := sampleExpected()
	if err != nil {
		return nil, err
	}
	kinds := map[string]agency.Kind{"部门": agency.Department, "街道": agency.Street, "乡镇": agency.Government}
	short := map[string]string{govOffice: "区政府办", community: "社区治理办", civil: "区民政局", street: "青砚街道", shiqiao: "石桥镇", zhulin: "竹林乡"}
	sections := map[string][]string{community: {"综合股", "社区建设股", "服务创新股"}, civil: {"办公室", "社会救助股"}, street: {"党政综合办公室", "公共服务办公室"}}
	former := demo.FormerNames()
	var out []sampleVersion
	for _, a := range list {
		v := sampleVersion{Version: agency.Version{Name: a.Name, Short: short[a.Name], Kind: kinds[a.Group], Group: a.Group, Level: agency.County, From: sampleSince()},
			sections: sections[a.Name]}
		if v.Kind == agency.Government {
			v.Level = agency.Township
		}
		for _, f := range former {
			if f.Now == a.Name && f.Merged {
				if v.From, err = calendar.ParseDate(f.From); err != nil {
					return nil, err
				}
			}
		}
		if i := slices.IndexFunc(former, func(f demo.Former) bool { return f.Now == a.Name && !f.Merged }); i >= 0 {
			v.Name = former[i].Name
		}
		out = append(out, v)
	}
	for _, f := range former {
		if f.Merged { // in the place of what they became
			at := 1 + slices.IndexFunc(out, func(v sampleVersion) bool { return v.Name == f.Now })
			out = append(out, sampleVersion{Version: agency.Version{Name: f.Name, Position: at, Kind: agency.Department, Group: "部门", Level: agency.County, From: sampleSince()}})
		}
	}
	utility := func(name, short, authority string) sampleVersion {
		return sampleVersion{Version: agency.Version{Name: name, Short: short, Kind: agency.Utility, Group: "公共企事业单位", Level: agency.County, From: sampleSince()}, authority: authority}
	}
	out = append(out, utility("虚构市牡丹区第一实验小学", "实验一小", "虚构市牡丹区教育局"), utility("虚构市牡丹区人民医院", "区医院", "虚构市牡丹区卫生健康局"),
		sampleVersion{Version: agency.Version{Name: "虚构市牡丹区石桥镇柳溪村村民委员会", Short: "柳溪村", Kind: agency.Village, Group: "村（居）委会",
			Level: agency.VillageLvl, From: sampleSince()}, above: shiqiao})
	return out, nil
}

// creditCode makes a 统一社会信用代码 out of a number: of an area that there is not, with right check digits.
// Source: GB 11714 for the ninth character of its second part, GB 32100 for the last.
func creditCode(no int) string {
	const digits = "0123456789ABCDEFGHJKLMNPQRTUWXY"
	organ := fmt.Sprintf("MD%06d", no)
	sum := 0
	for i, w := range []int{3, 7, 9, 10, 5, 8, 4, 2} {
		n := int(organ[i] - '0')
		if organ[i] >= 'A' {
			n = int(organ[i]-'A') + 10
		}
		sum += n * w
	}
	check := "0123456789X0"[(11-sum%11)%11:]
	code := "11999900" + organ + check[:1]
	sum, weight := 0, 1
	for _, c := range code {
		sum += weight * slices.Index([]rune(digits), c)
		weight = weight * 3 % 31
	}
	return code + digits[(31-sum%31)%31:][:1]
}

// planOffice plans how the tree and the people come in, and what changes during the year.
func (f *filler) planOffice() {
	f.on(yearLong, 9, 0, "set up", f.setUp)
	f.on(yearLong, 9, 10, "tree", f.tree)
	f.on(yearLong, 10, 30, "history", f.history)
	f.on(yearLong-1, 9, 0, "people", f.staff)
	f.on(yearLong-6, 15, 0, "plan of the street", f.streetPlan)
	f.on(130, 10, 0, "account closed", func(ctx context.Context) error {
		by, err := f.as(ctx, "admin")
		if err != nil {
			return err
		}
		return f.Office.CloseAccount(ctx, by, f.people["jiuren"], 0, "调离本机关，账号停用")
	})
	f.on(9, 16, 0, "planned change", func(ctx context.Context) error {
		by, err := f.as(ctx, "admin")
		if err != nil {
			return err
		}
		return f.Office.Rename(ctx, by, f.agencies[zhulin], "虚构市牡丹区竹林镇人民政府", "竹林镇",
			office.When{From: calendar.NewDate(f.year.today.Year()+1, time.January, 1), Reason: "撤乡设镇的批复已下达，自明年一月一日起"})
	})
	f.on(2, 16, 30, "leave", func(ctx context.Context) error {
		by, err := f.as(ctx, "lingdao")
		if err != nil {
			return err
		}
		_, err = f.Office.SetDeputy(ctx, by, account.Deputy{Of: by.Person, By: f.people["daili"], From: f.year.ago(2), To: f.year.today.AddDays(9), Reason: "年休假，签发由何替代代理"})
		return err
	})
}

func (f *filler) setUp(ctx context.Context) error {
	first := sampleAccounts()[0]
	hash, err := f.sampleHash(ctx)
	if err != nil {
		return err
	}
	id, err := f.Office.SetUp(ctx, account.System("demo"), office.First{
		Government: &agency.Version{Name: cityGov, Short: "虚构市", Kind: agency.Government, Level: agency.Prefecture, Code: creditCode(1), Court: "虚构铁路运输法院"},
		Agency:     agency.Version{Name: first.agency, Short: "牡丹区政府", Kind: agency.Government, Level: agency.County, Code: creditCode(2)},
		From:       sampleSince(), Person: account.Person{Name: first.name, Account: first.account}, Hash: hash, Role: first.role, Title: first.title})
	if err != nil {
		return err
	}
	f.people[first.account] = id
	return f.ownPassword(ctx, account.System("demo"), first.account)
}

// sampleHash is of the password of all sample accounts.
func (f *filler) sampleHash(ctx context.Context) (string, error) {
	first := sampleAccounts()[0]
	return f.Access.NewHash(ctx, samplePassword, account.Person{Name: first.name, Account: first.account})
}

func (f *filler) tree(ctx context.Context) error {
	by, err := f.as(ctx, "admin")
	if err != nil {
		return err
	}
	list, err := sampleTree()
	if err != nil {
		return err
	}
	f.agencies[gov] = by.Agency
	for i, v := range list {
		v.Superior, v.Authority, v.Code = by.Agency, f.agencies[v.authority], creditCode(100+i)
		if v.Position == 0 {
			v.Position = i + 1
		}
		if v.above != "" {
			v.Superior = f.agencies[v.above]
		}
		if v.Kind == agency.Village {
			v.Code = ""
		}
		id, err := f.Office.Create(ctx, by, v.Version, v.sections, office.When{From: v.From, Reason: "按三定方案补录机构", Past: true})
		if err != nil {
			return fmt.Errorf("%s: %w", v.Name, err)
		}
		f.agencies[v.Name] = id
	}
	t, err := f.Office.Tree(ctx, by, f.year.ago(yearLong))
	if err != nil {
		return err
	}
	for _, n := range t.Nodes {
		if n.Agency.Agency != by.Agency {
			continue
		}
		v := n.Version
		v.Authority = f.agencies[govOffice]
		return f.Office.Amend(ctx, by, v, office.When{From: sampleSince(), Reason: "政府办公室是本级主管部门", Past: true})
	}
	return fmt.Errorf("app: the government of the district is not in its tree")
}

// history enters what changed in the years before.
func (f *filler) history(ctx context.Context) error {
	by, err := f.as(ctx, "admin")
	if err != nil {
		return err
	}
	for _, x := range demo.FormerNames() {
		from, err := calendar.ParseDate(x.From)
		if err != nil {
			return err
		}
		when := office.When{From: from, Reason: "机构改革方案，补录沿革", Past: true}
		id := f.agencies[x.Name]
		if x.Merged {
			err = f.Office.Close(ctx, by, id, []agency.ID{f.agencies[x.Now]}, when)
		} else {
			err = f.Office.Rename(ctx, by, id, x.Now, "", when)
			f.agencies[x.Now] = id
		}
		if err != nil {
			return fmt.Errorf("%s: %w", x.Name, err)
		}
	}
	return nil
}

// streetPlan is the chain that a street has instead of the default one.
func (f *filler) streetPlan(ctx context.Context) error {
	by, err := f.as(ctx, "admin")
	if err != nil {
		return err
	}
	_, err = f.Review.SavePlan(ctx, by, review.Plan{Agency: f.agencies[street], Apart: review.ApartEach, SecrecyElsewhere: "由区保密工作联系点集中审查，依据《牡丹区政府信息公开保密审查办法（示例）》",
		Stages: []review.Stage{
			{{Kind: review.First, Name: "党政办初审", Persons: []account.PersonID{f.people["jiechu"]}, Days: 3}},
			{{Kind: review.Legal, Name: "法律顾问审核", Days: 3, SkipFor: []review.Kind{review.Report}}},
			{{Kind: review.Sign, Name: "主任签发", Days: 2}},
		}})
	return err
}
