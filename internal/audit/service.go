package audit

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/gongkai/gongkai/internal/account"
	"github.com/gongkai/gongkai/internal/agency"
	"github.com/gongkai/gongkai/internal/fault"
)

// Query narrows a search of the record. Zero fields do not.
type Query struct {
	// Scope cuts the answer down: entries of agencies outside it are not there. Those of the whole site are in it when it
	// holds a root of the tree with all below.
	Scope   account.Scope
	Actor   account.PersonID
	Subject Subject
	Action  string // exact, or a kind with a dot at its end, such as "agency.", for everything of it
	Agency  agency.ID
	From    time.Time // not before
	To      time.Time // before
	Before  int64     // only entries with a smaller sequence number; 0 for the newest
	Limit   int       // 1 to 1000
}

// Tx is what the use cases need of one transaction.
type Tx interface {
	// SearchAudit lists entries, newest first.
	SearchAudit(ctx context.Context, q Query) ([]Entry, error)
	// AuditEntry returns one entry within a scope; ok is false when there is none.
	AuditEntry(ctx context.Context, s account.Scope, seq int64) (e Entry, ok bool, err error)
	// AuditHead is the last link.
	AuditHead(ctx context.Context) (Head, error)
	// OpenRecorded opens a protected value.
	OpenRecorded(field, value string) (string, error)
	Note(ctx context.Context, by account.Actor, n Note) error
}

// Store runs functions in a transaction.
type Store interface {
	View(ctx context.Context, f func(Tx) error) error
	Update(ctx context.Context, f func(Tx) error) error
}

// Service is looking into the record.
type Service struct {
	store  Store
	verify func(ctx context.Context, anchors ...Head) (*Break, Head, error)
}

// NewService returns a service. verify goes along the whole chain.
func NewService(s Store, verify func(ctx context.Context, anchors ...Head) (*Break, Head, error)) *Service {
	return &Service{s, verify}
}

// Search lists entries that by may see, newest first.
func (s *Service) Search(ctx context.Context, by account.Actor, q Query) (out []Entry, err error) {
	q.Scope = by.Scope(account.SeeAudit)
	err = s.store.View(ctx, func(tx Tx) error {
		out, err = tx.SearchAudit(ctx, q)
		return err
	})
	return out, err
}

var errNone = fault.New(fault.NotFound, "audit.none", "没有这条操作记录，请从列表重新打开")

// Entry returns one entry with its changes; protected values stay closed. Errors: fault.NotFound for what is not there or
// may not be seen.
func (s *Service) Entry(ctx context.Context, by account.Actor, seq int64) (e Entry, changes []Change, err error) {
	err = s.store.View(ctx, func(tx Tx) error {
		var ok bool
		e, ok, err = tx.AuditEntry(ctx, by.Scope(account.SeeAudit), seq)
		if err == nil && !ok {
			err = errNone
		}
		return err
	})
	if err != nil {
		return Entry{}, nil, err
	}
	changes, err = e.Fields()
	return e, changes, err
}

// Reasons for opening something protected have to say something.
const (
	minReason = 5
	maxReason = 200
)

// CheckReason returns fault.Usage for a reason that says nothing, or too much.
func CheckReason(reason string) error {
	n := utf8.RuneCountInString(strings.TrimSpace(reason))
	if n < minReason || n > maxReason {
		return fault.New(fault.Usage, "reason", fmt.Sprintf("请写明查看的理由，%d 到 %d 个字；理由会记入操作记录", minReason, maxReason))
	}
	return nil
}

// Reveal opens the protected values of one field of an entry. That it was opened, by whom and why stands in the record.
// Errors: fault.NotFound for who may not, fault.Usage for the reason.
func (s *Service) Reveal(ctx context.Context, by account.Actor, seq int64, field, reason string) (before, after string, err error) {
	if err := CheckReason(reason); err != nil {
		return "", "", err
	}
	e, changes, err := s.Entry(ctx, by, seq)
	if err != nil {
		return "", "", err
	}
	err = s.store.Update(ctx, func(tx Tx) error {
		// To see the entry is one thing; to open it needs the permission at its agency.
		_, ok, err := tx.AuditEntry(ctx, by.Scope(account.Unmask), seq)
		if err != nil {
			return err
		}
		if !ok {
			return errNone
		}
		for _, c := range changes {
			if c.Field != field || !c.Sealed {
				continue
			}
			if before, err = open(tx, field, c.Before); err != nil {
				return err
			}
			if after, err = open(tx, field, c.After); err != nil {
				return err
			}
			return tx.Note(ctx, by, Note{Action: "audit.reveal", Subject: Subject{Kind: "audit", ID: fmt.Sprint(seq) + "." + field}, Agency: e.Agency,
				Cause: strings.TrimSpace(reason)})
		}
		return errNone
	})
	return before, after, err
}

func open(tx Tx, field string, v *string) (string, error) {
	if v == nil || *v == "" {
		return "", nil
	}
	return tx.OpenRecorded(field, *v)
}

// Head is the last link of the chain, to be exported and printed.
func (s *Service) Head(ctx context.Context) (h Head, err error) {
	err = s.store.View(ctx, func(tx Tx) error {
		h, err = tx.AuditHead(ctx)
		return err
	})
	return h, err
}

// Verify goes along the whole chain and returns where it breaks, nil when it holds. anchors are heads that were exported
// earlier.
func (s *Service) Verify(ctx context.Context, anchors ...Head) (*Break, Head, error) {
	return s.verify(ctx, anchors...)
}

// Fields reads the changes of an entry.
func (e Entry) Fields() ([]Change, error) {
	var out []Change
	if err := json.Unmarshal([]byte(e.Changes), &out); err != nil {
		return nil, fmt.Errorf("audit: entry %d: %w", e.Seq, err)
	}
	return out, nil
}
