package ui

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/gongkai/gongkai/internal/calendar"
	"github.com/gongkai/gongkai/internal/fault"
)

var kinds = []Option{{Value: "a", Text: "甲"}, {Value: "b", Text: "乙"}, {Value: "c", Text: "丙"}}

func TestTextIsTrimmedAndHeldToItsRules(t *testing.T) {
	threeOnly := Matches(func(label, v string) string {
		if v == "三" {
			return ""
		}
		return label + "要填“三”"
	})
	tests := []struct {
		name, typed string
		rules       []Rule
		want, shown string
		message     string
	}{
		{"blanks and breaks become one blank", " \u3000示例区\n 数据局\t", []Rule{Required()}, "示例区 数据局", "示例区 数据局", ""},
		{"nothing is fine when nothing is asked for", "  ", []Rule{MinLen(3), MaxLen(5), threeOnly}, "", "", ""},
		{"nothing is told when something is asked for", "\u3000", []Rule{Required()}, "", "", "请填写名称"},
		{"too long says by how much", "一二三四五六", []Rule{MaxLen(4)}, "", "一二三四五六", "名称最多 4 个字，现在有 6 个；请删去 2 个"},
		{"the usual limit", strings.Repeat("字", 201), nil, "", strings.Repeat("字", 201), "名称最多 200 个字，现在有 201 个；请删去 1 个"},
		{"as long as it may be", strings.Repeat("字", 200), nil, strings.Repeat("字", 200), strings.Repeat("字", 200), ""},
		{"too short", "一", []Rule{MinLen(2)}, "", "一", "名称至少要 2 个字，现在有 1 个"},
		{"a check of one's own", "四", []Rule{threeOnly}, "", "四", "名称要填“三”"},
		{"no control characters", "a\x00b", nil, "", "a\x00b", "名称里有不能显示的字符；请删去后重新输入，不要从别处整段粘贴"},
		{"no broken encoding", "a\xffb", nil, "", "a\xffb", "名称里有不能显示的字符；请删去后重新输入，不要从别处整段粘贴"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := NewForm("name", tt.typed)
			got := f.Text("name", "名称", tt.rules...)
			if got != tt.want || f.Value("name") != tt.shown || f.Error("name") != tt.message || f.OK() != (tt.message == "") {
				t.Errorf("got %q, shows %q, says %q; want %q, %q, %q", got, f.Value("name"), f.Error("name"), tt.want, tt.shown, tt.message)
			}
		})
	}
}

func TestDatesAreReadAsPeopleWriteThem(t *testing.T) {
	day := calendar.NewDate(2026, 9, 14)
	tests := map[string]struct {
		rules   []Rule
		want    calendar.Date
		shown   string
		message string
	}{
		"2026-09-14": {want: day, shown: "2026-09-14"},
		"2026/9/14":  {want: day, shown: "2026-09-14"},
		"2026.9.14":  {want: day, shown: "2026-09-14"},
		"2026年9月14日": {want: day, shown: "2026-09-14"},
		"２０２６－０９－１４": {want: day, shown: "2026-09-14"},
		"2026-02-30": {shown: "2026-02-30", message: "启用日期不是一个日期；请按“2026-09-14”这样填写"},
		"26-9-14":    {shown: "26-9-14", message: "启用日期不是一个日期；请按“2026-09-14”这样填写"},
		"2026-+9-14": {want: day, shown: "2026-09-14"},
		"明年":         {shown: "明年", message: "启用日期不是一个日期；请按“2026-09-14”这样填写"},
		"":           {rules: []Rule{Required()}, message: "请填写启用日期"},
		" ":          {},
		"2026-09-15": {rules: []Rule{NotAfter(day)}, shown: "2026-09-15", message: "启用日期不能晚于 " + day.Chinese()},
		"2026-09-13": {rules: []Rule{NotBefore(day)}, shown: "2026-09-13", message: "启用日期不能早于 " + day.Chinese()},
	}
	for typed, tt := range tests {
		f := NewForm("since", typed)
		got := f.Date("since", "启用日期", tt.rules...)
		if got != tt.want || f.Value("since") != tt.shown || f.Error("since") != tt.message {
			t.Errorf("%q: got %v, shows %q, says %q; want %v, %q, %q", typed, got, f.Value("since"), f.Error("since"), tt.want, tt.shown, tt.message)
		}
	}
}

func TestNumbersAreWhole(t *testing.T) {
	tests := map[string]struct {
		want    int
		ok      bool
		message string
	}{
		"12": {12, true, ""}, "１２": {12, true, ""}, " 1 ": {1, true, ""}, "": {0, false, ""},
		"100": {0, false, "人数要在 1 和 99 之间"}, "-1": {0, false, "人数要在 1 和 99 之间"},
		"1.5": {0, false, "人数要填整数，例如 12"}, "十": {0, false, "人数要填整数，例如 12"}, "99999999999999999999": {0, false, "人数要填整数，例如 12"},
	}
	for typed, tt := range tests {
		f := NewForm("n", typed)
		n, ok := f.Int("n", "人数", Between(1, 99))
		if n != tt.want || ok != tt.ok || f.Error("n") != tt.message {
			t.Errorf("%q: got %d, %v, says %q; want %d, %v, %q", typed, n, ok, f.Error("n"), tt.want, tt.ok, tt.message)
		}
	}
	f := NewForm()
	f.Int("n", "人数", Required())
	if f.Error("n") != "请填写人数" {
		t.Errorf("says %q", f.Error("n"))
	}
}

