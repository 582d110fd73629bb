package internal_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gongkai/gongkai/internal/report/checks"
)

// TestRulesAreDescribed asks for every rule in a file of its own, and in the guide with its severity and with what to do.
func TestRulesAreDescribed(t *testing.T) {
	words := map[checks.Severity]string{checks.Error: "错误", checks.Warning: "提醒", checks.Info: "说明"}
	rows := map[string]string{}
	for line := range strings.SplitSeq(read(t, "docs/guide/report.md"), "\n") {
		cells := strings.Split(line, "|")
		if len(cells) == 6 && strings.TrimSpace(cells[4]) != "" {
			rows[strings.TrimSpace(cells[1])] = cells[3]
		}
	}
	rules := checks.Rules()
	if len(rules) == 0 {
		t.Fatal("no rules")
	}
	for _, r := range rules {
		if severity, ok := rows[r.ID]; !ok || !strings.Contains(severity, words[r.Severity]) {
			t.Errorf("docs/guide/report.md: rule %s is described with severity %q, want %q in it", r.ID, severity, words[r.Severity])
		}
		file := filepath.Join("report", "checks", strings.ToLower(r.ID)+".go")
		if _, err := os.Stat(file); err != nil {
			t.Errorf("rule %s has no file of its own: %v", r.ID, err)
		}
	}
}
