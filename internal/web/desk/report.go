package desk

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/gongkai/gongkai/internal/account"
	"github.com/gongkai/gongkai/internal/fault"
	"github.com/gongkai/gongkai/internal/filing"
	"github.com/gongkai/gongkai/internal/report"
	"github.com/gongkai/gongkai/internal/report/checks"
	"github.com/gongkai/gongkai/internal/report/narrative"
)

// reportView is a report as its page shows it.
type reportView struct {
	filing.Record
	Title    string
	Findings []findingView
	Doubts   []doubtView
	Unjudged []checks.NotAssessable
	Passed   []ruleView // rules of which every relation holds
	Figures  []figure
	Marks    *marks
	Years    []filing.Summary // the agency's reports of other years and other versions
	Previous *filing.Summary
	Selected int // index of the finding that is shown, or -1
	Verdicts []narrative.Verdict
	Expected []filing.Agency // offered when the agency could not be told
}

type findingView struct {
	No       int // from 1
	Anchor   string
	Title    string
	Formula  string
	Message  string
	Severity checks.Severity
	Blame    string // what is most likely wrong, and what should stand there, in words
	URL      string // frames its cells in the tables and goes to the first of them or to the one to blame; "" for none
	Text     string // the anchor of the text that it is about
	Selected bool
	Sources  string
	// SameAs is the number of an earlier finding that blames the same cell, 0 for none.
	SameAs     int
	Prev, Next string // addresses of the findings before and after it, "" at the ends
}

// doubtView is one reason for doubt with all places that it holds for.
type doubtView struct {
	Why    string
	Places []placeView
}

type placeView struct{ Name, Read, URL string }

type ruleView struct{ ID, Title, Formula string }

// figure is a number of the head of the page, with last year's.
type figure struct {
	Name, Value, Note string
}

func (d *Desk) report(w http.ResponseWriter, r *http.Request) error {
	rec, err := d.filings.Report(r.Context(), filing.ReportID(r.PathValue("id")))
	if err != nil {
		return err
	}
	p := d.site.NewPage(r, nameOf(&rec.Summary)+" "+yearName(rec.Year), "board")
	if rec.Report == nil || rec.Result == nil {
		if rec.Status == filing.Pending {
			p.Refresh = 2
		}
		return d.site.Render(w, r, http.StatusOK, unreadPage(p, rec))
	}
	v := reportView{Record: rec, Selected: selected(r.URL.Query().Get("finding"), len(rec.Result.Findings))}
	if rec.Agency != "" {
		if v.Years, err = d.filings.AgencyReports(r.Context(), rec.Agency); err != nil {
			return err
		}
	}
	if rec.Agency == "" {
		if v.Expected, err = d.filings.Expected(r.Context(), v.Year); err != nil {
			return err
		}
	}
	var prev *report.Report
	if rec.PreviousID != "" {
		before, err := d.filings.Report(r.Context(), rec.PreviousID)
		if err != nil {
			return err
		}
		prev, v.Previous = before.Report, &before.Summary
	}
	v.fill(prev)
	return d.site.Render(w, r, http.StatusOK, reportPage(p, v))
}

// selected is the index of the finding asked for, or -1.
func selected(s string, n int) int {
	i, err := strconv.Atoi(s)
	if err != nil || i < 1 || i > n {
		return -1
	}
	return i - 1
}

