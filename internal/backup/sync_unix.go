//go:build !windows

package backup

import (
	"errors"
	"fmt"
	"os"
	"syscall"
)

// syncDir flushes the entries of a folder, so that a file moved into it is found there after a power cut.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	if err := errors.Join(d.Sync(), d.Close()); err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	return nil
}

// noSpace reports whether the disk, or what this user may have of it, is full.
func noSpace(err error) bool { return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) }
