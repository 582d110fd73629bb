package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/gongkai/gongkai/internal/backup"
	"github.com/gongkai/gongkai/internal/blob"
	"github.com/gongkai/gongkai/internal/config"
	"github.com/gongkai/gongkai/internal/crypt"
	"github.com/gongkai/gongkai/internal/fault"
	"github.com/gongkai/gongkai/internal/store"
)

// Backup copies a whole site into one file while it runs: see backup.Write. The data are neither changed nor brought to
// another version. say is told what is being done.
func Backup(ctx context.Context, c config.Config, path string, say func(string)) (m backup.Manifest, err error) {
	db, err := store.OpenToCopy(ctx, store.Options{URL: c.DB, Dir: c.Data})
	if err != nil {
		return m, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	files, err := blob.Open(ctx, blobPlace(c))
	if err != nil {
		return m, err
	}
	sample, err := os.ReadFile(filepath.Join(c.Data, demoMark))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return m, fmt.Errorf("app: backup: %w", err)
	}
	return backup.Write(ctx, path, backup.Source{DB: db, Files: files, Program: built(), Sample: len(sample) > 0, Now: time.Now()}, say)
}

// Restore puts a backup in the place that the settings name: see backup.Restore. A master key is never made here: the one that
// belongs to the backup may be put there afterwards.
func Restore(ctx context.Context, c config.Config, path string, replace bool, say func(string)) (res backup.Result, err error) {
	to := backup.Target{Store: store.Options{URL: c.DB, Dir: c.Data, HashAlg: c.Hash}, Replace: replace,
		Files: func(ctx context.Context) (blob.Store, error) { return blob.Open(ctx, blobPlace(c)) }}
	if to.Master, err = keyAtHand(c); err != nil {
		return res, err
	}
	res, err = backup.Restore(ctx, path, to, say)
	if err != nil {
		return res, err
	}
	// Whether the data are samples is said by a file beside them.
	mark := filepath.Join(c.Data, demoMark)
	if res.Manifest.Sample {
		err = os.WriteFile(mark, []byte(demoFilled), 0o600)
	} else if err = os.Remove(mark); errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	if err != nil {
		return res, fmt.Errorf("app: restore: %w", err)
	}
	return res, nil
}

// keyAtHand is the master key of a place, nil where there is none yet.
func keyAtHand(c config.Config) (*crypt.Master, error) {
	var m crypt.Master
	var err error
	if c.Key != "" {
		m, err = crypt.ParseMaster(c.Key)
	} else {
		m, err = crypt.ReadKeyFile(keyFile(c))
	}
	if errors.Is(err, fault.NotFound) {
		return nil, nil //nolint:nilnil // no key is no error here
	}
	return &m, err
}

// KeyPlace names where the master key is looked for, for people.
func KeyPlace(c config.Config) string {
	if c.Key != "" {
		return "环境变量 GONGKAI_KEY"
	}
	return keyFile(c)
}

// Migrate brings the data to this version of the program, and returns the version of the schema before and after. A fresh
// database had version 0.
func Migrate(ctx context.Context, c config.Config) (from, to int64, err error) {
	o := store.Options{URL: c.DB, Dir: c.Data}
	db, err := store.OpenToCopy(ctx, o)
	if err == nil {
		from, err = db.SchemaVersion(ctx)
		err = errors.Join(err, db.Close())
	}
	if err != nil && !errors.Is(err, fault.NotFound) {
		return 0, 0, err
	}
	if db, err = store.Open(ctx, o); err != nil {
		return from, 0, err
	}
	to, err = db.SchemaVersion(ctx)
	return from, to, errors.Join(err, db.Close())
}
