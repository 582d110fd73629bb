package backup

import (
	"errors"
	"syscall"
)

// syncDir does nothing: folders cannot be flushed on this system.
func syncDir(string) error { return nil }

// noSpace reports whether the disk is full: ERROR_HANDLE_DISK_FULL or ERROR_DISK_FULL.
func noSpace(err error) bool {
	return errors.Is(err, syscall.Errno(39)) || errors.Is(err, syscall.Errno(112))
}
