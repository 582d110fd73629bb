package api

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/google/go-cmp/cmp"

	"github.com/gongkai/gongkai/internal/agency"
	"github.com/gongkai/gongkai/internal/audit"
	"github.com/gongkai/gongkai/internal/calendar"
	"github.com/gongkai/gongkai/internal/deadline"
	"github.com/gongkai/gongkai/internal/fee"
	"github.com/gongkai/gongkai/internal/filing"
	"github.com/gongkai/gongkai/internal/report"
)

func day(t *testing.T, s string) calendar.Date {
	t.Helper()
	return must[calendar.Date](t)(calendar.ParseDate(s))
}

// TestPeriodsAndFeesAreThoseOfTheCommandLine: byte for byte.
func TestPeriodsAndFeesAreThoseOfTheCommandLine(t *testing.T) {
	s := newSite(t)
	table := calendar.Builtin()
	for query, in := range map[string]deadline.Input{
		"received=2022-09-30":                      {Kind: deadline.Reply, Received: day(t, "2022-09-30")},
		"kind=reconsideration&received=2025-12-19": {Kind: deadline.Reconsideration, Received: day(t, "2025-12-19")},
		"kind=reply&received=2026-12-15":           {Kind: deadline.Reply, Received: day(t, "2026-12-15")},
		"received=2026-01-03&shift-rest-day=true":  {Kind: deadline.Reply, Received: day(t, "2026-01-03"), ShiftRestDay: true},
		"received=2025-04-14&extend=1&corrected=2025-04-15&fee-paid=2025-04-16&consult=2025-04-18..2025-04-22&consult=2025-05-06..2025-05-08": {
			Kind: deadline.Reply, Received: day(t, "2025-04-14"), Extend: 1, Corrected: day(t, "2025-04-15"), FeePaid: day(t, "2025-04-16"),
			Consults: []calendar.Span{{From: day(t, "2025-04-18"), To: day(t, "2025-04-22")}, {From: day(t, "2025-05-06"), To: day(t, "2025-05-08")}}},
	} {
		want := must[[]byte](t)(json.Marshal(must[deadline.Result](t)(deadline.Compute(table, in))))
		if r := s.get("/deadline?"+query, ""); r.status != http.StatusOK || !bytes.Equal(bytes.TrimSpace(r.body), want) {
			t.Errorf("%s: %d\n%s\nwant\n%s", query, r.status, r.body, want)
		}
	}
	early := must[[]byte](t)(json.Marshal(must[deadline.Result](t)(deadline.Compute(table.AsOf(day(t, "2020-01-20")), deadline.Input{Kind: deadline.Reply, Received: day(t, "2020-01-20")}))))
	if r := s.get("/deadline?received=2020-01-20&as-of=2020-01-20", ""); !bytes.Equal(bytes.TrimSpace(r.body), early) {
		t.Errorf("as known on a day: %s\nwant\n%s", r.body, early)
	}
	for query, f := range map[string]fee.Fee{"items=41": must[fee.Fee](t)(fee.Compute(fee.Items, 41)), "items=0": must[fee.Fee](t)(fee.Compute(fee.Items, 0)),
		"pages=201": must[fee.Fee](t)(fee.Compute(fee.Pages, 201))} {
		want := must[[]byte](t)(json.Marshal(f))
		if r := s.get("/fee?"+query, ""); r.status != http.StatusOK || !bytes.Equal(bytes.TrimSpace(r.body), want) {
			t.Errorf("%s: %d %s\nwant %s", query, r.status, r.body, want)
		}
	}
}

func TestTheCalendarOfAYear(t *testing.T) {
	s := newSite(t)
	var c calendarBody
	s.get("/calendar/2025", "").into(t, &c)
	classes := map[string]specialDay{}
	for _, d := range c.Days {
		classes[d.Date] = d
	}
	if got := classes["2025-10-01"]; got.Class != "holiday" || !strings.Contains(got.Name, "国庆") {
		t.Errorf("1 October: %+v", got)
	}
	if got := classes["2025-09-28"]; got.Class != "makeup" {
		t.Errorf("28 September: %+v", got)
	}
	if !c.Covered || len(c.Notices) == 0 || c.Workdays != calendar.Builtin().WorkingDaysBetween(day(t, "2024-12-31"), day(t, "2025-12-31")) {
		t.Errorf("covered %v, notices %v, %d working days", c.Covered, c.Notices, c.Workdays)
	}
	s.get("/calendar/2150", "").into(t, &c)
	if c.Covered || len(c.Days) != 0 || c.Notices == nil {
		t.Errorf("a year that nobody knows: %+v", c)
	}
	s.get("/calendar/2025?as-of=2024-01-01", "").into(t, &c)
	if c.Covered {
		t.Error("2025 was not known at the beginning of 2024")
	}
}

