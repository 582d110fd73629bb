package store

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/gongkai/gongkai/internal/fault"
	"github.com/gongkai/gongkai/internal/filing"
)

// Blobs keeps bytes in a folder under their SHA-256: ab/cdef….
type Blobs struct{ dir string }

var _ filing.Blobs = (*Blobs)(nil)

// abandoned is the age at which a file that is still being written belongs to nobody any more.
const abandoned = 24 * time.Hour

// OpenBlobs opens the folder, which is made if need be, and clears what interrupted writings have left. What is younger may
// belong to another process that is running.
func OpenBlobs(dir string) (*Blobs, error) {
	tmp := filepath.Join(dir, "tmp")
	if err := os.MkdirAll(tmp, 0o700); err != nil {
		return nil, fmt.Errorf("store: blobs: %w", err)
	}
	entries, err := os.ReadDir(tmp)
	if err != nil {
		return nil, fmt.Errorf("store: blobs: %w", err)
	}
	for _, e := range entries {
		info, err := e.Info()
		if err != nil || time.Since(info.ModTime()) < abandoned {
			continue // gone already, or not abandoned
		}
		if err := os.Remove(filepath.Join(tmp, e.Name())); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("store: blobs: %w", err)
		}
	}
	return &Blobs{dir: dir}, nil
}

// Put stores at most max bytes of r: written beside, flushed to disk, then moved into place, so that a name never stands
// for half a file.
func (b *Blobs) Put(r io.Reader, limit int64) (digest string, size int64, err error) {
	defer func() { err = explain(err) }()
	f, err := os.CreateTemp(filepath.Join(b.dir, "tmp"), "in-*")
	if err != nil {
		return "", 0, fmt.Errorf("store: blobs: %w", err)
	}
	defer func() {
		if rm := os.Remove(f.Name()); rm != nil && !errors.Is(rm, fs.ErrNotExist) {
			err = errors.Join(err, rm)
		}
	}()
	h := sha256.New()
	w := bufio.NewWriterSize(f, 64<<10)
	size, err = io.Copy(io.MultiWriter(w, h), io.LimitReader(r, limit+1))
	err = errors.Join(err, w.Flush())
	if err == nil && size <= limit {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return "", size, fmt.Errorf("store: blobs: %w", err)
	}
	if size > limit {
		return "", size, fault.New(fault.TooLarge, "file.too_large", fmt.Sprintf("文件超过 %d MB，没有收下；确有需要请管理员调高限制", limit>>20))
	}
	digest = hex.EncodeToString(h.Sum(nil))
	return digest, size, b.move(f.Name(), digest)
}

func (b *Blobs) move(tmp, digest string) error {
	path := b.path(digest)
	if _, err := os.Stat(path); err == nil {
		return nil
	}
	folder := filepath.Dir(path)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return fmt.Errorf("store: blobs: %w", err)
	}
	if err := os.Rename(tmp, path); err != nil {
		return fmt.Errorf("store: blobs: %w", err)
	}
	return errors.Join(syncDir(folder), syncDir(b.dir))
}

func (b *Blobs) path(digest string) string { return filepath.Join(b.dir, digest[:2], digest[2:]) }

// Open returns the bytes with this digest.
func (b *Blobs) Open(digest string) (io.ReadSeekCloser, error) {
	if raw, err := hex.DecodeString(digest); err != nil || len(raw) != sha256.Size {
		return nil, errGone
	}
	f, err := os.Open(b.path(digest))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fault.Wrap(fault.NotFound, "blob.missing", "原文件不在存储里，请联系管理员从备份恢复", err)
	}
	if err != nil {
		return nil, fmt.Errorf("store: blobs: %w", err)
	}
	return f, nil
}
