package store

import (
	"context"
	"strings"
	"time"

	"github.com/gongkai/gongkai/internal/upkeep"
	"github.com/gongkai/gongkai/internal/work"
)

// Work gives the queue its store.
func Work(db *DB) As[work.Tx] { return For(db, func(tx *Tx) work.Tx { return workTx{tx} }) }

type workTx struct{ *Tx }

var _ work.Tx = workTx{}

// Enqueue asks for a job. Asking again counts its version up, so that one that is being done is done once more. It is a
// method of every transaction: whatever causes work asks for it where it writes.
func (tx *Tx) Enqueue(ctx context.Context, a work.Ask) error {
	id, err := newID()
	if err != nil {
		return err
	}
	at := a.At
	if at.IsZero() {
		at = tx.now
	}
	_, err = tx.quiet(ctx, `INSERT INTO jobs (id, job_key, kind, args, agency_id, low, state, due_at, asked_at)
		VALUES (?, ?, ?, ?, ?, ?, 'due', ?, ?)
		ON CONFLICT (job_key) DO UPDATE SET version = jobs.version + 1, args = excluded.args,
		attempts = CASE jobs.state WHEN 'failed' THEN 0 ELSE jobs.attempts END,
		due_at = CASE WHEN jobs.state = 'failed' OR jobs.leased = 0 AND excluded.due_at < jobs.due_at THEN excluded.due_at ELSE jobs.due_at END,
		state = 'due'`,
		id, string(a.Kind)+":"+a.Key, a.Kind, a.Args, a.Agency, flag(a.Low), at.UnixMilli(), tx.now.UnixMilli())
	return err
}

const jobColumns = `id, job_key, kind, args, agency_id, state, attempts, version, due_at, asked_at, error, ref`

func scanJob(scan func(...any) error) (j work.Job, err error) {
	var due, asked int64
	var key string
	err = scan(&j.ID, &key, &j.Kind, &j.Args, &j.Agency, &j.State, &j.Attempts, &j.Version, &due, &asked, &j.Error, &j.Ref)
	_, j.Key, _ = strings.Cut(key, ":")
	j.DueAt, j.Asked = instant(due), instant(asked)
	return j, err
}

// Claim takes the next job of these kinds that is due and leases it. A lease that runs out makes the job due again, whoever
// held it.
func (tx workTx) Claim(ctx context.Context, kinds []work.Kind, until time.Time) (work.Job, bool, error) {
	if len(kinds) == 0 {
		return work.Job{}, false, nil
	}
	args := []any{until.UnixMilli(), tx.now.UnixMilli()}
	for _, k := range kinds {
		args = append(args, k)
	}
	return one(ctx, tx, scanJob, `UPDATE jobs SET attempts = attempts + 1, due_at = ?, leased = 1
		WHERE id = (SELECT n.id FROM jobs n WHERE n.state = 'due' AND n.due_at <= ? AND n.kind IN (?`+strings.Repeat(", ?", len(kinds)-1)+`)
			ORDER BY n.low, n.due_at, n.id LIMIT 1 {skip locked})
		RETURNING `+jobColumns, args...)
}

// Reclaim makes every job due that is leased.
func (tx workTx) Reclaim(ctx context.Context) error {
	_, err := tx.quiet(ctx, `UPDATE jobs SET due_at = ?, leased = 0 WHERE state = 'due' AND leased = 1`, tx.now.UnixMilli())
	return err
}

// Finish removes a job, unless it was asked for again while it was done.
func (tx workTx) Finish(ctx context.Context, j work.Job) error {
	n, err := tx.quiet(ctx, `DELETE FROM jobs WHERE id = ? AND version = ?`, j.ID, j.Version)
	if err != nil || n > 0 {
		return err
	}
	_, err = tx.quiet(ctx, `UPDATE jobs SET due_at = ?, attempts = 0, leased = 0, state = 'due', error = '', ref = '' WHERE id = ?`,
		tx.now.UnixMilli(), j.ID)
	return err
}

// Release gives a job back, due again at the given time.
func (tx workTx) Release(ctx context.Context, j work.Job, due time.Time, message, ref string) error {
	_, err := tx.quiet(ctx, `UPDATE jobs SET due_at = ?, leased = 0, error = ?, ref = ? WHERE id = ?`, due.UnixMilli(), message, ref, j.ID)
	return err
}

// Fail keeps a job as failed, unless it was asked for again meanwhile: then it is due again.
func (tx workTx) Fail(ctx context.Context, j work.Job, message, ref string) error {
	_, err := tx.quiet(ctx, `UPDATE jobs SET state = CASE version WHEN ? THEN 'failed' ELSE 'due' END,
		attempts = CASE version WHEN ? THEN attempts ELSE 0 END, due_at = ?, leased = 0, error = ?, ref = ? WHERE id = ?`,
		j.Version, j.Version, tx.now.UnixMilli(), message, ref, j.ID)
	return err
}

// Jobs lists jobs, failed ones first, then by when they are due.
func (tx workTx) Jobs(ctx context.Context, limit int) ([]work.Job, error) {
	return list(ctx, tx, scanJob, `SELECT `+jobColumns+` FROM jobs
		ORDER BY CASE state WHEN 'failed' THEN 0 ELSE 1 END, due_at, id LIMIT ?`, limit)
}

// Counts is how many jobs there are by kind and state.
func (tx workTx) Counts(ctx context.Context) ([]work.Count, error) {
	return list(ctx, tx, func(scan func(...any) error) (c work.Count, err error) {
		var oldest int64
		err = scan(&c.Kind, &c.State, &c.N, &oldest)
		c.Oldest = instant(oldest)
		return c, err
	}, `SELECT kind, state, COUNT(*), MIN(due_at) FROM jobs GROUP BY kind, state ORDER BY kind, state`)
}

// Retry makes a failed job due again. That a person did so is for the caller to note.
func (tx workTx) Retry(ctx context.Context, id work.ID) error {
	return tx.must(ctx, `UPDATE jobs SET state = 'due', attempts = 0, due_at = ? WHERE id = ? AND state = 'failed'`, tx.now.UnixMilli(), id)
}

// Drop removes a failed job. That a person did so is for the caller to note.
func (tx workTx) Drop(ctx context.Context, id work.ID) error {
	return tx.must(ctx, `DELETE FROM jobs WHERE id = ? AND state = 'failed'`, id)
}

// Upkeep gives what people do about jobs its store.
func Upkeep(db *DB) As[upkeep.Tx] { return For(db, func(tx *Tx) upkeep.Tx { return workTx{tx} }) }
