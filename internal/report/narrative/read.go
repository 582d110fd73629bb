package narrative

import (
	"strings"
	"unicode/utf8"

	"github.com/gongkai/gongkai/internal/report"
)

// reason says why a mismatch cannot be held against the text; it is printed.
type reason string

// The reasons.
const (
	certain      reason = ""
	brokenFigure reason = "原文中的数字被换行或空格断开，读数不确定"
	weakRequest  reason = "原文没有说明是政府信息公开申请"
	someChannel  reason = "原文说的可能只是某些渠道收到的申请"
	otherReview  reason = "原文没有说明是政府信息公开引起的复议、诉讼"
	looseWords   reason = "原文的说法与表中的栏目不完全对应"
	soFar        reason = "原文用“累计”，可能跨年"
	unknownBody  reason = "不能确定原文说的是本机关"
)

// subject is what a figure counts.
type subject struct {
	metric, column string
	kind           Kind
	soft           reason
	part           bool
	wide           bool // 36件申请已办结: may be those received
}

// state is what the reading of a sentence carries along.
type state struct {
	year, body Scope
	bodySoft   reason
	compare    bool // inside 较上年…: the year holds for one figure only
	among      bool
	soFar      bool
	last       int    // the claim that a share or a change refers to, -1 when none
	fresh      bool   // the figure before this one is that claim
	base       string // last year's figure, as stated just before
	whole      string // the metric that applicants are parts of
	docVerb    string // what was done to the documents before a 、
	decided    bool
	period     bool    // a part of the year: 上半年, 第一季度
	years      []Scope // 2022年、2023年分别: the years of the figures that follow
}

// frame is what an open bracket suspends.
type frame struct {
	st              state
	piece, win, end int // end is the token of the bracket itself
}

type reader struct {
	rep    *report.Report
	who    *agency
	no     int
	t      *text
	toks   []token
	claims []Claim

	topic   string // "app", "court:review", "doc:normative", "other" or ""
	court   string
	doc     string
	mention bool // the paragraph speaks of disclosure
	results bool // the sentence names results of applications

	st         state
	stack      []frame
	bracket    frame  // the bracket that has just closed
	sent       [2]int // tokens of the sentence
	printed    string // the sentence, made when first needed
	start      int    // and the byte where it starts
	taken      int    // up to here words are used up by a figure before them
	piece, win int    // where the piece between marks, and the window since the last figure, begin
	queue      []subject
}

func extract(r *report.Report) []Claim {
	rd := &reader{rep: r, who: newAgency(r.Agency)}
	if r.Preamble != "" {
		rd.section(0, r.Preamble)
	}
	for i := range r.Sections {
		rd.section(r.Sections[i].No, r.Sections[i].Text)
	}
	return rd.claims
}

func (rd *reader) section(no int, src string) {
	rd.no, rd.t = no, newText(src)
	rd.toks = rd.t.tokens(rd.who)
	rd.carries()
	rd.topic, rd.court, rd.doc, rd.mention = "", "", "", no == 3 || no == 4
	from, heading := 0, false
	for k := 0; k <= len(rd.toks); k++ {
		if k < len(rd.toks) && !rd.ends(from, k) {
			continue
		}
		before := len(rd.claims)
		rd.sentence(from, k)
		if k < len(rd.toks) && rd.toks[k].key == "\n" {
			heading = k > from && rd.toks[k].beg-rd.toks[from].beg < 30 && len(rd.claims) == before
			if !heading {
				rd.topic, rd.court, rd.doc, rd.mention = "", "", "", no == 3 || no == 4
			}
		}
		from = k + 1
	}
}

// maxSentence is how many characters a sentence may have. The longest real ones have a few hundred; a text without full stops
// is cut, because every figure is looked at together with its whole sentence.
const maxSentence = 1000

// ends reports whether the sentence that began at token from ends with token k: at a full stop, or where it is far too long.
func (rd *reader) ends(from, k int) bool {
	t := &rd.toks[k]
	long := t.beg - rd.toks[from].beg
	return t.word == wPoint && (strings.ContainsAny(t.key, "。!?\n") || long > maxSentence) || long > 2*maxSentence
}

// carries resolves 结转 with the years beside it: 上年结转, 2022年结转, 结转下年度, 结转2024年. Years used that way say
// nothing of the year of the figures.
func (rd *reader) carries() {
	for k := range rd.toks {
		if rd.toks[k].word != wCarry {
			continue
		}
		c := &rd.toks[k]
		if y := rd.carriedTo(k); y != nil {
			c.word, y.word = wCarryOut, wQuiet
		} else if y := rd.carriedFrom(k); y != nil {
			c.word, y.word = wCarryIn, wQuiet
		}
	}
}

// carriedTo is the year that the word at k carries to: 结转下年, 结转1件到下年, 无下年度结转.
func (rd *reader) carriedTo(k int) *token {
	n := rd.near(k, 1, 3)
	if n != nil && n.word == wNumber {
		n = rd.near(k+1, 1, 4)
	}
	if n != nil && (n.word == wNext || n.word == wYear && rd.later(n)) {
		return n
	}
	if p := rd.near(k, -1, 1); p != nil && p.word == wNext {
		return p
	}
	return nil
}

// carriedFrom is the year that the word at k carries from: 上年结转, 上年无结转, 结转上年.
func (rd *reader) carriedFrom(k int) *token {
	if n := rd.near(k, 1, 3); n != nil && n.word == wLast {
		return n
	}
	for back := 1; back <= 2; back++ {
		p := rd.near(k, -back, 7)
		if p == nil || p.word == wPoint || p.word == wNumber {
			return nil
		}
		if p.word == wLast || p.word == wYear && rd.earlier(p) {
			return p
		}
	}
	return nil
}

