package pdf

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/gongkai/gongkai/internal/docio"
)

func dump(d *docio.Document) string {
	var b strings.Builder
	for _, bl := range d.Blocks {
		if bl.Grid == nil {
			fmt.Fprintf(&b, "[p%d %v] %s\n", bl.Pos.Page, bl.Verbatim, bl.Text)
			continue
		}
		fmt.Fprintf(&b, "[p%d grid %dx%d]\n", bl.Pos.Page, bl.Grid.Rows, bl.Grid.Cols)
		row := -1
		for _, c := range bl.Grid.Cells {
			if c.Row != row {
				row = c.Row
				fmt.Fprintf(&b, "\n  %d:", row)
			}
			fmt.Fprintf(&b, " |%d", c.Col)
			if c.RowSpan > 1 || c.ColSpan > 1 {
				fmt.Fprintf(&b, "(%dx%d)", c.RowSpan, c.ColSpan)
			}
			fmt.Fprintf(&b, " %q", c.Text)
		}
		b.WriteString("\n")
	}
	return b.String() + strings.Join(d.Notices, "\n")
}

func TestDump(t *testing.T) {
	data, err := os.ReadFile(os.Getenv("PDF"))
	if err != nil {
		t.Fatal(err)
	}
	d, err := Read(context.Background(), data, docio.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	fmt.Println(dump(d))
}
