package cli_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gongkai/gongkai/internal/cli"
)

func TestSiteIsBackedUpAndPutBack(t *testing.T) {
	dir, other := t.TempDir(), t.TempDir()
	file := filepath.Join(t.TempDir(), "site.zip")
	if status, _, errs := run(t, "backup", file, "--data", dir); status != cli.Unreadable || !strings.Contains(errs, "没有数据库") {
		t.Errorf("a folder without data: status %d, %s", status, errs)
	}
	status, out, errs := run(t, "migrate", "--data", dir, "--json")
	if status != cli.Done || jsonLines(t, out)[0]["from"] != 0.0 || jsonLines(t, out)[0]["to"].(float64) < 3 {
		t.Fatalf("status %d, %s%s", status, out, errs)
	}
	for _, args := range [][]string{{"--json"}, nil} {
		status, out, errs = run(t, append([]string{"backup", file, "--data", dir}, args...)...)
		if status != cli.Done || !strings.Contains(errs, "主密钥不在备份里") || !strings.Contains(out, file) {
			t.Errorf("status %d, %s%s", status, out, errs)
		}
	}
	status, out, errs = run(t, "restore", file, "--data", other, "--json")
	if status != cli.Done || jsonLines(t, out)[0]["replaced"] != false {
		t.Errorf("status %d, %s%s", status, out, errs)
	}
	status, out, errs = run(t, "migrate", "--data", other)
	if status != cli.Done || !strings.Contains(out, "没有变动") {
		t.Errorf("status %d, %s%s", status, out, errs)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, data[:len(data)-100], 0o600); err != nil {
		t.Fatal(err)
	}
	status, out, errs = run(t, "restore", file, "--data", other, "--replace")
	if status != cli.Unreadable || out != "" || !strings.Contains(errs, "原有数据没有动") {
		t.Errorf("a damaged backup: status %d, %s%s", status, out, errs)
	}
}
