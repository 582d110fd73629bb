//go:build !windows

package crypt

import (
	"errors"
	"io/fs"
	"os"
)

// othersMayRead reports whether the mode lets anybody but the owner at the file.
func othersMayRead(m fs.FileMode) bool { return m.Perm()&0o077 != 0 }

// syncDir flushes the entries of a folder, so that the key file is there after a power cut.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
