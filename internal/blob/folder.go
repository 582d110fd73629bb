package blob

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"

	"github.com/gongkai/gongkai/internal/disk"
)

// Folder keeps files in a folder, as ab/cdef…, and what is being written in tmp.
type Folder struct{ dir string }

var _ Home = (*Folder)(nil)

// OpenFolder opens the folder, which is made if need be, and clears what interrupted writings have left.
func OpenFolder(dir string) (*Folder, error) {
	tmp := filepath.Join(dir, "tmp")
	if err := os.MkdirAll(tmp, 0o700); err != nil {
		return nil, fmt.Errorf("blob: %w", err)
	}
	entries, err := os.ReadDir(tmp)
	if err != nil {
		return nil, fmt.Errorf("blob: %w", err)
	}
	for _, e := range entries {
		info, err := e.Info()
		if err != nil || time.Since(info.ModTime()) < abandoned {
			continue // gone already, or not abandoned
		}
		if err := os.Remove(filepath.Join(tmp, e.Name())); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("blob: %w", err)
		}
	}
	return &Folder{dir: dir}, nil
}

func (f *Folder) path(digest string) string { return filepath.Join(f.dir, digest[:2], digest[2:]) }

// Put writes beside, flushes to disk, and moves into place, so that a name never stands for half a file. It replaces a copy
// that is there: should that one have been damaged, it no longer is.
func (f *Folder) Put(ctx context.Context, r io.Reader, limit int64) (Info, error) {
	m := newMeter(ctx, r, limit)
	err := f.write(m, func() string { return f.path(m.info().Digest) })
	if err != nil {
		return Info{}, explain(err)
	}
	return m.info(), nil
}

// write keeps what r gives under the path that is known once all of it was read.
func (f *Folder) write(r io.Reader, to func() string) (err error) {
	tmp, err := os.CreateTemp(filepath.Join(f.dir, "tmp"), "in-*") // mode 0600
	if err != nil {
		return fmt.Errorf("blob: %w", err)
	}
	defer func() {
		if rm := os.Remove(tmp.Name()); rm != nil && !errors.Is(rm, fs.ErrNotExist) {
			err = errors.Join(err, rm)
		}
	}()
	w := bufio.NewWriterSize(tmp, 64<<10)
	_, err = io.Copy(w, r)
	err = errors.Join(err, w.Flush())
	if err == nil {
		err = tmp.Sync()
	}
	if err = errors.Join(err, tmp.Close()); err != nil {
		return fmt.Errorf("blob: %w", err)
	}
	return f.move(tmp.Name(), to())
}

// move gives a finished file its name, and flushes every folder on the way to it.
func (f *Folder) move(tmp, to string) error {
	folder := filepath.Dir(to)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return fmt.Errorf("blob: %w", err)
	}
	if err := os.Rename(tmp, to); err != nil {
		return fmt.Errorf("blob: %w", err)
	}
	for ; len(folder) > len(f.dir); folder = filepath.Dir(folder) {
		if err := disk.SyncDir(folder); err != nil {
			return err
		}
	}
	return disk.SyncDir(f.dir)
}

// Open opens the file with this digest.
func (f *Folder) Open(_ context.Context, digest string) (io.ReadSeekCloser, error) {
	if !isDigest(digest) {
		return nil, missing(nil)
	}
	return open(f.path(digest))
}

func open(name string) (*os.File, error) {
	file, err := os.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, missing(err)
	}
	if err != nil {
		return nil, fmt.Errorf("blob: %w", err)
	}
	return file, nil
}

// Stat tells what is known of the file.
func (f *Folder) Stat(_ context.Context, digest string) (info Info, err error) {
	if !isDigest(digest) {
		return Info{}, missing(nil)
	}
	file, err := open(f.path(digest))
	if err != nil {
		return Info{}, err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	stat, err := file.Stat()
	if err != nil {
		return Info{}, fmt.Errorf("blob: %w", err)
	}
	start, err := head(file)
	if err != nil {
		return Info{}, err
	}
	return Info{Digest: digest, Size: stat.Size(), Type: typeOf(start)}, nil
}

// Has reports whether there is a file with this digest.
func (f *Folder) Has(_ context.Context, digest string) (bool, error) {
	if !isDigest(digest) {
		return false, nil
	}
	_, err := os.Stat(f.path(digest))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("blob: %w", err)
	}
	return true, nil
}

// Delete removes the file.
func (f *Folder) Delete(_ context.Context, digest string) error {
	if !isDigest(digest) {
		return nil
	}
	err := os.Remove(f.path(digest))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("blob: %w", err)
	}
	return disk.SyncDir(filepath.Dir(f.path(digest)))
}

// Each goes through the files. What else lies in the folder is passed over.
func (f *Folder) Each(ctx context.Context, do func(Info) error) error {
	folders, err := os.ReadDir(f.dir)
	if err != nil {
		return fmt.Errorf("blob: %w", err)
	}
	for _, d := range folders {
		if !d.IsDir() || len(d.Name()) != 2 {
			continue
		}
		files, err := os.ReadDir(filepath.Join(f.dir, d.Name()))
		if err != nil {
			return fmt.Errorf("blob: %w", err)
		}
		for _, e := range files {
			if err := ctx.Err(); err != nil {
				return cancelled(err)
			}
			digest := d.Name() + e.Name()
			info, err := e.Info()
			if errors.Is(err, fs.ErrNotExist) || !isDigest(digest) {
				continue // deleted in the meantime, or not ours
			}
			if err != nil {
				return fmt.Errorf("blob: %w", err)
			}
			if err := do(Info{Digest: digest, Size: info.Size()}); err != nil {
				return err
			}
		}
	}
	return nil
}

// Verify computes the digest of the file.
func (f *Folder) Verify(ctx context.Context, digest string) error { return verify(ctx, f, digest) }

// Shelf returns the shelf with this name, a folder beside the files.
func (f *Folder) Shelf(name string) Shelf { return folderShelf{f, name} }

type folderShelf struct {
	in   *Folder
	name string
}

// path is where a name is kept. A name that leads out of the shelf is taken as one without the parts that do.
func (s folderShelf) path(name string) string {
	name = strings.TrimPrefix(path.Clean("/"+name), "/")
	return filepath.Join(append([]string{s.in.dir, s.name}, strings.Split(name, "/")...)...)
}

// Keep writes beside and moves into place.
func (s folderShelf) Keep(ctx context.Context, name string, r io.Reader) error {
	return explain(s.in.write(newMeter(ctx, r, 1<<62), func() string { return s.path(name) }))
}

// Take opens the file under this name.
func (s folderShelf) Take(_ context.Context, name string) (io.ReadSeekCloser, error) {
	return open(s.path(name))
}

// Clear removes the folder of this name.
func (s folderShelf) Clear(_ context.Context, under string) error {
	if err := os.RemoveAll(s.path(under)); err != nil {
		return fmt.Errorf("blob: %w", err)
	}
	return nil
}
