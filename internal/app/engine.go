package app

import (
	"context"
	"io"
	"os"
	"os/signal"

	"github.com/gongkai/gongkai/internal/docio"
	"github.com/gongkai/gongkai/internal/docio/file"
	"github.com/gongkai/gongkai/internal/docio/pdf"
	"github.com/gongkai/gongkai/internal/fault"
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
	return jobs.Serve(ctx, func(l docio.Limits) jobs.Engine { return engine{l} }, in, out)
}

// engine reads and checks in this process.
type engine struct{ limits docio.Limits }

var _ jobs.Engine = engine{}

func (e engine) Read(ctx context.Context, name string, data []byte) (*report.Report, error) {
	return intake.Read(ctx, name, data, e.limits)
}

func (engine) Check(_ context.Context, rep, previous *report.Report, today string) (checks.Result, error) {
	return checks.Run(&checks.Input{Report: rep, Previous: previous, Today: today}), nil
}

// Sheet reads the first table of a file. Cells that are covered by a merged one have its text.
func (e engine) Sheet(ctx context.Context, name string, data []byte) ([][]string, error) {
	doc, err := file.Read(ctx, name, data, e.limits)
	if err != nil {
		return nil, err
	}
	for _, b := range doc.Blocks {
		if b.Grid == nil {
			continue
		}
		rows := make([][]string, b.Grid.Rows)
		for i := range rows {
			rows[i] = make([]string, b.Grid.Cols)
		}
		for _, c := range b.Grid.Cells {
			for r := range c.RowSpan {
				for k := range c.ColSpan {
					rows[c.Row+r][c.Col+k] = c.Text
				}
			}
		}
		return rows, nil
	}
	return nil, fault.New(fault.Unreadable, "sheet.none", "文件里没有表格；请用本系统导出的表格改好后再上传")
}
