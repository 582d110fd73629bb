// Package crypt protects what the law asks to be kept from others: fields with personal data in the database, attachments,
// and the look-up of a number without keeping it readable. Data keys are kept wrapped in the database; the master key that
// opens them is in a file of its own or in the environment, and in no backup.
//
// Two suites stand side by side: AES-256-GCM with SHA-256, and SM4-GCM with SM3. A setting chooses the one that new data is
// sealed with; what was sealed with the other stays readable.
//
// Legal: 个人信息保护法 第五十一条（加密、去标识化）; 密码法 第二十七条.
package crypt

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"fmt"
	"hash"

	"github.com/emmansun/gmsm/sm3"
	"github.com/emmansun/gmsm/sm4"

	"github.com/gongkai/gongkai/internal/fault"
)

// Alg names what a data key is for. The names are kept in the database.
type Alg string

// The algorithms. The first two seal fields and files, the others make look-up values.
const (
	AES256GCM  Alg = "aes-256-gcm"
	SM4GCM     Alg = "sm4-gcm"
	HMACSHA256 Alg = "hmac-sha256"
	HMACSM3    Alg = "hmac-sm3"
)

// suite is what belongs to one algorithm.
type suite struct {
	size  int  // of its key in bytes
	seals bool // it seals, rather than making look-up values
	hash  func() hash.Hash
	block func(key []byte) (cipher.Block, error) // also wraps the keys of this suite
	wraps int                                    // the size in bytes of the key that wraps
}

func suiteOf(a Alg) (suite, error) {
	aesSuite := suite{size: 32, seals: true, hash: sha256.New, block: aes.NewCipher, wraps: 32}
	smSuite := suite{size: sm4.BlockSize, seals: true, hash: sm3.New, block: sm4.NewCipher, wraps: sm4.BlockSize}
	switch a {
	case AES256GCM:
		return aesSuite, nil
	case SM4GCM:
		return smSuite, nil
	case HMACSHA256:
		aesSuite.size, aesSuite.seals = 32, false
		return aesSuite, nil
	case HMACSM3:
		smSuite.size, smSuite.seals = 32, false
		return smSuite, nil
	}
	return suite{}, fault.New(fault.Usage, "crypt.algorithm",
		fmt.Sprintf("没有名为 %q 的加密算法；可以用 aes-256-gcm 或 sm4-gcm", string(a)))
}

// aead returns GCM over the block cipher of the suite.
func (s suite) aead(key []byte) (cipher.AEAD, error) {
	b, err := s.block(key)
	if err != nil {
		return nil, fmt.Errorf("crypt: %w", err)
	}
	g, err := cipher.NewGCM(b)
	if err != nil {
		return nil, fmt.Errorf("crypt: %w", err)
	}
	return g, nil
}

// derive makes n bytes of key material for one use from a secret.
func (s suite) derive(secret, salt []byte, use string, n int) ([]byte, error) {
	out, err := hkdf.Key(s.hash, secret, salt, use, n)
	if err != nil {
		return nil, fmt.Errorf("crypt: %w", err)
	}
	return out, nil
}

// NewHash returns the hash function with this name, "sha256" or "sm3". The audit chain keeps the name with each entry.
// Errors: fault.Usage for another name.
func NewHash(name string) (func() hash.Hash, error) {
	switch name {
	case "sha256":
		return sha256.New, nil
	case "sm3":
		return sm3.New, nil
	}
	return nil, fault.New(fault.Usage, "crypt.hash", fmt.Sprintf("没有名为 %q 的杂凑算法；可以用 sha256 或 sm3", name))
}
