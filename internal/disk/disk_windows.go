package disk

import (
	"errors"
	"syscall"
)

// SyncDir does nothing: folders cannot be flushed on this system.
func SyncDir(string) error { return nil }

// Full reports whether an error says that the disk is full: ERROR_HANDLE_DISK_FULL or ERROR_DISK_FULL.
func Full(err error) bool {
	return errors.Is(err, syscall.Errno(39)) || errors.Is(err, syscall.Errno(112))
}
