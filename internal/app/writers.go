package app

import (
	"io"

	"github.com/gongkai/gongkai/internal/docio"
	"github.com/gongkai/gongkai/internal/docio/docx"
	"github.com/gongkai/gongkai/internal/docio/html"
	"github.com/gongkai/gongkai/internal/docio/pdf"
	"github.com/gongkai/gongkai/internal/docio/text"
	"github.com/gongkai/gongkai/internal/docio/xlsx"
	"github.com/gongkai/gongkai/internal/fault"
	"github.com/gongkai/gongkai/internal/filing"
	"github.com/gongkai/gongkai/internal/report"
	"github.com/gongkai/gongkai/internal/report/form"
	"github.com/gongkai/gongkai/internal/report/rollup"
)

// writers writes documents for the pages.
type writers struct{}

func (writers) Export(w io.Writer, kind docio.Kind, rep *report.Report) error {
	p := form.Page(rep)
	switch kind {
	case docio.DOCX:
		return docx.Write(w, p)
	case docio.XLSX:
		return xlsx.Write(w, p)
	case docio.PDF:
		return pdf.Write(w, p)
	case docio.HTML:
		return html.Write(w, p)
	case docio.Markdown:
		return text.WriteMarkdown(w, p)
	case docio.CSV:
		return text.WriteCSV(w, p)
	default:
		return fault.New(fault.Usage, "write.kind", "不能生成 "+string(kind)+" 文件")
	}
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
	return xlsx.Write(w, rollup.Page(sums.Rollup()))
}
