// Package obs is what the people who run the system see of it: figures for a monitor, and a log without personal data.
package obs

import (
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Metrics counts what happens. It has a registry of its own: no state of the process is shared.
type Metrics struct {
	registry *prometheus.Registry
	requests *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
	jobs     *prometheus.CounterVec
}

// Gauge is a figure that is asked for when somebody looks: how many jobs wait, how long the record is.
type Gauge struct {
	Name, Help string
	Labels     map[string]string
	Value      func() float64
}

// NewMetrics returns metrics with the program's version and the gauges.
func NewMetrics(version, database string, gauges ...Gauge) *Metrics {
	m := &Metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "gongkai_http_requests_total", Help: "Requests by route, method and status."},
			[]string{"route", "method", "status"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "gongkai_http_seconds", Help: "Time to answer a request, by route.",
			Buckets: []float64{.001, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30}}, []string{"route"}),
		jobs: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "gongkai_jobs_total", Help: "Background jobs that were worked, by outcome."},
			[]string{"outcome"}),
	}
	build := prometheus.NewGauge(prometheus.GaugeOpts{Name: "gongkai_build_info", Help: "The version that runs.",
		ConstLabels: prometheus.Labels{"version": version, "database": database}})
	build.Set(1)
	m.registry.MustRegister(m.requests, m.seconds, m.jobs, build, collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	for _, g := range gauges {
		m.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: g.Name, Help: g.Help, ConstLabels: g.Labels}, g.Value))
	}
	return m
}

// Job counts a job that was worked.
func (m *Metrics) Job(err error) {
	outcome := "done"
	if err != nil {
		outcome = "failed"
	}
	m.jobs.WithLabelValues(outcome).Inc()
}

// Handler answers a monitor.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{Registry: m.registry, MaxRequestsInFlight: 4, Timeout: 10 * time.Second})
}

// Count wraps a handler of one route. The route is the pattern, never what was asked for.
func (m *Metrics) Count(route string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began := time.Now()
		s := &status{ResponseWriter: w, code: http.StatusOK}
		defer func() {
			m.requests.WithLabelValues(route, method(r.Method), strconv.Itoa(s.code)).Inc()
			m.seconds.WithLabelValues(route).Observe(time.Since(began).Seconds())
		}()
		next.ServeHTTP(s, r)
	})
}

// method keeps what a client makes up from becoming a label.
func method(m string) string {
	switch m {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete:
		return m
	}
	return "other"
}

type status struct {
	http.ResponseWriter
	code  int
	wrote bool
}

// WriteHeader notes the status.
func (s *status) WriteHeader(code int) {
	if !s.wrote {
		s.code, s.wrote = code, true
	}
	s.ResponseWriter.WriteHeader(code)
}

// Unwrap lets http.ResponseController reach what is below.
func (s *status) Unwrap() http.ResponseWriter { return s.ResponseWriter }

// NewLog returns a log in a form ("text", "json") from a level on.
func NewLog(w io.Writer, form, level string) *slog.Logger {
	var l slog.Level
	if err := l.UnmarshalText([]byte(level)); err != nil {
		l = slog.LevelInfo // the settings allow only levels that exist
	}
	o := &slog.HandlerOptions{Level: l}
	if form == "json" {
		return slog.New(slog.NewJSONHandler(w, o))
	}
	return slog.New(slog.NewTextHandler(w, o))
}