// TestAReportFromTheFileToItsFindings goes the whole way.
func TestAReportFromTheFileToItsFindings(t *testing.T) {
	s := newSite(t)
	li := s.token(s.person("li.shi", s.jia), all()...)
	created := s.post(li, "2025%E5%B9%B4.txt", "示例县甲局 2025")
	var b createdBody
	created.into(t, &b)
	where := created.header.Get("Location")
	if created.status != http.StatusAccepted || where != Prefix+"/reports/"+b.ID || b.Status != "pending" || b.Repeated {
		t.Fatalf("%d %v %+v", created.status, created.header, b)
	}
	r := s.ask(http.MethodGet, where, li, nil)
	if want := `{"schema":"gongkai.report/v1","file":"2025年.txt","error":{"code":"report.pending","message":"文件已收下，还没有读完；请几秒后再查"}}`; r.status != http.StatusAccepted ||
		r.header.Get("Retry-After") != "2" || strings.TrimSpace(string(r.body)) != want {
		t.Errorf("before it is read: %d %s", r.status, r.body)
	}
	if r := s.ask(http.MethodGet, where+"/findings", li, nil); r.status != http.StatusConflict || r.problem(t).Type != "urn:gongkai:report.pending" {
		t.Errorf("findings before it is read: %d %s", r.status, r.body)
	}
	var jobs jobsBody
	s.get("/jobs", li).into(t, &jobs)
	if diff := cmp.Diff([]countBody{{"report.read", "due", 1, noon}}, jobs.Items); diff != "" {
		t.Errorf("jobs (-want +got)\n%s", diff)
	}
	s.post(li, "bad.txt", "什么也不是")
	s.work()
	rec := must[filing.Record](t)(s.filing.Report(t.Context(), filing.ReportID(b.ID)))
	want := must[[]byte](t)(rec.Report.MarshalJSON())
	r = s.ask(http.MethodGet, where, li, nil)
	var back report.Report
	if err := json.Unmarshal(r.body, &back); err != nil || r.status != http.StatusOK || r.header.Get("Content-Type") != "application/json" || !bytes.Equal(bytes.TrimSpace(r.body), want) {
		t.Errorf("%v: %d %s\nwant %s", err, r.status, r.body, want)
	}
	var f findingsBody
	s.ask(http.MethodGet, where+"/findings", li, nil).into(t, &f)
	if len(f.Findings) != len(rec.Result.Findings) || len(f.Findings) == 0 || f.OK != rec.Result.OK() || len(f.NotAssessable) != len(rec.Result.NotAssessable) {
		t.Errorf("findings %+v\nwant those of %+v", f, rec.Result)
	}
	var list pageBody[reportItem]
	s.get("/reports", li).into(t, &list)
	if len(list.Items) != 2 {
		t.Fatalf("%+v", list)
	}
	bad, good := list.Items[0], list.Items[1]
	if bad.Status != "unreadable" || bad.Year != nil || bad.Error == nil || bad.Error.Code != "report.not_found" || !chinese(bad.Error.Message) {
		t.Errorf("a file that is no report: %+v", bad)
	}
	if good.ID != b.ID || good.File != "2025年.txt" || good.Agency != "示例县甲局" || good.Year == nil || *good.Year != 2025 || good.Error != nil || !good.ReceivedAt.Equal(noon) {
		t.Errorf("a report: %+v", good)
	}
	r = s.get("/reports/"+bad.ID, li)
	if !strings.Contains(string(r.body), `"error":{"code":"report.not_found"`) || r.status != http.StatusOK {
		t.Errorf("%d %s", r.status, r.body)
	}
	if r := s.get("/reports/"+bad.ID+"/findings", li); r.status != http.StatusConflict || r.problem(t).Type != "urn:gongkai:report.unreadable" {
		t.Errorf("%d %s", r.status, r.body)
	}
	for query, n := range map[string]int{"year=2025": 1, "year=2024": 0, "agency=示例县甲局": 1, "agency=示例县乙局": 0} {
		s.get("/reports?"+query, li).into(t, &list)
		if len(list.Items) != n {
			t.Errorf("%s: %d reports, want %d", query, len(list.Items), n)
		}
	}
}

func TestTheTreeOfADay(t *testing.T) {
	s := newSite(t)
	admin := s.token(s.admin.Person, all()...)
	var now, past pageBody[AgencyBody]
	s.get("/agencies", admin).into(t, &now)
	s.get("/agencies?on=2026-01-10", admin).into(t, &past)
	if len(now.Items) != 4 || len(past.Items) != 2 {
		t.Errorf("today %d agencies, on 10 January %d; want 4 and 2", len(now.Items), len(past.Items))
	}
	for _, a := range now.Items {
		if a.ID == string(s.jia) && (a.Superior != string(s.root) || a.Kind != string(agency.Department) || a.From != "2026-01-20" || a.NameOnly) {
			t.Errorf("%+v", a)
		}
	}
	var d detailBody
	s.get("/agencies/"+string(s.jia), admin).into(t, &d)
	if d.Name != "示例县甲局" || d.On != "2026-01-20" || len(d.Sections) != 1 || d.Sections[0].Name != "办公室" || d.Reconsideration == "" {
		t.Errorf("%+v", d)
	}
	if r := s.get("/agencies/"+string(s.jia)+"?on=2026-01-10", admin); r.status != http.StatusNotFound {
		t.Errorf("before it began: %d %s", r.status, r.body)
	}
}

