package notice

import (
	"strings"
	"text/template"
	"time"
	"unicode"

	"github.com/gongkai/gongkai/internal/calendar"
)

// Data is what a notice of one kind says: one of the types below.
type Data interface{ kind() Kind }

// The data of notices. Matter is the name or number of what it is about, as the desk shows it; it never leaves the house.
type (
	// ReviewWaiting says: a step of a sign-off waits for the person.
	ReviewWaiting struct {
		Matter string
		Step   string // 初审, 保密审查, …
		By     string // who handed it in
		Due    calendar.Date
	}
	// ReviewReturned says: what the person handed in came back.
	ReviewReturned struct{ Matter, Step, By, Reason string }
	// ReviewSigned says: what the person handed in is signed.
	ReviewSigned struct{ Matter, By string }
	// ReviewWithdrawn says: what waited for the person was taken back.
	ReviewWithdrawn struct{ Matter, By string }
	// DeadlineSoon says: a period ends soon.
	DeadlineSoon struct {
		Matter string
		Step   string // what has to be done by then: 答复, 补正告知, …
		Due    calendar.Date
		Left   int // working days after today, up to and including Due; 0 on the last day
	}
	// DeadlineLate says: a period has ended.
	DeadlineLate struct {
		Matter, Step string
		Due          calendar.Date
		Over         int // working days since
	}
	// CalendarChanged says: a holiday notice moved deadlines of the person.
	CalendarChanged struct {
		Notice  string // its number or title
		Matters int    // how many deadlines moved
	}
	// CalendarMissing says: the holiday notice of a year is not there yet.
	CalendarMissing struct{ Year int }
	// SigninNew says: somebody signed in from where nobody had before.
	SigninNew struct {
		At     time.Time
		Device string // 浏览器和系统
		From   string // the address, shortened as the site wants it
	}
	// Locked says: the account is closed for a while after wrong passwords.
	Locked struct {
		Tries int
		Until time.Time
	}
	// PasswordReset says: somebody gave the person a new password.
	PasswordReset struct{ By string }
	// PositionChanged says: a position of the person began, changed or ended.
	PositionChanged struct{ What, By string }
	// DeputyNamed says: the person stands in for somebody.
	DeputyNamed struct {
		Of       string
		From, To calendar.Date
	}
	// JobFailed says: a job was given up.
	JobFailed struct{ Job, Reason, Ref string }
	// AuditBroken says: the chain of the record does not hold from an entry on.
	AuditBroken struct{ Seq int64 }
	// MailFailed says: What (邮件, 短信) to the person could not be delivered; Check is where the person looks (邮箱, 电话).
	MailFailed struct{ What, Check, Reason string }
)

func (ReviewWaiting) kind() Kind   { return KindReviewWaiting }
func (ReviewReturned) kind() Kind  { return KindReviewReturned }
func (ReviewSigned) kind() Kind    { return KindReviewSigned }
func (ReviewWithdrawn) kind() Kind { return KindReviewWithdrawn }
func (DeadlineSoon) kind() Kind    { return KindDeadlineSoon }
func (DeadlineLate) kind() Kind    { return KindDeadlineLate }
func (CalendarChanged) kind() Kind { return KindCalendarChanged }
func (CalendarMissing) kind() Kind { return KindCalendarMissing }
func (SigninNew) kind() Kind       { return KindSigninNew }
func (Locked) kind() Kind          { return KindLocked }
func (PasswordReset) kind() Kind   { return KindPasswordReset }
func (PositionChanged) kind() Kind { return KindPositionChanged }
func (DeputyNamed) kind() Kind     { return KindDeputyNamed }
func (JobFailed) kind() Kind       { return KindJobFailed }
func (AuditBroken) kind() Kind     { return KindAuditBroken }
func (MailFailed) kind() Kind      { return KindMailFailed }

