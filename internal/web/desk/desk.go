// Package desk is the pages for staff: handing in annual reports, the board of who is in, and one report with its checks.
package desk

import (
	"context"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/gongkai/gongkai/internal/account"
	"github.com/gongkai/gongkai/internal/docio"
	"github.com/gongkai/gongkai/internal/filing"
	"github.com/gongkai/gongkai/internal/report"
	"github.com/gongkai/gongkai/internal/report/rollup"
	"github.com/gongkai/gongkai/internal/web/door"
	"github.com/gongkai/gongkai/internal/web/ui"
)

// Filings is what the pages need of the use cases.
type Filings interface {
	MaxBytes() int64
	OpenBatch(ctx context.Context, by account.Actor) (filing.BatchID, error)
	Receive(ctx context.Context, by account.Actor, id filing.BatchID, name string, r io.Reader) (filing.Item, error)
	Batch(ctx context.Context, id filing.BatchID) (filing.Batch, error)
	Board(ctx context.Context, f filing.BoardFilter) (filing.Board, error)
	Years(ctx context.Context) ([]int, error)
	Report(ctx context.Context, id filing.ReportID) (filing.Record, error)
	AgencyReports(ctx context.Context, agency string) ([]filing.Summary, error)
	Original(ctx context.Context, id filing.ReportID) (string, io.ReadSeekCloser, error)
	Agencies(ctx context.Context) ([]filing.Agency, error)
	Expected(ctx context.Context, year int) ([]filing.Agency, error)
	Expect(ctx context.Context, by account.Actor, list []filing.Agency) error
	Identify(ctx context.Context, by account.Actor, id filing.ReportID, agency string, year int) error
	EachOfYear(ctx context.Context, year int, give func(filing.Record) error) error
}

// Writers writes documents.
type Writers interface {
	// Export writes a report again in the statutory layout.
	Export(w io.Writer, kind docio.Kind, rep *report.Report) error
	// Rollup writes the sums of a year's reports, cell by cell, with who is missing or broken, as a workbook or JSON.
	Rollup(w io.Writer, kind docio.Kind, sums *rollup.Rollup) error
}

// Desk serves the pages.
type Desk struct {
	site    *ui.Site
	filings Filings
	writers Writers
	now     func() time.Time
}

// New returns the pages.
func New(site *ui.Site, f Filings, w Writers, now func() time.Time) *Desk {
	return &Desk{site: site, filings: f, writers: w, now: now}
}

// Routes are the pages with what each needs. Published reports are for everybody to read (Art. 49), so whoever may see reports
// sees all of them.
func (d *Desk) Routes() map[string]door.Route {
	see, receive := door.With(account.SeeReport), door.With(account.ReceiveReport)
	return map[string]door.Route{
		"GET /desk/reports":                       {Need: see, Handler: d.board},
		"POST /desk/reports":                      {Need: receive, Handler: d.upload},
		"POST /desk/reports/batches":              {Need: receive, Handler: d.openBatch},
		"GET /desk/reports/batches/{id}":          {Need: see, Handler: d.batch},
		"GET /desk/reports/batches/{id}/progress": {Need: see, Handler: d.progress},
		"GET /desk/reports/agencies":              {Need: see, Handler: d.agencies},
		"POST /desk/reports/agencies":             {Need: receive, Handler: d.saveAgencies},
		"GET /desk/reports/compare":               {Need: see, Handler: d.compare},
		"GET /desk/reports/rollup":                {Need: see, Handler: d.rollup},
		"GET /desk/reports/rollup.xlsx":           {Need: see, Handler: d.rollupFile(docio.XLSX)},
		"GET /desk/reports/rollup.json":           {Need: see, Handler: d.rollupFile(docio.JSON)},
		"GET /desk/reports/missing":               {Need: see, Handler: filtered(filing.Missing)},
		"GET /desk/reports/broken":                {Need: see, Handler: filtered(filing.Broken)},
		"GET /desk/reports/unreadable":            {Need: see, Handler: filtered(filing.Unreadable)},
		"GET /desk/reports/{id}":                  {Need: see, Handler: d.report},
		"GET /desk/reports/{id}/{file}":           {Need: see, Handler: d.download},
		"POST /desk/reports/{id}/identity":        {Need: receive, Handler: d.identity},
	}
}

// filtered is a short address of the board with one status.
func filtered(s filing.Status) ui.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		q := r.URL.Query()
		q.Set("status", string(s))
		http.Redirect(w, r, "/desk/reports?"+q.Encode(), http.StatusSeeOther) //nolint:gosec // a path of this site with encoded values
		return nil
	}
}

func itoa(n int) string { return strconv.Itoa(n) }

func reportURL(id filing.ReportID) string { return "/desk/reports/" + string(id) }

// yearName writes a year, or says that it is not known.
func yearName(y int) string {
	if y == 0 {
		return "年度不明"
	}
	return itoa(y) + "年"
}

// nameOf is what a report is called in lists.
func nameOf(s *filing.Summary) string {
	if s.Agency == "" {
		return s.FileName
	}
	return s.Agency
}

// sizeName writes a number of bytes as people read it.
func sizeName(n int64) string {
	switch {
	case n >= 1<<20:
		return strconv.FormatFloat(float64(n)/(1<<20), 'f', 1, 64) + " MB"
	case n >= 1<<10:
		return strconv.FormatInt(n>>10, 10) + " KB"
	default:
		return strconv.FormatInt(n, 10) + " 字节"
	}
}
