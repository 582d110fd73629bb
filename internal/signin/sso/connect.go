package sso

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"github.com/gongkai/gongkai/internal/fault"
)

// connection is what the discovery document of the service said.
type connection struct {
	provider   *oidc.Provider
	oauth      *oauth2.Config
	keys       oidc.KeySet
	algorithms []string
}

// After a failure the service is left alone: 2 s at first, doubling up to 1 min.
const (
	firstBackoff = 2 * time.Second
	maxBackoff   = time.Minute
)

// connect returns the connection, and makes it when there is none yet. While the service is left alone after a failure it
// answers at once with that failure.
func (c *Client) connect(ctx context.Context, now time.Time) (*connection, error) {
	select {
	case c.turn <- struct{}{}:
	case <-ctx.Done():
		return nil, c.down(ctx.Err())
	}
	defer func() { <-c.turn }()
	if c.conn != nil {
		return c.conn, nil
	}
	if now.Before(c.retryAt) {
		return nil, c.last
	}
	conn, err := c.discover(ctx)
	if err == nil {
		c.conn, c.backoff, c.last = conn, 0, nil
		return conn, nil
	}
	if ctx.Err() == nil { // one who went away says nothing about the service
		c.backoff = min(max(2*c.backoff, firstBackoff), maxBackoff)
		c.retryAt, c.last = now.Add(c.backoff), err
	}
	return nil, err
}

// discover reads the discovery document.
func (c *Client) discover(ctx context.Context) (*connection, error) {
	provider, err := oidc.NewProvider(oidc.ClientContext(ctx, c.http), c.set.Issuer)
	var mismatch *oidc.IssuerMismatchError
	switch {
	case errors.As(err, &mismatch):
		return nil, c.misset(err)
	case err != nil:
		return nil, c.down(err)
	}
	var more struct {
		Keys       string   `json:"jwks_uri"`
		Algorithms []string `json:"id_token_signing_alg_values_supported"`
	}
	err = provider.Claims(&more)
	if err != nil {
		return nil, c.misset(err)
	}
	for _, address := range []string{provider.Endpoint().AuthURL, provider.Endpoint().TokenURL, more.Keys} {
		if !c.set.safe(address) {
			return nil, c.misset(fmt.Errorf("sso: the discovery document names %q, to which no secret may go", address))
		}
	}
	// Only algorithms with a public key: with HS256 whoever knows the client secret could make tokens, and none is no proof.
	known := []string{oidc.RS256, oidc.RS384, oidc.RS512, oidc.ES256, oidc.ES384, oidc.ES512, oidc.PS256, oidc.PS384, oidc.PS512, oidc.EdDSA}
	algorithms := slices.DeleteFunc(more.Algorithms, func(a string) bool { return !slices.Contains(known, a) })
	return &connection{provider: provider, oauth: c.set.config(provider.Endpoint()), algorithms: algorithms,
		keys: oidc.NewRemoteKeySet(oidc.ClientContext(context.Background(), c.http), more.Keys)}, nil
}

func (c *Client) down(cause error) error {
	return fault.Wrap(fault.Incapable, "signin.sso_down", c.set.Name+"暂时连不上，请过一会儿再试，或者改用账号和密码登录", cause)
}

func (c *Client) misset(cause error) error {
	return fault.Wrap(fault.Incapable, "signin.sso_misset", c.set.Name+"的设置与认证服务对不上，请告诉系统管理员；可以先用账号和密码登录", cause)
}

// maxBody bounds what is read of an answer of the service.
const maxBody = 1 << 20

// bounded cuts answers off at maxBody. What is cut off is no JSON any more and fails as such.
type bounded struct{ next http.RoundTripper }

// RoundTrip implements http.RoundTripper.
func (b bounded) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := b.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	resp.Body = struct {
		io.Reader
		io.Closer
	}{io.LimitReader(resp.Body, maxBody), resp.Body}
	return resp, nil
}

// sameHost refuses redirects to another place, for the client secret would go along.
func sameHost(r *http.Request, via []*http.Request) error {
	if len(via) > 3 || r.URL.Host != via[0].URL.Host || r.URL.Scheme != via[0].URL.Scheme {
		return errors.New("sso: the identity service redirects to another place")
	}
	return nil
}
