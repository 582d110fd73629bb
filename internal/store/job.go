package store

import (
	"context"
	"time"

	"github.com/gongkai/gongkai/internal/filing"
)

// Enqueue asks for work on a report. Asking again counts the version up, so that a job that is running is done once more.
func (tx *Tx) Enqueue(ctx context.Context, kind filing.JobKind, id filing.ReportID) error {
	jid, err := newID()
	if err != nil {
		return err
	}
	_, err = tx.exec(ctx, `INSERT INTO jobs (id, job_key, kind, report_id, due_at) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (job_key) DO UPDATE SET version = jobs.version + 1`,
		jid, string(kind)+":"+string(id), kind, id, tx.now.UnixMilli())
	return err
}

// Claim takes the next job that is due and leases it. A lease that runs out makes the job due again, whoever held it.
func (tx *Tx) Claim(ctx context.Context, until time.Time) (filing.Job, bool, error) {
	return one(ctx, tx, func(scan func(...any) error) (j filing.Job, err error) {
		err = scan(&j.ID, &j.Kind, &j.ReportID, &j.Attempts, &j.Version)
		return j, err
	}, `UPDATE jobs SET attempts = attempts + 1, due_at = ?
		WHERE id = (SELECT n.id FROM jobs n WHERE n.due_at <= ? 
			ORDER BY CASE n.kind WHEN 'again' THEN 1 ELSE 0 END, n.due_at, n.id LIMIT 1`+skipLocked+`)
		RETURNING id, kind, report_id, attempts, version`, until.UnixMilli(), tx.now.UnixMilli())
}

// Reclaim makes every job due that is leased or put off.
func (tx *Tx) Reclaim(ctx context.Context) error {
	_, err := tx.exec(ctx, `UPDATE jobs SET due_at = ? WHERE due_at > ?`, tx.now.UnixMilli(), tx.now.UnixMilli())
	return err
}

// Finish removes a job, unless it was asked for again while it ran.
func (tx *Tx) Finish(ctx context.Context, j filing.Job) error {
	n, err := tx.exec(ctx, `DELETE FROM jobs WHERE id = ? AND version = ?`, j.ID, j.Version)
	if err != nil || n > 0 {
		return err
	}
	_, err = tx.exec(ctx, `UPDATE jobs SET due_at = ?, attempts = 0 WHERE id = ?`, tx.now.UnixMilli(), j.ID)
	return err
}

// Release gives a job back, due again at the given time.
func (tx *Tx) Release(ctx context.Context, j filing.Job, due time.Time) error {
	_, err := tx.exec(ctx, `UPDATE jobs SET due_at = ? WHERE id = ?`, due.UnixMilli(), j.ID)
	return err
}
