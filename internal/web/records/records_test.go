package records

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gongkai/gongkai/internal/account"
	"github.com/gongkai/gongkai/internal/agency"
	"github.com/gongkai/gongkai/internal/audit"
	"github.com/gongkai/gongkai/internal/calendar"
	"github.com/gongkai/gongkai/internal/crypt"
	"github.com/gongkai/gongkai/internal/office"
	"github.com/gongkai/gongkai/internal/store"
	"github.com/gongkai/gongkai/internal/upkeep"
	"github.com/gongkai/gongkai/internal/web/ui"
	"github.com/gongkai/gongkai/internal/work"
)

const (
	district = agency.ID("d1")
	housing  = agency.ID("h1")
)

var morning = time.Date(2026, 1, 20, 1, 0, 0, 0, time.UTC)

// desk is the pages over a real database, with somebody behind each account.
type desk struct {
	t       *testing.T
	db      *store.DB
	handler http.Handler
	people  *office.Service
	record  *audit.Service
	clock   *time.Time
	woken   *int
}

func open(t *testing.T) desk {
	t.Helper()
	now := morning
	master := crypt.NewMaster()
	db, err := store.Open(t.Context(), store.Options{Dir: t.TempDir(), Now: func() time.Time { return now }, Master: &master})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	static, err := ui.NewStatic()
	if err != nil {
		t.Fatal(err)
	}
	d := desk{t: t, db: db, people: office.NewService(store.Office(db)), record: audit.NewService(store.Records(db), db.VerifyAudit), clock: &now, woken: new(int)}
	d.ok(store.Office(db).Update(t.Context(), func(tx office.Tx) error { return settle(t.Context(), tx) }))
	jobs := upkeep.NewService(store.Upkeep(db), func() { *d.woken++ })
	jobs.UseNames(func(_ context.Context, by account.Actor, j work.Job) (upkeep.Matter, error) {
		return upkeep.Matter{Text: "示例区住建局 2025 年年报 " + j.Args, Link: "/desk/reports/" + j.Args}, nil
	})
	site := &ui.Site{Name: "示例区住建局", Static: static, Log: slog.New(slog.NewTextHandler(io.Discard, nil))}
	mux := http.NewServeMux()
	for pattern, r := range New(site, d.record, jobs, func() time.Time { return now }).Routes() {
		mux.Handle(pattern, site.Handle(r.Handler))
	}
	d.handler = mux
	return d
}

// settle makes a district with an office below it and their people: entries 1 to 3 are of the whole site, two of
// them of its keys, 4 and 5 of the office, 5 with a protected value, 6 of the district.
func settle(ctx context.Context, tx office.Tx) error {
	from := calendar.On(morning)
	save := func(id, superior agency.ID, name string) error {
		return tx.SaveAgency(ctx, id, []agency.Version{{Agency: id, Name: name, Kind: agency.Department, Level: agency.County, Superior: superior, From: from}}, 0)
	}
	err := errors.Join(save(district, "", "示例区政府"), save(housing, district, "示例区住建局"),
		tx.SavePlaces(ctx, map[agency.ID]office.Place{district: {Path: "/d1/", Live: true}, housing: {Path: "/d1/h1/", Live: true}}))
	post := func(who account.PersonID, at agency.ID, role account.RoleKey, subtree bool) {
		err = errors.Join(err, tx.SavePosition(ctx, account.Position{ID: string(who) + string(at), Person: who, Agency: at, Role: role, Subtree: subtree, From: from}))
	}
	for _, who := range []account.PersonID{"boss", "manager", "auditor", "clerk"} {
		err = errors.Join(err, tx.SavePerson(ctx, account.Person{ID: who, Name: "张" + string(who), Account: string(who) + "1"}))
	}
	post("boss", district, account.RegionAdmin, true)
	post("manager", housing, account.OfficeAdmin, false)
	post("auditor", district, account.Auditor, true)
	post("auditor", housing, "opener", false)
	post("clerk", housing, account.Handler, false)
	sealed, failed := tx.Seal("phone", "0379-63000000")
	note := func(n audit.Note) error { return tx.Note(ctx, account.System("test"), n) }
	return errors.Join(err, failed, tx.SaveRole(ctx, office.Role{Role: account.Role{Key: "opener", Name: "查看员", Perms: []account.Perm{account.Unmask}}}),
		note(audit.Note{Action: "office.setup", Subject: audit.Subject{Kind: "site"}}),
		note(audit.Note{Action: "agency.create", Subject: audit.Subject{Kind: "agency", ID: "h1"}, Agency: housing, Changes: []audit.Change{{Field: "kind", After: new("department")}, {Field: "short", Before: new("旧"), After: new("")}}}),
		note(audit.Note{Action: "person.amend", Subject: audit.Subject{Kind: "person", ID: "clerk"}, Agency: housing, Changes: []audit.Change{{Field: "phone", Before: new(""), After: &sealed, Sealed: true}}}),
		note(audit.Note{Action: "person.amend", Subject: audit.Subject{Kind: "person", ID: "boss"}, Agency: district, Changes: []audit.Change{{Field: "phone", After: &sealed, Sealed: true}}}))
}

