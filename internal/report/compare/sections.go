package compare

import (
	"math"
	"strings"

	"github.com/gongkai/gongkai/internal/report"
)

// Section is one section in both reports. The preamble is section 0.
type Section struct {
	No         int    `json:"no"`
	TitleA     string `json:"title_a"`
	TitleB     string `json:"title_b"`
	State      State  `json:"state"`
	SentencesA int    `json:"sentences_a"`
	SentencesB int    `json:"sentences_b"`
	// Identical is how many sentences of B stand word for word in A, wherever they stand there.
	Identical int `json:"identical"`
	// Share is Identical over SentencesB, rounded to three decimals, 1 only when all are; 0 when B has no sentence.
	Share float64 `json:"share"`
	// Changes lead from A to B, sentence by sentence. The texts of all runs that are not insertions make A's text again,
	// the texts of all that are not deletions make B's.
	Changes []Change `json:"changes"`
	// Coarse is true when the texts were so different or long that the middle was replaced as a whole.
	Coarse bool `json:"coarse"`
}

// Change is one step: sentences that are the same, one sentence that went, one that came, or one that was changed inside.
type Change struct {
	Op   Op    `json:"op"`
	Runs []Run `json:"runs"`
}

// Run is a piece of text with what happened to it: Equal, Delete or Insert.
type Run struct {
	Op   Op     `json:"op"`
	Text string `json:"text"`
}

// Bounds of the search; see diff. They keep the comparison of two hostile texts below a second.
const (
	maxSentenceSteps = 1500
	maxWordSteps     = 400
	maxWords         = 3000       // sentences longer than this are replaced as a whole
	maxWork          = 10_000_000 // steps of comparison per section
)

func sections(a, b *report.Report) []Section {
	out := []Section{}
	for no := 0; no <= 6; no++ {
		sa, sb := sectionOf(a, no), sectionOf(b, no)
		if sa == nil && sb == nil {
			continue
		}
		s := Section{No: no, Changes: []Change{}}
		var ta, tb string
		if sa != nil {
			s.TitleA, ta = sa.Title, sa.Text
		}
		if sb != nil {
			s.TitleB, tb = sb.Title, sb.Text
		}
		s.State = stateOf(sa != nil, sb != nil, ta == tb && s.TitleA == s.TitleB)
		s.fill(ta, tb)
		out = append(out, s)
	}
	return out
}

func sectionOf(r *report.Report, no int) *report.Section {
	if no > 0 {
		return r.Section(no)
	}
	if r.Preamble == "" {
		return nil
	}
	return &report.Section{Title: "引言", Text: r.Preamble}
}

func (s *Section) fill(ta, tb string) {
	a, b := sentences(ta), sentences(tb)
	s.SentencesA, s.SentencesB, s.Identical = common(a, b)
	s.Share = share(s.Identical, s.SentencesB)
	steps, ok := diff(a, b, min(maxSentenceSteps, maxWork/(len(a)+len(b)+1)))
	p := &pairer{work: maxWork}
	s.Changes = p.changes(a, b, steps)
	s.Coarse = !ok || p.work <= 0
}

// pairer compares changed sentences inside until its share of work is spent; after that they are replaced as a whole.
type pairer struct{ work int }

// common counts the sentences that are not empty, and those of b that stand in a. A sentence of a serves once.
func common(a, b []string) (inA, inB, identical int) {
	left := map[string]int{}
	for _, s := range a {
		if k := strings.TrimSpace(s); k != "" {
			inA++
			left[k]++
		}
	}
	for _, s := range b {
		k := strings.TrimSpace(s)
		if k == "" {
			continue
		}
		inB++
		if left[k] > 0 {
			left[k]--
			identical++
		}
	}
	return inA, inB, identical
}

func share(part, whole int) float64 {
	if whole == 0 {
		return 0
	}
	if part == whole {
		return 1
	}
	return min(math.Round(float64(part)/float64(whole)*1000)/1000, 0.999)
}

