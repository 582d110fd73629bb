package backup

import (
	"github.com/gongkai/gongkai/internal/disk"
	"github.com/gongkai/gongkai/internal/fault"
)

// explain gives the error of a full disk the words that a person can act on.
func explain(err error) error {
	if disk.Full(err) {
		return fault.Wrap(fault.Full, "backup.full", "磁盘满了，备份没有写完，已删去未写完的文件；请清出空间，或写到别的磁盘", err)
	}
	return err
}
