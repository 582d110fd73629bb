package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/gongkai/gongkai/internal/account"
	"github.com/gongkai/gongkai/internal/agency"
	"github.com/gongkai/gongkai/internal/notice"
	"github.com/gongkai/gongkai/internal/review"
)

// Reviews gives sign-off its store. tell leaves a notice for a person in the transaction; the same person and key is told
// once.
func Reviews(db *DB, tell func(context.Context, *Tx, review.Telling) error) As[review.Tx] {
	return For(db, func(tx *Tx) review.Tx { return ReviewTx(tx, tell) })
}

// ReviewTx is a transaction as sign-off needs it, for use cases whose content is signed off.
func ReviewTx(tx *Tx, tell func(context.Context, *Tx, review.Telling) error) review.Tx {
	return reviewTx{officeTx{tx}, tell}
}

// TellReview tells people of sign-off through their notices.
func TellReview(n *notice.Service) func(context.Context, *Tx, review.Telling) error {
	return func(ctx context.Context, tx *Tx, t review.Telling) error {
		var d notice.Data
		switch t.Kind {
		case review.TellWaiting:
			d = notice.ReviewWaiting{Matter: t.Matter, Step: t.Step, By: t.By, Due: t.Due}
		case review.TellReturned:
			d = notice.ReviewReturned{Matter: t.Matter, Step: t.Step, By: t.By, Reason: t.Reason}
		case review.TellSigned:
			d = notice.ReviewSigned{Matter: t.Matter, By: t.By}
		case review.TellWithdrawn:
			d = notice.ReviewWithdrawn{Matter: t.Matter, By: t.By}
		default:
			return fmt.Errorf("store: no notice of kind %q", t.Kind)
		}
		_, err := n.TellIn(ctx, NoticeTx(tx), notice.Person(t.To), d, notice.About{Agency: string(t.Agency), Link: t.Link, Key: t.Key})
		return err
	}
}

type reviewTx struct {
	officeTx
	tell func(context.Context, *Tx, review.Telling) error
}

var _ review.Tx = reviewTx{}

// Tell leaves a notice for a person.
func (tx reviewTx) Tell(ctx context.Context, t review.Telling) error { return tx.tell(ctx, tx.Tx, t) }

const itemColumns = `i.id, i.agency_id, i.kind, i.subject_kind, i.subject_id, i.title, i.link, i.digest, i.state, i.plan, i.serial`

func scanReviewItem(scan func(...any) error) (i review.Item, err error) {
	var plan string
	err = scan(&i.ID, &i.Agency, &i.Kind, &i.Subject.Kind, &i.Subject.ID, &i.Title, &i.Link, &i.Digest, &i.State, &plan, &i.Serial)
	if err == nil {
		err = json.Unmarshal([]byte(plan), &i.Plan)
	}
	return i, err
}

// Item returns an item with all its events.
func (tx reviewTx) Item(ctx context.Context, id review.ID) (review.Item, error) {
	return tx.reviewItem(ctx, `SELECT `+itemColumns+` FROM review_items i WHERE i.id = ?`, id)
}

// HoldItem returns an item and keeps others from changing it.
func (tx reviewTx) HoldItem(ctx context.Context, id review.ID) (review.Item, error) {
	return tx.reviewItem(ctx, `SELECT `+itemColumns+` FROM review_items i WHERE i.id = ? {for update}`, id)
}

func (tx reviewTx) reviewItem(ctx context.Context, query string, args ...any) (review.Item, error) {
	all, err := tx.reviewItems(ctx, query, args...)
	if err == nil && len(all) == 0 {
		err = errGone
	}
	if err != nil {
		return review.Item{}, err
	}
	return all[0], nil
}

// ItemOf finds the item about a subject that is neither withdrawn nor void.
func (tx reviewTx) ItemOf(ctx context.Context, s review.Subject) (review.Item, bool, error) {
	all, err := tx.reviewItems(ctx, `SELECT `+itemColumns+` FROM review_items i WHERE i.subject_kind = ? AND i.subject_id = ?
		AND i.state NOT IN ('withdrawn', 'void')`, s.Kind, s.ID)
	if err != nil || len(all) == 0 {
		return review.Item{}, false, err
	}
	return all[0], true, nil
}

// reviewItems lists items with their events and the steps that wait.
func (tx reviewTx) reviewItems(ctx context.Context, query string, args ...any) ([]review.Item, error) {
	all, err := list(ctx, tx, scanReviewItem, query, args...)
	if err != nil {
		return nil, err
	}
	for rest := all; len(rest) > 0; {
		some := rest[:min(len(rest), maxList)]
		rest = rest[len(some):]
		if err := tx.fillItems(ctx, some); err != nil {
			return nil, err
		}
	}
	return all, nil
}

