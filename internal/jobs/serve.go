package jobs

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"runtime/debug"

	"github.com/gongkai/gongkai/internal/docio"
	"github.com/gongkai/gongkai/internal/filing"
)

// Engine reads uploads of every sort.
type Engine interface {
	filing.Engine
	// Sheet reads the first table of a workbook or of a list of values, row by row.
	Sheet(ctx context.Context, name string, data []byte) ([][]string, error)
}

// Serve is the child's side: it answers requests from in on out until in ends. engine gives the reader for the limits of
// one file.
func Serve(ctx context.Context, engine func(docio.Limits) Engine, in io.Reader, out io.Writer) error {
	r := bufio.NewReaderSize(in, 64<<10)
	for {
		var req request
		data, err := readFrame(r, &req)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("jobs: request: %w", err)
		}
		if err := writeFrame(out, handle(ctx, engine(req.Limits), req, data), nil); err != nil {
			return fmt.Errorf("jobs: answer: %w", err)
		}
	}
}

// handle answers one request. A panic in a reader is an answer too: the next file goes on. It is told with where it
// happened, for the log; nobody else sees it.
func handle(ctx context.Context, e Engine, req request, data []byte) (a answer) {
	defer func() {
		if p := recover(); p != nil {
			a = answer{Failed: fmt.Sprintf("%s: panic: %v\n%s", req.Op, p, debug.Stack())}
		}
	}()
	var err error
	switch {
	case req.Op == "read":
		a.Report, err = e.Read(ctx, req.Name, data)
	case req.Op == "check" && req.Report != nil:
		res, cerr := e.Check(ctx, req.Report, req.Previous, req.Today)
		a.Result, err = &res, cerr
	case req.Op == "sheet":
		a.Rows, err = e.Sheet(ctx, req.Name, data)
	default:
		err = fmt.Errorf("unknown request %q", req.Op)
	}
	if err != nil {
		if f := faultOf(err); f != nil {
			return answer{Fault: f}
		}
		return answer{Failed: err.Error()}
	}
	return a
}
