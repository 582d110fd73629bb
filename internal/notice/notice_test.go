package notice_test

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/gongkai/gongkai/internal/calendar"
	"github.com/gongkai/gongkai/internal/fault"
	"github.com/gongkai/gongkai/internal/notice"
)

func china(s string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", s, calendar.Zone)
	if err != nil {
		panic(err)
	}
	return t
}

func clock(s string) notice.Clock {
	c, err := notice.ParseClock(s)
	if err != nil {
		panic(err)
	}
	return c
}

var table = calendar.Builtin()

func working(d calendar.Date) bool { return table.Works(d) }

// examples is one Data of every kind.
func examples() []notice.Data {
	day := calendar.NewDate(2026, 10, 10)
	at := china("2026-10-09 09:30")
	return []notice.Data{
		notice.ReviewWaiting{Matter: "示例答复书", Step: "初审", By: "张示例", Due: day},
		notice.ReviewReturned{Matter: "示例答复书", Step: "保密审查", By: "李示例", Reason: "第二段要遮盖"},
		notice.ReviewSigned{Matter: "示例答复书", By: "王示例"},
		notice.ReviewWithdrawn{Matter: "示例答复书", By: "张示例"},
		notice.DeadlineSoon{Matter: "示例申请", Step: "答复", Due: day, Left: 2},
		notice.DeadlineLate{Matter: "示例申请", Step: "答复", Due: day, Over: 3},
		notice.CalendarChanged{Notice: "2027 年放假通知", Matters: 4},
		notice.CalendarMissing{Year: 2027},
		notice.SigninNew{At: at, Device: "Firefox，Linux", From: "10.1.*.*"},
		notice.Locked{Tries: 5, Until: at},
		notice.PasswordReset{By: "赵示例"},
		notice.PositionChanged{What: "新增：示例局 经办人", By: "赵示例"},
		notice.DeputyNamed{Of: "钱示例", From: day, To: day.AddDays(4)},
		notice.JobFailed{Job: "读年报", Reason: "文件打不开", Ref: "0a1b2c3d"},
		notice.AuditBroken{Seq: 42},
		notice.MailFailed{What: "邮件", Check: "邮箱", Reason: "对方服务器拒收"},
	}
}

func mustNew(t testing.TB, d notice.Data) notice.Notice {
	t.Helper()
	n, err := notice.New("p1", d, notice.About{Link: "/desk/reviews/1", Key: "k"}, china("2026-10-09 09:30"))
	if err != nil {
		t.Fatal(err)
	}
	n.ID = "n1"
	return n
}

