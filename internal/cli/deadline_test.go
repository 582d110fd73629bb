package cli_test

import (
	"strings"
	"testing"

	"github.com/gongkai/gongkai/internal/cli"
)

func TestDeadlinePrintsTheDayFirst(t *testing.T) {
	for _, tt := range []struct {
		what  string
		args  string
		first string
		parts []string
	}{
		{"a reply", "--received 2022-09-30", "最后一天：2022年11月2日 周三\n", []string{"依据：条例 第三十三条第二款", "2022-10-08 周六  调休上班            第 1 天", "第 20 天　最后一天"}},
		{"a make-up day", "--kind joint-organ --received 2021-09-13", "最后一天：2021年10月9日 周六（调休上班）\n", []string{"视为同意公开"}},
		{"everything that moves it", "--received 2025-04-14 --corrected 2025-04-15 --consult 2025-04-18..2025-05-08 --consult 2025-04-20..2025-04-22 --extend 2 --fee-paid 2025-04-16",
			"最后一天：2025年6月6日", []string{"收到补正，重新计算", "缴费，重新计算", "扣除 12 个工作日", "延长 2 个工作日", "信息处理费管理办法"}},
		{"natural days", "--kind reconsideration --received 2025-12-19", "最后一天：2026年2月24日 周二\n", []string{"2026-02-17 周二  放假 春节           第 60 天", "2026-02-18 周三  放假 春节           不算"}},
		{"as known before", "--received 2020-01-15 --as-of 2020-01-26", "最后一天：2020年2月17日 周一\n", nil},
		{"beyond the table", "--received 2026-12-15", "最后一天：2027年1月12日 周二（暂定）\n", []string{"还没有 2027 年的放假安排"}},
		{"on a day off", "--received 2026-10-03 --shift-rest-day", "最后一天：2026年11月4日", []string{"2026-10-08 周四 起算"}},
	} {
		status, out, errs := run(t, append([]string{"deadline"}, strings.Fields(tt.args)...)...)
		if status != cli.Done || errs != "" || !strings.HasPrefix(out, tt.first) {
			t.Errorf("%s: %d %s\n%s", tt.what, status, errs, out)
		}
		for _, p := range tt.parts {
			if !strings.Contains(out, p) {
				t.Errorf("%s: no %q in\n%s", tt.what, p, out)
			}
		}
	}
}

func TestDeadlineAndFeeAsJSON(t *testing.T) {
	for args, want := range map[string]string{
		"deadline --received 2022-09-30 --json":             `{"kind":"reply","received":"2022-09-30","due":"2022-11-02","provisional":false,"counted":20,"legal":["条例 第三十三条第二款"],"days":[{"date":"2022-10-01","class":"holiday","name":"国庆节","n":0},`,
		"deadline --kind suit --received 2025-08-31 --json": `{"kind":"suit","received":"2025-08-31","due":"2026-02-28","provisional":false,"counted":181,`,
		"deadline --received 2026-12-15 --json":             `{"kind":"reply","received":"2026-12-15","due":"2027-01-12","provisional":true,"counted":20,`,
		"fee --items 11 --json":                             `{"basis":"items","units":11,"yuan":100,"bands":[{"from":1,"to":10,"units":10,"price":0,"amount":0},{"from":11,"to":30,"units":1,"price":100,"amount":100}],"legal":["信息处理费管理办法 第四条"]}`,
		"fee --pages 0 --json":                              `{"basis":"pages","units":0,"yuan":0,"bands":[],"legal":["信息处理费管理办法 第五条"]}`,
	} {
		status, out, errs := run(t, strings.Fields(args)...)
		if status != cli.Done || errs != "" || !strings.HasPrefix(out, want) || strings.Count(out, "\n") != 1 {
			t.Errorf("%s: %d %s\n%s", args, status, errs, out)
		}
	}
}

func TestFeePrintsTheAmountFirst(t *testing.T) {
	status, out, errs := run(t, "fee", "--pages", "201")
	if status != cli.Done || errs != "" || !strings.HasPrefix(out, "信息处理费：2740 元\n") || !strings.Contains(out, "第 201 页起") || !strings.Contains(out, "国办函〔2020〕109号") {
		t.Errorf("%d %s\n%s", status, errs, out)
	}
}

func TestDeadlineAndFeeRefuse(t *testing.T) {
	for args, want := range map[string]string{
		"deadline":                     "没有填起算日",
		"deadline --received 2026-9-7": "--received：“2026-9-7”不是日期",
		"deadline --received 2026-09-07 --extend 21":                      "最长 20 个工作日",
		"deadline --received 2026-09-07 --extend=-1":                      "不能是负数",
		"deadline --received 2026-09-07 --extend ten":                     "命令写得不对",
		"deadline --received 2026-09-07 --kind answer":                    "没有“answer”这种期限",
		"deadline --received 2026-09-07 --consult 2026-09-08":             "发出日..收到意见日",
		"deadline --received 2026-09-07 --consult 2026-09-20..2026-09-08": "写反了",
		"deadline --received 2026-09-07 --consult 2026-09-20..9999-12-31": "天以后",
		"deadline --received 2026-09-07 --corrected 2026-09-06":           "早于收到申请",
		"deadline --received 2026-09-07 --fee-paid 2026-09-06":            "早于收到申请",
		"deadline --received 2026-09-07 --as-of yesterday":                "--as-of：",
		"deadline --kind suit --received 2026-09-07 --extend 3":           "请去掉 extend",
		"fee":                              "只能选一种",
		"fee --items 3 --pages 3":          "只能选一种",
		"fee --items=-1":                   "应在 0 到",
		"fee --pages 100001":               "应在 0 到",
		"fee --pages 99999999999999999999": "命令写得不对",
	} {
		status, out, errs := run(t, strings.Fields(args)...)
		lines := strings.Split(strings.TrimSpace(errs), "\n")
		if status != cli.Unreadable || !strings.Contains(lines[len(lines)-1], want) || strings.Contains(out, "最后一天") {
			t.Errorf("%s: %d %s, want %q", args, status, errs, want)
		}
	}
}
