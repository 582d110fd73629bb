package crypt

import (
	"crypto/hmac"
	"encoding/base64"
	"encoding/binary"

	"github.com/gongkai/gongkai/internal/fault"
)

// Blind returns the value under which a number is found again without being readable: <key>.<base64url> of an HMAC with the
// newest look-up key. purpose keeps two columns apart, so that a phone in one is not seen to be that in another. The caller
// normalises first (no spaces, capital X, no country code): values that differ in a byte have nothing in common.
// Who holds the database alone can tell that two rows have the same number, and not which.
// Errors: fault.Incapable without a look-up key.
func (r *Ring) Blind(purpose, value string) (string, error) {
	all, err := r.Blinds(purpose, value)
	if err != nil {
		return "", err
	}
	return all[0], nil
}

// Blinds returns the values to look for: one for each look-up key, the newest first. While a new key is being introduced rows
// may stand under either.
// Errors: as Blind.
func (r *Ring) Blinds(purpose, value string) ([]string, error) {
	if len(r.blind) == 0 {
		return nil, fault.New(fault.Incapable, "crypt.no_blind_key", "没有用于查找的密钥，不能按号码查找；请管理员新建一把查找密钥")
	}
	var out []string
	for _, k := range r.blind {
		m := hmac.New(k.suite.hash, k.secret)
		m.Write(binary.BigEndian.AppendUint64(nil, uint64(len(purpose))))
		m.Write([]byte(purpose))
		m.Write([]byte(value))
		out = append(out, k.ID+"."+base64.RawURLEncoding.EncodeToString(m.Sum(nil)))
	}
	return out, nil
}
