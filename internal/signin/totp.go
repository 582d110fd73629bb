package signin

import (
	"crypto/subtle"
	"encoding/base32"
	"fmt"
	"net/url"
	"strings"
	"time"
	"unicode"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"

	"github.com/gongkai/gongkai/internal/fault"
)

// One-time codes by time (RFC 6238) in the only form that every app understands: SHA-1, 30 seconds, six digits.
const (
	stepSeconds = 30
	codeDigits  = 6
	secretBytes = 20 // as long as the hash, as RFC 4226 recommends
)

// NewSecret returns a secret for an app that makes one-time codes: 160 bits in base32, as apps want it typed. It has to be
// kept encrypted, for whoever reads it makes the codes.
func NewSecret() string {
	return base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(random(secretBytes))
}

// KeyURL is what the QR code says to the app. issuer is the name of the site; what the app shows is issuer and account.
func KeyURL(issuer, account, secret string) string {
	query := url.Values{"secret": {secret}, "issuer": {issuer}, "algorithm": {"SHA1"}, "digits": {"6"}, "period": {"30"}}
	label := url.PathEscape(strings.ReplaceAll(issuer, ":", "")) + ":" + url.PathEscape(account)
	// Apps differ on whether + is a space: %20 always is.
	return "otpauth://totp/" + label + "?" + strings.ReplaceAll(query.Encode(), "+", "%20")
}

// CheckCode returns the time step of a right code. Codes of the step before and of the one after are taken too, for clocks
// that are up to half a minute off. last is the step that CheckCode returned when this secret was last used, 0 at first: no
// step up to it is taken, so that a code is good once and one seen over a shoulder is worthless. The caller keeps the step
// returned, in the same transaction in which the sign-in is noted.
//
// Errors: fault.SignIn "signin.code_form" (not six digits), "signin.code_wrong", "signin.code_used"; an internal error for
// a secret that cannot be read.
func CheckCode(secret, code string, now time.Time, last int64) (step int64, err error) {
	code = digits(code)
	if len(code) != codeDigits {
		return 0, fault.New(fault.SignIn, "signin.code_form", fmt.Sprintf("验证码是 %d 位数字，请看手机上验证器里的数字", codeDigits))
	}
	current := now.Unix() / stepSeconds
	used := false
	for at := current - 1; at <= current+1; at++ { // always all three: the time taken does not tell which was right
		want, err := hotp.GenerateCodeCustom(secret, uint64(at), hotp.ValidateOpts{Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1})
		if err != nil {
			return 0, fmt.Errorf("signin: one-time secret: %w", err)
		}
		if subtle.ConstantTimeCompare([]byte(want), []byte(code)) == 0 {
			continue
		}
		if at <= last {
			used = true
			continue
		}
		step = at
	}
	switch {
	case step != 0:
		return step, nil
	case used:
		return 0, fault.New(fault.SignIn, "signin.code_used", "这个验证码已经用过了，请等手机上换了新的数字再填（最多等半分钟）")
	}
	return 0, fault.New(fault.SignIn, "signin.code_wrong", "验证码不对。请填手机上现在显示的数字；总是不对，请看手机的时间准不准")
}

// digits takes the space out of a code and turns the wide digits of a Chinese keyboard into plain ones.
func digits(code string) string {
	return strings.Map(func(c rune) rune {
		switch {
		case c >= '０' && c <= '９':
			return c - '０' + '0'
		case unicode.IsSpace(c):
			return -1
		}
		return c
	}, code)
}
