package office_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gongkai/gongkai/internal/account"
	"github.com/gongkai/gongkai/internal/office"
)

// tellings are what was told since the last time, each with to whom and what.
func (s *site) tellings() []string {
	var out []string
	for _, t := range s.told {
		out = append(out, string(t.Kind)+" "+string(t.To)+" by "+t.By+" "+t.What+t.Of)
		if t.Key == "" {
			s.t.Errorf("%+v has no key", t)
		}
	}
	s.told = nil
	return out
}

func TestPeopleAreToldWhatIsDoneToThem(t *testing.T) {
	s := newSite(t)
	who := s.hire("worker", s.home, account.Handler, false)
	other := s.hire("other", s.home, account.Handler, false)
	if got := s.tellings(); len(got) != 0 {
		t.Errorf("told of their own first day: %v", got)
	}
	until := s.today().AddDays(9)
	added, err := s.AddPosition(t.Context(), s.boss(), account.Position{Person: who, Agency: s.home, Role: account.Reviewer, From: s.today(), To: until}, 0)
	ok(t, err)
	ok(t, s.AmendPosition(t.Context(), s.boss(), account.Position{ID: added, Person: who, Agency: s.home, Title: "股长", Role: account.Reviewer, From: s.today()}, 0))
	ok(t, s.EndPosition(t.Context(), s.boss(), who, added, s.today(), "轮岗"))
	_, err = s.SetDeputy(t.Context(), s.actor(who), account.Deputy{Of: who, By: other, From: s.today(), To: until, Reason: "休假"})
	ok(t, err)
	ok(t, s.ResetPassword(t.Context(), s.boss(), who, 0, "another"))
	ok(t, s.ResetPassword(t.Context(), program, who, 0, "a third"))
	keys := map[string]bool{}
	for _, one := range s.told {
		keys[string(one.To)+one.Key] = true
	}
	if len(keys) != len(s.told) {
		t.Errorf("%d keys for %d facts", len(keys), len(s.told))
	}
	want := []string{
		"account.position_changed " + string(who) + " by 张示例 新增：示例县人民政府办公室 股室负责人（初审）（到 " + until.Chinese() + "）",
		"account.position_changed " + string(who) + " by 张示例 改为：示例县人民政府办公室 股长",
		"account.position_changed " + string(who) + " by 张示例 结束：示例县人民政府办公室 股长（到 " + s.today().Chinese() + "）",
		"account.deputy_named " + string(other) + " by 李示例 李示例",
		"account.password_reset " + string(who) + " by 张示例 ",
		"account.password_reset " + string(who) + " by 系统管理员 ",
	}
	if d := cmp.Diff(want, s.tellings()); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

func TestNobodyIsToldWhatDidNotHappenOrWhatTheyDid(t *testing.T) {
	s := newSite(t)
	who := s.hire("worker", s.home, account.Handler, false)
	_, err := s.AddPosition(t.Context(), s.actor(who), account.Position{Person: who, Agency: s.home, Role: account.Reviewer, From: s.today()}, 0)
	code(t, err, "position.self")
	own := s.positionsOf(who)[0]
	ok(t, s.EndPosition(t.Context(), s.actor(who), who, own.ID, s.today(), "离职"))
	ok(t, s.CloseAccount(t.Context(), s.boss(), who, 0, "已经调离本单位"))
	if got := s.tellings(); len(got) != 0 {
		t.Errorf("told %v", got)
	}
}

func TestWhoLosesTheirAgencyIsTold(t *testing.T) {
	s := newSite(t)
	at := s.build("示例县旧局", s.root, "2020-01-01")
	who := s.hire("worker", at, account.Handler, false)
	s.told = nil
	ok(t, s.Close(t.Context(), s.boss(), at, nil, office.When{From: s.today().AddDays(1), Reason: "机构改革撤销"}))
	want := []string{"account.position_changed " + string(who) + " by 张示例 机关撤销，结束：示例县旧局 股室经办人（到 " + s.today().Chinese() + "）"}
	if d := cmp.Diff(want, s.tellings()); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}
