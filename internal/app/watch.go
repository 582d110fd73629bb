package app

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/gongkai/gongkai/internal/account"
	"github.com/gongkai/gongkai/internal/agency"
	"github.com/gongkai/gongkai/internal/calendar"
	"github.com/gongkai/gongkai/internal/clock"
	"github.com/gongkai/gongkai/internal/filing"
	"github.com/gongkai/gongkai/internal/notice"
	"github.com/gongkai/gongkai/internal/store"
	"github.com/gongkai/gongkai/internal/upkeep"
	"github.com/gongkai/gongkai/internal/web/records"
	"github.com/gongkai/gongkai/internal/work"
)

// jobVerify goes along the chain of the record of changes once a day; Args is the day.
const jobVerify work.Kind = "audit.verify"

// verifyAt is when: at night, Beijing time.
const verifyAt = 3*time.Hour + 30*time.Minute

func (s *System) watchKinds() map[work.Kind]work.Entry {
	return map[work.Kind]work.Entry{jobVerify: {Do: func(ctx context.Context, _ work.Job, now time.Time) error {
		if err := s.verifyRecord(ctx); err != nil {
			return err
		}
		next := calendar.On(now).AddDays(1)
		return s.askVerify(ctx, next, next.At(0, 0).Add(verifyAt))
	}}}
}

// askVerify asks for the record to be gone along; asking twice for a day is once.
func (s *System) askVerify(ctx context.Context, day calendar.Date, at time.Time) error {
	return store.Work(s.DB).Update(ctx, func(tx work.Tx) error {
		return tx.Enqueue(ctx, work.Ask{Kind: jobVerify, Key: day.String(), Args: day.String(), At: at, Low: true})
	})
}

// verifyRecord goes along the whole chain, keeps how that ended, and tells those who watch over the record where it does not
// hold: once a day, for as long as it does not.
func (s *System) verifyRecord(ctx context.Context) error {
	broken, _, err := s.Record.Verify(ctx)
	if err != nil {
		return err
	}
	err = s.DB.Update(ctx, func(tx *store.Tx) error {
		p := store.AuditProof{At: tx.Now()}
		if broken == nil {
			return tx.SaveAuditProof(ctx, p)
		}
		p.Broken = broken.Seq
		if err := tx.SaveAuditProof(ctx, p); err != nil {
			return err
		}
		to, err := holders(ctx, tx, account.SeeAudit, "")
		if err != nil {
			return err
		}
		about := notice.About{Link: "/desk/audit", Key: fmt.Sprintf("%s %d %s", notice.KindAuditBroken, broken.Seq, calendar.On(tx.Now()))}
		return s.tellAll(ctx, tx, to, notice.AuditBroken{Seq: broken.Seq}, about)
	})
	if err == nil && broken != nil {
		s.o.Log.Error("the record of changes does not hold", "from", broken.Seq, "why", broken.Why)
		s.Wake()
	}
	return err
}

// recordHolds is a figure: 1 when the record was found whole, 0 when it was not, -1 when nobody has looked for two days or it
// is not known.
func (s *System) recordHolds() float64 {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	out := -1.0
	err := s.DB.View(ctx, func(tx *store.Tx) error {
		p, err := tx.AuditProof(ctx)
		switch {
		case err != nil:
			return err
		case p.Broken > 0:
			out = 0
		case tx.Now().Sub(p.At) < 48*time.Hour:
			out = 1
		}
		return nil
	})
	if err != nil {
		return -1
	}
	return out
}

// tellFailed tells those who see to background work that a job was given up, once per job and day. Of what carries notices they
// are told once per kind and day: such a notice may fail in the same way, and telling of that would never end.
func (s *System) tellFailed(ctx context.Context, tx *store.Tx, j work.Job) error {
	to, err := holders(ctx, tx, account.ManageJob, agency.ID(j.Agency))
	if err != nil {
		return err
	}
	key := string(j.Kind)
	if _, carries := s.noticeKinds()[j.Kind]; !carries {
		key += " " + j.Key
	}
	about := notice.About{Agency: j.Agency, Link: "/desk/jobs", Key: fmt.Sprintf("%s %s %s", notice.KindJobFailed, key, calendar.On(tx.Now()))}
	return s.tellAll(ctx, tx, to, notice.JobFailed{Job: records.JobName(j.Kind), Reason: j.Error, Ref: j.Ref}, about)
}

