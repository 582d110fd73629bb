package clock

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"slices"
	"time"

	"github.com/gongkai/gongkai/internal/account"
	"github.com/gongkai/gongkai/internal/audit"
	"github.com/gongkai/gongkai/internal/calendar"
	"github.com/gongkai/gongkai/internal/deadline"
	"github.com/gongkai/gongkai/internal/fault"
)

// Cursor is the place of a clock in a list: by its last day, then by its id. The zero Cursor is the beginning.
type Cursor struct {
	Due calendar.Date
	ID  ID
}

// Query narrows a list of running clocks.
type Query struct {
	Scope  account.Scope      // clocks of agencies outside it are not there
	Owners []account.PersonID // those of these persons; none for all
	ID     ID                 // this one alone, though it may have ended; "" for all
	After  Cursor
	Limit  int
}

// Filter is what somebody asks a list for.
type Filter struct {
	Mine  bool // only one's own, and of those one stands in for
	After Cursor
	Limit int // 1 to 200
}

// Row is a clock as it stands today.
type Row struct {
	Clock
	Today calendar.Date
	Left  int // working days after today, up to and including Due; 0 on the last day
	Over  int // working days since Due
}

// Passed reports whether the last day is over.
func (r Row) Passed() bool { return r.Due.Before(r.Today) }

// Page is a page of a list.
type Page struct {
	Rows  []Row
	Next  Cursor // where the next page begins; zero when there is none
	Late  int    // how many are late, on all pages
	Table calendar.Table
}

// principals are those whose clocks are an actor's own: the actor, and those they stand in for with a permission, "" for any.
func principals(by account.Actor, p account.Perm) []account.PersonID {
	out := []account.PersonID{by.Person}
	for _, g := range by.Grants {
		if (p == "" || g.Perm == p) && g.For != "" && !slices.Contains(out, g.For) {
			out = append(out, g.For)
		}
	}
	return out
}

// query is what an actor reaches with a permission.
func query(by account.Actor, p account.Perm, f Filter) Query {
	q := Query{Scope: by.Scope(p), After: f.After, Limit: min(max(f.Limit, 1), 200)}
	if f.Mine {
		q.Owners = principals(by, p)
	}
	return q
}

// DueFor lists the running clocks of the agencies at which an actor holds a permission, what is due first at the top, so
// that what is overdue comes before all. An actor without the permission gets an empty page.
func (s *Service) DueFor(ctx context.Context, by account.Actor, p account.Perm, f Filter) (page Page, err error) {
	q := query(by, p, f)
	if q.Scope.Empty() {
		return Page{}, nil
	}
	limit := q.Limit
	q.Limit++
	err = s.store.View(ctx, func(tx Tx) error {
		page = Page{}
		today := calendar.On(tx.Now())
		page.Table, _, err = s.table(ctx, tx, false)
		if err != nil {
			return err
		}
		all, err := tx.Clocks(ctx, q)
		if err != nil {
			return err
		}
		if len(all) > limit {
			all = all[:limit]
			page.Next = Cursor{all[limit-1].Due, all[limit-1].ID}
		}
		for _, c := range all {
			page.Rows = append(page.Rows, row(page.Table, c, today))
		}
		page.Late, err = tx.CountLate(ctx, q, oursKinds(), today)
		return err
	})
	return page, err
}

func row(t calendar.Table, c Clock, today calendar.Date) Row {
	return Row{Clock: c, Today: today, Left: t.WorkingDaysBetween(today, c.Due), Over: t.WorkingDaysBetween(c.Due, today)}
}

// Detail is a clock with the proof of its last day.
type Detail struct {
	Row
	Result deadline.Result
	Table  calendar.Table
}

// Detail returns a clock that an actor reaches with a permission. The proof is counted now, by the calendar that is in
// force now, and its last day is what counts, should a recount still be on its way. For a clock that has ended the calendar is
// that of the day on which it ended, and the last day is the one that was kept.
//
// Errors: fault.NotFound.
func (s *Service) Detail(ctx context.Context, by account.Actor, p account.Perm, id ID) (d Detail, err error) {
	q := query(by, p, Filter{Limit: 1})
	q.ID = id
	if q.Scope.Empty() || id == "" {
		return Detail{}, ErrNotFound
	}
	err = s.store.View(ctx, func(tx Tx) error {
		t, _, err := s.table(ctx, tx, false)
		if err != nil {
			return err
		}
		all, err := tx.Clocks(ctx, q)
		if err != nil {
			return err
		}
		if len(all) == 0 {
			return ErrNotFound
		}
		c := all[0]
		if !c.Running() {
			t = t.AsOf(calendar.On(c.Closed))
		}
		d.Table = t
		if d.Result, err = deadline.Compute(t, c.Input); err != nil {
			return err
		}
		if c.Running() {
			c.Due, c.Provisional = d.Result.Due, d.Result.Provisional
		}
		d.Row = row(t, c, calendar.On(tx.Now()))
		return nil
	})
	return d, err
}

// keyLetters is the length of the key of a feed: 5 bits each, 260 in all, out of reach of guessing.
const keyLetters = 52

// FeedSince returns since when an actor has a feed of their own deadlines; ok is false when there is none.
func (s *Service) FeedSince(ctx context.Context, by account.Actor) (since time.Time, ok bool, err error) {
	err = s.store.View(ctx, func(tx Tx) error {
		since, ok, err = tx.FeedKey(ctx, by.Person)
		return err
	})
	return since, ok, err
}

// RenewFeed gives an actor a new secret key for the feed of their own deadlines, in place of an earlier one, which opens
// nothing from then on. Only its digest is kept: the key is shown this once.
//
// Errors: fault.NotFound for who is no person.
func (s *Service) RenewFeed(ctx context.Context, by account.Actor) (key string, err error) {
	key = (rand.Text() + rand.Text())[:keyLetters]
	return key, s.saveFeed(ctx, by, "clock.feed", feedDigest(key))
}

// CloseFeed takes an actor's feed away. Errors: as RenewFeed.
func (s *Service) CloseFeed(ctx context.Context, by account.Actor) error {
	return s.saveFeed(ctx, by, "clock.feed_close", "")
}

func (s *Service) saveFeed(ctx context.Context, by account.Actor, action, digest string) error {
	if by.Person == "" {
		return ErrNotFound
	}
	return s.store.Update(ctx, func(tx Tx) error {
		if err := tx.SaveFeedKey(ctx, by.Person, digest); err != nil {
			return err
		}
		return tx.Note(ctx, by, audit.Note{Action: action, Subject: audit.Subject{Kind: "person", ID: string(by.Person)}, Agency: by.Agency})
	})
}

// FeedOwner returns whose feed a key opens. What that person may see is for the caller to ask, now: rights end, keys do not.
//
// Errors: fault.NotFound.
func (s *Service) FeedOwner(ctx context.Context, key string) (p account.PersonID, err error) {
	if len(key) != keyLetters {
		return "", ErrNotFound
	}
	err = s.store.View(ctx, func(tx Tx) error {
		p, err = tx.FeedOwner(ctx, feedDigest(key))
		return err
	})
	if errors.Is(err, fault.NotFound) {
		return "", ErrNotFound
	}
	return p, err
}

func feedDigest(key string) string {
	sum := sha256.Sum256([]byte(key))
	return hex.EncodeToString(sum[:])
}
