package backup

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/gongkai/gongkai/internal/blob"
	"github.com/gongkai/gongkai/internal/disk"
	"github.com/gongkai/gongkai/internal/fault"
	"github.com/gongkai/gongkai/internal/store"
)

// Source is what is backed up.
type Source struct {
	DB      *store.DB
	Files   blob.Store
	Program string    // version of the program, for the manifest
	Sample  bool      // the data are invented
	Now     time.Time // when it is made
}

// Write copies everything into the file path, while others go on working: the rows are those of one moment, and the files,
// which are never changed, all that were there by then and perhaps some later ones. It is written beside its name and
// renamed when it is complete and on the disk. Memory holds one part of a table at a time, and about 500 bytes per file.
// Errors: fault.Usage when another kind of file has that name, fault.Full.
func Write(ctx context.Context, path string, from Source, say Progress) (m Manifest, err error) {
	if err := replaceable(path); err != nil {
		return m, err
	}
	dir := filepath.Dir(path)
	f, err := os.CreateTemp(dir, "."+filepath.Base(path)+".*.partial") // mode 0600
	if err != nil {
		return m, fault.Wrap(fault.Usage, "backup.create", "不能在“"+dir+"”里写备份文件；请检查文件夹和权限", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, f.Close(), os.Remove(f.Name()))
		}
	}()
	w := newWriter(f, from.Now)
	if m, err = w.everything(ctx, from, say); err != nil {
		return m, explain(err)
	}
	if err = f.Sync(); err != nil {
		return m, explain(err)
	}
	if err = f.Close(); err != nil {
		return m, explain(err)
	}
	if err = os.Rename(f.Name(), path); err != nil {
		return m, fmt.Errorf("backup: %w", err)
	}
	return m, disk.SyncDir(dir)
}

