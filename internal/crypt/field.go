package crypt

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"strings"

	"github.com/gongkai/gongkai/internal/fault"
)

// version begins every sealed field.
const version = "g1."

// MaxField is the most bytes of text that one field may have; what is longer is a file.
const MaxField = 1 << 20

// Place is where a field stands. It is bound to what is sealed: moved to another row, it does not open.
type Place struct{ Table, Column, Row string }

// bytes writes the place so that no two places are the same bytes.
func (p Place) bytes(keyID string) []byte {
	var out []byte
	for _, s := range []string{version, keyID, p.Table, p.Column, p.Row} {
		out = binary.AppendUvarint(out, uint64(len(s)))
		out = append(out, s...)
	}
	return out
}

// markSize is the length of the mark that tells a field that was moved from one that was damaged. It guards nothing, the
// cipher does: it only lets the message say which of the two it was.
const markSize = 4

// Seal seals the text of one field: g1.<key>.<base64url>, where the last part is the length of the text, a mark of the place,
// the nonce, and the sealed text with its tag. A blank text is sealed like any other, so that nobody sees who left it blank; a
// field that is absent is NULL and is not given to Seal. The length of a text can be seen, its content not.
// Nonces are random: one key may seal 2^32 fields, which is far more than a site has; NewKey gives the next.
// Errors: fault.Incapable without a key, fault.TooLarge above MaxField.
func (r *Ring) Seal(p Place, text string) (string, error) {
	k, err := r.sealing()
	if err != nil {
		return "", err
	}
	if len(text) > MaxField {
		return "", fault.New(fault.TooLarge, "crypt.field_too_large", fmt.Sprintf("这一项超过 %d KB，没有存下；请缩短，或作为附件上传", MaxField>>10))
	}
	bound := p.bytes(k.ID)
	mark := sha256.Sum256(bound)
	out := make([]byte, 0, 3+markSize+k.aead.NonceSize()+len(text)+k.aead.Overhead())
	out = binary.AppendUvarint(out, uint64(len(text)))
	out = append(out, mark[:markSize]...)
	from := len(out)
	out = out[:from+k.aead.NonceSize()]
	nonce := out[from:]
	_, _ = rand.Read(nonce) // documented never to fail
	out = k.aead.Seal(out, nonce, []byte(text), bound)
	return version + k.ID + "." + base64.RawURLEncoding.EncodeToString(out), nil
}

// Open returns the text of a field that was sealed for this place.
// Errors, each with its code: fault.Unreadable where it is not a sealed field, was cut short, belongs to another place, or was
// changed; fault.Incapable where its key is not in the ring.
func (r *Ring) Open(p Place, sealed string) (string, error) {
	id, rest, err := split(sealed)
	if err != nil {
		return "", err
	}
	k, err := r.opening(id)
	if err != nil {
		return "", err
	}
	raw, err := base64.RawURLEncoding.Strict().DecodeString(rest)
	if err != nil || strings.ContainsAny(rest, "\r\n") {
		return "", notSealed()
	}
	size, n := binary.Uvarint(raw)
	if n < 0 || n > 0 && size > MaxField {
		return "", notSealed()
	}
	want := n + markSize + k.aead.NonceSize() + int(size) + k.aead.Overhead()
	if n == 0 || len(raw) < want {
		return "", fault.New(fault.Unreadable, "crypt.truncated", "加密的内容不完整，少了一截；请从备份恢复这一条")
	}
	bound := p.bytes(id)
	if len(raw) > want || !bytes.Equal(raw[:n], binary.AppendUvarint(nil, size)) {
		return "", altered(nil)
	}
	mark, nonce, text := raw[n:n+markSize], raw[n+markSize:n+markSize+k.aead.NonceSize()], raw[n+markSize+k.aead.NonceSize():]
	if here := sha256.Sum256(bound); !bytes.Equal(mark, here[:markSize]) {
		return "", fault.New(fault.Unreadable, "crypt.moved", "加密的内容不属于这一条：它是从别的记录搬来的，没有打开；请管理员核查这条记录怎么来的，并从备份恢复")
	}
	plain, err := k.aead.Open(nil, nonce, text, bound)
	if err != nil {
		return "", altered(err)
	}
	return string(plain), nil
}

// SealOptional seals a field that may be absent: nil stays nil.
func (r *Ring) SealOptional(p Place, text *string) (*string, error) { return optional(text, p, r.Seal) }

// OpenOptional opens a field that may be absent: nil stays nil.
func (r *Ring) OpenOptional(p Place, sealed *string) (*string, error) {
	return optional(sealed, p, r.Open)
}

func optional(in *string, p Place, do func(Place, string) (string, error)) (*string, error) {
	if in == nil {
		return nil, nil
	}
	out, err := do(p, *in)
	if err != nil {
		return nil, err
	}
	return &out, nil
}

// Stale reports whether a field was sealed with another key than new ones are, so that it should be opened and sealed again.
// Errors: as Open, for a text that is not a sealed field.
func (r *Ring) Stale(sealed string) (bool, error) {
	id, _, err := split(sealed)
	return err == nil && id != r.Current(), err
}

// split takes a sealed field apart into the id of its key and the rest.
func split(sealed string) (id, rest string, err error) {
	body, ok := strings.CutPrefix(sealed, version)
	if !ok || len(body) < idSize+1 || body[idSize] != '.' || strings.Trim(body[:idSize], "abcdefghijklmnopqrstuvwxyz234567") != "" {
		return "", "", notSealed()
	}
	return body[:idSize], body[idSize+1:], nil
}

func notSealed() error {
	return fault.New(fault.Unreadable, "crypt.not_sealed", "这一项应当是加密的，存的却不是加密内容；请管理员核查这条记录，并从备份恢复")
}

func altered(cause error) error {
	return fault.Wrap(fault.Unreadable, "crypt.altered", "加密的内容被改动过，没有打开；请管理员核查这条记录，并从备份恢复", cause)
}
