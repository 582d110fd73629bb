package store

import (
	"context"

	"github.com/gongkai/gongkai/internal/filing"
	"github.com/gongkai/gongkai/internal/report"
)

// Filing gives the keeping of reports its store.
func Filing(db *DB) As[filing.Tx] { return For(db, func(tx *Tx) filing.Tx { return filingTx{tx} }) }

type filingTx struct{ *Tx }

var _ filing.Tx = filingTx{}

// Agencies lists the expected agencies in the order of the list.
func (tx filingTx) Agencies(ctx context.Context) ([]filing.Agency, error) {
	return list(ctx, tx, func(scan func(...any) error) (a filing.Agency, err error) {
		err = scan(&a.Name, &a.Group)
		return a, err
	}, `SELECT name, group_name FROM expected_agencies ORDER BY position`)
}

// ReplaceAgencies replaces the list of expected agencies.
func (tx filingTx) ReplaceAgencies(ctx context.Context, all []filing.Agency) error {
	if _, err := tx.exec(ctx, `DELETE FROM expected_agencies`); err != nil {
		return err
	}
	for i, a := range all {
		if _, err := tx.exec(ctx, `INSERT INTO expected_agencies (name_key, name, group_name, position) VALUES (?, ?, ?, ?)`,
			report.AgencyKey(a.Name), a.Name, a.Group, i); err != nil {
			return err
		}
	}
	return nil
}