// changes turns the steps over sentences into changes; sentences that went and came at one place are paired in order when
// they are akin, and compared inside.
func (p *pairer) changes(a, b []string, steps []edit) []Change {
	out := []Change{}
	for i := 0; i < len(steps); {
		if steps[i].op == Equal {
			var text strings.Builder
			for ; i < len(steps) && steps[i].op == Equal; i++ {
				text.WriteString(a[steps[i].i])
			}
			out = append(out, whole(Equal, text.String()))
			continue
		}
		var gone, come []string
		for ; i < len(steps) && steps[i].op != Equal; i++ {
			if steps[i].op == Delete {
				gone = append(gone, a[steps[i].i])
			} else {
				come = append(come, b[steps[i].j])
			}
		}
		out = append(out, p.paired(gone, come)...)
	}
	return out
}

func whole(op Op, text string) Change { return Change{Op: op, Runs: []Run{{op, text}}} }

// paired goes through both lists in order. A sentence that went is held against the next few that came.
func (p *pairer) paired(gone, come []string) []Change {
	const window = 8
	var out []Change
	j := 0
	for _, g := range gone {
		best := -1
		var found []Run
		for k := j; k < min(j+window, len(come)); k++ {
			runs, akin := p.inside(g, come[k])
			if akin {
				best, found = k, runs
				break
			}
		}
		if best < 0 {
			out = append(out, whole(Delete, g))
			continue
		}
		for ; j < best; j++ {
			out = append(out, whole(Insert, come[j]))
		}
		out = append(out, Change{Op: Replace, Runs: found})
		j++
	}
	for ; j < len(come); j++ {
		out = append(out, whole(Insert, come[j]))
	}
	return out
}

// inside compares two sentences; akin is true when at least half of the longer one stayed.
func (p *pairer) inside(x, y string) (runs []Run, akin bool) {
	if p.work <= 0 {
		return nil, false
	}
	a, b := words(x), words(y)
	p.work -= len(a) + len(b)
	if len(a) > maxWords || len(b) > maxWords {
		return nil, false
	}
	longer := max(len(a), len(b))
	if shared(a, b)*2 < longer {
		return nil, false
	}
	// The search keeps at least half of the longer one or is of no use, so more steps than this need not be tried.
	p.work -= longer * min(maxWordSteps, longer)
	steps, ok := diff(a, b, min(maxWordSteps, longer+1))
	if !ok {
		return nil, false
	}
	same := 0
	for _, e := range steps {
		if e.op == Equal {
			same++
		}
	}
	if same*2 < longer {
		return nil, false
	}
	return merge(islands(runsOf(a, b, steps))), true
}

// shared is how many words the two have in common in any order: no comparison can keep more.
func shared(a, b []string) int {
	left := map[string]int{}
	for _, w := range a {
		left[w]++
	}
	n := 0
	for _, w := range b {
		if left[w] > 0 {
			left[w]--
			n++
		}
	}
	return n
}

func runsOf(a, b []string, steps []edit) []Run {
	var out []Run
	for _, e := range steps {
		text := ""
		if e.op == Insert {
			text = b[e.j]
		} else {
			text = a[e.i]
		}
		if n := len(out); n > 0 && out[n-1].Op == e.op {
			out[n-1].Text += text
			continue
		}
		out = append(out, Run{e.op, text})
	}
	return out
}

// islands gives up single characters that stayed by chance between two changes: they make a difference unreadable.
func islands(runs []Run) []Run {
	var out []Run
	for i, r := range runs {
		if r.Op == Equal && i > 0 && i < len(runs)-1 && len([]rune(r.Text)) == 1 {
			out = append(out, Run{Delete, r.Text}, Run{Insert, r.Text})
			continue
		}
		out = append(out, r)
	}
	return out
}

// merge joins what was deleted and what was inserted between two equal runs into one run each.
func merge(runs []Run) []Run {
	var out []Run
	var gone, come string
	flush := func() {
		if gone != "" {
			out = append(out, Run{Delete, gone})
		}
		if come != "" {
			out = append(out, Run{Insert, come})
		}
		gone, come = "", ""
	}
	for _, r := range runs {
		switch r.Op {
		case Delete:
			gone += r.Text
		case Insert:
			come += r.Text
		default:
			flush()
			out = append(out, r)
		}
	}
	flush()
	return out
}
