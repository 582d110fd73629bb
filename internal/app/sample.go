package app

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/gongkai/gongkai/internal/access"
	"github.com/gongkai/gongkai/internal/account"
	"github.com/gongkai/gongkai/internal/agency"
	"github.com/gongkai/gongkai/internal/calendar"
	"github.com/gongkai/gongkai/internal/demo"
	"github.com/gongkai/gongkai/internal/fault"
	"github.com/gongkai/gongkai/internal/filing"
	"github.com/gongkai/gongkai/internal/office"
	"github.com/gongkai/gongkai/internal/review"
	"github.com/gongkai/gongkai/internal/store"
)

// demoMark is the file that says that a data folder holds samples. The pages of such a folder carry the badge, whoever
// serves it and however.
const demoMark = "demo"

const (
	demoFilling = "filling\n" // the samples are being handed in; a start that was broken off is gone on with
	demoFilled  = "filled\n"
)

// samplePassword is that of every account of a sample site; the page for signing in shows it.
const samplePassword = "mudan-shili-2026" //nolint:gosec // of accounts that only sample sites have

// sampleAccount is an account of the sample site.
type sampleAccount struct {
	account, name, who string
	agency             string // name of the agency
	section, title     string
	role               account.RoleKey
	subtree            bool
}

// sampleAccounts are invented people of an invented district.
func sampleAccounts() []sampleAccount {
	const gov, govOffice, community, street = "虚构市牡丹区人民政府", "虚构市牡丹区人民政府办公室", "虚构市牡丹区社区治理和服务创新办公室", "虚构市牡丹区青砚街道办事处"
	return []sampleAccount{
		{"admin", "钱示例", "区政务公开办主任，管全区", gov, "", "区政务公开办主任", account.RegionAdmin, true},
		{"jingban", "张示例", "社区办公开专干，日常经办", community, "综合股", "政府信息公开专干", account.Officer, false},
		{"gubu", "李样本", "社区办综合股科员，提供材料", community, "综合股", "科员", account.Handler, false},
		{"guzhang", "王虚构", "社区办综合股股长，初审", community, "综合股", "股长", account.Reviewer, false},
		{"baomi", "赵假设", "社区办保密员，保密审查", community, "", "保密员", account.Secrecy, false},
		{"fazhi", "孙模拟", "社区办法制员，法制审核", community, "", "法制员", account.Legal, false},
		{"lingdao", "周范例", "社区办分管副主任，签发", community, "", "副主任", account.Leader, false},
		{"guanli", "吴例子", "社区办管理员，管本机关人员", community, "", "办公室主任", account.OfficeAdmin, false},
		{"jiedao", "郑演示", "青砚街道公开专干", street, "", "政府信息公开专干", account.Officer, false},
		{"jiandu", "冯试用", "区政府办监督员，只看", govOffice, "", "监督员", account.Auditor, false},
	}
}

// isSample says whether the data folder holds samples, or is to be filled with them. Errors: fault.Usage for a folder that
// holds other data.
func isSample(o Options) (bool, error) {
	mark, err := os.ReadFile(filepath.Join(o.Config.Data, demoMark))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return false, badData(o.Config.Data, err)
	}
	return len(mark) > 0 || o.Serve.Demo, nil
}

// fillSample fills a fresh site with samples and returns the accounts. What was broken off is gone on with.
func (s *System) fillSample(ctx context.Context, o Options) ([]sampleAccount, error) {
	path := filepath.Join(o.Config.Data, demoMark)
	mark, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("app: sample: %w", err)
	}
	if string(mark) == demoFilled {
		return sampleAccounts(), nil
	}
	if len(mark) == 0 {
		empty, err := s.empty(ctx)
		if err != nil {
			return nil, err
		}
		if !empty {
			return nil, fault.New(fault.Usage, "serve.demo", "数据文件夹“"+o.Config.Data+"”里已有数据，示例数据没有装入，原有数据没有动；请用 --data 另指一个新文件夹，或去掉 --demo")
		}
	}
	if err := os.WriteFile(path, []byte(demoFilling), 0o600); err != nil {
		return nil, fmt.Errorf("app: sample: %w", err)
	}
	for _, step := range []func(context.Context) error{s.sampleOffice, s.sampleReports, s.sampleReviews} {
		if err := step(ctx); err != nil {
			return nil, fmt.Errorf("app: sample: %w", err)
		}
	}
	if err := os.WriteFile(path, []byte(demoFilled), 0o600); err != nil {
		return nil, fmt.Errorf("app: sample: %w", err)
	}
	return sampleAccounts(), nil
}

func (s *System) empty(ctx context.Context) (bool, error) {
	started, err := s.Office.Started(ctx)
	if err != nil || started {
		return false, err
	}
	return s.Filing.Empty(ctx)
}

