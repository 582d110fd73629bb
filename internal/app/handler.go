package app

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"github.com/gongkai/gongkai/internal/api"
	"github.com/gongkai/gongkai/internal/crypt"
	"github.com/gongkai/gongkai/internal/fault"
	"github.com/gongkai/gongkai/internal/obs"
	"github.com/gongkai/gongkai/internal/signin"
	"github.com/gongkai/gongkai/internal/signin/sso"
	"github.com/gongkai/gongkai/internal/store"
	"github.com/gongkai/gongkai/internal/web/door"
	"github.com/gongkai/gongkai/internal/web/ui"
	"github.com/gongkai/gongkai/internal/work"
)

// handler is all pages behind the headers that every answer carries.
type handler struct {
	http.Handler
	site    *ui.Site
	door    *door.Door
	metrics *obs.Metrics
	routes  map[string]door.Route
	setup   setup
	baseURL string // of the site, without a slash at its end; "" for that of each request
}

func newHandler(_ context.Context, o Options, s *System) (*handler, error) {
	static, err := ui.NewStatic()
	if err != nil {
		return nil, err
	}
	proxies, err := signin.ParseRanges(o.Serve.TrustProxy)
	if err != nil {
		return nil, err
	}
	readers, err := signin.ParseRanges(o.Serve.MetricsFrom)
	if err != nil {
		return nil, err
	}
	h := &handler{setup: setup{s}, metrics: newMetrics(s), baseURL: strings.TrimSuffix(o.Serve.BaseURL, "/")}
	h.site = &ui.Site{Name: o.siteName(), Demo: o.Serve.Demo, Static: static, Log: o.Log, TrustProxy: fromProxy(proxies), Entries: entries()}
	if h.door, err = newDoor(o, s, h.site, proxies); err != nil {
		return nil, err
	}
	h.routes = routes(o, h, s)
	mux := http.NewServeMux()
	mux.Handle("GET /static/", static)
	for pattern, r := range h.routes {
		mux.Handle(pattern, h.metrics.Count(pattern, h.site.Handle(h.door.Wrap(r.Need, r.Handler))))
	}
	mux.Handle("/api/v1/", api.Handler(api.Options{Tokens: s.Access, Agencies: api.Offices{Service: s.Office}, People: api.Offices{Service: s.Office},
		Reports: s.Filing, Lists: s.DB, Record: s.Record, Keys: store.Keys(s.DB), Calendar: s.Clock.Table, Proxies: proxies, Log: o.Log, Now: s.now}))
	mux.HandleFunc("GET /healthz", plain(func(context.Context) error { return nil }, o.Log))
	mux.HandleFunc("GET /readyz", plain(s.ready, o.Log))
	mux.Handle("GET /metrics", guarded(readers, proxies, h.metrics.Handler(), h.site))
	h.Handler = ui.RequestLog(o.Log)(h.site.Secure(h.door.Hide(mux)))
	return h, nil
}

// fromProxy tells whether a request came straight from one of the proxies.
func fromProxy(proxies signin.Ranges) func(*http.Request) bool {
	return func(r *http.Request) bool {
		peer, err := netip.ParseAddrPort(r.RemoteAddr)
		return err == nil && proxies.Contains(peer.Addr())
	}
}

