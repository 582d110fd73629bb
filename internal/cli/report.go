package cli

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/gongkai/gongkai/internal/docio"
	"github.com/gongkai/gongkai/internal/docio/text"
	"github.com/gongkai/gongkai/internal/fault"
	"github.com/gongkai/gongkai/internal/intake"
	"github.com/gongkai/gongkai/internal/report"
	"github.com/gongkai/gongkai/internal/report/checks"
	"github.com/gongkai/gongkai/internal/report/compare"
	"github.com/gongkai/gongkai/internal/report/rollup"
)

type readCmd struct {
	Files []string `arg:"" name:"file" help:"文件或文件夹 / files or folders"`
	JSON  bool     `name:"json" help:"每份报告输出一行 JSON（gongkai.report/v1） / one JSON object per line"`
	limitFlags
}

func (c *readCmd) Run(e *env) error {
	paths, err := expand(c.Files)
	if err != nil {
		return err
	}
	bar := e.progress(len(paths))
	defer bar.end()
	return each(e.ctx, paths, c.limits(), func(*report.Report) struct{} { return struct{}{} }, func(o outcome[struct{}]) error {
		bar.step()
		if o.err != nil {
			return e.unreadable(o.input, o.err, c.JSON)
		}
		if !c.JSON {
			return printReport(e.out, o.report)
		}
		b, err := o.report.MarshalJSON()
		if err != nil {
			return err
		}
		_, err = e.out.Write(append(b, '\n'))
		return err
	})
}

type checkCmd struct {
	Files    []string `arg:"" name:"file" help:"文件或文件夹 / files or folders"`
	Previous string   `help:"同一机关上一年的报告，用于年度之间的核对 / last year's report of the same agency" placeholder:"FILE"`
	Today    string   `help:"按哪一天判断是否逾期，默认今天 / the date deadlines are held against" placeholder:"YYYY-MM-DD"`
	JSON     bool     `name:"json" help:"每个问题输出一行 JSON，每份文件以一行小结收尾 / one JSON object per finding and a closing line per file"`
	limitFlags
}

func (c *checkCmd) Run(e *env) error {
	paths, err := expand(c.Files)
	if err != nil {
		return err
	}
	var previous *report.Report
	if c.Previous != "" {
		previous, err = intake.ReadFile(e.ctx, c.Previous, c.limits())
		if err != nil {
			return fault.Wrap(fault.Unreadable, "cli.previous", c.Previous+": "+message(err), err)
		}
	}
	if c.Today == "" {
		c.Today = e.today
	}
	if _, err := time.Parse(time.DateOnly, c.Today); err != nil {
		return fault.Wrap(fault.Usage, "cli.today", "--today 要写成 2025-01-31 这样的日期，不能是“"+c.Today+"”", err)
	}
	bar := e.progress(len(paths))
	defer bar.end()
	work := func(r *report.Report) checks.Result {
		return checks.Run(&checks.Input{Report: r, Previous: previous, Today: c.Today})
	}
	return each(e.ctx, paths, c.limits(), work, func(o outcome[checks.Result]) error {
		bar.step()
		if o.err != nil {
			return e.unreadable(o.input, o.err, c.JSON)
		}
		if !o.value.OK() {
			e.raise(Found)
		}
		if c.JSON {
			return o.value.WriteJSON(e.out)
		}
		return printResult(e.out, o.path, o.report, &o.value)
	})
}

type convertCmd struct {
	File string `arg:"" name:"file" help:"要转换的报告 / the report to convert"`
	Out  string `name:"out" short:"o" required:"" help:"生成的文件，种类由扩展名决定 / the file to write; its extension decides the kind" placeholder:"OUT" type:"path"`
	limitFlags
}

func (c *convertCmd) Run(e *env) error {
	kind, err := intake.KindOf(c.Out)
	if err != nil {
		return err
	}
	rep, err := intake.ReadFile(e.ctx, c.File, c.limits())
	if err != nil {
		e.fail(c.File, err)
		return nil
	}
	err = writeFile(c.Out, func(f *os.File) error {
		w := bufio.NewWriter(f)
		if err := intake.Write(w, kind, rep); err != nil {
			return err
		}
		if err := e.ctx.Err(); err != nil {
			return err
		}
		return w.Flush()
	})
	if err != nil {
		return err
	}
	if n := len(rep.Doubts); n > 0 {
		_, err = fmt.Fprintf(e.err, "gongkai: %s: 有 %d 处读取存疑，已照读到的内容生成；用 gongkai report read 查看\n", c.File, n)
	}
	return err
}

