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
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/gongkai/gongkai/internal/account"
	"github.com/gongkai/gongkai/internal/demo"
	"github.com/gongkai/gongkai/internal/docio"
	"github.com/gongkai/gongkai/internal/fault"
	"github.com/gongkai/gongkai/internal/filing"
	"github.com/gongkai/gongkai/internal/jobs"
	"github.com/gongkai/gongkai/internal/store"
	"github.com/gongkai/gongkai/internal/web/desk"
	"github.com/gongkai/gongkai/internal/web/portal"
	"github.com/gongkai/gongkai/internal/web/ui"
	"github.com/gongkai/gongkai/internal/work"
)

// Options are the settings of `gongkai serve`. The zero value works: data in ./data, 127.0.0.1:8080.
type Options struct {
	Data    string       // folder of the database and the files
	Listen  string       // address to listen on
	Site    string       // who runs the site, for the head of the pages
	Demo    bool         // fill a fresh data folder with a sample year; the pages say that the data are samples
	Workers int          // files read at the same time; 0 for one less than the processors, at least one
	Limits  docio.Limits // what reading one file may cost
	// Command is the program and its arguments that read files (RunWorker); empty for this program with "intake-worker".
	Command []string
	// Reader names the version of the program that reads; reports that another one read are read again. Empty for the
	// version that was built.
	Reader string
	Out    io.Writer // where the address is printed; nil for nowhere
	Log    *slog.Logger
	// Started is told the address when the program listens; may be nil.
	Started func(net.Addr)
}

func (o Options) withDefaults() (Options, error) {
	if o.Data == "" {
		o.Data = "data"
	}
	if o.Listen == "" {
		o.Listen = "127.0.0.1:8080"
	}
	if o.Workers <= 0 {
		o.Workers = max(runtime.NumCPU()-1, 1)
	}
	if o.Out == nil {
		o.Out = io.Discard
	}
	if o.Log == nil {
		o.Log = slog.New(slog.NewTextHandler(os.Stderr, nil))
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

// Serve runs the whole system on this machine until ctx ends, then lets running requests finish and puts down the work.
// Errors: fault.Usage when the address cannot be listened on or the folder cannot be used.
func Serve(ctx context.Context, o Options) error {
	o, err := o.withDefaults()
	if err != nil {
		return err
	}
	db, err := store.Open(ctx, store.Options{Dir: o.Data})
	if err != nil {
		return fault.Wrap(fault.Usage, "serve.data", "数据文件夹“"+o.Data+"”打不开或不能写；请检查路径、权限和磁盘空间", err)
	}
	err = serve(ctx, o, db)
	return errors.Join(err, db.Close())
}

func serve(ctx context.Context, o Options, db *store.DB) error {
	blobs, err := store.OpenBlobs(filepath.Join(o.Data, "blobs"))
	if err != nil {
		return fault.Wrap(fault.Usage, "serve.data", "数据文件夹“"+o.Data+"”不能写；请检查权限和磁盘空间", err)
	}
	pool := newPool(o)
	service := filing.NewService(store.Filing(db), blobs, o.Limits.Bytes, o.Reader, pool.Wake)
	// What an earlier run was doing when it was cut off is due at once. Should another run be doing it still, it is done twice,
	// with the same result.
	if err := store.Work(db).Update(ctx, func(tx work.Tx) error { return tx.Reclaim(ctx) }); err != nil {
		return fmt.Errorf("app: jobs: %w", err)
	}
	if n, err := service.Refresh(ctx); err != nil {
		return fmt.Errorf("app: read again: %w", err)
	} else if n > 0 {
		o.Log.Info("reports of another version of the program are being read again", "count", n)
	}
	if o.Demo, err = prepareDemo(ctx, o, service); err != nil {
		return err
	}
	if o.Site == "" {
		o.Site = siteName(o.Demo)
	}
	handler, err := newHandler(o, service)
	if err != nil {
		return err
	}
	ln, err := (&net.ListenConfig{}).Listen(ctx, "tcp", o.Listen)
	if err != nil {
		return fault.Wrap(fault.Usage, "serve.listen", "不能在 "+o.Listen+" 上监听，可能已被别的程序占用；请用 --listen 换一个端口", err)
	}
	srv := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute,
		MaxHeaderBytes: 64 << 10, ErrorLog: slog.NewLogLogger(o.Log.Handler(), slog.LevelWarn)}
	if _, err := fmt.Fprintf(o.Out, "打开 http://%s/ 使用；按 Ctrl-C 停止\n", ln.Addr()); err != nil {
		return errors.Join(err, ln.Close())
	}
	if o.Started != nil {
		o.Started(ln.Addr())
	}
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error {
		pool.Run(ctx, func(c *jobs.Child) jobs.Worker { return work.NewRunner(store.Work(db), service.Kinds(c)).Fast() })
		return nil
	})
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

// siteName is the name on the pages when nobody gave one.
func siteName(sample bool) string {
	if sample {
		return demo.Site
	}
	return "政府信息公开"
}

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

// grace is how much longer than its limit a file may take, so that the reading process can say itself that it was too long.
const grace = 5 * time.Second

// startUp is how much longer the first file of a reading process may take, for the engine that has to be compiled once.
const startUp = 3 * time.Minute

func newPool(o Options) *jobs.Pool {
	child := func() *jobs.Child {
		return jobs.NewChild(func() *exec.Cmd {
			cmd := exec.Command(o.Command[0], o.Command[1:]...) //nolint:gosec // this program itself, or what the tests put for it
			cmd.Stderr = os.Stderr
			return cmd
		}, o.Limits, grace, startUp)
	}
	return jobs.NewPool(o.Workers, 2*(o.Limits.Time+grace)+startUp+time.Minute, time.Second, child, o.Log)
}

// newHandler returns all pages behind the headers that every answer carries.
func newHandler(o Options, service *filing.Service) (http.Handler, error) {
	static, err := ui.NewStatic()
	if err != nil {
		return nil, err
	}
	site := &ui.Site{Name: o.Site, Demo: o.Demo, Static: static, Log: o.Log}
	mux := http.NewServeMux()
	mux.Handle("GET /static/", static)
	mux.Handle("GET /{$}", site.Handle(portal.Home(site, service)))
	mux.Handle("GET /", site.Handle(func(http.ResponseWriter, *http.Request) error { return ui.ErrNotFound }))
	mux.HandleFunc("GET /healthz", plain(func(context.Context) error { return nil }, o.Log))
	mux.HandleFunc("GET /readyz", plain(service.Ready, o.Log))
	desk.New(site, service, writers{}, time.Now).Routes(mux)
	return site.Secure(everybody(mux)), nil
}

// everybody lets every request act as the program, until there is signing in.
func everybody(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(w, r.WithContext(account.WithActor(r.Context(), account.System("desk"))))
	})
}

// plain answers a probe: ok, or 503 when check fails.
func plain(check func(context.Context) error, log *slog.Logger) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.Header().Set("Cache-Control", "no-store")
		body := "ok\n"
		if err := check(r.Context()); err != nil {
			log.Error("not ready", "err", err)
			w.WriteHeader(http.StatusServiceUnavailable)
			body = "unavailable\n"
		}
		// The one who asked may be gone; there is nobody to tell.
		_, _ = io.WriteString(w, body)
	}
}
