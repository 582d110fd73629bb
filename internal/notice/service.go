package notice

import (
	"context"
	"time"

	"github.com/gongkai/gongkai/internal/calendar"
	"github.com/gongkai/gongkai/internal/fault"
	"github.com/gongkai/gongkai/internal/work"
)

// The jobs that send. Their Args name a notice, or a person: never an address.
const (
	JobMail    work.Kind = "notice.mail"    // one notice; Args is its id
	JobDigest  work.Kind = "notice.digest"  // the morning mail; Args is the person
	JobWebhook work.Kind = "notice.webhook" // one notice; Args is its id
)

// Outcome is how a delivery ended.
type Outcome string

// The outcomes.
const (
	Sent    Outcome = "sent"
	Failed  Outcome = "failed"  // given up
	Dropped Outcome = "dropped" // not sent: it had been read on the desk, or there is no address any more
)

// Query narrows a list of notices.
type Query struct {
	Unread bool
	Before ID  // only older ones than this; "" from the newest
	Limit  int // at most PageSize; 0 for PageSize
}

// PageSize is how many notices one page shows.
const PageSize = 50

// Tx is what the use cases need of one transaction. What belongs to another person does not exist: every method that takes a
// Person returns and changes that person's only.
type Tx interface {
	// Now is the time of the transaction.
	Now() time.Time
	// SaveNotice keeps a notice under a new id, unless the person has been told under its key: then told is false and nothing
	// is kept. The two are one step, so that two transactions cannot both tell.
	SaveNotice(ctx context.Context, n Notice) (id ID, told bool, err error)
	// Notice returns a notice. Errors: fault.NotFound.
	Notice(ctx context.Context, id ID) (Notice, error)
	// Notices lists a person's notices, newest first.
	Notices(ctx context.Context, p Person, q Query) ([]Notice, error)
	// Unread is how many notices a person has not read.
	Unread(ctx context.Context, p Person) (int, error)
	// MarkRead marks a person's notices as read, all of them where no id is given, and returns how many were not before.
	MarkRead(ctx context.Context, p Person, ids []ID, at time.Time) (int, error)
	// Preference returns what a person chose, the zero Preference of that person where nothing was.
	Preference(ctx context.Context, p Person) (Preference, error)
	// SavePreference keeps what a person chose.
	SavePreference(ctx context.Context, p Preference) error
	// Contact returns how a person can be reached; nothing for a closed account.
	Contact(ctx context.Context, p Person) (Contact, error)
	// EnqueueDelivery keeps a delivery that has still to be made; the same notice and channel are one.
	EnqueueDelivery(ctx context.Context, d Delivery) error
	// Waiting lists deliveries that have not ended: of a notice on a channel.
	Waiting(ctx context.Context, id ID, c Channel) ([]Delivery, error)
	// WaitingDigest lists a person's deliveries for the morning mail that are due and have not ended, oldest first.
	WaitingDigest(ctx context.Context, p Person, until time.Time) ([]Delivery, error)
	// EndDelivery keeps how a delivery ended, and why in words for people; the address is none of them.
	EndDelivery(ctx context.Context, d Delivery, o Outcome, why string) error
	// Enqueue asks for a job. Asking twice before it is done is one job.
	Enqueue(ctx context.Context, a work.Ask) error
}

// Store runs functions in a transaction: View reads, Update reads and writes. A returned error rolls back.
type Store interface {
	View(ctx context.Context, f func(Tx) error) error
	Update(ctx context.Context, f func(Tx) error) error
}

// Outlets says what the site can send by.
type Outlets struct{ Mail, Webhook bool }

// Service is the use cases of this package.
type Service struct {
	store   Store
	outlets Outlets
	working func(calendar.Date) bool
	wake    func()
}

// NewService returns a service. working tells the working days; wake is called after a job has been asked for, may be nil.
func NewService(s Store, o Outlets, working func(calendar.Date) bool, wake func()) *Service {
	if wake == nil {
		wake = func() {}
	}
	return &Service{store: s, outlets: o, working: working, wake: wake}
}

// Tell tells one person in a transaction of its own. told is false where they knew already.
func (s *Service) Tell(ctx context.Context, to Person, d Data, about About) (told bool, err error) {
	err = s.store.Update(ctx, func(tx Tx) error {
		told, err = s.TellIn(ctx, tx, to, d, about)
		return err
	})
	if told {
		s.wake()
	}
	return told, err
}

