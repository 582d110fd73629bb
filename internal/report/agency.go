package report

import "strings"

// AgencyKey is the form of an agency's name under which reports are brought together: without spaces, in half width.
// Names that differ in words stay apart, because whether they are one body is not for a program to guess.
func AgencyKey(name string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == ' ' || r == '\u3000' || r == '\u00a0' || r == '\t' || r == '\n' || r == '\r' || r == '\u200b' || r == '\ufeff':
			return -1
		case r >= '！' && r <= '～':
			return r - '！' + '!'
		}
		return r
	}, name)
}

// AgencyStem takes off the endings under which one government writes its name: 某县, 某县人民政府, 某县人民政府办公室. Two names
// of one stem may be one body; who uses it makes sure that no third has it.
func AgencyStem(name string) string {
	name = AgencyKey(name)
	for _, end := range []string{"人民政府办公室", "人民政府办公厅", "人民政府"} {
		if s, ok := strings.CutSuffix(name, end); ok && s != "" {
			return s
		}
	}
	return name
}