// sampleOffice makes the tree of the district and its people.
func (s *System) sampleOffice(ctx context.Context) error {
	started, err := s.Office.Started(ctx)
	if err != nil || started {
		return err
	}
	people := sampleAccounts()
	hash, err := s.Access.NewHash(ctx, samplePassword, account.Person{Name: people[0].name, Account: people[0].account})
	if err != nil {
		return err
	}
	first := people[0]
	since := calendar.NewDate(2019, 1, 1)
	id, err := s.Office.SetUp(ctx, account.System("demo"), office.First{
		Government: &agency.Version{Name: "虚构市人民政府", Short: "虚构市", Kind: agency.Government, Level: agency.Prefecture, Court: "虚构铁路运输法院"},
		Agency:     agency.Version{Name: first.agency, Short: "牡丹区政府", Kind: agency.Government, Level: agency.County},
		From:       since, Person: account.Person{Name: first.name, Account: first.account}, Hash: hash, Role: first.role, Title: first.title})
	if err != nil {
		return err
	}
	by, err := s.Office.Actor(ctx, id, "demo")
	if err != nil {
		return err
	}
	byName, err := s.sampleTree(ctx, by, since)
	if err != nil {
		return err
	}
	for _, a := range people[1:] {
		if err := s.samplePerson(ctx, by, a, byName[a.agency], hash); err != nil {
			return err
		}
	}
	return s.sampleKnown(ctx)
}

// sampleTree adds the agencies of the district below its government and returns them by name.
func (s *System) sampleTree(ctx context.Context, by account.Actor, since calendar.Date) (map[string]agency.Agency, error) {
	list, err := filing.ParseAgencies(demo.Agencies)
	if err != nil {
		return nil, err
	}
	kinds := map[string]agency.Kind{"部门": agency.Department, "街道": agency.Street, "乡镇": agency.Government}
	all := []agency.Version{{Name: "虚构市牡丹区社区治理和服务创新办公室", Short: "社区治理办", Kind: agency.Department, Group: "部门"}}
	for _, a := range list {
		all = append(all, agency.Version{Name: a.Name, Kind: kinds[a.Group], Group: a.Group})
	}
	all = append(all, agency.Version{Name: "虚构市牡丹区第一实验小学", Kind: agency.Utility, Group: "公共企事业单位"})
	for i, v := range all {
		v.Superior, v.Level, v.Position = by.Agency, agency.County, i+1
		if v.Kind == agency.Government {
			v.Level = agency.Township
		}
		var sections []string
		if i == 0 {
			sections = []string{"综合股", "社区建设股", "服务创新股"}
		}
		if _, err := s.Office.Create(ctx, by, v, sections, office.When{From: since, Reason: "装入示例数据", Past: true}); err != nil {
			return nil, err
		}
	}
	byName := map[string]agency.Agency{}
	tree, err := s.Office.Tree(ctx, by, calendar.Date{})
	if err != nil {
		return nil, err
	}
	for _, n := range tree.Nodes {
		byName[n.Name] = n.Agency
	}
	return byName, nil
}

func (s *System) samplePerson(ctx context.Context, by account.Actor, a sampleAccount, at agency.Agency, hash string) error {
	p := account.Position{Agency: at.Agency, Title: a.title, Role: a.role, Subtree: a.subtree, From: calendar.On(s.now())}
	_, err := s.Office.OpenAccount(ctx, by, office.NewPerson{Person: account.Person{Name: a.name, Account: a.account, Phone: "0000-6300000"}, Hash: hash, Position: p})
	return err
}

// sampleKnown lets the sample accounts be used with the password that the page for signing in shows.
func (s *System) sampleKnown(ctx context.Context) error {
	for _, a := range sampleAccounts() {
		if err := s.ownPassword(ctx, account.System("demo"), a.account); err != nil {
			return err
		}
	}
	return nil
}

// sampleReports hands the reports in as a person would: the list of agencies, then all files at once. The workers read them.
func (s *System) sampleReports(ctx context.Context) error {
	list, err := filing.ParseAgencies(demo.Agencies)
	if err != nil {
		return err
	}
	by := account.System("demo")
	if err := s.Filing.Expect(ctx, by, list); err != nil {
		return err
	}
	files, err := demo.Files()
	if err != nil {
		return err
	}
	batch, err := s.Filing.OpenBatch(ctx, by)
	if err != nil {
		return err
	}
	for _, f := range files {
		if _, err := s.Filing.Receive(ctx, by, batch, f.Name, bytes.NewReader(f.Data)); err != nil {
			return err
		}
	}
	return nil
}

// sampleReviews puts three items on their way through the chain of the office.
func (s *System) sampleReviews(ctx context.Context) error {
	by, err := s.actorOf(ctx, "gubu")
	if err != nil {
		return err
	}
	for i, title := range []string{"2026年社区工作者招聘公告", "社区服务站点一览表", "关于调整办公地址的通知"} {
		sum := sha256.Sum256([]byte(title))
		it, err := s.Review.Open(ctx, by, review.New{Agency: by.Agency, Kind: "publication", Subject: review.Subject{Kind: "sample", ID: fmt.Sprint(i + 1)},
			Title: title, Link: "/desk/reviews", Digest: "sha256:" + hex.EncodeToString(sum[:]), Section: "综合股"})
		if fault.CodeOf(err) == "review.exists" {
			continue
		}
		if err != nil {
			return err
		}
		if i == 2 {
			continue // one stays a draft
		}
		if _, err := s.Review.Submit(ctx, by, it.ID, "请审查"); err != nil {
			return err
		}
	}
	return nil
}

func (s *System) actorOf(ctx context.Context, name string) (by account.Actor, err error) {
	err = store.Access(s.DB).View(ctx, func(tx access.Tx) error {
		p, ok, err := tx.PersonByAccount(ctx, name)
		if err != nil || !ok {
			return errors.Join(err, fmt.Errorf("no account %s", name))
		}
		by, err = tx.Actor(ctx, p.ID, "demo")
		return err
	})
	return by, err
}
