package cli_test

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/encoding/simplifiedchinese"

	"github.com/gongkai/gongkai/internal/cli"
	"github.com/gongkai/gongkai/internal/report"
	"github.com/gongkai/gongkai/internal/testkit/sample"
)

const reports = "../../testdata/reports/"

// run runs one command line as a user would type it and returns what it printed.
func run(t *testing.T, args ...string) (status int, out, errs string) {
	t.Helper()
	var o, e bytes.Buffer
	status = cli.Run(t.Context(), args, strings.NewReader(""), &o, &e, time.Date(2026, 11, 25, 8, 0, 0, 0, time.UTC))
	return status, o.String(), e.String()
}

// jsonLines parses every line of an output.
func jsonLines(t *testing.T, out string) []map[string]any {
	t.Helper()
	var all []map[string]any
	for line := range strings.Lines(out) {
		var m map[string]any
		err := json.Unmarshal([]byte(line), &m)
		if err != nil {
			t.Fatalf("%v in %s", err, line)
		}
		all = append(all, m)
	}
	return all
}

func write(t *testing.T, dir, name, content string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	err := os.WriteFile(path, []byte(content), 0o600)
	if err != nil {
		t.Fatal(err)
	}
	return path
}

func TestFoundingReport(t *testing.T) {
	status, out, errs := run(t, "report", "check", "--json", reports+"000_xigong_2021.txt")
	if status != cli.Done || errs != "" {
		t.Fatalf("status %d, %s", status, errs)
	}
	lines := jsonLines(t, out)
	last := lines[len(lines)-1]
	if last["ok"] != true || last["errors"] != 0.0 || last["file"] != "000_xigong_2021.txt" {
		t.Errorf("closing line %v", last)
	}
	warned := false
	for _, f := range lines[:len(lines)-1] {
		if f["severity"] == "error" {
			t.Errorf("an error in a report without one: %v", f)
		}
		warned = warned || f["severity"] == "warning" && strings.Contains(f["message"].(string), "总体情况")
	}
	if !warned {
		t.Error("the five headings are missing and nobody was warned")
	}
}

func TestReadPrintsTheReport(t *testing.T) {
	status, out, _ := run(t, "report", "read", "--json", reports+"007_shuyang_fagaiju_2023.html", reports+"014_pingtan_2021.txt")
	if status != cli.Done {
		t.Fatalf("status %d", status)
	}
	lines := jsonLines(t, out)
	if len(lines) != 2 || lines[0]["schema"] != report.Schema || lines[0]["year"] != 2023.0 || lines[1]["file"] != "014_pingtan_2021.txt" {
		t.Errorf("%d lines: %v", len(lines), lines[0]["year"])
	}
	status, out, _ = run(t, "report", "read", reports+"014_pingtan_2021.txt")
	for _, want := range []string{"平潭综合实验区", "2021年", "表三", "64", "存疑", "各格数字连在一起"} {
		if status != cli.Done || !strings.Contains(out, want) {
			t.Errorf("status %d, no %q", status, want)
		}
	}
}

func TestStatus(t *testing.T) {
	dir := t.TempDir()
	empty := write(t, dir, "empty.txt", "")
	other := write(t, dir, "letter.txt", "各位同事：明天上午开会。")
	tests := []struct {
		name   string
		args   []string
		status int
		errs   string // must stand in standard error
	}{
		{"errors found", []string{"report", "check", reports + "001_huaian_hongze_2023.raw.txt"}, cli.Found, ""},
		{"no such file", []string{"report", "check", dir + "/none.txt"}, cli.Unreadable, "文件不存在"},
		{"empty file", []string{"report", "read", empty}, cli.Unreadable, "空"},
		{"no report", []string{"report", "read", other}, cli.Unreadable, "不像是"},
		{"a list of reports", []string{"report", "read", reports + "README.md"}, cli.Unreadable, "不像是"},
		{"one of two unreadable, the other with errors", []string{"report", "check", other, reports + "001_huaian_hongze_2023.raw.txt"}, cli.Unreadable, "letter.txt"},
		{"unknown command", []string{"report", "burn"}, cli.Unreadable, "gongkai -h"},
		{"no output named", []string{"report", "convert", reports + "000_xigong_2021.txt"}, cli.Unreadable, "--out"},
		{"unknown kind", []string{"report", "convert", reports + "000_xigong_2021.txt", "-o", dir + "/a.odt"}, cli.Unreadable, ".docx"},
		{"no folder to write to", []string{"report", "convert", reports + "000_xigong_2021.txt", "-o", dir + "/no/a.md"}, cli.Unreadable, "文件夹"},
		{"too large", []string{"report", "read", "--max-size", "100", reports + "000_xigong_2021.txt"}, cli.Unreadable, "超出限制"},
		{"help", []string{"report", "check", "-h"}, cli.Done, ""},
		{"no arguments", nil, cli.Done, ""},
	}
	for _, tt := range tests {
		status, out, errs := run(t, tt.args...)
		if status != tt.status || !strings.Contains(errs, tt.errs) {
			t.Errorf("%s: status %d, want %d; %s", tt.name, status, tt.status, errs)
		}
		if tt.status == cli.Unreadable && !strings.HasPrefix(tt.name, "un") && strings.Count(strings.TrimSpace(errs), "\n") > 0 {
			t.Errorf("%s: more than one line on standard error: %s", tt.name, errs)
		}
		if tt.status == cli.Done && !strings.Contains(out, " / ") {
			t.Errorf("%s: no help in two languages", tt.name)
		}
	}
}

