package ui

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/http"
	"strconv"
	"time"

	"github.com/a-h/templ"

	"github.com/gongkai/gongkai/internal/calendar"
	"github.com/gongkai/gongkai/internal/fault"
)

// Handler is a handler that leaves telling its error to the site.
type Handler func(w http.ResponseWriter, r *http.Request) error

// Handle turns a Handler into one of net/http.
func (s *Site) Handle(h Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		sc, r := scoped(r)
		sc.set(func(s *scope) { s.route = r.Pattern })
		defer func() {
			if p := recover(); p != nil {
				if err, ok := p.(error); ok && errors.Is(err, http.ErrAbortHandler) {
					panic(p)
				}
				s.Fail(w, r, fmt.Errorf("panic: %v", p))
			}
		}()
		if err := h(w, r); err != nil {
			s.Fail(w, r, err)
		}
	})
}

// Render writes a page. It is rendered before the first byte is sent, so that a failure gives an error page and not half
// a page.
func (s *Site) Render(w http.ResponseWriter, r *http.Request, status int, c templ.Component) error {
	var b bytes.Buffer
	if err := c.Render(r.Context(), &b); err != nil {
		return fmt.Errorf("ui: render: %w", err)
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Add("Vary", "Accept-Encoding")
	forgetFlash(w, r)
	data := b.Bytes()
	if acceptsGzip(r) && len(data) > 1400 {
		z, err := zip(data)
		if err != nil {
			return fmt.Errorf("ui: render: %w", err)
		}
		h.Set("Content-Encoding", "gzip")
		data = z
	}
	h.Set("Content-Length", strconv.Itoa(len(data)))
	w.WriteHeader(status)
	write(w, r, data)
	return nil
}

// Invalid writes a page again whose form has to be mended, with status 422.
func (s *Site) Invalid(w http.ResponseWriter, r *http.Request, c templ.Component) error {
	return s.Render(w, r, http.StatusUnprocessableEntity, c)
}

// write sends the body. A client that has gone away is no error of ours.
func write(w http.ResponseWriter, r *http.Request, data []byte) {
	if r.Method != http.MethodHead {
		_, _ = w.Write(data)
	}
}

// JSON writes a value as JSON.
func (s *Site) JSON(w http.ResponseWriter, r *http.Request, status int, v any) error {
	data, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("ui: json: %w", err)
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	write(w, r, data)
	return nil
}

// WantsJSON reports whether the caller is a script.
func WantsJSON(r *http.Request) bool { return r.Header.Get("Accept") == "application/json" }

// Fail tells an error: what happened and what to do, with a number to name when asking for help. The cause goes to the
// log and never to the page.
func (s *Site) Fail(w http.ResponseWriter, r *http.Request, err error) {
	status := statusOf(err)
	message := fault.Message(err)
	ref := ""
	if status == http.StatusInternalServerError {
		if ref = Ref(r.Context()); ref == "" {
			ref = reference()
		}
		message = "系统出错了，这件事没有办成；请稍后再试。还不行时，请把下面的编号告诉管理员"
		s.Log.Error("request failed", "ref", ref, "method", r.Method, "route", routeOf(r), "err", err)
	}
	w.Header().Del("Content-Disposition")
	var later interface{ RetryAfter() time.Duration }
	if status == http.StatusTooManyRequests && errors.As(err, &later) {
		w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(max(later.RetryAfter().Seconds(), 1)))))
	}
	if WantsJSON(r) {
		err = s.JSON(w, r, status, map[string]string{"code": fault.CodeOf(err), "message": message, "ref": ref})
	} else {
		err = s.Render(w, r, status, ErrorPage(s.NewPage(r, titleOf(status), ""), message, ref))
	}
	if err != nil {
		s.Log.Error("error page failed", "ref", ref, "err", err)
	}
}

func statusOf(err error) int {
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge), errors.Is(err, fault.TooLarge):
		return http.StatusRequestEntityTooLarge
	case errors.Is(err, fault.SignIn):
		return http.StatusUnauthorized
	case errors.Is(err, fault.TooMany):
		return http.StatusTooManyRequests
	case errors.Is(err, fault.NotFound):
		return http.StatusNotFound
	case errors.Is(err, fault.Usage), errors.Is(err, fault.Unreadable), errors.Is(err, fault.NotReport):
		return http.StatusBadRequest
	case errors.Is(err, fault.Conflict):
		return http.StatusConflict
	case errors.Is(err, fault.Incapable):
		return http.StatusUnprocessableEntity
	case errors.Is(err, fault.Full):
		return http.StatusInsufficientStorage
	default:
		return http.StatusInternalServerError
	}
}

func titleOf(status int) string {
	switch status {
	case http.StatusUnauthorized:
		return "请先登录"
	case http.StatusTooManyRequests:
		return "请稍后再试"
	case http.StatusNotFound:
		return "没有找到"
	case http.StatusRequestEntityTooLarge:
		return "内容太大"
	case http.StatusInternalServerError:
		return "系统出错了"
	case http.StatusForbidden:
		return "请求被拒绝"
	default:
		return "没有办成"
	}
}

func reference() string {
	var b [4]byte
	_, _ = rand.Read(b[:]) // never fails since Go 1.24
	return hex.EncodeToString(b[:])
}

// ErrNotFound is the error for addresses that lead nowhere.
var ErrNotFound = fault.New(fault.NotFound, "web.not_found", "这个网址没有内容，可能已经删除或写错了；请从首页重新进入")

// Beijing writes an instant as people here read it.
func Beijing(t time.Time) string {
	return t.In(calendar.Zone).Format("2006年1月2日 15:04")
}
