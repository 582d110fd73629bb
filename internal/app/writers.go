package app

import (
	"encoding/json"
	"io"

	"github.com/gongkai/gongkai/internal/docio"
	"github.com/gongkai/gongkai/internal/intake"
	"github.com/gongkai/gongkai/internal/report"
	"github.com/gongkai/gongkai/internal/report/rollup"
)

// writers writes documents for the pages.
type writers struct{}

func (writers) Export(w io.Writer, kind docio.Kind, rep *report.Report) error {
	return intake.Write(w, kind, rep)
}

func (writers) Rollup(w io.Writer, kind docio.Kind, sums *rollup.Rollup) error {
	if kind == docio.JSON {
		enc := json.NewEncoder(w)
		enc.SetIndent("", "  ")
		return enc.Encode(sums)
	}
	return intake.WritePage(w, kind, rollup.Page(sums))
}
