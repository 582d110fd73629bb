package blob

import (
	"context"
	"errors"
	"io"

	"github.com/gongkai/gongkai/internal/crypt"
)

// sealedFor is the purpose that sealed files are bound to.
const sealedFor = "blob"

// Sealed keeps files sealed in another store. The digest of a file is that of its sealed bytes, which are different each time: so
// it can be verified without a key, and who has a known document cannot find out whether it is here. The same bytes put
// twice are therefore two files. Info.Content, from Put, is the SHA-256 of the plain bytes: the caller keeps it sealed, or as
// crypt.Ring.Blind, since in the open it would give away what the name does not. Reading proves every byte to be sealed with the
// ring; that a file is the one of its name, and not another that was put in its place, is proved by Verify.
type Sealed struct {
	in   Store
	ring *crypt.Ring
}

var _ Store = (*Sealed)(nil)

// NewSealed returns a store that keeps its files sealed in another.
func NewSealed(in Store, ring *crypt.Ring) *Sealed { return &Sealed{in: in, ring: ring} }

// Put seals what r gives on the way; no plain byte is written anywhere. limit counts plain bytes.
func (s *Sealed) Put(ctx context.Context, r io.Reader, limit int64) (Info, error) {
	m := newMeter(ctx, r, limit)
	pr, pw := io.Pipe()
	done := make(chan error, 1)
	go func() {
		err := s.seal(pw, m)
		pw.CloseWithError(err)
		done <- err
	}()
	info, err := s.in.Put(ctx, pr, crypt.SealedSize(limit))
	pr.CloseWithError(io.ErrClosedPipe)
	if sealing := <-done; sealing != nil && !errors.Is(sealing, io.ErrClosedPipe) {
		return Info{}, explain(sealing)
	}
	if err != nil {
		return Info{}, err
	}
	plain := m.info()
	plain.Digest = info.Digest
	return plain, nil
}

func (s *Sealed) seal(to io.Writer, from io.Reader) error {
	w, err := s.ring.SealWriter(to, sealedFor)
	if err != nil {
		return err
	}
	if _, err := io.Copy(w, from); err != nil {
		return err
	}
	return w.Close()
}

// opened closes the sealed file with the reader of its plain bytes.
type opened struct {
	*crypt.ReadSeeker
	io.Closer
}

func (s *Sealed) open(ctx context.Context, digest string) (opened, error) {
	f, err := s.in.Open(ctx, digest)
	if err != nil {
		return opened{}, err
	}
	r, err := s.ring.OpenSeeker(f, sealedFor)
	if err != nil {
		return opened{}, errors.Join(err, f.Close())
	}
	return opened{ReadSeeker: r, Closer: f}, nil
}

// Open returns the plain bytes. Errors, also while reading: those of crypt.Ring.OpenReader.
func (s *Sealed) Open(ctx context.Context, digest string) (io.ReadSeekCloser, error) {
	o, err := s.open(ctx, digest)
	if err != nil {
		return nil, err
	}
	return o, nil
}

// Stat tells the size and type of the plain bytes.
func (s *Sealed) Stat(ctx context.Context, digest string) (info Info, err error) {
	o, err := s.open(ctx, digest)
	if err != nil {
		return Info{}, err
	}
	defer func() { err = errors.Join(err, o.Close()) }()
	start, err := head(o)
	if err != nil {
		return Info{}, err
	}
	return Info{Digest: digest, Size: o.Size(), Type: typeOf(start)}, nil
}

// Has reports whether there is a file with this digest.
func (s *Sealed) Has(ctx context.Context, digest string) (bool, error) { return s.in.Has(ctx, digest) }

// Delete removes the file.
func (s *Sealed) Delete(ctx context.Context, digest string) error { return s.in.Delete(ctx, digest) }

// Each goes through the files. Sizes are of the plain bytes; a file that is not sealed is an error.
func (s *Sealed) Each(ctx context.Context, do func(Info) error) error {
	return s.in.Each(ctx, func(i Info) error {
		size, err := crypt.PlainSize(i.Size)
		if err != nil {
			return err
		}
		i.Size = size
		return do(i)
	})
}

// Verify computes the digest of the sealed bytes, for which no key is needed.
func (s *Sealed) Verify(ctx context.Context, digest string) error { return s.in.Verify(ctx, digest) }
