package app

import (
	"context"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gongkai/gongkai/internal/account"
	"github.com/gongkai/gongkai/internal/agency"
	"github.com/gongkai/gongkai/internal/audit"
	"github.com/gongkai/gongkai/internal/review"
)

// visible is the matrix: who may come to which route. A route of the program without a row here fails, and so does a row
// without a route. "public" is everybody, "signed-in" is whoever has an account, else one of the permissions is asked for.
var visible = map[string]string{
	"/":                      "public",
	"GET /{$}":               "public",
	"GET /reports":           "public",
	"GET /reports/{rest...}": "public",
	"GET /deadline":          "public",
	"GET /fee":               "public",
	"GET /sign-in":           "public",
	"POST /sign-in":          "public",
	"GET /sign-in/code":      "public",
	"POST /sign-in/code":     "public",
	"GET /sign-in/password":  "public",
	"POST /sign-in/password": "public",
	"GET /sign-in/factor":    "public",
	"POST /sign-in/factor":   "public",
	"GET /sign-in/sso":       "public",
	"GET /sign-in/sso/back":  "public",
	"POST /sign-out":         "public",
	"GET /setup":             "public",
	"POST /setup":            "public",

	"GET /desk":                             "signed-in",
	"GET /desk/account":                     "signed-in",
	"GET /desk/account/password":            "signed-in",
	"POST /desk/account/password":           "signed-in",
	"GET /desk/account/factor":              "signed-in",
	"POST /desk/account/factor":             "signed-in",
	"POST /desk/account/factor/off":         "signed-in",
	"POST /desk/account/sessions/{id}/end":  "signed-in",
	"GET /desk/account/tokens":              "token.manage",
	"POST /desk/account/tokens":             "token.manage",
	"POST /desk/account/tokens/{id}/revoke": "token.manage",

	"GET /desk/notices":            "signed-in",
	"POST /desk/notices/read":      "signed-in",
	"POST /desk/notices/{id}/open": "signed-in",
	"GET /desk/notices/choose":     "signed-in",
	"POST /desk/notices/choose":    "signed-in",

	"GET /desk/reviews":                reviewSee,
	"GET /desk/reviews/{id}":           reviewSee,
	"GET /desk/reviews/{id}/print":     reviewSee,
	"POST /desk/reviews/{id}/decide":   "review.first review.second review.secrecy review.legal review.sign",
	"POST /desk/reviews/{id}/submit":   "review.provide",
	"POST /desk/reviews/{id}/withdraw": "review.provide",
	"POST /desk/reviews/{id}/void":     "review.manage",
	"GET /desk/reviews/plan":           reviewSee,
	"POST /desk/reviews/plan":          "review.manage",

	"GET /desk/reports":                       "report.see",
	"POST /desk/reports":                      "report.receive",
	"POST /desk/reports/batches":              "report.receive",
	"GET /desk/reports/batches/{id}":          "report.see",
	"GET /desk/reports/batches/{id}/progress": "report.see",
	"GET /desk/reports/agencies":              "report.see",
	"POST /desk/reports/agencies":             "report.receive",
	"GET /desk/reports/compare":               "report.see",
	"GET /desk/reports/rollup":                "report.see",
	"GET /desk/reports/rollup.xlsx":           "report.see",
	"GET /desk/reports/rollup.json":           "report.see",
	"GET /desk/reports/missing":               "report.see",
	"GET /desk/reports/broken":                "report.see",
	"GET /desk/reports/unreadable":            "report.see",
	"GET /desk/reports/{id}":                  "report.see",
	"GET /desk/reports/{id}/{file}":           "report.see",
	"POST /desk/reports/{id}/identity":        "report.receive",

	"GET /desk/calendar":                       "signed-in",
	"GET /desk/calendar/new":                   "setting.manage",
	"POST /desk/calendar/new":                  "setting.manage",
	"GET /desk/calendar/notices/{id}":          "signed-in",
	"POST /desk/calendar/notices/{id}/approve": "setting.manage",
	"POST /desk/calendar/notices/{id}/reject":  "setting.manage",
	"GET /desk/calendar/recounts/{id}":         "signed-in",
	"POST /desk/calendar/marks":                "setting.manage",
	"GET /desk/deadlines":                      "signed-in",
	"GET /desk/deadlines/{id}":                 "signed-in",
	"GET /desk/deadlines/feed":                 "signed-in",
	"POST /desk/deadlines/feed":                "signed-in",
	"POST /desk/deadlines/feed/close":          "signed-in",
	"GET /desk/deadlines.ics":                  "public", // with a key in its address

	"GET /desk/agencies":                                "agency.see",
	"GET /desk/agencies/{id}":                           "agency.see",
	"GET /desk/agencies/export.csv":                     "agency.see",
	"GET /desk/agencies/export.xlsx":                    "agency.see",
	"GET /desk/agencies/import":                         "agency.manage",
	"POST /desk/agencies/import":                        "agency.manage",
	"POST /desk/agencies/import/done":                   "agency.manage",
	"GET /desk/people":                                  "agency.see",
	"GET /desk/people/{id}":                             "agency.see",
	"GET /desk/roles":                                   "agency.see",
	"GET /desk/agencies/new":                            "agency.manage",
	"POST /desk/agencies/new":                           "agency.manage",
	"GET /desk/agencies/{id}/amend":                     "agency.manage",
	"POST /desk/agencies/{id}/amend":                    "agency.manage",
	"GET /desk/agencies/{id}/close":                     "agency.manage",
	"POST /desk/agencies/{id}/close":                    "agency.manage",
	"GET /desk/agencies/{id}/section":                   "agency.manage",
	"POST /desk/agencies/{id}/section":                  "agency.manage",
	"GET /desk/agencies/{id}/section/{section}/rename":  "agency.manage",
	"POST /desk/agencies/{id}/section/{section}/rename": "agency.manage",
	"GET /desk/agencies/{id}/section/{section}/end":     "agency.manage",
	"POST /desk/agencies/{id}/section/{section}/end":    "agency.manage",
	"GET /desk/people/new":                              "person.manage",
	"POST /desk/people/new":                             "person.manage",
	"GET /desk/people/{id}/amend":                       "person.manage",
	"POST /desk/people/{id}/amend":                      "person.manage",
	"GET /desk/people/{id}/close":                       "person.manage",
	"POST /desk/people/{id}/close":                      "person.manage",
	"GET /desk/people/{id}/reopen":                      "person.manage",
	"POST /desk/people/{id}/reopen":                     "person.manage",
	"GET /desk/people/{id}/password":                    "person.manage",
	"POST /desk/people/{id}/password":                   "person.manage",
	"GET /desk/people/{id}/reveal":                      "person.unmask",
	"POST /desk/people/{id}/reveal":                     "person.unmask",
	"GET /desk/people/{id}/position":                    "person.manage",
	"POST /desk/people/{id}/position":                   "person.manage",
	"GET /desk/people/{id}/position/{position}/amend":   "person.manage",
	"POST /desk/people/{id}/position/{position}/amend":  "person.manage",
	"GET /desk/people/{id}/position/{position}/end":     "agency.see",
	"POST /desk/people/{id}/position/{position}/end":    "agency.see",
	"GET /desk/people/{id}/deputy":                      "agency.see",
	"POST /desk/people/{id}/deputy":                     "agency.see",
	"GET /desk/people/{id}/deputy/{deputy}/end":         "agency.see",
	"POST /desk/people/{id}/deputy/{deputy}/end":        "agency.see",
	"GET /desk/roles/new":                               "role.manage",
	"POST /desk/roles/new":                              "role.manage",
	"GET /desk/roles/{key}/amend":                       "role.manage",
	"POST /desk/roles/{key}/amend":                      "role.manage",
	"GET /desk/roles/{key}/delete":                      "role.manage",
	"POST /desk/roles/{key}/delete":                     "role.manage",

	"GET /desk/audit":               "audit.see",
	"GET /desk/audit/{seq}":         "audit.see",
	"POST /desk/audit/{seq}/reveal": "person.unmask",
	"POST /desk/audit/verify":       "audit.see",
	"GET /desk/audit/head":          "audit.see",
	"GET /desk/audit/head.txt":      "audit.see",
	"GET /desk/jobs":                "job.see",
	"POST /desk/jobs/{id}/retry":    "job.manage",
	"POST /desk/jobs/{id}/drop":     "job.manage",
}

