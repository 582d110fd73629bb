package signin

import (
	"slices"
	"strings"
	"unicode"
)

// RecoveryCodes is how many recovery codes somebody is given, for the day on which the phone is lost.
const RecoveryCodes = 10

// recoveryLetters leaves out I, L, O and U, which are taken for others or make words (Crockford's base 32).
const recoveryLetters = "0123456789abcdefghjkmnpqrstvwxyz"

const recoveryLength = 16 // 80 bits

// NewRecoveryCodes returns the codes to print, such as k3m9-7qxa-0dfe-w2t8, and the digests to keep. A plain SHA-256 will
// do for them: unlike a password, 80 random bits cannot be found by trying, however fast the hash.
func NewRecoveryCodes() (codes, digests []string) {
	for range RecoveryCodes {
		var b strings.Builder
		for i := range recoveryLength {
			if i > 0 && i%4 == 0 {
				b.WriteByte('-')
			}
			b.WriteByte(pick(recoveryLetters))
		}
		codes = append(codes, b.String())
		digests = append(digests, Digest(plain(b.String())))
	}
	return codes, digests
}

// UseRecoveryCode takes a code that somebody typed, with or without hyphens, in any case, with O for 0 or I for 1. It
// returns the digests that are left and whether the code was among them. A code is good once: the caller keeps rest, by
// compare-and-set, before the sign-in counts.
func UseRecoveryCode(code string, digests []string) (rest []string, ok bool) {
	typed, found := plain(code), -1
	for i, d := range digests { // all of them: the time taken does not tell which
		if Matches(typed, d) {
			found = i
		}
	}
	if found < 0 {
		return digests, false
	}
	return slices.Delete(slices.Clone(digests), found, found+1), true
}

// plain is a recovery code as it is hashed.
func plain(code string) string {
	return strings.Map(func(c rune) rune {
		if c >= '！' && c <= '～' { // the wide characters of a Chinese keyboard
			c -= '！' - '!'
		}
		switch c = unicode.ToLower(c); {
		case c == 'o':
			return '0'
		case c == 'i' || c == 'l':
			return '1'
		case c == '-' || c == '—' || c == '–' || unicode.IsSpace(c):
			return -1
		}
		return c
	}, code)
}
