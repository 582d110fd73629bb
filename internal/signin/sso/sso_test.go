package sso

import (
	"bytes"
	"context"
	"crypto"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/oauth2-proxy/mockoidc"

	"github.com/gongkai/gongkai/internal/fault"
)

// service is an identity service on loopback whose answers can be changed on their way.
type service struct {
	*mockoidc.MockOIDC
	change map[string]func(*httptest.ResponseRecorder) // by path
	asked  atomic.Int64
}

func start(t *testing.T) *service {
	t.Helper()
	mock, err := mockoidc.NewServer(nil)
	if err != nil {
		t.Fatal(err)
	}
	s := &service{MockOIDC: mock, change: map[string]func(*httptest.ResponseRecorder){}}
	err = mock.AddMiddleware(func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			s.asked.Add(1)
			answer := httptest.NewRecorder()
			next.ServeHTTP(answer, r)
			if change := s.change[r.URL.Path]; change != nil {
				change(answer)
			}
			maps.Copy(w.Header(), answer.Header())
			w.WriteHeader(answer.Code)
			_, _ = w.Write(answer.Body.Bytes())
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	err = mock.Start(listener, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = mock.Shutdown() })
	return s
}

func (s *service) settings() Settings {
	return Settings{Issuer: s.Issuer(), ClientID: s.ClientID, Secret: s.ClientSecret, RedirectURL: "http://127.0.0.1:1/sso/back"}
}

func client(t *testing.T, set Settings, transport http.RoundTripper) *Client {
	t.Helper()
	c, err := New(set, transport)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// visit does what the browser does: it goes to the service and brings the reply back.
func visit(t *testing.T, address string) Reply {
	t.Helper()
	browser := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := browser.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	back, err := resp.Location()
	if err != nil {
		t.Fatalf("the service answered %s: %v", resp.Status, err)
	}
	return ReplyOf(back.Query())
}

// begin starts a sign-in and goes to the service and back.
func begin(t *testing.T, c *Client) (Flow, Reply) {
	t.Helper()
	address, flow, err := c.Start(t.Context(), time.Now())
	if err != nil {
		t.Fatal(err)
	}
	return flow, visit(t, address)
}

func zhang() *mockoidc.MockUser {
	return &mockoidc.MockUser{Subject: "u-1", Email: "ZhangShili@example.com", EmailVerified: true, PreferredUsername: "ZhangShili"}
}

func wantFault(t *testing.T, err error, kind fault.Kind, code string) {
	t.Helper()
	if !errors.Is(err, kind) || fault.CodeOf(err) != code {
		t.Errorf("error %v (%s, cause %v), want %s %s", err, fault.CodeOf(err), errors.Unwrap(err), kind, code)
	}
}

func TestTheServiceSaysWhoItIs(t *testing.T) {
	s := start(t)
	all := Identity{Issuer: s.Issuer(), Subject: "u-1", Username: "ZhangShili", Email: "ZhangShili@example.com"}
	unverified := zhang()
	unverified.EmailVerified = false
	tests := []struct {
		name    string
		claim   string
		user    *mockoidc.MockUser
		account string
		err     string
	}{
		{"matched by a link", "", zhang(), "", ""},
		{"by user name", "preferred_username", zhang(), "zhangshili", ""},
		{"by e-mail", "email", zhang(), "zhangshili@example.com", ""},
		{"by an e-mail that was not verified", "email", unverified, "", "signin.sso_claim"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			set := s.settings()
			set.AccountClaim = tt.claim
			c := client(t, set, nil)
			s.QueueUser(tt.user)
			flow, reply := begin(t, c)
			got, err := c.Finish(t.Context(), flow, reply, time.Now())
			if tt.err != "" {
				wantFault(t, err, fault.SignIn, tt.err)
				return
			}
			want := all
			want.Account = tt.account
			if diff := cmp.Diff(want, got); err != nil || diff != "" {
				t.Errorf("error %v, -want +got:\n%s", err, diff)
			}
		})
	}
}

