package filing

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/gongkai/gongkai/internal/account"
	"github.com/gongkai/gongkai/internal/audit"
	"github.com/gongkai/gongkai/internal/fault"
	"github.com/gongkai/gongkai/internal/report"
)

// Years that a report can be of: the Regulation has been in force since 2008.
const (
	firstYear = 2008
	lastYear  = 2200
)

// Identify fills in the agency or the year of a report whose file does not say it, notes that a person did so, and asks
// for the checks to be made again. What the file says is never changed.
// Errors: fault.NotFound; fault.Usage for a missing or impossible value; fault.Conflict when there is nothing to fill in.
func (s *Service) Identify(ctx context.Context, by account.Actor, id ReportID, agency string, year int) error {
	if err := may(by); err != nil {
		return err
	}
	agency = strings.Join(strings.Fields(agency), "")
	err := s.store.Update(ctx, func(tx Tx) error {
		rec, err := tx.Report(ctx, id)
		if err != nil {
			return err
		}
		if rec.Report == nil || (rec.Report.Agency != "" && rec.Report.Year != 0) {
			return fault.New(fault.Conflict, "identity.known", "这份年报的机关和年度已经有了，没有改动")
		}
		was := identity{rec.Report.Agency, rec.Report.Year}
		if err := fill(rec.Report, agency, year); err != nil {
			return err
		}
		changes, err := audit.Diff(was, identity{rec.Report.Agency, rec.Report.Year}, nil)
		if err != nil {
			return err
		}
		if err := tx.Note(ctx, by, audit.Note{Action: "report.identify", Subject: audit.Subject{Kind: "report", ID: string(id)}, Changes: changes}); err != nil {
			return err
		}
		if err := tx.SaveRead(ctx, id, rec.Report, s.reader); err != nil {
			return err
		}
		if err := tx.Enqueue(ctx, ask(JobCheck, id)); err != nil {
			return err
		}
		rec.ID = id
		return recheck(ctx, tx, rec, rec.PreviousID, true)
	})
	if err == nil {
		s.wake()
	}
	return err
}

// identity is what a person may fill in.
type identity struct {
	Agency string `audit:"agency"`
	Year   int    `audit:"year"`
}

func fill(r *report.Report, agency string, year int) error {
	filled := ""
	if r.Agency == "" {
		if agency == "" || utf8.RuneCountInString(agency) > 90 {
			return fault.New(fault.Usage, "identity.agency", "机关全称没有填，或超过 90 个字；请照原文件填写")
		}
		r.Agency, filled = agency, "机关名称"
	}
	if r.Year == 0 {
		if year < firstYear || year > lastYear {
			return fault.New(fault.Usage, "identity.year", "年度没有填，或不是 2008 年以后的年份；请照原文件填四位数字")
		}
		if filled != "" {
			filled += "和"
		}
		r.Year, filled = year, filled+"年度"
	}
	r.Notices = append(r.Notices, filled+"由人填写，不是从文件里读到的")
	r.Doubts = slices.DeleteFunc(r.Doubts, func(d report.Doubt) bool { return d.Path == "agency" || d.Path == "year" })
	return nil
}
