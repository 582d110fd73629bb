package desk

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"github.com/gongkai/gongkai/internal/filing"
	"github.com/gongkai/gongkai/internal/report"
	"github.com/gongkai/gongkai/internal/report/compare"
)

// Comparison is two reports side by side.
type Comparison struct {
	// Cells are the numbers, in order of the form; equal ones are listed too.
	Cells []CellPair
	// Texts are the sections, in order.
	Texts []TextPair
	// Remarks say what a reader should know, e.g. that the two follow different formats.
	Remarks []string
	Copied  string // share of the second report's sentences that stand word for word in the first, "" when none do
}

// CellPair is one cell in both reports.
type CellPair struct {
	Name    string // the cell in words
	A, B    string
	Diff    string // B − A when both are numbers
	Why     string // what is special about this line
	Changed bool
}

// TextPair is one section in both reports as a sequence of pieces.
type TextPair struct {
	Title   string
	Pieces  []Piece
	Changed bool
}

// Piece is a stretch of text; Kind is 0 for what both have, '-' for what only A has, '+' for what only B has.
type Piece struct {
	Kind byte
	Text string
}

func compareURL(a, b filing.ReportID) templ.SafeURL {
	return templ.SafeURL("/desk/reports/compare?a=" + url.QueryEscape(string(a)) + "&b=" + url.QueryEscape(string(b)))
}

type compareView struct {
	A, B    filing.Record
	C       Comparison
	All     bool // show equal cells too
	Changed int
	AllURL  templ.SafeURL
}

func (d *Desk) compare(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	if q.Get("a") == "" || q.Get("b") == "" {
		return d.choose(w, r, q.Get("a"))
	}
	a, err := d.filings.Report(r.Context(), filing.ReportID(q.Get("a")))
	if err != nil {
		return err
	}
	b, err := d.filings.Report(r.Context(), filing.ReportID(q.Get("b")))
	if err != nil {
		return err
	}
	if a.Report == nil || b.Report == nil {
		return errNotRead
	}
	v := compareView{A: a, B: b, C: comparison(compare.Reports(a.Report, b.Report)), All: q.Get("all") == "1"}
	for _, c := range v.C.Cells {
		if c.Changed {
			v.Changed++
		}
	}
	v.AllURL = compareURL(a.ID, b.ID)
	if !v.All {
		v.AllURL += "&all=1"
	}
	return d.site.Render(w, r, http.StatusOK, comparePage(d.site.NewPage(r, "两份对照", "compare"), v))
}

// choose asks for the two reports.
func (d *Desk) choose(w http.ResponseWriter, r *http.Request, a string) error {
	query := strings.TrimSpace(r.URL.Query().Get("q"))
	board, err := d.filings.Board(r.Context(), filing.BoardFilter{Query: query})
	if err != nil {
		return err
	}
	var list []filing.Summary
	for _, row := range board.Rows {
		for _, c := range row.Cells {
			if c.Report != nil {
				list = append(list, *c.Report)
			}
		}
	}
	return d.site.Render(w, r, http.StatusOK, choosePage(d.site.NewPage(r, "两份对照", "compare"), list, a, query))
}

// compareOther names the second report, without the agency when it is the same.
func compareOther(v compareView) string {
	if v.A.Agency != "" && report.AgencyKey(v.A.Agency) == report.AgencyKey(v.B.Agency) {
		if v.A.Year == v.B.Year {
			return "另一版本"
		}
		return yearName(v.B.Year)
	}
	return itemTitle(&v.B.Summary)
}

func changedTexts(v compareView) int {
	n := 0
	for _, t := range v.C.Texts {
		if t.Changed {
			n++
		}
	}
	return n
}

// paragraphs splits pieces at line breaks, keeping the kind of each part.
func paragraphs(pieces []Piece) [][]Piece {
	out := [][]Piece{nil}
	for _, p := range pieces {
		for i, part := range strings.Split(p.Text, "\n") {
			if i > 0 {
				out = append(out, nil)
			}
			if part != "" {
				out[len(out)-1] = append(out[len(out)-1], Piece{Kind: p.Kind, Text: part})
			}
		}
	}
	return slices.DeleteFunc(out, func(p []Piece) bool { return len(p) == 0 })
}

// comparison lays a comparison out for the page.
func comparison(c compare.Comparison) Comparison {
	out := Comparison{Remarks: c.Notes}
	if c.Share > 0 {
		out.Copied = strconv.FormatFloat(c.Share*100, 'f', 0, 64) + "%"
	}
	for _, t := range c.Tables {
		if t.Why != "" {
			out.Remarks = append(out.Remarks, t.Why)
		}
		for _, cell := range t.Cells {
			out.Cells = append(out.Cells, CellPair{Name: cell.Name, A: valueText(cell.A), B: valueText(cell.B),
				Diff: cell.Difference.String(), Why: cell.Why, Changed: cell.State != compare.Same})
		}
	}
	for _, s := range c.Sections {
		t := TextPair{Title: sectionName(s), Changed: s.State != compare.Same}
		for _, change := range s.Changes {
			for _, run := range change.Runs {
				t.Pieces = append(t.Pieces, Piece{Kind: pieceKinds[run.Op], Text: run.Text})
			}
		}
		out.Texts = append(out.Texts, t)
	}
	return out
}

var pieceKinds = map[compare.Op]byte{compare.Delete: '-', compare.Insert: '+'}

func valueText(v compare.Value) string {
	text := v.Text(v.Unit)
	if v.Kind == report.Blank {
		text = "空白"
	}
	if v.Doubted {
		text += "（存疑）"
	}
	return text
}

func sectionName(s compare.Section) string {
	title := s.TitleB
	if title == "" {
		title = s.TitleA
	}
	if s.No == 0 {
		return "开头的话"
	}
	return report.Numerals[s.No-1] + "、" + title
}
