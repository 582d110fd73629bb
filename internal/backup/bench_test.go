package backup

import (
	"context"
	"fmt"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/gongkai/gongkai/internal/blob"
	"github.com/gongkai/gongkai/internal/store"
	"github.com/gongkai/gongkai/internal/work"
)

// BenchmarkMillionRows prints what a table of a million rows costs to back up and to restore: seconds, and the most memory that
// the heap of the program took meanwhile.
func BenchmarkMillionRows(b *testing.B) {
	const rows = 1_000_000
	for _, kind := range kinds {
		s := at(b, kind)
		s.with(b, func(db *store.DB, _ *blob.Folder) {
			for i := 0; i < rows; i += 10_000 {
				err := db.Update(b.Context(), func(tx *store.Tx) error {
					for j := range 10_000 {
						if err := tx.Enqueue(b.Context(), work.Ask{Kind: "x.y", Key: fmt.Sprintf("row %09d", i+j), Args: strings.Repeat("值", 30)}); err != nil {
							return err
						}
					}
					return nil
				})
				if err != nil {
					b.Fatal(err)
				}
			}
		})
		file := filepath.Join(b.TempDir(), "x.zip")
		b.Run("backup/"+kind, func(b *testing.B) {
			for b.Loop() {
				peak(b, func() error { _, err := s.backupTo(file); return err })
			}
		})
		b.Run("restore/"+kind, func(b *testing.B) {
			for b.Loop() {
				peak(b, func() error { _, err := s.restore(file, true); return err })
			}
		})
	}
}

// peak reports the largest heap while f runs.
func peak(b *testing.B, f func() error) {
	b.Helper()
	runtime.GC()
	ctx, stop := context.WithCancel(context.Background())
	most := make(chan uint64, 1)
	go func() {
		var m runtime.MemStats
		var top uint64
		tick := time.NewTicker(50 * time.Millisecond)
		defer tick.Stop()
		for ctx.Err() == nil {
			runtime.ReadMemStats(&m)
			top = max(top, m.HeapInuse)
			<-tick.C
		}
		most <- top
	}()
	err := f()
	stop()
	b.ReportMetric(float64(<-most)/(1<<20), "MiB-peak")
	if err != nil {
		b.Fatal(err)
	}
}
