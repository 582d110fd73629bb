package app_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
)

func TestRollupPageSaysWhoIsInTheSums(t *testing.T) {
	s := start(t)
	if got := s.get("/desk/reports/rollup?year=2023", http.StatusOK); !strings.Contains(got, "还没有读成的年报") {
		t.Error("an empty year does not say so")
	}
	s.upload(real(t, "007_shuyang_fagaiju_2023.html"), real(t, "001_huaian_hongze_2023.layout.txt"), real(t, "012_pingtan_2019.txt"),
		part{"坏的.docx", []byte("PK\x03\x04broken")})
	s.form("/desk/reports/agencies", url.Values{"list": {"沭阳县发展和改革局\n示例镇人民政府\n"}})
	p := s.page("/desk/reports/rollup?year=2023")
	if got := p.text("#rv"); got != "应报 2 家，已汇总 2 家，汇总数还不能作准" {
		t.Errorf("headline %q", got)
	}
	aside := p.text("aside")
	for _, want := range []string{"示例镇人民政府", "坏的.docx", "洪泽区人民政府", "名单外的", "有错的"} {
		if !strings.Contains(aside, want) {
			t.Errorf("the lists lack %q: %s", want, aside)
		}
	}
	if strings.Contains(aside, "平潭") {
		t.Error("a report of another year is listed although its year is known")
	}
	if n := len(p.all("td[id]")); n != 10+175+15+7 || !strings.Contains(p.text("#t3"), "其中（六）其他处理合计") {
		t.Errorf("%d cells of sums, want 200 and the row of all 其他处理, which one report does not split", n)
	}
	var sums struct {
		Schema  string
		Counted int
	}
	if err := json.Unmarshal([]byte(s.get("/desk/reports/rollup.json?year=2023", http.StatusOK)), &sums); err != nil ||
		sums.Schema != "gongkai.rollup/v1" || sums.Counted != 2 {
		t.Errorf("rollup.json: %+v, %v", sums, err)
	}
	if got := s.page("/desk/reports/rollup").text("h1"); !strings.HasPrefix(got, "2023年") {
		t.Errorf("without a year the newest is shown, got %q", got)
	}
	s.get("/desk/reports/rollup?year=x", http.StatusBadRequest)
	s.get("/desk/reports/rollup.json?year=2011", http.StatusNotFound)
}

func TestRollupAddsUpWhatTheReportsSay(t *testing.T) {
	s := start(t)
	reports := links(s.page(s.upload(real(t, "007_shuyang_fagaiju_2023.html"), real(t, "001_huaian_hongze_2023.layout.txt"))), "a.t")
	p := s.page("/desk/reports/rollup?year=2023")
	for _, path := range []string{"table3.new_received.total", "table3.total.natural_person", "table4.review.total"} {
		want := 0
		for _, r := range reports {
			n, err := strconv.Atoi(cellText(t, s.page(r), path))
			if err != nil {
				t.Fatal(err)
			}
			want += n
		}
		if got := cellText(t, p, path); got != strconv.Itoa(want) {
			t.Errorf("%s: %s, want %d", path, got, want)
		}
	}
	counted := 0
	for _, n := range p.all("td") {
		for d := range n.Descendants() {
			if title, ok := attr(d, "title"); ok && strings.Contains(title, "2 家填了数") {
				counted++
			}
		}
	}
	if counted < 20 {
		t.Errorf("%d sums say how many gave them, want most of those that are not 0", counted)
	}
}

func TestReportSaysFirstWhatToDo(t *testing.T) {
	s := start(t)
	batch := s.page(s.upload(real(t, "001_huaian_hongze_2023.layout.txt"), real(t, "007_shuyang_fagaiju_2023.html")))
	for _, to := range links(batch, "a.t") {
		p := s.page(to)
		errors := len(p.all("div.eq-bad"))
		head := p.text("#vh")
		if (errors > 0) != strings.HasPrefix(head, "这份报告有 "+strconv.Itoa(errors)+" 处错误") {
			t.Errorf("%d errors, and the page begins with %q", errors, head)
		}
		if n := len(p.all("a.btn")) - len(p.all("a.btn-2")); n != 1 {
			t.Errorf("%d main buttons, want 1", n)
		}
		if errors == 0 {
			continue
		}
		first := p.all("p.verdict-1")
		if len(first) != 1 || !strings.Contains(words(first[0]), "先改这一格：表") {
			t.Errorf("the page does not name the cell to begin with")
		}
		if got := words(p.one("section.finds")); !strings.Contains(got, "【错误】") {
			t.Error("the findings are not printed")
		}
		at, seen := to+"?finding=1", 1
		for {
			next := links(s.page(at), "a[rel=next]")
			if len(next) == 0 {
				break
			}
			seen++
			at = to + strings.SplitN(next[0], "#", 2)[0]
		}
		if want := len(p.all("div.eq[id]")) - len(p.all("#doubts")); seen != want {
			t.Errorf("going on from finding to finding shows %d, want %d", seen, want)
		}
	}
}
