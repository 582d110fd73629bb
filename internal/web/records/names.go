package records

import (
	"strings"
	"time"

	"github.com/gongkai/gongkai/internal/account"
	"github.com/gongkai/gongkai/internal/agency"
	"github.com/gongkai/gongkai/internal/calendar"
	"github.com/gongkai/gongkai/internal/clock"
	"github.com/gongkai/gongkai/internal/deadline"
	"github.com/gongkai/gongkai/internal/review"
	"github.com/gongkai/gongkai/internal/web/ui"
	"github.com/gongkai/gongkai/internal/work"
)

// kindNames are the kinds of entries, by what stands before the dot of their action.
func kindNames() []agency.Named[string] {
	return []agency.Named[string]{{Value: "agency.", Name: "机构"}, {Value: "section.", Name: "股室"}, {Value: "person.", Name: "人员"},
		{Value: "position.", Name: "岗位"}, {Value: "deputy.", Name: "代理"}, {Value: "role.", Name: "角色"}, {Value: "session.", Name: "登录"},
		{Value: "token.", Name: "接口令牌"}, {Value: "review.", Name: "审查"}, {Value: "report.", Name: "年报"}, {Value: "batch.", Name: "收文件"},
		{Value: "expected.", Name: "应报名单"}, {Value: "calendar.", Name: "工作日历"}, {Value: "clock.", Name: "期限"}, {Value: "job.", Name: "后台任务"},
		{Value: "keys.", Name: "密钥"}, {Value: "audit.", Name: "操作记录"}, {Value: "office.", Name: "首次设置"}, {Value: "site.", Name: "本站"}}
}

// actions are what was done, in words. A test holds that every action of the program stands here.
func actions() map[string]string {
	return map[string]string{ //nolint:gosec // words about passwords and tokens, none of them
		"agency.create": "新建机构", "agency.amend": "修改机构", "agency.rename": "机构更名", "agency.move": "调整上级", "agency.close": "撤销机构",
		"agency.import": "批量导入机构",
		"section.add":   "增加股室", "section.rename": "股室更名", "section.end": "撤销股室",
		"person.create": "新建账号", "person.amend": "修改人员", "person.close": "停用账号", "person.reopen": "重新启用账号",
		"person.password": "修改或重置密码", "person.unmask": "查看电话或邮箱", "person.link": "绑定统一身份认证", "person.factor_on": "启用动态口令",
		"person.factor_off": "停用动态口令", "person.recovery_used": "用掉一个恢复码",
		"position.add": "增加岗位", "position.amend": "修改岗位", "position.end": "结束岗位",
		"deputy.set": "指定代理", "deputy.end": "结束代理",
		"role.create": "新建角色", "role.amend": "修改角色", "role.delete": "删除角色",
		"session.open": "登录", "session.code": "动态口令通过", "session.refuse": "登录没有通过", "session.end": "退出登录",
		"token.create": "新建接口令牌", "token.revoke": "撤销接口令牌",
		"review.open": "建立审查事项", "review.submit": "送审", "review.approve": "审查通过", "review.return": "退回", "review.replace": "更换送审内容",
		"review.withdraw": "撤回送审", "review.void": "作废审查事项", "review.plan": "设置审查环节",
		"report.receive": "收下年报", "report.identify": "补填机关或年度", "batch.open": "开始收文件", "batch.refuse": "没有收下文件",
		"expected.replace": "更新应报名单",
		"calendar.propose": "录入放假通知",
		"calendar.approve": "放假通知生效",
		"calendar.reject":  "放假通知不采用",
		"calendar.change":  "工作日历有变",
		"calendar.recount": "重算期限完成",
		"clock.open":       "开始计算期限",
		"clock.amend":      "修改期限",
		"clock.assign":     "改派经办人",
		"clock.freeze":     "写入文书，期限固定",
		"clock.close":      "办结期限",
		"clock.recount":    "重算一个期限",
		"clock.marks":      "设置提醒时间",
		"clock.feed":       "开通日历订阅",
		"clock.feed_close": "关闭日历订阅",
		"job.retry":        "重做后台任务",
		"job.drop":         "放弃后台任务",
		"keys.create":      "新建密钥",
		"keys.rotate":      "换新密钥",
		"keys.rewrap":      "更换主密钥",
		"keys.reseal":      "重新加密",
		"audit.reveal":     "查看记录里受保护的内容",
		"office.setup":     "首次设置",
		"site.restore":     "从备份恢复",
	}
}

// actionName is what an action is called.
func actionName(action string) string {
	if name, ok := actions()[action]; ok {
		return name
	}
	return action
}

// subjectName is what a kind of thing is called.
func subjectName(kind string) string {
	names := map[string]string{ //nolint:gosec // words about tokens and keys, none of them
		"account": "账号（没有这个人）", "agency": "机构", "section": "股室", "person": "人员", "role": "角色", "token": "接口令牌",
		"batch": "一批文件", "report": "年报", "expected": "应报名单", "calendar.notice": "放假通知", "calendar.recount": "期限重算", "clock": "期限",
		"setting": "设置", "job": "后台任务", "key": "密钥", "table": "受保护的字段", "audit": "操作记录", "review": "审查事项",
		"review.plan": "审查环节", "import": "机构导入", "site": "本站"}
	if n, ok := names[kind]; ok {
		return n
	}
	return kind
}

