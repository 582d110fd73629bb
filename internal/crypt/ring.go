package crypt

import (
	"crypto/cipher"
	"crypto/rand"
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"strings"
	"time"

	"github.com/gongkai/gongkai/internal/fault"
)

// idSize is the length of a key's id: 5 random bytes in base32, lower case.
const idSize = 8

// WrappedKey is a data key as the database keeps it: sealed with the master key.
type WrappedKey struct {
	ID      string    // 8 letters and digits
	Alg     Alg       //
	Wrapped []byte    // nonce, sealed key, tag
	Created time.Time // UTC, whole seconds
	Retired time.Time // zero while new data may be sealed with it; a retired key still opens
}

// key is a data key that is open.
type key struct {
	WrappedKey
	suite  suite
	secret []byte
	aead   cipher.AEAD // nil for look-up keys
}

// Ring holds the open data keys. It does not change after Open, and serves any number of goroutines.
type Ring struct {
	keys  map[string]*key
	seal  *key   // seals what is new; nil without one
	blind []*key // make look-up values, newest first
}

// String keeps the keys out of logs and messages.
func (r *Ring) String() string { return fmt.Sprintf("crypt.Ring(%d keys)", len(r.keys)) }

// NewKey makes a data key. created is when, to the second.
// Errors: fault.Usage for an algorithm that does not exist.
func NewKey(m Master, a Alg, created time.Time) (WrappedKey, error) {
	s, err := suiteOf(a)
	if err != nil {
		return WrappedKey{}, err
	}
	raw := make([]byte, 5)
	secret := make([]byte, s.size)
	_, _ = rand.Read(raw) // documented never to fail
	_, _ = rand.Read(secret)
	id := strings.ToLower(base32.StdEncoding.EncodeToString(raw))
	w := WrappedKey{ID: id, Alg: a, Created: created.UTC().Truncate(time.Second)}
	w.Wrapped, err = wrap(m, w, secret)
	return w, err
}

// NewKeys makes what a fresh database needs: a key that seals with a, and a look-up key of the same suite.
// Errors: fault.Usage for an algorithm that does not seal.
func NewKeys(m Master, a Alg, created time.Time) ([]WrappedKey, error) {
	look := HMACSHA256
	switch a {
	case AES256GCM:
	case SM4GCM:
		look = HMACSM3
	default:
		_, err := suiteOf("")
		return nil, err
	}
	var out []WrappedKey
	for _, alg := range []Alg{a, look} {
		k, err := NewKey(m, alg, created)
		if err != nil {
			return nil, err
		}
		out = append(out, k)
	}
	return out, nil
}

// wrapper returns the cipher that wraps the keys of one algorithm, and what is bound to a wrapped key.
func wrapper(m Master, w WrappedKey) (cipher.AEAD, []byte, error) {
	s, err := suiteOf(w.Alg)
	if err != nil {
		return nil, nil, err
	}
	kek, err := s.derive(m.key[:], nil, "gongkai key wrap 1 "+string(w.Alg), s.wraps)
	if err != nil {
		return nil, nil, err
	}
	g, err := s.aead(kek)
	if err != nil {
		return nil, nil, err
	}
	return g, binary.BigEndian.AppendUint64([]byte(w.ID+"|"+string(w.Alg)+"|"), uint64(w.Created.Unix())), nil
}

func wrap(m Master, w WrappedKey, secret []byte) ([]byte, error) {
	g, bound, err := wrapper(m, w)
	if err != nil {
		return nil, err
	}
	nonce := make([]byte, g.NonceSize())
	_, _ = rand.Read(nonce) // documented never to fail
	return g.Seal(nonce, nonce, secret, bound), nil
}

