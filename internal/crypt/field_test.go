package crypt_test

import (
	"encoding/base64"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"github.com/gongkai/gongkai/internal/crypt"
	"github.com/gongkai/gongkai/internal/fault"
)

func TestFieldsComeBackAndOnlyInTheirPlace(t *testing.T) {
	m := crypt.NewMaster()
	for _, a := range algs {
		r, _ := ring(t, m, a)
		rapid.Check(t, func(t *rapid.T) {
			p := crypt.Place{Table: rapid.String().Draw(t, "table"), Column: rapid.String().Draw(t, "column"), Row: rapid.String().Draw(t, "row")}
			q := crypt.Place{Table: rapid.String().Draw(t, "table2"), Column: rapid.String().Draw(t, "column2"), Row: rapid.String().Draw(t, "row2")}
			text := rapid.String().Draw(t, "text")
			sealed, err := r.Seal(p, text)
			if err != nil {
				t.Fatal(err)
			}
			if got, err := r.Open(p, sealed); err != nil || got != text {
				t.Fatalf("%q came back as %q, %v", text, got, err)
			}
			if _, err := r.Open(q, sealed); p != q && fault.CodeOf(err) != "crypt.moved" {
				t.Fatalf("opened in another place: %v", err)
			}
		})
	}
}

// Places whose parts run together alike are different places.
func TestPlacesDoNotRunTogether(t *testing.T) {
	r, _ := ring(t, crypt.NewMaster(), crypt.AES256GCM)
	sealed, err := r.Seal(crypt.Place{Table: "ab", Column: "c", Row: "1"}, "x")
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range []crypt.Place{{"a", "bc", "1"}, {"ab", "", "c1"}, {"abc", "1", ""}, {}} {
		_, err := r.Open(p, sealed)
		wantCode(t, "in another place", err, "crypt.moved")
	}
}

func TestEveryDamageOfAFieldIsFound(t *testing.T) {
	r, _ := ring(t, crypt.NewMaster(), crypt.AES256GCM)
	sealed, err := r.Seal(place, "330000199001010000")
	if err != nil {
		t.Fatal(err)
	}
	for i := range len(sealed) {
		if _, err := r.Open(place, sealed[:i]); fault.CodeOf(err) == "internal" {
			t.Errorf("cut after %d: %v", i, err)
		}
		for _, c := range []byte{'A', 'b', '_', '=', '.', 0, '\n', 0xff} {
			if sealed[i] == c {
				continue
			}
			bad := sealed[:i] + string(c) + sealed[i+1:]
			if text, err := r.Open(place, bad); err == nil || fault.CodeOf(err) == "internal" {
				t.Errorf("byte %d as %q: %q, %v", i, c, text, err)
			}
		}
	}
	head, body := sealed[:12], sealed[12:]
	raw, err := base64.RawURLEncoding.DecodeString(body)
	if err != nil {
		t.Fatal(err)
	}
	back := func(b []byte) string { return head + base64.RawURLEncoding.EncodeToString(b) }
	flip := func(i int) []byte { b := append([]byte(nil), raw...); b[i] ^= 1; return b }
	tests := []struct{ name, in, code string }{
		{"blank", "", "crypt.not_sealed"},
		{"plain text", "330000199001010000", "crypt.not_sealed"},
		{"another version", "g2" + sealed[2:], "crypt.not_sealed"},
		{"a line break within", sealed[:20] + "\n" + sealed[20:], "crypt.not_sealed"},
		{"only the head", head, "crypt.truncated"},
		{"one byte short", back(raw[:len(raw)-1]), "crypt.truncated"},
		{"only the length", back(raw[:1]), "crypt.truncated"},
		{"one byte more", back(append(raw[:len(raw):len(raw)], 0)), "crypt.altered"},
		{"length written longer", back(append([]byte{raw[0] | 0x80, 0}, raw[1:]...)), "crypt.altered"},
		{"mark", back(flip(1)), "crypt.moved"},
		{"nonce", back(flip(6)), "crypt.altered"},
		{"text", back(flip(18)), "crypt.altered"},
		{"tag", back(flip(len(raw) - 1)), "crypt.altered"},
		{"huge length", head + base64.RawURLEncoding.EncodeToString([]byte("\xff\xff\xff\xff\xff\xff\xff\xff\x7f")), "crypt.not_sealed"},
		{"key that is not there", "g1.aaaaaaaa." + body, "crypt.unknown_key"},
	}
	for _, tt := range tests {
		_, err := r.Open(place, tt.in)
		wantCode(t, tt.name, err, tt.code)
	}
}

