package app

import (
	"context"
	"io"
	"os"
	"os/signal"

	"github.com/gongkai/gongkai/internal/docio"
	"github.com/gongkai/gongkai/internal/docio/pdf"
	"github.com/gongkai/gongkai/internal/filing"
	"github.com/gongkai/gongkai/internal/intake"
	"github.com/gongkai/gongkai/internal/jobs"
	"github.com/gongkai/gongkai/internal/report"
	"github.com/gongkai/gongkai/internal/report/checks"
)

// Memory of the process that reads files: where it begins to save, and where the system stops it.
const (
	softMemory = 768 << 20
	hardMemory = 2 << 30
)

// RunWorker is the process that reads and checks files for `gongkai serve`: requests on in, answers on out, until in ends.
// It limits the memory of the whole process, so nothing else may run beside it. Ctrl-C reaches it together with the server;
// it leaves that to the server, which closes its input, lest a file that was being read is taken for one that cannot be.
func RunWorker(ctx context.Context, in io.Reader, out io.Writer) error {
	signal.Ignore(os.Interrupt)
	ctx = context.WithoutCancel(ctx)
	if err := jobs.LimitMemory(softMemory, hardMemory); err != nil {
		return err
	}
	// The engine is made ready before the first file comes, whatever its kind, so that only the first answer can be late. When
	// that fails, whoever hands in a PDF is told; the other kinds can be read.
	_ = pdf.Ready()
	return jobs.Serve(ctx, func(l docio.Limits) filing.Engine { return engine{l} }, in, out)
}

// engine reads and checks in this process.
type engine struct{ limits docio.Limits }

var _ filing.Engine = engine{}

func (e engine) Read(ctx context.Context, name string, data []byte) (*report.Report, error) {
	return intake.Read(ctx, name, data, e.limits)
}

func (engine) Check(_ context.Context, rep, previous *report.Report, today string) (checks.Result, error) {
	return checks.Run(&checks.Input{Report: rep, Previous: previous, Today: today}), nil
}