func (v *reportView) fill(prev *report.Report) {
	rep, res := v.Report, v.Result
	v.Title = rep.Title
	if v.Title == "" {
		v.Title = rep.Agency + yearName(rep.Year) + "政府信息公开工作年度报告"
	}
	v.Marks = newMarks(rep, res, v.Selected)
	v.Verdicts = narrative.Judge(rep, prev)
	rules := map[string]*checks.Rule{}
	all := checks.Rules()
	touched := map[string]bool{}
	for i := range all {
		rules[all[i].ID] = &all[i]
	}
	for i := range res.Findings {
		touched[res.Findings[i].Rule] = true
		v.Findings = append(v.Findings, v.finding(i, rules[res.Findings[i].Rule]))
	}
	for _, n := range res.NotAssessable {
		touched[n.Rule] = true
	}
	v.link()
	v.Unjudged = res.NotAssessable
	for i := range all {
		if !touched[all[i].ID] {
			v.Passed = append(v.Passed, ruleView{ID: all[i].ID, Title: all[i].Title, Formula: all[i].Formula})
		}
	}
	v.Doubts = doubtViews(rep.Doubts, v.Marks.names)
	v.Figures = figures(rep, prev)
}

func (v *reportView) finding(i int, rule *checks.Rule) findingView {
	f := &v.Result.Findings[i]
	out := findingView{No: i + 1, Anchor: findingAnchor(i), Title: f.Rule, Message: f.Message, Severity: f.Severity,
		Selected: i == v.Selected, Text: textAnchor(f.Path)}
	if rule != nil {
		out.Title, out.Formula = rule.Title, rule.Formula
		var refs []string
		for _, s := range rule.Sources {
			refs = append(refs, s.String())
		}
		out.Sources = strings.Join(refs, "；")
	}
	if at := strings.Index(f.Message, blameWords); at > 0 && f.Blame != "" {
		out.Message, out.Blame = strings.TrimRight(f.Message[:at], "。"), f.Message[at:]
	}
	if cells := v.Marks.cellsOf(f); len(cells) > 0 {
		to := cells[0]
		if _, cell := v.Marks.names[f.Blame]; cell {
			to = f.Blame
		}
		out.URL = "?finding=" + strconv.Itoa(out.No) + "#" + cellAnchor(to)
	}
	return out
}

// blameWords begin the part of a message that names the cell to blame; the page sets it apart.
const blameWords = "最可能填错的是"

// doubtViews brings doubts of one reason together, in the order of the first of each.
func doubtViews(all []report.Doubt, names map[string]string) []doubtView {
	var out []doubtView
	index := map[string]int{}
	for _, d := range all {
		i, ok := index[d.Why]
		if !ok {
			i = len(out)
			index[d.Why] = i
			out = append(out, doubtView{Why: d.Why})
		}
		p := placeView{Name: names[d.Path], Read: d.Read, URL: "#" + cellAnchor(d.Path)}
		if p.Name == "" {
			p.Name, p.URL = pathName(d.Path), ""
		}
		out[i].Places = append(out[i].Places, p)
	}
	return out
}

// unjudgedText says why a rule could not be judged, in words that fit a page: here last year's report is handed in, not
// named in an option.
func unjudgedText(n checks.NotAssessable) string {
	if strings.Contains(n.Message, "--previous") {
		return "还没有收到这家机关上一年的年报，年度衔接没有核对；收到后会自动核对"
	}
	return n.Message
}

// textAnchor is the anchor of the section that a path is in, "" for paths in the tables.
func textAnchor(path string) string {
	head, _, _ := strings.Cut(path, ".")
	if no, ok := strings.CutPrefix(head, "section"); ok {
		if n, err := strconv.Atoi(no); err == nil && n >= 1 && n <= 6 {
			return "s" + no
		}
	}
	return ""
}

// pathName says in words what a path other than that of a cell means.
func pathName(path string) string {
	names := map[string]string{"table2": "表二", "table3": "表三", "table4": "表四", "agency": "机关名称", "year": "年度",
		"format": "格式", "title": "标题", "published": "发布日期", "sections": "各部分正文"}
	head, _, _ := strings.Cut(path, ".")
	if n, ok := names[head]; ok {
		return n
	}
	if a := textAnchor(path); a != "" {
		return "第" + report.Numerals[a[1]-'1'] + "部分"
	}
	return path
}

