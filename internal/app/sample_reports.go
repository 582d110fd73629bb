package app

import (
	"bytes"
	"context"
	"strings"
	"time"

	"github.com/gongkai/gongkai/internal/calendar"
	"github.com/gongkai/gongkai/internal/demo"
)

// planReports plans how annual reports are handed in as persons would: the list of agencies and those of earlier years at
// once when the site was new, those of the last year in January and February, a few at a time. The workers read them.
func (f *filler) planReports() error {
	list, err := sampleExpected()
	if err != nil {
		return err
	}
	files, err := demo.Files()
	if err != nil {
		return err
	}
	f.on(yearLong-2, 9, 30, "list of agencies", func(ctx context.Context) error {
		by, err := f.as(ctx, "admin")
		if err != nil {
			return err
		}
		return f.Filing.Expect(ctx, by, list)
	})
	var old, last []demo.File
	for _, file := range files {
		if strings.Contains(file.Name, lastReports) {
			last = append(last, file)
		} else {
			old = append(old, file)
		}
	}
	f.handIn(yearLong-2, 10, old)
	days := []calendar.Date{calendar.NewDate(2026, time.January, 16), calendar.NewDate(2026, time.January, 23), calendar.NewDate(2026, time.January, 30), calendar.NewDate(2026, time.February, 6)}
	for i, day := range days {
		part := last[i*len(last)/len(days) : (i+1)*len(last)/len(days)]
		f.handIn(min(f.year.since(day), yearLong-3-i), 15, part)
	}
	return nil
}

// lastReports stands in the names of the files of the last year of the archive.
const lastReports = "2025年"

// handIn plans one batch.
func (f *filler) handIn(ago, hour int, files []demo.File) {
	f.on(ago, hour, 0, "reports", func(ctx context.Context) error {
		by, err := f.as(ctx, "admin")
		if err != nil {
			return err
		}
		batch, err := f.Filing.OpenBatch(ctx, by)
		if err != nil {
			return err
		}
		for _, file := range files {
			if _, err := f.Filing.Receive(ctx, by, batch, file.Name, bytes.NewReader(file.Data)); err != nil {
				return err
			}
		}
		return nil
	})
}
