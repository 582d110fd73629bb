package signin

import (
	_ "embed" // the list of common passwords
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/gongkai/gongkai/internal/fault"
)

// Rules are what a new password has to keep to. They hold when one is chosen, never when one signs in.
type Rules struct {
	MinRunes, MaxRunes int // length in characters, both included
	// RequireClasses asks for so many of the four classes: capital letters, small letters, digits, anything else. 0 asks for
	// none: length protects better, and rules of composition end in predictable passwords. Sites under graded protection
	// (等级保护) set 3.
	RequireClasses int
}

// DefaultRules asks for 10 to 128 characters and for no classes.
func DefaultRules() Rules { return Rules{MinRunes: 10, MaxRunes: 128} }

// Check returns fault.Usage where the rules themselves make no sense: shorter than 8, longer than what is hashed, the
// least above the most, more classes than there are.
func (r Rules) Check() error {
	if r.MinRunes < 8 || r.MaxRunes < r.MinRunes || r.MaxRunes > maxPasswordBytes/utf8.UTFMax || r.RequireClasses < 0 || r.RequireClasses > 4 {
		return fault.New(fault.Usage, "signin.rules", fmt.Sprintf(
			"密码规则不对：最短不少于 8 个字，最长不超过 %d 个字，字符种类 0 到 4。请改系统设置", maxPasswordBytes/utf8.UTFMax))
	}
	return nil
}

// Hint says the rules to somebody who is about to choose a password.
func (r Rules) Hint() string {
	s := fmt.Sprintf("%d 到 %d 个字，可以用一句自己记得住的话", r.MinRunes, r.MaxRunes)
	if r.RequireClasses > 0 {
		s += fmt.Sprintf("；大写字母、小写字母、数字、符号这四种里至少用 %d 种", r.RequireClasses)
	}
	return s + "；不要用姓名、账号、单位名，也不要用常见密码"
}

// About is what others know of the person, and what a password therefore must not rest on.
type About struct {
	Name    string
	Account string
	Site    []string // words of the site: its name, its domain, the agency
}

// leastOwn is how many characters have to be left of a password when known words are taken out of it.
const leastOwn = 6

// Judge returns nil for a password that may be used, and otherwise fault.Usage "signin.password" with all that is wrong
// with it, so that it need not be found out one by one. The password itself never stands in the message.
func (r Rules) Judge(password string, about About) error {
	var wrong []string
	n := utf8.RuneCountInString(password)
	if !utf8.ValidString(password) || strings.ContainsFunc(password, unicode.IsControl) {
		wrong = append(wrong, "密码里有键盘打不出来的字符，请重新输入")
	}
	switch {
	case n < r.MinRunes:
		wrong = append(wrong, fmt.Sprintf("密码至少 %d 个字，您填了 %d 个，请再加 %d 个", r.MinRunes, n, r.MinRunes-n))
	case n > r.MaxRunes:
		wrong = append(wrong, fmt.Sprintf("密码最多 %d 个字，您填了 %d 个，请缩短", r.MaxRunes, n))
		return fault.New(fault.Usage, "signin.password", strings.Join(wrong, "；")) // the rest is not worth the time
	}
	if used := classes(password); used < r.RequireClasses {
		wrong = append(wrong, fmt.Sprintf("大写字母、小写字母、数字、符号这四种里至少要用 %d 种，您用了 %d 种，请再加 %d 种",
			r.RequireClasses, used, r.RequireClasses-used))
	}
	folded := strings.ToLower(password)
	switch {
	case tooCommon(folded):
		wrong = append(wrong, "这是很多人用过的密码，别人一猜就中，请换一个；可以用一句自己记得住的话")
	case restsOn(folded, about):
		wrong = append(wrong, "密码里去掉姓名、账号、单位和网站的名字，剩下的太少，别人容易猜到，请换成与自己和单位无关的内容")
	}
	if len(wrong) == 0 {
		return nil
	}
	return fault.New(fault.Usage, "signin.password", strings.Join(wrong, "；"))
}

// classes counts the classes of characters in a password.
func classes(password string) int {
	var upper, lower, digit, other int
	for _, c := range password {
		switch {
		case unicode.IsUpper(c):
			upper = 1
		case unicode.IsLower(c):
			lower = 1
		case unicode.IsDigit(c):
			digit = 1
		default:
			other = 1
		}
	}
	return upper + lower + digit + other
}

//go:embed common.txt
var commonList string

// tooCommon reports whether a password in lower case is one of the list, is one of it with little added at either end, is
// something short repeated, or counts up or down all the way.
func tooCommon(folded string) bool {
	core := strings.TrimFunc(folded, func(c rune) bool { return unicode.IsPunct(c) || unicode.IsSymbol(c) || unicode.IsSpace(c) })
	for word := range strings.Lines(commonList) {
		word = strings.TrimSpace(word)
		rest := strings.ReplaceAll(folded, word, "")
		if core == word || rest != folded && utf8.RuneCountInString(rest) < 4 {
			return true
		}
	}
	return repeated([]rune(folded)) || counted([]rune(folded))
}

// repeated reports whether a password is a unit of at most four characters, over and over.
func repeated(c []rune) bool {
	for unit := 1; unit <= 4 && unit*2 <= len(c); unit++ {
		if slices.Equal(c[unit:], c[:len(c)-unit]) {
			return true
		}
	}
	return false
}

// counted reports whether every character is the neighbour of the one before it, always in the same direction: 23456789….
func counted(c []rune) bool {
	if len(c) < 3 {
		return false
	}
	step := c[1] - c[0]
	for i := 1; i < len(c); i++ {
		if c[i]-c[i-1] != step {
			return false
		}
	}
	return step == 1 || step == -1
}

// restsOn reports whether little is left of a password in lower case when what others know is taken out.
func restsOn(folded string, about About) bool {
	words := append(strings.Fields(about.Name), about.Account)
	for _, s := range about.Site {
		words = append(words, strings.FieldsFunc(s, func(c rune) bool { return !unicode.IsLetter(c) && !unicode.IsDigit(c) })...)
	}
	slices.SortFunc(words, func(a, b string) int { return len(b) - len(a) })
	rest := folded
	for _, w := range words {
		if utf8.RuneCountInString(w) >= 2 {
			rest = strings.ReplaceAll(rest, strings.ToLower(w), "")
		}
	}
	return rest != folded && utf8.RuneCountInString(rest) < leastOwn
}

// What first passwords are made of: no character that is taken for another in print (0 O o, 1 I l, 2 Z z, 5 S s, 8 B).
const (
	firstUpper = "ACDEFGHJKLMNPQRTUVWXY"
	firstLower = "abcdefghijkmnpqrtuvwxy"
	firstDigit = "34679"
)

// FirstPassword returns a password to be handed to somebody and changed at the first sign-in: 14 characters in three groups,
// such as Kf7m-hR4x-Tq9c, with every class in it, so that it keeps to any Rules. It has some 66 bits.
func FirstPassword() string {
	const all = firstUpper + firstLower + firstDigit
	for {
		var b [14]byte
		for i := range b {
			b[i] = pick(all)
		}
		b[4], b[9] = '-', '-'
		if classes(string(b[:])) == 4 {
			return string(b[:])
		}
	}
}

// pick returns one of up to 256 single-byte characters, each as likely as the others.
func pick(from string) byte {
	fair := 256 - 256%len(from)
	for {
		if n := int(random(1)[0]); n < fair {
			return from[n%len(from)]
		}
	}
}
