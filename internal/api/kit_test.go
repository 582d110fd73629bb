package api

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gongkai/gongkai/internal/access"
	"github.com/gongkai/gongkai/internal/account"
	"github.com/gongkai/gongkai/internal/agency"
	"github.com/gongkai/gongkai/internal/audit"
	"github.com/gongkai/gongkai/internal/blob"
	"github.com/gongkai/gongkai/internal/calendar"
	"github.com/gongkai/gongkai/internal/crypt"
	"github.com/gongkai/gongkai/internal/fault"
	"github.com/gongkai/gongkai/internal/filing"
	"github.com/gongkai/gongkai/internal/office"
	"github.com/gongkai/gongkai/internal/report"
	"github.com/gongkai/gongkai/internal/report/checks"
	"github.com/gongkai/gongkai/internal/signin"
	"github.com/gongkai/gongkai/internal/store"
	"github.com/gongkai/gongkai/internal/web/ui"
	"github.com/gongkai/gongkai/internal/work"
)

var (
	noon   = time.Date(2026, 1, 20, 4, 0, 0, 0, time.UTC)
	tester = account.System("test")
)

// maxFile is the largest file that the sites of these tests take.
const maxFile = 3 << 20

// site is the API over real use cases on SQLite: a government with 甲局 and 乙局 below it.
type site struct {
	tb     testing.TB
	db     *store.DB
	o      Options
	access *access.Service
	office *office.Service
	filing *filing.Service
	log    *logged

	mu  sync.Mutex
	now time.Time

	root, jia, yi agency.ID
	role          account.RoleKey
	admin         account.Actor
	url           string
	client        *http.Client
}

// logged keeps what was logged.
type logged struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *logged) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(b)
}

func (l *logged) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

type folder struct{ blob.Store }

func (f folder) Put(ctx context.Context, r io.Reader, limit int64) (string, int64, error) {
	i, err := f.Store.Put(ctx, r, limit)
	return i.Digest, i.Size, err
}

// clerk reads "agency year"; everything else is no report.
type clerk struct{}

func (clerk) Read(_ context.Context, name string, data []byte) (*report.Report, error) {
	who, year, ok := strings.Cut(string(data), " ")
	if !ok {
		return nil, fault.New(fault.NotReport, "report.not_found", "这不是年报，请换一份")
	}
	r := &report.Report{File: name, Agency: who, Format: "2021"}
	if _, err := fmt.Sscan(year, &r.Year); err != nil {
		return nil, fault.New(fault.NotReport, "report.not_found", "这不是年报，请换一份")
	}
	return r, nil
}

func (clerk) Check(_ context.Context, rep, previous *report.Report, today string) (checks.Result, error) {
	return checks.Run(&checks.Input{Report: rep, Previous: previous, Today: today}), nil
}

func (s *site) clock() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now
}

func (s *site) pass(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.now = s.now.Add(d)
}

// newSite opens a site; change may put other parts into it.
func newSite(tb testing.TB, change ...func(*Options)) *site {
	tb.Helper()
	s := &site{tb: tb, now: noon, log: &logged{}}
	master := crypt.NewMaster()
	db, err := store.Open(tb.Context(), store.Options{Dir: tb.TempDir(), Now: s.clock, Master: &master})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := db.Close(); err != nil {
			tb.Error(err)
		}
	})
	home, err := blob.OpenFolder(tb.TempDir())
	if err != nil {
		tb.Fatal(err)
	}
	s.db = db
	s.access = access.NewService(store.Access(db), nil, access.Policy{})
	s.office = office.NewService(store.Office(db))
	s.filing = filing.NewService(store.Filing(db), folder{home}, maxFile, "v1", nil)
	log := slog.New(slog.NewTextHandler(s.log, nil))
	s.o = Options{Tokens: s.access, Agencies: Offices{s.office}, People: Offices{s.office}, Reports: s.filing, Lists: db,
		Record: audit.NewService(store.Records(db), db.VerifyAudit), Keys: store.Keys(db), Log: log, Now: s.clock,
		Anonymous: signin.NewLimiter(1e6, 1e6, 10), Each: signin.NewLimiter(1e6, 1e6, 10)}
	for _, f := range change {
		f(&s.o)
	}
	s.people()
	srv := httptest.NewServer(ui.RequestLog(log)(Handler(s.o)))
	tb.Cleanup(srv.Close)
	s.url, s.client = srv.URL, srv.Client()
	s.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return s
}

func must[T any](tb testing.TB) func(T, error) T {
	return func(v T, err error) T {
		tb.Helper()
		if err != nil {
			tb.Fatal(err)
		}
		return v
	}
}

var since = calendar.NewDate(2026, 1, 1)