func (d desk) ok(err error) {
	d.t.Helper()
	if err != nil {
		d.t.Fatal(err)
	}
}

// note writes entries of an action, of the office.
func (d desk) note(n int, by account.PersonID, action, kind string) {
	d.t.Helper()
	a, err := d.people.Actor(d.t.Context(), by, "session 1")
	d.ok(err)
	d.ok(d.db.Update(d.t.Context(), func(tx *store.Tx) error {
		for i := range n {
			if err := tx.Note(d.t.Context(), a, audit.Note{Action: action, Subject: audit.Subject{Kind: kind, ID: fmt.Sprint(i)}, Agency: housing}); err != nil {
				return err
			}
		}
		return nil
	}))
}

// ask sends a request as somebody; a form makes it a POST.
func (d desk) ask(who account.PersonID, path string, form url.Values) (int, string, http.Header) {
	d.t.Helper()
	a, err := d.people.Actor(d.t.Context(), who, "session 1")
	d.ok(err)
	r := httptest.NewRequestWithContext(account.WithActor(d.t.Context(), a), http.MethodGet, path, nil)
	if form != nil {
		r = httptest.NewRequestWithContext(r.Context(), http.MethodPost, path, strings.NewReader(form.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	w := httptest.NewRecorder()
	d.handler.ServeHTTP(w, r)
	return w.Code, w.Body.String(), w.Header()
}

// page is what somebody sees; another status fails the test.
func (d desk) page(who account.PersonID, path string, form url.Values, status int) string {
	d.t.Helper()
	code, body, _ := d.ask(who, path, form)
	if code != status {
		d.t.Fatalf("%s for %s: status %d, want %d\n%s", path, who, code, status, body)
	}
	return body
}

var entryLink = regexp.MustCompile(`href="/desk/audit/(\d+)"`)

// seqs are the entries that a page lists.
func seqs(body string) (out []string) {
	for _, m := range entryLink.FindAllStringSubmatch(body, -1) {
		out = append(out, m[1])
	}
	return out
}

var nextLink = regexp.MustCompile(`href="([^"]*)"[^>]*>下一页`)

// next is where the link to the next page leads; "" where there is none.
func next(t *testing.T, body string) string {
	t.Helper()
	m := nextLink.FindStringSubmatch(body)
	if m == nil {
		return ""
	}
	to, err := url.Parse(strings.ReplaceAll(m[1], "&amp;", "&"))
	if err != nil {
		t.Fatal(err)
	}
	return (&url.URL{Path: "/desk/audit"}).ResolveReference(to).String()
}

func TestEverybodyFindsTheEntriesOfTheirOwn(t *testing.T) {
	d := open(t)
	for who, want := range map[account.PersonID][]string{"boss": {"6", "5", "4", "3", "2", "1"}, "auditor": {"6", "5", "4", "3", "2", "1"}, "manager": {"5", "4"}} {
		if diff := cmp.Diff(want, seqs(d.page(who, "/desk/audit", nil, http.StatusOK))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", who, diff)
		}
	}
	for path, want := range map[string]int{"/desk/audit/5": 200, "/desk/audit/6": 404, "/desk/audit/1": 404, "/desk/audit/99": 404, "/desk/audit/x": 404, "/desk/audit/0": 404} {
		if code, _, _ := d.ask("manager", path, nil); code != want {
			t.Errorf("the administrator of the office at %s: status %d, want %d", path, code, want)
		}
	}
}

func TestTheRecordIsSearched(t *testing.T) {
	d := open(t)
	d.note(1, "manager", "role.create", "role")
	*d.clock = morning.Add(24 * time.Hour)
	d.note(1, "clerk", "review.submit", "review")
	for query, want := range map[string][]string{
		"":                                     {"8", "7", "6", "5", "4", "3", "2", "1"},
		"?kind=person.":                        {"6", "5"},
		"?kind=review.":                        {"8"},
		"?actor=manager":                       {"7"},
		"?subject=person&id=clerk":             {"5"},
		"?subject=person":                      {"6", "5"},
		"?from=2026-01-21":                     {"8"},
		"?to=2026-01-20":                       {"7", "6", "5", "4", "3", "2", "1"},
		"?from=2026-01-20&to=2026-01-20":       {"7", "6", "5", "4", "3", "2", "1"},
		"?from=2026-01-22":                     nil,
		"?kind=person.&actor=nobody":           nil,
		"?subject=%27%20OR%201%3D1%20--%20&id": nil,
	} {
		body := d.page("boss", "/desk/audit"+query, nil, http.StatusOK)
		if diff := cmp.Diff(want, seqs(body)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", query, diff)
		}
		if want == nil && !strings.Contains(body, "没有这样的记录") {
			t.Errorf("%s: an empty list does not say so", query)
		}
	}
	for query, message := range map[string]string{"?from=2026-13-01": "从", "?kind=nothing.": "种类"} {
		if body := d.page("boss", "/desk/audit"+query, nil, http.StatusUnprocessableEntity); !strings.Contains(body, message) || len(seqs(body)) > 0 {
			t.Errorf("%s is not said to be wrong", query)
		}
	}
	d.page("boss", "/desk/audit?after=x", nil, http.StatusNotFound)
	body := d.page("boss", "/desk/audit?kind=person.&from=2026-01-20", nil, http.StatusOK)
	for _, s := range []string{"种类：人员", "从：2026-01-20", "修改人员", ">人员<", "张manager"} {
		if has := strings.Contains(body, s); has != (s != "张manager") {
			t.Errorf("the page holds %q: %v", s, has)
		}
	}
}

func TestPagesOfTheRecordDoNotMove(t *testing.T) {
	d := open(t)
	d.note(120, "manager", "role.create", "role")
	var got []string
	path := "/desk/audit?kind=role."
	for range 5 {
		body := d.page("boss", path, nil, http.StatusOK)
		got = append(got, seqs(body)...)
		d.note(3, "manager", "role.create", "role") // others go on working
		if path = next(t, body); path == "" {
			break
		}
	}
	var want []string
	for i := range 120 {
		want = append(want, fmt.Sprint(126-i))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestAnEntryIsReadInWords(t *testing.T) {
	d := open(t)
	body := d.page("boss", "/desk/audit/4", nil, http.StatusOK)
	for _, s := range []string{"新建机构", "机构（编号 h1）", "类型", "政府部门", "简称", "旧", "（空白）", "（没有）", "agency.create"} {
		if !strings.Contains(body, s) {
			t.Errorf("entry 4 does not say %q", s)
		}
	}
	body = d.page("boss", "/desk/audit/5", nil, http.StatusOK)
	if !strings.Contains(body, "（受保护）") || !strings.Contains(body, "电话") || strings.Contains(body, "63000000") {
		t.Errorf("entry 5:\n%s", body)
	}
}

func TestWhatIsProtectedIsOpenedWithAReason(t *testing.T) {
	d := open(t)
	form := func(field, reason string) url.Values { return url.Values{"field": {field}, "reason": {reason}} }
	for name, tt := range map[string]struct {
		who    account.PersonID
		path   string
		form   url.Values
		status int
	}{
		"no reason":              {"boss", "/desk/audit/5/reveal", form("phone", ""), 422},
		"a reason without words": {"boss", "/desk/audit/5/reveal", form("phone", "看看"), 422},
		"no field":               {"boss", "/desk/audit/5/reveal", form("", "核对来电号码"), 422},
		"a field in the clear":   {"boss", "/desk/audit/4/reveal", form("kind", "核对来电号码"), 404},
		"no entry":               {"boss", "/desk/audit/99/reveal", form("phone", "核对来电号码"), 404},
		"another's entry":        {"manager", "/desk/audit/6/reveal", form("phone", "核对来电号码"), 404},
		"only seen there":        {"auditor", "/desk/audit/6/reveal", form("phone", "核对来电号码"), 404},
	} {
		if body := d.page(tt.who, tt.path, tt.form, tt.status); strings.Contains(body, "63000000") {
			t.Errorf("%s: it is opened", name)
		}
	}
	if n := len(seqs(d.page("boss", "/desk/audit?kind=audit.", nil, http.StatusOK))); n != 0 {
		t.Errorf("%d entries of what was not opened", n)
	}
	for _, who := range []account.PersonID{"boss", "auditor"} {
		if body := d.page(who, "/desk/audit/5/reveal", form("phone", "核对来电号码"), http.StatusOK); !strings.Contains(body, "0379-63000000") {
			t.Errorf("%s does not see it:\n%s", who, body)
		}
	}
	body := d.page("boss", "/desk/audit?kind=audit.", nil, http.StatusOK)
	if got := seqs(body); len(got) != 2 || strings.Contains(body, "63000000") {
		t.Errorf("opening left the entries %v", got)
	}
	body = d.page("boss", "/desk/audit/7", nil, http.StatusOK)
	if !strings.Contains(body, "核对来电号码") || strings.Contains(body, "63000000") || !strings.Contains(body, "查看记录里受保护的内容") {
		t.Errorf("the entry of opening:\n%s", body)
	}
}

func TestTheRecordIsProvedFromOutside(t *testing.T) {
	d := open(t)
	_, text, header := d.ask("boss", "/desk/audit/head.txt", nil)
	if header.Get("Content-Disposition") != `attachment; filename="audit-head-6.txt"` {
		t.Errorf("offered as %q", header.Get("Content-Disposition"))
	}
	heads, err := audit.ParseHeads(strings.NewReader(text))
	d.ok(err)
	head, err := d.record.Head(t.Context())
	d.ok(err)
	if diff := cmp.Diff([]audit.Head{head}, heads); diff != "" {
		t.Errorf("the file reads back otherwise (-want +got):\n%s", diff)
	}
	if body := d.page("boss", "/desk/audit/head", nil, http.StatusOK); !strings.Contains(body, strings.TrimSpace(text)) || !strings.Contains(body, "共 6 条") {
		t.Errorf("on paper:\n%s", body)
	}
	d.note(2, "manager", "role.create", "role")
	verify := func(heads string, status int, want string) {
		t.Helper()
		body := d.page("boss", "/desk/audit/verify", url.Values{"heads": {heads}}, status)
		if !strings.Contains(body, want) {
			t.Errorf("with %q there is no %q:\n%s", heads, want, body)
		}
	}
	verify("", 200, "8 条记录全部核对过，一条接一条，没有改动。")
	verify(text, 200, "与以前导出的 1 个链头相符")
	verify("# 存于保险柜\r\n"+text+"\r\n"+text, 200, "与以前导出的 2 个链头相符")
	forged := strings.Replace(text, " 6 ", " 7 ", 1)
	verify(forged, 200, "第 7 条起对不上")
	verify("gongkai.audit-head/v1 9 2026-01-20T01:00:00Z "+strings.Fields(text)[3], 200, "对不上")
	verify("随便写的", 422, "第 1 行不是导出的链头")
}

func (d desk) job(args string, fail bool) {
	d.t.Helper()
	d.ok(store.Work(d.db).Update(d.t.Context(), func(tx work.Tx) error {
		err := tx.Enqueue(d.t.Context(), work.Ask{Kind: "report.read", Key: args, Args: args})
		if err != nil || !fail {
			return err
		}
		j, _, err := tx.Claim(d.t.Context(), []work.Kind{"report.read"}, d.clock.Add(time.Minute))
		return errors.Join(err, tx.Fail(d.t.Context(), j, "文件打不开", "0a1b2c3d"))
	}))
}

func (d desk) jobs() (out []string) {
	d.t.Helper()
	d.ok(store.Work(d.db).View(d.t.Context(), func(tx work.Tx) error {
		list, err := tx.Jobs(d.t.Context(), 100)
		for _, j := range list {
			out = append(out, j.Args+" "+string(j.State))
		}
		return err
	}))
	slices.Sort(out)
	return out
}

var buttons = regexp.MustCompile(`action="(/desk/jobs/[^"]*)"`)

func TestFailedJobsAreRetriedOrDropped(t *testing.T) {
	d := open(t)
	if body := d.page("boss", "/desk/jobs", nil, http.StatusOK); !strings.Contains(body, "没有等着办的任务") {
		t.Errorf("nothing to do:\n%s", body)
	}
	d.job("r1", true)
	d.job("r2", true)
	d.job("r3", false)
	body := d.page("boss", "/desk/jobs", nil, http.StatusOK)
	for _, s := range []string{"读年报", `<a href="/desk/reports/r1">示例区住建局 2025 年年报 r1</a>`, "没有办成", "文件打不开", "编号 0a1b2c3d", "等着办", "读年报：没有办成 2 项"} {
		if !strings.Contains(body, s) {
			t.Errorf("the page does not say %q", s)
		}
	}
	if strings.Contains(body, "report.read") {
		t.Error("the page speaks as the program does")
	}
	if watching := d.page("manager", "/desk/jobs", nil, http.StatusOK); len(buttons.FindAllString(watching, -1)) != 0 {
		t.Error("who may only see jobs has buttons")
	}
	forms := buttons.FindAllStringSubmatch(body, -1)
	if len(forms) != 4 {
		t.Fatalf("%d buttons, want two for each failed job", len(forms))
	}
	act := func(who account.PersonID, path string, status int, to string) {
		t.Helper()
		code, body, header := d.ask(who, path, url.Values{})
		if code != status || header.Get("Location") != to {
			t.Errorf("%s: status %d to %q\n%s", path, code, header.Get("Location"), body)
		}
	}
	act("manager", forms[0][1], http.StatusNotFound, "")
	act("boss", forms[0][1], http.StatusSeeOther, "/desk/jobs")
	act("boss", forms[0][1], http.StatusSeeOther, "/desk/jobs") // twice, as people click
	act("boss", forms[3][1], http.StatusSeeOther, "/desk/jobs")
	act("boss", "/desk/jobs/none/retry", http.StatusSeeOther, "/desk/jobs")
	if diff := cmp.Diff([]string{"r1 due", "r3 due"}, d.jobs()); diff != "" || *d.woken != 1 {
		t.Errorf("woken %d times (-want +got):\n%s", *d.woken, diff)
	}
	if got := seqs(d.page("boss", "/desk/audit?kind=job.", nil, http.StatusOK)); len(got) != 2 {
		t.Errorf("entries %v", got)
	}
}