func TestTheRecordIsSearched(t *testing.T) {
	s := newSite(t)
	admin := s.token(s.admin.Person, all()...)
	var all, some pageBody[entryBody]
	s.get("/audit?limit=200", admin).into(t, &all)
	s.get("/audit?action=agency.&limit=200", admin).into(t, &some)
	if len(some.Items) == 0 || len(some.Items) >= len(all.Items) {
		t.Errorf("%d entries, %d of agencies", len(all.Items), len(some.Items))
	}
	for _, e := range some.Items {
		if !strings.HasPrefix(e.Action, "agency.") || e.Subject.Kind != "agency" || len(e.Hash) != 64 || strings.Contains(e.Via, " ") {
			t.Errorf("%+v", e)
		}
	}
	for query, n := range map[string]int{"from=2026-01-21T00:00:00%2B08:00": 0, "to=2026-01-20T00:00:00Z": 0, "from=2026-01-20T00:00:00Z": len(all.Items),
		"subject-kind=agency&subject-id=" + string(s.jia): 1, "actor=nobody": 0, "agency=" + string(s.yi): 2} {
		var got pageBody[entryBody]
		s.get("/audit?limit=200&"+query, admin).into(t, &got)
		if len(got.Items) != n {
			t.Errorf("%s: %d entries, want %d", query, len(got.Items), n)
		}
	}
	var h headBody
	s.get("/audit/head", admin).into(t, &h)
	heads, err := audit.ParseHeads(strings.NewReader(h.Text))
	if err != nil || heads[0].Seq != h.Seq || fmt.Sprintf("%x", heads[0].Hash) != h.Hash || h.Seq != all.Items[0].Seq || h.Hash != all.Items[0].Hash {
		t.Errorf("%v: %+v, newest entry %+v", err, h, all.Items[0])
	}
}

func TestTheDescriptionIsServed(t *testing.T) {
	s := newSite(t)
	r := s.get("/openapi.json", "")
	if r.status != http.StatusOK || r.header.Get("Content-Type") != "application/json" || r.header.Get("ETag") == "" || versionOf(t, r.body) != Version {
		t.Errorf("%d %v", r.status, r.header)
	}
	again := s.ask(http.MethodGet, Prefix+"/openapi.json", "", nil, "If-None-Match", r.header.Get("ETag"))
	if again.status != http.StatusNotModified || len(again.body) != 0 {
		t.Errorf("the same again: %d, %d bytes", again.status, len(again.body))
	}
}

// TestAnswersAreAsDescribed holds real answers against the description, good ones and bad ones.
func TestAnswersAreAsDescribed(t *testing.T) {
	doc := load(t)
	s := newSite(t)
	admin := s.token(s.admin.Person, all()...)
	id := string(s.report("示例县甲局 2025"))
	s.report("无")
	s.work()
	pending := string(s.report("示例县甲局 2024"))
	type call struct{ path, as string }
	calls := []call{{"/deadline?received=2026-01-05", "/deadline"}, {"/deadline", "/deadline"}, {"/fee?items=41", "/fee"}, {"/calendar/2026", "/calendar/{year}"},
		{"/agencies", "/agencies"}, {"/agencies/" + string(s.jia), "/agencies/{id}"}, {"/agencies/none", "/agencies/{id}"}, {"/people", "/people"},
		{"/reports", "/reports"}, {"/reports?limit=1", "/reports"}, {"/reports?limit=0", "/reports"}, {"/reports/" + id, "/reports/{id}"},
		{"/reports/" + pending, "/reports/{id}"}, {"/reports/" + id + "/findings", "/reports/{id}/findings"}, {"/reports/" + pending + "/findings", "/reports/{id}/findings"},
		{"/audit", "/audit"}, {"/audit/head", "/audit/head"}, {"/jobs", "/jobs"}}
	for _, c := range calls {
		for _, token := range []string{admin, ""} {
			r := s.get(c.path, token)
			res := doc.Paths.Find(c.as).Get.Responses.Status(r.status)
			if res == nil {
				t.Errorf("%s: %d is not described", c.path, r.status)
				continue
			}
			media := res.Value.Content.Get(r.header.Get("Content-Type"))
			if media == nil && r.status == http.StatusAccepted {
				continue // the same as 200
			}
			if media == nil || media.Schema == nil {
				t.Errorf("%s: %d as %s is not described", c.path, r.status, r.header.Get("Content-Type"))
				continue
			}
			var v any
			r.into(t, &v)
			if err := media.Schema.Value.VisitJSON(v, openapi3.EnableJSONSchema2020(), openapi3.MultiErrors()); err != nil {
				t.Errorf("%s: %v\n%s", c.path, err, r.body)
			}
		}
	}
}