// The mark of a place can be had by anybody who sees a field sealed for it. It is the cipher that binds.
func TestForgedMarkDoesNotMoveAField(t *testing.T) {
	for _, a := range algs {
		r, _ := ring(t, crypt.NewMaster(), a)
		there := crypt.Place{Table: place.Table, Column: place.Column, Row: "a2"}
		raw := map[crypt.Place][]byte{}
		var head string
		for _, p := range []crypt.Place{place, there} {
			sealed, err := r.Seal(p, "13800001234")
			if err != nil {
				t.Fatal(err)
			}
			head = sealed[:12]
			raw[p], err = base64.RawURLEncoding.DecodeString(sealed[12:])
			if err != nil {
				t.Fatal(err)
			}
		}
		forged := append([]byte(nil), raw[place]...)
		copy(forged[1:5], raw[there][1:5])
		_, err := r.Open(there, head+base64.RawURLEncoding.EncodeToString(forged))
		wantCode(t, string(a), err, "crypt.altered")
	}
}

// A sealed text has one writing only: unused bits at the end of the base64 have to be zero.
func TestSealedTextHasOneWriting(t *testing.T) {
	r, _ := ring(t, crypt.NewMaster(), crypt.AES256GCM)
	for n := range 3 {
		sealed, err := r.Seal(place, strings.Repeat("x", n))
		if err != nil {
			t.Fatal(err)
		}
		for c := range byte(128) {
			other := sealed[:len(sealed)-1] + string(c)
			if text, err := r.Open(place, other); other != sealed && err == nil {
				t.Errorf("%q opens as %q, as %q does", other, text, sealed)
			}
		}
	}
}

func TestBlankIsSealedAndAbsentIsNot(t *testing.T) {
	r, _ := ring(t, crypt.NewMaster(), crypt.SM4GCM)
	blank := ""
	sealed, err := r.SealOptional(place, &blank)
	if err != nil || sealed == nil || !strings.HasPrefix(*sealed, "g1.") {
		t.Fatalf("blank sealed as %v, %v", sealed, err)
	}
	back, err := r.OpenOptional(place, sealed)
	if err != nil || back == nil || *back != "" {
		t.Errorf("blank came back as %v, %v", back, err)
	}
	if got, err := r.SealOptional(place, nil); got != nil || err != nil {
		t.Errorf("absent sealed as %v, %v", got, err)
	}
	if got, err := r.OpenOptional(place, nil); got != nil || err != nil {
		t.Errorf("absent opened as %v, %v", got, err)
	}
	bad := "x"
	if got, err := r.OpenOptional(place, &bad); got != nil || err == nil {
		t.Errorf("plain text opened as %v", got)
	}
}

func TestSameTextIsNeverSealedTheSame(t *testing.T) {
	r, _ := ring(t, crypt.NewMaster(), crypt.AES256GCM)
	var mu sync.Mutex
	seen := map[string]bool{}
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 250 {
				s, err := r.Seal(place, "同一段文字")
				got, errOpen := r.Open(place, s)
				mu.Lock()
				if err != nil || errOpen != nil || got != "同一段文字" || seen[s] {
					t.Errorf("%s: %q, seen %v, %v, %v", s, got, seen[s], err, errOpen)
				}
				seen[s] = true
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	_, err := r.Seal(place, strings.Repeat("x", crypt.MaxField+1))
	wantCode(t, "too large", err, "crypt.field_too_large")
}

// FuzzOpen: whatever stands in the database, the answer is the text that was sealed or an error for people.
func FuzzOpen(f *testing.F) {
	r, _ := ring(f, crypt.NewMaster(), crypt.AES256GCM)
	sealed, err := r.Seal(place, "种子")
	if err != nil {
		f.Fatal(err)
	}
	id := sealed[:12]
	f.Add(sealed[12:], true)
	f.Add("", true)
	f.Add("g1.aaaaaaaa.", false)
	f.Add("_____38", true)
	f.Fuzz(func(t *testing.T, in string, whole bool) {
		if whole {
			in = id + in // the seed corpus outlives the key: give it the id of this run
		}
		text, err := r.Open(place, in)
		if err == nil && in != sealed {
			t.Errorf("%q opened as %q", in, text)
		}
		if err != nil && fault.CodeOf(err) == "internal" {
			t.Errorf("%q: %v is not for people", in, err)
		}
	})
}

func BenchmarkField(b *testing.B) {
	for _, a := range algs {
		r, _ := ring(b, crypt.NewMaster(), a)
		sealed, err := r.Seal(place, "330000199001010000")
		if err != nil {
			b.Fatal(err)
		}
		run := func(name string, f func() error) {
			b.Run(string(a)+"/"+name, func(b *testing.B) {
				for b.Loop() {
					if err := f(); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N), "µs/field")
			})
		}
		run("seal", func() error { _, err := r.Seal(place, "330000199001010000"); return err })
		run("open", func() error { _, err := r.Open(place, sealed); return err })
		run("blind", func() error { _, err := r.Blind("id", "330000199001010000"); return err })
	}
}
