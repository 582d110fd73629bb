package review

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/gongkai/gongkai/internal/account"
	"github.com/gongkai/gongkai/internal/agency"
	"github.com/gongkai/gongkai/internal/audit"
	"github.com/gongkai/gongkai/internal/calendar"
	"github.com/gongkai/gongkai/internal/fault"
)

// Service is the use cases of this package. Errors beside those named with each: fault.Conflict when somebody else changed
// the item at the same time.
type Service struct {
	store Store
	days  WorkingDays
	wake  func()
}

// NewService returns a service. days counts working days; wake is called after somebody has been told something, may be nil.
func NewService(s Store, days WorkingDays, wake func()) *Service {
	if wake == nil {
		wake = func() {}
	}
	return &Service{store: s, days: days, wake: wake}
}

// In returns the service inside a transaction that another use case has begun, so that content and its item change together.
// That use case wakes the jobs.
func (s *Service) In(tx Tx) *Service { return NewService(within{tx}, s.days, nil) }

// Open opens an item over one subject; see Begin. Errors: those of Begin; fault.Conflict "review.exists" when there is
// an item about the subject already.
func (s *Service) Open(ctx context.Context, by account.Actor, n New) (i Item, err error) {
	err = s.store.Update(ctx, func(tx Tx) error {
		if i, err = s.begin(ctx, tx, by, n); err != nil {
			return err
		}
		return keep(ctx, tx, by, Item{}, &i)
	})
	return i, err
}

func (s *Service) begin(ctx context.Context, tx Tx, by account.Actor, n New) (Item, error) {
	c, err := s.call(ctx, tx, by, n.Agency)
	if err != nil {
		return Item{}, err
	}
	if !by.Can(account.Provide, c.At) {
		return Item{}, ErrNotFound
	}
	if _, exists, err := tx.ItemOf(ctx, n.Subject); err != nil || exists {
		if err == nil {
			err = fault.New(fault.Conflict, "review.exists", "这一件已经有审查事项了（一事一审）；请打开原来的事项继续办")
		}
		return Item{}, err
	}
	p, err := planOf(ctx, tx, n.Agency)
	if err != nil {
		return Item{}, err
	}
	id, err := tx.NewID()
	if err != nil {
		return Item{}, err
	}
	n.ID = ID(id)
	return Begin(c, n, p)
}

func planOf(ctx context.Context, tx Tx, a agency.ID) (Plan, error) {
	p, ok, err := tx.Plan(ctx, a)
	if err == nil && !ok {
		p = DefaultPlan(a)
	}
	return p, err
}

func (s *Service) call(ctx context.Context, tx Tx, by account.Actor, a agency.ID) (Call, error) {
	at, err := tx.Place(ctx, a)
	return Call{By: by, At: at, Now: tx.Now(), Days: s.days}, err
}

// move changes an item by one of its transitions, writes it into the record, and tells whom it concerns.
func (s *Service) move(ctx context.Context, by account.Actor, id ID, f func(Tx, Item, Call) (Item, error)) (next Item, err error) {
	err = s.store.Update(ctx, func(tx Tx) error {
		i, err := tx.HoldItem(ctx, id)
		if err != nil {
			return hide(err)
		}
		c, err := s.call(ctx, tx, by, i.Agency)
		if err != nil {
			return err
		}
		if next, err = f(tx, i, c); err != nil {
			return err
		}
		return keep(ctx, tx, by, i, &next)
	})
	if err != nil {
		return Item{}, err
	}
	s.wake()
	return next, nil
}

// hide makes what does not exist look like what may not be seen.
func hide(err error) error {
	if errors.Is(err, fault.NotFound) {
		return ErrNotFound
	}
	return err
}

// Submit sends an item to review; see Item.Submit. Errors: fault.Conflict "review.nobody" when there is nobody who could
// decide at one of its steps.
func (s *Service) Submit(ctx context.Context, by account.Actor, id ID, note string) (Item, error) {
	return s.move(ctx, by, id, func(tx Tx, i Item, c Call) (Item, error) {
		next, err := i.Submit(c, note)
		if err != nil {
			return Item{}, err
		}
		return next, staffed(ctx, tx, next)
	})
}

