package clock

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/gongkai/gongkai/internal/calendar"
	"github.com/gongkai/gongkai/internal/deadline"
)

// inputJSON is the form in which the events of a clock are kept. Names never change their meaning; a new event is a new name.
type inputJSON struct {
	Kind      deadline.Kind      `json:"kind"`
	Received  calendar.Date      `json:"received"`
	Corrected calendar.Date      `json:"corrected,omitzero"`
	Consults  [][2]calendar.Date `json:"consults,omitempty"`
	Extend    int                `json:"extend,omitempty"`
	FeePaid   calendar.Date      `json:"fee_paid,omitzero"`
	Shift     bool               `json:"shift_rest_day,omitempty"`
}

// EncodeInput writes the events of a clock as they are kept. Dates are yyyy-mm-dd; a consultation is the pair of its days.
func EncodeInput(in deadline.Input) (string, error) {
	j := inputJSON{in.Kind, in.Received, in.Corrected, nil, in.Extend, in.FeePaid, in.ShiftRestDay}
	for _, s := range in.Consults {
		j.Consults = append(j.Consults, [2]calendar.Date{s.From, s.To})
	}
	b, err := json.Marshal(j)
	if err != nil {
		return "", fmt.Errorf("clock: input: %w", err)
	}
	return string(b), nil
}

// DecodeInput reads what EncodeInput wrote. A name that this version does not know is an error: an event that is not
// understood must not be left out of a count.
func DecodeInput(s string) (deadline.Input, error) {
	var j inputJSON
	dec := json.NewDecoder(bytes.NewReader([]byte(s)))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&j); err != nil {
		return deadline.Input{}, fmt.Errorf("clock: input: %w", err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return deadline.Input{}, errors.New("clock: input: more than one value")
	}
	in := deadline.Input{Kind: j.Kind, Received: j.Received, Corrected: j.Corrected, Extend: j.Extend, FeePaid: j.FeePaid, ShiftRestDay: j.Shift}
	for _, s := range j.Consults {
		in.Consults = append(in.Consults, calendar.Span{From: s[0], To: s[1]})
	}
	return in, nil
}
