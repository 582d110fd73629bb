package store

import (
	"context"

	"github.com/gongkai/gongkai/internal/filing"
)

// CreateBatch opens a batch.
func (tx filingTx) CreateBatch(ctx context.Context) (filing.BatchID, error) {
	id, err := newID()
	if err != nil {
		return "", err
	}
	_, err = tx.exec(ctx, `INSERT INTO batches (id, created_at) VALUES (?, ?)`, id, tx.now.UnixMilli())
	return filing.BatchID(id), err
}

// AddItem adds a file to a batch.
func (tx filingTx) AddItem(ctx context.Context, id filing.BatchID, it filing.Item, report filing.ReportID) error {
	return tx.must(ctx, `INSERT INTO batch_items (batch_id, seq, name, size, report_id, repeated, error_code, error_message)
		SELECT b.id, (SELECT COALESCE(MAX(i.seq), 0) + 1 FROM batch_items i WHERE i.batch_id = b.id), ?, ?, ?, ?, ?, ?
		FROM batches b WHERE b.id = ?`,
		it.Name, it.Size, report, flag(it.Repeated), it.ErrorCode, it.ErrorMessage, id)
}

// Batch returns a batch with its items.
func (tx filingTx) Batch(ctx context.Context, id filing.BatchID) (filing.Batch, error) {
	at, ok, err := one(ctx, tx, scanInt, `SELECT created_at FROM batches WHERE id = ?`, id)
	if err != nil {
		return filing.Batch{}, err
	}
	if !ok {
		return filing.Batch{}, errGone
	}
	items, err := list(ctx, tx, scanItem, `SELECT i.name, i.size, i.repeated, i.error_code, i.error_message,
		COALESCE(r.id, ''), COALESCE(f.name, ''), COALESCE(r.agency, ''), COALESCE(r.year, 0), COALESCE(r.status, ''),
		COALESCE(r.errors, 0), COALESCE(r.warnings, 0), COALESCE(r.not_assessable, 0), COALESCE(r.doubts, 0),
		COALESCE(r.error_code, ''), COALESCE(r.error_message, ''), COALESCE(r.created_at, 0)
		FROM batch_items i LEFT JOIN reports r ON r.id = i.report_id LEFT JOIN files f ON f.digest = r.digest
		WHERE i.batch_id = ? ORDER BY i.seq`, id)
	return filing.Batch{ID: id, CreatedAt: instant(at), Items: items}, err
}

func scanItem(scan func(...any) error) (it filing.Item, err error) {
	var s filing.Summary
	var at, repeated int64
	dest := append([]any{&it.Name, &it.Size, &repeated, &it.ErrorCode, &it.ErrorMessage}, summaryDest(&s, &at)...)
	if err := scan(dest...); err != nil {
		return it, err
	}
	it.Repeated = repeated != 0
	if s.ID != "" {
		s.ReceivedAt = instant(at)
		it.Report = &s
	}
	return it, nil
}
