package records

import (
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/gongkai/gongkai/internal/agency"
	"github.com/gongkai/gongkai/internal/audit"
	"github.com/gongkai/gongkai/internal/web/ui"
	"github.com/gongkai/gongkai/internal/work"
)

// kindNames are the kinds of entries, by what stands before the dot of their action.
func kindNames() []agency.Named[string] {
	return []agency.Named[string]{{Value: "agency.", Name: "机构"}, {Value: "section.", Name: "股室"}, {Value: "person.", Name: "人员"},
		{Value: "position.", Name: "岗位"}, {Value: "deputy.", Name: "代理"}, {Value: "role.", Name: "角色"}, {Value: "session.", Name: "登录"},
		{Value: "token.", Name: "接口令牌"}, {Value: "review.", Name: "审查"}, {Value: "report.", Name: "年报"}, {Value: "batch.", Name: "收文件"},
		{Value: "expected.", Name: "应报名单"}, {Value: "calendar.", Name: "工作日历"}, {Value: "clock.", Name: "期限"}, {Value: "job.", Name: "后台任务"},
		{Value: "notice.", Name: "通知"}, {Value: "setting.", Name: "设置"}, {Value: "keys.", Name: "密钥"}, {Value: "audit.", Name: "操作记录"},
		{Value: "site.", Name: "本站"}}
}

func kindOptions() []ui.Option {
	var out []ui.Option
	for _, n := range kindNames() {
		out = append(out, ui.Option{Value: n.Value, Text: n.Name})
	}
	return out
}

func kindName(kind string) string { return agency.NameOf(kindNames(), kind) }

// verbs are what stands after the dot of an action.
var verbs = map[string]string{
	"create": "新建", "amend": "修改", "close": "停用", "reopen": "重新启用", "rename": "更名", "move": "调整上级", "remove": "删除", "add": "增加",
	"end": "结束", "open": "打开", "refuse": "未通过", "code": "动态口令通过", "reset": "重置密码", "password": "修改密码",
	"factor_on": "启用动态口令", "factor_off": "停用动态口令", "recovery_used": "用掉一个恢复码", "unmask": "查看受保护信息", "reveal": "查看受保护信息",
	"revoke": "撤销", "receive": "收下", "identify": "补填机关或年度", "replace": "更新", "rotate": "换新", "rewrap": "换主密钥", "reseal": "重新加密",
	"retry": "重做", "drop": "放弃", "setup": "首次设置", "import": "批量导入", "merge": "合并", "split": "拆分", "set": "设置", "save": "保存",
	"submit": "送审", "approve": "通过", "return": "退回", "withdraw": "撤回", "sign": "签发", "void": "作废", "start": "开始", "plan": "设置审查环节",
	"propose": "提出", "reject": "不采用", "recount": "重算", "extend": "延期", "choose": "选择通知方式", "read": "读过", "tell": "发出", "link": "绑定",
	"install": "装入", "give": "给予", "redraft": "改稿",
}

// actionName is what an action is called: 机构·修改.
func actionName(action string) string {
	kind, verb, _ := strings.Cut(action, ".")
	name, ok := verbs[verb]
	if !ok {
		name = verb
	}
	return kindName(kind+".") + "·" + name
}

func who(e audit.Entry) string {
	if e.Actor == "" {
		return "系统（" + e.Name + "）"
	}
	if e.For != "" {
		return e.Name + "（代理）"
	}
	return e.Name
}

func proofText(broken *audit.Break, head audit.Head, anchors int) string {
	if broken == nil {
		s := fmt.Sprintf("%d 条记录全部核对过，一条接一条，没有改动。", head.Seq)
		if anchors > 0 {
			s += fmt.Sprintf("与以前导出的 %d 个链头相符。", anchors)
		}
		return s
	}
	return fmt.Sprintf("第 %d 条起对不上：%s。请保留现场，把这个编号告诉上级和系统管理员。", broken.Seq, broken.Why)
}

func entryDefs(e audit.Entry) []ui.Def {
	defs := []ui.Def{{Term: "什么事", Text: actionName(e.Action) + "（" + e.Action + "）"}, {Term: "谁", Text: who(e)}, {Term: "何时", Text: ui.Beijing(e.At)},
		{Term: "从哪里", Text: e.Via}, {Term: "对象", Text: strings.TrimSpace(e.Subject.Kind + " " + e.Subject.ID)}}
	if e.Cause != "" {
		defs = append(defs, ui.Def{Term: "缘由", Text: e.Cause})
	}
	return append(defs, ui.Def{Term: "上一条哈希", Text: fmt.Sprintf("%x", e.Prev)}, ui.Def{Term: "本条哈希（" + e.Alg + "）", Text: fmt.Sprintf("%x", e.Hash)})
}

// shown are the changes as they are shown: protected values closed, unless they were opened on this page.
func shown(v entryView) []ui.Change {
	var out []ui.Change
	for _, c := range v.changes {
		row := ui.Change{Field: c.Field, Before: value(c.Before, c.Sealed), After: value(c.After, c.Sealed)}
		if o, ok := v.opened[c.Field]; ok {
			row.Before, row.After = o[0], o[1]
		}
		out = append(out, row)
	}
	return out
}

func value(v *string, sealed bool) string {
	switch {
	case v == nil:
		return "（没有）"
	case *v == "":
		return "（空白）"
	case sealed:
		return "（受保护）"
	}
	return *v
}

func sealedFields(v entryView) []ui.Option {
	var out []ui.Option
	for _, c := range v.changes {
		if _, open := v.opened[c.Field]; c.Sealed && !open {
			out = append(out, ui.Option{Value: c.Field, Text: c.Field})
		}
	}
	return out
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

func stateText(j work.Job, now time.Time) string {
	switch {
	case j.State == work.Failed:
		return "没有办成"
	case j.Attempts > 0 && j.DueAt.After(now):
		return "在办，或等着再试"
	case j.DueAt.After(now):
		return "到时再办"
	}
	return "等着办"
}

func countText(counts []work.Count) string {
	var parts []string
	for _, c := range counts {
		state := "等着办"
		if c.State == work.Failed {
			state = "没有办成"
		}
		parts = append(parts, fmt.Sprintf("%s：%s %d 项", JobName(c.Kind), state, c.N))
	}
	return strings.Join(parts, "；")
}

// subjectURL lists all entries about one thing.
func subjectURL(s audit.Subject) string {
	return "/desk/audit?" + url.Values{"subject": {s.Kind}, "id": {s.ID}}.Encode()
}
