package narrative

import "strings"

// number reads the figure at token k.
func (rd *reader) number(k int) {
	tok := &rd.toks[k]
	switch tok.unit {
	case "个百分点":
		return
	case "%", "倍":
		rd.ratio(k)
		return
	}
	if rd.change(k) {
		return
	}
	st := &rd.st
	if st.compare {
		rd.compareBase(k)
		return
	}
	if len(st.years) > 0 {
		st.year, st.years = st.years[0], st.years[1:]
	}
	st.fresh, st.base = false, ""
	subs, foreign := rd.subjects(k)
	if rd.feeBefore(k) {
		subs, foreign = []subject{{metric: "info_fee", kind: Amount}}, false
	} else if len(subs) == 0 && !foreign {
		subs = rd.risen(k)
	}
	if foreign {
		rd.topic, rd.queue = "other", rd.queue[:0]
	}
	subs = rd.spread(k, subs)
	for _, s := range subs {
		rd.count(k, s)
	}
}

// risen reads the second figure of 由上年的21件增加到36件: it counts what the first does.
func (rd *reader) risen(k int) []subject {
	to := k - 1
	for to > rd.win && (rd.toks[to].word == wYear || rd.toks[to].word == wThis) {
		to--
	}
	if rd.st.last < 0 || to < rd.sent[0] || rd.toks[to].word != wTo && (rd.toks[to].key != "、" || !rd.yearsOpen()) {
		return nil
	}
	c := &rd.claims[rd.st.last]
	return []subject{{metric: c.Metric, column: c.Applicants, kind: Count, soft: c.soft}}
}

// yearsOpen reports whether the figure is one of those that 分别 gives each its own year.
func (rd *reader) yearsOpen() bool { return rd.st.years != nil }

// spread shares several subjects out among the figures that follow: 分别为2件、7件, 均为0件; else they count together.
func (rd *reader) spread(k int, subs []subject) []subject {
	if len(subs) < 2 {
		return subs
	}
	for j := k - 1; j >= rd.win; j-- {
		switch rd.toks[j].word {
		case wResp:
			rd.queue = append(rd.queue[:0], subs[1:]...)
			return subs[:1]
		case wEach:
			return subs
		}
	}
	if rd.toks[k].x.n == 0 {
		return subs
	}
	sum := subs[0]
	names := make([]string, 0, len(subs))
	for _, s := range subs {
		names = append(names, s.metric)
		if s.soft != certain {
			sum.soft = s.soft
		}
	}
	sum.metric = strings.Join(names, "+")
	return []subject{sum}
}

// count records a count, or an amount of money.
func (rd *reader) count(k int, s subject) {
	tok := &rd.toks[k]
	money := strings.HasSuffix(tok.unit, "元")
	if money != (s.kind == Amount) {
		if s.kind != Amount || tok.unit == "" || s.metric == "fees" {
			return
		}
		s.kind = Count
	}
	if s.metric == "received_or_carried" && rd.includesCarried(k) {
		s.metric = "received_incl_carried"
	}
	rd.emit(k, s, tok.x)
	st := &rd.st
	if s.column == "" {
		switch s.metric {
		case "new_received", "received_or_carried", "received_incl_carried", "handled_total", "processed":
			st.whole = s.metric
		}
	}
	st.last, st.fresh = len(rd.claims)-1, true
	rd.settle(s.metric)
}

// settle keeps the matter for what follows.
func (rd *reader) settle(metric string) {
	head, _, _ := strings.Cut(metric, ".")
	switch head {
	case "review", "litigation", "litigation_direct", "litigation_after_review":
		rd.topic = "court"
		if !strings.Contains(metric, "+") {
			rd.court = head
		}
	case "normative", "regulations":
		rd.topic, rd.doc = "doc", head
	case "licences", "penalties", "enforcements", "fees", "info_fee":
		rd.topic = "other"
	default:
		rd.topic = "app"
	}
}

// includesCarried reports whether the figure at k is followed by （含上年结转…）.
func (rd *reader) includesCarried(k int) bool {
	for j := k + 1; j < min(k+6, rd.sent[1]); j++ {
		switch rd.toks[j].word {
		case wNumber, wHandled, wReceived, wNew:
			return false
		case wIncl, wAmong:
			for n := j + 1; n < min(j+4, rd.sent[1]); n++ {
				if rd.toks[n].word == wCarryIn {
					return rd.toks[j].word == wIncl
				}
			}
			return false
		case wPoint:
			if p := rd.toks[j].key; p != "(" && p != "," {
				return false
			}
		}
	}
	return false
}

