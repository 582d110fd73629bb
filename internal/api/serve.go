package api

import (
	"errors"
	"fmt"
	"mime"
	"net/http"
	"path"
	"strconv"
	"strings"
)

// ServeHTTP answers a request. What has no route, or not with this method, is a problem like any other.
func (a *api) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	sent := &sentinel{ResponseWriter: w}
	defer func() {
		p := recover()
		if p == nil {
			return
		}
		if err, ok := p.(error); ok && errors.Is(err, http.ErrAbortHandler) || sent.begun {
			panic(p)
		}
		a.fail(w, r, fmt.Errorf("api: panic: %v", p))
	}()
	allowed := a.methods(r)
	switch {
	case len(allowed) == 0:
		a.fail(sent, r, errNothing)
	case r.Method == http.MethodOptions:
		sent.Header().Set("Allow", strings.Join(allowed, ", "))
		sent.WriteHeader(http.StatusNoContent)
	case !has(allowed, r.Method):
		sent.Header().Set("Allow", strings.Join(allowed, ", "))
		a.fail(sent, r, errMethod)
	case !accepts(r):
		a.fail(sent, r, errAccept)
	default:
		a.mux.ServeHTTP(sent, r)
	}
}

// methods lists those that a path has, none for a path that is not there. OPTIONS is answered for all that are.
func (a *api) methods(r *http.Request) []string {
	// A path that would first have to be put right is not one of ours: programs are told, not led.
	if path.Clean(r.URL.Path) != r.URL.Path {
		return nil
	}
	var out []string
	for _, m := range []string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete} {
		probe := &http.Request{Method: m, URL: r.URL, Host: r.Host}
		if _, pattern := a.mux.Handler(probe); strings.Contains(pattern, " "+Prefix+"/") {
			out = append(out, m)
		}
	}
	if len(out) > 0 {
		out = append(out, http.MethodOptions)
	}
	return out
}

func has(list []string, s string) bool {
	for _, v := range list {
		if v == s {
			return true
		}
	}
	return false
}

// accepts reports whether the caller takes JSON.
func accepts(r *http.Request) bool {
	ranges := strings.Split(strings.Join(r.Header.Values("Accept"), ","), ",")
	named := false
	for _, text := range ranges {
		if strings.TrimSpace(text) == "" {
			continue
		}
		named = true
		kind, params, err := mime.ParseMediaType(text)
		if err != nil {
			continue
		}
		if q, err := strconv.ParseFloat(params["q"], 64); err == nil && q <= 0 {
			continue
		}
		switch kind {
		case "*/*", "application/*", "application/json", problemJSON:
			return true
		}
	}
	return !named
}

// sentinel remembers whether anything was sent.
type sentinel struct {
	http.ResponseWriter
	begun bool
}

func (s *sentinel) WriteHeader(status int) {
	s.begun = true
	s.ResponseWriter.WriteHeader(status)
}

func (s *sentinel) Write(b []byte) (int, error) {
	s.begun = true
	return s.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController reach the connection.
func (s *sentinel) Unwrap() http.ResponseWriter { return s.ResponseWriter }
