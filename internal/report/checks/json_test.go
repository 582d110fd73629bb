package checks

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gongkai/gongkai/internal/report"
)

func TestWriteJSON(t *testing.T) {
	t.Parallel()
	r := figures(t, "004")
	r.Table2 = zeros(report.Format2021).Table2
	set(t, r, "table3.granted.natural_person", 1174)
	r.Published = "2024-01-02"
	res := Run(&Input{Report: r})
	var b strings.Builder
	if err := res.WriteJSON(&b); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(b.String()), "\n")
	var first map[string]any
	if err := json.Unmarshal([]byte(lines[0]), &first); err != nil {
		t.Fatal(err)
	}
	delete(first, "message")
	delete(first, "cells")
	want := map[string]any{"file": "a.html", "rule": "K2", "severity": "error", "path": "table3.granted", "expected": 1190.0, "actual": 1191.0,
		"blame": "table3.granted.natural_person", "blame_expected": 1175.0}
	if d := cmp.Diff(want, first); d != "" {
		t.Errorf("first line (-want +got):\n%s", d)
	}
	if last := lines[len(lines)-1]; !strings.HasPrefix(last, `{"file":"a.html","ok":false,"errors":2,"warnings":`) {
		t.Errorf("closing line: %s", last)
	}
	if !strings.HasPrefix(lines[1], `{"file":"a.html","rule":"K3","severity":"error","path":"table3.natural_person","message":"表三“自然人”列：`) {
		t.Errorf("order of the fields: %s", lines[1])
	}
}

// A side that says nothing is null, and the fields of blame are left out.
func TestFindingWithoutNumbers(t *testing.T) {
	t.Parallel()
	got, err := json.Marshal(Finding{File: "a", Rule: "S6", Severity: Error, Path: "table4", Message: "m"})
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"file":"a","rule":"S6","severity":"error","path":"table4","message":"m","expected":null,"actual":null}`
	if string(got) != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

type full struct{}

var errFull = errors.New("full")

func (full) Write([]byte) (int, error) { return 0, errFull }

func TestWriteJSONReportsTheWriter(t *testing.T) {
	t.Parallel()
	for _, r := range []*report.Report{{}, zeros(report.Format2021)} {
		res := Run(&Input{Report: r})
		if err := res.WriteJSON(full{}); !errors.Is(err, errFull) {
			t.Errorf("got %v, want the error of the writer", err)
		}
	}
}
