package app

import (
	"io"

	"github.com/gongkai/gongkai/internal/docio"
	"github.com/gongkai/gongkai/internal/fault"
	"github.com/gongkai/gongkai/internal/filing"
	"github.com/gongkai/gongkai/internal/report"
)

// writers writes documents for the pages.
type writers struct{}

var errLater = fault.New(fault.Incapable, "write.later", "这种格式还不能生成")

func (writers) Export(io.Writer, docio.Kind, *report.Report) error { return errLater }

func (writers) Rollup(io.Writer, int, []filing.Record, []filing.Agency) error { return errLater }