// sources are the texts of the desk. Each is a template over the type of its kind; a test writes all of them.
func sources() map[Kind]string {
	return map[Kind]string{ //nolint:gosec // texts that speak of passwords and hold none
		KindReviewWaiting:   `《{{.Matter}}》由{{.By}}送审，等您{{.Step}}{{if not .Due.IsZero}}，最晚 {{date .Due}}{{end}}。`,
		KindReviewReturned:  `《{{.Matter}}》在{{.Step}}环节被{{.By}}退回。意见：{{.Reason}}。请改好后重新送审。`,
		KindReviewSigned:    `《{{.Matter}}》已由{{.By}}签发，可以办理下一步。`,
		KindReviewWithdrawn: `《{{.Matter}}》已由{{.By}}撤回，不用再审。`,
		KindDeadlineSoon: `《{{.Matter}}》的{{.Step}}最晚 {{date .Due}}，` +
			`{{if .Left}}还有 {{.Left}} 个工作日{{else}}今天是最后一天{{end}}。`,
		KindDeadlineLate:    `《{{.Matter}}》的{{.Step}}应在 {{date .Due}} 前办完，{{if .Over}}已超过 {{.Over}} 个工作日{{else}}已经过期{{end}}。请马上办理，并写明原因。`,
		KindCalendarChanged: `{{.Notice}}改变了工作日，您经办的 {{.Matters}} 个期限已重新计算，请核对。`,
		KindCalendarMissing: `{{.Year}} 年的放假安排还没有录入，跨到这一年的期限只能暂算。国务院办公厅发布通知后请录入。`,
		KindSigninNew: `您的账号于 {{clock .At}} 在新设备上登录{{with .Device}}（{{.}}）{{end}}{{with .From}}，来自 {{.}}{{end}}。` +
			`不是您本人的话，请马上退出其他设备、改密码，并告诉管理员。`,
		KindLocked:          `您的账号连续 {{.Tries}} 次输错密码，锁定到 {{clock .Until}}。不是您本人的话，请告诉管理员。`,
		KindPasswordReset:   `您的密码由{{.By}}重置，下次登录要设新密码。不是您要求的话，请马上告诉管理员。`,
		KindPositionChanged: `您的岗位由{{.By}}变动：{{.What}}。如有不对，请告诉管理员。`,
		KindDeputyNamed:     `您从 {{date .From}} 到 {{date .To}} 代理{{.Of}}的工作，{{.Of}}的待办会出现在您的工作台上。`,
		KindJobFailed:       `“{{.Job}}”多次没有做成：{{.Reason}}{{with .Ref}}（日志编号 {{.}}）{{end}}。请排除原因后重试，或取消这项任务。`,
		KindAuditBroken:     `操作记录从第 {{.Seq}} 条起对不上，可能被改动。请导出备份并与打印的校验值核对，不要删除任何文件。`,
		KindMailFailed:      `发给您的{{.What}}送不到：{{.Reason}}。请核对{{.Check}}，工作台上的通知不受影响。`,
	}
}

// write writes the text of a notice for the desk: one paragraph, without control characters.
func write(d Data) (string, error) {
	t := template.New(string(d.kind())).Option("missingkey=error").Funcs(template.FuncMap{
		"date":  func(d calendar.Date) string { return d.Chinese() + " " + d.ChineseWeekday() },
		"clock": func(t time.Time) string { return t.In(calendar.Zone).Format("2006年1月2日 15:04") },
	})
	t, err := t.Parse(sources()[d.kind()])
	if err != nil {
		return "", err
	}
	var b strings.Builder
	err = t.Execute(&b, d)
	if err != nil {
		return "", err
	}
	return oneLine(b.String()), nil
}

// oneLine makes every run of spaces and control characters one space. What a reason ends with is not said twice.
func oneLine(s string) string {
	s = strings.Join(strings.FieldsFunc(s, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }), " ")
	return strings.NewReplacer("。。", "。", "！。", "！", "？。", "？", "；。", "。").Replace(s)
}
