package crypt

import (
	"crypto/cipher"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/gongkai/gongkai/internal/fault"
)

// A sealed stream is a header (magic, id of the key, salt) and chunks of 64 KiB, each with its tag; the last may be shorter,
// and is empty only where the whole stream is. Key and nonce prefix of a stream are derived from the data key, the salt and
// the purpose; a nonce is prefix, number of the chunk and whether it is the last. So chunks that are missing, added, in another
// order or of another stream do not open.
const (
	magic      = "GKS1"
	saltSize   = 16
	headerSize = len(magic) + idSize + saltSize
	chunkSize  = 64 << 10
	tagSize    = 16
	nonceSize  = 12
	prefixSize = nonceSize - 4 - 1
)

// SealedSize returns the size in bytes of what n bytes are sealed as.
func SealedSize(n int64) int64 {
	chunks := max(1, (n+chunkSize-1)/chunkSize)
	return int64(headerSize) + n + chunks*tagSize
}

// PlainSize returns the size in bytes of what is sealed in n bytes.
// Errors: fault.Unreadable for a size that no sealed stream has.
func PlainSize(n int64) (int64, error) {
	body := n - int64(headerSize)
	chunks := max(1, (body+chunkSize+tagSize-1)/(chunkSize+tagSize))
	plain := body - chunks*tagSize
	if plain < 0 || SealedSize(plain) != n {
		return 0, cut(nil)
	}
	return plain, nil
}

// stream is what both directions share.
type stream struct {
	aead   cipher.AEAD
	prefix []byte
}

func newStream(k *key, salt []byte, purpose string) (stream, error) {
	material, err := k.suite.derive(k.secret, salt, "gongkai stream 1 "+k.ID+" "+purpose, k.suite.size+prefixSize)
	if err != nil {
		return stream{}, err
	}
	g, err := k.suite.aead(material[:k.suite.size])
	return stream{aead: g, prefix: material[k.suite.size:]}, err
}

func (s stream) nonce(chunk uint32, last bool) []byte {
	n := make([]byte, 0, nonceSize)
	n = append(n, s.prefix...)
	n = binary.BigEndian.AppendUint32(n, chunk)
	if last {
		return append(n, 1)
	}
	return append(n, 0)
}

// sealer is the writing half.
type sealer struct {
	stream
	to    io.Writer
	buf   []byte // of the chunk that is being filled; a full one waits until it is known whether it is the last
	out   []byte
	chunk uint32
	err   error // the first one, for every later call
}

// SealWriter seals what is written to it into w. purpose says what the stream is for, and is asked for again when it is opened.
// Close writes the last chunk and does not close w: without it the stream is cut short.
// Errors: fault.Incapable without a key, and those of w.
func (r *Ring) SealWriter(w io.Writer, purpose string) (io.WriteCloser, error) {
	k, err := r.sealing()
	if err != nil {
		return nil, err
	}
	salt := make([]byte, saltSize)
	_, _ = rand.Read(salt) // documented never to fail
	s, err := newStream(k, salt, purpose)
	if err != nil {
		return nil, err
	}
	header := append([]byte(magic+k.ID), salt...)
	if _, err := w.Write(header); err != nil {
		return nil, err
	}
	return &sealer{stream: s, to: w, buf: make([]byte, 0, chunkSize), out: make([]byte, 0, chunkSize+tagSize)}, nil
}

// Write seals what fills a chunk and keeps the rest.
func (s *sealer) Write(p []byte) (int, error) {
	done := 0
	for len(p) > 0 && s.err == nil {
		if len(s.buf) == chunkSize {
			s.flush(false)
			continue
		}
		n := min(len(p), chunkSize-len(s.buf))
		s.buf = append(s.buf, p[:n]...)
		p, done = p[n:], done+n
	}
	return done, s.err
}

// Close seals the last chunk. A second Close fails.
func (s *sealer) Close() error {
	if s.err != nil {
		return s.err
	}
	s.flush(true)
	err := s.err
	if err == nil {
		s.err = errors.New("crypt: write after close")
	}
	return err
}

func (s *sealer) flush(last bool) {
	s.out = s.aead.Seal(s.out[:0], s.nonce(s.chunk, last), s.buf, nil)
	if _, err := s.to.Write(s.out); err != nil {
		s.err = err
		return
	}
	s.buf = s.buf[:0]
	s.chunk++
	if s.chunk == 0 {
		s.err = errors.New("crypt: stream of more than 2^32 chunks")
	}
}

// opener is the reading half.
type opener struct {
	stream
	from  io.Reader
	buf   []byte // sealed bytes: one chunk, and one byte that says whether another follows
	held  int    // bytes of buf that were read ahead
	room  []byte // where chunks are opened to
	plain []byte // of the chunk at hand, what was not given yet
	chunk uint32
	last  bool
	err   error
}

// OpenReader opens a sealed stream for reading from its start. No byte is given that was not proved to be whole and in its
// place; the end is given only where the stream ends as it was written.
// Errors, also of Read: fault.Unreadable where it is not a sealed stream, is cut short or was changed, or where the purpose is
// another; fault.Incapable where its key is not in the ring.
func (r *Ring) OpenReader(src io.Reader, purpose string) (io.Reader, error) {
	o, err := r.open(src, purpose)
	if err != nil {
		return nil, err
	}
	return o, nil
}