// staffed asks that the chain can come to its end: there is somebody for every step who is no provider, and persons enough
// to be kept apart.
func staffed(ctx context.Context, tx Tx, i Item) error {
	steps := i.Plan.For(i.Kind)
	who := make([][]account.PersonID, len(steps))
	for n, st := range steps {
		var err error
		if who[n], err = deciders(ctx, tx, i, st); err != nil {
			return err
		}
		if len(who[n]) == 0 {
			return fault.New(fault.Conflict, "review.nobody", fmt.Sprintf("“%s”没有人能办：没有提供人以外的人有这项权限，或指定的人都不在；请管理员先安排人或修改审查方案", st.Label()))
		}
	}
	if !i.Plan.fits(steps, who) {
		return fault.New(fault.Conflict, "review.nobody", "能办这些环节的人太少，同一个人不能既初审又签发（或每个环节都要换人）；请管理员再安排一个人，或修改审查方案的换人要求")
	}
	return nil
}

// fits reports whether the steps can be given to persons so that those stay apart that the plan keeps apart.
func (p Plan) fits(steps []Placed, who [][]account.PersonID) bool {
	given := map[account.PersonID]int{} // ApartEach: which step a person has
	var give func(n int, tried map[account.PersonID]bool) bool
	give = func(n int, tried map[account.PersonID]bool) bool {
		for _, person := range who[n] {
			if tried[person] {
				continue
			}
			tried[person] = true
			if m, taken := given[person]; !taken || give(m, tried) {
				given[person] = n
				return true
			}
		}
		return false
	}
	switch p.Apart {
	case ApartEach:
		for n := range steps {
			if !give(n, map[account.PersonID]bool{}) {
				return false
			}
		}
	case ApartEnds:
		return slices.ContainsFunc(who[len(who)-1], func(signer account.PersonID) bool {
			for n, st := range steps {
				if st.Kind == First && len(who[n]) == 1 && who[n][0] == signer {
					return false
				}
			}
			return true
		})
	case ApartNone:
	}
	return true
}

func deciders(ctx context.Context, tx Tx, i Item, st Placed) ([]account.PersonID, error) {
	all, err := tx.Holders(ctx, st.Kind.Perm(), i.Agency)
	if err != nil {
		return nil, err
	}
	var out []account.PersonID
	for _, h := range all {
		if i.barred(behind(h.Person, h.For), h.For, st) == nil && !slices.Contains(out, h.Person) {
			out = append(out, h.Person)
		}
	}
	return out, nil
}

// Approve approves at a step; see Item.Approve.
func (s *Service) Approve(ctx context.Context, by account.Actor, id ID, d Decide) (Item, error) {
	return s.move(ctx, by, id, func(_ Tx, i Item, c Call) (Item, error) { return i.Approve(c, d) })
}

// Return sends an item back from a step; see Item.Return.
func (s *Service) Return(ctx context.Context, by account.Actor, id ID, d Decide) (Item, error) {
	return s.move(ctx, by, id, func(_ Tx, i Item, c Call) (Item, error) { return i.Return(c, d) })
}

// Replace says that the content was changed; see Item.Replace.
func (s *Service) Replace(ctx context.Context, by account.Actor, id ID, digest, why string) (Item, error) {
	return s.move(ctx, by, id, func(_ Tx, i Item, c Call) (Item, error) { return i.Replace(c, digest, why) })
}

// Withdraw takes an item back; see Item.Withdraw.
func (s *Service) Withdraw(ctx context.Context, by account.Actor, id ID, why string) (Item, error) {
	return s.move(ctx, by, id, func(_ Tx, i Item, c Call) (Item, error) { return i.Withdraw(c, why) })
}

// Void takes an item out; see Item.Void.
func (s *Service) Void(ctx context.Context, by account.Actor, id ID, why string) (Item, error) {
	return s.move(ctx, by, id, func(_ Tx, i Item, c Call) (Item, error) { return i.Void(c, why) })
}

// Cleared asks for the signature over content before it leaves the house. Errors: those of Item.Cleared; fault.Conflict
// "review.not_signed" when nobody has ever opened an item about the subject.
func (s *Service) Cleared(ctx context.Context, about Subject, digest string) (sig Signature, err error) {
	err = s.store.View(ctx, func(tx Tx) error {
		i, ok, err := tx.ItemOf(ctx, about)
		if err != nil {
			return err
		}
		if !ok {
			return fault.New(fault.Conflict, "review.not_signed", "这一件还没有送审，不能发出；请先送审")
		}
		if err := i.Cleared(digest); err != nil {
			return err
		}
		sig, err = i.Signature()
		return err
	})
	return sig, err
}

