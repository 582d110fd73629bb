package filing

import (
	"context"
	"slices"

	"github.com/gongkai/gongkai/internal/report"
)

// Then is what stood for an agency of the list in an earlier year.
type Then struct {
	Name string
	Same bool // the same agency, under the name that it had; otherwise one whose work it has taken over since
}

// History says what agencies were in a year, by the name on the list. Names that stood for themselves need not be there.
type History map[string][]Then

// UseHistory lets a list that somebody wrote hold for earlier years too: an agency reported under the name that it had, and
// one that was merged into another reported itself.
func (s *Service) UseHistory(f func(ctx context.Context, list []Agency, year int) (History, error)) {
	s.history = f
}

// then returns a history, none where there is nobody to ask.
func (s *Service) then(ctx context.Context, list []Agency, year int) (History, error) {
	if s.history == nil || year == 0 || len(list) == 0 {
		return nil, nil //nolint:nilnil // an empty history is none
	}
	return s.history(ctx, list, year)
}

// of returns the list as it was.
func (h History) of(list []Agency) []Agency {
	var out []Agency
	for _, a := range list {
		then, ok := h[a.Name]
		if !ok {
			then = []Then{{a.Name, true}}
		}
		for _, t := range then {
			if was := (Agency{t.Name, a.Group}); !slices.Contains(out, was) {
				out = append(out, was)
			}
		}
	}
	return out
}

// recall lays the history of one column over the rows of the list: what was found under an earlier name stands in the row of
// the agency, what did not exist is not missing, and those whose work was taken over have rows of their own.
func (t *table) recall(k int, list []Agency, h History, all []Summary) {
	for _, a := range list {
		then, ok := h[a.Name]
		if !ok {
			continue
		}
		row := t.index[report.AgencyKey(a.Name)]
		if !slices.ContainsFunc(then, func(x Then) bool { return x.Same }) {
			t.rows[row].Cells[k].Status = ""
		}
		for _, x := range then {
			if !x.Same {
				at := t.add(x.Name, a.Group, false)
				t.rows[at].Expected, t.rows[at].Cells[k].Status = true, Missing
				continue
			}
			t.alias(row, x.Name, all)
		}
	}
}

// alias lets a name stand for a row, where reports have it and no other row has.
func (t *table) alias(row int, name string, all []Summary) {
	key := report.AgencyKey(name)
	if _, taken := t.index[key]; taken || !slices.ContainsFunc(all, func(s Summary) bool { return report.AgencyKey(s.Agency) == key }) {
		return
	}
	t.index[key] = row
	t.rows[row].Also = append(t.rows[row].Also, name)
}