func (s *site) people() {
	ctx := s.tb.Context()
	gov := agency.Version{Name: "示例县人民政府", Kind: agency.Government, Level: agency.County}
	id := must[account.PersonID](s.tb)(s.office.SetUp(ctx, tester, office.First{Government: &gov,
		Agency: agency.Version{Name: "示例县政府办公室", Kind: agency.Department, Level: agency.County}, Sections: []string{"公开股"},
		Person: account.Person{Name: "张示例", Account: "zhang"}, Hash: "x", Role: account.RegionAdmin, Title: "主任"}))
	s.admin = must[account.Actor](s.tb)(s.office.Actor(ctx, id, "session 1"))
	v := must[office.View](s.tb)(s.office.Tree(ctx, s.admin, since))
	s.root = v.Nodes[0].Agency.Agency
	s.jia, s.yi = s.agency("示例县甲局"), s.agency("示例县乙局")
	s.role = must[account.RoleKey](s.tb)(s.office.CreateRole(ctx, s.admin, account.Role{Name: "接口", Perms: []account.Perm{account.SeeAgency,
		account.SeeReport, account.ReceiveReport, account.SeeAudit, account.SeeJob, account.ManageToken}}))
}

func (s *site) agency(name string) agency.ID {
	s.tb.Helper()
	return must[agency.ID](s.tb)(s.office.Create(s.tb.Context(), s.admin, agency.Version{Name: name, Kind: agency.Department,
		Level: agency.County, Superior: s.root}, []string{"办公室"}, office.When{From: calendar.On(s.clock())}))
}

// person takes somebody in at an agency, with the role of these tests.
func (s *site) person(name string, at agency.ID) account.PersonID {
	s.tb.Helper()
	return must[account.PersonID](s.tb)(s.office.OpenAccount(s.tb.Context(), s.admin, office.NewPerson{Hash: "x",
		Person:   account.Person{Name: "李示例", Account: name, Phone: "13900001234", Email: name + "@example.cn"},
		Position: account.Position{Agency: at, Role: s.role, Title: "科员", From: calendar.On(s.clock())}}))
}

// token makes a token of a person with some permissions, good for 30 days.
func (s *site) token(id account.PersonID, scopes ...account.Perm) string {
	s.tb.Helper()
	by := must[account.Actor](s.tb)(s.office.Actor(s.tb.Context(), id, "session 1"))
	return must[string](s.tb)(s.access.NewToken(s.tb.Context(), by, "试验", scopes, s.clock().Add(30*24*time.Hour)))
}

// all is every permission that an operation asks for.
func all() []account.Perm {
	return []account.Perm{account.SeeAgency, account.SeeReport, account.ReceiveReport, account.SeeAudit, account.SeeJob}
}

// report hands a report in, without the API.
func (s *site) report(text string) filing.ReportID {
	s.tb.Helper()
	ctx := s.tb.Context()
	batch := must[filing.BatchID](s.tb)(s.filing.OpenBatch(ctx, tester))
	it := must[filing.Item](s.tb)(s.filing.Receive(ctx, tester, batch, "年报.txt", strings.NewReader(text)))
	return it.Report.ID
}

// work does everything that is due.
func (s *site) work() {
	s.tb.Helper()
	r := work.NewRunner(store.Work(s.db), s.filing.Kinds(clerk{}))
	for range 1000 {
		if did := must[bool](s.tb)(r.Work(s.tb.Context(), time.Minute, s.clock)); !did {
			return
		}
	}
	s.tb.Fatal("the work does not end")
}

// reply is what came back.
type reply struct {
	status int
	header http.Header
	body   []byte
}

func (r reply) problem(tb testing.TB) Problem {
	tb.Helper()
	if got := r.header.Get("Content-Type"); got != problemJSON {
		tb.Fatalf("content type %q, want %q: %d %s", got, problemJSON, r.status, r.body)
	}
	var p Problem
	r.into(tb, &p)
	return p
}

func (r reply) into(tb testing.TB, v any) {
	tb.Helper()
	if err := json.Unmarshal(r.body, v); err != nil {
		tb.Fatalf("%v: %d %s", err, r.status, r.body)
	}
}

// ask sends a request; headers are pairs of name and value.
func (s *site) ask(method, path, token string, body io.Reader, headers ...string) reply {
	s.tb.Helper()
	req, err := http.NewRequestWithContext(s.tb.Context(), method, s.url+path, body)
	if err != nil {
		s.tb.Fatal(err)
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Add(headers[i], headers[i+1])
	}
	res, err := s.client.Do(req)
	if err != nil {
		s.tb.Fatal(err)
	}
	data, err := io.ReadAll(res.Body)
	if err != nil {
		s.tb.Fatal(err)
	}
	if err := res.Body.Close(); err != nil {
		s.tb.Fatal(err)
	}
	return reply{res.StatusCode, res.Header, data}
}

func (s *site) get(path, token string) reply {
	s.tb.Helper()
	return s.ask(http.MethodGet, Prefix+path, token, nil)
}

// fill puts values into the braces of a path.
func fill(path, id string) string {
	return strings.NewReplacer("{id}", id, "{year}", "2026").Replace(path)
}