// near returns the token by steps away from k when no more than gap runes lie between, else nil.
func (rd *reader) near(k, by, gap int) *token {
	j := k + by
	if j < 0 || j >= len(rd.toks) {
		return nil
	}
	d := rd.toks[j].beg - rd.toks[k].end
	if by < 0 {
		d = rd.toks[k].beg - rd.toks[j].end
	}
	if d > gap {
		return nil
	}
	return &rd.toks[j]
}

func (rd *reader) later(y *token) bool   { return rd.rep.Year == 0 || int(y.x.n) > rd.rep.Year }
func (rd *reader) earlier(y *token) bool { return rd.rep.Year == 0 || int(y.x.n) == rd.rep.Year-1 }

// sentence reads the tokens [a,b).
func (rd *reader) sentence(a, b int) {
	rd.st = state{year: Own, body: Own, last: -1}
	rd.stack, rd.queue, rd.printed = rd.stack[:0], rd.queue[:0], ""
	rd.sent, rd.piece, rd.win, rd.taken = [2]int{a, b}, a, a, a
	rd.results = false
	for k := a; k < b; k++ {
		if t := &rd.toks[k]; t.word == wRow || t.word == wRequest || t.word == wCarryIn || t.word == wCarryOut || t.key == "asker" {
			rd.results = true
		}
	}
	for k := a; k < b; k++ {
		tok := &rd.toks[k]
		switch tok.word {
		case wPoint:
			rd.point(k)
		case wNumber:
			rd.number(k)
			rd.win = max(k+1, rd.taken)
			rd.piece = k + 1
		case wNil, wNilBack:
			rd.nothing(k)
		case wFlat, wDouble:
			rd.flat(k)
		default:
			rd.scope(k, tok)
			rd.topics(tok)
		}
	}
}

func (rd *reader) point(k int) {
	switch rd.toks[k].key {
	case "(":
		rd.stack = append(rd.stack, frame{rd.st, rd.piece, rd.win, k})
		rd.win = k + 1
	case ")":
		rd.bracket = frame{end: -1}
		if n := len(rd.stack); n > 0 {
			rd.bracket, rd.stack = rd.stack[n-1], rd.stack[:n-1]
			rd.st = rd.bracket.st
		}
		rd.win = k + 1
	case "、":
		return
	}
	if rd.st.compare {
		rd.st.compare, rd.st.year = false, Own
	}
	rd.piece = k + 1
	rd.st.docVerb, rd.st.decided = "", false
	if rd.toks[k].key == ";" {
		rd.queue, rd.st.period, rd.st.years = rd.queue[:0], false, nil
	}
}

// topics keeps what the text is about, for figures that do not name it again.
func (rd *reader) topics(tok *token) {
	switch tok.word {
	case wRequest:
		rd.topic, rd.mention = "app", true
	case wMention:
		rd.mention = true
	case wCourt:
		rd.topic, rd.court = "court", tok.key
	case wDocument:
		rd.topic, rd.doc = "doc", tok.key
	case wForeign:
		if rd.topic == "" || rd.t.has(tok.beg, proactive) {
			rd.topic = "other"
		}
	}
}

var proactive = []rune("主动公开")

// emit records a claim about the figure at token k.
func (rd *reader) emit(k int, s subject, x number) *Claim {
	tok := &rd.toks[k]
	if rd.printed == "" {
		rd.printed, rd.start = rd.sentenceText()
	}
	c := Claim{Section: rd.no, Sentence: rd.printed, Start: rd.t.off[tok.beg], End: rd.t.endOf(tok.end), Metric: s.metric,
		Applicants: s.column, Value: x.String(), Unit: tok.unit, Approx: x.near != exact, Kind: s.kind, num: x, soft: s.soft, wide: s.wide,
		Scope: rd.st.year, at: rd.start}
	if c.Scope == Own {
		c.Scope = rd.st.body
	}
	if c.Scope == Own && (s.part || rd.st.period) {
		c.Scope = Part
	}
	if c.soft == certain {
		c.soft = rd.st.bodySoft
	}
	if c.soft == certain && rd.st.soFar {
		c.soft = soFar
	}
	if tok.broken && c.soft == certain {
		c.soft = brokenFigure
	}
	rd.claims = append(rd.claims, c)
	return &rd.claims[len(rd.claims)-1]
}

// endOf is the byte offset behind the rune before i.
func (t *text) endOf(i int) int {
	if i == 0 {
		return 0
	}
	at := t.off[i-1]
	_, size := utf8.DecodeRuneInString(t.src[at:])
	return at + size
}

// sentenceText is the sentence without line breaks, and the byte where it starts.
func (rd *reader) sentenceText() (string, int) {
	a, b := rd.sent[0], rd.sent[1]
	if a >= b {
		return "", 0
	}
	beg := rd.toks[a].beg
	for beg > 0 && rd.toks[a].beg-beg < maxSentence && !strings.ContainsRune("。!?\n", rd.t.rs[beg-1]) {
		beg--
	}
	end := len(rd.t.rs)
	if b < len(rd.toks) {
		end = rd.toks[b].end
	}
	s := rd.t.src[rd.t.off[beg]:rd.t.endOf(end)]
	if strings.ContainsAny(s, "\n\r") {
		s = strings.NewReplacer("\r", "", "\n", "").Replace(s)
	}
	return strings.TrimSpace(s), rd.t.off[beg]
}