// reviewSee is whoever has anything to do with sign-off.
const reviewSee = "audit.see review.first review.second review.secrecy review.legal review.sign review.provide review.manage"

// site is a sample site in this process.
type testSite struct {
	*System
	h   *handler
	url string
}

func sampleSite(t *testing.T) *testSite {
	t.Helper()
	o := DefaultOptions()
	o.Config.Data, o.Serve.Demo = t.TempDir(), true
	o.Log = slog.New(slog.DiscardHandler)
	o, err := o.withDefaults()
	if err != nil {
		t.Fatal(err)
	}
	if err := fillSample(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	s, err := open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := s.begin(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	h, err := newHandler(t.Context(), o, s)
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	return &testSite{s, h, srv.URL}
}

// visitor is a browser of somebody.
type visitor struct {
	t    *testing.T
	base string
	http *http.Client
}

// as is somebody who is signed in; "" is nobody.
func (s *testSite) as(t *testing.T, name string) *visitor {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	v := &visitor{t, s.url, &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
	if name != "" {
		if status, _, _ := v.do("POST", "/sign-in", url.Values{"account": {name}, "password": {samplePassword}, "to": {"/desk"}}); status != http.StatusSeeOther {
			t.Fatalf("%s cannot sign in: status %d", name, status)
		}
	}
	return v
}

func (v *visitor) do(method, path string, form url.Values) (status int, to, body string) {
	v.t.Helper()
	req, err := http.NewRequestWithContext(context.Background(), method, v.base+path, strings.NewReader(form.Encode()))
	if err != nil {
		v.t.Fatal(err)
	}
	if method != http.MethodGet {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	res, err := v.http.Do(req)
	if err != nil {
		v.t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		v.t.Fatal(err)
	}
	return res.StatusCode, res.Header.Get("Location"), string(b)
}

func TestEveryRouteHasARowAndEveryRowARoute(t *testing.T) {
	s := sampleSite(t)
	got := map[string]string{}
	for pattern, r := range s.h.routes {
		switch perms := r.Need.Perms(); {
		case r.Need.Public():
			got[pattern] = "public"
		case len(perms) == 0:
			got[pattern] = "signed-in"
		default:
			got[pattern] = permList(perms)
		}
	}
	want := maps.Clone(visible)
	for pattern, who := range want {
		if who != "public" && who != "signed-in" {
			want[pattern] = permList(permsOf(who))
		}
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("add a row to the matrix for every route, and say who may come (-matrix +program):\n%s", d)
	}
}

func permsOf(who string) []account.Perm {
	var out []account.Perm
	for p := range strings.FieldsSeq(who) {
		out = append(out, account.Perm(p))
	}
	return out
}

func permList(perms []account.Perm) string {
	names := make([]string, len(perms))
	for i, p := range perms {
		names[i] = string(p)
	}
	slices.Sort(names)
	return strings.Join(names, " ")
}

var place = regexp.MustCompile(`\{[^}]*\}`)

// number is what differs from one page to the next: the number of a request.
var number = regexp.MustCompile(`[0-9a-f]{8}`)

// TestMatrixHoldsRouteByRoute tries every route as everybody: who may not come finds what they would find if there was
// nothing.
func TestMatrixHoldsRouteByRoute(t *testing.T) {
	s := sampleSite(t)
	roles := map[account.RoleKey][]account.Perm{}
	for _, r := range account.BuiltRoles() {
		roles[r.Key] = r.Perms
	}
	roles[siteRole] = siteRolePerms()
	patterns := slices.Sorted(maps.Keys(visible))
	for _, a := range append(sampleAccounts(), sampleAccount{}) {
		if a.closed {
			continue
		}
		t.Run(a.account, func(t *testing.T) {
			v := s.as(t, a.account)
			_, _, nothing := v.do("GET", "/desk/there-is-no-such-page", nil)
			for _, pattern := range patterns {
				who := visible[pattern]
				method, path, _ := strings.Cut(pattern, " ")
				if pattern == "POST /sign-out" || pattern == "/" {
					continue // would end the visit; is the page for what does not exist
				}
				status, to, body := v.do(method, place.ReplaceAllString(path, "1"), nil)
				switch {
				case who == "public":
					if status >= 500 {
						t.Errorf("%s: status %d", pattern, status)
					}
				case a.account == "" && method == "GET":
					if status != http.StatusSeeOther || !strings.HasPrefix(to, "/sign-in") {
						t.Errorf("%s: nobody finds status %d, %q, want the page for signing in", pattern, status, to)
					}
				case a.account == "":
					if status != http.StatusUnauthorized {
						t.Errorf("%s: nobody finds status %d, want 401", pattern, status)
					}
				case who == "signed-in" || slices.ContainsFunc(permsOf(who), func(p account.Perm) bool { return slices.Contains(roles[a.role], p) }):
					if status >= 500 || status == http.StatusNotFound && !strings.Contains(path, "{") || status == http.StatusUnauthorized {
						t.Errorf("%s: %s may come and finds status %d", pattern, a.account, status)
					}
				default:
					if status != http.StatusNotFound || number.ReplaceAllString(body, "") != number.ReplaceAllString(nothing, "") && method == "GET" && !strings.Contains(path, "{") && !samePage(body, nothing) {
						t.Errorf("%s: %s may not come and finds status %d, want just what is found where there is nothing", pattern, a.account, status)
					}
				}
			}
		})
	}
}

// samePage compares two pages but for the address that links of the page itself carry.
func samePage(a, b string) bool {
	strip := func(s string) string { return regexp.MustCompile(`href="[^"]*"`).ReplaceAllString(s, "") }
	return strip(a) == strip(b)
}

// TestOtherAgenciesSeeNothing: what belongs to one agency is not there for the staff of another, whatever they may do at
// their own.
func TestOtherAgenciesSeeNothing(t *testing.T) {
	s := sampleSite(t)
	provider, err := s.actorOf(t.Context(), "gubu")
	if err != nil {
		t.Fatal(err)
	}
	mine, err := s.Review.All(t.Context(), provider, review.Query{Limit: 10})
	if err != nil || len(mine) == 0 {
		t.Fatalf("%d items, %v", len(mine), err)
	}
	head, err := s.Record.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	entry := func(by string) (own, other int) {
		a, err := s.actorOf(t.Context(), by)
		if err != nil {
			t.Fatal(err)
		}
		list, err := s.Record.Search(t.Context(), a, audit.Query{Limit: 1000})
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range list {
			if e.Agency == a.Agency {
				own++
			} else {
				other++
			}
		}
		return own, other
	}
	item := "/desk/reviews/" + string(mine[0].ID)
	for name, want := range map[string]int{"gubu": 200, "guzhang": 200, "lingdao": 200, "admin": 200, "jiedao": 404, "jiandu": 404} {
		if status, _, _ := s.as(t, name).do("GET", item, nil); status != want {
			t.Errorf("%s at an item of another's agency: status %d, want %d", name, status, want)
		}
	}
	chief, err := s.actorOf(t.Context(), "guanli")
	if err != nil {
		t.Fatal(err)
	}
	if list, err := s.Record.Search(t.Context(), chief, audit.Query{Action: "session.open", Limit: 10}); err != nil || len(list) == 0 {
		t.Errorf("the administrator of an office sees %d sign-ins of its people, %v", len(list), err)
	}
	if own, other := entry("guanli"); own == 0 || other != 0 {
		t.Errorf("the administrator of an office sees %d entries of it and %d of others", own, other)
	}
	if _, other := entry("admin"); other == 0 {
		t.Error("the administrator of the district sees no entries of its agencies")
	}
	if head.Seq == 0 {
		t.Error("no entries")
	}
	// A permission that reaches nowhere is none: positions end with their agencies.
	nowhere := account.Actor{Person: "x", Grants: []account.Grant{{Perm: account.SeeAudit, Agency: agency.ID("gone")}}}
	if list, err := s.Record.Search(t.Context(), nowhere, audit.Query{Limit: 10}); err != nil || len(list) != 0 {
		t.Errorf("%d entries for a grant at an agency that is no more, %v", len(list), err)
	}
}
