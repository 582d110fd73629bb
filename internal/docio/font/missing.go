package font

import (
	"fmt"
	"strings"

	"github.com/gongkai/gongkai/internal/fault"
)

// Missing is a character that no font has, with where it stands, in words for people.
type Missing struct {
	Char  rune
	Where string
}

// ErrMissing says which characters cannot be printed and what to do. It is fault.Incapable with code
// font.missing_glyph. At most five are named one by one.
func ErrMissing(list []Missing) error {
	const most = 5
	var b strings.Builder
	for i, m := range list {
		if i == most {
			fmt.Fprintf(&b, "；等共 %d 处", len(list))
			break
		}
		if i > 0 {
			b.WriteString("；")
		}
		fmt.Fprintf(&b, "%s的“%c”（U+%04X）", m.Where, m.Char, m.Char)
	}
	return fault.New(fault.Incapable, "font.missing_glyph",
		"找不到能显示下列字符的字体，文件没有写出："+b.String()+"。请安装含有该字的字体，或用环境变量 "+Variable+" 指定字体所在的文件夹后再试")
}

// Ignorable reports whether r has no shape of its own, such as the selector of a glyph variant: it goes with the character
// before it and needs no glyph.
func Ignorable(r rune) bool {
	switch {
	case r >= 0xFE00 && r <= 0xFE0F, r >= 0xE0100 && r <= 0xE01EF, // variation selectors
		r >= 0x200B && r <= 0x200F, r >= 0x202A && r <= 0x202E, r >= 0x2060 && r <= 0x2064, // marks of width and direction
		r == 0xFEFF, r == 0xAD, r == 0x3164:
		return true
	}
	return false
}