// replaceable refuses to write over what is no backup: the name of the database itself is quickly typed.
func replaceable(path string) error {
	info, err := os.Stat(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	other := fault.New(fault.Usage, "backup.exists", "“"+path+"”已经在那里，而且不是备份文件，没有覆盖；请换一个文件名")
	if !info.Mode().IsRegular() {
		return other
	}
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	defer f.Close()
	if _, err := declared(f, info.Size()); err != nil {
		return other
	}
	return nil
}

// writer writes the members one after the other.
type writer struct {
	file *os.File
	tail *tail
	zip  *zip.Writer
	sums bytes.Buffer
	// The part that is being gathered, and the same packed.
	part, packed bytes.Buffer
	flate        *flate.Writer
	now          time.Time // the date of the members
}

func newWriter(f *os.File, now time.Time) *writer {
	t := &tail{w: f, hash: sha256.New()}
	fl, err := flate.NewWriter(io.Discard, flate.DefaultCompression)
	if err != nil {
		panic(err) // the level is one of the package's own
	}
	return &writer{file: f, tail: t, zip: zip.NewWriter(t), flate: fl, now: now.UTC()}
}

func (w *writer) everything(ctx context.Context, from Source, say Progress) (m Manifest, err error) {
	m = Manifest{Format: Format, MadeAt: from.Now.UTC().Truncate(time.Second), Program: from.Program, Sample: from.Sample}
	if err := w.rows(ctx, from.DB, &m, say); err != nil {
		return m, err
	}
	if err := w.files(ctx, from.Files, &m, say); err != nil {
		return m, err
	}
	text, err := json.MarshalIndent(m, "", " ")
	if err != nil {
		return m, fmt.Errorf("backup: %w", err)
	}
	if err := w.member(manifestName, append(text, '\n')); err != nil {
		return m, err
	}
	fmt.Fprintf(&w.sums, "# %s\n", hexOf(sum(w.sums.Bytes())))
	if err := w.member(sumsName, w.sums.Bytes()); err != nil {
		return m, err
	}
	if err := w.zip.SetComment(mark + string(bytes.Repeat([]byte("0"), sumSize))); err != nil {
		return m, fmt.Errorf("backup: %w", err)
	}
	if err := w.zip.Close(); err != nil {
		return m, fmt.Errorf("backup: %w", err)
	}
	return m, w.tail.finish(w.file)
}

// rows writes all tables as of one moment.
func (w *writer) rows(ctx context.Context, db *store.DB, m *Manifest, say Progress) error {
	last := -1
	finish := func(upTo int) error { // tables without rows have no part
		if last >= 0 {
			if err := w.endPart(&m.Tables[last]); err != nil {
				return err
			}
			say.say("表 %s：%d 行", m.Tables[last].Name, m.Tables[last].Rows)
		}
		last = upTo
		return nil
	}
	err := db.Dump(ctx, func(at store.Moment) error {
		m.Database, m.Schema = at.Kind, at.Version
		m.Audit = Head{Seq: at.Head.Seq, Hash: hexOf(at.Head.Hash), At: at.Head.At}
		for _, t := range at.Tables {
			m.Tables = append(m.Tables, Table{Table: t})
		}
		return nil
	}, func(table int, values []any) error {
		if table != last {
			if err := finish(table); err != nil {
				return err
			}
		}
		t, before := &m.Tables[table], w.part.Len()
		if err := appendRow(&w.part, values); err != nil {
			return err
		}
		if w.part.Len()-before > maxLine {
			return fmt.Errorf("backup: a row of %s has more than %d bytes", t.Name, maxLine)
		}
		t.Rows++
		if w.part.Len() >= partSize {
			return w.endPart(t)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return finish(-1)
}

// endPart writes the part that was gathered.
func (w *writer) endPart(t *Table) error {
	if w.part.Len() == 0 {
		return nil
	}
	t.Parts++
	err := w.member(partName(t.Name, t.Parts), w.part.Bytes())
	if w.part.Cap() > 4*partSize { // one row was very long
		w.part, w.packed = bytes.Buffer{}, bytes.Buffer{}
	}
	w.part.Reset()
	return err
}

// member writes a member that is in memory, packed unless it packs so well that it would look like a bomb.
func (w *writer) member(name string, data []byte) error {
	w.packed.Reset()
	w.flate.Reset(&w.packed)
	if _, err := w.flate.Write(data); err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	if err := w.flate.Close(); err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	h := w.header(name, zip.Deflate)
	h.CRC32, h.UncompressedSize64 = crc32.ChecksumIEEE(data), uint64(len(data))
	body := w.packed.Bytes()
	if len(body) >= len(data) || len(data) > maxRatio/2*len(body) {
		h.Method, body = zip.Store, data
	}
	h.CompressedSize64 = uint64(len(body))
	if name != sumsName {
		w.note(name, sum(data))
	}
	to, err := w.zip.CreateRaw(h)
	if err == nil {
		_, err = to.Write(body)
	}
	if err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	return nil
}

// header is that of a member as other programs like it: with a date, and readable by its owner once it is unpacked.
func (w *writer) header(name string, method uint16) *zip.FileHeader {
	h := &zip.FileHeader{Name: name, Method: method}
	h.SetMode(0o600)
	h.SetModTime(w.now) //nolint:staticcheck // CreateRaw takes no other
	return h
}

func (w *writer) note(name string, digest []byte) {
	fmt.Fprintf(&w.sums, "%s  %s\n", hexOf(digest), name)
}

// files writes every file of the store, unpacked: most of them are packed already.
func (w *writer) files(ctx context.Context, from blob.Store, m *Manifest, say Progress) error {
	err := from.Each(ctx, func(info blob.Info) error {
		n, ok, err := w.file1(ctx, from, info.Digest)
		if errors.Is(err, fault.NotFound) {
			return nil // removed in the meantime: nothing of that moment refers to it
		}
		if err != nil {
			return err
		}
		m.Files.Count++
		m.Files.Bytes += n
		if !ok {
			m.Files.Damaged = append(m.Files.Damaged, info.Digest)
		}
		if m.Files.Count%1000 == 0 {
			say.say("文件：%d 个，%d MB", m.Files.Count, m.Files.Bytes>>20)
		}
		return nil
	})
	if err == nil {
		say.say("文件：%d 个，%d MB", m.Files.Count, m.Files.Bytes>>20)
	}
	return err
}

// file1 copies one file; ok is false when its bytes are not what its name says.
func (w *writer) file1(ctx context.Context, from blob.Store, digest string) (n int64, ok bool, err error) {
	r, err := from.Open(ctx, digest)
	if err != nil {
		return 0, false, err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	name := fileName(digest)
	to, err := w.zip.CreateHeader(w.header(name, zip.Store))
	if err != nil {
		return 0, false, fmt.Errorf("backup: %w", err)
	}
	h := sha256.New()
	n, err = io.Copy(io.MultiWriter(to, h), r)
	if err != nil {
		return n, false, fmt.Errorf("backup: file %s: %w", digest, err)
	}
	w.note(name, h.Sum(nil))
	return n, hexOf(h.Sum(nil)) == digest, nil
}

func sum(data []byte) []byte {
	s := sha256.Sum256(data)
	return s[:]
}

// tail passes on what is written and hashes all of it but the last sumSize bytes, whose place the digest then takes.
type tail struct {
	w    io.Writer
	hash hash.Hash
	held []byte
	size int64
}

// Write passes p on.
func (t *tail) Write(p []byte) (int, error) {
	n, err := t.w.Write(p)
	t.size += int64(n)
	t.held = append(t.held, p[:n]...)
	if over := len(t.held) - sumSize; over > 0 {
		t.hash.Write(t.held[:over])
		t.held = append(t.held[:0], t.held[over:]...)
	}
	return n, err
}

func (t *tail) finish(f io.WriterAt) error {
	if _, err := f.WriteAt([]byte(hexOf(t.hash.Sum(nil))), t.size-sumSize); err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	return nil
}
