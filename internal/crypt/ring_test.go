package crypt_test

import (
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gongkai/gongkai/internal/crypt"
	"github.com/gongkai/gongkai/internal/fault"
)

var (
	day   = time.Date(2026, 3, 2, 1, 2, 3, 0, time.UTC)
	place = crypt.Place{Table: "applicants", Column: "id_number", Row: "a1"}
	algs  = []crypt.Alg{crypt.AES256GCM, crypt.SM4GCM}
)

// ring makes a fresh ring, and what the database would keep of it.
func ring(t testing.TB, m crypt.Master, a crypt.Alg) (*crypt.Ring, []crypt.WrappedKey) {
	t.Helper()
	keys, err := crypt.NewKeys(m, a, day)
	if err != nil {
		t.Fatal(err)
	}
	r, err := crypt.Open(m, keys)
	if err != nil {
		t.Fatal(err)
	}
	return r, keys
}

func wantCode(t *testing.T, what string, err error, code string) {
	t.Helper()
	var e *fault.Error
	if !errors.As(err, &e) || e.Code != code {
		t.Errorf("%s: %v (code %s), want code %s", what, err, fault.CodeOf(err), code)
	}
}

func TestMasterIsReadInEveryWritingAndNeverPrinted(t *testing.T) {
	raw := make([]byte, 32)
	for i := range raw {
		raw[i] = byte(255 - i)
	}
	want, err := crypt.ParseMaster(hex.EncodeToString(raw))
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{
		strings.ToUpper(hex.EncodeToString(raw)), " " + base64.StdEncoding.EncodeToString(raw) + "\n",
		base64.RawStdEncoding.EncodeToString(raw), base64.URLEncoding.EncodeToString(raw),
	} {
		got, err := crypt.ParseMaster(text)
		if err != nil || got != want {
			t.Errorf("%q: another key, error %v", text, err)
		}
	}
	for _, text := range []string{"", "00", strings.Repeat("0", 66), strings.Repeat("z", 64), base64.StdEncoding.EncodeToString(raw[:31])} {
		_, err := crypt.ParseMaster(text)
		wantCode(t, fmt.Sprintf("%q", text), err, "crypt.master_text")
		if err != nil && text != "" && strings.Contains(err.Error(), text) {
			t.Errorf("%q is repeated in %q", text, err)
		}
	}
	for _, format := range []string{"%v", "%+v", "%#v", "%s"} {
		if got := fmt.Sprintf(format, want); got != "crypt.Master(hidden)" {
			t.Errorf("printed with %s: %s", format, got)
		}
	}
}

