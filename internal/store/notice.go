package store

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/gongkai/gongkai/internal/notice"
)

// Notices gives telling people its store.
func Notices(db *DB) As[notice.Tx] { return For(db, func(tx *Tx) notice.Tx { return noticeTx{tx} }) }

// NoticeTx is a transaction as telling people needs it, for those who tell in the transaction of the fact.
func NoticeTx(tx *Tx) notice.Tx { return noticeTx{tx} }

type noticeTx struct{ *Tx }

var _ notice.Tx = noticeTx{}

// SaveNotice keeps a notice, unless the person has been told under its key. What people are told is no act of theirs: the
// record holds the fact itself.
func (tx noticeTx) SaveNotice(ctx context.Context, n notice.Notice) (notice.ID, bool, error) {
	id, err := newID()
	if err != nil {
		return "", false, err
	}
	rows, err := tx.quiet(ctx, `INSERT INTO notices (id, person_id, agency_id, kind, title, text, link, told_key, at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (person_id, told_key) DO NOTHING`,
		id, n.To, n.Agency, n.Kind, n.Title, n.Text, n.Link, n.Key, millis(n.At))
	return notice.ID(id), rows > 0, err
}

const noticeColumns = `id, person_id, agency_id, kind, title, text, link, told_key, at, read_at`

func scanNotice(scan func(...any) error) (n notice.Notice, err error) {
	var at, read int64
	err = scan(&n.ID, &n.To, &n.Agency, &n.Kind, &n.Title, &n.Text, &n.Link, &n.Key, &at, &read)
	n.At, n.ReadAt = instant(at), instant(read)
	return n, err
}

// Notice returns a notice.
func (tx noticeTx) Notice(ctx context.Context, id notice.ID) (notice.Notice, error) {
	n, ok, err := one(ctx, tx, scanNotice, `SELECT `+noticeColumns+` FROM notices WHERE id = ?`, id)
	if err == nil && !ok {
		err = errGone
	}
	return n, err
}

// Notices lists a person's notices, newest first.
func (tx noticeTx) Notices(ctx context.Context, p notice.Person, q notice.Query) ([]notice.Notice, error) {
	where, args := `person_id = ?`, []any{p}
	if q.Unread {
		where += ` AND read_at = 0`
	}
	if q.Before != "" {
		where, args = where+` AND id < ?`, append(args, q.Before)
	}
	return list(ctx, tx, scanNotice, `SELECT `+noticeColumns+` FROM notices WHERE `+where+` ORDER BY id DESC LIMIT ?`, append(args, q.Limit)...)
}

// Unread is how many notices a person has not read.
func (tx noticeTx) Unread(ctx context.Context, p notice.Person) (int, error) {
	n, _, err := one(ctx, tx, scanInt, `SELECT COUNT(*) FROM notices WHERE person_id = ? AND read_at = 0`, p)
	return int(n), err
}

// MarkRead marks a person's notices as read, all of them where no id is given.
func (tx noticeTx) MarkRead(ctx context.Context, p notice.Person, ids []notice.ID, at time.Time) (int, error) {
	where, args := ``, []any{millis(at), p}
	if len(ids) > 0 {
		where = ` AND id IN (?` + strings.Repeat(`, ?`, len(ids)-1) + `)`
		for _, id := range ids {
			args = append(args, id)
		}
	}
	n, err := tx.quiet(ctx, `UPDATE notices SET read_at = ? WHERE person_id = ? AND read_at = 0`+where, args...)
	return int(n), err
}

// Preference returns what a person chose.
func (tx noticeTx) Preference(ctx context.Context, p notice.Person) (notice.Preference, error) {
	out := notice.Preference{Person: p}
	text, ok, err := one(ctx, tx, scanString, `SELECT value FROM notice_preferences WHERE person_id = ?`, p)
	if err != nil || !ok {
		return out, err
	}
	if err := json.Unmarshal([]byte(text), &out); err != nil {
		return out, fmt.Errorf("store: preference of %s: %w", p, err)
	}
	return out, nil
}

// SavePreference keeps what a person chose for themselves.
func (tx noticeTx) SavePreference(ctx context.Context, p notice.Preference) error {
	text, err := json.Marshal(p)
	if err != nil {
		return fmt.Errorf("store: preference of %s: %w", p.Person, err)
	}
	_, err = tx.quiet(ctx, `INSERT INTO notice_preferences (person_id, value) VALUES (?, ?)
		ON CONFLICT (person_id) DO UPDATE SET value = excluded.value`, p.Person, string(text))
	return err
}

// Contact returns how a person can be reached; nothing for a closed account.
func (tx noticeTx) Contact(ctx context.Context, p notice.Person) (notice.Contact, error) {
	c, _, err := one(ctx, tx, func(scan func(...any) error) (c notice.Contact, err error) {
		err = scan(&c.Mail, &c.Phone)
		return c, err
	}, `SELECT email, phone FROM persons WHERE id = ? AND closed_at = 0`, p)
	if err != nil {
		return c, err
	}
	if c.Mail, err = tx.openField("persons", "email", string(p), c.Mail); err != nil {
		return c, err
	}
	c.Phone, err = tx.openField("persons", "phone", string(p), c.Phone)
	return c, err
}

// EnqueueDelivery keeps a delivery that has still to be made.
func (tx noticeTx) EnqueueDelivery(ctx context.Context, d notice.Delivery) error {
	_, err := tx.quiet(ctx, `INSERT INTO deliveries (notice_id, channel, person_id, due_at, digest) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (notice_id, channel) DO NOTHING`, d.Notice, d.Channel, d.To, millis(d.Due), flag(d.Digest))
	return err
}

func scanDelivery(scan func(...any) error) (d notice.Delivery, err error) {
	var due, digest int64
	err = scan(&d.Notice, &d.To, &d.Channel, &due, &digest)
	d.Due, d.Digest = instant(due), digest != 0
	return d, err
}

// Waiting lists deliveries that have not ended: of a notice on a channel.
func (tx noticeTx) Waiting(ctx context.Context, id notice.ID, c notice.Channel) ([]notice.Delivery, error) {
	return list(ctx, tx, scanDelivery, `SELECT notice_id, person_id, channel, due_at, digest FROM deliveries
		WHERE notice_id = ? AND channel = ? AND outcome = ''`, id, c)
}

// WaitingDigest lists a person's deliveries for the morning mail that are due and have not ended, oldest first.
func (tx noticeTx) WaitingDigest(ctx context.Context, p notice.Person, until time.Time) ([]notice.Delivery, error) {
	return list(ctx, tx, scanDelivery, `SELECT notice_id, person_id, channel, due_at, digest FROM deliveries
		WHERE person_id = ? AND outcome = '' AND digest = 1 AND due_at <= ? ORDER BY due_at, notice_id`, p, millis(until))
}

// EndDelivery keeps how a delivery ended.
func (tx noticeTx) EndDelivery(ctx context.Context, d notice.Delivery, o notice.Outcome, why string) error {
	_, err := tx.quiet(ctx, `UPDATE deliveries SET outcome = ?, why = ?, ended_at = ? WHERE notice_id = ? AND channel = ? AND outcome = ''`,
		o, why, tx.now.UnixMilli(), d.Notice, d.Channel)
	return err
}
