package crypt

import (
	"bytes"
	"encoding/hex"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gongkai/gongkai/internal/fault"
)

func unhex(t *testing.T, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.ToLower(s))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// The vectors of the standards: GB/T 32905-2016 annex A for SM3, FIPS 180-4 for SHA-256.
func TestHashesGiveTheVectorsOfTheirStandards(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"sm3", "abc", "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"},
		{"sm3", strings.Repeat("abcd", 16), "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"},
		{"sha256", "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
	}
	for _, tt := range tests {
		h, err := NewHash(tt.name)
		if err != nil {
			t.Fatal(err)
		}
		sum := h()
		sum.Write([]byte(tt.in))
		if got := hex.EncodeToString(sum.Sum(nil)); got != tt.want {
			t.Errorf("%s(%q) = %s, want %s", tt.name, tt.in, got, tt.want)
		}
	}
	if _, err := NewHash("md5"); err == nil {
		t.Error("md5 is given")
	}
}

// GB/T 32907-2016 annex A: one block, and the same block a million times over.
func TestSM4GivesTheVectorsOfItsStandard(t *testing.T) {
	s, err := suiteOf(SM4GCM)
	if err != nil {
		t.Fatal(err)
	}
	key := unhex(t, "0123456789abcdeffedcba9876543210")
	b, err := s.block(key)
	if err != nil {
		t.Fatal(err)
	}
	out := append([]byte(nil), key...)
	b.Encrypt(out, out)
	if got, want := hex.EncodeToString(out), "681edf34d206965e86b3e94f536e4246"; got != want {
		t.Errorf("once: %s, want %s", got, want)
	}
	for range 999_999 {
		b.Encrypt(out, out)
	}
	if got, want := hex.EncodeToString(out), "595298c7c6fd271f0402f804c33d3f66"; got != want {
		t.Errorf("a million times: %s, want %s", got, want)
	}
}

// RFC 8998 appendix A.1 for SM4-GCM; test cases 14 and 16 of the submission of GCM to NIST for AES-256-GCM.
func TestGCMGivesTheVectorsOfItsStandards(t *testing.T) {
	tests := []struct {
		name                        string
		alg                         Alg
		key, nonce, bound, text, to string
	}{
		{"RFC 8998 A.1", SM4GCM, "0123456789abcdeffedcba9876543210", "00001234567800000000abcd", "feedfacedeadbeeffeedfacedeadbeefabaddad2",
			"aaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbccccccccccccccccddddddddddddddddeeeeeeeeeeeeeeeeffffffffffffffffeeeeeeeeeeeeeeeeaaaaaaaaaaaaaaaa",
			"17f399f08c67d5ee19d0dc9969c4bb7d5fd46fd3756489069157b282bb200735d82710ca5c22f0ccfa7cbf93d496ac15a56834cbcf98c397b4024a2691233b8d" +
				"83de3541e4c2b58177e065a9bf7b62ec"},
		{"case 14", AES256GCM, strings.Repeat("00", 32), strings.Repeat("00", 12), "", strings.Repeat("00", 16),
			"cea7403d4d606b6e074ec5d3baf39d18" + "d0d1c8a799996bf0265b98b5d48ab919"},
		{"case 16", AES256GCM, "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308", "cafebabefacedbaddecaf888",
			"feedfacedeadbeeffeedfacedeadbeefabaddad2",
			"d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
			"522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662" +
				"76fc6ece0f4e1768cddf8853bb2d551b"},
	}
	for _, tt := range tests {
		s, err := suiteOf(tt.alg)
		if err != nil {
			t.Fatal(err)
		}
		g, err := s.aead(unhex(t, tt.key))
		if err != nil {
			t.Fatal(err)
		}
		got := hex.EncodeToString(g.Seal(nil, unhex(t, tt.nonce), unhex(t, tt.text), unhex(t, tt.bound)))
		if diff := cmp.Diff(tt.to, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}

// A stream has one form only: an empty chunk at the end of one that is not empty is refused, though it is sealed rightly.
func TestEmptyChunkAtTheEndIsRefused(t *testing.T) {
	m := NewMaster()
	keys, err := NewKeys(m, AES256GCM, time.Unix(1_800_000_000, 0))
	if err != nil {
		t.Fatal(err)
	}
	r, err := Open(m, keys)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	w, err := r.SealWriter(&out, "test")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(make([]byte, chunkSize)); err != nil {
		t.Fatal(err)
	}
	w.(*sealer).flush(false)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	rd, err := r.OpenReader(&out, "test")
	if err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(rd); !errors.Is(err, fault.Unreadable) || len(got) != chunkSize {
		t.Errorf("%d bytes, %v", len(got), err)
	}
}
