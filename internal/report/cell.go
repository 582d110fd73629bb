// Package report is the statutory annual report on information disclosure (政府信息公开工作年度报告): its formats as data,
// its sections, its cells, and what can be said of them without reading any file.
//
// Legal: 政府信息公开条例 第四十九条、第五十条; 国办公开办函〔2021〕30号; 国办公开办函〔2019〕60号.
package report

import (
	"strconv"
	"strings"
)

// CellKind says what stands in a cell. The zero value is Absent. Zero, blank, "/" and unreadable are different things and
// stay apart from reading to writing.
type CellKind uint8

// The kinds of cell.
const (
	Absent     CellKind = iota // the file has no such cell
	Number                     // a number
	Blank                      // the cell is there and empty
	Slash                      // "/"
	Dash                       // "-", "—" and the like
	Unreadable                 // something is there that could not be read with certainty
	Words                      // words instead of a number, e.g. 无
)

var kindNames = [...]string{"absent", "number", "blank", "slash", "dash", "unreadable", "text"}

// String returns the name used in gongkai.report/v1 ("kinds").
func (k CellKind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return "unreadable"
}

// KindOf is the inverse of String; ok is false for an unknown name.
func KindOf(name string) (k CellKind, ok bool) {
	for i, n := range kindNames {
		if n == name {
			return CellKind(i), true
		}
	}
	return Absent, false
}

// Unit is the unit of a number in a field.
type Unit uint8

// The units.
const (
	Count   Unit = iota // pieces, never negative
	Change              // pieces, may be negative (本年增/减 of the 2019 format)
	WanYuan             // money printed in 万元; N is in fen, exact
	Amount              // money printed with a unit of its own (采购总金额 of the 2019 format); N is in fen when the unit is given
)

// Cell is one cell of the statutory tables.
type Cell struct {
	Kind CellKind
	// N is the number when Kind is Number: pieces for Count and Change, fen for WanYuan and Amount.
	N int64
	// Decimals is how many decimals were printed, for WanYuan only.
	Decimals uint8
	// Raw is what was seen, with outer space removed; it is what Amount, Unreadable and Words print.
	Raw string
	// Note is a remark that stood in the cell beside the number, e.g. （其中修订16件）, with its brackets.
	Note string
}

// MaxNumber bounds a number of pieces: far above any report, and so low that sums and differences cannot overflow.
const MaxNumber = 1 << 50

// Num returns a number cell of n pieces.
func Num(n int64) Cell { return Cell{Kind: Number, N: n, Raw: strconv.FormatInt(n, 10)} }

// IsNumber reports whether the cell holds a number.
func (c Cell) IsNumber() bool { return c.Kind == Number }

// FenPerWan is how many fen are one 万元.
const FenPerWan = 1_000_000

// WanString writes fen as 万元 with at least decimals decimals and never fewer than needed to be exact.
func WanString(fen int64, decimals uint8) string {
	neg := fen < 0
	if neg {
		fen = -fen
	}
	frac := strconv.FormatInt(fen%FenPerWan+FenPerWan, 10)[1:]
	keep := len(strings.TrimRight(frac, "0"))
	if int(decimals) > keep {
		keep = min(int(decimals), 6)
	}
	s := strconv.FormatInt(fen/FenPerWan, 10)
	if keep > 0 {
		s += "." + frac[:keep]
	}
	if neg {
		s = "-" + s
	}
	return s
}

// ParseWan reads a plain decimal number of 万元 as fen. ok is false when it is no plain number, overflows, or is not a
// whole number of fen (more than six decimals that are not zero).
func ParseWan(s string) (fen int64, decimals uint8, ok bool) {
	return parseDecimal(s, 6)
}

// ParseYuan reads a plain decimal number of 元 as fen.
func ParseYuan(s string) (fen int64, ok bool) {
	fen, _, ok = parseDecimal(s, 2)
	return fen, ok
}

func parseDecimal(s string, places int) (n int64, decimals uint8, ok bool) {
	neg := strings.HasPrefix(s, "-")
	s = strings.TrimPrefix(s, "-")
	whole, frac, dot := strings.Cut(s, ".")
	if whole == "" || (dot && frac == "") {
		return 0, 0, false
	}
	printed := len(frac)
	if len(frac) > places {
		if strings.Trim(frac[places:], "0") != "" {
			return 0, 0, false
		}
		frac = frac[:places]
	}
	digits := whole + frac + strings.Repeat("0", places-len(frac))
	for _, r := range digits {
		if r < '0' || r > '9' {
			return 0, 0, false
		}
	}
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil {
		return 0, 0, false
	}
	if neg {
		n = -n
	}
	return n, uint8(min(printed, places)), true
}

// ParseAmount reads a purchase amount such as 251000元, 73802895.90元, 12.5万元 or 8040. The text is kept as printed; N is
// in fen where the text names a unit and is 0 where it does not. It is no number when the text is something else.
func ParseAmount(s string) Cell {
	raw := strings.TrimSpace(s)
	num, unit := raw, ""
	for _, u := range []string{"万元", "亿元", "元"} {
		if rest, ok := strings.CutSuffix(raw, u); ok {
			num, unit = strings.TrimSpace(rest), u
			break
		}
	}
	num = strings.NewReplacer(",", "", "，", "").Replace(num)
	c := Cell{Kind: Number, Raw: strings.ReplaceAll(raw, " ", "")}
	var ok bool
	switch unit {
	case "万元":
		c.N, _, ok = ParseWan(num)
	case "亿元":
		c.N, _, ok = parseDecimal(num, 10)
	case "元":
		c.N, ok = ParseYuan(num)
	default:
		_, _, ok = parseDecimal(num, 6)
	}
	if !ok {
		return Cell{Kind: Words, Raw: raw}
	}
	return c
}

// Text returns the cell as it is printed in field f: the number with its remark, the sign, nothing for a blank, and a
// bracketed mark for what the file did not have or could not be read.
func (c Cell) Text(u Unit) string {
	switch c.Kind {
	case Number:
		switch u {
		case WanYuan:
			return WanString(c.N, c.Decimals) + c.Note
		case Amount:
			return c.Raw + c.Note
		default:
			return strconv.FormatInt(c.N, 10) + c.Note
		}
	case Blank:
		return ""
	case Slash:
		return "/"
	case Dash:
		return "-"
	case Words:
		return c.Raw
	case Unreadable:
		return MarkUnreadable
	default:
		return MarkAbsent
	}
}

// Marks that re-issued documents print for cells that hold no value of their own. They are read back as what they are.
const (
	MarkAbsent     = "〔缺〕"
	MarkUnreadable = "〔无法辨认〕"
)
