package store

import (
	"context"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gongkai/gongkai/internal/filing"
	"github.com/gongkai/gongkai/internal/report"
	"github.com/gongkai/gongkai/internal/work"
)

func TestReportsBeforeGoesOnBehindTheLast(t *testing.T) {
	onBoth(t, func(t *testing.T, p place) {
		var ids []filing.ReportID
		add := func(agency string, year int) {
			update(t, p, func(ctx context.Context, tx filing.Tx) error {
				id, err := tx.CreateReport(ctx, filing.File{Digest: fmt.Sprintf("%064d", len(ids)), Name: "a.txt", Size: 1})
				if err != nil {
					return err
				}
				ids = append([]filing.ReportID{id}, ids...)
				return tx.SaveRead(ctx, id, &report.Report{Agency: agency, Year: year}, "test")
			})
		}
		add("示例县甲局", 2024)
		add("示例县乙局", 2024)
		add("示例县甲局", 2025)
		got := func(before filing.ReportID, year int, agency string, limit int) []filing.ReportID {
			t.Helper()
			all, err := p.ReportsBefore(t.Context(), before, year, agency, limit)
			if err != nil {
				t.Fatal(err)
			}
			out := []filing.ReportID{}
			for _, s := range all {
				out = append(out, s.ID)
			}
			return out
		}
		first := got("", 0, "", 2)
		add("示例县丙局", 2025) // handed in while somebody turns the pages
		for _, tt := range []struct {
			what      string
			got, want []filing.ReportID
		}{
			{"first page", first, ids[1:3]},
			{"second page", got(ids[2], 0, "", 2), ids[3:]},
			{"one year", got("", 2024, "", 9), []filing.ReportID{ids[2], ids[3]}},
			{"one agency, written otherwise", got("", 0, " 示例县 甲局", 9), []filing.ReportID{ids[1], ids[3]}},
			{"behind the last", got(ids[3], 0, "", 9), []filing.ReportID{}},
		} {
			if diff := cmp.Diff(tt.want, tt.got); diff != "" {
				t.Errorf("%s (-want +got)\n%s", tt.what, diff)
			}
		}
	})
}

func TestJobCountsAreThoseOfTheQueue(t *testing.T) {
	onBoth(t, func(t *testing.T, p place) {
		p.queue(t, func(ctx context.Context, tx work.Tx) error {
			for _, key := range []string{"1", "2"} {
				if err := tx.Enqueue(ctx, work.Ask{Kind: "a.b", Key: key}); err != nil {
					return err
				}
			}
			return tx.Enqueue(ctx, work.Ask{Kind: "c.d", Key: "1"})
		})
		got, err := p.JobCounts(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		want := []work.Count{{Kind: "a.b", State: work.Due, N: 2, Oldest: noon}, {Kind: "c.d", State: work.Due, N: 1, Oldest: noon}}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("counts (-want +got)\n%s", diff)
		}
	})
}
