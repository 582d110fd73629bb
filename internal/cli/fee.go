package cli

import (
	"bufio"
	"fmt"
	"io"

	"github.com/gongkai/gongkai/internal/fault"
	"github.com/gongkai/gongkai/internal/fee"
)

type feeCmd struct {
	Items *int `help:"按件：同一申请人一个自然月内的件数 / items of one applicant in a calendar month" placeholder:"N"`
	Pages *int `help:"按量：一件申请的页数（A4 以下，单面） / pages of one application" placeholder:"N"`
	JSON  bool `name:"json" help:"输出一行 JSON / print one JSON object on a line"`
}

func (c *feeCmd) Help() string {
	return `例 / examples:
  gongkai fee --items 41
  gongkai fee --pages 201 --json`
}

func (c *feeCmd) Run(e *env) error {
	if (c.Items == nil) == (c.Pages == nil) {
		return fault.New(fault.Usage, "cli.fee", "收费按件或者按量，只能选一种：写 --items 件数 或者 --pages 页数")
	}
	basis, n := fee.Items, c.Items
	if c.Pages != nil {
		basis, n = fee.Pages, c.Pages
	}
	f, err := fee.Compute(basis, *n)
	if err != nil {
		return err
	}
	if c.JSON {
		return printLine(e.out, f)
	}
	return printFee(e.out, f)
}

// printFee prints the amount first, then the bands.
func printFee(out io.Writer, f fee.Fee) error {
	w := bufio.NewWriter(out)
	p := func(format string, args ...any) { _, _ = fmt.Fprintf(w, format, args...) } // Flush returns the first error
	m := f.Basis.Measure()
	p("信息处理费：%d 元\n", f.Yuan)
	p("  %s，共 %d %s；前 %d %s免费\n", f.Basis, f.Units, m, f.Basis.Free(), m)
	p("  依据：%s（%s）\n", f.Legal.Brief(), f.Legal.Instrument.Number)
	if len(f.Bands) > 0 {
		p("\n  分段计算\n")
	}
	for _, b := range f.Bands {
		p("    %s%s × %s = %s元\n", padRight(b.Name(m), 24), pad(fmt.Sprintf("%d %s", b.Units, m), 10), pad(fmt.Sprintf("%d 元", b.Price), 9), pad(fmt.Sprint(b.Amount), 8))
	}
	return w.Flush()
}