func newDoor(o Options, s *System, site *ui.Site, proxies signin.Ranges) (*door.Door, error) {
	staff, err := signin.ParseRanges(o.Serve.StaffFrom)
	if err != nil {
		return nil, err
	}
	code := o.SetupCode
	if code == "" {
		code = strings.ToLower(rand.Text()[:12])
	}
	d := door.Options{Access: s.Access, Setup: setup{s}, Site: site, Staff: staff, Proxies: proxies, Code: code, Viewer: s.viewer, Menu: s.menu}
	if o.Serve.Demo {
		for _, a := range sampleAccounts() {
			if a.who != "" {
				d.Sample = append(d.Sample, door.SampleAccount{Account: a.account, Password: samplePassword, Who: a.who})
			}
		}
	}
	if o.Serve.OIDCIssuer != "" {
		if o.Serve.BaseURL == "" {
			return nil, errNoBase
		}
		if c := o.Serve.OIDCAccount; c == sso.BySubject || c == "email" {
			return nil, errClaim // an account has no @, and there is no page on which a subject is linked by hand
		}
		d.SSO, err = sso.New(sso.Settings{Issuer: o.Serve.OIDCIssuer, ClientID: o.Serve.OIDCClient, Secret: o.Serve.OIDCSecret,
			RedirectURL: strings.TrimSuffix(o.Serve.BaseURL, "/") + "/sign-in/sso/back", AccountClaim: o.Serve.OIDCAccount, Name: o.Serve.OIDCName}, nil)
		if err != nil {
			return nil, err
		}
		d.Sealer = sealer{s.DB}
	}
	return door.New(d), nil
}

// sealer keeps what a browser holds for us out of its reach.
type sealer struct{ db *store.DB }

func (s sealer) Seal(purpose, text string) (string, error) {
	return s.db.Ring().Seal(crypt.Place{Table: "cookie", Column: purpose}, text)
}

func (s sealer) Open(purpose, sealed string) (string, error) {
	return s.db.Ring().Open(crypt.Place{Table: "cookie", Column: purpose}, sealed)
}

// announce prints where the site is, and for a fresh one where it is set up.
func (h *handler) announce(ctx context.Context, w io.Writer, at net.Addr) error {
	fresh, err := h.setup.Fresh(ctx)
	if err != nil {
		return err
	}
	if fresh {
		_, err = fmt.Fprintf(w, "首次使用，请打开 http://%s/setup?code=%s 设置\n", at, h.door.Code)
		if err != nil {
			return err
		}
	}
	_, err = fmt.Fprintf(w, "打开 http://%s/ 使用；按 Ctrl-C 停止\n", at)
	return err
}

// ready reports whether the database answers.
func (s *System) ready(ctx context.Context) error {
	_, err := s.Office.Started(ctx)
	return err
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

// guarded lets only some addresses read the figures; to others there is nothing.
func guarded(readers, proxies signin.Ranges, next http.Handler, site *ui.Site) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		addr, err := signin.ClientAddr(r, proxies)
		if err != nil || !readers.Contains(addr) {
			site.Fail(w, r, ui.ErrNotFound)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// newMetrics counts, and asks the store when somebody looks. A figure that cannot be had is -1.
func newMetrics(s *System) *obs.Metrics {
	count := func(state work.State) func() float64 {
		return func() float64 {
			ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
			defer cancel()
			n := 0
			err := store.Work(s.DB).View(ctx, func(tx work.Tx) error {
				all, err := tx.Counts(ctx)
				for _, c := range all {
					if c.State == state {
						n += c.N
					}
				}
				return err
			})
			if err != nil {
				return -1
			}
			return float64(n)
		}
	}
	length := func() float64 {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		h, err := s.Record.Head(ctx)
		if err != nil {
			return -1
		}
		return float64(h.Seq)
	}
	return obs.NewMetrics(built(), s.DB.Kind(),
		obs.Gauge{Name: "gongkai_jobs_waiting", Help: "Background jobs that wait or are being done; -1 when not known.", Value: count(work.Due)},
		obs.Gauge{Name: "gongkai_jobs_failed", Help: "Background jobs that were given up; -1 when not known.", Value: count(work.Failed)},
		obs.Gauge{Name: "gongkai_audit_entries", Help: "Entries of the record of changes; -1 when not known.", Value: length},
		obs.Gauge{Name: "gongkai_audit_ok", Help: "1 when the record of changes was found whole within two days, 0 when it was not; -1 when not known.", Value: s.recordHolds})
}

var errClaim = fault.New(fault.Usage, "config.oidc_account", "--oidc-account 要写一项等于本系统账号的声明，例如 preferred_username；email 和 sub 都不是账号")

var errNoBase = fault.New(fault.Usage, "config.base_url", "用统一身份认证登录要先设置对外网址 --base-url，例如 https://gk.example.gov.cn")
