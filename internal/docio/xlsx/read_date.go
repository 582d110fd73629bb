package xlsx

import "strings"

// parts says what of a moment a format shows.
type parts struct{ year, month, day, hour, second bool }

// dateLayout returns the layout for package time when the code shows a date or a time, else "".
func dateLayout(code string) string {
	first, _, _ := strings.Cut(code, ";")
	p, ok := dateParts(first)
	if !ok {
		return ""
	}
	clock := p.hour || p.second
	month := p.month && (p.year || p.day || !clock) // beside hours or seconds an m alone means minutes
	return layoutOf(p.year, month, p.day, clock, strings.ContainsAny(first, "年月"))
}

// dateParts looks for the letters of dates and times outside of quotes. A place for digits means a number.
func dateParts(code string) (p parts, ok bool) {
	for i := 0; i < len(code); i++ {
		switch c := code[i]; c {
		case '"':
			end := strings.IndexByte(code[i+1:], '"')
			if end < 0 {
				return p, false
			}
			i += end + 1
		case '\\', '_', '*':
			i++
		case '[':
			end := strings.IndexByte(code[i:], ']')
			if end < 0 {
				return p, false
			}
			in := strings.ToLower(code[i+1 : i+end])
			p.hour = p.hour || in != "" && strings.Trim(in, "hms") == ""
			i += end
		case 'y', 'Y':
			p.year = true
		case 'm', 'M':
			p.month = true
		case 'd', 'D':
			p.day = true
		case 'h', 'H':
			p.hour = true
		case 's', 'S':
			p.second = true
		case '0', '#', '?':
			if !p.second {
				return p, false
			}
		}
	}
	return p, true
}

func layoutOf(y, mo, d, clock, chinese bool) string { //nolint:gocyclo // one case per letter of the format codes
	var lay string
	switch {
	case y && mo && d && chinese:
		lay = "2006年1月2日"
	case y && mo && chinese:
		lay = "2006年1月"
	case mo && d && chinese:
		lay = "1月2日"
	case y && mo && d:
		lay = "2006-01-02"
	case y && mo:
		lay = "2006-01"
	case mo && d:
		lay = "1-2"
	case y && chinese:
		lay = "2006年"
	case y:
		lay = "2006"
	case mo:
		lay = "1"
	case d:
		lay = "2"
	}
	if clock {
		lay = strings.TrimSpace(lay + " 15:04")
	}
	return lay
}
