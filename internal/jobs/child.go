package jobs

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"time"

	"github.com/gongkai/gongkai/internal/docio"
	"github.com/gongkai/gongkai/internal/fault"
	"github.com/gongkai/gongkai/internal/report"
	"github.com/gongkai/gongkai/internal/report/checks"
)

// Child reads and checks in a child process, which is started when needed and again after it died. It serves one request
// at a time and belongs to one worker.
type Child struct {
	start  func() *exec.Cmd
	limits docio.Limits
	grace  time.Duration
	first  time.Duration
	cmd    *exec.Cmd
	in     io.WriteCloser
	out    *bufio.Reader
	done   int
}

var _ Engine = (*Child)(nil)

// NewChild returns a child that start describes. It is told the limits of one file and is killed when one takes longer
// than they allow, and grace more, in which it may still say itself why. The first request of a process may take first
// longer: on a new machine the engine that reads PDF is compiled then.
func NewChild(start func() *exec.Cmd, limits docio.Limits, grace, first time.Duration) *Child {
	return &Child{start: start, limits: limits.WithDefaults(), grace: grace, first: first}
}

// recycle is after how many requests the process is replaced, so that what a file left behind does not add up.
const recycle = 500

// Read reads a file in the child process.
func (c *Child) Read(ctx context.Context, name string, data []byte) (*report.Report, error) {
	a, err := c.ask(ctx, request{Op: "read", Name: name, Limits: c.limits}, data)
	if err != nil {
		return nil, err
	}
	if a.Report == nil {
		return nil, errors.New("jobs: child answered without a report")
	}
	return a.Report, nil
}

// Check checks a report in the child process.
func (c *Child) Check(ctx context.Context, rep, previous *report.Report, today string) (checks.Result, error) {
	a, err := c.ask(ctx, request{Op: "check", Report: rep, Previous: previous, Today: today}, nil)
	if err != nil {
		return checks.Result{}, err
	}
	if a.Result == nil {
		return checks.Result{}, errors.New("jobs: child answered without a result")
	}
	return *a.Result, nil
}

// Sheet reads a table in the child process.
func (c *Child) Sheet(ctx context.Context, name string, data []byte) ([][]string, error) {
	a, err := c.ask(ctx, request{Op: "sheet", Name: name, Limits: c.limits}, data)
	return a.Rows, err
}

// Close ends the process.
func (c *Child) Close() {
	if c.cmd == nil {
		return
	}
	// The process ends by itself when its input does; it is killed because nothing it is doing is wanted any more, so
	// neither call can fail in a way that matters.
	_ = c.in.Close()
	_ = c.cmd.Process.Kill()
	_ = c.cmd.Wait()
	c.cmd = nil
}

func (c *Child) ask(ctx context.Context, req request, data []byte) (answer, error) {
	if err := c.ensure(); err != nil {
		return answer{}, err
	}
	type reply struct {
		a   answer
		err error
	}
	ch := make(chan reply, 1)
	in, out := c.in, c.out
	go func() {
		var r reply
		if r.err = writeFrame(in, req, data); r.err == nil {
			_, r.err = readFrame(out, &r.a)
		}
		ch <- r
	}()
	limit := c.limits.Time + c.grace
	if c.done == 0 {
		limit += c.first
	}
	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case r := <-ch:
		return c.settle(r.a, r.err)
	case <-ctx.Done():
		c.Close()
		return answer{}, ctx.Err()
	case <-timer.C:
		c.Close()
		return answer{}, fault.New(fault.Cancelled, "intake.time",
			fmt.Sprintf("这份文件 %d 秒内没有读完，已停止；请另存一份（最好是 docx 或 html）再试", int(c.limits.Time.Seconds())))
	}
}

func (c *Child) settle(a answer, err error) (answer, error) {
	if err != nil {
		c.Close()
		return answer{}, fmt.Errorf("jobs: the reading process died: %w", err)
	}
	// A reader that ran out of time may still be at work in the process, unheard.
	late := a.Fault != nil && (a.Fault.Code == "file.timeout" || a.Fault.Code == "pdf.timeout")
	if c.done++; c.done >= recycle || late {
		c.Close()
	}
	if a.Fault != nil {
		return a, fault.New(a.Fault.Kind, a.Fault.Code, a.Fault.Message)
	}
	if a.Failed != "" {
		return a, errors.New("jobs: " + a.Failed)
	}
	return a, nil
}

func (c *Child) ensure() error {
	if c.cmd != nil {
		return nil
	}
	cmd := c.start()
	in, err := cmd.StdinPipe()
	if err != nil {
		return fmt.Errorf("jobs: %w", err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return fmt.Errorf("jobs: %w", err)
	}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("jobs: start the reading process: %w", err)
	}
	c.cmd, c.in, c.out, c.done = cmd, in, bufio.NewReaderSize(out, 64<<10), 0
	return nil
}
