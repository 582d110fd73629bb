package narrative

import "strings"

// requests reads counts of applications as such: received, handled, by applicant.
func (rd *reader) requests(f *found, applicants int) []subject {
	strong := f.has(wRequest) || rd.topic == "app" || rd.results && rd.topic == ""
	s := subject{kind: Count, soft: rd.requestDoubt(f, strong)}
	if applicants == 1 {
		return rd.byApplicant(f, s, strong)
	}
	if !strong && !f.has(wRequestWeak) {
		return nil
	}
	if s.metric = flowMetric(f); s.metric == "" {
		return nil
	}
	rd.extent(f, &s)
	return []subject{s}
}

// extent says whether the figure may be some of the applications only, or any of the totals.
func (rd *reader) extent(f *found, s *subject) {
	if s.metric == "received_or_carried" {
		s.part = rd.st.among || f.has(wQual) && f.at[wQual] < f.at[wRequestWeak]
	}
	if !f.right {
		return
	}
	if strings.ContainsRune("对就将有余中", rd.t.at(rd.toks[f.figure].beg-1)) {
		s.part = true // 对2件申请延长期限: some of them
	}
	if fig := &rd.toks[f.figure]; rd.t.at(fig.end+len([]rune(fig.unit))) == '按' && rd.namesRow() {
		s.part = true // 1件按无法提供办结,18件按期答复: of several ways
	}
	w := rd.toks[f.main].word
	s.wide = s.metric == "handled_total" && (w == wRequest || w == wRequestWeak) // 36件申请已办结
}

// namesRow reports whether the sentence names a result of table 3.
func (rd *reader) namesRow() bool {
	for k := rd.sent[0]; k < rd.sent[1]; k++ {
		if rd.toks[k].word == wRow {
			return true
		}
	}
	return false
}

// requestDoubt says why it is not certain that the applications are those that table 3 counts.
func (rd *reader) requestDoubt(f *found, strong bool) reason {
	switch {
	case f.has(wChannel):
		return someChannel
	case strong, rd.mention:
		return certain
	case f.has(wNew) && rd.t.at(rd.toks[f.at[wNew]].beg+1) == '收':
		return certain // 新收 is a word of the form
	}
	return weakRequest
}

// byApplicant reads a count of one kind of applicant. 自然人 is a word of the form; 企业 by itself may be anything.
func (rd *reader) byApplicant(f *found, s subject, strong bool) []subject {
	key, everyday := strings.CutSuffix(rd.toks[f.at[wApplicant]].key, "~")
	named := f.has(wRequest) || f.has(wRequestWeak)
	if everyday && !named && (!strong || !rd.st.among) {
		return nil
	}
	s.metric, s.column = rd.whole(f), key
	return []subject{s}
}

// flowMetric is what the verb says was done with the applications; the last verb counts.
func flowMetric(f *found) string {
	received := max(f.at[wNew], f.at[wReceived])
	switch {
	case f.has(wHandled) && f.at[wHandled] > received:
		return "handled_total"
	case f.has(wNew) && f.at[wNew] == received:
		return "new_received"
	case f.has(wReceived), !f.has(wProcessed) && (f.has(wRequest) || f.has(wRequestWeak)):
		return "received_or_carried"
	case f.has(wProcessed):
		return "processed"
	}
	return ""
}

// whole is the metric that a figure by applicant is a part of.
func (rd *reader) whole(f *found) string {
	switch {
	case f.has(wNew):
		return "new_received"
	case f.has(wHandled):
		return "handled_total"
	case rd.st.whole != "":
		return rd.st.whole
	}
	return "received_or_carried"
}