func TestOnlyWhatIsOfferedCanBeChosen(t *testing.T) {
	f := NewForm("one", "b", "none", "", "forged", "x", "many", "c", "many", "a", "odd", "a", "odd", "x", "yes", "1")
	got := []any{f.Choice("one", "类别", kinds, Required()), f.Choice("none", "区县", kinds, Required()), f.Choice("forged", "级别", kinds),
		f.Many("many", "职责", kinds), f.Many("odd", "范围", kinds), f.Many("nothing", "渠道", kinds, Required()),
		f.Check("yes", "同意", Required()), f.Check("no", "内容真实", Required()), f.Check("maybe", "订阅")}
	want := []any{"b", "", "", []string{"a", "c"}, []string{"a"}, []string(nil), true, false, false}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("read otherwise:\n%s", d)
	}
	wantErrs := []FieldError{{"none", "请选择区县"}, {"forged", "请重新选择级别，原来选的这一项现在没有了"}, {"odd", "请重新选择范围，原来选的有一项现在没有了"},
		{"nothing", "请选择渠道，至少一项"}, {"no", "请先勾选“内容真实”"}}
	if d := cmp.Diff(wantErrs, f.Errors()); d != "" {
		t.Errorf("told otherwise:\n%s", d)
	}
}

func TestLinesKeepTheirBreaks(t *testing.T) {
	f := NewForm("note", "  第一行\r\n第二行\r第三行\n ")
	if got, want := f.Lines("note", "说明"), "第一行\n第二行\n第三行"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestPasswordsAreReadAsTypedAndNeverShown(t *testing.T) {
	f := NewForm("password", "  有 空格 的 ")
	if got := f.Password("password", "密码", Required()); got != "  有 空格 的 " {
		t.Errorf("read as %q", got)
	}
	f = NewForm("password", "short-secret")
	f.Password("password", "新密码", MinLen(20))
	var b strings.Builder
	err := galleryForm(gallery{Page: testSite(t).NewPage(httptest.NewRequest(http.MethodGet, "/desk", nil), "表单", "")}, f).Render(context.Background(), &b)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(b.String(), "short-secret") || !strings.Contains(b.String(), "新密码至少要 20 个字，现在有 12 个") {
		t.Error("the page holds the password, or does not say what is wrong with it")
	}
}

func TestFormsAreReadWithinTheirLimit(t *testing.T) {
	read := func(kind, body string) (*Form, error) {
		r := httptest.NewRequest(http.MethodPost, "/desk?name=from-the-address", strings.NewReader(body))
		r.Header.Set("Content-Type", kind)
		return ReadForm(httptest.NewRecorder(), r)
	}
	const encoded = "application/x-www-form-urlencoded"
	f, err := read(encoded+"; charset=utf-8", url.Values{"other": {"示例"}}.Encode())
	if err != nil || f.Value("other") != "示例" || f.Value("name") != "" {
		t.Errorf("got %+v, %v; a form holds what its body says and nothing of the address", f, err)
	}
	for name, tt := range map[string]struct {
		kind, body string
		want       fault.Kind
	}{
		"too large": {encoded, "a=" + strings.Repeat("x", maxForm), fault.TooLarge},
		"no form":   {"application/json", "{}", fault.Usage},
		"no kind":   {"", "a=b", fault.Usage},
		"broken":    {encoded, "a=%zz", fault.Usage},
	} {
		_, err := read(tt.kind, tt.body)
		if !errors.Is(err, tt.want) {
			t.Errorf("%s: got %v, want %v", name, err, tt.want)
		}
	}
}

func TestFailAttachesWhatCanBeMended(t *testing.T) {
	f := NewForm()
	gone := errors.New("disk gone")
	got := []error{f.Fail("name", nil), f.Fail("name", fault.New(fault.Usage, "x.name", "名称重复；请换一个")),
		f.Fail("", fault.New(fault.Conflict, "x.stale", "别人改过；请核对")), f.Fail("login", fault.New(fault.SignIn, "x.login", "密码不对"), fault.SignIn),
		f.Fail("login", fault.SignIn), f.Fail("name", gone)}
	for i, want := range []error{nil, nil, nil, nil, fault.SignIn, gone} {
		if !errors.Is(got[i], want) {
			t.Errorf("error %d came back as %v, want %v", i, got[i], want)
		}
	}
	want := []FieldError{{"name", "名称重复；请换一个"}, {"", "别人改过；请核对"}, {"login", "密码不对"}}
	if d := cmp.Diff(want, f.Errors()); d != "" {
		t.Errorf("attached otherwise:\n%s", d)
	}
}

func FuzzForm(f *testing.F) {
	f.Add("name", "示例\x00", 5)
	f.Add("2026-9-14", "１２", 0)
	f.Fuzz(func(t *testing.T, a, b string, n int) {
		form := NewForm("a", a, "b", b)
		text := form.Text("a", "甲", MaxLen(max(n, 1)))
		if utf8.RuneCountInString(text) > max(n, 1) || strings.ContainsAny(text, "\x00\r\n") {
			t.Errorf("%q was let through with at most %d characters", text, n)
		}
		d := form.Date("b", "乙")
		again := NewForm("b", form.Value("b"))
		if !d.IsZero() && again.Date("b", "乙") != d {
			t.Errorf("%q was read as %v and is shown as %q", b, d, form.Value("b"))
		}
		i, ok := NewForm("b", b).Int("b", "乙", Between(-9, 9))
		if i < -9 || i > 9 || (!ok && i != 0) {
			t.Errorf("%q was read as %d", b, i)
		}
	})
}
