package narrative

import (
	"slices"
	"strings"
)

// found is what the words of a stretch of text hold, the last of each class.
type found struct {
	right  bool
	figure int // the figure to the left of the words, when reading to the right
	at     [wPoint + 1]int
	main   int // the last word that could be a subject, or the first when reading to the right
}

func (f *found) has(w word) bool { return f.at[w] >= 0 }

// isSubject reports whether words of this class can be what a figure counts.
func isSubject(w word) bool {
	switch w {
	case wRow, wResult, wHint, wCourt, wNew, wReceived, wHandled, wProcessed, wCarry, wCarryIn, wCarryOut, wRequest, wRequestWeak,
		wApplicant, wForeign, wInfo, wDocument, wDocVerb, wDecision, wDecided, wFee, wChannel:
		return true
	}
	return false
}

// rounds reports whether a word only rounds off the one right before it: 执法案卷信息 is the file, 行政许可申请 is no
// application for information.
func rounds(before, w word) bool {
	switch w {
	case wInfo:
		return before == wRow || before == wRequest
	case wRequestWeak:
		return before == wDecision || before == wForeign
	}
	return false
}

var matters = []rune("事项")

func (rd *reader) look(lo, hi int, right bool) found {
	f := found{main: -1}
	for i := range f.at {
		f.at[i] = -1
	}
	for k := lo; k < hi; k++ {
		w := rd.toks[k].word
		if w == wForeign && rd.t.has(rd.toks[k].beg, matters) && rd.ofRequests(k) {
			continue // 依申请公开事项 are applications
		}
		if k > 0 && rd.toks[k-1].end == rd.toks[k].beg && rounds(rd.toks[k-1].word, w) {
			continue
		}
		f.at[w] = k
		if isSubject(w) && (f.main < 0 || !right) {
			f.main = k
		}
	}
	return f
}

// right is where the stretch to the right of token k ends: at a mark or the next figure.
func (rd *reader) right(k int, lists bool) int {
	j := k + 1
	for ; j < rd.sent[1]; j++ {
		switch t := &rd.toks[j]; t.word {
		case wPoint:
			if !lists || t.key != "、" {
				return j
			}
		case wNumber, wNil:
			return j
		}
	}
	return j
}

// subjects finds what the figure at token k counts. foreign says that it counts another matter.
func (rd *reader) subjects(k int) (subs []subject, foreign bool) {
	lo := max(rd.piece, rd.win)
	if b := &rd.bracket; k > 0 && rd.toks[k-1].key == ")" && rd.toks[k-1].end == rd.toks[k].beg && b.end >= 0 {
		// 其他处理（含主动撤回）341件: what stands before the bracket is what is counted.
		return rd.resolve(max(b.piece, b.win), b.end, false)
	}
	if subs, foreign = rd.resolve(lo, k, false); len(subs) > 0 || foreign {
		if !foreign && rd.onlyVerb(lo, k) && rd.foreignBehind(k) {
			return nil, true // 收到248条网民留言
		}
		return subs, foreign
	}
	end := rd.right(k, false)
	if subs, foreign = rd.resolve(k+1, end, true); len(subs) > 0 || foreign {
		if end < len(rd.toks) && rd.toks[end].word == wPoint {
			rd.taken = end // 1件维持、1件纠正: these words are used up
		}
		return subs, foreign
	}
	if len(rd.queue) > 0 {
		s := rd.queue[0]
		rd.queue = rd.queue[1:]
		return []subject{s}, false
	}
	if rd.win < rd.piece && rd.t.runesBetween(rd.toks, rd.piece, k) <= 6 {
		return rd.resolve(rd.win, rd.piece, false)
	}
	return nil, false
}

// onlyVerb reports whether the words before a figure say only what was done, and not to what.
func (rd *reader) onlyVerb(lo, hi int) bool {
	verb := false
	for k := lo; k < hi; k++ {
		switch w := rd.toks[k].word; {
		case w == wReceived || w == wHandled || w == wProcessed || w == wNew:
			verb = true
		case isSubject(w):
			return false
		}
	}
	return verb
}

// foreignBehind reports whether the first thing named right behind the figure at k is another matter.
func (rd *reader) foreignBehind(k int) bool {
	end := rd.right(k, false)
	if k+1 >= end || rd.toks[k+1].beg-rd.toks[k].end > 6 {
		return false
	}
	foreign := false
	for j := k + 1; j < end; j++ {
		switch w := rd.toks[j].word; {
		case w == wForeign:
			foreign = true
		case w == wRequest || w == wRequestWeak || w == wRow || w == wCourt:
			return false
		}
	}
	return foreign
}