func TestUnreadableFilesAreLinesToo(t *testing.T) {
	other := write(t, t.TempDir(), "letter.txt", "各位同事：明天上午开会。")
	status, out, _ := run(t, "report", "read", "--json", other, reports+"000_xigong_2021.txt")
	lines := jsonLines(t, out)
	if status != cli.Unreadable || len(lines) != 2 {
		t.Fatalf("status %d, %d lines", status, len(lines))
	}
	e, ok := lines[0]["error"].(map[string]any)
	if !ok || lines[0]["file"] != "letter.txt" || e["code"] != "report.not_found" || e["message"] == "" {
		t.Errorf("%v", lines[0])
	}
}

func TestConvertToEveryKind(t *testing.T) {
	dir := t.TempDir()
	for _, ext := range []string{"docx", "xlsx", "pdf", "html", "md", "json", "csv"} {
		out := filepath.Join(dir, "r."+ext)
		status, _, errs := run(t, "report", "convert", reports+"011_hangzhou_2025.html", "-o", out)
		if status != cli.Done || errs != "" {
			t.Fatalf("%s: status %d, %s", ext, status, errs)
		}
		status, text, _ := run(t, "report", "compare", "--json", reports+"011_hangzhou_2025.html", out)
		if status != cli.Done || !strings.Contains(text, `"share":1`) {
			t.Errorf("%s: status %d; the written report is not the same: %.300s", ext, status, text)
		}
	}
	left, err := filepath.Glob(dir + "/.gongkai-*")
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestConvertNamesTheCharacterThatNoFontHas(t *testing.T) {
	dir := t.TempDir()
	b, err := os.ReadFile(reports + "000_xigong_2021.txt")
	if err != nil {
		t.Fatal(err)
	}
	in := write(t, dir, "r.txt", strings.Replace(string(b), "我办无其他", "\U0010FFFD我办无其他", 1))
	status, _, errs := run(t, "report", "convert", in, "-o", filepath.Join(dir, "r.pdf"))
	if status != cli.Unreadable || !strings.Contains(errs, "U+10FFFD") {
		t.Errorf("status %d, %s", status, errs)
	}
	_, err = os.Stat(filepath.Join(dir, "r.pdf"))
	if !os.IsNotExist(err) {
		t.Errorf("a file was left: %v", err)
	}
}

func TestCheckWithPrevious(t *testing.T) {
	status, out, _ := run(t, "report", "check", "--json", "--previous", reports+"012_pingtan_2019.txt", reports+"013_pingtan_2020.txt")
	if status != cli.Found {
		t.Fatalf("status %d", status)
	}
	k3 := 0
	for _, f := range jsonLines(t, out) {
		if f["rule"] == "K3" && f["severity"] == "error" {
			k3++
		}
	}
	if k3 != 2 {
		t.Errorf("the two columns that do not add up gave %d findings of K3", k3)
	}
	status, _, errs := run(t, "report", "check", "--previous", reports+"none.txt", reports+"013_pingtan_2020.txt")
	if status != cli.Unreadable || !strings.Contains(errs, "none.txt") {
		t.Errorf("status %d, %s", status, errs)
	}
}

func TestRollup(t *testing.T) {
	dir, out := t.TempDir(), t.TempDir()
	var want int64
	for seed := range uint64(5) {
		r := sample.New(seed, report.Format2021, sample.Options{Year: 2024, Agency: "虚构市第" + string(rune('甲'+seed)) + "局"})
		r.Title = r.Agency + "2024年政府信息公开工作年度报告"
		want += r.Table3.Get("new_received", report.ColTotal).N
		text, _ := sample.Render(r, sample.Pipes)
		write(t, dir, r.Agency+".txt", text)
	}
	write(t, dir, "broken.txt", "这不是报告")
	list := write(t, out, "expected.txt", "虚构市第甲局\n虚构市没有报的局\n")
	for _, ext := range []string{"json", "xlsx"} {
		status, _, errs := run(t, "report", "rollup", dir, "-o", filepath.Join(out, "sum."+ext), "--expected", list)
		if status != cli.Unreadable || !strings.Contains(errs, "broken.txt") {
			t.Fatalf("status %d, %s", status, errs)
		}
	}
	b, err := os.ReadFile(filepath.Join(out, "sum.json"))
	if err != nil {
		t.Fatal(err)
	}
	var sum struct {
		Table3 struct {
			Rows []struct {
				Key    string
				Values []*int64
			}
		}
		Missing []string
	}
	err = json.Unmarshal(b, &sum)
	if err != nil {
		t.Fatal(err)
	}
	if got := sum.Table3.Rows[0].Values[report.ColTotal]; got == nil || *got != want {
		t.Errorf("新收 is %v, want %d", got, want)
	}
	if len(sum.Missing) != 1 || sum.Missing[0] != "虚构市没有报的局" {
		t.Errorf("missing: %v", sum.Missing)
	}
}

func TestInterruptLeavesNothing(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	dir := t.TempDir()
	var out, errs bytes.Buffer
	status := cli.Run(ctx, []string{"report", "rollup", reports, "-o", filepath.Join(dir, "sum.xlsx")}, strings.NewReader(""), &out, &errs, time.Now())
	left, err := os.ReadDir(dir)
	if status != cli.Unreadable || err != nil || len(left) > 0 || !strings.Contains(errs.String(), "已中止") {
		t.Errorf("status %d, left %v, %v: %s", status, left, err, errs.String())
	}
}

func TestFolderNamesFilesBelowIt(t *testing.T) {
	dir := t.TempDir()
	err := os.Mkdir(filepath.Join(dir, "sub"), 0o700)
	if err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(reports + "000_xigong_2021.txt")
	if err != nil {
		t.Fatal(err)
	}
	write(t, dir, "b.txt", string(b))
	write(t, filepath.Join(dir, "sub"), "a.txt", string(b))
	write(t, dir, ".hidden.txt", string(b))
	write(t, dir, "picture.png", "x")
	_, out, _ := run(t, "report", "read", "--json", dir)
	var names []string
	for _, l := range jsonLines(t, out) {
		names = append(names, l["file"].(string))
	}
	if strings.Join(names, " ") != "b.txt sub/a.txt" {
		t.Errorf("%v", names)
	}
}

// The folder of the reports may hold the sums of the last run and the list of agencies, which old editors save as GB18030.
func TestRollupLeavesOutItsOwnFiles(t *testing.T) {
	dir := t.TempDir()
	r := sample.New(1, report.Format2021, sample.Options{Year: 2024, Agency: "虚构市第甲局"})
	r.Title = r.Agency + "2024年政府信息公开工作年度报告"
	text, _ := sample.Render(r, sample.Pipes)
	write(t, dir, "a.txt", text)
	gb, err := simplifiedchinese.GB18030.NewEncoder().String("虚构市第甲局\r\n虚构市没有报的局\r\n")
	if err != nil {
		t.Fatal(err)
	}
	list, out := write(t, dir, "expected.txt", gb), filepath.Join(dir, "sum.json")
	for range 2 {
		status, _, errs := run(t, "report", "rollup", dir, "-o", out, "--expected", list)
		if status != cli.Found || errs != "" {
			t.Fatalf("status %d, %s", status, errs)
		}
	}
	b, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(b), `"missing":["虚构市没有报的局"]`) || !strings.Contains(string(b), `"unreadable":[]`) {
		t.Errorf("%s", b)
	}
}

func TestTodayIsADate(t *testing.T) {
	status, _, errs := run(t, "report", "check", "--today", "25/11/2026", reports+"000_xigong_2021.txt")
	if status != cli.Unreadable || !strings.Contains(errs, "--today") {
		t.Errorf("status %d, %s", status, errs)
	}
}