func (tx reviewTx) fillItems(ctx context.Context, all []review.Item) error {
	byID := map[review.ID]*review.Item{}
	ids := make([]review.ID, len(all))
	for n := range all {
		ids[n] = all[n].ID
		byID[all[n].ID] = &all[n]
	}
	type event struct {
		item review.ID
		review.Event
	}
	err := each(ctx, tx, func(scan func(...any) error) (e event, err error) {
		var id, body string
		var at int64
		err = scan(&id, &e.item, &e.Act, &at, &e.Person, &e.For, &e.Name, &e.Section, &e.Digest, &e.Step, &e.To, &body, (*civil)(&e.Due))
		if err != nil {
			return e, err
		}
		e.At = instant(at)
		e.Text, err = tx.openField("review_events", "body", id, body)
		return e, err
	}, func(e event) error {
		byID[e.item].Events = append(byID[e.item].Events, e.Event)
		return nil
	}, `SELECT id, item_id, act, at, person, behalf, name, section, digest, step, back_to, body, due FROM review_events
		WHERE item_id IN `+marks(len(ids))+` ORDER BY item_id, n`, values(ids)...)
	if err != nil {
		return err
	}
	type open struct {
		item review.ID
		review.Open
	}
	return each(ctx, tx, func(scan func(...any) error) (o open, err error) {
		var since int64
		err = scan(&o.item, &o.Step, &since, (*civil)(&o.Due))
		o.Since = instant(since)
		return o, err
	}, func(o open) error {
		byID[o.item].Open = append(byID[o.item].Open, o.Open)
		return nil
	}, `SELECT item_id, step, since, due FROM review_waiting WHERE item_id IN `+marks(len(ids))+` ORDER BY item_id, step`, values(ids)...)
}

