package narrative

import "strings"

// nothing reads words that say none: 未收到政府信息公开申请, 均未发生行政复议.
func (rd *reader) nothing(k int) {
	st := &rd.st
	if st.compare {
		return
	}
	subs := rd.none(k+1, rd.right(k, true))
	if len(subs) == 0 && rd.toks[k].word == wNilBack {
		for _, s := range rd.none(max(rd.piece, rd.win), k) {
			if head, _, _ := strings.Cut(s.metric, "."); head == "review" || strings.HasPrefix(head, "litigation") {
				subs = append(subs, s)
			}
		}
	}
	for _, s := range subs {
		rd.emit(k, s, number{ulp: 1})
		st.fresh = false
		rd.settle(s.metric)
	}
}

// none finds what there is none of.
func (rd *reader) none(lo, hi int) []subject {
	if lo >= hi {
		return nil
	}
	f := rd.look(lo, hi, false)
	if f.main < 0 {
		if f.has(wFeeWeak) {
			return []subject{{metric: "info_fee", kind: Amount}}
		}
		return nil
	}
	if rd.toks[f.main].word == wForeign && !rd.ofRequests(f.main) || rd.applicants(lo, hi) == 1 || f.has(wChannel) || rd.ofUnits(hi) {
		return nil
	}
	var subs []subject
	if rd.noRequests(&f) {
		subs = append(subs, subject{metric: "new_received", kind: Count})
	}
	if rd.courtFound(&f) {
		return append(subs, rd.courts(lo, hi, &f)...)
	}
	if s := rd.noneElse(lo, hi, &f); len(s) > 0 {
		return s
	}
	return subs
}

// noRequests reports whether what there is none of are applications.
func (rd *reader) noRequests(f *found) bool {
	for _, w := range [...]word{wRow, wCarryIn, wCarryOut, wCarry, wFee, wFeeWeak} {
		if f.has(w) {
			return false
		}
	}
	if req := f.at[wRequest]; req >= 0 && !rd.forReview(req) {
		return true
	}
	return f.has(wRequestWeak) && !rd.courtFound(f) && rd.weakNone(f)
}

// courtFound reports whether the words are about 复议 or 诉讼.
func (rd *reader) courtFound(f *found) bool {
	return f.has(wCourt) || (f.has(wResult) || f.has(wHint)) && rd.topic == "court"
}

// noneElse finds what else there can be none of.
func (rd *reader) noneElse(lo, hi int, f *found) []subject {
	switch {
	case f.has(wFee):
		return []subject{{metric: rd.toks[f.at[wFee]].key, kind: Amount}}
	case f.has(wFeeWeak):
		return []subject{{metric: "info_fee", kind: Amount}}
	case f.has(wRow):
		return rd.rows(lo, hi, f)
	case f.has(wCarryIn), f.has(wCarryOut):
		return carried(f, rd.toks)
	case f.has(wDocument) && f.has(wDocVerb) && rd.toks[f.at[wDocVerb]].key != "published":
		docs, _ := rd.documents(lo, hi, f)
		return docs
	case f.has(wDecision):
		return rd.decisions(lo, hi, f)
	}
	return nil
}

// ofRequests reports whether the word at k is only what applications are called: 依申请公开事项, 依申请公开来信.
func (rd *reader) ofRequests(k int) bool {
	p := rd.near(k, -1, 0)
	return p != nil && (p.word == wRequest || p.word == wCourt)
}

// applicants counts the kinds of applicant named; 公民、法人 together are all.
func (rd *reader) applicants(lo, hi int) int {
	n := 0
	for k := lo; k < hi; k++ {
		if rd.toks[k].word == wApplicant {
			n++
		}
	}
	return n
}

// forReview reports whether the words 信息公开申请 at token k go on to 行政复议: then they apply for that.
func (rd *reader) forReview(k int) bool {
	n := rd.near(k, 1, 0)
	return n != nil && n.word == wCourt
}

// weakNone reports whether 申请 by itself means one for information here.
func (rd *reader) weakNone(f *found) bool {
	if f.has(wQual) && !f.has(wMention) && !f.has(wInfo) {
		return false
	}
	return rd.topic == "app" || f.has(wMention) || rd.mention
}

// ofUnits tells 未收到申请的单位有5个 from 未收到申请.
func (rd *reader) ofUnits(hi int) bool {
	if hi == 0 {
		return false
	}
	i := rd.toks[hi-1].end
	return rd.t.at(i) == '的' && strings.ContainsRune("单部乡机街", orSpace(rd.t.at(i+1)))
}
