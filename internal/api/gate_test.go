package api

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/gongkai/gongkai/internal/access"
	"github.com/gongkai/gongkai/internal/account"
	"github.com/gongkai/gongkai/internal/filing"
	"github.com/gongkai/gongkai/internal/signin"
)

// answerOf sends a well-formed request to an operation.
func answerOf(s *site, o Operation, token string, headers ...string) reply {
	path := fill(o.Path, "none")
	if o.Method == http.MethodPost {
		return s.ask(o.Method, path+"?name=a.txt", token, strings.NewReader("示例县甲局 2025"), headers...)
	}
	if path == Prefix+"/deadline" {
		path += "?received=2026-01-05"
	}
	if path == Prefix+"/fee" {
		path += "?items=1"
	}
	return s.ask(o.Method, path, token, nil, headers...)
}

var butInstance = cmpopts.IgnoreFields(Problem{}, "Instance", "header")

func TestWithoutAGoodTokenNothingIsAnswered(t *testing.T) {
	s := newSite(t)
	li := s.person("li.shi", s.jia)
	good := s.token(li, all()...)
	revoked := s.token(li, all()...)
	by := must[account.Actor](t)(s.office.Actor(t.Context(), li, "session 1"))
	tokens := must[[]access.Token](t)(s.access.Tokens(t.Context(), by))
	digest, err := signin.ParseToken("gk", revoked)
	if err != nil {
		t.Fatal(err)
	}
	for _, tok := range tokens {
		if tok.Digest == digest {
			if err := s.access.RevokeToken(t.Context(), by, tok.ID); err != nil {
				t.Fatal(err)
			}
		}
	}
	unknown, _ := signin.NewToken("gk")
	typo := good[:10] + "a" + good[11:]
	if typo == good {
		typo = good[:10] + "b" + good[11:]
	}
	tests := []struct {
		what, token string
		headers     []string
		code        string
	}{
		{what: "no token", code: "api.no_token"},
		{what: "a session", headers: []string{"Cookie", "session=" + strings.TrimPrefix(good, "gk_") + "; __Host-session=x"}, code: "api.no_token"},
		{what: "a token in the query", headers: []string{"X-Api-Key", good}, code: "api.no_token"},
		{what: "another scheme", headers: []string{"Authorization", "Basic " + good}, code: "api.no_token"},
		{what: "no value", headers: []string{"Authorization", "Bearer "}, code: "api.no_token"},
		{what: "two headers", token: good, headers: []string{"Authorization", "Bearer " + good}, code: "api.no_token"},
		{what: "no token of ours", token: "abc", code: "signin.token_form"},
		{what: "a typing error", token: typo, code: "signin.token_typo"},
		{what: "unknown", token: unknown, code: "token.gone"},
		{what: "revoked", token: revoked, code: "token.gone"},
	}
	for _, o := range Operations() {
		if o.Public {
			if r := answerOf(s, o, ""); r.status != http.StatusOK {
				t.Errorf("%s %s is public and answers %d %s", o.Method, o.Path, r.status, r.body)
			}
			continue
		}
		for _, tt := range tests {
			r := answerOf(s, o, tt.token, tt.headers...)
			p := r.problem(t)
			challenge := r.header.Get("WWW-Authenticate")
			if r.status != http.StatusUnauthorized || p.Type != "urn:gongkai:"+tt.code || !strings.HasPrefix(challenge, `Bearer realm="gongkai"`) ||
				strings.Contains(challenge, "invalid_token") != (tt.code != "api.no_token") {
				t.Errorf("%s %s with %s: %d %+v, %q", o.Method, o.Path, tt.what, r.status, p, challenge)
			}
		}
	}
	s.pass(31 * 24 * time.Hour)
	for _, o := range Operations() {
		if r := answerOf(s, o, good); !o.Public && (r.status != http.StatusUnauthorized || r.problem(t).Type != "urn:gongkai:token.gone") {
			t.Errorf("%s %s with an expired token: %d %s", o.Method, o.Path, r.status, r.body)
		}
	}
}

// TestWithoutThePermissionNothingIsThere: the answer is, but for its number, that to a path that does not exist.
func TestWithoutThePermissionNothingIsThere(t *testing.T) {
	s := newSite(t)
	li := s.person("li.shi", s.jia)
	id := string(s.report("示例县甲局 2025"))
	want := s.get("/nothing", s.token(li, all()...))
	if p := want.problem(t); p.Status != http.StatusNotFound || p.Type != "urn:gongkai:api.not_found" {
		t.Fatalf("a path that does not exist: %+v", p)
	}
	for _, o := range Operations() {
		if o.Public {
			continue
		}
		others := slices.DeleteFunc(all(), func(p account.Perm) bool { return slices.Contains(o.Perms, p) })
		path := fill(o.Path, id)
		var r reply
		if o.Method == http.MethodPost {
			r = s.ask(o.Method, path+"?name=a.txt", s.token(li, others...), strings.NewReader("示例县甲局 2024"))
		} else {
			r = s.ask(o.Method, path, s.token(li, others...), nil)
		}
		if diff := cmp.Diff(want.problem(t), r.problem(t), butInstance); r.status != want.status || diff != "" {
			t.Errorf("%s %s: %d (-missing +forbidden)\n%s", o.Method, path, r.status, diff)
		}
		for _, h := range []string{"Allow", "WWW-Authenticate", "ETag", "Location"} {
			if r.header.Get(h) != "" {
				t.Errorf("%s %s: header %s tells them apart", o.Method, path, h)
			}
		}
	}
	for _, path := range []string{"/agencies/none", "/reports/none", "/reports/none/findings"} {
		if diff := cmp.Diff(want.problem(t), s.get(path, s.token(li, all()...)).problem(t), butInstance); diff != "" {
			t.Errorf("%s (-path +record)\n%s", path, diff)
		}
	}
	if kept := must[[]filing.Summary](t)(s.db.ReportsBefore(t.Context(), "", 0, "", 10)); len(kept) != 1 {
		t.Errorf("%d reports are kept, want the one that was there", len(kept))
	}
}