// SaveItem keeps a new item, or one that nobody else has changed since it was read. Events are only added.
func (tx reviewTx) SaveItem(ctx context.Context, i review.Item) error {
	kept, err := tx.saveHead(ctx, i)
	if err != nil {
		return err
	}
	if kept > len(i.Events) {
		return fmt.Errorf("store: item %s would lose events", i.ID)
	}
	for n, e := range i.Events[kept:] {
		id := fmt.Sprintf("%s.%d", i.ID, kept+n+1)
		body, err := tx.sealField("review_events", "body", id, e.Text)
		if err != nil {
			return err
		}
		if _, err := tx.exec(ctx, `INSERT INTO review_events (id, item_id, n, act, at, person, behalf, name, section, digest, step, back_to, body, due)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, id, i.ID, kept+n+1, e.Act, millis(e.At), e.Person, e.For, e.Name, e.Section,
			e.Digest, e.Step, e.To, body, e.Due.String()); err != nil {
			return err
		}
	}
	if _, err := tx.exec(ctx, `DELETE FROM review_waiting WHERE item_id = ?`, i.ID); err != nil {
		return err
	}
	for _, o := range i.Open {
		st, _ := i.Plan.Step(o.Step)
		if _, err := tx.exec(ctx, `INSERT INTO review_waiting (item_id, step, perm, agency_id, since, due) VALUES (?, ?, ?, ?, ?, ?)`,
			i.ID, o.Step, st.Kind.Perm(), i.Agency, millis(o.Since), o.Due.String()); err != nil {
			return err
		}
	}
	return nil
}

// saveHead keeps what stands in the row of an item and returns how many events are kept already.
func (tx reviewTx) saveHead(ctx context.Context, i review.Item) (int, error) {
	if i.Serial == 0 {
		plan, err := json.Marshal(i.Plan)
		if err != nil {
			return 0, fmt.Errorf("store: plan: %w", err)
		}
		return 0, tx.fresh(ctx, `INSERT INTO review_items (id, agency_id, kind, subject_kind, subject_id, title, link, digest, state, plan)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`, i.ID, i.Agency, i.Kind, i.Subject.Kind, i.Subject.ID, i.Title, i.Link,
			i.Digest, i.State, string(plan))
	}
	if err := tx.fresh(ctx, `UPDATE review_items SET digest = ?, state = ?, serial = serial + 1 WHERE id = ? AND serial = ?`,
		i.Digest, i.State, i.ID, i.Serial); err != nil {
		return 0, err
	}
	n, _, err := one(ctx, tx, scanInt, `SELECT COUNT(*) FROM review_events WHERE item_id = ?`, i.ID)
	return int(n), err
}

const reviewPath = `(SELECT a.path FROM agencies a WHERE a.id = i.agency_id)`

// ItemsWaiting lists items with a step open that asks for one of these permissions, what is due first at the top.
func (tx reviewTx) ItemsWaiting(ctx context.Context, scopes map[account.Perm]account.Scope, limit int) ([]review.Item, error) {
	var conds []string
	var args []any
	for perm, s := range scopes {
		cond, more := scopeSQL(s, reviewPath)
		conds = append(conds, `(w.perm = ? AND `+cond+`)`)
		args = append(append(args, perm), more...)
	}
	if len(conds) == 0 {
		return nil, nil
	}
	return tx.reviewItems(ctx, `SELECT `+itemColumns+` FROM review_items i JOIN (SELECT w.item_id, MIN(CASE w.due WHEN '' THEN '9999' ELSE w.due END) AS due
		FROM review_waiting w JOIN review_items i ON i.id = w.item_id WHERE `+strings.Join(conds, " OR ")+` GROUP BY w.item_id) f ON f.item_id = i.id
		ORDER BY f.due, i.id LIMIT ?`, append(args, limit)...)
}

// Items lists items, the newest first.
func (tx reviewTx) Items(ctx context.Context, q review.Query) ([]review.Item, error) {
	who, args := scopeSQL(q.Scope, reviewPath)
	if len(q.Persons) > 0 {
		persons := q.Persons[:min(len(q.Persons), maxList)]
		who = `(` + who + ` OR EXISTS (SELECT 1 FROM review_events e WHERE e.item_id = i.id AND e.act IN ('open', 'submit', 'replace')
			AND (e.person IN ` + marks(len(persons)) + ` OR e.behalf IN ` + marks(len(persons)) + `)))`
		args = append(append(args, values(persons)...), values(persons)...)
	}
	where := []string{who}
	if len(q.States) > 0 {
		where, args = append(where, `i.state IN `+marks(len(q.States))), append(args, values(q.States)...)
	}
	if q.Agency != "" {
		where, args = append(where, `i.agency_id = ?`), append(args, q.Agency)
	}
	if q.Before != "" {
		where, args = append(where, `i.id < ?`), append(args, q.Before)
	}
	return tx.reviewItems(ctx, `SELECT `+itemColumns+` FROM review_items i WHERE `+strings.Join(where, " AND ")+` ORDER BY i.id DESC LIMIT ?`,
		append(args, q.Limit)...)
}

// Plan returns the newest plan of an agency.
func (tx reviewTx) Plan(ctx context.Context, a agency.ID) (p review.Plan, ok bool, err error) {
	body, ok, err := one(ctx, tx, scanString, `SELECT body FROM review_plans WHERE agency_id = ? ORDER BY version DESC LIMIT 1`, a)
	if err != nil || !ok {
		return p, false, err
	}
	if err := json.Unmarshal([]byte(body), &p); err != nil {
		return p, false, fmt.Errorf("store: plan of %s: %w", a, err)
	}
	return p, true, nil
}

// SavePlan keeps a new version.
func (tx reviewTx) SavePlan(ctx context.Context, p review.Plan) error {
	body, err := json.Marshal(p)
	if err != nil {
		return fmt.Errorf("store: plan: %w", err)
	}
	return tx.fresh(ctx, `INSERT INTO review_plans (agency_id, version, body, at) VALUES (?, ?, ?, ?) ON CONFLICT (agency_id, version) DO NOTHING`,
		p.Agency, p.Version, string(body), tx.now.UnixMilli())
}

// Place is where an agency stands in the tree today, or stood last.
func (tx reviewTx) Place(ctx context.Context, id agency.ID) (agency.Path, error) {
	all, err := tx.Places(ctx, []agency.ID{id})
	return all[id].Path, err
}

// Agencies are the names of agencies today, or as they were last.
func (tx reviewTx) Agencies(ctx context.Context, ids []agency.ID) (map[agency.ID]string, error) {
	out := map[agency.ID]string{}
	today := civilToday(tx.now)
	type row struct {
		id         agency.ID
		name, from string
	}
	for some := range slices.Chunk(ids, maxList) {
		err := each(ctx, tx, func(scan func(...any) error) (r row, err error) {
			err = scan(&r.id, &r.name, &r.from)
			return r, err
		}, func(r row) error {
			if r.from <= today || out[r.id] == "" {
				out[r.id] = r.name
			}
			return nil
		}, `SELECT agency_id, name, valid_from FROM agency_versions WHERE agency_id IN `+marks(len(some))+` ORDER BY agency_id, valid_from`, values(some)...)
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// Names are the names of persons.
func (tx reviewTx) Names(ctx context.Context, ids []account.PersonID) (map[account.PersonID]string, error) {
	out := map[account.PersonID]string{}
	type row struct {
		id   account.PersonID
		name string
	}
	for some := range slices.Chunk(ids, maxList) {
		err := each(ctx, tx, func(scan func(...any) error) (r row, err error) {
			err = scan(&r.id, &r.name)
			return r, err
		}, func(r row) error {
			out[r.id] = r.name
			return nil
		}, `SELECT id, name FROM persons WHERE id IN `+marks(len(some)), values(some)...)
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}
