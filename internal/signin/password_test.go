package signin

import (
	"context"
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/gongkai/gongkai/internal/fault"
)

// cheap is the lowest cost allowed: tests hash often.
var cheap = Cost{MemoryKiB: minMemoryKiB, Passes: 1, Lanes: 1}

func hasher(t *testing.T, cost Cost, parallel int) *Hasher {
	t.Helper()
	h, err := NewHasher(cost, parallel)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func TestRightPasswordIsRecognisedAndOthersAreNot(t *testing.T) {
	h := hasher(t, cheap, 2)
	hash, err := h.Hash(t.Context(), "春眠不觉晓 2026")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(hash, "$argon2id$v=19$m=8192,t=1,p=1$") {
		t.Errorf("hash %q does not name its parameters in PHC form", hash)
	}
	again, err := h.Hash(t.Context(), "春眠不觉晓 2026")
	if err != nil || again == hash {
		t.Errorf("two hashes of one password are equal (error %v): no salt", err)
	}
	for password, want := range map[string]bool{
		"春眠不觉晓 2026": true, "春眠不觉晓 2027": false, "": false, "春眠不觉晓 2026 ": false, strings.Repeat("长", 2000): false,
	} {
		got, err := h.Verify(t.Context(), password, hash)
		if err != nil || got != want {
			t.Errorf("Verify(%.20q) = %v, %v; want %v", password, got, err, want)
		}
	}
}

// The reference implementation gave this hash: echo -n password | argon2 somesalt -id -t 2 -k 65536 -p 1 -l 32, v=19.
func TestHashOfTheReferenceIsRead(t *testing.T) {
	const hash = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"
	h := hasher(t, cheap, 1)
	for password, want := range map[string]bool{"password": true, "passwort": false} {
		got, err := h.Verify(t.Context(), password, hash)
		if err != nil || got != want {
			t.Errorf("Verify(%q) = %v, %v; want %v", password, got, err, want)
		}
	}
}

func TestUnknownAccountCostsAsMuchAndIsRefused(t *testing.T) {
	h := hasher(t, cheap, 1)
	got, err := h.Verify(t.Context(), "", "")
	if got || err != nil {
		t.Errorf("Verify without a hash = %v, %v; want false, nil", got, err)
	}
	if h.dummy.cost != h.cost || len(h.dummy.key) != keyBytes || len(h.dummy.salt) != saltBytes {
		t.Errorf("the stand-in has cost %+v, want that of a real hash %+v", h.dummy.cost, h.cost)
	}
	h.slots <- struct{}{} // it waits for a place like every other, so it computes like every other
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = h.Verify(ctx, "x", "")
	if !errors.Is(err, fault.Cancelled) {
		t.Errorf("Verify without a hash and without a place: %v, want cancelled", err)
	}
}

func TestNoMoreHashesAtOnceThanSet(t *testing.T) {
	h := hasher(t, cheap, 1)
	h.slots <- struct{}{}
	ctx, cancel := context.WithTimeout(t.Context(), 1)
	defer cancel()
	<-ctx.Done()
	_, err := h.Hash(ctx, "一个很长的密码")
	if !errors.Is(err, fault.TooMany) || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("waiting until the deadline: %v, want too many", err)
	}
	<-h.slots
	_, err = h.Hash(t.Context(), "一个很长的密码")
	if err != nil {
		t.Errorf("with a free place: %v", err)
	}
	if len(h.slots) != 0 {
		t.Error("the place was not given back")
	}
}

func TestHashOfAnotherCostIsMadeAnew(t *testing.T) {
	h := hasher(t, cheap, 1)
	hash, err := h.Hash(t.Context(), "一个很长的密码")
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		hash string
		want bool
	}{
		{hash, false},
		{strings.Replace(hash, "t=1", "t=2", 1), true},
		{strings.Replace(hash, "m=8192", "m=9000", 1), true},
		{"", true},
		{"$2a$10$abcdefghijklmnopqrstuv", true},
	}
	for _, tt := range tests {
		if got := h.NeedsRehash(tt.hash); got != tt.want {
			t.Errorf("NeedsRehash(%q) = %v, want %v", tt.hash, got, tt.want)
		}
	}
}