// compareBase reads last year's figure in 较2022年的41件下降12.2%.
func (rd *reader) compareBase(k int) {
	st := &rd.st
	if st.last >= 0 {
		from := rd.claims[st.last]
		rd.emit(k, subject{metric: from.Metric, column: from.Applicants, kind: Count}, rd.toks[k].x)
		st.base = rd.claims[len(rd.claims)-1].Value
	}
	st.year, st.compare = Own, false
}

// direction looks for 增长 and 下降 before token k.
func (rd *reader) direction(k int) (sign int64, at int) {
	for j := k - 1; j >= rd.piece && j >= rd.sent[0]; j-- {
		t := &rd.toks[j]
		switch t.word {
		case wUp, wDown:
			if t.key == "adjacent" && (t.end != rd.toks[k].beg || !rd.comparedBefore(j)) {
				continue
			}
			if t.word == wUp {
				return 1, j
			}
			return -1, j
		case wTo, wNumber:
			return 0, j
		}
	}
	return 0, k
}

func (rd *reader) comparedBefore(j int) bool {
	for i := j - 1; i >= rd.piece; i-- {
		if w := rd.toks[i].word; w == wThan || w == wLast || w == wAnnual {
			return true
		}
	}
	return false
}

// change reads a difference in pieces: 较上年减少5件.
func (rd *reader) change(k int) bool {
	sign, at := rd.direction(k)
	if sign == 0 {
		return false
	}
	rd.difference(k, at, Change, rd.toks[k].x, sign)
	return true
}

// ratio reads a percentage or a multiple.
func (rd *reader) ratio(k int) {
	x := rd.toks[k].x
	if sign, at := rd.direction(k); sign != 0 {
		rd.difference(k, at, Growth, x, sign)
		return
	}
	if rd.toks[k].unit != "%" {
		return
	}
	share := -1
	for j := max(rd.piece, rd.win); j < k; j++ {
		switch rd.toks[j].word {
		case wRate, wResp, wTo:
			return
		case wShare:
			if share < 0 {
				share = j
			}
		}
	}
	bracket := k > rd.sent[0] && rd.toks[k-1].key == "(" && rd.toks[k-1].end == rd.toks[k].beg
	if share < 0 && !bracket {
		return
	}
	if share >= 0 {
		if subs, foreign := rd.resolve(max(rd.piece, rd.win), share, false); foreign {
			return
		} else if len(subs) == 1 {
			s := subs[0]
			s.kind = Share
			rd.emit(k, s, x)
			return
		}
	}
	rd.follow(k, Share, x)
}

// difference records a change against last year. at is the word that says up or down.
func (rd *reader) difference(k, at int, kind Kind, x number, sign int64) {
	x.n *= sign
	st := &rd.st
	compare := st.compare
	if compare {
		st.year, st.compare = Own, false
	}
	if rd.comparedWith(at) {
		if subs, foreign := rd.resolve(max(rd.piece, rd.win), at, false); foreign {
			st.fresh = false
			return
		} else if len(subs) == 1 {
			s := subs[0]
			s.kind = kind
			rd.emit(k, s, x)
			return
		}
		rd.follow(k, kind, x)
		return
	}
	// 下降12.2% after 较上年减少5件 goes on with the same comparison.
	rd.follow(k, kind, x)
}

// comparedWith reports whether the piece around the word at names what it compares with.
func (rd *reader) comparedWith(at int) bool {
	for j := max(rd.piece, rd.sent[0]); j < at; j++ {
		switch rd.toks[j].word {
		case wThan, wAnnual, wLast, wYear:
			return true
		}
	}
	return false
}

// follow records a figure that refers to the count before it.
func (rd *reader) follow(k int, kind Kind, x number) {
	st := &rd.st
	if st.last < 0 || !st.fresh {
		return
	}
	from := rd.claims[st.last]
	c := rd.emit(k, subject{metric: from.Metric, column: from.Applicants, kind: kind, soft: from.soft}, x)
	c.from, c.base, c.Scope = st.last+1, st.base, from.Scope
}

// flat reads 与上年持平 and 比上年翻一番.
func (rd *reader) flat(k int) {
	st := &rd.st
	if !rd.comparedWith(k) {
		return
	}
	if st.compare {
		st.year, st.compare = Own, false
	}
	tok := &rd.toks[k]
	x, kind := number{ulp: 1}, Change
	if tok.word == wDouble {
		x, kind = number{n: 100, ulp: 10, near: around}, Growth
		tok.unit = "%"
	} else if rd.t.at(tok.beg-1) == '本' || tok.key == "" && rd.t.at(tok.beg) == '相' {
		x.near = around
	}
	if subs, foreign := rd.resolve(max(rd.piece, rd.win), k, false); foreign {
		return
	} else if len(subs) == 1 {
		s := subs[0]
		s.kind = kind
		rd.emit(k, s, x)
		return
	}
	rd.follow(k, kind, x)
}
