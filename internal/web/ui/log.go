package ui

import (
	"log/slog"
	"net/http"
	"time"
)

// RequestLog returns the outermost middleware: it numbers each request and writes one line when it is answered, with the
// method, the pattern of the route, the status, the bytes, the time in ms, the number, and the actor when SetActor named
// one. No address, name, path or query is written: they may be personal data. The number is also sent as X-Request-Id.
func RequestLog(log *slog.Logger) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			began := time.Now()
			sc, r := scoped(r)
			w.Header().Set("X-Request-Id", Ref(r.Context()))
			c := &counted{ResponseWriter: w}
			defer func() {
				ref, actor, _, _ := sc.get()
				attrs := []slog.Attr{slog.String("method", method(r)), slog.String("route", routeOf(r)), slog.Int("status", c.code()),
					slog.Int64("bytes", c.bytes), slog.Int64("ms", time.Since(began).Milliseconds()), slog.String("ref", ref)}
				if actor != "" {
					attrs = append(attrs, slog.String("actor", actor))
				}
				log.LogAttrs(r.Context(), slog.LevelInfo, "request", attrs...)
			}()
			next.ServeHTTP(c, r)
		})
	}
}

// routeOf returns the pattern that a request was matched with; "-" when it is not known or there is none.
func routeOf(r *http.Request) string {
	route := r.Pattern
	if sc, ok := r.Context().Value(scopeKey).(*scope); ok {
		if _, _, kept, _ := sc.get(); kept != "" {
			route = kept
		}
	}
	return or(route, "-")
}

// method keeps out of the log what is no method: clients may send any word.
func method(r *http.Request) string {
	switch r.Method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
		return r.Method
	default:
		return "other"
	}
}

// counted counts what is written.
type counted struct {
	http.ResponseWriter
	status int
	bytes  int64
}

func (c *counted) WriteHeader(status int) {
	if c.status == 0 && status >= 200 {
		c.status = status
	}
	c.ResponseWriter.WriteHeader(status)
}

func (c *counted) Write(b []byte) (int, error) {
	if c.status == 0 {
		c.status = http.StatusOK
	}
	n, err := c.ResponseWriter.Write(b)
	c.bytes += int64(n)
	return n, err
}

// Unwrap lets http.ResponseController reach the connection.
func (c *counted) Unwrap() http.ResponseWriter { return c.ResponseWriter }

func (c *counted) code() int {
	if c.status == 0 {
		return http.StatusOK
	}
	return c.status
}
