package xlsx

import (
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/gongkai/gongkai/internal/docio/opc"
)

// cellStyles is what of the styles matters: how numbers show, and which cells have borders.
type cellStyles struct {
	codes    map[int]string
	borders  []bool
	cells    []cellStyle
	formats  map[int]*format // by number format, parsed when first met
	date1904 bool
}

type cellStyle struct{ format, border int }

func (r *reader) readStyles(name string) error {
	s, err := r.scan(name)
	if err != nil {
		return err
	}
	st := &r.styles
	st.formats = map[int]*format{}
	for s.Next() {
		if s.Kind != opc.Start {
			continue
		}
		switch opc.Local(s.Name) {
		case "numFmt":
			st.codes[s.Int("numFmtId", 0)] = s.Attr("formatCode")
		case "border":
			st.borders = append(st.borders, hasBorder(s))
		case "cellXfs":
			for depth := s.Depth(); s.Next() && s.Depth() >= depth; {
				if s.Kind == opc.Start && opc.Local(s.Name) == "xf" {
					st.cells = append(st.cells, cellStyle{s.Int("numFmtId", 0), s.Int("borderId", 0)})
				}
			}
		case "dxfs", "cellStyleXfs", "fonts", "fills", "extLst":
			s.Skip()
		}
	}
	return r.done(s)
}

func hasBorder(s *opc.Scanner) bool {
	has := false
	for depth := s.Depth(); s.Next() && s.Depth() >= depth; {
		if s.Kind != opc.Start {
			continue
		}
		switch opc.Local(s.Name) {
		case "left", "right", "top", "bottom", "start", "end":
			v := s.Attr("style")
			has = has || v != "" && v != "none"
		}
	}
	return has
}

func (st *cellStyles) bordered(style int) bool {
	if style < 0 || style >= len(st.cells) {
		return false
	}
	b := st.cells[style].border
	return b >= 0 && b < len(st.borders) && st.borders[b]
}

// show returns a number as its cell shows it. A zero that the format hides or shows as a dash comes back as "0" with
// zero set: the value is known, and blank or dash would say that it is not.
func (st *cellStyles) show(style int, v string) (shown string, zero bool) {
	n, err := strconv.ParseFloat(strings.TrimSpace(v), 64)
	if err != nil || math.IsInf(n, 0) || math.IsNaN(n) {
		return clean(v), false
	}
	id := 0
	if style >= 0 && style < len(st.cells) {
		id = st.cells[style].format
	}
	f := st.formats[id]
	if f == nil {
		f = parseFormat(st.codes[id])
		st.formats[id] = f
	}
	if f.date {
		return f.showDate(n, st.date1904), false
	}
	s := f.showNumber(n)
	if n == 0 && !strings.Contains(s, "0") {
		return "0", true
	}
	return s, false
}

// showDate writes a day count of Excel: from 1900, with its leap year that was none, or from 1904.
func (f *format) showDate(n float64, date1904 bool) string {
	if n < 0 || n > 2_958_466 {
		return general(n)
	}
	days := math.Floor(n)
	secs := int64(math.Round((n - days) * 86400))
	base := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)
	switch {
	case date1904:
		base = time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC)
	case days < 60:
		base = base.AddDate(0, 0, 1)
	}
	t := base.AddDate(0, 0, int(days)).Add(time.Duration(secs) * time.Second)
	return t.Format(f.layout)
}

// general writes a number as Excel does without a format: up to 15 digits that count.
func general(n float64) string {
	if n == 0 {
		return "0" // minus zero as well
	}
	if a := math.Abs(n); a != 0 && (a >= 1e15 || a < 1e-9) {
		return strings.Replace(strconv.FormatFloat(n, 'E', -1, 64), "E+0", "E+", 1)
	}
	short, err := strconv.ParseFloat(strconv.FormatFloat(n, 'e', 14, 64), 64)
	if err != nil {
		short = n
	}
	return strconv.FormatFloat(short, 'f', -1, 64)
}

// builtin lists the format codes that files name by number only.
func builtin() map[int]string {
	m := map[int]string{1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 11: "0.00E+00",
		14: "yyyy/m/d", 15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy", 18: "h:mm AM/PM", 19: "h:mm:ss AM/PM", 20: "h:mm",
		21: "h:mm:ss", 22: "yyyy/m/d h:mm", 37: "#,##0;-#,##0", 38: "#,##0;-#,##0", 39: "#,##0.00;-#,##0.00",
		40: "#,##0.00;-#,##0.00", 41: `_ * #,##0_ ;_ * -#,##0_ ;_ * "-"_ ;_ @_ `, 42: `_ "¥"* #,##0_ ;_ "¥"* -#,##0_ ;_ "¥"* "-"_ ;_ @_ `,
		43: `_ * #,##0.00_ ;_ * -#,##0.00_ ;_ * "-"??_ ;_ @_ `, 44: `_ "¥"* #,##0.00_ ;_ "¥"* -#,##0.00_ ;_ "¥"* "-"??_ ;_ @_ `,
		45: "mm:ss", 46: "[h]:mm:ss", 47: "mm:ss", 48: "##0.0E+0", 49: "@", 30: "m-d-yy", 32: `h"时"mm"分"`, 33: `h"时"mm"分"ss"秒"`}
	for _, id := range []int{27, 36, 50, 57} {
		m[id] = `yyyy"年"m"月"`
	}
	for _, id := range []int{28, 29, 51, 53, 54, 58} {
		m[id] = `m"月"d"日"`
	}
	m[31] = `yyyy"年"m"月"d"日"`
	m[52] = m[27]
	return m
}
