package config

import (
	"bytes"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gongkai/gongkai/internal/fault"
)

func TestEverySettingIsDescribed(t *testing.T) {
	names := map[string]bool{}
	for _, s := range All() {
		if s.Name == "" || !strings.Contains(s.Help, " / ") {
			t.Errorf("%+v: a name, and a help text in two languages", s)
		}
		if s.Env == "" && s.Name != "demo" {
			t.Errorf("%s cannot be set from the environment", s.Name)
		}
		if want := "GONGKAI_" + strings.ToUpper(strings.ReplaceAll(s.Name, "-", "_")); s.Env != "" && s.Env != want {
			t.Errorf("%s: variable %s, want %s", s.Name, s.Env, want)
		}
		if names[s.Name] {
			t.Errorf("%s twice", s.Name)
		}
		names[s.Name] = true
	}
}

func TestDefaultsAreThoseOfTheTags(t *testing.T) {
	c, s := Defaults()
	if c.Data != "./data" || c.Hash != "sha256" || s.Idle != 2*time.Hour || !s.PasswordSign || s.Workers != 0 || s.Listen != "127.0.0.1:8080" {
		t.Errorf("%+v %+v", c, s)
	}
}

func TestParseFile(t *testing.T) {
	got, err := ParseFile(strings.NewReader("\ufeff# 设置\n\n data = /srv/gongkai \nsite=示例区 = 政府\ndb =\n"))
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(map[string]string{"data": "/srv/gongkai", "site": "示例区 = 政府", "db": ""}, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	for text, line := range map[string]string{
		"data":                        "第 1 行",
		"\n\ndat = x":                 "第 3 行",
		"data = a\n# x\ndata = b":     "第 3 行",
		strings.Repeat("x", 1<<20+10): "读不下去",
	} {
		_, err := ParseFile(strings.NewReader(text))
		if !errors.Is(err, fault.Usage) || !strings.Contains(err.Error(), line) {
			t.Errorf("%.20q: %v, want %s", text, err, line)
		}
	}
}

func FuzzParseFile(f *testing.F) {
	f.Add("data = x\n# y")
	f.Fuzz(func(t *testing.T, text string) {
		got, err := ParseFile(strings.NewReader(text))
		if err != nil && got != nil {
			t.Error("settings beside an error")
		}
	})
}

func TestGuideIsUpToDate(t *testing.T) {
	var b bytes.Buffer
	if err := Markdown(&b); err != nil {
		t.Fatal(err)
	}
	kept, err := os.ReadFile("../../docs/guide/config.md")
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(kept), b.String()); d != "" {
		t.Errorf("docs/guide/config.md (run gongkai config --markdown > docs/guide/config.md):\n%s", d)
	}
}
