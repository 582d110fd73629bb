package backup

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strconv"
	"time"

	"github.com/gongkai/gongkai/internal/account"
	"github.com/gongkai/gongkai/internal/audit"
	"github.com/gongkai/gongkai/internal/blob"
	"github.com/gongkai/gongkai/internal/crypt"
	"github.com/gongkai/gongkai/internal/fault"
	"github.com/gongkai/gongkai/internal/store"
)

// Target is where a backup is put back.
type Target struct {
	Store   store.Options
	Files   func(context.Context) (blob.Store, error) // opens the files, once everything was verified
	Master  *crypt.Master                             // the master key of that place; nil where there is none yet
	Replace bool                                      // put it in the place of what is there
}

// Result says what a restore did.
type Result struct {
	Manifest Manifest
	Kept     string // where the database that was there is kept, "" when there was none or on PostgreSQL
	Replaced bool   // there was something
	Keys     int    // keys of protected fields in the backup
	Opened   bool   // the master key of this place opens them
}

// Restore puts a backup back. Everything is verified first: the file, every row, every digest, then in a database built beside
// the keys, the references, and the record of changes up to the head that the manifest names. Only then are the files added,
// and the database takes its place in one step. With any error, what was there stays as it was. A backup of an older version
// is brought to this one. Where something was replaced, the record that comes back says so in a last entry: which backup, and
// which head was there.
// Errors: fault.Conflict while others have the database open, or when there is something and Replace is not set;
// fault.Unreadable, fault.Incapable for the backup; fault.Incapable where the master key is another one.
func Restore(ctx context.Context, path string, to Target, say Progress) (res Result, err error) {
	place, err := store.ClaimPlace(ctx, to.Store)
	if err != nil {
		return res, err
	}
	defer func() { err = errors.Join(err, place.Close()) }()
	rows, before, err := place.Holds(ctx)
	if err != nil {
		return res, err
	}
	if rows && !to.Replace {
		return res, fault.New(fault.Conflict, "restore.not_empty", "目标数据库里已有数据，没有动；确实要用备份替换它，请加 --replace")
	}
	res.Replaced = rows
	a, err := Open(ctx, path, say)
	if err != nil {
		return res, err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	res.Manifest = a.Manifest
	if err := a.Verify(ctx, say); err != nil {
		return res, err
	}
	say.say("在旁边建立数据库并核对操作记录链")
	staged, err := a.stage(ctx, place)
	if err != nil {
		return res, err
	}
	defer func() { err = errors.Join(err, staged.Close()) }()
	if res.Keys, err = staged.KeysOpen(ctx, to.Master); err != nil {
		return res, err
	}
	res.Opened = to.Master != nil
	if rows {
		if err := staged.Note(ctx, account.System("restore"), replaced(a.Manifest, before)); err != nil {
			return res, err
		}
	}
	if err := a.putFiles(ctx, to, say); err != nil {
		return res, err
	}
	say.say("换上恢复的数据库")
	res.Kept, err = staged.Take(ctx)
	return res, err
}

func (a *Archive) stage(ctx context.Context, place *store.Place) (*store.Staged, error) {
	m := a.Manifest
	hash, err := hex.DecodeString(m.Audit.Hash)
	if err != nil {
		return nil, damaged("manifest", "清单里的链头不对", err)
	}
	at := store.Moment{Kind: m.Database, Version: m.Schema, Head: audit.Head{Seq: m.Audit.Seq, Hash: hash, At: m.Audit.At}}
	for _, t := range m.Tables {
		at.Tables = append(at.Tables, t.Table)
	}
	return place.Stage(ctx, at, func(add func(int, []any) error) error {
		for i := range m.Tables {
			if err := a.EachRow(ctx, i, func(values []any) error { return add(i, values) }); err != nil {
				return err
			}
		}
		return nil
	})
}

// putFiles adds the files to the store. Each has the name of its content: nothing that is there is changed.
func (a *Archive) putFiles(ctx context.Context, to Target, say Progress) error {
	if a.Manifest.Files.Count == 0 {
		return nil
	}
	files, err := to.Files(ctx)
	if err != nil {
		return err
	}
	n := 0
	err = a.EachFile(func(digest string, size int64, r io.Reader) error {
		info, err := files.Put(ctx, r, size)
		if err != nil {
			return err
		}
		if info.Digest != digest {
			return damaged("sums", fileName(digest)+"与校验值不符", nil)
		}
		if n++; n%1000 == 0 {
			say.say("放回文件：%d / %d", n, a.Manifest.Files.Count)
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("backup: files: %w", err)
	}
	say.say("放回文件：%d 个", n)
	return nil
}

// replaced is what the record says of a restore that took the place of something.
func replaced(m Manifest, before audit.Head) audit.Note {
	text := func(s string) *string { return &s }
	return audit.Note{Action: "site.restore", Subject: audit.Subject{Kind: "site"}, Cause: "从备份恢复，替换了原有数据",
		Changes: []audit.Change{
			{Field: "backup", After: text(m.MadeAt.Format(time.RFC3339))},
			{Field: "head_seq", Before: text(strconv.FormatInt(before.Seq, 10)), After: text(strconv.FormatInt(m.Audit.Seq, 10))},
			{Field: "head_hash", Before: text(hexOf(before.Hash)), After: text(m.Audit.Hash)},
		}}
}
