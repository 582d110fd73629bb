// Package app puts the parts together: it is the only place that sees the pages, the store and the readers at once.
package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"runtime"
	"runtime/debug"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/gongkai/gongkai/internal/config"
	"github.com/gongkai/gongkai/internal/demo"
	"github.com/gongkai/gongkai/internal/docio"
	"github.com/gongkai/gongkai/internal/fault"
	"github.com/gongkai/gongkai/internal/jobs"
	"github.com/gongkai/gongkai/internal/obs"
	"github.com/gongkai/gongkai/internal/store"
	"github.com/gongkai/gongkai/internal/work"
)

// Options are the settings of a site and what the process that works on it is given.
type Options struct {
	Config config.Config
	Serve  config.Serve
	Limits docio.Limits // what reading one file may cost
	// Command is the program and its arguments that read files (RunWorker); empty for this program with "intake-worker".
	Command []string
	// Reader names the version of the program that reads; reports that another one read are read again. Empty for the
	// version that was built.
	Reader string
	Out    io.Writer // where the address is printed; nil for nowhere
	Log    *slog.Logger
	// SetupCode has to be known to whoever sets a fresh site up; empty for one that is made and printed.
	SetupCode string
	// Now is the clock of the site; nil for that of this machine.
	Now   func() time.Time
	hasty bool // the database is thrown away when the program ends too early
	// Started is told the address when the program listens; may be nil.
	Started func(net.Addr)
}

// DefaultOptions are the options when nobody has said anything: data in ./data, 127.0.0.1:8080.
func DefaultOptions() Options {
	var o Options
	o.Config, o.Serve = config.Defaults()
	return o
}

func (o Options) now() time.Time {
	if o.Now == nil {
		return time.Now()
	}
	return o.Now()
}

func (o Options) withDefaults() (Options, error) {
	if o.Out == nil {
		o.Out = io.Discard
	}
	if o.Log == nil {
		o.Log = obs.NewLog(os.Stderr, o.Config.Log, o.Config.LogLevel)
	}
	if o.Reader == "" {
		o.Reader = built()
	}
	o.Limits = o.Limits.WithDefaults()
	if len(o.Command) == 0 {
		self, err := os.Executable()
		if err != nil {
			return o, fmt.Errorf("app: where is this program: %w", err)
		}
		o.Command = []string{self, "intake-worker"}
	}
	return o, nil
}

// siteName is the name on the pages; when nobody gave one, that of what it is.
func (o Options) siteName() string {
	switch {
	case o.Serve.Site != "":
		return o.Serve.Site
	case o.Serve.Demo:
		return demo.Site
	}
	return "政府信息公开"
}

// workers is how many jobs are done here at the same time.
func (o Options) workers() int {
	switch {
	case o.Serve.Workers < 0:
		return 0
	case o.Serve.Workers == 0:
		return max(runtime.NumCPU()-1, 1)
	}
	return o.Serve.Workers
}

func makeFolder(dir string) error { return os.MkdirAll(dir, 0o700) }

// Serve runs the whole system on this machine until ctx ends, then lets running requests finish and puts down the work.
// Errors: fault.Usage when the address cannot be listened on or the data cannot be used.
func Serve(ctx context.Context, o Options) error {
	o, err := o.withDefaults()
	if err != nil {
		return err
	}
	if o.Serve.Demo, err = isSample(o); err != nil {
		return err
	}
	if o.Serve.Demo {
		if err := fillSample(ctx, o); err != nil {
			return err
		}
	}
	s, err := open(ctx, o)
	if err != nil {
		return err
	}
	return errors.Join(serve(ctx, o, s), s.Close())
}

