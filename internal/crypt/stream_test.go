package crypt_test

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"testing"
	"testing/iotest"

	"pgregory.net/rapid"

	"github.com/gongkai/gongkai/internal/crypt"
	"github.com/gongkai/gongkai/internal/fault"
)

const chunk = 64 << 10

func content(n int) []byte {
	out := make([]byte, n)
	c := rand.NewChaCha8([32]byte{1})
	_, _ = c.Read(out)
	return out
}

func sealed(t testing.TB, r *crypt.Ring, plain []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	w, err := r.SealWriter(&out, "test")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(plain); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func open(r *crypt.Ring, in []byte) ([]byte, error) {
	rd, err := r.OpenReader(bytes.NewReader(in), "test")
	if err != nil {
		return nil, err
	}
	return io.ReadAll(rd)
}

func TestStreamsOfAnyLengthComeBack(t *testing.T) {
	for _, a := range algs {
		r, _ := ring(t, crypt.NewMaster(), a)
		for _, n := range []int{0, 1, 15, 16, 17, chunk - 1, chunk, chunk + 1, 2*chunk - 1, 2 * chunk, 2*chunk + 1, 300_000} {
			plain := content(n)
			s := sealed(t, r, plain)
			if got := crypt.SealedSize(int64(n)); got != int64(len(s)) {
				t.Errorf("%d bytes are sealed in %d, announced %d", n, len(s), got)
			}
			if got, err := crypt.PlainSize(int64(len(s))); err != nil || got != int64(n) {
				t.Errorf("%d sealed bytes hold %d, want %d; %v", len(s), got, n, err)
			}
			for name, wrap := range map[string]func(io.Reader) io.Reader{
				"whole": func(r io.Reader) io.Reader { return r }, "with the end": iotest.DataErrReader, "in halves": iotest.HalfReader,
			} {
				rd, err := r.OpenReader(wrap(bytes.NewReader(s)), "test")
				if err != nil {
					t.Fatal(err)
				}
				if err := iotest.TestReader(rd, plain); err != nil {
					t.Errorf("%s, %d bytes %s: %v", a, n, name, err)
				}
			}
			rd, err := r.OpenSeeker(bytes.NewReader(s), "test")
			if err != nil {
				t.Fatal(err)
			}
			if err := iotest.TestReader(rd, plain); err != nil {
				t.Errorf("%s, %d bytes, seeking: %v", a, n, err)
			}
		}
	}
}

func TestStreamsComeBackHoweverTheyAreWrittenAndSought(t *testing.T) {
	r, _ := ring(t, crypt.NewMaster(), crypt.AES256GCM)
	rapid.Check(t, func(t *rapid.T) {
		plain := content(rapid.IntRange(0, 3*chunk+2).Draw(t, "size"))
		var out bytes.Buffer
		w, err := r.SealWriter(&out, "test")
		if err != nil {
			t.Fatal(err)
		}
		for rest := plain; len(rest) > 0; {
			n := rapid.IntRange(1, len(rest)).Draw(t, "write")
			if m, err := w.Write(rest[:n]); m != n || err != nil {
				t.Fatal(m, err)
			}
			rest = rest[n:]
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		rd, err := r.OpenSeeker(bytes.NewReader(out.Bytes()), "test")
		if err != nil {
			t.Fatal(err)
		}
		for range 4 {
			at := rapid.IntRange(0, len(plain)+3).Draw(t, "at")
			if _, err := rd.Seek(int64(at), io.SeekStart); err != nil {
				t.Fatal(err)
			}
			got, err := io.ReadAll(rd)
			if want := plain[min(at, len(plain)):]; err != nil || !bytes.Equal(got, want) {
				t.Fatalf("from %d: %d bytes, want %d; %v", at, len(got), len(want), err)
			}
		}
	})
}

func TestEveryCutOfAStreamIsFound(t *testing.T) {
	r, _ := ring(t, crypt.NewMaster(), crypt.AES256GCM)
	plain := content(2*chunk + 100)
	s := sealed(t, r, plain)
	head := int(crypt.SealedSize(0)) - 16
	for _, n := range []int{0, 1, head - 1, head, head + 1, head + 15, head + 16, head + chunk, head + chunk + 16, head + chunk + 17,
		head + 2*(chunk+16), head + 2*(chunk+16) + 16, len(s) - 1} {
		got, err := open(r, s[:n])
		if err == nil || fault.CodeOf(err) == "internal" || !bytes.HasPrefix(plain, got) {
			t.Errorf("cut after %d: %d bytes, %v", n, len(got), err)
		}
		if len(got)%chunk != 0 {
			t.Errorf("cut after %d: %d bytes were given, not whole chunks", n, len(got))
		}
	}
	for _, n := range []int{0, head, head + chunk + 16, head + 2*(chunk+16)} {
		_, err := open(r, s[:n])
		wantCode(t, "cut between chunks", err, "crypt.truncated_file")
	}
}

func TestSplicesOfStreamsAreFound(t *testing.T) {
	m := crypt.NewMaster()
	for _, a := range algs {
		r, _ := ring(t, m, a)
		plain := content(3*chunk + 5)
		s, other := sealed(t, r, plain), sealed(t, r, plain)
		head := int(crypt.SealedSize(0)) - 16
		part := func(s []byte, i int) []byte { return s[head+i*(chunk+16) : min(len(s), head+(i+1)*(chunk+16))] }
		join := func(parts ...[]byte) []byte { return bytes.Join(parts, nil) }
		flip := func(i int) []byte { b := bytes.Clone(s); b[i] ^= 1; return b }
		tests := []struct {
			name, code string
			in         []byte
		}{
			{"two chunks change places", "crypt.altered_file", join(s[:head], part(s, 1), part(s, 0), part(s, 2), part(s, 3))},
			{"a chunk is missing", "crypt.altered_file", join(s[:head], part(s, 0), part(s, 2), part(s, 3))},
			{"a chunk is there twice", "crypt.altered_file", join(s[:head], part(s, 0), part(s, 0), part(s, 1), part(s, 2), part(s, 3))},
			{"a chunk of another stream", "crypt.altered_file", join(s[:head], part(s, 0), part(other, 1), part(s, 2), part(s, 3))},
			{"the header of another stream", "crypt.altered_file", join(other[:head], s[head:])},
			{"something follows", "crypt.altered_file", join(s, []byte("more"))},
			{"the stream follows itself", "crypt.altered_file", join(s, s[head:])},
			{"a bit of the salt", "crypt.altered_file", flip(20)},
			{"a bit of the text", "crypt.altered_file", flip(head + chunk + 20)},
			{"a bit of the last tag", "crypt.altered_file", flip(len(s) - 1)},
			{"the magic", "crypt.not_sealed_file", flip(1)},
			{"another key", "crypt.unknown_key", join(s[:4], []byte("aaaaaaaa"), s[12:])},
		}
		for _, tt := range tests {
			got, err := open(r, tt.in)
			wantCode(t, string(a)+": "+tt.name, err, tt.code)
			if !bytes.HasPrefix(plain, got) {
				t.Errorf("%s: gave bytes that were not written", tt.name)
			}
		}
		rd, err := r.OpenReader(bytes.NewReader(s), "another purpose")
		if err != nil {
			t.Fatal(err)
		}
		_, err = io.ReadAll(rd)
		wantCode(t, "another purpose", err, "crypt.altered_file")
	}
}

type failing struct{ after int }

func (f *failing) Write(p []byte) (int, error) {
	f.after--
	if f.after < 0 {
		return 0, io.ErrShortWrite
	}
	return len(p), nil
}

func TestFailuresOfTheOtherSideAreHandedOn(t *testing.T) {
	r, _ := ring(t, crypt.NewMaster(), crypt.AES256GCM)
	for after := range 4 {
		w, err := r.SealWriter(&failing{after}, "test")
		if err == nil {
			_, err = w.Write(content(3 * chunk))
			err = errors.Join(err, w.Close())
		}
		if !errors.Is(err, io.ErrShortWrite) {
			t.Errorf("after %d writes: %v", after, err)
		}
	}
	s := sealed(t, r, content(2*chunk))
	broken := errors.New("the disk is gone")
	rd, err := r.OpenReader(io.MultiReader(bytes.NewReader(s[:chunk]), iotest.ErrReader(broken)), "test")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadAll(rd); !errors.Is(err, broken) {
		t.Errorf("got %v, want the error of the source", err)
	}
	empty, err := crypt.Open(crypt.NewMaster(), nil)
	if err != nil {
		t.Fatal(err)
	}
	_, err = empty.SealWriter(io.Discard, "test")
	wantCode(t, "without a key", err, "crypt.no_key")
	var out bytes.Buffer
	w, err := r.SealWriter(&out, "test")
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write([]byte("x")); err == nil {
		t.Error("written after Close")
	}
	if err := w.Close(); err == nil {
		t.Error("closed twice")
	}
}

// FuzzOpenReader: whatever bytes stand in a file, the answer is the beginning of what was sealed, or an error for people.
func FuzzOpenReader(f *testing.F) {
	r, _ := ring(f, crypt.NewMaster(), crypt.AES256GCM)
	plain := content(chunk + 9)
	s := sealed(f, r, plain)
	f.Add([]byte{}, 0, 0)
	f.Add([]byte("x"), 3, 40)
	f.Add([]byte{}, chunk+44, 0)
	f.Fuzz(func(t *testing.T, with []byte, at, drop int) {
		at = min(max(at, 0), len(s))
		drop = min(max(drop, 0), len(s)-at)
		in := bytes.Join([][]byte{s[:at], with, s[at+drop:]}, nil)
		got, err := open(r, in)
		if !bytes.HasPrefix(plain, got) || err == nil && !bytes.Equal(in, s) {
			t.Errorf("%d bytes given, error %v", len(got), err)
		}
		if err != nil && fault.CodeOf(err) == "internal" {
			t.Errorf("%v is not for people", err)
		}
		if rd, err := r.OpenSeeker(bytes.NewReader(in), "test"); err == nil {
			_, _ = rd.Seek(int64(drop), io.SeekStart)
			if got, _ := io.ReadAll(rd); !bytes.HasSuffix(plain, got) && !bytes.Contains(plain, got) {
				t.Error("seeking gave bytes that were not written")
			}
		}
	})
}

func BenchmarkStream(b *testing.B) {
	plain := content(16 << 20)
	for _, a := range algs {
		r, _ := ring(b, crypt.NewMaster(), a)
		s := sealed(b, r, plain)
		b.Run(string(a)+"/seal", func(b *testing.B) {
			b.SetBytes(int64(len(plain)))
			for b.Loop() {
				w, err := r.SealWriter(io.Discard, "test")
				if err != nil {
					b.Fatal(err)
				}
				if _, err := w.Write(plain); err != nil {
					b.Fatal(err)
				}
				if err := w.Close(); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(string(a)+"/open", func(b *testing.B) {
			b.SetBytes(int64(len(plain)))
			for b.Loop() {
				rd, err := r.OpenReader(bytes.NewReader(s), "test")
				if err != nil {
					b.Fatal(err)
				}
				if _, err := io.Copy(io.Discard, rd); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
