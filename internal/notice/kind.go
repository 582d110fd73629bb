package notice

// Kind is a kind of notice, "what.happened".
type Kind string

// The kinds.
const (
	KindReviewWaiting   Kind = "review.waiting"
	KindReviewReturned  Kind = "review.returned"
	KindReviewSigned    Kind = "review.signed"
	KindReviewWithdrawn Kind = "review.withdrawn"
	KindDeadlineSoon    Kind = "deadline.soon"
	KindDeadlineLate    Kind = "deadline.late"
	KindCalendarChanged Kind = "calendar.changed"
	KindCalendarMissing Kind = "calendar.missing"
	KindSigninNew       Kind = "account.signin_new"
	KindLocked          Kind = "account.locked"
	KindPasswordReset   Kind = "account.password_reset"
	KindPositionChanged Kind = "account.position_changed"
	KindDeputyNamed     Kind = "account.deputy_named"
	KindJobFailed       Kind = "job.failed"
	KindAuditBroken     Kind = "audit.broken"
	KindMailFailed      Kind = "mail.failed"
)

// Sort is what holds for all notices of a kind.
type Sort struct {
	Kind  Kind
	Title string // in Chinese, the heading of the notice and of its row among the preferences
	// Do is all that leaves the house, in mails and messages: what to do. It is a fixed sentence without any data of a
	// matter, so that no personal data of applicants can be in it.
	Do       string
	Urgent   bool      // not gathered for the morning
	Fixed    bool      // its channels cannot be turned off
	DeskOnly bool      // no other channel can be chosen
	Channels []Channel // beside the desk, where the person has chosen nothing; never Webhook
}

// Sorts lists all kinds in the order in which the preferences show them.
func Sorts() []Sort {
	mail := []Channel{Mail}
	return []Sort{
		{Kind: KindReviewWaiting, Title: "待您审核", Do: "有一件材料等您审核，请登录工作台办理。", Channels: mail},
		{Kind: KindReviewReturned, Title: "被退回", Do: "您送审的一件材料被退回，请登录工作台查看意见，改好后重新送审。", Channels: mail},
		{Kind: KindReviewSigned, Title: "已签发", Do: "您送审的一件材料已签发，请登录工作台办理下一步。"},
		{Kind: KindReviewWithdrawn, Title: "送审已撤回", Do: "一件等您审核的材料已由送审人撤回，不用再审。"},
		{Kind: KindDeadlineSoon, Title: "期限临近", Do: "您经办的一件事快到期限，请登录工作台尽快办理。", Channels: mail},
		{Kind: KindDeadlineLate, Title: "已逾期", Do: "您经办的一件事已经超过期限，请马上登录工作台办理。", Urgent: true, Channels: mail},
		{Kind: KindCalendarChanged, Title: "放假安排有变，期限已重算", Do: "放假调休安排有变，您经办的期限已重新计算，请登录工作台核对。", Urgent: true, Channels: mail},
		{Kind: KindCalendarMissing, Title: "缺下一年放假安排", Do: "下一年的放假安排还没有录入，跨年的期限只能暂算，请登录工作台录入。", Channels: mail},
		{Kind: KindSigninNew, Title: "新设备登录", Do: "您的账号在新设备上登录。不是您本人的话，请马上登录工作台退出其他设备、改密码，并告诉管理员。", Urgent: true, Fixed: true, Channels: mail},
		{Kind: KindLocked, Title: "账号被锁定", Do: "您的账号因多次输错密码被暂时锁定。不是您本人的话，请告诉管理员。", Urgent: true, Fixed: true, Channels: mail},
		{Kind: KindPasswordReset, Title: "密码被重置", Do: "您的密码被重置。不是您要求的话，请马上告诉管理员。", Urgent: true, Fixed: true, Channels: mail},
		{Kind: KindPositionChanged, Title: "岗位有变动", Do: "您在系统里的岗位有变动，请登录工作台核对。", Channels: mail},
		{Kind: KindDeputyNamed, Title: "请您代理", Do: "您被指定在一段时间内代理他人的工作，请登录工作台查看起止日期。", Channels: mail},
		{Kind: KindJobFailed, Title: "后台任务失败", Do: "有一项后台任务多次没有做成，请登录工作台处理。", Channels: mail},
		{Kind: KindAuditBroken, Title: "操作记录对不上", Do: "操作记录校验没有通过，可能被改动。请马上登录工作台查看，不要删除任何文件。", Urgent: true, Fixed: true, Channels: mail},
		{Kind: KindMailFailed, Title: "邮件或短信送不到", Do: "发给您的邮件或短信送不到，请登录工作台核对邮箱和电话。", DeskOnly: true},
	}
}

// SortOf returns what holds for a kind.
func SortOf(k Kind) (Sort, bool) {
	for _, s := range Sorts() {
		if s.Kind == k {
			return s, true
		}
	}
	return Sort{}, false
}
