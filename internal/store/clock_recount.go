package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/gongkai/gongkai/internal/account"
	"github.com/gongkai/gongkai/internal/clock"
)

const recountColumns = `id, causes, asked_at, asked_by, done_at, seen, gained, lost, settled, failed`

func scanRecount(scan func(...any) error) (r clock.Recount, err error) {
	var causes string
	var asked, done int64
	err = scan(&r.ID, &causes, &asked, &r.By, &done, &r.Seen, &r.Gained, &r.Lost, &r.Settled, &r.Failed)
	if err != nil {
		return r, err
	}
	r.Asked, r.Done = instant(asked), instant(done)
	return r, json.Unmarshal([]byte(causes), &r.Causes)
}

// RunningRecount returns the recount that has not ended.
func (tx clockTx) RunningRecount(ctx context.Context) (clock.Recount, bool, error) {
	return one(ctx, tx, scanRecount, `SELECT `+recountColumns+` FROM clock_recounts WHERE done_at = 0 ORDER BY id LIMIT 1 {for update}`)
}

// Recount returns a recount.
func (tx clockTx) Recount(ctx context.Context, id clock.RecountID) (clock.Recount, error) {
	r, ok, err := one(ctx, tx, scanRecount, `SELECT `+recountColumns+` FROM clock_recounts WHERE id = ?`, id)
	if err == nil && !ok {
		err = errGone
	}
	return r, err
}

// Recounts lists the newest recounts.
func (tx clockTx) Recounts(ctx context.Context, limit int) ([]clock.Recount, error) {
	return list(ctx, tx, scanRecount, `SELECT `+recountColumns+` FROM clock_recounts ORDER BY id DESC LIMIT ?`, limit)
}

// SaveRecount keeps a recount: what is derived from the calendar, and how far that has come.
func (tx clockTx) SaveRecount(ctx context.Context, r clock.Recount) error {
	causes, err := json.Marshal(r.Causes)
	if err != nil {
		return fmt.Errorf("store: recount: %w", err)
	}
	_, err = tx.quiet(ctx, `INSERT INTO clock_recounts (id, causes, asked_at, asked_by, done_at, seen, gained, lost, settled, failed)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET causes = excluded.causes, done_at = excluded.done_at,
		seen = excluded.seen, gained = excluded.gained, lost = excluded.lost, settled = excluded.settled, failed = excluded.failed`,
		r.ID, string(causes), millis(r.Asked), r.By, millis(r.Done), r.Seen, r.Gained, r.Lost, r.Settled, r.Failed)
	return err
}

// SaveMove keeps what a recount did to a clock. A second time in one recount, where it stood at first stays, and the days
// add up.
func (tx clockTx) SaveMove(ctx context.Context, id clock.RecountID, m clock.Move) error {
	_, err := tx.exec(ctx, `INSERT INTO clock_moves (recount_id, clock_id, was, was_provisional, now, now_provisional, days, problem)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (recount_id, clock_id) DO UPDATE SET now = excluded.now,
		now_provisional = excluded.now_provisional, days = clock_moves.days + excluded.days, problem = excluded.problem`,
		id, m.Clock, m.Was.String(), flag(m.WasOpen), m.Is.String(), flag(m.IsOpen), m.DaysBetween, m.Problem)
	return err
}

const moveQuery = `SELECT c.id, c.agency_id, c.title, c.kind, c.owner_id, c.section_id, c.frozen, m.was, m.was_provisional, m.now,
	m.now_provisional, m.days, m.problem FROM clock_moves m JOIN clocks c ON c.id = m.clock_id WHERE m.recount_id = ?`

func scanMove(scan func(...any) error) (m clock.Move, err error) {
	var was, is int64
	err = scan(&m.Clock, &m.Agency, &m.Title, &m.Kind, &m.Owner.Person, &m.Owner.Section, (*dated)(&m.FrozenSaid), (*dated)(&m.Was), &was,
		(*dated)(&m.Is), &is, &m.DaysBetween, &m.Problem)
	m.WasOpen, m.IsOpen = was != 0, is != 0
	return m, err
}

// Moves lists what a recount did, by where the clocks stand now.
func (tx clockTx) Moves(ctx context.Context, id clock.RecountID, owners []account.PersonID, limit int) ([]clock.Move, error) {
	query, args := moveQuery, []any{id}
	if len(owners) > 0 {
		cond, more := inList("c.owner_id", owners)
		query, args = query+` AND `+cond, append(args, more...)
	}
	return list(ctx, tx, scanMove, query+` ORDER BY m.now, c.id LIMIT ?`, append(args, limit)...)
}

// EachMove gives every move of a recount.
func (tx clockTx) EachMove(ctx context.Context, id clock.RecountID, give func(clock.Move) error) error {
	return each(ctx, tx, scanMove, give, moveQuery+` ORDER BY c.id`, id)
}

// FeedKey returns since when a person has a feed.
func (tx clockTx) FeedKey(ctx context.Context, p account.PersonID) (time.Time, bool, error) {
	at, ok, err := one(ctx, tx, scanInt, `SELECT made_at FROM clock_feeds WHERE person_id = ?`, p)
	return instant(at), ok, err
}

// FeedOwner finds whose feed has a key with this digest.
func (tx clockTx) FeedOwner(ctx context.Context, digest string) (account.PersonID, error) {
	p, ok, err := one(ctx, tx, scanString, `SELECT person_id FROM clock_feeds WHERE digest = ?`, digest)
	if err == nil && !ok {
		err = errGone
	}
	return account.PersonID(p), err
}

// SaveFeedKey keeps the digest of the key of a person's feed.
func (tx clockTx) SaveFeedKey(ctx context.Context, p account.PersonID, digest string) error {
	if digest == "" {
		_, err := tx.exec(ctx, `DELETE FROM clock_feeds WHERE person_id = ?`, p)
		return err
	}
	_, err := tx.exec(ctx, `INSERT INTO clock_feeds (person_id, digest, made_at) VALUES (?, ?, ?)
		ON CONFLICT (person_id) DO UPDATE SET digest = excluded.digest, made_at = excluded.made_at`, p, digest, millis(tx.now))
	return err
}
