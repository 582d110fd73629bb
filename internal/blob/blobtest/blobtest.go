// Package blobtest holds what every blob.Store has to do, for the tests of each.
package blobtest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"github.com/gongkai/gongkai/internal/blob"
	"github.com/gongkai/gongkai/internal/fault"
)

// Kit is what the tests need to know of a store.
type Kit struct {
	New    func(t *testing.T) blob.Store              // an empty one
	Damage func(t *testing.T, s blob.Store, d string) // changes a byte of what is kept under d
	Left   func(t *testing.T, s blob.Store) []string  // what is kept beside finished files
	Sealed bool                                       // the same bytes are two files, and names say nothing of the content
}

// Large is more than what any store sends in one piece.
const Large = 9 << 20

// Content returns n bytes that are the same for the same seed.
func Content(seed byte, n int) []byte {
	out := make([]byte, n)
	_, _ = rand.NewChaCha8([32]byte{seed}).Read(out)
	return out
}

// Digest returns the SHA-256 of data as blob writes it.
func Digest(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// Run tries everything that a store has to do.
func Run(t *testing.T, k Kit) {
	t.Run("what is put comes back, of any size", k.sizes)
	t.Run("the limit holds to the byte, and nothing is kept above it", k.limits)
	t.Run("a source that fails leaves nothing", k.failures)
	t.Run("the same bytes twice", k.twice)
	t.Run("many at once", k.many)
	t.Run("what is not there", k.absent)
	t.Run("deleting", k.deleting)
	t.Run("going through all", k.each)
	t.Run("the type is found in the content", k.types)
	t.Run("damage is found", k.damage)
	t.Run("copies are made, kept and made again", k.derived)
}

func put(t *testing.T, s blob.Store, data []byte) blob.Info {
	t.Helper()
	info, err := s.Put(t.Context(), bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatalf("put %d bytes: %v", len(data), err)
	}
	return info
}

func all(t *testing.T, s blob.Store) map[string]int64 {
	t.Helper()
	out, last := map[string]int64{}, ""
	err := s.Each(t.Context(), func(i blob.Info) error {
		if i.Digest <= last {
			t.Errorf("%s comes after %s", i.Digest, last)
		}
		out[i.Digest], last = i.Size, i.Digest
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// empty asks that neither a file nor a half of one is kept.
func (k Kit) empty(t *testing.T, s blob.Store, when string) {
	t.Helper()
	if got := all(t, s); len(got) != 0 {
		t.Errorf("%s: %v is kept", when, got)
	}
	if left := k.Left(t, s); len(left) != 0 {
		t.Errorf("%s: %q was left behind", when, left)
	}
}

func (k Kit) sizes(t *testing.T) {
	s := k.New(t)
	for i, n := range []int{0, 1, 1000, 64<<10 - 1, 64 << 10, 64<<10 + 1, 8 << 20, Large} {
		data := Content(byte(i), n)
		info := put(t, s, data)
		if info.Content != Digest(data) || info.Size != int64(n) || (info.Digest == info.Content) == k.Sealed {
			t.Errorf("%d bytes with the digest %s: %+v", n, Digest(data), info)
		}
		stat, err := s.Stat(t.Context(), info.Digest)
		want := blob.Info{Digest: info.Digest, Size: int64(n), Type: info.Type}
		if diff := cmp.Diff(want, stat); diff != "" || err != nil {
			t.Errorf("%d bytes, Stat: %v\n%s", n, err, diff)
		}
		f, err := s.Open(t.Context(), info.Digest)
		if err != nil {
			t.Fatal(err)
		}
		if n < 1<<20 { // it reads byte by byte, too
			if err := iotest.TestReader(struct{ io.ReadSeeker }{f}, data); err != nil {
				t.Errorf("%d bytes: %v", n, err)
			}
		} else if got, err := io.ReadAll(f); err != nil || !bytes.Equal(got, data) {
			t.Errorf("%d bytes: %d came back, %v", n, len(got), err)
		}
		if at, err := f.Seek(int64(n/2), io.SeekStart); err != nil || at != int64(n/2) {
			t.Errorf("seek to %d: %d, %v", n/2, at, err)
		}
		if got, err := io.ReadAll(f); err != nil || !bytes.Equal(got, data[n/2:]) {
			t.Errorf("the second half of %d bytes: %d bytes, %v", n, len(got), err)
		}
		if err := f.Close(); err != nil {
			t.Error(err)
		}
		if err := s.Verify(t.Context(), info.Digest); err != nil {
			t.Errorf("%d bytes: %v", n, err)
		}
	}
	if left := k.Left(t, s); len(left) != 0 {
		t.Errorf("%q was left behind", left)
	}
}

func (k Kit) limits(t *testing.T) {
	s := k.New(t)
	for _, n := range []int{1, 1000, 64 << 10, Large} {
		_, err := s.Put(t.Context(), bytes.NewReader(Content(1, n)), int64(n-1))
		if !errors.Is(err, fault.TooLarge) || fault.CodeOf(err) != "file.too_large" {
			t.Errorf("%d bytes where %d are allowed: %v", n, n-1, err)
		}
	}
	k.empty(t, s, "above the limit")
	if _, err := s.Put(t.Context(), strings.NewReader(""), 0); err != nil {
		t.Errorf("nothing, where nothing is allowed: %v", err)
	}
}

func (k Kit) failures(t *testing.T) {
	s := k.New(t)
	broken := errors.New("the sender went away")
	for _, n := range []int{0, 10, 100_000, Large} {
		_, err := s.Put(t.Context(), io.MultiReader(bytes.NewReader(Content(1, n)), iotest.ErrReader(broken)), Large)
		if !errors.Is(err, broken) {
			t.Errorf("broken after %d bytes: %v", n, err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		stop := readerFunc(func([]byte) (int, error) { cancel(); return 0, nil })
		_, err = s.Put(ctx, io.MultiReader(bytes.NewReader(Content(1, n)), stop, iotest.ErrReader(broken)), Large)
		if !errors.Is(err, fault.Cancelled) {
			t.Errorf("cancelled after %d bytes: %v", n, err)
		}
	}
	k.empty(t, s, "after failures")
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

func (k Kit) twice(t *testing.T) {
	s := k.New(t)
	for _, n := range []int{100, Large} {
		data := Content(1, n)
		one, two := put(t, s, data), put(t, s, data)
		if (one.Digest == two.Digest) == k.Sealed || one.Content != two.Content {
			t.Errorf("%+v and %+v", one, two)
		}
	}
	want := 2
	if k.Sealed {
		want = 4
	}
	if got := all(t, s); len(got) != want {
		t.Errorf("%d files, want %d", len(got), want)
	}
	if left := k.Left(t, s); len(left) != 0 {
		t.Errorf("%q was left behind", left)
	}
}

func (k Kit) many(t *testing.T) {
	s := k.New(t)
	var wg sync.WaitGroup
	for i := range 16 {
		wg.Go(func() {
			data := Content(byte(i%4), 50_000) // four files, each put by four at once
			info, err := s.Put(t.Context(), bytes.NewReader(data), 50_000)
			if err != nil {
				t.Error(err)
				return
			}
			f, err := s.Open(t.Context(), info.Digest)
			if err != nil {
				t.Error(err)
				return
			}
			got, err := io.ReadAll(f)
			if err = errors.Join(err, f.Close()); err != nil || !bytes.Equal(got, data) {
				t.Errorf("%d bytes came back, %v", len(got), err)
			}
		})
	}
	wg.Wait()
	want := 4
	if k.Sealed {
		want = 16
	}
	if got := all(t, s); len(got) != want {
		t.Errorf("%d files, want %d", len(got), want)
	}
}

func (k Kit) absent(t *testing.T) {
	s, ctx := k.New(t), t.Context()
	put(t, s, []byte("x"))
	for _, d := range []string{Digest([]byte("y")), "", "ab", "../../secret", strings.Repeat("../", 21) + "x", strings.Repeat("A", 64), strings.Repeat("g", 64)} {
		if _, err := s.Open(ctx, d); fault.CodeOf(err) != "blob.missing" {
			t.Errorf("open %q: %v", d, err)
		}
		if _, err := s.Stat(ctx, d); fault.CodeOf(err) != "blob.missing" {
			t.Errorf("stat %q: %v", d, err)
		}
		if err := s.Verify(ctx, d); fault.CodeOf(err) != "blob.missing" {
			t.Errorf("verify %q: %v", d, err)
		}
		if has, err := s.Has(ctx, d); has || err != nil {
			t.Errorf("has %q: %v, %v", d, has, err)
		}
		if err := s.Delete(ctx, d); err != nil {
			t.Errorf("delete %q: %v", d, err)
		}
	}
	if len(all(t, s)) != 1 {
		t.Error("the file that is there went away")
	}
}

func (k Kit) deleting(t *testing.T) {
	s := k.New(t)
	gone, stays := put(t, s, []byte("goes")).Digest, put(t, s, []byte("stays")).Digest
	if err := s.Delete(t.Context(), gone); err != nil {
		t.Fatal(err)
	}
	for d, want := range map[string]bool{gone: false, stays: true} {
		if has, err := s.Has(t.Context(), d); has != want || err != nil {
			t.Errorf("has %v, want %v, %v", has, want, err)
		}
	}
	if again := put(t, s, []byte("goes")); again.Size != 4 {
		t.Errorf("put again: %+v", again)
	}
}

func (k Kit) each(t *testing.T) {
	s := k.New(t)
	want := map[string]int64{}
	for i := range 20 {
		want[put(t, s, Content(byte(i), i*1000)).Digest] = int64(i * 1000)
	}
	if diff := cmp.Diff(want, all(t, s)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	enough, count := errors.New("enough"), 0
	err := s.Each(t.Context(), func(blob.Info) error {
		if count++; count == 3 {
			return enough
		}
		return nil
	})
	if !errors.Is(err, enough) || count != 3 {
		t.Errorf("stopped after %d with %v", count, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Each(ctx, func(blob.Info) error { return nil }); !errors.Is(err, fault.Cancelled) {
		t.Errorf("cancelled: %v", err)
	}
}

func (k Kit) types(t *testing.T) {
	s := k.New(t)
	for want, data := range map[string]string{
		"application/pdf":           "%PDF-1.7\n%\xe2\xe3\xcf\xd3\n",
		"text/html; charset=utf-8":  "<!DOCTYPE html><html><body>公开</body></html>",
		"text/plain; charset=utf-8": "申请公开政府信息",
		"image/png":                 "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR",
		"application/x-executable":  "\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00",
	} {
		info := put(t, s, []byte(data))
		stat, err := s.Stat(t.Context(), info.Digest)
		if err != nil {
			t.Fatal(err)
		}
		for _, got := range []string{info.Type, stat.Type} {
			if got != want {
				t.Errorf("%q is %q, want %q", data, got, want)
			}
		}
	}
}

func (k Kit) damage(t *testing.T) {
	s := k.New(t)
	whole, bad := put(t, s, Content(1, 100_000)).Digest, put(t, s, Content(2, 100_000)).Digest
	k.Damage(t, s, bad)
	if err := s.Verify(t.Context(), whole); err != nil {
		t.Error(err)
	}
	if err := s.Verify(t.Context(), bad); !errors.Is(err, fault.Unreadable) || fault.CodeOf(err) != "blob.damaged" {
		t.Errorf("damaged: %v", err)
	}
	if !k.Sealed {
		return
	}
	f, err := s.Open(t.Context(), bad)
	if err == nil {
		_, err = io.ReadAll(f)
		f.Close()
	}
	if !errors.Is(err, fault.Unreadable) {
		t.Errorf("damaged and sealed, read: %v", err)
	}
}

func (k Kit) derived(t *testing.T) {
	s, ctx := k.New(t), t.Context()
	home, ok := s.(blob.Home)
	if !ok { // copies for the public are not sealed: they stand in a store of their own
		var err error
		home, err = blob.OpenFolder(t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
	}
	d := blob.NewDerived(s, home.Shelf("derived"))
	original := put(t, s, []byte("电话 13800001234")).Digest
	before := all(t, s)
	made := 0
	mask := func(w io.Writer, r io.Reader) error {
		made++
		text, err := io.ReadAll(r)
		if err == nil {
			_, err = w.Write(bytes.ReplaceAll(text, []byte("13800001234"), []byte("138****1234")))
		}
		return err
	}
	read := func(recipe string) string {
		f, err := d.Open(ctx, original, recipe)
		if err != nil {
			return fault.CodeOf(err)
		}
		text, err := io.ReadAll(f)
		if err = errors.Join(err, f.Close()); err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	step := func(name string, err error, wantErr error, recipe, want string, times int) {
		t.Helper()
		if !errors.Is(err, wantErr) || read(recipe) != want || made != times {
			t.Errorf("%s: %v; %q, want %q; made %d times, want %d", name, err, read(recipe), want, made, times)
		}
	}
	broken := errors.New("cannot be made")
	step("not yet", nil, nil, "mask-1", "blob.missing", 0)
	step("once", d.Derive(ctx, original, "mask-1", mask), nil, "mask-1", "电话 138****1234", 1)
	step("there already", d.Derive(ctx, original, "mask-1", mask), nil, "mask-1", "电话 138****1234", 1)
	step("again", d.Again(ctx, original, "mask-1", mask), nil, "mask-1", "电话 138****1234", 2)
	step("fails, the old one stays", d.Again(ctx, original, "mask-1", func(w io.Writer, _ io.Reader) error {
		_, err := w.Write([]byte("half"))
		return errors.Join(err, broken)
	}), broken, "mask-1", "电话 138****1234", 2)
	step("fails from the start", d.Derive(ctx, original, "mask-2", func(io.Writer, io.Reader) error { return broken }), broken, "mask-2", "blob.missing", 2)
	step("no name", d.Derive(ctx, original, "../mask", mask), fault.Usage, "../mask", "blob.recipe", 2)
	step("no original", d.Derive(ctx, Digest([]byte("?")), "mask-1", mask), fault.NotFound, "mask-1", "电话 138****1234", 2)
	if diff := cmp.Diff(before, all(t, s)); diff != "" {
		t.Errorf("the files changed:\n%s", diff)
	}
	step("dropped", d.Drop(ctx, original), nil, "mask-1", "blob.missing", 2)
	k.Damage(t, s, original)
	step("a damaged original", d.Derive(ctx, original, "mask-1", mask), fault.Unreadable, "mask-1", "blob.missing", 2)
	if got := slices.Sorted(maps.Keys(all(t, s))); !slices.Equal(got, []string{original}) {
		t.Errorf("files are now %v", got)
	}
}
