package narrative

// scope keeps of whom and of when the following figures speak.
func (rd *reader) scope(k int, tok *token) {
	st := &rd.st
	switch tok.word {
	case wOwn:
		st.body, st.bodySoft = Own, certain
	case wWhole:
		st.body, st.bodySoft = rd.who.whole(tok.key), certain
	case wLevel:
		st.body = Part
	case wCourtOf:
		st.body = OtherBody
	case wNamed:
		rd.named(tok.key)
	case wAmong:
		st.among = true
	case wResp:
		rd.respective(k)
	default:
		rd.time(k, tok)
	}
}

// time keeps of what year, or part of it, the following figures speak.
func (rd *reader) time(k int, tok *token) {
	st := &rd.st
	switch tok.word {
	case wYear:
		st.year = rd.yearScope(int(tok.x.n))
		st.compare = st.year == OtherYear && rd.compared(k)
		st.soFar = st.soFar && st.year != Own
	case wLast:
		st.year, st.compare = OtherYear, rd.compared(k)
	case wThis:
		st.year, st.compare, st.period = Own, false, false
	case wPeriod:
		st.period = true
	case wNext:
		st.year = Plan
	case wTo:
		st.year, st.compare = Own, false
	case wSince:
		st.year = Cumulative
	case wSoFar:
		st.soFar = !rd.yearNamed(k)
	case wPlan:
		st.year = Plan
	}
}

// respective notes the years of 2022年、2023年分别收到…41件、36件.
func (rd *reader) respective(k int) {
	var years []Scope
	for j := rd.win; j < k; j++ {
		switch t := &rd.toks[j]; t.word {
		case wYear:
			years = append(years, rd.yearScope(int(t.x.n)))
		case wLast:
			years = append(years, OtherYear)
		case wThis:
			years = append(years, Own)
		}
	}
	if len(years) > 1 {
		rd.st.years = years
	}
}

func (rd *reader) named(relation string) {
	st := &rd.st
	switch relation {
	case "part":
		st.body = Part
	case "soft":
		st.bodySoft = unknownBody
	case "own":
		st.body, st.bodySoft = Own, certain
	default:
		st.body = OtherBody
	}
}

func (rd *reader) yearScope(y int) Scope {
	switch {
	case rd.rep.Year == 0 || y == rd.rep.Year:
		return Own
	case y > rd.rep.Year:
		return Plan
	default:
		return OtherYear
	}
}

// compared reports whether the year at k is what something is compared with: 较上年, 与2022年相比, 同比.
func (rd *reader) compared(k int) bool {
	for back := 1; back <= 2 && k-back >= rd.sent[0]; back++ {
		p := &rd.toks[k-back]
		if p.word == wPoint || p.word == wNumber || rd.toks[k].beg-p.end > 3 {
			return false
		}
		if p.word == wThan || p.word == wAnnual || p.word == wConj && rd.t.rs[p.beg] == '与' {
			return true
		}
	}
	return false
}

// yearNamed reports whether the sentence has named the year of the report before k.
func (rd *reader) yearNamed(k int) bool {
	for j := rd.sent[0]; j < k; j++ {
		if w := rd.toks[j].word; w == wThis || w == wYear && rd.yearScope(int(rd.toks[j].x.n)) == Own {
			return true
		}
	}
	return false
}
