package door

import (
	"strings"
	"time"

	"github.com/gongkai/gongkai/internal/account"
	"github.com/gongkai/gongkai/internal/agency"
	"github.com/gongkai/gongkai/internal/web/ui"
)

func passwordAction(first bool) string {
	if first {
		return "/sign-in/password"
	}
	return "/desk/account/password"
}

func passwordButtons(first bool) ui.Actions {
	if first {
		return ui.Actions{Text: "换密码，开始工作", Large: true}
	}
	return ui.Actions{Text: "修改密码", Back: ui.Link{Href: "/desk/account", Text: "不改了"}}
}

func factorAction(must bool) string {
	if must {
		return "/sign-in/factor"
	}
	return "/desk/account/factor"
}

func meDefs(v accountView) []ui.Def {
	factor := ui.Def{Term: "动态口令", Text: "没有启用", Action: ui.Link{Href: "/desk/account/factor", Text: "启用"}}
	switch {
	case v.me.TOTP != "":
		factor = ui.Def{Term: "动态口令", Text: "已启用"}
	case v.factor == "off":
		factor = ui.Def{Term: "动态口令", Text: "本站不使用"}
	}
	return []ui.Def{{Term: "账号", Text: v.me.Account}, {Term: "单位和职务", Text: strings.TrimSpace(v.Viewer.Agency + " " + v.Viewer.Position)}, factor}
}

func permText(perms []account.Perm) string {
	names := make([]string, len(perms))
	for i, p := range perms {
		names[i] = agency.NameOf(account.PermNames(), p)
	}
	return strings.Join(names, "、")
}

func usedText(t time.Time) string {
	if t.IsZero() {
		return "还没有用过"
	}
	return ui.Beijing(t)
}
