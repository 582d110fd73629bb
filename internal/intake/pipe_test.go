//go:build unix

package intake_test

import (
	"context"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/gongkai/gongkai/internal/docio"
	"github.com/gongkai/gongkai/internal/intake"
)

// A pipe that nobody writes to must not hold up the other files.
func TestNamedPipeIsNoReport(t *testing.T) {
	path := filepath.Join(t.TempDir(), "report.txt")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	if r, err := intake.ReadFile(context.Background(), path, docio.Limits{}); err == nil {
		t.Errorf("read %+v", r)
	}
}
