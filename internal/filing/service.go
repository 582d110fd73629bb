package filing

import (
	"context"
	"io"
	"strconv"

	"github.com/gongkai/gongkai/internal/account"
	"github.com/gongkai/gongkai/internal/audit"
	"github.com/gongkai/gongkai/internal/fault"
	"github.com/gongkai/gongkai/internal/report"
	"github.com/gongkai/gongkai/internal/report/checks"
	"github.com/gongkai/gongkai/internal/work"
)

// Tx is what the use cases need of one transaction. Its methods return fault.NotFound for what does not exist.
type Tx interface {
	// CreateBatch opens a batch.
	CreateBatch(ctx context.Context) (BatchID, error)
	// Batch returns a batch with its items.
	Batch(ctx context.Context, id BatchID) (Batch, error)
	// AddItem adds a file to a batch; report is "" when the file was refused.
	AddItem(ctx context.Context, id BatchID, it Item, report ReportID) error
	// ReportByDigest finds the report of a file with this digest.
	ReportByDigest(ctx context.Context, digest string) (ReportID, bool, error)
	// CreateReport keeps a file and opens its report as Pending.
	CreateReport(ctx context.Context, f File) (ReportID, error)
	// Report returns a report with everything known of it.
	Report(ctx context.Context, id ReportID) (Record, error)
	// Versions lists the readable reports of an agency for a year, newest first.
	Versions(ctx context.Context, agency string, year int) ([]Summary, error)
	// AgencyReports lists the readable reports of an agency, newest year first, then newest version.
	AgencyReports(ctx context.Context, agency string) ([]Summary, error)
	// YearReports lists the readable reports of a year, those of no known year, and the files that could not be read,
	// newest first.
	YearReports(ctx context.Context, year int) ([]ReportID, error)
	// Years lists the years that there are reports of, newest first.
	Years(ctx context.Context) ([]int, error)
	// Kept is how many reports are kept, of whatever status.
	Kept(ctx context.Context) (int, error)
	// Summaries lists all reports, newest first.
	Summaries(ctx context.Context) ([]Summary, error)
	// SaveRead keeps what was read, and by which version of the program.
	SaveRead(ctx context.Context, id ReportID, rep *report.Report, reader string) error
	// SaveChecked keeps what the checks said, against which previous report ("" for none).
	SaveChecked(ctx context.Context, id ReportID, res checks.Result, previous ReportID) error
	// SaveUnreadable keeps why a file could not be read; what an earlier version read of it is dropped.
	SaveUnreadable(ctx context.Context, id ReportID, code, message, reader string) error
	// ReadByOthers lists the reports that another version of the program read, oldest first.
	ReadByOthers(ctx context.Context, reader string) ([]ReportID, error)
	// Agencies lists the expected agencies in the order of the list.
	Agencies(ctx context.Context) ([]Agency, error)
	// ReplaceAgencies replaces the list of expected agencies.
	ReplaceAgencies(ctx context.Context, list []Agency) error
	// Enqueue asks for a job. Asking twice before it is done is one job.
	Enqueue(ctx context.Context, a work.Ask) error
	// Note writes an entry of the record of changes.
	Note(ctx context.Context, by account.Actor, n audit.Note) error
}

// Store runs functions in a transaction: View reads, Update reads and writes. A returned error rolls back.
type Store interface {
	View(ctx context.Context, f func(Tx) error) error
	Update(ctx context.Context, f func(Tx) error) error
}

// Blobs keeps bytes under their digest.
type Blobs interface {
	// Put stores at most max bytes of r, durably. Errors: fault.TooLarge when r holds more.
	Put(ctx context.Context, r io.Reader, max int64) (digest string, size int64, err error)
	// Open returns the bytes with this digest. ctx has to live until they are closed. Errors: fault.NotFound.
	Open(ctx context.Context, digest string) (io.ReadSeekCloser, error)
}

// Engine reads and checks files. In the program a child process with limits of time and memory does it.
type Engine interface {
	Read(ctx context.Context, name string, data []byte) (*report.Report, error)
	// Check judges rep, against the previous year's report when there is one. today is a civil date, yyyy-mm-dd.
	Check(ctx context.Context, rep, previous *report.Report, today string) (checks.Result, error)
}

// Service is the use cases of this package.
type Service struct {
	store    Store
	blobs    Blobs
	maxBytes int64
	reader   string
	wake     func()
	roster   func(ctx context.Context, year int) ([]Agency, error) // may be nil
	history  func(ctx context.Context, list []Agency, year int) (History, error)
}

// NewService returns a service. maxBytes bounds one file; reader names the version of the program that reads; wake is
// called after work has been asked for, may be nil.
func NewService(s Store, b Blobs, maxBytes int64, reader string, wake func()) *Service {
	if wake == nil {
		wake = func() {}
	}
	return &Service{store: s, blobs: b, maxBytes: maxBytes, reader: reader, wake: wake}
}

// MaxBytes is the largest file that is taken.
func (s *Service) MaxBytes() int64 { return s.maxBytes }

