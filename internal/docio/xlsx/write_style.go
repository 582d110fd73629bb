package xlsx

import (
	"strings"

	"github.com/xuri/excelize/v2"

	"github.com/gongkai/gongkai/internal/docio"
)

// look is what a cell looks like; equal looks share one style of the workbook.
type look struct {
	style    docio.Style
	align    docio.Align
	decimals int     // wholeDigits for a number without decimals that is too long for the general format
	points   float64 // of a table cell
	small    int     // how many steps the letters are smaller, up to smallest
}

const (
	wholeDigits = -1
	smallest    = 2
)

// leading is the distance of lines in units of the size.
func (l look) leading() float64 {
	if l.small > 0 {
		return 1.45
	}
	return 1.6
}

// size is the size of the letters in points. A sheet is set smaller than a document, as its rows have a largest height.
func (l look) size() float64 {
	switch l.style {
	case docio.DocTitle:
		return 18
	case docio.Heading1, docio.Heading2:
		return 14
	case docio.TableBlock:
		return l.points
	case docio.Note:
		return 10.5
	default:
		return [smallest + 1]float64{12, 10.5, 9}[l.small]
	}
}

// indent is the width of the first line's indentation in units of the size.
func (l look) indent() float64 {
	switch l.style {
	case docio.BodyText, docio.Heading1, docio.Heading2:
		return 2
	default:
		return 0
	}
}

func (l look) font() string {
	switch l.style {
	case docio.DocTitle:
		return "方正小标宋简体"
	case docio.Heading1:
		return "黑体"
	case docio.Heading2:
		return "楷体_GB2312"
	case docio.TableBlock:
		return "宋体"
	default:
		return "仿宋_GB2312"
	}
}

// style returns the workbook's style for l, made on first use.
func (s *sheet) style(l look) (int, error) {
	if id, ok := s.styles[l]; ok {
		return id, nil
	}
	st := &excelize.Style{
		Font:      &excelize.Font{Family: l.font(), Size: l.size()},
		Alignment: &excelize.Alignment{Horizontal: "left", Vertical: "center", WrapText: true},
	}
	switch l.style {
	case docio.DocTitle:
		st.Alignment.Horizontal = "center"
	case docio.TableBlock:
		st.Alignment.Horizontal = [...]string{docio.AlignCenter: "center", docio.AlignLeft: "left", docio.AlignRight: "right"}[min(l.align, docio.AlignRight)]
		for _, side := range []string{"left", "top", "right", "bottom"} {
			st.Border = append(st.Border, excelize.Border{Type: side, Color: "000000", Style: 1})
		}
	default:
		st.Alignment.Vertical = "top"
	}
	switch {
	case l.decimals == wholeDigits:
		format := "0"
		st.CustomNumFmt = &format
	case l.decimals > 0:
		format := "0." + strings.Repeat("0", l.decimals)
		st.CustomNumFmt = &format
	}
	id, err := s.f.NewStyle(st)
	if err != nil {
		return 0, err
	}
	s.styles[l] = id
	return id, nil
}
