// Package sso signs people in at the identity service of their own government (统一身份认证) by OpenID Connect: the
// authorization code flow with state, nonce and PKCE. It keeps nothing: what has to survive until the person comes back is
// a Flow, which the caller puts into a sealed cookie. An identity service that is away stops nobody from starting the
// program or from signing in with a password.
//
// Tokens signed with SM2 are not taken: OpenID Connect has no registered name for it.
package sso

import (
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"

	"golang.org/x/oauth2"

	"github.com/gongkai/gongkai/internal/fault"
)

// Settings describe one identity service.
type Settings struct {
	Name        string   // on the button, such as 市统一身份认证; default 统一身份认证
	Issuer      string   // as the service itself writes it, to the last slash
	ClientID    string   //
	Secret      string   //
	RedirectURL string   // our page to which people come back, as registered at the service
	Scopes      []string // besides openid; default profile and email
	// AccountClaim says which claim names the account here. Default "sub": people are matched by a link of issuer and subject
	// that was made once, and Identity.Account stays empty. With "preferred_username", "email" (which the service has to
	// have verified) or another claim, its value is the account: only for a service that gives no name twice.
	AccountClaim string
	// AllowHTTP lets the service and our page be reached without TLS, in a network that is closed. Loopback is always allowed.
	AllowHTTP bool
	// Skew is how far the clocks of the service and of this machine may be apart; default 2 min, at most 5 min.
	Skew time.Duration
}

// BySubject is the AccountClaim with which people are matched by a link.
const BySubject = "sub"

const (
	defaultSkew = 2 * time.Minute
	maxSkew     = 5 * time.Minute
	// flowLife is how long somebody may take at the identity service.
	flowLife = 10 * time.Minute
	// timeout bounds each request to the service.
	timeout = 10 * time.Second
)

// Client signs in at one identity service. It is safe for concurrent use.
type Client struct {
	set  Settings
	http *http.Client

	turn    chan struct{} // held by the one who looks at or changes what follows
	conn    *connection
	retryAt time.Time
	backoff time.Duration
	last    error // why the service was not reached
}

// New checks the settings and returns a Client. It asks nothing of the service: that happens when somebody signs in.
// transport carries the requests, with the site's own certificates if need be; nil is the default one.
// Errors: fault.Usage "signin.sso_settings" naming the setting.
func New(set Settings, transport http.RoundTripper) (*Client, error) {
	set.Name = orElse(set.Name, "统一身份认证")
	set.AccountClaim = orElse(set.AccountClaim, BySubject)
	if set.Skew == 0 {
		set.Skew = defaultSkew
	}
	if set.Scopes == nil {
		set.Scopes = []string{"profile", "email"}
	}
	set.Scopes = append([]string{"openid"}, slices.DeleteFunc(slices.Clone(set.Scopes), func(s string) bool { return s == "openid" || s == "" })...)
	wrong := ""
	switch {
	case !set.safe(set.Issuer):
		wrong = "认证服务的地址（Issuer）应是 https:// 开头的完整网址"
	case !set.safe(set.RedirectURL):
		wrong = "回调地址应是 https:// 开头的完整网址，并与在认证服务登记的一字不差"
	case set.ClientID == "" || set.Secret == "":
		wrong = "应用编号（ClientID）和密钥（Secret）都要填"
	case set.Skew < 0 || set.Skew > maxSkew:
		wrong = "允许的时钟误差应在 0 到 5 分钟之间"
	}
	if wrong != "" {
		return nil, fault.New(fault.Usage, "signin.sso_settings", "统一身份认证的设置不对："+wrong)
	}
	if transport == nil {
		transport = http.DefaultTransport
	}
	return &Client{set: set, turn: make(chan struct{}, 1),
		http: &http.Client{Transport: bounded{transport}, Timeout: timeout, CheckRedirect: sameHost}}, nil
}

// Name is what stands on the button.
func (c *Client) Name() string { return c.set.Name }

// AccountClaim is the claim that names the account, BySubject where people are matched by a link.
func (c *Client) AccountClaim() string { return c.set.AccountClaim }

// safe reports whether secrets may be sent to an address: TLS, the machine itself, or allowed by the site.
func (s Settings) safe(address string) bool {
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" || u.User != nil || u.Fragment != "" {
		return false
	}
	if u.Scheme == "http" {
		ip, err := netip.ParseAddr(u.Hostname())
		return s.AllowHTTP || u.Hostname() == "localhost" || err == nil && ip.IsLoopback()
	}
	return u.Scheme == "https"
}

func orElse(s, otherwise string) string {
	if s = strings.TrimSpace(s); s == "" {
		return otherwise
	}
	return s
}

// Flow is one sign-in that was begun. The caller keeps it where only the same browser can hand it back, sealed against
// reading and change, and throws it away as soon as it has come back.
type Flow struct {
	State    string    `json:"s"`
	Nonce    string    `json:"n"`
	Verifier string    `json:"v"` // the secret of PKCE
	Begun    time.Time `json:"t"`
}

// Reply is what the identity service sends back with the browser.
type Reply struct {
	Code, State   string
	Error, Issuer string // error and iss, mostly empty
}

// ReplyOf reads a Reply from the query of the page to which people come back.
func ReplyOf(query url.Values) Reply {
	return Reply{Code: query.Get("code"), State: query.Get("state"), Error: query.Get("error"), Issuer: query.Get("iss")}
}

// Identity is who the identity service says that somebody is.
type Identity struct {
	Issuer, Subject string // together they name one person for good: what a link keeps
	Username        string // preferred_username, may be empty
	Name            string // may be empty
	Email           string // only when the service has verified it
	// Account is what to match an account here with, in lower case; empty where people are matched by a link.
	Account string
}

// config returns what x/oauth2 needs.
func (s Settings) config(endpoint oauth2.Endpoint) *oauth2.Config {
	return &oauth2.Config{ClientID: s.ClientID, ClientSecret: s.Secret, RedirectURL: s.RedirectURL, Scopes: s.Scopes, Endpoint: endpoint}
}
