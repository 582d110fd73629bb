package rollup

import (
	"bytes"
	"strings"
	"testing"

	"github.com/gongkai/gongkai/internal/docio"
	"github.com/gongkai/gongkai/internal/docio/xlsx"
	"github.com/gongkai/gongkai/internal/report"
	"github.com/gongkai/gongkai/internal/testkit/sample"
)

// widths checks that the cells of every row, with the spans from above, fill the columns exactly.
func widths(t *testing.T, tab *docio.PageTable) {
	t.Helper()
	pending := make([]int, len(tab.Widths))
	for i, row := range tab.Rows {
		col := 0
		skip := func() {
			for col < len(pending) && pending[col] > 0 {
				pending[col]--
				col++
			}
		}
		for _, c := range row.Cells {
			skip()
			for range max(c.ColSpan, 1) {
				if col >= len(pending) {
					t.Fatalf("%s: row %d is too wide at %q", tab.Name, i, c.Text)
				}
				pending[col] = max(c.RowSpan, 1) - 1
				col++
			}
		}
		skip()
		if col != len(pending) {
			t.Errorf("%s: row %d ends at column %d of %d", tab.Name, i, col, len(pending))
		}
	}
	for col, n := range pending {
		if n != 0 {
			t.Errorf("%s: a span of column %d reaches %d rows below the table", tab.Name, col, n)
		}
	}
}

func full(t *testing.T) *Rollup {
	t.Helper()
	bad := one("虚构市戊局", 6, sample.Options{Scale: sample.Large})
	bad.Errors = 3
	merged := one("虚构市己局", 8, sample.Options{Scale: sample.Medium, Merged: true})
	last := one("虚构市丁局", 4, sample.Options{})
	last.Report.Year = 2023
	old := Item{Report: sample.New(9, report.Format2019, sample.Options{Year: 2024, Agency: "虚构市庚局", Scale: sample.Medium})}
	blank := one("虚构市辛局", 10, sample.Options{Scale: sample.Small, Blank: 0.3})
	return of(Options{Name: "虚构市", Year: 2024, Expected: []string{"虚构市戊局", "虚构市壬局", "虚构市癸局"}}, bad, merged, last, old, blank, blank,
		Item{File: "扫描件.pdf", Err: docio.ErrScanned(3)})
}

func TestPage(t *testing.T) {
	r := full(t)
	p := Page(r)
	names := []string{}
	var text strings.Builder
	for _, e := range p.Elements {
		text.WriteString(e.Text + "\n")
		if e.Table == nil {
			continue
		}
		names = append(names, e.Table.Name)
		widths(t, e.Table)
		for _, row := range e.Table.Rows {
			for _, c := range row.Cells {
				text.WriteString(c.Text + "\n")
			}
		}
	}
	if len(names) != 14 {
		t.Errorf("%d tables: %v", len(names), names)
	}
	for _, piece := range []string{"虚构市2024年政府信息公开工作年度报告汇总", "虚构市壬局", "虚构市癸局", "扫描件.pdf", "检查出3处错误", "报告年份是2023年", "合计（含没有分项的报告）", "五、没有填全或者存疑的格", "十四、计入汇总的报告"} {
		if !strings.Contains(text.String(), piece) {
			t.Errorf("%q is not on the page", piece)
		}
	}
	empty := Page(of(Options{Name: "虚构市"}))
	if len(empty.Elements) != 3 || !strings.Contains(empty.Elements[2].Text, "没有可以汇总的报告") {
		t.Errorf("the page of nothing: %+v", empty.Elements)
	}
}

func TestPageAsWorkbook(t *testing.T) {
	r := full(t)
	var b bytes.Buffer
	err := xlsx.Write(&b, Page(r))
	if err != nil {
		t.Fatal(err)
	}
	doc, err := xlsx.Read(b.Bytes(), docio.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	n, _ := r.Table3.Sum("table3.new_received.total").Total()
	want, found := report.Num(n).Text(report.Count), false
	for _, block := range doc.Blocks {
		if block.Grid == nil {
			continue
		}
		for _, c := range block.Grid.Cells {
			found = found || c.Text == want
		}
	}
	if !found {
		t.Errorf("the sum %s is not in the workbook", want)
	}
}
