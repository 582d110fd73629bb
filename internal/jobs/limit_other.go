//go:build !linux

package jobs

import "runtime/debug"

// LimitMemory bounds the memory of this process: soft is where collecting garbage becomes urgent. This system has no hard
// limit that could be set here.
func LimitMemory(soft, _ int64) error {
	debug.SetMemoryLimit(soft)
	return nil
}
