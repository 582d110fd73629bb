package crypt

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/gongkai/gongkai/internal/disk"
	"github.com/gongkai/gongkai/internal/fault"
)

// masterSize is the length of a master key in bytes.
const masterSize = 32

// Master is the key that opens the data keys. It never prints itself.
type Master struct{ key [masterSize]byte }

// String keeps the key out of logs and messages.
func (Master) String() string { return "crypt.Master(hidden)" }

// GoString keeps the key out of %#v.
func (Master) GoString() string { return "crypt.Master(hidden)" }

// NewMaster makes a master key from the system's random source.
func NewMaster() Master {
	var m Master
	_, _ = rand.Read(m.key[:]) // documented never to fail: it ends the program instead
	return m
}

// ParseMaster reads a master key: 32 bytes as 64 hex digits or as base64, with or without padding; space around it is ignored.
// Errors: fault.Usage, which does not repeat the text.
func ParseMaster(text string) (Master, error) {
	text = strings.TrimSpace(text)
	var m Master
	raw, err := hex.DecodeString(text)
	if err != nil {
		plain := strings.TrimRight(text, "=")
		raw, err = base64.RawStdEncoding.DecodeString(plain)
		if err != nil {
			raw, err = base64.RawURLEncoding.DecodeString(plain)
		}
	}
	if err != nil || len(raw) != masterSize {
		return m, fault.New(fault.Usage, "crypt.master_text", "主密钥写得不对：要 32 个字节，写成 64 位十六进制或 base64；请从备份里取回原来的主密钥")
	}
	copy(m.key[:], raw)
	return m, nil
}

// ReadKeyFile reads the master key from a file that only its owner may read.
// Errors: fault.NotFound without the file, fault.Usage where others may read it or where it holds no key.
func ReadKeyFile(path string) (Master, error) {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return Master{}, fault.Wrap(fault.NotFound, "crypt.key_file", fmt.Sprintf("找不到主密钥文件 %s；请从备份恢复它，没有它已加密的内容打不开", path), err)
	}
	if err != nil {
		return Master{}, fmt.Errorf("crypt: key file: %w", err)
	}
	if open := othersMayRead(info.Mode()); open {
		return Master{}, fault.New(fault.Usage, "crypt.key_mode",
			fmt.Sprintf("主密钥文件 %s 别的用户也能读（权限 %04o）；请把权限改为 0600，只留给运行本系统的用户", path, info.Mode().Perm()))
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return Master{}, fmt.Errorf("crypt: key file: %w", err)
	}
	return ParseMaster(string(text))
}

// EnsureKeyFile reads the master key, and makes the file with a new key where there is none. Made reports the latter: the
// caller then tells the administrator to keep a copy elsewhere. Two processes that start at once end with the same key, and
// a file that was begun and not finished never stands under the name.
func EnsureKeyFile(path string) (m Master, made bool, err error) {
	m, err = ReadKeyFile(path)
	if !errors.Is(err, fault.NotFound) {
		return m, false, err
	}
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return Master{}, false, fmt.Errorf("crypt: key file: %w", err)
	}
	made, err = writeKeyFile(dir, path, NewMaster())
	if err != nil {
		return Master{}, false, fmt.Errorf("crypt: key file: %w", err)
	}
	m, err = ReadKeyFile(path)
	return m, made, err
}

// writeKeyFile writes beside the name and links into place, so that a file that is there is neither replaced nor half.
func writeKeyFile(dir, path string, m Master) (made bool, err error) {
	f, err := os.CreateTemp(dir, ".key-*") // mode 0600
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, os.Remove(f.Name())) }()
	_, err = f.WriteString(base64.StdEncoding.EncodeToString(m.key[:]) + "\n")
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return false, err
	}
	err = os.Link(f.Name(), path)
	if errors.Is(err, fs.ErrExist) {
		return false, nil // another process was first
	}
	if err != nil {
		return false, err
	}
	return true, disk.SyncDir(dir)
}