func TestEveryKindIsWritten(t *testing.T) {
	want := map[notice.Kind]string{
		notice.KindReviewWaiting:   "《示例答复书》由张示例送审，等您初审，最晚 2026年10月10日 周六。",
		notice.KindReviewReturned:  "《示例答复书》在保密审查环节被李示例退回。意见：第二段要遮盖。请改好后重新送审。",
		notice.KindReviewSigned:    "《示例答复书》已由王示例签发，可以办理下一步。",
		notice.KindReviewWithdrawn: "《示例答复书》已由张示例撤回，不用再审。",
		notice.KindDeadlineSoon:    "《示例申请》的答复最晚 2026年10月10日 周六，还有 2 个工作日。",
		notice.KindDeadlineLate:    "《示例申请》的答复应在 2026年10月10日 周六 前办完，已超过 3 个工作日。请马上办理，并写明原因。",
		notice.KindCalendarChanged: "2027 年放假通知改变了工作日，您经办的 4 个期限已重新计算，请核对。",
		notice.KindCalendarMissing: "2027 年的放假安排还没有录入，跨到这一年的期限只能暂算。国务院办公厅发布通知后请录入。",
		notice.KindSigninNew:       "您的账号于 2026年10月9日 09:30 在新设备上登录（Firefox，Linux），来自 10.1.*.*。不是您本人的话，请马上退出其他设备、改密码，并告诉管理员。",
		notice.KindLocked:          "您的账号连续 5 次输错密码，锁定到 2026年10月9日 09:30。不是您本人的话，请告诉管理员。",
		notice.KindPasswordReset:   "您的密码由赵示例重置，下次登录要设新密码。不是您要求的话，请马上告诉管理员。",
		notice.KindPositionChanged: "您的岗位由赵示例变动：新增：示例局 经办人。如有不对，请告诉管理员。",
		notice.KindDeputyNamed:     "您从 2026年10月10日 周六 到 2026年10月14日 周三 代理钱示例的工作，钱示例的待办会出现在您的工作台上。",
		notice.KindJobFailed:       "“读年报”多次没有做成：文件打不开（日志编号 0a1b2c3d）。请排除原因后重试，或取消这项任务。",
		notice.KindAuditBroken:     "操作记录从第 42 条起对不上，可能被改动。请导出备份并与打印的校验值核对，不要删除任何文件。",
		notice.KindMailFailed:      "发给您的邮件送不到：对方服务器拒收。请核对邮箱，工作台上的通知不受影响。",
	}
	got := map[notice.Kind]string{}
	for _, d := range examples() {
		n := mustNew(t, d)
		got[n.Kind] = n.Text
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	var kinds []notice.Kind
	for _, s := range notice.Sorts() {
		kinds = append(kinds, s.Kind)
		if s.Title == "" || s.Do == "" || slices.Contains(s.Channels, notice.Webhook) || slices.Contains(s.Channels, notice.Desk) {
			t.Errorf("%s: title %q, what to do %q, channels %v: no default sends a phone number away", s.Kind, s.Title, s.Do, s.Channels)
		}
		if _, ok := want[s.Kind]; !ok {
			t.Errorf("%s has no example", s.Kind)
		}
	}
	if len(kinds) != len(want) {
		t.Errorf("%d kinds, %d examples", len(kinds), len(want))
	}
}

func TestTheLastDayHasItsOwnWords(t *testing.T) {
	n := mustNew(t, notice.DeadlineSoon{Matter: "甲", Step: "答复", Due: calendar.NewDate(2026, 10, 10)})
	if want := "《甲》的答复最晚 2026年10月10日 周六，今天是最后一天。"; n.Text != want {
		t.Errorf("got %s\nwant %s", n.Text, want)
	}
}

// marked returns a copy of d in which every string holds the mark.
func marked(d notice.Data, mark string) notice.Data {
	v := reflect.New(reflect.TypeOf(d)).Elem()
	v.Set(reflect.ValueOf(d))
	for i := range v.NumField() {
		if f := v.Field(i); f.Kind() == reflect.String {
			f.SetString(f.String() + mark)
		}
	}
	return v.Interface().(notice.Data)
}

func TestNothingOfAMatterLeavesTheHouse(t *testing.T) {
	site := notice.Site{Name: "示例县政府信息公开平台", URL: "https://gk.example.cn"}
	const mark = "申请人周示例"
	var all []notice.Notice
	for _, d := range examples() {
		n := mustNew(t, marked(d, mark))
		all = append(all, n)
		for _, l := range []notice.Letter{site.Write([]notice.Notice{n}), site.Short(n)} {
			if strings.Contains(l.Subject+l.Text+l.Link, "示例申请") || strings.Contains(l.Subject+l.Text+l.Link, mark) {
				t.Errorf("%s: a letter says of whom it is: %+v", n.Kind, l)
			}
			if !strings.HasPrefix(l.Link, "https://gk.example.cn/") || l.Subject == "" || l.Text == "" {
				t.Errorf("%s: letter %+v", n.Kind, l)
			}
		}
	}
	l := site.Write(all)
	if strings.Contains(l.Subject+l.Text+l.Link, mark) {
		t.Errorf("the morning mail says of whom it is: %+v", l)
	}
	if !strings.Contains(l.Text, "有 16 件事等您处理") || !strings.Contains(l.Text, "· 待您审核：1 件") || l.Link != "https://gk.example.cn/desk/notices" {
		t.Errorf("morning mail: %+v", l)
	}
	if l := (notice.Site{}).Write(all[:1]); l.Link != "" || l.Subject != "待您审核" {
		t.Errorf("without an address of the site: %+v", l)
	}
	if l := site.Write(nil); l != (notice.Letter{}) {
		t.Errorf("about nothing: %+v", l)
	}
}

func TestLinksStayOnThisSite(t *testing.T) {
	for link, ok := range map[string]bool{
		"/desk/reviews/1": true, "/": true, "/a%20b": true,
		"": false, "desk": false, "//evil.example": false, "https://evil.example/": false, "/a?q=周示例": false, "/\\evil.example": false,
		"/a\nb": false, "/a b": false, "/a?": false, "javascript:alert(1)": false,
	} {
		_, err := notice.New("p", notice.AuditBroken{}, notice.About{Link: link, Key: "k"}, china("2026-01-05 10:00"))
		if (err == nil) != ok {
			t.Errorf("link %q: error %v, want allowed=%v", link, err, ok)
		}
	}
	for name, about := range map[string]notice.About{"no key": {Link: "/"}} {
		if _, err := notice.New("p", notice.AuditBroken{}, about, china("2026-01-05 10:00")); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func FuzzText(f *testing.F) {
	f.Add("第一行\n第二行\x00\t尾。")
	f.Add(strings.Repeat("长", 2000))
	f.Fuzz(func(t *testing.T, reason string) {
		n := mustNew(t, notice.ReviewReturned{Matter: reason, Step: "初审", By: reason, Reason: reason})
		if i := strings.IndexFunc(n.Text, unicode.IsControl); i >= 0 || len([]rune(n.Text)) > 600 || n.Text == "" {
			t.Errorf("text of %d characters, control character at %d: %q", len([]rune(n.Text)), i, n.Text)
		}
	})
}

func TestPlan(t *testing.T) {
	night := notice.Quiet{From: clock("22:00"), To: clock("07:00")}
	contact := notice.Contact{Mail: "zhang@example.cn", Phone: "13800000000"}
	sms := map[notice.Kind][]notice.Channel{notice.KindDeadlineSoon: {notice.Webhook}, notice.KindSigninNew: {notice.Desk}, notice.KindMailFailed: {notice.Mail}}
	for name, test := range map[string]struct {
		data    notice.Data
		p       notice.Preference
		contact notice.Contact
		now     string
		want    []string
	}{
		"as it comes":              {notice.DeadlineSoon{}, notice.Preference{}, contact, "2026-10-09 09:00", []string{"desk 10-09 09:00", "mail 10-09 09:00"}},
		"at night":                 {notice.DeadlineSoon{}, notice.Preference{Quiet: night}, contact, "2026-10-09 23:10", []string{"desk 10-09 23:10", "mail 10-10 07:00"}},
		"after midnight":           {notice.DeadlineSoon{}, notice.Preference{Quiet: night}, contact, "2026-10-10 06:59", []string{"desk 10-10 06:59", "mail 10-10 07:00"}},
		"when quiet begins":        {notice.DeadlineSoon{}, notice.Preference{Quiet: night}, contact, "2026-10-09 22:00", []string{"desk 10-09 22:00", "mail 10-10 07:00"}},
		"when quiet ends":          {notice.DeadlineSoon{}, notice.Preference{Quiet: night}, contact, "2026-10-10 07:00", []string{"desk 10-10 07:00", "mail 10-10 07:00"}},
		"in the morning":           {notice.DeadlineSoon{}, notice.Preference{Digest: notice.Morning}, contact, "2026-10-09 09:00", []string{"desk 10-09 09:00", "mail 10-10 08:30 digest"}},
		"before the morning mail":  {notice.DeadlineSoon{}, notice.Preference{Digest: notice.Morning}, contact, "2026-10-09 08:29", []string{"desk 10-09 08:29", "mail 10-09 08:30 digest"}},
		"not into the one going":   {notice.DeadlineSoon{}, notice.Preference{Digest: notice.Morning}, contact, "2026-10-09 08:30", []string{"desk 10-09 08:30", "mail 10-10 08:30 digest"}},
		"over the holidays":        {notice.DeadlineSoon{}, notice.Preference{Digest: notice.Morning}, contact, "2026-09-30 09:00", []string{"desk 09-30 09:00", "mail 10-08 08:30 digest"}},
		"quiet in the morning":     {notice.DeadlineSoon{}, notice.Preference{Digest: notice.Morning, Quiet: notice.Quiet{From: clock("20:00"), To: clock("09:15")}}, contact, "2026-10-08 10:00", []string{"desk 10-08 10:00", "mail 10-09 09:15 digest"}},
		"quiet from morning on":    {notice.DeadlineSoon{}, notice.Preference{Digest: notice.Morning, Quiet: notice.Quiet{From: clock("08:00"), To: clock("07:00")}}, contact, "2026-09-30 10:00", []string{"desk 09-30 10:00", "mail 10-08 07:00 digest"}},
		"urgent is not gathered":   {notice.DeadlineLate{}, notice.Preference{Digest: notice.Morning}, contact, "2026-10-09 09:00", []string{"desk 10-09 09:00", "mail 10-09 09:00"}},
		"urgent lets people sleep": {notice.DeadlineLate{}, notice.Preference{Quiet: night}, contact, "2026-10-09 23:00", []string{"desk 10-09 23:00", "mail 10-10 07:00"}},
		"no address":               {notice.DeadlineSoon{}, notice.Preference{Channels: sms}, notice.Contact{}, "2026-10-09 09:00", []string{"desk 10-09 09:00"}},
		"by phone":                 {notice.DeadlineSoon{}, notice.Preference{Channels: sms, Digest: notice.Morning}, contact, "2026-10-09 09:00", []string{"desk 10-09 09:00", "webhook 10-09 09:00"}},
		"safety cannot be muted":   {notice.SigninNew{}, notice.Preference{Channels: sms}, contact, "2026-10-09 09:00", []string{"desk 10-09 09:00", "mail 10-09 09:00"}},
		"of failed mail no mail":   {notice.MailFailed{}, notice.Preference{Channels: sms}, contact, "2026-10-09 09:00", []string{"desk 10-09 09:00"}},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, d := range notice.Plan(mustNew(t, test.data), test.p, test.contact, china(test.now), working) {
				line := string(d.Channel) + " " + d.Due.In(calendar.Zone).Format("01-02 15:04")
				if d.Digest {
					line += " digest"
				}
				got = append(got, line)
			}
			if d := cmp.Diff(test.want, got); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
}

func anyPreference(rt *rapid.T) notice.Preference {
	p := notice.Preference{Channels: map[notice.Kind][]notice.Channel{}, Digest: rapid.SampledFrom([]notice.Digest{"", notice.Single, notice.Morning}).Draw(rt, "digest")}
	p.Quiet.From = notice.Clock(rapid.IntRange(0, 1439).Draw(rt, "from"))
	p.Quiet.To = notice.Clock(rapid.IntRange(0, 1439).Draw(rt, "to"))
	for _, s := range notice.Sorts() {
		if rapid.Bool().Draw(rt, "chosen") {
			p.Channels[s.Kind] = rapid.SliceOfDistinct(rapid.SampledFrom([]notice.Channel{notice.Desk, notice.Mail, notice.Webhook}),
				func(c notice.Channel) notice.Channel { return c }).Draw(rt, "channels")
		}
	}
	return p
}

// minute is the time of day in China, counted without the package under test.
func minute(t time.Time) int {
	s := (t.Unix() + 8*3600) % 86400
	return int(s / 60)
}

func quiet(p notice.Preference, t time.Time) bool {
	from, to, at := int(p.Quiet.From), int(p.Quiet.To), minute(t)
	for m := from; m != to; m = (m + 1) % 1440 {
		if m == at {
			return true
		}
	}
	return false
}

func TestWhatHoldsOfEveryPlan(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		p := anyPreference(rt)
		if err := p.Check(); err != nil {
			rt.Fatalf("a choice is refused: %v", err)
		}
		n := mustNew(t, rapid.SampledFrom(examples()).Draw(rt, "data"))
		c := notice.Contact{Mail: rapid.SampledFrom([]string{"", "a@example.cn"}).Draw(rt, "mail"), Phone: rapid.SampledFrom([]string{"", "13800000000"}).Draw(rt, "phone")}
		now := time.Unix(rapid.Int64Range(1735660800, 1798732800).Draw(rt, "now"), 0) // 2025 and 2026
		off := rapid.SampledFrom([]string{"as in law", "never", "always"}).Draw(rt, "days off")
		days := map[string]func(calendar.Date) bool{"as in law": working,
			"never": func(calendar.Date) bool { return true }, "always": func(calendar.Date) bool { return false }}[off]
		s, _ := notice.SortOf(n.Kind)
		seen := map[notice.Channel]bool{}
		for _, d := range notice.Plan(n, p, c, now, days) {
			if seen[d.Channel] {
				rt.Errorf("told twice by %s", d.Channel)
			}
			seen[d.Channel] = true
			switch {
			case d.Due.Before(now):
				rt.Errorf("%s is due before it was known", d.Channel)
			case d.Channel == notice.Desk && !d.Due.Equal(now):
				rt.Errorf("the desk waits from %s to %s", now, d.Due)
			case d.Channel != notice.Desk && quiet(p, d.Due):
				rt.Errorf("%s at %s, in the quiet hours %s to %s", d.Channel, d.Due.In(calendar.Zone), p.Quiet.From, p.Quiet.To)
			case d.Digest && (d.Channel != notice.Mail || s.Urgent || p.Digest != notice.Morning):
				rt.Errorf("%s of %s in the morning mail", d.Channel, n.Kind)
			case d.Digest && off != "always" && !days(calendar.On(d.Due)):
				rt.Errorf("a morning mail on %s", calendar.On(d.Due))
			case d.Channel != notice.Desk && !d.Digest && d.Due.Sub(now) >= 24*time.Hour:
				rt.Errorf("%s waits for %s", d.Channel, d.Due.Sub(now))
			}
		}
		if !seen[notice.Desk] {
			rt.Error("not on the desk")
		}
		if seen[notice.Mail] && c.Mail == "" || seen[notice.Webhook] && c.Phone == "" {
			rt.Error("sent to somebody without an address")
		}
		if seen[notice.Webhook] && !slices.Contains(p.Channels[n.Kind], notice.Webhook) {
			rt.Error("a phone number is given away that nobody chose to give")
		}
		if s.Fixed && c.Mail != "" && !seen[notice.Mail] {
			rt.Errorf("%s was muted", n.Kind)
		}
	})
}

func TestChoicesAreChecked(t *testing.T) {
	for name, test := range map[string]struct {
		p    notice.Preference
		want string
	}{
		"nothing":  {notice.Preference{}, "internal"},
		"kind":     {notice.Preference{Channels: map[notice.Kind][]notice.Channel{"a.b": nil}}, "notice.kind"},
		"channel":  {notice.Preference{Channels: map[notice.Kind][]notice.Channel{notice.KindLocked: {"pigeon"}}}, "notice.channel"},
		"twice":    {notice.Preference{Channels: map[notice.Kind][]notice.Channel{notice.KindLocked: {notice.Mail, notice.Mail}}}, "notice.channel"},
		"too late": {notice.Preference{Quiet: notice.Quiet{To: 1440}}, "notice.quiet"},
		"negative": {notice.Preference{Quiet: notice.Quiet{From: -1}}, "notice.quiet"},
		"digest":   {notice.Preference{Digest: "weekly"}, "notice.digest"},
	} {
		if got := fault.CodeOf(test.p.Check()); got != test.want {
			t.Errorf("%s: code %s, want %s", name, got, test.want)
		}
	}
	for _, bad := range []string{"", "7:00", "24:00", "12:60", "0700", "07:00 "} {
		if c, err := notice.ParseClock(bad); fault.CodeOf(err) != "notice.quiet" {
			t.Errorf("%q is %v, error %v", bad, c, err)
		}
	}
}

func TestAPreferenceIsTheSameAfterJSON(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		p := anyPreference(rt)
		for k, list := range p.Channels {
			if len(list) == 0 {
				p.Channels[k] = []notice.Channel{}
			}
		}
		if len(p.Channels) == 0 {
			p.Channels = nil
		}
		data, err := json.Marshal(p)
		if err != nil {
			rt.Fatal(err)
		}
		var got notice.Preference
		if err := json.Unmarshal(data, &got); err != nil {
			rt.Fatalf("%s: %v", data, err)
		}
		if d := cmp.Diff(p, got); d != "" {
			rt.Errorf("%s (-want +got):\n%s", data, d)
		}
	})
}