func TestTheBrowserIsSentWithStateNonceAndChallenge(t *testing.T) {
	s := start(t)
	c := client(t, s.settings(), nil)
	first, flow, err := c.Start(t.Context(), time.Now())
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(first)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256([]byte(flow.Verifier))
	got := map[string]string{}
	for k := range u.Query() {
		got[k] = u.Query().Get(k)
	}
	want := map[string]string{"client_id": s.ClientID, "redirect_uri": "http://127.0.0.1:1/sso/back", "response_type": "code", "scope": "openid profile email",
		"state": flow.State, "nonce": flow.Nonce, "code_challenge": base64.RawURLEncoding.EncodeToString(sum[:]), "code_challenge_method": "S256"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	_, other, err := c.Start(t.Context(), time.Now())
	if err != nil || other.State == flow.State || other.Nonce == flow.Nonce || other.Verifier == flow.Verifier || flow.State == flow.Nonce {
		t.Errorf("two flows share a secret (error %v)", err)
	}
	kept, err := json.Marshal(flow)
	if err != nil {
		t.Fatal(err)
	}
	var again Flow
	err = json.Unmarshal(kept, &again)
	if err != nil || again.State != flow.State || again.Nonce != flow.Nonce || again.Verifier != flow.Verifier || !again.Begun.Equal(flow.Begun) {
		t.Errorf("%s does not survive a cookie: %+v, %v", kept, again, err)
	}
}

func TestOnlyTheReplyToThisFlowCounts(t *testing.T) {
	s := start(t)
	c := client(t, s.settings(), nil)
	now := time.Now()
	tests := []struct {
		name   string
		change func(*Flow, *Reply)
		code   string
	}{
		{"another state", func(_ *Flow, r *Reply) { r.State = "forged" }, "signin.sso_state"},
		{"no state", func(_ *Flow, r *Reply) { r.State = "" }, "signin.sso_state"},
		{"no flow", func(f *Flow, r *Reply) { *f, r.State = Flow{}, "" }, "signin.sso_state"},
		{"too late", func(f *Flow, _ *Reply) { f.Begun = now.Add(-11 * time.Minute) }, "signin.sso_state"},
		{"begun in the future", func(f *Flow, _ *Reply) { f.Begun = now.Add(3 * time.Minute) }, "signin.sso_state"},
		{"the person said no", func(_ *Flow, r *Reply) { r.Error = "access_denied" }, "signin.sso_refused"},
		{"no code", func(_ *Flow, r *Reply) { r.Code = "" }, "signin.sso_refused"},
		{"another code", func(_ *Flow, r *Reply) { r.Code = "made-up" }, "signin.sso_refused"},
		{"from another service", func(_ *Flow, r *Reply) { r.Issuer = "https://evil.example" }, "signin.sso_refused"},
		{"another verifier", func(f *Flow, _ *Reply) { f.Verifier = strings.Repeat("x", 43) }, "signin.sso_refused"},
		{"another nonce", func(f *Flow, _ *Reply) { f.Nonce = "another" }, "signin.sso_token"},
		{"this service by name", func(_ *Flow, r *Reply) { r.Issuer = s.Issuer() }, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			flow, reply := begin(t, c)
			tt.change(&flow, &reply)
			got, err := c.Finish(t.Context(), flow, reply, now)
			if tt.code == "" {
				if err != nil {
					t.Errorf("error %v", err)
				}
				return
			}
			wantFault(t, err, fault.SignIn, tt.code)
			if got != (Identity{}) {
				t.Errorf("refused and named: %+v", got)
			}
		})
	}
}

func TestAReplyIsGoodOnce(t *testing.T) {
	c := client(t, start(t).settings(), nil)
	flow, reply := begin(t, c)
	_, err := c.Finish(t.Context(), flow, reply, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.Finish(t.Context(), flow, reply, time.Now())
	wantFault(t, err, fault.SignIn, "signin.sso_refused")
	other, _ := begin(t, c) // the old reply in a new flow
	_, err = c.Finish(t.Context(), other, reply, time.Now())
	wantFault(t, err, fault.SignIn, "signin.sso_state")
}

// encode writes a token whose signature sign makes.
func encode(t *testing.T, header, claims map[string]any, sign func(input []byte) []byte) string {
	t.Helper()
	part := func(v any) string {
		b, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		return base64.RawURLEncoding.EncodeToString(b)
	}
	input := part(header) + "." + part(claims)
	return input + "." + base64.RawURLEncoding.EncodeToString(sign([]byte(input)))
}

func signRSA(t *testing.T, key *rsa.PrivateKey) func([]byte) []byte {
	return func(input []byte) []byte {
		sum := sha256.Sum256(input)
		sig, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, sum[:])
		if err != nil {
			t.Fatal(err)
		}
		return sig
	}
}

