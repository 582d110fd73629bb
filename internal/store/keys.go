package store

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"

	"github.com/gongkai/gongkai/internal/account"
	"github.com/gongkai/gongkai/internal/audit"
	"github.com/gongkai/gongkai/internal/crypt"
)

// unlock opens the keys of protected fields with the master key; a fresh database gets its first ones.
func (db *DB) unlock(ctx context.Context) error {
	var keys []crypt.WrappedKey
	err := db.Update(ctx, func(tx *Tx) (err error) {
		if _, err := tx.lockHead(ctx); err != nil { // two programs that start at once make one set of keys
			return err
		}
		if keys, err = tx.wrappedKeys(ctx); err != nil || len(keys) > 0 {
			return err
		}
		if keys, err = crypt.NewKeys(*db.o.Master, db.o.FieldAlg, tx.now); err != nil {
			return err
		}
		return tx.addKeys(ctx, account.System("start"), "keys.create", keys)
	})
	if err != nil {
		return err
	}
	db.ring, err = crypt.Open(*db.o.Master, keys)
	if err != nil {
		return fmt.Errorf("store: keys: %w", err)
	}
	return nil
}

// Ring encrypts and opens what is protected; nil without a master key.
func (db *DB) Ring() *crypt.Ring { return db.ring }

func (tx *Tx) wrappedKeys(ctx context.Context) ([]crypt.WrappedKey, error) {
	return list(ctx, tx, func(scan func(...any) error) (k crypt.WrappedKey, err error) {
		var wrapped string
		var created, retired int64
		if err := scan(&k.ID, &k.Alg, &wrapped, &created, &retired); err != nil {
			return k, err
		}
		k.Created, k.Retired = instant(created), instant(retired)
		k.Wrapped, err = base64.StdEncoding.DecodeString(wrapped)
		return k, err
	}, `SELECT id, alg, wrapped, created_at, retired_at FROM data_keys ORDER BY created_at, id`)
}

func (tx *Tx) addKeys(ctx context.Context, by account.Actor, action string, keys []crypt.WrappedKey) error {
	for _, k := range keys {
		if _, err := tx.exec(ctx, `INSERT INTO data_keys (id, alg, wrapped, created_at, retired_at) VALUES (?, ?, ?, ?, ?)`,
			k.ID, k.Alg, base64.StdEncoding.EncodeToString(k.Wrapped), millis(k.Created), millis(k.Retired)); err != nil {
			return err
		}
		alg := string(k.Alg)
		if err := tx.Note(ctx, by, audit.Note{Action: action, Subject: audit.Subject{Kind: "key", ID: k.ID},
			Changes: []audit.Change{{Field: "alg", After: &alg}}}); err != nil {
			return err
		}
	}
	return nil
}

// RotateKey makes a new key for protected fields; from now on what is written is sealed with it. Older keys go on opening:
// the record of changes is never written again. Reseal seals the fields themselves with the new key.
func (db *DB) RotateKey(ctx context.Context, by account.Actor) error {
	if db.ring == nil {
		return errNoRing
	}
	var keys []crypt.WrappedKey
	err := db.Update(ctx, func(tx *Tx) (err error) {
		k, err := crypt.NewKey(*db.o.Master, db.o.FieldAlg, tx.now)
		if err != nil {
			return err
		}
		if _, err := tx.exec(ctx, `UPDATE data_keys SET retired_at = ? WHERE retired_at = 0 AND alg IN (?, ?)`,
			tx.now.UnixMilli(), crypt.AES256GCM, crypt.SM4GCM); err != nil {
			return err
		}
		if err := tx.addKeys(ctx, by, "keys.rotate", []crypt.WrappedKey{k}); err != nil {
			return err
		}
		keys, err = tx.wrappedKeys(ctx)
		return err
	})
	if err != nil {
		return err
	}
	ring, err := crypt.Open(*db.o.Master, keys)
	if err != nil {
		return fmt.Errorf("store: keys: %w", err)
	}
	db.ring = ring
	return nil
}

