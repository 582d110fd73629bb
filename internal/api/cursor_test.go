package api

import (
	"cmp"
	"encoding/base64"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/gongkai/gongkai/internal/account"
	"github.com/gongkai/gongkai/internal/agency"
	"github.com/gongkai/gongkai/internal/calendar"
	"github.com/gongkai/gongkai/internal/office"
)

// walk turns the pages of a list from the beginning to its end and returns the keys of its items in order. between is done
// after every page. Every second page is taken by the address in the Link header.
func walk(tb testing.TB, s *site, path, token, key string, between func()) (keys []string) {
	tb.Helper()
	next := path
	for n := range 1000 {
		r := s.get(next, token)
		var b struct {
			Items []map[string]any `json:"items"`
			Next  string           `json:"next"`
		}
		r.into(tb, &b)
		if r.status != 200 || b.Items == nil {
			tb.Fatalf("%s: %d %s", next, r.status, r.body)
		}
		for _, it := range b.Items {
			keys = append(keys, fmt.Sprint(it[key]))
		}
		link := r.header.Get("Link")
		if (b.Next == "") != (link == "") {
			tb.Fatalf("next %q, Link %q", b.Next, link)
		}
		if b.Next == "" {
			return keys
		}
		between()
		next = path + "&cursor=" + url.QueryEscape(b.Next)
		if n%2 == 1 {
			target, rel, ok := strings.Cut(strings.TrimPrefix(link, "<"), ">")
			if !ok || rel != `; rel="next"` {
				tb.Fatalf("Link %q", link)
			}
			next = strings.TrimPrefix(target, Prefix)
		}
	}
	tb.Fatalf("%s does not end", path)
	return nil
}

// TestEveryItemIsGivenOnce walks through every list while it grows: what was there at the beginning is given once each, in
// order, and nothing twice.
func TestEveryItemIsGivenOnce(t *testing.T) {
	s := newSite(t)
	by := account.PersonID(s.admin.Person)
	token := s.token(by, all()...)
	n := 0
	fresh := func() int { n++; return n }
	lists := []struct {
		path, key string
		number    bool
		add       func()
	}{
		{path: "/reports", key: "id", add: func() { s.report(fmt.Sprintf("示例县甲局 %d", 3000+fresh())) }},
		{path: "/audit", key: "seq", number: true, add: func() { s.report(fmt.Sprintf("示例县乙局 %d", 3000+fresh())) }},
		{path: "/agencies", key: "id", add: func() { s.agency(fmt.Sprintf("示例县第%d局", fresh())) }},
		// Names before and behind what was given already.
		{path: "/people", key: "id", add: func() {
			k := fresh()
			s.person(fmt.Sprintf("%c%03d", 'a'+rune(k*7%26), k), s.jia)
		}},
	}
	for _, l := range lists {
		t.Run(l.path, func(t *testing.T) {
			s := &site{tb: t, url: s.url, client: s.client}
			for range 11 {
				l.add()
			}
			before := walk(t, s, l.path+"?limit=200", token, l.key, func() { t.Fatal("more than one page of 200") })
			if len(before) < 11 {
				t.Fatalf("%d items", len(before))
			}
			for _, limit := range []int{4, 9} {
				added := 0
				got := walk(t, s, fmt.Sprintf("%s?limit=%d", l.path, limit), token, l.key, func() {
					if added < 6 {
						added++
						l.add()
					}
				})
				seen := map[string]bool{}
				for _, id := range got {
					if seen[id] {
						t.Errorf("limit %d: %s is given twice", limit, id)
					}
					seen[id] = true
				}
				old := slices.DeleteFunc(slices.Clone(got), func(id string) bool { return !slices.Contains(before, id) })
				if !slices.Equal(old, before) {
					t.Errorf("limit %d: of what was there\n%v\nthis was given\n%v", limit, before, old)
				}
			}
		})
	}
}

// TestListsGrowAtTheSameTime: somebody hands reports in while somebody else turns the pages.
func TestListsGrowAtTheSameTime(t *testing.T) {
	s := newSite(t)
	token := s.token(s.person("li.shi", s.jia), all()...)
	for i := range 20 {
		s.report(fmt.Sprintf("示例县甲局 %d", 2000+i))
	}
	before := walk(t, s, "/reports?limit=200", token, "id", func() {})
	done := make(chan error)
	go func() {
		for i := range 40 {
			batch, err := s.filing.OpenBatch(t.Context(), tester)
			if err == nil {
				_, err = s.filing.Receive(t.Context(), tester, batch, "b.txt", strings.NewReader(fmt.Sprintf("示例县乙局 %d", 2000+i)))
			}
			if err != nil {
				done <- err
				return
			}
		}
		done <- nil
	}()
	got := walk(t, s, "/reports?limit=2", token, "id", func() {})
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if !slices.IsSortedFunc(got, func(a, b string) int { return cmp.Compare(b, a) }) || len(slices.Compact(slices.Clone(got))) != len(got) {
		t.Errorf("not newest first, or given twice: %v", got)
	}
	for _, id := range before {
		if !slices.Contains(got, id) {
			t.Errorf("%s is left out", id)
		}
	}
}

