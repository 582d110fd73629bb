// Package blob keeps files by what is in them: the name of a file is the SHA-256 of its bytes. So a file is never changed, the
// same bytes are kept once, and whether it is still whole can be computed. Files are in a folder or in an S3 bucket; those with
// personal data are kept sealed; copies made for the public stand apart and can be made again.
package blob

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"strings"
	"time"

	"github.com/gabriel-vasile/mimetype"

	"github.com/gongkai/gongkai/internal/disk"
	"github.com/gongkai/gongkai/internal/fault"
)

// Info is what is known of a file.
type Info struct {
	Digest  string // the name to ask for it with: SHA-256 in hex, lower case, of the bytes that are kept
	Size    int64  // in bytes, as put in
	Type    string // MIME type found in the content, never taken from a name; Each leaves it empty
	Content string // SHA-256 of the bytes as put in, from Put only; differs from Digest where they are kept sealed
}

// Store keeps files. Its methods may be called at once.
type Store interface {
	// Put keeps what r gives, at most limit bytes. When it returns without error the file outlives a power cut; with an error
	// there is nothing under its name. Putting the same bytes again is no error.
	// Errors: fault.TooLarge, fault.Full, fault.Cancelled, those of r.
	Put(ctx context.Context, r io.Reader, limit int64) (Info, error)
	// Open returns the bytes of a file. ctx has to live until it is closed. Errors: fault.NotFound.
	Open(ctx context.Context, digest string) (io.ReadSeekCloser, error)
	// Stat tells what is known of a file. Errors: fault.NotFound.
	Stat(ctx context.Context, digest string) (Info, error)
	// Has reports whether there is such a file. A digest that is none has no file.
	Has(ctx context.Context, digest string) (bool, error)
	// Delete removes a file; that there is none is no error. Who deletes has to be sure that nobody is putting the same bytes.
	Delete(ctx context.Context, digest string) error
	// Each goes through all files in the order of their digests, without Type, and ends at the first error of do.
	Each(ctx context.Context, do func(Info) error) error
	// Verify computes the digest of what is kept. Errors: fault.NotFound, fault.Unreadable where it is another.
	Verify(ctx context.Context, digest string) error
}

// Shelf keeps files under names, for what can be made again. A name is parts joined by a slash.
type Shelf interface {
	// Keep keeps what r gives under a name, in place of what was there; with an error what was there stays.
	Keep(ctx context.Context, name string, r io.Reader) error
	// Take returns what is under a name. Errors: fault.NotFound.
	Take(ctx context.Context, name string) (io.ReadSeekCloser, error)
	// Clear removes everything whose name begins with these parts.
	Clear(ctx context.Context, under string) error
}

// Home is a Store with room for shelves beside it.
type Home interface {
	Store
	Shelf(name string) Shelf
}

// Open opens the store that where names: a folder, which is made if need be, or s3://KEY:SECRET@host:port/bucket/prefix with
// ?tls=0 for a server without TLS and &region=… for one that asks for it. Without KEY:SECRET the keys are taken from
// AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.
// Errors: fault.Usage for a text that is neither, fault.Incapable where the server or bucket cannot be used.
func Open(ctx context.Context, where string) (Home, error) {
	if strings.HasPrefix(where, "s3://") {
		return OpenS3(ctx, where)
	}
	if where == "" || strings.Contains(where, "://") {
		return nil, fault.New(fault.Usage, "blob.place", "文件存储的位置写得不对；要写文件夹，或 s3://密钥:密码@主机:端口/存储桶")
	}
	return OpenFolder(where)
}

// headSize is how many bytes the MIME type is found in.
const headSize = 3072

// abandoned is the age at which a file that is still being written belongs to nobody any more. What is younger may belong to
// another process that is running.
const abandoned = 24 * time.Hour

func typeOf(head []byte) string { return mimetype.Detect(head).String() }

// meter reads from r, keeps account of what went through, and stops at the limit or when ctx ends.
type meter struct {
	ctx   context.Context // of the one call that it serves
	from  io.Reader
	limit int64
	size  int64
	hash  hash.Hash
	head  []byte
}

func newMeter(ctx context.Context, r io.Reader, limit int64) *meter {
	return &meter{ctx: ctx, from: r, limit: limit, hash: sha256.New()}
}

// Read hands on the bytes of the source. Errors: fault.TooLarge at the first byte above the limit, fault.Cancelled.
func (m *meter) Read(p []byte) (int, error) {
	if err := m.ctx.Err(); err != nil {
		return 0, cancelled(err)
	}
	n, err := m.from.Read(p)
	m.size += int64(n)
	if m.size > m.limit {
		return 0, fault.New(fault.TooLarge, "file.too_large", fmt.Sprintf("文件超过 %s，没有收下；确有需要请管理员调高限制", inWords(m.limit)))
	}
	m.hash.Write(p[:n])
	m.head = append(m.head, p[:min(n, headSize-len(m.head))]...)
	return n, err
}

// info tells of what went through, once all of it did.
func (m *meter) info() Info {
	d := hex.EncodeToString(m.hash.Sum(nil))
	return Info{Digest: d, Size: m.size, Type: typeOf(m.head), Content: d}
}

// inWords writes a number of bytes for people.
func inWords(n int64) string {
	switch {
	case n >= 1<<20:
		return fmt.Sprintf("%d MB", n>>20)
	case n >= 1<<10:
		return fmt.Sprintf("%d KB", n>>10)
	}
	return fmt.Sprintf("%d 字节", n)
}

// isDigest reports whether s is a SHA-256 in hex, lower case.
func isDigest(s string) bool {
	return len(s) == 2*sha256.Size && strings.Trim(s, "0123456789abcdef") == ""
}

func missing(cause error) error {
	return fault.Wrap(fault.NotFound, "blob.missing", "原文件不在存储里，请联系管理员从备份恢复", cause)
}

func cancelled(cause error) error {
	return fault.Wrap(fault.Cancelled, "blob.cancelled", "已经取消，文件没有存下", cause)
}

func full(cause error) error {
	return fault.Wrap(fault.Full, "store.full", "存文件的磁盘满了，没有存下；已经收下的不受影响。请管理员清出空间后再试", cause)
}

// explain gives an error the words that a person can act on, where there are some.
func explain(err error) error {
	var f *fault.Error
	switch {
	case err == nil || errors.As(err, &f):
		return err
	case disk.Full(err):
		return full(err)
	case errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded):
		return cancelled(err)
	}
	return err
}

// head reads what the type is found in, from the start of r.
func head(r io.Reader) ([]byte, error) {
	out, err := io.ReadAll(io.LimitReader(r, headSize))
	if err != nil {
		return nil, fmt.Errorf("blob: %w", err)
	}
	return out, nil
}

// verify computes the digest of what a store gives for it.
func verify(ctx context.Context, s Store, digest string) (err error) {
	f, err := s.Open(ctx, digest)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	m := newMeter(ctx, f, 1<<62)
	if _, err := io.Copy(io.Discard, m); err != nil {
		return explain(err)
	}
	if got := m.info().Digest; got != digest {
		return damaged(digest)
	}
	return nil
}

func damaged(digest string) error {
	return fault.New(fault.Unreadable, "blob.damaged", fmt.Sprintf("存储里的文件 %s… 不是原来的内容，可能损坏或被改动；请管理员从备份恢复", digest[:12]))
}
