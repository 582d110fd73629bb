package store

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/gongkai/gongkai/internal/fault"
	"github.com/gongkai/gongkai/internal/filing"
)

func TestFullDiskIsSaidAndLosesNothing(t *testing.T) {
	db := on(t, "sqlite")
	var pages int
	if err := db.w.QueryRowContext(t.Context(), "PRAGMA page_count").Scan(&pages); err != nil {
		t.Fatal(err)
	}
	setPages := func(n int) {
		t.Helper()
		if _, err := db.w.ExecContext(t.Context(), fmt.Sprintf("PRAGMA max_page_count = %d", n)); err != nil {
			t.Fatal(err)
		}
	}
	setPages(pages)
	name := strings.Repeat("长", 100_000)
	var id filing.ReportID
	add := func(tx filing.Tx) (err error) {
		id, err = tx.CreateReport(t.Context(), filing.File{Digest: strings.Repeat("cd", 32), Name: name, Size: 1})
		return err
	}
	err := Filing(db.DB).Update(t.Context(), add)
	if !errors.Is(err, fault.Full) || fault.CodeOf(err) != "store.full" || !strings.Contains(fault.Message(err), "磁盘满了") {
		t.Errorf("full: %q, %v", fault.CodeOf(err), err)
	}
	setPages(1 << 20)
	update(t, db, func(_ context.Context, tx filing.Tx) error { return add(tx) })
	update(t, db, func(ctx context.Context, tx filing.Tx) error {
		list, err := tx.Summaries(ctx)
		if err == nil && (len(list) != 1 || list[0].ID != id) {
			t.Errorf("kept %d reports, want the one that there was room for", len(list))
		}
		return err
	})
}

func TestOtherErrorsStayWhatTheyAre(t *testing.T) {
	if err := errors.New("another"); !errors.Is(explain(err), err) || errors.Is(explain(err), fault.Full) {
		t.Error("changed", explain(err))
	}
	if err := explain(nil); err != nil {
		t.Error(err)
	}
}
