package sso

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"github.com/gongkai/gongkai/internal/fault"
)

// Start begins a sign-in: the address to send the browser to, and the Flow to keep until it comes back.
// Errors: fault.Incapable "signin.sso_down" (cannot be reached; tried again by itself later) and "signin.sso_misset".
func (c *Client) Start(ctx context.Context, now time.Time) (address string, flow Flow, err error) {
	conn, err := c.connect(ctx, now)
	if err != nil {
		return "", Flow{}, err
	}
	// A verifier of PKCE is 256 random bits in letters that an address bears, which is what state and nonce have to be too.
	flow = Flow{State: oauth2.GenerateVerifier(), Nonce: oauth2.GenerateVerifier(), Verifier: oauth2.GenerateVerifier(), Begun: now}
	return conn.oauth.AuthCodeURL(flow.State, oidc.Nonce(flow.Nonce), oauth2.S256ChallengeOption(flow.Verifier)), flow, nil
}

// Finish ends a sign-in with what the service sent back, and says who it was. A Flow is good for ten minutes, a code once:
// the service refuses it the second time.
//
// Errors: fault.SignIn "signin.sso_state" (not begun here, or too long ago), "signin.sso_refused" (the service or the person
// said no), "signin.sso_token" (the token does not prove it: signature, issuer, audience, time, nonce), "signin.sso_claim"
// (it does not say which account); fault.Incapable as of Start.
func (c *Client) Finish(ctx context.Context, flow Flow, reply Reply, now time.Time) (Identity, error) {
	age := now.Sub(flow.Begun)
	same := subtle.ConstantTimeCompare([]byte(flow.State), []byte(reply.State)) == 1
	if flow.State == "" || flow.Nonce == "" || flow.Verifier == "" || !same || age > flowLife || age < -c.set.Skew {
		return Identity{}, fault.New(fault.SignIn, "signin.sso_state", "这次登录已经过期，或者不是从本页开始的，请重新登录")
	}
	if reply.Error != "" || reply.Code == "" || reply.Issuer != "" && reply.Issuer != c.set.Issuer {
		return Identity{}, c.refused(fmt.Errorf("sso: the service answered with error %.40q, issuer %.80q", reply.Error, reply.Issuer))
	}
	conn, err := c.connect(ctx, now)
	if err != nil {
		return Identity{}, err
	}
	token, err := conn.oauth.Exchange(oidc.ClientContext(ctx, c.http), reply.Code, oauth2.VerifierOption(flow.Verifier))
	if err != nil {
		return Identity{}, c.exchangeFault(err)
	}
	claims, err := c.verified(ctx, conn, token, flow, now)
	if err != nil {
		return Identity{}, err
	}
	return c.identify(ctx, conn, token, claims)
}

// exchangeFault says what went wrong when the code was exchanged. The body of the answer is left out: it may hold anything.
func (c *Client) exchangeFault(err error) error {
	var answer *oauth2.RetrieveError
	if !errors.As(err, &answer) {
		return c.down(err)
	}
	status := 0
	if answer.Response != nil {
		status = answer.Response.StatusCode
	}
	cause := fmt.Errorf("sso: exchange of the code: status %d, error %.40q", status, answer.ErrorCode)
	switch {
	case answer.ErrorCode == "invalid_client" || answer.ErrorCode == "unauthorized_client" || answer.ErrorCode == "unsupported_grant_type":
		return c.misset(cause)
	case status >= http.StatusInternalServerError || status == http.StatusTooManyRequests:
		return c.down(cause)
	}
	return c.refused(cause)
}

func (c *Client) refused(cause error) error {
	return fault.Wrap(fault.SignIn, "signin.sso_refused", c.set.Name+"没有同意这次登录，或者您取消了。请重新登录", cause)
}

// noted remembers why a key set failed, which the verifier reports as text only.
type noted struct {
	keys oidc.KeySet
	err  error
}

// VerifySignature implements oidc.KeySet.
func (n *noted) VerifySignature(ctx context.Context, token string) ([]byte, error) {
	payload, err := n.keys.VerifySignature(ctx, token)
	n.err = err
	return payload, err
}

