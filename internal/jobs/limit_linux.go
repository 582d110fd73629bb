package jobs

import (
	"fmt"
	"runtime/debug"
	"syscall"
)

// LimitMemory bounds the memory of this process: soft is where collecting garbage becomes urgent, hard where the system
// refuses more and the process ends. It is called at the beginning of the reading process and nowhere else.
func LimitMemory(soft, hard int64) error {
	debug.SetMemoryLimit(soft)
	limit := syscall.Rlimit{Cur: uint64(hard), Max: uint64(hard)}
	if err := syscall.Setrlimit(syscall.RLIMIT_DATA, &limit); err != nil {
		return fmt.Errorf("jobs: memory limit: %w", err)
	}
	return nil
}
