package crypt

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/gongkai/gongkai/internal/fault"
)

// Kind is a kind of personal data that is shown masked.
type Kind string

// The kinds.
const (
	IDNumber Kind = "id_number" // 身份证号码
	Phone    Kind = "phone"     // 电话
	Email    Kind = "email"     // 电子邮箱
	BankCard Kind = "bank_card" // 银行卡号
	Address  Kind = "address"   // 住址
	Name     Kind = "name"      // 姓名
)

// Kinds lists all kinds.
func Kinds() []Kind { return []Kind{IDNumber, Phone, Email, BankCard, Address, Name} }

// Rule says how much of a value stays to be seen. Characters are counted, not bytes. Of an e-mail address only what stands
// before the @ is counted; an address (住址) takes Stars alone, and is kept as far as the township or street office.
type Rule struct {
	Head  int `json:"head"`  // characters kept at the start
	Tail  int `json:"tail"`  // characters kept at the end
	Least int `json:"least"` // a value of which fewer would be hidden is hidden altogether
	Stars int `json:"stars"` // asterisks in place of what is hidden; 0 for one per hidden character
}

// Masks is the policy of a site: the rule for every kind. Published documents mask differently from place to place, so it is
// a setting.
type Masks map[Kind]Rule

// DefaultMasks is the policy where a site has set none: 110101********1234, 138****1234, 张*, z***@example.com, the last four
// digits of a bank card, an address down to the township or street office. No national rule fixes the form.
//
// Legal: 个人信息保护法 第五十一条第三项（去标识化）.
func DefaultMasks() Masks {
	return Masks{
		IDNumber: {Head: 6, Tail: 4, Least: 4},
		Phone:    {Head: 3, Tail: 4, Least: 4},
		Email:    {Head: 1, Least: 1, Stars: 3},
		BankCard: {Tail: 4, Least: 8},
		Address:  {Stars: 4},
		Name:     {Head: 1, Least: 1, Stars: 1},
	}
}

// Check says whether a policy can be used: a rule for every kind, none of which hides nothing.
// Errors: fault.Usage.
func (m Masks) Check() error {
	for _, k := range Kinds() {
		r, ok := m[k]
		switch {
		case !ok:
			return fault.New(fault.Usage, "crypt.mask_missing", fmt.Sprintf("遮盖规则里缺 %s 一项；请补上", k))
		case r.Head < 0 || r.Tail < 0 || r.Stars < 0 || r.Least < 0:
			return fault.New(fault.Usage, "crypt.mask_number", fmt.Sprintf("遮盖规则 %s 里有负数；请改为 0 或正数", k))
		case k != Address && r.Least < 1:
			return fault.New(fault.Usage, "crypt.mask_open", fmt.Sprintf("遮盖规则 %s 的 least 是 0，短的号码会全部露出；请至少填 1", k))
		}
	}
	return nil
}

// Mask returns the value as it may be shown. What is blank stays blank; of a kind without a rule, and of a value too short or
// not understood, nothing is shown.
func (m Masks) Mask(k Kind, value string) string {
	if strings.TrimSpace(value) == "" {
		return ""
	}
	r, ok := m[k]
	if !ok {
		return stars(max(4, utf8.RuneCountInString(value)))
	}
	switch k {
	case Email:
		return r.email(value)
	case Address:
		return r.address(value)
	}
	return r.mask(value)
}

func stars(n int) string { return strings.Repeat("*", n) }

func (r Rule) mask(value string) string {
	runes := []rune(strings.TrimSpace(value))
	head, tail := max(0, r.Head), max(0, r.Tail)
	hidden := len(runes) - head - tail
	if hidden < max(1, r.Least) {
		head, tail, hidden = 0, 0, len(runes)
	}
	n := hidden
	if r.Stars > 0 {
		n = r.Stars
	}
	return string(runes[:head]) + stars(n) + string(runes[len(runes)-tail:])
}

func (r Rule) email(value string) string {
	at := strings.LastIndexByte(value, '@')
	if at < 0 {
		return Rule{Stars: r.Stars}.mask(value)
	}
	if strings.TrimSpace(value[:at]) == "" {
		return stars(max(1, r.Stars)) + value[at:]
	}
	return r.mask(value[:at]) + value[at:]
}

// address keeps an address as far as the township or street office. What is not surely an administrative level is hidden:
// a road, a village, a number, a building.
func (r Rule) address(value string) string {
	value = strings.TrimSpace(value)
	fill := stars(max(1, r.Stars))
	kept := value[:upToTownship(value)]
	switch kept {
	case "":
		return fill
	case value:
		return value
	}
	return kept + fill
}

// upToTownship returns how many bytes of an address belong to levels down to the township or street office.
func upToTownship(value string) int {
	area := value[:firstOf(value, []string{"号", "栋", "幢", "座", "室", "单元", "小区", "花园", "公寓", "大厦", "校", "学", "院", "公司", "厂", "(", "（"})]
	if i := strings.IndexFunc(area, unicode.IsDigit); i >= 0 {
		area = area[:i]
	}
	if i := strings.Index(area, "街道"); i > 0 {
		return i + len("街道")
	}
	area = area[:firstOf(area, []string{"路", "街", "巷", "弄", "里弄", "胡同", "大道", "村", "社区", "组", "屯", "队", "庄"})]
	county := lastEnd(area, []string{"省", "自治区", "市", "自治州", "地区", "盟", "区", "县", "旗"})
	below := area[county:]
	if end := firstEnd(below, []string{"镇", "乡", "苏木"}); end > 0 {
		return county + end
	}
	return county
}

// firstOf returns where the first of the words begins, or the length of s.
func firstOf(s string, words []string) int {
	at := len(s)
	for _, w := range words {
		if i := strings.Index(s, w); i >= 0 {
			at = min(at, i)
		}
	}
	return at
}

// lastEnd returns where the last of the words ends that has a character before it, or 0.
func lastEnd(s string, words []string) int {
	end := 0
	for _, w := range words {
		if i := strings.LastIndex(s, w); i > 0 {
			end = max(end, i+len(w))
		}
	}
	return end
}

// firstEnd returns where the first of the words ends that has a character before it, or 0.
func firstEnd(s string, words []string) int {
	end := 0
	for _, w := range words {
		_, size := utf8.DecodeRuneInString(s)
		if i := strings.Index(s[min(size, len(s)):], w); i >= 0 && (end == 0 || size+i+len(w) < end) {
			end = size + i + len(w)
		}
	}
	return end
}
