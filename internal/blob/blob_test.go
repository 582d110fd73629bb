package blob_test

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gongkai/gongkai/internal/blob"
	"github.com/gongkai/gongkai/internal/blob/blobtest"
	"github.com/gongkai/gongkai/internal/crypt"
	"github.com/gongkai/gongkai/internal/fault"
)

func TestMain(m *testing.M) { blobtest.Main(m) }

func folder(t testing.TB, dir string) *blob.Folder {
	t.Helper()
	f, err := blob.OpenFolder(dir)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func names(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, e := range entries {
		out = append(out, e.Name())
	}
	return out
}

// flip changes the last byte of a file.
func flip(t *testing.T, path string) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	data[len(data)-1] ^= 1
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

// kit returns the suite over stores in folders.
func kit(over func(t *testing.T, f *blob.Folder) blob.Store, sealed bool) blobtest.Kit {
	dirs := map[blob.Store]string{}
	return blobtest.Kit{
		New: func(t *testing.T) blob.Store {
			dir := t.TempDir()
			s := over(t, folder(t, dir))
			dirs[s] = dir
			return s
		},
		Damage: func(t *testing.T, s blob.Store, d string) { flip(t, filepath.Join(dirs[s], d[:2], d[2:])) },
		Left:   func(t *testing.T, s blob.Store) []string { return names(t, filepath.Join(dirs[s], "tmp")) },
		Sealed: sealed,
	}
}

func TestFolder(t *testing.T) {
	blobtest.Run(t, kit(func(_ *testing.T, f *blob.Folder) blob.Store { return f }, false))
}

func newRing(t testing.TB, a crypt.Alg) *crypt.Ring {
	t.Helper()
	m := crypt.NewMaster()
	keys, err := crypt.NewKeys(m, a, time.Unix(1_800_000_000, 0))
	if err != nil {
		t.Fatal(err)
	}
	r, err := crypt.Open(m, keys)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestSealedFolder(t *testing.T) {
	for _, a := range []crypt.Alg{crypt.AES256GCM, crypt.SM4GCM} {
		t.Run(string(a), func(t *testing.T) {
			blobtest.Run(t, kit(func(t *testing.T, f *blob.Folder) blob.Store { return blob.NewSealed(f, newRing(t, a)) }, true))
		})
	}
}

func TestSealedFilesShowNothingOnDisk(t *testing.T) {
	dir := t.TempDir()
	s := blob.NewSealed(folder(t, dir), newRing(t, crypt.AES256GCM))
	text := strings.Repeat("张示例，330000199001010000。", 5000)
	info, err := s.Put(t.Context(), strings.NewReader(text), 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		if bytes.Contains(data, []byte("3300001990")) || bytes.Contains(data, []byte("张示例")) || strings.Contains(path, info.Content[2:]) {
			t.Errorf("%s shows what is in it", path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	// Another ring, as after a restore without the table of keys.
	_, err = blob.NewSealed(folder(t, dir), newRing(t, crypt.AES256GCM)).Open(t.Context(), info.Digest)
	if fault.CodeOf(err) != "crypt.unknown_key" {
		t.Errorf("with another ring: %v", err)
	}
	empty, err := crypt.Open(crypt.NewMaster(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := blob.NewSealed(folder(t, dir), empty).Put(t.Context(), strings.NewReader("x"), 9); fault.CodeOf(err) != "crypt.no_key" {
		t.Errorf("without a key: %v", err)
	}
}

func TestKilledFolderHasNoHalfFile(t *testing.T) { blobtest.Kill(t, t.TempDir()) }

// Folders that the versions before wrote stay readable: ab/cdef….
func TestOldFoldersAreRead(t *testing.T) {
	dir := t.TempDir()
	data := []byte("2025年度报告")
	d := blobtest.Digest(data)
	if err := os.MkdirAll(filepath.Join(dir, d[:2]), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, d[:2], d[2:]), data, 0o600); err != nil {
		t.Fatal(err)
	}
	f := folder(t, dir)
	if err := f.Verify(t.Context(), d); err != nil {
		t.Error(err)
	}
	var got []blob.Info
	if err := f.Each(t.Context(), func(i blob.Info) error { got = append(got, i); return nil }); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]blob.Info{{Digest: d, Size: int64(len(data))}}, got); diff != "" {
		t.Error(diff)
	}
	// Putting the same bytes heals a copy that was damaged.
	flip(t, filepath.Join(dir, d[:2], d[2:]))
	if _, err := f.Put(t.Context(), bytes.NewReader(data), 100); err != nil {
		t.Fatal(err)
	}
	if err := f.Verify(t.Context(), d); err != nil {
		t.Error(err)
	}
}

func TestAbandonedWritingsAreCleared(t *testing.T) {
	dir := t.TempDir()
	folder(t, dir)
	for name, age := range map[string]time.Duration{"in-old": 25 * time.Hour, "in-young": 23 * time.Hour} {
		path := filepath.Join(dir, "tmp", name)
		if err := os.WriteFile(path, []byte("half"), 0o600); err != nil {
			t.Fatal(err)
		}
		then := time.Now().Add(-age)
		if err := os.Chtimes(path, then, then); err != nil {
			t.Fatal(err)
		}
	}
	folder(t, dir)
	if diff := cmp.Diff([]string{"in-young"}, names(t, filepath.Join(dir, "tmp"))); diff != "" {
		t.Error(diff)
	}
}

func TestFullDiskSaysSo(t *testing.T) {
	f := folder(t, t.TempDir())
	for _, errno := range []syscall.Errno{syscall.ENOSPC, syscall.EDQUOT} {
		_, err := f.Put(t.Context(), iotest.ErrReader(&fs.PathError{Op: "write", Path: "x", Err: errno}), 9)
		if !errors.Is(err, fault.Full) || !errors.Is(err, errno) {
			t.Errorf("%v: %v", errno, err)
		}
	}
}

func TestOpenChoosesByTheAddress(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "files")
	s, err := blob.Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := s.(*blob.Folder); !ok {
		t.Errorf("%T for a folder", s)
	}
	for where, code := range map[string]string{
		"":                                          "blob.place",
		"ftp://host/x":                              "blob.place",
		"s3://":                                     "blob.s3_address",
		"s3://key:sec-ret@host":                     "blob.s3_address",
		"s3://key:sec-ret@host/":                    "blob.s3_address",
		"s3://key@host/bucket":                      "blob.s3_address",
		"s3://key:@host/bucket":                     "blob.s3_address",
		"s3://key:sec-ret@host/bucket?tls=2":        "blob.s3_address",
		"s3://key:sec-ret@host/bucket?colour=1":     "blob.s3_address",
		"s3://key:sec-ret@ho st/bucket":             "blob.s3_address",
		"s3://key:sec-ret%@host/bucket":             "blob.s3_address",
		"s3://key:sec-ret@127.0.0.1:1/bucket?tls=0": "blob.s3_unreachable",
	} {
		_, err := blob.Open(t.Context(), where)
		if fault.CodeOf(err) != code {
			t.Errorf("%q: %v (%s), want %s", where, err, fault.CodeOf(err), code)
		}
		for e := err; e != nil; e = errors.Unwrap(e) {
			if strings.Contains(e.Error(), "sec-ret") {
				t.Errorf("%q gives the secret away: %v", where, e)
			}
		}
	}
}

func BenchmarkPut(b *testing.B) {
	data := blobtest.Content(1, 1<<20)
	f := folder(b, b.TempDir())
	for name, s := range map[string]blob.Store{
		"folder": f, "sealed/aes-256-gcm": blob.NewSealed(f, newRing(b, crypt.AES256GCM)), "sealed/sm4-gcm": blob.NewSealed(f, newRing(b, crypt.SM4GCM)),
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(data)))
			for b.Loop() {
				if _, err := s.Put(b.Context(), bytes.NewReader(data), 1<<20); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
