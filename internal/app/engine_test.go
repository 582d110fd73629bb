package app_test

import (
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/gongkai/gongkai/internal/docio"
	"github.com/gongkai/gongkai/internal/jobs"
)

func TestReadingProcessLeavesCtrlCToTheServer(t *testing.T) {
	var started []*exec.Cmd
	child := jobs.NewChild(func() *exec.Cmd {
		cmd := exec.Command(os.Args[0], "intake-worker")
		started = append(started, cmd)
		return cmd
	}, docio.Limits{}, time.Minute, time.Minute)
	defer child.Close()
	f := real(t, "000_xigong_2021.txt")
	for range 2 {
		rep, err := child.Read(t.Context(), f.name, f.data)
		if err != nil || rep.Year != 2021 {
			t.Fatalf("read %v, %v", rep, err)
		}
		if err := started[0].Process.Signal(os.Interrupt); err != nil {
			t.Fatal(err)
		}
	}
	if len(started) != 1 {
		t.Errorf("%d processes were started, want 1", len(started))
	}
}