func TestDamagedHashIsAnErrorAndNoSignIn(t *testing.T) {
	h := hasher(t, cheap, 1)
	for _, hash := range []string{
		"x", "$argon2id$v=19$m=8192,t=1,p=1$", "$argon2i$v=19$m=8192,t=1,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
		"$argon2id$v=16$m=8192,t=1,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
		"$argon2id$v=19$m=1000000,t=1,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc", // a gigabyte
		"$argon2id$v=19$m=8192,t=100,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
		"$argon2id$v=19$m=8192,t=1,p=257$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc", // 257 is 1 in eight bits
		"$argon2id$v=19$m=8192,t=1,p=1$c29tZXNhbHQ$", "$argon2id$v=19$t=1,m=8192,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
	} {
		got, err := h.Verify(t.Context(), "password", hash)
		if got || err == nil {
			t.Errorf("Verify against %q = %v, %v; want an error", hash, got, err)
		}
	}
}

func TestCostOutOfBoundsIsRefused(t *testing.T) {
	tests := []struct {
		cost     Cost
		parallel int
	}{
		{Cost{}, 1}, {Cost{MemoryKiB: 1024, Passes: 1, Lanes: 1}, 1}, {Cost{MemoryKiB: 1 << 30, Passes: 1, Lanes: 1}, 1},
		{Cost{MemoryKiB: 19456, Passes: 17, Lanes: 1}, 1}, {DefaultCost(), 0}, {DefaultCost(), 1000},
	}
	for _, tt := range tests {
		_, err := NewHasher(tt.cost, tt.parallel)
		if !errors.Is(err, fault.Usage) {
			t.Errorf("NewHasher(%+v, %d): %v, want usage", tt.cost, tt.parallel, err)
		}
	}
}

func FuzzStoredHash(f *testing.F) {
	f.Add("$argon2id$v=19$m=8192,t=1,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc")
	f.Add("$argon2id$v=19$m=,t=,p=$$")
	f.Fuzz(func(t *testing.T, hash string) {
		s, err := parseStored(hash)
		if err != nil {
			return
		}
		again, err := parseStored(s.String())
		if err != nil || again.String() != s.String() || !s.cost.valid() {
			t.Errorf("%q is read as %+v and not written the same (%v)", hash, s, err)
		}
	})
}

func TestEveryTokenIsReadAndEveryTypoIsSeen(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		token, digest := NewToken("gk")
		got, err := ParseToken("gk", " "+token+"\n")
		if err != nil || got != digest || !Matches(token, digest) {
			t.Fatalf("ParseToken of a new token = %q, %v; want %q", got, err, digest)
		}
		at := rapid.IntRange(3, len(token)-1).Draw(t, "at")
		letter := rapid.SampledFrom([]byte("abcdefghijklmnopqrstuvwxyz234567")).Draw(t, "letter")
		if token[at] == letter {
			return
		}
		wrong := token[:at] + string(letter) + token[at+1:]
		_, err = ParseToken("gk", wrong)
		if !errors.Is(err, fault.SignIn) || fault.CodeOf(err) != "signin.token_typo" {
			t.Fatalf("a token with one letter changed: %v, want typo", err)
		}
	})
}

func TestWhatIsNoTokenIsSaidToBeNone(t *testing.T) {
	token, _ := NewToken("gk")
	for _, s := range []string{"", "gk_", token[:len(token)-1], token + "a", "gx" + token[2:], "Bearer " + token, strings.Repeat("a", 62)} {
		_, err := ParseToken("gk", s)
		if fault.CodeOf(err) != "signin.token_form" {
			t.Errorf("ParseToken(%q): %v, want token_form", s, err)
		}
	}
}

func TestSessionsDifferAndOnlyTheirDigestIsKept(t *testing.T) {
	seen := map[string]bool{}
	for range 1000 {
		secret, digest := NewSession()
		if seen[secret] || len(secret) != secretLetters || len(digest) != 64 || strings.Contains(digest, secret) {
			t.Fatalf("secret %q, digest %q", secret, digest)
		}
		seen[secret] = true
		if !Matches(secret, digest) || Matches(secret+"a", digest) || Matches("", digest) || Matches(secret, "") {
			t.Fatal("a secret does not match its digest alone")
		}
	}
}