func TestKeyFileIsMadeOnceAndForItsOwnerOnly(t *testing.T) {
	path := filepath.Join(t.TempDir(), "keys", "master.key")
	_, err := crypt.ReadKeyFile(path)
	wantCode(t, "without a file", err, "crypt.key_file")

	// Many that start at once end with one key.
	const n = 8
	var wg sync.WaitGroup
	got, made := make([]crypt.Master, n), make([]bool, n)
	for i := range n {
		wg.Go(func() {
			var err error
			got[i], made[i], err = crypt.EnsureKeyFile(path)
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	count := 0
	for i := range n {
		if got[i] != got[0] {
			t.Error("two keys were handed out")
		}
		if made[i] {
			count++
		}
	}
	if count != 1 {
		t.Errorf("made %d times, want once", count)
	}
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(entries) != 1 {
		t.Errorf("%d files in the folder, want the key alone; %v", len(entries), err)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, want 0600; %v", info.Mode(), err)
	}
	for _, mode := range []fs.FileMode{0o640, 0o604, 0o660} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		_, _, err := crypt.EnsureKeyFile(path)
		wantCode(t, mode.String(), err, "crypt.key_mode")
	}
	if err := os.Chmod(path, 0o400); err != nil {
		t.Fatal(err)
	}
	if m, made, err := crypt.EnsureKeyFile(path); err != nil || made || m != got[0] {
		t.Errorf("with mode 0400: made %v, error %v", made, err)
	}
}

func TestDamagedKeyFileIsNotReplaced(t *testing.T) {
	path := filepath.Join(t.TempDir(), "master.key")
	if err := os.WriteFile(path, []byte("half a k"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, _, err := crypt.EnsureKeyFile(path)
	wantCode(t, "damaged", err, "crypt.master_text")
	if text, err := os.ReadFile(path); err != nil || string(text) != "half a k" {
		t.Errorf("the file is now %q, %v", text, err)
	}
}

func TestRingOpensWithItsMasterOnly(t *testing.T) {
	for _, a := range algs {
		m := crypt.NewMaster()
		_, keys := ring(t, m, a)
		_, err := crypt.Open(crypt.NewMaster(), keys)
		wantCode(t, "another master", err, "crypt.wrong_master")

		edit := func(f func(w *crypt.WrappedKey)) []crypt.WrappedKey {
			w := keys[0]
			w.Wrapped = append([]byte(nil), w.Wrapped...)
			f(&w)
			return []crypt.WrappedKey{w}
		}
		tests := []struct {
			name string
			keys []crypt.WrappedKey
			code string
		}{
			{"a bit", edit(func(w *crypt.WrappedKey) { w.Wrapped[20] ^= 1 }), "crypt.wrong_master"},
			{"the date", edit(func(w *crypt.WrappedKey) { w.Created = w.Created.Add(time.Second) }), "crypt.wrong_master"},
			{"the id", edit(func(w *crypt.WrappedKey) { w.ID = keys[1].ID }), "crypt.wrong_master"},
			{"the length", edit(func(w *crypt.WrappedKey) { w.Wrapped = w.Wrapped[:9] }), "crypt.key_record"},
			{"no id", edit(func(w *crypt.WrappedKey) { w.ID = "" }), "crypt.key_record"},
			{"the algorithm", edit(func(w *crypt.WrappedKey) { w.Alg = "rot13" }), "crypt.algorithm"},
			{"twice", []crypt.WrappedKey{keys[0], keys[0]}, "crypt.key_twice"},
		}
		for _, tt := range tests {
			_, err := crypt.Open(m, tt.keys)
			wantCode(t, tt.name, err, tt.code)
		}
	}
	_, err := crypt.NewKeys(crypt.NewMaster(), crypt.HMACSM3, day)
	wantCode(t, "look-up algorithm for sealing", err, "crypt.algorithm")
}

func TestRewrapChangesTheMasterAndNothingElse(t *testing.T) {
	from, to := crypt.NewMaster(), crypt.NewMaster()
	r, keys := ring(t, from, crypt.SM4GCM)
	sealed, err := r.Seal(place, "张示例")
	if err != nil {
		t.Fatal(err)
	}
	moved, err := crypt.Rewrap(from, to, keys)
	if err != nil {
		t.Fatal(err)
	}
	_, err = crypt.Open(from, moved)
	wantCode(t, "the old master", err, "crypt.wrong_master")
	after, err := crypt.Open(to, moved)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := after.Open(place, sealed); err != nil || got != "张示例" {
		t.Errorf("%q, %v", got, err)
	}
	b1, _ := r.Blind("phone", "13800001234")
	b2, _ := after.Blind("phone", "13800001234")
	if b1 == "" || b1 != b2 {
		t.Errorf("look-up value %q became %q", b1, b2)
	}
	_, err = crypt.Rewrap(to, from, keys)
	wantCode(t, "the wrong old master", err, "crypt.wrong_master")
}

func TestNewestKeySealsAndRetiredOnesStillOpen(t *testing.T) {
	m := crypt.NewMaster()
	newKey := func(a crypt.Alg, after time.Duration) crypt.WrappedKey {
		k, err := crypt.NewKey(m, a, day.Add(after))
		if err != nil {
			t.Fatal(err)
		}
		return k
	}
	open := func(keys ...crypt.WrappedKey) *crypt.Ring {
		r, err := crypt.Open(m, keys)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	k1, k2, k3 := newKey(crypt.AES256GCM, 0), newKey(crypt.SM4GCM, time.Hour), newKey(crypt.AES256GCM, time.Hour)
	if got := open(k1, k2, k3).Current(); got != k3.ID {
		t.Errorf("of two of one second %s seals, want the later in the list %s", got, k3.ID)
	}
	if got := open(k2, k1).Current(); got != k2.ID {
		t.Errorf("%s seals, want the newest %s", got, k2.ID)
	}
	old, err := open(k1).Seal(place, "x")
	if err != nil {
		t.Fatal(err)
	}
	k1.Retired = day.Add(2 * time.Hour)
	r := open(k1, k2)
	if got, err := r.Open(place, old); err != nil || got != "x" {
		t.Errorf("sealed with a retired key: %q, %v", got, err)
	}
	fresh, err := r.Seal(place, "x")
	if err != nil {
		t.Fatal(err)
	}
	for sealed, want := range map[string]bool{old: true, fresh: false} {
		if got, err := r.Stale(sealed); err != nil || got != want {
			t.Errorf("stale %v, want %v, %v", got, want, err)
		}
	}
	_, err = open(k1).Seal(place, "x")
	wantCode(t, "all retired", err, "crypt.no_key")
	if got := open().Current(); got != "" {
		t.Errorf("the empty ring seals with %q", got)
	}
	_, err = open(k2).Open(place, old)
	wantCode(t, "key missing", err, "crypt.unknown_key")
}

func TestBlindFindsTheSameNumberAndTellsNothingElse(t *testing.T) {
	m := crypt.NewMaster()
	for _, a := range algs {
		r, keys := ring(t, m, a)
		one, err := r.Blind("phone", "13800001234")
		if err != nil {
			t.Fatal(err)
		}
		same, _ := r.Blind("phone", "13800001234")
		other, _ := r.Blind("phone", "13800001235")
		column, _ := r.Blind("fax", "13800001234")
		shifted, _ := r.Blind("phone1", "3800001234")
		if one != same {
			t.Error("the same number has two look-up values")
		}
		for _, x := range []string{other, column, shifted} {
			if one == x {
				t.Errorf("%s stands for two things", x)
			}
		}
		// A second look-up key: rows under the first are still looked for.
		k, err := crypt.NewKey(m, crypt.HMACSHA256, day.Add(time.Hour))
		if err != nil {
			t.Fatal(err)
		}
		two, err := crypt.Open(m, append(keys, k))
		if err != nil {
			t.Fatal(err)
		}
		all, err := two.Blinds("phone", "13800001234")
		if err != nil || len(all) != 2 || all[1] != one || !strings.HasPrefix(all[0], k.ID+".") {
			t.Errorf("with two keys: %q, %v", all, err)
		}
	}
	empty, err := crypt.Open(m, nil)
	if err != nil {
		t.Fatal(err)
	}
	_, err = empty.Blind("phone", "1")
	wantCode(t, "without a key", err, "crypt.no_blind_key")
	if diff := cmp.Diff("", empty.Current()); diff != "" {
		t.Error(diff)
	}
}
