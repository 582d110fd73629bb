package filing

import (
	"context"
	"errors"
	"io"
	"time"

	"github.com/gongkai/gongkai/internal/calendar"
	"github.com/gongkai/gongkai/internal/fault"
	"github.com/gongkai/gongkai/internal/report"
	"github.com/gongkai/gongkai/internal/work"
)

// The kinds of work.
const (
	JobRead  work.Kind = "report.read"  // read the file, then check it
	JobCheck work.Kind = "report.check" // check again, because the previous year's report has come or changed
	JobAgain work.Kind = "report.again" // read again, because another version of the program read it; after all other work
)

// ask asks for work on a report.
func ask(kind work.Kind, id ReportID) work.Ask {
	return work.Ask{Kind: kind, Key: string(id), Args: string(id), Low: kind == JobAgain}
}

// maxAttempts is how often a file is tried whose reading ends without an answer, before it is given up.
const maxAttempts = 3

// Kinds is how the work of this package is done, with an engine that reads and checks. Failures of a file are kept with the
// report and are no error.
func (s *Service) Kinds(e Engine) map[work.Kind]work.Entry {
	read := func(ctx context.Context, j work.Job, now time.Time) error {
		return s.read(ctx, e, ReportID(j.Args), now)
	}
	check := func(ctx context.Context, j work.Job, now time.Time) error {
		return s.check(ctx, e, ReportID(j.Args), now)
	}
	return map[work.Kind]work.Entry{
		JobRead:  {Do: read, GiveUp: s.giveUp, Attempts: maxAttempts, Pause: time.Second},
		JobAgain: {Do: read, Attempts: maxAttempts, Pause: time.Second},
		JobCheck: {Do: check, Attempts: maxAttempts, Pause: time.Second},
	}
}

// giveUp keeps that a new file could not be read; with that the job is done. Of other work the last good result stands.
func (s *Service) giveUp(ctx context.Context, j work.Job, _ error) (forget bool, err error) {
	return true, s.store.Update(ctx, func(tx Tx) error {
		return tx.SaveUnreadable(ctx, ReportID(j.Args), "intake.failed", "这份文件试了三次都没有读完，可能已损坏；请另存一份再试，或把文件交给管理员", s.reader)
	})
}

func (s *Service) read(ctx context.Context, e Engine, id ReportID, now time.Time) error {
	rec, err := s.Report(ctx, id)
	if err != nil {
		return err
	}
	data, err := s.bytes(ctx, rec.Digest)
	if err != nil {
		return err
	}
	rep, err := e.Read(ctx, rec.FileName, data)
	var told *fault.Error
	if errors.As(err, &told) && ctx.Err() == nil {
		return s.store.Update(ctx, func(tx Tx) error { return tx.SaveUnreadable(ctx, id, told.Code, told.Message, s.reader) })
	}
	if err != nil {
		return err
	}
	if rec.Report != nil && (rep.Agency == "" || rep.Year == 0) {
		// Read again: what a person filled in still holds. That the earlier reading knew no more is no error.
		if err := fill(rep, rec.Agency, rec.Year); err != nil && !errors.Is(err, fault.Usage) {
			return err
		}
	}
	rec.Report = rep
	return s.judge(ctx, e, rec, now, true)
}

// Refresh asks for all reports to be read again that another version of the program read, and returns how many. Until a
// report has been read again its earlier reading stands. It is called when the program starts.
func (s *Service) Refresh(ctx context.Context) (n int, err error) {
	err = s.store.Update(ctx, func(tx Tx) error {
		ids, err := tx.ReadByOthers(ctx, s.reader)
		if err != nil {
			return err
		}
		for _, id := range ids {
			if err := tx.Enqueue(ctx, ask(JobAgain, id)); err != nil {
				return err
			}
		}
		n = len(ids)
		return nil
	})
	s.wake()
	return n, err
}

func (s *Service) bytes(ctx context.Context, digest string) ([]byte, error) {
	f, err := s.blobs.Open(ctx, digest)
	if err != nil {
		return nil, err
	}
	data, err := io.ReadAll(f)
	return data, errors.Join(err, f.Close())
}

func (s *Service) check(ctx context.Context, e Engine, id ReportID, now time.Time) error {
	rec, err := s.Report(ctx, id)
	if err != nil {
		return err
	}
	if rec.Report == nil {
		return nil
	}
	return s.judge(ctx, e, rec, now, false)
}

// judge runs the checks, with the newest report of the same agency for the year before when there is one, and keeps
// what was read (when fresh) and what was found in one transaction. Two years of an agency may be read at the same time;
// whichever is kept later sees the other, so that in the end each has been checked against the year before.
func (s *Service) judge(ctx context.Context, e Engine, rec Record, now time.Time, fresh bool) error {
	var prev Record
	err := s.store.View(ctx, func(tx Tx) (err error) {
		id, err := previous(ctx, tx, rec.Report)
		if err != nil || id == "" {
			return err
		}
		prev, err = tx.Report(ctx, id)
		return err
	})
	if err != nil {
		return err
	}
	res, err := e.Check(ctx, rec.Report, prev.Report, calendar.On(now).String())
	if err != nil {
		return err
	}
	err = s.store.Update(ctx, func(tx Tx) error {
		if fresh {
			if err := unchanged(ctx, tx, rec); err != nil {
				return err
			}
			if err := tx.SaveRead(ctx, rec.ID, rec.Report, s.reader); err != nil {
				return err
			}
		}
		if err := tx.SaveChecked(ctx, rec.ID, res, prev.ID); err != nil {
			return err
		}
		return recheck(ctx, tx, rec, prev.ID, fresh)
	})
	s.wake()
	return err
}

// unchanged makes sure that nobody has filled in the agency or the year while the file was being read again: that would be
// written over. The error lets the job be done once more, with what was filled in.
func unchanged(ctx context.Context, tx Tx, rec Record) error {
	now, err := tx.Report(ctx, rec.ID)
	if err == nil && (now.Agency != rec.Agency || now.Year != rec.Year) {
		err = errors.New("agency or year were filled in while the file was read")
	}
	return err
}

// recheck asks for the checks to be made again of the reports of the following year, whose previous year has come, and of
// this one when its previous year has come in the meantime.
func recheck(ctx context.Context, tx Tx, rec Record, checkedAgainst ReportID, fresh bool) error {
	current, err := previous(ctx, tx, rec.Report)
	if err != nil {
		return err
	}
	if current != checkedAgainst {
		if err := tx.Enqueue(ctx, ask(JobCheck, rec.ID)); err != nil {
			return err
		}
	}
	if !fresh || rec.Report.Agency == "" || rec.Report.Year == 0 {
		return nil
	}
	next, err := tx.Versions(ctx, rec.Report.Agency, rec.Report.Year+1)
	if err != nil {
		return err
	}
	for _, n := range next {
		if err := tx.Enqueue(ctx, ask(JobCheck, n.ID)); err != nil {
			return err
		}
	}
	return nil
}

// previous names the newest readable report of the same agency for the year before, "" when there is none.
func previous(ctx context.Context, tx Tx, rep *report.Report) (ReportID, error) {
	if rep.Agency == "" || rep.Year == 0 {
		return "", nil
	}
	list, err := tx.Versions(ctx, rep.Agency, rep.Year-1)
	if err != nil || len(list) == 0 {
		return "", err
	}
	return list[0].ID, nil
}
