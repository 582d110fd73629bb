package filing

import "context"

// Years lists the years that there are reports of, newest first.
func (s *Service) Years(ctx context.Context) (years []int, err error) {
	err = s.store.View(ctx, func(tx Tx) error {
		years, err = tx.Years(ctx)
		return err
	})
	return years, err
}

// EachOfYear gives every record that a roll-up of a year has to know: all versions of that year's readable reports, those
// whose year could not be told, and the files that could not be read, whose year nobody knows; newest first. Only one
// record is held at a time. An error of give ends it.
func (s *Service) EachOfYear(ctx context.Context, year int, give func(Record) error) error {
	return s.store.View(ctx, func(tx Tx) error {
		ids, err := tx.YearReports(ctx, year)
		if err != nil {
			return err
		}
		for _, id := range ids {
			rec, err := tx.Report(ctx, id)
			if err != nil {
				return err
			}
			if err := give(rec); err != nil {
				return err
			}
		}
		return nil
	})
}
