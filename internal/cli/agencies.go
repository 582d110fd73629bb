package cli

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/gongkai/gongkai/internal/app"
	"github.com/gongkai/gongkai/internal/calendar"
	"github.com/gongkai/gongkai/internal/config"
	"github.com/gongkai/gongkai/internal/fault"
	"github.com/gongkai/gongkai/internal/office"
)

type adminAgenciesCmd struct {
	Import agenciesImportCmd `cmd:"" help:"从 CSV 或 XLSX 导入机构，先列出会变什么 / import the tree, showing what would change"`
	Export agenciesExportCmd `cmd:"" help:"导出机构为 CSV / export the tree"`
}

type agenciesImportCmd struct {
	File   string `arg:"" type:"existingfile" help:"CSV 或 XLSX，表头同导出 / a file with the headers of the export"`
	From   string `help:"从哪一天起生效，不填为今天 / first day" placeholder:"DATE"`
	Reason string `help:"写进操作记录的理由 / reason for the record" default:"从文件批量导入"`
	Apply  bool   `help:"真的执行；不加只演示 / really do it"`
	config.Config
}

// Run shows what a list would change, and with --apply changes it. Rows that cannot be taken are exit status 1, and then
// nothing is changed.
func (c *agenciesImportCmd) Run(e *env) (err error) {
	data, err := os.ReadFile(c.File)
	if err != nil {
		return fault.Wrap(fault.Unreadable, "file.open", "文件“"+c.File+"”打不开", err)
	}
	var from calendar.Date
	if c.From != "" {
		if from, err = calendar.ParseDate(c.From); err != nil {
			return err
		}
	}
	s, err := app.Open(e.ctx, app.Options{Config: c.Config})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	plan, err := s.ImportAgencies(e.ctx, filepath.Base(c.File), data, app.Import{From: from, Reason: c.Reason, Apply: c.Apply})
	if err != nil {
		return err
	}
	return e.plan(plan, c.Apply)
}

// plan prints what an import changes.
func (e *env) plan(p office.Plan, applied bool) error {
	for _, b := range p.Problems {
		e.raise(Found)
		if _, err := fmt.Fprintf(e.out, "第 %d 行 %s：%s\n", b.Line, b.Field, b.Text); err != nil {
			return err
		}
	}
	for _, i := range p.Items {
		what := "变更"
		if i.New {
			what = "新增"
		}
		if _, err := fmt.Fprintf(e.out, "%s %s\n", what, i.Name); err != nil {
			return err
		}
		for _, f := range i.Fields {
			if _, err := fmt.Fprintf(e.out, "    %s：%s → %s\n", f.Label, f.Before, f.After); err != nil {
				return err
			}
		}
	}
	verb := "演示：没有改动，加 --apply 执行"
	switch {
	case len(p.Problems) > 0:
		verb = "有写错的行，没有改动"
	case applied:
		verb = "已执行"
	}
	_, err := fmt.Fprintf(e.out, "%d 处变化，%d 行不变，%d 家不在文件里（保持原样）。%s\n", len(p.Items), p.Same, len(p.Missing), verb)
	return err
}

type agenciesExportCmd struct {
	On string `help:"哪一天的机构，不填为今天 / the tree of which day" placeholder:"DATE"`
	config.Config
}

// Run prints the tree as CSV.
func (c *agenciesExportCmd) Run(e *env) (err error) {
	var on calendar.Date
	if c.On != "" {
		if on, err = calendar.ParseDate(c.On); err != nil {
			return err
		}
	}
	s, err := app.Open(e.ctx, app.Options{Config: c.Config})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	table, err := s.ExportAgencies(e.ctx, on)
	if err != nil {
		return err
	}
	return office.WriteCSV(e.out, table)
}

type adminCalendarCmd struct {
	Import calendarImportCmd `cmd:"" help:"录入放假安排（CSV：date,type,name），由另一人在网页上核对后生效 / enter a holiday notice, for another person to approve"`
}

type calendarImportCmd struct {
	File   string `arg:"" type:"existingfile" help:"CSV 文件 / the file"`
	Number string `required:"" help:"文号 / number of the notice"`
	Title  string `required:"" help:"标题 / title"`
	Issued string `required:"" help:"发文日期 / date of the notice" placeholder:"DATE"`
	Apply  bool   `help:"真的执行；不加只演示 / really do it"`
	config.Config
}

// Run shows what days a notice changes, and with --apply proposes it.
func (c *calendarImportCmd) Run(e *env) (err error) {
	issued, err := calendar.ParseDate(c.Issued)
	if err != nil {
		return err
	}
	f, err := os.Open(c.File)
	if err != nil {
		return fault.Wrap(fault.Unreadable, "file.open", "文件“"+c.File+"”打不开", err)
	}
	days, err := calendar.ParseCSV(f)
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	s, err := app.Open(e.ctx, app.Options{Config: c.Config})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	n := calendar.Notice{Number: c.Number, Title: c.Title, Issued: issued, Known: issued, Days: days, Source: "命令行录入"}
	changed, err := s.ProposeNotice(e.ctx, n, c.Apply)
	if err != nil {
		return err
	}
	verb := "演示：没有录入，加 --apply 执行"
	if c.Apply {
		verb = "已录入，请另一人在“工作日历”页核对后生效"
	}
	_, err = fmt.Fprintf(e.out, "%s：%d 天有安排，影响 %d 个正在走的期限。%s\n", c.Title, len(days), changed, verb)
	return err
}
