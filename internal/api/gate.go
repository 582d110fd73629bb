package api

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/gongkai/gongkai/internal/account"
	"github.com/gongkai/gongkai/internal/fault"
	"github.com/gongkai/gongkai/internal/signin"
	"github.com/gongkai/gongkai/internal/web/ui"
)

type requestKey struct{}

// requestOf is the request that an operation answers.
func requestOf(ctx context.Context) *http.Request {
	r, _ := ctx.Value(requestKey{}).(*http.Request)
	return r
}

// carry puts a request where requestOf finds it.
func carry(r *http.Request) *http.Request {
	return r.WithContext(context.WithValue(r.Context(), requestKey{}, r))
}

// longestBody is how long a body may take to arrive.
const longestBody = 5 * time.Minute

// gate lets in who may: with a token that holds the permission, or anybody where none is asked for.
func (a *api) gate(ctx huma.Context, next func(huma.Context)) {
	r, w := humago.Unwrap(ctx)
	op := ctx.Operation()
	perm, _ := op.Metadata[permKey].(account.Perm)
	if err := a.admit(&r, perm); err != nil {
		p := a.problem(r.Context(), err)
		if p.Status == http.StatusUnauthorized {
			p.header.Set("WWW-Authenticate", challenge(r))
		}
		a.fail(w, r, p)
		return
	}
	if upload, _ := op.Metadata[uploadKey].(bool); upload {
		if err := a.bound(w, r); err != nil {
			a.fail(w, r, err)
			return
		}
	}
	next(humago.NewContext(op, carry(r), w))
}

// admit finds who asks, and puts them into the request.
func (a *api) admit(r **http.Request, perm account.Perm) error {
	if perm == "" {
		return a.allow(*r)
	}
	by, err := a.actor(*r)
	if errors.Is(err, fault.SignIn) {
		if slow := a.allow(*r); slow != nil {
			return slow
		}
	}
	if err != nil {
		return err
	}
	if wait := a.Each.Allow(by.Via, a.Now()); wait > 0 {
		return tooMany(wait)
	}
	ui.SetActor((*r).Context(), string(by.Person))
	if !by.CanAnywhere(perm) {
		return errNothing
	}
	*r = (*r).WithContext(account.WithActor((*r).Context(), by))
	return nil
}

var errNoToken = fault.New(fault.SignIn, "api.no_token", "请求没有带令牌；请在请求头写 Authorization: Bearer 加接口令牌")

func (a *api) actor(r *http.Request) (account.Actor, error) {
	token, ok := bearer(r)
	if !ok {
		return account.Actor{}, errNoToken
	}
	if a.Tokens == nil {
		return account.Actor{}, errMissing
	}
	return a.Tokens.ByToken(r.Context(), token)
}

// bearer takes the token out of the request: one header, by RFC 6750. Nowhere else is one looked for.
func bearer(r *http.Request) (string, bool) {
	headers := r.Header.Values("Authorization")
	if len(headers) != 1 {
		return "", false
	}
	scheme, token, ok := strings.Cut(headers[0], " ")
	token = strings.TrimSpace(token)
	return token, ok && strings.EqualFold(scheme, "Bearer") && token != ""
}

func challenge(r *http.Request) string {
	if _, ok := bearer(r); ok {
		return `Bearer realm="gongkai", error="invalid_token"`
	}
	return `Bearer realm="gongkai"`
}

// allow bounds requests without a token by the neighbourhood of their address.
func (a *api) allow(r *http.Request) error {
	addr, err := signin.ClientAddr(r, a.Proxies)
	if err != nil {
		return err
	}
	if wait := a.Anonymous.Allow(signin.Prefix(addr).String(), a.Now()); wait > 0 {
		return tooMany(wait)
	}
	return nil
}

// bound refuses a body that is a form or too large, and ends one that does not arrive.
func (a *api) bound(w http.ResponseWriter, r *http.Request) error {
	if a.Reports == nil {
		return errMissing
	}
	kind := strings.ToLower(strings.TrimSpace(r.Header.Get("Content-Type")))
	if strings.HasPrefix(kind, "multipart/") || strings.HasPrefix(kind, "application/x-www-form-urlencoded") {
		return errMedia
	}
	most := a.Reports.MaxBytes()
	if r.ContentLength > most {
		return &http.MaxBytesError{Limit: most}
	}
	// One byte more than is taken, so that the use case sees that it is too much and says so in its own way.
	r.Body = cutOff{http.MaxBytesReader(w, r.Body, most+1)}
	// The clock of the connection is that of the system. Where it has no deadlines, the server's own hold.
	_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(longestBody))
	return nil
}

// cutOff gives a body that ends early words that a person can act on.
type cutOff struct{ io.ReadCloser }

func (c cutOff) Read(b []byte) (int, error) {
	n, err := c.ReadCloser.Read(b)
	if err != nil && !errors.Is(err, io.EOF) {
		err = fault.Wrap(fault.Cancelled, "api.body", "内容没有收完，连接就断了或太慢；请重新发送", err)
	}
	return n, err
}
