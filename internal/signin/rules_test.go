package signin

import (
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/gongkai/gongkai/internal/fault"
)

func TestNewPasswordsAreJudged(t *testing.T) {
	about := About{Name: "张示例", Account: "zhangshili", Site: []string{"示例市政府信息公开", "gk.shili.gov.cn"}}
	strict := Rules{MinRunes: 10, MaxRunes: 128, RequireClasses: 3}
	const (
		short   = "密码至少 10 个字"
		long    = "密码最多 128 个字"
		common  = "很多人用过的密码"
		known   = "去掉姓名、账号"
		classes = "至少要用 3 种"
		odd     = "键盘打不出来"
	)
	tests := []struct {
		password string
		rules    Rules
		want     []string // what the message has to say; none: the password is good
	}{
		{"海边有三只白鹭在飞呀", DefaultRules(), nil},
		{"correct-horse-staple", DefaultRules(), nil},
		{"tudou chao rousi", DefaultRules(), nil},
		{"海边有三只白鹭", DefaultRules(), []string{short + "，您填了 7 个，请再加 3 个"}},
		{"", DefaultRules(), []string{short + "，您填了 0 个"}},
		{strings.Repeat("海", 129), DefaultRules(), []string{long + "，您填了 129 个"}},
		{"tudou\x00chao\nrousi", DefaultRules(), []string{odd}},
		{"tudou\xffchao rousi", DefaultRules(), []string{odd}},

		{"a123456789", DefaultRules(), []string{common}},
		{"A123456789", DefaultRules(), []string{common}},
		{"woaini1314", DefaultRules(), []string{common}},
		{"woaini1314!", DefaultRules(), []string{common}},
		{"woaini1314!!!!!", DefaultRules(), []string{common}},
		{"woaini131499", DefaultRules(), []string{common}},
		{"1qaz2wsx3e", DefaultRules(), []string{common}},
		{"Password@123", DefaultRules(), []string{common}},
		{"123456123456", DefaultRules(), []string{common}},
		{"aaaaaaaaaaaa", DefaultRules(), []string{common}},
		{"abcabcabcabca", DefaultRules(), []string{common}},
		{"efghijklmnop", DefaultRules(), []string{common}},
		{"我爱你我爱你我爱你我爱你", DefaultRules(), []string{common}},
		{"woaini", DefaultRules(), []string{short, common}},

		{"zhangshili2024", DefaultRules(), []string{known}},
		{"ZhangShili@26", DefaultRules(), []string{known}},
		{"张示例张示例2024!", DefaultRules(), []string{known}},
		{"shili.gov.cn!", DefaultRules(), []string{known}},
		{"示例市政府信息公开2026", DefaultRules(), []string{known}},
		{"zhangshili 爱吃土豆炒肉丝", DefaultRules(), nil}, // enough is left

		{"tudouchaorousi", strict, []string{classes + "，您用了 1 种，请再加 2 种"}},
		{"Tudou chao rousi", strict, nil},
		{"海边有3只白鹭在Fei呀", strict, nil},
	}
	for _, tt := range tests {
		err := tt.rules.Judge(tt.password, about)
		if len(tt.want) == 0 {
			if err != nil {
				t.Errorf("Judge(%q): %v, want it good", tt.password, err)
			}
			continue
		}
		if !errors.Is(err, fault.Usage) || fault.CodeOf(err) != "signin.password" {
			t.Errorf("Judge(%q): %v, want signin.password", tt.password, err)
			continue
		}
		if got := strings.Count(fault.Message(err), "；"); got < len(tt.want)-1 {
			t.Errorf("Judge(%q) says %q, want %d things", tt.password, fault.Message(err), len(tt.want))
		}
		for _, w := range tt.want {
			if !strings.Contains(fault.Message(err), w) {
				t.Errorf("Judge(%q) says %q, want %q in it", tt.password, fault.Message(err), w)
			}
		}
		if tt.password != "" && strings.Contains(fault.Message(err), tt.password) {
			t.Errorf("the message repeats the password %q", tt.password)
		}
	}
}

func TestShortCommonWordsInsideALongPasswordAreFine(t *testing.T) {
	if err := DefaultRules().Judge("beijing de qiutian", About{}); err != nil {
		t.Errorf("a phrase with a common word in it: %v", err)
	}
	if err := DefaultRules().Judge("一个账号都没有的人", About{Account: "", Name: "", Site: []string{""}}); fault.CodeOf(err) != "signin.password" {
		t.Errorf("nine characters: %v", err)
	}
}

func TestCommonPasswordsAreAtLeastTwoHundredAndAllRefused(t *testing.T) {
	lines := strings.Split(strings.TrimSpace(commonList), "\n")
	if len(lines) < 200 {
		t.Errorf("%d common passwords, want 200", len(lines))
	}
	for i, l := range lines {
		if l != strings.ToLower(strings.TrimSpace(l)) || l == "" || i > 0 && l <= lines[i-1] {
			t.Errorf("line %d %q: want lower case, in order, each once", i+1, l)
		}
		if err := DefaultRules().Judge(strings.ToUpper(l), About{}); !strings.Contains(fault.Message(err), "很多人用过") {
			t.Errorf("%q is not refused as common: %v", l, err)
		}
	}
}

func TestFirstPasswordsKeepToTheStrictestRules(t *testing.T) {
	strictest := Rules{MinRunes: 14, MaxRunes: 128, RequireClasses: 4}
	seen := map[string]bool{}
	for range 2000 {
		p := FirstPassword()
		if err := strictest.Judge(p, About{Name: "张示例", Account: "zsl"}); err != nil || len(p) != 14 {
			t.Fatalf("%q: %v", p, err)
		}
		if strings.ContainsAny(p, "0Oo1Il2Zz5Ss8B") || seen[p] {
			t.Fatalf("%q is ambiguous or came twice", p)
		}
		seen[p] = true
	}
}

// TestJudgeNeverPanics: whatever is typed, the judgement is a fault or none, and what is too short or too long is refused.
func TestJudgeNeverPanics(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		password := rapid.String().Draw(t, "password")
		err := DefaultRules().Judge(password, About{Account: rapid.StringN(0, 5, 20).Draw(t, "account")})
		if n := len([]rune(password)); (n < 10 || n > 128) && !errors.Is(err, fault.Usage) {
			t.Fatalf("%d characters: %v", n, err)
		}
	})
}

func TestRulesThatMakeNoSense(t *testing.T) {
	for _, r := range []Rules{{}, {MinRunes: 7, MaxRunes: 20}, {MinRunes: 20, MaxRunes: 10}, {MinRunes: 10, MaxRunes: 1000}, {MinRunes: 10, MaxRunes: 128, RequireClasses: 5}} {
		if err := r.Check(); !errors.Is(err, fault.Usage) {
			t.Errorf("%+v: %v, want usage", r, err)
		}
	}
	if err := DefaultRules().Check(); err != nil {
		t.Errorf("the default: %v", err)
	}
	if got := (Rules{MinRunes: 12, MaxRunes: 64, RequireClasses: 3}).Hint(); !strings.Contains(got, "12 到 64 个字") || !strings.Contains(got, "至少用 3 种") {
		t.Errorf("Hint = %q", got)
	}
}
