package desk

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"github.com/gongkai/gongkai/internal/filing"
)

type boardView struct {
	filing.Board
	Filter   filing.BoardFilter
	MaxMB    string
	MaxBytes string
	NoList   bool // no list of expected agencies has been entered
	Offset   int
}

func (d *Desk) board(w http.ResponseWriter, r *http.Request) error {
	f := boardFilter(r.URL.Query())
	b, err := d.filings.Board(r.Context(), f)
	if err != nil {
		return err
	}
	limit := d.filings.MaxBytes()
	v := boardView{Board: b, Filter: f, MaxMB: strconv.FormatInt(limit>>20, 10), MaxBytes: strconv.FormatInt(limit, 10),
		NoList: b.Counts.Expected == 0, Offset: (b.Page - 1) * filing.BoardPageSize}
	return d.site.Render(w, r, http.StatusOK, boardPage(d.site.NewPage(r, "年报情况", "board"), v))
}

var statuses = []filing.Status{filing.Sound, filing.Doubtful, filing.Broken, filing.Missing, filing.Unreadable, filing.Pending}

func boardFilter(q url.Values) filing.BoardFilter {
	f := filing.BoardFilter{Query: strings.TrimSpace(q.Get("q")), Group: q.Get("group")}
	// A number that is none is no filter: the page then shows everything, and says so by its controls.
	f.Year, _ = strconv.Atoi(q.Get("year"))
	f.Page, _ = strconv.Atoi(q.Get("page"))
	if f.Year < 1900 || f.Year > 2200 {
		f.Year = 0
	}
	if s := filing.Status(q.Get("status")); slices.Contains(statuses, s) {
		f.Status = s
	}
	return f
}

// url is the board with the filter changed in one thing.
func (v boardView) url(change func(*filing.BoardFilter)) templ.SafeURL {
	f := v.Filter
	f.Page = 0
	change(&f)
	q := url.Values{}
	set := func(k, s string) {
		if s != "" {
			q.Set(k, s)
		}
	}
	set("q", f.Query)
	set("status", string(f.Status))
	set("group", f.Group)
	if f.Year != 0 {
		q.Set("year", itoa(f.Year))
	}
	if f.Page > 1 {
		q.Set("page", itoa(f.Page))
	}
	if len(q) == 0 {
		return "/desk/reports"
	}
	return templ.SafeURL("/desk/reports?" + q.Encode())
}

func (v boardView) statusURL(s filing.Status) templ.SafeURL {
	return v.url(func(f *filing.BoardFilter) { f.Status = s })
}

// countURL is the board with only what is counted at the head of the page, which is of one year.
func (v boardView) countURL(s filing.Status) templ.SafeURL {
	return v.url(func(f *filing.BoardFilter) {
		f.Status, f.Query, f.Group = s, "", ""
		if s != filing.Unreadable {
			f.Year = v.Year
		}
	})
}

type nextStep struct {
	Says string
	URL  templ.SafeURL
}

// next lists what is to be done about the year that the counts are of, most urgent first.
func (v boardView) next() []nextStep {
	var out []nextStep
	add := func(n int, before, after string, s filing.Status) {
		if n > 0 {
			out = append(out, nextStep{before + itoa(n) + after, v.countURL(s)})
		}
	}
	add(v.Counts.Broken, "退回 ", " 家有错的", filing.Broken)
	add(v.Counts.Missing, "催报 ", " 家没有报的", filing.Missing)
	add(v.Counts.Unreadable, "换掉 ", " 份没有读成的文件", filing.Unreadable)
	add(v.Counts.Doubtful, "核对 ", " 家读数存疑的", filing.Doubtful)
	if len(out) == 0 && v.Counts.In > 0 && v.Counts.Pending == 0 {
		out = append(out, nextStep{"各机关都已报齐、没有错误，可以汇总", templ.SafeURL("/desk/reports/rollup?year=" + itoa(v.Year))})
	}
	return out
}

func (v boardView) yearURL(y int) templ.SafeURL {
	return v.url(func(f *filing.BoardFilter) { f.Year = y })
}

func (v boardView) pageURL(n int) templ.SafeURL {
	return v.url(func(f *filing.BoardFilter) { f.Page = n })
}

// heat is the class of an agency's square for the year that the counts are of.
func (v boardView) heat(r filing.BoardRow) (class, text string) {
	for _, c := range r.Cells {
		if c.Year != v.Year {
			continue
		}
		switch {
		case c.Status == filing.Broken:
			return "h-err", itoa(c.Report.Errors) + " 处错误"
		case c.Status == filing.Doubtful:
			return "h-ret", "没有发现错误，但有 " + itoa(c.Report.Doubts) + " 处读数存疑"
		case c.Status == filing.Sound && c.Report.Warnings > 0:
			return "h-sub", "数字无误，有 " + itoa(c.Report.Warnings) + " 处提醒"
		case c.Status == filing.Sound:
			return "", "数字无误"
		case c.Status == filing.Missing:
			return "h-no", "没有报"
		}
	}
	return "h-no", "没有这一年的年报"
}

func heatClass(v boardView, r filing.BoardRow) string {
	class, _ := v.heat(r)
	return class
}

func heatText(v boardView, r filing.BoardRow, i int) string {
	_, text := v.heat(r)
	return itoa(v.Offset+i+1) + "　" + r.Agency + "：" + text
}

func rowID(v boardView, i int) string { return "a" + itoa(v.Offset+i+1) }

func itemTitle(s *filing.Summary) string {
	return nameOf(s) + "　" + yearName(s.Year)
}

// statusName says a status in a filter.
func statusName(s filing.Status) string {
	return map[filing.Status]string{"": "全部", filing.Sound: "数字无误", filing.Doubtful: "存疑", filing.Broken: "有错", filing.Missing: "没有报",
		filing.Unreadable: "没有读成", filing.Pending: "正在读"}[s]
}

// strayWhy says what could not be told of a report that was read.
func strayWhy(s filing.Summary) string {
	switch {
	case s.Agency == "" && s.Year == 0:
		return "文件里认不出机关名称和年度，没有列入上表"
	case s.Agency == "":
		return "文件里认不出机关名称，没有列入上表"
	default:
		return "文件里认不出年度，没有列入上表"
	}
}
