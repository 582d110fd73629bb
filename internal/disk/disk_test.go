package disk_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"

	"github.com/gongkai/gongkai/internal/disk"
)

func TestAFolderIsFlushed(t *testing.T) {
	dir := t.TempDir()
	if err := disk.SyncDir(dir); err != nil {
		t.Error(err)
	}
	if runtime.GOOS == "windows" {
		return // folders cannot be flushed there
	}
	if err := disk.SyncDir(filepath.Join(dir, "none")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a folder that is not there: %v", err)
	}
}

func TestAFullDiskIsKnown(t *testing.T) {
	full := []error{syscall.ENOSPC, syscall.EDQUOT}
	if runtime.GOOS == "windows" {
		full = []error{syscall.Errno(39), syscall.Errno(112)}
	}
	for _, e := range full {
		if !disk.Full(fmt.Errorf("part: %w", &fs.PathError{Op: "write", Path: "file", Err: e})) {
			t.Errorf("%v is not seen as a full disk", e)
		}
	}
	for _, e := range []error{nil, fs.ErrNotExist, syscall.EACCES, os.ErrDeadlineExceeded} {
		if disk.Full(e) {
			t.Errorf("%v is seen as a full disk", e)
		}
	}
}