// TellIn tells one person in the transaction of the fact that they are told of: both are kept, or neither. The caller wakes
// the jobs after it.
func (s *Service) TellIn(ctx context.Context, tx Tx, to Person, d Data, about About) (told bool, err error) {
	n, err := New(to, d, about, tx.Now())
	if err != nil {
		return false, err
	}
	n.ID, told, err = tx.SaveNotice(ctx, n)
	if err != nil || !told {
		return false, err
	}
	p, err := tx.Preference(ctx, to)
	if err != nil {
		return false, err
	}
	c, err := s.contact(ctx, tx, to)
	if err != nil {
		return false, err
	}
	for _, d := range Plan(n, p, c, tx.Now(), s.working) {
		if d.Channel == Desk {
			continue // it stands there
		}
		err = tx.EnqueueDelivery(ctx, d)
		if err != nil {
			return false, err
		}
		err = tx.Enqueue(ctx, d.job(n.Agency))
		if err != nil {
			return false, err
		}
	}
	return true, nil
}

// contact leaves out what the site cannot send by.
func (s *Service) contact(ctx context.Context, tx Tx, p Person) (Contact, error) {
	c, err := tx.Contact(ctx, p)
	if !s.outlets.Mail {
		c.Mail = ""
	}
	if !s.outlets.Webhook {
		c.Phone = ""
	}
	return c, err
}

// job is what sends a delivery. All deliveries of a person's morning are one job.
func (d Delivery) job(agency string) work.Ask {
	kind, about := JobMail, string(d.Notice)
	switch {
	case d.Digest:
		kind, about, agency = JobDigest, string(d.To), ""
	case d.Channel == Webhook:
		kind = JobWebhook
	}
	return ask(kind, about, agency, d.Due)
}

// ask asks for a job at a time. The time is part of its key, so that a job can be put off while it is being done.
func ask(kind work.Kind, about, agency string, at time.Time) work.Ask {
	return work.Ask{Kind: kind, Key: about + " " + at.Format(time.RFC3339), Args: about, Agency: agency, At: at}
}

// Page is a page of notices.
type Page struct {
	Notices []Notice
	Unread  int  // of all
	Next    ID   // Before of the next page
	More    bool // there is one
}

// List returns a page of a person's own notices, newest first.
func (s *Service) List(ctx context.Context, who Person, q Query) (Page, error) {
	var page Page
	if q.Limit <= 0 || q.Limit > PageSize {
		q.Limit = PageSize
	}
	limit := q.Limit
	q.Limit++
	err := s.store.View(ctx, func(tx Tx) error {
		var err error
		page.Unread, err = tx.Unread(ctx, who)
		if err != nil {
			return err
		}
		page.Notices, err = tx.Notices(ctx, who, q)
		return err
	})
	if len(page.Notices) > limit {
		page.Notices, page.More = page.Notices[:limit], true
		page.Next = page.Notices[limit-1].ID
	}
	return page, err
}

// Unread is how many notices a person has not read.
func (s *Service) Unread(ctx context.Context, who Person) (n int, err error) {
	err = s.store.View(ctx, func(tx Tx) error {
		n, err = tx.Unread(ctx, who)
		return err
	})
	return n, err
}

// Read marks a person's own notices as read, all where no id is given. Ids of others are passed over in silence.
func (s *Service) Read(ctx context.Context, who Person, ids ...ID) (n int, err error) {
	err = s.store.Update(ctx, func(tx Tx) error {
		n, err = tx.MarkRead(ctx, who, ids, tx.Now())
		return err
	})
	return n, err
}

// Open returns a person's own notice and marks it as read. Errors: fault.NotFound, also for a notice to somebody else.
func (s *Service) Open(ctx context.Context, who Person, id ID) (n Notice, err error) {
	err = s.store.Update(ctx, func(tx Tx) error {
		n, err = tx.Notice(ctx, id)
		if err != nil {
			return err
		}
		if n.To != who {
			n = Notice{}
			return fault.New(fault.NotFound, "notice.not_found", "没有这条通知，或它不是发给您的")
		}
		_, err = tx.MarkRead(ctx, who, []ID{id}, tx.Now())
		return err
	})
	return n, err
}

// Preference returns how a person wants to be told.
func (s *Service) Preference(ctx context.Context, who Person) (p Preference, err error) {
	err = s.store.View(ctx, func(tx Tx) error {
		p, err = tx.Preference(ctx, who)
		return err
	})
	return p, err
}

// Choose keeps how a person wants to be told; it holds for what they are told from now on. Errors: those of Check.
func (s *Service) Choose(ctx context.Context, who Person, p Preference) error {
	p.Person = who
	err := p.Check()
	if err != nil {
		return err
	}
	return s.store.Update(ctx, func(tx Tx) error { return tx.SavePreference(ctx, p) })
}
