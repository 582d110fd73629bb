package store

import (
	"errors"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/gongkai/gongkai/internal/disk"
	"github.com/gongkai/gongkai/internal/fault"
)

// explain gives an error that comes from a full disk the words that a person can act on; others stay what they are.
func explain(err error) error {
	var db *sqlite.Error
	if errors.Is(err, fault.Full) {
		return err
	}
	if disk.Full(err) || errors.As(err, &db) && db.Code()&0xff == sqlite3.SQLITE_FULL {
		return fault.Wrap(fault.Full, "store.full", "服务器的磁盘满了，没有存下；已经收下的不受影响。请管理员清出空间后再试", err)
	}
	return err
}
