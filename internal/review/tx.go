package review

import (
	"context"
	"time"

	"github.com/gongkai/gongkai/internal/account"
	"github.com/gongkai/gongkai/internal/agency"
	"github.com/gongkai/gongkai/internal/audit"
	"github.com/gongkai/gongkai/internal/calendar"
)

// Tx is what the use cases need of one transaction. Its methods return fault.NotFound for what does not exist.
type Tx interface {
	// Now is the time that everything in this transaction carries.
	Now() time.Time
	// NewID returns an id that is ordered in time and never given twice.
	NewID() (string, error)
	// Place is where an agency stands in the tree today, or stood last; "" when it is not known.
	Place(ctx context.Context, id agency.ID) (agency.Path, error)
	// Holders are the open accounts that hold a permission at an agency today, in their own right or for somebody they stand
	// in for.
	Holders(ctx context.Context, p account.Perm, at agency.ID) ([]Holder, error)
	// Agencies are the names of agencies today, or as they were last.
	Agencies(ctx context.Context, ids []agency.ID) (map[agency.ID]string, error)
	// Names are the names of persons.
	Names(ctx context.Context, ids []account.PersonID) (map[account.PersonID]string, error)

	// Item returns an item with all its events.
	Item(ctx context.Context, id ID) (Item, error)
	// HoldItem returns an item and keeps others from changing it until the transaction ends.
	HoldItem(ctx context.Context, id ID) (Item, error)
	// ItemOf finds the item about a subject that is neither withdrawn nor void: there is one at most.
	ItemOf(ctx context.Context, s Subject) (Item, bool, error)
	// SaveItem keeps a new item (Serial 0), or one that nobody else has changed since it was read; new events are added,
	// those kept are not touched. Errors: fault.Conflict.
	SaveItem(ctx context.Context, i Item) error
	// ItemsWaiting lists items with a step open that asks for one of these permissions, at an agency of its scope; what
	// is due first comes first.
	ItemsWaiting(ctx context.Context, scopes map[account.Perm]account.Scope, limit int) ([]Item, error)
	// Items lists items, the newest first.
	Items(ctx context.Context, q Query) ([]Item, error)

	// Plan returns the newest plan of an agency; ok is false when it has configured none.
	Plan(ctx context.Context, a agency.ID) (p Plan, ok bool, err error)
	// SavePlan keeps a new version. Errors: fault.Conflict when there is one of this number.
	SavePlan(ctx context.Context, p Plan) error

	// Tell leaves a notice for a person. The same person and key is told once.
	Tell(ctx context.Context, t Telling) error
	// Seal encrypts what is protected, for the record of changes.
	Seal(field, value string) (string, error)
	// Note writes an entry of the record of changes.
	Note(ctx context.Context, by account.Actor, n audit.Note) error
}

// Holder is somebody who holds a permission, in his own right or on behalf of another.
type Holder struct {
	Person account.PersonID
	For    account.PersonID
}

// What is told of an item. The words are those of package notice.
const (
	TellWaiting   = "review.waiting"
	TellReturned  = "review.returned"
	TellSigned    = "review.signed"
	TellWithdrawn = "review.withdrawn" // nothing waits any more: withdrawn, void, or the content is being changed
)

// Telling is what one person is told of an item.
type Telling struct {
	To     account.PersonID
	Kind   string
	Agency agency.ID
	Matter string        // the title of the item
	Step   string        // that waits, or from which it came back; may be empty
	By     string        // who did it
	Due    calendar.Date // of what waits; no date where none is set
	Reason string        // of a return
	Link   string        // path of this site
	Key    string
}

// Query narrows a list of items: those of agencies in Scope, and those that one of Persons provided.
type Query struct {
	Scope   account.Scope
	Persons []account.PersonID
	States  []State // none for all
	Agency  agency.ID
	Before  ID // only older items; "" for the newest
	Limit   int
}

// Store runs functions in a transaction: View reads, Update reads and writes. A returned error rolls back.
type Store interface {
	View(ctx context.Context, f func(Tx) error) error
	Update(ctx context.Context, f func(Tx) error) error
}

// within is a store that is one transaction which somebody else has begun.
type within struct{ tx Tx }

func (w within) View(_ context.Context, f func(Tx) error) error   { return f(w.tx) }
func (w within) Update(_ context.Context, f func(Tx) error) error { return f(w.tx) }