// may refuses whoever may not hand in reports; to them there is nothing here.
func may(by account.Actor) error {
	if by.IsSystem() || by.CanAnywhere(account.ReceiveReport) {
		return nil
	}
	return fault.New(fault.NotFound, "filing.not_found", "没有这一页，或您没有收年报的权限")
}

// OpenBatch begins a handing-in. Errors: fault.NotFound for who may not.
func (s *Service) OpenBatch(ctx context.Context, by account.Actor) (id BatchID, err error) {
	if err := may(by); err != nil {
		return "", err
	}
	err = s.store.Update(ctx, func(tx Tx) error {
		id, err = tx.CreateBatch(ctx)
		if err != nil {
			return err
		}
		return tx.Note(ctx, by, audit.Note{Action: "batch.open", Subject: audit.Subject{Kind: "batch", ID: string(id)}})
	})
	return id, err
}

// Receive keeps one file and asks for it to be read. A file that cannot be taken is recorded in the batch with the
// reason, and is no error. The same bytes twice are one report. Errors: fault.NotFound for who may not.
func (s *Service) Receive(ctx context.Context, by account.Actor, id BatchID, name string, r io.Reader) (Item, error) {
	if err := may(by); err != nil {
		return Item{}, err
	}
	digest, size, err := s.blobs.Put(ctx, r, s.maxBytes)
	it := Item{Name: name, Size: size}
	if fault.CodeOf(err) == "file.too_large" || (err == nil && size == 0) {
		it.ErrorCode, it.ErrorMessage = "file.empty", "文件是空的，请检查后重新选择"
		if err != nil {
			it.ErrorCode, it.ErrorMessage = fault.CodeOf(err), fault.Message(err)
		}
		return it, s.store.Update(ctx, func(tx Tx) error {
			if err := tx.AddItem(ctx, id, it, ""); err != nil {
				return err
			}
			return tx.Note(ctx, by, received("batch.refuse", audit.Subject{Kind: "batch", ID: string(id)}, it))
		})
	}
	if err != nil {
		return it, err
	}
	err = s.store.Update(ctx, func(tx Tx) error {
		rid, known, err := tx.ReportByDigest(ctx, digest)
		if err != nil {
			return err
		}
		it.Repeated = known
		if !known {
			if rid, err = tx.CreateReport(ctx, File{Digest: digest, Name: name, Size: size}); err != nil {
				return err
			}
			if err = tx.Enqueue(ctx, ask(JobRead, rid)); err != nil {
				return err
			}
		}
		rec, err := tx.Report(ctx, rid)
		if err != nil {
			return err
		}
		it.Report = &rec.Summary
		if err := tx.AddItem(ctx, id, it, rid); err != nil {
			return err
		}
		return tx.Note(ctx, by, received("report.receive", audit.Subject{Kind: "report", ID: string(rid)}, it))
	})
	if err == nil {
		s.wake()
	}
	return it, err
}

// received is what the record says of a file that was handed in.
func received(action string, about audit.Subject, it Item) audit.Note {
	size := strconv.FormatInt(it.Size, 10)
	n := audit.Note{Action: action, Subject: about, Changes: []audit.Change{{Field: "file", After: &it.Name}, {Field: "size", After: &size}}}
	if it.ErrorCode != "" {
		n.Changes = append(n.Changes, audit.Change{Field: "refused", After: &it.ErrorCode})
	}
	return n
}

// Batch returns a batch with its items.
func (s *Service) Batch(ctx context.Context, id BatchID) (b Batch, err error) {
	err = s.store.View(ctx, func(tx Tx) error {
		b, err = tx.Batch(ctx, id)
		return err
	})
	return b, err
}

// Report returns a report with everything known of it.
func (s *Service) Report(ctx context.Context, id ReportID) (rec Record, err error) {
	err = s.store.View(ctx, func(tx Tx) error {
		rec, err = tx.Report(ctx, id)
		return err
	})
	return rec, err
}

// AgencyReports lists the readable reports of an agency, newest year first, then newest version.
func (s *Service) AgencyReports(ctx context.Context, agency string) (list []Summary, err error) {
	err = s.store.View(ctx, func(tx Tx) error {
		list, err = tx.AgencyReports(ctx, agency)
		return err
	})
	return list, err
}

// Original returns the name and the bytes of the file that a report was read from.
func (s *Service) Original(ctx context.Context, id ReportID) (string, io.ReadSeekCloser, error) {
	rec, err := s.Report(ctx, id)
	if err != nil {
		return "", nil, err
	}
	f, err := s.blobs.Open(ctx, rec.Digest)
	return rec.FileName, f, err
}

// Empty reports whether nothing has been handed in and no agency is expected.
func (s *Service) Empty(ctx context.Context) (empty bool, err error) {
	err = s.store.View(ctx, func(tx Tx) error {
		expected, err := tx.Agencies(ctx)
		if err != nil {
			return err
		}
		kept, err := tx.Kept(ctx)
		empty = kept == 0 && len(expected) == 0
		return err
	})
	return empty, err
}

// Ready reports whether the store answers.
func (s *Service) Ready(ctx context.Context) error {
	return s.store.View(ctx, func(tx Tx) error {
		_, err := tx.Agencies(ctx)
		return err
	})
}