func TestATokenHasToProveIt(t *testing.T) {
	s := start(t)
	kid, err := s.Keypair.KeyID()
	if err != nil {
		t.Fatal(err)
	}
	other, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	at := func(d time.Duration) int64 { return now.Add(d).Unix() }
	own := signRSA(t, s.Keypair.PrivateKey)
	claim := func(name string, value any) func(string, map[string]any) any {
		return func(_ string, claims map[string]any) any {
			claims[name] = value
			return encode(t, map[string]any{"alg": "RS256", "kid": kid}, claims, own)
		}
	}
	tests := []struct {
		name   string
		change func(raw string, claims map[string]any) any // the ID token instead
		good   bool
	}{
		{"signed again as it was", claim("extra", 1), true},
		{"a claim changed under the old signature", func(raw string, claims map[string]any) any {
			claims["sub"] = "u-2"
			forged := encode(t, map[string]any{"alg": "RS256", "kid": kid}, claims, func([]byte) []byte { return nil })
			return forged + raw[strings.LastIndexByte(raw, '.')+1:]
		}, false},
		{"the signature changed", func(raw string, _ map[string]any) any { return raw[:len(raw)-8] + "AAAAAAAA" }, false},
		{"signed by somebody else", func(_ string, claims map[string]any) any {
			return encode(t, map[string]any{"alg": "RS256", "kid": kid}, claims, signRSA(t, other))
		}, false},
		{"not signed", func(_ string, claims map[string]any) any {
			return encode(t, map[string]any{"alg": "none"}, claims, func([]byte) []byte { return nil })
		}, false},
		{"signed with the client secret", func(_ string, claims map[string]any) any {
			return encode(t, map[string]any{"alg": "HS256"}, claims, func(input []byte) []byte {
				h := hmac.New(sha256.New, []byte(s.ClientSecret))
				h.Write(input)
				return h.Sum(nil)
			})
		}, false},
		{"no token at all", func(string, map[string]any) any { return nil }, false},
		{"no token but a number", func(string, map[string]any) any { return 7 }, false},
		{"rubbish", func(string, map[string]any) any { return "a.b.c" }, false},
		{"another issuer", claim("iss", "https://evil.example"), false},
		{"another audience", claim("aud", "another-client"), false},
		{"two audiences and no party", claim("aud", []string{s.ClientID, "another-client"}), false},
		{"another party", claim("azp", "another-client"), false},
		{"this party", claim("azp", s.ClientID), true},
		{"expired", claim("exp", at(-3*time.Minute)), false},
		{"expired within the skew", claim("exp", at(-time.Minute)), true},
		{"not yet begun", claim("nbf", at(10*time.Minute)), false},
		{"not yet begun within the skew", claim("nbf", at(2*time.Minute)), true},
		{"from the future", claim("iat", at(10*time.Minute)), false},
		{"another nonce", claim("nonce", "another"), false},
		{"no nonce", claim("nonce", nil), false},
		{"nobody", claim("sub", ""), false},
		{"a subject without end", claim("sub", strings.Repeat("x", 256)), false},
	}
	c := client(t, s.settings(), nil)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s.QueueUser(zhang())
			flow, reply := begin(t, c)
			s.change[mockoidc.TokenEndpoint] = func(answer *httptest.ResponseRecorder) {
				if answer.Code != http.StatusOK {
					return // the library tries how the service wants the secret
				}
				body, claims := map[string]any{}, map[string]any{}
				err := json.Unmarshal(answer.Body.Bytes(), &body)
				if err != nil {
					t.Errorf("answer %s: %v", answer.Body, err)
					return
				}
				raw, _ := body["id_token"].(string)
				payload, err := base64.RawURLEncoding.DecodeString(strings.Split(raw, ".")[1])
				if err != nil {
					t.Error(err)
					return
				}
				err = json.Unmarshal(payload, &claims)
				if err != nil {
					t.Error(err)
					return
				}
				body["id_token"] = tt.change(raw, claims)
				b, err := json.Marshal(body)
				if err != nil {
					t.Error(err)
					return
				}
				answer.Body.Reset()
				answer.Body.Write(b)
				answer.Header().Set("Content-Length", strconv.Itoa(len(b)))
			}
			got, err := c.Finish(t.Context(), flow, reply, now)
			if tt.good {
				if err != nil || got.Subject != "u-1" {
					t.Errorf("%+v, %v; want u-1", got, err)
				}
				return
			}
			wantFault(t, err, fault.SignIn, "signin.sso_token")
			if got != (Identity{}) {
				t.Errorf("refused and named: %+v", got)
			}
		})
	}
}

// gate carries requests while it is open.
type gate struct {
	shut  atomic.Bool
	tried atomic.Int64
}