// runesBetween counts the runes from the mark before token lo to token k.
func (t *text) runesBetween(toks []token, lo, k int) int {
	from := 0
	if lo > 0 {
		from = toks[lo-1].end
	}
	return toks[k].beg - from
}

// feeBefore reports whether an amount of money is one of 收费 or 费用 that is not named closer.
func (rd *reader) feeBefore(k int) bool {
	if !strings.HasSuffix(rd.toks[k].unit, "元") {
		return false
	}
	f := rd.look(max(rd.piece, rd.win), k, false)
	return f.has(wFeeWeak) && !f.has(wFee)
}

// resolve reads the subject out of the tokens [lo,hi).
func (rd *reader) resolve(lo, hi int, right bool) ([]subject, bool) {
	if lo >= hi {
		return nil, false
	}
	f := rd.look(lo, hi, right)
	f.right, f.figure = right, max(lo-1, 0)
	if f.main < 0 {
		return nil, false
	}
	if w := rd.toks[f.main].word; w == wForeign || w == wInfo && !f.has(wRequest) {
		if w == wInfo && right && f.has(wCourt) {
			return rd.courts(lo, hi, &f), false
		}
		return nil, true
	}
	return rd.choose(lo, hi, &f)
}

// choose picks the subject by what weighs most: money, then 复议 and 诉讼, then the rows of table 3, then the rest.
func (rd *reader) choose(lo, hi int, f *found) ([]subject, bool) {
	switch {
	case f.has(wFee):
		return []subject{{metric: rd.toks[f.at[wFee]].key, kind: Amount}}, false
	case rd.courtFound(f):
		return rd.courts(lo, hi, f), false
	case f.has(wRow):
		return rd.rows(lo, hi, f), false
	case f.has(wResult) && rd.topic == "app" && rd.toks[f.at[wResult]].key == "other":
		return []subject{{metric: "other", kind: Count, soft: looseWords}}, false
	case f.has(wCarryIn), f.has(wCarryOut), f.has(wCarry):
		return carried(f, rd.toks), false
	case f.has(wDocument) || f.has(wDocVerb) && rd.topic == "doc":
		return rd.documents(lo, hi, f)
	case f.has(wDecision):
		return rd.decisions(lo, hi, f), false
	}
	return rd.requests(f, rd.applicants(lo, hi)), false
}

// courts reads 行政复议, 行政诉讼 and their results.
func (rd *reader) courts(lo, hi int, f *found) []subject {
	soft := certain
	if !rd.aboutDisclosure(f) {
		soft = otherReview
	}
	var keys []string
	for k := lo; k < hi; k++ {
		if rd.toks[k].word != wCourt {
			continue
		}
		key := rd.toks[k].key
		if n := len(keys); n > 0 && (keys[n-1] == key || keys[n-1] == "litigation" && strings.HasPrefix(key, "litigation")) {
			keys = keys[:n-1]
		}
		keys = append(keys, key)
	}
	if len(keys) == 0 {
		keys = []string{rd.court}
	}
	col := "total"
	switch {
	case f.has(wResult):
		col = rd.toks[f.at[wResult]].key
	case f.has(wHint):
		col, soft = rd.toks[f.at[wHint]].key, looseWords
	}
	subs := make([]subject, 0, len(keys))
	for _, key := range keys {
		subs = append(subs, subject{metric: key + "." + col, kind: Count, soft: soft})
	}
	return subs
}

// aboutDisclosure reports whether a count of 复议 or 诉讼 is one of disclosure matters: an office may also state all of
// its reviews, or those that it decided itself.
func (rd *reader) aboutDisclosure(f *found) bool {
	sentence := rd.no == 4
	for k := rd.sent[0]; k < rd.sent[1] && !sentence; k++ {
		switch rd.toks[k].word {
		case wMention, wRequest:
			sentence = true
		case wResult: // 结果维持 and the like are words of the form
			sentence = rd.toks[k].end-rd.toks[k].beg == 4 && rd.toks[k].key != "pending"
		}
	}
	if f.has(wReceived) || f.has(wProcessed) || f.has(wHandled) {
		return sentence
	}
	return sentence || rd.mention
}

