package checks

import (
	"encoding/json"
	"fmt"
	"io"
)

// WriteJSON writes one line per finding and the closing line, as `report check --json` prints them. Errors are those of w.
func (r *Result) WriteJSON(w io.Writer) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	for i := range r.Findings {
		if err := enc.Encode(&r.Findings[i]); err != nil {
			return fmt.Errorf("finding %s %s: %w", r.Findings[i].Rule, r.Findings[i].Path, err)
		}
	}
	if err := enc.Encode(r.Summary()); err != nil {
		return fmt.Errorf("summary: %w", err)
	}
	return nil
}
