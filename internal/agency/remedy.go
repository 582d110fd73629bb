package agency

import "github.com/gongkai/gongkai/internal/legal"

// Remedy is where a decision of an agency is challenged.
type Remedy struct {
	Organ string    // the reconsideration organ by name, "" when it has to be written by hand
	Court string    // the court by name, "" when it has to be written by hand: jurisdiction is local
	Legal legal.Ref // the article that decided the organ; zero when it was written by hand
}

// Remedy finds the reconsideration organ and the court for decisions of an agency. What is written with the agency goes
// before what the law gives. Legal: 行政复议法 (2023) 第二十四条 to 第二十八条: a department goes to the government of its own
// level, a government to the next higher one, a street office to the government that set it up, a body under vertical
// leadership to its superior, a provincial government and a department of the State Council to themselves.
func (t *Tree) Remedy(id ID) Remedy {
	a, ok := t.Get(id)
	if !ok {
		return Remedy{}
	}
	r := Remedy{Organ: a.Reconsideration, Court: t.court(a)}
	if r.Organ != "" {
		return r
	}
	organ, article := t.byLaw(a)
	if organ != "" {
		r.Organ, r.Legal = organ, legal.Ref{Instrument: legal.Reconsider, Article: article}
	}
	return r
}

func (t *Tree) byLaw(a Agency) (organ, article string) {
	gov, found := t.government(a)
	switch a.Kind {
	case Government:
		if a.Level == Province {
			return a.Name, "第二十四条"
		}
		if found {
			return gov.Name, "第二十四条"
		}
	case Street:
		if found {
			return gov.Name, "第二十四条"
		}
	case Vertical:
		if up, ok := t.Get(a.Superior); ok {
			return up.Name, "第二十七条"
		}
	case Department, Dispatched, Authorised:
		if national, ok := t.nationalDepartment(a); ok {
			return national.Name, "第二十五条"
		}
		if found {
			return gov.Name, "第二十四条"
		}
	case Village, Utility:
	}
	return "", ""
}

// nationalDepartment finds the department of the State Council that an agency is, or that sent it out or manages it: the nearest
// one, with no government between. Legal: 行政复议法 第二十五条.
func (t *Tree) nationalDepartment(a Agency) (Agency, bool) {
	for _, up := range append([]Agency{a}, t.Ancestors(a.Agency)...) {
		if up.Kind == Department && up.Level == Nation {
			return up, true
		}
		if up.Kind == Government {
			break
		}
	}
	return Agency{}, false
}

// court is the one that is written with the agency or with the nearest agency above it.
func (t *Tree) court(a Agency) string {
	if a.Court != "" {
		return a.Court
	}
	for _, up := range t.Ancestors(a.Agency) {
		if up.Court != "" {
			return up.Court
		}
	}
	return ""
}
