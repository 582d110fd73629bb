package app_test

import (
	"context"
	"log/slog"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gongkai/gongkai/internal/app"
	"github.com/gongkai/gongkai/internal/testkit/pgtest"
)

// TestWholeSystemOnPostgreSQL sets a site up on PostgreSQL and hands a report in. The server does no jobs: what stands for a
// second machine does, a worker over the same database and files.
func TestWholeSystemOnPostgreSQL(t *testing.T) {
	url, files := pgtest.URL(t), t.TempDir()
	share := func(o *app.Options) {
		o.Config.DB, o.Config.Blobs, o.Config.KeyFile = url, files, filepath.Join(files, "master.key")
	}
	s := start(t, share, func(o *app.Options) { o.Serve.Workers = -1 })

	second := app.DefaultOptions()
	second.Config.Data, second.Serve.Workers, second.Log = t.TempDir(), 1, slog.New(slog.DiscardHandler)
	share(&second)
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- app.Work(ctx, second) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Errorf("the worker ended with %v", err)
		}
	})
	p := s.page(s.upload(real(t, "000_xigong_2021.txt")))
	if n := len(links(p, "a.t")); n != 1 {
		t.Fatalf("%d reports were read", n)
	}
	if got := s.page("/desk/audit").text("table"); !strings.Contains(got, "年报") {
		t.Errorf("the record: %s", got)
	}
	s.get("/readyz", http.StatusOK)

	other := app.DefaultOptions()
	other.Config.Data = t.TempDir()
	share(&other)
	again, err := app.Open(t.Context(), other)
	if err != nil {
		t.Fatal(err)
	}
	broken, head, err := again.Record.Verify(t.Context())
	if err != nil || broken != nil || head.Seq == 0 {
		t.Errorf("the record of %d entries, seen by another program: %+v, %v", head.Seq, broken, err)
	}
	if err := again.Close(); err != nil {
		t.Error(err)
	}
}