func (g *gate) RoundTrip(r *http.Request) (*http.Response, error) {
	g.tried.Add(1)
	if g.shut.Load() {
		return nil, &net.OpError{Op: "dial", Err: errors.New("no route to the service")}
	}
	return http.DefaultTransport.RoundTrip(r)
}

func TestAnOutageIsSaidAndEndsByItself(t *testing.T) {
	s, g := start(t), &gate{}
	g.shut.Store(true)
	c := client(t, s.settings(), g) // starting needs nothing of the service
	now := time.Now()
	try := func(after time.Duration) error {
		_, _, err := c.Start(t.Context(), now.Add(after))
		return err
	}
	for i, tt := range []struct {
		after time.Duration
		tried int64
	}{
		{0, 1}, {time.Second, 1}, {2 * time.Second, 2}, {5 * time.Second, 2}, {6 * time.Second, 3}, {13 * time.Second, 3}, {14 * time.Second, 4},
	} {
		wantFault(t, try(tt.after), fault.Incapable, "signin.sso_down")
		if got := g.tried.Load(); got != tt.tried {
			t.Errorf("step %d, after %v: asked %d times, want %d", i, tt.after, got, tt.tried)
		}
	}
	g.shut.Store(false)
	wantFault(t, try(29*time.Second), fault.Incapable, "signin.sso_down")
	if err := try(30 * time.Second); err != nil {
		t.Errorf("after the outage: %v", err)
	}
	tried := g.tried.Load()
	if err := try(31 * time.Second); err != nil || g.tried.Load() != tried {
		t.Errorf("error %v, asked %d times more, want none", err, g.tried.Load()-tried)
	}
}

func TestOneWhoGoesAwaySaysNothingAboutTheService(t *testing.T) {
	c := client(t, start(t).settings(), nil)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	now := time.Now()
	_, _, err := c.Start(ctx, now)
	wantFault(t, err, fault.Incapable, "signin.sso_down")
	_, _, err = c.Start(t.Context(), now)
	if err != nil {
		t.Errorf("the next one: %v", err)
	}
}

func TestTroubleAtTheServiceIsNobodysFault(t *testing.T) {
	status := func(code int, body string) func(*httptest.ResponseRecorder) {
		return func(answer *httptest.ResponseRecorder) {
			answer.Code = code
			answer.Body.Reset()
			answer.Body.WriteString(body)
			answer.Header().Del("Content-Length")
		}
	}
	var strayed atomic.Int64
	stranger := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { strayed.Add(1) }))
	defer stranger.Close()
	elsewhere := func(answer *httptest.ResponseRecorder) {
		answer.Code = http.StatusTemporaryRedirect
		answer.Header().Set("Location", stranger.URL+"/token")
	}
	tests := []struct {
		name, path string
		change     func(*httptest.ResponseRecorder)
		code       string
	}{
		{"token endpoint in trouble", mockoidc.TokenEndpoint, status(503, "busy"), "signin.sso_down"},
		{"token endpoint redirects to another place", mockoidc.TokenEndpoint, elsewhere, "signin.sso_down"},
		{"token endpoint without end", mockoidc.TokenEndpoint, status(200, `{"access_token":"`+strings.Repeat("x", 2<<20)+`"}`), "signin.sso_down"},
		{"client not known", mockoidc.TokenEndpoint, status(401, `{"error":"invalid_client"}`), "signin.sso_misset"},
		{"keys in trouble", mockoidc.JWKSEndpoint, status(503, "busy"), "signin.sso_down"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := start(t)
			c := client(t, s.settings(), nil)
			flow, reply := begin(t, c)
			s.change[tt.path] = tt.change
			_, err := c.Finish(t.Context(), flow, reply, time.Now())
			wantFault(t, err, fault.Incapable, tt.code)
		})
	}
	t.Run("discovery with a place to which no secret may go", func(t *testing.T) {
		s := start(t)
		s.change[mockoidc.DiscoveryEndpoint] = status(200, `{"issuer":"`+s.Issuer()+`","authorization_endpoint":"http://evil.example/a","token_endpoint":"`+
			s.TokenEndpoint()+`","jwks_uri":"`+s.JWKSEndpoint()+`"}`)
		_, _, err := client(t, s.settings(), nil).Start(t.Context(), time.Now())
		wantFault(t, err, fault.Incapable, "signin.sso_misset")
	})
	if strayed.Load() != 0 {
		t.Errorf("the client secret went to a stranger %d times", strayed.Load())
	}
	t.Run("discovery without end", func(t *testing.T) {
		s := start(t)
		s.change[mockoidc.DiscoveryEndpoint] = func(answer *httptest.ResponseRecorder) {
			answer.Header().Del("Content-Length")
			answer.Body = bytes.NewBuffer(append(bytes.Repeat([]byte(" "), maxBody), answer.Body.Bytes()...))
		}
		_, _, err := client(t, s.settings(), nil).Start(t.Context(), time.Now())
		wantFault(t, err, fault.Incapable, "signin.sso_down")
	})
	t.Run("discovery of another issuer", func(t *testing.T) {
		set := start(t).settings()
		set.Issuer += "/"
		_, _, err := client(t, set, nil).Start(t.Context(), time.Now())
		wantFault(t, err, fault.Incapable, "signin.sso_misset")
	})
	t.Run("a wrong client secret", func(t *testing.T) {
		set := start(t).settings()
		set.Secret = "wrong"
		c := client(t, set, nil)
		flow, reply := begin(t, c)
		_, err := c.Finish(t.Context(), flow, reply, time.Now())
		wantFault(t, err, fault.Incapable, "signin.sso_misset")
		if strings.Contains(err.Error(), "wrong") {
			t.Errorf("the message holds the secret: %v", err)
		}
	})
}

