package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/gongkai/gongkai/internal/agency"
	"github.com/gongkai/gongkai/internal/calendar"
	"github.com/gongkai/gongkai/internal/office"
)

// Office gives the use cases of agencies and people their store.
func Office(db *DB) As[office.Tx] { return For(db, func(tx *Tx) office.Tx { return officeTx{tx} }) }

type officeTx struct{ *Tx }

var _ office.Tx = officeTx{}

// Tell tells nobody; OfficeTelling gives a store that does.
func (officeTx) Tell(context.Context, office.Telling) error { return nil }

// civil reads a civil date that is kept as text; nothing is no date.
type civil calendar.Date

// Scan reads yyyy-mm-dd.
func (c *civil) Scan(v any) error {
	s, ok := v.(string)
	if !ok {
		return fmt.Errorf("store: a date is %T, not text", v)
	}
	var d calendar.Date
	if err := d.UnmarshalText([]byte(s)); err != nil {
		return fmt.Errorf("store: %w", err)
	}
	*c = civil(d)
	return nil
}

// Lock waits for every other change of agencies, people and rights. It is the same lock that chains the record, so that who
// holds it waits for nobody any more.
func (tx officeTx) Lock(ctx context.Context) error {
	_, err := tx.lockHead(ctx)
	return err
}

// Registry returns everything kept of agencies.
func (tx officeTx) Registry(ctx context.Context) (r office.Registry, err error) {
	r.Versions, err = list(ctx, tx, scanVersion, `SELECT agency_id, valid_from, valid_to, name, short, code, kind, level, superior_id,
		authority_id, reconsideration, court, group_name, position FROM agency_versions ORDER BY agency_id, valid_from`)
	if err != nil {
		return r, err
	}
	r.Sections, err = list(ctx, tx, func(scan func(...any) error) (s agency.Section, err error) {
		err = scan(&s.ID, &s.Agency, &s.Name, (*civil)(&s.From), (*civil)(&s.To))
		return s, err
	}, `SELECT id, agency_id, name, valid_from, valid_to FROM sections ORDER BY agency_id, id`)
	if err != nil {
		return r, err
	}
	r.Successions, err = list(ctx, tx, func(scan func(...any) error) (s agency.Succession, err error) {
		var at int64
		err = scan(&s.From, &s.Into, (*civil)(&s.On), &s.Note, &at)
		s.At = instant(at)
		return s, err
	}, `SELECT from_id, into_id, valid_from, note, at FROM successions ORDER BY at, from_id, into_id`)
	if err != nil {
		return r, err
	}
	r.Serials = map[agency.ID]int{}
	type count struct {
		id     agency.ID
		serial int
	}
	err = each(ctx, tx, func(scan func(...any) error) (c count, err error) {
		err = scan(&c.id, &c.serial)
		return c, err
	}, func(c count) error {
		r.Serials[c.id] = c.serial
		return nil
	}, `SELECT id, serial FROM agencies`)
	return r, err
}

func scanVersion(scan func(...any) error) (v agency.Version, err error) {
	err = scan(&v.Agency, (*civil)(&v.From), (*civil)(&v.To), &v.Name, &v.Short, &v.Code, &v.Kind, &v.Level, &v.Superior, &v.Authority,
		&v.Reconsideration, &v.Court, &v.Group, &v.Position)
	return v, err
}