func serve(ctx context.Context, o Options, s *System) error {
	if err := s.begin(ctx, o); err != nil {
		return err
	}
	h, err := newHandler(ctx, o, s)
	if err != nil {
		return err
	}
	ln, err := (&net.ListenConfig{}).Listen(ctx, "tcp", o.Serve.Listen)
	if err != nil {
		return fault.Wrap(fault.Usage, "serve.listen", "不能在 "+o.Serve.Listen+" 上监听，可能已被别的程序占用；请用 --listen 换一个端口", err)
	}
	if err := h.announce(ctx, o.Out, ln.Addr()); err != nil {
		return errors.Join(err, ln.Close())
	}
	if o.Started != nil {
		o.Started(ln.Addr())
	}
	return run(ctx, o, s, h, ln)
}

// begin does what is done once before anything is served or worked.
func (s *System) begin(ctx context.Context, o Options) error {
	if err := s.start(ctx, s.now()); err != nil {
		return err
	}
	n, err := s.Filing.Refresh(ctx)
	if err != nil {
		return fmt.Errorf("app: read again: %w", err)
	}
	if n > 0 {
		o.Log.Info("reports of another version of the program are being read again", "count", n)
	}
	return nil
}

// run serves and works until ctx ends.
func run(ctx context.Context, o Options, s *System, h *handler, ln net.Listener) error {
	srv := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute,
		MaxHeaderBytes: 64 << 10, ErrorLog: slog.NewLogLogger(o.Log.Handler(), slog.LevelWarn)}
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { s.work(ctx, o, h.metrics); return nil })
	g.Go(func() error {
		if err := srv.Serve(ln); !errors.Is(err, http.ErrServerClosed) {
			return fmt.Errorf("app: %w", err)
		}
		return nil
	})
	g.Go(func() error {
		<-ctx.Done()
		stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
		defer cancel()
		if err := srv.Shutdown(stop); err != nil {
			return errors.Join(fmt.Errorf("app: shutdown: %w", err), srv.Close())
		}
		return nil
	})
	return g.Wait()
}

// Work runs a worker only, for a second machine over the same database and files.
func Work(ctx context.Context, o Options) error {
	o, err := o.withDefaults()
	if err != nil {
		return err
	}
	if o.workers() == 0 {
		return fault.New(fault.Usage, "work.none", "gongkai work 至少要做一项任务；请去掉 --workers -1")
	}
	s, err := open(ctx, o)
	if err != nil {
		return err
	}
	err = s.begin(ctx, o)
	if err == nil {
		_, err = fmt.Fprintln(o.Out, "开始做后台任务；按 Ctrl-C 停止")
	}
	if err == nil {
		s.work(ctx, o, obs.NewMetrics(built(), s.DB.Kind()))
	}
	return errors.Join(err, s.Close())
}

// work does background jobs until ctx ends.
func (s *System) work(ctx context.Context, o Options, m *obs.Metrics) {
	n := o.workers()
	if n == 0 {
		<-ctx.Done()
		return
	}
	child := func() *jobs.Child { return newChild(o) }
	pool := jobs.NewPool(n, 2*(o.Limits.Time+grace)+startUp+time.Minute, time.Second, child, o.Log)
	s.wakeBy(pool.Wake)
	pool.Run(ctx, func(c *jobs.Child) jobs.Worker {
		return counted{work.NewRunner(store.Workers(s.DB, s.tellFailed), s.kinds(c)), m}
	})
}

// counted counts the jobs that a worker does.
type counted struct {
	*work.Runner
	metrics *obs.Metrics
}

// Work does one job when one is due.
func (c counted) Work(ctx context.Context, lease time.Duration, now func() time.Time) (bool, error) {
	did, err := c.Runner.Work(ctx, lease, now)
	if did {
		c.metrics.Job(err)
	}
	return did, err
}

// grace is how much longer than its limit a file may take, so that the reading process can say itself that it was too long.
const grace = 5 * time.Second

// startUp is how much longer the first file of a reading process may take, for the engine that has to be compiled once.
const startUp = 3 * time.Minute

// built names the version of this program: its release, or the commit that it was built from.
func built() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	version := info.Main.Version
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" || s.Key == "vcs.modified" {
			version += " " + s.Value
		}
	}
	return version
}