type compareCmd struct {
	A    string `arg:"" help:"第一份 / the first report"`
	B    string `arg:"" help:"第二份 / the second report"`
	JSON bool   `name:"json" help:"输出 JSON / print JSON"`
	limitFlags
}

func (c *compareCmd) Run(e *env) error {
	var reps [2]*report.Report
	for i, p := range []string{c.A, c.B} {
		r, err := intake.ReadFile(e.ctx, p, c.limits())
		if err != nil {
			e.fail(p, err)
			continue
		}
		reps[i] = r
	}
	if e.status != Done {
		return nil
	}
	cmp := compare.Reports(reps[0], reps[1])
	if c.JSON {
		enc := json.NewEncoder(e.out)
		enc.SetEscapeHTML(false)
		return enc.Encode(cmp)
	}
	_, err := fmt.Fprint(e.out, cmp.Text())
	return err
}

type rollupCmd struct {
	Dir           string `arg:"" name:"dir" help:"存放各机关报告的文件夹 / the folder with the reports" type:"existingdir"`
	Out           string `name:"out" short:"o" required:"" help:"汇总文件：.xlsx .json，或 .docx .pdf .html .md .csv / the file to write" placeholder:"OUT" type:"path"`
	Year          int    `help:"汇总哪一年，默认多数报告的年份 / the year; by default the year of most reports" placeholder:"YYYY"`
	Name          string `help:"汇总的名称，如某某市 / who the sum is for" placeholder:"NAME"`
	Expected      string `help:"应报机关名单，每行一个 / a text file with the agencies that have to report, one per line" placeholder:"FILE" type:"existingfile"`
	ExcludeBroken bool   `name:"exclude-broken" help:"有错误的报告不计入合计 / leave reports with errors out of the sums"`
	limitFlags
}

func (c *rollupCmd) Run(e *env) error {
	kind, err := intake.KindOf(c.Out)
	if err != nil {
		return err
	}
	opts := rollup.Options{Year: c.Year, Name: c.Name, ExcludeBroken: c.ExcludeBroken}
	opts.Expected, err = lines(c.Expected)
	if err != nil {
		return err
	}
	paths, err := expand([]string{c.Dir})
	if err != nil {
		return err
	}
	paths = without(paths, c.Out, c.Expected)
	bar := e.progress(len(paths))
	defer bar.end()
	sums := rollup.New(opts)
	work := func(r *report.Report) checks.Result { return checks.Run(&checks.Input{Report: r, Today: e.today}) }
	err = each(e.ctx, paths, c.limits(), work, func(o outcome[checks.Result]) error {
		bar.step()
		item := rollup.Item{Report: o.report, File: o.name, Err: o.err}
		if o.err != nil {
			e.fail(o.path, o.err)
		} else {
			item.Errors = o.value.Count(checks.Error)
		}
		sums.Add(item)
		return nil
	})
	if err != nil {
		return err
	}
	total := sums.Rollup()
	if len(total.Broken) > 0 || len(total.Missing) > 0 {
		e.raise(Found)
	}
	return c.write(kind, total)
}

func (c *rollupCmd) write(kind docio.Kind, total *rollup.Rollup) error {
	return writeFile(c.Out, func(f *os.File) error {
		if kind == docio.JSON {
			b, err := total.MarshalJSON()
			if err != nil {
				return err
			}
			_, err = f.Write(append(b, '\n'))
			return err
		}
		return intake.WritePage(f, kind, rollup.Page(total))
	})
}

// without leaves out the files at these paths: the sums of an earlier run and the list of agencies may lie in the folder of
// the reports.
func without(inputs []input, paths ...string) []input {
	for _, p := range paths {
		st, err := os.Stat(p)
		if err != nil {
			continue // not there yet, or not named
		}
		inputs = slices.DeleteFunc(inputs, func(in input) bool {
			other, err := os.Stat(in.path)
			return err == nil && os.SameFile(st, other)
		})
	}
	return inputs
}

// lines reads the lines of a small text file that hold something, in any of the encodings of the reports; no path gives none.
func lines(path string) ([]string, error) {
	if path == "" {
		return nil, nil
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, fault.Wrap(fault.Usage, "cli.expected", "应报机关名单“"+filepath.Base(path)+"”打不开", err)
	}
	list, err := text.Decode(b)
	if err != nil {
		return nil, fault.Wrap(fault.Usage, "cli.expected", "应报机关名单“"+filepath.Base(path)+"”不是文字文件；请存成每行一个机关的 .txt", err)
	}
	var out []string
	for l := range strings.Lines(list) {
		if l = strings.TrimSpace(l); l != "" {
			out = append(out, l)
		}
	}
	return out, nil
}
