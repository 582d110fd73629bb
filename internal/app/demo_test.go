package app_test

import (
	"context"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/gongkai/gongkai/internal/app"
	"github.com/gongkai/gongkai/internal/demo"
	"github.com/gongkai/gongkai/internal/fault"
)

// TestDemoFillsAFreshFolder: every agency of the sample district stands on the board once, sound reports, faulty ones, one
// that cannot be read and missing ones among them, and no name that is not in the list.
func TestDemoFillsAFreshFolder(t *testing.T) {
	dir := t.TempDir()
	s := run(t, in(dir), sample)
	s.signIn("admin", "mudan-shili-2026")
	files, err := demo.Files()
	if err != nil {
		t.Fatal(err)
	}
	var again []part
	for _, f := range files {
		again = append(again, part{f.Name, f.Data})
	}
	s.upload(again...) // the same files once more add nothing, and the batch tells when all of them have been read
	agencies := strings.Count(demo.Agencies, "\n")
	rows := rowsOf(s.page("/desk/reports?year=2025"))
	if len(rows) != agencies {
		t.Errorf("%d rows for %d agencies: %v", len(rows), agencies, rows)
	}
	for _, r := range rows {
		if !strings.Contains(demo.Agencies, r+"，") {
			t.Errorf("row %q is no agency of the list", r)
		}
	}
	if board := s.get("/desk/reports", http.StatusOK); strings.Contains(board, "名单外") {
		t.Error("an agency under a name of earlier years is taken for one that is on no list")
	}
	if was := rowsOf(s.page("/desk/reports?year=2023")); !slices.Contains(was, "虚构市牡丹区体育局") || slices.Contains(was, "虚构市牡丹区文化体育和旅游局") {
		t.Errorf("in 2023, before two were merged into one, there stood %v", was)
	}
	for _, status := range []string{"broken", "missing"} {
		if len(rowsOf(s.page("/desk/reports?status="+status))) == 0 {
			t.Errorf("no agency is %s", status)
		}
	}
	mark, err := os.ReadFile(filepath.Join(dir, "demo"))
	if err != nil || string(mark) != "filled\n" {
		t.Errorf("mark %q, %v", mark, err)
	}
}

// TestDemoLeavesOtherDataAlone: a folder in use is refused.
func TestDemoLeavesOtherDataAlone(t *testing.T) {
	dir := t.TempDir()
	t.Run("filled by hand", func(t *testing.T) {
		s := start(t, in(dir))
		s.upload(real(t, "007_shuyang_fagaiju_2023.html"))
	})
	o := app.DefaultOptions()
	o.Config.Data, o.Serve.Listen, o.Serve.Demo = dir, "127.0.0.1:0", true
	err := app.Serve(context.Background(), o)
	if !errors.Is(err, fault.Usage) || fault.CodeOf(err) != "serve.demo" {
		t.Errorf("error %v", err)
	}
}