// keep saves a changed item with its entry of the record, and tells whom it concerns.
func keep(ctx context.Context, tx Tx, by account.Actor, before Item, after *Item) error {
	if err := tx.SaveItem(ctx, *after); err != nil {
		return err
	}
	after.Serial++
	e := after.Events[len(after.Events)-1]
	var old any
	if before.ID != "" {
		old = before.recorded()
	}
	changes, err := audit.Diff(old, after.recorded(), tx.Seal)
	if err != nil {
		return fmt.Errorf("review: %w", err)
	}
	n := audit.Note{Action: "review." + string(e.Act), Subject: audit.Subject{Kind: "review", ID: string(after.ID)}, Agency: after.Agency, For: e.For, Changes: changes}
	if err := tx.Note(ctx, by, n); err != nil {
		return err
	}
	return tell(ctx, tx, before, *after)
}

// recorded is what the record of changes says of an item. Opinions and reasons may speak of applicants: they are sealed.
type recorded struct {
	Title   string        `audit:"title"`
	About   string        `audit:"subject"`
	State   State         `audit:"state"`
	Digest  string        `audit:"digest"`
	Plan    string        `audit:"plan"`
	Round   int           `audit:"round"`
	Open    []string      `audit:"open"`
	Due     calendar.Date `audit:"due"`
	Step    string        `audit:"step"`
	BackTo  string        `audit:"back_to"`
	Opinion string        `audit:"opinion,sealed"`
}

func (i Item) recorded() recorded {
	r := recorded{Title: i.Title, About: i.Subject.Kind + "/" + i.Subject.ID, State: i.State, Digest: i.Digest,
		Plan: fmt.Sprintf("%s/%d", i.Plan.Agency, i.Plan.Version), Round: len(i.Rounds()), Due: i.Due()}
	for _, o := range i.Open {
		if st, ok := i.Plan.Step(o.Step); ok {
			r.Open = append(r.Open, st.Label())
		}
	}
	e := i.Events[len(i.Events)-1]
	if st, ok := i.Plan.Step(e.Step); ok {
		r.Step = st.Label()
	}
	if e.Act == SentBack {
		r.BackTo = i.StageLabel(e.To)
	}
	r.Opinion = e.Text
	return r
}

// tell tells who is to decide next, who need not any more, and the provider what became of it.
func tell(ctx context.Context, tx Tx, before, after Item) error {
	e := after.Events[len(after.Events)-1]
	t := Telling{Agency: after.Agency, Matter: after.Title, By: e.Name, Link: "/desk/reviews/" + string(after.ID)}
	if st, ok := after.Plan.Step(e.Step); ok {
		t.Step = st.Label()
	}
	send := func(t Telling, to []account.PersonID, what string) error {
		t.Key = fmt.Sprintf("review.%s.%d.%s", after.ID, len(after.Events), what)
		for _, t.To = range to {
			if t.To == e.Person {
				continue
			}
			if err := tx.Tell(ctx, t); err != nil {
				return err
			}
		}
		return nil
	}
	if err := tellWaiting(ctx, tx, before, after, t, send); err != nil {
		return err
	}
	switch e.Act {
	case SentBack:
		if after.State == Returned {
			t.Kind, t.Reason = TellReturned, e.Text
			return send(t, after.Providers(), "returned")
		}
	case Approved:
		if after.State == Signed {
			t.Kind = TellSigned
			return send(t, after.Providers(), "signed")
		}
	case Withdrew, Voided, Replaced:
		t.Kind = TellWithdrawn
		to, err := waitedFor(ctx, tx, before)
		if err != nil {
			return err
		}
		if e.Act == Voided {
			to = append(to, after.Providers()...)
		}
		return send(t, to, "withdrawn")
	case Opened, Submitted:
	}
	return nil
}

func tellWaiting(ctx context.Context, tx Tx, before, after Item, t Telling, send func(Telling, []account.PersonID, string) error) error {
	t.Kind = TellWaiting
	t.By = after.Provided().Name
	for _, o := range after.Open {
		if was, ok := before.openStep(o.Step); ok && was == o {
			continue
		}
		st, _ := after.Plan.Step(o.Step)
		who, err := deciders(ctx, tx, after, st)
		if err != nil {
			return err
		}
		t.Step, t.Due = st.Label(), o.Due
		if err := send(t, who, string(o.Step)); err != nil {
			return err
		}
	}
	return nil
}

// waitedFor are those for whom the item waited.
func waitedFor(ctx context.Context, tx Tx, i Item) ([]account.PersonID, error) {
	var out []account.PersonID
	for _, o := range i.Open {
		st, _ := i.Plan.Step(o.Step)
		who, err := deciders(ctx, tx, i, st)
		if err != nil {
			return nil, err
		}
		out = append(out, who...)
	}
	return out, nil
}
