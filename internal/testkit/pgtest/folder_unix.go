//go:build linux || darwin || freebsd

package pgtest

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

const (
	prefix   = "gongkai-pgtest-"
	lockName = "lock"
	// unfinished is the age at which a folder without a lock is no longer one that is just being made.
	unfinished = time.Hour
	// memory is where a server that need not last is several times faster, if that much room is left.
	memory     = "/dev/shm"
	memoryRoom = 2 << 30 // bytes
)

// parentOf returns the folder in which those of the servers are made.
func parentOf(durable bool) string {
	var st syscall.Statfs_t
	if !durable && syscall.Statfs(memory, &st) == nil && uint64(st.Bavail)*uint64(st.Bsize) >= memoryRoom {
		return memory
	}
	return os.TempDir()
}

// folder makes a folder for a server below parent, with a file that is locked for as long as anybody holds it open. The file gets
// its name when it is locked, so that one by that name without a lock means that its owners are dead.
func folder(parent string) (string, *os.File, error) {
	dir, err := os.MkdirTemp(parent, prefix)
	if err != nil {
		return "", nil, err
	}
	lock, err := os.CreateTemp(dir, lockName)
	if err != nil {
		return "", nil, errors.Join(err, os.RemoveAll(dir))
	}
	err = syscall.Flock(int(lock.Fd()), syscall.LOCK_EX)
	if err == nil {
		err = os.Rename(lock.Name(), filepath.Join(dir, lockName))
	}
	if err != nil {
		return "", nil, errors.Join(err, lock.Close(), os.RemoveAll(dir))
	}
	return dir, lock, nil
}

// sweep removes the folders of servers whose test processes and supervisors are dead. A server that should still run in one
// ends by itself within a minute, when it finds its files gone.
func sweep(parent string, as *syscall.Credential) error {
	all, err := os.ReadDir(parent)
	if err != nil {
		return err
	}
	var problems []error
	for _, e := range all {
		dir := filepath.Join(parent, e.Name())
		if strings.HasPrefix(e.Name(), prefix) && e.IsDir() && ours(e, as) && dead(dir) {
			problems = append(problems, os.RemoveAll(dir))
		}
	}
	return errors.Join(problems...)
}

// ours reports whether a folder belongs to the user of the tests or to the user of the server.
func ours(e fs.DirEntry, as *syscall.Credential) bool {
	info, err := e.Info()
	if err != nil {
		return false // gone in the meantime
	}
	st, ok := info.Sys().(*syscall.Stat_t)
	return ok && (int(st.Uid) == os.Geteuid() || as != nil && st.Uid == as.Uid)
}

// dead reports whether nobody holds the lock of a folder.
func dead(dir string) bool {
	lock, err := os.OpenFile(filepath.Join(dir, lockName), os.O_RDONLY|syscall.O_NONBLOCK|syscall.O_NOFOLLOW, 0)
	if err != nil {
		info, statErr := os.Stat(dir)
		return errors.Is(err, fs.ErrNotExist) && statErr == nil && time.Since(info.ModTime()) > unfinished
	}
	defer lock.Close()
	return syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) == nil
}