// figures are the numbers that a reader looks for first.
func figures(rep, prev *report.Report) []figure {
	get := func(r *report.Report, paths ...string) (sum int64, ok bool) {
		if r == nil {
			return 0, false
		}
		for _, p := range paths {
			c, _ := r.Cell(p)
			if c == nil || !c.IsNumber() {
				return 0, false
			}
			sum += c.N
		}
		return sum, true
	}
	var out []figure
	for _, f := range []struct {
		name  string
		paths []string
	}{
		{"新收申请", []string{"table3.new_received.total"}},
		{"办结", []string{"table3.total.total"}},
		{"予以公开、部分公开", []string{"table3.granted.total", "table3.partial.total"}},
		{"结转下年度", []string{"table3.carried_out.total"}},
		{"行政复议", []string{"table4.review.total"}},
		{"行政诉讼", []string{"table4.litigation_direct.total", "table4.litigation_after_review.total"}},
	} {
		fig := figure{Name: f.name, Value: "—"}
		n, ok := get(rep, f.paths...)
		if ok {
			fig.Value = strconv.FormatInt(n, 10)
		}
		if before, had := get(prev, f.paths...); had && ok {
			fig.Note = "上年 " + strconv.FormatInt(before, 10) + "　" + difference(n-before)
		} else if !ok {
			fig.Note = "没有读到"
		}
		out = append(out, fig)
	}
	return out
}

func difference(n int64) string {
	switch {
	case n > 0:
		return "+" + strconv.FormatInt(n, 10)
	case n < 0:
		return "−" + strconv.FormatInt(-n, 10)
	default:
		return "持平"
	}
}

func (v reportView) count(s checks.Severity) string { return itoa(v.Result.Count(s)) }

// text returns the paragraphs of a section, its numbers marked, and whether the file has it.
func (v reportView) text(no int) (title string, paragraphs [][]textPiece, ok bool) {
	s := v.Report.Section(no)
	if s == nil {
		return report.SectionTitles[no-1], nil, false
	}
	return s.Title, markText(s.Text, v.Verdicts, no, v.Marks), true
}

// others lists the agency's other reports, one line each.
func (v reportView) others() []filing.Summary {
	var out []filing.Summary
	for _, s := range v.Years {
		if s.ID != v.ID {
			out = append(out, s)
		}
	}
	return out
}

func formatName(f report.FormatID) string {
	switch f {
	case report.Format2021:
		return "2021 年格式"
	case report.Format2019:
		return "2019 年格式"
	case report.FormatOlder:
		return "2019 年以前的格式"
	default:
		return "格式不明"
	}
}

// errNotRead says why a report that has not been read cannot be written.
var errNotRead = fault.New(fault.Conflict, "report.not_read", "这份文件还没有读成，不能导出；请等读完，或换一份能读的文件")

// unknown says what the file does not tell.
func (v reportView) unknown() string {
	switch {
	case v.Agency == "" && v.Year == 0:
		return "机关名称和年度"
	case v.Agency == "":
		return "机关名称"
	default:
		return "年度"
	}
}

// identity fills in what the file does not say.
func (d *Desk) identity(w http.ResponseWriter, r *http.Request) error {
	r.Body = http.MaxBytesReader(w, r.Body, 64<<10)
	if err := r.ParseForm(); err != nil {
		return fault.Wrap(fault.Usage, "identity.form", "没有收到填写的内容；请回到上一页再填一次", err)
	}
	id := filing.ReportID(r.PathValue("id"))
	year := 0
	if s := r.PostForm.Get("year"); s != "" {
		var err error
		if year, err = strconv.Atoi(s); err != nil {
			return fault.Wrap(fault.Usage, "identity.year", "年度要填四位数字，例如 2024", err)
		}
	}
	if err := d.filings.Identify(r.Context(), account.ActorOf(r.Context()), id, r.PostForm.Get("agency"), year); err != nil {
		return err
	}
	http.Redirect(w, r, reportURL(id), http.StatusSeeOther) //nolint:gosec // the id of a report that exists
	return nil
}