// TestPagesAreOneList: whatever the rows, the limits and what is inserted, the pages together are the rows behind each other.
func TestPagesAreOneList(t *testing.T) {
	r := mustRequest(t, "/api/v1/x?year=2025")
	rapid.Check(t, func(rt *rapid.T) {
		rows := rapid.SliceOfDistinct(rapid.StringMatching(`[a-z]{1,4}`), rapid.ID[string]).Draw(rt, "rows")
		slices.Sort(rows)
		before := slices.Clone(rows)
		var got []string
		cursor := ""
		for range 2000 {
			in := PageIn{Limit: rapid.IntRange(1, 7).Draw(rt, "limit"), Cursor: cursor}
			out, err := page(carry(r).Context(), in, func(after string, limit int) ([]string, error) {
				at, found := slices.BinarySearch(rows, after)
				if found {
					at++
				}
				if after == "" {
					at = 0
				}
				return rows[at:min(at+limit, len(rows))], nil
			}, rapid.ID[string], rapid.ID[string])
			if err != nil {
				rt.Fatal(err)
			}
			got = append(got, out.Body.Items...)
			if cursor = out.Body.Next; cursor == "" {
				break
			}
			if len(rows) < 3*len(before) && rapid.Bool().Draw(rt, "insert") {
				if fresh := rapid.StringMatching(`[a-z]{1,4}`).Draw(rt, "row"); !slices.Contains(rows, fresh) {
					rows = append(rows, fresh)
					slices.Sort(rows)
				}
			}
		}
		if !slices.IsSorted(got) || len(slices.Compact(slices.Clone(got))) != len(got) {
			rt.Fatalf("out of order, or twice: %q", got)
		}
		for _, row := range before {
			if !slices.Contains(got, row) {
				rt.Fatalf("%q is left out of %q", row, got)
			}
		}
	})
}

// TestACursorIsOfOneList: with another filter or another list it is refused, with another limit it goes on.
func TestACursorIsOfOneList(t *testing.T) {
	s := newSite(t)
	token := s.token(s.person("li.shi", s.jia), all()...)
	for i := range 3 {
		s.report(fmt.Sprintf("示例县甲局 %d", 2020+i))
	}
	var first pageBody[reportItem]
	s.get("/reports?limit=1", token).into(t, &first)
	q := "cursor=" + url.QueryEscape(first.Next)
	for path, want := range map[string]int{"/reports?limit=2&" + q: 200, "/reports?" + q: 200, "/reports?year=2025&" + q: 422, "/audit?" + q: 422,
		"/people?" + q: 422, "/reports?" + q + "x": 422, "/reports?cursor=" + strings.Repeat("A", 600): 422} {
		if r := s.get(path, token); r.status != want {
			t.Errorf("%s: %d %s, want %d", path, r.status, r.body, want)
		}
	}
	// A cursor that was made up leads nowhere else than its list.
	forged := cursor{cursorVersion, listName(mustRequest(t, Prefix+"/audit")), "x"}.String()
	if r := s.get("/audit?cursor="+forged, token); r.status != 422 {
		t.Errorf("a forged cursor: %d %s", r.status, r.body)
	}
}

func FuzzReadCursor(f *testing.F) {
	f.Add("", "list")
	f.Add(cursor{cursorVersion, "list", "behind this"}.String(), "list")
	f.Add(cursor{cursorVersion, "list", "之后"}.String(), "list")
	f.Add(cursor{2, "list", "x"}.String(), "list")
	f.Add(base64.RawURLEncoding.EncodeToString([]byte(`{"v":1,"l":"list","a":"x","a":"y"}`)), "list")
	f.Add("eyJ2IjoxfQ==", "list")
	f.Fuzz(func(t *testing.T, text, list string) {
		after, err := readCursor(text, list)
		if err != nil {
			if after != "" {
				t.Errorf("%q: an error and %q", text, after)
			}
			return
		}
		if text == "" && after == "" {
			return
		}
		if again := (cursor{cursorVersion, list, after}).String(); again != text {
			t.Errorf("%q is taken for %q, which is written %q", text, after, again)
		}
	})
}

// BenchmarkList answers with 100 reports, and with 100 agencies.
func BenchmarkList(b *testing.B) {
	s := newSite(b)
	token := s.token(s.person("li.shi", s.jia), all()...)
	for i := range 120 {
		s.report(fmt.Sprintf("示例县甲局 %d", 2000+i))
		must[agency.ID](b)(s.office.Create(b.Context(), tester, agency.Version{Name: fmt.Sprintf("示例县第%d局", i), Kind: agency.Department,
			Level: agency.County, Superior: s.jia}, nil, office.When{From: calendar.On(s.clock())}))
	}
	admin := s.token(s.admin.Person, all()...)
	for name, path := range map[string]string{"reports": "/reports?limit=100", "agencies": "/agencies?limit=100"} {
		b.Run(name, func(b *testing.B) {
			t := token
			if name == "agencies" {
				t = admin
			}
			for b.Loop() {
				if r := s.get(path, t); r.status != 200 {
					b.Fatalf("%d %s", r.status, r.body)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Milliseconds())/float64(b.N), "ms/list")
		})
	}
}
