package app

import (
	"io"

	"github.com/gongkai/gongkai/internal/docio"
	"github.com/gongkai/gongkai/internal/filing"
	"github.com/gongkai/gongkai/internal/intake"
	"github.com/gongkai/gongkai/internal/report"
	"github.com/gongkai/gongkai/internal/report/rollup"
)

// writers writes documents for the pages.
type writers struct{}

func (writers) Export(w io.Writer, kind docio.Kind, rep *report.Report) error {
	return intake.Write(w, kind, rep)
}

func (writers) Rollup(w io.Writer, year int, reports []filing.Record, expected []filing.Agency) error {
	opts := rollup.Options{Year: year}
	for _, a := range expected {
		opts.Expected = append(opts.Expected, a.Name)
	}
	sums := rollup.New(opts)
	for i := range reports {
		sums.Add(rollup.Item{Report: reports[i].Report, File: reports[i].FileName, Errors: reports[i].Errors})
	}
	return intake.WritePage(w, docio.XLSX, rollup.Page(sums.Rollup()))
}
