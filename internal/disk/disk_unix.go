//go:build !windows

package disk

import (
	"errors"
	"fmt"
	"os"
	"syscall"
)

// SyncDir flushes the entries of a folder, so that a file moved into it is found there after a power cut.
func SyncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("disk: %w", err)
	}
	if err := errors.Join(d.Sync(), d.Close()); err != nil {
		return fmt.Errorf("disk: %w", err)
	}
	return nil
}

// Full reports whether an error says that the disk, or what this user may have of it, is full.
func Full(err error) bool { return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) }
