package app_test

import (
	"net/http"
	"strings"
	"testing"
)

// starts are the first bytes of each kind of file.
var starts = map[string]string{"docx": "PK\x03\x04", "xlsx": "PK\x03\x04", "pdf": "%PDF-", "html": "<!", "json": "{\"schema\":", "md": "#", "csv": "\ufeff"}

func TestEveryExportReadsBackAsTheSameNumbers(t *testing.T) {
	s := start(t)
	to := links(s.page(s.upload(real(t, "001_huaian_hongze_2023.layout.txt"))), "a.t")[0]
	var again []part
	for ext, want := range starts {
		res, body := s.do(s.request(http.MethodGet, to+"/export."+ext, nil))
		if res.StatusCode != http.StatusOK || !strings.HasPrefix(body, want) {
			t.Fatalf("export.%s: status %d, begins with %.20q", ext, res.StatusCode, body)
		}
		if got := res.Header.Get("Content-Disposition"); !strings.HasPrefix(got, "attachment; filename=report."+ext) || !strings.Contains(got, "2023") {
			t.Errorf("export.%s: Content-Disposition %q", ext, got)
		}
		again = append(again, part{"again." + ext, []byte(body)})
	}
	p := s.page(s.upload(again...))
	reports := links(p, "a.t")
	if len(reports) != len(starts) {
		t.Fatalf("%d of %d exports were read again:\n%s", len(reports), len(starts), p.text("#batch"))
	}
	first := s.page(to)
	for _, r := range reports {
		copied := s.page(r)
		for _, path := range []string{"table2.licences", "table2.fees_wan_yuan", "table3.new_received.total",
			"table3.unavailable.not_held.natural_person", "table4.review.upheld", "table4.litigation_after_review.total"} {
			if got, want := cellText(t, copied, path), cellText(t, first, path); got != want {
				t.Errorf("%s: %s is %q, was %q", r, path, got, want)
			}
		}
	}
}

func TestRollupOfAYear(t *testing.T) {
	s := start(t)
	s.upload(real(t, "001_huaian_hongze_2023.layout.txt"), real(t, "007_shuyang_fagaiju_2023.html"))
	res, body := s.do(s.request(http.MethodGet, "/desk/reports/rollup.xlsx?year=2023", nil))
	if res.StatusCode != http.StatusOK || !strings.HasPrefix(body, "PK\x03\x04") {
		t.Fatalf("status %d, begins with %.20q", res.StatusCode, body)
	}
	s.get("/desk/reports/rollup.xlsx?year=2019", http.StatusNotFound)
}