// Rewrap seals all keys with another master key. The program is started again with that one afterwards.
func (db *DB) Rewrap(ctx context.Context, by account.Actor, to crypt.Master) error {
	if db.ring == nil {
		return errNoRing
	}
	return db.Update(ctx, func(tx *Tx) error {
		keys, err := tx.wrappedKeys(ctx)
		if err != nil {
			return err
		}
		keys, err = crypt.Rewrap(*db.o.Master, to, keys)
		if err != nil {
			return err
		}
		for _, k := range keys {
			if err := tx.must(ctx, `UPDATE data_keys SET wrapped = ? WHERE id = ?`, base64.StdEncoding.EncodeToString(k.Wrapped), k.ID); err != nil {
				return err
			}
		}
		return tx.Note(ctx, by, audit.Note{Action: "keys.rewrap", Subject: audit.Subject{Kind: "key", ID: "master"}})
	})
}

// sealedColumn is a column whose values are sealed to their row.
type sealedColumn struct{ table, column, id string }

// sealedColumns are all columns with protected values. What is not here keeps its old key for ever.
func sealedColumns() []sealedColumn {
	return []sealedColumn{{"persons", "phone", "id"}, {"persons", "email", "id"}, {"persons", "totp", "id"}, {"review_events", "body", "id"}}
}

// resealAtOnce is how many rows one transaction seals again.
const resealAtOnce = 200

// Reseal seals every protected field that an older key has sealed with the newest one, and returns how many there were. It
// goes on where it was broken off.
func (db *DB) Reseal(ctx context.Context, by account.Actor) (n int, err error) {
	if db.ring == nil {
		return 0, errNoRing
	}
	for _, c := range sealedColumns() {
		for {
			done, err := db.resealSome(ctx, by, c)
			n += done
			if err != nil {
				return n, err
			}
			if done == 0 {
				break
			}
		}
	}
	return n, nil
}

type sealedValue struct{ id, value string }

func (db *DB) resealSome(ctx context.Context, by account.Actor, c sealedColumn) (n int, err error) {
	err = db.Update(ctx, func(tx *Tx) error {
		rows, err := list(ctx, tx, func(scan func(...any) error) (v sealedValue, err error) {
			err = scan(&v.id, &v.value)
			return v, err
		}, `SELECT `+c.id+`, `+c.column+` FROM `+c.table+` WHERE `+c.column+` <> '' AND `+c.column+` NOT LIKE ? LIMIT ?`,
			"g1."+db.ring.Current()+".%", resealAtOnce)
		if err != nil {
			return err
		}
		for _, v := range rows {
			plain, err := tx.openField(c.table, c.column, v.id, v.value)
			if err != nil {
				return err
			}
			again, err := tx.sealField(c.table, c.column, v.id, plain)
			if err != nil {
				return err
			}
			if err := tx.must(ctx, `UPDATE `+c.table+` SET `+c.column+` = ? WHERE `+c.id+` = ? AND `+c.column+` = ?`, again, v.id, v.value); err != nil {
				return err
			}
		}
		n = len(rows)
		if n == 0 {
			return nil
		}
		return tx.Note(ctx, by, audit.Note{Action: "keys.reseal", Subject: audit.Subject{Kind: "table", ID: c.table + "." + c.column}})
	})
	if errors.Is(err, errGone) {
		return 0, nil // somebody wrote the row meanwhile: with the newest key
	}
	return n, err
}

// Setting reads a setting; ok is false when it was never set.
func (tx *Tx) Setting(ctx context.Context, name string) (value string, serial int, ok bool, err error) {
	type row struct {
		value  string
		serial int
	}
	r, ok, err := one(ctx, tx, func(scan func(...any) error) (r row, err error) {
		err = scan(&r.value, &r.serial)
		return r, err
	}, `SELECT value, serial FROM settings WHERE name = ?`, name)
	return r.value, r.serial, ok, err
}

// SaveSetting keeps a setting, if nobody has changed it since serial was read (0: it was not there).
func (tx *Tx) SaveSetting(ctx context.Context, name, value string, serial int) error {
	if serial == 0 {
		return tx.fresh(ctx, `INSERT INTO settings (name, value) VALUES (?, ?) ON CONFLICT (name) DO NOTHING`, name, value)
	}
	return tx.fresh(ctx, `UPDATE settings SET value = ?, serial = serial + 1 WHERE name = ? AND serial = ?`, value, name, serial)
}
