package agency

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/gongkai/gongkai/internal/fault"
)

// Check returns what is wrong with the fields of a version, as a fault.Usage whose code names the field, or nil.
func (v Version) Check() error {
	switch {
	case strings.TrimSpace(v.Name) == "" || utf8.RuneCountInString(v.Name) > 80:
		return fault.New(fault.Usage, "agency.name", "请填写机关全称，最多 80 个字")
	case utf8.RuneCountInString(v.Short) > 30:
		return fault.New(fault.Usage, "agency.short", "简称最多 30 个字")
	case !known(KindNames(), v.Kind):
		return fault.New(fault.Usage, "agency.kind", fmt.Sprintf("“%s”不是机关类型，请从列出的类型里选", v.Kind))
	case !known(LevelNames(), v.Level):
		return fault.New(fault.Usage, "agency.level", fmt.Sprintf("“%s”不是层级，请从列出的层级里选", v.Level))
	case v.From.IsZero():
		return fault.New(fault.Usage, "agency.from", "请填写从哪一天起生效")
	case !v.To.IsZero() && v.To.Before(v.From):
		return fault.New(fault.Usage, "agency.to", "结束日期早于开始日期，请改正")
	case v.Superior == v.Agency && v.Agency != "":
		return fault.New(fault.Usage, "agency.superior", "机关不能是自己的上级")
	case utf8.RuneCountInString(v.Group) > 40 || utf8.RuneCountInString(v.Court) > 80 || utf8.RuneCountInString(v.Reconsideration) > 80:
		return fault.New(fault.Usage, "agency.long", "分组最多 40 个字，复议机关和法院名称最多 80 个字")
	}
	return CheckCode(v.Code)
}

func known[T ~string](all []Named[T], v T) bool {
	for _, n := range all {
		if n.Value == v {
			return true
		}
	}
	return false
}

// codeDigits are the characters of a 统一社会信用代码, by their value. Source: GB 32100-2015.
const codeDigits = "0123456789ABCDEFGHJKLMNPQRTUWXY"

// CheckCode checks a 统一社会信用代码: 18 characters, the last of them computed from the others (GB 32100-2015: the sum of
// value × 3^i mod 31). An empty code is no error: many small offices have none of their own.
func CheckCode(code string) error {
	if code == "" {
		return nil
	}
	if len(code) != 18 {
		return fault.New(fault.Usage, "agency.code", fmt.Sprintf("统一社会信用代码是 18 位，填了 %d 位", utf8.RuneCountInString(code)))
	}
	sum, weight := 0, 1
	for i := range 17 {
		n := strings.IndexByte(codeDigits, code[i])
		if n < 0 {
			return fault.New(fault.Usage, "agency.code", fmt.Sprintf("统一社会信用代码第 %d 位不是允许的字符（不用 I、O、S、V、Z）", i+1))
		}
		sum += n * weight
		weight = weight * 3 % 31
	}
	if want := codeDigits[(31-sum%31)%31]; code[17] != want {
		return fault.New(fault.Usage, "agency.code", "统一社会信用代码的校验位不对，请对照证书再核一遍")
	}
	return nil
}
