//go:build !windows

package crypt

import "io/fs"

// othersMayRead reports whether the mode lets anybody but the owner at the file.
func othersMayRead(m fs.FileMode) bool { return m.Perm()&0o077 != 0 }
