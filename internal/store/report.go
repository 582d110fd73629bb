package store

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/gongkai/gongkai/internal/filing"
	"github.com/gongkai/gongkai/internal/report"
	"github.com/gongkai/gongkai/internal/report/checks"
)

const summaryColumns = `r.id, f.name, r.agency, r.year, r.status, r.errors, r.warnings, r.not_assessable, r.doubts,
	r.error_code, r.error_message, r.created_at`

const summaryFrom = ` FROM reports r JOIN files f ON f.digest = r.digest `

func summaryDest(s *filing.Summary, at *int64) []any {
	return []any{&s.ID, &s.FileName, &s.Agency, &s.Year, &s.Status, &s.Errors, &s.Warnings, &s.NotAssessable, &s.Doubts,
		&s.ErrorCode, &s.ErrorMessage, at}
}

func scanSummary(scan func(...any) error) (s filing.Summary, err error) {
	var at int64
	err = scan(summaryDest(&s, &at)...)
	s.ReceivedAt = instant(at)
	return s, err
}

// Summaries lists all reports, newest first.
func (tx filingTx) Summaries(ctx context.Context) ([]filing.Summary, error) {
	return list(ctx, tx, scanSummary, `SELECT `+summaryColumns+summaryFrom+`ORDER BY r.id DESC`)
}

// YearReports lists the readable reports of a year, those of no known year, and the files that could not be read, newest
// first.
func (tx filingTx) YearReports(ctx context.Context, year int) ([]filing.ReportID, error) {
	return list(ctx, tx, scanReportID, `SELECT id FROM reports
		WHERE (status IN ('ok', 'broken') AND year IN (?, 0)) OR status = 'unreadable' ORDER BY id DESC`, year)
}

// Years lists the years that there are reports of, newest first.
func (tx filingTx) Years(ctx context.Context) ([]int, error) {
	return list(ctx, tx, scanYear, `SELECT DISTINCT year FROM reports WHERE year <> 0 AND status <> 'unreadable' ORDER BY year DESC`)
}

// Kept is how many reports are kept, of whatever status.
func (tx filingTx) Kept(ctx context.Context) (int, error) {
	n, _, err := one(ctx, tx, scanInt, `SELECT COUNT(*) FROM reports`)
	return int(n), err
}

// Versions lists the readable reports of an agency for a year, newest first.
func (tx filingTx) Versions(ctx context.Context, agency string, year int) ([]filing.Summary, error) {
	return list(ctx, tx, scanSummary, `SELECT `+summaryColumns+summaryFrom+
		`WHERE r.agency_key = ? AND r.year = ? AND r.status IN ('ok', 'broken') ORDER BY r.id DESC`,
		report.AgencyKey(agency), year)
}

// AgencyReports lists the readable reports of an agency, newest year first, then newest version.
func (tx filingTx) AgencyReports(ctx context.Context, agency string) ([]filing.Summary, error) {
	return list(ctx, tx, scanSummary, `SELECT `+summaryColumns+summaryFrom+
		`WHERE r.agency_key = ? AND r.status IN ('ok', 'broken') ORDER BY r.year DESC, r.id DESC`, report.AgencyKey(agency))
}

// Report returns a report with everything known of it.
func (tx filingTx) Report(ctx context.Context, id filing.ReportID) (filing.Record, error) {
	rec, ok, err := one(ctx, tx, scanRecord, `SELECT `+summaryColumns+`, f.digest, f.size, r.previous_id, r.body, r.result`+
		summaryFrom+`WHERE r.id = ?`, id)
	if err == nil && !ok {
		err = errGone
	}
	return rec, err
}

func scanRecord(scan func(...any) error) (rec filing.Record, err error) {
	var at int64
	var body, result string
	dest := append(summaryDest(&rec.Summary, &at), &rec.Digest, &rec.Size, &rec.PreviousID, &body, &result)
	if err := scan(dest...); err != nil {
		return rec, err
	}
	rec.ReceivedAt = instant(at)
	if body != "" {
		rec.Report = &report.Report{}
		if err := json.Unmarshal([]byte(body), rec.Report); err != nil {
			return rec, fmt.Errorf("report %s: %w", rec.ID, err)
		}
	}
	if result != "" {
		rec.Result = &checks.Result{}
		if err := json.Unmarshal([]byte(result), rec.Result); err != nil {
			return rec, fmt.Errorf("result of %s: %w", rec.ID, err)
		}
	}
	return rec, nil
}