func unwrap(m Master, w WrappedKey) ([]byte, error) {
	g, bound, err := wrapper(m, w)
	if err != nil {
		return nil, err
	}
	s, err := suiteOf(w.Alg)
	if err != nil {
		return nil, err
	}
	if len(w.ID) != idSize || len(w.Wrapped) != g.NonceSize()+s.size+g.Overhead() {
		return nil, fault.New(fault.Unreadable, "crypt.key_record", fmt.Sprintf("数据密钥 %q 的记录不完整；请从备份恢复数据库里的密钥表", w.ID))
	}
	secret, err := g.Open(nil, w.Wrapped[:g.NonceSize()], w.Wrapped[g.NonceSize():], bound)
	if err != nil {
		return nil, fault.Wrap(fault.Incapable, "crypt.wrong_master",
			fmt.Sprintf("主密钥打不开数据密钥 %s：主密钥不是原来那一把，或密钥记录被改动过；请从备份恢复主密钥，不要另建新的", w.ID), err)
	}
	return secret, nil
}

// Open opens the data keys of a database. New data is sealed with the newest key that is not retired; of two that were made
// in the same second the later in the list counts.
// Errors: fault.Incapable with the wrong master key, fault.Unreadable for a record that is damaged or stands there twice.
func Open(m Master, wrapped []WrappedKey) (*Ring, error) {
	r := &Ring{keys: make(map[string]*key, len(wrapped))}
	for _, w := range wrapped {
		secret, err := unwrap(m, w)
		if err != nil {
			return nil, err
		}
		if _, twice := r.keys[w.ID]; twice {
			return nil, fault.New(fault.Unreadable, "crypt.key_twice", fmt.Sprintf("数据密钥 %s 在密钥表里有两条；请从备份恢复密钥表", w.ID))
		}
		s, err := suiteOf(w.Alg)
		if err != nil {
			return nil, err
		}
		k := &key{WrappedKey: w, suite: s, secret: secret}
		r.keys[w.ID] = k
		if !s.seals {
			r.addBlind(k)
			continue
		}
		if k.aead, err = s.aead(secret); err != nil {
			return nil, err
		}
		if w.Retired.IsZero() && (r.seal == nil || !w.Created.Before(r.seal.Created)) {
			r.seal = k
		}
	}
	return r, nil
}

// addBlind puts a look-up key where its age belongs: newest first.
func (r *Ring) addBlind(k *key) {
	at := 0
	for at < len(r.blind) && r.blind[at].Created.After(k.Created) {
		at++
	}
	r.blind = append(r.blind[:at], append([]*key{k}, r.blind[at:]...)...)
}

// Rewrap gives the data keys a new master key: all of them, or none. What they sealed stays as it is.
// Errors: as Open.
func Rewrap(from, to Master, wrapped []WrappedKey) ([]WrappedKey, error) {
	out := make([]WrappedKey, 0, len(wrapped))
	for _, w := range wrapped {
		secret, err := unwrap(from, w)
		if err != nil {
			return nil, err
		}
		if w.Wrapped, err = wrap(to, w, secret); err != nil {
			return nil, err
		}
		out = append(out, w)
	}
	return out, nil
}

// Current returns the id of the key that seals what is new, "" without one.
func (r *Ring) Current() string {
	if r.seal == nil {
		return ""
	}
	return r.seal.ID
}

// sealing returns the key that seals what is new.
func (r *Ring) sealing() (*key, error) {
	if r.seal == nil {
		return nil, fault.New(fault.Incapable, "crypt.no_key", "没有可以用来加密的数据密钥，没有存下；请管理员新建一把数据密钥")
	}
	return r.seal, nil
}

// opening returns the key with this id that opens what was sealed with it.
func (r *Ring) opening(id string) (*key, error) {
	k := r.keys[id]
	if k == nil || k.aead == nil {
		return nil, fault.New(fault.Incapable, "crypt.unknown_key", fmt.Sprintf("这条内容是用数据密钥 %q 加密的，密钥表里没有这一把；请从备份恢复密钥表", id))
	}
	return k, nil
}