// fields are what the fields of changes are called. Where a field is called otherwise in one kind of entries, that kind stands
// before it.
func fields() map[string]string {
	return map[string]string{
		"name": "名称", "person.name": "姓名", "short": "简称", "code": "统一社会信用代码", "kind": "类型", "clock.kind": "哪一种期限", "level": "层级",
		"superior": "上级机构", "authority": "主管部门", "reconsideration": "复议机关", "court": "管辖法院", "group": "分组", "position": "排序", "successors": "承接机构",
		"from": "从哪天起", "to": "到哪天止", "rows": "行数",
		"account": "账号", "phone": "电话", "email": "电子邮箱", "closed": "停用时间", "clock.closed": "办结时间", "must_change": "下次登录要改密码",
		"agency": "机构", "section": "股室", "title": "标题", "position.title": "职务", "role": "角色", "subtree": "管到下级",
		"of": "替谁", "by": "由谁代理", "reason": "理由", "perms": "权限", "scopes": "权限", "expires": "到期时间", "revoked": "撤销时间",
		"version": "第几版", "chain": "审查环节", "apart": "回避规则", "secrecy_elsewhere": "保密审查在别处",
		"subject": "审查对象", "state": "状态", "digest": "内容校验值", "plan": "按哪一套环节", "round": "第几轮", "open": "等着的环节", "due": "最晚日期",
		"step": "环节", "back_to": "退回到", "opinion": "意见",
		"owner": "经办人", "received": "收到日期", "corrected": "补正到达日期", "consults": "征求意见（不计入期限）", "extend": "延长工作日", "fee_paid": "缴费日期",
		"shift_rest_day": "遇休息日顺延", "provisional": "暂算", "frozen": "固定的日期", "document": "写入的文书", "outcome": "怎样办结",
		"number": "文号", "issued": "印发日期", "known": "知道日期", "years": "管哪几年", "days": "哪些日子", "source": "来源", "comment": "审核意见",
		"serial": "日历第几版", "problem": "算不出的原因", "seen": "看过几个", "gained": "多了日子的", "lost": "少了日子的", "settled": "由暂算转定的", "failed": "算不出的",
		"marks": "提前几个工作日提醒", "year": "年度", "file": "文件名", "size": "大小（字节）", "refused": "没有收下的原因", "agencies": "应报机关",
		"alg": "算法", "backup": "备份时间", "head_seq": "链头编号", "head_hash": "链头哈希",
	}
}

// fieldName is what a field is called in an entry of an action.
func fieldName(action, field string) string {
	kind, _, _ := strings.Cut(action, ".")
	all := fields()
	if name, ok := all[kind+"."+field]; ok {
		return name
	}
	if name, ok := all[field]; ok {
		return name
	}
	return field
}

// said writes a value in words where it is one that the program chose from a list, a yes or no, or a time.
func said(action, field, v string) string {
	kind, _, _ := strings.Cut(action, ".")
	switch field {
	case "kind":
		if r, err := deadline.RuleOf(deadline.Kind(v)); err == nil && kind == "clock" {
			return r.Name
		}
		return agency.NameOf(agency.KindNames(), agency.Kind(v))
	case "level":
		return agency.NameOf(agency.LevelNames(), agency.Level(v))
	case "role":
		return roleName(v)
	case "perms", "scopes":
		return permNames(v)
	case "apart":
		return agency.NameOf(review.ApartNames(), review.Apart(v))
	case "state":
		if kind == "calendar" {
			return agency.NameOf(clock.StateNames(), clock.State(v))
		}
		return agency.NameOf(review.StateNames(), review.State(v))
	}
	switch v {
	case "true":
		return "是"
	case "false":
		return "否"
	}
	if d, err := calendar.ParseDate(v); err == nil {
		return d.Chinese()
	}
	if at, err := time.Parse(time.RFC3339Nano, v); err == nil {
		return ui.Beijing(at)
	}
	return v
}

func roleName(v string) string {
	for _, r := range account.BuiltRoles() {
		if string(r.Key) == v {
			return r.Name
		}
	}
	return v
}

func permNames(v string) string {
	var out []string
	for p := range strings.FieldsSeq(v) {
		out = append(out, agency.NameOf(account.PermNames(), account.Perm(p)))
	}
	return strings.Join(out, "、")
}

// programs are the parts of the program that act by themselves.
func programs() map[string]string {
	return map[string]string{"calendar": "工作日历", "cli": "服务器命令行", "demo": "装入示例", "filing": "收年报", "job": "后台任务", "places": "机构位置",
		"restore": "恢复备份", "setup": "首次设置", "sign-in": "登录", "start": "程序启动", "session": "网页", "token": "接口", "feed": "日历订阅"}
}

// viaName is how somebody acted, without the number of their session.
func viaName(via string) string {
	kind, _, _ := strings.Cut(via, " ")
	if name, ok := programs()[kind]; ok {
		return name
	}
	return kind
}

// JobName is what a kind of job is called.
func JobName(k work.Kind) string {
	names := map[work.Kind]string{"report.read": "读年报", "report.check": "核对年报", "report.again": "重读年报", "calendar.recount": "重算期限",
		"notice.mail": "发邮件", "notice.digest": "发每日汇总邮件", "notice.webhook": "发短信", "clock.remind": "提醒期限", "clock.day": "每日查看期限",
		"agency.places": "更新机构位置", "audit.verify": "核对操作记录"}
	if n, ok := names[k]; ok {
		return n
	}
	return string(k)
}
