package deadline

import (
	"encoding/json"

	"github.com/gongkai/gongkai/internal/calendar"
)

type resultJSON struct {
	Kind        Kind          `json:"kind"`
	Received    calendar.Date `json:"received"`
	Due         calendar.Date `json:"due"`
	Provisional bool          `json:"provisional"`
	Counted     int           `json:"counted"`
	Legal       []string      `json:"legal"`
	Days        []dayJSON     `json:"days"`
}

type dayJSON struct {
	Date  calendar.Date  `json:"date"`
	Class calendar.Class `json:"class"`
	Name  string         `json:"name,omitempty"`
	N     int            `json:"n"`
}

// MarshalJSON writes the stable form: kind, received, due, provisional, counted, legal, days. A day has a name only when
// it is a holiday. Days is every day after the one that the count runs from, up to due.
func (r Result) MarshalJSON() ([]byte, error) {
	out := resultJSON{Kind: r.Rule.Kind, Received: r.Received, Due: r.Due, Provisional: r.Provisional, Counted: r.Counted,
		Legal: []string{}, Days: make([]dayJSON, 0, len(r.Days))}
	for _, l := range r.Legal {
		out.Legal = append(out.Legal, l.Brief())
	}
	for _, d := range r.Days {
		j := dayJSON{Date: d.Date, Class: d.Class, N: d.N}
		if d.Class == calendar.Holiday {
			j.Name = d.Name
		}
		out.Days = append(out.Days, j)
	}
	return json.Marshal(out)
}