// ReportByDigest finds the report of a file with this digest.
func (tx filingTx) ReportByDigest(ctx context.Context, digest string) (filing.ReportID, bool, error) {
	id, ok, err := one(ctx, tx, scanString, `SELECT id FROM reports WHERE digest = ?`, digest)
	return filing.ReportID(id), ok, err
}

// CreateReport keeps a file and opens its report as Pending.
func (tx filingTx) CreateReport(ctx context.Context, f filing.File) (filing.ReportID, error) {
	id, err := newID()
	if err != nil {
		return "", err
	}
	at := tx.now.UnixMilli()
	if _, err := tx.exec(ctx, `INSERT INTO files (digest, name, size, received_at) VALUES (?, ?, ?, ?)`,
		f.Digest, f.Name, f.Size, at); err != nil {
		return "", err
	}
	_, err = tx.exec(ctx, `INSERT INTO reports (id, digest, status, created_at, updated_at) VALUES (?, ?, ?, ?, ?)`,
		id, f.Digest, filing.Pending, at, at)
	return filing.ReportID(id), err
}

// SaveRead keeps what was read.
func (tx filingTx) SaveRead(ctx context.Context, id filing.ReportID, rep *report.Report, reader string) error {
	body, err := json.Marshal(rep)
	if err != nil {
		return fmt.Errorf("store: report %s: %w", id, err)
	}
	return tx.derived(ctx, `UPDATE reports SET body = ?, agency = ?, agency_key = ?, year = ?, format = ?, published = ?,
		doubts = ?, error_code = '', error_message = '', reader = ?, updated_at = ? WHERE id = ?`,
		string(body), rep.Agency, report.AgencyKey(rep.Agency), rep.Year, rep.Format, rep.Published, len(rep.Doubts),
		reader, tx.now.UnixMilli(), id)
}

// SaveChecked keeps what the checks said.
func (tx filingTx) SaveChecked(ctx context.Context, id filing.ReportID, res checks.Result, previous filing.ReportID) error {
	result, err := json.Marshal(res)
	if err != nil {
		return fmt.Errorf("store: result of %s: %w", id, err)
	}
	sum := res.Summary()
	return tx.derived(ctx, `UPDATE reports SET result = ?, status = ?, errors = ?, warnings = ?, not_assessable = ?,
		previous_id = ?, updated_at = ? WHERE id = ?`,
		string(result), filing.StatusOf(sum.Errors), sum.Errors, sum.Warnings, sum.NotAssessable, previous,
		tx.now.UnixMilli(), id)
}

// SaveUnreadable keeps why a file could not be read.
func (tx filingTx) SaveUnreadable(ctx context.Context, id filing.ReportID, code, message, reader string) error {
	return tx.derived(ctx, `UPDATE reports SET status = ?, error_code = ?, error_message = ?, body = '', result = '',
		agency = '', agency_key = '', year = 0, errors = 0, warnings = 0, not_assessable = 0, doubts = 0, previous_id = '',
		reader = ?, updated_at = ? WHERE id = ?`,
		filing.Unreadable, code, message, reader, tx.now.UnixMilli(), id)
}

// derived keeps what the program worked out of a file: no act of a person, so nothing for the record.
func (tx filingTx) derived(ctx context.Context, query string, args ...any) error {
	n, err := tx.quiet(ctx, query, args...)
	if err == nil && n == 0 {
		return errGone
	}
	return err
}

// ReadByOthers lists the reports that another version of the program read, oldest first.
func (tx filingTx) ReadByOthers(ctx context.Context, reader string) ([]filing.ReportID, error) {
	return list(ctx, tx, scanReportID, `SELECT id FROM reports WHERE reader <> ? AND status <> ? ORDER BY id`, reader, filing.Pending)
}

func scanYear(scan func(...any) error) (year int, err error) {
	err = scan(&year)
	return year, err
}

func scanReportID(scan func(...any) error) (id filing.ReportID, err error) {
	err = scan(&id)
	return id, err
}