// tellAll tells some people the same in the transaction of the fact.
func (s *System) tellAll(ctx context.Context, tx *store.Tx, to []account.PersonID, d notice.Data, about notice.About) error {
	for _, p := range to {
		if _, err := s.Notice.TellIn(ctx, store.NoticeTx(tx), notice.Person(p), d, about); err != nil {
			return err
		}
	}
	return nil
}

// holders are those who hold a permission at an agency today, or stand in for who does; where nobody does, or for no agency,
// those who hold it at the top of a tree.
func holders(ctx context.Context, tx *store.Tx, p account.Perm, at agency.ID) (out []account.PersonID, err error) {
	from := store.ReviewTx(tx, nil)
	add := func(at agency.ID) error {
		all, err := from.Holders(ctx, p, at)
		for _, h := range all {
			if !slices.Contains(out, h.Person) {
				out = append(out, h.Person)
			}
		}
		return err
	}
	if at != "" {
		if err := add(at); err != nil || len(out) > 0 {
			return out, err
		}
	}
	roots, err := tx.Roots(ctx)
	if err != nil {
		return nil, err
	}
	for _, r := range roots {
		if err := add(r); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// jobAbout says what a job is about, in words, as far as the actor may see it. Errors: fault.NotFound for what they may not.
func (s *System) jobAbout(ctx context.Context, by account.Actor, j work.Job) (m upkeep.Matter, err error) {
	switch j.Kind {
	case filing.JobRead, filing.JobCheck, filing.JobAgain:
		if !by.CanAnywhere(account.SeeReport) {
			return m, nil
		}
		rec, err := s.Filing.Report(ctx, filing.ReportID(j.Args))
		if err != nil {
			return m, err
		}
		m = upkeep.Matter{Text: rec.FileName, Link: "/desk/reports/" + j.Args}
		if rec.Agency != "" && rec.Year > 0 {
			m.Text = fmt.Sprintf("%s %d 年年报", rec.Agency, rec.Year)
		}
	case clock.JobRemind:
		d, err := s.Clock.Detail(ctx, by, account.SeeAgency, clock.ID(j.Args))
		if err != nil {
			return m, err
		}
		m = upkeep.Matter{Text: d.Title, Link: "/desk/deadlines/" + j.Args}
	case clock.JobRecount:
		r, _, err := s.Clock.Recount(ctx, by, clock.RecountID(j.Args))
		if err != nil {
			return m, err
		}
		m = upkeep.Matter{Text: r.Title(), Link: "/desk/calendar/recounts/" + j.Args}
	case notice.JobDigest:
		return s.aboutPerson(ctx, by, notice.Person(j.Args), "")
	case notice.JobMail, notice.JobWebhook:
		var n notice.Notice
		if err := store.Notices(s.DB).View(ctx, func(tx notice.Tx) error {
			n, err = tx.Notice(ctx, notice.ID(j.Args))
			return err
		}); err != nil {
			return m, err
		}
		return s.aboutPerson(ctx, by, n.To, "："+n.Title)
	case jobVerify, jobPlaces, clock.JobDay:
		if d, err := calendar.ParseDate(j.Key); err == nil {
			m.Text = d.Chinese()
		}
	}
	return m, nil
}

// aboutPerson names who is told, and by its heading of what: the matter itself is theirs alone.
func (s *System) aboutPerson(ctx context.Context, by account.Actor, id notice.Person, of string) (upkeep.Matter, error) {
	p, err := s.Office.Person(ctx, by, account.PersonID(id))
	return upkeep.Matter{Text: "给" + p.Name + of}, err
}