// TestOtherAgenciesAreOutOfReach: a token of one agency shows that agency's things, and those of others do not exist.
func TestOtherAgenciesAreOutOfReach(t *testing.T) {
	s := newSite(t)
	mine, theirs := s.token(s.person("li.shi", s.jia), all()...), s.token(s.person("wang", s.yi), all()...)
	missing := s.get("/agencies/none", mine).problem(t)
	for _, tt := range []struct {
		token      string
		own, other string
	}{{mine, string(s.jia), string(s.yi)}, {theirs, string(s.yi), string(s.jia)}} {
		if r := s.get("/agencies/"+tt.own, tt.token); r.status != http.StatusOK {
			t.Errorf("one's own agency: %d %s", r.status, r.body)
		}
		if diff := cmp.Diff(missing, s.get("/agencies/"+tt.other, tt.token).problem(t), butInstance); diff != "" {
			t.Errorf("another agency (-missing +other)\n%s", diff)
		}
		var list pageBody[AgencyBody]
		s.get("/agencies", tt.token).into(t, &list)
		for _, a := range list.Items {
			if a.ID == tt.other || a.NameOnly != (a.ID == string(s.root)) || a.NameOnly && a.Kind != "" {
				t.Errorf("in the list of %s: %+v", tt.own, a)
			}
		}
		if len(list.Items) != 2 {
			t.Errorf("%d agencies in the list, want the own one and the one above", len(list.Items))
		}
		var people pageBody[personBody]
		r := s.get("/people", tt.token)
		r.into(t, &people)
		if len(people.Items) != 1 || len(people.Items[0].Positions) != 1 || people.Items[0].Positions[0].Agency != tt.own {
			t.Errorf("people of %s: %s", tt.own, r.body)
		}
		for _, secret := range []string{"1390", "139*", "example.cn", "@", "Password", "totp"} {
			if strings.Contains(string(r.body), secret) {
				t.Errorf("people are answered with %q: %s", secret, r.body)
			}
		}
		var record pageBody[entryBody]
		s.get("/audit", tt.token).into(t, &record)
		if len(record.Items) == 0 {
			t.Error("no entry of the own agency")
		}
		for _, e := range record.Items {
			if e.Agency != tt.own {
				t.Errorf("an entry of %q in the record of %s", e.Agency, tt.own)
			}
			for _, c := range e.Changes {
				if c.Sealed && (c.Before != nil || c.After != nil) {
					t.Errorf("a protected value in entry %d", e.Seq)
				}
			}
		}
	}
}

func TestAClosedAccountHasNothing(t *testing.T) {
	s := newSite(t)
	li := s.person("li.shi", s.jia)
	token := s.token(li, all()...)
	if r := s.get("/reports", token); r.status != http.StatusOK {
		t.Fatalf("%d %s", r.status, r.body)
	}
	if err := s.office.CloseAccount(t.Context(), s.admin, li, 0, "调离本单位"); err != nil {
		t.Fatal(err)
	}
	if r := s.get("/reports", token); r.status != http.StatusUnauthorized && r.status != http.StatusNotFound {
		t.Errorf("with a closed account: %d %s", r.status, r.body)
	}
}

func TestWhoAsksTooOftenWaits(t *testing.T) {
	s := newSite(t, func(o *Options) {
		o.Anonymous, o.Each = signin.NewLimiter(0.5, 2, 10), signin.NewLimiter(1, 3, 10)
	})
	token := s.token(s.person("li.shi", s.jia), all()...)
	other := s.token(s.person("wang", s.yi), all()...)
	statuses := func(path, token string, n int) (out []int) {
		for range n {
			r := s.get(path, token)
			out = append(out, r.status)
			if r.status == http.StatusTooManyRequests {
				if p := r.problem(t); r.header.Get("Retry-After") == "" || p.Type != "urn:gongkai:api.too_many" {
					t.Errorf("%+v, Retry-After %q", p, r.header.Get("Retry-After"))
				}
			}
		}
		return out
	}
	if diff := cmp.Diff([]int{200, 200, 429}, statuses("/fee?items=1", "", 3)); diff != "" {
		t.Errorf("without a token (-want +got)\n%s", diff)
	}
	if diff := cmp.Diff([]int{429, 429}, append(statuses("/openapi.json", "", 1), statuses("/reports", "gk_wrong", 1)...)); diff != "" {
		t.Errorf("the description, and guessing tokens (-want +got)\n%s", diff)
	}
	if diff := cmp.Diff([]int{200, 200, 200, 429}, statuses("/reports", token, 4)); diff != "" {
		t.Errorf("with a token (-want +got)\n%s", diff)
	}
	if diff := cmp.Diff([]int{200}, statuses("/reports", other, 1)); diff != "" {
		t.Errorf("another token (-want +got)\n%s", diff)
	}
	s.pass(2 * time.Second)
	if diff := cmp.Diff([]int{200, 429}, statuses("/fee?items=1", "", 2)); diff != "" {
		t.Errorf("two seconds later (-want +got)\n%s", diff)
	}
}