func TestMissingClaimsAreAskedForOnce(t *testing.T) {
	tests := []struct {
		name, body, account, code string
	}{
		{"said by the user info", `{"sub":"u-1","employee_no":"E007"}`, "e007", ""},
		{"a sign whose small letter is plain", `{"sub":"u-1","employee_no":"\u212aE007"}`, "\u212ae007", ""},
		{"of somebody else", `{"sub":"u-2","employee_no":"E007"}`, "", "signin.sso_token"},
		{"of nobody", `{"employee_no":"E007"}`, "", "signin.sso_token"},
		{"not said at all", `{"sub":"u-1"}`, "", "signin.sso_claim"},
		{"not a word", `{"sub":"u-1","employee_no":7}`, "", "signin.sso_claim"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := start(t)
			set := s.settings()
			set.AccountClaim = "employee_no"
			c := client(t, set, nil)
			s.change[mockoidc.UserinfoEndpoint] = func(answer *httptest.ResponseRecorder) {
				answer.Body.Reset()
				answer.Body.WriteString(tt.body)
			}
			s.QueueUser(zhang())
			flow, reply := begin(t, c)
			got, err := c.Finish(t.Context(), flow, reply, time.Now())
			if tt.code != "" {
				wantFault(t, err, fault.SignIn, tt.code)
				return
			}
			if err != nil || got.Account != tt.account {
				t.Errorf("%+v, %v; want account %s", got, err, tt.account)
			}
		})
	}
}

func TestSettingsThatCannotWorkAreRefused(t *testing.T) {
	good := Settings{Issuer: "https://id.example", ClientID: "gk", Secret: "s", RedirectURL: "https://gk.example/sso"}
	c := client(t, good, nil)
	if c.Name() != "统一身份认证" || c.AccountClaim() != BySubject || c.set.Skew != 2*time.Minute {
		t.Errorf("defaults: %+v", c.set)
	}
	tests := []struct {
		name   string
		change func(*Settings)
		want   string // "" works
	}{
		{"no issuer", func(s *Settings) { s.Issuer = "" }, "Issuer"},
		{"issuer without TLS", func(s *Settings) { s.Issuer = "http://id.example" }, "Issuer"},
		{"issuer without TLS, allowed", func(s *Settings) { s.Issuer, s.AllowHTTP = "http://id.example", true }, ""},
		{"issuer of another kind", func(s *Settings) { s.Issuer = "ftp://id.example" }, "Issuer"},
		{"issuer with a password", func(s *Settings) { s.Issuer = "https://a:b@id.example" }, "Issuer"},
		{"back to half an address", func(s *Settings) { s.RedirectURL = "/sso" }, "回调地址"},
		{"no client", func(s *Settings) { s.ClientID = "" }, "ClientID"},
		{"no secret", func(s *Settings) { s.Secret = "" }, "Secret"},
		{"clocks an hour apart", func(s *Settings) { s.Skew = time.Hour }, "时钟"},
	}
	for _, tt := range tests {
		set := good
		tt.change(&set)
		_, err := New(set, nil)
		if tt.want == "" {
			if err != nil {
				t.Errorf("%s: %v", tt.name, err)
			}
			continue
		}
		if !errors.Is(err, fault.Usage) || !strings.Contains(fault.Message(err), tt.want) {
			t.Errorf("%s: %v, want usage about %s", tt.name, err, tt.want)
		}
	}
}
