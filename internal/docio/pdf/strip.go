package pdf

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// item is one thing on a page, in reading order: a line of text or a table.
type item struct {
	box
	line  *line
	table *table
}

// items puts the characters of a page into its tables and into lines outside them.
func (s *sheet) items() []item {
	lattices := s.lattices()
	var free []glyph
	for _, g := range s.glyphs {
		if l := holder(lattices, g); l != nil {
			l.put(g)
			continue
		}
		free = append(free, g)
	}
	var out []item
	for _, l := range lattices {
		t := l.table(s.no)
		out = append(out, item{box: t.box, table: t})
	}
	lines := linesOf(free, s.no)
	for i := range lines {
		out = append(out, item{box: lines[i].box, line: &lines[i]})
	}
	slices.SortStableFunc(out, func(a, b item) int {
		if a.table != nil && b.table != nil || a.line != nil && b.line != nil {
			return compare(a.y0, b.y0)
		}
		return compare(a.cy(), b.cy())
	})
	return out
}

func holder(lattices []*lattice, g glyph) *lattice {
	for _, l := range lattices {
		if l.contains(g.cx(), g.cy()) {
			return l
		}
	}
	return nil
}

const (
	// margin is the part of the height of a page, at its top and bottom, where running headers and page numbers stand.
	margin = 0.13
	// brim is the part where nothing of the text itself stands.
	brim = 0.045
	// deep is how many lines from the edge are looked at.
	deep = 3
)

var (
	pageNumber = regexp.MustCompile(`^(?:[-—–－―·]{1,2}\s*[0-9０-９]{1,3}\s*[-—–－―·]{1,2}|第\s*[0-9０-９一二三四五六七八九十]{1,3}\s*页.*|[0-9]{1,3}\s*/\s*[0-9]{1,3})$`)
	bareNumber = regexp.MustCompile(`^[0-9]{1,3}$`)
	digits     = regexp.MustCompile(`[0-9０-９]+`)
)

// edge is a line near the top or bottom of a page.
type edge struct {
	page, index int
	text        string
	key         string // the text with # for every number
	y           float64
	far         bool // well apart from what follows it
}

// stripEdges removes page numbers and the headers and footers that pages repeat.
func stripEdges(sheets []*sheet, pages [][]item) {
	var edges []edge
	for p, items := range pages {
		edges = append(edges, edgesOf(sheets[p], p, items)...)
	}
	drop := make([]map[int]bool, len(pages))
	for p := range drop {
		drop[p] = map[int]bool{}
	}
	offset, numbered := numbering(edges, len(pages))
	for i, e := range edges {
		switch {
		case pageNumber.MatchString(e.text):
			drop[e.page][e.index] = true
		case bareNumber.MatchString(e.text):
			n, err := strconv.Atoi(e.text)
			drop[e.page][e.index] = err == nil && numbered && n-e.page == offset
		case repeatsElsewhere(edges, i):
			drop[e.page][e.index] = true
		}
	}
	for p := range pages {
		kept := pages[p][:0]
		for i, it := range pages[p] {
			if !drop[p][i] {
				kept = append(kept, it)
			}
		}
		pages[p] = kept
	}
}

func edgesOf(s *sheet, page int, items []item) []edge {
	var out []edge
	for i, it := range items {
		if it.line == nil || i >= deep && i < len(items)-deep {
			continue
		}
		if it.y1 > margin*s.h && it.y0 < (1-margin)*s.h {
			continue
		}
		far := i+1 >= len(items) || items[i+1].y0-it.y1 > it.h()
		if it.y0 > s.h/2 {
			far = i == 0 || it.y0-items[i-1].y1 > it.h()
		}
		far = far || it.y1 < brim*s.h || it.y0 > (1-brim)*s.h
		text := it.line.text()
		out = append(out, edge{page: page, index: i, text: text, key: digits.ReplaceAllString(text, "#"), y: it.cy(), far: far})
	}
	return out
}

// numbering finds by how much bare page numbers differ from the index of their page: at least two pages must agree, or
// the only page carries a 1.
func numbering(edges []edge, pages int) (offset int, ok bool) {
	votes := map[int]map[int]bool{}
	for _, e := range edges {
		if !bareNumber.MatchString(e.text) {
			continue
		}
		if n, err := strconv.Atoi(e.text); err == nil {
			if votes[n-e.page] == nil {
				votes[n-e.page] = map[int]bool{}
			}
			votes[n-e.page][e.page] = true
		}
	}
	best := 0
	for o, on := range votes {
		if len(on) > best || len(on) == best && o < offset {
			best, offset = len(on), o
		}
	}
	return offset, best >= 2 || pages == 1 && best == 1 && offset == 1
}

// repeatsElsewhere reports whether another page has the same line at the same height, numbers aside. A line that belongs
// to what follows it, as a table header does, is none of the page.
func repeatsElsewhere(edges []edge, i int) bool {
	e := edges[i]
	if !e.far || strings.Trim(e.key, "# ") == "" {
		return false
	}
	return slices.ContainsFunc(edges, func(o edge) bool {
		return o.far && o.page != e.page && abs(o.y-e.y) <= 6 && o.key == e.key
	})
}
