// Package api is the interface for programs, version 1, under /api/v1: what the pages show, as JSON, for whoever has a
// token; periods, the fee and the calendar for everybody. It is described by OpenAPI 3.1, made from the code, at
// /api/v1/openapi.json. Names are English and stable; what a person reads is Chinese.
//
// A token holds permissions. Each operation names the one that it asks for; without it the answer is that of something
// that does not exist. The cookie of a session is not looked at here, so that no other site can make a browser act.
package api

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/gongkai/gongkai/internal/account"
	"github.com/gongkai/gongkai/internal/audit"
	"github.com/gongkai/gongkai/internal/calendar"
	"github.com/gongkai/gongkai/internal/filing"
	"github.com/gongkai/gongkai/internal/signin"
	"github.com/gongkai/gongkai/internal/work"
)

// Version is that of the description. It is counted up whenever the description changes: the first figure for what breaks
// callers (then the path changes too), the second for what is added, the third for words.
const Version = "1.0.0"

// Prefix is where everything of this package stands.
const Prefix = "/api/v1"

// Tokens finds who acts with a token.
type Tokens interface {
	// ByToken returns who acts, with no more than the token allows. Errors: fault.SignIn.
	ByToken(ctx context.Context, token string) (account.Actor, error)
}

// Reports is the keeping of annual reports.
type Reports interface {
	MaxBytes() int64
	OpenBatch(ctx context.Context, by account.Actor) (filing.BatchID, error)
	Receive(ctx context.Context, by account.Actor, id filing.BatchID, name string, r io.Reader) (filing.Item, error)
	Report(ctx context.Context, id filing.ReportID) (filing.Record, error)
}

// Lists are those that no use case gives.
type Lists interface {
	// ReportsBefore lists reports, newest first, older than one ("" for the newest), of a year (0 for any) and of an agency ("" for any).
	ReportsBefore(ctx context.Context, before filing.ReportID, year int, agency string, limit int) ([]filing.Summary, error)
	// JobCounts is how many jobs there are by kind and state.
	JobCounts(ctx context.Context) ([]work.Count, error)
}

// Record is looking into the record of changes.
type Record interface {
	Search(ctx context.Context, by account.Actor, q audit.Query) ([]audit.Entry, error)
	Head(ctx context.Context) (audit.Head, error)
}

// Keys remembers answers under the keys that callers give, for a day.
type Keys interface {
	// Begin claims a key for a request with this digest; with an empty claim, answer is the one that was kept.
	// Errors: fault.Conflict when the key was used for something else, or its first request is being answered.
	Begin(ctx context.Context, actor, route, key, digest string) (claim string, answer []byte, err error)
	// Finish keeps an answer, which is text.
	Finish(ctx context.Context, claim string, answer []byte) error
	// Forget gives a claim up.
	Forget(ctx context.Context, claim string) error
}

// Options are what the API needs of others. Operations whose part is nil answer that the site does not have them.
type Options struct {
	Tokens   Tokens
	Agencies Agencies
	People   People
	Reports  Reports
	Lists    Lists
	Record   Record
	Keys     Keys
	// Calendar gives the table of working days; nil for the one that comes with the program.
	Calendar func(context.Context) (calendar.Table, error)
	Proxies  signin.Ranges // reverse proxies that are believed
	// Anonymous bounds requests without a valid token, by the neighbourhood of their address; Each those with one, by token. Nil
	// for two a second and ten a second, with sixty and two hundred at once.
	Anonymous, Each *signin.Limiter
	Log             *slog.Logger     // nil for none
	Now             func() time.Time // nil for the system's clock
}

// Operation is one route with what it asks for.
type Operation struct {
	Method string
	Path   string         // with names in braces, as net/http writes them
	Perms  []account.Perm // of which one is asked for
	Public bool           // no token is asked for
}

// api is the operations and what they need.
type api struct {
	Options
	huma huma.API
	mux  *http.ServeMux
	ops  []Operation
	spec []byte
}

// Handler returns the API, to be mounted at /api/v1/. It stands inside of ui.RequestLog, which numbers the requests.
func Handler(o Options) http.Handler { return newAPI(o) }

// Operations lists every route of the API.
func Operations() []Operation { return newAPI(Options{}).ops }

func newAPI(o Options) *api {
	if o.Calendar == nil {
		o.Calendar = func(context.Context) (calendar.Table, error) { return calendar.Builtin(), nil }
	}
	if o.Anonymous == nil {
		o.Anonymous = signin.NewLimiter(2, 60, 20_000)
	}
	if o.Each == nil {
		o.Each = signin.NewLimiter(10, 200, 20_000)
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	a := &api{Options: o, mux: http.NewServeMux()}
	a.describe()
	a.public()
	a.offices()
	a.reports()
	a.records()
	a.publish()
	return a
}