// rows reads the results of table 3. Two that are joined (予以公开及部分公开) count together; of a reason and its group the
// reason counts.
func (rd *reader) rows(lo, hi int, f *found) []subject {
	keys := rd.rowKeys(lo, hi)
	s := subject{kind: Count, column: rd.column(f)}
	for i, key := range keys {
		if bare, loose := strings.CutSuffix(key, "~"); loose {
			keys[i], s.soft = bare, looseWords
		}
	}
	switch {
	case len(keys) == 1:
		s.metric = keys[0]
	case len(keys) == 2 && keys[0] == "granted" && keys[1] == "partial":
		s.metric = "granted_or_partial"
	case rd.joined(lo, hi):
		subs := make([]subject, 0, len(keys))
		for _, key := range keys {
			subs = append(subs, subject{metric: key, kind: Count, column: s.column})
		}
		return subs
	default:
		s.metric = keys[len(keys)-1]
	}
	return []subject{s}
}

// rowKeys lists the rows named in the stretch, each once, without the groups of reasons that are named too.
func (rd *reader) rowKeys(lo, hi int) []string {
	var keys []string
	for k := lo; k < hi; k++ {
		if rd.toks[k].word != wRow {
			continue
		}
		key := rd.toks[k].key
		drop := false
		for i, have := range keys {
			if strings.HasPrefix(have, key+".") && rd.t.at(rd.toks[k].beg-1) != '等' && slices.Contains(rd.t.rs[rd.toks[lo].beg:rd.toks[k].beg], '等') {
				keys[i], drop = key, true // 因信息不存在等原因无法提供: the group
			} else if have == key || strings.HasPrefix(have, key+".") {
				drop = true
			} else if strings.HasPrefix(key, have+".") {
				keys[i], drop = key, true
			}
		}
		if !drop {
			keys = append(keys, key)
		}
	}
	return keys
}

// joined reports whether the stretch holds a word that joins subjects.
func (rd *reader) joined(lo, hi int) bool {
	for k := lo; k < hi; k++ {
		if t := &rd.toks[k]; t.word == wConj || t.word == wResp || t.word == wEach || t.key == "、" {
			return true
		}
	}
	return false
}

func (rd *reader) column(f *found) string {
	if !f.has(wApplicant) {
		return ""
	}
	return strings.TrimSuffix(rd.toks[f.at[wApplicant]].key, "~")
}

func carried(f *found, toks []token) []subject {
	switch {
	case f.has(wCarryIn) && f.at[wCarryIn] > f.at[wCarryOut]:
		return []subject{{metric: "carried_in", kind: Count}}
	case f.has(wCarryOut):
		s := subject{metric: "carried_out", kind: Count}
		if toks[f.at[wCarryOut]].key == "soft" {
			s.soft = looseWords
		}
		return []subject{s}
	}
	return []subject{{metric: "carried", kind: Count, soft: looseWords}}
}

// documents reads 规章 and 规范性文件. What is done to them without being counted in the form (清理, 备案) makes the figure
// another matter.
func (rd *reader) documents(lo, hi int, f *found) ([]subject, bool) {
	verb := "published"
	if rd.st.docVerb != "" && rd.toks[lo].key == "、" && !f.has(wDocVerb) {
		verb = rd.st.docVerb
	} else if f.has(wDocVerb) {
		verb = rd.toks[f.at[wDocVerb]].key
		if verb == "" {
			return nil, true
		}
	} else if !f.has(wDocument) {
		return nil, false
	}
	var keys []string
	for k := lo; k < hi; k++ {
		if rd.toks[k].word == wDocument && (len(keys) == 0 || keys[len(keys)-1] != rd.toks[k].key) {
			keys = append(keys, rd.toks[k].key)
		}
	}
	if len(keys) == 0 {
		keys = []string{rd.doc}
	}
	soft := certain
	if verb == "published" || len(rd.stack) > 0 {
		soft = looseWords
	}
	rd.st.docVerb = verb
	subs := make([]subject, 0, len(keys))
	for _, key := range keys {
		subs = append(subs, subject{metric: key + "." + verb, kind: Count, soft: soft})
	}
	return subs, false
}

func (rd *reader) decisions(lo, hi int, f *found) []subject {
	soft := looseWords
	if f.has(wDecided) && rd.toks[f.at[wDecided]].key == "firm" || rd.st.decided && rd.toks[lo].key == "、" {
		soft, rd.st.decided = certain, true
	}
	var subs []subject
	for k := lo; k < hi; k++ {
		if rd.toks[k].word == wDecision {
			subs = append(subs, subject{metric: rd.toks[k].key, kind: Count, soft: soft})
		}
	}
	return subs
}
