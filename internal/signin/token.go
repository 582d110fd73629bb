package signin

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base32"
	"encoding/binary"
	"encoding/hex"
	"hash/crc32"
	"strings"

	"github.com/gongkai/gongkai/internal/fault"
)

// tokenBytes is the length of a secret: 256 bits, out of reach of guessing, so that a plain SHA-256 of it may be kept and
// no slow hash is needed.
const tokenBytes = 32

// letters writes tokens: lower case and digits without padding, so that a double click takes the whole of one.
var letters = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// How many letters a secret and its checksum take.
const (
	secretLetters = 52 // 256 bits
	checkLetters  = 7  // 32 bits
)

// NewSession returns the secret of a session, for its cookie, and the digest that is kept instead of it: who reads the
// database cannot sign in with what is found there.
func NewSession() (secret, digest string) {
	secret = letters.EncodeToString(random(tokenBytes))
	return secret, Digest(secret)
}

// Digest is what is kept of a secret: its SHA-256, in lower-case hex.
func Digest(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

// Matches reports whether the digest is that of the secret, in constant time.
func Matches(secret, digest string) bool {
	return subtle.ConstantTimeCompare([]byte(Digest(secret)), []byte(digest)) == 1
}

// NewToken returns an API token and its digest. The token is prefix_, 52 letters of secret, and 7 letters of a checksum
// over all before them: gk_[a-z2-7]{59}. A scanner of leaked secrets can recognise it without asking anybody, and one that
// was copied wrongly is told from one that was revoked. The checksum protects nothing; the secret does.
func NewToken(prefix string) (token, digest string) {
	body := prefix + "_" + letters.EncodeToString(random(tokenBytes))
	token = body + checksum(body)
	return token, Digest(token)
}

// ParseToken returns the digest to look up for a token that somebody sent, after taking off the space around it.
// Errors: fault.SignIn "signin.token_form" where it is not a token of this prefix, "signin.token_typo" where the checksum
// does not fit.
func ParseToken(prefix, token string) (digest string, err error) {
	token = strings.TrimSpace(token)
	secret, ok := strings.CutPrefix(token, prefix+"_")
	if !ok || len(secret) != secretLetters+checkLetters {
		return "", fault.New(fault.SignIn, "signin.token_form", "这不是本系统的接口令牌：应以 "+prefix+"_ 开头，后面 59 位。请核对是否复制完整")
	}
	body := token[:len(token)-checkLetters]
	if checksum(body) != token[len(body):] {
		return "", fault.New(fault.SignIn, "signin.token_typo", "接口令牌抄错了或少了几位，请重新复制")
	}
	return Digest(token), nil
}

func checksum(body string) string {
	var sum [4]byte
	binary.BigEndian.PutUint32(sum[:], crc32.ChecksumIEEE([]byte(body)))
	return letters.EncodeToString(sum[:])
}
