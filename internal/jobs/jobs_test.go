package jobs

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gongkai/gongkai/internal/docio"
	"github.com/gongkai/gongkai/internal/fault"
	"github.com/gongkai/gongkai/internal/report"
	"github.com/gongkai/gongkai/internal/report/checks"
)

// TestMain lets this test program be the child that the tests start.
func TestMain(m *testing.M) {
	if len(os.Args) == 2 && os.Args[1] == "child" {
		err := LimitMemory(128<<20, 512<<20)
		if err == nil {
			err = Serve(context.Background(), func(l docio.Limits) Engine { return scripted{l} }, os.Stdin, os.Stdout)
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// scripted does what the name of the file says.
type scripted struct{ limits docio.Limits }

func (s scripted) Read(ctx context.Context, name string, data []byte) (*report.Report, error) {
	switch name {
	case "hang":
		time.Sleep(time.Hour)
	case "die":
		os.Exit(3)
	case "panic":
		panic("reader broke")
	case "fault":
		return nil, fault.New(fault.Unreadable, "file.encrypted", "文件有密码")
	case "broken":
		return nil, errors.New("internal detail")
	case "memory":
		var hold [][]byte
		for range 64 {
			b := make([]byte, 64<<20)
			for i := 0; i < len(b); i += 4096 {
				b[i] = 1
			}
			hold = append(hold, b)
		}
		return &report.Report{File: fmt.Sprint(len(hold))}, nil
	}
	return &report.Report{File: name, Agency: string(data), Year: int(s.limits.Pages)}, nil
}

func (scripted) Sheet(_ context.Context, name string, data []byte) ([][]string, error) {
	return [][]string{{name, string(data)}, {}}, nil
}

func (scripted) Check(_ context.Context, rep, previous *report.Report, today string) (checks.Result, error) {
	res := checks.Result{File: rep.File + "@" + today}
	if previous != nil {
		res.Passed = previous.Year
	}
	return res, nil
}

func child(t *testing.T, limits docio.Limits, grace time.Duration) *Child {
	t.Helper()
	c := NewChild(func() *exec.Cmd { return exec.Command(os.Args[0], "child") }, limits, grace, 0)
	t.Cleanup(c.Close)
	return c
}

func TestChildReadsAndChecks(t *testing.T) {
	c := child(t, docio.Limits{Pages: 7}, time.Minute)
	rep, err := c.Read(t.Context(), "a.txt", []byte("示例局"))
	if err != nil {
		t.Fatal(err)
	}
	if rep.File != "a.txt" || rep.Agency != "示例局" || rep.Year != 7 {
		t.Errorf("read %+v, want the name, the bytes and the limit of pages back", rep)
	}
	res, err := c.Check(t.Context(), rep, &report.Report{Year: 2024}, "2026-01-20")
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(checks.Result{File: "a.txt@2026-01-20", Passed: 2024}, res); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

func TestChildReadsTables(t *testing.T) {
	rows, err := child(t, docio.Limits{}, time.Minute).Sheet(t.Context(), "a.xlsx", []byte("甲局"))
	if d := cmp.Diff([][]string{{"a.xlsx", "甲局"}, {}}, rows); d != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, d)
	}
}

func TestNextFileGoesOn(t *testing.T) {
	for name, want := range map[string]struct {
		code  string
		words string
	}{
		"fault":  {"file.encrypted", "文件有密码"},
		"broken": {"internal", "internal detail"},
		"panic":  {"internal", "reader broke"},
		"die":    {"internal", "died"},
	} {
		t.Run(name, func(t *testing.T) {
			c := child(t, docio.Limits{}, time.Minute)
			_, err := c.Read(t.Context(), name, nil)
			if err == nil || fault.CodeOf(err) != want.code || !strings.Contains(err.Error(), want.words) {
				t.Errorf("error %v (code %s), want code %s with %q", err, fault.CodeOf(err), want.code, want.words)
			}
			if _, err := c.Read(t.Context(), "next", nil); err != nil {
				t.Errorf("next file: %v", err)
			}
		})
	}
}

func TestChildIsKilledAtItsLimit(t *testing.T) {
	c := child(t, docio.Limits{Time: 50 * time.Millisecond}, 50*time.Millisecond)
	_, err := c.Read(t.Context(), "hang", nil)
	if fault.CodeOf(err) != "intake.time" {
		t.Errorf("error %v, want intake.time", err)
	}
	slow := child(t, docio.Limits{}, time.Minute)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := slow.Read(ctx, "hang", nil); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("cancelled: error %v", err)
	}
}

func TestMemoryIsLimited(t *testing.T) {
	c := child(t, docio.Limits{}, time.Minute)
	if _, err := c.Read(t.Context(), "memory", nil); err == nil {
		t.Error("4 GiB were taken under a limit of 512 MiB")
	}
}

func TestServeRefusesNonsense(t *testing.T) {
	engine := func(l docio.Limits) Engine { return scripted{l} }
	for name, in := range map[string]string{
		"huge frame": "\xff\xff\xff\xff\xff\xff\xff\xff",
		"cut":        "\x00\x00\x00\x00\x00\x00\x00\x05{}",
		"no json":    "\x00\x00\x00\x00\x00\x00\x00\x02{]" + "\x00\x00\x00\x00\x00\x00\x00\x00",
	} {
		if err := Serve(t.Context(), engine, strings.NewReader(in), io.Discard); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	var in, out bytes.Buffer
	if err := writeFrame(&in, request{Op: "other"}, nil); err != nil {
		t.Fatal(err)
	}
	if err := Serve(t.Context(), engine, &in, &out); err != nil {
		t.Fatal(err)
	}
	var a answer
	if _, err := readFrame(&out, &a); err != nil || a.Failed == "" {
		t.Errorf("unknown request: answer %+v, %v", a, err)
	}
}

// counter is a source of work that ends.
type counter struct {
	mu   sync.Mutex
	left int
	done chan struct{}
}

func (c *counter) Work(context.Context, time.Duration, func() time.Time) (bool, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.left == 0 {
		return false, nil
	}
	c.left--
	if c.left == 0 {
		close(c.done)
	}
	return true, errors.New("kept on although a job failed")
}

func TestPoolWorksUntilStopped(t *testing.T) {
	c := &counter{left: 20, done: make(chan struct{})}
	pool := NewPool(3, time.Minute, time.Hour, func() *Child { return child(t, docio.Limits{}, 0) },
		slog.New(slog.NewTextHandler(io.Discard, nil)))
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { pool.Run(ctx, func(*Child) Worker { return c }); close(ended) }()
	pool.Wake()
	<-c.done
	cancel()
	<-ended
}

// broken is a machinery that fails always and at once.
type broken struct{ asked int }

func (b *broken) Work(context.Context, time.Duration, func() time.Time) (bool, error) {
	b.asked++
	return true, errors.New("no room")
}

func TestPoolRestsWhenEverythingFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &broken{}
		pool := NewPool(1, time.Minute, time.Second, func() *Child { return NewChild(nil, docio.Limits{}, 0, 0) },
			slog.New(slog.NewTextHandler(io.Discard, nil)))
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		pool.Run(ctx, func(*Child) Worker { return b })
		if b.asked < 300 || b.asked > 400 {
			t.Errorf("asked for work %d times in an hour, want every ten seconds", b.asked)
		}
	})
}
