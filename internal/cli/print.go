package cli

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"github.com/gongkai/gongkai/internal/report"
	"github.com/gongkai/gongkai/internal/report/checks"
)

// printReport prints a report for people: head, tables, sections, doubts.
func printReport(out io.Writer, r *report.Report) error {
	w := bufio.NewWriter(out)
	year := "年份不明"
	if r.Year > 0 {
		year = strconv.Itoa(r.Year) + "年"
	}
	p := func(format string, args ...any) { _, _ = fmt.Fprintf(w, format, args...) } // Flush returns the first error
	p("%s\n  机关：%s　%s　格式：%s\n", r.File, orDash(r.Agency), year, r.Format)
	for _, n := range r.Notices {
		p("  注意：%s\n", n)
	}
	for _, t := range r.Tables() {
		p("\n  %s\n", tableName(t.Spec.ID))
		for i, row := range t.Spec.Rows {
			var cells []string
			for j, f := range row.Fields {
				text := t.At(i, j).Text(f.Unit)
				if t.At(i, j).Kind == report.Blank {
					text = "空"
				}
				cells = append(cells, pad(text, 8))
			}
			p("    %s%s\n", padRight(row.Item+row.Label, 44), strings.Join(cells, ""))
		}
	}
	for _, s := range r.Sections {
		p("\n  %s、%s\n", report.Numerals[s.No-1], s.Title)
		for line := range strings.SplitSeq(s.Text, "\n") {
			if line != "" {
				p("    %s\n", line)
			}
		}
	}
	if len(r.Doubts) > 0 {
		p("\n  存疑 %d 处：\n", len(r.Doubts))
		for _, d := range r.Doubts {
			read := d.Read
			if read == "" {
				read = "未取值"
			}
			p("    %s = %s：%s\n", d.Path, read, d.Why)
		}
	}
	p("\n")
	return w.Flush()
}

func tableName(id string) string {
	return map[string]string{"table2": "表二　主动公开政府信息情况", "table3": "表三　收到和处理政府信息公开申请情况", "table4": "表四　行政复议、行政诉讼情况"}[id]
}

func orDash(s string) string {
	if s == "" {
		return "—"
	}
	return s
}

func displayWidth(s string) int {
	n := 0
	for _, r := range s {
		if r >= 0x1100 {
			n++
		}
		n++
	}
	return n
}

func pad(s string, n int) string {
	return strings.Repeat(" ", max(1, n-displayWidth(s))) + s
}

func padRight(s string, n int) string {
	for displayWidth(s) > n {
		rs := []rune(s)
		s = string(rs[:len(rs)-2]) + "…"
	}
	return s + strings.Repeat(" ", n-displayWidth(s))
}

var severityNames = map[checks.Severity]string{checks.Error: "错误", checks.Warning: "提醒", checks.Info: "说明"}

// printResult prints what the checks found in one file.
func printResult(out io.Writer, path string, r *report.Report, res *checks.Result) error {
	w := bufio.NewWriter(out)
	p := func(format string, args ...any) { _, _ = fmt.Fprintf(w, format, args...) } // Flush returns the first error
	verdict := "没有错误"
	if !res.OK() {
		verdict = fmt.Sprintf("有 %d 处错误", res.Count(checks.Error))
	}
	p("%s　%s：%s，%d 处提醒，%d 项无法核对，%d 处读取存疑\n", path, orDash(r.Agency), verdict, res.Count(checks.Warning), len(res.NotAssessable), len(r.Doubts))
	for _, f := range res.Findings {
		p("  %s %s　%s\n", severityNames[f.Severity], f.Rule, f.Message)
	}
	return w.Flush()
}

// progress draws how far long work has come on standard error, when that is a terminal.
type progress struct {
	w     io.Writer
	total int
	done  int
	shown int
}

func (e *env) progress(total int) *progress {
	f, ok := e.err.(*os.File)
	if !ok || total < 20 {
		return &progress{}
	}
	st, err := f.Stat()
	if err != nil || st.Mode()&os.ModeCharDevice == 0 {
		return &progress{}
	}
	return &progress{w: f, total: total, shown: -1}
}

func (b *progress) step() {
	b.done++
	if b.w == nil {
		return
	}
	if pct := b.done * 100 / b.total; pct != b.shown {
		b.shown = pct
		_, _ = fmt.Fprintf(b.w, "\r[%-40s] %3d%%  %d/%d", strings.Repeat("#", pct*40/100), pct, b.done, b.total) // a bar that cannot be drawn is no loss
	}
}

func (b *progress) end() {
	if b.w != nil && b.shown >= 0 {
		_, _ = fmt.Fprintln(b.w) // see step
	}
}
