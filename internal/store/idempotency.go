package store

import (
	"context"
	"time"

	"github.com/gongkai/gongkai/internal/fault"
)

// How long an answer is kept under its key, and how long a caller may work before the claim counts as abandoned.
const (
	keyKept   = 24 * time.Hour
	claimHeld = 10 * time.Minute
)

// Keys keeps the answers of the API under the keys that callers give, so that what was asked for twice is done once.
func Keys(db *DB) *IdempotencyKeys { return &IdempotencyKeys{db} }

// IdempotencyKeys is the store of answers under keys. What it keeps is no change of anybody's work, and not in the record.
type IdempotencyKeys struct{ db *DB }

var (
	errKeyBody    = fault.New(fault.Conflict, "api.key_reused", "这个 Idempotency-Key 已经用在另一个内容不同的请求上；新的请求请换一个新的键")
	errKeyRunning = fault.New(fault.Conflict, "api.key_running", "同一个 Idempotency-Key 的请求还在办理；请等几秒再用同一个键查询结果")
	errKeyLost    = fault.New(fault.Conflict, "api.key_lost", "办理时间太长，这个 Idempotency-Key 已由后来的请求接手；请用同一个键查询结果")
)

type keptKey struct {
	claim, digest, answer string
	answered              bool
	at                    time.Time
}

func scanKey(scan func(...any) error) (k keptKey, err error) {
	var answered, at int64
	err = scan(&k.claim, &k.digest, &k.answer, &answered, &at)
	k.answered, k.at = answered != 0, instant(at)
	return k, err
}

// Begin claims a key of an actor on a route for a request with this digest. claim is for Finish or Forget; when it is "" the
// request was answered before, and answer is what was kept. A claim that was neither finished nor forgotten within ten minutes
// is taken over: whoever held it is gone.
// Errors: fault.Conflict "api.key_reused" when the key was used for something else, "api.key_running" while the first
// request is being answered.
func (k *IdempotencyKeys) Begin(ctx context.Context, actor, route, key, digest string) (claim string, answer []byte, err error) {
	err = k.db.Update(ctx, func(tx *Tx) error {
		claim, answer = "", nil
		if _, err := tx.quiet(ctx, `DELETE FROM idempotency_keys WHERE at <= ?`, tx.now.Add(-keyKept).UnixMilli()); err != nil {
			return err
		}
		fresh, err := newID()
		if err != nil {
			return err
		}
		n, err := tx.quiet(ctx, `INSERT INTO idempotency_keys (actor, route, idem_key, claim, digest, at) VALUES (?, ?, ?, ?, ?, ?)
			ON CONFLICT (actor, route, idem_key) DO NOTHING`, actor, route, key, fresh, digest, tx.now.UnixMilli())
		if err != nil {
			return err
		}
		if n > 0 {
			claim = fresh
			return nil
		}
		old, ok, err := one(ctx, tx, scanKey, `SELECT claim, digest, answer, answered, at FROM idempotency_keys
			WHERE actor = ? AND route = ? AND idem_key = ? {for update}`, actor, route, key)
		switch {
		case err != nil:
			return err
		case !ok:
			return errKeyRunning // it was forgotten this moment; asking again finds it free
		case old.digest != digest:
			return errKeyBody
		case old.answered:
			answer = []byte(old.answer)
			return nil
		case tx.now.Sub(old.at) < claimHeld:
			return errKeyRunning
		}
		claim = fresh
		_, err = tx.quiet(ctx, `UPDATE idempotency_keys SET claim = ?, at = ? WHERE claim = ?`, fresh, tx.now.UnixMilli(), old.claim)
		return err
	})
	if err != nil {
		return "", nil, err
	}
	return claim, answer, nil
}

// Finish keeps the answer of a claim; it is given to whoever asks again within 24 hours of the first request. answer is
// text. Errors: fault.Conflict "api.key_lost" when the claim was taken over meanwhile.
func (k *IdempotencyKeys) Finish(ctx context.Context, claim string, answer []byte) error {
	return k.db.Update(ctx, func(tx *Tx) error {
		n, err := tx.quiet(ctx, `UPDATE idempotency_keys SET answered = 1, answer = ? WHERE claim = ? AND answered = 0`, string(answer), claim)
		if err == nil && n == 0 {
			return errKeyLost
		}
		return err
	})
}

// Forget gives a claim up without an answer, so that the next request with the key is done anew.
func (k *IdempotencyKeys) Forget(ctx context.Context, claim string) error {
	return k.db.Update(ctx, func(tx *Tx) error {
		_, err := tx.quiet(ctx, `DELETE FROM idempotency_keys WHERE claim = ? AND answered = 0`, claim)
		return err
	})
}
