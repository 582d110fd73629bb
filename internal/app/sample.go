package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/gongkai/gongkai/internal/fault"
	"github.com/gongkai/gongkai/internal/store"
)

// demoMark is the file that says that a data folder holds samples. The pages of such a folder carry the badge, whoever
// serves it and however.
const demoMark = "demo"

const (
	demoFilling = "filling\n" // the samples are being made; a start that was broken off begins anew
	demoFilled  = "filled\n"
)

// scratch begins the names of folders in which the samples are made, beside the data.
const scratch = "demo-filling-"

// isSample says whether the data folder holds samples, or is to be filled with them.
func isSample(o Options) (bool, error) {
	mark, err := sampleMark(o)
	return mark != "" || o.Serve.Demo, err
}

// sampleMark is what the mark of the data folder says, "" where there is none. Errors: fault.Usage.
func sampleMark(o Options) (string, error) {
	mark, err := os.ReadFile(filepath.Join(o.Config.Data, demoMark))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", badData(o.Config.Data, err)
	}
	return string(mark), nil
}

// fillSample fills a fresh site with the samples of a year. They are made in a database beside, with a clock of its own that
// goes through the year, and take their place in one step: a site has all of them or none, and a start that was broken off
// is begun anew. Errors: fault.Usage for a site that holds other data.
func fillSample(ctx context.Context, o Options) error {
	mark, err := sampleMark(o)
	if err != nil || mark == demoFilled {
		return err
	}
	if err := makeFolder(o.Config.Data); err != nil {
		return badData(o.Config.Data, err)
	}
	used, err := inUse(ctx, o)
	if err != nil {
		return err
	}
	switch {
	case used && mark == "":
		return fault.New(fault.Usage, "serve.demo", "数据文件夹“"+o.Config.Data+"”里已有数据，示例数据没有装入，原有数据没有动；请用 --data 另指一个新文件夹，或去掉 --demo")
	case !used: // else the start that was broken off had come as far as putting them there
		err = takeSample(ctx, o)
	}
	if err == nil {
		err = markSample(o, demoFilled)
	}
	if err != nil {
		return fmt.Errorf("app: sample: %w", err)
	}
	return nil
}

func markSample(o Options, mark string) error {
	return os.WriteFile(filepath.Join(o.Config.Data, demoMark), []byte(mark), 0o600)
}

// inUse reports whether somebody has begun to use the site.
func inUse(ctx context.Context, o Options) (bool, error) {
	db, err := store.OpenToCopy(ctx, store.Options{URL: o.Config.DB, Dir: o.Config.Data})
	if errors.Is(err, fault.NotFound) {
		return false, nil
	}
	if err != nil {
		return false, badDatabase(o.Config, err)
	}
	if err := db.Close(); err != nil {
		return false, err
	}
	s, err := open(ctx, o)
	if err != nil {
		return false, err
	}
	empty, err := s.empty(ctx)
	return !empty, errors.Join(err, s.Close())
}

func (s *System) empty(ctx context.Context) (bool, error) {
	started, err := s.Office.Started(ctx)
	if err != nil || started {
		return false, err
	}
	return s.Filing.Empty(ctx)
}

// takeSample makes the samples beside the place of the data, which is held alone, and puts them there.
func takeSample(ctx context.Context, o Options) (err error) {
	// No master key is needed: the keys go along as they are.
	place, err := store.ClaimPlace(ctx, store.Options{URL: o.Config.DB, Dir: o.Config.Data, HashAlg: o.Config.Hash})
	if err != nil {
		return badDatabase(o.Config, err)
	}
	defer func() { err = errors.Join(err, place.Close()) }()
	left, err := filepath.Glob(filepath.Join(o.Config.Data, scratch+"*"))
	if err != nil {
		return err
	}
	for _, dir := range left {
		if err := os.RemoveAll(dir); err != nil {
			return err
		}
	}
	if err := markSample(o, demoFilling); err != nil {
		return err
	}
	dir, err := os.MkdirTemp(o.Config.Data, scratch+"*")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	if err := makeSample(ctx, o, dir); err != nil {
		return err
	}
	return moveSample(ctx, place, dir)
}

// makeSample makes the samples in a database of its own. Files go to where those of the site are.
func makeSample(ctx context.Context, o Options, dir string) error {
	o.Config.KeyFile, o.Config.Blobs = keyFile(o.Config), blobPlace(o.Config)
	o.Config.Data, o.Config.DB = dir, ""
	watch := &simulated{}
	y := newYear(o.now())
	watch.set(y.morning(yearLong))
	o.Now, o.hasty = watch.now, true
	s, err := open(ctx, o)
	if err != nil {
		return err
	}
	f := &filler{System: s, watch: watch, year: y}
	return errors.Join(f.fill(ctx), s.Close())
}

// moveSample puts a database that was made beside in its place.
func moveSample(ctx context.Context, place *store.Place, dir string) (err error) {
	from, err := store.OpenToCopy(ctx, store.Options{Dir: dir})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, from.Close()) }()
	var m store.Moment
	keep := func(is store.Moment) error { m = is; return nil } //nolint:unparam // as Dump asks for it
	if err := from.Dump(ctx, keep, func(int, []any) error { return nil }); err != nil {
		return err
	}
	staged, err := place.Stage(ctx, m, func(add func(int, []any) error) error { return from.Dump(ctx, keep, add) })
	if err != nil {
		return err
	}
	kept, err := staged.Take(ctx)
	if err != nil || kept == "" {
		return err
	}
	for _, end := range []string{"", "-wal", "-shm"} { // of a database in which there was nothing
		if err := os.Remove(kept + end); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}
