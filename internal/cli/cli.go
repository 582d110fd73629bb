// Package cli is the command line: what `gongkai` understands, prints, and returns to the shell.
package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	"time"

	"github.com/alecthomas/kong"

	"github.com/gongkai/gongkai/internal/app"
	"github.com/gongkai/gongkai/internal/calendar"
	"github.com/gongkai/gongkai/internal/config"
	"github.com/gongkai/gongkai/internal/docio"
	"github.com/gongkai/gongkai/internal/fault"
)

// Exit statuses.
const (
	Done       = 0 // done, and nothing wrong found
	Found      = 1 // done, and something of severity error was found
	Unreadable = 2 // bad usage, or an input that could not be read; the other inputs are still done
)

// env is what a command may touch.
type env struct {
	ctx    context.Context
	in     io.Reader
	out    io.Writer
	err    io.Writer
	today  string // civil date in China
	status int
}

// raise keeps the worst status.
func (e *env) raise(status int) { e.status = max(e.status, status) }

// fail reports an error on one line of standard error.
func (e *env) fail(where string, err error) {
	if where != "" {
		where += ": "
	}
	_, werr := fmt.Fprintf(e.err, "gongkai: %s%s\n", where, message(err))
	if werr != nil {
		e.status = Unreadable
	}
	e.raise(Unreadable)
}

// message is what a person reads of an error. Errors without a kind are told as they are: the command line is used by those
// who run the system.
func message(err error) string {
	if fault.CodeOf(err) == "internal" {
		return err.Error()
	}
	return fault.Message(err)
}

type limitFlags struct {
	MaxSize  int64         `name:"max-size" help:"单个文件的字节数上限 / largest file in bytes" default:"67108864" placeholder:"BYTES"`
	MaxPages int           `name:"max-pages" help:"PDF 页数上限 / most pages of a PDF" default:"300" placeholder:"N"`
	MaxTime  time.Duration `name:"max-time" help:"读一个文件的时间上限 / longest time for one file" default:"30s" placeholder:"TIME"`
}

func (l limitFlags) limits() docio.Limits {
	return docio.Limits{Bytes: l.MaxSize, Pages: l.MaxPages, Time: l.MaxTime}
}

type root struct {
	Report   reportCmd   `cmd:"" help:"年度报告：读、查、转、比、汇总 / annual reports: read, check, convert, compare, add up"`
	Deadline deadlineCmd `cmd:"" help:"算法定期限，逐日列出 / statutory periods, day by day"`
	Fee      feeCmd      `cmd:"" help:"算信息处理费 / the information-processing fee"`
	Serve    serveCmd    `cmd:"" help:"启动整个系统：公众网页、工作台、接口、后台任务 / serve the whole system"`
	Work     workCmd     `cmd:"" help:"只做后台任务，用在第二台机器上 / background jobs only, on a second machine"`
	Audit    auditCmd    `cmd:"" help:"核对操作记录 / check the record of changes"`
	Backup   backupCmd   `cmd:"" help:"整个系统备份成一个文件，运行中也可以做 / back the whole system up into one file, also while it runs"`
	Restore  restoreCmd  `cmd:"" help:"从备份恢复；核对无误才换上 / put a backup back, after verifying all of it"`
	Migrate  migrateCmd  `cmd:"" help:"把数据升级到本程序的版本 / bring the data to this version of the program"`
	Admin    adminCmd    `cmd:"" help:"维护：人员、机构、日历、密钥；不加 --apply 只演示 / people, agencies, calendars, keys; a dry run unless --apply"`
	Settings settingsCmd `cmd:"" name:"config" help:"列出全部设置 / all settings"`
	Version  versionCmd  `cmd:"" help:"版本 / version"`
	Worker   workerCmd   `cmd:"" name:"intake-worker" hidden:"" help:"读文件的子进程 / the process that reads files for serve"`
}

type reportCmd struct {
	Read    readCmd    `cmd:"" help:"读取已公布的年度报告并列出内容（txt md html docx xlsx pdf csv json；UTF-8 或 GB18030） / read published reports and print them"`
	Check   checkCmd   `cmd:"" help:"读取并执行全部核对 / read, then run every check"`
	Convert convertCmd `cmd:"" help:"按法定表样重新生成 .docx .xlsx .pdf .html .md .json .csv / write a report again in the statutory layout"`
	Compare compareCmd `cmd:"" help:"并排比较两年或两个版本 / two years or two versions side by side"`
	Rollup  rollupCmd  `cmd:"" help:"逐格汇总一个文件夹里各机关的报告，并列出缺报和有错的 / add up many agencies' reports cell by cell"`
}

type serveCmd struct {
	config.Config
	config.Serve
	limitFlags
}

func (c *serveCmd) Run(e *env) error {
	return app.Serve(e.ctx, app.Options{Config: c.Config, Serve: c.Serve, Limits: c.limits(), Out: e.out})
}

type workCmd struct {
	config.Config
	config.Serve
	limitFlags
}

func (c *workCmd) Run(e *env) error {
	return app.Work(e.ctx, app.Options{Config: c.Config, Serve: c.Serve, Limits: c.limits(), Out: e.out})
}

type workerCmd struct{}

func (workerCmd) Run(e *env) error { return app.RunWorker(e.ctx, e.in, e.out) }

type versionCmd struct {
	JSON bool `name:"json" help:"输出 JSON / print JSON"`
}

func (c *versionCmd) Run(e *env) error {
	v := Version()
	if c.JSON {
		return json.NewEncoder(e.out).Encode(map[string]string{"version": v})
	}
	_, err := fmt.Fprintln(e.out, "gongkai", v)
	return err
}

// Version is the version of the program as the build recorded it.
func Version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" {
		return "(devel)"
	}
	return info.Main.Version
}

// Main runs the program with the process's arguments and streams and returns the exit status.
func Main() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	return Run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr, time.Now())
}

// Run runs one command line. now gives the date against which deadlines are held.
func Run(ctx context.Context, args []string, in io.Reader, out, errs io.Writer, now time.Time) int {
	e := &env{ctx: ctx, in: in, out: out, err: errs, today: calendar.On(now).String()}
	var r root
	exited := -1
	parser, err := kong.New(&r, kong.Name("gongkai"), kong.Description("政府信息公开工作系统 / the system for government information disclosure"),
		kong.Writers(out, errs), kong.Exit(func(code int) { exited = code }), kong.Bind(e), kong.UsageOnError(),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}), kong.Resolvers(settingsFile{&r}))
	if err != nil {
		e.fail("", err)
		return e.status
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	k, err := parser.Parse(args)
	if exited >= 0 {
		return exited
	}
	if err != nil {
		e.fail("", fault.New(fault.Usage, "cli.usage", fmt.Sprintf("命令写得不对：%v；用 gongkai -h 查看用法", err)))
		return e.status
	}
	err = k.Run(e)
	switch {
	case err == nil:
	case errors.Is(err, context.Canceled), errors.Is(err, fault.Cancelled):
		e.fail("", fault.New(fault.Cancelled, "cli.cancelled", "已中止，没有留下不完整的文件"))
	default:
		e.fail("", err)
	}
	return e.status
}