// verified checks the ID token and returns its claims.
func (c *Client) verified(ctx context.Context, conn *connection, token *oauth2.Token, flow Flow, now time.Time) (map[string]any, error) {
	raw, ok := token.Extra("id_token").(string)
	if !ok {
		return nil, c.unproven(errors.New("sso: the answer holds no ID token"))
	}
	keys := &noted{keys: conn.keys}
	// The clock is put back by the skew, so that a token that has just expired by ours is still good. The library lets the
	// beginning be five minutes ahead, of which the skew takes a part.
	verifier := oidc.NewVerifier(c.set.Issuer, keys, &oidc.Config{ClientID: c.set.ClientID, SupportedSigningAlgs: conn.algorithms,
		Now: func() time.Time { return now.Add(-c.set.Skew) }})
	id, err := verifier.Verify(oidc.ClientContext(ctx, c.http), raw)
	if err != nil {
		if errors.Unwrap(keys.err) != nil { // of the failures of a key set, only that of fetching the keys has a cause
			return nil, c.down(keys.err)
		}
		return nil, c.unproven(err)
	}
	claims := map[string]any{}
	err = id.Claims(&claims)
	if err != nil {
		return nil, c.unproven(err)
	}
	azp := text(claims, "azp")
	switch {
	case subtle.ConstantTimeCompare([]byte(id.Nonce), []byte(flow.Nonce)) != 1:
		return nil, c.unproven(errors.New("sso: the ID token carries another nonce"))
	case len(id.Audience) > 1 && azp == "", azp != "" && azp != c.set.ClientID:
		return nil, c.unproven(errors.New("sso: the ID token was issued to another party"))
	case id.IssuedAt.After(now.Add(maxSkew)):
		return nil, c.unproven(errors.New("sso: the ID token is from the future"))
	case id.Subject == "" || len(id.Subject) > 255:
		return nil, c.unproven(errors.New("sso: the ID token names no subject"))
	}
	return claims, nil
}

func (c *Client) unproven(cause error) error {
	return fault.Wrap(fault.SignIn, "signin.sso_token", c.set.Name+"送来的登录凭证核对不上，没有登录。请重新登录；还是不行，请告诉系统管理员", cause)
}

// identify makes an Identity of the claims of a token that was proven. Where they do not say which account, it asks the
// service for more.
func (c *Client) identify(ctx context.Context, conn *connection, token *oauth2.Token, claims map[string]any) (Identity, error) {
	subject := text(claims, "sub")
	if c.set.AccountClaim != BySubject && text(claims, c.set.AccountClaim) == "" && c.set.safe(conn.provider.UserInfoEndpoint()) {
		info, err := conn.provider.UserInfo(oidc.ClientContext(ctx, c.http), oauth2.StaticTokenSource(token))
		if err != nil {
			return Identity{}, c.down(err)
		}
		if info.Subject != subject { // OpenID Connect Core 5.3.2: it must not be used then
			return Identity{}, c.unproven(errors.New("sso: the user info is about somebody else"))
		}
		var more map[string]any
		err = info.Claims(&more)
		if err != nil {
			return Identity{}, c.unproven(err)
		}
		for k, v := range more {
			if _, there := claims[k]; !there {
				claims[k] = v
			}
		}
	}
	out := Identity{Issuer: c.set.Issuer, Subject: subject, Username: text(claims, "preferred_username"), Name: text(claims, "name")}
	if verified := claims["email_verified"]; verified == true || verified == "true" { // some write it as a string
		out.Email = text(claims, "email")
	}
	switch c.set.AccountClaim {
	case BySubject:
		return out, nil
	case "email":
		out.Account = lower(out.Email)
	default:
		out.Account = lower(text(claims, c.set.AccountClaim))
	}
	if out.Account == "" {
		return Identity{}, fault.New(fault.SignIn, "signin.sso_claim", c.set.Name+"没有说明您的账号（"+c.set.AccountClaim+
			"），或者邮箱没有核实过，因此不能登录。请告诉系统管理员")
	}
	return out, nil
}

// lower makes small letters of A to Z only. Unicode knows others, such as the sign for kelvin, whose small letter is a plain
// one: with them somebody whom the service knows by another name would come as the owner of the plain one.
func lower(s string) string {
	return strings.Map(func(c rune) rune {
		if c >= 'A' && c <= 'Z' {
			return c - 'A' + 'a'
		}
		return c
	}, s)
}

// text returns a claim that is a string, without space around it, and "" for any other.
func text(claims map[string]any, name string) string {
	s, _ := claims[name].(string)
	return strings.TrimSpace(s)
}
