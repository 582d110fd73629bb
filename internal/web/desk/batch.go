package desk

import (
	"net/http"

	"github.com/gongkai/gongkai/internal/filing"
)

func (d *Desk) batch(w http.ResponseWriter, r *http.Request) error {
	b, err := d.filings.Batch(r.Context(), filing.BatchID(r.PathValue("id")))
	if err != nil {
		return err
	}
	p := d.site.NewPage(r, "这一批年报", "upload")
	if b.Pending() > 0 {
		p.Refresh = 2
	}
	return d.site.Render(w, r, http.StatusOK, batchPage(p, b))
}

// progress says how far a batch is, for the script.
func (d *Desk) progress(w http.ResponseWriter, r *http.Request) error {
	b, err := d.filings.Batch(r.Context(), filing.BatchID(r.PathValue("id")))
	if err != nil {
		return err
	}
	return d.site.JSON(w, r, http.StatusOK, map[string]int{"total": len(b.Items), "pending": b.Pending()})
}

type batchCounts struct{ done, errors, unreadable int }

func countBatch(b filing.Batch) batchCounts {
	c := batchCounts{done: len(b.Items) - b.Pending()}
	for _, it := range b.Items {
		switch {
		case it.Report == nil || it.Report.Status == filing.Unreadable:
			c.unreadable++
		case it.Report.Status == filing.Broken:
			c.errors++
		}
	}
	return c
}

// readTitle is what was read of a file's title.
func readTitle(s *filing.Summary) string {
	if s.Agency == "" {
		return "机关不明　" + yearName(s.Year)
	}
	return itemTitle(s)
}
