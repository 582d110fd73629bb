package app

import (
	"context"
	"io"
	"os"
	"os/exec"

	"github.com/gongkai/gongkai/internal/docio"
	"github.com/gongkai/gongkai/internal/intake"
	"github.com/gongkai/gongkai/internal/jobs"
)

// newChild describes the process that reads uploads, for one worker or one request.
func newChild(o Options) *jobs.Child {
	return jobs.NewChild(func() *exec.Cmd {
		cmd := exec.Command(o.Command[0], o.Command[1:]...) //nolint:gosec // this program itself, or what the tests put for it
		cmd.Stderr = os.Stderr
		return cmd
	}, o.Limits, grace, startUp)
}

// sheets reads lists that people upload, in a process of their own, and writes those that they download.
type sheets struct{ o Options }

// Read reads the first table of a file.
func (s sheets) Read(ctx context.Context, name string, data []byte) ([][]string, error) {
	c := newChild(s.o)
	defer c.Close()
	return c.Sheet(ctx, name, data)
}

// Write writes a list as a workbook; its first row is the heading.
func (s sheets) Write(w io.Writer, title string, rows [][]string) error {
	t := &docio.PageTable{Name: title, HeaderRows: 1}
	for i, row := range rows {
		var r docio.PageRow
		for _, text := range row {
			r.Cells = append(r.Cells, docio.PageCell{Text: text, Align: docio.AlignLeft, Header: i == 0})
		}
		t.Rows = append(t.Rows, r)
	}
	if len(rows) > 0 {
		for range rows[0] {
			t.Widths = append(t.Widths, 1)
		}
	}
	return intake.WritePage(w, docio.XLSX, &docio.Page{Title: title, Elements: []docio.Element{{Style: docio.TableBlock, Table: t}}})
}
