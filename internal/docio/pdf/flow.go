package pdf

import (
	"regexp"
	"slices"

	"github.com/gongkai/gongkai/internal/docio"
)

// flow turns the lines and tables of all pages into blocks.
type flow struct {
	blocks []docio.Block
	pitch  float64 // usual distance of two lines, in points
	size   float64 // usual size of the letters
	margins
	perPage map[int]margins
	last    *line // of the paragraph being built, nil when there is none
	text    string
	page    int
}

// enoughLines is how many long lines tell the margins of a page.
const enoughLines = 4

// margins are where the text of a page begins and ends.
type margins struct{ left, right float64 }

func newFlow(pages [][]item) *flow {
	f := &flow{perPage: map[int]margins{}}
	var sizes, pitches []float64
	for _, items := range pages {
		var before *line
		for _, it := range items {
			if it.line == nil {
				before = nil
				continue
			}
			if n := len(it.line.glyphs); n >= 8 {
				sizes = append(sizes, it.line.size())
				if before != nil {
					pitches = append(pitches, it.line.cy()-before.cy())
				}
			}
			before = it.line
		}
	}
	f.size, f.pitch = median(sizes, 12), median(pitches, 20)
	for _, items := range pages {
		f.setMargins(items)
	}
	return f
}

func (f *flow) setMargins(items []item) {
	var starts, ends []float64
	page := 0
	for _, it := range items {
		if it.line != nil && it.w() > 12*f.size {
			starts, ends, page = append(starts, it.x0), append(ends, it.x1), it.line.page
		}
	}
	if len(starts) == 0 {
		return
	}
	slices.Sort(starts)
	slices.Sort(ends)
	m := margins{left: starts[0], right: ends[len(ends)-1]}
	if len(starts) >= enoughLines {
		f.perPage[page] = m
	}
	if f.right == 0 {
		f.margins = m
	}
	f.margins = margins{min(f.left, m.left), max(f.right, m.right)}
}

func median(v []float64, otherwise float64) float64 {
	if len(v) == 0 {
		return otherwise
	}
	slices.Sort(v)
	return v[len(v)/2]
}

func (f *flow) marginsOf(l *line) margins {
	if m, ok := f.perPage[l.page]; ok {
		return m
	}
	return f.margins
}

func (f *flow) table(t *table) {
	f.end()
	f.blocks = append(f.blocks, docio.Block{Grid: t.grid(), Pos: docio.Pos{Page: t.from}})
}

// run takes a run of lines without a table with borders between them.
func (f *flow) run(lines []*line) {
	at := 0
	for _, r := range findRegions(lines, f.right-f.left) {
		for _, l := range lines[at:r[0]] {
			f.line(l)
		}
		at = r[1]
		f.region(lines[r[0]:r[1]])
	}
	for _, l := range lines[at:] {
		f.line(l)
	}
}

// region takes lines that seem to be a table: as a grid when it is certain, else as they stand.
func (f *flow) region(lines []*line) {
	f.end()
	if t := newRegion(lines).plainTable(); t != nil {
		f.table(t)
		return
	}
	for _, l := range lines {
		f.verbatim(l)
	}
}

func (f *flow) verbatim(l *line) {
	f.end()
	f.blocks = append(f.blocks, docio.Block{
		Text: layout(l, f.left, f.size), Verbatim: true, Pos: docio.Pos{Page: l.page},
	})
}

func (f *flow) line(l *line) {
	if len(l.glyphs) > 1 && len(l.chunks(2)) > 1 {
		f.verbatim(l)
		return
	}
	if f.last != nil && f.continues(f.last, l) {
		f.text = join(f.text, l.text())
		f.last = l
		return
	}
	f.end()
	f.last, f.text, f.page = l, l.text(), l.page
}

// end closes the paragraph being built.
func (f *flow) end() {
	if f.last != nil && f.text != "" {
		f.blocks = append(f.blocks, docio.Block{Text: f.text, Pos: docio.Pos{Page: f.page}})
	}
	f.last, f.text = nil, ""
}

var (
	chapter = regexp.MustCompile(`^[一二三四五六七八九十]{1,3}、`)
	section = regexp.MustCompile(`^[（(][一二三四五六七八九十]{1,3}[）)]`)
)

// continues reports whether l goes on with the paragraph that a ended.
func (f *flow) continues(a, l *line) bool {
	if d := a.size() - l.size(); abs(d) > 0.15*max(a.size(), l.size()) {
		return false
	}
	text := l.text()
	if chapter.MatchString(text) {
		return false
	}
	if a.page == l.page && l.cy()-a.cy() > 1.7*max(f.pitch, 1.2*a.size(), a.tall()) {
		return false
	}
	am, lm := f.marginsOf(a), f.marginsOf(l)
	if centred(a, am, f.size) && centred(l, lm, f.size) {
		return a.size() > 1.15*f.size && !section.MatchString(text) && !ended(a)
	}
	em := max(l.size(), 1)
	if l.x0-lm.left > 1.2*em {
		return false
	}
	short := am.right - a.x1
	if ended(a) {
		return short < 2*em
	}
	return short < 4*em
}

// ended reports whether a line ends with a mark that can end a paragraph.
func ended(l *line) bool {
	switch l.glyphs[len(l.glyphs)-1].r {
	case '。', '；', '：', '！', '？', ';', ':', '!', '?', '.', '”', '）', ')':
		return true
	}
	return false
}

// centred reports whether a line stands in the middle, away from both margins.
func centred(l *line, m margins, em float64) bool {
	before, after := l.x0-m.left, m.right-l.x1
	return before > 2*em && after > 2*em && abs(before-after) < 2*em
}