// SaveAgency replaces the versions of an agency and counts its serial on.
func (tx officeTx) SaveAgency(ctx context.Context, id agency.ID, versions []agency.Version, serial int) error {
	if serial == 0 {
		if _, err := tx.exec(ctx, `INSERT INTO agencies (id) VALUES (?)`, id); err != nil {
			return err
		}
	} else if err := tx.fresh(ctx, `UPDATE agencies SET serial = serial + 1 WHERE id = ? AND serial = ?`, id, serial); err != nil {
		return err
	}
	if _, err := tx.exec(ctx, `DELETE FROM agency_versions WHERE agency_id = ?`, id); err != nil {
		return err
	}
	for _, v := range versions {
		if _, err := tx.exec(ctx, `INSERT INTO agency_versions (agency_id, valid_from, valid_to, name, short, code, kind, level, superior_id,
			authority_id, reconsideration, court, group_name, position) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			id, v.From.String(), v.To.String(), v.Name, v.Short, v.Code, v.Kind, v.Level, v.Superior, v.Authority, v.Reconsideration,
			v.Court, v.Group, v.Position); err != nil {
			return err
		}
	}
	return nil
}

// SaveSection keeps a section, new or known.
func (tx officeTx) SaveSection(ctx context.Context, s agency.Section) error {
	_, err := tx.exec(ctx, `INSERT INTO sections (id, agency_id, name, valid_from, valid_to) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET name = excluded.name, valid_from = excluded.valid_from, valid_to = excluded.valid_to`,
		s.ID, s.Agency, s.Name, s.From.String(), s.To.String())
	return err
}

// AddSuccession writes down who carries on the work of an agency.
func (tx officeTx) AddSuccession(ctx context.Context, s agency.Succession) error {
	_, err := tx.exec(ctx, `INSERT INTO successions (from_id, into_id, valid_from, note, at) VALUES (?, ?, ?, ?, ?)`,
		s.From, s.Into, s.On.String(), s.Note, millis(s.At))
	return err
}

// Places returns where agencies stand, of those that are known.
func (tx officeTx) Places(ctx context.Context, ids []agency.ID) (map[agency.ID]office.Place, error) {
	out := map[agency.ID]office.Place{}
	type row struct {
		id agency.ID
		office.Place
	}
	for len(ids) > 0 {
		some := ids[:min(len(ids), maxList)]
		ids = ids[len(some):]
		err := each(ctx, tx, func(scan func(...any) error) (r row, err error) {
			var live int
			err = scan(&r.id, &r.Path, &live)
			r.Live = live != 0
			return r, err
		}, func(r row) error {
			out[r.id] = r.Place
			return nil
		}, `SELECT id, path, live FROM agencies WHERE path <> '' AND id IN `+marks(len(some)), values(some)...)
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// SavePlaces keeps where agencies stand.
func (tx officeTx) SavePlaces(ctx context.Context, all map[agency.ID]office.Place) error {
	for id, p := range all {
		if _, err := tx.quiet(ctx, `UPDATE agencies SET path = ?, live = ? WHERE id = ? AND (path <> ? OR live <> ?)`,
			p.Path, flag(p.Live), id, p.Path, flag(p.Live)); err != nil {
			return err
		}
	}
	return nil
}

// keepImports is how long an import waits for its confirmation.
const keepImports = 24 * time.Hour

// KeepImport keeps an import that waits for its confirmation, and forgets those from before a day ago.
func (tx officeTx) KeepImport(ctx context.Context, digest string, body []byte) error {
	if _, err := tx.quiet(ctx, `DELETE FROM kept_imports WHERE created_at < ?`, tx.now.Add(-keepImports).UnixMilli()); err != nil {
		return err
	}
	_, err := tx.quiet(ctx, `INSERT INTO kept_imports (digest, body, created_at) VALUES (?, ?, ?)
		ON CONFLICT (digest) DO UPDATE SET created_at = excluded.created_at`, digest, string(body), tx.now.UnixMilli())
	return err
}

// KeptImport returns an import that waits.
func (tx officeTx) KeptImport(ctx context.Context, digest string) ([]byte, error) {
	body, ok, err := one(ctx, tx, scanString, `SELECT body FROM kept_imports WHERE digest = ?`, digest)
	if err == nil && !ok {
		err = errGone
	}
	return []byte(body), err
}

// maxList is how many values one query names.
const maxList = 500

// marks are the places of n values in a list: (?, ?, ?).
func marks(n int) string { return "(?" + strings.Repeat(", ?", n-1) + ")" }

func values[T any](list []T) []any {
	out := make([]any, len(list))
	for i, v := range list {
		out[i] = v
	}
	return out
}
