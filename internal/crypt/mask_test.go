package crypt_test

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/gongkai/gongkai/internal/crypt"
)

func TestMaskShowsWhatTheDefaultPolicySays(t *testing.T) {
	tests := []struct {
		kind     crypt.Kind
		in, want string
	}{
		{crypt.IDNumber, "330000199001010000", "330000********0000"},
		{crypt.IDNumber, "330000900101000", "330000*****1000"}, // 15 digits, before 1999
		{crypt.IDNumber, "3300001990", "**********"},           // too short to keep ten and hide four
		{crypt.IDNumber, "", ""},
		{crypt.IDNumber, " ", ""},
		{crypt.Phone, "13800001234", "138****1234"},
		{crypt.Phone, "057100001234", "057*****1234"},
		{crypt.Phone, "12345", "*****"},
		{crypt.Email, "zhang.shili@example.com", "z***@example.com"},
		{crypt.Email, "z@example.com", "***@example.com"},
		{crypt.Email, "@example.com", "***@example.com"},
		{crypt.Email, "no address", "***"},
		{crypt.BankCard, "6200000000001234567", "***************4567"},
		{crypt.BankCard, "62001234", "********"},
		{crypt.Name, "张示例", "张*"},
		{crypt.Name, "张示", "张*"},
		{crypt.Name, "张", "*"},
		{crypt.Name, "𠮷示例", "𠮷*"},
		{"unheard of", "abc", "****"},
	}
	for _, tt := range tests {
		if got := crypt.DefaultMasks().Mask(tt.kind, tt.in); got != tt.want {
			t.Errorf("%s %q: %q, want %q", tt.kind, tt.in, got, tt.want)
		}
	}
}

func TestAddressIsKeptDownToTheTownship(t *testing.T) {
	tests := []struct{ in, want string }{
		{"某省示例市样本区安居街道平安路1号2幢301室", "某省示例市样本区安居街道****"},
		{"某省示例市样本区正东路街道平安路1号", "某省示例市样本区正东路街道****"},
		{"某省示例市样本县样镇示例村3组12号", "某省示例市样本县样镇****"},
		{"某省镇示市样本区样乡示例村", "某省镇示市样本区样乡****"},
		{"某自治区示例盟样本旗示例苏木样嘎查", "某自治区示例盟样本旗示例苏木****"},
		{"示例市样本区平安路1号", "示例市样本区****"},
		{"平安路城市花园1号", "****"},
		{"样本区平安小区1号", "样本区****"},
		{"样本区示例大学东校区9舍", "样本区****"},
		{"样本区平安村城镇新居2号", "样本区****"},
		{"示例市", "示例市"},
		{"1 Main Street", "****"},
		{"", ""},
	}
	for _, tt := range tests {
		if got := crypt.DefaultMasks().Mask(crypt.Address, tt.in); got != tt.want {
			t.Errorf("%q: %q, want %q", tt.in, got, tt.want)
		}
	}
}

// Another place's form: two characters, one asterisk each, three characters.
func TestPolicyIsASetting(t *testing.T) {
	m := crypt.DefaultMasks()
	if err := json.Unmarshal([]byte(`{"id_number":{"head":2,"tail":3,"least":4,"stars":0}}`), &m); err != nil {
		t.Fatal(err)
	}
	if err := m.Check(); err != nil {
		t.Error(err)
	}
	if diff := cmp.Diff("33*************000", m.Mask(crypt.IDNumber, "330000199001010000")); diff != "" {
		t.Error(diff)
	}
	for code, spoil := range map[string]func(crypt.Masks){
		"crypt.mask_missing": func(m crypt.Masks) { delete(m, crypt.Name) },
		"crypt.mask_number":  func(m crypt.Masks) { m[crypt.Name] = crypt.Rule{Head: -1, Least: 1} },
		"crypt.mask_open":    func(m crypt.Masks) { m[crypt.Name] = crypt.Rule{Head: 1} },
	} {
		m := crypt.DefaultMasks()
		spoil(m)
		wantCode(t, code, m.Check(), code)
	}
}

func TestMaskNeverShowsMoreThanItsRule(t *testing.T) {
	masks := crypt.DefaultMasks()
	rapid.Check(t, func(t *rapid.T) {
		kind := rapid.SampledFrom([]crypt.Kind{crypt.IDNumber, crypt.Phone, crypt.BankCard, crypt.Name}).Draw(t, "kind")
		in := rapid.StringOf(rapid.RuneFrom([]rune("0123456789X张示例𠮷"))).Draw(t, "in")
		got := masks.Mask(kind, in)
		rule := masks[kind]
		shown := utf8.RuneCountInString(strings.ReplaceAll(got, "*", ""))
		if n := utf8.RuneCountInString(in); shown > rule.Head+rule.Tail || shown > 0 && n-shown < rule.Least || in != "" && got == in {
			t.Fatalf("%s %q: %q", kind, in, got)
		}
	})
	// Of an address no digit is ever shown, and nothing that does not begin it.
	rapid.Check(t, func(t *rapid.T) {
		in := rapid.StringOf(rapid.RuneFrom([]rune("某示例省市区县镇乡街道路村号1２ "))).Draw(t, "in")
		got := masks.Mask(crypt.Address, in)
		kept, _ := strings.CutSuffix(got, "****")
		if strings.ContainsAny(got, "1２号") || !strings.HasPrefix(strings.TrimSpace(in), kept) {
			t.Fatalf("%q: %q", in, got)
		}
	})
}
