//go:build !windows

package store

import (
	"errors"
	"fmt"
	"os"
)

// syncDir flushes the entries of a folder, so that a file moved into it is found there after a power cut.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("store: blobs: %w", err)
	}
	if err := errors.Join(d.Sync(), d.Close()); err != nil {
		return fmt.Errorf("store: blobs: %w", err)
	}
	return nil
}
