package api

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"net/http"
	"os"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/gongkai/gongkai/internal/account"
)

const (
	keyHeader = "Idempotency-Key"
	maxKey    = 255
)

// answer is what is kept under a key.
type answer struct {
	Status int               `json:"status"`
	Header map[string]string `json:"header"`
	Body   []byte            `json:"body"`
}

// keptHeaders are those that belong to an answer and not to the connection.
var keptHeaders = []string{"Content-Type", "Location", "Retry-After"}

// once does what changes something once for each key: asked again it gives the answer of the first time.
func (a *api) once(ctx huma.Context, next func(huma.Context)) {
	r, w := humago.Unwrap(ctx)
	given := r.Header.Values(keyHeader)
	if r.Method == http.MethodGet || r.Method == http.MethodHead || len(given) == 0 {
		next(ctx)
		return
	}
	if err := a.keyed(w, r, given, func(w http.ResponseWriter, r *http.Request) { next(humago.NewContext(ctx.Operation(), r, w)) }); err != nil {
		a.fail(w, r, err)
	}
}

// keyed answers a request that came with a key. An error is to be answered; nil means that the answer was given.
func (a *api) keyed(w http.ResponseWriter, r *http.Request, given []string, do http.HandlerFunc) error {
	if len(given) != 1 || !goodKey(given[0]) {
		return wrong("header."+keyHeader, fmt.Sprintf("请求头 %s 不对：应是一个 1 到 %d 个字符的键，只用字母、数字和符号，如 UUID", keyHeader, maxKey))
	}
	if a.Keys == nil {
		return errMissing
	}
	sum := sha256.New()
	for _, part := range []string{r.URL.RawQuery, r.Header.Get("Content-Type")} {
		_, _ = fmt.Fprintf(sum, "%d %s\n", len(part), part) // a hash takes everything
	}
	body, err := spool(r.Body, sum)
	if err != nil {
		return err
	}
	defer func() {
		if err := body.Close(); err != nil {
			a.Log.WarnContext(r.Context(), "api: a spooled body was not removed", "err", err)
		}
	}()
	by := account.ActorOf(r.Context())
	claim, kept, err := a.Keys.Begin(r.Context(), string(by.Person), r.Method+" "+r.URL.Path, given[0], hex.EncodeToString(sum.Sum(nil)))
	if err != nil {
		return err
	}
	if claim == "" {
		return replay(w, kept)
	}
	a.first(w, r, claim, body, do)
	return nil
}

// first does the work and keeps the answer before it is given, unless it is one that trying again may mend.
func (a *api) first(w http.ResponseWriter, r *http.Request, claim string, body io.ReadCloser, do http.HandlerFunc) {
	// What was done is kept even when the caller has gone away.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), time.Minute)
	defer cancel()
	rec := &recorder{header: http.Header{}, status: http.StatusOK}
	settle := func(keep bool) {
		if err := a.settle(ctx, claim, rec, keep); err != nil {
			// The work is done, whatever becomes of its answer.
			a.Log.ErrorContext(ctx, "api: an answer was not kept under its key", "err", err)
		}
	}
	done := false
	defer func() {
		if !done { // a panic, which goes on; the key is free
			settle(false)
		}
	}()
	again := r.WithContext(r.Context())
	again.Body = body
	do(rec, carry(again))
	done = true
	settle(rec.keep())
	rec.send(w)
}

// settle ends a claim.
func (a *api) settle(ctx context.Context, claim string, rec *recorder, keep bool) error {
	if !keep {
		return a.Keys.Forget(ctx, claim)
	}
	text, err := json.Marshal(rec.answer())
	if err != nil {
		return errors.Join(err, a.Keys.Forget(ctx, claim))
	}
	return a.Keys.Finish(ctx, claim, text)
}

func goodKey(key string) bool {
	for _, c := range []byte(key) {
		if c <= ' ' || c > '~' {
			return false
		}
	}
	return len(key) >= 1 && len(key) <= maxKey
}

// replay gives a kept answer.
func replay(w http.ResponseWriter, kept []byte) error {
	var old answer
	if err := json.Unmarshal(kept, &old); err != nil {
		return fmt.Errorf("api: a kept answer: %w", err)
	}
	rec := &recorder{header: http.Header{}, status: old.Status}
	for name, value := range old.Header {
		rec.header.Set(name, value)
	}
	rec.header.Set("Idempotent-Replayed", "true")
	rec.body.Write(old.Body)
	rec.send(w)
	return nil
}

// recorder holds an answer back.
type recorder struct {
	header http.Header
	status int
	begun  bool
	body   bytes.Buffer
}

func (r *recorder) Header() http.Header { return r.header }

func (r *recorder) WriteHeader(status int) {
	if !r.begun {
		r.begun, r.status = true, status
	}
}

func (r *recorder) Write(b []byte) (int, error) {
	r.begun = true
	return r.body.Write(b)
}

// keep reports whether asking again would give the same.
func (r *recorder) keep() bool {
	switch r.status {
	case http.StatusRequestTimeout, http.StatusTooManyRequests:
		return false
	}
	return r.status < http.StatusInternalServerError
}

func (r *recorder) answer() answer {
	a := answer{Status: r.status, Header: map[string]string{}, Body: r.body.Bytes()}
	for _, name := range keptHeaders {
		if v := r.header.Get(name); v != "" {
			a.Header[name] = v
		}
	}
	return a
}

func (r *recorder) send(w http.ResponseWriter) {
	for name, values := range r.header {
		w.Header()[name] = values
	}
	w.WriteHeader(r.status)
	_, _ = w.Write(r.body.Bytes()) // a client that has gone away is no error of ours
}

// inMemory is the largest body that is held in memory while its digest is taken.
const inMemory = 1 << 20

// spool reads a body to its end, takes its digest, and gives it again from the beginning. Large ones lie in a file until Close.
func spool(r io.Reader, sum hash.Hash) (io.ReadCloser, error) {
	var head bytes.Buffer
	_, err := io.Copy(io.MultiWriter(&head, sum), io.LimitReader(r, inMemory))
	if err != nil {
		return nil, err
	}
	if head.Len() < inMemory {
		return io.NopCloser(&head), nil
	}
	f, err := os.CreateTemp("", "gongkai-body-*")
	if err != nil {
		return nil, fmt.Errorf("api: spool: %w", err)
	}
	s := spooled{f}
	_, err = io.Copy(f, &head)
	if err == nil {
		_, err = io.Copy(io.MultiWriter(f, sum), r)
	}
	if err == nil {
		_, err = f.Seek(0, io.SeekStart)
	}
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

type spooled struct{ *os.File }

// Close removes the file.
func (s spooled) Close() error { return errors.Join(s.File.Close(), os.Remove(s.Name())) }
