package cli

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/gongkai/gongkai/internal/calendar"
	"github.com/gongkai/gongkai/internal/deadline"
	"github.com/gongkai/gongkai/internal/fault"
)

type deadlineCmd struct {
	Kind         string   `help:"哪一种期限：reply（答复申请）correction-notice third-party joint-organ fee-payment publication reconsideration suit suit-after-reconsideration respondent-simple respondent-ordinary defendant / which period" default:"reply" placeholder:"KIND"`
	Received     string   `help:"收到之日，或者期限起算之日，当天不算 / the day the period runs from, itself not counted" placeholder:"YYYY-MM-DD"`
	Corrected    string   `help:"收到补正后申请之日，期限重新计算 / the corrected application came: the count starts afresh" placeholder:"YYYY-MM-DD"`
	Consult      []string `help:"征求意见的起止：发出日..收到意见日，其间的工作日不算，可以写多次 / a consultation, repeatable" placeholder:"FROM..TO" sep:"none"`
	Extend       int      `help:"延长几个工作日，0 到 20 / extension in working days" default:"0" placeholder:"N"`
	FeePaid      string   `name:"fee-paid" help:"缴费之日，期限重新计算 / the fee was paid: the count starts afresh" placeholder:"YYYY-MM-DD"`
	ShiftRestDay bool     `name:"shift-rest-day" help:"休息日收到的，按下一个工作日收到算（默认不这样算） / what came on a day off came on the next working day"`
	AsOf         string   `name:"as-of" help:"按哪一天已公布的放假安排计算，默认用现在知道的全部 / with the holiday notices known on that day" placeholder:"YYYY-MM-DD"`
	JSON         bool     `name:"json" help:"输出一行 JSON / print one JSON object on a line"`
}

func (c *deadlineCmd) Help() string {
	return `例 / examples:
  gongkai deadline --received 2026-09-07
  gongkai deadline --received 2025-04-14 --consult 2025-04-18..2025-05-08 --extend 10
  gongkai deadline --kind reconsideration --received 2025-12-19 --json`
}

func (c *deadlineCmd) Run(e *env) error {
	in, err := c.input()
	if err != nil {
		return err
	}
	table := calendar.Builtin()
	if c.AsOf != "" {
		day, err := flagDate("as-of", c.AsOf)
		if err != nil {
			return err
		}
		table = table.AsOf(day)
	}
	r, err := deadline.Compute(table, in)
	if err != nil {
		return err
	}
	if c.JSON {
		return printLine(e.out, r)
	}
	return printDeadline(e.out, in, r)
}

func (c *deadlineCmd) input() (deadline.Input, error) {
	in := deadline.Input{Kind: deadline.Kind(c.Kind), Extend: c.Extend, ShiftRestDay: c.ShiftRestDay}
	for _, f := range []struct {
		name, value string
		into        *calendar.Date
	}{{"received", c.Received, &in.Received}, {"corrected", c.Corrected, &in.Corrected}, {"fee-paid", c.FeePaid, &in.FeePaid}} {
		if f.value == "" {
			continue
		}
		d, err := flagDate(f.name, f.value)
		if err != nil {
			return in, err
		}
		*f.into = d
	}
	for _, s := range c.Consult {
		from, to, ok := strings.Cut(s, "..")
		if !ok {
			return in, fault.New(fault.Usage, "cli.consult", fmt.Sprintf("--consult 要写成 发出日..收到意见日，如 2025-04-18..2025-05-08，不能是“%s”", s))
		}
		a, err := flagDate("consult", from)
		if err != nil {
			return in, err
		}
		b, err := flagDate("consult", to)
		if err != nil {
			return in, err
		}
		in.Consults = append(in.Consults, calendar.Span{From: a, To: b})
	}
	return in, nil
}

func flagDate(flag, value string) (calendar.Date, error) {
	d, err := calendar.ParseDate(value)
	if err != nil {
		return d, fault.Wrap(fault.Usage, "cli.date", "--"+flag+"："+fault.Message(err), err)
	}
	return d, nil
}

// printLine prints a value as one line of JSON.
func printLine(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}

// printDeadline prints the last day first, then why, then the proof.
func printDeadline(out io.Writer, in deadline.Input, r deadline.Result) error {
	w := bufio.NewWriter(out)
	p := func(format string, args ...any) { _, _ = fmt.Fprintf(w, format, args...) } // Flush returns the first error
	provisional := ""
	if r.Provisional {
		provisional = "（暂定）"
	}
	last := r.Days[len(r.Days)-1]
	makeup := ""
	if last.Class == calendar.Makeup {
		makeup = "（调休上班）"
	}
	p("最后一天：%s %s%s%s\n", r.Due.Chinese(), r.Due.ChineseWeekday(), makeup, provisional)
	p("  期限：%s，%s\n", r.Rule.Name, periodWords(in, r))
	var law []string
	for _, l := range r.Legal {
		law = append(law, l.Brief())
	}
	p("  依据：%s\n", strings.Join(law, "；"))
	if r.Rule.After != "" {
		p("  逾期：%s\n", r.Rule.After)
	}
	for _, n := range r.Notes {
		p("  注意：%s\n", n)
	}
	p("\n  逐日计算（%s %s 起算，当天不算）\n", r.Start, r.Start.ChineseWeekday())
	for _, d := range r.Days {
		n := "不算"
		if d.N > 0 {
			n = fmt.Sprintf("第 %d 天", d.N)
		}
		if d.Date == r.Due {
			n += "　最后一天"
		}
		p("    %s %s  %s%s\n", d.Date, d.Date.ChineseWeekday(), padRight(dayWords(d), 20), n)
	}
	return w.Flush()
}

// periodWords says how long the period is and what moved it.
func periodWords(in deadline.Input, r deadline.Result) string {
	words := fmt.Sprintf("%s起 %s", r.Rule.From, r.Rule.Period())
	if !in.Corrected.IsZero() {
		words += fmt.Sprintf("；%s 收到补正，重新计算", in.Corrected)
	}
	if !in.FeePaid.IsZero() {
		words += fmt.Sprintf("；%s 缴费，重新计算", in.FeePaid)
	}
	if n := r.Excluded(); n > 0 {
		words += fmt.Sprintf("；征求意见扣除 %d 个工作日", n)
	}
	if in.Extend > 0 {
		words += fmt.Sprintf("；延长 %d 个工作日", in.Extend)
	}
	return words
}

func dayWords(d calendar.Day) string {
	switch d.Class {
	case calendar.Holiday:
		return d.Class.String() + " " + d.Name
	case calendar.Excluded:
		return d.Class.String() + " 征求意见"
	}
	return d.Class.String()
}