func (r *Ring) open(src io.Reader, purpose string) (*opener, error) {
	header := make([]byte, headerSize)
	if _, err := io.ReadFull(src, header); err != nil {
		return nil, readError(err)
	}
	if string(header[:len(magic)]) != magic {
		return nil, fault.New(fault.Unreadable, "crypt.not_sealed_file", "这个文件应当是加密的，存的却不是加密内容；请管理员核查，并从备份恢复")
	}
	k, err := r.opening(string(header[len(magic) : len(magic)+idSize]))
	if err != nil {
		return nil, err
	}
	s, err := newStream(k, header[len(magic)+idSize:], purpose)
	if err != nil {
		return nil, err
	}
	return &opener{stream: s, from: src, buf: make([]byte, chunkSize+tagSize+1), room: make([]byte, 0, chunkSize)}, nil
}

// ReadSeeker gives what is sealed in a stream, from anywhere. What lies before the place that was sought is not looked at.
type ReadSeeker struct {
	*opener
	from   io.ReadSeeker
	size   int64 // of the plain text
	offset int64
}

// OpenSeeker opens a sealed stream for reading from anywhere. src stands at its start.
// Errors: as OpenReader.
func (r *Ring) OpenSeeker(src io.ReadSeeker, purpose string) (*ReadSeeker, error) {
	end, err := src.Seek(0, io.SeekEnd)
	if err != nil {
		return nil, err
	}
	if _, err := src.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	o, err := r.open(src, purpose)
	if err != nil {
		return nil, err
	}
	size, err := PlainSize(end)
	if err != nil {
		return nil, err
	}
	return &ReadSeeker{opener: o, from: src, size: size}, nil
}

// Size returns the size of the plain text in bytes.
func (r *ReadSeeker) Size() int64 { return r.size }

// Read gives the next bytes of the plain text.
func (r *ReadSeeker) Read(p []byte) (int, error) {
	n, err := r.opener.Read(p)
	r.offset += int64(n)
	return n, err
}

// Read gives the next bytes of the plain text.
func (r *opener) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	for len(r.plain) == 0 {
		if r.err != nil {
			return 0, r.err
		}
		if r.last {
			return 0, io.EOF
		}
		r.next()
	}
	n := copy(p, r.plain)
	r.plain = r.plain[n:]
	return n, nil
}

// next opens the next chunk into plain, or sets err.
func (r *opener) next() {
	n, err := io.ReadFull(r.from, r.buf[r.held:])
	n += r.held
	switch {
	case err == nil:
		n-- // the byte after the chunk: there is another
		r.held = 1
	case errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF):
		r.last = true
		r.held = 0
	default:
		r.err = err
		return
	}
	if n < tagSize || r.last && n == tagSize && r.chunk > 0 {
		r.err = cut(nil)
		return
	}
	r.plain, err = r.aead.Open(r.room[:0], r.nonce(r.chunk, r.last), r.buf[:n], nil)
	if err != nil {
		r.plain, r.err = nil, r.refused(n, err)
		return
	}
	r.chunk++
	if !r.last {
		r.buf[0] = r.buf[n]
		if r.chunk == 0 {
			r.err = cut(nil)
		}
	}
}

// refused says why a chunk did not open: where it opens as one in the middle, the stream was cut after it.
func (r *opener) refused(n int, cause error) error {
	if r.last {
		if _, err := r.aead.Open(r.room[:0], r.nonce(r.chunk, false), r.buf[:n], nil); err == nil {
			return cut(cause)
		}
	}
	return fault.Wrap(fault.Unreadable, "crypt.altered_file",
		fmt.Sprintf("加密的文件从第 %d KB 起不是原来写下的内容：可能损坏或被改动，也可能少了一截，没有打开；请从备份恢复", int64(r.chunk)*chunkSize>>10), cause)
}

// Seek sets where the next Read begins, in bytes of the plain text, as io.Seeker does.
func (r *ReadSeeker) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += r.offset
	case io.SeekEnd:
		offset += r.size
	}
	if offset < 0 {
		return 0, errors.New("crypt: seek before the start")
	}
	if offset == r.offset {
		return offset, r.err
	}
	r.plain, r.held, r.last, r.err, r.offset = nil, 0, false, nil, offset
	if offset >= r.size {
		r.last = true
		return offset, nil
	}
	r.chunk = uint32(offset / chunkSize)
	at := int64(headerSize) + int64(r.chunk)*(chunkSize+tagSize)
	if _, err := r.from.Seek(at, io.SeekStart); err != nil {
		return 0, err
	}
	r.next()
	if r.err != nil {
		return 0, r.err
	}
	r.plain = r.plain[min(int(offset%chunkSize), len(r.plain)):]
	return offset, nil
}

func readError(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return cut(err)
	}
	return err
}

func cut(cause error) error {
	return fault.Wrap(fault.Unreadable, "crypt.truncated_file", "加密的文件不完整，少了一截，没有打开；请从备份恢复", cause)
}
