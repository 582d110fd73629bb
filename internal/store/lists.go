package store

import (
	"context"
	"strings"

	"github.com/gongkai/gongkai/internal/filing"
	"github.com/gongkai/gongkai/internal/report"
	"github.com/gongkai/gongkai/internal/work"
)

// ReportsBefore lists kept reports, newest first: those older than before ("" for the newest), of one year (0 for any) and
// of one agency ("" for any; writings of the same name are one). Ids are ordered in time, so that going on from the last one
// given neither repeats nor leaves out a report, whatever is handed in meanwhile.
func (db *DB) ReportsBefore(ctx context.Context, before filing.ReportID, year int, agency string, limit int) (out []filing.Summary, err error) {
	where, args := []string{"1 = 1"}, []any{}
	add := func(on bool, cond string, v any) {
		if on {
			where, args = append(where, cond), append(args, v)
		}
	}
	add(before != "", "r.id < ?", before)
	add(year != 0, "r.year = ?", year)
	add(agency != "", "r.agency_key = ?", report.AgencyKey(agency))
	err = db.View(ctx, func(tx *Tx) error {
		out, err = list(ctx, tx, scanSummary, `SELECT `+summaryColumns+summaryFrom+`WHERE `+strings.Join(where, " AND ")+
			` ORDER BY r.id DESC LIMIT ?`, append(args, limit)...)
		return err
	})
	return out, err
}

// JobCounts is how many jobs there are by kind and state.
func (db *DB) JobCounts(ctx context.Context) (out []work.Count, err error) {
	err = db.View(ctx, func(tx *Tx) error {
		out, err = workTx{tx}.Counts(ctx)
		return err
	})
	return out, err
}
